// The shortest ways between two things, chosen and ordered as kg/explorer/paths.py does.
const MOST = 5;
const ENOUGH = 5000;
const GENERIC = ["domain", "stakeholder", "outcome-type"];
const TELLING = ["practice", "programme", "mechanism", "technology", "outcome", "organisation"];

/** Ways as lists of hops, the most telling first; `allowed` gives the edges that a state lets through. */
export function ways(graph, state, allowed) {
  const [start, end] = state.ends;
  const kindOf = (node) => graph.kinds[graph.nodes[node][1]];
  const isEnd = (node) => node === start || node === end;
  const telling = (node) =>
    isEnd(node) ||
    (!GENERIC.includes(kindOf(node)) &&
      graph.at[node].some((place) => graph.properties[graph.edges[place][1]][0] !== "skos:broader"));
  const near = (node) => [...new Set([...allowed(graph, state, node)].map(({ other }) => other))].filter(telling);
  const distance = new Map([[start, 0]]);
  const before = new Map();
  for (let layer = [start]; layer.length && !distance.has(end); ) {
    const next = new Set();
    for (const node of layer)
      for (const other of near(node)) {
        if (distance.has(other)) continue;
        before.set(other, [...(before.get(other) ?? []), node]);
        next.add(other);
      }
    for (const node of next) distance.set(node, distance.get(layer[0]) + 1);
    layer = [...next];
  }
  if (!distance.has(end)) return [];
  const found = [];
  const back = (way) => {
    if (found.length >= ENOUGH) return;
    if (way[0] === start) found.push(way);
    else for (const node of before.get(way[0])) back([node, ...way]);
  };
  back([end]);
  const name = (node) => graph.nodes[node][0];
  const id = (edge) => `${name(edge[0])}|${graph.properties[edge[1]][0]}|${name(edge[2])}`;
  const hop = (from, to) => {
    const edges = graph.at[from]
      .map((place) => graph.edges[place])
      .filter((edge) => (edge[0] === from ? edge[2] : edge[0]) === to)
      .filter((edge) => !state.properties.length || state.properties.includes(graph.properties[edge[1]][0]))
      .sort((a, b) => b[3].length - a[3].length || (id(a) < id(b) ? -1 : 1));
    return { from, to, edges, claims: [...new Set(edges.flatMap((edge) => edge[3]))] };
  };
  const hops = (way) => way.slice(1).map((node, at) => hop(way[at], node));
  const middle = (way) => {
    const inner = way.slice(1, -1);
    const concepts = inner.filter((node) => !["city", "programme"].includes(kindOf(node)));
    return concepts.length ? concepts : inner;
  };
  const ranked = found
    .map((way) => {
      const claims = hops(way).map((each) => each.claims.length);
      const places = middle(way).map((node) => (TELLING.includes(kindOf(node)) ? TELLING.indexOf(kindOf(node)) : TELLING.length));
      const common = middle(way).reduce((sum, node) => sum + Math.log(graph.at[node].length), 0);
      const rank = [
        claims.filter((each) => !each).length,
        Math.max(0, ...places),
        Math.round(common * 1e9) / 1e9,
        -claims.reduce((sum, each) => sum + each, 0),
        ...way.map(name),
      ];
      return { way, rank };
    })
    .sort(({ rank: a }, { rank: b }) => {
      for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return a[at] < b[at] ? -1 : 1;
      return 0;
    });
  // First one way through each middle, then the others.
  const seen = new Set();
  const [first, later] = [[], []];
  for (const { way } of ranked) {
    const key = middle(way).join(" ");
    (seen.has(key) ? later : first).push(way);
    seen.add(key);
  }
  return [...first, ...later].slice(0, MOST).map(hops);
}
