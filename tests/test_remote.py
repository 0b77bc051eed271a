"""The remote store against a real server, and against servers that misbehave."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from click.testing import CliRunner

import kg
from kg.cli import main
from kg.errors import EndpointError, KgError, QueryError
from kg.graph import KnowledgeGraph
from kg.store.remote import RemoteStore, retry_after

Reply = Callable[[BaseHTTPRequestHandler, int], None]


@pytest.fixture
def misbehaving() -> Iterator[Callable[[Reply], str]]:
    """Start a server that answers as told; the reply gets the number of the request."""
    servers: list[HTTPServer] = []

    def start(reply: Reply) -> str:
        class Handler(BaseHTTPRequestHandler):
            seen = 0

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", "0")))
                type(self).seen += 1
                reply(self, type(self).seen)

            def log_message(self, *_arguments: object) -> None:
                """Stay quiet."""

        server = HTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/sparql"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


EMPTY = b'{"head": {"vars": ["s"]}, "results": {"bindings": []}}'


def test_same_answers_as_the_embedded_store(graph: KnowledgeGraph, endpoint: str) -> None:
    remote = kg.open(endpoint)
    here, there = graph.recurrence(leading=10), remote.recurrence(leading=10)
    assert here == there
    assert remote.search("阿特莱德")[0].iri.endswith("city/adelaide")
    assert set(remote.network("city-practice")) == set(graph.network("city-practice"))


def test_all_forms_of_answers(endpoint: str) -> None:
    store = RemoteStore(endpoint)
    assert store.query("ASK { ?s ?p ?o }") is True
    triples = store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 3")
    assert isinstance(triples, tuple)
    assert len(triples) == 3


def test_the_command_line_asks_an_endpoint(graph: KnowledgeGraph, endpoint: str) -> None:
    local = CliRunner().invoke(main, ["recur", "--leading", "10", "--format", "csv"])
    remote = CliRunner().invoke(
        main, ["--endpoint", endpoint, "recur", "--leading", "10", "--format", "csv"]
    )
    assert remote.exit_code == 0, remote.stderr
    assert remote.stdout == local.stdout


def test_a_malformed_query_is_told_so(endpoint: str) -> None:
    with pytest.raises(QueryError, match="cannot be run"):
        RemoteStore(endpoint).query("SELECT ?s { ?s ?p ")


def test_updates_are_not_sent(endpoint: str) -> None:
    with pytest.raises(QueryError):
        RemoteStore(endpoint).query("INSERT DATA { <x:a> <x:b> <x:c> }")


def test_the_whole_endpoint_is_not_copied(endpoint: str) -> None:
    with pytest.raises(KgError, match="endpoint"):
        kg.open(endpoint).rdflib()


@pytest.mark.parametrize("address", ["ftp://example.org/x", "file:///etc/passwd", "http://"])
def test_only_http_addresses(address: str) -> None:
    with pytest.raises(EndpointError, match="not an http"):
        kg.open(address)


def test_nobody_there() -> None:
    with pytest.raises(EndpointError, match="cannot be reached"):
        RemoteStore("http://127.0.0.1:9/sparql").query("ASK {}")


def test_busy_once_then_well(misbehaving: Callable[[Reply], str]) -> None:
    def reply(handler: BaseHTTPRequestHandler, number: int) -> None:
        if number == 1:
            send(handler, 503, b"", Retry_After="7")
        else:
            send(handler, 200, EMPTY, Content_Type="application/sparql-results+json")

    waits: list[float] = []
    store = RemoteStore(misbehaving(reply), sleep=waits.append)
    store.query("SELECT ?s { ?s ?p ?o }")
    assert waits == [7.0]


def test_busy_for_ever_ends(misbehaving: Callable[[Reply], str]) -> None:
    waits: list[float] = []
    address = misbehaving(lambda handler, _: send(handler, 429, b""))
    with pytest.raises(EndpointError, match="busy"):
        RemoteStore(address, sleep=waits.append).query("ASK {}")
    assert waits == [0.5, 1.0, 2.0]


def test_a_wait_of_an_hour_is_refused(misbehaving: Callable[[Reply], str]) -> None:
    waits: list[float] = []
    address = misbehaving(lambda handler, _: send(handler, 503, b"", Retry_After="3600"))
    with pytest.raises(EndpointError, match="busy"):
        RemoteStore(address, sleep=waits.append).query("ASK {}")
    assert waits == []


def test_a_slow_endpoint_times_out(misbehaving: Callable[[Reply], str]) -> None:
    def reply(handler: BaseHTTPRequestHandler, _number: int) -> None:
        time.sleep(3)
        handler.close_connection = True

    with pytest.raises(EndpointError, match="no answer within 1 seconds"):
        RemoteStore(misbehaving(reply), timeout=1).query("ASK {}")


def test_a_web_page_is_not_an_answer(misbehaving: Callable[[Reply], str]) -> None:
    address = misbehaving(
        lambda handler, _: send(handler, 200, b"<html>", Content_Type="text/html")
    )
    with pytest.raises(EndpointError, match="not a SPARQL result"):
        RemoteStore(address).query("ASK {}")


def test_refused(misbehaving: Callable[[Reply], str]) -> None:
    address = misbehaving(lambda handler, _: send(handler, 403, b""))
    with pytest.raises(EndpointError, match="403"):
        RemoteStore(address).query("ASK {}")


def test_retry_after_as_a_date() -> None:
    now = 1_000_000_000.0
    assert retry_after("Sun, 09 Sep 2001 01:46:50 GMT", 1, now=now) == pytest.approx(10.0)
    assert retry_after("nonsense", 2) == 1.0
    assert retry_after(None, 3) == 2.0
