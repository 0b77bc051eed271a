"""The commented file with which a curator begins a city."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path

import jinja2
from anyascii import anyascii

from kg.curation import MAX_SLUG, Mapped, Scalar, items, read_facts
from kg.errors import CurationError, ParameterError
from kg.messages import Language
from kg.resources import template_folder
from kg.search import Entry, SearchIndex

# A score of a search from which two names are taken for the same city.
SAME_CITY = 96

_CHINESE = re.compile(r"[\u3400-\u9fff]")


def city_template(
    name: str, facts: Path, file: str, *, language: Language = "en", slug: str | None = None
) -> tuple[str, str, bool]:
    """A file to fill in for a city.

    Parameters
    ----------
    name
        Name of the city in English or Chinese, or any name that the facts know.
    facts
        Folder of the facts that the file will join: a city that they know is not described again,
        and claims go on counting.
    file
        Name of the file, for the instructions in it.
    language
        Language of the remarks in the file.
    slug
        Slug for a city that the facts do not know; made of an English name when left out.

    Returns
    -------
    text, slug, known
        The file, the slug of the city, and whether the facts know the city.

    Raises
    ------
    CurationError
        The facts cannot be read.
    ParameterError
        The slug is no slug, or none can be made of the name: it has no letters, or is Chinese
        (slugs are English).
    """
    documents, faults = read_facts(facts)
    if faults:
        raise CurationError(faults)
    cities: list[Entry] = []
    codes: dict[str, str] = {}
    last: dict[str, int] = {}
    graphs: set[str] = set()
    governments: dict[str, str] = {}
    for document in documents:
        for graph in document.graphs():
            graph_id = graph.text("id") or ""
            graphs.add(graph_id)
            number = re.fullmatch(r"claim/(.+)-(\d{3,})", graph_id)
            if number:
                last[number[1]] = max(last.get(number[1], 0), int(number[2]))
            for node in items(graph.entries["states"][1]) if "states" in graph.entries else ():
                if isinstance(node, Mapped) and (governed := node.text("governs")):
                    governments.setdefault(governed, node.text("id") or "")
                if isinstance(node, Mapped) and node.text("type") == "City":
                    city = node.text("id") or ""
                    codes[city] = (node.text("countryCode") or "xx").lower()
                    cities.append(Entry(city, "city", _names(node)))
    hits = SearchIndex.build(cities).search(name, limit=1)
    known = bool(hits) and hits[0].score >= SAME_CITY
    chinese = bool(_CHINESE.search(name))
    if known:
        slug = hits[0].iri.removeprefix("city/")
    elif slug is None and not chinese:
        slug = re.sub(r"[^a-z0-9]+", "-", anyascii(name).lower())[: MAX_SLUG // 2].strip("-")
    if not slug or not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", slug):
        raise ParameterError("city-slug", slug or name)
    page = slug + "-page-1"
    count = 1
    while f"graph/register/source-{page}" in graphs:
        count += 1
        page = f"{slug}-page-{count}"
    first = last.get(slug, 0) + 1
    values = {
        "name": " ".join(name.split()),
        "english": "TODO" if chinese else _quoted(name),
        "chinese": _quoted(name) if chinese else "TODO",
        "slug": slug,
        "file": file,
        "page": page,
        "government": governments.get(f"city/{slug}", ""),
        "prefix": codes.get(f"city/{slug}", "xx"),
        "today": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "first": f"{first:03d}",
        "second": f"{first + 1:03d}",
    }
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(template_folder()),
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - YAML, not HTML; names go through _quoted
    )
    text = environment.get_template(f"city.{language}.yaml").render(values, known=known)
    return text, slug, known


def _quoted(name: str) -> str:
    """A name as a YAML string: JSON strings are YAML, and quotes and colons in them are text."""
    return json.dumps(" ".join(name.split()), ensure_ascii=False)


def _names(node: Mapped) -> list[tuple[str, str, bool]]:
    found = []
    for key in ("name", "altName", "hiddenName"):
        value = node.entries[key][1] if key in node.entries else None
        if isinstance(value, Mapped):
            for language, (_, texts) in value.entries.items():
                found += [
                    (item.text, language, key == "name")
                    for item in items(texts)
                    if isinstance(item, Scalar)
                ]
    return found
