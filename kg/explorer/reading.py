"""What pages ask of a record: programmes of a city, figures in words, states of a cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, Final, Literal

from kg.explorer.record import Record, Statement
from kg.messages import Language

State = Literal["documented", "searched", "unknown"]
"""Documented; searched and not found; neither, which is unknown."""

APPLIES: Final[Mapping[str, str]] = {
    "practice": "cpg:implementsPractice",
    "technology": "cpg:usesTechnology",
    "mechanism": "cpg:usesMechanism",
}
"""Kind of concept to the property by which a programme applies it."""
ROLES: Final = (
    "cpg:leadOrganisation",
    "cpg:partnerOrganisation",
    "cpg:operatingOrganisation",
    "cpg:fundingOrganisation",
    "cpg:involvesGroup",
)
_NOT_FOUND: Final = "concept/coverage-status/searched-not-found"
_POPULATION: Final = "concept/indicator/population"
_WORLD: Final = "concept/reference-set/world"
_BOUNDS: Final = {
    "concept/value-bound/at-least": "≥ ",
    "concept/value-bound/at-most": "≤ ",
    "concept/value-bound/about": "≈ ",
}
_LOCALES: Final[Mapping[Language, str]] = {"en": "en", "zh": "zh_Hans_CN"}


@dataclass(frozen=True)
class Matrix:
    """Cities by concepts of one facet, with the claims of every documented cell.

    Attributes
    ----------
    cells
        City and concept to programmes, each with its claims.
    """

    facet: str
    cities: tuple[str, ...]
    concepts: tuple[str, ...]
    alike_cities: tuple[str, ...]
    alike_concepts: tuple[str, ...]
    cells: Mapping[tuple[str, str], Mapping[str, tuple[str, ...]]]

    def cities_of(self, concept: str) -> list[str]:
        """Cities with a concept on record, in order of rank."""
        return [city for city in self.cities if (city, concept) in self.cells]

    def programmes_of(self, concept: str) -> list[str]:
        """Programmes that apply a concept, in the order of their cities."""
        found = (p for city in self.cities_of(concept) for p in self.cells[city, concept])
        return list(dict.fromkeys(found))

    def concepts_of(self, city: str) -> list[str]:
        """Concepts on record of a city."""
        return [concept for concept in self.concepts if (city, concept) in self.cells]


@dataclass(frozen=True)
class Rank:
    """A rank or appraisal of a city in an edition of a ranking."""

    edition: str
    rank: int
    world: bool
    claims: tuple[str, ...]


class Reader:
    """Asks a record."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self._matrices: dict[str, Matrix] = {}

    # cities

    def cities_of(self, programme: str) -> list[str]:
        """Cities of a programme, in order of rank."""
        cities = self.record.values(programme, "cpg:city")
        return sorted(cities, key=lambda c: (self.rank(c) is None, self.rank(c) or 0, c))

    def city_of(self, programme: str) -> str:
        """The first city of a programme; empty when none is on record."""
        return next(iter(self.cities_of(programme)), "")

    def programmes(self, city: str) -> list[str]:
        """Programmes of a city."""
        return sorted(self.record.subjects(city, "cpg:city"))

    def rank(self, city: str) -> int | None:
        """Best rank in the edition that makes a city a leading one."""
        found = self.record.analyses["ranks"].get(city)
        return int(found) if found is not None else None

    @property
    def ranking(self) -> str:
        """The edition of a ranking whose ranks the analyses use."""
        return f"id/edition/{self.record.analyses['edition']}"

    def region(self, city: str) -> str:
        """Name in the record of the region."""
        return next(iter(self.record.values(city, "cpg:region")), "")

    def ranks(self, city: str) -> list[Rank]:
        """Ranks of a city in all editions, newest first."""
        record = self.record
        found = []
        for observation in record.subjects(city, "cpg:refCity"):
            for statement in record.statements(observation, "cpg:rank"):
                edition = next(iter(record.values(observation, "cpg:refEdition")), "")
                sets = record.values(observation, "cpg:referenceSet")
                place = int(_text(statement))
                found.append(Rank(edition, place, sets in ([], [_WORLD]), statement.claims))
        return sorted(found, key=lambda rank: (rank.edition, not rank.world), reverse=True)

    # the matrix

    def matrix(self, key: str) -> Matrix:
        """Cities by concepts; keys are those of :func:`kg.explorer.making.make_record`."""
        if key not in self._matrices:
            held = self.record.analyses["incidence"][key]
            self._matrices[key] = Matrix(
                facet=key,
                cities=tuple(held["cities"]),
                concepts=tuple(held["concepts"]),
                alike_cities=tuple(held["alike"]["cities"]),
                alike_concepts=tuple(held["alike"]["concepts"]),
                cells={
                    (city, concept): {programme: tuple(claims) for programme, *claims in programmes}
                    for city, concept, programmes in held["cells"]
                },
            )
        return self._matrices[key]

    @cached_property
    def _searches(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """City and practice to the sources that were searched without a find."""
        record = self.record
        found: dict[tuple[str, str], list[str]] = {}
        for status in record.leading(_NOT_FOUND, "cpg:coverageStatus"):
            for city in record.values(status.subject, "cpg:checkedCity"):
                for practice in record.values(status.subject, "cpg:checkedPractice"):
                    found.setdefault((city, practice), []).extend(
                        record.values(status.subject, "cpg:checkedSource")
                    )
        return {key: tuple(sources) for key, sources in found.items()}

    def searched(self, city: str, concept: str) -> tuple[str, ...]:
        """Sources that were searched for a practice of a city without a find."""
        return self._searches.get((city, concept), ())

    def state(self, matrix: Matrix, city: str, concept: str) -> State:
        """What is known of a city and a concept."""
        if (city, concept) in matrix.cells:
            return "documented"
        return "searched" if self.searched(city, concept) else "unknown"

    # counts

    def recurrence(self, key: str, concept: str) -> Mapping[str, Any] | None:
        """Counts of one concept, or None when it does not occur."""
        return next((row for row in self.rows(key) if row["concept"] == concept), None)

    def rows(self, key: str) -> Sequence[Mapping[str, Any]]:
        """Counts of all concepts in a scope, most cities first."""
        held: Sequence[Mapping[str, Any]] = self.record.analyses["recurrence"][key]["rows"]
        return held

    def documented(self, key: str) -> tuple[int, int]:
        """Cities of a scope with anything on record, and cities of the scope."""
        held = self.record.analyses["recurrence"][key]
        return int(held["documented"]), len(held["scope"])

    def gaps(self, city: str, basis: str) -> Mapping[str, Any] | None:
        """What others have and a city has not."""
        held = self.record.analyses["gaps"].get(city)
        return None if held is None else held[basis]

    # concepts

    def level(self, practice: str) -> int:
        """Level of a practice, 1 to 4; 0 for other things."""
        text = self.record.text(practice, "cpg:practiceLevel")
        return int(text) if text else 0

    def theme(self, practice: str) -> str:
        """The broadest practice above one."""
        above = self.record.values(practice, "skos:broaderTransitive")
        return next((broad for broad in above if self.level(broad) == 1), practice)

    # figures

    def figure(self, measurement: str, language: Language) -> str:
        """Number with bound and unit, as the language writes it."""
        record = self.record
        bound = next(iter(record.values(measurement, "cpg:valueBound")), "")
        return _BOUNDS.get(bound, "") + self.amount(
            record.text(measurement, "cpg:numericValue"), self.unit(measurement, language), language
        )

    def unit(self, measured: str, language: Language) -> str:
        """Symbol or name of a unit; empty for plain numbers."""
        record = self.record
        unit = next(iter(record.values(measured, "cpg:unit")), "")
        if not unit or unit == "concept/unit/one":
            return ""
        symbol = record.text(unit, "skos:notation")
        return symbol if symbol and (len(symbol) < 4) else record.name(unit, language)

    def amount(self, value: str, unit: str, language: Language) -> str:
        """A number with its unit."""
        text = format_number(value, language)
        return f"{text} {unit}".strip() if unit != "%" else f"{text}%"

    def measurements(self, subject: str) -> list[Statement]:
        """Statements that give a figure of a thing."""
        return self.record.statements(subject, "cpg:hasMeasurement")

    def populations(self, city: str) -> list[Statement]:
        """Statements that give the population of a city; its other figures are its results."""
        return [
            statement
            for statement in self.measurements(city)
            if any(
                name.startswith(_POPULATION)
                for name in self.record.values(str(statement.value), "cpg:indicator")
            )
        ]


def format_number(value: str | float | Decimal, language: Language) -> str:
    """A number as the language writes it, with no digit more or less."""
    from babel.numbers import format_decimal

    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    return format_decimal(number, locale=_LOCALES[language], decimal_quantization=False)


def format_percent(share: float, language: Language) -> str:
    """A share of 1 in per cent, without decimals."""
    from babel.numbers import format_percent as format_with

    return format_with(share, format="#,##0%", locale=_LOCALES[language])


def format_day(day: str, language: Language) -> str:
    """A date as the language writes it; what is no whole date stays as it is."""
    import datetime

    from babel.dates import format_date

    try:
        return format_date(datetime.date.fromisoformat(day), "long", locale=_LOCALES[language])
    except ValueError:
        return day


def country(code: str, language: Language) -> str:
    """Name of a country by its ISO 3166-1 code (Unicode CLDR)."""
    from babel import Locale

    return str(Locale.parse(_LOCALES[language]).territories.get(code, code))


def _text(statement: Statement) -> str:
    return statement.value if isinstance(statement.value, str) else statement.value.text
