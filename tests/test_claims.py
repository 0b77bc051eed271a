"""Every statement about a programme has a claim with a source behind it."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from kg.build import canonical_nquads
from kg.graph import KnowledgeGraph
from kg.terms import expand

QUERY = (Path(__file__).parent / "statements-without-claim.rq").read_text(encoding="utf-8")


def unsupported(store: ox.Store) -> list[tuple[str, str]]:
    found = store.query(QUERY)
    assert isinstance(found, ox.QuerySolutions)
    return [(str(row["programme"]), str(row["property"])) for row in found]


def test_no_statement_is_without_a_claim(graph: KnowledgeGraph) -> None:
    store = ox.Store()
    dataset = canonical_nquads(graph.embedded("tests").dataset)
    store.bulk_load(dataset, format=ox.RdfFormat.N_QUADS)
    assert unsupported(store) == []

    programme = ox.NamedNode(expand("programme/sg-smes-go-digital"))
    year = ox.NamedNode(expand("cpg:endYear"))
    planted = ox.Literal("2031", datatype=ox.NamedNode(expand("xsd:gYear")))
    store.add(ox.Quad(programme, year, planted, ox.DefaultGraph()))
    assert unsupported(store) == [(str(programme), str(year))]

    claim = ox.NamedNode(expand("claim/planted-001"))
    store.add(ox.Quad(programme, year, planted, claim))
    assert unsupported(store), "a claim without a place is no support"
