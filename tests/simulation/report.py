"""Do the analyses keep their promise? Run ``python -m tests.simulation.report`` to see.

Each setting is run in many worlds. In every world the analyses that ship, and beside them the
naive ones, give p-values; Benjamini and Hochberg's procedure makes findings of them at the nominal
rate; the planted truth says which findings are false.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln
from scipy.stats import false_discovery_control

from kg.recurrence.association import compare_with_bicm, compare_with_swaps
from kg.recurrence.contrast import documentation_strata, stratified_permutation
from tests.simulation.worlds import Plan, World, draw_world

Analysis = Literal["contrast", "pairs", "swaps"]

NOMINAL: Final = 0.05
MINIMUM: Final = 3
"""Cities that each practice of a tested pair needs, as in ``kg.recurrence.association``."""
PERMUTATIONS: Final = 1_999
"""The smallest p is 0.0005; among 40 practices one finding alone needs 0.05 / 40 = 0.00125."""

SWAPS: Final = 1_999
"""Curveball worlds: one pair alone among 45, of 10 practices, needs 2 x 45 / 0.05 = 1,800."""
SMALL: Final = 10

CITIES: Final = (30, 72, 150)
SCALES: Final = {"thin": 10.0, "thick": 40.0}
EFFECTS: Final = (1.0, 2.0, 3.0, 4.0)
STRENGTHS: Final = (0.25, 0.5, 0.75, 1.0)
BIAS: Final = 3.0
STRONG_BIAS: Final = 6.0
PLANTED: Final = 5
SMALL_PLANTED: Final = 2

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "simulation.md"
PICTURE: Final = "simulation-recovery.svg"


@dataclass(frozen=True)
class Tests:
    """What one analysis says of one world.

    Attributes
    ----------
    p
        Two-sided p-value of each test.
    more
        The record is above what the analysis expects: the direction of all planted effects.
    planted
        The tested effect is planted.
    """

    __test__ = False

    p: NDArray[np.float64]
    more: NDArray[np.bool_]
    planted: NDArray[np.bool_]


@dataclass(frozen=True)
class Outcome:
    """Findings of one analysis in one world.

    Attributes
    ----------
    false
        Findings that are not planted, or in the wrong direction.
    recovered
        Share of the planted effects that were found; 0 when none are planted.
    nulls, low
        Tests of what is not planted, and those of them with p at or below the nominal rate.
    """

    findings: int
    false: int
    recovered: float
    nulls: int
    low: int


@dataclass(frozen=True)
class Tally:
    """Outcomes of one analysis over the worlds of one setting; errors are standard errors."""

    worlds: int
    rate: float
    rate_error: float
    any_finding: float
    recovery: float
    recovery_error: float
    low: float

    @property
    def holds(self) -> bool:
        """The false discovery rate is at or below nominal + 2 standard errors."""
        return self.rate <= NOMINAL + 2 * self.rate_error


@dataclass(frozen=True)
class Setting:
    """A plan, the words that tell it from the others, and the analyses that are run on it."""

    name: str
    documentation: str
    plan: Plan
    analyses: tuple[Analysis, ...]


@dataclass(frozen=True)
class Result:
    """The analysis that ships and the naive one in the same worlds."""

    setting: Setting
    analysis: Analysis
    ours: Tally
    naive: Tally


def contrast_tests(world: World, *, permutations: int = PERMUTATIONS, seed: int) -> Tests:
    """Leaders against the rest as ``contrast_leaders`` does it: permuted within strata."""
    values, labels, held, documentation = _compared(world)
    strata = documentation_strata(documentation, np.column_stack([labels, ~labels]))
    test = stratified_permutation(values, labels, strata, permutations=permutations, seed=seed)
    kept = test.testable
    return Tests(test.p[kept], (test.observed > test.expected)[kept], _leading(world)[held][kept])


def naive_contrast_tests(world: World) -> Tests:
    """Leaders against the rest without strata: Fisher's exact test."""
    values, labels, held, _ = _compared(world)
    cities, leaders = len(labels), int(labels.sum())
    both, sums = values[labels].sum(axis=0), values.sum(axis=0)
    p = fisher_p(both, np.full_like(sums, leaders), sums, cities)
    return Tests(p, both * cities > sums * leaders, _leading(world)[held])


