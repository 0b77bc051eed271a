"""What pages say is what the analyses and the named queries say."""

from __future__ import annotations

import csv
import inspect
import io
import json
import re
from itertools import pairwise

import pytest

from kg.catalogue import catalogue
from kg.errors import ParameterError, UnknownNameError
from kg.explorer.asking import GROUPS, group_of
from kg.explorer.panels import Column, Item, Page, Panel, to_csv
from kg.explorer.record import KINDS, LEADING, Record, iri_of, name_of
from kg.explorer.site import Site
from kg.graph import KnowledgeGraph
from kg.messages import Language
from kg.recurrence.certainty import assess
from kg.terms import CONCEPT, ID

PRACTICES = CONCEPT + "practice/"
PATHS = (
    *("", "city", "practice", "programme", "technology", "mechanism", "outcome", "organisation"),
    *("source", "matrix", "compare", "map", "unknown", "ontology", "gap", "city/shanghai"),
    *("practice/open-data", "practice/effective-governance", "programme/sg-smes-go-digital"),
    *("technology/digital-twin", "mechanism/participatory-budgeting"),
    *("outcome/sg-smes-go-digital-p4", "organisation/sg-imda", "source/sh-top50-lessons-2021"),
    *("thing/id/claim/singapore-018", "thing/concept/practice", "gap/shanghai"),
    "evidence/shanghai/practice/whole-of-government",
)


@pytest.fixture(scope="session")
def site(record: Record) -> Site:
    return Site(record)


def cells(page: Page, panel: str, column: str) -> list[tuple[Item, ...]]:
    found = page.panel(panel)
    assert found is not None
    place = [c.key for c in found.columns].index(column)
    return [row[place] for row in found.rows]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_query_stands_in_one_group(site: Site, language: Language) -> None:
    page = site.writers[language].queries()
    assert [panel.id for panel in page.panels] == list(GROUPS)
    assert [href for _, href in page.extra["actions"]] == [f"#{group}" for group in GROUPS]
    listed = [row[0][0].href for panel in page.panels for row in panel.rows]
    assert sorted(listed) == [f"/{language}/queries/{name}" for name in sorted(catalogue())]
    assert all(len(panel.rows) > 3 for panel in page.panels)
    assert group_of(catalogue()["city-profile"]) == "cities"
    tags = [tag for tags in GROUPS.values() for tag in tags]
    assert len(tags) == len(set(tags))
    assert set(tags) <= {tag for query in catalogue().values() for tag in query.tags}


@pytest.mark.parametrize(
    ("thing", "english", "chinese"),
    [
        ("concept/challenge/data-silos", "Challenge", "挑战"),
        ("concept/indicator/data-calls", "Vocabulary: Indicators", "概念表：指标"),
        ("concept/indicator", "Vocabulary", "概念表"),
        ("id/programme/kr-seoul-s-data", "Programme of Seoul", "首尔的项目"),
        ("concept/practice/open-data", "Practice", "实践"),
    ],
)
def test_kinds_are_named(site: Site, thing: str, english: str, chinese: str) -> None:
    assert site.writers["en"].kind_name(thing) == english
    assert site.writers["zh"].kind_name(thing) == chinese


def test_a_search_puts_things_before_words_and_never_shows_a_slug(site: Site) -> None:
    found = site.search("data", 60)
    kinds = [site.record.kind(thing) for thing, _, _ in found]
    assert None not in kinds[:10]
    assert None in kinds  # they are there, further down
    whole = dict.fromkeys(thing for thing, _, _ in found)
    assert "concept/mechanism/data-protection-law" in whole
    for language in ("en", "zh"):
        reasons = [row[2] for row in site.writers[language].found("data", found).panels[0].rows]
        said = [cell[0].text for cell in reasons if cell]
        assert not [text for text in said if re.search(r"[a-z]-[a-z-]+[a-z]$", text)]


