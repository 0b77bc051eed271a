"""Pages about one thing: a programme, an outcome, an organisation, a source, anything else."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from kg.explorer.cities import Cities
from kg.explorer.concepts import Concepts
from kg.explorer.panels import Cell, Page, Panel, plain
from kg.explorer.reading import APPLIES, ROLES, format_day
from kg.explorer.record import Literal, Statement, iri_of

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
_FIGURES: Final = "id/measurement/"


class Profiles(Cities, Concepts):
    """Writes the pages about things of every kind in one language."""

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

    def programme(self, programme: str) -> Page:
        """What a programme is, applies and reaches, each statement with its evidence."""
        record = self.record
        cities = self.reader.cities_of(programme)
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
            eyebrow=self.say("kind-programme-of", self.names(cities))
            if cities
            else self.say("kind-programme"),
            about=programme,
            panels=(
                self._facts(
                    "statements",
                    rows,
                    ("evidence", (("thing", f"programme/{record.slug(programme)}"),)),
                    lead=self.say("statements-lead", len(sources)),
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
                    *((self.name(city), self.link.href(city)) for city in cities),
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
        cities = self.reader.cities_of(programme)
        shared: dict[str, list[str]] = {}
        for practice in own:
            for other in self.record.subjects(practice, APPLIES["practice"]):
                if other != programme and not {*cities} & {*self.reader.cities_of(other)}:
                    shared.setdefault(other, []).append(practice)
        rows = [
            (
                (self.link.item(other),),
                self.link.items(self.reader.cities_of(other)),
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

    def outcome(self, outcome: str) -> Page:
        """What was reached, by whom, in figures, and on what evidence."""
        record = self.record
        programmes = record.subjects(outcome, "cpg:hasOutcome")
        cities = dict.fromkeys(city for p in programmes for city in self.reader.cities_of(p))
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
                self._facts(
                    "statements",
                    rows,
                    ("evidence", (("thing", f"outcome/{record.slug(outcome)}"),)),
                ),
                self._results("results", programmes, only=outcome),
                self._source_table("sources", outcome, self._sources_of(outcome)),
            ),
            things=(outcome, *programmes),
            extra={
                "actions": [(self.say("action-graph"), f"/{self.language}/graph?thing={outcome}")]
            },
        )

    def organisation(self, organisation: str) -> Page:
        """In which programmes an organisation takes part, and how."""
        record = self.record
        roles: dict[str, list[Statement]] = {}
        for statement in record.into(organisation):
            if statement.property in (*ROLES, "cpg:participatingBody", "dcterms:publisher"):
                roles.setdefault(statement.property, []).append(statement)
        rows = [
            (
                (self.link.item(statement.subject, claims=statement.claims),),
                plain(self._property(property_)),
                self.link.items(self.reader.cities_of(statement.subject)),
            )
            for property_, statements in roles.items()
            for statement in statements
        ]
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
        cities = {
            city
            for several in roles.values()
            for statement in several
            for city in self.reader.cities_of(statement.subject)
        }
        return Page(
            path=self.path(organisation),
            language=self.language,
            title=self.name(organisation),
            lead=self.say("organisation-lead", self.name(organisation), len(rows), len(cities)),
            eyebrow=self.say("kind-organisation"),
            about=organisation,
            panels=(
                self._facts("facts", facts, ("thing", (("thing", iri_of(organisation)),))),
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
                    # A figure stands whole in the row of the thing that it is a figure of.
                    if statement.property == "rdf:type" or statement.subject.startswith(_FIGURES):
                        continue
                    value = self._value(statement)
                    if value is None:
                        continue
                    rows.append(
                        (
                            (self.link.item(statement.subject),),
                            plain(self._property(statement.property)),
                            (value,),
                            plain(self.place(fragment)),
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
        things = list(dict.fromkeys(row[0][0].name for row in rows))
        programmes = [thing for thing in things if record.kind(thing) == "programme"]
        return Page(
            path=self.path(source),
            language=self.language,
            title=self.name(source),
            lead=self.say("source-lead", self.count(len(rows)), len(programmes)),
            eyebrow=self.say("kind-source"),
            about=source,
            panels=(
                self._facts(
                    "facts", facts, ("references", (("source", f"source/{record.slug(source)}"),))
                ),
                Panel(
                    "drawn",
                    self.say("panel-drawn"),
                    self.columns("thing", "property", "value", "place"),
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
        scheme = "skos:ConceptScheme" in record.values(name, "rdf:type")
        # A scheme is no thing to the named queries; its concepts are what leads to it.
        tree = ("concept-tree", (("scheme", record.slug(name)),)) if scheme else None
        statements = self._facts("statements", rows, tree or ("thing", (("thing", iri_of(name)),)))
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
        # Of a claim it matters first what it says, then what is noted of it.
        panels.insert(1 if said else 0, statements)
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
                query=tree or ("evidence", (("thing", iri_of(name)),)),
                shown=40,
            )
        )
        types = [self._property(t) for t in record.values(name, "rdf:type") if t != "skos:Concept"]
        page = Page(
            path=self.path(name),
            language=self.language,
            title=self.name(name),
            lead=record.description(name, self.language).text,
            eyebrow=self.listed(types),
            about=name,
            panels=tuple(panels),
            things=(name,),
        )
        return self._headed(page, name) if said else page

    def _headed(self, page: Page, claim: str) -> Page:
        """The page of a claim, called by what it is about, with the documents that it is from."""
        record = self.record
        subjects = dict.fromkeys(
            s.subject for s in record.within(claim) if not s.subject.startswith(_FIGURES)
        ) or dict.fromkeys(s.subject for s in record.within(claim))
        things = [s for s in subjects if record.kind(s) is not None] or list(subjects)
        about = self.name(things[0])
        if len(things) > 1:
            about = self.say("and-more", about, len(things) - 1)
        places = record.claim(claim).places
        read = {place.source: record.text(place.source, "cpg:readOn") for place in places}
        return replace(
            page,
            title=self.say("claim-title", about, self.name(claim)),
            lead=self.say(
                "claim-lead",
                self.listed(
                    [
                        self.say("claim-source", self.name(source), format_day(day, self.language))
                        if day
                        else self.say("claim-source-undated", self.name(source))
                        for source, day in read.items()
                    ]
                ),
            ),
        )


def _natural(name: str) -> tuple[object, ...]:
    """Order in which P9 comes before P10."""
    return tuple(int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name))
