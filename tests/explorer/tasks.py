"""Twelve things that readers come for, each done in the browser and counted in steps.

``python -m tests.explorer.tasks`` prints the table. A step is a click, a field that is filled in,
or a sequence of keys that leads to one target.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.explorer.words import say
from kg.messages import Language
from tests.explorer.browsing import Tab
from tests.explorer.places import LANGUAGES

if TYPE_CHECKING:
    from selenium.webdriver.remote.webelement import WebElement

_NAMES: Final[dict[str, tuple[str, str]]] = {
    "shanghai": ("Shanghai", "上海"),
    "infoshare": ("Region Infoshare", "地区信息共享"),
    "open-data": ("Continuous opening of city data", "持续开放城市数据"),
    "asia": ("Asia", "亚洲"),
}


class Walk:
    """A reader in one language, whose steps are counted."""

    def __init__(self, tab: Tab, language: Language) -> None:
        self.tab, self.language, self.steps = tab, language, 0

    def say(self, key: str, *values: object) -> str:
        return say(self.language, key, *values)

    def name(self, key: str) -> str:
        return _NAMES[key][1 if self.language == "zh" else 0]

    def start(self, path: str = "") -> None:
        """The home page, without a step."""
        self.tab.open(f"/{self.language}/{path}")

    def click(self, element: WebElement, until: Callable[[], object]) -> None:
        """One click, and what it has to lead to."""
        self.steps += 1
        self.tab.browser.execute_script(
            "arguments[0].scrollIntoView({block: 'center', inline: 'center'})", element
        )
        element.click()
        self.tab.until(until)

    def go(self, element: WebElement, path: str) -> None:
        """One click on what leads to a page; a part of its address tells which."""
        self.click(element, lambda: path in self.tab.path and self.tab.all("footer"))

    def menu(self, key: str, path: str) -> None:
        """One click in the menu."""
        self.go(self.tab.link(self.say(key), "nav.wide"), f"/{self.language}/{path}")

    def fill(self, selector: str, text: str) -> None:
        """One field."""
        self.steps += 1
        field = self.tab.find(selector)
        if field.tag_name == "select":
            from selenium.webdriver.support.select import Select

            Select(field).select_by_value(text)
        else:
            field.clear()
            field.send_keys(text)

    def expand(self, selector: str) -> WebElement:
        """One click that opens the first evidence in a part of the page; gives its list."""
        box = self.tab.all(f"{selector} details.evidence")[0]
        summary = box.find_element("css selector", "summary")
        self.click(summary, lambda: box.get_attribute("open") is not None)
        return box

    def rows(self, selector: str) -> list[list[str]]:
        """The cells of a table."""
        found: list[list[str]] = self.tab.run(
            "return [...document.querySelectorAll(arguments[0])].map((row) =>"
            " [...row.cells].map((cell) => cell.textContent.trim()))",
            f"{selector} tbody tr",
        )
        return found

    def press_until(self, key: str, code: int, reached: Callable[[Any], bool]) -> None:
        """Press a key until something has the focus."""
        for _ in range(400):
            self.tab.key(key, code)
            if reached(self.tab.browser.switch_to.active_element):
                return
        raise AssertionError(f"not reached by {key} on {self.tab.path}")


def what_is_missing(walk: Walk) -> None:
    walk.start()
    walk.go(walk.tab.link(walk.name("shanghai"), "#questions"), "/gap/shanghai")
    assert len(walk.rows("#gaps")) > 3


def who_does_it(walk: Walk) -> None:
    walk.start()
    question = walk.tab.all("#questions h3 a")[1]
    walk.go(question, "/mechanism/participatory-budgeting")
    box = walk.expand("#cities")
    assert box.find_elements("css selector", "a[href*='/source/']")
    assert box.find_elements("css selector", "a[href*='/claim/']")
    assert len(walk.rows("#cities")) > 5


def compare_three(walk: Walk) -> None:
    walk.start()
    walk.menu("nav-compare", "compare")
    for slot, city in enumerate(("busan", "copenhagen", "helsinki")):
        walk.fill(f"#c-{slot}", city)
    walk.go(walk.tab.find("main form button"), "city=helsinki")
    assert len(walk.tab.all("#practices thead th")) == 4
    assert walk.rows("#practices")


def find_a_way(walk: Walk) -> None:
    walk.start()
    walk.menu("nav-graph", "graph")
    walk.fill("#g-from", "Busan" if walk.language == "en" else "釜山")
    walk.fill("#g-to", "Singapore" if walk.language == "en" else "新加坡")
    walk.go(walk.tab.all("main form button")[1], "to=")
    box = walk.expand("#paths")
    assert box.find_elements("css selector", "a[href*='/source/']")


def download_the_matrix(walk: Walk) -> None:
    walk.start()
    walk.menu("nav-matrix", "matrix")
    rows = walk.rows("#matrix")
    with tempfile.TemporaryDirectory() as folder:
        walk.tab.command("Browser.setDownloadBehavior", behavior="allow", downloadPath=folder)
        wanted = Path(folder, "matrix-matrix.csv")
        link = walk.tab.all("#matrix .tools a[href*='.csv']")[0]
        walk.click(link, wanted.is_file)
        walk.tab.until(lambda: wanted.stat().st_size > 1_000)
        content = wanted.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    head, *held = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert head[:2] == ["city", "city_iri"]
    assert [row[0] for row in held] == [row[0] for row in rows]
    shown = [[cell if cell.isdecimal() else "0" for cell in row[1:]] for row in rows]
    assert [row[2:] for row in held] == shown


def share_a_query(walk: Walk) -> None:
    walk.start()
    walk.menu("nav-console", "console")
    walk.click(
        walk.tab.find("#console-form button"),
        lambda: walk.rows("#console-result"),
    )
    rows = walk.rows("#console-result")
    link = walk.tab.link(walk.say("console-share"), "#console-result").get_attribute("href")
    assert rows
    assert link
    # Nothing is kept in the browser: any window is a new session.
    assert (
        walk.tab.run("return document.cookie + localStorage.length + sessionStorage.length") == "00"
    )
    browser, first = walk.tab.browser, walk.tab.browser.current_window_handle
    browser.switch_to.new_window("window")
    try:
        browser.get(link)
        assert walk.rows("#console-result") == rows
    finally:
        browser.close()
        browser.switch_to.window(first)


def cite_a_finding(walk: Walk) -> None:
    walk.start()
    version = re.search(r"\d{6}-[0-9a-f]{12}", walk.tab.find("footer").text)
    assert version is not None
    cited = walk.tab.find("#recurrence .tools a[href*='/cite']")
    walk.go(cited, "/cite?")
    text = walk.tab.find("#f-gbt").text
    assert version[0] in text
    assert "[DS/OL]" in text or "[DB/OL]" in text or "[EB/OL]" in text
    assert walk.tab.address in text


def evidence_of_a_figure(walk: Walk) -> None:
    walk.start()
    walk.fill("#q", walk.name("infoshare"))
    walk.go(walk.tab.find("form.find button"), "/search?")
    walk.go(walk.tab.find("#results a[href*='region-infoshare']"), "region-infoshare")
    walk.expand("#results tr:has(td[data-value='628.0'])")
    walk.go(walk.tab.link("P21S6"), "P21S6")
    assert "P21S6" in walk.tab.find("h1").text


def only_asia(walk: Walk) -> None:
    walk.start()
    walk.menu("nav-matrix", "matrix")
    before = len(walk.rows("#matrix"))
    box = walk.tab.find("input[name=region][value=asia]")
    walk.click(box, lambda: "region=asia" in walk.tab.path and len(walk.rows("#matrix")) < before)
    walk.tab.until(lambda: not walk.tab.all("main[aria-busy]"))
    shown = {row[0] for row in walk.rows("#matrix")}
    walk.tab.open(f"/{walk.language}/city")
    asian = {row[0] for row in walk.rows("#list") if row[2] == walk.name("asia")}
    assert shown
    assert shown < asian


def on_a_phone(walk: Walk) -> None:
    walk.tab.size(390, 844)

    def fits() -> None:
        wide = "return document.documentElement.scrollWidth - innerWidth"
        assert walk.tab.run(wide) <= 0, walk.tab.path

    walk.start()
    fits()
    row = walk.tab.find("#matrix a[href$='/city/shanghai']")
    walk.go(row, "/city/shanghai")
    fits()
    walk.go(walk.tab.find(".actions a[href*='/gap/shanghai']"), "/gap/shanghai")
    fits()
    assert walk.name("shanghai") in walk.tab.find("h1").text


def only_keys(walk: Walk) -> None:
    walk.start()
    walk.tab.until(lambda: walk.tab.find("#q").get_attribute("role") == "combobox")
    walk.press_until("Tab", 9, lambda field: field.get_attribute("id") == "q")
    walk.tab.command("Input.insertText", text="上海")
    walk.steps += 1
    walk.tab.until(lambda: walk.tab.all("[role=option]"))
    walk.tab.key("ArrowDown", 40)
    walk.tab.key("Enter", 13)
    walk.steps += 1
    walk.tab.until(lambda: "/city/shanghai" in walk.tab.path and walk.tab.all("footer"))
    walk.press_until("Tab", 9, lambda found: found.tag_name == "summary" and _evidence(found))
    walk.tab.key(" ", 32)
    walk.steps += 1
    walk.tab.until(lambda: walk.tab.all("details.evidence[open]"))
    assert walk.tab.all("details.evidence[open] a[href*='/source/']")
    walk.tab.key("Home", 36)
    walk.tab.run("document.activeElement.blur()")
    gap = f"/{walk.language}/gap/shanghai"
    walk.press_until("Tab", 9, lambda found: str(found.get_attribute("href")).endswith(gap))
    walk.tab.command("Input.dispatchKeyEvent", type="keyDown", key="Enter", text="\r")
    walk.steps += 1
    walk.tab.until(lambda: walk.tab.path == gap)


def _evidence(summary: Any) -> bool:
    return "evidence" in summary.find_element("xpath", "..").get_attribute("class")


def without_scripts(walk: Walk) -> None:
    with walk.tab.without_scripts():
        walk.start()
        walk.fill("#q", walk.name("open-data"))
        walk.go(walk.tab.find("form.find button"), "/search?")
        walk.go(walk.tab.find("#results a[href*='/practice/open-data']"), "/practice/open-data")
        box = walk.expand("#cities")
        walk.go(box.find_element("css selector", "a[href*='/source/']"), "/source/")
        assert walk.rows("#drawn")


@dataclass(frozen=True)
class Task:
    """What a reader wants, how it is done, and in how many steps it must be possible."""

    title: str
    do: Callable[[Walk], None]
    most: int


TASKS: Final = (
    Task("Find what Shanghai lacks", what_is_missing, 1),
    Task("Who does participatory budgeting, on what evidence", who_does_it, 2),
    Task("Compare three cities", compare_three, 5),
    Task("Way from Busan to Singapore, evidence of a step", find_a_way, 5),
    Task("Download the matrix", download_the_matrix, 2),
    Task("Run a query and share it", share_a_query, 2),
    Task("Cite a finding (GB/T 7714)", cite_a_finding, 1),
    Task("Open the evidence of “628 datasets”", evidence_of_a_figure, 5),
    Task("Narrow the matrix to Asia", only_asia, 2),
    Task("The same on a phone: Shanghai, its gaps", on_a_phone, 2),
    Task("With keys alone: search, evidence, gaps", only_keys, 4),
    Task("Without scripts: search to source", without_scripts, 5),
)


def main() -> None:
    """Do all tasks and print the table."""
    from tests.explorer.serving import shipped_tab

    with shipped_tab() as tab:
        print(f"{'task':<52} {'steps':>9} {'at most':>8} {'seconds':>15}")
        for task in TASKS:
            steps, seconds = [], []
            for language in LANGUAGES:
                tab.size(1280)
                walk = Walk(tab, language)
                began = time.monotonic()
                task.do(walk)
                seconds.append(f"{time.monotonic() - began:.1f}")
                steps.append(str(walk.steps))
            shown = " / ".join(steps)
            print(
                f"{task.title:<52} {shown:>9} {task.most:>8} {' / '.join(seconds):>15}", flush=True
            )


if __name__ == "__main__":
    main()
