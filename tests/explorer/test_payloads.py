"""Hostile text in every field: it is shown as text, in pages and in all their other forms."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import pyoxigraph as ox
import pytest

from kg.build import canonical_nquads
from kg.explorer.making import make_record
from kg.explorer.panels import Linker
from kg.explorer.record import Record, name_of
from kg.graph import KnowledgeGraph
from kg.messages import Language
from kg.store.embedded import EmbeddedStore
from tests.explorer.browsing import Tab
from tests.explorer.inspecting import ready
from tests.explorer.payloads import PAYLOADS, poisoned
from tests.explorer.places import LANGUAGES, PLACES, Place
from tests.explorer.serving import explorer_of

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

    from tests.server.conftest import Service

NAME: Final = "http://www.w3.org/2004/02/skos/core#prefLabel"
# What no text may bring into a page, whatever it says.
FOREIGN: Final = """
const foreign = (root) => {
  const found = [];
  for (const element of root.querySelectorAll('*')) {
    const { localName } = element;
    const attributes = [...element.attributes].map(({ name, value }) => [name, value]);
    if (['iframe', 'object', 'embed', 'base', 'math', 'animate', 'frame', 'audio', 'video']
        .includes(localName)) found.push(localName);
    if (localName === 'img' && !element.closest('noscript')) found.push('img');
    if (localName === 'style' && !element.closest('svg')) found.push('style');
    if (localName === 'meta' && element.httpEquiv) found.push('meta');
    if (localName === 'link' && element.rel === 'stylesheet' &&
        !element.getAttribute('href').startsWith('/assets/')) found.push('stylesheet');
    if (localName === 'script' && element.type !== 'application/json' &&
        !(element.getAttribute('src') ?? '').startsWith('/assets/')) found.push('script');
    if (localName === 'form' && !element.getAttribute('action').startsWith('/')) found.push('form');
    for (const [name, value] of attributes) {
      if (name.startsWith('on') || name === 'srcdoc' || name === 'autofocus')
        found.push(`${localName} ${name}`);
      if (['href', 'src', 'action', 'formaction', 'xlink:href'].includes(name) &&
          /^[\\s\\u0000-\\u001f]*(javascript|data|vbscript)\\s*:/i.test(value) &&
          localName !== 'img')
        found.push(`${localName} ${name}=${value.slice(0, 60)}`);
    }
  }
  return found;
};
"""


@dataclass(frozen=True)
class Poisoned:
    service: Service
    record: Record
    payloads: Mapping[tuple[str, str], Mapping[str, str]]


@pytest.fixture(scope="module")
def hostile(graph: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Poisoned]:
    nquads, payloads = poisoned(canonical_nquads(graph.embedded("tests").dataset))
    content = make_record(KnowledgeGraph(EmbeddedStore.from_nquads(nquads)))
    record = Record.decode(content)
    assert record is not None
    with explorer_of(tmp_path_factory.mktemp("hostile"), nquads, content) as service:
        yield Poisoned(service, record, payloads)


@pytest.fixture
def victim(browser: Chrome, hostile: Poisoned) -> Iterator[Tab]:
    tab = Tab(browser, hostile.service.address)
    tab.size(1280)
    with tab.watching():
        yield tab
    tab.command("Emulation.clearDeviceMetricsOverride")


def squeezed(text: str) -> str:
    """A text without what pages and notations may change: white space and control characters."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\ufffd]+", "", text)


