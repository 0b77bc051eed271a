"""Without scripts every page has the same to say, and every form and link works."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from kg.messages import Language
from tests.explorer.browsing import Tab
from tests.explorer.conftest import addressed
from tests.explorer.inspecting import OUTLINE, Inspection
from tests.explorer.places import LANGUAGES, PLACES, Place
from tests.explorer.tasks import Walk
from tests.server.conftest import Service

both = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture
def plain(tab: Tab) -> Iterator[Tab]:
    with tab.without_scripts():
        yield tab


@both
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_a_page_has_the_same_to_say(
    place: Place,
    language: Language,
    inspected: Callable[[Place, Language], Inspection],
    tab: Tab,
    explorer: Service,
) -> None:
    with_scripts = inspected(place, language).outline
    tab.size(1280)
    with tab.without_scripts():
        tab.open(addressed(place, explorer).address(language))
        assert tab.all("noscript") == [] or tab.all("noscript *"), "scripts run"
        assert tab.run(OUTLINE) == with_scripts


@both
def test_search_is_a_form(plain: Tab, language: Language) -> None:
    walk = Walk(plain, language)
    walk.start()
    walk.fill("#q", "shanghai")
    walk.go(plain.find("form.find button"), "/search?q=shanghai")
    walk.go(plain.find("#results a[href$='/city/shanghai']"), "/city/shanghai")
    assert not plain.all("[role=combobox]")


@both
def test_the_matrix_is_narrowed_by_a_form(plain: Tab, language: Language) -> None:
    walk = Walk(plain, language)
    walk.start("matrix")
    before = len(plain.all("#matrix tbody tr"))
    plain.find("input[name=region][value=asia]").click()
    walk.fill("#c-order", "name")
    walk.go(plain.find("main form button"), "region=asia")
    assert 0 < len(plain.all("#matrix tbody tr")) < before
    assert plain.find("#c-order").get_attribute("value") == "name"


@both
def test_cities_are_compared_by_a_form(plain: Tab, language: Language) -> None:
    walk = Walk(plain, language)
    walk.start("compare")
    for slot, city in enumerate(("busan", "singapore")):
        walk.fill(f"#c-{slot}", city)
    walk.go(plain.find("main form button"), "city=singapore")
    assert len(plain.all("#practices thead th")) == 3


@both
def test_a_graph_is_opened_and_closed_by_links(plain: Tab, language: Language) -> None:
    walk = Walk(plain, language)
    walk.start("graph?thing=id/city/busan")
    assert plain.find("img.still").get_attribute("naturalWidth") != "0"

    def sections() -> int:
        return len(plain.all("#graph-list details"))

    before = sections()
    more = next(link for link in plain.all("#graph-list a[data-stay]") if "(+" in link.text)
    walk.go(more, "thing=")
    assert sections() > before
    less = [
        link
        for link in plain.all("#graph-list a[data-stay]")
        if walk.say("graph-collapse") in link.text
    ]
    walk.click(less[0], lambda: plain.path.count("thing=") == 1)
    assert sections() > 1


@both
def test_a_way_is_found_by_a_form(plain: Tab, language: Language) -> None:
    walk = Walk(plain, language)
    walk.start("graph")
    walk.fill("#g-from", "busan")
    walk.fill("#g-to", "singapore")
    walk.go(plain.all("main form button")[1], "to=")
    assert plain.all("#paths tbody tr")


@both
def test_a_named_query_runs_by_a_form(plain: Tab, language: Language) -> None:
    walk = Walk(plain, language)
    walk.start("queries/city-profile")
    walk.fill("#p-city", "busan")
    walk.go(plain.find("main form button"), "city=busan")
    assert plain.all("#answer tbody tr")


@both
def test_the_console_is_a_form(plain: Tab, language: Language) -> None:
    walk = Walk(plain, language)
    walk.start("console")
    walk.fill("#query", "SELECT ?s WHERE { ?s ?p ?o } LIMIT 3")
    walk.go(plain.find("#console-form button"), "query=SELECT")
    assert len(plain.all("#console-result tbody tr")) == 3
    walk.fill("#query", "SELECT ?s WHERE {")
    walk.click(plain.find("#console-form button"), lambda: plain.all(".error"))
    assert plain.find("#query").get_attribute("value") == "SELECT ?s WHERE {"


@both
def test_an_example_of_the_console_is_a_form(plain: Tab, language: Language) -> None:
    walk = Walk(plain, language)
    walk.start("console")
    walk.go(plain.find("form.choices button"), "query=")
    assert plain.all("#console-result tbody tr")
