"""Leaders against the rest: the arithmetic by hand, published examples, and what is refused."""

from __future__ import annotations

import doctest
import itertools
import math
from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import hypergeom

import kg.recurrence.contrast
from kg.errors import ParameterError
from kg.graph import KnowledgeGraph
from kg.recurrence import IncidenceMatrix, Link, Scope, read_matrix
from kg.recurrence.contrast import (
    FEW_LEADERS,
    NO_COMPARISON_SET,
    NO_OVERLAP,
    ContrastTable,
    Stratum,
    contrast_leaders,
    difference_interval,
    documentation_strata,
    smallest_p,
    stratified_difference,
    stratified_permutation,
)

# Penicillin and rabbits: cured and died, injected at once, then 1.5 hours later. From the examples
# of R's help page of mantelhaen.test, which names Agresti (1990), pages 231-237.
RABBITS = (
    ((0, 6), (0, 5)),
    ((3, 3), (0, 6)),
    ((6, 0), (2, 4)),
    ((5, 1), (6, 0)),
    ((2, 0), (5, 0)),
)


def matrix(records: Mapping[str, str], ranked: int = 4) -> IncidenceMatrix:
    """City to its programmes, parted by spaces, each the letters of its concepts c:x, c:y …

    The first cities are ranked 1, 2, 3 …, so many of them.
    """
    links = [
        Link(
            f"c:{letter}",
            f"c:{letter}",
            city,
            "asia",
            f"{city}-{n}",
            f"claim-{city}-{n}",
            "f",
            f"source-{n}",
        )
        for city, programmes in records.items()
        for n, programme in enumerate(programmes.split())
        for letter in programme
    ]
    cities = tuple(records)
    return IncidenceMatrix(
        facet="practice",
        scope=Scope(),
        cities=cities,
        concepts=tuple(sorted({link.concept for link in links})),
        links=tuple(links),
        ranks={city: n + 1 if n < ranked else None for n, city in enumerate(cities)},
        regions={},
    )


def rows_of(
    tables: tuple[tuple[tuple[int, int], tuple[int, int]], ...],
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.int64]]:
    """2 x 2 tables as values, labels and strata."""
    rows = [
        (value, group == 0, stratum)
        for stratum, table in enumerate(tables)
        for group, (with_it, without) in enumerate(table)
        for value in [1.0] * with_it + [0.0] * without
    ]
    values, labels, strata = zip(*rows, strict=True)
    return np.array(values)[:, np.newaxis], np.array(labels), np.array(strata)


def every_permutation(
    labels: NDArray[np.float64], strata: NDArray[np.int64]
) -> NDArray[np.float64]:
    """All orders of the labels within strata, one a row."""
    groups = [np.flatnonzero(strata == code) for code in np.unique(strata)]
    orders = []
    for parts in itertools.product(*(itertools.permutations(group) for group in groups)):
        order = np.empty(len(labels), dtype=int)
        for group, part in zip(groups, parts, strict=True):
            order[group] = part
        orders.append(labels[order])
    return np.array(orders)


def test_examples_in_the_docstrings_run() -> None:
    assert doctest.testmod(kg.recurrence.contrast) == (0, 5)


@pytest.mark.parametrize(
    ("counts", "interval"),
    [
        # R package cicalc 0.2.0, tests/testthat/test-prop_ci_diff.R and its snapshot.
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((10, 10, 0, 20), (0.6791, 1.0)),
        # R package ratesci, tests/testthat/test3.R, "Newcombe RD example (d)".
        ((5, 56, 0, 29), (-0.0381, 0.1926)),
        # confint_proportions_2indep(..., method="newcomb") of statsmodels 0.15.0.
        ((6, 7, 2, 7), (0.0582, 0.8062)),
        ((0, 10, 0, 20), (-0.1611, 0.2775)),
        ((0, 10, 0, 10), (-0.2775, 0.2775)),
        ((10, 10, 0, 10), (0.6075, 1.0)),
    ],
)
def test_intervals_are_those_of_other_programs(
    counts: tuple[int, int, int, int], interval: tuple[float, float]
) -> None:
    """Newcombe's method 10, as two R packages test it and as statsmodels computes it."""
    assert difference_interval(*counts) == pytest.approx(interval, abs=0.00005)


