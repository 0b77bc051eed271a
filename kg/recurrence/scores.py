"""Practices and scores: whether cities with a practice on record score higher on a factor.

A practice is 0 or 1, so that Spearman's coefficient, Kendall's tau-b and the rank-biserial
correlation all rise in a straight line with one number, the rank sum of the cities with the
practice (Wilcoxon, Biometrics Bulletin 1, 1945), and share one permutation test. Scores and records
may both grow with how well a city is known, so that cities are ranked and permuted only among
those that are documented alike (see :mod:`kg.recurrence.contrast`).

A correlation says that the record and the score go together in these cities, and not why. A
practice without a record in a city is unknown there, not absent. Scores are the publisher's
judgement, mostly 2, 3 or 4, and in some columns it is in doubt which factor they belong to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, NamedTuple

import pyoxigraph as ox

from kg.catalogue import run_query
from kg.errors import UnknownNameError
from kg.recurrence.contrast import (
    check_test,
    documentation_strata,
    smallest_p,
    stratified_difference,
    stratified_permutation,
)
from kg.recurrence.incidence import Link
from kg.recurrence.matrix import IncidenceMatrix
from kg.results import Table, from_value
from kg.store import Store
from kg.terms import CONCEPT, ID, shorten

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

# Message keys of the reasons why nothing is correlated, and of what holds for all rows.
NO_SCORES: Final = "no-scores"
FEW_SCORED: Final = "few-scored-cities"
SCORES_NO_OVERLAP: Final = "no-cities-alike"
SCORES_AND_RECORD: Final = "scores-and-record"

FEWEST_CITIES: Final = 8
"""With fewer, no practice could reach a two-sided p of 0.05: 2 of the C(7, 3) = 35 choices of
three cities out of seven are 0.057, 2 of the C(8, 4) = 70 are 0.029."""

FEWEST_ALIKE: Final = 5
"""Cities that a stratum should have. In simulated records of 31 cities five kept the rate of false
findings at its nominal 5 %, as did any smaller number, and found more of what was planted."""

DISPUTED: Final[Mapping[str, frozenset[str]]] = {
    "eden-top50-2021": frozenset(
        CONCEPT + "assessment-factor/" + slug
        for slug in ("people-centricity", "innovation-ecosystem", "smart-policies")
    )
}
"""Edition to the factors whose columns may stand under each other's headings: the published table
and the first source disagree (docs/factor-table.md)."""

# A constant text: the edition is chosen from the answer.
_SCORES: Final = """
PREFIX claim-status: <https://w3id.org/city-practice-graph/concept/claim-status/>
PREFIX cpg: <https://w3id.org/city-practice-graph/ontology#>

