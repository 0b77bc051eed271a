"""Configurations: published worked examples, exact minimal sums, and what is refused."""

from __future__ import annotations

import doctest
from itertools import combinations, product

import numpy as np
import pytest
from numpy.typing import NDArray

import kg.recurrence.configurations as module
from kg.errors import ParameterError, UnknownNameError
from kg.graph import KnowledgeGraph
from kg.recurrence import IncidenceMatrix, Scope, read_matrix
from kg.recurrence.configurations import (
    OPEN_WORLD,
    Column,
    Configurations,
    Rules,
    analyse_columns,
    chance_of_coverage,
    chance_without_contradiction,
    concept_column,
    configurations,
    count_rows,
    covered,
    easy_counterfactuals,
    find_configurations,
    leading_column,
    minimal_sums,
    prime_implicants,
    read_score_column,
    row_states,
)
from kg.results import Table, from_value
from kg.terms import CONCEPT, expand

SMART = "concept/assessment-factor/smart-policies"


def columns(conditions: str, cases: str) -> tuple[list[Column], Column]:
    """Columns from ``NAME NAME OUTCOME`` and ``CASE 010 CASE 111``, outcome last."""
    words = cases.split()
    table = dict(zip(words[::2], words[1::2], strict=True))
    *named, outcome = (
        Column(name, {case: values[place] == "1" for case, values in table.items()})
        for place, name in enumerate(conditions.split())
    )
    return named, outcome


def sums(result: Configurations, kind: str) -> list[set[str]]:
    """Each model of one kind as the set of its terms, written as the R package does."""
    found = next(solution for solution in result.solutions if solution.kind == kind)
    assert found.complete
    return [
        {term.expression().replace(" ", "") for term in model.products} for model in found.models
    ]


def terms_by_trying(positive: set[int], barred: set[int], names: list[str]) -> list[set[str]]:
    """The sums of fewest primes by trying all products and all sums, without the module."""
    rows = list(product((0, 1), repeat=len(names)))
    covers = {
        term: {
            place
            for place, row in enumerate(rows)
            if all(wanted in (2, value) for wanted, value in zip(term, row, strict=True))
        }
        for term in product((0, 1, 2), repeat=len(names))
    }
    allowed = {term: held for term, held in covers.items() if not held & barred}
    primes = [
        term
        for term, held in allowed.items()
        if held & positive and not any(held < wider for wider in allowed.values())
    ]
    written = {
        term: "*".join(
            ("~" if value == 0 else "") + name
            for name, value in zip(names, term, strict=True)
            if value != 2
        )
        for term in primes
    }
    for size in range(1, len(primes) + 1):
        found = [
            {written[term] for term in chosen}
            for chosen in combinations(primes, size)
            if positive <= set().union(*(covers[term] for term in chosen))
        ]
        if found:
            return found
    return []


def same_sums(ours: list[set[str]], others: list[set[str]]) -> bool:
    """Whether two lists hold the same sums, in any order."""
    return sorted(map(sorted, ours)) == sorted(map(sorted, others))


# Survival of democracy between the wars, 18 European countries, after Lipset (1959) and Rihoux and
# De Meur (2009): the dataset LC of the R package QCA 3.23 (Dușa), whose help page names both.
LIPSET = columns(
    "DEV URB LIT IND STB SURV",
    "AU 101100 BE 111111 CZ 111111 EE 001010 FI 101011 FR 101111 DE 111100 GR 000000 HU 001000 "
    "IE 101011 IT 000010 NL 111111 PL 001000 PT 000000 RO 000010 ES 000000 SE 101111 UK 111111",
)


@pytest.fixture(scope="module")
def survival() -> Configurations:
    return analyse_columns(*LIPSET)


@pytest.fixture(scope="module")
def breakdown() -> Configurations:
    conditions, outcome = LIPSET
    return analyse_columns(conditions, outcome.negated())


def test_the_truth_table_of_lipset(survival: Configurations) -> None:
    """As the R package QCA prints ``truthTable(LC, "SURV")``: nine rows of 32, none with C.

    Seen in ``tests/testthat/_snaps/truthTable.md`` of its repository (github.com/dusadrian/QCA).
    """
    seen = {
        row.number: (row.state, " ".join(sorted((*row.cities, *row.against))))
        for row in survival.truth_table.rows
        if row.cases
    }
    assert seen == {
        1: ("negative", "ES GR PT"),
        2: ("negative", "IT RO"),
        5: ("negative", "HU PL"),
        6: ("negative", "EE"),
        22: ("positive", "FI IE"),
        23: ("negative", "AU"),
        24: ("positive", "FR SE"),
        31: ("negative", "DE"),
        32: ("positive", "BE CZ NL UK"),
    }
    assert (survival.observed, len(survival.truth_table.rows)) == (9, 32)
    assert survival.truth_table.rows[21].configuration == (True, False, True, False, True)
    assert survival.truth_table.contradictions == ()


