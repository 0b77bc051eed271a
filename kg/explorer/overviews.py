"""Pages over everything: the home page, search, data, the ontology, what is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from kg.catalogue import catalogue
from kg.errors import UnknownNameError
from kg.explorer.lists import Lists
from kg.explorer.matrices import Choice
from kg.explorer.panels import Cell, Column, Item, Page, Panel, number, plain
from kg.explorer.parts import PRACTICES
from kg.explorer.reading import format_day, format_percent
from kg.explorer.record import KINDS, LEADING, Literal, iri_of

_TELLING: Final = (
    *("cpg:score", "cpg:appraisalLevel", "cpg:hasMeasurement", "cpg:targetValue"),
    *("cpg:startYear", "cpg:endYear", "cpg:targetStatus", "dcterms:description"),
    *("cpg:hasOutcome", "cpg:leadOrganisation", "cpg:city"),
)
"""Properties by which a claim contradicts one of another property, the most telling first."""
SEARCHED_IN_VAIN: Final = (("cities", "city"), ("practices", "practice"), ("queries", "queries"))
"""Where somebody goes on who has found nothing: words of the menu with their addresses."""


class Overviews(Lists):
    """Writes the pages over everything in one language."""

    def home(self) -> Page:
        """The finding in a sentence, the matrix, three questions with their answers."""
        documented, registered = self.reader.documented(PRACTICES)
        programmes = len(self.record.things("programme"))
        sources = len(self.record.things("source"))
        first = self.reader.rows(PRACTICES)[0]
        leading = self.reader.rows(f"{PRACTICES}-leading-{LEADING[0]}")
        among, _ = self.reader.documented(f"{PRACTICES}-leading-{LEADING[0]}")
        most = [row for row in leading if len(row["cities"]) == len(leading[0]["cities"])]
        finding = self.say(
            "finding",
            self.names(row["concept"] for row in most),
            len(leading[0]["cities"]),
            among,
            LEADING[0],
            self.name(first["concept"]),
            len(first["cities"]),
            documented,
        )
        choice = Choice(leading=50)
        return Page(
            path="",
            language=self.language,
            title=self.say("tagline"),
            lead=finding,
            template="home.html",
            panels=(self.matrix_panel(choice), self._questions(), self._counted()),
            things=tuple(row["concept"] for row in leading),
            extra={
                "scope": self.say(
                    "home-scope",
                    self.count(programmes),
                    documented,
                    registered,
                    self.count(sources),
                    self.name(self.reader.ranking),
                ),
                "actions": [
                    (self.say("nav-matrix"), f"/{self.language}/matrix"),
                    (self.say("nav-cities"), f"/{self.language}/city"),
                    (self.say("nav-map"), f"/{self.language}/map"),
                ],
            },
        )

    def _questions(self) -> Panel:
        """Three questions with their answers in a sentence, each leading to its page."""
        base = f"/{self.language}"
        rows: list[tuple[Cell, ...]] = []
        shanghai = "id/city/shanghai"
        gaps = self.reader.gaps(shanghai, "peers")
        if gaps and gaps["rows"]:
            best = gaps["rows"][0]
            answer = self.say(
                "answer-gap",
                len(gaps["rows"]),
                self.name(best["concept"]),
                len(best["cities"]),
                best["documented"],
            )
            question = self.say("question-gap", self.name(shanghai))
            rows.append(((Item(question, href=f"{base}/gap/shanghai"),), plain(answer)))
        budget = "concept/mechanism/participatory-budgeting"
        if budget in self.record:
            matrix = self.reader.matrix("mechanism")
            cities = matrix.cities_of(budget)
            claims = [
                claim
                for city in cities
                for several in matrix.cells[city, budget].values()
                for claim in several
            ]
            answer = self.say("answer-who", len(cities), len(self.record.sources(claims)))
            question = self.say("question-who", self.name(budget))
            rows.append(
                ((Item(question, href=f"{base}/mechanism/participatory-budgeting"),), plain(answer))
            )
        trio = ("singapore", "shanghai", "new-york-city")
        if all(f"id/city/{slug}" in self.record for slug in trio):
            matrix = self.reader.matrix(PRACTICES)
            shared = set(matrix.concepts).intersection(
                *(matrix.concepts_of(f"id/city/{slug}") for slug in trio)
            )
            answer = (
                self.say("answer-compare", self.names(sorted(shared)))
                if shared
                else self.say("answer-compare-none")
            )
            question = self.say("question-compare", self.names(f"id/city/{s}" for s in trio))
            address = f"{base}/compare?" + "&".join(f"city={slug}" for slug in trio)
            rows.append(((Item(question, href=address),), plain(answer)))
        columns = (
            Column("question", self.say("column-question")),
            Column("answer", self.say("column-answer")),
        )
        return Panel(
            "questions", self.say("panel-questions"), columns, tuple(rows), form="questions"
        )

    def _counted(self) -> Panel:
        """Practices by number of cities, with bars."""
        documented, _ = self.reader.documented(PRACTICES)
        among, _ = self.reader.documented(f"{PRACTICES}-leading-{LEADING[0]}")
        ahead = {
            row["concept"]: len(row["cities"])
            for row in self.reader.rows(f"{PRACTICES}-leading-{LEADING[0]}")
        }
        rows = []
        for row in self.reader.rows(PRACTICES):
            cities = len(row["cities"])
            rows.append(
                (
                    (self.link.item(row["concept"]),),
                    (self._of(cities, documented),),
                    (self._of(ahead.get(row["concept"], 0), among),),
                    plain(
                        self.say(
                            "interval",
                            format_percent(row["share"], self.language),
                            format_percent(row["low"], self.language),
                            format_percent(row["high"], self.language),
                        )
                    ),
                    (number(len(row["programmes"])),),
                    (number(len(row["sources"])),),
                )
            )
        return Panel(
            "recurrence",
            self.say("panel-counted"),
            (
                *self.columns("practice", "cities", numeric=("cities",)),
                Column("leading", self.say("scope-leading", LEADING[0]), numeric=True),
                *self.columns(
                    "interval", "programmes", "sources", numeric=("programmes", "sources")
                ),
            ),
            tuple(rows),
            note=self.say("recurrence-note"),
            query=("cq01-practices-by-cities", (("language", self.language),)),
        )

    def unknown(self) -> Page:
        """Cities without a record, searches without a find, disputes, single sources."""
        matrix = self.reader.matrix(PRACTICES)
        nothing = [city for city in matrix.cities if not self.reader.programmes(city)]
        panels = [
            Panel(
                "cities",
                self.say("panel-no-record"),
                self.columns("city", "region", "rank", numeric=("rank",)),
                tuple(
                    (
                        (self.link.item(city),),
                        (self.link.item(self.reader.region(city)),),
                        (number(rank),) if (rank := self.reader.rank(city)) is not None else (),
                    )
                    for city in nothing
                ),
                lead=self.say("no-record-lead", len(nothing), len(matrix.cities)),
                query=("unknown", ()),
                shown=20,
            )
        ]
        panels += self._tables
        return Page(
            path="unknown",
            language=self.language,
            title=self.say("nav-unknown"),
            lead=self.say("unknown-lead"),
            panels=tuple(panels),
        )

    @cached_property
    def _tables(self) -> tuple[Panel, ...]:
        """Answers that the record holds; they never change."""
        return tuple(self._table(name) for name in self.record.analyses["tables"])

    def _table(self, name: str) -> Panel:
        """The answer of a named query as a panel."""
        held = self.record.analyses["tables"][name]
        table = held.get(self.language, held["en"])
        variables = table["variables"]
        query = catalogue()[name]
        # A name stands in the link of the thing that it names.
        shown = [v for v in variables if v != "name" or not _thing_before(table, variables)]
        rows = []
        for row in table["rows"]:
            cells = dict(zip(variables, row, strict=True))
            said = {v: self._cell(cells[v]) for v in shown}
            if cells.get("conflicting"):
                said["conflicting"] = self._other_side(cells["conflicting"], cells["property"])
            rows.append(tuple(said.values()))
        tag = "zh" if self.language == "zh" else "en"
        parameters = (("language", self.language),) if "language" in query.parameters else ()
        return Panel(
            name,
            query.summary[tag],
            tuple(
                Column(v, self._heading(v), _numbers(table["rows"], variables.index(v)))
                for v in shown
            ),
            tuple(rows),
            lead=query.caution[tag] if query.caution else "",
            empty=self.say("nothing-here"),
            query=(name, parameters),
            shown=10,
            most=60,
        )

    def _other_side(self, claim: str, property_: str) -> Cell:
        """A claim that says otherwise, with what it says."""
        stated = self.record.within(claim)
        for told in (property_, *_TELLING):
            values = self._values(s for s in stated if s.property == told)
            if values:
                said = self.listed(list(dict.fromkeys(item.text for item in values)))
                if told not in (property_, "dcterms:description"):
                    said = self.say("said-of", self._property(told), said)
                return (self.link.item(claim, note=said),)
        return (self.link.item(claim),)

    def _cell(self, term: Any) -> Cell:
        if term is None:
            return ()
        if isinstance(term, str):
            if term.startswith("cpg:"):
                return plain(self._property(term))
            return (self.link.item(term),)
        value = Literal(*term)
        if value.datatype in ("xsd:integer", "xsd:decimal"):
            return (number(float(value.text), value.text),)
        return (self.link.text(value),)

    def data(self, files: Sequence[Mapping[str, str]]) -> Page:
        """Downloads, licence, version and how to cite.

        Parameters
        ----------
        files
            Each with ``name``, ``href``, ``type`` and ``note``.
        """
        rows = [
            (
                (Item(f["name"], href=f["href"]),),
                plain(f["type"]),
                plain(f["note"]),
            )
            for f in files
        ]
        columns = (
            Column("file", self.say("column-file")),
            Column("format", self.say("column-format")),
            Column("note", self.say("column-note")),
        )
        return Page(
            path="data",
            language=self.language,
            title=self.say("nav-data"),
            lead=self.say(
                "data-lead", format_day(self.record.made, self.language), self.record.version
            ),
            template="data.html",
            panels=(Panel("files", self.say("panel-files"), columns, tuple(rows)),),
        )

    def _terms_panel(self, id: str, types: Sequence[str]) -> Panel:
        """Terms of the ontology; a property with the classes that it leads from and to."""
        record = self.record
        rows: list[tuple[Cell, ...]] = []
        found = {s for t in types for s in record.subjects(t, "rdf:type") if s.startswith("cpg:")}
        for term in sorted(found):
            row: tuple[Cell, ...] = (
                (Item(self.name(term), name=term, href=f"#{term.removeprefix('cpg:')}"),),
                plain(term),
                (self.link.text(record.description(term, self.language)),),
            )
            if id == "properties":
                ends = (
                    ("rdfs:domain", "schema:domainIncludes"),
                    ("rdfs:range", "schema:rangeIncludes"),
                )
                row += tuple(plain(self.names(record.values(term, *end))) for end in ends)
            rows.append(row)
        keys = ("name", "term", "definition", *(("from", "to") if id == "properties" else ()))
        return Panel(
            id,
            self.say(f"panel-{id}"),
            self.columns(*keys),
            tuple(rows),
            query=("ontology-terms", (("language", self.language),)),
            shown=1_000,
            form="terms",
        )

    def ontology(self) -> Page:
        """Classes and properties with their definitions, and the concept schemes."""
        record = self.record
        panels = [
            self._terms_panel("classes", ("owl:Class",)),
            self._terms_panel(
                "properties",
                ("owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty"),
            ),
        ]
        schemes = sorted(record.subjects("skos:ConceptScheme", "rdf:type"))
        panels.append(
            Panel(
                "schemes",
                self.say("panel-schemes"),
                self.columns("name", "concepts", "definition", numeric=("concepts",)),
                tuple(
                    (
                        (self.link.item(s),),
                        (number(len(record.subjects(s, "skos:inScheme"))),),
                        (self.link.text(record.description(s, self.language)),),
                    )
                    for s in schemes
                ),
                query=("schemes", (("language", self.language),)),
                shown=1_000,
            )
        )
        return Page(
            path="ontology",
            language=self.language,
            title=self.say("nav-ontology"),
            lead=self.say("ontology-lead", iri_of("ontology")),
            panels=tuple(panels),
        )

    def found(self, text: str, hits: Sequence[tuple[str, str, str]]) -> Page:
        """What a search has found.

        Parameters
        ----------
        hits
            Each with the thing, the name that fits, and why it was found.
        """
        rows = []
        for thing, name, why in hits:
            rows.append(
                (
                    (self.link.item(thing, note=self.record.description(thing, self.language)),),
                    plain(self.kind_name(thing)),
                    plain("" if why == "name" else self.say(f"why-{why}", name)),
                )
            )
        if text:
            lead = self.say("search-lead", len(rows)) if rows else self.say("search-none", text)
        else:
            lead = self.say("search-hint")
        extra: dict[str, Any] = {"text": text}
        if text and not rows:
            extra["actions"] = [
                (self.say(f"nav-{name}"), f"/{self.language}/{path}")
                for name, path in SEARCHED_IN_VAIN
            ]
        return Page(
            path="search",
            language=self.language,
            title=self.say("search-title", text) if text else self.say("search"),
            lead=lead,
            extra=extra,
            parameters=(("q", text),) if text else (),
            panels=(
                Panel(
                    "results",
                    self.say("panel-hits"),
                    self.columns("name", "kind", "why"),
                    tuple(rows),
                    empty=self.say("search-nothing") if text else "",
                    shown=1_000,
                ),
            ),
        )

    def city_named(self, slug: str) -> str:
        """A city by its slug.

        Raises
        ------
        UnknownNameError
            There is none.
        """
        name = KINDS["city"] + slug
        if self.record.kind(name) != "city":
            raise UnknownNameError("unknown-name", slug)
        return name


def _numbers(rows: Sequence[Sequence[Any]], place: int) -> bool:
    """Whether all there is in a column are numbers."""
    cells = [row[place] for row in rows if row[place] is not None]
    kinds = ("xsd:integer", "xsd:decimal")
    return bool(cells) and all(not isinstance(c, str) and c[2] in kinds for c in cells)


def _thing_before(table: Mapping[str, Any], variables: Sequence[str]) -> bool:
    """Whether the column before the names holds the things that they name."""
    place = variables.index("name")
    return place > 0 and any(isinstance(row[place - 1], str) for row in table["rows"])
