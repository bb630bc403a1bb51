"""`zhixing law`: the tables of law, as they are on a day, and whether they are right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from ...engine import Engine, Publication
from ...workflow import Law, ZhixingError, parse_day
from ...workflow.language import NO_WORDS, Words, did_you_mean, in_a_row
from ...workflow.law.law import findings_of
from ...workflow.law.rows import Row
from .._options import AnyPath, Signed, signing, with_engine, with_law
from ..findings import print_findings
from ..output import Output, print_text, with_output
from ..publication_line import print_publication

_TABLES = {
    "statutes": ("期限", "time limit"),
    "acts": ("审批", "approval"),
    "checklists": ("清单", "checklist"),
    "demands": ("要求", "demand"),
    "fees": ("费用", "fee"),
    "powers": ("权限", "power"),
    "sanctions": ("强制措施", "coercive measure"),
}
_Found = list[tuple[str, Row]]
"""Rows, each with the name of its table."""


class UnknownRow(ZhixingError):
    """No table has a row of this id on this day."""

    code = "law-row"
    zh, en = "{day} 没有 {id}{zh_more}", "there is no {id} on {day}{en_more}"


@click.group()
def law() -> None:
    """法律表 / the tables of law."""


@law.command()
@click.argument("id", required=False)
@click.option("--on", "day", metavar="DAY", help="某日（默认今天） / on a day (today)")
@with_output
@with_law
def show(output: Output, law: Law, id: str | None, day: str | None) -> None:
    """某日有效的各行。 The rows in force on a day, or the one of an id."""
    on = parse_day(day) if day is not None else date.today()
    asked = ((name, row) for name, row in law.rows() if id in (None, row.id))
    found = [(name, row) for name, row in asked if row.validity.holds_on(on)]
    if id is not None and not found:
        raise _unknown(law, id, on)
    listed = [{"table": name} | row.as_json() for name, row in found]
    answer = {"law": law.as_json(), "on": on, "rows": listed}
    output.answer(answer, lambda: _print(output, found))


def _unknown(law: Law, id: str, day: date) -> UnknownRow:
    """That a day has no such row; on which days there is one, or which id may be meant."""
    rows = list(law.rows())
    held = in_a_row((row.validity.words() for _, row in rows if row.id == id), "; ")
    hint = did_you_mean(id, (row.id for _, row in rows))
    more = Words(f"（{held.zh}）", f" ({held.en})") if held != NO_WORDS else hint
    return UnknownRow(id=id, day=day, zh_more=more.zh, en_more=more.en)


def _print(output: Output, found: _Found) -> None:
    """Rows, one on a line: which it is, what it says, when, and how sure it is."""
    for name, row in found:
        kind, title = output.say(*_TABLES[name]), output.say(row.zh, row.en)
        says, when = output.say(*row.says()), output.say(*row.validity.words())
        print_text(f"{kind} {row.id} {title}: {says}; {when} [{row.verified}]")


@law.command()
@click.argument("folder", type=AnyPath)
@with_output
def check(output: Output, folder: Path) -> None:
    """检查法律表。 Check the tables in a folder; exit code 1 when there are errors."""
    findings = findings_of(folder)
    if output.as_json:
        output.print_json({"errors": len(findings), "findings": findings})
    else:
        print_findings(output, findings)
        output.echo(f"{len(findings)} 处错误", f"{len(findings)} error(s)")
    raise SystemExit(bool(findings))


# -- the tables that a database holds versions to


@law.command()
@click.argument("folder", type=AnyPath)
@signing
@with_output
@with_engine
def propose(output: Output, engine: Engine, folder: Path, signed: Signed) -> None:
    """提请载入法律表。 Propose the tables of law in a folder."""
    _show(output, engine.propose_law(Law.from_folder(folder), **signed))


@law.command()
@click.argument("number", type=int)
@signing
@with_output
@with_engine
def approve(output: Output, engine: Engine, number: int, signed: Signed) -> None:
    """批准法律表（须为另一人）。 Put in force what another person proposed."""
    _show(output, engine.decide_law(number, **signed))


@law.command()
@click.argument("number", type=int)
@signing
@with_output
@with_engine
def refuse(output: Output, engine: Engine, number: int, signed: Signed) -> None:
    """不予载入。 Refuse what another person proposed."""
    _show(output, engine.decide_law(number, in_favour=False, **signed))


@law.command("list")
@with_output
@with_engine
def list_(output: Output, engine: Engine) -> None:
    """历次载入的法律表。 Every set of tables, the newest first."""
    found = engine.laws()
    output.answer({"laws": list(found)}, lambda: _print_lines(output, found))


def _show(output: Output, found: Publication) -> None:
    output.answer({"law": found}, lambda: print_publication(output, found))


def _print_lines(output: Output, found: Sequence[Publication]) -> None:
    for publication in found:
        print_publication(output, publication)
