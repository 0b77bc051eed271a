"""How soon the explorer in one file can be used, beside an empty page of the same size.

python tests/benchmarks/onefile.py FILE [--rounds 7]

FILE is what ``kg export explorer -o FILE`` wrote. Both pages open from the disk in the same
Chromium and take turns, so that what else the machine does meets both. Two times are measured from
the start of the navigation: the first heading is painted, and the search reacts (of the empty page:
its field, to which one script listens). The table gives medians and their ratios.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

MOST: Final = 3.0
"""Ratio that no median may reach."""
_HEAD: Final = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Empty</title><h1>Empty</h1>"
    "<input name=q><script>document.querySelector('input').addEventListener('input',"
    "()=>document.title='heard')</script><script type=application/gzip>"
)
_TAIL: Final = "</script></html>"
_PAINTED: Final = (
    "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
)
_SEARCHED: Final = """
const done = arguments[0];
cityPracticeGraph.fetch("/en/search.json?q=shanghai").then((answer) => answer.json())
  .then(({ results }) => done(results.length ? performance.now() : -1));
"""
_HEARD: Final = """
const done = arguments[0];
document.querySelector("input").dispatchEvent(new Event("input"));
done(document.title === "heard" ? performance.now() : -1);
"""


def main() -> int:
    """Measure and print; the status is 1 when a ratio is too large."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    size = options.file.stat().st_size
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder, "empty.html")
        filler = "A" * (size - len(_HEAD) - len(_TAIL))
        empty.write_text(_HEAD + filler + _TAIL, "ascii")
        pages = {"file": (options.file.resolve(), _SEARCHED), "empty": (empty, _HEARD)}
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in pages}
        browser = _browser()
        try:
            # The first round warms the browser and the disk.
            for round_ in range(options.rounds + 1):
                for name, (path, script) in pages.items():
                    times = _open(browser, path, script)
                    if round_:
                        found[name].append(times)
        finally:
            browser.quit()
    print(f"{size / 1e6:.1f} MB, medians of {options.rounds}, ms")
    print(f"{'':16}{'file':>8}{'empty':>8}{'ratio':>8}")
    worst = 0.0
    for place, what in enumerate(("heading painted", "search reacts")):
        ours, theirs = (
            statistics.median(times[place] for times in found[name]) for name in ("file", "empty")
        )
        worst = max(worst, ours / theirs)
        print(f"{what:16}{ours:8.0f}{theirs:8.0f}{ours / theirs:8.2f}")
    return int(worst >= MOST)


def _browser() -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"):
        options.add_argument(argument)
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver") or ""))


def _open(browser: webdriver.Chrome, path: Path, script: str) -> tuple[float, float]:
    browser.get("about:blank")
    browser.get(path.as_uri())
    reacted = float(browser.execute_async_script(script))
    painted: Any = None
    end = time.monotonic() + 10
    while painted is None and time.monotonic() < end:
        painted = browser.execute_script(_PAINTED)
    if painted is None or reacted < 0:
        raise SystemExit(f"{path} did not come up")
    return float(painted), reacted


if __name__ == "__main__":
    sys.exit(main())
