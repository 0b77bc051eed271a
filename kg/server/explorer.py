"""The explorer by HTTP: pages in two languages, their twins, search, and what they load.

Pages come from a record in memory; only named queries and the console ask a worker. A page that
has been made is kept like an answer, for the next reader.
"""

from __future__ import annotations

import asyncio
import datetime
import gc
import gzip
import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlencode, urlsplit

from kg.catalogue import catalogue
from kg.errors import KgError, ParameterError
from kg.explorer import assets
from kg.explorer.panels import Page
from kg.explorer.reading import format_day
from kg.explorer.record import Record, iri_of
from kg.explorer.words import LANGUAGES, say
from kg.messages import Language, message
from kg.publishing.versions import Version
from kg.server.answers import Answer, Answers, etag
from kg.server.budgets import Budgets
from kg.server.formats import TABLES
from kg.server.guard import check_query
from kg.server.http import (
    CACHE,
    Header,
    Request,
    RequestError,
    Send,
    not_modified,
    read_form,
    require_reading,
    respond,
    retry_after,
)
from kg.server.limits import Limits
from kg.server.named import read_values, refusal
from kg.server.negotiation import accepts_gzip, qualities
from kg.server.problems import STATUS
from kg.server.sparql import Endpoint
from kg.server.wire import Job

if TYPE_CHECKING:
    from kg.explorer.asking import Asking
    from kg.explorer.graphpages import GraphPages
    from kg.explorer.site import Site

# What pages are made with is imported where the first one is made: a process that starts anew in
# place of one that ended answers queries sooner.
_TAGS: Final[dict[Language, bytes]] = {"en": b"en", "zh": b"zh-Hans"}
_TYPES: Final = {
    "html": b"text/html; charset=utf-8",
    "csv": b"text/csv; charset=utf-8; header=present",
    "json": b"application/json",
    "ttl": b"text/turtle; charset=utf-8",
    "svg": b"image/svg+xml",
    "graphml": b"application/graphml+xml",
    "bib": b"application/x-bibtex; charset=utf-8",
}
_ENDING: Final = re.compile(r"\.(csv|json|ttl|svg|graphml|bib)\Z")
_ACCEPTED: Final = (
    ("text/html", "html"),
    ("application/xhtml+xml", "html"),
    ("application/json", "json"),
    ("text/csv", "csv"),
    ("text/turtle", "ttl"),
)
_IMMUTABLE: Final[Header] = (b"cache-control", b"public, max-age=31536000, immutable")
_VARY: Final[Header] = (b"vary", b"Accept, Accept-Encoding")
_ICON: Final = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" '
    b'rx="6" fill="#0b4f8a"/><g fill="#fff"><circle cx="9" cy="22" r="4"/><circle cx="23" cy="22" '
    b'r="4"/><circle cx="16" cy="9" r="4"/></g><path d="M9 22 16 9l7 13z" fill="none" '
    b'stroke="#fff" stroke-width="2"/></svg>'
)
_MOST_HITS: Final = 60
_FIRST_QUERIES: Final = 1.0
"""Seconds in which queries that wait for a new process have it for themselves."""
_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class _Body:
    """What is sent: a body of a type, with the Content-Security-Policy of pages or none."""

    content: bytes
    form: str
    status: int = 200
    filename: str = ""


