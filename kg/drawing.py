"""Pages with a network: one file, no request, both languages, and the same content as a table.

pyvis 0.3.2 builds the nodes and edges and brings vis-network in its wheel; its own page is not
used, because that calls a CDN even when told not to. Positions are computed here with networkx, so
the page opens settled and is the same for everyone.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.messages import Language, text
from kg.terms import shorten

if TYPE_CHECKING:
    import networkx

# Okabe and Ito's palette (jfly.uni-koeln.de/color, 2008): told apart with every common form of
# colour blindness; each kind has a shape of its own as well, for print in grey.
STYLES: Final[dict[str, tuple[str, str]]] = {
    "city": ("#0072B2", "dot"),
    "practice": ("#E69F00", "square"),
    "programme": ("#56B4E9", "triangle"),
    "technology": ("#009E73", "diamond"),
    "mechanism": ("#CC79A7", "triangleDown"),
    "outcome-type": ("#D55E00", "star"),
}
_FONTS: Final = (
    '"Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", '
    '"Noto Sans CJK SC", system-ui, sans-serif'
)
SPACING: Final = 96.0
SEED: Final = 20211215


@dataclass(frozen=True)
class TableRow:
    """One node as the table below the picture shows it."""

    iri: str
    kind: str
    name_en: str
    name_zh: str
    cities: int
    neighbours_en: str
    neighbours_zh: str
    evidence: str


def network_page(network: networkx.Graph[str], view: str, *, language: Language = "en") -> str:
    """A view as one HTML page.

    Parameters
    ----------
    network
        From :func:`kg.network.build_network`.
    view
        Name of the view: it gives the title.
    language
        In which language the page opens; the reader can switch.
    """
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["t"] = text
    present = {data["kind"] for _, data in network.nodes(data=True)}
    kinds = [kind for kind in STYLES if kind in present]
    data = _script_json(_vis_data(network, kinds))
    library = vis_network_script()
    behaviour = (Path(__file__).parent / "templates" / "network.js").read_text(encoding="utf-8")
    return environment.get_template("network.html").render(
        language=language,
        view=view,
        view_key=f"view-{view}",
        kinds=kinds,
        styles=STYLES,
        fonts=_FONTS,
        rows=_rows(network),
        edges=network.number_of_edges(),
        data=data,
        library=library,
        behaviour=behaviour,
        script_hashes=" ".join(_csp_hash(script) for script in (library, behaviour)),
    )


@cache
def vis_network_script() -> str:
    """vis-network as the pyvis wheel ships it (Apache-2.0 or MIT), safe to stand in a page."""
    from importlib.resources import files

    script = (files("pyvis") / "lib" / "vis-9.1.2" / "vis-network.min.js").read_text("utf-8")
    # The source map would be asked for by developer tools; a page of ours asks for nothing.
    script = re.sub(r"//# sourceMappingURL=\S+", "", script)
    return script.replace("</script", "<\\/script")


def _csp_hash(script: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    return f"'sha256-{digest}'"


def _script_json(content: Any) -> str:
    """JSON that can stand inside a script element: no tag can begin in it."""
    return (
        json.dumps(content, ensure_ascii=False, sort_keys=True)
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )


def settled_layout(network: networkx.Graph[str]) -> dict[str, tuple[float, float]]:
    """Position of each node: components side by side, each by Kamada and Kawai (1989).

    Positions are in pixels of the picture; neighbours lie about :data:`SPACING` apart. The layout
    has no random part but its seed, so the same network always looks the same.
    """
    import networkx as nx

    boxes: list[tuple[float, float, dict[str, tuple[float, float]]]] = []
    components = sorted(nx.connected_components(network), key=lambda c: (-len(c), min(c)))
    for component in components:
        # A view made by ``subgraph`` iterates in hash order, which differs between processes.
        part: networkx.Graph[str] = nx.Graph()
        part.add_nodes_from(sorted(component))
        part.add_edges_from(sorted((min(e), max(e)) for e in network.edges(component)))
        if len(component) == 1:
            places = {next(iter(component)): (0.0, 0.0)}
        else:
            start = nx.spring_layout(part, seed=SEED, weight=None)
            found = nx.kamada_kawai_layout(part, pos=start, weight=None)
            # Larger components are denser in the middle: they get more than their share of room.
            scale = SPACING * 0.62 * len(component) ** 0.72
            places = {
                node: (float(x) * scale * 1.35, float(y) * scale) for node, (x, y) in found.items()
            }
        left, top = min(x for x, _ in places.values()), min(y for _, y in places.values())
        places = {node: (x - left, y - top) for node, (x, y) in places.items()}
        width = max(x for x, _ in places.values()) + 1.7 * SPACING
        height = max(y for _, y in places.values()) + 0.9 * SPACING
        boxes.append((width, height, places))
    return _pack(boxes)


def _pack(
    boxes: list[tuple[float, float, dict[str, tuple[float, float]]]],
) -> dict[str, tuple[float, float]]:
    """Shelves of boxes, about 1.7 times as wide as high, like the picture on a desk."""
    area = sum(width * height for width, height, _ in boxes)
    limit = max([math.sqrt(area * 1.7 * 1.25), *(width for width, _, _ in boxes)])
    positions: dict[str, tuple[float, float]] = {}
    x = y = shelf = 0.0
    for width, height, places in boxes:
        if x > 0 and x + width > limit:
            x, y, shelf = 0.0, y + shelf, 0.0
        for node, (left, top) in places.items():
            positions[node] = (round(x + left, 1), round(y + top, 1))
        x += width
        shelf = max(shelf, height)
    return positions


def _vis_data(network: networkx.Graph[str], kinds: list[str]) -> dict[str, Any]:
    """Nodes and edges as vis-network takes them, built by pyvis."""
    from pyvis.network import Network

    positions = settled_layout(network)
    builder = Network(cdn_resources="in_line")
    for node, data in network.nodes(data=True):
        colour, shape = STYLES[data["kind"]]
        x, y = positions[node]
        builder.add_node(
            node,
            label=data["name_en"],
            shape=shape,
            color=colour,
            size=10 + 5 * math.sqrt(data["cities"]),
            x=x,
            y=y,
            kind=data["kind"],
            names={"en": data["name_en"], "zh": data["name_zh"]},
            short=shorten(node),
            cities=data["cities"],
            evidence=data["evidence"],
        )
    for left, right, data in network.edges(data=True):
        builder.add_edge(
            left,
            right,
            width=1 + math.log2(data["weight"]),
            weight=data["weight"],
            evidence=data["evidence"],
        )
    return {"nodes": builder.nodes, "edges": builder.edges, "kinds": kinds}


def _rows(network: networkx.Graph[str]) -> list[TableRow]:
    rows = [
        TableRow(
            iri=node,
            kind=data["kind"],
            name_en=data["name_en"],
            name_zh=data["name_zh"],
            cities=data["cities"],
            neighbours_en="; ".join(sorted(network.nodes[n]["name_en"] for n in network[node])),
            neighbours_zh="；".join(sorted(network.nodes[n]["name_zh"] for n in network[node])),
            evidence=data["evidence"],
        )
        for node, data in network.nodes(data=True)
    ]
    order = list(STYLES)
    return sorted(rows, key=lambda row: (order.index(row.kind), -row.cities, row.name_en))
