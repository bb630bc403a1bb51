"""How a verb brings an event to a case: once, at the version the caller saw, when it happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Unpack

from ...workflow.periods.calendars import plain_calendar
from ..charter.persons import check_person
from ..decision.times import when
from ..errors import StaleVersion
from ..model.case import CaseState, NewCase
from ..model.command_json import command_as_json
from ..model.commands import Command, Deduct
from ..model.event import Actor, Event
from ..queries.preview import Preview
from ..queries.views import Case
from ..storage.case_rows import case_of_snapshot, snapshot_of
from ..work.unit import UnitOfWork
from .guarded import Acting, Guarded
from .once import Calling, Once


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does to a case: a trigger with what it brings, or a command.

    `about` is the id of the record that it is about, where it is about one.
    """

    trigger: str
    data: Mapping[str, Any]
    documents: Mapping[str, str]
    note: str
    command: Command | None = None
    about: str = ""

    @property
    def arguments(self) -> tuple[Any, ...]:
        """What was asked, as plain values."""
        command = command_as_json(self.command) if self.command is not None else None
        about = (self.about,) if self.about else ()
        return self.trigger, dict(self.data), dict(self.documents), self.note, command, *about

    def event(
        self, at: datetime, actor: Actor, recorded_at: datetime | None, request_id: str = ""
    ) -> Event:
        """The act as somebody does it at a time."""
        return Event(
            at,
            actor,
            self.trigger,
            self.data,
            self.documents,
            self.note,
            self.command,
            recorded_at,
            request_id,
            about=self.about,
        )


def brought(
    acting: Acting, case_id: str, act: Act, calling: Calling, scope: str | None = None
) -> Case:
    """Bring an act to a case, and write it; the case as it then stands.

    The name of the call is one of the case, or of the `scope` where the same call could come to
    another case when it is made again.

    Raises `StaleVersion`, `RequestReused`, `BadTime`, and what deciding raises.
    """
    unit = acting.transaction.unit()
    case = unit.case(case_id)
    who = acting.at_case(case)
    given = calling.get("happened_at"), calling.get("expected_version")
    request_id = calling.get("request_id")
    once = Once(acting, case.court, scope or case_id, request_id, *act.arguments, *given)

    def bring() -> str:
        _check_version(case, calling.get("expected_version"))
        at, recorded_at = when(calling.get("happened_at"), unit.procedure(case).calendar, unit.now)
        unit.fire(case_id, act.event(at, who, recorded_at, once.id))
        return case_id

    return called(unit, once, bring)


def called(unit: UnitOfWork, once: Once, work: Callable[[], str]) -> Case:
    """The case that came of a call: as it was after the first, or as work makes it now."""
    first = once.first()
    if first is not None:
        case = case_of_snapshot(unit.version, first)
        return _shown(unit, case)
    case_id = work()
    unit.flush()
    case = unit.case(case_id)
    if once.id:
        once.keep(snapshot_of(case))
    return _shown(unit, case)


def _shown(unit: UnitOfWork, case: CaseState) -> Case:
    """The case as it was when it was written last, whoever asks and when."""
    return Case.of(unit.procedure(case), case, case.known_at)


def foreseen(
    acting: Acting, case_id: str, act: Act, happened_at: datetime | date | None
) -> Preview:
    """What would follow of an act: decided as it would be, and taken back.

    Raises what deciding raises.
    """
    transaction = acting.transaction
    savepoint = transaction.connection.begin_nested()
    try:
        unit = transaction.unit()
        case = unit.case(case_id)
        who = acting.at_case(case)
        at, recorded_at = when(happened_at, unit.procedure(case).calendar, unit.now)
        unit.fire(case_id, act.event(at, who, recorded_at))
        unit.flush()
        after = unit.case(case_id)
        return Preview.of(unit.procedure(after), after, transaction.decisions)
    finally:
        savepoint.rollback()
        transaction.decisions.clear()


def _check_version(case: CaseState, expected: int | None) -> None:
    if expected is not None and case.version != expected:
        raise StaleVersion(case_id=case.id, version=case.version, expected=expected)


class Opening:
    """Cases opened in one transaction: the officer named is a person, the court of the charter."""

    def __init__(
        self,
        acting: Acting,
        unit: UnitOfWork,
        procedure: str,
        note: str,
        happened_at: datetime | date | None,
    ) -> None:
        self._acting = acting
        self._unit = unit
        self._procedure = procedure
        self._note = note
        self._happened_at = happened_at

    def once(self, new: NewCase, request_id: str | None, of: int = 1) -> Once:
        """The call that opens a case, of a batch of so many.

        Raises `UnknownCourt`, `BadRequestId`.
        """
        court = self._acting.standing.court(new.court)
        asked = self._procedure, _arguments(new), self._note, self._happened_at, of
        return Once(self._acting, court, "", request_id, *asked)

    def open(self, new: NewCase) -> str:
        """Open a case; gives its id. Raises as `UnitOfWork.open`."""
        acting, unit = self._acting, self._unit
        court = acting.standing.court(new.court)
        team = acting.standing.team(new.team, court)
        if new.officer:
            check_person(new.officer)
        who = acting.opening(court, team, self._procedure)
        calendar = plain_calendar(acting.standing.charter.zone)
        at, recorded_at = when(self._happened_at, calendar, unit.now)
        event = Event(
            at,
            who,
            data=new.data,
            documents=new.documents,
            note=self._note,
            recorded_at=recorded_at,
        )
        case = unit.open(
            self._procedure,
            event,
            id=new.id,
            number=new.number,
            court=court,
            team=team,
            officer=new.officer,
        )
        return case.id


def _arguments(new: NewCase) -> list[Any]:
    given = dict(new.data), new.id, new.number, new.court, new.officer, new.team
    return [*given, dict(new.documents)]


class Bringing(Guarded):
    """A runtime whose verbs can be orders: commands of people about a case."""

    def _order(
        self,
        verb: str,
        case_id: str,
        command: Command,
        actor: Actor,
        note: str,
        within: Any,
        documents: Mapping[str, str] | None = None,
        **calling: Unpack[Calling],
    ) -> Case:
        with self._acting(verb, actor, within, case_id, _what(command)) as acting:
            act = Act("", {}, documents or {}, note, command)
            return brought(acting, case_id, act, calling)


def _what(command: Command) -> str:
    """What a command is about, as refusals show it."""
    for name in ("trigger", "task", "deadline"):
        if hasattr(command, name):
            return str(getattr(command, name))
    return command.deduction.ground if isinstance(command, Deduct) else ""
