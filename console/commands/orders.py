"""`zhixing case …`: orders of a person about a case, and votes on what waits for approval."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ...engine import Actor, DefinitionRefused, Engine
from ...workflow.source.yaml_reader import ReadingFailed, read_file
from .._options import acting, calling, reason_option, request_option, with_engine
from ..output import Output, with_output
from .cases import case, document_option, references, show_case


@case.command()
@click.argument("case_id")
@click.argument("trigger")
@click.option("--note", default="")
@acting()
@with_output
@with_engine
@calling
def approve(
    output: Output,
    engine: Engine,
    case_id: str,
    trigger: str,
    note: str,
    actor: Actor,
    calling: dict[str, Any],
) -> None:
    """批准待审批的事项。 Vote for what waits for approval: CASE TRIGGER."""
    show_case(output, engine, engine.approve(case_id, trigger, actor=actor, note=note, **calling))


@case.command()
@click.argument("case_id")
@click.argument("trigger")
@reason_option
@acting()
@with_output
@with_engine
@calling
def reject(
    output: Output,
    engine: Engine,
    case_id: str,
    trigger: str,
    note: str,
    actor: Actor,
    calling: dict[str, Any],
) -> None:
    """不批准。 Vote against what waits for approval: CASE TRIGGER."""
    show_case(output, engine, engine.reject(case_id, trigger, actor=actor, note=note, **calling))


@case.command()
@click.argument("case_id")
@click.argument("trigger")
@acting(has_roles=False)
@with_output
@with_engine
@calling
def withdraw(
    output: Output,
    engine: Engine,
    case_id: str,
    trigger: str,
    actor: Actor,
    calling: dict[str, Any],
) -> None:
    """撤回自己提请的事项。 Take back what one proposed: CASE TRIGGER."""
    show_case(output, engine, engine.withdraw(case_id, trigger, actor=actor, **calling))


@case.command()
@click.argument("case_id")
@click.argument("officer")
@click.option("--team", default=None, help="承办的局、团队 / the bureau or team")
@click.option("--note", default="")
@acting(default=None)
@with_output
@with_engine
@calling
def assign(
    output: Output,
    engine: Engine,
    case_id: str,
    officer: str,
    team: str | None,
    note: str,
    actor: Actor,
    calling: dict[str, Any],
) -> None:
    """指定承办人。 Name the officer of a case: CASE OFFICER."""
    show_case(
        output,
        engine,
        engine.assign(case_id, officer, team=team, note=note, actor=actor, **calling),
    )


@case.command()
@click.argument("case_id")
@click.argument("name")
@click.argument("other")
@click.option("--note", default="")
@acting(default=None)
@with_output
@with_engine
@calling
def link(
    output: Output,
    engine: Engine,
    case_id: str,
    name: str,
    other: str,
    note: str,
    actor: Actor,
    calling: dict[str, Any],
) -> None:
    """关联已有的另一案件。 Link a case with another that there is: CASE NAME OTHER."""
    show_case(output, engine, engine.link(case_id, name, other, note=note, actor=actor, **calling))


@case.command()
@click.argument("sub_procedure")
@click.argument("to")
@click.argument("name")
@click.option("--note", default="")
@acting(default=None)
@with_output
@with_engine
@calling
def transfer(
    output: Output,
    engine: Engine,
    sub_procedure: str,
    to: str,
    name: str,
    note: str,
    actor: Actor,
    calling: dict[str, Any],
) -> None:
    """将子程序移送关联案件。 Move a sub-procedure to a linked case: SUB TO NAME-THERE."""
    engine.transfer(sub_procedure, to, as_=name, note=note, actor=actor, **calling)
    show_case(output, engine, engine.case(sub_procedure))


@case.command()
@click.argument("case_id")
@click.argument("limit")
@click.option(
    "--from",
    "counted_from",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    help="自该日起算，默认自此刻 / counted from this day; by default from now",
)
@click.option("--law", is_flag=True, help="LIMIT 是法定期限表的一行 / LIMIT is a row of the law")
@click.option(
    "--length",
    type=click.IntRange(1),
    default=None,
    help="法律未定的长度 / the length that the law leaves open",
)
@document_option
@click.option("--note", default="")
@acting()
@with_output
@with_engine
@calling
def arm(
    output: Output,
    engine: Engine,
    case_id: str,
    limit: str,
    counted_from: datetime | None,
    law: bool,
    length: int | None,
    documents: tuple[str, ...],
    note: str,
    actor: Actor,
    calling: dict[str, Any],
) -> None:
    """手工起算期限：流程的，或法定期限表的一行。
    Start a limit by hand: CASE LIMIT, of the procedure or (--law) of the law."""
    day = counted_from.date() if counted_from is not None else None
    given = {"counted_from": day, "documents": references(documents), "note": note, **calling}
    if law:
        after = engine.arm_law(case_id, limit, actor=actor, length=length, **given)
    else:
        after = engine.arm(case_id, limit, actor=actor, **given)
    show_case(output, engine, after)


@case.command()
@click.argument("case_id")
@click.argument("limit")
@document_option
@click.option("--note", default="")
@acting()
@with_output
@with_engine
@calling
def meet(
    output: Output,
    engine: Engine,
    case_id: str,
    limit: str,
    documents: tuple[str, ...],
    note: str,
    actor: Actor,
    calling: dict[str, Any],
) -> None:
    """登记手工起算的法定期限已完成。
    A limit of the law that was armed by hand is met: CASE LIMIT."""
    handed_in = references(documents)
    after = engine.meet(case_id, limit, actor=actor, documents=handed_in, note=note, **calling)
    show_case(output, engine, after)


@case.command()
@click.argument("case_id")
@click.argument("layer", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@reason_option
@request_option
@acting(has_roles=False)
@with_output
@with_engine
def redesign(
    output: Output,
    engine: Engine,
    case_id: str,
    layer: Path,
    note: str,
    request_id: str | None,
    actor: Actor,
) -> None:
    """提请个案流程再造（由另一人以 version approve 批准）。
    Propose another flow for one case: CASE LAYER."""
    try:
        _, text = read_file(layer)
    except ReadingFailed as failed:
        raise DefinitionRefused(failed.findings) from None
    found = engine.propose_redesign(case_id, text, actor=actor, note=note, request_id=request_id)
    command = f"zhixing version approve {found.id}"
    words = (f"#{found.id} 已提请，待批准：{command}", f"#{found.id} proposed: {command}")
    output.answer({"version": found}, lambda: output.echo(*words))
