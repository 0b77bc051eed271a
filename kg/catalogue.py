"""The catalogue of named queries: one SPARQL 1.1 file a question, with typed parameters.

The header follows grlc's ``#+`` YAML decorators. A parameter is an inline data block
``VALUES ?city { city:shanghai }``; its default makes the file run as it stands in any SPARQL tool,
and a call puts other terms into the block. Terms are serialised by the RDF library, never pasted.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, get_args

import pyoxigraph as ox
import yaml

from kg.errors import ParameterError, QueryError, UnknownNameError
from kg.messages import Language
from kg.resources import query_folder
from kg.store import Answer, Store
from kg.terms import CONCEPT, ID, PREFIXES

Chart = Literal["table", "bar", "heatmap", "network", "map"]

_CLASSES: Final = (
    "city",
    "programme",
    "organisation",
    "source",
    "edition",
    "claim",
    "recommendation",
    "outcome",
)
_SCHEMES: Final = (
    "practice",
    "technology",
    "mechanism",
    "outcome-type",
    "domain",
    "challenge",
    "stakeholder",
    "assessment-factor",
    "region",
)
_LITERALS: Final = ("integer", "decimal", "year", "text", "language")
_INTEGER = ox.NamedNode(PREFIXES["xsd"] + "integer")
_YEAR = ox.NamedNode(PREFIXES["xsd"] + "gYear")
_DECIMAL = ox.NamedNode(PREFIXES["xsd"] + "decimal")
_SLUG = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_BLOCK = re.compile(r"VALUES \?(\w+) \{([^{}]*)\}")
_DIGITS: Final = 300

LANGUAGES: Final[Mapping[str, str]] = {"en": "en", "zh": "zh-Hans", "zh-Hans": "zh-Hans"}
"""Values of a parameter of the type ``language``, and the tags of the names that they choose."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a named query.

    Attributes
    ----------
    type
        A class (``city``), a concept scheme (``practice``), ``thing`` for any of our IRIs, or
        ``integer``, ``decimal``, ``year``, ``text``, ``language``.
    default
        The terms in the file, as SPARQL writes them.
    """

    name: str
    type: str
    default: str
    help: Mapping[str, str]

    @property
    def repeatable(self) -> bool:
        """Whether several values mean "any of them"; a second limit or language means nothing."""
        return self.type not in ("integer", "decimal", "year", "language")

    @property
    def defaults(self) -> tuple[str, ...]:
        """The default as a caller would give it; nothing where the query then takes all."""
        values = []
        for quoted, word in re.findall(r'"([^"]*)"|(\S+)', self.default):
            prefix, colon, slug = word.partition(":")
            if word != "UNDEF":
                values.append(quoted or (f"{prefix}/{slug}" if colon else word))
        return tuple(value.removeprefix(f"{self.type}/") for value in values)


@dataclass(frozen=True)
class NamedQuery:
    """One file of the catalogue.

    Attributes
    ----------
    caution
        What a reader of any answer must know, in both languages; None for most queries.
    """

    name: str
    path: Path
    text: str
    summary: Mapping[str, str]
    question: Mapping[str, str]
    caution: Mapping[str, str] | None
    parameters: Mapping[str, Parameter]
    chart: Chart
    tags: tuple[str, ...]

    def bind(self, values: Mapping[str, object]) -> str:
        """The query text with other terms in its data blocks.

        Raises
        ------
        ParameterError
            A parameter is unknown, or its value does not fit its type.
        """
        blocks: dict[str, str] = {}
        for name, value in values.items():
            parameter = self.parameters.get(name)
            if parameter is None:
                known = ", ".join(self.parameters) or "-"
                raise ParameterError("unknown-parameter", self.name, name, known)
            terms = value if isinstance(value, list | tuple) else [value]
            # A term that is there twice would give every row twice.
            block = " ".join(dict.fromkeys(str(to_term(parameter, term)) for term in terms))
            blocks[name] = f"VALUES ?{name} {{ {block} }}"
        # One pass over the text of the file: a text that is put in may look like a block itself.
        return _BLOCK.sub(lambda block: blocks.get(block[1], block[0]), self.text)


def to_term(parameter: Parameter, value: object) -> ox.NamedNode | ox.Literal:
    """A Python value as the RDF term that a parameter takes.

    Raises
    ------
    ParameterError
        The value does not fit.
    """
    text = str(value)
    kind = parameter.type
    try:
        if kind == "integer":
            return ox.Literal(str(int(text)), datatype=_INTEGER)
        if kind == "decimal":
            number = Decimal(text)
            # xsd:decimal knows no exponent, no infinity, and nobody means a number this long.
            if not number.is_finite() or abs(number.adjusted()) > _DIGITS:
                raise ValueError(text)
            return ox.Literal(f"{number:f}", datatype=_DECIMAL)
        if kind == "year":
            return ox.Literal(f"{int(text):04d}", datatype=_YEAR)
    except (ValueError, InvalidOperation) as error:
        raise ParameterError("bad-parameter", parameter.name, kind, text) from error
    if kind == "language":
        if text not in LANGUAGES:
            raise ParameterError("bad-parameter", parameter.name, "en / zh", text)
        return ox.Literal(LANGUAGES[text])
    if kind == "text":
        return ox.Literal(text)
    path = text.removeprefix(ID).removeprefix(CONCEPT).removeprefix("concept/")
    if kind == "thing":
        head = path.partition("/")[0]
        base = CONCEPT if text.startswith((CONCEPT, "concept/")) or head in _SCHEMES else ID
        parts = path.split("/")
        if base == CONCEPT and path != text and len(parts) == 1 and _SLUG.fullmatch(path):
            return ox.NamedNode(CONCEPT + path)  # a concept scheme by its IRI is a thing, too
    else:
        base = CONCEPT if kind in _SCHEMES else ID
        parts = [kind, *path.removeprefix(f"{kind}/").split("/")]
    if len(parts) < 2 or not all(_SLUG.fullmatch(part) for part in parts):
        raise ParameterError("bad-parameter", parameter.name, kind, text)
    return ox.NamedNode(base + "/".join(parts))


@cache
def catalogue() -> Mapping[str, NamedQuery]:
    """All named queries by name, in the order of their names.

    Raises
    ------
    QueryError
        A file has no usable header.
    """
    return {path.stem: read_query(path) for path in sorted(query_folder().glob("*.rq"))}


@cache
def read_query(path: Path) -> NamedQuery:
    """Read one query file and its header.

    Raises
    ------
    QueryError
        The header is missing, or does not fit the query below it.
    """
    text = path.read_text(encoding="utf-8")
    header_text = "\n".join(line[2:] for line in text.splitlines() if line.startswith("#+"))
    try:
        header = yaml.load(header_text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except yaml.YAMLError as error:
        raise QueryError(
            "bad-query-file", str(path), f"YAML: {error}".replace("\n", " ")
        ) from error
    if not isinstance(header, dict):
        raise QueryError("bad-query-file", str(path), "no #+ header")
    chart = header.get("chart", "table")
    if chart not in get_args(Chart):
        raise QueryError("bad-query-file", str(path), f"chart {chart}")
    return NamedQuery(
        name=path.stem,
        path=path,
        text=text,
        summary=_both(path, header, "summary"),
        question=_both(path, header, "question"),
        caution=_both(path, header, "caution") if "caution" in header else None,
        parameters={
            name: _parameter(path, text, name, definition)
            for name, definition in (header.get("params") or {}).items()
        },
        chart=chart,
        tags=tuple(header.get("tags") or ()),
    )


def _both(path: Path, header: Mapping[str, Any], key: str) -> Mapping[str, str]:
    texts = header.get(key)
    if not isinstance(texts, dict) or set(texts) != {"en", "zh"}:
        raise QueryError("bad-query-file", str(path), f"{key} needs en and zh")
    return {language: str(text) for language, text in texts.items()}


def _parameter(path: Path, text: str, name: str, definition: Mapping[str, Any]) -> Parameter:
    kind = str(definition.get("type"))
    if kind not in (*_CLASSES, *_SCHEMES, *_LITERALS, "thing"):
        raise QueryError("bad-query-file", str(path), f"type {kind} of {name}")
    blocks = [block[2] for block in _BLOCK.finditer(text) if block[1] == name]
    if len(blocks) != 1:
        raise QueryError("bad-query-file", str(path), f"{len(blocks)} data blocks for ?{name}")
    return Parameter(name, kind, blocks[0].strip(), _both(path, definition, "help"))


def find_query(name: str) -> NamedQuery:
    """A named query.

    Raises
    ------
    UnknownNameError
        No query has this name; the closest ones are named.
    """
    # Only this file is read: a start that needs one query does not pay for all headers.
    paths = {path.stem: path for path in query_folder().glob("*.rq")}
    if name not in paths:
        close = difflib.get_close_matches(name, sorted(paths), n=3, cutoff=0.0)
        raise UnknownNameError("unknown-query", name, ", ".join(close))
    return read_query(paths[name])


def run_query(
    store: Store,
    name: str,
    values: Mapping[str, object] | None = None,
    *,
    language: Language = "en",
) -> Answer:
    """Run a named query on any store, with labels in one language when it has such a parameter."""
    query = find_query(name)
    bound = dict(values or {})
    if "language" in query.parameters:
        bound.setdefault("language", language)
    return store.query(query.bind(bound))
