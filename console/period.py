"""`zhixing period`: when a period of law is over, and why."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from ..workflow.errors import BadDate, ZhixingError
from ..workflow.loading import DefinitionRefused
from ..workflow.periods.adjustments import Deduction
from ..workflow.periods.calendar_files import calendar_named
from ..workflow.periods.calendars import Calendar
from ..workflow.periods.counting import Counting, TimeUnit
from ..workflow.periods.parsing import parse_deduction, parse_unit
from ..workflow.periods.period import Period
from ..workflow.source.yaml_reader import ReadingFailed
from .output import Output, cli_errors


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
@click.option(
    "--file",
    "table",
    type=click.Path(path_type=Path, dir_okay=False),
    help="CSV: start,length,unit,backward,deduct",
)
@cli_errors
def period(
    voice: Output,
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
    calendar = _calendar(calendar_name)
    if table is not None:
        if start is not None:
            raise click.UsageError("--file takes the periods from the file: give no START")
        _many(table, calendar, counting)
        return
    if start is None or length is None or unit is None:
        raise click.UsageError("give START LENGTH UNIT, or --file IN.csv")
    rule = _period(length, unit, calendar, counting, backward)
    due, steps = rule.explain(_start(start), [parse_deduction(text) for text in deduct])
    if voice.as_json:
        answer = {
            "due": due.day.isoformat(),
            "over_at": due.at.isoformat(),
            "provisional": due.provisional,
            "calendar": calendar.id,
        }
        voice.print_json(
            answer
            | {"calendar_version": calendar.version, "steps": [step.as_json() for step in steps]}
        )
        return
    click.echo(voice.say(f"届满日：{due.day}", f"due: {due.day}"))
    for number, step in enumerate(steps, start=1):
        click.echo(f"  {number}. {step.text(voice.lang)}")


def _calendar(name: str) -> Calendar:
    try:
        return calendar_named(name)
    except ReadingFailed as failed:
        raise DefinitionRefused(failed.findings) from None


def _start(text: str) -> date | datetime:
    try:
        return (
            datetime.fromisoformat(text)
            if "T" in text or " " in text.strip()
            else date.fromisoformat(text.strip())
        )
    except ValueError:
        raise BadDate(value=text) from None


def _period(
    length: str, unit: str, calendar: Calendar, counting: str | None, backward: bool
) -> Period:
    kind = parse_unit(unit)
    way = Counting(counting) if counting else _usual(kind, calendar)
    number: Any = (
        int(length) if length.strip().lstrip("+-").isdecimal() and len(length) < 10 else length
    )
    return Period(number, kind, calendar, way, backward)


def _usual(unit: TimeUnit, calendar: Calendar) -> Counting:
    """How a unit is counted unless said otherwise: by the Civil Procedure Law, or plainly on a calendar without rest days."""
    if unit is TimeUnit.WORKING_DAY:
        return Counting.WORKING
    return Counting.LITIGATION if calendar.rests else Counting.PLAIN


def _many(table: Path, calendar: Calendar, counting: str | None) -> None:
    try:
        with open(table, encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = {"start", "length", "unit"} - set(reader.fieldnames or ())
            if missing:
                raise click.UsageError(f"{table}: missing columns {', '.join(sorted(missing))}")
            rows = list(reader)
            header = [*(name for name in reader.fieldnames or () if name != "due"), "due"]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise click.UsageError(f"{table}: {error}") from None
    failures = _answer(rows, header, table, calendar, counting)
    raise SystemExit(1 if failures else 0)


def _answer(
    rows: Sequence[dict[str, Any]],
    header: Sequence[str],
    table: Path,
    calendar: Calendar,
    counting: str | None,
) -> int:
    writer = csv.DictWriter(sys.stdout, header, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    failures = 0
    for line, row in enumerate(rows, start=2):
        try:
            row["due"] = _row_due(row, calendar, counting)
        except ZhixingError as error:
            failures += 1
            row["due"] = ""
            click.echo(
                f"{table}:{line}: {error.text('zh')} / {error.text('en')} [{error.code}]", err=True
            )
        writer.writerow(row)
    return failures


def _row_due(row: dict[str, Any], calendar: Calendar, counting: str | None) -> str:
    backward = (row.get("backward") or "").strip().lower() in ("1", "true", "yes", "y")
    rule = _period(row["length"] or "", row["unit"] or "", calendar, counting, backward)
    deductions: list[Deduction] = [
        parse_deduction(part) for part in (row.get("deduct") or "").split(";") if part.strip()
    ]
    return rule.due(_start(row["start"] or ""), deductions).day.isoformat()
