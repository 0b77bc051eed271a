"""All that the pages know, as one document: statements with their claims, and what was worked out.

The document has every term once (``terms``) and statements as numbers of terms, so that it is
small, is read in a fraction of a second, and holds nothing that could be executed. Each line is a
piece of it in JSON: between two pieces a process that reads it does other work.

Names of things are paths below the base of the project: ``id/city/singapore``,
``concept/practice/open-data``. Properties and classes are prefixed names (``cpg:city``). Whatever
else there is keeps its whole IRI.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

from kg.messages import Language
from kg.terms import BASE, CPG, PREFIXES, canonical_language

FORMAT: Final = 2
"""Number of the document's form; a version that holds another one has no pages."""

FACETS: Final = ("practice", "technology", "mechanism", "outcome-type")
"""Facets that have a matrix of cities by concepts."""
LEADING: Final = (10, 20, 50)
"""Numbers of leading cities that counts are made for, beside all cities."""
EDITION: Final = "eden-top50-2021"
"""Slug of the ranking edition that says which cities lead."""

KINDS: Final[Mapping[str, str]] = {
    "city": "id/city/",
    "practice": "concept/practice/",
    "programme": "id/programme/",
    "technology": "concept/technology/",
    "mechanism": "concept/mechanism/",
    "outcome": "id/outcome/",
    "organisation": "id/organisation/",
    "source": "id/source/",
}
"""Kinds of things that have pages of their own, with the beginnings of their paths."""

_PIECE: Final = 5_000
"""Terms or statements of one line."""
_TAGS: Final[Mapping[Language, str]] = {"en": "en", "zh": "zh-Hans"}
_NAMES: Final = ("skos:prefLabel", "dcterms:title", "rdfs:label")
_DESCRIPTIONS: Final = ("dcterms:description", "skos:definition", "rdfs:comment")


class Literal(NamedTuple):
    """A literal; ``language`` is empty for those without one, ``datatype`` is a prefixed name."""

    text: str
    language: str = ""
    datatype: str = ""


Value = str | Literal


class Statement(NamedTuple):
    """One statement with the claims that make it, as paths; register and vocabulary have none."""

    subject: str
    property: str
    value: Value
    claims: tuple[str, ...]


class Place(NamedTuple):
    """A place in a source."""

    fragment: str
    source: str


@dataclass(frozen=True)
class Claim:
    """How far a claim is to be trusted, and where it comes from.

    Attributes
    ----------
    status, grade, confidence
        Paths of concepts; ``confidence`` is empty where none is on record.
    conflicts
        Paths of claims that say otherwise.
    """

    path: str
    status: str
    grade: str
    confidence: str
    places: tuple[Place, ...]
    conflicts: tuple[str, ...]


def name_of(iri: str) -> str:
    """The name that a record has for an IRI."""
    if iri.startswith(CPG):
        return "cpg:" + iri[len(CPG) :]
    if iri.startswith(BASE):
        return iri[len(BASE) :]
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and "/" not in iri[len(namespace) :]:
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def iri_of(name: str) -> str:
    """The IRI behind a name of a record."""
    prefix, colon, local = name.partition(":")
    if colon:
        return PREFIXES[prefix] + local if prefix in PREFIXES else name
    return BASE + name


def document_of(content: bytes) -> dict[str, Any] | None:
    """The pieces of a document put together; None when it is of another form, or none."""
    document: dict[str, Any] = {"terms": [], "statements": [], "analyses": {}}
    try:
        for line in content.splitlines():
            key, value = json.loads(line)
            if key in ("terms", "statements"):
                document[key] += value
            elif key == "analysis":
                name, part, found = value
                if part is None:
                    document["analyses"][name] = found
                else:
                    document["analyses"].setdefault(name, {})[part] = found
            else:
                document[key] = value
    except (ValueError, TypeError):
        return None
    return document if document.get("format") == FORMAT else None


