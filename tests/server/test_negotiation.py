"""Content negotiation: every form of query with every kind of Accept, and what the bodies hold."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
import rdflib

from kg.server.formats import GRAPHS, TABLES
from kg.server.negotiation import accepts_gzip, choose_language
from tests.server.conftest import THING, Service
from tests.server.raw import Reply, connect, send

JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
CSV, TSV = "text/csv; charset=utf-8", "text/tab-separated-values; charset=utf-8"
TURTLE, NT = "text/turtle; charset=utf-8", "application/n-triples"
LD, RDFXML = "application/ld+json", "application/rdf+xml"
SPARQL_RESULTS = "{http://www.w3.org/2005/sparql-results#}"
BROWSER = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,"
    "image/avif,image/webp,image/apng,*/*;q=0.8"
)

QUERIES = {
    "SELECT": f"SELECT ?label {{ <{THING}> <http://www.w3.org/2000/01/rdf-schema#label> ?label }}",
    "ASK": f"ASK {{ <{THING}> ?property ?value }}",
    "CONSTRUCT": f"CONSTRUCT WHERE {{ <{THING}> ?property ?value }}",
    "DESCRIBE": f"DESCRIBE <{THING}>",
}
# The engine has language tags in lower case; answers have their usual case (RFC 5646, 2.1.1).
LABELS = {("上海", "zh-Hans"), ('Shanghai, "the" <city>', "en")}
TRIPLES = {
    *((THING, "http://www.w3.org/2000/01/rdf-schema#label", *label) for label in LABELS),
    (THING, "urn:x:rank", "7", None),
}

# Accept, then the type for a table or truth value and the type for triples; None for a refusal.
ACCEPT: tuple[tuple[str | None, str | None, str | None], ...] = (
    # nothing said
    (None, JSON, TURTLE),
    ("", JSON, TURTLE),
    (",", JSON, TURTLE),
    # every type and every other name of it
    ("application/sparql-results+json", JSON, None),
    ("application/json", JSON, None),
    ("application/sparql-results+xml", XML, None),
    ("application/xml", XML, RDFXML),
    ("text/xml", XML, RDFXML),
    ("text/csv", CSV, None),
    ("text/tab-separated-values", TSV, None),
    ("text/turtle", None, TURTLE),
    ("application/x-turtle", None, TURTLE),
    ("application/n-triples", None, NT),
    ("text/plain", None, NT),
    ("application/ld+json", None, LD),
    ("application/rdf+xml", None, RDFXML),
    # wildcards
    ("*/*", JSON, TURTLE),
    ("*", JSON, TURTLE),
    ("application/*", JSON, NT),
    ("text/*", CSV, TURTLE),
    ("image/*", None, None),
    # qualities
    ("text/csv;q=0.5, application/sparql-results+json;q=0.4", CSV, None),
    ("text/csv;q=0.5, application/sparql-results+json;q=0.6", JSON, None),
    ("text/turtle;q=0.1, application/rdf+xml;q=0.2", None, RDFXML),
    ("text/csv;q=0.001", CSV, None),
    ("text/csv; q=1.000, text/turtle ;q=0.3", CSV, TURTLE),
    ("application/sparql-results+xml;q=0.9, */*;q=0.1", XML, TURTLE),
    ("*/*;q=0.1, application/ld+json", JSON, LD),
    ("text/*;q=0.9, application/*;q=0.8", CSV, TURTLE),
    ("text/*;q=0.7, application/*;q=0.8", JSON, NT),
    ("text/*, text/csv;q=0.1", TSV, TURTLE),
    ("*;q=.2, */*; q=.2", JSON, TURTLE),
    ("text/csv;q=7, application/sparql-results+json", JSON, None),
    ("text/csv;q=high, application/sparql-results+json;q=0.9", CSV, None),
    # of equals the server's favourite
    ("text/csv, application/sparql-results+json", JSON, None),
    ("text/tab-separated-values, text/csv", CSV, None),
    ("application/rdf+xml, text/turtle, application/n-triples", None, TURTLE),
    ("application/ld+json;q=0.5, application/rdf+xml;q=0.5", None, LD),
    # what is ruled out stays out
    ("application/sparql-results+json;q=0, */*", XML, TURTLE),
    ("*/*, application/sparql-results+json;q=0", XML, TURTLE),
    ("application/json, application/sparql-results+json;q=0", None, None),
    ("text/turtle;q=0, text/*", CSV, None),
    ("text/turtle;q=0.0, */*;q=0.1", JSON, NT),
    ("*/*;q=0", None, None),
    ("text/csv;q=0", None, None),
    ("application/*;q=0, */*", CSV, TURTLE),
    # parameters
    ("application/sparql-results+json; charset=utf-8", JSON, None),
    ('text/csv; header="present"; q=0.5, application/json;q=0.4', CSV, None),
    ("text/turtle;charset=UTF-8", None, TURTLE),
    ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', None, LD),
    ('application/ld+json;profile="a, text/turtle;q=1";q=0.2, text/turtle;q=0.1', None, LD),
    ("application/n-triples;version=1.1", None, NT),
    # capitals and space
    ("TEXT/CSV", CSV, None),
    ("Application/SPARQL-Results+JSON;Q=0.5 , Text/Turtle", JSON, TURTLE),
    ("  text/csv  ", CSV, None),
    ("\ttext/turtle\t;\tq=1", None, TURTLE),
    # what programs send
    (BROWSER, XML, RDFXML),
    ("text/html", None, None),
    ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", JSON, TURTLE),
    ("application/sparql-results+json,application/json,text/javascript", JSON, None),
    ("application/rdf+xml, text/rdf+n3, application/x-turtle;q=0.8", None, RDFXML),
    # nonsense
    ("nonsense", None, None),
    ("application/", None, None),
    ("/json", None, None),
    (";;;,;q=1", JSON, TURTLE),
    ("text/csv/extra", None, None),
    ("\xe4\xb8\x8a\xe6\xb5\xb7", None, None),
    ('text/csv;x="', CSV, None),
)
CELLS = [(form, *row) for row in ACCEPT for form in QUERIES]


@pytest.fixture(scope="module")
def line(small: Service) -> Iterator[HTTPConnection]:
    """One connection for all: what one answer leaves behind would spoil the next."""
    connection = connect(small)
    yield connection
    connection.close()


def request(line: HTTPConnection, method: str, form: str, accept: str | None) -> Reply:
    headers = {} if accept is None else {"Accept": accept}
    return send(line, method, "/sparql?query=" + quote(QUERIES[form]), headers)


def test_the_matrix_is_large_enough_and_has_every_type() -> None:
    assert len(CELLS) >= 80
    tried = {accept for accept, *_ in ACCEPT}
    for form in (*TABLES.values(), *GRAPHS.values()):
        assert set(form.media_types) <= tried


@pytest.mark.parametrize(("form", "accept", "table", "graph"), CELLS)
def test_cell(
    line: HTTPConnection, form: str, accept: str | None, table: str | None, graph: str | None
) -> None:
    expected = table if form in ("SELECT", "ASK") else graph
    reply = request(line, "GET", form, accept)
    if expected is None:
        assert reply.status == 406
        assert reply.media_type == "application/problem+json"
        # The refusal names what could be had.
        detail = json.loads(reply.body)["detail"]
        assert JSON in detail
        assert "text/turtle" in detail
    else:
        assert reply.status == 200
        assert reply.headers["content-type"] == expected
        assert reply.headers["vary"] == "Accept, Accept-Encoding"
        check(form, reply)
    without = request(line, "HEAD", form, accept)
    assert without.status == reply.status
    assert without.body == b""
    assert {**without.headers, "date": ""} == {**reply.headers, "date": ""}


def check(form: str, reply: Reply) -> None:
    """The body, read by parsers that are not the engine's, holds what the dataset holds."""
    text = reply.body.decode("utf-8")
    kind = reply.media_type
    if form == "ASK":
        assert read_truth(kind, text) is True
    elif form == "SELECT":
        expected = {(value, None) for value, _ in LABELS} if kind == "text/csv" else LABELS
        assert read_labels(kind, text) == Counter(expected)
    else:
        assert read_triples(kind, text) == TRIPLES


