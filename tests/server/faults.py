"""Processes of a running service are killed under load; prints what clients saw.

python -m tests.server.faults [--worker-kills 200] [--web-kills 20] [--spawner-kills 10]
    [--publication-kills 100]

Only descendants of the service that this program has started itself are killed.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import kg
from kg.build import canonical_nquads
from kg.publishing.versions import publish
from tests.server import publications
from tests.server.conftest import Service, start_service
from tests.server.load import (
    Family,
    Load,
    Question,
    Tally,
    family,
    questions,
    seconds_to_answer,
    settled,
    spread,
)


@dataclass
class Report:
    """What a series of kills did.

    Attributes
    ----------
    again
        Seconds from each kill to the next right answer of a worker on a new connection.
    """

    what: str
    kills: int
    again: list[float]
    tally: Tally

    def __str__(self) -> str:
        return (
            f"{self.kills} x kill {self.what}: answers again {spread(self.again)}\n  {self.tally}"
        )


def kill_again_and_again(
    service: Service,
    known: Sequence[Question],
    what: str,
    choose: Callable[[Family], list[int]],
    kills: int,
    *,
    pause: float,
) -> Report:
    """Kill one of some processes, wait until the service answers, and so on.

    Parameters
    ----------
    pause
        Most seconds between an answer and the next kill.
    """
    chance = random.Random(kills)
    again: list[float] = []
    with Load(service, known) as load:
        while len(again) < kills:
            time.sleep(chance.random() * pause)
            victims = choose(family(service))
            if not victims:
                continue
            try:
                os.kill(chance.choice(victims), signal.SIGKILL)
            except ProcessLookupError:  # it had done its number of queries just then
                continue
            again.append(seconds_to_answer(service, known[0]))
    return Report(what, kills, again, load.tally)


def kill_workers(service: Service, known: Sequence[Question], kills: int) -> Report:
    """Kill random workers."""
    return kill_again_and_again(
        service, known, "a worker", lambda now: now.workers, kills, pause=0.15
    )


def kill_web(service: Service, known: Sequence[Question], kills: int) -> Report:
    """Kill the web process; each lives a while, as one that ends at its start is not hurried."""
    return kill_again_and_again(
        service, known, "the web process", lambda now: now.web, kills, pause=2.0
    )


def kill_spawners(service: Service, known: Sequence[Question], kills: int) -> Report:
    """Kill the spawner, and all workers with it."""
    return kill_again_and_again(
        service, known, "the spawner", lambda now: now.spawners, kills, pause=0.5
    )


def main() -> None:
    """Run the long versions."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--worker-kills", type=int, default=200)
    parser.add_argument("--web-kills", type=int, default=20)
    parser.add_argument("--spawner-kills", type=int, default=10)
    parser.add_argument("--publication-kills", type=int, default=100)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "published"
        nquads = canonical_nquads(kg.open().embedded("tests").dataset)
        publish(root, nquads)
        known = questions(nquads)
        service = start_service(root, Path(folder) / "log", "--client-seconds", "0")
        try:
            for series, kills in (
                (kill_workers, options.worker_kills),
                (kill_web, options.web_kills),
                (kill_spawners, options.spawner_kills),
            ):
                print(series(service, known, kills), flush=True)
                settled(service)
            print(f"exit status {service.stop()}", flush=True)
        finally:
            service.process.kill()
        print(publications.kill_publications(Path(folder) / "a", options.publication_kills))


if __name__ == "__main__":
    main()