def test_practices_are_counted_as_the_analysis_counts_them(
    site: Site, graph: KnowledgeGraph
) -> None:
    counted = {name_of(row.concept): row for row in graph.recurrence().rows}
    leading = {name_of(row.concept): row for row in graph.recurrence(leading=LEADING[0]).rows}
    page = site.page("en", "")
    names = [cell[0].name for cell in cells(page, "recurrence", "practice")]
    assert set(names) == set(counted)
    for name, own, ahead in zip(
        names,
        cells(page, "recurrence", "cities"),
        cells(page, "recurrence", "leading"),
        strict=True,
    ):
        assert own[0].number == len(counted[name].cities)
        assert ahead[0].number == (len(leading[name].cities) if name in leading else 0)
        own_page = site.page("en", "practice/" + name.rpartition("/")[2])
        listed = [cell[0].name for cell in cells(own_page, "cities", "city")]
        assert listed == [name_of(city) for city in counted[name].cities]
        assert f" {len(listed)} of " in own_page.lead


def test_counts_are_those_of_the_named_query(site: Site, graph: KnowledgeGraph) -> None:
    said = {str(row[0]): int(str(row[2])) for row in graph.run("cq01-practices-by-cities").values()}
    page = site.page("zh", "")
    shown = {
        iri_of(name[0].name): number[0].number
        for name, number in zip(
            cells(page, "recurrence", "practice"), cells(page, "recurrence", "cities"), strict=True
        )
    }
    assert shown == said


@pytest.mark.parametrize("city", ["shanghai", "london", "kigali"])
def test_gaps_are_those_of_the_analysis(site: Site, graph: KnowledgeGraph, city: str) -> None:
    table = graph.gap(city)
    page = site.page("en", f"gap/{city}")
    assert [cell[0].name for cell in cells(page, "gaps", "practice")] == [
        name_of(gap.concept) for gap in table.rows
    ]
    assert [cell[0].number for cell in cells(page, "gaps", "peers")] == [
        len(gap.cities) for gap in table.rows
    ]
    assert [cell[0].name for cell in cells(page, "compared", "city")] == [
        name_of(peer) for peer in table.compared
    ]


def test_a_city_shows_what_its_profile_says(site: Site, graph: KnowledgeGraph) -> None:
    for city in ("singapore", "helsinki", "amsterdam"):
        rows = graph.run("city-profile", city=city).records()
        practices: dict[str, set[str]] = {}
        for row in rows:
            if str(row["property"]).endswith("implementsPractice"):
                practices.setdefault(name_of(str(row["programme"])), set()).add(
                    name_of(str(row["value"]))
                )
        page = site.page("en", f"city/{city}")
        shown = {
            programme[0].name: {item.name for item in applied}
            for programme, applied in zip(
                cells(page, "programmes", "programme"),
                cells(page, "programmes", "practices"),
                strict=True,
            )
        }
        assert {name: found for name, found in shown.items() if found} == practices


def test_side_by_side_is_the_comparison(site: Site, graph: KnowledgeGraph) -> None:
    slugs = ("singapore", "shanghai", "new-york-city")
    page = site.page("en", "compare", [("city", slug) for slug in slugs])
    table = graph.compare(*slugs)
    concepts = [cell[0].name for cell in cells(page, "practices", "practice")]
    assert set(concepts) == {name_of(concept) for concept in table.concepts}
    states = {"documented": "", "searched-not-found": "searched", "unknown": "unknown"}
    for (concept, city), cell in table.cells.items():
        column = cells(page, "practices", city.rpartition("/")[2])
        shown = column[concepts.index(name_of(concept))]
        assert {item.name for item in shown if item.name} == {name_of(p) for p in cell.programmes}
        assert shown[0].state == states[cell.state]


@pytest.mark.parametrize("path", PATHS)
def test_both_languages_show_the_same(site: Site, path: str) -> None:
    english, chinese = (site.page(language, path) for language in LANGUAGES)
    assert [panel.id for panel in english.panels] == [panel.id for panel in chinese.panels]
    for one, other in zip(english.panels, chinese.panels, strict=True):
        assert len(one.rows) == len(other.rows), one.id
        assert [c.key for c in one.columns] == [c.key for c in other.columns], one.id
        assert (one.query or [""])[0] == (other.query or [""])[0]
    assert english.title
    assert chinese.title
    assert set(english.things) == set(chinese.things)


