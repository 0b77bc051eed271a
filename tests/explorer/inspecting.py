"""Every page type is opened once in each language; all that is checked is looked at on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from kg.messages import Language
from tests.explorer import axe
from tests.explorer.browsing import Tab
from tests.explorer.places import Place

WIDTHS: Final = (1280, 768, 320)
MOST_TABS: Final = 60
_ALL_OPEN: Final = "for (const box of document.querySelectorAll('details')) box.open = true;"
_ALTERNATES: Final = """
return Object.fromEntries([...document.querySelectorAll('link[rel=alternate][hreflang]')].map(
  (link) => [link.hreflang, link.href]));
"""

OUTLINE: Final = """
const all = (selector, tell) => [...document.querySelectorAll(selector)].map(tell);
return {
  h1: all('h1', (heading) => heading.textContent),
  panels: all('main section[id]', (panel) => panel.id),
  headings: all('main h2, main h3', (heading) => heading.textContent.trim()),
  rows: all('main table', (table) => table.rows.length),
  links: [...new Set(all('a[href]', (link) => link.getAttribute('href')))].sort(),
  forms: all('form', (form) => [form.getAttribute('action'), ...new Set(
    [...form.elements].map(({ name }) => name).filter(Boolean))].join(' ')),
};
"""
"""What a page has with scripts and without."""


@dataclass
class Inspection:
    """What was found on a page.

    Attributes
    ----------
    faults
        By check: what is wrong, with the width at which it is.
    alternates
        Addresses of the page by language, as it names them.
    switch
        Where the link to the other language leads.
    outline
        What the page has for its readers (see :data:`OUTLINE`).
    """

    faults: dict[str, list[str]] = field(default_factory=dict)
    alternates: Mapping[str, str] = field(default_factory=dict)
    switch: str = ""
    outline: Mapping[str, Any] = field(default_factory=dict)

    def add(self, check: str, found: list[str], width: int | str = "") -> None:
        """Note what a check has found."""
        self.faults.setdefault(check, []).extend(f"{width} {fault}".strip() for fault in found)


@cache
def _checks() -> str:
    return Path(__file__).with_name("checks.js").read_text("utf-8")


def ready(tab: Tab) -> None:
    """Wait until the islands of the page have come up."""
    tab.until(lambda: tab.run("return document.readyState") == "complete")
    if tab.all("script[src*='/graph-']"):
        tab.until(lambda: tab.run("return document.querySelector('.graph-canvas canvas') !== null"))
    if tab.all("script[src*='/console-']"):
        tab.until(lambda: tab.run("return document.querySelector('.editor') !== null"))


def inspect(tab: Tab, place: Place, language: Language) -> Inspection:
    """Open a page and look at it in all widths."""
    seen = Inspection()
    tab.size(WIDTHS[0])
    tab.forget()
    with tab.watching():
        tab.open(place.address(language))
        ready(tab)
        tab.run(_checks())
        seen.alternates = tab.run(_ALTERNATES)
        seen.switch = tab.run("return document.querySelector('a.language').href")
        seen.outline = tab.run(OUTLINE)
        seen.add("headings", tab.run("return checks.headings()"))
        for width in WIDTHS:
            tab.size(width)
            tab.run("checks.rewind()")
            seen.add("reflow", tab.run("return checks.reflow()"), width)
            if width == WIDTHS[-1]:
                # What is folded away counts, too, where there is least room for it.
                tab.run(_ALL_OPEN)
                seen.add("reflow", tab.run("return checks.reflow()"), f"{width} all open")
                seen.add("languages", tab.run("return checks.languages()"))
            seen.add("text", tab.run("return checks.smallText()"), width)
            seen.add("targets", tab.run("return checks.targets()"), width)
            seen.add("axe", axe.violations(tab.browser), width)
            if width == WIDTHS[0]:
                tab.dark()
                dark = axe.violations(tab.browser, rules=axe.COLOUR_RULES)
                seen.add("axe", dark, "dark")
                tab.dark(False)
                _walk(tab, seen, width)
        # Whoever uses the keyboard sees where they are; a key makes the browser show the focus.
        tab.key("Tab", 9)
        seen.add("focus", tab.run("return checks.focusShown()"), WIDTHS[-1])
        seen.add("policy", tab.run("return violations"))
        own = tab.address + place.address(language)
        spoken = [line for line in tab.messages() if place.status == 200 or own not in line]
        seen.add("console", spoken)
        seen.add("network", tab.asked_elsewhere(tab.events()))
    return seen


def _walk(tab: Tab, seen: Inspection, width: int) -> None:
    """Press Tab through the page."""
    tab.run("checks.watchTabs()")
    stops = tab.run("return tabbable.length")
    presses = min(MOST_TABS, stops)
    for _ in range(presses + 2):  # what a script brings may be a stop of its own
        tab.key("Tab", 9)
    seen.add("tab", tab.run("return checks.missedByTab(arguments[0])", presses), width)
    seen.add("focus", tab.run("return checks.focusShown()"), width)
