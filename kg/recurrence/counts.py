"""Counts of recurrence: a city counts once, however many programmes it has."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from kg.catalogue import run_query
from kg.errors import ParameterError, UnknownNameError
from kg.recurrence.incidence import Incidence, Link, read_incidence
from kg.results import Table, from_value
from kg.store import Store
from kg.terms import ID, shorten

FACETS: Final = ("practice", "technology", "mechanism", "outcome-type", "domain")
LEVELS: Final = (1, 2, 3, 4)


@dataclass(frozen=True)
class Recurrence:
    """How often one concept occurs in the scope.

    Attributes
    ----------
    concept
        IRI of the concept.
    cities, programmes, sources, regions
        IRIs, sorted; the length of each is the count. Cities are in order of rank.
    share
        Cities with the concept / cities in the scope, 0 to 1.
    rank_weighted_share
        The same with the weight 1 / log2(rank + 1) of each ranked city (the discount of
        Järvelin and Kekäläinen, ACM TOIS 20, 2002), 0 to 1; None when nothing in the scope is
        ranked.
    links
        The rows of the incidence behind the counts.
    """

    concept: str
    cities: tuple[str, ...]
    programmes: tuple[str, ...]
    sources: tuple[str, ...]
    regions: tuple[str, ...]
    share: float
    rank_weighted_share: float | None
    links: tuple[Link, ...]


@dataclass(frozen=True)
class RecurrenceTable:
    """Recurrence of all concepts of a facet in one scope, most cities first.

    Attributes
    ----------
    scope
        IRIs of the cities counted over.
    documented
        How many of them have at least one programme on record in this facet. A city without one
        is unknown, not without practices.
    """

    facet: str
    rows: tuple[Recurrence, ...]
    scope: tuple[str, ...]
    documented: int
    leading: int | None
    edition: str

    def to_table(self, names: Mapping[str, str] | None = None) -> Table:
        """The counts as a table of RDF terms, with names when a mapping is given."""
        variables = (
            self.facet.replace("-", "_"),
            "name",
            "cities",
            "of",
            "documented",
            "share",
            "rank_weighted_share",
            "programmes",
            "sources",
            "regions",
            "city_list",
        )
        rows = tuple(
            (
                ox.NamedNode(row.concept),
                ox.Literal((names or {}).get(row.concept, shorten(row.concept))),
                from_value(len(row.cities)),
                from_value(len(self.scope)),
                from_value(self.documented),
                from_value(row.share),
                from_value(row.rank_weighted_share),
                from_value(len(row.programmes)),
                from_value(len(row.sources)),
                from_value(len(row.regions)),
                ox.Literal("; ".join((names or {}).get(c, shorten(c)) for c in row.cities)),
            )
            for row in self.rows
        )
        brief = ("name", "cities", "of", "share", "programmes", "sources", "city_list")
        return Table(variables, rows, brief)


def count_recurrence(
    store: Store,
    *,
    by: str = "practice",
    level: int | None = 3,
    leading: int | None = None,
    edition: str = "eden-top50-2021",
    minimum: int = 1,
) -> RecurrenceTable:
    """Count in how many cities each concept recurs.

    Parameters
    ----------
    by
        One of :data:`FACETS`.
    level
        For practices: 1 theme, 2 field, 3 practice, 4 specific practice; None for all levels.
        Other facets have no levels and ignore it.
    leading
        Count only the cities ranked 1 to this number in the edition; None for all.
    edition
        Slug of the ranking edition that gives ranks.
    minimum
        Leave out concepts that occur in fewer cities.

    Raises
    ------
    UnknownNameError
        No such facet or edition.
    ParameterError
        The level is not 1 to 4, or ``leading`` is not positive.
    """
    if by not in FACETS:
        raise UnknownNameError("unknown-facet", by, ", ".join(FACETS))
    if level is not None and level not in LEVELS:
        raise ParameterError("bad-parameter", "level", "1-4", str(level))
    if leading is not None and leading < 1:
        raise ParameterError("bad-parameter", "leading", "1, 2, 3 …", str(leading))
    ranks = read_ranks(store, edition, required=leading is not None)
    scope = frozenset(
        city
        for city, rank in ranks.items()
        if leading is None or (rank is not None and rank <= leading)
    )
    incidence = read_incidence(store, by)
    wanted = practices_of_level(store, level) if by == "practice" and level else None
    links = [link for link in incidence.links if link.city in scope]
    rows = [
        _recurrence(concept, found, scope, ranks)
        for concept, found in Incidence(by, tuple(links)).by_concept().items()
        if wanted is None or concept in wanted
    ]
    rows = [row for row in rows if len(row.cities) >= minimum]
    rows.sort(key=lambda row: (-len(row.cities), -(row.rank_weighted_share or 0), row.concept))
    return RecurrenceTable(
        facet=by,
        rows=tuple(rows),
        scope=tuple(sorted(scope)),
        documented=len({link.city for link in links}),
        leading=leading,
        edition=edition,
    )


def read_ranks(store: Store, edition: str, *, required: bool = True) -> dict[str, int | None]:
    """City IRI to its best rank in an edition; None for cities without a rank.

    Raises
    ------
    UnknownNameError
        No city has a rank in this edition. Facts without any ranking are no error unless ranks
        are required: a curator may begin with programmes.
    """
    table = run_query(store, "cities", {"edition": edition})
    assert isinstance(table, Table)
    ranks: dict[str, int | None] = {}
    for record in table.records():
        rank = record["rank"]
        ranks.setdefault(str(record["city"]), rank if isinstance(rank, int) else None)
    if not any(ranks.values()):
        known = run_query(store, "editions")
        assert isinstance(known, Table)
        slugs = sorted({str(row[0]).removeprefix(ID + "edition/") for row in known.values()})
        if slugs or required:
            raise UnknownNameError("unknown-edition", edition, ", ".join(slugs) or "-")
    return ranks


def practices_of_level(store: Store, level: int) -> frozenset[str]:
    """IRIs of the practices of a level."""
    table = run_query(store, "practice-tree")
    assert isinstance(table, Table)
    return frozenset(
        str(record["practice"]) for record in table.records() if record["level"] == level
    )


def _recurrence(
    concept: str, links: Iterable[Link], scope: frozenset[str], ranks: Mapping[str, int | None]
) -> Recurrence:
    links = tuple(links)
    cities = {link.city for link in links}
    total = sum(_weight(ranks[city]) for city in scope)
    weighted = sum(_weight(ranks[city]) for city in cities) / total if total else None
    return Recurrence(
        concept=concept,
        cities=tuple(sorted(cities, key=lambda city: (ranks[city] or math.inf, city))),
        programmes=tuple(sorted({link.programme for link in links})),
        sources=tuple(sorted({link.source for link in links})),
        regions=tuple(sorted({link.region for link in links if link.region})),
        share=len(cities) / len(scope),
        rank_weighted_share=weighted,
        links=links,
    )


def _weight(rank: int | None) -> float:
    return 0.0 if rank is None else 1 / math.log2(rank + 1)
