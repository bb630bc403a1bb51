"""`zhixing adapter …`: what outside systems can be asked, whether they are set up here, one try."""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TextIO, TypeVar

import click
from pydantic import BaseModel

from ...adapters import (
    Adapter,
    AdapterRegistry,
    AdapterSettings,
    Answer,
    Call,
    Operation,
    TemporaryFailure,
    Unclear,
    known_operations,
)
from ...adapters.installed import installed
from ...workflow import ZhixingError
from .._options import court_option
from ..output import Output, print_text, with_output

_HEADS = (
    ("操作", "operation"),
    ("已设置", "set up for"),
    ("答复方式", "answers come"),
    ("通常用时", "latency"),
    ("沉默期", "silence"),
    ("可重发", "repeatable"),
    ("对方", "counterparty"),
    ("频率", "rate"),
    ("顺序", "order"),
)
T = TypeVar("T")
_LONGEST = 10_000
_MOST_ANSWERS = 100
_BETWEEN_POLLS = 0.5


class NotJson(ZhixingError):
    """The data of a request are no JSON object."""

    code = "adapter-data"
    zh, en = "请求数据应为 JSON 对象：{why}", "the data must be a JSON object: {why}"


class NeedsYes(ZhixingError):
    """A try would change something outside, and nobody said that it shall."""

    code = "adapter-needs-yes"
    zh = "{operation} 会在外部系统中产生效果（不可重发，或有对应的撤回操作）；确要试用请加 --yes"
    en = (
        "{operation} has an effect outside (it is not repeatable, or is taken back by another, or "
        "takes another back); say --yes to try it all the same"
    )


@click.group()
def adapter() -> None:
    """外部系统的适配器 / adapters of outside systems."""


def _set_up() -> AdapterRegistry:
    """What is set up here. Its problems are told by the command, and not by the log as well."""
    logging.getLogger("zhixing").addHandler(logging.NullHandler())
    return AdapterRegistry(discover=True)


# -- list


@adapter.command("list")
@with_output
def list_(output: Output) -> None:
    """列出已安装的适配器和操作，以及为哪些法院设置。
    List what is installed, each operation with its options, and the courts it is set up for."""
    registry = _set_up()
    found = [_told(name, one, registry) for name, one in known_operations().items()]
    problems = [problem.as_json() for problem in registry.problems]
    told = {"operations": found, "problems": problems}
    output.answer(told, lambda: _print_list(output, found, registry))


def _told(name: str, operation: Operation, registry: AdapterRegistry) -> dict[str, Any]:
    adapter = name.partition(".")[0]
    return {
        "operation": name,
        "set_up": [court for court, its_name, _ in registry.each() if its_name == adapter],
        "arrives": operation.arrives.value,
        "latency_seconds": operation.latency.total_seconds(),
        "silence_seconds": operation.silence.total_seconds(),
        "repeatable": operation.repeatable,
        "counterparty": operation.counterparty,
        "at_a_time": operation.at_a_time,
        "per_minute": operation.per_minute,
        "ordered_by": operation.ordered_by,
        "taken_back_by": operation.taken_back_by,
    }


def _print_list(output: Output, found: list[dict[str, Any]], registry: AdapterRegistry) -> None:
    output.print_table(_HEADS, (_row(output, one) for one in found))
    for problem in registry.problems:
        print_text(f"{problem.text(output.lang)} [{problem.code}]", err=True)


def _row(output: Output, one: Mapping[str, Any]) -> tuple[object, ...]:
    courts = [court or output.say("全部法院", "all courts") for court in one["set_up"]]
    rate = output.say(f"同时 {one['at_a_time']}", f"{one['at_a_time']} at a time")
    if one["per_minute"] is not None:
        rate += output.say(f"，每分钟 {one['per_minute']:g}", f", {one['per_minute']:g} a minute")
    return (
        one["operation"],
        ", ".join(courts) or output.say("未设置", "not set up"),
        one["arrives"],
        str(timedelta(seconds=one["latency_seconds"])),
        str(timedelta(seconds=one["silence_seconds"])),
        output.say("是", "yes") if one["repeatable"] else output.say("否", "no"),
        one["counterparty"] or "-",
        rate,
        one["ordered_by"] or "-",
    )


# -- check


