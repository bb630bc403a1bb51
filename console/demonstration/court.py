"""The people of a small court and how they work on its cases, through the engine as any host uses
it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from ...adapters import SimulatorProcess
from ...engine import Actor, Case, Engine, Refused, VirtualClock
from ...workflow import national_calendar

ZONE = ZoneInfo("Asia/Shanghai")
Outside = Mapping[str, SimulatorProcess]
"""The far sides that the court's definitions ask, by the name of their adapter."""
START = datetime(2025, 1, 6, 9, 0, tzinfo=ZONE)

OFFICERS = ("judge.zhang", "judge.li", "judge.wang", "judge.zhao")
FILING = Actor.of("立案庭刘", "filing_judge")
CHIEF = Actor.of("局长周", "bureau_chief")
CLERK = Actor.of("书记员陈", "clerk")
PANEL = tuple(Actor.of(name, "panel") for name in ("合议庭郑", "合议庭冯", "合议庭褚"))
APPROVERS = {
    "bureau_chief": (CHIEF,),
    "vice_president": (Actor.of("副院长吴", "vice_president"),),
    "president": (Actor.of("院长郝", "president"),),
    "panel": PANEL,
}

FATES = (
    "pays",
    "pays",
    "nothing",
    "part",
    "withdrawn",
    "suspended",
    "inadmissible",
    "neglected",
)
_PACES = (1, 2, 3, 5)
_SLOWEST = 5
_INQUIRIES = ("record_report", "check_report", "survey_on_site", "restrict_consumption")
_DOCUMENTS = {"restrict_consumption": ("consumption_order",)}
_PAYING = ("pays", "part", "suspended")
_LISTED = ("nothing", "withdrawn")


@dataclass
class Plan:
    """How one case goes: its fate, and how long people take between two steps (in days)."""

    case_id: str
    officer: str
    fate: str
    pace: int
    claim: Decimal
    next_day: int
    asked: set[str] = field(default_factory=set)
    refused: list[tuple[str, Refused]] = field(default_factory=list)

    @property
    def judge(self) -> Actor:
        """Who works on the case."""
        return Actor.of(self.officer, "officer")

    def asks_first(self, what: str) -> bool:
        """Whether this is the first time that something is asked."""
        is_first = what not in self.asked
        self.asked.add(what)
        return is_first


