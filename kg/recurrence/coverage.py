"""How complete the record of a city is: coverage, unseen concepts, equal documentation.

The programmes of a city are the samples, concepts the species of the ecological literature. All
of it reads the record, not the city: programmes enter the record because somebody wrote about
them, which is no random draw, so an estimate is a lower bound of what more documentation would
show. A city without a record is unknown, not without practices.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median_low
from types import ModuleType
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import pyoxigraph as ox

from kg.errors import MissingPackageError, ParameterError
from kg.results import Table, from_value
from kg.terms import shorten

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from kg.recurrence.matrix import IncidenceMatrix

# Fewer samples than this, and nothing can be said about what two samples share.
FEWEST: Final = 2

Reason = Literal["no-programmes", "one-programme"]
Caution = Literal["none-repeated"]
PoolReason = Literal["no-documented-city", "one-documented-city"]


class Richness(NamedTuple):
    """An estimate of how many concepts there are, seen and unseen.

    Attributes
    ----------
    observed
        Concepts met.
    estimated
        Chao2, at least ``observed``: a lower bound of what unlimited documentation would show.
    variance
        Of ``estimated``.
    low, high
        Confidence interval of that lower bound, not symmetric, ``low`` never below ``observed``.
        It is no interval for the true number: in simulated records of 3 to 14 programmes and 16
        concepts, 95 % intervals held the truth in 40 to 90 % of the worlds, least often where
        concepts differ much in how common they are.
    """

    observed: int
    estimated: float
    variance: float
    low: float
    high: float


class Accumulation(NamedTuple):
    """Concepts met in 1, 2, … cities drawn at random, as arrays over the number of cities.

    Attributes
    ----------
    expected
        Mean number of distinct concepts.
    deviation
        Standard deviation over the draws from these very cities: 0 when all are drawn.
    error
        Standard error when the cities are themselves a sample of a larger set; not a number
        where the total is not estimated.
    """

    expected: NDArray[np.float64]
    deviation: NDArray[np.float64]
    error: NDArray[np.float64]


def chao2(
    frequencies: ArrayLike,
    samples: int,
    *,
    bias_corrected: bool = True,
    confidence: float = 0.95,
) -> Richness | None:
    """Estimate how many concepts a record would show with unlimited samples (Chao2).

    With Q1 concepts met in one sample and Q2 in two of T samples, the unseen ones are
    (T - 1)/T * Q1 (Q1 - 1) / (2 (Q2 + 1)), or (T - 1)/T * Q1^2 / (2 Q2) in the classic form
    (Chao, Biometrics 43, 1987; Colwell and Coddington, Phil. Trans. R. Soc. B 345, 1994).

    - The sum without (T - 1)/T is Chao1 and comes from :func:`skbio.diversity.alpha.chao1`,
      which uses the corrected form also where Q2 = 0.
    - scikit-bio has no variance of Chao2: those of the EstimateS User's Guide (Colwell, appendix
      B) stand here, for the corrected form, the classic form and Q2 = 0, with the
      log-normal interval of its equation 13. The classic variance of Chao1 in scikit-bio 0.7.4
      cannot be used: it has 0.24 in the place of 1/4.
    - Where nothing unseen is estimated, variance and interval are those of the guide for Q1 = 0
      (the interval is equation 14). scikit-bio does so for Q1 = 0 only, and for Q1 = 1 gives an
      interval of no width, which would be certainty from a handful of programmes.

    Parameters
    ----------
    frequencies
        In how many samples each concept was met; zeros are ignored.
    samples
        Number of samples.
    bias_corrected
        The corrected form, steadier where Q2 is small; False for the classic form, as in iNEXT
        and vegan.
    confidence
        Of the interval, between 0 and 1.

    Returns
    -------
    Richness or None
        None with fewer than two samples or nothing met: the estimator is undefined.

    Raises
    ------
    MissingPackageError
        scikit-bio is not installed.

    Examples
    --------
    Three concepts in one of four programmes each, one in two of them:

    >>> found = chao2([1, 1, 1, 2], 4)
    >>> found.observed, found.estimated
    (4, 5.125)
    """
    import numpy as np
    from scipy.stats import norm

    met = np.asarray(frequencies, dtype=np.int64)
    met = met[met > 0]
    observed, total = len(met), int(met.sum())
    if samples < FEWEST or not observed:
        return None
    once, twice = int((met == 1).sum()), int((met == 2).sum())
    finite = (samples - 1) / samples
    unseen = finite * (float(_alpha().chao1(met, bias_corrected=bias_corrected)) - observed)
    z = float(norm.ppf(0.5 + confidence / 2))
    if unseen == 0:
        missed = math.exp(-total / observed)
        mean = observed / (1 - missed)
        half = z * math.sqrt(observed * missed / (1 - missed))
        variance = observed * missed * (1 - missed)
        return Richness(
            observed, float(observed), variance, max(float(observed), mean - half), mean + half
        )
    variance = _chao2_variance(observed + unseen, once, twice, finite, bias_corrected)
    spread = math.exp(z * math.sqrt(math.log(1 + variance / unseen**2)))
    return Richness(
        observed,
        observed + unseen,
        variance,
        observed + unseen / spread,
        observed + unseen * spread,
    )


def _alpha() -> ModuleType:
    try:
        import skbio.diversity.alpha
    except ImportError as error:
        raise MissingPackageError("missing-package", "scikit-bio", "analysis") from error
    module: ModuleType = skbio.diversity.alpha
    return module


def _chao2_variance(
    estimated: float, once: int, twice: int, finite: float, bias_corrected: bool
) -> float:
    """Where something unseen is estimated: EstimateS User's Guide, appendix B."""
    if not twice:
        return (
            finite * once * (once - 1) / 2
            + finite**2 * once * (2 * once - 1) ** 2 / 4
            - finite**2 * once**4 / (4 * estimated)
        )
    if bias_corrected:
        return (
            finite * once * (once - 1) / (2 * (twice + 1))
            + finite**2 * once * (2 * once - 1) ** 2 / (4 * (twice + 1) ** 2)
            + finite**2 * once**2 * twice * (once - 1) ** 2 / (4 * (twice + 1) ** 4)
        )
    ratio = once / twice
    return twice * (finite * ratio**2 / 2 + finite**2 * (ratio**3 + ratio**4 / 4))


