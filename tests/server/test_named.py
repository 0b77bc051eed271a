"""The named queries by HTTP: the same rows as at home, and values that stay values."""

from __future__ import annotations

import csv
import json
import urllib.parse
from collections.abc import Iterable, Mapping
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator

from kg.catalogue import NamedQuery, catalogue, to_term
from kg.graph import KnowledgeGraph
from kg.server.formats import TABLES
from tests.server.conftest import Service
from tests.test_catalogue import csv_rows, expected_rows, on_article

QUERIES = list(catalogue().values())
IDS = [query.name for query in QUERIES]
TAKEN = [(query, parameter) for query in QUERIES for parameter in query.parameters.values()]
NAMES = [(query, parameter) for query, parameter in TAKEN if parameter.type != "text"]
WORDS = [(query, parameter) for query, parameter in TAKEN if parameter.type == "text"]
PAYLOADS = (
    'x" } UNION { ?s ?p ?o } #',
    "singapore> } UNION { ?s ?p ?o } #",
    "singapore } UNION { ?s ?p ?o",
    "} UNION {",
    "singapore\n} { ?s ?p ?o }",
    "singapore #",
    "singapore' ; DROP ALL",
    "\\u0022 } #",
    '"""',
    "\\",
    "\x00",
    "${city}",
    "%7D",
    "../practice/open-data",
    # The text of a data block of the query itself: it must not be taken for one.
    'VALUES ?language { "zh-Hans" }',
    "VALUES ?city { city:singapore }",
)


def address(name: str, *pairs: tuple[str, str]) -> str:
    return f"/queries/{name}" + ("?" + urllib.parse.urlencode(pairs) if pairs else "")


def rows(body: bytes) -> tuple[list[str], list[tuple[str, ...]]]:
    header, *lines = csv.reader(body.decode("utf-8").splitlines())
    return header, sorted(tuple(line) for line in lines)


def explicit(query: NamedQuery) -> list[tuple[str, str]]:
    return [
        (parameter.name, value)
        for parameter in query.parameters.values()
        for value in parameter.defaults
    ]


def refused(service: Service, path: str, language: str = "en") -> dict[str, Any]:
    status, headers, body = service.get(path, {"Accept-Language": language})
    assert status == 400, body
    assert headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = json.loads(body)
    assert problem["type"].endswith("/problem/parameter")
    return problem


