"""How to cite the dataset, a page of the explorer or one figure or table of it.

The references are those of :mod:`kg.publishing.references`: GB/T 7714-2015 as a dataset that is
online ([DS/OL]), ISO 690, BibTeX and CSL-JSON. Each form names the version of the data, since the
same page says something else with the next one.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

import yaml

from kg.messages import Language, text
from kg.publishing.references import Item, format_references, to_bibtex, to_csl_json
from kg.terms import canonical_language

_TAGS: Final = {"en": "en", "zh": "zh-hans"}
# All that RFC 3986 lets stand in an address; a brace or a quote would end a field of BibTeX.
_ADDRESS: Final = "!#$&'()*+,/:;=?@[]~%"


@dataclass(frozen=True)
class Citation:
    """One reference in the forms that people and their programs take.

    Attributes
    ----------
    plain
        One sentence in the language of the page.
    gb_t_7714, iso_690
        An entry of a reference list by GB/T 7714-2015 and by ISO 690, as plain text.
    bibtex
        An entry of a ``.bib`` file.
    csl_json
        A list of one item of CSL-JSON, for Zotero, pandoc and citation processors.
    """

    plain: str
    gb_t_7714: str
    iso_690: str
    bibtex: str
    csl_json: str


def cite_page(
    title: str,
    address: str,
    *,
    version: str,
    date: datetime.date,
    language: Language,
    accessed: datetime.date,
) -> Citation:
    """How to cite a page, or a figure or table of it that has an address of its own.

    Parameters
    ----------
    title
        As the page or the figure shows it, any text at all.
    address
        Its whole address; what may not stand in one is percent-encoded.
    version, date
        The version of the data that it shows, and the day of that version.
    language
        Of the page.
    accessed
        The day of the visit.
    """
    product = text("product", language)
    item = _item(title, address, version, date, language, accessed)
    slug = re.sub(r"[^a-z0-9]+", "-", _place(item["URL"]).lower()).strip("-")
    item["id"] = f"city-practice-graph-{slug}".rstrip("-")
    item["publisher"] = product
    return _forms(item, language, text("cite-page", language))


def cite_dataset(
    address: str,
    *,
    version: str,
    date: datetime.date,
    language: Language,
    accessed: datetime.date,
) -> Citation:
    """How to cite the dataset as a whole; the parameters are those of :func:`cite_page`."""
    item = _item(text("product", language), address, version, date, language, accessed)
    return _forms(item, language, text("cite-dataset", language))


def citation_file(address: str, *, version: str, date: datetime.date) -> str:
    """A ``CITATION.cff`` (Citation File Format 1.2.0) of a version of the dataset."""
    fields = {
        "cff-version": "1.2.0",
        "message": f"{text('cite-message', 'en')} {text('cite-message', 'zh')}",
        "type": "dataset",
        "title": text("product", "en"),
        "authors": [{"name": text("contributors", "en")}],
        "version": _clean(version),
        "date-released": date,
        "url": _encode(address),
        "license": "CC-BY-4.0",
    }
    written: str = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=1000)
    return written


def _item(
    title: str,
    address: str,
    version: str,
    date: datetime.date,
    language: Language,
    accessed: datetime.date,
) -> Item:
    return {
        "id": "city-practice-graph",
        "type": "dataset",
        "title": _clean(title) or text("product", language),
        "language": canonical_language(_TAGS[language]),
        "author": [{"literal": text("contributors", language)}],
        "version": _clean(version),
        "issued": {"date-parts": [[date.year, date.month, date.day]]},
        "accessed": {"date-parts": [[accessed.year, accessed.month, accessed.day]]},
        "URL": _encode(address),
    }


def _forms(item: Item, language: Language, sentence: str) -> Citation:
    def numbered(spoken: Language) -> str:
        return text("cite-version", spoken).format(item["version"])

    # Neither style has a word for a version, and GB/T 7714 no place but that for further
    # information on the title, where its style has the number.
    (gb_t_7714,) = format_references([{**item, "number": numbered(language)}], language="zh")
    (iso_690,) = format_references([{**item, "version": numbered("en")}], language="en")
    return Citation(
        plain=sentence.format(
            author=item["author"][0]["literal"],
            title=item["title"],
            product=text("product", language),
            version=numbered(language),
            date=_day(item, "issued"),
            address=item["URL"],
            accessed=_day(item, "accessed"),
        ),
        gb_t_7714=gb_t_7714,
        iso_690=iso_690.replace("\u00a0", " "),
        bibtex=to_bibtex([item]),
        csl_json=to_csl_json([item]),
    )


def _day(item: Item, key: str) -> str:
    return datetime.date(*item[key]["date-parts"][0]).isoformat()


def _clean(words: str) -> str:
    """A text on one line, without characters that control a terminal or are half of a pair."""
    kept = (" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in words)
    return " ".join("".join(kept).split())


def _encode(address: str) -> str:
    """An address of which only characters are left that may stand in one."""
    return quote(_clean(address), safe=_ADDRESS)


def _place(address: str) -> str:
    """What an address names on its server; all of what it names, for a key that is its own."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    return f"{parts.path}-{parts.query}-{parts.fragment}"
