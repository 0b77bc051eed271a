"""The explorer as one file, opened from a disk in a real browser that has no network."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import hatch_build
from kg.build import canonical_nquads
from kg.catalogue import catalogue
from kg.cli import main
from kg.explorer import onefile
from kg.explorer.graphstate import GraphState
from kg.explorer.packing import OTHER, OWN, Packer, without_language
from kg.explorer.record import Record, document_of
from kg.explorer.site import Site
from kg.explorer.words import both, say
from kg.graph import KnowledgeGraph
from kg.messages import Language
from tests.conftest import absent

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

ROOT = Path(__file__).parents[2]
SOME = ("", "search", "city/busan", "practice/open-data", "matrix")
QUERIES = (
    *("上海", "上海市", "新加坡", "xinjiapo", "shanghai", "sh", "Shnaghai", "singapur", "beijing"),
    *("open data", "数据开放", "开放数据", "opne data", "城市數據", "数字孪生", "digital twin"),
    *("participatory budgeting", "参与式预算", "canyushi yusuan", "sandbox", "监管沙盒", "Zürich"),
    *("zurich", "Łódź", "new york", "纽约", "niuyue", "help", "赫尔辛基", "heerxinji", "busan eco"),
    *(
        "釜山",
        "首尔",
        "seoul smart",
        "mobility",
        "交通",
        "air quality",
        "空气质量",
        "ai",
        "人工智能",
    ),
)
NAMED = (
    *("cq01-practices-by-cities", "cities", "programmes", "practice-tree", "disputed-statements"),
    *("city-profile", "practice-pairs", "organisations", "cq10-money-saved", "recommendations"),
)
CHOICES = (
    "region=asia",
    "order=name",
    "order=alike&all=1",
    "leading=20&order=rank",
    "facet=technology&region=europe&region=asia",
    "facet=mechanism&leading=10",
    "level=4&all=1",
    "facet=outcome-type&order=name",
)
LANGUAGES: tuple[Language, ...] = ("en", "zh")
SIDES = """
const said = (element) => element.textContent.replace(/\\s+/g, " ").trim();
const all = (root) => [said(root.querySelector("h1")), said(root.querySelector(".lead")),
  ...[...root.querySelectorAll("table.side tr")].map((row) =>
    [...row.cells].map((cell) => cell.className + said(cell))),
  ...[...root.querySelectorAll("select[name=city]")].map((select) => select.value)];
"""
CELLS = """
const cells = (root) => [...root.querySelector("table.grid").rows].map((row) =>
  [...row.cells].map((cell) => `${cell.className}|${cell.textContent.trim()}`));
