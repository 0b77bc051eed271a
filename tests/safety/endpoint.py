"""Guard and pool as the web process uses them, and traps for what must not happen.

A listener on loopback counts who comes, and a file holds a text that no answer may contain.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kg.server.guard import check_query
from kg.server.limits import Limits
from kg.server.pool import Pool
from kg.server.wire import Job

LIMITS: Final = Limits(
    quick_seconds=0.1,
    slow_seconds=1.0,
    slow_workers=4,
    queue_seconds=5.0,
    worker_bytes=256 << 20,
    answer_bytes=4 << 20,
)
"""Shorter and smaller than those of a service, so that hundreds of bad queries take a minute."""
CANARY_TEXT: Final = "canary-8d1c2f4b"
_THINGS: Final = 600
_GOOD: Final = (
    "PREFIX e: <http://example.org/> "
    "SELECT (COUNT(*) AS ?n) { ?s e:kind e:kind-3 ; e:next/e:next ?t . ?t e:label ?l }"
)


def small_dataset() -> bytes:
    """Some thousand quads: few predicates that all things share, cycles, texts, named graphs."""
    base = "http://example.org/"
    lines: list[str] = []
    for i in range(_THINGS):
        thing = f"<{base}thing/{i}>"
        graph = f"<{base}graph/{i % 5}>"
        for quad in (
            f"{thing} <{base}kind> <{base}kind-{i % 7}>",
            f"{thing} <{base}next> <{base}thing/{(i * 7 + 1) % _THINGS}>",
            f'{thing} <{base}label> "thing {i}"@en',
            f'{thing} <{base}size> "{i}"^^<http://www.w3.org/2001/XMLSchema#integer>',
        ):
            lines += (f"{quad} .", f"{quad} {graph} .")
    return "\n".join(lines).encode("ascii") + b"\n"


class Listener:
    """Counts connections; whoever comes gets nothing."""

    def __init__(self) -> None:
        self.connections = 0
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(16)
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def address(self) -> str:
        """Such as ``http://127.0.0.1:41234/``."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/"

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()

    def __enter__(self) -> Listener:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)


@dataclass
class Traps:
    """What must not happen: a connection, the text of a file."""

    listener: Listener
    canary: Path

    @property
    def canary_address(self) -> str:
        """The file, as an IRI."""
        return self.canary.as_uri()


@contextmanager
def traps(folder: Path) -> Iterator[Traps]:
    """Set traps; the file lies in a folder, under a name that its text does not give away."""
    canary = folder / "secret.ttl"
    canary.write_text(f'<http://example.org/{CANARY_TEXT}> <a:b> "{CANARY_TEXT}" .\n')
    with Listener() as listener:
        yield Traps(listener, canary)


@dataclass
class Seen:
    """What became of one query.

    Attributes
    ----------
    good
        Whether the good query that came next was answered rightly.
    leaked
        Whether the text of the file was seen.
    """

    outcome: str
    seconds: float
    good: bool
    leaked: bool
    text: str = ""


@dataclass
class Endpoint:
    """A guard and a pool."""

    pool: Pool
    traps: Traps
    _right: bytes = field(default=b"", repr=False)

    async def ask(self, query: str) -> Seen:
        """Put one query, then a good one."""
        clock = asyncio.get_running_loop().time
        began = clock()
        refused = check_query(query, LIMITS)
        if refused is not None:
            return Seen(refused.code, clock() - began, True, False)
        result = await self.pool.run(Job(query, "json", "turtle"))
        good = await self.pool.run(Job(_GOOD, "json", "turtle"))
        body = result.body + result.text.encode("utf-8")
        return Seen(
            result.outcome,
            result.seconds,
            good.outcome == "answer" and good.body == self._right,
            CANARY_TEXT.encode() in body,
            result.text,
        )

    async def learn(self) -> None:
        """Ask the good query once and work its answer out by hand, too."""
        result = await self.pool.run(Job(_GOOD, "json", "turtle"))
        assert result.outcome == "answer", result
        # Each thing of a kind has one next, and that one has one; all have one name.
        expected = sum(1 for i in range(_THINGS) if i % 7 == 3)
        (row,) = json.loads(result.body)["results"]["bindings"]
        assert row["n"]["value"] == str(expected)
        self._right = result.body


@asynccontextmanager
async def endpoint(isolation: str, set_traps: Traps) -> AsyncIterator[Endpoint]:
    """Start a spawner with the small dataset, and a pool in this process.

    Raises
    ------
    RuntimeError
        The spawner did not start; for one way of isolation the system may lack the means.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = small_dataset()
        (folder / "data.nq").write_bytes(data)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with listener:
            listener.bind(str(folder / "socket"))
            listener.listen(4)
            spawner = subprocess.Popen(
                [
                    *(sys.executable, "-m", "kg.server.spawner"),
                    *("--listen", str(listener.fileno()), "--parent", str(os.getpid())),
                    *("--data", str(folder / "data.nq")),
                    *("--sha256", hashlib.sha256(data).hexdigest()),
                    *("--isolation", isolation, "--seconds", str(LIMITS.slow_seconds + 0.5)),
                    *("--worker-bytes", str(LIMITS.worker_bytes)),
                    *("--answer-bytes", str(LIMITS.answer_bytes)),
                ],
                pass_fds=[listener.fileno()],
                stdout=subprocess.PIPE,
            )
        pool = Pool(str(folder / "socket"), LIMITS)
        try:
            assert spawner.stdout is not None
            said = json.loads(spawner.stdout.readline())
            if said.get("ready") != isolation:
                raise RuntimeError(said)
            await pool.open()
            started = Endpoint(pool, set_traps)
            await started.learn()
            yield started
            await pool.close()
        finally:
            spawner.kill()
            spawner.communicate()
