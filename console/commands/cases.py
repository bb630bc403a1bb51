"""`zhixing case …`: work with cases from the command line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from ...engine import (
    Actor,
    Case,
    CaseAt,
    ChecklistLine,
    Engine,
    PartyView,
    Possible,
)
from ...engine.queries.spoken import status
from .._options import (
    NewFile,
    acting,
    calling,
    format_option,
    into_option,
    pairs,
    with_engine,
)
from ..deadline_table import print_deadlines
from ..history_lines import print_history
from ..output import Output, print_text, with_output, write_page
from ..telling import Telling, Told, local_day
from .deadlines import deadline_json

_HEADS = (
    ("编号", "id"),
    ("案号", "number"),
    ("流程", "procedure"),
    ("状态", "state"),
    ("承办人", "officer"),
    ("开立", "opened"),
)


document_option = click.option(
    "--document", "documents", multiple=True, metavar="KIND=REF", help="文书 / documents handed in"
)


def references(documents: Sequence[str]) -> dict[str, str]:
    """`KIND=REF` of documents that are handed in."""
    return {name: str(value) for name, value in pairs(documents).items()}


@click.group()
def case() -> None:
    """案件 / cases."""


@case.command("open")
@click.argument("procedure")
@click.argument("data", nargs=-1)
@click.option("--id", default=None)
@click.option("--number", default="", help="案号 / case number")
@click.option("--court", default="", help="法院 / court")
@click.option("--team", default="", help="承办的局、团队 / the bureau or team")
@click.option("--officer", default="", help="承办人 / officer")
@document_option
@acting()
@with_output
@with_engine
@calling
def open_(
    output: Output,
    engine: Engine,
    procedure: str,
    data: tuple[str, ...],
    documents: tuple[str, ...],
    actor: Actor,
    calling: dict[str, Any],
    **more: Any,
) -> None:
    """开立案件。 Open a case: PROCEDURE FIELD=VALUE…"""
    opened = engine.open_case(
        procedure, actor=actor, data=pairs(data), documents=references(documents), **calling, **more
    )
    show_case(output, engine, opened)


@case.command()
@click.argument("case_id")
@click.argument("trigger")
@click.argument("data", nargs=-1)
@document_option
@click.option("--about", default="", help="针对的记录 / the record that it is about")
@click.option("--note", default="")
@acting()
@with_output
@with_engine
@calling
def fire(
    output: Output,
    engine: Engine,
    case_id: str,
    trigger: str,
    data: tuple[str, ...],
    documents: tuple[str, ...],
    about: str,
    note: str,
    actor: Actor,
    calling: dict[str, Any],
) -> None:
    """执行动作。 Fire a trigger: CASE TRIGGER FIELD=VALUE…"""
    after = engine.fire(
        case_id,
        trigger,
        actor=actor,
        data=pairs(data),
        documents=references(documents),
        about=about,
        note=note,
        **calling,
    )
    show_case(output, engine, after)


@case.command()
@click.argument("case_id")
@click.argument("trigger")
@with_output
@with_engine
def checklist(output: Output, engine: Engine, case_id: str, trigger: str) -> None:
    """逐项查看清单。 The checklist of a trigger, item by item."""
    found = engine.checklist(case_id, trigger)
    output.answer({"checklist": list(found)}, lambda: _print_checklist(output, found))


def _print_checklist(output: Output, found: Sequence[ChecklistLine]) -> None:
    if not found:
        output.echo("此状态下该事项没有清单", "it has no checklist from this state")
    for line in found:
        print_text(f"  {_mark(line.is_complete)} {output.pick(line, 'title')} {line.basis}")


def _mark(is_good: bool) -> str:
    return "✓" if is_good else "✗"


@case.command("seen-by")
@click.argument("case_id")
@click.argument("role")
@with_output
@with_engine
def seen_by(output: Output, engine: Engine, case_id: str, role: str) -> None:
    """当事人可见的内容。 What a party may see."""
    found = engine.party_view(case_id, role)
    told = Telling(engine, output.lang).case(case_id)
    output.answer({"seen": found}, lambda: _print_seen(output, found, told))


def _print_seen(output: Output, found: PartyView, told: Told) -> None:
    for node in found.nodes:
        print_text(f"  {local_day(node.at, told.zone)} {output.pick(node, 'title')}")
    for name, count in found.documents.items():
        print_text(f"  {told.words.title('documents', name)}: {count}")
    for name, value in found.data.items():
        print_text(f"  {told.words.title('data', name)}: {told.words.value(value, told.zone)}")
    print_text(output.pick(found, "notice"))


@case.command()
@click.argument("case_id")
@click.option(
    "--at",
    metavar="DATE",
    default=None,
    help="至该日（或时刻）为止登记的案情 / as it was recorded by a day, or a moment",
)
@acting()
@with_output
@with_engine
def show(output: Output, engine: Engine, case_id: str, at: str | None, actor: Actor) -> None:
    """查看案件、期限和可办事项。 Show a case, its deadlines, and what is possible now."""
    if at is not None:
        then = engine.case_at(case_id, _day_or_moment(at))
        told = Telling(engine, output.lang).version(then.definition_hash)
        output.answer({"case": then}, lambda: _print_then(output, then, told))
        return
    found = engine.case(case_id)
    possible = engine.possible(case_id, actor=actor)
    if output.as_json:
        limits = map(deadline_json, engine.deadlines(case_id, explain=True))
        shown = {"case": found, "deadlines": list(limits), "possible": list(possible)}
        output.print_json(shown)
        return
    _print_case(output, engine, found)
    for item in possible:
        _print_possible(output, item)


def _day_or_moment(text: str) -> date | datetime:
    try:
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"{text!r}: YYYY-MM-DD / YYYY-MM-DDTHH:MM+08:00") from None


def _print_then(output: Output, then: CaseAt, told: Told) -> None:
    """A case as it was."""
    words = told.words
    state = f"{output.pick(then, 'state')} ({then.state})"
    print_text(" ".join(filter(None, (then.id, then.number, state, then.officer, then.team))))
    for name, value in then.data.items():
        if value is not None:
            print_text(f"  {words.title('data', name)}: {words.value(value, told.zone)}")
    for name, references in then.documents.items():
        print_text(f"  {words.title('documents', name)}: {', '.join(references)}")
    for limit in then.deadlines:
        due = limit.due_day or "-"
        how = output.words(status(limit.status))
        print_text(f"  {due} {output.pick(limit, 'title')} {how} {limit.key}".rstrip())
    for name in then.waiting:
        act = words.act(name)
        output.echo(f"  待批准：{act}（{name}）", f"  waits for approval: {act} ({name})")
    if not then.is_whole:
        output.echo(
            "  升级前的历史未记文书和承办人", "  entries before the upgrade hold no documents"
        )


def _print_possible(output: Output, item: Possible) -> None:
    reasons = "; ".join(obstacle.text(output.lang) for obstacle in item.obstacles)
    line = f"  {_mark(item.allowed)} {item.trigger} {output.pick(item, 'title')} {item.about}"
    line = line.rstrip()
    print_text(f"{line} — {reasons}" if reasons else line)


@case.command()
@click.argument("case_id")
@format_option("svg")
@into_option
@with_output
@with_engine
def diagram(output: Output, engine: Engine, case_id: str, kind: str, into: Path | None) -> None:
    """案件的流程图：走过的路、现处节点、未结和超期事项。 The case's own picture."""
    picture = engine.diagram(case_id, kind, output.lang)
    write_page(output, {"case": case_id, "format": kind}, "picture", picture, into)


