"""Shared by the tests of pages: the record, made once, a service that shows it, one browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kg.build import canonical_nquads
from kg.explorer.graphs import Graphs
from kg.explorer.making import record_of
from kg.explorer.record import Record
from kg.graph import KnowledgeGraph
from kg.messages import Language
from tests.explorer.browsing import Tab
from tests.explorer.inspecting import Inspection, inspect
from tests.explorer.places import Place
from tests.explorer.serving import explorer_of

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

    from tests.server.conftest import Service


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


@pytest.fixture(scope="session")
def explorer(
    graph: KnowledgeGraph, record_bytes: bytes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A service with the pages of the shipped facts."""
    nquads = canonical_nquads(graph.embedded("tests").dataset)
    with explorer_of(tmp_path_factory.mktemp("explorer"), nquads, record_bytes) as running:
        yield running


@pytest.fixture
def tab(browser: Chrome, explorer: Service) -> Iterator[Tab]:
    """A wide tab without a page."""
    tab = Tab(browser, explorer.address)
    tab.size(1280)
    yield tab
    tab.command("Emulation.clearDeviceMetricsOverride")


def addressed(place: Place, service: Service) -> Place:
    """A page whose address has a name that the facts give: a claim is named by its content."""
    if "CLAIM" not in place.path:
        return place
    _, _, page = service.get("/en/evidence/shanghai/practice/data-driven-decisions")
    found = re.search(rb'href="/en/thing/(id/claim/[^"]+)"', page)
    assert found is not None
    return replace(place, path=place.path.replace("CLAIM", found[1].decode("ascii")))


@pytest.fixture(scope="session")
def inspected(
    browser: Chrome, explorer: Service
) -> Iterator[Callable[[Place, Language], Inspection]]:
    """What was found on a page in a language; it is opened when it is first asked for."""
    tab = Tab(browser, explorer.address)
    held: dict[tuple[str, Language], Inspection] = {}

    def look(place: Place, language: Language) -> Inspection:
        if (place.name, language) not in held:
            held[place.name, language] = inspect(tab, addressed(place, explorer), language)
        return held[place.name, language]

    yield look
    tab.command("Emulation.clearDeviceMetricsOverride")
