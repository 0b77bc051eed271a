// Graphs: what is around the things that are opened, as kg/explorer/graphs.py chooses it.
//
// What is around one thing stands where the server puts it. Whatever a further thing brings in goes
// around that thing, to the nearest place that is free: the same in every browser.
import { jsonOf } from "./offline-pack.js";
import { index } from "./offline-things.js";
import { ways } from "./offline-paths.js";
import { count, frame, listed, make, panel, say, spoken } from "./offline-words.js";

const MOST = 300;
const MOST_OPENED = 20;
const START = "id/city/singapore";
const EDGE = 120;
const FLAT = 1.5;
const [WIDE, HIGH] = [78, 66]; // half of the room that a node takes with its name

let made = null;

function whole() {
  return (made ??= jsonOf("graph").then((data) => {
    const number = new Map(data.nodes.map(([name], place) => [name, place]));
    return { ...data, number };
  }));
}

const plain = (name) => name.replace(/^(id|concept)\//, "");

/** The query of the address of a state; equal states have equal ones. */
function query({ things, hops, kinds, properties, hidden, ends }, names) {
  const short = (node) => plain(names[node][0]);
  const pairs = ends ? [["from", short(ends[0])], ["to", short(ends[1])]] : [];
  for (const thing of things) pairs.push(["thing", short(thing)]);
  if (hops !== 1) pairs.push(["hops", hops]);
  for (const kind of kinds) pairs.push(["kind", kind]);
  for (const property of properties) pairs.push(["property", property]);
  for (const name of [...hidden].map(short).sort()) pairs.push(["hide", name]);
  return pairs.map(([key, value]) => `${key}=${encodeURIComponent(value).replace(/%2F/g, "/").replace(/%3A/g, ":")}`).join("&");
}

/** The page of a graph. */
export async function graphPage({ url, path, given, base }) {
  const every = (key) => given.filter(([name]) => name === key).map(([, value]) => value);
  if (every("view").length) {
    const rest = given.filter(([key]) => key !== "view");
    return rest.length ? null : base(`graph?view=${every("view")[0]}`);
  }
  const graph = await whole();
  const named = async (text) => {
    for (const name of [text, `id/${text}`, `concept/${text}`]) if (graph.number.has(name)) return graph.number.get(name);
    const hit = (await index()).search(text, 1)[0];
    if (hit && graph.number.has(hit.thing)) return graph.number.get(hit.thing);
    throw new Error(say("offline-no-thing", text));
  };
  const all = (texts) => Promise.all(texts.map(named));
  const hidden = new Set(await all(every("hide")));
  let things = [...new Set(await all(every("thing")))].filter((thing) => !hidden.has(thing));
  if (things.length > MOST_OPENED) throw new Error(say("offline-many", MOST_OPENED));
  const ends = await all([...every("from"), ...every("to")]);
  if (ends.length && (ends.length !== 2 || ends[0] === ends[1])) return null;
  if (!things.length && !ends.length && graph.number.has(START)) things = [graph.number.get(START)];
  const state = {
    things,
    ends: ends.length ? ends : null,
    hidden,
    hops: every("hops")[0] === "2" ? 2 : 1,
    kinds: graph.kinds.filter((kind) => every("kind").includes(kind)),
    properties: graph.properties.map(([name]) => name).filter((name) => name && every("property").includes(name)),
  };
  if (state.ends) {
    for (const end of ends) hidden.delete(end);
    const found = ways(graph, state, allowed);
    const drawn = alongWays(graph, state, found);
    return page(await base("graph"), graph, state, drawn, inColumns(drawn, found), url, found);
  }
  const drawn = neighbourhood(graph, state);
  return page(await base("graph"), graph, state, drawn, placed(graph, state, drawn), url);
}

function* allowed(graph, state, node) {
  for (const place of graph.at[node]) {
    const edge = graph.edges[place];
    const other = edge[0] === node ? edge[2] : edge[0];
    if (state.properties.length && !state.properties.includes(graph.properties[edge[1]][0])) continue;
    if (state.hidden.has(other)) continue;
    const kind = graph.kinds[graph.nodes[other][1]];
    if (state.kinds.length && !state.kinds.includes(kind) && !state.things.includes(other)) continue;
    yield { place, edge, other };
  }
}

const neighbours = (graph, state, node) => [...new Set([...allowed(graph, state, node)].map(({ other }) => other))];

function neighbourhood(graph, state) {
  const distance = new Map(state.things.map((thing) => [thing, 0]));
  state.things.forEach((thing, number) => {
    for (const near of neighbours(graph, state, thing)) {
      distance.set(near, Math.min(distance.get(near) ?? 1, 1));
      if (number === 0 && state.hops === 2)
        for (const far of neighbours(graph, state, near)) if (!distance.has(far)) distance.set(far, 2);
    }
  });
  const inner = new Map();
  for (const node of distance.keys())
    inner.set(node, neighbours(graph, state, node).filter((near) => distance.has(near)).length);
  const name = (node) => graph.nodes[node][0];
  const chosen = [...distance.keys()].sort(
    (a, b) =>
      distance.get(a) - distance.get(b) ||
      inner.get(b) - inner.get(a) ||
      graph.at[b].length - graph.at[a].length ||
      (name(a) < name(b) ? -1 : 1),
  );
  const shown = new Set(chosen.slice(0, MOST));
  const edges = new Set();
  for (const node of shown)
    for (const { place, other } of allowed(graph, state, node)) if (shown.has(other)) edges.add(place);
  const nodes = sorted(graph, shown, state.things);
  const left = new Map();
  for (const node of chosen.slice(MOST)) {
    const kind = graph.nodes[node][1];
    left.set(kind, (left.get(kind) ?? 0) + 1);
  }
  return { nodes, edges: [...edges].map((place) => graph.edges[place]), left, shown };
}

/** Nodes in the order in which everything shows them. */
function sorted(graph, shown, things) {
  const opened = (node) => things.indexOf(node);
  const name = (node) => graph.nodes[node][0];
  return [...shown].sort((a, b) => {
    if (opened(a) >= 0 || opened(b) >= 0) return opened(b) < 0 ? -1 : opened(a) < 0 ? 1 : opened(a) - opened(b);
    return graph.nodes[a][1] - graph.nodes[b][1] || (name(a) < name(b) ? -1 : 1);
  });
}

function alongWays(graph, state, found) {
  const hops = found.flat();
  const shown = new Set([...state.ends, ...hops.flatMap(({ from, to }) => [from, to])]);
  return {
    nodes: sorted(graph, shown, state.ends),
    edges: [...new Set(hops.flatMap(({ edges }) => edges))],
    left: new Map(),
    shown,
  };
}

/** Ways run from left to right: a column for each step. */
function inColumns(drawn, found) {
  const columns = new Map();
  for (const way of found)
    way.forEach(({ from, to }, step) => {
      columns.set(from, step);
      columns.set(to, step + 1);
    });
  const at = new Map();
  drawn.nodes.forEach((node, place) => {
    const column = columns.get(node) ?? place;
    const column_ = drawn.nodes.filter((other) => (columns.get(other) ?? -1) === column);
    const row = Math.max(0, column_.indexOf(node)) - (column_.length - 1) / 2;
    at.set(node, [column * 2.4 * EDGE, Math.round(row * 1.4 * HIGH)]);
  });
  return at;
}

/** Where nodes stand: what one thing brings in stays where it stood before the next was opened. */
function placed(graph, state, drawn) {
  const at = new Map();
  const free = (x, y) => ![...at.values()].some(([a, b]) => Math.abs(a - x) < 2 * WIDE && Math.abs(b - y) < HIGH);
  const nearest = (x, y) => {
    for (let ring = 0; ring < 60; ring++)
      for (let turn = 0; turn < Math.max(1, 6 * ring); turn++) {
        const angle = (2 * Math.PI * turn) / Math.max(1, 6 * ring);
        const spot = [x + 24 * ring * FLAT * Math.cos(angle), y + 24 * ring * Math.sin(angle)].map(Math.round);
        if (free(...spot)) return spot;
      }
    return [Math.round(x), Math.round(y)];
  };
  const around = (thing, nodes) => {
    const [x, y] = at.get(thing);
    const middle = mean([...at.values()]);
    const way = Math.atan2(y - middle[1], x - middle[0]);
    const alone = at.size === 1;
    nodes.forEach((node, turn) => {
      const angle = alone
        ? (2 * Math.PI * (turn + 0.5)) / nodes.length
        : way - Math.PI / 2 + (Math.PI * (turn + 0.5)) / nodes.length;
      at.set(node, nearest(x + EDGE * FLAT * Math.cos(angle), y + EDGE * Math.sin(angle)));
    });
  };
  state.things.forEach((thing, number) => {
    const places = graph.places[thing];
    if (number === 0) {
      for (let i = 0; i < places.length; i += 3) at.set(places[i], [places[i + 1], places[i + 2]]);
    } else if (!at.has(thing)) {
      const ring = Math.max(...[...at.values()].map(([x]) => x)) + 4 * EDGE;
      at.set(thing, nearest(ring, mean([...at.values()])[1]));
    }
    const near = neighbours(graph, { ...state, hidden: new Set(), kinds: [], properties: [] }, thing);
    const fresh = near.filter((node) => !at.has(node)).sort((a, b) => graph.nodes[a][1] - graph.nodes[b][1] || a - b);
    if (fresh.length) around(thing, fresh);
  });
  for (const node of drawn.nodes)
    if (!at.has(node)) {
      const near = neighbours(graph, state, node).find((other) => at.has(other));
      at.set(node, nearest(...(near === undefined ? mean([...at.values()]) : at.get(near))));
    }
  return at;
}

const mean = (points) => [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length);

function page(fresh, graph, state, drawn, at, url, found = null) {
  const language = spoken() ? "zh" : "en";
  const name = (node) => graph.nodes[node][2 + spoken()];
  const address = (node) => `#/${language}/${graph.nodes[node][4]}`;
  const claim = ([source, , , [path]]) => (path ? `#/${language}/thing/${path}` : address(source));
  const go = (change) => `#/${language}/graph?${query({ ...state, ...change }, graph.nodes)}`;
  const without = (node) => state.things.filter((thing) => thing !== node);
  const hops = (node) => (state.things[0] === node ? 1 : state.hops);
  const expand = (node) => {
    // From a way this leads to what is around the thing.
    const alone = { ends: null, things: [node], hops: 1, kinds: [], properties: [], hidden: new Set() };
    if (state.ends) return go(alone);
    const hidden = new Set(state.hidden);
    hidden.delete(node);
    return go({ things: state.things.includes(node) ? state.things : [...state.things, node], hidden });
  };
  const collapse = (node) => go({ things: without(node), hops: hops(node) });
  const isEnd = (node) => state.ends?.includes(node);
  const hide = (node) => isEnd(node) ? go({}) : go({ things: without(node), hops: hops(node), hidden: new Set([...state.hidden, node]) });
  const more = (node) => neighbours(graph, state, node).filter((near) => !drawn.shown.has(near)).length;
  const kindOf = (node) => graph.kinds[graph.nodes[node][1]];
  const labels = (edge) => graph.properties[edge[1]][1 + spoken()];

  const opened = (node) => state.things.includes(node) || Boolean(isEnd(node));
  const title = state.ends
    ? say("path-title", ...state.ends.map(name))
    : say("graph-title", listed(state.things.map(name)));
  const left = [...drawn.left.values()].reduce((sum, each) => sum + each, 0);
  const shownLead = () => say("graph-lead", drawn.nodes.length, drawn.edges.length) + (left ? say("graph-left", count(left)) : "");
  const lead = !found ? shownLead() : found.length ? say("path-lead", found.length, found[0].length) : say("path-none");
  fresh.title = `${title} · ${say("product")}`;
  fresh.querySelector("h1").textContent = title;
  for (const element of [fresh.querySelector("main > .lead"), fresh.getElementById("graph-summary")])
    if (element) element.textContent = lead;
  fresh.querySelector(".graph-canvas").setAttribute("aria-label", `${title}. ${lead}`);

  const script = fresh.getElementById("graph-data");
  const held = JSON.parse(script.textContent);
  script.textContent = JSON.stringify({
    nodes: drawn.nodes.map((node) => ({
      id: graph.nodes[node][0],
      kind: kindOf(node),
      name: name(node),
      x: at.get(node)[0],
      y: at.get(node)[1],
      side: "below",
      open: opened(node),
      more: more(node),
      href: address(node),
      expand: expand(node),
      collapse: state.things.includes(node) ? collapse(node) : null,
      hide: hide(node),
    })),
    edges: drawn.edges.map((edge) => ({
      id: `${edge[0]}|${edge[1]}|${edge[2]}`,
      source: graph.nodes[edge[0]][0],
      target: graph.nodes[edge[2]][0],
      label: labels(edge)[0],
      claims: edge[3].length,
      href: claim(edge),
    })),
    kinds: held.kinds,
    text: held.text,
  }).replaceAll("<", "\\u003c");

  const stay = (text, href, whose) => {
    const link = make("a", { href, "data-stay": true }, text);
    if (whose !== undefined) link.append(make("span", { class: "vh" }, ` ${name(whose)}`));
    return link;
  };
  const actions = (node) => {
    const here = state.things.includes(node);
    const links = [];
    if (here && state.things.length > 1) links.push(stay(say("graph-collapse"), collapse(node), node));
    else if (!here && !state.ends) links.push(stay(say("graph-expand"), expand(node), node));
    links.push(stay(say("graph-hide"), hide(node), node));
    return links.flatMap((link) => [" · ", link]);
  };
  const listedEdges = new Set();
  const sections = drawn.nodes.flatMap((node, number) => {
    const all = drawn.edges.filter((edge) => edge[0] === node || edge[2] === node);
    const edges = all.filter((edge) => opened(node) || !listedEdges.has(edge));
    if (!edges.length && !opened(node) && all.length) return [];
    for (const edge of edges) listedEdges.add(edge);
    const groups = new Map();
    for (const edge of edges) {
      const forward = edge[0] === node;
      const label = labels(edge)[forward ? 0 : 1];
      groups.set(label, [...(groups.get(label) ?? []), { edge, other: forward ? edge[2] : edge[0] }]);
    }
    const entry = ({ edge, other }) => {
      const item = make("li", { "data-node": graph.nodes[other][0] }, make("a", { href: address(other) }, name(other)));
      if (edge[3].length) item.append(" ", make("small", {}, make("a", { href: claim(edge) }, say("claim"))));
      const around = more(other);
      if (!opened(other) && around)
        item.append(" ", stay(`${say("graph-expand")} (+${around})`, expand(other), other));
      return item;
    };
    const open = make("a", { href: address(node) }, say("graph-open"), make("span", { class: "vh" }, ` ${name(node)}`));
    return [
      make(
        "details",
        { class: "branch", open: number === 0, "data-node": graph.nodes[node][0] },
        make("summary", {}, name(node), " ", make("small", {}, say(`kind-${kindOf(node)}`))),
        make("p", {}, open, ...actions(node)),
        ...[...groups].flatMap(([label, entries]) => [
          make("h3", {}, label),
          make("ul", { class: "plain" }, ...entries.sort((a, b) => (name(a.other) < name(b.other) ? -1 : 1)).map(entry)),
        ]),
      ),
    ];
  });
  const list = fresh.getElementById("graph-list");
  list.replaceChildren(list.querySelector("h2"), ...sections);
  if (found) {
    const steps = found.flatMap((way, place) => way.map((step) => ({ ...step, place: place + 1 })));
    const link = (node) => make("a", { href: address(node) }, name(node));
    list.before(
      panel({
        id: "paths",
        heading: say("panel-paths"),
        columns: ["path", "start", "property", "end"].map((key) => ({ heading: say(`column-${key}`), numeric: key === "path" })),
        rows: steps.map(({ from, to, edges, claims, place }) => {
          const forward = edges[0][0] === from;
          const told = claims.length ? [" ", make("small", {}, make("a", { href: `#/${language}/thing/${claims[0]}` }, say("claim")))] : [];
          return [[String(place)], [link(from)], [`${forward ? "→" : "←"} ${labels(edges[0])[0]}`], [link(to), ...told]];
        }),
        empty: say("path-none"),
      }),
    );
    for (const [place, key] of ["from", "to"].entries())
      fresh.getElementById(`g-${key}`)?.setAttribute("value", plain(graph.nodes[state.ends[place]][0]));
  }
  filters(fresh, graph, state, drawn, { name, go, stay });
  const tools = ["csv", "json"].map((form) =>
    make("li", {}, make("a", { href: `#${url.pathname}.${form}?${query(state, graph.nodes)}` }, form.toUpperCase())),
  );
  const cite = fresh.querySelector("#graph-exports li:last-child");
  fresh.getElementById("graph-exports").replaceChildren(...tools, cite);
  return fresh;
}

function filters(fresh, graph, state, drawn, { name, go, stay }) {
  const box = fresh.getElementById("graph-filters");
  const form = box.querySelector("form");
  for (const hidden of form.querySelectorAll("input[type=hidden]")) hidden.remove();
  const kept = new URLSearchParams(query({ ...state, kinds: [], properties: [], hops: 1 }, graph.nodes));
  for (const [key, value] of kept) form.prepend(make("input", { type: "hidden", name: key, value }));
  const present = new Set(drawn.nodes.map((node) => graph.kinds[graph.nodes[node][1]]));
  const used = new Set(drawn.edges.map((edge) => graph.properties[edge[1]][0]));
  const boxes = (fieldset, key, values, label, chosen) =>
    fieldset.replaceChildren(
      fieldset.querySelector("legend"),
      ...values.flatMap((value) => [
        make("label", {}, make("input", { type: "checkbox", name: key, value, checked: chosen.includes(value) }), ` ${label(value)}`),
        " ",
      ]),
    );
  const [kinds, properties] = form.querySelectorAll("fieldset");
  boxes(kinds, "kind", graph.kinds.filter((kind) => present.has(kind) || state.kinds.includes(kind)), (kind) => say(`kind-${kind}`), state.kinds);
  const labelOf = new Map(graph.properties.map((property) => [property[0], property[1 + spoken()][0]]));
  boxes(
    properties,
    "property",
    [...labelOf.keys()].filter((property) => property && (used.has(property) || state.properties.includes(property))),
    (property) => labelOf.get(property),
    state.properties,
  );
  form.querySelector("input[name=hops]")?.closest("p").remove();
  if (state.things.length === 1) {
    const hops = make("input", { type: "checkbox", name: "hops", value: "2", checked: state.hops === 2 });
    form.querySelector("p:last-child").before(make("p", {}, make("label", {}, hops, ` ${say("graph-hops")}`)));
  }
  for (const note of box.querySelectorAll(":scope > p")) note.remove();
  if (state.kinds.length || state.properties.length) box.querySelector("details").open = true;
  if (state.hidden.size) {
    const links = [...state.hidden].flatMap((node, place) => {
      const hidden = new Set(state.hidden);
      hidden.delete(node);
      return [place ? say("between") : "", stay(name(node), go({ hidden }))];
    });
    box.append(make("p", {}, say("graph-hidden"), ...links));
  }
  if (drawn.left.size) {
    const kindsLeft = [...drawn.left].map(([kind, number]) => `${say(`kind-${graph.kinds[kind]}`)} ${number}`);
    box.append(make("p", { class: "note" }, say("graph-left-kinds") + kindsLeft.join(say("between"))));
  }
}

/** The links of a graph as rows, for a file. */
export function graphRows(fresh) {
  const { nodes, edges } = JSON.parse(fresh.getElementById("graph-data").textContent);
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  const { base } = frame();
  return [
    ["from", "from_iri", "property", "to", "to_iri", "claims"],
    ...edges.map(({ source, target, label, claims }) => [
      ...[names.get(source), base + source, label],
      ...[names.get(target), base + target, String(claims)],
    ]),
  ];
}
