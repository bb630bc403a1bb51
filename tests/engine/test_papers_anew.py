"""A kind of document that comes anew with every act: what is on file stands for earlier acts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import LOAN, at
from zhixing.engine import Actor, Engine, Refused, VirtualClock
from zhixing.workflow import definition_from_text

OFFICER = Actor.of("li", "officer")


def court_with(anew: str, approval: str = "") -> Engine:
    text = LOAN.replace("  notice: {", f"  notice: {{{anew}", 1)
    text = text.replace("trigger: rest,", f"trigger: rest, documents: notice, {approval}", 1)
    assert text != LOAN
    return Engine(
        "sqlite://",
        [definition_from_text(text)],
        clock=VirtualClock(at("2025-03-03 09:00")),
        drafts=True,
    )


@pytest.fixture
def court() -> Iterator[Engine]:
    with court_with("anew: true, ") as engine:
        yield engine


def test_each_act_brings_its_own(court: Engine) -> None:
    court.open_case("loan", id="c", data={"amount": "1"}, actor=OFFICER)
    court.fire("c", "notify", actor=OFFICER, documents={"notice": "first"})
    with pytest.raises(Refused) as refused:
        court.fire("c", "rest", actor=OFFICER)
    (obstacle,) = refused.value.obstacles
    assert (obstacle.code, obstacle.document) == ("missing-document", "notice")
    assert court.case("c").state == "noticed"
    court.fire("c", "rest", actor=OFFICER, documents={"notice": "second"})
    court.fire("c", "resume", actor=OFFICER)
    with pytest.raises(Refused):
        court.fire("c", "rest", actor=OFFICER)


def test_one_that_does_not_stays_on_file() -> None:
    with court_with("") as court:
        court.open_case("loan", id="c", data={"amount": "1"}, actor=OFFICER)
        court.fire("c", "notify", actor=OFFICER, documents={"notice": "first"})
        court.fire("c", "rest", actor=OFFICER)
        assert court.case("c").state == "resting"
