"""The words of the pages: the same in both languages, each used, none missing."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from jinja2 import nodes

import kg.explorer
import kg.server.explorer
from kg.explorer.panels import Page
from kg.explorer.record import KINDS, Record
from kg.explorer.site import Site
from kg.explorer.words import both, word_keys
from kg.resources import template_folder
from kg.templating import page_templates
from tests.explorer.places import PLACES, Place

WORDS = {key: both(key) for key in word_keys()}
KEYS = frozenset(WORDS)
SOURCES = (
    *(p for p in Path(kg.explorer.__file__).parent.glob("*.py") if p.name != "words.py"),
    Path(kg.server.explorer.__file__),
)


@cache
def trees() -> tuple[ast.Module, ...]:
    return tuple(ast.parse(path.read_text("utf-8")) for path in SOURCES)


@cache
def constants() -> frozenset[str]:
    """Every text in the code."""
    package = Path(kg.explorer.__file__).parents[1]
    sources = [path for path in package.rglob("*.py") if path.name != "words.py"]
    return frozenset(
        node.value
        for path in sources
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def said_in_python() -> Iterator[tuple[str, int | None]]:
    """Each key that is said, ``*`` for what is filled in, and with how many values."""
    for tree in trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            name = node.func.id if isinstance(node.func, ast.Name) else name
            if name in ("say", "words"):
                first = 0 if isinstance(node.func, ast.Attribute) or name == "words" else 1
                if len(node.args) <= first:
                    continue
                values = node.args[first + 1 :]
                starred = any(isinstance(value, ast.Starred) for value in values)
                for key in _texts(node.args[first]):
                    yield key, None if starred else len(values)
            elif name == "columns":
                for argument in node.args:
                    for part in ast.walk(argument):
                        if isinstance(part, ast.Constant) and isinstance(part.value, str):
                            yield f"column-{part.value}", 0


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(
            str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values
        )
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def said_in_scripts() -> frozenset[str]:
    """What the scripts quote, also with a word filled in: the one file says some words itself."""
    folder = Path(kg.explorer.__file__).parent / "frontend" / "src"
    code = "\n".join(path.read_text("utf-8") for path in sorted(folder.glob("*.js")))
    quoted = frozenset(re.findall(r'"([a-z][a-z0-9-]*)"', code))
    families = set(re.findall(r"`([a-z-]+-)\$\{\w+\}`", code))
    return quoted | {family + word for family in families for word in quoted}


def said_in_templates() -> Iterator[tuple[str, int]]:
    environment = page_templates()
    for path in sorted((template_folder() / "explorer").iterdir()):
        if path.name.endswith((".html", ".svg")):
            parsed = environment.parse(path.read_text("utf-8"))
            for call in parsed.find_all(nodes.Call):
                if isinstance(call.node, nodes.Name) and call.node.name == "say":
                    first = call.args[0]
                    if isinstance(first, nodes.Const):
                        yield str(first.value), len(call.args) - 1
                    elif isinstance(first, nodes.Concat):
                        parts = [str(getattr(part, "value", "*")) for part in first.nodes]
                        yield "".join(parts), len(call.args) - 1


def fits(pattern: str, key: str) -> bool:
    """Whether a key is one of a family; what is filled in must be a word of the code."""
    found = re.fullmatch(re.escape(pattern).replace(r"\*", "(.+)"), key)
    in_templates = {"facet", "level", "theme", "leading", "order"}
    return found is not None and all(
        group in constants() or group in in_templates or group.isdecimal()
        for group in found.groups()
    )


def placeholders(text: str) -> list[str]:
    return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name is not None})


@pytest.mark.parametrize("key", sorted(KEYS))
def test_both_languages_take_the_same_values(key: str) -> None:
    english, chinese = WORDS[key]
    assert english.strip()
    assert chinese.strip()
    assert placeholders(english) == placeholders(chinese)
    # What scripts fill in afterwards.
    assert re.findall(r"{{\w+}}", english) == re.findall(r"{{\w+}}", chinese)


def test_chinese_words_have_chinese_punctuation() -> None:
    wrong = [
        key
        for key in KEYS
        if re.search(
            r"[\u4e00-\u9fff}][,;:?!]|[,;:?!][\u4e00-\u9fff]|[\u4e00-\u9fff]\.", WORDS[key][1]
        )
    ]
    assert wrong == []


def test_what_is_said_is_there_and_gets_its_values() -> None:
    missing, short = [], []
    for pattern, values in [*said_in_python(), *said_in_templates()]:
        keys = [key for key in KEYS if key == pattern or ("*" in pattern and fits(pattern, key))]
        if not keys:
            missing.append(pattern)
        for key in keys:
            needed = max((int(name) for name in placeholders(WORDS[key][0])), default=-1) + 1
            if values is not None and needed > values and key == pattern:
                short.append((key, needed, values))
    assert missing == []
    assert short == []


def test_every_word_is_used() -> None:
    patterns = {pattern for pattern, _ in [*said_in_python(), *said_in_templates()]}
    families = [pattern for pattern in patterns if "*" in pattern]
    scripts = said_in_scripts()
    unused = [
        key
        for key in sorted(word_keys())
        if key not in patterns
        and key not in scripts
        and key not in constants()
        and not any(fits(family, key) for family in families)
    ]
    assert unused == []


# Pages

MOST = 60
"""Pages of a kind that are compared."""


@pytest.fixture(scope="module")
def site(record: Record) -> Site:
    return Site(record)


def shape(page: Page) -> list[tuple[str, str, tuple[str, ...], int]]:
    """What must not hang on the language."""
    return [
        (panel.id, panel.form, tuple(column.key for column in panel.columns), len(panel.rows))
        for panel in page.visible
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_pages_of_things_say_as_much_in_both_languages(kind: str, site: Site) -> None:
    different = []
    names = site.record.things(kind)
    for name in names[:: max(1, len(names) // MOST)]:
        english, chinese = (site.writers[language].page(name) for language in ("en", "zh"))
        if shape(english) != shape(chinese) or bool(english.lead) != bool(chinese.lead):
            different.append((name, shape(english), shape(chinese)))
    assert different == []


OVERVIEWS = [
    p
    for p in PLACES
    if p.path.partition("?")[0]
    in (
        *("", "matrix", "compare", "map", "unknown", "ontology", "gap", "gap/shanghai"),
        *("city", "practice", "programme", "source", "thing/concept/source-type"),
    )
]


@pytest.mark.parametrize("place", OVERVIEWS, ids=lambda place: place.name)
def test_overviews_say_as_much_in_both_languages(place: Place, site: Site) -> None:
    from urllib.parse import parse_qsl

    path, _, query = place.path.partition("?")
    english, chinese = (site.page(language, path, parse_qsl(query)) for language in ("en", "zh"))
    assert shape(english) == shape(chinese)
    assert len(english.extra.get("actions", ())) == len(chinese.extra.get("actions", ()))
    for first, second in zip(english.visible, chinese.visible, strict=True):
        # Their order may be that of names; as many cells are filled all the same.
        filled = [
            sorted([bool(cell) for cell in row] for row in panel.rows) for panel in (first, second)
        ]
        assert filled[0] == filled[1]
