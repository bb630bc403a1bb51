"""What has left the case is taken back by the request that is declared for it, when a correction
annuls the step that sent it; else a person gets a task."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import DATA, at
from zhixing.engine import Actor, Engine, VirtualClock
from zhixing.workflow import definition_from_text, inspect

LI, WANG = Actor.of("li", "officer"), Actor.of("wang", "chief")
WITHDRAW = """
  withdraw:
    title: {zh: 撤回变价, en: withdrawal}
    operation: network.lift
    sends: {person: case.note, amount: case.amount}
"""
ASKED = "    answers: {answered: remark_sold}\n"
TEXT = (DATA / "late.yaml").read_text(encoding="utf-8")
TEXT = TEXT.replace("by: clock, asks: sell}", "by: [clock, officer], asks: sell, form: remark}")
DECLARED = TEXT.replace(ASKED, f"{ASKED}    compensate: withdraw{WITHDRAW}", 1)


def opened(text: str) -> Engine:
    clock = VirtualClock(at("2025-01-10 10:00"))
    court = Engine("sqlite://", definition_from_text(text), clock=clock, drafts=True)
    court.open_case("late", id="c", actor=LI, officer="li", data={"amount": "40000"})
    court.fire("c", "sell", actor=LI, data={"note": "debtor-1"})
    clock.set(at("2025-01-13 10:00"))
    return court


@pytest.fixture
def court() -> Iterator[Engine]:
    with opened(DECLARED) as court:
        yield court


def asked(court: Engine) -> list[tuple[str, Any]]:
    """The requests that went out, with whom they are about."""
    outbox = sa.text("SELECT request, payload FROM zx_outbox ORDER BY id")
    with court.transaction(writes=False) as transaction:
        rows = transaction.connection.execute(outbox).all()
    return [(request, "debtor-1" in str(payload)) for request, payload in rows]


def annul(court: Engine, seq: int) -> None:
    court.correct("c", actor=LI, note="wrong case", documents={"proof": "p"}, annul=[seq])
    court.approve("c", "correct", actor=WANG)


def test_it_goes_out_with_the_correction_filled_as_the_case_was(court: Engine) -> None:
    court.correct("c", actor=LI, note="wrong case", documents={"proof": "p"}, annul=[2])
    assert asked(court) == [("sell", True)]  # nothing goes out before it is approved
    court.approve("c", "correct", actor=WANG)
    assert asked(court) == [("sell", True), ("withdraw", True)]
    assert court.tasks(case_id="c") == ()
    told = {"what": "taken-back", "request": "sell", "by": "withdraw"}
    assert told in court.history("c")[-1].effects
    report = court.verify(rules=True)
    assert (report.found, report.not_repeatable, report.otherwise) == (0, 0, ())


def test_undone_again_it_is_for_a_person(court: Engine) -> None:
    annul(court, 2)
    annul(court, court.history("c")[-1].seq)
    assert [t.name for t in court.tasks(case_id="c")] == ["send:request:sell"]
    assert len(asked(court)) == 2


def test_where_none_is_declared_a_person_gets_a_task() -> None:
    with opened(TEXT) as court:
        annul(court, 2)
        assert [t.name for t in court.tasks(case_id="c")] == ["undo:request:sell"]
        assert asked(court) == [("sell", True)]


def test_what_stands_is_not_taken_back(court: Engine) -> None:
    court.fire("c", "report", actor=LI, happened_at=date(2025, 1, 12))
    annul(court, court.history("c")[-1].seq)
    assert asked(court) == [("sell", True)]


@pytest.mark.parametrize(
    ("before", "after", "codes"),
    [
        ("compensate: withdraw", "compensate: withdraw", set()),
        ("compensate: withdraw", "compensate: withdrawn", {"unknown-request"}),
        ("compensate: withdraw", "compensate: sell", {"compensation"}),
        ("network.lift\n", "network.lift\n    compensate: sell\n", {"compensation"}),
    ],
)
def test_what_takes_back_is_declared_and_is_the_end(
    tmp_path: Path, before: str, after: str, codes: set[str]
) -> None:
    file = tmp_path / "late.yaml"
    file.write_text(DECLARED.replace(before, after, 1), encoding="utf-8")
    found = {f.code for f in inspect(file)[1] if f.is_error}
    assert found == codes
