"""`zhixing db …`, `zhixing worker`, `zhixing demo`: what runs a database, a process, a demonstration."""

from __future__ import annotations

import logging
import os
import signal
import threading
from pathlib import Path
from types import FrameType

import click

from ..engine import DefinitionRefused, Engine
from ..engine.storage.database import connect, schema_version, translated
from ..engine.storage.upgrade import upgrade_schema
from .cases import BadDatabaseUrl, on_database, open_engine
from .output import Output, cli_errors

_database = click.option(
    "--db",
    "database",
    default=lambda: os.environ.get("ZHIXING_DATABASE", "sqlite:///zhixing.db"),
    help="ZHIXING_DATABASE",
)


@click.group()
def db() -> None:
    """数据库 / the database."""


@db.command()
@_database
@cli_errors
def upgrade(voice: Output, database: str) -> None:
    """建立或升级数据表。 Create or upgrade the tables."""
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    try:
        engine = connect(database)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise BadDatabaseUrl(why=str(error).splitlines()[0]) from None
    with translated(), engine.begin() as connection:
        before = schema_version(connection)
        upgrade_schema(connection)
        after = schema_version(connection)
    engine.dispose()
    if voice.as_json:
        voice.print_json({"before": before, "after": after})
    else:
        click.echo(
            voice.say(
                f"数据库结构：{before or '无'} → {after}", f"schema: {before or 'none'} → {after}"
            )
        )


@db.command()
@cli_errors
@on_database
def incidents(voice: Output, engine: object) -> None:
    """待处理的事件单。 Incidents waiting for a person."""
    found = engine.incidents()  # type: ignore[attr-defined]
    if voice.as_json:
        voice.print_json({"incidents": list(found)})
        return
    for item in found:
        click.echo(
            f"{item.id} {item.at:%Y-%m-%d %H:%M} {item.kind} {item.case_id or ''} {item.message}"
        )
    click.echo(voice.say(f"{len(found)} 件", f"{len(found)} open"))


def _engine_in_any_case(voice: Output, database: str, definitions: Path | None) -> Engine:
    """Definitions that are refused stop no clock: running cases have their versions in the database, and those stay in force."""
    try:
        return open_engine(database, definitions)
    except DefinitionRefused as refused:
        click.echo(refused.text(voice.lang), err=True)
        click.echo(
            voice.say(
                "流程定义未获接受，数据库中的版本继续有效",
                "the definitions were refused: the versions in the database stay in force",
            ),
            err=True,
        )
        return open_engine(database, (), falls_back=True)


@click.command()
@_database
@click.option(
    "--definitions",
    type=click.Path(path_type=Path, exists=True),
    default=None,
    envvar="ZHIXING_DEFINITIONS",
)
@click.option("--sweep-seconds", type=click.FloatRange(0.05, 3600), default=15.0, show_default=True)
@click.option("--batch", type=click.IntRange(1, 5000), default=100, show_default=True)
@click.option("--once", is_flag=True, help="处理到期事项后退出 / serve what is due and exit")
@cli_errors
def worker(
    voice: Output,
    database: str,
    definitions: Path | None,
    sweep_seconds: float,
    batch: int,
    once: bool,
) -> None:
    """独立进程：落实期限、发送请求。 Enforce deadlines and send requests until stopped."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    with _engine_in_any_case(voice, database, definitions) as engine:
        if once:
            count = engine.run_due()
            voice.print_json({"cases": count}) if voice.as_json else click.echo(
                voice.say(f"处理 {count} 件", f"{count} case(s) served")
            )
            return
        stop = threading.Event()

        def ask_to_stop(number: int, frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, ask_to_stop)
        signal.signal(signal.SIGINT, ask_to_stop)
        engine.start(sweep_seconds=sweep_seconds, batch=batch)
        click.echo(voice.say("已启动，Ctrl-C 停止", "running, Ctrl-C stops"), err=True)
        stop.wait()


@click.command()
@click.option(
    "--file",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("zhixing-demo.db"),
    show_default=True,
)
@click.option("--cases", "count", type=click.IntRange(1, 2000), default=20, show_default=True)
@click.option("--seed", type=int, default=7, show_default=True)
@cli_errors
def demo(voice: Output, path: Path, count: int, seed: int) -> None:
    """二十个案件半年的办理过程。 Half a year of twenty cases, in seconds."""
    from .demonstration import run

    for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        file.unlink(missing_ok=True)
    run(voice, path, count, seed)
