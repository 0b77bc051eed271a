"""Speed as ratios against a peer in the same run, in CPU time; prints a table, fails nothing.

python tests/benchmarks/run.py
"""

from __future__ import annotations

import gc
import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rapidfuzz import fuzz, process

import kg
from kg.build import build
from kg.catalogue import catalogue
from kg.resources import shipped_facts
from kg.store.embedded import EmbeddedStore

REPEATS = 9
SEARCHES = (
    *(
        "上海",
        "數據開放",
        "新加波",
        "参与式预算",
        "xinjiapo",
        "xjp",
        "sh",
        "Sinagpore",
        "open data",
    ),
    *("participatory budgeting", "smes go digitl", "digital twin", "open data portal of the city"),
)


def cpu_of(command: Sequence[str]) -> float:
    """CPU seconds (user and system) of a process, the median of several runs."""
    seconds = []
    for _ in range(REPEATS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(seconds)


def time_of(call: Callable[[], object], *, repeats: int) -> float:
    """CPU seconds of a call, the median of several runs.

    As in ``timeit``, the garbage collector rests: it would walk the peer's objects in our time.
    """
    seconds = []
    gc.disable()
    try:
        for _ in range(repeats):
            started = time.process_time()
            call()
            seconds.append(time.process_time() - started)
    finally:
        gc.enable()
    return statistics.median(seconds)


def show(what: str, value: float, unit: str, wanted: str) -> None:
    """Print one line of the table."""
    print(f"{what:<58} {value:>9.3f} {unit:<4} {wanted}", flush=True)


def main() -> None:
    """Run all measurements."""
    program = str(Path(sys.executable).parent / "kg")
    with tempfile.TemporaryDirectory() as cache:
        os.environ["KG_CACHE"] = cache
        subprocess.run([program, "recur"], check=True, capture_output=True)
        peer = cpu_of([sys.executable, "-c", "import rdflib"])
        show("python -c 'import rdflib', CPU", peer, "s", "peer")
        show("cold kg recur / import rdflib", cpu_of([program, "recur"]) / peer, "x", "<= 1.3")
        show("kg --help / import rdflib", cpu_of([program, "--help"]) / peer, "x", "<= 0.5")
        graph = kg.open()
        dataset = graph.rdflib()
        # The store itself: kept answers of named queries would not be a measure of the engine.
        store = EmbeddedStore(graph.embedded("benchmark").dataset)
        ratios, medians = [], []
        for query in catalogue().values():
            ours = time_of(lambda text=query.text: store.query(text), repeats=REPEATS)  # type: ignore[misc]
            theirs = time_of(lambda text=query.text: list(dataset.query(text)), repeats=1)  # type: ignore[misc]
            ratios.append(theirs / max(ours, 1e-6))
            medians.append((ours, query.name))
        slowest, name = max(medians)
        middle = statistics.median(seconds for seconds, _ in medians)
        show("catalogue query, median", middle * 1000, "ms", "< 20")
        show(f"slowest catalogue query ({name})", slowest * 1000, "ms", "< 20")
        show(
            "rdflib's engine / ours, geometric mean over the catalogue",
            math.exp(statistics.fmean(math.log(ratio) for ratio in ratios)),
            "x",
            ">= 20",
        )
        names = [name for _, name, _ in graph._any_names]
        searches = [
            (
                time_of(lambda text=text: graph.search(text), repeats=REPEATS),  # type: ignore[misc]
                time_of(
                    lambda text=text: process.extract(text, names, scorer=fuzz.WRatio),  # type: ignore[misc]
                    repeats=REPEATS,
                ),
            )
            for text in SEARCHES
        ]
        show("search, median", statistics.median(own for own, _ in searches) * 1000, "ms", "< 15")
        show("slowest search", max(own for own, _ in searches) * 1000, "ms", "< 30")
        show(
            "search / rapidfuzz's WRatio over the names alone, median",
            statistics.median(ours / theirs for ours, theirs in searches),
            "x",
            "<= 1",
        )
        started = time.process_time()
        build(shipped_facts())
        show("full build with all checks, CPU", time.process_time() - started, "s", "< 60")


if __name__ == "__main__":
    main()
