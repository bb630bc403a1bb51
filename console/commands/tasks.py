"""`zhixing task …`: work in the pools of roles and teams."""

from __future__ import annotations

from typing import Any

import click

from ...engine import Actor, Engine, Task, TaskKind, Workload
from .._options import acting, calling, with_engine
from ..output import Output, print_text, with_output
from ..telling import Telling, Told, court_zone, local_day

_HEADS = (
    ("案件", "case"),
    ("事项", "work"),
    ("针对", "about"),
    ("类别", "kind"),
    ("面向", "offered to"),
    ("领取人", "claimed by"),
    ("自", "since"),
)
_WORKLOAD_HEADS = (("任务池", "pool"), ("领取人", "person"), ("件数", "count"), ("最早", "oldest"))
_KINDS = {
    TaskKind.APPROVAL: ("审批", "approval"),
    TaskKind.TASK: ("任务", "task"),
    TaskKind.FOLLOW_UP: ("后续事项", "follow-up"),
}


@click.group()
def task() -> None:
    """任务池 / work in pools."""


@task.command("list")
@click.option("--role", default=None, help="面向某角色的 / offered to a role")
@click.option("--person", default=None, help="某人领取的 / claimed by a person")
@click.option("--court", default=None)
@click.option("--case", "case_id", default=None)
@click.option("--limit", type=click.IntRange(1, 10_000), default=200, show_default=True)
@with_output
@with_engine
def list_(output: Output, engine: Engine, **filters: Any) -> None:
    """待办任务和待审批事项。 Open tasks and approvals, the oldest first."""
    found = engine.tasks(**filters)
    telling = Telling(engine, output.lang)
    rows = (_row(output, item, telling.case(item.case_id)) for item in found)
    output.answer({"tasks": list(found)}, lambda: output.print_table(_HEADS, rows))


def _row(output: Output, item: Task, told: Told) -> tuple[object, ...]:
    return (
        item.number or item.case_id,
        output.pick(item, "title"),
        item.about,
        output.say(*_KINDS[TaskKind(item.kind)]),
        told.words.roles(item.offered_to),
        item.claimed_by,
        local_day(item.offered_at, told.zone),
    )


@task.command()
@click.argument("case_id")
@click.argument("name")
@acting(default=None)
@with_output
@with_engine
@calling
def claim(
    output: Output,
    engine: Engine,
    case_id: str,
    name: str,
    actor: Actor,
    calling: dict[str, Any],
) -> None:
    """领取任务。 Claim a task: CASE TASK."""
    engine.claim_task(case_id, name, actor=actor, **calling)
    _print_done(output, case_id, name, output.say("已领取", "claimed"))


@task.command("hand-back")
@click.argument("case_id")
@click.argument("name")
@acting(default=None, has_roles=False)
@with_output
@with_engine
@calling
def hand_back(
    output: Output,
    engine: Engine,
    case_id: str,
    name: str,
    actor: Actor,
    calling: dict[str, Any],
) -> None:
    """退回任务池。 Hand a task back: CASE TASK."""
    engine.hand_back_task(case_id, name, actor=actor, **calling)
    _print_done(output, case_id, name, output.say("已退回", "handed back"))


@task.command()
@click.argument("case_id")
@click.argument("name")
@click.option("--send", is_flag=True, help="现在发出其对外请求 / send its request now")
@click.option("--note", default="")
@acting(default=None)
@with_output
@with_engine
@calling
def finish(
    output: Output,
    engine: Engine,
    case_id: str,
    name: str,
    send: bool,
    note: str,
    actor: Actor,
    calling: dict[str, Any],
) -> None:
    """办结补录或更正留下的任务。 A task that a late entry left is done: CASE TASK."""
    engine.finish_task(case_id, name, actor=actor, send=send, note=note, **calling)
    _print_done(output, case_id, name, output.say("已办结", "done"))


def _print_done(output: Output, case_id: str, name: str, what: str) -> None:
    data = {"case": case_id, "task": name}
    output.answer(data, lambda: print_text(f"{case_id} {name}: {what}"))


@task.command()
@with_output
@with_engine
def workload(output: Output, engine: Engine) -> None:
    """各任务池的待办与各人的领取量。 Open work by pool and person."""
    found = engine.workload()
    rows = (_workload_row(output, item) for item in found)
    output.answer({"workload": list(found)}, lambda: output.print_table(_WORKLOAD_HEADS, rows))


def _workload_row(output: Output, item: Workload) -> tuple[object, ...]:
    person = item.person or output.say("（未领取）", "(unclaimed)")
    oldest = local_day(item.oldest, court_zone()) if item.oldest else ""
    return ", ".join(item.pool), person, item.count, oldest
