"""Many hostile inputs one after the other, and what became of them."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, get_args

from kg.server.pool import Outcome
from kg.server.problems import STATUS
from tests.safety.endpoint import LIMITS, Endpoint, Seen, endpoint, traps

KNOWN: Final = frozenset(get_args(Outcome)) - {"busy", "one-at-a-time", "closed", "killed"} | {
    code
    for code in STATUS
    if code.startswith("query-") or code in ("service-refused", "update-refused")
}
"""What may become of a query here, where nobody else asks."""
_AT_ONCE: Final = 2

Progress = Callable[[int, Counter[str]], None]


def _silent(_done: int, _outcomes: Counter[str]) -> None:
    """Report nothing."""


@dataclass
class Report:
    """What became of a run.

    Attributes
    ----------
    outcomes
        How often each came about.
    faults
        Input and what was wrong with its outcome.
    connections
        How many reached the listener.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[str, str]] = field(default_factory=list)
    connections: int = 0


def fault_of(seen: Seen) -> str:
    """What must not happen whatever the query is; empty when all is well."""
    if seen.outcome not in KNOWN:
        return f"unknown outcome {seen.outcome}"
    if seen.seconds > LIMITS.slow_seconds + 1:
        return f"{seen.seconds:.1f} s"
    if not seen.good:
        return "the next good query was not answered rightly"
    if seen.leaked:
        return "the text of the file was seen"
    return ""


def run_queries(
    queries: Mapping[str, str] | Iterable[str],
    isolation: str,
    *,
    progress: Progress = _silent,
) -> tuple[dict[str, Seen], Report]:
    """Put queries to guard and pool; ``LISTENER`` and ``CANARY`` in them are filled in.

    Parameters
    ----------
    queries
        By name; without names the queries themselves are the names.
    isolation
        A way of :data:`kg.server.sandbox.Isolation`.

    Returns
    -------
    by name, report
        What was seen of each query that has a name, and of all.
    """
    named = isinstance(queries, Mapping)
    pairs = iter(queries.items() if isinstance(queries, Mapping) else ((q, q) for q in queries))
    seen: dict[str, Seen] = {}
    report = Report()

    async def work(target: Endpoint) -> None:
        for name, query in pairs:
            text = query.replace("LISTENER", target.traps.listener.address)
            found = await target.ask(text.replace("CANARY", target.traps.canary_address))
            if named:
                seen[name] = found
            report.outcomes[found.outcome] += 1
            if wrong := fault_of(found):
                report.faults.append((name, wrong))
            progress(report.outcomes.total(), report.outcomes)

    async def run(folder: Path) -> None:
        with traps(folder) as set_traps:
            async with endpoint(isolation, set_traps) as target:
                await asyncio.gather(*(work(target) for _ in range(_AT_ONCE)))
            report.connections = set_traps.listener.connections

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder)))
    return seen, report
