"""Lines that fit a terminal, in both languages; what a reader sees of a wide table."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from wcwidth import wcswidth

from kg.cli import main
from kg.results import Table
from kg.terminal import columns, table, wrap

CHINESE = "可比较背景的城市 73 座，另有 13 座共同已知的信息太少；该城市有“6”个项目记录。"
COMMANDS = [
    ["recur"],
    ["recur", "--sure"],
    ["recur", "--leading", "3", "--explain"],
    ["coverage"],
    ["coverage", "--curve"],
    ["leaders", "--permutations", "99"],
    ["together", "--worlds", "99", "--all"],
    ["rules"],
    ["rules", "--limit", "3", "--explain"],
    ["sets"],
    ["scores", "--permutations", "99"],
    ["peers", "shanghai"],
    ["peers", "shanghai", "--parts"],
    ["peers", "shanghai", "--explain"],
    ["gap", "shanghai"],
    ["gap", "shanghai", "--with"],
    ["gap", "shanghai", "--explain"],
    ["configurations", "open-data", "digital-literacy", "--outcome", "leading:20"],
    [
        *("configurations", "open-data", "digital-literacy", "--outcome", "leading:20"),
        "--truth-table",
    ],
    ["configurations", "open-data", "digital-literacy", "--outcome", "leading:20", "--necessity"],
    ["show", "programme/gb-london-loda"],
    ["show", "city/shanghai"],
    ["compare", "singapore", "shanghai", "seoul", "london"],
    ["queries"],
    ["query", "measurements"],
    ["query", "disputed-statements"],
    ["search", "数据"],
]


def wide(lines: str, width: int) -> list[str]:
    """Lines that do not fit, apart from addresses, which stay whole."""
    return [
        line
        for line in lines.splitlines()
        if wcswidth(line) > width and not line.startswith("     http")
    ]


@pytest.mark.parametrize(("language", "width"), [("en", 120), ("zh", 80)])
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_no_line_of_a_table_is_wider_than_the_terminal(
    arguments: list[str], language: str, width: int
) -> None:
    options = ["--lang", language, *arguments, "--format", "table"]
    shown = CliRunner(env={"COLUMNS": str(width)}).invoke(main, options)
    assert shown.exit_code == 0, shown.output
    assert len(shown.stdout.splitlines()) > 3
    assert wide(shown.stdout, width) == []


def on_terminal(arguments: list[str], width: int) -> str:
    """What a command prints on a terminal, data and remarks."""
    mine, its = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "kg.cli", *arguments],
        stdin=its,
        stdout=its,
        stderr=its,
        env={**os.environ, "COLUMNS": str(width)},
    )
    os.close(its)
    printed = b""
    try:
        while chunk := os.read(mine, 4096):
            printed += chunk
    except OSError:  # Linux says so when the other end is closed
        pass
    os.close(mine)
    assert process.wait() == 0, printed
    return printed.decode("utf-8").replace("\r\n", "\n")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_remarks_fit_a_terminal(language: str) -> None:
    printed = on_terminal(["--lang", language, "peers", "shanghai"], 80)
    assert wide(printed, 80) == []
    assert "--wide" in printed
    remark = {"en": "Context and practice are apart", "zh": "背景与实践分开衡量"}[language]
    assert remark in re.sub(r"\n", "" if language == "zh" else " ", printed)


def test_a_wide_table_has_all_columns_and_whole_lists() -> None:
    run = CliRunner(env={"COLUMNS": "100"}).invoke
    brief = run(main, ["gap", "shanghai", "--format", "table"])
    whole = run(main, ["gap", "shanghai", "--format", "table", "--wide"])
    assert "; +2" in brief.stdout
    assert "mechanisms" not in brief.stdout
    assert "--wide" in brief.stderr
    assert "; +" not in whole.stdout
    assert "mechanisms" in whole.stdout
    assert "--wide" not in whole.stderr
    assert run(main, ["--wide", "gap", "shanghai", "--format", "table"]).stdout == whole.stdout


def test_data_formats_know_no_brief_columns() -> None:
    for form in ("csv", "tsv", "json", "jsonl"):
        brief = CliRunner().invoke(main, ["gap", "shanghai", "--format", form])
        whole = CliRunner().invoke(main, ["gap", "shanghai", "--format", form, "--wide"])
        assert brief.output == whole.output
        assert "mechanism_list" in brief.stdout
        assert "; +" not in brief.stdout


@pytest.mark.parametrize("language", ["en", "zh"])
def test_words_for_experts_are_explained_where_they_stand(language: str) -> None:
    def remarks(*arguments: str) -> str:
        options = ["--lang", language, *arguments, "--format", "table"]
        return CliRunner().invoke(main, options).stderr

    lift = {"en": "lift: how many times", "zh": "提升度：与全部"}[language]
    assert lift in remarks("rules", "--limit", "3")
    assert lift not in remarks("sets", "--limit", "3")
    assert lift not in remarks("rules", "--limit", "3", "--explain")


@pytest.mark.parametrize("width", range(8, 60))
def test_wrapped_text_fits_and_loses_nothing(width: int) -> None:
    for text in (CHINESE, "claim/hong-kong-008 in a sentence, with hasMeasurement; a%b", "一" * 99):
        wrapped = wrap(text, width)
        assert columns(wrapped) <= width
        assert re.sub(r"\s", "", wrapped) == re.sub(r"\s", "", text)


def test_chinese_lines_end_where_chinese_lines_may() -> None:
    lines = wrap(CHINESE, 30).split("\n")
    assert len(lines) == 3  # a sentence is no word: the lines are full
    for width in range(10, 60):
        for line in wrap(CHINESE, width).split("\n"):
            assert line[0] not in "，；。”"
            assert line[-1] not in "“"


def test_words_stay_whole_when_a_line_holds_them() -> None:
    assert wrap("see kg query factor-conflicts", 24) == "see kg query\nfactor-conflicts"
    assert wrap("practice/whole-of-government", 20) == "practice/whole-of-\ngovernment"
    assert wrap("cpg:hasMeasurement", 12) == "cpg:has\nMeasurement"
    assert wrap("新加坡; 首尔; 伦敦", 16) == "新加坡; 首尔;\n伦敦"
    assert wrap("one\n\ntwo", 3) == "one\n\ntwo"


def test_headings_are_wrapped_before_cells_and_numbers_stay_whole() -> None:
    rows = [("Digital government for whole-of-government", 28, "0.322")]
    wide_enough = table(["practice", "cities with it", "share of all"], rows, width=64)
    assert wide_enough.splitlines() == [
        "practice                                     cities  share of",
        "                                            with it       all",
        "------------------------------------------  -------  --------",
        "Digital government for whole-of-government       28     0.322",
    ]
    narrow = table(["practice", "cities with it", "share of all"], rows, width=40)
    assert "0.322" in narrow
    assert columns(narrow) <= 40
    assert table(["practice", "of"], [], width=12).splitlines() == ["practice  of", "--------  --"]


def test_a_glance_takes_brief_columns_cuts_lists_and_repeats_no_row() -> None:
    def row(claim: str) -> tuple[ox.Literal | ox.NamedNode, ...]:
        cities = ox.Literal("Rome; Oslo; Bonn; Lima; Pune")
        sets = ox.Literal("a; b; c; d; e")
        return (ox.NamedNode("urn:a"), ox.Literal("Tea"), ox.Literal(claim), cities, sets)

    whole = Table(
        ("practice", "name", "claim", "city_list", "concept_list"),
        (row("one"), row("two")),
        ("name", "city_list", "concept_list"),
    )
    brief = whole.at_a_glance()
    assert brief.variables == ("practice", "city_list", "concept_list")
    assert brief.values() == [("Tea", "Rome; Oslo; Bonn; +2", "a; b; c; d; e")]
    plain = Table(whole.variables, whole.rows)
    assert plain.at_a_glance() is plain
