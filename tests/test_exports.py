"""Exports: RDF forms round-trip, bytes repeat, tags keep their case."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from kg.cli import main
from kg.errors import UnknownNameError
from kg.graph import KnowledgeGraph
from kg.publishing.formats import FORMATS, export

DATASETS = {
    "trig": ox.RdfFormat.TRIG,
    "nquads": ox.RdfFormat.N_QUADS,
    "jsonld": ox.RdfFormat.JSON_LD,
}
DEFAULT_GRAPHS = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "rdfxml": ox.RdfFormat.RDF_XML,
}


def single(graph: KnowledgeGraph, name: str) -> bytes:
    (content,) = export(graph.embedded("tests"), name).values()
    return content


@pytest.mark.parametrize("name", DATASETS)
def test_datasets_round_trip(graph: KnowledgeGraph, name: str) -> None:
    # The data has no blank nodes, so isomorphic means equal (a test below holds it to that).
    again = set(ox.parse(single(graph, name), format=DATASETS[name]))
    assert again == set(graph.embedded("tests").dataset)


@pytest.mark.parametrize("name", DEFAULT_GRAPHS)
def test_default_graphs_round_trip(graph: KnowledgeGraph, name: str) -> None:
    again = {quad.triple for quad in ox.parse(single(graph, name), format=DEFAULT_GRAPHS[name])}
    dataset = graph.embedded("tests").dataset
    expected = {
        quad.triple for quad in dataset.quads_for_pattern(None, None, None, ox.DefaultGraph())
    }
    if name == "turtle":
        assert len(again) == len(expected)
    assert named(again) == named(expected)


def named(triples: set[ox.Triple]) -> set[ox.Triple]:
    """Triples without blank nodes (the OWL axioms of the ontology have some)."""
    return {
        triple
        for triple in triples
        if not isinstance(triple.subject, ox.BlankNode)
        and not isinstance(triple.object, ox.BlankNode)
    }


@pytest.mark.parametrize("name", ["turtle", "rdfxml"])
def test_rdflib_reads_the_same(graph: KnowledgeGraph, name: str) -> None:
    import rdflib
    from rdflib.compare import isomorphic

    formats = {"turtle": "turtle", "rdfxml": "xml"}
    read = rdflib.Graph().parse(data=single(graph, name), format=formats[name])
    lines = rdflib.Graph().parse(data=single(graph, "ntriples"), format="ntriples")
    assert isomorphic(read, lines)


def test_curated_data_has_no_blank_nodes(graph: KnowledgeGraph) -> None:
    dataset = graph.embedded("tests").dataset
    claims = [
        quad
        for quad in dataset
        if "/id/" in str(quad.graph_name) and "vocabulary" not in str(quad.graph_name)
    ]
    assert claims
    assert not any(
        isinstance(term, ox.BlankNode) for quad in claims for term in (quad.subject, quad.object)
    )


@pytest.mark.parametrize(
    "name", [name for name in FORMATS if name not in ("csv", "graphml", "gexf")]
)
def test_language_tags_are_canonical(graph: KnowledgeGraph, name: str) -> None:
    content = single(graph, name)
    assert b"zh-Hans" in content
    assert b"zh-hans" not in content


@pytest.mark.parametrize("name", FORMATS)
def test_bytes_repeat_in_another_process(graph: KnowledgeGraph, tmp_path: Path, name: str) -> None:
    if name == "csv":
        files = export(graph.embedded("tests"), name)
        assert len(files) >= 5
        return
    target = tmp_path / "out"
    subprocess.run(
        [sys.executable, "-m", "kg.cli", "export", name, "-o", str(target)],
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "4711"},
        capture_output=True,
    )
    assert target.read_bytes() == single(graph, name)


def test_tables(graph: KnowledgeGraph, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["export", "csv", "-o", str(tmp_path)])
    assert result.exit_code == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "cities.csv").read_text(encoding="utf-8"))))
    assert len({row["city"] for row in rows}) == 87


def test_network_formats(graph: KnowledgeGraph) -> None:
    graphml = nx.parse_graphml(single(graph, "graphml").decode())
    gexf = nx.read_gexf(io.BytesIO(single(graph, "gexf")), version="1.2draft")
    network = graph.network("city-practice")
    assert set(graphml) == set(gexf) == set(network)
    assert graphml.number_of_edges() == gexf.number_of_edges() == network.number_of_edges()
    singapore = "https://w3id.org/city-practice-graph/id/city/singapore"
    assert graphml.nodes[singapore]["name_zh"] == "新加坡"


def test_unknown_format(graph: KnowledgeGraph) -> None:
    with pytest.raises(UnknownNameError, match="turtle"):
        export(graph.embedded("tests"), "word")
