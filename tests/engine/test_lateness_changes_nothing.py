"""Random lives entered as they happen, or late and in any order: in the end the same is true."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.conftest import DATA, at
from zhixing.engine import Actor, BadEvent, Case, Engine, Refused, Replacement, VirtualClock
from zhixing.workflow import definition_from_text

# anybody may enter anything however late: what is tested is what becomes of it
TEXT = (DATA / "late.yaml").read_text(encoding="utf-8")
FREE = definition_from_text(TEXT.replace("within: 3wd", "within: 999d"))
LI = Actor.of("li", "officer")
WATCHERS = (Actor.of("zhao", "supervisor"), Actor.of("wang", "chief"))
COUNTING = {"running", "paused"}
START, END = at("2025-01-10 10:00"), at("2025-04-30 10:00")
TRIGGERS = ("report", "pay", "pay", "serve", "remark", "object", "renew", "note", "close")


@dataclass(frozen=True)
class Step:
    """Something that happens, and what it brings."""

    at: datetime
    trigger: str
    data: dict[str, Any]
    documents: dict[str, str]


def steps(dice: random.Random) -> list[Step]:
    """A life of some steps, each at a minute of its own."""
    minutes = sorted(dice.sample(range(1, 90 * 24 * 60), dice.randint(2, 9)))
    made = []
    for minute in minutes:
        moment, trigger = START + timedelta(minutes=minute), dice.choice(TRIGGERS)
        data: dict[str, Any] = {}
        if trigger == "serve":
            data = {"served_on": (moment - timedelta(days=dice.randint(0, 3))).date()}
        if trigger == "remark":
            data = {"note": f"note {minute}"}
        made.append(Step(moment, trigger, data, {"ruling": "r"} if trigger == "renew" else {}))
    return made


def opened() -> Engine:
    court = Engine("sqlite://", FREE, clock=VirtualClock(START), drafts=True)
    court.open_case("late", id="c", actor=LI, officer="li", data={"amount": "1"})
    return court


def go_to(court: Engine, moment: datetime) -> None:
    assert isinstance(court.clock, VirtualClock)
    court.clock.set(moment)
    court.run_due()


def punctual(life: list[Step]) -> tuple[list[Step], Any]:
    """The steps that were possible when they happened, and what was true in the end."""
    with opened() as court:
        done = []
        for step in life:
            go_to(court, step.at)
            try:
                court.fire("c", step.trigger, actor=LI, data=step.data, documents=step.documents)
            except Refused:
                continue
            done.append(step)
        go_to(court, END)
        return done, truth(court)


def late(life: list[Step], dice: random.Random) -> Any:
    """The same steps, each entered some days later, in the order in which they are entered."""
    delays = [timedelta(hours=dice.choice((0, 0, 5, 30, 200, 900))) for _ in life]
    entered = sorted(zip(life, delays, strict=True), key=lambda pair: pair[0].at + pair[1])
    with opened() as court:
        for step, delay in entered:
            go_to(court, min(step.at + delay, END))
            enter(court, step, dice)
        go_to(court, END)
        found = truth(court)
        proves_itself(court)
        correct_something(court, dice)
        proves_itself(court)
        return found


def proves_itself(court: Engine) -> None:
    """Each entry is as it was written, and comes out the same when it is decided again; what is
    folded from them is the case."""
    report = court.verify(rules=True)
    assert (report.found, report.not_repeatable) == (0, 0), report.findings
    assert report.repeated == report.entries == len(court.history("c"))
    assert report.otherwise == ()
    then, case = court.case_at("c", court.clock.now()), court.case("c")
    assert (then.state, then.data, then.documents) == (case.state, case.data, case.documents)
    stood = {(d.rule, d.key, d.status.value, d.due_day) for d in then.deadlines}
    stands = {(d.rule, d.key, d.status, d.due_day) for d in court.deadlines("c", live=False)}
    assert stood <= stands
    assert {limit for limit in stands if limit[2] in COUNTING} <= stood


def correct_something(court: Engine, dice: random.Random) -> None:
    """Entries annulled or moved in time at random, where that is possible."""
    for _ in range(3):
        seq = dice.randint(2, len(court.history("c")))
        moment = START + timedelta(hours=dice.randint(1, 2000))
        moved = {seq: Replacement(happened_at=moment)}
        given: dict[str, Any] = {"annul": [seq]} if dice.random() < 0.6 else {"replace": moved}
        try:
            case = court.correct("c", actor=LI, note="x", documents={"proof": "p"}, **given)
        except (Refused, BadEvent):
            continue
        approve(court, case)
        go_to(court, court.clock.now() + timedelta(hours=1))


def enter(court: Engine, step: Step, dice: random.Random) -> None:
    proof = {"proof": f"p-{dice.randint(1, 9)}"} if court.clock.now() > step.at else {}
    case = court.fire(
        "c",
        step.trigger,
        actor=LI,
        data=step.data,
        documents={**step.documents, **proof},
        happened_at=step.at,
    )
    approve(court, case)


def approve(court: Engine, case: Case) -> None:
    """Whoever must agree does."""
    while case.waiting:
        waiting = case.waiting[0]
        watcher = next(w for w in WATCHERS if w.roles & set(waiting.awaits))
        case = court.approve("c", waiting.trigger, actor=watcher)


def truth(court: Engine) -> Any:
    """What is true of the case, whoever entered it when."""
    case = court.case("c")
    documents = {k: v for k, v in case.documents.items() if k != "proof"}
    limits = sorted(
        (d.rule, d.start, d.due_day, d.due_at, d.status) for d in court.deadlines("c", live=False)
    )
    annulled = [limit for limit in limits if limit[4] != "cancelled"]
    return case.state, case.closed_at, case.closing_mode, case.data, documents, annulled


def lives(seed: int) -> Iterator[tuple[list[Step], Any, random.Random]]:
    dice = random.Random(seed)
    for _ in range(6):
        done, expected = punctual(steps(dice))
        yield done, expected, dice


@pytest.mark.parametrize("seed", range(8))
def test_late_entries_end_in_the_same(seed: int) -> None:
    compared = 0
    for life, expected, dice in lives(seed):
        try:
            found = late(life, dice)
        except Refused as refused:
            codes = {obstacle.code for obstacle in refused.obstacles}
            assert codes <= {"overtaken", "entry-impossible", "state", "gate"}, refused
            continue
        assert found == expected, life
        compared += 1
    assert compared