def read_truth(kind: str, text: str) -> bool:
    if kind == JSON:
        value: Any = json.loads(text)["boolean"]
        assert isinstance(value, bool)
        return value
    if kind == XML:
        text = ElementTree.fromstring(text).findtext(f"{SPARQL_RESULTS}boolean", "")
    return {"true": True, "false": False}[text.strip()]


def read_labels(kind: str, text: str) -> Counter[tuple[str, str | None]]:
    if kind == JSON:
        content = json.loads(text)
        assert content["head"]["vars"] == ["label"]
        cells = [row["label"] for row in content["results"]["bindings"]]
        return Counter((cell["value"], cell["xml:lang"]) for cell in cells)
    if kind == XML:
        root = ElementTree.fromstring(text)
        literals = root.iterfind(f".//{SPARQL_RESULTS}literal")
        tag = "{http://www.w3.org/XML/1998/namespace}lang"
        return Counter((cell.text or "", cell.get(tag)) for cell in literals)
    if kind == "text/csv":
        head, *rows = csv.reader(io.StringIO(text, newline=""))
        assert head == ["label"]
        return Counter((cell, None) for (cell,) in rows)
    first, *lines = text.splitlines()
    assert (kind, first) == ("text/tab-separated-values", "?label")
    # A term in TSV is written as in Turtle.
    graph = rdflib.Graph()
    graph.parse(data="".join(f"<urn:s> <urn:p> {line} .\n" for line in lines), format="turtle")
    return Counter((str(term), language(term)) for term in graph.objects())


