"""Places in a source text: computed, checked against the text, and nothing copied from it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from kg.cli import main
from kg.evidence import iter_fragments, text_sha256

SMALL = Path(__file__).parent / "facts"
TEXT = "试验城的做法\n\n试验城通过标准化接口向各部门共享地理数据并节省了费用。市民可以免费查询。\n"


@given(st.text(alphabet="市民数据。，\n A1", max_size=80))
def test_fragments_are_the_sentences_of_the_text(text: str) -> None:
    fragments = list(iter_fragments(text))
    for fragment in fragments:
        sentence = text[fragment.start : fragment.end]
        assert text_sha256(sentence) == fragment.sha256
        assert "。" not in sentence[:-1]
        assert "\n" not in sentence
    # Nothing but line ends (and empty lines) lies between the sentences.
    covered = "".join(text[fragment.start : fragment.end] for fragment in fragments)
    assert covered.replace(" ", "") == re.sub(r"[\n ]", "", text)
    assert len({fragment.name for fragment in fragments}) == len(fragments)


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """The small folder, with a source whose text is at hand."""
    folder = Path(shutil.copytree(SMALL, tmp_path / "facts"))
    (tmp_path / "text.txt").write_text(TEXT, encoding="utf-8")
    (folder / "source" / "own.yaml").write_text(
        f"""graphs:
  - id: graph/register/own
    states:
      - id: source/own
        type: Source
        title: {{en: Own text, zh-Hans: 自备文本}}
        sourceType: article
        textBasis: full-text
        language: zh-Hans
        read: 2026-11-24
        textSha256: {text_sha256(TEXT)}
        textLength: "{len(TEXT)}"
""",
        encoding="utf-8",
    )
    made = run(
        "fragments", str(tmp_path / "text.txt"), "--source", "own", "-o", folder / "own.yaml"
    )
    assert made.exit_code == 0, made.stderr
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_places_fit_the_text(facts: Path) -> None:
    result = run("check", facts, "--source", facts.parent / "text.txt")
    assert result.exit_code == 0, result.stderr
    assert "own: all 3 places fit" in result.stderr


def test_another_text_is_refused(facts: Path) -> None:
    other = facts.parent / "other.txt"
    other.write_text(TEXT + "多一句。\n", encoding="utf-8")
    result = run("check", facts, "--source", other)
    assert result.exit_code == 1
    assert text_sha256(TEXT) in result.stderr


def test_a_moved_place_is_named(facts: Path) -> None:
    path = facts / "own.yaml"
    content = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"(segmentSha256: )\w{4}", r"\g<1>0000", content, count=1), "utf-8")
    result = run("check", facts, "--source", facts.parent / "text.txt")
    assert result.exit_code == 1
    assert "own/P01S1" in result.stderr


def test_a_copied_sentence_is_named_in_both_languages(facts: Path) -> None:
    path = facts / "city" / "testville.yaml"
    content = path.read_text(encoding="utf-8")
    copied = "通过标准化接口向各部门共享地理数据，并节省了费用"  # one comma more hides nothing
    path.write_text(
        re.sub(r"(description: \{.*zh-Hans: )[^}]*", rf"\g<1>{copied}", content, count=1), "utf-8"
    )
    assert copied in path.read_text(encoding="utf-8")
    for language, remedy in (("en", "in your own words"), ("zh", "请用自己的话概括")):
        result = run("--lang", language, "check", facts, "--source", facts.parent / "text.txt")
        assert result.exit_code == 1
        assert "标准化接口向各部门" in result.stderr
        assert remedy in result.stderr
