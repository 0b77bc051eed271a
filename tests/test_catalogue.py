"""Every named query gives its expected rows on three engines."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg.catalogue import NamedQuery, catalogue, read_query, run_query
from kg.errors import ParameterError, QueryError, UnknownNameError
from kg.graph import KnowledgeGraph
from kg.results import Table
from kg.store.embedded import EmbeddedStore
from kg.store.remote import RemoteStore

if TYPE_CHECKING:
    import rdflib

EXPECTED = Path(__file__).parent / "expected"
QUERIES = list(catalogue().values())
IDS = [query.name for query in QUERIES]
# Queries whose answers are all about cities outside the part of the facts that rdflib gets.
NOTHING_IN_PART: frozenset[str] = frozenset()
Rows = list[tuple[str, ...]]


def expected_rows(query: NamedQuery) -> tuple[list[str], Rows]:
    with (EXPECTED / f"{query.name}.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return header, sorted(tuple(row) for row in rows)


def on_article(query: NamedQuery) -> bool:
    """Competency questions are asked of the first source alone."""
    return "competency" in query.tags and query.name != "cq25-conflicts"


def csv_rows(table: object) -> tuple[list[str], Rows]:
    assert isinstance(table, Table)
    header, *rows = csv.reader(table.to_csv().splitlines())
    return header, sorted(tuple(row) for row in rows)


@pytest.mark.parametrize("query", QUERIES, ids=IDS)
def test_rows_on_pyoxigraph(
    query: NamedQuery, graph: KnowledgeGraph, article_graph: KnowledgeGraph
) -> None:
    chosen = article_graph if on_article(query) else graph
    assert csv_rows(chosen.store.query(query.text)) == expected_rows(query)


@pytest.mark.parametrize("query", QUERIES, ids=IDS)
def test_rows_on_rdflib(
    query: NamedQuery, part: EmbeddedStore, rdflib_part: rdflib.Dataset
) -> None:
    result = rdflib_part.query(query.text)
    assert result.vars is not None
    rows = sorted(tuple("" if cell is None else str(cell) for cell in row) for row in result)  # type: ignore[union-attr]
    expected = csv_rows(part.query(query.text))
    assert ([str(name) for name in result.vars], rows) == expected
    assert rows or query.name in NOTHING_IN_PART


@pytest.mark.parametrize("query", QUERIES, ids=IDS)
def test_rows_on_a_server(query: NamedQuery, endpoint: str, article_endpoint: str) -> None:
    store = RemoteStore(article_endpoint if on_article(query) else endpoint)
    assert csv_rows(store.query(query.text)) == expected_rows(query)


def test_enough_questions() -> None:
    competency = [name for name in IDS if name.startswith("cq")]
    assert len(competency) == 28
    assert len(IDS) - len(competency) >= 16


def test_every_query_has_rows() -> None:
    empty = [query.name for query in QUERIES if not expected_rows(query)[1]]
    assert empty == []


def test_a_parameter_changes_the_answer(graph: KnowledgeGraph) -> None:
    literacy, sme = (
        {
            str(row["city"]).rpartition("/")[2]
            for row in graph.run("programmes-with-practice", practice=practice).records()
        }
        for practice in ("digital-literacy", "sme-digitalisation")
    )
    assert literacy >= {"barcelona", "san-francisco", "singapore"}
    assert sme == {"busan", "hong-kong", "jakarta", "singapore"}


def test_a_rank_is_never_shown_without_its_method_or_edition() -> None:
    """IMD changed its method in 2023, and a city has ranks in several series."""
    for query in QUERIES:
        if "cpg:rank ?" in query.text:
            one_edition = any(p.type == "edition" for p in query.parameters.values())
            assert (
                one_edition or "cpg:rankingMethod" in query.text or "edition:eden" in query.text
            ), query.name


def test_queries_that_read_disputed_columns_carry_a_caution() -> None:
    for query in QUERIES:
        if "cpg:score ?" in query.text and "cpg:factor ?" in query.text:
            assert query.caution, query.name
            assert "people-centricity" in query.caution["en"]
            assert "以人为本" in query.caution["zh"]


def test_a_city_is_ranked_once_in_an_edition(graph: KnowledgeGraph) -> None:
    """A place among the cities of one country is not a place in the edition."""
    edition = "eden-top50-2021"
    for answer in (
        graph.run("documented-leaders", edition=edition, leading=50),
        graph.run("edition-ranks", edition=edition),
        graph.run("rank-movement", later=edition),
    ):
        cities = [row["city"] for row in answer.records()]
        assert len(cities) == len(set(cities))


def test_names_speak_the_chosen_language(graph: KnowledgeGraph) -> None:
    rows = graph.run("cq05-ranking", language="zh").records()
    assert [row["name"] for row in rows][:3] == ["新加坡", "首尔", "伦敦"]


def test_disputed_figures_are_numbers_and_texts_are_in_one_language(graph: KnowledgeGraph) -> None:
    def han(text: object) -> bool:
        return any("\u4e00" <= letter <= "\u9fff" for letter in str(text))

    english = graph.run("disputed-statements").records()
    assert not any("/measurement/" in str(row["value"]) for row in english)
    assert not any(han(row["value"]) for row in english)
    beijing = [row for row in english if str(row["about"]).endswith("/reports-received")]
    assert {(row["value"], row["year"]) for row in beijing} == {
        (140_000_000, 2024),
        (150_000_000, 2024),
    }
    assert {str(row["unit"]).rpartition("/")[2] for row in beijing} == {"one"}
    scores = {str(row["subject"]) for row in english if str(row["property"]).endswith("#score")}
    assert scores == {"https://w3id.org/city-practice-graph/id/city/shanghai"}
    chinese = graph.run("disputed-statements", language="zh").records()
    texts = [row for row in chinese if str(row["property"]).endswith("/description")]
    assert len(chinese) == len(english)
    assert texts
    assert all(han(row["value"]) for row in texts)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("city", "singapore> } ; DROP ALL #"),
        ("city", "singapore } { ?s ?p ?o"),
        ("city", "../practice/open-data x"),
        ("city", ""),
    ],
)
def test_a_value_cannot_leave_its_block(graph: KnowledgeGraph, name: str, value: str) -> None:
    with pytest.raises(ParameterError):
        run_query(graph.store, "city-profile", {name: value})


def test_a_text_is_bound_as_a_literal(graph: KnowledgeGraph) -> None:
    assert graph.run("concept-tree", scheme='x" } UNION { ?s ?p ?o } #').rows == ()


def test_unknown_query_names_the_closest(graph: KnowledgeGraph) -> None:
    with pytest.raises(UnknownNameError, match="city-profile"):
        graph.run("city-profil")


def test_unknown_parameter_names_the_known(graph: KnowledgeGraph) -> None:
    with pytest.raises(ParameterError, match="city"):
        graph.run("city-profile", town="singapore")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("SELECT * {}", "no #\\+ header"),
        ("#+ summary: x\nSELECT * {}", "summary needs en and zh"),
        ("#+ summary: {en: a, zh: b}\n#+ question: {en: a, zh: b}\n#+ chart: pie\n", "chart pie"),
        (
            (
                "#+ summary: {en: a, zh: b}\n#+ question: {en: a, zh: b}\n"
                "#+ params: {city: {type: city, help: {en: a, zh: b}}}\nSELECT * {}"
            ),
            "0 data blocks",
        ),
    ],
)
def test_a_bad_header_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "bad.rq"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(QueryError, match=problem):
        read_query(path)
