"""Graphs of the shipped facts: what they show, what they leave out, and what stands behind it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

import networkx as nx
import pyoxigraph as ox
import pytest

from kg.errors import KgError, ParameterError, UnknownNameError
from kg.explorer import graphs as graphs_module
from kg.explorer.drawn import outline, to_graphml, to_json, to_turtle
from kg.explorer.edges import (
    NODE_KINDS,
    PROPERTIES,
    TOGETHER,
    Edge,
    inverse_label,
    node_kind,
    property_label,
)
from kg.explorer.graphs import MOST, Drawn, Graphs
from kg.explorer.graphstate import MOST_OPENED, VIEWS, GraphState
from kg.explorer.labels import label_lines
from kg.explorer.layers import Place
from kg.explorer.paths import paths, paths_drawn
from kg.explorer.picture import STYLES, to_svg
from kg.explorer.placing import place
from kg.explorer.record import Literal, Record, encode, iri_of
from kg.messages import Language, text

SINGAPORE, BUSAN = "id/city/singapore", "id/city/busan"
SMART_NATION = "id/programme/sg-smart-nation"
OPEN_DATA = "concept/practice/open-data"
INFRASTRUCTURE = "concept/practice/integrated-smart-infrastructure"
LANGUAGES: tuple[Language, ...] = ("en", "zh")
STATES = {
    "city": GraphState((SINGAPORE,)),
    "practice": GraphState((OPEN_DATA,)),
    "two hops": GraphState((SINGAPORE,), hops=2),
    "opened": GraphState((SINGAPORE, SMART_NATION, INFRASTRUCTURE)),
    "apart": GraphState((SINGAPORE, "id/city/kigali")),
    "path": GraphState(ends=(BUSAN, SINGAPORE)),
    **{view: GraphState(view=view) for view in VIEWS},
    "view of a city": GraphState((SINGAPORE,), view="programme-technology"),
}


def draw(graphs: Graphs, state: GraphState) -> Drawn:
    if state.ends:
        return paths_drawn(graphs, state, paths(graphs, state))
    return graphs.draw(state)


def names(drawn: Drawn) -> set[str]:
    return {node.name for node in drawn.nodes}


# --- the address ---------------------------------------------------------------------------------


def read(record: Record, query: str) -> GraphState:
    return GraphState.read(parse_qsl(query, keep_blank_values=True), record)


def test_an_address_says_what_is_shown(record: Record) -> None:
    state = read(
        record,
        "hide=programme/sg-singpass&thing=city/singapore&thing=id/programme/sg-smart-nation"
        "&property=cpg:city&kind=programme&kind=city&hops=2&from=&other=x",
    )
    assert state == GraphState(
        (SINGAPORE, SMART_NATION),
        hidden=frozenset({"id/programme/sg-singpass"}),
        kinds=frozenset({"city", "programme"}),
        properties=frozenset({"cpg:city"}),
        hops=2,
    )
    assert state.query() == (
        "thing=city/singapore&thing=programme/sg-smart-nation&hops=2&kind=city&kind=programme"
        "&property=cpg:city&hide=programme/sg-singpass"
    )


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_an_address_leads_back_to_its_state(record: Record, state: GraphState) -> None:
    assert read(record, state.query()) == state


@pytest.mark.parametrize(
    ("query", "error", "says"),
    [
        ("thing=city/singapur", UnknownNameError, "city/singapore"),
        ("thing=<script>", UnknownNameError, "<script>"),
        ("thing=id/claim/singapore-001", UnknownNameError, "id/claim/singapore-001"),
        ("view=all", UnknownNameError, "city-practice"),
        ("hops=3", ParameterError, "1, 2"),
        ("hops=1&hops=2", ParameterError, "one value"),
        ("kind=source", ParameterError, "practice"),
        ("property=rdf:type", ParameterError, "cpg:city"),
        ("from=city/busan", ParameterError, "different"),
        ("from=city/busan&to=id/city/busan", ParameterError, "different"),
    ],
)
def test_what_is_not_there_is_said(
    record: Record, query: str, error: type[KgError], says: str
) -> None:
    with pytest.raises(error) as raised:
        read(record, query)
    assert says in raised.value.render("en")
    assert raised.value.render("zh")


def test_too_many_opened_things_are_refused(record: Record) -> None:
    cities = record.things("city")[: MOST_OPENED + 1]
    with pytest.raises(ParameterError, match=str(MOST_OPENED)):
        GraphState.read([("thing", city) for city in cities], record)


def test_steps_lead_to_new_states() -> None:
    state = GraphState((SINGAPORE,), hops=2)
    opened = state.expand(SMART_NATION)
    assert opened.things == (SINGAPORE, SMART_NATION)
    assert opened.expand(SMART_NATION) == opened
    assert opened.collapse(SMART_NATION) == state
    assert opened.collapse(SINGAPORE) == GraphState((SMART_NATION,))
    hidden = opened.hide(SMART_NATION)
    assert hidden == replace(state, hidden=frozenset({SMART_NATION}))
    assert hidden.show(SMART_NATION) == state
    assert hidden.expand(SMART_NATION) == opened
    assert state.toggle_kind("city").toggle_kind("city") == state
    assert state.toggle_property("cpg:city").properties == {"cpg:city"}
    assert GraphState(view="city-practice").expand(SINGAPORE) == GraphState((SINGAPORE,))
    path = GraphState(ends=(BUSAN, SINGAPORE))
    assert path.hide(BUSAN) == path


# --- nodes and edges -----------------------------------------------------------------------------


def test_every_edge_is_stated_by_its_claims(record: Record, graphs: Graphs) -> None:
    unclaimed = Counter[str]()
    for name, edges in graphs.edges.items():
        for edge in edges:
            if edge.source != name:
                continue
            for claim in edge.claims:
                assert (edge.source, edge.property, edge.target) in {
                    statement[:3] for statement in record.within(claim)
                }
            if not edge.claims:
                unclaimed[edge.property] += 1
    # The register of cities and the vocabulary speak without claims.
    assert set(unclaimed) == {"cpg:governedBy", "skos:broader", "dcterms:isPartOf"}


def test_nothing_that_a_claim_states_between_two_nodes_is_lost(
    record: Record, graphs: Graphs
) -> None:
    for name in graphs.kinds:
        shown = {(edge.property, edge.target) for edge in graphs.edges[name]}
        for statement in record.of(name):
            value = statement.value
            if statement.claims and isinstance(value, str) and node_kind(record, value):
                assert (statement.property, value) in shown


def test_a_relation_is_one_edge_whichever_way_it_is_told(graphs: Graphs) -> None:
    between = [edge for edge in graphs.edges[SINGAPORE] if edge.other(SINGAPORE) == SMART_NATION]
    assert [(edge.source, edge.property) for edge in between] == [(SMART_NATION, "cpg:city")]


def test_every_property_and_kind_has_words_in_both_languages(record: Record) -> None:
    for language in LANGUAGES:
        for property_ in (*PROPERTIES, "cpg:adoptsPractice", TOGETHER):
            assert property_label(record, property_, language)
            assert inverse_label(record, property_, language)
        assert all(text(f"kind-{kind}", language) for kind in NODE_KINDS)


def test_every_kind_has_a_look_of_its_own() -> None:
    assert set(STYLES) == set(NODE_KINDS)
    assert len({points for _, points in STYLES.values()}) >= len(STYLES) - 2
    assert len(set(STYLES.values())) == len(STYLES)


# --- neighbourhoods ------------------------------------------------------------------------------


def test_neighbourhood_of_singapore(record: Record, graphs: Graphs) -> None:
    drawn = graphs.draw(GraphState((SINGAPORE,)))
    assert drawn.nodes[0].name == SINGAPORE
    assert drawn.nodes[0].opened
    assert drawn.nodes[0].more == {}
    assert names(drawn) - {SINGAPORE} == set(record.values(SINGAPORE, "cpg:hasProgramme"))
    assert drawn.left_out == {}
    smart_nation = next(node for node in drawn.nodes if node.name == SMART_NATION)
    opened = graphs.draw(drawn.state.expand(SMART_NATION))
    brought = [node for node in opened.nodes if node.name not in names(drawn)]
    assert smart_nation.more == Counter(node.kind for node in brought)


def test_two_hops_reach_the_practices_behind_the_programmes(record: Record, graphs: Graphs) -> None:
    drawn = graphs.draw(GraphState((SINGAPORE,), hops=2))
    practices = {
        practice
        for programme in record.values(SINGAPORE, "cpg:hasProgramme")
        for practice in record.values(programme, "cpg:implementsPractice")
    }
    assert {node.name for node in drawn.nodes if node.kind == "practice"} == practices


def test_closing_undoes_opening(graphs: Graphs) -> None:
    state = GraphState((SINGAPORE,))
    before = graphs.draw(state)
    opened = graphs.draw(state.expand(SMART_NATION))
    assert names(before) < names(opened)
    after = graphs.draw(opened.state.collapse(SMART_NATION))
    assert after == before
    assert place(graphs, after) == place(graphs, before)


def test_what_two_opened_things_share_stays_when_one_is_closed(graphs: Graphs) -> None:
    state = GraphState((SINGAPORE, SMART_NATION, INFRASTRUCTURE))
    closed = graphs.draw(state.collapse(SMART_NATION))
    # Both others lead to it still; the technologies that it alone brought in are gone.
    assert SMART_NATION in names(closed)
    assert "technology" not in {node.kind for node in closed.nodes}
    assert INFRASTRUCTURE in names(closed)


def test_hidden_things_do_not_come_back(graphs: Graphs) -> None:
    state = GraphState((SINGAPORE,)).hide(SMART_NATION)
    for later in (state, state.expand(INFRASTRUCTURE), replace(state, hops=2)):
        drawn = graphs.draw(later)
        assert SMART_NATION not in names(drawn)
        assert all(SMART_NATION not in (edge.source, edge.target) for edge in drawn.edges)
    assert SMART_NATION in names(graphs.draw(state.show(SMART_NATION)))


def test_filters_leave_kinds_and_properties(graphs: Graphs) -> None:
    state = GraphState((SINGAPORE,), hops=2)
    whole = graphs.draw(state)
    few = graphs.draw(replace(state, kinds=frozenset({"programme", "practice"})))
    assert names(few) == {SINGAPORE} | {
        node.name for node in whole.nodes if node.kind in ("programme", "practice")
    }
    wanted = {"cpg:city", "cpg:implementsPractice"}
    narrow = graphs.draw(replace(state, properties=frozenset(wanted)))
    assert {edge.property for edge in narrow.edges} == wanted
    practice = next(node for node in narrow.nodes if node.kind == "practice")
    assert set(practice.more) <= {"programme"}


def test_what_does_not_fit_is_counted(graphs: Graphs, monkeypatch: pytest.MonkeyPatch) -> None:
    busiest = sorted(graphs.kinds, key=lambda name: -len(graphs.edges[name]))[:8]
    state = GraphState(tuple(busiest), hops=2)
    monkeypatch.setattr(graphs_module, "MOST", 10_000)
    whole = graphs.draw(state)
    monkeypatch.undo()
    drawn = graphs.draw(state)
    assert len(whole.nodes) > MOST
    assert len(drawn.nodes) == MOST
    missing = Counter(node.kind for node in whole.nodes) - Counter(n.kind for n in drawn.nodes)
    assert drawn.left_out == missing
    assert set(busiest) <= names(drawn)
    assert drawn == graphs.draw(state)
    assert len(place(graphs, drawn)) == MOST


def test_nothing_opened_is_an_empty_graph(graphs: Graphs) -> None:
    drawn = graphs.draw(GraphState())
    assert (drawn.nodes, drawn.edges, place(graphs, drawn)) == ((), (), {})
    assert to_svg(graphs, drawn, {}, "en", title="", source="")


# --- paths ---------------------------------------------------------------------------------------


def test_busan_and_singapore_hang_together_through_practices(
    record: Record, graphs: Graphs
) -> None:
    found = paths(graphs, GraphState(ends=(BUSAN, SINGAPORE)))
    assert 1 < len(found) <= 5
    kinds = [[graphs.kinds[name] for name in path.nodes] for path in found]
    assert kinds[0] == kinds[1] == ["city", "programme", "practice", "programme", "city"]
    assert found[0].nodes[2] != found[1].nodes[2]
    for path in found:
        assert (path.nodes[0], path.nodes[-1]) == (BUSAN, SINGAPORE)
        assert [hop.forward for hop in path.hops] == [False, True, False, True]
        for hop in path.hops:
            assert hop.claims
            assert record.sources(hop.claims)


def test_paths_are_shortest(graphs: Graphs) -> None:
    direct = paths(graphs, GraphState(ends=(SMART_NATION, SINGAPORE)))
    assert [path.nodes for path in direct] == [(SMART_NATION, SINGAPORE)]


def test_paths_avoid_what_is_hidden(graphs: Graphs) -> None:
    state = GraphState(ends=(BUSAN, SINGAPORE))
    middle = paths(graphs, state)[0].nodes[2]
    around = paths(graphs, state.hide(middle))
    assert around
    assert all(middle not in path.nodes for path in around)


def test_paths_do_not_lead_through_what_joins_everything(graphs: Graphs) -> None:
    cities = [city for city in graphs.record.things("city") if graphs.edges[city]][::9]
    for city in cities:
        if city == SINGAPORE:
            continue
        for path in paths(graphs, GraphState(ends=(city, SINGAPORE))):
            for name in path.nodes[1:-1]:
                assert graphs.kinds[name] not in ("domain", "stakeholder", "outcome-type")
                assert any(edge.property != "skos:broader" for edge in graphs.edges[name])


def test_no_path_is_an_answer(graphs: Graphs) -> None:
    bare = next(
        city
        for city in graphs.record.things("city")
        if all(edge.property == "cpg:governedBy" for edge in graphs.edges[city])
    )
    state = GraphState(ends=(bare, SINGAPORE))
    assert paths(graphs, state) == []
    drawn = draw(graphs, state)
    assert names(drawn) == {bare, SINGAPORE}
    assert drawn.edges == ()
    assert len(set(place(graphs, drawn).values())) == 2


# --- views ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", VIEWS)
def test_views_join_two_kinds(record: Record, graphs: Graphs, view: str) -> None:
    drawn = graphs.draw(GraphState(view=view))
    left, right = view.split("-")
    assert {node.kind for node in drawn.nodes} == {left, right}
    for edge in drawn.edges:
        assert (graphs.kinds[edge.source], graphs.kinds[edge.target]) == (left, right)
        assert edge.claims
        assert edge.through
        stated = graphs.stated(edge)
        # Each programme says itself how it comes to join the two.
        assert {s.subject for s in stated if s.property == "cpg:city"} == set(edge.through)
        said = {claim for statement in stated for claim in statement.claims}
        assert said & set(edge.claims)
        if view == "city-practice":
            assert {s.value for s in stated if s.property == "cpg:city"} == {edge.source}
        assert edge.target in {s.value for s in stated}


def test_a_view_of_a_city_shows_that_city(record: Record, graphs: Graphs) -> None:
    drawn = graphs.draw(GraphState((SINGAPORE,), view="city-practice"))
    assert {node.name for node in drawn.nodes if node.kind == "city"} == {SINGAPORE}
    programmes = set(record.values(SINGAPORE, "cpg:hasProgramme"))
    for view in VIEWS:
        drawn = graphs.draw(GraphState((SINGAPORE,), view=view))
        assert {p for edge in drawn.edges for p in edge.through} <= programmes


def test_views_leave_out_what_is_hidden(graphs: Graphs) -> None:
    drawn = graphs.draw(GraphState(view="city-practice").hide(OPEN_DATA))
    assert OPEN_DATA not in names(drawn)


# --- positions -----------------------------------------------------------------------------------


def crossing_labels(graphs: Graphs, drawn: Drawn, places: dict[str, Place]) -> int:
    """Pairs of nodes whose labels lie on each other, in either language."""
    count = 0
    for language in LANGUAGES:
        boxes = []
        for node in drawn.nodes:
            at = places[node.name]
            rows = label_lines(graphs.record.name(node.name, language))
            half = 3.2 * max(sum(2 if c >= "\u2e80" else 1 for c in row) for row in rows)
            boxes.append((at.x - half, at.y - 8, at.x + half, at.y + 16 + 15 * len(rows)))
        count += sum(
            a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
            for i, a in enumerate(boxes)
            for b in boxes[:i]
        )
    return count


@pytest.mark.parametrize("name", ["city", "practice", "two hops", "opened", "apart", "path"])
def test_labels_do_not_lie_on_each_other(graphs: Graphs, name: str) -> None:
    drawn = draw(graphs, STATES[name])
    places = place(graphs, drawn)
    assert set(places) == names(drawn)
    assert crossing_labels(graphs, drawn, places) == 0


def test_what_stands_stays_where_it_is(graphs: Graphs) -> None:
    state = GraphState((SINGAPORE,))
    before = place(graphs, graphs.draw(state))
    for thing in (SMART_NATION, INFRASTRUCTURE, "concept/technology/data-platform"):
        state = state.expand(thing)
        after = place(graphs, graphs.draw(state))
        assert {name: after[name] for name in before} == before
        before = after
    hidden = place(graphs, graphs.draw(state.hide("id/programme/sg-singpass")))
    assert all(before[name] == at for name, at in hidden.items())


def test_a_thing_without_neighbours_stands_alone(graphs: Graphs) -> None:
    lone = [name for name in graphs.kinds if not graphs.edges[name]]
    for name in lone[:3]:
        drawn = graphs.draw(GraphState((name, SINGAPORE)))
        assert len(set(place(graphs, drawn).values())) == len(drawn.nodes)


def test_neighbours_stand_near(graphs: Graphs) -> None:
    drawn = graphs.draw(STATES["city"])
    places = place(graphs, drawn)
    middle = places[SINGAPORE]
    for name, at in places.items():
        if name != SINGAPORE:
            assert 70 < ((at.x - middle.x) ** 2 + (at.y - middle.y) ** 2) ** 0.5 < 400


PROGRAM = """
import json, sys
from kg.explorer.drawn import to_json
from kg.explorer.graphs import Graphs
from kg.explorer.graphstate import GraphState
from kg.explorer.paths import paths, paths_drawn
from kg.explorer.placing import place
from kg.explorer.record import Record
record = Record.decode(open(sys.argv[1], "rb").read())
graphs = Graphs(record)
for query in sys.argv[2:]:
    pairs = [tuple(pair.split("=")) for pair in query.split("&")]
    state = GraphState.read(pairs, record)
    drawn = paths_drawn(graphs, state, paths(graphs, state)) if state.ends else graphs.draw(state)
    print(json.dumps(to_json(graphs, drawn, place(graphs, drawn), "en",
        thing_href=str, edge_href=lambda edge: edge.id), sort_keys=True))
