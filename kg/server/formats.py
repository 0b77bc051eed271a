"""Formats of answers: their names, media types and file endings.

Tables and truth values have the W3C's SPARQL 1.1 results formats; triples have the RDF syntaxes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox


@dataclass(frozen=True)
class Format:
    """One format of answers.

    Attributes
    ----------
    media_types
        The first is the one that an answer bears; the others are accepted, too.
    unique
        IRI that the W3C's registry of formats gives it (w3.org/ns/formats).
    """

    name: str
    media_types: tuple[str, ...]
    suffix: str
    unique: str


_BASE: Final = "http://www.w3.org/ns/formats/"

TABLES: Final[Mapping[str, Format]] = {
    form.name: form
    for form in (
        Format(
            "json",
            ("application/sparql-results+json", "application/json"),
            ".json",
            _BASE + "SPARQL_Results_JSON",
        ),
        Format(
            "xml",
            ("application/sparql-results+xml", "application/xml", "text/xml"),
            ".xml",
            _BASE + "SPARQL_Results_XML",
        ),
        Format("csv", ("text/csv",), ".csv", _BASE + "SPARQL_Results_CSV"),
        Format("tsv", ("text/tab-separated-values",), ".tsv", _BASE + "SPARQL_Results_TSV"),
    )
}
"""Formats of tables and truth values, the server's favourite first."""

GRAPHS: Final[Mapping[str, Format]] = {
    form.name: form
    for form in (
        Format("turtle", ("text/turtle", "application/x-turtle"), ".ttl", _BASE + "Turtle"),
        Format("ntriples", ("application/n-triples", "text/plain"), ".nt", _BASE + "N-Triples"),
        Format("jsonld", ("application/ld+json",), ".jsonld", _BASE + "JSON-LD"),
        Format(
            "rdfxml",
            ("application/rdf+xml", "application/xml", "text/xml"),
            ".rdf",
            _BASE + "RDF_XML",
        ),
    )
}
"""Formats of triples, the server's favourite first."""

ENGINE_TABLES: Final[Mapping[str, ox.QueryResultsFormat]] = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
"""What the engine calls the formats of :data:`TABLES`."""

ENGINE_GRAPHS: Final[Mapping[str, ox.RdfFormat]] = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
"""What the engine calls the formats of :data:`GRAPHS`."""
