"""What every command shares: common options, errors as one message, and printing.

Data goes to standard output, everything else to standard error.
"""

from __future__ import annotations

import itertools
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from kg.errors import CurationError, KgError, ParameterError

if TYPE_CHECKING:
    from kg.graph import KnowledgeGraph
    from kg.messages import Language
    from kg.recurrence.incidence import Link
    from kg.results import Table, Term, Value

Format = Literal["table", "csv", "tsv", "json", "jsonl", "md"]
FORMATS: Sequence[Format] = ("table", "csv", "tsv", "json", "jsonl", "md")


# One object each: every click.Path looks for a translation of its name on the disk.
PATH = click.Path(path_type=Path)
FILE_THAT_IS_THERE = click.Path(path_type=Path, exists=True, dir_okay=False)


# The name of a command in a message, at its beginning: "kg search", not "kg.open()".
_COMMAND = re.compile(r"\bkg (?=[a-z])")


class Settings:
    """What the common options say.

    Attributes
    ----------
    asked
        The language that the call alone asks for; None when it is that of the environment.
    answer
        The command or named query whose answer is printed: some headings depend on it.
    """

    def __init__(self, asked: Language | None = None) -> None:
        self.data: Path | None = None
        self.endpoint: str | None = None
        self.timeout = 30
        usual: Language = "zh" if os.environ.get("KG_LANG", "").startswith("zh") else "en"
        self.language: Language = asked or usual
        self.asked = None if self.language == usual else self.language
        self.format: Format | None = None
        self.wide = False
        self.answer = ""

    def text(self, key: str) -> str:
        """A text of the interface in the reader's language."""
        from kg.messages import text

        return text(key, self.language)

    def progress(self, step: str) -> None:
        """Say each step of a build, on a terminal only."""
        if sys.stderr.isatty() or step == "cache-unwritable":
            click.echo(self.text(f"step-{step}"), err=True)

    def facts(self) -> Path:
        """Folder of facts in use."""
        from kg.resources import shipped_facts

        return self.data or shipped_facts()

    def open(self) -> KnowledgeGraph:
        """The graph that the options name."""
        from kg.graph import KnowledgeGraph, open_graph

        if self.endpoint is not None:
            return KnowledgeGraph.from_endpoint(self.endpoint, timeout=self.timeout)
        return open_graph(self.data, progress=self.progress)

    def say(self, key: str, *values: object) -> None:
        """Print a remark for people, away from the data."""
        self.remark(self.text(key).format(*values))

    def commands(self, message: str) -> str:
        """A message in which every command keeps the language asked for."""
        return _COMMAND.sub(f"kg --lang {self.asked} ", message) if self.asked else message

    def remark(self, remark: str) -> None:
        """Print a remark that is already in words, in lines that fit a terminal."""
        remark = self.commands(remark)
        if sys.stderr.isatty():
            from kg.terminal import terminal_width, wrap

            remark = wrap(remark, terminal_width())
        click.echo(remark, err=True)


def _asked_language(arguments: Sequence[str]) -> Language | None:
    """The language that a call asks for, wherever it says so.

    It is needed before click reads the options: for a fault in them, or a ``--help`` before it.
    """
    found: Language | None = None
    for option, value in itertools.pairwise([*arguments, ""]):
        if option == "--":
            break
        name, equals, joined = option.partition("=")
        given = joined if equals else value
        if name == "--lang" and given in ("en", "zh"):
            found = "zh" if given == "zh" else "en"
    return found


