"""One user on their own machine: the same addresses, without walls.

For systems that cannot wall a process in, and for a quick look. Queries run in threads of the web
process, which nothing can interrupt: a bad query can hang or end it. So it listens on loopback only
and says plainly what it is.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from typing import Final

import pyoxigraph as ox
import uvicorn

from kg.errors import ParameterError
from kg.publishing.versions import Version
from kg.server.app import Service
from kg.server.limits import Limits
from kg.server.log import Log
from kg.server.pool import Result, read_frame
from kg.server.wire import Job
from kg.server.worker import TAGS, evaluate, tag_case
from kg.terms import PREFIXES

_THREADS: Final = 4


class LocalPool:
    """Evaluates queries in this process, with the face of :class:`kg.server.pool.Pool`."""

    started = killed = crashed = 0

    def __init__(self, nquads: bytes, limits: Limits) -> None:
        self.limits = limits
        self.running = self.waiting = 0
        self._dataset = ox.Store()
        self._dataset.load(nquads, format=ox.RdfFormat.N_QUADS, lenient=True)
        self._case = tag_case(set(TAGS.findall(nquads)))
        self._free = asyncio.Semaphore(_THREADS)

    async def run(self, job: Job, client: str = "") -> Result:
        """Evaluate one query; past its time the answer is given up, but not the work on it."""
        began = time.perf_counter()
        self.waiting += 1
        async with self._free:
            self.waiting -= 1
            self.running += 1
            work = asyncio.to_thread(
                evaluate, self._dataset, job, self.limits.answer_bytes, PREFIXES, self._case
            )
            try:
                content = await asyncio.wait_for(work, self.limits.slow_seconds)
            except TimeoutError:
                return Result("too-slow", seconds=time.perf_counter() - began)
            finally:
                self.running -= 1
        return read_frame(content, time.perf_counter() - began)

    async def close(self) -> None:
        """Nothing is to be ended."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket on loopback.

    Raises
    ------
    ParameterError
        The address is not one of loopback, or is taken.
    """
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise ParameterError("loopback-only", host)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ParameterError("cannot-listen", f"{host}:{port}", str(error.strerror)) from error
    return listener


def run(listener: socket.socket, version: Version, limits: Limits, *, quiet: bool) -> None:
    """Serve one version until a signal asks to stop."""
    asyncio.run(_serve(listener, version, limits, quiet=quiet))


async def _serve(listener: socket.socket, version: Version, limits: Limits, *, quiet: bool) -> None:
    service = Service(limits, Log(quiet=quiet))
    service.install(version, LocalPool(version.data.read_bytes(), limits))
    config = uvicorn.Config(
        service, lifespan="off", access_log=False, log_config=None, server_header=False, ws="none"
    )
    await uvicorn.Server(config).serve(sockets=[listener])
