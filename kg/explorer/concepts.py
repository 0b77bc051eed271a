"""Pages about concepts: practices, technologies, mechanisms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kg.explorer.panels import Cell, Item, Page, Panel, number, plain
from kg.explorer.parts import Parts
from kg.explorer.reading import (
    APPLIES,
    Matrix,
    format_percent,
)
from kg.explorer.record import LEADING, Literal, iri_of


class Concepts(Parts):
    """Writes the pages about concepts in one language."""

    def practice(self, practice: str) -> Page:
        """How often a practice recurs, where, on what evidence, and what goes with it."""
        record, reader = self.record, self.reader
        level = reader.level(practice)
        key = f"practice-{level}"
        matrix = reader.matrix(key)
        sentence, panel = self._recurrence(key, practice)
        definition = record.description(practice, self.language)
        programmes = matrix.programmes_of(practice)
        panels = [
            panel,
            self._cities_of(matrix, practice, "programmes-with-practice"),
            self._companions(practice, matrix),
            *(
                [
                    self._together("technologies", "technology", programmes, practice),
                    self._together("mechanisms", "mechanism", programmes, practice),
                ]
                if level > 2
                else []
            ),
            *([self._results("results", programmes)] if level > 2 else []),
            self._hierarchy(practice),
            self._searched_without(practice),
            self._remarks(practice),
        ]
        return Page(
            path=self.path(practice),
            language=self.language,
            title=self.name(practice),
            lead=sentence,
            eyebrow=self.say("kind-practice-level", self.say(f"level-{level}")),
            about=practice,
            panels=tuple(panels),
            things=(practice, *programmes),
            extra={
                "definition": self.link.text(definition),
                "actions": [
                    (self.say("action-graph"), f"/{self.language}/graph?thing={practice}"),
                    (self.say("action-matrix"), f"/{self.language}/matrix?level={level}"),
                ],
            },
        )

    def _recurrence(self, key: str, concept: str) -> tuple[str, Panel]:
        """The count as a sentence and as bars, over all cities and over the leading ones."""
        rows: list[tuple[Cell, ...]] = []
        sentence = ""
        for leading in (None, *LEADING):
            scope = key if leading is None else f"{key}-leading-{leading}"
            documented, of = self.reader.documented(scope)
            row = self.reader.recurrence(scope, concept)
            cities = len(row["cities"]) if row else 0
            share = cities / documented if documented else 0.0
            label = self.say("scope-all") if leading is None else self.say("scope-leading", leading)
            interval = (
                self.say(
                    "interval",
                    format_percent(row["share"], self.language),
                    format_percent(row["low"], self.language),
                    format_percent(row["high"], self.language),
                )
                if row
                else ""
            )
            rows.append(
                (
                    plain(label),
                    (Item(self.say("n-of-m", cities, documented), number=cities, bar=share),),
                    (number(of),),
                    plain(interval),
                    (number(len(row["sources"]) if row else 0),),
                )
            )
            if leading is None:
                first = (cities, documented)
            elif leading == LEADING[0]:
                sentence = self.say(
                    "recurrence", self.name(concept), *first, cities, documented, leading
                )
        return sentence, Panel(
            "recurrence",
            self.say("panel-recurrence"),
            self.columns(
                *("scope", "cities", "registered", "interval", "sources"),
                numeric=("cities", "registered", "sources"),
            ),
            tuple(rows),
            note=self.say("recurrence-note"),
            query=("cq01-practices-by-cities", (("language", self.language),)),
        )

    def _cities_of(self, matrix: Matrix, concept: str, query: str) -> Panel:
        """Where a concept is on record: cities with their programmes and evidence."""
        rows = []
        # A theme is on record nearly everywhere: its page leads to the evidence of each city.
        broad = 0 < self.reader.level(concept) < 3
        for city in matrix.cities_of(concept):
            programmes = matrix.cells[city, concept]
            claims = dict.fromkeys(claim for several in programmes.values() for claim in several)
            rank = self.reader.rank(city)
            rows.append(
                (
                    (self.link.item(city),),
                    (number(rank),) if rank is not None else (),
                    (self.link.item(self.reader.region(city)),),
                    self.link.items(programmes)
                    if broad
                    else tuple(
                        self.link.item(
                            programme,
                            claims=several,
                            note=self.record.description(programme, self.language),
                        )
                        for programme, several in programmes.items()
                    ),
                    (
                        number(
                            len(self.record.sources(claims)),
                            href=self.evidence_href(city, concept),
                        ),
                    ),
                )
            )
        kind = self.record.kind(concept) or ""
        parameters = ((kind, self.record.slug(concept)), ("language", self.language))
        return Panel(
            "cities",
            self.say("panel-cities"),
            self.columns(
                *("city", "rank", "region", "programmes", "sources"),
                numeric=("rank", "sources"),
            ),
            tuple(rows),
            lead=self.say("cities-lead", len(rows), self.name(self.reader.ranking)),
            empty=self.say("no-city"),
            note=self.say("unknown-note"),
            query=(query, parameters),
            shown=40,
        )

    def _companions(self, practice: str, matrix: Matrix) -> Panel:
        """Practices that are on record of the same cities."""
        own = set(matrix.cities_of(practice))
        shared = Counter(
            {
                other: len(own & set(matrix.cities_of(other)))
                for other in matrix.concepts
                if other != practice
            }
        )
        rows = [
            (
                (self.link.item(other),),
                (self._of(cities, len(own)),),
                (number(len(matrix.cities_of(other))),),
            )
            for other, cities in sorted(shared.items(), key=lambda item: (-item[1], item[0]))
            if cities
        ]
        return Panel(
            "companions",
            self.say("panel-companions"),
            self.columns("practice", "together", "cities", numeric=("together", "cities")),
            tuple(rows[:12]),
            lead=self.say("companions-lead"),
            query=("practice-pairs", ()),
            shown=8,
        )

    def _together(self, id: str, kind: str, programmes: Sequence[str], concept: str) -> Panel:
        """Concepts of another kind that the same programmes apply."""
        found: dict[str, dict[str, tuple[str, ...]]] = {}
        for programme in programmes:
            for statement in self.record.statements(programme, APPLIES[kind]):
                if isinstance(statement.value, str):
                    found.setdefault(statement.value, {})[programme] = statement.claims
        rows = [
            (
                (self.link.item(other),),
                (
                    Item(
                        self.count(len(held)),
                        number=len(held),
                        claims=tuple(dict.fromkeys(c for claims in held.values() for c in claims)),
                    ),
                ),
                self.link.items(
                    dict.fromkeys(filter(None, (self.reader.city_of(p) for p in held)))
                ),
            )
            for other, held in sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
        ]
        own = self.record.kind(concept)
        query = {
            "technology": "technologies-with-practice",
            "mechanism": "mechanisms-with-practice",
        }[kind]
        return Panel(
            id,
            self.say(f"panel-{id}"),
            self.columns(kind, "programmes", "city_list", numeric=("programmes",)),
            tuple(rows),
            query=(query, (("practice", self.record.slug(concept)),))
            if own == "practice"
            else None,
            shown=10,
        )

    def _hierarchy(self, concept: str) -> Panel:
        record = self.record
        rows = []
        for key, names in (
            ("fact-broader", record.values(concept, "skos:broader")),
            ("fact-narrower", record.subjects(concept, "skos:broader")),
            ("fact-alias", []),
        ):
            items = self.link.items(sorted(names))
            if key == "fact-alias":
                items = tuple(
                    self.link.text(s.value)
                    for s in record.statements(concept, "skos:altLabel")
                    if isinstance(s.value, Literal)
                )
            if items:
                rows.append((plain(self.say(key)), items))
        elsewhere = tuple(
            Item(value, href=value)
            for value in record.values(
                concept, "skos:exactMatch", "skos:closeMatch", "skos:relatedMatch"
            )
            if value.startswith("http")
        )
        if elsewhere:
            rows.append((plain(self.say("fact-elsewhere")), elsewhere))
        return self._facts("place", rows, ("concept-tree", ()), heading=self.say("panel-hierarchy"))

    def _searched_without(self, practice: str) -> Panel:
        """Cities for which the practice was looked for and not found."""
        matrix = self.reader.matrix(f"practice-{self.reader.level(practice)}")
        rows = [
            ((self.link.item(city),), self.link.items(searched))
            for city in matrix.cities
            if (city, practice) not in matrix.cells
            and (searched := self.reader.searched(city, practice))
        ]
        return Panel(
            "searched",
            self.say("panel-searched"),
            self.columns("city", "searched"),
            tuple(rows),
            lead=self.say("searched-lead", len(rows)) if rows else "",
            query=("searched-not-found", (("language", self.language),)),
            shown=5,
        )

    def _remarks(self, concept: str) -> Panel:
        """Notes of the editors."""
        rows = [
            (plain(self._property(s.property)), (self.link.text(s.value, claims=s.claims),))
            for s in self.record.statements(
                concept, "skos:scopeNote", "skos:example", "skos:note", "skos:editorialNote"
            )
            if isinstance(s.value, Literal) and not self.link.other(s.value.language)
        ]
        return self._facts("remarks", rows, ("thing", (("thing", iri_of(concept)),)))

    def concept(self, concept: str) -> Page:
        """Where a technology or mechanism is used, and with which practices."""
        kind = self.record.kind(concept) or ""
        matrix = self.reader.matrix(kind)
        programmes = matrix.programmes_of(concept)
        cities = matrix.cities_of(concept)
        documented, _ = self.reader.documented(kind)
        definition = self.record.description(concept, self.language)
        practices: dict[str, list[str]] = {}
        for programme in programmes:
            for statement in self.record.statements(programme, APPLIES["practice"]):
                if isinstance(statement.value, str):
                    practices.setdefault(statement.value, []).append(programme)
        rows = [
            (
                (self.link.item(practice),),
                (number(len(held)),),
                self.link.items(held[:5]),
            )
            for practice, held in sorted(practices.items(), key=lambda i: (-len(i[1]), i[0]))
        ]
        return Page(
            path=self.path(concept),
            language=self.language,
            title=self.name(concept),
            lead=self.say(
                "concept-lead",
                self.name(concept),
                len(cities),
                documented,
                len(programmes),
                self.say(f"facet-{kind}"),
            ),
            eyebrow=self.say(f"kind-{kind}"),
            about=concept,
            panels=(
                self._cities_of(matrix, concept, f"programmes-with-{kind}"),
                Panel(
                    "practices",
                    self.say("panel-with-practices"),
                    self.columns("practice", "programmes", "examples", numeric=("programmes",)),
                    tuple(rows),
                    query=(f"programmes-with-{kind}", ((kind, self.record.slug(concept)),)),
                    shown=10,
                ),
                self._hierarchy(concept),
                self._remarks(concept),
            ),
            things=(concept, *programmes),
            extra={
                "definition": self.link.text(definition),
                "actions": [
                    (self.say("action-graph"), f"/{self.language}/graph?thing={concept}"),
                    (self.say("action-matrix"), f"/{self.language}/matrix?facet={kind}"),
                ],
            },
        )