@pytest.mark.parametrize("query", QUERIES, ids=IDS)
def test_rows_by_http(query: NamedQuery, service: Service, graph: KnowledgeGraph) -> None:
    if on_article(query):
        # Their expected rows are those of the first source alone.
        expected = csv_rows(graph.store.query(query.text))
    else:
        expected = expected_rows(query)
    status, headers, body = service.get(address(query.name + ".csv"))
    assert (status, headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert headers["content-disposition"] == f'inline; filename="{query.name}.csv"'
    assert rows(body) == expected
    # The defaults that the description names are those of the file.
    status, headers, body = service.get(address(query.name + ".json", *explicit(query)))
    assert (status, headers["content-type"]) == (200, "application/sparql-results+json")
    answer = json.loads(body)
    names = answer["head"]["vars"]
    found = [
        tuple(row[name]["value"] if name in row else "" for name in names)
        for row in answer["results"]["bindings"]
    ]
    assert (names, sorted(found)) == expected


def test_every_format(service: Service) -> None:
    for form in TABLES.values():
        status, headers, body = service.get(address("editions" + form.suffix))
        assert status == 200
        assert headers["content-type"].partition(";")[0] == form.media_types[0]
        assert headers["content-disposition"] == f'inline; filename="editions{form.suffix}"'
        assert b"eden-top50-2021" in body
        negotiated = service.get(address("editions"), {"Accept": form.media_types[0]})
        assert (negotiated[0], negotiated[2]) == (200, body)
    status, _, body = service.get(address("editions"), {"Accept": "image/png"})
    assert status == 406
    assert "text/csv" in json.loads(body)["detail"]


def test_parameters(service: Service) -> None:
    def programmes(*pairs: tuple[str, str]) -> set[str]:
        _, lines = rows(service.get(address("city-profile.csv", *pairs))[2])
        return {line[0] for line in lines}

    helsinki, busan = programmes(("city", "helsinki")), programmes(("city", "busan"))
    assert helsinki
    assert busan
    assert not helsinki & busan
    assert programmes(("city", "city/helsinki")) == helsinki
    whole = "https://w3id.org/city-practice-graph/id/city/helsinki"
    assert programmes(("city", whole)) == helsinki
    assert programmes(("city", "helsinki"), ("city", "busan")) == helsinki | busan
    assert programmes(("city", "no-such-city")) == set()
    thing = rows(service.get(address("thing.csv", ("thing", "concept/practice/open-data")))[2])
    assert thing[1]
    assert thing == rows(service.get(address("thing.csv", ("thing", "practice/open-data")))[2])


def test_a_value_given_twice_counts_once(service: Service) -> None:
    one = service.get(address("observations.csv", ("thing", "city/shanghai")))
    two = service.get(
        address("observations.csv", ("thing", "city/shanghai"), ("thing", "city/shanghai"))
    )
    assert one[1]["etag"] == two[1]["etag"]


def test_language_of_names(service: Service) -> None:
    def first(*pairs: tuple[str, str], headers: Mapping[str, str] | None = None) -> str:
        _, lines = rows(service.get(address("cq05-ranking.csv", *pairs), headers)[2])
        return min(lines, key=lambda line: int(line[0]))[2]

    assert first() == "Singapore"
    for pair in (("lang", "zh"), ("language", "zh"), ("language", "zh-Hans")):
        assert first(pair) == "新加坡"
    # The address alone decides, so that it gives everybody the same.
    assert first(headers={"Accept-Language": "zh"}) == "Singapore"
    # A query without names pays no heed to the short form, so that clients may always send it.
    plain = service.get(address("claims-by-status.csv"))
    assert service.get(address("claims-by-status.csv", ("lang", "zh")))[2] == plain[2]


@pytest.mark.parametrize(
    ("path", "parameter", "allowed", "english", "chinese"),
    [
        (
            "city-profile.csv?town=singapore",
            "town",
            ["language", "city"],
            "has no parameter 'town'. Its parameters: language, city.",
            "没有参数“town”",
        ),
        ("city-profile.csv?city=", "city", None, "takes city, not ''", "应为 city"),
        ("city-profile.csv?city=S%C3%A3o", "city", None, "not 'São'", "而不是“São”"),
        ("cq05-ranking.json?leading=ten", "leading", None, "takes integer", "应为 integer"),
        ("cq05-ranking.json?leading=1.5", "leading", None, "takes integer", "应为 integer"),
        ("cq05-ranking?leading=3&leading=5", "leading", None, "one value, not 2", "只取一个值"),
        ("cq24-where-is-a-figure?number=NaN", "number", None, "takes decimal", "decimal"),
        ("cq24-where-is-a-figure?number=1E999999999", "number", None, "takes decimal", "decimal"),
        ("editions.csv?lang=fr", "language", ["en", "zh", "zh-Hans"], "en / zh", "en / zh"),
        ("editions.csv?lang=en&language=zh", "language", None, "one value", "只取一个值"),
        ("thing.csv?thing=http://example.org/a", "thing", None, "takes thing", "thing"),
        ("thing.csv?thing=open-data", "thing", None, "takes thing", "thing"),
    ],
)
def test_a_parameter_that_is_not_right(
    service: Service,
    path: str,
    parameter: str,
    allowed: list[str] | None,
    english: str,
    chinese: str,
) -> None:
    problem = refused(service, f"/queries/{path}")
    assert problem["parameter"] == parameter
    if allowed is not None:
        assert problem["allowed"] == allowed
    assert english in problem["detail"]
    assert chinese in refused(service, f"/queries/{path}", "zh-CN")["detail"]


def test_an_unknown_query(service: Service) -> None:
    for name in ("city-profil", "city-profile.html", "../city-profile", "city-profile/"):
        status, _, body = service.get(address(urllib.parse.quote(name) + ".csv"))
        assert status == 404
        problem = json.loads(body)
        assert problem["type"].endswith("/problem/unknown-query")
        assert "city-profile" in problem["detail"].partition("Closest")[2]
    status, _, body = service.get(address("x" * 20_000), {"Accept-Language": "zh"})
    assert status == 404
    assert "没有名为" in json.loads(body)["title"]
    assert len(body) < 1_000


@pytest.mark.parametrize(("query", "parameter"), NAMES, ids=lambda item: item.name)
def test_names_and_numbers_cannot_carry_a_query(
    query: NamedQuery, parameter: Any, service: Service
) -> None:
    for payload in PAYLOADS:
        problem = refused(service, address(query.name + ".csv", (parameter.name, payload)))
        assert problem["parameter"] == parameter.name


@pytest.mark.parametrize(("query", "parameter"), WORDS, ids=lambda item: item.name)
def test_words_stay_words(query: NamedQuery, parameter: Any, service: Service) -> None:
    named = json.loads(service.get(address(query.name + ".json"))[2])
    for payload in PAYLOADS:
        # All parameters at once: none may reach into the block of another.
        others = [pair for pair in explicit(query) if pair[0] != parameter.name]
        for pairs in ([(parameter.name, payload), *others], [*others, (parameter.name, payload)]):
            status, _, body = service.get(address(query.name + ".json", *pairs))
            assert status == 200, body
            answer = json.loads(body)
            assert answer["head"] == named["head"]
            assert answer["results"]["bindings"] == []


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_word_is_read_back_as_it_was(word: str) -> None:
    parameter = catalogue()["concept-tree"].parameters["scheme"]
    query = f"SELECT ?word WHERE {{ VALUES ?word {{ {to_term(parameter, word)} }} }}"
    answer = ox.Store().query(query)
    assert isinstance(answer, ox.QuerySolutions)
    assert [row["word"].value for row in answer] == [word]


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**40), max_value=10**40))
def test_a_decimal_is_one_for_sparql(number: object) -> None:
    term = to_term(catalogue()["cq24-where-is-a-figure"].parameters["number"], number)
    answer = ox.Store().query(f"ASK {{ FILTER(DATATYPE({term}) = DATATYPE(1.0)) }}")
    assert isinstance(answer, ox.QueryBoolean)
    assert bool(answer)
    assert isinstance(term, ox.Literal)
    assert set(term.value) <= set("-.0123456789")