class Court:
    """Twenty cases and the people who work on them."""

    def __init__(self, engine: Engine, clock: VirtualClock, count: int, seed: int) -> None:
        self.engine, self.clock = engine, clock
        self._chance = random.Random(seed)
        self.plans = [self._open(number) for number in range(1, count + 1)]

    def _today(self) -> date:
        return self.clock.now().astimezone(ZONE).date()

    def _open(self, number: int) -> Plan:
        chance = self._chance
        fate = FATES[number % len(FATES)]
        claim = Decimal(chance.randrange(2, 90)) * 10_000
        officer = OFFICERS[number % len(OFFICERS)]
        case = self.engine.open_case(
            "first_enforcement",
            actor=FILING,
            id=f"demo-{number:03}",
            number=f"(2025)示01执{number}号",
            data={
                "applicant": f"applicant-{number}",
                "debtor": f"debtor-{number}",
                "claim": str(claim),
                "account": f"6222{number:08}",
                "applied_on": self._today().isoformat(),
            },
        )
        pace, next_day = chance.choice(_PACES), chance.randrange(0, 20)
        return Plan(case.id, officer, fate, pace, claim, next_day)

    def live(self, day: int) -> None:
        """A day of work; nobody works on a rest day."""
        if not national_calendar().is_working(self._today()):
            return
        for plan in self.plans:
            if day >= plan.next_day:
                plan.next_day = day + self._chance.randrange(1, 2 + plan.pace * 2)
                self._work(plan, self.engine.case(plan.case_id))

    def _work(self, plan: Plan, case: Case) -> None:
        if case.closed_at is not None:
            self._after_closing(plan, case)
        elif not (plan.fate == "neglected" and case.state == "inquiry"):
            self._by_state[case.state](self, plan, case)

    def _after_closing(self, plan: Plan, case: Case) -> None:
        if case.state == "closed_for_now" and "database" not in plan.asked:
            plan.asked.add("database")
            self._fire(plan, "enter_database", CLERK)
        elif case.state != "inadmissible" and "archive" not in plan.asked and plan.pace < 3:
            plan.asked.add("archive")
            self._fire(plan, "archive", CLERK)

    def _fire(
        self,
        plan: Plan,
        trigger: str,
        actor: Actor,
        documents: tuple[str, ...] = (),
        **data: Any,
    ) -> bool:
        """Try something; false when it was refused."""
        references = {name: f"{plan.case_id}/{name}.pdf" for name in documents}
        try:
            self.engine.fire(plan.case_id, trigger, actor=actor, data=data, documents=references)
        except Refused as refused:
            plan.refused.append((trigger, refused))
            return False
        return True

    # -- what is done in each state

    def _in_received(self, plan: Plan, case: Case) -> None:
        found = {"title_effective": plan.fate != "inadmissible", "has_jurisdiction": True}
        if not self._fire(plan, "accept", FILING, ("application",), **found):
            self._fire(plan, "reject", FILING, ("closing_ruling",))

    def _in_filed(self, plan: Plan, case: Case) -> None:
        self._fire(plan, "assign", CHIEF, assigned_officer=plan.officer)

    def _in_assigned(self, plan: Plan, case: Case) -> None:
        self._fire(plan, "ask_for_clues", plan.judge)
        self._fire(plan, "issue_notice", plan.judge, ("notice", "report_order"))

    def _in_inquiry(self, plan: Plan, case: Case) -> None:
        if plan.fate == "suspended" and plan.asks_first("suspend"):
            self._suspend(plan)
            return
        for trigger in _INQUIRIES:
            if plan.asks_first(trigger):
                self._fire(plan, trigger, plan.judge, _DOCUMENTS.get(trigger, ()))
                return
        if case.data.get("inquiry_on") is not None:
            outcome = "property_found" if case.data["found"] > 0 else "no_property"
            self._fire(plan, outcome, plan.judge)

    def _suspend(self, plan: Plan) -> None:
        reason = "被执行人死亡，等待继承人承担义务"
        documents = ("suspension_ruling",)
        self._fire(plan, "suspend", plan.judge, documents, suspension_reason=reason)
        plan.next_day += 40

    def _in_suspended(self, plan: Plan, case: Case) -> None:
        self._fire(plan, "resume", plan.judge)

    def _in_measures(self, plan: Plan, case: Case) -> None:
        if plan.fate in _LISTED and plan.asks_first("listing"):
            self._fire(plan, "propose_listing", plan.judge)
        elif plan.fate != "withdrawn" and case.data["found"] > 0 and plan.asks_first("freeze"):
            self._fire(plan, "propose_freeze", plan.judge)
        elif not self._work_on_a_measure(plan):
            self._take_money_or_close(plan)

    def _work_on_a_measure(self, plan: Plan) -> bool:
        """Work on an open measure of the case; false when none is to be waited for."""
        for child in self.engine.query(parent=plan.case_id, open_only=True):
            own = Plan(child.id, plan.officer, plan.fate, 1, plan.claim, 0)
            if child.state in self._in_a_measure:
                self._in_a_measure[child.state](self, own, child)
            if not (child.state == "listed" and plan.fate == "nothing"):
                return True
        return False

    def _order_freeze(self, plan: Plan, measure: Case) -> None:
        if self._fire(plan, "order_freeze", plan.judge, amount=str(plan.claim)):
            self.engine.approve(plan.case_id, "order_freeze", actor=CHIEF)

    def _send_notice(self, plan: Plan, measure: Case) -> None:
        self._fire(plan, "send_notice", plan.judge, ("ruling", "assistance_notice"))

    def _transfer(self, plan: Plan, measure: Case) -> None:
        self._fire(plan, "transfer", plan.judge, ("transfer_ruling",))

    def _list_debtor(self, plan: Plan, measure: Case) -> None:
        if measure.waiting:
            self._approve(plan, measure)
            return
        found = {"debtor_is_minor": False, "enough_seized": False, "guarantee_effective": False}
        why = {"ground": "breaks_report", "lighter_measures": "已限制消费，仍不报告财产"}
        name, papers = f"{measure.data['debtor']}（演示）", ("decision", "review_record")
        self._fire(plan, "list_debtor", plan.judge, papers, debtor_name=name, **found, **why)

    def _end_listing(self, plan: Plan, measure: Case) -> None:
        if plan.fate == "withdrawn":
            self._fire(plan, "ask_to_delete", plan.judge)

    def _delete_entry(self, plan: Plan, measure: Case) -> None:
        if "reason" not in measure.data:
            self._fire(plan, "withdraw_entry", CLERK, reason="申请执行人撤回执行申请")

    def _take_money_or_close(self, plan: Plan) -> None:
        if plan.fate not in _PAYING or not plan.asks_first("funds"):
            self._fire(plan, "submit_for_closing", plan.judge)
            return
        part = (plan.claim / 5).quantize(Decimal("0.01"))
        received = part if plan.fate == "part" else plan.claim
        self._fire(plan, "receive_funds", plan.judge, received=str(received))

    def _in_funds(self, plan: Plan, case: Case) -> None:
        """A slow judge keeps the money beyond its term."""
        if plan.pace == _SLOWEST and plan.asks_first("held"):
            plan.next_day += 40
            return
        received = str(case.data["received"])
        self._fire(plan, "distribute", plan.judge, distributed=received)

    def _in_closing_review(self, plan: Plan, case: Case) -> None:
        if case.waiting:
            self._approve(plan, case)
        elif plan.fate == "withdrawn":
            ruling = ("closing_ruling",)
            self._fire(plan, "terminate", plan.judge, ruling, termination_ground="withdrawn")
        elif case.data["distributed"] >= plan.claim:
            self._fire(plan, "close_performed", plan.judge)
        else:
            documents = ("interview_record", "closing_ruling")
            if not self._fire(plan, "close_for_now", plan.judge, documents):
                plan.next_day += 10

    def _approve(self, plan: Plan, case: Case) -> None:
        """The vote of somebody who has not voted yet."""
        (waiting,) = case.waiting
        voted = {ballot.person for ballot in waiting.ballots}
        able = (actor for role in waiting.awaits for actor in APPROVERS.get(role, ()))
        person = next(actor for actor in able if actor.id not in voted)
        self.engine.approve(plan.case_id, waiting.trigger, actor=person)

    _by_state: dict[str, Callable[[Court, Plan, Case], None]] = {
        "received": _in_received,
        "filed": _in_filed,
        "assigned": _in_assigned,
        "inquiry": _in_inquiry,
        "suspended": _in_suspended,
        "measures": _in_measures,
        "funds": _in_funds,
        "closing_review": _in_closing_review,
    }
    _in_a_measure: dict[str, Callable[[Court, Plan, Case], None]] = {
        "proposed": _order_freeze,
        "approved": _send_notice,
        "effective": _transfer,
        "under_review": _list_debtor,
        "listed": _end_listing,
        "deleting": _delete_entry,
    }
