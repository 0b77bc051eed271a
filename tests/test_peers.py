"""Peers: context part by part, likeness in practice by hand and against chance, and its claims."""

from __future__ import annotations

import math
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pyoxigraph as ox
import pytest
from numpy.typing import NDArray
from scipy.stats import hypergeom

import kg
from kg.errors import ParameterError, UnknownNameError
from kg.graph import KnowledgeGraph
from kg.recurrence import IncidenceMatrix, Link, Scope, read_matrix
from kg.recurrence.peers import (
    FEWEST_FOR_POPULARITY,
    PARTS,
    POPULATIONS,
    WEIGHTS,
    Context,
    Figure,
    Peer,
    chance_by_popularity,
    chance_of_equals,
    closeness,
    find_peers,
    gower,
    overlap_distribution,
    overlaps,
    read_context,
)
from kg.store.embedded import EmbeddedStore
from kg.terms import expand

URBAN, MUNICIPAL = POPULATIONS


def figure(value: str | float, about: str = "about", year: int | None = None) -> Figure:
    return Figure(value, about, year, ("claim/x",))


def build(cells: dict[str, set[str]], *, nested: bool = False) -> IncidenceMatrix:
    """A matrix from sets of concepts by city; each cell has one programme and one claim."""
    links = [
        Link(
            concept=concept,
            direct="narrow" if nested and concept == "broad" else concept,
            city=city,
            region="",
            programme=f"programme/{city}-{concept}",
            claim=f"claim/{city}-{concept}",
            fragment=f"fragment/{city}",
            source=f"source/{city}",
        )
        for city, concepts in cells.items()
        for concept in sorted(concepts)
    ]
    return IncidenceMatrix(
        facet="practice",
        scope=Scope(),
        cities=tuple(cells),
        concepts=tuple(sorted({link.concept for link in links})),
        links=tuple(links),
        ranks=dict.fromkeys(cells),
        regions={},
    )


def context(**known: Any) -> Context:
    names = ("regions", "subregions", "populations", "ranks", "factors")
    return Context("edition", *(known.get(name, {}) for name in names))


def part(peer: Peer, name: str) -> float | None:
    return next(part.similarity for part in peer.parts if part.name == name)


# Gower's coefficient


def test_gower_agrees_with_daisy_of_r() -> None:
    """Five loans and the dissimilarities of ``daisy(x, metric="gower")`` of the R package cluster.

    Read in the code of the book Practical Statistics for Data Scientists (github.com/gedeck/
    practical-statistics-for-data-scientists, R/notebooks/Chapter 7 - Unsupervised Learning.ipynb).
    """
    ratio = np.array([1.00, 5.55, 18.08, 10.08, 7.06])
    payment = np.array([2.39320, 4.57170, 9.71600, 12.21520, 3.90888])
    home = np.array(["RENT", "OWN", "RENT", "RENT", "RENT"])
    purpose = np.array(["major_purchase", "small_business", "other", "debt_consolidation", "other"])
    printed = {
        0: [0.6220479, 0.6863877, 0.6329040, 0.3772789],
        1: [0.8143398, 0.7608561, 0.5389727],
        2: [0.4307083, 0.3091088],
        3: [0.5056250],
    }
    for row, expected in printed.items():
        rest = slice(row + 1, None)
        parts = np.column_stack(
            [
                closeness(ratio[row], ratio[rest], float(np.ptp(ratio))),
                closeness(payment[row], payment[rest], float(np.ptp(payment))),
                home[rest] == home[row],
                purpose[rest] == purpose[row],
            ]
        )
        found = 1 - gower(parts, np.ones(4)).similarity
        assert found == pytest.approx(expected, abs=1e-6)


def test_what_is_missing_is_left_out_and_bounded() -> None:
    parts = np.array([[1.0, 0.5, np.nan], [np.nan, np.nan, np.nan], [0.0, 0.5, 1.0]])
    found = gower(parts, np.array([1.0, 2.0, 1.0]))
    assert found.similarity[[0, 2]] == pytest.approx([(1 + 1) / 3, (0 + 1 + 1) / 4])
    assert math.isnan(found.similarity[1])
    assert found.known == pytest.approx([3 / 4, 0, 1])
    assert found.least == pytest.approx([2 / 4, 0, 2 / 4])
    assert found.most == pytest.approx([3 / 4, 1, 2 / 4])


