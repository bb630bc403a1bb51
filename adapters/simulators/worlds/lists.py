"""The platform of the lists: what was sent in is published with the next day's batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ...lists import Correction, Deleted, Deletion, Listing, Lists, Published
from ..world import Refused, World, number_of


@dataclass
class Entered:
    """One entry of a list; published from a day, deleted from a day."""

    number: str
    list: str
    person: str
    name: str
    case_number: str
    ground: str
    until: date | None
    published_on: date | None = None
    is_going: bool = False
    deleted_on: date | None = None


class ListsWorld(World):
    """Entries by number."""

    adapter = Lists

    def __init__(self, seed: int, now: datetime, *given: Any) -> None:
        super().__init__(seed, now, *given)
        self.entries: dict[str, Entered] = {}

    def do_publish(self, key: str, asked: Listing) -> None:
        same = asked.list, asked.person, asked.case_number
        if any((e.list, e.person, e.case_number) == same for e in self._standing()):
            raise Refused("the person is on the list for this case")
        number = number_of("SX", key)
        self.entries[number] = Entered(number, **dict(asked))
        self._in_the_batch("publish", key, number)

    def do_correct(self, key: str, asked: Correction) -> None:
        self._entry(asked.number)
        self._in_the_batch("correct", key, asked.number, asked=asked)

    def do_delete(self, key: str, asked: Deletion) -> None:
        self._entry(asked.number).is_going = True
        self._in_the_batch("delete", key, asked.number, ground=asked.ground)

    # -- the batch of the next day

    def then_publish(self, key: str, number: str) -> None:
        entry = self.entries[number]
        entry.published_on = self.today
        self.note(key, "listing", entry.person, number=number, list=entry.list)
        self._say_published(key, entry)

    def then_correct(self, key: str, number: str, asked: Correction) -> None:
        entry = self.entries[number]
        changes = asked.model_dump(exclude={"number"}, exclude_none=True)
        for name, value in changes.items():
            setattr(entry, name, value)
        self.note(key, "correction", entry.person, number=number, list=entry.list)
        self._say_published(key, entry)

    def then_delete(self, key: str, number: str, ground: str) -> None:
        entry = self.entries[number]
        entry.deleted_on = self.today
        self.note(key, "deletion", entry.person, number=number, list=entry.list, ground=ground)
        self.say(key, Deleted(number=number, deleted_on=self.today))

    # -- how it is done

    def _in_the_batch(self, what: str, key: str, number: str, **given: Any) -> None:
        self.plan(timedelta(days=1), what, key=key, number=number, **given)

    def _standing(self) -> list[Entered]:
        return [entry for entry in self.entries.values() if not entry.is_going]

    def _entry(self, number: str) -> Entered:
        entry = self.entries.get(number)
        if entry is None or entry.is_going:
            raise Refused("no such entry")
        return entry

    def _say_published(self, key: str, entry: Entered) -> None:
        assert entry.published_on is not None
        self.say(key, Published(number=entry.number, published_on=entry.published_on))
