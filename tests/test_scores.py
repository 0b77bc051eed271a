"""Practices and factor scores: agreement with scipy, strata by hand, warnings and refusals."""

from __future__ import annotations

import doctest
import inspect
import itertools
import math
from collections.abc import Iterable, Mapping

import numpy as np
import pytest
from scipy.stats import false_discovery_control, kendalltau, mannwhitneyu, spearmanr

import kg.recurrence.scores
from kg.errors import ParameterError, UnknownNameError
from kg.graph import KnowledgeGraph
from kg.recurrence import IncidenceMatrix, Link, Scope, read_matrix
from kg.recurrence.scores import (
    DISPUTED,
    FEW_SCORED,
    NO_SCORES,
    SCORES_NO_OVERLAP,
    correlate_scores,
    rank_correlation,
    read_scores,
)
from kg.store.embedded import EmbeddedStore
from kg.terms import CONCEPT, CPG, ID

BUDGET = CONCEPT + "assessment-factor/budget"
VISION = CONCEPT + "assessment-factor/vision"


def city(number: int) -> str:
    return f"{ID}city/c{number:02}"


def matrix(records: Iterable[str]) -> IncidenceMatrix:
    """A city for each text: its programmes, parted by spaces, the letters of their concepts."""
    links = [
        Link(
            f"c:{letter}",
            f"c:{letter}",
            city(row),
            "asia",
            f"p-{row}-{n}",
            f"c-{row}-{n}",
            "f",
            "s",
        )
        for row, programmes in enumerate(records)
        for n, programme in enumerate(programmes.split())
        for letter in programme
    ]
    cities = tuple(city(row) for row, _ in enumerate(records))
    return IncidenceMatrix(
        facet="practice",
        scope=Scope(),
        cities=cities,
        concepts=tuple(sorted({link.concept for link in links})),
        links=tuple(links),
        ranks=dict.fromkeys(cities),
        regions={},
    )


def store(
    scores: Mapping[tuple[int, str], float | tuple[float, ...]],
    status: Mapping[int, str] | None = None,
) -> EmbeddedStore:
    """Scores of the edition ``e`` by number of the city and factor, each in a claim of its own."""
    lines = []
    for (number, factor), value in scores.items():
        for n, score in enumerate(value if isinstance(value, tuple) else (value,)):
            slug = factor.rpartition("/")[2]
            claim = f"<{ID}claim/{number}-{slug}-{n}>"
            seen = f"<{ID}observation/{number}-{slug}>"
            state = (status or {}).get(number, "accepted")
            decimal = "<http://www.w3.org/2001/XMLSchema#decimal>"
            lines += [
                f"{seen} <{CPG}refCity> <{city(number)}> {claim} .",
                f"{seen} <{CPG}refEdition> <{ID}edition/e> {claim} .",
                f"{seen} <{CPG}factor> <{factor}> {claim} .",
                f'{seen} <{CPG}score> "{score}"^^{decimal} {claim} .',
                f"{claim} <{CPG}claimStatus> <{CONCEPT}claim-status/{state}> .",
            ]
    return EmbeddedStore.from_nquads("\n".join(lines).encode())


def test_examples_in_the_docstring_run() -> None:
    assert doctest.testmod(kg.recurrence.scores) == (0, 2)


def test_a_rank_correlation_worked_out_by_hand() -> None:
    # Ranks 1, 2.5, 2.5, 4; the ones have 2.5 and 4. Of the four pairs of a one and a zero the one
    # is higher in three and equal in one.
    found = rank_correlation(np.array([[0], [1], [0], [1]]), np.array([[1.0], [2.0], [2.0], [9.0]]))
    assert found.rank_biserial[0, 0] == pytest.approx(3 / 4)
    # S = 3; 4 pairs differ in the practice and 5 in the score.
    assert found.kendall[0, 0] == pytest.approx(3 / math.sqrt(4 * 5))
    # Sum of products of deviations 1.5; sums of squares 1 and 4.5 (ranks of ones are 3.5).
    assert found.spearman[0, 0] == pytest.approx(1.5 / math.sqrt(1 * 4.5))


