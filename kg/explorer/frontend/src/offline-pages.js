// Which address is which page: packed ones, those that are made here, and what only a server has.
import { consolePage, queryPage } from "./offline-asking.js";
import { compare, matrix } from "./offline-choices.js";
import { graphPage } from "./offline-graph-page.js";
import { packedPage, textOf } from "./offline-pack.js";
import { parts, resolve } from "./offline-place.js";
import { searchPage } from "./offline-things.js";
import { frame, make, say, spoken, use } from "./offline-words.js";

const TAGS = { en: "en", zh: "zh-Hans" };
const reader = new DOMParser();

/** The page of an address as a document. */
export async function page(url, body) {
  const { language, path, given } = parts(url);
  const spokenHere = language in TAGS ? language : frame().language;
  use(spokenHere);
  const base = async (address) => {
    const html = await packedPage(address, spokenHere);
    if (html === null) return null;
    const fresh = reader.parseFromString(html, "text/html");
    fresh.documentElement.lang = TAGS[spokenHere];
    return fresh;
  };
  const asked = { url, path, given, base, body };
  let fresh = null;
  try {
    fresh = language in TAGS ? await made(asked) : null;
  } catch (error) {
    fresh = await told(base, say("offline-failed", error.message));
  }
  // The file has every page without parameters that there is.
  fresh ??= given.length
    ? await told(base, say("offline-server-why", url.pathname + url.search), say("offline-server"))
    : await told(base, say("error-lost"), say("error-title"));
  frameOf(fresh, url, spokenHere);
  return fresh;
}

async function made({ url, path, given, base, body }) {
  const asked = { url, path, given, base, body };
  const [first, ...rest] = path.split("/");
  const only = new URLSearchParams(given).toString();
  if (path === "home") return base("");
  if (path === "search") return searchPage(asked);
  if (path === "console") return consolePage(asked);
  if (path === "cite") return cite(asked);
  if (path === "notices") return notices(asked);
  if (first === "queries" && rest.length) return queryPage({ ...asked, name: rest.join("/") });
  if (path === "graph" && only) return graphPage(asked);
  if (path === "matrix" && only) return matrix(asked);
  if (path === "compare" && given.filter(([key]) => key === "city").length > 1) return compare(asked);
  return (await base(only ? `${path}?${only}` : path)) ?? (path === "map" ? base(path) : null);
}

/** A page of one sentence, in the frame of the others. */
async function told(base, lead, title = null) {
  const fresh = await base("search");
  fresh.querySelector("h1").textContent = title ?? lead;
  fresh.title = `${title ?? lead} · ${say("product")}`;
  const paragraph = fresh.querySelector("main .lead");
  paragraph.textContent = title ? lead : "";
  // There are no rows to save, and nothing to cite.
  fresh.querySelector('footer a[type="text/csv"]')?.closest("p").remove();
  return fresh;
}

async function notices({ base }) {
  const fresh = await told(base, "", say("offline-software"));
  const text = make("pre", { tabindex: "0", role: "region", "aria-label": say("offline-software") });
  text.textContent = await textOf("notices");
  fresh.querySelector("main").append(text);
  return fresh;
}

/** How to cite a page: a sentence with the version of the data. */
async function cite({ given, base }) {
  const of = resolve(new Map(given).get("page") ?? "/") ?? url;
  const panel = new Map(given).get("panel");
  const cited = await page(of);
  const { path } = parts(of);
  const [kind, ...rest] = path.split("/");
  const thing = kind in frame().kinds && rest.length ? frame().kinds[kind] + rest.join("/") : kind === "thing" ? rest.join("/") : "";
  const heading = panel && cited.getElementById(panel)?.querySelector("h2")?.textContent.trim();
  const name = cited.querySelector("h1").textContent.trim();
  const title = heading ? say("titled", name, heading) : name;
  const { version, day } = frame();
  const fresh = await told(base, "", say("cite-title"));
  const text = make("pre", { id: "f-text", class: "citation", tabindex: "0", role: "region", "aria-label": say("cite-text") });
  text.textContent = say("offline-cite", say("contributors"), title, say("product"), version, day[spoken()], frame().base + thing);
  const copy = make("button", { type: "button", "data-copy": "#f-text", "data-copied": say("copied"), hidden: true }, say("copy"));
  fresh.querySelector("main").append(make("h2", {}, say("cite-text")), text, make("p", { class: "tools" }, copy));
  return fresh;
}

/** What the frame of a page says in a file: which data it has, and whose software. */
export function frameOf(fresh, url, language) {
  const { version, day } = frame();
  const other = language === "en" ? "zh" : "en";
  fresh.querySelector("a.language")?.setAttribute("href", `#/${other}${url.pathname.replace(/^\/[^/]*/, "")}${url.search}`);
  const link = make("a", { href: `#/${language}/notices` }, say("offline-software"));
  fresh
    .querySelector("footer")
    ?.append(make("p", { class: "offline-file" }, `${say("offline-note", day[spoken()], version)} `, link));
  // Twins that only a server makes: Turtle, GraphML, pictures.
  for (const twin of fresh.querySelectorAll("footer a[type='text/turtle'], .tools a")) {
    if (/\.(ttl|svg|graphml|bib|tsv)(\?|$)/.test(twin.getAttribute("href"))) {
      const item = twin.closest("li");
      if (item) item.remove();
      else {
        if (twin.nextSibling?.nodeType === 3) twin.nextSibling.remove();
        twin.remove();
      }
    }
  }
}
