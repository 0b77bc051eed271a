"""The files that ship with the package: ontology, queries and curated facts."""

from __future__ import annotations

from pathlib import Path


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


def template_folder() -> Path:
    """Folder of the templates of pages and files."""
    return Path(__file__).parent / "templates"


def static_folder() -> Path:
    """Folder of what the front-end build makes for the explorer; absent when it was skipped."""
    return Path(__file__).parent / "explorer" / "static"
