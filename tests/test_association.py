"""Pairs of concepts against two nulls: worked by hand, enumerated, and from published examples."""

from __future__ import annotations

import sys
from collections import Counter
from itertools import combinations, product

import numpy as np
import pytest
from numpy.typing import NDArray

from kg.errors import MissingPackageError, ParameterError
from kg.graph import KnowledgeGraph
from kg.recurrence import IncidenceMatrix, Link, Scope, association, read_matrix
from kg.recurrence.association import (
    Association,
    Refusal,
    associate,
    cell_probabilities,
    compare_with_bicm,
    compare_with_swaps,
    count_distribution,
    swap_worlds,
)
from kg.terms import CONCEPT, expand

Binary = NDArray[np.bool_]

# Darwin's finches: 13 species (rows) on 17 islands of the Galápagos, as typed in Darwin.c of the
# program exact 0.21 by Miller and Harrison (a copy is in github.com/othercriteria/
# StochasticBlockmodel, outside_code/exact_v0.21/code/C_version).
FINCHES = """
    00111111110111111 11111111110101100 11111111111101100 00111001010110111 11101111110101100
    00000000001010000 00111111100101100 00000000000100000 00111111110100100 00111111110101100
    00111011010000000 00110000000000000 11111111111111111
"""


def binary(text: str) -> Binary:
    """Rows of 0 and 1, parted by blanks."""
    return np.array([[character == "1" for character in row] for row in text.split()])


