"""The pool against a spawner that the test plays itself: ends of workers at the worst moments."""

from __future__ import annotations

import array
import asyncio
import contextlib
import json
import signal
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

from kg.server import pool as module
from kg.server.answers import Answer, Answers
from kg.server.limits import Limits
from kg.server.pool import Pool
from kg.server.wire import HEADER, Job, frame

LIMITS = Limits(quick_seconds=4.0, slow_seconds=8.0, queue_seconds=4.0)
SHORT = Limits(quick_seconds=0.2, slow_seconds=0.6, queue_seconds=0.5)
JOB = Job("ASK {}", "json", None)


class FakeWorker:
    """The worker's end of its socket."""

    def __init__(
        self, number: int, connection: socket.socket, tell: Callable[[int, int], None]
    ) -> None:
        self.number, self.connection, self._tell = number, connection, tell
        connection.setblocking(False)

    def say(self, content: bytes) -> None:
        self.connection.send(frame(content))

    async def job(self) -> bytes:
        loop = asyncio.get_running_loop()
        head = await loop.sock_recv(self.connection, HEADER.size)
        return await loop.sock_recv(self.connection, HEADER.unpack(head)[0])

    def end(self, status: int = -signal.SIGKILL) -> None:
        if self.connection.fileno() >= 0:
            self.connection.close()
            self._tell(self.number, status)


class FakeSpawner:
    """Takes orders, and lets the test play the workers."""

    def __init__(self, folder: Path) -> None:
        self.address = str(folder / "socket")
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(self.address)
        self.listener.listen(1)
        self.control: socket.socket | None = None
        self.workers: list[FakeWorker] = []
        self.killed: list[int] = []
        self.at_once = True
        """Whether workers are ready as soon as they are forked."""

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        self.listener.setblocking(False)
        self.control, _ = await loop.sock_accept(self.listener)
        self.control.setblocking(False)
        loop.add_reader(self.control, self.obey)

    def obey(self) -> None:
        assert self.control is not None
        size = array.array("i").itemsize
        content, ancillary, *_ = self.control.recvmsg(4096, socket.CMSG_SPACE(size))
        if not content:
            asyncio.get_running_loop().remove_reader(self.control)
            return
        order = json.loads(content)
        if order["do"] == "kill":
            self.killed.append(order["number"])
            return
        handles = array.array("i", ancillary[0][2][:size])
        worker = FakeWorker(order["number"], socket.socket(fileno=handles[0]), self.tell)
        self.workers.append(worker)
        if self.at_once:
            worker.say(b"R")

    def tell(self, number: int, status: int) -> None:
        if self.control is not None:
            with contextlib.suppress(OSError):
                self.control.send(json.dumps({"ended": number, "status": status}).encode())

    def close(self) -> None:
        for worker in self.workers:
            worker.end()
        if self.control is not None:
            asyncio.get_running_loop().remove_reader(self.control)
            self.control.close()
        self.listener.close()


def play(
    folder: Path,
    scene: Callable[[FakeSpawner, Pool], Awaitable[None]],
    *,
    limits: Limits = LIMITS,
    lost: Callable[[], object] | None = None,
) -> None:
    """Run one scene with an open pool."""

    async def run() -> None:
        spawner = FakeSpawner(folder)
        pool = Pool(spawner.address, limits, lost)
        serving = asyncio.ensure_future(spawner.run())
        await pool.open()
        await serving
        await settle(lambda: len(spawner.workers) == limits.quick_workers)
        async with asyncio.timeout(40):
            await scene(spawner, pool)
        await pool.close()
        spawner.close()

    asyncio.run(run())


