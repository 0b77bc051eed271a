"""Gaps: their order by hand, what comes with them, what was searched, and when nothing is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyoxigraph as ox
import pytest

import kg
from kg.errors import ParameterError, UnknownNameError
from kg.graph import KnowledgeGraph
from kg.recurrence import IncidenceMatrix, Scope, compare_cities, read_matrix
from kg.recurrence.gaps import NOT_ABSENT, Gap, GapTable, find_gaps, gap_support
from kg.store.embedded import EmbeddedStore
from kg.terms import CONCEPT, ID, PREFIXES, expand, shorten

# Size alone: home and a are equal, b is 2, c 4 and d 8 times as large.
BY_SIZE = {"region": 0.0, "subregion": 0.0, "rank": 0.0, "factors": 0.0}
SIZES = {"home": 1, "a": 1, "b": 2, "c": 4, "d": 8}


class Facts:
    """A few facts in the form in which the builder writes them: claims, and all of it merged."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.register(
            *(
                f'city:{city} a cpg:City ; skos:prefLabel "{city}"@en ; cpg:countryCode "CN" ;'
                f" cpg:region c:region\\/asia ; geo:lat 1.0 ; geo:long 1.0 ;"
                f" cpg:hasMeasurement id:measurement\\/{city} ."
                f" id:measurement\\/{city} cpg:indicator c:indicator\\/population-of-urban-area ;"
                f" cpg:numericValue {size}000000 ."
                for city, size in SIZES.items()
            ),
            *(
                f"practice:p{number} a cpg:Practice ; cpg:practiceLevel 3 ;"
                f' skos:prefLabel "p{number}"@en ; skos:inScheme c:practice ;'
                " skos:broaderTransitive practice:theme ."
                for number in range(8)
            ),
        )
        for kind in ("official", "press"):
            for number in range(2):
                self.register(
                    f"id:source\\/{kind}{number} cpg:sourceType c:source-type\\/{kind} ."
                    f" id:fragment\\/{kind}{number} oa:hasSource id:source\\/{kind}{number} ."
                )

    def register(self, *triples: str) -> None:
        self.lines += [f"id:graph\\/register {{ {triple} }}" for triple in triples]

    def claim(
        self,
        name: str,
        triples: str,
        source: str = "press0",
        *,
        status: str = "accepted",
        grade: str = "account",
    ) -> None:
        self.lines.append(f"id:claim\\/{name} {{ {triples} }}")
        self.register(
            f"id:claim\\/{name} a cpg:Claim ; cpg:claimStatus c:claim-status\\/{status} ;"
            f" cpg:evidenceGrade c:evidence-grade\\/{grade} ;"
            f" prov:wasDerivedFrom id:fragment\\/{source} ."
        )

    def programme(self, city: str, practice: str, source: str = "press0", **how: str) -> None:
        name = f"{city}-{practice}"
        stated = f"cpg:city city:{city} ; cpg:implementsPractice practice:{practice}"
        self.claim(name, f"programme:{name} {stated} .", source, **how)

    def store(self) -> EmbeddedStore:
        prefixes = {
            **PREFIXES,
            "id": ID,
            "c": CONCEPT,
            **{name: f"{ID}{name}/" for name in ("city", "programme")},
            "practice": CONCEPT + "practice/",
        }
        text = "\n".join(f"PREFIX {name}: <{iri}>" for name, iri in prefixes.items())
        dataset = ox.Store()
        dataset.load("\n".join([text, *self.lines]).encode(), format=ox.RdfFormat.TRIG)
        for quad in list(dataset):
            dataset.add(ox.Quad(quad.subject, quad.predicate, quad.object))
        return EmbeddedStore(dataset)


def gaps_of(facts: Facts, city: str = "home", **options: Any) -> GapTable:
    store = facts.store()
    options.setdefault("weights", BY_SIZE)
    return find_gaps(store, read_matrix(store), expand(f"city/{city}"), **options)


def slugs(found: tuple[str, ...]) -> list[str]:
    return [iri.rpartition("/")[2] for iri in found]


def gap(table: GapTable, practice: str) -> Gap:
    return next(row for row in table.rows if row.concept.endswith(f"/{practice}"))


def test_support_counts_what_home_has_not() -> None:
    values = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [1, 1, 1]], dtype=bool)
    assert gap_support(values, 0, [1, 2]).tolist() == [0, 2, 0]
    assert gap_support(values, 0, [1, 2, 3]).tolist() == [0, 3, 1]
    assert gap_support(values, 3, [0, 1, 2]).tolist() == [0, 0, 0]
    assert gap_support(values, 0, []).tolist() == [0, 0, 0]


