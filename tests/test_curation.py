"""Strict reading: each fault has file, line and remedy, in both languages, and changes nothing."""

from __future__ import annotations

import csv
import hashlib
import pickle
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from kg.build import build
from kg.cli import main
from kg.curation import read_facts, read_file
from kg.errors import CurationError, Fault
from kg.messages import Language, message, message_codes, text, text_keys
from kg.resources import shipped_facts
from kg.validation import editorial_faults

HERE = Path(__file__).parent
LANGUAGES: tuple[Language, ...] = ("en", "zh")
with (HERE / "broken" / "expected.csv").open(encoding="utf-8", newline="") as file:
    BROKEN = [(row["file"], int(row["line"]), row["code"]) for row in csv.DictReader(file)]


def fingerprint(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("name", "line", "code"), BROKEN, ids=[name for name, _, _ in BROKEN])
def test_a_broken_copy_is_refused(
    tmp_path: Path, name: str, line: int, code: str, language: str
) -> None:
    facts = Path(shutil.copytree(HERE / "facts", tmp_path / "facts"))
    shutil.copyfile(HERE / "broken" / name, facts / "city" / "testville.yaml")
    before = fingerprint(tmp_path)
    result = CliRunner().invoke(main, ["check", str(facts)], env={"KG_LANG": language})
    assert result.exit_code == 1, result.output
    place = f"{facts / 'city' / 'testville.yaml'}:{line}:"
    found = [shown for shown in result.stderr.splitlines() if shown.startswith(place)]
    assert found, result.stderr
    problem, remedy = message(code, "zh" if language == "zh" else "en")
    pattern = re.sub(
        r"\\\{\d\\\}",
        ".*",
        re.escape(f"{problem} {remedy}" if language == "en" else problem + remedy),
    )
    pattern = pattern.replace(r"\{\{", r"\{").replace(r"\}\}", r"\}")
    assert any(re.search(pattern, shown) for shown in found), (pattern, found)
    if language == "zh":
        assert all(re.search(r"[\u4e00-\u9fff]", shown) for shown in found)
    assert fingerprint(tmp_path) == before


def test_there_are_forty_broken_copies() -> None:
    assert len(BROKEN) >= 40
    assert {path.name for path in (HERE / "broken").glob("*.yaml")} == {
        name for name, _, _ in BROKEN
    }


def test_the_unbroken_folder_is_good() -> None:
    result = CliRunner().invoke(main, ["check", str(HERE / "facts")])
    assert result.exit_code == 0, result.stderr
    assert "3 files are good" in result.stderr


def test_norway_is_a_country_not_a_truth_value() -> None:
    document, faults = read_file(HERE / "facts" / "register" / "cities.yaml")
    assert faults == []
    assert document is not None
    assert document.to_json()["graphs"][0]["states"][0]["countryCode"] == "NO"


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    base = (HERE / "facts" / "city" / "testville.yaml").read_text(encoding="utf-8")
    broken = base.replace("startYear: 2017", "startYear: soon").replace("practices:", "practises:")
    path = tmp_path / "x.yaml"
    path.write_text(broken, encoding="utf-8")
    _, faults = read_file(path)
    assert {fault.code for fault in faults} == {"bad-gYear", "unknown-key-close"}
    assert len(faults) == 3


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes("graphs:\n  - id: 试".encode("gb18030"))
    document, faults = read_file(path)
    assert document is None
    assert [(fault.code, fault.line) for fault in faults] == [("not-utf8", 2)]


