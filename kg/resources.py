"""Where files are: those that ship with the package, and those of a folder of facts."""

from __future__ import annotations

from pathlib import Path

from kg.errors import FactsNotFoundError


def resource_root() -> Path:
    """Folder that holds ``ontology/`` and ``queries/``: in the wheel, or in a checkout."""
    package = Path(__file__).parent
    packaged = package / "_resources"
    return packaged if packaged.is_dir() else package.parent


def ontology_folder() -> Path:
    """Folder of ``cpg.ttl``, the concept schemes, shapes, rules and contexts."""
    return resource_root() / "ontology"


def query_folder() -> Path:
    """Folder of the named queries."""
    return resource_root() / "queries"


def shipped_facts() -> Path:
    """Folder of the curated facts that come with the package."""
    return Path(__file__).parent / "data"


def fact_files(folder: Path) -> list[Path]:
    """All curated files below a folder, in an order that does not depend on the file system.

    Raises
    ------
    FactsNotFoundError
        The folder does not exist, or holds no ``*.yaml`` file.
    """
    if not folder.is_dir():
        raise FactsNotFoundError("facts-folder", str(folder))
    found = sorted(folder.rglob("*.yaml"), key=lambda path: path.relative_to(folder).as_posix())
    if not found:
        raise FactsNotFoundError("facts-empty", str(folder))
    return found
