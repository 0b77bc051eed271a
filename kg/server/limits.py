"""Every limit of the endpoint in one place; the service description and the pages print them.

The figures follow from measurements: within these bounds the engine parses and plans in about a
second or less, and beyond them a short query can end its process.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Limits:
    """What one query, one client and the whole service may use.

    Attributes
    ----------
    query_bytes, nesting, tokens, unions, optionals, joined
        Bounds on the text of a query (:mod:`kg.server.guard`); ``joined`` are patterns that are
        joined with each other in one group.
    quick_seconds
        A query that runs longer leaves the quick lane for the slow one.
    slow_seconds
        A query that runs longer is ended.
    quick_workers, slow_workers
        Queries that run at the same time, in each lane.
    queue_seconds
        How long a query waits for a free worker before the answer is "busy".
    worker_bytes
        Address space of a worker beyond what it has at its start.
    answer_bytes
        Longest answer.
    worker_queries
        A worker is replaced after so many queries.
    cache_bytes
        Answers kept for the next client.
    client_seconds, client_errors
        Seconds of query time, and errors, that a client may use a minute; 0 is without bound.
    body_seconds
        How long a client may take to send a request, or to take a piece of an answer.
    connections, client_connections
        Connections that are open at the same time, of all clients and of one.
    """

    query_bytes: int = 64 * 1024
    nesting: int = 64
    tokens: int = 4_000
    unions: int = 200
    optionals: int = 50
    joined: int = 100
    quick_seconds: float = 0.25
    slow_seconds: float = 5.0
    quick_workers: int = 2
    slow_workers: int = 2
    queue_seconds: float = 1.0
    worker_bytes: int = 1 << 30
    answer_bytes: int = 32 << 20
    worker_queries: int = 1_000
    cache_bytes: int = 64 << 20
    client_seconds: float = 20.0
    client_errors: int = 30
    body_seconds: float = 20.0
    connections: int = 2_000
    client_connections: int = 200

    def encode(self) -> str:
        """The limits as they go to another process."""
        return json.dumps(asdict(self))

    @classmethod
    def decode(cls, text: str) -> Limits:
        """Read what :meth:`encode` wrote."""
        return cls(**json.loads(text))
