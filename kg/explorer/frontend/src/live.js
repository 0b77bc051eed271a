// HTML over the wire: a change of state is a new address, and its page comes from the server.
//
// visit() fetches the page and replaces the elements marked data-live, matched by id; a page that
// marks none has its <main> replaced. The address is pushed, and going back does the same again.
// What the new page says of itself in [data-summary] is announced. Links marked data-stay do so.
// What cannot be had this way is gone to in the ordinary way.

import { busy, swap } from "./regions.js";

export { afterSwap, announce, keep } from "./regions.js";

let running = null;
let shown = location.pathname + location.search;

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
