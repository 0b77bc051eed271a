"""How soon the explorer in one file can be used, beside an empty page of the same size.

python tests/benchmarks/onefile.py FILE [--rounds 7]

FILE is what ``kg export explorer -o FILE`` wrote. Both pages open from the disk in the same
Chromium and take turns, so that what else the machine does meets both. Two times are measured from
the start of the navigation: the first heading is painted, and the search reacts (of the empty page:
its field, to which one script listens). A page is usable when both have happened. The table gives
medians and their ratios; the status is 1 when the file takes three times as long to be usable.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

MOST: Final = 3.0
"""Ratio of the times until a page is usable that is too large."""
_HEAD: Final = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Empty</title><h1>Empty</h1>"
    "<input name=q><script>document.querySelector('input').addEventListener('input',"
    "()=>document.title='heard')</script><script type=application/gzip>"
)
_TAIL: Final = "</script></html>"
_PAINTED: Final = (
    "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
)
# Runs before anything of the page does, and asks again and again until there is an answer.
_WATCH: Final = """
(() => {
  let asked = false;
  const again = setInterval(async () => {
    const field = document.querySelector("input[name=q]");
    if (!field || asked) return;
    if (document.title === "Empty" || document.title === "heard") {
      field.dispatchEvent(new Event("input"));
      if (document.title !== "heard") return;
    } else {
      if (!window.cityPracticeGraph?.fetch) return;
      asked = true;
      const answer = await cityPracticeGraph.fetch("/en/search.json?q=shanghai").catch(() => null);
      asked = (await answer?.json())?.results.length > 0;
      if (!asked) return;
    }
    window.reacted ??= performance.now();
    clearInterval(again);
  }, 5);
})();
"""
_REACTED: Final = "return window.reacted ?? null"


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
        pages = {"file": options.file.resolve(), "empty": empty}
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in pages}
        browser = _browser()
        try:
            # The first round warms the browser and the disk.
            for round_ in range(options.rounds + 1):
                for name, path in pages.items():
                    times = _open(browser, path)
                    if round_:
                        found[name].append(times)
        finally:
            browser.quit()
    print(f"{size / 1e6:.1f} MB, medians of {options.rounds}, ms")
    print(f"{'':16}{'file':>8}{'empty':>8}{'ratio':>8}")
    ratio = 0.0
    measures: dict[str, Callable[[tuple[float, float]], float]] = {
        "heading painted": lambda times: times[0],
        "search reacts": lambda times: times[1],
        "usable": max,
    }
    for what, measure in measures.items():
        ours, theirs = (statistics.median(map(measure, found[n])) for n in ("file", "empty"))
        ratio = ours / theirs
        print(f"{what:16}{ours:8.0f}{theirs:8.0f}{ratio:8.2f}")
    return int(ratio >= MOST)


def _browser() -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"):
        options.add_argument(argument)
    browser = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver") or ""))
    browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": _WATCH})
    return browser


def _open(browser: webdriver.Chrome, path: Path) -> tuple[float, float]:
    browser.get("about:blank")
    browser.get(path.as_uri())
    return _wait(browser, path, _PAINTED), _wait(browser, path, _REACTED)


def _wait(browser: webdriver.Chrome, path: Path, script: str) -> float:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        found = browser.execute_script(script)
        if found is not None:
            return float(found)
        time.sleep(0.02)
    raise SystemExit(f"{path} did not come up")


if __name__ == "__main__":
    sys.exit(main())
