"""Named hostile queries and drawn ones: none ends anything but its own worker, or gets anywhere."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

import pytest

from kg.server.guard import check_query
from tests.conftest import absent
from tests.safety.endpoint import LIMITS, Seen, endpoint, traps
from tests.safety.hostile_queries import HOSTILE_QUERIES, Hostile
from tests.safety.mutated_queries import mutated_queries
from tests.safety.runs import Report, fault_of, run_queries
from tests.safety.test_guard import TRICKY

if sys.platform != "linux":
    pytest.skip("the isolated service is for Linux", allow_module_level=True)

ISOLATIONS = ("namespace", "file-slots")
MUTATED = 300
Runs = dict[str, tuple[dict[str, Seen], Report]]


def _run(queries: dict[str, str], isolation: str) -> tuple[dict[str, Seen], Report]:
    try:
        return run_queries(queries, isolation)
    except RuntimeError as error:
        if isolation == "namespace":
            absent(f"no namespaces here: {error}")
        raise


@pytest.fixture(scope="module")
def runs() -> Runs:
    """What became of every hostile query, by the way in which the network is kept away."""
    queries = {case.name: case.plain() for case in HOSTILE_QUERIES}
    return {isolation: _run(queries, isolation) for isolation in ISOLATIONS}


@pytest.mark.parametrize("isolation", ISOLATIONS)
@pytest.mark.parametrize("case", HOSTILE_QUERIES, ids=lambda case: case.name)
def test_a_hostile_query(runs: Runs, case: Hostile, isolation: str) -> None:
    seen = runs[isolation][0][case.name]
    assert seen.outcome in case.expected, seen
    assert not fault_of(seen), seen


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_nobody_was_reached(runs: Runs, isolation: str) -> None:
    seen, report = runs[isolation]
    assert report.connections == 0
    assert report.faults == []
    # The traps are of use only where queries came to be evaluated.
    assert seen["service-prefixed-no-space"].outcome == "failed"


def test_there_are_enough_and_they_differ() -> None:
    assert len(HOSTILE_QUERIES) >= 60
    assert len({case.name for case in HOSTILE_QUERIES}) == len(HOSTILE_QUERIES)
    outcomes = {outcome for case in HOSTILE_QUERIES for outcome in case.expected}
    assert {"too-slow", "crashed", "too-large", "malformed", "failed", "answer"} < outcomes


def test_tricky_queries_are_valid() -> None:
    # What the guard must let pass has to be worth it: the engine takes each of them.
    seen, _ = _run(TRICKY, "file-slots")
    others = {
        name: s for name, s in seen.items() if s.outcome not in ("answer", "too-slow", "too-large")
    }
    assert others == {}
    assert sum(s.outcome == "answer" for s in seen.values()) > 0.8 * len(seen)


def test_the_listener_hears_and_the_canary_is_seen() -> None:
    # The traps themselves: a connection is counted, and the text of the file would be noticed.
    with tempfile.TemporaryDirectory() as folder, traps(Path(folder)) as set_traps:

        async def ask() -> Seen:
            async with endpoint("file-slots", set_traps) as target:
                host, _, port = set_traps.listener.address[7:-1].partition(":")
                _, writer = await asyncio.open_connection(host, int(port))
                writer.close()
                text = set_traps.canary.read_text().split('"')[1]
                return await target.ask(f"SELECT ('{text}' AS ?x) {{}}")

        seen = asyncio.run(ask())
        assert seen.leaked
        assert fault_of(seen) == "the text of the file was seen"
        assert set_traps.listener.connections == 1


def test_drawn_queries() -> None:
    queries = dict(enumerate(mutated_queries(MUTATED, seed=0)))
    assert queries == dict(enumerate(mutated_queries(MUTATED, seed=0)))
    _, report = _run({str(number): query for number, query in queries.items()}, "file-slots")
    assert report.faults == []
    assert report.connections == 0
    assert report.outcomes.total() == MUTATED
    # A generator of nothing but nonsense would prove nothing.
    for outcome in ("answer", "malformed", "query-nesting", "service-refused", "update-refused"):
        assert report.outcomes[outcome] >= 3, report.outcomes
    passed = sum(1 for query in queries.values() if check_query(query, LIMITS) is None)
    assert passed > MUTATED / 2


def test_a_function_that_is_not_there_ends_no_worker() -> None:
    # It is a RuntimeError of the engine, unlike all else that is wrong with a query.
    query = "ASK { FILTER(<http://example.org/no-function>(1)) }"
    seen, report = _run({str(number): query for number in range(5)}, "file-slots")
    assert {found.outcome for found in seen.values()} == {"failed"}
    assert "no-function" in seen["0"].text
    assert report.faults == []
