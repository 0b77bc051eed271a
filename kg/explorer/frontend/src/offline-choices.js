// Choices of the matrix, and cities side by side: counted here from the cells that the file holds.
import { jsonOf } from "./offline-pack.js";
import { count, listed, make, say, spoken } from "./offline-words.js";

const MOST_COLUMNS = 120;
export const MOST_CITIES = 8;

const order = (values, key) => [...values].sort((a, b) => {
  const [left, right] = [key(a), key(b)];
  for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return left[at] < right[at] ? -1 : 1;
  return 0;
});

/** The page of the matrix with what an address chooses; null when it chooses what there is not. */
export async function matrix({ given, base }) {
  const data = await jsonOf("matrix");
  const one = (key, otherwise = "") => given.filter(([name]) => name === key).at(-1)?.[1] ?? otherwise;
  const facet = one("facet", "practice");
  const level = one("level", "3");
  const table = data.tables[facet === "practice" ? `practice-${level}` : facet];
  const fresh = await base("matrix");
  if (!table) return null;
  const regions = given.filter(([name]) => name === "region").map(([, value]) => value);
  const chosen = { facet, level, theme: one("theme"), leading: one("leading"), order: one("order", "count") };
  const all = given.some(([name]) => name === "all");
  for (const [key, value] of Object.entries(chosen)) {
    const options = [...fresh.querySelectorAll(`select[name=${key}] option`)];
    if (!options.some((option) => option.value === value)) return null;
    for (const option of options) option.toggleAttribute("selected", option.value === value);
  }
  const boxes = [...fresh.querySelectorAll("input[name=region]")];
  if (regions.some((region) => !boxes.some((box) => box.value === region))) return null;
  for (const box of boxes) box.toggleAttribute("checked", regions.includes(box.value));
  fresh.querySelector("input[name=all]")?.toggleAttribute("checked", all);

  const cells = new Map(table.cells.map(([city, concept, programmes]) => [`${city} ${concept}`, programmes]));
  const searched = new Set(table.searched.map(([city, concept]) => `${city} ${concept}`));
  const has = (city, concept) => cells.has(`${city} ${concept}`);
  const cityOf = (row) => data.cities[table.cities[row]];
  const conceptOf = (column) => data.concepts[table.concepts[column]];
  let columns = table.concepts.map((_, column) => column);
  let rows = table.cities.map((_, row) => row).filter((row) => {
    const [, region, rank] = cityOf(row);
    if (chosen.leading && (rank === null || rank > Number(chosen.leading))) return false;
    if (regions.length && !regions.includes(region)) return false;
    return all || columns.some((column) => has(row, column));
  });
  if (chosen.theme) columns = columns.filter((column) => conceptOf(column)[2] === chosen.theme);
  const held = new Map(columns.map((column) => [column, rows.filter((row) => has(row, column)).length]));
  const full = new Map(rows.map((row) => [row, columns.filter((column) => has(row, column)).length]));
  if (chosen.order === "alike") {
    rows = order(rows, (row) => [table.alike[0].indexOf(row)]);
    columns = order(columns, (column) => [table.alike[1].indexOf(column)]);
  } else if (chosen.order === "name") {
    const [cities, concepts] = data.byName.map((languages) => languages[spoken()]);
    rows = order(rows, (row) => [cities.indexOf(table.cities[row])]);
    columns = order(columns, (column) => [concepts.indexOf(table.concepts[column])]);
  } else {
    columns = order(columns, (column) => [-held.get(column), conceptOf(column)[1]]);
    if (chosen.order === "count") rows = order(rows, (row) => [-full.get(row), row]);
  }
  columns = columns.slice(0, MOST_COLUMNS);
  draw(fresh, { rows, columns, cells, searched, cityOf, conceptOf, facet });
  return fresh;
}

