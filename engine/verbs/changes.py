"""The verbs that change cases. Each is one event on the one path, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Generic, TypeVar

from ...adapters.protocol import Answer
from ...workflow.periods.adjustments import Deduction, Extension
from ..charter.persons import check_person
from ..decision.powers import at_case
from ..model.case import NewCase
from ..model.commands import (
    Arm,
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
from ..queries.records import acknowledge, alert_of
from ..queries.views import Case
from ..storage.incidents import court_of_incident, resolve_incident
from ..work.unit import UnitOfWork
from .guarded import Acting, Guarded
from .repeating import repeating

W = TypeVar("W")
Data = Mapping[str, Any]
Documents = Mapping[str, str]


@repeating
class Changes(Guarded, Generic[W]):
    """Changes of cases. `within` is the host's own session or connection.

    Its transaction is joined and not ended; without one, each verb is a transaction of its own.
    An actor does what the definition lets him do in the roles that he holds where the case lies.
    Every verb may raise `CaseNotFound`, `BadActor`, `NotAllowed`, `LostRace` and `DatabaseBusy`
    (the last two retryable).
    """

    def open_case(
        self,
        procedure: str,
        *,
        actor: Actor,
        data: Data | None = None,
        documents: Documents | None = None,
        id: str | None = None,
        number: str = "",
        court: str = "",
        team: str = "",
        officer: str = "",
        note: str = "",
        within: W | None = None,
    ) -> Case:
        """Open a case in a court of the charter (in the only one, where none is named).

        Raises `Refused`, `UnknownProcedure`, `NotPublished`, `UnknownCourt`, `DataError`,
        `CaseExists`, `BadCaseId`.
        """
        new = NewCase(data or {}, id, number, court, officer, team, documents or {})
        with self._acting("open_case", actor, within, what=procedure) as acting:
            unit = acting.transaction.unit()
            return _written(unit, _open(acting, unit, procedure, new, note))

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
        with self._acting("open_many", actor, within, what=procedure) as acting:
            unit = acting.transaction.unit()
            ids = [_open(acting, unit, procedure, new, "") for new in cases]
            unit.flush()
            return ids

    def fire(
        self,
        case_id: str,
        trigger: str,
        *,
        actor: Actor,
        data: Data | None = None,
        documents: Documents | None = None,
        note: str = "",
        within: W | None = None,
    ) -> Case:
        """Fire a trigger. Raises `Refused` with every obstacle, `DataError`, `BadEvent`."""
        with self._acting("fire", actor, within, case_id, trigger) as acting:
            transaction = acting.transaction
            unit = transaction.unit()
            who = acting.loaded(unit, case_id)
            event = Event(transaction.now, who, trigger, data or {}, documents or {}, note)
            unit.fire(case_id, event)
            return _written(unit, case_id)

    def deduct(
        self,
        case_id: str,
        deduction: Deduction,
        *,
        actor: Actor,
        documents: Documents | None = None,
        note: str = "",
        within: W | None = None,
    ) -> Case:
        """Enter a deducted period, by the power `deduct`.

        The same ground and start with an end closes one that runs. Raises `Refused`, `BadEvent`.
        """
        return self._order("deduct", case_id, Deduct(deduction), actor, note, within, documents)

    def extend(
        self,
        case_id: str,
        rule: str,
        extension: Extension,
        *,
        actor: Actor,
        documents: Documents | None = None,
        note: str = "",
        within: W | None = None,
    ) -> Case:
        """Extend a live deadline (a rule's name, or an id), by the power `extend`.

        Raises `Refused`, `ExtensionRefused`, `UnknownDeadline`.
        """
        command = Extend(rule, extension)
        return self._order("extend", case_id, command, actor, note, within, documents)

    def restore(
        self,
        case_id: str,
        rule: str,
        extension: Extension,
        *,
        actor: Actor,
        documents: Documents | None = None,
        note: str = "",
        within: W | None = None,
    ) -> Case:
        """Restore a missed deadline by so much more time (CPL art. 86), by the power `restore`.

        Raises `Refused`, `ExtensionRefused`, `UnknownDeadline`.
        """
        command = Extend(rule, extension, restore=True)
        return self._order("restore", case_id, command, actor, note, within, documents)

    def waive(
        self,
        case_id: str,
        rule: str,
        *,
        actor: Actor,
        documents: Documents | None = None,
        note: str = "",
        within: W | None = None,
    ) -> Case:
        """End a live deadline without performance, by the power `waive`.

        Raises `Refused`, `UnknownDeadline`.
        """
        return self._order("waive", case_id, Waive(rule), actor, note, within, documents)

    def arm(
        self,
        case_id: str,
        rule: str,
        *,
        actor: Actor,
        counted_from: date | None = None,
        documents: Documents | None = None,
        note: str = "",
        within: W | None = None,
    ) -> Case:
        """Start a deadline by hand, counted from a day (or from now), by the power `arm`.

        Raises `Refused`, `UnknownDeadline`, `BadEvent`.
        """
        command = Arm(rule, counted_from)
        return self._order("arm", case_id, command, actor, note, within, documents)

    def assign(
        self,
        case_id: str,
        officer: str,
        *,
        actor: Actor,
        team: str | None = None,
        documents: Documents | None = None,
        note: str = "",
        within: W | None = None,
    ) -> Case:
        """Name the officer of a case, who then watches its deadlines, by the power `assign`.

        `team` is the bureau or team of its court that handles it from now on. Raises `Refused`,
        `UnknownCourt`.
        """
        with self._acting("assign", actor, within, case_id, officer) as acting:
            check_person(officer)
            unit = acting.transaction.unit()
            if team is not None:
                team = acting.standing.team(team, unit.case(case_id).court)
            command = Assign(officer, team)
            return _ordered(acting, unit, case_id, command, note, documents or {})

    def watch(
        self,
        case_id: str,
        rule: str,
        person: str,
        *,
        actor: Actor,
        documents: Documents | None = None,
        note: str = "",
        within: W | None = None,
    ) -> Case:
        """Name the person who watches a live deadline (a rule's name, or an id), by `watch`.

        Raises `Refused`, `UnknownDeadline`.
        """
        with self._acting("watch", actor, within, case_id, rule) as acting:
            check_person(person)
            command = AssignWatcher(rule, person)
            unit = acting.transaction.unit()
            return _ordered(acting, unit, case_id, command, note, documents or {})

    def approve(
        self, case_id: str, trigger: str, *, actor: Actor, note: str = "", within: W | None = None
    ) -> Case:
        """Vote for an act that waits for approval; the last vote needed carries it out.

        An order that waits is called by its power and what it is for: `extend:case_limit`.
        Raises `Refused`.
        """
        command = Vote(trigger, in_favour=True)
        return self._order("approve", case_id, command, actor, note, within)

    def reject(
        self, case_id: str, trigger: str, *, actor: Actor, note: str, within: W | None = None
    ) -> Case:
        """Vote against an act that waits for approval, saying why. Raises `Refused`."""
        command = Vote(trigger, in_favour=False)
        return self._order("reject", case_id, command, actor, note, within)

    def withdraw(
        self, case_id: str, trigger: str, *, actor: Actor, note: str = "", within: W | None = None
    ) -> Case:
        """Take back what the actor proposed. Raises `Refused`."""
        return self._order("withdraw", case_id, Withdraw(trigger), actor, note, within)

    def claim_task(self, case_id: str, task: str, *, actor: Actor, within: W | None = None) -> Case:
        """Take a task (its name or id) from the pool of one's role. Raises `Refused`."""
        return self._order("claim_task", case_id, Claim(task), actor, "", within)

    def hand_back_task(
        self, case_id: str, task: str, *, actor: Actor, note: str = "", within: W | None = None
    ) -> Case:
        """Return a claimed task to its pool. Raises `Refused`."""
        return self._order("hand_back_task", case_id, HandBack(task), actor, note, within)

    def _order(
        self,
        verb: str,
        case_id: str,
        command: Command,
        actor: Actor,
        note: str,
        within: W | None,
        documents: Documents | None = None,
    ) -> Case:
        with self._acting(verb, actor, within, case_id, _what(command)) as acting:
            unit = acting.transaction.unit()
            return _ordered(acting, unit, case_id, command, note, documents or {})

    def receive(self, answer: Answer, source: str, *, within: W | None = None) -> str:
        """Take an answer from outside (a callback, say) once, from the adapter that was asked.

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

        Whom the charter lets resolve. Raises `DataError`.
        """
        with self._acting("resolve", actor, within, what=str(incident)) as acting:
            transaction = acting.transaction
            acting.court = court_of_incident(transaction.connection, incident)
            acting.check("resolve", acting.court)
            resolve_incident(
                transaction.connection, transaction.now, incident, actor.id, resolution, retry
            )
            transaction.wants_wake = retry

    def acknowledge_alert(self, alert_id: str, *, actor: Actor, within: W | None = None) -> None:
        """Mark an alert as seen, by who watches it or holds one of the roles it went to.

        Raises `UnknownAlert`, `NotAllowed`.
        """
        with self._acting("acknowledge_alert", actor, within, what=alert_id) as acting:
            unit = acting.transaction.unit()
            alert = alert_of(acting.transaction, alert_id)
            case = unit.case(alert.case_id)
            acknowledge(acting.transaction, alert, at_case(acting.at_case(case), case))


def _what(command: Command) -> str:
    """What a command is about, as refusals show it."""
    for name in ("trigger", "task", "deadline"):
        if hasattr(command, name):
            return str(getattr(command, name))
    return command.deduction.ground if isinstance(command, Deduct) else ""


def _open(acting: Acting, unit: UnitOfWork, procedure: str, new: NewCase, note: str) -> str:
    """Open a case of a batch; the officer named is a person, the court one of the charter."""
    transaction, standing = acting.transaction, acting.standing
    court = standing.court(new.court)
    team = standing.team(new.team, court)
    if new.officer:
        check_person(new.officer)
    who = acting.opening(court, team, procedure)
    event = Event(transaction.now, who, data=new.data, documents=new.documents, note=note)
    case = unit.open(
        procedure,
        event,
        id=new.id,
        number=new.number,
        court=court,
        team=team,
        officer=new.officer,
    )
    return case.id


def _ordered(
    acting: Acting,
    unit: UnitOfWork,
    case_id: str,
    command: Command,
    note: str,
    documents: Documents,
) -> Case:
    who = acting.loaded(unit, case_id)
    now = acting.transaction.now
    unit.fire(case_id, Event(now, who, documents=documents, note=note, command=command))
    return _written(unit, case_id)


def _written(unit: UnitOfWork, case_id: str) -> Case:
    """Write what the unit decided; the case as it then stands."""
    unit.flush()
    case = unit.case(case_id)
    return Case.of(unit.procedure(case), case)
