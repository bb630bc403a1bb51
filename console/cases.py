"""`zhixing case …` and `zhixing deadline …`: work with cases from the command line."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from ..engine import Actor, Case, Deadline, Engine
from ..engine.work.discovery import Sources
from ..workflow.errors import ZhixingError
from ..workflow.review.pictures import RENDERERS
from .output import Output, cli_errors, write_output


class BadDatabaseUrl(ZhixingError):
    code = "database-url"
    zh, en = "数据库地址有误：{why}", "the database URL is wrong: {why}"


def packaged_definitions() -> Path:
    """The definitions that come with the library."""
    from importlib.resources import files

    return Path(str(files("zhixing.definitions").joinpath("cn"))).parent


def open_engine(database: str, definitions: Sources | None, **options: Any) -> Engine:
    """An engine for a command. Raises `BadDatabaseUrl` and what `Engine` raises."""
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    try:
        return Engine(
            database, packaged_definitions() if definitions is None else definitions, **options
        )
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise BadDatabaseUrl(why=str(error).splitlines()[0]) from None


def on_database(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--db` and `--definitions`, and an open engine."""

    @click.option(
        "--db",
        "database",
        default=lambda: os.environ.get("ZHIXING_DATABASE", "sqlite:///zhixing.db"),
        help="ZHIXING_DATABASE",
    )
    @click.option(
        "--definitions",
        type=click.Path(path_type=Path, exists=True),
        default=None,
        help="ZHIXING_DEFINITIONS",
        envvar="ZHIXING_DEFINITIONS",
    )
    @wraps(command)
    def wrapped(
        voice: Output, *args: Any, database: str, definitions: Path | None, **kw: Any
    ) -> Any:
        with open_engine(database, definitions) as engine:
            return command(voice, engine, *args, **kw)

    return wrapped


def _pairs(values: Sequence[str]) -> dict[str, Any]:
    """`name=value` arguments; `true` and `false` are flags, a comma-free text stays text."""
    pairs: dict[str, Any] = {}
    for text in values:
        name, separator, value = text.partition("=")
        if not separator or not name:
            raise click.UsageError(f"{text!r} is not NAME=VALUE")
        pairs[name] = {"true": True, "false": False}.get(value, value)
    return pairs


_actor = click.option(
    "--as", "who", default="console", show_default=True, metavar="PERSON", help="办理人 / who acts"
)

_roles = click.option("--role", "roles", multiple=True, help="角色，可多次 / role, repeatable")


@click.group()
def case() -> None:
    """案件 / cases."""


@case.command("open")
@click.argument("procedure")
@click.argument("data", nargs=-1)
@click.option("--id", default=None)
@click.option("--number", default="", help="案号 / case number")
@click.option("--court", default="", help="法院 / court")
@click.option("--officer", default="", help="承办人 / officer")
@_actor
@_roles
@cli_errors
@on_database
def open_(
    voice: Output,
    engine: Engine,
    procedure: str,
    data: tuple[str, ...],
    id: str | None,
    number: str,
    court: str,
    officer: str,
    who: str,
    roles: tuple[str, ...],
) -> None:
    """开立案件。 Open a case: PROCEDURE FIELD=VALUE…"""
    opened = engine.open_case(
        procedure,
        actor=Actor.of(who, *roles),
        data=_pairs(data),
        id=id,
        number=number,
        court=court,
        officer=officer,
    )
    _show(voice, engine, opened)


@case.command()
@click.argument("case_id")
@click.argument("trigger")
@click.argument("data", nargs=-1)
@click.option(
    "--document", "documents", multiple=True, metavar="KIND=REF", help="文书 / documents handed in"
)
@click.option("--note", default="")
@_actor
@_roles
@cli_errors
@on_database
def fire(
    voice: Output,
    engine: Engine,
    case_id: str,
    trigger: str,
    data: tuple[str, ...],
    documents: tuple[str, ...],
    note: str,
    who: str,
    roles: tuple[str, ...],
) -> None:
    """执行动作。 Fire a trigger: CASE TRIGGER FIELD=VALUE…"""
    references = {name: str(value) for name, value in _pairs(documents).items()}
    after = engine.fire(
        case_id,
        trigger,
        actor=Actor.of(who, *roles),
        data=_pairs(data),
        documents=references,
        note=note,
    )
    _show(voice, engine, after)


@case.command()
@click.argument("case_id")
@click.argument("trigger")
@click.option("--note", default="")
@_actor
@_roles
@cli_errors
@on_database
def approve(
    voice: Output,
    engine: Engine,
    case_id: str,
    trigger: str,
    note: str,
    who: str,
    roles: tuple[str, ...],
) -> None:
    """批准待审批的事项。 Vote for what waits for approval: CASE TRIGGER."""
    _show(voice, engine, engine.approve(case_id, trigger, actor=Actor.of(who, *roles), note=note))