def pair_tests(world: World) -> Tests:
    """Pairs together as ``associate`` does it: against the bipartite configuration model.

    Without curveball worlds no pair is called apart, which none of these effects would be.
    """
    values, first, second = _pairs(world)
    if not len(first):
        return Tests(np.zeros(0), np.zeros(0, dtype=bool), np.zeros(0, dtype=bool))
    test = compare_with_bicm(values, first, second, threshold=NOMINAL / len(first)).guarded(None)
    return Tests(test.p, test.together <= test.apart, _associated(world)[first, second])


def swap_tests(world: World, *, worlds: int = SWAPS, seed: int) -> Tests:
    """Pairs together as ``associate`` does it when curveball worlds decide."""
    values, first, second = _pairs(world)
    if not len(first):
        return Tests(np.zeros(0), np.zeros(0, dtype=bool), np.zeros(0, dtype=bool))
    test = compare_with_swaps(
        values, first, second, threshold=NOMINAL / len(first), worlds=worlds, seed=seed
    )
    return Tests(test.p, test.together <= test.apart, _associated(world)[first, second])


def naive_pair_tests(world: World) -> Tests:
    """Pairs together without a null model of the documentation: Fisher's exact test."""
    values, first, second = _pairs(world)
    numbers = values.astype(np.int64)
    both, sums = (numbers.T @ numbers)[first, second], numbers.sum(axis=0)
    p = fisher_p(both, sums[first], sums[second], len(values))
    more = both * len(values) > sums[first] * sums[second]
    return Tests(p, more, _associated(world)[first, second])


def fisher_p(
    both: NDArray[np.int64], one: NDArray[np.int64], other: NDArray[np.int64], cities: int
) -> NDArray[np.float64]:
    """Fisher's exact test, two-sided, for many tables at once (scipy's takes one at a time)."""

    def log_choose(n: NDArray[np.int64], k: NDArray[np.int64]) -> NDArray[np.float64]:
        ways: NDArray[np.float64] = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
        return ways

    counts = np.arange(cities + 1)[np.newaxis, :]
    one, other = one[:, np.newaxis], other[:, np.newaxis]
    possible = (counts <= np.minimum(one, other)) & (counts >= one + other - cities)
    # Where a count is impossible, any valid numbers will do: its mass is 0 below.
    inside = np.where(possible, counts, np.maximum(0, one + other - cities))
    mass = log_choose(one, inside) + log_choose(cities - one, other - inside)
    mass = np.where(possible, np.exp(mass - log_choose(np.full_like(other, cities), other)), 0.0)
    # Equal masses may differ by rounding; scipy takes the same margin.
    limit = np.take_along_axis(mass, both[:, np.newaxis], axis=1) * (1 + 1e-7)
    p: NDArray[np.float64] = np.minimum(np.where(mass <= limit, mass, 0.0).sum(axis=1), 1.0)
    return p


def judge(tests: Tests, planted: int, rate: float = NOMINAL) -> Outcome:
    """Findings at a false discovery rate, against the truth; ``planted`` effects were there."""
    nulls = ~tests.planted
    low = int((nulls & (tests.p <= rate)).sum())
    if not len(tests.p):
        return Outcome(0, 0, 0.0, 0, 0)
    found = false_discovery_control(tests.p) <= rate
    true = found & tests.planted & tests.more
    findings, right = int(found.sum()), int(true.sum())
    return Outcome(
        findings, findings - right, right / planted if planted else 0.0, int(nulls.sum()), low
    )