@pytest.fixture(scope="module")
def ordered() -> GapTable:
    facts = Facts()
    for city in SIZES:
        facts.programme(city, "p0")
    for city in ("a", "b", "c"):
        facts.programme(city, "p1")  # three cities, one press page
    for city, source in (("c", "press0"), ("d", "press1")):
        facts.programme(city, "p2", source)  # two cities, two sources, both press
    for city in ("c", "d"):
        facts.programme(city, "p3", "official0")  # one source, official
        facts.programme(city, "p4", "press0")  # one source, press
        facts.programme(city, "p5", "press0", grade="correlation")  # the same, better evidence
    for city in ("a", "b"):
        facts.programme(city, "p6", "press0")  # as p4, of cities more alike
    facts.programme("d", "p7", status="retracted")
    facts.register(
        "id:coverage\\/home cpg:checkedCity city:home ; cpg:checkedPractice practice:p1 ;"
        " cpg:checkedSource id:source\\/press1 ;"
        " cpg:coverageStatus c:coverage-status\\/searched-not-found .",
        "id:coverage\\/absent cpg:checkedCity city:home ; cpg:checkedPractice practice:p3 ;"
        " cpg:checkedSource id:source\\/official1 ;"
        " cpg:coverageStatus c:coverage-status\\/documented-absent .",
        "id:coverage\\/before cpg:checkedCity city:home ;"
        " cpg:checkedPractice practice:p3 , practice:p4 ;"
        " cpg:checkedSource id:source\\/press1 ;"
        " cpg:coverageStatus c:coverage-status\\/searched-not-found .",
        "id:coverage\\/seen cpg:checkedCity city:home ; cpg:checkedPractice practice:p5 ;"
        " cpg:checkedSource id:source\\/press1 ;"
        " cpg:coverageStatus c:coverage-status\\/documented .",
    )
    return gaps_of(facts)


def test_gaps_are_in_order_of_support_evidence_and_likeness(ordered: GapTable) -> None:
    assert ordered.reason is None
    assert slugs(tuple(row.concept for row in ordered.rows)) == [
        *("p1", "p2", "p3", "p5", "p6", "p4")
    ]
    first = ordered.rows[0]
    assert slugs(first.cities) == ["a", "b", "c"]  # most alike first
    assert (first.of, first.documented, first.share) == (4, 4, 3 / 4)
    # On a logarithmic scale from 1 to 8 the likenesses are 1, 2/3 and 1/3.
    assert first.likeness == pytest.approx(2 / 3)
    assert first.likeness_of == 3
    assert slugs(gap(ordered, "p2").sources) == ["press0", "press1"]
    assert gap(ordered, "p2").source_type == "press"
    assert gap(ordered, "p3").source_type == "official"
    assert gap(ordered, "p5").grade == "correlation"
    assert gap(ordered, "p6").likeness == pytest.approx(5 / 6)
    assert gap(ordered, "p4").likeness == pytest.approx(1 / 6)


def test_whether_home_was_searched_is_said(ordered: GapTable) -> None:
    assert gap(ordered, "p1").search.state == "searched-not-found"
    assert slugs(gap(ordered, "p1").search.sources) == ["press1"]
    # A source that says it is absent tells more than one that was searched in vain.
    assert gap(ordered, "p3").search.state == "documented-absent"
    assert slugs(gap(ordered, "p3").search.sources) == ["official1"]
    assert gap(ordered, "p4").search.state == "searched-not-found"
    for practice in ("p2", "p5"):
        assert gap(ordered, practice).search.state == "unknown"
        assert gap(ordered, practice).search.sources == ()


def test_examples_lead_to_claims(ordered: GapTable) -> None:
    examples = gap(ordered, "p2").examples
    assert [(shorten(e.programme), slugs(e.sources)) for e in examples] == [
        ("programme/c-p2", ["press0"]),
        ("programme/d-p2", ["press1"]),
    ]
    assert [shorten(link.claim) for e in examples for link in e.links] == [
        "claim/c-p2",
        "claim/d-p2",
    ]
    assert {(e.start_year, e.statuses) for e in examples} == {(None, ())}