@adapter.command()
@click.argument("name", required=False)
@court_option
@with_output
def check(output: Output, name: str | None, court: str) -> None:
    """检查设置是否完整、证书文件可读、对方可达；不显示任何密钥。
    Check settings, certificate files, and whether the far side is there; no secret is shown."""
    registry = _set_up()
    found = list(_checks(registry, name, court))
    is_fine = all(one["ok"] for one in found)
    output.answer({"ok": is_fine, "checks": found}, lambda: _print_checks(output, found))
    if not is_fine:
        raise SystemExit(1)


def _checks(registry: AdapterRegistry, name: str | None, court: str) -> Iterator[dict[str, Any]]:
    """A line for each adapter that is set up, or should be."""
    is_asked = partial(_is_asked, name, court)
    wrong = filter(is_asked, [_line(*_place(one), one) for one in registry.problems])
    set_up = filter(is_asked, [_line(its, of, None) for of, its, _ in registry.each()])
    made = {(its, of): one for of, its, one in registry.each()}
    found = list(wrong)
    for line in set_up:
        place = line["adapter"], line["court"]
        found.append(_line(*place, _problem(*place, made[place])))
    yield from found
    if name is not None and not found:
        yield _line(name, court, _not_set_up(name))


def _place(problem: ZhixingError) -> tuple[str, str]:
    """The adapter that a problem is about (`-`: all), and the court (empty: all)."""
    return problem.data.get("adapter", "-"), problem.data.get("court", "")


def _is_asked(name: str | None, court: str, line: Mapping[str, Any]) -> bool:
    """Whether a line is about the adapter and the court that were named; of all: about each."""
    of_name = name is None or line["adapter"] in (name, "-")
    return of_name and court in ("", line["court"])


def _not_set_up(name: str) -> ZhixingError:
    if name in installed():
        return NotSetUpHere(adapter=name)
    return NotInstalled(adapter=name, known=", ".join(installed()) or "-")


class NotSetUpHere(ZhixingError):
    """An adapter is installed, and nothing sets it up for the court."""

    code = "adapter-not-set-up"
    zh, en = "适配器 {adapter} 在此未设置", "the adapter {adapter} is not set up here"


class NotInstalled(ZhixingError):
    """No adapter of this name is installed."""

    code = "adapter-unknown"
    zh = "没有安装名为 {adapter} 的适配器；已安装：{known}"
    en = "no adapter {adapter} is installed; installed: {known}"


class FileUnreadable(ZhixingError):
    """A file that the settings name cannot be read."""

    code = "adapter-file"
    zh, en = "设置 {key} 所指的文件无法读取：{why}", "the file of {key} cannot be read: {why}"


class CheckFailed(ZhixingError):
    """The check of an adapter raised what it should not."""

    code = "adapter-fault"
    zh, en = "适配器出错：{why}", "the adapter failed: {why}"


def _problem(name: str, court: str, adapter: Adapter) -> ZhixingError | None:
    """What is wrong with an adapter that was made; None where all is well."""
    try:
        _read_files(name, court, adapter)
        _of_adapter(getattr(adapter, "check", lambda: None))
    except ZhixingError as error:
        return error
    return None


def _read_files(name: str, court: str, adapter: Adapter) -> None:
    """Read a byte of every file that the settings name. Raises `FileUnreadable`."""
    shape: type[BaseModel] | None = getattr(adapter, "Settings", None)
    settings = AdapterSettings.read()
    if shape is None or not settings.are_given(name, court):
        return
    for key, value in settings.of(name, shape, court):
        if isinstance(value, Path):
            try:
                with value.open("rb") as file:
                    file.read(1)
            except OSError as error:
                raise FileUnreadable(key=key, why=error.strerror) from None


def _line(name: str, court: str, problem: ZhixingError | None) -> dict[str, Any]:
    return {
        "adapter": name,
        "court": court,
        "ok": problem is None,
        "problem": None if problem is None else problem.as_json(),
    }


def _print_checks(output: Output, found: list[dict[str, Any]]) -> None:
    if not found:
        output.echo("没有设置任何适配器", "no adapter is set up here")
    for one in found:
        court = one["court"] or output.say("全部法院", "all courts")
        problem = one["problem"]
        said = output.say("正常", "fine")
        if problem is not None:
            said = f"{problem[output.lang]} [{problem['code']}]"
        print_text(f"{one['adapter']} ({court}): {said}")


# -- try


