"""Makes the record of a dataset: its statements, and what the analyses find in it.

Analyses take seconds and libraries that a server does not need; this runs when a version is
published, in a process of its own.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from kg.cache import CachedStore
from kg.catalogue import catalogue
from kg.explorer.record import EDITION, FACETS, LEADING, Value, encode, literal, name_of
from kg.messages import Language
from kg.names import pinyin
from kg.recurrence import Scope
from kg.recurrence.certainty import assess
from kg.recurrence.counts import LEVELS
from kg.recurrence.gaps import find_gaps
from kg.recurrence.incidence import Link
from kg.results import Table
from kg.search import code_hash
from kg.store import Answer, Store
from kg.terms import BASE, CLAIM, CPG

if TYPE_CHECKING:
    from kg.graph import KnowledgeGraph
    from kg.recurrence.gaps import GapTable
    from kg.recurrence.matrix import IncidenceMatrix

TABLES: Final = (
    *("ranked-without-programme", "searched-not-found", "disputed-statements"),
    *("single-source-programmes", "weakest-evidence", "cq28-outcomes-without-figure"),
)
"""Named queries whose answers the page of what is not known shows."""
_LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")
_MOST_PEERS: Final = 10
_READ: Final = CPG + "readOn"


def make_record(graph: KnowledgeGraph) -> bytes:
    """The record of a dataset, as :func:`kg.explorer.record.encode` writes it.

    Raises
    ------
    KgError
        The dataset is remote: pages are made where the data is.
    """
    dataset = graph.embedded("explorer").dataset
    matrices = {
        (facet, level): graph.matrix(facet, level=level, scope=Scope(edition=EDITION))
        for facet in FACETS
        for level in (LEVELS if facet == "practice" else (None,))
    }
    compared = matrices["practice", 3]
    analyses = {
        "edition": EDITION,
        "ranks": _plain(compared.ranks),
        "regions": _plain(compared.regions),
        "incidence": {_key(*key): _incidence(matrix) for key, matrix in matrices.items()},
        "recurrence": {
            _key(facet, level, leading): _recurrence(graph, facet, level, leading)
            for facet, level in matrices
            for leading in (None, *LEADING)
        },
        "gaps": _gaps(_Remembering(graph.store), compared),
        "tables": {name: _tables(graph, name) for name in TABLES},
        "search": graph.search_index.to_json(),
        "pinyin": _pinyin(graph),
    }
    return encode(_quads(dataset), analyses, _made(dataset))


def _key(facet: str, level: int | None, leading: int | None = None) -> str:
    """``practice-3``, ``technology``, ``practice-3-leading-10``."""
    parts = [facet]
    if level is not None:
        parts.append(str(level))
    if leading is not None:
        parts.append(f"leading-{leading}")
    return "-".join(parts)


def record_of(graph: KnowledgeGraph) -> bytes:
    """The record of a dataset, kept beside a dataset of the cache.

    Raises
    ------
    KgError
        As :func:`make_record`.
    """
    if not isinstance(graph.store, CachedStore):
        return make_record(graph)
    digest = hashlib.sha256(code_hash().encode("ascii"))
    package = Path(__file__).parent.parent
    makers = (package / "explorer" / name for name in ("making.py", "record.py"))
    for path in (*makers, *sorted(package.glob("recurrence/*.py"))):
        digest.update(path.read_bytes())
    made = graph.store.keep(
        f"record-{digest.hexdigest()}", lambda: make_record(graph).decode("utf-8")
    )
    return made.encode("utf-8")


def _quads(dataset: ox.Store) -> Iterator[tuple[str, str, Value, str]]:
    """All statements, in an order that does not hang on how the store keeps them."""
    for quad in sorted(dataset, key=str):
        graph = quad.graph_name
        held = graph.value if isinstance(graph, ox.NamedNode) else ""
        # Of named graphs only claims matter to readers; the others say where the data was kept.
        if held and not held.startswith(CLAIM):
            continue
        yield (
            name_of(_iri(quad.subject)),
            name_of(quad.predicate.value),
            _value(quad.object),
            name_of(held) if held else "",
        )


def _iri(term: object) -> str:
    assert isinstance(term, ox.NamedNode), "a dataset has no blank nodes: the builder names them"
    return term.value


def _value(term: object) -> Value:
    if isinstance(term, ox.Literal):
        return literal(term.value, term.language, term.datatype.value)
    return name_of(_iri(term))


def _made(dataset: ox.Store) -> str:
    """The last day on which a source was read: the data is as of that day."""
    days = [
        quad.object.value
        for quad in dataset.quads_for_pattern(None, ox.NamedNode(_READ), None, None)
        if isinstance(quad.object, ox.Literal)
    ]
    return max(days, default="")


def _plain(found: Any) -> Any:
    """Something of the analyses as JSON has it; IRIs by their names, links by their claims."""
    if dataclasses.is_dataclass(found) and not isinstance(found, type):
        return {
            field.name: _claims(getattr(found, field.name))
            if field.name == "links"
            else _plain(getattr(found, field.name))
            for field in dataclasses.fields(found)
        }
    if isinstance(found, str):
        return name_of(found) if found.startswith(BASE) else found
    if isinstance(found, Mapping):
        return {_plain(key): _plain(value) for key, value in found.items()}
    if isinstance(found, Iterable):
        return [_plain(item) for item in found]
    return found


def _claims(links: Iterable[Link]) -> list[str]:
    return list(dict.fromkeys(name_of(link.claim) for link in links))


def _incidence(matrix: IncidenceMatrix) -> dict[str, Any]:
    """Rows and columns, the order in which neighbours are alike, and the claims of each cell."""
    from kg.pictures import seriation_order

    values = matrix.values.toarray()
    cells: dict[tuple[str, str], dict[str, dict[str, None]]] = {}
    for link in matrix.links:
        cell = cells.setdefault((name_of(link.city), name_of(link.concept)), {})
        cell.setdefault(name_of(link.programme), {})[name_of(link.claim)] = None
    return {
        "cities": _plain(matrix.cities),
        "concepts": _plain(matrix.concepts),
        "alike": {
            "cities": _plain(matrix.cities[row] for row in seriation_order(values)),
            "concepts": _plain(matrix.concepts[column] for column in seriation_order(values.T)),
        },
        # city, concept, then each programme with its claims
        "cells": [
            [city, concept, [[programme, *claims] for programme, claims in programmes.items()]]
            for (city, concept), programmes in cells.items()
        ],
    }


def _recurrence(
    graph: KnowledgeGraph, facet: str, level: int | None, leading: int | None
) -> dict[str, Any]:
    counted = graph.recurrence(by=facet, level=level, leading=leading, edition=EDITION)
    rows = []
    for sure in assess(graph.store, counted).rows:
        row = _plain(dataclasses.replace(sure, row=dataclasses.replace(sure.row, links=())))
        rows.append({**row.pop("row"), **row})
    return {"scope": _plain(counted.scope), "documented": counted.documented, "rows": rows}


class _Remembering:
    """A store that is asked the same for every city and answers once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._answers: dict[str, Answer] = {}

    def query(self, sparql: str) -> Answer:
        """Run one query (see :class:`kg.store.Store`)."""
        if sparql not in self._answers:
            self._answers[sparql] = self._store.query(sparql)
        return self._answers[sparql]


