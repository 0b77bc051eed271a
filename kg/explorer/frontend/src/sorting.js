// Tables whose rows can be put in another order; without scripts they keep the server's.

/** Enhance <table data-sortable>: each heading of its columns becomes a button. */
export function sortable(table) {
  const headings = [...(table.tHead?.rows[table.tHead.rows.length - 1]?.cells ?? [])];
  for (const heading of headings) {
    if ("nosort" in heading.dataset || !heading.textContent.trim()) continue;
    let button = heading.querySelector("button");
    if (!button) {
      button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...heading.childNodes);
      heading.append(button);
    }
    button.hidden = false;
    button.addEventListener("click", () => sort(table, headings, heading));
  }
}

function sort(table, headings, heading) {
  const column = heading.cellIndex;
  const ascending = heading.getAttribute("aria-sort") !== "ascending";
  const compare = new Intl.Collator(document.documentElement.lang || undefined, { numeric: true })
    .compare;
  for (const body of table.tBodies) {
    const rows = [...body.rows].map((row) => ({ row, value: valueOf(row.cells[column]) }));
    const numeric = rows.every(({ value }) => value === "" || Number.isFinite(Number(value)));
    rows.sort((a, b) => {
      // Nothing known is neither small nor large: it stands last both ways.
      if (!a.value || !b.value) return (a.value ? 0 : 1) - (b.value ? 0 : 1);
      const order = numeric ? a.value - b.value : compare(a.value, b.value);
      return ascending ? order : -order;
    });
    body.append(...rows.map(({ row }) => row));
  }
  for (const other of headings) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", ascending ? "ascending" : "descending");
}

function valueOf(cell) {
  return (cell?.dataset.value ?? cell?.textContent ?? "").trim();
}
