"""Where namespaces are refused, workers still have no network, or the service does not start."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.parse
from pathlib import Path

import pytest

from kg.publishing.versions import current
from kg.server import sandbox, spawner
from kg.server.wire import command
from tests.server.conftest import start_service

# In a user namespace of its own the process may forbid all further ones, and does. Where it cannot
# even have its own, the system refuses them by itself.
NO_NAMESPACES = """
import ctypes
ctypes.CDLL(None).unshare(0x10000000)
try:
    open("/proc/sys/user/max_user_namespaces", "w").write("0")
except OSError:
    pass
assert ctypes.CDLL(None).unshare(0x10000000 | 0x40000000), "namespaces are still to be had"
"""


def test_without_namespaces_the_file_slots_are_taken(published: Path, tmp_path: Path) -> None:
    service = start_service(published, tmp_path / "log", before=NO_NAMESPACES)
    try:
        assert "file slots taken" in service.log.read_text(encoding="utf-8")
        query = urllib.parse.quote("SELECT ?s { ?s ?p ?o } LIMIT 3")
        for _ in range(5):
            assert service.get(f"/sparql?query={query}")[0] == 200
        workers = [
            process
            for process in service.children("kg.server.spawner")
            if str(Path(f"/proc/{process}/fd/1").readlink()) == "/dev/null"
        ]
        assert workers
        for process in workers:
            limits = Path(f"/proc/{process}/limits").read_text(encoding="ascii")
            (line,) = (row for row in limits.splitlines() if row.startswith("Max open files"))
            assert len(list(Path(f"/proc/{process}/fd").iterdir())) == int(line.split()[3])
    finally:
        assert service.stop() == 0


def test_without_the_way_that_was_asked_for_it_does_not_start(
    published: Path, tmp_path: Path
) -> None:
    ended = subprocess.run(
        [
            *(sys.executable, "-c", NO_NAMESPACES + "from kg.cli import main; main()"),
            *("serve", str(published), "--port", "0", "--isolation", "namespace"),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 1
    assert "The network cannot be kept away" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_with_neither_way_it_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "give_up_privileges", lambda: None)
    monkeypatch.setattr(sandbox, "no_core_dump", lambda: None)
    monkeypatch.setattr(sandbox, "leave_network", lambda: False)
    monkeypatch.setattr(Path, "is_dir", lambda _: False)
    with pytest.raises(sandbox.SandboxError):
        spawner.isolate("auto")


def test_a_hole_in_the_wall_is_seen() -> None:
    """In this process, which has a network, the proof fails: so it can."""
    with pytest.raises(sandbox.SandboxError):
        sandbox.prove_no_network()


def test_a_worker_whose_wall_does_not_stand_says_so(published: Path, tmp_path: Path) -> None:
    """It ends before its first query, and the log of the service has the reason."""
    version = current(published)
    assert version is not None
    program = (
        "import sys\n"
        "from kg.server import sandbox, spawner\n"
        "def fail(beyond): raise sandbox.SandboxError('the wall of this test')\n"
        "sandbox.cap_memory = fail\n"
        "spawner.main(sys.argv[1:])\n"
    )
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(str(tmp_path / "socket"))
        listener.listen(1)
        process = subprocess.Popen(
            [
                *(sys.executable, "-c", program, "--parent", str(os.getpid())),
                *("--listen", str(listener.fileno()), "--data", str(version.data)),
                *("--sha256", version.sha256, "--worker-bytes", str(1 << 30)),
                *("--answer-bytes", str(1 << 20), "--seconds", "5"),
            ],
            pass_fds=[listener.fileno()],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    try:
        assert process.stdout is not None
        assert b"ready" in process.stdout.readline()
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as control:
            control.connect(str(tmp_path / "socket"))
            ours, theirs = socket.socketpair()
            with ours, theirs:
                command({"do": "fork", "number": 1}, control, theirs)
                events = [json.loads(control.recv(4096)) for _ in range(2)]
        assert "started" in events[0]
        assert events[1]["status"] == 1
    finally:
        process.kill()
    _, said = process.communicate(timeout=20)
    assert b"the wall of this test" in said
