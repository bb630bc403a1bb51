"""Conditions ask a title what is due by it today; what was paid may lie in several lists."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.conftest import at
from zhixing.engine import Actor, Engine, Refused, VirtualClock
from zhixing.workflow import definition_from_text
from zhixing.workflow.formulas import delay_interest, enforcement_fee

CLERK = Actor.of("chen", "clerk")
DEBT = """
id: debt
title: {zh: 金钱债权, en: debt}
version: 1
effective: 2024-01-01
roles: {clerk: {title: {zh: 书记员, en: clerk}}}
powers: {open: {by: clerk, form: opening}}
modes: {done: {zh: 执行完毕, en: done}}
initial: open
data:
  claim: {type: money, title: {zh: 标的额, en: claim}}
  due_on: {type: date, title: {zh: 届满日, en: due}}
  receipt:
    type: records
    title: {zh: 到账, en: receipts}
    fields:
      paid_on: {type: date, title: {zh: 日, en: day}}
      amount: {type: money, title: {zh: 额, en: amount}}
  given_up:
    type: records
    title: {zh: 放弃, en: given up}
    fields:
      paid_on: {type: date, title: {zh: 日, en: day}}
      amount: {type: money, title: {zh: 额, en: amount}}
      in_court: {type: flag, default: false, title: {zh: 经法院, en: in court}}
  left: {type: money, is: title.due + title.later, title: {zh: 尚欠, en: left}}
claims:
  title:
    title: {zh: 执行依据, en: title}
    principal: claim
    due_on: due_on
    payments: [receipt, given_up]
forms:
  opening: {title: {zh: 立案, en: opening}, fields: {claim: , due_on: }}
  receipt:
    title: {zh: 到账, en: receipt}
    fields: {receipt.paid_on: {required: true}, receipt.amount: {required: true}}
  given_up:
    title: {zh: 放弃, en: waiver}
    fields: {given_up.paid_on: {required: true}, given_up.amount: {required: true}}
states:
  open: {title: {zh: 在办, en: open}}
  over: {title: {zh: 结案, en: over}, closes: done}
transitions:
  - trigger: receive
    adds: receipt
    title: {zh: 到账, en: receive}
    from: open
    to: stay
    by: clerk
    form: receipt
  - trigger: waive
    adds: given_up
    title: {zh: 放弃, en: waive}
    from: open
    to: stay
    by: clerk
    form: given_up
    sets: {given_up.in_court: false}
  - trigger: close
    title: {zh: 结案, en: close}
    from: open
    to: over
    by: clerk
    when: title.due + title.later <= title.fee
    otherwise: {zh: 尚未付清, en: something is due}
  - trigger: note_left
    title: {zh: 记下尚欠, en: note what is left}
    from: open
    to: stay
    by: clerk
    when: case.left > money("0")
  - trigger: note_known
    title: {zh: 能算出的记下, en: note what is known}
    from: open
    to: stay
    by: clerk
    when: '!given.left || case.left > money("0")'
"""
CLAIM, DUE_ON, TODAY = Decimal("500000.00"), date(2025, 1, 31), date(2025, 3, 3)


@pytest.fixture
def court() -> Any:
    clock = VirtualClock(at("2025-03-03 09:00"))
    with Engine("sqlite://", [definition_from_text(DEBT)], clock=clock, drafts=True) as engine:
        yield engine


def opened(court: Engine, **data: str) -> str:
    return court.open_case("debt", actor=CLERK, data=data).id


def add(court: Engine, case: str, trigger: str, list: str, amount: Decimal) -> None:
    data = {f"{list}.paid_on": TODAY.isoformat(), f"{list}.amount": str(amount)}
    court.fire(case, trigger, actor=CLERK, data=data)


def test_a_case_closes_once_everything_that_the_title_orders_is_paid_to_the_cent(
    court: Engine,
) -> None:
    case = opened(court, claim=str(CLAIM), due_on=DUE_ON.isoformat())
    interest = delay_interest(CLAIM, DUE_ON, TODAY).double_interest
    whole = CLAIM + interest + enforcement_fee(CLAIM + interest).fee
    assert court.case(case).data["left"] == whole
    add(court, case, "receive", "receipt", whole - Decimal("0.01"))
    with pytest.raises(Refused) as refused:
        court.fire(case, "close", actor=CLERK)
    assert [o.code for o in refused.value.obstacles] == ["guard"]
    add(court, case, "waive", "given_up", Decimal("0.01"))
    assert court.fire(case, "close", actor=CLERK).closing_mode == "done"


def test_what_is_given_up_pays_no_fee(court: Engine) -> None:
    case = opened(court, claim="10000.00")
    add(court, case, "waive", "given_up", Decimal("10000.00"))
    assert court.case(case).data["left"] == 0
    assert court.fire(case, "close", actor=CLERK).closing_mode == "done"


def test_of_a_title_that_is_not_recorded_nothing_can_be_said(court: Engine) -> None:
    case = opened(court)
    assert "left" not in court.case(case).data
    with pytest.raises(Refused) as refused:
        court.fire(case, "close", actor=CLERK)
    assert "执行依据尚未登记" in refused.value.text("zh")


def test_interest_of_before_the_rule_is_told_with_its_law(court: Engine) -> None:
    case = opened(court, claim="10000.00", due_on="2010-01-31")
    assert "left" not in court.case(case).data
    for act in ("close", "note_left"):
        with pytest.raises(Refused) as refused:
            court.fire(case, act, actor=CLERK)
        assert "法释〔2014〕8号第七条" in refused.value.text("zh")
    assert court.fire(case, "note_known", actor=CLERK).state == "open"
