"""Answers of queries: rows of RDF terms that turn into rdflib terms, pandas, Arrow, CSV or JSON."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.errors import MissingPackageError
from kg.terms import PREFIXES, canonical_language, shorten

if TYPE_CHECKING:
    import pandas
    import pyarrow
    from rdflib.term import Identifier

Term = ox.NamedNode | ox.BlankNode | ox.Literal
Value = str | int | float | Decimal | bool | None

_XSD = PREFIXES["xsd"]
_INTEGERS = frozenset(
    _XSD + name
    for name in (
        "integer",
        "int",
        "long",
        "nonNegativeInteger",
        "positiveInteger",
        "short",
        "gYear",
    )
)

# Columns whose cells list things after "; ", and how many of these are enough at a glance. What a
# set of practices consists of is no such list: a part of it would be another set.
_LISTS = frozenset(
    f"{what}_list"
    for what in ("against", "city", "exception", "leader", "other", "programme", "shared")
)
_ENOUGH = 3


@dataclass(frozen=True)
class Table:
    """The answer of a SELECT query.

    Iteration gives rows as tuples of rdflib terms, with None for an unbound variable.

    Attributes
    ----------
    variables
        Column names, without ``?``.
    rows
        Terms in the order of the variables.
    brief
        The few columns that a reader decides by; empty for all of them.
    """

    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]
    brief: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[tuple[Identifier | None, ...]]:
        for row in self.rows:
            yield tuple(None if term is None else to_rdflib(term) for term in row)

    def values(self) -> list[tuple[Value, ...]]:
        """Rows as Python values: IRIs in full, numbers as numbers, text as text."""
        return [tuple(to_value(term) for term in row) for row in self.rows]

    def records(self) -> list[dict[str, Value]]:
        """Rows as dicts of Python values."""
        return [dict(zip(self.variables, row, strict=True)) for row in self.values()]

    def short(self) -> list[tuple[Value, ...]]:
        """Rows for people: IRIs in the short form that the command line accepts.

        Decimals keep all their digits, so that they line up in a column.
        """
        return [tuple(_short(term) for term in row) for row in self.rows]

    def at_a_glance(self) -> Table:
        """The brief columns alone, with long lists cut; the table itself when it names none.

        A name whose thing is not shown stands under the heading of the thing. Rows that differ in
        other columns only are one row.
        """
        if not self.brief:
            return self
        first = self.variables[0]
        headings = [
            first if name == "name" and first not in self.brief else name for name in self.brief
        ]
        places = [(self.variables.index(name), name in _LISTS) for name in self.brief]
        rows = (
            tuple(_cut(row[place]) if is_list else row[place] for place, is_list in places)
            for row in self.rows
        )
        return Table(tuple(headings), tuple(dict.fromkeys(rows)))

    def to_csv(self) -> str:
        """CSV after SPARQL 1.1 Query Results CSV (W3C, 2013), with LF line ends."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.variables)
        for row in self.rows:
            writer.writerow(["" if term is None else lexical(term) for term in row])
        return out.getvalue()

    def to_json(self) -> str:
        """SPARQL 1.1 Query Results JSON (W3C, 2013)."""
        bindings = [
            {
                name: _json_term(term)
                for name, term in zip(self.variables, row, strict=True)
                if term is not None
            }
            for row in self.rows
        ]
        answer = {"head": {"vars": list(self.variables)}, "results": {"bindings": bindings}}
        return json.dumps(answer, ensure_ascii=False, indent=2) + "\n"

    def to_pandas(self) -> pandas.DataFrame:
        """A data frame of Python values.

        Raises
        ------
        MissingPackageError
            pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError as error:
            raise MissingPackageError("missing-package", "pandas", "analysis") from error
        return pd.DataFrame(self.values(), columns=list(self.variables))

    def to_arrow(self) -> pyarrow.Table:
        """An Arrow table of Python values; a column of mixed types becomes text.

        Raises
        ------
        MissingPackageError
            pyarrow is not installed.
        """
        try:
            import pyarrow as pa
        except ImportError as error:
            raise MissingPackageError("missing-package", "pyarrow", "analysis") from error
        columns: list[list[Any]] = [list(column) for column in zip(*self.values(), strict=True)]
        if not columns:
            columns = [[] for _ in self.variables]
        arrays = []
        for column in columns:
            kinds = {type(value) for value in column if value is not None}
            if len(kinds) > 1:
                column = [None if value is None else str(value) for value in column]
            arrays.append(pa.array(column))
        return pa.table(dict(zip(self.variables, arrays, strict=True)))


def _short(term: Term | None) -> Value:
    if isinstance(term, ox.NamedNode):
        return shorten(term.value)
    decimal = isinstance(term, ox.Literal) and term.datatype.value == _XSD + "decimal"
    return lexical(term) if term is not None and decimal else to_value(term)


def _cut(term: Term | None) -> Term | None:
    """A list with its first things and the number of the others."""
    things = lexical(term).split("; ") if term is not None else []
    if len(things) <= _ENOUGH:
        return term
    return ox.Literal("; ".join([*things[:_ENOUGH], f"+{len(things) - _ENOUGH}"]))


def lexical(term: Term) -> str:
    """IRI, lexical form of a literal, or ``_:`` label."""
    return f"_:{term.value}" if isinstance(term, ox.BlankNode) else term.value


def to_value(term: Term | None) -> Value:
    """A term as a Python value; what has no fitting type stays text."""
    if term is None:
        return None
    if isinstance(term, ox.Literal):
        datatype = term.datatype.value
        try:
            if datatype in _INTEGERS:
                return int(term.value)
            if datatype == _XSD + "decimal":
                number = Decimal(term.value)
                return int(number) if number == number.to_integral_value() else float(number)
            if datatype in (_XSD + "double", _XSD + "float"):
                return float(term.value)
            if datatype == _XSD + "boolean":
                return term.value in ("true", "1")
        except (ValueError, InvalidOperation):
            return term.value
    return lexical(term)


def from_value(value: Value, *, digits: int = 3) -> Term | None:
    """A Python value as a literal; numbers with a fraction become decimals of so many digits.

    A number that is not finite has no place in ``xsd:decimal`` and becomes None.
    """
    if value is None:
        return None
    if isinstance(value, bool):
        return ox.Literal("true" if value else "false", datatype=ox.NamedNode(_XSD + "boolean"))
    if isinstance(value, int):
        return ox.Literal(str(value), datatype=ox.NamedNode(_XSD + "integer"))
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return ox.Literal(f"{value:.{digits}f}", datatype=ox.NamedNode(_XSD + "decimal"))
    return ox.Literal(str(value))


def to_rdflib(term: Term) -> Identifier:
    """A term as rdflib knows it, with the canonical case of its language tag."""
    import rdflib

    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if term.language:
        return rdflib.Literal(term.value, lang=canonical_language(term.language))
    if term.datatype.value == _XSD + "string":
        return rdflib.Literal(term.value)
    return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value))


def _json_term(term: Term) -> dict[str, str]:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    found = {"type": "literal", "value": term.value}
    if term.language:
        found["xml:lang"] = canonical_language(term.language)
    elif term.datatype.value != _XSD + "string":
        found["datatype"] = term.datatype.value
    return found


def parse_json_results(answer: bytes) -> Table | bool:
    """A SPARQL 1.1 Query Results JSON document as a table or a truth value.

    Raises
    ------
    SyntaxError
        It is no such document.
    """
    solutions = ox.parse_query_results(answer, format=ox.QueryResultsFormat.JSON)
    if isinstance(solutions, ox.QueryBoolean):
        return bool(solutions)
    return read_solutions(solutions)


def read_solutions(solutions: ox.QuerySolutions) -> Table:
    """All solutions as a table, read on the thread that made them: pyoxigraph asks for it."""
    variables = tuple(variable.value for variable in solutions.variables)
    return Table(variables, tuple(tuple(solution) for solution in solutions))
