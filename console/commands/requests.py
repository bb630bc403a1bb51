"""`zhixing request …`: what was asked of outside systems, and what a person does about it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from ...engine import (
    Actor,
    AnswerForm,
    AnswerView,
    BookDifference,
    CounterpartyView,
    Engine,
    RequestStatus,
    RequestView,
)
from .._options import acting, request_option, with_engine
from ..output import Output, with_output
from ..telling import court_zone, local

_HEADS = (
    ("请求", "request"),
    ("案件", "case"),
    ("操作", "operation"),
    ("对方", "counterparty"),
    ("状态", "status"),
    ("次数", "attempts"),
    ("发出日", "made"),
    ("最近错误", "last error"),
)
_ANSWER_HEADS = (
    ("答复", "answer"),
    ("来源", "from"),
    ("种类", "kind"),
    ("收到", "received"),
    ("结果", "outcome"),
)
_KIND_HEADS = (("答复种类", "kind"), ("办理", "what it sets off"))
_FIELD_HEADS = (("内容", "field"), ("类型", "type"), ("必填", "required"), ("记入", "taken as"))
_STANDING_HEADS = (
    ("对方", "counterparty"),
    ("待发", "waiting"),
    ("发送中", "sending"),
    ("已发", "sent"),
    ("逾期未复", "silent"),
    ("最早", "oldest"),
    ("最多次数", "most attempts"),
)
_STATUS = {
    RequestStatus.WAITING: ("待发", "waiting"),
    RequestStatus.SENDING: ("发送中", "sending"),
    RequestStatus.SENT: ("已发，待复", "sent"),
    RequestStatus.ANSWERED: ("已复", "answered"),
    RequestStatus.FAILED: ("失败", "failed"),
    RequestStatus.WITHDRAWN: ("未发出，已撤回", "withdrawn"),
}


@click.group()
def request() -> None:
    """对外请求 / requests to the outside."""


@request.command("list")
@click.option("--case", "case_id", default=None)
@click.option("--counterparty", default=None, help="对方 / who is asked")
@click.option(
    "--status", multiple=True, type=click.Choice([status.value for status in RequestStatus])
)
@click.option("--all", "every", is_flag=True, help="包括已结束的 / those that are over too")
@click.option("--limit", type=click.IntRange(1, 10_000), default=200, show_default=True)
@with_output
@with_engine
def list_(
    output: Output, engine: Engine, status: Sequence[str], every: bool, **filters: Any
) -> None:
    """未结束的对外请求，先发出的在前。 Open requests, the oldest first."""
    wanted = [RequestStatus(one) for one in status]
    found = engine.requests(status=wanted, open_only=not (every or wanted), **filters)
    rows = (_row(output, one) for one in found)
    output.answer({"requests": list(found)}, lambda: output.print_table(_HEADS, rows))


@request.command()
@click.argument("request_key", metavar="REQUEST")
@with_output
@with_engine
def answers(output: Output, engine: Engine, request_key: str) -> None:
    """某请求收到的全部答复。 Every answer to a request."""
    found = engine.answers(request_key)
    rows = (_answer_row(one) for one in found)
    output.answer({"answers": list(found)}, lambda: output.print_table(_ANSWER_HEADS, rows))


@request.command()
@click.option("--case", "case_id", default=None)
@click.option("--counterparty", default=None, help="对方 / who was asked")
@click.option("--not-taken", is_flag=True, help="案件未接收的 / those that no case took")
@click.option("--limit", type=click.IntRange(1, 10_000), default=200, show_default=True)
@with_output
@with_engine
def received(output: Output, engine: Engine, **filters: Any) -> None:
    """收到的全部答复，后到的在前。 Every answer that came, the latest first."""
    found = engine.received(**filters)
    rows = ((one.case_id, one.operation, *_answer_row(one)) for one in found)
    heads = (*_HEADS[1:3], *_ANSWER_HEADS)
    output.answer({"answers": list(found)}, lambda: output.print_table(heads, rows))


@request.command()
@with_output
@with_engine
def counterparties(output: Output, engine: Engine) -> None:
    """各协助单位的未结请求。 How each counterparty stands."""
    found = engine.counterparties()
    rows = (_standing_row(one) for one in found)
    output.answer(
        {"counterparties": list(found)}, lambda: output.print_table(_STANDING_HEADS, rows)
    )


@request.command()
@click.argument("request_key", metavar="REQUEST")
@with_output
@with_engine
def form(output: Output, engine: Engine, request_key: str) -> None:
    """录入答复须填写的内容。 What an answer by hand is asked for."""
    asked = engine.answer_form(request_key)
    output.answer(asked.model_dump(mode="json"), lambda: _print_form(output, asked))


def _print_form(output: Output, asked: AnswerForm) -> None:
    output.echo(f"{asked.title_zh}（{asked.operation}）", f"{asked.title_en} ({asked.operation})")
    for name, value in asked.asked.items():
        output.line(f"  {name}: {value}")
    kinds = [(one.kind, output.say(one.title_zh, one.title_en)) for one in asked.kinds]
    output.print_table(_KIND_HEADS, kinds)
    output.print_table(_FIELD_HEADS, _fields(output, asked))


def _fields(output: Output, asked: AnswerForm) -> Iterator[tuple[object, ...]]:
    needed = asked.fields.get("required", ())
    for name, schema in asked.fields.get("properties", {}).items():
        taken = asked.taken.get(name, {"zh": "", "en": ""})
        kind = schema.get("type") or "/".join(
            one.get("type", "…") for one in schema.get("anyOf", ())
        )
        must = output.say("是", "yes") if name in needed else output.say("否", "no")
        yield name, kind or "…", must, output.say(taken["zh"], taken["en"])


_reason_option = click.option("--reason", required=True, help="理由 / why")


@request.command()
@click.argument("request_key", metavar="REQUEST")
@_reason_option
@acting(default=None)
@request_option
@with_output
@with_engine
def retry(output: Output, engine: Engine, request_key: str, **said: Any) -> None:
    """重新发送，编号不变。 Send a request once more, under the same key."""
    engine.retry_request(request_key, **said)
    output.answer({"request": request_key}, lambda: output.echo("将重新发送", "it is sent again"))


@request.command()
@click.argument("request_key", metavar="REQUEST")
@click.option("--kind", default="answered", show_default=True, help="答复种类 / kind of answer")
@click.option(
    "--data",
    "file",
    type=click.Path(path_type=Path, exists=True, allow_dash=True),
    default=None,
    help="答复内容（JSON 文件）/ what it says, a file of JSON",
)
@click.option("--part", is_flag=True, help="并非最后的答复 / it is not the last answer")
@click.option(
    "--on", "happened", type=click.DateTime(["%Y-%m-%d"]), default=None, help="所载之日 / its day"
)
@_reason_option
@acting(default=None)
@request_option
@with_output
@with_engine
def answer(
    output: Output,
    engine: Engine,
    request_key: str,
    actor: Actor,
    kind: str,
    file: Path | None,
    part: bool,
    happened: Any,
    **said: Any,
) -> None:
    """录入来函、来电等方式取得的答复。 Bring an answer that came by letter or call."""
    data = _data(file)
    day = happened.date() if happened is not None else None
    engine.answer_request(
        request_key, data, actor=actor, kind=kind, final=not part, happened_at=day, **said
    )
    output.answer({"request": request_key}, lambda: output.echo("已录入", "it is taken"))


@request.command()
@click.argument("request_key", metavar="REQUEST")
@_reason_option
@acting(default=None)
@request_option
@with_output
@with_engine
def abandon(output: Output, engine: Engine, request_key: str, **said: Any) -> None:
    """不再发送，视为失败。 Send a request no more: it has failed."""
    engine.abandon_request(request_key, **said)
    output.answer({"request": request_key}, lambda: output.echo("不再发送", "it is sent no more"))


@request.command()
@click.argument("adapter")
@click.option("--since", required=True, type=click.DateTime(["%Y-%m-%d"]), help="首日 / first day")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="末日 / last day")
@click.option("--court", default="")
@acting(default=None)
@with_output
@with_engine
def reconcile(
    output: Output, engine: Engine, adapter: str, since: Any, until: Any, court: str, actor: Actor
) -> None:
    """与对方账目核对，不一致的各成事件单。
    Hold a far side's books against ours; each difference is an incident."""
    days = since.date(), until.date()
    found = engine.reconcile(adapter, *days, actor=actor, court=court)
    output.answer({"differences": list(map(_told, found))}, lambda: _print(output, found))
    if found:
        raise click.exceptions.Exit(1)


