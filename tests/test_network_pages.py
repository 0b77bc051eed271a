"""Network pages in a real browser: nodes shown, no error, no request, nothing executed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx
import pytest

from kg.drawing import network_page
from kg.errors import ParameterError, UnknownNameError
from kg.graph import KnowledgeGraph
from kg.network import VIEWS

if TYPE_CHECKING:
    from selenium.webdriver import Chrome


TWO_FRAMES = "requestAnimationFrame(() => requestAnimationFrame(arguments[0]))"


def open_page(browser: Chrome, path: Path) -> None:
    from selenium.webdriver.support.wait import WebDriverWait

    browser.get_log("browser")
    browser.get_log("performance")
    browser.get(path.as_uri())
    WebDriverWait(browser, 30).until(
        lambda chrome: chrome.execute_script("return document.body.dataset.drawn")
    )


def requests(browser: Chrome) -> list[str]:
    """Addresses that the page asked for, its own file aside."""
    entries: list[dict[str, Any]] = [
        json.loads(entry["message"])["message"] for entry in browser.get_log("performance")
    ]
    addresses = [
        entry["params"]["request"]["url"]
        for entry in entries
        if entry["method"] == "Network.requestWillBeSent"
    ]
    return [address for address in addresses if not address.startswith(("file:", "data:"))]


def failures(browser: Chrome) -> list[str]:
    return [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]


def coloured_pixels(browser: Chrome) -> int:
    """Pixels of the canvas that are neither paper nor grey."""
    return int(
        browser.execute_script(
            "const c = document.querySelector('#network canvas');"
            "const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
            "let n = 0;"
            "for (let i = 0; i < d.length; i += 4)"
            "  if (d[i + 3] > 200 && Math.max(d[i], d[i+1], d[i+2])"
            "      - Math.min(d[i], d[i+1], d[i+2]) > 60) n++;"
            "return n;"
        )
    )


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("view", VIEWS)
def test_a_page_works_without_a_network(
    graph: KnowledgeGraph, browser: Chrome, tmp_path: Path, view: str, width: int
) -> None:
    city = "singapore" if view == "city" else None
    network = graph.network(view, city=city)
    path = graph.draw(view, tmp_path / "page.html", city=city)
    browser.set_window_size(width, 900)
    open_page(browser, path)
    assert browser.execute_script("return document.body.dataset.drawn") == str(len(network))
    assert coloured_pixels(browser) > 300
    assert requests(browser) == []
    assert failures(browser) == []
    # Nothing but the table scrolls sideways.
    assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    assert len(browser.find_elements("css selector", "tbody tr")) == len(network)


def test_language_search_and_filter(graph: KnowledgeGraph, browser: Chrome, tmp_path: Path) -> None:
    path = graph.draw("city-practice", tmp_path / "page.html", language="zh")
    browser.set_window_size(1280, 900)
    open_page(browser, path)
    title = browser.find_element("css selector", "h1.zh")
    assert title.is_displayed()
    assert title.text == "哪些城市记录了哪些实践"
    browser.find_element("id", "language").click()
    assert browser.find_element("css selector", "h1.en").is_displayed()
    assert not title.is_displayed()
    search = browser.find_element("id", "search")
    search.send_keys("新加坡\n")
    detail = browser.find_element("id", "detail")
    assert detail.is_displayed()
    assert "Singapore" in detail.text
    assert "P21S5" in detail.text
    browser.execute_script(
        "const s = document.getElementById('search'); s.value = '';"
        "s.dispatchEvent(new Event('input'));"
    )
    browser.execute_async_script(TWO_FRAMES)
    before = coloured_pixels(browser)
    browser.find_element("css selector", ".legend input[value=practice]").click()
    browser.execute_async_script(TWO_FRAMES)
    assert coloured_pixels(browser) < before
    assert failures(browser) == []


def test_labels_are_text(browser: Chrome, tmp_path: Path) -> None:
    """Markup in a name is shown, never run, on the page, in tooltips and in the panel."""
    script = "document.title='owned'"
    evil = f'<img src=x onerror="{script}"></script><script>{script}</script>'
    network: nx.Graph[str] = nx.Graph(
        cities_registered=1, cities_documented=1, programmes=1, sources=1
    )
    for number, kind in enumerate(("city", "practice")):
        network.add_node(
            f"https://w3id.org/city-practice-graph/id/x/{number}",
            kind=kind,
            name_en=evil,
            name_zh=evil,
            cities=1,
            evidence=evil,
        )
    left, right = network
    network.add_edge(left, right, weight=1, evidence=evil)
    path = tmp_path / "evil.html"
    path.write_text(network_page(network, "city-practice"), encoding="utf-8")
    open_page(browser, path)
    browser.find_element("id", "search").send_keys("onerror\n")
    assert "onerror" in browser.find_element("id", "detail").text
    assert browser.title != "owned"
    assert browser.execute_script("return document.querySelectorAll('img').length") == 0
    assert failures(browser) == []


def test_the_same_facts_give_the_same_page_in_every_process(tmp_path: Path) -> None:
    pages = []
    for seed in ("1", "2"):
        path = tmp_path / f"{seed}.html"
        subprocess.run(
            [sys.executable, "-m", "kg.cli", "network", "city-practice", "-o", str(path)],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        pages.append(path.read_bytes())
    assert pages[0] == pages[1]


def test_a_large_picture_opens_with_labels_that_can_be_read(
    graph: KnowledgeGraph, browser: Chrome, tmp_path: Path
) -> None:
    path = graph.draw("programme-technology", tmp_path / "page.html", language="zh")
    browser.set_window_size(390, 900)
    open_page(browser, path)
    whole = browser.find_element("id", "whole")
    assert whole.text == "查看全图"
    close_up = coloured_pixels(browser)
    whole.click()
    browser.execute_async_script(TWO_FRAMES)
    assert whole.text == "放大查看"
    # Smaller nodes cover less of the canvas, though there are more of them.
    assert 0 < coloured_pixels(browser) != close_up
    browser.set_window_size(1280, 900)
    open_page(browser, graph.draw("practice-co-adoption", tmp_path / "small.html", language="zh"))
    browser.execute_async_script(TWO_FRAMES)
    assert not browser.find_element("id", "whole").is_displayed()


def test_edges_count_programmes(graph: KnowledgeGraph) -> None:
    network = graph.network("city-practice")
    base = "https://w3id.org/city-practice-graph/"
    edge = network[base + "id/city/singapore"][base + "concept/practice/open-data"]
    assert edge["weight"] == 1
    assert "sh-top50-lessons-2021/P21S5" in edge["evidence"]
    counted = {row.concept: len(row.cities) for row in graph.recurrence().rows}
    practice = base + "concept/practice/open-data"
    assert network.nodes[practice]["cities"] == counted[practice]
    assert network.graph["cities_registered"] == 87
    assert network.graph["cities_documented"] == 72


def test_wrong_views(graph: KnowledgeGraph) -> None:
    with pytest.raises(UnknownNameError, match="city-practice"):
        graph.network("hairball")
    with pytest.raises(ParameterError, match="--city"):
        graph.network("city")
