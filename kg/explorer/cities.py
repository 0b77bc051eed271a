"""The page about a city."""

from __future__ import annotations

from collections.abc import Sequence

from kg.explorer.panels import Cell, Item, Page, Panel, number, plain
from kg.explorer.parts import PRACTICES, Parts
from kg.explorer.reading import (
    Matrix,
    country,
    format_percent,
)
from kg.explorer.record import iri_of


class Cities(Parts):
    """Writes the pages about cities in one language."""

    def city(self, city: str) -> Page:
        """What a city does, what it reaches, who is like it, and what peers have."""
        record, reader = self.record, self.reader
        matrix = reader.matrix(PRACTICES)
        programmes = reader.programmes(city)
        practices = matrix.concepts_of(city)
        sources = {source for p in programmes for source in self._sources_of(p)}
        if programmes:
            lead = self.say(
                "city-lead",
                self.name(city),
                self.count(len(programmes)),
                self.count(len(sources)),
                len(practices),
                len(matrix.concepts),
            )
        else:
            lead = self.say("city-nothing", self.name(city))
        facts: list[tuple[Cell, ...]] = []

        def fact(key: str, *items: Item) -> None:
            if items:
                facts.append(((Item(self.say(key)),), items))

        code = record.text(city, "cpg:countryCode")
        fact("fact-country", *plain(country(code, self.language)))
        places = record.values(city, "cpg:subregion", "cpg:region")
        fact("fact-region", *self.link.items(places))
        # A place among a part of the cities stands in the table of ranks, with its set.
        for rank in [rank for rank in reader.ranks(city) if rank.world][:2]:
            fact("fact-rank", self._rank(rank.rank, rank.edition, rank.claims))
        populations = reader.populations(city)
        fact("fact-population", *map(self._figure_item, populations))
        for statement in reader.measurements(city):
            if statement not in populations:
                indicators = record.values(str(statement.value), "cpg:indicator")
                facts.append((self.link.items(indicators), (self._figure_item(statement),)))
        note = record.spoken(city, self.language, "skos:scopeNote")
        if note.text:
            fact("fact-note", self.link.text(note))
        governments = record.values(city, "cpg:governedBy")
        fact("fact-government", *self.link.items(governments))
        fact("fact-elsewhere", *self._elsewhere(city))
        slug = record.slug(city)
        chosen = (("city", slug), ("language", self.language))
        panels = [
            self._facts("facts", facts, ("thing", (("thing", iri_of(city)),))),
            self._practices_of_city(city, matrix, practices),
            self._programme_table(
                "programmes",
                self.say("panel-programmes"),
                programmes,
                query=("city-profile", chosen),
                empty=self.say("no-programme"),
            ),
            self._results("results", programmes),
            self._peers(city),
            self._first_gaps(city),
            self._ranks(city),
        ]
        return Page(
            path=self.path(city),
            language=self.language,
            title=self.name(city),
            lead=lead,
            eyebrow=self.say("kind-city"),
            about=city,
            panels=tuple(panels),
            things=(city, *programmes),
            extra={"actions": self._city_actions(city)},
        )

    def _city_actions(self, city: str) -> list[tuple[str, str]]:
        slug = self.record.slug(city)
        base = f"/{self.language}"
        near = (self.reader.gaps(city, "peers") or {"peers": []})["peers"][:2]
        compared = "&".join(
            f"city={self.record.slug(c)}" for c in (city, *(p["city"] for p in near))
        )
        return [
            (self.say("action-gap"), f"{base}/gap/{slug}"),
            (self.say("action-compare"), f"{base}/compare?{compared}"),
            (self.say("action-graph"), f"{base}/graph?thing={city}"),
            (self.say("action-map"), f"{base}/map?city={slug}#{slug}"),
        ]

    def _practices_of_city(self, city: str, matrix: Matrix, practices: Sequence[str]) -> Panel:
        """All practices of the first source by theme, each with what is known of the city."""
        reader = self.reader
        order = sorted(
            matrix.concepts,
            key=lambda p: (p not in practices, self.name(reader.theme(p)), self.name(p)),
        )
        rows = []
        for practice in order:
            programmes = matrix.cells.get((city, practice), {})
            known = reader.recurrence(PRACTICES, practice) or {"cities": ()}
            here: Cell = (self.state(matrix, city, practice),)
            if programmes:
                here = tuple(self.link.item(p, claims=claims) for p, claims in programmes.items())
            rows.append(
                (
                    (self.link.item(practice),),
                    here,
                    (number(len(known["cities"])),),
                    (self.link.item(reader.theme(practice)),),
                )
            )
        return Panel(
            "practices",
            self.say("panel-practices"),
            self.columns("practice", "here", "cities", "theme", numeric=("cities",)),
            tuple(rows),
            lead=self.say("practices-lead", len(practices), len(matrix.concepts)),
            note=self.say("unknown-note"),
            query=("coverage", (("city", self.record.slug(city)),)),
            shown=40,
        )

    def _peers(self, city: str) -> Panel:
        held = self.reader.gaps(city, "peers")
        rows = [
            (
                (self.link.item(peer["city"]),),
                (
                    number(
                        peer["context"] or 0,
                        format_percent(peer["context"] or 0, self.language),
                        bar=peer["context"],
                    ),
                ),
                plain(self.listed([self.say(f"part-{part}") for part in peer["agreeing"]])),
                self.link.items(peer["shared"][:3]),
                (number(peer["programmes"]),),
            )
            for peer in (held["peers"] if held else ())
        ]
        return Panel(
            "peers",
            self.say("panel-peers"),
            self.columns(
                *("city", "likeness", "agreeing", "shared", "programmes"),
                numeric=("likeness", "programmes"),
            ),
            tuple(rows),
            lead=self.say("peers-lead"),
            query=("city-context", ()),
            shown=10,
        )

    def _first_gaps(self, city: str) -> Panel:
        held = self.reader.gaps(city, "peers")
        rows = [
            (
                (self.link.item(gap["concept"]),),
                (self._of(len(gap["cities"]), gap["documented"]),),
                self.link.items(example["programme"] for example in gap["examples"][:2]),
            )
            for gap in (held["rows"] if held else ())[:5]
        ]
        lead = self.say("gaps-lead", self.name(city)) if rows else ""
        return Panel(
            "gaps",
            self.say("panel-gaps"),
            self.columns("practice", "peers", "examples", numeric=("peers",)),
            tuple(rows),
            lead=lead,
            query=("incidence", (("facet", "practice"),)),
        )

    def _ranks(self, city: str) -> Panel:
        ranks = self.reader.ranks(city)
        rows = [
            (
                (self.link.item(rank.edition),),
                (number(rank.rank, claims=rank.claims),),
                plain("" if rank.world else self.say("rank-within")),
            )
            for rank in ranks
        ]
        return Panel(
            "ranks",
            self.say("panel-ranks"),
            self.columns("edition", "rank", "among", numeric=("rank",)),
            tuple(rows),
            note=self.say("ranks-note"),
            query=("city-rankings", (("city", self.record.slug(city)),)),
        )

    def _rank(self, rank: int, edition: str, claims: tuple[str, ...]) -> Item:
        said = self.say("rank-item", rank)
        return Item(said, number=rank, claims=claims, note=self.name(edition))
