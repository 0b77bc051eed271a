"""Where the nodes of a graph stand: the same in every process, and where they stood before.

Positions are the work of the server, so that a page without scripts has the picture too. It has
some hundredths of a second for it. The layouts of :mod:`kg.layout` take longer than that; here a
quick layout says where nodes want to be, and each gets the free place that is nearest.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from kg.explorer.edges import NODE_KINDS, Edge
from kg.explorer.graphs import Drawn, Graphs, Node
from kg.explorer.labels import LINE, label_lines, width_of
from kg.explorer.layers import Place, Places, in_columns, in_layers
from kg.explorer.record import Record

if TYPE_CHECKING:
    import networkx as nx
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RADIUS: Final = 11
RADIUS_OPENED: Final = 17
RADIUS_BESIDE: Final = 7
"""Of a node in a column, whose label stands beside it: rows are low."""
EDGE: Final = 120.0
"""Length in pixels that an edge wants to have."""
_GAP: Final = 8.0
_STEP: Final = 16.0
_ROUNDS: Final = 50
_PAIRS: Final = 2_000_000
_FLAT: Final = 1.5
"""How much wider than high a picture is: pages are wider than high, and so are labels."""
_FILLED: Final = 0.45
"""Share of a picture that nodes and labels may take before it is enlarged."""


class _Box(NamedTuple):
    """The room that a node takes with its label, from its position."""

    half_width: float
    up: float
    down: float


def _box(record: Record, name: str, opened: bool) -> _Box:
    """Room for either language: a picture must not change with it."""
    wide, lines = _label_size(record.name(name, "en"), record.name(name, "zh"))
    radius = RADIUS_OPENED if opened else RADIUS
    # One line more: how many neighbours a node has that are not shown, unless they all are.
    return _Box(max(radius, wide / 2), radius, radius + 4 + LINE * (lines + 1))


@lru_cache(maxsize=4096)  # a node has its box in every step and on every page
def _label_size(*names: str) -> tuple[float, int]:
    """Width of the widest label in pixels, and the most lines."""
    labels = [label_lines(name) for name in names]
    return max(width_of(line) for label in labels for line in label), max(map(len, labels))


def place(graphs: Graphs, drawn: Drawn) -> dict[str, Place]:
    """Positions of all nodes.

    A neighbourhood grows thing by thing in the order in which they were opened: what stood there
    before the last was opened stands there still. Hiding a node moves nothing. Both hold as long
    as all fits in: where nodes have to give way to others, the rest may move.

    Paths run from left to right, views have a column for each kind.
    """
    state = drawn.state
    if state.ends:
        return in_layers(drawn)
    if state.view:
        return in_columns(graphs.record, drawn)
    whole = graphs.neighbourhood(replace(state, hidden=frozenset()))
    placed: dict[str, Place] = {}
    for number in range(1, len(state.things) + 1):
        stage = replace(state, things=state.things[:number], hidden=frozenset())
        reach = graphs.reach(stage)
        nodes = [node for node in whole.nodes if node.name in reach]
        _extend(graphs, nodes, whole.edges, stage.things, placed)
    # Where what is hidden made room, others moved up that no stage has.
    _extend(graphs, drawn.nodes, drawn.edges, state.things, placed)
    return {node.name: placed[node.name] for node in drawn.nodes}


def place_slim(graphs: Graphs, drawn: Drawn) -> Places:
    """Positions in the frame of a phone, of what is laid out in another way there."""
    if drawn.state.ends:
        return in_layers(drawn, slim=True)
    if drawn.state.view:
        return in_columns(graphs.record, drawn, slim=True)
    return {}


def _extend(
    graphs: Graphs,
    nodes: Sequence[Node],
    edges: Sequence[Edge],
    things: tuple[str, ...],
    placed: dict[str, Place],
) -> None:
    """Add nodes that have no place around those that have one."""
    import networkx as nx
    import numpy as np

    kinds = {node.name: node.kind for node in nodes}
    added = {name for name in kinds if name not in placed}
    if not added:
        return
    whole: nx.Graph[str] = nx.Graph()
    whole.add_nodes_from(sorted(kinds))
    whole.add_edges_from(
        sorted((e.source, e.target) for e in edges if e.source in kinds and e.target in kinds)
    )
    boxes = {name: _box(graphs.record, name, name in things) for name in (*placed, *sorted(added))}
    taken = _Taken(len(boxes))
    for name, at in placed.items():
        taken.add(at.x, at.y, boxes[name])
    before = frozenset(placed)
    # What hangs together with something placed goes to it, then what stands alone goes beside it.
    for component in sorted(
        nx.connected_components(whole), key=lambda part: (before.isdisjoint(part), min(part))
    ):
        new = component & added
        if not new:
            continue
        # A view made by ``subgraph`` iterates in hash order, which differs between processes.
        part: nx.Graph[str] = nx.Graph()
        part.add_nodes_from(sorted(component))
        part.add_edges_from(sorted((min(e), max(e)) for e in whole.edges(component)))
        wanted = _wanted(part, kinds, things, boxes, placed)
        # What the limit has cut off from the opened things has a middle of its own.
        inner = [wanted[name] for name in things if name in wanted] or [*wanted.values()]
        middle = np.mean(inner, axis=0)

        def outwards(
            name: str, wanted: Mapping[str, Floats] = wanted, middle: Floats = middle
        ) -> tuple[bool, float, str]:
            return name not in things, round(float(np.hypot(*(wanted[name] - middle))), 3), name

        # From the middle outwards: what is pushed away is pushed out.
        for name in sorted(new, key=outwards):
            x, y = taken.nearest_free(wanted[name], boxes[name])
            taken.add(x, y, boxes[name])
            placed[name] = Place(x, y)


def _wanted(
    part: nx.Graph[str],
    kinds: Mapping[str, str],
    things: Sequence[str],
    boxes: Mapping[str, _Box],
    placed: Places,
) -> dict[str, Floats]:
    """Where the nodes of a component would be if labels took no room."""
    import networkx as nx
    import numpy as np

    start = {name: np.array(placed[name][:2], dtype=float) for name in part if name in placed}
    fixed = list(start)
    _start(part, kinds, things, start)
    found = nx.spring_layout(
        part,
        pos=start,
        fixed=fixed or None,
        k=EDGE,
        # Time goes with the square of the nodes; large graphs are near their shape after a few.
        iterations=min(_ROUNDS, max(_ROUNDS // 5, _PAIRS // len(part) ** 2)),
        weight=None,
        scale=None,
        seed=0,
        method="force",
    )
    wanted = {name: np.asarray(found[name], dtype=float) for name in part}
    if fixed:
        return wanted
    wanted = _opened_out(part, wanted, boxes)
    if placed:
        points = np.array(list(wanted.values()))
        others = np.array([at[:2] for at in placed.values()], dtype=float)
        aside = others.max(axis=0) - points.min(axis=0) + 2 * EDGE
        level = others.mean(axis=0) - points.mean(axis=0)
        wide, high = np.ptp(others, axis=0)
        shift = (aside[0], level[1]) if wide < high * _FLAT else (level[0], aside[1])
        wanted = {name: point + np.array(shift) for name, point in wanted.items()}
    return wanted


def _start(
    network: nx.Graph[str],
    kinds: Mapping[str, str],
    things: Sequence[str],
    start: dict[str, Floats],
) -> None:
    """Put nodes without a place around the opened node that they belong to, kind beside kind."""
    import numpy as np

    opened = [name for name in things if name in network]
    centre = np.mean(list(start.values()), axis=0) if start else np.zeros(2)
    order = {kind: number for number, kind in enumerate(NODE_KINDS)}
    for number, name in enumerate(opened):
        start.setdefault(name, centre + np.array([number * 2 * EDGE, 0.0]))
        around = sorted(
            (near for near in network[name] if near not in start),
            key=lambda n: (order[kinds[n]], n),
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
    sized = [boxes[name] for name in names]
    room = sum((2 * box.half_width + _GAP) * (box.up + box.down + _GAP) for box in sized)
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

    steps = np.arange(-40, 41)
    grid = np.array([(_STEP * _FLAT * i, _STEP * j) for i in steps for j in steps])
    far = np.hypot(grid[:, 0] / _FLAT, grid[:, 1])
    found: Floats = grid[np.lexsort((grid[:, 0], grid[:, 1], np.round(far, 6)))]
    return found