@pytest.mark.parametrize("seed", range(4))
def test_rank_correlations_are_those_of_scipy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    practices = rng.random((25, 5)) < 0.4
    scores = np.round(rng.normal(3, 0.6, (25, 3)) * 2) / 2  # many ties
    found = rank_correlation(practices, scores)
    for row, column in itertools.product(range(5), range(3)):
        with_it, without = scores[practices[:, row], column], scores[~practices[:, row], column]
        x, y = practices[:, row].astype(int), scores[:, column]
        assert found.spearman[row, column] == pytest.approx(spearmanr(x, y).statistic)
        assert found.kendall[row, column] == pytest.approx(kendalltau(x, y).statistic)
        share = mannwhitneyu(with_it, without).statistic / (len(with_it) * len(without))
        assert found.rank_biserial[row, column] == pytest.approx(2 * share - 1)


def test_a_constant_column_has_no_correlation() -> None:
    found = rank_correlation([[1, 0], [1, 1], [1, 0]], [[1.0, 2.0], [2.0, 2.0], [3.0, 2.0]])
    for measure in (found.spearman, found.kendall, found.rank_biserial):
        assert np.isnan(measure).tolist() == [[True, True], [False, True]]


def test_a_correlation_in_strata_worked_out_by_hand() -> None:
    # Four cities with one programme and four with four: two strata.
    records = ["xy", "xy", "y", "y", "xy y y y", "xy y y y", "y y y y", "y y y y"]
    budget = dict(zip(range(8), (3, 4, 1, 2, 3, 1, 2, 4), strict=True))
    scores = store({(row, BUDGET): float(score) for row, score in budget.items()})
    found = correlate_scores(scores, matrix(records), edition="e", strata=2, permutations=5_000)
    assert found.strata == ((1, 1, 4), (4, 4, 4))
    row, everywhere = found.rows
    assert (row.concept, row.factor) == ("c:x", BUDGET)
    assert row.having == (city(0), city(1), city(4), city(5))
    assert row.lacking == (city(2), city(3), city(6), city(7))
    # Scores 3, 4, 3, 1 with it and 1, 2, 2, 4 without: of the 16 pairs 9 are above (3, 4 and 3
    # above 1, 2 and 2), 2 are equal (4 and 4, 1 and 1), and 5 are below.
    assert row.rank_biserial == pytest.approx((9 - 5) / 16)
    # Within the first stratum all 4 pairs are above (1), within the second 1 of 4 (-1/2).
    assert row.adjusted_effect == pytest.approx((1 - 1 / 2) / 2)
    # The rank sums of two of four: 3, 4, 5, 5, 6, 7. Of the 36 sums of two such, with the mean of
    # 10, this one is 7 + 4 = 11: all but the 10s are as far, and these are 2 + 2 + 4 = 8.
    assert row.p == pytest.approx(28 / 36, abs=0.03)
    assert row.smallest_p == pytest.approx(2 / 36)  # 3 + 3 and 7 + 7
    assert row.q == row.p
    assert (row.permutable, row.disputed, row.warning) == (8, 0, False)
    # What all have on record cannot go together with anything.
    assert everywhere.concept == "c:y"
    assert (everywhere.spearman, everywhere.adjusted_effect, everywhere.p) == (None, None, None)
    assert found.tests == 1
    assert found.smallest_q == row.smallest_p


def test_strata_hold_five_cities_documented_alike() -> None:
    def strata(counts: list[int]) -> tuple[tuple[int, int, int], ...]:
        known = matrix(["x " * number for number in counts])
        facts = store({(row, BUDGET): float(row) for row in range(len(counts))})
        return correlate_scores(facts, known, edition="e", permutations=9).strata

    assert strata([1] * 6 + [2] * 6) == ((1, 1, 6), (2, 2, 6))
    assert strata([1] * 4 + [2] * 6) == ((1, 2, 10),)
    assert strata([1] * 4 + [3] * 6) == ((1, 1, 4), (3, 3, 6))  # too far apart


