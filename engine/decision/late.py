"""What happened earlier than it is entered: decided as of its day, in the order of what happened.

Late entry is the door to backdating (倒签): the power `late` says who may, how late, and who must
approve what is later still. Where it overturns an expiry that was told, it comes with a document,
and with the word of the one who watches the limit, who is never the one who enters it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from ...workflow.language import Words
from ...workflow.model.definition import OFFICER
from ...workflow.model.limits import Within, last_day_within
from ...workflow.model.parts import POWERS, Power
from ..errors import BadTime, Refused
from ..model.amendment_json import amendment_as_json
from ..model.case import DeadlineState
from ..model.commands import AssignWatcher, Correct, is_order, proposal_name
from ..model.effects import EntryKind
from ..model.event import CLOCK, EXTERNAL_SYSTEM, RELATED_PROCEEDING, Actor, Event
from ..model.obstacle import Obstacle
from ..model.past import Amendment, KeptEntry, Redecision, kept_actor
from .adoption import adopt, overturned
from .obstacles import role_titles, words
from .powers import by_hand
from .procedure import Procedure
from .turn import Outcome, Turn

_NO_PERSONS = CLOCK.roles | EXTERNAL_SYSTEM.roles | RELATED_PROCEEDING.roles
_PERSON = "person:"


@dataclass(frozen=True, slots=True)
class Entering:
    """A late event as it was decided, and what it still waits for.

    `approval` is the definition's, `confirmed_by` are further steps, each the roles (or persons)
    one of whom must agree.
    """

    done: Redecision
    amendment: Amendment
    approval: str = ""
    confirmed_by: tuple[tuple[str, ...], ...] = ()

    @property
    def waits(self) -> bool:
        return bool(self.approval or self.confirmed_by)


def is_late(event: Event) -> bool:
    """Whether an event is entered after it happened, by somebody and not by the clock."""
    return event.recorded_at is not None and event.actor.id != CLOCK.id


def comes_in_order(procedure: Procedure, last: datetime | None, event: Event) -> bool:
    """Whether nothing happened to a case since a late event, on its very day.

    Then there is no past to decide again. `last` is when something happened to it last, however
    late that was recorded: whoever worked when, what the clock did before is in order.
    """
    local_day = procedure.calendar.local_day
    is_same_day = local_day(event.at) == local_day(event.known_at)
    return is_same_day and last is not None and last <= event.at


def judge(turn: Turn) -> Entering:
    """Decide a late event as of its day, and say what it waits for. Raises `Refused`."""
    if isinstance(turn.event.command, Correct):
        zh, en = "更正自作出时生效", "a correction is made now; what it corrects says when"
        raise BadTime(value=turn.at, why_zh=zh, why_en=en)
    entering = decided(turn, turn.event)
    if not turn.event.actor.roles.isdisjoint(_NO_PERSONS):
        return entering
    lost = overturned(entering.done)
    if not lost and not _is_of_another_day(turn):
        return entering
    power = _power(turn)
    approval = _approval(turn, power)
    if not lost:
        return replace(entering, approval=approval)
    _check_document(turn, power, lost[0])
    approval = approval or _stands_in(turn, power, entering.done)
    steps = confirming(turn, entering.done, approval)
    return replace(entering, approval=approval, confirmed_by=steps)


def check_late_opening(turn: Turn) -> None:
    """A case is opened as of another day by the power `late` alone, and no later than it allows.

    There is no case yet in which an approval could wait. Raises `Refused`.
    """
    if not turn.event.actor.roles.isdisjoint(_NO_PERSONS) or not _is_of_another_day(turn):
        return
    power = _power(turn)
    if power.within is not None and _day(turn, turn.event.known_at) > _last_day(turn, power.within):
        until = _last_day(turn, power.within)
        raise _refused(turn, Obstacle("too-late", until_day=until, sentence="too-late/open"))


def decided(turn: Turn, event: Event) -> Entering:
    """A turn's past decided again with an event that happened in it. Raises `Refused`."""
    if event.at < turn.case.begun_at:
        sentence = "before-opening/taken-over" if turn.case.taken_over is not None else ""
        raise _refused(
            turn, Obstacle("before-opening", until=turn.case.begun_at, sentence=sentence)
        )
    actor = kept_actor(event.actor.id, event.actor.roles, event.actor.acts_for)
    amendment = Amendment(insert=replace(event, actor=actor))
    assert turn.again is not None
    done = turn.again(turn, amendment)
    found = [*overtaken(done, frozenset()), *impossible(done, frozenset())]
    if found:
        raise _refused(turn, *found)
    return Entering(done, amendment)


def take(turn: Turn, entering: Entering) -> Outcome:
    """A late event takes effect: what it changes of the case, now."""
    inserted = entering.done.after.inserted
    assert inserted is not None
    source, entry = turn.case.state, inserted.entry
    if entry.source != source:
        turn.tell(what="happened-in", state=entry.source)
    changes = adopt(turn, entering.done, by_hand(turn.procedure.definition))
    if entry.kind is not EntryKind.EVENT:
        changes = {**entry.changes, **changes}
    return Outcome(entry.kind, changes, source)


def keep(turn: Turn, amendment: Amendment) -> None:
    """The entry keeps how it decided the past otherwise."""
    turn.amends = amendment_as_json(amendment)


# -- what stands in the way


