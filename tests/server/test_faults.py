"""Any process may be killed at any moment: nobody gets a wrong answer, and all comes back.

The short version; ``python -m tests.server.faults`` is the long one.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from kg.build import canonical_nquads
from kg.graph import KnowledgeGraph
from tests.server.conftest import Service, start_service
from tests.server.faults import Report, kill_spawners, kill_web, kill_workers
from tests.server.load import (
    Asker,
    Load,
    Question,
    changed,
    checksum,
    family,
    open_files,
    questions,
    seconds_to_answer,
    settled,
)

AGAIN = 2.0
"""Seconds after which the service answers again; twice that here, since the machine is shared."""
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture(scope="module")
def known(graph: KnowledgeGraph) -> list[Question]:
    return questions(canonical_nquads(graph.embedded("tests").dataset))


@pytest.fixture
def own(published: Path, tmp_path: Path) -> Iterator[Service]:
    """A service that no other test uses."""
    running = start_service(published, tmp_path / "log", "--client-seconds", "0")
    yield running
    if running.process.poll() is None:
        assert running.stop() == 0


@pytest.mark.parametrize(
    ("series", "kills"), [(kill_workers, 30), (kill_web, 4), (kill_spawners, 4)]
)
def test_killed_under_load(
    service: Service,
    known: list[Question],
    series: Callable[[Service, Sequence[Question], int], Report],
    kills: int,
) -> None:
    settled(service)
    report = series(service, known, kills)
    print(report)
    assert report.tally.wrong == []
    # Those that do not succeed say so: busy or, for one that ran long before its worker was killed,
    # too demanding.
    assert set(report.tally.errors) <= {413, 503}
    # A spawner takes its time to load the dataset: each client may be told so twice.
    most = 8 * kills if series is kill_spawners else 0.1 * report.tally.all
    assert report.tally.errors.total() <= most
    # Each client loses one connection with a web process, and none with others.
    assert report.tally.cut <= (4 * kills if series is kill_web else 0)
    assert len(report.tally.right) > kills
    middle = sorted(report.again)[kills // 2]
    assert middle < AGAIN, report.again
    assert max(report.again) < 2 * AGAIN, report.again
    settled(service)


def test_a_killed_worker_is_no_fault_of_the_query(own: Service, known: list[Question]) -> None:
    """An idle worker that is gone when the query comes: another one answers."""
    asker = Asker(own, "127.0.0.1")
    for _ in range(20):
        for worker in settled(own).workers:
            kill(worker)
        reply = asker.ask(changed(known[0].query))
        assert reply is not None
        assert reply.status == 200, reply
        assert checksum(reply.body) == known[0].right
    asker.close()


def test_nothing_is_lost_over_time(own: Service, known: list[Question]) -> None:
    """File slots and processes after many ends of workers are what they were before."""
    before = settled(own)
    everyone = [before.supervisor, *before.web, *before.spawners]
    slots = [open_files(process) for process in everyone]  # a connection of ours is among them
    for _ in range(40):
        kill(settled(own).workers[0])
    asker = Asker(own, "127.0.0.1")
    reply = asker.ask(changed(known[0].query))
    asker.close()
    assert reply is not None
    after = settled(own)
    assert [after.supervisor, *after.web, *after.spawners] == everyone
    assert len(after.everyone) == len(before.everyone)
    deadline = time.monotonic() + 5
    while any(open_files(one) > before for one, before in zip(everyone, slots, strict=True)):
        assert time.monotonic() < deadline, (slots, [open_files(one) for one in everyone])
        time.sleep(0.1)


def test_the_end_of_the_supervisor_is_the_end_of_all(own: Service) -> None:
    everyone = [process.number for process in settled(own).everyone]
    assert len(everyone) == 5
    own.process.kill()
    own.process.wait()
    deadline = time.monotonic() + 5
    while left := [number for number in everyone if alive(number)]:
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def test_a_web_process_that_is_killed_while_it_starts(own: Service, known: list[Question]) -> None:
    for _ in range(3):
        for process in family(own).web:
            kill(process)
        time.sleep(0.2)
    # Its start is put off a little more each time; that is all.
    seconds_to_answer(own, known[0])
    settled(own)


def test_a_spawner_that_has_stopped_working(own: Service, known: list[Question]) -> None:
    """It lives and does nothing: nobody tells, but no worker comes any more."""
    now = settled(own)
    os.kill(now.spawners[0], signal.SIGSTOP)
    for worker in now.workers:
        kill(worker)
    seconds_to_answer(own, known[0], most=40.0)
    after = settled(own)
    assert after.spawners != now.spawners
    assert after.web == now.web


def test_a_client_that_leaves_takes_its_query_along(own: Service) -> None:
    before = settled(own)
    host, port = own.address.removeprefix("http://").split(":")
    path = "/sparql?query=" + ENDLESS.replace(" ", "%20").replace("{", "%7B").replace("}", "%7D")
    with socket.create_connection((host, int(port))) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
        deadline = time.monotonic() + 3
        while len(family(own).workers) < 3:  # it has moved to the slow lane
            assert time.monotonic() < deadline
            time.sleep(0.02)
    # Well before the limit of five seconds.
    after = settled(own, most=2.5)
    assert after.web == before.web


def test_load_and_a_client_that_leaves_again_and_again(own: Service, known: list[Question]) -> None:
    with Load(own, known, clients=3) as load:
        for _ in range(30):
            leaver = Asker(own, "127.0.0.77", timeout=0.3)
            assert leaver.ask(changed(ENDLESS)) is None
    tally = load.tally
    assert tally.wrong == []
    assert tally.cut == 0
    assert len(tally.right) >= 0.9 * tally.all
    settled(own)


def kill(process: int) -> None:
    # One that was killed before may have been seen for the last time.
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # A process that somebody has still to ask for has ended all the same.
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