LANGUAGES: tuple[Language, ...] = ("en", "zh")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_panel_has_its_query_and_its_twins(site: Site, path: str, language: Language) -> None:
    page = site.page(language, path)
    whole = json.loads(site.renderer.json(page))
    assert {panel["id"] for panel in whole["panels"]} == {p.id for p in page.panels if p.rows}
    for panel in page.panels:
        assert panel.query is not None or panel.form == "questions" or not panel.rows, panel.id
        if panel.query is not None:
            name, parameters = panel.query
            catalogue()[name].bind({key: [value] for key, value in parameters})
        if not panel.rows or not panel.columns:
            continue
        table = list(csv.reader(io.StringIO(site.renderer.csv(page, panel.id).decode("utf-8-sig"))))
        assert len(table) == len(panel.rows) + 1
        assert all(len(one) == len(other) for one, other in pairwise(table))


def test_every_thing_has_a_page_in_both_languages(site: Site, record: Record) -> None:
    for kind in KINDS:
        for name in record.things(kind):
            for language in LANGUAGES:
                page = site.page(language, f"{kind}/{record.slug(name)}")
                assert page.about == name
                assert page.path == f"{kind}/{record.slug(name)}"


def test_every_statement_of_a_programme_shows_its_claims(site: Site, record: Record) -> None:
    """Nothing that a source says of a programme is left out of its page."""
    for programme in record.things("programme")[::10]:
        page = site.page("en", "programme/" + record.slug(programme))
        shown = {
            c for p in page.panels for row in p.rows for cell in row for i in cell for c in i.claims
        }
        stated = {
            claim
            for statement in record.of(programme)
            if statement.property not in ("rdf:type", "skos:prefLabel", "skos:hiddenLabel")
            and not (isinstance(statement.value, tuple) and statement.value.language == "zh-Hans")
            for claim in statement.claims
        }
        assert stated <= shown, (programme, stated - shown)


@pytest.mark.parametrize(
    "path",
    [
        "nowhere",
        "city/nowhere",
        "city/",
        "thing/id/claim/none",
        "gap/nowhere",
        "evidence/shanghai/x/y",
        "city/singapore/more",
        "thing/cpg:City",
    ],
)
def test_what_is_not_there(site: Site, path: str) -> None:
    with pytest.raises(UnknownNameError):
        site.page("en", path)


@pytest.mark.parametrize(
    "parameters",
    [("region", "atlantis"), ("facet", "x"), ("level", "9"), ("order", "x"), ("leading", "7")],
)
def test_choices_that_there_are_not(site: Site, parameters: tuple[str, str]) -> None:
    with pytest.raises(ParameterError):
        site.page("en", "matrix", [parameters])


def test_the_matrix_filters(site: Site, record: Record) -> None:
    page = site.page("en", "matrix", [("region", "asia"), ("leading", "50")])
    regions = {
        record.values(cell[0].name, "cpg:region")[0] for cell in cells(page, "matrix", "city")
    }
    assert regions == {"concept/region/asia"}
    wide = site.page("en", "matrix", [("facet", "technology"), ("all", "1")]).panels[0]
    assert len(wide.rows) == len(record.things("city"))
    assert len(wide.columns) > 70
    states = {cell[0].state for row in wide.rows for cell in row[1:]}
    assert states == {"documented", "unknown"}


def test_search_speaks_every_way_of_typing(site: Site) -> None:
    for text in ("上海", "shanghai", "Shanghai", "sh", "ＳＨＡＮＧＨＡＩ", "shang hai"):
        assert site.search(text, 5)[0][0] == "id/city/shanghai", text
    assert site.search("參與式預算", 5)[0][0].endswith(
        ("participatory-budgeting", "participatory-budget")
    )
    assert site.search("", 5) == []


def test_cells_of_csv_are_no_formulas() -> None:
    rows = tuple(((Item(text),),) for text in ("=1+1", "+1", "-1.5", "@x", "\tx", "plain"))
    table = to_csv([Panel("p", "p", (Column("a", "A"),), rows)]).decode("utf-8-sig")
    assert [row[0] for row in csv.reader(io.StringIO(table))] == [
        *("a", "'=1+1", "+1", "-1.5", "'@x", "'\tx", "plain"),
    ]


