"""What a page is made of: panels of rows, each value with its link and the claims behind it.

A panel is the same for the page, for CSV and for JSON: what people see is what programs get.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from kg.explorer.record import Literal, Record, iri_of
from kg.messages import Language

_TAGS: Final[Mapping[Language, str]] = {"en": "en", "zh": "zh-Hans"}
# A cell that begins so is a formula to a spreadsheet (OWASP, CSV injection).
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
WEB: Final = ("http://", "https://")
"""How addresses begin that a page may lead to."""


@dataclass(frozen=True)
class Item:
    """One value in a cell.

    Attributes
    ----------
    name
        Name in the record of what the value is; empty for plain texts and numbers.
    href
        Where it leads; empty for nowhere. What is neither ours nor on the web leads nowhere: an
        address from the data may be ``javascript:``.
    language
        Language of the text when it is not that of the page; else empty.
    number
        What to sort by, and what programs get, where the text is a number for people.
    claims
        Paths of the claims behind it.
    note
        Said after it in smaller letters.
    note_language
        Language of the note when it is not that of the page; else empty.
    bar
        Length of a bar beside it, 0 to 1; None for none.
    track
        Whether the bar is a share of a whole, which is then drawn, too.
    state
        Of a cell of a matrix: documented, searched or unknown; else empty.
    """

    text: str
    name: str = ""
    href: str = ""
    language: str = ""
    number: float | None = None
    claims: tuple[str, ...] = ()
    note: str = ""
    bar: float | None = None
    state: str = ""
    note_language: str = ""
    track: bool = True

    def __post_init__(self) -> None:
        if self.href and not self.href.startswith(("/", "?", "#", *WEB)):
            object.__setattr__(self, "href", "")


Cell = tuple[Item, ...]


@dataclass(frozen=True)
class Column:
    """A column.

    Attributes
    ----------
    key
        Name in CSV and JSON, the same in every language.
    """

    key: str
    heading: str
    numeric: bool = False


@dataclass(frozen=True)
class Panel:
    """One part of a page with a heading.

    Attributes
    ----------
    id
        Fragment of its address, and its name in the twins of the page.
    lead
        One sentence below the heading: what the panel says.
    form
        How it is shown: ``table``, ``facts`` (property and value), or the name of a template of
        its own.
    query
        Name of the named query with its parameters that gives the same; None where there is none.
    empty
        What is said when there are no rows; a panel without rows and without this is left out.
    extra
        For templates of their own.
    pictures
        Whether the panel can be had as SVG.
    shown
        How many rows stand open; the others are behind a disclosure.
    most
        Rows of one page; where there are more, the others follow on pages of their own.
    """

    id: str
    heading: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    lead: str = ""
    form: str = "table"
    query: tuple[str, tuple[tuple[str, str], ...]] | None = None
    empty: str = ""
    note: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    picture: bool = False
    shown: int = 25
    most: int = 1_000

    @property
    def used(self) -> tuple[int, ...]:
        """Places of the first column and of those that hold anything: the columns of a table."""
        filled = {place for row in self.rows for place, cell in enumerate(row) if cell}
        return tuple(sorted(filled | {0}))


@dataclass(frozen=True)
class Page:
    """One page in one language.

    Attributes
    ----------
    path
        Address without the language and without a slash at the beginning.
    parameters
        Those of the address that the page has heeded, in order.
    lead
        What the page says, in a sentence or two; also its description for search engines.
    about
        Name in the record of the thing that the page is about; empty for other pages.
    template
        File below ``kg/templates/explorer``.
    things
        Names of the things that the page is drawn from, for its Turtle twin.
    start
        First row of panels that are longer than a page.
    """

    path: str
    language: Language
    title: str
    lead: str = ""
    eyebrow: str = ""
    about: str = ""
    panels: tuple[Panel, ...] = ()
    template: str = "page.html"
    parameters: tuple[tuple[str, str], ...] = ()
    things: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    start: int = 0

    @property
    def visible(self) -> tuple[Panel, ...]:
        """Panels that have something to say."""
        return tuple(panel for panel in self.panels if panel.rows or panel.empty or panel.extra)

    def starting(self, start: int) -> Page:
        """The same page with its long panels from another row on."""
        return replace(self, start=start, parameters=(*self.parameters, ("from", str(start))))

    def panel(self, id: str) -> Panel | None:
        """One panel by its id."""
        return next((panel for panel in self.panels if panel.id == id), None)


class Linker:
    """Makes items of what a record holds, in one language."""

    def __init__(self, record: Record, language: Language) -> None:
        self.record, self.language = record, language
        # What a record holds never changes: each address is worked out once.
        self._addresses: dict[str, str] = {}

    def href(self, name: str) -> str:
        """Address of the page about a thing; empty for what is not ours, whole for the web."""
        found = self._addresses.get(name)
        if found is None:
            found = self._address(name)
            if name in self.record:
                self._addresses[name] = found
        return found

    def _address(self, name: str) -> str:
        record = self.record
        if name.startswith(("http://", "https://")):
            return name
        if name not in record:
            return ""
        kind = record.kind(name)
        if kind is not None:
            return f"/{self.language}/{kind}/{_quoted(record.slug(name))}"
        if name.startswith(("id/", "concept/", ".well-known/")):
            return f"/{self.language}/thing/{_quoted(name)}"
        if name.startswith("cpg:"):
            return f"/{self.language}/ontology#{_quoted(name.removeprefix('cpg:'))}"
        return ""

    def item(
        self,
        name: str,
        *,
        claims: Iterable[str] = (),
        note: str | Literal = "",
        number: float | None = None,
    ) -> Item:
        """A link to a thing, by its name."""
        named = self.record.named(name, self.language)
        return Item(
            text=named.text,
            name=name,
            href=self.href(name),
            language=self.other(named.language),
            claims=tuple(claims),
            note=note.text if isinstance(note, Literal) else note,
            note_language=self.other(note.language) if isinstance(note, Literal) else "",
            number=number,
        )

    def items(self, names: Iterable[str]) -> Cell:
        """Links to things."""
        return tuple(self.item(name) for name in names)

    def text(self, value: Literal, *, claims: Iterable[str] = ()) -> Item:
        """A text of the record."""
        return Item(value.text, language=self.other(value.language), claims=tuple(claims))

    def other(self, tag: str) -> str:
        """A language tag where it differs from the page's."""
        return "" if tag in ("", _TAGS[self.language]) else tag