def test_the_sums_of_lipset(survival: Configurations, breakdown: Configurations) -> None:
    """Formulas 1, 3, 4 and 5 of Rihoux and De Meur (2009, pages 57 to 61).

    Read in ``tests/textBook.Rout`` of the R package QCA3 0.0-8 (Huang), which names the pages, and
    again in ``tests/testthat/_snaps/minimize.md`` of the repository of the R package QCA.
    """
    assert sums(survival, "complex") == [{"DEV*~URB*LIT*STB", "DEV*LIT*IND*STB"}]
    assert sums(breakdown, "complex") == [{"~DEV*~URB*~IND", "DEV*LIT*IND*~STB"}]
    assert sums(survival, "parsimonious") == [{"DEV*STB"}]
    assert sums(breakdown, "parsimonious") == [{"~DEV", "~STB"}]
    assert [solution.kind for solution in survival.solutions] == ["complex", "parsimonious"]


def test_the_assumptions_of_lipset(survival: Configurations, breakdown: Configurations) -> None:
    """Five simplifying assumptions for the outcome, 18 for its absence (sources of the sums)."""
    positive, negative = survival.solution("parsimonious"), breakdown.solution("parsimonious")
    assert positive
    assert negative
    assert positive.models[0].assumptions == (18, 20, 26, 28, 30)
    assert len(negative.models[0].assumptions) == 18
    plain = survival.solution("complex")
    assert plain
    assert plain.models[0].assumptions == ()


def test_the_fit_of_lipset(survival: Configurations, breakdown: Configurations) -> None:
    """Consistency, raw and unique coverage and cases as ``minimize(details = TRUE)`` prints them.

    Seen in ``tests/testthat/_snaps/minimize.md`` of the repository of the R package QCA.
    """
    found = survival.solution("complex")
    assert found
    wide, narrow = found.models[0].products
    assert wide.expression() == "DEV * LIT * IND * STB"
    assert (wide.fit.consistency, wide.fit.raw_coverage, wide.fit.unique_coverage) == (1, 0.75, 0.5)
    assert wide.fit.cities == ("BE", "CZ", "FR", "NL", "SE", "UK")
    assert (narrow.fit.raw_coverage, narrow.fit.unique_coverage) == (0.5, 0.25)
    whole = found.models[0].fit
    assert (whole.consistency, whole.pri, whole.raw_coverage) == (1, 1, 1)
    assert whole.unique_coverage is None
    absent = breakdown.solution("parsimonious")
    assert absent
    assert [
        (term.expression(), term.fit.raw_coverage, term.fit.unique_coverage)
        for term in absent.models[0].products
    ] == [("~DEV", 0.8, 0.3), ("~STB", 0.7, 0.2)]


def test_the_necessity_of_lipset(survival: Configurations) -> None:
    """LIT and STB as ``superSubset()`` prints them: inclusion, relevance, coverage.

    Seen in ``tests/testthat/_snaps/superSubset.md`` of the repository of the R package QCA.
    """
    found = {(row.condition, row.present): row for row in survival.necessity}
    assert len(found) == 10
    literate, stable = found["LIT", True], found["STB", True]
    assert (literate.consistency, literate.relevance) == (1, 0.5)
    assert literate.coverage == pytest.approx(0.615, abs=5e-4)
    assert (stable.consistency, stable.relevance) == (1, 0.7)
    assert stable.coverage == pytest.approx(0.727, abs=5e-4)
    assert (found["LIT", False].both, found["LIT", False].cases) == (0, 5)


