"""Which format a client gets: content negotiation (RFC 9110, section 12)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from typing import Final, TypeVar

from werkzeug.datastructures import LanguageAccept, MIMEAccept
from werkzeug.http import parse_accept_header

from kg.messages import Language
from kg.server.formats import GRAPHS, TABLES, Format

_TEXT_TYPES: Final = ("text/",)
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
    offered = {media: form.name for form in forms for media in form.media_types}
    if not accept.strip():
        return next(iter(offered.values()))
    found = parse_accept_header(accept, MIMEAccept).best_match(list(offered))
    return None if found is None else offered[found]


@_remembered
def choose_language(accept: str) -> Language:
    """Language of what people read; English unless Chinese is preferred."""
    if not accept:
        return "en"
    found = parse_accept_header(accept, LanguageAccept).best_match(["en", "zh"], "en")
    return "zh" if found == "zh" else "en"


@_remembered
def accepts_gzip(accept_encoding: str) -> bool:
    """Whether an answer may be compressed."""
    from werkzeug.datastructures import Accept

    return parse_accept_header(accept_encoding, Accept).quality("gzip") > 0
