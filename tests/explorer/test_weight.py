"""What the first visit costs: bytes over the wire."""

from __future__ import annotations

import pytest

from kg.messages import Language
from tests.explorer.browsing import Tab
from tests.explorer.inspecting import ready
from tests.explorer.places import LANGUAGES

MOST = 250_000
"""Bytes of the home page with all that it loads, as they are transferred."""


def transferred(tab: Tab, path: str) -> dict[str, int]:
    """Bytes by address of a visit without anything kept."""
    tab.command("Network.enable")
    tab.command("Network.setCacheDisabled", cacheDisabled=True)
    tab.forget()
    try:
        tab.open(path)
        ready(tab)
    finally:
        tab.command("Network.setCacheDisabled", cacheDisabled=False)
    addresses: dict[str, str] = {}
    sizes: dict[str, int] = {}
    for event in tab.events():
        about = event["params"]
        if event["method"] == "Network.requestWillBeSent":
            addresses[about["requestId"]] = about["request"]["url"]
        elif event["method"] == "Network.loadingFinished":
            sizes[addresses[about["requestId"]]] = int(about["encodedDataLength"])
    return sizes


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_home_page_is_light(language: Language, tab: Tab) -> None:
    sizes = transferred(tab, f"/{language}/")
    assert len(sizes) >= 3  # the page, its style, its script
    assert sum(sizes.values()) < MOST, sizes
    compressed = sizes[f"{tab.address}/{language}/"]
    assert compressed < int(tab.run("return document.documentElement.outerHTML.length")) / 2
