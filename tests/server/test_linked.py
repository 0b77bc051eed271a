"""Linked data: every IRI answers, in every format, and only with what the dataset says."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
import rdflib
from rdflib.compare import isomorphic

from kg.publishing.versions import current
from kg.terms import BASE, CPG
from tests.server.conftest import Service

SUFFIXES = {
    ".ttl": ("text/turtle", "turtle"),
    ".nt": ("application/n-triples", "nt"),
    ".jsonld": ("application/ld+json", "json-ld"),
    ".rdf": ("application/rdf+xml", "xml"),
}
KINDS = (
    "id/city/singapore",
    "id/programme/sg-smes-go-digital",
    "id/claim/seoul-016",
    "id/source/sh-top50-lessons-2021",
    "id/fragment/sh-top50-lessons-2021/P21S6",
    "id/organisation/eden-strategy-institute",
    "id/edition/eden-top50-2021",
    "concept/practice/open-data",
    "concept/practice",
    "concept/unit",
    "ontology",
)


@pytest.fixture(scope="module")
def things(published: Path) -> frozenset[str]:
    version = current(published)
    assert version is not None
    return version.things()


def graph_of(body: bytes, syntax: str) -> rdflib.Graph:
    graph = rdflib.Graph()
    graph.parse(data=body.decode("utf-8"), format=syntax, publicID="http://nowhere.invalid/")
    return graph


@pytest.mark.parametrize("path", KINDS)
def test_a_thing_answers_in_every_format_with_the_same_triples(service: Service, path: str) -> None:
    graphs = {}
    for suffix, (media, syntax) in SUFFIXES.items():
        status, headers, _ = service.get(f"/{path}", {"Accept": media})
        assert (status, headers["location"]) == (303, f"/{path}{suffix}")
        assert "Accept" in headers["vary"]
        status, headers, body = service.get(headers["location"])
        assert status == 200
        assert headers["content-type"].partition(";")[0] == media
        assert headers["content-location"] == f"/{path}{suffix}"
        assert f'<{BASE}{path}>; rel="describes"' in headers["link"]
        for other in SUFFIXES:
            assert (f"</{path}{other}>" in headers["link"]) == (other != suffix)
        graphs[suffix] = graph_of(body, syntax)
    first = graphs[".nt"]
    assert len(first) > 2
    for suffix, graph in graphs.items():
        # Tags of languages are compared as RDF 1.1 does: whatever their case.
        assert isomorphic(lower(graph), lower(first)), suffix
    if path == "ontology":
        assert (rdflib.URIRef(CPG + "implementsPractice"), None, None) in first
    else:
        assert (rdflib.URIRef(BASE + path), None, None) in first


def lower(graph: rdflib.Graph) -> rdflib.Graph:
    same = rdflib.Graph()
    for s, p, o in graph:
        if isinstance(o, rdflib.Literal) and o.language:
            o = rdflib.Literal(str(o), lang=o.language.lower())
        elif isinstance(o, rdflib.Literal):
            o = rdflib.Literal(str(o), datatype=o.datatype, normalize=False)
        same.add((s, p, o))
    return same


def test_some_of_every_kind_of_iri(service: Service, things: frozenset[str]) -> None:
    kinds: dict[str, list[str]] = defaultdict(list)
    for path in sorted(things):
        if "#" not in path:
            kinds["/".join(path.split("/")[:2])].append(path)
    assert len(kinds) > 40
    for paths in kinds.values():
        for path in paths[:: max(1, len(paths) // 3)][:3]:
            status, headers, _ = service.get(f"/{path}")
            assert (status, path) == (303, path)
            status, _, body = service.get(headers["location"])
            assert status == 200
            assert len(graph_of(body, "turtle")) > 0, path


ACCEPTED = [
    ("", ".ttl"),
    ("*/*", ".ttl"),
    ("text/html", ".html"),
    ("application/xhtml+xml", ".html"),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", ".html"),
    ("text/turtle", ".ttl"),
    ("application/x-turtle", ".ttl"),
    ("TEXT/TURTLE", ".ttl"),
    ("text/turtle;q=0.5, application/ld+json", ".jsonld"),
    ("text/turtle;q=0.5, application/ld+json;q=0.4", ".ttl"),
    ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', ".jsonld"),
    ("application/n-triples", ".nt"),
    ("text/plain", ".nt"),
    ("application/rdf+xml", ".rdf"),
    ("application/xml", ".rdf"),
    ("text/xml", ".rdf"),
    ("text/html;q=0.1, text/turtle;q=0.9", ".ttl"),
    ("text/html;q=0, */*;q=0.1", ".ttl"),
    ("text/turtle;q=0, application/rdf+xml;q=0.2", ".rdf"),
    ("image/png, text/turtle;q=0.1", ".ttl"),
    ("image/png", None),
    ("image/*", None),
    ("application/json", None),
    ("text/csv", None),
    ("text/turtle;q=0", None),
]


@pytest.mark.parametrize(("accept", "suffix"), ACCEPTED)
@pytest.mark.parametrize("path", ["id/city/singapore", "concept/practice", "ontology"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_content_negotiation(
    service: Service, path: str, accept: str, suffix: str | None, method: str
) -> None:
    headers = {"Accept": accept} if accept else {}
    status, fields, body = service.get(f"/{path}", headers, method=method)
    if suffix is None:
        assert status == 406
        assert fields["content-type"] == "application/problem+json"
    else:
        there = f"/en/{PAGES[path]}" if suffix == ".html" else f"/{path}{suffix}"
        assert (status, fields["location"]) == (303, there)
    assert not (method == "HEAD" and body)


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/id/city/singapore",
        "/id//evil.example",
        "/id/city/singapore/..",
        "/id/city/../../etc/passwd",
        "/id/city/%2e%2e/%2e%2e/etc/passwd",
        "/id/city/singapore%0d%0aSet-Cookie:%20a=b",
        "/id/city/singapore%00",
        "/id/city/SINGAPORE",
        "/id/city/singapore.php",
        "/id/city/singapore.ttl.ttl",
        "/id/city/nowhere",
        "/id/",
        "/concept/practice/",
        "/ontology/../id",
        "/context/../cpg.ttl",
        "/context/%2e%2e/cpg.ttl",
        "/.well-known/genid/none",
    ],
)
def test_a_path_that_is_no_thing_leads_nowhere(service: Service, path: str) -> None:
    status, headers, body = service.get(path)
    assert status == 404
    assert "location" not in headers
    assert "set-cookie" not in headers
    assert b"passwd" not in body.lower() or b"root:" not in body


def test_only_reading(service: Service) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        status, headers, _ = service.get("/id/city/singapore", data=b"", method=method)
        assert (status, headers["allow"]) == (405, "GET, HEAD")


def test_the_same_is_not_sent_twice(service: Service) -> None:
    for address in ("/id/city/singapore.ttl", "/id/city/singapore.jsonld", "/en/city/singapore"):
        status, headers, _ = service.get(address)
        assert status == 200
        status, _, body = service.get(address, {"If-None-Match": headers["etag"]})
        assert (status, body) == (304, b"")


def test_the_contexts(service: Service) -> None:
    status, headers, body = service.get("/context/publication.jsonld")
    assert (status, headers["content-type"]) == (200, "application/ld+json")
    assert b'"@context"' in body


PAGES = {
    "id/city/singapore": "city/singapore",
    "concept/practice": "thing/concept/practice",
    "ontology": "ontology",
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("path", PAGES)
def test_people_get_the_page_in_their_language(service: Service, path: str, language: str) -> None:
    for address in (f"/{path}", f"/{path}.html"):
        status, headers, _ = service.get(
            address, {"Accept": "text/html", "Accept-Language": language}
        )
        assert (status, headers["location"]) == (303, f"/{language}/{PAGES[path]}")
        assert "accept-language" in headers["vary"].lower()
    status, headers, _ = service.get(headers["location"])
    assert status == 200
    assert headers["content-language"] == {"en": "en", "zh": "zh-Hans"}[language]


def test_every_kind_of_iri_has_a_page(service: Service, things: frozenset[str]) -> None:
    kinds: dict[str, list[str]] = defaultdict(list)
    for path in sorted(things):
        if "#" not in path:
            kinds["/".join(path.split("/")[:2])].append(path)
    for paths in kinds.values():
        status, headers, _ = service.get(f"/{paths[0]}", {"Accept": "text/html"})
        assert (status, paths[0]) == (303, paths[0])
        assert service.get(headers["location"])[0] == 200, paths[0]


def test_without_a_record_there_are_no_pages(small: Service) -> None:
    thing = "/id/city/shanghai"
    status, headers, _ = small.get(thing, {"Accept": "text/html, text/turtle;q=0.5"})
    assert (status, headers["location"]) == (303, f"{thing}.ttl")
    assert small.get(thing, {"Accept": "text/html"})[0] == 406
    assert small.get(f"{thing}.html")[0] == 404
    assert small.get("/en/")[0] == 404
    assert small.get("/")[0] == 404
