"""Pages as HTML, and their twins as CSV, JSON, Turtle and SVG."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote, urlencode

from markupsafe import Markup, escape

from kg.explorer.assets import asset, land, stylesheet
from kg.explorer.drawing import draw_map, draw_matrix
from kg.explorer.graphs import Drawn
from kg.explorer.panels import WEB, Linker, Page, Panel, to_csv, to_json
from kg.explorer.reading import format_day
from kg.explorer.record import Literal, Record, Value, iri_of
from kg.explorer.triples import turtle
from kg.explorer.words import say
from kg.messages import Language
from kg.templating import page_templates

_MOST_KEPT: Final = 8_192
"""Pieces of evidence that are kept as HTML, about a kilobyte each."""
_TAGS: Final[Mapping[Language, str]] = {"en": "en", "zh": "zh-Hans"}
_OTHER: Final[Mapping[Language, Language]] = {"en": "zh", "zh": "en"}
MENU: Final = (
    *(("nav-cities", "city"), ("nav-practices", "practice"), ("nav-matrix", "matrix")),
    *(("nav-compare", "compare"), ("nav-gap", "gap"), ("nav-map", "map"), ("nav-graph", "graph")),
    *(("nav-queries", "queries"), ("nav-console", "console"), ("nav-unknown", "unknown")),
    *(("nav-ontology", "ontology"), ("nav-data", "data")),
)


_HAN: Final = re.compile(
    r"[\u3001-\u30ff\u3400-\u9fff\uff01-\uffee]+(?:[^A-Za-z]*[\u3400-\u9fff]+)*"
)


def spoken(text: str, language: Language) -> str:
    """A text with what is Chinese in it marked as such on an English page.

    >>> spoken("as given: 628个", "en")
    Markup('as given: 628<span lang="zh-Hans">个</span>')
    """
    if language != "en" or not _HAN.search(text):
        return text
    marked, end = Markup(""), 0
    for found in _HAN.finditer(text):
        part = Markup('<span lang="zh-Hans">{}</span>').format(found[0])
        marked += escape(text[end : found.start()]) + part
        end = found.end()
    return marked + escape(text[end:])


_SHORT: Final[Mapping[Language, int]] = {"en": 12, "zh": 6}
_LONG: Final = 16
_DAY: Final = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日|[A-Z][a-z]+ \d{1,2}, \d{4}")


_TERM: Final = re.compile(r"[a-z]+:[A-Za-z]+")
_HUMP: Final = re.compile(r"(?<=[a-z:])(?=[A-Z])")


def _broken(text: str) -> str:
    """A term of a vocabulary that may be broken between its words, and nowhere else."""
    if len(text) <= _LONG or not _TERM.fullmatch(text):
        return text
    return Markup("<wbr>").join(_HUMP.split(text))


def _width(text: str, language: Language) -> str:
    """The class of a text that is never broken, or that may be broken anywhere."""
    if len(text) > _LONG and _TERM.fullmatch(text):
        return ""
    if len(text) <= _SHORT[language] or _DAY.fullmatch(text):
        return Markup(' class="short"')
    return Markup(' class="long"') if len(text) > _LONG and " " not in text else ""


class Renderer:
    """Writes pages of one record."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self._linkers: Mapping[Language, Linker] = {
            language: Linker(record, language) for language in _TAGS
        }
        self._kept: dict[tuple[Language, tuple[str, ...]], Markup] = {}
        self._evidence_template = page_templates().get_template("explorer/evidence.html")

    def address(self, page: Page, language: Language | None = None) -> str:
        """Address of a page, in its language or another."""
        path = "/".join(quote(part, safe="-._~") for part in page.path.split("/"))
        query = urlencode(page.parameters)
        return f"/{language or page.language}/{path}" + (f"?{query}" if query else "")

    def twin(self, page: Page, suffix: str, panel: str = "") -> str:
        """Address of a page, or of one of its panels, in another format."""
        path = quote(page.path or "home", safe="/-._~")
        pairs = [*page.parameters, *((("panel", panel),) if panel else ())]
        return f"/{page.language}/{path}.{suffix}" + (f"?{urlencode(pairs)}" if pairs else "")

    def html(self, page: Page, **more: Any) -> bytes:
        """A page as HTML.

        Parameters
        ----------
        more
            Further values for the page's own template.
        """
        language = page.language
        base = f"/{language}"

        def words(key: str, *values: object) -> str:
            return say(language, key, *values)

        twins = []
        if page.panels:
            twins = [
                {"name": "CSV", "type": "text/csv", "href": self.twin(page, "csv")},
                {"name": "JSON", "type": "application/json", "href": self.twin(page, "json")},
            ]
            if page.things:
                twins.append(
                    {"name": "Turtle", "type": "text/turtle", "href": self.twin(page, "ttl")}
                )
        scripts = [
            address
            for name in ("site.js", *page.extra.get("scripts", ()))
            if (address := asset(name)) is not None
        ]
        pages = {p.id: self._pages(page, p) for p in page.panels if len(p.rows) > p.most}
        page = replace(
            page,
            panels=tuple(
                replace(p, rows=p.rows[page.start : page.start + p.most]) if p.id in pages else p
                for p in page.panels
            ),
        )
        template = page_templates().get_template(f"explorer/{page.template}")
        context: dict[str, Any] = {
            "page": page,
            "pages": pages,
            "language": language,
            "tag": _TAGS[language],
            "base": base,
            "say": words,
            "style": stylesheet()[0],
            "scripts": scripts,
            "styles": [
                address for name in ("islands.css",) if (address := asset(name)) is not None
            ],
            "languages": [
                *((_TAGS[other], self.address(page, other)) for other in _TAGS),
                ("x-default", self.address(page, "en")),
            ],
            "other": self.address(page, _OTHER[language]),
            "other_language": _TAGS[_OTHER[language]],
            "menu": [
                (words(key), f"{base}/{path}", page.path.split("/")[0] == path)
                for key, path in MENU
            ],
            "twins": twins,
            "iri": iri_of,
            "spoken": lambda text: spoken(text, language),
            "broken": _broken,
            "width": lambda text: _width(text, language),
            "version": self.version(language),
            "cite_page": self._cite(page, ""),
            "cite_href": lambda panel: self._cite(page, panel.id),
            "query_href": lambda panel: self.query_address(panel, language),
            "citations": page.extra.get("citations", ()),
            "downloads": lambda panel: self._downloads(page, panel),
            "evidence": lambda claims: self._evidence(claims, language),
            "drawn_map": lambda panel: draw_map(panel, language, land()),
        }
        return template.render({**context, **more}).encode("utf-8")

    def version(self, language: Language) -> str:
        """Date and name of the version of the data, for people."""
        return say(
            language, "footer-version", format_day(self.record.made, language), self.record.version
        )

    def graph(self, page: Page, drawn: Drawn) -> bytes:
        """The page of a graph: what its picture needs stands in it as data."""
        state = drawn.state
        # In a script element only "</" and "<!--" could end the data; no "<" is left in it.
        data = json.dumps(page.extra["data"], ensure_ascii=False, separators=(",", ":"))

        def links(name: str) -> Markup:
            choices = []
            if name in state.things and len(state.things) > 1:
                choices.append(("graph-collapse", state.collapse(name).query()))
            elif name not in state.things and not state.view and state.ends is None:
                choices.append(("graph-expand", state.expand(name).query()))
            choices.append(("graph-hide", state.hide(name).query()))
            return Markup(" · ").join(
                Markup('<a data-stay href="?{}">{}<span class="vh"> {}</span></a>').format(
                    query, say(page.language, key), self.record.name(name, page.language)
                )
                for key, query in choices
            )

        return self.html(
            page,
            data_json=data.replace("<", "\\u003c"),
            state_links=links,
            expand=lambda name: f"?{state.expand(name).query()}",
        )

    def _pages(self, page: Page, panel: Panel) -> list[tuple[str, str, bool]]:
        """Rows, address and whether it is this one, of each page of a long panel."""
        others = tuple(pair for pair in page.parameters if pair[0] != "from")
        bare = replace(page, parameters=others)
        return [
            (
                f"{start + 1}–{min(start + panel.most, len(panel.rows))}",
                self.address(bare.starting(start) if start else bare) + f"#{panel.id}",
                start == page.start,
            )
            for start in range(0, len(panel.rows), panel.most)
        ]

    def query_address(self, panel: Panel, language: Language) -> str:
        """Address of the page of the named query that gives what a panel shows."""
        assert panel.query is not None
        name, parameters = panel.query
        query = urlencode(parameters)
        return f"/{language}/queries/{name}" + (f"?{query}" if query else "")

    def _cite(self, page: Page, panel: str) -> str:
        pairs = [("page", self.address(page)), *((("panel", panel),) if panel else ())]
        return f"/{page.language}/cite?{urlencode(pairs)}"

    def _downloads(self, page: Page, panel: Panel) -> list[tuple[str, str]]:
        found = [
            ("CSV", self.twin(page, "csv", panel.id)),
            ("JSON", self.twin(page, "json", panel.id)),
        ]
        if panel.picture:
            found.append(("SVG", self.twin(page, "svg", panel.id)))
        return found

    def _evidence(self, claims: tuple[str, ...], language: Language) -> Markup:
        """The places behind claims as HTML; many figures rest on the same ones."""
        key = (language, claims)
        made = self._kept.get(key)
        if made is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            made = self._kept[key] = Markup(  # noqa: S704 - a template's own output
                self._evidence_template.render(
                    found=self.evidence(claims, language),
                    claims=len(claims),
                    say=lambda word, *values: say(language, word, *values),
                )
            )
        return made

    def evidence(self, claims: Sequence[str], language: Language) -> dict[str, Any]:
        """The places behind claims, for people."""
        record = self.record
        link = self._linkers[language]
        places: dict[tuple[str, str], dict[str, Any]] = {}
        disputed = False
        for path in claims:
            claim = record.claim(path)
            disputed = disputed or claim.status == "concept/claim-status/disputed"
            for place in claim.places:
                if (place.fragment, path) in places:
                    continue
                named = record.named(place.source, language)
                end = record.slug(place.fragment)
                places[place.fragment, path] = {
                    "source": named.text,
                    "language": link.other(named.language),
                    "source_href": link.href(place.source),
                    "place": say(language, "whole-page") if end == "page" else end,
                    "place_href": link.href(place.fragment),
                    "url": self._url(place.source),
                    "grade": record.name(claim.grade, language),
                    "status": record.name(claim.status, language),
                    "claim_href": link.href(path),
                }
        return {
            "places": list(places.values()),
            "sources": len(record.sources(claims)),
            "disputed": disputed,
        }

    def _url(self, source: str) -> str:
        """Address of a source on the web; empty where it has none."""
        found = (_said(s.value) for s in self.record.statements(source, "schema:url"))
        return next((url for url in found if url.startswith(WEB)), "")

    # twins

    def csv(self, page: Page, panel: str = "") -> bytes:
        """A page, or one panel of it, as CSV."""
        return to_csv(self._panels(page, panel))

    def json(self, page: Page, panel: str = "") -> bytes:
        """A page, or one panel of it, as JSON."""
        content = {
            "title": page.title,
            "lead": page.lead,
            "language": _TAGS[page.language],
            "about": iri_of(page.about) if page.about else None,
            "page": self.address(page),
            "version": self.record.version,
            "date": self.record.made,
            "license": "https://creativecommons.org/licenses/by/4.0/",
            "note": say(page.language, "unknown-note"),
            "panels": [to_json(chosen) for chosen in self._panels(page, panel)],
        }
        return json.dumps(content, ensure_ascii=False, indent=1).encode("utf-8") + b"\n"

    def _panels(self, page: Page, id: str) -> list[Panel]:
        chosen = [page.panel(id)] if id else [p for p in page.visible if p.rows]
        return [panel for panel in chosen if panel is not None]

    def turtle(self, page: Page) -> bytes:
        """What is said of the things that a page is drawn from, as Turtle."""
        things = dict.fromkeys(page.things)
        said = turtle(statement[:3] for thing in things for statement in self.record.of(thing))
        return said.encode("utf-8")

    def svg(self, page: Page, panel: Panel) -> bytes:
        """The picture of a panel."""
        foot = " · ".join(
            (
                say(page.language, "product"),
                self.version(page.language),
                "CC BY 4.0",
                say(page.language, "unknown-note"),
            )
        )
        if panel.form == "map":
            return draw_map(panel, page.language, land(), foot=foot).encode("utf-8")
        return draw_matrix(panel, page.language, foot=foot).encode("utf-8")


def _said(value: Value) -> str:
    return value.text if isinstance(value, Literal) else value