class Explorer:
    """Answers the addresses of pages.

    Parameters
    ----------
    address
        Where clients find the service; empty: as they asked for it.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        limits: Limits,
        budgets: Budgets,
        answers: Answers,
        address: str = "",
    ) -> None:
        self.endpoint, self.limits = endpoint, limits
        self.budgets, self.answers, self.address = budgets, answers, address
        self._site: asyncio.Future[Site | None] | None = None
        self._version: Version | None = None
        self._record: bytes | None = None

    def prepare(self, version: Version, record: bytes | None) -> None:
        """Make the pages of a version ready, aside and a moment later; who asks is waited for."""
        if self._version is not None and self._version.name == version.name:
            return  # another spawner, the same data
        self._version, self._record, self._site = version, record, None
        asyncio.get_running_loop().call_later(_FIRST_QUERIES, self._begin, version)

    def _begin(self, version: Version) -> None:
        if self._version is version and self._site is None:
            loading = asyncio.to_thread(_load, version.name, self._record)
            self._site, self._record = asyncio.ensure_future(loading), None

    @property
    def has_pages(self) -> bool:
        """Whether the version in use has pages."""
        return self._version is not None and bool(self._version.record_sha256)

    async def site(self) -> Site:
        """The pages of the version in use.

        Raises
        ------
        RequestError
            It has none.
        """
        if self._version is not None:
            self._begin(self._version)
        site = None if self._site is None else await asyncio.shield(self._site)
        if site is None:
            raise RequestError("no-pages")
        return site

    async def page_of(self, thing: str, language: Language) -> str | None:
        """Address of the page about a thing; None where there is none.

        Raises
        ------
        RequestError
            The version has no pages at all.
        """
        site = await self.site()
        if thing == "ontology":
            return f"/{language}/ontology"
        return site.writers[language].link.href(thing) or None

    # what pages load

    async def load(self, request: Request, send: Send) -> tuple[int, str]:
        """Scripts, the style sheet, the icon: under names that never repeat."""
        require_reading(request)
        style, content = assets.stylesheet()
        if request.path == "/assets/icon.svg":
            body, media = _ICON, "image/svg+xml"
        elif request.path == style:
            body, media = content, "text/css; charset=utf-8"
        else:
            found = assets.asset_bytes(request.path.removeprefix(assets.PREFIX))
            if found is None:
                raise RequestError("not-found")
            body, media = found
        tag = etag(body)
        vary = (b"vary", b"Accept-Encoding")
        if await not_modified(request, send, tag, vary):
            return 304, "not-modified"
        fields = [(b"content-type", media.encode("ascii")), _IMMUTABLE, vary, (b"etag", tag)]
        if accepts_gzip(request.header(b"accept-encoding")):
            key = ("asset", request.path)
            kept = self.answers.get(key)
            if kept is None:
                kept = Answer(await asyncio.to_thread(gzip.compress, body, 9, mtime=0), ())
                self.answers.keep(key, kept)
            body = kept.body
            fields.append((b"content-encoding", b"gzip"))
        await respond(send, 200, fields, body, head=request.method == "HEAD")
        return 200, "asset"

    async def enter(self, request: Request, send: Send) -> tuple[int, str]:
        """From the address of the server to the pages in the reader's language."""
        require_reading(request)
        if not self.has_pages:
            raise RequestError("not-found")
        location = f"/{request.language}/".encode("ascii")
        fields = [(b"location", location), (b"vary", b"Accept-Language"), CACHE]
        await respond(send, 302, fields)
        return 302, "entrance"

    # pages

    async def __call__(self, request: Request, send: Send) -> tuple[int, str]:
        """Answer with a page, or with what it holds in another format."""
        name, _, path = request.path.removeprefix("/").partition("/")
        language = LANGUAGES[name]
        if not path and not request.path.endswith("/"):
            require_reading(request)
            fields = [(b"location", f"/{language}/".encode("ascii")), CACHE]
            await respond(send, 308, fields)
            return 308, "slash"
        ending = _ENDING.search(path)
        form = ending[1] if ending else _form(request.header(b"accept"))
        bare = path[: ending.start()] if ending else path
        try:
            site = await self.site()
        except RequestError as error:
            if error.code != "no-pages":
                raise
            # Without a record there is no page, not even one that says so.
            raise RequestError("not-found") from error
        try:
            return await self._answer(request, send, site, language, bare, form)
        except RequestError as error:
            if form != "html":
                raise
            return await self._fail(request, send, site, language, error)

    async def _answer(
        self,
        request: Request,
        send: Send,
        site: Site,
        language: Language,
        path: str,
        form: str,
    ) -> tuple[int, str]:
        posted = request.method == "POST" and path == "console"
        if not posted:
            require_reading(request)
        parameters = request.parameters
        if posted:
            if request.media_type != _FORM:
                raise RequestError("media-type", _FORM)
            most = self.limits.query_bytes * 4 + 16_384
            parameters = read_form(await request.body(most, self.limits.body_seconds))
        asked = (self.address or request.header(b"host"), request.path, tuple(parameters))
        key = ("page", site.record.version, form, *asked)
        # What is cited bears the day on which it is cited.
        keeping = not posted and path not in ("cite", "data")
        kept = self.answers.get(key) if keeping else None
        outcome = "answer" if kept is None else "kept"
        status = 200
        if kept is None:
            made = await self._make(request, site, language, path, form, parameters)
            status, kept = made.status, _packed(made, language)
            if status == 200 and keeping:
                self.answers.keep(key, kept)
        fields: list[Header] = [*kept.head]
        if status == 200 and not posted:
            tag = etag(kept.body)
            if await not_modified(request, send, tag, _VARY):
                return 304, "not-modified"
            fields += [(b"etag", tag), CACHE]
        else:
            fields.append((b"cache-control", b"no-store"))
        await self._send(request, send, status, fields, kept.body)
        return status, outcome

    async def _send(
        self, request: Request, send: Send, status: int, fields: list[Header], packed: bytes
    ) -> None:
        if accepts_gzip(request.header(b"accept-encoding")):
            fields.append((b"content-encoding", b"gzip"))
        else:
            packed = gzip.decompress(packed)
        await respond(send, status, [*fields, _VARY], packed, head=request.method == "HEAD")

    async def _fail(
        self, request: Request, send: Send, site: Site, language: Language, error: RequestError
    ) -> tuple[int, str]:
        """An error as a page, with the search to go on with."""
        title, detail = message(f"problem-{error.code}", language)
        page = Page(
            path="",
            language=language,
            title=title.format(*error.values),
            lead=say(language, "error-lost")
            if STATUS[error.code] == 404
            else detail.format(*error.values),
            template="error.html",
        )
        made = _Body(site.renderer.html(page), "html", STATUS[error.code])
        kept = _packed(made, language)
        fields: list[Header] = [*kept.head, *error.headers, (b"cache-control", b"no-store")]
        await self._send(request, send, made.status, fields, kept.body)
        return made.status, error.code

    async def _make(
        self,
        request: Request,
        site: Site,
        language: Language,
        path: str,
        form: str,
        parameters: Sequence[tuple[str, str]],
    ) -> _Body:
        """Make an answer; what that takes counts as the client's query time."""
        first, _, rest = path.partition("/")
        if first == "console" and not rest:
            return await self._console(request, site, language, form, parameters)
        if first == "queries" and rest:
            return await self._query(request, site, language, rest, form, parameters)
        wait = self.budgets.wait(request.client)
        if wait:
            raise RequestError("client-budget", headers=[retry_after(wait)])
        began = time.perf_counter()
        failed = True
        try:
            made = await asyncio.to_thread(
                self._read, site, language, path, form, parameters, request.header(b"host")
            )
            failed = False
        except ParameterError as error:
            raise RequestError("parameter", error.render(language)) from error
        except KgError as error:
            raise RequestError("not-found") from error
        finally:
            self.budgets.charge(request.client, time.perf_counter() - began, error=failed)
        return made

    def _read(
        self,
        site: Site,
        language: Language,
        path: str,
        form: str,
        parameters: Sequence[tuple[str, str]],
        host: str,
    ) -> _Body:
        """Whatever the record alone answers."""
        write = site.writers[language]
        panel = next((value for key, value in parameters if key == "panel"), "")
        start = next((value for key, value in parameters if key == "from"), "")
        given = [(key, value) for key, value in parameters if key != "panel"]
        if path == "search":
            return self._search(site, write, given, form)
        if path == "console/terms" and form == "json":
            return _Body(_json(write.vocabulary()), "json")
        if path == "graph":
            return self._graph(site, write, given, form, panel)
        if path == "cite":
            return self._cite(site, language, parameters, form, host)
        if path == "data":
            page = write.data(self._files(language))
            citations = self._citations(site, page, "", language, host)
            page = _with(page, citations=citations)
        elif path == "queries":
            page = write.queries()
        else:
            page = site.page(language, path, given)
            if start.isdecimal() and len(start) < 6:
                page = page.starting(int(start))
        return self._shown(site, page, form, panel)

    def _shown(self, site: Site, page: Page, form: str, panel: str) -> _Body:
        """A page in a format."""
        render = site.renderer
        chosen = page.panel(panel)
        if panel and chosen is None:
            raise ParameterError(
                "bad-parameter", "panel", " | ".join(p.id for p in page.panels), panel
            )
        name = "-".join(filter(None, [*(page.path or "home").split("/"), panel]))
        if form == "html":
            return _Body(render.html(page), "html")
        if form == "csv":
            return _Body(render.csv(page, panel), form, filename=f"{name}.csv")
        if form == "json":
            return _Body(render.json(page, panel), form)
        if form == "ttl" and page.things:
            return _Body(render.turtle(page), form, filename=f"{name}.ttl")
        if form == "svg" and chosen is not None and chosen.picture:
            return _Body(render.svg(page, chosen), form, filename=f"{name}.svg")
        raise RequestError("not-found")

    def _search(
        self, site: Site, write: GraphPages, given: Sequence[tuple[str, str]], form: str
    ) -> _Body:
        parameters = dict(given)
        text = parameters.get("q", "").strip()
        limit = parameters.get("limit", "")
        most = min(int(limit), _MOST_HITS) if limit.isdecimal() and len(limit) < 4 else _MOST_HITS
        hits = site.search(text, most) if text else []
        if form == "json":
            results = [
                {
                    "name": item.text,
                    "kind": write.kind_name(thing),
                    "href": item.href,
                    **({"lang": item.language} if item.language else {}),
                    **({"note": name} if name != item.text and why == "alias" else {}),
                }
                for thing, name, why in hits
                if (item := write.link.item(thing)).href
            ]
            return _Body(_json({"results": results}), "json")
        return self._shown(site, write.found(text, hits), form, "")

    def _graph(
        self,
        site: Site,
        write: GraphPages,
        given: Sequence[tuple[str, str]],
        form: str,
        panel: str,
    ) -> _Body:
        from kg.explorer.drawn import to_graphml, to_turtle
        from kg.explorer.picture import to_svg

        page, drawn, places = write.graph(site.graph(given))
        language = page.language
        if form == "svg":
            source = " · ".join(
                (say(language, "product"), site.renderer.version(language), "CC BY 4.0")
            )
            content = to_svg(site.graphs, drawn, places, language, title=page.title, source=source)
            return _Body(content, form, filename="graph.svg")
        if form == "graphml":
            return _Body(to_graphml(site.graphs, drawn, language), form, filename="graph.graphml")
        if form == "ttl":
            content = to_turtle(site.graphs, drawn).encode("utf-8")
            return _Body(content, form, filename="graph.ttl")
        if form == "html":
            return _Body(site.renderer.graph(page, drawn), "html")
        return self._shown(site, page, form, panel)

    def _files(self, language: Language) -> list[dict[str, str]]:
        assert self._version is not None
        return [
            {
                "name": "city-practice-graph.nq.gz",
                "href": "/data/city-practice-graph.nq.gz",
                "type": "N-Quads",
                "note": say(language, "file-nquads", self._version.quads, self._version.sha256),
            },
            {
                "name": "recurrence.csv",
                "href": f"/{language}/home.csv?panel=recurrence",
                "type": "CSV",
                "note": say(language, "file-recurrence"),
            },
            {
                "name": "matrix.csv",
                "href": f"/{language}/matrix.csv?panel=matrix",
                "type": "CSV",
                "note": say(language, "file-matrix"),
            },
            {
                "name": "sparql",
                "href": f"/{language}/console",
                "type": "SPARQL 1.1",
                "note": say(language, "file-sparql"),
            },
            {
                "name": "ontology.ttl",
                "href": "/ontology.ttl",
                "type": "Turtle",
                "note": say(language, "file-ontology"),
            },
            {
                "name": "openapi.json",
                "href": "/openapi.json",
                "type": "OpenAPI 3.1",
                "note": say(language, "file-openapi"),
            },
        ]

    async def download(self, request: Request, send: Send) -> tuple[int, str]:
        """The whole dataset, packed."""
        require_reading(request)
        version = self._version
        if version is None or request.path != "/data/city-practice-graph.nq.gz":
            raise RequestError("not-found")
        tag = etag(version.sha256, "nq.gz")
        if await not_modified(request, send, tag):
            return 304, "not-modified"
        key = ("dataset", version.name)
        kept = self.answers.get(key)
        if kept is None:
            kept = Answer(await asyncio.to_thread(_dataset, version), ())
            self.answers.keep(key, kept)
        fields = [(b"content-type", b"application/gzip"), (b"etag", tag), CACHE]
        await respond(send, 200, fields, kept.body, head=request.method == "HEAD")
        return 200, "answer"

    # citing

    def _cite(
        self,
        site: Site,
        language: Language,
        given: Sequence[tuple[str, str]],
        form: str,
        host: str,
    ) -> _Body:
        parameters = dict(given)
        of, panel = parameters.get("page", f"/{language}/"), parameters.get("panel", "")
        parts = urlsplit(of)
        name, _, path = parts.path.removeprefix("/").partition("/")
        if name not in LANGUAGES:
            raise ParameterError("bad-parameter", "page", "/en/… | /zh/…", of)
        cited = self._cited(site, LANGUAGES[name], unquote(path), parts.query)
        citations = self._citations(site, cited, panel, language, host)
        texts = {citation["id"]: citation["text"] for citation in citations}
        if form == "bib":
            return _Body(texts["bibtex"].encode("utf-8"), "bib", filename="citation.bib")
        if form == "json":
            return _Body(texts["csl"].encode("utf-8"), "json", filename="citation.json")
        title = say(language, "cite-title")
        chosen = cited.panel(panel)
        shown = cited.title
        if chosen is not None:
            shown = say(language, "titled", shown, chosen.heading)
        page = Page(
            path="cite",
            language=language,
            title=title,
            lead=say(
                language,
                "cite-lead",
                shown,
                format_day(site.record.made, language),
                site.record.version,
            ),
            template="cite.html",
            parameters=tuple(given),
            extra={
                "citations": citations,
                "actions": [(cited.title, site.renderer.address(cited))],
            },
        )
        return self._shown(site, page, form, "")

    def _cited(self, site: Site, language: Language, path: str, query: str) -> Page:
        """The page that is to be cited."""
        given = read_form(query.encode("utf-8"))
        write = site.writers[language]
        if path == "graph":
            return write.graph(site.graph(given))[0]
        if path.startswith("queries/"):
            known = catalogue().get(path.removeprefix("queries/"))
            if known is not None:
                return Page(
                    path=path,
                    language=language,
                    title=known.question[language],
                    parameters=tuple(given),
                )
        if path == "queries":
            return write.queries()
        if path in ("console", "search", "data"):
            titles = {"console": "console-title", "search": "search"}
            title = say(language, titles.get(path, "nav-data"))
            return Page(path=path, language=language, title=title, parameters=tuple(given))
        return site.page(language, path, given)

    def _citations(
        self, site: Site, cited: Page, panel: str, language: Language, host: str
    ) -> list[dict[str, str]]:
        """How to cite a page, or one panel of it, as of today."""
        from kg.publishing.citing import cite_dataset, cite_page

        chosen = cited.panel(panel)
        if self.address or not cited.about:
            address = (self.address or "http://" + host) + site.renderer.address(cited)
        else:
            # A server without an address of its own is one machine's: the thing's IRI stays.
            address = iri_of(cited.about)
        dates: Any = {
            "version": site.record.version,
            "date": datetime.date.fromisoformat(site.record.made),
            "accessed": datetime.datetime.now(tz=datetime.UTC).date(),
        }
        if cited.path == "data":
            citation = cite_dataset(address, language=language, **dates)
        else:
            citation = cite_page(
                cited.title
                if chosen is None
                else say(language, "titled", cited.title, chosen.heading),
                address + (f"#{panel}" if chosen is not None else ""),
                language=language,
                **dates,
            )
        of = [("page", site.renderer.address(cited)), *((("panel", panel),) if panel else ())]
        query = urlencode(of)
        return [
            {"id": "text", "name": say(language, "cite-text"), "text": citation.plain},
            {"id": "gbt", "name": "GB/T 7714-2015", "text": citation.gb_t_7714},
            {"id": "iso", "name": "ISO 690", "text": citation.iso_690},
            {
                "id": "bibtex",
                "name": "BibTeX",
                "text": citation.bibtex,
                "href": f"/{language}/cite.bib?{query}",
                "file": "citation.bib",
            },
            {
                "id": "csl",
                "name": "CSL-JSON",
                "text": citation.csl_json,
                "href": f"/{language}/cite.json?{query}",
                "file": "citation.json",
            },
        ]

    # questions

    async def _query(
        self,
        request: Request,
        site: Site,
        language: Language,
        name: str,
        form: str,
        parameters: Sequence[tuple[str, str]],
    ) -> _Body:
        """A named query with its answer."""
        query = catalogue().get(name)
        if query is None:
            raise RequestError("not-found")
        if form in TABLES:
            # The rows alone have an address of their own, the same for every language.
            raise RequestError("not-found")
        given = [(key, value) for key, value in parameters if value]
        values = read_values(query, given, language)
        if "language" in query.parameters:
            values.setdefault("language", [language])
        try:
            text = query.bind(values)
        except ParameterError as error:
            raise refusal(error, query, language) from error
        _, result = await self.endpoint.ask(request, Job(text, "json", None))
        write = site.writers[language]
        page = await asyncio.to_thread(write.query, query, values, text, result.body)
        return _Body(
            await asyncio.to_thread(
                site.renderer.html,
                page,
                console_href=f"/{language}/console?{urlencode({'query': text})}",
                downloads=lambda panel: [
                    (suffix.upper(), f"/queries/{name}.{suffix}?{urlencode(values, doseq=True)}")
                    for suffix in ("csv", "json", "tsv")
                ],
            ),
            "html",
        )

    async def _console(
        self,
        request: Request,
        site: Site,
        language: Language,
        form: str,
        parameters: Sequence[tuple[str, str]],
    ) -> _Body:
        """The console, or the answer of its query alone."""
        write = site.writers[language]
        query = dict(parameters).get("query", "").replace("\r\n", "\n")
        address = self.address or f"http://{request.header(b'host')}"
        limits = (f"{self.limits.slow_seconds:g}", str(self.limits.answer_bytes >> 20))
        if form in ("csv", "json") and query:
            body = (await self._asked(request, query, form)).body
            return _Body(body, form, filename=f"answer.{form}")
        panel, triples, error, status = None, "", None, 200
        if query.strip():
            try:
                result = await self._asked(request, query, "json")
            except RequestError as problem:
                error, status = _told(problem, write), STATUS[problem.code]
            else:
                if result.kind == "graph":
                    triples = result.body.decode("utf-8", "replace")
                else:
                    panel = await asyncio.to_thread(
                        write.answer, result.body, say(language, "panel-answer")
                    )
        page = write.console(
            query, address, panel=panel, triples=triples, error=error, limits=limits
        )
        content = await asyncio.to_thread(
            site.renderer.html,
            page,
            share=f"/{language}/console?{urlencode({'query': query})}",
            downloads=lambda panel: [
                (form.upper(), f"/{language}/console.{form}?{urlencode({'query': query})}")
                for form in ("csv", "json")
            ],
        )
        return _Body(content, "html", status)

    async def _asked(self, request: Request, query: str, form: str) -> Any:
        """The answer of a query of a reader, within the same bounds as everybody's."""
        refused = check_query(query, self.limits)
        if refused is not None:
            raise RequestError(refused.code, *refused.values)
        _, result = await self.endpoint.ask(request, Job(query, form, "turtle"))
        return result


