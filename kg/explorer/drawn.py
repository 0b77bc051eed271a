"""A graph in the forms that others read: JSON, GraphML, Turtle, and a list for people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kg.explorer.edges import Edge, inverse_label, property_label
from kg.explorer.graphs import Drawn, Graphs, Node
from kg.explorer.layers import Places
from kg.explorer.picture import STYLES, xml_text
from kg.explorer.record import Statement, Value, iri_of
from kg.explorer.triples import turtle
from kg.messages import Language, text
from kg.publishing.formats import network_bytes

if TYPE_CHECKING:
    import networkx

_NAMING: Final = ("rdf:type", "skos:prefLabel", "dcterms:title", "rdfs:label")


def to_json(
    graphs: Graphs,
    drawn: Drawn,
    places: Places,
    language: Language,
    *,
    thing_href: Callable[[str], str],
    edge_href: Callable[[Edge], str],
    slim: Places | None = None,
) -> dict[str, Any]:
    """What a script needs to draw the same picture, and where its actions lead.

    Parameters
    ----------
    thing_href, edge_href
        Address of the page of a thing, and of the evidence of an edge.
    slim
        Where nodes stand in a frame that is higher than wide, if not in the same order.
    """
    record, state = graphs.record, drawn.state
    present = {node.kind for node in drawn.nodes}
    slim = slim or {}
    return {
        "form": "path" if state.ends else "view" if state.view else "around",
        "nodes": [
            {
                "id": node.name,
                "kind": node.kind,
                "name": record.name(node.name, language),
                "x": places[node.name].x,
                "y": places[node.name].y,
                "side": places[node.name].side,
                "wide": places[node.name].wide,
                "slim": slim[node.name]._asdict() if node.name in slim else None,
                "open": node.opened,
                "more": sum(node.more.values()),
                "href": thing_href(node.name),
                "expand": f"?{state.expand(node.name).query()}",
                "collapse": f"?{state.collapse(node.name).query()}"
                if node.name in state.things and not state.view
                else None,
                "hide": f"?{state.hide(node.name).query()}",
            }
            for node in drawn.nodes
        ],
        "edges": [
            {
                "id": edge.id,
                "source": edge.source,
                "target": edge.target,
                "label": property_label(record, edge.property, language),
                "claims": len(edge.claims),
                "href": edge_href(edge),
            }
            for edge in drawn.edges
        ],
        "kinds": {
            kind: {
                "name": text(f"kind-{kind}", language),
                "colour": colour,
                # Corners of the shape in a circle of radius 1; a circle has none.
                "points": [list(point) for point in points],
            }
            for kind, (colour, points) in STYLES.items()
            if kind in present
        },
    }


def to_graphml(graphs: Graphs, drawn: Drawn, language: Language) -> bytes:
    """GraphML with directed edges, for Gephi, igraph, Cytoscape and others.

    Nodes have ``label``, ``kind`` and ``iri``; edges ``label``, ``property`` (an IRI; none where
    nothing but a programme joins two things), ``claims`` (IRIs with spaces between them) and
    ``weight``, the number of programmes, 1 for a statement.
    """
    import networkx as nx

    record = graphs.record
    network: networkx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node in drawn.nodes:
        network.add_node(
            record.plain(node.name),
            label=xml_text(record.name(node.name, language)),
            kind=node.kind,
            iri=iri_of(node.name),
        )
    for edge in drawn.edges:
        network.add_edge(
            record.plain(edge.source),
            record.plain(edge.target),
            key=edge.property or "together",
            label=xml_text(property_label(record, edge.property, language)),
            property=iri_of(edge.property) if edge.property else "",
            claims=" ".join(map(iri_of, edge.claims)),
            weight=max(1, len(edge.through)),
        )
    return network_bytes(network, "graphml")


def to_turtle(graphs: Graphs, drawn: Drawn) -> str:
    """The statements behind the edges, with names and classes of the things, as Turtle.

    An edge of a view stands for the statements from which it is derived.
    """
    record = graphs.record
    found: dict[tuple[str, str, Value], Statement] = {}
    for edge in drawn.edges:
        for statement in graphs.stated(edge):
            found[statement[:3]] = statement
    things = {node.name for node in drawn.nodes}
    things |= {end for subject, _, value in found for end in (subject, str(value))}
    for name in things:
        for statement in record.statements(name, *_NAMING):
            found[statement[:3]] = statement
    return turtle(found)


@dataclass(frozen=True)
class Entry:
    """A neighbour in the list, with the edge that leads to it."""

    node: Node
    edge: Edge


@dataclass(frozen=True)
class Group:
    """Neighbours by the same property in the same direction, with its label."""

    property: str
    forward: bool
    label: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Section:
    """A node with what it is joined with."""

    node: Node
    groups: tuple[Group, ...]


def outline(graphs: Graphs, drawn: Drawn, language: Language) -> list[Section]:
    """The picture as a list to read: every node and every edge is in it once at least.

    Opened things come first with all their edges; then other things with the edges that no section
    before them has, so that what lies two steps away is read under what leads to it.
    """
    record = graphs.record
    nodes = {node.name: node for node in drawn.nodes}
    at: dict[str, list[Edge]] = {name: [] for name in nodes}
    for edge in drawn.edges:
        at[edge.source].append(edge)
        at[edge.target].append(edge)
    listed: set[str] = set()
    sections = []
    for node in drawn.nodes:
        edges = [edge for edge in at[node.name] if node.opened or edge.id not in listed]
        if not edges and not node.opened and at[node.name]:
            continue
        listed.update(edge.id for edge in edges)
        groups: dict[tuple[str, bool], list[Entry]] = {}
        for edge in edges:
            entry = Entry(nodes[edge.other(node.name)], edge)
            groups.setdefault((edge.property, edge.source == node.name), []).append(entry)
        sections.append(
            Section(
                node,
                tuple(
                    Group(
                        property_,
                        forward,
                        (property_label if forward else inverse_label)(record, property_, language),
                        tuple(
                            sorted(
                                entries,
                                key=lambda entry: (
                                    record.name(entry.node.name, language),
                                    entry.node.name,
                                ),
                            )
                        ),
                    )
                    for (property_, forward), entries in groups.items()
                ),
            )
        )
    return sections
