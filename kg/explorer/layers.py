"""Positions in ranks: paths from one end to the other, views with a column for each kind.

Each in two shapes: one for frames that are wider than high, one for those of a phone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from kg.explorer.graphs import Drawn
from kg.explorer.labels import LINE, label_lines
from kg.explorer.record import Record

if TYPE_CHECKING:
    import networkx as nx

Places = Mapping[str, "Place"]

WIDE: Final = 150
"""Pixels that a label takes at most before it goes on to the next line."""
SIDE_LINES: Final = 5
"""Lines that a label beside its node takes at most."""
_COLUMN: Final = 7.4
"""Pixels of half a Chinese character in the widest of the fonts that readers have."""
_ROW: Final = 22
_BETWEEN: Final = 6
"""Pixels between the labels of a column, which has no row lower than :data:`_ROW`."""
_BESIDE: Final = 16
"""Pixels from the middle of a node to the label beside it."""
_OUTER: Final = 210
_GAP: Final = 130
"""Pixels between what stands in two columns."""
_ONE_SIDED: Final = 16
"""Length of a column up to which it stands on one side."""
_SWEEPS: Final = 12
_LAYER: Final = 230
_LAYER_ROW: Final = 112
# A phone is some 360 pixels wide: three labels side by side, or two columns with room for lines.
_SLIM: Final = 108
_SLIM_STEP: Final = 116
_SLIM_ABREAST: Final = 3
_SLIM_ROW: Final = 134
_SLIM_FEW, _SLIM_MANY, _SLIM_GAP = 100, 126, 80


class Place(NamedTuple):
    """Position of the middle of a node in pixels, y down, and where its label stands.

    Attributes
    ----------
    side
        ``below`` or ``above`` the node, or to the ``left`` or ``right`` of it.
    wide
        Pixels that the label may take before it goes on to the next line.
    """

    x: int
    y: int
    side: str = "below"
    wide: int = WIDE


def side_label(name: str, wide: int) -> list[str]:
    """A name as it stands beside a node."""
    return label_lines(name, int(wide / _COLUMN), SIDE_LINES)


@lru_cache(maxsize=4096)  # a name has its row on every page
def _height(english: str, chinese: str, wide: int) -> int:
    """Room for either language: a picture must not change with it."""
    lines = max(len(side_label(name, wide)) for name in (english, chinese))
    return max(_ROW, _BETWEEN + LINE * lines)


def in_layers(drawn: Drawn, *, slim: bool = False) -> dict[str, Place]:
    """Paths from left to right, or slim from top to bottom.

    All are equally long, so that each thing has one distance.
    """
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
    if not slim:
        return {
            name: Place(column * _LAYER, round(rank[name] * _LAYER_ROW))
            for column, layer in enumerate(layers)
            for name in layer
        }
    rows = [row for layer in layers for row in _abreast(layer)]
    return {
        name: Place(
            round((number - (len(row) - 1) / 2) * _SLIM_STEP),
            height * _SLIM_ROW,
            # Arrows come to the first from below.
            "above" if name == start else "below",
            _SLIM,
        )
        for height, row in enumerate(rows)
        for number, name in enumerate(row)
    }


def _abreast(layer: Sequence[str]) -> list[Sequence[str]]:
    """A layer in rows that are equally long, near enough."""
    rows = math.ceil(len(layer) / _SLIM_ABREAST)
    ends = [round(len(layer) * row / rows) for row in range(rows + 1)]
    return [layer[first:last] for first, last in pairwise(ends)]


@lru_cache(maxsize=32)  # for both layouts of both languages
def _ordered(edges: tuple[tuple[str, str], ...]) -> tuple[Sequence[str], Sequence[str], bool]:
    """The things of the shorter column and of the longer one; whether the shorter has the sources.

    Each thing is moved to the height of what it is joined with, in turn, so that lines are short
    (Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system
    structures", IEEE Transactions on Systems, Man, and Cybernetics 11, 1981).
    """
    sources = {source for source, _ in edges}
    targets = {target for _, target in edges}
    few, many = sorted((sources, targets), key=lambda side: (len(side), side is targets))
    near: dict[str, list[str]] = {name: [] for name in (*few, *many)}
    for source, target in edges:
        near[source].append(target)
        near[target].append(source)

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
    return ordered, around, few is sources


def in_columns(record: Record, drawn: Drawn, *, slim: bool = False) -> dict[str, Place]:
    """Each kind in a column of its own; a long one on both sides of the other unless it is slim."""
    ordered, around, few_left = _ordered(tuple((edge.source, edge.target) for edge in drawn.edges))
    if slim:
        columns = [
            (ordered, -_SLIM_GAP // 2 - _BESIDE, "left", _SLIM_FEW),
            (around, _SLIM_GAP // 2 + _BESIDE, "right", _SLIM_MANY),
        ]
    elif len(around) > _ONE_SIDED:
        # The labels of the middle stand between two columns of lines, all at the same edge.
        aside = WIDE // 2 + _GAP + _BESIDE
        columns = [
            (around[::2], -aside - _BESIDE, "left", _OUTER),
            (ordered, -WIDE // 2 - _BESIDE // 2, "right", WIDE),
            (around[1::2], aside + _BESIDE, "right", _OUTER),
        ]
    else:
        left, right = (ordered, around) if few_left else (around, ordered)
        columns = [(left, -_GAP, "left", _OUTER), (right, _GAP, "right", _OUTER)]

    heights = [
        [_height(record.name(n, "en"), record.name(n, "zh"), wide) for n in names]
        for names, _, _, wide in columns
    ]
    highest = max(map(sum, heights))
    return {
        name: Place(x, round(below - high / 2 + (row + 0.5) * spare), side, wide)
        for (names, x, side, wide), column in zip(columns, heights, strict=True)
        for spare in [(highest - sum(column)) / max(1, len(column))]
        for row, (name, high, below) in enumerate(
            zip(names, column, accumulate(column), strict=True)
        )
    }
