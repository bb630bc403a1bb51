"""`zhixing task …`: work in the pools of roles and teams."""

from __future__ import annotations

import click
from rich.table import Table

from ..engine import Actor, Engine
from .cases import on_database
from .output import Output, cli_errors


@click.group()
def task() -> None:
    """任务池 / work in pools."""


@task.command("list")
@click.option("--role", default=None, help="面向某角色的 / offered to a role")
@click.option("--person", default=None, help="某人领取的 / claimed by a person")
@click.option("--court", default=None)
@click.option("--case", "case_id", default=None)
@click.option("--limit", type=click.IntRange(1, 10_000), default=200, show_default=True)
@cli_errors
@on_database
def list_(
    voice: Output,
    engine: Engine,
    role: str | None,
    person: str | None,
    court: str | None,
    case_id: str | None,
    limit: int,
) -> None:
    """待办任务和待审批事项。 Open tasks and approvals, the oldest first."""
    found = engine.tasks(role=role, person=person, court=court, case_id=case_id, limit=limit)
    if voice.as_json:
        voice.print_json({"tasks": list(found)})
        return
    names = (
        ("案件", "case"),
        ("事项", "work"),
        ("类别", "kind"),
        ("面向", "offered to"),
        ("领取人", "claimed by"),
        ("自", "since"),
    )
    table = Table(*(voice.say(*n) for n in names))
    for t in found:
        kind = voice.say("审批", "approval") if t.kind == "approval" else voice.say("任务", "task")
        table.add_row(
            t.number or t.case_id,
            voice.pick(t, "title"),
            kind,
            ", ".join(t.offered_to),
            t.claimed_by,
            f"{t.offered_at:%Y-%m-%d}",
        )
    voice.console().print(table)


@task.command()
@click.argument("case_id")
@click.argument("name")
@click.option("--as", "who", required=True, metavar="PERSON")
@click.option("--role", "roles", multiple=True)
@cli_errors
@on_database
def claim(
    voice: Output, engine: Engine, case_id: str, name: str, who: str, roles: tuple[str, ...]
) -> None:
    """领取任务。 Claim a task: CASE TASK."""
    engine.claim_task(case_id, name, actor=Actor.of(who, *roles))
    _done(voice, case_id, name, voice.say("已领取", "claimed"))


@task.command("hand-back")
@click.argument("case_id")
@click.argument("name")
@click.option("--as", "who", required=True, metavar="PERSON")
@cli_errors
@on_database
def hand_back(voice: Output, engine: Engine, case_id: str, name: str, who: str) -> None:
    """退回任务池。 Hand a task back: CASE TASK."""
    engine.hand_back_task(case_id, name, actor=Actor.of(who))
    _done(voice, case_id, name, voice.say("已退回", "handed back"))


def _done(voice: Output, case_id: str, name: str, what: str) -> None:
    if voice.as_json:
        voice.print_json({"case": case_id, "task": name})
    else:
        click.echo(f"{case_id} {name}: {what}")


@task.command()
@cli_errors
@on_database
def workload(voice: Output, engine: Engine) -> None:
    """各任务池的待办与各人的领取量。 Open work by pool and person."""
    found = engine.workload()
    if voice.as_json:
        voice.print_json({"workload": list(found)})
        return
    table = Table(
        *(
            voice.say(*n)
            for n in (
                ("任务池", "pool"),
                ("领取人", "person"),
                ("件数", "count"),
                ("最早", "oldest"),
            )
        )
    )
    for w in found:
        table.add_row(
            ", ".join(w.pool),
            w.person or voice.say("（未领取）", "(unclaimed)"),
            str(w.count),
            f"{w.oldest:%Y-%m-%d}" if w.oldest else "",
        )
    voice.console().print(table)
