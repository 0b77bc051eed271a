"""Completeness of the record: published examples, counts by hand, and what is not claimed."""

from __future__ import annotations

import doctest
import itertools
import math
import sys
from dataclasses import replace
from fractions import Fraction
from statistics import mean, pstdev

import numpy as np
import pytest
from skbio.diversity.alpha import chao1_ci

import kg.recurrence.coverage
from kg.errors import MissingPackageError, ParameterError
from kg.graph import KnowledgeGraph
from kg.recurrence import IncidenceMatrix, Link, Scope, read_matrix
from kg.recurrence.coverage import (
    accumulate,
    chance_missed,
    chao2,
    estimate_coverage,
    good_coverage,
    programme_counts,
    rarefaction_error,
    rarefy,
    sample_coverage,
)
from kg.terms import expand

# Spiders of two canopy treatments: the dataset spider of the R package iNEXT 2.0.15 (Hsieh, Ma and
# Chao). Abundances n take the place of T in every formula here.
GIRDLED = [46, 22, 17, 15, 15, 9, 8, 6, 6, 4] + [2] * 4 + [1] * 12
LOGGED = [88, 22, 16, 15, 13, 10, 8, 8, 7, 7, 7, 5, 4, 4, 4, 3, 3, 3, 3] + [2] * 4 + [1] * 14
# Ants at 2,000 m in 200 plots (Longino and Colwell 2011): the dataset ant of the same package.
ANTS = [1, 2, 2, 3, 4, 8, 8, 13, 15, 19, 23, 34, 59, 80]
# Beetles of old-growth forest on the Osa peninsula (Janzen 1973): the dataset osa.old.growth of the
# R package sprex 1.4.2 (Archer).
OSA = [1] * 84 + [2] * 10 + [3] * 4 + [4] * 3 + [5] * 5 + [6] + [7] * 2 + [8, 14, 42]


def frequencies(observed: int, once: int, twice: int) -> list[int]:
    """Any frequencies with so many uniques and duplicates: no more enters the formulas."""
    return [1] * once + [2] * twice + [9] * (observed - once - twice)


@pytest.mark.parametrize(
    ("counts", "estimated", "error", "low", "high"),
    [(GIRDLED, 43.893, 14.306, 30.511, 96.971), (LOGGED, 61.403, 18.532, 43.502, 128.583)],
)
def test_richness_agrees_with_inext(
    counts: list[int], estimated: float, error: float, low: float, high: float
) -> None:
    # iNEXT 2.0.15, inst/doc/Introduction.html, $AsyEst of the spider data: classic form.
    found = chao2(counts, sum(counts), bias_corrected=False)
    assert found is not None
    got = (found.estimated, math.sqrt(found.variance), found.low, found.high)
    assert got == pytest.approx((estimated, error, low, high), abs=5e-4)


def test_richness_agrees_with_vegan() -> None:
    # specpool(BCI) in the vignette diversity-vegan of the R package vegan 2.7-5: 225 trees in 50
    # plots, chao 236.3732, chao.se 6.54361. The dataset BCI there has 21 uniques and 19 duplicates.
    found = chao2(frequencies(225, 21, 19), 50, bias_corrected=False)
    assert found is not None
    assert found.estimated == pytest.approx(236.3732, abs=5e-5)
    assert math.sqrt(found.variance) == pytest.approx(6.54361, abs=5e-6)


def test_richness_agrees_with_estimates() -> None:
    # Output of EstimateS 9.1.0 for 121 samples of a seed bank, last line, in the repository
    # github.com/marcosvital/scriptsR (EstimateS/resultado estimates seedbank.txt): 34 species,
    # 3 uniques, 2 duplicates; Chao 2 34.99, 95% interval 34.09 to 44.61, SD 1.81. It is the
    # corrected form that gives these figures.
    found = chao2(frequencies(34, 3, 2), 121)
    assert found is not None
    got = (found.estimated, math.sqrt(found.variance), found.low, found.high)
    assert got == pytest.approx((34.99, 1.81, 34.09, 44.61), abs=6e-3)


