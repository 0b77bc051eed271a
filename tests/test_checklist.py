"""The checklist: all facts of the first source, and none lost without being named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.cli import main
from tests.conftest import ARTICLE


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


@pytest.mark.parametrize(
    "row",
    [
        "F001,P02S1,city/singapore,cpg:city",
        'F001,P02S1,city/singapore,cpg:city,"""2014""^^xsd:gYear and more",a,b',
        "F001,P02S1,not an iri,cpg:city,?,a,b",
        'F001,P02S1,"""text""",cpg:city,?,a,b',
    ],
    ids=["few-cells", "bad-literal", "bad-subject", "literal-subject"],
)
def test_a_row_that_cannot_be_read_is_named(facts: Path, row: str) -> None:
    path = facts / "checklist" / f"{ARTICLE}.csv"
    content = path.read_text(encoding="utf-8")
    line = content.count("\n") + 1
    path.write_text(content + row + "\n", encoding="utf-8")
    for language, remedy in (("en", "Columns are fact,sentence"), ("zh", "各列为 fact,sentence")):
        result = CliRunner().invoke(main, ["--lang", language, "check", str(facts), "--coverage"])
        assert result.exit_code == 1
        assert f"{path}:{line}:1" in result.stderr
        assert remedy in result.stderr


def test_a_checklist_without_its_heading_is_refused(facts: Path) -> None:
    path = facts / "checklist" / f"{ARTICLE}.csv"
    heading, _, rest = path.read_text(encoding="utf-8").partition("\n")
    path.write_text(heading.replace("object", "objekt") + "\n" + rest, encoding="utf-8")
    result = CliRunner().invoke(main, ["check", str(facts), "--coverage"])
    assert result.exit_code == 1
    assert f"{path}:1:1" in result.stderr
