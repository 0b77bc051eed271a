"""Namespaces and IRIs: the one place that knows the base address of the project."""

from __future__ import annotations

from typing import Final

BASE: Final = "https://w3id.org/city-practice-graph/"
ID: Final = BASE + "id/"
CONCEPT: Final = BASE + "concept/"
CPG: Final = BASE + "ontology#"

DERIVED_GRAPH: Final = ID + "graph/derived"
CLAIM: Final = ID + "claim/"
SKOLEM: Final = BASE + ".well-known/genid/"
FRAGMENT: Final = ID + "fragment/"
SOURCE: Final = ID + "source/"

PREFIXES: Final[dict[str, str]] = {
    "cpg": CPG,
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "qb": "http://purl.org/linked-data/cube#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sosa": "http://www.w3.org/ns/sosa/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""Prefixes that every export, query and error message of the project uses."""


def expand(name: str) -> str:
    """Full IRI of a prefixed name or of a path below the base.

    Examples
    --------
    >>> expand("cpg:city")
    'https://w3id.org/city-practice-graph/ontology#city'
    >>> expand("city/singapore")
    'https://w3id.org/city-practice-graph/id/city/singapore'
    >>> expand("concept/practice/open-data")
    'https://w3id.org/city-practice-graph/concept/practice/open-data'
    """
    prefix, colon, local = name.partition(":")
    if colon and prefix in PREFIXES:
        return PREFIXES[prefix] + local
    if colon:
        return name
    return (BASE if name.startswith("concept/") else ID) + name


def shorten(iri: str) -> str:
    """Short form of an IRI for people: ``city/singapore``, ``practice/open-data``, ``cpg:city``.

    The result is what the command line accepts as the name of a thing.

    Examples
    --------
    >>> shorten("https://w3id.org/city-practice-graph/concept/practice/open-data")
    'practice/open-data'
    """
    for base in (ID, CONCEPT):
        if iri.startswith(base):
            return iri[len(base) :]
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def kind_of(iri: str) -> str:
    """What an IRI is the name of, as its path says: ``city``, ``practice``, or ``other``.

    Examples
    --------
    >>> kind_of("https://w3id.org/city-practice-graph/concept/practice/open-data")
    'practice'
    """
    kind = shorten(iri).rpartition("/")[0]
    return kind if kind and ":" not in kind else "other"


def canonical_language(tag: str) -> str:
    """BCP 47 case of a language tag (RFC 5646, section 2.1.1): ``zh-hans`` to ``zh-Hans``.

    pyoxigraph lower-cases every tag, so whatever leaves the store passes through here.
    """
    first, *rest = tag.split("-")
    parts = [first.lower()]
    for part in rest:
        if len(part) == 4 and part.isalpha():
            parts.append(part.title())
        elif len(part) == 2 and part.isalpha():
            parts.append(part.upper())
        else:
            parts.append(part.lower())
    return "-".join(parts)
