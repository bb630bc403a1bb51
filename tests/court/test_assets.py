"""Assets: one queue over all cases and courts, as the law has it; the vectors of the law through
measures that live in the engine."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.conftest import DATA, SHANGHAI, at
from tests.court.debts import CHARTER, DEFINITIONS, officer
from zhixing.court import CourtAssets
from zhixing.engine import Actor, Engine, NotAllowed, Refused, VirtualClock
from zhixing.engine.model.books import HoldStanding

EAST, WEST = officer("east"), officer("west")
PRESIDENT = Actor.of("president", "president", at="all")
VECTORS = list(csv.DictReader((DATA / "law/seizure_queue_give.csv").open(encoding="utf-8")))


@pytest.fixture
def court(database: str, clock: VirtualClock) -> Iterator[Engine]:
    with Engine(database, DEFINITIONS, clock=clock, drafts=True, upgrade=True) as engine:
        engine.set_first_charter(CHARTER)
        yield engine


def measure(
    court: Engine, case: str, who: Actor, kind: str = "movable", number: str = "京A-1", **data: Any
) -> str:
    """A measure of a case on an asset, ready to be registered; gives its id."""
    asset = {"id": "x", "number": number, "kind": kind}
    given = {"claim": "1000", "debtor": "D1", "asset": [asset], **data}
    at_court = who.id.partition("@")[2]
    court.open_case("debt", id=case, actor=who, court=at_court, officer=who.id, data=given)
    court.fire(case, "seize", actor=who, about="x")
    (sub,) = court.query(parent=case)
    court.fire(sub.id, "order", actor=who, data={"amount": "600"})
    return sub.id


def register(court: Engine, sub: str, who: Actor) -> str:
    return court.fire(sub, "register", actor=who).state


def queue(court: Engine, number: str = "京A-1") -> list[tuple[str, Any]]:
    found = CourtAssets(court).queue(number, actor=PRESIDENT)
    return [(m.of_case, m.rank) for m in found.measures]


def test_two_courts_stand_in_one_queue_however_the_number_is_written(court: Engine) -> None:
    first = measure(court, "a", EAST)
    second = measure(court, "b", WEST, number="京a１")
    assert register(court, first, EAST) == "effective"
    assert register(court, second, WEST) == "waiting"
    assert queue(court) == [("a", 1), ("b", 2)]


def test_who_waits_moves_up_when_the_first_ends_and_his_term_begins_then(
    court: Engine, clock: VirtualClock
) -> None:
    subs = {id: measure(court, id, who) for id, who in (("a", EAST), ("b", WEST), ("c", EAST))}
    for id, who in (("a", EAST), ("b", WEST), ("c", EAST)):
        register(court, subs[id], who)
    clock.advance(days=100)
    court.fire(subs["b"], "release", actor=WEST)
    assert queue(court) == [("a", 1), ("c", 2)]
    court.fire(subs["a"], "release", actor=EAST)
    moved = court.case(subs["c"])
    day = clock.now().astimezone(SHANGHAI).date()
    assert (moved.state, moved.data["effective_on"]) == ("effective", day)
    assert moved.data["until"] == day.replace(year=day.year + 2)


def test_a_sale_ends_every_measure_and_nobody_moves_up(court: Engine) -> None:
    subs = {id: measure(court, id, EAST) for id in "abc"}
    for sub in subs.values():
        register(court, sub, EAST)
    court.fire(subs["a"], "sell", actor=EAST)
    assert [court.case(sub).state for sub in subs.values()] == ["sold", "fallen", "fallen"]
    assert queue(court) == []
    triggers = [e.trigger for e in court.history(subs["b"])]
    assert triggers == ["", "order", "register", "fall"]


def test_a_queue_of_a_thousand_days_later_needs_no_new_ruling(
    court: Engine, clock: VirtualClock
) -> None:
    """The clock alone lets terms lapse, one after the other, at 24:00 of their last days."""
    subs = [measure(court, id, EAST, "deposit", "6222") for id in "ab"]
    for sub in subs:
        register(court, sub, EAST)
    clock.advance(days=800)
    court.run_due()
    assert [court.case(sub).state for sub in subs] == ["lapsed", "lapsed"]
    ends = [court.history(sub)[-1].happened_at.astimezone(SHANGHAI) for sub in subs]
    assert ends == [at("2026-03-04"), at("2027-03-05")]


def test_no_more_is_ordered_than_is_claimed_counting_what_others_of_the_case_hold(
    court: Engine,
) -> None:
    first = measure(court, "a", EAST)
    register(court, first, EAST)
    court.fire("a", "find_asset", actor=EAST, data={"asset.number": "沪B", "asset.kind": "movable"})
    about = court.case("a").data["asset"][1]["id"]
    court.fire("a", "seize", actor=EAST, about=about)
    second = next(m.id for m in court.query(parent="a") if m.id != first)
    with pytest.raises(Refused):
        court.fire(second, "order", actor=EAST, data={"amount": "400.01"})
    court.fire(second, "order", actor=EAST, data={"amount": "400"})


def test_excess_over_all_cases_of_a_debtor_is_told(court: Engine) -> None:
    for id, who, claim in (("a", EAST, "1000"), ("b", WEST, "600")):
        register(court, measure(court, id, who, number=id, claim=claim), who)
    assets = CourtAssets(court)
    found = assets.of_debtor("D1", actor=PRESIDENT)
    assert (found.held, found.claimed, found.is_excess) == (1200, 1600, False)
    assert {m.court for m in found.measures} == {"east", "west"}
    assert assets.of_debtor("D2", actor=PRESIDENT).measures == ()


def test_the_default_is_no(court: Engine) -> None:
    with pytest.raises(NotAllowed):
        CourtAssets(court).queue("京A-1", actor=EAST)
    with pytest.raises(NotAllowed):
        CourtAssets(court).of_debtor("D1", actor=EAST)


# -- the vectors of the law

_TRIGGERS = {"seize": "register", "renew": "renew", "release": "release", "sale": "sell"}


@pytest.mark.parametrize("row", VECTORS, ids=[row["id"] for row in VECTORS])
def test_measures_that_live_in_the_engine_stand_as_the_vectors_say(
    database: str, row: dict[str, str]
) -> None:
    events = sorted(map(_event, row["events"].split(";")), key=lambda event: event[0])
    asked_on = date.fromisoformat(row["asked_on"])
    clock = VirtualClock(_noon(events[0][0] - timedelta(days=1)))
    with Engine(database, DEFINITIONS, clock=clock, drafts=True, upgrade=True) as court:
        court.set_first_charter(CHARTER)
        subs = _ordered(court, row["kind"], {who for _, _, who in events if who})
        for day, act, who in events:
            if day <= asked_on:
                _until(court, clock, day)
                _act(court, subs, act, who)
        _until(court, clock, asked_on)
        found = CourtAssets(court).queue("X1", actor=PRESIDENT)
    names = {id: who for who, id in subs.items()}
    effective = found.effective
    assert (names[effective.case_id] if effective else "") == row["effective"]
    assert (str(effective.until) if effective else "") == row["until"]
    assert ",".join(names[m.case_id] for m in found.waiting) == row["waiting"].replace(";", ",")
    assert all(m.standing in (HoldStanding.EFFECTIVE, HoldStanding.WAITING) for m in found.measures)
    assert all(m.amount == Decimal("600.00") for m in found.measures)


def _event(written: str) -> tuple[date, str, str]:
    day, act, *who = written.split(":")
    return date.fromisoformat(day), act, who[0] if who else ""


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), SHANGHAI)


def _until(court: Engine, clock: VirtualClock, day: date) -> None:
    clock.set(_noon(day))
    court.run_due()


def _ordered(court: Engine, kind: str, names: set[str]) -> dict[str, str]:
    """A measure for each who will seize, in a case and a court of his own."""
    courts = (EAST, WEST)
    return {
        who: measure(court, f"of-{who}", courts[n % 2], kind.replace(" ", "_"), "X1")
        for n, who in enumerate(sorted(names))
    }


def _act(court: Engine, subs: dict[str, str], act: str, who: str) -> None:
    """An act as it happened; one that is too late is refused here, and without effect there."""
    if act == "sale" and not who:
        who = next(name for name, id in subs.items() if court.case(id).state == "effective")
    case = court.case(subs[who])
    actor = officer(case.court)
    try:
        court.fire(case.id, _TRIGGERS[act], actor=actor)
    except Refused:
        assert act in ("renew", "release")
