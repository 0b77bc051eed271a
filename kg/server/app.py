"""The service as one ASGI application: which path is answered by whom, errors, figures, logs."""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Awaitable, Callable
from typing import Final

from kg.errors import DatasetError
from kg.publishing.versions import Version
from kg.server import linked
from kg.server.answers import Answers
from kg.server.budgets import Budgets
from kg.server.description import ServiceDescription
from kg.server.explorer import Explorer
from kg.server.http import (
    ClientGoneError,
    Receive,
    Request,
    RequestError,
    Scope,
    Send,
    require_reading,
    respond,
    respond_problem,
    retry_after,
)
from kg.server.limits import Limits
from kg.server.log import Log
from kg.server.measures import CONTENT_TYPE, Measures
from kg.server.named import Named
from kg.server.pool import Evaluator, Pool
from kg.server.sparql import Endpoint, Generation
from kg.server.wire import Job

Handler = Callable[[Request, Send], Awaitable[tuple[int, str]]]

_PREFLIGHT: Final = (
    (b"allow", b"GET, HEAD, POST, OPTIONS"),
    (b"access-control-allow-methods", b"GET, HEAD, POST, OPTIONS"),
    (b"access-control-allow-headers", b"Accept, Content-Type, If-None-Match"),
    (b"access-control-max-age", b"86400"),
)
_CANARY: Final = Job("ASK { ?s ?p ?o }", "json", None)