@pytest.mark.parametrize(
    "counts",
    [
        [1, 1, 4, 2, 5, 2, 4, 1, 2],  # of scikit-bio's test_chao1.py, after EstimateS
        [2, 2, 4, 5],  # no uniques
        [1, 1, 4, 5],  # no duplicates
        [1] * 7,  # nothing else
    ],
)
def test_many_samples_give_the_interval_of_scikit_bio(counts: list[int]) -> None:
    # With (T - 1)/T near 1, Chao2 is Chao1.
    found = chao2(counts, 10**9)
    assert found is not None
    assert (found.low, found.high) == pytest.approx(chao1_ci(np.array(counts)), rel=1e-4)


def test_chao2_by_hand() -> None:
    # T = 4, Q1 = 3, Q2 = 1: 3/4 * 3*2/(2*2) unseen; classic 3/4 * 9/2.
    corrected, classic = chao2([1, 1, 1, 2, 0], 4), chao2([1, 1, 1, 2, 0], 4, bias_corrected=False)
    assert corrected is not None
    assert classic is not None
    assert (corrected.observed, corrected.estimated) == (4, 4 + 9 / 8)
    assert classic.estimated == 4 + 27 / 8
    # Q2 = 0: both forms are 2/3 * 3*2/2, as neither can divide by it.
    without = chao2([1, 1, 1, 3], 3)
    assert without is not None
    assert without.estimated == 6
    # 2/3 * 3*2/2 + 4/9 * 3*25/4 - 4/9 * 81/(4*6)
    assert without.variance == pytest.approx(2 + 25 / 3 - 3 / 2)
    assert without == chao2([1, 1, 1, 3], 3, bias_corrected=False)


def test_a_complete_look_is_no_certainty() -> None:
    # One unique: the corrected form sees nothing missing, but three programmes are no proof.
    found = chao2([1, 3], 3)
    assert found is not None
    assert found.estimated == found.observed == found.low == 2
    assert found.high > 3
    assert found.variance > 0


def test_wider_confidence_gives_a_wider_interval() -> None:
    narrow, wide = chao2([1, 1, 1, 2], 4, confidence=0.5), chao2([1, 1, 1, 2], 4, confidence=0.99)
    assert narrow is not None
    assert wide is not None
    assert 4 <= wide.low < narrow.low < 5.125 < narrow.high < wide.high


@pytest.mark.parametrize(("counts", "samples"), [([1, 1], 1), ([], 0), ([0, 0], 5)])
def test_undefined_estimates_are_none(counts: list[int], samples: int) -> None:
    assert chao2(counts, samples) is None
    assert sample_coverage(counts, samples) is None
    assert good_coverage(counts, samples) is None


def test_coverage_agrees_with_inext() -> None:
    # iNEXT 2.0.15, inst/doc/Introduction.html, SC of $DataInfo of the spider data.
    assert sample_coverage(GIRDLED, 168) == pytest.approx(0.9289, abs=5e-5)
    assert sample_coverage(LOGGED, 252) == pytest.approx(0.9446, abs=5e-5)


def test_coverage_by_hand() -> None:
    # T = 4, U = 5, Q1 = 3, Q2 = 1: A = 9/11.
    assert sample_coverage([1, 1, 1, 2], 4) == pytest.approx(1 - 3 / 5 * 9 / 11)
    assert good_coverage([1, 1, 1, 2], 4) == pytest.approx(2 / 5)
    # Q2 = 0: A = 2*2/(2*2 + 2).
    assert sample_coverage([1, 1, 1, 3], 3) == pytest.approx(1 - 3 / 6 * 4 / 6)
    # Nothing repeated: nothing covered, says Good; nearly nothing, says the correction.
    assert good_coverage([1] * 6, 5) == 0
    assert sample_coverage([1] * 6, 5) == pytest.approx(1 - 20 / 22)