def corner(size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All pairs of so many columns."""
    first, second = np.nonzero(np.triu(np.ones((size, size)), 1))
    return first, second


def random_matrix(seed: int, rows: int, columns: int) -> Binary:
    """Independent cells: documented cities and popular concepts, and no association."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(-1, 1, rows)[:, None] + rng.normal(0, 1, columns)
    return np.asarray(rng.random((rows, columns)) < 1 / (1 + np.exp(-odds)))


def incidence(values: Binary, broader: dict[int, int] | None = None) -> IncidenceMatrix:
    """A matrix with one programme and one claim for each 1; ``broader``: concept to its parent."""
    cities = tuple(f"city:{row:03}" for row in range(values.shape[0]))
    concepts = tuple(f"concept:{column:03}" for column in range(values.shape[1]))
    links = []
    for row, column in zip(*np.nonzero(values), strict=True):
        for above in (column, *([broader[column]] if broader and column in broader else ())):
            cell = f"{row:03}-{column:03}"
            links.append(
                Link(
                    concept=concepts[above],
                    direct=concepts[column],
                    city=cities[row],
                    region="region:1",
                    programme=f"programme:{cell}",
                    claim=f"claim:{cell}",
                    fragment=f"fragment:{cell}",
                    source="source:1",
                )
            )
    return IncidenceMatrix(
        facet="practice",
        scope=Scope(),
        cities=cities,
        concepts=concepts,
        links=tuple(links),
        ranks=dict.fromkeys(cities),
        regions=dict.fromkeys(cities, "region:1"),
    )


def planted(seed: int = 0) -> Binary:
    """60 cities and 20 concepts; concepts 0 and 1 nearly always meet."""
    values = random_matrix(seed, 60, 20)
    values[:, 0] = False
    values[np.argsort(values.sum(axis=1), kind="stable")[10:30], 0] = True
    values[:, 1] = values[:, 0]
    values[0, 1] ^= True
    return values


def class_of(values: Binary) -> list[Binary]:
    """All matrices with the margins of a small one, by trying out every matrix."""
    columns = values.shape[1]
    options = [
        [row for row in product((False, True), repeat=columns) if sum(row) == total]
        for total in values.sum(axis=1)
    ]
    found = (np.array(choice) for choice in product(*options))
    return [each for each in found if (each.sum(axis=0) == values.sum(axis=0)).all()]


# --- the bipartite configuration model ----------------------------------------------------------


@pytest.mark.parametrize("shape", [(13, 17), (40, 9), (7, 60)])
def test_probabilities_reproduce_the_margins(shape: tuple[int, int]) -> None:
    values = binary(FINCHES) if shape == (13, 17) else random_matrix(1, *shape)
    probabilities = cell_probabilities(values)
    assert np.abs(probabilities.sum(axis=0) - values.sum(axis=0)).max() < 1e-6
    assert np.abs(probabilities.sum(axis=1) - values.sum(axis=1)).max() < 1e-6
    assert probabilities.min() >= 0
    assert probabilities.max() <= 1


def test_probabilities_worked_out_by_hand() -> None:
    # Margins 1, 1, 2 both ways: 2q + r = 1 and 2r + s = 2, and equal odds ratios. With q and s
    # written in r that is 2 (1 - r)^4 = r^2 (1 + r) (2r - 1), which holds for r = 0.568441.
    r = 0.568441
    assert 2 * (1 - r) ** 4 == pytest.approx(r**2 * (1 + r) * (2 * r - 1), abs=1e-6)
    q, s = (1 - r) / 2, 2 - 2 * r
    expected = [[q, q, r], [q, q, r], [r, r, s]]
    assert cell_probabilities(binary("001 010 101")) == pytest.approx(np.array(expected), abs=1e-5)


def test_probabilities_agree_with_maximum_likelihood_of_the_finches() -> None:
    """The same model by another road: logistic regression on islands and species, by scipy."""
    from scipy.optimize import minimize

    values = binary(FINCHES)[:-1]  # the warbler finch is on every island: no finite estimate
    rows, columns = values.shape

    def loss(theta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = theta[:rows, None] + theta[rows:]
        residual = 1 / (1 + np.exp(-odds)) - values
        value = (np.logaddexp(0, odds) - values * odds).sum()
        return value, np.concatenate([residual.sum(axis=1), residual.sum(axis=0)])

    theta = minimize(
        loss, np.zeros(rows + columns), jac=True, method="BFGS", options={"gtol": 1e-8}
    ).x
    independent = 1 / (1 + np.exp(-(theta[:rows, None] + theta[rows:])))
    ours = cell_probabilities(binary(FINCHES))
    assert ours[:-1] == pytest.approx(independent, abs=1e-5)
    assert (ours[-1] == 1).all()


def test_full_and_empty_lines_keep_their_values() -> None:
    inner = random_matrix(2, 12, 8)
    values = np.zeros((14, 10), dtype=bool)
    values[1:13, 1:9] = inner
    values[13] = True  # a city with everything
    values[:, 9] = True  # a concept that every city has, the empty one too
    values[:, 0] = False
    values[13, 0] = False
    probabilities = cell_probabilities(values)
    assert (probabilities[:, 0] == 0).all()
    assert (probabilities[:, 9] == 1).all()
    assert (probabilities[0, :9] == 0).all()
    assert (probabilities[13, 1:9] == 1).all()
    assert probabilities[1:13, 1:9] == pytest.approx(cell_probabilities(inner), abs=1e-6)


def test_cells_that_follow_from_the_margins_without_a_full_line() -> None:
    # Rows 1 and 2 must hold both of the first two columns: 3 + 3 entries are all that fit there.
    values = binary("1110 1101 1000 0100")
    assert len(class_of(values)) == 4
    expected = np.array([[1, 1, 0.5, 0.5]] * 2 + [[0.5, 0.5, 0, 0]] * 2)
    assert cell_probabilities(values) == pytest.approx(expected, abs=1e-9)


def test_distributions_of_counts_by_hand() -> None:
    # Both columns in a row: 1/2 x 1, 1/2 x 1/2, 1 x 1, that is 1/2, 1/4 and 1.
    probabilities = np.array([[0.5, 1.0], [0.5, 0.5], [1.0, 1.0]])
    masses = count_distribution(probabilities, np.array([0]), np.array([1]))
    assert masses == pytest.approx(np.array([[0, 3 / 8, 4 / 8, 1 / 8]]))


def test_distributions_agree_with_the_one_of_the_library() -> None:
    """PoiBin of bicm, after Hong (2013), on the Southern Women that come with networkx."""
    import networkx as nx
    from bicm.poibin import PoiBin

    women = nx.davis_southern_women_graph()
    order = sorted(women.graph["top"]), sorted(women.graph["bottom"])
    values = nx.bipartite.biadjacency_matrix(women, *order).toarray().astype(bool)
    assert values.shape == (18, 14)
    probabilities = cell_probabilities(values)
    first, second = corner(14)
    ours = count_distribution(probabilities, first, second)
    tests = compare_with_bicm(values, first, second, threshold=0.05)
    for place, (one, other) in enumerate(zip(first, second, strict=True)):
        theirs = PoiBin(probabilities[:, one] * probabilities[:, other])
        assert ours[place] == pytest.approx(theirs.pmf_list, abs=1e-12)
        count = int((values[:, one] & values[:, other]).sum())
        assert tests.count[place] == count
        # Columns of one sum share a distribution: the solver leaves 1e-7 between them.
        assert tests.together[place] == pytest.approx(theirs.pval(count), abs=1e-6)
        assert tests.apart[place] == pytest.approx(theirs.cdf(count), abs=1e-6)


@pytest.mark.parametrize("sparse", [False, True])
def test_needed_counts_are_the_first_that_suffice(sparse: bool) -> None:
    values = random_matrix(3, 50, 12)
    if sparse:  # most cities have one concept: few can have two in common
        values[:46] = np.arange(12) == np.arange(46)[:, None] % 3
    first, second = corner(12)
    threshold = 0.01
    tests = compare_with_bicm(values, first, second, threshold=threshold)
    masses = count_distribution(cell_probabilities(values), first, second)
    sums = values.sum(axis=0)
    roomy = int((values.sum(axis=1) >= 2).sum())
    reached = {"together": 0, "apart": 0}
    assert (roomy < np.minimum(sums[first], sums[second])).any() == sparse
    for place, (one, other) in enumerate(zip(first, second, strict=True)):
        most = min(sums[one], sums[other], roomy)
        fewest = max(0, sums[one] + sums[other] - 50)
        enough = [k for k in range(most + 1) if 2 * masses[place, k:].sum() <= threshold]
        few = [k for k in range(fewest, 51) if 2 * masses[place, : k + 1].sum() <= threshold]
        assert tests.enough_together[place] == min(enough, default=-1)
        assert tests.enough_apart[place] == max(few, default=-1)
        reached["together"] += bool(enough)
        reached["apart"] += bool(few)
        least = min(masses[place, most:].sum(), masses[place, : fewest + 1].sum())
        assert tests.smallest_p[place] == pytest.approx(min(1, 2 * least), abs=1e-6)
    if not sparse:
        assert 0 < reached["together"] < len(first)
        assert 0 < reached["apart"] < len(first)


def test_full_rows_bound_the_counts_from_below() -> None:
    # Ten rows of twenty are full, so that no world has fewer than ten common rows.
    values = random_matrix(9, 20, 8)
    values[:10] = True
    values[10:, :2] = np.arange(10)[:, None] < 2
    tests = compare_with_swaps(
        values, np.array([0]), np.array([1]), threshold=0.03, worlds=100, seed=1
    )
    assert values.sum(axis=0)[:2].tolist() == [12, 12]
    assert tests.enough_apart.tolist() == [-1]
    assert tests.smallest_p[0] > 0.03


# --- curveball ----------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(20, 30), (31, 7), (5, 2), (4, 1)])
def test_swaps_keep_both_margins(shape: tuple[int, int]) -> None:
    values = random_matrix(4, *shape)
    seen = 0
    for drawn in swap_worlds(values, 130, seed=1, burn_in=3, thinning=2):
        assert (drawn.sum(axis=1) == values.sum(axis=0)).all()
        assert (drawn.sum(axis=2) == values.sum(axis=1)).all()
        seen += len(drawn)
    assert seen == 130
    if shape == (20, 30):
        assert (drawn != values).any(axis=(1, 2)).all()


@pytest.mark.parametrize(("start", "size"), [("001 010 101", 5), ("100 010 001", 6)])
def test_swaps_reach_all_matrices_equally_often(start: str, size: int) -> None:
    from scipy.stats import chisquare

    values = binary(start)
    everything = {each.tobytes() for each in class_of(values)}
    assert len(everything) == size
    drawn = np.concatenate(list(swap_worlds(values, 6000, seed=2)))
    seen = Counter(np.ascontiguousarray(world).tobytes() for world in drawn)
    assert seen.keys() == everything
    assert chisquare(list(seen.values())).pvalue > 0.01


def test_swap_tails_are_those_of_the_whole_class() -> None:
    values = binary("1100 1010 1001 0111 0100 1111")
    first, second = corner(4)
    worlds = 4000
    tests = compare_with_swaps(values, first, second, threshold=0.05, worlds=worlds, seed=3)
    everything = np.array(class_of(values))
    assert len(everything) > 20
    met = np.einsum("wij,wik->wjk", everything.astype(int), everything.astype(int))
    met = met[:, first, second]
    for ours, exact in (
        (tests.together, (met >= tests.count).mean(axis=0)),
        (tests.apart, (met <= tests.count).mean(axis=0)),
    ):
        error = np.sqrt(exact * (1 - exact) / worlds)
        assert (np.abs(ours - exact) <= 4 * error + 1 / worlds).all()
    assert tests.expected == pytest.approx(met.mean(axis=0), abs=0.05)
    assert tests.deviation == pytest.approx(met.std(axis=0), abs=0.05)


def test_swaps_agree_with_the_exact_sampler_on_the_finches() -> None:
    """The mean square of common islands (Roberts and Stone 1990) is rarely as high as observed.

    An exact sampler of the matrices with these margins (Miller and Harrison, Annals of Statistics
    41, 2013) gives p = 0.000463 from ten million draws, says ``Darwin.c`` of their program.
    """
    species = binary(FINCHES).T
    one, other = corner(13)

    def statistic(worlds: NDArray[np.bool_]) -> NDArray[np.float64]:
        numbers = worlds.astype(np.float32)
        common = (numbers.swapaxes(-1, -2) @ numbers)[..., one, other]
        return np.asarray((common.astype(np.float64) ** 2).mean(axis=-1))

    observed = float(statistic(species))
    # The same by counting: 4,143 over the 78 pairs of species.
    lived_on = [set(np.flatnonzero(row)) for row in binary(FINCHES)]
    squares = [len(one & two) ** 2 for one, two in combinations(lived_on, 2)]
    assert (sum(squares), len(squares)) == (4143, 78)
    assert observed == pytest.approx(4143 / 78)
    worlds = 60_000
    hits = sum(
        int((statistic(drawn) >= observed - 1e-9).sum())
        for drawn in swap_worlds(species, worlds, seed=4, thinning=5)
    )
    error = (0.000463 / worlds) ** 0.5
    assert abs(hits / worlds - 0.000463) < 3.5 * error


def test_seeds() -> None:
    values = random_matrix(5, 40, 10)
    first, second = corner(10)

    def p(seed: int) -> NDArray[np.float64]:
        tests = compare_with_swaps(values, first, second, threshold=0.05, worlds=1000, seed=seed)
        return tests.together

    assert (p(7) == p(7)).all()
    one, other = p(7), p(8)
    assert (one != other).any()
    mean = (one + other) / 2
    assert (np.abs(one - other) <= 4 * np.sqrt(2 * mean * (1 - mean) / 1000) + 1e-9).all()


def test_only_the_guard_keeps_chance_from_looking_apart() -> None:
    """Many cities, few concepts, no association: the BiCM alone expects too many meetings."""
    from scipy.stats import false_discovery_control

    rng = np.random.default_rng(1)
    values = rng.random((400, 6)) < 1 / (1 + np.exp(-rng.normal(-1.7, 0.3, (400, 1))))
    values = values[values.any(axis=1)]
    first, second = corner(6)
    modelled = compare_with_bicm(values, first, second, threshold=0.05)
    drawn = compare_with_swaps(values, first, second, threshold=0.05, worlds=200, seed=1)
    assert (false_discovery_control(modelled.p) <= 0.05).any()
    assert not (false_discovery_control(modelled.guarded(drawn).p) <= 0.05).any()
    assert not (false_discovery_control(modelled.guarded(None).p) <= 0.05).any()


# --- the whole analysis -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def found() -> Association:
    return associate(incidence(planted()), worlds=300, seed=1)


def test_a_planted_pair_is_found(found: Association) -> None:
    values = planted()
    (pair,) = found.significant
    assert pair == found.pairs[0]
    assert (pair.first, pair.second, pair.direction) == ("concept:000", "concept:001", "together")
    both = values[:, 0] & values[:, 1]
    assert pair.cities == tuple(f"city:{row:03}" for row in np.flatnonzero(both))
    assert (len(pair.only_first), len(pair.only_second)) == (
        int((values[:, 0] & ~values[:, 1]).sum()),
        int((values[:, 1] & ~values[:, 0]).sum()),
    )
    assert pair.stable == len(found.cities)
    assert pair.enough_together is not None
    assert pair.enough_together <= len(pair.cities)
    assert pair.check_p == pytest.approx(2 / 301)
    assert pair.ratio == pytest.approx(len(pair.cities) / pair.expected)
    assert pair.z == pytest.approx((len(pair.cities) - pair.expected) / pair.deviation)
    assert pair.phi == pytest.approx(np.corrcoef(*values[values.any(axis=1)][:, :2].T)[0, 1])


def test_adjusted_values_are_those_of_benjamini_and_hochberg(found: Association) -> None:
    p = [pair.p for pair in found.pairs]
    assert p == sorted(p)
    assert found.tested == len(p)
    # q of rank i: the least of p_j m / j over all j from i on.
    by_hand = [
        min([1.0, *(p[j] * len(p) / (j + 1) for j in range(i, len(p)))]) for i in range(len(p))
    ]
    assert [pair.q for pair in found.pairs] == pytest.approx(by_hand)
    assert found.power is not None
    assert found.power.threshold == 0.05 / found.tested
    able = [pair for pair in found.pairs if pair.enough_together is not None]
    assert found.power.together == len(able) > 0
    ratios = [(pair.enough_together or 0) / pair.expected for pair in able]
    assert found.power.least_ratio == pytest.approx(min(ratios))
    assert found.power.median_ratio == pytest.approx(np.median(ratios))


def test_the_same_seed_gives_the_same_result(found: Association) -> None:
    assert associate(incidence(planted()), worlds=300, seed=1) == found
    other = associate(incidence(planted()), worlds=300, seed=2)
    assert other != found
    assert [(pair.p, pair.stable) for pair in other.significant] == [
        (pair.p, pair.stable) for pair in found.significant
    ]


def test_agreement_is_measured(found: Association) -> None:
    agreement = found.agreement
    assert agreement is not None
    assert agreement.pairs == found.tested
    assert 0.9 * agreement.pairs <= agreement.same_side <= agreement.pairs
    assert 0 < agreement.median_difference < agreement.largest_difference < 1
    assert agreement.rank_correlation is not None
    assert 0.5 < agreement.rank_correlation < 1


def test_a_pair_that_avoids_itself_is_apart_only_when_worlds_say_so() -> None:
    values = random_matrix(6, 80, 10)
    values[:, 0] = np.arange(80) % 2 == 0
    values[:, 1] = ~values[:, 0]
    matrix = incidence(values)
    drawn = associate(matrix, null="curveball", worlds=2000, seed=1)
    assert drawn.significant
    pair = drawn.significant[0]
    assert (pair.first, pair.second, pair.direction) == ("concept:000", "concept:001", "apart")
    assert (pair.cities, pair.ratio, pair.stable) == ((), 0, None)
    assert pair.p == pytest.approx(2 / 2001)
    assert (drawn.null, drawn.check) == ("curveball", "bicm")
    modelled = associate(matrix, worlds=2000, seed=1)
    assert (modelled.null, modelled.check) == ("bicm", "curveball")
    (pair,) = (pair for pair in modelled.significant if not pair.cities)
    assert (pair.direction, pair.stable) == ("apart", 80)
    assert pair.p == pytest.approx(2 / 2001)
    silent = associate(matrix, worlds=0)
    assert (silent.check, silent.agreement) == (None, None)
    assert not [pair for pair in silent.significant if pair.direction == "apart"]
    assert silent.power is not None
    assert silent.power.apart == 0


def test_a_finding_that_hangs_on_one_city_says_so() -> None:
    # Just as many common cities as needed: without one of them there are too few.
    values = random_matrix(8, 80, 12)
    rows = np.argsort(values.sum(axis=1), kind="stable")[30:]
    for common in range(10, 15):
        values[:, :2] = False
        values[rows[:common], :2] = True
        values[rows[common:14], 0] = True
        values[rows[14 : 28 - common], 1] = True
        result = associate(incidence(values), worlds=0)
        pairs = [pair for pair in result.significant if pair.second == "concept:001"]
        if pairs:
            break
    assert len(pairs[0].cities) == pairs[0].enough_together == common == 12
    assert pairs[0].stable is not None
    assert 0 < pairs[0].stable <= len(result.cities) - common


def test_a_pair_is_not_stable_where_a_concept_gets_too_rare() -> None:
    sums = planted().sum(axis=0)
    assert (sums[0], sums[1]) == (20, 19)
    result = associate(incidence(planted()), minimum=19, worlds=0)
    (pair,) = result.significant
    assert pair.stable == len(result.cities) - 19


def test_a_concept_of_every_city_and_a_city_of_nothing() -> None:
    values = planted()
    values[:, 5:7] = True
    values[7] = False
    result = associate(incidence(values), worlds=0)
    assert (len(result.cities), result.scope) == (59, 60)
    assert "city:007" not in result.cities
    full = [
        pair for pair in result.pairs if {"concept:005", "concept:006"} & {pair.first, pair.second}
    ]
    assert len(full) == 18 + 18 + 1
    for pair in full:
        assert (pair.p, pair.smallest_p) == (1, 1)
        assert (pair.phi, pair.enough_together, pair.enough_apart) == (None, None, None)
        assert pair.ratio == pytest.approx(1)
    (both,) = (pair for pair in full if (pair.first, pair.second) == ("concept:005", "concept:006"))
    assert (both.deviation, both.z, len(both.cities)) == (0, None, 59)


def test_pairs_that_one_statement_supports_are_left_out() -> None:
    values = planted()
    values[:, 1] = values[:, 0]
    values[:, 1] |= values[:, 2]
    # 1 is broader than 0 and than 2: they meet in every city of 0, and that tells nothing.
    result = associate(incidence(values, broader={0: 1, 2: 1}), worlds=0)
    tested = {(pair.first, pair.second) for pair in result.pairs}
    assert ("concept:000", "concept:001") not in tested
    assert ("concept:001", "concept:002") not in tested
    assert ("concept:000", "concept:002") in tested
    assert result.overlapping == 2
    assert result.tested == 20 * 19 // 2 - 2


def test_rare_concepts_are_not_tested() -> None:
    values = planted()
    values[:, 3] = False
    values[[1, 2], 3] = True
    assert associate(incidence(values), worlds=0).tested == 19 * 18 // 2
    assert associate(incidence(values), worlds=0, minimum=2).tested == 20 * 19 // 2


def test_evidence_and_table(found: Association) -> None:
    matrix = incidence(planted())
    pair = found.pairs[0]
    links = pair.evidence(matrix)
    assert {(link.city, link.concept) for link in links} == {
        (city, concept) for city in pair.cities for concept in (pair.first, pair.second)
    }
    assert all(link.claim for link in links)
    table = found.to_table({pair.first: "bus lanes", pair.cities[0]: "Lima"})
    assert len(table) == found.tested
    record = table.records()[0]
    assert record["first"] == pair.first
    assert record["first_name"] == "bus lanes"
    assert record["cities"] == len(pair.cities)
    assert record["first_cities"] == len(pair.cities) + len(pair.only_first)
    assert record["second_cities"] == len(pair.cities) + len(pair.only_second)
    assert record["documented"] == len(found.cities)
    assert record["of"] == 60
    assert record["stable"] == record["stable_of"] == len(found.cities)
    assert record["tested"] == found.tested
    assert record["check_p"] == pytest.approx(2 / 301, abs=1e-6)
    assert record["significant"] is True
    listed = str(record["city_list"])
    assert listed.startswith("Lima; ")
    assert len(listed.split("; ")) == len(pair.cities)
    last = table.records()[-1]
    assert (last["stable"], last["stable_of"]) == (None, None)


def test_progress_is_told_and_can_stop_the_work() -> None:
    told: list[tuple[int, int]] = []
    associate(
        incidence(planted()), worlds=90, progress=lambda done, total: told.append((done, total))
    )
    cities = int(planted().any(axis=1).sum())
    left_out = told.index((1, cities))
    assert {total for _, total in told[:left_out]} == {90}
    assert told[left_out - 1] == (90, 90)
    assert told[left_out:] == [(done, cities) for done in range(1, cities + 1)]

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        associate(incidence(planted()), worlds=60, progress=stop)


# --- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ("11 11 11 01", Refusal("association-few-cities", ("4", "5"))),
        ("", Refusal("association-few-cities", ("0", "5"))),
        ("110 101 011 100 010", Refusal("association-no-pairs", ("4",))),
        (
            "1100 1010 1001 1000 0100 0010 0001 0100 0010 0001 0100 0010 0001",
            Refusal("association-never-together", ("6", "13")),
        ),
    ],
)
def test_what_cannot_tell_is_refused(values: str, refused: Refusal) -> None:
    matrix = incidence(binary(values) if values else np.zeros((9, 3), dtype=bool))
    result = associate(matrix, minimum=4, worlds=50)
    assert result.refused == refused
    assert result.pairs == ()
    assert result.significant == ()
    assert len(result.to_table()) == 0
    assert (result.power is None) == (refused.code != "association-never-together")


