// Words in the language of a page, and elements made of them.

let held = null;
let place = 0;

export function speak(data) {
  held = data;
}

export const frame = () => held;

/** Choose the language in which say() answers. */
export function use(language) {
  place = language === "zh" ? 1 : 0;
}

export const spoken = () => place;

/** A text with its placeholders filled. */
export function say(key, ...values) {
  const said = (held?.words[key]?.[place] ?? key).replace(/\{\{|\}\}|\{(\d)\}/g, (found, number) =>
    number === undefined ? found[0] : String(values[number]),
  );
  // English texts write "{0} source(s)"; the number decides whether the s stays.
  return said.replace(/\b([\d,]+) (\w+)\(s\)/g, (_, number, word) =>
    number === "1" ? `${number} ${word}` : `${number} ${word}s`,
  );
}

/** A whole number as the language writes it. */
export const count = (value) => value.toLocaleString("en");

/** Things in one line, as the server lists them. */
export function listed(items) {
  if (!place) return items.join(items.some((item) => item.includes(",")) ? "; " : ", ");
  return items.join(items.some((item) => /[、，：]/.test(item)) ? "；" : "、");
}

/** An element; text stays text whatever it holds. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    if (value !== null && value !== undefined && value !== false)
      element.setAttribute(key, value === true ? "" : value);
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

/** A table as the server's panels have it. */
export function panel({ id, heading, lead, columns, rows, empty, tools = [], shown = 1000 }) {
  const head = make("div", { class: "head" }, make("h2", { id: `${id}-h` }, heading));
  if (rows.length && tools.length)
    head.append(make("ul", { class: "tools" }, ...tools.map((tool) => make("li", {}, tool))));
  const section = make("section", { class: "panel table", id, "aria-labelledby": `${id}-h` }, head);
  if (lead) section.append(make("p", { class: "sub" }, lead));
  if (!rows.length) {
    section.append(make("p", { class: "empty" }, empty));
    return section;
  }
  const cell = (column, content, first) => {
    const numeric = column.numeric ? "n" : null;
    const element = first
      ? make("th", { role: "rowheader", scope: "row", "data-label": column.heading, class: numeric })
      : make("td", { role: "cell", "data-label": column.heading, class: numeric });
    element.append(...content);
    if (numeric && content.length) element.dataset.value = content[0].textContent ?? content[0];
    return element;
  };
  section.append(
    make(
      "table",
      { role: "table", class: "stack", "data-sortable": true },
      make("caption", { class: "vh" }, heading),
      make(
        "thead",
        { role: "rowgroup" },
        make(
          "tr",
          { role: "row" },
          ...columns.map((column) =>
            make("th", { role: "columnheader", scope: "col", class: column.numeric ? "n" : null }, column.heading),
          ),
        ),
      ),
      make(
        "tbody",
        { role: "rowgroup" },
        ...rows
          .slice(0, shown)
          .map((row) =>
            make("tr", { role: "row" }, ...row.map((content, at) => cell(columns[at], content, at === 0))),
          ),
      ),
    ),
  );
  return section;
}