def sample_coverage(frequencies: ArrayLike, samples: int) -> float | None:
    """Estimate the share of all incidences that belongs to concepts already met.

    1 - Q1/U * A, with U incidences in all and A = (T - 1) Q1 / ((T - 1) Q1 + 2 Q2), the correction
    of Chao and Jost (Ecology 93, 2012) to the coverage of Good and Turing, in its form
    for incidence data (Chao et al., Ecological Monographs 84, 2014). Where Q2 = 0, Q1 - 1 and 2
    stand in A for Q1 and 2 Q2, as in iNEXT; one concept met once and none twice then gives 1,
    which :func:`good_coverage` beside it does not. scikit-bio has that uncorrected form only.

    Parameters
    ----------
    frequencies, samples
        As in :func:`chao2`.

    Returns
    -------
    float or None
        0 to 1, without unit; None with fewer than two samples or nothing met.
    """
    import numpy as np

    met = np.asarray(frequencies, dtype=np.int64)
    total = int(met.sum())
    if samples < FEWEST or not total:
        return None
    once, twice = int((met == 1).sum()), int((met == 2).sum())
    rare, common = (once, 2 * twice) if twice else (max(once - 1, 0), 2)
    return 1 - once / total * (samples - 1) * rare / ((samples - 1) * rare + common)


def good_coverage(frequencies: ArrayLike, samples: int) -> float | None:
    """Estimate the same share in its first form, 1 - Q1/U (Good, Biometrika 40, 1953).

    By :func:`skbio.diversity.alpha.goods_coverage` on incidences. 0 when no concept was met twice.

    Parameters
    ----------
    frequencies, samples
        As in :func:`chao2`.

    Returns
    -------
    float or None
        0 to 1, without unit; None with fewer than two samples or nothing met.

    Raises
    ------
    MissingPackageError
        scikit-bio is not installed.
    """
    import numpy as np

    met = np.asarray(frequencies, dtype=np.int64)
    if samples < FEWEST or not met.any():
        return None
    return float(_alpha().goods_coverage(met))


def chance_missed(
    frequencies: ArrayLike, samples: ArrayLike, drawn: ArrayLike
) -> NDArray[np.float64]:
    """Chance that none of the samples drawn without replacement holds a concept.

    C(T - Q, t) / C(T, t), the hypergeometric chance of no hit, from :mod:`scipy.stats`.

    Parameters
    ----------
    frequencies
        Samples that hold the concept.
    samples
        Samples there are.
    drawn
        Samples drawn; not a number where that is more than there are. All three broadcast.
    """
    import numpy as np
    from scipy.stats import hypergeom

    return np.asarray(hypergeom.pmf(0, samples, frequencies, drawn), dtype=np.float64)


