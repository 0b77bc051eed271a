// The console and the named queries: answers of the engine as the server's pages show them.
import { ask, stop } from "./offline-engine.js";
import { jsonOf } from "./offline-pack.js";
import { count, frame, make, panel, say, spoken } from "./offline-words.js";
import { nameOf, itemOf } from "./offline-things.js";

const MOST_ROWS = 500;
const MOST_TEXT = 100_000;
const FORMS = { csv: "text/csv", json: "json" };
const NUMBERS = /#(integer|decimal|double|float)$/;
const BLOCK = /VALUES \?(\w+) \{([^{}]*)\}/g;
const SCHEMES = ["practice", "technology", "mechanism", "outcome-type", "domain", "challenge"]
  .concat(["stakeholder", "assessment-factor", "region"]);
const XSD = "http://www.w3.org/2001/XMLSchema#";

/** A query with a line that says how far it is, and a button that stops it. */
async function watched(query, form) {
  const tell = (step) => {
    const line = progress();
    line.firstChild.textContent = `${say(`offline-${step}`)} `;
    line.lastChild.hidden = step !== "running";
  };
  try {
    return await ask(query, { form, tell });
  } finally {
    document.getElementById("offline-progress")?.remove();
  }
}

function progress() {
  let line = document.getElementById("offline-progress");
  if (!line) {
    const button = make("button", { type: "button", id: "offline-stop", class: "plain-button" }, say("offline-stop"));
    button.addEventListener("click", stop);
    line = make("p", { id: "offline-progress", class: "offline-progress", role: "status" }, " ", button);
    const run = document.querySelector("main .run, main form.choices");
    if (run) run.after(line);
    else document.querySelector("main").prepend(line);
  }
  return line;
}

/** The page of the console, with the answer to the query of an address. */
export async function consolePage({ url, given, body, base }) {
  const fresh = await base("console");
  const query = (body ? new URLSearchParams(body).get("query") : new Map(given).get("query")) ?? "";
  fresh.querySelector("[aria-labelledby=snippets-h]")?.remove();
  for (const note of fresh.querySelectorAll("#console-result > p")) note.remove();
  if (!query.trim()) return fresh;
  fresh.getElementById("query").textContent = query.replaceAll("\r\n", "\n");
  const result = fresh.getElementById("console-result");
  try {
    const answer = await watched(query, "json");
    const links = Object.keys(FORMS).map((form) =>
      make("a", { href: `#${url.pathname}.${form}?${new URLSearchParams({ query })}` }, form.toUpperCase()),
    );
    result.append(...(await shown(answer, say("panel-answer"), links)));
  } catch (error) {
    result.append(fault(error));
  }
  return fresh;
}

/** The answer of a query as a file. */
export async function answerFile(query, form) {
  const { body } = await watched(query, FORMS[form]);
  return body;
}

/** What went wrong, as kg.explorer.asking puts it. */
function fault(error) {
  const stopped = error.message === "stopped";
  const found = /\bat (\d+):(\d+)/.exec(error.message);
  const kind = frame().faults.find(([, words]) => error.message.includes(words))?.[0] ?? "here";
  const place = found && say("fault-place", found[1], found[2]);
  const at = found && kind !== "variable" ? { "data-line": found[1], "data-column": found[2], "data-place": place } : {};
  const title = make("strong", {}, say(stopped ? "offline-stopped" : "offline-syntax"));
  const box = make("div", { class: "error", ...at });
  box.append(make("p", { role: "alert" }, title, found ? ` ${say(`fault-${kind}`, place)}` : ""));
  if (!stopped) {
    const says = make("p", { lang: "en" }, make("code", {}, error.message));
    box.append(make("details", { class: "rest" }, make("summary", {}, say("fault-parser")), says));
  }
  return box;
}

/** Without columns that only repeat what the links of another one say. */
function withoutNames(columns, rows) {
  const said = columns.map((_, at) => rows.map((row) => row[at].map((item) => item.textContent ?? item).join(" ")));
  const things = said.map((_, at) => rows.some((row) => row[at].some((item) => item.getAttribute?.("href")?.startsWith("#"))));
  const kept = said.map((texts, at) => {
    const same = (other, place) => things[place] && other.every((text, row) => text === texts[row]);
    return things[at] || !said.some(same);
  });
  const only = (list) => list.filter((_, at) => kept[at]);
  return [only(columns), rows.map(only)];
}

async function shown({ kind, body, spent }, heading, tools, named = false) {
  if (kind === "graph") {
    const text = make("pre", { tabindex: "0", role: "region", "aria-label": say("console-triples") });
    text.textContent = body.slice(0, MOST_TEXT);
    return [make("h2", {}, say("console-triples")), text];
  }
  const held = JSON.parse(body);
  if ("boolean" in held) {
    const said = say(held.boolean ? "answer-true" : "answer-false");
    return [panel({ id: "answer", heading, columns: [{ heading: say("column-answer") }], rows: [[[said]]] })];
  }
  const { vars } = held.head;
  const { bindings } = held.results;
  let rows = await Promise.all(
    bindings.slice(0, MOST_ROWS).map((row) => Promise.all(vars.map((name) => term(row[name])))),
  );
  let columns = vars.map((name) => {
    const terms = bindings.slice(0, MOST_ROWS).map((row) => row[name]).filter(Boolean);
    return {
      heading: frame().columns[name]?.[spoken()] ?? name,
      numeric: terms.length > 0 && terms.every(({ datatype }) => NUMBERS.test(datatype ?? "")),
    };
  });
  if (named) [columns, rows] = withoutNames(columns, rows);
  const lead = say("answer-rows", count(bindings.length), Math.min(bindings.length, MOST_ROWS));
  const summary = make("p", { class: "vh", "data-summary": true }, say("offline-done", count(bindings.length), Math.round(spent)));
  const table = panel({ id: "answer", heading, lead, columns, rows, empty: say("answer-none"), tools, shown: MOST_ROWS });
  table.dataset.rows = String(bindings.length);
  return [summary, table];
}

