"""Pictures of every type of page, to be looked at: ``python -m tests.explorer.screenshots FOLDER``.

Each page is shown at 390 and 1280 px in both languages, whole, but for what lies below 3,000 px.
"""

from __future__ import annotations

import argparse
import base64
import re
import urllib.request
from dataclasses import replace
from pathlib import Path

from tests.explorer.browsing import Tab
from tests.explorer.inspecting import ready
from tests.explorer.places import LANGUAGES, PLACES, Place
from tests.explorer.serving import shipped_tab

WIDTHS = (1280, 390)
MOST = 3_000


def shoot(tab: Tab, file: Path, width: int) -> None:
    """Write what the tab shows as PNG."""
    tab.size(width)
    height = min(MOST, int(tab.run("return document.documentElement.scrollHeight")))
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    made = tab.command("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
    file.write_bytes(base64.b64decode(made["data"]))


def main() -> None:
    """Write all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", help="types of pages; all if left out")
    parser.add_argument("--address", help="of a service that runs already")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with shipped_tab() as tab:
        tab.address = given.address or tab.address
        for place in PLACES:
            if given.names and place.name not in given.names:
                continue
            for language in LANGUAGES:
                for width in WIDTHS:
                    # Pictures and the editor are fitted when a page is opened.
                    tab.size(width)
                    tab.open(known(tab, place).address(language))
                    ready(tab)
                    shoot(tab, given.folder / f"{place.name}-{language}-{width}.png", width)


def known(tab: Tab, place: Place) -> Place:
    """A place with a claim that there is."""
    if "CLAIM" not in place.path:
        return place
    address = f"{tab.address}/en/evidence/shanghai/practice/data-driven-decisions"
    with urllib.request.urlopen(address) as answer:
        found = re.search(r'href="/en/thing/(id/claim/[^"]+)"', answer.read().decode("utf-8"))
    assert found is not None
    return replace(place, path=place.path.replace("CLAIM", found[1]))


if __name__ == "__main__":
    main()
