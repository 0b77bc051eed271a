"""The commented file with which a curator begins a city."""

from __future__ import annotations

import datetime
import json
import re
import string
from pathlib import Path

from anyascii import anyascii

from kg.curation import MAX_SLUG, Mapped, Scalar, items, read_facts
from kg.errors import CurationError, ParameterError
from kg.resources import template_folder
from kg.search import search_names

# A score of search_names from which two names are taken for the same city.
SAME_CITY = 96.0

_CITY = string.Template("""\
  # The city itself. Region and sub-region are slugs of ontology/concepts/region.ttl.
  - id: graph/register/city-$slug
    derivedFrom: [source/$page]
    states:
      - id: city/$slug
        type: City
        name: {en: $label, zh-Hans: TODO}
        countryCode: TODO         # ISO 3166-1 alpha-2, such as CH
        region: TODO              # such as europe
        subregion: TODO           # such as western-europe
        latitude: TODO            # degrees, such as "47.36667"
        longitude: TODO
        geonames: TODO            # number in GeoNames and a slash, such as 2657896/
""")


def city_template(name: str, facts: Path, file: str) -> tuple[str, str, bool]:
    """A file to fill in for a city.

    Parameters
    ----------
    name
        Name of the city in English, or any name that the facts know.
    facts
        Folder of the facts that the file will join: a city that they know is not described again,
        and claims go on counting.
    file
        Name of the file, for the instructions in it.

    Returns
    -------
    text, slug, known
        The file, the slug of the city, and whether the facts know the city.

    Raises
    ------
    CurationError
        The facts cannot be read.
    ParameterError
        The name has no letters from which a slug can be made.
    """
    documents, faults = read_facts(facts)
    if faults:
        raise CurationError(faults)
    names: list[tuple[str, str]] = []
    codes: dict[str, str] = {}
    last: dict[str, int] = {}
    graphs: set[str] = set()
    for document in documents:
        for graph in document.graphs():
            graph_id = graph.text("id") or ""
            graphs.add(graph_id)
            number = re.fullmatch(r"claim/(.+)-(\d{3,})", graph_id)
            if number:
                last[number[1]] = max(last.get(number[1], 0), int(number[2]))
            for node in items(graph.entries["states"][1]) if "states" in graph.entries else ():
                if isinstance(node, Mapped) and node.text("type") == "City":
                    city = node.text("id") or ""
                    codes[city] = (node.text("countryCode") or "xx").lower()
                    names += [(city, text) for text in _names(node)]
    hits = search_names(names, name, limit=1)
    known = bool(hits) and hits[0].score >= SAME_CITY
    slug = (
        hits[0].iri.removeprefix("city/")
        if known
        else re.sub(r"[^a-z0-9]+", "-", anyascii(name).lower())
        .strip("-")[: MAX_SLUG // 2]
        .strip("-")
    )
    if not slug:
        raise ParameterError("city-slug", name)
    page = slug + "-page-1"
    count = 1
    while f"graph/register/source-{page}" in graphs:
        count += 1
        page = f"{slug}-page-{count}"
    first = last.get(slug, 0) + 1
    values = {
        "name": " ".join(name.split()),
        "label": json.dumps(" ".join(name.split()), ensure_ascii=False),
        "slug": slug,
        "file": file,
        "page": page,
        "prefix": codes.get(f"city/{slug}", "xx"),
        "today": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "first": f"{first:03d}",
        "second": f"{first + 1:03d}",
    }
    register = "" if known else _CITY.substitute(values)
    text = (template_folder() / "city.yaml").read_text(encoding="utf-8")
    return string.Template(text).substitute(values, register=register), slug, known


def _names(node: Mapped) -> list[str]:
    found = []
    for key in ("name", "altName", "hiddenName"):
        value = node.entries[key][1] if key in node.entries else None
        if isinstance(value, Mapped):
            for _, texts in value.entries.values():
                found += [item.text for item in items(texts) if isinstance(item, Scalar)]
    return found