@adapter.command("try")
@click.argument("operation")
@click.option("--data", type=click.File("r"), required=True, help="JSON 文件，或 - / JSON, or -")
@court_option
@click.option("--key", default=None, help="请求的键，默认随机 / the key; a new one by default")
@click.option(
    "--wait",
    "seconds",
    type=click.FloatRange(0, 3600),
    default=10.0,
    show_default=True,
    help="等候答复的秒数 / how long to wait for answers",
)
@click.option("--yes", is_flag=True, help="不再确认 / do not ask")
@with_output
def try_(
    output: Output,
    operation: str,
    data: TextIO,
    court: str,
    key: str | None,
    seconds: float,
    yes: bool,
) -> None:
    """在任何案件之外发送一次请求，并显示答复。
    Send one request outside any case, and show the answers as they come."""
    registry = _set_up()
    adapter = registry.adapter(operation, court)
    shape = adapter.operations[operation.partition(".")[2]]
    payload = registry.request(operation, _read(data), court)
    _permit(output, operation, shape, adapter, yes)
    call = Call(
        shape.name,
        key or f"try-{secrets.token_hex(16)}",
        payload,
        timeout_seconds=shape.seconds,
        court=court,
    )
    answers = []
    for answer in _answers(adapter, shape, call, seconds):
        answers.append(answer)
        if not output.as_json:
            print_text(json.dumps(answer, ensure_ascii=False, default=str)[:_LONGEST])
    told = {"operation": operation, "key": call.key, "answers": answers}
    output.answer(told, lambda: _print_end(output, call, answers))


def _read(data: TextIO) -> dict[str, Any]:
    try:
        found = json.loads(data.read(), parse_float=str)
    except (ValueError, RecursionError) as error:
        raise NotJson(why=error) from None
    if not isinstance(found, dict):
        raise NotJson(why=type(found).__name__)
    return found


def _permit(output: Output, name: str, operation: Operation, adapter: Adapter, yes: bool) -> None:
    """Go on where somebody says so. Raises `NeedsYes`."""
    if yes:
        return
    undoing = {one.taken_back_by for one in adapter.operations.values()}
    if not operation.repeatable or operation.taken_back_by or operation.name in undoing:
        raise NeedsYes(operation=name)
    asked = f"向外部系统发送 {name}？", f"send {name} to the outside system?"
    click.confirm(output.say(*asked), abort=True, err=True)


def _answers(
    adapter: Adapter, operation: Operation, call: Call, seconds: float
) -> Iterator[dict[str, Any]]:
    """The answers as they come, each once: until the last one, or so long, or so many."""
    end = time.monotonic() + seconds
    reply = _of_adapter(lambda: adapter.send(call))
    is_asked_for = reply.pending and operation.is_polled
    seen: dict[str, dict[str, Any]] = {}
    given = _of_adapter(lambda: list(map(_shown, reply.answers)))
    while True:
        yield from _new(given, seen)
        if _is_over(seen) or not is_asked_for or time.monotonic() >= end:
            return
        time.sleep(min(_BETWEEN_POLLS, max(0.0, end - time.monotonic())))
        given = _polled(adapter, call.key)


def _new(given: list[dict[str, Any]], seen: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the answers that were not seen yet; now they are."""
    new = {one["id"]: one for one in given if one["id"] not in seen}
    seen |= new
    return list(new.values())[:_MOST_ANSWERS]


def _is_over(seen: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether the last answer has come, or more than anybody reads."""
    return len(seen) >= _MOST_ANSWERS or any(one["final"] for one in seen.values())


def _polled(adapter: Adapter, key: str) -> list[dict[str, Any]]:
    """What there is by now; of a far side that cannot say it just now, nothing."""
    try:
        return _of_adapter(lambda: [_shown(one) for one in adapter.poll(key)])
    except (TemporaryFailure, Unclear):
        return []


def _of_adapter(ask: Callable[[], T]) -> T:
    """What an adapter gives. Raises `CheckFailed` for what it should not raise."""
    try:
        return ask()
    except ZhixingError:
        raise
    except Exception as error:  # its words may hold a secret
        raise CheckFailed(why=type(error).__name__) from None


def _shown(answer: Answer) -> dict[str, Any]:
    return {
        "id": answer.message_id,
        "kind": answer.kind,
        "final": answer.final,
        "happened_at": answer.happened_at,
        "data": dict(answer.data),
    }


def _print_end(output: Output, call: Call, answers: list[dict[str, Any]]) -> None:
    if any(one["final"] for one in answers):
        output.echo(f"已答复（键 {call.key}）", f"answered (key {call.key})")
    else:
        output.echo(
            f"已发送，尚无最后答复（键 {call.key}）", f"sent, no last answer (key {call.key})"
        )
