"""`zhixing formula`: what a formula of the law gives, and how it came about."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import click

from ...workflow import ZhixingError
from ...workflow.formulas.forms import FORMS, Computed, Form, form_named
from ...workflow.formulas.money import bad
from .._options import NewFile
from ..csv_table import CsvTable, TableRow, csv_table
from ..output import Output, print_text, with_output

_Conventions = Mapping[str, StrEnum]


@click.command()
@click.argument("name", required=False)
@click.argument("values", nargs=-1, metavar="[COLUMN=VALUE]...")
@click.option("--file", "table", type=NewFile, help="CSV，一行一案 / CSV, a row for each case")
@click.option("--explain", is_flag=True, help="逐步说明 / every step with its article")
@click.option(
    "--convention",
    "said",
    multiple=True,
    metavar="NAME=WAY",
    help="法律未明确之处的算法，可多次 / what the law leaves open, repeatable",
)
@with_output
def formula(
    output: Output,
    name: str | None,
    values: tuple[str, ...],
    table: Path | None,
    explain: bool,
    said: tuple[str, ...],
) -> None:
    """按法律规定的公式计算；不写 NAME 列出全部公式。 Compute by the formulas of the law."""
    if name is None:
        _list(output)
        return
    form = form_named(name)
    conventions = form.conventions(_parts(said))
    if table is not None:
        if values:
            raise click.UsageError("--file takes the values from the file: give none")
        raise SystemExit(_many(output, form, table, conventions, explain))
    if values:
        _one(output, form, dict(_parts(values)), conventions)
    else:
        _describe(output, form)


def _parts(texts: Iterable[str]) -> list[tuple[str, str]]:
    """`NAME=VALUE` arguments; the names of columns have no such sign."""
    pairs = []
    for text in texts:
        name, sign, value = text.partition("=")
        if not (name and sign):
            raise click.UsageError(f"{text!r} is not NAME=VALUE")
        pairs.append((name, value))
    return pairs


# -- what formulas there are


def _list(output: Output) -> None:
    """Every formula with the articles it carries out."""

    def print_words() -> None:
        for form in FORMS.values():
            title, law = form.formula.title, form.formula.citation
            line = f"{title.zh}（{law.zh}）", f"{title.en} ({law.en})"
            print_text(f"{form.name}  {output.say(*line)}")

    output.answer([_about(form) for form in FORMS.values()], print_words)


def _describe(output: Output, form: Form) -> None:
    """The columns of a formula, its articles, and what it leaves open."""

    def print_words() -> None:
        formula = form.formula
        output.echo(f"{formula.title.zh}：{form.name}", f"{formula.title.en}: {form.name}")
        output.echo(f"依据：{formula.citation.zh}", f"law: {formula.citation.en}")
        given, results = ", ".join(form.inputs), ", ".join(form.results)
        output.echo(f"输入列：{given}", f"columns read: {given}")
        output.echo(f"结果列：{results}", f"columns given: {results}")
        for name, kind in formula.conventions.items():
            ways, usual = "|".join(kind), formula.default(name)
            zh, en = (
                f"约定 {name}={ways}，默认 {usual}",
                f"convention {name}={ways}, by default {usual}",
            )
            output.echo(zh, en)

    output.answer(_about(form), print_words)


def _about(form: Form) -> dict[str, Any]:
    """A formula as plain data."""
    formula = form.formula
    ways = {
        name: {"ways": list(kind), "default": formula.default(name)}
        for name, kind in formula.conventions.items()
    }
    return {
        "name": form.name,
        "title": formula.title._asdict(),
        "citation": formula.citation._asdict(),
        "inputs": form.inputs,
        "results": form.results,
        "conventions": ways,
    }


# -- one


def _one(output: Output, form: Form, cells: dict[str, str], conventions: _Conventions) -> None:
    """One case from the command line, with its steps."""
    unknown = next((name for name in cells if name not in form.inputs), None)
    if unknown is not None:
        known = ", ".join(form.inputs)
        raise bad(unknown, cells[unknown], f"没有此列；可用：{known}", f"no column; known: {known}")
    computed = form.row(cells, conventions)

    def print_words() -> None:
        _print_explained(output, form, computed)

    output.answer(_as_json(form, computed), print_words)


def _print_explained(output: Output, form: Form, computed: Computed) -> None:
    for name, text in zip(form.results, computed.results, strict=True):
        print_text(f"{name}: {text}")
    for number, step in enumerate(computed.steps, start=1):
        print_text(f"  {number}. {step.text(output.lang)}")


def _as_json(form: Form, computed: Computed) -> dict[str, Any]:
    results = dict(zip(form.results, computed.results, strict=True))
    return {"results": results, "steps": [step.as_json() for step in computed.steps]}


# -- many, from a file


@dataclass
class _Told:
    """How the rows of a table are told: as a table again, with their steps, or as JSON."""

    output: Output
    form: Form
    line_end: str

    def begin(self) -> None:
        """Before the first row."""

    def computed(self, cells: dict[str, str], computed: Computed) -> None:
        """What a row gives."""
        raise NotImplementedError

    def failed(self, cells: dict[str, str], error: ZhixingError) -> None:
        """That a row gives nothing; why is told on stderr."""

    def end(self) -> None:
        """After the last row."""


class _AsTable(_Told):
    def begin(self) -> None:
        self._write((*self.form.inputs, *self.form.results))

    def computed(self, cells: dict[str, str], computed: Computed) -> None:
        self._write((*cells.values(), *computed.results))

    def failed(self, cells: dict[str, str], error: ZhixingError) -> None:
        self._write((*cells.values(), *("" for _ in self.form.results)))

    def _write(self, row: Iterable[str]) -> None:
        csv.writer(sys.stdout, lineterminator=self.line_end).writerow(row)


class _AsSteps(_Told):
    def computed(self, cells: dict[str, str], computed: Computed) -> None:
        print_text(cells["id"])
        _print_explained(self.output, self.form, computed)


class _AsJson(_Told):
    def begin(self) -> None:
        self._rows: list[dict[str, Any]] = []

    def computed(self, cells: dict[str, str], computed: Computed) -> None:
        self._rows.append({"inputs": cells, **_as_json(self.form, computed)})

    def failed(self, cells: dict[str, str], error: ZhixingError) -> None:
        self._rows.append({"inputs": cells, "error": error.as_json()})

    def end(self) -> None:
        self.output.print_json(self._rows)


def _many(output: Output, form: Form, file: Path, conventions: _Conventions, explain: bool) -> int:
    """Every row of a file; one that cannot be computed is told by its number, others go on."""
    failures = 0
    with csv_table(file) as table:
        table.need(form.inputs)
        told = _telling(output, explain)(output, form, table.line_end)
        told.begin()
        for row in table:
            cells = _cells(form, table, row)
            try:
                told.computed(cells, _computed(form, table, row, cells, conventions))
            except ZhixingError as error:
                failures += 1
                _tell_failure(output, file, row, cells, error)
                told.failed(cells, error)
        told.end()
    return 1 if failures else 0


def _telling(output: Output, explain: bool) -> type[_Told]:
    if output.as_json:
        return _AsJson
    return _AsSteps if explain else _AsTable


def _cells(form: Form, table: CsvTable, row: TableRow) -> dict[str, str]:
    """What a row has in the columns that are read; a row that is short has nothing there."""
    named = dict(zip(table.columns, row.cells, strict=False))
    return {name: named.get(name, "") for name in form.inputs}


def _computed(
    form: Form, table: CsvTable, row: TableRow, cells: dict[str, str], conventions: _Conventions
) -> Computed:
    """What a row gives. Cells without a column, mostly by a comma in a number, shift the others."""
    count = len(table.columns)
    if len(row.cells) > count:
        zh, en = f"单元格多于 {count} 列", f"more cells than the {count} columns"
        raise bad(str(row.cells[0]), len(row.cells), zh, en)
    return form.row(cells, conventions)


def _tell_failure(
    output: Output, file: Path, row: TableRow, cells: dict[str, str], error: ZhixingError
) -> None:
    number, name = row.number, cells["id"]
    where = output.say(f"第 {number} 行数据（{name}）：", f"row {number} ({name}): ")
    print_text(f"{file}:{row.line}: {where}{error.text(output.lang)} [{error.code}]", err=True)
