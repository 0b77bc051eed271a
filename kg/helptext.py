"""The help and the usage errors of the command line in Chinese.

Click takes its own words from a gettext catalogue, and ours stand in the same one,
``locale/zh/LC_MESSAGES/kg.po``. Nothing here is read by a start in English.
"""

from __future__ import annotations

import gettext
import inspect
import io
import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from functools import partial
from pathlib import Path
from typing import Any, Final

import click

from kg.terminal import columns, wrap

DOMAIN: Final = "kg"
LOCALE: Final = Path(__file__).parent / "locale"

_HAN = r"[\u3400-\u9fff，。、；：？！）（”“]"


@contextmanager
def chinese_words() -> Iterator[None]:
    """Let gettext, and so click, speak Chinese whatever the language of the system is."""
    domain, languages = gettext.textdomain(), os.environ.get("LANGUAGE")
    gettext.bindtextdomain(DOMAIN, str(LOCALE))
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = "zh"
    try:
        yield
    finally:
        gettext.textdomain(domain)
        if languages is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = languages


def run_in_chinese(
    command: click.Command, arguments: list[str], *, standalone_mode: bool = True, **extra: Any
) -> Any:
    """Run a command as click's ``main`` does, with Chinese help and usage errors."""
    with chinese_words():
        # Click's own: that of our commands chooses the language and comes back here.
        run = partial(click.Command.main, in_chinese(command), arguments, **extra)
        if not standalone_mode:
            return run(standalone_mode=False)
        status: Any
        try:
            status = run(standalone_mode=False)
        except click.ClickException as error:
            shown = io.StringIO()
            error.show(shown)
            click.echo(typeset(shown.getvalue()), nl=False, err=True)
            status = error.exit_code
        except click.Abort:
            click.echo(gettext.gettext("Aborted!"), err=True)
            status = 1
    sys.exit(status)


def in_chinese(command: click.Command) -> click.Command:
    """A copy of a command and all below it with Chinese texts; the command itself is left alone."""
    spoken = copy(command)
    spoken.context_class = _ChineseContext
    # Click keeps the option that it made for --help, with the words of the language of that time.
    spoken._help_option = None
    if command.help:
        spoken.help = "\n\n".join(map(_translated, inspect.cleandoc(command.help).split("\n\n")))
        # Click looks for a point to end the short help; ours ends in a full stop of its own.
        spoken.short_help = re.split(r"(?<=。)|\n", spoken.help)[0]
    spoken.options_metavar = _translated(command.options_metavar or "")
    context = click.Context(command)
    spoken.params = [_parameter(parameter, context) for parameter in command.params]
    if isinstance(command, click.Group) and isinstance(spoken, click.Group):
        spoken.subcommand_metavar = _translated(command.subcommand_metavar)
        spoken.commands = {name: in_chinese(below) for name, below in command.commands.items()}
    return spoken


def _parameter(parameter: click.Parameter, context: click.Context) -> click.Parameter:
    spoken = copy(parameter)
    if isinstance(spoken, click.Option):
        spoken.help = _translated(spoken.help or "")
    if not getattr(parameter, "is_flag", False):
        spoken.metavar = _translated(parameter.make_metavar(context))
    return spoken


def _translated(text: str) -> str:
    """A paragraph in Chinese; click's mark for one that keeps its lines stays before it."""
    mark = "\b\n" if text.startswith("\b\n") else ""
    text = text.removeprefix(mark)
    # The empty text is the key of the catalogue's header.
    return mark + gettext.gettext(text) if text else text


class _ChineseFormatter(click.HelpFormatter):
    """Lays out help by the width of characters on a terminal, where Chinese ones take two."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        start = f"{prefix or gettext.gettext('Usage:')}{prog} "
        first, *others = wrap(args, self.width - columns(start)).split("\n")
        self.write(f"{start}{first}\n")
        self._write_lines(others, columns(start))

    def write_heading(self, heading: str) -> None:
        self.write(f"{heading}：\n")

    def write_text(self, text: str) -> None:
        paragraphs = text.split("\n\n")
        for number, paragraph in enumerate(paragraphs):
            if number:
                self.write("\n")
            if paragraph.startswith("\b\n"):
                lines = paragraph.split("\n")[1:]
            else:
                lines = wrap(paragraph, self.width - self.current_indent).split("\n")
            self._write_lines(lines, self.current_indent)

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        rows = list(rows)
        column = min(max(columns(term) for term, _ in rows), col_max) + col_spacing
        for term, text in rows:
            # Click joins what it says of a default and a range in the Western way.
            room = self.width - self.current_indent - column
            lines = wrap(text.replace("; ", "；"), room).split("\n") if text else []
            gap = column - columns(term)
            self.write(" " * self.current_indent + term)
            if lines and gap >= col_spacing:
                self.write(" " * gap + lines.pop(0))
            self.write("\n")
            self._write_lines(lines, self.current_indent + column)

    def _write_lines(self, lines: Iterable[str], indent: int) -> None:
        for line in lines:
            self.write(f"{'':{indent}}{line}".rstrip() + "\n")


class _ChineseContext(click.Context):
    formatter_class = _ChineseFormatter


def typeset(message: str) -> str:
    """A usage error with Chinese quotes and stops where click sets Western ones by itself."""
    usage, mark, text = message.partition(gettext.gettext("Error: {message}").partition("{")[0])
    text = re.sub(r"'([^'\n]*)'", r"“\1”", text).replace("”, “", "”、“")
    text = re.sub(rf"(?<={_HAN})\.(?=\s|$)", "。", text)
    # No space beside Chinese quotes and stops.
    text = re.sub(r"(?<=[。？：”]) +(?=\S)| +(?=“)", "", text)
    return usage + mark + text
