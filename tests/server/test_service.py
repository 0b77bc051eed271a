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