def _load(name: str, content: bytes | None) -> Site | None:
    """The pages of a version; None when it has no record, or one of another form."""
    from kg.explorer.site import Site
    from kg.publishing.citing import cite_page

    gc.unfreeze()  # the pages of the version before can be let go of
    record = None if content is None else Record.decode(content, name)
    if record is None:
        return None
    site = Site(record)
    # What the first reader would wait for: templates, the layout's libraries, citation styles.
    for language in LANGUAGES.values():
        site.renderer.html(site.page(language, ""))
    site.writers["en"].graph(site.graph([]))
    day = datetime.date.fromisoformat(record.made) if record.made else datetime.date.min
    cite_page("", "/", version="", date=day, language="en", accessed=day)
    # A reader's page does not wait while all that stays is looked through once more.
    gc.collect()
    gc.freeze()
    return site


def _dataset(version: Version) -> bytes:
    """The packed N-Quads of a version.

    Raises
    ------
    RequestError
        Later publications have swept it away.
    """
    try:
        content = version.data.read_bytes()
    except OSError as error:
        raise RequestError("not-found") from error
    return gzip.compress(content, 6, mtime=0)


def _form(accept: str) -> str:
    """The format of a page without an ending: HTML unless another one is preferred."""
    ranges = qualities(accept) if accept else {}
    chosen, highest = "html", ranges.get("text/html", ranges.get("*/*", 0.0))
    for media, form in _ACCEPTED:
        if ranges.get(media, 0.0) > highest:
            chosen, highest = form, ranges[media]
    return chosen


