// The graph: Cytoscape draws what the server has placed; every change is a page of the server.
import cytoscape from "cytoscape";
import { afterSwap, canGoBack, keep } from "./live.js";
import { drawn, look, radiusOf } from "./look.js";
import { FONT, LEAST, PUT, enlarged, extent, sides, written } from "./names.js";
import { panel, toolbar } from "./panel.js";

const STYLE_ID = "__________cytoscape_stylesheet";
const SLIM = 640; // narrower frames have another layout
const NEARER = { slim: 25, wide: 65 }; // pixels that outer columns may move inwards
const ABREAST = 3; // names beside each other in a slim path
const TALL = 1.3; // of a picture that is turned: names under nodes need more room there
const NARROW = 110; // pixels of a name in it
const PAD = 10; // pixels between the picture and its frame
const CLOSEST = 1.2; // zoom of a small picture
const LOST = 0.8; // names that would shrink a picture more than this have to find room inside
const HIGHEST = { around: 720, path: 1600, view: Infinity }; // frames grow with the picture up to this
const LEAST_HIGH = 320;
const MOST_PIXELS = 8e6; // larger canvases fail on phones
const STEP = 1.4;
const GLIDE = { duration: 450, easing: "ease-in-out" };
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const dark = matchMedia("(prefers-color-scheme: dark)");

const region = document.getElementById("graph");
const canvas = region?.querySelector(".graph-canvas");
const source = document.getElementById("graph-data");
if (canvas && source) start(JSON.parse(source.textContent));

