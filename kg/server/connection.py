"""One connection: bounds on what uvicorn leaves open to a client, the head and the time of it.

uvicorn bounds neither the length of a request line with its header fields nor the time that they
take, so that clients who send a byte a minute would take every connection there may be.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from kg.server.http import SAFE
from kg.server.limits import Limits
from kg.server.problems import MEDIA_TYPE, problem

_ADDRESS: Final = 65_535
"""Longest address that httptools takes apart."""
_HEAD: Final = 131_072
"""Longest request line with header fields, but for the piece in which it ends."""


def connections(limits: Limits) -> type[asyncio.Protocol]:
    """The class of connections under these limits; uvicorn makes an object of it for each."""

    class Bounded(Connection):
        seconds = limits.body_seconds

    return Bounded


class Connection(HttpToolsProtocol):
    """A connection that ends when its client does not come to the end of a request.

    Attributes
    ----------
    seconds
        Time for a request; once a handler reads the body it has a clock of its own.
    """

    seconds: float

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._in_head, self._head, self._refused = True, 0, False
        self._clock: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        if self._clock is not None:
            self._clock.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take a piece of what the client sends."""
        if self._refused:
            return
        super().data_received(data)
        if self._in_head and not self._refused:
            self._head += len(data)
            if self._head > _HEAD:
                # The parser hands over the address piece by piece, but a field only as a whole.
                self._refuse("address-too-long" if not self.headers else "head-too-long")
        if self._clock is None:
            self._wait()

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._in_head, self._head = True, 0
        self._wait()

    def on_headers_complete(self) -> None:
        """What follows is a body, or the next request."""
        self._in_head = False
        if len(self.url) > _ADDRESS:
            self._refuse("address-too-long")
            raise ValueError  # to the parser, which then stops
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, in the form of every other refusal."""
        self._refuse("bad-request")

    def _wait(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
        self._clock = self.loop.call_later(self.seconds, self._too_late)

    def _too_late(self) -> None:
        self._clock = None
        if self.transport.is_closing():
            return
        if self.cycle is not None and not self.cycle.response_complete:
            self._wait()
        elif self._in_head and self._head and not self._refused:
            self._refuse("request-timeout")
            self._wait()
        elif self.timeout_keep_alive_task is None:
            self.transport.close()

    def _refuse(self, code: str) -> None:
        """Send a refusal and listen to nothing more.

        The connection stays until the client closes its side or time is over: if it were closed
        while there is something left to read, the client might never see the answer.
        """
        if self._refused:
            return
        self._refused = True
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete:
            if not cycle.more_body:
                # The fault is in a later request, and this one gets its answer.
                cycle.keep_alive = False
                self.pipeline.clear()
                return
            cycle.disconnected = True
            cycle.message_event.set()
        status, body = problem(code, "en")
        fields = [
            (b"content-type", MEDIA_TYPE.encode("ascii")),
            (b"content-language", b"en"),
            (b"cache-control", b"no-store"),
            *SAFE,
            (b"content-length", str(len(body)).encode("ascii")),
            (b"connection", b"close"),
        ]
        head = b"".join(name + b": " + value + b"\r\n" for name, value in fields)
        self.transport.write(STATUS_LINE[status] + head + b"\r\n" + body)
        self.transport.write_eof()
