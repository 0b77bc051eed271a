"""Strict reading of curated YAML-LD files: every scalar is text, every fault has its place.

The YAML event stream of PyYAML is read directly, so that aliases, anchors and tags are refused
before anything is built from them (an alias bomb never expands) and every key and value keeps its
line and column. What a key takes comes from the curation context (:mod:`kg.context`).
"""

from __future__ import annotations

import calendar
import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final, Protocol

import pyoxigraph as ox
import yaml

from kg.context import CurationContext, Key, curation_context
from kg.errors import Fault
from kg.files import fact_files
from kg.terms import BASE, expand
from kg.vocabulary import concept_fault, concepts, demanded, listed

MAX_FILE_BYTES: Final = 4 * 1024 * 1024
MAX_DEPTH: Final = 24
# The longest text that ships has 300 characters. Suggestions for a word of a million take minutes.
MAX_TEXT: Final = 5_000
MAX_FAULTS: Final = 100
MAX_SLUG: Final = 60
# What a template holds where a curator has to write.
TO_DO: Final = "TODO"

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ID = re.compile(r"[a-z]+(?:-[a-z]+)*(?:/[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*)+")
_GRAPH_ID = re.compile(r"graph/register/[a-z0-9]+(?:-[a-z0-9]+)*|claim/[a-z0-9]+(?:-[a-z0-9]+)*")
_CONCEPT_ID = re.compile(re.escape(BASE) + r"concept/[a-z0-9-]+/[a-z0-9-]+")
_FRAGMENT = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*/(?:P[0-9]{2}S[0-9]{1,2}|page)")
_EXTERNAL = re.compile(r"[A-Za-z0-9]+(?:/)?")
_WEB = re.compile(r"https?://[^\s<>\"{}|\\^`]+", re.ASCII)
_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?(?:-[a-z0-9]{4,8})?")

# Characters that change how other characters are shown (Unicode UTR 36, "bidirectional spoofing"),
# and invisible ones that make two equal-looking names differ.
_HIDDEN = frozenset("\u200b\u200e\u200f\u2028\u2029\u2060\ufeff") | frozenset(
    chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x061C)
)

_LEXICAL: Final[Mapping[str, re.Pattern[str]]] = {
    "string": re.compile(r"(?s).+"),
    # Digits are those of ASCII, and so many that every engine can count with them.
    "decimal": re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{1,18})?"),
    "gYear": re.compile(r"[12][0-9]{3}"),
    "positiveInteger": re.compile(r"[1-9][0-9]{0,17}"),
    "nonNegativeInteger": re.compile(r"0|[1-9][0-9]{0,17}"),
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "duration": re.compile(
        r"P(?=.)(?:[0-9]{1,9}Y)?(?:[0-9]{1,9}M)?(?:[0-9]{1,9}D)?"
        r"(?:T(?=.)(?:[0-9]{1,9}H)?(?:[0-9]{1,9}M)?(?:[0-9]{1,9}S)?)?"
    ),
    "language": _TAG,
}
# What such a value looks like, by key or by what the key takes; the same in every language.
_EXAMPLES: Final[Mapping[str, str]] = {
    "countryCode": "CH",
    "geonames": "2657896/",
    "wikidata": "Q334",
    "fragment": "source-slug/page",
    "date": "2021-12-15",
    "decimal": '"47.36667"',
    "gYear": "2017",
    "web": "https://example.org/page",
    "type": "Programme",
}
# Slips of the keyboard after which a line is no YAML, or says something else than it seems to.
_SLIPS: Final = (
    ("fullwidth", re.compile(r"(?:^|[\s,{，｛])(?P<key>[A-Za-z]+(?:-[A-Za-z]+)*)(?P<slip>：)")),
    ("fullwidth", re.compile(r"(?P<slip>，)\s*(?P<key>[A-Za-z]+(?:-[A-Za-z]+)*)\s*[:：]")),
    ("fullwidth", re.compile(r"(?P<key>[A-Za-z]+): *(?P<slip>[［｛])")),
    ("wide-space", re.compile(r"^\s*(?:- )?(?P<key>[A-Za-z]+):(?P<slip>[\u00a0\u3000])")),
    ("space-missing", re.compile(r"^\s*(?P<slip>-)(?P<key>[A-Za-z]+):(?: |$)")),
    ("space-missing", re.compile(r"^\s*(?:- )?(?P<key>[A-Za-z]+)(?P<slip>:)[^\s/]")),
)
# What the parser says (libyaml and PyYAML word it differently), and whether the place to look at is
# where the broken thing began.
_YAML: Final = (
    ("expected ',' or", "yaml-bracket", True),
    ("unexpected end of stream", "yaml-quote", True),
    ("could not find expected ':'", "yaml-colon", True),
    ("mapping values are not allowed", "yaml-indent", False),
    ("expected '-'", "yaml-indent", False),
    ("expected key", "yaml-indent", False),
    ("expected <block end>", "yaml-indent", False),
    ("cannot start any token", "yaml-start", False),
)
# Keys that every claim must have (SHACL sees the graph, not the file, and would name no line).
_CLAIM_KEYS = ("type", "grade", "status", "entered", "states")


