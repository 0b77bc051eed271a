"""What the explorer in one file works out itself needs: names, cells, edges, queries and words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from anyascii import anyascii

from kg.catalogue import catalogue
from kg.explorer.asking import FAULTS
from kg.explorer.edges import NODE_KINDS, PROPERTIES, inverse_label, property_label
from kg.explorer.graphs import Graphs
from kg.explorer.graphstate import GraphState
from kg.explorer.overviews import SEARCHED_IN_VAIN
from kg.explorer.placing import place
from kg.explorer.reading import format_day
from kg.explorer.record import FACETS, KINDS, name_of
from kg.explorer.site import Site
from kg.explorer.words import LANGUAGES, both, say, word_keys
from kg.messages import Language, column, text
from kg.names import HAN, fold, simplify
from kg.search import KINDS as SEARCH_KINDS
from kg.search import MATCHED
from kg.terms import BASE

_OWN: Final = tuple(key for key in word_keys() if key.startswith("offline-"))
# Texts of the server's pages that the file fills in itself.
_OF_PAGES: Final = (
    *(
        "product",
        "search-title",
        "search-lead",
        "search-nothing",
        "search-none",
        "panel-hits",
        "column-name",
    ),
    *("column-kind", "column-why", "why-alias", "why-pinyin", "why-initials", "why-description"),
    *("matrix-lead", "matrix-empty", "matrix-cell", "matrix-scroll", "panel-matrix"),
    *("state-documented", "state-searched", "state-unknown", "column-city", "compare-title"),
    *("compare-shared", "compare-none-shared", "compare-city", "answer-rows", "answer-none"),
    *("answer-true", "answer-false", "panel-answer", "column-answer", "console-triples", "claim"),
    *("console-share", "graph-title", "graph-lead", "graph-left", "graph-left-kinds"),
    *("graph-hide", "graph-expand", "graph-collapse", "graph-open", "graph-hidden", "graph-hops"),
    *("error-title", "error-lost", "path-title", "path-lead", "path-none"),
    *("panel-paths", "column-path", "column-start", "column-property", "column-end"),
    *("cite", "cite-title", "cite-text", "copy", "copied", "more-rows", "open-original", "show"),
    *(f"facet-{facet}" for facet in FACETS),
    *("titled", "between", "actions", *(f"nav-{name}" for name, _ in SEARCHED_IN_VAIN)),
    *("fault-place", "fault-here", "fault-parser", *(f"fault-{kind}" for kind, _ in FAULTS)),
)
_EXTRA_COLUMNS: Final = ("thing", "n", "count", "name", "s", "p", "o")


def frame(site: Site, language: Language) -> dict[str, Any]:
    """What every page of the file needs."""
    record = site.record
    variables = {
        found for query in catalogue().values() for found in re.findall(r"[?$](\w+)", query.text)
    } | {*_EXTRA_COLUMNS}
    headings = {
        name: pair
        for name in sorted(variables)
        if (pair := [column(name, spoken) for spoken in LANGUAGES.values()]) != [name, name]
    }
    return {
        "language": language,
        "base": BASE,
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "version": record.version,
        "made": record.made,
        "day": [format_day(record.made, spoken) for spoken in LANGUAGES.values()],
        "words": {
            **{key: list(both(key)) for key in (*_OWN, *_OF_PAGES)},
            **{
                f"kind-{kind}": [text(f"kind-{kind}", spoken) for spoken in LANGUAGES.values()]
                for kind in NODE_KINDS
            },
            "contributors": [text("contributors", spoken) for spoken in LANGUAGES.values()],
        },
        "columns": headings,
        "faults": FAULTS,
        "inVain": SEARCHED_IN_VAIN,
        "kinds": KINDS,
    }


def names(site: Site) -> dict[str, Any]:
    """The index of names as :mod:`kg.search` has it, with what is shown of each thing.

    Characters are simplified one by one in a browser: for those that occur in a name, OpenCC says
    here which others are written for them.
    """
    record = site.record
    whole = json.loads(record.analyses["search"])
    things = []
    letters: set[str] = set()
    for iri, kind, its_names, its_definitions in whole["things"]:
        name = name_of(iri)
        letters.update(character for entry in its_names for character in entry[3])
        letters.update(character for entry in its_definitions for character in entry[1])
        if name not in record:
            continue
        shown: list[Any] = []
        for language, write in site.writers.items():
            item = write.link.item(name)
            note = record.description(name, language).text
            shown.append([item.text, item.language, note])
        path = site.writers["en"].link.href(name).removeprefix("/en/")
        told = tuple(write.kind_name(name) for write in site.writers.values())
        place_ = SEARCH_KINDS.index(kind) if kind in SEARCH_KINDS else len(SEARCH_KINDS)
        things.append([name, place_, kind == "city", its_names, its_definitions, path, told, shown])
    kinds = sorted({thing[6] for thing in things})
    for thing in things:
        thing[6] = kinds.index(thing[6])
    return {
        "things": things,
        "kinds": kinds,
        "vocabulary": len(SEARCH_KINDS),
        "matched": MATCHED,
        "readings": whole["readings"],
        "simple": _simple(letters),
        "latin": _latin(),
    }


def _simple(letters: set[str]) -> dict[str, str]:
    """Simplified character to the characters that are written for it elsewhere."""
    found: dict[str, str] = {}
    for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000), *range(0xF900, 0xFB00)):
        character = chr(code)
        simple = simplify(character)
        if simple != character and simple in letters:
            found[simple] = found.get(simple, "") + character
    return found


@cache
def _latin() -> dict[str, str]:
    """Letters with strokes and ligatures, which lose nothing by decomposition, to plain ones."""
    found = {}
    for code in range(0xC0, 0x250):
        folded = fold(chr(code))
        plain = anyascii(folded).casefold()
        if plain != folded and not HAN.search(folded):
            found[folded] = plain
    return found


def matrices(site: Site) -> dict[str, Any]:
    """Cells of all matrices, and the orders in which their rows and columns can stand."""
    record, reader = site.record, site.reader
    keys = record.analyses["incidence"]
    used = sorted({c for key in keys for c in reader.matrix(key).cities})
    concepts = sorted({c for key in keys for c in reader.matrix(key).concepts})

    def shown(name: str) -> list[Any]:
        return [
            [(item := write.link.item(name)).text, item.language] for write in site.writers.values()
        ]

    def by_name(held: list[str]) -> list[list[int]]:
        return [
            [held.index(n) for n in sorted(held, key=write._sorted_name)]
            for write in site.writers.values()
        ]

    tables = {}
    for key in keys:
        matrix = reader.matrix(key)
        rows = {city: n for n, city in enumerate(matrix.cities)}
        columns = {concept: n for n, concept in enumerate(matrix.concepts)}
        tables[key] = {
            "cities": [used.index(c) for c in matrix.cities],
            "concepts": [concepts.index(c) for c in matrix.concepts],
            "alike": [
                [rows[c] for c in matrix.alike_cities],
                [columns[c] for c in matrix.alike_concepts],
            ],
            "cells": [
                [rows[city], columns[concept], len(programmes)]
                for (city, concept), programmes in matrix.cells.items()
            ],
            "searched": [
                [rows[city], columns[concept]]
                for city in matrix.cities
                for concept in matrix.concepts
                if reader.state(matrix, city, concept) == "searched"
            ],
        }
    return {
        "cities": [
            [record.slug(c), record.slug(reader.region(c)), reader.rank(c), *shown(c)] for c in used
        ],
        "concepts": [
            [
                site.writers["en"].link.href(c).removeprefix("/en/"),
                c,
                record.slug(reader.theme(c)),
                *shown(c),
            ]
            for c in concepts
        ],
        "byName": [by_name(used), by_name(concepts)],
        "tables": tables,
    }


def graph(site: Site) -> dict[str, Any]:
    """All nodes and edges, and where the server puts what is around one thing."""
    record, graphs = site.record, site.graphs
    nodes = sorted(graphs.kinds)
    number = {name: n for n, name in enumerate(nodes)}
    kinds, properties = list(NODE_KINDS), ["", *PROPERTIES]
    edges = list({edge.id: edge for name in nodes for edge in graphs.edges[name]}.values())
    place_of = {edge.id: n for n, edge in enumerate(edges)}
    english = site.writers["en"].link
    return {
        "kinds": kinds,
        "properties": [
            [
                property_,
                *(
                    [
                        property_label(record, property_, spoken),
                        inverse_label(record, property_, spoken),
                    ]
                    for spoken in LANGUAGES.values()
                ),
            ]
            if property_
            else ["", ["", ""], ["", ""]]
            for property_ in properties
        ],
        "nodes": [
            [
                name,
                kinds.index(graphs.kinds[name]),
                record.name(name, "en"),
                record.name(name, "zh"),
                english.href(name).removeprefix("/en/"),
            ]
            for name in nodes
        ],
        "edges": [
            [
                number[edge.source],
                properties.index(edge.property),
                number[edge.target],
                edge.claims,
            ]
            for edge in edges
        ],
        # The edges of each node in the order of the server's, which decides what is left out.
        "at": [[place_of[edge.id] for edge in graphs.edges[name]] for name in nodes],
        "places": [_places(graphs, name, number) for name in nodes],
    }


def _places(graphs: Graphs, name: str, number: Mapping[str, int]) -> list[int]:
    drawn = graphs.draw(GraphState(things=(name,)))
    return [
        value
        for node, at in sorted(place(graphs, drawn).items())
        for value in (number[node], at.x, at.y)
    ]


def queries() -> dict[str, Any]:
    """The named queries with their parameters."""
    return {
        query.name: {
            "text": query.text,
            "question": [query.question[spoken] for spoken in LANGUAGES.values()],
            "summary": [query.summary[spoken] for spoken in LANGUAGES.values()],
            "parameters": {name: parameter.type for name, parameter in query.parameters.items()},
        }
        for query in catalogue().values()
    }


def files(site: Site, language: Language) -> list[dict[str, str]]:
    """What can be saved from the file."""
    base = f"/{language}"
    return [
        {
            "name": "city-practice-graph.nq.gz",
            "href": "/data/city-practice-graph.nq.gz",
            "type": "N-Quads",
            "note": say(
                language,
                "offline-note",
                format_day(site.record.made, language),
                site.record.version,
            ),
        },
        {
            "name": "recurrence.csv",
            "href": f"{base}/home.csv?panel=recurrence",
            "type": "CSV",
            "note": say(language, "file-recurrence"),
        },
        {
            "name": "matrix.csv",
            "href": f"{base}/matrix.csv?panel=matrix",
            "type": "CSV",
            "note": say(language, "file-matrix"),
        },
        {
            "name": "sparql",
            "href": f"{base}/console",
            "type": "SPARQL 1.1",
            "note": say(language, "offline-console"),
        },
    ]


def citation(site: Site, language: Language) -> dict[str, str]:
    """How to cite the dataset, in a sentence."""
    product = say(language, "product")
    return {
        "id": "text",
        "name": say(language, "cite-text"),
        "text": say(
            language,
            "offline-cite",
            text("contributors", language),
            product,
            product,
            site.record.version,
            format_day(site.record.made, language),
            BASE,
        ),
    }
