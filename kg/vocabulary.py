"""The ontology files as data: concept schemes, shapes and rules, in a fixed order."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from kg.messages import Language
from kg.names import fold
from kg.resources import ontology_folder
from kg.terms import CONCEPT, ID, SKOLEM, SOURCE, expand

# A scheme with more concepts than this is searched, not read through in an error message.
_LISTED: Final = 30

_NAMES = frozenset((expand("rdfs:label"), expand("skos:prefLabel")))
_IN_SCHEME = ox.NamedNode(expand("skos:inScheme"))
_FROM = ox.NamedNode(expand("dcterms:source"))
_LABELS = frozenset(ox.NamedNode(expand(name)) for name in ("skos:prefLabel", "skos:altLabel"))
# What the shapes demand of each class: single properties and the first step of a path. Where only a
# warning follows, or one of several properties will do, nothing is demanded.
_DEMANDED: Final = """
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT DISTINCT ?class ?property WHERE {
  ?shape sh:targetClass ?target ; sh:property ?demand .
  ?class rdfs:subClassOf* ?target .
  ?demand sh:path/rdf:first? ?property ; sh:minCount|sh:qualifiedMinCount ?count .
  FILTER(?count > 0 && isIRI(?property))
  FILTER NOT EXISTS { ?demand sh:severity sh:Warning }
}
"""


def vocabulary_files() -> list[Path]:
    """Turtle files that are part of every dataset: ontology, cube structures, concept schemes."""
    folder = ontology_folder()
    names = ("cpg.ttl", "alignments.ttl", "structures.ttl")
    return [*(folder / name for name in names), *sorted(folder.glob("concepts/*.ttl"))]


def shape_files() -> list[Path]:
    """Turtle files with SHACL shapes."""
    return sorted(ontology_folder().glob("shapes/*.ttl"))


def rule_files() -> list[Path]:
    """SPARQL CONSTRUCT rules for derived triples."""
    return sorted(ontology_folder().glob("rules/*.rq"))


@cache
def vocabulary_triples() -> tuple[ox.Triple, ...]:
    """All triples of the vocabulary files.

    The lists of OWL axioms have blank nodes. They become IRIs (skolemisation, RDF 1.1 Concepts,
    section 3.5) made from the labels of RDF Dataset Canonicalization (W3C RDFC-1.0), so that every
    build and every export writes the same bytes.
    """
    dataset = ox.Dataset(
        quad
        for path in vocabulary_files()
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
    )
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return tuple(
        ox.Triple(_skolem(quad.subject), quad.predicate, _skolem(quad.object)) for quad in dataset
    )


def _skolem(term: Any) -> Any:
    return ox.NamedNode(SKOLEM + term.value) if isinstance(term, ox.BlankNode) else term


@cache
def labels(language: Language) -> Mapping[str, str]:
    """IRI to name of the classes, properties and concepts, in one language."""
    tag = "zh-hans" if language == "zh" else "en"
    return {
        triple.subject.value: triple.object.value
        for triple in vocabulary_triples()
        if triple.predicate.value in _NAMES
        and isinstance(triple.subject, ox.NamedNode)
        and isinstance(triple.object, ox.Literal)
        and (triple.object.language or "").lower() == tag
    }


@cache
def concepts() -> Mapping[str, frozenset[str]]:
    """Concept scheme slug to the slugs of its concepts."""
    schemes: dict[str, set[str]] = defaultdict(set)
    for triple in vocabulary_triples():
        if triple.predicate == _IN_SCHEME and isinstance(triple.subject, ox.NamedNode):
            scheme, _, slug = triple.subject.value.removeprefix(CONCEPT).partition("/")
            schemes[scheme].add(slug)
    return {scheme: frozenset(slugs) for scheme, slugs in schemes.items()}


@cache
def individuals() -> frozenset[str]:
    """IRIs of individuals that the vocabulary files define, such as cube structures."""
    return frozenset(
        triple.subject.value
        for triple in vocabulary_triples()
        if isinstance(triple.subject, ox.NamedNode) and triple.subject.value.startswith(ID)
    )


def scheme_of(slug: str) -> str | None:
    """Some scheme that has a concept with this slug, for error messages."""
    return next((scheme for scheme, slugs in sorted(concepts().items()) if slug in slugs), None)


def listed(scheme: str) -> str:
    """The slugs of a scheme that is small enough to be read through, else nothing."""
    slugs = concepts().get(scheme, frozenset())
    return ", ".join(sorted(slugs)) if len(slugs) <= _LISTED else ""


def concept_fault(word: str, scheme: str) -> tuple[str, tuple[str, ...]]:
    """Code and values of the message about a word that is no concept of a scheme.

    The word may be misspelt, a name of a concept in either language, or of another scheme.
    """
    other = scheme_of(word)
    if other is not None and other != scheme:
        return "wrong-scheme", (word, scheme, other)
    slugs = concepts().get(scheme, frozenset())
    named = _named(scheme).get(fold(word.strip(" []［］")))
    close = difflib.get_close_matches(word.lower(), sorted(slugs), n=1)
    near = (named,) if named else tuple(close)
    values = (word, scheme, *((choice,) if (choice := listed(scheme)) else ()), *near)
    return "no-concept" + ("-listed" if choice else "") + ("-close" if near else ""), values


@cache
def _named(scheme: str) -> Mapping[str, str]:
    """Folded name to the slug of a concept."""
    base = f"{CONCEPT}{scheme}/"
    return {
        fold(triple.object.value): triple.subject.value.removeprefix(base)
        for triple in vocabulary_triples()
        if triple.predicate in _LABELS
        and isinstance(triple.object, ox.Literal)
        and isinstance(triple.subject, ox.NamedNode)
        and triple.subject.value.startswith(base)
    }


@cache
def heading_sources(scheme: str) -> Mapping[str, frozenset[str]]:
    """Slug of a concept to the slugs of the sources that use it as a heading.

    A concept that is not here was coined by the project.
    """
    base = f"{CONCEPT}{scheme}/"
    found: dict[str, set[str]] = defaultdict(set)
    for triple in vocabulary_triples():
        if (
            triple.predicate == _FROM
            and isinstance(triple.subject, ox.NamedNode)
            and isinstance(triple.object, ox.NamedNode)
            and triple.subject.value.startswith(base)
        ):
            slug = triple.subject.value.removeprefix(base)
            found[slug].add(triple.object.value.removeprefix(SOURCE))
    return {slug: frozenset(sources) for slug, sources in found.items()}


@cache
def demanded() -> frozenset[tuple[str, str]]:
    """Pairs of class and property that the shapes do not let be left out."""
    store = ox.Store()
    for path in (ontology_folder() / "cpg.ttl", *shape_files()):
        store.bulk_load(path=str(path), format=ox.RdfFormat.TURTLE)
    answer = store.query(_DEMANDED)
    assert isinstance(answer, ox.QuerySolutions)
    return frozenset((row["class"].value, row["property"].value) for row in answer)