def test_numbers_without_a_range_agree() -> None:
    assert closeness(3.0, np.array([3.0, np.nan]), 0.0)[0] == 1
    assert closeness(0.0, np.array([1.0, 4.0]), 4.0) == pytest.approx([0.75, 0.0])


# likeness in practice


def test_jaccard_and_overlap_by_hand() -> None:
    home = np.array([1, 1, 1, 0, 0], dtype=bool)
    others = np.array([[1, 1, 0, 0, 0], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1]], dtype=bool)
    found = overlaps(home, others)
    assert (found.own, found.theirs.tolist(), found.shared.tolist()) == (3, [2, 0, 5], [2, 0, 3])
    assert found.jaccard[[0, 2]] == pytest.approx([2 / 3, 3 / 5])
    assert found.overlap[[0, 2]] == pytest.approx([1.0, 1.0])
    assert np.isnan([found.jaccard[1], found.overlap[1]]).all()
    assert np.isnan(overlaps(home & False, others).overlap).all()


def test_chance_of_equal_practices_by_hand() -> None:
    home = np.array([1, 1, 1, 0, 0], dtype=bool)
    others = np.array([[1, 1, 0, 0, 0], [1, 1, 1, 1, 1]], dtype=bool)
    found = chance_of_equals(home, others)
    # Two of five drawn: both among the three in 3 of 10 ways; mean 6/5, variance 9/25.
    assert found.p_value == pytest.approx([3 / 10, 1])
    assert found.expected == pytest.approx([6 / 5, 3])
    assert found.z[0] == pytest.approx((2 - 6 / 5) / (3 / 5))
    assert math.isnan(found.z[1])  # who has all practices shares all of ours in any case


def test_equal_odds_give_the_hypergeometric_distribution_of_scipy() -> None:
    home = np.arange(40) < 13
    sizes = np.array([0, 1, 7, 20, 39, 40])
    found = overlap_distribution(home, sizes, np.full((6, 40), 0.3))
    expected = hypergeom.pmf(np.arange(14), 40, 13, sizes[:, None])
    assert found == pytest.approx(expected, abs=1e-9)


def test_unequal_odds_agree_with_all_draws_counted_one_by_one() -> None:
    odds = np.array([4.0, 0.5, 1.0, 0.1, 2.0, 0.05, 30.0])
    home = np.array([1, 0, 1, 1, 0, 0, 1], dtype=bool)
    for size in range(8):
        weights = np.zeros(5)
        for drawn in combinations(range(7), size):
            weights[home[list(drawn)].sum()] += odds[list(drawn)].prod()
        found = overlap_distribution(home, np.array([size]), odds[None, :])
        assert found[0] == pytest.approx(weights / weights.sum(), abs=1e-9)


def test_extreme_odds_and_sizes_stay_finite() -> None:
    odds = np.exp(np.random.default_rng(0).normal(0, 5, (5, 400)))
    found = overlap_distribution(np.arange(400) < 200, np.array([0, 1, 200, 399, 400]), odds)
    assert np.isfinite(found).all()
    assert found.sum(axis=1) == pytest.approx(np.ones(5))
    assert found[0, 0] == found[4, 200] == pytest.approx(1)


def test_sharing_what_all_have_is_no_likeness() -> None:
    """A practice of all cities and one of two cities: only the second says something."""
    others = np.zeros((21, 6), dtype=bool)
    others[:, 0] = True
    others[:, 1:] = np.eye(5, dtype=bool)[np.arange(21) % 5]
    others[0], others[1] = [1, 1, 0, 0, 0, 0], [1, 0, 1, 0, 0, 0]
    home = np.array([1, 1, 0, 0, 0, 0], dtype=bool)
    equal, popular = chance_of_equals(home, others), chance_by_popularity(home, others)
    assert equal.p_value[1] == pytest.approx(9 / 15)
    assert popular.p_value[1] > 0.97  # sharing the common practice was sure
    assert equal.p_value[0] == pytest.approx(1 / 15)
    assert 0.1 < popular.p_value[0] < 0.3  # one of five others in place of one of fifteen pairs