def test_a_permutation_test_worked_out_by_hand() -> None:
    # Two strata of two: the label of the 1 is 1 in none, one or both with 1, 2 and 1 chances of 4.
    values = np.array([[1, 1], [0, 1], [1, 1], [0, 1]])
    test = stratified_permutation(values, [1, 0, 1, 0], [3, 3, 7, 7], permutations=4_000, seed=1)
    assert test.observed.tolist() == [2, 2]
    assert test.expected.tolist() == [1, 2]
    assert test.testable.tolist() == [True, False]
    # None and both are as far from the mean of 1: 1/2, with a standard error of 0.008.
    assert test.p[0] == pytest.approx(0.5, abs=0.03)
    assert test.p[1] == 1
    assert smallest_p(values, [1, 0, 1, 0], [3, 3, 7, 7], permutations=999).tolist() == (
        pytest.approx([0.5, 1])
    )
    # Without strata, 1 of the 6 choices of two rows has none, and 1 has both.
    assert smallest_p(values, [1, 0, 1, 0], [0] * 4, permutations=999)[0] == pytest.approx(1 / 3)


def test_a_p_value_is_never_zero() -> None:
    # None of 99 random orders puts all 15 labels on the 15 ones: (1 + 0) / (1 + 99).
    ones = np.arange(30) < 15
    test = stratified_permutation(ones[:, np.newaxis], ones, [0] * 30, permutations=99, seed=0)
    assert test.p.tolist() == [1 / 100]
    assert smallest_p(ones[:, np.newaxis], ones, [0] * 30, permutations=99).tolist() == [1 / 100]


@pytest.mark.parametrize("seed", range(6))
def test_all_permutations_written_out_give_the_same(seed: int) -> None:
    rng = np.random.default_rng(seed)
    strata = np.array([0, 0, 0, 0, 1, 1, 1, 2])
    values = (rng.random((8, 4)) < 0.5).astype(float)
    labels = np.column_stack([rng.random(8) < 0.5, rng.integers(2, 5, 8)]).astype(float)
    test = stratified_permutation(values, labels, strata, permutations=4_000, seed=seed)
    bound = smallest_p(values, labels, strata, permutations=10**9)
    for column in range(2):
        sums = every_permutation(labels[:, column], strata) @ values
        assert test.expected[:, column] == pytest.approx(sums.mean(axis=0))
        away = np.abs(sums - sums.mean(axis=0))
        far = away >= np.abs(test.observed[:, column] - sums.mean(axis=0)) - 1e-9
        assert test.p[:, column] == pytest.approx(far.mean(axis=0), abs=0.035)  # 4 errors
        assert bound[:, column] == pytest.approx((away >= away.max(axis=0) - 1e-9).mean(axis=0))
        assert test.testable[:, column].tolist() == (away.max(axis=0) > 1e-9).tolist()


def test_the_test_is_the_exact_one_of_mantel_and_haenszel() -> None:
    values, labels, strata = rows_of(RABBITS)
    test = stratified_permutation(values, labels, strata, permutations=40_000, seed=0)
    # mantelhaen.test(Rabbits, exact = TRUE): S = 16, p-value = 0.03994, as printed in R's sources
    # (tests/Examples/stats-Ex.Rout.save).
    assert test.observed[0] == 16
    assert test.p[0] == pytest.approx(0.03994, abs=0.004)
    # The same from the distributions of the strata, folded into one.
    chances = np.ones(1)
    for (a, b), (c, d) in RABBITS:
        chances = np.convolve(
            chances, hypergeom.pmf(np.arange(a + b + 1), a + b + c + d, a + c, a + b)
        )
    far = np.abs(np.arange(len(chances)) - test.expected[0]) >= 16 - test.expected[0] - 1e-9
    assert chances[far].sum() == pytest.approx(0.03994, abs=0.000005)


def test_the_difference_within_strata_by_hand() -> None:
    # Shares 3/6 and 0/6, then 6/6 and 2/6, then 5/6 and 6/6, weights 36/12 each; the first and the
    # last stratum of the example have no difference: weights 30/11 and 10/7.
    values, labels, strata = rows_of(RABBITS)
    expected = (3 * (3 / 6) + 3 * (4 / 6) - 3 * (1 / 6)) / (9 + 30 / 11 + 10 / 7)
    assert stratified_difference(labels, values, strata) == pytest.approx([expected])
    # The other way round, and several groupings at once.
    both = stratified_difference(np.column_stack([labels, ~labels]), values[:, 0], strata)
    assert both == pytest.approx([expected, -expected])
    # A stratum of one group says nothing; without any other nothing can be said.
    assert stratified_difference([1, 0, 1], [4.0, 1.0, 9.0], [0, 0, 1]) == pytest.approx(3)
    assert np.isnan(stratified_difference([1, 1, 0], [4.0, 1.0, 9.0], [0, 0, 1]))


