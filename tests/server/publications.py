"""Two small datasets that say which they are, and publications of them that are killed."""

from __future__ import annotations

import hashlib
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.publishing.versions import KEPT, current, publish, verify, versions

if TYPE_CHECKING:
    from tests.server.load import Question

ROWS: Final = 400
EVERYTHING: Final = "SELECT ?s ?which WHERE { ?s <urn:example:of> ?which }"


def dataset(which: str) -> bytes:
    """N-Quads of which every statement names its dataset: a mixture shows."""
    return b"".join(
        f'<urn:example:{number:04d}> <urn:example:of> "{which}" .\n'.encode()
        for number in range(ROWS)
    )


def question(which: str) -> Question:
    """The question of all statements, and the answer of one dataset."""
    import pyoxigraph as ox

    from tests.server.load import ask_here

    store = ox.Store()
    store.load(dataset(which), format=ox.RdfFormat.N_QUADS)
    return ask_here(store, which, EVERYTHING)


def check(root: Path, allowed: set[bytes]) -> bytes:
    """Content of the current version, which is whole and one of those that were published."""
    version = current(root)
    assert version is not None
    verify(version)
    content = version.data.read_bytes()
    assert content in allowed, hashlib.sha256(content).hexdigest()
    return content


def leftovers(root: Path) -> list[str]:
    """Whatever lies in the folder beside versions that are whole."""
    expected = {"versions", "current", ".lock"}
    found = [entry.name for entry in root.iterdir() if entry.name not in expected]
    whole = {version.name for version in versions(root)}
    found += [entry.name for entry in (root / "versions").iterdir() if entry.name not in whole]
    return found


# A child that publishes; killed from outside, or by itself before the N-th line that it runs of
# the modules that publish.
_CHILD: Final = """
import os, sys, itertools
from pathlib import Path
from kg.publishing.versions import publish
import kg.files, kg.publishing.versions as module
from tests.server.publications import dataset

root, mode = Path(sys.argv[1]), sys.argv[2]
if mode == "endless":
    print("began", flush=True)
    for number in itertools.count():
        publish(root, dataset(str(number % 2)))
files = {kg.files.__file__, module.__file__}
steps, last = 0, int(sys.argv[4])
def trace(frame, event, _):
    global steps
    if frame.f_code.co_filename not in files:
        return None
    if event == "line":
        steps += 1
        if steps == last:
            os._exit(77)
    return trace
sys.settrace(trace)
publish(root, dataset(sys.argv[3]))
"""


def publish_until_killed(root: Path, seconds: float) -> None:
    """Publish both datasets in turn in a child, which is killed after so many seconds."""
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(root), "endless"], stdout=subprocess.PIPE
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == b"began\n"
        time.sleep(seconds)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert child.stdout is not None
        child.stdout.close()


def publish_until_step(root: Path, which: str, step: int) -> bool:
    """Publish in a child that ends before one of its steps; whether it came so far."""
    command = [sys.executable, "-c", _CHILD, str(root), "step", which, str(step)]
    status = subprocess.run(command, check=False).returncode
    assert status in (0, 77)
    return status == 77


@dataclass
class Kills:
    """What was seen after publications that were killed."""

    kills: int = 0
    old: int = 0
    new: int = 0
    left: int = 0

    def __str__(self) -> str:
        return (
            f"{self.kills} publications killed: then the old version was current {self.old} times, "
            f"the new one {self.new} times, anything else never; something lay about {self.left} "
            "times, never after the next publication"
        )


def kill_publications(root: Path, kills: int) -> Kills:
    """Kill publications at random moments, and check what readers would see after each."""
    chance = random.Random(kills)
    both = {dataset("0"), dataset("1")}
    publish(root, dataset("0"))
    seen = Kills()
    for _ in range(kills):
        publish_until_killed(root, chance.random() * 0.05)
        seen.kills += 1
        # The child publishes one after the other: which of them is the old one then is all one.
        now = check(root, both)
        seen.new += now == dataset("1")
        seen.old += now == dataset("0")
        seen.left += bool(leftovers(root))
        after = (both - {now}).pop()
        assert publish(root, after).data.read_bytes() == check(root, {after})
        assert not leftovers(root)
        assert len(versions(root)) <= KEPT
    return seen


def kill_at_each_step(root: Path, every: int = 1) -> Kills:
    """End publications before each of their lines, or each n-th, with the third of versions kept.

    What is current afterwards is the old or the new, and the next publication clears up.
    """
    seen = Kills()
    names = [dataset(which) for which in ("a", "b", "c", "d")]
    for content in names[:KEPT]:
        publish(root, content)
    step = 1
    while True:
        old = check(root, set(names))
        which = "abcd"[(names.index(old) + 1) % len(names)]
        came_so_far = publish_until_step(root, which, step)
        now = check(root, {old, dataset(which)})
        if not came_so_far:
            assert now == dataset(which)
            return seen
        seen.kills += 1
        seen.new += now != old
        seen.old += now == old
        seen.left += bool(leftovers(root))
        following = "abcd"[(names.index(now) + 1) % len(names)]
        publish(root, dataset(following))
        check(root, {dataset(following)})
        assert not leftovers(root)
        assert len(versions(root)) == KEPT
        step += every
