// The explorer in one file: begins it, and takes the clicks and forms that a server would answer.
import "./offline-begin.js";
import "./site.js";
import { answerFile } from "./offline-asking.js";
import { graphRows } from "./offline-graph-page.js";
import * as live from "./offline-live.js";
import { jsonOf, warm } from "./offline-pack.js";
import { frameOf, page } from "./offline-pages.js";
import { beginAt, current, resolve, stand } from "./offline-place.js";
import { isFile, saveFile } from "./offline-saving.js";
import { index, suggestions } from "./offline-things.js";
import { say, speak, spoken, use } from "./offline-words.js";

const own = globalThis.cityPracticeGraph;

/** In place of the server, for what scripts of pages ask it. */
own.fetch = async (address) => {
  const url = resolve(address);
  const json = url.pathname.endsWith("/search.json")
    ? await suggestions(url.searchParams.get("q") ?? "", Number(url.searchParams.get("limit")) || 8)
    : (await jsonOf("vocabulary"))[spoken() ? "zh" : "en"];
  return { ok: true, json: async () => json };
};
own.location = Object.assign(Object.create(stand), {
  assign: (address) => live.visit(address),
});
Object.assign(own.live, live);

async function begin() {
  // Names are unpacked meanwhile: the search is what a reader reaches for first.
  const names = index();
  names.catch(() => {}); // who asks for it is told
  const data = await jsonOf("data");
  speak(data);
  beginAt(`/${data.language}/`);
  use(data.language);
  live.begin(page);
  const url = current();
  // The page that the file begins with stands in it as it is.
  if (url.href === new URL(`/${data.language}/`, url).href) {
    frameOf(document, url, data.language);
    live.adopt(url);
  } else await live.show(url);
  await names;
  document.documentElement.dataset.ready = "";
  // Not before the rest of the file has been read: that is what a reader waits for.
  if (document.readyState !== "complete") await new Promise((done) => addEventListener("load", done, { once: true }));
  (globalThis.requestIdleCallback ?? setTimeout)(warm);
}

function save(url) {
  if (!isFile(url)) return false;
  saveFile(url, { page, answerFile, graphRows }).catch((error) => {
    if (error.message !== "stopped") live.announce(say("offline-failed", error.message));
  });
  return true;
}

addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const href = link.getAttribute("href");
  if (link.hasAttribute("download") || live.follow(href, { save }) === null) return;
  event.preventDefault();
});

addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  const { target: form, submitter } = event;
  const address = resolve(submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "");
  if (!address) return;
  event.preventDefault();
  address.search = new URLSearchParams([...new FormData(form, submitter)].filter(([, value]) => value)).toString();
  if (!save(address)) live.visit(address);
});

begin().catch((error) => {
  document.documentElement.classList.remove("deep");
  const old = typeof DecompressionStream === "undefined";
  const note = document.createElement("p");
  note.className = "offline-note";
  note.setAttribute("role", "alert");
  note.textContent = old ? own.old : say("offline-failed", error.message ?? error);
  document.body.prepend(note);
});
