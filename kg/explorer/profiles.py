"""Pages about one thing: a city, a practice, a programme, a source … and anything else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from kg.explorer.panels import Cell, Column, Item, Linker, Page, Panel, number, plain
from kg.explorer.reading import (
    APPLIES,
    ROLES,
    Matrix,
    Reader,
    country,
    format_day,
    format_number,
    format_percent,
)
from kg.explorer.record import LEADING, Literal, Record, Statement, iri_of
from kg.explorer.words import say
from kg.messages import Language, column, listed

PRACTICES: Final = "practice-3"
"""The matrix that counts are made on: practices of level 3, the headings of the first source."""

# Said elsewhere on the page, or of use to programs alone.
_BOOKKEEPING: Final = frozenset(
    (
        *("rdf:type", "skos:prefLabel", "skos:inScheme", "skos:topConceptOf", "cpg:labelStatus"),
        *("skos:hiddenLabel", "cpg:inJurisdiction", "cpg:involves", "cpg:involvedIn"),
        *("skos:broaderTransitive", "cpg:documentedIn", "dcterms:description", "skos:definition"),
        *("cpg:implementedBy", "cpg:hasProgramme", "cpg:outcomeOf", "cpg:targetOf", "qb:dataSet"),
        *("sosa:hasFeatureOfInterest", "cpg:governedBy", "cpg:deliveredBy", "skos:hasTopConcept"),
        *("rdfs:isDefinedBy", "cpg:arrangementOf", "dcterms:title", "rdfs:label", "rdfs:comment"),
    )
)
_MOST_INTO: Final = 400


class Profiles:
    """Writes the pages about things in one language."""

    def __init__(self, record: Record, reader: Reader, language: Language) -> None:
        self.record, self.reader, self.language = record, reader, language
        self.link = Linker(record, language)

    def say(self, key: str, *values: object) -> str:
        """A text of the pages."""
        return say(self.language, key, *values)

    def name(self, thing: str) -> str:
        """Name of a thing."""
        return self.record.name(thing, self.language)

    def kind_name(self, thing: str) -> str:
        """What a thing is, in a word."""
        return self.say(f"kind-{self.record.kind(thing) or 'other'}")

    def names(self, things: Iterable[str]) -> str:
        """Names in one line."""
        return listed([self.name(thing) for thing in things], self.language)

    def count(self, value: int) -> str:
        """A whole number as the language writes it."""
        return format_number(value, self.language)

    def columns(self, *keys: str, numeric: Iterable[str] = ()) -> tuple[Column, ...]:
        """Columns with headings in the language."""
        return tuple(Column(key, self.say(f"column-{key}"), key in numeric) for key in keys)

    def page(self, name: str) -> Page:
        """The page about a thing that the record has."""
        kind = self.record.kind(name)
        writers = {
            "city": self.city,
            "practice": self.practice,
            "programme": self.programme,
            "technology": self.concept,
            "mechanism": self.concept,
            "outcome": self.outcome,
            "organisation": self.organisation,
            "source": self.source,
        }
        return writers[kind](name) if kind is not None else self.thing(name)

    def path(self, name: str) -> str:
        """Path of the page about a thing, without the language."""
        return self.link.href(name).removeprefix(f"/{self.language}/")

    # city

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
        for rank in reader.ranks(city)[:3]:
            fact("fact-rank", self._rank(rank.rank, rank.edition, rank.world, rank.claims))
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
            Panel(
                "facts",
                self.say("panel-facts"),
                self.columns("property", "value"),
                tuple(facts),
                form="facts",
                query=("thing", (("thing", iri_of(city)),)),
            ),
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

    def state(self, matrix: Matrix, city: str, concept: str) -> Item:
        """What is known of a cell without a programme; it leads to where was searched."""
        state = self.reader.state(matrix, city, concept)
        return Item(
            self.say(f"state-{state}"),
            href=self.evidence_href(city, concept) if state == "searched" else "",
            state=state,
        )

    def evidence_href(self, city: str, concept: str) -> str:
        """Address of what stands behind a cell."""
        path = concept.removeprefix("concept/")
        return f"/{self.language}/evidence/{self.record.slug(city)}/{path}"

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
                plain(
                    listed([self.say(f"part-{part}") for part in peer["agreeing"]], self.language)
                ),
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

    def _rank(self, rank: int, edition: str, world: bool, claims: tuple[str, ...]) -> Item:
        note = self.name(edition) + ("" if world else self.say("rank-within-note"))
        return Item(self.say("rank-item", rank), number=rank, claims=claims, note=note)

    def _elsewhere(self, name: str) -> Cell:
        """The same thing in other graphs and on its own pages."""
        return tuple(
            Item(value.split("://", 1)[1], href=value)
            for value in self.record.values(name, "schema:sameAs", "skos:exactMatch", "foaf:page")
            if value.startswith("http")
        )

    # practice

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
            self._together("technologies", "technology", programmes, practice),
            self._together("mechanisms", "mechanism", programmes, practice),
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
            lead=self.say("cities-lead", len(rows)),
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
        return Panel(
            "place",
            self.say("panel-hierarchy"),
            self.columns("property", "value"),
            tuple(rows),
            form="facts",
            query=("concept-tree", ()),
        )

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
        return Panel(
            "remarks",
            self.say("panel-remarks"),
            self.columns("property", "value"),
            tuple(rows),
            form="facts",
            query=("thing", (("thing", iri_of(concept)),)),
        )

    # technology, mechanism

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
                "concept-lead", self.name(concept), len(cities), documented, len(programmes)
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

    # programme

    def programme(self, programme: str) -> Page:
        """What a programme is, applies and reaches, each statement with its evidence."""
        record = self.record
        city = self.reader.city_of(programme)
        description = record.description(programme, self.language)
        sources = self._sources_of(programme)
        rows: list[tuple[Cell, ...]] = []
        for property_ in (
            *("cpg:city", *APPLIES.values(), *ROLES, "cpg:benefits", "cpg:addressesChallenge"),
            *("cpg:inDomain", "cpg:startYear", "cpg:endYear", "cpg:programmeStatus"),
            *("cpg:programmeKind", "cpg:delivers", "cpg:hasArrangement", "dcterms:isPartOf"),
            *("dcterms:hasPart", "cpg:hasRecognition", "skos:altLabel", "foaf:page"),
        ):
            items = self._values(record.statements(programme, property_))
            if items:
                rows.append((plain(self._property(property_)), items))
        texts = self._texts(programme)
        return Page(
            path=self.path(programme),
            language=self.language,
            title=self.name(programme),
            lead=description.text,
            eyebrow=self.say("kind-programme-of", self.name(city))
            if city
            else self.say("kind-programme"),
            about=programme,
            panels=(
                Panel(
                    "statements",
                    self.say("panel-statements"),
                    self.columns("property", "value"),
                    tuple(rows),
                    form="facts",
                    lead=self.say("statements-lead", len(sources)),
                    query=("evidence", (("thing", f"programme/{record.slug(programme)}"),)),
                ),
                texts,
                self._results("results", [programme]),
                self._targets(programme),
                self._alike(programme),
                self._source_table("sources", programme, sources),
            ),
            things=(programme,),
            extra={
                "actions": [
                    (self.say("action-graph"), f"/{self.language}/graph?thing={programme}"),
                    *(
                        [(self.say("action-city", self.name(city)), self.link.href(city))]
                        if city
                        else []
                    ),
                ]
            },
        )

    def _texts(self, thing: str) -> Panel:
        """What sources say of a thing in our words, each with its claim."""
        rows = [
            ((self.link.text(s.value, claims=s.claims),),)
            for s in self.record.statements(thing, "dcterms:description")
            if isinstance(s.value, Literal) and not self.link.other(s.value.language)
        ]
        return Panel(
            "descriptions",
            self.say("panel-descriptions"),
            self.columns("description"),
            tuple(rows) if len(rows) > 1 or any(r[0][0].claims for r in rows) else (),
            query=("descriptions", (("thing", self.record.plain(thing)),)),
            form="list",
        )

    def _alike(self, programme: str) -> Panel:
        """Programmes of other cities that apply the same practices."""
        own = self.record.values(programme, APPLIES["practice"])
        city = self.reader.city_of(programme)
        shared: dict[str, list[str]] = {}
        for practice in own:
            for other in self.record.subjects(practice, APPLIES["practice"]):
                if other != programme and self.reader.city_of(other) not in ("", city):
                    shared.setdefault(other, []).append(practice)
        rows = [
            (
                (self.link.item(other),),
                (self.link.item(self.reader.city_of(other)),),
                self.link.items(practices),
            )
            for other, practices in sorted(
                shared.items(), key=lambda item: (-len(item[1]), item[0])
            )[:15]
        ]
        return Panel(
            "alike",
            self.say("panel-alike"),
            self.columns("programme", "city", "shared"),
            tuple(rows),
            query=("similar-programmes", (("programme", self.record.slug(programme)),)),
            shown=8,
        )

    def _targets(self, thing: str) -> Panel:
        """What was announced for the future: no results."""
        record, rows = self.record, []
        for statement in record.statements(thing, "cpg:hasTarget"):
            target = statement.value
            if not isinstance(target, str):
                continue
            value = record.text(target, "cpg:targetValue")
            unit = self.reader.unit(target, self.language)
            rows.append(
                (
                    (self.link.item(target, claims=statement.claims),),
                    plain(self.reader.amount(value, unit, self.language) if value else ""),
                    plain(record.text(target, "cpg:targetYear")),
                    self.link.items(record.values(target, "cpg:targetStatus")),
                )
            )
        return Panel(
            "targets",
            self.say("panel-targets"),
            self.columns("target", "value", "year", "status"),
            tuple(rows),
            note=self.say("targets-note"),
            query=("cq11-targets", (("language", self.language),)),
        )

    # figures

    def _results(self, id: str, programmes: Sequence[str]) -> Panel:
        """Outcomes and figures of programmes; inputs, outputs and outcomes are told apart."""
        record, rows = self.record, []
        for programme in programmes:
            held: list[tuple[str, Statement]] = []
            for statement in record.statements(programme, "cpg:hasOutcome"):
                assert isinstance(statement.value, str)
                figures = record.statements(statement.value, "cpg:hasMeasurement")
                if not figures:
                    held.append((statement.value, statement))
                held += [(statement.value, figure) for figure in figures]
            held += [("", s) for s in record.statements(programme, "cpg:hasMeasurement")]
            for outcome, statement in held:
                measured = statement.value if statement.property == "cpg:hasMeasurement" else ""
                assert isinstance(measured, str)
                rows.append(self._result(programme, outcome, measured, statement))
        # Outcomes before outputs before inputs, and those with a figure first.
        rank = {"concept/result-level/outcome": 0, "concept/result-level/output": 1}
        rows.sort(key=lambda row: (rank.get(row[2][0].name if row[2] else "", 2), not row[1]))
        columns = ["result", "figure", "level", "year", "programme"]
        if len(programmes) == 1:
            columns.pop()
            rows = [row[:-1] for row in rows]
        return Panel(
            id,
            self.say("panel-results"),
            self.columns(*columns, numeric=("figure",)),
            tuple(rows),
            lead=self.say("results-lead") if rows else "",
            query=("measurements", (("language", self.language),)),
            shown=15,
        )

    def _result(
        self, programme: str, outcome: str, measured: str, statement: Statement
    ) -> tuple[Cell, ...]:
        record = self.record
        levels = record.values(measured, "cpg:resultLevel") if measured else []
        if not levels and outcome:
            levels = ["concept/result-level/outcome"]
        indicator = record.values(measured, "cpg:indicator") if measured else []
        said = record.description(measured, self.language) if measured else Literal("")
        first = (
            self.link.item(outcome, note=said)
            if outcome
            else self.link.item(indicator[0], note=said)
            if indicator
            else self.link.text(said)
        )
        figure: Cell = ()
        if measured:
            given = record.text(measured, "cpg:valueAsGiven")
            figure = (
                Item(
                    self.reader.figure(measured, self.language),
                    name=measured,
                    href=self.link.href(measured),
                    number=float(record.text(measured, "cpg:numericValue")),
                    claims=statement.claims,
                    note=self.say("as-given", given) if given else "",
                ),
            )
        years = [record.text(measured, key) for key in ("cpg:baselineYear", "cpg:observedYear")]
        return (
            (first,) if figure else (self.link.item(outcome, claims=statement.claims),),
            figure,
            self.link.items(levels),
            plain("–".join(year for year in years if year)),
            (self.link.item(programme),),
        )

    def _figure_item(self, statement: Statement) -> Item:
        measured = statement.value
        assert isinstance(measured, str)
        year = self.record.text(measured, "cpg:observedYear")
        return Item(
            self.reader.figure(measured, self.language),
            claims=statement.claims,
            note=year,
            href=self.link.href(measured),
            name=measured,
        )

    # outcome

    def outcome(self, outcome: str) -> Page:
        """What was reached, by whom, in figures, and on what evidence."""
        record = self.record
        programmes = record.subjects(outcome, "cpg:hasOutcome")
        cities = dict.fromkeys(filter(None, (self.reader.city_of(p) for p in programmes)))
        rows = [
            (plain(self._property(property_)), items)
            for property_ in (
                "cpg:outcomeOf",
                "cpg:outcomeType",
                "cpg:outcomeStatus",
                "cpg:benefits",
            )
            if (items := self._values(record.statements(outcome, property_)))
        ]
        rows.insert(0, (plain(self.say("column-city")), self.link.items(cities)))
        return Page(
            path=self.path(outcome),
            language=self.language,
            title=self.name(outcome),
            lead=self.say("outcome-lead", self.names(programmes), self.names(cities)),
            eyebrow=self.say("kind-outcome"),
            about=outcome,
            panels=(
                Panel(
                    "statements",
                    self.say("panel-statements"),
                    self.columns("property", "value"),
                    tuple(rows),
                    form="facts",
                    query=("evidence", (("thing", f"outcome/{record.slug(outcome)}"),)),
                ),
                self._results("results", programmes),
                self._source_table("sources", outcome, self._sources_of(outcome)),
            ),
            things=(outcome, *programmes),
            extra={
                "actions": [(self.say("action-graph"), f"/{self.language}/graph?thing={outcome}")]
            },
        )

    # organisation

    def organisation(self, organisation: str) -> Page:
        """In which programmes an organisation takes part, and how."""
        record = self.record
        roles: dict[str, list[Statement]] = {}
        for statement in record.into(organisation):
            if statement.property in (*ROLES, "cpg:participatingBody", "dcterms:publisher"):
                roles.setdefault(statement.property, []).append(statement)
        rows = []
        for property_, statements in roles.items():
            for statement in statements:
                city = self.reader.city_of(statement.subject)
                rows.append(
                    (
                        (self.link.item(statement.subject, claims=statement.claims),),
                        plain(self._property(property_)),
                        (self.link.item(city),) if city else (),
                    )
                )
        facts = [
            (plain(self._property(property_)), items)
            for property_ in (
                "cpg:organisationKind",
                "cpg:governs",
                "org:memberOf",
                "skos:altLabel",
                "foaf:page",
            )
            if (items := self._values(record.statements(organisation, property_)))
        ]
        cities = dict.fromkeys(
            filter(
                None,
                (self.reader.city_of(s.subject) for several in roles.values() for s in several),
            )
        )
        return Page(
            path=self.path(organisation),
            language=self.language,
            title=self.name(organisation),
            lead=self.say("organisation-lead", self.name(organisation), len(rows), len(cities)),
            eyebrow=self.say("kind-organisation"),
            about=organisation,
            panels=(
                Panel(
                    "facts",
                    self.say("panel-facts"),
                    self.columns("property", "value"),
                    tuple(facts),
                    form="facts",
                    query=("thing", (("thing", iri_of(organisation)),)),
                ),
                Panel(
                    "programmes",
                    self.say("panel-roles"),
                    self.columns("programme", "role", "city"),
                    tuple(rows),
                    empty=self.say("no-programme"),
                    query=("evidence", (("thing", f"organisation/{record.slug(organisation)}"),)),
                    shown=40,
                ),
            ),
            things=(organisation,),
            extra={
                "actions": [
                    (self.say("action-graph"), f"/{self.language}/graph?thing={organisation}")
                ]
            },
        )

    # source

    def source(self, source: str) -> Page:
        """A document, and everything that was drawn from it, place by place."""
        record = self.record
        drawn: dict[str, list[str]] = {}
        for fragment in record.subjects(source, "oa:hasSource"):
            for claim in record.subjects(fragment, "prov:wasDerivedFrom"):
                drawn.setdefault(fragment, []).append(claim)
        rows = []
        for fragment, claims in sorted(drawn.items(), key=lambda item: _natural(item[0])):
            for claim in claims:
                for statement in record.within(claim):
                    if statement.property == "rdf:type":
                        continue
                    value = self._value(statement)
                    if value is None:
                        continue
                    rows.append(
                        (
                            plain(record.slug(fragment)),
                            (self.link.item(statement.subject),),
                            plain(self._property(statement.property)),
                            (value,),
                        )
                    )
        facts = [
            (plain(self._property(property_)), items)
            for property_ in (
                *("schema:url", "dcterms:creator", "dcterms:publisher", "dcterms:issued"),
                *("cpg:sourceType", "cpg:textBasis", "cpg:readOn", "prov:hadPrimarySource"),
                *("dcterms:language", "dcterms:rights"),
            )
            if (items := self._values(record.statements(source, property_)))
        ]
        things = list(dict.fromkeys(row[1][0].name for row in rows))
        programmes = [thing for thing in things if record.kind(thing) == "programme"]
        return Page(
            path=self.path(source),
            language=self.language,
            title=self.name(source),
            lead=self.say("source-lead", self.count(len(rows)), len(programmes)),
            eyebrow=self.say("kind-source"),
            about=source,
            panels=(
                Panel(
                    "facts",
                    self.say("panel-facts"),
                    self.columns("property", "value"),
                    tuple(facts),
                    form="facts",
                    query=("references", (("source", f"source/{record.slug(source)}"),)),
                ),
                Panel(
                    "drawn",
                    self.say("panel-drawn"),
                    self.columns("place", "thing", "property", "value"),
                    tuple(rows),
                    lead=self.say("drawn-lead"),
                    empty=self.say("nothing-drawn"),
                    query=("drawn-from-source", (("source", iri_of(source)),)),
                    shown=60,
                    most=200,
                ),
                self._programme_table(
                    "programmes",
                    self.say("panel-programmes"),
                    programmes,
                    query=("drawn-from-source", (("source", iri_of(source)),)),
                    evidence=False,
                ),
            ),
            things=(source,),
            extra={},
        )

    # any other thing

    def thing(self, name: str) -> Page:
        """What is said of a thing that has no page of its own: claims, places, concepts."""
        record = self.record
        panels: list[Panel] = []
        own: dict[str, list[Statement]] = {}
        for statement in record.of(name):
            own.setdefault(statement.property, []).append(statement)
        rows = [
            (plain(self._property(property_)), items)
            for property_, statements in own.items()
            if (items := self._values(statements))
        ]
        panels.append(
            Panel(
                "statements",
                self.say("panel-statements"),
                self.columns("property", "value"),
                tuple(rows),
                form="facts",
                query=("concept-tree", (("scheme", record.slug(name)),))
                if "skos:ConceptScheme" in record.values(name, "rdf:type")
                else ("thing", (("thing", iri_of(name)),)),
            )
        )
        said = [
            (
                (self.link.item(statement.subject),),
                plain(self._property(statement.property)),
                (value,),
            )
            for statement in record.within(name)
            if (value := self._value(statement)) is not None
        ]
        panels.append(
            Panel(
                "says",
                self.say("panel-says"),
                self.columns("thing", "property", "value"),
                tuple(said),
                query=("claim-places", (("claim", iri_of(name)),)) if said else None,
                shown=60,
            )
        )
        into = [
            s
            for s in record.into(name)
            if s.property not in _BOOKKEEPING or s.property == "skos:inScheme"
        ]
        leading = [
            (
                (self.link.item(s.subject, claims=s.claims),),
                plain(self._property(s.property)),
            )
            for s in into[:_MOST_INTO]
        ]
        panels.append(
            Panel(
                "into",
                self.say("panel-into"),
                self.columns("thing", "property"),
                tuple(leading),
                note=self.say("more-into", len(into) - _MOST_INTO)
                if len(into) > _MOST_INTO
                else "",
                shown=40,
            )
        )
        types = [self.name(t) for t in record.values(name, "rdf:type") if t != "skos:Concept"]
        return Page(
            path=self.path(name),
            language=self.language,
            title=self.name(name),
            lead=record.description(name, self.language).text,
            eyebrow=listed(types, self.language),
            about=name,
            panels=tuple(panels),
            things=(name,),
        )

    # parts

    def _property(self, property_: str) -> str:
        """A property in words."""
        said = self.record.spoken(property_, self.language, "rdfs:label").text
        said = said or column(property_, self.language)
        return said[:1].upper() + said[1:]

    def _value(self, statement: Statement) -> Item | None:
        """The value of a statement with its claims; None for what is said in the other language."""
        value = statement.value
        if isinstance(value, Literal):
            if self.link.other(value.language) and value.language in ("en", "zh-Hans"):
                # A twin is what the same claims say in this language.
                twins = (
                    twin
                    for twin in self.record.statements(statement.subject, statement.property)
                    if not statement.claims or set(twin.claims) & set(statement.claims)
                )
                if any(
                    isinstance(t.value, Literal) and not self.link.other(t.value.language)
                    for t in twins
                ):
                    return None
            if value.datatype == "xsd:date":
                return Item(format_day(value.text, self.language), claims=statement.claims)
            return self.link.text(value, claims=statement.claims)
        if value.startswith("http"):
            return Item(value.split("://", 1)[1].rstrip("/"), href=value, claims=statement.claims)
        if value.startswith("id/measurement/"):
            indicator = self.record.values(value, "cpg:indicator")
            text = self.reader.figure(value, self.language)
            return Item(
                f"{self.name(indicator[0])} {text}" if indicator else text,
                name=value,
                href=self.link.href(value),
                claims=statement.claims,
            )
        return self.link.item(value, claims=statement.claims)

    def _values(self, statements: Iterable[Statement]) -> Cell:
        found = (self._value(statement) for statement in statements)
        return tuple(item for item in found if item is not None)

    def _of(self, part: int, whole: int) -> Item:
        return Item(
            self.say("n-of-m", part, whole), number=part, bar=part / whole if whole else 0.0
        )

    def _sources_of(self, thing: str) -> list[str]:
        claims = (claim for statement in self.record.of(thing) for claim in statement.claims)
        return self.record.sources(dict.fromkeys(claims))

    def _source_table(self, id: str, thing: str, sources: Sequence[str]) -> Panel:
        """The documents behind what is said of a thing."""
        rows = [
            (
                (self.link.item(source),),
                self.link.items(self.record.values(source, "cpg:sourceType")),
                tuple(
                    Item(self.say("original"), href=url)
                    for url in self.record.values(source, "schema:url")
                ),
                plain(format_day(self.record.text(source, "cpg:readOn"), self.language)),
            )
            for source in sources
        ]
        return Panel(
            id,
            self.say("panel-sources"),
            self.columns("source", "type", "original", "read"),
            tuple(rows),
            query=("evidence", (("thing", iri_of(thing)),)),
            shown=20,
        )

    def _programme_table(
        self,
        id: str,
        heading: str,
        programmes: Sequence[str],
        *,
        query: tuple[str, tuple[tuple[str, str], ...]] | None = None,
        empty: str = "",
        evidence: bool = True,
    ) -> Panel:
        """Programmes with what they apply; the evidence stands there, or on their pages."""
        record = self.record

        def applied(statements: Sequence[Statement]) -> Cell:
            if evidence:
                return self._values(statements)
            return self.link.items(s.value for s in statements if isinstance(s.value, str))

        rows = []
        for programme in programmes:
            years = [record.text(programme, key) for key in ("cpg:startYear", "cpg:endYear")]
            sources = self._sources_of(programme)
            rows.append(
                (
                    (self.link.item(programme, note=record.description(programme, self.language)),),
                    applied(record.statements(programme, APPLIES["practice"])),
                    applied(
                        record.statements(programme, APPLIES["technology"], APPLIES["mechanism"])
                    ),
                    plain("–".join(year for year in years if year)),
                    (number(len(sources), href=self.link.href(programme) + "#sources"),),
                )
            )
        return Panel(
            id,
            heading,
            self.columns(
                "programme", "practices", "means", "year", "sources", numeric=("sources",)
            ),
            tuple(rows),
            query=query,
            empty=empty,
            shown=30,
        )


def _natural(name: str) -> tuple[object, ...]:
    """Order in which P9 comes before P10."""
    import re

    return tuple(int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name))
