// Names of things, and the search over them: made when the first letter is typed.
import { jsonOf } from "./offline-pack.js";
import { Index } from "./offline-search.js";
import { frame, make, panel, say, spoken } from "./offline-words.js";

let made = null;

/** The index of names. */
export function index() {
  return (made ??= jsonOf("names").then((data) => {
    const found = new Index(data);
    found.byName = new Map(data.things.map((thing) => [thing[0], thing]));
    return found;
  }));
}

/** The name that the file has for an IRI. */
export function nameOf(iri) {
  const { base } = frame();
  if (iri.startsWith(`${base}ontology#`)) return `cpg:${iri.slice(base.length + 9)}`;
  return iri.startsWith(base) ? iri.slice(base.length) : iri;
}

const kinds = (held, kind) => held.kinds[kind]?.[spoken()] ?? kind;
const language = () => (spoken() ? "zh" : "en");

/** A link to a thing by its name in the language of the page; null when there is no such thing. */
export async function itemOf(name) {
  const thing = (await index()).byName.get(name);
  if (thing) {
    const [text, lang] = thing[7][spoken()];
    return make("a", { href: thing[5] ? `#/${language()}/${thing[5]}` : null, lang: lang || null }, text);
  }
  if (name.startsWith("cpg:")) {
    const { terms } = (await jsonOf("vocabulary"))[language()];
    const known = terms.find(({ term }) => term === name);
    const label = known?.[language()] || known?.en;
    if (label) return make("a", { href: `#/${language()}/ontology#${name.slice(4)}` }, label);
  }
  if (name.startsWith("id/") || name.startsWith("concept/"))
    return make("a", { href: `#/${language()}/thing/${name}` }, name.replace(/^(id|concept)\//, ""));
  return null;
}

/** Suggestions as the server's JSON has them. */
export async function suggestions(text, limit) {
  const held = await index();
  const results = held.search(text, limit).flatMap(({ path, kind, shown, name, matched }) => {
    if (!path) return [];
    const [own, lang] = shown[spoken()];
    return {
      name: own,
      kind: kinds(held, kind),
      href: `#/${language()}/${path}`,
      ...(lang ? { lang } : {}),
      ...(name !== own && matched === "alias" ? { note: name } : {}),
    };
  });
  return { results };
}

/** The page of results. */
export async function searchPage({ given, base }) {
  const fresh = await base("search");
  const text = (new Map(given).get("q") ?? "").trim();
  if (!text) return fresh;
  const held = await index();
  const hits = held.search(text, 60);
  const rows = hits.map(({ path, kind, shown, name, matched }) => {
    const [own, lang, note] = shown[spoken()];
    const link = make("a", { href: path ? `#/${language()}/${path}` : null, lang: lang || null }, own);
    const why = matched === "name" ? [] : [say(`why-${matched}`, name)];
    return [note ? [link, " ", make("small", {}, note)] : [link], [kinds(held, kind)], why];
  });
  fresh.querySelector("h1").textContent = say("search-title", text);
  fresh.title = `${say("search-title", text)} · ${say("product")}`;
  const lead = fresh.querySelector("main .lead");
  if (lead) lead.textContent = rows.length ? say("search-lead", rows.length) : say("search-none", text);
  if (!rows.length) {
    const ways = frame().inVain.map(([key, path]) =>
      make("li", {}, make("a", { href: `#/${language()}/${path}` }, say(`nav-${key}`))),
    );
    lead?.after(make("nav", { class: "actions", "aria-label": say("actions") }, make("ul", {}, ...ways)));
  }
  fresh.querySelector("#results")?.remove();
  for (const input of fresh.querySelectorAll("input[name=q]")) input.setAttribute("value", text);
  fresh.querySelector("main").append(
    panel({
      id: "results",
      heading: say("panel-hits"),
      columns: ["name", "kind", "why"].map((key) => ({ heading: say(`column-${key}`) })),
      rows,
      empty: say("search-nothing"),
    }),
  );
  return fresh;
}
