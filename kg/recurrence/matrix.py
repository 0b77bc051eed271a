"""The incidence as a sparse matrix: cities by concepts in a scope, each 1 with its claims."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from kg.catalogue import run_query
from kg.errors import ParameterError, UnknownNameError
from kg.recurrence.counts import FACETS, LEVELS, practices_of_level, read_ranks
from kg.recurrence.incidence import Link, read_incidence
from kg.results import Table
from kg.store import Store
from kg.terms import CONCEPT

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

# The ladder of evidence, weakest first (ontology/concepts/evidence-grade.ttl, after Nesta).
GRADES: Final = ("account", "correlation", "causal", "replicated", "scaled")


@dataclass(frozen=True)
class Scope:
    """Which cities, and which statements about them, an analysis looks at.

    Attributes
    ----------
    leading
        Only cities ranked 1 to this number in ``edition``; None for all registered cities.
    edition
        Slug of the ranking edition that gives ranks.
    regions
        Slugs of UN M49 regions; empty for all.
    sources
        IRIs of primary sources whose claims count; empty for all.
    grade
        Weakest evidence grade that counts, one of :data:`GRADES`.
    since, until
        First and last start year of programmes that count, both included; None for no bound.
        A programme without a known start year is left out when a bound is set.
    """

    leading: int | None = None
    edition: str = "eden-top50-2021"
    regions: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    grade: str = GRADES[0]
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True)
class IncidenceMatrix:
    """Cities by concepts: 1 where a programme of the city applies the concept or a narrower one.

    Attributes
    ----------
    cities
        IRIs of the rows, by rank and then IRI. Cities without any record are rows, too: their
        zeros are unknown, not absent.
    concepts
        IRIs of the columns, sorted.
    links
        The rows of the incidence within the scope.
    ranks
        City to its rank in the edition of the scope, None without one.
    regions
        City to the slug of its UN M49 region.
    """

    facet: str
    scope: Scope
    cities: tuple[str, ...]
    concepts: tuple[str, ...]
    links: tuple[Link, ...]
    ranks: Mapping[str, int | None]
    regions: Mapping[str, str]
    _places: dict[tuple[str, str], tuple[Link, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        places: dict[tuple[str, str], list[Link]] = defaultdict(list)
        for link in self.links:
            places[link.city, link.concept].append(link)
        object.__setattr__(self, "_places", {key: tuple(found) for key, found in places.items()})

    @cached_property
    def values(self) -> csr_array:
        """The matrix itself: 8-bit integers 0 and 1, shape (cities, concepts)."""
        return _binary(
            [(self._row[city], self._column[concept]) for city, concept in self._places],
            (len(self.cities), len(self.concepts)),
        )

    @cached_property
    def documentation(self) -> NDArray[np.int64]:
        """Programmes on record of each city within the scope, in the order of ``cities``."""
        import numpy as np

        programmes: dict[str, set[str]] = defaultdict(set)
        for link in self.links:
            programmes[link.city].add(link.programme)
        return np.array([len(programmes[city]) for city in self.cities], dtype=np.int64)

    def evidence(self, city: str, concept: str) -> tuple[Link, ...]:
        """What stands behind one cell; empty where it is 0."""
        return self._places.get((city, concept), ())

    def samples(self, city: str) -> csr_array:
        """Programmes of one city by concepts: the samples in which its practices were met."""
        cells = {(link.programme, link.concept) for link in self.links if link.city == city}
        programmes = {name: row for row, name in enumerate(sorted({name for name, _ in cells}))}
        return _binary(
            [(programmes[name], self._column[concept]) for name, concept in sorted(cells)],
            (len(programmes), len(self.concepts)),
        )

    @cached_property
    def _row(self) -> dict[str, int]:
        return {city: row for row, city in enumerate(self.cities)}

    @cached_property
    def _column(self) -> dict[str, int]:
        return {concept: column for column, concept in enumerate(self.concepts)}


def read_matrix(
    store: Store, by: str = "practice", *, level: int | None = 3, scope: Scope | None = None
) -> IncidenceMatrix:
    """Read the incidence of a facet within a scope from any store.

    Parameters
    ----------
    by
        One of :data:`kg.recurrence.FACETS`.
    level
        For practices: 1 theme, 2 field, 3 practice, 4 specific practice; None for all levels.
        Other facets have no levels and ignore it.
    scope
        Cities and statements to look at; everything when left out.

    Raises
    ------
    UnknownNameError
        No such facet, edition or region.
    ParameterError
        A level, grade, number of leading cities or span of years makes no sense.
    """
    scope = scope or Scope()
    if by not in FACETS:
        raise UnknownNameError("unknown-facet", by, ", ".join(FACETS))
    if level is not None and level not in LEVELS:
        raise ParameterError("bad-parameter", "level", "1-4", str(level))
    if scope.grade not in GRADES:
        raise ParameterError("bad-parameter", "grade", " | ".join(GRADES), scope.grade)
    if scope.leading is not None and scope.leading < 1:
        raise ParameterError("bad-parameter", "leading", "1, 2, 3 …", str(scope.leading))
    if scope.since is not None and scope.until is not None and scope.since > scope.until:
        raise ParameterError("bad-parameter", "until", f">= {scope.since}", str(scope.until))
    ranks = read_ranks(store, scope.edition, required=scope.leading is not None)
    regions = _regions(store)
    unknown = sorted(scope.regions - set(regions.values()))
    if unknown:
        raise UnknownNameError(
            "unknown-region", unknown[0], ", ".join(sorted(set(regions.values())))
        )
    cities = [
        city
        for city, rank in sorted(ranks.items(), key=lambda item: (item[1] or 10**6, item[0]))
        if (scope.leading is None or (rank is not None and rank <= scope.leading))
        and (not scope.regions or regions.get(city) in scope.regions)
    ]
    links = _within(store, scope, frozenset(cities), read_incidence(store, by).links)
    if by == "practice" and level is not None:
        wanted = practices_of_level(store, level)
        links = [link for link in links if link.concept in wanted]
    return IncidenceMatrix(
        facet=by,
        scope=scope,
        cities=tuple(cities),
        concepts=tuple(sorted({link.concept for link in links})),
        links=tuple(links),
        ranks={city: ranks[city] for city in cities},
        regions={city: regions[city] for city in cities if city in regions},
    )


def _within(
    store: Store, scope: Scope, cities: frozenset[str], links: tuple[Link, ...]
) -> list[Link]:
    found = [
        link
        for link in links
        if link.city in cities and (not scope.sources or link.source in scope.sources)
    ]
    if scope.grade != GRADES[0]:
        strong = frozenset(GRADES[GRADES.index(scope.grade) :])
        grades = claim_grades(store)
        found = [link for link in found if grades.get(link.claim) in strong]
    if scope.since is not None or scope.until is not None:
        years = start_years(store)
        first, last = scope.since or 0, scope.until or 9999
        found = [link for link in found if first <= years.get(link.programme, -1) <= last]
    return found


def claim_grades(store: Store) -> dict[str, str]:
    """Claim IRI to the slug of its evidence grade."""
    table = run_query(store, "claim-grades")
    assert isinstance(table, Table)
    base = CONCEPT + "evidence-grade/"
    return {str(claim): str(grade).removeprefix(base) for claim, grade in table.values()}


def start_years(store: Store) -> dict[str, int]:
    """Programme IRI to its start year, the earliest where pages disagree."""
    table = run_query(store, "start-years")
    assert isinstance(table, Table)
    years: dict[str, int] = {}
    for record in table.records():
        programme, year = str(record["programme"]), int(str(record["year"]))
        years[programme] = min(year, years.get(programme, year))
    return years


def _regions(store: Store) -> dict[str, str]:
    table = run_query(store, "cities")
    assert isinstance(table, Table)
    base = CONCEPT + "region/"
    return {
        str(record["city"]): str(record["region"]).removeprefix(base) for record in table.records()
    }


def _binary(cells: list[tuple[int, int]], shape: tuple[int, int]) -> csr_array:
    import numpy as np
    from scipy.sparse import csr_array

    rows = np.array([row for row, _ in cells], dtype=np.int64)
    columns = np.array([column for _, column in cells], dtype=np.int64)
    ones = np.ones(len(cells), dtype=np.int8)
    return csr_array((ones, (rows, columns)), shape=shape)