"""


def test_other_processes_draw_the_same(record_bytes: bytes, tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    path.write_bytes(record_bytes)
    queries = [state.query() for state in STATES.values()]
    outputs = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM, str(path), *queries],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert len(outputs.pop().splitlines()) == len(queries)


# --- exports -------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_exports_hold_what_is_shown(graphs: Graphs, state: GraphState, language: Language) -> None:
    drawn = draw(graphs, state)
    places = place(graphs, drawn)
    content = to_json(
        graphs,
        drawn,
        places,
        language,
        thing_href=lambda name: f"/{name}",
        edge_href=lambda e: e.id,
    )
    assert json.loads(json.dumps(content)) == content
    assert [node["id"] for node in content["nodes"]] == [node.name for node in drawn.nodes]
    assert set(content["kinds"]) == {node.kind for node in drawn.nodes}
    ids = {node["id"] for node in content["nodes"]}
    assert all({edge["source"], edge["target"]} <= ids for edge in content["edges"])
    for node in content["nodes"]:
        for action in ("expand", "hide", "collapse"):
            if node[action] is not None:
                read(graphs.record, node[action][1:])

    svg = ET.fromstring(to_svg(graphs, drawn, places, language, title="T", source="S"))
    assert not [each for each in svg.iter() if each.tag.endswith("script")]
    titles = {each.text for each in svg.iter() if each.tag.endswith("}title")}
    colon = "：" if language == "zh" else ": "
    assert all(
        text(f"kind-{node.kind}", language) + colon + graphs.record.name(node.name, language)
        in titles
        for node in drawn.nodes
    )

    network = nx.parse_graphml(to_graphml(graphs, drawn, language).decode(), force_multigraph=True)
    assert network.number_of_nodes() == len(drawn.nodes)
    assert network.number_of_edges() == len(drawn.edges)
    assert {data["iri"] for _, data in network.nodes(data=True)} == {
        iri_of(node.name) for node in drawn.nodes
    }


def test_turtle_holds_the_statements_and_names(record: Record, graphs: Graphs) -> None:
    drawn = graphs.draw(STATES["city"])
    turtle = to_turtle(graphs, drawn)
    assert "@prefix cpg:" in turtle
    triples = {str(triple) for triple in ox.parse(turtle.encode(), format=ox.RdfFormat.TURTLE)}
    for edge in drawn.edges:
        assert (
            f"<{iri_of(edge.source)}> <{iri_of(edge.property)}> <{iri_of(edge.target)}>"
            in "\n".join(triples)
        )
    assert '"新加坡"@zh-Hans' in turtle
    assert "cpg:Claim" not in turtle


def test_turtle_of_a_view_says_what_the_lines_rest_on(record: Record, graphs: Graphs) -> None:
    drawn = graphs.draw(GraphState((SINGAPORE,), view="city-practice"))
    turtle = to_turtle(graphs, drawn)
    known = {(s.subject, s.property) for name in record for s in record.of(name)}
    for quad in ox.parse(turtle.encode(), format=ox.RdfFormat.TURTLE):
        base = "https://w3id.org/city-practice-graph/"
        assert isinstance(quad.subject, ox.NamedNode)
        assert any(
            subject == quad.subject.value.removeprefix(base)
            and iri_of(property_) == quad.predicate.value
            for subject, property_ in known
        )
    assert "cpg:implementsPractice" in turtle
    assert "cpg:adoptsPractice" not in turtle


PAYLOADS = (
    "</title></svg><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "]]>&lt;&amp;'\"",
    "a\x00b\x08c\x1bd\ufffee\uffff",
    "\u202egnirts",
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_names_stay_text(payload: str) -> None:
    quads = [
        (city, "skos:prefLabel", Literal(name, "en"), "")
        for city, name in (("id/city/a", payload), ("id/programme/p", payload))
    ]
    document = encode(
        [
            *quads,
            ("cpg:city", "rdfs:label", Literal(payload, "en"), ""),
            ("id/programme/p", "cpg:city", "id/city/a", "id/claim/c"),
        ],
        {"incidence": {}},
        "2026-01-01",
    )
    record = Record.decode(document)
    assert record is not None
    graphs = Graphs(record)
    drawn = graphs.draw(GraphState(("id/city/a",), properties=frozenset({"cpg:city"})))
    assert drawn.edges == (Edge("id/programme/p", "id/city/a", "cpg:city", ("id/claim/c",)),)
    places = place(graphs, drawn)
    svg = to_svg(graphs, drawn, places, "en", title=payload, source=payload)
    tree = ET.fromstring(svg)
    tags = {each.tag.rpartition("}")[2] for each in tree.iter()}
    assert tags <= {"svg", "title", "rect", "text", "g", "circle", "polygon", "path"}
    assert not any(key.startswith("on") for each in tree.iter() for key in each.attrib)
    graphml = to_graphml(graphs, drawn, "en").decode()
    labels = {data["label"] for _, data in nx.parse_graphml(graphml).nodes(data=True)}
    expected = "".join(c if c in "\t\n\r" or " " <= c < "\ufffe" else "\ufffd" for c in payload)
    assert labels == {expected}
    assert f": {expected}" in "".join(t.text or "" for t in tree.iter() if "title" in t.tag)
    turtle = to_turtle(graphs, drawn)
    assert payload in {
        quad.object.value
        for quad in ox.parse(turtle.encode(), format=ox.RdfFormat.TURTLE)
        if isinstance(quad.object, ox.Literal)
    }


# --- the list ------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_the_list_holds_all_nodes_and_edges(graphs: Graphs, state: GraphState) -> None:
    drawn = draw(graphs, state)
    sections = outline(graphs, drawn, "en")
    entries = [e for section in sections for group in section.groups for e in group.entries]
    assert {entry.edge for entry in entries} == set(drawn.edges)
    assert {s.node.name for s in sections} | {e.node.name for e in entries} == names(drawn)


def test_the_list_reads_from_the_opened_thing(graphs: Graphs) -> None:
    drawn = graphs.draw(STATES["city"])
    for language, label in zip(LANGUAGES, ("has programme", "拥有项目"), strict=True):
        first = outline(graphs, drawn, language)[0]
        assert first.node.name == SINGAPORE
        assert [(group.label, len(group.entries)) for group in first.groups] == [(label, 14)]
        assert all(entry.edge.claims for entry in first.groups[0].entries)
