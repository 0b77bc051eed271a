// Pages change without a server: the same interface as live.js, over addresses after "#".
import { hashOf, current, parts, resolve } from "./offline-place.js";
import { afterSwap, announce, busy, changed, keep, swap } from "./regions.js";

export { afterSwap, announce, keep };

const own = globalThis.cityPracticeGraph;
let answer = null;
let running = 0;
let shown = null;
let undo = [];

/** Say who makes the page of an address. */
export function begin(maker) {
  answer = maker;
  history.scrollRestoration = "manual";
  addEventListener("popstate", () => {
    const url = current();
    // A jump within a page is no other page.
    if (shown && hashOf(url).split("#")[1] === hashOf(shown).split("#")[1]) return jump(url);
    show(url, { again: true });
  });
}

/** Take the page that is there for that of an address. */
export function adopt(url) {
  shown = url;
  document.documentElement.classList.remove("deep");
}

/** Go to an address. Gives whether it is one of the file. */
export async function visit(address, { push = true, body } = {}) {
  const url = resolve(address);
  if (!url) return false;
  await show(url, { push, body });
  return true;
}

export function canGoBack() {
  return (history.state?.depth ?? 0) > 0;
}

/** The page of an address, in place where the page that is shown has the same parts. */
export async function show(url, { push = false, again = false, body } = {}) {
  const mine = ++running;
  busy(true);
  try {
    const fresh = await answer(url, body);
    if (mine !== running) return;
    if (push) pushed(url);
    const same = shown && shape(shown) === shape(url);
    shown = url;
    const inside = same && inPlace(fresh, again);
    if (!inside) replace(fresh, again);
    if (url.hash) jump(url);
    else if (!inside) scrollTo(0, again ? (history.state?.scroll ?? 0) : 0);
  } finally {
    if (mine === running) busy(false);
  }
}

/** What pages must have in common for one to be replaced part by part by the other. */
const shape = ({ pathname, searchParams }) =>
  [pathname, ...["from", "to", "view"].map((key) => searchParams.get(key))].join(" ");

function inPlace(fresh, again) {
  try {
    swap(fresh, again);
  } catch {
    return false;
  }
  // What stands outside of the parts, and says which state this is.
  for (const selector of ["a.language", "main h1", "main > .lead"]) {
    const [old, next] = [document, fresh].map((root) => root.querySelector(selector));
    if (old && next && !old.isEqualNode(next)) old.replaceWith(document.importNode(next, true));
  }
  return true;
}

function replace(fresh, again) {
  for (const end of undo.splice(0)) end();
  document.title = fresh.title;
  document.documentElement.lang = fresh.documentElement.lang;
  const page = document.getElementById("page");
  const before = document.activeElement;
  page.replaceChildren(...[...fresh.body.childNodes].map((node) => document.importNode(node, true)));
  document.documentElement.classList.remove("deep");
  changed(fresh, again);
  if (before && before !== document.body) document.querySelector("main")?.focus({ preventScroll: true });
  if (document.getElementById("graph-data")) island("graph");
  if (document.getElementById("console-form")) island("console");
  announce(document.querySelector("main h1")?.textContent ?? "");
}

/** Start a script that the server's page would load, and note what it leaves behind. */
function island(name) {
  const noted = (begin_) => (...given) => undo.push(begin_(...given));
  Object.assign(own.live, { keep: noted(keep), afterSwap: noted(afterSwap) });
  for (const target of [document, window])
    target.addEventListener = (...given) => {
      EventTarget.prototype.addEventListener.apply(target, given);
      undo.push(() => target.removeEventListener(...given));
    };
  try {
    own.islands[name]();
  } finally {
    delete document.addEventListener;
    delete window.addEventListener;
  }
  const canvas = document.querySelector(".graph-canvas");
  undo.push(() => canvas?._cyreg?.cy?.destroy());
}

function pushed(url) {
  if (hashOf(url) === window.location.hash) return;
  const depth = history.state?.depth ?? 0;
  history.replaceState({ depth, scroll: scrollY }, "");
  history.pushState({ depth: depth + 1 }, "", hashOf(url));
}

function jump(url) {
  const target = document.getElementById(decodeURIComponent(url.hash.slice(1)));
  if (!target) return;
  for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  target.scrollIntoView();
  if (!target.matches("a[href], button, input, select, textarea, [tabindex]")) target.tabIndex = -1;
  target.focus({ preventScroll: true });
}

/** Follow a link or a form of a page; null where it is the browser's. */
export function follow(href, { save }) {
  if (href.startsWith("#") && !href.startsWith("#/")) {
    const url = current();
    url.hash = href;
    return jump(url);
  }
  const url = resolve(href);
  if (!url) return null;
  if (save(url)) return undefined;
  return show(url, { push: true });
}

/** Addresses of a page as it is, for what has parameters of its own. */
export const here = () => parts(current());
