"""Positions of a network's nodes such that every label can be read, the same in every run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import networkx
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SEED: Final = 20211215
EDGE: Final = 80.0
"""Mean length of an edge in pixels, before nodes that lie on each other are moved apart."""
GAP: Final = 9.0
"""Least room between the boxes of two nodes, in pixels."""
CROWDED: Final = 1.5
"""Overlapping pairs per node up to which boxes are pushed apart without enlarging the whole."""
STAGE: Final = (1200.0, 660.0)
"""Shape of the picture that components are packed for: a page on a desk."""
_ROOM: Final = 0.8
_ROUNDS: Final = 5000
_GROWTHS: Final = 100  # 1.05 ** 100 = 131 times as large


@dataclass(frozen=True)
class Box:
    """The rectangle that a node and its label take, in pixels from the node's position."""

    half_width: float
    up: float
    down: float


def settled_layout(
    network: networkx.Graph[str], boxes: dict[str, Box]
) -> dict[str, tuple[float, float]]:
    """Position of each node, in pixels: no two boxes overlap, components do not mix.

    Each component is laid out after Kamada and Kawai ("An algorithm for drawing general undirected
    graphs", Information Processing Letters 31, 1989) with edge lengths after Gansner, Koren and
    North ("Graph drawing by stress majorization", 2004), turned to lie flat, and its boxes are
    pushed apart (as in Huang and Lai, "Force-transfer: a new approach to removing overlapping
    nodes in graph layout", Australasian Computer Science Conference, 2003). The only random part
    has a fixed seed.

    Parameters
    ----------
    network
        The nodes and edges; weights are ignored.
    boxes
        Box of every node.
    """
    import networkx as nx

    placed: list[dict[str, tuple[float, float]]] = []
    for component in sorted(nx.connected_components(network), key=lambda c: (-len(c), min(c))):
        # A view made by ``subgraph`` iterates in hash order, which differs between processes.
        part: networkx.Graph[str] = nx.Graph()
        part.add_nodes_from(sorted(component))
        part.add_edges_from(sorted((min(e), max(e)) for e in network.edges(component)))
        placed.append(_component(part, boxes))
    return _pack(placed, boxes)


def _component(part: networkx.Graph[str], boxes: dict[str, Box]) -> dict[str, tuple[float, float]]:
    import networkx as nx
    import numpy as np

    nodes = list(part)
    if len(nodes) == 1:
        return {nodes[0]: (0.0, 0.0)}
    start = nx.spring_layout(part, seed=SEED, weight=None)
    # An edge is longer the fewer neighbours its ends share: a node with many leaves gets room.
    for left, right, edge in part.edges(data=True):
        edge["length"] = len(set(part[left]) ^ set(part[right])) ** _ROOM
    found: dict[str, Any] = nx.kamada_kawai_layout(part, pos=start, weight="length")
    points: Floats = np.array([found[node] for node in nodes], dtype=float)
    order = {node: index for index, node in enumerate(nodes)}
    ends = np.array([(order[left], order[right]) for left, right in part.edges])
    lengths = np.hypot(*(points[ends[:, 0]] - points[ends[:, 1]]).T)
    points = _turned_flat(points * (EDGE / lengths.mean()))
    points = _apart(points, [boxes[node] for node in nodes])
    return {node: (float(x), float(y)) for node, (x, y) in zip(nodes, points, strict=True)}


def _turned_flat(points: Floats) -> Floats:
    """Turn points so that they spread most from left to right: labels are wider than high."""
    import numpy as np

    centred: Floats = points - points.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    # An axis has no sign of its own: take the one that points right and down.
    axes *= np.where(axes.sum(axis=1) < 0, -1.0, 1.0)[:, None]
    turned: Floats = centred @ axes.T
    return turned


def _apart(points: Floats, boxes: list[Box]) -> Floats:
    """Move boxes that overlap along the shorter way until none does.

    Where many overlap, the whole is enlarged first: pushing alone would tear its shape. Both end
    after a number of rounds that no network of ours comes near.
    """
    import numpy as np

    wide = np.array([box.half_width for box in boxes])
    high = np.array([(box.up + box.down) / 2 for box in boxes])
    sink = np.array([[0.0, (box.down - box.up) / 2] for box in boxes])
    first, second = np.triu_indices(len(boxes), 1)
    need = np.stack([wide[first] + wide[second] + GAP, high[first] + high[second] + GAP], axis=1)

    def overlaps(points: Floats) -> tuple[Floats, Floats]:
        """Way from the first to the second of each pair, and by how much they overlap."""
        way = (points + sink)[second] - (points + sink)[first]
        over = need - np.abs(way)
        return way, np.where((over > 0.01).all(axis=1, keepdims=True), over, 0.0)

    points = points.copy()
    for _ in range(_GROWTHS):
        if np.count_nonzero(overlaps(points)[1].any(axis=1)) <= CROWDED * len(boxes):
            break
        points *= 1.05
    for _ in range(_ROUNDS):
        way, over = overlaps(points)
        if not over.any():
            break
        shorter = np.stack([over[:, 0] < over[:, 1], over[:, 0] >= over[:, 1]], axis=1)
        # Equal coordinates have no direction: the order of the nodes gives one.
        push = np.where(shorter, np.where(way < 0, -1.0, 1.0) * over, 0.0)
        # Half for each of the two; a little more, so that chains of boxes settle sooner.
        np.add.at(points, first, -0.55 * push)
        np.add.at(points, second, 0.55 * push)
    return points


def _pack(
    placed: list[dict[str, tuple[float, float]]], boxes: dict[str, Box]
) -> dict[str, tuple[float, float]]:
    """Put components side by side, each at the free corner that keeps the picture largest."""
    taken: list[tuple[float, float, float, float]] = []
    positions: dict[str, tuple[float, float]] = {}
    sized = []
    for places in placed:
        left = min(x - boxes[node].half_width for node, (x, _) in places.items())
        top = min(y - boxes[node].up for node, (_, y) in places.items())
        width = max(x + boxes[node].half_width for node, (x, _) in places.items()) - left
        height = max(y + boxes[node].down for node, (_, y) in places.items()) - top
        sized.append((width + 2 * GAP, height + 2 * GAP, left, top, places))
    sized.sort(key=lambda entry: -entry[0] * entry[1])
    for width, height, left, top, places in sized:
        corners = {(0.0, 0.0)}
        for x0, y0, x1, y1 in taken:
            corners |= {(x1, 0.0), (x1, y0), (0.0, y1), (x0, y1)}
        free = [
            (x, y)
            for x, y in corners
            if all(
                x >= x1 or x + width <= x0 or y >= y1 or y + height <= y0
                for x0, y0, x1, y1 in taken
            )
        ]

        def cost(
            corner: tuple[float, float], width: float = width, height: float = height
        ) -> tuple[float, float, float]:
            right = max([corner[0] + width, *(box[2] for box in taken)])
            bottom = max([corner[1] + height, *(box[3] for box in taken)])
            return max(right / STAGE[0], bottom / STAGE[1]), corner[1], corner[0]

        x, y = min(free, key=cost)
        taken.append((x, y, x + width, y + height))
        for node, (node_x, node_y) in places.items():
            positions[node] = (round(x + node_x - left, 1), round(y + node_y - top, 1))
    return positions
