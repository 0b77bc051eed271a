"""The guard refuses what it should, nothing else, and never takes long."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from kg.messages import message
from kg.resources import query_folder
from kg.server.guard import Refusal, check_query
from kg.server.limits import Limits
from kg.server.problems import STATUS, problem

LIMITS = Limits()
QUERIES = sorted(query_folder().glob("*.rq"))
P = "PREFIX e: <http://example.org/> PREFIX service: <http://example.org/> "
# Valid, harmless, and hard to tell from what is refused.
TRICKY = {
    "service-in-string": "ASK { ?s ?p 'SERVICE <x> {', \"SERVICE\", '''SERVICE''', \"\"\"SERVICE\"\"\" }",
    "service-after-quotes-in-strings": "ASK { ?s ?p '\"', \"'\", '''a''b'c''', \"\"\"a\"\"b\"\"\" }",
    "service-after-escapes": r"ASK { ?s ?p '\'SERVICE\\', 'SERVICE' }",
    "service-in-comment": "ASK { # SERVICE <x> {\n ?s ?p ?o # SERVICE\r}",
    "service-in-iri": "ASK { <http://example.org/SERVICE#SERVICE> ?p <http://e/'SERVICE'> }",
    "service-in-name": P
    + "ASK { e:SERVICE service:SERVICE e:a.SERVICE . e:SERVICE-1 ?p service: }",
    "service-in-escaped-name": P + r"ASK { e:\'SERVICE e:a\(SERVICE\) e:%27SERVICE }",
    "service-as-prefix": "PREFIX SERVICE: <a:b> PREFIX service-1.2: <a:c> ASK { SERVICE:a service-1.2:b SERVICE: }",
    "service-as-empty-prefix": "PREFIX : <a:b> ASK { :SERVICE :service :a }",
    "service-as-variable": "SELECT ?service $SERVICE { ?service ?p $SERVICE BIND(1 AS ?SERVICE_1) }",
    "service-as-blank-node": "ASK { _:SERVICE ?p _:service.\n_:b ?p _:service }",
    "service-as-language": "ASK { ?s ?p 'x'@service, 'y'@en-SERVICE }",
    "update-words-inside": "PREFIX insert: <a:b> ASK { insert:DELETE ?LOAD 'CLEAR' # DROP\n }",
    "update-words-in-prologue": "PREFIX ADD: <a:b> BASE <http://LOAD/> PREFIX with: <a:c> ASK { ADD:x with:y <z> }",
    "less-than": "ASK { ?a ?b ?c FILTER(?a<?b && ?c>?a || ?a<=?c && ?a>=?b) }",
    "less-than-like-an-iri": "ASK { ?a ?b ?c FILTER(?a<?b&&?b<?c) FILTER(?c>1) }",
    "numbers": "ASK { ?s ?p 1, 1.5, .5, 1e3, 1.5e-3, -1, +2.0 . ?s ?p 1. }",
    "brackets-in-strings": "ASK { ?s ?p '" + "(" * 500 + "' } # " + "{" * 500,
    "brackets-in-names": P + r"ASK { ?s ?p e:" + r"\(" * 100 + " }",
    "side-by-side": "ASK { " + "FILTER((1)) " * 500 + " }",
    "no-spaces": "SELECT*{?s?p?o.{?s?p?o}UNION{?o?p?s}}ORDER BY?s LIMIT 1",
    "path": P + "ASK { ?s (e:a|^e:b)/!(e:c|^a)*/e:d? ?o }",
    "lists": "ASK { ?s ?p (1 2 (3 4) [ ?q ?r ; ?t ?u ] ()) }",
    "values": "ASK { VALUES (?x ?y) { (1 2) (UNDEF 'a') } VALUES ?z { 1 2 3 } }",
    "many-values": "SELECT * { VALUES ?x { " + "1 " * 3_900 + "} }",
    "many-rows": "SELECT * { VALUES (?x ?y) { " + "(1 2) " * 900 + "} }",
    "many-alternatives": "ASK { ?s ?p ?o FILTER(?o IN (" + ", ".join(["1"] * 1_500) + ")) }",
    "many-columns": "SELECT " + " ".join(f"?v{i}" for i in range(500)) + " { ?v1 ?v2 ?v3 }",
    "many-made": "CONSTRUCT { " + "?s ?p ?o . " * 300 + "} WHERE { ?s ?p ?o }",
    "many-made-with-full-stops": "CONSTRUCT { "
    + "_:s a <a:x>, _:o. " * 150
    + "} WHERE { ?s ?p ?o }",
    "many-branches": "ASK { " + " UNION ".join(["{ ?s ?p ?o . ?o ?q ?r }"] * 200) + " }",
    "many-subqueries": "ASK { " + "{ SELECT ?s { ?s <a:b> ?o . ?o <a:c> ?r } } " * 120 + " }",
    "many-exclusions": "ASK { ?s ?p ?o " + "MINUS { ?s <a:b> ?x . ?x <a:c> 1 } " * 120 + " }",
    "many-options": "ASK { ?s ?p ?o " + "OPTIONAL { ?s <a:b> ?x . ?x <a:c> 1 } " * 50 + " }",
    "many-sums": "SELECT (" + " + ".join(["1"] * 1_500) + " AS ?x) {}",
    "many-quotients": "SELECT (" + " / ".join(["1"] * 1_500) + " AS ?x) {}",
    "many-arguments": "SELECT (CONCAT(" + ", ".join(["'a'"] * 1_500) + ") AS ?x) {}",
    "a-large-star": "ASK { ?s " + "; ".join(f"<a:p{i}> ?o{i}" for i in range(60)) + " }",
    "deep-enough": "ASK { FILTER(" + "(" * 60 + "1" + ")" * 60 + ") }",
    "chinese": "PREFIX 城市: <http://example.org/> SELECT ?城市 { ?城市 城市:名称 '上海'@zh-Hans }",
    "right-to-left": "ASK { ?s ?p '\u202e\u05d0' } # \u202e",
}
REFUSED = {
    "service": ("ASK { SERVICE <a:b> { } }", "service-refused"),
    "service-after-true": ("ASK { ?s ?p true.SERVICE <a:b> { } }", "service-refused"),
    "service-second-in-line": ("ASK { ?s ?p 'x' } # ' \r ASK { SERVICE ?x {} }", "service-refused"),
    "update": ("PREFIX e: <a:b> DELETE WHERE { ?s ?p ?o }", "update-refused"),
    "size": ("ASK {} #" + "x" * 70_000, "query-size"),
    "size-in-bytes": ("ASK {} #" + "城" * 22_000, "query-size"),
    "tokens": ("SELECT * { VALUES ?x { " + "1 " * 4_000 + "} }", "query-tokens"),
    "nesting": ("ASK " + "{" * 65 + "}" * 65, "query-nesting"),
    "nesting-mixed": ("ASK { ?s ?p " + "([" * 33, "query-nesting"),
    "unions": ("ASK { " + " UNION ".join(["{}"] * 202) + " }", "query-unions"),
    "optionals": ("ASK { " + "OPTIONAL {} " * 51 + " }", "query-optionals"),
    "joined-triples": ("ASK { " + "?s ?p ?o . " * 101 + "}", "query-joined"),
    "joined-objects": ("ASK { ?s ?p " + ", ".join(["?o"] * 101) + " }", "query-joined"),
    "joined-predicates": ("ASK { ?s " + "; ".join(["?p ?o"] * 101) + " }", "query-joined"),
    "joined-groups": ("ASK { " + "{ ?s ?p ?o } " * 101 + "}", "query-joined"),
    "joined-within-groups": ("ASK { " + "{ ?s ?p ?o . ?a ?b ?c } " * 51 + "}", "query-joined"),
    "joined-steps": ("ASK { ?s " + "/".join(["<a:b>"] * 102) + " ?o }", "query-joined"),
    "joined-steps-with-signs": (
        "ASK { ?s " + "/".join(["(^<a:b>)?"] * 102) + " ?o }",
        "query-joined",
    ),
    "joined-items": ("ASK { ?s ?p (" + " 1" * 103 + ") }", "query-joined"),
    "joined-lists": ("ASK { ?s ?p (" + " (1)" * 103 + ") }", "query-joined"),
    "joined-values": ("ASK { " + "VALUES ?x { 1 2 } " * 101 + "}", "query-joined"),
    "joined-in-a-branch": (
        "ASK { { ?s ?p ?o } UNION { " + "?s ?p ?o . " * 101 + "} }",
        "query-joined",
    ),
    "joined-in-the-first-branch": (
        "ASK { { " + "?s ?p ?o . " * 101 + "} UNION { ?s ?p ?o } }",
        "query-joined",
    ),
    "joined-in-a-subquery": ("ASK { { SELECT * { " + "?s ?p ?o . " * 101 + "} } }", "query-joined"),
    "joined-names-with-full-stop": (
        "ASK { " + "<a:s> a <a:x>. _:a a _:b. " * 51 + "}",
        "query-joined",
    ),
    "joined-in-construct-where": ("CONSTRUCT WHERE { " + "?s ?p ?o . " * 101 + "}", "query-joined"),
}
LONG = 64 * 1024
# What a careless expression goes through again and again.
ADVERSARIAL = [
    *('"', "'", "'''", '"""', '""', "'''a", '"\\', "\\", "<", "<a", "< a", "(", "a-", "a.", "a:"),
    *(
        " ",
        "\n",
        "#\n",
        "#",
        "a",
        ":",
        ":%",
        "1",
        "1.",
        "1e",
        "?",
        "@",
        "@a-",
        "_",
        "_:",
        "%",
        "城",
    ),
    *(
        "SERVIC ",
        "SERVICE-",
        "SERVICE:",
        "{}UNION",
        "OPTIONAL{",
        "\x00",
        "\ud800",
        "true.",
        "a.:",
        "<>",
    ),
    *("a-b.c:d'e\"f<g>#h\n", "'\n", "x''", "'''\\", "/", "(1 ", "VALUES ?x{", "\\u0053ERVICE "),
]


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_the_queries_that_ship_pass(path: Path) -> None:
    assert check_query(path.read_text(encoding="utf-8"), LIMITS) is None