@case.command()
@click.argument("case_id")
@click.option("--html", type=NewFile, help="写成可打印的网页 / as a page to print")
@into_option
@acting(default=None)
@with_output
@with_engine
def export(
    output: Output,
    engine: Engine,
    case_id: str,
    html: Path | None,
    into: Path | None,
    actor: Actor,
) -> None:
    """导出案件的全部内容（JSON 或网页）。 Everything that is kept of a case, as JSON or a page."""
    if html is not None:
        page = engine.case_page(case_id, actor=actor, lang=output.lang)
        write_page(output, {"case": case_id, "format": "html"}, "page", page, html)
        return
    found = engine.export_case(case_id, actor=actor)
    text = json.dumps(found.model_dump(), ensure_ascii=False, indent=1, default=str)
    write_page(output, {"case": case_id, "format": "json"}, "export", text, into)


@case.command("list")
@click.option("--procedure", default=None)
@click.option("--state", default=None)
@click.option("--officer", default=None)
@click.option("--court", default=None)
@click.option("--open", "open_only", is_flag=True, help="只列未结 / open cases only")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@with_output
@with_engine
def list_(output: Output, engine: Engine, **filters: Any) -> None:
    """列出案件。 List cases."""
    found = engine.query(**filters)
    telling = Telling(engine, output.lang)
    rows = (_row(output, item, telling.version(item.definition_hash)) for item in found)
    output.answer({"cases": list(found)}, lambda: output.print_table(_HEADS, rows))


def _row(output: Output, item: Case, told: Told) -> tuple[object, ...]:
    opened = "" if item.damaged else local_day(item.opened_at, told.zone)
    state = output.pick(item, "state")
    return item.id, item.number, item.procedure, state, item.officer, opened


@case.command()
@click.argument("case_id")
@with_output
@with_engine
def history(output: Output, engine: Engine, case_id: str) -> None:
    """案件历史。 The history of a case."""
    entries = engine.history(case_id)
    found = {"case": case_id, "history": list(entries)}
    shown = engine.case(case_id)
    output.answer(found, lambda: print_history(output, entries, engine, shown))


def show_case(output: Output, engine: Engine, shown: Case) -> None:
    """Answer with a case as it stands."""
    output.answer({"case": shown}, lambda: _print_case(output, engine, shown))


def _print_case(output: Output, engine: Engine, shown: Case) -> None:
    """A case as it stands, what waits for approval, and its live deadlines."""
    words = Telling(engine, output.lang).version(shown.definition_hash).words
    closed = f" [{words.title('modes', shown.closing_mode)}]" if shown.closing_mode else ""
    state = f"{output.pick(shown, 'state')} ({shown.state})"
    version = f"{shown.procedure} {shown.definition_hash[:12]}"
    print_text(" ".join(filter(None, (shown.id, shown.number, f"{state}{closed}", version))))
    for known in shown.links:
        output.echo(
            f"  关联：{known.title_zh} {known.case_id}",
            f"  linked: {known.title_en} {known.case_id}",
        )
    for waiting in shown.waiting:
        awaits = words.roles(waiting.awaits)
        step = f"{waiting.step}/{waiting.steps}"
        name, by = waiting.name, waiting.proposed_by
        output.echo(
            f"  待批准：{waiting.title_zh}（{name}，{by} 提请，第 {step} 步，待 {awaits}）",
            f"  waits for approval: {waiting.title_en} ({name}, by {by}, step {step}, {awaits})",
        )
    limits = engine.deadlines(shown.id)
    if limits:
        print_deadlines(output, limits)
