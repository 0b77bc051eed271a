"""Whoever asks for Chinese reads Chinese: help, usage errors, headings, codes and remedies."""

from __future__ import annotations

import csv
import gettext
import inspect
import io
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from string import Formatter
from typing import get_args

import click
import pyoxigraph as ox
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from click.testing import CliRunner, Result

from kg import console
from kg.catalogue import catalogue
from kg.cli import main
from kg.graph import KnowledgeGraph
from kg.helptext import DOMAIN, LOCALE, chinese_words, typeset
from kg.messages import code, column, listed, text_keys
from kg.recurrence import association, comparison, configurations, coverage, gaps, matrix, peers
from kg.results import Table
from kg.terminal import columns
from kg.vocabulary import labels

FOLDER = LOCALE / "zh" / "LC_MESSAGES"
HAN = re.compile(r"[\u4e00-\u9fff]")
# What stands in a help text for a value, and is the same in both languages.
SAME = {"N"}


def run(*arguments: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), env=env, prog_name="kg")


def commands(command: click.Command = main) -> Iterator[click.Command]:
    yield command
    for below in getattr(command, "commands", {}).values():
        yield from commands(below)


def paths(command: click.Command = main, *path: str) -> Iterator[tuple[str, ...]]:
    yield path
    for name, below in getattr(command, "commands", {}).items():
        yield from paths(below, *path, name)


def shown_texts() -> set[str]:
    """All texts of ours that a help shows, by paragraph, and the names of values."""
    found = {"Show this message and exit."}
    for command in commands():
        found |= {command.options_metavar or ""}
        if isinstance(command, click.Group):
            found.add(command.subcommand_metavar)
        texts = [command.help, *(getattr(param, "help", None) for param in command.params)]
        for text in texts:
            paragraphs = inspect.cleandoc(text or "").split("\n\n")
            found |= {paragraph.removeprefix("\b\n") for paragraph in paragraphs}
        found |= {
            param.make_metavar(click.Context(command))
            for param in command.params
            if not getattr(param, "is_flag", False)
        }
    # A choice is what has to be typed.
    return {text for text in found - SAME if text and not re.fullmatch(r"[\[{].*\|.*[\]}]", text)}


@pytest.fixture(scope="module")
def written() -> Catalog:
    with (FOLDER / f"{DOMAIN}.po").open("rb") as file:
        return read_po(file, locale="zh", abort_invalid=True)


def forms(text: str | Iterable[str] | None) -> tuple[str, ...]:
    """A text, or its singular and plural."""
    return (text,) if isinstance(text, str) else tuple(text or ())


def entries(catalog: Catalog, *, of_click: bool) -> list[Message]:
    return [m for m in catalog if m.id and ("click" in m.auto_comments) == of_click]


def test_every_help_text_has_its_translation_and_none_is_stale(written: Catalog) -> None:
    assert {message.id for message in entries(written, of_click=False)} == shown_texts()
    assert all(message.string for message in written)


def test_words_of_click_are_those_of_click(written: Catalog) -> None:
    found = {ids for _, _, ids, *_ in extract_from_dir(click.__path__[0], [("**.py", "python")])}
    found.add("required")  # looked up by what a variable holds
    assert [m.id for m in entries(written, of_click=True) if m.id not in found] == []


def test_translations_fill_in_only_what_click_gives(written: Catalog) -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, *_ in Formatter().parse(text) if name}

    for message in entries(written, of_click=True):
        given = set().union(*map(fields, forms(message.id)))
        assert set().union(*map(fields, forms(message.string))) <= given, message.id


def test_what_ships_is_compiled_from_what_is_written(written: Catalog) -> None:
    with (FOLDER / f"{DOMAIN}.mo").open("rb") as file:
        compiled = read_mo(file)

    def texts(catalog: Catalog) -> dict[str, tuple[str, ...]]:
        return {forms(m.id)[0]: forms(m.string) for m in catalog if m.id}

    assert texts(compiled) == texts(written)


