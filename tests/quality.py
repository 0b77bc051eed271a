"""Agreement of the coders, counts of practices and fact check, computed anew from committed data.

``python -m tests.quality`` prints them; ``python -m tests.quality --write`` puts them into
``ontology/codebook.md`` and ``ontology/quality-report.md``, between their marks.
"""

from __future__ import annotations

import csv
import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterable
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


def practices(cell: str) -> list[str]:
    """The slugs in a cell of a table, the main practice first; a dash stands for none."""
    return [slug for slug in cell.split() if slug != "-"]


def final_coding() -> dict[str, list[str]]:
    """Record to its practices in the graph: the first coding, then what was settled."""
    coded = {row["record"]: row["coded"] for row in rows("practices.csv")}
    coded |= {row["record"]: row["settled"] for row in rows("settled.csv")}
    return {record: practices(cell) for record, cell in coded.items()}


def agreement() -> dict[str, float]:
    """Krippendorff's alpha over the records coded twice.

    Two distances: nominal on the main practice (the first one), and MASI (Passonneau, LREC 2006)
    on the sets of practices; "none fits" is a value of its own. Alpha is computed by NLTK (after
    Krippendorff 1980, as it says); 1 is full agreement, 0 what chance gives.
    """
    from nltk.metrics.agreement import AnnotationTask
    from nltk.metrics.distance import binary_distance, masi_distance

    second = {row["record"]: row["practices"].split() for row in rows("second.csv")}
    first = {row["record"]: row["coded"].split() for row in rows("practices.csv")}
    assert sorted(second) == second_sample()
    coders = (("first", first), ("second", second))
    main = [(coder, record, coding[record][0]) for coder, coding in coders for record in second]
    sets = [
        (coder, record, frozenset(coding[record])) for coder, coding in coders for record in second
    ]
    return {
        "records": len(second),
        "same_sets": sum(set(first[record]) == set(second[record]) for record in second),
        "overlap": sum(bool(set(first[record]) & set(second[record])) for record in second),
        "alpha_main": AnnotationTask(main, distance=binary_distance).alpha(),
        "alpha_sets": AnnotationTask(sets, distance=masi_distance).alpha(),
    }


def agreement_text() -> str:
    """The agreement as the codebook prints it, with each difference and how it was settled."""
    found = agreement()
    first = {row["record"]: row["coded"] for row in rows("practices.csv")}
    second = {row["record"]: row["practices"] for row in rows("second.csv")}
    summary = (
        f"{found['records']} records (15 %, seed {SECOND_SEED}) were coded a second time by a "
        "reader who had this codebook's rules, tests and examples, and neither the first coding "
        f"nor the graph. Krippendorff's alpha: **{found['alpha_main']:.2f}** for the main practice "
        f"(nominal), **{found['alpha_sets']:.2f}** for the sets of practices (MASI distance). The "
        f"sets are equal in {found['same_sets']} records and share a practice in "
        f"{found['overlap']}. Command: `python -m tests.quality`."
    )
    return "\n".join(
        [
            summary,
            "",
            "| record | first | second | settled | why |",
            "| --- | --- | --- | --- | --- |",
            *(
                f"| {row['record']} | {first[row['record']]} | {second.get(row['record'], '')} "
                f"| {row['settled']} | {row['reason']} |"
                for row in rows("settled.csv")
            ),
        ]
    )


def counts_text() -> str:
    """Records and cities of each practice: as published, as coded, and in the whole graph."""
    import kg

    final = final_coding()
    table = rows("practices.csv")
    published = _counts((row["city"], practices(row["before"])) for row in table)
    coded = _counts((row["city"], final[row["record"]]) for row in table)
    whole = {
        row.concept.rpartition("/")[2]: (len(row.programmes), len(row.cities))
        for row in kg.open().recurrence().rows
    }
    lines = [
        "| practice | records, cities as published | as coded | programmes, cities in the graph |",
        "| --- | --- | --- | --- |",
        *(
            f"| `{slug}` | {_pair(published[slug])} | {_pair(coded[slug])} | {_pair(whole[slug])} |"
            for slug in sorted(published, key=lambda slug: (-published[slug][1], slug))
        ),
        "",
        "Recoded records, by practice (`+` added, `-` taken away):",
        "",
    ]
    for slug in sorted(published):
        moved = [
            f"{sign}{row['record']}"
            for row in table
            for sign in _moved(slug, practices(row["before"]), final[row["record"]])
        ]
        lines.append(f"- `{slug}`: {', '.join(moved) or 'none'}")
    return "\n".join(lines)