def overtaken(done: Redecision, allowed: frozenset[int]) -> Iterator[Obstacle]:
    """Acts of the clock that would not have been, or not then: each must be annulled by name."""
    gone = done.after.gone.keys() - done.before.gone.keys()
    for entry in done.entries:
        is_act = entry.follows and entry.kind is EntryKind.EVENT and entry.seq not in allowed
        if is_act and (entry.seq in gone or is_moved(done, entry.seq)):
            yield Obstacle(
                "overtaken", trigger=entry.trigger, item=str(entry.seq), until=entry.happened_at
            )


def is_moved(done: Redecision, seq: int) -> bool:
    """Whether an entry is of another moment in the past as it is to be."""
    before, after = done.before.kept.get(seq), done.after.kept.get(seq)
    if before is None or after is None:
        return False
    return before.entry.happened_at != after.entry.happened_at


def impossible(done: Redecision, allowed: frozenset[int]) -> Iterator[Obstacle]:
    """Entries that could no more be: each must be annulled by name."""
    entries = {entry.seq: entry for entry in done.entries}
    for seq, error in done.after.impossible.items():
        if seq not in done.before.impossible and seq not in allowed:
            reason = Words(error.text("zh"), error.text("en"))
            entry: KeptEntry = entries[seq]
            yield Obstacle("entry-impossible", trigger=entry.trigger, item=str(seq), reason=reason)


def _refused(turn: Turn, *obstacles: Obstacle) -> Refused:
    return Refused(turn.case.id, called(turn.event), turn.case.state, obstacles)


def called(event: Event) -> str:
    """What a late event is called: its trigger, what a command is about, or its kind."""
    if event.command is not None and is_order(event.command):
        return proposal_name(event.command)
    return event.trigger or str(getattr(event.command, "trigger", "")) or "late"


def _title(turn: Turn, deadline: DeadlineState) -> Words:
    return words(turn.procedure.rules[deadline.rule].title)


# -- the power


def _is_of_another_day(turn: Turn) -> bool:
    return _day(turn, turn.at) != _day(turn, turn.event.known_at)


def _day(turn: Turn, at: datetime) -> date:
    return turn.procedure.calendar.local_day(at)


def _power(turn: Turn) -> Power:
    """The power to enter what is late, which the actor has. Raises `Refused`."""
    definition = turn.procedure.definition
    power = definition.powers.get("late")
    if power is None:
        raise _refused(turn, Obstacle("no-power", trigger="late", title=POWERS["late"]))
    if turn.event.actor.roles.isdisjoint(power.by):
        title = role_titles(definition, power.by)
        raise _refused(turn, Obstacle("role", roles=power.by, title=title, sentence="role/late"))
    return power


def _approval(turn: Turn, power: Power) -> str:
    """The approval that an entry later than the power allows needs. Raises `Refused`."""
    if power.within is None:
        return power.approval or ""
    last = _last_day(turn, power.within)
    if _day(turn, turn.event.known_at) <= last:
        return ""
    if power.approval is None:
        raise _refused(turn, Obstacle("too-late", until_day=last))
    return power.approval


def _last_day(turn: Turn, within: Within) -> date:
    return last_day_within(within, _day(turn, turn.at), turn.procedure.calendar)


def _check_document(turn: Turn, power: Power, deadline: DeadlineState) -> None:
    """What overturns a verdict rests on the documents of the power, or on some. Raises `Refused`"""
    brought = turn.event.documents.keys()
    if not brought or not brought >= set(power.documents):
        raise _refused(turn, Obstacle("late-document", title=_title(turn, deadline)))


def _stands_in(turn: Turn, power: Power, done: Redecision) -> str:
    """The power's approval where a limit has nobody else to confirm that it was kept.

    Raises `Refused` where it has none.
    """
    alone = [d for d in overturned(done) if not _confirms(turn, done, d)]
    if alone and power.approval is None:
        raise _refused(turn, Obstacle("late-unconfirmed", title=_title(turn, alone[0])))
    return power.approval or "" if alone else ""


def confirming(turn: Turn, done: Redecision, approval: str) -> tuple[tuple[str, ...], ...]:
    """Who must confirm, for each limit that is overturned; steps of the approval are asked once."""
    chain = turn.procedure.definition.approvals.get(approval)
    steps = [frozenset(step.by) for step in chain.steps] if chain is not None else []
    asked = dict.fromkeys(_confirms(turn, done, d) for d in overturned(done))
    return tuple(by for by in asked if by and not any(step <= set(by) for step in steps))


def _confirms(turn: Turn, done: Redecision, deadline: DeadlineState) -> tuple[str, ...]:
    """Who confirms that a limit was kept: who watches it, if that is another person.

    Whom the one who enters it has chosen to watch it does not.
    """
    watcher, persons = deadline.watcher, turn.event.actor.persons
    is_another = watcher and watcher not in persons
    if is_another and not any(_chose(entry, persons, deadline) for entry in done.entries):
        return (_PERSON + watcher,)
    role = turn.procedure.rules[deadline.rule].watcher
    return () if role in (None, OFFICER) else (role,)


def _chose(entry: KeptEntry, persons: frozenset[str], deadline: DeadlineState) -> bool:
    """Whether one of some persons named who watches a deadline."""
    command = entry.as_event().command
    if entry.actor not in persons or not isinstance(command, AssignWatcher):
        return False
    return command.deadline in (deadline.id, deadline.rule) and command.person == deadline.watcher


def is_one_of(actor: Actor, by: tuple[str, ...]) -> str:
    """The role (or person) of a step that an actor is; empty when he is none of them."""
    persons = {_PERSON + person for person in actor.persons}
    return next((who for who in by if who in actor.roles or who in persons), "")
