"""The cache of built datasets: by the hash of all that goes in, never trusted without a check."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import platformdirs
import pyoxigraph

from kg.resources import fact_files, ontology_folder

if TYPE_CHECKING:
    from kg.build import Progress

_KEEP: Final = 8
_BUILDER: Final = ("build.py", "context.py", "curation.py", "validation.py", "vocabulary.py")


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
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
    for text in (pyoxigraph.__version__, source or ""):
        digest.update(f"{text}\0".encode())
    return digest.hexdigest()


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
    from kg.build import build, write_atomically

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