def test_an_empty_and_a_huge_file(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("", encoding="utf-8")
    assert [fault.code for fault in read_file(path)[1]] == ["empty-file"]
    path.write_text("#" * (5 * 1024 * 1024), encoding="utf-8")
    assert [fault.code for fault in read_file(path)[1]] == ["file-too-large"]


def test_deep_nesting_ends_early(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("graphs: " + "[" * 500 + "]" * 500, encoding="utf-8")
    assert [fault.code for fault in read_file(path)[1]] == ["too-deep"]


@given(st.text(max_size=300))
def test_any_text_gives_faults_not_crashes(
    tmp_path_factory: pytest.TempPathFactory, content: str
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "x.yaml"
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    document, faults = read_file(path)
    assert document is None or not faults or all(fault.line for fault in faults)
    for fault in faults:
        assert fault.render("zh")


def faults_of(tmp_path: Path, old: str, new: str) -> list[Fault]:
    """What is found wrong in the good folder once one text in its city file is replaced."""
    facts = Path(shutil.copytree(HERE / "facts", tmp_path / "facts"))
    path = facts / "city" / "testville.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    try:
        return list(build(facts).warnings)
    except CurationError as error:
        return list(error.faults)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_small_scheme_is_listed_before_a_new_concept_is_proposed(
    tmp_path: Path, language: Language
) -> None:
    (fault,) = faults_of(tmp_path, "programmeStatus: running", "programmeStatus: runing")
    told = fault.render(language)
    between = "、" if language == "zh" else ", "
    states = between.join(["ended", "pilot", "proposed", "running", "unknown"])
    words = ["running", states, "programme-status.ttl"]
    places = [told.index(word) for word in words]
    assert places == sorted(places)


def test_the_line_offered_for_a_government_defines_it(tmp_path: Path) -> None:
    facts = Path(shutil.copytree(HERE / "facts", tmp_path / "facts"))
    path = facts / "city" / "testville.yaml"
    shutil.copyfile(HERE / "broken" / "no-such-government.yaml", path)
    with pytest.raises(CurationError) as raised:
        build(facts)
    (line,) = [x for x in raised.value.render().split("\n") if x.startswith("      - {")]
    assert "type: CityGovernment, governs: city/testville" in line
    for value in ("City of Testville", "试城市政府", "official"):
        line = line.replace("TODO", value, 1)
    states = "    states:\n"
    text = path.read_text(encoding="utf-8").replace(states, f"{states}{line}\n", 1)
    path.write_text(text, encoding="utf-8")
    assert all(fault.severity == "warning" for fault in build(facts).warnings)


def test_the_lines_offered_for_a_page_define_it(tmp_path: Path) -> None:
    facts = Path(shutil.copytree(HERE / "facts", tmp_path / "facts"))
    path = facts / "city" / "testville.yaml"
    shutil.copyfile(HERE / "broken" / "no-such-source.yaml", path)
    with pytest.raises(CurationError) as raised:
        build(facts)
    lines = [x for x in raised.value.render().split("\n") if x.startswith("      - {")]
    offered = "\n".join(lines)
    values = ("Figures", "https://example.org/x", "official", "opening-part", "2026-11-24")
    for value in values:
        offered = offered.replace("TODO", value, 1)
    states = "    states:\n"
    text = path.read_text(encoding="utf-8").replace(states, f"{states}{offered}\n", 1)
    path.write_text(text, encoding="utf-8")
    assert len(lines) == 2
    assert all(fault.severity == "warning" for fault in build(facts).warnings)


@pytest.mark.parametrize(
    ("old", "new", "optional"),
    [
        ("kind: [programme]", "kind: [TODO]", False),
        ("labelStatus: official\n        website", "labelStatus: TODO\n        website", False),
        ("grade: account", "grade: TODO", False),
        ("entered: 2026-11-23", "entered: TODO", False),
        ("zh-Hans: 试城地图", "zh-Hans: TODO", False),
        ("indicator: agencies-served", "indicator: TODO", False),
        ("lead: organisation/no-land-office", "lead: organisation/no-todo", False),
        ("programmeStatus: running", "programmeStatus: TODO", True),
        ("technologies: [standard-api, geospatial-data]", "technologies: [TODO]", True),
        ("startYear: 2017", "startYear: TODO", True),
        # Only programmes must say where their English name comes from.
        ("labelStatus: official}", "labelStatus: TODO}", True),
    ],
)
def test_only_what_may_be_left_out_is_to_be_deleted(
    tmp_path: Path, old: str, new: str, optional: bool
) -> None:
    (fault,) = faults_of(tmp_path, old, new)
    assert fault.code.startswith("to-do")
    assert ("delete the line when" in fault.render("en")) == optional
    assert ("请删除该行" in fault.render("zh")) == optional


@pytest.mark.parametrize("status", ["accepted", "disputed", "draft", "editorial", "retracted"])
def test_a_practice_of_our_own_is_not_accepted_as_said(tmp_path: Path, status: str) -> None:
    old = "status: editorial"
    found = {fault.code for fault in faults_of(tmp_path, old, f"status: {status}")}
    assert ("not-editorial" in found) == (status == "accepted")


def test_a_heading_of_another_source_is_asked_about(tmp_path: Path) -> None:
    (fault,) = [
        fault
        for fault in faults_of(tmp_path, "startYear: 2017", "startYear: 2018")
        if fault.code == "perhaps-editorial"
    ]
    assert (fault.severity, fault.values[0]) == ("warning", "open-data")


def test_the_facts_that_ship_keep_judgements_apart() -> None:
    documents, _ = read_facts(shipped_facts())
    assert list(editorial_faults(documents)) == []


def test_what_bears_on_a_factor_is_a_judgement(tmp_path: Path) -> None:
    text = (shipped_facts() / "framework" / "editorial.yaml").read_text(encoding="utf-8")
    path = tmp_path / "x.yaml"
    path.write_text(text.replace("status: editorial", "status: accepted"), encoding="utf-8")
    document, _ = read_file(path)
    assert document is not None
    found = list(editorial_faults([document]))
    assert len(found) == text.count("relevantToFactors") + 1  # one has two factors
    assert {fault.code for fault in found} == {"not-editorial"}


def test_words_of_a_text_are_not_taken_for_keys(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text('graphs:\n  - {note: 使用 app：好，API: "x}\n', encoding="utf-8")
    assert [fault.code for fault in read_file(path)[1]] == ["yaml-quote"]


def test_errors_cross_process_borders() -> None:
    error = CurationError([Fault(Path("x.yaml"), 3, 1, "tab")])
    again = pickle.loads(pickle.dumps(error))
    assert again.faults == error.faults
    assert str(again) == str(error)


def test_both_languages_hold_the_same_values() -> None:
    for code in message_codes():
        fields = [
            {found for part in message(code, language) for found in re.findall(r"\{(\d)\}", part)}
            for language in ("en", "zh")
        ]
        if code not in ("shape", "lost-fact"):  # these carry a text of their own in each language
            assert fields[0] == fields[1], code
        assert all(message(code, "zh")), code


def test_interface_texts_exist_in_both_languages() -> None:
    for key in text_keys():
        english, chinese = text(key, "en"), text(key, "zh")
        assert sorted(re.findall(r"\{\d\}", english)) == sorted(re.findall(r"\{\d\}", chinese))
        assert re.search(r"[\u4e00-\u9fff]|^\{0\}", chinese), key
