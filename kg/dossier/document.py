"""The parts that a dossier is made of, whatever file it becomes.

Pages and word-processor files are drawn from the same parts, so that they say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kg.messages import Language
from kg.pictures import Picture
from kg.publishing.references import Item
from kg.results import Table


@dataclass(frozen=True)
class Run:
    """A piece of a line.

    Attributes
    ----------
    href
        Address that the piece leads to; None for plain text.
    cites
        Numbers of the references that support it, shown behind it in brackets.
    """

    text: str
    href: str | None = None
    strong: bool = False
    cites: tuple[int, ...] = ()


Line = tuple[Run, ...]


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 (a section) or 2."""

    text: str
    level: Literal[1, 2] = 1


@dataclass(frozen=True)
class Paragraph:
    """Running text; a ``note`` is set smaller, an ``abstract`` is in the other language."""

    line: Line
    kind: Literal["text", "note", "abstract"] = "text"


@dataclass(frozen=True)
class Bullets:
    """A list without order."""

    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Grid:
    """A table.

    Attributes
    ----------
    caption
        What it holds, for everyone.
    widths
        Share of the width of each column; their sum is 1.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    widths: tuple[float, ...]


@dataclass(frozen=True)
class Illustration:
    """A picture in the line of text."""

    picture: Picture


@dataclass(frozen=True)
class ReferenceList:
    """References in the order of their numbers: text and, where there is one, address."""

    entries: tuple[tuple[str, str | None], ...]


Block = Heading | Paragraph | Bullets | Grid | Illustration | ReferenceList


@dataclass(frozen=True)
class Dossier:
    """A brief for one city.

    Attributes
    ----------
    city
        IRI.
    day
        Latest day on which a source was read, as ``YYYY-MM-DD``: the date of the document. The day
        on which it is written is not in it, so the same facts give the same bytes.
    blocks
        From the title downwards.
    references
        The sources cited, as CSL-JSON items, in the order of their numbers.
    evidence
        One row a figure and claim behind it, with place, source and number of the reference.
    """

    city: str
    language: Language
    title: str
    subtitle: str
    day: str
    keywords: tuple[str, ...]
    blocks: tuple[Block, ...]
    references: tuple[Item, ...]
    evidence: Table