SELECT DISTINCT ?edition ?city ?factor ?score ?claim ?disputed WHERE {
  GRAPH ?claim {
    ?observation cpg:refCity ?city ;
                 cpg:refEdition ?edition ;
                 cpg:factor ?factor ;
                 cpg:score ?score .
  }
  ?claim cpg:claimStatus ?status .
  FILTER(?status IN (claim-status:accepted, claim-status:disputed))
  BIND(?status = claim-status:disputed AS ?disputed)
}
ORDER BY ?edition ?city ?factor ?score ?claim
"""


class Score(NamedTuple):
    """One score of one city, as a claim states it; city, factor and claim are IRIs."""

    city: str
    factor: str
    value: float
    claim: str
    disputed: bool


@dataclass(frozen=True)
class RankCorrelation:
    """Correlation of columns of 0 and 1 with columns of numbers.

    All arrays have the shape (columns of 0 and 1, columns of numbers), with NaN where one of both
    columns is constant.

    Attributes
    ----------
    spearman
        Spearman's coefficient with mid-ranks, -1 to 1 (American Journal of Psychology 15, 1904).
    kendall
        Kendall's tau-b, -1 to 1 (Biometrika 33, 1945).
    rank_biserial
        2 / n times the difference of the mean ranks of ones and zeros, -1 to 1 (Glass, Educational
        and Psychological Measurement 26, 1966): of all pairs of a one and a zero, the share where
        the one is higher less the share where it is lower.
    """

    spearman: NDArray[np.float64]
    kendall: NDArray[np.float64]
    rank_biserial: NDArray[np.float64]


@dataclass(frozen=True)
class ScoreCorrelation:
    """One practice and one factor.

    Attributes
    ----------
    concept, factor
        IRIs.
    having, lacking
        IRIs of the documented and scored cities with and without a record of the practice; without
        one it is unknown, not absent.
    spearman, kendall, rank_biserial
        As in :class:`RankCorrelation`, over all these cities; None when there is only one kind of
        city or one score.
    adjusted_effect
        The rank-biserial correlation within the strata of documentation, -1 to 1: its mean over
        the strata with the weights of :func:`kg.recurrence.contrast.stratified_difference`, nearly
        those of van Elteren (Bulletin of the International Statistical Institute 37, 1960). The
        permutation test is about this one. None where no stratum has both kinds of city.
    p
        Permutation test within the strata, two-sided; None when no permutation changes anything.
    smallest_p
        The smallest ``p`` that this pair could have reached, given in how many cities of each
        stratum the practice is and how many scores are equal; None as for ``p``. It is counted and
        ``p`` is estimated, so that ``p`` may fall short of it by the error of the permutations.
    q
        ``p`` after Benjamini and Hochberg (JRSS B 57, 1995) over all pairs that have one.
    permutable
        Cities in strata where scores differ: only these can be swapped.
    disputed
        Scores among those used whose claim is disputed.
    warning
        True for the factors in :data:`DISPUTED`: the column may belong to another factor.
    """

    concept: str
    factor: str
    having: tuple[str, ...]
    lacking: tuple[str, ...]
    spearman: float | None
    kendall: float | None
    rank_biserial: float | None
    adjusted_effect: float | None
    p: float | None
    smallest_p: float | None
    q: float | None
    permutable: int
    disputed: int
    warning: bool


@dataclass(frozen=True)
class ScoreTable:
    """All practices of a matrix by all factors of one edition.

    Attributes
    ----------
    rows
        Smallest ``p`` first, then strongest adjusted effect; empty when there is a ``reason``.
    edition
        Slug.
    factors
        IRIs, sorted.
    cities
        IRIs of the documented cities with a score on some factor.
    unscored
        Documented cities without a score in this edition: they are in no count.
    undocumented
        Cities with scores and no programme on record in this facet and scope: neither.
    conflicting
        (city, factor) with several scores that differ: they stay side by side in the graph, none
        is chosen here, and the pair is left out.
    strata
        (lowest, highest number of programmes, cities) of each stratum of ``cities``. A factor
        without a score of some of them has strata of its own.
    smallest_p
        The smallest ``p`` that any pair could have reached; None without a testable pair.
    tests
        Pairs with a ``p``: the family of the false discovery control.
    warnings
        Factors in ``rows`` that are in :data:`DISPUTED`.
    reason
        Message key and values when nothing can be correlated; None otherwise.
    caution
        Message key of what holds for all rows.
    """

    matrix: IncidenceMatrix = field(repr=False)
    scores: tuple[Score, ...] = field(repr=False)
    rows: tuple[ScoreCorrelation, ...]
    edition: str
    factors: tuple[str, ...]
    cities: tuple[str, ...]
    unscored: tuple[str, ...]
    undocumented: tuple[str, ...]
    conflicting: tuple[tuple[str, str], ...]
    strata: tuple[tuple[int, int, int], ...]
    smallest_p: float | None
    tests: int
    warnings: tuple[str, ...]
    permutations: int
    seed: int
    reason: tuple[str, ...] | None
    caution: str = SCORES_AND_RECORD

    @property
    def smallest_q(self) -> float | None:
        """The smallest ``q`` that one finding alone could have reached.

        Above the rate that is tolerated, this much data (or so few permutations) can show no
        single correlation, however strong.
        """
        return None if self.smallest_p is None else min(1.0, self.smallest_p * self.tests)

    def evidence(self, row: ScoreCorrelation) -> tuple[Link, ...]:
        """What stands behind the practice in the cities that have it on record."""
        return tuple(
            link for city in row.having for link in self.matrix.evidence(city, row.concept)
        )

    def scored(self, row: ScoreCorrelation) -> tuple[Score, ...]:
        """The scores on the factor of a row, each with its claim, by city and claim."""
        counted = {*row.having, *row.lacking}
        return tuple(
            score for score in self.scores if score.factor == row.factor and score.city in counted
        )

    def to_table(self, names: Mapping[str, str] | None = None) -> Table:
        """The correlations as a table of RDF terms, with names when a mapping is given."""
        variables = (
            self.matrix.facet.replace("-", "_"),
            "name",
            "factor",
            "factor_name",
            "having",
            "cities",
            "spearman",
            "kendall",
            "rank_biserial",
            "adjusted_effect",
            "p",
            "smallest_p",
            "q",
            "permutable",
            "warning",
            "disputed",
            "claims",
            "city_list",
        )

        def named(iri: str) -> str:
            return (names or {}).get(iri, shorten(iri))

        rows = []
        for row in self.rows:
            cells = (
                from_value(len(row.having)),
                from_value(len(row.having) + len(row.lacking)),
                *(
                    from_value(effect)
                    for effect in (
                        row.spearman,
                        row.kendall,
                        row.rank_biserial,
                        row.adjusted_effect,
                    )
                ),
                *(from_value(p, digits=5) for p in (row.p, row.smallest_p, row.q)),
                from_value(row.permutable),
                from_value(row.warning),
                from_value(row.disputed),
                from_value(len({link.claim for link in self.evidence(row)})),
                from_value("; ".join(map(named, row.having))),
            )
            rows.append(
                (
                    ox.NamedNode(row.concept),
                    from_value(named(row.concept)),
                    ox.NamedNode(row.factor),
                    from_value(named(row.factor)),
                    *cells,
                )
            )
        brief = ("name", "factor_name", "having", "cities", "spearman", "p", "q", "warning")
        return Table(variables, tuple(rows), brief)


def read_scores(store: Store, edition: str) -> tuple[Score, ...]:
    """Read the factor scores of one edition, accepted and disputed, from any store.

    Parameters
    ----------
    edition
        Slug of a ranking edition.

    Raises
    ------
    UnknownNameError
        There is no such edition.
    """
    table = store.query(_SCORES)
    assert isinstance(table, Table)
    wanted = f"{ID}edition/{edition}"
    found = tuple(
        Score(str(city), str(factor), float(str(score)), str(claim), bool(disputed))
        for of, city, factor, score, claim, disputed in table.values()
        if of == wanted
    )
    if not found:
        editions = run_query(store, "editions")
        assert isinstance(editions, Table)
        known = sorted({str(row[0]).removeprefix(ID + "edition/") for row in editions.values()})
        if edition not in known:
            raise UnknownNameError("unknown-edition", edition, ", ".join(known) or "-")
    return found


def correlate_scores(
    store: Store,
    matrix: IncidenceMatrix,
    *,
    edition: str = "eden-top50-2021",
    strata: int | None = None,
    permutations: int = 9_999,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> ScoreTable:
    """Correlate each concept of a matrix with each factor score of one edition.

    Nothing is correlated, and ``reason`` says why, when the edition has no factor scores, when
    fewer than eight documented cities have one, or when no two of them are documented alike.

    Parameters
    ----------
    store
        Where the scores are.
    matrix
        What is on record, within a scope.
    strata
        Quantile bins by programmes on record; None joins cities documented alike until every
        stratum has five, see :func:`kg.recurrence.contrast.documentation_strata`.
    permutations
        How many; with t pairs a single finding can reach q <= 0.05 only from 20 t of them.

    Raises
    ------
    UnknownNameError
        There is no such edition.
    ParameterError
        Strata or permutations are not positive.
    """
    import numpy as np
    from scipy.stats import false_discovery_control

    check_test(strata, permutations)
    scores = read_scores(store, edition)
    factors = tuple(sorted({score.factor for score in scores}))
    known, disputed, conflicting = _by_city(scores)
    place = {city: row for row, city in enumerate(matrix.cities)}
    table = np.full((len(matrix.cities), len(factors)), np.nan)
    for (city, factor), value in known.items():
        if city in place:
            table[place[city], factors.index(factor)] = value
    documented = matrix.documentation > 0
    any_score = ~np.isnan(table).all(axis=1) if factors else np.zeros(len(table), dtype=bool)
    chosen = np.flatnonzero(documented & any_score)
    counts = matrix.documentation

    def alike(rows: NDArray[np.int64]) -> NDArray[np.int64]:
        return documentation_strata(
            counts[rows], np.ones((len(rows), 1)), strata=strata, least=FEWEST_ALIKE
        )

    def result(
        reason: tuple[str, ...] | None, rows: tuple[ScoreCorrelation, ...] = ()
    ) -> ScoreTable:
        places = alike(chosen) if len(chosen) else np.zeros(0, dtype=np.int64)
        layers = [counts[chosen][places == code] for code in range(int(places.max(initial=-1)) + 1)]
        return ScoreTable(
            matrix=matrix,
            scores=scores,
            rows=rows,
            edition=edition,
            factors=factors,
            cities=tuple(matrix.cities[row] for row in chosen),
            unscored=tuple(matrix.cities[row] for row in np.flatnonzero(documented & ~any_score)),
            undocumented=tuple(
                matrix.cities[row] for row in np.flatnonzero(~documented & any_score)
            ),
            conflicting=tuple(pair for pair in conflicting if pair[0] in place),
            strata=tuple((int(layer.min()), int(layer.max()), len(layer)) for layer in layers),
            smallest_p=min((r.smallest_p for r in rows if r.smallest_p is not None), default=None),
            tests=sum(row.p is not None for row in rows),
            warnings=tuple(sorted({row.factor for row in rows if row.warning})),
            permutations=permutations,
            seed=seed,
            reason=reason,
        )

    if not factors:
        return result((NO_SCORES, edition))
    if len(chosen) < FEWEST_CITIES:
        return result((FEW_SCORED, str(len(chosen)), edition, str(FEWEST_CITIES)))
    if not (np.bincount(alike(chosen)) > 1).any():
        return result((SCORES_NO_OVERLAP, str(len(chosen))))

    incidence = matrix.values.toarray().astype(np.float64)
    # Factors with scores of the same cities go through the same permutations together.
    masks, group = np.unique(
        ~np.isnan(table) & documented[:, np.newaxis], axis=1, return_inverse=True
    )
    group = np.asarray(group).reshape(-1)
    steps = [number for number in range(masks.shape[1]) if masks[:, number].any()]
    found: list[ScoreCorrelation] = []
    for step, number in enumerate(steps):
        rows = np.flatnonzero(masks[:, number])
        columns = np.flatnonzero(group == number)
        held = np.flatnonzero(incidence[rows].any(axis=0))
        found += _correlate(
            incidence[np.ix_(rows, held)],
            table[np.ix_(rows, columns)],
            alike(rows),
            cities=[matrix.cities[row] for row in rows],
            concepts=[matrix.concepts[column] for column in held],
            factors=[factors[column] for column in columns],
            disputed=disputed,
            doubtful=DISPUTED.get(edition, frozenset()),
            permutations=permutations,
            seed=seed,
            progress=_part(progress, step, len(steps)),
        )
    tested = [row for row in found if row.p is not None]
    if tested:
        controlled = false_discovery_control([row.p for row in tested])
        tested = [replace(row, q=float(q)) for row, q in zip(tested, controlled, strict=True)]
    tested.sort(key=lambda row: (row.p, -abs(row.adjusted_effect or 0.0), row.concept, row.factor))
    rest = sorted(
        (row for row in found if row.p is None), key=lambda row: (row.concept, row.factor)
    )
    return result(None, (*tested, *rest))


def rank_correlation(practices: ArrayLike, scores: ArrayLike) -> RankCorrelation:
    """Correlate columns of 0 and 1 with columns of numbers by ranks.

    Parameters
    ----------
    practices
        0 and 1, shape (cities, practices).
    scores
        Numbers without gaps, shape (cities, factors).

    Examples
    --------
    >>> found = rank_correlation([[0], [0], [1], [1]], [[1.0], [3.0], [2.0], [4.0]])
    >>> f"{found.rank_biserial[0, 0]:.3f} {found.spearman[0, 0]:.3f}"
    '0.500 0.447'
    """
    import numpy as np
    from scipy.stats import rankdata

    x = np.asarray(practices, dtype=np.float64)
    y = np.asarray(scores, dtype=np.float64)
    size = len(x)
    ranks = rankdata(y, axis=0)
    ones = x.sum(axis=0)[:, np.newaxis]
    zeros = size - ones
    # Rank sum of the ones less its mean when nothing goes together: half of Kendall's S.
    excess = x.T @ ranks - ones * (size + 1) / 2
    spread = ((ranks - (size + 1) / 2) ** 2).sum(axis=0)
    pairs = size * (size - 1) / 2
    tied = np.array(
        [
            (counts * (counts - 1) / 2).sum()
            for counts in (np.unique(column, return_counts=True)[1] for column in y.T)
        ]
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        defined = (ones * zeros > 0) & (spread > 0)
        spearman = np.where(defined, excess / np.sqrt(ones * zeros / size * spread), np.nan)
        kendall = np.where(defined, 2 * excess / np.sqrt(ones * zeros * (pairs - tied)), np.nan)
        biserial = np.where(defined, 2 * excess / (ones * zeros), np.nan)
    return RankCorrelation(spearman, kendall, biserial)


def _by_city(
    scores: tuple[Score, ...],
) -> tuple[dict[tuple[str, str], float], frozenset[tuple[str, str]], tuple[tuple[str, str], ...]]:
    """The value of each city and factor, those that are disputed, those with several values."""
    values: dict[tuple[str, str], set[float]] = defaultdict(set)
    for score in scores:
        values[score.city, score.factor].add(score.value)
    return (
        {pair: next(iter(found)) for pair, found in values.items() if len(found) == 1},
        frozenset((score.city, score.factor) for score in scores if score.disputed),
        tuple(sorted(pair for pair, found in values.items() if len(found) > 1)),
    )


def _correlate(
    practices: NDArray[np.float64],
    scores: NDArray[np.float64],
    places: NDArray[np.int64],
    *,
    cities: list[str],
    concepts: list[str],
    factors: list[str],
    disputed: frozenset[tuple[str, str]],
    doubtful: frozenset[str],
    permutations: int,
    seed: int,
    progress: Callable[[int, int], None] | None,
) -> list[ScoreCorrelation]:
    """Rows of factors that all these cities have a score on, still without ``q``."""
    import numpy as np
    from scipy.stats import rankdata

    # Ranks within strata over their size: a difference of their means is half a rank-biserial
    # correlation in every stratum, whatever its size, and stays between -1 and 1 over all.
    ranks = np.empty_like(scores)
    for code in range(int(places.max()) + 1):
        part = places == code
        ranks[part] = rankdata(scores[part], axis=0) / part.sum()
    plain = rank_correlation(practices, scores)
    test = stratified_permutation(
        practices, ranks, places, permutations=permutations, seed=seed, progress=progress
    )
    least = smallest_p(practices, ranks, places, permutations=permutations)
    adjusted = np.clip(2 * stratified_difference(practices, ranks, places), -1, 1)

    def number(value: float) -> float | None:
        return None if np.isnan(value) else float(value)

    found = []
    for column, factor in enumerate(factors):
        varied = [
            np.ptp(scores[places == code, column]) > 0 for code in range(int(places.max()) + 1)
        ]
        permutable = int(np.array(varied)[places].sum())
        in_dispute = sum((city, factor) in disputed for city in cities)
        for row, concept in enumerate(concepts):
            has = practices[:, row] > 0
            testable = bool(test.testable[row, column])
            found.append(
                ScoreCorrelation(
                    concept=concept,
                    factor=factor,
                    having=tuple(city for city, one in zip(cities, has, strict=True) if one),
                    lacking=tuple(city for city, one in zip(cities, has, strict=True) if not one),
                    spearman=number(plain.spearman[row, column]),
                    kendall=number(plain.kendall[row, column]),
                    rank_biserial=number(plain.rank_biserial[row, column]),
                    adjusted_effect=number(adjusted[row, column]),
                    p=float(test.p[row, column]) if testable else None,
                    smallest_p=float(least[row, column]) if testable else None,
                    q=None,
                    permutable=permutable,
                    disputed=in_dispute,
                    warning=factor in doubtful,
                )
            )
    return found


def _part(
    progress: Callable[[int, int], None] | None, step: int, steps: int
) -> Callable[[int, int], None] | None:
    """Progress of one of several equal steps as progress of the whole."""
    if progress is None:
        return None
    return lambda done, of: progress(step * of + done, steps * of)
