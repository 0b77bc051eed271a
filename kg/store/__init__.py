"""One small interface to a dataset, and two stores behind it."""

from __future__ import annotations

from typing import Protocol

import pyoxigraph as ox

from kg.results import Table

Answer = Table | bool | tuple[ox.Triple, ...]
"""What a query gives: a table (SELECT), a truth value (ASK) or triples (CONSTRUCT, DESCRIBE)."""


class Store(Protocol):
    """A dataset that answers SPARQL 1.1 queries; nothing in it can be changed through this."""

    def query(self, sparql: str) -> Answer:
        """Run one query.

        Raises
        ------
        QueryError
            The query is malformed or not a query.
        EndpointError
            A remote endpoint gave no usable answer.
        """
        ...
