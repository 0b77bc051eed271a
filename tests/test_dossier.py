"""The dossier: says what the analysis says, cites all of it, the same bytes in every run."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kg.dossier import FORMS, Dossier, build_dossier, files_of
from kg.dossier.document import Bullets, Grid, Heading, Paragraph, ReferenceList, Run
from kg.dossier.page import to_html
from kg.dossier.word import to_docx
from kg.dossier.wording import say, wording_keys
from kg.errors import KgError, MissingPackageError
from kg.graph import KnowledgeGraph
from kg.messages import Language
from kg.results import lexical
from kg.terms import ID
from tests.conftest import absent
from tests.test_network_pages import failures, requests

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

LANGUAGES: tuple[Language, ...] = ("en", "zh")
# Shanghai is who the first source was written for; Barcelona has the longest brief.
LONGEST = ("shanghai", "barcelona")
MOST_PAGES = 6


@pytest.fixture(scope="module")
def briefs(graph: KnowledgeGraph) -> dict[tuple[str, Language], Dossier]:
    return {
        (city, language): build_dossier(graph, city, language=language)
        for city in LONGEST
        for language in LANGUAGES
    }


def runs(dossier: Dossier) -> list[Run]:
    """Every piece of text of a dossier."""
    found: list[Run] = []
    for block in dossier.blocks:
        if isinstance(block, Paragraph):
            found += block.line
        elif isinstance(block, Bullets):
            found += [run for line in block.lines for run in line]
        elif isinstance(block, Grid):
            found += [run for row in block.rows for line in row for run in line]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_what_the_analysis_says(
    graph: KnowledgeGraph, briefs: dict[tuple[str, Language], Dossier], language: Language
) -> None:
    gap, names = graph.gap("shanghai"), graph.names(language)
    headings = [
        block.text
        for block in briefs["shanghai", language].blocks
        if isinstance(block, Heading) and block.level == 2
    ]
    assert len(headings) == 6
    for heading, row in zip(headings, gap.rows, strict=False):
        assert names[row.concept] in heading
        assert [int(n) for n in re.findall(r"\d+", heading)] == [len(row.cities), row.documented]
    told = "".join(run.text for run in runs(briefs["shanghai", language]))
    for row in gap.rows[6:]:
        assert names[row.concept] in told
    assert say(language, "finding-disputed").strip(";； ") in told


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("city", LONGEST)
def test_every_number_in_brackets_has_a_reference_and_every_reference_is_cited(
    briefs: dict[tuple[str, Language], Dossier], city: str, language: Language
) -> None:
    brief = briefs[city, language]
    cited = {number for run in runs(brief) for number in run.cites}
    (listed,) = (block for block in brief.blocks if isinstance(block, ReferenceList))
    assert cited == set(range(1, len(listed.entries) + 1))
    assert len(listed.entries) == len(brief.references)


def test_every_claim_is_in_the_graph_with_the_source_that_is_cited(
    graph: KnowledgeGraph, briefs: dict[tuple[str, Language], Dossier]
) -> None:
    brief = briefs["shanghai", "en"]
    records = brief.evidence.records()
    claims = sorted({str(record["claim"]) for record in records})
    places = {
        (str(found["claim"]), str(found["source"]))
        for found in graph.run("claim-places", claim=claims).records()
    }
    assert {(str(record["claim"]), str(record["document"])) for record in records} <= places
    for record in records:
        if record["reference"] is not None:
            number = int(str(record["reference"]))
            assert ID + "source/" + brief.references[number - 1]["id"] == record["document"]
    # What the table of evidence in the brief names is in the table that --explain prints.
    named = {run.href for run in runs(brief) if run.href and run.href.startswith(ID + "claim/")}
    assert named
    assert named <= set(claims)


def test_both_languages_say_the_same(
    briefs: dict[tuple[str, Language], Dossier],
) -> None:
    for city in LONGEST:
        english, chinese = briefs[city, "en"], briefs[city, "zh"]
        assert [type(block) for block in english.blocks] == [type(b) for b in chinese.blocks]
        assert [run.cites for run in runs(english) if run.cites] == [
            run.cites for run in runs(chinese) if run.cites
        ]
        assert [item["id"] for item in english.references] == [
            item["id"] for item in chinese.references
        ]
    for key in wording_keys():
        fields = [sorted(re.findall(r"\{(\w*)\}", _raw(key, language))) for language in LANGUAGES]
        # The name of the city and of a rank may be said in one language where the other needs none.
        assert set(fields[0]) - {"city"} == set(fields[1]) - {"city"}, key


def _raw(key: str, language: Language) -> str:
    from kg.dossier import wording

    return wording._WORDING[key][1 if language == "zh" else 0]


@pytest.mark.parametrize("suffix", sorted(FORMS))
def test_the_same_bytes_in_another_process(suffix: str, tmp_path: Path) -> None:
    written = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        subprocess.run(
            [
                *(sys.executable, "-c", "from kg.cli import main; main()"),
                *("dossier", "shanghai", "--lang", "zh", "-o", f"brief{suffix}"),
            ],
            check=True,
            cwd=folder,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": f"Etc/GMT+{seed}"},
            capture_output=True,
        )
        written.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert set(written[0]) == {f"brief{suffix}", "brief.bib", "brief.csl.json"}
    assert written[0] == written[1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("city", LONGEST)
def test_six_pages_of_a4(
    briefs: dict[tuple[str, Language], Dossier], city: str, language: Language
) -> None:
    from weasyprint import HTML

    pages = HTML(string=to_html(briefs[city, language])).render().pages
    assert len(pages) <= MOST_PAGES
    assert {(round(page.width), round(page.height)) for page in pages} == {(794, 1123)}


@pytest.mark.parametrize("options", [{"leading": 50}, {"peers": 40, "level": None}])
def test_six_pages_when_compared_with_many(graph: KnowledgeGraph, options: dict[str, Any]) -> None:
    from weasyprint import HTML

    brief = build_dossier(graph, "shanghai", **options)
    assert len(HTML(string=to_html(brief)).render().pages) <= MOST_PAGES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("city", LONGEST)
def test_six_pages_in_a_word_processor(
    briefs: dict[tuple[str, Language], Dossier], city: str, language: Language, tmp_path: Path
) -> None:
    program = shutil.which("soffice")
    if program is None:
        absent("LibreOffice is not installed: apt-get install libreoffice-writer-nogui")
    file = tmp_path / "brief.docx"
    file.write_bytes(to_docx(briefs[city, language]))
    subprocess.run(
        [
            *(program, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"),
            *("--convert-to", "pdf", "--outdir", tmp_path, file),
        ],
        check=True,
        capture_output=True,
    )
    # Every page of a PDF is an object of this type; LibreOffice leaves the page tree readable.
    (count,) = re.findall(
        rb"/Type\s*/Pages\b.*?/Count (\d+)", (tmp_path / "brief.pdf").read_bytes(), re.S
    )
    assert int(count) <= MOST_PAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_in_a_browser(
    briefs: dict[tuple[str, Language], Dossier],
    browser: Chrome,
    tmp_path: Path,
    language: Language,
) -> None:
    """No request, no error, no scrolling of the page to the side on a phone."""
    page = tmp_path / "brief.html"
    page.write_text(to_html(briefs["shanghai", language]), encoding="utf-8")
    for width in (390, 1280):
        browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width == 390},
        )
        browser.get_log("browser")
        browser.get_log("performance")
        browser.get(page.as_uri())
        assert failures(browser) == []
        assert requests(browser) == []
        wide = browser.execute_script("return document.documentElement.scrollWidth")
        assert wide <= width
        broken = browser.execute_script(
            "return [...document.querySelectorAll('a[href^=\"#\"]')]"
            ".filter(a => !document.getElementById(a.hash.slice(1))).length"
        )
        assert broken == 0
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


HOSTILE = "<img src=x onerror=alert(1)>\"&'</style><script>alert(2)</script>{{7*7}}"


def test_texts_are_text(briefs: dict[tuple[str, Language], Dossier]) -> None:
    brief = briefs["shanghai", "en"]
    hostile = replace(
        brief,
        title=HOSTILE,
        keywords=(HOSTILE,),
        blocks=(
            Heading(HOSTILE),
            Paragraph((Run(HOSTILE, href="https://example.org/" + HOSTILE),)),
            Bullets(((Run(HOSTILE, strong=True),),)),
            Grid(HOSTILE, (HOSTILE,), (((Run(HOSTILE),),),), (1.0,)),
            ReferenceList(((HOSTILE, HOSTILE),)),
        ),
    )
    page = to_html(hostile)
    assert "<script" not in page
    assert "<img" not in page
    assert page.count("</style>") == 1
    assert "{{7*7}}" in page
    packed = zipfile.ZipFile(io.BytesIO(to_docx(hostile)))
    assert b"&lt;script&gt;" in packed.read("word/document.xml")
    assert b"<script" not in packed.read("word/document.xml")


def test_references_stand_beside_it(briefs: dict[tuple[str, Language], Dossier]) -> None:
    brief = briefs["shanghai", "zh"]
    files = files_of(brief, "s", ".html")
    assert json.loads(files["s.csl.json"]) == list(brief.references)
    assert files["s.bib"].count(b"@misc{") == len(brief.references)


def test_a_city_without_a_record_is_refused_with_the_reason(graph: KnowledgeGraph) -> None:
    documented = {lexical(row[0]) for row in graph.run("incidence").rows if row[0] is not None}
    matrix = graph.matrix()
    (city, *_) = (
        name
        for name, number in zip(matrix.cities, matrix.documentation, strict=True)
        if not number and name not in documented
    )
    with pytest.raises(KgError) as caught:
        build_dossier(graph, city)
    assert caught.value.code == "no-record-here"


@pytest.mark.parametrize("package", ["weasyprint", "docx"])
def test_a_missing_package_is_named_with_the_extra(
    briefs: dict[tuple[str, Language], Dossier],
    package: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    suffix = {"weasyprint": ".pdf", "docx": ".docx"}[package]
    brief = briefs["shanghai", "en"]

    with pytest.raises(MissingPackageError, match=r"city-practice-graph\[dossier\]"):
        files_of(brief, "s", suffix)