def test_contradictory_rows_are_named_and_resolved_as_asked() -> None:
    """Lipset's data without STB and with a threshold of 600 USD: the dataset LR of QCA 3.23, cut.

    LR holds the raw figures; the other cuts are those of LC (50 % urban, 75 % literate, 30 % in
    industry). No program's output was seen: all sums are found again by trying, and the figures
    are counts of the cases below.
    """
    conditions, outcome = columns(
        "DEV URB LIT IND SURV",
        "GR 00000 IT 00000 PT 00000 RO 00000 ES 00000 EE 00100 FI 00101 HU 00100 PL 00100 "
        "CZ 01111 IE 10101 AU 10110 FR 10111 SE 10111 BE 11111 DE 11110 NL 11111 UK 11111",
    )
    excluded = analyse_columns(conditions, outcome, rules=Rules(consistency=1))
    rows = excluded.truth_table.contradictions
    assert [(row.number, row.coding, row.cities, row.against) for row in rows] == [
        (3, "excluded", ("FI",), ("EE", "HU", "PL")),
        (12, "excluded", ("FR", "SE"), ("AU",)),
        (16, "excluded", ("BE", "NL", "UK"), ("DE",)),
    ]
    assert [round(row.consistency or 0, 3) for row in rows] == [0.25, 0.667, 0.75]
    assert "3, 12, 16" in excluded.warnings[-1].en
    assert sums(excluded, "complex") == [{"~DEV*URB*LIT*IND", "DEV*~URB*LIT*~IND"}]
    # No sum covers an excluded row: 1111 and 1011 ask for ~DEV and ~IND, 0000 for one thing more.
    assert sums(excluded, "parsimonious") == [
        {"~DEV*URB", "DEV*~IND"},
        {"~DEV*IND", "DEV*~IND"},
    ]

    names = [column.name for column in conditions]
    states: dict[str, set[int]] = {}
    for row in excluded.truth_table.rows:
        states.setdefault(row.state, set()).add(row.number - 1)
    mixed = states["contradictory"]
    assert same_sums(
        sums(excluded, "complex"),
        terms_by_trying(states["positive"], set(range(16)) - states["positive"], names),
    )
    assert same_sums(
        sums(excluded, "parsimonious"),
        terms_by_trying(states["positive"], mixed | states["negative"], names),
    )

    negative = analyse_columns(
        conditions, outcome, rules=Rules(consistency=1, contradictions="negative")
    )
    assert {row.coding for row in negative.truth_table.contradictions} == {"negative"}
    assert sums(negative, "parsimonious") == sums(excluded, "parsimonious")

    positive = analyse_columns(
        conditions, outcome, rules=Rules(consistency=1, contradictions="positive")
    )
    common = {"~URB*LIT*~IND", "URB*LIT*IND"}
    assert sums(positive, "complex") == [common | {"DEV*~URB*LIT"}, common | {"DEV*LIT*IND"}]
    assert same_sums(
        sums(positive, "complex"),
        terms_by_trying(
            states["positive"] | mixed, set(range(16)) - states["positive"] - mixed, names
        ),
    )
    found = positive.solution("complex")
    assert found
    figures = [
        {
            term.expression().replace(" ", ""): (
                term.fit.consistency,
                term.fit.raw_coverage,
                term.fit.unique_coverage,
            )
            for term in model.products
        }
        for model in found.models
    ]
    # EE, FI, HU, IE and PL: FI and IE survived, 2 of 5 and of 8; DEV*~URB*LIT covers IE, too.
    assert figures[0]["~URB*LIT*~IND"] == (0.4, 0.25, 0.125)
    assert figures[1]["~URB*LIT*~IND"] == (0.4, 0.25, 0.25)
    # BE, CZ, DE, NL and UK, all but DE survived; DEV*LIT*IND covers BE, NL and UK, too.
    assert figures[0]["URB*LIT*IND"] == (0.8, 0.5, 0.5)
    assert figures[1]["URB*LIT*IND"] == (0.8, 0.5, 0.125)
    # AU, FR, IE and SE, all but AU survived; only IE is in another product.
    assert figures[0]["DEV*~URB*LIT"] == (0.75, 0.375, 0.25)


@pytest.mark.parametrize(
    ("expected", "intermediate"),
    [
        (
            dict.fromkeys(("DEV", "URB", "LIT", "IND", "STB"), True),
            {"DEV*URB*LIT*STB", "DEV*LIT*~IND*STB"},
        ),
        (
            {"DEV": True, "URB": True, "LIT": True, "IND": False, "STB": True},
            {"DEV*URB*LIT*STB", "DEV*LIT*~IND*STB"},
        ),
        (
            {"DEV": True, "URB": False, "LIT": False, "IND": False, "STB": False},
            {"DEV*URB*STB", "DEV*~URB*~IND"},
        ),
        ({}, {"DEV*URB*LIT*IND*STB", "DEV*~URB*LIT*~IND*STB"}),
    ],
)
def test_directional_expectations(expected: dict[str, bool], intermediate: set[str]) -> None:
    """Lipset's data with FR and SE turned, as in the fuzzy version LF of QCA at 0.8.

    The complex, the parsimonious and the first two intermediate sums are what the R package QCA
    gives for LF, as stored in ``validation/fixtures/r_qca.json`` of the Python package setqca
    (github.com/DiogoRibeiro7/setqca-python). All are found again by trying, the easy
    counterfactuals by a loop over the rows.
    """
    conditions, outcome = LIPSET
    fallen = Column("SURV", {**outcome.values, "FR": False, "SE": False})
    result = analyse_columns(conditions, fallen, rules=Rules(expectations=expected))
    assert sums(result, "complex") == [{"DEV*URB*LIT*IND*STB", "DEV*~URB*LIT*~IND*STB"}]
    assert sums(result, "parsimonious") == [{"DEV*~IND", "URB*STB"}]
    assert sums(result, "intermediate") == [intermediate]

    names = [column.name for column in conditions]
    rows = list(product((0, 1), repeat=5))
    positive = {r.number - 1 for r in result.truth_table.rows if r.state == "positive"}
    negative = {r.number - 1 for r in result.truth_table.rows if r.state == "negative"}
    remainders = set(range(32)) - positive - negative
    assert terms_by_trying(positive, negative | remainders, names) == sums(result, "complex")
    assert same_sums(terms_by_trying(positive, negative, names), sums(result, "parsimonious"))
    easy = set()
    for complex_term, wide_term in product(
        *(next(iter(sums(result, kind))) for kind in ("complex", "parsimonious"))
    ):
        narrow, wide = (
            {part.lstrip("~"): part[0] != "~" for part in term.split("*")}
            for term in (complex_term, wide_term)
        )
        if wide.items() <= narrow.items():
            for number in remainders:
                row = dict(zip(names, map(bool, rows[number]), strict=True))
                changed = {name for name, value in narrow.items() if row[name] != value}
                if not changed & wide.keys() and all(
                    expected.get(name) == row[name] for name in changed
                ):
                    easy.add(number)
    barred = set(range(32)) - positive - easy
    assert same_sums(terms_by_trying(positive | easy, barred, names), [intermediate])


