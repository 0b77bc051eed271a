"""Projections of the graph to networkx: who shares what, with names and evidence on each node."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from kg.catalogue import run_query
from kg.errors import ParameterError, UnknownNameError
from kg.recurrence import Incidence, Link, read_incidence
from kg.results import Table
from kg.store import Store
from kg.terms import FRAGMENT, ID, shorten

if TYPE_CHECKING:
    import networkx

VIEWS: Final = (
    "city-practice",
    "practice-mechanism",
    "practice-co-adoption",
    "programme-technology",
    "city",
)
"""Names of the views; ``city`` is the neighbourhood of one city."""


def build_network(store: Store, view: str, *, city: str | None = None) -> networkx.Graph[str]:
    """Build one view.

    Every node has ``kind`` (``city``, ``practice`` …), ``name_en``, ``name_zh``, ``cities`` (in how
    many cities it recurs) and ``evidence`` (places in sources, ``;`` between them); every edge has
    ``weight`` (distinct programmes, or shared cities for co-adoption) and ``evidence``. Attributes
    are texts and numbers, so that GraphML and GEXF can hold them. The graph itself says what it was
    drawn from: ``cities_registered``, ``cities_documented``, ``programmes`` and ``sources`` (the
    last two summed over cities).

    Parameters
    ----------
    city
        IRI of a city: needed by the view ``city``, a filter for the others.

    Raises
    ------
    UnknownNameError
        No such view.
    ParameterError
        The view needs a city.
    """
    import networkx as nx

    builders: dict[str, Callable[[_Sources], networkx.Graph[str]]] = {
        "city-practice": _city_practice,
        "practice-mechanism": _practice_mechanism,
        "practice-co-adoption": _co_adoption,
        "programme-technology": _programme_technology,
        "city": _neighbourhood,
    }
    if view not in builders:
        raise UnknownNameError("unknown-view", view, ", ".join(VIEWS))
    if view == "city" and city is None:
        raise ParameterError("view-city", view)
    network = builders[view](_Sources(store, city))
    _name_nodes(store, network)
    # Insertion order follows sorted nodes and edges, so that equal facts give equal files.
    ordered: networkx.Graph[str] = nx.Graph(name=view)
    ordered.graph.update(_scope(store, city))
    ordered.add_nodes_from(sorted(network.nodes(data=True), key=lambda node: node[0]))
    edges = [
        (min(left, right), max(left, right), data) for left, right, data in network.edges(data=True)
    ]
    ordered.add_edges_from(sorted(edges, key=lambda edge: edge[:2]))
    return ordered


def _scope(store: Store, city: str | None) -> dict[str, int]:
    """What the network was drawn from: the denominators of every count in it."""
    table = run_query(store, "documentation")
    assert isinstance(table, Table)
    rows = [
        (int(str(record["programmes"])), int(str(record["sources"])))
        for record in table.records()
        if city is None or str(record["city"]) == city
    ]
    return {
        "cities_registered": len(rows),
        "cities_documented": sum(1 for programmes, _ in rows if programmes),
        "programmes": sum(programmes for programmes, _ in rows),
        "sources": sum(sources for _, sources in rows),
    }


class _Sources:
    """Incidences read once each, of one city or of all."""

    def __init__(self, store: Store, city: str | None) -> None:
        self.store, self.city = store, city

    def links(self, facet: str, *, level: int | None = None) -> list[Link]:
        incidence: Incidence = read_incidence(self.store, facet)
        links = [link for link in incidence.links if link.concept == link.direct]
        if level is not None:
            wanted = self._level(level)
            links = [link for link in incidence.links if link.concept in wanted]
        if self.city is not None:
            links = [link for link in links if link.city == self.city]
        return links

    def _level(self, level: int) -> frozenset[str]:
        table = run_query(self.store, "practice-tree")
        assert isinstance(table, Table)
        return frozenset(str(r["practice"]) for r in table.records() if r["level"] == level)


def _add(
    network: networkx.Graph[str], links: Iterable[Link], left: str, right: str, kind: str
) -> None:
    """Join two fields of each link; weight counts distinct programmes."""
    programmes: dict[tuple[str, str], set[str]] = defaultdict(set)
    places: dict[tuple[str, str], set[str]] = defaultdict(set)
    cities: dict[str, set[str]] = defaultdict(set)
    for link in links:
        pair = (getattr(link, left), getattr(link, right))
        programmes[pair].add(link.programme)
        places[pair].add(link.fragment)
        cities[pair[1]].add(link.city)
        network.add_node(pair[0], kind=left if left != "concept" else kind)
        network.add_node(pair[1], kind=kind)
    for pair, found in programmes.items():
        network.add_edge(*pair, weight=len(found), evidence=_places(places[pair]))
    for node, found in cities.items():
        network.nodes[node]["cities"] = len(found)


def _city_practice(sources: _Sources) -> networkx.Graph[str]:
    import networkx as nx

    network: networkx.Graph[str] = nx.Graph()
    _add(network, sources.links("practice", level=3), "city", "concept", "practice")
    return network


def _programme_technology(sources: _Sources) -> networkx.Graph[str]:
    import networkx as nx

    network: networkx.Graph[str] = nx.Graph()
    _add(network, sources.links("technology"), "programme", "concept", "technology")
    if sources.city is None:
        # What one city alone has on record does not recur, and would hide what does.
        single = [
            node
            for node, data in network.nodes(data=True)
            if data["kind"] == "technology" and data["cities"] < 2
        ]
        network.remove_nodes_from(single)
        network.remove_nodes_from(list(nx.isolates(network)))
    return network


def _practice_mechanism(sources: _Sources) -> networkx.Graph[str]:
    """Join a practice and a mechanism when one programme applies both."""
    import networkx as nx

    practices: dict[str, set[str]] = defaultdict(set)
    practice_cities: dict[str, set[str]] = defaultdict(set)
    for link in sources.links("practice", level=3):
        practices[link.programme].add(link.concept)
        practice_cities[link.concept].add(link.city)
    programmes: dict[tuple[str, str], set[str]] = defaultdict(set)
    places: dict[tuple[str, str], set[str]] = defaultdict(set)
    mechanism_cities: dict[str, set[str]] = defaultdict(set)
    for link in sources.links("mechanism"):
        for practice in practices[link.programme]:
            programmes[practice, link.concept].add(link.programme)
            places[practice, link.concept].add(link.fragment)
            mechanism_cities[link.concept].add(link.city)
    network: networkx.Graph[str] = nx.Graph()
    for (practice, mechanism), found in programmes.items():
        network.add_node(practice, kind="practice", cities=len(practice_cities[practice]))
        network.add_node(mechanism, kind="mechanism", cities=len(mechanism_cities[mechanism]))
        network.add_edge(
            practice, mechanism, weight=len(found), evidence=_places(places[practice, mechanism])
        )
    return network


def _co_adoption(sources: _Sources) -> networkx.Graph[str]:
    """Weighted projection of the city-practice network on practices: weight counts cities."""
    import networkx as nx
    from networkx.algorithms import bipartite

    incidence = _city_practice(sources)
    practices = {node for node, data in incidence.nodes(data=True) if data["kind"] == "practice"}
    network: networkx.Graph[str] = bipartite.weighted_projected_graph(incidence, practices)
    names: networkx.Graph[str] = nx.Graph(network)
    for left, right, data in names.edges(data=True):
        shared = sorted(set(incidence[left]) & set(incidence[right]))
        data["cities"] = "; ".join(shorten(city) for city in shared)
        places = {
            place
            for city in shared
            for practice in (left, right)
            for place in str(incidence[city][practice]["evidence"]).split("; ")
        }
        data["evidence"] = "; ".join(sorted(places))
    return names


def _neighbourhood(sources: _Sources) -> networkx.Graph[str]:
    """A city, its programmes, and what they apply."""
    import networkx as nx

    network: networkx.Graph[str] = nx.Graph()
    assert sources.city is not None
    network.add_node(sources.city, kind="city", cities=1)
    for facet, level in (
        ("practice", 3),
        ("technology", None),
        ("mechanism", None),
        ("outcome-type", None),
    ):
        links = sources.links(facet, level=level)
        _add(network, links, "programme", "concept", facet)
        for link in links:
            network.add_edge(
                sources.city, link.programme, weight=1, evidence=_places([link.fragment])
            )
    return network


def _places(fragments: Iterable[str]) -> str:
    return "; ".join(sorted({fragment.removeprefix(FRAGMENT) for fragment in fragments}))


def _name_nodes(store: Store, network: networkx.Graph[str]) -> None:
    """Put names in both languages on the nodes, and the evidence of their edges."""
    table = run_query(store, "names", {"kind": "preferred"})
    assert isinstance(table, Table)
    names: dict[tuple[str, str], str] = {}
    for thing, name in table.rows:
        if thing is not None and name is not None:
            tag = str(getattr(name, "language", None) or "en").lower()
            names.setdefault((thing.value, "zh" if tag.startswith("zh") else tag), name.value)
    for node, data in network.nodes(data=True):
        english = names.get((node, "en"), shorten(node.removeprefix(ID)))
        data["name_en"] = english
        data["name_zh"] = names.get((node, "zh"), english)
        data.setdefault("cities", 1)
        places = {
            place
            for _, _, edge in network.edges(node, data=True)
            for place in str(edge["evidence"]).split("; ")
        }
        data["evidence"] = "; ".join(sorted(places))
