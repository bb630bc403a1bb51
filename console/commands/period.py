"""`zhixing period`: when a period of law is over, and why."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import click

from ...workflow import (
    Calendar,
    Counting,
    DefinitionRefused,
    Period,
    TimeUnit,
    ZhixingError,
    calendar_named,
)
from ...workflow.errors import BadDate
from ...workflow.periods.counting import USUAL
from ...workflow.periods.parsing import parse_deduction, parse_unit
from ...workflow.source.yaml_reader import ReadingFailed
from .._options import NewFile
from ..output import Output, print_text, with_output

_NEEDED = {"start", "length", "unit"}
_YES = ("1", "true", "yes", "y")
_LONGEST_NUMBER = 10
_Cells = dict[str, Any]


class _Way(NamedTuple):
    """On which calendar, and how, periods are counted; as the unit asks where nothing is said."""

    calendar: Calendar
    counting: str | None

    def period(self, length: str, unit: str, backward: bool) -> Period:
        """The period that these words mean."""
        kind = parse_unit(unit)
        counting = Counting(self.counting) if self.counting else self._usual(kind)
        return Period(_number(length), kind, self.calendar, counting, backward)

    def _usual(self, unit: TimeUnit) -> Counting:
        """By the Civil Procedure Law, or plainly on a calendar without rest days."""
        if unit is not TimeUnit.WORKING_DAY and not self.calendar.rests:
            return Counting.PLAIN
        return USUAL.get(unit, Counting.LITIGATION)


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("start", required=False)
@click.argument("length", required=False)
@click.argument("unit", required=False)
@click.option(
    "--calendar", "calendar_name", default="cn", show_default=True, help="cn, none, FILE.yaml"
)
@click.option(
    "--counting", type=click.Choice([c.value for c in Counting]), help="计算方法 / way of counting"
)
@click.option("--backward", is_flag=True, help="向前倒算 / count backwards")
@click.option(
    "--deduct", multiple=True, metavar="FROM..TO", help="扣除期间 / deducted days inside (FROM, TO]"
)
@click.option("--file", "table", type=NewFile, help="CSV: start,length,unit,backward,deduct")
@with_output
def period(
    output: Output,
    start: str | None,
    length: str | None,
    unit: str | None,
    calendar_name: str,
    counting: str | None,
    backward: bool,
    deduct: tuple[str, ...],
    table: Path | None,
) -> None:
    """计算期限届满日并说明理由。 When a period is over, step by step."""
    way = _Way(_calendar(calendar_name), counting)
    if table is not None:
        if start is not None:
            raise click.UsageError("--file takes the periods from the file: give no START")
        _many(table, way)
    elif start is None or length is None or unit is None:
        raise click.UsageError("give START LENGTH UNIT, or --file IN.csv")
    else:
        _one(output, way.period(length, unit, backward), start, deduct)


def _calendar(name: str) -> Calendar:
    try:
        return calendar_named(name)
    except ReadingFailed as failed:
        raise DefinitionRefused(failed.findings) from None


def _start(text: str) -> date | datetime:
    """A day, or a moment where a time is given."""
    has_time = "T" in text or " " in text.strip()
    try:
        return datetime.fromisoformat(text) if has_time else date.fromisoformat(text.strip())
    except ValueError:
        raise BadDate(value=text) from None


def _number(text: str) -> Any:
    """A whole number; anything else stays text, and the period refuses it by its own words."""
    is_number = text.strip().lstrip("+-").isdecimal() and len(text) < _LONGEST_NUMBER
    return int(text) if is_number else text


# -- one period


def _one(output: Output, rule: Period, start: str, deduct: Iterable[str]) -> None:
    due, steps = rule.explain(_start(start), list(map(parse_deduction, deduct)))
    if output.as_json:
        answer = {
            "due": due.day.isoformat(),
            "over_at": due.at.isoformat(),
            "provisional": due.provisional,
            "calendar": rule.calendar.id,
            "calendar_version": rule.calendar.version,
            "steps": [step.as_json() for step in steps],
        }
        output.print_json(answer)
        return
    output.echo(f"届满日：{due.day}", f"due: {due.day}")
    for number, step in enumerate(steps, start=1):
        print_text(f"  {number}. {step.text(output.lang)}")


# -- many, from a file


def _many(table: Path, way: _Way) -> None:
    header, rows = _read(table)
    writer = csv.DictWriter(sys.stdout, header, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    failures = 0
    for line, row in enumerate(rows, start=2):
        try:
            row["due"] = _row_due(row, way)
        except ZhixingError as error:
            failures += 1
            row["due"] = ""
            words = f"{error.text('zh')} / {error.text('en')}"
            print_text(f"{table}:{line}: {words} [{error.code}]", err=True)
        writer.writerow(row)
    raise SystemExit(1 if failures else 0)


def _read(table: Path) -> tuple[list[str], list[_Cells]]:
    """The header, with `due` last, and the rows of a file."""
    try:
        with open(table, encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows, names = list(reader), list(reader.fieldnames or ())
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise click.UsageError(f"{table}: {error}") from None
    missing = _NEEDED - set(names)
    if missing:
        raise click.UsageError(f"{table}: missing columns {', '.join(sorted(missing))}")
    return [*(name for name in names if name != "due"), "due"], rows


def _row_due(row: _Cells, way: _Way) -> str:
    cells = {name: row.get(name) or "" for name in (*_NEEDED, "backward", "deduct")}
    backward = cells["backward"].strip().lower() in _YES
    rule = way.period(cells["length"], cells["unit"], backward)
    parts = filter(str.strip, cells["deduct"].split(";"))
    return rule.due(_start(cells["start"]), list(map(parse_deduction, parts))).day.isoformat()
