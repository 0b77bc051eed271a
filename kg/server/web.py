"""The web process: HTTP on one side, workers on the other; it evaluates nothing itself.

``python -m kg.server.web`` is started by the supervisor with the listening socket and a socket on
which the supervisor names the version to serve.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import resource
import signal
import socket
from pathlib import Path
from typing import Any, Final

import uvicorn

from kg.publishing.versions import read_version
from kg.server import sandbox
from kg.server.app import Service
from kg.server.connection import connection_class
from kg.server.limits import Limits
from kg.server.log import Log

_SIGN_SECONDS: Final = 2.0
"""How often the supervisor is told that the event loop turns."""


class Follower:
    """The web process's end of the socket to the supervisor."""

    def __init__(self, service: Service, control: socket.socket) -> None:
        self.service, self.control = service, control
        control.setblocking(False)
        service.lost = lambda address: self.say({"lost": address})

    def say(self, message: dict[str, Any]) -> None:
        """Tell the supervisor; one that does not listen has ended, and this process will, too."""
        with contextlib.suppress(OSError):
            self.control.send(json.dumps(message).encode("ascii"))

    async def obey(self) -> None:
        """Serve the version that one message names, and say what became of it."""
        message = await asyncio.get_running_loop().sock_recv(self.control, 65_536)
        if not message:
            # The supervisor has ended; the kernel ends this process.
            await asyncio.Event().wait()
        order = json.loads(message)
        version = read_version(Path(order["folder"]))
        served = version is not None and await self.service.switch(version, order["address"])
        self.say({"address": order["address"], "served": served})

    async def follow(self) -> None:
        """Carry out what the supervisor says, one message after the other."""
        while True:
            await self.obey()

    async def live(self) -> None:
        """Give signs of life."""
        while True:
            self.say({"lives": True})
            await asyncio.sleep(_SIGN_SECONDS)


async def serve(
    listener: socket.socket, control: socket.socket, options: argparse.Namespace
) -> None:
    """Run until a signal asks to stop; requests that are under way come to their end."""
    limits = Limits.decode(options.limits)
    service = Service(limits, Log(quiet=options.quiet), options.address)
    proxies = frozenset(filter(None, options.proxy.split(",")))
    config = uvicorn.Config(
        service,
        loop="none",  # it runs already
        http=connection_class(limits, proxies),
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="error",  # a line for every request that is no HTTP fills a disk
        server_header=False,
        proxy_headers=bool(options.proxy),
        forwarded_allow_ips=options.proxy or None,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=int(limits.slow_seconds) + 3,
    )
    server = uvicorn.Server(config)
    follower = Follower(service, control)
    living = asyncio.ensure_future(follower.live())
    # Clients wait in the queue of the listening socket until there is something to ask.
    await follower.obey()
    following = asyncio.ensure_future(follower.follow())
    # An end of either is a fault of ours: better a new process than one that follows no more.
    for task in (living, following):
        task.add_done_callback(lambda _: setattr(server, "should_exit", True))
    try:
        await server.serve(sockets=[listener])
    finally:
        living.cancel()
        following.cancel()
        await service.close()


def main(arguments: list[str] | None = None) -> None:
    """Start."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--parent", type=int, required=True, help="process that started this one")
    parser.add_argument("--listen", type=int, required=True, help="file number of the listener")
    parser.add_argument(
        "--control", type=int, required=True, help="file number of the control socket"
    )
    parser.add_argument("--limits", required=True, help="JSON")
    parser.add_argument("--proxy", default="", help="addresses of proxies that are believed")
    parser.add_argument("--address", default="", help="where clients find the service")
    parser.add_argument("--quiet", action="store_true")
    options = parser.parse_args(arguments)
    if sandbox.supported():
        sandbox.die_with_parent(options.parent)
    # The supervisor decides what an interrupt from the keyboard means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    listener = socket.socket(fileno=options.listen)
    control = socket.socket(fileno=options.control)
    try:
        import uvloop
    except ImportError:  # not on every system
        asyncio.run(serve(listener, control, options))
    else:
        uvloop.run(serve(listener, control, options))


if __name__ == "__main__":
    main()