def test_easy_counterfactuals_are_remainders() -> None:
    """A * ~B * C within C: ~B goes against the expectation and may go, A agrees and stays.

    So 111 may be covered; 101 is there already, and 001 and 011 would be difficult.
    """
    narrow, wide = np.array([[1, 0, 1]], dtype=np.int8), np.array([[2, 2, 1]], dtype=np.int8)
    expected = np.array([1, 1, 2], dtype=np.int8)
    remainder = np.array([True, True, True, True, True, False, True, True])
    found = easy_counterfactuals(narrow, wide, expected, remainder)
    assert np.flatnonzero(found).tolist() == [7]
    # A product of the parsimonious sum that does not hold the complex one gives nothing.
    apart = easy_counterfactuals(narrow, 2 - wide, expected, remainder)
    assert not apart.any()


def test_an_intermediate_sum_lies_between_the_others() -> None:
    """Drawn tables of four conditions: what each sum covers, and what it assumes."""
    generator = np.random.default_rng(11)
    rows = configurations(4)
    for _ in range(25):
        states = generator.choice([0, 1, 2], size=16, p=[0.3, 0.3, 0.4])
        seen = np.flatnonzero(states != 2)
        named = [
            Column(letter, {f"c{row}": bool(rows[row, place]) for row in seen})
            for place, letter in enumerate("ABCD")
        ]
        outcome = Column("Y", {f"c{row}": bool(states[row]) for row in seen})
        expected = {letter: bool(generator.integers(2)) for letter in "ABC"}
        rules = Rules(most_chance=1.1, expectations=expected, most_models=1000)
        result = analyse_columns(named, outcome, rules=rules)
        assert result.refusal is None
        by_kind = {found.kind: found for found in result.solutions}
        assumed = {
            kind: [set(model.assumptions) for model in found.models]
            for kind, found in by_kind.items()
        }
        assert assumed["complex"][0] == set()
        for rows_assumed in assumed["intermediate"]:
            assert any(rows_assumed <= more for more in assumed["parsimonious"])
        for found in result.solutions:
            for model in found.models:
                assert (model.fit.raw_coverage, model.fit.consistency) == (1, 1)
                assert all(term.fit.cities for term in model.products)


# Shaming and international regimes (Stokke 2007): the dataset Stokke of the R package QCA3 0.0-8.
STOKKE = columns(
    "ADVICE COMMITMENT SHADOW INCONVENIENCE REVERBERATION SUCCESS",
    "overfishing 101111 mesh-size-1 100100 mesh-size-2 100110 loophole 000100 compliance 111111 "
    "ec-1 111100 ec-2 111001 krill-cap-1 000100 krill-cap-2 100001",
)


def test_too_few_cases_are_refused_with_the_number() -> None:
    result = analyse_columns(*STOKKE)
    assert result.solutions == ()
    assert result.refusal
    assert "5 conditions make 32 possible configurations for 9 cities" in result.refusal.en
    assert "57%" in result.refusal.en
    assert "32" in result.refusal.render("zh")
    # The table is there to look at all the same.
    assert result.observed == 8
    assert len(result.necessity) == 10


