"""Pictures of the pages as SVG: the map and the matrix. Text stays text; nothing is scripted."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from itertools import product
from typing import Any, Final, NamedTuple

from kg.explorer.assets import Land
from kg.explorer.panels import Panel
from kg.explorer.picture import xml_text
from kg.explorer.words import say
from kg.messages import Language
from kg.templating import page_templates

_Box = tuple[float, float, float, float]

_TAGS: Final[Mapping[Language, str]] = {"en": "en", "zh": "zh-Hans"}
_MAP_WIDTH: Final = 1_080.0
_WEST: Final = -168.0
"""Longitude of the left edge, in the strait between Asia and America: New Zealand is not cut."""
_NORTH: Final = 78.0
_SOUTH: Final = -52.0
"""Degrees of latitude between which the map is drawn: every registered city lies between them."""
_FOOT: Final = 22
_SIDE: Final = 24
_MOST_LABELS: Final = 40
_REACHES: Final = (4, 14, 24, 36, 48, 62, 76)
"""Pixels between a dot and its name; further than the first, a line leads to it."""
_WAYS: Final = (0, 180, 20, 160, -20, 200, 40, 140, -40, 220, 65, 115, -65, 245, 90, -90)
"""Directions in which a name may stand, in degrees from the right and down."""
_OVER: Final = 30
"""Pixels that a line to a name may be longer so as not to run over a dot or another line."""
_COSTLIEST: Final = 140
"""Pixels of a line, with what it runs over, from which a name is rather left out."""
_KEY: Final = (16.0, 342.0)
"""Where the key of the dots is: in the south of the Pacific."""
# A standalone picture has no page around it that gives it colours.
_OWN_STYLE: Final = (
    ".land{fill:#e3e8ed}.dot{fill:#0b4f8a;fill-opacity:.75;stroke:#fff;stroke-width:.8}"
    ".dot.none{fill:#fff;stroke:#535c67;stroke-width:1.4}"
    ".lead{stroke:#535c67;stroke-width:.8}"
    'text{font:13px "Noto Sans","Segoe UI",Arial,"PingFang SC","Microsoft YaHei",'
    '"Noto Sans CJK SC",sans-serif;fill:#1b1f24;paint-order:stroke;stroke:#fff;stroke-width:3px}'
)


def text_width(text: str, size: float = 13) -> float:
    """About how wide a text is, in pixels: East Asian wide characters are square."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return size * (wide + 0.55 * (len(text) - wide))


def draw_map(panel: Panel, language: Language, land: Land | None, *, foot: str = "") -> str:
    """Cities on the coastlines of the world, as SVG.

    Parameters
    ----------
    land
        Outline of the land in degrees times a scale, as the build of the front end writes it; a map
        without it still has its cities.
    foot
        A line with the source, for a picture that stands alone.
    """
    scale = _MAP_WIDTH / 360
    height = (_NORTH - _SOUTH) * scale
    dots = [
        {
            **dot,
            "x": round((dot["longitude"] - _WEST) % 360 * scale, 1),
            "y": round((_NORTH - dot["latitude"]) * scale, 1),
            "r": _radius(dot["size"]) if dot["programmes"] else 4,
            "label": say(language, "map-dot", dot["name"], dot["programmes"]),
        }
        for dot in panel.extra["dots"]
    ]
    # Large dots lie below small ones, so that each can be reached.
    dots.sort(key=lambda dot: -dot["r"])
    template = page_templates().get_template("explorer/map.svg")
    return xml_text(
        template.render(
            width=_MAP_WIDTH,
            height=height + (_FOOT if foot else 0),
            title=panel.heading,
            dots=dots,
            labels=_labels(dots),
            key=_key(dots, language),
            land=land,
            # The outline begins at 84° north and has a scale of its own.
            place=f"translate({(-180 - _WEST) * scale:g} {(_NORTH - 84) * scale:g}) "
            f"scale({scale / land['scale']:g})"
            if land
            else "",
            style=_OWN_STYLE if foot else "",
            foot=foot,
        )
    )


def _radius(size: float) -> float:
    """Radius of a dot whose area goes with the number of programmes, near enough."""
    return round(4 + 9 * size, 1)


