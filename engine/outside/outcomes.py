"""What came of a request, written down: taken, answered, put off, failed, or left to a person.

Each outcome is written as a whole, and changes nothing where another process claimed it since.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from ...adapters.protocol import AdapterFault, Answer, Arrival, Operation
from ...workflow.errors import ZhixingError
from ...workflow.source.characters import shown
from ..model.commands import ANSWER
from ..model.effects import RequestStatus
from ..storage.damage import damaged_row
from ..storage.incidents import record_incident
from ..work.runtime import Runtime, Transaction
from .claims import ENDED, Row, write
from .inbox import fail_request, take_answer
from .numbers import revealed
from .request_tasks import NO_INTERFACE, give, give_where_declared
from .waits import growing, scattered
from .writing import Note, write_alone

log = logging.getLogger("zhixing")

MAX_ATTEMPTS = 12
TOLD_AFTER = 5
"""After so many failures in a row a person is told, while it is still tried again."""
FIRST_RETRY, FIRST_POLL = timedelta(seconds=1), timedelta(seconds=0.2)
Write = Callable[[Row, Note], object]
"""Sees to it that the outcome of a request is written."""
_LONGEST_RETRY, _LONGEST_POLL = timedelta(hours=1), timedelta(minutes=30)
_POLLS_WITHIN_LATENCY = 8
_NOBODYS_RETRY = timedelta(minutes=1)
_LONGEST_ERROR, _LONGEST_TRACE, _FRAMES = 500, 4000, 8
_UNCERTAIN = (
    "发送时中断，对方是否已经办理不明；该操作不得重复，请向对方核实后处理"
    " / it broke off while it was sent, and may not be repeated: ask the other side"
)
_SILENT = (
    "逾期未获答复，不再查询，请向对方核实"
    " / no answer came in time and it is asked about no more: ask the other side"
)


class Outcomes:
    """Writes down what came of the requests of one dispatcher."""

    def __init__(
        self,
        runtime: Runtime,
        first_retry: timedelta = FIRST_RETRY,
        first_poll: timedelta = FIRST_POLL,
        write: Write | None = None,
    ) -> None:
        self._runtime = runtime
        self._write_repeatable = write or self._write_alone
        self._first_retry, self._first_poll = first_retry, first_poll

    def revealed(self, payload: dict[str, Any]) -> dict[str, Any]:
        """What a request sends, with the document numbers themselves. Raises `IdentityNotKept`."""
        return revealed(self._runtime, payload)

    def goes(self, row: Row) -> bool:
        """It goes now, which is known before it does: what may not be repeated goes once.

        Gives whether it is still this process's to send.
        """
        with self._runtime.transaction() as transaction:
            return write(transaction.connection, row, {"status": RequestStatus.SENDING.value})

    def taken(
        self, row: Row, source: str, operation: Operation, answers: Sequence[Answer], more: bool
    ) -> None:
        """It was taken, with the answers that came at once: all of it or nothing."""
        is_polling = row["status"] == RequestStatus.SENT
        polls = row["attempts"] + 1 if is_polling else 0
        wait = self._until_polled(row, polls, operation)

        def note(transaction: Transaction) -> None:
            now = transaction.now
            values: dict[str, Any] = {
                "status": RequestStatus.SENT.value,
                "attempts": polls,
                "send_at": now + wait,
                "leased_until": None,
                "last_error": "",
                "sent_at": row["sent_at"] or now,
            }
            if not more:
                done = RequestStatus.ANSWERED.value
                values |= {"status": done, "send_at": None, "answered_at": now}
            is_ours = write(transaction.connection, row, values, is_last=not more)
            known = {**row, ENDED: not more} if is_ours else None
            for answer in answers:  # also where the lease is another's by now: they are answers
                take_answer(transaction, source, answer, operation, known)
                known = None  # the first may have changed it
            if is_ours and operation.arrives is Arrival.BY_HAND and more:
                give(transaction, row, ANSWER, NO_INTERFACE)

        # where a process dies it is known as soon as may be what must not go again
        is_repeatable = operation.repeatable or is_polling
        write_it = self._write_repeatable if is_repeatable else self._write_alone
        write_it(row, note)

    def _until_polled(self, row: Row, polls: int, operation: Operation) -> timedelta:
        """How long it is until it is asked about: at first as long as an answer takes as a rule."""
        if not operation.is_polled:
            return operation.silence
        if polls == 0:
            return max(self._first_poll, operation.latency)
        first = max(self._first_poll, operation.latency / _POLLS_WITHIN_LATENCY)
        longest = max(_LONGEST_POLL, operation.latency / _POLLS_WITHIN_LATENCY)
        return scattered(growing(first, polls, longest), row["id"], polls)

    def failed(self, row: Row, failure: ZhixingError) -> None:
        """Once more later; a person is told after a few times, and where it was the last."""
        attempts, is_polling = row["attempts"] + 1, row["status"] == RequestStatus.SENT
        if attempts >= MAX_ATTEMPTS and not is_polling:
            self.given_up(row, failure)
            return
        status = RequestStatus.SENT if is_polling else RequestStatus.WAITING
        why = _with_trace(failure) if attempts >= TOLD_AFTER else ""
        self._later(row, attempts, failure.text("zh"), status.value, why)

    def given_up(self, row: Row, failure: ZhixingError) -> None:
        """No more attempts."""

        def note(transaction: Transaction) -> None:
            if write(transaction.connection, row, {"leased_until": None}):
                fail_request(transaction, row, _with_trace(failure))

        self._write_alone(row, note)

    def uncertain(self, row: Row, failure: ZhixingError | None = None) -> None:
        """What may not be repeated broke off while it was sent: a person decides."""
        told = f"\n{_with_trace(failure)}" if failure is not None else ""
        self._stopped(row, "uncertain", _UNCERTAIN + told)

    def silent(self, row: Row) -> None:
        """Its answer is overdue: it is asked about no more, and a person is told.

        It is written after what came of the last question, which may have been the answer.
        """
        self._stopped(row, "silent", _SILENT)

    def nobodys(self, row: Row, error: ZhixingError) -> None:
        """No adapter here knows it, and no other process took it for a day."""
        self._put_off(row, error, _NOBODYS_RETRY)

    def broken(self, row: Row, error: Exception) -> None:
        """It cannot even be handled: an incident, and once more when that is resolved, or later."""
        log.error("the request %a could not be handled", row["id"], exc_info=error)
        known = isinstance(error, ZhixingError)
        why = error if known else damaged_row("zx_outbox", row["id"], error)
        assert isinstance(why, ZhixingError)
        self._put_off(row, why, _LONGEST_RETRY)

    def _later(self, row: Row, attempts: int, why: str, status: str, told: str) -> None:
        wait = growing(self._first_retry, attempts, _LONGEST_RETRY)
        wait = scattered(wait, row["id"], attempts)
        with self._runtime.transaction() as transaction:
            values = {
                "status": status,
                "attempts": attempts,
                "send_at": transaction.now + wait,
                "leased_until": None,
                "last_error": shown(why)[:_LONGEST_ERROR],
            }
            if write(transaction.connection, row, values) and told:
                _tell(transaction, row, told)

    def _stopped(self, row: Row, kind: str, words: str) -> None:
        """Nothing more is done of itself. An answer that comes is still taken."""

        def note(transaction: Transaction) -> None:
            values = {"send_at": None, "leased_until": None, "last_error": kind}
            if write(transaction.connection, row, values):
                _tell(transaction, row, f"{row['operation']}: {words}")
                give_where_declared(transaction, row, words)

        is_polling = row["status"] == RequestStatus.SENT
        (self._write_repeatable if is_polling else self._write_alone)(row, note)

    def _put_off(self, row: Row, error: ZhixingError, wait: timedelta) -> None:
        with self._runtime.transaction() as transaction:
            values = {"send_at": transaction.now + wait, "leased_until": None}
            if write(transaction.connection, row, values):
                _tell(transaction, row, error.text("zh"))

    def _write_alone(self, row: Row, note: Note) -> None:
        write_alone(self._runtime, note)


def fault(row: Row, error: Exception) -> AdapterFault:
    """What an adapter raised that it should not: with its traceback, and in the log."""
    log.error(
        "the adapter of %a failed for the request %a", row["operation"], row["id"], exc_info=error
    )
    found = AdapterFault(why=f"{type(error).__name__}: {error}"[:_LONGEST_ERROR])
    found.__cause__ = error
    return found


def _tell(transaction: Transaction, row: Row, why: str) -> None:
    about = {"court": row["court"], "case_id": row["case_id"], "outbox_id": row["id"]}
    record_incident(transaction.connection, transaction.now, "request", why, **about)


def _with_trace(failure: ZhixingError) -> str:
    """What went wrong, with the traceback where the adapter itself is at fault."""
    text = failure.text("zh")
    if isinstance(failure, AdapterFault) and failure.__cause__ is not None:
        text += "\n" + "".join(traceback.format_exception(failure.__cause__, limit=-_FRAMES))
    return shown(text)[:_LONGEST_TRACE]