def tally(outcomes: Iterable[Outcome]) -> Tally:
    """Means over worlds, with their standard errors."""
    held = list(outcomes)
    rates = np.array([one.false / max(1, one.findings) for one in held])
    recovered = np.array([one.recovered for one in held])
    root = len(held) ** 0.5
    return Tally(
        worlds=len(held),
        rate=float(rates.mean()),
        rate_error=float(rates.std(ddof=1)) / root,
        any_finding=float(np.mean([one.findings > 0 for one in held])),
        recovery=float(recovered.mean()),
        recovery_error=float(recovered.std(ddof=1)) / root,
        low=sum(one.low for one in held) / max(1, sum(one.nulls for one in held)),
    )


def run_setting(
    setting: Setting, worlds: int, seed: tuple[int, ...], permutations: int = PERMUTATIONS
) -> list[Result]:
    """Both forms of the analyses of a setting in the same worlds."""
    plan = setting.plan
    outcomes: dict[Analysis, tuple[list[Outcome], list[Outcome]]] = {
        analysis: ([], []) for analysis in setting.analyses
    }
    for number in range(worlds):
        world = draw_world(plan, (*seed, number))
        for analysis, (ours, naive) in outcomes.items():
            planted = plan.leader_practices if analysis == "contrast" else plan.pairs
            if analysis == "contrast":
                tests = contrast_tests(world, permutations=permutations, seed=number)
                simple = naive_contrast_tests(world)
            else:
                tests = pair_tests(world) if analysis == "pairs" else swap_tests(world, seed=number)
                simple = naive_pair_tests(world)
            ours.append(judge(tests, planted))
            naive.append(judge(simple, planted))
    return [
        Result(setting, analysis, tally(ours), tally(naive))
        for analysis, (ours, naive) in outcomes.items()
    ]


