"""`zhixing migrate`: running cases go on under a new version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from ...engine import Engine, Migration, MigrationPlan
from ...workflow import load_definition
from .._options import AnyPath, Signed, court_option, signing, with_engine
from ..output import Output, print_text, with_output

_STATUSES = {
    "proposed": ("待批准", "proposed"),
    "approved": ("已批准", "approved"),
    "refused": ("未获批准", "refused"),
    "done": ("已完成", "done"),
}
_OUTCOMES = {
    "unaffected": ("不受影响", "unaffected"),
    "can-move": ("可以迁移", "can move"),
    "cannot-move": ("不能迁移", "cannot move"),
}


@click.group()
def migrate() -> None:
    """在办案件迁移到已施行的新版本 / running cases moved to a version in force."""


@migrate.command()
@click.argument("file", type=AnyPath)
@court_option
@signing
@with_output
@with_engine
def propose(output: Output, engine: Engine, file: Path, court: str, signed: Signed) -> None:
    """提请迁移某法院（或全部）的在办案件。 Propose to move the running cases of a court."""
    definition = load_definition(file)
    found = engine.propose_migration(definition, court=court, **signed)
    _show(output, found)


@migrate.command()
@click.argument("number", type=int)
@signing
@with_output
@with_engine
def approve(output: Output, engine: Engine, number: int, signed: Signed) -> None:
    """批准迁移（须为另一人）。 Approve what another person proposed."""
    _show(output, engine.decide_migration(number, **signed))


@migrate.command()
@click.argument("number", type=int)
@signing
@with_output
@with_engine
def refuse(output: Output, engine: Engine, number: int, signed: Signed) -> None:
    """不予迁移。 Refuse what another person proposed."""
    _show(output, engine.decide_migration(number, in_favour=False, **signed))


@migrate.command()
@click.argument("number", type=int)
@with_output
@with_engine
def run(output: Output, engine: Engine, number: int) -> None:
    """执行已批准的迁移（可中断后继续）。
    Carry out a migration that was approved; an interrupted one goes on."""
    with output.progress() as bar:
        task = bar.add_task(output.say("迁移", "moving"), total=None)
        found, staying = engine.migrate_cases(
            number, progress=lambda n, total: bar.update(task, completed=n, total=total)
        )
    data = {"migration": found, "moved": found.moved, "staying": staying}
    output.answer(data, lambda: _print_moved(output, found.moved, staying))


@migrate.command("list")
@click.option("--procedure", default=None)
@with_output
@with_engine
def list_(output: Output, engine: Engine, procedure: str | None) -> None:
    """列出迁移。 List migrations, the newest first."""
    found = engine.migrations(procedure)
    output.answer({"migrations": list(found)}, lambda: _print_migrations(output, found))


def _print_migrations(output: Output, found: Sequence[Migration]) -> None:
    for migration in found:
        _print_migration(output, migration)


def _show(output: Output, found: Migration) -> None:
    output.answer({"migration": found}, lambda: _print_migration(output, found))


def _print_migration(output: Output, found: Migration) -> None:
    status = output.say(*_STATUSES[found.status])
    what = f"{found.procedure} {found.definition_hash[:12]} {found.court}"
    print_text(f"#{found.id} {what}: {status} ({found.moved}/{found.moved + found.stayed})")


def _print_moved(output: Output, moved: int, staying: Sequence[MigrationPlan]) -> None:
    if staying:
        print_plans(output, staying)
    output.echo(
        f"已迁移 {moved} 件，{len(staying)} 件留在原版本",
        f"{moved} moved, {len(staying)} stay on their version",
    )


def print_plans(output: Output, plans: Sequence[MigrationPlan]) -> None:
    """What a version means for each case, and how many there are of each kind."""
    for plan in plans:
        _print_plan(output, plan)
    counts = Counter[str](plan.outcome for plan in plans)
    print_text(", ".join(f"{output.say(*_OUTCOMES[o])} {counts[o]}" for o in _OUTCOMES))


def _print_plan(output: Output, plan: MigrationPlan) -> None:
    why = output.say(plan.why_zh, plan.why_en)
    outcome = output.say(*_OUTCOMES[plan.outcome])
    line = f"{plan.number or plan.case_id} [{plan.state}] {outcome}"
    print_text(f"{line}: {why}" if why else line)
    for shift in plan.shifts:
        print_text(f"    {shift.rule}: {shift.before or '-'} → {shift.after or '-'}")
    for name in plan.ends:
        ends = output.say("待办或待批准，将终止", "open work or a proposal, would end")
        print_text(f"    {name}: {ends}")