@pytest.fixture(scope="module")
def rich() -> GapTable:
    """Gap p1 with three programmes: their companions, outcomes and status; home weak in budget."""
    facts = Facts()
    for city in ("home", "a", "b", "c"):
        facts.programme(city, "p0")
    for city in ("a", "b", "c"):
        facts.programme(city, "p1")
    facts.register(
        "c:mechanism\\/narrow skos:inScheme c:mechanism ;"
        " skos:broaderTransitive c:mechanism\\/broad .",
        'programme:a-p1 skos:prefLabel "A"@en .',
        "c:unit\\/percent skos:notation '%' .",
    )
    facts.claim(
        "extra",
        "programme:a-p1 cpg:usesMechanism c:mechanism\\/narrow ; cpg:startYear '2019'^^xsd:gYear ;"
        " cpg:programmeStatus c:programme-status\\/ended ;"
        " cpg:hasOutcome id:outcome\\/fell , id:outcome\\/hoped ."
        " programme:b-p1 cpg:usesMechanism c:mechanism\\/narrow , c:mechanism\\/other ."
        " programme:c-p0 cpg:usesMechanism c:mechanism\\/elsewhere .",
    )
    facts.claim("doubt", "programme:a-p1 cpg:hasOutcome id:outcome\\/fell .", status="disputed")
    facts.claim("gone", "programme:a-p1 cpg:hasOutcome id:outcome\\/gone .", status="retracted")
    facts.register(
        "id:outcome\\/fell cpg:outcomeStatus c:outcome-status\\/reported ;"
        " cpg:hasMeasurement id:measurement\\/fall , id:measurement\\/bins ,"
        " id:measurement\\/left .",
        "id:outcome\\/hoped cpg:outcomeStatus c:outcome-status\\/expected .",
        "id:outcome\\/gone cpg:outcomeStatus c:outcome-status\\/reported .",
        "id:measurement\\/fall cpg:resultLevel c:result-level\\/outcome ;"
        " cpg:numericValue -1250.5 ; cpg:unit c:unit\\/percent ;"
        " cpg:indicator c:indicator\\/waste ;"
        " cpg:valueBound c:value-bound\\/at-most ; cpg:observedYear '2020'^^xsd:gYear ;"
        " cpg:baselineYear '2005'^^xsd:gYear .",
        "id:measurement\\/bins cpg:resultLevel c:result-level\\/output ; cpg:numericValue 10 ;"
        " cpg:indicator c:indicator\\/bins ; cpg:unit c:unit\\/one .",
        "id:measurement\\/left cpg:resultLevel c:result-level\\/outcome ; cpg:numericValue 3 ;"
        " cpg:indicator c:indicator\\/left ; cpg:unit c:unit\\/percent .",
    )
    for name, level in (("weak", "weak"), ("strong", "strong")):
        factor = {"weak": "budget", "strong": "vision"}[name]
        facts.claim(
            name,
            f"id:observation\\/{name} cpg:refCity city:home ; cpg:refEdition id:edition\\/e ;"
            f" cpg:factor c:assessment-factor\\/{factor} ;"
            f" cpg:appraisalLevel c:appraisal-level\\/{level} .",
        )
    facts.register("id:claim\\/weak cpg:conflictsWith id:claim\\/score .")
    facts.claim(
        "bearing",
        "practice:theme cpg:relevantToFactor c:assessment-factor\\/budget ,"
        " c:assessment-factor\\/vision .",
        status="editorial",
    )
    return gaps_of(facts)


def test_what_came_with_it_is_counted_over_its_programmes(rich: GapTable) -> None:
    found = gap(rich, "p1")
    assert [
        (c.concept.rpartition("/")[2], c.programmes, c.of, c.documented, slugs(c.cities))
        for c in found.mechanisms
    ] == [("narrow", 2, 3, 2, ["a", "b"]), ("other", 1, 3, 2, ["b"])]
    assert [shorten(link.claim) for link in found.mechanisms[0].links] == ["claim/extra"] * 2
    assert found.technologies == ()
    example = found.examples[0]
    assert (example.start_year, example.statuses) == (2019, ("ended",))


def test_only_reported_outcomes_and_figures_of_outcomes_are_given(rich: GapTable) -> None:
    (outcome,) = gap(rich, "p1").outcomes
    assert shorten(outcome.outcome) == "outcome/fell"
    assert slugs(outcome.claims) == ["doubt", "extra"]
    assert outcome.disputed
    figure, second = outcome.figures
    assert (second.text, second.observed) == ("3 %", None)
    assert (figure.text, figure.baseline, figure.observed) == ("≤ -1,250.5 %", 2005, 2020)
    cell = rich.to_table({outcome.outcome: "Less waste"}).records()[0]["outcome_list"]
    assert cell == "Less waste [indicator/waste ≤ -1,250.5 % (2005–2020), indicator/left 3 %]"