def test_no_power_is_refused() -> None:
    # Five cities, each concept in three: even three common cities of three are nothing unusual.
    values = binary("111 110 101 011 001 000")
    result = associate(incidence(values), worlds=50)
    assert result.refused is not None
    assert result.refused.code == "association-no-power"
    assert result.power is not None
    assert result.refused.values == ("3", f"{result.power.smallest_p:.2g}")
    assert result.power.smallest_p > 0.05
    assert (result.power.together, result.power.least_ratio) == (0, None)
    assert result.pairs == ()


def test_a_null_without_a_solution_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(association, "_TOLERANCE", -1.0)
    with pytest.raises(ArithmeticError, match="no solution"):
        cell_probabilities(planted())
    result = associate(incidence(planted()), worlds=0)
    assert result.refused == Refusal("association-unsolved")
    assert (result.pairs, result.power) == ((), None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"minimum": 0},
        {"rate": 0.0},
        {"rate": 1.0},
        {"worlds": -1},
        {"null": "curveball", "worlds": 0},
        {"null": "chance"},
    ],
)
def test_parameters_that_make_no_sense(wrong: dict[str, object]) -> None:
    with pytest.raises(ParameterError):
        associate(incidence(planted()), **wrong)  # type: ignore[arg-type]


def test_the_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bicm", None)
    with pytest.raises(MissingPackageError, match="bicm"):
        cell_probabilities(planted())


