// Names in the picture: on short lines, never too small to read, and only where there is room.
import { FONTS } from "./look.js";

export const FONT = 13;
export const LEADING = 1.15;
export const LEAST = 12; // pixels on the screen, whatever the zoom
const GAP = 4;
const APART = 1; // pixels between boxes: their ground is a little larger than the letters
const MOST_BELOW = 4;
const WIDE = 150;
const ROOM = 1.06; // fonts differ: a column has rows for the lines that the server counted
// As on the server: Latin words stay whole, Chinese marks end a line.
const PIECES = /[^\s\u2e80-\uffff]+\s*|[\u2e80-\uffff][、-〟！-～]*\s*|\s+/g;
const pen = document.createElement("canvas").getContext("2d");

function widthOf(text) {
  pen.font = `${FONT}px ${FONTS}`;
  return pen.measureText(text).width;
}

function wrap(text, wide) {
  const rows = [""];
  const pieces = (text.match(PIECES) ?? []).flatMap((piece) =>
    widthOf(piece.trimEnd()) > wide ? piece.split(/(?<=-)/) : piece,
  );
  for (const piece of pieces) {
    const last = rows.length - 1;
    if (rows[last] && widthOf(rows[last] + piece.trimEnd()) > wide) rows.push(piece.trimStart());
    else rows[last] += rows[last] ? piece : piece.trimStart();
  }
  return rows.map((row) => row.trimEnd());
}

function linesOf(name, wide, most) {
  const rows = wrap(name, wide);
  if (rows.length > most) {
    let last = rows[most - 1];
    while (last && widthOf(`${last}…`) > wide) last = last.slice(0, -1);
    return [...rows.slice(0, most - 1), `${last}…`];
  }
  // Evenly, so that no character stands alone.
  for (let narrow = widthOf(name) / rows.length; narrow < wide; narrow += 6) {
    const even = wrap(name, narrow);
    if (even.length <= rows.length) return even;
  }
  return rows;
}

/** The name of a node as it is written, with the room that it takes at its own size. */
export function written({ name, more, side = "below", wide = WIDE }) {
  const beside = side === "left" || side === "right";
  const rows = linesOf(name, beside ? wide * ROOM : wide, beside ? Infinity : MOST_BELOW);
  if (more && !beside) rows.push(`+${more}`);
  return {
    label: rows.join("\n"),
    broad: Math.ceil(Math.max(...rows.map(widthOf))),
    high: rows.length * FONT * LEADING,
  };
}

/** How much larger than its own size a name has to be to be read at a zoom. */
export const enlarged = (zoom) => Math.max(1, LEAST / FONT / zoom);

/** The box of a name beside a node, in the pixels of the picture. */
function boxOf({ x, y, radius, broad, high }, side, scale) {
  const [w, h, away] = [broad * scale, high * scale, radius + GAP];
  if (side === "left") return [x - away - w, y - h / 2, x - away, y + h / 2];
  if (side === "right") return [x + away, y - h / 2, x + away + w, y + h / 2];
  if (side === "above") return [x - w / 2, y - away - h, x + w / 2, y - away];
  return [x - w / 2, y + away, x + w / 2, y + away + h];
}

/** What nodes take at a zoom, with their names or without. */
export function extent(nodes, zoom, named) {
  const scale = enlarged(zoom);
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  const add = ([left, top, right, bottom]) => {
    box[0] = Math.min(box[0], left);
    box[1] = Math.min(box[1], top);
    box[2] = Math.max(box[2], right);
    box[3] = Math.max(box[3], bottom);
  };
  for (const node of nodes) {
    const { x, y, radius } = node;
    add([x - radius, y - radius, x + radius, y + radius]);
    if (named) add(boxOf(node, node.side, scale));
  }
  return box;
}

/**
 * On which side each name stands; null where there is no room for it.
 *
 * The first nodes choose first. No name lies on another one or on a node, nor out of the sheet.
 */
export function sides(nodes, zoom, sheet) {
  const scale = enlarged(zoom);
  const taken = nodes.map(({ id, x, y, radius }) => [x - radius, y - radius, x + radius, y + radius, id]);
  const found = new Map();
  for (const node of nodes) {
    const tried = node.side === "below" ? ["below", "above", "right", "left"] : [node.side];
    const free = tried.find((side) => {
      const box = boxOf(node, side, scale);
      const [left, top, right, bottom] = box;
      if (sheet && (left < sheet[0] || top < sheet[1] || right > sheet[2] || bottom > sheet[3])) return false;
      const met = taken.some(
        ([l, t, r, b, id]) =>
          id !== node.id && left < r + APART && l < right + APART && top < b + APART && t < bottom + APART,
      );
      if (!met) taken.push(box);
      return !met;
    });
    found.set(node.id, free ?? null);
  }
  return found;
}

/** Where Cytoscape has to put a name for a side. */
export const PUT = {
  below: { across: "center", along: "bottom", right: 0, down: GAP },
  above: { across: "center", along: "top", right: 0, down: -GAP },
  left: { across: "left", along: "center", right: -GAP, down: 0 },
  right: { across: "right", along: "center", right: GAP, down: 0 },
};