def test_there_are_queries() -> None:
    assert len(QUERIES) > 50


@pytest.mark.parametrize("name", TRICKY)
def test_a_harmless_query_passes(name: str) -> None:
    assert check_query(TRICKY[name], LIMITS) is None


@pytest.mark.parametrize("name", REFUSED)
def test_a_query_is_refused(name: str) -> None:
    text, code = REFUSED[name]
    refused = check_query(text, LIMITS)
    assert refused is not None
    assert refused.code == code
    for language in ("en", "zh"):
        status, body = problem(refused.code, language, *refused.values)
        assert status == STATUS[code] in (400, 403)
        assert "{" not in body.decode("utf-8").strip("{}\n")
    assert message(f"problem-{code}", "zh") != message(f"problem-{code}", "en")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"query_bytes": 20}, "query-size"),
        ({"tokens": 10}, "query-tokens"),
        ({"nesting": 1}, "query-nesting"),
        ({"unions": 0}, "query-unions"),
        ({"optionals": 0}, "query-optionals"),
        ({"joined": 1}, "query-joined"),
    ],
)
def test_each_limit_is_obeyed(more: dict[str, int], code: str) -> None:
    text = "ASK { { ?s ?p ?o } UNION { ?s ?p ?o . ?a ?b ?c } OPTIONAL { ?s ?p ?o } }"
    assert check_query(text, LIMITS) is None
    refused = check_query(text, Limits(**more))
    assert refused is not None
    assert refused.code == code


def test_a_limit_is_in_the_message() -> None:
    assert check_query("ASK " + "{" * 9, Limits(nesting=8)) == Refusal("query-nesting", ("8",))


def _seconds(text: str, limits: Limits, rounds: int) -> float:
    best = float("inf")
    for _ in range(rounds):
        began = time.perf_counter()
        check_query(text, limits)
        best = min(best, time.perf_counter() - began)
    return best


@pytest.mark.parametrize("piece", ADVERSARIAL, ids=ascii)
def test_time_is_linear(piece: str) -> None:
    # Without limits, so that the whole text is read. A search that goes through the rest of the
    # text from each place would take seconds.
    none = Limits(query_bytes=1 << 30, tokens=1 << 30, nesting=1 << 30)
    text = (piece * (LONG // len(piece)))[:LONG]
    assert _seconds(text, none, 3) < 0.5
    assert _seconds("ASK { ?s ?p '" + text, none, 3) < 0.5
    assert _seconds(text, LIMITS, 3) < 0.05


def test_a_usual_query_costs_next_to_nothing() -> None:
    text = (query_folder() / "coverage.rq").read_text(encoding="utf-8")
    assert _seconds(text, LIMITS, 200) < 0.001