@dataclass(frozen=True)
class Scalar:
    """A text with its place."""

    text: str
    line: int
    column: int


@dataclass(frozen=True)
class Sequence:
    """A list with its place."""

    items: tuple[Node, ...]
    line: int
    column: int


@dataclass(frozen=True)
class Mapped:
    """A mapping with the place of each key."""

    entries: Mapping[str, tuple[Scalar, Node]]
    line: int
    column: int

    def text(self, key: str) -> str | None:
        """Text of a scalar entry, or None."""
        entry = self.entries.get(key)
        return entry[1].text if entry and isinstance(entry[1], Scalar) else None


Node = Scalar | Sequence | Mapped


class Mark(Protocol):
    """A place as the YAML parser gives it, from 0."""

    line: int
    column: int


@dataclass(frozen=True)
class Document:
    """One curated file: its path and its tree."""

    path: Path
    root: Mapped

    def graphs(self) -> Iterator[Mapped]:
        """The named graphs of the file, in its order."""
        for node in items(self.root.entries["graphs"][1]):
            if isinstance(node, Mapped):
                yield node

    def to_json(self) -> dict[str, Any]:
        """The file as JSON-LD, with the project's context put in."""
        content = to_plain(self.root)
        assert isinstance(content, dict)
        return {"@context": curation_context().json, **content}


