"""Errors as ``application/problem+json`` (RFC 9457), in the client's language."""

from __future__ import annotations

import json
from typing import Final

from kg.messages import Language, message

MEDIA_TYPE: Final = "application/problem+json"
BASE: Final = "https://w3id.org/city-practice-graph/problem/"

# Problem to status. 504 and 429 are apart: "too slow" is of the query, "slow down" of the client.
STATUS: Final[dict[str, int]] = {
    "bad-request": 400,
    "bad-encoding": 400,
    "no-query": 400,
    "many-queries": 400,
    "query-malformed": 400,
    "evaluation-failed": 400,
    "query-size": 400,
    "query-tokens": 400,
    "query-nesting": 400,
    "query-unions": 400,
    "query-optionals": 400,
    "query-joined": 400,
    "bad-graph": 400,
    "parameter": 400,
    "service-refused": 403,
    "update-refused": 403,
    "not-found": 404,
    "unknown-query": 404,
    "no-pages": 404,
    "method": 405,
    "not-acceptable": 406,
    "request-timeout": 408,
    "request-too-large": 413,
    "answer-too-large": 413,
    "too-demanding": 413,
    "address-too-long": 414,
    "media-type": 415,
    "client-budget": 429,
    "head-too-long": 431,
    "internal": 500,
    "busy": 503,
    "starting": 503,
    "too-slow": 504,
}


def problem(
    code: str, language: Language, *values: object, extra: dict[str, object] | None = None
) -> tuple[int, bytes]:
    """Status and body of an error.

    Parameters
    ----------
    code
        Of :data:`STATUS`; its texts are the messages ``problem-…``.
    extra
        Further members, such as the position of a fault in a query.
    """
    title, detail = message(f"problem-{code}", language)
    status = STATUS[code]
    body: dict[str, object] = {
        "type": BASE + code,
        "title": title.format(*values),
        "status": status,
        "detail": detail.format(*values),
        **(extra or {}),
    }
    return status, json.dumps(body, ensure_ascii=False).encode("utf-8") + b"\n"