class Service:
    """What one web process serves.

    Attributes
    ----------
    address
        Where clients find it, without a slash at the end; empty: as they asked for it.
    generation
        The version in use; None until the first one is there.
    lost
        Called with the address of a spawner that is gone or no longer works.
    """

    def __init__(self, limits: Limits, log: Log, address: str = "") -> None:
        self.limits, self.log = limits, log
        self.measures = Measures()
        self.answers = Answers(limits.cache_bytes)
        self.budgets = Budgets(limits)
        self.generation: Generation | None = None
        self.endpoint = Endpoint(self.serving, limits, self.budgets, self.answers)
        self.lost: Callable[[str], object] = lambda address: None
        self.description = ServiceDescription(self.endpoint, limits, address)
        self.explorer = Explorer(self.endpoint, limits, self.budgets, self.answers, address)
        self.linked_data = linked.LinkedData(self.serving, self.endpoint, self.explorer)
        self.named = Named(self.endpoint)
        self._retiring: set[asyncio.Task[None]] = set()

    def serving(self) -> Generation:
        """The version in use.

        Raises
        ------
        RequestError
            Nothing is served yet.
        """
        if self.generation is None:
            raise RequestError("starting", headers=[retry_after(2)])
        return self.generation

    async def switch(self, version: Version, address: str) -> bool:
        """Serve another version: new queries go to it at once, running ones end where they are.

        Returns
        -------
        bool
            False when a query through one of its workers does not succeed; nothing has changed.
        """
        pool = Pool(address, self.limits, lambda: self.lost(address))
        try:
            await pool.open()
        except OSError as error:
            self.log.write("version-refused", version=version.name, why=str(error))
            return False
        result = await pool.run(_CANARY)
        if result.outcome != "answer" or b"true" not in result.body:
            self.log.write("version-refused", version=version.name, why=result.outcome)
            await pool.close()
            return False
        try:
            self.install(version, pool)
        except DatasetError as error:
            self.log.write("version-refused", version=version.name, why=str(error))
            await pool.close()
            return False
        return True

    def install(self, version: Version, pool: Evaluator) -> None:
        """Let a pool answer for a version from now on, and the one before come to its end.

        Raises
        ------
        DatasetError
            The version is damaged; nothing has changed.
        """
        things, record = version.things(), version.record()
        old, self.generation = self.generation, Generation(version.name, pool, things)
        self.explorer.prepare(version, record)
        if old is not None and old.name != version.name:
            self.answers.clear()
        self.log.write("version", version=version.name)
        if old is not None:
            task = asyncio.ensure_future(old.pool.close())
            self._retiring.add(task)
            task.add_done_callback(self._retiring.discard)

    async def close(self) -> None:
        """Let running queries end, then the workers."""
        if self.generation is not None:
            await self.generation.pool.close()
        if self._retiring:
            await asyncio.wait(self._retiring)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] != "http":
            return
        began = time.perf_counter()
        request = Request(scope, receive)
        route, handler = self.route(request.path)
        try:
            request.check_host()
            if request.method == "OPTIONS":
                await respond(send, 204, _PREFLIGHT)
                status, outcome = 204, "preflight"
            else:
                status, outcome = await handler(request, send)
        except RequestError as error:
            status, outcome = await respond_problem(send, request, error), error.code
        except ClientGoneError:
            self.measures.requests.labels(route, "gone").inc()
            return
        except Exception:
            # A fault of ours: the log has all of it, the client is told no more than that.
            self.log.write("fault", route=route, trace=traceback.format_exc())
            status, outcome = (
                await respond_problem(send, request, RequestError("internal")),
                "fault",
            )
        seconds = time.perf_counter() - began
        self.measures.requests.labels(route, str(status)).inc()
        self.measures.outcomes.labels(outcome).inc()
        self.measures.seconds.labels(route).observe(seconds)
        if status >= 500 or seconds > 1:
            self.log.write(
                "request", route=route, status=status, outcome=outcome, seconds=round(seconds, 4)
            )

    def route(self, path: str) -> tuple[str, Handler]:
        """Name of a route, for figures, and what answers it."""
        if path in ("/sparql", "/sparql/"):
            return "sparql", self.sparql
        if path == "/queries" or path.startswith("/queries/"):
            return "queries", self.named
        if path.startswith(("/en/", "/zh/")) or path in ("/en", "/zh"):
            return "explorer", self.explorer
        if path == "/":
            return "explorer", self.explorer.enter
        if path.startswith("/assets/"):
            return "assets", self.explorer.load
        if path.startswith("/data/"):
            return "data", self.explorer.download
        if path == "/openapi.json":
            return "openapi", self.named.openapi
        if path == "/health":
            return "health", self.health
        if path == "/metrics":
            return "metrics", self.metrics
        if path.startswith(linked.PREFIXES):
            return "linked-data", self.linked_data
        return "none", self.nothing

    async def sparql(self, request: Request, send: Send) -> tuple[int, str]:
        """Answer a query, or describe the service to who asks nothing."""
        if request.method in ("GET", "HEAD") and not request.scope["query_string"]:
            return await self.description(request, send)
        return await self.endpoint(request, send)

    async def health(self, request: Request, send: Send) -> tuple[int, str]:
        """Whether a query goes through a worker: the front alone says nothing."""
        require_reading(request)
        now, result = await self.endpoint.evaluate(_CANARY)
        if result.outcome != "answer":
            raise RequestError("busy", headers=[retry_after(2)])
        body = f'{{"status": "ok", "version": "{now.name}"}}\n'.encode("ascii")
        fields = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        await respond(send, 200, fields, body, head=request.method == "HEAD")
        return 200, "health"

    async def metrics(self, request: Request, send: Send) -> tuple[int, str]:
        """Figures for operators."""
        require_reading(request)
        if self.generation is not None:
            pool = self.generation.pool
            self.measures.running.set(pool.running)
            self.measures.waiting.set(pool.waiting)
            for what, number in (
                ("started", pool.started),
                ("ended", pool.killed),
                ("crashed", pool.crashed),
            ):
                self.measures.workers.labels(what).set(number)
        fields = [(b"content-type", CONTENT_TYPE.encode("ascii")), (b"cache-control", b"no-store")]
        await respond(send, 200, fields, self.measures.page(), head=request.method == "HEAD")
        return 200, "metrics"

    async def nothing(self, request: Request, send: Send) -> tuple[int, str]:
        """No such path."""
        raise RequestError("not-found")
