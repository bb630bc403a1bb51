"""One request spoken of with the other side, and what came of it written down.

What may not be repeated is marked `sending` before it goes: where its lease runs out, a person
decides.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from ...adapters.protocol import (
    Adapter,
    Answer,
    Call,
    Operation,
    PermanentFailure,
    TemporaryFailure,
    Unclear,
)
from ...adapters.registry import AdapterRegistry, BadRequest, UnknownOperation
from ...workflow.errors import ZhixingError
from ..errors import IdentityNotKept
from ..model.effects import RequestStatus
from ..model.exchange import Exchange, ExchangeObserver
from ..model.trace import trace_of
from .answers import answers_to
from .claims import Row
from .outcomes import Outcomes, fault

log = logging.getLogger("zhixing")

_OK, _NO_END = "ok", "no-end"

Given = tuple[list[Answer], bool]
"""The answers that there are, and whether more may come."""
Record = Callable[[bool], None]
"""Takes whether the counterparty did what it should."""


@dataclass(frozen=True, slots=True)
class Exchanges:
    """Speaks with the adapters; `outcomes` writes down what came of it, `observers` are told."""

    adapters: AdapterRegistry
    outcomes: Outcomes
    observers: Sequence[ExchangeObserver] = ()

    def known(self, row: Row) -> Operation | None:
        """The operation of a request; None, and told, where no adapter here offers it."""
        try:
            adapter = self._adapter(row)
        except UnknownOperation as unknown:
            self.outcomes.nobodys(row, unknown)
            return None
        return adapter.operations[row["operation"].partition(".")[2]]

    def serve(self, row: Row, operation: Operation, now: datetime, record: Record) -> None:
        """Send a request, or ask about it, and write down what came of it."""
        if row["status"] == RequestStatus.SENDING:
            self.outcomes.uncertain(row)
        elif row["status"] != RequestStatus.SENT:
            self._send(row, operation, record)
        elif now < (row["sent_at"] or row["created_at"]) + operation.silence:
            self._ask(row, operation, record)
        else:
            self._ask_at_last(row, operation, record)

    def hangs(self, row: Row, operation: Operation) -> None:
        """It takes longer than it may, and is waited for no more."""
        self._told(row, operation.seconds, _NO_END)
        self._broke(row, operation, Unclear(why=f"no end after {operation.seconds:g} s"))

    def _adapter(self, row: Row) -> Adapter:
        """The adapter of the request's court, or that of all. Raises `UnknownOperation`."""
        return self.adapters.adapter(row["operation"], row["court"])

    def _ask(self, row: Row, operation: Operation, record: Record) -> None:
        adapter = self._adapter(row)
        ask = partial(_polled, adapter, row["id"], operation)
        self._exchange(row, adapter, operation, ask, record)

    def _ask_at_last(self, row: Row, operation: Operation, record: Record) -> None:
        """It is overdue. Asked about once more, for it may be that only nobody looked in time."""
        if operation.is_polled:
            # a far side that is away keeps nobody from being told: it counts as no failure of it
            self._ask(row, operation, lambda went_well: record(True) if went_well else None)
        self.outcomes.silent(row)  # which changes nothing where it was answered

    def _send(self, row: Row, operation: Operation, record: Record) -> None:
        adapter = self._adapter(row)
        try:
            known = self.outcomes.revealed(row["payload"])
            payload = self.adapters.request(row["operation"], known, row["court"])
        except (BadRequest, IdentityNotKept) as wrong:
            self.outcomes.given_up(row, wrong)
            return
        if operation.repeatable or self.outcomes.goes(row):
            trace = trace_of(row["trace"], row["id"])
            seconds, court = operation.seconds, row["court"]
            call = Call(operation.name, row["id"], payload, seconds, trace, court)
            ask = partial(_handed_over, adapter, call, operation)
            self._exchange(row, adapter, operation, ask, record)

    def _exchange(
        self,
        row: Row,
        adapter: Adapter,
        operation: Operation,
        ask: Callable[[], Given],
        record: Record,
    ) -> None:
        """Speak with the other side, and write down what came of it."""
        began = time.monotonic()
        try:
            answers, more = ask()
        except PermanentFailure as failure:
            self._ended(row, began, failure)
            record(True)
            self.outcomes.given_up(row, failure)
        except TemporaryFailure as failure:
            self._ended(row, began, failure)
            record(False)
            self.outcomes.failed(row, failure)
        except Unclear as failure:
            self._ended(row, began, failure)
            record(False)
            self._broke(row, operation, failure)
        except Exception as error:
            failed = fault(row, error)
            self._ended(row, began, failed)
            record(False)
            self._broke(row, operation, failed)
        else:
            self._ended(row, began)
            record(True)
            self.outcomes.taken(row, adapter.name, operation, answers, more)

    def _ended(self, row: Row, began: float, failure: ZhixingError | None = None) -> None:
        outcome = _OK if failure is None else failure.code
        self._told(row, time.monotonic() - began, outcome)

    def _told(self, row: Row, seconds: float, outcome: str) -> None:
        """What was spoken, for who reads logs as fields and who counts; else it costs nothing."""
        level = logging.DEBUG if outcome == _OK else logging.INFO
        is_logged = log.isEnabledFor(level)
        if not is_logged and not self.observers:
            return
        exchange = _exchange(row, seconds, outcome)
        if is_logged:
            words = exchange.operation, exchange.request, outcome
            log.log(level, "%s %s: %s", *words, extra={"zhixing": exchange.fields()})
        for observer in tuple(self.observers):
            try:
                observer(exchange)
            except Exception:
                log.exception("an observer failed at %s", exchange)

    def _broke(self, row: Row, operation: Operation, failure: ZhixingError) -> None:
        """Nobody knows what came of it. What may not be repeated waits for a person then."""
        if operation.repeatable or row["status"] == RequestStatus.SENT:
            self.outcomes.failed(row, failure)
        else:
            self.outcomes.uncertain(row, failure)


def _polled(adapter: Adapter, key: str, operation: Operation) -> Given:
    return answers_to(key, adapter.poll(key), operation.longest_answer), True


def _handed_over(adapter: Adapter, call: Call, operation: Operation) -> Given:
    reply = adapter.send(call)
    return answers_to(call.key, reply.answers, operation.longest_answer), bool(reply.pending)


def _exchange(row: Row, seconds: float, outcome: str) -> Exchange:
    trace = trace_of(row["trace"], row["id"])
    return Exchange(
        request=row["id"],
        operation=row["operation"],
        counterparty=row["counterparty"],
        court=row["court"],
        attempt=row["attempts"] + 1,
        seconds=round(seconds, 4),
        outcome=outcome,
        trace=trace,
    )
