"""Formal concepts and association rules: published contexts, hand-made ones, and brute force."""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Iterable
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from kg.errors import MissingPackageError, ParameterError
from kg.graph import KnowledgeGraph
from kg.recurrence import IncidenceMatrix, Link, Scope, read_matrix
from kg.recurrence.structure import (
    MinedRules,
    Node,
    build_lattice,
    enumerate_concepts,
    find_rules,
    intensional_stability,
    mine_rules,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Living beings and water, the example known from Ganter and Wille: examples/liveinwater.cxt of the
# Python package concepts (github.com/xflr6/concepts). a needs water to live, b lives in water, c
# lives on land, d needs chlorophyll, e two seed leaves, f one seed leaf, g can move around, h has
# limbs, i suckles its offspring.
LIVING = {
    "leech": "abg",
    "bream": "abgh",
    "frog": "abcgh",
    "dog": "acghi",
    "spike-weed": "abdf",
    "reed": "abcdf",
    "bean": "acde",
    "maize": "acdf",
}
# Its 19 formal concepts.
LIVING_CONCEPTS = {
    "a": "leech bream frog dog spike-weed reed bean maize",
    "ab": "leech bream frog spike-weed reed",
    "ac": "frog dog reed bean maize",
    "ad": "spike-weed reed bean maize",
    "ag": "leech bream frog dog",
    "abg": "leech bream frog",
    "acd": "reed bean maize",
    "adf": "spike-weed reed maize",
    "agh": "bream frog dog",
    "abc": "frog reed",
    "abdf": "spike-weed reed",
    "abgh": "bream frog",
    "acdf": "reed maize",
    "acgh": "frog dog",
    "abcgh": "frog",
    "abcdf": "reed",
    "acde": "bean",
    "acghi": "dog",
    "abcdefghi": "",
}
# Animals by how they move, with the stability that LatViz (latviz.loria.fr) gives: FCApy tests
# itself with it (github.com/EgorDudyrev/FCApy, data/animal_movement_lattice.json).
MOVING = {
    "dove": "f",
    "hen": "",
    "duck": "fs",
    "goose": "fs",
    "owl": "fh",
    "hawk": "fh",
    "eagle": "fh",
    "fox": "hr",
    "dog": "r",
    "wolf": "hr",
    "cat": "hr",
    "tiger": "hr",
    "lion": "hr",
    "horse": "r",
    "zebra": "r",
    "cow": "",
}
MOVING_STABILITY = {
    "": 0.9918212890625,
    "f": 0.828125,
    "fs": 0.75,
    "fh": 0.875,
    "h": 0.84765625,
    "hr": 0.96875,
    "r": 0.875,
    "fhrs": 1,
}
# The five market baskets of many courses after Tan, Steinbach and Kumar, Introduction to Data
# Mining: b bread, m milk, d diapers, r beer, e eggs, c cola.
BASKETS = {"1": "bm", "2": "bdre", "3": "mdrc", "4": "bmdr", "5": "bmdc"}


def context(described: dict[str, str]) -> tuple[NDArray[np.bool_], str]:
    columns = "".join(sorted(set("".join(described.values()))))
    return np.array([[c in row for c in columns] for row in described.values()]), columns


def by_intent(nodes: Iterable[Node], columns: str) -> dict[str, Node]:
    return {"".join(columns[place] for place in node.intent): node for node in nodes}


def matrix_of(
    described: dict[str, str], *, undocumented: int = 0, above: dict[str, str] | None = None
) -> IncidenceMatrix:
    """A matrix in which each letter is a concept, met in a programme and a claim of its own."""
    links = [
        Link(concept, direct, city, "r", f"p-{city}", f"claim-{city}-{direct}", "f", f"s-{city}")
        for city, letters in described.items()
        for direct in letters
        for concept in (direct, *(above or {}).get(direct, ""))
    ]
    cities = (*described, *(f"silent-{number}" for number in range(undocumented)))
    return IncidenceMatrix(
        facet="practice",
        scope=Scope(),
        cities=cities,
        concepts=tuple(sorted({link.concept for link in links})),
        links=tuple(links),
        ranks=dict.fromkeys(cities),
        regions={},
    )


def sides(mined: MinedRules, columns: str) -> list[tuple[str, str]]:
    return [
        ("".join(columns[n] for n in left), "".join(columns[n] for n in right))
        for left, right in zip(mined.antecedents, mined.consequents, strict=True)
    ]


# Formal concepts


def test_living_beings_and_water() -> None:
    values, columns = context(LIVING)
    nodes, complete = enumerate_concepts(values, minimum=0)
    names = list(LIVING)
    found = {
        intent: " ".join(names[place] for place in node.extent)
        for intent, node in by_intent(nodes, columns).items()
    }
    assert complete
    assert found == LIVING_CONCEPTS
    assert len(nodes) == 19
    # The same from the closure of every set of columns.
    assert {node.intent: node.extent for node in nodes} == closures(values)


def test_neighbours_of_living_beings_by_hand() -> None:
    values, columns = context(LIVING)
    nodes, _ = enumerate_concepts(values, minimum=0)
    intents = list(by_intent(nodes, columns))
    node = by_intent(nodes, columns)
    assert node["a"].upper == ()
    assert {intents[place] for place in node["abgh"].upper} == {"abg", "agh"}
    assert {intents[place] for place in node["abcdf"].upper} == {"abc", "abdf", "acdf"}
    assert {intents[place] for place in node["abcdefghi"].upper} == {
        "abcgh",
        "abcdf",
        "acde",
        "acghi",
    }
    # Without leech, the rest of leech, bream and frog have limbs; of the four that can move
    # around, one must go for water (dog), land (two) or limbs (leech).
    assert node["abg"].delta == 1
    assert node["ag"].delta == 1
    assert node["a"].delta == 3  # five live in water, five on land
    assert node["abcdefghi"].delta is None


def test_stability_agrees_with_latviz() -> None:
    values, columns = context(MOVING)
    nodes, _ = enumerate_concepts(values, minimum=0)
    assert {
        intent: intensional_stability(values, node.extent)
        for intent, node in by_intent(nodes, columns).items()
    } == MOVING_STABILITY


def closures(values: NDArray[Any]) -> dict[tuple[int, ...], tuple[int, ...]]:
    """Intents and extents of a context from the closure of every set of columns."""
    found = {}
    for size in range(values.shape[1] + 1):
        for chosen in combinations(range(values.shape[1]), size):
            extent = [row for row, held in enumerate(values) if all(held[c] for c in chosen)]
            intent = [c for c in range(values.shape[1]) if all(values[row, c] for row in extent)]
            found[tuple(intent)] = tuple(extent)
    return found


def brute_stability(
    values: NDArray[Any], extent: tuple[int, ...], intent: tuple[int, ...]
) -> float:
    same = sum(
        tuple(c for c in range(values.shape[1]) if all(values[row, c] for row in some)) == intent
        for size in range(len(extent) + 1)
        for some in combinations(extent, size)
    )
    return float(same / 2 ** len(extent))


@pytest.mark.parametrize("seed", range(12))
def test_random_contexts_agree_with_brute_force(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.random((rng.integers(1, 10), rng.integers(1, 7))) < rng.uniform(0.2, 0.9)
    expected = closures(values)
    nodes, complete = enumerate_concepts(values, minimum=0)
    assert complete
    assert {node.intent: node.extent for node in nodes} == expected
    for node in nodes:
        larger = [e for e in expected.values() if set(e) > set(node.extent)]
        covers = {e for e in larger if not any(set(e) > set(other) for other in larger)}
        assert {nodes[place].extent for place in node.upper} == covers
        assert node.upper == tuple(sorted(node.upper))
        smaller = [len(e) for e in expected.values() if set(e) < set(node.extent)]
        assert node.delta == (len(node.extent) - max(smaller) if smaller else None)
        assert intensional_stability(values, node.extent) == pytest.approx(
            brute_stability(values, node.extent, node.intent), abs=1e-15
        )


def test_delta_is_the_fewest_cities_without_which_the_others_share_more() -> None:
    values, _ = context(LIVING)
    for node in enumerate_concepts(values, minimum=1)[0]:
        assert node.delta is not None
        fewest = next(
            size
            for size in range(1, len(node.extent) + 1)
            for gone in combinations(node.extent, size)
            if values[[row for row in node.extent if row not in gone]].all(axis=0).sum()
            > len(node.intent)
        )
        assert node.delta == fewest


def test_an_iceberg_is_the_top_of_the_lattice() -> None:
    values = np.random.default_rng(5).random((20, 9)) < 0.4
    whole, _ = enumerate_concepts(values, minimum=0)
    above, complete = enumerate_concepts(values, minimum=4)
    assert complete
    assert above == [
        Node(node.extent, node.intent, node.upper, node.delta)
        for node in whole
        if len(node.extent) >= 4
    ]
    assert 10 < len(above) < len(whole)
    few, complete = enumerate_concepts(values, minimum=4, at_most=10)
    assert not complete
    assert few == above[:10]
    sizes = [len(node.extent) for node in whole]
    assert sizes == sorted(sizes, reverse=True)
    for place, node in enumerate(few):
        assert all(upper < place for upper in node.upper)


def test_the_order_of_rows_changes_nothing() -> None:
    values = np.random.default_rng(6).random((15, 8)) < 0.4
    order = np.random.default_rng(7).permutation(15)
    straight, _ = enumerate_concepts(values)
    shuffled, _ = enumerate_concepts(values[order])
    assert [node.intent for node in shuffled] == [node.intent for node in straight]
    assert [node.upper for node in shuffled] == [node.upper for node in straight]
    assert [sorted(order[list(node.extent)]) for node in shuffled] == [
        list(node.extent) for node in straight
    ]


def test_stability_of_large_extents_is_exact_or_none() -> None:
    # Each row lacks a column of its own: only all rows together have nothing in common.
    assert intensional_stability(~np.eye(12, dtype=bool), range(12)) == 2**-12
    assert intensional_stability(~np.eye(13, dtype=bool), range(13)) is None
    # Thirteen more rows with no other column: the intent is lost only without all of them.
    many = np.vstack([np.ones((60, 2), bool), np.tile([True, False], (13, 1))])
    assert intensional_stability(many, range(73)) == 1 - 2**-13


def test_progress_is_told_and_can_stop_the_work() -> None:
    told = []

    def stop(done: int, known: int) -> None:
        told.append((done, known))
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        enumerate_concepts(context(LIVING)[0], progress=stop)
    assert [done for done, _ in told] == [1, 2, 3]
    assert told[0] == (1, 5)  # water, land, chlorophyll and moving lie under the top


# The lattice of a matrix


def test_a_lattice_has_its_denominators_and_labels() -> None:
    lattice = build_lattice(matrix_of(LIVING, undocumented=2), minimum=0)
    assert lattice.documented == 8
    rows = {"".join(row.intent): row for row in lattice.rows}
    assert len(rows) == 19
    assert lattice.complete
    assert lattice.reason is None
    assert rows["ab"].support == 5 / 8
    assert rows["ab"].extent == ("leech", "bream", "frog", "spike-weed", "reed")
    assert rows["abg"].own_cities == ("leech",)
    assert rows["ab"].own_cities == ()
    assert rows["ab"].own_concepts == ("b",)
    assert rows["abg"].own_concepts == ()
    assert rows["acghi"].own_concepts == ("i",)
    # Every city and every concept labels just one place of the diagram.
    assert sorted(c for row in rows.values() for c in row.own_cities) == sorted(LIVING)
    assert sorted(c for row in rows.values() for c in row.own_concepts) == list("abcdefghi")
    table = lattice.to_table({"a": "needs water", "leech": "Leech"})
    records = {record["number"]: record for record in table.records()}
    assert (records[1]["documented"], records[1]["of"]) == (8, 10)
    assert records[1]["concept_list"] == "needs water"
    assert str(records[1]["city_list"]).startswith("Leech; bream; frog")
    place = [row.intent for row in lattice.rows].index(tuple("abgh"))
    numbers = [1 + [row.intent for row in lattice.rows].index(tuple(i)) for i in ("abg", "agh")]
    assert records[place + 1]["upper"] == "; ".join(str(n) for n in sorted(numbers))
    assert records[place + 1]["claims"] == 8
    assert records[place + 1]["sources"] == 2


def test_a_formal_concept_leads_to_its_claims() -> None:
    lattice = build_lattice(matrix_of(LIVING))
    row = next(row for row in lattice.rows if row.intent == tuple("abgh"))
    assert [link.claim for link in lattice.evidence(row)] == [
        f"claim-{city}-{letter}" for city in ("bream", "frog") for letter in "abgh"
    ]


def test_a_lattice_says_why_it_is_empty() -> None:
    assert build_lattice(matrix_of({}, undocumented=3)).reason == ("nothing-documented", "3")
    few = build_lattice(matrix_of({"one": "ab"}))
    assert (few.rows, few.reason) == ((), ("too-few-documented", "1", "2"))
    apart = build_lattice(matrix_of({"one": "a", "two": "b"}))
    assert [row.intent for row in apart.rows] == [()]
    assert apart.reason == ("nothing-recurs", "2")
    # The top alone was asked for: that is no finding.
    assert build_lattice(matrix_of(MOVING), at_most=1).reason is None
    assert not build_lattice(matrix_of(MOVING), at_most=1).complete


def test_contexts_at_the_limit() -> None:
    assert enumerate_concepts(np.zeros((0, 3), bool)) == ([], True)
    assert enumerate_concepts(np.zeros((3, 0), bool)) == ([Node((0, 1, 2), (), (), None)], True)
    assert enumerate_concepts(np.ones((2, 2), bool), minimum=0) == (
        [Node((0, 1), (0, 1), (), None)],
        True,
    )
    assert enumerate_concepts(np.zeros((2, 2), bool)) == ([Node((0, 1), (), (), 2)], True)
    assert intensional_stability(np.zeros((2, 2), bool), ()) == 1


# Association rules


def test_the_rules_of_the_market_baskets() -> None:
    """The rules of milk, diapers and beer, counted by hand in the five baskets."""
    values, columns = context(BASKETS)
    mined = mine_rules(
        values, minimum=2, confidence=0.5, lift=0, longest=3, consequents=2, nested=None
    )
    found = {
        side: (float(c), int(b))
        for side, c, b in zip(sides(mined, columns), mined.confidence, mined.both, strict=True)
    }
    # {milk, diapers} -> {beer} has support 0.4 and confidence 0.67; beer is in 3 of 5 baskets,
    # milk and diapers in 4. Diapers alone lead to beer with 0.75: the longer rule is redundant.
    assert found["d", "r"] == (0.75, 3)
    assert ("dm", "r") not in found
    # {milk, beer} -> {diapers} has confidence 1, and so has {beer} -> {diapers}.
    assert found["r", "d"] == (1.0, 3)
    assert ("mr", "d") not in found
    # {beer} -> {milk, diapers}: 0.67; milk and diapers are together in 3 of 5 baskets.
    assert found["r", "dm"] == (2 / 3, 2)
    # {milk} -> {diapers, beer}: 0.5, less than the 3 of 5 of all baskets.
    assert ("m", "dr") not in found


def test_rules_worked_out_by_hand() -> None:
    # n = 8. a in 4 rows, b in 4, c in 2; a and b together in 3, a and c in 2, b and c in 2.
    described = {
        "1": "abc",
        "2": "abc",
        "3": "ab",
        "4": "a",
        "5": "b",
        "6": "d",
        "7": "d",
        "8": "d",
    }
    values, columns = context(described)
    mined = mine_rules(values, minimum=2, confidence=0.5)
    # c -> a and c -> b: 2/2, lift 2/2 / (4/8) = 2. a -> b and b -> a: 3/4, lift 1.5.
    # a -> c and b -> c: 2/4, lift 2. ab -> c: 2/3 beats both and the 2/8 of all rows.
    # ac -> b and bc -> a: 2/2, no more than c -> b and c -> a: redundant.
    assert sides(mined, columns) == [
        ("c", "a"),
        ("c", "b"),
        ("a", "b"),
        ("b", "a"),
        ("ab", "c"),
        ("a", "c"),
        ("b", "c"),
    ]
    assert mined.redundant == 2
    assert mined.rows == 8
    assert mined.both.tolist() == [2, 2, 3, 3, 2, 2, 2]
    assert mined.antecedent_rows.tolist() == [2, 2, 4, 4, 3, 4, 4]
    assert mined.consequent_rows.tolist() == [4, 4, 4, 4, 2, 2, 2]
    assert mined.confidence.tolist() == [1, 1, 3 / 4, 3 / 4, 2 / 3, 1 / 2, 1 / 2]
    assert mined.lift.tolist() == pytest.approx([2, 2, 1.5, 1.5, 8 / 3, 2, 2])
    assert mined.leverage.tolist() == pytest.approx(
        [1 / 8, 1 / 8, 1 / 8, 1 / 8, 5 / 32, 1 / 8, 1 / 8]
    )
    # (1 - 4/8) / (1 - 3/4) = 2, (1 - 2/8) / (1 - 2/3) = 9/4, (1 - 2/8) / (1 - 1/2) = 3/2.
    assert mined.conviction.tolist() == pytest.approx([math.inf, math.inf, 2, 2, 9 / 4, 1.5, 1.5])


Counts = dict[tuple[tuple[int, ...], tuple[int, ...]], tuple[int, int, int]]


def brute_rules(
    values: NDArray[Any], minimum: int, confidence: float, longest: int, consequents: int
) -> tuple[Counts, Counts]:
    """Rules within the thresholds that do not follow from a shorter one, and those that do."""
    rows, columns = values.shape

    def count(chosen: Iterable[int]) -> int:
        return int(values[:, list(chosen)].all(axis=1).sum())

    kept: Counts = {}
    dropped: Counts = {}
    for size in range(2, longest + 1):
        for chosen in combinations(range(columns), size):
            for right_size in range(1, min(consequents, size - 1) + 1):
                for right in combinations(chosen, right_size):
                    left = tuple(c for c in chosen if c not in right)
                    both, with_left, with_right = count(chosen), count(left), count(right)
                    if both < minimum or both / with_left < confidence:
                        continue
                    shorter = [
                        count((*part, *right)) / (count(part) if part else rows)
                        for part_size in range(len(left))
                        for part in combinations(left, part_size)
                    ]
                    new = all(both / with_left > other for other in shorter)
                    (kept if new else dropped)[left, right] = both, with_left, with_right
    return kept, dropped


@pytest.mark.parametrize("seed", range(8))
def test_rules_agree_with_counting(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(8, 40))
    values = rng.random((rows, 6)) < rng.uniform(0.3, 0.7)
    values[:, 5] |= values[:, 0]  # one rule without exception, so that others are redundant
    mined = mine_rules(values, minimum=2, confidence=0.4, lift=0, longest=4, consequents=2)
    found = {
        (left, right): (int(b), int(a), int(c))
        for left, right, b, a, c in zip(
            mined.antecedents,
            mined.consequents,
            mined.both,
            mined.antecedent_rows,
            mined.consequent_rows,
            strict=True,
        )
    }
    kept, dropped = brute_rules(values, 2, 0.4, 4, 2)
    assert found == kept
    assert mined.redundant == len(dropped) > 0
    assert len(found) > 3
    b, a, c = mined.both, mined.antecedent_rows, mined.consequent_rows
    assert mined.confidence == pytest.approx(b / a)
    assert mined.lift == pytest.approx(b * rows / (a * c))
    assert mined.leverage == pytest.approx(b / rows - a * c / rows**2)
    unsure = b < a
    assert mined.conviction[unsure] == pytest.approx(
        (1 - c[unsure] / rows) / (1 - b[unsure] / a[unsure])
    )
    assert np.isinf(mined.conviction[~unsure]).all()
    keys = list(zip(-mined.confidence, -b, strict=True))
    assert keys == sorted(keys)


def test_every_redundant_rule_follows_from_one_that_is_kept() -> None:
    values = np.random.default_rng(3).random((30, 6)) < 0.5
    values[:, 5] |= values[:, 0]
    mined = mine_rules(values, minimum=2, confidence=0.4, lift=0, longest=4)
    kept = dict(
        zip(
            zip(mined.antecedents, mined.consequents, strict=True),
            mined.confidence.tolist(),
            strict=True,
        )
    )
    _, dropped = brute_rules(values, 2, 0.4, 4, 1)
    longer = 0
    for (left, right), (both, with_left, _) in dropped.items():
        if both / with_left <= values[:, list(right)].all(axis=1).mean():
            continue  # not above the share of all rows
        longer += 1
        assert any(
            set(shorter) < set(left) and same == right and confidence >= both / with_left
            for (shorter, same), confidence in kept.items()
        )
    assert longer > 5


def test_the_least_number_of_cities_is_whole() -> None:
    """5 / 41 * 41 is above 5 by rounding, and mlxtend would ask for 6 rows."""
    rows, minimum = next(
        (rows, minimum)
        for rows in range(10, 100)
        for minimum in range(2, rows // 2)
        if minimum / rows * rows > minimum
    )
    assert math.ceil(minimum / rows * rows) == minimum + 1
    values = np.zeros((rows, 3), bool)
    values[:minimum, :2] = True
    values[minimum:, 2] = True
    assert sides(mine_rules(values, minimum=minimum), "abc") == [("a", "b"), ("b", "a")]
    assert sides(mine_rules(values, minimum=minimum + 1), "abc") == []


def test_thresholds_include_their_value() -> None:
    # 3 of 5 rows with a have b, and b is in 3 of 7 rows: confidence 0.6, lift 1.4.
    values, columns = context(
        {str(n): row for n, row in enumerate(("ab", "ab", "ab", "a", "a", "c", "c"))}
    )
    assert ("a", "b") in sides(mine_rules(values, confidence=0.6), columns)
    assert ("a", "b") not in sides(mine_rules(values, confidence=0.61), columns)
    assert ("a", "b") in sides(mine_rules(values, lift=1.39), columns)
    assert ("a", "b") not in sides(mine_rules(values, lift=1.41), columns)
    assert ("a", "b") not in sides(mine_rules(values, minimum=4), columns)


def test_a_practice_and_its_theme_make_no_rule() -> None:
    # T stands above x and y: x -> T would hold by the vocabulary, T -> z does not.
    described = {"1": "xz", "2": "xz", "3": "yz", "4": "y", "5": "q", "6": "q"}
    matrix = matrix_of(described, above={"x": "T", "y": "T"})
    found = find_rules(matrix, minimum=2, confidence=0.5)
    rules = {("".join(row.antecedent), "".join(row.consequent)) for row in found.rows}
    assert rules == {("T", "z"), ("z", "T"), ("x", "z"), ("z", "x")}
    assert found.nested == 3  # {T, x}, {T, y} and {T, x, z}
    # Without the vocabulary the same values give rules about nothing.
    values = matrix.values.toarray()
    assert ("x", "T") in sides(mine_rules(values, minimum=2), "".join(matrix.concepts))


def test_a_rule_has_its_denominators_exceptions_and_claims() -> None:
    described = {"1": "ab", "2": "ab", "3": "ab", "4": "a", "5": "b", "6": "c", "7": "c"}
    found = find_rules(matrix_of(described, undocumented=3))
    assert [("".join(row.antecedent), "".join(row.consequent)) for row in found.rows] == [
        ("a", "b"),
        ("b", "a"),
    ]
    row = found.rows[0]
    assert row.cities == ("1", "2", "3")
    assert row.antecedent_cities == ("1", "2", "3", "4")
    assert row.consequent_cities == ("1", "2", "3", "5")
    assert row.exceptions == ("4",)
    assert found.documented == 7  # the three silent cities are unknown, not without practices
    assert (row.support, row.confidence) == (3 / 7, 3 / 4)
    assert row.lift == pytest.approx(3 * 7 / 16)
    assert row.leverage == pytest.approx(3 / 7 - 16 / 49)
    assert row.conviction == pytest.approx((3 / 7) / (1 / 4))
    assert [link.claim for link in found.evidence(row)] == [
        f"claim-{city}-{letter}" for city in "123" for letter in "ab"
    ]
    assert [link.claim for link in found.evidence(row, "antecedent")] == [
        f"claim-{city}-a" for city in "1234"
    ]
    assert [link.claim for link in found.evidence(row, "consequent")] == [
        f"claim-{city}-b" for city in "1235"
    ]
    assert found.caution == "lift-alone"
    record = found.to_table({"a": "Open data", "4": "Berlin"}).records()[0]
    assert record["antecedent"] == "Open data"
    assert (record["cities"], record["documented"], record["of"]) == (3, 7, 10)
    assert (record["claims"], record["sources"]) == (6, 3)
    assert record["exception_list"] == "Berlin"


def test_an_infinite_conviction_leaves_its_cell_empty() -> None:
    found = find_rules(matrix_of({"1": "ab", "2": "ab", "3": "ab", "4": "c"}))
    assert found.rows[0].conviction == math.inf
    assert found.to_table().records()[0]["conviction"] is None


def test_rules_say_why_there_are_none() -> None:
    assert find_rules(matrix_of({}, undocumented=3)).reason == ("nothing-documented", "3")
    assert find_rules(matrix_of({"1": "ab", "2": "ab"})).reason == ("too-few-documented", "2", "3")
    apart = matrix_of({"1": "a", "2": "a", "3": "b", "4": "b"})
    assert find_rules(apart).reason == ("nothing-together", "3")
    assert find_rules(apart, minimum=2).reason == ("nothing-together", "2")
    # Two practices that all documented cities have say nothing about each other.
    alike = find_rules(matrix_of({"1": "ab", "2": "ab", "3": "ab"}))
    assert (alike.rows, alike.redundant) == ((), 2)
    assert alike.reason == ("no-rule", "3", "0.6", "1.0")
    # Only a concept and the one above it are together.
    nested = find_rules(matrix_of({"1": "x", "2": "x", "3": "x"}, above={"x": "T"}))
    assert (nested.reason, nested.nested) == (("nothing-together", "3"), 1)
    lonely = find_rules(matrix_of({"1": "x", "2": "y", "3": "z"}, above={"x": "T"}))
    assert lonely.reason == ("nothing-together", "3")
    for values in (np.zeros((0, 3), bool), np.zeros((3, 0), bool), np.zeros((3, 3), bool)):
        assert len(mine_rules(values).both) == 0


def test_rules_beyond_the_limit_are_counted() -> None:
    whole = find_rules(matrix_of(LIVING), minimum=2, confidence=0.5)
    some = find_rules(matrix_of(LIVING), minimum=2, confidence=0.5, at_most=3)
    assert some.rows == whole.rows[:3]
    assert some.left_out == len(whole.rows) - 3 > 0
    assert whole.left_out == 0


# Calls


@pytest.mark.parametrize("wrong", [{"minimum": -1}, {"at_most": 0}])
def test_a_lattice_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match=next(iter(wrong))):
        build_lattice(matrix_of(LIVING), **wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"minimum": 0},
        {"confidence": 0.0},
        {"confidence": 1.5},
        {"confidence": math.nan},
        {"lift": -1.0},
        {"lift": math.nan},
        {"longest": 1},
        {"consequents": 0},
        {"at_most": 0},
    ],
)
def test_a_threshold_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match=next(iter(wrong))):
        find_rules(matrix_of(LIVING), **wrong)