def test_a_weak_factor_marks_the_practices_below_the_one_that_bears_on_it(rich: GapTable) -> None:
    (weak,) = rich.weak
    assert shorten(weak.factor) == "assessment-factor/budget"
    assert (slugs(weak.claims), slugs(weak.against)) == (["weak"], ["score"])
    assert slugs(weak.practices) == ["p0", "p1"]
    assert slugs(weak.cities) == ["a", "b", "c", "home"]
    (bearing,) = gap(rich, "p1").factors
    assert (shorten(bearing.practice), slugs(bearing.claims)) == ("practice/theme", ["bearing"])
    assert rich.focus == rich.rows


def test_without_a_fair_comparison_nothing_is_ordered() -> None:
    facts = Facts()
    for city in ("a", "b"):
        facts.programme(city, "p1")
    silent = gaps_of(facts)
    assert (silent.reason, silent.rows, silent.programmes) == ("no-record-here", (), 0)
    assert len(silent.compared) == 4  # who would be compared is still said
    facts.programme("home", "p0")
    few = gaps_of(facts)
    assert (few.reason, few.rows, slugs(few.documented)) == ("few-documented", (), ["a", "b"])
    enough = gaps_of(facts, minimum_documented=2)
    assert (enough.reason, len(enough.rows)) == (None, 1)
    assert gaps_of(facts, leading=10).reason == "no-leaders"
    assert gaps_of(facts, weights={"population": 0.0}).reason == "no-peers"


def test_facts_of_one_city_have_no_peers() -> None:
    small = kg.open(Path(__file__).parent / "facts")
    matrix = read_matrix(small.store)
    found = find_gaps(small.store, matrix, matrix.cities[0])
    assert (found.reason, found.compared, found.rows) == ("no-peers", (), ())


# the shipped facts


@pytest.fixture(scope="module")
def matrix(graph: KnowledgeGraph) -> IncidenceMatrix:
    return read_matrix(graph.store)


@pytest.fixture(scope="module")
def shanghai(graph: KnowledgeGraph, matrix: IncidenceMatrix) -> GapTable:
    return find_gaps(graph.store, matrix, expand("city/shanghai"))


def check(table: GapTable, matrix: IncidenceMatrix) -> None:
    """What holds of every answer: nothing recorded here, everything there leads to claims."""
    values = dict(zip(matrix.cities, matrix.documentation, strict=True))
    assert table.reason is None
    assert table.rows
    assert set(table.documented) == {city for city in table.compared if values[city]}
    for row in table.rows:
        assert not matrix.evidence(table.city, row.concept)
        assert row.cities == tuple(
            city for city in table.compared if matrix.evidence(city, row.concept)
        )
        assert row.share == len(row.cities) / len(table.documented)
        links = {link for city in row.cities for link in matrix.evidence(city, row.concept)}
        assert {link for example in row.examples for link in example.links} == links
        assert set(row.sources) == {link.source for link in links}
        assert row.source_type
        assert row.grade == "account"
        programmes = {example.programme for example in row.examples}
        for companion in (*row.mechanisms, *row.technologies):
            assert 1 <= companion.programmes <= companion.documented <= len(programmes)
            assert companion.of == len(programmes)
            assert companion.concept != row.concept
            assert {link.programme for link in companion.links} <= programmes
        assert {outcome.programme for outcome in row.outcomes} <= programmes
    supports = [len(row.cities) for row in table.rows]
    assert supports == sorted(supports, reverse=True)


def test_gaps_of_shanghai_beside_its_peers(matrix: IncidenceMatrix, shanghai: GapTable) -> None:
    check(shanghai, matrix)
    assert (shanghai.basis, len(shanghai.compared)) == ("peers", 10)
    assert expand("city/shanghai") not in shanghai.compared
    assert shanghai.caution["en"] == "Not recorded here is not the same as absent."
    assert shanghai.caution["zh"] == "此处未见记载，不等于不存在。"
    assert shanghai.caution is NOT_ABSENT


