"""The service as a whole: it answers, says what is wrong, and stops without losing anything."""

from __future__ import annotations

import json
import urllib.parse

from tests.server.conftest import Service


def ask(
    service: Service, query: str, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    return service.get("/sparql?query=" + urllib.parse.quote(query), headers)


def test_a_query(service: Service) -> None:
    status, headers, body = ask(service, "ASK { ?city a ?type }")
    assert status == 200
    assert headers["content-type"] == "application/sparql-results+json"
    assert json.loads(body)["boolean"] is True


def test_a_fault_of_ours_is_a_problem_too() -> None:
    """Whatever a handler raises, the client gets the form of all errors and no more."""
    import asyncio

    from kg.server.app import Service as Application
    from kg.server.limits import Limits
    from kg.server.log import Log

    application = Application(Limits(), Log(quiet=True))

    async def broken(*_: object) -> tuple[int, str]:
        raise KeyError("/secret/path")

    application.route = lambda path: ("none", broken)  # type: ignore[method-assign]
    sent: list[dict[str, object]] = []

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/x",
        "query_string": b"",
        "headers": [(b"host", b"x")],
        "client": ("127.0.0.1", 1),
        "http_version": "1.1",
    }
    asyncio.run(application(scope, receive, send))
    assert sent[0]["status"] == 500
    body = sent[1]["body"]
    assert isinstance(body, bytes)
    assert json.loads(body)["type"].endswith("/internal")
    assert b"secret" not in body