@pytest.mark.parametrize(
    ("package", "call"),
    [
        ("concepts", build_lattice),
        ("mlxtend.frequent_patterns", find_rules),
        ("pandas", find_rules),
    ],
)
def test_a_missing_package_is_named(
    monkeypatch: pytest.MonkeyPatch, package: str, call: Any
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingPackageError, match=package.partition(".")[0]):
        call(matrix_of(LIVING))


def test_the_warning_filters_stay_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "mlxtend"]:
        monkeypatch.delitem(sys.modules, name)
    before = list(warnings.filters)
    find_rules(matrix_of(LIVING))
    assert "mlxtend.frequent_patterns" in sys.modules
    assert warnings.filters == before


# The shipped facts


def test_the_shipped_practices(graph: KnowledgeGraph) -> None:
    matrix = read_matrix(graph.store)
    values = matrix.values.toarray().astype(bool)
    documented = int((matrix.documentation > 0).sum())
    lattice = build_lattice(matrix)
    assert lattice.documented == documented < len(matrix.cities)
    assert lattice.complete
    assert len(lattice.rows) > 100
    city = {iri: row for row, iri in enumerate(matrix.cities)}
    concept = {iri: column for column, iri in enumerate(matrix.concepts)}
    for row in lattice.rows:
        columns = [concept[iri] for iri in row.intent]
        having = values[:, columns].all(axis=1) & (matrix.documentation > 0)
        assert having.sum() == len(row.extent) >= 2
        assert values[[city[iri] for iri in row.extent]].all(axis=0).sum() == len(row.intent)
        assert row.stability is not None
        assert 0 < row.stability <= 1
        links = lattice.evidence(row)
        assert {(link.city, link.concept) for link in links} == {
            (c, p) for c in row.extent for p in row.intent
        }
        assert all(link.claim and link.fragment for link in links)
    rules = find_rules(matrix)
    assert rules.documented == documented
    assert rules.nested == 0  # practices of one level do not lie above each other
    assert len(rules.rows) > 50
    for rule in rules.rows:
        left = values[:, [concept[iri] for iri in rule.antecedent]].all(axis=1)
        right = values[:, [concept[iri] for iri in rule.consequent]].all(axis=1)
        assert len(rule.cities) == (left & right).sum() >= 3
        assert rule.confidence == (left & right).sum() / left.sum() >= 0.6
        assert rule.lift == pytest.approx(rule.confidence * documented / right.sum())
        assert set(rule.cities) | set(rule.exceptions) == set(rule.antecedent_cities)
        assert {link.city for link in rules.evidence(rule)} == set(rule.cities)
    names = graph.names()
    assert len(lattice.to_table(names)) == len(lattice.rows)
    assert len(rules.to_table(names)) == len(rules.rows)
    assert build_lattice(matrix) == lattice
    assert find_rules(matrix) == rules


def test_no_rule_says_what_the_vocabulary_says(graph: KnowledgeGraph) -> None:
    """On all levels, every practice comes with its theme: such pairs are left out and counted."""
    matrix = read_matrix(graph.store, level=None)
    rules = find_rules(matrix, minimum=5, confidence=0.8)
    assert rules.nested > 0
    assert rules.rows
    tree = graph.run("broader-concepts", facet="practice").values()
    above = {(str(narrow), str(broad)) for narrow, broad in tree}
    for rule in rules.rows:
        for pair in combinations((*rule.antecedent, *rule.consequent), 2):
            assert pair not in above
            assert pair[::-1] not in above


def test_the_first_source_alone_has_no_rules(article_graph: KnowledgeGraph) -> None:
    found = find_rules(read_matrix(article_graph.store))
    assert found.rows == ()
    assert found.reason == ("nothing-together", "3")
