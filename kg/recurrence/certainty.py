"""How sure a count is: interval, years, grades, and what one city or source decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from kg.recurrence.counts import Recurrence, RecurrenceTable
from kg.recurrence.matrix import claim_grades, start_years
from kg.results import Table, from_value
from kg.store import Store
from kg.terms import shorten

CONFIDENCE: Final = 0.95


@dataclass(frozen=True)
class Certainty:
    """How sure one count is.

    Attributes
    ----------
    low, high
        Interval of the share at :data:`CONFIDENCE` (Wilson, JASA 22, 1927), as if the cities of
        the scope were drawn from many like them: 0 to 1.
    stable_low, stable_high
        Least and greatest share when one city, or all that rests on one source alone, is left out.
    decisive
        IRI of the one source whose removal loses most cities; None when several lose as many.
    first_year, last_year
        Earliest and latest known start year of its programmes; None when none is known.
    undated
        Programmes without a known start year.
    grades
        Claims by evidence grade.
    """

    row: Recurrence
    low: float
    high: float
    stable_low: float
    stable_high: float
    decisive: str | None
    first_year: int | None
    last_year: int | None
    undated: int
    grades: Mapping[str, int]


@dataclass(frozen=True)
class CertaintyTable:
    """A recurrence table with how sure each of its counts is."""

    counted: RecurrenceTable
    rows: tuple[Certainty, ...]

    def to_table(self, names: Mapping[str, str] | None = None) -> Table:
        """Counts with their intervals, as a table of RDF terms."""
        variables = (
            self.counted.facet.replace("-", "_"),
            "name",
            "cities",
            "of",
            "documented",
            "share",
            "low",
            "high",
            "stable_low",
            "stable_high",
            "decisive",
            "programmes",
            "sources",
            "regions",
            "first_year",
            "last_year",
            "undated",
            "grades",
        )
        rows = []
        for sure in self.rows:
            row = sure.row
            cells = (
                len(row.cities),
                len(self.counted.scope),
                self.counted.documented,
                row.share,
                sure.low,
                sure.high,
                sure.stable_low,
                sure.stable_high,
                sure.decisive and (names or {}).get(sure.decisive, shorten(sure.decisive)),
                len(row.programmes),
                len(row.sources),
                len(row.regions),
                sure.first_year,
                sure.last_year,
                sure.undated,
                "; ".join(f"{grade} {number}" for grade, number in sorted(sure.grades.items())),
            )
            name = (names or {}).get(row.concept, shorten(row.concept))
            rows.append(
                (ox.NamedNode(row.concept), from_value(name), *(from_value(cell) for cell in cells))
            )
        brief = (
            *("name", "cities", "of", "share", "low", "high", "stable_low", "stable_high"),
            *("decisive", "sources"),
        )
        return Table(variables, tuple(rows), brief)


def assess(store: Store, counted: RecurrenceTable) -> CertaintyTable:
    """Say of each row of a recurrence table how sure it is."""
    from scipy.stats import binomtest

    years = start_years(store)
    grades = claim_grades(store)
    size = len(counted.scope)
    rows = []
    for row in counted.rows:
        interval = binomtest(len(row.cities), size).proportion_ci(CONFIDENCE, method="wilson")
        known = [years[programme] for programme in row.programmes if programme in years]
        low, high, decisive = _left_out(row, size)
        claims = {link.claim for link in row.links}
        rows.append(
            Certainty(
                row=row,
                low=float(interval.low),
                high=float(interval.high),
                stable_low=low,
                stable_high=high,
                decisive=decisive,
                first_year=min(known, default=None),
                last_year=max(known, default=None),
                undated=len(row.programmes) - len(known),
                grades=Counter(grades[claim] for claim in claims if claim in grades),
            )
        )
    return CertaintyTable(counted, tuple(rows))


def _left_out(row: Recurrence, size: int) -> tuple[float, float, str | None]:
    """Least and greatest share without one city or one source, and the source that decides most.

    Without a city both the cities and the scope are one fewer; without a source the scope stays.
    """
    cities = len(row.cities)
    without = {
        source: len({link.city for link in row.links if link.source != source})
        for source in row.sources
    }
    fewest = min(without.values())
    decisive = [source for source, left in without.items() if left == fewest]
    shares = [left / size for left in without.values()]
    if size > 1:
        shares.append((cities - 1) / (size - 1))
        shares.append(min(cities, size - 1) / (size - 1))
    return min(shares), max(shares), decisive[0] if len(decisive) == 1 else None
