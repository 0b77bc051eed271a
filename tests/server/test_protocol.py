"""The W3C's test suite of the SPARQL 1.1 Protocol: every entry, over HTTP.

The suite's queries are to succeed or to be refused as it says. Its updates are all to be refused,
also those that it wants done: nobody writes through this endpoint.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import pytest

from kg.publishing.versions import current
from tests.server.conftest import W3C, Service
from tests.server.raw import Reply, ask, once

Kind = Literal["query", "bad query", "update", "bad update"]

BOOLEANS = {"application/sparql-results+json", "application/sparql-results+xml"}
TABULAR = BOOLEANS | {"text/csv", "text/tab-separated-values"}
TRIPLES = {"text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
QUERY = {"Content-Type": "application/sparql-query"}
UPDATE = {"Content-Type": "application/sparql-update"}
TEXT = {"Content-Type": "text/plain"}


@dataclass(frozen=True)
class Entry:
    """One entry of the suite's manifest.

    Attributes
    ----------
    parameters
        Of the address.
    types
        Media types one of which the answer is to have; if they are of truth values, it is true.
    statuses
        With which the request is refused.
    """

    name: str
    kind: Kind
    method: str = "POST"
    parameters: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    types: frozenset[str] = frozenset()
    statuses: frozenset[int] = frozenset()

    def run(self, service: Service) -> Reply:
        written = "&".join(f"{name}={quote(value, safe='')}" for name, value in self.parameters)
        target = "/sparql/" + (f"?{written}" if written else "")
        return once(service, self.method, target, self.headers, self.body)


def good(name: str, query: str, *, types: set[str] = BOOLEANS, **graphs: tuple[int, ...]) -> Entry:
    """A query by direct POST, with the suite's graphs of these numbers."""
    return Entry(
        name,
        "query",
        parameters=named(**graphs),
        headers=QUERY,
        body=query.encode(),
        types=frozenset(types),
    )


def named(
    default: tuple[int, ...] = (), named: tuple[int, ...] = ()
) -> tuple[tuple[str, str], ...]:
    return tuple(("default-graph-uri", W3C.format(n)) for n in default) + tuple(
        ("named-graph-uri", W3C.format(n)) for n in named
    )


def get(name: str, query: str, **graphs: tuple[int, ...]) -> Entry:
    """A query by GET."""
    parameters = (("query", query), *named(**graphs))
    return Entry(name, "query", "GET", parameters, types=frozenset(BOOLEANS))