@case.command()
@click.argument("case_id")
@click.argument("trigger")
@click.option("--note", required=True, help="理由 / reason")
@_actor
@_roles
@cli_errors
@on_database
def refuse(
    voice: Output,
    engine: Engine,
    case_id: str,
    trigger: str,
    note: str,
    who: str,
    roles: tuple[str, ...],
) -> None:
    """不批准。 Vote against what waits for approval: CASE TRIGGER."""
    _show(voice, engine, engine.reject(case_id, trigger, actor=Actor.of(who, *roles), note=note))


@case.command()
@click.argument("case_id")
@click.argument("trigger")
@_actor
@cli_errors
@on_database
def withdraw(voice: Output, engine: Engine, case_id: str, trigger: str, who: str) -> None:
    """撤回自己提请的事项。 Take back what one proposed: CASE TRIGGER."""
    _show(voice, engine, engine.withdraw(case_id, trigger, actor=Actor.of(who)))


@case.command()
@click.argument("case_id")
@click.argument("trigger")
@cli_errors
@on_database
def checklist(voice: Output, engine: Engine, case_id: str, trigger: str) -> None:
    """逐项查看清单。 The checklist of a trigger, item by item."""
    found = engine.checklist(case_id, trigger)
    if voice.as_json:
        voice.print_json({"checklist": list(found)})
        return
    if not found:
        click.echo(voice.say("此状态下该事项没有清单", "it has no checklist from this state"))
    for line in found:
        click.echo(f"  {'✓' if line.is_complete else '✗'} {voice.pick(line, 'title')} {line.basis}")


@case.command("seen-by")
@click.argument("case_id")
@click.argument("role")
@cli_errors
@on_database
def seen_by(voice: Output, engine: Engine, case_id: str, role: str) -> None:
    """当事人可见的内容。 What a party may see."""
    found = engine.party_view(case_id, role)
    if voice.as_json:
        voice.print_json({"seen": found})
        return
    for node in found.nodes:
        click.echo(f"  {node.at:%Y-%m-%d} {voice.pick(node, 'title')}")
    for name, value in (*found.documents.items(), *found.data.items()):
        click.echo(f"  {name}: {value}")


