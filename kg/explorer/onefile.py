"""The explorer as one HTML file that opens from a disk and loads nothing.

The file holds the pages that the server would send, in both languages, packed (see
:mod:`kg.explorer.packing`). A script in it takes the server's place: it answers addresses after
``#``, counts choices of the matrix, sets cities side by side, searches names, draws graphs, and
asks oxigraph's WebAssembly build, which the file holds with the dataset. What the file does itself
is worked out from the data of :mod:`kg.explorer.onedata`.
"""

from __future__ import annotations

import gzip
import hashlib
import html
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, unquote

from kg.catalogue import catalogue
from kg.errors import KgError
from kg.explorer import onedata
from kg.explorer.assets import asset_bytes, manifest, stylesheet
from kg.explorer.graphstate import VIEWS
from kg.explorer.packing import Packer, block, without_language
from kg.explorer.panels import Page
from kg.explorer.record import KINDS, Record
from kg.explorer.site import Site
from kg.explorer.words import LANGUAGES, both, say
from kg.files import write_atomically
from kg.messages import Language
from kg.resources import static_folder
from kg.templating import csp_hash, page_templates

if TYPE_CHECKING:
    from kg.graph import KnowledgeGraph

MOST: Final = 15_000_000
"""Bytes that the file may have: what mail and intranets still let through."""
ISLANDS: Final = ("graph", "console")
_SCRIPTS: Final = ("offline.js", "offline-graph.js", "offline-console.js", "offline-worker.js")
_OTHER: Final[dict[Language, Language]] = {"en": "zh", "zh": "en"}
_TAGS: Final[dict[Language, str]] = {"en": "en", "zh": "zh-Hans"}
_BODY: Final = re.compile(r"<body>(.*)</body>", re.DOTALL)
_TITLE: Final = re.compile(r"<title>.*?</title>", re.DOTALL)
# An image in it would be asked for as soon as the page is put together.
_NOSCRIPT: Final = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)
_LINK: Final = re.compile(r'href="/en/([^"#]*)')
# What a script of the file answers, or what only a server can.
_NOT_PAGES: Final = ("search", "cite", "console", "queries", "graph", "matrix", "compare", "data")
# Set before anything is painted: an address after "#" is not the home page.
_EARLY: Final = "if(location.hash.startsWith('#/'))document.documentElement.className='deep'"
# What is below the first screen is laid out when it comes near: it would hold up the first paint.
_OWN_STYLE: Final = """
#matrix, #recurrence { content-visibility: auto; contain-intrinsic-size: auto 60rem; }
.deep #page { visibility: hidden; }
.offline-note { max-width: 76rem; margin: .6rem auto; padding: .6rem 1rem; }
.offline-progress { color: var(--soft); min-height: 1.6em; }
footer .offline-file { color: var(--soft); }
"""

Progress = Callable[[int, int], None]


class NotBuiltError(KgError):
    """The front end of this installation was not built."""


@dataclass(frozen=True)
class Made:
    """The file, and what its parts weigh.

    Attributes
    ----------
    parts
        Name of a part to its bytes in the file.
    pages
        Number of addresses that are pages of the server.
    """

    content: bytes
    parts: dict[str, int]
    pages: int


def write(
    graph: KnowledgeGraph,
    path: Path,
    *,
    language: Language = "en",
    progress: Progress | None = None,
) -> Made:
    """Write the explorer of a dataset as one file, in one step.

    Parameters
    ----------
    language
        In which the file begins; it holds both.
    progress
        Called with the number of pages done, and of all known so far.

    Raises
    ------
    NotBuiltError
        The scripts of the explorer were not built.
    KgError
        The dataset is remote, or the file would be larger than :data:`MOST`.
    """
    from kg.build import canonical_nquads
    from kg.explorer.making import record_of

    # Before the minutes that pages take.
    scripts()
    nquads = canonical_nquads(graph.embedded("explorer").dataset)
    # A name that says which data this is, as long as nobody has published it.
    record = Record.decode(record_of(graph), hashlib.sha256(nquads).hexdigest()[:12])
    assert record is not None, "a record that was made by this code has its form"
    made = make(Site(record), nquads, language=language, progress=progress)
    if len(made.content) > MOST:
        raise KgError("onefile-large", str(len(made.content)), str(MOST))
    write_atomically(path, made.content)
    return made