def test_coverage_is_near_the_truth_and_richness_below_it_in_simulated_records() -> None:
    # 40 concepts, each in a programme with its own chance; 8 programmes. True coverage is the share
    # of all chance that belongs to concepts met.
    rng = np.random.default_rng(4)
    chances = np.minimum(rng.dirichlet(np.full(40, 0.6)) * 2, 0.95)
    covered, estimated, good, richness = [], [], [], []
    for _ in range(300):
        met = (rng.random((8, 40)) < chances).sum(axis=0)
        covered.append(chances[met > 0].sum() / chances.sum())
        share, first, found = sample_coverage(met, 8), good_coverage(met, 8), chao2(met, 8)
        assert share is not None
        assert first is not None
        assert found is not None
        estimated.append(share)
        good.append(first)
        richness.append(found.estimated)
        assert found.observed <= found.low <= found.estimated <= found.high
    error = abs(np.mean(estimated) - np.mean(covered))
    assert error < 0.03
    assert error < abs(np.mean(good) - np.mean(covered))
    assert np.mean(richness) < 40


def test_rarefaction_agrees_with_inext() -> None:
    # iNEXT 2.0.15, inst/doc/Introduction.html: Girdled at 1, 10 and 19 individuals, and estimateD
    # of the ants at 2,000 m, 12.917 species in 105 plots. All 168 spiders are of 26 species.
    expected = [rarefy(GIRDLED, 168, drawn).item() for drawn in (1, 10, 19, 168)]
    assert expected == pytest.approx([1, 6.479, 9.450, 26], abs=5e-4)
    assert rarefy(ANTS, 200, 105).item() == pytest.approx(12.917, abs=5e-4)


def test_rarefaction_error_in_exact_fractions_and_by_estimates() -> None:
    # 60 of 237 beetles, as in the example of expected.num.species of sprex, whose output was not
    # seen: equations of Colwell et al. (2012) as its source has them, here in exact fractions.
    found = chao2(OSA, 237, bias_corrected=False)
    assert found is not None
    estimated = 112 + Fraction(236, 237) * Fraction(84 * 84, 2 * 10)
    assert found.estimated == pytest.approx(float(estimated))
    chances = [1 - Fraction(math.comb(237 - count, 60), math.comb(237, 60)) for count in OSA]
    expected = sum(chances)
    assert rarefy(OSA, 237, 60).item() == pytest.approx(float(expected))
    variance = sum(chance**2 for chance in chances) - expected**2 / estimated
    error = rarefaction_error(OSA, 237, 60, found.estimated).item()
    assert error == pytest.approx(math.sqrt(variance))
    # S(est) SD 1.45 in the last line of the same output of EstimateS, the classic estimate within.
    seeds = chao2(frequencies(34, 3, 2), 121, bias_corrected=False)
    assert seeds is not None
    error = rarefaction_error(frequencies(34, 3, 2), 121, 121, seeds.estimated).item()
    assert error == pytest.approx(1.45, abs=5e-3)


def test_rarefaction_never_extrapolates() -> None:
    found = rarefy([[1, 1, 0], [2, 1, 3]], [2, 3], 3)
    assert math.isnan(found[0])
    assert found[1] == 3


