"""Citing: each form holds what was given, whatever it is, and other programs can read it back."""

from __future__ import annotations

import datetime
import json
import re
import statistics
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import bibtexparser
import pytest
import yaml
from citeproc import NAMES, VARIABLES

import kg
from kg.messages import Language, text
from kg.publishing.citing import Citation, citation_file, cite_dataset, cite_page
from tests.test_package import ROOT

ADDRESS = "https://example.org/zh/city/shanghai#ranks"
DAY, VISIT = datetime.date(2026, 1, 2), datetime.date(2026, 2, 3)
VERSION = "000007-3f9ac2d41b7e"

NASTY = [
    *("{", "}", "{}", "}{", "a {b} c", "{{{", "}}}", "\\", "\\\\", "\\input{/etc/passwd}", "\\{"),
    *("100 % of cities", "%", "50% & more_", "a#b", "$x$", "a_b^c~d", "~", "^"),
    *('"quoted"', 'a "b', "it's", "``TeX''", "“弯引号”", "《书名》", "‘single’", "«guillemets»"),
    *("<b>bold</b>", "a < b > c", "<script>alert(1)</script>", "&amp;", "]]>", "<!-- x -->"),
    *('<span class="nocase">Kept</span>', "{0} {title}", "%s %(a)s", "@misc{x,", "a, b = {c},"),
    *(
        "上海：城市数据持续开放",
        "城市數據",
        "東京都のデジタルツイン",
        "서울 열린데이터",
        "🙂 città",
    ),
    *(
        "Why? Because!",
        "A: B: C",
        "[1] first",
        "1. first",
        "ends with a stop.",
        "e.g. this",
        "...x",
    ),
    *("José Ñandú", "סיור", "a" * 500, "lower case title", "UPPER CASE", "a//b", "[EB/OL]", "--"),
]


def cite(title: str = "上海", address: str = ADDRESS, language: Language = "zh") -> Citation:
    return cite_page(title, address, version=VERSION, date=DAY, language=language, accessed=VISIT)


def from_tex(written: str) -> str:
    """What a BibTeX field says, by the rules of TeX."""
    marks = {"backslash": "\\", "asciitilde": "~", "asciicircum": "^"}
    marks |= {"braceleft": "{", "braceright": "}"}
    assert written.startswith("{")
    assert written.endswith("}")
    return re.sub(
        r"\{\\text(\w+)\}|\\([#$%&_])",
        lambda found: marks[found[1]] if found[1] else found[2],
        written[1:-1],
    )


def parsed(bibtex: str) -> dict[str, str]:
    parser = bibtexparser.bparser.BibTexParser(common_strings=True, interpolate_strings=False)
    (entry,) = bibtexparser.loads(bibtex, parser).entries
    return dict(entry)


def test_gb_t_7714() -> None:
    assert cite().gb_t_7714 == (
        "城市实践图谱贡献者. 上海: 版本 000007-3f9ac2d41b7e[DS/OL]. "
        "城市实践图谱, 2026[2026-02-03]. https://example.org/zh/city/shanghai#ranks."
    )


def test_iso_690() -> None:
    assert cite("Shanghai", language="en").iso_690 == (
        "City Practice Graph contributors. Shanghai. Online. version 000007-3f9ac2d41b7e. "
        "2 January 2026. City Practice Graph. [Accessed 3 February 2026]. "
        "Available from: https://example.org/zh/city/shanghai#ranks"
    )


def test_plain_text_in_both_languages() -> None:
    assert cite("Shanghai", language="en").plain == (
        "City Practice Graph contributors: Shanghai. City Practice Graph, "
        "version 000007-3f9ac2d41b7e of 2026-01-02. "
        "https://example.org/zh/city/shanghai#ranks (accessed 2026-02-03)."
    )
    assert cite().plain == (
        "城市实践图谱贡献者：上海。城市实践图谱，版本 000007-3f9ac2d41b7e（2026-01-02）。"
        "https://example.org/zh/city/shanghai#ranks（访问日期：2026-02-03）。"
    )


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("title", NASTY)
def test_a_title_is_text_in_every_form(title: str, language: Language) -> None:
    found = cite(title, language=language)
    for form in (found.plain, found.gb_t_7714, found.iso_690):
        assert title in form
        assert VERSION in form
        assert ADDRESS in form
    entry = parsed(found.bibtex)
    assert from_tex(entry["title"]) == title
    assert from_tex(entry["author"]) == text("contributors", language)
    assert from_tex(entry["publisher"]) == text("product", language)
    assert from_tex(entry["version"]) == VERSION
    assert entry["url"] == ADDRESS
    assert (entry["date"], entry["year"], entry["urldate"]) == ("2026-01-02", "2026", "2026-02-03")
    # BibTeX counts braces, also those after a backslash.
    assert found.bibtex.count("{") == found.bibtex.count("}")
    (item,) = json.loads(found.csl_json)
    assert item["title"] == title


