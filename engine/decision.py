"""The one decision: what one event makes of one case. Pure: values in, a `Decision` out; nothing is read or written.

The live engine, the clock, replay and simulation all come through `decide`.
"""

from __future__ import annotations

from datetime import datetime

from ..workflow.guards import Children
from . import acting, adjusting, approving, obstacles, pool
from .changes import Assign, Claim, Come, Deduct, Extend, HandBack, Move, Reckon, Vote, Waive, Watch, Withdraw
from .machine import Passage, Procedure
from .timing import Ledger, arm, reckon
from .values import CLOCK, Actor, CaseState, Decision, Event, Obstacle

NO_CHILDREN: Children = {}


def open_case(procedure: Procedure, case: CaseState, event: Event) -> Decision:
    """The first decision of a case: it stands in the initial state with its data, and that state's deadlines run."""
    case.state = procedure.definition.initial
    case.data = dict(procedure.defaults)
    with_ = acting.brought(procedure, case, event.data, event.documents)
    case.data, case.documents = with_.data, with_.documents
    ledger = Ledger(case.id, 1)
    for rule in procedure.entering.get(case.state, ()):
        arm(procedure, case, rule, event.at, ledger)
    pool.enter(procedure, case, event.at, ledger)
    return acting.concluded(case, event, "opened", with_.changes, ledger, "")


def decide(procedure: Procedure, case: CaseState, event: Event, children: Children = NO_CHILDREN) -> Decision:
    """What `event` makes of `case`. The case given is not changed. Raises `Refused` with every obstacle, `DataError`."""
    ledger = Ledger(case.id, case.version + 1)
    if event.change is not None:
        return _decide_change(procedure, case.clone(), event, ledger, children)
    with_ = acting.brought(procedure, case, event.data, event.documents)
    passage = acting.attempt(procedure, case, event, with_, children, event.actor)
    assert passage.taken is not None
    after = case.clone()
    if passage.taken.spec.approval is not None:
        return approving.propose(procedure, after, event, passage, ledger)
    return acting.carry_out(procedure, after, event, passage, with_, ledger, event.actor.id)


def _decide_change(procedure: Procedure, case: CaseState, event: Event, ledger: Ledger, children: Children) -> Decision:
    match event.change:
        case Come() as change:
            fires = adjusting.come(procedure, case, event, change, ledger)
            decision = acting.concluded(case, event, "deadline", {}, ledger)
            decision.fires = Event(event.at, CLOCK, fires) if fires is not None else None
            return decision
        case Vote() as change:
            return approving.vote(procedure, case, event, change, ledger, children)
        case Withdraw() as change:
            return approving.withdraw(procedure, case, event, change, ledger)
        case Claim() as change:
            kind, changes = "claimed", pool.claim(procedure, case, event, change, ledger)
        case HandBack() as change:
            kind, changes = "handed-back", pool.hand_back(procedure, case, event, change, ledger)
        case Deduct() as change:
            kind, changes = "deduction", adjusting.deduct(procedure, case, event, change, ledger)
        case Extend() as change:
            kind, changes = adjusting.extend(procedure, case, event, change, ledger)
        case Waive(deadline):
            kind, changes = "waived", adjusting.waive(case, event, deadline, ledger)
        case Reckon():
            reckon(procedure, case, event.at, ledger)
            kind, changes = "calendar", {"calendar": procedure.calendar.version}
        case Assign() as change:
            kind, changes = "assigned", adjusting.assign(case, change, ledger)
        case Watch() as change:
            kind, changes = "assigned", adjusting.watch(case, change, ledger)
        case Move() as change:
            kind, changes = "moved", adjusting.move(procedure, case, event, change, ledger)
        case None:
            raise AssertionError("a change")
    return acting.concluded(case, event, kind, changes, ledger)


def possible(
    procedure: Procedure, case: CaseState, actor: Actor, at: datetime, children: Children = NO_CHILDREN
) -> dict[str, tuple[Obstacle, ...]]:
    """Each trigger of the case's state with what stands in its way; an empty tuple means that it is possible."""
    answer: dict[str, tuple[Obstacle, ...]] = {}
    for trigger in procedure.definition.triggers:
        passage = Passage(case, case.state, actor, at, case.data, case.documents, children, procedure)
        found: list[Obstacle] = []
        steps = [s for s in procedure.steps(trigger, case.state) if not s.returns or case.origins[-1:] == (s.dest,)]
        for step in steps:
            standing = obstacles.of_step(step, passage)
            if not standing:
                found = []
                break
            found.extend(o for o in standing if o not in found)
        if steps:
            answer[trigger] = tuple(found)
    return answer
