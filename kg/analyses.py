"""Commands of the recurrence engine: how sure, what with what, who is alike, what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from kg.console import (
    KgCommand,
    Settings,
    chosen_form,
    output_option,
    print_links,
    print_table,
)
from kg.errors import ParameterError

if TYPE_CHECKING:
    from kg.graph import KnowledgeGraph
    from kg.pictures import Picture
    from kg.recurrence import IncidenceMatrix
    from kg.recurrence.contrast import ContrastTable
    from kg.recurrence.incidence import Link
    from kg.recurrence.scores import ScoreTable
    from kg.recurrence.structure import ConceptLattice, RuleTable

SEED = 0
# Where null worlds decide, a single pair can only be a finding with 40 of them for each pair tested
# (at a rate of 0.05); twice as many leave room for chance. Above the most, they take minutes.
_WORLDS_A_PAIR = 80
_MOST_WORLDS = 25_000
PICTURES = ("matrix", "recurrence", "together", "sets", "accumulation")

_BY = click.option(
    "--by",
    default="practice",
    show_default=True,
    help="practice, technology, mechanism, outcome-type or domain.",
)
_LEVEL = click.option(
    "--level",
    type=click.Choice(["1", "2", "3", "4", "all"]),
    default="3",
    show_default=True,
    help="Level of the practices: 1 themes to 4 specific practices.",
)
_EDITION = click.option(
    "--edition",
    default="eden-top50-2021",
    show_default=True,
    help="Ranking edition that gives the ranks.",
)
_SCOPE = (
    click.option("--region", multiple=True, help="Only cities of this UN region; repeatable."),
    click.option("--since", type=int, metavar="YEAR", help="Only programmes begun in or after."),
    click.option("--until", type=int, metavar="YEAR", help="Only programmes begun in or before."),
    click.option(
        "--source", multiple=True, metavar="SLUG", help="Only what this source says; repeatable."
    ),
    click.option("--grade", help="Weakest evidence grade that counts, such as correlation."),
)
_TOP = click.option(
    "--leading",
    type=click.IntRange(1),
    metavar="N",
    help="Only the cities ranked 1 to N in the edition.",
)
EXPLAIN = click.option(
    "--explain", is_flag=True, help="Show the claims and places behind every figure instead."
)
_SEEDED = click.option(
    "--seed", type=int, default=SEED, show_default=True, help="Seed of everything random."
)

_WEIGHT = click.option(
    "--weight",
    "weights",
    multiple=True,
    metavar="PART=NUMBER",
    help="How much a part of the context counts, such as rank=0: region, subregion, population, "
    "rank or factors; repeatable.",
)


def scoped(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what an analysis looks at."""
    for option in reversed((_BY, _LEVEL, _EDITION, *_SCOPE)):
        command = option(command)
    return command