def test_the_list(service: Service) -> None:
    status, headers, body = service.get("/queries")
    assert (status, headers["content-type"]) == (200, "application/json")
    assert service.get("/queries/")[2] == body
    listed = {entry["name"]: entry for entry in json.loads(body)["queries"]}
    assert list(listed) == IDS
    for query in QUERIES:
        entry = listed[query.name]
        assert entry["question"] == query.question
        assert entry["caution"] == query.caution
        assert [item["name"] for item in entry["parameters"]] == list(query.parameters)
        status, _, alone = service.get(entry["links"]["about"])
        assert (status, json.loads(alone)) == (200, entry)
        status, headers, text = service.get(entry["links"]["query"])
        assert (status, headers["content-type"]) == (200, "application/sparql-query")
        assert text == query.path.read_bytes()
    groups = listed["cq21-vulnerable-groups"]["parameters"][1]
    assert groups["default"][:2] == ["older-people", "children"]
    assert groups["repeatable"] is True
    assert listed["names"]["parameters"][1]["default"] == []


def test_a_caution_goes_with_the_rows(service: Service) -> None:
    for query in QUERIES:
        for tried in range(2):  # made and kept
            link = service.get(address(query.name + ".csv"))[1]["link"]
            assert link.startswith(f'</queries/{query.name}.about>; rel="describedby"'), tried
            assert ("title=" in link) == (query.caution is not None)
            assert query.caution is None or query.caution["en"] in link


