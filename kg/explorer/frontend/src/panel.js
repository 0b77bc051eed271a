// What stands beside the picture as HTML: the selected thing, and the buttons.

const OPPOSITE = {
  "graph-selected-expand": "graph-selected-collapse",
  "graph-selected-collapse": "graph-selected-expand",
};

/** The side panel: shows a node or an edge, or again what the server had put there. */
export function panel(text) {
  let box = document.getElementById("graph-selected");
  if (!box) {
    box = document.createElement("div");
    box.id = "graph-selected";
    document.getElementById("graph").after(box);
  }
  box.setAttribute("aria-live", "polite");
  box.setAttribute("aria-atomic", "true");
  const before = [...box.childNodes];
  const part = (name, content, className) => {
    const element = document.createElement(name);
    element.className = className;
    element.textContent = content;
    return element;
  };
  const action = (name, label, href, stay) => {
    const link = part("a", label, "graph-action");
    link.id = `graph-selected-${name}`;
    link.href = href;
    if (stay) link.dataset.stay = "";
    const item = document.createElement("li");
    item.append(link);
    return item;
  };
  const fill = (title, lang, notes, actions) => {
    const focused = box.contains(document.activeElement) && document.activeElement.id;
    const name = part("p", title, "graph-selected-name");
    if (lang) name.lang = lang;
    const list = document.createElement("ul");
    list.append(...actions);
    const label = text.selected ? [part("p", text.selected, "graph-selected-label")] : [];
    box.replaceChildren(
      ...label,
      name,
      ...notes.filter(Boolean).map((note) => part("p", note, "graph-selected-note")),
      list,
    );
    // Whoever pressed Expand is on Collapse now, and the other way round.
    const candidates = [focused, OPPOSITE[focused]].map((id) => id && document.getElementById(id));
    if (focused) (candidates.find(Boolean) ?? list.querySelector("a"))?.focus();
  };
  return {
    node({ name, lang, kind, more, href, expand, collapse, hide }) {
      fill(
        name,
        lang,
        [text.kinds?.[kind] ?? kind, more ? (text.more ?? "+{n}").replace("{n}", more) : ""],
        [
          href && action("open", text.open, href),
          expand && action("expand", text.expand, expand, true),
          collapse && action("collapse", text.collapse, collapse, true),
          hide && action("hide", text.hide, hide, true),
        ].filter(Boolean),
      );
    },
    edge({ label, claims, href }, source, target) {
      const count = claims && text.claims ? text.claims.replace("{n}", claims) : "";
      fill(`${source} → ${target}`, "", [label, count], href ? [action("open", text.open, href)] : []);
    },
    clear() {
      box.replaceChildren(...before);
    },
  };
}

/** Buttons above the picture. */
export function toolbar(canvas, label, buttons) {
  const bar = document.createElement("div");
  bar.className = "graph-tools";
  bar.setAttribute("role", "group");
  if (label) bar.setAttribute("aria-label", label);
  const made = {};
  for (const [name, [caption, act]] of Object.entries(buttons)) {
    const button = (made[name] = document.createElement("button"));
    button.type = "button";
    button.textContent = caption;
    button.dataset.tool = name;
    button.addEventListener("click", act);
    bar.append(button);
  }
  canvas.before(bar);
  return made;
}
