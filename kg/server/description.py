"""The service description (SPARQL 1.1 Service Description, W3C, 2013), computed from the data."""

from __future__ import annotations

import json
import re
from typing import Final

import pyoxigraph as ox

from kg.messages import text
from kg.server.answers import etag
from kg.server.formats import ENGINE_GRAPHS, GRAPHS, TABLES
from kg.server.http import CACHE, Request, RequestError, Send, not_modified, respond, retry_after
from kg.server.limits import Limits
from kg.server.negotiation import best, content_type
from kg.server.sparql import Endpoint, Generation, failure
from kg.server.wire import Job
from kg.terms import PREFIXES

SD: Final = "http://www.w3.org/ns/sparql-service-description#"
VOID: Final = "http://rdfs.org/ns/void#"
_RDF_TYPE: Final = ox.NamedNode(PREFIXES["rdf"] + "type")
_COMMENT: Final = ox.NamedNode(PREFIXES["rdfs"] + "comment")
_INTEGER: Final = ox.NamedNode(PREFIXES["xsd"] + "integer")
_VARY: Final = (b"vary", b"Accept")
_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(?::\d{1,5})?|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?")
# One walk over the default graph each: every one ends within the slow lane at a million triples.
_COUNTS: Final = {
    "triples": "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }",
    "distinctSubjects": "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s ?p ?o }",
    "properties": "SELECT (COUNT(DISTINCT ?p) AS ?n) WHERE { ?s ?p ?o }",
    "classes": "SELECT (COUNT(DISTINCT ?c) AS ?n) WHERE { ?s a ?c }",
}


class ServiceDescription:
    """Answers a request to the endpoint that has no query."""

    def __init__(self, endpoint: Endpoint, limits: Limits, address: str) -> None:
        self.endpoint, self.limits, self.address = endpoint, limits, address
        self._counted: tuple[str, dict[str, int]] = ("", {})

    async def __call__(self, request: Request, send: Send) -> tuple[int, str]:
        """The description in the format that the client likes best.

        Raises
        ------
        RequestError
            It accepts none.
        """
        now = self.endpoint.serving()
        chosen = best(request.header(b"accept"), GRAPHS.values())
        if chosen is None:
            accepted = ", ".join(form.media_types[0] for form in GRAPHS.values())
            raise RequestError("not-acceptable", accepted)
        endpoint = base_address(request, self.address) + "/sparql"
        tag = etag(now.name, endpoint, chosen)
        if await not_modified(request, send, tag, _VARY):
            return 304, "not-modified"
        triples = describe(endpoint, await self.counts(now), self.limits)
        prefixes = {"sd": SD, "void": VOID, "rdfs": PREFIXES["rdfs"]}
        named = None if chosen == "ntriples" else prefixes
        body = ox.serialize(triples, format=ENGINE_GRAPHS[chosen], prefixes=named)
        assert body is not None
        kind = content_type(GRAPHS[chosen]).encode("ascii")
        fields = [(b"content-type", kind), _VARY, (b"etag", tag), CACHE]
        await respond(send, 200, fields, body, head=request.method == "HEAD")
        return 200, "description"

    async def counts(self, now: Generation) -> dict[str, int]:
        """Figures of the default graph, by terms of VoID; counted once a version."""
        if self._counted[0] != now.name:
            counted, versions = {}, set()
            for name, query in _COUNTS.items():
                used, result = await self.endpoint.evaluate(Job(query, "json", None))
                versions.add(used.name)
                if result.outcome != "answer":
                    raise failure(result, self.limits)
                (row,) = json.loads(result.body)["results"]["bindings"]
                counted[name] = int(row["n"]["value"])
            if versions != {now.name}:  # another one has become current between two of them
                raise RequestError("starting", headers=[retry_after(1)])
            self._counted = (now.name, counted)
        return self._counted[1]


def describe(endpoint: str, counts: dict[str, int], limits: Limits) -> list[ox.Triple]:
    """The description as triples.

    Parameters
    ----------
    endpoint
        Absolute address.
    counts
        Property of VoID to number.
    """
    service = ox.NamedNode(endpoint)
    dataset, graph = ox.BlankNode("dataset"), ox.BlankNode("defaultGraph")

    def sd(name: str) -> ox.NamedNode:
        return ox.NamedNode(SD + name)

    triples = [
        ox.Triple(service, _RDF_TYPE, sd("Service")),
        ox.Triple(service, sd("endpoint"), service),
        ox.Triple(service, sd("supportedLanguage"), sd("SPARQL11Query")),
        ox.Triple(service, sd("defaultDataset"), dataset),
        ox.Triple(dataset, _RDF_TYPE, sd("Dataset")),
        ox.Triple(dataset, sd("defaultGraph"), graph),
        ox.Triple(graph, _RDF_TYPE, sd("Graph")),
    ]
    triples += [
        ox.Triple(service, sd("resultFormat"), ox.NamedNode(form.unique))
        for form in (*TABLES.values(), *GRAPHS.values())
    ]
    triples += [
        ox.Triple(graph, ox.NamedNode(VOID + name), ox.Literal(str(number), datatype=_INTEGER))
        for name, number in sorted(counts.items())
    ]
    told = (
        limits.query_bytes // 1024,
        f"{limits.slow_seconds:g}",
        limits.answer_bytes >> 20,
        f"{limits.client_seconds:g}",
    )
    triples += [
        ox.Triple(service, _COMMENT, ox.Literal(text("limits", "en").format(*told), language="en")),
        ox.Triple(service, _COMMENT, ox.Literal(text("limits", "zh").format(*told), language="zh")),
    ]
    return triples


def base_address(request: Request, configured: str) -> str:
    """Address of the service without a slash at its end: as configured, or as it was asked for.

    Raises
    ------
    RequestError
        The request names no host, or one that is none.
    """
    if configured:
        return configured
    host = request.header(b"host")
    if not _HOST.fullmatch(host):
        raise RequestError("bad-request")
    return f"{request.scope.get('scheme', 'http')}://{host}"
