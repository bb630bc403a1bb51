"""`zhixing case adopt FILE`: running cases come in, first as a preview, then for good."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from ...court import (
    CourtTakeover,
    Takeover,
    TakeoverItem,
    TakeoverLimit,
    TakeoverLine,
    read_takeover,
    takeover_schema,
)
from ...engine import Actor, Engine
from ...engine.queries.spoken import status
from .._options import acting, with_engine
from ..output import Output, Pair, print_text, with_output
from ..telling import court_zone, local_day
from .cases import case

_OUTCOMES: dict[str, Pair] = {
    "taken-over": ("已接入", "taken over"),
    "here": ("已在办，未重复接入", "here already"),
    "foreseen": ("可以接入", "can be taken over"),
    "failed": ("未接入", "not taken over"),
}
_MARKS = {"taken-over": "✓", "here": "=", "foreseen": "✓", "failed": "✗"}
_WHAT: dict[str, Pair] = {
    "expired": ("届满", "over"),
    "opened": ("已届至，可以办理", "over: may be done now"),
    "escalated": ("上报", "escalated"),
    "event": ("随之办理", "follows"),
}


@case.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="只预览，不写入 / a preview, nothing is written")
@click.option("--court", default="", help="法院（文件中未写明的） / of those that name none")
@acting(default=None)
@with_output
@with_engine
def adopt(
    output: Output, engine: Engine, file: Path, dry_run: bool, court: str, actor: Actor
) -> None:
    """接入存量案件：每件一行 JSON，或 YAML 的 cases；一件有误，只影响该件。
    Running cases come in: FILE has one as JSON a line, or `cases` in YAML; one that is wrong costs
    itself. First with --dry-run: it lists what would come at once."""
    items = _placed(read_takeover(file), court)
    seen = Counter[str]()
    lines = list[TakeoverLine]()
    for line in CourtTakeover(engine).batch(items, actor=actor, dry_run=dry_run):
        seen[line.outcome] += 1
        if output.as_json:
            lines.append(line)
        else:
            _print(output, line)
    output.answer({"cases": lines, "sum": dict(seen)}, lambda: _print_sum(output, seen))
    if seen["failed"]:
        raise click.exceptions.Exit(1)


@case.command("adopt-schema")
def adopt_schema() -> None:
    """存量案件一件的 JSON Schema。 The JSON Schema of one case that comes in."""
    print_text(json.dumps(takeover_schema(), ensure_ascii=False, indent=1))


def _placed(items: Iterator[TakeoverItem], court: str) -> Iterator[TakeoverItem]:
    """The cases, those that name no court in the one of the command."""
    return (item.at(court) for item in items)


def _print(output: Output, line: TakeoverLine) -> None:
    """What became of one case, and below it what comes of that."""
    where = output.say(f"第 {line.item} 件", f"case {line.item}")
    where += output.say(f"（第 {line.line} 行）", f" (line {line.line})") * bool(line.line)
    said = output.say(*_OUTCOMES[line.outcome])
    print_text(f"{_MARKS[line.outcome]} {where} {line.number or '-'} {said}")
    if line.done is not None:
        _print_done(output, line.done)
    else:
        _print_error(output, line.error or {})


def _print_error(output: Output, error: dict[str, Any]) -> None:
    """Why a case did not come in: each fault at its place, or the error that it is."""
    for fault in error.get("faults") or [{"place": "-", **error}]:
        print_text(f"    {fault['place']}: {fault[output.lang]} [{fault['code']}]")


def _print_done(output: Output, done: Takeover) -> None:
    """The case's id, or in a preview its limits; what comes at once, and what was left unsaid."""
    if done.case_id:
        print_text(f"    {done.case_id}")
    else:
        _print_limits(output, done.limits)
    for moment in done.at_once:
        day = moment.due_day or local_day(moment.happened_at, court_zone())
        what = output.say(*_WHAT.get(moment.what, (moment.what, moment.what)))
        name = " ".join(filter(None, (moment.part, output.pick(moment, "title"))))
        output.echo(f"    立即：{day} {name} {what}", f"    at once: {day} {name} {what}")
    for gap in done.unmentioned:
        name = " ".join(filter(None, (gap.part, output.pick(gap, "title"), f"({gap.rule})")))
        output.echo(f"    未写明：{name}", f"    nothing is said of: {name}")


def _print_limits(output: Output, limits: Sequence[TakeoverLimit]) -> None:
    """Each limit with its last day and how it stands."""
    warning = output.say("，已在预警期内", ", within its time of warning")
    for limit in limits:
        name = " ".join(filter(None, (limit.part, output.pick(limit, "title"), limit.key)))
        how = output.words(status(limit.status)) + warning * limit.is_warning
        print_text(f"    {limit.due_day or '-'} {name} {how}")


def _print_sum(output: Output, seen: Counter[str]) -> None:
    """How many cases fared how."""
    said = (f"{output.say(*_OUTCOMES[name])} {seen[name]}" for name in _OUTCOMES if seen[name])
    print_text(output.say("，", ", ").join(said) or output.say("没有案件", "no case"))
