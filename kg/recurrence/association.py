"""Which concepts are recorded together in more, or in fewer, cities than chance explains.

Chance keeps two things: how widespread a concept is, and how much is on record of a city. Both
nulls hold them, so a well-documented city or a popular concept is no finding by itself.

- **BiCM**, the bipartite configuration model (Saracco, Di Clemente, Gabrielli and Squartini,
  Scientific Reports 5:10595, 2015): the maximum-entropy ensemble whose margins are the observed
  ones on average. It gives each cell a probability of its own, the cells are independent, and the
  count of a pair is exactly Poisson-binomial (Saracco et al., New Journal of Physics 19:053022,
  2017, appendix A).
- **Curveball** (Strona, Nappo, Boccacci, Fattorini and San-Miguel-Ayanz, Nature Communications
  5:4114, 2014): worlds with exactly the observed margins, drawn by trades.

One decides and the other checks. The BiCM is exact and quick, but a city with one concept on record
may have two in it, so it expects too many meetings, most of all when concepts are few (Neal,
Domagalski and Sagan, Scientific Reports 11:23929, 2021, found it conservative).
Measured on random worlds without any association, observed / expected is 0.90 for 72 cities x 16
concepts and 0.98 for 200 x 200. Two things follow. Its tail «together» is careful: with planted
pairs in 72 x 16 it found 0 of 45 where 8,000 curveball worlds found 30, with one false finding.
And its tail «apart» is not safe: of random worlds of 500 x 8 it called a pair apart in 18 of 20.
So a pair is only called apart when curveball worlds, which hold their level at any size, say so
as well.

A zero is unknown, not absent: «apart» means recorded together less often, no more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Final, Literal

import pyoxigraph as ox

from kg.errors import MissingPackageError, ParameterError
from kg.recurrence.incidence import Link
from kg.recurrence.matrix import IncidenceMatrix
from kg.results import Table, from_value
from kg.terms import shorten

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Direction = Literal["together", "apart"]
Null = Literal["bicm", "curveball"]
Progress = Callable[[int, int], None]

# With fewer documented cities no pair of margins leaves room for a surprise.
FEWEST_CITIES: Final = 5
# Rounds of trades. Measured on the shipped facts and on 200 x 200 random cells, the counts of pairs
# have an integrated autocorrelation time of 2 to 5 rounds, up to 27 for the rarest pairs. Neal
# (arXiv:2305.04937, an early version of 2023) puts the upper bound of the mixing time at 10 trades
# a row or more, which is 20 rounds.
BURN_IN: Final = 200
THINNING: Final = 20
# Cells that are worked on at once: small matrices run as several chains side by side.
_CELLS: Final = 2**15
# Pairs whose distributions are convolved at once: they stay in the cache of one core.
_BLOCK: Final = 256
# A margin may be off by this much; the starts that the solver of the library is given in turn.
# Over 3,000 random matrices up to 200 x 200 the first start failed on 6 %, all three on none.
_TOLERANCE: Final = 1e-6
_STARTS: Final = (("root", "chung_lu"), ("root", "uniform"), ("newton", "uniform"))


@dataclass(frozen=True)
class Pair:
    """Two concepts and how often the same city has both on record.

    Attributes
    ----------
    first, second
        IRIs of the concepts, in order.
    direction
        ``together`` when the pair meets in at least as many cities as expected, else ``apart``.
    cities, only_first, only_second
        IRIs of documented cities with both, or with one of the two alone on record.
    expected, deviation
        Mean and standard deviation of the number of common cities under the null that decides.
    ratio
        Common cities / expected; None when none is expected.
    phi
        Phi coefficient over the documented cities (Yule, JRSS 75, 1912), -1 to 1; None when one
        of the two is on record in every city.
    z
        (common cities - expected) / deviation; None when the margins leave no room.
    p
        Two-sided p-value under the null that decides: twice the smaller tail, at most 1. A tail
        is exact for the BiCM and (1 + hits) / (1 + worlds) for curveball worlds. When the BiCM
        decides, the tail «apart» is the larger of both, and 1 without worlds.
    q
        ``p`` adjusted over all tested pairs (Benjamini and Hochberg, JRSS B 57, 1995).
    significant
        ``q`` is at most the false discovery rate.
    check_expected, check_p
        The same under the null that checks, by itself; None without it.
    smallest_p
        Smallest ``p`` that these margins could reach.
    enough_together, enough_apart
        Fewest and most common cities that would be significant if no other pair were: p at most
        the rate / pairs tested. None when these margins cannot reach it.
    stable
        Of the runs in which one documented city is left out, those in which the pair stays
        significant, by a BiCM of these cities and the curveball worlds of all. None for a pair
        that is not significant, and when curveball worlds decide, which would have to be drawn
        anew for each city.
    """

    first: str
    second: str
    direction: Direction
    cities: tuple[str, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    expected: float
    deviation: float
    ratio: float | None
    phi: float | None
    z: float | None
    p: float
    q: float
    significant: bool
    check_expected: float | None
    check_p: float | None
    smallest_p: float
    enough_together: int | None
    enough_apart: int | None
    stable: int | None

    def evidence(self, matrix: IncidenceMatrix) -> tuple[Link, ...]:
        """The rows of the incidence behind the common cities, by concept and then by city."""
        return tuple(
            link
            for concept in (self.first, self.second)
            for city in self.cities
            for link in matrix.evidence(city, concept)
        )


@dataclass(frozen=True)
class Refusal:
    """Why nothing is ranked.

    Attributes
    ----------
    code
        Key of the message in :mod:`kg.messages`: ``association-few-cities``,
        ``association-no-pairs``, ``association-never-together``, ``association-no-power`` or
        ``association-unsolved``.
    values
        What the message names.
    """

    code: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Power:
    """The smallest effect that this much data could show, over the tested pairs.

    Attributes
    ----------
    threshold
        The p-value that a pair needs when it is the only finding: the rate / pairs tested.
    smallest_p
        Smallest p-value that the margins of any pair could reach.
    together, apart
        Pairs that could reach the threshold by meeting often enough, or seldom enough.
    least_ratio, median_ratio
        Common cities / expected at which a pair first reaches the threshold by meeting often:
        the least and the median over the pairs that can; None when none can.
    """

    threshold: float
    smallest_p: float
    together: int
    apart: int
    least_ratio: float | None
    median_ratio: float | None


@dataclass(frozen=True)
class Agreement:
    """How far the two nulls agree on the two-sided p-values of the tested pairs.

    No p-value from curveball worlds is below 2 / (1 + worlds).

    Attributes
    ----------
    pairs
        Pairs compared.
    same_side
        Pairs that both nulls put on the same side of the rate, before adjustment.
    median_difference, largest_difference
        Of the absolute differences of the p-values.
    rank_correlation
        Spearman's, -1 to 1; None when one side is constant.
    """

    pairs: int
    same_side: int
    median_difference: float
    largest_difference: float
    rank_correlation: float | None


@dataclass(frozen=True)
class Association:
    """All tested pairs of a facet in one scope, or the reason why there is nothing to rank.

    Attributes
    ----------
    cities
        IRIs of the cities tested over: those with something on record in this facet.
    scope
        Number of cities in the scope; one without a record is unknown and takes no part.
    concepts
        Number of concepts on record, all of which shape the nulls.
    minimum
        Cities that each concept of a tested pair needs.
    tested, overlapping
        Pairs tested, and pairs left out because one statement supports both (a concept and a
        broader one): they meet by construction.
    pairs
        By ``p``, then by IRI; empty when refused.
    null, check
        The null model that decides, and the one that checks; None without worlds.
    power
        None when refused before there was a null to measure against.
    agreement
        None when refused or without a check.
    """

    facet: str
    cities: tuple[str, ...]
    scope: int
    concepts: int
    minimum: int
    rate: float
    tested: int
    overlapping: int
    pairs: tuple[Pair, ...]
    refused: Refusal | None
    power: Power | None
    agreement: Agreement | None
    null: Null
    check: Null | None
    worlds: int
    burn_in: int
    thinning: int
    seed: int

    @property
    def significant(self) -> tuple[Pair, ...]:
        """The pairs that are findings."""
        return tuple(pair for pair in self.pairs if pair.significant)

    def to_table(self, names: Mapping[str, str] | None = None) -> Table:
        """The pairs as a table of RDF terms, without rows when refused."""
        variables = (
            "first",
            "first_name",
            "second",
            "second_name",
            "direction",
            "cities",
            "first_cities",
            "second_cities",
            "documented",
            "of",
            "expected",
            "ratio",
            "phi",
            "z",
            "p",
            "q",
            "significant",
            "check_expected",
            "check_p",
            "stable",
            "stable_of",
            "smallest_p",
            "enough_together",
            "enough_apart",
            "tested",
            "city_list",
        )
        called = names or {}
        rows = [
            (
                ox.NamedNode(pair.first),
                from_value(called.get(pair.first, shorten(pair.first))),
                ox.NamedNode(pair.second),
                from_value(called.get(pair.second, shorten(pair.second))),
                from_value(pair.direction),
                from_value(len(pair.cities)),
                from_value(len(pair.cities) + len(pair.only_first)),
                from_value(len(pair.cities) + len(pair.only_second)),
                from_value(len(self.cities)),
                from_value(self.scope),
                from_value(pair.expected),
                from_value(pair.ratio),
                from_value(pair.phi),
                from_value(pair.z),
                from_value(pair.p, digits=6),
                from_value(pair.q, digits=6),
                from_value(pair.significant),
                from_value(pair.check_expected),
                from_value(pair.check_p, digits=6),
                from_value(pair.stable),
                from_value(None if pair.stable is None else len(self.cities)),
                from_value(pair.smallest_p, digits=6),
                from_value(pair.enough_together),
                from_value(pair.enough_apart),
                from_value(self.tested),
                from_value("; ".join(called.get(city, shorten(city)) for city in pair.cities)),
            )
            for pair in self.pairs
        ]
        brief = ("first_name", "second_name", "direction", "cities", "expected", "q", "city_list")
        return Table(variables, tuple(rows), brief)


@dataclass(frozen=True)
class _Tails:
    """Null distributions of counts: tails of shape (distributions, rows + 1), and moments."""

    at_least: NDArray[np.float64]
    at_most: NDArray[np.float64]
    expected: NDArray[np.float64]
    deviation: NDArray[np.float64]


@dataclass(frozen=True)
class PairTests:
    """The test of many pairs of columns against one null: one array entry a pair.

    Attributes
    ----------
    count, expected, deviation
        Common rows: observed, and mean and standard deviation under the null.
    together, apart
        One-sided p-values: as many common rows or more, as few or fewer.
    least_together, least_apart
        The least of each that the margins allow.
    enough_together, enough_apart
        Fewest and most common rows at which twice the p-value is at most the threshold; -1 when
        the margins allow none.
    """

    count: NDArray[np.int64]
    expected: NDArray[np.float64]
    deviation: NDArray[np.float64]
    together: NDArray[np.float64]
    apart: NDArray[np.float64]
    least_together: NDArray[np.float64]
    least_apart: NDArray[np.float64]
    enough_together: NDArray[np.int64]
    enough_apart: NDArray[np.int64]

    @property
    def p(self) -> NDArray[np.float64]:
        """Two-sided p-values: twice the smaller tail, at most 1."""
        return _twice(self.together, self.apart)

    @property
    def smallest_p(self) -> NDArray[np.float64]:
        """The least two-sided p-values that the margins allow."""
        return _twice(self.least_together, self.least_apart)

    def guarded(self, apart: PairTests | None) -> PairTests:
        """The same tests with the larger of two tails «apart»; with none when nothing guards it."""
        import numpy as np

        if apart is None:
            return replace(
                self,
                apart=np.ones_like(self.apart),
                least_apart=np.ones_like(self.least_apart),
                enough_apart=np.full_like(self.enough_apart, -1),
            )
        return replace(
            self,
            apart=np.maximum(self.apart, apart.apart),
            least_apart=np.maximum(self.least_apart, apart.least_apart),
            enough_apart=np.minimum(self.enough_apart, apart.enough_apart),
        )


def cell_probabilities(values: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Probability of each cell under the bipartite configuration model.

    Some cells follow from the margins alone, as those of a full or an empty row or column do; there
    the likelihood has no finite maximum and a solver runs away. Draw an arrow from row to column
    for each 1 and back for each 0: a cell is open when its two ends lie in one strongly connected
    part, and each part has a unique finite solution of its own (Fischer, Psychometrika 46:59-77,
    1981, for the Rasch model, which has the same likelihood). All other cells keep their value.

    Parameters
    ----------
    values
        Binary matrix, shape (rows, columns).

    Returns
    -------
    NDArray
        Shape of ``values``, 0 to 1; its margins are those of ``values`` to 1e-6.

    Raises
    ------
    MissingPackageError
        The package ``bicm`` is not installed.
    ArithmeticError
        Its solver found no solution.
    """
    import numpy as np
    from scipy.sparse.csgraph import connected_components

    values = np.asarray(values, dtype=bool)
    rows, columns = values.shape
    arrows = np.zeros((rows + columns, rows + columns), dtype=bool)
    arrows[:rows, rows:] = values
    arrows[rows:, :rows] = ~values.T
    _, part = connected_components(arrows, connection="strong")
    probabilities = values.astype(np.float64)
    for name in np.unique(part):
        within = np.ix_(part[:rows] == name, part[rows:] == name)
        if values[within].size:
            probabilities[within] = _solve(values[within])
    return probabilities


