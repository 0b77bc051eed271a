"""Counts against the answers worked out by hand in the ontology design."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

import kg
from kg.errors import ParameterError, UnknownNameError
from kg.graph import KnowledgeGraph
from kg.terms import shorten

CQ01 = {
    "open-data": 5,
    "integrated-smart-infrastructure": 4,
    "innovation-ecosystem": 3,
    "smart-mobility": 3,
    "digital-housing-community": 3,
    "sustainability-leadership": 3,
    "sustainable-financing": 3,
    "data-driven-decisions": 3,
    "digital-literacy": 3,
    "open-display-channels": 3,
    "active-citizenship": 3,
    "sme-digitalisation": 2,
    "human-centred-resilience": 2,
    "data-collaboration": 2,
    "whole-of-government": 2,
    "digital-rights": 2,
}
CQ03 = {
    "innovation-ecosystem": {"amsterdam", "london"},
    "smart-mobility": {"montreal", "helsinki"},
    "sustainability-leadership": {"vienna", "helsinki"},
    "data-collaboration": {"london", "seoul"},
    "open-data": {"singapore", "helsinki"},
    "digital-literacy": {"barcelona", "singapore"},
}


def slug(iri: str) -> str:
    return iri.rpartition("/")[2]


def test_counts_of_all_cities(article_graph: KnowledgeGraph) -> None:
    counted = article_graph.recurrence()
    assert {slug(row.concept): len(row.cities) for row in counted.rows} == CQ01
    assert len(counted.scope) == 87


def test_counts_of_the_ten_leaders(article_graph: KnowledgeGraph) -> None:
    counted = article_graph.recurrence(leading=10, minimum=2)
    assert {slug(row.concept): {slug(c) for c in row.cities} for row in counted.rows} == CQ03
    assert len(counted.scope) == 10
    assert counted.documented == 9  # New York has no programme on record


def test_shares_have_their_denominator(article_graph: KnowledgeGraph) -> None:
    counted = article_graph.recurrence(leading=10)
    row = next(row for row in counted.rows if slug(row.concept) == "open-data")
    assert row.share == pytest.approx(2 / 10)
    weights = {rank: 1 / math.log2(rank + 1) for rank in range(1, 11)}
    # Singapore is ranked 1 and Helsinki 5.
    assert row.rank_weighted_share == pytest.approx(
        (weights[1] + weights[5]) / sum(weights.values())
    )
    assert {slug(region) for region in row.regions} == {"asia", "europe"}


def test_two_copies_of_one_report_are_one_source(article_graph: KnowledgeGraph) -> None:
    for row in article_graph.recurrence().rows:
        assert [shorten(source) for source in row.sources] == ["source/eden-top50-2021"]


def test_every_count_leads_to_sentences(graph: KnowledgeGraph) -> None:
    for row in graph.recurrence().rows:
        for city in row.cities:
            links = [link for link in row.links if link.city == city]
            assert links
            assert all(link.fragment for link in links)


def test_a_theme_counts_what_is_below_it(article_graph: KnowledgeGraph) -> None:
    themes = {slug(row.concept): row for row in article_graph.recurrence(level=1).rows}
    assert len(themes["public-participation"].cities) == 11  # CQ14


@pytest.mark.parametrize("facet", ["technology", "mechanism", "outcome-type", "domain"])
def test_other_facets_count_too(graph: KnowledgeGraph, facet: str) -> None:
    counted = graph.recurrence(by=facet)
    assert len(counted.rows) > 5
    assert all(1 <= len(row.cities) <= 87 for row in counted.rows)


def test_wrong_calls_say_what_is_possible(graph: KnowledgeGraph) -> None:
    with pytest.raises(UnknownNameError, match="technology"):
        graph.recurrence(by="colour")
    with pytest.raises(UnknownNameError, match="eden-top50-2021"):
        graph.recurrence(edition="eden-top50-1999")
    with pytest.raises(ParameterError):
        graph.recurrence(level=7)
    with pytest.raises(ParameterError):
        graph.recurrence(leading=0)


def test_facts_without_a_ranking_are_counted_but_have_no_leaders() -> None:
    small = kg.open(Path(__file__).parent / "facts")
    counted = small.recurrence()
    assert counted.rows
    assert {row.rank_weighted_share for row in counted.rows} == {None}
    with pytest.raises(UnknownNameError, match="edition"):
        small.recurrence(leading=10)
