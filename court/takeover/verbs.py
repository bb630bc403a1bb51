"""Running cases come in, one by one or many: what would follow first, then for good."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, select

from ...engine.engine import Engine
from ...engine.errors import (
    DatabaseFault,
    NumberTaken,
    TakenOverOtherwise,
    TakeoverRefused,
)
from ...engine.model.effects import EntryKind
from ...engine.model.event import Actor, Event
from ...engine.storage.case_rows import number_key
from ...engine.storage.schema import cases, history
from ...engine.verbs.guarded import Acting, acting
from ...engine.work.taking_over import new_place, take_over
from ...engine.work.unit import UnitOfWork
from ...workflow.errors import ZhixingError
from .facts import CaseFacts
from .files import TakeoverItem
from .told import told
from .views import Takeover, TakeoverLine


class CourtTakeover:
    """Running cases of a court come in: `CourtTakeover(engine).take_over(facts, actor=president)`.

    For those whom the charter lets `take_over` at the court; no role of a definition is asked. Each
    case is one opening, in the state in which it stood, with its limits counted by the rules of its
    definition from their true starts. What has passed by then comes at once, each on its own day.

    The same facts of one number come once: again they are told to be `here`. All raise
    `NotAllowed`, `BadActor`, `UnknownCourt`, `UnknownProcedure`, `NotPublished`, `TakeoverRefused`
    with every fault, `NumberTaken`, `TakenOverOtherwise`, `BadText`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def preview(self, facts: CaseFacts, *, actor: Actor, within: Any = None) -> Takeover:
        """What would become of a case: its limits, what would come at once, of which limits nothing
        was said. Nothing is written."""
        with acting(self._engine, "preview_take_over", actor, within, writes=True) as at_work:
            transaction = at_work.transaction
            here = _allowed(at_work, facts)
            if here is not None:
                return here
            savepoint = transaction.connection.begin_nested()
            try:
                unit, case_id = _taken(at_work, facts)
                return told(unit, case_id, "foreseen", transaction.decisions)
            finally:
                savepoint.rollback()
                transaction.decisions.clear()

    def take_over(self, facts: CaseFacts, *, actor: Actor, within: Any = None) -> Takeover:
        """A case goes on here from now on; `within` is the host's own session or connection."""
        try:
            return self._take_over(facts, actor, within)
        except NumberTaken:
            with suppress(NumberTaken):  # another process may have brought it meanwhile
                found = self._found(facts, actor) if within is None else None
                if found is not None:
                    return found
            raise

    def batch(
        self, items: Iterable[TakeoverItem | CaseFacts], *, actor: Actor, dry_run: bool = False
    ) -> Iterator[TakeoverLine]:
        """Many cases, each in a transaction of its own: one that fails costs itself, and says why.

        With `dry_run` each is previewed alone. Raises `DatabaseFault` where the database is away.
        """
        work = self.preview if dry_run else self.take_over
        for place, given in enumerate(items, 1):
            item = TakeoverItem(place, facts=given) if isinstance(given, CaseFacts) else given
            number = item.facts.number if item.facts is not None else item.number
            line: dict[str, Any] = {"item": item.item, "line": item.line, "number": number}
            try:
                done = work(_facts(item), actor=actor)
            except DatabaseFault:
                raise
            except ZhixingError as error:
                yield TakeoverLine(**line, error=error.as_json())
            else:
                yield TakeoverLine(**line, done=done)

    def _take_over(self, facts: CaseFacts, actor: Actor, within: Any) -> Takeover:
        with acting(self._engine, "take_over", actor, within, writes=True) as at_work:
            here = _allowed(at_work, facts)
            if here is not None:
                return here
            unit, case_id = _taken(at_work, facts)
            return told(unit, case_id, "taken-over", at_work.transaction.decisions)

    def _found(self, facts: CaseFacts, actor: Actor) -> Takeover | None:
        with acting(self._engine, "take_over", actor, None) as at_work:
            return _allowed(at_work, facts)


def _facts(item: TakeoverItem) -> CaseFacts:
    if item.facts is not None:
        return item.facts
    raise item.error or TakeoverRefused(number=item.number, faults=())


def _allowed(at_work: Acting, facts: CaseFacts) -> Takeover | None:
    """The case that the very facts have become already, for one who may take it over."""
    at_work.court = court = at_work.standing.court(facts.court)
    at_work.what = facts.number
    at_work.check("take_over", court)
    return _here(at_work.transaction.connection, court, facts)


def _here(connection: Connection, court: str, facts: CaseFacts) -> Takeover | None:
    """The case of a number, where it came in by these very facts.

    Raises `NumberTaken`, `TakenOverOtherwise`.
    """
    query = select(cases.c.id, history.c.kind, history.c.given, history.c.recorded_at)
    query = query.join(
        history,
        (history.c.court == cases.c.court)
        & (history.c.case_id == cases.c.id)
        & (history.c.seq == 1),
    ).where(
        cases.c.court == court,
        cases.c.number_key == number_key(facts.number),
        cases.c.parent_id.is_(None),
    )
    found = connection.execute(query).first()
    if found is None:
        return None
    id, kind, given, at = found
    if kind != EntryKind.TAKEN_OVER:
        raise NumberTaken(number=facts.number)
    if given["command"][1].get("digest") != facts.digest():
        raise TakenOverOtherwise(number=facts.number, case_id=id, at=at)
    return Takeover(outcome="here", number=facts.number, court=court, case_id=id)


def _taken(at_work: Acting, facts: CaseFacts) -> tuple[UnitOfWork, str]:
    """A case taken over and written, in the transaction at work."""
    standing, transaction = at_work.standing, at_work.transaction
    court = at_work.court
    team = standing.team(facts.team, court)
    event = Event(transaction.now, at_work.here(court), note=facts.note)
    place = new_place(court, facts.number, facts.officer, team, event)
    unit = transaction.unit()
    case = take_over(unit, facts.procedure, facts.taken(), event, place)
    unit.flush()
    return unit, case.id