def _packed(made: _Body, language: Language) -> Answer:
    """A body with its header fields, packed."""
    head: list[Header] = [
        (b"content-type", _TYPES[made.form]),
        (b"content-language", _TAGS[language]),
    ]
    if made.form == "html":
        head.append((b"content-security-policy", assets.POLICY.encode("ascii")))
    if made.form == "svg":
        # A picture that is opened by itself has its own colours, and nothing else.
        policy = b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
        head.append((b"content-security-policy", policy))
    if made.filename:
        shown = made.filename.encode("ascii", "replace")
        head.append((b"content-disposition", b'inline; filename="' + shown + b'"'))
    return Answer(gzip.compress(made.content, 6, mtime=0), tuple(head))


def _told(problem: RequestError, write: Asking) -> dict[str, Any]:
    """A problem for the page of the console, with the place where the parser stopped."""
    title, detail = message(f"problem-{problem.code}", write.language)
    values = [str(value) for value in problem.values]
    told: dict[str, Any] = {
        "title": title.format(*values),
        "detail": detail.format(*values),
        "parser": "",
        "line": 0,
    }
    if problem.code == "query-malformed":
        told |= write.fault(" ".join(values))
    return told


def _with(page: Page, **extra: object) -> Page:
    return replace(page, extra={**page.extra, **extra})


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\n"
