"""The least of HTTP that every handler shares: what was asked, and sending a whole answer.

Handlers are plain ASGI applications (asgi.readthedocs.io, HTTP 2.x): a framework in front of
the query endpoint halves the number of queries that a core can answer.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from email.message import Message
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qsl

from kg.messages import Language
from kg.server.answers import matches
from kg.server.negotiation import choose_language
from kg.server.problems import MEDIA_TYPE, problem

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]

_PIECE: Final = 64 * 1024
_CLOSE: Final[Header] = (b"connection", b"close")
"""Sent where the rest of a request is still under way: nobody will read it."""
CACHE: Final[Header] = (b"cache-control", b"public, max-age=60")
"""Sent with what is the same for everybody until another version is served."""
SAFE: Final[tuple[Header, ...]] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Link, Location, Retry-After"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
"""Sent with every answer."""
_POLICY: Final = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
"""Sent with every answer that has a body, is no page, and so has no policy of its own."""


class RequestError(Exception):
    """The request cannot be answered; ``code`` is a problem of :mod:`kg.server.problems`."""

    def __init__(
        self,
        code: str,
        *values: object,
        headers: Iterable[Header] = (),
        extra: dict[str, object] | None = None,
    ) -> None:
        super().__init__(code, *values)
        self.code, self.values, self.headers, self.extra = code, values, tuple(headers), extra


class ClientGoneError(Exception):
    """The client has closed its connection: there is nobody to be told."""


class Request:
    """What a client asks.

    Attributes
    ----------
    client
        Address that budgets go by.
    """

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope, self._receive = scope, receive
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.client: str = (scope.get("client") or ("local",))[0]

    @cached_property
    def headers(self) -> dict[bytes, bytes]:
        """Header fields; those that come more than once are joined by commas."""
        found: dict[bytes, bytes] = {}
        for name, value in self.scope["headers"]:
            found[name] = found[name] + b", " + value if name in found else value
        return found

    def header(self, name: bytes) -> str:
        """One header field; empty when it is missing."""
        return self.headers.get(name, b"").decode("latin-1")

    @cached_property
    def media_type(self) -> str:
        """Type of the body, in lower case and without parameters; empty when it is not said.

        Raises
        ------
        RequestError
            The body is in another character set than UTF-8.
        """
        header = self.header(b"content-type")
        if not header:
            return ""
        parsed = Message()
        parsed["content-type"] = header
        if parsed.get_content_charset("utf-8") not in ("utf-8", "utf8", "us-ascii"):
            raise RequestError("bad-encoding")
        return header.partition(";")[0].strip().lower()

    def check_host(self) -> None:
        """Refuse what RFC 9112 (section 3.2) wants refused; uvicorn leaves it to the application.

        Raises
        ------
        RequestError
            There is more than one host, or none in HTTP/1.1.
        """
        hosts = sum(name == b"host" for name, _ in self.scope["headers"])
        if hosts > 1 or (not hosts and self.scope["http_version"] != "1.0"):
            raise RequestError("bad-request")

    @property
    def language(self) -> Language:
        """Language for people."""
        return choose_language(self.header(b"accept-language"))

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """Parameters of the query string.

        Raises
        ------
        RequestError
            They are not UTF-8.
        """
        return read_form(self.scope["query_string"])

    async def body(self, most: int, seconds: float) -> bytes:
        """The whole body.

        Raises
        ------
        RequestError
            It is longer than ``most`` bytes, or takes longer than so many seconds.
        ClientGoneError
            The client has gone.
        """
        length = self.header(b"content-length")
        if length.isdecimal() and int(length) > most:
            raise RequestError("request-too-large", most, headers=[_CLOSE])
        parts, size = [], 0
        try:
            async with asyncio.timeout(seconds):
                while True:
                    message = await self._receive()
                    if message["type"] == "http.disconnect":
                        raise ClientGoneError
                    part = message.get("body", b"")
                    size += len(part)
                    if size > most:
                        raise RequestError("request-too-large", most, headers=[_CLOSE])
                    parts.append(part)
                    if not message.get("more_body"):
                        return b"".join(parts)
        except TimeoutError as error:
            # The rest of the body may still come: what follows is no new request.
            raise RequestError("request-timeout", headers=[_CLOSE]) from error

    async def gone(self) -> None:
        """Return when the client has closed its connection; to be called after :meth:`body`."""
        while (await self._receive())["type"] != "http.disconnect":
            pass


@contextlib.asynccontextmanager
async def while_connected(request: Request, after: float) -> AsyncIterator[None]:
    """Give up what the block does when the client has gone.

    Parameters
    ----------
    after
        Seconds until somebody looks: most blocks end before and are not to pay for it.

    Raises
    ------
    ClientGoneError
        The client has gone.
    """
    loop = asyncio.get_running_loop()
    asking = asyncio.current_task()
    watching: asyncio.Task[None] | None = None
    gone = False

    async def watch() -> None:
        nonlocal gone
        await request.gone()
        gone = True
        assert asking is not None
        asking.cancel()

    def begin() -> None:
        nonlocal watching
        watching = loop.create_task(watch())

    timer = loop.call_later(after, begin)
    try:
        yield
    except asyncio.CancelledError as error:
        if not gone:
            raise
        assert asking is not None
        asking.uncancel()
        raise ClientGoneError from error
    finally:
        timer.cancel()
        if watching is not None:
            watching.cancel()


def read_form(encoded: bytes) -> list[tuple[str, str]]:
    """Parameters of a query string or of an ``application/x-www-form-urlencoded`` body.

    Raises
    ------
    RequestError
        They are not UTF-8, or too many.
    """
    if not encoded:
        return []
    try:
        # Not only ASCII: ``curl -d 'query=…'`` sends what was typed without percent-encoding it.
        return parse_qsl(
            encoded.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=200
        )
    except UnicodeDecodeError as error:
        raise RequestError("bad-encoding") from error
    except ValueError as error:
        raise RequestError("bad-request") from error


async def respond(
    send: Send,
    status: int,
    headers: Iterable[Header],
    body: bytes = b"",
    *,
    head: bool = False,
) -> None:
    """Send a whole answer; :mod:`kg.server.connection` leaves a client that does not fetch it.

    Parameters
    ----------
    head
        Leave the body out, as HEAD asks.
    """
    fields = [*headers, *SAFE]
    # The fields of a 304 replace those that a cache holds (RFC 9111, section 3.2): a page would
    # lose the policy under which its scripts and styles load.
    if status != 304 and all(name != _POLICY[0] for name, _ in fields):
        fields.append(_POLICY)
    if status not in (204, 304):  # these have no body, not even one of length 0
        fields.append((b"content-length", str(len(body)).encode("ascii")))
    await send({"type": "http.response.start", "status": status, "headers": fields})
    if head or len(body) <= _PIECE:
        await send({"type": "http.response.body", "body": b"" if head else body})
        return
    for start in range(0, len(body), _PIECE):
        more = start + _PIECE < len(body)
        piece = {
            "type": "http.response.body",
            "body": body[start : start + _PIECE],
            "more_body": more,
        }
        await send(piece)


async def not_modified(request: Request, send: Send, tag: bytes, *fields: Header) -> bool:
    """Send 304 when the client has the answer of this tag already; gives whether it did.

    Parameters
    ----------
    fields
        Those of the answer that a cache has to know, too: ``Vary``, ``Link``.
    """
    if not matches(request.header(b"if-none-match"), tag):
        return False
    await respond(send, 304, [(b"etag", tag), CACHE, *fields])
    return True


def retry_after(seconds: float) -> Header:
    """The header that says when to come again, in whole seconds."""
    return b"retry-after", str(max(1, round(seconds + 0.5))).encode("ascii")


def require_reading(request: Request) -> None:
    """Refuse methods that are not for reading.

    Raises
    ------
    RequestError
        The method is neither GET nor HEAD.
    """
    if request.method not in ("GET", "HEAD"):
        raise RequestError("method", "GET, HEAD", headers=[(b"allow", b"GET, HEAD")])


async def respond_problem(send: Send, request: Request, error: RequestError) -> int:
    """Send an error as problem+json; gives its status."""
    status, body = problem(error.code, request.language, *error.values, extra=error.extra)
    language = b"zh-Hans" if request.language == "zh" else b"en"
    headers = [
        (b"content-type", MEDIA_TYPE.encode("ascii")),
        (b"content-language", language),
        (b"cache-control", b"no-store"),
        (b"vary", b"Accept-Language"),
        *error.headers,
    ]
    await respond(send, status, headers, body, head=request.method == "HEAD")
    return status
