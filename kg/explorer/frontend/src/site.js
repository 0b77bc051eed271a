// What every page may have beyond its HTML. Each part is optional and looks for its own markup.
import { afterSwap, announce, visit } from "./live.js";
import { sortable } from "./sorting.js";
import { suggest } from "./suggest.js";

const done = new WeakSet();

function each(root, selector, enhance) {
  for (const element of root.querySelectorAll(selector))
    if (!done.has(element)) {
      done.add(element);
      enhance(element);
    }
}

function enhance(root) {
  each(root, "form[data-suggest]", suggest);
  each(root, "table[data-sortable]", sortable);
  each(root, "button[data-copy]", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  });
  each(root, "form[data-auto]", (form) => {
    form.addEventListener("change", (event) => {
      if (event.target.matches("select, input[type=checkbox], input[type=radio]")) filter(form);
    });
    form.addEventListener("submit", (event) => {
      // A button may ask for another address, or a file: that is the browser's.
      if (event.submitter?.hasAttribute("formaction")) return;
      event.preventDefault();
      filter(form);
    });
  });
}

/** Show the page that the form asks for, in place. */
function filter(form) {
  const url = new URL(form.getAttribute("action") || location.pathname, location.href);
  url.search = new URLSearchParams(new FormData(form)).toString();
  visit(url);
}

async function copy(button) {
  const source = document.querySelector(button.dataset.copy);
  if (!source) return;
  const text = source.value ?? source.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // No clipboard outside a secure context: select it as a hand would.
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "visually-hidden";
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    button.focus();
    if (!copied) return;
  }
  announce(button.dataset.copied ?? "");
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), 2000);
}

enhance(document);
afterSwap(enhance);
