"""The islands in a real browser, under the server's policy: each does its part, none is needed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

import hatch_build
from tests.conftest import absent
from tests.explorer.small_site import EVIL, FIRST, NAMES, Handler, serving

if TYPE_CHECKING:
    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

WATCH = """
window.violations = [];
addEventListener('securitypolicyviolation', (e) => violations.push(e.violatedDirective), true);
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    if not hatch_build.fresh(hatch_build.ROOT):
        absent("the front end is not built: python hatch_build.py")
    with serving() as base:
        yield base


class Tab:
    """The browser with the few gestures that the tests need."""

    def __init__(self, browser: Chrome, address: str) -> None:
        self.browser, self.address = browser, address

    def open(self, path: str) -> None:
        self.browser.get(self.address + path)
        # A page that is left takes the mark with it: what keeps it was changed in place.
        self.run("window.stayed = true")

    def run(self, script: str, *values: Any) -> Any:
        return self.browser.execute_script(script, *values)

    def find(self, selector: str) -> WebElement:
        return self.browser.find_element("css selector", selector)

    def all(self, selector: str) -> list[WebElement]:
        return self.browser.find_elements("css selector", selector)

    def until(self, condition: Callable[[], object]) -> None:
        from selenium.common.exceptions import (
            NoSuchElementException,
            StaleElementReferenceException,
        )
        from selenium.webdriver.support.wait import WebDriverWait

        passing = (NoSuchElementException, StaleElementReferenceException)
        WebDriverWait(self.browser, 10, 0.05, passing).until(lambda _: condition())

    def said(self, text: str) -> None:
        self.until(lambda: text in (self.find("#live-status").get_attribute("textContent") or ""))

    @property
    def path(self) -> str:
        parts = urlsplit(self.browser.current_url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    @property
    def stayed(self) -> bool:
        return bool(self.run("return window.stayed === true"))

    @property
    def focused(self) -> WebElement:
        return self.browser.switch_to.active_element


@pytest.fixture
def tab(browser: Chrome, address: str) -> Iterator[Tab]:
    """A page at 1280 px; afterwards: no violation of the policy, no request elsewhere."""
    browser.set_window_size(1280, 900)
    watching = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    browser.get_log("browser")
    browser.get_log("performance")
    Handler.asked.clear()
    yield Tab(browser, address)
    violations = browser.execute_script("return window.violations")
    messages = [entry["message"] for entry in browser.get_log("browser")]
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", watching)
    asked = [
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    ]
    assert violations == []
    assert not [message for message in messages if "Content Security Policy" in message]
    assert not [message for message in messages if "rror:" in message], messages
    assert {url for url in asked if not url.startswith((address, "data:", "blob:"))} <= {""}
    assert browser.title != "owned"
    assert browser.execute_script("return document.images.length") == 0


# Suggestions


def test_suggestions_can_be_walked_through(tab: Tab) -> None:
    from selenium.webdriver.common.keys import Keys

    tab.open("/en/")
    field = tab.find("#q")
    assert field.get_attribute("aria-expanded") == "false"
    field.send_keys("bus")
    tab.until(lambda: field.get_attribute("aria-expanded") == "true")
    options = tab.all("[role=option]")
    assert [option.text.split("\n")[0] for option in options] == ["Busan", EVIL, "釜山"]
    assert tab.find("[role=option] [lang=zh-Hans]").text == "釜山"
    tab.said("3 suggestions")
    asked = [line for line in Handler.asked if "search.json" in line]
    assert asked == ["GET /en/search.json?q=bus&limit=8"]
    field.send_keys(Keys.ARROW_UP)
    assert field.get_attribute("aria-activedescendant") == options[2].get_attribute("id")
    field.send_keys(Keys.ARROW_DOWN)
    assert field.get_attribute("aria-activedescendant") is None
    field.send_keys(Keys.ARROW_DOWN)
    assert options[0].get_attribute("aria-selected") == "true"
    field.send_keys(Keys.ESCAPE)
    assert not tab.find("[role=listbox]").is_displayed()
    assert field.get_attribute("value") == "bus"
    field.send_keys(Keys.ARROW_DOWN)
    tab.until(lambda: tab.find("[role=listbox]").is_displayed())
    field.send_keys(Keys.ARROW_DOWN, Keys.ENTER)
    tab.until(lambda: tab.path == "/en/city/busan")


def test_without_a_choice_the_form_searches(tab: Tab) -> None:
    from selenium.webdriver.common.keys import Keys

    tab.open("/en/")
    tab.find("#q").send_keys("bus", Keys.ENTER)
    tab.until(lambda: tab.path == "/en/search?q=bus")


def test_nothing_is_asked_while_characters_are_composed(tab: Tab) -> None:
    tab.open("/en/")
    tab.run(
        "const q = document.getElementById('q'); q.focus();"
        "q.dispatchEvent(new CompositionEvent('compositionstart'));"
        "q.value = 'fushan';"
        "q.dispatchEvent(new InputEvent('input', {isComposing: true}));"
    )
    tab.browser.execute_async_script("setTimeout(arguments[0], 500)")
    assert not [line for line in Handler.asked if "search.json" in line]
    tab.run("q.value = '釜山'; q.dispatchEvent(new CompositionEvent('compositionend'));")
    tab.until(lambda: tab.find("[role=listbox]").is_displayed())
    assert sum("search.json" in line for line in Handler.asked) == 1


# Copying, filtering, sorting


def test_a_citation_is_copied_and_said(tab: Tab) -> None:
    from selenium.webdriver.common.keys import Keys

    tab.open("/en/")
    tab.find("button[data-copy='#citation']").click()
    tab.said("Citation copied")
    field = tab.find("#q")
    field.send_keys(Keys.CONTROL, "v")
    assert field.get_attribute("value") == "City Practice Graph <2026>"


def test_a_filter_changes_the_page_in_place(tab: Tab) -> None:
    tab.open("/en/")
    tab.find("input[value=city]").click()
    tab.until(lambda: tab.find("#count").text == "2 things")
    assert tab.path == "/en/?kind=city"
    assert tab.stayed
    assert tab.focused.get_attribute("value") == "city"
    # What came is enhanced, too.
    assert len(tab.all("th button.sort")) == 4
    tab.find("input[value=practice]").click()
    tab.until(lambda: tab.find("#count").text == "3 things")
    tab.browser.back()
    tab.until(lambda: tab.find("#count").text == "2 things")
    tab.browser.back()
    tab.until(lambda: tab.find("#count").text == "3 things")
    assert tab.path == "/en/"
    assert tab.stayed


def test_rows_are_sorted_by_their_values(tab: Tab) -> None:
    tab.open("/en/")

    def names() -> list[str]:
        return [cell.text for cell in tab.all("tbody th")]

    name, _, claims, share = tab.all("thead th button")
    claims.click()
    assert names() == ["Aarhus", "Busan", "Open data"]
    claims.click()
    assert names() == ["Open data", "Busan", "Aarhus"]
    heading = tab.all("thead th")[2]
    assert heading.get_attribute("aria-sort") == "descending"
    for _ in range(2):
        share.click()
        assert names()[-1] == "Aarhus"  # nothing recorded is neither least nor most
    assert heading.get_attribute("aria-sort") is None
    name.click()
    assert names() == ["Aarhus", "Busan", "Open data"]


# The graph


def drawn(tab: Tab) -> int:
    return int(tab.find("#graph").get_attribute("data-drawn") or 0)


def snapshot(tab: Tab) -> str:
    return str(tab.run("return document.querySelector('[data-id$=-node]').toDataURL()"))


def test_the_graph_is_drawn_and_catches_no_focus(tab: Tab) -> None:
    tab.open("/en/graph")
    tab.until(lambda: drawn(tab) == 9)
    assert tab.run("return document.querySelectorAll('.graph-canvas [tabindex]').length") == 0
    canvas = tab.find(".graph-canvas")
    assert canvas.get_attribute("role") == "img"
    buttons = tab.all(".graph-tools button")
    assert [button.text for button in buttons] == [
        "Zoom in",
        "Zoom out",
        "Show all",
        "Undo",
        "Save as PNG",
    ]
    for button in buttons:
        assert min(button.size.values()) >= 24
    assert not buttons[3].is_enabled()


def test_a_thing_is_chosen_from_the_list_and_expanded(tab: Tab) -> None:
    tab.open("/en/graph")
    tab.until(lambda: drawn(tab) == 9)
    tab.find("[data-select='id/practice/one']").click()
    panel = tab.find("#graph-selected")
    assert panel.get_attribute("aria-live") == "polite"
    assert panel.text.split("\n") == [
        "Selected",
        NAMES["practice"],
        "Practice",
        "2 neighbours not shown",
        "Open page",
        "Expand",
        "Hide",
    ]
    tab.find("#graph-selected-expand").click()
    tab.until(lambda: drawn(tab) == 11)
    assert tab.path == "/en/graph?open=practice"
    assert tab.stayed
    assert len(tab.all("#graph-list li")) == 11
    assert tab.find(".graph-canvas").get_attribute("aria-label") == "11 things around Busan"
    # Whoever pressed Expand is on what undoes it.
    tab.until(lambda: tab.focused.text == "Collapse")
    tab.find("[data-tool=undo]").click()
    tab.until(lambda: drawn(tab) == 9)
    assert tab.path == "/en/graph"
    assert tab.stayed
    assert not tab.find("[data-tool=undo]").is_enabled()


def test_the_list_does_the_same_without_the_picture(tab: Tab) -> None:
    tab.open("/en/graph")
    tab.until(lambda: drawn(tab) == 9)
    tab.find("[data-node='id/source/one'] [data-stay]").click()
    tab.until(lambda: drawn(tab) == 11)
    assert tab.path == "/en/graph?open=source"
    # Its link is another now; the entry is the same.
    entry = "return document.activeElement.closest('[data-node]')?.dataset.node"
    tab.until(lambda: tab.run(entry) == "id/source/one")


def test_a_hidden_thing_leaves_picture_and_panel(tab: Tab) -> None:
    tab.open("/en/graph")
    tab.until(lambda: drawn(tab) == 9)
    tab.find("[data-select='id/concept/one']").click()
    assert EVIL in tab.find("#graph-selected").text
    tab.find("#graph-selected-hide").click()
    tab.until(lambda: drawn(tab) == 8)
    assert tab.find("#graph-selected").text == "Choose a thing."


def test_a_tap_chooses_and_a_tap_beside_ends_it(tab: Tab) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    tab.open("/en/graph")
    tab.until(lambda: drawn(tab) == 9)
    tab.browser.execute_async_script("setTimeout(arguments[0], 300)")
    # The one disc in the colour of a city.
    x, y = tab.run(
        "const c = document.querySelector('[data-id$=-node]');"
        "const want = [47, 127, 196], d = c.getContext('2d')"
        "  .getImageData(0, 0, c.width, c.height).data;"
        "let n = 0, x = 0, y = 0;"
        "for (let i = 0; i < d.length; i += 4)"
        "  if (want.every((v, k) => Math.abs(d[i + k] - v) < 4))"
        "    { n++; x += (i / 4) % c.width; y += Math.floor(i / 4 / c.width); }"
        "const scale = c.width / c.clientWidth;"
        "return [x / n / scale - c.clientWidth / 2, y / n / scale - c.clientHeight / 2];"
    )
    canvas = tab.find(".graph-canvas")
    ActionChains(tab.browser).move_to_element_with_offset(canvas, x, y).click().perform()
    tab.until(lambda: "Busan" in tab.find("#graph-selected").text)
    corner = ActionChains(tab.browser).move_to_element_with_offset(canvas, -420, -200)
    corner.click().perform()
    tab.until(lambda: tab.find("#graph-selected").text == "Choose a thing.")


def wheel(tab: Tab, *, control: bool) -> None:
    box = tab.find(".graph-canvas").rect
    tab.browser.execute_cdp_cmd(
        "Input.dispatchMouseEvent",
        {
            "type": "mouseWheel",
            "x": box["x"] + 200,
            "y": box["y"] + 100,
            "deltaX": 0,
            "deltaY": 120,
            "modifiers": 2 if control else 0,
        },
    )


def test_the_wheel_scrolls_the_page_and_zooms_with_control(tab: Tab) -> None:
    tab.browser.set_window_size(1280, 500)
    tab.open("/en/graph")
    tab.until(lambda: drawn(tab) == 9)
    tab.browser.execute_async_script("setTimeout(arguments[0], 300)")
    before = snapshot(tab)
    wheel(tab, control=True)
    tab.until(lambda: snapshot(tab) != before)
    assert tab.run("return scrollY") == 0
    tab.browser.execute_async_script("setTimeout(arguments[0], 400)")
    before = snapshot(tab)
    wheel(tab, control=False)
    tab.until(lambda: tab.run("return scrollY") > 0)
    assert snapshot(tab) == before


def fingers(tab: Tab, places: list[list[tuple[int, int]]]) -> None:
    """Put fingers down at the first places, move them along, lift them."""
    for number, points in enumerate(places):
        touches = {
            "type": "touchMove" if number else "touchStart",
            "touchPoints": [{"x": x, "y": y} for x, y in points],
        }
        tab.browser.execute_cdp_cmd("Input.dispatchTouchEvent", touches)
        tab.browser.execute_async_script("requestAnimationFrame(arguments[0])")
    lifted: dict[str, object] = {"type": "touchEnd", "touchPoints": []}
    tab.browser.execute_cdp_cmd("Input.dispatchTouchEvent", lifted)


def test_one_finger_scrolls_the_page_and_two_zoom(tab: Tab) -> None:
    phone = {"width": 390, "height": 600, "deviceScaleFactor": 1, "mobile": True}
    touch = {"enabled": True, "maxTouchPoints": 2}
    tab.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    tab.browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", touch)
    try:
        tab.open("/en/graph")
        tab.until(lambda: drawn(tab) == 9)
        tab.browser.execute_async_script("setTimeout(arguments[0], 300)")
        before = snapshot(tab)
        fingers(tab, [[(200, 500 - step)] for step in range(0, 280, 20)])
        tab.until(lambda: tab.run("return scrollY") > 100)
        assert snapshot(tab) == before
        assert tab.find("#graph-selected").text == "Choose a thing."
        # A swipe goes on for a while after the finger has left.
        tab.until(lambda: tab.run("scrollTo(0, 0); return scrollY") == 0)
        tab.browser.execute_async_script("setTimeout(arguments[0], 500)")
        tab.until(lambda: tab.run("scrollTo(0, 0); return scrollY") == 0)
        fingers(tab, [[(180 - step, 400), (220 + step, 400)] for step in range(0, 80, 10)])
        tab.until(lambda: snapshot(tab) != before)
        assert tab.run("return scrollY") == 0
        assert tab.run("return visualViewport.scale") == 1
    finally:
        tab.browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})
        tab.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_buttons_zoom_and_save(tab: Tab) -> None:
    tab.open("/en/graph")
    tab.until(lambda: drawn(tab) == 9)
    tab.browser.execute_async_script("setTimeout(arguments[0], 300)")
    first = snapshot(tab)
    tab.find("[data-tool=closer]").click()
    tab.until(lambda: snapshot(tab) != first)
    closer = snapshot(tab)
    tab.find("[data-tool=fit]").click()
    tab.until(lambda: snapshot(tab) != closer)
    tab.browser.execute_async_script("setTimeout(arguments[0], 700)")
    all_of_it = snapshot(tab)
    tab.find("[data-tool=farther]").click()
    tab.until(lambda: snapshot(tab) != all_of_it)
    tab.run(
        "const make = URL.createObjectURL;"
        "URL.createObjectURL = (blob) => { window.saved = blob; return make.call(URL, blob); };"
        "HTMLAnchorElement.prototype.click = function () { window.name = this.download; };"
    )
    tab.find("[data-tool=png]").click()
    tab.until(lambda: tab.run("return window.saved?.type") == "image/png")
    assert tab.run("return window.saved.size") > 5000
    assert tab.run("return window.name") == "city-practice-graph.png"


