"""Which nodes and edges a graph shows: neighbourhoods, views of two kinds, and paths."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from kg.explorer.edges import (
    ADOPTS,
    NODE_KINDS,
    TOGETHER,
    Edge,
    edges_from,
    node_kind,
    nodes,
)
from kg.explorer.graphstate import GraphState
from kg.explorer.record import Record, Statement

MOST: Final = 300
"""Nodes that a graph shows at most."""
_TECHNOLOGY_CITIES: Final = 2
"""Technologies of fewer cities are left out of the view of all: they would hide what recurs."""


@dataclass(frozen=True)
class Node:
    """A thing in a graph.

    Attributes
    ----------
    more
        Kind to the number of neighbours that the graph does not show and opening would.
    """

    name: str
    kind: str
    opened: bool
    more: Mapping[str, int]


@dataclass(frozen=True)
class Drawn:
    """What a graph shows of the whole.

    Attributes
    ----------
    nodes
        Opened nodes first, then by kind and name.
    edges
        All edges between them that the filters let through.
    left_out
        Kind to the number of nodes that did not fit in.
    """

    state: GraphState
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    left_out: Mapping[str, int]


class _Join(NamedTuple):
    """Two ends that one programme joins."""

    left: str
    right: str
    programme: str
    city: str
    claims: tuple[str, ...]


class Graphs:
    """The graph of a record, built once."""

    def __init__(self, record: Record) -> None:
        self.record = record

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """Kind of every node."""
        return {name: node_kind(self.record, name) or "" for name in nodes(self.record)}

    @cached_property
    def edges(self) -> Mapping[str, tuple[Edge, ...]]:
        """The edges at every node, whichever their direction."""
        found: dict[str, list[Edge]] = {name: [] for name in self.kinds}
        for name in self.kinds:
            for edge in edges_from(self.record, name):
                found[edge.source].append(edge)
                found[edge.target].append(edge)
        return {name: tuple(edges) for name, edges in found.items()}

    def allowed(self, state: GraphState, name: str) -> Iterator[Edge]:
        """The edges at a node that a state lets through."""
        for edge in self.edges[name]:
            if (not state.properties or edge.property in state.properties) and self.shown(
                state, edge.other(name)
            ):
                yield edge

    def shown(self, state: GraphState, name: str) -> bool:
        """Whether a state lets a node through."""
        if name in state.hidden:
            return False
        return not state.kinds or self.kinds[name] in state.kinds or name in state.things

    def neighbours(self, state: GraphState, name: str) -> list[str]:
        """The things next to a node that a state lets through, each once."""
        return list(dict.fromkeys(edge.other(name) for edge in self.allowed(state, name)))

    def reach(self, state: GraphState) -> dict[str, int]:
        """What belongs to the opened things, with the steps from the nearest of them."""
        distance = dict.fromkeys(state.things, 0)
        for number, thing in enumerate(state.things):
            for near in self.neighbours(state, thing):
                distance[near] = min(distance.get(near, 1), 1)
                if number == 0 and state.hops == 2:
                    for far in self.neighbours(state, near):
                        distance.setdefault(far, 2)
        return distance

    def neighbourhood(self, state: GraphState) -> Drawn:
        """The opened things with what is next to them.

        Of more than :data:`MOST` nodes those stay that are nearest to an opened one and, of these,
        that have most edges to the others, then most edges at all.
        """
        distance = self.reach(state)
        inner = {
            name: sum(n in distance for n in self.neighbours(state, name)) for name in distance
        }
        chosen = sorted(
            distance,
            key=lambda name: (distance[name], -inner[name], -len(self.edges[name]), name),
        )
        shown = dict.fromkeys(chosen[:MOST])
        edges = {
            edge.id: edge
            for name in shown
            for edge in self.allowed(state, name)
            if edge.other(name) in shown
        }
        return self.drawn(state, shown, edges.values(), chosen[MOST:])

    def view(self, state: GraphState) -> Drawn:
        """A view of two kinds; with things, only what has to do with one of them."""
        joins = [
            join
            for join in self._joins(state.view)
            if not state.things or not set(state.things).isdisjoint(join[:4])
        ]
        if state.view == "programme-technology" and not state.things:
            cities: dict[str, set[str]] = defaultdict(set)
            for join in joins:
                cities[join.right].add(join.city)
            joins = [join for join in joins if len(cities[join.right]) >= _TECHNOLOGY_CITIES]
        joined: dict[tuple[str, str], list[_Join]] = defaultdict(list)
        for join in joins:
            if state.hidden.isdisjoint(join[:2]):
                joined[join.left, join.right].append(join)
        degree = Counter(end for ends in joined for end in ends)
        chosen = sorted(degree, key=lambda name: (-degree[name], name))
        shown = dict.fromkeys(chosen[:MOST])
        property_ = {"city-practice": ADOPTS, "practice-mechanism": TOGETHER}.get(
            state.view, "cpg:usesTechnology"
        )
        edges = [
            Edge(
                *ends,
                property_,
                tuple(dict.fromkeys(claim for join in between for claim in join.claims)),
                tuple(dict.fromkeys(join.programme for join in between)),
            )
            for ends, between in sorted(joined.items())
            if ends[0] in shown and ends[1] in shown
        ]
        return self.drawn(state, shown, edges, chosen[MOST:])

    def _joins(self, view: str) -> list[_Join]:
        if view not in self._views:
            if view == "city-practice":
                found = [
                    _Join(city, concept, programme, city, claims)
                    for city, concept, programme, claims in self._cells("practice-3")
                ]
            elif view == "programme-technology":
                found = [
                    _Join(programme, concept, programme, city, claims)
                    for city, concept, programme, claims in self._cells("technology")
                    if self._states(concept, claims)
                ]
            else:
                practices: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
                for _, concept, programme, claims in self._cells("practice-3"):
                    practices[programme].append((concept, claims))
                found = [
                    _Join(practice, concept, programme, city, (*others, *claims))
                    for city, concept, programme, claims in self._cells("mechanism")
                    if self._states(concept, claims)
                    for practice, others in practices[programme]
                ]
            self._views[view] = found
        return self._views[view]

    @cached_property
    def _views(self) -> dict[str, list[_Join]]:
        return {}

    def _cells(self, incidence: str) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
        """City, concept and programme with the claims that join them."""
        for city, concept, programmes in self.record.analyses["incidence"][incidence]["cells"]:
            for programme, *claims in programmes:
                yield city, concept, programme, tuple(claims)

    def _states(self, concept: str, claims: Iterable[str]) -> bool:
        """Whether claims name a concept itself: cells count for its broader concepts too."""
        return any(not set(claims).isdisjoint(edge.claims) for edge in self.edges[concept])

    def drawn(
        self,
        state: GraphState,
        shown: Mapping[str, None],
        edges: Iterable[Edge],
        left_out: Iterable[str] = (),
    ) -> Drawn:
        """Nodes and edges in the order in which everything shows them, with what is around."""
        order = list(NODE_KINDS)
        opened = state.ends or (() if state.view else state.things)

        def place(name: str) -> tuple[int, int, str]:
            if name in opened:
                return -1, opened.index(name), name
            return 0, order.index(self.kinds[name]), name

        return Drawn(
            state,
            tuple(
                Node(
                    name,
                    self.kinds[name],
                    name in opened,
                    _counts(
                        self.kinds[near]
                        for near in self.neighbours(state, name)
                        if near not in shown
                    ),
                )
                for name in sorted(shown, key=place)
            ),
            tuple(sorted(edges, key=lambda edge: (edge.source, edge.property, edge.target))),
            _counts(self.kinds[name] for name in left_out),
        )

    def draw(self, state: GraphState) -> Drawn:
        """What a state without ends shows: a view, or else a neighbourhood."""
        return self.view(state) if state.view else self.neighbourhood(state)

    def stated(self, edge: Edge) -> list[Statement]:
        """The statements that an edge stands for; of a derived one those it is derived from."""
        record = self.record
        if not edge.through:
            return [
                statement
                for statement in record.statements(edge.source, edge.property)
                if statement.value == edge.target
            ]
        found: list[Statement] = []
        for programme in edge.through:
            # A programme of several cities joins each of them.
            cities = record.statements(programme, "cpg:city")
            if self.kinds[edge.source] == "city":
                cities = [statement for statement in cities if statement.value == edge.source]
            found += cities
            delivered = record.statements(programme, "cpg:delivers", "cpg:hasArrangement")
            by = {programme: None, **{str(way.value): way for way in delivered}}
            for claim in edge.claims:
                for statement in record.within(claim):
                    if statement.subject not in by:
                        continue
                    for end in (edge.source, edge.target):
                        if (upward := self._upward(str(statement.value), end)) is not None:
                            way = by[statement.subject]
                            found += [*([way] if way else ()), statement, *upward]
        return list(dict.fromkeys(found))

    def _upward(self, concept: str, end: str) -> list[Statement] | None:
        """The statements that lead from a concept to a broader one; None where none do."""
        if concept == end:
            return []
        for statement in self.record.statements(concept, "skos:broader"):
            above = self._upward(str(statement.value), end)
            if above is not None:
                return [statement, *above]
        return None


def _counts(kinds: Iterable[str]) -> dict[str, int]:
    """How many of each kind, in the order of kinds."""
    counted = Counter(kinds)
    return {kind: counted[kind] for kind in NODE_KINDS if counted[kind]}