def read_triples(kind: str, text: str) -> set[tuple[str, str, str, str | None]]:
    parser = {"text/turtle": "turtle", NT: "nt", LD: "json-ld", RDFXML: "xml"}[kind]
    graph = rdflib.Graph().parse(data=text, format=parser)
    return {(str(s), str(p), str(o), language(o)) for s, p, o in graph}


def language(term: rdflib.term.Node) -> str | None:
    """The tag of a literal as it is written; rdflib has it in lower case."""
    tag = term.language if isinstance(term, rdflib.Literal) else None
    return "zh-Hans" if tag == "zh-hans" else tag


def test_a_false_truth_value_in_every_format(line: HTTPConnection) -> None:
    for form in TABLES.values():
        kind = form.media_types[0]
        target = "/sparql?query=" + quote("ASK { <urn:x:none> ?p ?o }")
        reply = send(line, "GET", target, {"Accept": kind})
        assert read_truth(kind, reply.body.decode()) is False


QUOTED = (
    r"""x"@zh-hans, xml:lang="zh-hans", "xml:lang":"zh-hans","@language":"zh-hans" \"@zh-hans"""
)


@pytest.mark.parametrize("form", [*TABLES, *GRAPHS])
def test_only_a_language_tag_is_written_as_one(line: HTTPConnection, form: str) -> None:
    """The service mends the case of tags; what looks like one in a text is a text."""
    text = '"' + QUOTED.replace("\\", r"\\").replace('"', r"\"") + '"'
    if form in TABLES:
        query = f"SELECT ?label {{ VALUES ?label {{ {text}@en {text}@zh-Hans }} }}"
        kind = TABLES[form].media_types[0]
    else:
        query = f"CONSTRUCT {{ <urn:s> <urn:p> {text}@en, {text}@zh-Hans }} {{}}"
        kind = GRAPHS[form].media_types[0]
    reply = send(line, "GET", "/sparql?query=" + quote(query), {"Accept": kind})
    content = reply.body.decode("utf-8")
    if form == "csv":
        assert read_labels(kind, content) == {(QUOTED, None): 2}
    elif form in TABLES:
        assert read_labels(kind, content) == {(QUOTED, "en"): 1, (QUOTED, "zh-Hans"): 1}
    else:
        read = {row[2:] for row in read_triples(kind, content)}
        assert read == {(QUOTED, "en"), (QUOTED, "zh-Hans")}
    # rdflib reads every tag in lower case, so the bytes are looked at, too.
    assert content.count("zh-Hans") == (form != "csv")


def test_two_accept_fields_are_one(small: Service) -> None:
    connection = connect(small)
    connection.putrequest("GET", "/sparql?query=" + quote(QUERIES["SELECT"]))
    connection.putheader("Accept", "image/png")
    connection.putheader("Accept", "text/csv")
    connection.endheaders()
    assert connection.getresponse().getheader("content-type") == CSV
    connection.close()


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "en"),
        ("en", "en"),
        ("zh", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("ZH-Hant-TW", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("en;q=0.1, zh;q=0.2", "zh"),
        ("zh;q=0, en", "en"),
        ("zh;q=0", "en"),
        ("fr", "en"),
        ("fr, zh;q=0.1", "zh"),
        ("*", "en"),
        ("*;q=0.5, zh;q=0.1", "en"),
        ("zha", "en"),
        ("zh, en", "zh"),
        ("en, zh", "en"),
    ],
)
def test_language(header: str, expected: str) -> None:
    assert choose_language(header) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", False),
        ("gzip", True),
        ("GZIP", True),
        ("gzip, deflate, br", True),
        ("gzip;q=0", False),
        ("gzip;q=0.1", True),
        ("identity", False),
        ("br", False),
        ("*", True),
        ("*;q=0", False),
        ("*, gzip;q=0", False),
        ("gzip, *;q=0", True),
        ("x-gzipped", False),
    ],
)
def test_compression(header: str, expected: bool) -> None:
    assert accepts_gzip(header) is expected