def test_strata_join_cities_documented_alike_until_both_groups_are_there() -> None:
    leads = np.array([1, 0, 0, 1, 0, 1, 0])
    groups = np.column_stack([leads, 1 - leads])
    # 4 and 5 hold both groups already; 9 and 10 are nearer to each other than to 5.
    assert documentation_strata([4, 4, 5, 5, 9, 10, 30], groups).tolist() == [0, 0, 1, 1, 2, 2, 3]
    # 3 joins 4: the ratio is within 2. 30 has nobody within it, and stays alone.
    assert documentation_strata([4, 4, 3, 4, 5, 5, 30], groups).tolist() == [0, 0, 0, 0, 1, 1, 2]
    # No overlap, and too far apart: nothing is joined across the gap.
    apart = documentation_strata([9, 2, 2, 9, 3, 8, 3], groups)
    assert apart.tolist() == [1, 0, 0, 1, 0, 1, 0]


def test_strata_hold_as_many_as_asked_or_stand_at_the_bound() -> None:
    rng = np.random.default_rng(5)
    for _ in range(50):
        counts = 1 + rng.negative_binomial(3, 0.35, 60)
        strata = documentation_strata(counts, np.ones((60, 1)), least=5)
        assert (np.diff(strata[np.argsort(counts, kind="stable")]) >= 0).all()
        ends = [(counts[strata == s].min(), counts[strata == s].max()) for s in np.unique(strata)]
        sizes = np.bincount(strata)
        assert all(high <= 2 * low for low, high in ends)
        for (low, _), (_, high), one, other in zip(ends, ends[1:], sizes, sizes[1:], strict=False):
            assert min(one, other) >= 5 or high > 2 * low


def test_quantile_bins_keep_equal_numbers_together() -> None:
    groups = np.ones((8, 1))
    assert documentation_strata([1, 2, 3, 4, 5, 6, 7, 8], groups, strata=4).tolist() == (
        [0, 0, 1, 1, 2, 2, 3, 3]
    )
    assert documentation_strata([1, 1, 1, 1, 1, 1, 2, 2], groups, strata=4).tolist() == (
        [0, 0, 0, 0, 0, 0, 1, 1]
    )
    # What lies on a quantile is in the bin below.
    assert documentation_strata([1, 2, 3], groups[:3], strata=2).tolist() == [0, 0, 1]
    assert documentation_strata([5] * 8, groups, strata=3).tolist() == [0] * 8


# Fisher's lady tasting tea: 3 of 4 against 1 of 4. R prints for fisher.test(TeaTasting, alternative
# = "greater") the conditional estimate 6.408309 and the one-sided 95 % interval from 0.3135693 up
# (tests/Examples/stats-Ex.Rout.save of its sources).
TEA = {"a": "xy", "b": "xy", "c": "xy", "d": "y", "e": "xy", "f": "y", "g": "y", "h": "y"}


def test_a_contrast_worked_out_by_hand() -> None:
    found = contrast_leaders(matrix(TEA), against="others", confidence=0.9)
    assert found.reason is None
    assert found.strata == (Stratum(1, 1, 4, 4),)
    assert (found.leaders, found.others) == (("a", "b", "c", "d"), ("e", "f", "g", "h"))
    row, everywhere = found.rows
    assert (row.concept, row.leaders, row.others) == ("c:x", ("a", "b", "c"), ("e",))
    assert (row.leader_share, row.other_share, row.difference) == (0.75, 0.25, 0.5)
    assert row.adjusted_difference == pytest.approx(0.5)  # one stratum
    # Of the 70 choices of four cities 1, 16, 36, 16 and 1 have 0 to 4 of the four with x.
    assert row.fisher_p == pytest.approx((1 + 16 + 16 + 1) / 70)
    assert row.odds_ratio == pytest.approx(6.408309, rel=1e-5)
    assert row.odds_low == pytest.approx(0.3135693, rel=1e-4)  # by search, there and here
    assert row.p == pytest.approx(34 / 70, abs=0.02)  # 4 standard errors
    # All four leaders, or none: 2 of the 70 choices of four cities.
    assert row.smallest_p == pytest.approx(2 / 70)
    assert row.q == row.p  # the only one with a p-value
    # What all have on record cannot differ: no p-value, and no place in the family.
    assert (everywhere.concept, everywhere.p, everywhere.q) == ("c:y", None, None)
    assert everywhere.odds_ratio is None
    assert (found.tests, found.permutable) == (1, 8)
    assert found.smallest_p == found.smallest_q == row.smallest_p