def rarefy(frequencies: ArrayLike, samples: ArrayLike, drawn: int) -> NDArray[np.float64]:
    """Expect so many distinct concepts in ``drawn`` of the samples (Mao Tau).

    Sample-based rarefaction, exact (Colwell, Mao and Chang, Ecology 85, 2004; Colwell et al.,
    Journal of Plant Ecology 5, 2012, interpolation under the Bernoulli product model).

    Parameters
    ----------
    frequencies
        In how many samples each concept was met, shape (cities, concepts).
    samples
        Number of samples of each city, shape (cities,).
    drawn
        The equal number of samples to which all are brought down.

    Returns
    -------
    ndarray
        Shape (cities,); not a number for a city with fewer samples: nothing is extrapolated.
    """
    import numpy as np

    missed = chance_missed(frequencies, np.asarray(samples)[..., np.newaxis], drawn)
    return np.asarray((1 - missed).sum(axis=-1), dtype=np.float64)


def rarefaction_error(
    frequencies: ArrayLike, samples: ArrayLike, drawn: int, estimated: ArrayLike
) -> NDArray[np.float64]:
    """Give the standard error of :func:`rarefy`, the samples taken as a sample themselves.

    The unconditional variance: the sum over concepts of the squared chance to be met, less the
    square of the expected number over the estimated total (Colwell et al. 2004 and 2012, as for
    :func:`rarefy`). It does not shrink to 0 when all samples are drawn.

    Parameters
    ----------
    frequencies, samples, drawn
        As in :func:`rarefy`.
    estimated
        Estimated number of concepts of each city, seen and unseen; not a number where unknown.
    """
    import numpy as np

    met = 1 - chance_missed(frequencies, np.asarray(samples)[..., np.newaxis], drawn)
    variance = (met**2).sum(axis=-1) - met.sum(axis=-1) ** 2 / np.asarray(estimated)
    return np.asarray(np.sqrt(np.clip(variance, 0, None)), dtype=np.float64)


def accumulate(incidence: ArrayLike, estimated: float | None = None) -> Accumulation:
    """Expect so many distinct concepts in 1, 2, … of the cities drawn at random.

    Mean as in :func:`rarefy`, with cities as samples. The deviation is exact for draws without
    replacement (Ugland, Gray and Ellingsen, Journal of Animal Ecology 72, 2003): concepts i and j
    are both missed when none of the cities drawn has either, so the variance needs only how many
    pairs of concepts have unions of each size. The error is that of :func:`rarefaction_error`.

    Parameters
    ----------
    incidence
        1 where a city has a concept, shape (cities, concepts). Leave out cities without a record.
    estimated
        Estimated number of concepts, seen and unseen, for the error.
    """
    import numpy as np

    # Floating point for the product alone: numpy multiplies integer matrices without BLAS.
    held = np.asarray(incidence, dtype=np.float64)
    cities, concepts = held.shape
    if not cities:
        empty = np.zeros(0)
        return Accumulation(empty, empty, empty)
    counts = held.sum(axis=0).astype(np.int64)
    unions = counts[:, np.newaxis] + counts - (held.T @ held).astype(np.int64)
    singles = np.bincount(counts, minlength=cities + 1)
    pairs = np.bincount(unions.ravel(), minlength=cities + 1)
    sizes = np.flatnonzero(singles + pairs)
    missed = chance_missed(sizes[:, np.newaxis], cities, np.arange(1, cities + 1))
    mean_missed = singles[sizes] @ missed
    expected = concepts - mean_missed
    variance = pairs[sizes] @ missed - mean_missed**2
    # Two numbers of the size of concepts squared are subtracted: what is left below their rounding
    # error is 0, and its root would show as a deviation of some millionths.
    variance[variance < 1e-12 * concepts**2] = 0
    total = math.nan if estimated is None else estimated
    unconditional = singles[sizes] @ (1 - missed) ** 2 - expected**2 / total
    return Accumulation(
        expected=np.asarray(expected, dtype=np.float64),
        deviation=np.sqrt(variance),
        error=np.sqrt(np.clip(unconditional, 0, None)),
    )


