"""The web process: HTTP on one side, workers on the other; it evaluates nothing itself.

``python -m kg.server.web`` is started by the supervisor with the listening socket and a socket on
which the supervisor names the version to serve.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import signal
import socket
from dataclasses import fields
from pathlib import Path

import uvicorn

from kg.publishing.versions import read_version
from kg.server import sandbox
from kg.server.app import Service
from kg.server.connection import connections
from kg.server.limits import Limits
from kg.server.measures import Log


async def follow(service: Service, control: socket.socket) -> None:
    """Serve the versions that the supervisor names, one message each, and say what became of it."""
    loop = asyncio.get_running_loop()
    control.setblocking(False)
    while True:
        message = await loop.sock_recv(control, 65_536)
        if not message:
            return
        order = json.loads(message)
        version = read_version(Path(order["folder"]))
        served = version is not None and await service.switch(version, order["address"])
        answer = {"version": Path(order["folder"]).name, "served": served}
        with contextlib.suppress(OSError):
            await loop.sock_sendall(control, json.dumps(answer).encode("ascii"))


async def serve(
    listener: socket.socket, control: socket.socket, options: argparse.Namespace
) -> None:
    """Run until a signal asks to stop; requests that are under way come to their end."""
    limits = Limits(**json.loads(options.limits))
    service = Service(limits, Log(quiet=options.quiet), options.address)
    config = uvicorn.Config(
        service,
        loop="none",  # it runs already
        http=connections(limits),
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="error",  # a line for every request that is no HTTP fills a disk
        server_header=False,
        proxy_headers=bool(options.proxy),
        forwarded_allow_ips=options.proxy or None,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=int(limits.slow_seconds) + 3,
        limit_concurrency=1_000,
    )
    server = uvicorn.Server(config)
    following = asyncio.ensure_future(follow(service, control))
    try:
        await server.serve(sockets=[listener])
    finally:
        following.cancel()
        await service.close()


def main(arguments: list[str] | None = None) -> None:
    """Start."""
    parser = argparse.ArgumentParser()
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
        sandbox.die_with_parent()
    # The supervisor decides what an interrupt from the keyboard means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    listener = socket.socket(fileno=options.listen)
    control = socket.socket(fileno=options.control)
    try:
        import uvloop
    except ImportError:  # not on every system
        asyncio.run(serve(listener, control, options))
    else:
        uvloop.run(serve(listener, control, options))


def encode_limits(limits: Limits) -> str:
    """Limits as they go to the web process."""
    return json.dumps({field.name: getattr(limits, field.name) for field in fields(limits)})


if __name__ == "__main__":
    main()