@pytest.mark.parametrize("path", list(paths()), ids=" ".join)
def test_help_is_chinese_wherever_the_call_says_so(path: Sequence[str]) -> None:
    shown = run("--lang", "zh", *path, "--help")
    assert shown.exit_code == 0
    assert shown.stdout.startswith("用法：kg")
    assert run(*path, "--lang", "zh", "--help").stdout == shown.stdout
    assert run(*path, "--help", "--lang=zh").stdout == shown.stdout
    assert run(*path, "--help", env={"KG_LANG": "zh"}).stdout == shown.stdout
    for english in ("Usage", "Options", "Commands", "default", "required", "Show this", "TEXT"):
        assert english not in shown.stdout
    for line in shown.stdout.splitlines():
        assert columns(line) <= 80, line
        assert not line.lstrip().startswith(tuple("，。、；：？！）”》")), line


def test_english_is_what_it_was_after_chinese_and_on_a_chinese_system() -> None:
    system = {"LANGUAGE": "zh", "LANG": "zh_CN.UTF-8", "LC_ALL": "zh_CN.UTF-8"}
    domain = gettext.textdomain()
    for path in ((), ("gap",), ("new", "city")):
        english = run(*path, "--help").stdout
        assert english.startswith("Usage: kg")
        assert HAN.search(run(*path, "--help", "--lang", "zh").stdout)
        assert run(*path, "--help").stdout == english
        assert run(*path, "--help", env=system).stdout == english
    assert gettext.textdomain() == domain
    assert "Missing argument 'CITY'." in run("gap").stderr


def test_a_start_in_english_reads_nothing_of_this() -> None:
    code = (
        "import sys\n"
        "from kg.cli import main\n"
        "try:\n    main(['gap', '--help'])\n"
        "finally:\n    print({'kg.helptext', 'kg.messages', 'wcwidth'} & set(sys.modules))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert shown.splitlines()[-1] == "set()"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("gap", "缺少参数“城市”。"),
        ("--lagn", "没有选项“--lagn”。是否指“--lang”？"),
        ("recr", "没有命令“recr”。是否指“recur”？"),
        ("gap helsinki --format xml", "“--format”的值无效：“xml”不是“table”、“csv”、"),
        ("recur --leading 0", "“--leading”的值无效：0 不在范围 x>=1 内。"),
        ("recur --leading many", "“--leading”的值无效：“many”不是有效的数值。"),
        ("recur --leading", "选项“--leading”需要一个值。"),
        ("recur --sure=1", "选项“--sure”不接受值。"),
        ("configurations open-data", "缺少选项“--outcome”。"),
        ("show a b", "多余的参数：b"),
        ("fragments /nowhere", "“来源文本”的值无效：文件“/nowhere”不存在。"),
        ("fragments /", "“来源文本”的值无效：“/”是文件夹，而不是文件。"),
    ],
)
def test_usage_errors_are_chinese(call: str, said: str) -> None:
    result = run("--lang", "zh", *call.split())
    assert result.exit_code == 2
    *before, error = result.stderr.rstrip("\n").split("\n")
    assert error.startswith("错误：" + said)
    if before:  # click knows the command
        usage, hint, _ = before
        assert usage.startswith("用法：kg")
        assert re.fullmatch(r"请运行 kg( \w+)* --help --lang zh 查看帮助。", hint)


def test_usage_errors_are_chinese_when_the_call_says_so_at_its_end() -> None:
    assert "错误：缺少参数“城市”。" in run("gap", "--lang", "zh").stderr
    assert "错误：没有命令“gpa”。" in run("gpa", "--lang=zh").stderr
    # What follows two dashes is no option, and the last word counts.
    assert run("gap", "--", "--lang", "zh").stderr.startswith("Usage: kg gap")
    assert run("--lang", "zh", "gap", "--lang", "en").stderr.startswith("Usage: kg gap")


