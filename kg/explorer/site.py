"""Which address is which page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from kg.errors import UnknownNameError
from kg.explorer.asking import Asking
from kg.explorer.graphs import Graphs
from kg.explorer.graphstate import GraphState
from kg.explorer.panels import Page
from kg.explorer.reading import Reader
from kg.explorer.record import FACETS, KINDS, Record, name_of
from kg.explorer.rendering import Renderer
from kg.explorer.words import LANGUAGES
from kg.messages import Language
from kg.search import SearchIndex

_THINGS: Final = ("thing", "from", "to", "hide")
Parameters = Sequence[tuple[str, str]]


class Site:
    """All pages of one record that need nothing but the record."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.reader = Reader(record)
        self.renderer = Renderer(record)
        self.graphs = Graphs(record)
        self.index = SearchIndex.from_json(record.analyses["search"])
        self.writers: Mapping[Language, Asking] = {
            language: Asking(record, self.reader, self.graphs, language)
            for language in LANGUAGES.values()
        }

    def page(self, language: Language, path: str, parameters: Parameters = ()) -> Page:
        """The page of an address.

        Parameters
        ----------
        path
            Without the language, a slash at the beginning, and an ending.

        Raises
        ------
        UnknownNameError
            There is no such page.
        ParameterError
            A parameter has a value that does not exist.
        """
        write = self.writers[language]
        first, slash, rest = path.partition("/")
        if not slash:
            if first in ("", "home"):
                return write.home()
            if first in KINDS:
                return write.things(first)
            plain = {
                "matrix": lambda: write.matrix(parameters),
                "compare": lambda: write.compare(parameters),
                "map": lambda: write.map(parameters),
                "unknown": write.unknown,
                "ontology": write.ontology,
                "gap": write.gap_index,
            }
            if first in plain:
                return plain[first]()
        elif first in KINDS:
            return write.page(self._known(KINDS[first] + rest))
        elif first == "thing" and rest.startswith(("id/", "concept/", ".well-known/")):
            return write.page(self._known(rest))
        elif first == "gap":
            return write.gap(write.city_named(rest), parameters)
        elif first == "evidence":
            slug, _, concept = rest.partition("/")
            if concept.partition("/")[0] not in FACETS:
                raise UnknownNameError("unknown-name", path)
            return write.evidence(write.city_named(slug), self._known("concept/" + concept))
        raise UnknownNameError("unknown-name", path)

    def graph(self, parameters: Parameters) -> GraphState:
        """The state of a graph page; what people typed as a name becomes the thing it names.

        Raises
        ------
        UnknownNameError
            Nothing is called so.
        ParameterError
            A parameter has a value that does not exist.
        """
        resolved = [
            (key, self._named(value) if key in _THINGS and value else value)
            for key, value in parameters
        ]
        return GraphState.read(resolved, self.record)

    def _named(self, text: str) -> str:
        for candidate in (text, f"id/{text}", f"concept/{text}"):
            if candidate in self.record:
                return candidate
        found = self.index.search(text, limit=1)
        return name_of(found[0].iri) if found else text

    def search(self, text: str, limit: int) -> list[tuple[str, str, str]]:
        """Things that are like a text, best first: thing, name that fits, and why it was found."""
        return [
            # A slug is no name that anybody knows.
            (
                name_of(hit.iri),
                hit.name,
                "name" if hit.matched == "alias" and not hit.language else hit.matched,
            )
            for hit in self.index.search(text, limit=limit)
            if name_of(hit.iri) in self.record
        ]

    def _known(self, name: str) -> str:
        if name not in self.record:
            raise UnknownNameError("unknown-name", name)
        return name
