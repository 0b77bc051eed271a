"""Positions in ranks: paths from left to right, views with a column for each kind."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from kg.explorer.graphs import Drawn

if TYPE_CHECKING:
    import networkx as nx

Places = Mapping[str, "Place"]

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


def in_layers(drawn: Drawn) -> dict[str, Place]:
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


def in_columns(drawn: Drawn) -> dict[str, Place]:
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
