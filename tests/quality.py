"""Agreement of the coders and result of the fact check, computed anew from the committed tables.

``python -m tests.quality`` prints both; ``python -m tests.quality --write`` puts them into
``ontology/codebook.md`` and ``ontology/quality-report.md``, between their marks.
"""

from __future__ import annotations

import csv
import random
import re
import sys
from pathlib import Path

ONTOLOGY = Path(__file__).parents[1] / "ontology"
CODING = ONTOLOGY / "coding"
SECOND_SEED, SECOND_SHARE = 20261124, 0.15
CHECK_SEED, CHECK_MEDIUM, CHECK_HIGH = 61, 20, 40
RESULTS = ("correct", "wrong", "page-not-found")


def rows(name: str) -> list[dict[str, str]]:
    """A committed table."""
    with (CODING / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def second_sample() -> list[str]:
    """The records that are coded twice: a random 15 % of all."""
    records = sorted(row["record"] for row in rows("practices.csv"))
    size = round(len(records) * SECOND_SHARE)
    return sorted(random.Random(SECOND_SEED).sample(records, size))


def check_sample() -> list[str]:
    """The records of the fact check: twenty of medium confidence, forty of high."""
    medium = sorted(row["record"] for row in rows("practices.csv") if row["confidence"] == "medium")
    high = sorted(row["record"] for row in rows("practices.csv") if row["confidence"] == "high")
    chance = random.Random(CHECK_SEED)
    return sorted([*chance.sample(medium, CHECK_MEDIUM), *chance.sample(high, CHECK_HIGH)])


def agreement() -> dict[str, float]:
    """Krippendorff's alpha over the records coded twice.

    Two distances: nominal on the main practice (the first one), and MASI (Passonneau, LREC 2006)
    on the sets of one or two practices. Alpha is computed by NLTK (Krippendorff, Content Analysis,
    2004, chapter 11); 1 is full agreement, 0 what chance gives.
    """
    from nltk.metrics.agreement import AnnotationTask
    from nltk.metrics.distance import binary_distance, masi_distance

    first = {row["record"]: row["coded"].split() for row in rows("practices.csv")}
    second = {row["record"]: row["practices"].split() for row in rows("second.csv")}
    assert sorted(second) == second_sample()
    main = [
        (coder, record, coding[record][0])
        for coder, coding in (("first", first), ("second", second))
        for record in second
    ]
    sets = [
        (coder, record, frozenset(coding[record]))
        for coder, coding in (("first", first), ("second", second))
        for record in second
    ]
    return {
        "records": len(second),
        "same_sets": sum(set(first[record]) == set(second[record]) for record in second),
        "overlap": sum(bool(set(first[record]) & set(second[record])) for record in second),
        "alpha_main": AnnotationTask(main, distance=binary_distance).alpha(),
        "alpha_sets": AnnotationTask(sets, distance=masi_distance).alpha(),
    }


def agreement_text() -> str:
    """The agreement as the codebook prints it."""
    if not (CODING / "second.csv").exists():
        return "The second coding is not in yet."
    found = agreement()
    return (
        f"{found['records']} records (15 %, seed {SECOND_SEED}) were coded a second time by a "
        "reader who saw neither the first coding nor the graph. "
        f"Krippendorff's alpha: **{found['alpha_main']:.2f}** for the main practice (nominal), "
        f"**{found['alpha_sets']:.2f}** for the sets of practices (MASI distance). The sets are "
        f"equal in {found['same_sets']} records and share a practice in {found['overlap']}. "
        "Command: `python -m tests.quality`."
    )


def check_text() -> str:
    """The result of the fact check as the report prints it: the sample first, then all."""
    table = rows("fact-check.csv")
    sample = set(check_sample())
    drawn = [row for row in table if row["record"] in sample]
    assert {row["record"] for row in drawn} == sample
    every = len(rows("practices.csv"))
    lines = [
        (
            f"Sample: {len(drawn)} records, seed {CHECK_SEED}, {CHECK_MEDIUM} of them of medium "
            f"confidence. All checked so far: {len(table)} of {every}. "
            "Command: `python -m tests.quality`."
        ),
        "",
        "| result | in the sample | in all checked |",
        "| --- | --- | --- |",
        *(
            f"| {result} | {_count(drawn, result)} | {_count(table, result)} |"
            for result in RESULTS
        ),
        "",
        f"Of the sample's records for which a page could be read, {_wrong(drawn)} were wrong; ",
        f"of all, {_wrong(table)}.",
        "",
        "| record | in the sample | result | page | what was found |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| {row['record']} | {'yes' if row['record'] in sample else ''} | {row['result']} "
            f"| {row['page']} | {row['detail']} |"
            for row in table
        ),
    ]
    return "\n".join(lines)


def _count(table: list[dict[str, str]], result: str) -> int:
    return sum(row["result"] == result for row in table)


def _wrong(table: list[dict[str, str]]) -> str:
    wrong = _count(table, "wrong")
    read = wrong + _count(table, "correct")
    return f"{wrong} of {read} ({100 * wrong / read:.1f} %)"


REPORTS = {"codebook.md": ("agreement", agreement_text), "quality-report.md": ("check", check_text)}


def put_in(path: Path, mark: str, text: str) -> str:
    """The file with the text between its marks."""
    pattern = re.compile(rf"(<!-- {mark} -->\n).*?(\n<!-- /{mark} -->)", re.DOTALL)
    content = path.read_text(encoding="utf-8")
    assert pattern.search(content), f"{path.name} has no marks for {mark}"
    return pattern.sub(lambda found: found[1] + text + found[2], content)


def main() -> None:
    """Print the figures, or write them into the documents."""
    for name, (mark, compute) in REPORTS.items():
        path = ONTOLOGY / name
        if "--write" in sys.argv:
            path.write_text(put_in(path, mark, compute()), encoding="utf-8")
        else:
            print(compute(), end="\n\n")


if __name__ == "__main__":
    main()
