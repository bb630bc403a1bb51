"""One request spoken of with the other side, and what came of it written down.

What may not be repeated is marked `sending` before it goes: where its lease runs out, a person
decides.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
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
from ..model.effects import RequestStatus
from ..model.trace import trace_of
from .answers import answers_to
from .claims import Row
from .outcomes import Outcomes, fault

log = logging.getLogger("zhixing")

Given = tuple[list[Answer], bool]
"""The answers that there are, and whether more may come."""
Record = Callable[[bool], None]
"""Takes whether the counterparty did what it should."""


@dataclass(frozen=True, slots=True)
class Exchanges:
    """Speaks with the adapters; `outcomes` writes down what came of it."""

    adapters: AdapterRegistry
    outcomes: Outcomes

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
        is_polling = row["status"] == RequestStatus.SENT
        if row["status"] == RequestStatus.SENDING:
            self.outcomes.uncertain(row)
        elif is_polling and now >= (row["sent_at"] or row["created_at"]) + operation.silence:
            self.outcomes.silent(row)
        elif is_polling:
            adapter = self._adapter(row)
            ask = partial(_polled, adapter, row["id"], operation)
            self._exchange(row, adapter, operation, ask, record)
        else:
            self._send(row, operation, record)

    def hangs(self, row: Row, operation: Operation) -> None:
        """It takes longer than it may, and is waited for no more."""
        self._broke(row, operation, Unclear(why=f"no end after {operation.seconds:g} s"))

    def _adapter(self, row: Row) -> Adapter:
        """The adapter of the request's court, or that of all. Raises `UnknownOperation`."""
        return self.adapters.adapter(row["operation"], row["court"])

    def _send(self, row: Row, operation: Operation, record: Record) -> None:
        adapter = self._adapter(row)
        try:
            payload = self.adapters.request(row["operation"], row["payload"], row["court"])
        except BadRequest as wrong:
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
            _log(row, began, failure)
            record(True)
            self.outcomes.given_up(row, failure)
        except TemporaryFailure as failure:
            _log(row, began, failure)
            record(False)
            self.outcomes.failed(row, failure)
        except Unclear as failure:
            _log(row, began, failure)
            record(False)
            self._broke(row, operation, failure)
        except Exception as error:
            record(False)
            self._broke(row, operation, fault(row, error))
        else:
            _log(row, began)
            record(True)
            self.outcomes.taken(row, adapter.name, operation, answers, more)

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


def _log(row: Row, began: float, failure: ZhixingError | None = None) -> None:
    """What was spoken, for who reads logs as fields; a level that is off costs nothing."""
    if not log.isEnabledFor(logging.DEBUG):
        return
    outcome = failure.code if failure is not None else "ok"
    fields = {
        "request": row["id"],
        "operation": row["operation"],
        "counterparty": row["counterparty"],
        "court": row["court"],
        "attempt": row["attempts"] + 1,
        "seconds": round(time.monotonic() - began, 4),
        "outcome": outcome,
        "trace": trace_of(row["trace"], row["id"]),
    }
    log.debug("%s %s: %s", row["operation"], row["id"], outcome, extra={"zhixing": fields})
