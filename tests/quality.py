"""Agreement of the coders and result of the fact check, computed anew from the committed tables.

``python -m tests.quality`` prints both; ``python -m tests.quality --write`` puts them into
``ontology/codebook.md`` and ``ontology/quality-report.md``, between their marks.
"""

from __future__ import annotations

import csv
import random
import re
import sys
from collections import Counter
from pathlib import Path

ONTOLOGY = Path(__file__).parents[1] / "ontology"
CODING = ONTOLOGY / "coding"
SECOND_SEED, SECOND_SHARE = 20261124, 0.15
CHECK_SEED, CHECK_MEDIUM, CHECK_HIGH = 61, 20, 40


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
    """The result of the fact check as the report prints it."""
    table = rows("fact-check.csv")
    assert sorted(row["record"] for row in table) == check_sample()
    counted = Counter(row["result"] for row in table)
    seen = counted["correct"] + counted["wrong"]
    share = 100 * counted["wrong"] / seen if seen else 0.0
    lines = [
        (
            f"Sample: {len(table)} records, seed {CHECK_SEED}, {CHECK_MEDIUM} of them of medium "
            "confidence. Command: `python -m tests.quality`."
        ),
        "",
        "| result | records |",
        "| --- | --- |",
        *(f"| {result} | {counted[result]} |" for result in ("correct", "wrong", "page-not-found")),
        "",
        (
            f"Of the {seen} records for which a page could be read, {counted['wrong']} were wrong "
            f"({share:.0f} %)."
        ),
        "",
        "| record | result | page | what was found |",
        "| --- | --- | --- | --- |",
        *(
            f"| {row['record']} | {row['result']} | {row['page']} | {row['detail']} |"
            for row in table
        ),
    ]
    return "\n".join(lines)


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
