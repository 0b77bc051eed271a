"""The exception family: what can go wrong, and what the reader can do next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from kg.messages import Language

Severity = Literal["error", "warning"]


def _message(code: str, language: Language) -> tuple[str, str]:
    # The texts are only read when something is wrong: not by every start.
    from kg.messages import message

    return message(code, language)


def _fill(text: str, values: Sequence[str], language: Language) -> str:
    """Put what was found into a message; names listed in Chinese stand between Chinese marks."""
    if language == "zh":
        values = [
            value.replace(", ", "、") if re.fullmatch(r"[^\s,]+(, [^\s,]+)+", value) else value
            for value in values
        ]
    return text.format(*values)


class Fault(NamedTuple):
    """One thing that is wrong at one place of a curated file.

    Attributes
    ----------
    path
        The file, as the user named it.
    line, column
        Place in the file, both from 1; 0 when the fault has no single place.
    code
        Key of the message in :mod:`kg.messages`.
    values
        What the message names: the word found, the words allowed.
    severity
        Errors stop a build, warnings do not.
    """

    path: Path
    line: int
    column: int
    code: str
    values: tuple[str, ...] = ()
    severity: Severity = "error"

    def render(self, language: Language = "en") -> str:
        """``file:line:column: problem remedy`` in one language."""
        problem, remedy = _message(self.code, language)
        place = f"{self.path}:{self.line}:{self.column}" if self.line else f"{self.path}"
        separator = ": " if language == "en" else "："
        level = ""
        if self.severity == "warning":
            level = "warning: " if language == "en" else "警告："
        gap = " " if language == "en" else ""
        text = _fill(problem + gap + remedy, self.values, language)
        return f"{place}{separator}{level}{text}"


class KgError(Exception):
    """Base of all errors that a caller may catch; ``render`` speaks to people."""

    def __init__(self, code: str, *values: str) -> None:
        super().__init__(code, *values)
        self.code, self.values = code, values

    def render(self, language: Language = "en") -> str:
        """Problem and way out, in one language."""
        problem, remedy = _message(self.code, language)
        return _fill(problem + (" " if language == "en" else "") + remedy, self.values, language)

    def __str__(self) -> str:
        return self.render("en")


class CurationError(KgError):
    """Curated files hold something that cannot enter the graph; ``faults`` lists all of it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("curation", str(len(self.faults)))
        self.args = (self.faults,)

    def render(self, language: Language = "en") -> str:
        """All faults, one a line, then their number."""
        lines = [fault.render(language) for fault in self.faults]
        return "\n".join([*lines, super().render(language)])


class FactsNotFoundError(KgError):
    """The folder named does not exist or holds no curated files."""


class DatasetError(KgError):
    """A built dataset cannot be opened, or not be written where it was asked for."""


class EvidenceError(KgError):
    """A source text does not fit the fragments that were recorded from it."""


class QueryError(KgError):
    """A query is not SPARQL 1.1, or asks for what this store does not do."""


class UnknownNameError(KgError):
    """No entity, query, view or format has this name; the message suggests some that exist."""


class ParameterError(KgError):
    """A parameter of a named query is missing, unknown or of the wrong type."""


class EndpointError(KgError):
    """A remote endpoint did not give an answer that can be used."""


class MissingPackageError(KgError):
    """An optional package is needed for this; the message says how to install it."""
