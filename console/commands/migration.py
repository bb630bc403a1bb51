"""`zhixing migrate`: running cases go on under a new version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from ...engine import Actor, MigrationPlan
from ...workflow import load_definition
from .._options import AnyPath, acting, database_option, note_option, open_engine
from ..output import Output, with_output

_OUTCOMES = {
    "unaffected": ("不受影响", "unaffected"),
    "can-move": ("可以迁移", "can move"),
    "cannot-move": ("不能迁移", "cannot move"),
}


@click.command()
@click.argument("file", type=AnyPath)
@database_option
@acting(default=None, has_roles=False, help="办理人 / who moves them")
@note_option
@with_output
def migrate(output: Output, file: Path, database: str, note: str, actor: Actor) -> None:
    """将在办案件迁移到新版本（可中断后重来）。 Move the running cases that can to this version."""
    definition = load_definition(file)
    with open_engine(database, file) as engine, output.progress() as bar:
        task = bar.add_task(output.say("迁移", "moving"), total=None)
        moved, staying = engine.migrate_cases(
            definition,
            actor=actor,
            note=note,
            progress=lambda n, total: bar.update(task, completed=n, total=total),
        )
    data = {"moved": moved, "staying": staying}
    output.answer(data, lambda: _print_moved(output, moved, staying))


def _print_moved(output: Output, moved: int, staying: Sequence[MigrationPlan]) -> None:
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
    click.echo(", ".join(f"{output.say(*_OUTCOMES[o])} {counts[o]}" for o in _OUTCOMES))


def _print_plan(output: Output, plan: MigrationPlan) -> None:
    why = output.say(plan.why_zh, plan.why_en)
    outcome = output.say(*_OUTCOMES[plan.outcome])
    line = f"{plan.number or plan.case_id} [{plan.state}] {outcome}"
    click.echo(f"{line}: {why}" if why else line)
    for shift in plan.shifts:
        click.echo(f"    {shift.rule}: {shift.before or '-'} → {shift.after or '-'}")
    for name in plan.ends:
        ends = output.say("待办或待批准，将终止", "open work or a proposal, would end")
        click.echo(f"    {name}: {ends}")