def count_distribution(
    probabilities: NDArray[np.float64], first: NDArray[np.int64], second: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Distribution of the number of rows in which two columns both are 1, for many pairs.

    The Poisson-binomial probabilities by direct convolution (Biscarri, Zhao and Brunner, 2018,
    doi:10.1016/j.csda.2018.01.007): exact, all terms positive.
    ``scipy.stats.poisson_binom`` takes one count at a time and needs 1.8 ms for a pair of 200 rows;
    all counts of 5,000 pairs take 0.25 s here.

    Parameters
    ----------
    probabilities
        Of independent cells, shape (rows, columns).
    first, second
        Columns of each pair.

    Returns
    -------
    NDArray
        Shape (pairs, rows + 1): entry k is the probability of k common rows.
    """
    import numpy as np

    rows = len(probabilities)
    result = np.zeros((len(first), rows + 1))
    for start in range(0, len(first), _BLOCK):
        block = slice(start, start + _BLOCK)
        chances = probabilities[:, first[block]] * probabilities[:, second[block]]
        masses = np.zeros((rows + 1, chances.shape[1]))
        masses[0] = 1
        for seen, chance in enumerate(chances, start=1):
            gained = masses[:seen] * chance
            masses[:seen] *= 1 - chance
            masses[1 : seen + 1] += gained
        result[block] = masses.T
    return result


def swap_worlds(
    values: NDArray[np.bool_],
    worlds: int,
    *,
    seed: int,
    burn_in: int = BURN_IN,
    thinning: int = THINNING,
) -> Iterator[NDArray[np.bool_]]:
    """Draw matrices that have exactly the row and column sums of the given one.

    One round pairs all columns at random and lets each two trade: what only one of them has is
    dealt out anew, each as many as before (the trade of Strona et al. 2014; all pairs at once after
    Carstens, Hamann, Meyer, Penschuck, Tran and Wagner, ESA 2018). A trade and its reverse are
    equally likely and every matrix can be reached, so that in the long run all are equally
    frequent (Carstens, Physical Review E 91:042812, 2015).

    Parameters
    ----------
    values
        Binary matrix, shape (rows, columns).
    worlds
        Matrices to draw.
    burn_in, thinning
        Rounds before the first matrix of a chain and between two of them.

    Yields
    ------
    NDArray
        Some of the worlds, shape (some, rows, columns), one from each chain.
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    state = np.asarray(values, dtype=bool).T
    chains = max(1, min(_CELLS // max(state.size, 1), worlds // 20))
    states = np.repeat(state[None], chains, axis=0)
    for _ in range(burn_in):
        _trade(states, rng)
    left = worlds
    while left > 0:
        for _ in range(thinning):
            _trade(states, rng)
        yield states[:left].transpose(0, 2, 1).copy()
        left -= chains


def compare_with_bicm(
    values: NDArray[np.bool_],
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    *,
    threshold: float,
) -> PairTests:
    """Test pairs of columns of a binary matrix against the bipartite configuration model.

    Parameters
    ----------
    values
        Binary matrix, shape (rows, columns).
    first, second
        Columns of each pair.
    threshold
        Two-sided p-value for which the necessary counts are looked up.

    Raises
    ------
    MissingPackageError, ArithmeticError
        As :func:`cell_probabilities`.
    """
    import numpy as np

    values = np.asarray(values, dtype=bool)
    probabilities = cell_probabilities(values)
    sums = values.sum(axis=0)
    # Columns with the same sum have the same probabilities: few distributions serve all pairs.
    _, example, kind = np.unique(sums, return_index=True, return_inverse=True)
    low, high = np.minimum(kind[first], kind[second]), np.maximum(kind[first], kind[second])
    codes, place = np.unique(low * len(example) + high, return_inverse=True)
    one, other = example[codes // len(example)], example[codes % len(example)]
    masses = count_distribution(probabilities, one, other)
    chances = probabilities[:, one] * probabilities[:, other]
    tails = _Tails(
        at_least=np.minimum(np.cumsum(masses[:, ::-1], axis=1)[:, ::-1], 1),
        at_most=np.minimum(np.cumsum(masses, axis=1), 1),
        expected=chances.sum(axis=0),
        deviation=np.sqrt((chances * (1 - chances)).sum(axis=0)),
    )
    return _judge(values, first, second, tails, (one, other), place, threshold)


def compare_with_swaps(
    values: NDArray[np.bool_],
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    *,
    threshold: float,
    worlds: int,
    seed: int,
    progress: Progress | None = None,
) -> PairTests:
    """Test pairs of columns of a binary matrix against curveball worlds.

    A tail is (1 + hits) / (1 + worlds), which is never 0 (Phipson and Smyth, Statistical
    Applications in Genetics and Molecular Biology 9, 2010). A single pair among many can only be a
    finding with about 2 x pairs / rate worlds or more.

    Parameters
    ----------
    values, first, second, threshold
        As :func:`compare_with_bicm`.
    worlds, seed
        As :func:`swap_worlds`.
    progress
        Told how many worlds are done, and of how many.
    """
    import numpy as np

    values = np.asarray(values, dtype=bool)
    pairs, counts = len(first), np.arange(len(values) + 1)
    seen = np.zeros((pairs, len(counts)), dtype=np.int64)
    done = 0
    for drawn in swap_worlds(values, worlds, seed=seed):
        for met in _common(drawn)[:, first, second]:
            seen[np.arange(pairs), met] += 1
        done += len(drawn)
        if progress:
            progress(done, worlds)
    expected = seen @ counts / worlds
    tails = _Tails(
        at_least=(1 + np.cumsum(seen[:, ::-1], axis=1)[:, ::-1]) / (1 + worlds),
        at_most=(1 + np.cumsum(seen, axis=1)) / (1 + worlds),
        expected=expected,
        deviation=np.sqrt(np.maximum(seen @ counts**2 / worlds - expected**2, 0)),
    )
    return _judge(values, first, second, tails, (first, second), np.arange(pairs), threshold)


def associate(
    matrix: IncidenceMatrix,
    *,
    minimum: int = 3,
    rate: float = 0.05,
    null: Null = "bicm",
    worlds: int = 1000,
    seed: int = 0,
    progress: Progress | None = None,
) -> Association:
    """Test which concepts are recorded together in more, or in fewer, cities than chance explains.

    Parameters
    ----------
    minimum
        Cities that each concept of a tested pair needs.
    rate
        False discovery rate, between 0 and 1.
    null
        The null model that decides; the other one checks.
    worlds
        Curveball worlds. Where they have a say, for both directions when they decide and for
        «apart» always, a single pair can only be a finding with about 2 x pairs / rate or more.
        0 leaves them out: nothing is called apart.
    progress
        Told how many worlds are drawn, of how many, and then how many cities were left out.

    Raises
    ------
    ParameterError
        A minimum, a rate or a number of worlds makes no sense.
    MissingPackageError
        The package ``bicm`` is not installed.
    """
    import numpy as np
    from scipy.stats import false_discovery_control

    if minimum < 1:
        raise ParameterError("bad-parameter", "minimum", "1, 2, 3 …", str(minimum))
    if not 0 < rate < 1:
        raise ParameterError("bad-parameter", "rate", "0 < rate < 1", str(rate))
    if null not in ("bicm", "curveball"):
        raise ParameterError("bad-parameter", "null", "bicm | curveball", null)
    if worlds < (null == "curveball"):
        raise ParameterError("bad-parameter", "worlds", "1, 2, 3 …", str(worlds))
    dense = matrix.values.toarray().astype(bool)
    documented = np.flatnonzero(dense.any(axis=1))
    values = dense[documented]
    cities = tuple(matrix.cities[row] for row in documented)
    first, second, overlapping = _pairs(matrix, values.sum(axis=0) >= minimum)
    tested = len(first)

    def result(
        pairs: tuple[Pair, ...] = (),
        *,
        refused: Refusal | None = None,
        power: Power | None = None,
        agreement: Agreement | None = None,
    ) -> Association:
        return Association(
            facet=matrix.facet,
            cities=cities,
            scope=len(matrix.cities),
            concepts=int(values.any(axis=0).sum()),
            minimum=minimum,
            rate=rate,
            tested=tested,
            overlapping=overlapping,
            pairs=pairs,
            refused=refused,
            power=power,
            agreement=agreement,
            null=null,
            check="bicm" if null == "curveball" else "curveball" if worlds else None,
            worlds=worlds,
            burn_in=BURN_IN,
            thinning=THINNING,
            seed=seed,
        )

    if len(cities) < FEWEST_CITIES:
        refused = Refusal("association-few-cities", (str(len(cities)), str(FEWEST_CITIES)))
        return result(refused=refused)
    if not tested:
        return result(refused=Refusal("association-no-pairs", (str(minimum),)))
    threshold = rate / tested
    try:
        modelled = compare_with_bicm(values, first, second, threshold=threshold)
    except ArithmeticError:
        return result(refused=Refusal("association-unsolved"))
    drawn = None
    if worlds:
        drawn = compare_with_swaps(
            values,
            first,
            second,
            threshold=threshold,
            worlds=worlds,
            seed=seed,
            progress=progress,
        )
    check = drawn
    tests = modelled.guarded(drawn)
    if null == "curveball" and drawn:
        tests, check = drawn, modelled
    power = _power(tests, threshold)
    if tests.count.max() < 2:
        refused = Refusal("association-never-together", (str(tested), str(len(cities))))
        return result(refused=refused, power=power)
    # Adjusted p-values only grow with the p-values: if all pairs at their extremes, at once, are
    # no finding, then nothing that these margins allow is one.
    if false_discovery_control(tests.smallest_p).min() > rate:
        refused = Refusal("association-no-power", (str(tested), f"{power.smallest_p:.2g}"))
        return result(refused=refused, power=power)

    adjusted = false_discovery_control(tests.p)
    found = adjusted <= rate
    stable = np.full(tested, -1)
    if null == "bicm" and found.any():
        stable[found] = 0
        for row, stays in enumerate(
            _without_each(values, first, second, drawn, minimum, rate), start=1
        ):
            stable[found] += stays[found]
            if progress:
                progress(row, len(cities))
    pairs = _rank(matrix, cities, values, (first, second), tests, check, adjusted, rate, stable)
    return result(
        pairs,
        power=power,
        agreement=None if drawn is None else _agreement(modelled.p, drawn.p, rate),
    )


def _solve(values: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Probabilities of a matrix whose cells are all open, by the library."""
    import warnings

    import numpy as np

    try:
        from bicm import BipartiteGraph
    except ImportError as error:
        raise MissingPackageError("missing-package", "bicm", "analysis") from error
    rows, columns = values.sum(axis=1), values.sum(axis=0)
    for method, start in _STARTS:
        graph = BipartiteGraph(degree_sequences=(rows, columns))
        # numba speaks of an experimental feature in the library's line search, and a step of a
        # solver that leaves the range overflows: the margins below say whether it came back.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            graph.solve_tool(
                method=method,
                initial_guess=start,
                tol=1e-10,
                eps=1e-12,
                max_steps=1000,
                print_error=False,
            )
            odds = np.multiply.outer(graph.x, graph.y)
            solution: NDArray[np.float64] = odds / (1 + odds)
        off = max(
            np.abs(solution.sum(axis=1) - rows).max(), np.abs(solution.sum(axis=0) - columns).max()
        )
        if off < _TOLERANCE and solution.min() >= 0 and solution.max() <= 1:
            return solution
    raise ArithmeticError("the bipartite configuration model has no solution for these margins")


def _trade(states: NDArray[np.bool_], rng: np.random.Generator) -> None:
    """One round of trades in place, for several chains at once: (chains, members, items)."""
    import numpy as np

    chains, members, items = states.shape
    half = members // 2
    order = rng.permuted(np.tile(np.arange(members), (chains, 1)), axis=1)
    chain = np.arange(chains)[:, None]
    left, right = order[:, :half], order[:, half : 2 * half]
    ours, theirs = states[chain, left], states[chain, right]
    shared, unlike = ours & theirs, ours ^ theirs
    # Each item gets a random key, and the smallest go to the left. The lowest bits are the place
    # of the item: two equal keys would break the margins.
    bits = np.uint64(int(items).bit_length())
    keys = rng.integers(0, 2**64, size=unlike.shape, dtype=np.uint64)
    keys = (keys >> bits << bits) | np.arange(items, dtype=np.uint64)
    keys[~unlike] = np.iinfo(np.uint64).max
    quota = (ours & unlike).sum(axis=-1)
    limit = np.take_along_axis(np.sort(keys, axis=-1), np.maximum(quota - 1, 0)[..., None], axis=-1)
    dealt = unlike & (keys <= limit) & (quota > 0)[..., None]
    states[chain, left] = shared | dealt
    states[chain, right] = shared | (unlike & ~dealt)


def _common(values: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Common rows of each two columns, for one matrix or a stack of them."""
    import numpy as np

    # Single precision is exact up to 2**24 rows, and fast.
    numbers = values.astype(np.float32)
    common: NDArray[np.int64] = (numbers.swapaxes(-1, -2) @ numbers).astype(np.int64)
    return common


def _pairs(
    matrix: IncidenceMatrix, frequent: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Pairs of frequent columns, and how many more there are that one statement supports."""
    import numpy as np

    column = {concept: place for place, concept in enumerate(matrix.concepts)}
    supported: dict[str, set[int]] = defaultdict(set)
    for link in matrix.links:
        supported[link.direct].add(column[link.concept])
    linked = np.zeros((len(column), len(column)), dtype=bool)
    for places in supported.values():
        for one, other in combinations(sorted(places), 2):
            linked[one, other] = True
    candidates = np.triu(np.outer(frequent, frequent), 1)
    first, second = np.nonzero(candidates & ~linked)
    return first, second, int((candidates & linked).sum())


def _judge(
    values: NDArray[np.bool_],
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    tails: _Tails,
    example: tuple[NDArray[np.int64], NDArray[np.int64]],
    place: NDArray[np.int64],
    threshold: float,
) -> PairTests:
    """Look the pairs up in distributions: ``place`` of each pair, ``example`` pair of each."""
    import numpy as np

    # What the margins allow: no more common rows than the rarer column has, or than there are rows
    # with two entries; no fewer than must overlap, or than there are full rows; and what cells that
    # follow from the margins leave, where a tail is exactly 0.
    entries = values.sum(axis=1)
    one, other = (values.sum(axis=0)[columns] for columns in example)
    largest = np.minimum(np.minimum(one, other), (entries >= 2).sum())
    largest = np.minimum(largest, (tails.at_least > 0).sum(axis=1) - 1)
    fewest = np.maximum(one + other - len(values), (entries == values.shape[1]).sum())
    fewest = np.maximum(fewest, (tails.at_most <= 0).sum(axis=1))
    kinds = np.arange(len(one))
    often = (2 * tails.at_least > threshold).sum(axis=1)
    seldom = (2 * tails.at_most <= threshold).sum(axis=1) - 1
    count = _common(values)[first, second]
    return PairTests(
        count=count,
        expected=tails.expected[place],
        deviation=tails.deviation[place],
        together=tails.at_least[place, count],
        apart=tails.at_most[place, count],
        least_together=tails.at_least[kinds, largest][place],
        least_apart=tails.at_most[kinds, fewest][place],
        enough_together=np.where(often <= largest, often, -1)[place],
        enough_apart=np.where(seldom >= fewest, seldom, -1)[place],
    )


def _rank(
    matrix: IncidenceMatrix,
    cities: tuple[str, ...],
    values: NDArray[np.bool_],
    ends: tuple[NDArray[np.int64], NDArray[np.int64]],
    tests: PairTests,
    check: PairTests | None,
    adjusted: NDArray[np.float64],
    rate: float,
    stable: NDArray[np.int64],
) -> tuple[Pair, ...]:
    import numpy as np

    first, second = ends
    columns = values.T
    pairs = []
    for place in np.lexsort((second, first, tests.p)).tolist():
        one, other = columns[first[place]], columns[second[place]]
        expected, deviation = float(tests.expected[place]), float(tests.deviation[place])
        count = int(tests.count[place])
        room = deviation > _TOLERANCE
        pairs.append(
            Pair(
                first=matrix.concepts[first[place]],
                second=matrix.concepts[second[place]],
                direction="together" if count >= expected else "apart",
                cities=_where(cities, one & other),
                only_first=_where(cities, one & ~other),
                only_second=_where(cities, other & ~one),
                expected=expected,
                deviation=deviation,
                ratio=count / expected if expected > 0 else None,
                phi=_phi(count, int(one.sum()), int(other.sum()), len(cities)),
                z=(count - expected) / deviation if room else None,
                p=float(tests.p[place]),
                q=float(adjusted[place]),
                significant=bool(adjusted[place] <= rate),
                check_expected=None if check is None else float(check.expected[place]),
                check_p=None if check is None else float(check.p[place]),
                smallest_p=float(tests.smallest_p[place]),
                enough_together=_some(tests.enough_together[place]),
                enough_apart=_some(tests.enough_apart[place]),
                stable=_some(stable[place]),
            )
        )
    return tuple(pairs)


def _without_each(
    values: NDArray[np.bool_],
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    guard: PairTests | None,
    minimum: int,
    rate: float,
) -> Iterator[NDArray[np.bool_]]:
    """Without each row in turn: which pairs are significant."""
    import numpy as np
    from scipy.stats import false_discovery_control

    for row in range(len(values)):
        rest = np.delete(values, row, axis=0)
        frequent = rest.sum(axis=0) >= minimum
        kept = np.flatnonzero(frequent[first] & frequent[second])
        stays = np.zeros(len(first), dtype=bool)
        if len(kept):
            again = compare_with_bicm(rest, first[kept], second[kept], threshold=rate)
            apart = np.maximum(again.apart, guard.apart[kept] if guard else 1)
            p = _twice(again.together, apart)
            stays[kept] = false_discovery_control(p) <= rate
        yield stays


def _power(tests: PairTests, threshold: float) -> Power:
    import numpy as np

    able = (tests.enough_together >= 0) & (tests.expected > 0)
    ratios = tests.enough_together[able] / tests.expected[able]
    return Power(
        threshold=threshold,
        smallest_p=float(tests.smallest_p.min()),
        together=int((tests.enough_together >= 0).sum()),
        apart=int((tests.enough_apart >= 0).sum()),
        least_ratio=float(ratios.min()) if len(ratios) else None,
        median_ratio=float(np.median(ratios)) if len(ratios) else None,
    )


def _agreement(p: NDArray[np.float64], checked: NDArray[np.float64], rate: float) -> Agreement:
    import numpy as np
    from scipy.stats import spearmanr

    difference = np.abs(p - checked)
    varies = np.ptp(p) > 0 and np.ptp(checked) > 0
    return Agreement(
        pairs=len(p),
        same_side=int(((p <= rate) == (checked <= rate)).sum()),
        median_difference=float(np.median(difference)),
        largest_difference=float(difference.max()),
        rank_correlation=float(spearmanr(p, checked).statistic) if varies else None,
    )


def _twice(together: NDArray[np.float64], apart: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    p: NDArray[np.float64] = np.minimum(2 * np.minimum(together, apart), 1)
    return p


def _phi(both: int, one: int, other: int, of: int) -> float | None:
    spread = one * other * (of - one) * (of - other)
    return (of * both - one * other) / spread**0.5 if spread else None


def _where(cities: tuple[str, ...], held: NDArray[np.bool_]) -> tuple[str, ...]:
    return tuple(cities[row] for row in held.nonzero()[0])


def _some(number: np.int64) -> int | None:
    return int(number) if number >= 0 else None