function draw(fresh, { rows, columns, cells, searched, cityOf, conceptOf, facet }) {
  const language = spoken() ? "zh" : "en";
  const link = (path, [text, lang]) => make("a", { href: `#/${language}/${path}`, lang: lang || null }, text);
  const tally = { documented: 0, searched: 0, unknown: 0 };
  const cell = (row, column) => {
    const key = `${row} ${column}`;
    const programmes = cells.get(key);
    if (programmes) {
      tally.documented += 1;
      const [city, concept] = [cityOf(row), conceptOf(column)];
      const names = [city[3 + spoken()][0], concept[3 + spoken()][0]];
      const address = `evidence/${city[0]}/${concept[1].replace("concept/", "")}`;
      const anchor = link(address, [String(programmes)]);
      anchor.setAttribute("aria-label", say("matrix-cell", ...names, programmes));
      return make("td", { class: "documented" }, anchor);
    }
    const state = searched.has(key) ? "searched" : "unknown";
    tally[state] += 1;
    const mark = make("span", { "aria-hidden": "true" }, state === "searched" ? "○" : "·");
    return make("td", { class: state }, mark, make("span", { class: "vh" }, say(`state-${state}`)));
  };
  const body = rows.map((row) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, link(`city/${cityOf(row)[0]}`, cityOf(row)[3 + spoken()])),
      ...columns.map((column) => cell(row, column)),
    ),
  );
  const heads = columns.map((column) =>
    make("th", { scope: "col" }, link(conceptOf(column)[0], conceptOf(column)[3 + spoken()])),
  );
  const lead = say(
    "matrix-lead",
    rows.length,
    columns.length,
    say(`facet-${facet}`),
    ...["documented", "searched", "unknown"].map((state) => count(tally[state])),
  );
  const heading = say("panel-matrix", say(`facet-${facet}`));
  const panel = fresh.getElementById("matrix");
  panel.querySelector("h2").textContent = heading;
  for (const element of [panel.querySelector(".sub"), fresh.querySelector("main .lead")])
    if (element) element.textContent = lead;
  const grid = panel.querySelector("table.grid");
  grid.caption.textContent = heading;
  grid.closest("[role=region]")?.setAttribute("aria-label", `${heading}. ${say("matrix-scroll")}`);
  grid.tHead.rows[0].replaceChildren(grid.tHead.rows[0].cells[0], ...heads);
  grid.tBodies[0].replaceChildren(...body);
  if (rows.length) return;
  for (const child of [...panel.querySelectorAll(".legend, .scroll, .tools")]) child.remove();
  panel.querySelector(".head").after(make("p", { class: "empty" }, say("matrix-empty")));
}

/** Cities side by side: the columns of the pages of one city each, in one table. */
export async function compare({ given, base }) {
  const slugs = [...new Set(given.filter(([key]) => key === "city").map(([, value]) => value))];
  if (slugs.length > MOST_CITIES) return null;
  const pages = await Promise.all(slugs.map((slug) => base(`compare?city=${encodeURIComponent(slug)}`)));
  if (!pages.length || pages.includes(null)) return null;
  const [fresh, ...others] = pages;
  const names = pages.map((page) => page.querySelector("#practices thead th:last-child").textContent.trim());
  for (const id of ["practices", "measures"]) {
    const table = fresh.querySelector(`#${id} table`);
    const keyOf = (row) => row.cells[0].textContent.trim();
    for (const page of others) {
      const other = page.querySelector(`#${id} table`);
      table.tHead.rows[0].append(fresh.importNode(other.tHead.rows[0].cells[1], true));
      const rows = new Map([...other.tBodies[0].rows].map((row) => [keyOf(row), row]));
      for (const row of table.tBodies[0].rows) row.append(fresh.importNode(rows.get(keyOf(row)).cells[1], true));
    }
  }
  const body = fresh.querySelector("#practices table").tBodies[0];
  const documented = (row) => [...row.cells].slice(1).filter((cell) => !/searched|unknown/.test(cell.className)).length;
  const rows = order(body.rows, (row) => [-documented(row), codePoints(row.cells[0].textContent.trim())]);
  body.replaceChildren(...rows);
  fresh.querySelector("h1").textContent = say("compare-title", listed(names));
  fresh.title = `${say("compare-title", listed(names))} · ${say("product")}`;
  if (slugs.length > 1) {
    const data = await jsonOf("matrix");
    const table = data.tables["practice-3"];
    const rowsOf = slugs.map((slug) => table.cities.findIndex((city) => data.cities[city][0] === slug));
    const held = new Set(table.cells.map(([city, concept]) => `${city} ${concept}`));
    const shared = table.concepts.filter((_, column) => rowsOf.every((row) => held.has(`${row} ${column}`)));
    const named = shared.map((concept) => data.concepts[concept][3 + spoken()][0]);
    const lead = named.length ? say("compare-shared", named.length, listed(named)) : say("compare-none-shared");
    fresh.querySelector("main .lead").textContent = lead;
  }
  choose(fresh, slugs);
  return fresh;
}

/** Strings in the order of their code points, as the server sorts them. */
const codePoints = (text) => [...text].map((letter) => letter.codePointAt(0).toString(16).padStart(6, "0")).join("");

function choose(fresh, slugs) {
  const first = fresh.querySelector("form.choices select[name=city]");
  const slots = Math.max(3, Math.min(MOST_CITIES, slugs.length + 1));
  const filled = (select, slug) => {
    for (const option of select.options) option.toggleAttribute("selected", Boolean(slug) && option.value === slug);
  };
  let last = first.closest("p");
  for (let slot = 0; slot < slots; slot++) {
    const select = fresh.getElementById(`c-${slot}`) ?? more(first, last, slot);
    filled(select, slugs[slot]);
    last = select.closest("p");
  }
}

function more(first, last, slot) {
  const field = first.closest("p").cloneNode(true);
  const select = field.querySelector("select");
  select.id = `c-${slot}`;
  const label = field.querySelector("label");
  label.htmlFor = select.id;
  label.textContent = say("compare-city", slot + 1);
  last.after(field);
  return select;
}
