"""A case opened in a world of tests as its procedure itself has it opened: by those who may, or as
a related proceeding where only such a one opens it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from ..engine.decision.times import when
from ..engine.engine import Engine
from ..engine.model.case import DEFAULT_COURT
from ..engine.model.event import RELATED_PROCEEDING, Actor, Event
from ..workflow.model.definition import ANY_OFFICER, OFFICER, RESERVED_ROLES, Definition
from ..workflow.model.facts import OPEN


def opener(definition: Definition, officer: str = "") -> Actor:
    """Who opens a case: everybody in one, or the case that has this one as its sub-procedure.

    Where an officer is named, he is that one too.
    """
    power = definition.powers.get(OPEN)
    if power is not None and RESERVED_ROLES.keys() >= set(power.by):
        return RELATED_PROCEEDING
    return Actor(officer or "scenario", frozenset(definition.roles))


def open_case(
    engine: Engine,
    definition: Definition,
    data: Mapping[str, Any],
    documents: Iterable[str] = (),
    officer: str = "",
) -> str:
    """Open a case; gives its id. Raises what the engine raises.

    A sub-procedure gets the officer of its parent: where none is named, the one of the role.
    """
    actor = opener(definition, officer)
    if actor is RELATED_PROCEEDING and OFFICER in definition.roles:
        officer = officer or OFFICER
    handed_in = {name: f"{name}-1" for name in documents}
    with engine.transaction() as transaction:
        unit = transaction.unit()
        event = Event(transaction.now, actor, data=data, documents=handed_in)
        case = unit.open(definition.id, event, court=DEFAULT_COURT, officer=officer)
        unit.flush()
    return case.id


def fire(
    engine: Engine,
    case_id: str,
    trigger: str,
    actor: Actor,
    *,
    data: Mapping[str, Any],
    documents: Mapping[str, str],
    note: str = "",
    about: str = "",
    happened_at: datetime | date | None = None,
) -> None:
    """Fire a trigger as a person, or as what is no person: a clock, an answer, a proceeding.

    Those are not brought to the engine from outside: a world of tests plays them within. Raises
    what the engine raises.
    """
    if actor.roles.isdisjoint(RESERVED_ROLES):
        engine.fire(
            case_id,
            trigger,
            actor=actor,
            data=data,
            documents=documents,
            note=note,
            about=about,
            happened_at=happened_at,
        )
        return
    with engine.transaction() as transaction:
        unit = transaction.unit()
        calendar = unit.procedure(unit.case(case_id)).calendar
        at, recorded_at = when(happened_at, calendar, unit.now)
        event = Event(
            at, actor, trigger, data, documents, note, recorded_at=recorded_at, about=about
        )
        unit.fire(case_id, event)
        unit.flush()


def held(role: str) -> str:
    """The role that a person holds who acts as one: any officer is an officer."""
    return OFFICER if role == ANY_OFFICER else role


def person_of(role: str, officer: str) -> str:
    """Who does something as a role, where no person is named: the officer is the case's own."""
    return officer if role == OFFICER and officer else role