def all_settings() -> list[Setting]:
    """Settings of the report: without effects, with planted ones, and each analysis with both."""
    both: tuple[Analysis, ...] = ("contrast", "pairs")
    settings = []
    for documentation, scale in SCALES.items():
        for cities in CITIES:
            plan = Plan(cities=cities, leaders=cities // 3, scale=scale)
            for name, bias in (
                ("no effect", 1.0),
                ("documentation bias", BIAS),
                ("strong documentation bias", STRONG_BIAS),
            ):
                settings.append(Setting(name, documentation, replace(plan, bias=bias), both))
            if cities == 72:
                few = replace(plan, bias=BIAS, leaders=10)
                settings.append(Setting("bias, 10 leaders", documentation, few, both))
            biased = replace(plan, bias=BIAS)
            for effect in EFFECTS:
                planted = replace(biased, leader_practices=PLANTED, effect=effect)
                # The other analysis runs along at the strongest effect: it must not find it.
                run = both if effect == EFFECTS[-1] else both[:1]
                settings.append(Setting("leader practices", documentation, planted, run))
            for strength in STRENGTHS:
                planted = replace(biased, pairs=PLANTED, strength=strength)
                run = both if strength == STRENGTHS[-1] else both[1:]
                settings.append(Setting("planted pairs", documentation, planted, run))
    # Curveball worlds need a tail of their own for each pair: a small world is what time allows.
    plan = Plan(practices=SMALL, bias=BIAS, scale=SCALES["thick"])
    settings.append(Setting("documentation bias, 10 practices", "thick", plan, ("swaps", "pairs")))
    for strength in STRENGTHS[1::2]:
        planted = replace(plan, pairs=SMALL_PLANTED, strength=strength)
        settings.append(
            Setting("planted pairs, 10 practices", "thick", planted, ("swaps", "pairs"))
        )
    return settings


def run_all(
    worlds: int, seed: int = 0, progress: Callable[[str], None] | None = None
) -> list[Result]:
    """All settings of the report, each with worlds of its own."""
    results = []
    settings = all_settings()
    for place, setting in enumerate(settings):
        start = time.monotonic()
        results += run_setting(setting, worlds, (seed, place))
        if progress:
            plan = setting.plan
            progress(
                f"{place + 1}/{len(settings)} {setting.name}, {setting.documentation}, "
                f"{plan.cities} cities, {time.monotonic() - start:.1f} s"
            )
    return results


def _compared(
    world: World,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:
    """Documented cities: their record, who leads, the columns on record, their documentation."""
    documented = world.documentation > 0
    record = world.record[documented]
    held = np.flatnonzero(record.any(axis=0))
    return record[:, held], world.leaders[documented], held, world.documentation[documented]


def _leading(world: World) -> NDArray[np.bool_]:
    planted = np.zeros(world.plan.practices, dtype=bool)
    planted[world.leader_practices] = True
    return planted


def _pairs(world: World) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:
    """Documented cities, and the pairs of practices that are tested."""
    values = world.record[world.documentation > 0]
    frequent = values.sum(axis=0) >= MINIMUM
    first, second = np.nonzero(np.triu(np.outer(frequent, frequent), 1))
    return values, first, second


def _associated(world: World) -> NDArray[np.bool_]:
    """Pairs that truly meet more often: the planted ones, and what leading cities have more of."""
    planted = np.zeros((world.plan.practices,) * 2, dtype=bool)
    planted[world.pairs[:, 0], world.pairs[:, 1]] = True
    leading = _leading(world)
    planted |= np.outer(leading, leading) & (world.plan.effect != 0)
    return planted


TITLES: Final[dict[Analysis, str]] = {
    "contrast": "Leaders against the rest",
    "pairs": "Together more than chance",
    "swaps": "Together more than chance, curveball worlds decide",
}
NAIVE: Final[dict[Analysis, str]] = {
    "contrast": "Fisher, no strata",
    "pairs": "Fisher, no null model",
    "swaps": "Fisher, no null model",
}
CURVES: Final[tuple[Analysis, ...]] = ("contrast", "pairs")


def page(results: Sequence[Result], worlds: int, seed: int) -> str:
    """The report as Markdown."""
    parts = [_opening(worlds, seed), _summary(results)]
    for analysis, title in TITLES.items():
        parts.append(f"## {title}: nothing planted\n\n{_null_table(results, analysis)}")
        parts.append(f"## {title}: planted effects\n\n{_planted_table(results, analysis)}")
    parts.append(_recovery_section(results))
    return "\n\n".join(part.strip() for part in parts) + "\n"


def effect_of(setting: Setting) -> float:
    """The planted effect: log-odds of leader practices or strength of pairs; 0 without one."""
    return setting.plan.effect if setting.plan.leader_practices else setting.plan.strength


def own(one: Result) -> bool:
    """Whether the planted effects are of the kind that the analysis is to find."""
    plan = one.setting.plan
    return (plan.leader_practices if one.analysis == "contrast" else plan.pairs) > 0


def _of(results: Iterable[Result], analysis: Analysis, *, small: bool = True) -> list[Result]:
    return [
        one
        for one in results
        if one.analysis == analysis and (small or one.setting.plan.practices > SMALL)
    ]


def _planted(setting: Setting) -> bool:
    return setting.plan.pairs + setting.plan.leader_practices > 0


def _verdict(one: Tally) -> str:
    return "holds" if one.holds else "**fails**"


def _rate(one: Tally) -> str:
    return f"{one.rate:.3f} ± {one.rate_error:.3f}"


def _words(setting: Setting) -> str:
    effect = f", effect {effect_of(setting):g}" if effect_of(setting) else ""
    return f"{setting.name}{effect}, {setting.documentation} record, {setting.plan.cities} cities"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], words: int = 2) -> str:
    """A Markdown table: the first columns hold words, the others numbers."""
    rule = ["---" if place < words else "--:" for place in range(len(header))]
    return "\n".join(f"| {' | '.join(line)} |" for line in (header, rule, *rows))


