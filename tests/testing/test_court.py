"""The room for hosts' tests: a court in memory, moved by hand, with an outside that obeys."""

from __future__ import annotations

from decimal import Decimal

import pytest

from zhixing.engine import Actor, Refused
from zhixing.testing import Court, FakeAdapter
from zhixing.workflow import Definition, definition_from_text

pytest_plugins = ["zhixing.testing.fixtures"]

LI = Actor.of("li", "officer")


def test_nothing_happens_until_the_clock_is_moved(loan: Definition) -> None:
    with Court(loan, at="2025-03-03 09:00") as court:
        case = court.open_case("loan", actor=LI, data={"amount": "100", "due_days": 10})
        assert court.run_due() == 0 and court.overdue() == ()
        court.advance(days=8)
        assert [d.rule for d in court.overdue()] == ["answer"]
        court.fire(case.id, "notify", actor=LI, documents={"notice": "n-1"})
        court.move_to("2025-04-01 09:00")
        assert court.case(case.id).state == "overdue"


def test_what_was_committed_is_listed_in_order(loan: Definition) -> None:
    with Court(loan) as court:
        case = court.open_case("loan", actor=LI, data={"amount": "100"})
        with pytest.raises(Refused):
            court.fire(case.id, "finish", actor=LI)
        court.fire(case.id, "pay", actor=LI, data={"paid": "1"})
        told = [(h.kind, h.trigger, h.seq) for h in court.happened]
        assert told == [("opened", "", 1), ("event", "pay", 2)]


ASKING = """
id: asking
title: {zh: 查询, en: inquiry}
version: "1"
effective: 2024-01-01
roles:
  officer: {title: {zh: 执行员, en: officer}}
data:
  found: {type: money, title: {zh: 余额, en: balance}}
modes:
  done: {zh: 完毕, en: done}
initial: fresh
states:
  fresh: {title: {zh: 新收, en: fresh}}
  asked: {title: {zh: 已查询, en: asked}}
  done: {title: {zh: 完毕, en: done}, closes: done}
transitions:
  - {trigger: ask, title: {zh: 查询, en: ask}, from: fresh, to: asked, by: officer, asks: inquiry}
  - {trigger: answered, title: {zh: 反馈, en: answered}, from: asked, to: done,
      by: [outside, officer]}
requests:
  inquiry:
    title: {zh: 查询, en: inquiry}
    operation: network.inquire
    sends: {bank: ICBC}
    answers: {answered: answered}
    takes: {found: found}
"""


def asked(*adapters: FakeAdapter) -> tuple[Court, str]:
    """A court in which one inquiry waits to be sent."""
    court = Court(definition_from_text(ASKING), adapters=adapters)
    case = court.open_case("asking", actor=LI)
    court.fire(case.id, "ask", actor=LI)
    return court, case.id


def test_a_fake_adapter_answers_as_it_was_told() -> None:
    network = FakeAdapter("network", "inquire")
    network.will_fail("inquire", "the line is down")
    network.will_answer("inquire", {"found": "40.00"})
    court, case = asked(network)
    with court:
        court.deliver()
        assert court.case(case).state == "asked"
        court.advance(minutes=1)  # the first try failed for now; it is tried again
        assert len(network.calls) == 2 and network.calls[0].key == network.calls[1].key
        assert court.case(case).data == {"found": Decimal("40.00")}


def test_a_failure_for_good_is_an_incident() -> None:
    network = FakeAdapter("network", "inquire")
    network.will_fail("inquire", "no such person", for_good=True)
    court, case = asked(network)
    with court:
        court.deliver()
        assert [i.case_id for i in court.incidents()] == [case]


def test_without_adapters_requests_wait() -> None:
    court, case = asked()
    with court:
        court.advance(days=1)
        assert court.case(case).state == "asked" and court.incidents() == ()


def test_an_answer_may_come_when_the_test_wants_it() -> None:
    network = FakeAdapter("network", "inquire")
    court, case = asked(network)
    with court:
        court.deliver()
        answer = network.answer(network.calls[0], {"found": "40.00"})
        assert court.receive(answer, "network") == "taken"
        assert court.receive(answer, "network") == "duplicate"
        assert court.case(case).state == "done"


def test_a_silent_outside_is_polled() -> None:
    network = FakeAdapter("network", "inquire")
    court, case = asked(network)
    with court:
        court.deliver()
        network.answer(network.calls[0], {"found": "1.00"})
        court.advance(minutes=1)
        assert court.case(case).state == "done"


def test_the_fixtures_make_courts_and_adapters(new_court, new_adapter, loan) -> None:  # type: ignore[no-untyped-def]
    court = new_court(loan, adapters=[new_adapter("bank", "ask")])
    assert court.open_case("loan", actor=LI).state == "fresh"
