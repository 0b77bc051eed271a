"""The record of the shipped facts, from the cache: the analyses in it take their time."""

from __future__ import annotations

import pytest

from kg.explorer.graphs import Graphs
from kg.explorer.making import record_of
from kg.explorer.record import Record
from kg.graph import KnowledgeGraph


@pytest.fixture(scope="session")
def record_bytes(graph: KnowledgeGraph) -> bytes:
    return record_of(graph)


@pytest.fixture(scope="session")
def record(record_bytes: bytes) -> Record:
    record = Record.decode(record_bytes)
    assert record is not None
    return record


@pytest.fixture(scope="session")
def graphs(record: Record) -> Graphs:
    return Graphs(record)