def test_the_graph_follows_the_colour_scheme(tab: Tab) -> None:
    tab.open("/en/graph")
    tab.until(lambda: drawn(tab) == 9)
    tab.browser.execute_async_script("setTimeout(arguments[0], 300)")
    before = snapshot(tab)
    dark = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    tab.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", dark)
    try:
        tab.until(lambda: snapshot(tab) != before)
    finally:
        tab.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


@pytest.mark.parametrize("path", ["/en/", "/en/graph", "/en/console?query=FAULT"])
def test_nothing_is_wider_than_a_phone(tab: Tab, path: str) -> None:
    phone = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    tab.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    try:
        tab.open(path)
        tab.browser.execute_async_script("setTimeout(arguments[0], 300)")
        assert tab.run("return document.documentElement.scrollWidth") <= 390
    finally:
        tab.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


# The console


def editor(tab: Tab) -> WebElement:
    tab.until(lambda: tab.find(".editor"))
    return tab.find(".editor").shadow_root.find_element("css selector", ".cm-content")


def inside(tab: Tab, selector: str) -> list[WebElement]:
    return tab.find(".editor").shadow_root.find_elements("css selector", selector)


def text(tab: Tab) -> str:
    return str(tab.run("return document.getElementById('query').value"))


def test_the_editor_takes_the_place_of_the_textarea(tab: Tab) -> None:
    from selenium.webdriver.common.keys import Keys

    tab.open("/en/console")
    content = editor(tab)
    assert content.get_attribute("aria-label") == "SPARQL query"
    assert not tab.find("#query").is_displayed()
    tab.find("label[for=query]").click()
    keys = tab.focused
    keys.send_keys("ASK WHERE {{}")
    assert text(tab) == "ASK WHERE {{}}"  # the second closing brace was there already
    # Tab leaves the editor, forwards and backwards.
    keys.send_keys(Keys.ESCAPE, Keys.TAB)
    assert tab.focused.text == "Run"
    tab.focused.send_keys(Keys.SHIFT, Keys.TAB)
    tab.focused.send_keys(Keys.SHIFT, Keys.TAB)
    assert tab.focused.get_attribute("id") == "examples"