def test_csl_json_has_fields_that_the_processor_takes() -> None:
    (item,) = json.loads(cite().csl_json)
    taken = {name.replace("_", "-") for name in (*VARIABLES, *NAMES)} | {"id", "type", "language"}
    assert set(item) <= taken
    assert item["type"] == "dataset"
    assert item["author"] == [{"literal": "城市实践图谱贡献者"}]
    assert item["issued"] == {"date-parts": [[2026, 1, 2]]}
    assert item["language"] == "zh-Hans"


@pytest.mark.parametrize(
    ("title", "shown"),
    [("a\nb", "a b"), (" a\t\x1b[31mb\0 ", "a [31mb"), ("\ud800x", "x"), ("", "城市实践图谱")],
)
def test_a_title_is_one_line(title: str, shown: str) -> None:
    found = cite(title)
    assert json.loads(found.csl_json)[0]["title"] == shown
    assert f". {shown}: " in found.gb_t_7714


@pytest.mark.parametrize(
    ("address", "shown", "key"),
    [
        ("https://example.org/en/", "https://example.org/en/", "city-practice-graph-en"),
        ("https://example.org/", "https://example.org/", "city-practice-graph"),
        (
            "https://example.org/搜索?q={上海}&x=%41",
            "https://example.org/%E6%90%9C%E7%B4%A2?q=%7B%E4%B8%8A%E6%B5%B7%7D&x=%41",
            "city-practice-graph-e6-90-9c-e7-b4-a2-q-7b-e4-b8-8a-e6-b5-b7-7d-x-41",
        ),
        (
            'https://example.org/a b"<>\\^`|,\n',
            "https://example.org/a%20b%22%3C%3E%5C%5E%60%7C,",
            "city-practice-graph-a-20b-22-3c-3e-5c-5e-60-7c",
        ),
        ("http://[bad", "http://[bad", "city-practice-graph-http-bad"),
    ],
)
def test_an_address_stays_an_address(address: str, shown: str, key: str) -> None:
    found = cite(address=address)
    entry = parsed(found.bibtex)
    assert (entry["url"], entry["ID"]) == (shown, key)
    assert shown in found.plain


def test_a_figure_and_its_page_have_different_keys() -> None:
    keys = {
        parsed(cite(address=ADDRESS + part).bibtex)["ID"] for part in ("", "-2", "?lang=en", "x")
    }
    assert len(keys) == 4


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_dataset_as_a_whole(language: Language) -> None:
    found = cite_dataset(
        "https://example.org/", version=VERSION, date=DAY, language=language, accessed=VISIT
    )
    for form in (found.plain, found.gb_t_7714, found.iso_690, found.bibtex, found.csl_json):
        assert text("product", language) in form
        assert VERSION in form
    assert "[DS/OL]. (2026-01-02)[2026-02-03]. https://example.org/." in found.gb_t_7714


def test_the_citation_file_agrees_with_that_of_the_package() -> None:
    ours = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    made = yaml.safe_load(citation_file("https://example.org/", version=VERSION, date=DAY))
    for field in ("cff-version", "title", "authors"):
        assert made[field] == ours[field]
    assert made["license"] in ours["license"]
    assert made["date-released"] == DAY
    assert (made["type"], made["version"]) == ("dataset", VERSION)
    assert text("contributors", "en") == ours["authors"][0]["name"]
    assert ours["version"] == kg.__version__


def test_threads_may_cite_at_the_same_time() -> None:
    """citeproc-py keeps what it has printed in the style, which is loaded once."""
    titles = [f"Title {number}" for number in range(40)]
    expected = [cite(title) for title in titles]
    started = threading.Barrier(4)

    def work(_: int) -> list[Citation]:
        started.wait()
        return [cite(title) for title in titles]

    with ThreadPoolExecutor(4) as pool:
        assert all(found == expected for found in pool.map(work, range(4)))


def test_it_is_quick_once_a_style_is_loaded() -> None:
    cite()
    seconds = []
    for number in range(21):
        begun = time.process_time()
        cite(f"Title {number}")
        seconds.append(time.process_time() - begun)
    assert statistics.median(seconds) < 0.02


def test_nothing_heavy_is_loaded_before_it_is_needed() -> None:
    heavy = "{'citeproc', 'bibtexparser'}"
    program = f"import sys, kg.publishing.citing; assert not {heavy} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