def _opening(worlds: int, seed: int) -> str:
    plan = Plan()
    return f"""
# Proof by simulation

Written by `python -m tests.simulation.report --worlds {worlds} --seed {seed} --write`; do not edit.

Do «leaders against the rest» (`kg.recurrence.contrast`) and «together more than chance»
(`kg.recurrence.association`) keep the false discovery rate that they promise, and what do they
find? Data cannot tell, since nobody knows the truth behind a record. So a generator
(`tests/simulation/worlds.py`) plants a truth and draws an incomplete record of it, {worlds} worlds
for each setting. Beside each analysis runs a naive one that should fail: Fisher's exact test
without strata, and Fisher's exact test without a null model of the documentation.

**The worlds.** {plan.practices} practices; the share of cities that have one follows
Beta({plan.popularity[0]:g}, {plan.popularity[1]:g}). A third of the cities lead (10 where a table
says so). A city has 1 + ⌊X⌋ programmes on record, X of a Lomax distribution with shape
{plan.tail:g} and scale {SCALES["thin"]:g} (thin record: half of the cities that do not lead have
at most 5 programmes) or {SCALES["thick"]:g} (thick: at most 17). Documentation bias multiplies
the scale of leading cities by {BIAS:g}, strong bias by {STRONG_BIAS:g}. Each programme documents
one of the practices that its city truly has, all with the same chance. {PLANTED} practices or
{PLANTED} pairs are planted: leading cities have the practices more often (an amount is added to
the log-odds), or the two practices of a pair are one decision in some share of the cities (the
strength), with the popularity of each as before. All worlds with planted effects have
documentation bias, too. Permutations: {PERMUTATIONS:,}. Curveball worlds need thousands of draws
in each world, so that they run on {SMALL} practices with {SMALL_PLANTED} planted pairs only
({SWAPS:,} draws), beside the bipartite configuration model in the same worlds.

**The measure.** A finding has an adjusted p-value (Benjamini and Hochberg) of at most {NOMINAL:g}.
It is false when the effect was not planted, or when it points the other way. The false discovery
rate (FDR) is the mean over worlds of false / max(1, findings), ± its standard error. An analysis
*holds* in a setting when its FDR is at most {NOMINAL:g} + 2 standard errors (of many analyses that
are exactly at {NOMINAL:g}, about one in 40 would fail by chance). Where nothing is planted every
finding is false, and the FDR is the share of worlds with any finding. *Low p* is the share of
single tests with p ≤ {NOMINAL:g} where nothing is planted: a test that holds has at most
{NOMINAL:g}, and one far below it is cautious and finds less than it could.

**摘要。** 记录背后的真实情况无人知晓，因此用模拟世界检验分析方法：先植入真实情况，再抽取不完整的
记录，每种设定 {worlds} 个世界。检验标准：错误发现率不超过名义水平 {NOMINAL:g} 加两个标准误。
旁边的简单分析（不按记录量分层，或不用零模型）应当明显不达标。表中 holds 为达标，fails 为不达标，
thin / thick 为记录稀少 / 记录丰富。未见记录不等于没有。
"""


def _summary(results: Sequence[Result]) -> str:
    rows, failed = [], []
    for analysis, title in TITLES.items():
        all_of_it = _of(results, analysis)
        groups = {
            "no effect, no bias": [
                one for one in all_of_it if not _planted(one.setting) and one.setting.plan.bias == 1
            ],
            "documentation bias, no effect": [
                one for one in all_of_it if not _planted(one.setting) and one.setting.plan.bias > 1
            ],
            "planted, to be found": [one for one in all_of_it if own(one)],
            "planted for the other analysis": [
                one for one in all_of_it if _planted(one.setting) and not own(one)
            ],
        }
        for words, held in groups.items():
            if held:
                worst = max((one.ours for one in held), key=lambda tally: tally.rate)
                naive = max((one.naive for one in held), key=lambda tally: tally.rate)
                rows.append(
                    (
                        title,
                        words,
                        f"{sum(one.ours.holds for one in held)} of {len(held)}",
                        _rate(worst),
                        f"{sum(one.naive.holds for one in held)} of {len(held)}",
                        _rate(naive),
                    )
                )
        failed += [
            f"- {title}, {_words(one.setting)}: {_rate(one.ours)}"
            for one in all_of_it
            if not one.ours.holds
        ]
    header = ("analysis", "setting", "holds", "largest FDR", "naive holds", "naive, largest FDR")
    failures = (
        "Our analyses exceed nominal + 2 standard errors in these runs:\n\n" + "\n".join(failed)
        if failed
        else "Our analyses hold in all runs."
    )
    return f"""
## In short

A run is one number of cities with one kind of record and one size of effect.

{_table(header, rows)}

{failures}

A naive analysis can hold, too: without bias there is nothing to be fooled by, few cities show
little of anything, and on a thick record or among few practices documentation decides less of what
is on record. In the small worlds of the curveball rows it holds, so that these rows show what
curveball worlds find, and not that they are needed.

To hold is not to find. The configuration model pays for its caution. It runs here without
curveball worlds, so that no pair is called apart and its low p would be {NOMINAL / 2:g} if it were
not cautious; compare its recovery with that of curveball worlds in the same worlds. Pairs that
avoid each other are not planted, and what the analyses find of them is not measured.

Programmes of one city share its
record: a planted practice takes room from the others, which can bring false findings in the other
direction. These are in the counts.
"""


