"""From curated files to one dataset with named graphs; the same files give the same bytes.

Order: strict reading, references between files, JSON-LD to quads, merge of accepted claims into
the default graph, rules, SHACL, canonical N-Quads.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.curation import Document, read_facts
from kg.duplicates import duplicate_faults
from kg.errors import CurationError, Fault
from kg.terms import CLAIM, CONCEPT, DERIVED_GRAPH, canonical_language, expand
from kg.validation import (
    Index,
    conflict_faults,
    editorial_faults,
    index_documents,
    names_missing_source,
    reference_faults,
    shape_faults,
)
from kg.vocabulary import rule_files, vocabulary_triples

Progress = Callable[[str], None]

_AT = ox.NamedNode(expand("prov:wasDerivedFrom"))
_TYPE = ox.NamedNode(expand("rdf:type"))
_SOURCE = ox.NamedNode(expand("oa:hasSource"))
_SELECTOR = ox.NamedNode(expand("oa:hasSelector"))
_SOURCE_CLASS = ox.NamedNode(expand("cpg:Source"))
_SOURCE_BASE = expand("source/")
_REGISTER = expand("graph/register/")
# Types and names make a thing known and rest on no source.
_NAMING = frozenset(
    ox.NamedNode(expand(name))
    for name in (
        "rdf:type",
        "skos:prefLabel",
        "skos:altLabel",
        "skos:hiddenLabel",
        "skos:scopeNote",
    )
)
_COVERAGE = ox.NamedNode(expand("cpg:CoverageRecord"))
_CHECKED = ox.NamedNode(expand("cpg:checkedSource"))
_STATUS = ox.NamedNode(expand("cpg:claimStatus"))
_CURRENT: Final = frozenset(
    CONCEPT + "claim-status/" + status for status in ("accepted", "disputed", "editorial")
)
_MAX_RULE_ROUNDS: Final = 8
# To each belongs a suggestion, which takes a while; nobody reads so many.
_MOST_FAULTS: Final = 500
# A literal and its language tag in an N-Triples-like line: only whole literals match, so a tag
# inside a text is never touched.
_TAGGED = re.compile(r'("(?:[^"\\]|\\.)*")@([A-Za-z0-9-]+)')


@dataclass(frozen=True)
class Built:
    """A built dataset.

    Attributes
    ----------
    nquads
        Canonical N-Quads: sorted lines, BCP 47 case of language tags.
    warnings
        What curators should look at; none of it stops a build.
    """

    nquads: bytes
    warnings: tuple[Fault, ...]


def _quiet(_step: str) -> None:
    """Report nothing."""


def build(
    facts: Path,
    *more: Path,
    source: str | None = None,
    skip_missing_sources: bool = False,
    progress: Progress = _quiet,
) -> Built:
    """Build and check the dataset of a folder of curated files.

    Parameters
    ----------
    facts
        Folder with ``*.yaml`` files.
    more
        Files outside the folder to build with it.
    source
        Slug of a source: keep only claims that rest on this source alone.
    skip_missing_sources
        Leave out what rests on sources that are not in the folder, instead of refusing: what
        would the graph say without them?
    progress
        Called with the name of each step.

    Raises
    ------
    FactsNotFoundError
        The folder does not exist or holds no curated file.
    CurationError
        The files hold faults; all of them are listed.
    """
    progress("read")
    documents, faults = read_facts(facts, *more)
    if faults:
        raise CurationError(faults)
    progress("references")
    index = index_documents(documents)
    faults = list(
        islice(
            (
                fault
                for fault in reference_faults(index)
                if not (skip_missing_sources and names_missing_source(fault))
            ),
            _MOST_FAULTS,
        )
    )
    if len(faults) == _MOST_FAULTS:
        faults.append(faults[-1]._replace(code="more-faults", values=()))
    if faults:
        raise CurationError(faults)
    progress("convert")
    store = ox.Store()
    store.bulk_extend(_quads(documents))
    if source is not None:
        _keep_source(store, source)
    if skip_missing_sources:
        _skip_missing_sources(store)
    progress("merge")
    merge(store)
    progress("rules")
    apply_rules(store)
    progress("shapes")
    found = [
        *conflict_faults(store, index),
        *editorial_faults(documents),
        *duplicate_faults(documents),
        *_shape_faults(store, index, partial=source is not None or skip_missing_sources),
    ]
    errors = [fault for fault in found if fault.severity == "error"]
    if errors:
        raise CurationError(errors)
    progress("serialise")
    return Built(canonical_nquads(store), tuple(sorted(set(found))))


def read_dataset(facts: Path, *, progress: Progress = _quiet) -> ox.Store:
    """The named graphs of a folder of curated files as they are: not merged, no shapes checked.

    Raises
    ------
    CurationError
        A file cannot be read.
    """
    progress("read")
    documents, faults = read_facts(facts)
    if faults:
        raise CurationError(faults)
    progress("convert")
    store = ox.Store()
    store.bulk_extend(_quads(documents))
    return store


def _quads(documents: Iterable[Document]) -> Iterator[ox.Quad]:
    for document in documents:
        text = json.dumps(document.to_json(), ensure_ascii=False)
        yield from ox.parse(text.encode("utf-8"), format=ox.RdfFormat.JSON_LD)


def _keep_source(store: ox.Store, source: str) -> None:
    """Drop claims that rest on another source, with what they state."""
    wanted = ox.NamedNode(expand(f"source/{source}"))
    places = {quad.subject for quad in store.quads_for_pattern(None, _SOURCE, wanted, None)}
    for graph, at in _claims(store):
        if not at or not at <= places:
            _drop_claim(store, graph)


def _skip_missing_sources(store: ox.Store) -> None:
    """Drop what rests on sources that are not described, and what the registers say of them.

    That is: places in such sources; claims that are left without a place; coverage records that
    are left without a source; what a register took from tables, save types and names. What rests
    on several sources stands as long as one of them is there, and so does what another source
    says of one that is missing.
    """
    sources = {quad.subject for quad in store.quads_for_pattern(None, _TYPE, _SOURCE_CLASS, None)}
    places = list(store.quads_for_pattern(None, _SOURCE, None, None))
    missing = {quad.subject for quad in places if quad.object not in sources}
    described = {quad.subject for quad in places} - missing
    for graph, at in _claims(store):
        if at and not at & described:
            _drop_claim(store, graph)
        for place in at - described:
            store.remove(ox.Quad(graph, _AT, place, ox.DefaultGraph()))
    for gone in missing:
        for quad in list(store.quads_for_pattern(gone, _SELECTOR, None, None)):
            assert isinstance(quad.object, ox.NamedNode)
            _remove_node(store, quad.object)
        _remove_node(store, gone)
    for register in list(store.named_graphs()):
        tables = {q.object for q in store.quads_for_pattern(register, _AT, None, ox.DefaultGraph())}
        if tables and register.value.startswith(_REGISTER) and not tables & sources:
            for quad in list(store.quads_for_pattern(None, None, None, register)):
                if quad.predicate not in _NAMING:
                    store.remove(quad)
    for link in list(store):
        target, graph_name = link.object, link.graph_name
        stated = isinstance(graph_name, ox.NamedNode) and graph_name.value.startswith(CLAIM)
        if (
            not stated
            and isinstance(target, ox.NamedNode)
            and target.value.startswith(_SOURCE_BASE)
            and target not in sources
        ):
            store.remove(link)
    for record in list(store.quads_for_pattern(None, _TYPE, _COVERAGE, None)):
        if not any(store.quads_for_pattern(record.subject, _CHECKED, None, None)):
            _remove_node(store, record.subject)


def _remove_node(store: ox.Store, node: ox.NamedNode | ox.BlankNode | ox.Triple) -> None:
    for quad in list(store.quads_for_pattern(node, None, None, None)):
        store.remove(quad)


def _claims(store: ox.Store) -> list[tuple[ox.NamedNode, set[ox.NamedNode]]]:
    """Claim graphs with the places that each rests on."""
    return [
        (
            graph,
            {
                quad.object
                for quad in store.quads_for_pattern(graph, _AT, None, ox.DefaultGraph())
                if isinstance(quad.object, ox.NamedNode)
            },
        )
        for graph in list(store.named_graphs())
        if isinstance(graph, ox.NamedNode) and graph.value.startswith(CLAIM)
    ]


def _drop_claim(store: ox.Store, graph: ox.NamedNode) -> None:
    """Remove a claim, what it states, and every mention of it."""
    store.remove_graph(graph)
    for quad in (
        *store.quads_for_pattern(graph, None, None, ox.DefaultGraph()),
        *store.quads_for_pattern(None, None, graph, ox.DefaultGraph()),
    ):
        store.remove(quad)


def merge(store: ox.Store) -> None:
    """Put accepted, disputed and editorial claims, registers and vocabularies together.

    The default graph holds each triple once, so plain queries count the same on every engine;
    draft and retracted claims stay in their named graphs only.
    """
    merged: list[ox.Quad] = []
    for graph in store.named_graphs():
        assert isinstance(graph, ox.NamedNode)
        if graph.value.startswith(CLAIM):
            status = {
                quad.object.value
                for quad in store.quads_for_pattern(graph, _STATUS, None, ox.DefaultGraph())
                if isinstance(quad.object, ox.NamedNode)
            }
            if not status <= _CURRENT:
                continue
        merged += (
            ox.Quad(quad.subject, quad.predicate, quad.object)
            for quad in store.quads_for_pattern(None, None, None, graph)
        )
    merged += (
        ox.Quad(triple.subject, triple.predicate, triple.object) for triple in vocabulary_triples()
    )
    store.extend(merged)


def apply_rules(store: ox.Store) -> None:
    """Add what the CONSTRUCT rules derive, to the derived graph and the default graph.

    Rules run until none adds a triple, so their order does not matter.
    """
    derived = ox.NamedNode(DERIVED_GRAPH)
    rules = [path.read_text(encoding="utf-8") for path in rule_files()]
    for _ in range(_MAX_RULE_ROUNDS):
        new: list[ox.Quad] = []
        for rule in rules:
            answer = store.query(rule)
            assert isinstance(answer, ox.QueryTriples)
            for triple in answer:
                quad = ox.Quad(triple.subject, triple.predicate, triple.object)
                if quad not in store:
                    new.append(quad)
        if not new:
            return
        store.extend(new)
        store.extend(ox.Quad(quad.subject, quad.predicate, quad.object, derived) for quad in new)
    raise RuntimeError(f"rules still add triples after {_MAX_RULE_ROUNDS} rounds")


def canonical_nquads(store: ox.Store) -> bytes:
    """N-Quads in sorted order with canonical language tags: equal datasets give equal bytes."""
    text = ox.serialize(store, format=ox.RdfFormat.N_QUADS)
    assert text is not None
    lines = restore_language_case(text.decode("utf-8")).splitlines()
    return ("\n".join(sorted(lines)) + "\n").encode("utf-8")


def restore_language_case(text: str) -> str:
    """Give language tags their BCP 47 case back in an N-Triples, N-Quads, Turtle or TriG text.

    Examples
    --------
    >>> restore_language_case('<a:a> <a:b> "x@zh-hans"@zh-hans .')
    '<a:a> <a:b> "x@zh-hans"@zh-Hans .'
    """
    return _TAGGED.sub(lambda found: f"{found[1]}@{canonical_language(found[2])}", text)


def _shape_faults(store: ox.Store, index: Index, *, partial: bool) -> list[Fault]:
    if partial:
        # A subset by source lacks what other sources add; it was validated as a whole.
        return []
    import rdflib

    default = ox.serialize(
        (quad.triple for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph())),
        format=ox.RdfFormat.N_TRIPLES,
    )
    assert default is not None
    graph = rdflib.Graph()
    graph.parse(data=restore_language_case(default.decode("utf-8")), format="ntriples")
    return list(shape_faults(graph, index))