def _counts(coding: Iterable[tuple[str, list[str]]]) -> dict[str, tuple[int, int]]:
    cities: dict[str, list[str]] = defaultdict(list)
    for city, slugs in coding:
        for slug in slugs:
            cities[slug].append(city)
    return {slug: (len(found), len(set(found))) for slug, found in cities.items()}


def _pair(counts: tuple[int, int]) -> str:
    return f"{counts[0]}, {counts[1]}"


def _moved(slug: str, before: list[str], after: list[str]) -> str:
    """A plus where the practice came, a minus where it went, nothing where nothing changed."""
    return "+" * (slug in after and slug not in before) + "-" * (
        slug in before and slug not in after
    )


def check_text() -> str:
    """The result of the fact check as the report prints it: the sample first, then all."""
    table = rows("fact-check.csv")
    sample = set(check_sample())
    drawn = [row for row in table if row["record"] in sample]
    assert {row["record"] for row in drawn} == sample
    readers = ("curator", "second reader")
    results = {row["record"]: row["result"] for row in table}
    lines = [
        "## Result",
        "",
        (
            f"Sample: {len(drawn)} records, seed {CHECK_SEED}, {CHECK_MEDIUM} of them of medium "
            f"confidence. Checked in all: {len(table)} of {len(rows('practices.csv'))}. "
            "Command: `python -m tests.quality`."
        ),
        "",
        "| result | in the sample | in all | checked by the curator | by a second reader |",
        "| --- | --- | --- | --- | --- |",
    ]
    for result in RESULTS:
        by_reader = [
            _count([row for row in table if row["reader"] == reader], result) for reader in readers
        ]
        counts = [_count(drawn, result), _count(table, result), *by_reader]
        lines.append(f"| {result} | {' | '.join(map(str, counts))} |")
    shares = (
        f"Of the sample's records for which a page could be read, {_wrong(drawn)} were wrong; of "
        f"all, {_wrong(table)}. What was wrong is corrected, marked as disputed or retracted."
    )
    sample_mark = dict.fromkeys(sample, "yes")
    lines += [
        "",
        shares,
        "",
        "## What was corrected",
        "",
        "Every record with a wrong statement is here, and those whose statements were narrowed,",
        "moved to the page that shows them, or disputed by another page met on the way.",
        "",
        "| record | result | what changed |",
        "| --- | --- | --- |",
        *(
            f"| {row['record']} | {results[row['record']]} | {row['change']} |"
            for row in rows("corrections.csv")
        ),
        "",
        "## Every record",
        "",
        "| record | in the sample | reader | result | page | what was found |",
        "| --- | --- | --- | --- | --- | --- |",
        *(
            f"| {row['record']} | {sample_mark.get(row['record'], '')} | {row['reader']} "
            f"| {row['result']} | {row['page']} | {row['detail'].replace('|', '/')} |"
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


REPORTS = {
    "agreement": ("codebook.md", agreement_text),
    "counts": ("codebook.md", counts_text),
    "check": ("quality-report.md", check_text),
}


def put_in(path: Path, mark: str, text: str) -> str:
    """The file with the text between its marks."""
    pattern = re.compile(rf"(<!-- {mark} -->\n).*?(\n<!-- /{mark} -->)", re.DOTALL)
    content = path.read_text(encoding="utf-8")
    assert pattern.search(content), f"{path.name} has no marks for {mark}"
    return pattern.sub(lambda found: found[1] + text + found[2], content)


def write() -> None:
    """Put the figures into the documents."""
    for mark, (name, compute) in REPORTS.items():
        path = ONTOLOGY / name
        path.write_text(put_in(path, mark, compute()), encoding="utf-8")


def main() -> None:
    """Print the figures, or write them into the documents."""
    if "--write" in sys.argv:
        write()
        return
    for _, compute in REPORTS.values():
        print(compute(), end="\n\n")


if __name__ == "__main__":
    main()
