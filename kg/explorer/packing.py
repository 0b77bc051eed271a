"""Pages in little room: every piece of HTML once, and pages as numbers of pieces.

Pages repeat each other: names, evidence, headings, the frame. Gzip alone looks back 32 KiB and sees
little of that (11 MB for all pages); with every tag and every text numbered once it is 3 MB, and a
browser puts a page together in a few milliseconds.
"""

from __future__ import annotations

import base64
import gzip
import re
from collections.abc import Iterable
from typing import Final

OWN: Final = "\ue000"
"""Stands for the language of a page in its addresses, so that both languages share pieces."""
OTHER: Final = "\ue001"
"""Stands for the language that a page is not in."""
_PIECE: Final = re.compile(r"<[^>]*>|[^<]+|<")
_MARKS: Final = re.compile(f"[{OWN}{OTHER}\0]")


class Packer:
    """Takes pages to pieces.

    The number 0 ends a page; pieces are numbered from 1 in the order in which they come, as
    little-endian groups of seven bits (LEB128).
    """

    def __init__(self) -> None:
        self._numbers: dict[str, bytes] = {"": b"\0"}

    def add(self, pages: Iterable[str]) -> bytes:
        """Pages as numbers of pieces, one after the other."""
        numbers = self._numbers
        packed = bytearray()
        for page in pages:
            for piece in _PIECE.findall(page):
                number = numbers.get(piece)
                if number is None:
                    number = numbers[piece] = _leb128(len(numbers))
                packed += number
            packed.append(0)
        return bytes(packed)

    def pieces(self) -> bytes:
        """All pieces in the order of their numbers, with NUL between them; the first is empty."""
        return "\0".join(self._numbers).encode("utf-8")


def _leb128(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


def without_language(html: str, language: str, other: str) -> str:
    """A page whose addresses lead within one file and name no language.

    A label that holds one of the two marks itself loses it: they are no characters of any script.
    """
    html = _MARKS.sub("\ufffd", html)
    html = re.sub(r'\bhref="/(?!/)', 'href="#/', html)
    for name, mark in ((language, OWN), (other, OTHER)):
        html = re.sub(rf'(="#?/){name}(?=[/"])', rf"\g<1>{mark}", html)
        html = html.replace(f"%2F{name}%2F", f"%2F{mark}%2F")
    return html


def block(content: bytes, *, packed: bool = False) -> str:
    """Bytes as they stand in a page: gzip with no date in it, then base64.

    Parameters
    ----------
    packed
        Whether the content is gzip already.
    """
    return base64.b64encode(content if packed else gzip.compress(content, 9, mtime=0)).decode(
        "ascii"
    )
