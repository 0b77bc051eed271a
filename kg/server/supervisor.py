"""The supervisor: starts the web process and a spawner for each version, and starts them again.

It is the first process of the tree and does next to nothing, so that next to nothing can go wrong
in it: it holds the listening socket, so that clients wait and are not refused while a web process
is replaced; it looks twice a second which version is current; it passes signals on.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from kg.errors import DatasetError, KgError
from kg.publishing.versions import Version, current, verify
from kg.server.limits import Limits
from kg.server.measures import Log
from kg.server.web import encode_limits

_BACKLOG: Final = 2_048
_LOOK: Final = 0.5
"""Seconds between two looks at which version is current."""
_FIRST_WAIT, _LONGEST_WAIT = 0.05, 5.0
_START_SECONDS: Final = 300.0


@dataclass
class _Spawner:
    version: Version
    process: subprocess.Popen[bytes]
    address: Path
    isolation: str


class Supervisor:
    """One service.

    Parameters
    ----------
    root
        Folder of published versions (:mod:`kg.publishing.versions`).
    isolation
        ``auto``, ``namespace``, ``file-slots``, or ``host`` where the operator states that the
        machine has no network.
    address
        Where clients find the service, when that is not how they reach this process.
    proxy
        Addresses of reverse proxies whose ``X-Forwarded-For`` is believed; empty for none.
    """

    def __init__(
        self,
        root: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        limits: Limits | None = None,
        isolation: str = "auto",
        proxy: str = "",
        address: str = "",
        quiet: bool = False,
    ) -> None:
        self.root, self.limits = root, limits or Limits()
        self.isolation, self.proxy, self.quiet = isolation, proxy, quiet
        self.address = address.rstrip("/")
        self.log = Log(quiet=quiet)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.listener = socket.socket(family, socket.SOCK_STREAM)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((host, port))
        self.listener.listen(_BACKLOG)
        self.host, self.port = host, int(self.listener.getsockname()[1])
        self.run_folder = Path(tempfile.mkdtemp(prefix="kg-serve-"))
        self.web: subprocess.Popen[bytes] | None = None
        self.control: socket.socket | None = None
        self.spawner: _Spawner | None = None
        self.old: list[_Spawner] = []
        self.stopping = False
        self._refused: set[str] = set()
        self._web_started = 0.0
        self._web_wait = _FIRST_WAIT

    @property
    def netloc(self) -> str:
        """Host and port as an address has them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def __enter__(self) -> Supervisor:
        """Nothing is started yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Whatever runs is stopped."""
        self.stop()

    def start(self) -> str:
        """Load the current version and start the web process.

        Returns
        -------
        str
            How the network is kept away from the workers.

        Raises
        ------
        DatasetError
            Nothing is published, or it is damaged.
        KgError
            The network cannot be kept away.
        """
        version = current(self.root)
        if version is None:
            raise DatasetError("nothing-published", str(self.root))
        self.spawner = self.start_spawner(version)
        self.start_web()
        return self.spawner.isolation

    def start_spawner(self, version: Version) -> _Spawner:
        """Start the spawner of one version and wait until it is ready."""
        verify(version)
        address = self.run_folder / f"{version.name}.{time.monotonic_ns()}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
            listener.bind(str(address))
            listener.listen(8)
            process = subprocess.Popen(  # noqa: S603 (ourselves)
                [
                    *(sys.executable, "-m", "kg.server.spawner"),
                    *("--listen", str(listener.fileno())),
                    *("--data", str(version.data)),
                    *("--isolation", self.isolation),
                    *("--worker-bytes", str(self.limits.worker_bytes)),
                    *("--answer-bytes", str(self.limits.answer_bytes)),
                    *("--seconds", str(self.limits.slow_seconds + 0.5)),
                ],
                pass_fds=[listener.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
            )
        assert process.stdout is not None
        said = _read_line(process.stdout, _START_SECONDS)
        answer = json.loads(said) if said else {"failed": "no answer", "why": ""}
        if "ready" not in answer:
            process.kill()
            process.wait()
            address.unlink(missing_ok=True)
            code = "no-isolation" if answer["failed"] == "SandboxError" else "version-unloadable"
            raise KgError(code, str(answer["why"]))
        self.log.write(
            "loaded", version=version.name, quads=answer["quads"], isolation=answer["ready"]
        )
        return _Spawner(version, process, address, answer["ready"])

    def start_web(self) -> None:
        """Start the web process and tell it what to serve."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.web = subprocess.Popen(  # noqa: S603 (ourselves)
                [
                    *(sys.executable, "-m", "kg.server.web"),
                    *("--listen", str(self.listener.fileno())),
                    *("--control", str(theirs.fileno())),
                    *("--limits", encode_limits(self.limits)),
                    *("--proxy", self.proxy),
                    *("--address", self.address),
                    *(["--quiet"] if self.quiet else []),
                ],
                pass_fds=[self.listener.fileno(), theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )
        if self.control is not None:
            self.control.close()
        self.control = ours
        self._web_started = time.monotonic()
        self.announce()

    def announce(self) -> None:
        """Name the version to serve to the web process."""
        if self.control is not None and self.spawner is not None:
            order = {
                "folder": str(self.spawner.version.folder),
                "address": str(self.spawner.address),
            }
            with contextlib.suppress(OSError):
                self.control.send(json.dumps(order).encode("ascii"))

    def run(self) -> None:
        """Watch over the others until a signal asks to stop."""
        waker, woken = socket.socketpair()
        for side in (waker, woken):
            side.setblocking(False)
        signal.set_wakeup_fd(waker.fileno())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.ask_to_stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        looked = 0.0
        try:
            while not self.stopping:
                with selectors.DefaultSelector() as ready:
                    ready.register(woken, selectors.EVENT_READ)
                    if self.control is not None:
                        ready.register(self.control, selectors.EVENT_READ)
                    for key, _ in ready.select(_LOOK):
                        if key.fileobj is woken:
                            with contextlib.suppress(BlockingIOError):
                                woken.recv(4096)
                        else:
                            self.hear()
                self.mend()
                if time.monotonic() - looked >= _LOOK:
                    looked = time.monotonic()
                    self.look()
        finally:
            signal.set_wakeup_fd(-1)

    def ask_to_stop(self, *_: object) -> None:
        """A signal has come; the loop sees it next."""
        self.stopping = True

    def hear(self) -> None:
        """What the web process says: which version it serves now."""
        assert self.control is not None
        try:
            said = self.control.recv(65_536)
        except OSError:
            said = b""
        if not said:
            self.control.close()
            self.control = None
            return
        answer = json.loads(said)
        if answer["served"]:
            for spawner in self.old:
                # It ends by itself once the web process has closed its last connection.
                _end_later(spawner)
            self.old = [spawner for spawner in self.old if spawner.process.poll() is None]
        else:
            self._refused.add(answer["version"])

    def mend(self) -> None:
        """Start again what has ended."""
        if self.web is not None and self.web.poll() is not None and not self.stopping:
            lived = time.monotonic() - self._web_started
            self.log.write("web-ended", status=self.web.returncode, lived=round(lived, 3))
            # One that dies at its start is not started in a hurry.
            self._web_wait = _FIRST_WAIT if lived > 1 else min(2 * self._web_wait, _LONGEST_WAIT)
            if lived <= 1:
                time.sleep(self._web_wait)
            self.start_web()
        if self.spawner is not None and self.spawner.process.poll() is not None:
            self.log.write("spawner-ended", status=self.spawner.process.returncode)
            try:
                self.spawner = self.start_spawner(self.spawner.version)
            except KgError as error:
                self.log.write("spawner-failed", why=str(error))
                time.sleep(_LOOK)
            else:
                self.announce()
        for spawner in list(self.old):
            if spawner.process.poll() is not None:
                spawner.address.unlink(missing_ok=True)
                self.old.remove(spawner)

    def look(self) -> None:
        """Serve another version when another one has become current."""
        try:
            version = current(self.root)
        except DatasetError as error:
            self.log.write("version-damaged", why=str(error))
            return
        assert self.spawner is not None
        if (
            version is None
            or version.name == self.spawner.version.name
            or version.name in self._refused
        ):
            return
        try:
            spawner = self.start_spawner(version)
        except KgError as error:
            self._refused.add(version.name)
            self.log.write("version-refused", version=version.name, why=str(error))
            return
        self.old.append(self.spawner)
        self.spawner = spawner
        self.announce()

    def stop(self) -> None:
        """Let requests end, then everything."""
        self.stopping = True
        if self.web is not None and self.web.poll() is None:
            self.web.terminate()
            try:
                self.web.wait(self.limits.slow_seconds + 5)
            except subprocess.TimeoutExpired:
                self.web.kill()
                self.web.wait()
        for spawner in (*self.old, *([self.spawner] if self.spawner else [])):
            spawner.process.kill()
            spawner.process.wait()
        self.listener.close()
        shutil.rmtree(self.run_folder, ignore_errors=True)
        self.log.write("stopped")


def _end_later(spawner: _Spawner) -> None:
    """Ask a spawner to end: it does when nobody is connected any more."""
    with contextlib.suppress(OSError):
        os.kill(spawner.process.pid, signal.SIGTERM)


def _read_line(stream: IO[bytes], seconds: float) -> bytes:
    """One line, or nothing when it does not come in time."""
    with selectors.DefaultSelector() as ready:
        ready.register(stream, selectors.EVENT_READ)
        return stream.readline() if ready.select(seconds) else b""
