"""`zhixing view` and `zhixing version …`: what a definition is made of, and which version cases
begin on."""

from __future__ import annotations

from itertools import starmap
from pathlib import Path
from typing import Any

import click

from ...engine import Actor, DefinitionRefused, Engine, Publication
from ...workflow import Position, load_definition
from ...workflow.linting import lint
from ...workflow.source.layers import read_layered
from ...workflow.source.yaml_reader import ReadingFailed
from ...workflow.source.yaml_writer import places, with_places
from .._options import AnyPath, acting, note_option, with_engine
from ..definitions import errors_among, installed_operations
from ..output import Output, with_output

_HEADS = (
    ("编号", "no."),
    ("流程", "procedure"),
    ("版本", "version"),
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
    output.answer({"values": values}, lambda: click.echo(with_places(merged), nl=False))


def _value(path: str, value: Any, at: Position) -> dict[str, Any]:
    return {"path": path, "value": value, "file": at.file, "line": at.line}


@click.group()
def version() -> None:
    """流程版本 / versions of procedures."""


@version.command()
@click.argument("file", type=AnyPath)
@acting(default=None, has_roles=False)
@note_option
@with_output
@with_engine
def propose(output: Output, engine: Engine, file: Path, note: str, actor: Actor) -> None:
    """提请发布一个版本（先检查）。 Propose a version, after checking it whole."""
    errors = errors_among(lint(file, installed_operations()))
    if errors:
        raise DefinitionRefused(errors)
    _show(output, engine.propose_version(load_definition(file), actor=actor, note=note))


@version.command()
@click.argument("number", type=int)
@acting(default=None)
@note_option
@with_output
@with_engine
def approve(output: Output, engine: Engine, number: int, note: str, actor: Actor) -> None:
    """批准发布（须为另一人）。 Publish what another person proposed."""
    _show(output, engine.decide_version(number, actor=actor, note=note))


@version.command()
@click.argument("number", type=int)
@acting(default=None, has_roles=False)
@note_option
@with_output
@with_engine
def refuse(output: Output, engine: Engine, number: int, note: str, actor: Actor) -> None:
    """不予发布。 Refuse what another person proposed."""
    _show(output, engine.decide_version(number, actor=actor, in_favour=False, note=note))


@version.command()
@click.argument("number", type=int)
@acting(default=None, has_roles=False)
@note_option
@with_output
@with_engine
def withdraw(output: Output, engine: Engine, number: int, note: str, actor: Actor) -> None:
    """撤回版本：新案件回到上一版本。
    Withdraw a version: new cases begin on the one before again."""
    done = engine.withdraw_version(number, actor=actor, note=note)
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
    rows = map(_row, found)
    output.answer({"versions": list(found)}, lambda: output.print_table(_HEADS, rows))


def _row(p: Publication) -> tuple[object, ...]:
    people = (p.proposed_by, p.decided_by)
    return p.id, p.procedure, p.version, p.effective, p.status, *people, p.case_id or ""


def _show(output: Output, found: Publication) -> None:
    status = output.say(*_STATUSES[found.status])
    version = f"{found.procedure} {found.version} ({found.definition_hash[:12]})"
    output.answer({"version": found}, lambda: click.echo(f"#{found.id} {version}: {status}"))
