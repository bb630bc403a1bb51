"""A call that names itself takes effect once, and its first result is given back as it was."""

from __future__ import annotations

import threading
from datetime import UTC, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import LOAN
from zhixing.engine import (
    Actor,
    BadRequestId,
    DamagedRow,
    DataError,
    Engine,
    NewCase,
    Refused,
    RequestReused,
    StaleVersion,
    VirtualClock,
)
from zhixing.workflow import definition_from_text

LI, SUN = Actor.of("li", "officer"), Actor.of("sun", "officer", "chief")


@pytest.fixture
def court(engine: Engine) -> Engine:
    engine.open_case("loan", id="c", actor=LI, officer="li", data={"amount": "100"})
    return engine


def note(court: Engine, id: str, text: str = "car", actor: Actor = LI, case: str = "c") -> Any:
    return court.fire(case, "clue", actor=actor, data={"clue": text}, request_id=id)


def test_the_same_call_again_gives_the_first_result_back(court: Engine) -> None:
    first = note(court, "r-1")
    note(court, "r-2", "house")
    assert note(court, "r-1") == first and first.data["clue"] == "car"
    assert court.case("c").data["clue"] == "house"
    assert [h.request_id for h in court.history("c")] == [None, "r-1", "r-2"]


@pytest.mark.parametrize("change", [{"text": "boat"}, {"actor": SUN}])
def test_another_call_under_the_same_id_is_told(court: Engine, change: dict[str, Any]) -> None:
    note(court, "r-1")
    with pytest.raises(RequestReused, match="r-1"):
        note(court, "r-1", **change)
    with pytest.raises(RequestReused):
        court.fire("c", "notify", actor=LI, documents={"notice": "n"}, request_id="r-1")
    assert len(court.history("c")) == 2


def test_what_was_refused_may_be_tried_again(court: Engine) -> None:
    with pytest.raises(Refused):
        court.fire("c", "notify", actor=LI, request_id="r-1")
    court.fire("c", "notify", actor=LI, documents={"notice": "n"}, request_id="r-1")
    assert court.case("c").state == "noticed"


def test_the_id_is_of_its_case(court: Engine) -> None:
    court.open_case("loan", id="d", actor=LI, officer="li", data={"amount": "1"})
    note(court, "r-1")
    assert note(court, "r-1", "boat", case="d").data["clue"] == "boat"


def test_a_host_that_rolls_back_frees_the_id(court: Engine) -> None:
    with court.database.connect() as connection:
        transaction = connection.begin()
        court.fire("c", "clue", actor=LI, data={"clue": "car"}, request_id="r-1", within=connection)
        transaction.rollback()
    assert note(court, "r-1", "house").data["clue"] == "house"


def test_openings_once_for_their_court(court: Engine) -> None:
    first = court.open_case("loan", actor=LI, data={"amount": "5"}, request_id="o-1")
    assert court.open_case("loan", actor=LI, data={"amount": "5"}, request_id="o-1") == first
    with pytest.raises(RequestReused):
        court.open_case("loan", actor=LI, data={"amount": "6"}, request_id="o-1")
    batch = [NewCase(data={"amount": str(n)}) for n in range(3)]
    ids = court.open_many("loan", batch, actor=LI, request_id="b-1")
    assert court.open_many("loan", batch, actor=LI, request_id="b-1") == ids
    with pytest.raises(RequestReused):
        court.open_many("loan", batch[:2], actor=LI, request_id="b-1")
    assert len(court.query(procedure="loan")) == 5


def test_the_same_instant_in_another_zone_is_the_same_call(court: Engine) -> None:
    moment = court.clock.now()
    given: Any = {"actor": LI, "data": {"clue": "car"}, "request_id": "r-1"}
    first = court.fire("c", "clue", happened_at=moment.astimezone(UTC), **given)
    rome = moment.astimezone(timezone(timedelta(hours=1)))
    assert court.fire("c", "clue", happened_at=rome, **given) == first
    with pytest.raises(RequestReused):
        court.fire("c", "clue", happened_at=moment - timedelta(seconds=1), **given)


@pytest.mark.parametrize("kept", ["null", "{}", '{"value": 7}', '"x"'])
def test_a_result_that_cannot_be_read_is_told(court: Engine, kept: str) -> None:
    batch = [NewCase(data={"amount": "1"})]
    court.open_many("loan", batch, actor=LI, request_id="b-1")
    with court.database.begin() as connection:
        connection.execute(sa.text("UPDATE zx_requests SET result = :kept"), {"kept": kept})
    with pytest.raises(DamagedRow, match="b-1"):
        court.open_many("loan", batch, actor=LI, request_id="b-1")


def nested(depth: int) -> list[Any]:
    found: list[Any] = []
    for _ in range(depth):
        found = [found]
    return found


@pytest.mark.parametrize(
    "value",
    [nested(100_000), 10**5000, Decimal("sNaN"), {1: 1, "a": 2}, object(), float("nan"), "\ud800"],
    ids=["deep", "long", "nan", "keys", "object", "float", "surrogate"],
)
def test_what_cannot_be_written_down_is_refused_as_without_a_name(
    court: Engine, value: Any
) -> None:
    for request_id in (None, "r-1"):
        with pytest.raises(DataError):
            court.fire("c", "clue", actor=LI, data={"clue": value}, request_id=request_id)
    assert note(court, "r-1").data["clue"] == "car"


@pytest.mark.parametrize("id", ["", "x" * 91, "a\nb", "x" * 90 + "\u202e"])
def test_ids_are_short_and_visible(court: Engine, id: str) -> None:
    with pytest.raises(BadRequestId):
        note(court, id)


def test_a_case_that_has_moved_on_is_told(court: Engine) -> None:
    seen = court.case("c").version
    court.fire("c", "clue", actor=LI, data={"clue": "a"}, expected_version=seen)
    with pytest.raises(StaleVersion):
        court.fire("c", "clue", actor=LI, data={"clue": "b"}, expected_version=seen)


def test_two_at_once_under_one_id_take_effect_once(database: str, clock: VirtualClock) -> None:
    loan = definition_from_text(LOAN)
    with Engine(database, loan, clock=clock, drafts=True, upgrade=True, retries=20) as court:
        court.open_case("loan", id="c", actor=LI, officer="li", data={"amount": "100"})
        results: list[Any] = []
        threads = [
            threading.Thread(target=lambda: results.append(note(court, "r-1"))) for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(results) == 6 and all(result == results[0] for result in results)
        assert [h.seq for h in court.history("c")] == [1, 2]