def test_the_intermediate_sum_of_stokke() -> None:
    """Ragin (2008, chapter 9): the products of the easy counterfactuals, as QCA3's help has them.

    They are ADVICE*SHADOW*REVERBERATION, ADVICE*COMMITMENT*SHADOW*~INCONVENIENCE and
    ADVICE*~INCONVENIENCE (help page of ``constrReduce``); the last holds the second. The sum of the
    other two is concluded from them and was not seen in print.
    """
    expected = dict.fromkeys(("ADVICE", "COMMITMENT", "SHADOW", "REVERBERATION"), True)
    rules = Rules(most_chance=1.0, expectations={**expected, "INCONVENIENCE": False})
    result = analyse_columns(*STOKKE, rules=rules)
    assert sums(result, "intermediate") == [
        {"ADVICE*SHADOW*REVERBERATION", "ADVICE*~INCONVENIENCE"}
    ]
    assert any("57%" in warning.en for warning in result.warnings)
    assert any("4 of the 4" in warning.en for warning in result.warnings)


def test_a_published_sum_of_six_terms() -> None:
    """McCammon and Van Dyke (2010), figure 13.2: coalitions of movements, no negative case.

    The dataset McCammonVanDyke of QCA3 0.0-8 (their table 13.1) with what is open as 0, and the sum
    as in ``tests/dontcare.Rout`` there.
    """
    studies = (
        "10001 01000 01010 10001 10000 11101 10101 01010 10010 11011 01001 11101 "
        "10011 10000 10111 11001 11010 11111 01111 11111 10010 11010 11100 11011"
    )
    values = np.array([[digit == "1" for digit in row] for row in studies.split()])
    cases, positives = count_rows(values, np.ones(24, dtype=bool))
    positive = row_states(cases, positives) == 1
    primes = prime_implicants(positive, ~positive)
    found, complete = minimal_sums(primes, positive, limit=100)
    assert complete
    published = {
        (1, 0, 0, 2, 2),
        (0, 1, 0, 0, 2),
        (1, 1, 1, 0, 2),
        (2, 1, 0, 1, 0),
        (1, 2, 2, 2, 1),
        (2, 1, 1, 1, 1),
    }
    every = [{tuple(primes[place].tolist()) for place in places} for places in found]
    assert {len(terms) for terms in every} == {6}
    assert published in every


def test_minimal_sums_against_all_subsets() -> None:
    """Every function of three conditions, and 60 of four with free rows, by trying all subsets."""
    generator = np.random.default_rng(7)
    functions = [np.array(bits) for bits in product((0, 1), repeat=8)][1:-1]
    functions += [generator.choice([0, 1, 2], size=16) for _ in range(60)]
    for states in functions[::3]:
        positive, barred = states == 1, states == 0
        primes = prime_implicants(positive, barred)
        size = len(states).bit_length() - 1
        rows = configurations(size)
        covers = covered(primes, rows)
        assert not covers[:, barred].any()
        assert covers[:, positive].any(axis=1).all()
        found, complete = minimal_sums(primes, positive, limit=500)
        assert complete
        smallest = len(found[0])
        tried = {
            chosen
            for chosen in combinations(range(len(primes)), smallest)
            if covers[list(chosen)][:, positive].any(axis=0).all()
        }
        assert set(found) == tried
        assert not any(
            covers[list(chosen)][:, positive].any(axis=0).all()
            for chosen in combinations(range(len(primes)), smallest - 1)
        )
        # Prime: each product with one condition fewer covers a barred row.
        for place, condition in zip(*np.nonzero(primes != 2), strict=True):
            wider = primes[[place]].copy()
            wider[0, condition] = 2
            assert covered(wider, rows)[0, barred].any()


def test_agreement_with_sympy() -> None:
    """SOPform (sympy) is the same function; its sum is never shorter, and in one case longer."""
    from sympy import Or, symbols
    from sympy.logic import SOPform

    generator = np.random.default_rng(3)
    letters = symbols("a b c d e f")
    cases = [
        (size, generator.choice([0, 1, 2], size=2**size)) for size in (3, 4, 5) for _ in "1234"
    ]
    # A cyclic chart of six conditions, found by drawing: sympy 1.14 needs 11 terms, 10 will do.
    hard = np.zeros(64, dtype=int)
    hard[[0, 3, 4, 6, 7, 10, *range(13, 22), 26, 29, 32, *range(34, 42), 45]] = 1
    hard[[51, 52, 53, 55, 56, 57, 63]] = 1
    hard[[2, 25, 33, 59]] = 2
    for size, states in [*cases, (6, hard)]:
        positive, barred = states == 1, states == 0
        primes = prime_implicants(positive, barred)
        best = minimal_sums(primes, positive, limit=1)[0][0]
        sop = SOPform(
            letters[:size],
            np.flatnonzero(positive).tolist(),
            np.flatnonzero(states == 2).tolist(),
        )
        terms = sop.args if isinstance(sop, Or) else (sop,)
        assert len(best) <= len(terms)
        covers = np.logical_or.reduce(covered(primes[list(best)], configurations(size)))
        for row, values in enumerate(configurations(size).tolist()):
            if states[row] != 2:
                theirs = sop.subs(dict(zip(letters, values, strict=False)))
                assert bool(theirs) == covers[row] == (states[row] == 1)
    assert len(best) == 10