@case.command()
@click.argument("case_id")
@click.argument("layer", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--note", required=True, help="理由 / reason")
@_actor
@cli_errors
@on_database
def redesign(voice: Output, engine: Engine, case_id: str, layer: Path, note: str, who: str) -> None:
    """提请个案流程再造（由另一人以 version approve 批准）。 Propose another flow for one case: CASE LAYER."""
    found = engine.propose_redesign(
        case_id, layer.read_text(encoding="utf-8"), actor=Actor.of(who), note=note
    )
    if voice.as_json:
        voice.print_json({"version": found})
    else:
        click.echo(
            voice.say(
                f"#{found.id} 已提请，待批准：zhixing version approve {found.id}",
                f"#{found.id} proposed: zhixing version approve {found.id}",
            )
        )


@case.command()
@click.argument("case_id")
@_actor
@_roles
@cli_errors
@on_database
def show(voice: Output, engine: Engine, case_id: str, who: str, roles: tuple[str, ...]) -> None:
    """查看案件、期限和可办事项。 Show a case, its deadlines, and what is possible now."""
    found = engine.case(case_id)
    actor = Actor.of(who, *roles)
    possible = engine.possible(case_id, actor=actor)
    if voice.as_json:
        limits = engine.deadlines(case_id, explain=True)
        voice.print_json(
            {
                "case": found,
                "deadlines": [_deadline_json(d) for d in limits],
                "possible": list(possible),
            }
        )
        return
    _show(voice, engine, found)
    for item in possible:
        mark = "✓" if item.allowed else "✗"
        reasons = "; ".join(o.text(voice.lang) for o in item.obstacles)
        click.echo(
            f"  {mark} {item.trigger} {voice.pick(item, 'title')}"
            + (f" — {reasons}" if reasons else "")
        )


@case.command()
@click.argument("case_id")
@click.option(
    "--format", "kind", type=click.Choice(sorted(RENDERERS)), default="svg", show_default=True
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    help="写入文件 / write to a file",
)
@cli_errors
@on_database
def diagram(voice: Output, engine: Engine, case_id: str, kind: str, output: Path | None) -> None:
    """案件的流程图：走过的路、现处节点、未结和超期事项。 The case's own picture."""
    write_output(
        voice,
        {"case": case_id, "format": kind},
        "picture",
        engine.diagram(case_id, kind, voice.lang),
        output,
    )


@case.command("list")
@click.option("--procedure", default=None)
@click.option("--state", default=None)
@click.option("--officer", default=None)
@click.option("--court", default=None)
@click.option("--open", "open_only", is_flag=True, help="只列未结 / open cases only")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@cli_errors
@on_database
def list_(voice: Output, engine: Engine, **filters: Any) -> None:
    """列出案件。 List cases."""
    found = engine.query(**filters)
    if voice.as_json:
        voice.print_json({"cases": list(found)})
        return
    table = Table(
        *(
            voice.say(*names)
            for names in (
                ("编号", "id"),
                ("案号", "number"),
                ("流程", "procedure"),
                ("状态", "state"),
                ("承办人", "officer"),
                ("开立", "opened"),
            )
        )
    )
    for item in found:
        table.add_row(
            item.id,
            item.number,
            item.procedure,
            voice.pick(item, "state"),
            item.officer,
            item.opened_at.date().isoformat(),
        )
    voice.console().print(table)


@case.command()
@click.argument("case_id")
@cli_errors
@on_database
def history(voice: Output, engine: Engine, case_id: str) -> None:
    """案件历史。 The history of a case."""
    entries = engine.history(case_id)
    if voice.as_json:
        voice.print_json({"case": case_id, "history": list(entries)})
        return
    for entry in entries:
        click.echo(history_line(entry))


def history_line(entry: Any) -> str:
    """One entry as one line."""
    move = f"{entry.source} → {entry.target}" if entry.source != entry.target else entry.target
    effects = ", ".join(
        f"{e.get('deadline', e.get('trigger', ''))} {e['what']}" for e in entry.effects
    )
    when = entry.at.strftime("%Y-%m-%d %H:%M")
    return f"{entry.seq:>4} {when} {entry.trigger or entry.kind:<22} {move:<28} {entry.actor}" + (
        f"  [{effects}]" if effects else ""
    )


@click.group()
def deadline() -> None:
    """期限 / deadlines."""


@deadline.command("list")
@click.option("--case", "case_id", default=None, help="一个案件的期限 / the deadlines of one case")
@click.option("--officer", default=None, help="超期：某承办人 / overdue: one officer's")
@click.option("--all", "ended", is_flag=True, help="包括已结束的 / ended ones too")
@cli_errors
@on_database
def list_deadlines(
    voice: Output, engine: Engine, case_id: str | None, officer: str | None, ended: bool
) -> None:
    """一个案件的期限，或全院超期清单。 The deadlines of a case; without one, everything overdue."""
    if case_id is None:
        found = engine.overdue(officer=officer)
    else:
        found = engine.deadlines(case_id, live=not ended, explain=True)
    if voice.as_json:
        voice.print_json({"deadlines": [_deadline_json(d) for d in found]})
        return
    voice.console().print(deadline_table(voice, found))


def deadline_table(voice: Output, found: Sequence[Deadline]) -> Table:
    """Deadlines as a table."""
    table = Table(
        *(
            voice.say(*names)
            for names in (
                ("案件", "case"),
                ("承办人", "officer"),
                ("期限", "deadline"),
                ("届满日", "due"),
                ("状态", "status"),
                ("超期天数", "days overdue"),
                ("依据", "basis"),
            )
        )
    )
    for d in found:
        due = d.due_day.isoformat() if d.due_day else voice.say("暂停", "paused")
        table.add_row(
            d.number or d.case_id,
            d.officer,
            voice.pick(d, "title"),
            due,
            d.status,
            str(d.overdue_days or ""),
            d.basis,
        )
    return table


def _deadline_json(d: Deadline) -> dict[str, Any]:
    return d.model_dump() | {"steps": [step.as_json() for step in d.steps]}


def _show(voice: Output, engine: Engine, shown: Case) -> None:
    if voice.as_json:
        voice.print_json({"case": shown})
        return
    closed = f" [{shown.closing_mode}]" if shown.closing_mode else ""
    click.echo(
        f"{shown.id} {shown.number} {voice.pick(shown, 'state')} ({shown.state}){closed} v{shown.version}"
    )
    for waiting in shown.waiting:
        awaits = ", ".join(waiting.awaits)
        click.echo(
            voice.say(
                f"  待批准：{waiting.title_zh}（{waiting.proposed_by} 提请，第 {waiting.step}/{waiting.steps} 步，待 {awaits}）",
                f"  waits for approval: {waiting.title_en} (by {waiting.proposed_by}, step {waiting.step}/{waiting.steps}, {awaits})",
            )
        )
    limits = engine.deadlines(shown.id)
    if limits:
        voice.console().print(deadline_table(voice, limits))
