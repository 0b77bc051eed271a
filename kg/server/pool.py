"""The pool: hands queries to workers, ends those that take too long, replaces what was ended.

Two lanes: every query starts in the quick one; one that is still running after a quarter of a
second moves, with its worker, to the slow lane, and a new worker takes its place. So a slow query
never stands before a quick one, and no work is thrown away.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import socket
import time
from collections import deque
from dataclasses import dataclass
from typing import Any, Final, Literal

from kg.server.limits import Limits
from kg.server.spawner import command
from kg.server.wire import ANSWER, HEADER, Job, frame

Outcome = Literal[
    "answer",
    "malformed",
    "too-large",
    "failed",
    "not-acceptable",
    "too-slow",
    "crashed",
    "busy",
    "one-at-a-time",
]
_OUTCOMES: Final[dict[int, Outcome]] = {
    ord("A"): "answer",
    ord("M"): "malformed",
    ord("L"): "too-large",
    ord("F"): "failed",
    ord("N"): "not-acceptable",
}
_NICE: Final = 10
"""Slow queries give way to quick ones when there are fewer processors than workers."""


@dataclass(frozen=True)
class Result:
    """What became of a query.

    Attributes
    ----------
    body
        The whole answer; empty unless ``outcome`` is ``answer``.
    kind
        ``table`` or ``graph``.
    compressed
        Whether ``body`` is gzip.
    text
        What the worker says where it gives no answer.
    seconds
        Time that the query ran.
    """

    outcome: Outcome
    body: bytes = b""
    kind: str = ""
    compressed: bool = False
    text: str = ""
    seconds: float = 0.0


class _Worker(asyncio.Protocol):
    """The web process's end of one worker."""

    def __init__(self, pool: Pool, number: int) -> None:
        self.pool, self.number = pool, number
        self.process: int | None = None
        self.transport: asyncio.Transport | None = None
        self.answer: asyncio.Future[bytes] | None = None
        self.ready = False
        self.jobs = 0
        self.slow = False
        self.ending = False
        self.killed = False
        self.client = ""
        self._parts = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # a stream socket's is one

    def data_received(self, data: bytes) -> None:
        self._parts += data
        if len(self._parts) < HEADER.size:
            return
        (length,) = HEADER.unpack_from(self._parts)
        if len(self._parts) < HEADER.size + length:
            return
        content = bytes(self._parts[HEADER.size :])
        self._parts.clear()
        if not self.ready:
            self.ready = True
            self.pool._free(self)
        elif self.answer is not None and not self.answer.done():
            self.answer.set_result(content)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(ConnectionResetError())
        self.pool._lost(self)


