"""The verbs for what goes on with the outside: requests, answers, and what a person does about
them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from ...adapters.registry import AdapterRegistry
from ..model.effects import RequestStatus
from ..model.event import Actor
from ..outside import by_hand
from ..outside.by_hand import GivenAnswer
from ..outside.inbox import installed_operations
from ..queries import requests as lists
from ..queries.requests import AnswerView, CounterpartyView, RequestView
from ..work.runtime import Transaction
from .guarded import Guarded
from .once import named
from .repeating import repeating

W = TypeVar("W")


@repeating
class Outside(Guarded, Generic[W]):
    """What was asked of outside systems and what they answered.

    Whom the charter lets resolve incidents at a request's court sends it once more, answers it by
    hand, or gives it up. Its open incidents are closed with the reason.
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

    def counterparties(self, *, within: W | None = None) -> tuple[CounterpartyView, ...]:
        """How each counterparty stands of which something is open: for a board, or for metrics."""
        with self.transaction(within, writes=False) as transaction:
            return lists.counterparties(transaction)

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

        Raises `NoSuchRequest`, `RequestOver` for one that is answered, `NotAllowed`, `BadActor`.
        """

        def work(transaction: Transaction, row: Mapping[str, Any]) -> None:
            by_hand.retry(transaction, row, actor.id, reason)

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

        `data` are in the shape of the operation's answer, `happened_at` is the day (or aware
        instant) of what it tells. Raises `NoSuchRequest`, `RequestOver`, `AnswerRefused` for what
        the operation or the case does not take, `NotAllowed`, `BadActor`.
        """
        given = GivenAnswer(kind, data, final, happened_at)

        def work(transaction: Transaction, row: Mapping[str, Any]) -> None:
            known = {**installed_operations(), **AdapterRegistry(self.adapters).operations()}
            operation = known.get(row["operation"])
            by_hand.answer(transaction, row, operation, given, actor.id, reason)

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

        Raises `NoSuchRequest`, `RequestOver`, `NotAllowed`, `BadActor`.
        """

        def work(transaction: Transaction, row: Mapping[str, Any]) -> None:
            by_hand.abandon(transaction, row, actor.id, reason)

        self._at_request("abandon_request", request, actor, reason, within, request_id, work)

    def _at_request(
        self,
        verb: str,
        request: str,
        actor: Actor,
        reason: str,
        within: W | None,
        request_id: str | None,
        work: Callable[[Transaction, Mapping[str, Any]], None],
        *asked: Any,
    ) -> None:
        with self._acting(verb, actor, within, what=request, note=reason) as acting:
            transaction = acting.transaction
            row = by_hand.request_of(transaction, request)
            acting.court = row["court"]
            acting.check("resolve", acting.court)
            named(acting, request_id, request, reason, *asked).do(
                None, lambda: work(transaction, row)
            )
            transaction.wants_wake = True
