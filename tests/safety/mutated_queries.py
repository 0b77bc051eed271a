"""Queries by the thousand: drawn from a grammar of SPARQL 1.1, then damaged.

The same seed gives the same queries on every machine.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

_DEEPEST: Final = 8
_LONGEST: Final = 20_000

# Production to its alternatives. Words in capitals that are keys of this table are productions,
# all else stands for itself. From a certain depth the first alternative is taken: it ends soonest.
GRAMMAR: Final[Mapping[str, Sequence[str]]] = {
    "QUERY": (
        *("PROLOGUE SELECTION WHERECLAUSE MODIFIERS",) * 12,
        "PROLOGUE ASK GRAPHS GROUP",
        "PROLOGUE CONSTRUCT { TEMPLATE } GRAPHS WHERECLAUSE MODIFIERS",
        "PROLOGUE CONSTRUCT WHERE { TEMPLATE } MODIFIERS",
        "PROLOGUE DESCRIBE DESCRIBED GRAPHS WHERECLAUSE MODIFIERS",
        "PROLOGUE SELECTION GRAPHS WHERECLAUSE MODIFIERS ROWS",
        "PROLOGUE CHANGE",
    ),
    "PROLOGUE": (
        *(*("PREFIXES",) * 9, "PREFIXES BASE <http://example.org/>"),
        "PREFIX e: <http://example.org/>",
    ),
    "PREFIXES": (
        "BASE <http://example.org/base/> PREFIX e: <http://example.org/> PREFIX : <a:b#> XSD",
    ),
    "XSD": ("PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>",),
    "CHANGE": (
        "CLEAR ALL",
        "INSERT DATA { TRIPLES }",
        "DELETE WHERE GROUP",
        "WITH IRI DELETE { TRIPLES } INSERT { TRIPLES } WHERE GROUP",
        "LOAD <LISTENER> INTO GRAPH IRI",
        "LOAD <CANARY>",
        "DROP SILENT GRAPH IRI ; COPY DEFAULT TO IRI",
    ),
    "GRAPHS": ("", "", "FROM IRI", "FROM NAMED IRI", "FROM <LISTENER> FROM NAMED <CANARY>"),
    "SELECTION": (
        "SELECT *",
        "SELECT ?s ?o",
        "SELECT DISTINCT *",
        "SELECT REDUCED VARIABLE",
        "SELECT *",
        "SELECT *",
        "SELECT ( EXPRESSION AS FRESH )",
        "SELECT ( AGGREGATE AS FRESH ) ( AGGREGATE AS ?newer )",
    ),
    "DESCRIBED": ("IRI", "*", "VARIABLE IRI"),
    "WHERECLAUSE": ("GROUP", "WHERE GROUP"),
    "MODIFIERS": (
        "LIMIT 3",
        "",
        "LIMIT 4",
        "ORDER BY VARIABLE LIMIT 6",
        "LIMIT 1",
        "GROUP BY ?s ?o HAVING ( EXPRESSION ) LIMIT 5",
        "ORDER BY DESC ( EXPRESSION ) VARIABLE OFFSET 2 LIMIT 9",
        "LIMIT 999999999999 OFFSET 1",
    ),
    "GROUP": (
        "{ TRIPLES }",
        "{ TRIPLES PART }",
        "{ PART PART }",
        "{ PART TRIPLES PART }",
        "{ SELECTION WHERECLAUSE MODIFIERS }",
    ),
    "PART": (
        "FILTER ( EXPRESSION )",
        "OPTIONAL GROUP",
        "MINUS GROUP",
        "GROUP UNION GROUP",
        "GRAPH IRI GROUP",
        *("BIND ( EXPRESSION AS FRESH )", "ROWS", "GROUP", "OPTIONAL GROUP", "GROUP UNION GROUP"),
        *("FILTER ( EXPRESSION )", "FILTER ( EXPRESSION )", "GRAPH VARIABLE GROUP") * 3,
        "FILTER EXISTS GROUP",
        "FILTER NOT EXISTS GROUP",
        "GROUP",
        *("TRIPLES",) * 12,
        "SERVICE <LISTENER> GROUP",
    ),
    "ROWS": (
        "VALUES VARIABLE { TERM TERM }",
        "VALUES ( VARIABLE VARIABLE ) { ( TERM UNDEF ) ( UNDEF TERM ) }",
        "VALUES VARIABLE { }",
    ),
    "TEMPLATE": ("NODE NODE NODE .", "NODE IRI NODE ; IRI NODE , NODE ."),
    "TRIPLES": (
        "NODE PATH NODE .",
        "NODE VARIABLE NODE .",
        "NODE PATH NODE ; PATH NODE , NODE . NODE PATH NODE",
        "[ PATH NODE ] PATH ( NODE NODE ) .",
        "<< VARIABLE IRI VARIABLE >> PATH NODE .",
    ),
    "PATH": (
        "IRI",
        *("a", "e:kind", "e:next", "e:label"),
        "PATH / PATH",
        "PATH | PATH",
        "^ ( PATH )",
        "( PATH ) *",
        "( PATH ) +",
        "( PATH ) ?",
        "! ( IRI | ^ IRI )",
        "! IRI",
    ),
    "NODE": (*("VARIABLE",) * 5, "IRI", "TERM", "[ ]"),
    "FRESH": tuple(f"?n{number}" for number in range(40)),
    "VARIABLE": ("?s", "?p", "?o", "$x", "?service", "?城"),
    "IRI": (
        "e:kind",
        "e:next",
        "e:label",
        "<http://example.org/thing/1>",
        "<http://example.org/graph/1>",
        ":local",
        "e:SERVICE",
        "<CANARY>",
        "<LISTENER>",
        "<relative>",
        r"e:a\-b%20c",
    ),
    "TERM": (
        "NUMBER",
        "IRI",
        "TEXT",
        '"thing 1"@en',
        *("NUMBER", "e:kind-3", "<http://example.org/thing/2>"),
        '"2021-02-30T25:00:00Z"^^xsd:dateTime',
        '"1"^^xsd:integer',
        "true",
    ),
    "NUMBER": ("1", "0", "-7", "3.25", "1e400", "9223372036854775807", "99999999999999999999"),
    "TEXT": (
        '"thing 1"',
        "'SERVICE { '",
        '"""a "quoted" text"""',
        "'''it's'''",
        '"\\"\\\\\\u00e9"',
        '""',
        '"2021-02-30T25:00:00Z"',
        '"(a|b*)+$"',
    ),
    "EXPRESSION": (
        "VARIABLE",
        *("TERM", "VARIABLE", "NUMBER"),
        "( EXPRESSION && EXPRESSION )",
        "( EXPRESSION || EXPRESSION )",
        "( ! VARIABLE )",
        "( EXPRESSION = EXPRESSION )",
        "( EXPRESSION < EXPRESSION )",
        "( EXPRESSION + EXPRESSION - NUMBER )",
        "( EXPRESSION / EXPRESSION * NUMBER )",
        "( - VARIABLE )",
        "( EXPRESSION IN ( EXPRESSION , TERM ) )",
        "NOTHING",
        "ONE ( EXPRESSION )",
        "ONE ( EXPRESSION )",
        "TWO ( EXPRESSION , EXPRESSION )",
        "REGEX ( EXPRESSION , TEXT )",
        "REPLACE ( EXPRESSION , TEXT , TEXT )",
        "IF ( EXPRESSION , EXPRESSION , EXPRESSION )",
        "COALESCE( EXPRESSION , EXPRESSION )",
        "CONCAT( EXPRESSION , EXPRESSION , EXPRESSION )",
        "EXISTS GROUP",
        "NOT EXISTS GROUP",
    ),
    "NOTHING": ("RAND()", "NOW()", "UUID()", "STRUUID()", "BNODE()"),
    "ONE": (
        *("STR", "LANG", "DATATYPE", "IRI", "BNODE", "ABS", "CEIL", "ROUND", "STRLEN", "UCASE"),
        *("ENCODE_FOR_URI", "YEAR", "TIMEZONE", "MD5", "SHA512", "isIRI", "isNumeric"),
        *("xsd:integer", "xsd:dateTime", "xsd:decimal", "xsd:boolean", "e:unknown"),
    ),
    "TWO": (
        *("CONTAINS", "STRSTARTS", "STRBEFORE", "STRLANG", "STRDT", "sameTerm", "SUBSTR"),
        *("langMatches", "STRENDS", "STRAFTER"),
    ),
    "AGGREGATE": (
        "COUNT ( * )",
        "COUNT ( DISTINCT EXPRESSION )",
        "SUM ( EXPRESSION )",
        "MIN ( EXPRESSION )",
        "AVG ( EXPRESSION )",
        "SAMPLE ( EXPRESSION )",
        "GROUP_CONCAT ( EXPRESSION ; separator = TEXT )",
    ),
}

_FRAGMENTS: Final = (
    *("SERVICE", "SERVICE SILENT <LISTENER> {", "LOAD <CANARY>", "DELETE WHERE {", "UNION", "*"),
    *("(", ")", "{", "}", "[", "]", "<", ">", "'", '"', "'''", "#", "\\", "^", "!", "/", ";", "."),
    *("\x00", "\ufeff", "\u202e", "\ud800", "\u2028", "\u00a0", "\r", "\\u0053ERVICE", "@", "$"),
    *("?x" * 40, "9" * 200, "((((((((", "{{{{{{{{", "]]]]", "<LISTENER>", "<CANARY>"),
)
_WORDS: Final = re.compile(r"\s+")


def draw_query(chance: random.Random) -> str:
    """One query of the grammar."""
    words: list[str] = []
    _expand("QUERY", 0, chance, words)
    return " ".join(words)


def _expand(symbol: str, depth: int, chance: random.Random, words: list[str]) -> None:
    alternatives = GRAMMAR.get(symbol)
    if alternatives is None:
        words.append(symbol)
        return
    chosen = alternatives[0] if depth > _DEEPEST else chance.choice(alternatives)
    for part in chosen.split():
        _expand(part, depth + 1, chance, words)


def damage(query: str, chance: random.Random) -> str:
    """The query with one thing wrong with it."""
    words = query.split(" ")
    at = chance.randrange(len(words))
    kind = chance.randrange(9)
    if kind == 0:
        del words[at]
    elif kind == 1:
        words[at:at] = [words[at]] * chance.choice((1, 2, 50))
    elif kind == 2:
        other = chance.randrange(len(words))
        words[at], words[other] = words[other], words[at]
    elif kind == 3:
        words.insert(at, chance.choice(_FRAGMENTS))
    elif kind == 4:
        words.insert(at, chance.choice("([{") * chance.choice((1, 5, 70, 3_000)))
    elif kind == 5:
        # A piece within itself: depth out of breadth.
        end = chance.randint(at, len(words))
        words[at:end] = words[at:end] * chance.choice((2, 3, 20))
    elif kind == 6:
        return query[: chance.randrange(len(query) + 1)]
    elif kind == 7:
        return _flip(query, chance)
    else:
        return _WORDS.sub(chance.choice(("", "\n", "\r\n", "\t", "#\n", "\u00a0")), query)
    return " ".join(words)


def _flip(query: str, chance: random.Random) -> str:
    content = bytearray(query.encode("utf-8", "surrogatepass"))
    for _ in range(chance.randint(1, 4)):
        if content:
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    # As the web process would read it: what is no UTF-8 never becomes a query.
    return content.decode("utf-8", "replace")


def mutated_queries(number: int, seed: int) -> Iterator[str]:
    """So many queries: half as the grammar gives them, the others with one fault or two."""
    chance = random.Random(seed)
    for _ in range(number):
        query = draw_query(chance)
        for _ in range(chance.choice((0, 0, 0, 1, 1, 2))):
            query = damage(query, chance)[:_LONGEST] or "ASK {}"
        yield query
