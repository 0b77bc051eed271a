"""The interface as an OpenAPI 3.1 description, computed from the catalogue and the formats.

Texts are in English and Chinese: the format has one field for them, and tools show it as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import kg
from kg.catalogue import LANGUAGES, NamedQuery, Parameter
from kg.messages import text
from kg.server.formats import GRAPHS, TABLES, Format
from kg.server.problems import BASE, MEDIA_TYPE

Part = dict[str, Any]

_SLUG: Final = "[A-Za-z0-9]+(-[A-Za-z0-9]+)*"
_NUMBERS: Final = {"integer": "integer", "year": "integer", "decimal": "number"}
_STRING: Final[Part] = {"type": "string"}
_IRIS: Final[Part] = {"type": "array", "items": {"type": "string", "format": "iri"}}


def describe(queries: Mapping[str, NamedQuery]) -> Part:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": " / ".join((text("product", "en"), text("product", "zh"))),
            "version": kg.__version__,
            "description": _text("api-about"),
            "license": {"name": "CC BY 4.0", "identifier": "CC-BY-4.0"},
        },
        "servers": [{"url": "/"}],
        "paths": {
            "/sparql": {"get": _sparql_get(), "post": _sparql_post()},
            "/queries": {"get": _simple("queries", "application/json")},
            "/queries/{name}.{ending}": {"get": _by_ending(list(queries))},
            **{f"/queries/{query.name}": {"get": _named(query)} for query in queries.values()},
            "/openapi.json": {"get": _simple("openapi", "application/json")},
            "/health": {"get": _simple("health", "application/json")},
            "/metrics": {"get": _simple("metrics", "text/plain")},
        },
        "components": {
            "schemas": {"Answer": _ANSWER, "Problem": _PROBLEM},
            "parameters": {
                "lang": _parameter("lang", "api-lang", {"type": "string", "enum": [*LANGUAGES]})
            },
            "headers": {"Link": {"description": _text("api-link"), "schema": _STRING}},
            "responses": {
                "Problem": {
                    "description": _text("api-problem"),
                    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
            },
        },
    }


# SPARQL 1.1 Query Results JSON Format (W3C, 2013)
_ANSWER: Final[Part] = {
    "type": "object",
    "required": ["head"],
    "properties": {
        "head": {"type": "object", "properties": {"vars": {"type": "array", "items": _STRING}}},
        "boolean": {"type": "boolean"},
        "results": {
            "type": "object",
            "required": ["bindings"],
            "properties": {
                "bindings": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "additionalProperties": {
                            "type": "object",
                            "required": ["type", "value"],
                            "properties": {
                                "type": {"enum": ["uri", "literal", "bnode", "triple"]},
                                "value": {},
                                "datatype": _STRING,
                                "xml:lang": _STRING,
                            },
                        },
                    },
                }
            },
        },
    },
}
_PROBLEM: Final[Part] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri", "examples": [BASE + "parameter"]},
        "title": _STRING,
        "status": {"type": "integer"},
        "detail": _STRING,
        "parameter": _STRING,
        "allowed": {"type": "array", "items": _STRING},
    },
}


def _text(key: str) -> str:
    return " / ".join((text(key, "en"), text(key, "zh")))


def _parameter(name: str, key: str, schema: Part, **more: object) -> Part:
    return {"name": name, "in": "query", "description": _text(key), "schema": schema, **more}


def _responses(content: Part, **more: object) -> Part:
    problem = {"$ref": "#/components/responses/Problem"}
    whole = {"description": _text("api-answer"), "content": content, **more}
    return {"200": whole, "4XX": problem, "5XX": problem}


def _contents(forms: Iterable[Format]) -> Part:
    answer = {"$ref": "#/components/schemas/Answer"}
    return {
        media: {"schema": answer if media.endswith("json") and form is TABLES["json"] else _STRING}
        for form in forms
        for media in form.media_types[:1]
    }


def _simple(name: str, media_type: str) -> Part:
    schema = {"type": "object"} if media_type.endswith("json") else _STRING
    return {
        "operationId": name,
        "summary": _text(f"api-{name}"),
        "responses": _responses({media_type: {"schema": schema}}),
    }


def _sparql_get() -> Part:
    return {
        "operationId": "sparql-get",
        "summary": _text("api-sparql"),
        "parameters": [
            _parameter("query", "api-sparql-query", _STRING),
            _parameter("default-graph-uri", "api-default-graph", _IRIS),
            _parameter("named-graph-uri", "api-named-graph", _IRIS),
        ],
        "responses": _responses(_contents([*TABLES.values(), *GRAPHS.values()])),
    }


def _sparql_post() -> Part:
    form = {
        "type": "object",
        "required": ["query"],
        "properties": {
            "query": {**_STRING, "description": _text("api-sparql-query")},
            "default-graph-uri": {**_IRIS, "description": _text("api-default-graph")},
            "named-graph-uri": {**_IRIS, "description": _text("api-named-graph")},
        },
    }
    return {
        "operationId": "sparql-post",
        "summary": _text("api-sparql"),
        "requestBody": {
            "required": True,
            "content": {
                "application/x-www-form-urlencoded": {"schema": form},
                "application/sparql-query": {"schema": _STRING},
            },
        },
        "responses": _responses(_contents([*TABLES.values(), *GRAPHS.values()])),
    }


def _by_ending(names: list[str]) -> Part:
    content = _contents(TABLES.values())
    content["application/sparql-query"] = {"schema": _STRING}
    content["application/json"] = {"schema": {"type": "object"}}
    return {
        "operationId": "named-query",
        "summary": _text("api-form"),
        "parameters": [
            _path("name", "api-name", names),
            _path("ending", "api-form-ending", [*TABLES, "rq", "about"]),
            _parameter(
                "parameters",
                "api-form-values",
                {"type": "object", "additionalProperties": _STRING},
                style="form",
                explode=True,
            ),
        ],
        "responses": _responses(content),
    }


def _path(name: str, key: str, words: list[str]) -> Part:
    schema = {"type": "string", "enum": words}
    return {**_parameter(name, key, schema), "in": "path", "required": True}


def _named(query: NamedQuery) -> Part:
    said = [query.question["en"], query.question["zh"]]
    if query.caution is not None:
        said += [query.caution["en"], query.caution["zh"]]
    parameters: list[Part] = [_value(parameter) for parameter in query.parameters.values()]
    link = {"Link": {"$ref": "#/components/headers/Link"}}
    return {
        "operationId": query.name,
        "summary": f"{query.summary['en']} / {query.summary['zh']}",
        "description": "\n\n".join(said),
        "tags": list(query.tags),
        "parameters": [*parameters, {"$ref": "#/components/parameters/lang"}],
        "responses": _responses(_contents(TABLES.values()), headers=link),
    }


def _value(parameter: Parameter) -> Part:
    """One parameter of a named query; other types than numbers are words, names or addresses."""
    said = [parameter.help["en"], parameter.help["zh"]]
    schema: Part
    default: list[Any] = list(parameter.defaults)
    if parameter.type in _NUMBERS:
        schema = {"type": _NUMBERS[parameter.type]}
        default = [int(word) if word.isdecimal() else float(word) for word in default]
    elif parameter.type == "language":
        schema = {"type": "string", "enum": [*LANGUAGES]}
    elif parameter.type == "text":
        schema = {"type": "string"}
    else:
        # Our IRIs end in a slug, and so do the short names of things and concepts.
        before = "/" if parameter.type == "thing" else "(^|/)"
        schema = {"type": "string", "pattern": f"{before}{_SLUG}$", "x-thing": parameter.type}
    if parameter.repeatable:
        said = [text("api-any", "en").format(said[0]), text("api-any", "zh").format(said[1])]
        schema = {"type": "array", "items": schema}
        schema |= {"default": default} if default else {}
    else:
        schema |= {"default": default[0]} if default else {}
    return {
        "name": parameter.name,
        "in": "query",
        "description": " / ".join(said),
        "schema": schema,
        "style": "form",
        "explode": True,
    }
