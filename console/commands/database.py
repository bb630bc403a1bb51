"""`zhixing db …`, `zhixing worker`: what a database and a process that serves it need."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from ...engine import Actor, Engine, Held, Incident, load_charter, upgrade_schema
from ...engine.storage.database import connect, schema_version
from ...engine.storage.failures import translated
from .._options import (
    Signed,
    acting,
    checked_url,
    database_option,
    definitions_option,
    drafts_option,
    note_option,
    open_engine,
    request_option,
    signing,
    tolerant_engine,
    with_engine,
)
from ..metrics_port import scraped
from ..output import Output, print_text, with_output
from ..telling import court_zone, local


@click.group()
def db() -> None:
    """数据库 / the database."""


@db.command()
@database_option
@with_output
def upgrade(output: Output, database: str) -> None:
    """建立或升级数据表。 Create or upgrade the tables."""
    opened = checked_url(lambda: connect(database))
    with translated(), opened.begin() as connection:
        before = schema_version(connection)
        upgrade_schema(connection)
        after = schema_version(connection)
    opened.dispose()
    words = (f"数据库结构：{before or '无'} → {after}", f"schema: {before or 'none'} → {after}")
    output.answer({"before": before, "after": after}, lambda: output.echo(*words))


@db.command()
@database_option
@click.option(
    "--charter",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    default=None,
    help="法院章程 / the charter of the court",
)
@with_output
def init(output: Output, database: str, file: Path | None) -> None:
    """建立数据表，并装入法院的第一份章程。
    Create the tables, and set the first charter of the court."""
    charter = load_charter(file) if file is not None else None
    with open_engine(database, (), upgrade=True) as engine:
        if charter is not None:
            engine.set_first_charter(charter)
        found = engine.charter()
    courts = ", ".join(found.courts)
    words = (
        f"章程 {found.charter} 版本 {found.version}，法院：{courts}",
        f"charter {found.charter} version {found.version}, courts: {courts}",
    )
    told = {"charter": found.charter, "version": found.version, "courts": list(found.courts)}
    output.answer(told, lambda: output.echo(*words))


@db.command("accept-clock")
@signing
@with_output
@with_engine
def accept_clock(output: Output, engine: Engine, signed: Signed) -> None:
    """确认时钟无误，数据库恢复写入。
    Say that the clock is right, so that the database is written again."""
    accepted = engine.accept_clock(**signed)
    last = accepted.last.isoformat() if accepted.last is not None else None
    words = (
        f"已确认时钟 {accepted.clock:%Y-%m-%d %H:%M:%S%z}（最后记录 {last or '无'}）",
        f"the clock {accepted.clock:%Y-%m-%d %H:%M:%S%z} is accepted "
        f"(the last entry: {last or 'none'})",
    )
    told = {"clock": accepted.clock.isoformat(), "last": last, "by": accepted.by}
    output.answer(told, lambda: output.echo(*words))


@db.command()
@with_output
@with_engine
def incidents(output: Output, engine: Engine) -> None:
    """待处理的事件单。 Incidents waiting for a person."""
    found = engine.incidents()
    output.answer({"incidents": list(found)}, lambda: _print_incidents(output, found))


def _print_incidents(output: Output, found: Sequence[Incident]) -> None:
    for item in found:
        at = local(item.at, court_zone())
        output.line(f"{item.id} {at} {item.kind} {item.case_id or ''} {item.message}")
    output.echo(f"{len(found)} 件", f"{len(found)} open")


@db.command("after-restore")
@acting(default=None)
@with_output
@with_engine
def after_restore(output: Output, engine: Engine, actor: Actor) -> None:
    """从备份恢复后：暂停计时和发送，列出待办事项。
    After a restore from a backup: hold the clock and what is sent, and list what waits."""
    found = engine.after_restore(actor=actor)
    output.answer(found, lambda: _print_held(output, found))


@db.command()
@with_output
@with_engine
def held(output: Output, engine: Engine) -> None:
    """恢复后暂停的事项。 What is held after a restore."""
    found = engine.held()
    output.answer({"held": found}, lambda: _print_held(output, found))


@db.command()
@acting(default=None)
@click.option("--case", "cases", multiple=True, metavar="ID", help="放行案件 / a case to release")
@click.option(
    "--request", "requests", multiple=True, metavar="ID", help="放行请求 / a request to release"
)
@click.option("--drop", multiple=True, metavar="ID", help="不再发送的请求 / a request to drop")
@click.option("--all", "is_all", is_flag=True, help="全部放行 / release everything")
@note_option
@request_option
@with_output
@with_engine
def release(
    output: Output,
    engine: Engine,
    actor: Actor,
    cases: tuple[str, ...],
    requests: tuple[str, ...],
    drop: tuple[str, ...],
    is_all: bool,
    note: str,
    request_id: str | None,
) -> None:
    """核对后放行：全部，或所选案件和请求。 Release what is held: everything, or what is chosen."""
    if is_all == bool(cases or requests or drop):
        raise click.UsageError("--all, or --case, --request and --drop")
    if drop and not note:
        raise click.UsageError("--drop needs --note")
    chosen: dict[str, Any] = {} if is_all else {"cases": cases, "requests": requests}
    if drop:
        chosen["drop"] = dict.fromkeys(drop, note)
    found = engine.release(actor=actor, request_id=request_id, **chosen)
    output.answer({"held": found}, lambda: _print_held(output, found))


def _print_held(output: Output, found: Held | None) -> None:
    if found is None:
        output.echo("没有暂停的事项", "nothing is held")
        return
    output.echo(
        f"{found.by} 自 {found.since} 起暂停计时和发送；放行用 zhixing db release",
        f"held by {found.by} since {found.since}; zhixing db release lets it go on",
    )
    released = output.say("已放行", "released")
    for moment in found.moments:
        what = f"{output.pick(moment, 'title')} {moment.fires}".rstrip()
        mark = released if moment.released else ""
        at = local(moment.at, court_zone())
        output.line(f"{at} {moment.case_id} {what} {mark}")
    for request in found.requests:
        mark = released if request.released else ""
        output.line(f"→ {request.id} {request.case_id} {request.operation} {request.status} {mark}")
    output.echo(
        f"到期事项 {len(found.moments)} 件，待发请求 {len(found.requests)} 件",
        f"{len(found.moments)} moment(s) due, {len(found.requests)} request(s) waiting",
    )


@click.command()
@database_option
@definitions_option
@drafts_option
@click.option("--sweep-seconds", type=click.FloatRange(0.05, 3600), default=15.0, show_default=True)
@click.option("--batch", type=click.IntRange(1, 5000), default=100, show_default=True)
@click.option("--once", is_flag=True, help="处理到期事项后退出 / serve what is due and exit")
@click.option(
    "--metrics",
    type=click.IntRange(0, 65535),
    default=None,
    metavar="PORT",
    help="在本机此端口提供 Prometheus 指标（需要 zhixing[metrics]；0 为任一空闲端口）"
    " / serve metrics for Prometheus on this port of the machine itself; needs zhixing[metrics]; "
    "0 takes any free port",
)
@with_output
def worker(
    output: Output,
    database: str,
    definitions: Path | None,
    drafts: bool,
    sweep_seconds: float,
    batch: int,
    once: bool,
    metrics: int | None,
) -> None:
    """独立进程：落实期限、发送请求。 Enforce deadlines and send requests until stopped."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    with tolerant_engine(output, database, definitions, drafts=drafts) as engine:
        _tell_held(output, engine)
        if once:
            _print_served(output, engine.run_due(discover=True))
        else:
            with scraped(output, engine, metrics) if metrics is not None else nullcontext():
                _serve(output, engine, sweep_seconds=sweep_seconds, batch=batch)


def _tell_held(output: Output, engine: Engine) -> None:
    if engine.held() is not None:
        words = (
            "数据库恢复后暂停中，见 zhixing db held",
            "held after a restore: see zhixing db held",
        )
        print_text(output.say(*words), err=True)


def _print_served(output: Output, count: int) -> None:
    words = (f"处理 {count} 件", f"{count} case(s) served")
    output.answer({"cases": count}, lambda: output.echo(*words))


def _serve(output: Output, engine: Engine, **options: Any) -> None:
    """Serve until somebody asks the process to stop."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: stop.set())
    engine.start(**options)
    print_text(output.say("已启动，Ctrl-C 停止", "running, Ctrl-C stops"), err=True)
    stop.wait()
