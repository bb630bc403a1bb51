"""Decisions per second in memory, beside a raw `transitions` machine with the same states and
conditions in Python."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from transitions import Machine

from zhixing.engine.decision.decide import decide, open_case
from zhixing.engine.decision.procedure import Procedure
from zhixing.engine.model.case import CaseState
from zhixing.engine.model.event import Actor, Event

from .definitions import ring
from .measure import Row, side_by_side

BATCH = 3000
NOW = datetime(2025, 3, 3, 1, tzinfo=UTC)


class _Model:
    """What a court system would write by hand around `transitions`: a role and a comparison."""

    state = "a"
    roles = frozenset({"officer"})
    paid, claim, count = Decimal(10), Decimal(1000), 3

    def may(self) -> bool:
        return "officer" in self.roles

    def so(self) -> bool:
        return self.paid < self.claim and self.count > 1


def _raw() -> Any:
    machine = Machine(
        model=None, states=["a", "b", "c", "done"], initial="a", auto_transitions=False
    )
    for source, target in (("a", "b"), ("b", "c"), ("c", "a")):
        machine.add_transition("go", source, target, conditions=["may", "so"])
    model: Any = _Model()
    machine.add_model(model)

    def work() -> int:
        for _ in range(BATCH):
            model.go()
        return BATCH

    return work


def _ours() -> Any:
    procedure = Procedure(ring())
    actor = Actor.of("li", "officer")
    case = CaseState("x", procedure.id, procedure.hash, "", 1, NOW)
    open_case(procedure, case, Event(NOW, actor))
    event = Event(NOW, actor, "go")

    def work() -> int:
        nonlocal case
        for _ in range(BATCH):
            case = decide(procedure, case, event).case
            case.deadlines = [d for d in case.deadlines if d.live]  # as a case comes from the store
        return BATCH

    return work


def rows() -> list[Row]:
    ours, theirs = side_by_side(_ours(), _raw())
    return [
        Row(
            "decisions in memory (role, guard, deadlines)",
            ours,
            "transitions, one flat machine",
            theirs,
            "≥ 0.5, goal 1.0",
        )
    ]
