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

from kg.cli import main
from kg.curation import read_file
from kg.errors import CurationError, Fault
from kg.messages import message, message_codes, text, text_keys

HERE = Path(__file__).parent
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
    result = CliRunner().invoke(main, ["--lang", language, "check", str(facts)])
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
