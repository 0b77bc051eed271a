"""Names on short lines, and how much room they take, in both scripts."""

from __future__ import annotations

import math
import re
from typing import Final

LABEL: Final = 13
"""Font size of labels in pixels; lines stand :data:`LINE` apart."""
LINE: Final = 16
_COLUMNS: Final = 21
_LINES: Final = 3
_PIECES: Final = re.compile(r"[^\s\u2e80-\uffff]+\s*|[\u2e80-\uffff][、-〟！-～]*\s*|\s+")


def columns(content: str) -> int:
    """Width of a text in halves of a Chinese character, which a Latin letter takes on average."""
    return sum(2 if letter >= "\u2e80" else 1 for letter in content)


def width_of(content: str, size: float = LABEL) -> float:
    """Width of a text in pixels, near enough."""
    return columns(content) * size * 0.53


def wrap(content: str, width: int) -> list[str]:
    """A text on lines of so many columns; Latin words stay whole, Chinese marks end a line."""
    lines = [""]
    for piece in _PIECES.findall(content):
        if lines[-1] and columns(lines[-1] + piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines]


def label_lines(name: str, width: int = _COLUMNS, lines: int = _LINES) -> list[str]:
    """A name on a few short lines; what does not fit is cut."""
    rows = wrap(name, width)
    if len(rows) <= lines:
        # Evenly, so that no character stands alone.
        even = wrap(name, math.ceil(columns(name) / len(rows)) + 1)
        return even if len(even) == len(rows) else rows
    last = rows[lines - 1]
    while columns(last) > width - 1:
        last = last[:-1]
    return [*rows[: lines - 1], last + "…"]