def to_plain(node: Node) -> Any:
    """A tree as plain dicts, lists and texts."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [to_plain(item) for item in node.items]
    return {name: to_plain(value) for name, (_, value) in node.entries.items()}


def items(node: Node) -> tuple[Node, ...]:
    """The values of a key that takes one value or a list."""
    return node.items if isinstance(node, Sequence) else (node,)


def read_facts(folder: Path, *more: Path) -> tuple[list[Document], list[Fault]]:
    """Read every curated file of a folder, and more files that may join it.

    Returns
    -------
    documents, faults
        The files that could be read, and all that is wrong in any of them.
    """
    documents: list[Document] = []
    faults: list[Fault] = []
    known = fact_files(folder)
    there = {path.resolve() for path in known}
    for path in (*known, *(path for path in more if path.resolve() not in there)):
        document, found = read_file(path)
        faults += found
        if document is not None:
            documents.append(document)
    return documents, faults


def read_file(path: Path) -> tuple[Document | None, list[Fault]]:
    """Read one curated file; the document is None when its form is too broken to look further."""
    try:
        with path.open("rb") as file:
            # Not by its size: some things that are no files on a disk say 0, and never end.
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        return None, [Fault(path, 0, 0, "file-unreadable", (error.strerror or "",))]
    if len(content) > MAX_FILE_BYTES:
        return None, [Fault(path, 1, 1, "file-too-large", (str(MAX_FILE_BYTES // 1024**2),))]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return None, [Fault(path, line, 1, "not-utf8")]
    if text.startswith("\ufeff"):
        return None, [Fault(path, 1, 1, "byte-order-mark")]
    if "\r\n" in text:
        # One fault, not one a line: the editor, not the hand, wrote them.
        return None, [Fault(path, 1, 1, "windows-lines")]
    faults = list(islice(_character_faults(path, text), MAX_FAULTS))
    if faults:
        return None, faults
    composer = _Composer(path)
    root = composer.compose(text)
    if root is None or composer.faults:
        return None, composer.faults
    checker = _Checker(path, curation_context())
    with suppress(_RefusedError):
        checker.document(root)
    usable = isinstance(root, Mapped) and "graphs" in root.entries
    return (Document(path, root) if usable and isinstance(root, Mapped) else None), checker.faults


def _note(faults: list[Fault], fault: Fault) -> None:
    """Add a fault; after so many nobody reads on, and reading stops."""
    faults.append(fault)
    if len(faults) == MAX_FAULTS:
        faults.append(fault._replace(code="more-faults", values=()))
        raise _RefusedError


def _is_hidden(character: str) -> bool:
    return character in _HIDDEN or unicodedata.category(character) in ("Cc", "Co", "Cn", "Cs")


def _character_faults(path: Path, text: str) -> Iterator[Fault]:
    for number, line in enumerate(text.split("\n"), start=1):
        if "\t" in line:
            yield Fault(path, number, line.index("\t") + 1, "tab")
        for column, character in enumerate(line, start=1):
            if character != "\t" and _is_hidden(character):
                yield Fault(path, number, column, "hidden-character", (f"U+{ord(character):04X}",))
        if not unicodedata.is_normalized("NFC", line):
            yield Fault(path, number, 1, "not-nfc")


class _Composer:
    """Builds the tree from YAML events and refuses what curated files do not need."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.faults: list[Fault] = []

    def _fault(self, mark: Mark | None, code: str, *values: str) -> None:
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        _note(self.faults, Fault(self.path, line, column, code, values))

    def compose(self, text: str) -> Node | None:
        # libyaml's parser where PyYAML was built with it: the same events, ten times faster.
        loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
        try:
            return self._document(yaml.parse(text, Loader=loader))
        except yaml.MarkedYAMLError as error:
            self.faults.append(_yaml_fault(self.path, text, error))
            return None
        except _RefusedError:
            return None

    def _document(self, events: Iterator[yaml.Event]) -> Node | None:
        root: Node | None = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._refuse(event, "several-documents")
            elif isinstance(event, yaml.NodeEvent):
                root = self._node(event, events, 0)
        if root is None:
            self.faults.append(Fault(self.path, 1, 1, "empty-file"))
        return root

    def _refuse(self, event: yaml.Event, code: str, *values: str) -> None:
        self._fault(event.start_mark, code, *values)
        raise _RefusedError

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, "alias", event.anchor or "")
        assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        if event.anchor:
            self._refuse(event, "anchor", event.anchor)
        if event.tag:
            self._refuse(event, "tag", event.tag)
        if depth > MAX_DEPTH:
            self._refuse(event, "too-deep", str(MAX_DEPTH))
        mark = event.start_mark
        assert mark is not None
        line, column = mark.line + 1, mark.column + 1
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
            return Scalar(event.value, line, column)
        if isinstance(event, yaml.SequenceStartEvent):
            children: list[Node] = []
            while not isinstance(child := next(events), yaml.SequenceEndEvent):
                children.append(self._node(child, events, depth + 1))
            return Sequence(tuple(children), line, column)
        entries: dict[str, tuple[Scalar, Node]] = {}
        while not isinstance(child := next(events), yaml.MappingEndEvent):
            key = self._node(child, events, depth + 1)
            if not isinstance(key, Scalar):
                self._refuse(child, "key-not-text")
            assert isinstance(key, Scalar)
            value = self._node(next(events), events, depth + 1)
            if key.text in entries:
                first = entries[key.text][0]
                self._fault(child.start_mark, "duplicate-key", key.text, str(first.line))
            else:
                entries[key.text] = (key, value)
        return Mapped(entries, line, column)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        """Refuse what the text of the file does not show."""
        if len(event.value) > MAX_TEXT:
            self._refuse(event, "text-too-long", str(MAX_TEXT))
        if event.style == '"':  # only there a backslash can stand for another character
            for character in event.value:
                if character != "\n" and _is_hidden(character):
                    self._refuse(event, "hidden-character", f"U+{ord(character):04X}")
            if not unicodedata.is_normalized("NFC", event.value):
                self._refuse(event, "not-nfc")


def _yaml_fault(path: Path, text: str, error: yaml.MarkedYAMLError) -> Fault:
    """What is wrong where the parser stopped: a slip seen there, or what the parser says."""
    problem = str(error.problem or error.context)
    found: yaml.Mark | None = error.problem_mark or error.context_mark
    code = "yaml"
    values: tuple[str, ...] = (problem,)
    for said, known, begin in _YAML:
        if said in problem:
            code, values = known, ()
            if begin and error.context_mark is not None:
                found = error.context_mark
            break
    line, column = (found.line + 1, found.column + 1) if found else (1, 1)
    lines = text.split("\n")
    # The parser often notices on the line after the slip. Words of a text are no keys.
    keys = {*curation_context().keys, "en", "zh-Hans", "zh"}
    for number in (line, line - 1):
        for slip, pattern in _SLIPS:
            if not 0 < number <= len(lines):
                continue
            # Nobody sees a slip beyond that, and some patterns take the square of the length.
            for match in pattern.finditer(lines[number - 1][:MAX_TEXT]):
                if match["key"] in keys:
                    return Fault(path, number, match.start("slip") + 1, slip, (match["slip"],))
    return Fault(path, line, column, code, values)