# --- the shipped facts --------------------------------------------------------------------------


def test_the_first_source_alone_is_refused(article_graph: KnowledgeGraph) -> None:
    matrix = read_matrix(article_graph.store)
    common = matrix.values.T.astype(int) @ matrix.values.astype(int)
    common.setdiag(0)
    assert common.max() == 1
    result = associate(matrix, worlds=100)
    assert result.refused is not None
    assert result.refused.code == "association-never-together"
    assert result.refused.values == (str(result.tested), str(len(result.cities)))
    assert result.tested > 0
    assert result.pairs == ()


def test_the_shipped_facts(graph: KnowledgeGraph) -> None:
    matrix = read_matrix(graph.store)
    result = associate(matrix, worlds=200, seed=1)
    assert result.refused is None
    assert len(result.cities) == int((matrix.documentation > 0).sum())
    assert result.scope == len(matrix.cities)
    assert result.overlapping == 0
    assert result.tested == len(result.pairs) == 120
    sums = dict(zip(matrix.concepts, matrix.values.sum(axis=0).tolist(), strict=True))
    for pair in result.pairs:
        assert len(pair.cities) + len(pair.only_first) == sums[pair.first]
        assert len(pair.cities) + len(pair.only_second) == sums[pair.second]
        assert all(matrix.evidence(city, pair.first) for city in pair.cities)
        assert all(matrix.evidence(city, pair.second) for city in pair.cities)
    pair = next(pair for pair in result.pairs if pair.cities)
    assert pair.evidence(matrix)[0].claim.startswith(expand("claim/"))
    assert pair.first.startswith(CONCEPT + "practice/")


def test_broader_technologies_are_not_compared_with_their_own(graph: KnowledgeGraph) -> None:
    matrix = read_matrix(graph.store, "technology")
    result = associate(matrix, worlds=0)
    assert result.overlapping > 0
    kinds = {(link.direct, link.concept) for link in matrix.links if link.direct != link.concept}
    tested = {frozenset((pair.first, pair.second)) for pair in result.pairs}
    assert kinds
    assert not tested & {frozenset(kind) for kind in kinds}
