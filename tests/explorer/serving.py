"""The whole explorer for tests and for the programs beside them: service and browser together."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import hatch_build
import kg
from kg.build import canonical_nquads
from kg.explorer.making import record_of
from kg.publishing.versions import publish
from tests.conftest import absent, chromium
from tests.explorer.browsing import Tab

if TYPE_CHECKING:
    from tests.server.conftest import Service


@contextmanager
def explorer_of(folder: Path, nquads: bytes, record: bytes) -> Iterator[Service]:
    """A service with the pages of a dataset, published in a folder."""
    if sys.platform != "linux":
        absent("the isolated service is for Linux")
    if not hatch_build.fresh(hatch_build.ROOT):
        absent("the front end is not built: python hatch_build.py")
    from tests.server.conftest import start_service

    publish(folder, nquads, record)
    running = start_service(folder, folder / "log", "--client-seconds", "0")
    try:
        yield running
    finally:
        if running.process.poll() is None:
            assert running.stop() == 0


@contextmanager
def shipped_tab() -> Iterator[Tab]:
    """A tab on a service of the shipped facts, for programs without fixtures."""
    graph = kg.open()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "published")
        folder.mkdir()
        nquads = canonical_nquads(graph.embedded("tests").dataset)
        with explorer_of(folder, nquads, record_of(graph)) as service:
            browsers = chromium(Path(scratch, "chromium"))
            try:
                yield Tab(next(browsers), service.address)
            finally:
                next(browsers, None)
