"""Rows of an answer in one shape, from whatever reads them, to compare as bags."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

import pyoxigraph as ox
import rdflib

Term = tuple[str, str, str] | None
"""Kind, value, and what a literal bears: ``@zh-hans`` or its datatype; None where unbound."""
Bag = Counter[tuple[Term, ...]]

_STRING = "http://www.w3.org/2001/XMLSchema#string"
_RESULTS = "{http://www.w3.org/2005/sparql-results#}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def literal(value: str, language: str | None, datatype: str | None) -> Term:
    if language:
        return "literal", value, f"@{language.lower()}"
    return "literal", value, "" if datatype in (None, _STRING) else datatype


def from_engine(answer: ox.QuerySolutions) -> Bag:
    """The engine's own answer, without any format between."""
    variables = answer.variables
    return Counter(tuple(_engine_term(row[v]) for v in variables) for row in answer)


def from_table(rows: Iterable[Sequence[Any]]) -> Bag:
    """Rows of the engine's terms."""
    return Counter(tuple(map(_engine_term, row)) for row in rows)


def _engine_term(term: Any) -> Term:
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return "uri", term.value, ""
    assert isinstance(term, ox.Literal), "the dataset has no blank nodes"
    return literal(term.value, term.language, term.datatype.value)


def from_json(content: bytes | Mapping[str, Any]) -> Bag:
    """SPARQL 1.1 Query Results JSON Format."""
    read = json.loads(content) if isinstance(content, bytes) else content
    variables = read["head"]["vars"]

    def term(cell: Mapping[str, str] | None) -> Term:
        if cell is None:
            return None
        if cell["type"] == "uri":
            return "uri", cell["value"], ""
        assert cell["type"] in ("literal", "typed-literal")
        return literal(cell["value"], cell.get("xml:lang"), cell.get("datatype"))

    return Counter(
        tuple(term(row.get(name)) for name in variables) for row in read["results"]["bindings"]
    )


def from_xml(content: bytes) -> Bag:
    """SPARQL Query Results XML Format."""
    root = ElementTree.fromstring(content)
    variables = [element.get("name") for element in root.iterfind(f".//{_RESULTS}variable")]

    def term(binding: ElementTree.Element) -> Term:
        (cell,) = binding
        if cell.tag == f"{_RESULTS}uri":
            return "uri", cell.text or "", ""
        assert cell.tag == f"{_RESULTS}literal"
        return literal(cell.text or "", cell.get(_LANGUAGE), cell.get("datatype"))

    rows = (
        {binding.get("name"): term(binding) for binding in result}
        for result in root.iterfind(f".//{_RESULTS}result")
    )
    return Counter(tuple(row.get(name) for name in variables) for row in rows)


def from_rdflib(rows: Iterable[Iterable[Any]]) -> Bag:
    """Rows of rdflib's terms."""

    def term(value: Any) -> Term:
        if value is None:
            return None
        if isinstance(value, rdflib.URIRef):
            return "uri", str(value), ""
        assert isinstance(value, rdflib.Literal)
        return literal(str(value), value.language, value.datatype and str(value.datatype))

    return Counter(tuple(map(term, row)) for row in rows)


def as_text(bag: Bag) -> Counter[tuple[str, ...]]:
    """What of the rows a CSV file holds."""
    texts: Counter[tuple[str, ...]] = Counter()
    for row, times in bag.items():
        texts[tuple(term[1] if term else "" for term in row)] += times
    return texts