class _RefusedError(Exception):
    """Reading stopped: the fault is already noted."""


class _Checker:
    """Checks keys, values and identifiers of one file against the context."""

    def __init__(self, path: Path, context: CurationContext) -> None:
        self.path, self.context = path, context
        self.faults: list[Fault] = []

    def _fault(self, node: Node, code: str, *values: str) -> None:
        _note(self.faults, Fault(self.path, node.line, node.column, code, values))

    def document(self, root: Node) -> None:
        if not isinstance(root, Mapped) or "graphs" not in root.entries:
            self._fault(root, "no-graphs")
            return
        for key, (place, _) in root.entries.items():
            if key != "graphs":
                self._fault(place, "context-key" if key == "@context" else "top-key", key)
        for graph in items(root.entries["graphs"][1]):
            self._graph(graph)

    def _graph(self, graph: Node) -> None:
        if not isinstance(graph, Mapped):
            self._fault(graph, "expected-mapping")
            return
        name = graph.text("id")
        if name is None or not _GRAPH_ID.fullmatch(name):
            self._fault(graph, "graph-id", name or "")
            name = name or ""
        claim = name.startswith("claim/")
        if claim:
            for key in _CLAIM_KEYS:
                if key not in graph.entries:
                    self._fault(graph, "claim-key", key, name)
            if "at" not in graph.entries:
                self._fault(graph, "claim-source", name)
            if graph.text("type") not in (None, "Claim"):
                self._fault(graph, "claim-type", name)
        self._entries(graph, in_graph=True)
        if "states" in graph.entries:
            states = graph.entries["states"][1]
            if not items(states):
                self._fault(states, "claim-empty", name)
            for node in items(states):
                self._thing(node)

    def _thing(self, node: Node) -> None:
        if not isinstance(node, Mapped):
            self._fault(node, "expected-mapping")
            return
        name = node.text("id")
        if name is None:
            self._fault(node, "no-id")
        elif not (_ID.fullmatch(name) or _CONCEPT_ID.fullmatch(name)):
            self._fault(node.entries["id"][1], "bad-id", name)
        elif _placeholder(name):
            self._fault(node.entries["id"][1], "to-do-id", "id")
        elif _ID.fullmatch(name) and len(name.partition("/")[2]) > MAX_SLUG:
            self._fault(node.entries["id"][1], "long-slug", name, str(MAX_SLUG))
        self._entries(node, in_graph=False)

    def _entries(self, node: Mapped, *, in_graph: bool) -> None:
        thing = self._class(node)
        for name, (place, value) in node.entries.items():
            key = self.context.keys.get(name)
            if key is None or name == "graphs" or (name == "states" and not in_graph):
                self._unknown_key(place)
            else:
                self._value(key, value, thing)

    def _class(self, node: Mapped) -> str:
        """IRI of the class of a node, by its type or by its id: claims name ids alone."""
        words = (node.text("type") or "", (node.text("id") or "").partition("/")[0])
        return next(
            (
                iri
                for word in words
                for name, iri in self.context.classes.items()
                if name.lower() == word.lower()
            ),
            "",
        )

    def _to_do(self, key: Key, item: Node, thing: str, tag: str = "") -> None:
        """Something is left to fill in: say what it takes, and whether it may be left out."""
        shown = f"{key.name} {tag}" if tag else key.name
        needed = key.kind == "type" or (thing, expand(key.predicate)) in demanded()
        choice = listed(key.scheme) if key.kind == "concept" else ""
        some = _EXAMPLES.get(key.name) or _EXAMPLES.get(key.datatype) or _EXAMPLES.get(key.kind)
        if key.kind == "concept" and needed:
            some = min(concepts().get(key.scheme, ()), default="")
        if choice:
            self._fault(item, "to-do-needed-listed" if needed else "to-do-listed", shown, choice)
        elif needed and key.kind == "labels":
            self._fault(item, "to-do-title" if key.name == "title" else "to-do-name", shown)
        elif needed and some:
            self._fault(item, "to-do-needed", shown, some)
        elif key.kind == "concept":
            self._fault(item, "to-do-scheme", shown, key.scheme)
        elif some:
            self._fault(item, "to-do-such-as", shown, some)
        else:
            self._fault(item, "to-do", shown)

    def _unknown_key(self, place: Scalar) -> None:
        if place.text.startswith("@"):
            self._fault(place, "keyword-key", place.text)
            return
        if "：" in place.text:
            self._fault(place, "fullwidth", "：")
            return
        close = difflib.get_close_matches(place.text, self.context.keys, n=1)
        if close:
            self._fault(place, "unknown-key-close", place.text, close[0])
        else:
            self._fault(place, "unknown-key", place.text)

    def _value(self, key: Key, value: Node, thing: str) -> None:
        if key.kind in ("note", "graph"):
            return
        if key.kind == "labels":
            self._labels(key, value, thing)
            return
        if isinstance(value, Sequence) and not value.items:
            self._fault(value, "empty-list", key.name)
        for item in items(value):
            if isinstance(item, Mapped):
                if key.kind == "node":
                    self._thing(item)
                else:
                    self._fault(item, "expected-text", key.name)
            elif isinstance(item, Sequence):
                self._fault(item, "nested-list", key.name)
            elif not item.text:
                self._fault(item, "empty-value", key.name)
            else:
                self._text(key, item, thing)

    def _text(self, key: Key, item: Scalar, thing: str) -> None:
        text = item.text
        if text == TO_DO:
            self._to_do(key, item, thing)
        elif key.kind == "node" and _placeholder(text):
            self._fault(item, "to-do-id", key.name)
        elif key.kind == "concept" and re.search("[,，、;；]", text):
            self._fault(item, "not-a-list", key.name)
        elif key.kind == "concept" and not _SLUG.fullmatch(text):
            code, values = concept_fault(text, key.scheme)
            self._fault(item, code, *values)
        elif key.kind == "type" and text not in self.context.classes:
            close = difflib.get_close_matches(text, self.context.classes, n=1, cutoff=0.0)
            self._fault(item, "unknown-type", text, close[0])
        elif key.kind == "fragment" and not _FRAGMENT.fullmatch(text):
            self._fault(item, "bad-fragment", text)
        elif key.kind == "external" and not _EXTERNAL.fullmatch(text):
            self._fault(item, "bad-external", text, key.base, _EXAMPLES[key.name])
        elif key.kind == "web" and not (_WEB.fullmatch(text) and _is_iri(text)):
            self._fault(item, "bad-iri", text)
        elif key.kind == "node" and not (_ID.fullmatch(text) or _CONCEPT_ID.fullmatch(text)):
            self._fault(item, "bad-id", text)
        elif key.kind == "text" and not _is_lexical(key.datatype, text):
            self._fault(item, f"bad-{key.datatype}", key.name, text)

    def _labels(self, key: Key, value: Node, thing: str) -> None:
        if not isinstance(value, Mapped):
            self._fault(value, "labels", key.name)
            return
        for tag, (place, text) in value.entries.items():
            if not _TAG.fullmatch(tag) and tag != "zh-Latn-pinyin":
                if "：" in tag:
                    self._fault(place, "fullwidth", "：")
                    continue
                if isinstance(text, Scalar) and not text.text:
                    # {en: a text, with a comma}: YAML reads the rest as a key without a value.
                    self._fault(place, "label-comma", tag)
                    continue
                self._fault(place, "bad-language", tag)
            if tag == "zh":
                self._fault(place, "zh-tag")
            for item in items(text):
                if not isinstance(item, Scalar) or not item.text.strip():
                    self._fault(item, "empty-value", f"{key.name} {tag}")
                elif item.text == TO_DO:
                    self._to_do(key, item, thing, tag)
                elif item.text != item.text.strip():
                    self._fault(item, "label-space", item.text)
                elif "<" in item.text and ">" in item.text:
                    self._fault(item, "label-markup", item.text)


def _placeholder(name: str) -> bool:
    """Whether an id still ends as the template has it."""
    return re.split("[-/]", name)[-1].lower() == TO_DO.lower()


def _is_iri(text: str) -> bool:
    """Whether RDF takes it; the reader of JSON-LD would drop a wrong one without a word."""
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def _is_lexical(datatype: str, text: str) -> bool:
    if not _LEXICAL[datatype].fullmatch(text):
        return False
    if datatype == "date":
        year, month, day = (int(part) for part in text.split("-"))
        return year > 0 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
    return True
