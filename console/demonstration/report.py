"""What came of the half year: one case from day to day, what is overdue, and how cases ended."""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from ...engine import Case, Deadline, HistoryEntry
from ...engine.queries.spoken import Spoken, status
from ..deadline_table import print_deadlines
from ..output import Output
from .court import ZONE, Court, Outside, Plan

_MOST = 100_000
_MODES = {
    "fully_performed": ("执行完毕", "fully performed"),
    "for_now": ("终结本次执行程序", "closed for now"),
    "terminated": ("终结执行", "terminated"),
    "inadmissible": ("不予受理", "inadmissible"),
    "open": ("未结", "still open"),
}


def print_report(output: Output, court: Court, outside: Outside, path: Path) -> None:
    """Print the report, or give it as JSON."""
    engine = court.engine
    cases = [engine.case(plan.case_id) for plan in court.plans]
    modes = Counter(case.closing_mode or "open" for case in cases)
    overdue = engine.overdue()
    sample = max(court.plans, key=lambda plan: engine.case(plan.case_id).version)
    if output.as_json:
        report = {
            "cases": len(cases),
            "modes": dict(modes),
            "overdue": [deadline.model_dump(exclude={"steps"}) for deadline in overdue],
            "alerts": len(engine.alerts(limit=_MOST)),
            "outside": dict(_asked(court)),
            "took_effect": _took_effect(outside),
            "sample": sample.case_id,
            "database": str(path),
        }
        output.print_json(report)
        return
    _print_timeline(output, court, sample)
    _print_overdue(output, overdue)
    _print_modes(output, cases, modes)
    _print_outside(output, court, outside)
    _print_next_steps(output, sample, path)


def _print_timeline(output: Output, court: Court, plan: Plan) -> None:
    case, engine = court.engine.case(plan.case_id), court.engine
    number = case.number
    output.console().rule(output.say(f"一个案件的经过：{number}", f"one case: {number}"))
    spoken = Spoken(engine.registry.current(case.procedure).definition, output.lang)
    for entry in engine.history(plan.case_id):
        _print_entry(output, spoken, entry)
    for trigger, refused in plan.refused:
        act, why = spoken.act(trigger), refused.data[f"why_{output.lang}"]
        words = output.say(f"  曾被拒绝：{act}：{why}", f"  was refused: {act}: {why}")
        output.console().print(words, style="yellow")
    output.console().rule(output.say("各期限如何计算", "how each time limit was computed"))
    for deadline in engine.deadlines(plan.case_id, live=False, explain=True):
        _print_computation(output, deadline)


def _print_entry(output: Output, spoken: Spoken, entry: HistoryEntry) -> None:
    console = output.console()
    when = entry.happened_at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
    title = spoken.entry(entry.kind, entry.trigger)
    console.print(f"[bold]{when}[/] {title} [dim]{entry.actor}[/]")
    for effect in entry.effects:
        if "deadline" in effect:
            console.print(f"      ⏱ {spoken.effect(effect)}", style="dim")


def _print_computation(output: Output, deadline: Deadline) -> None:
    console = output.console()
    title = output.pick(deadline, "title")
    due = f"{deadline.due_day} ({output.words(status(deadline.status))}) {deadline.basis}"
    console.print(f"[bold]{title}[/] → {due}")
    for step in deadline.steps:
        console.print(f"    {step.text(output.lang)}", style="dim")


def _print_overdue(output: Output, overdue: Sequence[Deadline]) -> None:
    output.console().rule(output.say("超期清单（按承办人）", "overdue, by officer"))
    print_deadlines(output, sorted(overdue, key=lambda d: (d.officer, str(d.due_day))))


def _print_modes(output: Output, cases: Sequence[Case], modes: Counter[str]) -> None:
    console = output.console()
    console.rule(output.say("结案方式", "closing modes"))
    rows = ((output.say(*_MODES[mode]), number) for mode, number in modes.most_common())
    output.print_table((("方式", "mode"), ("件数", "cases")), rows)
    realised = sum(map(_paid_out, cases), Decimal())
    claimed = sum((case.data["claim"] for case in cases), Decimal())
    share = f"{realised / claimed:.1%}"
    words = output.say(
        f"到位率：{share}（{realised} / {claimed} 元）",
        f"realised: {share} ({realised} of {claimed} yuan)",
    )
    console.print(words)


def _paid_out(case: Case) -> Decimal:
    """What the applicant got."""
    return sum((payout["amount"] for payout in case.data.get("payout") or ()), Decimal())


def _asked(court: Court) -> Counter[str]:
    """How often each operation was asked of the outside, over the socket."""
    made = court.engine.requests(open_only=False, limit=_MOST)
    return Counter(request.operation for request in made)


def _took_effect(outside: Outside) -> dict[str, int]:
    """How many requests each far side acted on, by its own ledger."""
    return {name: len(far_side.ledger) for name, far_side in outside.items()}


def _print_outside(output: Output, court: Court, outside: Outside) -> None:
    asked = ", ".join(f"{name} × {times}" for name, times in sorted(_asked(court).items()))
    took = ", ".join(f"{name} {count}" for name, count in _took_effect(outside).items())
    words = output.say(
        f"向模拟外部系统发出：{asked}；对方账上受理：{took}",
        f"asked of the simulated outside: {asked}; acted on, by its own ledgers: {took}",
    )
    output.console().print(words)


def _print_next_steps(output: Output, sample: Plan, path: Path) -> None:
    console, on = output.console(), f"--db sqlite:///{path}"
    console.print(output.say("\n继续：", "\nTo go on:"))
    for command in (
        f"case list {on}",
        f"case show {sample.case_id} --role officer {on}",
        f"case history {sample.case_id} {on}",
        f"case diagram {sample.case_id} {on} -o case.svg",
        f"task list {on}",
        f"deadline list {on}",
    ):
        console.print(f"  {_own_name()} {command}", style="cyan")


def _own_name() -> str:
    """How this command is typed here: by its name where the path has it, else by the way to it."""
    if shutil.which("zhixing"):
        return "zhixing"
    script = Path(sys.argv[0])
    return os.path.relpath(script) if script.name == "zhixing" else "python -m zhixing.console"
