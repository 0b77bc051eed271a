"""Pages that set cities side by side: two to eight of them, or one and what it lacks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from kg.errors import ParameterError
from kg.explorer.overviews import Overviews
from kg.explorer.panels import Cell, Column, Item, Page, Panel, number, plain
from kg.explorer.parts import PRACTICES
from kg.explorer.reading import format_percent

MOST: Final = 8
"""Cities that are compared at once."""


class Comparisons(Overviews):
    """Writes the pages that compare, in one language."""

    def compare(self, parameters: Sequence[tuple[str, str]]) -> Page:
        """Cities side by side: what is on record of each, practice by practice.

        Raises
        ------
        ParameterError
            There are more than eight.
        UnknownNameError
            One of them is no city.
        """
        slugs = list(dict.fromkeys(value for key, value in parameters if key == "city" and value))
        if len(slugs) > MOST:
            raise ParameterError("bad-parameter", "city", f"2-{MOST}", str(len(slugs)))
        cities = [self.city_named(slug) for slug in slugs]
        panels: list[Panel] = []
        if cities:
            panels = [self._side_by_side(cities), self._measures(cities)]
        return Page(
            path="compare",
            language=self.language,
            title=self.say("compare-title", self.names(cities))
            if cities
            else self.say("nav-compare"),
            lead=self._shared(cities) if len(cities) > 1 else self.say("compare-choose", MOST),
            template="compare.html",
            panels=tuple(panels),
            parameters=tuple(("city", slug) for slug in slugs),
            things=tuple(cities),
            extra={
                "cities": [
                    (self.record.slug(c), self.name(c), self.record.slug(c) in slugs)
                    for c in sorted(self.record.things("city"), key=self._sorted_name)
                ],
                "chosen": slugs,
                "slots": range(max(3, min(MOST, len(slugs) + 1))),
            },
        )

    def _shared(self, cities: Sequence[str]) -> str:
        matrix = self.reader.matrix(PRACTICES)
        shared = [c for c in matrix.concepts if all((city, c) in matrix.cells for city in cities)]
        if not shared:
            return self.say("compare-none-shared")
        return self.say("compare-shared", len(shared), self.names(shared))

    def _side_by_side(self, cities: Sequence[str]) -> Panel:
        matrix = self.reader.matrix(PRACTICES)
        order = sorted(
            matrix.concepts,
            key=lambda c: (-sum((city, c) in matrix.cells for city in cities), self.name(c)),
        )
        rows = []
        for concept in order:
            cells: list[Cell] = [(self.link.item(concept),)]
            for city in cities:
                programmes = matrix.cells.get((city, concept), {})
                if programmes:
                    cells.append(
                        tuple(self.link.item(p, claims=claims) for p, claims in programmes.items())
                    )
                else:
                    cells.append((self.state(matrix, city, concept),))
            rows.append(tuple(cells))
        columns = (
            Column("practice", self.say("column-practice")),
            *(Column(self.record.slug(city), self.name(city)) for city in cities),
        )
        return Panel(
            "practices",
            self.say("panel-side-by-side"),
            columns,
            tuple(rows),
            form="compare",
            note=self.say("unknown-note"),
            query=("incidence", (("facet", "practice"),)),
            shown=1_000,
            extra={"heads": [self.link.item(city) for city in cities]},
        )

    def _measures(self, cities: Sequence[str]) -> Panel:
        """What else is known of each: rank, region, how much is on record."""
        matrix = self.reader.matrix(PRACTICES)
        rows: list[tuple[Cell, ...]] = []

        def row(key: str, cells: Sequence[Cell]) -> None:
            rows.append((plain(self.say(key)), *cells))

        row("column-region", [(self.link.item(self.reader.region(c)),) for c in cities])
        row(
            "fact-rank",
            [
                (number(rank, self.say("rank-item", rank)),)
                if (rank := self.reader.rank(c)) is not None
                else plain(self.say("state-unknown"))
                for c in cities
            ],
        )
        row(
            "fact-population",
            [tuple(self._figure_item(s) for s in self.reader.populations(c)) for c in cities],
        )
        row("column-documentation", [(number(len(self.reader.programmes(c))),) for c in cities])
        row("column-practice_count", [(number(len(matrix.concepts_of(c))),) for c in cities])
        columns = (
            Column("measure", self.say("column-measure")),
            *(Column(self.record.slug(city), self.name(city)) for city in cities),
        )
        return Panel(
            "measures",
            self.say("panel-measures"),
            columns,
            tuple(rows),
            form="compare",
            query=("city-context", ()),
            extra={"heads": [self.link.item(city) for city in cities]},
        )

    def gap_index(self) -> Page:
        """A list of the cities that have a page of what they lack."""
        rows = []
        for city in self.reader.matrix(PRACTICES).cities:
            held = self.reader.gaps(city, "peers")
            if held is None or held["reason"]:
                continue
            first = held["rows"][0]["concept"] if held["rows"] else ""
            rows.append(
                (
                    (Item(self.name(city), name=city, href=self._gap_href(city)),),
                    (number(len(held["rows"])),),
                    (self.link.item(first),) if first else (),
                )
            )
        return Page(
            path="gap",
            language=self.language,
            title=self.say("nav-gap"),
            lead=self.say("gap-index-lead"),
            panels=(
                Panel(
                    "list",
                    self.say("kinds-city"),
                    self.columns("city", "gaps", "first_gap", numeric=("gaps",)),
                    tuple(rows),
                    query=("incidence", (("facet", "practice"),)),
                    shown=1_000,
                ),
            ),
        )

    def _gap_href(self, city: str) -> str:
        return f"/{self.language}/gap/{self.record.slug(city)}"

    def gap(self, city: str, parameters: Sequence[tuple[str, str]] = ()) -> Page:
        """What peers, or the leading cities, have on record and one city has not.

        Raises
        ------
        ParameterError
            There is no such set to compare with.
        """
        basis = dict(parameters).get("with", "peers") or "peers"
        if basis not in ("peers", "leading"):
            raise ParameterError("bad-parameter", "with", "peers | leading", basis)
        held = self.reader.gaps(city, basis)
        slug = self.record.slug(city)
        name = self.name(city)
        panels: list[Panel] = []
        if held is None or held["reason"]:
            lead = self.say("gap-refused", name)
        else:
            rows = held["rows"]
            lead = self.say(
                f"gap-lead-{basis}",
                name,
                len(held["compared"]),
                len(rows),
                self.names(gap["concept"] for gap in rows[:3]),
            )
            panels = [
                self._gap_panel(city, held),
                self._programmes_to_look_at(held),
                self._weak(held),
                self._compared(held),
                self._has(city),
            ]
        other = "leading" if basis == "peers" else "peers"
        address = self._gap_href(city) + ("?with=leading" if other == "leading" else "")
        return Page(
            path=f"gap/{slug}",
            language=self.language,
            title=self.say("gap-title", name),
            lead=lead,
            eyebrow=self.say("nav-gap"),
            panels=tuple(panels),
            parameters=(("with", "leading"),) if basis == "leading" else (),
            things=(city,),
            extra={
                "actions": [
                    (self.say(f"gap-with-{other}"), address),
                    (name, self.link.href(city)),
                    *self._city_actions(city)[1:3],
                ]
            },
        )

    def _gap_panel(self, city: str, held: Any) -> Panel:
        rows = []
        for gap in held["rows"]:
            state = self.state(self.reader.matrix(PRACTICES), city, gap["concept"])
            rows.append(
                (
                    (
                        self.link.item(
                            gap["concept"],
                            note=self.record.description(gap["concept"], self.language),
                        ),
                    ),
                    (self._of(len(gap["cities"]), gap["documented"]),),
                    self.link.items(gap["cities"]),
                    (
                        Item(
                            self.count(len(gap["sources"])),
                            number=len(gap["sources"]),
                            claims=tuple(
                                dict.fromkeys(c for e in gap["examples"] for c in e["links"])
                            ),
                        ),
                    ),
                    (state,),
                    self.link.items(dict.fromkeys(bearing["factor"] for bearing in gap["factors"])),
                )
            )
        return Panel(
            "gaps",
            self.say("panel-gap"),
            self.columns(
                *("practice", "peers", "city_list", "sources", "search", "factors"),
                numeric=("peers", "sources"),
            ),
            tuple(rows),
            lead=self.say("gap-order"),
            note=self.say("gap-note"),
            empty=self.say("no-gap"),
            query=("incidence", (("facet", "practice"),)),
            shown=40,
        )

    def _programmes_to_look_at(self, held: Any) -> Panel:
        rows: list[tuple[Cell, ...]] = []
        for gap in held["rows"]:
            rows.extend(
                (
                    (self.link.item(gap["concept"]),),
                    (
                        self.link.item(
                            example["programme"],
                            claims=example["links"],
                            note=self.record.description(example["programme"], self.language),
                        ),
                    ),
                    (self.link.item(example["city"]),),
                    plain(str(example["start_year"] or "")),
                    self.link.items(self._means(example["programme"])),
                )
                for example in gap["examples"]
            )
        return Panel(
            "programmes",
            self.say("panel-look-at"),
            self.columns("practice", "programme", "city", "year", "means"),
            tuple(rows),
            query=("programmes-with-practice", (("language", self.language),)),
            shown=25,
        )

    def _means(self, programme: str) -> list[str]:
        return self.record.values(programme, "cpg:usesTechnology", "cpg:usesMechanism")[:5]

    def _weak(self, held: Any) -> Panel:
        rows = [
            (
                (
                    self.link.item(
                        weak["factor"],
                        claims=weak["claims"],
                        note=self.say("disputed") if weak["against"] else "",
                    ),
                ),
                self.link.items(weak["practices"]),
                (number(len(weak["cities"])),),
            )
            for weak in held["weak"]
        ]
        return Panel(
            "weak",
            self.say("panel-weak"),
            self.columns("factor", "practices", "cities", numeric=("cities",)),
            tuple(rows),
            lead=self.say("weak-lead"),
            query=("factor-conflicts", ()),
        )

    def _compared(self, held: Any) -> Panel:
        by_city = {peer["city"]: peer for peer in held["peers"]}
        rows = []
        for city in held["compared"]:
            peer = by_city.get(city)
            share = peer["context"] if peer else None
            rows.append(
                (
                    (self.link.item(city),),
                    (number(share, format_percent(share, self.language), bar=share),)
                    if share is not None
                    else (),
                    plain(
                        self.listed([self.say(f"part-{p}") for p in peer["agreeing"]])
                        if peer
                        else ""
                    ),
                    (number(len(self.reader.programmes(city))),),
                )
            )
        return Panel(
            "compared",
            self.say("panel-compared"),
            self.columns(
                *("city", "likeness", "agreeing", "programmes"),
                numeric=("likeness", "programmes"),
            ),
            tuple(rows),
            lead=self.say("peers-lead"),
            query=("city-context", ()),
            shown=12,
        )

    def _has(self, city: str) -> Panel:
        matrix = self.reader.matrix(PRACTICES)
        rows = [
            (
                (self.link.item(practice),),
                tuple(
                    self.link.item(p, claims=claims)
                    for p, claims in matrix.cells[city, practice].items()
                ),
            )
            for practice in matrix.concepts_of(city)
        ]
        return Panel(
            "has",
            self.say("panel-has", self.name(city)),
            self.columns("practice", "programmes"),
            tuple(rows),
            query=("city-profile", (("city", self.record.slug(city)),)),
        )
