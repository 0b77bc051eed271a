"""The curation context: which keys a curated file may use, and what each key takes.

The JSON-LD context is the only mapping from files to RDF. The rules for keys are read from it,
so that a new key needs no code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from kg.resources import ontology_folder
from kg.terms import CONCEPT, FRAGMENT, PREFIXES

KeyKind = Literal[
    "id",
    "type",
    "graph",
    "note",
    "labels",
    "concept",
    "fragment",
    "external",
    "web",
    "node",
    "text",
]

# Keys whose values are addresses of the public web, not things of this graph.
_WEB_PROPERTIES = frozenset({"schema:url", "foaf:page"})


@dataclass(frozen=True)
class Key:
    """What one key of a curated file takes.

    Attributes
    ----------
    kind
        ``concept`` slugs of one scheme, ``labels`` by language, ``node`` ids or nested nodes,
        ``text`` of one datatype, and so on.
    base
        IRI before the slug, for ``concept``, ``fragment`` and ``external`` keys.
    datatype
        Local name of the XSD datatype, for ``text`` keys.
    """

    name: str
    kind: KeyKind
    predicate: str = ""
    base: str = ""
    datatype: str = ""

    @property
    def scheme(self) -> str:
        """Slug of the concept scheme, for ``concept`` keys."""
        return self.base[len(CONCEPT) :].rstrip("/")


@dataclass(frozen=True)
class CurationContext:
    """The parsed context: JSON for the parser, keys and classes for the reader."""

    json: Mapping[str, Any]
    keys: Mapping[str, Key]
    classes: Mapping[str, str]


def _parse_key(name: str, definition: Any) -> Key | None:
    if definition is None:
        return Key(name, "note")
    if isinstance(definition, str):
        keyword: dict[str, KeyKind] = {"@id": "id", "@type": "type", "@graph": "graph"}
        return Key(name, keyword[definition]) if definition in keyword else None
    predicate = definition["@id"]
    if predicate == "@type":
        return Key(name, "type")
    if definition.get("@container") == "@language":
        return Key(name, "labels", predicate)
    base = definition.get("@context", {}).get("@base", "")
    if base.startswith(CONCEPT):
        return Key(name, "concept", predicate, base)
    if base == FRAGMENT:
        return Key(name, "fragment", predicate, base)
    if base:
        return Key(name, "external", predicate, base)
    if definition["@type"] == "@id":
        return Key(name, "web" if predicate in _WEB_PROPERTIES else "node", predicate)
    return Key(name, "text", predicate, datatype=definition["@type"].removeprefix("xsd:"))


def _full(name: str) -> str:
    prefix, colon, local = name.partition(":")
    return PREFIXES[prefix] + local if colon else name


@cache
def curation_context() -> CurationContext:
    """Read ``ontology/context/curation.jsonld`` once."""
    path = ontology_folder() / "context" / "curation.jsonld"
    context = json.loads(path.read_text(encoding="utf-8"))["@context"]
    keys: dict[str, Key] = {}
    classes: dict[str, str] = {}
    for name, definition in context.items():
        if name.startswith("@"):
            continue
        key = _parse_key(name, definition)
        if key is not None:
            keys[name] = key
        elif ":" in definition and not definition.endswith(("#", "/")):
            classes[name] = _full(definition)
    return CurationContext(context, keys, classes)
