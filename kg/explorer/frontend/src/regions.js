// Parts of a page that a newer page replaces, whoever brought it: the server, or the file itself.
//
// The elements marked data-live are replaced, matched by id; a page that marks none has its <main>
// replaced. What the new page says of itself in [data-summary] is announced.

const keepers = new Map();
const followers = [];

/** Let an island bring a region up to date itself. Gives what ends this. */
export function keep(id, update) {
  keepers.set(id, update);
  return () => keepers.delete(id);
}

/**
 * Call something after each change of the page, with the document, the page that came, and
 * whether the reader went back or forward to it. Gives what ends this.
 */
export function afterSwap(follow) {
  followers.push(follow);
  return () => followers.splice(followers.indexOf(follow), 1);
}

/** Tell those who follow that the page has changed. */
export function changed(fresh, again) {
  for (const follow of [...followers]) follow(document, fresh, again);
}

/** Say something to those who listen to the page. */
export function announce(text) {
  let region = document.getElementById("live-status");
  if (!region) {
    region = document.createElement("div");
    region.id = "live-status";
    region.className = "visually-hidden";
    region.setAttribute("role", "status");
    document.body.append(region);
  }
  // The same text twice is only heard twice when it changes in between.
  region.textContent = "";
  setTimeout(() => (region.textContent = text), 50);
}

function regions(root) {
  const marked = [...root.querySelectorAll("[data-live][id]")];
  return marked.length ? marked : [...root.querySelectorAll("main")];
}

/** Mark what is about to be replaced. */
export function busy(state) {
  for (const region of regions(document))
    state ? region.setAttribute("aria-busy", "true") : region.removeAttribute("aria-busy");
}

/** Replace the regions of this page by those of another one; an error when it has others. */
export function swap(fresh, again) {
  const focused = place(document.activeElement);
  const pairs = regions(document).map((old) => [
    old,
    old.id ? fresh.getElementById(old.id) : fresh.querySelector("main"),
  ]);
  if (!pairs.length || pairs.some(([, replacement]) => !replacement)) throw new Error("other page");
  document.title = fresh.title;
  for (const [old, replacement] of pairs) {
    if (!old.isConnected) continue; // it went with a region around it
    if (keepers.has(old.id)) keepers.get(old.id)(replacement);
    else old.replaceWith(document.importNode(replacement, true));
  }
  changed(fresh, again);
  restore(focused);
  const summary = document.querySelector("main [data-summary]");
  if (summary) announce(summary.textContent.trim());
}

/** How to find an element again that the new page has, too. */
function place(element) {
  if (!element || element === document.body) return null;
  const { id, name, value, localName } = element;
  const href = element.getAttribute("href");
  const entry = element.closest("[data-node]")?.dataset.node;
  const around = [];
  for (let box = element.parentElement; box; box = box.parentElement) if (box.id) around.push(box.id);
  return { element, id, name, value, localName, href, entry, around };
}

function restore(focused) {
  if (!focused || focused.element.isConnected) return;
  if (document.activeElement && document.activeElement !== document.body) return; // seen to
  const { id, name, value, localName, href, entry, around } = focused;
  const among = (selector, same) => [...document.querySelectorAll(selector)].find(same);
  const sameField = (other) =>
    other.name === name && (!["checkbox", "radio"].includes(other.type) || other.value === value);
  let found =
    (id && document.getElementById(id)) ||
    (name && among(`main ${localName}[name]`, sameField)) ||
    (href && among("main a[href]", (link) => link.getAttribute("href") === href)) ||
    (entry && among("main [data-node]", (other) => other.dataset.node === entry));
  if (entry && found?.dataset.node === entry) found = found.querySelector("a, button") ?? found;
  found ||= around.map((box) => document.getElementById(box)).find(Boolean);
  if (!found) return;
  if (!found.matches("a[href], button, input, select, textarea, [tabindex]")) found.tabIndex = -1;
  found.focus({ preventScroll: true });
}