def bad(
    name: str,
    kind: Kind,
    status: int,
    *,
    method: str = "POST",
    parameters: tuple[tuple[str, str], ...] = (),
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Entry:
    return Entry(name, kind, method, parameters, headers or {}, body, statuses=frozenset({status}))


def update(name: str, text: str, using: tuple[tuple[str, str], ...] = ()) -> Entry:
    """An update by direct POST."""
    return bad(name, "update", 403, parameters=using, headers=UPDATE, body=text.encode())


BOTH = " ".join(f"<{W3C.format(n)}> a ?type ." for n in (1, 2))
EACH = " ".join(f"GRAPH ?g{n} {{ <{W3C.format(n)}> a ?type }}" for n in (1, 2))
# Empties the store and writes into a graph of its own, each in its own way.
WRITING = "DROP ALL ; INSERT DATA {{ GRAPH <urn:x:{0}> {{ <urn:x:{0}> a <urn:x:Written> }} }}"
PEOPLE = (("using-named-graph-uri", "http://example/people"),)

ENTRIES = (
    Entry(
        "query_post_form",
        "query",
        parameters=named(default=(0,)),
        headers=FORM,
        body=b"query=ASK%20%7B%7D",
        types=frozenset(BOOLEANS),
    ),
    get("query_dataset_default_graphs_get", f"ASK {{ {BOTH} }}", default=(1, 2)),
    good("query_dataset_default_graphs_post", f"ASK {{ {BOTH} }}", default=(1, 2)),
    good("query_dataset_named_graphs_post", f"ASK {{ {EACH} }}", named=(1, 2)),
    get("query_dataset_named_graphs_get", f"ASK {{ {EACH} }}", named=(1, 2)),
    good(
        "query_dataset_full",
        f"ASK {{ <{W3C.format(3)}> a ?type {EACH} }}",
        default=(3,),
        named=(1, 2),
    ),
    good("query_multiple_dataset", f"ASK FROM <{W3C.format(3)}> {{ {EACH} }}", named=(1, 2)),
    get("query_get", "ASK {}", default=(0,)),
    good("query_content_type_select", "SELECT (1 AS ?value) {}", types=TABULAR, default=(0,)),
    good("query_content_type_ask", "ASK {}", default=(0,)),
    good(
        "query_content_type_describe",
        "DESCRIBE <http://example.org/>",
        types=TRIPLES,
        default=(0,),
    ),
    good(
        "query_content_type_construct",
        "CONSTRUCT { <s> <p> 1 } WHERE {}",
        types=TRIPLES,
        default=(0,),
    ),
    good("query_post_direct", "ASK {}"),
    bad(
        "bad_query_method",
        "bad query",
        405,
        method="PUT",
        parameters=(("query", "ASK {}"), *named(default=(0,))),
        headers=FORM,
    ),
    bad(
        "bad_multiple_queries",
        "bad query",
        400,
        method="GET",
        parameters=(("query", "ASK {}"), ("query", "SELECT * {}")),
    ),
    bad("bad_query_wrong_media_type", "bad query", 415, headers=TEXT, body=b"ASK {}"),
    bad("bad_query_missing_form_type", "bad query", 415, body=b"query=ASK%20%7B%7D"),
    bad("bad_query_missing_direct_type", "bad query", 415, body=b"ASK {}"),
    bad(
        "bad_query_non_utf8",
        "bad query",
        400,
        headers={"Content-Type": "application/sparql-query; charset=UTF-16"},
        body="ASK {}".encode("utf-16"),
    ),
    bad("bad_query_syntax", "bad query", 400, method="GET", parameters=(("query", "ASK {"),)),
    update(
        "update_dataset_default_graph",
        WRITING.format("one"),
        (("using-graph-uri", W3C.format(1)),),
    ),
    update(
        "update_dataset_default_graphs",
        WRITING.format("two"),
        (("using-graph-uri", W3C.format(1)), ("using-graph-uri", W3C.format(2))),
    ),
    update(
        "update_dataset_named_graphs",
        WRITING.format("three"),
        (("using-named-graph-uri", W3C.format(1)), ("using-named-graph-uri", W3C.format(2))),
    ),
    update(
        "update_dataset_full",
        WRITING.format("four"),
        (("using-graph-uri", W3C.format(1)), ("using-named-graph-uri", W3C.format(2))),
    ),
    bad("update_post_form", "update", 403, headers=FORM, body=b"update=CLEAR+ALL"),
    update("update_post_direct", "CLEAR ALL"),
    update("update_base_uri", "INSERT DATA { GRAPH <urn:x:base> { <urn:x:s> <urn:x:p> <test> } }"),
    bad("bad_update_get", "bad update", 403, method="GET", parameters=(("update", "CLEAR ALL"),)),
    bad(
        "bad_multiple_updates",
        "bad update",
        403,
        headers=FORM,
        body=b"update=CLEAR%20NAMED&update=CLEAR%20DEFAULT",
    ),
    bad("bad_update_wrong_media_type", "bad update", 415, headers=TEXT, body=b"CLEAR NAMED"),
    bad("bad_update_missing_form_type", "bad update", 415, body=b"update=CLEAR%20NAMED"),
    bad(
        "bad_update_non_utf8",
        "bad update",
        400,
        headers={"Content-Type": "application/sparql-update; charset=UTF-16"},
        body="CLEAR NAMED".encode("utf-16"),
    ),
    bad("bad_update_syntax", "bad update", 403, headers=FORM, body=b"update=CLEAR%20XYZ"),
    bad(
        "bad_update_dataset_conflict",
        "bad update",
        403,
        parameters=PEOPLE,
        headers=UPDATE,
        body=b"WITH <urn:x:g> DELETE { ?s ?p 1 } INSERT { ?s ?p 2 } WHERE { ?s ?p 1 }",
    ),
)


def test_the_table_has_every_entry_of_the_manifest() -> None:
    assert len({entry.name for entry in ENTRIES}) == len(ENTRIES) == 34
    assert Counter(entry.kind for entry in ENTRIES) == {
        "query": 13,
        "bad query": 7,
        "update": 7,
        "bad update": 7,
    }


@pytest.mark.parametrize(
    "entry", [e for e in ENTRIES if e.kind == "query"], ids=lambda entry: entry.name
)
def test_query(entry: Entry, small: Service) -> None:
    reply = entry.run(small)
    assert reply.status == 200, reply.body
    assert reply.media_type in entry.types
    if entry.types == BOOLEANS:
        assert json.loads(reply.body)["boolean"] is True


@pytest.mark.parametrize(
    "entry", [e for e in ENTRIES if e.kind != "query"], ids=lambda entry: entry.name
)
def test_refused(entry: Entry, small: Service, unchanged: None) -> None:
    reply = entry.run(small)
    assert reply.status in entry.statuses, reply.body
    assert json.loads(reply.body)["status"] == reply.status


@pytest.fixture
def unchanged(small: Service) -> Iterator[None]:
    """The test changes neither what queries see nor what is on disk."""
    before = _state(small)
    yield
    assert _state(small) == before


def _state(service: Service) -> tuple[list[str], str]:
    # RAND() keeps the answer from being one that is kept.
    everything = (
        "SELECT ?g ?s ?p ?o { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } FILTER(RAND() < 2) }"
    )
    reply = ask(service, everything, {"Accept": "text/csv"})
    assert reply.status == 200
    version = current(service.log.parent)
    assert version is not None
    rows = reply.body.decode("utf-8").splitlines()
    assert len(rows) > 200
    return sorted(rows), hashlib.sha256(Path(version.data).read_bytes()).hexdigest()


# What the suite has no entry for.


def count(service: Service, parameters: str, pattern: str) -> int:
    query = quote(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")
    reply = once(service, "GET", f"/sparql?query={query}&{parameters}", {"Accept": "text/csv"})
    assert reply.status == 200, reply.body
    return int(reply.body.split()[1])


ONE, TWO = (quote(W3C.format(n), safe="") for n in (1, 2))


@pytest.mark.parametrize(
    ("parameters", "default", "in_graphs"),
    [
        ("", 203, 3),
        (f"default-graph-uri={ONE}", 1, 0),
        (f"default-graph-uri={ONE}&default-graph-uri={TWO}", 2, 0),
        (f"default-graph-uri={ONE}&default-graph-uri={ONE}", 1, 0),
        (f"named-graph-uri={ONE}", 0, 1),
        (f"default-graph-uri={ONE}&named-graph-uri={TWO}", 1, 1),
        ("default-graph-uri=urn:x:none", 0, 0),
        ("named-graph-uri=urn:x:none", 0, 0),
        # Only updates know these.
        (f"using-graph-uri={ONE}&using-named-graph-uri={ONE}", 203, 3),
    ],
)
def test_the_dataset_of_a_request(
    small: Service, parameters: str, default: int, in_graphs: int
) -> None:
    assert count(small, parameters, "?s ?p ?o") == default
    assert count(small, parameters, "GRAPH ?g { ?s ?p ?o }") == in_graphs


def test_the_dataset_of_the_request_goes_before_that_of_the_query(small: Service) -> None:
    query = quote(f"SELECT ?s FROM <{W3C.format(1)}> {{ ?s ?p ?o }}")
    accept = {"Accept": "text/csv"}
    own = once(small, "GET", f"/sparql?query={query}", accept)
    assert own.body.decode().split() == ["s", W3C.format(1)]
    other = once(small, "GET", f"/sparql?query={query}&default-graph-uri={TWO}", accept)
    assert other.body.decode().split() == ["s", W3C.format(2)]


@pytest.mark.parametrize("where", ["address", "body", "both"])
def test_graphs_of_a_form_may_be_in_the_address_or_the_body(small: Service, where: str) -> None:
    ask_both = "query=" + quote(f"ASK {{ {BOTH} }}")
    first, second = f"default-graph-uri={ONE}", f"default-graph-uri={TWO}"
    address, body = {
        "address": (f"{first}&{second}", ask_both),
        "body": ("", f"{ask_both}&{first}&{second}"),
        "both": (first, f"{second}&{ask_both}"),
    }[where]
    reply = once(small, "POST", f"/sparql?{address}", FORM, body.encode())
    assert json.loads(reply.body)["boolean"] is True


@pytest.mark.parametrize(
    ("method", "target", "headers", "body"),
    [
        ("POST", "/sparql?query=ASK%7B%7D", QUERY, b"ASK {}"),
        ("POST", "/sparql?query=ASK%7B%7D", FORM, b"query=ASK%7B%7D"),
        ("POST", "/sparql", FORM, b"query=ASK%7B%7D&query=ASK%7B%7D"),
        ("GET", "/sparql?query=ASK%7B%7D&query=ASK%7B%7D", {}, None),
    ],
)
def test_two_queries_in_one_request_are_refused(
    small: Service, method: str, target: str, headers: dict[str, str], body: bytes | None
) -> None:
    reply = once(small, method, target, headers, body)
    assert reply.status == 400
    assert reply.body.count(b"many-queries") == 1


@pytest.mark.parametrize("target", ["/sparql?query", "/sparql?query=", "/sparql?q=ASK"])
def test_no_query_is_refused(small: Service, target: str) -> None:
    assert once(small, "GET", target).status == 400


@pytest.mark.parametrize(
    "iri",
    [
        "data",
        "/data",
        "",
        "http://a b/",
        "<http://a/>",
        "http://a/\r\nX: y",
        "http://[a",
        "http://a/%zz",
    ],
)
@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
def test_a_graph_that_is_no_absolute_iri_is_refused(small: Service, name: str, iri: str) -> None:
    reply = once(small, "GET", f"/sparql?query=ASK%7B%7D&{name}={quote(iri)}")
    assert reply.status == 400
    assert json.loads(reply.body)["type"].endswith("/bad-graph")


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
        "DELETE WHERE { ?s ?p ?o }",
        "LOAD <http://127.0.0.1:1/> INTO GRAPH <urn:g>",
        "CLEAR ALL",
        "DROP ALL",
        "ASK {} ; CLEAR ALL",
    ],
)
def test_an_update_as_a_query_is_refused(small: Service, unchanged: None, text: str) -> None:
    for reply in (ask(small, text), once(small, "POST", "/sparql", QUERY, text.encode())):
        assert reply.status in (400, 403)


def test_relative_iris_have_the_base_of_the_dataset(small: Service) -> None:
    accept = {"Accept": "application/n-triples"}
    reply = ask(small, "CONSTRUCT { <id/city/shanghai> a <t> } {}", accept)
    base = "https://w3id.org/city-practice-graph/"
    assert reply.body.decode().startswith(f"<{base}id/city/shanghai> ")
    own = ask(small, "BASE <http://x.example/> CONSTRUCT { <s> a <t> } {}", accept)
    assert own.body.decode().startswith("<http://x.example/s> ")
