"""The pool: hands queries to workers, ends those that take too long, replaces what was ended.

Two lanes: every query starts in the quick one; one that is still running after a quarter of a
second moves, with its worker, to the slow lane, and a new worker takes its place. So a slow query
never stands before a quick one, and no work is thrown away.

A worker may end at any moment, between any two lines of this module. What makes that harmless: the
number of workers is counted from those that are there and brought up to what it should be after
every end, never kept by adding and subtracting; a worker that is ending is never handed out; and
an answer counts when all its bytes have come.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import signal
import socket
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, cast

from kg.server.limits import Limits
from kg.server.wire import ANSWER, HEADER, Job, command, frame

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
    "closed",
    "killed",
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
_START_SECONDS: Final = 10.0
"""A worker that is not ready by then means a spawner that has stopped working."""
_TRIES: Final = 3
"""Workers that a query may get when they are killed: all idle ones may be gone, and one more."""
_STATUS_SECONDS: Final = 1.0
"""The spawner tells how a worker ended within that time, or never."""
_FRAME_SLACK: Final = 64 * 1024
"""What a frame may hold beyond the longest answer: a message of the engine quotes the query."""


@dataclass(frozen=True)
class Result:
    """What became of a query.

    Attributes
    ----------
    outcome
        ``closed``: this pool takes no queries any more; another one may. ``killed`` is for this
        module alone: the worker was ended from outside.
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
        self.overdue: asyncio.TimerHandle | None = None
        self.ready = False
        self.jobs = 0
        self.slow = False
        self.ending = False
        self.killed = False
        self.status = 0
        self.has_ended = asyncio.Event()
        """Whether the spawner has told how the process ended: ``status``."""
        self.client = ""
        self._parts = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # a stream socket's is one
        if self.ending:
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        self._parts += data
        if len(self._parts) < HEADER.size:
            return
        (length,) = HEADER.unpack_from(self._parts)
        if length > self.pool.limits.answer_bytes + _FRAME_SLACK:
            # No worker of ours sends that: it is no longer ours.
            self.pool._kill(self)
            self.killed = False  # which is not the same as too slow
            return
        if len(self._parts) < HEADER.size + length:
            return
        with memoryview(self._parts) as whole:
            content = bytes(whole[HEADER.size : HEADER.size + length])
        self._parts.clear()
        if not self.ready:
            self.ready = True
            self.pool._began(self)
        elif self.answer is not None and not self.answer.done():
            self.answer.set_result(content)

    def connection_lost(self, exc: Exception | None) -> None:
        self.pool._lost(self)
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(ConnectionResetError())


class Evaluator(Protocol):
    """What evaluates queries: a pool of workers, or threads of the web process."""

    started: int
    killed: int
    crashed: int

    @property
    def running(self) -> int:
        """Queries that are running now."""

    @property
    def waiting(self) -> int:
        """Queries that wait for their turn."""

    async def run(self, job: Job, client: str = "") -> Result:
        """Evaluate one query; never raises for what the query does."""

    async def close(self) -> None:
        """Let what runs come to its end, and take nothing more."""