@dataclass(frozen=True)
class CityCoverage:
    """How complete the record of one city is.

    Attributes
    ----------
    city
        IRI.
    programmes
        Programmes on record in this facet, level and scope: the samples. One that states no such
        concept is not among them.
    concepts
        IRIs of the concepts met, sorted; :meth:`kg.recurrence.IncidenceMatrix.evidence` leads from
        each to its claims.
    once, twice
        How many of them were met in one programme only, and in two.
    good_coverage
        Share of incidences that belongs to concepts met, after Good (1953), 0 to 1.
    coverage
        The same after Chao and Jost (2012), 0 to 1.
    richness
        Estimate of all concepts that the record would show with unlimited documentation.
    rarefied, rarefied_error
        Expected distinct concepts in as many programmes as the level of the report, and its
        standard error; None for a city below the level.
    reason
        Why ``good_coverage``, ``coverage`` and ``richness`` are None: ``no-programmes`` (nothing
        on record here, which is unknown, not absent) or ``one-programme`` (nothing to compare
        it with).
    caution
        ``none-repeated``: no concept was met in two programmes, so that the record hardly bounds
        what is missing, and the estimate is no more than a formal lower bound.
    """

    city: str
    programmes: int
    concepts: tuple[str, ...]
    once: int
    twice: int
    good_coverage: float | None
    coverage: float | None
    richness: Richness | None
    rarefied: float | None
    rarefied_error: float | None
    reason: Reason | None
    caution: Caution | None

    @property
    def share_seen(self) -> float | None:
        """Concepts met / concepts estimated, 0 to 1: at most so much of the whole was seen."""
        return self.richness and self.richness.observed / self.richness.estimated

    @property
    def share_interval(self) -> tuple[float, float] | None:
        """The share at both ends of the interval of the estimate."""
        if self.richness is None:
            return None
        return self.richness.observed / self.richness.high, (
            self.richness.observed / self.richness.low
        )


class CurvePoint(NamedTuple):
    """One point of the accumulation curve, see :class:`Accumulation`.

    ``error`` is None where the number of concepts is not estimated.
    """

    cities: int
    expected: float
    deviation: float
    error: float | None


@dataclass(frozen=True)
class CoverageReport:
    """How complete the record is: city by city, and over all documented cities.

    Attributes
    ----------
    rows
        All cities of the matrix in its order, those without a record too. Not ranked.
    curve
        Expected distinct concepts in 1 to all documented cities.
    level
        Number of programmes to which cities were brought down; None when no city is documented.
    documented
        Cities with at least one programme on record.
    concepts
        Distinct concepts met in any of them.
    pool
        Chao2 with the documented cities as samples: concepts that more such cities would show.
    reason
        Why ``pool`` is None: ``no-documented-city`` or ``one-documented-city``.
    confidence
        Of all intervals.
    """

    facet: str
    rows: tuple[CityCoverage, ...]
    curve: tuple[CurvePoint, ...]
    level: int | None
    documented: int
    concepts: int
    pool: Richness | None
    reason: PoolReason | None
    confidence: float

    def below_level(self, row: CityCoverage) -> bool:
        """Whether a city has fewer programmes than the level, and is not brought to it."""
        return self.level is not None and row.programmes < self.level

    def to_table(self, names: Mapping[str, str] | None = None) -> Table:
        """The cities as a table of RDF terms, with names when a mapping is given."""
        variables = (
            "city",
            "name",
            "programmes",
            "concepts",
            "once",
            "twice",
            "good_coverage",
            "coverage",
            "estimated",
            "standard_error",
            "low",
            "high",
            "share_seen",
            "share_low",
            "share_high",
            "level",
            "below_level",
            "rarefied",
            "rarefied_error",
            "reason",
            "caution",
        )
        rows = []
        for row in self.rows:
            found = row.richness
            share = row.share_interval or (None, None)
            values = (
                row.programmes,
                len(row.concepts),
                row.once,
                row.twice,
                row.good_coverage,
                row.coverage,
                found and found.estimated,
                found and math.sqrt(found.variance),
                found and found.low,
                found and found.high,
                row.share_seen,
                *share,
                self.level,
                self.below_level(row),
                row.rarefied,
                row.rarefied_error,
                row.reason,
                row.caution,
            )
            name = (names or {}).get(row.city, shorten(row.city))
            rows.append(
                (
                    ox.NamedNode(row.city),
                    ox.Literal(name),
                    *(from_value(value) for value in values),
                )
            )
        brief = (
            *("name", "programmes", "concepts", "estimated", "low", "high", "share_seen"),
            "caution",
        )
        return Table(variables, tuple(rows), brief)

    def curve_to_table(self) -> Table:
        """The accumulation curve as a table, each point beside the whole it is part of."""
        variables = ("cities", "of", "expected", "concepts", "deviation", "standard_error")
        rows = tuple(
            (
                from_value(point.cities),
                from_value(self.documented),
                from_value(point.expected),
                from_value(self.concepts),
                from_value(point.deviation),
                from_value(point.error),
            )
            for point in self.curve
        )
        return Table(variables, rows)


