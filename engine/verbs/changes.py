"""The verbs that change cases. Each is one event on the one path, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Generic, TypeVar, Unpack

from pydantic import TypeAdapter

from ...adapters.protocol import Answer
from ...workflow.periods.adjustments import Deduction, Extension
from ..charter.persons import check_person
from ..decision.powers import at_case, check_power
from ..model.case import NewCase
from ..model.commands import (
    Arm,
    Assign,
    AssignWatcher,
    Claim,
    Command,
    Correct,
    Deduct,
    Extend,
    Finish,
    HandBack,
    LateAct,
    Link,
    Meet,
    Replacement,
    Transfer,
    Vote,
    Waive,
    Withdraw,
)
from ..model.event import Actor
from ..outside.inbox import take_answer
from ..queries.preview import Preview
from ..queries.records import acknowledge, alert_of
from ..queries.views import Case
from ..storage.incidents import court_of_incident, resolve_incident
from ..versions.arming import arming
from .bringing import Act, Opening, brought, called, foreseen
from .guarded import Guarded
from .once import Calling, derived, named
from .repeating import repeating

W = TypeVar("W")
Data = Mapping[str, Any]
Documents = Mapping[str, str]
_ID = TypeAdapter(str)


@repeating
class Changes(Guarded, Generic[W]):
    """Changes of cases. `within` is the host's own session or connection.

    Its transaction is joined and not ended; without one, each verb is a transaction of its own.
    An actor does what the definition lets him do in the roles that he holds where the case lies.
    What every change takes beside its own arguments is said at `Calling`. Every verb may raise
    `CaseNotFound`, `BadActor`, `NotAllowed`, `StaleVersion`, `RequestReused`, `BadTime`, `LostRace`
    and `DatabaseBusy` (the last two retryable).
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
        **calling: Unpack[Calling],
    ) -> Case:
        """Open a case in a court of the charter (in the only one, where none is named).

        Raises `Refused`, `UnknownProcedure`, `NotPublished`, `UnknownCourt`, `DataError`,
        `CaseExists`, `BadCaseId`.
        """
        new = NewCase(data or {}, id, number, court, officer, team, documents or {})
        with self._acting("open_case", actor, within, what=procedure) as acting:
            unit = acting.transaction.unit()
            opening = Opening(acting, unit, procedure, note, calling.get("happened_at"))
            once = opening.once(new, calling.get("request_id"))
            return called(unit, once, lambda: opening.open(new))

    def open_many(
        self,
        procedure: str,
        cases: Iterable[NewCase],
        *,
        actor: Actor,
        within: W | None = None,
        request_id: str | None = None,
        happened_at: datetime | date | None = None,
    ) -> list[str]:
        """Open many cases in one transaction, all or none; gives their ids in order.

        With a `request_id` each case has one of its own, made of it and its place. Raises as
        `open_case`.
        """
        with self._acting("open_many", actor, within, what=procedure) as acting:
            unit = acting.transaction.unit()
            opening = Opening(acting, unit, procedure, "", happened_at)
            batch = list(cases)
            named = [(new, derived(request_id, i)) for i, new in enumerate(batch)]
            calls = [(new, opening.once(new, name, of=len(batch))) for new, name in named]
            known = [once.first() for _, once in calls]
            ids = [
                once.value(_ID, first) if first is not None else opening.open(new)
                for (new, once), first in zip(calls, known, strict=True)
            ]
            unit.flush()
            for (_, once), first, id in zip(calls, known, ids, strict=True):
                if first is None:
                    once.keep({"value": id})
            return ids

    def fire(
        self,
        case_id: str,
        trigger: str,
        *,
        actor: Actor,
        data: Data | None = None,
        documents: Documents | None = None,
        about: str = "",
        note: str = "",
        within: W | None = None,
        **calling: Unpack[Calling],
    ) -> Case:
        """Fire a trigger; one that is about one record says its id (`about`).

        Raises `Refused` with every obstacle, `DataError`, `BadEvent`.
        """
        with self._acting("fire", actor, within, case_id, trigger) as acting:
            act = Act(trigger, data or {}, documents or {}, note, about=about)
            return brought(acting, case_id, act, calling)

    def deduct(
        self,
        case_id: str,
        deduction: Deduction,
        *,
        actor: Actor,
        documents: Documents | None = None,
        note: str = "",
        within: W | None = None,
        **calling: Unpack[Calling],
    ) -> Case:
        """Enter a deducted period, by the power `deduct`.

        The same ground and start with an end closes one that runs. Raises `Refused`, `BadEvent`.
        """
        return self._order(
            "deduct", case_id, Deduct(deduction), actor, note, within, documents, **calling
        )

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
        **calling: Unpack[Calling],
    ) -> Case:
        """Extend a live deadline (a rule's name, or an id), by the power `extend`.

        Raises `Refused`, `ExtensionRefused`, `UnknownDeadline`.
        """
        command = Extend(rule, extension)
        return self._order("extend", case_id, command, actor, note, within, documents, **calling)

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
        **calling: Unpack[Calling],
    ) -> Case:
        """Restore a missed deadline by so much more time (CPL art. 86), by the power `restore`.

        Raises `Refused`, `ExtensionRefused`, `UnknownDeadline`.
        """
        command = Extend(rule, extension, restore=True)
        return self._order("restore", case_id, command, actor, note, within, documents, **calling)

    def waive(
        self,
        case_id: str,
        rule: str,
        *,
        actor: Actor,
        documents: Documents | None = None,
        note: str = "",
        within: W | None = None,
        **calling: Unpack[Calling],
    ) -> Case:
        """End a live deadline without performance, by the power `waive`.

        Raises `Refused`, `UnknownDeadline`.
        """
        return self._order("waive", case_id, Waive(rule), actor, note, within, documents, **calling)

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
        **calling: Unpack[Calling],
    ) -> Case:
        """Start a deadline by hand, counted from a day (or from now), by the power `arm`.

        Raises `Refused`, `UnknownDeadline`, `BadEvent`.
        """
        command = Arm(rule, counted_from)
        return self._order("arm", case_id, command, actor, note, within, documents, **calling)

    def arm_law(
        self,
        case_id: str,
        row: str,
        *,
        actor: Actor,
        counted_from: date | None = None,
        length: int | None = None,
        documents: Documents | None = None,
        note: str = "",
        within: W | None = None,
        **calling: Unpack[Calling],
    ) -> Case:
        """Start a time limit of the law (the id of a row) on a case, by the power `arm`.

        It is counted from a day (or from now) as the row in force on that day says; `length` is
        given where the row leaves it open. `meet` ends it as met. Raises `Refused`,
        `UnknownLawRow`, `LawRowNotCountable`, `BadEvent`.
        """
        with self._acting("arm_law", actor, within, case_id, row) as acting:
            command = arming(acting.transaction, row, counted_from, length)
            act = Act("", {}, documents or {}, note, command)
            return brought(acting, case_id, act, calling)

    def meet(
        self,
        case_id: str,
        rule: str,
        *,
        actor: Actor,
        documents: Documents | None = None,
        note: str = "",
        within: W | None = None,
        **calling: Unpack[Calling],
    ) -> Case:
        """End a time limit of the law that was armed by hand as met, by the power `arm`.

        Raises `Refused`, `UnknownDeadline`, `BadEvent`.
        """
        return self._order("meet", case_id, Meet(rule), actor, note, within, documents, **calling)

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
        **calling: Unpack[Calling],
    ) -> Case:
        """Name the officer of a case, who then watches its deadlines, by the power `assign`.

        `team` is the bureau or team of its court that handles it from now on. Raises `Refused`,
        `UnknownCourt`.
        """
        with self._acting("assign", actor, within, case_id, officer) as acting:
            check_person(officer)
            if team is not None:
                court = acting.transaction.unit().case(case_id).court
                team = acting.standing.team(team, court)
            act = Act("", {}, documents or {}, note, Assign(officer, team))
            return brought(acting, case_id, act, calling)

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
        **calling: Unpack[Calling],
    ) -> Case:
        """Name the person who watches a live deadline (a rule's name, or an id), by `watch`.

        Raises `Refused`, `UnknownDeadline`.
        """
        with self._acting("watch", actor, within, case_id, rule) as acting:
            check_person(person)
            act = Act("", {}, documents or {}, note, AssignWatcher(rule, person))
            return brought(acting, case_id, act, calling)

    def link(
        self,
        case_id: str,
        name: str,
        other: str,
        *,
        actor: Actor,
        documents: Documents | None = None,
        note: str = "",
        within: W | None = None,
        **calling: Unpack[Calling],
    ) -> Case:
        """Link a case with another that there is, under a name of its definition, by `link`.

        Who links holds the power in both cases; each then knows the other. Raises `Refused`,
        `BadEvent`, `CaseNotFound`.
        """
        with self._acting("link", actor, within, case_id, name) as acting:
            unit = acting.transaction.unit()
            known = unit.case(other)
            check_power(unit.procedure(known), known, acting.at_case(known), "link")
            command = Link(name, known.id, known.court, known.procedure)
            return brought(acting, case_id, Act("", {}, documents or {}, note, command), calling)

    def transfer(
        self,
        child_id: str,
        to: str,
        *,
        as_: str,
        actor: Actor,
        documents: Documents | None = None,
        note: str = "",
        within: W | None = None,
        **calling: Unpack[Calling],
    ) -> Case:
        """Move a sub-procedure, with its terms, to a linked case of the court, as its `as_` there.

        By the power `transfer`, held in both cases. Gives the case that it leaves. Raises
        `Refused`, `BadEvent`, `CaseNotFound`.
        """
        with self._acting("transfer", actor, within, child_id, as_) as acting:
            unit = acting.transaction.unit()
            child, known = unit.case(child_id), unit.case(to)
            check_power(unit.procedure(known), known, acting.at_case(known), "transfer")
            act = Act("", {}, documents or {}, note, Transfer(child.id, known.id, as_))
            return brought(acting, child.parent_id or child.id, act, calling, scope=child.id)

    def preview(
        self,
        case_id: str,
        trigger: str,
        *,
        actor: Actor,
        data: Data | None = None,
        documents: Documents | None = None,
        about: str = "",
        happened_at: datetime | date | None = None,
        note: str = "",
        within: W | None = None,
    ) -> Preview:
        """What would follow if a trigger were fired, also one that happened earlier.

        Nothing is written, and nobody is told. Raises as `fire`.
        """
        with self._acting("fire", actor, within, case_id, trigger) as acting:
            act = Act(trigger, data or {}, documents or {}, note, about=about)
            return foreseen(acting, case_id, act, happened_at)

    def correct(
        self,
        case_id: str,
        *,
        actor: Actor,
        note: str,
        documents: Documents,
        replace: Mapping[int, Replacement] | None = None,
        annul: Iterable[int] = (),
        enter: LateAct | None = None,
        within: W | None = None,
        **calling: Unpack[Calling],
    ) -> Case:
        """Correct what was recorded (更正), by the power `correct`, saying why, with a document.

        Entries of the history, by their numbers, are given other facts (`replace`) or annulled; an
        act that the clock has overtaken is entered with it (`enter`). Everything is decided again;
        nothing is deleted. Raises `Refused`, `BadEvent`, `NotWhole`.
        """
        command = Correct(dict(replace or {}), tuple(annul), enter)
        return self._order("correct", case_id, command, actor, note, within, documents, **calling)

    def finish_task(
        self,
        case_id: str,
        task: str,
        *,
        actor: Actor,
        send: bool = False,
        note: str = "",
        within: W | None = None,
        **calling: Unpack[Calling],
    ) -> Case:
        """A task that a late entry or a correction left is done; `send` sends its request now.

        Raises `Refused`.
        """
        command = Finish(task, send)
        return self._order("finish_task", case_id, command, actor, note, within, **calling)

    def approve(
        self,
        case_id: str,
        trigger: str,
        *,
        actor: Actor,
        note: str = "",
        within: W | None = None,
        **calling: Unpack[Calling],
    ) -> Case:
        """Vote for an act that waits for approval; the last vote needed carries it out.

        An order that waits is called by its power and what it is for: `extend:case_limit`.
        Raises `Refused`.
        """
        command = Vote(trigger, in_favour=True)
        return self._order("approve", case_id, command, actor, note, within, **calling)

    def reject(
        self,
        case_id: str,
        trigger: str,
        *,
        actor: Actor,
        note: str,
        within: W | None = None,
        **calling: Unpack[Calling],
    ) -> Case:
        """Vote against an act that waits for approval, saying why. Raises `Refused`."""
        command = Vote(trigger, in_favour=False)
        return self._order("reject", case_id, command, actor, note, within, **calling)

    def withdraw(
        self,
        case_id: str,
        trigger: str,
        *,
        actor: Actor,
        note: str = "",
        within: W | None = None,
        **calling: Unpack[Calling],
    ) -> Case:
        """Take back what the actor proposed. Raises `Refused`."""
        return self._order("withdraw", case_id, Withdraw(trigger), actor, note, within, **calling)

    def claim_task(
        self,
        case_id: str,
        task: str,
        *,
        actor: Actor,
        within: W | None = None,
        **calling: Unpack[Calling],
    ) -> Case:
        """Take a task (its name or id) from the pool of one's role. Raises `Refused`."""
        return self._order("claim_task", case_id, Claim(task), actor, "", within, **calling)

    def hand_back_task(
        self,
        case_id: str,
        task: str,
        *,
        actor: Actor,
        note: str = "",
        within: W | None = None,
        **calling: Unpack[Calling],
    ) -> Case:
        """Return a claimed task to its pool. Raises `Refused`."""
        return self._order(
            "hand_back_task", case_id, HandBack(task), actor, note, within, **calling
        )

    def _order(
        self,
        verb: str,
        case_id: str,
        command: Command,
        actor: Actor,
        note: str,
        within: W | None,
        documents: Documents | None = None,
        **calling: Unpack[Calling],
    ) -> Case:
        with self._acting(verb, actor, within, case_id, _what(command)) as acting:
            act = Act("", {}, documents or {}, note, command)
            return brought(acting, case_id, act, calling)

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
        request_id: str | None = None,
    ) -> None:
        """Close an incident, saying how; `retry` tries the clock or the request again at once.

        Whom the charter lets resolve. Raises `DataError`.
        """
        with self._acting("resolve", actor, within, what=str(incident), note=resolution) as acting:
            transaction = acting.transaction
            acting.court = court_of_incident(transaction.connection, incident)
            acting.check("resolve", acting.court)
            given = incident, actor.id, resolution, retry
            named(acting, request_id, incident, resolution, retry).do(
                None, lambda: resolve_incident(transaction.connection, transaction.now, *given)
            )
            transaction.wants_wake = retry

    def acknowledge_alert(
        self,
        alert_id: str,
        *,
        actor: Actor,
        within: W | None = None,
        request_id: str | None = None,
    ) -> None:
        """Mark an alert as seen, by who watches it or holds one of the roles it went to.

        Raises `UnknownAlert`, `NotAllowed`.
        """
        with self._acting("acknowledge_alert", actor, within, what=alert_id) as acting:
            unit = acting.transaction.unit()
            alert = alert_of(acting.transaction, alert_id)
            case = unit.case(alert.case_id)
            who = at_case(acting.at_case(case), case)
            named(acting, request_id, alert_id).do(
                None, lambda: acknowledge(acting.transaction, alert, who)
            )


def _what(command: Command) -> str:
    """What a command is about, as refusals show it."""
    for name in ("trigger", "task", "deadline"):
        if hasattr(command, name):
            return str(getattr(command, name))
    return command.deduction.ground if isinstance(command, Deduct) else ""
