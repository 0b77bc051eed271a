"""Our endpoint beside others in the same run; prints a table, fails nothing. Linux.

python tests/benchmarks/server.py [--seconds 5] [--rounds 3]

Each server is pinned to one core and the load to another. The load is ``wrk`` where it is
installed, else a small client of our own, which is slower than a quick server: then ratios are
nearer to one than they should be. Servers take turns within each round, so that what else the
machine does meets all of them; the figures are medians over the rounds.

Beside ours: ``oxigraph serve-read-only``, the server of the same engine in Rust, and
rdflib-endpoint, where it is installed.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

import kg
from kg.build import canonical_nquads
from kg.publishing.versions import publish
from kg.server.limits import Limits
from kg.server.pool import Pool
from kg.server.supervisor import Supervisor
from kg.server.wire import Job
from kg.server.worker import evaluate
from kg.terms import ID

ACCEPT: Final = "application/sparql-results+json"
POINT: Final = f"SELECT ?p ?o WHERE {{ <{ID}city/singapore> ?p ?o }}"
ROWS: Final = "SELECT ?s ?p ?o WHERE { ?s ?p ?o } LIMIT 10000"
MEBIBYTE: Final = 1 << 20


@dataclass(frozen=True)
class Server:
    """A server that runs.

    Attributes
    ----------
    path
        Of its endpoint.
    """

    name: str
    port: int
    path: str
    process: subprocess.Popen[bytes]


def free_port() -> int:
    """A port of loopback that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(name: str, path: str, port: int, command: Sequence[str], core: int) -> Iterator[Server]:
    """A server on one core, from its first right answer on."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
    )
    server = Server(name, port, path, process)
    try:
        deadline = time.monotonic() + 300
        while True:
            with suppress(OSError, http.client.HTTPException):
                if ask(server, POINT) > 100:
                    break
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{name} does not answer")
            time.sleep(0.2)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def ask(server: Server, query: str) -> int:
    """Length of one answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", target(server, query), headers={"Accept": ACCEPT})
    with connection.getresponse() as answer:
        body = answer.read()
        if answer.status != 200:
            raise http.client.HTTPException(f"{server.name}: {answer.status} {body[:200]!r}")
    connection.close()
    return len(body)


def target(server: Server, query: str) -> str:
    """Path and query string."""
    return f"{server.path}?query={urllib.parse.quote(query)}"


# Load


