"""A running service for tests: the whole process tree, on a free port of loopback."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.build import canonical_nquads
from kg.explorer.making import record_of
from kg.graph import KnowledgeGraph
from kg.publishing.versions import current, publish

if sys.platform != "linux":
    pytest.skip("the isolated service is for Linux", allow_module_level=True)


@dataclass
class Service:
    """A service that a test has started.

    Attributes
    ----------
    address
        Such as ``http://127.0.0.1:41234``.
    """

    process: subprocess.Popen[bytes]
    address: str
    log: Path

    def get(
        self,
        path: str,
        headers: Mapping[str, str] | None = None,
        *,
        data: bytes | None = None,
        method: str | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, header fields (lower case) and body; redirects are not followed."""
        request = urllib.request.Request(
            self.address + path, data=data, method=method, headers=dict(headers or {})
        )
        try:
            with _opener.open(request, timeout=30) as answer:
                return answer.status, _lower(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _lower(error.headers), error.read()

    def children(self, name: str) -> list[int]:
        """Process numbers of the tree whose command line has a word: ``kg.server.web``."""
        tree = {self.process.pid}
        parents = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdecimal():
                try:
                    status = (folder / "stat").read_text()
                    parents[int(folder.name)] = int(status.rpartition(")")[2].split()[1])
                except (OSError, ValueError):
                    continue
        while more := {child for child, parent in parents.items() if parent in tree} - tree:
            tree |= more
        found = []
        for process in sorted(tree):
            try:
                line = Path(f"/proc/{process}/cmdline").read_bytes()
            except OSError:
                continue
            if name.encode() in line:
                found.append(process)
        return found

    def stop(self) -> int:
        """Ask it to stop; gives the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


def _lower(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


_opener = urllib.request.build_opener(_Stay, urllib.request.ProxyHandler({}))


def start_service(root: Path, log: Path, *options: str, before: str = "") -> Service:
    """Start ``kg serve`` on a folder of published versions and wait until it answers.

    ``before`` is Python that runs first, for limits that have no option.
    """
    with log.open("wb") as out:
        process = subprocess.Popen(
            [
                *(sys.executable, "-c", f"{before}\nfrom kg.cli import main; main()"),
                *("serve", str(root), "--port", "0", *options),
            ],
            stdout=subprocess.DEVNULL,
            stderr=out,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        said = log.read_text(encoding="utf-8")
        found = re.search(r"(http://[^/\s]+)/sparql", said)
        if found:
            service = Service(process, found[1], log)
            try:
                status, _, body = service.get("/health")
            except OSError:
                status, body = 0, b""
            if status == 200 and json.loads(body)["status"] == "ok":
                return service
        if process.poll() is not None:
            break
        time.sleep(0.05)
    process.kill()
    pytest.fail(f"the service did not start:\n{log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="session")
def published(graph: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the shipped facts as its one version."""
    root = tmp_path_factory.mktemp("published")
    publish(root, canonical_nquads(graph.embedded("tests").dataset), record_of(graph))
    return root


@pytest.fixture(scope="session")
def here(published: Path) -> ox.Store:
    """What :func:`service` serves, in this process."""
    version = current(published)
    assert version is not None
    store = ox.Store()
    store.load(path=version.data, format=ox.RdfFormat.N_QUADS)
    return store


@pytest.fixture(scope="session")
def service(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service of the shipped facts in which no client runs out of its share."""
    log = tmp_path_factory.mktemp("service") / "log"
    running = start_service(published, log, "--client-seconds", "0")
    try:
        yield running
    finally:
        if running.process.poll() is None:
            assert running.stop() == 0


_HASTY = """
from functools import partial
import kg.server.limits as limits
limits.Limits = partial(limits.Limits, body_seconds=2.0)
"""
W3C = "http://kasei.us/2009/09/sparql/data/data{}.rdf"
THING = "https://w3id.org/city-practice-graph/id/city/shanghai"
NUMBERS = 200


def small_dataset() -> bytes:
    """A thing with three values, many numbers, and the graphs that the W3C's protocol tests ask."""
    label = "http://www.w3.org/2000/01/rdf-schema#label"
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    kind = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    lines = [
        f'<{THING}> <{label}> "上海"@zh-Hans .',
        f'<{THING}> <{label}> "Shanghai, \\"the\\" <city>"@en .',
        f'<{THING}> <urn:x:rank> "7"^^<{integer}> .',
    ]
    lines += [
        f'<urn:x:number:{number}> <urn:x:value> "{number}"^^<{integer}> .'
        for number in range(NUMBERS)
    ]
    lines += [
        f"<{W3C.format(n)}> <{kind}> <http://xmlns.com/foaf/0.1/Document> <{W3C.format(n)}> ."
        for n in (1, 2, 3)
    ]
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service of :func:`small_dataset` that waits two seconds for a request."""
    folder = tmp_path_factory.mktemp("small")
    publish(folder, small_dataset())
    running = start_service(folder, folder / "log", "--client-seconds", "0", before=_HASTY)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            assert running.stop() == 0
