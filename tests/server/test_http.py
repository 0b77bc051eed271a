"""What the endpoint does with HTTP: caching, coding, errors, and clients that break its rules."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import re
import socket
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import quote

import pytest

from kg.messages import Language
from kg.server.answers import matches
from kg.server.http import ClientGoneError, Request, RequestError, read_form
from kg.server.problems import STATUS, problem
from tests.server.conftest import NUMBERS, Service
from tests.server.raw import (
    Reply,
    ask,
    connect,
    exchange,
    once,
    open_socket,
    parse,
    read_to_end,
    send,
)

MANY = "SELECT ?n ?value { ?n <urn:x:value> ?value } ORDER BY ?n"
TRUE = "ASK { ?s ?p ?o }"
GET_TRUE = b"GET /sparql?query=ASK%7B%3Fs%3Fp%3Fo%7D HTTP/1.1\r\nHost: x\r\n"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DIRECT = {"Content-Type": "application/sparql-query"}


def error_of(reply: Reply) -> str:
    """Check what every refusal has; gives the last part of its type."""
    assert reply.media_type == "application/problem+json"
    assert reply.headers["cache-control"] == "no-store"
    assert "etag" not in reply.headers
    content = json.loads(reply.body)
    assert {"type", "title", "status", "detail"} <= set(content)
    assert content["status"] == reply.status
    assert content["title"]
    assert content["detail"]
    for leak in (b"Traceback", b'File "', b"/tmp", b"/usr", b"/root", b"site-packages", b".py"):
        assert leak not in reply.body
    start, _, code = str(content["type"]).rpartition("/")
    assert start == "https://w3id.org/city-practice-graph/problem"
    assert STATUS[code] == reply.status
    return code


# Entity tags and caching


def tag_of(service: Service, query: str, **headers: str) -> str:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    reply = ask(service, query, fields)
    assert reply.status == 200
    assert re.fullmatch(r'"[0-9a-f]{32}"', reply.headers["etag"])
    assert reply.headers["cache-control"] == "public, max-age=60"
    return reply.headers["etag"]


def test_a_tag_stays_the_same_whatever_else_the_client_takes(small: Service) -> None:
    tag = tag_of(small, MANY)
    assert tag_of(small, MANY) == tag
    assert tag_of(small, MANY, Accept="application/json") == tag
    # The format for triples has no part in a table, nor the table's in triples.
    assert tag_of(small, MANY, Accept="application/json, text/turtle") == tag
    assert tag_of(small, MANY, Accept="application/json, application/rdf+xml") == tag
    assert tag_of(small, MANY, Accept_Language="zh") == tag


def test_a_tag_differs_with_what_makes_the_bytes_differ(small: Service) -> None:
    tags = [
        tag_of(small, MANY, Accept=accept, Accept_Encoding=encoding)
        for accept in (
            "application/sparql-results+json",
            "application/sparql-results+xml",
            "text/csv",
            "text/tab-separated-values",
        )
        for encoding in ("identity", "gzip")
    ]
    tags.append(tag_of(small, MANY + " "))
    tags.append(tag_of(small, MANY.replace("ORDER BY ?n", "ORDER BY ?value")))
    assert len(set(tags)) == len(tags) == 10


def test_a_tag_differs_with_the_dataset_of_the_request(small: Service) -> None:
    target = "/sparql?query=" + quote(TRUE)
    tags = {
        once(small, "GET", target + more).headers["etag"]
        for more in (
            "",
            "&default-graph-uri=urn:x:a",
            "&named-graph-uri=urn:x:a",
            "&default-graph-uri=urn:x:b",
            "&default-graph-uri=urn:x:a&named-graph-uri=urn:x:a",
        )
    }
    assert len(tags) == 5


@pytest.mark.parametrize(
    "condition",
    ["{}", "W/{}", '"other", {}', '{}, "other"', 'W/"a",W/{}', ' "a" ,\t{} ', "*", " * "],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("query", [MANY, "CONSTRUCT WHERE { ?s <urn:x:value> ?o }"])
def test_what_the_client_has_is_not_sent_again(
    small: Service, condition: str, method: str, query: str
) -> None:
    first = ask(small, query)
    headers = {"If-None-Match": condition.format(first.headers["etag"])}
    reply = once(small, method, "/sparql?query=" + quote(query), headers)
    assert reply.status == 304
    assert reply.body == b""
    for name in ("etag", "vary", "cache-control"):
        assert reply.headers[name] == first.headers[name]
    assert "content-type" not in reply.headers


@pytest.mark.parametrize("condition", ['"other"', 'W/"other"', "", ",", "{bare}", '"{bare}'])
def test_what_the_client_has_not_is_sent(small: Service, condition: str) -> None:
    first = ask(small, MANY)
    bare = first.headers["etag"].strip('"')
    reply = ask(small, MANY, {"If-None-Match": condition.format(bare=bare)})
    assert (reply.status, reply.body) == (200, first.body)


def test_the_tag_of_another_format_is_no_match(small: Service) -> None:
    tag = tag_of(small, MANY, Accept="text/csv")
    assert ask(small, MANY, {"If-None-Match": tag}).status == 200


def test_any_answer_is_a_match_only_if_there_is_one(small: Service) -> None:
    fresh = f"SELECT (COUNT(*) AS ?n) {{ ?s ?p {time.monotonic_ns()} }}"
    assert ask(small, fresh, {"If-None-Match": "*"}).status == 304
    assert ask(small, "SELECT", {"If-None-Match": "*"}).status == 400


def test_a_condition_does_not_apply_to_post(small: Service) -> None:
    headers = {**DIRECT, "If-None-Match": tag_of(small, TRUE)}
    assert once(small, "POST", "/sparql", headers, TRUE.encode()).status == 200


@pytest.mark.parametrize(
    ("condition", "expected"),
    [('"a"', True), ('W/"a"', True), ('"b","a"', True), ('"b"', False), ("a", False), ("*", False)],
)
def test_matches(condition: str, expected: bool) -> None:
    assert matches(condition, b'"a"') is expected


@pytest.mark.parametrize(
    "call",
    [
        "NOW()",
        "now ()",
        "NOW\n()",
        "NOW # of this second\n()",
        "NOW#(\n# (\r\n ( )",
        "RAND()",
        "UUID()",
        "STRUUID()",
    ],
)
def test_what_differs_from_call_to_call_is_never_kept(small: Service, call: str) -> None:
    query = f"SELECT ({call} AS ?value) {{}}"
    first, second = ask(small, query), ask(small, query, {"If-None-Match": "*"})
    for reply in (first, second):
        assert reply.status == 200
        assert reply.headers["cache-control"] == "no-store"
        assert "etag" not in reply.headers
    assert first.body != second.body


def test_a_long_run_of_comments_takes_no_time(small: Service) -> None:
    began = time.monotonic()
    reply = ask(small, "ASK { BIND(1 AS ?NOW) } # NOW" + " #" * 10_000)
    assert reply.status == 200
    assert time.monotonic() - began < 2


# Compression


def test_compressed_only_when_accepted_and_worthwhile(small: Service) -> None:
    plain = ask(small, MANY)
    assert "content-encoding" not in plain.headers
    packed = ask(small, MANY, {"Accept-Encoding": "gzip, deflate, br"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 2
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept, Accept-Encoding"
    refused = ask(small, MANY, {"Accept-Encoding": "gzip;q=0, *"})
    assert refused.body == plain.body
    little = ask(small, TRUE, {"Accept-Encoding": "gzip"})
    assert "content-encoding" not in little.headers
    assert json.loads(little.body)["boolean"] is True


# Cross-origin requests


def test_pages_of_other_origins_may_ask(small: Service) -> None:
    reply = ask(small, TRUE, {"Origin": "https://example.org"})
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in reply.headers
    assert "ETag" in reply.headers["access-control-expose-headers"]
    refusal = ask(small, "SELECT", {"Origin": "https://example.org"})
    assert refusal.status == 400
    assert refusal.headers["access-control-allow-origin"] == "*"


def test_preflight(small: Service) -> None:
    asked = {
        "Origin": "https://example.org",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    reply = once(small, "OPTIONS", "/sparql", asked)
    assert (reply.status, reply.body) == (204, b"")
    assert "content-length" not in reply.headers
    assert reply.headers["access-control-allow-origin"] == "*"
    for method in ("GET", "HEAD", "POST"):
        assert method in reply.headers["access-control-allow-methods"].split(", ")
        assert method in reply.headers["allow"].split(", ")
    allowed = reply.headers["access-control-allow-headers"].lower().split(", ")
    assert {"content-type", "accept", "if-none-match"} <= set(allowed)


# Ways of asking


@pytest.mark.parametrize("accept", ["application/json", "text/csv", "application/xml"])
@pytest.mark.parametrize(
    ("query", "piece"),
    [
        (MANY, "urn:x:number:199"),
        ("SELECT ?s { ?s ?p '上海'@zh-Hans }", "/city/shanghai"),
        ("SELECT ('城市 + %26 = %41 #?' AS ?城市) {}", "城市 + %26 = %41 #?"),
    ],
)
def test_every_way_of_asking_gives_the_same_bytes(
    small: Service, query: str, piece: str, accept: str
) -> None:
    escaped = quote(query, safe="")
    replies = [
        once(small, method, target, {**headers, "Accept": accept}, body)
        for method, target, headers, body in (
            ("GET", f"/sparql?query={escaped}", {}, None),
            ("GET", f"/sparql/?query={escaped}", {}, None),
            ("GET", f"/sparql?query={escaped.replace('%20', '+')}", {}, None),
            ("POST", "/sparql", FORM, f"query={escaped}".encode()),
            ("POST", "/sparql", DIRECT, query.encode()),
        )
    ]
    assert {reply.status for reply in replies} == {200}
    assert len({reply.body for reply in replies}) == 1
    assert len({reply.headers["etag"] for reply in replies}) == 1
    assert piece in replies[0].body.decode()


def test_chinese_in_and_out(small: Service) -> None:
    reply = ask(small, "SELECT (STRLEN('上海市') AS ?字数) ('上海' AS ?名) {}")
    content = json.loads(reply.body)
    assert content["head"]["vars"] == ["字数", "名"]
    (row,) = content["results"]["bindings"]
    assert (row["字数"]["value"], row["名"]["value"]) == ("3", "上海")


def test_a_form_may_bear_characters_as_they_are(small: Service) -> None:
    # So sends curl -d what was typed.
    body = "query=SELECT ('上海' AS ?v) {}".encode()
    reply = once(small, "POST", "/sparql", {**FORM, "Accept": "text/csv"}, body)
    assert reply.body.decode().split() == ["v", "上海"]


@pytest.mark.parametrize("form", [False, True])
@pytest.mark.parametrize("letter", ["x", "上"])
def test_a_query_of_64_kib(small: Service, form: bool, letter: str) -> None:
    start = "ASK { ?s ?p ?o } # "
    rest = 65_536 - len(start)
    query = start + letter * (rest // len(letter.encode())) + " " * (rest % len(letter.encode()))
    assert len(query.encode()) == 65_536
    if form:
        reply = once(small, "POST", "/sparql", FORM, b"query=" + quote(query).encode())
    else:
        reply = once(small, "POST", "/sparql", DIRECT, query.encode())
    assert json.loads(reply.body)["boolean"] is True


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/sparql-query", 200),
        ("application/sparql-query;charset=utf-8", 200),
        ('application/sparql-query; charset="UTF-8"', 200),
        ("application/sparql-query ; charset=UTF8 ; version=1", 200),
        ("application/sparql-query; version=1; charset=utf-8", 200),
        ("APPLICATION/SPARQL-QUERY", 200),
        ("application/sparql-query; charset=us-ascii", 200),
        ("application/sparql-query;", 200),
        ("application/sparql-query; charset=utf-16", 400),
        ("application/sparql-query; charset=GBK", 400),
        ("application/sparql-query; version=1; charset=latin-1", 400),
        ("application/sparql-query; charset*=x''y", 400),
        ("application/sparql-results+json", 415),
        ("application/sparql-query, text/plain", 415),
        ("multipart/form-data; boundary=x", 415),
        ("nonsense", 415),
        ("", 415),
    ],
)
def test_content_types_of_a_direct_query(small: Service, kind: str, status: int) -> None:
    reply = once(small, "POST", "/sparql", {"Content-Type": kind}, TRUE.encode())
    assert reply.status == status
    if status != 200:
        assert error_of(reply) == {400: "bad-encoding", 415: "media-type"}[status]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/x-www-form-urlencoded; charset=UTF-8", 200),
        ("Application/X-WWW-Form-URLencoded", 200),
        ("application/x-www-form-urlencoded; charset=GBK", 400),
    ],
)
def test_content_types_of_a_form(small: Service, kind: str, status: int) -> None:
    body = b"query=" + quote(TRUE).encode()
    assert once(small, "POST", "/sparql", {"Content-Type": kind}, body).status == status


def test_parameters_that_nobody_knows_are_ignored(small: Service) -> None:
    plain = ask(small, TRUE)
    more = "&format=json&timeout=1&%E5%9F%8E=%E5%B8%82&debug&=&output="
    reply = once(small, "GET", "/sparql?query=" + quote(TRUE) + more)
    assert (reply.status, reply.body) == (200, plain.body)


def test_too_many_parameters_are_refused(small: Service) -> None:
    reply = once(small, "GET", "/sparql?query=ASK%7B%7D" + "&a=b" * 300)
    assert reply.status == 400
    assert error_of(reply) == "bad-request"


@pytest.mark.parametrize("wrong", ["%ff", "%C0%80", "%ED%A0%80", "%E4%B8", "%u4e0a%80"])
def test_parameters_that_are_no_utf8_are_refused(small: Service, wrong: str) -> None:
    for reply in (
        once(small, "GET", f"/sparql?query=ASK%7B%7D%23{wrong}"),
        once(small, "POST", "/sparql", FORM, f"query=ASK%7B%7D%23{wrong}".encode()),
    ):
        assert reply.status == 400
        assert error_of(reply) == "bad-encoding"
    reply = once(small, "POST", "/sparql", DIRECT, b"ASK {} # \xe4\xb8")
    assert error_of(reply) == "bad-encoding"


def test_read_form() -> None:
    assert read_form(b"") == []
    assert read_form(b"a=1&a=2&b&c=+%2B") == [("a", "1"), ("a", "2"), ("b", ""), ("c", " +")]


# Refusals


@pytest.mark.parametrize(
    ("method", "target", "headers", "body", "code"),
    [
        ("GET", "/sparql?query=" + quote("SELECT * { ?s ?p }"), {}, None, "query-malformed"),
        ("GET", "/sparql?query=" + quote("SELECT {0} {title}"), {}, None, "query-malformed"),
        ("GET", "/sparql?q=1", {}, None, "no-query"),
        ("GET", "/sparql?query=a&query=b", {}, None, "many-queries"),
        ("GET", "/sparql?query=ASK%7B%7D&default-graph-uri=x", {}, None, "bad-graph"),
        ("GET", "/sparql?update=CLEAR+ALL", {}, None, "update-refused"),
        ("GET", "/nothing", {}, None, "not-found"),
        ("GET", "/", {}, None, "not-found"),
        ("GET", "/sparql/x?query=ASK%7B%7D", {}, None, "not-found"),
        ("GET", "/../etc/passwd", {}, None, "not-found"),
        ("GET", "//sparql", {}, None, "not-found"),
        ("POST", "/nothing", {}, b"", "not-found"),
        ("PUT", "/sparql?query=ASK%7B%7D", {}, b"", "method"),
        ("DELETE", "/sparql?query=ASK%7B%7D", {}, None, "method"),
        ("PATCH", "/sparql", {}, b"", "method"),
        ("TRACE", "/sparql?query=ASK%7B%7D", {}, None, "method"),
        ("POST", "/health", {}, b"", "method"),
        ("GET", "/sparql?query=ASK%7B%7D", {"Accept": "image/png"}, None, "not-acceptable"),
        ("POST", "/sparql", DIRECT, b"x" * 200_000, "request-too-large"),
        ("POST", "/sparql", FORM, b"query=" + b"x" * 400_000, "request-too-large"),
        ("POST", "/sparql", {"Content-Type": "text/plain"}, b"ASK {}", "media-type"),
        ("POST", "/sparql", {}, b"", "media-type"),
    ],
)
def test_refusal(
    small: Service,
    method: str,
    target: str,
    headers: dict[str, str],
    body: bytes | None,
    code: str,
) -> None:
    reply = once(small, method, target, headers, body)
    assert error_of(reply) == code
    if code == "method":
        assert "GET" in reply.headers["allow"].split(", ")
    # The same in Chinese, with the same members.
    other = once(small, method, target, {**headers, "Accept-Language": "zh-CN, en;q=0.5"}, body)
    assert error_of(other) == code
    assert (reply.headers["content-language"], other.headers["content-language"]) == (
        "en",
        "zh-Hans",
    )
    english, chinese = json.loads(reply.body), json.loads(other.body)
    assert english["type"] == chinese["type"]
    assert re.search("[\u4e00-\u9fff]", chinese["title"])
    assert english["title"] != chinese["title"]
    assert not re.search("[\u4e00-\u9fff]", english["title"])
    assert "Accept-Language" in reply.headers["vary"]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("code", list(STATUS))
def test_every_problem_has_its_texts(code: str, language: Language) -> None:
    status, body = problem(code, language, "{1}", "second")
    content = json.loads(body)
    assert status == content["status"] == STATUS[code]
    assert content["title"]
    assert content["detail"]
    assert "{0}" not in body.decode()


def test_the_length_of_a_body_is_bounded_without_being_told(small: Service) -> None:
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    head = (
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
        b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )
    (reply,) = exchange(small, head + 2 * chunk + b"0\r\n\r\n")
    assert error_of(reply) == "request-too-large"


def test_a_query_in_chunks(small: Service) -> None:
    head = (
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
        b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )
    text = TRUE.encode()
    chunks = b"".join(b"1\r\n%c\r\n" % letter for letter in text)
    (reply,) = exchange(small, head + chunks + b"0\r\n\r\n")
    assert json.loads(reply.body)["boolean"] is True


# Connections


def test_one_connection_serves_many_requests(small: Service) -> None:
    connection = connect(small)
    try:
        send(connection, "GET", "/health")
        local = connection.sock.getsockname()
        for number in range(50):
            query = f"SELECT ({number} AS ?n) {{}}" if number % 3 else "SELECT"
            reply = send(connection, "GET", "/sparql?query=" + quote(query), {"Accept": "text/csv"})
            assert reply.status == (200 if number % 3 else 400)
            if number % 3:
                assert reply.body.split() == [b"n", str(number).encode()]
            assert connection.sock.getsockname() == local
    finally:
        connection.close()


def test_requests_that_do_not_wait_are_answered_in_order(small: Service) -> None:
    # The first takes longest.
    slow = "SELECT (COUNT(*) AS ?n) { ?a <urn:x:value> ?b . ?c <urn:x:value> ?d }"
    queries = [slow, *(f"SELECT ({number} AS ?n) {{}}" for number in range(20))]
    requests = [
        f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n".encode()
        for query in queries
    ]
    content = b"\r\n".join(requests) + b"Connection: close\r\n\r\n"
    bodies = [int(reply.body.split()[1]) for reply in exchange(small, content)]
    assert bodies == [NUMBERS**2, *range(20)]


def test_a_post_and_what_follows_it_do_not_mix(small: Service) -> None:
    body = TRUE.encode()
    post = (
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
        b"Content-Length: %d\r\n\r\n" % len(body)
    )
    refused = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nASK {}"
    replies = exchange(
        small, post + body + refused + post + body + GET_TRUE + b"Connection: close\r\n\r\n"
    )
    assert [reply.status for reply in replies] == [200, 415, 200, 200]


def test_http_1_0(small: Service) -> None:
    (reply,) = exchange(small, b"GET /sparql?query=ASK%7B%7D HTTP/1.0\r\n\r\n")
    assert reply.status == 200
    assert json.loads(reply.body)["boolean"] is True


POST = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
HIDDEN = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize(
    "content",
    [
        POST + b"Content-Length: 6\r\nContent-Length: 5\r\n\r\nASK {}" + HIDDEN,
        POST + b"Content-Length: 6\r\nContent-Length: 6\r\n\r\nASK {}" + HIDDEN,
        POST + b"Content-Length: 6, 6\r\n\r\nASK {}" + HIDDEN,
        POST + b"Content-Length: +6\r\n\r\nASK {}" + HIDDEN,
        POST + b"Content-Length: -6\r\n\r\nASK {}" + HIDDEN,
        POST + b"Content-Length: 0x6\r\n\r\nASK {}" + HIDDEN,
        POST + b"Content-Length: 99999999999999999999999\r\n\r\nASK {}" + HIDDEN,
        POST + b"Content-Length : 6\r\n\r\nASK {}" + HIDDEN,
        POST + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
        POST + b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n" + HIDDEN,
        POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + HIDDEN,
        POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + HIDDEN,
        POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
        POST + b"Transfer-Encoding: chunked\r\n\r\n6\r\nASK {}\r\nzz\r\n\r\n" + HIDDEN,
        POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n" + HIDDEN,
        GET_TRUE + b"Accept: text/csv\r\n text/turtle\r\n\r\n" + HIDDEN,
        GET_TRUE + b"X: a\rY: b\r\n\r\n" + HIDDEN,
        GET_TRUE + b"X: a\x00b\r\n\r\n" + HIDDEN,
        GET_TRUE + b"X y: b\r\n\r\n" + HIDDEN,
        GET_TRUE + b"no colon\r\n\r\n" + HIDDEN,
        GET_TRUE.replace(b"\r\n", b"\n") + b"\n" + HIDDEN,
        b"GET /sparql?query=ASK {} HTTP/1.1\r\nHost: x\r\n\r\n" + HIDDEN,
        b"GET /sparql?query=ASK%7B%7D HTTP/9.9\r\nHost: x\r\n\r\n" + HIDDEN,
        "GET /sparql?query=上海 HTTP/1.1\r\nHost: x\r\n\r\n".encode() + HIDDEN,
        b"FETCH /sparql HTTP/1.1\r\nHost: x\r\n\r\n" + HIDDEN,
        b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + HIDDEN,
    ],
)
def test_what_two_servers_might_read_in_two_ways_is_refused(small: Service, content: bytes) -> None:
    (reply,) = exchange(small, content)
    assert reply.status == 400
    assert error_of(reply) == "bad-request"
    assert reply.headers["connection"] == "close"


@pytest.mark.parametrize("hosts", [b"", b"Host: x\r\nHost: y\r\n", b"Host: x\r\nHost: x\r\n"])
def test_a_request_has_one_host(small: Service, hosts: bytes) -> None:
    content = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nConnection: close\r\n" + hosts + b"\r\n"
    (reply,) = exchange(small, content)
    assert error_of(reply) == "bad-request"


def test_an_answer_under_way_comes_before_the_refusal_of_what_follows(small: Service) -> None:
    (reply,) = exchange(small, GET_TRUE + b"\r\nNONSENSE\r\n\r\n")
    assert (reply.status, reply.headers["connection"]) == (200, "close")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"GET /sparql?query=" + b"a" * 1_000_000, "address-too-long"),
        (
            b"GET /sparql?query=" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: x\r\n",
            "address-too-long",
        ),
        (GET_TRUE + b"X: " + b"a" * 1_000_000, "head-too-long"),
        (GET_TRUE + b"".join(b"X%d: a\r\n" % n for n in range(100_000)), "head-too-long"),
    ],
)
def test_a_head_without_end_is_refused(small: Service, content: bytes, code: str) -> None:
    (reply,) = exchange(small, content)
    assert error_of(reply) == code


def test_the_longest_address(small: Service) -> None:
    target = "/sparql?query=ASK%7B%7D%23"
    longest = target + "x" * (65_535 - len(target))
    assert json.loads(once(small, "GET", longest).body)["boolean"] is True
    assert error_of(once(small, "GET", longest + "x")) == "address-too-long"
    assert error_of(once(small, "GET", longest + "x" * 40_000)) == "address-too-long"


@pytest.mark.parametrize("inserted", ["\r\nX-Injected: yes", "\nX-Injected: yes", "\r\n\r\n<b>"])
@pytest.mark.parametrize(
    "template",
    [
        "/sparql?query={0}",
        "/sparql?query=ASK%7B%7D&default-graph-uri=urn:x{0}",
        "/sparql?query=ASK%7B%7D&format={0}",
        "/{0}",
        "/sparql{0}",
    ],
)
def test_nothing_of_a_request_gets_into_header_fields(
    small: Service, template: str, inserted: str
) -> None:
    target = template.format(quote(inserted))
    reply = once(small, "GET", target, {"Accept-Language": "x%0d%0aX-Injected: yes"})
    assert "x-injected" not in reply.headers
    assert not any("njected" in value for value in reply.headers.values())
    assert b"<b>" not in reply.body


# Clients that are slow. The service waits two seconds.


def test_slow_clients_are_told_and_let_go(small: Service) -> None:
    """All at once, as each takes its two seconds."""
    length = b"Content-Length: 100\r\n\r\n"
    starts = {
        "request-timeout": [
            b"\r\n",
            b"GET /spa",
            GET_TRUE,
            GET_TRUE + b"X: ",
            POST + length + b"ASK",
            POST + b"Transfer-Encoding: chunked\r\n\r\n3\r\nASK\r\n",
        ],
        "": [b""],
    }
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        lines = [
            (code, stack.enter_context(open_socket(small)), start)
            for code, several in starts.items()
            for start in several
        ]
        for _, line, start in lines:
            line.sendall(start)
        # One byte a moment is no better than none.
        for _ in range(3):
            time.sleep(0.3)
            for code, line, start in lines:
                if code and not start.endswith(b"\r\n"):
                    line.sendall(b"x")
        for code, line, _ in lines:
            replies = parse(read_to_end(line))
            assert [error_of(reply) for reply in replies] == [code][: len(code)]
            assert all(reply.headers["connection"] == "close" for reply in replies)
    assert 1.5 < time.monotonic() - began < 8


def test_a_body_that_nobody_waits_for_does_not_hold_the_connection(small: Service) -> None:
    with open_socket(small) as line:
        line.sendall(b"PUT /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
        began = time.monotonic()
        answer = line.recv(65_536)
        assert answer.startswith(b"HTTP/1.1 405 ")
        with contextlib.suppress(OSError):
            while time.monotonic() - began < 8:
                line.sendall(b"x")
                time.sleep(0.1)
        assert time.monotonic() - began < 6


def test_a_connection_may_rest_between_requests(small: Service) -> None:
    with open_socket(small) as line:
        line.sendall(GET_TRUE + b"\r\n")
        time.sleep(2.3)
        line.sendall(GET_TRUE + b"Connection: close\r\n\r\n")
        assert [reply.status for reply in parse(read_to_end(line))] == [200, 200]


def test_a_client_that_goes_leaves_no_trace(small: Service) -> None:
    size = small.log.stat().st_size
    for start in (b"GET /spa", POST + b"Content-Length: 100\r\n\r\nASK", GET_TRUE + b"\r\n"):
        line = open_socket(small)
        line.sendall(start)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        line.close()
    exchange(small, b"NONSENSE\r\n\r\n")
    assert ask(small, TRUE).status == 200
    time.sleep(0.2)
    assert b"Traceback" not in small.log.read_bytes()[size:]
    assert b"Invalid HTTP" not in small.log.read_bytes()[size:]


Message = dict[str, Any]


def body_of(
    messages: Iterable[Message | float], *, most: int = 100, headers: Iterable[object] = ()
) -> bytes:
    """What a request's body is when these messages come; a number is a pause in seconds."""
    rest = iter(messages)

    async def receive() -> Message:
        for message in rest:
            if not isinstance(message, float):
                return message
            await asyncio.sleep(message)
        raise AssertionError("more was read than there is")

    scope = {"method": "POST", "path": "/sparql", "headers": list(headers), "client": None}
    read: Callable[[], Awaitable[Message]] = receive
    return asyncio.run(Request(scope, read).body(most, 0.2))


def part(body: bytes, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_in_pieces() -> None:
    assert body_of([part(b"a", more=True), 0.01, part(b"", more=True), part(b"b")]) == b"ab"
    assert body_of([part(b"")]) == b""
    assert body_of([part(b"x" * 100)]) == b"x" * 100


@pytest.mark.parametrize(
    ("messages", "headers", "code"),
    [
        ([part(b"a", more=True), 5.0], [], "request-timeout"),
        # Each piece comes soon, but the whole does not.
        ([x for _ in range(9) for x in (0.05, part(b"a", more=True))], [], "request-timeout"),
        ([part(b"x" * 101)], [], "request-too-large"),
        ([part(b"x" * 60, more=True), part(b"x" * 60, more=True)], [], "request-too-large"),
        # Before anything is read.
        ([], [(b"content-length", b"101")], "request-too-large"),
    ],
)
def test_a_body_that_is_late_or_long(
    messages: list[Message | float], headers: list[object], code: str
) -> None:
    with pytest.raises(RequestError) as error:
        body_of(messages, headers=headers)
    assert error.value.code == code


def test_a_body_whose_client_has_gone() -> None:
    with pytest.raises(ClientGoneError):
        body_of([part(b"a", more=True), {"type": "http.disconnect"}])
