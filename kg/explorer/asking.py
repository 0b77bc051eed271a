"""Pages on which questions are asked: the named queries with their forms, and the console.

The answers come from a worker; here they become panels with names in place of IRIs.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from kg.catalogue import NamedQuery, catalogue
from kg.explorer.graphpages import GraphPages
from kg.explorer.panels import Cell, Column, Item, Page, Panel, number, plain
from kg.explorer.record import KINDS, literal, name_of
from kg.terms import PREFIXES

MOST_ROWS: Final = 500
"""Rows of an answer that a page shows; all of them are in its CSV."""
MOST_TEXT: Final = 100_000
"""Characters of an answer in Turtle that a page shows."""
_EXAMPLES: Final = (
    *("cq01-practices-by-cities", "city-profile", "programmes-with-mechanism", "evidence"),
    *("cq24-where-is-a-figure", "cq10-money-saved", "practice-pairs", "disputed-statements"),
)
_OWN_PREFIXES: Final = {
    "city": "https://w3id.org/city-practice-graph/id/city/",
    "practice": "https://w3id.org/city-practice-graph/concept/practice/",
    "technology": "https://w3id.org/city-practice-graph/concept/technology/",
    "mechanism": "https://w3id.org/city-practice-graph/concept/mechanism/",
    "programme": "https://w3id.org/city-practice-graph/id/programme/",
    "organisation": "https://w3id.org/city-practice-graph/id/organisation/",
}


# Where the parser stopped, as it says it: "error at 3:7: expected …".
_PLACE: Final = re.compile(r"\bat (\d+):(\d+)")
FAULTS: Final = (
    ("prefix", "Prefix not found"),
    ("iri", "IRI parsing failed"),
    ("variable", "variable that is unbound"),
)
"""What a parser tells between the signs that it had expected, and the word that is said for it."""


GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "practices": ("practice", "recurrence"),
    "cities": ("city", "recommendation"),
    "programmes": ("programme", "technology", "domain", "stakeholder"),
    "governance": ("mechanism", "organisation"),
    "results": ("outcome", "measurement", "figure", "target", "recognition"),
    "rankings": ("ranking",),
    "evidence": ("evidence", "source", "unknown"),
    "model": ("vocabulary", "names"),
}
"""Subjects of the named queries, the one that most readers come for first, and their tags."""


def group_of(query: NamedQuery) -> str:
    """The subject of a query: that of the first of its tags that says one."""
    return next(group for tag in query.tags for group, tags in GROUPS.items() if tag in tags)


class Asking(GraphPages):
    """Writes the pages of questions in one language."""

    def queries(self) -> Page:
        """All named queries by subject; in each subject those to begin with come first."""
        tag = self.language
        columns = (
            Column("question", self.say("column-question")),
            Column("summary", self.say("column-summary")),
        )
        found: dict[str, list[NamedQuery]] = {group: [] for group in GROUPS}
        for query in sorted(
            catalogue().values(),
            key=lambda q: ("first" not in q.tags, "competency" not in q.tags, q.name),
        ):
            found[group_of(query)].append(query)
        panels = tuple(
            Panel(
                group,
                self.say(f"group-{group}"),
                columns,
                tuple(
                    (
                        (Item(query.question[tag], href=f"/{tag}/queries/{query.name}"),),
                        plain(query.summary[tag]),
                    )
                    for query in queries
                ),
                shown=1_000,
                form="asked",
            )
            for group, queries in found.items()
        )
        return Page(
            path="queries",
            language=self.language,
            title=self.say("nav-queries"),
            lead=self.say("queries-lead", len(catalogue())),
            panels=panels,
            extra={"actions": [(panel.heading, f"#{panel.id}") for panel in panels]},
        )

    def query(
        self, query: NamedQuery, values: Mapping[str, Sequence[str]], text: str, answer: bytes
    ) -> Page:
        """A named query: its question, a form for its parameters, its answer, its text.

        Parameters
        ----------
        values
            Parameters as they were given.
        text
            The query with them.
        answer
            SPARQL 1.1 Query Results JSON.
        """
        tag = self.language
        panel = _without_names(self.answer(answer, self.say("panel-answer")))
        if query.chart == "bar":
            panel = _with_bars(panel)
        fields = [
            {
                "name": parameter.name,
                "help": parameter.help[tag],
                "value": ", ".join(values.get(parameter.name, parameter.defaults)),
                "options": self._options(parameter.type),
                "several": parameter.repeatable,
            }
            for parameter in query.parameters.values()
        ]
        return Page(
            path=f"queries/{query.name}",
            language=self.language,
            title=query.question[tag],
            lead=query.summary[tag],
            eyebrow=self.say("nav-queries"),
            template="query.html",
            panels=(panel,),
            # Names come in the language of the page, unless another one is asked for: so the same
            # page in the other language has them in that one.
            parameters=tuple(
                (key, value)
                for key, several in values.items()
                for value in several
                if (key, value) != ("language", tag)
            ),
            extra={
                "fields": fields,
                "text": "",
                "query": _body(text),
                "caution": query.caution[tag] if query.caution else "",
                "name": query.name,
            },
        )

    def _options(self, type_: str) -> list[tuple[str, str]]:
        """What a parameter can be, where a list of it is short enough to be chosen from."""
        if type_ == "language":
            return [("en", "English"), ("zh", "中文")]
        if type_ not in KINDS or type_ in ("source", "organisation"):
            return []
        names = self.record.things(type_)
        return [(self.record.slug(n), self.name(n)) for n in sorted(names, key=self._sorted_name)]

    def answer(self, content: bytes, heading: str) -> Panel:
        """An answer as a panel with names in place of IRIs.

        Parameters
        ----------
        content
            SPARQL 1.1 Query Results JSON.
        """
        held = json.loads(content)
        if "boolean" in held:
            said = self.say("answer-true" if held["boolean"] else "answer-false")
            return Panel(
                "answer",
                heading,
                (Column("answer", self.say("column-answer")),),
                ((plain(said),),),
            )
        variables = held["head"]["vars"]
        bindings = held["results"]["bindings"]
        rows = [
            tuple(self._binding(row.get(variable)) for variable in variables)
            for row in bindings[:MOST_ROWS]
        ]
        return Panel(
            "answer",
            heading,
            tuple(
                Column(variable, self._heading(variable), self._numeric(rows, n))
                for n, variable in enumerate(variables)
            ),
            tuple(rows),
            lead=self.say("answer-rows", self.count(len(bindings)), min(len(bindings), MOST_ROWS)),
            empty=self.say("answer-none"),
            shown=MOST_ROWS,
        )

    def _numeric(self, rows: Sequence[tuple[Cell, ...]], place: int) -> bool:
        cells = [row[place] for row in rows if row[place]]
        return bool(cells) and all(cell[0].number is not None for cell in cells)

    def _binding(self, term: Mapping[str, Any] | None) -> Cell:
        if term is None:
            return ()
        if term["type"] == "uri":
            name = name_of(term["value"])
            if name in self.record:
                return (self.link.item(name),)
            web = term["value"].startswith(("http://", "https://"))
            return (Item(term["value"], href=term["value"] if web else ""),)
        if term["type"] == "literal":
            value = literal(term["value"], term.get("xml:lang"), term.get("datatype", ""))
            if value.datatype in ("xsd:integer", "xsd:decimal", "xsd:double", "xsd:float"):
                try:
                    return (number(float(value.text), value.text),)
                except ValueError:
                    return (self.link.text(value),)
            return (self.link.text(value),)
        if term["type"] == "triple":
            parts = (
                self._binding(term["value"][part]) for part in ("subject", "predicate", "object")
            )
            return plain("«" + " ".join(cell[0].text for cell in parts if cell) + "»")
        return plain(f"_:{term['value']}")

    def console(
        self,
        query: str,
        address: str,
        *,
        panel: Panel | None = None,
        triples: str = "",
        error: Mapping[str, Any] | None = None,
        limits: Sequence[str] = (),
    ) -> Page:
        """The console with a query and what became of it.

        Parameters
        ----------
        address
            Of this server, for the snippets.
        error
            ``title``, ``detail``, and of what could not be read ``parser`` (what that says),
            ``line`` and ``column`` where they are known.
        """
        examples = [
            (known.question[self.language], _body(self._in_language(known)))
            for name in _EXAMPLES
            if (known := catalogue().get(name)) is not None
        ]
        shown = query or examples[0][1]
        return Page(
            path="console",
            language=self.language,
            title=self.say("console-title"),
            lead=self.say("console-lead", *limits),
            template="console.html",
            panels=(panel,) if panel is not None else (),
            parameters=(("query", query),) if query else (),
            extra={
                "scripts": ("console.js",),
                "styles": ("islands.css",),
                "query": shown,
                "examples": examples,
                "triples": triples[:MOST_TEXT],
                "error": error,
                "snippets": snippets(shown, address),
            },
        )

    def fault(self, said: str) -> dict[str, Any]:
        """What a parser says of a query, in plain words and with the place where it stopped.

        A parser lists all signs that could follow: that is for the few who know the grammar.
        """
        place = _PLACE.search(said)
        if place is None:
            return {"detail": "", "parser": said, "line": 0}
        where = self.say("fault-place", *place.groups())
        kind = next((kind for kind, words in FAULTS if words in said), "here")
        # Of a variable the parser knows only that something is wrong at the end of the query.
        line, column = (0, 0) if kind == "variable" else map(int, place.groups())
        return {
            "detail": self.say(f"fault-{kind}", where),
            "parser": said,
            "place": where,
            "line": line,
            "column": column,
        }

    def _in_language(self, query: NamedQuery) -> str:
        """The text of a query that asks for names in the language of the page."""
        named = "language" in query.parameters
        return query.bind({"language": self.language}) if named else query.text

    def vocabulary(self) -> dict[str, Any]:
        """Prefixes and terms for completion in the console."""
        own = {**PREFIXES, **_OWN_PREFIXES}
        terms = []
        for kind, prefix in (
            *(("class", "cpg:"), ("property", "cpg:")),
            *((kind, KINDS[kind]) for kind in _OWN_PREFIXES if kind in KINDS),
        ):
            names = self._terms(kind) if prefix == "cpg:" else self.record.things(kind)
            terms += [
                {
                    "term": name if prefix == "cpg:" else f"{kind}:{self.record.slug(name)}",
                    "en": self.record.name(name, "en"),
                    "zh": self.record.name(name, "zh"),
                    "kind": self.say(f"term-{kind}")
                    if prefix == "cpg:"
                    else self.say(f"kind-{kind}"),
                }
                for name in names
            ]
        return {"prefixes": own, "terms": terms}

    def _terms(self, kind: str) -> list[str]:
        types = (
            ("owl:Class",) if kind == "class" else ("owl:ObjectProperty", "owl:DatatypeProperty")
        )
        found = {s for t in types for s in self.record.subjects(t, "rdf:type")}
        return sorted(name for name in found if name.startswith("cpg:"))


def _without_names(panel: Panel) -> Panel:
    """An answer without columns that only repeat what the links of another one say.

    A query gives a thing and its name; here the link to the thing bears the name already.
    """
    said = [
        [" ".join(item.text for item in row[n]) for row in panel.rows]
        for n in range(len(panel.columns))
    ]
    named = [n for n in range(len(said)) if any(i.name for row in panel.rows for i in row[n])]
    kept = [n for n in range(len(said)) if n in named or not any(said[n] == said[m] for m in named)]
    return replace(
        panel,
        columns=tuple(panel.columns[n] for n in kept),
        rows=tuple(tuple(row[n] for n in kept) for row in panel.rows),
    )


def _with_bars(panel: Panel) -> Panel:
    """The first column of numbers with bars, as long as the numbers are.

    The largest number is no whole that the others have a share in.
    """
    place = next((n for n, c in enumerate(panel.columns) if c.numeric), None)
    if place is None:
        return panel
    values = [row[place][0].number or 0.0 if row[place] else 0.0 for row in panel.rows]
    most = max(values, default=0.0)
    if most <= 0 or min(values) < 0:
        return panel
    rows = tuple(
        (
            *row[:place],
            tuple(replace(i, bar=value / most, track=False) for i in row[place]),
            *row[place + 1 :],
        )
        for row, value in zip(panel.rows, values, strict=True)
    )
    return replace(panel, rows=rows)


def _body(text: str) -> str:
    """A query without its header."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("#+")) + "\n"


def snippets(query: str, address: str) -> list[tuple[str, str, str]]:
    """The query as it is asked from Python, a shell and R; whatever it holds stays a text."""
    # A JSON string is a string of Python and of R, too, but for the slash that is never written.
    quoted = json.dumps(query, ensure_ascii=True)
    endpoint = json.dumps(f"{address}/sparql")
    python = (
        "from SPARQLWrapper import CSV, SPARQLWrapper\n\n"
        f"endpoint = SPARQLWrapper({endpoint})\n"
        f"endpoint.setQuery({quoted})\n"
        "endpoint.setReturnFormat(CSV)\n"
        'print(endpoint.query().convert().decode("utf-8"))\n'
    )
    curl = (
        f"curl --data-urlencode {shlex.quote('query=' + query)} \\\n"
        f"     -H 'Accept: text/csv' {shlex.quote(address + '/sparql')}\n"
    )
    r = (
        "library(httr)\n\n"
        f'answer <- POST({endpoint}, encode = "form",\n'
        f'  body = list(query = {quoted}), accept("text/csv"))\n'
        'table <- read.csv(text = content(answer, "text", encoding = "UTF-8"))\n'
    )
    return [("python", "Python", python), ("curl", "curl", curl), ("r", "R", r)]
