"""The people of a small court and how they work on its cases, through the engine as any host uses
it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from ...adapters import SimulatorProcess
from ...engine import Actor, Case, Engine, Refused, VirtualClock
from ...workflow import national_calendar
from ...workflow.formulas import enforcement_fee

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
_NOTHING: Mapping[str, Any] = {}
_PACES = (1, 2, 3, 5)
_SLOWEST = 5
_INQUIRIES = {
    "record_report": ("property_report",),
    "check_report": ("report_check",),
    "survey_on_site": ("survey_record",),
    "restrict_consumption": (),
}
"""What is done first in every inquiry, and the paper that comes with it."""
_PAYING = ("pays", "part", "suspended")
_IN_FULL = ("pays", "suspended")
_LISTED = ("nothing", "withdrawn")
_LIFTED_FOR = {"withdrawn": "agreed"}
_FRESH = 80
"""Days after which an inquiry is made anew before closing for now: it may be three months old."""
_A_DEPOSIT = {"holding.what": "银行存款", "holding.value": "1000"}
_RESTING = ("listed", "in_force")
"""Where a measure stays that stands until the debtor has performed."""


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


Step = Callable[["Court", Plan, Case], None]
"""Something that is done once in a case."""


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
        for_now = (Court._serve_closing, Court._enter_database)
        is_slow = plan.pace >= 3 or case.state == "inadmissible"
        steps = (*(for_now if case.state == "closed_for_now" else ()), Court._archive)
        self._take_a_step(plan, case, steps[: len(steps) - is_slow])

    def _serve_closing(self, plan: Plan, case: Case) -> None:
        served = {"closing_served_on": self._today().isoformat()}
        self._fire(plan, "record_for_now_service", CLERK, ("service_receipt",), served)

    def _enter_database(self, plan: Plan, case: Case) -> None:
        self._fire(plan, "enter_database", CLERK)

    def _archive(self, plan: Plan, case: Case) -> None:
        self._fire(plan, "archive", CLERK)

    def _fire(
        self,
        plan: Plan,
        trigger: str,
        actor: Actor,
        documents: tuple[str, ...] = (),
        data: Mapping[str, Any] = _NOTHING,
        about: str = "",
    ) -> bool:
        """Try something; false when it was refused."""
        given = {name: f"{plan.case_id}/{name}.pdf" for name in documents}
        try:
            self.engine.fire(
                plan.case_id, trigger, actor=actor, data=data, documents=given, about=about
            )
        except Refused as refused:
            plan.refused.append((trigger, refused))
            return False
        return True

    # -- what is done in each state

    def _in_received(self, plan: Plan, case: Case) -> None:
        asked = ("title_effective", "is_entitled", "is_definite", "in_default", "has_jurisdiction")
        found = dict.fromkeys(asked, True) | {"title_effective": plan.fate != "inadmissible"}
        if not self._fire(plan, "accept", FILING, ("application",), found):
            self._fire(plan, "reject", FILING, ("rejection_ruling",))

    def _in_filed(self, plan: Plan, case: Case) -> None:
        self._fire(plan, "assign", CHIEF, (), {"assigned_officer": plan.officer})

    def _in_assigned(self, plan: Plan, case: Case) -> None:
        self._fire(plan, "ask_for_clues", plan.judge)
        self._fire(plan, "issue_notice", plan.judge, ("notice", "report_order"))
        served = self._today().isoformat()
        receipt = ("service_receipt",)
        self._fire(plan, "record_notice_service", CLERK, receipt, {"notice_served_on": served})
        plan.next_day += 11  # the time to perform

    def _in_inquiry(self, plan: Plan, case: Case) -> None:
        if plan.fate == "suspended" and plan.asks_first("suspend"):
            self._suspend(plan)
            return
        for trigger, papers in _INQUIRIES.items():
            if plan.asks_first(trigger):
                self._fire(plan, trigger, plan.judge, papers)
                return
        if case.data.get("inquiry_on") is not None:
            outcome = "property_found" if case.data["found"] > 0 else "no_property"
            self._fire(plan, outcome, plan.judge)

    def _suspend(self, plan: Plan) -> None:
        reason = "被执行人死亡，等待继承人承担义务"
        documents = ("suspension_ruling",)
        why = {"suspension_ground": "heirs", "suspension_reason": reason}
        self._fire(plan, "suspend", plan.judge, documents, why)
        plan.next_day += 40

    def _in_suspended(self, plan: Plan, case: Case) -> None:
        self._fire(plan, "resume", plan.judge, ("resumption_notice",))

    def _in_measures(self, plan: Plan, case: Case) -> None:
        listing = (Court._propose_listing,) if plan.fate in _LISTED else ()
        freezes = case.data["found"] > 0 and plan.fate != "withdrawn"
        steps = (*listing, *((Court._propose_freeze,) if freezes else ()))
        if not self._take_a_step(plan, case, steps) and not self._work_on_a_measure(plan):
            self._take_money_or_close(plan, case)

    def _propose_listing(self, plan: Plan, case: Case) -> None:
        self._fire(plan, "propose_listing", plan.judge)

    def _propose_freeze(self, plan: Plan, case: Case) -> None:
        self._fire(plan, "propose_freeze", plan.judge)

    def _work_on_a_measure(self, plan: Plan) -> bool:
        """Work on an open measure of the case; false when none is to be waited for."""
        for child in self.engine.query(parent=plan.case_id, open_only=True):
            own = Plan(child.id, plan.officer, plan.fate, 1, plan.claim, 0, asked=plan.asked)
            work = self._in_a_measure.get((child.procedure, child.state))
            if work is not None:
                work(self, own, child)
            if child.state not in _RESTING or self._ends(plan):
                return True
        return False

    def _ends(self, plan: Plan) -> bool:
        """Whether what stands against the debtor is to be lifted: all is paid, or withdrawn."""
        return plan.fate == "withdrawn" or (plan.fate in _IN_FULL and "funds" in plan.asked)

    def _order_freeze(self, plan: Plan, measure: Case) -> None:
        if self._fire(plan, "order_freeze", plan.judge, (), {"amount": str(plan.claim)}):
            self.engine.approve(plan.case_id, "order_freeze", actor=CHIEF)

    def _send_notice(self, plan: Plan, measure: Case) -> None:
        self._fire(plan, "send_notice", plan.judge, ("ruling", "assistance_notice"))

    def _transfer(self, plan: Plan, measure: Case) -> None:
        frozen = measure.data["frozen"]
        if frozen > 0:
            papers = ("transfer_ruling", "transfer_notice", "transfer_reply")
            self._fire(plan, "transfer", plan.judge, papers, {"transferred": str(frozen)})
        else:
            lifting = ("lifting_ruling", "lifting_notice")
            self._fire(plan, "lift", plan.judge, lifting, {"reason": "账户没有余额"})

    def _sign_order(self, plan: Plan, measure: Case) -> None:
        if measure.waiting:
            self._approve(plan, measure)
            return
        asked = ("debtor_is_unit", "on_dishonest_list", "enough_controlled", "applicant_holds_back")
        name = f"{measure.data['debtor']}（演示）"
        who = {"person": name, "capacity": "debtor", "factors": "有收入而不履行"}
        found = dict.fromkeys(asked, False) | who
        self._fire(plan, "issue_order", plan.judge, ("consumption_order",), found)

    def _lift_restriction(self, plan: Plan, measure: Case) -> None:
        if self._ends(plan):
            ground = _LIFTED_FOR.get(plan.fate, "performed")
            papers = ("lifting_proof", "lifting_notice")
            self._fire(plan, "lift", plan.judge, papers, {"lifting_ground": ground})

    def _list_debtor(self, plan: Plan, measure: Case) -> None:
        if measure.waiting:
            self._approve(plan, measure)
            return
        asked = ("debtor_is_minor", "enough_seized", "guarantee_effective", "ranked_later")
        found = dict.fromkeys(asked, False) | {"risk_stated": True}
        why = {"ground": "breaks_report", "lighter_measures": "已限制消费，仍不报告财产"}
        name, papers = f"{measure.data['debtor']}（演示）", ("decision", "review_record")
        self._fire(plan, "list_debtor", plan.judge, papers, found | why | {"debtor_name": name})

    def _end_listing(self, plan: Plan, measure: Case) -> None:
        if plan.fate == "withdrawn":
            papers = ("early_decision", "deletion_proof")
            self._fire(plan, "delete_early", plan.judge, papers, {"early_reason": "corrects"})

    def _delete_entry(self, plan: Plan, measure: Case) -> None:
        if "reason" not in measure.data:
            self._fire(plan, "withdraw_entry", CLERK, (), {"reason": "申请执行人撤回执行申请"})

    def _take_money_or_close(self, plan: Plan, case: Case) -> None:
        if plan.fate in _PAYING and plan.asks_first("funds"):
            self._receive(plan)
        elif not self._pay_out(plan, case) and not self._complete(plan, case):
            self._fire(plan, "submit_for_closing", plan.judge)

    def _receive(self, plan: Plan) -> None:
        """What the debtor pays: the whole with the fee, or a fifth."""
        part = (plan.claim / 5).quantize(Decimal("0.01"))
        amount = part if plan.fate == "part" else plan.claim + _fee(plan)
        received = {"receipt.amount": str(amount), "receipt.paid_on": self._today().isoformat()}
        self._fire(plan, "receive_funds", CLERK, (), received)
        if plan.pace == _SLOWEST:  # a slow judge keeps the money beyond its term
            plan.next_day += 40

    def _pay_out(self, plan: Plan, case: Case) -> bool:
        """Pay out what came in, a step at a time; false where there is nothing to be paid."""
        if case.waiting:
            self._approve(plan, case)
            return True
        fee = (Court._take_fee,) if plan.fate in _IN_FULL else ()
        steps = (*fee, Court._distribute, Court._settle) if case.data.get("receipt") else ()
        return self._take_a_step(plan, case, steps)

    def _take_a_step(self, plan: Plan, case: Case, steps: Iterable[Step]) -> bool:
        """The first of some steps that is not taken yet; false where all are."""
        step = next((one for one in steps if plan.asks_first(one.__name__)), None)
        if step is not None:
            step(self, plan, case)
        return step is not None

    def _take_fee(self, plan: Plan, case: Case) -> None:
        self._fire(plan, "take_fee", CLERK, (), {"fee.amount": str(_fee(plan))})

    def _distribute(self, plan: Plan, case: Case) -> None:
        amount = min(plan.claim, case.data["receipt"][0]["amount"])
        paid = {"payout.amount": str(amount), "payout.payee": case.data["applicant"]}
        self._fire(plan, "distribute", plan.judge, ("payment_sheet",), paid)

    def _settle(self, plan: Plan, case: Case) -> None:
        receipt = case.data["receipt"][0]["id"]
        self._fire(plan, "settle_receipt", plan.judge, ("settlement_sheet",), about=receipt)

    def _complete(self, plan: Plan, case: Case) -> bool:
        """What closing for now needs beside; false once everything was done."""
        if plan.fate in (*_IN_FULL, "withdrawn"):
            return False
        found = (Court._record_property, Court._conclude_property) if case.data["found"] else ()
        unlisted = (Court._decide_not_to_list,) if plan.fate == "part" else ()
        is_old = (self._today() - case.data["inquiry_on"]).days > _FRESH
        if self._take_a_step(plan, case, (*unlisted, *found)):
            return True
        return is_old and self._fire(plan, "launch_inquiry", plan.judge)

    def _decide_not_to_list(self, plan: Plan, case: Case) -> None:
        self._fire(plan, "decide_not_to_list", plan.judge, ("no_listing_record",))

    def _record_property(self, plan: Plan, case: Case) -> None:
        self._fire(plan, "record_property", plan.judge, ("property_record",), _A_DEPOSIT)

    def _conclude_property(self, plan: Plan, case: Case) -> None:
        record, outcome = case.data["holding"][0]["id"], {"holding.outcome": "realised"}
        papers = ("holding_record",)
        self._fire(plan, "conclude_property", plan.judge, papers, outcome, record)

    def _in_closing_review(self, plan: Plan, case: Case) -> None:
        if case.waiting:
            self._approve(plan, case)
        elif plan.fate == "withdrawn":
            papers = ("termination_ruling", "termination_proof")
            self._fire(plan, "terminate", plan.judge, papers, {"termination_ground": "withdrawn"})
        elif plan.fate in _IN_FULL:
            self._fire(plan, "close_performed", plan.judge, ("closing_notice",))
        else:
            documents = ("interview_record", "for_now_ruling")
            if not self._fire(plan, "close_for_now", plan.judge, documents):
                plan.next_day += 10

    def _approve(self, plan: Plan, case: Case) -> None:
        """The vote of somebody who has not voted yet."""
        (waiting,) = case.waiting
        voted = {ballot.person for ballot in waiting.ballots}
        able = (actor for role in waiting.awaits for actor in APPROVERS.get(role, ()))
        person = next(actor for actor in able if actor.id not in voted)
        try:
            self.engine.approve(plan.case_id, waiting.trigger, actor=person)
        except Refused as refused:  # as where the inquiry has grown old meanwhile
            plan.refused.append((waiting.trigger, refused))
            self.engine.withdraw(plan.case_id, waiting.trigger, actor=plan.judge)
            self._fire(plan, "take_back", plan.judge)

    _by_state: dict[str, Callable[[Court, Plan, Case], None]] = {
        "received": _in_received,
        "filed": _in_filed,
        "assigned": _in_assigned,
        "inquiry": _in_inquiry,
        "suspended": _in_suspended,
        "measures": _in_measures,
        "closing_review": _in_closing_review,
    }
    _in_a_measure: dict[tuple[str, str], Callable[[Court, Plan, Case], None]] = {
        ("freeze_deposit", "proposed"): _order_freeze,
        ("freeze_deposit", "approved"): _send_notice,
        ("freeze_deposit", "effective"): _transfer,
        ("consumption_restriction", "proposed"): _sign_order,
        ("consumption_restriction", "in_force"): _lift_restriction,
        ("dishonest_list", "under_review"): _list_debtor,
        ("dishonest_list", "listed"): _end_listing,
        ("dishonest_list", "deleting"): _delete_entry,
    }


def _fee(plan: Plan) -> Decimal:
    """The fee for enforcing the whole claim."""
    return enforcement_fee(plan.claim).fee
