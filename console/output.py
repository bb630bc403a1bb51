"""How commands speak: words or JSON, Chinese or English, and exit codes (0 fine, 1 refused or findings, 2 usage)."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ..workflow.errors import ZhixingError
from ..workflow.language import Language
from ..workflow.model.field_types import to_json

F = TypeVar("F", bound=Callable[..., Any])


class NotWritten(ZhixingError):
    """A file named on the command line cannot be written."""

    code = "not-written"
    zh, en = "无法写入 {file}：{why}", "cannot write {file}: {why}"


@dataclass
class Output:
    """One command's way of speaking."""

    lang: Language
    as_json: bool

    def say(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en

    def pick(self, thing: Any, name: str) -> str:
        """`thing.NAME_zh` or `thing.NAME_en`."""
        return str(getattr(thing, f"{name}_{self.lang}"))

    def print_json(self, value: Any) -> None:
        click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_jsonable))

    def console(self) -> Console:
        # outside a terminal a table keeps its width: nobody wants columns cut in a file
        width = None if os.isatty(1) else 150
        return Console(highlight=False, width=width)


def _jsonable(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump()
    if hasattr(value, "as_json"):
        return value.as_json()
    return to_json(value)


def cli_errors(command: F) -> F:
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
    def wrapped(*args: Any, as_json: bool, lang: Language | None, **kw: Any) -> Any:
        voice = Output(lang or _default_lang(), as_json)
        try:
            return command(voice, *args, **kw)
        except ZhixingError as error:
            if as_json:
                voice.print_json({"error": error.as_json()})
            else:
                click.echo(f"{error.text(voice.lang)} [{error.code}]", err=True)
            raise SystemExit(1) from None

    return wrapped  # type: ignore[return-value]


def _default_lang() -> Language:
    lang = (
        os.environ.get("ZHIXING_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    )
    return "en" if lang.lower().startswith("en") else "zh"


def progress(voice: Output) -> Progress:
    """A progress bar on stderr; nothing when output is for machines."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=Console(stderr=True), disable=voice.as_json, transient=True)


def write_file(file: Path, text: str) -> None:
    """A whole file in UTF-8. Raises `NotWritten`."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise NotWritten(file=file, why=error.strerror) from None


def write_output(
    voice: Output, about: dict[str, str], name: str, text: str, output: Path | None
) -> None:
    """A picture or a page to a file, to the terminal, or within JSON under `name`."""
    if output is not None:
        write_file(output, text)
    if voice.as_json:
        voice.print_json(about | {name: text})
    elif output is None:
        click.echo(text, nl=False)
