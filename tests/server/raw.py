"""HTTP as it goes over the wire, for tests that say themselves what every byte is."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from tests.server.conftest import Service


@dataclass(frozen=True)
class Reply:
    """An answer; names of header fields are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]


def connect(service: Service) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(service.address).netloc, timeout=30)


def send(
    connection: http.client.HTTPConnection,
    method: str,
    target: str,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Reply:
    """One request with these header fields and no others but Host and the length of the body."""
    connection.putrequest(method, target, skip_accept_encoding=True)
    for name, value in (headers or {}).items():
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    answer = connection.getresponse()
    fields = {name.lower(): value for name, value in answer.getheaders()}
    return Reply(answer.status, fields, answer.read())


def once(
    service: Service,
    method: str,
    target: str,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Reply:
    """The same on a connection of its own."""
    connection = connect(service)
    try:
        return send(connection, method, target, headers, body)
    finally:
        connection.close()


def ask(service: Service, query: str, headers: Mapping[str, str] | None = None) -> Reply:
    """A query by GET."""
    return once(service, "GET", "/sparql?query=" + quote(query), headers)


def open_socket(service: Service) -> socket.socket:
    parts = urlsplit(service.address)
    assert parts.hostname is not None
    return socket.create_connection((parts.hostname, parts.port or 80), 10)


def read_to_end(connection: socket.socket) -> bytes:
    """What the service sends until it closes; a TimeoutError if it does not."""
    parts = []
    try:
        while part := connection.recv(65_536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def exchange(service: Service, content: bytes) -> list[Reply]:
    """Send these bytes on one connection; every answer that comes before the service closes it."""
    with open_socket(service) as connection:
        connection.sendall(content)
        return parse(read_to_end(connection))


def parse(content: bytes) -> list[Reply]:
    """Answers, one after the other."""
    replies = []
    while content:
        head, _, rest = content.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        length = int(headers.get("content-length", "0"))
        replies.append(Reply(int(first.split()[1]), headers, rest[:length]))
        content = rest[length:]
    return replies