function start(data) {
  const { text } = data;
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
  let shown = laid(data);
  stretch();
  const ratio = Math.sqrt(MOST_PIXELS / (canvas.clientWidth * canvas.clientHeight || 1));
  const cy = cytoscape({
    container: canvas,
    elements: elements(shown),
    pixelRatio: ratio < devicePixelRatio ? ratio : "auto",
    style: appearance.sheet,
    layout: { name: "preset", fit: false },
    autoungrabify: true,
    boxSelectionEnabled: false,
    minZoom: 0.05,
    maxZoom: 4,
  });
  leaveScrollingToThePage(region);

  const tools = toolbar(canvas, text.tools, {
    closer: [text.closer, () => zoom(STEP)],
    farther: [text.farther, () => zoom(1 / STEP)],
    fit: [text.fit, () => frame({ glide: true })],
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

  /** Give the frame the height that the picture needs at the width of the page. */
  function stretch() {
    region.dataset.form = shown.form;
    canvas.style.height = "";
    const least = shown.form === "around" ? canvas.clientHeight : LEAST_HIGH;
    if (!shown.nodes.length || !canvas.clientWidth) return;
    const { zoom, named } = fitting(shown, canvas.clientWidth - 2 * PAD);
    const [, top, , bottom] = extent(shown.nodes, zoom, named);
    const wanted = Math.ceil((bottom - top) * zoom) + 2 * PAD + 2;
    canvas.style.height = `${Math.min(Math.max(wanted, least), HIGHEST[shown.form])}px`;
  }

  /** Bring all into view. */
  function frame({ glide = false } = {}) {
    const [width, height] = [cy.width(), cy.height()];
    if (!shown.nodes.length || !width) return;
    const { zoom, named } = fitting(shown, width - 2 * PAD, height - 2 * PAD);
    const [left, top, right, bottom] = extent(shown.nodes, zoom, named);
    const pan = { x: (width - zoom * (left + right)) / 2, y: (height - zoom * (top + bottom)) / 2 };
    const edge = (pixels, moved) => (pixels - moved) / zoom;
    shown.sheet = [edge(2, pan.x), edge(2, pan.y), edge(width - 2, pan.x), edge(height - 2, pan.y)];
    cy.stop();
    if (glide && !calm.matches) cy.animate({ zoom, pan }, GLIDE);
    else cy.viewport({ zoom, pan });
    name(zoom);
  }

  /** Write the names that have room at a zoom, of what matters first. */
  function name(zoom = cy.zoom(), sheet = shown.sheet) {
    const rank = ({ id, open, links }) => (id === chosen ? 2e6 : open ? 1e6 : links);
    const ordered = [...shown.nodes].sort((one, other) => rank(other) - rank(one));
    const found = sides(ordered, zoom, sheet);
    const size = FONT * enlarged(zoom);
    cy.batch(() => {
      for (const [id, side] of found)
        cy.getElementById(id).data({ size, unnamed: side === null && id !== chosen, ...PUT[side ?? "below"] });
      cy.edges().data({ size });
    });
    region.dataset.named = String([...found.values()].filter(Boolean).length);
  }

  function save() {
    // The file has all names, at their own size.
    name(1, null);
    const blob = cy.png({ output: "blob", full: true, scale: 2, bg: appearance.ground });
    name();
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
    name();
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
    const behavior = calm.matches ? "auto" : "smooth";
    const box = canvas.getBoundingClientRect();
    if (box.height > innerHeight) scrollBy({ top: box.top + node.renderedPosition().y - innerHeight / 2, behavior });
    else canvas.scrollIntoView({ block: "nearest", behavior });
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

  let width = cy.width();
  let arranging = false;

  /** Lay out for the width that there is now. */
  function arrange() {
    arranging = true;
    shown = laid(data);
    stretch();
    cy.resize();
    // A new height can bring a scroll bar, which takes of the width: that asks for no other layout.
    width = cy.width();
    arranging = false;
  }

  // The server's new picture: what stays moves to its new place, the rest comes or goes.
  keep("graph", (fresh) => {
    const script = fresh.ownerDocument.getElementById("graph-data");
    const next = JSON.parse(script.textContent);
    source.textContent = script.textContent;
    const label = fresh.querySelector(".graph-canvas")?.getAttribute("aria-label");
    if (label) canvas.setAttribute("aria-label", label);
    data = next;
    arrange();
    redraw(cy, elements(shown));
    choose(chosen);
    undoable();
    frame({ glide: true });
  });

  dark.addEventListener("change", () => {
    appearance = look(canvas);
    cy.style(appearance.sheet);
  });
  addEventListener("popstate", undoable);
  let asked = 0;
  cy.on("zoom", () => {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(() => name());
  });
  undoable();
  frame();
  cy.on("resize", () => {
    // Not for a change of height: on a phone the browser's own bars come and go.
    if (arranging || cy.width() === width) return;
    arrange();
    redraw(cy, elements(shown), true);
    frame();
  });
  region.dataset.drawn = String(cy.nodes().length);
  cy.on("add remove", () => (region.dataset.drawn = String(cy.nodes().length)));
}

/** The largest zoom at which nodes fit, with their names unless these would shrink a crowd. */
function fitting({ form, nodes }, width, height = Infinity) {
  const zoomOf = (named) => {
    let [low, high] = [0.05, CLOSEST];
    for (let round = 0; round < 20; round++) {
      const zoom = (low + high) / 2;
      const [left, top, right, bottom] = extent(nodes, zoom, named);
      if ((right - left) * zoom <= width && (bottom - top) * zoom <= height) low = zoom;
      else high = zoom;
    }
    return low;
  };
  const [full, bare] = [zoomOf(true), zoomOf(false)];
  const named = form !== "around" || full >= LOST * bare;
  return { zoom: named ? full : bare, named };
}

/** Nodes at their places in a frame of this width, with their names. */
function laid({ form = "around", nodes, edges }) {
  const width = canvas.clientWidth;
  const slim = width < SLIM;
  const span = (key) => Math.max(...nodes.map((node) => node[key])) - Math.min(...nodes.map((node) => node[key]));
  const upright = slim && span("x") > span("y");
  const links = new Map();
  for (const { source, target } of edges)
    for (const end of [source, target]) links.set(end, (links.get(end) ?? 0) + 1);
  const narrow = Math.min(NARROW, ((width - 2 * PAD) / ABREAST) * (FONT / LEAST) - 10);
  const found = {
    form,
    edges,
    sheet: null,
    nodes: nodes.map((node) => {
      const turned = upright && !node.slim ? { x: node.y, y: node.x * TALL, wide: narrow } : {};
      const placed = { ...node, ...turned, ...(slim && node.slim) };
      if (slim && form === "path") placed.wide = narrow;
      const small = ["left", "right"].includes(placed.side);
      const shape = drawn(node.kind);
      return { ...placed, ...written(placed), small, shape, radius: radiusOf(shape, small), links: links.get(node.id) ?? 0 };
    }),
  };
  if (form === "view" && nodes.length) squeeze(found, width - 2 * PAD, slim ? NEARER.slim : NEARER.wide);
  return found;
}

/** Bring columns nearer to each other where they would be too wide, then rows farther apart. */
function squeeze(picture, width, most) {
  const { nodes } = picture;
  const least = LEAST / FONT;
  const [left, , right] = extent(nodes, least, true);
  const step = Math.min(most, Math.max(0, (right - left - width / least) / 2));
  const ends = [Math.min(...nodes.map(({ x }) => x)), Math.max(...nodes.map(({ x }) => x))];
  for (const node of nodes) if (ends.includes(node.x)) node.x -= Math.sign(node.x) * step;
  const apart = Math.max(1, least / fitting(picture, width).zoom);
  for (const node of nodes) node.y *= apart;
}

function move(node, position, instantly) {
  if (calm.matches || instantly) node.position(position);
  else node.animate({ position }, GLIDE);
}

/** The server's nodes and edges as Cytoscape takes them. */
function elements({ form, nodes, edges }) {
  return [
    ...nodes.map(({ x, y, ...node }) => ({
      group: "nodes",
      data: { ...node, size: FONT, unnamed: false, ...PUT[node.side] },
      position: { x, y },
    })),
    ...edges.map((edge) => ({
      group: "edges",
      data: {
        ...edge,
        size: FONT,
        plain: form === "view",
        width: form === "view" ? 1 : 1 + Math.min(4, Math.log2(edge.claims || 1)),
      },
    })),
  ];
}

function redraw(cy, next, instantly = false) {
  const ids = new Set(next.map(({ data }) => data.id));
  const [known, added] = [[], []];
  for (const element of next) (cy.getElementById(element.data.id).empty() ? added : known).push(element);
  cy.elements()
    .filter((element) => !ids.has(element.id()))
    .remove();
  for (const { data, position } of known) {
    const element = cy.getElementById(data.id);
    element.data(data);
    if (position) move(element, position, instantly);
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