def _told(one: BookDifference) -> dict[str, Any]:
    return {"what": one.what, "request": one.key, "case": one.case_id, "text": one.text()}


def _print(output: Output, found: Sequence[BookDifference]) -> None:
    for one in found:
        output.line(f"{one.case_id or '-'} {one.key or '-'} {one.text()}")
    output.echo(f"{len(found)} 处不一致", f"{len(found)} differences")


def _data(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    with click.open_file(str(file), encoding="utf-8") as opened:
        try:
            found = json.load(opened)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--data") from None
    if not isinstance(found, dict):
        raise click.BadParameter("{…}", param_hint="--data")
    return found


def _row(output: Output, one: RequestView) -> tuple[object, ...]:
    return (
        one.id,
        one.case_id,
        one.operation,
        one.counterparty or "",
        output.say(*_STATUS[one.status]),
        one.attempts,
        local(one.created_at, court_zone()),
        one.damaged or one.last_error,
    )


def _answer_row(one: AnswerView) -> tuple[object, ...]:
    return one.message_id, one.source, one.kind, local(one.received_at, court_zone()), one.outcome


def _standing_row(one: CounterpartyView) -> tuple[object, ...]:
    oldest = local(one.oldest, court_zone())
    counts = one.waiting, one.sending, one.sent, one.silent
    return one.counterparty, *counts, oldest, one.most_attempts
