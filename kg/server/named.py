"""The named queries by HTTP: their list, their descriptions and their rows.

``/queries/city-profile.csv?city=helsinki`` answers what ``kg query city-profile -p city=helsinki``
does. The address and the accepted format alone decide the rows, never the reader's language, so
that an address in a paper or a spreadsheet gives everybody the same.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from typing import Final

from kg.catalogue import LANGUAGES, NamedQuery, catalogue, find_query
from kg.errors import ParameterError, UnknownNameError
from kg.messages import Language
from kg.server.documents import Document
from kg.server.formats import TABLES
from kg.server.http import Header, Request, RequestError, Send, require_reading
from kg.server.negotiation import accepts_gzip, best
from kg.server.openapi import describe
from kg.server.sparql import Endpoint
from kg.server.wire import Job

PREFIX: Final = "/queries"
_JSON: Final = "application/json"
_LONGEST_NAME: Final = 80  # looking for the closest names costs more for long ones


class Named:
    """Answers what lies below ``/queries``, and describes the whole interface.

    Parameters
    ----------
    endpoint
        Runs the bound queries, within the same limits and budgets as everybody's own.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.queries = catalogue()

    async def __call__(self, request: Request, send: Send) -> tuple[int, str]:
        """Answer one request.

        Raises
        ------
        RequestError
            There is no such query, a parameter is not right, or the query has no answer.
        """
        require_reading(request)
        path = request.path.removeprefix(PREFIX).removeprefix("/")
        if not path:
            return await self._list(request, send)
        name, _, ending = path.rpartition(".")
        if name in self.queries and ending in ("rq", "about"):
            document = self._texts[name] if ending == "rq" else self._descriptions[name]
            return await document(request, send)
        if name not in self.queries or ending not in TABLES:
            name, ending = path, ""
        query = self.find(name)
        form = ending or best(request.header(b"accept"), TABLES.values())
        if form is None:
            offered = ", ".join(table.media_types[0] for table in TABLES.values())
            raise RequestError("not-acceptable", offered)
        values = read_values(query, request.parameters, request.language)
        try:
            text = query.bind(values)
        except ParameterError as error:
            raise refusal(error, query, request.language) from error
        job = Job(text, form, None, gzip=accepts_gzip(request.header(b"accept-encoding")))
        extra = (inline(name + TABLES[form].suffix), described_by(query))
        return await self.endpoint.answer(request, send, job, (form, None), extra=extra)

    def find(self, name: str) -> NamedQuery:
        """The query of a name.

        Raises
        ------
        RequestError
            There is none; the closest ones are named.
        """
        if name in self.queries:
            return self.queries[name]
        try:
            return find_query(name[:_LONGEST_NAME])
        except UnknownNameError as error:
            raise RequestError("unknown-query", *error.values) from error

    async def openapi(self, request: Request, send: Send) -> tuple[int, str]:
        """Describe the interface to programs."""
        return await self._openapi(request, send)

    @cached_property
    def _openapi(self) -> Document:
        return Document(_encode(describe(self.queries)), _JSON)

    @cached_property
    def _list(self) -> Document:
        listed = [about(query) for query in self.queries.values()]
        return Document(_encode({"openapi": "/openapi.json", "queries": listed}), _JSON)

    @cached_property
    def _descriptions(self) -> dict[str, Document]:
        return {
            name: Document(_encode(about(query)), _JSON) for name, query in self.queries.items()
        }

    @cached_property
    def _texts(self) -> dict[str, Document]:
        media = "application/sparql-query"
        return {
            name: Document(
                query.text.encode("utf-8"), media, inline(f"{name}.rq"), described_by(query)
            )
            for name, query in self.queries.items()
        }


def read_values(
    query: NamedQuery, parameters: Sequence[tuple[str, str]], language: Language
) -> dict[str, list[str]]:
    """Values of a request by parameter, each parameter with all that was given.

    Raises
    ------
    RequestError
        A parameter that takes one value comes more than once.
    """
    values: dict[str, list[str]] = {}
    for given, value in parameters:
        name = given
        if given == "lang":
            # Pages and clients may say it everywhere, as the command line does.
            if "language" not in query.parameters:
                continue
            name = "language"
        values.setdefault(name, []).append(value)
    for name, several in values.items():
        parameter = query.parameters.get(name)
        if parameter is not None and not parameter.repeatable and len(several) > 1:
            error = ParameterError("repeated-parameter", name, str(len(several)))
            raise refusal(error, query, language)
    return values


def refusal(error: ParameterError, query: NamedQuery, language: Language) -> RequestError:
    """The catalogue's own words on a parameter, with what would be right where that is known."""
    unknown = error.code == "unknown-parameter"
    name = error.values[1] if unknown else error.values[0]
    extra: dict[str, object] = {"parameter": name}
    if unknown:
        extra["allowed"] = [*query.parameters]
    elif query.parameters[name].type == "language":
        extra["allowed"] = [*LANGUAGES]
    return RequestError("parameter", error.render(language), extra=extra)


def about(query: NamedQuery) -> dict[str, object]:
    """What people and programs need to know of a query, in both languages."""
    address = f"{PREFIX}/{query.name}"
    return {
        "name": query.name,
        "summary": query.summary,
        "question": query.question,
        "caution": query.caution,
        "parameters": [
            {
                "name": parameter.name,
                "type": parameter.type,
                "default": parameter.defaults,
                "repeatable": parameter.repeatable,
                "help": parameter.help,
            }
            for parameter in query.parameters.values()
        ],
        "chart": query.chart,
        "tags": query.tags,
        "links": {
            "about": f"{address}.about",
            "query": f"{address}.rq",
            **{name: address + form.suffix for name, form in TABLES.items()},
        },
    }


def inline(filename: str) -> Header:
    """Shown where it can be, and saved under a name that says what it is."""
    return b"content-disposition", f'inline; filename="{filename}"'.encode("ascii")


def described_by(query: NamedQuery) -> Header:
    """Where a query is described; a caution stands here, too: the body holds rows and no more."""
    link = f'<{PREFIX}/{query.name}.about>; rel="describedby"; type="{_JSON}"'
    if query.caution is not None:
        # Header fields are ASCII, and a quoted string ends at a quote (RFC 9110, section 5.6.4).
        said = query.caution["en"].encode("ascii", "replace").decode("ascii")
        said = said.replace("\\", "\\\\").replace('"', '\\"')
        link += f'; title="{said}"'
    return b"link", link.encode("ascii")


def _encode(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode("utf-8") + b"\n"
