"""Leaders against the rest: what is on record more often in the leading cities.

Leading cities are better documented, and a well-documented city has more of everything on record.
So the raw difference (with Fisher's exact test) stands beside one within strata of cities that are
documented alike, with a permutation test that swaps cities within these strata only. That test
is the Monte Carlo form of the exact conditional test of Mantel and Haenszel (J. Natl. Cancer Inst.
22, 1959) with a two-sided p-value by the distance from the expected count.

A concept that is not on record for a city is unknown there, not absent. A difference says that the
record differs, and no more: neither what makes a city lead, nor what a city does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import pyoxigraph as ox

from kg.errors import ParameterError
from kg.recurrence.incidence import Link
from kg.recurrence.matrix import IncidenceMatrix
from kg.results import Table, from_value
from kg.terms import shorten

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

# Message keys of the reasons why nothing is compared, and of what holds for all rows.
FEW_LEADERS: Final = "few-leaders"
NO_COMPARISON_SET: Final = "no-comparison-set"
NO_OVERLAP: Final = "no-overlap"
RECORD_DIFFERS: Final = "record-differs"

FEWEST_LEADERS: Final = 3
SPAN: Final = 2.0
"""A stratum joins cities up to this ratio of programmes on record.

Without a bound a simulated record of leaders with 12 programmes and others with 3 gave a false
finding in 15 of 100 worlds without any effect; with it, in at most 2.
"""

# Numbers in one array while permuting: 16 MB, and some six such arrays.
_CELLS: Final = 2_000_000


class Stratum(NamedTuple):
    """Cities that are documented alike: ``low`` to ``high`` programmes, both included."""

    low: int
    high: int
    leaders: int
    others: int


@dataclass(frozen=True)
class Permutation:
    """A permutation test of the sums of products of values and labels.

    All arrays have the shape (columns of values, columns of labels), or (columns of values,) when
    the labels are one vector.

    Attributes
    ----------
    observed
        Sum over the rows of value times label.
    expected
        Its mean over all permutations within the strata, exactly.
    p
        Two-sided, 0 to 1: permutations at least as far from ``expected`` as ``observed``.
    testable
        False where no permutation changes anything; ``p`` is 1 there.
    """

    observed: NDArray[np.float64]
    expected: NDArray[np.float64]
    p: NDArray[np.float64]
    testable: NDArray[np.bool_]


@dataclass(frozen=True)
class Contrast:
    """One concept in the leading group and in the comparison set.

    Attributes
    ----------
    concept
        IRI.
    leaders, others
        IRIs of the cities of each group with the concept on record, in the order of the matrix.
    leader_share, other_share
        Share of the documented cities of each group, 0 to 1.
    difference
        ``leader_share - other_share``, -1 to 1.
    low, high
        Its interval (Newcombe, Statistics in Medicine 17, 1998, pages 873-890, method 10).
    adjusted_difference
        The difference within the strata of documentation, -1 to 1: the mean over the strata with
        the weights of Mantel and Haenszel (Greenland and Robins, Biometrics 41, 1985). The
        permutation test is about this one.
    odds_ratio, odds_low, odds_high
        Conditional maximum likelihood estimate and its exact interval, not stratified, from
        :func:`scipy.stats.contingency.odds_ratio`; 0 or infinite when a cell of the table is
        empty, None when the concept is in all cities or in none.
    fisher_p
        Fisher's exact test, two-sided, not stratified.
    p
        Permutation test within the strata, two-sided; None when no permutation changes anything.
    smallest_p
        The smallest ``p`` that this concept could have reached, given in how many cities of each
        stratum it is; None as for ``p``. It is counted and ``p`` is estimated, so that ``p`` may
        fall short of it by the error of the permutations.
    q
        ``p`` after Benjamini and Hochberg (JRSS B 57, 1995) over all concepts that have one.
    """

    concept: str
    leaders: tuple[str, ...]
    others: tuple[str, ...]
    leader_share: float
    other_share: float
    difference: float
    low: float
    high: float
    adjusted_difference: float
    odds_ratio: float | None
    odds_low: float
    odds_high: float
    fisher_p: float
    p: float | None
    smallest_p: float | None
    q: float | None


@dataclass(frozen=True)
class ContrastTable:
    """All concepts of a matrix, leading cities against a comparison set.

    Attributes
    ----------
    rows
        Smallest ``p`` first, then largest adjusted difference; empty when there is a ``reason``.
    leading
        The leading group are the cities of the matrix ranked 1 to this number.
    against
        Name of the comparison set: ``ranked`` (ranked after the leading ones in the same edition),
        ``others`` (all others of the matrix) or ``named`` (by IRI).
    leaders, others
        IRIs of the documented cities of both groups: the denominators.
    undocumented_leaders, undocumented_others
        IRIs of the cities of both groups without a programme on record in this facet and scope:
        they are unknown, and in no count.
    strata
        Cities documented alike, least documented first.
    permutable
        Cities in strata with both groups: only these can be swapped.
    documentation
        Mean number of programmes on record, (leaders, others).
    imbalance
        The difference of these means that is left within the strata, in programmes; None when no
        stratum has both groups.
    smallest_p
        The smallest ``p`` that any concept could have reached, by the number of permutations and
        of distinct ones; None without a testable concept.
    tests
        Concepts with a ``p``: the family of the false discovery control.
    reason
        Message key and values when nothing can be compared; None otherwise.
    caution
        Message key of what holds for all rows.
    """

    matrix: IncidenceMatrix = field(repr=False)
    rows: tuple[Contrast, ...]
    leading: int
    against: str
    leaders: tuple[str, ...]
    others: tuple[str, ...]
    undocumented_leaders: tuple[str, ...]
    undocumented_others: tuple[str, ...]
    strata: tuple[Stratum, ...]
    permutable: int
    documentation: tuple[float, float] | None
    imbalance: float | None
    smallest_p: float | None
    tests: int
    permutations: int
    confidence: float
    seed: int
    reason: tuple[str, ...] | None
    caution: str = RECORD_DIFFERS

    @property
    def smallest_q(self) -> float | None:
        """The smallest ``q`` that one finding alone could have reached.

        Above the rate that is tolerated, this much data (or so few permutations) can show no
        single difference, however large.
        """
        return None if self.smallest_p is None else min(1.0, self.smallest_p * self.tests)

    def evidence(self, row: Contrast) -> tuple[Link, ...]:
        """What stands behind the counts of one row, leading cities first."""
        return tuple(
            link
            for city in (*row.leaders, *row.others)
            for link in self.matrix.evidence(city, row.concept)
        )

    def to_table(self, names: Mapping[str, str] | None = None) -> Table:
        """The contrasts as a table of RDF terms, with names when a mapping is given.

        An odds ratio or bound that is not finite leaves its cell empty.
        """
        variables = (
            self.matrix.facet.replace("-", "_"),
            "name",
            "leaders",
            "leaders_documented",
            "others",
            "others_documented",
            "against",
            "leader_share",
            "other_share",
            "difference",
            "low",
            "high",
            "adjusted_difference",
            "odds_ratio",
            "odds_low",
            "odds_high",
            "fisher_p",
            "p",
            "smallest_p",
            "q",
            "permutable",
            "claims",
            "sources",
            "leader_list",
            "other_list",
        )

        def listed(cities: tuple[str, ...]) -> str:
            return "; ".join((names or {}).get(city, shorten(city)) for city in cities)

        rows = []
        for row in self.rows:
            links = self.evidence(row)
            cells = (
                from_value((names or {}).get(row.concept, shorten(row.concept))),
                from_value(len(row.leaders)),
                from_value(len(self.leaders)),
                from_value(len(row.others)),
                from_value(len(self.others)),
                from_value(self.against),
                *(
                    from_value(number)
                    for number in (
                        row.leader_share,
                        row.other_share,
                        row.difference,
                        row.low,
                        row.high,
                        row.adjusted_difference,
                        row.odds_ratio,
                        row.odds_low,
                        row.odds_high,
                    )
                ),
                *(from_value(p, digits=5) for p in (row.fisher_p, row.p, row.smallest_p, row.q)),
                from_value(self.permutable),
                from_value(len({link.claim for link in links})),
                from_value(len({link.source for link in links})),
                from_value(listed(row.leaders)),
                from_value(listed(row.others)),
            )
            rows.append((ox.NamedNode(row.concept), *cells))
        brief = (
            *("name", "leaders", "leaders_documented", "others", "others_documented"),
            *("adjusted_difference", "p", "q", "leader_list"),
        )
        return Table(variables, tuple(rows), brief)


def contrast_leaders(
    matrix: IncidenceMatrix,
    *,
    leading: int = 10,
    against: str | Collection[str] = "ranked",
    strata: int | None = None,
    permutations: int = 9_999,
    confidence: float = 0.95,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> ContrastTable:
    """Compare the leading cities of a matrix with a named set of others, concept by concept.

    Nothing is compared, and ``reason`` says why, when fewer than three leading cities are
    documented, when no city of the comparison set is, or when no stratum has both.

    Parameters
    ----------
    matrix
        Its scope must hold the cities of both groups; its edition gives the ranks.
    leading
        The leading group: cities ranked 1 to this number.
    against
        ``ranked``: cities ranked after them in the same edition; ``others``: all other cities;
        or IRIs of cities.
    strata
        Quantile bins by programmes on record; None joins cities documented alike until every
        stratum has both groups, see :func:`documentation_strata`.
    permutations
        How many; with t concepts a single finding can reach q <= 0.05 only from 20 t of them.
    confidence
        Of both intervals, between 0 and 1.

    Raises
    ------
    ParameterError
        A number makes no sense, ``against`` is no known name, or one of its IRIs is in the
        leading group or not in the matrix.
    """
    import numpy as np
    from scipy.stats import false_discovery_control

    if leading < 1:
        raise ParameterError("bad-parameter", "leading", "1, 2, 3 …", str(leading))
    check_test(strata, permutations, confidence)
    group = [rank is not None and rank <= leading for rank in map(matrix.ranks.get, matrix.cities)]
    compared = _comparison_set(matrix, np.array(group, dtype=bool), against)
    documented = matrix.documentation > 0
    leader_rows = np.flatnonzero(np.array(group, dtype=bool) & documented)
    other_rows = np.flatnonzero(compared & documented)
    name = against if isinstance(against, str) else "named"

    def cities(rows: NDArray[np.int64]) -> tuple[str, ...]:
        return tuple(matrix.cities[row] for row in rows)

    def result(
        reason: tuple[str, ...] | None,
        rows: tuple[Contrast, ...] = (),
        layers: tuple[Stratum, ...] = (),
        imbalance: float | None = None,
    ) -> ContrastTable:
        counts = matrix.documentation
        both = len(leader_rows) > 0 and len(other_rows) > 0
        return ContrastTable(
            matrix=matrix,
            rows=rows,
            leading=leading,
            against=name,
            leaders=cities(leader_rows),
            others=cities(other_rows),
            undocumented_leaders=cities(np.flatnonzero(np.array(group, dtype=bool) & ~documented)),
            undocumented_others=cities(np.flatnonzero(compared & ~documented)),
            strata=layers,
            permutable=sum(s.leaders + s.others for s in layers if s.leaders and s.others),
            documentation=(float(counts[leader_rows].mean()), float(counts[other_rows].mean()))
            if both
            else None,
            imbalance=imbalance,
            smallest_p=min((r.smallest_p for r in rows if r.smallest_p is not None), default=None),
            tests=sum(row.p is not None for row in rows),
            permutations=permutations,
            confidence=confidence,
            seed=seed,
            reason=reason,
        )

    if len(leader_rows) < FEWEST_LEADERS:
        return result((FEW_LEADERS, str(len(leader_rows)), str(sum(group)), str(FEWEST_LEADERS)))
    if not len(other_rows):
        return result((NO_COMPARISON_SET, name))
    chosen = np.concatenate([leader_rows, other_rows])
    labels = np.arange(len(chosen)) < len(leader_rows)
    counts = matrix.documentation[chosen]
    places = documentation_strata(counts, np.column_stack([labels, ~labels]), strata=strata)
    layers = tuple(
        Stratum(
            int(counts[places == place].min()),
            int(counts[places == place].max()),
            int(labels[places == place].sum()),
            int((~labels[places == place]).sum()),
        )
        for place in range(int(places.max()) + 1)
    )
    if not any(layer.leaders and layer.others for layer in layers):
        means = (counts[labels].mean(), counts[~labels].mean())
        return result((NO_OVERLAP, *(f"{mean:.1f}" for mean in means)), layers=layers)

    values = matrix.values[chosen].toarray().astype(np.float64)
    # A concept that neither group has on record has nothing to compare.
    held = np.flatnonzero(values.any(axis=0))
    values = values[:, held]
    test = stratified_permutation(
        values, labels, places, permutations=permutations, seed=seed, progress=progress
    )
    least = smallest_p(values, labels, places, permutations=permutations)
    adjusted = stratified_difference(labels, values, places)
    controlled = np.full(len(held), np.nan)
    if test.testable.any():
        controlled[test.testable] = false_discovery_control(test.p[test.testable])
    sizes = (len(leader_rows), len(other_rows))
    rows = []
    for column, place in enumerate(held):
        with_it = values[:, column] > 0
        first, second = int(with_it[labels].sum()), int(with_it[~labels].sum())
        low, high = difference_interval(first, sizes[0], second, sizes[1], confidence)
        odds, odds_low, odds_high, fisher = _exact(first, sizes[0], second, sizes[1], confidence)
        testable = bool(test.testable[column])
        rows.append(
            Contrast(
                concept=matrix.concepts[place],
                leaders=cities(chosen[with_it & labels]),
                others=cities(chosen[with_it & ~labels]),
                leader_share=first / sizes[0],
                other_share=second / sizes[1],
                difference=first / sizes[0] - second / sizes[1],
                low=low,
                high=high,
                adjusted_difference=float(adjusted[column]),
                odds_ratio=odds,
                odds_low=odds_low,
                odds_high=odds_high,
                fisher_p=fisher,
                p=float(test.p[column]) if testable else None,
                smallest_p=float(least[column]) if testable else None,
                q=float(controlled[column]) if testable else None,
            )
        )
    rows.sort(
        key=lambda row: (
            2.0 if row.p is None else row.p,
            -abs(row.adjusted_difference),
            row.concept,
        )
    )
    return result(None, tuple(rows), layers, float(stratified_difference(labels, counts, places)))


def check_test(strata: int | None, permutations: int, confidence: float = 0.95) -> None:
    """Refuse settings of a stratified permutation test that make no sense.

    Raises
    ------
    ParameterError
        Strata or permutations are not positive, or the confidence is not between 0 and 1.
    """
    if strata is not None and strata < 1:
        raise ParameterError("bad-parameter", "strata", "1, 2, 3 …", str(strata))
    if permutations < 1:
        raise ParameterError("bad-parameter", "permutations", "1, 2, 3 …", str(permutations))
    if not 0 < confidence < 1:
        raise ParameterError("bad-parameter", "confidence", "0 < … < 1", str(confidence))


def documentation_strata(
    documentation: ArrayLike,
    groups: ArrayLike,
    *,
    strata: int | None = None,
    least: int = 1,
    span: float = SPAN,
) -> NDArray[np.int64]:
    """Put cities that are documented alike into one stratum.

    By default every number of programmes is a stratum of its own at first. Then the two
    neighbours that span the smallest ratio are joined, as long as one of the two lacks members and
    the ratio stays within ``span``. So strata are as fine as the groups permit, and nobody is
    compared with a city of quite another documentation only to be compared at all.

    The groups may decide on the strata: what the cities have on record does not.

    Parameters
    ----------
    documentation
        Programmes on record of each city, 1 or more.
    groups
        One column a group, 1 for its members: shape (cities, groups).
    strata
        Bins between quantiles instead; equal numbers stay together, so that there may be fewer.
    least
        Members of each group that a stratum should have.
    span
        Largest ratio of the highest to the lowest number in a joined stratum.

    Returns
    -------
    NDArray[np.int64]
        Number of the stratum of each city, from 0 in the order of documentation.

    Examples
    --------
    >>> leaders = [0, 1, 0, 0, 1, 1]
    >>> others = [1, 0, 1, 1, 0, 0]
    >>> documentation_strata([2, 3, 3, 5, 6, 14], list(zip(leaders, others))).tolist()
    [0, 0, 0, 1, 1, 2]
    """
    import numpy as np

    numbers = np.asarray(documentation, dtype=np.float64)
    if strata is not None:
        cuts = np.quantile(numbers, np.arange(1, strata) / strata)
        bins = np.searchsorted(cuts, numbers, side="left")
        return np.unique(bins, return_inverse=True)[1].astype(np.int64)
    distinct, bins = np.unique(numbers, return_inverse=True)
    members = np.zeros((len(distinct), np.asarray(groups).shape[1]))
    np.add.at(members, bins, np.asarray(groups, dtype=np.float64))
    ends = [(float(number), float(number)) for number in distinct]
    held = list(members)
    place = np.arange(len(distinct))
    while True:
        lacking = [bool((found < least).any()) for found in held]
        joins = [
            (ends[left + 1][1] / ends[left][0], left)
            for left in range(len(ends) - 1)
            if lacking[left] or lacking[left + 1]
        ]
        ratio, left = min(joins, default=(np.inf, 0))
        if ratio > span:
            return place[bins].astype(np.int64)
        ends[left : left + 2] = [(ends[left][0], ends[left + 1][1])]
        held[left : left + 2] = [held[left] + held[left + 1]]
        place[place > left] -= 1


def stratified_permutation(
    values: ArrayLike,
    labels: ArrayLike,
    strata: ArrayLike,
    *,
    permutations: int,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> Permutation:
    """Permute the labels of rows within strata, and see how often the sums of products go as far.

    The statistic is the sum of value times label. With 0 and 1 on both sides it is the number
    of leaders with a concept; with ranks as labels, the rank sum of Wilcoxon. Given the margins,
    the difference of shares or of mean ranks, Spearman's and Kendall's coefficients of a column of
    0 and 1 rise with it in a straight line, so that this is their test, too. All columns go
    through the same permutations.

    The p-value is (1 + c) / (1 + permutations), c the number of permutations at least as far from
    the mean over all permutations as the observed labels (Phipson and Smyth, Statistical
    Applications in Genetics and Molecular Biology 9, 2010). It is never 0.

    Parameters
    ----------
    values
        Shape (rows, columns).
    labels
        Shape (rows,) or (rows, label columns).
    strata
        A whole number for each row. Rows of equal number are exchangeable if there is no effect.
    progress
        Called with permutations done and all permutations.
    """
    import numpy as np

    x = np.asarray(values, dtype=np.float64)
    y = np.asarray(labels, dtype=np.float64)
    flat = y.ndim == 1
    y = y.reshape(len(y), -1)
    codes = np.unique(np.asarray(strata), return_inverse=True)[1]
    centred = y - _means(y, codes)
    observed = x.T @ y
    distance = x.T @ centred
    # Twice the rounding error that such a sum can have: what differs by less is equal.
    tolerance = 2 * len(x) * np.finfo(np.float64).eps * (np.abs(x).T @ np.abs(y))
    reached = np.abs(distance) - tolerance
    spread = np.zeros_like(distance)
    for code in range(int(codes.max()) + 1):
        part = codes == code
        spread += np.outer(
            ((x[part] - x[part].mean(axis=0)) ** 2).sum(axis=0), (centred[part] ** 2).sum(axis=0)
        )
    testable = spread > tolerance

    rng = np.random.default_rng(seed)
    in_order = np.argsort(codes, kind="stable")
    count = np.zeros(distance.shape, dtype=np.int64)
    size = max(1, _CELLS // (y.shape[1] * max(x.shape)))
    for start in range(0, permutations, size):
        rows = min(size, permutations - start)
        # Random keys that sort each stratum among itself; row by row from one stream, so that
        # the size of a step changes nothing.
        shuffled = np.argsort(codes + rng.random((rows, len(x))), axis=1)
        order = np.empty_like(shuffled)
        order[:, in_order] = shuffled
        permuted = centred.T[:, order].reshape(-1, len(x)) @ x
        far = np.abs(permuted.reshape(y.shape[1], rows, -1)) >= reached.T[:, np.newaxis, :]
        count += far.sum(axis=1).T
        if progress is not None:
            progress(start + rows, permutations)
    # Where nothing can change, every permutation is as far as the labels: p is 1 there.
    p = (1 + count) / (1 + permutations)
    p = np.where(testable, p, 1.0)
    expected = observed - distance
    if flat:
        return Permutation(observed[:, 0], expected[:, 0], p[:, 0], testable[:, 0])
    return Permutation(observed, expected, p, testable)


def smallest_p(
    values: ArrayLike, labels: ArrayLike, strata: ArrayLike, *, permutations: int
) -> NDArray[np.float64]:
    """The smallest two-sided p-value that each column could reach in this test.

    Given how many rows of each stratum have a 1, the sum of labels over these rows has a largest
    and a smallest value; the probability of the one farther from the mean (of both when they are
    as far) is the bound (Tarone, Biometrics 46, 1990). So many permutations do not show less than
    1 / (1 + permutations).

    Parameters
    ----------
    values
        0 and 1 only, shape (rows, columns).
    labels, strata
        As in :func:`stratified_permutation`.
    """
    import numpy as np
    from scipy.special import gammaln

    x = np.asarray(values, dtype=np.float64)
    y = np.asarray(labels, dtype=np.float64)
    flat = y.ndim == 1
    y = y.reshape(len(y), -1)
    codes = np.unique(np.asarray(strata), return_inverse=True)[1]
    shape = (x.shape[1], y.shape[1])
    # In units of the largest label, so that equal distances are told by one tolerance.
    centred = y - _means(y, codes)
    centred /= max(1.0, float(np.abs(centred).max(initial=0)))

    def log_choose(n: NDArray[np.int64], k: NDArray[np.int64]) -> NDArray[np.float64]:
        chosen: NDArray[np.float64] = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
        return chosen

    extremes = {sign: (np.zeros(shape), np.zeros(shape)) for sign in (1, -1)}
    for code in range(int(codes.max()) + 1):
        part = codes == code
        ones = x[part].sum(axis=0).astype(np.int64)
        number = int(part.sum())
        taken = np.arange(number + 1)
        for column in range(shape[1]):
            for sign, (reach, chance) in extremes.items():
                best = np.sort(sign * centred[part, column])[::-1]
                # Of the rows that tie with the last one taken, any may be taken.
                last = best[np.maximum(taken, 1) - 1]
                above = np.searchsorted(-best, -last, side="left")
                ties = np.searchsorted(-best, -last, side="right") - above
                ways = log_choose(ties, np.where(taken > 0, taken - above, 0))
                ways -= log_choose(np.full_like(taken, number), taken)
                reach[:, column] += np.concatenate([[0.0], np.cumsum(best)])[ones]
                chance[:, column] += ways[ones]
    (high, high_chance), (low, low_chance) = extremes[1], extremes[-1]
    tolerance = 1e-12 * len(x)
    bound = np.where(high >= low - tolerance, np.exp(high_chance), 0.0)
    bound += np.where(low >= high - tolerance, np.exp(low_chance), 0.0)
    # Both extremes are the mean itself where nothing can change.
    bound = np.where(np.maximum(high, low) <= tolerance, 1.0, bound)
    bound = np.clip(bound, 1 / (1 + permutations), 1.0)
    return bound[:, 0] if flat else bound


def stratified_difference(
    groups: ArrayLike, outcomes: ArrayLike, strata: ArrayLike
) -> NDArray[np.float64]:
    """Difference of the mean outcome between two groups within strata.

    The mean of the differences of all strata with both groups, with the weights a b / (a + b) of
    Mantel and Haenszel for a rows in one group and b in the other: for outcomes of 0 and 1 the risk
    difference of Greenland and Robins (Biometrics 41, 1985).

    Parameters
    ----------
    groups
        0 and 1, shape (rows,) or (rows, groupings).
    outcomes
        Numbers, shape (rows,) or (rows, columns).

    Returns
    -------
    NDArray[np.float64]
        Mean where the group is 1 less mean where it is 0, shape (groupings, columns), without the
        axes of vectors; NaN where no stratum has both.
    """
    import numpy as np

    x = np.asarray(groups, dtype=np.float64)
    y = np.asarray(outcomes, dtype=np.float64)
    codes = np.unique(np.asarray(strata), return_inverse=True)[1]
    columns = x.reshape(len(x), -1)
    rows = y.reshape(len(y), -1)
    sums = columns.T @ (rows - _means(rows, codes))
    weights = (columns * (1 - _means(columns, codes))).sum(axis=0)[:, np.newaxis]
    # A group that fills its strata leaves a weight of rounding errors.
    found = np.where(weights > 1e-9, sums / np.where(weights > 1e-9, weights, 1.0), np.nan)
    shape = (*x.shape[1:], *y.shape[1:])
    return found.reshape(shape)


@lru_cache(maxsize=4096)
def difference_interval(
    first: int, first_size: int, second: int, second_size: int, confidence: float = 0.95
) -> tuple[float, float]:
    """Interval of the difference of two independent proportions, from the Wilson interval of each.

    Newcombe, Statistics in Medicine 17, 1998, pages 873-890, method 10.

    Parameters
    ----------
    first, second
        Successes among ``first_size`` and ``second_size``.

    Examples
    --------
    >>> low, high = difference_interval(56, 70, 48, 80)
    >>> f"{low:.4f} {high:.4f}"
    '0.0524 0.3339'
    """
    from scipy.stats import binomtest

    one = binomtest(first, first_size).proportion_ci(confidence, method="wilson")
    two = binomtest(second, second_size).proportion_ci(confidence, method="wilson")
    p, q = first / first_size, second / second_size
    low = p - q - ((p - one.low) ** 2 + (two.high - q) ** 2) ** 0.5
    high = p - q + ((one.high - p) ** 2 + (q - two.low) ** 2) ** 0.5
    return float(low), float(high)


@lru_cache(maxsize=4096)
def _exact(
    first: int, first_size: int, second: int, second_size: int, confidence: float
) -> tuple[float | None, float, float, float]:
    """Odds ratio, its bounds and Fisher's p-value; kept, since the bounds take 10 ms a table."""
    from scipy.stats import fisher_exact
    from scipy.stats.contingency import odds_ratio

    table = [[first, first_size - first], [second, second_size - second]]
    found = odds_ratio(table, kind="conditional")
    interval = found.confidence_interval(confidence)
    odds = float(found.statistic)
    return (
        odds if odds == odds else None,
        float(interval.low),
        float(interval.high),
        float(fisher_exact(table).pvalue),
    )


def _comparison_set(
    matrix: IncidenceMatrix, leaders: NDArray[np.bool_], against: str | Collection[str]
) -> NDArray[np.bool_]:
    import numpy as np

    if against == "ranked":
        ranked = [matrix.ranks.get(city) is not None for city in matrix.cities]
        return np.array(ranked, dtype=bool) & ~leaders
    if against == "others":
        return ~leaders
    possible = {
        city for city, leads in zip(matrix.cities, leaders.tolist(), strict=True) if not leads
    }
    wanted = "ranked | others | IRIs of cities in scope that are not leading"
    if isinstance(against, str):
        raise ParameterError("bad-parameter", "against", wanted, against)
    for city in sorted(set(against) - possible):
        raise ParameterError("bad-parameter", "against", wanted, city)
    return np.array([city in set(against) for city in matrix.cities], dtype=bool)


def _means(numbers: NDArray[np.float64], codes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Mean of the stratum of each row, column by column."""
    import numpy as np

    sums = np.zeros((int(codes.max()) + 1, numbers.shape[1]))
    np.add.at(sums, codes, numbers)
    means: NDArray[np.float64] = (sums / np.bincount(codes)[:, np.newaxis])[codes]
    return means
