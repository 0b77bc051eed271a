"""SHACL, and the checks that SHACL cannot say: references between files and disputed values."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.context import Key, curation_context
from kg.curation import TO_DO, Document, Mapped, Scalar, items
from kg.errors import Fault, Severity
from kg.terms import BASE, CLAIM, CONCEPT, FRAGMENT, ID, SOURCE, expand, shorten
from kg.vocabulary import concept_fault, concepts, heading_sources, individuals, shape_files

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node as RdflibNode

Place = tuple[Document, Scalar]

_SINGLE = ox.NamedNode(expand("cpg:singleValued"))
_CONFLICTS = ox.NamedNode(expand("cpg:conflictsWith"))
_STATUS = ox.NamedNode(expand("cpg:claimStatus"))
_DISPUTED = ox.NamedNode(CONCEPT + "claim-status/disputed")
# Judgements of the project by the definition of the property.
_OURS = frozenset({"cpg:relevantToFactor"})
_GOVERNMENT = re.compile(r"(?:^|-)(?:city-of|government|municipality|city-council)(?:-|$)")
_NAMED = f"name: {{en: {TO_DO}, zh-Hans: {TO_DO}}}, labelStatus: {TO_DO}"
# What defines a new thing, for people to paste: the same in every language.
_LINES = {
    "organisation": f"type: Organisation, {_NAMED}",
    "programme": f"type: Programme, {_NAMED}",
    "source": (
        f"type: Source, title: {{en: {TO_DO}}}, url: {TO_DO}, sourceType: {TO_DO}, "
        f"textBasis: {TO_DO}, read: {TO_DO}"
    ),
}
# A source with more places than this shows its first and last.
_PLACES_SHOWN = 8


@dataclass
class Index:
    """Where each thing of the curated files is defined, and where it is named.

    Attributes
    ----------
    defined
        IRI to the place of the node that gives its type.
    stated
        IRI and property to the first place of a key that states it.
    mentioned
        IRI to the first place where it is the id of a node.
    graphs
        Graph IRI to its place.
    references
        IRIs used as values: (IRI, key, place).
    twice
        Graphs whose id is taken: (id, first place as text, place).
    """

    defined: dict[str, Place] = field(default_factory=dict)
    stated: dict[tuple[str, str], Place] = field(default_factory=dict)
    mentioned: dict[str, Place] = field(default_factory=dict)
    graphs: dict[str, Place] = field(default_factory=dict)
    references: list[tuple[str, Key, Place]] = field(default_factory=list)
    twice: list[tuple[str, str, Place]] = field(default_factory=list)

    def place(self, iri: str) -> Place | None:
        """The best place to show for an IRI."""
        return self.defined.get(iri) or self.graphs.get(iri) or self.mentioned.get(iri)

    def fault(
        self, iri: str, code: str, *values: str, severity: Severity = "error", about: str = ""
    ) -> Fault:
        """A fault at the place of an IRI, or of what is stated about it with a property.

        It has no place when the IRI is in no file.
        """
        place = self.stated.get((iri, about)) or self.place(iri)
        if place is None:
            return Fault(Path("ontology"), 0, 0, code, values, severity)
        document, scalar = place
        return Fault(document.path, scalar.line, scalar.column, code, values, severity)


def index_documents(documents: Iterable[Document]) -> Index:
    """Collect definitions and references of all files; equal graph ids are faults."""
    index = Index()
    keys = curation_context().keys
    for document in documents:
        for graph in document.graphs():
            _index_graph(index, keys, document, graph)
    return index


def _index_graph(index: Index, keys: Mapping[str, Key], document: Document, graph: Mapped) -> None:
    name = graph.entries["id"][1] if "id" in graph.entries else None
    if isinstance(name, Scalar):
        iri = expand(name.text)
        if iri in index.graphs:
            first, place = index.graphs[iri]
            index.twice.append((name.text, f"{first.path}:{place.line}", (document, name)))
        else:
            index.graphs[iri] = (document, name)
    _index_node(index, keys, document, graph, is_graph=True)


def _index_node(
    index: Index, keys: Mapping[str, Key], document: Document, node: Mapped, *, is_graph: bool
) -> None:
    name = node.entries["id"][1] if "id" in node.entries else None
    if isinstance(name, Scalar) and not is_graph:
        iri = expand(name.text)
        index.mentioned.setdefault(iri, (document, name))
        if "type" in node.entries:
            index.defined.setdefault(iri, (document, name))
    for key_name, (place, value) in node.entries.items():
        key = keys.get(key_name)
        if key is None:
            continue
        if isinstance(name, Scalar) and key.predicate:
            pair = (expand(name.text), expand(key.predicate))
            index.stated.setdefault(pair, (document, place))
        for item in items(value):
            if isinstance(item, Mapped):
                if key.kind in ("node", "graph"):
                    _index_node(index, keys, document, item, is_graph=False)
            elif isinstance(item, Scalar) and key.kind in ("node", "concept", "fragment"):
                base = key.base or ""
                iri = base + item.text if base else expand(item.text)
                index.references.append((iri, key, (document, item)))


def reference_faults(index: Index) -> Iterator[Fault]:
    """Dangling ids, unknown concepts, concepts of another scheme, unknown places in sources."""
    taken = set(index.graphs)
    for name, first, (document, scalar) in index.twice:
        free = _free_graph(name, taken)
        taken.add(expand(free))
        yield Fault(document.path, scalar.line, scalar.column, "graph-twice", (name, first, free))
    for iri, key, (document, scalar) in index.references:
        found = _reference_fault(index, iri, key)
        if found is not None:
            code, values = found
            yield Fault(document.path, scalar.line, scalar.column, code, values)
    for iri, (document, scalar) in index.mentioned.items():
        if iri.startswith(CONCEPT):
            scheme, _, slug = iri[len(CONCEPT) :].partition("/")
            if slug not in concepts().get(scheme, ()):
                code, values = concept_fault(slug, scheme)
                yield Fault(document.path, scalar.line, scalar.column, code, values)
        elif iri not in index.defined:
            code, values = _dangling(index, iri, "no-type")
            yield Fault(document.path, scalar.line, scalar.column, code, values)


def _reference_fault(index: Index, iri: str, key: Key) -> tuple[str, tuple[str, ...]] | None:
    if iri.startswith(FRAGMENT):
        return None if iri in index.defined else _place_fault(index, iri[len(FRAGMENT) :])
    if iri.startswith(CONCEPT):
        scheme, _, slug = iri[len(CONCEPT) :].partition("/")
        if slug in concepts().get(scheme, ()):
            return None
        return concept_fault(slug, scheme)
    if iri in index.defined or iri in index.graphs or iri in individuals():
        return None
    return _dangling(index, iri, "dangling")


def names_missing_source(fault: Fault) -> bool:
    """Whether a reference fault is about a source, or a place in one, that is not there."""
    return fault.code.startswith("no-fragment") or (
        fault.code.startswith(("dangling", "no-type")) and fault.values[0].startswith("source/")
    )


def _free_graph(name: str, taken: set[str]) -> str:
    """The next id of the same kind that no graph has: the next number, for claims."""
    numbered = re.fullmatch(r"(claim/.+-)(\d{3,})", name)
    stem, number, width = (
        (numbered[1], int(numbered[2]), len(numbered[2])) if numbered else (f"{name}-", 1, 1)
    )
    while expand(free := f"{stem}{number:0{width}d}") in taken or free == name:
        number += 1
    return free


def _place_fault(index: Index, name: str) -> tuple[str, tuple[str, ...]]:
    """Why a place in a source is not there: another place, another source, or a new page."""
    source = name.partition("/")[0]
    start = f"{FRAGMENT}{source}/"
    places = sorted(iri.removeprefix(start) for iri in index.defined if iri.startswith(start))
    if places:
        if len(places) > _PLACES_SHOWN:
            places = [places[0], "…", places[-1]]
        return "no-fragment", (name, source, ", ".join(places))
    sources = [iri.removeprefix(SOURCE) for iri in index.defined if iri.startswith(SOURCE)]
    close = difflib.get_close_matches(source, sources, n=1, cutoff=0.8)
    if close and close[0] != source:
        return "no-fragment-close", (name, close[0])
    page = f"id: fragment/{source}/page, type: SourceFragment, source: source/{source}"
    lines = _entry(f"id: source/{source}, {_LINES['source']}") + _entry(page)
    return "no-fragment-source", (name, lines)


def _dangling(index: Index, iri: str, code: str) -> tuple[str, tuple[str, ...]]:
    name = iri.removeprefix(ID)
    same_class = [
        other.removeprefix(ID)
        for other in (*index.defined, *index.graphs)
        if other.startswith(ID + name.partition("/")[0] + "/")
    ]
    near = difflib.get_close_matches(name, same_class, n=1, cutoff=0.75)
    line: list[str] = []
    if code == "dangling" and name.startswith("city/"):
        code = "dangling-city"
    elif code == "dangling":
        line = [_defining_line(index, name)]
    return code + ("-close" if near else ""), (name, *line, *near)


def _defining_line(index: Index, name: str) -> str:
    """The line that would define a thing, to be pasted and filled in."""
    kind, _, slug = name.partition("/")
    line = _LINES.get(kind, f"type: {TO_DO}, {_NAMED}")
    if kind == "organisation" and _GOVERNMENT.search(slug):
        base = expand("city/")
        cities = [iri.removeprefix(base) for iri in index.defined if iri.startswith(base)]
        # The longest name wins: hamilton-ontario, not hamilton.
        governed = [city for city in cities if f"-{city}-" in f"-{slug}-"]
        city = max(governed, key=len, default=TO_DO)
        line = line.replace("Organisation", f"CityGovernment, governs: city/{city}")
    return _entry(f"id: {name}, {line}")


def _entry(content: str) -> str:
    """A line as it stands under ``states``, on a line of its own to be pasted."""
    return f"\n      - {{{content}}}"


def editorial_faults(documents: Iterable[Document]) -> Iterator[Fault]:
    """Judgements of the project in claims that are accepted as statements of a source.

    A practice that no source uses as a heading was coined by the project, and some properties are
    judgements by definition: both are errors. A heading of one source in a claim that rests on
    others is a warning, for a page may use the same words.
    """
    keys = curation_context().keys
    for document in documents:
        for graph in document.graphs():
            if graph.text("status") != "accepted":
                continue
            at = items(graph.entries["at"][1]) if "at" in graph.entries else ()
            cited = {item.text.partition("/")[0] for item in at if isinstance(item, Scalar)}
            for key, item in _concept_values(keys, graph):
                headed = heading_sources(key.scheme).get(item.text, frozenset())
                values: tuple[str, ...] = (item.text, key.name)
                code = "not-editorial"
                severity: Severity = "error"
                if key.predicate not in _OURS:
                    if key.scheme != "practice" or headed & cited:
                        continue
                    if headed:
                        code, severity = "perhaps-editorial", "warning"
                        values = (*values, ", ".join(sorted(headed)))
                yield Fault(document.path, item.line, item.column, code, values, severity)


def _concept_values(keys: Mapping[str, Key], node: Mapped) -> Iterator[tuple[Key, Scalar]]:
    """Concepts that a node and the nodes inside it name, with their keys."""
    for name, (_, value) in node.entries.items():
        key = keys.get(name)
        for item in items(value):
            if isinstance(item, Mapped):
                yield from _concept_values(keys, item)
            elif key is not None and key.kind == "concept" and isinstance(item, Scalar):
                yield key, item


def conflict_faults(store: ox.Store, index: Index) -> Iterator[Fault]:
    """Conflicts declared on one side only, and single-valued properties with two values.

    Two values are allowed when the claims that state them name each other as conflicting: the
    graph keeps both, marked as disputed (ontology design, section 6).
    """
    pairs = {
        (quad.subject.value, quad.object.value)
        for quad in store.quads_for_pattern(None, _CONFLICTS, None, ox.DefaultGraph())
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode)
    }
    for left, right in sorted(pairs):
        if (right, left) not in pairs:
            yield index.fault(left, "one-sided-conflict", shorten(left), shorten(right))
        status = ox.Quad(ox.NamedNode(left), _STATUS, _DISPUTED, ox.DefaultGraph())
        if status not in store:
            yield index.fault(left, "conflict-status", shorten(left))
    single = [
        quad.subject
        for quad in store.quads_for_pattern(None, _SINGLE, None, ox.DefaultGraph())
        if isinstance(quad.subject, ox.NamedNode)
    ]
    for predicate in sorted(single, key=lambda node: node.value):
        yield from _two_value_faults(store, index, predicate, pairs)


def _two_value_faults(
    store: ox.Store, index: Index, predicate: ox.NamedNode, pairs: set[tuple[str, str]]
) -> Iterator[Fault]:
    values: dict[str, set[str]] = defaultdict(set)
    for quad in store.quads_for_pattern(None, predicate, None, ox.DefaultGraph()):
        if isinstance(quad.subject, ox.NamedNode):
            values[quad.subject.value].add(str(quad.object))
    for subject, found in sorted(values.items()):
        if len(found) < 2:
            continue
        stated: dict[str, set[str]] = defaultdict(set)
        for quad in store.quads_for_pattern(ox.NamedNode(subject), predicate, None, None):
            if isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name.value.startswith(
                CLAIM
            ):
                stated[str(quad.object)].add(quad.graph_name.value)
        ordered = sorted(found)
        for position, left in enumerate(ordered):
            for right in ordered[position + 1 :]:
                if not any((a, b) in pairs for a in stated[left] for b in stated[right]):
                    where = ", ".join(
                        shorten(graph) for graph in sorted(stated[left] | stated[right])
                    )
                    yield index.fault(
                        subject,
                        "two-values",
                        shorten(subject),
                        shorten(predicate.value),
                        _plain(left),
                        _plain(right),
                        where,
                    )


def _plain(term: str) -> str:
    return shorten(term.strip("<>")) if term.startswith("<") else term.partition("^^")[0].strip('"')


def shape_faults(default_graph: rdflib.Graph, index: Index) -> Iterator[Fault]:
    """Violations and warnings of the SHACL shapes over the default graph (W3C SHACL, 2017).

    pySHACL does the work; this only gives each result its file and line.
    """
    import pyshacl
    import rdflib
    from rdflib.namespace import SH

    shapes = rdflib.Graph()
    for path in shape_files():
        shapes.parse(path, format="turtle")
    _, report, _ = pyshacl.validate(
        default_graph, shacl_graph=shapes, inference="none", inplace=True
    )
    assert isinstance(report, rdflib.Graph)
    for result in report.subjects(rdflib.RDF.type, SH.ValidationResult):
        focus = report.value(result, SH.focusNode)
        path_node = report.value(result, SH.resultPath)
        # pySHACL 0.40 drops the language tags of the messages of SPARQL constraints: those are read
        # from the shape itself.
        constraint = report.value(result, SH.sourceConstraint)
        texts = list(shapes.objects(constraint, SH.message)) if constraint else []
        messages = {
            str(getattr(text, "language", None) or "en").lower(): str(text)
            for text in texts or report.objects(result, SH.resultMessage)
        }
        english = messages.get("en", next(iter(messages.values()), ""))
        value = report.value(result, SH.value)
        severity: Severity = (
            "error" if report.value(result, SH.resultSeverity) == SH.Violation else "warning"
        )
        about = shorten(str(focus))
        if isinstance(path_node, rdflib.URIRef):
            about = f"{about} {shorten(str(path_node))}"
        yield index.fault(
            str(focus),
            "shape",
            about,
            english,
            messages.get("zh-hans", english),
            _shown(value),
            severity=severity,
            about=str(path_node),
        )


def _shown(value: RdflibNode | None) -> str:
    text = "-" if value is None else str(value)
    return shorten(text) if text.startswith(BASE) else text
