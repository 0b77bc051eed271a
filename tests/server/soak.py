"""Good clients beside one that only sends bombs; prints what each got and what the service used.

python -m tests.server.soak [--seconds 600]
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import kg
from kg.build import canonical_nquads
from kg.publishing.versions import publish
from tests.server.conftest import Service, start_service
from tests.server.load import (
    Asker,
    Load,
    Question,
    Tally,
    changed,
    memory,
    percentile,
    questions,
    settled,
    unclean,
    watched_memory,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

GOOD_CLIENTS: Final = 8
PAUSE: Final = 0.25
"""Mean seconds between the questions of a good client: a person or a page, not a crawler."""

BOMBS: Final[dict[str, str]] = {
    # Short work for either side,
    "deep parentheses": "SELECT * WHERE { FILTER(" + "(" * 9_000 + "1" + ")" * 9_000 + ") }",
    "deep groups": "SELECT * WHERE " + "{" * 5_000 + "}" * 5_000,
    "long sum": "SELECT (" + "+".join(["1"] * 9_000) + " AS ?n) {}",
    "many unions": "SELECT * WHERE { " + " UNION ".join(["{ ?a ?b ?c }"] * 3_000) + " }",
    "nested optionals": "SELECT * WHERE { " + "OPTIONAL { ?a ?b ?c " * 1_500 + "} " * 1_500 + "}",
    "service": "SELECT * WHERE { SERVICE <http://127.0.0.1:9/> { ?a ?b ?c } }",
    "not SPARQL": "SELECT * WHERE { ?a ?b",
    # and those that run into a limit.
    "cross product": "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "sorted product": "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f ?a",
    "distinct product": "SELECT DISTINCT ?a ?f WHERE { ?a ?b ?c . ?d ?e ?f }",
    "grouped product": (
        "SELECT (GROUP_CONCAT(STR(?c)) AS ?all) WHERE { ?a ?b ?c . ?d ?e ?f } GROUP BY ?a"
    ),
    "closure of a closure": "SELECT * WHERE { ?a (!<urn:x>*)* ?b }",
    "closure both ways": "SELECT (COUNT(*) AS ?n) WHERE { ?a (!<urn:x>|^!<urn:y>)* ?b }",
    "doubled text": "SELECT ?t30 WHERE { BIND('0123456789abcdef' AS ?t0) "
    + " ".join(f"BIND(CONCAT(?t{n}, ?t{n}) AS ?t{n + 1})" for n in range(30))
    + " }",
    "everything, twice": "SELECT * WHERE { ?a ?b ?c . ?a ?d ?e . ?e ?f ?g . ?h ?i ?g }",
}
CODES: Final = {400, 403, 413, 414, 429, 503, 504}
"""Whatever a bomb may get: refused, ended, told to wait; never an answer, never a fault of ours."""


@dataclass
class Soak:
    """What a run has shown.

    Attributes
    ----------
    bombs
        Statuses that the bomber got; 0 where there was no whole answer.
    wrong
        Errors to the bomber that were not as they should be.
    peak
        Bytes of the whole tree at its largest.
    before, after
        Bytes of the whole tree when nobody asks.
    web_before, web_after
        The web process: the same one.
    """

    good: Tally
    bombs: Counter[int]
    wrong: list[str]
    peak: int
    before: int
    after: int
    web_before: list[int]
    web_after: list[int]

    @property
    def success(self) -> float:
        """Part of the good requests that got the right answer."""
        return len(self.good.right) / self.good.all

    def __str__(self) -> str:
        return (
            f"good: {self.good}\n"
            f"success {self.success:.3%}, p95 {percentile(self.good.right, 95):.0f} ms\n"
            f"bombs: {dict(sorted(self.bombs.items()))}, amiss: {self.wrong[:3] or 'none'}\n"
            f"memory: {self.peak / (1 << 20):.0f} MiB at most, {self.before / (1 << 20):.0f} MiB "
            f"idle before and {self.after / (1 << 20):.0f} MiB after; web process restarted: "
            f"{self.web_before != self.web_after}"
        )


@contextmanager
def bomber(service: Service, seen: Counter[int], wrong: list[str]) -> Iterator[None]:
    """One client that sends nothing but bombs on two connections, without a pause."""
    stop = threading.Event()
    names = itertools.cycle(BOMBS)

    def work() -> None:
        asker = Asker(service, "127.0.0.66")
        while not stop.is_set():
            name = next(names)
            reply = asker.ask(changed(BOMBS[name]))
            seen[0 if reply is None else reply.status] += 1
            if reply is None or reply.status not in CODES:
                wrong.append(f"{name}: {reply and (reply.status, reply.body[:80])}")
            elif fault := unclean(reply):
                wrong.append(f"{name}: {fault}")
        asker.close()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(40)


def soak(service: Service, known: Sequence[Question], seconds: float) -> Soak:
    """Let all of them ask for so many seconds."""
    before = settled(service)
    idle = memory(service)
    seen: Counter[int] = Counter()
    wrong: list[str] = []
    with (
        watched_memory(service) as samples,
        bomber(service, seen, wrong),
        Load(service, known, clients=GOOD_CLIENTS, pause=PAUSE) as load,
    ):
        time.sleep(seconds)
    after = settled(service)
    return Soak(
        good=load.tally,
        bombs=seen,
        wrong=wrong,
        peak=max(samples),
        before=idle,
        after=memory(service),
        web_before=before.web,
        web_after=after.web,
    )


def main() -> None:
    """Run the long version."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=600)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "published"
        nquads = canonical_nquads(kg.open().embedded("tests").dataset)
        publish(root, nquads)
        known = questions(nquads)
        service = start_service(root, Path(folder) / "log")
        try:
            print(soak(service, known, options.seconds), flush=True)
            settled(service)
            print(f"exit status {service.stop()}")
        finally:
            service.process.kill()


if __name__ == "__main__":
    main()