"""


@pytest.fixture(scope="session")
def nquads(graph: KnowledgeGraph) -> bytes:
    return canonical_nquads(graph.embedded("tests").dataset)


@pytest.fixture(scope="session")
def site(record_bytes: bytes) -> Site:
    record = Record.decode(record_bytes, "test")
    assert record is not None
    return Site(record)


@pytest.fixture(scope="session")
def built() -> None:
    if not hatch_build.fresh(ROOT):
        absent("the front end is not built: python hatch_build.py")


@pytest.fixture(scope="session")
def made(built: None, site: Site, nquads: bytes) -> onefile.Made:
    return onefile.make(site, nquads)


@pytest.fixture(scope="session")
def file(made: onefile.Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("onefile") / "explorer.html"
    path.write_bytes(made.content)
    return path


class Reader:
    """A person at the file."""

    def __init__(self, browser: Chrome, file: Path) -> None:
        self.browser, self.file = browser, file

    def open(self, address: str = "") -> None:
        self.browser.get("about:blank")
        for kind in ("browser", "performance"):
            self.browser.get_log(kind)
        self.browser.get(f"file://{self.file}{f'#{address}' if address else ''}")
        self.until("'ready' in document.documentElement.dataset")

    def js(self, script: str, *given: Any) -> Any:
        return self.browser.execute_script(script, *given)

    def until(self, condition: str, seconds: float = 60) -> Any:
        """Wait; the page's policy forbids what WebDriver's own waiting would do in it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = self.js(f"return {condition}")
            if found:
                return found
            time.sleep(0.05)
        shown = self.js("return location.hash + ' ' + document.body.innerText.slice(0, 500)")
        raise AssertionError(f"{condition}: {shown}")

    def go(self, address: str, heading: str = "") -> str:
        """Go to an address; gives the heading that then stands there."""
        self.js(
            "document.querySelector('main').dataset.old = ''; location.hash = arguments[0]",
            "#" + address,
        )
        self.until(
            "document.querySelector('main:not([data-old]) h1, #console-result, #graph-data')"
        )
        self.until("!document.querySelector('[aria-busy]')")
        return str(self.js("return document.querySelector('h1').textContent"))

    def click(self, selector: str) -> None:
        self.js("document.querySelector(arguments[0]).click()", selector)

    def press(self, selector: str) -> None:
        """Click as a hand does, so that the browser keeps a place to come back to."""
        element = self.browser.find_element("css selector", selector)
        self.js("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element)
        element.click()

    def type(self, text: str) -> None:
        field = self.browser.find_element("css selector", "input[name=q]")
        field.clear()
        field.send_keys(text)

    def complaints(self) -> list[str]:
        """Requests that were made, and what the console says of faults and of the policy."""
        found = []
        for entry in self.browser.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                url = message["params"]["request"]["url"]
                if not url.startswith((f"file://{self.file}", "blob:null/", "data:", "about:")):
                    found.append(url)
        found += [
            entry["message"]
            for entry in self.browser.get_log("browser")
            if entry["level"] == "SEVERE" or "Content Security Policy" in entry["message"]
        ]
        return found


@pytest.fixture
def reader(browser: Chrome, file: Path) -> Iterator[Reader]:
    browser.set_window_size(1280, 900)
    reader = Reader(browser, file)
    reader.open()
    yield reader
    # Every request and every complaint of every test counts.
    assert reader.complaints() == []


# the file


def test_fits_and_holds_every_page(made: onefile.Made) -> None:
    print(sorted(made.parts.items(), key=lambda part: -part[1]))
    assert len(made.content) <= onefile.MOST
    assert made.pages > 1_900


def test_bytes_repeat(built: None, site: Site, nquads: bytes) -> None:
    first, second = (onefile.make(site, nquads, paths=SOME).content for _ in range(2))
    assert first == second


def test_the_policy_lets_nothing_in(built: None, site: Site, nquads: bytes) -> None:
    text = onefile.make(site, nquads, paths=SOME).content.decode("utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    held = policy[1].replace("&#39;", "'")
    assert "default-src 'none'" in held
    assert "connect-src 'none'" in held
    assert "unsafe-inline" not in held
    assert "unsafe-eval'" not in held.replace("'wasm-unsafe-eval'", "")
    assert not re.search(
        r'<(?:script|link|img)[^>]+(?:src|href)="(?!data:)', text[: text.index("plain-data")]
    )


def test_pages_come_out_of_the_packing_as_they_went_in() -> None:
    pages = ["<p>a</p>&lt; 中文 <", "<p>a</p><p data-x='>'>b</p>", "", "a" * 300 + "<p>" * 200]
    pages += [f"<i>{number}</i>" for number in range(20_000)]
    packer = Packer()
    packed = packer.add(pages)
    pieces = packer.pieces().decode("utf-8").split("\0")
    found, page, number, shift = [], "", 0, 0
    for byte in packed:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            if number == 0:
                found.append(page)
                page = ""
            page += pieces[number]
            number = shift = 0
    assert found == pages


def test_both_languages_share_their_addresses() -> None:
    html = '<a href="/en/city/x?a=%2Fen%2F">/en/ \ue000</a><a href="/zh/"></a><form action="/en/m">'
    own, other = OWN, OTHER
    assert without_language(html, "en", "zh") == (
        f'<a href="#/{own}/city/x?a=%2F{own}%2F">/en/ \ufffd</a><a href="#/{other}/"></a>'
        f'<form action="/{own}/m">'
    )


def test_an_installation_without_scripts_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onefile, "static_folder", lambda: tmp_path)
    target = tmp_path / "explorer.html"
    result = CliRunner().invoke(main, ["export", "explorer", "-o", str(target)])
    assert result.exit_code == 1
    assert "hatch_build.py" in result.output
    assert not target.exists()


def test_the_command_needs_a_file() -> None:
    result = CliRunner().invoke(main, ["export", "explorer"])
    assert result.exit_code == 2
    assert "-o FILE" in result.output


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_command_writes_in_the_chosen_language(
    built: None,
    record_bytes: bytes,
    tmp_path: Path,
    language: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = onefile.make
    monkeypatch.setattr("kg.explorer.making.record_of", lambda graph: record_bytes)
    monkeypatch.setattr(onefile, "make", lambda *a, **k: made(*a, **{**k, "paths": SOME}))
    target = tmp_path / "explorer.html"
    result = CliRunner().invoke(main, ["export", "explorer", "-o", str(target), "--lang", language])
    assert result.exit_code == 0, result.output
    tag = {"en": "en", "zh": "zh-Hans"}[language]
    assert target.read_text("utf-8").startswith(f'<!doctype html>\n<html lang="{tag}">')
    assert str(target) in result.output


# reading


def test_begins_at_home(reader: Reader) -> None:
    assert reader.js("return document.documentElement.lang") == "en"
    assert reader.js("return document.querySelector('h1').textContent")
    assert reader.js("return !!document.querySelector('#matrix table.grid')")
    reader.go("/zh/")
    assert reader.js("return document.documentElement.lang") == "zh-Hans"


def test_without_scripts_it_says_what_it_needs(made: onefile.Made) -> None:
    noscript = re.search(r"<noscript>(.*?)</noscript>", made.content.decode("utf-8"), re.DOTALL)
    assert noscript is not None
    assert all(text in noscript[1] for text in both("offline-noscript"))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("上海", "Shanghai"),
        ("xinjiapo", "Singapore"),
        ("opne data", "open"),
        ("Shnaghai", "Shanghai"),
    ],
)
def test_suggests_names(reader: Reader, typed: str, name: str) -> None:
    reader.type(typed)
    assert name in reader.until(
        "document.querySelector('.suggestions:not([hidden]) li')?.textContent"
    )
    reader.click(".suggestions li")
    reader.until(
        "/^#.en.[a-z]+.[a-z-]+$/.test(location.hash) && !document.querySelector('[aria-busy]')"
    )
    assert name.lower() in reader.js("return document.querySelector('h1').textContent").lower()