async def settle(condition: Callable[[], bool], seconds: float = 3.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


async def answer(spawner: FakeSpawner, tried: set[int]) -> None:
    """Be a worker that answers: whichever gets a job."""
    while True:
        for worker in spawner.workers:
            if worker.number not in tried and worker.connection.fileno() >= 0:
                try:
                    head = worker.connection.recv(HEADER.size)
                except BlockingIOError:
                    continue
                if head:
                    worker.connection.recv(HEADER.unpack(head)[0])
                    worker.say(b"Atpbody")
                    return
        await asyncio.sleep(0.005)


def test_idle_workers_that_are_gone(tmp_path: Path) -> None:
    async def scene(spawner: FakeSpawner, pool: Pool) -> None:
        # Both end; the pool has not heard of it when the query comes.
        for worker in list(spawner.workers):
            worker.end()
        running = asyncio.ensure_future(pool.run(JOB))
        await answer(spawner, set())
        assert (await running).body == b"body"
        assert pool.running == pool.waiting == 0

    play(tmp_path, scene)


def test_a_worker_that_ends_between_being_chosen_and_the_query(tmp_path: Path) -> None:
    async def scene(spawner: FakeSpawner, pool: Pool) -> None:
        busy = [asyncio.ensure_future(pool.run(JOB)) for _ in range(2)]
        first, second = spawner.workers
        await first.job()
        await second.job()
        waiting = asyncio.ensure_future(pool.run(JOB))
        await settle(lambda: pool.waiting == 1)
        # The answer and the end of the worker arrive in the same turn of the event loop.
        first.say(b"Atpone")
        first.end()
        await settle(lambda: len(spawner.workers) == 3)
        second.say(b"Atptwo")
        assert {(await one).body for one in busy} == {b"one", b"two"}
        await answer(spawner, {first.number})
        assert (await waiting).body == b"body"

    play(tmp_path, scene)


@pytest.mark.parametrize(("status", "workers"), [(-signal.SIGSEGV, 1), (-signal.SIGKILL, 3)])
def test_a_query_that_ends_its_worker(tmp_path: Path, status: int, workers: int) -> None:
    """A crash is the query's; a kill may not be, but not again and again."""

    async def scene(spawner: FakeSpawner, pool: Pool) -> None:
        running = asyncio.ensure_future(pool.run(JOB))
        hit = 0
        while not running.done():
            for worker in list(spawner.workers):
                if worker.connection.fileno() >= 0:
                    try:
                        worker.connection.recv(4096)
                    except BlockingIOError:
                        continue
                    worker.end(status)
                    hit += 1
            await asyncio.sleep(0.005)
        assert (await running).outcome == "crashed"
        assert hit == workers
        assert pool.crashed == 1

    play(tmp_path, scene)


def test_the_number_of_workers_neither_grows_nor_shrinks(tmp_path: Path) -> None:
    async def scene(spawner: FakeSpawner, pool: Pool) -> None:
        for _ in range(10):
            # Slow queries: each is moved to the slow lane, or ended for want of room, and at the
            # same time some workers end by themselves.
            queries = [asyncio.ensure_future(pool.run(JOB, str(n))) for n in range(4)]
            await asyncio.sleep(0.1)
            spawner.workers[-1].end()
            await asyncio.gather(*queries)
            queries = [asyncio.ensure_future(pool.run(JOB, "one")) for _ in range(2)]
            await asyncio.sleep(0.25)
            for query in queries:
                query.cancel()
            await asyncio.gather(*queries, return_exceptions=True)

            def quick() -> int:
                workers = pool._workers.values()
                return sum(1 for one in workers if one.ready and not one.ending)

            await settle(lambda: quick() == len(pool._workers) == LIMITS.quick_workers)
            assert len(pool._idle) == LIMITS.quick_workers

    play(tmp_path, scene, limits=SHORT)


def test_late_is_ended_at_once(tmp_path: Path) -> None:
    """Who waits learns it at the limit, even if the process takes its time to end."""

    async def scene(spawner: FakeSpawner, pool: Pool) -> None:
        result = await pool.run(JOB, "client")
        assert result.outcome == "too-slow"
        assert 0.6 <= result.seconds < 1.5
        await settle(lambda: len(spawner.killed) == 1)

    play(tmp_path, scene, limits=SHORT)


def test_a_second_slow_query_of_a_client(tmp_path: Path) -> None:
    async def scene(spawner: FakeSpawner, pool: Pool) -> None:
        first = asyncio.ensure_future(pool.run(JOB, "client"))
        await asyncio.sleep(0.01)
        second = asyncio.ensure_future(pool.run(JOB, "client"))
        assert (await second).outcome == "one-at-a-time"
        assert (await first).outcome == "too-slow"

    play(tmp_path, scene, limits=SHORT)


def test_a_spawner_that_is_gone(tmp_path: Path) -> None:
    told: list[bool] = []

    async def scene(spawner: FakeSpawner, pool: Pool) -> None:
        running = [asyncio.ensure_future(pool.run(JOB)) for _ in range(3)]
        await settle(lambda: pool.waiting == 1)
        assert spawner.control is not None
        asyncio.get_running_loop().remove_reader(spawner.control)
        spawner.control.close()
        spawner.control = None
        assert {(await one).outcome for one in running} == {"closed"}
        assert not pool.alive
        assert (await pool.run(JOB)).outcome == "closed"

    play(tmp_path, scene, lost=lambda: told.append(True))
    assert told == [True]


@pytest.mark.parametrize("reading", [True, False])
def test_a_spawner_that_has_stopped_working(tmp_path: Path, reading: bool) -> None:
    """It forks nothing any more, or does not even read what it is told."""
    told: list[bool] = []

    async def scene(spawner: FakeSpawner, pool: Pool) -> None:
        spawner.at_once = False
        if not reading:
            assert spawner.control is not None
            asyncio.get_running_loop().remove_reader(spawner.control)
        for worker in list(spawner.workers):
            worker.end()
        await settle(lambda: bool(told))
        assert not pool.alive

    with mock.patch.object(module, "_START_SECONDS", 0.3):
        play(tmp_path, scene, lost=lambda: told.append(True))
    assert told == [True]


def test_workers_that_never_come_to_work(tmp_path: Path) -> None:
    told: list[bool] = []

    async def scene(spawner: FakeSpawner, pool: Pool) -> None:
        spawner.at_once = False
        while not told:
            for worker in list(spawner.workers):
                worker.end()
            await asyncio.sleep(0.02)

    with mock.patch.object(module, "_START_SECONDS", 0.5):
        play(tmp_path, scene, lost=lambda: told.append(True))
    assert told == [True]


def test_closing_sends_those_who_wait_elsewhere(tmp_path: Path) -> None:
    async def scene(spawner: FakeSpawner, pool: Pool) -> None:
        running = [asyncio.ensure_future(pool.run(JOB)) for _ in range(3)]
        await settle(lambda: pool.waiting == 1)
        closing = asyncio.ensure_future(pool.close())
        assert (await running[2]).outcome == "closed"
        # Those that run come to their end.
        for worker in spawner.workers:
            worker.say(b"Atpbody")
        assert [(await one).body for one in running[:2]] == [b"body", b"body"]
        await closing

    play(tmp_path, scene)


def test_a_frame_longer_than_any_answer(tmp_path: Path) -> None:
    async def scene(spawner: FakeSpawner, pool: Pool) -> None:
        running = asyncio.ensure_future(pool.run(JOB))
        worker = spawner.workers[-1]
        await worker.job()
        worker.connection.send(HEADER.pack(0xFFFF_FFFF) + b"A")
        await settle(lambda: spawner.killed == [worker.number])
        worker.end()
        # Somebody else takes it.
        await answer(spawner, {worker.number})
        assert (await running).body == b"body"

    play(tmp_path, scene, limits=replace(LIMITS, answer_bytes=1_000))


def test_kept_answers_count_their_keys() -> None:
    """Long queries with short answers must not fill the memory."""
    kept = Answers(1 << 20)
    for number in range(1_000):
        kept.keep(("version", f"{number:05d}" + "x" * 60_000), Answer(b"{}", ()))
        assert kept.size <= 1 << 20
    assert 0 < len(kept._kept) < 20
    for number in range(10_000):
        kept.keep(("version", f"{number:05d}"), Answer(b"{}", ()))
    assert len(kept._kept) < 1_000
    assert kept.get(("version", "09999")) is not None
    assert kept.get(("version", "00000")) is None
    kept.clear()
    assert kept.size == 0
