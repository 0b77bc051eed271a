"""Lists of all things of a kind, and the cities on a map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from kg.explorer.matrices import Matrices
from kg.explorer.panels import Column, Item, Page, Panel, number, plain
from kg.explorer.parts import PRACTICES
from kg.explorer.reading import country, format_day
from kg.explorer.words import LANGUAGES

_LISTING: Final[Mapping[str, tuple[str, tuple[tuple[str, str], ...]]]] = {
    "city": ("cities", ()),
    "practice": ("practice-tree", ()),
    "programme": ("programmes", ()),
    "organisation": ("organisations", ()),
    "outcome": ("outcomes", ()),
    "source": ("sources", ()),
    "technology": ("concept-tree", (("scheme", "technology"),)),
    "mechanism": ("concept-tree", (("scheme", "mechanism"),)),
}


class Lists(Matrices):
    """Writes the lists and the map in one language."""

    def things(self, kind: str) -> Page:
        """All things of a kind, each with the figure that tells most."""
        names = self.record.things(kind)
        writers = {
            "city": self._city_rows,
            "practice": self._practice_rows,
            "technology": self._concept_rows,
            "mechanism": self._concept_rows,
            "programme": self._programme_rows,
            "source": self._source_rows,
        }
        columns, rows = writers.get(kind, self._plain_rows)(names)
        return Page(
            path=kind,
            language=self.language,
            title=self.say(f"kinds-{kind}"),
            lead=self._list_lead(kind, len(rows)),
            panels=(
                Panel(
                    "list",
                    self.say(f"kinds-{kind}"),
                    columns,
                    rows,
                    shown=1_000,
                    most=200,
                    query=_LISTING.get(kind),
                ),
            ),
        )

    def _list_lead(self, kind: str, number_of: int) -> str:
        if kind != "city":
            return self.say("list-lead", self.count(number_of))
        documented, registered = self.reader.documented(PRACTICES)
        return self.say("city-list-lead", registered, documented, self.name(self.reader.ranking))

    def _city_rows(self, names: Sequence[str]) -> tuple[tuple[Column, ...], Any]:
        matrix = self.reader.matrix(PRACTICES)
        rows = []
        # What has no rank stands in the order of the language.
        for city in sorted(
            matrix.cities,
            key=lambda c: (self.reader.rank(c) or len(matrix.cities), self._sorted_name(c)),
        ):
            rank = self.reader.rank(city)
            programmes = self.reader.programmes(city)
            practices = len(matrix.concepts_of(city))
            code = self.record.text(city, "cpg:countryCode")
            rows.append(
                (
                    (self.link.item(city),),
                    plain(country(code, self.language)),
                    (self.link.item(self.reader.region(city)),),
                    (number(rank),) if rank is not None else (),
                    (number(len(programmes)),) if programmes else plain(self.say("state-unknown")),
                    (
                        Item(
                            str(practices),
                            number=practices,
                            bar=practices / len(matrix.concepts) if matrix.concepts else 0,
                        ),
                    )
                    if programmes
                    else (),
                )
            )
        columns = self.columns(
            *("city", "country", "region", "rank", "documentation", "practice_count"),
            numeric=("rank", "documentation", "practice_count"),
        )
        return columns, tuple(rows)

    def _practice_rows(self, names: Sequence[str]) -> tuple[tuple[Column, ...], Any]:
        rows = []
        documented, _ = self.reader.documented(PRACTICES)
        for practice in sorted(names, key=self._above):
            level = self.reader.level(practice)
            found = self.reader.recurrence(f"practice-{level}", practice) if level else None
            cities = len(found["cities"]) if found else 0
            rows.append(
                (
                    (self.link.item(practice),),
                    plain(self.say(f"level-{level}")),
                    (self.link.item(self.reader.theme(practice)),),
                    (self._of(cities, documented),),
                    (self.link.text(self.record.description(practice, self.language)),),
                )
            )
        columns = self.columns(
            "practice", "level", "theme", "cities", "definition", numeric=("cities",)
        )
        return columns, tuple(rows)

    def _above(self, practice: str) -> tuple[int, int, str]:
        level = self.reader.level(practice)
        order = (3, 4, 1, 2, 0).index(level)
        found = self.reader.recurrence(f"practice-{level}", practice) if level else None
        return order, -len(found["cities"]) if found else 0, practice

    def _concept_rows(self, names: Sequence[str]) -> tuple[tuple[Column, ...], Any]:
        rows = []
        kind = self.record.kind(names[0]) if names else "technology"
        counted = {row["concept"]: row for row in self.reader.rows(str(kind))}
        documented, _ = self.reader.documented(str(kind))
        for name in sorted(
            names, key=lambda n: (-len(counted[n]["cities"]) if n in counted else 0, n)
        ):
            cities = len(counted[name]["cities"]) if name in counted else 0
            rows.append(
                (
                    (self.link.item(name),),
                    (self._of(cities, documented),),
                    (self.link.text(self.record.description(name, self.language)),),
                )
            )
        return self.columns("name", "cities", "definition", numeric=("cities",)), tuple(rows)

    def _programme_rows(self, names: Sequence[str]) -> tuple[tuple[Column, ...], Any]:
        places = {city: place for place, city in enumerate(self.reader.matrix(PRACTICES).cities)}
        rows = [
            (
                (self.link.item(name),),
                self.link.items(self.reader.cities_of(name)),
                self.link.items(self.record.values(name, "cpg:implementsPractice")),
                plain(self.record.text(name, "cpg:startYear")),
            )
            for name in sorted(names, key=lambda n: (places.get(self.reader.city_of(n), 999), n))
        ]
        return self.columns("programme", "city", "practices", "year"), tuple(rows)

    def _source_rows(self, names: Sequence[str]) -> tuple[tuple[Column, ...], Any]:
        rows = [
            (
                (self.link.item(name),),
                self.link.items(self.record.values(name, "cpg:sourceType")),
                plain(format_day(self.record.text(name, "cpg:readOn"), self.language)),
            )
            for name in sorted(names, key=self._sorted_name)
        ]
        return self.columns("source", "type", "read"), tuple(rows)

    def _plain_rows(self, names: Sequence[str]) -> tuple[tuple[Column, ...], Any]:
        rows = []
        for name in sorted(names, key=self._sorted_name):
            related = [
                s.subject
                for s in self.record.into(name)
                if s.claims and self.record.kind(s.subject) == "programme"
            ]
            rows.append(((self.link.item(name),), self.link.items(dict.fromkeys(related))))
        return self.columns("name", "programmes"), tuple(rows)

    def map(self, parameters: Sequence[tuple[str, str]]) -> Page:
        """Where the cities are, with how much is on record of each."""
        chosen = {value for key, value in parameters if key == "city"}
        dots, rows = [], []
        matrix = self.reader.matrix(PRACTICES)
        most = max((len(self.reader.programmes(c)) for c in matrix.cities), default=1) or 1
        for city in matrix.cities:
            latitude = self.record.text(city, "geo:lat")
            longitude = self.record.text(city, "geo:long")
            programmes = len(self.reader.programmes(city))
            rank = self.reader.rank(city)
            slug = self.record.slug(city)
            dots.append(
                {
                    "name": self.name(city),
                    "names": [self.record.name(city, each) for each in LANGUAGES.values()],
                    "href": self.link.href(city),
                    "slug": slug,
                    "latitude": float(latitude or 0),
                    "longitude": float(longitude or 0),
                    "programmes": programmes,
                    "size": (programmes / most) ** 0.5,
                    "chosen": slug in chosen,
                    "practices": len(matrix.concepts_of(city)),
                }
            )
            rows.append(
                (
                    (self.link.item(city),),
                    (self.link.item(self.reader.region(city)),),
                    (number(rank),) if rank is not None else (),
                    (number(programmes, bar=programmes / most, track=False),),
                )
            )
        documented, registered = self.reader.documented(PRACTICES)
        return Page(
            path="map",
            language=self.language,
            title=self.say("nav-map"),
            lead=self.say("map-lead", registered, documented),
            panels=(
                Panel(
                    "map",
                    self.say("panel-map"),
                    self.columns(
                        *("city", "region", "rank", "documentation"),
                        numeric=("rank", "documentation"),
                    ),
                    tuple(rows),
                    form="map",
                    extra={"dots": dots},
                    picture=True,
                    note=self.say("map-note"),
                    query=("cities", ()),
                    shown=1_000,
                ),
            ),
        )