def test_searches_as_the_server_does(reader: Reader, site: Site) -> None:
    assert len(QUERIES) >= 40
    different = []
    for text in QUERIES:
        ours = reader.browser.execute_async_script(
            "const done = arguments[1];"
            "cityPracticeGraph.fetch('/en/search.json?' + new URLSearchParams({q: arguments[0]}))"
            ".then((answer) => answer.json()).then(({results}) => done(results.map(r => r.href)))",
            text,
        )
        link = site.writers["en"].link
        theirs = [
            f"#{link.href(thing)}" for thing, _, _ in site.search(text, 8) if link.href(thing)
        ]
        if ours[:1] != theirs[:1]:
            different.append((text, ours[:1], theirs[:1]))
    assert different == []


def test_search_has_a_page(reader: Reader) -> None:
    reader.type("open data\n")
    reader.until("document.querySelectorAll('#results tbody tr').length > 3")
    assert "Continuous opening of city data" in reader.js(
        "return document.querySelector('#results tbody tr').textContent"
    )
    assert reader.js("return location.hash") == "#/en/search?q=open+data"
    reader.go("/zh/search?q=上海")
    assert reader.js("return document.querySelector('#results tbody th').textContent").startswith(
        "上海"
    )


@pytest.mark.parametrize(
    "address", ["city/shanghai", "practice/open-data", "programme/kr-busan-eco-delta"]
)
def test_profiles_are_those_of_the_server(reader: Reader, site: Site, address: str) -> None:
    for language in ("en", "zh"):
        reader.go(f"/{language}/{address}")
        page = site.page("zh" if language == "zh" else "en", address)
        assert reader.js("return document.querySelector('h1').textContent") == page.title
        assert reader.js("return document.querySelectorAll('main section.panel').length") == len(
            page.visible
        )
    texts = (
        "const text = root => root.querySelector('main').textContent.replace(/\\s+/g, ' ').trim();"
        "const theirs = new DOMParser().parseFromString(arguments[0], 'text/html');"
        "return [text(document), text(theirs)]"
    )
    ours, theirs = reader.js(texts, site.renderer.html(page).decode("utf-8"))
    # Turtle is the server's.
    assert ours == theirs


