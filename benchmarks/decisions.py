"""Decisions per CPU second in memory: ours beside `transitions` alone and beside `transitions` with
the rest of the work done by hand; a real trigger beside the ring's."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from transitions import Machine

from zhixing.engine.decision.decide import decide, open_case
from zhixing.engine.decision.procedure import Procedure
from zhixing.engine.model.case import CaseState
from zhixing.engine.model.event import Actor, Event
from zhixing.workflow import load_definition, national_calendar

from .definitions import ring
from .measure import CPU, Row, side_by_side

BATCH = 3000
NOW = datetime(2025, 3, 3, 1, tzinfo=UTC)
_WAYS = (("a", "b"), ("b", "c"), ("c", "a"))
_STATES = ["a", "b", "c", "done"]

Work = Callable[[], int]


# -- transitions alone


class _Bare:
    """What is written first around `transitions`: a role and a comparison."""

    state = "a"
    roles = frozenset({"officer"})
    paid, claim, count = Decimal(10), Decimal(1000), 3

    def may(self) -> bool:
        return "officer" in self.roles

    def so(self) -> bool:
        return self.paid < self.claim and self.count > 1


def _bare() -> Work:
    machine = Machine(model=None, states=_STATES, initial="a", auto_transitions=False)
    for source, target in _WAYS:
        machine.add_transition("go", source, target, conditions=["may", "so"])
    model: Any = _Bare()
    machine.add_model(model)

    def work() -> int:
        for _ in range(BATCH):
            model.go()
        return BATCH

    return work


# -- transitions, and the rest of the work by hand


_SHANGHAI = ZoneInfo("Asia/Shanghai")
_ARMING = frozenset({"a", "b"})
_OFFICER = frozenset({"officer"})
_WORKING = [
    day
    for day in (date(2024, 1, 1) + timedelta(days=i) for i in range(1000))
    if national_calendar().is_working(day)
]


@dataclass(slots=True)
class _Deadline:
    rule: str
    start: datetime
    due_day: date
    due_at: datetime
    warns_at: datetime
    status: str = "running"
    ended_at: datetime | None = None


@lru_cache(maxsize=1024)
def _due(start: date) -> tuple[date, datetime]:
    """Seven days on, or the next working day; it is over when that day is."""
    day = _WORKING[bisect_left(_WORKING, start + timedelta(days=7))]
    end = datetime.combine(day + timedelta(days=1), time(), _SHANGHAI)
    return day, end.astimezone(UTC)


class _ByHand:
    """The same work as a decision of the ring: role, guard, deadline met and armed, history."""

    state = "a"
    paid, claim, count = Decimal(10), Decimal(1000), 3

    def __init__(self) -> None:
        self.running: _Deadline | None = None
        self.history: list[tuple[Any, ...]] = []
        self._told: list[tuple[str, str, date]] = []
        self._source = ""

    def may(self, at: datetime, person: str, roles: frozenset[str]) -> bool:
        return "officer" in roles

    def so(self, at: datetime, person: str, roles: frozenset[str]) -> bool:
        return self.paid < self.claim and self.count > 1

    def meet(self, at: datetime, person: str, roles: frozenset[str]) -> None:
        self._source, self._told = self.state, []
        deadline = self.running
        if deadline is not None:
            deadline.status, deadline.ended_at = "met", at
            self._told.append((deadline.rule, "met", deadline.due_day))
            self.running = None

    def arm(self, at: datetime, person: str, roles: frozenset[str]) -> None:
        if self.state in _ARMING:
            day, due_at = _due(at.astimezone(_SHANGHAI).date())
            self.running = _Deadline("next", at, day, due_at, due_at - timedelta(days=2))
            self._told.append(("next", "armed", day))
        entry = (at, "event", "go", person, tuple(sorted(roles)), self._source, self.state)
        self.history.append((*entry, self._told))


def _by_hand_model() -> Any:
    machine = Machine(model=None, states=_STATES, initial="a", auto_transitions=False)
    for source, target in _WAYS:
        machine.add_transition(
            "go", source, target, conditions=["may", "so"], before="meet", after="arm"
        )
    model = _ByHand()
    machine.add_model(model)
    return model


def _by_hand() -> Work:
    model = _by_hand_model()

    def work() -> int:
        for _ in range(BATCH):
            model.go(NOW, "li", _OFFICER)
        model.history.clear()  # as if it had been written
        return BATCH

    return work


# -- ours


def _on_the_ring() -> Work:
    procedure = Procedure(ring())
    actor = Actor.of("li", "officer")
    case = _opened(procedure, actor)
    event = Event(NOW, actor, "go")

    def work() -> int:
        nonlocal case
        for _ in range(BATCH):
            case = decide(procedure, case, event).case
            case.deadlines = [d for d in case.deadlines if d.live]  # as a case comes from the store
        return BATCH

    return work


def _on_a_real_one() -> Work:
    """A case of first enforcement is filed, with its data and the application: a duty is met and
    others begin. A decision leaves the case that it was given as it was, so it can be made again.
    """
    folder = Path(str(files("zhixing.definitions").joinpath("cn")))
    procedure = Procedure(load_definition(folder / "first_enforcement.yaml"))
    actor = Actor.of("wang", "filing_judge")
    case = _opened(procedure, actor)
    data = {
        "applicant": "a1",
        "debtor": "d1",
        "claim": "50000.00",
        "account": "6222",
        "title_effective": True,
        "is_entitled": True,
        "is_definite": True,
        "in_default": True,
        "has_jurisdiction": True,
    }
    event = Event(NOW + timedelta(hours=1), actor, "accept", data, {"application": "doc-1"})
    assert decide(procedure, case, event).case.state == "filed"

    def work() -> int:
        for _ in range(BATCH // 10):
            decide(procedure, case, event)
        return BATCH // 10

    return work


def _opened(procedure: Procedure, actor: Actor) -> CaseState:
    case = CaseState("x", procedure.id, procedure.hash, "", 1, NOW)
    return open_case(procedure, case, Event(NOW, actor)).case


def _agree() -> None:
    """What is done by hand comes to the same states and deadlines as ours."""
    procedure, actor, model = Procedure(ring()), Actor.of("li", "officer"), _by_hand_model()
    case = _opened(procedure, actor)
    for _ in range(7):
        case = decide(procedure, case, Event(NOW, actor, "go")).case
        model.go(NOW, "li", _OFFICER)
        ours = [(d.due_day, d.due_at, d.wake_at) for d in case.deadlines if d.live]
        running = [model.running] if model.running else []
        theirs = [(d.due_day, d.due_at, d.warns_at) for d in running]
        assert (case.state, ours) == (model.state, theirs)


def rows() -> list[Row]:
    _agree()
    rulers = (
        (_bare, "transitions, one flat machine, no more", "≥ 0.5, goal 1.0"),
        (_by_hand, "transitions, the same work by hand", ""),
    )
    found = []
    for ruler, name, target in rulers:
        ours, theirs = side_by_side(_on_the_ring(), ruler(), clock=CPU)
        found.append(Row("decisions in memory, the ring", ours, name, theirs, target, clock="CPU"))
    what = "decisions in memory, first enforcement: accept"
    real, small = side_by_side(_on_a_real_one(), _on_the_ring(), clock=CPU)
    found.append(Row(what, real, "ours, the ring", small, clock="CPU"))
    return found