def test_turtle_says_what_the_dataset_says(site: Site, graph: KnowledgeGraph) -> None:
    import rdflib

    page = site.page("en", "programme/sg-smes-go-digital")
    assert b"@zh-Hans" in site.renderer.turtle(page)
    read = rdflib.Graph()
    read.parse(data=site.renderer.turtle(page).decode("utf-8"), format="turtle")
    thing = rdflib.URIRef(ID + "programme/sg-smes-go-digital")
    stated = {(p, o) for _, p, o in graph.rdflib().default_graph.triples((thing, None, None))}
    assert {(str(p), str(o)) for p, o in stated} == {
        (str(p), str(o)) for _, p, o in read.triples((thing, None, None))
    }


def test_an_interval_stands_beside_the_share_that_it_is_of(
    site: Site, graph: KnowledgeGraph
) -> None:
    first = assess(graph.store, graph.recurrence()).rows[0]
    page = site.page("en", "practice/" + first.row.concept.rpartition("/")[2])
    said = cells(page, "recurrence", "interval")[0][0].text
    assert said == f"{first.row.share:.0%} ({first.low:.0%} to {first.high:.0%})"
    assert first.low < first.row.share < first.high


def test_leading_cities_are_those_of_the_ranking_that_is_named(site: Site) -> None:
    edition = inspect.signature(KnowledgeGraph.recurrence).parameters["edition"].default
    ranking = f"id/edition/{edition}"
    assert site.record.name(ranking, "en") in site.page("en", "").extra["scope"]
    assert site.record.name(ranking, "zh") in site.page("zh", "city").lead


def test_a_programme_of_several_cities_names_them_all(site: Site) -> None:
    path = "programme/fi-helsinki-region-infoshare"
    cities = set(site.record.values("id/" + path, "cpg:city"))
    assert len(cities) == 4
    page = site.page("en", path)
    assert all(site.record.name(city, "en") in page.eyebrow for city in cities)
    # The one with a rank comes first, and the list of programmes has it there.
    assert page.eyebrow.startswith("Programme of Helsinki")
    assert {site.writers["en"].link.href(c) for c in cities} <= {
        h for _, h in page.extra["actions"]
    }
    listed = site.page("en", "programme")
    row = next(row for row in listed.panels[0].rows if row[0][0].name == "id/" + path)
    assert next(item.name for item in row[1]) == "id/city/helsinki"
    assert {item.name for item in row[1]} == cities


def test_a_claim_is_called_by_what_it_is_about(site: Site) -> None:
    claim = site.record.claim("id/claim/singapore-018")
    for language in LANGUAGES:
        page = site.page(language, "thing/id/claim/singapore-018")
        subjects = {s.subject for s in site.record.within(claim.path)}
        assert any(page.title.startswith(site.record.name(s, language)) for s in subjects)
        for place in claim.places:
            assert site.record.name(place.source, language) in page.lead
        assert [p.id for p in page.visible][:2] == ["says", "statements"]
        text = " ".join(item.text for row in page.panels[1].rows for cell in row for item in cell)
        assert "fragment/" not in text
        assert "claim/" not in page.title


def test_what_sources_disagree_on_shows_both_sides(site: Site) -> None:
    page = site.page("en", "unknown")
    rows = cells(page, "disputed-statements", "conflicting")
    assert rows
    silent = [cell[0].name for cell in rows if cell and not cell[0].note]
    assert silent == []


def test_columns_that_hold_nothing_are_left_out_of_tables(site: Site) -> None:
    page = site.page("en", "outcome/sg-e-government-service")
    panel = page.panel("results")
    assert panel is not None
    assert not any(cells(page, "results", "figure"))
    html = site.renderer.html(page).decode("utf-8")
    section = html[html.index('id="results"') :].partition("</section>")[0]
    heads = re.findall(r'<th role="columnheader"[^>]*>([^<]*)</th>', section)
    assert heads == [c.heading for c in panel.columns if any(cells(page, "results", c.key))]
    assert "Figure" not in heads
    # Programs find the same columns in every file.
    assert "figure" in to_csv([panel]).decode("utf-8").splitlines()[0]
