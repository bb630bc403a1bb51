"""What is said of a row of the law by its days: that there is none yet, and that it changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from ..language import NO_WORDS, Words, did_you_mean, in_a_row
from ..law.rows import Row
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


def changes(at: Position, row: R, table: Table[R]) -> Iterator[Finding]:
    """A warning where the row a definition is held to gives way to others, or ends, later on."""
    if row.validity.last is None:
        return
    told = in_a_row(_after(row, table), "; ")
    zh = f"{row.id} 的法律此后有变：{told.zh}"
    en = f"the law of {row.id} changes later: {told.en}"
    yield Finding(at, "law-changes", zh, en, "warning")


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
