"""What a past that was decided again makes of a case now: only what came out otherwise is taken.

What has left the case (a request sent, a sub-procedure opened, word to the parent) is never undone
by itself, and what the clock alone would send now does not go out: a person gets a task for each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, TypeVar

from ..model.case import (
    LIVE,
    CaseState,
    DeadlineState,
    DeadlineStatus,
    Proposal,
    TaskKind,
    TaskState,
    TaskStatus,
)
from ..model.commands import Correct
from ..model.effects import Effects
from ..model.past import Redecision, Replayed
from . import tasks
from .deadlines import alert
from .turn import Turn

_TAKEN = (
    "came",
    "closed_at",
    "closing_mode",
    "deductions",
    "definition_hash",
    "done_by",
    "links",
    "officer",
    "origins",
    "state",
    "stated",
    "team",
)
"""What of a case is taken as it came out, where it came out otherwise."""

_TOLD_ONCE = ("expired", "escalated")
_NO_EFFECTS = Effects()
_REQUEST = "request:"


def adopt(turn: Turn, done: Redecision, roles: tuple[str, ...]) -> dict[str, Any]:
    """Take what came out otherwise into a turn's case, with its effects; gives what changed.

    `roles` are those who are given what is to be done by hand.
    """
    case, before, after = turn.case, done.before.case, done.after.case
    changes = _facts(case, before, after)
    _documents(turn, before, after)
    for name in _TAKEN:
        value = getattr(after, name)
        if getattr(before, name) != value:
            setattr(case, name, value)
            changes |= _told_of(name, value)
    turn.effects.reassigned = True
    _proposals(case, before, after)
    _deadlines(turn, done)
    _tasks(turn, before, after)
    _alerts(turn, done)
    _effects(turn, done, roles)
    return changes


_MISSED = (DeadlineStatus.EXPIRED, DeadlineStatus.MET_LATE)
"""How a limit stands that was not kept, whatever was done afterwards."""


def missed(case: CaseState) -> dict[str, DeadlineStatus]:
    """How the limits stand that were not kept, by id."""
    return {d.id: d.status for d in case.deadlines if d.status in _MISSED}


def overturned(done: Redecision) -> list[DeadlineState]:
    """The limits that were told to be missed, and are so no more."""
    kept = missed(done.before.case).keys() - missed(done.after.case).keys()
    return [d for d in done.before.case.deadlines if d.id in kept]


def _told_of(name: str, value: Any) -> dict[str, Any]:
    return {name: value} if name in ("officer", "team", "state", "closing_mode") else {}


def _facts(case: CaseState, before: CaseState, after: CaseState) -> dict[str, Any]:
    """The fields that are others now."""
    changed = {
        name: after.data.get(name)
        for name in {**before.data, **after.data}
        if before.data.get(name) != after.data.get(name)
    }
    case.data = {**case.data, **changed}
    return changed


def _documents(turn: Turn, before: CaseState, after: CaseState) -> None:
    """What is on file of each kind that came out otherwise; history tells all of it."""
    case, filed = turn.case, dict[str, list[str]]()
    for kind in {**before.documents, **after.documents}:
        was, now = before.documents.get(kind, []), after.documents.get(kind, [])
        if was != now:
            filed[kind] = [*now, *_beside(case.documents.get(kind, []), was)]
    if filed:
        turn.tell(what="filed", documents=filed)
        case.documents = {kind: all for kind, all in {**case.documents, **filed}.items() if all}


def _beside(filed: Sequence[str], known: Sequence[str]) -> list[str]:
    """What was filed beside the acts of the past: with what corrects them, say."""
    others = list(filed)
    for reference in known:
        if reference in others:
            others.remove(reference)
    return others


def _proposals(case: CaseState, before: CaseState, after: CaseState) -> None:
    """Acts that wait; those about the past itself wait on as they are."""
    if before.proposals == after.proposals:
        return
    case.proposals = (*after.proposals, *filter(is_aside, case.proposals))


def is_aside(proposal: Proposal) -> bool:
    """Whether what waits is about the past, and no step of the procedure."""
    return proposal.happened_at is not None or proposal.is_correction


# -- time limits


def _deadlines(turn: Turn, done: Redecision) -> None:
    """What became of the deadlines: those that are new, that changed, that are no more."""
    before, after = _by_id(done.before.case.deadlines), _by_id(done.after.case.deadlines)
    told = defaultdict[_Named, list[str]](list)
    for id, deadline in after.items():
        if id not in before:
            _take_new(turn, done, deadline)
        elif _differs(before[id], deadline):
            _take_changed(turn, done, before[id], deadline)
        else:
            continue
        told[_named_as(deadline)].append(id)
    for id in sorted(before.keys() - after.keys()):
        _annul(turn, done, id)
        told[_named_as(before[id])].append(id)
    _tell_standing(turn, after.values(), told)


_Named = tuple[str, str]
"""By what history names a limit: its rule and its key."""


def _named_as(deadline: DeadlineState) -> _Named:
    return deadline.rule, deadline.key


def _tell_standing(
    turn: Turn, deadlines: Iterable[DeadlineState], told: Mapping[_Named, list[str]]
) -> None:
    """Of several limits of one name the one that counts now is told last, as it stands."""
    by_worth = sorted(deadlines, key=lambda d: (d.status in _COUNTING, d.start))
    for name, standing in {_named_as(d): d for d in by_worth}.items():
        if name in told and told[name] != [standing.id]:
            turn.tell_deadline(standing, standing.status.value)


_Kept = TypeVar("_Kept", DeadlineState, TaskState)


def _by_id(kept: Iterable[_Kept]) -> dict[str, _Kept]:
    return {one.id: one for one in kept}


def _with(kept: Iterable[_Kept], new: _Kept) -> list[_Kept]:
    """What is kept, with a new one at the end; the one of its id goes."""
    return [one for one in kept if one.id != new.id] + [new]


_COUNTING = (DeadlineStatus.RUNNING, DeadlineStatus.PAUSED)


def _take_new(turn: Turn, done: Redecision, deadline: DeadlineState) -> None:
    """A deadline that there is now: a new one, or one that had been annulled."""
    known = done.deadlines.get(deadline.id)
    if known is not None:  # it had been annulled, and comes back
        _put(turn, deadline)
    else:
        turn.arm(deadline)
    turn.tell_deadline(deadline, "armed")
    if deadline.status is not DeadlineStatus.RUNNING:
        turn.tell_deadline(deadline, deadline.status.value)


def _take_changed(
    turn: Turn, done: Redecision, before: DeadlineState, after: DeadlineState
) -> None:
    """A deadline that stands otherwise now; an expiry that was none is overturned."""
    _put(turn, after)
    what = after.status.value if after.status is not before.status else "recomputed"
    turn.tell_deadline(after, what)
    if before.status is DeadlineStatus.EXPIRED and after.status not in _MISSED:
        _overturn(turn, after)


def _overturn(turn: Turn, deadline: DeadlineState) -> None:
    """An expiry that was told, and was none: its alerts end, and a right it opened falls."""
    turn.effects.closed_alerts[deadline.id] = "not-expired"
    turn.tell_deadline(deadline, "not-expired")
    expiry = turn.procedure.rules[deadline.rule].on_expiry
    if expiry.opens_right:
        turn.tell_deadline(deadline, "right-fell")
        alert(turn, "right-fell", deadline, expiry.alert)


def _annul(turn: Turn, done: Redecision, id: str) -> None:
    known = done.deadlines.get(id)
    if known is None:
        return
    annulled = known.clone()
    annulled.status, annulled.live = DeadlineStatus.CANCELLED, False
    annulled.wake_at, annulled.ended_at = None, turn.event.known_at
    _put(turn, annulled)
    turn.effects.closed_alerts[id] = "annulled"
    turn.tell_deadline(annulled, "annulled")


def _put(turn: Turn, deadline: DeadlineState) -> None:
    """Put a deadline in the place of the one of its id, whether it is among the case's or not."""
    turn.case.deadlines = _with(turn.case.deadlines, deadline)
    turn.effects.changed[deadline.id] = deadline


