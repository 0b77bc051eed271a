"""One connection: what a client may do to it before and after its requests are read.

uvicorn leaves bounds to a proxy in front; the service is to be safe without one. A connection that
says nothing, that spells out its request byte by byte, or that does not fetch its answer costs the
client nothing and would cost us a file slot, until there are none.
"""

from __future__ import annotations

import array
import asyncio
import fcntl
import termios
from collections import Counter
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from kg.server.http import SAFE, Receive, Request, RequestError, Scope, Send, respond_problem
from kg.server.limits import Limits
from kg.server.problems import MEDIA_TYPE, problem

_FIELDS: Final = 32 * 1024
"""Bytes of header fields."""
_AHEAD: Final = 100
"""Requests that a client may send before the answer of the first."""
_LEAST: Final = 16 * 1024
"""Bytes that a client fetches between two looks, or is left."""
_UNHEARD: Final = 1 << 20
"""Bytes that a client may go on sending while it is told that nobody listens."""
_ADDRESS: Final = 65_535
"""Longest address that httptools takes apart."""


async def _no_room(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer on a connection that is one too many."""
    headers = [(b"retry-after", b"5"), (b"connection", b"close")]
    await respond_problem(send, Request(scope, receive), RequestError("busy", headers=headers))


class Connection(HttpToolsProtocol):
    """uvicorn's connection with bounds; :func:`connection_class` sets them."""

    limits: Limits
    trusted: frozenset[str]
    numbers: Counter[str]
    """Connections by client."""

    _address = ""
    _heading = True
    """Whether the next bytes belong to the head of a request."""
    _began = False
    """Whether a request begins in the bytes that are being read."""
    _size = 0
    """Bytes of the current request."""
    _refused = False
    """Whether nothing more is read."""
    _due: asyncio.TimerHandle | None = None
    """When the head has to be there, or the rest of a body that nobody waits for."""
    _fetched: asyncio.TimerHandle | None = None
    """When the client has to have fetched some of what waits for it."""
    _unfetched = 0
    """Bytes that waited for it at the last look."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection; the head of the first request has to come in time."""
        super().connection_made(cast(asyncio.Transport, transport))
        self._address = self.client[0] if self.client else ""
        self.numbers[self._address] += 1
        if len(self.connections) > self.limits.connections or (
            self.numbers[self._address] > self.limits.client_connections
            and self._address not in self.trusted
        ):
            self.app = _no_room
        self._due = self.loop.call_later(self.limits.body_seconds, self._too_late)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it no more."""
        self.numbers[self._address] -= 1
        if not self.numbers[self._address]:
            del self.numbers[self._address]
        for timer in (self._due, self._fetched):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes, so many for a head and so many for a whole request."""
        self._size += len(data)
        if self._refused:
            if self._size > _UNHEARD:
                self.transport.abort()
            return
        self._began = False
        super().data_received(data)
        if self._began:
            self._size = len(data)
        if self._refused or self.transport.is_closing():
            return
        most = 4 * self.limits.query_bytes + _FIELDS  # percent-encoding may make three of one
        if self._heading:
            if self._due is None:
                self._due = self.loop.call_later(self.limits.body_seconds, self._too_late)
            if self._size > most:
                # The parser hands over the address piece by piece, but a field only as a whole.
                longest = len(self.url) > self._size // 2
                self._refuse("address-too-long" if longest else "head-too-long")
        elif self._size > 2 * most:
            self._leave()

    def send_400_response(self, msg: str) -> None:
        """Say that this was no HTTP, in the form that all errors have."""
        self._refuse("bad-request")

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._heading = self._began = True

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._heading = False
        if self._due is not None:
            self._due.cancel()
            self._due = None
        if len(self.url) > _ADDRESS:
            self._refuse("address-too-long")
            raise ValueError  # to the parser, which then stops
        super().on_headers_complete()
        if len(self.pipeline) > _AHEAD:
            # uvicorn goes on reading, and each packet has room for thousands.
            self.transport.abort()

    def pause_writing(self) -> None:
        """More waits for the client than it fetches."""
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        """It has fetched most of that."""
        if self._fetched is not None:
            self._fetched.cancel()
            self._fetched = None
        super().resume_writing()

    def on_response_complete(self) -> None:
        """An answer has been written; the connection may be closing."""
        unread = self.cycle is not None and self.cycle.more_body
        super().on_response_complete()
        if self.transport.is_closing():
            self._watch()
        elif unread and self._due is None:
            # The rest of a body that nobody waits for has its time, too.
            self._due = self.loop.call_later(self.limits.body_seconds, self._leave)

    def on_message_complete(self) -> None:
        """The whole request is there."""
        if self._due is not None:
            self._due.cancel()
            self._due = None
        super().on_message_complete()

    def timeout_keep_alive_handler(self) -> None:
        """The client has asked nothing more."""
        self._leave()

    def _too_late(self) -> None:
        """The head, or the rest of a body that nobody waits for, is not there in time."""
        self._due = None
        if self._heading and self._size and not self._refused:
            self._refuse("request-timeout")
        else:
            self._leave()

    def _refuse(self, code: str) -> None:
        """Say what is wrong with what is not even a request, and read nothing more.

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
        if self._due is not None:
            self._due.cancel()
        self._due = self.loop.call_later(self.limits.body_seconds, self._leave)

    def _leave(self) -> None:
        """Close; what waits for the client may still be fetched."""
        self.transport.close()
        self._watch()

    def _watch(self) -> None:
        """See from time to time that the client fetches what waits for it."""
        if self._fetched is None and self.transport.get_write_buffer_size():
            self._unfetched = self._waiting()
            self._fetched = self.loop.call_later(self.limits.body_seconds, self._look)

    def _look(self) -> None:
        """Leave a client that has fetched next to nothing since the last look."""
        self._fetched = None
        if self._waiting() > self._unfetched - _LEAST:
            self.transport.abort()
        else:
            self._watch()

    def _waiting(self) -> int:
        """Bytes that the client has not acknowledged, here and in the kernel (tcp(7), SIOCOUTQ)."""
        kernel = array.array("i", [0])
        fcntl.ioctl(self.transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, kernel)
        return self.transport.get_write_buffer_size() + kernel[0]


def connection_class(limits: Limits, trusted: frozenset[str]) -> type[Connection]:
    """The class of the connections of one service.

    Parameters
    ----------
    trusted
        Addresses of reverse proxies: all clients come from there.
    """
    bounds: dict[str, Any] = {"limits": limits, "trusted": trusted, "numbers": Counter()}
    return type("BoundedConnection", (Connection,), bounds)