def test_a_query_runs_in_place_and_has_an_address(tab: Tab) -> None:
    from selenium.webdriver.common.keys import Keys

    tab.open("/en/console")
    editor(tab).send_keys("ASK", Keys.CONTROL, Keys.ENTER)
    tab.until(lambda: tab.find("#console-result").text.startswith("GET 3 characters"))
    tab.said("GET 3 characters")
    assert parse_qs(urlsplit(tab.path).query) == {"query": ["ASK"]}
    editor(tab).send_keys(" #", Keys.NULL)
    tab.find("#console-form button").click()
    tab.until(lambda: tab.find("#console-result").text.startswith("GET 5 characters"))
    tab.browser.back()
    tab.until(lambda: tab.find("#console-result").text.startswith("GET 3 characters"))
    assert text(tab) == "ASK"
    assert tab.stayed


def test_a_term_is_found_by_its_name_and_brings_its_prefix(tab: Tab) -> None:
    from selenium.webdriver.common.keys import Keys

    tab.open("/en/console")
    content = editor(tab)

    def offered() -> list[str]:
        return [option.text for option in inside(tab, "[role=option]")]

    def enter(words: str) -> None:
        # In one piece, as an input method does: one question, one list.
        tab.browser.execute_cdp_cmd("Input.insertText", {"text": words})

    content.send_keys("ASK ", Keys.ENTER, "?city a ")
    enter("城市")
    tab.until(lambda: offered()[:1] == ["cpg:CityCity · 城市"])
    assert "practice:open-data" in offered()[1]
    # For a moment after a list has changed Enter is still a new line, on purpose.
    tab.browser.execute_async_script("setTimeout(arguments[0], 1000)")
    content.send_keys(Keys.ENTER)
    namespace = "https://w3id.org/city-practice-graph/ontology#"
    expected = f"PREFIX cpg: <{namespace}>\nASK \n?city a cpg:City"
    tab.until(lambda: text(tab) == expected)
    content.send_keys(" . ?city ")
    enter("adopt")
    tab.until(lambda: offered() == ["cpg:adoptsPracticeadopts practice · 采用实践"])
    inside(tab, "[role=option]")[0].click()
    tab.until(lambda: text(tab) == f"{expected} . ?city cpg:adoptsPractice")
    content.send_keys(" ?ci")
    tab.until(lambda: offered() == ["?city"])
    content.send_keys(Keys.ESCAPE)
    tab.until(lambda: not inside(tab, "[role=option]"))


