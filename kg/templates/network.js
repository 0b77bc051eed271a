"use strict";
(function () {
  const parse = (id) => JSON.parse(document.getElementById(id).textContent);
  const data = parse("data");
  const texts = parse("texts");
  const root = document.documentElement;
  const language = () => (root.lang === "en" ? "en" : "zh");
  const hidden = new Set();
  const font = () => getComputedStyle(document.body).fontFamily;
  const search = document.getElementById("search");
  const detail = document.getElementById("detail");

  function tooltip(node) {
    const places = node.evidence.split("; ");
    const shown = places.slice(0, 6).join("\n") + (places.length > 6 ? "\n…" : "");
    const say = texts[language()];
    return node.names[language()] + "\n" + say.cities + ": " + node.cities + "\n" + say.evidence + ":\n" + shown;
  }
  function look(node) {
    const matches = !search.value || Object.values(node.names).some((name) => name.toLowerCase().includes(search.value.toLowerCase()));
    return {
      id: node.id, x: node.x, y: node.y, shape: node.shape, size: node.size,
      label: node.labels[language()], title: tooltip(node),
      color: { background: matches ? node.color : "#d9dee5", border: matches ? "#1b2430" : "#c3cad3", highlight: { background: node.color, border: "#000000" } },
      borderWidth: 1, hidden: hidden.has(node.kind),
      font: { face: font(), size: node.fontSize, color: matches ? "#1b2430" : "#8e99a6", strokeWidth: 4, strokeColor: "#f5f7fa" },
    };
  }
  const nodes = new vis.DataSet(data.nodes.map(look));
  const edges = new vis.DataSet(data.edges.map((edge, id) => ({
    id: id, from: edge.from, to: edge.to, width: edge.width, title: edge.evidence.split("; ").slice(0, 8).join("\n"),
    color: { color: "#9aa5b1", highlight: "#1b2430" },
  })));
  const network = new vis.Network(document.getElementById("network"), { nodes: nodes, edges: edges }, {
    physics: false, layout: { randomSeed: 1 },
    edges: { smooth: false },
    interaction: { hover: true, tooltipDelay: 120, keyboard: { enabled: true, bindToWindow: false }, zoomSpeed: 0.6 },
  });
  const byId = new Map(data.nodes.map((node) => [node.id, node]));

  function redraw() { nodes.update(data.nodes.map(look)); }
  function paragraph(text, css) {
    const p = document.createElement("p");
    p.textContent = text;
    if (css) p.className = css;
    return p;
  }
  let selected = null;
  function show(id) {
    selected = id;
    detail.replaceChildren();
    detail.hidden = !id;
    if (!id) return;
    const node = byId.get(id);
    const say = texts[language()];
    const title = document.createElement("h2");
    title.textContent = node.names[language()];
    const close = document.createElement("button");
    close.className = "close";
    close.type = "button";
    close.textContent = "×";
    close.setAttribute("aria-label", say.close);
    close.addEventListener("click", () => { network.unselectAll(); show(null); });
    const neighbours = network.getConnectedNodes(id).map((other) => byId.get(other).names[language()]);
    const stop = language() === "zh" ? "：" : ": ";
    detail.append(
      title, close,
      paragraph(say.kinds[node.kind] + " · " + node.short, "muted"),
      paragraph(say.cities + stop + node.cities),
      paragraph(say.links + stop + neighbours.sort().join(language() === "zh" ? "；" : "; ")),
      paragraph(say.evidence + stop + node.evidence, "muted"));
  }
  network.on("click", (event) => show(event.nodes[0] || null));
  document.querySelectorAll(".legend input").forEach((box) => box.addEventListener("change", () => {
    if (box.checked) hidden.delete(box.value); else hidden.add(box.value);
    redraw();
  }));
  search.addEventListener("input", redraw);
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !search.value) return;
    const wanted = search.value.toLowerCase();
    const found = data.nodes.find((node) => !hidden.has(node.kind) && Object.values(node.names).some((name) => name.toLowerCase().includes(wanted)));
    if (found) { network.selectNodes([found.id]); network.focus(found.id, { scale: 1 }); show(found.id); }
  });
  document.getElementById("language").addEventListener("click", () => {
    root.lang = language() === "en" ? "zh-Hans" : "en";
    search.placeholder = search.dataset[language()];
    search.setAttribute("aria-label", search.placeholder);
    redraw();
    show(selected);
  });
  // A picture too large for the screen opens on its best-connected node, with labels that can be
  // read; the button shows the whole, and back.
  const READABLE = 0.55;
  const CLOSE_UP = 0.85;
  const whole = document.getElementById("whole");
  const cities = data.nodes.filter((node) => node.kind === "city");
  const centre = cities.length === 1 ? cities[0].id : data.nodes.reduce((best, node) => {
    const degree = network.getConnectedEdges(node.id).length;
    return degree > best.degree ? { degree: degree, id: node.id } : best;
  }, { degree: -1, id: null }).id;
  function fit(closeUp) {
    network.fit({ animation: false });
    const large = network.getScale() < READABLE;
    whole.hidden = !large;
    if (large && closeUp) network.focus(centre, { scale: CLOSE_UP, animation: false });
    root.classList.toggle("close-up", large && closeUp);
  }
  whole.addEventListener("click", () => fit(!root.classList.contains("close-up")));
  network.once("afterDrawing", () => { fit(true); document.body.dataset.drawn = String(nodes.length); });
  window.addEventListener("resize", () => fit(root.classList.contains("close-up") || whole.hidden));
})();
