"""The reports on quality say what the committed tables say."""

from __future__ import annotations

import pytest

from tests import quality


@pytest.mark.parametrize("name", quality.REPORTS)
def test_a_report_holds_what_its_tables_give(name: str) -> None:
    mark, compute = quality.REPORTS[name]
    content = (quality.ONTOLOGY / name).read_text(encoding="utf-8")
    shown = content.partition(f"<!-- {mark} -->\n")[2].partition(f"\n<!-- /{mark} -->")[0]
    assert shown == compute()


def test_the_samples_are_drawn_as_announced() -> None:
    confidence = {row["record"]: row["confidence"] for row in quality.rows("practices.csv")}
    drawn = quality.check_sample()
    assert len(drawn) == len(set(drawn)) == 60
    assert sum(confidence[record] == "medium" for record in drawn) == 20
    assert len(quality.second_sample()) == round(0.15 * len(confidence))
    results = {row["result"] for row in quality.rows("fact-check.csv")}
    assert results <= set(quality.RESULTS)
