"""The ontology files as data: concept schemes, shapes and rules, in a fixed order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.messages import Language
from kg.resources import ontology_folder
from kg.terms import CONCEPT, ID, SKOLEM, expand

_NAMES = frozenset((expand("rdfs:label"), expand("skos:prefLabel")))
_IN_SCHEME = ox.NamedNode(expand("skos:inScheme"))


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
