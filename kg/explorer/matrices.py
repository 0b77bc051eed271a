"""The matrix of cities and concepts, and what stands behind each of its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kg.errors import ParameterError
from kg.explorer.panels import Cell, Column, Item, Page, Panel
from kg.explorer.profiles import Profiles
from kg.explorer.reading import Matrix, State, format_day
from kg.explorer.record import FACETS, LEADING

_ORDERS: Final = ("count", "alike", "rank", "name")
_LEVELS: Final = ("1", "2", "3", "4")
_MOST_COLUMNS: Final = 120


@dataclass(frozen=True)
class Choice:
    """What a reader has chosen for the matrix; every value is one that there is.

    Attributes
    ----------
    regions
        Slugs of regions; empty for all.
    theme
        Slug of a practice of level 1; empty for all.
    leading
        Only the leading cities; 0 for all.
    documented
        Only cities with anything on record.
    """

    facet: str = "practice"
    level: str = "3"
    order: str = "count"
    regions: tuple[str, ...] = ()
    theme: str = ""
    leading: int = 0
    documented: bool = True

    @property
    def key(self) -> str:
        """Key of the matrix in the record."""
        return f"{self.facet}-{self.level}" if self.facet == "practice" else self.facet

    @property
    def parameters(self) -> tuple[tuple[str, str], ...]:
        """Those that differ from the beginning, for the address."""
        pairs = [
            ("facet", self.facet if self.facet != "practice" else ""),
            ("level", self.level if self.level != "3" else ""),
            ("order", self.order if self.order != "count" else ""),
            *(("region", region) for region in self.regions),
            ("theme", self.theme),
            ("leading", str(self.leading) if self.leading else ""),
            ("all", "" if self.documented else "1"),
        ]
        return tuple((key, value) for key, value in pairs if value)


class Matrices(Profiles):
    """Writes the pages of the matrix in one language."""

    def choose(self, parameters: Sequence[tuple[str, str]]) -> Choice:
        """The choice that an address makes.

        Raises
        ------
        ParameterError
            A value is none of those that there are.
        """
        given: dict[str, list[str]] = {}
        for key, value in parameters:
            if value:
                given.setdefault(key, []).append(value)

        def one(key: str, allowed: Sequence[str], default: str) -> str:
            value = given.get(key, [default])[-1]
            if value not in (*allowed, default):
                raise ParameterError("bad-parameter", key, " | ".join(allowed), value)
            return value

        regions = [self.record.slug(region) for region in self.regions()]
        themes = [self.record.slug(theme) for theme in self.themes()]
        for region in given.get("region", ()):
            if region not in regions:
                raise ParameterError("bad-parameter", "region", " | ".join(regions), region)
        return Choice(
            facet=one("facet", FACETS, "practice"),
            level=one("level", _LEVELS, "3"),
            order=one("order", _ORDERS, "count"),
            regions=tuple(dict.fromkeys(given.get("region", ()))),
            theme=one("theme", themes, ""),
            leading=int(one("leading", [str(n) for n in LEADING], "0")),
            documented="all" not in given,
        )

    def regions(self) -> list[str]:
        """Regions of the registered cities."""
        return sorted(
            {region for c in self.record.things("city") if (region := self.reader.region(c))}
        )

    def themes(self) -> list[str]:
        """Practices of level 1."""
        return [p for p in self.record.things("practice") if self.reader.level(p) == 1]

    def chosen(self, choice: Choice) -> tuple[Matrix, list[str], list[str]]:
        """The matrix with the cities and concepts of a choice, in its order."""
        matrix = self.reader.matrix(choice.key)
        wanted_region = {f"concept/region/{slug}" for slug in choice.regions}
        cities = []
        for city in matrix.cities:
            rank = self.reader.rank(city)
            if choice.leading and (rank is None or rank > choice.leading):
                continue
            if wanted_region and self.reader.region(city) not in wanted_region:
                continue
            if choice.documented and not matrix.concepts_of(city):
                continue
            cities.append(city)
        concepts = [
            concept
            for concept in matrix.concepts
            if not choice.theme or self.record.slug(self.reader.theme(concept)) == choice.theme
        ]
        held = {c: sum((city, c) in matrix.cells for city in cities) for c in concepts}
        full = {c: sum((c, concept) in matrix.cells for concept in concepts) for c in cities}
        rank_order = {city: place for place, city in enumerate(matrix.cities)}
        if choice.order == "alike":
            places = {name: place for place, name in enumerate(matrix.alike_cities)}
            columns = {name: place for place, name in enumerate(matrix.alike_concepts)}
            cities.sort(key=lambda c: places[c])
            concepts.sort(key=lambda c: columns[c])
        elif choice.order == "name":
            cities.sort(key=self._sorted_name)
            concepts.sort(key=self._sorted_name)
        else:
            # Full rows and columns in one corner: nested records show as a triangle.
            concepts.sort(key=lambda c: (-held[c], c))
            if choice.order == "count":
                cities.sort(key=lambda c: (-full[c], rank_order[c]))
        return matrix, cities, concepts[:_MOST_COLUMNS]

    def matrix_panel(self, choice: Choice) -> Panel:
        """Cities by concepts: documented, looked for and not found, or unknown."""
        matrix, cities, concepts = self.chosen(choice)
        rows = []
        tally: dict[State, int] = {"documented": 0, "searched": 0, "unknown": 0}
        documented = self.say("state-documented")
        # Most cells of a wide matrix are empty, and all of these are the same.
        empty: dict[State, Cell] = {
            "searched": (Item(self.say("state-searched"), number=0, state="searched"),),
            "unknown": (Item(self.say("state-unknown"), number=0, state="unknown"),),
        }
        for city in cities:
            cells: list[Cell] = [(self.link.item(city),)]
            for concept in concepts:
                state = self.reader.state(matrix, city, concept)
                tally[state] += 1
                programmes = matrix.cells.get((city, concept), {})
                cells.append(
                    (
                        Item(
                            documented,
                            number=len(programmes),
                            href=self.evidence_href(city, concept),
                            state=state,
                        ),
                    )
                    if programmes
                    else empty[state]
                )
            rows.append(tuple(cells))
        columns = (
            Column("city", self.say("column-city")),
            *(Column(self.record.slug(c), self.name(c)) for c in concepts),
        )
        lead = self.say(
            "matrix-lead",
            len(cities),
            len(concepts),
            self.say(f"facet-{choice.facet}"),
            self.count(tally["documented"]),
            self.count(tally["searched"]),
            self.count(tally["unknown"]),
        )
        return Panel(
            "matrix",
            self.say("panel-matrix", self.say(f"facet-{choice.facet}")),
            columns,
            tuple(rows),
            form="matrix",
            lead=lead,
            note=self.say("unknown-note"),
            empty=self.say("matrix-empty"),
            query=("incidence", (("facet", choice.facet),)),
            extra={"concepts": [self.link.item(c) for c in concepts]},
            picture=True,
            shown=1_000,
        )

    def matrix(self, parameters: Sequence[tuple[str, str]]) -> Page:
        """The matrix with everything that can be chosen.

        Raises
        ------
        ParameterError
            A value is none of those that there are.
        """
        choice = self.choose(parameters)
        panel = self.matrix_panel(choice)
        options: dict[str, list[tuple[str, str, bool]]] = {
            "facet": [(f, self.say(f"facet-{f}"), f == choice.facet) for f in FACETS],
            "level": [(n, self.say(f"level-{n}"), n == choice.level) for n in _LEVELS],
            "theme": [
                ("", self.say("any-theme"), not choice.theme),
                *(
                    (self.record.slug(t), self.name(t), self.record.slug(t) == choice.theme)
                    for t in self.themes()
                ),
            ],
            "leading": [
                ("", self.say("scope-all"), not choice.leading),
                *((str(n), self.say("scope-leading", n), n == choice.leading) for n in LEADING),
            ],
            "order": [(o, self.say(f"order-{o}"), o == choice.order) for o in _ORDERS],
            "region": [
                (self.record.slug(r), self.name(r), self.record.slug(r) in choice.regions)
                for r in self.regions()
            ],
        }
        if choice.facet != "practice":  # nothing else has levels and themes
            del options["level"], options["theme"]
        return Page(
            path="matrix",
            language=self.language,
            title=self.say("nav-matrix"),
            lead=panel.lead,
            template="matrix.html",
            panels=(panel,),
            parameters=choice.parameters,
            extra={"options": options, "all": not choice.documented},
        )

    def _read(self, source: str) -> str:
        """Of what type a document is, and when it was read."""
        types = self.names(self.record.values(source, "cpg:sourceType"))
        day = self.record.text(source, "cpg:readOn")
        return self.say("source-read", types, format_day(day, self.language)) if day else types

    def evidence(self, city: str, concept: str) -> Page:
        """What stands behind one cell of the matrix."""
        kind = self.record.kind(concept) or "outcome-type"
        level = self.reader.level(concept)
        matrix = self.reader.matrix(f"practice-{level}" if kind == "practice" else kind)
        programmes = matrix.cells.get((city, concept), {})
        state = self.reader.state(matrix, city, concept)
        rows: list[tuple[Cell, ...]] = []
        for programme, claims in programmes.items():
            for path in claims:
                claim = self.record.claim(path)
                rows.extend(
                    (
                        (
                            self.link.item(
                                programme,
                                note=self.record.description(programme, self.language),
                            ),
                        ),
                        (self.link.item(place.source, note=self._read(place.source)),),
                        (Item(self.place(place.fragment), href=self.link.href(place.fragment)),),
                        (self.link.item(claim.grade), self.link.item(claim.status)),
                        (self.link.item(path),),
                        tuple(
                            Item(self.say("open-original"), href=url)
                            for url in self.record.values(place.source, "schema:url")
                        ),
                    )
                    for place in claim.places
                )
        searched = self.reader.searched(city, concept)
        lead = self.say(
            f"evidence-{state}",
            self.name(city),
            self.name(concept),
            len(programmes),
            self.names(searched),
        )
        slug = self.record.slug(city)
        return Page(
            path=f"evidence/{slug}/{concept.removeprefix('concept/')}",
            language=self.language,
            title=self.say("titled", self.name(city), self.name(concept)),
            lead=lead,
            eyebrow=self.say("kind-evidence"),
            panels=(
                Panel(
                    "evidence",
                    self.say("panel-evidence"),
                    self.columns("programme", "source", "place", "grade", "claim", "original"),
                    tuple(rows),
                    note=self.say("unknown-note"),
                    query=("incidence", (("facet", kind),)),
                    empty=self.say(f"state-{state}"),
                    shown=60,
                ),
            ),
            things=(city, concept, *programmes),
            extra={
                "actions": [
                    (self.name(city), self.link.href(city)),
                    (self.name(concept), self.link.href(concept)),
                ]
            },
        )
