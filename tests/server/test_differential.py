"""The rows that come over HTTP are those of the engine in this process, query by query."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import random
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import quote

import pyoxigraph as ox
import pytest

from kg.catalogue import catalogue
from kg.terms import CONCEPT, ID
from tests.server import rows
from tests.server.conftest import Service
from tests.server.raw import Reply, connect, send
from tests.server.rows import Bag

LEAST = 500
GENERATED = 200
SEED = 20_130_321

VALUES: dict[str, tuple[object, ...]] = {
    "language": ("zh",),
    "integer": (1, 2, 30),
    "decimal": ("0", "10.5"),
    "year": (2019, 2021),
    "text": ("any", "上海 \"'\\ }", "practice"),
}


@pytest.fixture(scope="module")
def line(service: Service) -> Iterator[HTTPConnection]:
    connection = connect(service)
    yield connection
    connection.close()


def named_queries(store: ox.Store) -> Iterator[tuple[str, str]]:
    """Every named query as it stands, and with other values, one parameter at a time."""
    subjects = sorted({q.subject.value for q in store if isinstance(q.subject, ox.NamedNode)})
    chance = random.Random(SEED)
    for query in catalogue().values():
        yield query.name, query.text
        for name, parameter in query.parameters.items():
            for value in values_of(parameter.type, subjects, chance):
                yield f"{query.name} {name}={value}", query.bind({name: value})


def values_of(kind: str, subjects: list[str], chance: random.Random) -> list[object]:
    if kind in VALUES:
        return list(VALUES[kind])
    starts = (ID, CONCEPT) if kind == "thing" else (f"{ID}{kind}/", f"{CONCEPT}{kind}/")
    known = [iri for iri in subjects if iri.startswith(starts) and "#" not in iri]
    assert known, kind
    return [
        *chance.sample(known, min(4, len(known))),
        f"{ID}city/no-such" if kind == "thing" else "no-such",
    ]


class Patterns:
    """Queries made of what the dataset holds, so that most have rows and none has very many.

    Every part of a query shares a variable with the rest, or names its thing.
    """

    def __init__(self, store: ox.Store, chance: random.Random) -> None:
        self.chance = chance
        self.quads = sorted(store.quads_for_pattern(None, None, None, ox.DefaultGraph()), key=str)
        self.of: dict[object, list[ox.Quad]] = {}
        for quad in self.quads:
            self.of.setdefault(quad.subject, []).append(quad)
        self.with_value = Counter((quad.predicate, quad.object) for quad in self.quads)

    def query(self) -> str:
        chance = self.chance
        start = chance.choice(self.quads)
        about = self.of[start.subject]
        # One thing, or all that have a value of a property.
        if chance.random() < 0.5 or self.with_value[start.predicate, start.object] > 100:
            thing, patterns = str(start.subject), []
        else:
            thing, patterns = "?s", [f"?s {start.predicate} {start.object} ."]
        # Two properties of many things with many values each would be a product.
        for number in range(1, 2 if thing == "?s" else chance.randint(2, 3)):
            quad = chance.choice(about)
            patterns.append(f"{thing} {quad.predicate} ?v{number} .")
            onward = self.of.get(quad.object)
            if onward and chance.random() < 0.6:
                patterns.append(f"?v{number} {chance.choice(onward).predicate} ?w{number} .")
        other = chance.choice(about)
        tail = chance.choice(
            [
                "",
                f"OPTIONAL {{ {thing} {other.predicate} ?x }}",
                f"OPTIONAL {{ ?v1 {other.predicate} ?x }} FILTER(BOUND(?x) || !isIRI(?v1))",
                f"MINUS {{ {thing} {other.predicate} {other.object} }}",
                "FILTER(!isLiteral(?v1) || LANG(?v1) IN ('', 'en'))",
                "FILTER(STRLEN(STR(?v1)) > 12)",
                f"FILTER NOT EXISTS {{ ?v1 {other.predicate} ?none }}",
                f"VALUES ?z {{ 1 {other.object} UNDEF }} BIND(STR(?z) AS ?y)",
                f"{{ {thing} {other.predicate} ?x }} UNION {{ {thing} {start.predicate} ?x }}",
                f"GRAPH ?g {{ {thing} {other.predicate} ?x }}",
                f"{thing} {start.predicate}/{other.predicate}? ?x",
                f"{thing} !{start.predicate} ?x",
            ]
        )
        # No form depends on the order of rows.
        form = chance.choice(
            [
                "SELECT * {{ {} }}",
                "SELECT * {{ {} }}",
                "SELECT DISTINCT ?v1 ?x {{ {} }}",
                "SELECT ?v1 (COUNT(*) AS ?n) (MIN(STR(?w1)) AS ?least) {{ {} }} GROUP BY ?v1",
                "SELECT (COUNT(DISTINCT ?v1) AS ?n) (SUM(?v1) AS ?sum) {{ {} }}",
                "SELECT ?v1 {{ {} }} GROUP BY ?v1 HAVING(COUNT(*) > 1) ORDER BY ?v1",
            ]
        )
        return form.format(" ".join([*patterns, tail]))


def test_at_least_so_many_queries_give_the_same_rows(line: HTTPConnection, here: ox.Store) -> None:
    patterns = Patterns(here, random.Random(SEED))
    made = ((f"pattern {n}", patterns.query()) for n in range(GENERATED))
    queries = {text: name for name, text in itertools.chain(named_queries(here), made)}
    assert len(queries) >= LEAST
    with_rows = 0
    wrong = []
    ways = itertools.cycle(itertools.product(FORMATS, ("GET", "form", "direct"), (False, True)))
    for text, name in queries.items():
        answer = here.query(text)
        assert isinstance(answer, ox.QuerySolutions)
        expected = rows.from_engine(answer)
        with_rows += bool(expected)
        accept, way, packed = next(ways)
        reply = ask(line, text, accept, way, packed)
        if reply.status != 200 or not same(accept, reply.body, expected):
            wrong.append((name, accept, way, packed, reply.status, text))
    assert wrong == []
    # An empty answer is soon the same.
    assert with_rows > 0.6 * len(queries)


FORMATS = (
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv",
)


def ask(line: HTTPConnection, query: str, accept: str, way: str, packed: bool) -> Reply:
    headers = {"Accept": accept, "Accept-Encoding": "gzip" if packed else "identity"}
    if way == "GET":
        reply = send(line, "GET", "/sparql?query=" + quote(query), headers)
    elif way == "form":
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        reply = send(line, "POST", "/sparql", headers, b"query=" + quote(query).encode())
    else:
        headers["Content-Type"] = "application/sparql-query"
        reply = send(line, "POST", "/sparql", headers, query.encode())
    if reply.headers.get("content-encoding") == "gzip":
        return Reply(reply.status, reply.headers, gzip.decompress(reply.body))
    return reply


def same(accept: str, body: bytes, expected: Bag) -> bool:
    if accept == "application/sparql-results+json":
        return rows.from_json(body) == expected
    if accept == "application/sparql-results+xml":
        return rows.from_xml(body) == expected
    _, *read = csv.reader(io.StringIO(body.decode("utf-8"), newline=""))
    return Counter(map(tuple, read)) == rows.as_text(expected)
