// What the file holds: blocks of base64 and gzip, unpacked when they are first needed.

const unpacked = new Map();

function block(name) {
  return document.getElementById(`pack-${name}`);
}

/** A part as it stands in the file, still packed; null when the file has none of that name. */
export function packedBytes(name) {
  const element = block(name);
  if (!element) return null;
  const text = element.textContent;
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  return bytes;
}

/** Wait until a part has been read from the disk: a file of megabytes comes in pieces. */
async function arrived(name) {
  if (block(name)?.nextSibling || document.readyState !== "loading") return;
  await new Promise((done) => document.addEventListener("DOMContentLoaded", done, { once: true }));
}

/** A part as bytes. They are not kept: what is made of them is. */
export async function bytesOf(name) {
  await arrived(name);
  const stream = new Blob([packedBytes(name)]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function once(name, make) {
  if (!unpacked.has(name)) unpacked.set(name, make());
  return unpacked.get(name);
}

export async function textOf(name) {
  return new TextDecoder().decode(await bytesOf(name));
}

/** A part that is JSON; what is wanted at once is not packed. */
export function jsonOf(name) {
  const plain = document.getElementById(`plain-${name}`);
  return once(name, async () => JSON.parse(plain?.textContent ?? (await textOf(name))));
}

const pieces = () => once("pieces", async () => (await textOf("pieces")).split("\0"));

const index = () =>
  once("index", async () => {
    const places = new Map();
    for (const [chunk, addresses] of Object.entries(await jsonOf("index")))
      addresses.forEach((address, number) => places.set(address, { chunk, number }));
    return places;
  });

/** A chunk of pages: the numbers of pieces, and where each page begins. */
const chunk = (name) =>
  once(`chunk ${name}`, async () => {
    const bytes = await bytesOf(name);
    const starts = [0];
    // A zero ends a page; within a number it could only be a last group, and those have none.
    for (let at = bytes.indexOf(0); at >= 0; at = bytes.indexOf(0, at + 1)) starts.push(at + 1);
    return { bytes, starts };
  });

/** The page of an address as HTML, title and body; null when the file has no such page. */
export async function packedPage(address, language) {
  const place = (await index()).get(address);
  if (!place) return null;
  const [all, { bytes, starts }] = await Promise.all([pieces(), chunk(`${place.chunk}-${language}`)]);
  const other = language === "en" ? "zh" : "en";
  let html = "";
  for (let at = starts[place.number]; bytes[at]; ) {
    let number = bytes[at] & 127;
    for (let shift = 7; bytes[at++] > 127; shift += 7) number |= (bytes[at] & 127) << shift;
    html += all[number];
  }
  return html.replaceAll("\ue000", language).replaceAll("\ue001", other);
}

/** Unpack what most pages need while nobody waits for it. */
export function warm() {
  return Promise.all([pieces(), index()]);
}
