"""Who stands where at a moment: the charter in force, and the deputies of the day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ...workflow.model.definition import OFFICER
from ..errors import NotAllowed, UnknownCourt
from ..model.case import CaseState
from ..model.event import DEPUTY_OFFICER, Actor
from .model import TITLES, Charter, Grant


@dataclass(frozen=True, slots=True)
class Deputy:
    """One person stands in for another, in some roles, at a place, from a day until another."""

    id: str
    person: str
    deputy: str
    roles: tuple[str, ...]
    unit: str
    since: date
    until: date

    def stands_in(self, day: date) -> bool:
        """Whether the day is one of theirs, the first and the last too."""
        return self.since <= day <= self.until


def _as_deputy(deputy: Deputy) -> Iterable[str]:
    """The roles of a deputy; an officer's deputy is officer of that one's cases only."""
    for role in deputy.roles:
        yield DEPUTY_OFFICER + deputy.person if role == OFFICER else role


@dataclass(frozen=True, slots=True)
class Standing:
    """The charter in force with every deputy, as of one reading of the database."""

    charter: Charter
    deputies: tuple[Deputy, ...] = ()

    def day(self, now: datetime) -> date:
        """The day at the courts."""
        return now.astimezone(ZoneInfo(self.charter.zone)).date()

    def at_case(self, actor: Actor, case: CaseState, now: datetime) -> Actor:
        """An actor with the roles that he holds for a case: where it lies, or above."""
        return self.at(actor, self.place_of(case), now)

    def place_of(self, case: CaseState) -> str:
        """Where a case lies: at its team, as long as that is one of its court."""
        is_there = case.team and self.charter.is_within(case.team, case.court)
        return case.team if is_there else case.court

    def at(self, actor: Actor, place: str, now: datetime) -> Actor:
        """An actor with the roles that he holds at a place, his own and those of a deputy."""
        path = self.charter.path(place)
        held = set(self._held(actor.roles, path))
        acts_for: set[str] = set()
        for deputy in self.standing_in(actor, now):
            if deputy.unit in path:
                held.update(_as_deputy(deputy))
                acts_for.add(deputy.person)
        return Actor(actor.id, frozenset(held), frozenset(acts_for))

    def standing_in(self, actor: Actor, now: datetime) -> Iterator[Deputy]:
        """For whom, in what and where an actor stands in on the day."""
        for deputy in self.deputies:
            if deputy.deputy == actor.id and deputy.stands_in(self.day(now)):
                yield deputy

    def _held(self, roles: Iterable[str], path: tuple[str, ...]) -> Iterable[str]:
        """The roles that are held somewhere on the way up from a place."""
        for role in roles:
            name, _, unit = role.rpartition("@")
            if not name:  # no place is said: the only court
                name, unit = unit, self.charter.sole_court
            if unit in path:
                yield name

    def grant(self, name: str) -> Grant | None:
        """What the charter says of one power of its own."""
        found: Grant | None = getattr(self.charter.powers, name)
        return found

    def may(
        self, actor: Actor, name: str, unit: str, now: datetime, deciding: bool = False
    ) -> bool:
        """Whether an actor may do something at a unit; `""` is the whole organisation."""
        grant = self.grant(name)
        if grant is None:
            return False
        held = self.at(actor, unit or self.top, now).roles
        return not held.isdisjoint(grant.roles(deciding)) and len(self._apart(actor, now)) < 2

    @property
    def top(self) -> str:
        """What stands for the whole: its one highest unit, where there is one."""
        return self.charter.top

    def _apart(self, actor: Actor, now: datetime) -> set[str]:
        """The roles of an actor that nobody may hold together, wherever he holds them."""
        names = {role.rpartition("@")[0] or role for role in actor.roles}
        for deputy in self.standing_in(actor, now):
            names.update(deputy.roles)
        return names.intersection(self.charter.apart)

    def check(
        self, actor: Actor, name: str, unit: str, now: datetime, deciding: bool = False
    ) -> None:
        """Raises `NotAllowed` unless an actor may do something at a unit."""
        if not self.may(actor, name, unit, now, deciding):
            raise self._not_allowed(actor, name, unit, now, deciding)

    def _not_allowed(
        self, actor: Actor, name: str, unit: str, now: datetime, deciding: bool
    ) -> NotAllowed:
        grant, what = self.grant(name), TITLES[name]
        apart = sorted(self._apart(actor, now))
        where = unit or self.top or "-"
        if grant is None:
            zh, en = "章程未授权任何人", "the charter lets nobody"
        elif len(apart) > 1:
            zh, en = (
                f"{'、'.join(apart)} 不得由一人兼任",
                f"nobody is {' and '.join(apart)} at once",
            )
        else:
            roles = ", ".join(grant.roles(deciding))
            zh, en = f"须由 {where} 的 {roles} 办理", f"only {roles} at {where} may"
        return NotAllowed(actor=actor.id, what_zh=what.zh, what_en=what.en, why_zh=zh, why_en=en)

    def unit(self, name: str) -> str:
        """A unit of the organisation (`""` is all of it). Raises `UnknownCourt`."""
        if name and name not in self.charter.organisation:
            raise UnknownCourt(court=name, known=", ".join(self.charter.organisation))
        return name

    def court(self, name: str) -> str:
        """The court that a case is of: the one named, or the only one. Raises `UnknownCourt`."""
        found = name or self.charter.sole_court
        if found not in self.charter.courts:
            known = ", ".join(self.charter.courts)
            raise UnknownCourt(court=found or "-", known=known)
        return found

    def team(self, name: str, court: str) -> str:
        """The bureau or team that handles a case: one of its court. Raises `UnknownCourt`."""
        if not name:
            return ""
        known = [u for u in self.charter.organisation if self.charter.is_within(u, court)]
        if name not in known or name in self.charter.courts:
            raise UnknownCourt(court=name, known=", ".join(known))
        return name
