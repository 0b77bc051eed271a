"""Texts and tables in lines that fit a terminal, in Chinese as in English."""

from __future__ import annotations

import math
import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from wcwidth import wcswidth, wcwidth

# What may not begin, or end, a line (GB/T 15834, Use of punctuation marks, section 5).
_CLOSING = frozenset("，。；：！？、）》】」』”’…—,.;:!?)]}%")
_OPENING = frozenset("（《【「『“‘([{")
_SEGMENT = re.compile(r".+?(?:[-/_](?=\w)|(?<=[a-z])(?=[A-Z])|$)", re.DOTALL)
_NUMBER = re.compile(r"|-?[\d,]+(\.\d+)?")
_BETWEEN_SPACES = re.compile(r"[^ ]+ *| +")
_GAP = 2
# Of Chinese, what is no longer than a name and has spaces around it stays whole, too.
_NAME = 12
# Words up to so long stay whole: the longest for which there is room.
_WORDS = range(16, 3, -1)
# A heading is no narrower than this: one character of Chinese below the other reads badly.
_HEADING = 8
# Where lines may be of any length, longer cells are still wrapped.
_WIDEST = 40


def terminal_width() -> int:
    """Columns of the terminal (or of the variable COLUMNS); 120 where there is neither."""
    return shutil.get_terminal_size((120, 24)).columns


def columns(text: str) -> int:
    """Columns that the widest line of a text takes; a Chinese character takes two."""
    return max(max(wcswidth(line), 0) for line in text.split("\n"))


def wrap(text: str, width: int) -> str:
    """Break lines that are too wide.

    A line ends at a space or beside a Chinese character; only a word that is wider than a line is
    broken, after a hyphen, slash or underline or before a capital if it has one. :mod:`textwrap`
    takes a Chinese sentence for one word.
    """
    if columns(text) <= width:
        return text
    return "\n".join(line for given in text.split("\n") for line in _lines(given, width))


def _lines(text: str, width: int) -> list[str]:
    lines = [""]

    def add(part: str, whole: int, *splits: Callable[[str], Iterable[str]]) -> None:
        if columns(lines[-1] + part.rstrip()) <= width:
            lines[-1] += part
        elif columns(part.rstrip()) <= whole or not splits:
            lines.append(part)
        else:
            for smaller in splits[0](part):
                add(smaller, width, *splits[1:])

    for word in _BETWEEN_SPACES.findall(text):
        add(word, min(width, _NAME), _pieces, _SEGMENT.findall, list)
    return [line.rstrip() for line in lines if line.strip()] or [""]


def _pieces(text: str) -> list[str]:
    """The parts between which a line may end."""
    found = [text[:1]]
    for before, after in pairwise(text):
        beside = 2 in (wcwidth(before), wcwidth(after))
        if after != " " and (
            before == " " or (beside and before not in _OPENING and after not in _CLOSING)
        ):
            found.append(after)
        else:
            found[-1] += after
    return found


def table(
    heading: Sequence[str], rows: Sequence[Sequence[object]], *, width: int | None = None
) -> str:
    """A table whose lines are no wider than ``width``, unless single characters would not fit.

    Headings are wrapped before cells, and wide columns before narrow ones. Without a width a line
    may be of any length, and only long cells are wrapped.
    """
    from tabulate import tabulate

    cells = [[str(value) for value in row] for row in rows]
    widths = _widths(heading, cells, width)
    lines = [
        [wrap(cell, room) for cell, room in zip(row, widths, strict=True)]
        for row in (heading, *cells)
    ]
    taken = [max(map(columns, column)) for column in zip(*lines, strict=True)]
    # The form "simple" of tabulate would make every heading two columns wider than it is.
    lines.insert(1, ["-" * room for room in taken])
    sides = ["right" if _is_number(column) else "left" for column in zip(*cells, strict=True)]
    return tabulate(lines, tablefmt="plain", disable_numparse=True, colalign=sides or None)


def _widths(heading: Sequence[str], cells: Sequence[Sequence[str]], width: int | None) -> list[int]:
    # Columns of text, each with its heading first.
    found = [[name, *(row[at] for row in cells)] for at, name in enumerate(heading)]
    whole = [columns(name) for name in heading]
    body = [max(map(columns, texts[1:]), default=0) for texts in found]
    if width is None:
        return [max(name, min(size, _WIDEST)) for name, size in zip(whole, body, strict=True)]
    room = width - _GAP * (len(heading) - 1)
    widths = [
        max(size, _longest(_pieces(name)), min(columns(name), _HEADING))
        for size, name in zip(body, heading, strict=True)
    ]
    if sum(widths) > room:
        return _narrowed(found, widths, room)
    spare = room - sum(widths)
    for at, name in enumerate(whole):
        more = max(0, min(spare, name - widths[at]))
        widths[at] += more
        spare -= more
    return widths


def _narrowed(found: Sequence[Sequence[str]], wanted: Sequence[int], room: int) -> list[int]:
    """Widths that fit into the room; numbers stay whole as long as they can."""
    # The lines that a column takes are its text / its width: over all columns they are fewest
    # where the widths are as the square roots of the texts.
    shares = [math.sqrt(sum(map(columns, texts[1:])) + 1) for texts in found]
    longest = [_longest(part for text in texts for part in _segments(text)) for texts in found]
    for word in _WORDS:
        floors = [
            size if _is_number(texts[1:]) else min(size, word, max(part, _HEADING))
            for size, texts, part in zip(wanted, found, longest, strict=True)
        ]
        for level in range(10 * room, 0, -1):
            sizes = [
                min(size, max(floor, int(share / max(shares) * level / 10)))
                for size, floor, share in zip(wanted, floors, shares, strict=True)
            ]
            if sum(sizes) <= room:
                return sizes
    return [max(1, room // len(wanted))] * len(wanted)


def _is_number(texts: Sequence[str]) -> bool:
    """Whether a column holds numbers and nothing else."""
    return any(texts) and all(map(_NUMBER.fullmatch, texts))


def _segments(text: str) -> list[str]:
    return [part for piece in _pieces(text) for part in _SEGMENT.findall(piece)]


def _longest(pieces: Iterable[str]) -> int:
    return max((columns(piece.rstrip()) for piece in pieces), default=0)
