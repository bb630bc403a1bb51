"""`zhixing list NAME`: what waits in a court, page by page, and how much of it by this or that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import click

from ...court import Count, CourtLists, Page, Row
from ...court.lists.stuck import REASONS
from ...court.out.csv_text import csv_text
from ...engine import Actor, Engine
from .._options import acting, with_engine
from ..output import Output, Pair, with_output
from ..telling import court_zone, local
from ..when import day_option

NAMES = (
    *("cases", "closed", "sub-procedures", "due", "overdue", "lapsed", "tasks", "proposals"),
    *("alerts", "late", "requests", "incidents", "refusals", "exports", "money", "stuck"),
)
_HEADS: dict[str, Pair] = {
    "number": ("案件", "case"),
    "officer": ("承办人", "officer"),
    "title": ("事项", "matter"),
    "state": ("状态", "state"),
    "due_day": ("届满日", "due"),
    "overdue_days": ("超期天数", "days over"),
    "watcher": ("监督人", "watched by"),
    "opened_at": ("立案", "opened"),
    "closed_at": ("结案", "closed"),
    "closing_mode": ("结案方式", "closing mode"),
    "pool": ("面向", "offered to"),
    "claimed_by": ("领取人", "claimed by"),
    "offered_at": ("自", "since"),
    "kind": ("类别", "kind"),
    "at": ("时间", "at"),
    "actor": ("经办人", "by"),
    "happened_at": ("发生", "happened"),
    "recorded_at": ("录入", "recorded"),
    "operation": ("操作", "operation"),
    "counterparty": ("对方", "counterparty"),
    "status": ("情况", "status"),
    "attempts": ("次数", "attempts"),
    "created_at": ("提出", "asked"),
    "message": ("情况", "what"),
    "verb": ("操作", "verb"),
    "trigger": ("事项", "what"),
    "code": ("原因", "code"),
    "times": ("次数", "times"),
    "what": ("内容", "what"),
    "reason": ("原因", "why"),
    "since": ("自", "since"),
    "held": ("余款", "held"),
    "days": ("天数", "days"),
}
_LIMITS = ("number", "officer", "title", "due_day", "overdue_days", "watcher")
_WORK = ("number", "title", "pool", "claimed_by", "offered_at")
_COLUMNS = {
    "cases": ("number", "officer", "title", "opened_at"),
    "closed": ("number", "officer", "title", "closing_mode", "closed_at"),
    "sub-procedures": ("number", "officer", "title", "opened_at"),
    "due": _LIMITS,
    "overdue": _LIMITS,
    "lapsed": _LIMITS,
    "tasks": _WORK,
    "proposals": _WORK,
    "alerts": ("number", "officer", "title", "kind", "due_day", "at"),
    "late": ("number", "title", "actor", "happened_at", "recorded_at"),
    "requests": ("number", "operation", "counterparty", "status", "attempts", "created_at"),
    "incidents": ("number", "kind", "at", "message"),
    "exports": ("number", "actor", "what", "at"),
    "money": ("number", "officer", "title", "held", "since", "days"),
    "refusals": ("number", "actor", "verb", "trigger", "code", "at", "times"),
    "stuck": ("number", "officer", "title", "reason", "since"),
}


@click.command("list")
@click.argument("name", type=click.Choice(NAMES))
@click.option("--court", default="", help="单位及其下级 / a unit and what lies below it")
@click.option("--here", is_flag=True, help="不含下级 / without what lies below")
@click.option("--team", default=None)
@click.option("--officer", default=None)
@click.option("--person", default=None, help="领取、监督或经办的人 / who has, watches or did it")
@click.option("--procedure", default=None)
@click.option("--kind", default=None, help="案件种类 / the kind of case")
@click.option("--state", default=None)
@click.option("--mode", default=None, help="结案方式 / how it was closed")
@click.option("--number", default=None, help="案号 / case number")
@click.option("--parent", default=None)
@click.option("--rule", default=None, help="期限、任务或操作 / a limit, a task or an operation")
@click.option("--offered-to", "role", default=None, help="面向的角色 / to which role")
@click.option("--code", default=None)
@click.option("--status", default=None)
@click.option("--counterparty", default=None)
@click.option(
    "--where", multiple=True, metavar="FIELD=VALUE", help="可检索字段 / a searchable field"
)
@day_option("--since", "首日 / the first day")
@day_option("--until", "末日 / the last day")
@click.option("--reason", type=click.Choice(list(REASONS)), default="idle", show_default=True)
@click.option("--days", type=click.IntRange(0, 36500), default=180, help="中止天数 / suspended for")
@click.option("--by", "by", multiple=True, help="按此统计，可多次 / count by this, repeatable")
@click.option("--csv", "as_csv", is_flag=True)
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True)
@click.option("--cursor", default="", help="上一页给出的页标 / as the page before gave it")
@acting(default=None)
@with_output
@with_engine
def list_(
    output: Output,
    engine: Engine,
    name: str,
    actor: Actor,
    here: bool,
    reason: str,
    days: int,
    by: tuple[str, ...],
    as_csv: bool,
    limit: int,
    cursor: str,
    where: tuple[str, ...],
    **given: Any,
) -> None:
    """法院的各种清单，最早的在前；有监督权限的看全部，其他人看本人的。
    The lists of a court, the oldest first: all for those who oversee it, their own for others."""
    lists = CourtLists(engine)
    wanted = {key: value for key, value in given.items() if value is not None}
    if where:
        wanted["where"] = dict(_part(one) for one in where)
    asked: dict[str, Any] = {"actor": actor, "below": not here, **wanted}
    if by:
        _print_counts(output, by, lists.count(name, by=by, **asked))
        return
    asked |= {"limit": limit, "cursor": cursor}
    if name == "stuck":
        page: Page[Any] = lists.stuck(reason, longest=timedelta(days=days), **asked)  # type: ignore[arg-type]
    else:
        page = getattr(lists, name.replace("-", "_"))(**asked)
    if as_csv:
        lists.note_taken_out(name, actor=actor, below=not here, **wanted)
        output.line(_csv(page.rows))
        return
    output.answer(page.model_dump(), lambda: _print(output, name, page))


def _part(written: str) -> tuple[str, str]:
    name, is_parted, value = written.partition("=")
    if not is_parted:
        raise click.UsageError(f"--where FIELD=VALUE: {written}")
    return name, value


def _csv(rows: Sequence[Row]) -> str:
    """Rows with every column; nothing where there are none."""
    if not rows:
        return ""
    columns = list(type(rows[0]).model_fields)
    cells = ([getattr(row, column) for column in columns] for row in rows)
    return csv_text(columns, cells).rstrip("\n")


def _print(output: Output, name: str, page: Page[Any]) -> None:
    columns = _COLUMNS[name]
    heads = [_HEADS[column] for column in columns]
    output.print_table(heads, ([_cell(output, row, c) for c in columns] for row in page.rows))
    for row in page.rows:
        if row.damaged:
            output.line(f"{row.case_id}: {row.damaged}")
    if page.cursor:
        output.echo(f"下一页：--cursor {page.cursor}", f"next page: --cursor {page.cursor}")


def _cell(output: Output, row: Row, column: str) -> object:
    if column in ("title", "reason"):
        return output.pick(row, column)
    value = getattr(row, column)
    if column == "number":
        return value or row.case_id or "-"
    if isinstance(value, datetime):
        return local(value, court_zone())
    return "" if value is None else value


def _print_counts(output: Output, by: Sequence[str], found: Sequence[Count]) -> None:
    heads = [*(_HEADS.get(name, (name, name)) for name in by), ("件数", "count")]
    rows = ([*(one.by[name] or "-" for name in by), one.count] for one in found)
    output.answer({"counts": list(found)}, lambda: output.print_table(heads, rows))
