"""Speed of the pages beside a peer in the same run; prints a table, fails nothing. Linux.

python -m tests.benchmarks.explorer

First paint: the home page against a static page of the same size with the same style sheet and no
script, from a small server of this process; loads take turns, the figures are medians. Time of the
server: each type of page over HTTP at addresses that nobody asked for before, and in this process
without HTTP; its peer is the same text as a template of Jinja2 that only prints it.
"""

from __future__ import annotations

import argparse
import gzip
import statistics
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, cast
from urllib.parse import parse_qsl

from jinja2 import Environment

import kg
from kg.explorer.making import record_of
from kg.explorer.record import Record
from kg.explorer.site import Site
from kg.messages import Language
from tests.explorer.browsing import Tab
from tests.explorer.inspecting import ready
from tests.explorer.places import LANGUAGES, PLACES, Place
from tests.explorer.serving import shipped_tab

WANTED_MS: Final = 50
_PAINTED: Final = """
const entry = performance.getEntriesByName('first-contentful-paint')[0];
return entry ? entry.startTime : null;
"""
# Pages of a worker's answer, of a search and of the version are made by the server alone.
_SERVER_ALONE: Final = ("queries", "console", "search", "data", "cite")


def show(what: str, value: str, wanted: str = "") -> None:
    """Print one line of the table."""
    print(f"{what:<46} {value:>26} {wanted}", flush=True)


def fetch(address: str) -> tuple[float, bytes]:
    """Seconds until the whole answer is there, and the answer."""
    request = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    began = time.perf_counter()
    try:
        with opener.open(request, timeout=60) as answer:
            body = answer.read()
    except urllib.error.HTTPError as error:
        with error:
            body = error.read()
    return time.perf_counter() - began, body


@contextmanager
def static(files: Mapping[str, tuple[str, bytes]]) -> Iterator[str]:
    """A server of files that are packed already; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            media, body = files.get(self.path.partition("?")[0], ("text/plain", b""))
            self.send_response(200)
            self.send_header("content-type", media)
            self.send_header("content-encoding", "gzip")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def twin_of(address: str) -> dict[str, tuple[str, bytes]]:
    """A page without its scripts, and its style sheets, as static files."""
    import re

    page = gzip.decompress(fetch(f"{address}/en/")[1]).decode("utf-8")
    bare = re.sub(r"<script.*?</script>\n?", "", page, flags=re.DOTALL)
    bare += f"<!--{'x' * (len(page) - len(bare) - 7)}-->"  # as long as the page
    files = {"/en/": ("text/html; charset=utf-8", gzip.compress(bare.encode("utf-8"), 6))}
    for style in re.findall(r'rel="stylesheet" href="([^"]+)"', page):
        files[style] = ("text/css; charset=utf-8", fetch(address + style)[1])
    return files


def painted(tab: Tab, address: str, loads: int, twin: str) -> tuple[list[float], list[float]]:
    """Milliseconds to the first paint of both pages, in turns."""
    ours: list[float] = []
    theirs: list[float] = []
    tab.command("Network.setCacheDisabled", cacheDisabled=True)
    for turn in range(loads + 1):
        for base, held in ((address, ours), (twin, theirs)):
            tab.browser.get(f"{base}/en/?turn={turn}")
            ready(tab)
            tab.until(lambda: tab.run(_PAINTED) is not None)
            if turn:  # the first load warms up
                held.append(float(tab.run(_PAINTED)))
    return ours, theirs


def over_http(address: str, place: Place, repeats: int) -> list[float]:
    """Milliseconds of a page at addresses of which each is new."""
    taken = []
    for turn in range(repeats):
        for language in LANGUAGES:
            mark = "&" if "?" in place.path else "?"
            # A parameter that no page heeds makes an address that was not kept.
            new = f"{address}{place.address(language)}{mark}turn={turn}-{time.time_ns()}"
            if place.path.startswith("queries/"):
                new = f"{address}{place.address(language)}"
            taken.append(fetch(new)[0] * 1000)
    return taken


def in_process(site: Site, place: Place, repeats: int) -> tuple[float, float] | None:
    """Milliseconds to make a page without HTTP, and to print as much text; medians."""
    path, _, query = place.path.partition("?")
    if path.partition("/")[0] in _SERVER_ALONE or place.status != 200:
        return None
    printer = Environment(autoescape=True).from_string(
        "{% for line in lines %}{{ line }}{% endfor %}"
    )
    ours, peers = [], []
    for _ in range(repeats):
        for language in LANGUAGES:
            began = time.perf_counter()
            content = made(site, language, path, query)
            ours.append(time.perf_counter() - began)
            lines = content.decode("utf-8").splitlines()
            began = time.perf_counter()
            printer.render(lines=lines)
            peers.append(time.perf_counter() - began)
    return statistics.median(ours) * 1000, statistics.median(peers) * 1000


def made(site: Site, language: Language, path: str, query: str) -> bytes:
    """The HTML of a page."""
    parameters = parse_qsl(query)
    if path == "graph":
        page, drawn, _ = site.writers[language].graph(site.graph(parameters))
        return site.renderer.graph(page, drawn)
    return site.renderer.html(site.page(language, path, parameters))


def main() -> None:
    """Run all measurements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loads", type=int, default=7)
    parser.add_argument("--repeats", type=int, default=5)
    given = parser.parse_args()
    record = Record.decode(record_of(kg.open()))
    site = Site(cast(Record, record))
    with shipped_tab() as tab:
        tab.size(1280)
        with static(twin_of(tab.address)) as twin:
            ours, theirs = painted(tab, tab.address, given.loads, twin)
        middle, peer = statistics.median(ours), statistics.median(theirs)
        show("first paint of the home page", f"{middle:.0f} ms")
        show("first paint of a static page as long", f"{peer:.0f} ms", "peer")
        show("home page / static page", f"{middle / peer:.2f}", "<= 1.5")
        print()
        show("page", "HTTP / made / ratio", f"< {WANTED_MS} ms; made / printing as much")
        from tests.explorer.screenshots import known

        for place in PLACES:
            there = known(tab, place)
            http = statistics.median(over_http(tab.address, there, given.repeats))
            alone = in_process(site, there, given.repeats)
            rest = "" if alone is None else f" / {alone[0]:5.1f} ms / {alone[0] / alone[1]:5.1f}"
            late = "  LATE" if http >= WANTED_MS else ""
            show(place.name, f"{http:6.1f} ms{rest}", late)


if __name__ == "__main__":
    main()
