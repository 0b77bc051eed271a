"""Publishing: readers see the old version or the new one, whatever happens on the way."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.errors import DatasetError
from kg.publishing.versions import KEPT, current, publish, roll_back, versions
from tests.server.conftest import Service, start_service
from tests.server.load import Asker, Reply, Tally, checksum, family, judge, settled
from tests.server.publications import (
    check,
    dataset,
    kill_at_each_step,
    kill_publications,
    leftovers,
    question,
)

KG = [sys.executable, "-c", "from kg.cli import main; main()"]
RIGHT = {question(which).right: which for which in "01"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "published"
    publish(folder, dataset("0"))
    return folder


@pytest.fixture
def own(root: Path, tmp_path: Path) -> Iterator[Service]:
    running = start_service(root, tmp_path / "log", "--client-seconds", "0")
    yield running
    if running.process.poll() is None:
        assert running.stop() == 0


class Readers:
    """Clients that ask for everything, and note which dataset and which tag they got."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.tallies = [Tally() for _ in range(4)]
        self.seen: set[tuple[str, str]] = set()
        self.last = ""
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, args=(n,), daemon=True) for n in range(4)
        ]

    def __enter__(self) -> Readers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    def _right(self, reply: Reply) -> bool:
        which = RIGHT.get(checksum(reply.body))
        if which is not None:
            self.last = which
            self.seen.add((reply.headers["etag"], which))
        return which is not None

    def _work(self, number: int) -> None:
        asker = Asker(self.service, f"127.0.0.{number + 2}")
        query = question("0").query
        while not self._stop.is_set():
            began = time.perf_counter()
            # One in two is kept by the service: the key of what is kept must name its version.
            reply = asker.ask(f"{query} # {time.monotonic_ns()}" if number % 2 else query)
            judge(reply, self._right, time.perf_counter() - began, self.tallies[number])
            self._stop.wait(0.005)
        asker.close()

    def wait_for(self, which: str, most: float = 20.0) -> None:
        deadline = time.monotonic() + most
        self.last = ""
        while self.last != which:
            assert time.monotonic() < deadline, f"{which} is not served"
            time.sleep(0.02)


def test_readers_see_one_version_or_the_other(root: Path, own: Service) -> None:
    with Readers(own) as readers:
        for number in range(1, 7):
            which = str(number % 2)
            publish(root, dataset(which))
            readers.wait_for(which)
        # So quick that some are never served.
        for number in range(1, 8):
            publish(root, dataset(str(number % 2)))
            time.sleep(0.15)
        readers.wait_for("1")
        # A web process that ends in the middle of it.
        publish(root, dataset("0"))
        time.sleep(0.4)
        for process in family(own).web:
            os.kill(process, signal.SIGKILL)
        readers.wait_for("0")
    total = Tally()
    for tally in readers.tallies:
        total.add(tally)
    print(total)
    assert total.wrong == []
    # Nobody loses a request to a publication, but only to the end of the web process.
    assert total.errors.total() == 0
    assert total.cut <= 8
    tags = [tag for tag, _ in readers.seen]
    assert len(tags) == len(set(tags)), "one entity tag for two datasets"
    settled(own)


def test_a_damaged_version_is_never_served(root: Path, own: Service) -> None:
    version = publish(root, dataset("1"))
    content = bytearray(version.data.read_bytes())
    place = content.index(b'"1"') + 1
    content[place] ^= 1  # now it says "0", and is well formed
    version.data.write_bytes(content)
    settled(own, most=20)
    log = wait_for_log(own, "version-refused")
    assert version.name in log["why"]
    with Readers(own) as readers:
        time.sleep(1.0)
    assert {which for _, which in readers.seen} == {"0"}
    assert own.get("/health")[0] == 200
    # It stays so when the web process is started again,
    for process in family(own).web:
        os.kill(process, signal.SIGKILL)
    with Readers(own) as readers:
        readers.wait_for("0")
    # and when the spawner is: then the newest version that is whole is served.
    for process in family(own).spawners:
        os.kill(process, signal.SIGKILL)
    with Readers(own) as readers:
        readers.wait_for("0")
    # The same data once more is a new version, as the old one is no good.
    again = publish(root, dataset("1"))
    assert again.name > version.name
    with Readers(own) as readers:
        readers.wait_for("1")


def test_what_is_served_may_be_gone_from_the_folder(root: Path, own: Service) -> None:
    """Many publications in a moment remove the version that is served; a new web process needs it
    all the same until the newest is loaded."""
    with Readers(own) as readers:
        readers.wait_for("0")
        spawner = settled(own).spawners[0]
        os.kill(family(own).supervisor, signal.SIGSTOP)  # it is slow, for once
        for number in range(5):
            publish(root, dataset(f"{number}"))
        publish(root, dataset("1"))
        for process in family(own).web:
            os.kill(process, signal.SIGKILL)
        os.kill(family(own).supervisor, signal.SIGCONT)
        readers.wait_for("1")
    assert sum(tally.errors.total() for tally in readers.tallies) == 0
    assert all(tally.wrong == [] for tally in readers.tallies)
    assert settled(own).spawners != [spawner]