def test_chance_without_contradiction_against_all_data() -> None:
    """All data sets of three cases and two conditions: 512, without contradiction in 352."""
    cells = [(row, outcome) for row in range(4) for outcome in (0, 1)]
    clean = sum(
        all(
            first[0] != second[0] or first[1] == second[1]
            for first, second in combinations(data, 2)
        )
        for data in product(cells, repeat=3)
    )
    assert clean / 8**3 == chance_without_contradiction(3, 4)
    assert chance_without_contradiction(18, 32) == pytest.approx(0.094, abs=5e-4)


@pytest.mark.parametrize(
    ("cases", "positives", "contradictions"),
    [
        ((4, 3, 1), (4, 1, 0), "exclude"),
        ((4, 3, 1), (3, 0, 1), "positive"),
        ((5, 2, 0), (4, 0, 0), "negative"),
        ((2, 2, 4), (1, 1, 1), "exclude"),
    ],
)
def test_chance_of_coverage_against_all_deals(
    cases: tuple[int, ...], positives: tuple[int, ...], contradictions: module.Resolution
) -> None:
    sizes = np.array(cases)
    row = np.repeat(np.arange(len(sizes)), sizes)

    def hits(dealt: NDArray[np.int64]) -> int:
        states = row_states(sizes, dealt, consistency=0.75)
        good = (states == 1) | ((states == 2) & (contradictions == "positive"))
        return int(dealt[good].sum())

    wanted = hits(np.array(positives))
    deals = [
        hits(np.bincount(row[list(chosen)], minlength=len(sizes))) >= wanted
        for chosen in combinations(range(len(row)), sum(positives))
    ]
    found = chance_of_coverage(
        sizes, np.array(positives), consistency=0.75, contradictions=contradictions
    )
    assert found == pytest.approx(sum(deals) / len(deals), rel=1e-12)


def test_cut_offs() -> None:
    """Four of five reach 0.8, one of five is as far from it, and three of five are neither."""
    cases = np.array([5, 5, 5, 1])
    positives = np.array([4, 1, 3, 1])
    assert row_states(cases, positives).tolist() == [1, 0, 2, 1]
    assert row_states(cases, positives, consistency=0.81).tolist() == [2, 2, 2, 1]
    assert row_states(cases, positives, frequency=2).tolist() == [1, 0, 2, -1]


def test_a_rare_row_is_a_remainder_that_stays_in_sight() -> None:
    conditions, outcome = LIPSET
    result = analyse_columns(conditions, outcome, rules=Rules(frequency=2))
    estonia = result.truth_table.rows[5]
    assert (estonia.state, estonia.coding, estonia.against) == ("remainder", "remainder", ("EE",))
    # AU, DE and EE bar nothing any more; STB alone would cover IT and RO, LIT alone HU and PL.
    assert sums(result, "parsimonious") == [{"DEV"}, {"LIT*STB"}]
    found = result.solution("parsimonious")
    assert found
    fit = found.models[0].fit
    # The simpler of the two is found first.
    single = analyse_columns(conditions, outcome, rules=Rules(frequency=2, most_models=1))
    first = single.solution("parsimonious")
    assert first
    assert [model.expression() for model in first.models] == ["DEV"]
    # AU and DE are counted in the fit: a cut-off of rows takes no city out of the figures.
    assert fit.against == ("AU", "DE")
    assert fit.consistency == 0.8


def test_a_constant_outcome_is_refused() -> None:
    conditions, outcome = columns("A B Y", "a 001 b 011 c 101 d 111 e 001")
    result = analyse_columns(conditions, outcome)
    assert result.refusal
    assert "5 of 5" in result.refusal.en
    assert (result.solutions, result.necessity) == ((), ())
    assert [row.cases for row in result.truth_table.rows] == [2, 1, 1, 1]


def test_no_positive_row_is_refused() -> None:
    conditions, outcome = columns("A Y", "a 01 b 00 c 01 d 00 e 10 f 11 g 10 h 11")
    result = analyse_columns(conditions, outcome)
    assert result.refusal
    assert "0.8" in result.refusal.en


def test_nothing_to_set_against_is_refused() -> None:
    conditions, outcome = columns("A Y", "a 01 b 01 c 01 d 01 e 00 f 11 g 11 h 11 i 11")
    result = analyse_columns(conditions, outcome)
    assert result.refusal
    assert "none to set against" in result.refusal.en


