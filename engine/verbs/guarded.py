"""What every verb with an actor goes through: who he is, what he may do here, refusals kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ...adapters.protocol import Adapter
from ...workflow.errors import ZhixingError
from ..charter.persons import check_actor
from ..charter.refusals import Refusal, RefusalBook
from ..charter.standing import Standing
from ..charter.store import StandingKeeper
from ..clock import Clock
from ..decision.texts import check_note
from ..errors import DatabaseFault, NotAllowed
from ..model.case import CaseState
from ..model.event import Actor
from ..work.clock_guard import AHEAD
from ..work.registry import Registry
from ..work.repository import Path
from ..work.runtime import Runtime, Transaction
from ..work.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody is about to do, as the host's `authorize` is asked of it.

    `verb` is the engine's (`fire`, `waive`, …), `what` the trigger, limit, task or version; `actor`
    has the roles that he holds there. Without a case `case_id` is empty.
    """

    verb: str
    actor: Actor
    court: str
    case_id: str = ""
    procedure: str = ""
    what: str = ""


Authorize = Callable[[Asked], bool]
"""The host's own word: False refuses what the engine would allow; it allows nothing by itself."""


class Acting:
    """One verb at work for one actor, in one transaction."""

    __slots__ = ("_asks", "actor", "case_id", "court", "standing", "transaction", "verb", "what")

    def __init__(
        self, transaction: Transaction, standing: Standing, asks: Authorize | None, asked: Asked
    ) -> None:
        self.transaction = transaction
        self.standing = standing
        self.verb = asked.verb
        self.actor = asked.actor
        self.case_id = asked.case_id
        self.what = asked.what
        self.court = asked.court
        self._asks = asks

    def at_case(self, case: CaseState) -> Actor:
        """The actor with the roles that he holds for a case. Raises `NotAllowed`."""
        self.court, self.case_id = case.court, case.id
        actor = self.standing.at_case(self.actor, case, self.transaction.now)
        self._ask_host(actor, case.procedure)
        return actor

    def opening(self, court: str, team: str, procedure: str) -> Actor:
        """The actor with the roles that he holds where a case is to be opened."""
        self.court = court
        actor = self.standing.at(self.actor, team or court, self.transaction.now)
        self._ask_host(actor, procedure)
        return actor

    def loaded(self, unit: UnitOfWork, case_id: str) -> Actor:
        """As `at_case`, of a case that a unit of work reads. Raises `CaseNotFound`."""
        return self.at_case(unit.case(case_id))

    def check(self, grant: str, unit: str = "", *, deciding: bool = False) -> None:
        """Raises `NotAllowed` unless the charter lets the actor do something at a unit."""
        now = self.transaction.now
        self.standing.check(self.actor, grant, unit, now, deciding)
        self.ask_host(unit)

    def ask_host(self, unit: str) -> None:
        """Ask the host about something at a unit that is no case. Raises `NotAllowed`."""
        self._ask_host(self.here(unit), "")

    def may(self, grant: str, unit: str) -> bool:
        """Whether `check` would let the actor."""
        try:
            self.check(grant, unit)
        except NotAllowed:
            return False
        return True

    def here(self, unit: str) -> Actor:
        """The actor with the roles that he holds at a unit (`""` is the whole organisation)."""
        return self.standing.at(self.actor, unit or self.standing.top, self.transaction.now)

    def _ask_host(self, actor: Actor, procedure: str) -> None:
        if self._asks is None:
            return
        asked = Asked(self.verb, actor, self.court, self.case_id, procedure, self.what)
        if not self._asks(asked):
            raise NotAllowed(
                actor=actor.id,
                what_zh=f"办理 {self.verb} {self.what}".rstrip(),
                what_en=f"{self.verb} {self.what}".rstrip(),
                why_zh="所在系统不允许",
                why_en="the host does not allow it",
            )


class Guarded(Runtime):
    """A runtime whose verbs are held to the charter in force, and whose refusals are kept."""

    def __init__(
        self,
        database: sa.Engine,
        registry: Registry,
        clock: Clock,
        adapters: Iterable[Adapter] = (),
        authorize: Authorize | None = None,
        *,
        retries: int = 0,
        clock_tolerance: timedelta | None = AHEAD,
    ) -> None:
        super().__init__(
            database,
            registry,
            clock,
            adapters,
            retries=retries,
            clock_tolerance=clock_tolerance,
        )
        self._authorize = authorize
        self._standing = StandingKeeper()
        self._refusals = RefusalBook()

    def _standing_of(self, transaction: Transaction) -> Standing:
        """The charter in force, and the deputies."""
        return self._standing.standing(transaction.connection, transaction.now)

    def _path_at(self, connection: sa.Connection, now: datetime) -> Path:
        """What each court lies in, as the charter in force says when it is asked."""
        return lambda court: self._standing.standing(connection, now).charter.path(court)

    def _actor_at(self, transaction: Transaction, actor: Actor, case: CaseState) -> Actor:
        check_actor(actor)
        return self._standing_of(transaction).at_case(actor, case, transaction.now)

    def _changed_standing(self, transaction: Transaction) -> None:
        """The charter or the deputies are others from now on: read anew, also after the commit."""
        self._standing.changed(transaction.connection)
        transaction.after_commit.append(self._standing.forget)

    @contextmanager
    def _acting(
        self,
        verb: str,
        actor: Actor,
        within: Any,
        case_id: str = "",
        what: str = "",
        *,
        note: str = "",
        writes: bool = True,
        doubts_clock: bool = True,
    ) -> Iterator[Acting]:
        """A verb's transaction, for one actor, who may have said why in a `note`.

        What is refused in it is kept once it has ended. Raises `BadActor`, `BadText`.
        """
        asked = Asked(verb, actor, "", case_id, "", what)
        acting: Acting | None = None
        try:
            check_actor(actor)
            check_note(note)
            with self.transaction(within, writes=writes, doubts_clock=doubts_clock) as transaction:
                acting = Acting(transaction, self._standing_of(transaction), self._authorize, asked)
                yield acting
        except ZhixingError as error:
            if not (error.retryable or isinstance(error, DatabaseFault)):
                self._keep(error, asked, acting, within)
            raise

    def _keep(self, error: ZhixingError, asked: Asked, acting: Acting | None, within: Any) -> None:
        """Keep a refusal; a host's transaction goes on, and it is written after its end."""
        refusal = Refusal(
            actor=asked.actor,
            verb=asked.verb,
            trigger=asked.what,
            case_id=acting.case_id if acting is not None else asked.case_id,
            court=acting.court if acting is not None else "",
            code=error.code,
            why=error.as_json(),
            at=self.clock.now(),
        )
        self._keep_refusal(refusal, within)

    def _keep_refusal(self, refusal: Refusal, within: Any) -> None:
        self._refusals.keep(refusal, _connection(within))
        if within is None:
            self._refusals.write(self.database)


@contextmanager
def acting(
    engine: Guarded, verb: str, actor: Actor, within: Any, *, writes: bool = False
) -> Iterator[Acting]:
    """A verb of the rooms above the engine, for one actor; what is refused in it is kept.

    Raises `BadActor`.
    """
    with engine._acting(verb, actor, within, writes=writes) as at_work:
        yield at_work


def _connection(within: Any) -> sa.Connection | None:
    """The connection that a host's session works on; None where it can say so no more."""
    if within is None or isinstance(within, sa.Connection):
        return within
    try:
        joined: sa.Connection = within.connection()
    except sa.exc.SQLAlchemyError:
        return None
    return joined
