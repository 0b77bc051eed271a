"""Shared fixtures: graphs built once, a real SPARQL server, a real browser."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

import kg
from kg.build import canonical_nquads
from kg.graph import KnowledgeGraph
from kg.resources import shipped_facts
from kg.store.embedded import EmbeddedStore

if TYPE_CHECKING:
    import rdflib
    from selenium.webdriver import Chrome

ARTICLE = "sh-top50-lessons-2021"
# Cities of the part of the facts on which engines are compared with rdflib.
FEW = frozenset(
    {
        "berlin",
        "busan",
        "copenhagen",
        "helsinki",
        "montreal",
        "philadelphia",
        "shanghai",
        "singapore",
    }
)


def absent(reason: str) -> NoReturn:
    """Skip on a user's machine; fail where everything is required."""
    if os.environ.get("KG_REQUIRE_ALL"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests never read or write the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KG_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.delenv("KG_LANG", raising=False)
        yield


@pytest.fixture(scope="session")
def graph(_own_cache: None) -> KnowledgeGraph:
    """The shipped facts."""
    return kg.open()


@pytest.fixture(scope="session")
def article_graph(_own_cache: None) -> KnowledgeGraph:
    """Only what the first source says."""
    return kg.open(source=ARTICLE)


@pytest.fixture(scope="session")
def part(graph: KnowledgeGraph) -> EmbeddedStore:
    """The quads of the shipped facts that are about no city but a few.

    rdflib's own engine goes through every named graph for each pattern inside GRAPH: on all the
    facts some queries take minutes there. Two engines can be compared on any dataset.
    """
    lines = canonical_nquads(graph.embedded("tests").dataset).decode("utf-8").splitlines()
    cities = {
        found[1]
        for line in lines
        if (found := re.match(r"<https://w3id.org/city-practice-graph/id/city/([a-z-]+)> ", line))
    }
    others = "|".join(sorted(cities - FEW, key=len, reverse=True))
    about_others = re.compile(
        r"<https://w3id\.org/city-practice-graph/id/(?!city/|observation/)[a-z]+/"
        rf"(?:[a-z0-9-]*-)?(?:{others})-"
        rf"|/id/city/(?:{others})> <[^>]*#adoptsPractice>"
    )
    kept = "\n".join(line for line in lines if not about_others.search(line))
    return EmbeddedStore.from_nquads(kept.encode("utf-8"))


@pytest.fixture(scope="session")
def rdflib_part(part: EmbeddedStore) -> rdflib.Dataset:
    """The same quads in rdflib's own store."""
    return KnowledgeGraph(part).rdflib()


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """A copy of the shipped facts that a test may change."""
    return Path(shutil.copytree(shipped_facts(), tmp_path / "facts"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(graph: KnowledgeGraph, folder: Path) -> Iterator[str]:
    """Start the oxigraph server of the PyPI wheel on loopback with the facts of a graph."""
    program = shutil.which(
        "oxigraph", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    )
    if program is None:
        absent("the oxigraph server is not installed: pip install oxigraph")
    facts = folder / "facts.nq"
    facts.write_bytes(canonical_nquads(graph.embedded("tests").dataset))
    store = folder / "store"
    subprocess.run(
        [program, "load", "--location", store, "--file", facts], check=True, capture_output=True
    )
    port = _free_port()
    server = subprocess.Popen(
        [program, "serve-read-only", "--location", store, "--bind", f"127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"{address}/", timeout=1).close()
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        else:
            pytest.fail("the oxigraph server did not start")
        yield f"{address}/query"
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture(scope="session")
def endpoint(graph: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real SPARQL server with the shipped facts."""
    yield from serve(graph, tmp_path_factory.mktemp("server"))


@pytest.fixture(scope="session")
def article_endpoint(
    article_graph: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A real SPARQL server with the first source only."""
    yield from serve(article_graph, tmp_path_factory.mktemp("article-server"))


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Headless Chromium with every network request blocked and logged."""
    yield from chromium(tmp_path_factory.mktemp("chromium"))


def chromium(folder: Path) -> Iterator[Chrome]:
    """Headless Chromium with a profile in a folder; only loopback is reached."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        absent("Chromium and chromedriver are not installed: apt-get install chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--proxy-server=127.0.0.1:9",  # nothing listens there: any request would fail
        f"--user-data-dir={folder}",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chrome = webdriver.Chrome(options=options, service=Service(driver))
    try:
        yield chrome
    finally:
        chrome.quit()
