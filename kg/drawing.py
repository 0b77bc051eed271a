"""Pages with a network: one file, no request, both languages, and the same content as a table.

pyvis 0.3.2 builds the nodes and edges and brings vis-network in its wheel; its own page is not
used, because that calls a CDN even when told not to. Positions are computed by :mod:`kg.layout`,
so the page opens settled and is the same for everyone.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from kg.layout import Box, settled_layout
from kg.messages import Language, text
from kg.resources import template_folder
from kg.templating import csp_hash, page_templates
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
FONTS: Final = (
    '"Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", '
    '"Noto Sans CJK SC", system-ui, sans-serif'
)
LABEL: Final = 15
"""Font size of labels, in pixels of the unscaled picture."""


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
    present = {data["kind"] for _, data in network.nodes(data=True)}
    kinds = [kind for kind in STYLES if kind in present]
    data = _script_json(_vis_data(network, kinds))
    library = vis_network_script()
    behaviour = (template_folder() / "network.js").read_text(encoding="utf-8")
    return (
        page_templates()
        .get_template("network.html")
        .render(
            t=text,
            language=language,
            view=view,
            view_key=f"view-{view}",
            titles=_titles(network, view),
            scope=network.graph,
            kinds=kinds,
            styles=STYLES,
            fonts=FONTS,
            rows=_rows(network),
            edges=network.number_of_edges(),
            data=data,
            library=library,
            behaviour=behaviour,
            script_hashes=" ".join(csp_hash(script) for script in (library, behaviour)),
        )
    )


def _titles(network: networkx.Graph[str], view: str) -> dict[Language, str]:
    """Title of a page in each language; the view of one city bears its name."""
    cities = [data for _, data in network.nodes(data=True) if data["kind"] == "city"]
    languages: tuple[Language, ...] = ("en", "zh")
    return {
        language: text(f"view-{view}", language).format(
            *(city[f"name_{language}"] for city in cities[:1])
        )
        for language in languages
    }


@cache
def vis_network_script() -> str:
    """vis-network as the pyvis wheel ships it (Apache-2.0 or MIT), safe to stand in a page."""
    from importlib.resources import files

    script = (files("pyvis") / "lib" / "vis-9.1.2" / "vis-network.min.js").read_text("utf-8")
    # The source map would be asked for by developer tools; a page of ours asks for nothing.
    script = re.sub(r"//# sourceMappingURL=\S+", "", script)
    return script.replace("</script", "<\\/script")


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


def _label(name: str, language: Language) -> str:
    """A name on up to three short lines, so that labels do not run into each other."""
    import textwrap

    if language == "zh":
        return "\n".join(re.findall(r".{1,10}", name)) if len(name) > 12 else name
    lines = textwrap.wrap(name, 20, break_long_words=False)
    return "\n".join([*lines[:2], " ".join(lines[2:])] if len(lines) > 3 else lines)


def _node_size(cities: int) -> float:
    """Half the height of a node in pixels: its area grows with the cities in which it recurs."""
    return 10 + 5 * math.sqrt(cities)


def _font_size(cities: int) -> int:
    return LABEL + 3 if cities > 2 else LABEL


def node_box(data: dict[str, Any]) -> Box:
    """Room for a node and its label in either language: the picture must serve both."""
    from wcwidth import wcswidth

    size, font = _node_size(data["cities"]), _font_size(data["cities"])
    lines = [_label(data["name_en"], "en").split("\n"), _label(data["name_zh"], "zh").split("\n")]
    # A terminal cell is half an em: what Chinese takes exactly, and Latin letters on average.
    columns = max(max(wcswidth(line), 0) for label in lines for line in label)
    height = 1.25 * font * max(len(label) for label in lines)
    return Box(max(size, columns * font * 0.26), size, size + 4 + height)


def _vis_data(network: networkx.Graph[str], kinds: list[str]) -> dict[str, Any]:
    """Nodes and edges as vis-network takes them, built by pyvis."""
    from pyvis.network import Network

    boxes = {node: node_box(data) for node, data in network.nodes(data=True)}
    positions = settled_layout(network, boxes)
    builder = Network(cdn_resources="in_line")
    for node, data in network.nodes(data=True):
        colour, shape = STYLES[data["kind"]]
        x, y = positions[node]
        builder.add_node(
            node,
            label=data["name_en"],
            shape=shape,
            color=colour,
            size=_node_size(data["cities"]),
            x=x,
            y=y,
            kind=data["kind"],
            names={"en": data["name_en"], "zh": data["name_zh"]},
            labels={"en": _label(data["name_en"], "en"), "zh": _label(data["name_zh"], "zh")},
            fontSize=_font_size(data["cities"]),
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