def test_unlike_cities_are_found_alike_no_more_often_than_by_chance() -> None:
    """No city is like another in these worlds; common practices and busy cities there are."""
    rng = np.random.default_rng(7)
    equal: list[float] = []
    popular: list[float] = []
    for _ in range(60):
        busy, common = rng.normal(0, 0.8, (72, 1)), rng.normal(0, 1.2, 63)
        record = rng.random((72, 63)) < 1 / (1 + np.exp(2.8 - busy - common))
        record = record[record.any(axis=1)]
        for rates, test in ((equal, chance_of_equals), (popular, chance_by_popularity)):
            rates.append(float((test(record[0], record[1:]).p_value <= 0.05).mean()))
    error = np.std(popular) / math.sqrt(60)  # worlds are independent, the pairs of one are not
    assert np.mean(popular) <= 0.05 + 2 * error
    # Without popularity the same worlds show likeness that is not there.
    assert np.mean(equal) > 0.10


# contexts made by hand

CELLS: dict[str, set[str]] = {
    "home": {"a", "b", "c"},
    "near": {"a", "b"},
    "far": {"d"},
    "silent": set(),
    "kind": {"a", "d"},
}


def hand_made() -> Context:
    return context(
        regions={
            **dict.fromkeys(("home", "near", "silent", "kind"), figure("asia")),
            "far": figure("europe"),
        },
        subregions={
            "home": figure("eastern-asia"),
            "near": figure("southern-asia"),
            "far": figure("northern-europe"),
            "silent": figure("eastern-asia"),
            "kind": figure("eastern-asia"),
        },
        populations={
            "home": (figure(1e6, URBAN, 2005), figure(1.2e6, URBAN, 2020)),
            "near": (figure(1e7, URBAN, 2006), figure(2e6, MUNICIPAL, 2006)),
            "far": (figure(1e5, URBAN, 2021),),
            "kind": (figure(1e6, MUNICIPAL, 2005),),
        },
        ranks={"home": figure(1.0), "near": figure(6.0), "far": figure(21.0)},
        factors={
            "home": {"vision": figure(4.0), "budget": figure(2.0)},
            "near": {"vision": figure(4.0), "budget": figure(3.0), "talent": figure(1.0)},
            "far": {"vision": figure(1.0)},
            "kind": {"talent": figure(2.0)},
        },
    )


def peers_of(city: str, **options: Any) -> dict[str, Peer]:
    found = find_peers(build(CELLS), hand_made(), city, **options)
    return {peer.city: peer for peer in (*found.peers, *found.unranked)}


def test_each_part_by_hand() -> None:
    peers = peers_of("home")
    near, far = peers["near"], peers["far"]
    assert [part(near, name) for name in ("region", "subregion")] == [1, 0]
    # Logarithms range from 5 to 7. The years 2005 and 2006, and 2020 and 2021, are closest.
    assert part(near, "population") == pytest.approx(1 - 1 / 2)
    assert part(far, "population") == pytest.approx(1 - math.log10(12) / 2)
    assert [(f.value, f.year) for f in near.parts[2].here + near.parts[2].there] == [
        (1e6, 2005),
        (1e7, 2006),
    ]
    assert part(near, "rank") == pytest.approx(1 - 5 / 20)
    assert part(far, "rank") == 0
    # Vision ranges from 1 to 4, budget from 2 to 3; talent is not scored for home.
    assert part(near, "factors") == pytest.approx((1 + 0) / 2)
    assert near.parts[4].left_out == ("talent",)
    assert part(far, "factors") == 0
    assert far.parts[4].left_out == ("budget", "talent")
    assert near.context == pytest.approx((0.5 * 1 + 0.5 * 0 + 0.5 + 0.5 * 0.75 + 0.5 * 0.5) / 3)
    assert near.known == 1
    assert near.least == near.context == pytest.approx(near.most)
    assert near.agreeing == ("region",)
    assert near.missing == ()


