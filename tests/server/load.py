"""Clients that know the right answers, and a look at the processes of a service from outside."""

from __future__ import annotations

import hashlib
import http.client
import itertools
import json
import random
import re
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.catalogue import catalogue
from kg.server.wire import Job
from kg.server.worker import evaluate, tag_case
from tests.server.conftest import Service

QUICK_WORKERS: Final = 2
RESULTS: Final = "application/sparql-results+json"
_TIMEOUT: Final = 30.0
_CASE: Final = tag_case([b"zh-Hans"])
_POINT: Final = "SELECT ?p ?o WHERE {{ <{0}> ?p ?o }}"


@dataclass(frozen=True)
class Question:
    """A query and the checksum of its right answer."""

    name: str
    query: str
    right: str


def checksum(body: bytes) -> str:
    """Checksum of a table in JSON, whatever the order of its rows."""
    answer = json.loads(body)
    if "boolean" in answer:
        rows = [str(answer["boolean"])]
    else:
        rows = sorted(json.dumps(row, sort_keys=True) for row in answer["results"]["bindings"])
    return hashlib.sha256("\n".join([str(answer["head"]), *rows]).encode("utf-8")).hexdigest()


def ask_here(dataset: ox.Store, name: str, query: str) -> Question:
    """A question with the answer that this process gives."""
    content = evaluate(dataset, Job(query, "json", None), 1 << 30, {}, _CASE)
    assert content[:3] == b"Atp", content[:200]
    return Question(name, query, checksum(content[3:]))


def questions(nquads: bytes, *, points: int = 40) -> list[Question]:
    """The named queries as they stand, and so many point queries."""
    dataset = ox.Store()
    dataset.load(nquads, format=ox.RdfFormat.N_QUADS, lenient=True)
    found = [ask_here(dataset, query.name, query.text) for query in catalogue().values()]
    cities = dataset.query("SELECT DISTINCT ?city WHERE { ?x ?y ?city . ?city a ?type } LIMIT 4000")
    assert isinstance(cities, ox.QuerySolutions)
    things = sorted(str(row[0].value) for row in cities if isinstance(row[0], ox.NamedNode))
    chosen = random.Random(5).sample(things, points)
    return found + [ask_here(dataset, f"point {one}", _POINT.format(one)) for one in chosen]


@dataclass
class Tally:
    """What became of requests.

    Attributes
    ----------
    right
        Seconds that each right answer took.
    errors
        Clean errors by status: problem+json, with Retry-After where it belongs.
    cut
        Connections that ended before a whole answer, as a client sees it.
    wrong
        Whatever must never be: another answer than the right one, or an error that is not clean.
    """

    right: list[float] = field(default_factory=list)
    errors: Counter[int] = field(default_factory=Counter)
    cut: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def all(self) -> int:
        """Number of requests."""
        return len(self.right) + self.errors.total() + self.cut + len(self.wrong)

    def add(self, other: Tally) -> None:
        """Count another's, too."""
        self.right += other.right
        self.errors += other.errors
        self.cut += other.cut
        self.wrong += other.wrong

    def __str__(self) -> str:
        errors = ", ".join(f"{number} x {status}" for status, number in sorted(self.errors.items()))
        return (
            f"{self.all} requests, {len(self.right)} right, errors: {errors or 'none'}, "
            f"{self.cut} cut, {len(self.wrong)} wrong; {spread(self.right)}"
        )


def spread(seconds: Sequence[float]) -> str:
    """Median, 95th percentile and maximum in milliseconds."""
    if not seconds:
        return "no figures"
    return (
        f"p50 {percentile(seconds, 50):.0f} ms, p95 {percentile(seconds, 95):.0f} ms, "
        f"max {max(seconds) * 1000:.0f} ms"
    )