def test_who_is_counted_is_said() -> None:
    records = ["xy", "x", "y", "xy", "", "x", "y", "y", "x", "y", "x", ""]
    budget: dict[tuple[int, str], float | tuple[float, ...]] = {
        (row, BUDGET): row % 3 + 1.0 for row in range(10)
    }
    budget[1, BUDGET] = (2.0, 3.0)  # two claims that disagree
    budget[99, BUDGET] = 4.0  # a city out of scope
    facts = store(budget, {2: "disputed", 3: "rejected"})
    found = correlate_scores(facts, matrix(records), edition="e", permutations=99)
    assert found.reason == (FEW_SCORED, "7", "e", "8")
    assert found.undocumented == (city(4),)
    assert found.unscored == (city(1), city(3), city(10))
    assert found.conflicting == ((city(1), BUDGET),)
    budget[10, BUDGET] = 3.0
    found = correlate_scores(
        store(budget, {2: "disputed", 3: "rejected"}), matrix(records), edition="e", permutations=99
    )
    assert found.reason is None
    assert found.cities == tuple(city(row) for row in (0, 2, 5, 6, 7, 8, 9, 10))
    row = found.rows[0]
    assert (len(row.having) + len(row.lacking), row.disputed) == (8, 1)
    assert [score.city for score in found.scored(row)] == list(found.cities)
    assert found.scored(row)[1].claim == f"{ID}claim/2-budget-0"
    assert {link.city for link in found.evidence(row)} == set(row.having)


def test_a_factor_with_fewer_scores_is_tested_on_its_own_cities() -> None:
    records = ["xy", "y", "x", "y", "xy", "y", "x", "y", "x", "y"]
    scores = {(row, BUDGET): float(row) for row in range(10)}
    scores |= {(row, VISION): float(row * 7 % 10) for row in range(9)}
    seen: list[tuple[int, int]] = []
    found = correlate_scores(
        store(scores),
        matrix(records),
        edition="e",
        permutations=50,
        progress=lambda done, of: seen.append((done, of)),
    )
    sizes = {row.factor: len(row.having) + len(row.lacking) for row in found.rows}
    assert sizes == {BUDGET: 10, VISION: 9}
    assert seen == [(50, 100), (100, 100)]
    one = correlate_scores(
        store({pair: value for pair, value in scores.items() if pair[1] == VISION}),
        matrix(records),
        edition="e",
        permutations=50,
    )
    p = {row.concept: row.p for row in found.rows if row.factor == VISION}
    assert p == {row.concept: row.p for row in one.rows}


def test_without_a_basis_nothing_is_correlated(graph: KnowledgeGraph) -> None:
    shipped = read_matrix(graph.store)
    found = correlate_scores(graph.store, shipped, edition="imd-smart-city-index-2019")
    assert (found.reason, found.rows) == ((NO_SCORES, "imd-smart-city-index-2019"), ())
    assert found.to_table().rows == ()
    with pytest.raises(UnknownNameError, match="nowhere"):
        correlate_scores(graph.store, shipped, edition="nowhere")
    with pytest.raises(ParameterError, match="permutations"):
        correlate_scores(graph.store, shipped, permutations=0)
    with pytest.raises(ParameterError, match="strata"):
        correlate_scores(graph.store, shipped, strata=0)
    # 1, 3, 9 … programmes: no two cities are documented alike.
    apart = matrix(["x " * 3**n for n in range(8)])
    facts = store({(row, BUDGET): float(row) for row in range(8)})
    found = correlate_scores(facts, apart, edition="e")
    assert (found.reason, found.smallest_q) == ((SCORES_NO_OVERLAP, "8"), None)


