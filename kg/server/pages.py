"""The page about one thing: what is said of it, with the claim behind each statement.

Names and values are text, whatever they hold; links lead to this server or to the web and nowhere
else; the page has no script.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from kg.messages import Language, text
from kg.resources import template_folder
from kg.server.formats import Format
from kg.templating import csp_hash, page_templates
from kg.terms import BASE, shorten

_WEB: Final = re.compile(r"https?://[^\s]+")
_MOST_CLAIMS: Final = 6
_NAMES: Final = ("prefLabel", "/title", "#label")


@dataclass
class _Value:
    """One value of a property, with its names by language and the claims that state it."""

    kind: str
    value: str
    names: dict[str, str] = field(default_factory=dict)
    claims: list[str] = field(default_factory=list)


def render(
    iri: str,
    local: str,
    answer: dict[str, Any],
    language: Language,
    things: frozenset[str],
    forms: list[Format],
) -> tuple[bytes, str]:
    """A page about a thing, and the Content-Security-Policy that it is sent with.

    Parameters
    ----------
    local
        Path of the thing on this server.
    answer
        SPARQL 1.1 Query Results JSON: ``way``, ``property``, ``label``, ``value``, ``name``,
        ``claim``.
    things
        IRIs of ours that this server answers, without the base.
    forms
        Formats that the page links to.
    """
    groups = _groups(answer, language)
    labels = {
        row["property"]["value"]: row["label"]["value"]
        for row in answer["results"]["bindings"]
        if row.get("label", {}).get("xml:lang", "").startswith(language)
    }
    title = next(
        (
            value.value
            for (way, prop), values in groups.items()
            if way == "out" and prop.endswith(_NAMES)
            for value in values
        ),
        shorten(iri),
    )

    def address(value: str) -> str | None:
        """Where a link may lead."""
        if value.startswith(BASE):
            path = value.removeprefix(BASE).partition("#")[0]
            return "/" + quote(path, safe="/-._~") if path in things | {"ontology"} else None
        return value if _WEB.fullmatch(value) else None

    def shown(value: _Value) -> dict[str, Any]:
        named = value.names.get(language) or next(iter(value.names.values()), "")
        return {
            "text": named or (shorten(value.value) if value.kind == "uri" else value.value),
            "href": address(value.value) if value.kind == "uri" else None,
            "title": value.value if value.kind == "uri" else "",
            "claims": [(shorten(iri), address(iri)) for iri in value.claims[:_MOST_CLAIMS]],
        }

    sections = []
    for wanted in ("out", "said", "in"):
        found = [
            (labels.get(prop, shorten(prop)), address(prop), [shown(value) for value in values])
            for (way, prop), values in groups.items()
            if way == wanted
        ]
        if found:
            sections.append((text(f"linked-{wanted}", language), found))
    style = (template_folder() / "thing.css").read_text(encoding="utf-8")
    page = (
        page_templates()
        .get_template("thing.html")
        .render(
            language=language,
            title=title,
            iri=iri,
            local=local,
            sections=sections,
            style=style,
            forms=forms,
            t=lambda key: text(key, language),
        )
    )
    policy = (
        f"default-src 'none'; style-src {csp_hash(style)}; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )
    return page.encode("utf-8"), policy


def _groups(answer: dict[str, Any], language: Language) -> dict[tuple[str, str], list[_Value]]:
    """Rows as values by direction and property; what is also there in this language stands once."""
    groups: dict[tuple[str, str], dict[tuple[str, str], _Value]] = {}
    for row in answer["results"]["bindings"]:
        way, prop, told = row["way"]["value"], row["property"]["value"], row.get("name")
        kind, value = row["value"]["type"], row["value"]["value"]
        if way == "said":  # of a claim: subject, property, object
            kind, value = "literal", f"{shorten(value)} → {shorten(told['value'])}"
            told = None
        elif not row["value"].get("xml:lang", language).startswith(language):
            continue
        entry = groups.setdefault((way, prop), {}).setdefault((kind, value), _Value(kind, value))
        if told is not None:
            entry.names.setdefault(told.get("xml:lang", "")[:2], told["value"])
        claim = row.get("claim", {}).get("value", "")
        if claim.startswith(BASE + "id/claim/") and claim not in entry.claims:
            entry.claims.append(claim)
    return {key: list(values.values()) for key, values in groups.items()}
