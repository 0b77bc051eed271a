// The graph: Cytoscape draws what the server has placed; every change is a page of the server.
import cytoscape from "cytoscape";
import { afterSwap, canGoBack, keep } from "./live.js";
import { drawn, look } from "./look.js";
import { panel, toolbar } from "./panel.js";

const STYLE_ID = "__________cytoscape_stylesheet";
const READABLE = 0.6; // below this zoom names are too small to read
const STEP = 1.4;
const GLIDE = { duration: 450, easing: "ease-in-out" };
// Scripts that are written without spaces may break anywhere.
const WIDE = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]/;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const dark = matchMedia("(prefers-color-scheme: dark)");

const region = document.getElementById("graph");
const canvas = region?.querySelector(".graph-canvas");
const source = document.getElementById("graph-data");
if (canvas && source) start(JSON.parse(source.textContent));

function start(data) {
  const { text } = data;
  let placed = data.nodes;
  canvas.hidden = false;
  canvas.style.position = "relative";
  // Cytoscape adds a style element for this one rule, which the page's policy forbids, unless
  // something with its id is there already.
  if (!document.getElementById(STYLE_ID)) {
    const mark = document.createElement("template");
    mark.id = STYLE_ID;
    document.head.append(mark);
  }
  let appearance = look(canvas);
  const cy = cytoscape({
    container: canvas,
    elements: elements(data),
    style: appearance.sheet,
    layout: { name: "preset", fit: false },
    autoungrabify: true,
    boxSelectionEnabled: false,
    minZoom: 0.08,
    maxZoom: 4,
  });
  leaveScrollingToThePage(region);

  const tools = toolbar(canvas, text.tools, {
    closer: [text.closer, () => zoom(STEP)],
    farther: [text.farther, () => zoom(1 / STEP)],
    fit: [text.fit, () => frame({ all: true, glide: true })],
    undo: [text.undo, () => history.back()],
    png: [text.png, () => save()],
  });
  const beside = panel(text);
  let chosen = null;

  const undoable = () => (tools.undo.disabled = !canGoBack());

  function zoom(factor) {
    const middle = { x: cy.width() / 2, y: cy.height() / 2 };
    cy.zoom({ level: cy.zoom() * factor, renderedPosition: middle });
  }

  /** Bring all into view, or what matters when all would be too small to read. */
  function frame({ all = false, glide = false } = {}) {
    const [width, height] = [cy.width(), cy.height()];
    if (!placed.length || !width) return;
    const span = (key, margin) => {
      const values = placed.map((node) => node[key]);
      const [low, high] = [Math.min(...values) - margin, Math.max(...values) + margin];
      return { size: high - low, middle: (low + high) / 2 };
    };
    // Margins for the names, which stand under the nodes and are wider than they.
    const [across, down] = [span("x", 75), span("y", 55)];
    let zoom = Math.min(width / across.size, height / down.size, 1.2);
    let middle = { x: across.middle, y: down.middle };
    if (!all && zoom < READABLE) {
      zoom = READABLE;
      middle = placed.find(({ id }) => id === chosen) ?? placed.find(({ open }) => open) ?? middle;
    }
    const pan = { x: width / 2 - zoom * middle.x, y: height / 2 - zoom * middle.y };
    cy.stop();
    if (glide && !calm.matches) cy.animate({ zoom, pan }, GLIDE);
    else cy.viewport({ zoom, pan });
  }

  function save() {
    const blob = cy.png({ output: "blob", full: true, scale: 2, bg: appearance.ground });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = "city-practice-graph.png";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  function choose(id) {
    const element = cy.getElementById(id ?? "");
    cy.batch(() => {
      cy.elements().removeClass("chosen near dim");
      if (element.empty()) return;
      const near = element.isNode() ? element.closedNeighborhood() : element.union(element.connectedNodes());
      cy.elements().difference(near).addClass("dim");
      if (element.isNode()) near.edges().addClass("near");
      element.addClass("chosen");
    });
    chosen = element.empty() ? null : id;
    if (element.empty()) beside.clear();
    else if (element.isNode()) beside.node(element.data());
    else {
      const name = (end) => end.data("name");
      beside.edge(element.data(), name(element.source()), name(element.target()));
    }
  }

  function show(id) {
    const node = cy.getElementById(id);
    if (node.empty()) return;
    choose(id);
    const { x1, y1, x2, y2 } = cy.extent();
    const { x, y } = node.position();
    if (x < x1 || x > x2 || y < y1 || y > y2) frame({ glide: true });
    canvas.scrollIntoView({ block: "nearest", behavior: calm.matches ? "auto" : "smooth" });
  }

  cy.on("tap", (event) => choose(event.target === cy ? null : event.target.id()));
  cy.on("mouseover", "node, edge", () => (canvas.style.cursor = "pointer"));
  cy.on("mouseout", "node, edge", () => (canvas.style.cursor = ""));
  document.addEventListener("click", (event) => {
    const selector = event.target.closest("[data-select]");
    if (!selector || cy.getElementById(selector.dataset.select).empty()) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(selector.dataset.select);
  });

  const selectable = () => {
    for (const button of document.querySelectorAll("[data-select][hidden]")) button.hidden = false;
  };
  selectable();
  afterSwap(selectable);

  // The server's new picture: what stays moves to its new place, the rest comes or goes.
  keep("graph", (fresh) => {
    const script = fresh.ownerDocument.getElementById("graph-data");
    const next = JSON.parse(script.textContent);
    source.textContent = script.textContent;
    const label = fresh.querySelector(".graph-canvas")?.getAttribute("aria-label");
    if (label) canvas.setAttribute("aria-label", label);
    placed = next.nodes;
    redraw(cy, elements(next));
    choose(chosen);
    undoable();
    frame({ glide: true });
  });

  dark.addEventListener("change", () => {
    appearance = look(canvas);
    cy.style(appearance.sheet);
  });
  addEventListener("popstate", undoable);
  undoable();
  frame();
  let width = cy.width();
  cy.on("resize", () => {
    // Not for a change of height: on a phone the browser's own bars come and go.
    if (cy.width() !== width) frame();
    width = cy.width();
  });
  region.dataset.drawn = String(cy.nodes().length);
  cy.on("add remove", () => (region.dataset.drawn = String(cy.nodes().length)));
}

function move(node, position) {
  if (calm.matches) node.position(position);
  else node.animate({ position }, GLIDE);
}

/** The server's nodes and edges as Cytoscape takes them. */
function elements({ nodes, edges }) {
  return [
    ...nodes.map(({ x, y, ...node }) => ({
      group: "nodes",
      data: {
        ...node,
        shape: drawn(node.kind),
        label: node.more ? `${node.name}\n+${node.more}` : node.name,
        wrap: WIDE.test(node.name) ? "anywhere" : "whitespace",
      },
      position: { x, y },
    })),
    ...edges.map((edge) => ({
      group: "edges",
      data: { ...edge, width: 1 + Math.min(4, Math.log2(edge.claims || 1)) },
    })),
  ];
}

function redraw(cy, next) {
  const ids = new Set(next.map(({ data }) => data.id));
  const [known, added] = [[], []];
  for (const element of next) (cy.getElementById(element.data.id).empty() ? added : known).push(element);
  cy.elements()
    .filter((element) => !ids.has(element.id()))
    .remove();
  for (const { data, position } of known) {
    const element = cy.getElementById(data.id);
    element.data(data);
    if (position) move(element, position);
  }
  // A new node sets out from a neighbour that was there before.
  const before = new Set(cy.nodes().map((node) => node.id()));
  const edges = added.filter(({ group }) => group === "edges");
  for (const node of added.filter(({ group }) => group === "nodes")) {
    const { id } = node.data;
    const from = edges
      .flatMap(({ data }) => (data.source === id ? [data.target] : data.target === id ? [data.source] : []))
      .find((other) => before.has(other));
    const origin = from ? cy.getElementById(from).position() : node.position;
    move(cy.add({ ...node, position: { ...origin } }), node.position);
  }
  cy.add(edges);
}

/** The wheel scrolls the page unless Ctrl is held, one finger does so unless it goes sideways. */
function leaveScrollingToThePage(element) {
  element.addEventListener("wheel", (event) => event.ctrlKey || event.stopPropagation(), {
    capture: true,
    passive: true,
  });
  // Once the page scrolls under a finger, lifting it is no tap; Cytoscape is not told by itself.
  element.addEventListener("pointercancel", ({ pointerType }) => {
    if (pointerType === "touch") dispatchEvent(new Event("touchcancel"));
  });
  let from = null;
  let sideways = false;
  element.addEventListener(
    "touchstart",
    ({ touches }) => {
      from = { x: touches[0].clientX, y: touches[0].clientY };
      sideways = false;
    },
    { capture: true, passive: true },
  );
  // Cytoscape hears of moves at the window, and stops the page's scrolling there.
  element.addEventListener(
    "touchmove",
    (event) => {
      const [finger, second] = event.touches;
      if (second || !from) return;
      const [x, y] = [Math.abs(finger.clientX - from.x), Math.abs(finger.clientY - from.y)];
      sideways ||= x > 8 && x > y;
      if (!sideways) event.stopPropagation();
    },
    { passive: true },
  );
}