def _quoted(path: str) -> str:
    from urllib.parse import quote

    return quote(path, safe="/-._~")


def number(value: float, text: str = "", **more: Any) -> Item:
    """A number."""
    return Item(text or f"{value:g}", number=value, **more)


def plain(text: str, **more: Any) -> Cell:
    """A cell of one plain text; an empty one is an empty cell."""
    return (Item(text, **more),) if text else ()


def to_csv(panels: Sequence[Panel]) -> bytes:
    """Panels as CSV (RFC 4180), UTF-8 with the byte-order mark that spreadsheets need for Chinese.

    Several panels stand one below the other, with an empty line between them. Beside a column of
    things stands one of their IRIs, and the last one names the claims of a row.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for place, panel in enumerate(panels):
        if place:
            writer.writerow([])
        if len(panels) > 1:
            writer.writerow([f"# {panel.heading}"])
        with_iris = [
            any(item.name for row in panel.rows for item in row[index])
            for index in range(len(panel.columns))
        ]
        claimed = any(item.claims for row in panel.rows for cell in row for item in cell)
        head = []
        for column, named in zip(panel.columns, with_iris, strict=True):
            head += [column.key, f"{column.key}_iri"] if named else [column.key]
        writer.writerow([*head, "claims"] if claimed else head)
        for row in panel.rows:
            cells = []
            for cell, named in zip(row, with_iris, strict=True):
                cells.append(_safe("; ".join(_said(item) for item in cell)))
                if named:
                    cells.append("; ".join(iri_of(item.name) for item in cell if item.name))
            if claimed:
                claims = dict.fromkeys(c for cell in row for item in cell for c in item.claims)
                cells.append("; ".join(iri_of(claim) for claim in claims))
            writer.writerow(cells)
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def _said(item: Item) -> str:
    return f"{item.number:g}" if item.number is not None and not item.name else item.text


def _safe(text: str) -> str:
    try:
        float(text)
    except ValueError:
        return "'" + text if text.startswith(_FORMULA) else text
    return text


def to_json(panel: Panel) -> dict[str, Any]:
    """A panel as JSON: each cell is a list of values with their IRIs and claims."""
    return {
        "id": panel.id,
        "heading": panel.heading,
        "lead": panel.lead,
        "note": panel.note,
        "query": None if panel.query is None else {"name": panel.query[0], **dict(panel.query[1])},
        "columns": [{"key": column.key, "heading": column.heading} for column in panel.columns],
        "rows": [
            {
                column.key: [_json(item) for item in cell]
                for column, cell in zip(panel.columns, row, strict=True)
            }
            for row in panel.rows
        ],
    }


def _json(item: Item) -> dict[str, Any]:
    found: dict[str, Any] = {"text": item.text}
    if item.number is not None:
        found["number"] = item.number
    if item.name:
        found["iri"] = iri_of(item.name)
    elif item.href:
        found["href"] = item.href
    if item.language:
        found["language"] = item.language
    if item.state:
        found["state"] = item.state
    if item.note:
        found["note"] = item.note
    if item.claims:
        found["claims"] = [iri_of(claim) for claim in item.claims]
    return found
