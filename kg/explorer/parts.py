"""What pages about things share: names, columns, values with their evidence, figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from kg.explorer.panels import Cell, Column, Item, Linker, Panel, number, plain
from kg.explorer.reading import (
    APPLIES,
    Matrix,
    Reader,
    format_day,
    format_number,
)
from kg.explorer.record import Literal, Record, Statement, iri_of
from kg.explorer.words import say
from kg.messages import Language, column, listed

PRACTICES: Final = "practice-3"
"""The matrix that counts are made on: practices of level 3, the headings of the first source."""


class Parts:
    """Writes parts of pages in one language."""

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
        """What a thing is, in a word; of a word of the vocabulary, which one it belongs to."""
        kind = self.record.kind(thing)
        if kind == "programme":
            city = next(iter(self.record.values(thing, "cpg:city")), "")
            return (
                self.say("kind-programme-of", self.name(city)) if city else self.say(f"kind-{kind}")
            )
        if kind:
            return self.say(f"kind-{kind}")
        types = self.record.values(thing, "rdf:type")
        if "skos:ConceptScheme" in types:
            return self.say("kind-vocabulary")
        classes = (self.record.spoken(t, self.language, "rdfs:label").text for t in types)
        said = next(filter(None, classes), "")
        if said:
            return said[:1].upper() + said[1:]
        scheme = next(iter(self.record.values(thing, "skos:inScheme")), "")
        return self.say("kind-word-of", self.name(scheme)) if scheme else self.say("kind-other")

    def names(self, things: Iterable[str]) -> str:
        """Names in one line."""
        return self.listed([self.name(thing) for thing in things])

    def listed(self, texts: Sequence[str]) -> str:
        """Texts in one line; in English with commas, unless one stands in a text."""
        between = "; " if any("," in text for text in texts) else ", "
        return listed(texts, self.language, between=between)

    def count(self, value: int) -> str:
        """A whole number as the language writes it."""
        return format_number(value, self.language)

    def columns(self, *keys: str, numeric: Iterable[str] = ()) -> tuple[Column, ...]:
        """Columns with headings in the language."""
        return tuple(Column(key, self.say(f"column-{key}"), key in numeric) for key in keys)

    def _facts(
        self,
        id: str,
        rows: Iterable[tuple[Cell, ...]],
        query: tuple[str, tuple[tuple[str, str], ...]],
        *,
        heading: str = "",
        lead: str = "",
    ) -> Panel:
        """Properties with their values, one below the other."""
        return Panel(
            id,
            heading or self.say(f"panel-{id}"),
            self.columns("property", "value"),
            tuple(rows),
            lead=lead,
            form="facts",
            query=query,
        )

    def path(self, name: str) -> str:
        """Path of the page about a thing, without the language."""
        return self.link.href(name).removeprefix(f"/{self.language}/")

    def _sorted_name(self, thing: str) -> tuple[str, str]:
        """Order by name: Chinese by pinyin, as dictionaries have it."""
        orders: Mapping[str, str] = self.record.analyses.get("pinyin", {})
        name = self.name(thing)
        return (orders.get(name, name.casefold()), thing)

    def place(self, fragment: str) -> str:
        """A place in a source, in short."""
        end = self.record.slug(fragment)
        return self.say("whole-page") if end == "page" else end

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

    def _elsewhere(self, name: str) -> Cell:
        """The same thing in other graphs and on its own pages."""
        return tuple(
            Item(value.split("://", 1)[1], href=value)
            for value in self.record.values(name, "schema:sameAs", "skos:exactMatch", "foaf:page")
            if value.startswith("http")
        )

    def _property(self, property_: str) -> str:
        """A property in words."""
        said = self.record.spoken(property_, self.language, "rdfs:label").text
        said = said or column(property_, self.language)
        return said[:1].upper() + said[1:]

    def _heading(self, variable: str) -> str:
        from kg.messages import column

        said = column(variable, self.language)
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
        if ":" in value and not self.record.spoken(value, self.language, "rdfs:label").text:
            # A term of a vocabulary that is not ours.
            return Item(self._property(value), name=value, claims=statement.claims)
        return self.link.item(value, claims=statement.claims)

    def _values(self, statements: Iterable[Statement]) -> Cell:
        found = (self._value(statement) for statement in statements)
        return tuple(item for item in found if item is not None)

    def _of(self, part: int, whole: int) -> Item:
        return Item(
            self.say("n-of-m", part, whole), number=part, bar=part / whole if whole else 0.0
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

    def _results(self, id: str, programmes: Sequence[str], only: str = "") -> Panel:
        """Outcomes and figures of programmes; inputs, outputs and outcomes are told apart.

        Parameters
        ----------
        only
            Path of the one outcome that is wanted; empty for all.
        """
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
                if only and outcome != only:
                    continue
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
