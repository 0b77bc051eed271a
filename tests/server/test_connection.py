"""Clients that are slow, silent, endless or too many: each is left, and others are served."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn

from kg.server.connection import connection_class
from kg.server.http import ClientGoneError, Receive, Request, Scope, Send, respond, while_connected
from kg.server.limits import Limits

LIMITS = Limits(body_seconds=0.6, connections=12, client_connections=6)
BIG = b"x" * (24 << 20)


def request(path: str = "/") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode()


@dataclass
class Running:
    """A server with one application, and what that has seen."""

    port: int
    server: uvicorn.Server
    gone: threading.Event

    def connect(self, source: str = "127.0.0.1") -> socket.socket:
        client = socket.socket()
        # What the kernel takes for a client does not wait for it.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        client.bind((source, 0))
        client.settimeout(10)
        before = self.connections
        client.connect(("127.0.0.1", self.port))
        while self.connections == before:
            time.sleep(0.001)
        return client

    @property
    def connections(self) -> int:
        return len(self.server.server_state.connections)

    def emptied(self, seconds: float = 6.0) -> bool:
        deadline = time.monotonic() + seconds
        while self.connections and time.monotonic() < deadline:
            time.sleep(0.02)
        return not self.connections


@pytest.fixture
def running() -> Iterator[Running]:
    gone = threading.Event()

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if request.path == "/big":
            await respond(send, 200, [], BIG)
        elif request.path == "/long":
            try:
                async with while_connected(request, 0.1):
                    await asyncio.sleep(30)
            except ClientGoneError:
                gone.set()
        else:
            await respond(send, 200, [], b"small")

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(100)
    config: Any = uvicorn.Config(
        application,
        http=connection_class(LIMITS, frozenset({"127.0.0.200"})),
        ws="none",
        lifespan="off",
        log_config=None,
        timeout_keep_alive=1,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield Running(listener.getsockname()[1], server, gone)
    server.should_exit = True
    thread.join(10)
    assert not thread.is_alive()


def ended(client: socket.socket) -> bool:
    """Whether the server has closed; what it said before is read."""
    try:
        while client.recv(1 << 20):
            pass
    except ConnectionResetError:
        pass
    except TimeoutError:
        return False
    return True


def test_an_ordinary_client(running: Running) -> None:
    with running.connect() as client:
        for _ in range(3):
            client.sendall(request())
            assert client.recv(65_536).endswith(b"small")
            time.sleep(0.7)  # longer than a head may take: it has not begun
    assert running.emptied()


def test_a_client_that_says_nothing(running: Running) -> None:
    with running.connect() as client:
        began = time.monotonic()
        assert ended(client)
        assert time.monotonic() - began < 5


def test_a_head_byte_by_byte(running: Running) -> None:
    with running.connect() as client:
        began = time.monotonic()
        with contextlib.suppress(ConnectionError):
            for byte in request("/" + "x" * 1_000):
                client.sendall(bytes([byte]))
                time.sleep(0.05)
                if not running.connections:
                    break
        assert ended(client)
        assert time.monotonic() - began < 6


def test_a_second_head_byte_by_byte(running: Running) -> None:
    """The clock of a connection starts again with each request."""
    with running.connect() as client:
        client.sendall(request())
        assert client.recv(65_536).endswith(b"small")
        client.sendall(b"GET / HT")
        assert ended(client)


def test_an_endless_head(running: Running) -> None:
    with running.connect() as client:
        client.sendall(b"GET / HTTP/1.1\r\n")
        sent = 0
        with contextlib.suppress(ConnectionError):
            while sent < 20 << 20:
                client.sendall(b"A: " + b"b" * 65_000 + b"\r\n")
                sent += 65_000
        assert sent < 20 << 20
    assert running.emptied()


def test_a_head_that_is_too_long(running: Running) -> None:
    with running.connect() as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: here\r\nA: " + b"b" * 400_000)
        assert client.recv(65_536).startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01 this is not HTTP\r\n\r\n", 400),
        (request("/" + "x" * 70_000), 414),
    ],
)
def test_what_cannot_be_read(running: Running, sent: bytes, status: int) -> None:
    with running.connect() as client:
        client.sendall(sent)
        head, _, body = client.recv(65_536).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 %d " % status)
        assert b"content-type: application/problem+json" in head
        assert json.loads(body)["status"] == status
        assert ended(client)


def test_a_body_that_nobody_asked_for(running: Running) -> None:
    with running.connect() as client:
        head = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 1000000000\r\n\r\n"
        client.sendall(head)
        sent = 0
        with contextlib.suppress(ConnectionError):
            while sent < 50 << 20:
                client.sendall(b"b" * 65_536)
                sent += 65_536
        assert sent < 50 << 20
    assert running.emptied()


def test_an_answer_that_is_not_fetched(running: Running) -> None:
    with running.connect() as client:
        client.sendall(request("/big"))
        assert running.emptied(), "the connection is still there"
        # What had been sent is there to be read, and then the end: never the whole answer.
        read = 0
        with contextlib.suppress(ConnectionError):
            while part := client.recv(1 << 20):
                read += len(part)
        assert read < len(BIG)


def test_an_answer_that_is_fetched_slowly(running: Running) -> None:
    """As long as it moves, it may take its time."""
    with running.connect() as client:
        client.sendall(request("/big"))
        began = time.monotonic()
        read = 0
        while time.monotonic() - began < 5 * LIMITS.body_seconds:
            read += len(client.recv(1 << 14))
            time.sleep(0.02)
        while read < len(BIG):
            part = client.recv(1 << 20)
            assert part
            read += len(part)


def test_answers_that_are_not_fetched_one_after_the_other(running: Running) -> None:
    """Small ones, which wait for nobody until the buffers are full."""
    with running.connect() as client:
        client.settimeout(0.2)
        deadline = time.monotonic() + 15
        while running.connections:
            with contextlib.suppress(TimeoutError, ConnectionError):
                client.sendall(request() * 10)
            time.sleep(0.001)
            assert time.monotonic() < deadline, "the connection is still there"


def test_requests_without_end(running: Running) -> None:
    """All at once, faster than they are answered."""
    with running.connect() as client:
        sent = 0
        with contextlib.suppress(ConnectionError):
            while sent < 1_000_000:
                client.sendall(request() * 1_000)
                sent += 1_000
        assert sent < 1_000_000
    assert running.emptied()


def test_some_requests_at_once(running: Running) -> None:
    with running.connect() as client:
        client.sendall(request() * 20)
        read = b""
        while read.count(b"small") < 20:
            part = client.recv(65_536)
            assert part
            read += part


def test_a_client_that_leaves(running: Running) -> None:
    with running.connect() as client:
        client.sendall(request("/long"))
        time.sleep(0.3)
        assert not running.gone.is_set()
    assert running.gone.wait(3)


def test_too_many_connections_of_one_client(running: Running) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(LIMITS.client_connections):
            client = stack.enter_context(running.connect())
            client.sendall(request())
            assert client.recv(65_536).endswith(b"small")
        one_more = stack.enter_context(running.connect())
        one_more.sendall(request())
        head, _, body = one_more.recv(65_536).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 503 ")
        assert b"retry-after: " in head
        assert json.loads(body)["status"] == 503
        assert ended(one_more)
        # Another client is served, and a proxy has more than one client behind it.
        other = stack.enter_context(running.connect("127.0.0.5"))
        other.sendall(request())
        assert other.recv(65_536).endswith(b"small")
    assert running.emptied()
    with contextlib.ExitStack() as stack:
        for _ in range(LIMITS.client_connections + 2):
            client = stack.enter_context(running.connect("127.0.0.200"))
            client.sendall(request())
            assert client.recv(65_536).endswith(b"small")
    assert running.emptied()
    with running.connect() as client:  # those that have gone do not count
        client.sendall(request())
        assert client.recv(65_536).endswith(b"small")