class Record:
    """The document, with the ways into it.

    Attributes
    ----------
    version
        Name of the published version; what was not published has ``-``.
    analyses
        What :mod:`kg.explorer.making` worked out, as it wrote it.
    """

    def __init__(self, document: Mapping[str, Any], version: str = "-") -> None:
        self.version = version
        self.analyses: Mapping[str, Any] = document["analyses"]
        self.made: str = document["made"]
        terms: list[Value] = [
            term if isinstance(term, str) else Literal(*term) for term in document["terms"]
        ]
        self._out: dict[str, list[Statement]] = defaultdict(list)
        self._into: dict[str, list[Statement]] = defaultdict(list)
        self._named: dict[tuple[str, Language], Literal] = {}
        for subject, property_, value, *claims in document["statements"]:
            statement = Statement(
                terms[subject],
                terms[property_],
                terms[value],
                tuple(terms[claim] for claim in claims),
            )
            self._out[statement.subject].append(statement)
            if isinstance(statement.value, str):
                self._into[statement.value].append(statement)

    @classmethod
    def decode(cls, content: bytes, version: str = "-") -> Record | None:
        """Read a document; None when it is of another form, or none."""
        document = document_of(content)
        return None if document is None else cls(document, version)

    def __contains__(self, name: object) -> bool:
        """Whether anything is said of a thing, or leads to it."""
        return name in self._out or name in self._into

    def __iter__(self) -> Iterator[str]:
        """Names of all things of which anything is said."""
        return iter(self._out)

    def of(self, subject: str) -> Sequence[Statement]:
        """What is said of a thing."""
        return self._out.get(subject, ())

    def into(self, value: str) -> Sequence[Statement]:
        """What leads to a thing."""
        return self._into.get(value, ())

    def within(self, claim: str) -> Sequence[Statement]:
        """What a claim says."""
        return self._claimed.get(claim, ())

    @cached_property
    def _claimed(self) -> Mapping[str, list[Statement]]:
        found: dict[str, list[Statement]] = defaultdict(list)
        for statements in self._out.values():
            for statement in statements:
                for claim in statement.claims:
                    found[claim].append(statement)
        return found

    def statements(self, subject: str, *properties: str) -> list[Statement]:
        """What is said of a thing with these properties, in the order of the properties."""
        return [s for wanted in properties for s in self.of(subject) if s.property == wanted]

    def leading(self, value: str, *properties: str) -> list[Statement]:
        """What leads to a thing by these properties."""
        return [s for wanted in properties for s in self.into(value) if s.property == wanted]

    def values(self, subject: str, *properties: str) -> list[str]:
        """Things that a thing leads to, each once."""
        found = (s.value for s in self.statements(subject, *properties))
        return list(dict.fromkeys(value for value in found if isinstance(value, str)))

    def subjects(self, value: str, *properties: str) -> list[str]:
        """Things that lead to a thing, each once."""
        return list(dict.fromkeys(s.subject for s in self.leading(value, *properties)))

    def text(self, subject: str, *properties: str) -> str:
        """The first literal without regard to its language; empty without one."""
        for statement in self.statements(subject, *properties):
            if isinstance(statement.value, Literal):
                return statement.value.text
        return ""

    def spoken(self, subject: str, language: Language, *properties: str) -> Literal:
        """A text in this language, or else in the other one; empty where there is none."""
        wanted = _TAGS[language]
        other = Literal("")
        for statement in self.statements(subject, *properties):
            value = statement.value
            if isinstance(value, Literal):
                if value.language == wanted:
                    return value
                other = other if other.text else value
        return other

    def named(self, name: str, language: Language) -> Literal:
        """The name of a thing with its language.

        A figure is called by what it measures, a place by its source; of what has no name, the end
        of its path.
        """
        known = self._named.get((name, language))
        if known is None:
            known = self._name(name, language)
            if name in self._out:  # what a record holds is bounded, what is asked for is not
                self._named[name, language] = known
        return known

    def _name(self, name: str, language: Language) -> Literal:
        found = self.spoken(name, language, *_NAMES)
        if not found.text and name.startswith("id/measurement/"):
            found = next(
                (self.named(i, language) for i in self.values(name, "cpg:indicator")), found
            )
        if not found.text and name.startswith("id/fragment/"):
            end = self.slug(name)
            for source in self.values(name, "oa:hasSource"):
                said = self.named(source, language)
                found = said if end == "page" else said._replace(text=f"{said.text}, {end}")
        if not found.text and name.startswith("id/claim/"):
            return Literal(self.slug(name))
        return found if found.text else Literal(self.plain(name))

    def name(self, name: str, language: Language) -> str:
        """The name of a thing for people."""
        return self.named(name, language).text

    def description(self, name: str, language: Language) -> Literal:
        """What a thing is, in a sentence."""
        return self.spoken(name, language, *_DESCRIPTIONS)

    @staticmethod
    def plain(name: str) -> str:
        """A short form for what has no name."""
        return name.removeprefix("id/").removeprefix("concept/")

    def slug(self, name: str) -> str:
        """Last part of a path."""
        return name.rpartition("/")[2]

    def kind(self, name: str) -> str | None:
        """One of :data:`KINDS`; None for other things."""
        for kind, start in KINDS.items():
            if name.startswith(start) and name in self._out:
                return kind
        return None

    def things(self, kind: str) -> tuple[str, ...]:
        """All things of a kind, by path."""
        return self._things[kind]

    @cached_property
    def _things(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {kind: [] for kind in KINDS}
        for name in sorted(self._out):
            kind = self.kind(name)
            if kind is not None:
                found[kind].append(name)
        return {kind: tuple(names) for kind, names in found.items()}

    def claim(self, path: str) -> Claim:
        """A claim with its places."""
        known = self._claims.get(path)
        if known is None:
            places = [
                Place(fragment, next(iter(self.values(fragment, "oa:hasSource")), ""))
                for fragment in self.values(path, "prov:wasDerivedFrom")
            ]

            def only(property_: str) -> str:
                return next(iter(self.values(path, property_)), "")

            known = self._claims[path] = Claim(
                path,
                only("cpg:claimStatus"),
                only("cpg:evidenceGrade"),
                only("cpg:confidence"),
                tuple(place for place in places if place.source),
                tuple(self.values(path, "cpg:conflictsWith")),
            )
        return known

    @cached_property
    def _claims(self) -> dict[str, Claim]:
        return {}

    def sources(self, claims: Iterable[str]) -> list[str]:
        """Documents behind claims, each once."""
        found = (place.source for claim in claims for place in self.claim(claim).places)
        return list(dict.fromkeys(found))


def encode(
    quads: Iterable[tuple[str, str, Value, str]], analyses: Mapping[str, Any], made: str
) -> bytes:
    """Write the document.

    Parameters
    ----------
    quads
        Subject, property, value and graph by the names of records; the graph is empty for the
        default graph, which holds every statement once.
    analyses
        Anything that JSON has.
    made
        Date of the data, ISO 8601.
    """
    terms: dict[Value, int] = {}

    def number(term: Value) -> int:
        return terms.setdefault(term, len(terms))

    statements: dict[tuple[int, int, int], list[int]] = {}
    for subject, property_, value, graph in quads:
        key = (number(subject), number(property_), number(value))
        claims = statements.setdefault(key, [])
        if graph.startswith("id/claim/"):
            claims.append(number(graph))
    held: list[object] = [term if isinstance(term, str) else [*term] for term in terms]
    told = [[*key, *sorted(claims)] for key, claims in statements.items()]
    lines: list[tuple[str, Any]] = [("format", FORMAT), ("made", made)]
    lines += [("terms", held[n : n + _PIECE]) for n in range(0, len(held), _PIECE)]
    lines += [("statements", told[n : n + _PIECE]) for n in range(0, len(told), _PIECE)]
    for name, found in analyses.items():
        if isinstance(found, Mapping):
            lines += [("analysis", (name, part, value)) for part, value in found.items()]
        else:
            lines.append(("analysis", (name, None, found)))
    written = (json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in lines)
    return "\n".join(written).encode("utf-8") + b"\n"


def literal(text: str, language: str | None, datatype: str) -> Literal:
    """A literal as records have it."""
    return Literal(text, canonical_language(language) if language else "", name_of(datatype))
