"""Registers: things with owners, and seals in the order of their receipt."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Literal

from ...registers import (
    Companies,
    OfThing,
    RealEstate,
    RegisterFound,
    RegisterQuery,
    Sealed,
    SealRenewal,
    SealRequest,
    SealStatus,
    Securities,
    ThingFound,
    ThingTransfer,
    Vehicles,
)
from ...shapes import ByNumber, Done
from ..world import Refused, World, number_of
from .terms import months_after

_Ended = Literal["", "released", "lapsed", "disposed"]


@dataclass
class Seal:
    """One seal; without a day on which it took effect it waits."""

    number: str
    key: str
    thing: str
    months: int
    effective_on: date | None = None
    until: date | None = None
    ended: _Ended = ""


@dataclass
class Thing:
    """One thing; `seals` are those that stand, in the order of their receipt, by number."""

    number: str
    owner: str
    description: str
    seals: list[str] = field(default_factory=list)


class RegisterWorld(World):
    """Things and seals by number. Persons whom nobody registered a thing for have one or none."""

    longest: ClassVar[int] = 36
    """How many months a seal may last."""
    effective_after: ClassVar[timedelta] = timedelta(0)
    """When a first seal takes effect."""
    what: ClassVar[str] = "house"

    def __init__(self, seed: int, now: datetime, *given: Any) -> None:
        super().__init__(seed, now, *given)
        self.things: dict[str, Thing] = {}
        self.seals: dict[str, Seal] = {}
        self._persons: set[str] = set()

    # -- what happens of itself

    def on_register(self, person: str, thing: str, description: str = "") -> None:
        if thing in self.things:
            raise Refused("there is such a thing")
        self._persons.add(person)
        self.things[thing] = Thing(thing, person, description)

    def on_seal_elsewhere(self, thing: str, months: int = 12) -> None:
        """Another court seals."""
        there = self._thing(thing)
        key = f"other:{thing}:{len(self.seals)}"
        self._seal(key, SealRequest(person=there.owner, thing=thing, months=months))

    # -- requests

    def do_query(self, key: str, asked: RegisterQuery) -> None:
        if asked.person not in self._persons:
            self._draw(asked.person)
        mine = [thing for thing in self.things.values() if thing.owner == asked.person]
        self.say(key, RegisterFound(things=tuple(map(_found, mine))))

    def do_seal(self, key: str, asked: SealRequest) -> None:
        if asked.months > self.longest:
            raise Refused(f"no longer than {self.longest} months")
        if self._thing(asked.thing).owner != asked.person:
            raise Refused("it is not registered for this person")
        self._seal(key, asked)

    def do_renew(self, key: str, asked: SealRenewal) -> None:
        seal = self._standing(asked.number)
        if seal.until is None:
            seal.months = asked.months
        else:
            seal.until = months_after(seal.until, asked.months)
            self._plan_lapse(seal)
        self.note(key, "renewal", seal.thing, number=seal.number)
        self.say(key, self._shown(seal))

    def do_release(self, key: str, asked: OfThing) -> None:
        self._end(key, self._standing(asked.number), "released", "release")
        self.say(key, Done())

    def do_transfer(self, key: str, asked: ThingTransfer) -> None:
        seal = self._standing(asked.number)
        thing = self.things[seal.thing]
        if thing.seals[0] != seal.number or seal.effective_on is None:
            raise Refused("another seal comes first")
        for number in thing.seals:
            self.seals[number].ended = "disposed"
        thing.seals.clear()
        thing.owner = asked.to_person
        self._persons.add(asked.to_person)
        self.note(key, "transfer", thing.number, number=seal.number, to=asked.to_person)
        self.say(key, Done())

    def do_status(self, key: str, asked: ByNumber) -> None:
        seal = self.seals.get(asked.number)
        if seal is None:
            raise Refused("no such seal")
        state = seal.ended or ("effective" if seal.effective_on else "waiting")
        shown = dict(self._shown(seal)) if not seal.ended else _over(seal)
        self.say(key, SealStatus(state=state, **shown))

    # -- what comes with time

    def then_take_effect(self, number: str, is_promotion: bool) -> None:
        """A seal that is first counts from this day, and whoever asked for it is told."""
        seal = self.seals[number]
        if seal.ended or seal.effective_on is not None:
            return
        seal.effective_on = self.today
        seal.until = months_after(self.today, seal.months)
        self._plan_lapse(seal)
        if is_promotion:
            self.note(seal.key, "promotion", seal.thing, number=number)
        self.say(seal.key, self._shown(seal), "promoted" if is_promotion else "answered")

    def then_lapse(self, number: str) -> None:
        seal = self.seals[number]
        if not seal.ended and seal.until is not None and seal.until < self.today:
            self._end(seal.key, seal, "lapsed", "lapse")

    # -- how it is done

    def _seal(self, key: str, asked: SealRequest) -> None:
        thing, number = self._thing(asked.thing), number_of("CF", key)
        self.seals[number] = Seal(number, key, thing.number, asked.months)
        thing.seals.append(number)
        self.note(key, "seal", thing.number, number=number, rank=len(thing.seals))
        if len(thing.seals) == 1:
            self.plan(self.effective_after, "take_effect", number=number, is_promotion=False)
        else:
            self.say(key, self._shown(self.seals[number]))

    def _end(self, key: str, seal: Seal, how: _Ended, kind: str) -> None:
        thing = self.things[seal.thing]
        was_first = thing.seals[0] == seal.number
        thing.seals.remove(seal.number)
        seal.ended = how
        self.note(key, kind, seal.thing, number=seal.number)
        if was_first and thing.seals:
            self.then_take_effect(thing.seals[0], True)

    def _plan_lapse(self, seal: Seal) -> None:
        assert seal.until is not None
        self.plan_on(seal.until + timedelta(days=1), "lapse", number=seal.number)

    def _thing(self, number: str) -> Thing:
        if number not in self.things:
            raise Refused("no such thing")
        return self.things[number]

    def _standing(self, number: str) -> Seal:
        seal = self.seals.get(number)
        if seal is None:
            raise Refused("no such seal")
        if seal.ended:
            raise Refused(f"the seal is {seal.ended}")
        return seal

    def _shown(self, seal: Seal) -> Sealed:
        return Sealed(
            number=seal.number,
            thing=seal.thing,
            rank=self.things[seal.thing].seals.index(seal.number) + 1,
            effective_on=seal.effective_on,
            until=seal.until,
        )

    def _draw(self, person: str) -> None:
        self._persons.add(person)
        if self.chance("person", person).random() < 0.5:
            self.on_register(person, number_of("WQ", f"{self._seed}:{person}"), self.what)


def _over(seal: Seal) -> dict[str, Any]:
    shown = {"number": seal.number, "thing": seal.thing, "rank": 0}
    return shown | {"effective_on": seal.effective_on, "until": seal.until}


def _found(thing: Thing) -> ThingFound:
    return ThingFound(thing=thing.number, description=thing.description, seals=len(thing.seals))


class RealEstateWorld(RegisterWorld):
    adapter = RealEstate


class VehicleWorld(RegisterWorld):
    adapter = Vehicles
    longest = 24
    what = "car"


class CompanyWorld(RegisterWorld):
    adapter = Companies
    effective_after = timedelta(days=1)
    what = "equity"


class SecuritiesWorld(RegisterWorld):
    adapter = Securities
    effective_after = timedelta(days=1)
    what = "shares"
