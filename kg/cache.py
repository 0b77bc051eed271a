"""The cache of built datasets: by the hash of all that goes in, never trusted without a check."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import platformdirs
import pyoxigraph as ox

from kg.files import fact_files, write_atomically
from kg.resources import ontology_folder
from kg.results import Table, parse_json_results
from kg.store import Answer
from kg.store.embedded import EmbeddedStore

if TYPE_CHECKING:
    from kg.build import Progress

_KEEP: Final = 8
_MAX_ROWS: Final = 5000
# Functions whose value differs from one call to the next (SPARQL 1.1 Query, section 17.4).
_CHANGING: Final = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID|BNODE)\s*\(", re.IGNORECASE)
_BUILDER: Final = (
    "build.py",
    "context.py",
    "curation.py",
    "terms.py",
    "validation.py",
    "vocabulary.py",
)


def cache_folder() -> Path:
    """Folder of the cache; the environment variable ``KG_CACHE`` moves it."""
    chosen = os.environ.get("KG_CACHE")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("city-practice-graph"))


def input_hash(facts: Path, source: str | None) -> str:
    """SHA-256 over facts, ontology, the code that builds, and the versions of what it uses."""
    digest = hashlib.sha256()
    package = Path(__file__).parent
    groups = (
        (facts, fact_files(facts)),
        (ontology_folder(), sorted(p for p in ontology_folder().rglob("*") if p.is_file())),
        (package, [package / name for name in _BUILDER]),
    )
    for folder, paths in groups:
        for path in paths:
            content = path.read_bytes()
            name = path.relative_to(folder).as_posix()
            # A name on a disk need not be UTF-8.
            digest.update(os.fsencode(name) + f"\0{len(content)}\0".encode())
            digest.update(content)
    for text in (ox.__version__, source or ""):
        digest.update(f"{text}\0".encode())
    return digest.hexdigest()


class CachedStore(EmbeddedStore):
    """The store of a built dataset that is loaded when a query first needs it.

    Answers of named queries (their header begins with ``#+``) are kept beside the dataset, each
    sealed by its hash, so that asking the same again costs no loading.
    """

    def __init__(self, path: Path, load: Callable[[], bytes]) -> None:
        self._path, self._load = path, load

    @cached_property
    def _loaded(self) -> EmbeddedStore:
        return EmbeddedStore.from_nquads(self._load())

    @property
    def dataset(self) -> ox.Store:
        """The dataset itself, loaded now if it was not yet."""
        return self._loaded.dataset

    def query(self, sparql: str) -> Answer:
        """Run one query (see :class:`kg.store.Store`)."""
        if not sparql.startswith("#+") or _CHANGING.search(sparql):
            return super().query(sparql)
        name = hashlib.sha256(sparql.encode("utf-8")).hexdigest()
        path = self._path.with_suffix(".answers") / f"{name}.json"
        kept = _read(path)
        if kept is not None:
            return parse_json_results(kept)
        answer = super().query(sparql)
        if isinstance(answer, Table) and len(answer) <= _MAX_ROWS:
            try:
                write_atomically(path, _seal(answer.to_json().encode("utf-8")))
            except OSError:
                return answer  # as with the dataset: no answer is refused for want of a cache
        return answer

    def keep(self, name: str, make: Callable[[], str]) -> str:
        """A text that is made of the dataset, kept beside it like an answer."""
        path = self._path.with_suffix(".answers") / f"{name}.json"
        kept = _read(path)
        if kept is not None:
            return kept.decode("utf-8")
        text = make()
        # As with the dataset: no answer is refused for want of a cache.
        with suppress(OSError):
            write_atomically(path, _seal(text.encode("utf-8")))
        return text


def open_cached(facts: Path, *, source: str | None = None, progress: Progress) -> CachedStore:
    """The store of a folder of facts, from the cache when it holds exactly these inputs.

    A folder that is not in the cache yet is built now, so that its faults are told at once.

    Raises
    ------
    FactsNotFoundError
        The folder does not exist or holds no curated file.
    CurationError
        The files hold faults; all of them are listed.
    """
    path = cache_folder() / f"{input_hash(facts, source)}.nq"
    if path.is_file():
        return CachedStore(path, lambda: load_or_build(facts, source=source, progress=progress))
    nquads = load_or_build(facts, source=source, progress=progress)
    return CachedStore(path, lambda: nquads)


def load_or_build(facts: Path, *, source: str | None = None, progress: Progress) -> bytes:
    """N-Quads of a folder of facts, from the cache when it holds exactly these inputs.

    The first line of a cached file is the hash of the rest: a damaged file is built again. When
    the cache cannot be written, the dataset is still returned.
    """
    path = cache_folder() / f"{input_hash(facts, source)}.nq"
    cached = _read(path)
    if cached is not None:
        return cached
    # The builder and the YAML reader cost a tenth of a second to import: only now are they needed.
    from kg.build import build

    built = build(facts, source=source, progress=progress)
    try:
        write_atomically(path, _seal(built.nquads))
        _prune(path.parent)
    except OSError:
        # A read-only home is no reason to refuse an answer; the next start builds again.
        progress("cache-unwritable")
    return built.nquads


def _seal(nquads: bytes) -> bytes:
    return f"# {hashlib.sha256(nquads).hexdigest()}\n".encode() + nquads


def _read(path: Path) -> bytes | None:
    try:
        seal, _, nquads = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    expected = f"# {hashlib.sha256(nquads).hexdigest()}".encode()
    return nquads if seal == expected else None


def _prune(folder: Path) -> None:
    datasets = sorted(folder.glob("*.nq"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in datasets[_KEEP:]:
        path.unlink(missing_ok=True)
        shutil.rmtree(path.with_suffix(".answers"), ignore_errors=True)
