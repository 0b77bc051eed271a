"""Frames between the web process, the spawner and the workers.

A frame is four bytes of length, most significant first, and so many bytes. Between the web process
and a worker the first byte of the content says what it is; the spawner speaks JSON.
"""

from __future__ import annotations

import json
import socket
import struct
from dataclasses import asdict, dataclass
from typing import Any, Final

HEADER: Final = struct.Struct("!I")

ANSWER: Final = b"A"
"""The whole answer, serialised."""
MALFORMED: Final = b"M"
"""The query is not SPARQL, or not a query; the text says where."""
TOO_LARGE: Final = b"L"
"""The answer is longer than it may be."""
FAILED: Final = b"F"
"""The engine gave up on a query that is well formed; the text says why."""
NOT_ACCEPTABLE: Final = b"N"
"""The query is of a form that no accepted format is for; the text is the form."""


@dataclass(frozen=True)
class Job:
    """One query as it goes to a worker.

    Attributes
    ----------
    table, graph
        Format of the answer if it is a table or truth value, or if it is triples: a name of
        :mod:`kg.server.formats`; None where the client accepts none for that form.
    default_graphs, named_graphs
        The dataset of the request (SPARQL 1.1 Protocol, section 2.1.4); None where it names none.
    gzip
        Compress the answer when that is worth it.
    """

    query: str
    table: str | None
    graph: str | None
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    gzip: bool = False

    def encode(self) -> bytes:
        """The job as the content of a frame."""
        return json.dumps(asdict(self), separators=(",", ":")).encode("utf-8")

    @classmethod
    def decode(cls, content: bytes) -> Job:
        """Read what :meth:`encode` wrote."""
        fields: dict[str, Any] = json.loads(content)
        for name in ("default_graphs", "named_graphs"):
            if fields[name] is not None:
                fields[name] = tuple(fields[name])
        return cls(**fields)


def frame(content: bytes) -> bytes:
    """A frame with this content."""
    return HEADER.pack(len(content)) + content


def receive(connection: socket.socket) -> bytes | None:
    """The content of the next frame; None when the other side has closed."""
    head = _exactly(connection, HEADER.size)
    if head is None:
        return None
    (length,) = HEADER.unpack(head)
    return _exactly(connection, length)


def _exactly(connection: socket.socket, length: int) -> bytes | None:
    parts = []
    while length:
        part = connection.recv(min(length, 1 << 20))
        if not part:
            return None
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def command(
    request: dict[str, Any], connection: socket.socket, handle: socket.socket | None = None
) -> None:
    """Send a command to the spawner, with the socket of a worker."""
    handles = [] if handle is None else [handle.fileno()]
    socket.send_fds(connection, [json.dumps(request).encode("ascii")], handles)