def test_documentation_alone_makes_no_correlation_and_a_planted_one_is_found() -> None:
    rng = np.random.default_rng(4)
    counts = rng.integers(1, 9, 90)
    # Better documented cities score higher on the budget, and have more of a to h on record.
    # Cities with x, whatever their documentation, score higher on the vision.
    records, scores = [], {}
    for row, number in enumerate(counts):
        has = rng.random() < 0.5
        programmes = ["y" + ("x" if has else "")] + ["y"] * (number - 1)
        for n in range(number):
            programmes[n] += "".join(letter for letter in "abcdefgh" if rng.random() < 0.15)
        records.append(" ".join(programmes))
        scores[row, BUDGET] = float(np.round(number / 2 + rng.normal(0, 0.7)))
        scores[row, VISION] = float(np.round(3 + 1.2 * has + rng.normal(0, 0.7)))
    facts, known = store(scores), matrix(records)

    def findings(strata: int | None) -> set[tuple[str, str]]:
        found = correlate_scores(facts, known, edition="e", strata=strata, permutations=1_999)
        return {
            (row.concept, row.factor) for row in found.rows if row.q is not None and row.q <= 0.05
        }

    assert findings(None) == {("c:x", VISION)}
    # Without strata documentation shows up as practices that go with a large budget.
    assert len({concept for concept, factor in findings(1) if factor == BUDGET}) > 3


def test_the_shipped_graph(graph: KnowledgeGraph) -> None:
    known = read_matrix(graph.store)
    found = correlate_scores(graph.store, known, permutations=999)
    assert found.reason is None
    assert len(found.factors) == 10
    assert len(found.cities) + len(found.unscored) == int((known.documentation > 0).sum())
    assert sum(size for *_, size in found.strata) == len(found.cities)
    # Each factor, each practice on record in a scored city.
    held = {link.concept for link in known.links if link.city in found.cities}
    assert len(found.rows) == len({(row.concept, row.factor) for row in found.rows})
    assert {row.concept for row in found.rows} == held
    # The three columns whose headings are in doubt carry the warning, and no other.
    assert len(found.warnings) == 3
    assert set(found.warnings) == DISPUTED["eden-top50-2021"]
    for row in found.rows:
        assert row.warning == (row.factor in found.warnings)
        assert {score.city for score in found.scored(row)} == {*row.having, *row.lacking}
        assert {link.city for link in found.evidence(row)} == set(row.having)
    tested = [row for row in found.rows if row.p is not None]
    assert [row.q for row in tested] == pytest.approx(
        false_discovery_control([row.p for row in tested]).tolist()
    )
    # Shanghai's three disputed scores are used, and said to be disputed.
    assert {row.disputed for row in found.rows if row.warning} == {1}
    assert found == correlate_scores(graph.store, known, permutations=999)
    other = correlate_scores(graph.store, known, permutations=999, seed=1)
    assert [row.p for row in other.rows] != [row.p for row in found.rows]
    # The edition before is not in doubt.
    before = correlate_scores(graph.store, known, edition="eden-top50-2018", permutations=99)
    assert before.warnings == ()
    assert len(read_scores(graph.store, "eden-top50-2018")) == 250


def test_a_table_keeps_denominators_and_the_warning(graph: KnowledgeGraph) -> None:
    found = correlate_scores(graph.store, read_matrix(graph.store), permutations=99)
    for row, record in zip(found.rows, found.to_table({BUDGET: "Budget"}).records(), strict=True):
        assert (record["practice"], record["factor"]) == (row.concept, row.factor)
        assert record["cities"] == len(row.having) + len(row.lacking)
        assert record["having"] == len(row.having)
        assert record["warning"] == row.warning
        assert (record["factor_name"] == "Budget") == (row.factor == BUDGET)


def test_nothing_is_said_about_causes() -> None:
    assert "cause" not in inspect.getsource(kg.recurrence.scores).lower()
