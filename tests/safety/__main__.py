"""The long runs: ``python -m tests.safety --mutated 10000 --documents 10000 --seed 0``."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence

from tests.safety.hostile_queries import HOSTILE_QUERIES
from tests.safety.mutated_documents import run_documents
from tests.safety.mutated_queries import mutated_queries
from tests.safety.runs import run_queries

_EVERY: float = 5.0


def _teller(total: int) -> Callable[[int, Counter[str]], None]:
    """Progress on standard error, every few seconds."""
    began = last = time.monotonic()

    def tell(done: int, outcomes: Counter[str]) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _EVERY or done == total:
            last = now
            counts = ", ".join(f"{name} {count}" for name, count in outcomes.most_common(5))
            print(f"{done}/{total} after {now - began:.0f} s: {counts}", file=sys.stderr)

    return tell


def _summary(
    title: str, outcomes: Counter[str], faults: Sequence[tuple[object, str]], connections: int
) -> bool:
    """Print what came of a run; whether all is well."""
    print(f"{title}: {outcomes.total()}, {len(faults)} faults, {connections} connections")
    for name, count in outcomes.most_common():
        print(f"  {count:>7}  {name}")
    for subject, wrong in faults[:20]:
        print(f"  FAULT {wrong}: {str(subject)[:2_000]!r}")
    return not faults and not connections


def main() -> None:
    """Run what is asked for; exit status 1 when anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutated", type=int, default=0, metavar="N", help="drawn queries")
    parser.add_argument("--documents", type=int, default=0, metavar="N", help="damaged documents")
    parser.add_argument("--named", action="store_true", help="the named hostile queries")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--isolation", default="namespace", choices=["namespace", "file-slots"])
    options = parser.parse_args()
    if not (options.mutated or options.documents or options.named):
        parser.error("nothing to do: --named, --mutated N or --documents N")
    well = True
    if options.named:
        queries = {case.name: case.plain() for case in HOSTILE_QUERIES}
        seen, report = run_queries(queries, options.isolation, progress=_teller(len(queries)))
        faults = report.faults + [
            (case.name, f"outcome {seen[case.name].outcome}")
            for case in HOSTILE_QUERIES
            if seen[case.name].outcome not in case.expected
        ]
        well &= _summary("named queries", report.outcomes, faults, report.connections)
    if options.mutated:
        drawn = mutated_queries(options.mutated, options.seed)
        _, report = run_queries(drawn, options.isolation, progress=_teller(options.mutated))
        well &= _summary("drawn queries", report.outcomes, report.faults, report.connections)
    if options.documents:
        outcomes, wrong, connections = run_documents(
            options.documents, options.seed, progress=_teller(options.documents)
        )
        well &= _summary("damaged documents", outcomes, wrong, connections)
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    main()
