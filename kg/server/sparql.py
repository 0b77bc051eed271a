"""The SPARQL endpoint: SPARQL 1.1 Protocol (W3C, 2013), query operation only."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kg.server.answers import Answer, Answers, etag, matches
from kg.server.budgets import Budgets
from kg.server.formats import GRAPHS, TABLES, Format
from kg.server.guard import check_query
from kg.server.http import (
    CACHE,
    Header,
    Request,
    RequestError,
    Send,
    read_form,
    respond,
    retry_after,
    while_connected,
)
from kg.server.limits import Limits
from kg.server.negotiation import accepts_gzip, choose_formats, content_type
from kg.server.pool import Evaluator, Outcome, Result
from kg.server.wire import Job

_PROBLEMS: Final[dict[Outcome, str]] = {
    "malformed": "query-malformed",
    "too-large": "answer-too-large",
    "failed": "evaluation-failed",
    "not-acceptable": "not-acceptable",
    "too-slow": "too-slow",
    "crashed": "too-demanding",
    "busy": "busy",
    "one-at-a-time": "client-budget",
}
_IRI: Final = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:(?:[^\x00-\x20<>\"{}|^`\\%\[\]]|%[0-9A-Fa-f]{2})*"
)
# Functions whose value differs from one call to the next (SPARQL 1.1 Query, section 17.4).
# White space and comments may stand before the parenthesis.
_CHANGING: Final = re.compile(
    r"\b(?:NOW|RAND|UUID|STRUUID)\b(?:\s|#[^\n\r]*+[\n\r])*+\(", re.IGNORECASE
)
_VARY: Final = (b"vary", b"Accept, Accept-Encoding")
_NEXT_POOL: Final = 0.02
"""Seconds until the next look for a pool that takes a query."""
_FORM: Final = "application/x-www-form-urlencoded"
_DIRECT: Final = "application/sparql-query"
_UPDATE: Final = "application/sparql-update"


@dataclass(frozen=True)
class Generation:
    """One version as it is served.

    Attributes
    ----------
    things
        IRIs of ours that it mentions, without the base.
    """

    name: str
    pool: Evaluator
    things: frozenset[str]


class Endpoint:
    """Answers queries of one version at a time.

    Parameters
    ----------
    serving
        Gives the version in use, now.
    """

    def __init__(
        self,
        serving: Callable[[], Generation],
        limits: Limits,
        budgets: Budgets,
        answers: Answers,
    ) -> None:
        self.serving, self.limits = serving, limits
        self.budgets, self.answers = budgets, answers

    async def __call__(self, request: Request, send: Send) -> tuple[int, Outcome | str]:
        """Answer one request; gives the status and what became of the query.

        Raises
        ------
        RequestError
            There is no answer; the error says why.
        """
        job, forms = await self.read(request)
        return await self.answer(request, send, job, forms)

    async def read(self, request: Request) -> tuple[Job, tuple[str | None, str | None]]:
        """The query of a request, with its dataset and the formats that the client takes."""
        parameters = request.parameters
        method = request.method
        if method == "POST":
            media = request.media_type
            if media == _UPDATE:
                raise RequestError("update-refused")
            if media not in (_FORM, _DIRECT):
                raise RequestError("media-type", f"{_FORM}, {_DIRECT}")
            # Percent-encoding may make three bytes of one.
            most = self.limits.query_bytes * (4 if media == _FORM else 1) + 16_384
            body = await request.body(most, self.limits.body_seconds)
            if media == _FORM:
                parameters = parameters + read_form(body)
            else:
                try:
                    parameters = [*parameters, ("query", body.decode("utf-8"))]
                except UnicodeDecodeError as error:
                    raise RequestError("bad-encoding") from error
        elif method not in ("GET", "HEAD"):
            raise RequestError(
                "method", "GET, HEAD, POST", headers=[(b"allow", b"GET, HEAD, POST, OPTIONS")]
            )
        named: dict[str, list[str]] = {}
        for name, value in parameters:
            named.setdefault(name, []).append(value)
        if "update" in named:
            raise RequestError("update-refused")
        queries = named.get("query", [])
        if len(queries) != 1:
            raise RequestError("many-queries" if queries else "no-query")
        graphs = {}
        for name in ("default-graph-uri", "named-graph-uri"):
            for iri in named.get(name, []):
                if not _IRI.fullmatch(iri):
                    raise RequestError("bad-graph", name)
            # A merge of graphs is a set of triples, but the engine counts those of a graph that is
            # named twice twice (oxigraph/oxigraph#1919).
            graphs[name] = tuple(dict.fromkeys(named[name])) if name in named else None
        forms = choose_formats(request.header(b"accept"))
        if forms == (None, None):
            raise RequestError("not-acceptable", acceptable())
        job = Job(
            queries[0],
            *forms,
            default_graphs=graphs["default-graph-uri"],
            named_graphs=graphs["named-graph-uri"],
            gzip=accepts_gzip(request.header(b"accept-encoding")),
        )
        return job, forms

    async def answer(
        self,
        request: Request,
        send: Send,
        job: Job,
        forms: tuple[str | None, str | None],
        *,
        extra: tuple[Header, ...] = (),
    ) -> tuple[int, Outcome | str]:
        """Answer one query from what is kept, or by a worker.

        Parameters
        ----------
        extra
            Further header fields. They are not kept: the same query may come by another address.
        """
        now = self.serving()
        # Whether the answer is a table or triples is known once there is one, and the format for
        # the other has no part in what it is.
        asked = (now.name, job.query, job.default_graphs, job.named_graphs, job.gzip)
        keys = {form: (*asked, form) for form in forms if form is not None}
        changing = _CHANGING.search(job.query) is not None
        # To a POST a condition on what the client has does not apply (RFC 9110, section 13.2.1).
        condition = "" if changing or request.method == "POST" else request.header(b"if-none-match")
        kept = None if changing else next(filter(None, map(self.answers.get, keys.values())), None)
        if kept is None:
            # Only what was answered is kept, so what is kept needs no guard.
            refused = check_query(job.query, self.limits)
            if refused is not None:
                raise RequestError(refused.code, *refused.values)
        for key in keys.values():
            if matches(condition, etag(*key)):
                await respond(send, 304, [(b"etag", etag(*key)), _VARY, CACHE, *extra])
                return 304, "not-modified"
        outcome = "answer" if kept is None else "kept"
        if kept is None:
            now, result = await self.ask(request, job)
            form = form_of(result, forms)
            # The version may have changed meanwhile: an answer bears the tag of its own version.
            key = (now.name, *keys[form.name][1:])
            fields = [
                (b"content-type", content_type(form).encode("ascii")),
                _VARY,
                (b"cache-control", b"no-store") if changing else CACHE,
            ]
            if not changing:
                fields.append((b"etag", etag(*key)))
            if result.compressed:
                fields.append((b"content-encoding", b"gzip"))
            kept = Answer(result.body, tuple(fields))
            if not changing:
                self.answers.keep(key, kept)
        if condition.strip() == "*":  # any answer at all: known only now
            tag = dict(kept.head)[b"etag"]
            await respond(send, 304, [(b"etag", tag), _VARY, CACHE, *extra])
            return 304, "not-modified"
        head = request.method == "HEAD"
        await respond(send, 200, [*kept.head, *extra], kept.body, head=head)
        return 200, outcome

    async def ask(self, request: Request, job: Job) -> tuple[Generation, Result]:
        """Version and answer of a query that a client pays for out of its budget.

        Raises
        ------
        RequestError
            There is no answer, or the budget is used up.
        ClientGoneError
            The client has not waited.
        """
        wait = self.budgets.wait(request.client)
        if wait:
            raise RequestError("client-budget", headers=[retry_after(wait)])
        async with while_connected(request, self.limits.quick_seconds):
            now, result = await self.evaluate(job, request.client)
        self.budgets.charge(
            request.client, result.seconds, error=result.outcome not in ("answer", "busy")
        )
        if result.outcome != "answer":
            raise failure(result, self.limits)
        return now, result

    async def evaluate(self, job: Job, client: str = "") -> tuple[Generation, Result]:
        """Version and answer, from whichever pool takes the query.

        A pool that closes for another version, or lost its spawner, has taken nothing: the query
        goes to the next pool, which is there at once or soon.

        Raises
        ------
        RequestError
            There was none in time.
        """
        until = time.monotonic() + self.limits.queue_seconds
        while True:
            now = self.serving()
            result = await now.pool.run(job, client)
            if result.outcome != "closed":
                return now, result
            if time.monotonic() > until:
                raise RequestError("starting", headers=[retry_after(2)])
            await asyncio.sleep(_NEXT_POOL)


def form_of(result: Result, forms: tuple[str | None, str | None]) -> Format:
    """The format that a worker has used."""
    table, graph = forms
    if result.kind == "graph":
        assert graph is not None
        return GRAPHS[graph]
    assert table is not None
    return TABLES[table]


def failure(result: Result, limits: Limits) -> RequestError:
    """The error that a client gets for a query without an answer."""
    code = _PROBLEMS[result.outcome]
    if result.outcome in ("malformed", "failed"):
        return RequestError(code, result.text)
    if result.outcome == "not-acceptable":
        return RequestError(code, acceptable())
    if result.outcome == "too-large":
        return RequestError(code, limits.answer_bytes >> 20)
    if result.outcome == "too-slow":
        return RequestError(code, f"{limits.slow_seconds:g}")
    if result.outcome == "busy":
        return RequestError(code, headers=[retry_after(2)])
    if result.outcome == "one-at-a-time":
        return RequestError(code, headers=[retry_after(limits.slow_seconds)])
    return RequestError(code)


def acceptable() -> str:
    """All media types that can be had, for people."""
    return ", ".join(form.media_types[0] for form in (*TABLES.values(), *GRAPHS.values()))
