"""References: what is on record of a source, in the forms that others read."""

from __future__ import annotations

import json

import bibtexparser
import pytest

from kg.graph import KnowledgeGraph
from kg.messages import Language
from kg.publishing.references import (
    Item,
    format_references,
    read_references,
    to_bibtex,
    to_csl_json,
)
from kg.results import lexical
from kg.terms import ID

ARTICLE = ID + "source/sh-top50-lessons-2021"
PAGE = ID + "source/taipei-taipei-pass-p1"


def items(graph: KnowledgeGraph, language: Language) -> list[Item]:
    return read_references(graph.store, [ARTICLE, PAGE], graph.names(language), language=language)


def test_gb_t_7714(graph: KnowledgeGraph) -> None:
    """GB/T 7714-2015: type and carrier in brackets, the day of the visit in brackets, the address.

    Of a source without an address the type is optional (section 7.2), and the style leaves it out.
    """
    assert format_references(items(graph, "zh"), language="zh") == [
        "徐珺. “智慧城市政府50强”推动城市数字化转型的经验与启示. 上海发展战略研究所, 2021.",
        (
            "Taiwan News: Taipei PASS[EB/OL]. [2026-11-23]. "
            "https://www.taiwannews.com.tw/en/news/4009274."
        ),
    ]


def test_iso_690(graph: KnowledgeGraph) -> None:
    article, page = format_references(items(graph, "en"), language="en")
    # A title stays in the language of its source.
    assert "“智慧城市政府50强”推动城市数字化转型的经验与启示" in article
    assert article.endswith("Shanghai Development Strategy Institute, 2021.")
    assert page.replace("\u00a0", " ") == (
        "Taiwan News: Taipei PASS. Online. [Accessed 23 November 2026]. "
        "Available from: https://www.taiwannews.com.tw/en/news/4009274"
    )


def test_every_source_has_a_reference_in_every_form(graph: KnowledgeGraph) -> None:
    """No source breaks a style or a format, and none is lost on the way."""
    sources = sorted({lexical(row[0]) for row in graph.run("sources").rows if row[0] is not None})
    names = graph.names("zh")
    found = read_references(graph.store, sources, names, language="zh")
    assert [item["id"] for item in found] == [iri.removeprefix(ID + "source/") for iri in sources]
    entries = format_references(found, language="zh")
    assert len(entries) == len(sources) > 700
    for item, entry in zip(found, entries, strict=True):
        assert item["title"] in entry
        assert item.get("URL", "") in entry
    parser = bibtexparser.bparser.BibTexParser(common_strings=True, interpolate_strings=False)
    parsed = bibtexparser.loads(to_bibtex(found), parser).entries_dict
    assert list(parsed) == [item["id"] for item in found]
    assert all(parsed[item["id"]].get("url") == item.get("URL") for item in found)
    assert json.loads(to_csl_json(found)) == found


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("50% of A & B_C #1", r"{{50\% of A \& B\_C \#1}}"),
        ("开放数据 $5", r"{{开放数据 \$5}}"),
        (
            r"\input{/etc/passwd}",
            r"{{{\textbackslash}input{\textbraceleft}/etc/passwd{\textbraceright}}}",
        ),
    ],
)
def test_bibtex_escapes_what_tex_takes_as_a_command(title: str, written: str) -> None:
    assert f"title = {written}" in to_bibtex([{"id": "x", "type": "webpage", "title": title}])


def test_unknown_sources_and_none(graph: KnowledgeGraph) -> None:
    assert read_references(graph.store, [], {}) == []
    assert read_references(graph.store, [ID + "source/nowhere"], {}) == []
    assert format_references([]) == []