def test_shanghai_is_read_as_weak_in_budget_and_people_centricity(shanghai: GapTable) -> None:
    weak = {factor.factor.rpartition("/")[2]: factor for factor in shanghai.weak}
    assert set(weak) == {"budget", "people-centricity"}
    assert weak["budget"].against == ()
    assert weak["people-centricity"].against  # the published score says 4
    assert all(claim.startswith(ID + "claim/") for f in shanghai.weak for claim in f.claims)
    assert slugs(weak["budget"].practices) == ["sustainable-financing"]
    assert weak["budget"].cities
    assert CONCEPT + "practice/digital-literacy" in weak["people-centricity"].practices
    assert shanghai.focus
    for row in shanghai.focus:
        for bearing in row.factors:
            factor = bearing.factor.rpartition("/")[2]
            assert row.concept in weak[factor].practices
            assert all(claim.startswith(ID + "claim/editorial-") for claim in bearing.claims)


def test_searches_agree_with_the_comparison_of_cities(
    graph: KnowledgeGraph, shanghai: GapTable
) -> None:
    compared = compare_cities(graph.store, [shanghai.city])
    for row in shanghai.rows:
        cell = compared.cells[row.concept, shanghai.city]
        assert (row.search.state, row.search.sources) == (cell.state, cell.sources)


@pytest.mark.parametrize("city", ["shanghai", "singapore", "new-york-city"])
def test_gaps_beside_the_ten_leaders(
    graph: KnowledgeGraph, matrix: IncidenceMatrix, city: str
) -> None:
    found = find_gaps(graph.store, matrix, expand(f"city/{city}"), leading=10)
    check(found, matrix)
    assert found.basis == "leading"
    assert {matrix.ranks[name] for name in (*found.compared, found.city)} == set(range(1, 11))
    if city != "shanghai":
        assert not found.weak  # nobody appraised them in words
        assert not found.focus


def test_a_city_without_a_programme_and_an_unknown_one(
    graph: KnowledgeGraph, matrix: IncidenceMatrix
) -> None:
    munich = find_gaps(graph.store, matrix, expand("city/munich"))
    assert (munich.reason, munich.rows, len(munich.compared)) == ("no-record-here", (), 10)
    assert len(munich.to_table()) == 0
    with pytest.raises(UnknownNameError) as caught:
        find_gaps(graph.store, matrix, expand("city/atlantis"))
    assert caught.value.code == "city-not-in-scope"


@pytest.mark.parametrize("option", ["peers", "leading", "minimum_documented"])
def test_numbers_that_make_no_sense_are_refused(
    graph: KnowledgeGraph, matrix: IncidenceMatrix, option: str
) -> None:
    options: dict[str, Any] = {option: 0}
    with pytest.raises(ParameterError, match=option):
        find_gaps(graph.store, matrix, expand("city/munich"), **options)


@pytest.mark.parametrize(("facet", "level"), [("practice", 4), ("technology", 3), ("mechanism", 3)])
def test_gaps_of_other_facets_and_levels(graph: KnowledgeGraph, facet: str, level: int) -> None:
    other = read_matrix(graph.store, facet, level=level)
    found = find_gaps(graph.store, other, expand("city/shanghai"))
    check(found, other)
    if facet != "practice":
        assert {row.search.state for row in found.rows} == {"unknown"}
        assert found.focus == ()


def test_a_scope_holds_for_companions_too() -> None:
    facts = Facts()
    for city in ("home", "a", "b", "c"):
        facts.programme(city, "p0" if city == "home" else "p1")
    facts.claim("in", "programme:a-p1 cpg:usesMechanism c:mechanism\\/told .")
    facts.claim("out", "programme:a-p1 cpg:usesMechanism c:mechanism\\/read .", "official0")
    store = facts.store()
    for sources, told in ((frozenset({expand("source/press0")}), 1), (frozenset[str](), 2)):
        matrix = read_matrix(store, scope=Scope(sources=sources))
        found = find_gaps(store, matrix, expand("city/home"), weights=BY_SIZE)
        assert len(gap(found, "p1").mechanisms) == told


def test_tables_of_gaps(graph: KnowledgeGraph, shanghai: GapTable) -> None:
    names = graph.names("zh")
    records = shanghai.to_table(names).records()
    assert [record["practice"] for record in records] == [row.concept for row in shanghai.rows]
    assert records[0]["name"] == names[shanghai.rows[0].concept]
    assert {record["of"] for record in records} == {10}
    evidence = shanghai.to_evidence_table(names).records()
    assert len(evidence) == sum(len(e.links) for row in shanghai.rows for e in row.examples)
    companions = shanghai.to_companions_table(names).records()
    assert {record["facet"] for record in companions} == {"mechanism", "technology"}
    assert all(str(record["claims"]).startswith("claim/") for record in companions)
    marked = {str(record["factors"]) for record in records} - {""}
    assert marked == {"以人为本"} | ({"项目预算"} & marked)