def test_no_call_at_all_shows_the_help() -> None:
    nothing = run(env={"KG_LANG": "zh"})
    assert nothing.exit_code == 2
    assert nothing.stderr == run("--lang", "zh", "--help").stdout
    assert "错误：缺少命令。" in run("new", "--lang", "zh").stderr


def test_marks_are_set_in_the_error_alone() -> None:
    before = "用法：kg [选项]\n请运行 'kg' .\n\n"
    with chinese_words():
        shown = typeset(before + "错误：缺少参数 'A'. 可选值：\n\ta, b.c")
    assert shown == before + "错误：缺少参数“A”。可选值：\n\ta, b.c"


def test_a_command_in_a_remedy_keeps_the_language_asked_for() -> None:
    asked = run("query", "nothing", "--lang", "zh")
    assert "参见 kg --lang zh queries。" in asked.stderr
    assert "参见 kg queries。" in run("query", "nothing", env={"KG_LANG": "zh"}).stderr
    english = run("--lang", "en", "query", "nothing", env={"KG_LANG": "zh"})
    assert "See 'kg --lang en queries'." in english.stderr
    assert "kg --lang zh show practice/" in run("recur", "--lang", "zh").stderr


# --- tables ---------------------------------------------------------------------------------------
# One call of every table that a command prints; what it is called by where headings differ.
TABLES = {
    "recur": "recur",
    "recur --sure": "recur",
    "show practice/open-data": "show",
    "search data": "search",
    "compare singapore seoul": "compare",
    "queries": "queries",
    "coverage": "coverage",
    "coverage --curve": "coverage",
    "leaders --permutations 99": "leaders",
    "leaders --permutations 99 --explain": "leaders",
    "together --all --worlds 0 --null bicm": "together",
    "rules": "rules",
    "sets": "sets",
    "scores --permutations 99": "scores",
    "peers singapore": "peers",
    "peers singapore --parts": "peers",
    "peers singapore --explain": "peers",
    "gap helsinki": "gap",
    "gap helsinki --with": "companions",
    "gap helsinki --explain": "gap",
    "dossier helsinki --explain": "dossier",
    "configurations open-data digital-rights --outcome leading:40 --consistency 0.6": (
        "configurations"
    ),
    "configurations open-data digital-rights --outcome leading:40 --truth-table": "configurations",
    "configurations open-data smart-mobility --outcome digital-rights --necessity"
    " --consistency 0.51": "configurations",
}
WITHOUT_TABLE = {
    *("network", "export", "build", "check", "new", "fragments", "picture", "query"),
    *("publish", "rollback", "serve", "explore"),
}


@pytest.fixture(scope="module")
def headers(graph: KnowledgeGraph) -> dict[str, tuple[str, list[str]]]:
    """Call to what it is called by and the names of its columns."""
    found = {}
    for call, answer in TABLES.items():
        result = run(*call.split(), "--format", "csv", "--lang", "zh")
        assert result.exit_code == 0, result.stderr
        found[call] = answer, next(csv.reader(io.StringIO(result.stdout)))
    for query in catalogue().values():
        found[f"query {query.name}"] = query.name, list(graph.run(query.name).variables)
    return found


def test_every_command_with_a_table_is_looked_at() -> None:
    assert {call.split()[0] for call in TABLES} | WITHOUT_TABLE == set(main.commands)


def test_every_column_has_a_heading_in_both_languages(
    headers: dict[str, tuple[str, list[str]]],
) -> None:
    # A condition is called by its name, which is Chinese here.
    columns_of = [
        (call, answer, name)
        for call, (answer, names) in headers.items()
        for name in names
        if not HAN.search(name)
    ]
    texts = set(text_keys())
    assert [each for each in columns_of if not {f"{each[1]}.{each[2]}", each[2]} & texts] == []
    for call, answer, name in columns_of:
        assert HAN.search(column(name, "zh", answer)), (call, name)
        assert not re.search(r"_|[a-z][A-Z]", column(name, "en", answer)), (call, name)