def test_a_fault_is_marked_where_it_is(tab: Tab) -> None:
    tab.open("/en/console?query=SELECT+*%0AFAULT+x")
    content = editor(tab)
    tab.until(lambda: content.get_attribute("aria-invalid") == "true")
    (mark,) = inside(tab, ".cm-fault")
    assert mark.text == "ULT"  # line 2, column 3
    described = content.get_attribute("aria-describedby")
    (message,) = inside(tab, f"[id='{described}']")
    assert message.text == "Line 2, column 3"  # what is wrong stands below, once
    content.send_keys(" ")
    tab.until(lambda: content.get_attribute("aria-invalid") is None)
    assert not inside(tab, ".cm-fault")
    tab.find("#console-form button").click()
    tab.until(lambda: inside(tab, ".cm-fault"))
    tab.said(f"Unexpected {EVIL}")
    assert tab.stayed


def test_a_long_query_is_posted_and_leaves_the_address(tab: Tab) -> None:
    tab.open("/en/console")
    editor(tab)
    tab.run(
        "const s = document.getElementById('examples'); const o = s.options[1];"
        "o.dataset.query = '#'.repeat(7000); s.value = o.value;"
        "s.dispatchEvent(new Event('change'));"
    )
    assert len(text(tab)) == 7000
    tab.find("#console-form button").click()
    tab.until(lambda: tab.find("#console-result").text.startswith("POST 7000 characters"))
    assert tab.path == "/en/console"
    assert tab.stayed


def test_an_example_fills_the_editor(tab: Tab) -> None:
    from selenium.webdriver.support.select import Select

    tab.open("/en/console")
    content = editor(tab)
    Select(tab.find("#examples")).select_by_visible_text("Cities")
    assert text(tab) == FIRST
    assert "?city a cpg:City" in content.text


def test_the_textarea_works_when_the_editor_does_not_load(tab: Tab) -> None:
    tab.browser.execute_cdp_cmd("Network.enable", {})
    tab.browser.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*console-*.js"]})
    try:
        tab.open("/en/console")
        tab.find("#query").send_keys("ASK")
        tab.find("#console-form button").click()
        tab.until(lambda: tab.find("#console-result").text.startswith("GET 3 characters"))
        assert not tab.stayed
    finally:
        tab.browser.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
