"""A graph as an SVG picture: complete in one file, without scripts, told apart without colour."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Final
from xml.etree import ElementTree as ET

from kg.drawing import FONTS
from kg.drawing import STYLES as _STYLES
from kg.explorer.edges import NODE_KINDS, property_label
from kg.explorer.graphs import Drawn, Graphs, Node
from kg.explorer.labels import LABEL, LINE, label_lines, width_of, wrap
from kg.explorer.layers import Place, Places, side_label
from kg.explorer.placing import RADIUS, RADIUS_BESIDE, RADIUS_OPENED
from kg.messages import Language, listed, text

Points = tuple[tuple[float, float], ...]
_Box = tuple[float, float, float, float]


def _polygon(corners: int, turn: float = -90.0, inner: float = 1.0) -> Points:
    """A regular polygon in a circle of radius 1; a star when every second corner lies inside."""
    step = 360 / corners
    return tuple(
        (
            round(
                (1.0 if corner % 2 == 0 else inner) * math.cos(math.radians(turn + corner * step)),
                3,
            ),
            round(
                (1.0 if corner % 2 == 0 else inner) * math.sin(math.radians(turn + corner * step)),
                3,
            ),
        )
        for corner in range(corners)
    )


_SHAPES: Final[Mapping[str, Points]] = {
    "dot": (),
    "square": ((-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)),
    "triangle": ((0.0, -1.0), (1.0, 0.8), (-1.0, 0.8)),
    "triangleDown": ((0.0, 1.0), (1.0, -0.8), (-1.0, -0.8)),
    "diamond": _polygon(4),
    "star": _polygon(10, inner=0.45),
    "pentagon": _polygon(5),
    "hexagon": _polygon(6, 0.0),
    "octagon": _polygon(8, 22.5),
    "cross": (
        *((-0.35, -1.0), (0.35, -1.0), (0.35, -0.35), (1.0, -0.35), (1.0, 0.35), (0.35, 0.35)),
        *((0.35, 1.0), (-0.35, 1.0), (-0.35, 0.35), (-1.0, 0.35), (-1.0, -0.35), (-0.35, -0.35)),
    ),
    "bar": ((-1.0, -0.5), (1.0, -0.5), (1.0, 0.5), (-1.0, 0.5)),
    "slant": ((-0.5, -0.7), (1.0, -0.7), (0.5, 0.7), (-1.0, 0.7)),
    "roof": ((-0.5, -0.7), (0.5, -0.7), (1.0, 0.7), (-1.0, 0.7)),
    "tag": ((-1.0, -0.65), (0.4, -0.65), (1.0, 0.0), (0.4, 0.65), (-1.0, 0.65)),
    "sun": _polygon(16, inner=0.6),
    "hourglass": ((-0.8, -0.9), (0.8, -0.9), (0.25, 0.0), (0.8, 0.9), (-0.8, 0.9), (-0.25, 0.0)),
}
# The first kinds as everywhere else (Okabe and Ito's palette); those that are added have the
# colours of Paul Tol's muted scheme (personal.sron.nl/~pault), and each a shape of its own.
STYLES: Final[Mapping[str, tuple[str, Points]]] = {
    **{kind: (colour, _SHAPES[shape]) for kind, (colour, shape) in _STYLES.items()},
    "organisation": ("#F0E442", _SHAPES["pentagon"]),
    "outcome": ("#CC6677", _SHAPES["hexagon"]),
    "target": ("#882255", _SHAPES["cross"]),
    "challenge": ("#332288", _SHAPES["octagon"]),
    "domain": ("#DDDDDD", _SHAPES["hourglass"]),
    "stakeholder": ("#44AA99", _SHAPES["slant"]),
    "asset": ("#117733", _SHAPES["bar"]),
    "arrangement": ("#AA4499", _SHAPES["roof"]),
    "recommendation": ("#999933", _SHAPES["tag"]),
    "recognition": ("#DDCC77", _SHAPES["sun"]),
    "district": ("#88CCEE", _SHAPES["octagon"]),
    "area": ("#BBBBBB", _SHAPES["hexagon"]),
}
"""Colour of each kind and the corners of its shape in a circle of radius 1; a circle without."""

_INK, _LINE, _QUIET = "#1a1a1a", "#8a8f98", "#555b66"
_MARGIN: Final = 24
_HEAD: Final = 26
_FOOT: Final = 40
_SMALL: Final = 11
_FEW_EDGES: Final = 30
"""Edges up to which each says in words what it is."""
_SHORTEST: Final = 560
_ILLEGAL: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(content: str) -> str:
    """A text without the characters that XML 1.0 has no way to write (section 2.2)."""
    return _ILLEGAL.sub("\ufffd", content)


def to_svg(
    graphs: Graphs,
    drawn: Drawn,
    places: Places,
    language: Language,
    *,
    title: str,
    source: str,
) -> bytes:
    """Draw a graph.

    Parameters
    ----------
    title
        What the picture shows.
    source
        Where it comes from, with the version of the data.
    """
    labels = {node.name: _label(graphs, node, places[node.name], language) for node in drawn.nodes}
    left, top, right, bottom = _extent(drawn, places, labels)
    legend = _legend(drawn, language)
    width = max(_SHORTEST, right - left + 2 * _MARGIN)
    rows = _rows(legend, width)
    headings = wrap(title, int((width - 2 * _MARGIN) / (18 * 0.55)))
    head = _MARGIN + len(headings) * _HEAD + len(rows) * 24 + _MARGIN
    height = head + (bottom - top) + _FOOT + _MARGIN
    svg = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": f"{width}",
            "height": f"{height}",
            "viewBox": f"0 0 {width} {height}",
            "role": "img",
            "aria-labelledby": "title",
            "lang": "zh-Hans" if language == "zh" else "en",
            "font-family": FONTS,
            "font-size": f"{LABEL}",
            "fill": _INK,
        },
    )
    _text(svg, "title", title, {"id": "title"})
    ET.SubElement(svg, "rect", {"width": "100%", "height": "100%", "fill": "#ffffff"})
    y = _MARGIN
    for heading in headings:
        y += _HEAD
        _text(
            svg,
            "text",
            heading,
            {"x": f"{_MARGIN}", "y": f"{y - 8}", "font-size": "18", "font-weight": "600"},
        )
    for row in rows:
        x = _MARGIN
        for kind, words, wide in row:
            _shape(svg, kind, x + 8, y + 12, 8)
            _text(svg, "text", words, {"x": f"{x + 22}", "y": f"{y + 17}"})
            x += wide
        y += 24
    shift = (width - (right - left)) // 2 - left
    graph = ET.SubElement(svg, "g", {"transform": f"translate({shift} {head - top})"})
    _edges(graph, graphs, drawn, places, labels, language)
    for node in drawn.nodes:
        _node(graph, graphs, node, places[node.name], labels[node.name], language)
    _text(
        svg,
        "text",
        source,
        {"x": f"{_MARGIN}", "y": f"{height - _MARGIN}", "font-size": "12", "fill": _QUIET},
    )
    content: bytes = ET.tostring(svg, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _text(parent: ET.Element, tag: str, content: str, attributes: Mapping[str, str]) -> ET.Element:
    element = ET.SubElement(parent, tag, dict(attributes))
    element.text = xml_text(content)
    return element


def _label(graphs: Graphs, node: Node, at: Place, language: Language) -> list[str]:
    name = graphs.record.name(node.name, language)
    if at.side == "below":
        return label_lines(name)
    return side_label(name, at.wide)


def _extent(
    drawn: Drawn, places: Places, labels: Mapping[str, list[str]]
) -> tuple[int, int, int, int]:
    """The rectangle that nodes and labels take."""
    rooms = [_room(node, places[node.name], labels[node.name]) for node in drawn.nodes]
    return (
        math.floor(min((room[0] for room in rooms), default=0)),
        math.floor(min((room[1] for room in rooms), default=0)),
        math.ceil(max((room[2] for room in rooms), default=0)),
        math.ceil(max((room[3] for room in rooms), default=0)),
    )


def _room(node: Node, at: Place, label: list[str]) -> _Box:
    """The rectangle of a node with its label."""
    radius = _radius(node, at)
    wide = max(map(width_of, label), default=0.0) * (1.1 if node.opened else 1.0)
    if at.side == "below":
        half = max(wide / 2, radius)
        return at.x - half, at.y - radius, at.x + half, at.y + radius + 4 + LINE * len(label)
    before, after = (wide + 8, 0) if at.side == "left" else (0, wide + 8)
    half = max(radius, LINE * len(label) / 2)
    return at.x - radius - before, at.y - half, at.x + radius + after, at.y + half


def _overlap(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _radius(node: Node, at: Place) -> int:
    if at.side != "below":
        return RADIUS_BESIDE
    return RADIUS_OPENED if node.opened else RADIUS


def _legend(drawn: Drawn, language: Language) -> list[tuple[str, str, int]]:
    """Each kind in the picture with its name, how many there are, and its width."""
    found = []
    for kind in NODE_KINDS:
        count = sum(node.kind == kind for node in drawn.nodes)
        if count:
            words = f"{text(f'kind-{kind}', language)} {count}"
            found.append((kind, words, round(width_of(words)) + 44))
    return found


def _rows(legend: list[tuple[str, str, int]], width: int) -> list[list[tuple[str, str, int]]]:
    rows: list[list[tuple[str, str, int]]] = [[]]
    for entry in legend:
        if rows[-1] and sum(each[2] for each in rows[-1]) + entry[2] > width - 2 * _MARGIN:
            rows.append([])
        rows[-1].append(entry)
    return rows


def _shape(parent: ET.Element, kind: str, x: float, y: float, radius: float) -> ET.Element:
    colour, points = STYLES[kind]
    # The dark line gives pale colours the contrast of 3:1 that shapes need (WCAG 2.2, 1.4.11).
    style = {"fill": colour, "stroke": "#333333", "stroke-width": "1.2"}
    if not points:
        at = {"cx": f"{x:g}", "cy": f"{y:g}", "r": f"{radius:g}"}
        return ET.SubElement(parent, "circle", {**at, **style})
    corners = " ".join(f"{x + px * radius:.1f},{y + py * radius:.1f}" for px, py in points)
    return ET.SubElement(parent, "polygon", {"points": corners, **style})


def _edges(
    parent: ET.Element,
    graphs: Graphs,
    drawn: Drawn,
    places: Places,
    labels: Mapping[str, list[str]],
    language: Language,
) -> None:
    named = len(drawn.edges) <= _FEW_EDGES and not drawn.state.view
    # An edge whose name would lie on another text has it only as a tooltip.
    taken = [_room(node, places[node.name], labels[node.name]) for node in drawn.nodes]
    radius = {node.name: _radius(node, places[node.name]) + 2 for node in drawn.nodes}
    faint = {"stroke-opacity": "0.6"} if drawn.state.view else {}
    lines = ET.SubElement(parent, "g", {"stroke": _LINE, "fill": _LINE, **faint})
    words: dict[tuple[str, str], list[str]] = {}
    for edge in drawn.edges:
        said = property_label(graphs.record, edge.property, language)
        words.setdefault((edge.source, edge.target), []).append(said)
    for (source, target), between in words.items():
        start, end = places[source], places[target]
        far = math.hypot(end.x - start.x, end.y - start.y) or 1.0
        across, down = (end.x - start.x) / far, (end.y - start.y) / far
        x1, y1 = start.x + across * radius[source], start.y + down * radius[source]
        x2, y2 = end.x - across * radius[target], end.y - down * radius[target]
        label = listed(between, language)
        # The head of an arrow, whose wings stand 3 pixels off the line.
        head = (
            f"M{x2:.1f} {y2:.1f}l{-7 * across - 3 * down:.1f} {-7 * down + 3 * across:.1f}"
            f"l{6 * down:.1f} {-6 * across:.1f}z"
        )
        line = ET.SubElement(
            lines,
            "path",
            {
                "d": f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" + ("" if drawn.state.view else head),
                "stroke-width": "1",
            },
        )
        names = [graphs.record.name(name, language) for name in (source, target)]
        _text(line, "title", f"{names[0]} — {label} — {names[1]}", {})
        if named:
            half = width_of(label, _SMALL) / 2
            for share in (0.5, 0.4, 0.6, 0.3, 0.7):
                x, y = x1 + (x2 - x1) * share, y1 + (y2 - y1) * share
                box = (x - half, y - 7, x + half, y + 7)
                if not any(_overlap(box, other) for other in taken):
                    taken.append(box)
                    _halo(parent, label, x, y + 4, {"font-size": f"{_SMALL}", "fill": _QUIET})
                    break


def _halo(parent: ET.Element, content: str, x: float, y: float, style: Mapping[str, str]) -> None:
    """A text that stays readable on lines."""
    _text(
        parent,
        "text",
        content,
        {
            "x": f"{x:.1f}",
            "y": f"{y:.1f}",
            "text-anchor": "middle",
            "stroke": "#ffffff",
            "stroke-width": "4",
            "stroke-linejoin": "round",
            "paint-order": "stroke",
            **style,
        },
    )


def _node(
    parent: ET.Element,
    graphs: Graphs,
    node: Node,
    at: Place,
    label: list[str],
    language: Language,
) -> None:
    group = ET.SubElement(parent, "g")
    kind = text(f"kind-{node.kind}", language)
    colon = "：" if language == "zh" else ": "
    _text(group, "title", kind + colon + graphs.record.name(node.name, language), {})
    radius = _radius(node, at)
    _shape(group, node.kind, at.x, at.y, radius)
    weight = {"font-weight": "600"} if node.opened else {}
    if at.side == "below":
        for row, line in enumerate(label):
            _halo(group, line, at.x, at.y + radius + LINE * (row + 1) - 1, weight)
    else:
        way, anchor = (-1, "end") if at.side == "left" else (1, "start")
        first = at.y + 4 - LINE * (len(label) - 1) / 2
        for row, line in enumerate(label):
            style = {"text-anchor": anchor, **weight}
            _halo(group, line, at.x + way * (radius + 6), first + LINE * row, style)
