"""Cities side by side: what is documented, what was looked for in vain, and what is unknown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from kg.catalogue import run_query
from kg.recurrence.counts import count_recurrence
from kg.results import Table
from kg.store import Store

State = Literal["documented", "searched-not-found", "documented-absent", "unknown"]

# What a search can have found, most telling first; a record of "documented" adds nothing to
# the programmes that document it.
_SEARCHED: Final[tuple[State, ...]] = ("documented-absent", "searched-not-found")


@dataclass(frozen=True)
class Cell:
    """What is on record of one practice in one city.

    Attributes
    ----------
    state
        ``documented`` when a programme is on record; else the result of the searches on record;
        else ``unknown``. None but ``documented-absent`` says that the city is without it.
    programmes
        IRIs of the programmes that document it.
    sources
        IRIs of the independent sources behind them, or, without programmes, of those searched.
    """

    city: str
    concept: str
    state: State
    programmes: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """Practices of one level by cities.

    Attributes
    ----------
    concepts, cities
        IRIs: the rows and the columns.
    cells
        One for each pair (concept, city).
    documented
        City IRI to (programmes, independent sources) on record in all: the denominators.
    """

    concepts: tuple[str, ...]
    cities: tuple[str, ...]
    cells: dict[tuple[str, str], Cell]
    documented: dict[str, tuple[int, int]]


def compare_cities(store: Store, cities: Sequence[str], *, level: int = 3) -> Comparison:
    """Compare what is on record of every practice of a level in some cities.

    Parameters
    ----------
    cities
        IRIs of cities.
    level
        1 theme, 2 field, 3 practice, 4 specific practice.

    Raises
    ------
    ParameterError
        The level is not 1 to 4.
    """
    counted = count_recurrence(store, level=level)
    searched: dict[tuple[str, str], dict[State, set[str]]] = defaultdict(lambda: defaultdict(set))
    for city in cities:
        records = run_query(store, "coverage", {"city": city})
        assert isinstance(records, Table)
        for record in records.records():
            state = str(record["status"]).rpartition("/")[2]
            for known in _SEARCHED:
                if state == known:
                    searched[str(record["practice"]), city][known].add(str(record["source"]))
    cells: dict[tuple[str, str], Cell] = {}
    for row in counted.rows:
        for city in cities:
            links = [link for link in row.links if link.city == city]
            if links:
                cells[row.concept, city] = Cell(
                    city,
                    row.concept,
                    "documented",
                    tuple(sorted({link.programme for link in links})),
                    tuple(sorted({link.source for link in links})),
                )
                continue
            found = searched[row.concept, city]
            state_found: State = next((state for state in _SEARCHED if state in found), "unknown")
            cells[row.concept, city] = Cell(
                city, row.concept, state_found, (), tuple(sorted(found.get(state_found, ())))
            )
    documentation = run_query(store, "documentation")
    assert isinstance(documentation, Table)
    numbers = {
        str(record["city"]): (int(str(record["programmes"])), int(str(record["sources"])))
        for record in documentation.records()
    }
    return Comparison(
        concepts=tuple(row.concept for row in counted.rows),
        cities=tuple(cities),
        cells=cells,
        documented={city: numbers.get(city, (0, 0)) for city in cities},
    )
