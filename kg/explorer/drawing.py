"""Pictures of the pages as SVG: the map and the matrix. Text stays text; nothing is scripted."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from kg.explorer.assets import Land
from kg.explorer.panels import Panel
from kg.explorer.picture import xml_text
from kg.explorer.words import say
from kg.messages import Language
from kg.templating import page_templates

_TAGS: Final[Mapping[Language, str]] = {"en": "en", "zh": "zh-Hans"}
_MAP_WIDTH: Final = 1_080.0
_NORTH: Final = 78.0
_SOUTH: Final = -52.0
"""Degrees of latitude between which the map is drawn: every registered city lies between them."""
_SIDE: Final = 24
_MOST_LABELS: Final = 34
# A standalone picture has no page around it that gives it colours.
_OWN_STYLE: Final = (
    ".land{fill:#e3e8ed}.dot{fill:#0b4f8a;fill-opacity:.75;stroke:#fff;stroke-width:.8}"
    ".dot.none{fill:#fff;stroke:#535c67;stroke-width:1.4}"
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
            "x": round((dot["longitude"] + 180) * scale, 1),
            "y": round((_NORTH - dot["latitude"]) * scale, 1),
            "r": round(4 + 9 * dot["size"], 1) if dot["programmes"] else 4,
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
            height=height,
            title=panel.heading,
            dots=dots,
            labels=_labels(dots),
            land=land,
            # The outline begins at 84° north and has a scale of its own.
            place=f"translate(0 {(_NORTH - 84) * scale:g}) scale({scale / land['scale']:g})"
            if land
            else "",
            style=_OWN_STYLE if foot else "",
            foot=foot,
        )
    )


def _labels(dots: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Names beside the dots with most programmes, as many as find room."""
    taken = [(d["x"] - d["r"], d["y"] - d["r"], d["x"] + d["r"], d["y"] + d["r"]) for d in dots]
    labels: list[dict[str, Any]] = []
    for dot in sorted(dots, key=lambda d: (not d["chosen"], -d["programmes"], d["slug"])):
        if len(labels) >= _MOST_LABELS:
            break
        width = text_width(dot["name"])
        for end in (False, True):
            x = dot["x"] + (-(dot["r"] + 4) if end else dot["r"] + 4)
            left = x - width if end else x
            box = (left, dot["y"] - 8, left + width, dot["y"] + 6)
            inside = left > 0 and left + width < _MAP_WIDTH
            if inside and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                labels.append({"x": x, "y": dot["y"] + 4.5, "text": dot["name"], "end": end})
                break
    return labels


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
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
