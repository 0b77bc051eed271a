"""Commands that publish and serve: ``publish``, ``rollback``, ``serve``, ``explore``."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.console import PATH, KgCommand, Settings
from kg.errors import KgError, ParameterError

if TYPE_CHECKING:
    from kg.server.limits import Limits


def add_commands(group: click.Group) -> None:
    """Put the commands of this module into the ``kg`` command."""
    for command in (publish, rollback, serve, explore):
        group.add_command(command)


@click.command(cls=KgCommand)
@click.argument("folder", type=PATH)
@click.pass_obj
def publish(settings: Settings, /, folder: Path) -> None:
    """Publish the dataset as a new version in FOLDER, in one step.

    A running 'kg serve FOLDER' goes over to it without losing a request. The last three versions
    are kept.
    """
    from kg.publishing.versions import publish as publish_version

    version = publish_version(folder, *_contents(settings))
    settings.say("published", version.name, folder, version.quads)


@click.command(cls=KgCommand)
@click.argument("folder", type=PATH)
@click.argument("version", required=False)
@click.pass_obj
def rollback(settings: Settings, /, folder: Path, version: str | None) -> None:
    """Go back to an older VERSION in FOLDER: the one before the current unless told."""
    from kg.publishing.versions import roll_back

    chosen = roll_back(folder, version)
    settings.say("published", chosen.name, folder, chosen.quads)


@click.command(cls=KgCommand)
@click.argument("folder", required=False, type=PATH)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--isolation",
    type=click.Choice(["auto", "namespace", "file-slots", "host"]),
    default="auto",
    show_default=True,
    help="How the network is kept away from queries; 'host' states that this machine has none.",
)
@click.option(
    "--proxy",
    default="",
    metavar="ADDRESSES",
    help="Reverse proxies whose X-Forwarded-For is believed, separated by commas.",
)
@click.option(
    "--address",
    default="",
    metavar="URL",
    help="Where clients find the service, such as https://data.example.org; as asked for if left "
    "out.",
)
@click.option(
    "--client-seconds",
    type=click.FloatRange(0),
    help="Seconds of query time a minute for one client; 0 for no bound (20 unless told).",
)
@click.option(
    "--single-user",
    is_flag=True,
    help="On this machine alone, without walls around queries; always so outside Linux.",
)
@click.option("--quiet", is_flag=True, help="No log.")
@click.pass_obj
def serve(
    settings: Settings,
    /,
    folder: Path | None,
    host: str,
    port: int,
    isolation: str,
    proxy: str,
    address: str,
    client_seconds: float | None,
    single_user: bool,
    quiet: bool,
) -> None:
    """Serve pages, SPARQL and linked data; FOLDER holds published versions and is watched.

    Without FOLDER the shipped facts, or those of --data, are served.
    """
    from dataclasses import replace

    from kg.server.limits import Limits

    limits = Limits()
    if client_seconds is not None:
        limits = replace(limits, client_seconds=client_seconds)
    _serve(
        settings,
        folder,
        host,
        port,
        limits,
        isolation=isolation,
        proxy=proxy,
        address=address,
        single_user=single_user,
        quiet=quiet,
    )


@click.command(cls=KgCommand)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=0,
    help="Port of this machine to serve on; a free one unless told.",
)
@click.option("--no-browser", is_flag=True, help="Print the address and open nothing.")
@click.option(
    "--single-user",
    is_flag=True,
    help="On this machine alone, without walls around queries; always so outside Linux.",
)
@click.pass_obj
def explore(settings: Settings, /, port: int, no_browser: bool, single_user: bool) -> None:
    """Open the explorer in a browser: the pages of the shipped facts, or of those of --data.

    The pages are made once, which takes some seconds, and served to this machine alone.
    """
    from dataclasses import replace

    from kg.server.limits import Limits

    def opened(address: str) -> None:
        page = f"{address}/{settings.language}/"
        settings.say("exploring", page)
        if not no_browser:
            import webbrowser

            webbrowser.open(page)

    # One reader on one machine: nobody else is to be kept a share for.
    limits = replace(Limits(), client_seconds=0.0)
    _serve(
        settings,
        None,
        "127.0.0.1",
        port,
        limits,
        isolation="auto",
        single_user=single_user,
        quiet=True,
        opened=opened,
    )


def _serve(
    settings: Settings,
    folder: Path | None,
    host: str,
    port: int,
    limits: Limits,
    *,
    isolation: str,
    proxy: str = "",
    address: str = "",
    single_user: bool,
    quiet: bool,
    opened: Callable[[str], object] = lambda address: None,
) -> None:
    """Serve until a signal asks to stop.

    Parameters
    ----------
    opened
        Called with the address once it answers, or is about to.
    """
    import tempfile

    from kg.publishing.versions import current
    from kg.publishing.versions import publish as publish_version
    from kg.server import sandbox

    with tempfile.TemporaryDirectory(prefix="kg-published-") as own:
        root = folder or Path(own)
        if single_user or not sandbox.supported():
            _serve_single(settings, root, host, port, limits, quiet=quiet, opened=opened)
            return
        if current(root) is None:
            _aside(lambda: publish_version(root, *_contents(settings)))
        from kg.server.supervisor import Supervisor

        try:
            supervisor = Supervisor(
                root,
                host=host,
                port=port,
                limits=limits,
                isolation=isolation,
                proxy=proxy,
                address=address,
                quiet=quiet,
            )
        except OSError as error:
            raise ParameterError("cannot-listen", f"{host}:{port}", str(error.strerror)) from error
        with supervisor:
            how = supervisor.start()
            settings.say(
                "serving", f"http://{supervisor.netloc}", settings.text(f"isolation-{how}")
            )
            opened(f"http://{supervisor.netloc}")
            supervisor.run()


def _serve_single(
    settings: Settings,
    root: Path,
    host: str,
    port: int,
    limits: Limits,
    *,
    quiet: bool,
    opened: Callable[[str], object],
) -> None:
    from kg.publishing.versions import current
    from kg.publishing.versions import publish as publish_version
    from kg.server import single

    version = current(root) or publish_version(root, *_contents(settings))
    with single.listen(host, port) as listener:
        host, port = listener.getsockname()[:2]
        netloc = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        settings.say("serving", f"http://{netloc}", settings.text("isolation-none"))
        # What is asked before the server runs waits in the queue of the socket.
        listener.listen()
        opened(f"http://{netloc}")
        single.run(listener, version, limits, quiet=quiet)


def _aside(work: Callable[[], object]) -> None:
    """Do something in a process of its own: what it loads into memory is gone afterwards.

    Should it fail, that process says why, as this one would have.
    """
    from kg.server import sandbox

    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    process = os.fork()
    if process == 0:
        sandbox.die_with_parent(parent)
        work()
        os._exit(0)
    _, status = os.waitpid(process, 0)
    if status:
        sys.exit(max(1, os.waitstatus_to_exitcode(status)))


def _contents(settings: Settings) -> tuple[bytes, bytes | None]:
    """The dataset that the common options name, as canonical N-Quads, and what its pages know."""
    from kg.build import canonical_nquads
    from kg.explorer.making import record_of

    graph = settings.open()
    nquads = canonical_nquads(graph.embedded("publish").dataset)
    settings.progress("pages")
    try:
        return nquads, record_of(graph)
    except KgError as error:
        # A dataset of other things than ours is served, too: as SPARQL and linked data.
        settings.say("no-pages", error.render(settings.language))
        return nquads, None
