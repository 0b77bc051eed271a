"""Scripts and styles of the pages: what the front-end build made, under names that never repeat.

A package built without a front end has none; the pages are complete all the same, so nothing here
raises for a file that is absent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import Final, TypedDict

from kg.resources import static_folder, template_folder

PREFIX: Final = "/assets/"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}


POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy of every page: all that runs or shows comes from here."""


class Land(TypedDict):
    """The coastline of the world, drawn once by the build.

    Attributes
    ----------
    viewBox
        Of the SVG; its width is 360 times ``scale``.
    scale
        Units for one degree: x = (longitude + 180) * scale, y = (84 - latitude) * scale.
    path
        The ``d`` of one SVG path.
    """

    viewBox: str
    scale: float
    path: str


@cache
def manifest() -> Mapping[str, str]:
    """Name of each part to the name of its file, which holds a hash; empty when not built."""
    try:
        text = (static_folder() / "manifest.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    names: dict[str, str] = json.loads(text)
    return names


def asset(name: str) -> str | None:
    """Address of a part of the front end on the server.

    Parameters
    ----------
    name
        Without its hash: ``site.js``, ``graph.js``, ``console.js``, ``islands.css``,
        ``notices.txt``.

    Returns
    -------
    str or None
        ``/assets/site-HASH.js``; None when the front end was not built.
    """
    filename = manifest().get(name)
    return None if filename is None else f"{PREFIX}{filename}"


def asset_bytes(filename: str) -> tuple[bytes, str] | None:
    """Content and media type of a file that the build made for pages.

    Parameters
    ----------
    filename
        As it stands in an address after ``/assets/``. Only names of the manifest are looked up:
        no part of an address ever becomes part of a path.

    Returns
    -------
    tuple of bytes and str, or None
        None when no page may load such a file.
    """
    if filename not in manifest().values():
        return None
    path = static_folder() / filename
    return path.read_bytes(), _TYPES[path.suffix]


@cache
def land() -> Land | None:
    """The coastline for maps, without borders; None when the front end was not built."""
    try:
        text = (static_folder() / "land.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    outline: Land = json.loads(text)
    return outline


@cache
def stylesheet() -> tuple[str, bytes]:
    """Address and content of the style sheet; the address changes with the content."""
    content = (template_folder() / "explorer" / "explorer.css").read_bytes()
    return f"/assets/explorer-{sha256(content).hexdigest()[:10]}.css", content
