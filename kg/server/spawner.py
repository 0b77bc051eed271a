"""The spawner: a small process with one thread that holds the dataset and forks workers.

Forks never come from the web process, which has threads. A fork costs about a hundredth of a
second and shares the memory of the dataset, so a worker that was ended is replaced at once.

``python -m kg.server.spawner`` is started by the supervisor with a listening socket; the web
process connects, asks for workers and passes each one's socket. When the connection ends, all
workers end.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import hashlib
import json
import os
import selectors
import signal
import socket
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from kg.errors import DatasetError
from kg.server import sandbox, worker
from kg.terms import PREFIXES

_MOST_WORKERS: Final = 64


class Spawner:
    """Serves one web process at a time."""

    def __init__(
        self,
        listener: socket.socket,
        dataset: ox.Store,
        tags: Iterable[bytes],
        options: argparse.Namespace,
    ) -> None:
        self.case = worker.tag_case(tags)
        self.listener, self.dataset, self.options = listener, dataset, options
        self.process = os.getpid()
        self.workers: dict[int, int] = {}
        """Process to the number that the web process gave it."""
        self.control: socket.socket | None = None
        self.woken, waker = socket.socketpair()
        for side in (self.woken, waker):
            side.setblocking(False)
        self.waker = waker
        signal.set_wakeup_fd(waker.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, self.retire)
        self.retiring = False

    def retire(self, *_: object) -> None:
        """End as soon as no web process is connected; queries that run come to their end."""
        self.retiring = True

    def serve(self) -> None:
        """Accept web processes one after the other, until asked to retire."""
        with selectors.DefaultSelector() as ready:
            ready.register(self.listener, selectors.EVENT_READ)
            ready.register(self.woken, selectors.EVENT_READ)
            while not (self.retiring and self.control is None):
                for key, _ in ready.select():
                    if key.fileobj is self.woken:
                        with contextlib.suppress(BlockingIOError):
                            self.woken.recv(4096)
                        self.reap()
                    elif key.fileobj is self.listener:
                        connection, _ = self.listener.accept()
                        if self.control is not None:  # the last web process has not said goodbye
                            ready.unregister(self.control)
                            self.drop()
                        self.control = connection
                        ready.register(connection, selectors.EVENT_READ)
                    elif key.fileobj is self.control and not self.obey():
                        ready.unregister(self.control)
                        self.drop()

    def drop(self) -> None:
        """The web process is gone: so are its workers."""
        assert self.control is not None
        self.control.close()
        self.control = None
        for process in list(self.workers):
            os.kill(process, signal.SIGKILL)
        while self.workers:
            self.reap(wait=True)

    def obey(self) -> bool:
        """Carry out one command; False when there will be no more."""
        assert self.control is not None
        try:
            content, handles, *_ = socket.recv_fds(self.control, 4096, 1)
        except OSError:
            return False
        if not content:
            return False
        command = json.loads(content)
        if command["do"] == "fork":
            # None comes where this process has no file slot left: the other side sees that the
            # socket is closed, and asks again.
            if handles:
                self.fork(command["number"], handles[0])
        elif command["do"] == "kill":
            for process, number in self.workers.items():
                if number == command["number"]:
                    os.kill(process, signal.SIGKILL)
        return True

    def fork(self, number: int, handle: int) -> None:
        """Make a worker that answers on a socket."""
        if len(self.workers) >= _MOST_WORKERS:
            os.close(handle)
            return
        try:
            process = os.fork()
        except OSError:  # no memory, or too many processes: it may pass
            os.close(handle)
            return
        if process == 0:
            status = 1
            try:
                self.become_worker(handle)
                status = 0
            except BaseException:
                # Heard until the worker is ready: a wall that does not stand is to be known.
                traceback.print_exc()
            finally:
                os._exit(status)
        os.close(handle)
        self.workers[process] = number
        self.tell({"started": number, "process": process})

    def become_worker(self, handle: int) -> None:
        """The life of a worker, from the fork to its end."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        sandbox.die_with_parent(self.process)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for handle_of_ours in (0, 1):
            os.dup2(nowhere, handle_of_ours)
        connection = socket.socket(fileno=handle)
        for other in (self.listener, self.control, self.woken, self.waker):
            if other is not None:
                other.close()
        options = self.options

        def ready() -> None:
            sandbox.cap_memory(options.worker_bytes)
            if options.isolation == "file-slots":
                sandbox.fill_file_slots()
            if options.isolation != "host":
                sandbox.prove_no_network()
            # The last words of an engine that dies help nobody. (Closed, it would be a free slot.)
            os.dup2(nowhere, 2)

        worker.run(
            connection,
            self.dataset,
            seconds=options.seconds,
            most=options.answer_bytes,
            prefixes=PREFIXES,
            case=self.case,
            ready=ready,
        )

    def reap(self, *, wait: bool = False) -> None:
        """Take note of the workers that have ended."""
        while True:
            try:
                process, status = os.waitpid(-1, 0 if wait else os.WNOHANG)
            except ChildProcessError:
                self.workers.clear()
                return
            if process == 0:
                return
            number = self.workers.pop(process, None)
            if number is not None:
                self.tell({"ended": number, "status": os.waitstatus_to_exitcode(status)})
            if wait:
                return

    def tell(self, event: dict[str, Any]) -> None:
        """Say something to the web process; whether it still listens is seen elsewhere."""
        if self.control is not None:
            with contextlib.suppress(OSError):
                self.control.send(json.dumps(event).encode("ascii"))


