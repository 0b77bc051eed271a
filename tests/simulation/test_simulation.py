"""The analyses in worlds with a known truth: what they promise, and what naive ones do there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import false_discovery_control, fisher_exact

from kg.recurrence import IncidenceMatrix, Link, Scope
from kg.recurrence.association import associate
from kg.recurrence.contrast import contrast_leaders
from tests.simulation.report import (
    BIAS,
    NOMINAL,
    STRONG_BIAS,
    Analysis,
    Outcome,
    Result,
    Setting,
    Tests,
    all_settings,
    contrast_tests,
    draw_recovery,
    fisher_p,
    judge,
    page,
    pair_tests,
    run_setting,
    swap_tests,
    tally,
)
from tests.simulation.worlds import Plan, World, draw_world

# Enough for one finding among 40 practices: 20 x 40.
FEW_PERMUTATIONS = 999


def matrix_of(world: World) -> IncidenceMatrix:
    """The record of a world as the engine reads it, the leading cities ranked first."""
    plan = world.plan
    cities = tuple(f"city:{row:03}" for row in range(plan.cities))
    concepts = tuple(f"practice:{column:03}" for column in range(plan.practices))
    links = tuple(
        Link(
            concepts[column],
            concepts[column],
            cities[row],
            "asia",
            f"programme:{row}-{column}-{number}",
            f"claim:{row}-{column}-{number}",
            "f",
            "source",
        )
        for row, column in np.argwhere(world.record).tolist()
        for number in range(world.programmes[row, column])
    )
    ranks = {city: row + 1 for row, city in enumerate(cities)}
    return IncidenceMatrix("practice", Scope(), cities, concepts, links, ranks, {})


def run(plan: Plan, analysis: Analysis, worlds: int) -> Result:
    setting = Setting("", "", plan, (analysis,))
    (result,) = run_setting(setting, worlds, (20,), permutations=FEW_PERMUTATIONS)
    return result


def test_same_seed_same_world() -> None:
    plan = Plan(pairs=3, strength=0.5, leader_practices=2, effect=1.0, bias=BIAS)
    one, same, other = draw_world(plan, 5), draw_world(plan, 5), draw_world(plan, 6)
    assert (one.programmes == same.programmes).all()
    assert (one.truth == same.truth).all()
    assert (one.pairs == same.pairs).all()
    assert (one.programmes != other.programmes).any()


def test_only_what_a_city_has_is_on_record() -> None:
    world = draw_world(Plan(popularity=(1.0, 9.0), practices=10), 1)
    assert not (world.record & ~world.truth).any()
    assert (world.record != world.truth).any()
    # A city without any practice has nothing on record, all others have something.
    assert not world.truth.any(axis=1).all()
    assert ((world.documentation > 0) == world.truth.any(axis=1)).all()


def test_planted_marginals() -> None:
    plan = Plan(
        cities=60_000,
        leaders=20_000,
        practices=12,
        pairs=2,
        strength=0.6,
        leader_practices=3,
        effect=1.5,
    )
    world = draw_world(plan, 3)
    expected = np.tile(world.popularity, (2, 1))
    planted = world.leader_practices
    expected[0, planted] = expit(logit(world.popularity[planted]) + 1.5)
    for row, part in enumerate((world.leaders, ~world.leaders)):
        share = world.truth[part].mean(axis=0)
        error = np.sqrt(expected[row] * (1 - expected[row]) / part.sum())
        assert (np.abs(share - expected[row]) < 4 * error).all()
    # With the given strength both are one decision: the rarer one then implies the other.
    for first, second in world.pairs:
        one, other = world.popularity[[first, second]]
        both = 0.6 * min(one, other) + 0.4 * one * other
        share = (world.truth[:, first] & world.truth[:, second]).mean()
        assert abs(share - both) < 4 * (both * (1 - both) / 60_000) ** 0.5
    planted_columns = {*world.pairs.ravel().tolist(), *planted.tolist()}
    assert len(planted_columns) == 7
    free = [column for column in range(12) if column not in planted_columns]
    correlation = np.corrcoef(world.truth[:, free].T) - np.eye(len(free))
    assert np.abs(correlation).max() < 5 / 60_000**0.5


def test_leading_cities_have_more_programmes_and_no_more_practices() -> None:
    world = draw_world(Plan(cities=60_000, leaders=20_000, bias=3.0), 4)
    leaders = world.leaders
    # Median of the Lomax distribution with shape 2: scale x (sqrt(2) - 1), 4.1 and 12.4.
    assert np.median(world.documentation[~leaders]) == 5
    assert np.median(world.documentation[leaders]) == 13
    held = world.truth.sum(axis=1)
    assert abs(held[leaders].mean() - held[~leaders].mean()) < 0.1
    assert world.record[leaders].sum(axis=1).mean() > world.record[~leaders].sum(axis=1).mean() + 2


def test_fisher_is_the_one_of_scipy() -> None:
    rng = np.random.default_rng(2)
    for cities in (5, 30, 72):
        one, other = rng.integers(0, cities + 1, (2, 30))
        low, high = np.maximum(0, one + other - cities), np.minimum(one, other)
        both = rng.integers(low, high + 1)
        expected = [
            fisher_exact([[b, x - b], [y - b, cities - x - y + b]]).pvalue
            for b, x, y in zip(both, one, other, strict=True)
        ]
        assert fisher_p(both, one, other, cities) == pytest.approx(expected, rel=1e-6)


def test_a_finding_is_false_when_not_planted_or_in_the_wrong_direction() -> None:
    tests = Tests(
        p=np.array([0.001, 0.001, 0.001, 0.9, 0.04]),
        more=np.array([True, False, True, True, True]),
        planted=np.array([True, True, False, True, False]),
    )
    # Adjusted: 0.001 x 5 / 3 for three of them, 0.04 x 5 / 4 = 0.05 for the last.
    assert judge(tests, planted=4) == Outcome(4, 3, 0.25, nulls=2, low=2)
    assert judge(tests, planted=4, rate=0.01) == Outcome(3, 2, 0.25, nulls=2, low=1)


def test_tally_of_three_worlds() -> None:
    result = tally(
        [Outcome(0, 0, 0.0, 10, 1), Outcome(4, 1, 0.6, 10, 0), Outcome(2, 1, 0.3, 10, 2)]
    )
    assert result.rate == pytest.approx(0.25)
    assert result.rate_error == pytest.approx(0.25 / 3**0.5)
    assert result.any_finding == pytest.approx(2 / 3)
    assert result.recovery == pytest.approx(0.3)
    assert result.low == pytest.approx(0.1)
    assert result.holds
    assert not tally([Outcome(1, 1, 0.0, 1, 1)] * 3).holds


def test_the_contrast_is_the_one_that_ships() -> None:
    plan = Plan(cities=50, leaders=20, bias=BIAS, leader_practices=4, effect=3.0)
    world = draw_world(plan, 8)
    table = contrast_leaders(
        matrix_of(world), leading=plan.leaders, permutations=FEW_PERMUTATIONS, seed=3
    )
    tests = contrast_tests(world, permutations=FEW_PERMUTATIONS, seed=3)
    assert sorted(tests.p) == sorted(row.p for row in table.rows if row.p is not None)
    assert sorted(false_discovery_control(tests.p)) == pytest.approx(
        sorted(row.q for row in table.rows if row.q is not None)
    )


def test_the_association_is_the_one_that_ships() -> None:
    world = draw_world(Plan(cities=40, practices=10, scale=40.0, pairs=2, strength=1.0), 1)
    matrix = matrix_of(world)
    found = associate(matrix, worlds=0)
    assert found.refused is None
    assert sorted(pair_tests(world).p) == pytest.approx(sorted(pair.p for pair in found.pairs))
    drawn = associate(matrix, null="curveball", worlds=1_999, seed=3)
    assert drawn.refused is None
    tests = swap_tests(world, worlds=1_999, seed=3)
    assert sorted(tests.p) == sorted(pair.p for pair in drawn.pairs)


@pytest.mark.parametrize("cities", [72, 150])
def test_documentation_bias_fools_the_contrast_without_strata_only(cities: int) -> None:
    plan = Plan(cities=cities, leaders=cities // 3, bias=STRONG_BIAS)
    result = run(plan, "contrast", worlds=40)
    assert result.ours.holds
    assert result.naive.rate > NOMINAL + 2 * result.naive.rate_error


def test_without_bias_both_contrasts_hold() -> None:
    result = run(Plan(), "contrast", worlds=60)
    assert result.ours.holds
    assert result.naive.holds


def test_planted_leader_practices_are_found() -> None:
    plan = Plan(cities=150, leaders=50, scale=40.0, bias=BIAS, leader_practices=5, effect=3.0)
    result = run(plan, "contrast", worlds=40)
    assert result.ours.holds
    assert result.ours.recovery > 0.6
    assert not result.naive.holds


@pytest.mark.parametrize("bias", [BIAS, STRONG_BIAS])
def test_documentation_fools_pairs_without_a_null_model_only(bias: float) -> None:
    result = run(Plan(bias=bias), "pairs", worlds=40)
    assert result.ours.holds
    assert result.naive.rate > NOMINAL + 2 * result.naive.rate_error


def test_curveball_worlds_hold_and_find() -> None:
    plan = Plan(practices=10, scale=40.0, bias=BIAS, pairs=2, strength=1.0)
    result = run(plan, "swaps", worlds=16)
    assert result.ours.holds
    assert result.ours.recovery > 0.3


def test_planted_pairs_are_found() -> None:
    plan = Plan(cities=150, leaders=50, scale=40.0, bias=BIAS, pairs=5, strength=1.0)
    result = run(plan, "pairs", worlds=30)
    assert result.ours.holds
    assert result.ours.recovery > 0.05
    assert not result.naive.holds


def test_every_setting_of_the_report_is_in_its_page(tmp_path: Path) -> None:
    calm = tally([Outcome(0, 0, 0.125, 100, 1)] * 2)
    wild = tally([Outcome(8, 8, 0.5, 100, 50)] * 2)
    results = [
        Result(setting, analysis, calm, wild)
        for setting in all_settings()
        for analysis in setting.analyses
    ]
    text = page(results, worlds=200, seed=0)
    assert "Our analyses hold in all runs." in text
    # One row each, with the naive form, and a few more in the summary.
    assert text.count("**fails**") == len(results)
    failed = page([*results[:-1], Result(results[-1].setting, "pairs", wild, wild)], 200, 0)
    assert "exceed nominal + 2 standard errors" in failed
    for name in ("one.svg", "two.svg"):
        draw_recovery(results, tmp_path / name)
    drawn = (tmp_path / "one.svg").read_bytes()
    assert drawn == (tmp_path / "two.svg").read_bytes()
    assert "找回率" in drawn.decode()
