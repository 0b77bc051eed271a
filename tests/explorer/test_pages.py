"""Every type of page in a real browser, in both languages and three widths."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from kg.messages import Language
from tests.explorer.browsing import Tab
from tests.explorer.inspecting import Inspection, ready
from tests.explorer.places import LANGUAGES, PLACES, Place
from tests.server.conftest import Service

Look = Callable[[Place, Language], Inspection]
pages = pytest.mark.parametrize(
    ("place", "language"),
    [
        pytest.param(place, language, id=f"{place.name}-{language}")
        for place in PLACES
        for language in LANGUAGES
    ],
)


@pages
def test_it_answers(place: Place, language: Language, explorer: Service) -> None:
    from tests.explorer.conftest import addressed

    status, headers, body = explorer.get(addressed(place, explorer).address(language))
    assert status == place.status
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert f'<html lang="{"zh-Hans" if language == "zh" else "en"}">'.encode() in body


@pages
@pytest.mark.parametrize(
    "check",
    [
        "axe",
        "reflow",  # the page never scrolls sideways
        "text",  # nothing smaller than 12 px
        "targets",  # WCAG 2.5.8
        "tab",  # Tab reaches everything, in the order of the document
        "focus",  # what has the focus looks different and is in sight
        "languages",  # text in the other language says so
        "headings",  # one h1, no level left out, no id twice
        "policy",  # nothing that the Content-Security-Policy forbids
        "console",  # no error
        "network",  # nothing is asked elsewhere
    ],
)
def test_nothing_is_wrong(check: str, place: Place, language: Language, inspected: Look) -> None:
    faults = inspected(place, language).faults[check]
    assert not faults, "\n".join(["", *faults])


@pages
def test_both_languages_lead_to_each_other(
    place: Place, language: Language, inspected: Look
) -> None:
    here = inspected(place, language)
    if place.status == 404:
        assert urlsplit(here.switch).path in ("/en/", "/zh/")
        return
    other: Language = "zh" if language == "en" else "en"
    there = inspected(place, other)
    own, others = ("en", "zh-Hans") if language == "en" else ("zh-Hans", "en")
    assert here.alternates == there.alternates
    assert {*here.alternates} == {"en", "zh-Hans", "x-default"}
    assert here.switch == here.alternates[others]
    assert urlsplit(here.alternates[own]).path.startswith(f"/{language}/")
    assert here.switch.replace(f"/{other}/", "/", 1) == here.alternates[own].replace(
        f"/{language}/", "/", 1
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["", "graph?thing=id/city/shanghai", "console"])
def test_a_page_that_was_seen_before_is_whole(path: str, language: Language, tab: Tab) -> None:
    for _ in range(2):
        tab.browser.get("about:blank")
        tab.forget()
        tab.open(f"/{language}/{path}")
        ready(tab)
        tab.until(lambda: tab.find("#q").get_attribute("role") == "combobox")
        assert tab.messages() == []
        # What a browser does when the time of a page is over: it asks whether it is still the same.
        assert tab.browser.execute_async_script(
            "fetch(location.href, { cache: 'no-cache', headers: { Accept: 'text/html' } })"
            ".then((answer) => arguments[0](answer.ok))"
        )
