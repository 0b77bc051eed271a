"""The ``kg`` command: parse, call one function of the library, print.

Data goes to standard output, everything else to standard error. Exit status 0 means done, 1 that
the data or the answer is bad, 2 that the call is bad. What is heavy is imported inside the command
that needs it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg import analyses, serving
from kg.analyses import EXPLAIN
from kg.console import (
    FILE_THAT_IS_THERE,
    PATH,
    KgGroup,
    Settings,
    chosen_form,
    output_option,
    print_answer,
    print_links,
    print_rows,
    print_table,
)
from kg.errors import ParameterError

if TYPE_CHECKING:
    from kg.graph import KnowledgeGraph
    from kg.results import Value
    from kg.search import Hit


@click.group(cls=KgGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="city-practice-graph", prog_name="kg")
def main() -> None:
    """Ask what leading city governments do, and see the evidence.

    \b
    kg recur --leading 10        which practices recur in the ten leading cities
    kg show practice/open-data   a practice with every statement behind it
    kg search 阿特莱德            find a thing by a name in Chinese or English
    """  # noqa: D301 - \b is click's mark for a paragraph that keeps its lines


@main.command()
@click.option(
    "--by",
    default="practice",
    show_default=True,
    help="practice, technology, mechanism, outcome-type or domain.",
)
@click.option(
    "--level",
    type=click.Choice(["1", "2", "3", "4", "all"]),
    default="3",
    show_default=True,
    help="Level of the practices: 1 themes to 4 specific practices.",
)
@click.option(
    "--leading",
    type=click.IntRange(1),
    metavar="N",
    help="Only the cities ranked 1 to N in the edition.",
)
@click.option(
    "--edition",
    default="eden-top50-2021",
    show_default=True,
    help="Ranking edition that gives the ranks.",
)
@click.option(
    "--min-cities",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Leave out what occurs in fewer cities.",
)
@click.option("--sure", is_flag=True, help="Also how sure: intervals, years, what decides.")
@EXPLAIN
@click.pass_obj
def recur(
    settings: Settings,
    by: str,
    level: str,
    leading: int | None,
    edition: str,
    min_cities: int,
    sure: bool,
    explain: bool,
) -> None:
    """Count in how many cities each practice recurs."""
    from kg.terms import shorten

    graph = settings.open()
    counted = graph.recurrence(
        by=by,
        level=None if level == "all" else int(level),
        leading=leading,
        edition=edition,
        minimum=min_cities,
    )
    if explain:
        print_links((link for row in counted.rows for link in row.links), graph, settings)
    elif sure:
        from kg.recurrence.certainty import assess

        print_table(assess(graph.store, counted).to_table(graph.names(settings.language)), settings)
        settings.say("sure-note")
    else:
        named = [iri for row in counted.rows for iri in (row.concept, *row.cities)]
        print_table(counted.to_table(graph.names(settings.language, named)), settings)
    scope = (
        settings.text("scope-all")
        if leading is None
        else settings.text("scope-leading").format(leading, edition)
    )
    example = shorten(counted.rows[0].concept) if counted.rows else "practice/open-data"
    settings.say("recur-note", counted.documented, len(counted.scope), scope, example)


@main.command()
@click.argument("thing")
@click.pass_obj
def show(settings: Settings, thing: str) -> None:
    """Show a thing with every statement about it and the place that supports each.

    THING is a name, a slug, or a path such as practice/open-data or city/singapore.
    """
    graph = settings.open()
    iri = graph.resolve(thing)
    names = graph.names(settings.language)
    if chosen_form(settings) in ("table", "md"):
        _print_heading(graph, iri, names, settings)
    evidence = graph.run("evidence", thing=iri)
    if not evidence.rows:
        settings.say("nothing-said")
        return
    observations = graph.run("observations", thing=iri)
    if chosen_form(settings) in ("table", "md"):
        from kg.statements import statements
        from kg.terminal import terminal_width

        figures = graph.run("measurements", language=settings.language)
        shown = statements(evidence, figures, observations, names, settings.language)
        # The heading names the thing: a column that repeats it would only narrow the others.
        alone = {row[0] for row in shown.rows} == {names.get(iri)}
        columns = ["subject", "property", "value", "status", "place"]
        print_rows(columns[alone:], [row[alone:] for row in shown.rows], settings)
        click.echo()
        for number, (place, url) in enumerate(shown.places, start=1):
            line = f"{number:>3}  {place}  {url}".rstrip()
            # An address stays whole, so that it can be followed.
            fits = chosen_form(settings) == "md" or len(line) <= terminal_width()
            click.echo(line if fits else f"{number:>3}  {place}\n     {url}")
        settings.say("shown-evidence", len(shown.rows), shown.sources, shown.disputed)
    else:
        print_table(evidence, settings)
    if observations.rows:
        _say_caution("observations", settings)
    _say_denominators(graph, iri, settings)


def _say_denominators(graph: KnowledgeGraph, iri: str, settings: Settings) -> None:
    """Say out of how much the thing was counted: never a count without its denominator."""
    from kg.recurrence import FACETS
    from kg.terms import CONCEPT, expand

    if iri.startswith(expand("city/")):
        for record in graph.run("documentation").records():
            if str(record["city"]) == iri:
                settings.say("city-documented", record["programmes"], record["sources"])
    facet = iri.removeprefix(CONCEPT).partition("/")[0]
    if iri.startswith(CONCEPT) and facet in FACETS:
        counted = graph.recurrence(by=facet, level=None)
        row = next((row for row in counted.rows if row.concept == iri), None)
        settings.say(
            "concept-documented",
            len(row.cities) if row else 0,
            counted.documented,
            len(counted.scope),
            len(row.programmes) if row else 0,
            len(row.sources) if row else 0,
        )


def _print_heading(
    graph: KnowledgeGraph, iri: str, names: dict[str, str], settings: Settings
) -> None:
    from kg.terminal import terminal_width, wrap
    from kg.terms import expand, shorten

    wanted = "zh" if settings.language == "zh" else "en"
    texts = {expand("skos:definition"), expand("dcterms:description"), expand("skos:scopeNote")}
    click.echo(f"{names.get(iri, shorten(iri))}  ({shorten(iri)})")
    for property_, value in graph.run("thing", thing=iri).rows:
        language = str(getattr(value, "language", None) or "").lower()
        if property_ and value and property_.value in texts and language.startswith(wanted):
            click.echo(
                wrap(value.value, terminal_width())
                if chosen_form(settings) == "table"
                else value.value
            )
    click.echo()


@main.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 200), default=10, show_default=True)
@click.pass_obj
def search(settings: Settings, words: tuple[str, ...], limit: int) -> None:
    """Find things by name or description: Chinese, English or pinyin, no exact spelling needed."""
    from kg.terms import shorten

    graph = settings.open()
    hits = graph.search(" ".join(words), limit=limit)
    if not hits:
        settings.say("no-hits")
        raise click.exceptions.Exit(1)
    names = graph.names(settings.language)
    people = chosen_form(settings) in ("table", "md")

    def shown(hit: Hit) -> str:
        name = names.get(hit.iri, hit.name)
        # Why it is here, unless that is plain: a slug stands in the column before.
        plain = hit.matched == "name" or (hit.name == name and hit.matched != "description")
        if not people or plain or not hit.language:
            return name
        return settings.text(f"matched-{hit.matched}").format(name, hit.name)

    print_rows(
        ["thing", "name", "score"],
        [(shorten(hit.iri), shown(hit), hit.score) for hit in hits],
        settings,
    )


@main.command()
@click.argument("cities", nargs=-1, required=True)
@click.option("--level", type=click.Choice(["1", "2", "3", "4"]), default="3", show_default=True)
@click.pass_obj
def compare(settings: Settings, cities: tuple[str, ...], level: str) -> None:
    """Put cities side by side: what is documented, searched in vain, or unknown."""
    from kg.messages import listed
    from kg.terms import shorten

    graph = settings.open()
    compared = graph.compare(*cities, level=int(level))
    names = graph.names(settings.language)
    shown = [
        concept
        for concept in compared.concepts
        if any(compared.cells[concept, city].state != "unknown" for city in compared.cities)
    ]
    if chosen_form(settings) in ("table", "md"):
        print_rows(
            ["practice", *(names[city] for city in compared.cities)],
            [
                (
                    names[concept],
                    *(
                        settings.text(f"cell-{cell.state}").format(
                            len(cell.programmes), len(cell.sources)
                        )
                        for cell in (compared.cells[concept, city] for city in compared.cities)
                    ),
                )
                for concept in shown
            ],
            settings,
        )
    else:
        print_rows(
            ["practice", "name", "city", "state", "programmes", "sources"],
            [
                (
                    shorten(concept),
                    names[concept],
                    shorten(city),
                    compared.cells[concept, city].state,
                    len(compared.cells[concept, city].programmes),
                    len(compared.cells[concept, city].sources),
                )
                for concept in shown
                for city in compared.cities
            ],
            settings,
        )
    documented = [
        settings.text("documented-city").format(names[city], *compared.documented[city])
        for city in compared.cities
    ]
    settings.say("compare-note", listed(documented, settings.language))


@main.command()
@click.option("--tag", help="Only queries with this tag.")
@click.pass_obj
def queries(settings: Settings, tag: str | None) -> None:
    """List the named queries with their questions and parameters."""
    from kg.catalogue import catalogue

    rows: list[tuple[Value, ...]] = [
        (
            query.name,
            query.question[settings.language],
            ", ".join(
                f"{parameter.name}: {parameter.type} = {parameter.default}"
                for parameter in query.parameters.values()
            ),
        )
        for query in catalogue().values()
        if tag is None or tag in query.tags
    ]
    print_rows(["query", "question", "parameters"], rows, settings)


@main.command()
@click.argument("name")
@click.option(
    "-p",
    "--param",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter of a named query; may be given more than once.",
)
@click.pass_obj
def query(settings: Settings, name: str, parameters: tuple[str, ...]) -> None:
    """Run a named query, a SPARQL file, or SPARQL from standard input (-).

    \b
    kg query city-profile -p city=helsinki
    kg query my-question.rq
    echo 'SELECT (COUNT(*) AS ?n) { ?s ?p ?o }' | kg query -
    """  # noqa: D301 - \b is click's mark for a paragraph that keeps its lines
    from kg.catalogue import run_query

    graph = settings.open()
    if name == "-" or name.endswith((".rq", ".sparql")):
        if parameters:
            raise click.UsageError("--param is for named queries.")
        try:
            sparql = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
        except OSError as error:
            raise click.BadParameter(f"{name}: {error.strerror}", param_hint="NAME") from error
        answer = graph.answer(sparql)
    else:
        values: dict[str, object] = {}
        for pair in parameters:
            key, equals, value = pair.partition("=")
            if not equals:
                raise ParameterError("parameter-form", pair)
            values[key] = value
        answer = run_query(graph.store, name, values, language=settings.language)
        settings.answer = name
        _say_caution(name, settings)
    print_answer(answer, settings)


def _say_caution(name: str, settings: Settings) -> None:
    """Say what a reader of any answer of a named query must know."""
    from kg.catalogue import find_query

    caution = find_query(name).caution
    if caution:
        settings.remark(caution[settings.language])


@main.command()
@click.argument("view")
@output_option("File to write: .html for a page, .graphml or .gexf for other tools.")
@click.option("--city", help="A city: needed by the view 'city', a filter for the others.")
@click.pass_obj
def network(settings: Settings, view: str, output: Path, city: str | None) -> None:
    """Draw a view as one page that works without a network.

    VIEW is city-practice, practice-mechanism, practice-co-adoption, programme-technology or city.
    """
    graph = settings.open()
    if output.suffix in (".graphml", ".gexf"):
        from kg.files import write_atomically
        from kg.publishing.formats import network_bytes

        write_atomically(output, network_bytes(graph.network(view, city=city), output.suffix[1:]))
    else:
        graph.draw(view, output, city=city, language=settings.language)
    settings.say("written", output)


@main.command()
@click.argument("name", metavar="FORMAT")
@output_option("File to write, or folder for csv; standard output when left out.", required=False)
@click.pass_obj
def export(settings: Settings, name: str, output: Path | None) -> None:
    """Export the dataset.

    FORMAT is turtle, trig, ntriples, nquads, rdfxml, jsonld, csv, graphml, gexf or explorer.

    The format explorer is one HTML file with all pages in both languages, search and SPARQL. It
    opens from a disk, without a network.
    """
    from kg.files import write_atomically
    from kg.publishing.formats import export as export_dataset

    graph = settings.open()
    if name == "explorer":
        _export_explorer(graph, output, settings)
        return
    files = export_dataset(graph.embedded("export"), name)
    if name == "csv":
        if output is None:
            raise ParameterError("output-needed", name)
        for file_name, content in files.items():
            write_atomically(output / file_name, content)
        settings.say("written", output)
        return
    (content,) = files.values()
    if output is None:
        sys.stdout.buffer.write(content)
    else:
        write_atomically(output, content)
        settings.say("written", output)


def _export_explorer(graph: KnowledgeGraph, output: Path | None, settings: Settings) -> None:
    from kg.explorer import onefile

    if output is None:
        raise ParameterError("file-needed", "explorer")
    # Before the minute that the analyses take the first time.
    onefile.scripts()
    settings.progress("pages")

    terminal = sys.stderr.isatty()

    def progress(done: int, known: int) -> None:
        if done % 50 == 0:
            line = settings.text("onefile-pages").format(done, known)
            click.echo(f"\r{line}", err=True, nl=False)

    made = onefile.write(
        graph, output, language=settings.language, progress=progress if terminal else None
    )
    if terminal:
        click.echo(err=True)
    settings.say("onefile-written", output, made.pages, f"{len(made.content) / 1e6:.1f}")


@main.command()
@click.argument("folder", required=False, type=PATH)
@output_option("File to write (N-Quads), or a new folder with --store.")
@click.option("--source", help="Only claims that rest on this source alone (its slug).")
@click.option(
    "--store", is_flag=True, help="Write a store folder, which opens from disk without loading."
)
@click.option(
    "--skip-missing-sources",
    is_flag=True,
    help="Leave out what rests on sources that are not in the folder, instead of refusing.",
)
@click.pass_obj
def build(
    settings: Settings,
    folder: Path | None,
    output: Path,
    source: str | None,
    store: bool,
    skip_missing_sources: bool,
) -> None:
    """Build the dataset of a FOLDER of curated facts and write it in one step.

    What it writes opens with 'kg --data' and kg.open().
    """
    from kg.build import build as build_dataset
    from kg.files import write_atomically
    from kg.store.embedded import write_store

    built = build_dataset(
        folder or settings.facts(),
        source=source,
        skip_missing_sources=skip_missing_sources,
        progress=settings.progress,
    )
    if store:
        write_store(output, built.nquads)
    else:
        write_atomically(output, built.nquads)
    settings.say("written", output)


@main.command()
@click.argument("facts", required=False, type=PATH)
@click.option(
    "--coverage", is_flag=True, help="Count the facts of each source's checklist that claims hold."
)
@click.option(
    "--source",
    "source_text",
    type=FILE_THAT_IS_THERE,
    help="A source text: check recorded places against it, and that no passage is repeated.",
)
@click.pass_obj
def check(settings: Settings, facts: Path | None, coverage: bool, source_text: Path | None) -> None:
    """Check FACTS, a folder of curated facts or one file: form, references, shapes.

    A file is checked together with the facts that it will join (--data, or those that ship).
    Nothing is written.
    """
    more = [facts] if facts is not None and facts.is_file() else []
    folder = settings.facts() if more or facts is None else facts
    if source_text is not None:
        _check_source(settings, folder, source_text)
    if coverage:
        _check_coverage(settings, folder)
    if not coverage and source_text is None:
        _check_facts(settings, folder, more)


def _check_facts(settings: Settings, facts: Path, more: Sequence[Path]) -> None:
    from kg.build import build as build_dataset
    from kg.files import fact_files

    built = build_dataset(facts, *more, progress=settings.progress)
    for warning in built.warnings:
        if not more or warning.path in more:
            settings.remark(warning.render(settings.language))
    claims = built.nquads.count(b"#type> <https://w3id.org/city-practice-graph/ontology#Claim> .")
    if more:
        settings.say("check-file-good", more[0], facts)
    else:
        settings.say(
            "check-good",
            len(fact_files(facts)),
            built.nquads.count(b"\n"),
            claims,
            len(built.warnings),
        )


@main.group(cls=KgGroup)
def new() -> None:
    """Begin a curated file."""


@new.command()
@click.argument("name")
@click.option("--slug", help="English slug, such as lisbon; needed for a new Chinese NAME.")
@output_option("File to write; SLUG.yaml in this folder when left out.", required=False)
@click.pass_obj
def city(settings: Settings, name: str, slug: str | None, output: Path | None) -> None:
    """Write a commented file to fill in for the city NAME, then see 'kg check FILE'."""
    from kg.files import write_atomically
    from kg.starting import city_template

    file = str(output) if output else ""
    text, chosen, known = city_template(
        name, settings.facts(), file or "FILE", language=settings.language, slug=slug
    )
    path = output or Path(f"{chosen}.yaml")
    if path.exists():
        raise ParameterError("file-exists", str(path))
    write_atomically(path, text.replace("kg check FILE", f"kg check {path}").encode("utf-8"))
    settings.say("new-city-known" if known else "new-city", path, f"city/{chosen}")


def _check_coverage(settings: Settings, facts: Path) -> None:
    from kg.build import read_dataset
    from kg.checklist import coverage as measure
    from kg.checklist import read_checklists

    checklists = read_checklists(facts)
    if not checklists:
        settings.say("no-checklist", facts)
        raise click.exceptions.Exit(1)
    dataset = read_dataset(facts, progress=settings.progress)
    complete = True
    for source, patterns in checklists.items():
        found = measure(dataset, patterns)
        for paragraph, (done, total) in found.paragraphs.items():
            click.echo(settings.text("coverage-line").format(paragraph, done, total))
        click.echo(settings.text("coverage-total").format(source, found.covered, found.total))
        for fault in found.lost:
            settings.remark(fault.render(settings.language))
        complete = complete and not found.lost
    if not complete:
        raise click.exceptions.Exit(1)


def _check_source(settings: Settings, facts: Path, path: Path) -> None:
    from kg.build import read_dataset
    from kg.evidence import check_source, read_source_text, repeated_passages
    from kg.terms import shorten

    dataset = read_dataset(facts, progress=settings.progress)
    content = read_source_text(path)
    source, places = check_source(dataset, path, content)
    settings.say("source-good", source, places)
    repeated = repeated_passages(dataset, content)
    for thing, passage in repeated:
        settings.say("source-repeated", shorten(thing), passage)
    if repeated:
        raise click.exceptions.Exit(1)


@main.command()
@click.argument("source_text", type=FILE_THAT_IS_THERE)
@click.option("--source", required=True, help="Slug of the source.")
@output_option("File to write (YAML).")
@click.pass_obj
def fragments(settings: Settings, source_text: Path, source: str, output: Path) -> None:
    """Compute the places (paragraph, sentence, position, hash) of a source text."""
    from kg.evidence import fragments_yaml, read_source_text
    from kg.files import write_atomically

    content = fragments_yaml(read_source_text(source_text), source)
    write_atomically(output, content.encode("utf-8"))
    settings.say("written", output)


analyses.add_commands(main)
serving.add_commands(main)

if __name__ == "__main__":
    main()
