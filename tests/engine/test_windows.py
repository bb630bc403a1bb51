"""What may be done neither too early nor too late: two limits of one act, forward or back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest

from tests.conftest import at
from zhixing.engine import Actor, Engine, Refused, VirtualClock
from zhixing.workflow import definition_from_text

LI = Actor.of("li", "officer")

AUCTION = """
id: auction
title: {zh: 拍卖, en: auction}
version: 1
effective: 2024-01-01
roles: {officer: {title: {zh: 承办人, en: officer}}}
data: {sale_on: {type: date, title: {zh: 拍卖日, en: day of the auction}}}
forms: {plan: {title: {zh: 方案, en: plan}, fields: {sale_on: {required: true}}}}
powers: {open: {by: officer, form: plan}}
modes: {done: {zh: 成交, en: done}}
initial: planned
states:
  planned: {title: {zh: 待公告, en: planned}}
  announced: {title: {zh: 已公告, en: announced}}
  sold: {title: {zh: 已拍卖, en: sold}, closes: done}
transitions:
  - {trigger: announce, title: {zh: 公告, en: announce}, from: planned, to: announced, by: officer}
  - {trigger: sell, title: {zh: 拍卖, en: sell}, from: announced, to: sold, by: officer}
deadlines:
  notice:
    title: {zh: 拍卖十五日前公告, en: notice fifteen days before}
    starts: {entering: planned, counted_from: sale_on}
    length: 15
    unit: day
    backward: true
    met_by: announce
    on_expiry: {alert: officer}
  not_before:
    title: {zh: 公告满十五日, en: fifteen days of notice}
    starts: {entering: announced}
    length: 15
    unit: day
    counting: minimum
    expires: start-of-day
    gates: sell
  not_after:
    title: {zh: 公告后一个月内, en: within a month of the notice}
    starts: {entering: announced}
    length: 1
    unit: month
    met_by: sell
    on_expiry: {alert: officer}
"""


@contextmanager
def auction(clock: VirtualClock, sale_on: str) -> Iterator[Engine]:
    """A court with one auction, on a day."""
    definition = definition_from_text(AUCTION)
    with Engine("sqlite://", definition, clock=clock, drafts=True) as engine:
        engine.open_case("auction", id="a", actor=LI, officer="li", data={"sale_on": sale_on})
        yield engine


def test_a_limit_counted_back_from_a_day_ends_on_a_working_day_before(clock: VirtualClock) -> None:
    clock.set(at("2025-03-03 09:00"))
    with auction(clock, "2025-04-21") as engine:  # 15 days before is Sunday 6 April
        (notice,) = engine.deadlines("a", explain=True)
        assert (notice.rule, notice.due_day) == ("notice", date(2025, 4, 3))
        clock.set(at("2025-04-03 23:59"))
        engine.fire("a", "announce", actor=LI)
        (notice,) = (d for d in engine.deadlines("a", live=False) if d.rule == "notice")
        assert notice.status == "met"


def test_a_day_that_is_too_near_is_told_at_once(clock: VirtualClock) -> None:
    clock.set(at("2025-04-14 09:00"))
    with auction(clock, "2025-04-21") as engine:
        engine.run_due()
        assert [d.rule for d in engine.overdue()] == ["notice"]


def test_a_window_opens_with_one_limit_and_closes_with_another(clock: VirtualClock) -> None:
    clock.set(at("2025-03-03 09:00"))
    with auction(clock, "2025-04-21") as engine:
        engine.fire("a", "announce", actor=LI)
        assert {d.rule: d.due_day for d in engine.deadlines("a")} == {
            "not_before": date(2025, 3, 18),
            "not_after": date(2025, 4, 3),
        }
        clock.set(at("2025-03-17 23:59"))
        with pytest.raises(Refused) as refused:
            engine.fire("a", "sell", actor=LI)
        assert [obstacle.code for obstacle in refused.value.obstacles] == ["gate"]
        clock.set(at("2025-03-18 00:00"))
        engine.fire("a", "sell", actor=LI)
        closing = {d.rule: d.status for d in engine.deadlines("a", live=False)}
        assert (closing["not_before"], closing["not_after"]) == ("opened", "met")
