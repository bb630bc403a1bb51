"""`zhixing view` and `zhixing version …`: what a definition is made of, and which version cases
begin on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import starmap
from pathlib import Path
from typing import Any

import click

from ...engine import DefinitionRefused, Engine, Publication, Renewal
from ...workflow import Position, load_definition
from ...workflow.linting import lint
from ...workflow.source.layers import read_layered
from ...workflow.source.yaml_reader import ReadingFailed
from ...workflow.source.yaml_writer import places, with_places
from .._options import AnyPath, Signed, court_option, signing, with_engine
from ..definitions import errors_among, installed_operations
from ..output import Output, print_text, with_output

_HEADS = (
    ("编号", "no."),
    ("流程", "procedure"),
    ("版本", "version"),
    ("哈希", "hash"),
    ("法院", "court"),
    ("施行", "effective"),
    ("状态", "status"),
    ("提请", "proposed by"),
    ("批准", "decided by"),
    ("个案", "case"),
)
_STATUSES = {
    "proposed": ("待批准", "proposed"),
    "published": ("已发布", "published"),
    "refused": ("未获批准", "refused"),
    "withdrawn": ("已撤回", "withdrawn"),
}


@click.command()
@click.argument("file", type=AnyPath)
@with_output
def view(output: Output, file: Path) -> None:
    """合并后的流程定义，注明每项来自何处。
    The merged definition, saying where each value comes from."""
    load_definition(file)
    try:
        merged = read_layered(file).value
    except ReadingFailed as failed:
        raise DefinitionRefused(failed.findings) from None
    values = list(starmap(_value, places(merged)))
    output.answer({"values": values}, lambda: print_text(with_places(merged), nl=False))


def _value(path: str, value: Any, at: Position) -> dict[str, Any]:
    return {"path": path, "value": value, "file": at.file, "line": at.line}


@click.group()
def version() -> None:
    """流程版本 / versions of procedures."""


@version.command()
@click.argument("file", type=AnyPath)
@court_option
@click.option(
    "--effective",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    help="在此施行之日，默认为定义所写 / in force there from this day",
)
@signing
@with_output
@with_engine
def propose(
    output: Output,
    engine: Engine,
    file: Path,
    court: str,
    effective: datetime | None,
    signed: Signed,
) -> None:
    """提请在某法院（或全部）施行一个版本（先检查）。
    Propose a version for a court (or for all), after checking it whole."""
    errors = errors_among(lint(file, installed_operations()))
    if errors:
        raise DefinitionRefused(errors)
    day = effective.date() if effective is not None else None
    definition = load_definition(file)
    found = engine.propose_version(definition, court=court, effective=day, **signed)
    _show(output, found)


@version.command()
@click.argument("number", type=int)
@signing
@with_output
@with_engine
def approve(output: Output, engine: Engine, number: int, signed: Signed) -> None:
    """批准发布（须为另一人）。 Publish what another person proposed."""
    found = engine.decide_version(number, **signed)
    _show(output, found)
    if not output.as_json:
        print_renewals(output, engine.renewals(found.procedure))


@version.command()
@click.argument("number", type=int)
@signing
@with_output
@with_engine
def refuse(output: Output, engine: Engine, number: int, signed: Signed) -> None:
    """不予发布。 Refuse what another person proposed."""
    _show(output, engine.decide_version(number, in_favour=False, **signed))


@version.command()
@click.argument("number", type=int)
@signing
@with_output
@with_engine
def withdraw(output: Output, engine: Engine, number: int, signed: Signed) -> None:
    """撤回版本：新案件回到上一版本。
    Withdraw a version: new cases begin on the one before again."""
    done = engine.withdraw_version(number, **signed)
    running = engine.count_running_on(done.definition_hash)
    _show(output, done)
    if running and not output.as_json:
        output.echo(
            f"{running} 件在办案件仍按该版本办结", f"{running} running case(s) finish on it"
        )


@version.command("list")
@click.option("--procedure", default=None)
@with_output
@with_engine
def list_(output: Output, engine: Engine, procedure: str | None) -> None:
    """列出版本。 List versions, the newest first."""
    found = engine.versions(procedure=procedure)
    rows = (_row(output, item) for item in found)
    output.answer({"versions": list(found)}, lambda: output.print_table(_HEADS, rows))


def _row(output: Output, p: Publication) -> tuple[object, ...]:
    status = output.say(*_STATUSES[p.status])
    where = (p.court or output.say("全部", "all"), p.effective)
    people = (p.proposed_by, p.decided_by)
    return (
        p.id,
        p.procedure,
        p.version,
        p.definition_hash[:12],
        *where,
        status,
        *people,
        p.case_id or "",
    )


@version.command()
@click.option("--procedure", default=None)
@with_output
@with_engine
def renewals(output: Output, engine: Engine, procedure: str | None) -> None:
    """待更新的叠加层（其下层已换新版本），及其间的变化。
    Layers to be renewed, as another base is in force by now, and what that changes."""
    found = engine.renewals(procedure)
    output.answer({"renewals": list(found)}, lambda: print_renewals(output, found))


def print_renewals(output: Output, found: Sequence[Renewal]) -> None:
    """The layers that govern no more, each with what changes until they are renewed."""
    for renewal in found:
        layer = renewal.layer
        where = layer.court or output.say("全部", "all")
        output.echo(
            f"待更新：{layer.procedure} {layer.version}（{where}）：下层已有新版本，其间适用新版本",
            f"to be renewed: {layer.procedure} {layer.version} ({where}): "
            "its base has a new version, which governs until then",
        )
        for change in renewal.changes:
            print_text(f"    {output.say(change.zh, change.en)}")


def _show(output: Output, found: Publication) -> None:
    status = output.say(*_STATUSES[found.status])
    version = f"{found.procedure} {found.version} ({found.definition_hash[:12]})"
    output.answer({"version": found}, lambda: print_text(f"#{found.id} {version}: {status}"))