def _set(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:
    if value is None or parameter.name is None:
        return
    settings = ctx.ensure_object(Settings)
    setattr(settings, parameter.name, value)
    if settings.data is not None and settings.endpoint is not None:
        raise click.UsageError(settings.text("data-or-endpoint"), ctx)


def _common_options(*, brief: bool) -> list[click.Option]:
    """The options that stand before the command, and after it too, where people put them.

    A brief help leaves out those that few need.
    """

    def option(*names: str, **attributes: Any) -> click.Option:
        return click.Option(names, expose_value=False, callback=_set, **attributes)

    return [
        option(
            "--data",
            type=PATH,
            hidden=brief,
            help="Folder of curated facts, or a dataset that 'kg build' wrote, instead of what "
            "ships.",
        ),
        option(
            "--endpoint",
            metavar="URL",
            hidden=brief,
            help="A SPARQL 1.1 endpoint to ask instead of files.",
        ),
        option(
            "--timeout",
            type=click.IntRange(1, 3600),
            hidden=brief,
            help="Seconds to wait for an answer of the endpoint (30 unless told).",
        ),
        option(
            "--lang",
            "language",
            type=click.Choice(["en", "zh"]),
            help="Language of names and messages (also the variable KG_LANG).",
        ),
        option(
            "--format",
            type=click.Choice(FORMATS),
            help="Form of the answer; a table on a terminal, CSV when piped.",
        ),
        option(
            "--wide",
            is_flag=True,
            default=None,
            help="All columns of a table; CSV and JSON always have them all.",
        ),
    ]


class KgCommand(click.Command):
    """A command with the common options."""

    _common = _common_options(brief=True)

    def __init__(self, *arguments: Any, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.params += self._common

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, whose answer is called like it."""
        ctx.ensure_object(Settings).answer = ctx.info_name or ""
        return super().invoke(ctx)


class KgGroup(click.Group):
    """Turns the errors that we expect into one message and exit status 1; bugs stay loud."""

    command_class = KgCommand

    def __init__(self, *arguments: Any, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.params += _common_options(brief=False)

    def main(self, args: Sequence[str] | None = None, **extra: Any) -> Any:  # type: ignore[override]
        """Read the call and run it, in the language that it or the environment asks for."""
        arguments = sys.argv[1:] if args is None else list(args)
        settings = extra.setdefault("obj", Settings(_asked_language(arguments)))
        if settings.language == "en":
            return super().main(args, **extra)
        from kg.helptext import run_in_chinese

        return run_in_chinese(self, arguments, **extra)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        settings = ctx.ensure_object(Settings)
        try:
            return super().invoke(ctx)
        except KgError as error:
            if isinstance(error, CurationError):
                # A fault a line, for editors that jump to the place it begins with.
                click.echo(settings.commands(error.render(settings.language)), err=True)
            else:
                settings.remark(settings.text("error") + error.render(settings.language))
            ctx.exit(2 if isinstance(error, ParameterError) else 1)
        except BrokenPipeError:
            # The reader closed the pipe (kg recur | head): not an error of ours.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except OSError as error:
            # A folder where a file should be, a full disk, no permission: people's to mend.
            if error.filename is None:
                raise
            place = error.filename2 or error.filename
            shown = settings.text("file-error").format(place, error.strerror)
            settings.remark(settings.text("error") + shown)
            ctx.exit(1)


def output_option(help_text: str, *, required: bool = True) -> Callable[[Any], Any]:
    """The option for the file to write."""
    return click.option("-o", "--output", required=required, type=PATH, help=help_text)


def print_answer(answer: Any, settings: Settings) -> None:
    """Print what any form of query gives."""
    from kg.results import Table

    if isinstance(answer, Table):
        print_table(answer, settings)
    elif isinstance(answer, bool):
        click.echo(settings.text("answer-true" if answer else "answer-false"))
    else:
        from kg.publishing.formats import triples_to_turtle

        click.echo(triples_to_turtle(answer), nl=False)


def print_table(table: Table, settings: Settings) -> None:
    """Print the answer of a SELECT query; IRIs are short in tables and full in data formats.

    People see the few columns that the answer holds to be decisive, unless they ask for all.
    """
    form = chosen_form(settings)
    if form == "csv":
        click.echo(table.to_csv(), nl=False)
    elif form == "json":
        click.echo(table.to_json(), nl=False)
    elif form in ("table", "md"):
        shown = table if settings.wide else table.at_a_glance()
        print_rows(list(shown.variables), _in_words(shown, settings), settings)
        if shown is not table and shown.rows:
            _say_terms(shown, settings)
            if len(shown.variables) < len(table.variables):
                settings.say("more-columns")
    else:
        print_rows(list(table.variables), table.values(), settings)


def _say_terms(table: Table, settings: Settings) -> None:
    """Say in plain words what the headings mean that not everybody knows."""
    from kg.messages import column, explained

    meanings = {name: explained(name, settings.language) for name in table.variables}
    between, end = (("：", "；"), "。") if settings.language == "zh" else ((": ", "; "), ".")
    said = between[1].join(
        f"{column(name, settings.language, settings.answer)}{between[0]}{meaning}"
        for name, meaning in meanings.items()
        if meaning
    )
    if said:
        settings.remark(said + end)


# Columns whose cells list things after "; ": ours, unlike a text of a source.
_LISTS = re.compile(
    r".+_list|where_.+|about|agreeing|antecedent|claims|consequent|factors|grades|here|missing"
    r"|status|there|upper"
)
_MORE = re.compile(r"\+\d+")
# Columns whose cells hold codes, and the concept scheme that names them; the others have texts.
_CODES: Mapping[str, str] = {
    "source_type": "source-type",
    "grade": "evidence-grade",
    "grades": "evidence-grade",
    "search": "coverage-status",
    "status": "programme-status",
    **dict.fromkeys(("against", "agreeing", "caution", "coding", "direction", "facet", "kind"), ""),
    **dict.fromkeys(("missing", "part", "reason", "side", "solution", "state"), ""),
}
# Concepts that people look up: their cells keep what the command line takes for a name.
_THINGS = frozenset(
    {
        *("practice", "technology", "mechanism", "outcome-type", "domain"),
        *("challenge", "stakeholder", "indicator", "assessment-factor"),
    }
)


def _in_words(table: Table, settings: Settings) -> list[tuple[Value, ...]]:
    """Rows for people: codes, properties and truth in words, lists as the language sets them."""
    import pyoxigraph as ox

    from kg.messages import code, column, listed
    from kg.terms import CONCEPT, ID, expand
    from kg.vocabulary import labels

    language = settings.language

    def of_code(item: str, scheme: str) -> str:
        # The number of things may follow: "account 51".
        word, space, number = item.partition(" ")
        label = labels(language).get(f"{CONCEPT}{scheme}/{word}") if scheme else None
        return (label or code(word, language)) + space + number

    def of_iri(iri: str, short: Value) -> Value:
        slug = iri.removeprefix(CONCEPT)
        if iri.startswith(ID) or (slug != iri and slug.partition("/")[0] in _THINGS):
            return short
        return labels(language).get(iri) or column(str(short), language)

    def of_text(name: str, item: str) -> str:
        if name in _CODES:
            return of_code(item, _CODES[name])
        if name.endswith("_list") and language == "zh":
            for western, chinese in ((": ", "："), (", ", "，"), (" [", "（"), ("]", "）")):
                item = item.replace(western, chinese)
        return labels(language).get(expand(item), item) if item.startswith("cpg:") else item

    def cell(name: str, term: Term | None, short: Value) -> Value:
        if isinstance(term, ox.NamedNode):
            return of_iri(term.value, short)
        if isinstance(short, bool):
            return settings.text("code-yes" if short else "code-no")
        if not isinstance(short, str) or not isinstance(term, ox.Literal) or term.language:
            return short
        if not _LISTS.fullmatch(name):
            return of_text(name, short)
        *items, last = short.split("; ")
        # The number of those that a list leaves out: "Seoul; London; +3".
        more = settings.text("code-more").format(last[1:]) if _MORE.fullmatch(last) else ""
        items += [] if more and items else [last]
        return listed([of_text(name, item) for item in items], language) + more

    return [
        tuple(map(cell, table.variables, terms, row))
        for terms, row in zip(table.rows, table.short(), strict=True)
    ]


def print_rows(columns: Sequence[str], rows: Iterable[Sequence[Value]], settings: Settings) -> None:
    """Print rows of plain values in the format that the options or the terminal ask for."""
    form = chosen_form(settings)
    cells = [["" if value is None else value for value in row] for row in rows]
    if form in ("table", "md"):
        from kg.messages import column

        heading = [column(name, settings.language, settings.answer) for name in columns]
        if form == "md":
            from tabulate import tabulate

            click.echo(tabulate(cells, heading, tablefmt="github", disable_numparse=True))
        else:
            from kg.terminal import table, terminal_width

            width = None if settings.wide else terminal_width()
            click.echo(table(heading, cells, width=width))
    elif form in ("csv", "tsv"):
        import csv
        import io

        out = io.StringIO()
        writer = csv.writer(out, delimiter="," if form == "csv" else "\t", lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(cells)
        click.echo(out.getvalue(), nl=False)
    else:
        import json

        records = [dict(zip(columns, row, strict=True)) for row in cells]
        if form == "json":
            click.echo(json.dumps(records, ensure_ascii=False, indent=2))
        else:
            for record in records:
                click.echo(json.dumps(record, ensure_ascii=False))


def print_links(links: Iterable[Link], graph: KnowledgeGraph, settings: Settings) -> None:
    """Print the claims behind figures, each with its place."""
    from kg.terms import FRAGMENT, shorten

    names = graph.names(settings.language)
    rows = {
        (
            names.get(link.concept, shorten(link.concept)),
            names.get(link.city, shorten(link.city)),
            names.get(link.programme, shorten(link.programme)),
            shorten(link.claim),
            link.fragment.removeprefix(FRAGMENT),
        ): None
        for link in links
    }
    print_rows(["concept", "city", "programme", "claim", "place"], rows, settings)


def chosen_form(settings: Settings) -> Format:
    """The form of the answer: what was asked for, else a table on a terminal and CSV in a pipe."""
    return settings.format or ("table" if sys.stdout.isatty() else "csv")
