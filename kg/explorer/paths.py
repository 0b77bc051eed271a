"""How two things hang together: the shortest paths between them, with the evidence of each hop."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final

from kg.explorer.edges import Edge
from kg.explorer.graphs import Drawn, Graphs
from kg.explorer.graphstate import GraphState

if TYPE_CHECKING:
    import networkx

MOST_PATHS: Final = 5
_ENOUGH: Final = 5000
"""Shortest paths from which the most telling are chosen."""
_GENERIC: Final = frozenset({"domain", "stakeholder", "outcome-type"})
"""Kinds so general that having one in common says nothing of two things."""
_TELLING: Final = ("practice", "programme", "mechanism", "technology", "outcome", "organisation")
"""Kinds of what two things have in common, the most wanted first."""


@dataclass(frozen=True)
class Hop:
    """One step of a path.

    Attributes
    ----------
    edges
        All that joins the two, with most claims first; an edge whose ``target`` is ``start`` is
        read backwards.
    """

    start: str
    end: str
    edges: tuple[Edge, ...]

    @property
    def forward(self) -> bool:
        """Whether the first edge is read from its source to its target."""
        return self.edges[0].source == self.start

    @property
    def claims(self) -> tuple[str, ...]:
        """The claims of all edges, each once."""
        return tuple(dict.fromkeys(claim for edge in self.edges for claim in edge.claims))


@dataclass(frozen=True)
class Path:
    """A way from one thing to another one."""

    hops: tuple[Hop, ...]

    @property
    def nodes(self) -> tuple[str, ...]:
        """The things on the way, both ends among them."""
        return (self.hops[0].start, *(hop.end for hop in self.hops))


def paths(graphs: Graphs, state: GraphState, limit: int = MOST_PATHS) -> list[Path]:
    """Shortest paths between the ends of a state, through different things where there are any.

    Paths do not lead through hidden things, nor through what is so general that it joins
    everything: domains, groups of stakeholders, and concepts that only order the vocabulary. Of
    many paths those come first that have evidence on every hop, then those through a practice, then
    those through what few have in common.

    Returns
    -------
    list[Path]
        Empty where no path is on record, which does not mean that there is no relation.
    """
    import networkx as nx

    assert state.ends is not None
    start, end = state.ends
    network = _network(graphs, state)
    if not nx.has_path(network, start, end):
        return []
    found = islice(nx.all_shortest_paths(network, start, end), _ENOUGH)
    ranked = sorted(found, key=lambda names: _rank(graphs, state, names))
    return [
        Path(tuple(_hop(graphs, state, *pair) for pair in pairwise(names)))
        for names in islice(_varied(graphs, ranked), limit)
    ]


def paths_drawn(graphs: Graphs, state: GraphState, found: list[Path]) -> Drawn:
    """Paths as one picture; without a path the two ends alone."""
    assert state.ends is not None
    shown = dict.fromkeys((*state.ends, *(name for path in found for name in path.nodes)))
    edges = {edge.id: edge for path in found for hop in path.hops for edge in hop.edges}
    return graphs.drawn(state, shown, edges.values())


def _network(graphs: Graphs, state: GraphState) -> networkx.Graph[str]:
    """What paths may use, with the ends."""
    import networkx as nx

    assert state.ends is not None
    network: networkx.Graph[str] = nx.Graph()
    network.add_nodes_from(state.ends)
    usable = {name for name in graphs.kinds if name in state.ends or _telling(graphs, name)}
    # In the order of names, so that equal facts give equal paths in every process.
    for name in graphs.kinds:
        if name in usable and (name in state.ends or graphs.shown(state, name)):
            for edge in graphs.allowed(state, name):
                if edge.source == name and edge.target in usable:
                    network.add_edge(edge.source, edge.target)
    return network


def _telling(graphs: Graphs, name: str) -> bool:
    """Whether having a thing in common says anything."""
    if graphs.kinds[name] in _GENERIC:
        return False
    return any(edge.property != "skos:broader" for edge in graphs.edges[name])


def _middle(graphs: Graphs, names: list[str]) -> tuple[str, ...]:
    """The things on a path that its variants differ in; cities and programmes if nothing else."""
    inner = names[1:-1]
    concepts = tuple(n for n in inner if graphs.kinds[n] not in ("city", "programme"))
    return concepts or tuple(inner)


def _rank(
    graphs: Graphs, state: GraphState, names: list[str]
) -> tuple[int, int, float, int, list[str]]:
    claims = [len(_hop(graphs, state, *pair).claims) for pair in pairwise(names)]
    middle = _middle(graphs, names)
    kinds = [graphs.kinds[name] for name in middle]
    wanted = max((_TELLING.index(k) if k in _TELLING else len(_TELLING) for k in kinds), default=0)
    common = sum(math.log(len(graphs.edges[name])) for name in middle)
    return claims.count(0), wanted, round(common, 9), -sum(claims), names


def _varied(graphs: Graphs, ranked: list[list[str]]) -> Iterator[list[str]]:
    """First one path through each middle, then the others."""
    seen: set[tuple[str, ...]] = set()
    later = []
    for names in ranked:
        middle = _middle(graphs, names)
        if middle in seen:
            later.append(names)
        else:
            seen.add(middle)
            yield names
    yield from later


def _hop(graphs: Graphs, state: GraphState, start: str, end: str) -> Hop:
    between = [
        edge
        for edge in graphs.edges[start]
        if edge.other(start) == end and (not state.properties or edge.property in state.properties)
    ]
    return Hop(start, end, tuple(sorted(between, key=lambda edge: (-len(edge.claims), edge.id))))