def test_cities_without_a_value_are_left_out_and_named() -> None:
    conditions, outcome = LIPSET
    some = Column("COAST", {city: city != "CZ" for city in outcome.values if city != "AU"})
    result = analyse_columns([*conditions, some], outcome, scope=("XX", *outcome.values))
    assert result.left_out == ("AU",)
    assert (len(result.cities), len(result.documented), len(result.scope)) == (17, 18, 19)
    nobody = analyse_columns([Column("A", {})], outcome)
    assert nobody.cities == ()
    assert nobody.refusal
    assert nobody.random_chance is None
    assert {row.state for row in nobody.truth_table.rows} == {"remainder"}


def test_a_condition_that_does_not_vary_is_named() -> None:
    conditions, outcome = LIPSET
    flat = Column("EUROPE", dict.fromkeys(outcome.values, True))
    result = analyse_columns([*conditions[:2], flat], outcome)
    assert any(warning.en.startswith("EUROPE has the same value") for warning in result.warnings)


def test_tied_sums_beyond_the_limit_are_said_to_be_missing() -> None:
    conditions, outcome = columns(
        "A B C Y", "a 0011 b 0101 c 0111 d 1001 e 1011 f 1101 g 0000 h 1110 i 0000 j 1110"
    )
    whole = analyse_columns(conditions, outcome).solution("complex")
    assert whole
    # The classic cyclic chart: three terms do, in two ways.
    assert (len(whole.models), whole.complete) == (2, True)
    one = analyse_columns(conditions, outcome, rules=Rules(most_models=1))
    found = one.solution("complex")
    assert found
    assert (len(found.models), found.complete) == (1, False)
    assert any("not all are listed" in warning.en for warning in one.warnings)


@pytest.mark.parametrize(
    "rules",
    [
        Rules(consistency=0.5),
        Rules(consistency=1.1),
        Rules(frequency=0),
        Rules(most_models=0),
        Rules(contradictions="maybe"),  # type: ignore[arg-type]
        Rules(expectations={"WEALTH": True}),
    ],
)
def test_rules_that_make_no_sense_are_refused(rules: Rules) -> None:
    with pytest.raises(ParameterError, match="takes"):
        analyse_columns(*LIPSET, rules=rules)


def test_conditions_that_make_no_sense_are_refused() -> None:
    conditions, outcome = LIPSET
    with pytest.raises(ParameterError, match="1-10"):
        analyse_columns([], outcome)
    with pytest.raises(ParameterError) as repeated:
        analyse_columns([conditions[0], outcome.negated()], outcome)
    assert (repeated.value.code, repeated.value.values) == ("condition-repeated", ("SURV",))


def test_the_complement_of_a_complement() -> None:
    conditions, outcome = LIPSET
    assert outcome.negated().name == "~SURV"
    assert outcome.negated().negated() == outcome
    result = analyse_columns([conditions[0].negated(), conditions[4]], outcome)
    assert sums(result, "complex") == [{"DEV*STB"}]


def test_tables() -> None:
    conditions, outcome = LIPSET
    result = analyse_columns(conditions, outcome)
    names = {"DEV": "wealth", "URB": "wealth", "FI": "Finland", "IE": "Ireland"}
    rows = result.truth_table.to_table(names)
    # Two conditions with one name keep their own.
    assert rows.variables[:4] == ("row", "DEV", "URB", "LIT")
    assert len(rows) == 32
    short = result.truth_table.to_table(names, remainders=False).records()
    assert len(short) == 9
    assert short[4] == {
        "row": 22,
        **{"DEV": 1, "URB": 0, "LIT": 1, "IND": 0, "STB": 1},
        "state": "positive",
        "coding": "positive",
        "cities": 2,
        "with_outcome": 2,
        "consistency": 1,
        "city_list": "Finland; Ireland",
        "against_list": "",
    }
    lines = result.to_table({"DEV": "wealth", "STB": "stability"}).records()
    assert [line["part"] for line in lines] == ["product", "product", "sum", "product", "sum"]
    assert lines[-1]["term"] == "wealth * stability"
    assert (lines[-1]["with_outcome"], lines[-1]["of"], lines[-1]["assumptions"]) == (8, 8, 5)
    necessity = result.necessity_table().records()
    assert [line["condition"] for line in necessity[:2]] == ["DEV", "~DEV"]
    assert (necessity[0]["both"], necessity[0]["with_condition"]) == (8, 10)


def test_the_open_world_is_said_in_both_languages(survival: Configurations) -> None:
    assert survival.open_world is OPEN_WORLD
    assert "unknown, not absent" in survival.open_world.render("en")
    assert "不等于不存在" in survival.open_world.render("zh")


