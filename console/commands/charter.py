"""`zhixing charter …`, `zhixing deputy …`, `zhixing refusals`: who may do what in this court."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from ...engine import (
    Actor,
    Charter,
    Deputyship,
    Engine,
    Publication,
    RefusalView,
    load_charter,
)
from .._options import AnyPath, Signed, acting, court_option, request_option, signing, with_engine
from ..output import Output, print_text, with_output
from ..publication_line import print_publication
from ..telling import court_zone, local

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def charter() -> None:
    """法院章程：组织、发布权、管理员 / the charter of the court."""


@charter.command()
@click.argument("file", type=AnyPath)
@with_output
def check(output: Output, file: Path) -> None:
    """检查章程文件。 Check a charter's file."""
    found = load_charter(file)
    _print_charter(output, found)


@charter.command()
@with_output
@with_engine
def show(output: Output, engine: Engine) -> None:
    """现行章程。 The charter in force."""
    _print_charter(output, engine.charter())


def _print_charter(output: Output, found: Charter) -> None:
    told = {"charter": found.charter, "version": found.version, "courts": list(found.courts)}
    output.answer(told, lambda: _print_text(output, found))


def _print_text(output: Output, found: Charter) -> None:
    print_text(f"{output.say(found.title.zh, found.title.en)} {found.version}")
    for id, unit in found.organisation.items():
        depth = "  " * len(found.path(id))
        print_text(f"{depth}{id} {output.say(unit.title.zh, unit.title.en)} ({unit.level})")


@charter.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@signing
@with_output
@with_engine
def propose(output: Output, engine: Engine, file: Path, signed: Signed) -> None:
    """提请变更章程。 Propose another charter."""
    text = load_charter(file).source_text
    _show(output, engine.propose_charter(text, **signed))


@charter.command()
@click.argument("number", type=int)
@signing
@with_output
@with_engine
def approve(output: Output, engine: Engine, number: int, signed: Signed) -> None:
    """批准章程（须为另一人）。 Put in force what another person proposed."""
    _show(output, engine.decide_charter(number, **signed))


@charter.command()
@click.argument("number", type=int)
@signing
@with_output
@with_engine
def refuse(output: Output, engine: Engine, number: int, signed: Signed) -> None:
    """不予变更。 Refuse what another person proposed."""
    _show(output, engine.decide_charter(number, in_favour=False, **signed))


@charter.command("list")
@with_output
@with_engine
def list_(output: Output, engine: Engine) -> None:
    """历次章程。 Every charter, the newest first."""
    found = engine.charters()
    output.answer({"charters": list(found)}, lambda: _print_lines(output, found))


def _print_lines(output: Output, found: Sequence[Publication]) -> None:
    for publication in found:
        print_publication(output, publication)


def _show(output: Output, found: Publication) -> None:
    output.answer({"charter": found}, lambda: print_publication(output, found))


# -- deputies


@click.group()
def deputy() -> None:
    """代理：请假期间由他人代行职务 / deputies for a time."""


@deputy.command()
@click.argument("person")
@click.argument("stand_in")
@click.option("--in", "duties", multiple=True, required=True, help="代理的角色 / in which roles")
@click.option("--since", type=_DAY, required=True, help="自 / the first day")
@click.option("--until", type=_DAY, required=True, help="至 / the last day")
@court_option
@signing
@with_output
@with_engine
def appoint(
    output: Output,
    engine: Engine,
    person: str,
    stand_in: str,
    duties: tuple[str, ...],
    since: datetime,
    until: datetime,
    court: str,
    signed: Signed,
) -> None:
    """指定代理：PERSON 的职务由 STAND_IN 代行。 Let STAND_IN stand in for PERSON."""
    found = engine.appoint_deputy(
        person,
        stand_in,
        roles=duties,
        since=since.date(),
        until=until.date(),
        court=court,
        **signed,
    )
    output.answer({"deputy": found}, lambda: _print_deputy(found))


@deputy.command()
@click.argument("id")
@acting(default=None)
@request_option
@with_output
@with_engine
def end(output: Output, engine: Engine, id: str, actor: Actor, request_id: str | None) -> None:
    """提前结束代理。 End a deputyship before its time."""
    found = engine.end_deputy(id, actor=actor, request_id=request_id)
    output.answer({"deputy": found}, lambda: _print_deputy(found))


@deputy.command("list")
@click.option("--on", type=_DAY, default=None, help="某日有效的 / those of a day")
@with_output
@with_engine
def list_deputies(output: Output, engine: Engine, on: datetime | None) -> None:
    """列出代理。 List deputyships."""
    found = engine.deputies(on=on.date() if on is not None else None)
    output.answer({"deputies": list(found)}, lambda: _print_deputies(found))


def _print_deputies(found: Sequence[Deputyship]) -> None:
    for deputyship in found:
        _print_deputy(deputyship)


def _print_deputy(found: Deputyship) -> None:
    roles = ", ".join(found.roles)
    ended = f" ✗ {found.ended_by}" if found.ended_at is not None else ""
    term = f"{found.since} – {found.until}"
    print_text(f"{found.id} {found.person} → {found.deputy} [{roles}@{found.unit}] {term}{ended}")


# -- what was refused


@click.command()
@click.option("--case", "case_id", default=None, help="案件 / of one case")
@click.option("--person", default=None, help="办理人 / of one person")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@acting(default=None)
@with_output
@with_engine
def refusals(
    output: Output,
    engine: Engine,
    case_id: str | None,
    person: str | None,
    limit: int,
    actor: Actor,
) -> None:
    """被拒绝的操作：何人、何事、何因、何时。 What was refused to whom, why and when."""
    found = engine.refusals(actor=actor, case_id=case_id, person=person, limit=limit)
    output.answer({"refusals": list(found)}, lambda: _print_refusals(output, found))


def _print_refusals(output: Output, found: Sequence[RefusalView]) -> None:
    for item in found:
        why = item.why.get(output.lang, item.code)
        times = f" ×{item.times}" if item.times > 1 else ""
        what = f"{item.verb} {item.trigger} {item.case_id or ''}".strip()
        at = local(item.at, court_zone())
        print_text(f"{at} {item.actor} {what}: {why}{times}")
