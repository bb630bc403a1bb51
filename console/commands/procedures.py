"""`zhixing procedure …`, `zhixing case form`: what there is, and what an act asks for."""

from __future__ import annotations

from collections.abc import Iterator

import click

from ...court import ActForm, CourtMetadata, ProcedureView
from ...engine import Actor, Engine
from .._options import acting, with_engine
from ..output import Output, with_output
from .cases import case

_HEADS = (("流程", "procedure"), ("名称", "title"), ("版本", "version"), ("", ""))
_FIELD_HEADS = (("字段", "field"), ("名称", "title"), ("内容", "value"), ("", ""))
_ACT_HEADS = (("动作", "act"), ("名称", "title"), ("办理人", "by"), ("从", "from"), ("至", "to"))
_LIMIT_HEADS = (("期限", "limit"), ("名称", "title"), ("依据", "basis"))


@click.group()
def procedure() -> None:
    """流程及其内容 / procedures and what they are made of."""


@procedure.command("list")
@click.option("--court", default="")
@with_output
@with_engine
def list_(output: Output, engine: Engine, court: str) -> None:
    """今日可以立案的流程及版本。 The procedures of which a case may begin today."""
    found = CourtMetadata(engine).procedures(court)
    draft = output.say("草案", "draft")
    rows = (
        (one.id, output.pick(one, "title"), one.version, draft if one.draft else "")
        for one in found
    )
    output.answer({"procedures": list(found)}, lambda: output.print_table(_HEADS, rows))


@procedure.command()
@click.argument("name")
@click.option("--court", default="")
@with_output
@with_engine
def show(output: Output, engine: Engine, name: str, court: str) -> None:
    """一个流程的动作和期限；--json 列出全部内容。
    The acts and limits of a procedure; --json has everything."""
    found = CourtMetadata(engine).procedure(name, court)
    output.answer(found, lambda: _print(output, found))


def _print(output: Output, found: ProcedureView) -> None:
    output.line(f"{found.id} {found.version} {output.pick(found, 'title')}")
    acts = (
        (
            act.id,
            output.pick(act, "title"),
            ", ".join(act.by),
            ", ".join(act.sources),
            act.target,
        )
        for act in found.acts
    )
    output.print_table(_ACT_HEADS, acts)
    limits = ((one.id, output.pick(one, "title"), one.basis) for one in found.limits)
    output.print_table(_LIMIT_HEADS, limits)


@procedure.command("form")
@click.argument("name")
@click.option("--court", default="")
@acting(default=None)
@with_output
@with_engine
def opening(output: Output, engine: Engine, name: str, court: str, actor: Actor) -> None:
    """立案须填写的内容。 What opening a case asks for."""
    found = CourtMetadata(engine).opening_form(name, actor=actor, court=court)
    output.answer(found, lambda: _print_form(output, found))


@case.command("form")
@click.argument("case_id")
@click.argument("act")
@click.option("--about", default="", help="针对的记录 / the record it is about")
@acting(default=None)
@with_output
@with_engine
def form(output: Output, engine: Engine, case_id: str, act: str, about: str, actor: Actor) -> None:
    """办理一个动作须填写的内容、须有的文书，以及现有障碍。
    What an act asks for: fields, documents, and what stands in the way: CASE ACT."""
    found = CourtMetadata(engine).form(case_id, act, actor=actor, about=about)
    output.answer(found, lambda: _print_form(output, found))


def _print_form(output: Output, form: ActForm) -> None:
    output.line(output.pick(form, "title"))
    rows = [*_fields(output, form), *_documents(output, form)]
    if rows:
        output.print_table(_FIELD_HEADS, rows)
    else:
        output.echo("无须填写", "nothing is to be filled in")
    for obstacle in form.obstacles:
        output.line(f"- {obstacle.text(output.lang)}")


def _fields(output: Output, form: ActForm) -> Iterator[tuple[object, ...]]:
    required = output.say("必填", "required")
    for name, shape in form.fields["properties"].items():
        title = output.say(shape["title"], shape["x-title-en"])
        mark = required if name in form.fields["required"] else ""
        yield name, title, form.known.get(name, ""), mark


def _documents(output: Output, form: ActForm) -> Iterator[tuple[object, ...]]:
    required, paper = output.say("必须", "required"), output.say("（文书）", "(document)")
    for document in form.documents:
        mark = required if document.required else ""
        yield document.id, output.pick(document, "title"), paper, mark
