"""The verbs that change cases. Each is one event on the one path, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Generic, TypeVar

from ...adapters.protocol import Answer
from ...workflow.periods.adjustments import Deduction, Extension
from ..model.case import NewCase
from ..model.commands import (
    Assign,
    AssignWatcher,
    Claim,
    Command,
    Deduct,
    Extend,
    HandBack,
    Vote,
    Waive,
    Withdraw,
)
from ..model.event import Actor, Event
from ..outside.inbox import take_answer
from ..queries.records import acknowledge
from ..queries.views import Case
from ..storage.incidents import resolve_incident
from ..work.runtime import Runtime, Transaction
from ..work.unit import UnitOfWork

W = TypeVar("W")
Data = Mapping[str, Any]


class Changes(Runtime, Generic[W]):
    """Changes of cases. `within` is the host's own session or connection.

    Its transaction is joined and not ended; without one, each verb is a transaction of its own.
    Every verb may raise `CaseNotFound`, `LostRace` and `DatabaseBusy` (both retryable).
    """

    def open_case(
        self,
        procedure: str,
        *,
        actor: Actor,
        data: Data | None = None,
        id: str | None = None,
        number: str = "",
        court: str = "",
        officer: str = "",
        note: str = "",
        within: W | None = None,
    ) -> Case:
        """Open a case.

        Raises `UnknownProcedure`, `DataError`, `CaseExists`, `NumberTaken`, `BadCaseId`.
        """
        with self.transaction(within) as transaction:
            unit = transaction.unit()
            event = Event(transaction.now, actor, data=data or {}, note=note)
            case = unit.open(procedure, event, id=id, number=number, court=court, officer=officer)
            return _written(unit, case.id)

    def open_many(
        self,
        procedure: str,
        cases: Iterable[NewCase],
        *,
        actor: Actor,
        within: W | None = None,
    ) -> list[str]:
        """Open many cases in one transaction, all or none; gives their ids in order.

        Raises as `open_case`.
        """
        with self.transaction(within) as transaction:
            unit = transaction.unit()
            ids = [_open(unit, transaction, procedure, new, actor) for new in cases]
            unit.flush()
            return ids

    def fire(
        self,
        case_id: str,
        trigger: str,
        *,
        actor: Actor,
        data: Data | None = None,
        documents: Mapping[str, str] | None = None,
        note: str = "",
        within: W | None = None,
    ) -> Case:
        """Fire a trigger. Raises `Refused` with every obstacle, `DataError`, `BadEvent`."""
        with self.transaction(within) as transaction:
            event = Event(transaction.now, actor, trigger, data or {}, documents or {}, note)
            unit = transaction.unit()
            unit.fire(case_id, event)
            return _written(unit, case_id)

    def deduct(
        self,
        case_id: str,
        deduction: Deduction,
        *,
        actor: Actor,
        note: str = "",
        within: W | None = None,
    ) -> Case:
        """Enter a deducted period.

        The same ground and start with an end closes one that runs. Raises `BadEvent`.
        """
        return self._order(case_id, Deduct(deduction), actor, note, within)

    def extend(
        self,
        case_id: str,
        rule: str,
        extension: Extension,
        *,
        actor: Actor,
        note: str = "",
        within: W | None = None,
    ) -> Case:
        """Extend a live deadline (a rule's name, or an id).

        Raises `ExtensionRefused`, `UnknownDeadline`.
        """
        return self._order(case_id, Extend(rule, extension), actor, note, within)

    def restore(
        self,
        case_id: str,
        rule: str,
        extension: Extension,
        *,
        actor: Actor,
        note: str = "",
        within: W | None = None,
    ) -> Case:
        """Restore a missed deadline by so much more time (CPL art. 86).

        Raises `ExtensionRefused`, `UnknownDeadline`.
        """
        command = Extend(rule, extension, restore=True)
        return self._order(case_id, command, actor, note, within)

    def waive(
        self, case_id: str, rule: str, *, actor: Actor, note: str = "", within: W | None = None
    ) -> Case:
        """End a live deadline without performance. Raises `UnknownDeadline`."""
        return self._order(case_id, Waive(rule), actor, note, within)

    def assign(
        self, case_id: str, officer: str, *, actor: Actor, note: str = "", within: W | None = None
    ) -> Case:
        """Name the officer of a case, who then watches its deadlines."""
        return self._order(case_id, Assign(officer), actor, note, within)

    def watch(
        self, case_id: str, rule: str, person: str, *, actor: Actor, within: W | None = None
    ) -> Case:
        """Name the person who watches a live deadline (a rule's name, or an id).

        Raises `UnknownDeadline`.
        """
        return self._order(case_id, AssignWatcher(rule, person), actor, "", within)

    def approve(
        self, case_id: str, trigger: str, *, actor: Actor, note: str = "", within: W | None = None
    ) -> Case:
        """Vote for an act that waits for approval; the last vote needed carries it out.

        Raises `Refused`.
        """
        return self._order(case_id, Vote(trigger, in_favour=True), actor, note, within)

    def reject(
        self, case_id: str, trigger: str, *, actor: Actor, note: str, within: W | None = None
    ) -> Case:
        """Vote against an act that waits for approval, saying why. Raises `Refused`."""
        return self._order(case_id, Vote(trigger, in_favour=False), actor, note, within)

    def withdraw(
        self, case_id: str, trigger: str, *, actor: Actor, note: str = "", within: W | None = None
    ) -> Case:
        """Take back what the actor proposed. Raises `Refused`."""
        return self._order(case_id, Withdraw(trigger), actor, note, within)

    def claim_task(self, case_id: str, task: str, *, actor: Actor, within: W | None = None) -> Case:
        """Take a task (its name or id) from the pool of one's role. Raises `Refused`."""
        return self._order(case_id, Claim(task), actor, "", within)

    def hand_back_task(
        self, case_id: str, task: str, *, actor: Actor, note: str = "", within: W | None = None
    ) -> Case:
        """Return a claimed task to its pool. Raises `Refused`."""
        return self._order(case_id, HandBack(task), actor, note, within)

    def _order(
        self, case_id: str, command: Command, actor: Actor, note: str, within: W | None
    ) -> Case:
        with self.transaction(within) as transaction:
            unit = transaction.unit()
            unit.fire(case_id, Event(transaction.now, actor, command=command, note=note))
            return _written(unit, case_id)

    def receive(self, answer: Answer, source: str, *, within: W | None = None) -> str:
        """Take an answer from outside (a callback, say) once.

        Gives what came of it: `taken`, `duplicate`, `unknown`, or a reason.
        """
        with self.transaction(within) as transaction:
            return take_answer(transaction, source, answer)

    def resolve(
        self,
        incident: int,
        *,
        actor: Actor,
        resolution: str,
        retry: bool = False,
        within: W | None = None,
    ) -> None:
        """Close an incident, saying how; `retry` tries the clock or the request again at once.

        Raises `DataError`.
        """
        with self.transaction(within) as transaction:
            resolve_incident(
                transaction.connection, transaction.now, incident, actor.id, resolution, retry
            )
            transaction.wants_wake = retry

    def acknowledge_alert(self, alert_id: str, *, actor: Actor, within: W | None = None) -> None:
        """Mark an alert as seen by a person."""
        with self.transaction(within) as transaction:
            acknowledge(transaction, alert_id, actor.id)


def _open(
    unit: UnitOfWork, transaction: Transaction, procedure: str, new: NewCase, actor: Actor
) -> str:
    event = Event(transaction.now, actor, data=new.data)
    case = unit.open(
        procedure, event, id=new.id, number=new.number, court=new.court, officer=new.officer
    )
    return case.id


def _written(unit: UnitOfWork, case_id: str) -> Case:
    """Write what the unit decided; the case as it then stands."""
    unit.flush()
    case = unit.case(case_id)
    return Case.of(unit.procedure(case), case)