def _differs(before: DeadlineState, after: DeadlineState) -> bool:
    return any(getattr(before, n) != getattr(after, n) for n in DeadlineState.__slots__)


# -- work, alerts


def _tasks(turn: Turn, before: CaseState, after: CaseState) -> None:
    """Open tasks that came out otherwise: offered, ended, claimed by another."""
    was, now, here = _by_id(before.tasks), _by_id(after.tasks), _by_id(turn.case.tasks)
    for id, task in now.items():
        if was.get(id) != task:
            _take_task(turn, task)
    over = sorted((was.keys() - now.keys()) & here.keys())
    tasks.end(turn, [here[id] for id in over], TaskStatus.ENDED)


def _take_task(turn: Turn, task: TaskState) -> None:
    turn.case.tasks = tuple(_with(turn.case.tasks, task))
    turn.effects.tasks.append(task)
    turn.tell(task=task.name, what=task.status.value)


def _alerts(turn: Turn, done: Redecision) -> None:
    """What expired only now is told once; what should have been warned of in the past is not."""
    live = {d.id for d in done.after.case.deadlines if d.status in (*LIVE, *_RIGHTS)}
    all = chain.from_iterable(decision.effects.alerts for decision in done.after.fresh)
    told = (new for new in all if new.kind in _TOLD_ONCE and new.deadline_id in live)
    turn.effects.alerts += {(new.deadline_id, new.kind): new for new in told}.values()


