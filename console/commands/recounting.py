"""`zhixing recount`: running limits after an upgrade that counts otherwise."""

from __future__ import annotations

from collections.abc import Sequence

import click

from ...engine import Actor, DueDateChange, Engine
from .._options import acting, reason_option, with_engine
from ..output import Output, print_text, with_output


@click.group()
def recount() -> None:
    """升级后重算在办期限 / running limits counted by new rules."""


@recount.command()
@with_output
@with_engine
def plan(output: Output, engine: Engine) -> None:
    """逐案列出按现行规则届满日不同的在办期限，不写入任何内容。
    The running limits that today's rules count otherwise, case by case; nothing is written."""
    found = engine.rule_changes()
    output.answer({"changes": found}, lambda: _print(output, found))


@recount.command()
@acting(default=None)
@reason_option
@with_output
@with_engine
def apply(output: Output, engine: Engine, actor: Actor, note: str) -> None:
    """按现行规则重算在办期限，记入各案历史；可中断后再次执行（1：有案件未能重算）。
    Count the running limits by today's rules, told in each history (1: a case stays as it is)."""
    with output.progress() as bar:
        task = bar.add_task(output.say("重算", "counting"), total=None)
        found = engine.apply_rules(
            actor=actor,
            note=note,
            progress=lambda n, total: bar.update(task, completed=n, total=total),
        )
    output.answer({"changes": found}, lambda: _print(output, found))
    if any(change.is_refused for change in found):
        raise SystemExit(1)


def _print(output: Output, changes: Sequence[DueDateChange]) -> None:
    for change in changes:
        print_text(_line(output, change))
    refused = sum(change.is_refused for change in changes)
    count = len(changes) - refused
    output.echo(
        f"期限 {count} 个届满日不同，{refused} 件案件未能重算",
        f"{count} limit(s) due on another day, {refused} case(s) not counted anew",
    )


def _line(output: Output, change: DueDateChange) -> str:
    if change.is_refused:
        return f"✗ {change.case_id}: {output.say(change.refused_zh, change.refused_en)}"
    due = f"{change.before or '-'} → {change.after or '-'}"
    return f"{change.case_id} {change.rule}: {due} ({output.say(change.why_zh, change.why_en)})"