def test_the_endpoint_does_not_take_on_the_fields_of_a_named_query(service: Service) -> None:
    query = catalogue()["schemes"]
    named = service.get(address("schemes.csv"))
    free = service.get(
        "/sparql?" + urllib.parse.urlencode({"query": query.text}), {"Accept": "text/csv"}
    )
    assert free[2] == named[2]
    assert free[1]["etag"] == named[1]["etag"]
    assert "content-disposition" not in free[1]
    assert "link" not in free[1]


@pytest.mark.parametrize(
    "path",
    [
        "/queries",
        "/queries/schemes.csv",
        "/queries/schemes",
        "/queries/schemes.rq",
        "/queries/schemes.about",
        "/openapi.json",
    ],
)
def test_http(service: Service, path: str) -> None:
    status, headers, body = service.get(path)
    assert status == 200
    assert headers["access-control-allow-origin"] == "*"
    assert "max-age" in headers["cache-control"]
    head = service.get(path, method="HEAD")
    assert (head[0], head[2]) == (200, b"")
    assert head[1]["content-length"] == str(len(body))
    assert head[1]["etag"] == headers["etag"]
    again = service.get(path, {"If-None-Match": headers["etag"]})
    assert (again[0], again[2]) == (304, b"")
    assert again[1]["etag"] == headers["etag"]
    packed = service.get(path, {"Accept-Encoding": "gzip"})
    assert packed[1]["etag"] != headers["etag"]
    assert service.get(path, {"If-None-Match": packed[1]["etag"]})[0] == 200
    status, headers, _ = service.get(path, data=b"x", method="POST")
    assert (status, headers["allow"]) == (405, "GET, HEAD")


def operations(description: Mapping[str, Any]) -> Iterable[tuple[str, str, Mapping[str, Any]]]:
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


@pytest.fixture(scope="module")
def description(service: Service) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(service.get("/openapi.json")[2])
    return read


def test_the_description_is_openapi(description: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(description).validate()
    assert {f"/queries/{name}" for name in IDS} <= set(description["paths"])


def test_the_description_speaks_both_languages(description: dict[str, Any]) -> None:
    for path, method, operation in operations(description):
        assert any("\u4e00" <= letter <= "\u9fff" for letter in operation["summary"]), path
        assert operation["summary"].isascii() is False, method
        for parameter in operation.get("parameters", []):
            assert "$ref" in parameter or " / " in parameter["description"]


def test_all_that_is_described_answers(service: Service, description: dict[str, Any]) -> None:
    tried = set()
    for path, method, operation in operations(description):
        pairs, places = [], {}
        for parameter in operation.get("parameters", []):
            if "$ref" in parameter:
                pairs.append(("lang", "zh"))
                continue
            schema = parameter["schema"]
            if parameter["in"] == "path":
                places[parameter["name"]] = schema["enum"]
            elif parameter["name"] == "query":
                pairs.append(("query", "ASK {}"))
            elif "default" in schema and parameter["name"] != "language":
                default = schema["default"]
                values = default if isinstance(default, list) else [default]
                pairs += [(parameter["name"], str(value)) for value in values]
        ends = [
            path.format(name=name, ending=ending)
            for name in places.get("name", [""])[:3]
            for ending in places.get("ending", [""])
        ]
        data = b"query=ASK%7B%7D" if method == "post" else None
        for end in ends:
            encoded = "?" + urllib.parse.urlencode(pairs) if pairs else ""
            status, headers, body = service.get(end + encoded, data=data, method=method.upper())
            assert status == 200, (end, body)
            media = headers["content-type"].partition(";")[0]
            assert media in operation["responses"]["200"]["content"], end
            tried.add(path)
    assert tried == set(description["paths"])
    problem = refused(service, "/queries/editions?lang=fr")
    known = description["components"]["schemas"]["Problem"]
    assert set(known["required"]) <= set(problem) <= set(known["properties"])