def test_undocumented_cities_are_in_neither_group() -> None:
    known = contrast_leaders(matrix(TEA), against="others")
    more = contrast_leaders(
        matrix({"0": "", **TEA, "i": "", "j": ""}, ranked=5), leading=5, against="others"
    )
    assert (more.undocumented_leaders, more.undocumented_others) == (("0",), ("i", "j"))
    assert (more.leaders, more.others, more.rows) == (known.leaders, known.others, known.rows)


def test_the_comparison_set_is_named() -> None:
    records = matrix(TEA, ranked=6)
    ranked = contrast_leaders(records, leading=4)
    assert (ranked.against, ranked.others) == ("ranked", ("e", "f"))
    others = contrast_leaders(records, leading=4, against="others")
    assert (others.against, others.others) == ("others", ("e", "f", "g", "h"))
    named = contrast_leaders(records, leading=4, against={"h", "e"})
    assert (named.against, named.others) == ("named", ("e", "h"))


def test_without_a_basis_nothing_is_compared_and_the_reason_is_given() -> None:
    def reason(found: ContrastTable) -> tuple[str, ...]:
        assert found.reason is not None
        assert found.rows == ()
        assert found.to_table().rows == ()
        assert (found.smallest_p, found.smallest_q, found.tests) == (None, None, 0)
        return found.reason

    records = matrix({**TEA, "c": "", "d": ""})
    assert reason(contrast_leaders(records)) == (FEW_LEADERS, "2", "4", "3")
    assert reason(contrast_leaders(matrix(TEA))) == (NO_COMPARISON_SET, "ranked")
    assert reason(contrast_leaders(matrix(TEA), against=())) == (NO_COMPARISON_SET, "named")
    bare = {**dict.fromkeys("abcd", "x y y"), **dict.fromkeys("ef", "")}
    found = contrast_leaders(matrix(bare), against="others")
    assert reason(found) == (NO_COMPARISON_SET, "others")
    assert found.undocumented_others == ("e", "f")
    apart = {**dict.fromkeys("abcd", "x y x"), **dict.fromkeys("efgh", "x")}
    found = contrast_leaders(matrix(apart), against="others")
    assert reason(found) == (NO_OVERLAP, "3.0", "1.0")
    assert found.strata == (Stratum(1, 1, 0, 4), Stratum(3, 3, 4, 0))
    assert (found.permutable, found.documentation) == (0, (3.0, 1.0))


