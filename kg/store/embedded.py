"""The embedded store: pyoxigraph, in memory or on disk."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from kg.errors import QueryError
from kg.results import Table
from kg.store import Answer


class EmbeddedStore:
    """A dataset inside this process.

    A query cannot be interrupted, so this store is for trusted queries; a server evaluates
    foreign ones in processes of their own.
    """

    def __init__(self, dataset: ox.Store) -> None:
        self._dataset = dataset

    @property
    def dataset(self) -> ox.Store:
        """The dataset itself, for exports; treat it as read only."""
        return self._dataset

    @classmethod
    def from_nquads(cls, content: bytes) -> EmbeddedStore:
        """Load N-Quads that the builder wrote into memory.

        ``lenient`` leaves out a second check of each IRI: a third of the time.
        """
        dataset = ox.Store()
        dataset.load(content, format=ox.RdfFormat.N_QUADS, lenient=True)
        return cls(dataset)

    @classmethod
    def on_disk(cls, folder: Path, content: bytes | None = None) -> EmbeddedStore:
        """Open a store folder read-only, after filling it with N-Quads if some are given."""
        if content is not None:
            writer = ox.Store(str(folder))
            writer.bulk_load(content, format=ox.RdfFormat.N_QUADS)
            writer.flush()
            del writer
        return cls(ox.Store.read_only(str(folder)))

    def query(self, sparql: str) -> Answer:
        """Run one query (see :class:`kg.store.Store`).

        The answer is read to its end here, on the thread that made it: a pyoxigraph result that
        moves to another thread ends the process.
        """
        try:
            answer = self.dataset.query(sparql)
            if isinstance(answer, ox.QueryBoolean):
                return bool(answer)
            if isinstance(answer, ox.QueryTriples):
                return tuple(answer)
            variables = tuple(variable.value for variable in answer.variables)
            return Table(variables, tuple(tuple(solution) for solution in answer))
        except (SyntaxError, ValueError, OSError) as error:
            raise QueryError("bad-query", str(error)) from error