def test_every_payload_is_in_every_field(hostile: Poisoned) -> None:
    for (property_, language), things in hostile.payloads.items():
        if len(things) >= len(PAYLOADS):
            assert set(things.values()) == set(PAYLOADS), (property_, language)
    full = [field for field, things in hostile.payloads.items() if len(things) >= len(PAYLOADS)]
    assert len(full) >= 12


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_no_text_becomes_part_of_a_page(
    place: Place, language: Language, victim: Tab, hostile: Poisoned
) -> None:
    from tests.explorer.conftest import addressed

    victim.forget()
    victim.open(addressed(place, hostile.service).address(language))
    ready(victim)
    assert victim.run(f"{FOREIGN} return foreign(document);") == []
    victim.run("for (const box of document.querySelectorAll('details')) box.open = true;")
    assert victim.browser.title != "owned"
    assert victim.run("return violations") == []
    assert victim.asked_elsewhere(victim.events()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_field_with_each_payload_stays_text(
    language: Language, victim: Tab, hostile: Poisoned
) -> None:
    """One page for each field and payload, taken apart by the browser's own parser."""
    link = Linker(hostile.record, language)
    wanted: dict[tuple[str, str, str], str] = {}
    for (property_, tag), things in hostile.payloads.items():
        for subject, payload in things.items():
            address = link.href(name_of(subject))
            if address and "#" not in address:
                wanted.setdefault((property_, tag, payload), address)
    pages = sorted(set(wanted.values()))
    assert len(pages) > 300
    victim.open(f"/{language}/unknown")
    found = victim.browser.execute_async_script(
        FOREIGN
        + """
        const [pages, done] = arguments;
        (async () => {
          const found = [], titles = {};
          for (const page of pages) {
            const response = await fetch(page, { headers: { Accept: 'text/html' } });
            if (!response.ok) found.push(`${page}: ${response.status}`);
            const text = await response.text();
            const parsed = new DOMParser().parseFromString(text, 'text/html');
            for (const fault of foreign(parsed)) found.push(`${page}: ${fault}`);
            titles[page] = parsed.querySelector('h1')?.textContent;
          }
          return [found, titles];
        })().then(done, (error) => done([[String(error)], {}]));
        """,
        pages,
    )
    faults, titles = found
    assert faults == []
    tag = "@en" if language == "en" else "@zh-Hans"
    named = hostile.payloads[NAME, tag]
    shown = {address: squeezed(title) for address, title in titles.items()}
    addresses = {link.href(name_of(subject)): payload for subject, payload in named.items()}
    compared = [page for page in pages if page in addresses]
    assert len({addresses[page] for page in compared}) == len(PAYLOADS)
    different = [page for page in compared if shown[page] != squeezed(addresses[page])]
    assert different == []


@pytest.mark.parametrize("path", ["city.csv", "practice.csv", "programme.csv", "unknown.csv"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_cell_of_a_table_is_a_formula(path: str, language: Language, hostile: Poisoned) -> None:
    status, _, body = hostile.service.get(f"/{language}/{path}")
    assert status == 200
    cells = [cell for row in csv.reader(io.StringIO(body.decode("utf-8-sig"))) for cell in row]
    assert len(cells) > 100
    risky = [cell for cell in cells if re.match(r"[=+@\t\r]|-(?![\d.])", cell)]
    assert risky == []
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)


def test_an_answer_of_a_query_is_no_formula(hostile: Poisoned) -> None:
    query = "SELECT ?name WHERE { ?s <http://www.w3.org/2004/02/skos/core#prefLabel> ?name }"
    _, _, body = hostile.service.get(f"/en/console.csv?query={quote(query)}")
    # The rows of SPARQL are for programs, which want the values as they are (SPARQL 1.1 CSV).
    assert body.decode("utf-8").startswith("name")


@pytest.mark.parametrize(
    "path",
    [
        *("home.json", "city.json", "city/shanghai.json", "practice/open-data.json", "matrix.json"),
        *("source.json", "search.json?q=script", "console/terms.json", "graph.json"),
    ],
)
def test_json_is_whole(path: str, hostile: Poisoned) -> None:
    status, headers, body = hostile.service.get(f"/en/{path}")
    assert status == 200
    assert headers["content-type"] == "application/json"
    assert headers["x-content-type-options"] == "nosniff"
    json.loads(body)


@pytest.mark.parametrize("path", ["city/shanghai.ttl", "practice/open-data.ttl", "graph.ttl"])
def test_turtle_is_whole(path: str, hostile: Poisoned) -> None:
    status, _, body = hostile.service.get(f"/en/{path}?thing=id/city/shanghai")
    assert status == 200
    held = list(ox.parse(body, format=ox.RdfFormat.TURTLE))
    texts = {q.object.value for q in held if isinstance(q.object, ox.Literal)}
    assert texts & set(PAYLOADS)


@pytest.mark.parametrize(
    "path",
    [
        *("map.svg?panel=map", "matrix.svg?panel=matrix", "graph.svg?thing=id/city/shanghai"),
        *("graph.svg?view=practice-mechanism", "graph.graphml?thing=id/city/shanghai"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_xml_is_well_formed_and_holds_nothing_that_runs(
    path: str, language: Language, hostile: Poisoned
) -> None:
    status, _, body = hostile.service.get(f"/{language}/{path}")
    assert status == 200
    root = ET.fromstring(body)
    for element in root.iter():
        name = element.tag.rpartition("}")[2]
        assert name not in ("script", "foreignObject", "iframe", "image", "animate", "set")
        for attribute, value in element.attrib.items():
            plain = attribute.rpartition("}")[2]
            assert not plain.startswith("on")
            assert plain not in ("href", "src") or value.startswith(("/", "http", "#"))


def test_suggestions_stay_text(victim: Tab, hostile: Poisoned) -> None:
    victim.open("/en/")
    victim.until(lambda: victim.find("#q").get_attribute("role") == "combobox")
    victim.find("#q").send_keys("script")
    victim.until(lambda: victim.all("[role=option]"))
    assert victim.run(f"{FOREIGN} return foreign(document);") == []
    assert any("<" in option.text for option in victim.all("[role=option]"))
    assert victim.browser.title != "owned"


def test_the_graph_and_its_panel_stay_text(victim: Tab, hostile: Poisoned) -> None:
    victim.open("/en/graph?thing=id/city/shanghai")
    ready(victim)
    assert (
        victim.run(
            "return JSON.parse(document.getElementById('graph-data').textContent).nodes.length"
        )
        > 3
    )
    victim.run("document.querySelector('#graph-list a[data-stay]').click()")
    victim.until(lambda: not victim.all("[aria-busy]"))
    assert victim.run(f"{FOREIGN} return foreign(document);") == []
    assert victim.browser.title != "owned"


@pytest.mark.parametrize("language", LANGUAGES)
def test_rows_of_the_console_stay_text(language: Language, victim: Tab) -> None:
    query = (
        "SELECT DISTINCT ?thing ?name WHERE { ?thing a <https://w3id.org/city-practice-graph/"
        "ontology#City> ; <http://www.w3.org/2004/02/skos/core#prefLabel> ?name } ORDER BY ?thing"
    )
    victim.open(f"/{language}/console?query={quote(query)}")
    ready(victim)
    assert victim.run(f"{FOREIGN} return foreign(document);") == []
    shown = squeezed(victim.find("#console-result").get_attribute("textContent") or "")
    missing = [payload for payload in PAYLOADS if squeezed(payload) not in shown]
    assert missing == []
