"""Names as people type them: without case, width and accents, in either script, in pinyin."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Final

HAN: Final = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
"""One Chinese character."""

# Names that pypinyin's dictionary of phrases lacks, and whose first reading of each character is
# another: 都 is "dou" (all) unless it is "du" (capital).
_READINGS: Final = {"都柏林": [["du"], ["bo"], ["lin"]]}


def fold(text: str) -> str:
    """Text without case, width and accents, so that ``Zürich`` and ``zurich`` meet."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(kept.replace("-", " ").split())


def simplify(text: str) -> str:
    """Text in simplified characters, so that ``城市數據`` and ``城市数据`` meet.

    Examples
    --------
    >>> simplify("城市數據")
    '城市数据'
    """
    return _simplifier()(text) if HAN.search(text) else text


@cache
def _simplifier() -> Callable[[str], str]:
    from opencc import OpenCC

    return OpenCC("t2s").convert


def pinyin(text: str) -> list[str]:
    """Syllables of a Chinese text without tones; what is not Chinese stays, folded, as one piece.

    The letter ü is u, as in passports without it: people type ``lv``, ``lu`` and ``lü``.

    Examples
    --------
    >>> pinyin("重庆5G")
    ['chong', 'qing', '5g']
    """
    found = (fold(piece) for piece in _reader()(text))
    pieces = (re.sub(r"[\W_]+", "", piece).replace("v", "u") for piece in found)
    return [piece for piece in pieces if piece]


@cache
def _reader() -> Callable[[str], list[str]]:
    import pypinyin

    pypinyin.load_phrases_dict(_READINGS)
    return pypinyin.lazy_pinyin