def _null_table(results: Sequence[Result], analysis: Analysis) -> str:
    """Settings without any effect: the share of worlds with a finding is the FDR."""
    rows = [
        (
            one.setting.name,
            one.setting.documentation,
            str(one.setting.plan.cities),
            _rate(one.ours),
            "yes" if one.ours.any_finding <= NOMINAL else "no",
            _verdict(one.ours),
            f"{one.ours.low:.3f}",
            _rate(one.naive),
            _verdict(one.naive),
            f"{one.naive.low:.3f}",
        )
        for one in _of(results, analysis)
        if not _planted(one.setting)
    ]
    header = (
        "setting",
        "record",
        "cities",
        "worlds with a finding = FDR",
        f"≤ {NOMINAL:g}",
        f"≤ {NOMINAL:g} + 2 s.e.",
        "low p",
        f"{NAIVE[analysis]}: FDR",
        f"≤ {NOMINAL:g} + 2 s.e.",
        "low p",
    )
    return _table(header, rows)


def _planted_table(results: Sequence[Result], analysis: Analysis) -> str:
    """Settings with planted effects: FDR and recovery of both forms."""
    rows = [
        (
            one.setting.name,
            one.setting.documentation,
            str(one.setting.plan.cities),
            f"{effect_of(one.setting):g}",
            _rate(one.ours),
            _verdict(one.ours),
            f"{one.ours.recovery:.3f} ± {one.ours.recovery_error:.3f}" if own(one) else "",
            _rate(one.naive),
            _verdict(one.naive),
        )
        for one in _of(results, analysis)
        if _planted(one.setting)
    ]
    header = (
        "planted",
        "record",
        "cities",
        "effect",
        "FDR",
        f"≤ {NOMINAL:g} + 2 s.e.",
        "recovery",
        f"{NAIVE[analysis]}: FDR",
        f"≤ {NOMINAL:g} + 2 s.e.",
    )
    notes: dict[Analysis, str] = {
        "contrast": "The effect of leader practices is in log-odds, that of pairs is their "
        "strength. With planted pairs every finding is false.",
        "pairs": "The effect of pairs is their strength, that of leader practices is in log-odds. "
        "Two practices that leading cities have more often do meet more often, so that a pair of "
        "them is no false finding; any other is.",
        "swaps": "The same worlds as the rows with 10 practices of the table before.",
    }
    return f"{notes[analysis]}\n\n{_table(header, rows)}"


def _recovery_section(results: Sequence[Result]) -> str:
    parts = []
    for analysis in CURVES:
        held = [one for one in _of(results, analysis, small=False) if own(one)]
        effects = sorted({effect_of(one.setting) for one in held})
        rows = []
        for documentation in SCALES:
            for cities in CITIES:
                line = {
                    effect_of(one.setting): f"{one.ours.recovery:.2f}"
                    for one in _curve(held, documentation, cities)
                }
                rows.append((documentation, str(cities), *(line[effect] for effect in effects)))
        unit = "log-odds" if analysis == "contrast" else "strength"
        header = ("record", "cities", *(f"{unit} {effect:g}" for effect in effects))
        parts.append(f"{TITLES[analysis]}:\n\n{_table(header, rows, words=1)}")
    tables = "\n\n".join(parts)
    return f"""
## Recovery

Share of the planted effects that the analyses find. Rare practices are planted as well as popular
ones, and a practice without a programme on record cannot be found.

{tables}

![Recovery by size of effect and number of cities]({PICTURE})

*Recovery of planted effects (mean over worlds, ± 2 standard errors) by size of effect, number of
cities and documentation. No finding on few cities or on a thin record says little: even strong
effects are missed there.*

*植入效应的找回率（各世界的平均值，± 两个标准误），按效应大小、城市数和记录多少分列。城市少或记录
稀少时，没有发现并不说明没有差别：即使很强的效应也会漏掉。*
"""