def isolate(wanted: str) -> str:
    """Keep the network away from this process and all that it will fork.

    Raises
    ------
    sandbox.SandboxError
        Neither way works.
    """
    sandbox.give_up_privileges()
    sandbox.no_core_dump()
    if wanted == "host":
        return "host"
    if wanted in ("auto", "namespace"):
        if sandbox.leave_network():
            sandbox.prove_no_network()
            return "namespace"
        if wanted == "namespace":
            raise sandbox.SandboxError("this system refuses user and network namespaces")
    if not Path("/proc/self/fd").is_dir():
        raise sandbox.SandboxError("no namespaces and no /proc")
    return "file-slots"


def main(arguments: list[str] | None = None) -> None:
    """Start: walls first, then the data, then "ready" on standard output."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--listen", type=int, required=True, help="file number of the listener")
    parser.add_argument("--data", type=Path, required=True, help="N-Quads")
    parser.add_argument("--sha256", required=True, help="what the N-Quads must have")
    parser.add_argument("--parent", type=int, required=True, help="process that started this one")
    parser.add_argument("--isolation", default="auto")
    parser.add_argument("--worker-bytes", type=int, required=True)
    parser.add_argument("--answer-bytes", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    options = parser.parse_args(arguments)
    sandbox.die_with_parent(options.parent)
    # An interrupt from the keyboard goes to the whole group: the supervisor decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        options.isolation = isolate(options.isolation)
        content = options.data.read_bytes()
        # The very bytes that are loaded, not a file that was read another time.
        if hashlib.sha256(content).hexdigest() != options.sha256:
            raise DatasetError("version-damaged", str(options.data.parent))
        dataset = ox.Store()
        dataset.load(content, format=ox.RdfFormat.N_QUADS, lenient=True)
        tags = set(worker.TAGS.findall(content))
        del content
    except DatasetError as error:
        print(json.dumps({"failed": "DatasetError", "why": error.values[0]}), flush=True)
        sys.exit(1)
    except (sandbox.SandboxError, OSError, SyntaxError, ValueError) as error:
        print(json.dumps({"failed": type(error).__name__, "why": str(error)}), flush=True)
        sys.exit(1)
    gc.collect()
    gc.freeze()  # what is shared with the workers stays shared
    listener = socket.socket(fileno=options.listen)
    print(json.dumps({"ready": options.isolation, "quads": len(dataset)}), flush=True)
    Spawner(listener, dataset, tags, options).serve()


if __name__ == "__main__":
    main()