def _key(dots: list[dict[str, Any]], language: Language) -> dict[str, Any]:
    """What the sizes of dots mean: one programme, about half of the most, and the most."""
    most = max((dot["programmes"] for dot in dots), default=0)
    x, y = _KEY
    entries: list[dict[str, Any]] = []
    for count in sorted({0, 1, most // 2, most}):
        radius = _radius((count / most) ** 0.5) if count else 4
        entries.append({"x": x + radius, "y": y + 24, "r": radius, "count": count})
        x += 2 * radius + 12 + text_width(str(count)) + 10
    return {
        "x": _KEY[0],
        "y": y,
        "heading": say(language, "column-documentation"),
        "entries": entries,
    }


class _Spot(NamedTuple):
    """A place for a name: where it is anchored, its room, and the line that leads there."""

    x: float
    y: float
    end: bool
    box: _Box
    lead: _Box | tuple[()]


class _Dot(NamedTuple):
    """What the place of a name depends on."""

    slug: str
    x: float
    y: float
    r: float
    programmes: int
    chosen: bool
    width: float

    def box(self) -> _Box:
        return self.x - self.r, self.y - self.r, self.x + self.r, self.y + self.r


def _labels(dots: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Names of the cities with most programmes, as many as find room beside dots or near them.

    Each takes the room that it needs in either language, so that both maps name the same cities.
    """
    spots = _spots(
        tuple(
            _Dot(
                dot["slug"],
                dot["x"],
                dot["y"],
                dot["r"],
                dot["programmes"],
                dot["chosen"],
                max(map(text_width, dot["names"])),
            )
            for dot in dots
        )
    )
    return [
        {
            "x": spot.x,
            "y": round(spot.y + 4.5, 1),
            "text": dot["name"],
            "end": spot.end,
            "lead": [round(each, 1) for each in spot.lead],
        }
        for dot in dots
        if (spot := spots.get(dot["slug"]))
    ]


@lru_cache(maxsize=64)  # the same on every map that marks the same cities
def _spots(dots: tuple[_Dot, ...]) -> Mapping[str, _Spot]:
    taken = [dot.box() for dot in dots]
    names: list[_Box] = [(0, _KEY[1] - 16, 230, _KEY[1] + 44)]
    leads: list[_Box] = []
    spots: dict[str, _Spot] = {}
    told = [dot for dot in dots if dot.programmes or dot.chosen]
    for dot in sorted(told, key=lambda d: (not d.chosen, -d.programmes, d.slug)):
        if len(spots) < _MOST_LABELS and (spot := _spot(dot, taken, names, leads)):
            spots[dot.slug] = spot
            names.append(spot.box)
            if spot.lead:
                leads.append(spot.lead)
    return spots


def _spot(dot: _Dot, taken: list[_Box], names: list[_Box], leads: list[_Box]) -> _Spot | None:
    """The free place for the name of a dot that is told best to be its."""
    around = dot.r + _REACHES[-1]
    room = (
        dot.x - around - dot.width,
        dot.y - around,
        dot.x + around + dot.width,
        dot.y + around,
    )
    names = [box for box in names if _overlap(box, room)]
    dots = [box for box in taken if _overlap(box, room) and box != dot.box()]
    best, least = None, _COSTLIEST
    for reach, degrees in product(_REACHES, _WAYS):
        beside = reach == _REACHES[0]
        if reach >= least:
            break
        if beside and degrees not in (0, 180):
            continue
        across, down = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        far = dot.r + reach
        x, y = round(dot.x + far * across, 1), round(dot.y + far * down, 1)
        end = across < -0.01
        left = x - dot.width if end else x
        box = (left - 2, y - 8, left + dot.width + 2, y + 7)
        if left < 4 or left + dot.width > _MAP_WIDTH - 4 or box[1] < 2:
            continue
        if any(_overlap(box, other) for other in (*names, *dots)):
            continue
        if any(_crosses(lead, box) for lead in leads):
            continue
        if beside:
            return _Spot(x, y, end, box, ())
        line = (dot.x + dot.r * across, dot.y + dot.r * down, x, y)
        if any(_crosses(line, name) for name in names):
            continue
        # A line over other dots could be theirs, and one over another line, too.
        cost = reach + _OVER * sum(_crosses(line, other) for other in dots)
        cost += _OVER * sum(_cross(line, lead) for lead in leads)
        if cost < least:
            best = _Spot(round(x + (-3 if end else 3), 1), y, end, box, line)
            least = cost
    return best


def _cross(one: _Box, other: _Box) -> bool:
    """Whether two lines cross."""

    def side(line: _Box, x: float, y: float) -> bool:
        return (line[2] - line[0]) * (y - line[1]) > (line[3] - line[1]) * (x - line[0])

    return side(one, *other[:2]) != side(one, *other[2:]) and side(other, *one[:2]) != side(
        other, *one[2:]
    )


def _crosses(line: _Box, box: _Box) -> bool:
    """Whether a line runs through a rectangle; it is looked at every few pixels."""
    x1, y1, x2, y2 = line
    if not _overlap((min(x1, x2) - 1, min(y1, y2) - 1, max(x1, x2) + 1, max(y1, y2) + 1), box):
        return False
    return any(
        box[0] < x1 + (x2 - x1) * step / 12 < box[2]
        and box[1] < y1 + (y2 - y1) * step / 12 < box[3]
        for step in range(13)
    )


def _overlap(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def draw_matrix(panel: Panel, language: Language, *, foot: str) -> str:
    """The matrix as a picture of its own, with legend and source."""
    heads = [item.text for item in panel.extra["concepts"]]
    names = [row[0][0].text for row in panel.rows]
    left = 24 + max(map(text_width, names), default=0)
    longest = max(map(text_width, heads), default=0)
    top = 70 + longest * 0.82
    rows = [
        {
            "y": round(top + place * _SIDE, 1),
            "text": row[0][0].text,
            "cells": [
                {
                    "x": round(left + column * _SIDE, 1),
                    "state": cell[0].state,
                    "count": int(cell[0].number or 0),
                }
                for column, cell in enumerate(row[1:])
            ],
        }
        for place, row in enumerate(panel.rows)
    ]
    width = max(left + len(heads) * _SIDE + longest * 0.6 + 20, text_width(panel.lead) + 30)
    legend = (
        f"■ {say(language, 'state-documented')} ({say(language, 'matrix-legend')})   "
        f"○ {say(language, 'state-searched')}   · {say(language, 'state-unknown')}"
    )
    template = page_templates().get_template("explorer/matrix.svg")
    return xml_text(
        template.render(
            width=round(width),
            height=round(top + len(rows) * _SIDE + 64),
            left=left,
            top=top,
            side=_SIDE,
            tag=_TAGS[language],
            title=panel.heading,
            lead=panel.lead,
            columns=[
                {"x": round(left + (place + 0.6) * _SIDE, 1), "text": head}
                for place, head in enumerate(heads)
            ],
            rows=rows,
            legend=legend,
            foot=foot,
        )
    )