/** A term with its name in the language of the page. */
async function term(held) {
  if (!held) return [];
  if (held.type === "uri") {
    const item = await itemOf(nameOf(held.value));
    if (item) return [item];
    if (!/^https?:/.test(held.value)) return [held.value];
    return [make("a", { href: held.value, rel: "nofollow noopener external" }, held.value)];
  }
  if (held.type === "triple") {
    const parts = await Promise.all(["subject", "predicate", "object"].map((part) => term(held.value[part])));
    return [`«${parts.map(([first]) => first?.textContent ?? first ?? "").join(" ")}»`];
  }
  if (held.type === "bnode") return [`_:${held.value}`];
  const lang = held["xml:lang"];
  const other = lang && lang.split("-")[0].toLowerCase() !== (spoken() ? "zh" : "en");
  return [other ? make("span", { lang }, held.value) : held.value];
}

/** The page of a named query: its parameters put in, its answer below. */
export async function queryPage({ url, path, given, base, name }) {
  const known = (await jsonOf("queries"))[name];
  const fresh = known && (await base(path));
  if (!fresh) return null;
  const values = new Map();
  for (const [key, value] of given) {
    const at = key === "lang" ? "language" : key;
    if (!(at in known.parameters)) continue;
    values.set(at, [...(values.get(at) ?? []), value]);
  }
  if ("language" in known.parameters && !values.has("language")) values.set("language", [spoken() ? "zh" : "en"]);
  for (const [key, several] of values) fill(fresh, key, several.join(", "));
  const main = fresh.querySelector("main");
  fresh.getElementById("answer")?.remove();
  const place = fresh.querySelector("section#query") ?? main.lastElementChild;
  let text;
  try {
    text = bound(known, values);
  } catch (error) {
    place.before(make("p", { class: "error", role: "alert" }, error.message));
    return fresh;
  }
  const code = fresh.querySelector("#query-text code");
  if (code) code.textContent = text;
  const link = fresh.querySelector('section#query a[href$="/console"]');
  link?.setAttribute("href", `${link.getAttribute("href")}?${new URLSearchParams({ query: text })}`);
  const links = Object.keys(FORMS).map((form) =>
    make("a", { href: `#${url.pathname}.${form}?${new URLSearchParams({ query: text })}` }, form.toUpperCase()),
  );
  try {
    const parts = await shown(await watched(text, "json"), known.summary[spoken()], links, true);
    place.before(...parts);
  } catch (error) {
    place.before(fault(error));
  }
  return fresh;
}

function fill(fresh, key, value) {
  const field = fresh.getElementById(`p-${key}`);
  if (!field) return;
  if (field.localName !== "select") return field.setAttribute("value", value);
  for (const option of field.options) option.toggleAttribute("selected", option.value === value);
}

/** The text of a query with other terms in its data blocks, as kg.catalogue puts them in. */
export function bound({ text, parameters }, values) {
  const blocks = new Map();
  for (const [name, several] of values) {
    const terms = new Set(several.map((value) => asTerm(name, parameters[name], value)));
    blocks.set(name, `VALUES ?${name} { ${[...terms].join(" ")} }`);
  }
  return text.replace(BLOCK, (block, name) => blocks.get(name) ?? block);
}

function asTerm(name, type, text) {
  const bad = () => new Error(say("offline-bad", name, text));
  const typed = (value, kind) => `"${value}"^^<${XSD}${kind}>`;
  if (type === "integer" || type === "year") {
    if (!/^[+-]?\d+$/.test(text.trim())) throw bad();
    const number = String(BigInt(text.trim()));
    return type === "integer" ? typed(number, "integer") : typed(number.padStart(4, "0"), "gYear");
  }
  if (type === "decimal") {
    if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text.trim())) throw bad();
    return typed(text.trim().replace(/^\+/, ""), "decimal");
  }
  if (type === "language") {
    if (!["en", "zh", "zh-Hans"].includes(text)) throw bad();
    return text === "en" ? '"en"' : '"zh-Hans"';
  }
  if (type === "text") return JSON.stringify(text).replace(/\\u([0-9a-f]{4})/g, "\\u$1");
  const BASE = frame().base;
  const path = text.replace(`${BASE}id/`, "").replace(`${BASE}concept/`, "").replace(/^concept\//, "");
  const asConcept = type === "thing"
    ? text.startsWith("concept/") || text.startsWith(`${BASE}concept/`) || SCHEMES.includes(path.split("/")[0])
    : SCHEMES.includes(type);
  const parts = type === "thing" ? path.split("/") : [type, ...path.replace(`${type}/`, "").split("/")];
  if (parts.length < 2 || !parts.every((part) => /^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/.test(part))) throw bad();
  return `<${BASE}${asConcept ? "concept" : "id"}/${parts.join("/")}>`;
}
