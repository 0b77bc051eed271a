"""The coding of practices: what is committed, what the graph says, and the counts it came from."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict

import pytest

from kg.graph import KnowledgeGraph
from kg.resources import ontology_folder
from kg.terms import shorten
from tests import quality

with (ontology_folder() / "coding" / "practices.csv").open(encoding="utf-8", newline="") as _file:
    CODING = list(csv.DictReader(_file))

# Records and cities of each practice as the collectors of the records published them.
PUBLISHED = {
    "data-driven-decisions": (38, 31),
    "integrated-smart-infrastructure": (40, 30),
    "whole-of-government": (42, 29),
    "innovation-ecosystem": (34, 27),
    "active-citizenship": (26, 21),
    "smart-mobility": (24, 19),
    "digital-literacy": (21, 19),
    "open-data": (19, 17),
    "sustainability-leadership": (20, 13),
    "data-collaboration": (15, 11),
    "digital-rights": (17, 11),
    "digital-housing-community": (11, 11),
    "sustainable-financing": (10, 10),
    "human-centred-resilience": (10, 7),
    "open-display-channels": (9, 7),
    "sme-digitalisation": (5, 3),
}


@pytest.fixture(scope="module")
def in_graph(graph: KnowledgeGraph) -> dict[str, set[str]]:
    """Programme to its practices of level 3, by the project's own reading of pages."""
    table = graph.query(
        """PREFIX claim-status: <https://w3id.org/city-practice-graph/concept/claim-status/>
        PREFIX cpg: <https://w3id.org/city-practice-graph/ontology#>
        SELECT DISTINCT ?programme ?practice WHERE {
          GRAPH ?claim { ?programme cpg:implementsPractice ?practice }
          ?claim cpg:claimStatus claim-status:editorial ; cpg:confidence ?confidence .
          ?practice cpg:practiceLevel 3 }"""
    )
    found: dict[str, set[str]] = defaultdict(set)
    for programme, practice in table.values():
        found[str(programme).rpartition("/")[2]].add(str(practice).rpartition("/")[2])
    return found


def test_the_records_are_those_that_were_published() -> None:
    records: Counter[str] = Counter()
    cities: dict[str, set[str]] = defaultdict(set)
    for row in CODING:
        for practice in row["before"].split():
            records[practice] += 1
            cities[practice].add(row["city"])
    assert len(CODING) == 285
    counted = {name: (number, len(cities[name])) for name, number in records.items() if name != "-"}
    assert counted == PUBLISHED


def test_every_recoding_has_a_reason() -> None:
    for row in CODING:
        changed = set(row["before"].split()) != set(row["coded"].split())
        assert changed == bool(row["reason"]) or row["before"] == "-", row["record"]


def test_the_graph_says_what_was_coded(in_graph: dict[str, set[str]]) -> None:
    coded: dict[str, set[str]] = defaultdict(set)
    final = quality.final_coding()
    for row in CODING:
        coded[row["programme"]] |= set(final[row["record"]])
    for row in quality.rows("splits.csv"):
        coded[row["programme"]] |= set(quality.practices(row["coded"]))
    assert in_graph == {name: practices for name, practices in coded.items() if practices}


def test_a_new_specific_practice_is_shared(graph: KnowledgeGraph) -> None:
    """Level 4 grew only where two programmes or more share a practice."""
    table = graph.query(
        """PREFIX claim-status: <https://w3id.org/city-practice-graph/concept/claim-status/>
        PREFIX cpg: <https://w3id.org/city-practice-graph/ontology#>
        PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        SELECT ?practice (COUNT(DISTINCT ?programme) AS ?programmes)
          (COUNT(DISTINCT ?above) AS ?parents) (MAX(?first) AS ?of_first) WHERE {
          ?practice cpg:practiceLevel 4 ; skos:broader ?above .
          ?programme cpg:implementsPractice ?practice .
          BIND(EXISTS { GRAPH ?claim { ?any cpg:implementsPractice ?practice }
            FILTER NOT EXISTS { ?claim cpg:confidence ?confidence } } AS ?first) }
        GROUP BY ?practice"""
    )
    lonely = [
        shorten(str(row["practice"]))
        for row in table.records()
        if not row["of_first"] and int(str(row["programmes"])) < 2
    ]
    assert lonely == []
    assert {int(str(row["parents"])) for row in table.records()} == {1}
