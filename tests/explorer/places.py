"""Every type of page, with one address of it that the shipped facts fill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from kg.messages import Language

LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")
QUERY: Final = """PREFIX cpg: <https://w3id.org/city-practice-graph/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?city ?practice WHERE { ?city cpg:adoptsPractice ?practice }
ORDER BY ?city ?practice LIMIT 5"""


@dataclass(frozen=True)
class Place:
    """A page.

    Attributes
    ----------
    path
        Address after the language.
    status
        HTTP status of the answer.
    """

    name: str
    path: str
    status: int = 200

    def address(self, language: Language) -> str:
        """Address on the server."""
        return f"/{language}/{self.path}"


PLACES: Final = (
    Place("home", ""),
    Place("cities", "city"),
    Place("practices", "practice"),
    Place("programmes", "programme"),
    Place("sources", "source"),
    Place("city", "city/shanghai"),
    Place("practice", "practice/open-data"),
    Place("theme", "practice/effective-governance"),
    Place("programme", "programme/fi-helsinki-region-infoshare"),
    Place("technology", "technology/digital-twin"),
    Place("mechanism", "mechanism/participatory-budgeting"),
    Place("outcome", "outcome/sg-e-government-service"),
    Place("organisation", "organisation/cn-shanghai-government"),
    Place("source", "source/rotterdam-resilience-strategy-s1"),
    Place("claim", "thing/CLAIM"),
    Place("scheme", "thing/concept/source-type"),
    Place("matrix", "matrix"),
    Place("wide-matrix", "matrix?facet=technology"),
    Place("evidence", "evidence/shanghai/practice/data-driven-decisions"),
    Place("compare", "compare?city=singapore&city=shanghai&city=new-york-city"),
    Place("compare-empty", "compare"),
    Place("gap", "gap/shanghai"),
    Place("gaps", "gap"),
    Place("map", "map"),
    Place("graph", "graph?thing=id/city/shanghai"),
    Place("path", "graph?from=busan&to=singapore"),
    Place("view", "graph?view=practice-mechanism"),
    Place("queries", "queries"),
    Place("query", "queries/cq01-practices-by-cities"),
    Place("console", "console"),
    Place("console-answer", f"console?query={quote(QUERY)}"),
    Place("console-error", "console?query=SELECT+%3Fcity+WHERE+%7B", 400),
    Place("search", "search?q=data"),
    Place("search-nothing", "search?q=qqqqqqqq"),
    Place("data", "data"),
    Place("cite", "cite?page=/en/city/shanghai"),
    Place("ontology", "ontology"),
    Place("unknown", "unknown"),
    Place("lost", "city/atlantis", 404),
)
