"""Positions: no label on another, whatever the network; the same in every run."""

from __future__ import annotations

import itertools

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.drawing import node_box
from kg.graph import KnowledgeGraph
from kg.layout import Box, settled_layout
from kg.network import VIEWS


def overlapping(
    places: dict[str, tuple[float, float]], boxes: dict[str, Box]
) -> list[tuple[str, str]]:
    """Pairs of nodes whose boxes share an area."""
    found = []
    for one, other in itertools.combinations(sorted(places), 2):
        (x1, y1), (x2, y2) = places[one], places[other]
        first, second = boxes[one], boxes[other]
        if (
            abs(x1 - x2) < first.half_width + second.half_width
            and y1 - first.up < y2 + second.down
            and y2 - second.up < y1 + first.down
        ):
            found.append((one, other))
    return found


@pytest.mark.parametrize("view", VIEWS)
def test_no_label_lies_on_another(graph: KnowledgeGraph, view: str) -> None:
    network = graph.network(view, city="singapore" if view == "city" else None)
    boxes = {node: node_box(data) for node, data in network.nodes(data=True)}
    places = settled_layout(network, boxes)
    assert set(places) == set(network)
    assert overlapping(places, boxes) == []


def test_the_check_sees_an_overlap() -> None:
    box = Box(half_width=10, up=5, down=5)
    boxes = {"a": box, "b": box}
    assert overlapping({"a": (0, 0), "b": (19, 9)}, boxes) == [("a", "b")]
    assert overlapping({"a": (0, 0), "b": (21, 0)}, boxes) == []


@settings(max_examples=40, deadline=None)
@given(
    nodes=st.integers(1, 24),
    chosen=st.lists(st.tuples(st.integers(0, 23), st.integers(0, 23)), max_size=60),
    widths=st.lists(st.floats(5, 120), min_size=24, max_size=24),
)
def test_any_network_is_laid_out_without_overlap(
    nodes: int, chosen: list[tuple[int, int]], widths: list[float]
) -> None:
    names = [f"n{number:02d}" for number in range(nodes)]
    network: nx.Graph[str] = nx.Graph()
    network.add_nodes_from(names)
    network.add_edges_from(
        (names[left], names[right])
        for left, right in chosen
        if left < nodes and right < nodes and left != right
    )
    boxes = {
        name: Box(half_width=width, up=10 + width / 10, down=30.0)
        for name, width in zip(names, widths, strict=False)
    }
    places = settled_layout(network, boxes)
    assert set(places) == set(names)
    assert overlapping(places, boxes) == []
    assert places == settled_layout(network, boxes)