def wrk(
    server: Server,
    query: str,
    *,
    connections: int,
    seconds: float,
    changing: bool,
    tag: str,
    core: int,
) -> float:
    """Answers a second, by wrk.

    Parameters
    ----------
    changing
        A comment makes each query another one.
    tag
        Entity tag to send as If-None-Match.
    """
    last = f' .. "%20%23{time.monotonic_ns()}x" .. n' if changing else ""
    script = f"""
        local n = 0
        wrk.headers["Accept"] = "{ACCEPT}"
        {f"wrk.headers['If-None-Match'] = '{tag}'" if tag else ""}
        request = function()
            n = n + 1
            return wrk.format("GET", "{target(server, query)}"{last})
        end
    """
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        done = subprocess.run(
            [
                *("wrk", "--threads", "1", "--connections", str(connections)),
                *("--duration", f"{seconds:g}s", "--timeout", "30s", "--script", file.name),
                f"http://127.0.0.1:{server.port}",
            ],
            capture_output=True,
            text=True,
            check=True,
            preexec_fn=lambda: os.sched_setaffinity(0, {core}),
        )
    if "Non-2xx" in done.stdout:
        raise RuntimeError(f"{server.name}: {done.stdout}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    assert found is not None
    return float(found[1])


def own_load(
    server: Server,
    query: str,
    *,
    connections: int,
    seconds: float,
    changing: bool,
    tag: str,
    core: int,
) -> float:
    """Answers a second, by threads of this process."""
    os.sched_setaffinity(0, {core})
    headers = {"Accept": ACCEPT, **({"If-None-Match": tag} if tag else {})}
    counts = [0] * connections
    until = time.perf_counter() + seconds

    def work(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        while time.perf_counter() < until:
            text = f"{query} #{number}x{time.monotonic_ns()}" if changing else query
            connection.request("GET", target(server, text), headers=headers)
            with connection.getresponse() as answer:
                answer.read()
                if answer.status not in (200, 304):
                    raise RuntimeError(f"{server.name}: {answer.status}")
            counts[number] += 1
        connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def entity_tag(server: Server, query: str) -> str:
    """The tag that an answer bears; empty where the server gives none."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", target(server, query), headers={"Accept": ACCEPT})
    with connection.getresponse() as answer:
        answer.read()
        return answer.headers.get("etag") or ""


# What is measured


@dataclass(frozen=True)
class Course:
    """One measurement: a query as often as it goes.

    Attributes
    ----------
    goals
        Least ratio of ours to a peer's.
    """

    name: str
    query: str
    connections: int
    changing: bool
    goals: dict[str, float]
    known: bool = False
    """The client has the answer already and asks whether it is still right."""


BESIDE: Final = {"oxigraph": 0.25, "rdflib-endpoint": 2.5}
COURSES: Final = (
    Course("point query, new each time, 1 connection", POINT, 1, True, BESIDE),
    Course("point query, new each time, 16 connections", POINT, 16, True, BESIDE),
    Course("point query, the same, 1 connection", POINT, 1, False, {"oxigraph": 0.6}),
    Course("point query, the same, 16 connections", POINT, 16, False, {"oxigraph": 0.6}),
    Course("point query, 304, 16 connections", POINT, 16, False, {"oxigraph": 0.6}, known=True),
    Course("10,000 rows, new each time, 1 connection", ROWS, 1, True, {"oxigraph": 0.7}),
    Course("10,000 rows, the same, 1 connection", ROWS, 1, False, {"oxigraph": 0.7}),
)


def compare(servers: Sequence[Server], *, seconds: float, rounds: int, core: int) -> None:
    """Let all servers run all courses, and print answers a second and ratios."""
    load = wrk if shutil.which("wrk") else own_load
    for course in COURSES:
        rates: dict[str, list[float]] = {server.name: [] for server in servers}
        for turn in range(rounds + 1):
            for server in servers:
                if server.name not in ("ours", *course.goals):
                    continue
                tag = entity_tag(server, course.query) if course.known else ""
                rate = load(
                    server,
                    course.query,
                    connections=course.connections,
                    seconds=1 if turn == 0 else seconds,  # the first turn warms up
                    changing=course.changing,
                    tag=tag,
                    core=core,
                )
                if turn:
                    rates[server.name].append(rate)
        ours = statistics.median(rates["ours"])
        print(f"{course.name:<46} {ours:>9.1f}/s  ours")
        for peer, goal in course.goals.items():
            if rates.get(peer):
                theirs = statistics.median(rates[peer])
                print(
                    f"{'':<46} {theirs:>9.1f}/s  {peer}; ours / theirs {ours / theirs:>6.2f}, "
                    f"goal >= {goal:g}",
                    flush=True,
                )


def idle_memory(server: Server) -> tuple[float, int]:
    """Mebibytes and number of processes of a server's tree; shared pages count once."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with suppress(OSError):
                status = (folder / "stat").read_text().rpartition(")")[2].split()
                parents[int(folder.name)] = int(status[1])
    tree = {server.process.pid}
    while more := {child for child, parent in parents.items() if parent in tree} - tree:
        tree |= more
    total = 0
    for process in tree:
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
        found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
        assert found is not None
        total += int(found[1]) * 1024
    return total / MEBIBYTE, len(tree)


def time_of(call: Callable[[], object], repeats: int) -> float:
    """Milliseconds of a call, median."""
    seconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds) * 1000


async def pool_time(address: str, repeats: int) -> float:
    """Milliseconds of a point query through a pool, median."""
    pool = Pool(address, Limits(worker_queries=10 * repeats))
    await pool.open()
    seconds = []
    for number in range(repeats + 100):
        result = await pool.run(Job(f"{POINT} #{number}", "json", None))
        assert result.outcome == "answer"
        seconds.append(result.seconds)
    await pool.close()
    return statistics.median(seconds[100:]) * 1000


def isolation_price(root: Path, nquads: bytes) -> tuple[float, float]:
    """Milliseconds of a point query in this process, and through the pool."""
    dataset = ox.Store()
    dataset.load(nquads, format=ox.RdfFormat.N_QUADS, lenient=True)
    job = Job(POINT, "json", None)
    here = time_of(lambda: evaluate(dataset, job, MEBIBYTE, {}, {}), 2_000)
    with Supervisor(root, quiet=True) as supervisor:
        supervisor.start()
        assert supervisor.serving is not None
        # Only one web process at a time has a spawner: ours takes its place.
        assert supervisor.web is not None
        supervisor.web.kill()
        supervisor.web.wait()
        there = asyncio.run(pool_time(str(supervisor.serving.address), 2_000))
    return here, there


def main() -> None:
    """Run all measurements."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    ours, load = cores[0], cores[-1]
    programs = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "published"
        nquads = canonical_nquads(kg.open().embedded("benchmark").dataset)
        data = publish(root, nquads).data
        here, there = isolation_price(root, nquads)
        print(f"{'point query, evaluated in this process':<46} {here:>9.3f} ms")
        print(f"{'through the pool':<46} {there:>9.3f} ms; adds {there - here:.3f}, goal < 1")

        oxigraph = str(programs / "oxigraph")
        store = str(Path(folder) / "store")
        subprocess.run(
            [oxigraph, "load", "--location", store, "--file", str(data)],
            check=True,
            capture_output=True,
        )
        subprocess.run([oxigraph, "optimize", "--location", store], check=True, capture_output=True)
        ports = [free_port() for _ in range(3)]
        with (
            running(
                "ours",
                "/sparql",
                ports[0],
                [
                    *(sys.executable, "-c", "from kg.cli import main; main()"),
                    *("serve", str(root), "--port", str(ports[0]), "--client-seconds", "0"),
                    "--quiet",
                ],
                ours,
            ) as us,
            running(
                "oxigraph",
                "/query",
                ports[1],
                [
                    *(oxigraph, "serve-read-only", "--location", store),
                    *("--bind", f"127.0.0.1:{ports[1]}"),
                ],
                ours,
            ) as them,
        ):
            time.sleep(1)
            for server in (us, them):
                size, processes = idle_memory(server)
                goal = ", goal < 300" if server is us else ""
                what = f"idle memory of {server.name} ({processes} processes)"
                print(f"{what:<46} {size:>9.1f} MiB{goal}")
            if (programs / "rdflib-endpoint").exists():
                with running(
                    "rdflib-endpoint",
                    "/",
                    ports[2],
                    [
                        *(str(programs / "rdflib-endpoint"), "serve", str(data)),
                        *("--host", "127.0.0.1", "--port", str(ports[2])),
                    ],
                    ours,
                ) as slow:
                    servers = (us, them, slow)
                    compare(servers, seconds=options.seconds, rounds=options.rounds, core=load)
            else:
                compare((us, them), seconds=options.seconds, rounds=options.rounds, core=load)


if __name__ == "__main__":
    main()
