"""The supervisor: starts the web process and a spawner for each version, and starts them again.

It is the first process of the tree and does next to nothing, so that next to nothing can go wrong
in it: it holds the listening socket, so that clients wait and are not refused while a web process
is replaced; it looks twice a second which version is current; it passes signals on.

One loop waits for everything and for nothing else, so that a large version that is being loaded
keeps no web process from being started again. Three rules say all that happens to spawners:

- ``serving`` is the one that the web process uses, or is to use as soon as it runs;
- ``coming`` is the one that is being started: for another version, or in place of one that ended;
- it becomes the serving one when the web process says that queries go through it, and only then
  does the one before it retire.
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
from typing import Any, Final

from kg.errors import DatasetError, KgError
from kg.publishing.versions import Version, current, versions
from kg.server import sandbox
from kg.server.limits import Limits
from kg.server.log import Log

_BACKLOG: Final = 2_048
_LOOK: Final = 0.5
"""Seconds between two looks at which version is current."""
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 60.0
"""Seconds until something that failed is tried again; doubled each time."""
_LOAD_SECONDS: Final = 300.0
_SILENT_SECONDS: Final = 20.0
"""A web process that says nothing for so long has stopped working."""

_FAULTS: Final = {"SandboxError": "no-isolation", "DatasetError": "version-damaged"}
"""Message for what a spawner could not do."""


@dataclass(eq=False)
class _Spawner:
    version: Version
    process: subprocess.Popen[bytes]
    address: Path
    folder: Path
    """What the web process reads of the version, as a copy: publications that are quicker than we
    are remove the version itself while it is served."""
    deadline: float
    isolation: str = ""
    """How the network is kept away from its workers; empty until it is ready."""

    def end(self) -> None:
        """Kill it, and its workers with it."""
        self.process.kill()
        self.process.wait()
        self.forget()

    def forget(self) -> None:
        """Give back what is kept for one that has ended."""
        if self.process.stdout is not None:
            self.process.stdout.close()
        shutil.rmtree(self.address.parent, ignore_errors=True)


@dataclass
class _Wait:
    """When something that failed is tried again."""

    seconds: float = 0.0
    until: float = 0.0

    def longer(self) -> None:
        self.seconds = min(max(_FIRST_WAIT, 2 * self.seconds), _LONGEST_WAIT)
        self.until = time.monotonic() + self.seconds


def _keep(file: Path, name: Path) -> None:
    """Keep a file that never changes under another name, should the first one go.

    Raises
    ------
    OSError
        It has gone already.
    """
    try:
        name.hardlink_to(file)
    except OSError:  # another disk, or a system without links
        shutil.copyfile(file, name)


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
        self.serving: _Spawner | None = None
        self.coming: _Spawner | None = None
        self.old: list[_Spawner] = []
        self.stopping = False
        self._waits: dict[str, _Wait] = {}
        """Versions that could not be served, by name."""
        self._web_wait = _Wait()
        self._web_started = self._heard = 0.0
        self._web_served = False
        """Whether the web process has ever served; one that has not is not started in a hurry."""
        self._damage = ""

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
        sandbox.adopt_orphans()
        version = current(self.root)
        if version is None:
            raise DatasetError("nothing-published", str(self.root))
        spawner = self.launch(version)
        try:
            with selectors.DefaultSelector() as ready:
                assert spawner.process.stdout is not None
                ready.register(spawner.process.stdout, selectors.EVENT_READ)
                ready.select(_LOAD_SECONDS)
            self.read(spawner)
        except BaseException:
            spawner.end()
            raise
        self.serving = spawner
        self.start_web()
        return spawner.isolation

    def run(self) -> None:
        """Watch over the others until a signal asks to stop."""
        woken, waker = socket.socketpair()
        for side in (woken, waker):
            side.setblocking(False)
        with woken, waker:
            signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, self.ask_to_stop)
            signal.signal(signal.SIGCHLD, lambda *_: None)
            looked = 0.0
            try:
                while not self.stopping:
                    self.wait(woken)
                    self.bury()
                    self.mend_web()
                    self.mend_spawners()
                    if time.monotonic() - looked >= _LOOK:
                        looked = time.monotonic()
                        self.look()
            finally:
                signal.set_wakeup_fd(-1)

    def wait(self, woken: socket.socket) -> None:
        """Wait until something happens, or it is time to look; hear what is said meanwhile."""
        coming = self.coming
        with selectors.DefaultSelector() as ready:
            ready.register(woken, selectors.EVENT_READ)
            if self.control is not None:
                ready.register(self.control, selectors.EVENT_READ)
            if coming is not None and not coming.isolation:
                assert coming.process.stdout is not None
                ready.register(coming.process.stdout, selectors.EVENT_READ)
            for key, _ in ready.select(_LOOK):
                if key.fileobj is woken:
                    with contextlib.suppress(BlockingIOError):
                        woken.recv(4096)
                elif key.fileobj is self.control:
                    self.hear()
                elif coming is not None:
                    self.welcome(coming)

    def ask_to_stop(self, *_: object) -> None:
        """A signal has come; the loop sees it next."""
        self.stopping = True

    # Spawners

    def launch(self, version: Version) -> _Spawner:
        """Start the spawner of one version; it says when it is ready.

        Raises
        ------
        DatasetError
            The version has gone, or is not whole.
        """
        place = self.run_folder / str(time.monotonic_ns())
        address, folder = place / "socket", place / version.name
        try:
            folder.mkdir(parents=True)
            for name in ("manifest.json", "things.txt", "record.json", "data.nq"):
                if name != "record.json" or version.record_sha256:
                    _keep(version.folder / name, folder / name)
        except OSError as error:
            shutil.rmtree(place, ignore_errors=True)
            raise DatasetError("version-damaged", str(version.folder)) from error
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
            listener.bind(str(address))
            listener.listen(8)
            process = subprocess.Popen(  # noqa: S603 (ourselves)
                [
                    *(sys.executable, "-m", "kg.server.spawner"),
                    *("--parent", str(os.getpid())),
                    *("--listen", str(listener.fileno())),
                    *("--data", str(version.data)),
                    *("--sha256", version.sha256),
                    *("--isolation", self.isolation),
                    *("--worker-bytes", str(self.limits.worker_bytes)),
                    *("--answer-bytes", str(self.limits.answer_bytes)),
                    *("--seconds", str(self.limits.slow_seconds + 0.5)),
                ],
                pass_fds=[listener.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
            )
        return _Spawner(version, process, address, folder, time.monotonic() + _LOAD_SECONDS)

    def read(self, spawner: _Spawner) -> None:
        """Read what a spawner says at the end of its start.

        Raises
        ------
        KgError
            It cannot serve.
        """
        assert spawner.process.stdout is not None
        os.set_blocking(spawner.process.stdout.fileno(), False)
        # One short line, written at once; nothing when the process has ended, or takes too long.
        said = spawner.process.stdout.readline()
        if not said:
            raise KgError("version-unloadable", str(spawner.version.folder))
        answer: dict[str, Any] = json.loads(said)
        if "ready" not in answer:
            raise KgError(_FAULTS.get(answer["failed"], "version-unloadable"), str(answer["why"]))
        spawner.isolation = answer["ready"]
        self.log.write(
            "loaded",
            version=spawner.version.name,
            quads=answer["quads"],
            isolation=spawner.isolation,
        )

    def welcome(self, spawner: _Spawner) -> None:
        """A spawner that is coming has said something: name it to the web process."""
        try:
            self.read(spawner)
        except KgError as error:
            self.refuse(spawner, str(error))
        else:
            self.announce(spawner)

    def refuse(self, spawner: _Spawner, why: str) -> None:
        """A version cannot be served: what is served stays, and it is tried again later."""
        self.postpone(spawner.version, why)
        spawner.end()
        if spawner is self.coming:
            self.coming = None

    def postpone(self, version: Version, why: str) -> None:
        """Do not try a version again before some time has passed."""
        self.log.write("version-refused", version=version.name, why=why)
        self._waits.setdefault(version.name, _Wait()).longer()

    def mend_spawners(self) -> None:
        """Take note of the spawners that have ended, or do not come to an end of their start."""
        now = time.monotonic()
        for spawner in list(self.old):
            if spawner.process.poll() is not None:
                spawner.forget()
                self.old.remove(spawner)
        coming = self.coming
        if coming is not None and coming.isolation and coming.process.poll() is not None:
            self.refuse(coming, f"its process ended with status {coming.process.returncode}")
        elif coming is not None and not coming.isolation and now > coming.deadline:
            self.refuse(coming, "it took too long to load")
        serving = self.serving
        if serving is not None and serving.process.poll() is not None:
            self.log.write("spawner-ended", status=serving.process.returncode)
            serving.forget()
            self.serving = None
        if self.serving is None:
            self.look()

    def look(self) -> None:
        """Start a spawner when another version than the served one is to be served.

        When none is served any more, that is the current one or, should it be damaged meanwhile,
        the newest that is not.
        """
        if self.coming is not None:
            return
        try:
            wanted = current(self.root)
            self._damage = ""
        except DatasetError as error:
            wanted = None
            if str(error) != self._damage:
                self._damage = str(error)
                self.log.write("version-damaged", why=str(error))
        candidates = [] if wanted is None else [wanted]
        if self.serving is None:
            candidates += reversed(versions(self.root))
        elif wanted is not None and wanted.name == self.serving.version.name:
            return
        now = time.monotonic()
        for version in candidates:
            wait = self._waits.get(version.name)
            if wait is None or now >= wait.until:
                try:
                    self.coming = self.launch(version)
                except DatasetError as error:
                    self.postpone(version, str(error))
                else:
                    return

    # The web process

    def start_web(self) -> None:
        """Start the web process and tell it what to serve."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.web = subprocess.Popen(  # noqa: S603 (ourselves)
                [
                    *(sys.executable, "-m", "kg.server.web"),
                    *("--parent", str(os.getpid())),
                    *("--listen", str(self.listener.fileno())),
                    *("--control", str(theirs.fileno())),
                    *("--limits", self.limits.encode()),
                    *("--proxy", self.proxy),
                    *("--address", self.address),
                    *(["--quiet"] if self.quiet else []),
                ],
                pass_fds=[self.listener.fileno(), theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )
        if self.control is not None:
            self.control.close()
        ours.setblocking(False)
        self.control = ours
        self._web_started = self._heard = time.monotonic()
        self._web_served = False
        for spawner in (self.serving, self.coming):
            if spawner is not None and spawner.isolation:
                self.announce(spawner)

    def announce(self, spawner: _Spawner) -> None:
        """Name a version to serve to the web process."""
        order = {"folder": str(spawner.folder), "address": str(spawner.address)}
        if self.control is not None:
            # A web process that has ended, or reads no more, is started again and told then.
            with contextlib.suppress(OSError):
                self.control.send(json.dumps(order).encode("ascii"))

    def hear(self) -> None:
        """What the web process says: that it lives, what it serves now, what it has lost."""
        assert self.control is not None
        try:
            said = self.control.recv(65_536)
        except BlockingIOError:
            return
        except OSError:
            said = b""
        if not said:
            self.control.close()
            self.control = None
            return
        self._heard = time.monotonic()
        answer: dict[str, Any] = json.loads(said)
        if "lost" in answer:
            # Mostly it has ended; one that has merely stopped working is ended here.
            for spawner in (self.serving, self.coming):
                if spawner is not None and str(spawner.address) == answer["lost"]:
                    spawner.process.kill()
        elif "address" in answer:
            self._web_served |= answer["served"]
            self.settle(answer["address"], served=answer["served"])

    def settle(self, address: str, *, served: bool) -> None:
        """The web process has tried a spawner."""
        coming, serving = self.coming, self.serving
        if coming is not None and str(coming.address) == address:
            if not served:
                self.refuse(coming, "no query went through it")
                return
            if serving is not None:
                self.old.append(serving)
            self.serving, self.coming = coming, None
            self._waits.pop(coming.version.name, None)
            for spawner in self.old:
                # It ends by itself once the web process has closed its last connection.
                spawner.process.send_signal(signal.SIGTERM)
        elif serving is not None and str(serving.address) == address and not served:
            serving.process.kill()

    def mend_web(self) -> None:
        """Start the web process again when it has ended or stopped working."""
        now = time.monotonic()
        if self.web is not None and self.web.poll() is None:
            if now - self._heard > _SILENT_SECONDS:
                self.log.write("web-silent", seconds=round(now - self._heard, 1))
                self.web.kill()
            return
        if self.web is not None:
            lived = now - self._web_started
            self.log.write("web-ended", status=self.web.returncode, lived=round(lived, 3))
            self.web = None
            if self._web_served:
                self._web_wait = _Wait()
            else:
                self._web_wait.longer()
        if now >= self._web_wait.until and not self.stopping:
            self.start_web()

    # Ends

    def bury(self) -> None:
        """Ask for the ends of processes that are nobody else's: workers whose spawner has gone."""
        spawners = (self.serving, self.coming, *self.old)
        ours = {spawner.process.pid for spawner in spawners if spawner is not None}
        if self.web is not None:
            ours.add(self.web.pid)
        with contextlib.suppress(ChildProcessError):
            while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                if ended.si_pid in ours:  # those are asked for by name, and the next time round
                    return
                os.waitpid(ended.si_pid, 0)

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
        for spawner in (*self.old, self.coming, self.serving):
            if spawner is not None:
                spawner.end()
        if self.control is not None:
            self.control.close()
        self.listener.close()
        shutil.rmtree(self.run_folder, ignore_errors=True)
        self.log.write("stopped")