def test_evidence_leads_to_its_source(reader: Reader) -> None:
    reader.go("/en/city/busan")
    reader.js("document.querySelector('details.evidence').open = true")
    source = reader.js("return document.querySelector('details.evidence li a').textContent")
    reader.click("details.evidence li a")
    reader.until("location.hash.startsWith('#/en/source/')")
    reader.until("!document.querySelector('[aria-busy]')")
    assert reader.js("return document.querySelector('h1').textContent") == source


def test_every_link_of_a_page_leads_to_a_page(reader: Reader) -> None:
    links: set[str] = set()
    for address in ("/en/city/busan", "/en/practice/open-data", "/en/gap/shanghai", "/zh/source"):
        reader.go(address)
        links.update(
            reader.js("return [...document.querySelectorAll('a[href^=\"#/\"]')].map((a) => a.hash)")
        )
    files = re.compile(r"\.(csv|json)(\?|$)|/cite\?|/queries/|/data/")
    wanted = sorted(link for link in links if not files.search(link))
    assert len(wanted) > 200
    lost = []
    for link in wanted[:: max(1, len(wanted) // 40)]:
        heading = reader.go(link[1:])
        if heading in both("offline-server"):
            lost.append(link)
    assert lost == []


def test_back_and_the_other_language(browser: Chrome, file: Path) -> None:
    earlier = browser.current_window_handle
    browser.switch_to.new_window("tab")  # the history of earlier tests is at the browser's limit
    browser.set_window_size(1280, 900)
    try:
        back_and_the_other_language(Reader(browser, file))
    finally:
        browser.close()
        browser.switch_to.window(earlier)


def back_and_the_other_language(reader: Reader) -> None:
    reader.open()
    first = reader.js("return document.querySelector('h1').textContent")
    reader.press("nav.wide a[href='#/en/city']")
    reader.until("location.hash === '#/en/city' && !document.querySelector('[aria-busy]')")
    reader.press("main a[href='#/en/city/busan']")
    reader.until("document.querySelector('h1').textContent === 'Busan'")
    reader.press("a.language")
    reader.until("document.querySelector('h1').textContent === '釜山'")
    assert reader.js("return document.documentElement.lang") == "zh-Hans"
    reader.browser.back()
    reader.until("document.querySelector('h1').textContent === 'Busan'")
    reader.browser.back()
    reader.until("location.hash === '#/en/city' && !document.querySelector('[aria-busy]')")
    reader.browser.back()
    reader.until(f"document.querySelector('h1').textContent === {json.dumps(first)}")
    assert reader.complaints() == []


def test_opens_at_a_bookmark(reader: Reader) -> None:
    reader.open("/zh/city/shanghai")
    assert reader.js("return document.querySelector('h1').textContent") == "上海"
    reader.open("/en/")
    seen = "return getComputedStyle(document.querySelector('h1')).visibility"
    assert reader.js(seen) == "visible"
    reader.open("/en/city/busan#facts")
    assert reader.js("return document.querySelector('h1').textContent") == "Busan"


def test_what_it_cannot_do_is_said(reader: Reader) -> None:
    assert reader.go("/en/matrix?region=atlantis") == say("en", "offline-server")
    assert reader.go("/zh/matrix?region=atlantis") == say("zh", "offline-server")


# choices


@pytest.mark.parametrize("choice", CHOICES)
def test_matrix_is_that_of_the_server(reader: Reader, site: Site, choice: str) -> None:
    for language in LANGUAGES:
        reader.go(f"/{language}/matrix?{choice}")
        page = site.page(language, "matrix", _pairs(choice))
        ours, theirs, lead = reader.js(
            CELLS + "const theirs = new DOMParser().parseFromString(arguments[0], 'text/html');"
            "const lead = document.querySelector('main .lead').textContent;"
            "return [cells(document), cells(theirs), lead]",
            site.renderer.html(page).decode("utf-8"),
        )
        assert ours == theirs
        assert lead == page.lead


def test_matrix_is_chosen_by_its_form(reader: Reader) -> None:
    reader.go("/en/matrix")
    whole = reader.js("return document.querySelectorAll('table.grid tbody tr').length")
    reader.click("input[name=region][value=asia]")
    reader.until("location.hash.includes('region=asia') && !document.querySelector('[aria-busy]')")
    assert 0 < reader.js("return document.querySelectorAll('table.grid tbody tr').length") < whole
    assert reader.js("return document.querySelector('input[value=asia]').checked")


def test_compares_as_the_server_does(reader: Reader, site: Site) -> None:
    slugs = ["shanghai", "busan", "helsinki", "singapore"]
    query = "&".join(f"city={slug}" for slug in slugs)
    for language in ("en", "zh"):
        reader.go(f"/{language}/compare?{query}")
        page = site.page(
            "zh" if language == "zh" else "en", "compare", [("city", s) for s in slugs]
        )
        ours, theirs = reader.js(
            SIDES + "const theirs = new DOMParser().parseFromString(arguments[0], 'text/html');"
            "return [all(document), all(theirs)]",
            site.renderer.html(page).decode("utf-8"),
        )
        assert ours == theirs


# graphs


def _pairs(query: str) -> list[tuple[str, str]]:
    return [(key, value) for key, _, value in (pair.partition("=") for pair in query.split("&"))]


def drawn(reader: Reader) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        reader.js("return document.getElementById('graph-data').textContent")
    )
    return found


def test_graph_of_busan_opens_further(reader: Reader, site: Site) -> None:
    reader.go("/en/graph?thing=city/busan")
    reader.until("Number(document.getElementById('graph').dataset.drawn) > 0")
    page, theirs, places = site.writers["en"].graph(GraphState(things=("id/city/busan",)))
    ours = drawn(reader)
    # The same nodes at the same places.
    assert {(n["id"], n["x"], n["y"]) for n in ours["nodes"]} == {
        (node.name, places[node.name].x, places[node.name].y) for node in theirs.nodes
    }
    assert len(ours["edges"]) == len(theirs.edges)
    assert reader.js("return document.querySelector('h1').textContent") == page.title
    before = {n["id"]: (n["x"], n["y"]) for n in ours["nodes"]}
    reader.click("li[data-node='id/programme/kr-busan-eco-delta'] a[data-stay]")
    reader.until(f"Number(document.getElementById('graph').dataset.drawn) > {len(before)}")
    state = GraphState(things=("id/city/busan", "id/programme/kr-busan-eco-delta"))
    ours = drawn(reader)
    assert {n["id"] for n in ours["nodes"]} == {n.name for n in site.graphs.draw(state).nodes}
    assert {n["id"]: (n["x"], n["y"]) for n in ours["nodes"] if n["id"] in before} == before
    assert len({(n["x"], n["y"]) for n in ours["nodes"]}) == len(ours["nodes"])
    reader.browser.back()
    reader.until(f"Number(document.getElementById('graph').dataset.drawn) === {len(before)}")


@pytest.mark.parametrize(
    "query",
    ["thing=city/singapore&hops=2", "thing=city/busan&kind=programme", "thing=practice/open-data"],
)
def test_graphs_choose_as_the_server_does(reader: Reader, site: Site, query: str) -> None:
    reader.go(f"/zh/graph?{query}")
    state = site.graph(
        [(key, value) for key, _, value in (p.partition("=") for p in query.split("&"))]
    )
    theirs = site.graphs.draw(state)
    ours = drawn(reader)
    assert [n["id"] for n in ours["nodes"]] == [n.name for n in theirs.nodes]
    assert [n["more"] for n in ours["nodes"]] == [sum(n.more.values()) for n in theirs.nodes]
    assert len(ours["edges"]) == len(theirs.edges)


def test_ways_are_those_of_the_server(reader: Reader, site: Site) -> None:
    reader.go("/en/graph?from=city/busan&to=city/shanghai")
    state = site.graph([("from", "city/busan"), ("to", "city/shanghai")])
    page, _, _ = site.writers["en"].graph(state)
    assert reader.js("return document.querySelector('h1').textContent") == page.title
    panel = page.panel("paths")
    assert panel is not None
    ours = reader.js(
        "return [...document.querySelectorAll('#paths tbody tr')].map((row) =>"
        " [...[...row.cells].slice(1, 3).map((cell) => cell.textContent),"
        " row.cells[3].querySelector('a').textContent])"
    )
    assert ours == [[row[1][0].text, row[2][0].text, row[3][0].text] for row in panel.rows]


# SPARQL


def test_named_queries_have_the_rows_of_the_server(reader: Reader, graph: KnowledgeGraph) -> None:
    names = [name for name in NAMED if name in catalogue()]
    names += [name for name in catalogue() if name not in names][: 10 - len(names)]
    assert len(names) == 10
    counts = {}
    for name in names:
        reader.go(f"/en/queries/{name}")
        counts[name] = int(reader.until("document.querySelector('#answer').dataset.rows || '0'"))
    assert counts == {name: len(graph.run(name, **_spoken(name)).rows) for name in names}


def _spoken(name: str) -> dict[str, Any]:
    return {"language": "en"} if "language" in catalogue()[name].parameters else {}


def test_a_named_query_takes_parameters(reader: Reader, graph: KnowledgeGraph) -> None:
    reader.go("/zh/queries/city-profile?city=helsinki")
    rows = int(reader.until("document.querySelector('#answer').dataset.rows"))
    assert rows == len(graph.run("city-profile", city="helsinki", language="zh").rows)
    assert "helsinki" in reader.js("return document.querySelector('#query-text').textContent")


def test_the_console_answers_and_marks_faults(reader: Reader) -> None:
    reader.go("/en/console")
    reader.until("document.querySelector('.editor')")
    prefix = "PREFIX cpg: <https://w3id.org/city-practice-graph/ontology#>\n"
    query = prefix + "SELECT ?city { ?city a cpg:City }"
    reader.go(f"/en/console?query={_quoted(query)}")
    assert (
        int(reader.until("document.querySelector('#console-result #answer')?.dataset.rows")) == 87
    )
    assert "Busan" in reader.js("return document.querySelector('#answer').textContent")
    reader.go(f"/en/console?query={_quoted('SELECT * {' + chr(10) + ' ?s ?p }')}")
    reader.until("document.querySelector('#console-result .error')?.dataset.line === '2'")
    reader.go(f"/en/console?query={_quoted('ASK { ?s ?p ?o }')}")
    reader.until("/Yes/.test(document.querySelector('#console-result #answer')?.textContent)")
    reader.go(f"/en/console?query={_quoted('CONSTRUCT WHERE { ?s a ?o } LIMIT 3')}")
    reader.until("document.querySelector('#console-result pre')?.textContent.includes('https://')")


def test_a_long_query_can_be_stopped(reader: Reader) -> None:
    reader.go("/en/console")
    long = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    reader.js("location.hash = arguments[0]", f"#/en/console?query={_quoted(long)}")
    reader.until("document.querySelector('#offline-stop:not([hidden])')")
    reader.click("#offline-stop")
    reader.until("/Stopped/.test(document.querySelector('#console-result .error')?.textContent)")


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text)


