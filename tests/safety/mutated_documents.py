"""Curated files and N-Quads by the thousand: sound ones with some bytes or lines changed.

The same seed gives the same documents. Many are read in one process, which says what it does
before and after each, so that one that ends it is known.
"""

from __future__ import annotations

import json
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from kg.resources import shipped_facts
from tests.safety.endpoint import CANARY_TEXT, Traps, small_dataset, traps
from tests.safety.hostile_documents import Reader
from tests.safety.reading import FACTS, SECONDS

_BYTES: Final = 2 << 30
_BATCH: Final = 500
# One of so many that are taken is built in full, with rules and shapes: that takes seconds.
_BUILT: Final = 50
_SEEDS: Final = ("city/kigali.yaml", "city/zurich.yaml", "source/abu-dhabi.yaml")
_PIECES: Final = (
    *(
        b"'",
        b'"',
        b"[",
        b"]",
        b"{",
        b"}",
        b": ",
        b"- ",
        b"#",
        b"&a ",
        b"*a ",
        b"!!x ",
        b"<<: ",
        b"|\n",
    ),
    *(b"\x00", b"\xff", b"\xef\xbb\xbf", b"\t", b"\r", b"\r\n", b"\\", b'"\\u202e"', b'"\\ud800"'),
    *("\u202e".encode(), "\u200b".encode(), "\u2028".encode(), "：".encode(), "e\u0301".encode()),
    *(
        b"[" * 200,
        b"9" * 6_000,
        b"a" * 6_000,
        b"NO",
        b"~",
        b"@id: ",
        b"@context: LISTENER\n",
        b"CANARY",
    ),
    *(b" <a:b> .\n", b"<< ", b"^^<a:b>", b"@en--ltr", b"_:b ", b"<javascript:a>", b"\\u0000"),
)


def sound_documents() -> list[tuple[Reader, bytes]]:
    """Files that ship or that tests use, and some quads."""
    curated = [shipped_facts() / name for name in _SEEDS]
    curated += sorted(FACTS.rglob("*.yaml"))
    quads = b"".join(small_dataset().splitlines(keepends=True)[:40])
    found: list[tuple[Reader, bytes]] = [("facts", path.read_bytes()) for path in curated]
    return [*found, ("dataset", quads), ("dataset", quads)]


def mutated_documents(number: int, seed: int) -> Iterator[tuple[Reader, bytes]]:
    """So many documents, each with one to five faults."""
    chance = random.Random(seed)
    sound = sound_documents()
    for _ in range(number):
        reader, content = chance.choice(sound)
        for _ in range(chance.choice((1, 1, 2, 3, 5))):
            content = _damage(content, chance)
        yield reader, content


def _damage(content: bytes, chance: random.Random) -> bytes:
    kind = chance.randrange(7)
    at = chance.randrange(len(content) + 1)
    if kind == 0 and content:
        at = chance.randrange(len(content))
        return content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :]
    if kind == 1:
        return content[:at] + chance.choice(_PIECES) + content[at:]
    if kind == 2:
        return content[:at] + content[at + chance.choice((1, 2, 10, 200)) :]
    lines = content.splitlines(keepends=True)
    if not lines:
        return content
    line = chance.randrange(len(lines))
    if kind == 3:
        del lines[line]
    elif kind == 4:
        lines[line:line] = [lines[line]] * chance.choice((1, 3, 100))
    elif kind == 5:
        other = chance.randrange(len(lines))
        lines[line], lines[other] = lines[other], lines[line]
    else:
        lines[line] = chance.choice((b" ", b"  ", b"    ", b"- ")) + lines[line]
    return b"".join(lines)


def run_documents(
    number: int, seed: int, *, progress: Callable[[int, Counter[str]], None]
) -> tuple[Counter[str], list[tuple[int, str]], int]:
    """Read so many documents.

    Returns
    -------
    outcomes, faults, connections
        How often each came about, the documents (by number) with what was wrong, and how many
        connections were made.
    """
    outcomes: Counter[str] = Counter()
    faults: list[tuple[int, str]] = []
    documents = enumerate(mutated_documents(number, seed))
    with tempfile.TemporaryDirectory() as name, traps(Path(name)) as set_traps:
        while batch := list(islice(documents, _BATCH)):
            folder = Path(name) / "batch"
            (folder / "documents").mkdir(parents=True)
            shutil.copytree(FACTS, folder / "facts")
            for index, (reader, content) in batch:
                _write(folder / "documents" / f"{index}.{reader}", content, set_traps)
            _read_batch(folder, [index for index, _ in batch], outcomes, faults)
            shutil.rmtree(folder)
            progress(outcomes.total(), outcomes)
        return outcomes, faults, set_traps.listener.connections


def _write(path: Path, content: bytes, set_traps: Traps) -> None:
    content = content.replace(b"LISTENER", set_traps.listener.address.encode())
    path.write_bytes(content.replace(b"CANARY", set_traps.canary_address.encode()))


def _read_batch(
    folder: Path, waiting: list[int], outcomes: Counter[str], faults: list[tuple[int, str]]
) -> None:
    """Read documents in a process; when one ends it, go on after that one."""
    while waiting:
        done = subprocess.run(
            [sys.executable, "-m", "tests.safety.mutated_documents", str(folder), str(waiting[0])],
            capture_output=True,
        )
        read = [json.loads(line) for line in done.stdout.splitlines()]
        for line in read:
            outcomes[line["outcome"]] += 1
            if line["fault"]:
                faults.append((line["index"], line["fault"]))
        if CANARY_TEXT.encode() in done.stdout + done.stderr:
            faults.append((waiting[0], "the text of the file was seen"))
        waiting = waiting[len(read) :]
        if waiting:
            said = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
            outcomes["ended"] += 1
            faults.append((waiting.pop(0), f"exit status {done.returncode}: {said}"))


# In the process that reads


def _read_one(path: Path, folder: Path, taken: int) -> str:
    from kg.build import build, read_dataset
    from kg.store.embedded import EmbeddedStore

    if path.suffix == ".dataset":
        EmbeddedStore.from_file(path).query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
        return "dataset taken"
    shutil.copyfile(path, folder / "facts" / "city" / "hostile.yaml")
    read_dataset(folder / "facts")
    if taken % _BUILT == 0:
        build(folder / "facts")
    return "file taken"


def _main(folder: Path, first: int) -> None:
    from kg.errors import KgError

    resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    paths = sorted((folder / "documents").iterdir(), key=lambda path: int(path.stem))
    taken = 1
    for path in paths:
        if int(path.stem) < first:
            continue
        signal.setitimer(signal.ITIMER_REAL, 2 * SECONDS)
        fault = ""
        try:
            outcome = _read_one(path, folder, taken)
            taken += outcome == "file taken"
        except KgError as error:
            outcome = f"{path.suffix[1:]} refused"
            error.render("zh")
            fault = "" if str(error) else "an error without words"
        except Exception as error:  # the fault that is looked for
            outcome = "error"
            fault = f"{type(error).__name__}: {error}"[:300]
        signal.setitimer(signal.ITIMER_REAL, 0)
        print(json.dumps({"index": int(path.stem), "outcome": outcome, "fault": fault}), flush=True)


if __name__ == "__main__":
    _main(Path(sys.argv[1]), int(sys.argv[2]))
