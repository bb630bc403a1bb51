"""A recorded fact or step corrected (更正): replaced or annulled, with who, why and a document.

The kept inputs are decided again with the new fact. Nothing is deleted: the correction is one more
entry, which says what it puts in the place of what.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from ...workflow.language import Words
from ...workflow.model.parts import POWERS
from ..errors import BadEvent, Refused
from ..model.commands import Correct, Replacement
from ..model.effects import EntryKind
from ..model.event import CLOCK, Event
from ..model.obstacle import Obstacle
from ..model.past import Amendment, KeptEntry, Redecision, kept_actor
from .adoption import adopt, missed
from .late import confirming, impossible, is_moved, keep, overtaken
from .powers import by_hand, is_approved
from .times import check_begun, moment_of
from .turn import Outcome, Turn


def correct(turn: Turn, command: Correct) -> Outcome:
    """Decide the past again with what is corrected. Raises `Refused`, `BadEvent`."""
    _check_reasons(turn)
    command = _dated(turn, command)
    _check_begun(turn, command)
    amendment = _amendment(turn, command)
    assert turn.again is not None
    done = turn.again(turn, amendment)
    _check_entries(done, command)
    found = [*overtaken(done, amendment.annul), *impossible(done, amendment.annul)]
    if not is_approved(turn):
        found += _needs_approval(turn, done, amendment)
    if found:
        raise _refused(turn, *found)
    approval = turn.procedure.definition.powers["correct"].approval or ""
    turn.confirmed_by = confirming(turn, done, approval)
    source = turn.case.state
    changes = adopt(turn, done, by_hand(turn.procedure.definition))
    keep(turn, amendment)
    return Outcome(EntryKind.CORRECTED, changes | _told(command), source)


def _refused(turn: Turn, *obstacles: Obstacle) -> Refused:
    return Refused(turn.case.id, "correct", turn.case.state, obstacles)


def _check_reasons(turn: Turn) -> None:
    """Who is known; why, and by which document, is said."""
    if not turn.event.note.strip():
        raise _refused(turn, Obstacle("reason", sentence="reason/correct"))
    if not turn.event.documents:
        raise _refused(turn, Obstacle("correction-document", title=POWERS["correct"]))


def _dated(turn: Turn, command: Correct) -> Correct:
    """A day stands for its end; today for now. Raises `BadTime`, `NaiveDatetime`."""
    new = {
        seq: replace(given, happened_at=_instant(turn, given.happened_at))
        for seq, given in command.replace.items()
        if given.happened_at is not None
    }
    entered = command.enter
    if entered is not None:
        entered = replace(entered, happened_at=_instant(turn, entered.happened_at))
    return Correct({**command.replace, **new}, command.annul, entered)


def _instant(turn: Turn, given: date) -> datetime:
    return moment_of(given, turn.procedure.calendar, turn.event.known_at)


def _check_begun(turn: Turn, command: Correct) -> None:
    """Nothing that is corrected happens before the case was opened. Raises `BadTime`."""
    moments = [new.at for new in command.replace.values()]
    opening = command.replace.get(1)
    opened_at = (opening and opening.at) or turn.case.begun_at
    moments += [command.enter.at] if command.enter is not None else []
    for moment in filter(None, moments):
        check_begun(moment, opened_at)


def _amendment(turn: Turn, command: Correct) -> Amendment:
    """What a correction decides otherwise; what it enters is the word of the one who corrects.

    Raises `BadEvent`.
    """
    entered = command.enter
    if not (command.replace or command.annul or entered):
        raise _bad("没有写明更正什么", "it says nothing that is corrected")
    if 1 in command.annul:
        raise _bad("立案记录只能更正，不能撤销", "the opening is replaced, not annulled")
    if entered is None:
        return Amendment(command.replace, frozenset(command.annul))
    actor = turn.event.actor
    event = Event(
        entered.at,
        kept_actor(actor.id, actor.roles, actor.acts_for),
        entered.trigger,
        entered.data,
        entered.documents,
        entered.note or turn.event.note,
        recorded_at=turn.event.known_at,
        about=entered.about,
    )
    return Amendment(command.replace, frozenset(command.annul), event)


def _check_entries(done: Redecision, command: Correct) -> None:
    """What is corrected was recorded, is somebody's word, and comes out otherwise.

    Raises `BadEvent`.
    """
    entries = {entry.seq: entry for entry in done.entries}
    for seq in (*command.replace, *command.annul):
        if seq not in entries:
            raise _bad(f"没有第 {seq} 条记录", f"there is no entry {seq}")
        if not entries[seq].decides and not done.is_amending(seq):
            zh, en = f"第 {seq} 条不改变案件", f"entry {seq} changes nothing of the case"
            raise _bad(zh, en)
    for seq, new in command.replace.items():
        _check_replaced(entries[seq], new)
    for seq in command.annul:
        _check_annulled(done, entries[seq])


def _check_replaced(entry: KeptEntry, new: Replacement) -> None:
    """Facts are put in the place of facts that somebody gave. Raises `BadEvent`."""
    seq = entry.seq
    if entry.follows or entry.is_moment:
        zh = f"第 {seq} 条是由其他记录产生的，应更正其根据"
        raise _bad(zh, f"entry {seq} follows from others: correct what it follows from")
    if new == Replacement():
        raise _bad(f"第 {seq} 条未写明更正内容", f"nothing is put in the place of entry {seq}")
    if new.data and entry.is_command:
        zh = f"第 {seq} 条是命令，没有字段：应撤销后重新下达"
        raise _bad(zh, f"entry {seq} is an order and has no fields: annul it and give it anew")


def _check_annulled(done: Redecision, entry: KeptEntry) -> None:
    """What follows from others falls with them, and not by itself. Raises `BadEvent`."""
    seq = entry.seq
    follows = entry.follows or entry.is_moment
    if follows and seq in done.after.kept and not is_moved(done, seq):
        zh = f"第 {seq} 条仍由其他记录产生，应更正其根据"
        raise _bad(zh, f"entry {seq} follows from others still: correct what it follows from")


def _bad(zh: str, en: str) -> BadEvent:
    return BadEvent(why_zh=zh, why_en=en)


def _needs_approval(turn: Turn, done: Redecision, amendment: Amendment) -> Iterator[Obstacle]:
    """A closed case, an act of the clock, a changed verdict: never on one person's word."""
    annulled = (entry for entry in done.entries if entry.seq in amendment.annul)
    is_dated = any(new.happened_at for new in amendment.replace.values())
    reasons = (
        (turn.case.closed_at is not None, "案件已结", "the case is closed"),
        (
            any(map(_is_of_the_clock, annulled)),
            "撤销期限届满的效果",
            "it annuls an act of the clock",
        ),
        (
            is_dated or amendment.insert is not None,
            "写明另一发生时间",
            "it says when something happened",
        ),
        (
            _changes_a_verdict(done),
            "改变期限是否遵守的结论",
            "it changes whether a limit was kept",
        ),
    )
    for is_so, *words in reasons:
        if is_so:
            yield Obstacle("correction-approval", reason=Words(*words))


def _is_of_the_clock(entry: KeptEntry) -> bool:
    return entry.actor == CLOCK.id and entry.kind is EntryKind.EVENT


def _changes_a_verdict(done: Redecision) -> bool:
    """Whether a limit that was missed would stand otherwise, or another would be missed."""
    return missed(done.before.case) != missed(done.after.case)


def _told(command: Correct) -> dict[str, Any]:
    """What history says of a correction."""
    told: dict[str, Any] = {}
    if command.replace:
        told["replaced"] = sorted(command.replace)
    if command.annul:
        told["annulled"] = sorted(command.annul)
    if command.enter is not None:
        told["entered"] = command.enter.trigger
    return {"correction": told}
