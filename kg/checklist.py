"""The checklist of a source: every fact that it states, as a pattern that a claim must hold.

Each file ``checklist/{source-slug}.csv`` has the columns ``fact, sentence, subject, predicate,
object, gist_en, gist_zh``. A fact with several rows is covered when all of them are. The object
``?`` stands for any value.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.errors import CurationError, Fault
from kg.terms import CLAIM, expand

_AT = ox.NamedNode(expand("prov:wasDerivedFrom"))
_DATATYPE = re.compile(r"\^\^(\w+:\w+)$")
_COLUMNS = ["fact", "sentence", "subject", "predicate", "object", "gist_en", "gist_zh"]


@dataclass(frozen=True)
class Pattern:
    """One triple that a claim on one sentence must state."""

    path: Path
    line: int
    source: str
    fact: str
    sentence: str
    subject: str
    predicate: str
    object: str
    gist_en: str
    gist_zh: str

    @property
    def paragraph(self) -> str:
        """``P11`` of ``P11S2``."""
        return self.sentence.partition("S")[0]


@dataclass(frozen=True)
class Coverage:
    """How much of a source is in the graph.

    Attributes
    ----------
    source
        Slug of the source.
    paragraphs
        Paragraph to (facts covered, facts in all).
    lost
        One fault for each pattern that no claim holds.
    """

    source: str
    paragraphs: dict[str, tuple[int, int]]
    lost: tuple[Fault, ...]

    @property
    def covered(self) -> int:
        """Number of facts that claims hold."""
        return sum(done for done, _ in self.paragraphs.values())

    @property
    def total(self) -> int:
        """Number of facts in the checklist."""
        return sum(total for _, total in self.paragraphs.values())


def read_checklists(facts: Path) -> dict[str, list[Pattern]]:
    """All patterns by source, from ``checklist/*.csv`` of a folder of facts.

    Raises
    ------
    CurationError
        A row has too few or too many cells, or a term that is none.
    """
    checklists: dict[str, list[Pattern]] = {}
    faults: list[Fault] = []
    for path in sorted((facts / "checklist").glob("*.csv")):
        patterns = checklists.setdefault(path.stem, [])
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file, strict=True)
            try:
                if (heading := next(reader, [])) != _COLUMNS:
                    faults.append(_row_fault(path, 1, ",".join(heading)))
                for cells in reader:
                    unreadable = _unreadable(cells)
                    if unreadable is None:
                        patterns.append(Pattern(path, reader.line_num, path.stem, *cells))
                    else:
                        faults.append(_row_fault(path, reader.line_num, unreadable))
            except (csv.Error, UnicodeDecodeError) as error:
                faults.append(_row_fault(path, reader.line_num, str(error)))
    if faults:
        raise CurationError(faults)
    return checklists


def _row_fault(path: Path, line: int, unreadable: str) -> Fault:
    return Fault(path, line, 1, "checklist-row", (unreadable,))


def _unreadable(cells: list[str]) -> str | None:
    """The part of a row that cannot be read, if there is one."""
    if len(cells) != len(_COLUMNS):
        return ",".join(cells)
    _, _, subject, predicate, object_, _, _ = cells
    for cell, is_object in ((subject, False), (predicate, False), (object_, True)):
        if is_object and cell == "?":
            continue
        try:
            term = parse_term(cell)
        except (SyntaxError, ValueError):
            return cell
        if isinstance(term, ox.Literal) and not is_object:
            return cell
    return None


def coverage(dataset: ox.Store, patterns: list[Pattern]) -> Coverage:
    """Look for each pattern in the claims on its sentence."""
    lost: list[Fault] = []
    facts: dict[str, tuple[str, bool]] = {}
    for pattern in patterns:
        held = any(True for _ in _claims(dataset, pattern))
        paragraph, so_far = facts.get(pattern.fact, (pattern.paragraph, True))
        facts[pattern.fact] = (paragraph, so_far and held)
        if not held:
            triple = f"{pattern.subject} {pattern.predicate} {pattern.object}"
            lost.append(
                Fault(
                    pattern.path,
                    pattern.line,
                    1,
                    "lost-fact",
                    (pattern.fact, pattern.gist_en, pattern.sentence, triple, pattern.gist_zh),
                )
            )
    paragraphs: dict[str, tuple[int, int]] = {}
    for paragraph, held in facts.values():
        done, total = paragraphs.get(paragraph, (0, 0))
        paragraphs[paragraph] = (done + held, total + 1)
    source = patterns[0].source if patterns else ""
    return Coverage(source, dict(sorted(paragraphs.items())), tuple(lost))


def _claims(dataset: ox.Store, pattern: Pattern) -> Iterator[str]:
    fragment = ox.NamedNode(expand(f"fragment/{pattern.source}/{pattern.sentence}"))
    found = dataset.quads_for_pattern(
        ox.NamedNode(expand(pattern.subject)),
        ox.NamedNode(expand(pattern.predicate)),
        None if pattern.object == "?" else parse_term(pattern.object),
        None,
    )
    for quad in found:
        graph = quad.graph_name
        if (
            isinstance(graph, ox.NamedNode)
            and graph.value.startswith(CLAIM)
            and ox.Quad(graph, _AT, fragment) in dataset
        ):
            yield graph.value


def parse_term(text: str) -> ox.NamedNode | ox.Literal:
    """A term of a checklist: an id path, a prefixed name, or a literal in N-Triples form."""
    if not text.startswith('"'):
        return ox.NamedNode(expand(text))
    full = _DATATYPE.sub(lambda found: f"^^<{expand(found[1])}>", text)
    triple = next(iter(ox.parse(f"<x:x> <x:x> {full} .".encode(), format=ox.RdfFormat.N_TRIPLES)))
    assert isinstance(triple.object, ox.Literal)
    return triple.object