def test_chance_missed_is_exact() -> None:
    for total in (3, 50, 200):
        for drawn in (1, total // 2, total):
            counts = range(total + 1)
            exact = [
                float(Fraction(math.comb(total - count, drawn), math.comb(total, drawn)))
                for count in counts
            ]
            got = chance_missed(np.array(counts), total, drawn)
            assert got == pytest.approx(exact, rel=1e-12, abs=1e-300)


def test_accumulation_agrees_with_all_subsets() -> None:
    # Every set of k cities drawn one by one. The last concept is held by none.
    rng = np.random.default_rng(7)
    held = (rng.random((7, 9)) < 0.3).astype(int)
    held[:, -1] = 0
    curve = accumulate(held)
    for drawn in range(1, 8):
        sizes = [
            int(held[list(cities)].any(axis=0).sum())
            for cities in itertools.combinations(range(7), drawn)
        ]
        assert curve.expected[drawn - 1] == pytest.approx(mean(sizes))
        assert curve.deviation[drawn - 1] == pytest.approx(pstdev(sizes), abs=1e-9)
    assert curve.deviation[0] > 0
    assert np.isnan(curve.error).all()


def test_accumulation_is_the_rarefaction_of_cities() -> None:
    held = (np.random.default_rng(8).random((12, 20)) < 0.25).astype(int)
    counts = held.sum(axis=0)
    curve = accumulate(held, 25.0)
    for drawn in range(1, 13):
        assert curve.expected[drawn - 1] == pytest.approx(rarefy(counts, 12, drawn).item())
        error = rarefaction_error(counts, 12, drawn, 25.0).item()
        assert curve.error[drawn - 1] == pytest.approx(error)


def test_accumulation_without_chance_has_no_deviation() -> None:
    # Each city has two concepts of its own: k cities hold 2k, whichever they are.
    curve = accumulate(np.repeat(np.eye(60, dtype=int), 2, axis=1))
    assert curve.expected == pytest.approx(2 * np.arange(1, 61))
    assert (curve.deviation == 0).all()
    assert [len(part) for part in accumulate(np.zeros((0, 3)))] == [0, 0, 0]


# Programmes of four cities: a letter is a concept.
RECORD = {
    "ants": ("pq", "p", "pr", "s"),  # 4 programmes: p in 3, q, r, s in 1
    "bees": ("p", "p", "q"),
    "crow": ("pq",),
    "deer": (),
    "emus": ("p", "q"),
}


@pytest.fixture(scope="module")
def small() -> IncidenceMatrix:
    links = tuple(
        Link(
            concept=f"x:{letter}",
            direct=f"x:{letter}",
            city=f"x:{city}",
            region="",
            programme=f"x:{city}-{number}",
            claim=f"x:claim-{city}-{number}-{letter}",
            fragment="x:f",
            source="x:s",
        )
        for city, programmes in RECORD.items()
        for number, letters in enumerate(programmes)
        for letter in letters
    )
    # A second claim of the same thing changes nothing.
    again = replace(links[0], claim="x:claim-again")
    return IncidenceMatrix(
        facet="practice",
        scope=Scope(),
        cities=tuple(f"x:{city}" for city in RECORD),
        concepts=("x:p", "x:q", "x:r", "x:s"),
        links=(*links, again),
        ranks={},
        regions={},
    )


def test_programmes_are_counted_as_samples(small: IncidenceMatrix) -> None:
    assert programme_counts(small).tolist() == [
        [3, 1, 1, 1],
        [2, 1, 0, 0],
        [1, 1, 0, 0],
        [0, 0, 0, 0],
        [1, 1, 0, 0],
    ]


def test_a_report_by_hand(small: IncidenceMatrix) -> None:
    report = estimate_coverage(small)
    # Documented cities have 4, 3, 1 and 2 programmes: the lower of the middle two is 2.
    assert (report.level, report.documented, report.concepts) == (2, 4, 4)
    ants, bees, crow, deer, emus = report.rows
    assert ants.concepts == ("x:p", "x:q", "x:r", "x:s")
    assert (ants.programmes, ants.once, ants.twice) == (4, 3, 0)
    assert ants.richness is not None
    assert ants.richness.estimated == 4 + 3 / 4 * 3
    assert ants.share_seen == pytest.approx(4 / 6.25)
    assert ants.share_interval is not None
    assert ants.share_interval[0] < 4 / 6.25 < ants.share_interval[1] <= 1
    assert ants.coverage == pytest.approx(1 - 3 / 6 * 6 / 8)
    assert ants.good_coverage == pytest.approx(1 / 2)
    # Two of four programmes: p is missed never, each of the others in half of the 6 pairs.
    assert ants.rarefied == pytest.approx(1 + 3 / 2)
    assert ants.rarefied_error == pytest.approx(math.sqrt(1 + 3 / 4 - 2.5**2 / 6.25))
    # Two of three programmes: p is missed never, q in one of 3 pairs.
    assert bees.rarefied == pytest.approx(1 + 2 / 3)
    assert (bees.reason, bees.caution) == (None, None)
    assert (emus.rarefied, emus.caution, emus.reason) == (2, "none-repeated", None)
    assert emus.richness is not None
    assert emus.richness.estimated == 2 + 1 / 2 * 1
    assert (crow.reason, deer.reason) == ("one-programme", "no-programmes")
    for row in (crow, deer):
        figures = (row.richness, row.coverage, row.good_coverage, row.share_seen)
        assert set(figures) == {None}
        assert {row.rarefied, row.rarefied_error, row.share_interval, row.caution} == {None}
        assert report.below_level(row)


def test_equal_documentation_can_be_chosen(small: IncidenceMatrix) -> None:
    one = estimate_coverage(small, level=1)
    # One programme: the mean number of concepts in a programme; a single one can be compared.
    assert [row.rarefied for row in one.rows] == pytest.approx([6 / 4, 1, 2, None, 1])
    assert one.rows[2].rarefied_error is None
    four = estimate_coverage(small, level=4)
    assert [row.rarefied for row in four.rows] == pytest.approx([4, None, None, None, None])
    assert [four.below_level(row) for row in four.rows] == [False, True, True, True, True]


def test_the_curve_by_hand(small: IncidenceMatrix) -> None:
    report = estimate_coverage(small)
    # The four documented cities hold 4, 2, 2 and 2 concepts; any set with the first holds 4.
    assert [point.cities for point in report.curve] == [1, 2, 3, 4]
    assert [point.expected for point in report.curve] == pytest.approx([10 / 4, 3, 3.5, 4])
    deviations = [math.sqrt(3 / 16) * 2, 1, math.sqrt(3 / 16) * 2, 0]
    assert [point.deviation for point in report.curve] == pytest.approx(deviations)
    # Cities as samples: p and q in 4, r and s in 1 of 4.
    assert report.pool is not None
    assert report.pool.estimated == 4 + 3 / 4 * 1
    last = report.curve[-1].error
    assert last == pytest.approx(math.sqrt(4 - 16 / 4.75))


def test_tables_keep_denominators(small: IncidenceMatrix) -> None:
    report = estimate_coverage(small)
    table = report.to_table({"x:ants": "Ants"})
    first, _, crow, deer, _ = table.records()
    assert first["name"] == "Ants"
    assert (first["programmes"], first["concepts"], first["level"]) == (4, 4, 2)
    assert (first["estimated"], first["share_seen"], first["rarefied"]) == (6.25, 0.64, 2.5)
    assert (crow["reason"], crow["below_level"], crow["rarefied"]) == ("one-programme", True, None)
    assert (deer["reason"], deer["programmes"], deer["estimated"]) == ("no-programmes", 0, None)
    assert len(report.to_table().variables) == len(report.to_table().rows[0])
    curve = report.curve_to_table().records()
    assert [row["cities"] for row in curve] == [1, 2, 3, 4]
    assert {(row["of"], row["concepts"]) for row in curve} == {(4, 4)}
    assert curve[0]["expected"] == 2.5


def test_the_order_of_links_does_not_matter(small: IncidenceMatrix) -> None:
    turned = replace(small, links=small.links[::-1])
    assert estimate_coverage(turned) == estimate_coverage(small)


def test_the_form_and_the_confidence_are_passed_on(small: IncidenceMatrix) -> None:
    report = estimate_coverage(small, bias_corrected=False, confidence=0.5)
    counts = programme_counts(small)[1]
    assert report.rows[1].richness == chao2(counts, 3, bias_corrected=False, confidence=0.5)
    assert report.rows[1].richness != chao2(counts, 3)
    assert report.confidence == 0.5


def test_a_record_of_one_city_or_none_says_so(small: IncidenceMatrix) -> None:
    crow = tuple(link for link in small.links if link.city == "x:crow")
    single = estimate_coverage(replace(small, links=crow))
    assert (single.reason, single.pool, single.level) == ("one-documented-city", None, 1)
    assert [tuple(point) for point in single.curve] == [(1, 2.0, 0.0, None)]
    empty = estimate_coverage(replace(small, links=(), concepts=()))
    assert (empty.reason, empty.pool, empty.level) == ("no-documented-city", None, None)
    assert (empty.curve, empty.documented, empty.concepts) == ((), 0, 0)
    assert {row.reason for row in empty.rows} == {"no-programmes"}
    assert len(empty.to_table()) == 5
    assert len(empty.curve_to_table()) == 0


@pytest.mark.parametrize("options", [{"level": 0}, {"confidence": 1.0}, {"confidence": 0.0}])
def test_parameters_that_make_no_sense_are_refused(
    small: IncidenceMatrix, options: dict[str, int]
) -> None:
    with pytest.raises(ParameterError, match=next(iter(options))):
        estimate_coverage(small, **options)  # type: ignore[arg-type]


def test_a_missing_package_is_named(
    small: IncidenceMatrix, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "skbio.diversity.alpha", None)
    with pytest.raises(MissingPackageError, match="scikit-bio"):
        estimate_coverage(small)


def test_the_example_in_the_docstring_runs() -> None:
    assert doctest.testmod(kg.recurrence.coverage) == (0, 2)


@pytest.mark.parametrize("facet", ["practice", "technology"])
def test_the_shipped_record(graph: KnowledgeGraph, facet: str) -> None:
    matrix = read_matrix(graph.store, facet)
    counts = programme_counts(matrix)
    for city, met in zip(matrix.cities, counts, strict=True):
        assert met.tolist() == matrix.samples(city).sum(axis=0).tolist()
    report = estimate_coverage(matrix)
    assert [row.city for row in report.rows] == list(matrix.cities)
    assert report.documented == int((matrix.documentation > 0).sum())
    assert report.concepts == len(matrix.concepts)
    for row, number in zip(report.rows, matrix.documentation.tolist(), strict=True):
        assert row.programmes == number
        assert (row.richness is None) == (row.reason is not None) == (number < 2)
        assert (row.rarefied is None) == report.below_level(row)
        assert all(matrix.evidence(row.city, concept) for concept in row.concepts)
        if row.rarefied is not None:
            assert 0 < row.rarefied <= len(row.concepts) + 1e-9
    reached = sum(not report.below_level(row) for row in report.rows)
    assert reached >= report.documented / 2
    assert len(report.curve) == report.documented
    expected = [point.expected for point in report.curve]
    assert expected == sorted(expected)
    assert expected[0] == pytest.approx((counts > 0).sum() / report.documented)
    assert expected[-1] == report.concepts
    assert report.curve[-1].deviation == 0


def test_a_city_of_the_shipped_record_by_hand(graph: KnowledgeGraph) -> None:
    matrix = read_matrix(graph.store, scope=Scope(until=2018))
    city = expand("city/singapore")
    samples = matrix.samples(city)
    counts = samples.sum(axis=0)
    once, twice = int((counts == 1).sum()), int((counts == 2).sum())
    programmes = samples.shape[0]
    unseen = Fraction(programmes - 1, programmes) * Fraction(once * (once - 1), 2 * (twice + 1))
    row = next(row for row in estimate_coverage(matrix).rows if row.city == city)
    assert row.richness is not None
    assert row.richness.estimated == pytest.approx(float(len(row.concepts) + unseen))
