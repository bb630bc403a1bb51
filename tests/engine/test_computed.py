"""Computed values in cases: fields that are never written, and what an act sets so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.workflow.test_expressions import flow
from zhixing.engine import Actor, Engine, Refused, Replacement, VirtualClock, ZhixingError
from zhixing.engine.decision.computed import with_computed
from zhixing.workflow import definition_from_text

CLERK = Actor.of("li", "clerk")
MONDAY = datetime(2025, 3, 3, 1, tzinfo=UTC)
TEXT = (
    flow()
    .replace("powers: {", "powers: {correct: {by: clerk, documents: proof}, ")
    .replace("initial: open", "documents: {proof: {title: {zh: 材料, en: proof}}}\ninitial: open")
    .replace("claim: {type: money, title", "claim: {type: money, masked: false, title")
    + """\
requests:
  tell: {title: {zh: 通知, en: tell}, operation: bank.tell, answers: {},
    sends: {due: case.due, was: case.paid}}
"""
)
TEXT = TEXT.replace(
    "from: open, to: stay, by: clerk,\n", "from: open, to: stay, by: clerk, asks: tell,\n"
)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(MONDAY)


@pytest.fixture
def court(database: str, clock: VirtualClock) -> Iterator[Engine]:
    definition = definition_from_text(TEXT, "loan.yaml")
    with Engine(database, definition, clock=clock, drafts=True, upgrade=True) as engine:
        data = {"claim": "1000.00", "served_on": date(2025, 3, 3)}
        engine.open_case("loan", id="x", actor=CLERK, data=data)
        yield engine


def test_a_computed_field_is_shown_by_the_day_on_which_it_is_asked(
    court: Engine, clock: VirtualClock
) -> None:
    assert court.case("x").data["due"] == Decimal("1000.00")
    assert court.case("x").data["interest"] == Decimal("0.00")
    clock.advance(days=100)
    assert court.case("x").data["interest"] == Decimal("17.50")
    assert [c.data["interest"] for c in court.query()] == [Decimal("17.50")]
    assert court.case_at("x", date(2025, 3, 13)).data["interest"] == Decimal("1.75")
    assert court.verify().found == 0, "nothing of it is stored"


def test_an_act_sets_what_an_expression_gives(court: Engine) -> None:
    case = court.fire("x", "serve", actor=CLERK)
    assert case.data["ends_on"] == date(2026, 3, 3)
    entry = court.history("x")[-1]
    assert entry.changes["ends_on"] == "2026-03-03"
    assert court.verify(rules=True).found == 0


def test_an_act_whose_value_cannot_be_computed_says_what_is_missing(
    court: Engine,
) -> None:
    court.open_case("loan", id="y", actor=CLERK, data={"claim": "5.00"})
    with pytest.raises(Refused) as refused:
        court.fire("y", "serve", actor=CLERK)
    assert [(o.code, o.field) for o in refused.value.obstacles] == [("missing-field", "served_on")]
    assert "due" in court.case("y").data and "interest" not in court.case("y").data


def test_a_request_sends_what_is_computed(court: Engine) -> None:
    court.fire("x", "serve", actor=CLERK)
    with court.database.connect() as connection:
        sent = connection.exec_driver_sql("SELECT payload FROM zx_outbox").scalar()
    assert "1000.00" in str(sent) and "due" in str(sent)


def test_a_condition_asks_what_is_computed(court: Engine) -> None:
    with pytest.raises(Refused):
        court.fire("x", "shut", actor=CLERK)
    data = {"claim": "1000.00", "paid": "1000.00"}
    court.open_case("loan", id="y", actor=CLERK, data=data)
    assert court.fire("y", "shut", actor=CLERK).closed_at is not None


@pytest.mark.parametrize("name", ["due", "interest"])
def test_nobody_writes_what_is_computed(court: Engine, name: str) -> None:
    with pytest.raises(ZhixingError) as error:
        court.open_case("loan", actor=CLERK, data={name: "1.00"})
    assert error.value.text("zh")
    with pytest.raises(ZhixingError) as error:
        replace = {1: Replacement(data={name: "1.00"})}
        court.correct("x", replace=replace, actor=CLERK, note="why", documents={"proof": "d1"})
    assert name in error.value.text("zh")
    assert len(court.history("x")) == 1


def test_what_another_version_wrote_is_not_shown_for_what_this_one_computes(
    court: Engine,
) -> None:
    procedure = court.registry.current("loan")
    known = with_computed(procedure, {"due": Decimal("7.00"), "paid": Decimal("0.00")}, MONDAY)
    assert "due" not in known
