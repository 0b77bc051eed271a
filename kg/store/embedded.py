"""The embedded store: pyoxigraph, in memory or on disk."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from kg.errors import DatasetError, QueryError
from kg.files import folder_atomically
from kg.results import read_solutions
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
    def from_file(cls, path: Path) -> EmbeddedStore:
        """Load an N-Quads file into memory; every IRI and literal is checked.

        Raises
        ------
        DatasetError
            The file cannot be read or is not N-Quads.
        """
        dataset = ox.Store()
        try:
            dataset.load(path.read_bytes(), format=ox.RdfFormat.N_QUADS)
        except (OSError, SyntaxError, ValueError, MemoryError) as error:
            # A term longer than the engine's buffer of 16 MiB is a MemoryError.
            raise DatasetError("dataset-unreadable", str(path), str(error)) from error
        return cls(dataset)

    @classmethod
    def on_disk(cls, folder: Path) -> EmbeddedStore:
        """Open a store folder read-only: nothing is loaded, queries are some times slower.

        Raises
        ------
        DatasetError
            The folder holds no store that this version can open.
        """
        try:
            return cls(ox.Store.read_only(str(folder)))
        except (OSError, RuntimeError) as error:  # a corrupt store is a RuntimeError
            raise DatasetError("dataset-unreadable", str(folder), str(error)) from error

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
            return read_solutions(answer)
        except (SyntaxError, ValueError, OSError, RuntimeError) as error:
            # A function that the engine does not know is a RuntimeError.
            raise QueryError("bad-query", str(error)) from error


def write_store(folder: Path, nquads: bytes) -> None:
    """Write N-Quads as a store folder for :meth:`EmbeddedStore.on_disk`, in one step.

    Raises
    ------
    DatasetError
        The folder exists: a folder cannot be replaced in one step, and a store that is open
        must not change.
    """
    if folder.exists():
        raise DatasetError("store-exists", str(folder))
    with folder_atomically(folder) as aside:
        store = ox.Store(str(aside))
        store.bulk_load(nquads, format=ox.RdfFormat.N_QUADS)
        store.flush()
        del store
