"""Where the nodes of a graph stand: the same in every process, and where they stood before.

Positions are the work of the server, so that a page without scripts has the picture too. It has
some hundredths of a second for it. The layouts of :mod:`kg.layout` take longer than that; here a
quick layout says where nodes want to be, and each gets the free place that is nearest.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from kg.explorer.edges import NODE_KINDS
from kg.explorer.graphs import Drawn, Graphs, Node
from kg.explorer.record import Record
from kg.messages import Language

if TYPE_CHECKING:
    import networkx as nx
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Places = Mapping[str, "Place"]

RADIUS: Final = 11
RADIUS_OPENED: Final = 17
LABEL: Final = 13
"""Font size of labels in pixels; lines stand :data:`LINE` apart."""
LINE: Final = 16
EDGE: Final = 120.0
"""Length in pixels that an edge wants to have."""
_GAP: Final = 8.0
_COLUMNS: Final = 21
_LINES: Final = 3
_COLUMN_WIDTH: Final = LABEL * 0.53
_PIECES: Final = re.compile(r"[^\s\u2e80-\uffff]+\s*|[\u2e80-\uffff][、-〟！-～]*\s*|\s+")
_FLAT: Final = 1.5
"""How much wider than high a picture is: pages are wider than high, and so are labels."""
_FILLED: Final = 0.45
"""Share of a picture that nodes and labels may take before it is enlarged."""
_ROW: Final = 26
_WIDE_ROW: Final = 82
_COLUMN: Final = 330
_ONE_SIDED: Final = 16
"""Length of a column up to which it stands on one side."""
_SWEEPS: Final = 12
_LAYER: Final = 230
_LAYER_ROW: Final = 96


class Place(NamedTuple):
    """Position of the middle of a node in pixels, y down, and where its label stands."""

    x: int
    y: int
    side: str = "below"


class _Box(NamedTuple):
    """The room that a node takes with its label, from its position."""

    half_width: float
    up: float
    down: float


def columns(content: str) -> int:
    """Width of a text in halves of a Chinese character, which a Latin letter takes on average."""
    return sum(2 if letter >= "\u2e80" else 1 for letter in content)


def wrap(content: str, width: int) -> list[str]:
    """A text on lines of so many columns; Latin words stay whole, Chinese marks end a line."""
    lines = [""]
    for piece in _PIECES.findall(content):
        if lines[-1] and columns(lines[-1] + piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines]


def label_lines(name: str, *, lines: int = _LINES) -> list[str]:
    """A name on a few short lines, or on one that is longer; what does not fit is cut."""
    width = _COLUMNS if lines > 1 else 2 * _COLUMNS
    rows = wrap(name, width)
    if len(rows) <= lines:
        # Evenly, so that no character stands alone.
        even = wrap(name, math.ceil(columns(name) / len(rows)) + 1)
        return even if len(even) == len(rows) else rows
    last = rows[lines - 1]
    while columns(last) > width - 1:
        last = last[:-1]
    return [*rows[: lines - 1], last + "…"]


def _box(record: Record, node: Node) -> _Box:
    """Room for either language: a picture must not change with it."""
    languages: tuple[Language, ...] = ("en", "zh")
    labels = [label_lines(record.name(node.name, language)) for language in languages]
    wide = _COLUMN_WIDTH * max(columns(line) for label in labels for line in label)
    radius = RADIUS_OPENED if node.opened else RADIUS
    return _Box(max(radius, wide / 2), radius, radius + 4 + LINE * max(map(len, labels)))


def place(graphs: Graphs, drawn: Drawn) -> dict[str, Place]:
    """Positions of all nodes.

    A neighbourhood grows thing by thing in the order in which they were opened: what stood there
    before the last was opened stands there still. Hiding a node moves nothing. Paths run from left
    to right, views have a column for each kind.
    """
    state = drawn.state
    if state.ends:
        return _in_layers(drawn)
    if state.view:
        return _in_columns(drawn)
    before: dict[str, Place] = {}
    for number in range(1, len(state.things) + 1):
        stage = replace(state, things=state.things[:number], hidden=frozenset())
        before = _extended(graphs, graphs.neighbourhood(stage), before)
    # Where more than the most is hidden away, others move up that no stage has shown.
    before = _extended(graphs, drawn, before)
    return {node.name: before[node.name] for node in drawn.nodes}


def _extended(graphs: Graphs, drawn: Drawn, before: Places) -> dict[str, Place]:
    """The nodes that have a place, where they are, and the others around them."""
    import networkx as nx
    import numpy as np

    added = [node for node in drawn.nodes if node.name not in before]
    if not added:
        return dict(before)
    network: nx.Graph[str] = nx.Graph()
    network.add_nodes_from(sorted(node.name for node in drawn.nodes))
    network.add_edges_from(sorted((edge.source, edge.target) for edge in drawn.edges))
    fixed = sorted(name for name in before if name in network)
    start = {name: np.array(before[name][:2], dtype=float) for name in fixed}
    _start(drawn, network, start)
    wanted = nx.spring_layout(
        network,
        pos=start,
        fixed=fixed or None,
        k=EDGE,
        weight=None,
        scale=None,
        seed=0,
        method="force",
    )
    boxes = {node.name: _box(graphs.record, node) for node in drawn.nodes}
    points = {name: np.asarray(wanted[name], dtype=float) for name in network}
    if not fixed:
        points = _opened_out(network, points, boxes)
    taken = _Taken(len(boxes) + len(before))
    for name, at in before.items():
        taken.add(at.x, at.y, boxes.get(name) or _Box(70, RADIUS, RADIUS + 4 + 2 * LINE))
    middle = np.mean([points[name] for name in drawn.state.things if name in points], axis=0)
    placed = dict(before)
    # From the middle outwards: what is pushed away is pushed out.
    for node in sorted(
        added,
        key=lambda node: (
            not node.opened,
            round(float(np.hypot(*(points[node.name] - middle))), 3),
            node.name,
        ),
    ):
        x, y = taken.nearest_free(points[node.name], boxes[node.name])
        taken.add(x, y, boxes[node.name])
        placed[node.name] = Place(x, y)
    return placed


def _start(drawn: Drawn, network: nx.Graph[str], start: dict[str, Floats]) -> None:
    """Put nodes without a place around the opened node that they belong to, kind beside kind."""
    import numpy as np

    opened = [name for name in drawn.state.things if name in network]
    centre = np.mean(list(start.values()), axis=0) if start else np.zeros(2)
    order = {kind: number for number, kind in enumerate(NODE_KINDS)}
    kinds = {node.name: order[node.kind] for node in drawn.nodes}
    for number, name in enumerate(opened):
        start.setdefault(name, centre + np.array([number * 4 * EDGE, 0.0]))
        around = sorted(
            (near for near in network[name] if near not in start), key=lambda n: (kinds[n], n)
        )
        way = start[name] - centre
        # Around a node amid others all new ones go to its free side; around a lone one all around.
        lone = not np.hypot(*way) > 1
        first = 0.0 if lone else math.atan2(way[1], way[0]) - math.pi / 2
        span = 2 * math.pi if lone else math.pi
        for turn, near in enumerate(around):
            angle = first + span * (turn + 0.5) / len(around)
            start[near] = start[name] + EDGE * np.array([math.cos(angle) * _FLAT, math.sin(angle)])
    for name in network:
        if name not in start:
            anchors = [start[near] for near in sorted(network[name]) if near in start]
            anchor = anchors[0] if anchors else centre
            way = anchor - centre
            angle = math.atan2(way[1], way[0]) + (len(start) % 7 - 3) * 0.12
            start[name] = anchor + EDGE * np.array([math.cos(angle) * _FLAT, math.sin(angle)])


def _opened_out(
    network: nx.Graph[str], points: Mapping[str, Floats], boxes: Mapping[str, _Box]
) -> dict[str, Floats]:
    """Enlarge a layout until edges have their length and labels their room."""
    import numpy as np

    names = list(network)
    all_ = np.array([points[name] for name in names])
    all_ -= all_.mean(axis=0)
    lengths = [float(np.hypot(*(points[a] - points[b]))) for a, b in network.edges]
    scale = EDGE / float(np.median(lengths)) if lengths and np.median(lengths) > 0 else 1.0
    room = sum((2 * b.half_width + _GAP) * (b.up + b.down + _GAP) for b in boxes.values())
    width, height = np.maximum(np.ptp(all_, axis=0) * scale, 1.0)
    grow = max(1.0, math.sqrt(room / _FILLED / (width * height)))
    all_ *= scale * grow * np.array([math.sqrt(_FLAT), 1 / math.sqrt(_FLAT)])
    return dict(zip(names, all_, strict=True))


class _Taken:
    """The rectangles that nodes and labels take."""

    def __init__(self, most: int) -> None:
        import numpy as np

        self._count = 0
        self._boxes = np.empty((most, 4))

    def add(self, x: float, y: float, box: _Box) -> None:
        """Take the room of a node."""
        self._boxes[self._count] = (
            x,
            y + (box.down - box.up) / 2,
            box.half_width,
            (box.up + box.down) / 2,
        )
        self._count += 1

    def nearest_free(self, point: Floats, box: _Box) -> tuple[int, int]:
        """The free place for a node that is nearest to where it wants to be."""
        import numpy as np

        boxes = self._boxes[: self._count]
        half_height = (box.up + box.down) / 2
        offsets = _spiral()
        for first in range(0, len(offsets), 256):
            tried = np.rint(point + offsets[first : first + 256])
            across = np.abs(tried[:, :1] - boxes[:, 0]) < boxes[:, 2] + box.half_width + _GAP
            down = tried[:, 1:] + (box.down - box.up) / 2
            along = np.abs(down - boxes[:, 1]) < boxes[:, 3] + half_height + _GAP
            free = np.flatnonzero(~(across & along).any(axis=1))
            if len(free):
                return int(tried[free[0], 0]), int(tried[free[0], 1])
        return round(float(point[0])), round(float(point[1]))


@cache
def _spiral() -> Floats:
    """Ways to go, the shortest first; a step aside counts less than one up or down."""
    import numpy as np

    steps = np.arange(-60, 61)
    grid = np.array([(12.0 * _FLAT * i, 12.0 * j) for i in steps for j in steps])
    far = np.hypot(grid[:, 0] / _FLAT, grid[:, 1])
    found: Floats = grid[np.lexsort((grid[:, 0], grid[:, 1], np.round(far, 6)))]
    return found


def _in_layers(drawn: Drawn) -> dict[str, Place]:
    """Paths from left to right: all are equally long, so each thing has one distance."""
    import networkx as nx

    assert drawn.state.ends is not None
    start, end = drawn.state.ends
    network: nx.Graph[str] = nx.Graph((edge.source, edge.target) for edge in drawn.edges)
    network.add_nodes_from((start, end))
    layers: list[list[str]] = [sorted(layer) for layer in nx.bfs_layers(network, start)]
    if end not in layers[-1]:
        layers.append([end])
    rank: dict[str, float] = {start: 0.0}
    for layer in layers[1:]:
        for name in layer:
            near = [rank[n] for n in network[name] if n in rank]
            rank[name] = sum(near) / len(near) if near else 0.0
        layer.sort(key=lambda name: (rank[name], name))
        rank.update({name: row - (len(layer) - 1) / 2 for row, name in enumerate(layer)})
    return {
        name: Place(column * _LAYER, round(rank[name] * _LAYER_ROW))
        for column, layer in enumerate(layers)
        for name in layer
    }


def _in_columns(drawn: Drawn) -> dict[str, Place]:
    """Each kind in a column of its own; a long one on both sides of the other.

    Each thing is moved to the height of what it is joined with, in turn, so that lines are short
    (Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system
    structures", IEEE Transactions on Systems, Man, and Cybernetics 11, 1981).
    """
    sources = {edge.source for edge in drawn.edges}
    targets = {edge.target for edge in drawn.edges}
    few, many = sorted((sources, targets), key=lambda side: (len(side), side is targets))
    near: dict[str, list[str]] = {name: [] for name in (*few, *many)}
    for edge in drawn.edges:
        near[edge.source].append(edge.target)
        near[edge.target].append(edge.source)

    def beside(names: set[str], others: Sequence[str]) -> list[str]:
        height = {name: (row + 0.5) / len(others) for row, name in enumerate(others)}
        return sorted(
            names, key=lambda name: (sum(height[n] for n in near[name]) / len(near[name]), name)
        )

    ordered = sorted(few, key=lambda name: (-len(near[name]), name))
    for _ in range(_SWEEPS):
        around = beside(many, ordered)
        ordered = beside(few, around)
    around = beside(many, ordered)
    two_sided = len(around) > _ONE_SIDED
    rows = math.ceil(len(around) / 2) if two_sided else len(around)
    height = max(rows * _ROW, len(ordered) * (_WIDE_ROW if two_sided else _ROW))

    def spread(names: Sequence[str], x: int, side: str) -> dict[str, Place]:
        step = height / max(1, len(names))
        return {name: Place(x, round((row + 0.5) * step), side) for row, name in enumerate(names)}

    if two_sided:
        return {
            **spread(around[::2], -_COLUMN, "left"),
            **spread(ordered, 0, "below"),
            **spread(around[1::2], _COLUMN, "right"),
        }
    left, right = (ordered, around) if few is sources else (around, ordered)
    return {**spread(left, 0, "left"), **spread(right, _COLUMN, "right")}