class Pool:
    """Workers of one version of the dataset.

    Parameters
    ----------
    address
        Path of the spawner's socket.
    lost
        Called once when the spawner is gone or no longer works, unless the pool was closed.
    """

    def __init__(
        self, address: str, limits: Limits, lost: Callable[[], object] | None = None
    ) -> None:
        self.address, self.limits = address, limits
        self.started = self.killed = self.crashed = 0
        self._report = lost
        self._control: socket.socket | None = None
        self._numbers = itertools.count(1)
        self._workers: dict[int, _Worker] = {}
        self._gone: dict[int, _Worker] = {}
        """Workers whose socket has closed and of whose process the spawner has yet to tell."""
        self._idle: list[_Worker] = []
        self._waiting: deque[asyncio.Future[_Worker | None]] = deque()
        self._closed = False
        self._tasks: set[asyncio.Future[None]] = set()
        self._first = asyncio.Event()
        self._last_began = 0.0

    @property
    def running(self) -> int:
        """Queries that are running now."""
        return sum(1 for worker in self._workers.values() if worker.answer is not None)

    @property
    def waiting(self) -> int:
        """Queries that wait for a worker."""
        return len(self._waiting)

    @property
    def alive(self) -> bool:
        """Whether the spawner is there."""
        return self._control is not None

    def processes(self) -> list[int]:
        """Process numbers of the workers."""
        return [w.process for w in self._workers.values() if w.process is not None]

    async def open(self) -> None:
        """Connect to the spawner and start the workers of the quick lane; one is ready after it.

        Raises
        ------
        OSError
            The spawner does not answer.
        """
        control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            control.setblocking(False)
            control.connect(self.address)
        except OSError:
            control.close()
            raise
        self._control = control
        asyncio.get_running_loop().add_reader(control, self._hear)
        self._replace()
        try:
            async with asyncio.timeout(_START_SECONDS):
                await self._first.wait()
        except TimeoutError:
            await self.close()
            raise
        if self._control is None:
            raise ConnectionResetError("the spawner has ended")

    async def close(self) -> None:
        """Let what runs come to its end, then end the workers; who waits is sent elsewhere."""
        self._closed = True
        self._send_away()
        for worker in list(self._idle):
            self._end(worker)
        deadline = self.limits.slow_seconds + 1
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(deadline):
                while self.running:
                    await asyncio.sleep(0.02)
        self._lose()

    async def run(self, job: Job, client: str = "") -> Result:
        """Evaluate one query; never raises for what the query does.

        Parameters
        ----------
        client
            Who asks: nobody has two queries in the slow lane. Empty for the service itself.
        """
        content = frame(job.encode())
        for _ in range(_TRIES):
            result = await self._try(content, client)
            # A worker that was killed, by an operator or for want of memory elsewhere, may have
            # been gone before the query came. After a while it is more likely to be the query.
            if result.outcome != "killed" or result.seconds > self.limits.quick_seconds:
                break
        if result.outcome == "killed":
            self.crashed += 1
            return Result("crashed", seconds=result.seconds)
        return result

    async def _try(self, content: bytes, client: str) -> Result:
        worker = await self._take()
        if worker is None:
            return Result("busy" if self.alive and not self._closed else "closed")
        began = time.perf_counter()
        loop = asyncio.get_running_loop()
        worker.answer = loop.create_future()
        worker.jobs += 1
        worker.client = client
        assert worker.transport is not None
        worker.transport.write(content)
        slow = loop.call_later(self.limits.quick_seconds, self._slow_down, worker)
        late = loop.call_later(self.limits.slow_seconds, self._too_late, worker)
        try:
            content = await worker.answer
        except ConnectionResetError:
            seconds = time.perf_counter() - began
            # Its own alarm may have been quicker than ours.
            if worker.killed or seconds > self.limits.slow_seconds:
                return Result("too-slow", seconds=seconds)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_STATUS_SECONDS):
                    await worker.has_ended.wait()
            if not self.alive:
                return Result("closed", seconds=seconds)
            if worker.status == -signal.SIGKILL:
                return Result("killed", seconds=seconds)
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
        return read_frame(content, seconds)

    # Workers

    def _start(self) -> None:
        """Have a worker forked. It counts from now on, so that nobody starts it twice."""
        assert self._control is not None
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        worker = _Worker(self, next(self._numbers))
        with theirs:
            if not self._order({"do": "fork", "number": worker.number}, theirs):
                ours.close()
                return
        self._workers[worker.number] = worker
        self.started += 1
        loop = asyncio.get_running_loop()
        worker.overdue = loop.call_later(_START_SECONDS, self._lose)
        task = asyncio.ensure_future(self._connect(worker, ours))
        self._tasks.add(task)  # a task that nobody holds may be collected
        task.add_done_callback(self._tasks.discard)

    async def _connect(self, worker: _Worker, ours: socket.socket) -> None:
        try:
            await asyncio.get_running_loop().create_unix_connection(lambda: worker, sock=ours)
        except OSError:
            ours.close()
            self._lost(worker)

    def _began(self, worker: _Worker) -> None:
        """A worker has come to work."""
        if worker.overdue is not None:
            worker.overdue.cancel()
        self._first.set()
        self._last_began = asyncio.get_running_loop().time()
        self._free(worker)

    def _replace(self) -> None:
        """Bring the quick lane back to its number of workers."""
        if self._closed or self._control is None:
            return
        quick = sum(1 for w in self._workers.values() if not w.slow and not w.ending)
        for _ in range(self.limits.quick_workers - quick):
            if self._control is not None:
                self._start()

    async def _take(self) -> _Worker | None:
        """A free worker, or None when there is none for too long, or will never be one."""
        while self._idle:
            worker = self._idle.pop()
            if not worker.ending:
                return worker
        until = asyncio.get_running_loop().time() + self.limits.queue_seconds
        while not self._closed and self._control is not None:
            waiter: asyncio.Future[_Worker | None] = asyncio.get_running_loop().create_future()
            self._waiting.append(waiter)
            chosen: _Worker | None = None
            try:
                async with asyncio.timeout_at(until):
                    chosen = await waiter
            except TimeoutError:
                # A worker may have come free in the same moment.
                chosen = waiter.result() if waiter.done() and not waiter.cancelled() else None
                if chosen is None or chosen.ending:
                    return None
            except asyncio.CancelledError:
                if waiter.done() and not waiter.cancelled() and (free := waiter.result()):
                    self._free(free)
                raise
            finally:
                with contextlib.suppress(ValueError):
                    self._waiting.remove(waiter)
            # It may have ended between being chosen and now.
            if chosen is not None and not chosen.ending:
                return chosen
        return None

    def _free(self, worker: _Worker) -> None:
        """A worker has nothing to do: give it the next query, or end it if it has done enough."""
        if worker.ending:
            return
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
        if worker.ending:
            return
        worker.ending = worker.killed = True
        self.killed += 1
        self._order({"do": "kill", "number": worker.number})
        if worker.transport is not None:
            worker.transport.abort()  # who waits learns it now, not when the process is gone
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
        if worker.overdue is not None:
            worker.overdue.cancel()
        self._workers.pop(worker.number, None)
        if not worker.has_ended.is_set():
            self._gone[worker.number] = worker
        with contextlib.suppress(ValueError):
            self._idle.remove(worker)
        if worker.ready:
            self._replace()
            return
        loop = asyncio.get_running_loop()
        if self._first.is_set() and loop.time() - self._last_began > _START_SECONDS:
            self._lose()
        else:
            # It never came to work: the next one may not either, so not at once.
            loop.call_later(0.25, self._replace)

    # The spawner

    def _order(self, request: dict[str, Any], handle: socket.socket | None = None) -> bool:
        """Send a command; False when the spawner takes none any more.

        There are never more commands under way than there are workers, so a socket that is full
        means a spawner that has stopped working.
        """
        if self._control is None:
            return False
        try:
            command(request, self._control, handle)
        except OSError:
            self._lose()
            return False
        return True

    def _hear(self) -> None:
        """Events of the spawner: beginnings and ends of workers."""
        assert self._control is not None
        try:
            data = self._control.recv(65_536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._lose()
            return
        event: dict[str, Any] = json.loads(data)
        if "started" in event:
            worker = self._workers.get(event["started"])
            if worker is not None:
                worker.process = event["process"]
        else:
            worker = self._gone.pop(event["ended"], None) or self._workers.get(event["ended"])
            if worker is not None:
                worker.status = event["status"]
                worker.has_ended.set()

    def _lose(self) -> None:
        """Let the spawner go: it ends its workers when it sees that, if it still lives."""
        if self._control is None:
            return
        asyncio.get_running_loop().remove_reader(self._control)
        self._control.close()
        self._control = None
        for worker in list(self._workers.values()):
            worker.ending = True
            if worker.overdue is not None:
                worker.overdue.cancel()
            if worker.transport is not None:
                worker.transport.abort()
        for worker in self._gone.values():
            worker.has_ended.set()
        self._gone.clear()
        self._first.set()
        self._send_away()
        if not self._closed and self._report is not None:
            self._report()

    def _send_away(self) -> None:
        """Who waits for a worker will not get one here."""
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)


def read_frame(content: bytes, seconds: float) -> Result:
    """What a worker has answered.

    Parameters
    ----------
    content
        Of the frame.
    """
    outcome: Outcome = _OUTCOMES[content[0]]
    if content[:1] == ANSWER:
        kind = "graph" if content[1:2] == b"g" else "table"
        return Result(outcome, content[3:], kind, content[2:3] == b"z", seconds=seconds)
    return Result(outcome, text=content[1:].decode("utf-8", "replace"), seconds=seconds)


class NoRoomError(Exception):
    """The slow lane has no room for this query, or not for a second one of its client."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome
