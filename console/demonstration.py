"""The demonstration: a small court lives half a year in simulated time, through the engine as any host uses it."""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from ..adapters.network_inquiry import NetworkInquiry
from ..adapters.simulators.network_inquiry import NO_FAULTS, NetworkSimulator
from ..engine import Actor, Case, Engine, Refused, VirtualClock
from ..engine.outside.dispatcher import Dispatcher
from ..workflow import national_calendar
from .cases import deadline_table, packaged_definitions
from .output import Output, progress

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2025, 1, 6, 9, 0, tzinfo=ZONE)
DAYS = 182
OFFICERS = ("张法官", "李法官", "王法官", "赵法官")
FILING, CHIEF = Actor.of("立案庭刘", "filing_judge"), Actor.of("局长周", "bureau_chief")
CLERK = Actor.of("书记员陈", "clerk")

APPROVERS = {
    "bureau_chief": (CHIEF,),
    "vice_president": (Actor.of("副院长吴", "vice_president"),),
    "panel": (
        Actor.of("合议庭郑", "panel"),
        Actor.of("合议庭冯", "panel"),
        Actor.of("合议庭褚", "panel"),
    ),
}


@dataclass
class _Plan:
    """How one case goes: its fate, and how long people take between two steps (in days)."""

    case_id: str
    officer: str
    fate: str
    pace: int
    claim: Decimal
    next_day: int
    asked: set[str] = field(default_factory=set)
    refused: list[tuple[str, str]] = field(default_factory=list)


class Court:
    """Twenty cases and the people who work on them."""

    def __init__(self, engine: Engine, clock: VirtualClock, count: int, seed: int) -> None:
        self.engine, self.clock = engine, clock
        self.chance = random.Random(seed)
        self.plans: list[_Plan] = []
        for number in range(1, count + 1):
            self._open(number)

    def _open(self, number: int) -> None:
        chance = self.chance
        fate = (
            "pays",
            "pays",
            "nothing",
            "part",
            "withdrawn",
            "suspended",
            "inadmissible",
            "neglected",
        )[number % 8]
        claim = Decimal(chance.randrange(2, 90)) * 10_000
        officer = OFFICERS[number % len(OFFICERS)]
        case = self.engine.open_case(
            "first_enforcement",
            actor=FILING,
            id=f"demo-{number:03}",
            number=f"(2025)示01执{number}号",
            court="示例市第一人民法院",
            officer=officer,
            data={
                "applicant": f"applicant-{number}",
                "debtor": f"debtor-{number}",
                "claim": str(claim),
                "account": f"6222{number:08}",
                "applied_on": self.clock.now().astimezone(ZONE).date().isoformat(),
                "title_effective": fate != "inadmissible",
                "has_jurisdiction": True,
            },
        )
        self.plans.append(
            _Plan(
                case.id, officer, fate, chance.choice((1, 2, 3, 5)), claim, chance.randrange(0, 20)
            )
        )

    def live(self, day: int) -> None:
        """A day of work; nobody works on a rest day."""
        if not national_calendar().is_working(self.clock.now().astimezone(ZONE).date()):
            return
        for plan in self.plans:
            if day >= plan.next_day:
                plan.next_day = day + self.chance.randrange(1, 2 + plan.pace * 2)
                case = self.engine.case(plan.case_id)
                if case.closed_at is not None:
                    self._after_closing(plan, case)
                elif not (plan.fate == "neglected" and case.state == "inquiry"):
                    getattr(self, f"_in_{case.state}")(plan, case)

    def _after_closing(self, plan: _Plan, case: Case) -> None:
        if case.state == "closed_for_now" and "database" not in plan.asked:
            plan.asked.add("database")
            self._fire(plan, "enter_database", CLERK)
        elif case.state != "inadmissible" and "archive" not in plan.asked and plan.pace < 3:
            plan.asked.add("archive")
            self._fire(plan, "archive", CLERK)

    def _fire(
        self,
        plan: _Plan,
        trigger: str,
        actor: Actor,
        documents: tuple[str, ...] = (),
        **data: object,
    ) -> bool:
        try:
            references = {name: f"{plan.case_id}/{name}.pdf" for name in documents}
            self.engine.fire(plan.case_id, trigger, actor=actor, data=data, documents=references)
        except Refused as refused:
            plan.refused.append((trigger, refused.data["why_zh"]))
            return False
        return True

    def _officer(self, plan: _Plan) -> Actor:
        return Actor.of(plan.officer, "officer")

    def _in_received(self, plan: _Plan, case: Case) -> None:
        if not self._fire(plan, "accept", FILING, ("application",)):
            self._fire(plan, "reject", FILING, ("closing_ruling",))

    def _in_filed(self, plan: _Plan, case: Case) -> None:
        self._fire(plan, "assign", CHIEF)

    def _in_assigned(self, plan: _Plan, case: Case) -> None:
        officer = self._officer(plan)
        self._fire(plan, "ask_for_clues", officer)
        self._fire(plan, "issue_notice", officer, ("notice", "report_order"))

    def _in_inquiry(self, plan: _Plan, case: Case) -> None:
        officer = self._officer(plan)
        if plan.fate == "suspended" and "suspend" not in plan.asked:
            plan.asked.add("suspend")
            self._fire(
                plan,
                "suspend",
                officer,
                ("suspension_ruling",),
                suspension_reason="被执行人死亡，等待继承人承担义务",
            )
            plan.next_day += 40
            return
        for trigger in ("record_report", "check_report", "survey_on_site", "restrict_consumption"):
            if trigger not in plan.asked:
                plan.asked.add(trigger)
                self._fire(plan, trigger, officer)
                return
        if case.data["inquiry_answered"]:
            self._fire(plan, "property_found" if case.data["found"] > 0 else "no_property", officer)

    def _in_suspended(self, plan: _Plan, case: Case) -> None:
        self._fire(plan, "resume", self._officer(plan))

    def _in_measures(self, plan: _Plan, case: Case) -> None:
        officer = self._officer(plan)
        if plan.fate == "withdrawn":
            self._fire(plan, "submit_for_closing", officer)
        elif case.data["found"] > 0 and "freeze" not in plan.asked:
            plan.asked.add("freeze")
            self._fire(plan, "propose_freeze", officer)
        elif self._frozen(plan, officer):
            return
        elif plan.fate in ("pays", "part", "suspended") and "funds" not in plan.asked:
            plan.asked.add("funds")
            amount = (
                plan.claim if plan.fate != "part" else (plan.claim / 5).quantize(Decimal("0.01"))
            )
            self._fire(plan, "receive_funds", officer, received=str(amount))
        else:
            self._fire(plan, "submit_for_closing", officer)

    def _frozen(self, plan: _Plan, officer: Actor) -> bool:
        """Work on an open freeze of the case; false when there is none."""
        for child in self.engine.query(parent=plan.case_id, open_only=True):
            child_plan = _Plan(child.id, plan.officer, "", 1, plan.claim, 0)
            if child.state == "proposed":
                if self._fire(child_plan, "order_freeze", officer, amount=str(plan.claim)):
                    self.engine.approve(child.id, "order_freeze", actor=CHIEF)
            elif child.state == "approved":
                self._fire(child_plan, "send_notice", officer, ("ruling", "assistance_notice"))
            elif child.state == "effective":
                self._fire(child_plan, "transfer", officer)
            return True
        return False

    def _in_funds(self, plan: _Plan, case: Case) -> None:
        if (
            "held" not in plan.asked and plan.pace == 5
        ):  # a slow one keeps the money beyond its term
            plan.asked.add("held")
            plan.next_day += 40
            return
        self._fire(plan, "distribute", self._officer(plan), distributed=str(case.data["received"]))

    def _in_closing_review(self, plan: _Plan, case: Case) -> None:
        officer = self._officer(plan)
        if case.waiting:
            (waiting,) = case.waiting
            person = next(
                a
                for role in waiting.awaits
                for a in APPROVERS.get(role, ())
                if a.id not in {b.person for b in waiting.ballots}
            )
            self.engine.approve(plan.case_id, waiting.trigger, actor=person)
        elif plan.fate == "withdrawn":
            self._fire(
                plan, "terminate", officer, ("closing_ruling",), termination_ground="withdrawn"
            )
        elif case.data["distributed"] >= plan.claim:
            self._fire(plan, "close_performed", officer)
        elif not self._fire(plan, "close_for_now", officer, ("interview_record", "closing_ruling")):
            plan.next_day += 10


def run(voice: Output, path: Path, count: int, seed: int) -> None:
    """Live the half year and print what came of it."""
    clock = VirtualClock(START)
    url = f"sqlite:///{path}"
    with NetworkSimulator(seed, NO_FAULTS) as network:
        adapter = NetworkInquiry(network.url)
        with Engine(
            url,
            packaged_definitions() / "cn",
            clock=clock,
            adapters=[adapter],
            synchronous="NORMAL",
        ) as engine:
            court = Court(engine, clock, count, seed)
            _live(voice, engine, court, clock)
            _report(voice, engine, court, path)


def _live(voice: Output, engine: Engine, court: Court, clock: VirtualClock) -> None:
    dispatcher = Dispatcher(engine)
    with progress(voice) as bar:
        task = bar.add_task(voice.say("模拟半年", "half a year"), total=DAYS)
        for day in range(DAYS):
            clock.set(START + timedelta(days=day))
            engine.run_due()
            while dispatcher.run_due():
                pass
            court.live(day)
            bar.advance(task)


def _report(voice: Output, engine: Engine, court: Court, path: Path) -> None:
    cases = [engine.case(plan.case_id) for plan in court.plans]
    modes = Counter(case.closing_mode or "open" for case in cases)
    overdue = engine.overdue()
    sample = max(court.plans, key=lambda plan: engine.case(plan.case_id).version)
    if voice.as_json:
        voice.print_json(
            {
                "cases": len(cases),
                "modes": dict(modes),
                "overdue": [d.model_dump(exclude={"steps"}) for d in overdue],
                "alerts": len(engine.alerts(limit=100_000)),
                "sample": sample.case_id,
                "database": str(path),
            }
        )
        return
    console = voice.console()
    _print_timeline(voice, console, engine, sample)
    _print_overdue(voice, console, engine, overdue)
    _print_modes(voice, console, cases, modes)
    say = voice.say
    console.print(say("\n继续：", "\nTo go on:"))
    for command in (
        f"case list --db sqlite:///{path}",
        f"case show {sample.case_id} --role officer --db sqlite:///{path}",
        f"case history {sample.case_id} --db sqlite:///{path}",
        f"case diagram {sample.case_id} --db sqlite:///{path} -o case.svg",
        f"task list --db sqlite:///{path}",
        f"deadline list --db sqlite:///{path}",
    ):
        console.print(f"  {_own_name()} {command}", style="cyan")


def _own_name() -> str:
    """How this command is typed here: by its name where it is on the path, else by the way to it."""
    if shutil.which("zhixing"):
        return "zhixing"
    script = Path(sys.argv[0])
    return os.path.relpath(script) if script.name == "zhixing" else "python -m zhixing.console"


def _print_timeline(voice: Output, console: Console, engine: Engine, plan: _Plan) -> None:
    case = engine.case(plan.case_id)
    console.rule(voice.say(f"一个案件的经过：{case.number}", f"one case: {case.number}"))
    limits = defaultdict(list)
    procedure = engine.registry.current(case.procedure).definition
    for entry in engine.history(plan.case_id):
        for effect in entry.effects:
            limits[entry.seq].append(effect)
        title = (
            procedure.trigger_title(entry.trigger).text(voice.lang)
            if entry.trigger
            else voice.say("期限", "time limit")
        )
        if entry.kind == "opened":
            title = voice.say("收到申请", "application received")
        when = entry.at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
        console.print(f"[bold]{when}[/] {title} [dim]{entry.actor}[/]")
        for effect in entry.effects:
            if "deadline" in effect:
                name = procedure.deadlines[effect["deadline"]].title.text(voice.lang)
                console.print(
                    f"      ⏱ {_EFFECTS.get(effect['what'].partition(':')[0], (effect['what'],) * 2)[voice.lang == 'en']} {name}"
                    f" {effect.get('due') or ''}",
                    style="dim",
                )
    for trigger, why in plan.refused:
        console.print(
            voice.say(f"  曾被拒绝：{trigger}：{why}", f"  was refused: {trigger}: {why}"),
            style="yellow",
        )
    console.rule(voice.say("各期限如何计算", "how each time limit was computed"))
    for deadline in engine.deadlines(plan.case_id, live=False, explain=True):
        console.print(
            f"[bold]{voice.pick(deadline, 'title')}[/] → {deadline.due_day} ({deadline.status}) {deadline.basis}"
        )
        for step in deadline.steps:
            console.print(f"    {step.text(voice.lang)}", style="dim")


_EFFECTS = {
    "armed": ("起算", "starts"),
    "warned": ("预警", "warning"),
    "expired": ("超期", "expired"),
    "met": ("按期完成", "met"),
    "met-late": ("逾期完成", "met late"),
    "cancelled": ("结束", "ended"),
    "paused": ("暂停", "paused"),
    "resumed": ("恢复", "resumed"),
    "escalated": ("上报", "escalated"),
    "opened": ("期满可办", "open now"),
    "recomputed": ("重新计算", "recomputed"),
}


def _print_overdue(
    voice: Output, console: Console, engine: Engine, overdue: tuple[object, ...]
) -> None:
    console.rule(voice.say("超期清单（按承办人）", "overdue, by officer"))
    ordered = sorted(overdue, key=lambda d: (d.officer, d.due_day))  # type: ignore[attr-defined]
    console.print(deadline_table(voice, ordered))  # type: ignore[arg-type]


def _print_modes(voice: Output, console: Console, cases: list[Case], modes: Counter[str]) -> None:
    console.rule(voice.say("结案方式", "closing modes"))
    table = Table(voice.say("方式", "mode"), voice.say("件数", "cases"))
    names = {
        "fully_performed": ("执行完毕", "fully performed"),
        "for_now": ("终结本次执行程序", "closed for now"),
        "terminated": ("终结执行", "terminated"),
        "inadmissible": ("不予受理", "inadmissible"),
        "open": ("未结", "still open"),
    }
    for mode, number in modes.most_common():
        table.add_row(voice.say(*names[mode]), str(number))
    console.print(table)
    realised = sum((case.data["distributed"] for case in cases), Decimal())
    claimed = sum((case.data["claim"] for case in cases), Decimal())
    console.print(
        voice.say(
            f"到位率：{realised / claimed:.1%}（{realised} / {claimed} 元）",
            f"realised: {realised / claimed:.1%} ({realised} of {claimed} yuan)",
        )
    )
