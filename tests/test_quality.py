"""The reports on quality say what the committed tables say."""

from __future__ import annotations

import pytest

from tests import quality


@pytest.mark.parametrize("mark", quality.REPORTS)
def test_a_report_holds_what_its_tables_give(mark: str) -> None:
    name, compute = quality.REPORTS[mark]
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


def test_every_record_was_checked_once() -> None:
    """More than 5 % of the sample were wrong, so the check covers all records."""
    checked = [row["record"] for row in quality.rows("fact-check.csv")]
    assert checked == sorted(row["record"] for row in quality.rows("practices.csv"))


def test_everything_wrong_was_corrected() -> None:
    wrong = {row["record"] for row in quality.rows("fact-check.csv") if row["result"] == "wrong"}
    assert wrong <= {row["record"] for row in quality.rows("corrections.csv")}


def test_every_difference_between_the_coders_is_settled() -> None:
    first = {row["record"]: row["coded"] for row in quality.rows("practices.csv")}
    settled = {row["record"] for row in quality.rows("settled.csv")}
    apart = {
        row["record"]
        for row in quality.rows("second.csv")
        if set(row["practices"].split()) != set(first[row["record"]].split())
    }
    assert apart <= settled
    assert all(row["reason"] for row in quality.rows("settled.csv"))
