"""The police: where vehicles and persons are, who may not leave, who is in custody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ...police import (
    DetentionReceipt,
    DetentionRequest,
    ExitBan,
    ExitBanRequest,
    Household,
    HouseholdMember,
    PersonSearch,
    Police,
    Sighting,
    VehicleSearch,
)
from ...shapes import ByNumber, Done
from ..world import Refused, World, number_of

_DAY = timedelta(days=1)


@dataclass
class Ban:
    """One exit ban; it ends with its last day, or is lifted."""

    number: str
    key: str
    person: str
    until: date
    ended: str = ""


class PoliceWorld(World):
    """Who and what was seen where (`seen`), exit bans by number, who is in custody until when."""

    adapter = Police

    def __init__(self, seed: int, now: datetime, *given: Any) -> None:
        super().__init__(seed, now, *given)
        self.places: dict[str, str] = {}
        self.bans: dict[str, Ban] = {}
        self.custody: dict[str, date] = {}
        self.searched: dict[str, list[str]] = {}

    def on_seen(self, what: str, place: str) -> None:
        """Somebody or something is seen: whoever looks for it is told."""
        self.places[what] = place
        for key in self.searched.pop(what, []):
            self._found(key, what)

    # -- requests

    def do_locate_vehicle(self, key: str, asked: VehicleSearch) -> None:
        self._look_for(key, asked.plate)

    def do_locate_person(self, key: str, asked: PersonSearch) -> None:
        self._look_for(key, asked.person)

    def do_household(self, key: str, asked: PersonSearch) -> None:
        count = self.chance("household", asked.person).randrange(4)
        members = [
            HouseholdMember(person=f"{asked.person}-{place}", relation=relation)
            for place, relation in enumerate(("spouse", "child", "parent")[:count], start=1)
        ]
        told = Household(address=f"home of {asked.person}", members=tuple(members))
        self.say(key, told, after=_DAY)

    def do_ban_exit(self, key: str, asked: ExitBanRequest) -> None:
        if asked.until < self.today:
            raise Refused("the term is over")
        number = number_of("XJ", key)
        self.bans[number] = Ban(number, key, asked.person, asked.until)
        self.plan_on(asked.until + _DAY, "end_ban", number=number)
        self.note(key, "exit ban", asked.person, number=number, until=asked.until)
        self.say(key, ExitBan(number=number, until=asked.until), after=_DAY)

    def do_lift_exit_ban(self, key: str, asked: ByNumber) -> None:
        ban = self.bans.get(asked.number)
        if ban is None or ban.ended:
            raise Refused("no such ban")
        ban.ended = "lifted"
        self.note(key, "exit ban lifted", ban.person, number=ban.number)
        self.say(key, Done())

    def do_detain(self, key: str, asked: DetentionRequest) -> None:
        if asked.person in self.custody:
            raise Refused("the person is in custody")
        self.custody[asked.person] = until = self.today + timedelta(days=asked.days)
        self.plan_on(until, "let_go", person=asked.person)
        self.note(key, "detention", asked.person, decision=asked.decision, days=asked.days)
        self.say(key, DetentionReceipt(place="custody", since=self.today, until=until))

    # -- what comes with time

    def then_end_ban(self, number: str) -> None:
        ban = self.bans[number]
        if not ban.ended:
            ban.ended = "over"
            self.note(ban.key, "exit ban over", ban.person, number=number)

    def then_let_go(self, person: str) -> None:
        self.custody.pop(person)

    def then_give_up(self, key: str, what: str) -> None:
        """After weeks of looking: not found."""
        waiting = self.searched.get(what, [])
        if key in waiting:
            waiting.remove(key)
            self.note(key, "not found", what)
            self.say(key, Sighting(is_found=False))

    # -- how it is done

    def _look_for(self, key: str, what: str) -> None:
        if what in self.places:
            self._found(key, what)
            return
        self.searched.setdefault(what, []).append(key)
        self.plan(timedelta(days=30), "give_up", key=key, what=what)

    def _found(self, key: str, what: str) -> None:
        self.note(key, "found", what, place=self.places[what])
        self.say(key, Sighting(is_found=True, place=self.places[what], seen_on=self.today))
