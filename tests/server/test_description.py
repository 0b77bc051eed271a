"""The service description: the three entries of the W3C's suite, and figures that are counted."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from kg.publishing.versions import current
from kg.server.description import SD, VOID
from kg.server.formats import GRAPHS, TABLES
from tests.server.conftest import Service

RDF_TYPE = rdflib.RDF.type
SYNTAX = {"turtle": "turtle", "ntriples": "nt", "jsonld": "json-ld", "rdfxml": "xml"}
# Property to the classes of subject and object (SPARQL 1.1 Service Description, sections 3.2, 3.4).
SCHEMA = {
    "endpoint": ("Service", None),
    "supportedLanguage": ("Service", None),
    "resultFormat": ("Service", None),
    "defaultDataset": ("Service", "Dataset"),
    "defaultGraph": ("Dataset", "Graph"),
}


def described(service: Service, form: str) -> rdflib.Graph:
    media = GRAPHS[form].media_types[0]
    status, headers, body = service.get("/sparql", {"Accept": media})
    assert status == 200
    assert headers["content-type"].partition(";")[0] == media
    graph = rdflib.Graph()
    graph.parse(data=body.decode("utf-8"), format=SYNTAX[form])
    return graph


@pytest.mark.parametrize("form", sorted(SYNTAX))
def test_returns_rdf(service: Service, form: str) -> None:
    assert len(described(service, form)) > 10


def test_without_a_wish_it_is_turtle_and_a_page_is_not_to_be_had(service: Service) -> None:
    assert service.get("/sparql")[1]["content-type"].startswith("text/turtle")
    assert service.get("/sparql", {"Accept": "image/png"})[0] == 406
    tag = service.get("/sparql")[1]["etag"]
    assert service.get("/sparql", {"If-None-Match": tag})[0] == 304


def test_has_endpoint_triple(service: Service) -> None:
    graph = described(service, "turtle")
    (service_node,) = graph.subjects(RDF_TYPE, rdflib.URIRef(SD + "Service"))
    (endpoint,) = graph.objects(service_node, rdflib.URIRef(SD + "endpoint"))
    assert str(endpoint) == service.address + "/sparql"


def test_conforms_to_schema(service: Service) -> None:
    graph = described(service, "turtle")
    used = {str(p).removeprefix(SD) for p in graph.predicates() if str(p).startswith(SD)}
    assert used == set(SCHEMA)
    for name, (subject_class, object_class) in SCHEMA.items():
        for subject, value in graph.subject_objects(rdflib.URIRef(SD + name)):
            assert (subject, RDF_TYPE, rdflib.URIRef(SD + subject_class)) in graph
            assert not isinstance(value, rdflib.Literal)
            if object_class is not None:
                assert (value, RDF_TYPE, rdflib.URIRef(SD + object_class)) in graph
    formats = set(graph.objects(None, rdflib.URIRef(SD + "resultFormat")))
    assert len(formats) == len(TABLES) + len(GRAPHS)


def test_figures_are_those_of_the_dataset(service: Service, published: Path) -> None:
    version = current(published)
    assert version is not None
    dataset = ox.Store()
    dataset.load(version.data.read_bytes(), format=ox.RdfFormat.N_QUADS)
    own = [q for q in dataset if q.graph_name == ox.DefaultGraph()]
    expected = {
        "triples": len(own),
        "distinctSubjects": len({q.subject for q in own}),
        "properties": len({q.predicate for q in own}),
        "classes": len({q.object for q in own if q.predicate.value == str(RDF_TYPE)}),
    }
    graph = described(service, "ntriples")
    for name, number in expected.items():
        (told,) = graph.objects(None, rdflib.URIRef(VOID + name))
        assert int(str(told)) == number