class Pool:
    """Workers of one version of the dataset.

    Parameters
    ----------
    address
        Path of the spawner's socket.
    """

    def __init__(self, address: str, limits: Limits) -> None:
        self.address, self.limits = address, limits
        self.started = self.killed = self.crashed = 0
        self._control: socket.socket | None = None
        self._numbers = itertools.count(1)
        self._workers: dict[int, _Worker] = {}
        self._idle: list[_Worker] = []
        self._waiting: deque[asyncio.Future[_Worker]] = deque()
        self._closed = False
        self._tasks: set[asyncio.Future[None]] = set()

    @property
    def running(self) -> int:
        """Queries that are running now."""
        return sum(1 for worker in self._workers.values() if worker.answer is not None)

    @property
    def waiting(self) -> int:
        """Queries that wait for a worker."""
        return len(self._waiting)

    def processes(self) -> list[int]:
        """Process numbers of the workers."""
        return [w.process for w in self._workers.values() if w.process is not None]

    async def open(self) -> None:
        """Connect to the spawner and start the workers of the quick lane.

        Raises
        ------
        OSError
            The spawner does not answer.
        """
        loop = asyncio.get_running_loop()
        control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        control.connect(self.address)
        control.setblocking(False)
        self._control = control
        loop.add_reader(control, self._hear)
        for _ in range(self.limits.quick_workers):
            await self._start()

    async def close(self) -> None:
        """Let what runs come to its end, then end the workers."""
        self._closed = True
        for waiter in self._waiting:
            if not waiter.done():
                waiter.cancel()
        for worker in list(self._idle):
            self._end(worker)
        deadline = self.limits.slow_seconds + 1
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(deadline):
                while self.running:
                    await asyncio.sleep(0.02)
        if self._control is not None:
            asyncio.get_running_loop().remove_reader(self._control)
            self._control.close()
            self._control = None

    async def run(self, job: Job, client: str = "") -> Result:
        """Evaluate one query; never raises for what the query does.

        Parameters
        ----------
        client
            Who asks: nobody has two queries in the slow lane. Empty for the service itself.
        """
        worker = await self._take()
        if worker is None:
            return Result("busy")
        began = time.perf_counter()
        loop = asyncio.get_running_loop()
        worker.answer = loop.create_future()
        worker.jobs += 1
        worker.client = client
        assert worker.transport is not None
        worker.transport.write(frame(job.encode()))
        slow = loop.call_later(self.limits.quick_seconds, self._slow_down, worker)
        late = loop.call_later(self.limits.slow_seconds, self._too_late, worker)
        try:
            content = await worker.answer
        except ConnectionResetError:
            seconds = time.perf_counter() - began
            # Its own alarm may have been quicker than ours.
            if worker.killed or seconds > self.limits.slow_seconds:
                return Result("too-slow", seconds=seconds)
            self.crashed += 1
            return Result("crashed", seconds=seconds)
        except NoRoomError as error:
            return Result(error.outcome, seconds=time.perf_counter() - began)
        except asyncio.CancelledError:
            # The client has gone: nobody waits for the rest.
            self._kill(worker)
            raise
        finally:
            slow.cancel()
            late.cancel()
            worker.answer = None
        seconds = time.perf_counter() - began
        self._free(worker)
        outcome: Outcome = _OUTCOMES[content[0]]
        if content[:1] == ANSWER:
            return Result(
                outcome,
                content[3:],
                "graph" if content[1:2] == b"g" else "table",
                content[2:3] == b"z",
                seconds=seconds,
            )
        return Result(outcome, text=content[1:].decode("utf-8", "replace"), seconds=seconds)

    # Workers

    async def _start(self) -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        number = next(self._numbers)
        worker = _Worker(self, number)
        self._workers[number] = worker
        loop = asyncio.get_running_loop()
        with theirs:
            assert self._control is not None
            command({"do": "fork", "number": number}, self._control, theirs)
        await loop.create_unix_connection(lambda: worker, sock=ours)
        self.started += 1

    def _replace(self) -> None:
        """Bring the quick lane back to its number of workers."""
        if self._closed or self._control is None:
            return
        quick = sum(1 for w in self._workers.values() if not w.slow and not w.ending)
        for _ in range(self.limits.quick_workers - quick):
            task = asyncio.ensure_future(self._start())
            self._tasks.add(task)  # a task that nobody holds may be collected
            task.add_done_callback(self._tasks.discard)

    async def _take(self) -> _Worker | None:
        """A free worker, or None when there is none for too long."""
        while self._idle:
            worker = self._idle.pop()
            if not worker.ending and worker.transport is not None:
                return worker
        if self._closed:
            return None
        waiter: asyncio.Future[_Worker] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            async with asyncio.timeout(self.limits.queue_seconds):
                return await waiter
        except TimeoutError:
            # A worker may have come free in the same moment.
            if waiter.done() and not waiter.cancelled():
                return waiter.result()
            return None
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self._free(waiter.result())
            raise
        finally:
            with contextlib.suppress(ValueError):
                self._waiting.remove(waiter)

    def _free(self, worker: _Worker) -> None:
        """A worker has nothing to do: give it the next query, or end it if it has done enough."""
        if self._closed or worker.slow or worker.jobs >= self.limits.worker_queries:
            self._end(worker)
            return
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(worker)
                return
        self._idle.append(worker)

    def _slow_down(self, worker: _Worker) -> None:
        """Move a running query to the slow lane; without room there it ends as busy."""
        if worker.answer is None or worker.answer.done():
            return
        slow = [w for w in self._workers.values() if w.slow and not w.ending]
        if len(slow) >= self.limits.slow_workers:
            worker.answer.set_exception(NoRoomError("busy"))
        elif worker.client and any(w.client == worker.client for w in slow):
            worker.answer.set_exception(NoRoomError("one-at-a-time"))
        if worker.answer.done():
            self._kill(worker)
            return
        worker.slow = True
        if worker.process is not None:
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, worker.process, _NICE)
        self._replace()

    def _too_late(self, worker: _Worker) -> None:
        if worker.answer is not None and not worker.answer.done():
            self._kill(worker)

    def _kill(self, worker: _Worker) -> None:
        """End a worker at once. The spawner does it: only it knows which processes still live."""
        if worker.ending or self._control is None:
            return
        worker.ending = worker.killed = True
        self.killed += 1
        command({"do": "kill", "number": worker.number}, self._control)
        self._replace()

    def _end(self, worker: _Worker) -> None:
        """Let a worker go: it ends when its socket closes."""
        worker.ending = True
        if worker.transport is not None:
            worker.transport.close()
        self._replace()

    def _lost(self, worker: _Worker) -> None:
        """The socket of a worker has closed."""
        worker.ending = True
        self._workers.pop(worker.number, None)
        with contextlib.suppress(ValueError):
            self._idle.remove(worker)
        if worker.ready:
            self._replace()
        elif not self._closed:
            # It never came to work: the next one may not either, so not at once.
            asyncio.get_running_loop().call_later(0.5, self._replace)

    def _hear(self) -> None:
        """Events of the spawner: processes of workers. Its end is the supervisor's to mend."""
        assert self._control is not None
        try:
            data = self._control.recv(65_536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._control)
            self._control.close()
            self._control = None
            return
        event: dict[str, Any] = json.loads(data)
        worker = self._workers.get(event.get("started", 0))
        if worker is not None:
            worker.process = event["process"]

    @property
    def alive(self) -> bool:
        """Whether the spawner is there."""
        return self._control is not None


class NoRoomError(Exception):
    """The slow lane has no room for this query, or not for a second one of its client."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome
