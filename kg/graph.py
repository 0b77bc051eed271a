"""The object that a researcher holds: a dataset with its queries, counts and pictures."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.cache import open_cached
from kg.catalogue import find_query, run_query
from kg.errors import KgError, ParameterError, QueryError, UnknownNameError
from kg.messages import Language
from kg.recurrence import (
    Comparison,
    IncidenceMatrix,
    RecurrenceTable,
    Scope,
    compare_cities,
    count_recurrence,
    read_matrix,
)
from kg.resources import shipped_facts
from kg.results import Table
from kg.store import Answer, Store
from kg.store.embedded import EmbeddedStore
from kg.terms import CONCEPT, ID, canonical_language, kind_of, shorten

if TYPE_CHECKING:
    import networkx
    import rdflib

    from kg.build import Progress
    from kg.recurrence.gaps import GapTable
    from kg.recurrence.peers import PeerTable
    from kg.search import Entry, Hit, SearchIndex

_TAGS: Mapping[Language, str] = {"en": "en", "zh": "zh-Hans"}


def _quiet(_step: str) -> None:
    """Report nothing."""


class KnowledgeGraph:
    """A dataset of city practices; open one with :func:`kg.open`."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @classmethod
    def from_facts(
        cls, facts: Path | None = None, *, source: str | None = None, progress: Progress = _quiet
    ) -> KnowledgeGraph:
        """Open a folder of curated facts; without one, the facts that ship with the package."""
        return cls(open_cached(facts or shipped_facts(), source=source, progress=progress))

    @classmethod
    def from_dataset(cls, path: Path) -> KnowledgeGraph:
        """Open what ``kg build`` wrote: an N-Quads file, or a store folder."""
        return cls(EmbeddedStore.on_disk(path) if path.is_dir() else EmbeddedStore.from_file(path))

    @classmethod
    def from_endpoint(cls, endpoint: str, *, timeout: int = 30) -> KnowledgeGraph:
        """Open a remote SPARQL 1.1 endpoint, read only."""
        from kg.store.remote import RemoteStore

        return cls(RemoteStore(endpoint, timeout=timeout))

    def query(self, sparql: str) -> Table:
        """Run a SELECT query.

        Raises
        ------
        QueryError
            The query is malformed, or gives no table: see :meth:`ask` for other forms.
        """
        answer = self.store.query(sparql)
        if not isinstance(answer, Table):
            kind = "true/false" if isinstance(answer, bool) else "RDF"
            raise QueryError("not-a-table", kind)
        return answer

    def answer(self, sparql: str) -> Answer:
        """Run a query of any form: a table, a truth value or triples."""
        return self.store.query(sparql)

    def run(self, name: str, *, language: Language = "en", **parameters: object) -> Table:
        """Run a query of the catalogue with its parameters, for example ``city="singapore"``.

        Raises
        ------
        UnknownNameError
            No query has this name.
        ParameterError
            A parameter is unknown or does not fit.
        """
        answer = run_query(self.store, name, parameters, language=language)
        if not isinstance(answer, Table):
            raise QueryError("not-a-table", find_query(name).name)
        return answer

    def recurrence(
        self,
        *,
        by: str = "practice",
        level: int | None = 3,
        leading: int | None = None,
        edition: str = "eden-top50-2021",
        minimum: int = 1,
    ) -> RecurrenceTable:
        """Count in how many cities each concept recurs (:func:`kg.recurrence.count_recurrence`)."""
        return count_recurrence(
            self.store, by=by, level=level, leading=leading, edition=edition, minimum=minimum
        )

    def matrix(
        self, by: str = "practice", *, level: int | None = 3, scope: Scope | None = None
    ) -> IncidenceMatrix:
        """Cities by concepts within a scope (:func:`kg.recurrence.read_matrix`)."""
        return read_matrix(self.store, by, level=level, scope=scope)

    def peers(self, city: str, *, weights: Mapping[str, float] | None = None) -> PeerTable:
        """Cities like one, by context and apart from it by practice, with its name or slug.

        See :func:`kg.recurrence.peers.find_peers`.
        """
        from kg.recurrence.peers import find_peers, read_context

        context = read_context(self.store)
        return find_peers(self.matrix(), context, self.resolve_city(city), weights=weights)

    def gap(self, city: str, *, leading: int | None = None, peers: int = 10) -> GapTable:
        """What peers or leaders have on record and a city has not, with its name or slug.

        See :func:`kg.recurrence.gaps.find_gaps`.
        """
        from kg.recurrence.gaps import find_gaps

        return find_gaps(
            self.store, self.matrix(), self.resolve_city(city), leading=leading, peers=peers
        )

    def compare(self, *cities: str, level: int = 3) -> Comparison:
        """Put cities side by side (:func:`kg.recurrence.compare_cities`); names or slugs will do.

        Raises
        ------
        UnknownNameError
            A name is not that of a city.
        """
        return compare_cities(self.store, [self.resolve_city(city) for city in cities], level=level)

    def names(
        self, language: Language = "en", things: Iterable[str] | None = None
    ) -> dict[str, str]:
        """IRI to preferred name in one language; the other language where one is missing.

        ``things`` are the IRIs whose names are wanted; all things when left out.
        """
        tag = _TAGS[language].lower()
        names: dict[str, str] = {}
        wanted = None if things is None else sorted(set(things))
        for thing, name, found in (
            self._preferred if wanted is None else self._read_names("preferred", wanted)
        ):
            if found == tag or thing not in names:
                names[thing] = name
        return names

    @cached_property
    def _preferred(self) -> list[tuple[str, str, str]]:
        return self._read_names("preferred")

    @cached_property
    def _any_names(self) -> list[tuple[str, str, str]]:
        return self._read_names("any")

    def _read_names(self, kind: str, things: list[str] | None = None) -> list[tuple[str, str, str]]:
        import pyoxigraph as ox

        if things is None:
            rows = self.run("names", kind=kind).rows
        else:
            rows = self.run("names", kind=kind, thing=things).rows
        return [
            (thing.value, name.value, (name.language or "").lower())
            for thing, name in rows
            if isinstance(thing, ox.NamedNode) and isinstance(name, ox.Literal)
        ]

    @cached_property
    def search_index(self) -> SearchIndex:
        """The index of all names and definitions, kept beside a dataset of the cache."""
        from kg.cache import CachedStore
        from kg.search import SearchIndex, code_hash

        if not isinstance(self.store, CachedStore):
            return SearchIndex.build(self._entries())
        kept = self.store.keep(
            f"search-{code_hash()}", lambda: SearchIndex.build(self._entries()).to_json()
        )
        return SearchIndex.from_json(kept)

    def _entries(self) -> list[Entry]:
        import pyoxigraph as ox

        from kg.search import Entry

        preferred = set(self._preferred)
        names: dict[str, list[tuple[str, str, bool]]] = {}
        definitions: dict[str, list[tuple[str, str]]] = {}
        for found in self._any_names:
            thing, name, language = found
            # The slug is a short English name of its own: practice/open-data.
            names.setdefault(thing, [(thing.rpartition("/")[2], "", False)])
            names[thing].append((name, canonical_language(language), found in preferred))
        for thing_term, text in self.run("descriptions").rows:
            if isinstance(thing_term, ox.NamedNode) and isinstance(text, ox.Literal):
                definitions.setdefault(thing_term.value, []).append(
                    (text.value, canonical_language(text.language or ""))
                )
        return [
            Entry(thing, kind_of(thing), its, definitions.get(thing, ()))
            for thing, its in names.items()
        ]

    def search(
        self, text: str, *, limit: int = 10, kinds: Collection[str] | None = None
    ) -> list[Hit]:
        """Things that are like a text in Chinese, English or pinyin, best first.

        See :meth:`kg.search.SearchIndex.search`.
        """
        return self.search_index.search(text, limit=limit, kinds=kinds)

    def resolve(self, name: str, *, below: str = "") -> str:
        """IRI of a thing from what people type: an IRI, ``practice/open-data``, a slug, a name.

        Parameters
        ----------
        below
            Suggest only things whose IRI begins with this. A name that says what it is a name of,
            as ``city/nowhere`` does, has suggestions of that kind alone.

        Raises
        ------
        UnknownNameError
            Nothing, or more than one thing, has this name; the closest are suggested.
        """
        from kg.search import EXACT

        things = {thing for thing, _, _ in self._any_names}
        for candidate in (name, ID + name, CONCEPT + name.removeprefix("concept/")):
            if candidate in things:
                return candidate
        slug = name.strip().lower()
        named = {thing for thing in things if thing.rpartition("/")[2] == slug}
        if not named:
            named = {thing for thing, label, _ in self._any_names if label.casefold() == slug}
        if not named:
            # As the search has it: without accents, in traditional characters, in any width.
            hits = self.search(name, limit=len(things))
            named = {hit.iri for hit in hits if hit.score == EXACT}
        cities = {thing for thing in named if thing.startswith(ID + "city/")}
        found = cities or named
        if len(found) == 1:
            return found.pop()
        below = below or _kind(name, things)
        close = [iri for iri in sorted(found) if iri.startswith(below)]
        if not close:
            hits = self.search(name.rpartition("/")[2] if below else name, limit=len(things))
            close = [
                hit.iri
                for hit in hits
                if hit.iri.startswith(below) and hit.matched != "description"
            ][:3]
        if not close:
            raise UnknownNameError("unknown-name", name)
        raise UnknownNameError("unknown-name-close", name, ", ".join(map(shorten, close)))

    def resolve_city(self, name: str) -> str:
        """IRI of a city from what people type.

        Raises
        ------
        UnknownNameError
            Nothing has this name, or it is not a city.
        """
        iri = self.resolve(name, below=ID + "city/")
        if not iri.startswith(ID + "city/"):
            raise UnknownNameError("not-a-city", shorten(iri))
        return iri

    def network(self, view: str, *, city: str | None = None) -> networkx.Graph[str]:
        """A view of the graph as a networkx graph; see :data:`kg.network.VIEWS`."""
        from kg.network import build_network

        chosen = None if city is None else self.resolve_city(city)
        return build_network(self.store, view, city=chosen)

    def draw(
        self, view: str, path: str | Path, *, city: str | None = None, language: Language = "en"
    ) -> Path:
        """Write a view as one web page that needs no network, and give its path."""
        from kg.drawing import network_page
        from kg.files import write_atomically

        page = network_page(self.network(view, city=city), view, language=language)
        target = Path(path)
        write_atomically(target, page.encode("utf-8"))
        return target

    def rdflib(self) -> rdflib.Dataset:
        """The whole dataset as an ``rdflib.Dataset``.

        Raises
        ------
        KgError
            The store is remote: a whole endpoint is not copied.
        """
        from kg.publishing.formats import to_rdflib_dataset

        return to_rdflib_dataset(self.embedded("rdflib").dataset)

    def embedded(self, purpose: str) -> EmbeddedStore:
        """The embedded store behind this graph.

        Raises
        ------
        KgError
            The store is remote.
        """
        if not isinstance(self.store, EmbeddedStore):
            raise KgError("local-only", purpose)
        return self.store


def _kind(name: str, things: Iterable[str]) -> str:
    """How the IRIs of the kind begin that a path names: ``city/nowhere`` names a city."""
    path = name.removeprefix(ID).removeprefix(CONCEPT).removeprefix("concept/")
    kind = path.rpartition("/")[0]
    bases = (f"{ID}{kind}/", f"{CONCEPT}{kind}/") if kind else ()
    return next((base for base in bases if any(iri.startswith(base) for iri in things)), "")


def open_graph(
    location: str | Path | None = None, *, source: str | None = None, **options: Any
) -> KnowledgeGraph:
    """Open facts, a dataset or an endpoint; documented as :func:`kg.open`."""
    if isinstance(location, str) and "://" in location:
        return KnowledgeGraph.from_endpoint(location, **options)
    path = None if location is None else Path(location)
    # Every RocksDB folder has a file of this name, and no folder of curated files does.
    if path is not None and (path.is_file() or (path / "CURRENT").is_file()):
        if source is not None:
            raise ParameterError("source-needs-facts", str(path))
        return KnowledgeGraph.from_dataset(path)
    return KnowledgeGraph.from_facts(path, source=source, **options)