def test_populations_of_different_kinds_are_not_compared() -> None:
    kind = peers_of("home")["kind"]
    assert kind.parts[2].similarity is None
    assert kind.parts[2].missing == "different-kinds"
    assert {figure.about for figure in kind.parts[2].here} == {URBAN}
    assert {figure.about for figure in kind.parts[2].there} == {MUNICIPAL}
    # Scores there are for both, but not on one factor.
    assert (kind.parts[4].missing, kind.parts[3].missing) == ("unknown-both", "unknown-there")
    assert kind.missing == ("population", "rank", "factors")


def test_who_is_known_by_region_alone_gets_no_place() -> None:
    found = find_peers(build(CELLS), hand_made(), "home")
    assert [peer.city for peer in found.peers] == ["near", "far"]
    assert [peer.city for peer in found.unranked] == ["kind", "silent"]
    silent = found.unranked[1]
    assert (silent.context, silent.most) == (1, 1)
    assert [silent.known, silent.least] == pytest.approx([1 / 3, 1 / 3])
    every = find_peers(build(CELLS), hand_made(), "home", minimum_known=0)
    assert [peer.city for peer in every.peers] == ["kind", "silent", "near", "far"]
    none = find_peers(build(CELLS), context(), "home", minimum_known=0)
    assert (none.peers, none.reason, len(none.unranked)) == ((), "nothing-comparable", 4)
    assert none.unranked[0].context is None


def test_weights_are_the_callers() -> None:
    only = peers_of("home", weights={name: float(name == "rank") for name in PARTS})
    assert only["near"].context == pytest.approx(1 - 5 / 20)
    assert only["kind"].missing == ("rank",)  # what weighs nothing is not missed
    doubled = peers_of("home", weights={"population": 2})
    assert doubled["near"].context == pytest.approx((0.5 + 2 * 0.5 + 0.375 + 0.25) / 4)
    assert sum(WEIGHTS.values()) == 3