def programme_counts(matrix: IncidenceMatrix) -> NDArray[np.int64]:
    """Programmes of each city that apply each concept, shape (cities, concepts).

    The column sums of :meth:`kg.recurrence.IncidenceMatrix.samples` of all cities, in one pass.
    """
    import numpy as np

    cities = {city: row for row, city in enumerate(matrix.cities)}
    concepts = {concept: column for column, concept in enumerate(matrix.concepts)}
    met = Counter(
        (city, concept)
        for city, concept, _ in {(link.city, link.concept, link.programme) for link in matrix.links}
    )
    counts = np.zeros((len(cities), len(concepts)), dtype=np.int64)
    for (city, concept), number in met.items():
        counts[cities[city], concepts[concept]] = number
    return counts


def estimate_coverage(
    matrix: IncidenceMatrix,
    *,
    level: int | None = None,
    bias_corrected: bool = True,
    confidence: float = 0.95,
) -> CoverageReport:
    """Estimate how complete the record of each city is, and of all of them together.

    A matrix of one level of practices is meant: with all levels at once a practice and the broader
    one above it would count as two. An estimate knows nothing of the vocabulary and may exceed the
    number of concepts in it.

    Parameters
    ----------
    matrix
        Of any facet and scope.
    level
        Number of programmes for the comparison at equal documentation; when left out, the median
        over documented cities, the lower of two middle ones, so that at least half reach it.
    bias_corrected
        Form of the estimator, see :func:`chao2`.
    confidence
        Of all intervals, between 0 and 1.

    Raises
    ------
    ParameterError
        ``level`` is not positive, or ``confidence`` not between 0 and 1.
    MissingPackageError
        scikit-bio is not installed.
    """
    import numpy as np

    if level is not None and level < 1:
        raise ParameterError("bad-parameter", "level", "1, 2, 3 …", str(level))
    if not 0 < confidence < 1:
        raise ParameterError("bad-parameter", "confidence", "0 < … < 1", str(confidence))
    counts, programmes = programme_counts(matrix), matrix.documentation
    documented = programmes > 0
    if level is None and documented.any():
        level = int(median_low(programmes[documented].tolist()))
    found = [
        chao2(row, int(samples), bias_corrected=bias_corrected, confidence=confidence)
        for row, samples in zip(counts, programmes, strict=True)
    ]
    held = (counts[documented] > 0).astype(np.int64)
    pool = chao2(held.sum(axis=0), len(held), bias_corrected=bias_corrected, confidence=confidence)
    grown = accumulate(held, pool and pool.estimated)
    return CoverageReport(
        facet=matrix.facet,
        rows=_rows(matrix, counts, found, level),
        curve=tuple(
            CurvePoint(cities, float(expected), float(deviation), _known(float(error)))
            for cities, (expected, deviation, error) in enumerate(zip(*grown, strict=True), start=1)
        ),
        level=level,
        documented=len(held),
        concepts=int(held.any(axis=0).sum()),
        pool=pool,
        reason=_pool_reason(len(held)),
        confidence=confidence,
    )


def _rows(
    matrix: IncidenceMatrix,
    counts: NDArray[np.int64],
    found: list[Richness | None],
    level: int | None,
) -> tuple[CityCoverage, ...]:
    import numpy as np

    samples = matrix.documentation
    estimated = [math.nan if one is None else one.estimated for one in found]
    if level is None:
        rarefied = errors = np.full(len(counts), math.nan)
    else:
        rarefied = rarefy(counts, samples, level)
        errors = rarefaction_error(counts, samples, level, estimated)
    met: dict[int, list[str]] = defaultdict(list)
    for row, column in np.argwhere(counts).tolist():
        met[row].append(matrix.concepts[column])
    rows = []
    for row, city in enumerate(matrix.cities):
        number, once = int(samples[row]), int((counts[row] == 1).sum())
        rows.append(
            CityCoverage(
                city=city,
                programmes=number,
                concepts=tuple(met[row]),
                once=once,
                twice=int((counts[row] == 2).sum()),
                good_coverage=good_coverage(counts[row], number),
                coverage=sample_coverage(counts[row], number),
                richness=found[row],
                rarefied=_known(float(rarefied[row])),
                rarefied_error=_known(float(errors[row])),
                reason=_reason(number),
                caution="none-repeated" if number >= FEWEST and once == len(met[row]) else None,
            )
        )
    return tuple(rows)


def _reason(programmes: int) -> Reason | None:
    if programmes >= FEWEST:
        return None
    return "one-programme" if programmes else "no-programmes"


def _pool_reason(documented: int) -> PoolReason | None:
    if documented >= FEWEST:
        return None
    return "one-documented-city" if documented else "no-documented-city"


def _known(number: float) -> float | None:
    return None if math.isnan(number) else number