def _curve(held: Iterable[Result], documentation: str, cities: int) -> list[Result]:
    return [
        one
        for one in held
        if one.setting.documentation == documentation and one.setting.plan.cities == cities
    ]


def draw_recovery(results: Sequence[Result], path: Path) -> None:
    """Draw the recovery curves; the same results give the same bytes.

    The texts stay text, in both languages: the fonts of the reader serve, and none is needed here.
    """
    import warnings

    import matplotlib
    from matplotlib.figure import Figure

    styles = {30: ("o", ":", "#888888"), 72: ("s", "--", "#0072b2"), 150: ("^", "-", "#000000")}
    titles = {
        "contrast": "Leaders against the rest / 领先城市与其他城市",
        "pairs": "Together more than chance / 同时出现",
    }
    units = {"contrast": "Effect in log-odds / 对数优势", "pairs": "Strength / 强度"}
    records = {"thin": "thin record / 记录稀少", "thick": "thick record / 记录丰富"}
    with matplotlib.rc_context(), warnings.catch_warnings():
        matplotlib.rcdefaults()
        matplotlib.rcParams["svg.fonttype"] = "none"
        matplotlib.rcParams["svg.hashsalt"] = "recovery"
        # The font that measures has no Chinese; the one that the reader sees has.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        figure = Figure(figsize=(10, 7.6))
        panels = figure.subplots(2, 2, sharey=True)
        figure.subplots_adjust(0.08, 0.09, 0.98, 0.93, wspace=0.08, hspace=0.42)
        for row, analysis in enumerate(CURVES):
            held = [one for one in _of(results, analysis, small=False) if own(one)]
            for column, documentation in enumerate(SCALES):
                axes = panels[row][column]
                for cities, (marker, line, colour) in styles.items():
                    curve = _curve(held, documentation, cities)
                    axes.errorbar(
                        [effect_of(one.setting) for one in curve],
                        [one.ours.recovery for one in curve],
                        yerr=[2 * one.ours.recovery_error for one in curve],
                        marker=marker,
                        linestyle=line,
                        color=colour,
                        capsize=3,
                        label=f"{cities} cities / 城市",
                    )
                axes.set_title(f"{titles[analysis]}\n{records[documentation]}", fontsize=10)
                axes.set_xlabel(units[analysis])
                axes.set_ylim(-0.03, 1.03)
                axes.set_xticks(sorted({effect_of(one.setting) for one in held}))
                axes.grid(color="#dddddd", linewidth=0.6)
                axes.spines[["top", "right"]].set_visible(False)
            panels[row][0].set_ylabel("Recovery / 找回率")
        panels[0][0].legend(frameon=False, loc="upper left")
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the report; print it, and write it when asked."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.report")
    parser.add_argument("--worlds", type=int, default=200, help="worlds of each setting")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true", help=f"write {DOCUMENT.name} and picture")
    chosen = parser.parse_args(arguments)
    if chosen.worlds < 2:
        parser.error("--worlds: 2 or more, or there is no standard error")
    results = run_all(
        chosen.worlds, chosen.seed, lambda line: print(line, file=sys.stderr, flush=True)
    )
    text = page(results, chosen.worlds, chosen.seed)
    print(text, end="")
    if chosen.write:
        DOCUMENT.write_text(text, encoding="utf-8")
        draw_recovery(results, DOCUMENT.with_name(PICTURE))
    return 0


if __name__ == "__main__":
    sys.exit(main())