@pytest.mark.parametrize(
    "options",
    [
        {"weights": {"weather": 1.0}},
        {"weights": {"rank": -1.0}},
        {"weights": {"rank": math.nan}},
        {"weights": dict.fromkeys(PARTS, 0.0)},
        {"minimum_known": 1.5},
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        peers_of("home", **options)


def test_shared_practices_have_claims_on_both_sides() -> None:
    near = peers_of("home")["near"]
    assert [(shared.concept, shared.cities) for shared in near.shared] == [("b", 2), ("a", 3)]
    assert near.shared[0].here[0].claim == "claim/home-b"
    assert near.shared[0].there[0].claim == "claim/near-b"
    like = near.practice
    assert (like.own, like.theirs, like.shared, like.of) == (3, 2, 2, 4)
    assert like.jaccard == pytest.approx(2 / 3)
    assert like.overlap == 1
    assert like.equal is not None
    assert like.equal.p_value == pytest.approx(3 / 6)
    assert like.popular is None  # too few cities to know what is popular


def test_without_a_record_there_is_no_likeness() -> None:
    assert peers_of("home")["silent"].practice.reason == "nothing-there"
    silent = find_peers(build(CELLS), hand_made(), "silent", minimum_known=0)
    assert {peer.practice.reason for peer in silent.peers} == {"nothing-here"}
    assert {peer.practice.jaccard for peer in silent.peers} == {None}
    assert silent.by_practice() == ()
    assert silent.programmes == 0


def test_columns_within_columns_are_not_drawn_apart() -> None:
    cells = {"home": {"broad", "narrow"}, "near": {"broad", "narrow"}, "far": {"other"}}
    found = find_peers(build(cells, nested=True), hand_made(), "home")
    for peer in found.peers:
        assert peer.practice.reason == "nested-concepts"
        assert peer.practice.equal is peer.practice.popular is None
        assert peer.practice.jaccard is not None


def test_a_city_that_is_not_in_the_matrix() -> None:
    with pytest.raises(UnknownNameError) as caught:
        find_peers(build(CELLS), hand_made(), expand("city/atlantis"))
    assert (caught.value.code, caught.value.values) == (
        "city-not-in-scope",
        ("city/atlantis", "5"),
    )


# contexts read from a store


def test_a_context_is_read_with_its_claims_and_without_what_is_retracted() -> None:
    dataset = ox.Store()
    text = """
    PREFIX cpg: <https://w3id.org/city-practice-graph/ontology#>
    PREFIX c: <https://w3id.org/city-practice-graph/concept/>
    PREFIX id: <https://w3id.org/city-practice-graph/id/>
    id:register { id:town a cpg:City ; cpg:region c:asia .
      id:town cpg:hasMeasurement id:m1 , id:m2 , id:m3 .
      id:m1 cpg:indicator <urban> ; cpg:numericValue 5000 ; cpg:observedYear 2005 .
      id:m2 cpg:indicator <urban> ; cpg:numericValue 0 .
      id:m3 cpg:indicator c:height ; cpg:numericValue 7 . }
    id:rank1 { id:r1 cpg:refCity id:town ; cpg:refEdition <e> ; cpg:rank 4 . }
    id:rank2 { id:r2 cpg:refCity id:town ; cpg:refEdition <e> ; cpg:rank 3 . }
    id:rank3 { id:r3 cpg:refCity id:town ; cpg:refEdition <e> ; cpg:rank 1 . }
    id:sets { id:r1 cpg:referenceSet <world> . id:r2 cpg:referenceSet <world> .
      id:r3 cpg:referenceSet <world> . }
    id:score1 { id:s1 cpg:refCity id:town ; cpg:refEdition <e> ; cpg:factor id:f ; cpg:score 3.1 . }
    id:score2 { id:s1 cpg:refCity id:town ; cpg:refEdition <e> ; cpg:factor id:f ; cpg:score 3.1 . }
    id:score3 { id:s2 cpg:refCity id:town ; cpg:refEdition <e> ; cpg:factor id:g ; cpg:score 2 . }
    id:score4 { id:s3 cpg:refCity id:town ; cpg:refEdition <e> ; cpg:factor id:g ; cpg:score 4 . }
    id:status { id:rank3 cpg:claimStatus <retracted> . id:rank1 cpg:claimStatus <disputed> . }
    """
    for short, path in {
        "urban": "concept/indicator/population-of-urban-area",
        "world": "concept/reference-set/world",
        "e": "edition/eden-top50-2021",
        "retracted": "concept/claim-status/retracted",
        "disputed": "concept/claim-status/disputed",
    }.items():
        text = text.replace(f"<{short}>", f"<{expand(path)}>")
    dataset.load(text.encode(), format=ox.RdfFormat.TRIG)
    for quad in list(dataset):
        dataset.add(ox.Quad(quad.subject, quad.predicate, quad.object))
    found, town = read_context(EmbeddedStore(dataset)), expand("town")
    assert found.regions[town].where == (expand("register"),)
    assert [(f.value, f.year) for f in found.populations[town]] == [(5000, 2005)]
    assert found.ranks[town].value == 3  # the best of two; the retracted first place is none
    score = found.factors[town]
    assert score.keys() == {expand("f")}  # two scores of one factor settle nothing
    assert score[expand("f")].where == (expand("score1"), expand("score2"))


# the shipped facts


@pytest.fixture(scope="module")
def matrix(graph: KnowledgeGraph) -> IncidenceMatrix:
    return read_matrix(graph.store)


@pytest.fixture(scope="module")
def shipped(graph: KnowledgeGraph) -> Context:
    return read_context(graph.store)


def test_the_shipped_context(graph: KnowledgeGraph, matrix: IncidenceMatrix) -> None:
    shipped = read_context(graph.store)
    assert set(shipped.regions) == set(shipped.subregions) == set(matrix.cities)
    assert {c: int(f.value) for c, f in shipped.ranks.items()} == {
        city: rank for city, rank in matrix.ranks.items() if rank is not None
    }
    shanghai = shipped.factors[expand("city/shanghai")]
    assert len(shanghai) == 10
    budget = shanghai[expand("concept/assessment-factor/budget")]
    assert budget.value == 2.1
    population = shipped.populations[expand("city/shanghai")]
    assert [(f.value, f.about, f.year) for f in population] == [(14503000.0, URBAN, 2005)]
    figures = [
        *shipped.regions.values(),
        *shipped.ranks.values(),
        *(f for found in shipped.populations.values() for f in found),
        *(f for found in shipped.factors.values() for f in found.values()),
    ]
    for found in figures:
        assert found.where
        assert all(w.startswith((expand("claim/"), expand("graph/register/"))) for w in found.where)


@pytest.mark.parametrize(
    ("city", "like"),
    [
        ("shanghai", {"beijing", "seoul", "shenzhen"}),
        ("singapore", {"bangkok", "jakarta"}),
        ("new-york-city", {"los-angeles", "chicago"}),
        ("munich", {"zurich", "amsterdam"}),
    ],
)
def test_peers_in_the_shipped_facts(
    matrix: IncidenceMatrix, shipped: Context, city: str, like: set[str]
) -> None:
    found = find_peers(matrix, shipped, expand(f"city/{city}"))
    first = {peer.city.rpartition("/")[2] for peer in found.peers[:6]}
    assert like <= first
    assert len(found.peers) + len(found.unranked) == len(matrix.cities) - 1
    scores = [peer.context for peer in found.peers if peer.context is not None]
    assert scores == sorted(scores, reverse=True)
    for peer in (*found.peers, *found.unranked):
        assert 0 <= peer.least <= (peer.context or 0) + 1e-9
        assert (peer.context or 0) <= peer.most + 1e-9 <= 1 + 2e-9
        assert (peer.known >= 0.5) == (peer in found.peers)
        assert len(peer.shared) == peer.practice.shared
    assert (found.programmes == 0) == (city == "munich")
    assert bool(found.by_practice()) == (city != "munich")


def test_likeness_in_the_shipped_facts_allows_for_popularity(
    matrix: IncidenceMatrix, shipped: Context
) -> None:
    found = find_peers(matrix, shipped, expand("city/singapore"))
    alike = found.by_practice()
    assert len(alike) > FEWEST_FOR_POPULARITY
    for peer in alike:
        assert peer.practice.popular is not None
        assert peer.practice.equal is not None
        assert peer.practice.equal.p_value <= peer.practice.equal.q_value <= 1
    chances = [peer.practice.popular.p_value for peer in alike if peer.practice.popular]
    assert chances == sorted(chances)


def test_tables_have_raw_values_and_claims(
    graph: KnowledgeGraph, matrix: IncidenceMatrix, shipped: Context
) -> None:
    found = find_peers(matrix, shipped, expand("city/shanghai"))
    names = graph.names("zh")
    table = found.to_table(names)
    assert len(table) == len(matrix.cities) - 1
    rows = {str(record["name"]): record for record in table.records()}
    beijing = rows["北京"]
    assert (beijing["ranked"], beijing["missing"], beijing["of"]) == (
        True,
        "",
        len(matrix.concepts),
    )
    parts = [r for r in found.to_parts_table(names).records() if r["name"] == "北京"]
    assert len(parts) == 4 + 10
    population = next(record for record in parts if record["part"] == "population")
    assert (population["here"], population["there"]) == ("14,503,000 (2005)", "10,717,000 (2005)")
    assert population["where_there"] == "graph/register/city-beijing"
    missing = [r for r in found.to_parts_table().records() if r["missing"] == "different-kinds"]
    assert expand("city/bilbao") in {record["city"] for record in missing}
    claims = found.to_evidence_table().records()
    assert {str(record["side"]) for record in claims} == {"here", "there"}
    known = {link.claim for link in matrix.links}
    assert {str(record["claim"]) for record in claims} <= known


def test_other_editions_and_facts_without_a_ranking(graph: KnowledgeGraph) -> None:
    early = read_context(graph.store, "eden-top50-2018")
    london = expand("city/london")
    assert early.factors[london] != read_context(graph.store).factors[london]
    with pytest.raises(UnknownNameError, match="eden-top50-2021"):
        read_context(graph.store, "eden-top50-1999")
    small = kg.open(Path(__file__).parent / "facts")
    bare = read_context(small.store)
    assert bare.regions
    assert not bare.ranks
    assert not bare.factors


def test_two_hundred_cities_by_two_hundred_concepts() -> None:
    rng = np.random.default_rng(3)
    record: NDArray[np.bool_] = rng.random((200, 200)) < rng.random(200)
    found = chance_by_popularity(record[0], record[1:])
    assert np.isfinite(found.p_value).all()
    again = chance_by_popularity(record[0], record[1:])
    assert (found.p_value == again.p_value).all()
