// Addresses in the file: what the server has as /en/city/busan stands here after "#".

const ORIGIN = "file-of-pages://explorer"; // never asked: addresses only have to be resolved
let home = "/en/";

/** Say in which language the file begins. */
export function beginAt(path) {
  home = path;
}

/** The address of the page that is shown. */
export function current() {
  const { hash } = window.location;
  return new URL(hash.startsWith("#/") ? hash.slice(1) : home, ORIGIN);
}

/** The address that a link or form means; null when it leads out of the file. */
export function resolve(href) {
  const text = String(href);
  const fragment = text.indexOf("#/");
  if (fragment === 0) return new URL(text.slice(1), ORIGIN);
  const before = text.slice(0, fragment);
  if (fragment > 0 && (before === window.location.href.split("#")[0] || before.startsWith(ORIGIN)))
    return new URL(text.slice(fragment + 1), ORIGIN);
  let url;
  try {
    url = new URL(text, current());
  } catch {
    return null;
  }
  return url.href.startsWith(`${ORIGIN}/`) ? url : null;
}

/** An address as it stands in the browser's. */
export const hashOf = (url) => `#${url.pathname}${url.search}${url.hash}`;

/** Language and path of an address, and those of its parameters that say something. */
export function parts(url) {
  const [, language, path = ""] = /^\/([^/]*)\/?(.*)$/.exec(url.pathname);
  const given = [...url.searchParams].filter(([, value]) => value);
  return { language, path: decoded(path), given };
}

function decoded(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** In place of the browser's own location, for the scripts that the server's pages have, too. */
export const stand = {
  get href() {
    return current().href;
  },
  get origin() {
    return current().origin;
  },
  get pathname() {
    return current().pathname;
  },
  get search() {
    return current().search;
  },
};