def percentile(seconds: Sequence[float], part: float) -> float:
    """A percentile in milliseconds."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part / 100))] * 1000


@dataclass
class Reply:
    """What one request got."""

    status: int
    headers: dict[str, str]
    body: bytes


class Asker:
    """One connection that is opened again when it has ended.

    Parameters
    ----------
    source
        Loopback address to ask from: budgets go by it.
    """

    def __init__(self, service: Service, source: str, *, timeout: float = _TIMEOUT) -> None:
        address = urllib.parse.urlsplit(service.address)
        assert address.hostname
        assert address.port
        self.target = (address.hostname, address.port)
        self.source, self.timeout = source, timeout
        self.connection: http.client.HTTPConnection | None = None

    def ask(self, query: str, accept: str = RESULTS) -> Reply | None:
        """The reply; None when the connection ended before all of it was there."""
        return self.get("/sparql?query=" + urllib.parse.quote(query), accept)

    def get(self, path: str, accept: str = RESULTS) -> Reply | None:
        """The same for any path."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection(
                *self.target, timeout=self.timeout, source_address=(self.source, 0)
            )
        try:
            self.connection.request("GET", path, headers={"Accept": accept})
            with self.connection.getresponse() as answer:
                body = answer.read()
                headers = {name.lower(): value for name, value in answer.getheaders()}
                return Reply(answer.status, headers, body)
        except (OSError, http.client.HTTPException):
            self.close()
            return None

    def close(self) -> None:
        """End the connection."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def judge(
    reply: Reply | None, right: Callable[[Reply], bool], seconds: float, tally: Tally
) -> None:
    """Count one reply."""
    if reply is None:
        tally.cut += 1
    elif reply.status == 200:
        try:
            is_right = right(reply)
        except (ValueError, KeyError):
            is_right = False
        if is_right:
            tally.right.append(seconds)
        else:
            tally.wrong.append(f"200 with {reply.body[:100]!r}")
    elif fault := unclean(reply):
        tally.wrong.append(fault)
    else:
        tally.errors[reply.status] += 1


def unclean(reply: Reply) -> str:
    """What is amiss with an error; empty when nothing is."""
    try:
        problem = json.loads(reply.body)
    except ValueError:
        problem = {}
    if reply.headers.get("content-type") != "application/problem+json":
        return f"{reply.status} as {reply.headers.get('content-type')}: {reply.body[:100]!r}"
    if problem.get("status") != reply.status:
        return f"{reply.status} that says {problem}"
    if reply.status in (429, 503) and not reply.headers.get("retry-after", "").isdecimal():
        return f"{reply.status} without Retry-After"
    return ""


_fresh = itertools.count()


def changed(query: str) -> str:
    """The same query in other words, so that no kept answer serves."""
    return f"{query}\n# {next(_fresh)}"


class Load:
    """Clients that ask until they are told to stop, each from an address of its own.

    Parameters
    ----------
    pause
        Mean seconds between an answer and the next question of a client.
    fresh
        Part of the questions that no kept answer serves.
    """

    def __init__(
        self,
        service: Service,
        known: Sequence[Question],
        *,
        clients: int = 4,
        pause: float = 0.02,
        fresh: float = 0.5,
    ) -> None:
        self.service, self.known = service, known
        self.pause, self.fresh = pause, fresh
        self.tallies = [Tally() for _ in range(clients)]
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, args=(number,), daemon=True)
            for number in range(clients)
        ]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(_TIMEOUT + 5)

    @property
    def tally(self) -> Tally:
        """Of all clients together."""
        total = Tally()
        for tally in self.tallies:
            total.add(tally)
        return total

    def _work(self, number: int) -> None:
        choose = random.Random(number)
        asker = Asker(self.service, f"127.0.0.{number + 2}")
        while not self._stop.is_set():
            question = choose.choice(self.known)
            query = changed(question.query) if choose.random() < self.fresh else question.query
            began = time.perf_counter()
            reply = asker.ask(query)
            seconds = time.perf_counter() - began
            judge(
                reply,
                lambda reply, wanted=question.right: checksum(reply.body) == wanted,  # type: ignore[misc]
                seconds,
                self.tallies[number],
            )
            self._stop.wait(choose.expovariate(1 / self.pause))
        asker.close()


def seconds_to_answer(service: Service, question: Question, most: float = 20.0) -> float:
    """Seconds from now until a new connection gets the right answer from a worker."""
    began = time.perf_counter()
    while time.perf_counter() - began < most:
        asker = Asker(service, "127.0.0.99", timeout=most)
        reply = asker.ask(changed(question.query))
        asker.close()
        if reply is not None and reply.status == 200 and checksum(reply.body) == question.right:
            return time.perf_counter() - began
        time.sleep(0.01)
    raise AssertionError(f"no right answer within {most} s")


# Processes


@dataclass(frozen=True)
class Process:
    """One process as /proc shows it."""

    number: int
    parent: int
    state: str
    line: str


@dataclass(frozen=True)
class Family:
    """The processes of one service."""

    supervisor: int
    everyone: tuple[Process, ...]

    @property
    def web(self) -> list[int]:
        """Web processes."""
        return [p.number for p in self.everyone if "kg.server.web" in p.line]

    @property
    def spawners(self) -> list[int]:
        """Spawners: children of the supervisor."""
        return [p.number for p in self._spawned if p.parent == self.supervisor]

    @property
    def workers(self) -> list[int]:
        """Workers: children of a spawner that have its command line."""
        spawners = set(self.spawners)
        return [p.number for p in self._spawned if p.parent in spawners]

    @property
    def zombies(self) -> list[int]:
        """Processes that have ended and that nobody has asked for."""
        return [p.number for p in self.everyone if p.state == "Z"]

    @property
    def _spawned(self) -> list[Process]:
        return [p for p in self.everyone if "kg.server.spawner" in p.line]


def family(service: Service) -> Family:
    """The processes of a service now; only descendants of the one that the test started."""
    known = {process.number: process for process in _processes()}
    members = {service.process.pid}
    while more := {p.number for p in known.values() if p.parent in members} - members:
        members |= more
    return Family(service.process.pid, tuple(known[n] for n in sorted(members) if n in known))


def _processes() -> Iterator[Process]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            # It may end while we look.
            with suppress(OSError, ValueError):
                status = (folder / "stat").read_text().rpartition(")")[2].split()
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                yield Process(int(folder.name), int(status[1]), status[0], line)


def settled(service: Service, *, web: int = 1, spawners: int = 1, most: float = 15.0) -> Family:
    """The family as soon as it is what it should be: nobody missing, nobody left over."""
    deadline = time.monotonic() + most
    while True:
        now = family(service)
        sizes = (len(now.web), len(now.spawners), len(now.workers), len(now.zombies))
        if sizes == (web, spawners, QUICK_WORKERS, 0):
            return now
        assert time.monotonic() < deadline, f"web, spawners, workers, zombies: {sizes}"
        time.sleep(0.05)


def open_files(process: int) -> int:
    """File slots that a process has taken."""
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


def memory(service: Service) -> int:
    """Bytes of the whole tree; what processes share counts once (proportional set size)."""
    total = 0
    for process in family(service).everyone:
        with suppress(OSError):
            rollup = Path(f"/proc/{process.number}/smaps_rollup").read_text()
            found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
            total += int(found[1]) * 1024 if found else 0
    return total


@contextmanager
def watched_memory(service: Service, every: float = 1.0) -> Iterator[list[int]]:
    """Bytes of the whole tree, again and again."""
    samples: list[int] = [memory(service)]
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(every):
            samples.append(memory(service))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield samples
    finally:
        stop.set()
        thread.join()
