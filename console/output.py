"""How commands speak: words or JSON, Chinese or English, and exit codes (0 fine, 1 refused or
findings, 2 usage)."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ..workflow import Language, ZhixingError
from ..workflow.language import InBothLanguages
from ..workflow.model.field_types import to_json
from ..workflow.source.characters import shown

F = TypeVar("F", bound=Callable[..., Any])
Pair = tuple[str, str]
"""The same words in Chinese and English."""

_WIDTH_OF_FILES = 150
_LANGUAGE_VARIABLES = ("ZHIXING_LANG", "LC_ALL", "LANG")


class NotWritten(ZhixingError):
    """A file named on the command line cannot be written."""

    code = "not-written"
    zh, en = "无法写入 {file}：{why}", "cannot write {file}: {why}"


@dataclass
class Output:
    """What one command says, and in which language; JSON where it was asked for."""

    lang: Language
    as_json: bool

    def say(self, zh: str, en: str) -> str:
        """The words in the language of the command."""
        return zh if self.lang == "zh" else en

    def words(self, words: InBothLanguages) -> str:
        """Words in the language of the command."""
        return self.say(words.zh, words.en)

    def echo(self, zh: str, en: str) -> None:
        """Print a line in the language of the command."""
        self.line(self.say(zh, en))

    def line(self, text: str) -> None:
        """Print a line as it is."""
        print_text(text)

    def pick(self, thing: Any, name: str) -> str:
        """`thing.NAME_zh` or `thing.NAME_en`."""
        return str(getattr(thing, f"{name}_{self.lang}"))

    def print_json(self, value: Any) -> None:
        """Print a value, also of the library's own types."""
        print_text(json.dumps(value, ensure_ascii=False, indent=2, default=_jsonable))

    def answer(self, data: Any, print_words: Callable[[], None]) -> None:
        """Print data as JSON where that was asked for, else words for people."""
        if self.as_json:
            self.print_json(data)
        else:
            print_words()

    def print_table(self, heads: Iterable[Pair], rows: Iterable[Iterable[object]]) -> None:
        """Print rows of values under heads."""
        self.console().print(self.table(heads, rows))

    def print_known(self, heads: Iterable[Pair], rows: Iterable[Iterable[object]]) -> None:
        """As `print_table`; what nobody knows is a dash."""
        self.print_table(heads, (map(_known, row) for row in rows))

    def table(self, heads: Iterable[Pair], rows: Iterable[Iterable[object]]) -> Table:
        """Rows of values under heads."""
        table = Table(*(self.say(*head) for head in heads))
        for row in rows:
            table.add_row(*(escape(shown(str(value))) for value in row))
        return table

    def console(self) -> Console:
        """A terminal; outside one a table keeps its width, since nobody wants columns cut."""
        return _Terminal(highlight=False, width=None if os.isatty(1) else _WIDTH_OF_FILES)

    def progress(self) -> Progress:
        """A progress bar on stderr; nothing when output is for machines, or nobody watches."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        terminal = Console(stderr=True)
        disable = self.as_json or not terminal.is_terminal
        return Progress(*columns, console=terminal, disable=disable, transient=True)


class _Terminal(Console):
    """A terminal that no text steers; what is drawn (tables) has been escaped before."""

    def print(self, *objects: Any, **options: Any) -> None:
        super().print(*(shown(o) if isinstance(o, str) else o for o in objects), **options)


def _known(cell: object) -> object:
    return "-" if cell is None or cell == "" else cell


def print_text(text: str, *, nl: bool = True, err: bool = False) -> None:
    """Print a text; what would steer the terminal is written out."""
    click.echo(shown(text), nl=nl, err=err)


def _jsonable(value: Any) -> Any:
    for how in ("model_dump", "as_json"):
        if hasattr(value, how):
            return getattr(value, how)()
    return to_json(value)


def with_output(command: F) -> F:
    """Give a command `--json` and `--lang`, and turn our errors into exit code 1."""

    @click.option(
        "--json", "as_json", is_flag=True, help="机器可读的输出 / machine-readable output"
    )
    @click.option(
        "--lang",
        type=click.Choice(["zh", "en"]),
        default=None,
        help="输出语言 / language (ZHIXING_LANG)",
    )
    @wraps(command)
    def wrapped(*args: Any, as_json: bool, lang: Language | None, **options: Any) -> Any:
        output = Output(lang or _default_language(), as_json)
        try:
            return command(output, *args, **options)
        except ZhixingError as error:
            _print_error(output, error)
            raise SystemExit(1) from None

    return wrapped  # type: ignore[return-value]


def _print_error(output: Output, error: ZhixingError) -> None:
    if output.as_json:
        output.print_json({"error": error.as_json()})
    else:
        print_text(f"{error.text(output.lang)} [{error.code}]", err=True)


def _default_language() -> Language:
    said = (os.environ.get(name) for name in _LANGUAGE_VARIABLES)
    first = next(filter(None, said), "")
    return "en" if first.lower().startswith("en") else "zh"


def write_file(file: Path, text: str, newline: str | None = None) -> None:
    """A whole file in UTF-8; with `newline` "" line ends stay as they are. Raises `NotWritten`."""
    try:
        file.write_text(text, encoding="utf-8", newline=newline)
    except OSError as error:
        raise NotWritten(file=file, why=error.strerror) from None


def write_page(
    output: Output, about: dict[str, str], name: str, text: str, into: Path | None
) -> None:
    """A picture or a page to a file, to the terminal, or within JSON under `name`."""
    if into is not None:
        write_file(into, text)
    if output.as_json:
        output.print_json(about | {name: text})
    elif into is None:
        print_text(text, nl=False)
