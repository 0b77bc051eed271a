"""Statements of a record as Turtle."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from kg.explorer.record import Literal, Value, iri_of
from kg.publishing.formats import triples_to_turtle


def turtle(statements: Iterable[tuple[str, str, Value]]) -> str:
    """Subjects, properties and values, by their names in a record, as Turtle."""
    triples = (
        ox.Triple(ox.NamedNode(iri_of(subject)), ox.NamedNode(iri_of(property_)), _term(value))
        for subject, property_, value in statements
    )
    return triples_to_turtle(triples)


def _term(value: Value) -> ox.NamedNode | ox.Literal:
    if not isinstance(value, Literal):
        return ox.NamedNode(iri_of(value))
    if value.language:
        return ox.Literal(value.text, language=value.language)
    return ox.Literal(value.text, datatype=ox.NamedNode(iri_of(value.datatype or "xsd:string")))
