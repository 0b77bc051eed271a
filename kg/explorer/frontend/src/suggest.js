// Suggestions under a search field: the ARIA combobox with a list, over a form that works alone.
import { announce } from "./live.js";

const DELAY = 180; // milliseconds without a key before the server is asked
const LIMIT = 8;
let numbers = 0;

/** Enhance <form role="search" data-suggest="ADDRESS"> with its <input name="q">. */
export function suggest(form) {
  const input = form.querySelector("input[name=q]");
  if (!input) return;
  const list = document.createElement("ul");
  list.id = `suggestions-${++numbers}`;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels?.[0]?.textContent.trim() || input.ariaLabel || "");
  input.after(list);
  for (const [name, value] of Object.entries({
    role: "combobox",
    autocomplete: "off",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  }))
    input.setAttribute(name, value);

  let timer = 0;
  let asked = null;
  let active = -1;

  const close = () => {
    clearTimeout(timer);
    asked?.abort();
    list.hidden = true;
    mark(-1);
    input.setAttribute("aria-expanded", "false");
  };

  const mark = (index) => {
    active = index;
    [...list.children].forEach((option, position) =>
      option.setAttribute("aria-selected", String(position === index)),
    );
    if (index < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", list.children[index].id);
      list.children[index].scrollIntoView({ block: "nearest" });
    }
  };

  const show = (results) => {
    list.replaceChildren(
      ...results.slice(0, LIMIT).map(({ name, kind, href, lang }, index) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${index}`;
        option.dataset.href = href;
        option.setAttribute("role", "option");
        const label = document.createElement("span");
        label.textContent = name;
        if (lang) label.lang = lang;
        const note = document.createElement("span");
        note.className = "kind";
        note.textContent = kind;
        option.append(label, " ", note);
        return option;
      }),
    );
    mark(-1);
    list.hidden = !results.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    const count = form.dataset.suggestCount;
    if (count) announce(count.replace("{n}", String(list.children.length)));
  };

  const ask = async () => {
    asked?.abort();
    const mine = (asked = new AbortController());
    const q = input.value.trim();
    if (!q) return close();
    const url = new URL(form.dataset.suggest, location.href);
    url.searchParams.set("q", q);
    url.searchParams.set("limit", String(LIMIT));
    try {
      const response = await fetch(url, { signal: mine.signal });
      const { results } = await response.json();
      if (!mine.signal.aborted && document.activeElement === input) show(results);
    } catch {
      if (!mine.signal.aborted) close(); // the form still searches
    }
  };

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, DELAY);
  };

  const go = (option) => {
    const url = new URL(option.dataset.href, location.href);
    if (url.origin === location.origin) location.assign(url);
  };

  // Letters on their way to becoming Chinese are no question yet.
  input.addEventListener("input", (event) => event.isComposing || later());
  input.addEventListener("compositionend", later);
  input.addEventListener("compositionstart", close);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    // 229: Safari's word for the Enter that ends a composition.
    if (event.isComposing || event.keyCode === 229) return;
    const count = list.children.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) return void ask();
      // Past either end stands the field itself, as what was typed.
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(((active + 1 + step + count + 1) % (count + 1)) - 1);
    } else if (event.key === "Enter" && !list.hidden && active >= 0) {
      event.preventDefault();
      go(list.children[active]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  // Pressing must not take the focus from the field: the list would be gone before the click.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) go(option);
  });
}
