"""An officer's calendar, read back by the library that a calendar program might use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from icalendar import Calendar

from tests.conftest import at
from tests.court.lived import CHIEF, PRESIDENT, live, opened
from zhixing.court import officer_calendar
from zhixing.engine import Actor, Engine, NotAllowed, VirtualClock

HAN = Actor.of("han", "officer@haidian")


@pytest.fixture
def court(database: str, clock: VirtualClock) -> Iterator[Engine]:
    with opened(database, clock) as engine:
        yield engine


def todos(court: Engine, officer: str = "han", **asked: Any) -> dict[str, Any]:
    """The to-dos of a calendar by their ids."""
    text = officer_calendar(court, officer, **{"actor": HAN, **asked})
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    calendar = Calendar.from_ical(text)
    assert (calendar["version"], calendar["method"]) == ("2.0", "PUBLISH")
    return {str(todo["uid"]): todo for todo in calendar.walk("VTODO")}


def open_case(court: Engine, id: str, number: str = "") -> None:
    given = {"n": 1}
    court.open_case(
        "flow", actor=HAN, court="haidian", officer="han", id=id, number=number, data=given
    )


def test_each_limit_is_a_to_do_with_its_day_its_law_and_its_alarms(
    court: Engine, clock: VirtualClock
) -> None:
    clock.set(at("2025-03-03 09:00"))
    open_case(court, "c", "(2025)京0108执1号")
    found = {str(todo["summary"]): todo for todo in todos(court).values()}
    duty = found["(2025)京0108执1号 义务"]
    assert duty["due"].dt == date(2025, 3, 13) and duty["status"] == "NEEDS-ACTION"
    (alarm,) = duty.walk("VALARM")
    assert alarm["trigger"].dt == at("2025-03-11 00:00")
    warned = next(a for a in _alerts_to_come(court, clock))
    assert alarm["trigger"].dt == warned
    english = {str(todo["summary"]) for todo in todos(court, lang="en").values()}
    assert "(2025)京0108执1号 duty" in english


def _alerts_to_come(court: Engine, clock: VirtualClock) -> list[Any]:
    """When the engine itself warns."""
    before = clock.now()
    clock.set(at("2025-03-12 09:00"))
    court.run_due()
    found = [alert.at for alert in court.alerts() if alert.kind == "warning"]
    assert found and before < clock.now()
    return found


def test_what_changes_is_told_with_a_higher_number_under_the_same_id(
    court: Engine, clock: VirtualClock
) -> None:
    clock.set(at("2025-03-03 09:00"))
    open_case(court, "c")
    before = todos(court)
    assert before == todos(court)
    clock.advance(days=1)
    court.fire("c", "rest", actor=HAN)
    paused = todos(court)
    assert paused.keys() == before.keys()
    for uid, todo in paused.items():
        assert int(todo["sequence"]) > int(before[uid]["sequence"])
        assert "due" not in todo and "暂停" in str(todo["description"])
        assert not todo.walk("VALARM")
    clock.advance(days=3)
    court.fire("c", "resume", actor=HAN)
    days = {f"{limit.id}@zhixing": limit.due_day for limit in court.deadlines("c")}
    assert {uid: todo["due"].dt for uid, todo in todos(court).items()} == days
    assert all(days[uid] > todo["due"].dt for uid, todo in before.items())


def test_what_ended_is_completed_or_cancelled_and_is_gone_after_a_while(
    court: Engine, clock: VirtualClock
) -> None:
    clock.set(at("2025-03-03 09:00"))
    open_case(court, "c")
    running = todos(court)
    court.fire("c", "stop", actor=HAN)
    ended = todos(court)
    assert ended.keys() == running.keys()
    assert {str(todo["status"]) for todo in ended.values()} == {"CANCELLED"}
    clock.advance(days=61)
    assert todos(court) == {}


def test_it_is_the_officers_own_and_of_whom_the_charter_lets_oversee(
    court: Engine, clock: VirtualClock
) -> None:
    live(court, clock, 30, 5)
    own = todos(court)
    assert own == todos(court, actor=PRESIDENT) != {}
    for other in (Actor.of("hu", "officer@haidian"), CHIEF):
        with pytest.raises(NotAllowed):
            officer_calendar(court, "han", actor=other)
    limits = [d for c in court.query(officer="han") for d in court.deadlines(c.id)]
    shown = {f"{limit.id}@zhixing" for limit in limits}
    assert shown <= own.keys()