def test_tables_can_be_saved(reader: Reader, tmp_path: Path) -> None:
    reader.browser.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)}
    )
    for address, name in (
        ("/en/city.csv?panel=list", "city-list.csv"),
        ("/en/city/busan.json", "city-busan.json"),
        ("/en/console.csv?query=" + _quoted("SELECT ?s { ?s ?p ?o } LIMIT 5"), "console.csv"),
        ("/data/city-practice-graph.nq.gz", "city-practice-graph.nq.gz"),
    ):
        reader.js(
            "const link = document.createElement('a'); link.href = '#' + arguments[0];"
            "document.querySelector('main').append(link); link.click()",
            address,
        )
        end = time.monotonic() + 20
        while not (tmp_path / name).is_file() and time.monotonic() < end:
            time.sleep(0.1)
        assert (tmp_path / name).stat().st_size > 20, name
    assert (tmp_path / "city-list.csv").read_text("utf-8-sig").count("\n") == 88


def test_a_page_is_cited_with_its_version(reader: Reader) -> None:
    reader.go("/en/cite?page=%2Fen%2Fcity%2Fbusan")
    text = reader.js("return document.querySelector('#f-text').textContent")
    assert "Busan" in text
    assert "version test" in text
    assert "https://w3id.org/city-practice-graph/id/city/busan" in text


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_scrolls_sideways(reader: Reader, width: int) -> None:
    reader.browser.set_window_size(width, 900)
    for address in ("/zh/city/shanghai", "/en/", "/en/console", "/zh/search?q=上海", "/en/graph"):
        reader.go(address)
        wide = reader.js("return [document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1], address


# hostile names


def test_hostile_labels_stay_text(
    built: None, record_bytes: bytes, nquads: bytes, browser: Chrome, tmp_path: Path
) -> None:
    evil = [
        "<img src=x onerror=\"document.title='owned'\">",
        "</script><script>document.title='owned'</script>",
        "\"><svg onload=\"document.title='owned'\">",
        "' onmouseover='document.title=1",
        "<!--", "-->", "]]>", "\ue000\ue001", "&lt;b&gt;", "{{7*7}}",
        "javascript:document.title=1", "</main></body>", "<noscript><p title='</noscript><b>'>",
        "${document.title='owned'}", "\\u003cscript\\u003e", "%3Cscript%3E", "</title><b>",
        "{0}{1}", "a\u202eb", "<template><script>document.title='owned'</script>",
    ]  # fmt: skip
    labels = [f"{text} {number}" for number, text in enumerate(evil * 2)]
    assert len(labels) == 40
    document = document_of(record_bytes)
    assert document is not None
    cities = [n for n in document["terms"] if isinstance(n, str) and n.startswith("id/city/")][:40]
    of = {document["terms"].index(city): label for city, label in zip(cities, labels, strict=True)}
    named = document["terms"].index("skos:prefLabel")
    for statement in document["statements"]:
        if statement[1] == named and statement[0] in of:
            old = document["terms"][statement[2]]
            document["terms"].append([of[statement[0]], *old[1:]])
            statement[2] = len(document["terms"]) - 1
    record = Record(document, "test")
    site = Site(record)
    paths = ["", "search", "matrix", "city", "graph", "console"]
    paths += [f"city/{record.slug(city)}" for city in cities]
    paths += [f"compare?city={record.slug(city)}" for city in cities[:4]]
    path = tmp_path / "hostile.html"
    path.write_bytes(onefile.make(site, nquads, paths=paths).content)
    reader = Reader(browser, path)
    reader.open()
    addresses = [f"/en/city/{record.slug(city)}" for city in cities]
    query = "&".join(f"city={record.slug(city)}" for city in cities[:4])
    addresses += ["/en/matrix?all=1", f"/en/compare?{query}", "/en/search?q=owned"]
    addresses += [f"/en/graph?thing={city.removeprefix('id/')}" for city in cities[:6]]
    for address in addresses:
        reader.go(address)
        assert reader.js(
            "return document.title !== 'owned' && !document.querySelector("
            "'#page :is(script:not([type]), [onerror], [onload], [onmouseover], img, b)')"
        ), address
    for city, label in list(zip(cities, labels, strict=True)):
        reader.go(f"/en/city/{record.slug(city)}")
        shown = reader.js("return document.querySelector('h1').textContent")
        expected = re.sub("[\ue000\ue001]", "\ufffd", label)
        assert expected.split() == shown.split() or expected in shown, label
    assert reader.complaints() == []