def compared(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say which cities one city is compared with."""
    for option in reversed(
        (
            click.option(
                "--peers",
                "number",
                type=click.IntRange(1),
                default=10,
                show_default=True,
                help="Compare with this many cities of most similar context.",
            ),
            click.option(
                "--leading", type=click.IntRange(1), metavar="N", help="Leaders instead of peers."
            ),
            _WEIGHT,
        )
    ):
        command = option(command)
    return command


def add_commands(group: click.Group) -> None:
    """Put the commands of this module into the ``kg`` command."""
    commands = (
        coverage,
        leaders,
        together,
        rules,
        sets,
        scores,
        configurations,
        peers,
        gap,
        dossier,
        picture,
    )
    for command in commands:
        group.add_command(command)


def _matrix(
    graph: KnowledgeGraph, options: Mapping[str, Any], *, leading: int | None = None
) -> IncidenceMatrix:
    from kg.recurrence import Scope, read_matrix
    from kg.terms import ID

    level = options["level"]
    scope = Scope(
        leading=leading,
        edition=options["edition"],
        regions=frozenset(options["region"]),
        sources=frozenset(ID + "source/" + slug for slug in options["source"]),
        since=options["since"],
        until=options["until"],
        **({"grade": options["grade"]} if options["grade"] else {}),
    )
    return read_matrix(
        graph.store, options["by"], level=None if level == "all" else int(level), scope=scope
    )


def _say_reason(reason: Sequence[str], settings: Settings) -> None:
    """Say why the data cannot tell, and what may help."""
    from kg.messages import message

    code, *values = reason
    problem, remedy = message(code, settings.language)
    between = "" if settings.language == "zh" else " "
    settings.remark(problem.format(*values) + between + remedy.format(*values))


def _print_found(
    found: ConceptLattice | RuleTable | ContrastTable | ScoreTable,
    graph: KnowledgeGraph,
    settings: Settings,
    *,
    explain: bool,
) -> None:
    """The rows of an answer, or the claims behind them."""
    if explain:
        # Each kind of answer takes its own kind of row.
        evidence: Callable[[Any], Iterable[Link]] = found.evidence
        print_links((link for row in found.rows for link in evidence(row)), graph, settings)
    else:
        print_table(found.to_table(graph.names(settings.language)), settings)


def _counter(settings: Settings) -> Callable[[int, int], None]:
    """Says on a terminal how far long work is."""
    import sys

    def progress(done: int, total: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{done}/{total}", nl=False, err=True)
            if done == total:
                click.echo("\r" + " " * 2 * (len(str(total)) + 1) + "\r", nl=False, err=True)

    return progress


@click.command(cls=KgCommand)
@scoped
@_TOP
@click.option("--programmes", type=click.IntRange(1), help="Compare at this many programmes.")
@click.option("--curve", is_flag=True, help="The accumulation curve over cities instead.")
@click.pass_obj
def coverage(
    settings: Settings, /, leading: int | None, programmes: int | None, curve: bool, **options: Any
) -> None:
    """Estimate how complete the record of each city is."""
    from kg.recurrence.coverage import estimate_coverage

    graph = settings.open()
    report = estimate_coverage(_matrix(graph, options, leading=leading), level=programmes)
    if curve:
        print_table(report.curve_to_table(), settings)
    else:
        print_table(report.to_table(graph.names(settings.language)), settings)
    settings.say("coverage-note", report.documented, len(report.rows), report.level)


@click.command(cls=KgCommand)
@scoped
@click.option("--leading", type=click.IntRange(1), default=10, show_default=True, metavar="N")
@click.option(
    "--against",
    type=click.Choice(["ranked", "others"]),
    default="ranked",
    show_default=True,
    help="Compare with cities ranked after them, or with all others on record.",
)
@click.option("--permutations", type=click.IntRange(99), default=9_999, show_default=True)
@_SEEDED
@EXPLAIN
@click.pass_obj
def leaders(
    settings: Settings,
    /,
    leading: int,
    against: str,
    permutations: int,
    seed: int,
    explain: bool,
    **options: Any,
) -> None:
    """Compare the leading cities with the rest, practice by practice."""
    from kg.recurrence.contrast import contrast_leaders

    graph = settings.open()
    found = contrast_leaders(
        _matrix(graph, options),
        leading=leading,
        against=against,
        permutations=permutations,
        seed=seed,
        progress=_counter(settings),
    )
    if found.reason is not None:
        _say_reason(found.reason, settings)
        return
    _print_found(found, graph, settings, explain=explain)
    findings = sum(row.q is not None and row.q <= 0.05 for row in found.rows)
    settings.say(
        "leaders-note",
        len(found.leaders),
        len(found.others),
        findings,
        found.permutable,
        len(found.undocumented_leaders) + len(found.undocumented_others),
    )
    _say_reason((found.caution,), settings)


@click.command(cls=KgCommand)
@scoped
@_TOP
@click.option("--min-cities", type=click.IntRange(2), default=3, show_default=True)
@click.option(
    "--null",
    type=click.Choice(["curveball", "bicm"]),
    help="Null model that decides; the other checks. Curveball unless there are too many pairs for "
    "its worlds: the configuration model (bicm) needs none, and finds less.",
)
@click.option(
    "--worlds",
    type=click.IntRange(0),
    help="Null worlds; where they decide, 80 for each pair tested unless told.",
)
@click.option("--all", "everything", is_flag=True, help="Also pairs that are no finding.")
@_SEEDED
@EXPLAIN
@click.pass_obj
def together(
    settings: Settings,
    /,
    leading: int | None,
    min_cities: int,
    null: Literal["curveball", "bicm"] | None,
    worlds: int | None,
    everything: bool,
    seed: int,
    explain: bool,
    **options: Any,
) -> None:
    """Find practices recorded together in more, or fewer, cities than chance explains."""
    from dataclasses import replace

    from kg.recurrence.association import associate

    graph = settings.open()
    matrix = _matrix(graph, options, leading=leading)
    held = int((matrix.values.sum(axis=0) >= min_cities).sum())
    wanted = _WORLDS_A_PAIR * held * (held - 1) // 2
    if null is None:
        null = "curveball" if wanted <= _MOST_WORLDS else "bicm"
    if worlds is None:
        worlds = max(wanted, 1_000) if null == "curveball" else 1_000
    found = associate(
        matrix,
        minimum=min_cities,
        null=null,
        worlds=worlds,
        seed=seed,
        progress=_counter(settings),
    )
    if found.refused is not None:
        _say_reason((found.refused.code, *found.refused.values), settings)
        return
    shown = found if everything else replace(found, pairs=found.significant)
    if explain:
        print_links(
            (
                link
                for pair in shown.pairs
                for city in pair.cities
                for concept in (pair.first, pair.second)
                for link in matrix.evidence(city, concept)
            ),
            graph,
            settings,
        )
    elif shown.pairs or chosen_form(settings) not in ("table", "md"):
        # An empty table says less to people than the note below.
        print_table(shown.to_table(graph.names(settings.language)), settings)
    settings.say(
        "together-note",
        len(found.significant),
        found.tested,
        len(found.cities),
        found.scope,
        null,
        worlds,
    )


@click.command(cls=KgCommand)
@scoped
@_TOP
@click.option("--min-cities", type=click.IntRange(1), default=3, show_default=True)
@click.option("--confidence", type=click.FloatRange(0, 1), default=0.6, show_default=True)
@click.option("--lift", type=click.FloatRange(0), default=1.0, show_default=True)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@EXPLAIN
@click.pass_obj
def rules(
    settings: Settings,
    /,
    leading: int | None,
    min_cities: int,
    confidence: float,
    lift: float,
    limit: int,
    explain: bool,
    **options: Any,
) -> None:
    """List rules: cities with this on record mostly have that on record, too."""
    from kg.recurrence.structure import find_rules

    graph = settings.open()
    found = find_rules(
        _matrix(graph, options, leading=leading),
        minimum=min_cities,
        confidence=confidence,
        lift=lift,
        at_most=limit,
    )
    if found.reason is not None:
        _say_reason(found.reason, settings)
        return
    _print_found(found, graph, settings, explain=explain)
    _say_reason((found.caution,), settings)


@click.command(cls=KgCommand)
@scoped
@_TOP
@click.option("--min-cities", type=click.IntRange(1), default=5, show_default=True)
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True)
@EXPLAIN
@click.pass_obj
def sets(
    settings: Settings,
    /,
    leading: int | None,
    min_cities: int,
    limit: int,
    explain: bool,
    **options: Any,
) -> None:
    """List sets of practices that a group of cities has in common (formal concepts)."""
    from kg.recurrence.structure import build_lattice

    graph = settings.open()
    found = build_lattice(
        _matrix(graph, options, leading=leading), minimum=min_cities, at_most=limit
    )
    if found.reason is not None:
        _say_reason(found.reason, settings)
        return
    _print_found(found, graph, settings, explain=explain)
    _say_reason((found.caution,), settings)


@click.command(cls=KgCommand)
@scoped
@click.option("--permutations", type=click.IntRange(99), default=9_999, show_default=True)
@_SEEDED
@EXPLAIN
@click.pass_obj
def scores(
    settings: Settings, /, permutations: int, seed: int, explain: bool, **options: Any
) -> None:
    """Set practices beside the factor scores of an edition (rank correlation)."""
    from kg.recurrence.scores import correlate_scores

    graph = settings.open()
    found = correlate_scores(
        graph.store,
        _matrix(graph, options),
        permutations=permutations,
        seed=seed,
        progress=_counter(settings),
    )
    if found.reason is not None:
        _say_reason(found.reason, settings)
        return
    _print_found(found, graph, settings, explain=explain)
    settings.say("scores-note", len(found.cities), found.tests)
    _say_reason((found.caution,), settings)


@click.command(cls=KgCommand)
@click.argument("city")
@scoped
@_WEIGHT
@click.option("--limit", type=click.IntRange(1), default=10, show_default=True)
@click.option("--parts", is_flag=True, help="What each likeness is made of instead.")
@EXPLAIN
@click.pass_obj
def peers(
    settings: Settings,
    /,
    city: str,
    weights: tuple[str, ...],
    limit: int,
    parts: bool,
    explain: bool,
    **options: Any,
) -> None:
    """Find cities like CITY: by context, and apart from it by practice."""
    from dataclasses import replace

    from kg.recurrence.peers import find_peers, read_context

    graph = settings.open()
    found = find_peers(
        _matrix(graph, options),
        read_context(graph.store, options["edition"]),
        graph.resolve_city(city),
        weights=_weights(weights),
    )
    if found.reason is not None:
        _say_reason((found.reason,), settings)
        return
    names = graph.names(settings.language)
    shown = replace(found, peers=found.peers[:limit], unranked=())
    if explain:
        print_table(shown.to_evidence_table(), settings)
    elif parts:
        print_table(shown.to_parts_table(names), settings)
    else:
        print_table(shown.to_table(names), settings)
    settings.say("peers-note", len(found.peers), len(found.unranked), found.programmes)


@click.command(cls=KgCommand)
@click.argument("city")
@scoped
@compared
@click.option("--with", "companions", is_flag=True, help="What came with each practice instead.")
@EXPLAIN
@click.pass_obj
def gap(
    settings: Settings,
    /,
    city: str,
    number: int,
    leading: int | None,
    weights: tuple[str, ...],
    companions: bool,
    explain: bool,
    **options: Any,
) -> None:
    """List what peers or leaders have on record and CITY has not."""
    from kg.messages import listed
    from kg.recurrence.gaps import find_gaps

    graph = settings.open()
    found = find_gaps(
        graph.store,
        _matrix(graph, options),
        graph.resolve_city(city),
        peers=number,
        leading=leading,
        weights=_weights(weights),
    )
    if found.reason is not None:
        _say_reason((found.reason,), settings)
        return
    names = graph.names(settings.language)
    if explain:
        print_table(found.to_evidence_table(names), settings)
    elif companions:
        settings.answer = "companions"
        print_table(found.to_companions_table(names), settings)
    else:
        print_table(found.to_table(names), settings)
    settings.remark(found.caution[settings.language])
    others = listed([names[iri] for iri in found.documented], settings.language, between=", ")
    settings.say(f"gap-note-{found.basis}", len(found.documented), len(found.compared), others)


@click.command(cls=KgCommand)
@click.argument("city")
@_LEVEL
@_EDITION
@compared
@output_option(
    "File to write, ending in .html, .docx or .pdf; CITY.html unless told.", required=False
)
@EXPLAIN
@click.pass_obj
def dossier(
    settings: Settings,
    /,
    city: str,
    level: str,
    edition: str,
    number: int,
    leading: int | None,
    weights: tuple[str, ...],
    output: Path | None,
    explain: bool,
) -> None:
    """Write a brief for CITY: what others have on record, with evidence and references.

    The references stand beside it as .bib (BibTeX) and .csl.json (CSL-JSON).
    """
    from kg.dossier import FORMS, build_dossier, files_of
    from kg.files import write_atomically

    if output is not None and output.suffix not in FORMS:
        raise ParameterError("dossier-form", str(output))
    graph = settings.open()
    written = build_dossier(
        graph,
        city,
        language=settings.language,
        level=None if level == "all" else int(level),
        edition=edition,
        peers=number,
        leading=leading,
        weights=_weights(weights),
    )
    if explain:
        print_table(written.evidence, settings)
    elif output is None:
        output = Path(written.city.rpartition("/")[2] + ".html")
    if output is not None:
        for name, content in files_of(written, output.stem, output.suffix).items():
            write_atomically(output.with_name(name), content)
            settings.say("written", output.with_name(name))


@click.command(cls=KgCommand)
@click.argument("conditions", nargs=-1, required=True)
@scoped
@click.option(
    "--outcome", required=True, help="leading:10, a score such as vision>=3, or a concept."
)
@click.option("--consistency", type=click.FloatRange(0.5, 1), default=0.8, show_default=True)
@click.option("--frequency", type=click.IntRange(1), default=1, show_default=True)
@click.option(
    "--contradictions",
    type=click.Choice(["exclude", "positive", "negative"]),
    default="exclude",
    show_default=True,
    help="What becomes of rows in which the outcome differs.",
)
@click.option("--truth-table", is_flag=True, help="The truth table instead of the solutions.")
@click.option("--necessity", is_flag=True, help="The analysis of necessity instead.")
@EXPLAIN
@click.pass_obj
def configurations(
    settings: Settings,
    /,
    conditions: tuple[str, ...],
    outcome: str,
    consistency: float,
    frequency: int,
    contradictions: str,
    truth_table: bool,
    necessity: bool,
    explain: bool,
    **options: Any,
) -> None:
    """Find combinations of CONDITIONS that stand beside an outcome (crisp-set QCA).

    \b
    kg configurations open-data digital-literacy --outcome leading:20
    """  # noqa: D301 - \b is click's mark for a paragraph that keeps its lines
    from kg.recurrence.configurations import (
        Rules,
        find_configurations,
        leading_column,
        read_score_column,
    )
    from kg.terms import CONCEPT

    graph = settings.open()
    matrix = _matrix(graph, options)
    base = f"{CONCEPT}{options['by']}/"
    factor, scored, threshold = outcome.partition(">=")
    leading = outcome.removeprefix("leading:")
    chosen: Any = base + outcome
    try:
        if scored:
            chosen = read_score_column(
                graph.store, factor, float(threshold), edition=options["edition"]
            )
        elif leading != outcome:
            chosen = leading_column(matrix, int(leading))
    except ValueError as error:
        raise ParameterError("outcome-form", outcome) from error
    found = find_configurations(
        matrix,
        [base + slug for slug in conditions],
        chosen,
        rules=Rules(
            consistency=consistency,
            frequency=frequency,
            contradictions=contradictions,  # type: ignore[arg-type]  # click checks the choice
        ),
    )
    names = graph.names(settings.language)
    if explain:
        print_links(
            (
                link
                for city in found.cities
                for links in found.evidence(city).values()
                for link in links
            ),
            graph,
            settings,
        )
    elif truth_table or found.refusal is not None:
        print_table(found.truth_table.to_table(names, remainders=False), settings)
    elif necessity:
        print_table(found.necessity_table(names), settings)
    else:
        print_table(found.to_table(names), settings)
    for notice in (found.refusal, *found.warnings, found.open_world):
        if notice is not None:
            settings.remark(notice.render(settings.language))


@click.command(cls=KgCommand)
@click.argument("kind", type=click.Choice(PICTURES))
@scoped
@_TOP
@output_option("File to write, ending in .svg or .png.")
@click.pass_obj
def picture(
    settings: Settings, /, kind: str, leading: int | None, output: Path, **options: Any
) -> None:
    """Draw the matrix, recurrence, pairs, common sets or the accumulation curve."""
    from kg.files import write_atomically

    if output.suffix not in (".svg", ".png"):
        raise ParameterError("picture-form", str(output))
    drawn = _draw(kind, settings, leading, options)
    write_atomically(output, drawn.svg if output.suffix == ".svg" else drawn.png)
    settings.say("written", output)


def _draw(
    kind: str, settings: Settings, leading: int | None, options: Mapping[str, Any]
) -> Picture:
    from kg import pictures

    graph = settings.open()
    names = graph.names(settings.language)
    common: dict[str, Any] = {"language": settings.language}
    if kind == "recurrence":
        level = options["level"]
        counted = graph.recurrence(
            by=options["by"],
            level=None if level == "all" else int(level),
            leading=leading,
            edition=options["edition"],
        )
        return pictures.draw_recurrence(counted, names=names, **common)
    matrix = _matrix(graph, options, leading=leading)
    if kind == "matrix":
        return pictures.draw_matrix(matrix, names=names, **common)
    if kind == "together":
        from kg.recurrence.association import associate

        found = associate(matrix, worlds=0)
        held = dict(zip(matrix.concepts, matrix.values.sum(axis=0).tolist(), strict=True))
        return pictures.draw_pairs(
            (
                (
                    pair.first,
                    pair.second,
                    abs(pair.phi or 0),
                    1 if pair.direction == "together" else -1,
                )
                for pair in found.significant
            ),
            held,
            scope=len(found.cities),
            tested=found.tested,
            names=names,
            facet=options["by"],
            **common,
        )
    if kind == "sets":
        from kg.messages import listed
        from kg.recurrence.structure import build_lattice

        lattice = build_lattice(matrix, minimum=5, at_most=40)
        return pictures.draw_lattice(
            [
                (
                    str(n),
                    len(row.extent),
                    listed([names[iri] for iri in row.own_concepts], settings.language),
                )
                for n, row in enumerate(lattice.rows)
            ],
            [(str(n), str(up)) for n, row in enumerate(lattice.rows) for up in row.upper],
            scope=lattice.documented,
            facet=options["by"],
            **common,
        )
    from kg.recurrence.coverage import estimate_coverage

    report = estimate_coverage(matrix)
    return pictures.draw_accumulation(
        [
            (
                point.cities,
                point.expected,
                max(0.0, point.expected - 1.96 * point.deviation),
                min(report.concepts, point.expected + 1.96 * point.deviation),
            )
            for point in report.curve
        ],
        scope=len(matrix.cities),
        facet=options["by"],
        **common,
    )


def _weights(pairs: Sequence[str]) -> dict[str, float] | None:
    weights = {}
    for pair in pairs:
        part, equals, number = pair.partition("=")
        try:
            weights[part] = float(number)
        except ValueError as error:
            raise ParameterError("parameter-form", pair) from error
        if not equals:
            raise ParameterError("parameter-form", pair)
    return weights or None
