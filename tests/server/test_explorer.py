"""Pages by HTTP: their twins, what they load, errors, questions, and citations."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest
import rdflib

from kg.errors import DatasetError
from kg.publishing.versions import current, publish, verify
from tests.server.conftest import Service, small_dataset, start_service

QUERY = "SELECT ?city WHERE { ?city a <https://w3id.org/city-practice-graph/ontology#City> }"


def table(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    ("accept", "path"),
    [("en", "/en/"), ("zh-CN,zh;q=0.9", "/zh/"), ("fr", "/en/"), ("", "/en/")],
)
def test_the_entrance_leads_to_the_readers_language(
    service: Service, accept: str, path: str
) -> None:
    status, headers, _ = service.get("/", {"Accept-Language": accept})
    assert (status, headers["location"], headers["vary"]) == (302, path, "Accept-Language")
    status, headers, body = service.get(path)
    assert status == 200
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert f'<html lang="{ {"/en/": "en", "/zh/": "zh-Hans"}[path] }">'.encode() in body
    status, headers, _ = service.get(path.rstrip("/"))
    assert (status, headers["location"]) == (308, path)


def test_a_page_is_sent_once(service: Service) -> None:
    _, headers, body = service.get("/zh/city/shanghai")
    assert headers["content-language"] == "zh-Hans"
    status, again, empty = service.get("/zh/city/shanghai", {"If-None-Match": headers["etag"]})
    assert (status, empty) == (304, b"")
    # A cache takes what a 304 says in place of what it holds: the policy has to stay.
    assert again.get("content-security-policy") in (None, headers["content-security-policy"])
    status, headers, packed = service.get("/zh/city/shanghai", {"Accept-Encoding": "gzip"})
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed) == body
    status, headers, empty = service.get("/zh/city/shanghai", method="HEAD")
    assert (status, empty, int(headers["content-length"])) == (200, b"", len(body))


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", "text/html"),
        ("*/*", "text/html"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("application/json", "application/json"),
        ("text/csv", "text/csv"),
        ("text/turtle, text/html;q=0.5", "text/turtle"),
    ],
)
def test_twins_by_negotiation_are_those_by_ending(
    service: Service, accept: str, media: str
) -> None:
    status, headers, body = service.get("/en/city/helsinki", {"Accept": accept})
    assert (status, headers["content-type"].partition(";")[0]) == (200, media)
    assert "accept" in headers["vary"].lower()
    ending = {"text/html": "", "application/json": ".json", "text/csv": ".csv"}.get(media, ".ttl")
    assert service.get(f"/en/city/helsinki{ending}")[2] == body


def test_every_link_of_pages_answers(service: Service) -> None:
    """Queries, downloads, citations and pages that a page leads to, from pages of every type."""
    todo = [
        *("/en/", "/zh/city/shanghai", "/en/practice/open-data", "/zh/gap/shanghai", "/en/map"),
        *("/en/programme/sg-smes-go-digital", "/zh/mechanism/participatory-budgeting"),
        *("/en/compare?city=singapore&city=shanghai", "/en/unknown", "/zh/data", "/en/ontology"),
        *("/zh/evidence/shanghai/practice/whole-of-government", "/en/thing/id/claim/seoul-016"),
        *("/en/graph?from=city/busan&to=city/singapore", "/zh/queries", "/en/search?q=open+data"),
    ]
    seen: set[str] = set()
    for page in todo:
        status, _, body = service.get(page)
        assert status == 200, page
        found = [unescape(href) for href in re.findall(r'href="(/[^"#]*)', body.decode("utf-8"))]
        fresh = [href for href in dict.fromkeys(found) if href not in seen]
        seen.update(fresh)
        # All of the panels' own, and some of the many things.
        tools = [href for href in fresh if re.search(r"/cite|/queries/|\.(csv|json|svg|ttl)", href)]
        others = [href for href in fresh if href not in tools]
        for href in tools + others[::7]:
            assert service.get(href)[0] == 200, (page, href)


def test_the_matrix_as_a_file(service: Service) -> None:
    rows = table(service.get("/en/matrix.csv?panel=matrix&region=asia")[2])
    assert rows[0][:2] == ["city", "city_iri"]
    assert "open-data" in rows[0]
    singapore = next(row for row in rows if row[0] == "Singapore")
    assert singapore[rows[0].index("open-data")] == "1"
    assert not any(row[0] == "London" for row in rows)
    status, headers, body = service.get("/zh/matrix.svg?panel=matrix")
    assert (status, headers["content-type"]) == (200, "image/svg+xml")
    assert "上海" in body.decode("utf-8")


def test_the_whole_dataset_can_be_fetched(service: Service, published: Path) -> None:
    status, headers, body = service.get("/data/city-practice-graph.nq.gz")
    assert (status, headers["content-type"]) == (200, "application/gzip")
    version = current(published)
    assert version is not None
    assert hashlib.sha256(gzip.decompress(body)).hexdigest() == version.sha256
    assert version.sha256 in service.get("/en/data")[2].decode("utf-8")


def test_what_pages_load_never_changes_under_its_name(service: Service) -> None:
    page = service.get("/en/graph")[2].decode("utf-8")
    addresses = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page)
    assert len(addresses) >= 4
    for address in addresses:
        status, headers, body = service.get(address)
        assert status == 200
        assert body
        if "icon" not in address:
            assert "immutable" in headers["cache-control"]
    for address in (
        "/assets/",
        "/assets/../web.py",
        "/assets/%2e%2e/app.py",
        "/assets/oxigraph.js",
    ):
        assert service.get(address)[0] == 404, address


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/en/nowhere", 404),
        ("/zh/city/nowhere", 404),
        ("/en/city/%3Cscript%3E", 404),
        ("/en/matrix?region=atlantis", 400),
        ("/en/graph?thing=%F0%9F%98%80%F0%9F%98%80", 404),
        ("/en/compare?" + "&".join(f"city=c{n}" for n in range(9)), 400),
        ("/en/queries/nowhere", 404),
        ("/en/queries/city-profile?city=a%20b", 400),
        ("/en/city/helsinki.csv?panel=nowhere", 400),
        ("/en/city/helsinki.svg", 404),
        ("/en/cite?page=//evil.example/", 400),
        ("/en/..%2f..%2fetc%2fpasswd", 404),
    ],
)
def test_errors_are_pages_for_people(service: Service, address: str, status: int) -> None:
    found, headers, body = service.get(address, {"Accept": "text/html"})
    assert found == status
    assert headers["cache-control"] == "no-store"
    if "." not in address.partition("?")[0]:
        assert headers["content-type"].startswith("text/html")
        assert b"<h1>" in body
        assert b"<script>" not in body
    else:
        assert headers["content-type"] in ("application/problem+json", "text/html; charset=utf-8")


def test_only_the_console_takes_a_form(service: Service) -> None:
    for path in ("/en/", "/en/matrix", "/en/search"):
        status, headers, _ = service.get(path, data=b"x=1")
        assert (status, headers["allow"]) == (405, "GET, HEAD")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    sent = urlencode({"query": QUERY}).encode("ascii")
    status, headers, body = service.get("/zh/console", form, data=sent)
    assert status == 200
    assert headers["cache-control"] == "no-store"
    assert "新加坡" in body.decode("utf-8")
    assert service.get("/en/console", {"Content-Type": "text/plain"}, data=sent)[0] == 415


def test_the_console_answers_and_shares(service: Service, here: ox.Store) -> None:
    address = f"/en/console?query={quote(QUERY)}"
    page = service.get(address)[2].decode("utf-8")
    shown = int(re.search(r"(\d+) rows; \d+ shown", page)[1])  # type: ignore[index]
    assert shown == len(list(here.query(QUERY, use_default_graph_as_union=False)))  # type: ignore[arg-type]
    assert ">Singapore</a>" in page
    rows = table(service.get(address.replace("console?", "console.csv?"))[2])
    assert len(rows) == shown + 1
    status, _, body = service.get(f"/en/console?query={quote('SELECT * WHERE { ?s ?p }')}")
    assert status == 400
    place = re.search(r'class="error" data-line="(\d+)" data-column="(\d+)"', body.decode())
    assert place is not None
    assert place[1] == "1"
    status, _, body = service.get(f"/en/console?query={quote('DROP ALL')}")
    assert status in (400, 403)
    status, _, body = service.get(f"/zh/console?query={quote('ASK { ?s ?p ?o }')}")
    assert "是" in body.decode("utf-8")
    construct = "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c } LIMIT 3"
    page = unescape(service.get(f"/en/console?query={quote(construct)}")[2].decode("utf-8"))
    told = re.search(r'aria-label="Triples \(Turtle\)">(.*?)</pre>', page, re.DOTALL)
    assert told is not None
    assert len(rdflib.Graph().parse(data=told[1], format="turtle")) == 3


@pytest.mark.parametrize(
    ("query", "english", "chinese"),
    [
        ("SELECT ?city WHERE {", "Line 1, column 21: the query cannot be", "第 1 行第 21 列起无法"),
        ("ASK {\n ?s foo:bar 1 }", "Line 2, column 12: the prefix", "第 2 行第 12 列：此处之前"),
        ("ASK {\n ?s a <a b> }", "Line 2, column 12: the address in", "第 2 行第 12 列：此处之前"),
        ("SELECT ?a (COUNT(?b) AS ?n) {?a ?p ?b}", "A variable after SELECT", "SELECT 后有变量"),
    ],
)
def test_a_fault_is_told_in_plain_words(
    service: Service, query: str, english: str, chinese: str
) -> None:
    for language, told in (("en", english), ("zh", chinese)):
        status, _, body = service.get(f"/{language}/console?query={quote(query)}")
        assert status == 400
        page = unescape(body.decode("utf-8"))
        alert = re.search(r'<p role="alert">(.*?)</p>', page)
        assert alert is not None
        assert told in alert[1]
        assert "expected" not in alert[1]
        # What the parser says stands there once, folded away, in its own language.
        assert page.count("expected") == 1
        assert re.search(r'<details class="rest">.*?<p lang="en"><code>error at', page)


def test_examples_ask_for_names_in_the_language_of_the_page(service: Service) -> None:
    for language, tag in (("en", "en"), ("zh", "zh-Hans")):
        page = unescape(service.get(f"/{language}/console")[2].decode("utf-8"))
        asked = re.findall(r'VALUES \?language \{ "([^"]+)" \}', page)
        assert set(asked) == {tag}


def test_a_named_query_shows_its_rows(service: Service) -> None:
    address = "programmes-with-mechanism"
    parameters = "mechanism=participatory-budgeting&language=zh"
    page = service.get(f"/zh/queries/{address}?{parameters}")[2].decode("utf-8")
    rows = table(service.get(f"/queries/{address}.csv?{parameters}")[2])
    assert f"共 {len(rows) - 1} 行" in page
    assert "VALUES ?mechanism { &lt;" in page


def test_a_named_query_does_not_say_a_name_twice(service: Service) -> None:
    address = "/en/queries/cq01-practices-by-cities"

    def headings(parameters: str) -> list[str]:
        page = service.get(address + parameters)[2].decode("utf-8")
        assert '<rect class="filled"' in page
        assert '<rect class="ground"' not in page  # the largest number is no whole
        return re.findall(r'<th role="columnheader"[^>]*>(.*?)</th>', page)

    assert headings("") == ["Practice", "Cities"]
    # Names in another language than the links' are no repetition.
    assert headings("?language=zh") == ["Practice", "Name", "Cities"]
    rows = table(service.get("/queries/cq01-practices-by-cities.csv")[2])
    assert rows[0] == ["practice", "name", "cities"]


@pytest.mark.parametrize("path", ["city", "cite?page=/zh/city/shanghai%26panel=facts", "ontology"])
def test_chinese_labels_end_with_a_full_colon(service: Service, path: str) -> None:
    page = service.get(f"/zh/{path}")[2].decode("utf-8")
    texts = re.sub(r"<pre.*?</pre>", "", page, flags=re.DOTALL)
    assert not re.search(r"[\u4e00-\u9fff]:", texts)


def test_long_terms_break_between_their_words(service: Service) -> None:
    page = service.get("/en/ontology")[2].decode("utf-8")
    assert "cpg:<wbr>Governance<wbr>Arrangement" in page
    assert "xsd:positive<wbr>Integer" in page
    assert b"cpg:GovernanceArrangement" in service.get("/en/ontology.csv?panel=classes")[2]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_suggestions(service: Service, language: str) -> None:
    for text in ("上海", "shanghai", "sh", "Shnaghai"):
        body = service.get(f"/{language}/search.json?limit=5&q={quote(text)}")[2]
        found = json.loads(body)["results"]
        assert 0 < len(found) <= 5
        assert f"/{language}/city/shanghai" in [hit["href"] for hit in found]
    assert json.loads(service.get(f"/{language}/search.json?q=")[2]) == {"results": []}
    for odd in ("%00", "x" * 3_000, "%F0%9F%98%80", "(((", "\\", "%"):
        status, _, _ = service.get(f"/{language}/search?q={quote(odd, safe='%')}")
        assert status == 200, odd


def test_a_search_keeps_its_words_and_goes_on_without_finds(service: Service) -> None:
    page = unescape(service.get('/en/search?q=open+"data')[2].decode("utf-8").replace("&#34;", "&"))
    assert re.search(r'<input id="q"[^>]* value="open &data"', page)
    for language, told in (("en", "Nothing found for “qqqqqqqq”."), ("zh", "未找到“qqqqqqqq”。")):
        page = service.get(f"/{language}/search?q=qqqqqqqq")[2].decode("utf-8")
        assert f'<p class="lead">{told}</p>' in page
        nav = re.search(r'<nav class="actions".*?</nav>', page)
        assert nav is not None
        assert re.findall(r'href="([^"]+)"', nav[0]) == [
            f"/{language}/{path}" for path in ("city", "practice", "queries")
        ]


def test_how_to_cite(service: Service, published: Path) -> None:
    version = current(published)
    assert version is not None
    address = "page=/zh/gap/shanghai&panel=gaps"
    page = unescape(service.get(f"/zh/cite?{address}")[2].decode("utf-8"))
    assert "[DS/OL]" in page
    assert version.name in page
    assert "/zh/gap/shanghai#gaps" in page
    status, headers, body = service.get(f"/zh/cite.bib?{address}")
    assert (status, headers["content-type"]) == (200, "application/x-bibtex; charset=utf-8")
    assert body.startswith(b"@")
    (item,) = json.loads(service.get(f"/zh/cite.json?{address}")[2])
    assert item["version"] == version.name
    assert item["URL"].endswith("/zh/gap/shanghai#gaps")


def test_dear_pages_count_as_query_time(published: Path, tmp_path: Path) -> None:
    running = start_service(published, tmp_path / "log", "--client-seconds", "0.2")
    try:
        found = [
            running.get(f"/en/graph?view=city-practice&thing=city/singapore&hide=practice/{n}")[0]
            for n in ("open-data", "smart-mobility", "digital-rights", "digital-literacy")
        ]
        found += [running.get(f"/en/matrix?level={n}&order=alike")[0] for n in "1234"]
        found += [running.get(f"/zh/source?from={n}")[0] for n in range(8)]
    finally:
        running.stop()
    assert found[0] == 200
    assert 429 in found
    assert set(found) == {200, 429}


def test_a_damaged_record_is_not_served(tmp_path: Path) -> None:
    version = publish(tmp_path, small_dataset(), b'{"format": 1}')
    verify(version)
    (version.folder / "record.json").write_bytes(b'{"format": 2}')
    with pytest.raises(DatasetError):
        version.record()
    with pytest.raises(DatasetError):
        verify(version)
    again = publish(tmp_path, small_dataset(), b'{"format": 1}')
    assert again.name > version.name
