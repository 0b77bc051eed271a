"""Pictures as readers see them when a page opens: all in the frame, and names that can be read."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any, Final
from xml.etree import ElementTree as ET

import pytest

from kg.explorer.drawing import draw_map
from kg.explorer.graphs import Graphs
from kg.explorer.graphstate import VIEWS, GraphState
from kg.explorer.layers import side_label
from kg.explorer.paths import paths, paths_drawn
from kg.explorer.placing import place, place_slim
from kg.explorer.record import Record
from kg.explorer.site import Site
from kg.messages import Language
from tests.explorer.browsing import Tab
from tests.explorer.inspecting import ready

LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")
PATH, VIEW, AROUND = (
    "graph?from=busan&to=singapore",
    "graph?view=practice-mechanism",
    "graph?thing=id/city/shanghai",
)
LEAST: Final = 12

SEEN: Final = """
const canvas = document.querySelector('.graph-canvas');
const cy = canvas._cyreg.cy;
const box = (node, options) => {
  const { x1, y1, x2, y2 } = node.renderedBoundingBox({ includeOverlays: false, ...options });
  return [x1, y1, x2, y2];
};
return {
  width: cy.width(), height: cy.height(),
  nodes: cy.nodes().map((node) => ({
    id: node.id(), name: node.data('name'), unnamed: node.data('unnamed'),
    kind: node.data('kind'), x: node.renderedPosition().x, y: node.renderedPosition().y,
    size: node.data('size') * cy.zoom(),
    shape: box(node, { includeLabels: false }),
    whole: box(node, { includeLabels: true }),
    label: box(node, { includeNodes: false, includeLabels: true }),
  })),
};
"""
"""Where everything is on the screen, in pixels of the frame."""

Box = tuple[float, float, float, float]


def seen(tab: Tab, width: int, path: str) -> dict[str, Any]:
    tab.size(width)
    tab.open(path)
    ready(tab)
    found: dict[str, Any] = tab.run(SEEN)
    return found


def overlap(one: Box, other: Box, slack: float = 4) -> bool:
    return (
        one[0] + slack < other[2]
        and other[0] + slack < one[2]
        and one[1] + slack < other[3]
        and other[1] + slack < one[3]
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [1280, 768, 390, 320])
@pytest.mark.parametrize("path", [PATH, VIEW, AROUND], ids=["path", "view", "around"])
def test_all_is_in_the_frame_when_a_page_opens(
    tab: Tab, width: int, path: str, language: Language
) -> None:
    picture = seen(tab, width, f"/{language}/{path}")
    named = [node for node in picture["nodes"] if not node["unnamed"]]
    for node in picture["nodes"]:
        box = node["shape"] if node["unnamed"] else node["whole"]
        assert box[0] > -1
        assert box[1] > -1
        assert box[2] < picture["width"] + 1
        assert box[3] < picture["height"] + 1
        assert node["size"] > LEAST - 0.01
    for number, node in enumerate(named):
        assert not [
            other["name"]
            for other in picture["nodes"]
            if other is not node and overlap(node["label"], other["shape"])
        ]
        assert not [o["name"] for o in named[:number] if overlap(node["label"], o["label"])]
    if path != AROUND:
        assert len(named) == len(picture["nodes"])
    else:
        assert len(named) > len(picture["nodes"]) * (0.95 if width > 800 else 0.5)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_path_runs_down_a_phone(tab: Tab, language: Language) -> None:
    picture = seen(tab, 390, f"/{language}/{PATH}")
    by = {node["id"]: node for node in picture["nodes"]}
    start, end = by["id/city/busan"], by["id/city/singapore"]
    assert abs(start["x"] - end["x"]) < 2
    assert all(start["y"] <= node["y"] <= end["y"] for node in picture["nodes"])
    # The frame is filled.
    assert end["y"] - start["y"] > 0.7 * picture["height"]
    wide = seen(tab, 1280, f"/{language}/{PATH}")
    by = {node["id"]: node for node in wide["nodes"]}
    assert by["id/city/singapore"]["x"] - by["id/city/busan"]["x"] > 0.8 * wide["width"]


def test_rows_of_a_view_stand_apart(tab: Tab) -> None:
    for width in (1280, 390):
        columns: dict[float, list[float]] = {}
        for node in seen(tab, width, f"/en/{VIEW}")["nodes"]:
            columns.setdefault(round(node["x"]), []).append(node["y"])
        assert len(columns) == (3 if width == 1280 else 2)
        for column in columns.values():
            column.sort()
            assert min(b - a for a, b in pairwise(column)) >= 18


def test_another_width_is_another_layout(tab: Tab) -> None:
    wide = seen(tab, 1280, f"/en/{PATH}")
    tab.size(390)
    tab.until(lambda: tab.run(SEEN)["width"] < 400)
    slim = tab.run(SEEN)
    assert slim["nodes"] == seen(tab, 390, f"/en/{PATH}")["nodes"]
    tab.size(1280)
    tab.until(lambda: tab.run(SEEN)["nodes"] == wide["nodes"])


def test_the_chosen_thing_has_its_name(tab: Tab) -> None:
    hidden = [node for node in seen(tab, 320, f"/en/{AROUND}")["nodes"] if node["unnamed"]]
    assert hidden
    tab.run(
        "document.querySelector('.graph-canvas')._cyreg.cy.getElementById(arguments[0])"
        ".emit('tap')",
        hidden[0]["id"],
    )
    tab.until(lambda: hidden[0]["name"] in tab.find("#graph-selected").text)
    assert not {n["id"]: n for n in tab.run(SEEN)["nodes"]}[hidden[0]["id"]]["unnamed"]


# --- layouts -------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", VIEWS)
def test_columns_have_room_for_either_language(graphs: Graphs, view: str) -> None:
    drawn = graphs.draw(GraphState(view=view))
    for places in (place(graphs, drawn), place_slim(graphs, drawn)):
        columns: dict[int, list[tuple[int, int]]] = {}
        for node in drawn.nodes:
            at = places[node.name]
            lines = max(
                len(side_label(graphs.record.name(node.name, language), at.wide))
                for language in LANGUAGES
            )
            columns.setdefault(at.x, []).append((at.y, lines))
        for column in columns.values():
            column.sort()
            for (y, lines), (next_y, next_lines) in pairwise(column):
                assert next_y - y >= max(21, 8 * (lines + next_lines))


def test_slim_paths_have_few_abreast(graphs: Graphs) -> None:
    state = GraphState(ends=("id/city/busan", "id/city/singapore"))
    drawn = paths_drawn(graphs, state, paths(graphs, state))
    places = place_slim(graphs, drawn)
    rows: dict[int, list[int]] = {}
    for at in places.values():
        rows.setdefault(at.y, []).append(at.x)
    assert max(map(len, rows.values())) <= 3
    assert places["id/city/busan"].y == min(rows)
    assert places["id/city/singapore"].y == max(rows)
    assert place_slim(graphs, graphs.draw(GraphState(("id/city/busan",)))) == {}


# --- the map -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(record: Record) -> Site:
    return Site(record)


def drawn_map(site: Site, language: Language, *, foot: str = "") -> ET.Element:
    panel = site.writers[language].map([]).panels[0]
    return ET.fromstring(draw_map(panel, language, None, foot=foot))


def labelled(site: Site, language: Language) -> list[str]:
    """Slugs of the cities with a name on the map."""
    names = {
        site.record.name(city, language): site.record.slug(city)
        for city in site.record.things("city")
    }
    texts = [each.text for each in drawn_map(site, language).iter() if each.tag.endswith("text")]
    return [names[text] for text in texts if text in names]


def test_both_maps_name_the_cities_with_most_programmes(site: Site) -> None:
    english, chinese = (labelled(site, language) for language in LANGUAGES)
    assert english == chinese
    most = {
        *("singapore", "london", "tokyo", "seoul", "helsinki", "barcelona", "vienna"),
        *("new-york-city", "shanghai"),
    }
    assert most <= set(english)
    programmes = site.writers["en"].reader.programmes
    assert all(programmes(f"id/city/{slug}") for slug in english)


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_on_the_map_keep_apart(site: Site, language: Language) -> None:
    from kg.explorer.drawing import text_width

    svg = drawn_map(site, language)
    boxes = []
    for each in svg.iter():
        if each.tag.endswith("}text"):
            x, y, width = (
                float(each.get("x", 0)),
                float(each.get("y", 0)),
                text_width(each.text or ""),
            )
            left = x - width if each.get("text-anchor") == "end" else x
            boxes.append((left, y - 11, left + width, y + 2))
            assert left > 0
            assert left + width < 1080
    for number, box in enumerate(boxes):
        assert not any(overlap(box, other, 2) for other in boxes[:number])


def test_the_map_has_a_margin_and_a_key(site: Site) -> None:
    svg = drawn_map(site, "en", foot="Source")
    circles = [each for each in svg.iter() if each.tag.endswith("circle")]
    assert max(float(c.get("cx", 0)) + float(c.get("r", 0)) for c in circles) < 1060
    key = next(each for each in svg.iter() if each.get("class") == "sizes")
    words = [each.text for each in key if each.tag.endswith("text")]
    assert words[0] == "Programmes on record"
    assert [int(str(word)) for word in words[1:]] == sorted({0, 1, 7, 14})
    reaches = [float(c.get("r", 0)) for c in key if c.tag.endswith("circle")]
    largest = max(float(c.get("r", 0)) for c in circles)
    assert reaches[-1] == largest
    assert re.search("Source", ET.tostring(svg, encoding="unicode"))


def test_the_map_of_a_phone_goes_on_sideways(tab: Tab) -> None:
    tab.size(390)
    tab.open("/en/map")
    box = tab.run(
        "const frame = document.querySelector('.mapframe');"
        "return [frame.clientHeight, frame.scrollWidth - frame.clientWidth]"
    )
    assert box[0] > 300
    assert box[1] > 500
