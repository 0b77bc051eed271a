// Files that a reader saves: tables of a page, answers of queries, the dataset.
import { packedBytes } from "./offline-pack.js";
import { frame, spoken } from "./offline-words.js";

const ENDING = /\.(csv|json)$/;
// A cell that begins so is a formula to a spreadsheet (OWASP, CSV injection).
const FORMULA = /^[=+\-@\t\r]/;
const MARK = "\ufeff"; // spreadsheets need it for Chinese

/** Whether an address is a file that can be saved here. */
export function isFile(url) {
  return ENDING.test(url.pathname) || url.pathname.startsWith("/data/");
}

export async function saveFile(url, { page, answerFile, graphRows }) {
  if (url.pathname.startsWith("/data/"))
    return save(packedBytes("dataset"), "city-practice-graph.nq.gz", "application/gzip");
  const form = ENDING.exec(url.pathname)[1];
  const name = url.pathname.replace(ENDING, "").split("/").slice(2).join("-");
  if (url.searchParams.has("query")) {
    const body = await answerFile(url.searchParams.get("query"), form);
    return save(form === "csv" ? MARK + body : body, `${name}.${form}`, type(form));
  }
  const panel = url.searchParams.get("panel");
  const of = new URL(url);
  of.pathname = of.pathname.replace(ENDING, "").replace(/\/home$/, "/");
  of.searchParams.delete("panel");
  const fresh = await page(of);
  const graph = fresh.getElementById("graph-data");
  const tables = graph ? [{ heading: "edges", rows: graphRows(fresh) }] : tablesOf(fresh, panel);
  const content = form === "csv" ? csv(tables) : json(fresh, of, tables);
  save(content, `${[name, panel].filter(Boolean).join("-")}.${form}`, type(form));
}

const type = (form) => (form === "csv" ? "text/csv;charset=utf-8" : "application/json");

function tablesOf(fresh, panel) {
  const panels = panel ? [fresh.getElementById(panel)] : [...fresh.querySelectorAll("section.panel[id]")];
  return panels.filter(Boolean).flatMap((section) => {
    const heading = section.querySelector("h2")?.textContent.trim() ?? "";
    const rows = [];
    for (const table of section.querySelectorAll("table"))
      for (const row of table.rows) if (!rows.length || !row.closest("thead")) rows.push([...row.cells].map(said));
    for (const fact of section.querySelectorAll("dl > div")) rows.push([...fact.children].map(said));
    for (const item of section.querySelectorAll("ul.plain > li")) rows.push([said(item)]);
    return rows.length ? [{ heading, rows }] : [];
  });
}

/** What a cell says, without the evidence folded into it; numbers as programs read them. */
function said(cell) {
  if (cell.dataset.value) return cell.dataset.value;
  const copy = cell.cloneNode(true);
  for (const part of copy.querySelectorAll("details, small, svg, [aria-hidden=true]")) part.remove();
  const items = [...copy.querySelectorAll("li")];
  const texts = (items.length ? items : [copy]).map((item) => item.textContent.replace(/\s+/g, " ").trim());
  return texts.filter(Boolean).join("; ");
}

function csv(tables) {
  const quoted = (text) => {
    const safe = FORMULA.test(text) && !Number.isFinite(Number(text)) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const parts = tables.map(({ heading, rows }) => [...(tables.length > 1 ? [[`# ${heading}`]] : []), ...rows]);
  return MARK + parts.map((rows) => rows.map((row) => `${row.map(quoted).join(",")}\r\n`).join("")).join("\r\n");
}

function json(fresh, url, tables) {
  const { version, made } = frame();
  const content = {
    title: fresh.querySelector("h1")?.textContent.trim(),
    language: spoken() ? "zh-Hans" : "en",
    page: url.pathname + url.search,
    version,
    date: made,
    license: frame().license,
    panels: tables.map(({ heading, rows }) => ({ heading, rows })),
  };
  return `${JSON.stringify(content, null, 1)}\n`;
}

function save(content, name, mime) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type: mime }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
