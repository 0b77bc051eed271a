"""Which format, coding and language a client gets: content negotiation (RFC 9110, section 12).

General parsers of these fields take the most specific range for the best one, so that a wildcard
brings back what ``q=0`` has ruled out, and drop a range that bears a parameter; both are in use.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, wraps
from typing import Final, TypeVar

from kg.messages import Language
from kg.server.formats import GRAPHS, TABLES, Format

_TEXT_TYPES: Final = ("text/",)
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*+"')
# RFC 9110 wants a digit before the point; Java's own HTTP client leaves it out.
_QUALITY: Final = re.compile(r"\d*\.?\d+|\d+\.")
_SHORT: Final = 1_000
Result = TypeVar("Result")


def _remembered(function: Callable[[str], Result]) -> Callable[[str], Result]:
    """Remember what a header means; a long one is no client's that comes again, and not kept."""
    remembering = lru_cache(1024)(function)

    @wraps(function)
    def choose(header: str) -> Result:
        return remembering(header) if len(header) <= _SHORT else function(header)

    return choose


def content_type(form: Format) -> str:
    """The ``Content-Type`` of an answer: text formats say that they are UTF-8."""
    name = form.media_types[0]
    return name + "; charset=utf-8" if name.startswith(_TEXT_TYPES) else name


@_remembered
def qualities(header: str) -> Mapping[str, float]:
    """Ranges of a header such as ``Accept``, in lower case, with their qualities.

    Other parameters are left aside: a client that names a character set or a profile takes the
    type without it rather than nothing. Of a range that comes twice the higher quality counts.
    """
    found: dict[str, float] = {}
    for part in _QUOTED.sub("", header).lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if not name:
            continue
        quality = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q" and _QUALITY.fullmatch(value.strip()):
                quality = min(1.0, float(value))
        found[name] = max(quality, found.get(name, 0.0))
    return found


def choose_formats(accept: str) -> tuple[str | None, str | None]:
    """Names of the formats for tables and for triples; None where none is acceptable.

    Parameters
    ----------
    accept
        The header; empty is the same as ``*/*``.
    """
    return best(accept, TABLES.values()), best(accept, GRAPHS.values())


def best(accept: str, forms: Iterable[Format]) -> str | None:
    """Name of the format with the highest quality; of equals, the first."""
    ranges = qualities(accept) or {"*/*": 1.0}
    chosen, highest = None, 0.0
    for form in forms:
        quality = quality_of(form, ranges)
        if quality > highest:
            chosen, highest = form.name, quality
    return chosen


def quality_of(form: Format, ranges: Mapping[str, float]) -> float:
    """How much a client wants a format; 0 is not at all.

    Wildcards count for the type that an answer bears only: by its other names, XML would pass for
    ``text/*`` and then come as ``application/…``.
    """
    own = form.media_types[0]
    named = [ranges[media] for media in form.media_types if media in ranges]
    if named:
        return 0.0 if ranges.get(own) == 0.0 else max(named)
    everything = ranges.get("*/*", ranges.get("*", 0.0))
    return ranges.get(own.partition("/")[0] + "/*", everything)


def choose_language(accept: str) -> Language:
    """Language of what people read; English unless Chinese is preferred."""
    chosen: Language = "en"
    highest = 0.0
    for name, quality in qualities(accept).items():
        language: Language = "zh" if name.partition("-")[0] == "zh" else "en"
        if quality > highest and (language == "zh" or name.partition("-")[0] in ("en", "*")):
            chosen, highest = language, quality
    return chosen


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether an answer may be compressed."""
    ranges = qualities(accept_encoding)
    return ranges.get("gzip", ranges.get("*", 0.0)) > 0
