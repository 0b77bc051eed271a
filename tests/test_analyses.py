"""The commands of the recurrence engine, each as a person would call it, in both languages."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg.cli import main

ARTICLE = ("--source", "sh-top50-lessons-2021", "--source", "eden-top50-2021")


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def rows(result: Result) -> list[dict[str, str]]:
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(result.stdout.splitlines()))


@pytest.mark.parametrize(
    ("arguments", "columns", "remark"),
    [
        (["coverage"], {"programmes", "coverage", "estimated"}, "lower bounds"),
        (["coverage", "--curve"], {"cities", "expected", "deviation"}, "72 of 87"),
        (["leaders", "--permutations", "99"], {"leaders", "others", "p", "q"}, "unknown"),
        (["together", "--worlds", "99", "--all"], {"first", "second", "q"}, "120 pairs"),
        (["rules", "--limit", "5"], {"support", "confidence", "lift"}, "no evidence by itself"),
        (["sets", "--limit", "5"], {"cities", "documented"}, "unknown, not absent"),
        (["scores", "--permutations", "99"], {"spearman", "q", "warning"}, "160 pairs"),
        (["peers", "shanghai"], {"context", "jaccard", "agreeing"}, "apart"),
        (["gap", "shanghai"], {"cities", "documented", "search"}, "not the same as absent"),
        (
            ["configurations", "open-data", "digital-literacy", "--outcome", "leading:20"],
            {"consistency", "raw_coverage"},
            "unknown, not absent",
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_command_answers_with_its_denominators(
    arguments: list[str], columns: set[str], remark: str
) -> None:
    english = run(*arguments, "--format", "csv")
    found = rows(english)
    assert found or "--outcome" in arguments
    if found and "state" not in found[0]:
        assert columns <= set(found[0])
    assert remark in english.stderr
    chinese = run("--lang", "zh", *arguments, "--format", "csv")
    assert len(rows(chinese)) == len(found)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese.stderr)


@pytest.mark.parametrize("command", ["leaders", "rules", "sets", "scores", "peers", "gap"])
def test_every_figure_leads_to_claims(command: str) -> None:
    arguments = [command, "shanghai"] if command in ("peers", "gap") else [command]
    if command in ("leaders", "scores"):
        arguments += ["--permutations", "99"]
    if command in ("rules", "sets"):
        arguments += ["--limit", "3"]
    found = rows(run(*arguments, "--explain", "--format", "csv"))
    assert found
    assert all("claim/" in row["claim"] for row in found)


def test_the_first_source_alone_ranks_no_pairs_and_says_why() -> None:
    result = run("together", *ARTICLE, "--worlds", "99")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "cannot tell" in result.stderr
    assert "无法" in run("--lang", "zh", "together", *ARTICLE, "--worlds", "99").stderr


def test_the_gap_of_shanghai_is_that_of_its_peers() -> None:
    found = rows(run("gap", "shanghai", "--format", "csv"))
    practices = {row["practice"].rpartition("/")[2] for row in found}
    assert {"open-data", "digital-literacy"} <= practices
    assert not practices & {"whole-of-government", "integrated-smart-infrastructure"}
    assert all(int(row["cities"]) <= int(row["documented"]) <= int(row["of"]) for row in found)
    assert any("People-centricity" in row["factors"] for row in found)


def test_the_same_seed_gives_the_same_digits() -> None:
    once, again, other = (
        run("leaders", "--permutations", "199", "--seed", seed, "--format", "csv").stdout
        for seed in ("5", "5", "6")
    )
    assert once == again
    assert once != other


def test_the_example_in_the_help_runs() -> None:
    shown = run("configurations", "--help").stdout
    (example,) = (line.split() for line in shown.splitlines() if "--outcome leading:" in line)
    assert example[:2] == ["kg", "configurations"]
    assert rows(run(*example[1:], "--format", "csv"))


def test_wrong_calls_are_told_apart(tmp_path: Path) -> None:
    assert run("gap", "atlantis").exit_code == 1
    assert "atlantis" in run("gap", "atlantis").stderr
    assert run("picture", "matrix", "-o", str(tmp_path / "x.gif")).exit_code == 2
    assert run("configurations", "open-data", "--outcome", "leading:ten").exit_code == 2
    assert run("coverage", "--grade", "hearsay").exit_code == 2
    assert run("peers", "shanghai", "--weight", "region").exit_code == 2


@pytest.mark.parametrize("kind", ["matrix", "recurrence", "together", "sets", "accumulation"])
def test_a_picture_is_written(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "picture.svg"
    assert run("picture", kind, "-o", str(path)).exit_code == 0
    assert ET.parse(path).getroot().tag.endswith("svg")
    english = path.read_bytes()
    assert run("picture", kind, "-o", str(path)).exit_code == 0
    assert path.read_bytes() == english
    png = tmp_path / "picture.png"
    assert run("--lang", "zh", "picture", kind, "-o", str(png)).exit_code == 0
    assert png.read_bytes().startswith(b"\x89PNG")
