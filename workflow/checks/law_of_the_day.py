"""What is said of a row of the law by its days: that there is none yet, and that it changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import chain

from ..language import NO_WORDS, Words, did_you_mean, in_a_row
from ..law.rows import Row, StatutoryApproval, StatutoryChecklist, StatutoryItem, StatutoryPower
from ..law.tables import R, Table
from ..source.findings import Finding
from ..source.positions import Position


def unknown(at: Position, id: str, day: date, table: Table[R], kind: Words) -> Finding:
    """A row that the table does not have on a day: when it has it, or which may be meant."""
    periods = in_a_row((row.validity.words() for row in table.get(id, ())), "; ")
    if periods == NO_WORDS:
        hint = did_you_mean(id, table)
        zh, en = f"没有{kind.zh} {id}{hint.zh}", f"no {kind.en} {id}{hint.en}"
    else:
        zh = f"{day} 没有{kind.zh} {id}，其有效期间：{periods.zh}"
        en = f"no {kind.en} {id} on {day}; it holds {periods.en}"
    return Finding(at, "unknown-law", zh, en)


def unverified(
    at: Position, rows: Iterable[StatutoryApproval | StatutoryItem | StatutoryPower]
) -> Iterator[Finding]:
    """A warning for citations that nobody has compared with the text of the law yet."""
    from_memory = dict.fromkeys(row.cite for row in rows if row.verified == "memory")
    if from_memory:
        cite = "、".join(from_memory)
        zh = f"依据尚未核对原文：{cite}"
        en = f"the source has not been checked yet: {cite}"
        yield Finding(at, "law-unverified", zh, en, "warning")


def changes(at: Position, row: R, table: Table[R]) -> Iterator[Finding]:
    """A warning where the row a definition is held to gives way to others, or ends, later on."""
    if row.validity.last is None:
        return
    told = in_a_row(_after(row, table), "; ")
    zh = f"{row.id} 的法律此后有变：{told.zh}"
    en = f"the law of {row.id} changes later: {told.en}"
    yield Finding(at, "law-changes", zh, en, "warning")


def items_change(at: Position, checklist: StatutoryChecklist, day: date) -> Iterator[Finding]:
    """A warning where a statutory checklist asks for other items later on."""
    told = in_a_row(chain(_added(checklist, day), _dropped(checklist, day)), "; ")
    if told != NO_WORDS:
        zh = f"清单 {checklist.id} 的法定事项此后有变：{told.zh}"
        en = f"the law of the checklist {checklist.id} changes later: {told.en}"
        yield Finding(at, "law-changes", zh, en, "warning")


def _added(checklist: StatutoryChecklist, day: date) -> Iterator[Words]:
    """The items that are asked for only after a day."""
    for item in checklist.items:
        if item.validity.begins_after(day):
            first = item.validity.first
            yield Words(f"自 {first} 起要求“{item.zh}”", f"from {first} it asks: {item.en}")


def _dropped(checklist: StatutoryChecklist, day: date) -> Iterator[Words]:
    """The items of a day that are not asked for for ever."""
    for item in checklist.on(day):
        last = item.validity.last
        if last is not None:
            yield Words(f"“{item.zh}”至 {last} 止", f"until {last} only: {item.en}")


def _after(row: R, table: Table[R]) -> Iterator[Words]:
    """What holds after a row, each with its first day; that nothing does, where it leaves a gap."""
    assert row.validity.last is not None
    ended = row.validity.last + timedelta(days=1)
    later = [other for other in table[row.id] if other.validity.begins_after(row.validity.last)]
    if ended not in [other.validity.first for other in later]:
        yield Words(f"自 {ended} 起不再有规定", f"from {ended} it holds no more")
    yield from map(_from_then, later)


def _from_then(row: Row) -> Words:
    """From which day a row holds, and what it then is."""
    says, first = row.says(), row.validity.first
    return Words(f"自 {first} 起{says.zh}", f"from {first} {says.en}")
