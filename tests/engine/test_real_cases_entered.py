"""The published enforcement cases are entered step by step, on their days, and read back whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
import yaml

from tests.conftest import DATA, SHANGHAI
from zhixing.engine import Actor, Engine, Refused, VirtualClock
from zhixing.workflow import load_definition

CASES = {case["id"]: case for case in yaml.safe_load((DATA / "enforcement_cases.yaml").read_text())}
DEFINITION = load_definition(DATA / "real_enforcement.yaml")
WANG = Actor.of("wang", "officer")
REGISTERED = ("kind", "court", "case_no", "cause", "title", "claim", "costs", "fee")
ABOUT_THE_SOURCE = {"id", "source", "read", "expected", "events"}
ELSEWHERE = {"shares", "recovered", "closed"}
"""Facts written at a case that belong to its asset, its closing and its state."""


@dataclass(frozen=True)
class Step:
    """An act of the definition for one kind of event.

    `to` is the list of the record that the act adds, or is about (`each`); "" where it writes the
    case itself. `day` and `exact` name the fields of the day and of how exact it is, `at` that of
    the instant where the event has an hour; `fields` where each further fact of the event goes.
    """

    trigger: str
    to: str = ""
    adds: bool = True
    day: str = "on"
    exact: str = "precision"
    at: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


def of_case(trigger: str, name: str, **fields: str) -> Step:
    return Step(trigger, day=f"{name}_on", exact=f"{name}_precision", fields=fields)


def added(trigger: str, to: str, name: str = "", **fields: str) -> Step:
    prefix = f"{name}_" if name else ""
    return Step(trigger, to, day=f"{prefix}on", exact=f"{prefix}precision", fields=fields)


def about(trigger: str, to: str, name: str = "", at: str = "", **fields: str) -> Step:
    day, exact = (f"{name}_on", f"{name}_precision") if name else ("", "")
    return Step(trigger, to, False, day, exact, at, fields)


SOLD = {"amount": "price", "deposit": "deposit"}
STEPS = {
    "judgment": of_case("record_judgment", "judgment"),
    "mediation": of_case("record_mediation", "mediation"),
    "title_issued": of_case("record_title_issued", "title_issued"),
    "judgment_served": of_case("record_judgment_served", "judgment_served"),
    "performance_due": of_case("record_performance_due", "performance_due"),
    "applied": of_case("record_applied", "applied"),
    "notice_issued": of_case("record_notice", "notice"),
    "resumption_applied": of_case(
        "apply_resumption", "resumption_applied", why="resumption_reason"
    ),
    "resumption_filed": of_case("file_resumption", "resumption_filed"),
    "application_withdrawn": of_case("withdraw_application", "withdrawn"),
    "network_inquiry": added("inquire_network", "inquiry"),
    "field_inquiry": added("inquire_register", "inquiry", what="what"),
    "onsite": added("inquire_onsite", "inquiry"),
    "enforcement_action": added("act_on_site", "action", owed="owed"),
    "deposit_transferred": added("transfer", "payment", amount="amount"),
    "performed": added("perform", "payment", amount="amount"),
    "paid_out": added("pay_out", "payment", amount="amount"),
    "fee_taken": added("take_fee", "payment", amount="amount"),
    "freeze_transfer_ruling": added("rule_transfer", "ruling", amount="amount"),
    "ruling_disclosed": added("disclose", "ruling"),
    "consumption_restriction": added("restrict", "sanction"),
    "dishonest_listed": added("list_debtor", "sanction"),
    "dishonest_removed": added("unlist", "sanction"),
    "consumption_restriction_lifted": added("lift", "sanction"),
    "settlement_signed": added("settle", "settlement", terms="terms"),
    "objection_filed": added("object", "objection", "filed", by="by"),
    "objection_ruled": about("rule_objection", "objection", "ruled", result="result"),
    "set_off_ruled": added("rule_set_off", "set_off", "ruled"),
    "set_off_ruling_served": Step(
        "serve_set_off", "set_off", False, "served_on", "served_precision", "", {"to": "served_to"}
    ),
    "bankruptcy_accepted": added("accept_bankruptcy", "bankruptcy", court="court", no="number"),
    "reorganisation_accepted": added(
        "accept_reorganisation", "bankruptcy", court="court", no="number"
    ),
    "suspended": added("suspend", "suspension"),
    "seized": about("seize", "asset", "seized", what="what", term_years="term_years"),
    "frozen": about("freeze", "asset", "frozen"),
    "auction_ruling_disclosed": about("disclose_ruling", "auction", "ruling"),
    "auction_disclosed": about("disclose_auction", "auction", "disclosed"),
    "auction_notice_served": about("serve_notice", "auction", "notice_served"),
    "auction_was_due": about(
        "schedule_auction", "auction", at="planned_from", ends="planned_until"
    ),
    "auction_started": about(
        "start_auction",
        "auction",
        at="started_at",
        start_price="start_price",
        deposit="deposit",
        step_price="price_step",
    ),
    "auction_ends": about("end_auction", "auction", at="ends_at"),
    "auction_sold": about("sell", "auction", "result", at="result_at", **SOLD),
    "reauction_sold": about("sell", "auction", "result", at="result_at", **SOLD),
    "auction_failed": about("fail", "auction", "result", at="result_at"),
    "auction_withdrawn": about("withdraw_auction", "auction", "result"),
    "buyer_defaulted": about("default", "auction", "defaulted"),
    "closed": added("close_for_now", "closing", served="served_on"),
}
MODES = {"终结本次执行程序": "close_for_now", "终结执行": "end"}
KINDS = {
    "network_inquiry": "network",
    "field_inquiry": "register",
    "onsite": "onsite",
    "deposit_transferred": "transferred",
    "performed": "performed",
    "paid_out": "paid_out",
    "fee_taken": "fee",
    "freeze_transfer_ruling": "freeze_transfer",
    "ruling_disclosed": "disclosed",
    "consumption_restriction": "restricted",
    "dishonest_listed": "listed",
    "dishonest_removed": "unlisted",
    "consumption_restriction_lifted": "lifted",
    "bankruptcy_accepted": "bankruptcy",
    "reorganisation_accepted": "reorganisation",
}
"""What the act itself writes as the kind of its record."""
RESULTS = {
    "auction_sold": "sold",
    "reauction_sold": "sold",
    "auction_failed": "failed",
    "auction_withdrawn": "withdrawn",
}
SAID_OF_THE_DAY = {"date", "time", "bound", "precision", "step", "round", "mode"}
FORMATS = {"day": "%Y-%m-%d", "by": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}


def day_of(event: Mapping[str, Any], before: date) -> tuple[date, str]:
    """The day of an event and how exact it is; without one, the day of the event before."""
    if event["date"] is None:
        return before, "unknown"
    exact = event.get("precision") or event.get("bound") or "day"
    return datetime.strptime(event["date"], FORMATS[exact]).date(), exact


def instant(day: str, hour: str) -> str:
    return f"{day}T{hour}:00+08:00"


class Entering:
    """One case, entered event by event; it remembers into which record each event went."""

    def __init__(self, court: Engine, clock: VirtualClock, case: Mapping[str, Any]) -> None:
        self.court, self.clock, self.case, self.id = court, clock, case, case["id"]
        self.day = next(day_of(e, date.min)[0] for e in case["events"] if e["date"])
        self.at(self.day)
        facts = {name: str(case[name]) for name in REGISTERED if name in case}
        court.open_case("real_enforcement", id=self.id, actor=WANG, officer="wang", data=facts)
        if "shares" in case:
            self._new("find_asset", "asset", kind="shares", quantity=case["shares"])

    def at(self, day: date, hour: str = "09:00") -> None:
        wanted = datetime.combine(day, time.fromisoformat(hour), SHANGHAI)
        self.clock.set(max(wanted, self.clock.now() + timedelta(minutes=1)))

    def _fire(self, trigger: str, data: Mapping[str, Any], about: str = "") -> None:
        self.court.run_due()
        self.court.fire(self.id, trigger, actor=WANG, data=data, about=about)

    def _new(self, trigger: str, to: str, **fields: Any) -> str:
        """Add a record; gives its id."""
        self._fire(trigger, {f"{to}.{name}": value for name, value in fields.items()})
        return str(self.records(to)[-1]["id"])

    def records(self, to: str) -> list[dict[str, Any]]:
        return list(self.court.case(self.id).data.get(to) or [])

    def _concerned(self, step: Step, event: Mapping[str, Any]) -> str:
        """The record that an event is about: the asset or auction is entered when first named."""
        records = self.records(step.to)
        if step.to == "asset" and not records:
            return self._new("find_asset", "asset")
        if step.to == "auction" and (not records or self._is_next_round(records[-1], event)):
            again = event["step"] == "reauction_sold"
            number = event.get("round") or len(records) + 1
            return self._new("plan_auction", "auction", round=number, again=again)
        return str(records[-1]["id"])

    @staticmethod
    def _is_next_round(last: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
        later: bool = event.get("round", last["round"]) > last["round"]
        return later or event["step"] == "reauction_sold"

    def enter(self, event: Mapping[str, Any], on: date | None = None) -> str:
        """Enter an event on its day, or `on` a later one; gives the id of its record."""
        step = STEPS[event["step"]]
        self.day, exact = day_of(event, self.day)
        self.at(on or self.day, event.get("time", "09:00"))
        concerned = "" if step.adds else self._concerned(step, event)
        given = self._given(step, event, exact)
        trigger = step.trigger
        if "mode" in event:
            mode, ground = self._mode(event)
            trigger = MODES[mode]
            given |= {"ground": ground} if ground else {}
            given |= {"recovered": self.case["recovered"]} if "recovered" in self.case else {}
        prefix = f"{step.to}." if step.to else ""
        self._fire(trigger, {f"{prefix}{k}": v for k, v in given.items()}, concerned)
        return concerned or (str(self.records(step.to)[-1]["id"]) if step.to else "")

    def _given(self, step: Step, event: Mapping[str, Any], exact: str) -> dict[str, Any]:
        given = {step.fields[k]: str(v) for k, v in event.items() if k in step.fields}
        if step.day:
            given |= {step.day: self.day.isoformat(), step.exact: exact}
        if step.at and "time" in event:
            given[step.at] = instant(event["date"], event["time"])
        if "ends" in event:
            given["planned_until"] = f"{event['ends']}:00+08:00"
        return given

    @staticmethod
    def _mode(event: Mapping[str, Any]) -> tuple[str, str]:
        mode, _, ground = str(event["mode"]).rstrip(")").partition("(")
        choices = DEFINITION.data["closing"].fields["ground"].choices
        return mode, next((name for name, text in choices.items() if text.zh == ground), "")

    def read(self, event: Mapping[str, Any], record_id: str) -> dict[str, Any]:
        """The event as the case tells it."""
        step = STEPS[event["step"]]
        data: Mapping[str, Any] = self.court.case(self.id).data
        if step.to:
            data = next(r for r in data[step.to] if r["id"] == record_id)
        told = self._day_told(step, data, event) | {"step": event["step"]}
        for name, place in step.fields.items():
            if name in event:
                told[name] = plain(data[place], like=event[name])
        if "round" in event:
            told["round"] = data["round"]
        if step.to == "closing":
            told["mode"] = mode_told(data)
        assert data.get("kind") == KINDS.get(event["step"]) or step.to in ("", "asset")
        assert data.get("result") == RESULTS[event["step"]] if event["step"] in RESULTS else True
        return told

    @staticmethod
    def _day_told(step: Step, data: Mapping[str, Any], event: Mapping[str, Any]) -> dict[str, Any]:
        told: dict[str, Any] = {}
        if step.at and "time" in event:
            local = data[step.at].astimezone(SHANGHAI)
            told = {"date": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}"}
        if not step.day:
            return told
        exact = data[step.exact]
        if exact == "unknown":
            return {"date": None}
        told["date"] = data[step.day].strftime(FORMATS[exact])
        kinds = {"by": {"bound": "by"}, "month": {"precision": exact}, "year": {"precision": exact}}
        return told | kinds.get(exact, {})


def mode_told(closing: Mapping[str, Any]) -> str:
    """How a case was closed, in the words of its ruling."""
    fields = DEFINITION.data["closing"].fields
    mode = fields["mode"].choices[closing["mode"]].zh
    ground = closing.get("ground")
    return f"{mode}({fields['ground'].choices[ground].zh})" if ground else mode


def plain(value: Any, like: Any) -> Any:
    """A value of the case as the file writes it."""
    if isinstance(value, datetime):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return type(like)(value) if value == Decimal(str(like)) else value
    return value


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(datetime(2009, 1, 5, 9, tzinfo=SHANGHAI))


@pytest.fixture
def court(database: str, clock: VirtualClock) -> Iterator[Engine]:
    with Engine(database, [DEFINITION], clock=clock, drafts=True, upgrade=True) as engine:
        yield engine


def first_lawful(case: Mapping[str, Any]) -> date | None:
    """The first day on which a case may be closed for now, where the file says so."""
    rules = {e["rule"]: e for e in case.get("expected", ())}
    found = rules.get("terminate-for-now-min")
    return date.fromisoformat(found["earliest"]) if found else None


@pytest.mark.parametrize("name", CASES)
def test_every_fact_of_a_case_is_entered_on_its_day_and_read_back(
    court: Engine, clock: VirtualClock, name: str
) -> None:
    case = CASES[name]
    entering = Entering(court, clock, case)
    lawful = first_lawful(case)
    entered = [
        (event, entering.enter(event, lawful if event["step"] == "closed" else None))
        for event in case["events"]
    ]
    told = [entering.read(event, record) for event, record in entered]
    assert told == case["events"]
    now = court.case(name)
    registered = {key: case[key] for key in REGISTERED if key in case}
    assert {k: plain(now.data[k], like=v) for k, v in registered.items()} == registered
    assert case.keys() <= {*registered, *ABOUT_THE_SOURCE, *ELSEWHERE}, "no fact is left out"
    if "shares" in case:
        assert [a["quantity"] for a in now.data["asset"]] == [case["shares"]]
    if "recovered" in case:
        assert [c["recovered"] for c in now.data["closing"]] == [case["recovered"]]
    was_closed = any(event["step"] == "closed" for event in case["events"])
    assert (now.state in ("closed_for_now", "ended")) == was_closed
    assert case.get("closed", was_closed) == was_closed
    report = court.verify(rules=True)
    assert (report.found, report.not_repeatable, report.otherwise) == (0, 0, ())


def expected(name: str, rule: str) -> dict[str, Any]:
    return next(e for e in CASES[name]["expected"] if e["rule"].startswith(rule))


def limit(court: Engine, name: str, rule: str, key: str = "") -> tuple[str, str]:
    """The last day and the status of a limit."""
    found = [d for d in court.deadlines(name, live=False) if (d.rule, d.key) == (rule, key)]
    return str(found[0].due_day), str(found[0].status)


def test_closing_for_now_is_refused_until_three_months_are_over(
    court: Engine, clock: VirtualClock
) -> None:
    fact = expected("CN-01", "terminate-for-now-min")
    assert fact["verdict"] == "violated"
    entering = Entering(court, clock, CASES["CN-01"])
    *before, closing = CASES["CN-01"]["events"]
    for event in before:
        entering.enter(event)
    earliest = date.fromisoformat(fact["earliest"])
    for day in (date.fromisoformat(fact["done"]), earliest - timedelta(days=1)):
        with pytest.raises(Refused) as refused:
            entering.enter(closing, day)
        gate = refused.value.obstacles[0]
        assert (gate.code, gate.deadline) == ("gate", "three_months")
        assert court.case("CN-01").state == "enforcing"
    entering.enter(closing, earliest)
    assert court.case("CN-01").state == "closed_for_now"
    assert court.case("CN-01").data["closing"][0]["on"] == date.fromisoformat(fact["done"])


def test_two_auctions_keep_their_notice_and_the_second_begins_late(
    court: Engine, clock: VirtualClock
) -> None:
    entering = Entering(court, clock, CASES["CN-19"])
    for event in CASES["CN-19"]["events"]:
        if event["step"] == "auction_started":
            refused_while_notice_runs(entering, event)
        entering.enter(event)
    second = expected("CN-19", "auction-second")
    assert limit(court, "CN-19", "second_auction") == (second["due"], "met-late")
    done, due = (date.fromisoformat(second[key]) for key in ("done", "due"))
    assert (done - due).days == second["days_late"] and second["verdict"] == "violated"
    assert court.case("CN-19").data["auction"][1]["started_at"].date() == done
    for key, rule in (("1", "auction-notice-immovable-1"), ("2", "auction-notice-immovable-2")):
        fact = expected("CN-19", rule)
        name = "first_notice" if key == "1" else "second_notice"
        last = date.fromisoformat(fact["notice_by"]) + timedelta(days=fact["required"])
        assert limit(court, "CN-19", name, key)[0] == str(last)
        assert last < date.fromisoformat(fact["start"]) and fact["verdict"] == "met"


def refused_while_notice_runs(entering: Entering, event: Mapping[str, Any]) -> None:
    """On the last day of its notice an auction may not begin yet."""
    court, number = entering.court, event["round"]
    name = "first_notice" if number == 1 else "second_notice"
    last, _ = limit(court, entering.id, name, str(number))
    entering.at(date.fromisoformat(last))
    with pytest.raises(Refused) as refused:
        started = {"auction.started_at": instant(last, "10:00")}
        court.fire(entering.id, "start_auction", actor=WANG, data=started, about=str(number))
    assert [o.deadline for o in refused.value.obstacles if o.code == "gate"] == [name]


@pytest.mark.parametrize(
    ("name", "rule", "limit_name", "key", "last", "status"),
    [
        ("CN-27", "resume-filing", "file_resumption", "", "due", "met-late"),
        ("CN-35", "enforcement-limitation", "limitation", "", "due", "met"),
        ("CN-13", "auction-second", "second_auction", "", "due", "cancelled"),
    ],
)
def test_limits_end_on_the_day_that_the_facts_give(
    court: Engine,
    clock: VirtualClock,
    name: str,
    rule: str,
    limit_name: str,
    key: str,
    last: str,
    status: str,
) -> None:
    entering = Entering(court, clock, CASES[name])
    for event in CASES[name]["events"]:
        entering.enter(event)
    assert limit(court, name, limit_name, key) == (expected(name, rule)[last], status)


def test_a_seizure_runs_for_its_own_term_and_warns_fifteen_days_before(
    court: Engine, clock: VirtualClock
) -> None:
    entering = Entering(court, clock, CASES["CN-05"])
    for event in CASES["CN-05"]["events"]:
        entering.enter(event)
    start = date.fromisoformat(expected("CN-05", "seize-movable-max")["start"])
    years = expected("CN-05", "seize-movable-max")["max_years"]
    ends = start.replace(year=start.year + years)
    assert limit(court, "CN-05", "seizure", "1") == (str(ends), "running")
    latest = date.fromisoformat(expected("CN-05", "the ruling's own term")["latest"])
    assert ends - latest == timedelta(days=15)