def test_examples() -> None:
    assert doctest.testmod(module).failed == 0
    assert doctest.testmod(module).attempted >= 6


# --- on the shipped facts -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def matrix(graph: KnowledgeGraph) -> IncidenceMatrix:
    return read_matrix(graph.store)


def test_shipped_facts_lead_back_to_claims(graph: KnowledgeGraph, matrix: IncidenceMatrix) -> None:
    technologies = read_matrix(graph.store, "technology")
    platform = concept_column(technologies, CONCEPT + "technology/data-platform")
    open_data, mobility = CONCEPT + "practice/open-data", CONCEPT + "practice/smart-mobility"
    result = find_configurations(
        matrix, [open_data, mobility, platform], leading_column(matrix, 20)
    )
    assert set(result.cities) <= set(result.documented) <= set(result.scope)
    assert len(result.scope) == 87
    documented = int((technologies.documentation > 0).sum())
    assert len(result.cities) <= documented < len(result.documented)
    assert sum(row.cases for row in result.truth_table.rows) == len(result.cities)
    for row in result.truth_table.rows:
        assert all((matrix.ranks[city] or 99) <= 20 for city in row.cities)
        for city in (*row.cities, *row.against):
            evidence = result.evidence(city)
            assert set(evidence) == {
                column.name
                for column, value in zip(result.conditions, row.configuration, strict=True)
                if value
            }
            assert all(
                link.city == city and link.claim for found in evidence.values() for link in found
            )
    assert result == find_configurations(
        matrix, [open_data, mobility, platform], leading_column(matrix, 20)
    )


def test_a_concept_can_be_the_outcome(matrix: IncidenceMatrix) -> None:
    first, second, third = matrix.concepts[:3]
    result = find_configurations(matrix, [first, second], third)
    column = concept_column(matrix, third)
    assert sum(len(row.cities) for row in result.truth_table.rows) == sum(column.values.values())
    assert len(result.cities) == int((matrix.documentation > 0).sum())
    # Nothing stands behind a 0, nor behind the complement of a 1.
    having = next(city for city, value in column.values.items() if value)
    assert third in result.evidence(having)
    turned = find_configurations(matrix, [first, second], column.negated())
    assert set(turned.evidence(having)) <= {first, second}


def test_a_score_can_be_the_outcome(graph: KnowledgeGraph, matrix: IncidenceMatrix) -> None:
    edition = "eden-top50-2021"
    high = read_score_column(graph.store, SMART, 3, edition=edition)
    every = read_score_column(
        graph.store, "smart-policies", 0, edition=expand(f"edition/{edition}")
    )
    assert all(every.values.values())
    assert 0 < sum(high.values.values()) < len(high.values) == len(every.values)
    result = find_configurations(matrix, list(matrix.concepts[:2]), high)
    assert set(result.left_out) == set(result.documented) - set(high.values)
    # The heading of this column is in dispute, and the result says so.
    assert high.caution in result.warnings
    plain = read_score_column(graph.store, "vision", 3, edition=edition)
    assert plain.caution is None
    with pytest.raises(UnknownNameError) as unknown:
        read_score_column(graph.store, "no-factor", 3, edition=edition)
    assert (unknown.value.code, unknown.value.values) == ("factor-unscored", ("no-factor", edition))


def test_a_score_on_both_sides_of_the_threshold_is_no_value(
    monkeypatch: pytest.MonkeyPatch, graph: KnowledgeGraph
) -> None:
    scores = [("a", 2), ("a", 4), ("b", 4), ("b", 3), ("c", 2)]
    table = Table(
        ("city", "score", "warning"),
        tuple((from_value(city), from_value(score), None) for city, score in scores),
    )
    monkeypatch.setattr(module, "run_query", lambda *_: table)
    column = read_score_column(graph.store, "vision", 3, edition="eden-top50-2021")
    assert column.values == {"b": True, "c": False}
    assert column.name == "assessment-factor/vision >= 3 (edition/eden-top50-2021)"


def test_leading_cities_alone_have_nothing_to_compare(graph: KnowledgeGraph) -> None:
    leading = read_matrix(graph.store, scope=Scope(leading=10))
    result = find_configurations(leading, list(leading.concepts[:2]), leading_column(leading, 10))
    assert result.refusal
    assert "does not vary" in result.refusal.en


def test_unknown_names_are_refused(matrix: IncidenceMatrix) -> None:
    with pytest.raises(UnknownNameError) as unknown:
        find_configurations(matrix, [CONCEPT + "practice/alchemy"], matrix.concepts[0])
    assert unknown.value.code == "concept-unrecorded"
    assert unknown.value.values[0] == "practice/alchemy"
    with pytest.raises(ParameterError, match="leading"):
        leading_column(matrix, 0)
