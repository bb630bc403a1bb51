"""One question to many: what is answered counts at once, the rest is followed up one by one."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.conftest import DATA
from zhixing.adapters import Call, NetworkInquiry
from zhixing.engine import Actor, Dispatcher, Engine, Refused, VirtualClock
from zhixing.testing import FakeAdapter
from zhixing.workflow import load_definition

LI, ZHAO = Actor.of("li", "officer"), Actor.of("zhao", "clerk")
BANKS = [f"B{n:02}" for n in range(1, 42)]
SLOW = BANKS[-3:]


class Asked:
    """A court that asked 41 banks, 38 of which answer at once with 100 yuan each."""

    def __init__(self, database: str, clock: VirtualClock) -> None:
        self.clock = clock
        self.net = FakeAdapter("network", NetworkInquiry.operations["ask"])
        options: dict[str, Any] = {"clock": clock, "drafts": True, "upgrade": True}
        flow = load_definition(DATA / "asking_banks.yaml")
        self.court = Engine(database, flow, adapters=[self.net], **options)
        self.dispatcher = Dispatcher(self.court)
        banks = [{"id": bank, "code": bank} for bank in BANKS]
        given = {"debtor": "zhang", "bank": banks}
        self.court.open_case("asking_banks", actor=LI, officer="li", id="c", data=given)
        self.court.fire("c", "ask", actor=LI)
        self.passes(0)
        for call in list(self.net.calls):
            if call.payload.bank not in SLOW:
                self.answer(call, "100.00")
        self.passes(1)

    def answer(self, call: Call, found: str) -> None:
        data = {"person": "zhang", "found": found}
        answer = self.net.answer(call, data)
        self.court.receive(answer, "network")

    def passes(self, days: int) -> None:
        for _ in range(max(1, days * 4)):
            self.clock.advance(hours=6 if days else 0)
            self.court.run_due()
            self.dispatcher.run_all_due()

    def known(self) -> tuple[Decimal, int]:
        data = self.court.case("c").data
        return data["found"], data["outstanding"]

    def limits(self) -> set[tuple[str, str]]:
        open_ = {"running", "expired"}
        found = self.court.deadlines("c")
        return {(d.rule, d.key) for d in found if d.status in open_ and d.ended_at is None}


@pytest.fixture
def asked(database: str, clock: VirtualClock) -> Iterator[Asked]:
    made = Asked(database, clock)
    yield made
    made.court.close()


def test_what_is_answered_counts_and_the_rest_is_awaited(asked: Asked) -> None:
    assert asked.known() == (Decimal("3800.00"), 3)
    assert {call.payload.bank for call in asked.net.calls} == set(BANKS)
    assert {key for rule, key in asked.limits() if rule == "answer"} == set(SLOW)
    with pytest.raises(Refused, match="some banks have not answered"):
        asked.court.fire("c", "finish", actor=LI)


def test_who_did_not_answer_is_asked_again_and_then_visited(asked: Asked) -> None:
    asked.passes(3)
    again = asked.net.calls[len(BANKS) :]
    assert sorted(call.payload.bank for call in again) == SLOW
    assert len({call.key for call in asked.net.calls}) == len(BANKS) + 3
    asked.answer(again[0], "7.50")
    _, second, third = (call.payload.bank for call in again)
    asked.passes(4)
    tasks = {task.about: task for task in asked.court.tasks(case_id="c")}
    assert tasks.keys() == {second, third}
    assert {task.name for task in tasks.values()} == {"visit"}
    # one is visited
    given: dict[str, Any] = {"about": second, "documents": {"reply": "r.pdf"}}
    asked.court.claim_task("c", tasks[second].id, actor=ZHAO)
    asked.court.fire("c", "record", actor=ZHAO, data={"bank.found": "12.00"}, **given)
    # the other answers the first question after all, before anybody went
    late = next(call for call in asked.net.calls if call.payload.bank == third)
    asked.answer(late, "0.25")
    assert asked.known() == (Decimal("3819.75"), 0)
    assert asked.court.tasks(case_id="c") == ()
    asked.court.fire("c", "finish", actor=LI)
    assert asked.court.case("c").closed_at is not None


def test_a_late_answer_beside_the_second_one_is_counted_once(asked: Asked) -> None:
    asked.passes(3)
    again = asked.net.calls[len(BANKS)]
    bank = again.payload.bank
    first = next(call for call in asked.net.calls if call.payload.bank == bank)
    asked.answer(again, "7.50")
    asked.answer(first, "7.50")
    assert asked.known() == (Decimal("3807.50"), 2)
    assert asked.court.verify(rules=True).found == 0
