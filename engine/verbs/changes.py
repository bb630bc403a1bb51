"""The verbs that change cases. Each is one event on the one path, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Generic, TypeVar, Unpack

from pydantic import TypeAdapter

from ...adapters.protocol import Answer
from ..charter.refusals import Refusal
from ..decision.powers import at_case
from ..model.case import NewCase
from ..model.commands import Claim, Correct, Finish, HandBack, LateAct, Replacement, Vote, Withdraw
from ..model.event import Actor
from ..outside.answers import said
from ..outside.inbox import UNKNOWN, receive
from ..queries.preview import Preview
from ..queries.records import acknowledge, alert_of
from ..queries.views import Case
from ..storage.incidents import court_of_incident
from .bringing import Act, Bringing, Opening, brought, called, foreseen
from .by_task import resolve
from .once import Calling, derived, named
from .repeating import repeating

W = TypeVar("W")
Data = Mapping[str, Any]
Documents = Mapping[str, str]
_ID = TypeAdapter(str)


@repeating
class Changes(Bringing, Generic[W]):
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

    def receive(self, answer: Answer, source: str, *, within: W | None = None) -> str:
        """Take an answer from outside (a callback, say) once, from the adapter that was asked.

        Gives what came of it: `taken`, `duplicate`, `unknown`, or a reason. One that answers
        nothing that this adapter was asked (`unknown`) is kept with the refusals.
        """
        with self.transaction(within) as transaction:
            outcome = receive(transaction, self.adapters, source, answer)
        if outcome == UNKNOWN:
            told = {"request": said(answer, "key"), "message_id": said(answer, "message_id")}
            who = Actor.of(f"outside:{source}")
            refusal = Refusal(who, "receive", "", "", "", "answer-unknown", told, self.clock.now())
            self._keep_refusal(refusal, within)
        return outcome

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

        A request that has its last answer is not sent again: it may be a payment.
        Whom the charter lets resolve; of a difference of books about a case also whoever its task
        (`check:request:NAME`) is offered to. Raises `DataError`, `NotAllowed`.
        """
        with self._acting("resolve", actor, within, what=str(incident), note=resolution) as acting:
            acting.court = court_of_incident(acting.transaction.connection, incident)
            given = incident, resolution, retry
            named(acting, request_id, *given).do(None, lambda: resolve(acting, *given))
            acting.transaction.wants_wake = retry

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
