// How the graph looks: shape and colour say the kind, so that neither has to be seen to know it.

import { LEADING } from "./names.js";

const SHAPES = {
  city: "ellipse",
  practice: "diamond",
  programme: "round-rectangle",
  technology: "triangle",
  mechanism: "hexagon",
  outcome: "star",
  organisation: "octagon",
  source: "tag",
  other: "ellipse",
};
// Shapes with corners look smaller than a disc of the same box.
const SIZES = { city: 26, practice: 30, technology: 30, outcome: 34, other: 18 };
export const FONTS =
  'system-ui, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

const BESIDE = 15; // of a node in a column, whose name stands beside it: rows are low

/** Radius of the picture of a kind, with its border. */
export const radiusOf = (shape, small) => 2 + (small ? BESIDE : shape === "programme" ? 34 : (SIZES[shape] ?? 26)) / 2;

/** Kind as the picture knows it; a kind without a shape of its own is drawn as "other". */
export const drawn = (kind) => (kind in SHAPES ? kind : "other");

/** Style sheet of the picture, with the colours that the page has now. */
export function look(container) {
  const colour = reader(container);
  const ground = colour("--graph-ground", "--island-ground");
  const ink = colour("--graph-ink", "--island-ink");
  const line = colour("--graph-line", "--island-line");
  const accent = colour("--graph-accent", "--island-accent");
  const text = {
    "font-family": FONTS,
    color: ink,
    // Lines run under names, not through them.
    "text-background-color": ground,
    "text-background-opacity": 1,
    "text-background-padding": 1,
  };
  const sheet = [
    {
      selector: "node",
      style: {
        ...text,
        label: "data(label)",
        "font-size": "data(size)",
        "line-height": LEADING,
        "text-valign": "data(along)",
        "text-halign": "data(across)",
        "text-margin-x": "data(right)",
        "text-margin-y": "data(down)",
        "text-wrap": "wrap",
        "text-max-width": "1000px", // its lines are broken already
        "text-events": "yes",
        "border-width": 2,
        "border-color": ground,
        "overlay-opacity": 0,
      },
    },
    {
      selector: "edge",
      style: {
        ...text,
        width: "data(width)",
        "line-color": line,
        "curve-style": "bezier",
        "target-arrow-shape": "triangle",
        "target-arrow-color": line,
        "arrow-scale": 0.9,
        "font-size": "data(size)",
        "text-rotation": "autorotate",
        "overlay-opacity": 0,
      },
    },
    // What a whole view joins has no direction, and is much.
    {
      selector: "edge[?plain]",
      style: { "curve-style": "straight", "target-arrow-shape": "none", opacity: 0.55 },
    },
    // A ring: its neighbours are all here.
    { selector: "node[?open]", style: { "border-width": 3, "border-color": ink } },
    ...Object.entries(SHAPES).map(([kind, shape]) => ({
      selector: `node[shape = "${kind}"]`,
      style: {
        shape,
        "background-color": colour(`--kind-${kind}`),
        width: SIZES[kind] ?? 26,
        height: SIZES[kind] ?? 26,
      },
    })),
    { selector: 'node[shape = "programme"]', style: { width: 34, height: 22 } },
    { selector: 'node[shape = "source"]', style: { width: 30, height: 20 } },
    { selector: "node[?small]", style: { width: BESIDE, height: BESIDE, "border-width": 1 } },
    { selector: 'node[across = "left"]', style: { "text-justification": "right" } },
    { selector: 'node[across = "right"]', style: { "text-justification": "left" } },
    { selector: "node[?unnamed]", style: { label: "" } },
    // The rest steps back; its names can still be read.
    {
      selector: "node.dim",
      style: { "background-opacity": 0.3, "border-opacity": 0.3, "text-opacity": 0.75 },
    },
    { selector: "edge.dim", style: { opacity: 0.2 } },
    { selector: "edge.near", style: { label: "data(label)", "line-color": ink, opacity: 1 } },
    // Every line says the same there.
    { selector: "edge.near[?plain]", style: { label: "" } },
    { selector: "edge.near", style: { "target-arrow-color": ink } },
    {
      selector: "node.chosen",
      style: { "border-width": 5, "border-color": accent, "z-index": 10 },
    },
    {
      selector: "edge.chosen",
      style: { label: "data(label)", "line-color": accent, "target-arrow-color": accent, opacity: 1 },
    },
  ];
  return { sheet, ground };
}

/** Read custom properties as colours a canvas understands, whatever CSS wrote them in. */
function reader(container) {
  const style = getComputedStyle(container);
  return (...names) => {
    const name = names.find((candidate) => style.getPropertyValue(candidate).trim());
    const probe = document.createElement("span");
    probe.hidden = true;
    probe.style.color = name ? `var(${name})` : "gray";
    container.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
}
