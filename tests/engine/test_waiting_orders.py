"""Orders that wait for an approval: they go on while the case does, and end where they must."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import LOAN
from tests.courts import migrate, publish
from tests.engine.test_cases import CHIEF, OFFICER
from zhixing.engine import Engine, VirtualClock
from zhixing.workflow import definition_from_text

ORDERED = LOAN.replace(
    "powers:\n",
    "approvals:\n  two: {title: {zh: 审批}, steps: [{by: chief}]}\npowers:\n",
).replace("  waive: {by: chief}", "  waive: {by: officer, approval: two}")
ORDERED = ORDERED.replace("    gates: give_up\n", "")


def _waiting(engine: Engine) -> list[str]:
    return [proposal.name for proposal in engine.case("c").waiting]


@pytest.fixture
def ordered(database: str, clock: VirtualClock) -> Iterator[Engine]:
    """A case in which an order waits for its approval."""
    definition = definition_from_text(ORDERED)
    with Engine(database, definition, clock=clock, drafts=True, upgrade=True) as engine:
        engine.open_case("loan", actor=OFFICER, id="c", data={"amount": "10"})
        engine.waive("c", "answer", actor=OFFICER)
        assert _waiting(engine) == ["waive:answer"]
        yield engine


def test_an_order_goes_on_waiting_while_the_case_goes_on(ordered: Engine) -> None:
    ordered.fire("c", "rest", actor=OFFICER)
    ordered.fire("c", "resume", actor=OFFICER)
    assert _waiting(ordered) == ["waive:answer"]
    ordered.approve("c", "waive:answer", actor=CHIEF)
    status = {d.rule: d.status for d in ordered.deadlines("c", live=False)}
    assert status["answer"] == "waived"


def test_an_order_waits_no_more_where_the_case_is_closed(ordered: Engine) -> None:
    ordered.fire("c", "give_up", actor=CHIEF)
    assert _waiting(ordered) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("waive: {by: officer, approval: two}", "waive: {by: chief}"),
        ("  waive: {by: officer, approval: two}\n", ""),
        ("steps: [{by: chief}]", "steps: [{by: officer}]"),
    ],
)
def test_an_order_waits_no_more_where_a_new_version_asks_otherwise(
    ordered: Engine, before: str, after: str
) -> None:
    assert before in ORDERED
    text = ORDERED.replace(before, after, 1)
    text = text.replace("version: 1", "version: 2\ntransitional: {running_cases: move}")
    publish(ordered, definition_from_text(text))
    assert migrate(ordered, definition_from_text(text)) == (1, [])
    assert _waiting(ordered) == []
