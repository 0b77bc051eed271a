"""Linked data: every IRI of the graph answers by content negotiation.

A thing that is not a document answers 303 with the address of a document about it (W3C, Cool URIs
for the Semantic Web, 2008, section 4.3); the document is the same path with an ending. Paths are
looked up among the IRIs that the dataset has: nothing of what a client writes gets into a redirect.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import pyoxigraph as ox

from kg.resources import ontology_folder
from kg.server.answers import etag
from kg.server.explorer import Explorer
from kg.server.formats import GRAPHS, Format
from kg.server.http import (
    CACHE,
    Header,
    Request,
    RequestError,
    Send,
    not_modified,
    require_reading,
    respond,
)
from kg.server.negotiation import best, content_type
from kg.server.sparql import Endpoint, Generation
from kg.server.wire import Job
from kg.terms import BASE, CPG

PREFIXES: Final = ("/id/", "/concept/", "/ontology", "/.well-known/genid/", "/context/")
"""Beginnings of the paths that this module answers."""

_PAGE: Final = Format("html", ("text/html", "application/xhtml+xml"), ".html", "")
_DOCUMENTS: Final = (_PAGE, *GRAPHS.values())
# A browser that takes everything gets the page; a client that names no type gets Turtle.
_ANY: Final = (*GRAPHS.values(), _PAGE)
_SUFFIXES: Final = {form.suffix: form for form in _DOCUMENTS}
_MOST_INCOMING: Final = 1_000

# What is said of a thing, by it and in it: its own statements, those of nodes that have no name
# outside it, names of what it leads to, what leads to it, and the statements of a claim.
_DESCRIPTION: Final = """\
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
CONSTRUCT { ?s ?p ?o } WHERE {
  {
    THING ?p ?o . BIND(THING AS ?s)
  } UNION {
    THING ?link ?s . FILTER(CONTAINS(STR(?s), "/.well-known/genid/")) ?s ?p ?o .
  } UNION {
    THING ?link ?s . ?s skos:prefLabel ?o . BIND(skos:prefLabel AS ?p)
  } UNION {
    ?s skos:inScheme THING ; skos:prefLabel ?o . BIND(skos:prefLabel AS ?p)
  } UNION {
    { SELECT ?s ?p WHERE { ?s ?p THING } LIMIT MOST }
    BIND(THING AS ?o)
  } UNION {
    GRAPH THING { ?s ?p ?o }
  }
}"""
_TERMS: Final = """\
CONSTRUCT { ?s ?p ?o } WHERE {
  ?s ?p ?o . FILTER(?s = ONTOLOGY || STRSTARTS(STR(?s), NAMESPACE))
}"""


@dataclass(frozen=True)
class _Thing:
    """What a path is about.

    Attributes
    ----------
    path
        Without the base and the ending.
    form
        Format that the ending names; None without an ending.
    """

    path: str
    form: Format | None

    @property
    def iri(self) -> str:
        """The canonical IRI, whatever address this server has."""
        return BASE + self.path

    @property
    def local(self) -> str:
        """Path on this server, percent-encoded."""
        return "/" + quote(self.path, safe="/-._~!$&'()*+,;=:@")


class LinkedData:
    """Answers the paths of IRIs."""

    def __init__(
        self, serving: Callable[[], Generation], endpoint: Endpoint, explorer: Explorer
    ) -> None:
        self.serving, self.endpoint, self.explorer = serving, endpoint, explorer

    async def __call__(self, request: Request, send: Send) -> tuple[int, str]:
        """Redirect from a thing to a document, or answer with the document.

        Raises
        ------
        RequestError
            There is no such thing, or no such format of it.
        """
        require_reading(request)
        if request.path.startswith("/context/"):
            return await self.context(request, send)
        thing = self.find(request.path)
        if thing.form is None:
            return await self.redirect(request, send, thing)
        if thing.form is _PAGE:
            return await self.page(request, send, thing)
        return await self.document(request, send, thing, thing.form)

    def find(self, path: str) -> _Thing:
        """The thing that a path names.

        Raises
        ------
        RequestError
            The dataset has no such IRI.
        """
        things = self.serving().things
        wanted = path.removeprefix("/")
        if wanted in things or wanted == "ontology":
            return _Thing(wanted, None)
        for suffix, form in _SUFFIXES.items():
            bare = wanted.removesuffix(suffix)
            if bare != wanted and (bare in things or bare == "ontology"):
                return _Thing(bare, form)
        raise RequestError("not-found")

    async def redirect(self, request: Request, send: Send, thing: _Thing) -> tuple[int, str]:
        """303 See Other."""
        accept = request.header(b"accept")
        offered = _DOCUMENTS if self.explorer.has_pages else (*GRAPHS.values(),)
        chosen = best(accept, _ANY if accept.strip() in ("", "*/*") else offered)
        if chosen is None:
            raise RequestError("not-acceptable", ", ".join(f.media_types[0] for f in offered))
        form = next(form for form in _DOCUMENTS if form.name == chosen)
        if form is _PAGE:
            return await self.page(request, send, thing)
        location = thing.local + form.suffix
        fields = [
            (b"location", location.encode("ascii")),
            (b"vary", b"Accept"),
            CACHE,
            *_links(thing, None),
        ]
        await respond(send, 303, fields)
        return 303, "see-other"

    async def document(
        self, request: Request, send: Send, thing: _Thing, form: Format
    ) -> tuple[int, str]:
        """The description of a thing in one RDF format."""
        head = [(b"content-location", (thing.local + form.suffix).encode("ascii"))]
        head += _links(thing, form)
        query = _about(thing)
        if form.name != "jsonld":
            job = Job(query, None, form.name)
            return await self.endpoint.answer(
                request, send, job, (None, form.name), extra=tuple(head)
            )
        # The engine writes JSON-LD expanded; with our context it reads like JSON.
        if await not_modified(request, send, etag(self.serving().name, query, "context"), *head):
            return 304, "not-modified"
        # The version may change meanwhile: an answer bears the tag of its own.
        now, result = await self.endpoint.ask(request, Job(query, None, "ntriples"))
        fields = [
            (b"content-type", content_type(form).encode("ascii")),
            (b"etag", etag(now.name, query, "context")),
            CACHE,
            *head,
        ]
        body = await asyncio.to_thread(compact, result.body)
        await respond(send, 200, fields, body, head=request.method == "HEAD")
        return 200, "answer"

    async def page(self, request: Request, send: Send, thing: _Thing) -> tuple[int, str]:
        """303 to the page of a thing in the explorer, in the reader's language.

        A graph that nothing is said of has no page, and is told as Turtle.
        """
        shown = await self.explorer.page_of(thing.path, request.language)
        location = shown or thing.local + GRAPHS["turtle"].suffix
        fields = [
            (b"location", quote(location, safe="/-._~#").encode("ascii")),
            (b"vary", b"Accept, Accept-Language"),
            CACHE,
            *_links(thing, _PAGE),
        ]
        await respond(send, 303, fields)
        return 303, "see-other"

    async def context(self, request: Request, send: Send) -> tuple[int, str]:
        """The JSON-LD contexts."""
        files = {
            f"/context/{path.name}": path
            for path in sorted((ontology_folder() / "context").glob("*.jsonld"))
        }
        path = files.get(request.path)
        if path is None:
            raise RequestError("not-found")
        fields = [
            (b"content-type", b"application/ld+json"),
            (b"cache-control", b"public, max-age=3600"),
        ]
        await respond(send, 200, fields, path.read_bytes(), head=request.method == "HEAD")
        return 200, "answer"


def _about(thing: _Thing) -> str:
    if thing.path == "ontology":
        ontology, namespace = ox.NamedNode(BASE + "ontology"), ox.Literal(CPG)
        return _TERMS.replace("ONTOLOGY", str(ontology)).replace("NAMESPACE", str(namespace))
    return _fill(_DESCRIPTION, thing)


def _fill(query: str, thing: _Thing) -> str:
    """The query for one thing, whose IRI is one of the dataset and serialised as a term.

    The engine's own substitution does not reach into subqueries, and a data block as in the named
    queries makes the engine go through all statements in each branch: thirty times the time.
    """
    return query.replace("THING", str(ox.NamedNode(thing.iri))).replace("MOST", str(_MOST_INCOMING))


def _links(thing: _Thing, shown: Format | None) -> list[Header]:
    """Links to the thing itself and to its other documents (RFC 8288)."""
    links = [
        f'<{thing.local}{form.suffix}>; rel="alternate"; type="{form.media_types[0]}"'
        for form in _DOCUMENTS
        if form is not shown
    ]
    if shown is not None:
        # "describes" and "canonical" are registered relations (RFC 6892, RFC 6596).
        links.insert(0, f'<{quote(thing.iri, safe=":/-._~#")}>; rel="describes"')
    return [(b"link", ", ".join(links).encode("ascii"))]


def compact(ntriples: bytes) -> bytes:
    """N-Triples of our own dataset as JSON-LD with the publication context."""
    import rdflib

    path = ontology_folder() / "context" / "publication.jsonld"
    context: Any = json.loads(path.read_text(encoding="utf-8"))["@context"]
    graph = rdflib.Graph()
    graph.parse(data=ntriples.decode("utf-8"), format="nt")
    written = json.loads(graph.serialize(format="json-ld", context=context))
    return json.dumps(written, ensure_ascii=False, indent=1).encode("utf-8") + b"\n"
