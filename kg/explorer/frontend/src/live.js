// HTML over the wire: a change of state is a new address, and its page comes from the server.
//
// visit() fetches the page and replaces the elements marked data-live, matched by id; a page that
// marks none has its <main> replaced. The address is pushed, and going back does the same again.
// What the new page says of itself in [data-summary] is announced. Links marked data-stay do so.
// What cannot be had this way is gone to in the ordinary way.

const keepers = new Map();
const followers = [];
let running = null;
let shown = location.pathname + location.search;

/** Let an island bring a region up to date itself, in place of having it replaced. */
export function keep(id, update) {
  keepers.set(id, update);
}

/**
 * Call something after each change of the page, with the document, the page that came, and
 * whether the reader went back or forward to it.
 */
export function afterSwap(follow) {
  followers.push(follow);
}

/** Go to an address without leaving the page. Gives whether the page was changed in place. */
export async function visit(address, { push = true, body } = {}) {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin) return leave(url);
  running?.abort();
  const mine = (running = new AbortController());
  busy(true);
  try {
    const response = await fetch(url, {
      method: body ? "POST" : "GET",
      body,
      headers: { Accept: "text/html" },
      signal: mine.signal,
    });
    if (!/^text\/html\b/.test(response.headers.get("content-type") ?? "")) throw new Error("no page");
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    if (mine.signal.aborted) return false;
    // The address first: links of the new parts are relative to it.
    if (push) pushed(response.redirected ? new URL(response.url) : url);
    swap(fresh, !push && !body);
    return true;
  } catch (error) {
    if (mine.signal.aborted) return false;
    if (body) throw error; // what was posted has no address to go to
    return leave(url);
  } finally {
    if (running === mine) {
      running = null;
      busy(false);
    }
  }
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

/** Whether an earlier state of this page stands behind this one in the history. */
export function canGoBack() {
  return (history.state?.depth ?? 0) > 0;
}

function pushed(url) {
  const depth = history.state?.depth ?? 0;
  if (!history.state) history.replaceState({ depth }, "");
  if (url.pathname + url.search !== shown) history.pushState({ depth: depth + 1 }, "", url);
  shown = url.pathname + url.search;
}

function leave(url) {
  location.assign(url);
  return false;
}

function regions(root) {
  const marked = [...root.querySelectorAll("[data-live][id]")];
  return marked.length ? marked : [...root.querySelectorAll("main")];
}

function busy(state) {
  for (const region of regions(document))
    state ? region.setAttribute("aria-busy", "true") : region.removeAttribute("aria-busy");
}

function swap(fresh, again) {
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
  for (const follow of followers) follow(document, fresh, again);
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

addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-stay][href]");
  if (!link || event.defaultPrevented || event.button) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  visit(link.href);
});

addEventListener("popstate", () => {
  // A jump to a heading of this page is no change of state.
  if (location.pathname + location.search === shown) return;
  shown = location.pathname + location.search;
  visit(location.href, { push: false });
});
