"""The verbs for what goes on with the outside: requests, answers, and what a person does about
them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from ...adapters.protocol import Adapter, Reconcilable
from ...adapters.registry import AdapterRegistry
from ..charter.refusals import Refusal
from ..errors import NotReconcilable
from ..model.commands import ANSWER
from ..model.effects import RequestStatus
from ..model.event import Actor
from ..outside import by_hand, reconciling
from ..outside.by_hand import GivenAnswer
from ..outside.inbox import operation_of
from ..outside.nonces import DatabaseNonces
from ..outside.reconciling import BookDifference
from ..queries import answer_forms as forms
from ..queries import figures as standing
from ..queries import requests as lists
from ..queries.answer_forms import AnswerForm
from ..queries.figures import Figures
from ..queries.requests import AnswerView, CounterpartyView, ReceivedView, RequestView
from .by_task import check_allowed
from .guarded import Acting, Guarded
from .once import named
from .repeating import repeating

W = TypeVar("W")


@repeating
class Outside(Guarded, Generic[W]):
    """What was asked of outside systems and what they answered.

    Whom the charter lets resolve incidents at a request's court sends it once more, answers it by
    hand, or gives it up; whoever a task is offered to answers that request. Its open incidents are
    closed with the reason.
    """

    def requests(
        self,
        *,
        case_id: str | None = None,
        status: Collection[RequestStatus] = (),
        counterparty: str | None = None,
        open_only: bool = True,
        limit: int = 1000,
        within: W | None = None,
    ) -> tuple[RequestView, ...]:
        """Requests to the outside in the order they were made, by default those that are open."""
        with self.transaction(within, writes=False) as transaction:
            return lists.requests(transaction, case_id, status, counterparty, open_only, limit)

    def answers(self, request: str, *, within: W | None = None) -> tuple[AnswerView, ...]:
        """Every answer to a request, in the order they came, and what came of each."""
        with self.transaction(within, writes=False) as transaction:
            return lists.answers(transaction, request)

    def received(
        self,
        *,
        case_id: str | None = None,
        counterparty: str | None = None,
        not_taken: bool = False,
        limit: int = 1000,
        within: W | None = None,
    ) -> tuple[ReceivedView, ...]:
        """Every answer that came, the latest first; `not_taken` are those that no case took.

        Such are the repeated, the contradictory, those of another shape, those that nobody listens
        for, and those that the case refused.
        """
        with self.transaction(within, writes=False) as transaction:
            return lists.received(transaction, case_id, counterparty, not_taken, limit)

    def answer_form(self, request: str, *, within: W | None = None) -> AnswerForm:
        """What an answer by hand to a request is asked for. Raises `NoSuchRequest`."""
        with self.transaction(within, writes=False) as transaction:
            row = by_hand.request_of(transaction, request)
            return forms.answer_form(
                transaction, row, operation_of(self.adapters, row["operation"])
            )

    def counterparties(self, *, within: W | None = None) -> tuple[CounterpartyView, ...]:
        """How each counterparty stands of which something is open: for a board, or for metrics."""
        with self.transaction(within, writes=False) as transaction:
            return lists.counterparties(transaction)

    def figures(self, *, within: W | None = None) -> Figures:
        """How much waits in this database, for how long, and for whom, over all its courts."""
        with self.transaction(within, writes=False) as transaction:
            return standing.figures(transaction)

    def nonces(self) -> DatabaseNonces:
        """What callbacks were signed with, remembered in the database for all processes.

        It is given to `zhixing.adapters.Webhooks`.
        """
        return DatabaseNonces(self)

    def note_refused_callback(self, sender: str, status: int, why: str) -> None:
        """Keep that a callback was refused, as `zhixing.adapters.callback_app` tells it.

        It is listed with the other refusals: `sender` as the actor, and `why` with the HTTP status.
        """
        told = {"status": status, "why": why}
        who, now = Actor.of(f"callback:{sender}"), self.clock.now()
        refusal = Refusal(who, "receive", "", "", "", "callback", told, now)
        self._keep_refusal(refusal, None)

    def retry_request(
        self,
        request: str,
        *,
        actor: Actor,
        reason: str,
        within: W | None = None,
        request_id: str | None = None,
    ) -> None:
        """Send a request once more with the same key, whatever became of it.

        Raises `NoSuchRequest`, `RequestOver` for one that is answered, `RequestInHand` for one that
        may not be repeated and is being sent, `NotAllowed`, `BadActor`.
        """

        def work(acting: Acting, row: Mapping[str, Any]) -> None:
            acting.check("resolve", acting.court)
            by_hand.retry(acting.transaction, row, actor.id, reason)

        self._at_request("retry_request", request, actor, reason, within, request_id, work)

    def answer_request(
        self,
        request: str,
        data: Mapping[str, Any],
        *,
        actor: Actor,
        reason: str,
        kind: str = "answered",
        final: bool = True,
        happened_at: datetime | date | None = None,
        within: W | None = None,
        request_id: str | None = None,
    ) -> None:
        """Bring an answer that came by letter or call; `reason` says how it came.

        Whoever has its task (`answer:request:NAME`) may do it, as those who may resolve.

        `data` are in the shape of the operation's answer, `happened_at` is the day (or aware
        instant) of what it tells. Raises `NoSuchRequest`, `RequestOver`, `AnswerRefused` for what
        the operation or the case does not take, `NotAllowed`, `BadActor`.
        """
        given = GivenAnswer(kind, data, final, happened_at)

        def work(acting: Acting, row: Mapping[str, Any]) -> None:
            check_allowed(acting, row, ANSWER)
            operation = operation_of(self.adapters, row["operation"])
            by_hand.answer(acting.transaction, row, operation, given, actor.id, reason)

        asked = kind, dict(data), final, happened_at
        self._at_request("answer_request", request, actor, reason, within, request_id, work, *asked)

    def abandon_request(
        self,
        request: str,
        *,
        actor: Actor,
        reason: str,
        within: W | None = None,
        request_id: str | None = None,
    ) -> None:
        """Send a request no more; the definition is given the answer `failed` if it listens.

        Raises `NoSuchRequest`, `RequestOver`, `RequestInHand`, `NotAllowed`, `BadActor`.
        """

        def work(acting: Acting, row: Mapping[str, Any]) -> None:
            acting.check("resolve", acting.court)
            by_hand.abandon(acting.transaction, row, actor.id, reason)

        self._at_request("abandon_request", request, actor, reason, within, request_id, work)

    def reconcile(
        self,
        adapter: str,
        since: date,
        until: date,
        *,
        actor: Actor,
        court: str = "",
        within: W | None = None,
        request_id: str | None = None,
    ) -> tuple[BookDifference, ...]:
        """Hold the books of an adapter's far side against ours, of some days, both included.

        Each difference is an open incident (`difference-…`) until somebody resolves it; the same
        one found again is the same. With a `court` it is the court's own adapter. Whom the charter
        lets resolve incidents there. Raises `NotReconcilable`, `NotAllowed`, `BadActor`, and what
        the adapter raises where its far side does not answer.
        """
        with self._acting("reconcile", actor, within, what=adapter, writes=False) as acting:
            acting.court = court
            acting.check("resolve", court)
        found = self._adapter_of(court, adapter)
        if not isinstance(found, Reconcilable):
            raise NotReconcilable(adapter=adapter)
        entries = found.entries(*reconciling.margin(since, until))
        with self._acting("reconcile", actor, within, what=adapter) as acting:
            acting.court = court
            given = acting.transaction, court, found, entries, since, until
            return named(acting, request_id, adapter, since, until).do(
                tuple[BookDifference, ...], lambda: reconciling.told_differences(*given)
            )

    def _adapter_of(self, court: str, name: str) -> Adapter | None:
        each = AdapterRegistry(self.adapters, discover=True).each()
        known = {(of, called): one for of, called, one in each}
        return known.get((court, name), known.get(("", name)))

    def _at_request(
        self,
        verb: str,
        request: str,
        actor: Actor,
        reason: str,
        within: W | None,
        request_id: str | None,
        work: Callable[[Acting, Mapping[str, Any]], None],
        *asked: Any,
    ) -> None:
        with self._acting(verb, actor, within, what=request, note=reason) as acting:
            transaction = acting.transaction
            row = by_hand.request_of(transaction, request)
            acting.court = row["court"]
            call = named(acting, request_id, request, reason, *asked)
            call.do(None, lambda: work(acting, row))
            transaction.wants_wake = True