def test_a_heading_of_one_answer_belongs_to_one(headers: dict[str, tuple[str, list[str]]]) -> None:
    known = {f"{answer}.{name}" for answer, names in headers.values() for name in names}
    special = {key for key in text_keys() if re.fullmatch(r"[a-z0-9-]+\.\w+", key)}
    assert special
    assert special <= known


def test_every_code_has_words() -> None:
    codes = [
        *get_args(association.Direction),
        *get_args(configurations.Coding),
        *get_args(configurations.State),
        *get_args(configurations.Kind),
        *get_args(coverage.Reason),
        *get_args(coverage.Caution),
        *get_args(peers.MissingPart),
        *get_args(peers.PartName),
        *("here", "there", "ranked", "others", "mechanism", "technology", "product", "sum"),
        *("body", "domain", "unknown", "gap", "shared"),
    ]
    for name in codes:
        assert HAN.search(code(name, "zh")), name
    assert code("no-such-code", "zh") == "no-such-code"
    for scheme, slugs in {
        "evidence-grade": matrix.GRADES,
        "source-type": gaps.SOURCE_TYPES,
        "coverage-status": set(get_args(comparison.State)) - {"unknown"},
    }.items():
        for slug in slugs:
            iri = f"https://w3id.org/city-practice-graph/concept/{scheme}/{slug}"
            assert HAN.search(labels("zh")[iri])
            assert labels("en")[iri].isascii()


def cells(call: str, language: str) -> str:
    return run("--lang", language, *call.split(), "--format", "md", "--wide").stdout


def test_people_read_words_and_programs_codes() -> None:
    data = run("gap", "helsinki", "--format", "csv", "--lang", "zh").stdout
    assert ",official,account," in data
    assert ",searched-not-found," in data
    chinese = cells("gap helsinki", "zh")
    for word in ("官方来源", "陈述", "已查未见", "伦敦、阿姆斯特丹、", "伦敦：伦敦新兴技术宪章；"):
        assert word in chinese
    assert not re.search(r"official|account|searched|; ", chinese)
    english = cells("gap helsinki", "en")
    assert "Searched and not found" in english
    assert "London; Amsterdam; " in english


def test_lists_parts_and_truth_are_in_words() -> None:
    parts = cells("peers singapore", "zh")
    assert "区域、次区域、人口" in parts
    assert "| 是 " in parts
    assert "region, " not in cells("peers singapore", "en")
    assert re.search(r"region; sub-region; population +\|", cells("peers singapore", "en"))
    assert "对方未知" in cells("peers singapore --parts", "zh")
    assert re.search(r"、\w+，另有 \d+ 项 ", run("recur", "--lang", "zh", "--format", "md").stdout)
    assert re.search(r"陈述 \d+ +\|", cells("recur --sure", "zh"))
    assert "参加机构" in cells("query cq19-standing-arrangements", "zh")


def test_concepts_that_are_values_are_named_and_things_keep_their_path() -> None:
    shown = cells("query cq13-appraisal", "zh")
    assert "较弱" in shown
    assert "assessment-factor/budget" in shown
    assert "appraisal-level" not in shown
    assert "亚洲" in cells("query cities", "zh")
    assert "起始年" in cells("query cq25-conflicts", "zh")


def test_a_sentence_is_no_list() -> None:
    settings = console.Settings("zh")
    term = ox.Literal("One; two", language="en")
    listing = ox.Literal("One; two; +3")
    table = Table(("value", "value", "city_list"), ((term, ox.Literal("One; two"), listing),))
    assert console._in_words(table, settings) == [("One; two", "One; two", "One、two，另有 3 项")]


def test_a_list_is_set_as_the_language_does() -> None:
    assert listed(["A", "B"], "en") == "A; B"
    assert listed(["A", "B"], "en", between=", ") == "A, B"
    assert listed(["甲", "乙"], "zh") == "甲、乙"
    assert listed(["甲：一、二", "乙"], "zh") == "甲：一、二；乙"
    assert "是否指 city/singapore、" in run("show", "singapoor", "--lang", "zh").stderr