_RIGHTS = (DeadlineStatus.OPENED,)


# -- what leaves the case


def _effects(turn: Turn, done: Redecision, roles: tuple[str, ...]) -> None:
    inserted = done.after.inserted
    if inserted is not None:
        turn.effects.requests += inserted.effects.requests
    for decision in done.after.fresh:
        at = decision.entry.happened_at
        turn.effects.children += [replace(start, at=at) for start in decision.effects.children]
        turn.effects.adopts += decision.effects.adopts
        turn.effects.transfers += decision.effects.transfers
        turn.effects.tells += [replace(told, at=at) for told in decision.effects.tells]
        if decision is not inserted:
            _by_hand(turn, "send", _asked(decision.effects), roles)
    for seq, decision in done.after.kept.items():
        was = _effects_of(done.before, seq)
        _by_hand(turn, "send", _left(decision.effects) - _left(was), roles)
        _take_back(turn, done, _left(was) - _left(decision.effects), roles)
    for seq in sorted(done.before.kept.keys() - done.after.kept.keys()):
        _take_back(turn, done, _left(_effects_of(done.before, seq)), roles)


def _effects_of(replayed: Replayed, seq: int) -> Effects:
    decision = replayed.kept.get(seq)
    return decision.effects if decision is not None else _NO_EFFECTS


def _left(effects: Effects) -> frozenset[str]:
    """What an event sent out of its case, by kind and name."""
    return frozenset(_named(effects))


def _asked(effects: Effects) -> Iterator[str]:
    """What the court asks of others; sub-procedures and related proceedings are its own."""
    yield from (f"{_REQUEST}{r.request}" for r in effects.requests)


def _named(effects: Effects) -> Iterator[str]:
    yield from _asked(effects)
    yield from map("opening:{0.sub_procedure}".format, effects.children)
    yield from map("{0.to}:{0.trigger}".format, effects.tells)
    yield from map("link:{0.name}".format, effects.links.values())
    yield from map("transfer:{0.name}".format, effects.transfers)
    yield from map("adopt:{0[1]}".format, effects.adopts)


def _take_back(turn: Turn, done: Redecision, names: frozenset[str], roles: tuple[str, ...]) -> None:
    """What has left the case is taken back by a person, or by the request that is declared for it.

    That is filled from the case as it was when it was sent out, and goes out on a correction alone.
    """
    by_hand = set(names)
    for name in sorted(names):
        if _compensation(turn, name) is not None:
            by_hand.remove(name)
            tasks.take_back(turn, name.removeprefix(_REQUEST), done.before.case.data)
    _by_hand(turn, "undo", by_hand, roles)


def _compensation(turn: Turn, name: str) -> str | None:
    """The request that takes back what left the case, where a correction may send one."""
    request = turn.procedure.definition.requests.get(name.removeprefix(_REQUEST))
    if request is None or not isinstance(turn.event.command, Correct):
        return None
    return request.compensate if name.startswith(_REQUEST) else None


def _by_hand(turn: Turn, what: str, names: Iterable[str], roles: tuple[str, ...]) -> None:
    for name in sorted(names):
        tasks.offer(turn, TaskKind.FOLLOW_UP, f"{what}:{name}"[:64], roles)