def test_rollback_is_served(root: Path, own: Service) -> None:
    publish(root, dataset("1"))
    with Readers(own) as readers:
        readers.wait_for("1")
        subprocess.run([*KG, "rollback", str(root)], check=True, capture_output=True)
        readers.wait_for("0")
        assert all(tally.wrong == [] for tally in readers.tallies)


def test_a_folder_that_is_gone_is_not_the_end(root: Path, own: Service) -> None:
    """Whatever happens to the folder, what is in memory is served."""
    (root / "current").unlink()
    time.sleep(1.2)
    assert own.get("/health")[0] == 200
    (root / "current").symlink_to("versions/nothing")
    assert wait_for_log(own, "version-damaged")
    assert own.get("/health")[0] == 200
    events = [json.loads(line)["event"] for line in log_lines(own)]
    assert events.count("version-damaged") == 1, "the log is flooded"


def test_killed_at_random_moments(tmp_path: Path) -> None:
    seen = kill_publications(tmp_path / "published", 25)
    print(seen)
    assert seen.old
    assert seen.new


def test_killed_at_its_steps(tmp_path: Path) -> None:
    seen = kill_at_each_step(tmp_path / "published", every=6)
    print(seen)
    # Kills before and after the moment that counts, and some that leave something behind.
    assert seen.old
    assert seen.new
    assert seen.left


def test_two_at_once(root: Path) -> None:
    """Publications wait for each other: each has a number of its own."""
    script = (
        "import sys; from pathlib import Path; from kg.publishing.versions import publish; "
        "from tests.server.publications import dataset; "
        "[publish(Path(sys.argv[1]), dataset(sys.argv[2] + str(n))) for n in range(10)]"
    )
    children = [
        subprocess.Popen([sys.executable, "-c", script, str(root), which]) for which in "xyz"
    ]
    assert [child.wait(60) for child in children] == [0, 0, 0]
    numbers = [version.name[:6] for version in versions(root)]
    assert numbers == ["000029", "000030", "000031"]
    assert check(root, {dataset(which + "9") for which in "xyz"})
    assert not leftovers(root)


def test_disk_full(root: Path, tmp_path: Path) -> None:
    before = check(root, {dataset("0")})
    data = tmp_path / "data.nq"
    data.write_bytes(dataset("1"))

    def small_files_only() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, 4_096))

    done = subprocess.run(
        [*KG, "--data", str(data), "publish", str(root)],
        capture_output=True,
        text=True,
        preexec_fn=small_files_only,
        check=False,
    )
    assert done.returncode == 1
    assert "data.nq" in done.stderr
    assert "Traceback" not in done.stderr
    assert check(root, {before}) == before
    subprocess.run([*KG, "--data", str(data), "publish", str(root)], check=True)
    # The command writes its quads in its own order.
    version = current(root)
    assert version is not None
    assert sorted(version.data.read_bytes().splitlines()) == sorted(dataset("1").splitlines())
    assert not leftovers(root)


def test_three_are_kept_and_the_current_one(root: Path) -> None:
    first = current(root)
    assert first is not None
    names = [publish(root, dataset(str(number))).name for number in range(1, 6)]
    assert [version.name for version in versions(root)] == names[-KEPT:]
    # One that is current stays, however old, until another one is.
    roll_back(root, names[-3])
    assert check(root, {dataset("3")})
    with pytest.raises(DatasetError):
        roll_back(root)
    with pytest.raises(DatasetError, match=first.name):
        roll_back(root, first.name)
    with pytest.raises(DatasetError):
        roll_back(root / "nowhere")


def test_back_from_a_damaged_version(root: Path) -> None:
    """Manifest or data: whatever is damaged, going back and publishing again both work."""
    damaged = publish(root, dataset("1"))
    (damaged.folder / "manifest.json").write_bytes(b"{")
    with pytest.raises(DatasetError):
        current(root)
    roll_back(root)
    assert check(root, {dataset("0")})
    damaged = publish(root, dataset("1"))
    damaged.data.write_bytes(b"")
    with pytest.raises(DatasetError):
        roll_back(root, damaged.name)
    assert publish(root, dataset("1")).name > damaged.name
    assert check(root, {dataset("1")})


def log_lines(service: Service) -> list[str]:
    return [line for line in service.log.read_text().splitlines() if line.startswith("{")]


def wait_for_log(service: Service, event: str, most: float = 20.0) -> dict[str, str]:
    deadline = time.monotonic() + most
    while True:
        for line in log_lines(service):
            entry: dict[str, str] = json.loads(line)
            if entry["event"] == event:
                return entry
        assert time.monotonic() < deadline, f"no {event} in the log"
        time.sleep(0.05)
