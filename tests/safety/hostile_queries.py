"""Hostile queries by name: what each attacks, and what may become of it.

An expectation is the set of outcomes that are right: codes of :mod:`kg.server.guard`, and
outcomes of :class:`kg.server.pool.Result`. ``LISTENER`` stands for the address
of a listener on this machine, ``CANARY`` for the ``file:`` address of a file that nobody may read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

EVERYTHING: Final = "?s ?p ?o"
PRODUCT: Final = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"

ENDLESS: Final = frozenset({"too-slow"})
"""It would run for ever, in little memory."""
BOMB: Final = frozenset({"too-slow", "crashed", "too-large"})
"""Time, memory or the length of the answer runs out: which one first is chance."""
QUICK: Final = frozenset({"answer"})
"""It looks bad and is not."""
COSTLY: Final = QUICK | ENDLESS
"""A part of a second, or more than one where the machine has other things to do."""
MALFORMED: Final = frozenset({"malformed"})
FAILED: Final = frozenset({"failed"})
"""The engine says no after it has read the query: it calls for something that is not there."""
SERVICE: Final = frozenset({"service-refused"})
UPDATE: Final = frozenset({"update-refused"})
DEEP: Final = frozenset({"query-nesting"})
LONG: Final = frozenset({"query-tokens"})
JOINED: Final = frozenset({"query-joined"})


@dataclass(frozen=True)
class Hostile:
    """A hostile query: its text, what it goes for, what may become of it."""

    name: str
    attacks: str
    text: str | Callable[[], str]
    expected: frozenset[str]

    def plain(self) -> str:
        """The text, made if it has to be made."""
        return self.text if isinstance(self.text, str) else self.text()


def _many(item: str, number: int, separator: str = " ") -> str:
    return separator.join([item] * number)


def _numbered(item: str, number: int, separator: str = " ") -> str:
    return separator.join(item.format(i, i + 1) for i in range(number))


def _nested(before: str, inner: str, after: str, depth: int) -> str:
    return before * depth + inner + after * depth


def _filter(expression: str) -> str:
    return f"ASK {{ {EVERYTHING} FILTER({expression}) }}"


def _doubling(function: str, rounds: int, start: str = '"aaaaaaaa"') -> str:
    binds = _numbered(f"BIND({function}(?v{{0}}, ?v{{0}}) AS ?v{{1}})", rounds)
    return f"SELECT (STRLEN(?v{rounds}) AS ?n) {{ BIND({start} AS ?v0) {binds} }}"


def _replacing(rounds: int) -> str:
    text = '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"'
    for _ in range(rounds):
        text = f'REPLACE({text}, "a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")'
    return f"SELECT (STRLEN({text}) AS ?n) {{}}"


def _joins() -> Iterator[Hostile]:
    def case(name: str, text: str, expected: frozenset[str] = ENDLESS) -> Hostile:
        return Hostile(name, "time: products and joins", text, expected)

    yield case("product-count", f"SELECT (COUNT(*) AS ?n) {{ {PRODUCT} }}")
    yield case("product-ask", f"ASK {{ {PRODUCT} FILTER(?a = ?l && ?a != ?l) }}")
    yield case("product-limit-far", f"SELECT * {{ {PRODUCT} }} OFFSET 99999999999 LIMIT 1")
    yield case("product-huge-limit", f"SELECT * {{ {PRODUCT} }} LIMIT 18446744073709551615", BOMB)
    yield case(
        "product-limit-beyond-64-bits",
        f"SELECT * {{ {EVERYTHING} }} LIMIT 99999999999999999999999999",
        MALFORMED,
    )
    yield case("product-optional", f"SELECT (COUNT(*) AS ?n) {{ {_optional_product()} }}")
    yield case(
        "product-not-exists",
        f"SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d ?e ?f FILTER NOT EXISTS {{ {PRODUCT} "
        "FILTER(?a = ?l && ?a != ?l) } }",
    )
    yield case("product-minus", f"SELECT (COUNT(*) AS ?n) {{ {PRODUCT} MINUS {{ ?a ?x ?c }} }}")
    yield case(
        "product-subselects",
        "SELECT (COUNT(*) AS ?n) { "
        + _numbered("{{ SELECT ?x{0} {{ ?x{0} ?y{0} ?z{0} }} }}", 4)
        + " }",
    )
    yield case(
        "product-unions",
        "SELECT (COUNT(*) AS ?n) { "
        + _numbered("{{ ?x{0} ?y ?z }} UNION {{ ?x{0} ?u ?v }}", 4)
        + " }",
        frozenset({"too-slow", "answer"}),
    )
    yield case("product-graphs", f"SELECT (COUNT(*) AS ?n) {{ GRAPH ?graph {{ {PRODUCT} }} }}")
    yield case(
        "product-random", f"SELECT (AVG(RAND()) AS ?n) (SAMPLE(UUID()) AS ?u) {{ {PRODUCT} }}"
    )
    yield case(
        "product-now",
        f"SELECT (COUNT(*) AS ?n) {{ {PRODUCT} FILTER(STR(NOW()) = CONCAT(STR(?c), STR(?l))) }}",
    )
    yield case("product-construct", f"CONSTRUCT {{ ?a ?e ?i }} WHERE {{ {PRODUCT} }}", BOMB)
    yield case("product-describe", f"DESCRIBE * {{ {PRODUCT} }}", BOMB)
    yield case(
        "values-product",
        "SELECT (COUNT(*) AS ?n) { "
        + _numbered("VALUES ?v{0} {{ 1 2 3 4 5 6 7 8 9 10 }}", 10)
        + " }",
        BOMB,
    )
    yield case(
        "star-with-shared-variable",
        "SELECT (COUNT(*) AS ?n) { " + _numbered("?s ?p{0} ?o{0} .", 12) + " }",
    )


def _optional_product() -> str:
    return _numbered("OPTIONAL {{ ?x{0} ?y{0} ?z{0} }}", 5)


def _memory() -> Iterator[Hostile]:
    def case(name: str, text: str, expected: frozenset[str] = BOMB) -> Hostile:
        return Hostile(name, "memory", text, expected)

    yield case("concat-doubling", _doubling("CONCAT", 40))
    yield case("concat-doubling-unused", _doubling("CONCAT", 40).replace("STRLEN", "BOUND"))
    yield case(
        "concat-doubling-returned",
        _doubling("CONCAT", 24).replace("(STRLEN(?v24) AS ?n)", "?v24"),
    )
    yield case("replace-growth", _replacing(5))
    yield case(
        "encode-for-uri-growth",
        "SELECT (STRLEN(?v9) AS ?n) { "
        + _doubling("CONCAT", 22, '"城"').partition("{")[2][:-2]
        + " BIND(ENCODE_FOR_URI(ENCODE_FOR_URI(ENCODE_FOR_URI(?v22))) AS ?w) } ",
        BOMB | QUICK,
    )
    yield case(
        "group-concat-product",
        f'SELECT (STRLEN(GROUP_CONCAT(STR(?a); separator="{"x" * 5000}")) AS ?n) {{ {PRODUCT} }}',
    )
    yield case("order-by-product", f"SELECT * {{ {PRODUCT} }} ORDER BY ?c ?f LIMIT 1")
    yield case("order-by-random", f"SELECT * {{ {PRODUCT} }} ORDER BY RAND() LIMIT 1")
    yield case("distinct-product", f"SELECT DISTINCT * {{ {PRODUCT} }}")
    yield case("reduced-product", f"SELECT REDUCED * {{ {PRODUCT} }}")
    yield case("count-distinct-product", f"SELECT (COUNT(DISTINCT *) AS ?n) {{ {PRODUCT} }}")
    yield case(
        "group-by-product",
        f"SELECT ?a ?d ?g ?j (COUNT(*) AS ?n) {{ {PRODUCT} }} GROUP BY ?a ?d ?g ?j",
    )
    yield case("sample-product", f"SELECT (SAMPLE(?a) AS ?n) {{ {PRODUCT} }}", ENDLESS)
    yield case(
        "sum-product-of-strings", f"SELECT (SUM(STRLEN(STR(?c))) AS ?n) {{ {PRODUCT} }}", ENDLESS
    )
    yield case(
        "having-product",
        f"SELECT ?a {{ {PRODUCT} }} GROUP BY ?a HAVING(COUNT(DISTINCT ?l) > 99999999)",
    )
    yield case(
        "rows-of-long-texts",
        f'SELECT (CONCAT("{"x" * 30_000}", STR(RAND())) AS ?t) {{ {EVERYTHING} . ?a ?b ?c }}',
    )
    yield case("values-large", "SELECT * { VALUES ?x { " + _many("1", 3_900) + " } }", QUICK)
    yield case("values-too-large", "SELECT * { VALUES ?x { " + _many("1", 9_000) + " } }", LONG)
    yield case(
        "values-rows",
        "SELECT * { VALUES (?x ?y) { " + _many("(1 UNDEF)", 950) + " } ?x ?y ?z }",
        QUICK,
    )
    yield case("strings-hashed", f"SELECT (SHA512(STR(?a)) AS ?hash) {{ {PRODUCT} }}", BOMB)


def _deep() -> Iterator[Hostile]:
    def case(name: str, text: str | Callable[[], str], expected: frozenset[str]) -> Hostile:
        return Hostile(name, "the stack: nesting", text, expected)

    for depth in (60, 300, 1_900):
        wanted = COSTLY if depth <= 64 else DEEP if depth < 1_000 else DEEP | LONG
        yield case(f"round-{depth}", _filter(_nested("(", "1", ")", depth)), wanted)
        yield case(f"curly-{depth}", "ASK " + _nested("{", EVERYTHING, "}", depth), wanted)
        yield case(
            f"blank-{depth}", f"ASK {{ ?s ?p {_nested('[ ?p ', '?o', ']', depth)} }}", wanted
        )
        yield case(f"list-{depth}", f"ASK {{ ?s ?p {_nested('( ', '?o', ' )', depth)} }}", wanted)
        yield case(f"path-{depth}", f"ASK {{ ?s {_nested('(', '<a:p>', ')', depth)} ?o }}", wanted)
        yield case(
            f"star-of-star-{depth}",
            f"ASK {{ ?s {_nested('(', '<a:p>', ')*', depth)} ?o }}",
            wanted | ENDLESS,
        )
    yield case("round-20000", lambda: _filter(_nested("(", "1", ")", 20_000)), DEEP | LONG)
    yield case("curly-open-20000", lambda: "ASK " + "{" * 20_000, DEEP | LONG)
    yield case("mixed-brackets", "ASK { ?s ?p " + "([{" * 30, DEEP)
    yield case("closed-before-opened", "ASK " + "}" * 100 + "{" * 100, DEEP | MALFORMED)
    yield case(
        "optional-nested",
        f"ASK {_nested('{ ?s ?p ?o OPTIONAL ', '{}', '}', 62)}",
        frozenset({"query-optionals"}),
    )
    yield case(
        "subselect-nested",
        "SELECT * " + _nested("{ SELECT * ", "{ ?s ?p ?o }", "}", 300),
        DEEP,
    )
    yield case(
        "exists-nested",
        "ASK " + _nested("{ ?s ?p ?o FILTER EXISTS ", "{}", "}", 60),
        COSTLY,
    )
    yield case(
        "not-exists-nested",
        "ASK " + _nested("{ ?s ?p ?o FILTER NOT EXISTS ", "{}", "}", 60),
        COSTLY,
    )
    yield case(
        "minus-nested", "ASK " + _nested("{ ?s ?p ?o MINUS ", "{}", "}", 60), QUICK | ENDLESS
    )
    yield case("functions-nested", _filter(_nested("STR(", "?s", ")", 500)), DEEP)
    yield case("if-nested", _filter(_nested("IF(?s, 1, ", "2", ")", 60)), QUICK)
    yield case(
        "quoted-triples-nested", f"ASK {{ {_nested('<<( ', '?s', ' ?p ?o )>>', 300)} ?p ?o }}", DEEP
    )
    yield case(
        "annotations-nested", "ASK { ?s ?p ?o " + _nested("{| ?p ?o ", "", "|}", 300) + "}", DEEP
    )


def _chains() -> Iterator[Hostile]:
    def case(
        name: str, text: str | Callable[[], str], expected: frozenset[str] = COSTLY
    ) -> Hostile:
        return Hostile(name, "the parser and the planner: chains", text, expected)

    yield case("and-1900", _filter(_many("?s", 1_900, "&&")))
    yield case("and-30000", lambda: _filter(_many("1", 20_000, "&&")), LONG)
    yield case("or-1900", _filter(_many("?s", 1_900, "||")))
    yield case("plus-1900", _filter(_many("?s", 1_900, "+")))
    yield case("times-1900", _filter(_many("?s", 1_900, "*")))
    yield case("not-3900", _filter("!" * 3_900 + "?s"))
    yield case("not-60000", lambda: _filter("!" * 60_000 + "?s"), LONG)
    yield case("minus-signs", _filter("-" * 3_900 + "?s"), MALFORMED)
    yield case("inverse-signs", "ASK { ?s " + "^" * 3_900 + "<a:p> ?o }", MALFORMED)
    yield case("equals", _filter(_many("?s", 900, "=")), MALFORMED)
    yield case(
        "in-list-1200", f"ASK {{ {EVERYTHING} FILTER(?s IN ({_many('<a:b>', 1_200, ',')})) }}"
    )
    yield case("concat-arguments", _filter(f"CONCAT({_many('?s', 1_900, ',')}) = 'x'"))
    yield case("union-199", "ASK { " + _many("{ ?s ?p ?o }", 200, " UNION ") + " }")
    yield case(
        "union-400",
        "ASK { " + _many("{ ?s ?p ?o }", 401, " UNION ") + " }",
        frozenset({"query-unions"}),
    )
    yield case(
        "optional-50",
        "SELECT * { " + _many("OPTIONAL { ?s ?p ?o }", 50) + " } LIMIT 1",
        COSTLY | BOMB,
    )
    yield case(
        "optional-300",
        "ASK { " + _many("OPTIONAL { ?s ?p ?o }", 300) + " }",
        frozenset({"query-optionals"}),
    )
    yield case("path-steps-90", "ASK { ?s " + _many("<a:p>", 90, "/") + " ?o }")
    yield case("path-steps-1900", "ASK { ?s " + _many("<a:p>", 1_900, "/") + " ?o }", JOINED)
    yield case("path-steps-any", "ASK { ?s " + _many("<a:p>?", 1_200, "/") + " ?o }", JOINED)
    yield case("path-alternatives", "ASK { ?s " + _many("<a:p>", 1_900, "|") + " ?o }")
    yield case("path-negated", "ASK { ?s !(" + _many("<a:p>", 1_900, "|") + ") ?o }")
    yield case("triples-90", "ASK { " + _numbered("<a:s> <a:p{0}> ?v{0} .", 90) + " }")
    yield case("triples-900", "ASK { " + _numbered("?s <a:p{0}> ?v{0} .", 900) + " }", JOINED)
    yield case("objects-1900", "ASK { ?s ?p " + _numbered("?o{0}", 1_900, ",") + " }", JOINED)
    yield case("predicates-900", "ASK { ?s " + _numbered("?p{0} ?o{0}", 900, ";") + " }", JOINED)
    yield case("list-items-3900", "ASK { ?s ?p ( " + _many("1", 3_900) + " ) }", JOINED)
    yield case("lists-of-lists", "ASK { ?s ?p ( " + _many("(1)", 1_200) + " ) }", JOINED)
    yield case("groups-900", "ASK { " + _many("{ ?s ?p ?o }", 700) + " }", JOINED)
    yield case("graphs-500", "ASK { " + _many("GRAPH ?g { ?s ?p ?o }", 500) + " }", JOINED)
    yield case("values-blocks-500", "ASK { " + _many("VALUES ?s { 1 }", 500) + " }", JOINED)
    yield case(
        "subselects-500", "ASK { " + _many("{ SELECT * { ?s ?p ?o } }", 440) + " }", COSTLY | BOMB
    )
    yield case("filters-500", "ASK { ?s ?p ?o " + _many("FILTER(?s = ?o)", 600) + " }")
    yield case("binds-500", "ASK { " + _numbered("BIND(1 AS ?v{0})", 600) + " }")
    yield case(
        "minus-500", "ASK { ?s ?p ?o " + _many("MINUS { ?s ?p ?o }", 600) + " }", COSTLY | BOMB
    )
    yield case("exists-500", "ASK { " + _many("FILTER EXISTS { ?s ?p ?o }", 550) + " }")
    yield case("prefixes-1300", _numbered("PREFIX p{0}: <a:b>", 1_300, "\n") + "\nASK {}")
    yield case(
        "order-keys-1900",
        "SELECT * { ?s ?p ?o } ORDER BY " + _many("?s", 3_900) + " LIMIT 1",
        COSTLY | BOMB,
    )
    yield case(
        "variables-3900", "SELECT " + _numbered("?v{0}", 3_900) + " { ?s ?p ?o }", COSTLY | BOMB
    )
    yield case(
        "prefix-growth",
        lambda: (
            f"PREFIX p: <a:{'x' * 40_000}>\nSELECT * {{ VALUES ?x {{ "
            + _many("p:y", 3_800)
            + " } }"
        ),
        BOMB,
    )
    yield case("semicolons", "ASK { ?s ?p ?o " + ";" * 3_900 + " }")


def _paths() -> Iterator[Hostile]:
    def case(name: str, text: str, expected: frozenset[str] = BOMB) -> Hostile:
        return Hostile(name, "time: closures of paths", text, expected)

    yield case("closure-of-all", "SELECT (COUNT(*) AS ?n) { ?s (!<a:p>)* ?o }", QUICK | BOMB)
    yield case(
        "closure-of-closure",
        "SELECT (COUNT(*) AS ?n) { ?s ((!<a:p>)*)* ?o . ?o (!<a:q>)* ?x . ?x (!<a:r>)* ?y }",
    )
    yield case(
        "closure-both-ways", "SELECT (COUNT(*) AS ?n) { ?s (!<a:p>|^!<a:p>)+ ?o }", BOMB | MALFORMED
    )
    yield case(
        "closure-of-two-predicates",
        "PREFIX e: <http://example.org/> SELECT (COUNT(*) AS ?n) { ?s (e:next|^e:next|e:kind|^e:kind)* ?o }",
    )
    yield case(
        "closure-product",
        "PREFIX e: <http://example.org/> SELECT (COUNT(*) AS ?n) { ?a e:next* ?b . ?c e:next* ?d }",
    )
    yield case(
        "closure-counted",
        "PREFIX e: <http://example.org/> SELECT ?a (COUNT(?b) AS ?n) { ?a (e:next/e:next?)* ?b . ?c (e:next/e:next?)* ?d } GROUP BY ?a",
    )
    yield case("path-repeat-braces", "ASK { ?s <a:p>{1,1000000} ?o }", MALFORMED)


def _network() -> Iterator[Hostile]:
    def case(name: str, text: str, expected: frozenset[str] = SERVICE) -> Hostile:
        return Hostile(name, "the network and the disk", text, expected)

    yield case("service", "SELECT * { SERVICE <LISTENER> { ?s ?p ?o } }")
    yield case("service-silent", "SELECT * { SERVICE SILENT <LISTENER> { ?s ?p ?o } }")
    yield case("service-lower-case", "select * { service <LISTENER> { ?s ?p ?o } }")
    yield case("service-mixed-case", "SELECT * { SeRvIcE sIlEnT <LISTENER> { ?s ?p ?o } }")
    yield case("service-no-space", "SELECT*{SERVICE<LISTENER>{?s?p?o}}")
    yield case("service-silent-no-space", "SELECT*{SERVICESILENT<LISTENER>{?s?p?o}}")
    yield case("service-variable", "SELECT * { VALUES ?x { <LISTENER> } SERVICE ?x { ?s ?p ?o } }")
    yield case(
        "service-variable-silent",
        "SELECT * { BIND(IRI(CONCAT('http://','127.0.0.1')) AS ?x) SERVICE SILENT ?x { ?s ?p ?o } }",
    )
    yield case("service-prefixed", "PREFIX l: <LISTENER> SELECT * { SERVICE l: { ?s ?p ?o } }")
    yield case(
        "service-prefixed-no-space",
        "PREFIX l: <LISTENER> SELECT * { SERVICEl: { ?s ?p ?o } }",
        # One name to the language, a keyword and a name to the engine: the wall holds.
        FAILED,
    )
    yield case(
        "service-prefixed-silent-no-space",
        "PREFIX l: <LISTENER> SELECT * { SERVICESILENTl: { ?s ?p ?o } }",
        QUICK,
    )
    yield case("service-base", "BASE <LISTENER> SELECT * { SERVICE <x> { ?s ?p ?o } }")
    yield case(
        "service-comment", "SELECT * { SERVICE # <a:b> {\n SILENT #'\n <LISTENER> { ?s ?p ?o } }"
    )
    yield case("service-after-comment", "SELECT * { # } \r SERVICE <LISTENER> { ?s ?p ?o } }")
    yield case("service-after-true", "ASK { ?s ?p true.SERVICE <LISTENER> { ?s ?p ?o } }")
    yield case("service-glued-to-true", "ASK { ?s ?p trueSERVICE <LISTENER> { ?s ?p ?o } }")
    yield case("service-glued-to-number", "ASK { ?s ?p 1SERVICE <LISTENER> { ?s ?p ?o } }")
    yield case(
        "service-in-optional", "SELECT * { ?s ?p ?o OPTIONAL { SERVICE <LISTENER> { ?s ?p ?o } } }"
    )
    yield case(
        "service-in-exists", "ASK { ?s ?p ?o FILTER EXISTS { SERVICE <LISTENER> { ?s ?p ?o } } }"
    )
    yield case(
        "service-in-not-exists", "ASK { FILTER(1=1&&NOT EXISTS{SERVICE<LISTENER>{?s ?p ?o}}) }"
    )
    yield case("service-in-minus", "ASK { ?s ?p ?o MINUS { SERVICE <LISTENER> { ?s ?p ?o } } }")
    yield case(
        "service-in-subselect", "SELECT * { { SELECT ?s { SERVICE <LISTENER> { ?s ?p ?o } } } }"
    )
    yield case("service-in-graph", "SELECT * { GRAPH ?g { SERVICE <LISTENER> { ?s ?p ?o } } }")
    yield case("service-in-union", "SELECT * { { } UNION { SERVICE <LISTENER> { ?s ?p ?o } } }")
    yield case(
        "service-in-construct", "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <LISTENER> { ?s ?p ?o } }"
    )
    yield case("service-in-describe", "DESCRIBE ?s { SERVICE <LISTENER> { ?s ?p ?o } }")
    yield case(
        "service-after-less-than",
        "ASK { ?s ?p ?o FILTER(?s<?p&&EXISTS{SERVICE ?x{?a ?b ?c}}||?s>?o) }",
    )
    yield case(
        "service-after-strings",
        "ASK { ?s ?p '\\'', \"\\\"\", '''\\'''', \"\"\"\"\"\" . SERVICE <LISTENER> {} }",
    )
    yield case(
        "service-escaped-letter", r"SELECT * { \u0053ERVICE <LISTENER> { ?s ?p ?o } }", MALFORMED
    )
    yield case(
        "service-escaped-word",
        r"SELECT * { \U00000053\u0045RVICE SILENT <LISTENER> { } }",
        MALFORMED,
    )
    yield case(
        "service-dotless-i", "SELECT * { SERVıCE <LISTENER> { ?s ?p ?o } }", SERVICE | MALFORMED
    )
    yield case(
        "service-long-s", "SELECT * { ſERVICE <LISTENER> { ?s ?p ?o } }", SERVICE | MALFORMED
    )
    yield case("service-file", "SELECT * { SERVICE <CANARY> { ?s ?p ?o } }")
    yield case(
        "service-loopback-names",
        "SELECT * { SERVICE <http://localhost/> { } SERVICE <http://[::1]/> { } }",
    )
    yield case("from-web", "SELECT * FROM <LISTENER> { ?s ?p ?o }", QUICK)
    yield case("from-named-web", "SELECT * FROM NAMED <LISTENER> { GRAPH ?g { ?s ?p ?o } }", QUICK)
    yield case("from-file", "SELECT * FROM <CANARY> { ?s ?p ?o }", QUICK)
    yield case("from-passwords", "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }", QUICK)
    yield case(
        "from-data",
        "SELECT * FROM <data:text/turtle,%3Ca:b%3E%20a%20%3Cc:d%3E.> { ?s ?p ?o }",
        QUICK,
    )
    yield case("graph-file", "SELECT * { GRAPH <CANARY> { ?s ?p ?o } }", QUICK)
    yield case("graph-web", "SELECT * { GRAPH <LISTENER> { ?s ?p ?o } }", QUICK)
    yield case("describe-web", "DESCRIBE <LISTENER>", QUICK)
    yield case("describe-file", "DESCRIBE <CANARY>", QUICK)
    yield case(
        "iri-of-a-file", "SELECT ?o { BIND(IRI('CANARY') AS ?s) OPTIONAL { ?s ?p ?o } }", QUICK
    )
    yield case("function-of-an-address", "ASK { FILTER(<LISTENER>(1)) }", FAILED)
    yield case("custom-function-file", "SELECT (<CANARY>('x') AS ?x) { }", FAILED)
    yield case("relative-iri", "SELECT * { <../../etc/passwd> ?p ?o }", QUICK)


def _updates() -> Iterator[Hostile]:
    def case(name: str, text: str, expected: frozenset[str] = UPDATE) -> Hostile:
        return Hostile(name, "the data: updates", text, expected)

    yield case("insert-data", "INSERT DATA { <a:s> <a:p> <a:o> }")
    yield case("insert-where", "INSERT { ?s <a:p> 1 } WHERE { ?s ?p ?o }")
    yield case("delete-data", "DELETE DATA { <a:s> <a:p> <a:o> }")
    yield case("delete-where", "DELETE WHERE { ?s ?p ?o }")
    yield case("delete-insert", "DELETE { ?s ?p ?o } INSERT { ?o ?p ?s } WHERE { ?s ?p ?o }")
    yield case("with-delete", "WITH <a:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }")
    yield case("load", "LOAD <LISTENER>")
    yield case("load-silent-into", "LOAD SILENT <LISTENER> INTO GRAPH <a:g>")
    yield case("load-file", "LOAD <CANARY>")
    yield case("clear", "CLEAR ALL")
    yield case("create", "CREATE GRAPH <a:g>")
    yield case("drop", "drop silent all")
    yield case("copy", "COPY DEFAULT TO <a:g>")
    yield case("move", "MOVE <a:g> TO DEFAULT")
    yield case("add", "ADD <a:g> TO DEFAULT")
    yield case(
        "update-after-prologue",
        "BASE <a:b>\nPREFIX x: <a:c> # SELECT\nprefix : <a:d> InSeRt DaTa { :s :p :o }",
    )
    yield case("update-after-query", "SELECT * { ?s ?p ?o } ; DELETE WHERE { ?s ?p ?o }", MALFORMED)
    yield case("query-then-update", "ASK {} INSERT DATA { <a:s> <a:p> <a:o> }", MALFORMED)
    yield case("insert-in-a-group", "ASK { INSERT DATA { <a:s> <a:p> <a:o> } }", MALFORMED)
    yield case(
        "update-in-a-service", "ASK { SERVICE <LISTENER> { DELETE WHERE { ?s ?p ?o } } }", SERVICE
    )


def _texts() -> Iterator[Hostile]:
    def case(
        name: str, text: str | Callable[[], str], expected: frozenset[str] = MALFORMED
    ) -> Hostile:
        return Hostile(name, "the reader of the text", text, expected)

    yield case("empty", "")
    yield case("only-spaces", lambda: " " * 60_000)
    yield case("only-comments", lambda: "#\n" * 30_000)
    yield case("longer-than-allowed", lambda: "ASK {} #" + "x" * 70_000, frozenset({"query-size"}))
    yield case("longer-in-bytes", lambda: "ASK {} #" + "城" * 30_000, frozenset({"query-size"}))
    yield case("lone-surrogate", "ASK { ?s ?p '\ud800' }")
    yield case("surrogate-pair-halves", "ASK { ?s ?p '\udc00\ud800' }")
    yield case("surrogate-escape", r"ASK { ?s ?p '\ud83d\ude00' }", MALFORMED | QUICK)
    yield case("nul-at-the-end", "ASK { ?s ?p ?o }\x00")
    yield case("nul-in-a-string", "ASK { ?s ?p '\x00' }", QUICK | MALFORMED)
    yield case("nul-first", "\x00ASK { ?s ?p ?o }")
    yield case("byte-order-mark", "\ufeffASK { ?s ?p ?o }")
    yield case("right-to-left-override", "ASK { ?s ?p '\u202eKSA' } # \u202e", QUICK)
    yield case("no-break-spaces", "ASK\u00a0{\u00a0?s\u00a0?p\u00a0?o\u00a0}")
    yield case("line-separators", "ASK { ?s ?p ?o } # \u2028 SERVICE <LISTENER> {}", QUICK)
    yield case("carriage-returns", "ASK\r{\r?s ?p ?o # }\r}\r", QUICK)
    yield case("bad-escape", r"ASK { ?s ?p 'a\qb' }")
    yield case("escape-at-the-end", "ASK { ?s ?p '\\")
    yield case("escape-too-high", r"ASK { ?s ?p '\UFFFFFFFF' }")
    yield case("quote-not-closed", lambda: "ASK { ?s ?p '" + "x" * 60_000)
    yield case("quotes-only", lambda: "ASK { ?s ?p " + '"' * 3_001, MALFORMED | LONG)
    yield case("long-quote-not-closed", lambda: "ASK { ?s ?p '''" + "x''" * 20_000)
    yield case("iri-not-closed", lambda: "ASK { ?s ?p <" + "x" * 60_000)
    yield case("less-than-signs", lambda: "ASK { FILTER(?s" + "<" * 60_000, LONG)
    yield case("backslashes", lambda: "ASK { ?s ?p '" + "\\" * 60_001)
    yield case("huge-iri", lambda: f"ASK {{ ?s ?p <http://example.org/{'x' * 60_000}> }}", QUICK)
    yield case("huge-literal", lambda: f"ASK {{ ?s ?p '{'城' * 20_000}' }}", QUICK)
    yield case("huge-integer", lambda: f"ASK {{ ?s ?p ?o FILTER(?o = {'9' * 60_000}) }}", QUICK)
    yield case("huge-decimal", lambda: f"SELECT (0.{'3' * 60_000} * 2 AS ?x) {{}}", QUICK)
    yield case("huge-exponent", "SELECT (1e99999999999 * 2 AS ?x) {}", QUICK)
    yield case("huge-variable", lambda: f"SELECT ?{'v' * 60_000} {{ ?s ?p ?{'v' * 60} }}", QUICK)
    yield case(
        "huge-prefix",
        lambda: f"PREFIX {'p' * 30_000}: <a:b> ASK {{ {'p' * 30_000}:x ?p ?o }}",
        QUICK,
    )
    yield case(
        "huge-language-tag",
        lambda: f"ASK {{ ?s ?p 'x'@{'abcdefgh-' * 6_000}x }}",
        QUICK | MALFORMED,
    )
    yield case("huge-word", lambda: "A" * 60_000)
    yield case("html", "<!DOCTYPE html><script>alert(1)</script>", MALFORMED)
    yield case("sql", "'; DROP TABLE claims; --")
    yield case("template", "{{7*7}} ${7*7} #{7*7} %s {0}")
    yield case("script-in-a-name", "SELECT ('<script>alert(1)</script>' AS ?x) {}", QUICK)
    yield case("line-breaks-in-an-iri", "ASK { <http://example.org/\r\nSet-Cookie: a=b> ?p ?o }")


def _values() -> Iterator[Hostile]:
    def case(name: str, text: str, expected: frozenset[str] = QUICK) -> Hostile:
        return Hostile(name, "functions and values", text, expected)

    xsd = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
    yield case("regex-nested-plus", 'ASK { FILTER(REGEX("' + "a" * 5_000 + '!", "(a+)+b$")) }')
    yield case("regex-alternation", 'ASK { FILTER(REGEX("' + "a" * 5_000 + '!", "(a|a)*b$")) }')
    yield case(
        "regex-repeated-thrice",
        'ASK { FILTER(REGEX("aaaa", "((a{1,1000}){1,1000}){1,1000}")) }',
        QUICK | BOMB,
    )
    yield case("regex-counted", 'ASK { FILTER(REGEX("aaaa", "a{1000000000}")) }', QUICK | BOMB)
    yield case(
        "regex-from-the-data",
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(STR(?c), CONCAT('(', STR(?f), ')+$'))) }",
        BOMB,
    )
    yield case("regex-broken", 'ASK { FILTER(REGEX("a", "(((((((((((((((")) }')
    yield case(
        "regex-unicode",
        r'ASK { FILTER(REGEX("a", "[\\p{L}\\p{Greek}]{100}{100}{100}", "iq")) }',
        QUICK | BOMB,
    )
    yield case(
        "replace-group-growth",
        'SELECT (STRLEN(REPLACE("aaaa", "(a*)", "$1$1$1$1$1$1$1$1")) AS ?n) {}',
    )
    yield case("replace-empty-match", 'SELECT (REPLACE("aaaa", "", "b") AS ?n) {}')
    yield case(
        "substring-beyond",
        'SELECT (SUBSTR("abc", -9223372036854775808, 9223372036854775807) AS ?x) {}',
    )
    yield case(
        "integer-overflow",
        "SELECT (9223372036854775807 + 1 AS ?x) (-9223372036854775807 - 2 AS ?y) {}",
    )
    yield case(
        "integer-least-negated",
        "SELECT (-(-9223372036854775807 - 1) AS ?x) (ABS(-9223372036854775807 - 1) AS ?y) {}",
    )
    yield case("division-by-zero", "SELECT (1/0 AS ?x) (1.0/0.0 AS ?y) (1e0/0e0 AS ?z) {}")
    yield case("division-least-by-minus-one", "SELECT ((-9223372036854775807 - 1) / -1 AS ?x) {}")
    yield case(
        "decimal-overflow", "SELECT (99999999999999999999.9 * 99999999999999999999.9 AS ?x) {}"
    )
    yield case("decimal-tiny", "SELECT (0.000000000000000001 * 0.000000000000000001 AS ?x) {}")
    yield case(
        "double-overflow",
        "SELECT (1e308 * 1e308 AS ?x) (-1e308 * 1e308 AS ?y) (1e-320 / 1e10 AS ?z) {}",
    )
    yield case(
        "round-huge",
        "SELECT (ROUND(1e300) AS ?x) (CEIL(-1e300) AS ?y) (FLOOR(99999999999999999999.5) AS ?z) {}",
    )
    yield case(
        "sum-overflow",
        "SELECT (SUM(?x) AS ?n) { VALUES ?x { 9223372036854775807 9223372036854775807 } }",
    )
    yield case(
        "average-of-nothing",
        "SELECT (AVG(?x) AS ?n) (MIN(?x) AS ?m) (SAMPLE(?x) AS ?s) { VALUES ?x { } }",
    )
    yield case("cast-huge-integer", xsd + "SELECT (xsd:integer('" + "9" * 5_000 + "') AS ?x) {}")
    yield case(
        "cast-double-to-integer",
        xsd + "SELECT (xsd:integer(1e300) AS ?x) (xsd:integer(xsd:double('NaN')) AS ?y) {}",
    )
    yield case(
        "cast-infinity",
        xsd + "SELECT (xsd:decimal(xsd:double('INF')) AS ?x) (xsd:boolean('2') AS ?y) {}",
    )
    yield case(
        "date-overflow",
        xsd
        + "SELECT (xsd:dateTime('999999999999999-12-31T23:59:59Z') AS ?x) (YEAR(xsd:dateTime('-99999999999999999-01-01T00:00:00Z')) AS ?y) {}",
    )
    yield case(
        "date-impossible",
        xsd
        + "SELECT (xsd:date('2021-02-30') AS ?x) (MONTH('2021-13-45T25:61:61Z'^^xsd:dateTime) AS ?y) {}",
    )
    yield case(
        "duration-overflow",
        xsd
        + "SELECT (xsd:dateTime('2021-01-01T00:00:00Z') + xsd:duration('P9223372036854775807Y') AS ?x) (xsd:duration('P99999999999999999999999Y') AS ?y) {}",
    )
    yield case(
        "time-zone-overflow",
        xsd
        + "SELECT (ADJUST(xsd:dateTime('2021-01-01T00:00:00Z'), xsd:dayTimeDuration('P99999D')) AS ?x) {}",
    )
    yield case(
        "iri-javascript",
        "SELECT (IRI('javascript:alert(1)') AS ?x) (URI('data:text/html,<script>') AS ?y) (IRI('CANARY') AS ?z) {}",
        QUICK,
    )
    yield case(
        "datatype-unknown",
        "SELECT (STRDT('x', IRI('javascript:alert(1)')) AS ?x) (STRDT('x', <CANARY>) AS ?y) {}",
    )
    yield case(
        "language-unknown", "SELECT (STRLANG('x', '../../etc') AS ?x) (STRLANG('x', '') AS ?y) {}"
    )
    yield case(
        "blank-nodes-many",
        "SELECT (BNODE() AS ?x) (BNODE('a b\\n') AS ?y) (UUID() AS ?u) (STRUUID() AS ?v) { ?s ?p ?o } LIMIT 5",
    )
    yield case("describe-everything", "DESCRIBE * { ?s ?p ?o }")
    yield case("construct-everything", "CONSTRUCT WHERE { ?s ?p ?o }")
    yield case(
        "construct-odd-positions",
        "CONSTRUCT { ?o ?s ?p . _:x ?p ?x . ?o ?o ?o } WHERE { ?s ?p ?o }",
    )
    yield case("select-everything", "SELECT * { ?s ?p ?o }")
    yield case("all-graphs", "SELECT * { GRAPH ?g { ?s ?p ?o } }")
    yield case("bind-to-itself", "SELECT * { BIND(?x AS ?x) }", MALFORMED | QUICK)
    yield case(
        "aggregate-in-aggregate", "SELECT (SUM(COUNT(?s)) AS ?n) { ?s ?p ?o }", MALFORMED | QUICK
    )
    yield case("aggregate-of-strings", "SELECT (SUM(STR(?s)) AS ?n) (AVG(?p) AS ?m) { ?s ?p ?o }")
    yield case(
        "group-concat-separators",
        "SELECT (STRLEN(GROUP_CONCAT(?s; separator='" + "x" * 20_000 + "')) AS ?n) { ?s ?p ?o }",
        QUICK | BOMB,
    )
    yield case(
        "lateral",
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c LATERAL { ?d ?e ?f LATERAL { ?g ?h ?i LATERAL { ?j ?k ?l } } } }",
        ENDLESS | MALFORMED,
    )


HOSTILE_QUERIES: Final = tuple(
    case
    for group in (_joins, _memory, _deep, _chains, _paths, _network, _updates, _texts, _values)
    for case in group()
)
