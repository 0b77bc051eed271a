"""The command line as a reader meets it."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg.cli import main
from kg.graph import KnowledgeGraph


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=stdin)


def test_counts_as_csv(graph: KnowledgeGraph) -> None:
    result = run("recur", "--format", "csv")
    rows = {
        row["practice"].rpartition("/")[2]: row
        for row in csv.DictReader(io.StringIO(result.stdout))
    }
    assert result.exit_code == 0
    counted = {row.concept.rpartition("/")[2]: row for row in graph.recurrence().rows}
    assert {name: int(row["cities"]) for name, row in rows.items()} == {
        name: len(row.cities) for name, row in counted.items()
    }
    assert {row["of"] for row in rows.values()} == {"87"}
    assert {row["documented"] for row in rows.values()} == {"72"}
    assert len(rows) == 16


def test_leaders_as_csv() -> None:
    result = run("recur", "--leading", "10", "--min-cities", "2", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert min(int(row["cities"]) for row in rows) == 2
    assert {row["of"] for row in rows} == {"10"}
    assert "10 of 10 cities" in result.stderr


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "json", "jsonl", "md"])
def test_every_form(form: str) -> None:
    result = run("recur", "--format", form)
    assert result.exit_code == 0
    assert ("Smart mobility" if form in ("table", "md") else "practice/smart-mob") in result.stdout
    if form == "jsonl":
        assert all(json.loads(line) for line in result.stdout.splitlines())


def test_a_practice_with_its_sentences() -> None:
    result = run("show", "practice/open-data", "--format", "table")
    assert result.exit_code == 0
    assert "P21S5" in result.stdout
    assert "P21S6" in result.stdout
    assert "Continuous opening of city data" in result.stdout


def test_did_you_mean() -> None:
    result = run("show", "singapoor")
    assert result.exit_code == 1
    assert "Did you mean" in result.stderr
    assert "city/singapore" in result.stderr
    chinese = run("--lang", "zh", "show", "singapoor")
    assert "是否指" in chinese.stderr


@pytest.mark.parametrize(
    ("call", "close"),
    [
        ("show city/singapoor", "city/singapore"),
        ("show practice/opendata", "practice/open-data"),
        ("show concept/practice/opendata", "practice/open-data"),
        ("gap singapoor", "city/singapore"),
        ("peers organisation/adelaid", "city/adelaide"),
        ("compare beijin", "city/beijing"),
    ],
)
def test_only_things_of_the_kind_asked_for_are_suggested(call: str, close: str) -> None:
    result = run(*call.split())
    assert result.exit_code == 1
    offered = re.split(r",? ", result.stderr.partition("Did you mean ")[2].strip().rstrip("?"))
    assert offered[0] == close
    assert {thing.partition("/")[0] for thing in offered} == {close.partition("/")[0]}


def test_nothing_of_another_kind_is_suggested_when_nothing_is_close() -> None:
    assert "Did you mean" not in run("show", "city/nowhere").stderr
    assert "kg search" in run("gap", "qqqq").stderr


def test_compare() -> None:
    result = run("compare", "singapore", "赫尔辛基", "--format", "csv")
    rows = list(csv.reader(io.StringIO(result.stdout)))
    assert rows[0] == ["practice", "name", "city", "state", "programmes", "sources"]
    found = {(row[0], row[2]): row[3:] for row in rows[1:]}
    assert found["practice/open-data", "city/helsinki"][0] == "documented"
    assert int(found["practice/open-data", "city/helsinki"][2]) >= 1
    assert "means absent" in result.stderr


def test_compare_tells_searched_from_unknown() -> None:
    result = run("compare", "shanghai", "bangkok", "--format", "csv")
    states = {
        (row["practice"], row["city"]): row for row in csv.DictReader(io.StringIO(result.stdout))
    }
    rights = states["practice/digital-rights", "city/shanghai"]
    assert (rights["state"], rights["programmes"], rights["sources"]) == (
        "searched-not-found",
        "0",
        "1",
    )
    assert states["practice/digital-rights", "city/bangkok"]["state"] == "unknown"
    shown = run("--lang", "zh", "compare", "shanghai", "bangkok", "--format", "md")
    assert "已查未见" in shown.stdout
    assert "未知" in shown.stdout
    assert "0 个项目" in shown.stderr


def test_chinese_names() -> None:
    result = run("recur", "--lang", "zh", "--format", "table")
    assert "城市数据持续开放" in result.stdout
    assert "城市数" in result.stdout
    assert "不等于" in result.stderr


def test_queries_and_parameters() -> None:
    listed = run("queries", "--format", "csv")
    assert "city-profile" in listed.stdout
    result = run("query", "city-profile", "-p", "city=helsinki", "--format", "csv")
    assert "fi-helsinki-region-infoshare" in result.stdout
    bad = run("query", "city-profile", "-p", "helsinki")
    assert bad.exit_code == 2
    assert "--param city=singapore" in bad.stderr


def test_a_query_from_standard_input() -> None:
    result = run("query", "-", "--format", "csv", stdin="SELECT (1 + 1 AS ?n) {}")
    assert result.stdout == "n\n2\n"
    assert run("query", "-", stdin="ASK { ?s ?p ?o }").stdout == "true\n"
    broken = run("query", "-", stdin="SELECT")
    assert broken.exit_code == 1
    assert "Write SPARQL 1.1" in broken.stderr


def test_a_missing_query_file_is_a_wrong_call() -> None:
    assert run("query", "nowhere.rq").exit_code == 2


def test_wrong_options_are_wrong_calls(tmp_path: Path) -> None:
    assert run("recur", "--leading", "0").exit_code == 2
    assert run("--data", str(tmp_path), "--endpoint", "http://x", "recur").exit_code == 2
    nowhere = run("--data", str(tmp_path / "none"), "recur")
    assert nowhere.exit_code == 1
    assert "There is no file or folder" in nowhere.stderr


def test_a_network_page_is_written(tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    assert run("network", "city-practice", "-o", str(target)).exit_code == 0
    assert target.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert run("network", "city-practice", "-o", str(tmp_path / "n.graphml")).exit_code == 0


def test_help_names_every_command() -> None:
    shown = run("--help").stdout
    for command in main.commands:
        assert command in shown
        assert run(command, "--help").exit_code == 0


def test_a_closed_pipe_is_no_error() -> None:
    command = f"{sys.executable} -m kg.cli export nquads | head -n 1"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert result.stderr == ""
    assert len(result.stdout.splitlines()) == 1


def test_importing_the_package_is_light() -> None:
    code = (
        "import sys, kg; "
        "heavy = {'rdflib', 'pandas', 'networkx', 'pyoxigraph'} & set(sys.modules); "
        "sys.exit(', '.join(heavy) or 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_data_and_endpoint_exclude_each_other_wherever_they_stand(tmp_path: Path) -> None:
    for language, words in (("en", "exclude each other"), ("zh", "不能同时使用")):
        for arguments in (
            ("--data", str(tmp_path), "--endpoint", "http://x", "recur"),
            ("--data", str(tmp_path), "recur", "--endpoint", "http://x"),
            ("recur", "--data", str(tmp_path), "--endpoint", "http://x"),
        ):
            result = run("--lang", language, *arguments)
            assert result.exit_code == 2
            assert words in result.stderr


def test_show_says_out_of_how_much() -> None:
    concept = run("show", "practice/open-data", "--format", "csv")
    assert re.search(r"On record in \d+ of 72 documented cities \(87 registered\)", concept.stderr)
    city = run("--lang", "zh", "show", "city/singapore", "--format", "csv")
    assert re.search(r"该城市有记载：\d+ 个项目，来自 \d+ 个来源", city.stderr)


def test_show_speaks_in_words_with_numbered_places() -> None:
    english = run("show", "programme/gb-london-loda", "--format", "table")
    rows = [re.split(r"\s{2,}", line) for line in english.stdout.splitlines()]
    years = {row[1]: row[2:] for row in rows if row[0] == "start year"}
    assert {year: status for year, (status, _) in years.items()} == {
        "2016": "Disputed",
        "2018": "Disputed",
    }
    numbers = {place for _, place in years.values()}
    assert len(numbers) == 2
    listed = [line for line in english.stdout.splitlines() if re.match(r"\s+\d+  \S+", line)]
    assert any("sh-top50-lessons-2021/P21S2" in line for line in listed)
    assert any("https://www.nesta.org.uk/" in line for line in listed)
    assert "Boroughs in the pilot: 12 (output, 2017)" in english.stdout
    assert "Budget announced: 365,000 GBP (input, 2018)" in english.stdout
    assert re.search(r"from [4-9] sources, .*; 2 disputed", english.stderr)
    assert "gb-london-loda" not in english.stdout.split("\n", 1)[1].split("\n\n")[1]

    chinese = run("--lang", "zh", "show", "programme/gb-london-loda", "--format", "table")
    assert "参加试点的自治市数：12（产出，2017）" in chinese.stdout
    assert "起始年" in chinese.stdout
    assert "其中 2 条有争议" in chinese.stderr


def test_a_city_is_shown_with_its_ranks_in_words_and_a_caution() -> None:
    shown = run("show", "city/shanghai", "--format", "md")
    rows = [[cell.strip() for cell in line.split("|")] for line in shown.stdout.split("\n")]
    edition = "Top 50 Smart City Governments 2020/21: Shanghai"
    assert ["", edition, "rank", "8"] in [row[:4] for row in rows]
    assert ["", edition, "score: People-centricity", "4", "Disputed"] in [row[:5] for row in rows]
    assert "observation/" not in shown.stdout
    assert "IMD changed its method in 2023" in shown.stderr
    chinese = run("--lang", "zh", "show", "edition/imd-smart-city-index-2019", "--format", "csv")
    assert "IMD 于2023年更换方法" in chinese.stderr


def test_a_query_on_doubtful_columns_warns() -> None:
    assert "each other's headings" in run("query", "cities-by-factor").stderr
    assert "标题可能互换" in run("--lang", "zh", "query", "factor-scores").stderr
    assert run("query", "cities").stderr == ""


def test_recur_says_how_sure_it_is() -> None:
    result = run("recur", "--leading", "10", "--sure", "--format", "csv")
    header, first, *_ = result.stdout.splitlines()
    assert "low,high,stable_low,stable_high" in header
    assert first.startswith("https://w3id.org/city-practice-graph/concept/practice/open-data")
    assert "Wilson" in result.stderr
    assert "威尔逊" in run("--lang", "zh", "recur", "--sure", "--format", "csv").stderr


def test_recur_leads_to_the_claims_behind_its_counts() -> None:
    counted = csv.DictReader(io.StringIO(run("recur", "--leading", "5", "--format", "csv").stdout))
    explained = run("recur", "--leading", "5", "--explain", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(explained.stdout)))
    assert list(rows[0]) == ["concept", "city", "programme", "claim", "place"]
    for row in counted:
        links = [link for link in rows if link["concept"] == row["name"]]
        assert {link["city"] for link in links} == set(row["city_list"].split("; "))
        assert len({link["programme"] for link in links}) == int(row["programmes"])
        assert all(link["claim"].startswith("claim/") and link["place"] for link in links)
    assert "5 of 5 cities" in explained.stderr
    chinese = run("--lang", "zh", "recur", "--leading", "5", "--explain", "--format", "csv")
    assert len(chinese.stdout.splitlines()) == len(rows) + 1
    assert "新加坡" in chinese.stdout