def scripts() -> dict[str, bytes]:
    """What the front-end build made for the file.

    Raises
    ------
    NotBuiltError
        It was not built.
    """
    folder = static_folder()
    try:
        found = {name: (folder / name).read_bytes() for name in _SCRIPTS}
        found["oxigraph.wasm"] = (folder / "oxigraph.wasm").read_bytes()
    except FileNotFoundError as error:
        raise NotBuiltError("onefile-not-built") from error
    for name in ("islands.css", "notices.txt"):
        held = asset_bytes(manifest().get(name, ""))
        if held is None:
            raise NotBuiltError("onefile-not-built")
        found[name] = held[0]
    return found


def make(
    site: Site,
    nquads: bytes,
    *,
    language: Language = "en",
    paths: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Made:
    """The file as bytes; the same record, dataset and build give the same ones.

    Parameters
    ----------
    paths
        Addresses of pages to hold, without the language; all that there are when left out.
    """
    built = scripts()
    packer = Packer()
    chunks: dict[str, dict[str, Any]] = {}
    found: dict[str, list[tuple[str, str, str]]] = {}
    home = ""
    total = 0
    for address, pages in _pages(site, paths, progress):
        if not address:
            home = pages[language]
        english, chinese = (
            without_language(pages[spoken], spoken, _OTHER[spoken]) for spoken in LANGUAGES.values()
        )
        found.setdefault(_chunk(address), []).append((address, english, chinese))
        total += 1
        if total % 500 == 0:
            _pack(packer, found, chunks)
    _pack(packer, found, chunks)
    index = {name: held["addresses"] for name, held in chunks.items()}
    # Not packed: unpacking goes on beside the reading of the file and ends a tenth of a second
    # later, and the search should answer as soon as its field can be seen.
    first = [
        ("data", _json(onedata.frame(site, language))),
        ("names", _json(onedata.names(site))),
    ]
    later: list[tuple[str, bytes]] = [
        ("index", _json(index)),
        ("pieces", packer.pieces()),
        *(
            (f"{name}-{spoken}", bytes(held[spoken]))
            for name, held in chunks.items()
            for spoken in LANGUAGES.values()
        ),
        ("matrix", _json(onedata.matrices(site))),
        ("graph", _json(onedata.graph(site))),
        ("queries", _json(onedata.queries())),
        (
            "vocabulary",
            _json({spoken: site.writers[spoken].vocabulary() for spoken in LANGUAGES.values()}),
        ),
        ("worker", built["offline-worker.js"]),
        ("engine", built["oxigraph.wasm"]),
        ("notices", built["notices.txt"]),
    ]
    plain = [(name, content.decode("utf-8").replace("<", "\\u003c")) for name, content in first]
    blocks = [(name, block(content)) for name, content in later]
    # Packed as a file of its own, too: it can be saved as it is.
    blocks.append(("dataset", block(gzip.compress(nquads, 9, mtime=0), packed=True)))
    style = "\n".join(
        (built["islands.css"].decode("utf-8"), stylesheet()[1].decode("utf-8"), _OWN_STYLE)
    )
    main = _inline(built["offline.js"])
    islands = [
        f"cityPracticeGraph.islands.{name}=function(){{{_inline(built[f'offline-{name}.js'])}}};"
        for name in ISLANDS
    ]
    title = _TITLE.search(home)
    assert title is not None
    content = (
        page_templates()
        .get_template("explorer/onefile.html")
        .render(
            tag=_TAGS[language],
            title=html.unescape(title[0].removeprefix("<title>").removesuffix("</title>")),
            policy=policy([_EARLY, main, *islands], style),
            style=style,
            early=_EARLY,
            script=main,
            islands=islands,
            noscript=both("offline-noscript"),
            home=re.sub(r'\bhref="/(?!/)', 'href="#/', home[title.end() :]),
            first=plain,
            later=blocks,
        )
    )
    parts = {name: len(written.encode("utf-8")) for name, written in [*plain, *blocks]}
    parts["scripts"] = len(main) + sum(map(len, islands))
    parts["style"] = len(style)
    return Made(content.encode("utf-8"), parts, total)


def policy(scripts: Sequence[str], style: str) -> str:
    """Content-Security-Policy of the file: what stands in it runs, and nothing is loaded."""
    return (
        f"default-src 'none'; script-src {' '.join(map(csp_hash, scripts))} 'wasm-unsafe-eval'; "
        f"style-src {csp_hash(style)}; img-src data: blob:; worker-src blob:; connect-src 'none'; "
        "form-action 'none'; base-uri 'none'"
    )


def _inline(script: bytes) -> str:
    """A script as it may stand in a page: nothing in it ends the element that it stands in."""
    return re.sub(
        r"</(?=script)|<!--", lambda found: found[0].replace("<", r"\x3c"), script.decode()
    )


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _chunk(address: str) -> str:
    """Pages that are read after one another lie in one chunk, which is unpacked as a whole."""
    path = address.partition("?")[0]
    first, _, rest = path.partition("/")
    return first if rest else "top"


def _pack(
    packer: Packer,
    found: dict[str, list[tuple[str, str, str]]],
    chunks: dict[str, dict[str, Any]],
) -> None:
    """Take pages to pieces, and let go of their text."""
    for name, pages in found.items():
        held = chunks.setdefault(name, {"addresses": [], "en": bytearray(), "zh": bytearray()})
        held["addresses"] += [address for address, _, _ in pages]
        held["en"] += packer.add(page for _, page, _ in pages)
        held["zh"] += packer.add(page for _, _, page in pages)
    found.clear()


def _pages(
    site: Site, paths: Sequence[str] | None, progress: Progress | None
) -> Iterator[tuple[str, dict[Language, str]]]:
    """Each address with its page in each language, and all that pages lead to.

    Links are followed, so that whatever the pages refer to is there, the further pages of long
    lists among it.
    """
    known = dict.fromkeys(_starts(site) if paths is None else paths)
    waiting = list(known)
    done = 0
    while waiting:
        address = waiting.pop(0)
        done += 1
        try:
            page = _page(site, "en", address)
        except KgError:
            continue  # it is no page of the server either
        pages = {
            spoken: _html(site, _page(site, spoken, address) if spoken != "en" else page)
            for spoken in LANGUAGES.values()
        }
        if paths is None:
            for link in _LINK.findall(pages["en"]):
                path, mark, query = html.unescape(link).partition("?")
                target = unquote(path) + mark + query
                if target not in known and _followed(path):
                    known[target] = None
                    waiting.append(target)
        if progress is not None:
            progress(done, len(known))
        yield address, pages


def _followed(path: str) -> bool:
    return path.partition("/")[0] not in _NOT_PAGES and not re.search(
        r"\.(csv|json|ttl|svg|bib|graphml)\Z", path
    )


def _starts(site: Site) -> list[str]:
    record = site.record
    return [
        *("", "matrix", "compare", "map", "unknown", "ontology", "gap", "data"),
        *("graph", *(f"graph?view={view}" for view in VIEWS), "search", "console", "queries"),
        *(f"queries/{name}" for name in catalogue()),
        *(f"compare?city={record.slug(city)}" for city in record.things("city")),
        *KINDS,
        *(f"{kind}/{record.slug(name)}" for kind in KINDS for name in record.things(kind)),
    ]


def _page(site: Site, language: Language, address: str) -> Page:
    path, _, query = address.partition("?")
    parameters = parse_qsl(query)
    write = site.writers[language]
    first, _, rest = path.partition("/")
    if path == "graph":
        page, drawn, _ = write.graph(site.graph(parameters))
        return replace(page, extra={**page.extra, "drawn": drawn})
    if path == "search":
        return write.found("", [])
    if path == "queries":
        return write.queries()
    if first == "queries":
        query_ = catalogue()[rest]
        return write.query(
            query_, {}, query_.text, b'{"head":{"vars":[]},"results":{"bindings":[]}}'
        )
    if path == "console":
        page = write.console("", "", limits=("", ""))
        return replace(page, lead=say(language, "offline-console"))
    if path == "data":
        page = write.data(onedata.files(site, language))
        return replace(page, extra={**page.extra, "citations": [onedata.citation(site, language)]})
    return site.page(language, path, parameters)


def _html(site: Site, page: Page) -> str:
    """Title and body of a page as the server renders it."""
    language = page.language
    more: dict[str, Any] = {}
    if page.path.startswith("queries/"):
        more = {"console_href": f"/{language}/console", "downloads": lambda panel: []}
    elif page.path == "console":
        more = {"share": "", "downloads": lambda panel: []}
    if "drawn" in page.extra:
        rendered = site.renderer.graph(page, page.extra["drawn"])
    else:
        rendered = site.renderer.html(page, **more)
    text = rendered.decode("utf-8")
    body, title = _BODY.search(text), _TITLE.search(text)
    assert body is not None, page.path
    assert title is not None, page.path
    return title[0] + _NOSCRIPT.sub("", body[1])
