"""`zhixing view` and `zhixing version …`: what a definition is made of, and which version cases begin on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.table import Table

from ..engine import Actor, Engine, Publication
from ..engine.storage.definition_store import running_on
from ..workflow.linting import lint
from ..workflow.loading import DefinitionRefused, load_definition
from ..workflow.source.layers import read_layered
from ..workflow.source.yaml_reader import ReadingFailed
from ..workflow.source.yaml_writer import places, with_places
from .cases import on_database
from .definitions import installed_operations
from .output import Output, cli_errors


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@cli_errors
def view(voice: Output, file: Path) -> None:
    """合并后的流程定义，注明每项来自何处。 The merged definition, saying where each value comes from."""
    load_definition(file)
    try:
        merged = read_layered(file).value
    except ReadingFailed as failed:
        raise DefinitionRefused(failed.findings) from None
    if voice.as_json:
        voice.print_json(
            {
                "values": [
                    {"path": p, "value": v, "file": at.file, "line": at.line}
                    for p, v, at in places(merged)
                ]
            }
        )
    else:
        click.echo(with_places(merged), nl=False)


@click.group()
def version() -> None:
    """流程版本 / versions of procedures."""


_person = click.option("--as", "who", required=True, metavar="PERSON", help="办理人 / who acts")
_roles = click.option("--role", "roles", multiple=True, help="角色，可多次 / role, repeatable")
_note = click.option("--note", default="", help="理由 / reason")


@version.command()
@click.argument("file", type=click.Path(path_type=Path))
@_person
@_note
@cli_errors
@on_database
def propose(voice: Output, engine: Engine, file: Path, who: str, note: str) -> None:
    """提请发布一个版本（先检查）。 Propose a version, after checking it whole."""
    errors = [f for f in lint(file, installed_operations()) if f.severity == "error"]
    if errors:
        raise DefinitionRefused(errors)
    _show(voice, engine.propose_version(load_definition(file), actor=Actor.of(who), note=note))


@version.command()
@click.argument("number", type=int)
@_person
@_roles
@_note
@cli_errors
@on_database
def approve(
    voice: Output, engine: Engine, number: int, who: str, roles: tuple[str, ...], note: str
) -> None:
    """批准发布（须为另一人）。 Publish what another person proposed."""
    _show(voice, engine.decide_version(number, actor=Actor.of(who, *roles), note=note))


@version.command()
@click.argument("number", type=int)
@_person
@_note
@cli_errors
@on_database
def refuse(voice: Output, engine: Engine, number: int, who: str, note: str) -> None:
    """不予发布。 Refuse what another person proposed."""
    _show(voice, engine.decide_version(number, actor=Actor.of(who), in_favour=False, note=note))


@version.command()
@click.argument("number", type=int)
@_person
@_note
@cli_errors
@on_database
def withdraw(voice: Output, engine: Engine, number: int, who: str, note: str) -> None:
    """撤回版本：新案件回到上一版本。 Withdraw a version: new cases begin on the one before again."""
    done = engine.withdraw_version(number, actor=Actor.of(who), note=note)
    with engine.database.begin() as connection:
        running = running_on(connection, done.definition_hash)
    _show(voice, done)
    if not voice.as_json and running:
        click.echo(
            voice.say(
                f"{running} 件在办案件仍按该版本办结", f"{running} running case(s) finish on it"
            )
        )


@version.command("list")
@click.option("--procedure", default=None)
@cli_errors
@on_database
def list_(voice: Output, engine: Engine, procedure: str | None) -> None:
    """列出版本。 List versions, the newest first."""
    found = engine.versions(procedure=procedure)
    if voice.as_json:
        voice.print_json({"versions": list(found)})
        return
    names = (
        ("编号", "no."),
        ("流程", "procedure"),
        ("版本", "version"),
        ("施行", "effective"),
        ("状态", "status"),
        ("提请", "proposed by"),
        ("批准", "decided by"),
        ("个案", "case"),
    )
    table = Table(*(voice.say(*n) for n in names))
    for p in found:
        values: tuple[Any, ...] = (
            p.id,
            p.procedure,
            p.version,
            p.effective,
            p.status,
            p.proposed_by,
            p.decided_by,
            p.case_id or "",
        )
        table.add_row(*map(str, values))
    voice.console().print(table)


def _show(voice: Output, found: Publication) -> None:
    if voice.as_json:
        voice.print_json({"version": found})
        return
    words = {
        "proposed": ("待批准", "proposed"),
        "published": ("已发布", "published"),
        "refused": ("未获批准", "refused"),
        "withdrawn": ("已撤回", "withdrawn"),
    }
    click.echo(
        f"#{found.id} {found.procedure} {found.version} ({found.definition_hash[:12]}): {voice.say(*words[found.status])}"
    )