def _gaps(store: Store, matrix: IncidenceMatrix) -> dict[str, Any]:
    """By city: what its peers, and what the ten leading cities, have and it has not."""
    return {
        name_of(city): {
            "peers": _gap(find_gaps(store, matrix, city)),
            "leading": _gap(find_gaps(store, matrix, city, leading=LEADING[0])),
        }
        for city in matrix.cities
    }


def _gap(table: GapTable) -> dict[str, Any]:
    """A table of gaps; of the cities beside it the nearest."""
    near = [
        {
            "city": name_of(peer.city),
            "context": peer.context,
            "known": peer.known,
            "agreeing": [*peer.agreeing],
            "programmes": peer.programmes,
            "shared": [name_of(shared.concept) for shared in peer.shared],
            "jaccard": peer.practice.jaccard,
        }
        for peer in table.peers.peers[:_MOST_PEERS]
    ]
    # The table of peers is by far the largest part and says little more than this.
    small = dataclasses.replace(
        table, peers=dataclasses.replace(table.peers, peers=(), unranked=())
    )
    return {**_plain(small), "peers": near}


def _pinyin(graph: KnowledgeGraph) -> dict[str, str]:
    """Chinese names as they are sorted: by pinyin (GB/T 13418-1992, 4.2)."""
    return {name: " ".join(pinyin(name)) for name in sorted(set(graph.names("zh").values()))}


def _tables(graph: KnowledgeGraph, name: str) -> dict[Language, Any]:
    """The answer of a named query in each language that it has."""
    spoken = "language" in catalogue()[name].parameters
    return {
        language: _table(graph.run(name, language=language))
        for language in (_LANGUAGES if spoken else _LANGUAGES[:1])
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "variables": [*table.variables],
        "rows": [[None if term is None else _value(term) for term in row] for row in table.rows],
    }