@pytest.mark.parametrize(
    "settings",
    [
        {"leading": 0},
        {"against": "all"},
        {"against": ["nowhere"]},
        {"against": ["a", "e"]},  # a leads
        {"strata": 0},
        {"permutations": 0},
        {"confidence": 1.0},
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ParameterError, match=next(iter(settings))):
        contrast_leaders(matrix(TEA), **settings)  # type: ignore[arg-type]


def test_empty_cells_leave_an_odds_ratio_without_end() -> None:
    records = {**dict.fromkeys("abcd", "xz"), "e": "xy", "f": "xy", "g": "xy", "h": "z"}
    found = contrast_leaders(matrix(records), against="others")
    rows = {row.concept: row for row in found.rows}
    assert rows["c:y"].odds_ratio == 0
    assert rows["c:z"].odds_ratio == math.inf
    table = {str(record["name"]): record for record in found.to_table().records()}
    assert table["c:z"]["odds_ratio"] is None
    assert table["c:y"]["odds_ratio"] == 0
    assert table["c:z"]["difference"] == 0.75


def test_a_table_keeps_denominators_and_leads_to_claims() -> None:
    found = contrast_leaders(matrix(TEA), against="others")
    record = found.to_table({"c:x": "Tea"}).records()[0]
    assert record["name"] == "Tea"
    assert (record["leaders"], record["leaders_documented"]) == (3, 4)
    assert (record["others"], record["others_documented"], record["against"]) == (1, 4, "others")
    assert (record["leader_list"], record["other_list"]) == ("a; b; c", "e")
    assert record["claims"] == 4
    assert {link.claim for link in found.evidence(found.rows[0])} == (
        {"claim-a-0", "claim-b-0", "claim-c-0", "claim-e-0"}
    )


def test_same_seed_same_digits() -> None:
    rng = np.random.default_rng(11)
    values = rng.random((40, 20)) < 0.4
    labels = np.column_stack([np.arange(40) < 12, rng.integers(1, 5, 40)])
    strata = rng.integers(0, 5, 40)

    def p(seed: int) -> NDArray[np.float64]:
        return stratified_permutation(values, labels, strata, permutations=2_000, seed=seed).p

    first = p(3)
    assert (first == p(3)).all()
    assert (first != p(4)).any()
    # Two estimates differ by their standard error of at most 0.016 times 4.
    assert np.abs(first - p(4)).max() < 0.065


def test_steps_change_nothing_and_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    values, strata = rng.random((20, 6)) < 0.5, rng.integers(0, 3, 20)
    labels = rng.integers(0, 4, (20, 2))
    whole = stratified_permutation(values, labels, strata, permutations=500, seed=9)
    monkeypatch.setattr(kg.recurrence.contrast, "_CELLS", 20 * 2 * 150)
    seen: list[tuple[int, int]] = []
    parts = stratified_permutation(
        values,
        labels,
        strata,
        permutations=500,
        seed=9,
        progress=lambda done, of: seen.append((done, of)),
    )
    assert (whole.p == parts.p).all()
    assert seen == [(150, 500), (300, 500), (450, 500), (500, 500)]


def test_documentation_alone_makes_no_leading_practice() -> None:
    """Worlds without any effect, where leaders are only better documented."""
    rng = np.random.default_rng(7)
    stratified: list[float] = []
    plain: list[float] = []
    for world in range(60):
        leads = np.arange(60) < 12
        counts = 1 + rng.negative_binomial(4, 4 / (4 + np.where(leads, 8, 3)))
        seen = 1 - (1 - rng.beta(1, 6, 40)) ** counts[:, np.newaxis]
        values = rng.random((60, 40)) < seen
        strata = documentation_strata(counts, np.column_stack([leads, ~leads]))
        for place, found in ((strata, stratified), (np.zeros(60, dtype=int), plain)):
            test = stratified_permutation(values, leads, place, permutations=199, seed=world)
            found.append(float((test.p <= 0.05).mean()))
    error = np.std(stratified) / math.sqrt(len(stratified))
    assert np.mean(stratified) <= 0.05 + 2 * error
    # The same data without strata: several times the nominal rate.
    assert np.mean(plain) > 0.15


def test_what_leaders_do_have_more_often_is_found() -> None:
    rng = np.random.default_rng(8)
    records = {}
    for city in range(60):
        planted = "x" if rng.random() < (0.9 if city < 20 else 0.2) else ""
        letters = "".join(letter for letter in "abcdefgh" if rng.random() < 0.4)
        records[f"city-{city:02}"] = " ".join(["y" + planted + letters] + ["y"] * (city % 3))
    found = contrast_leaders(matrix(records, ranked=20), leading=20, against="others")
    assert [row.concept for row in found.rows if row.q is not None and row.q <= 0.05] == ["c:x"]
    assert found.rows[0].adjusted_difference == pytest.approx(0.7, abs=0.25)
    assert found.permutable == 60


def test_the_shipped_graph(graph: KnowledgeGraph) -> None:
    whole = read_matrix(graph.store)
    found = contrast_leaders(whole, leading=10, against="others")
    assert found.reason is None
    assert set(found.leaders) <= {city for city, rank in whole.ranks.items() if (rank or 99) <= 10}
    parts = (found.leaders, found.others, found.undocumented_leaders, found.undocumented_others)
    assert sum(map(len, parts)) == len(whole.cities)
    assert sum(s.leaders + s.others for s in found.strata) == int((whole.documentation > 0).sum())
    assert found.documentation is not None
    assert found.imbalance is not None
    # Leaders are better documented, and strata take most of that away.
    assert abs(found.imbalance) < (found.documentation[0] - found.documentation[1]) / 4
    assert {row.concept for row in found.rows} == set(whole.concepts)
    for row in found.rows:
        assert {link.city for link in found.evidence(row)} == {*row.leaders, *row.others}
        assert row.low <= row.difference <= row.high
        assert row.p is None or (row.q is not None and row.p <= row.q)
    assert found == contrast_leaders(whole, leading=10, against="others")
    # A scope of leaders only has nobody to compare them with.
    alone = contrast_leaders(read_matrix(graph.store, scope=Scope(leading=10)))
    assert alone.reason == (NO_COMPARISON_SET, "ranked")
