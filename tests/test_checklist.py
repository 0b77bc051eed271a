"""The checklist: all facts of the first source, and none lost without being named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.cli import main

ARTICLE = "sh-top50-lessons-2021"


def test_all_facts_are_covered() -> None:
    result = CliRunner().invoke(main, ["check", "--coverage"])
    assert result.exit_code == 0, result.stderr
    assert f"{ARTICLE}: 292/292 facts covered" in result.stdout
    paragraphs = re.findall(r"^(P\d\d): (\d+)/(\d+)$", result.stdout, re.M)
    assert sum(int(total) for _, _, total in paragraphs) == 292


@pytest.mark.parametrize(
    "claim", ["claim/singapore-001", "claim/berlin-001", "claim/practices-001"]
)
def test_a_lost_claim_names_its_facts(facts: Path, claim: str) -> None:
    for path in facts.rglob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        without = re.sub(rf"(?m)^  - id: {claim}\n(?:    .*\n|\n)*", "", text)
        if without != text:
            # Exactly one claim is gone: a test that cut more would prove less.
            assert text.count("  - id: claim/") - without.count("  - id: claim/") == 1
            path.write_text(without, encoding="utf-8")
            break
    else:
        pytest.fail(f"no file holds {claim}")
    result = CliRunner().invoke(main, ["check", str(facts), "--coverage"])
    assert result.exit_code == 1
    lost = re.findall(r"Fact (F\d{3}) is not covered", result.stderr)
    assert lost
    covered = int(re.findall(r"(\d+)/292 facts covered", result.stdout)[0])
    assert covered == 292 - len(set(lost))


def test_the_checklist_speaks_chinese(facts: Path) -> None:
    (facts / "city" / "singapore.yaml").unlink()
    result = CliRunner().invoke(main, ["--lang", "zh", "check", str(facts), "--coverage"])
    assert result.exit_code == 1
    assert "未被覆盖" in result.stderr
    gist = re.search(r"事实 F021 未被覆盖：(.+)", result.stderr)
    assert gist is not None
    assert re.search(r"[\u4e00-\u9fff]", gist[1])


def test_no_sentence_of_the_source_is_kept(facts: Path) -> None:
    """A run of 24 Chinese characters in a description would be a copied sentence.

    The source text is not part of the project, so this looks for sentence-like length; the
    comparison with the text itself is made when facts are curated.
    """
    long_runs = [
        f"{path.name}: {run}"
        for path in facts.rglob("*.csv")
        for run in re.findall(r"[\u4e00-\u9fff、]{45,}", path.read_text(encoding="utf-8"))
    ]
    assert long_runs == []
