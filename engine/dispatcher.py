"""Requests to the outside: claimed by lease, sent with their idempotency key, repeated until taken, polled until answered.

A process that dies after sending leaves a lease behind; when it runs out the request is sent again with the same key,
on which the other side acts once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, case, select, update

from ..adapters.protocol import Adapter, Answer, Call, PermanentFailure, TemporaryFailure
from ..adapters.registry import AdapterRegistry
from ..workflow.errors import ZhixingError
from . import database
from .answers import record_incident, take_answer
from .schema import outbox

if TYPE_CHECKING:
    from .engine import Engine

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 12
_FIRST_RETRY, _LONGEST_RETRY = timedelta(seconds=1), timedelta(hours=1)
_FIRST_POLL, _LONGEST_POLL = timedelta(seconds=0.2), timedelta(minutes=30)


def next_sending(connection: Connection) -> datetime | None:
    """When the next request wants to be sent, polled, or taken over from a process that died."""
    moment = case((outbox.c.leased_until > outbox.c.send_at, outbox.c.leased_until), else_=outbox.c.send_at)
    return connection.execute(select(moment).where(outbox.c.send_at.is_not(None)).order_by(outbox.c.send_at).limit(1)).scalar()


@dataclass
class Breaker:
    """Stops calling a system that keeps failing, for a while."""

    threshold: int = 5
    rest_seconds: float = 30.0
    failures: int = 0
    _until: float = field(default=0.0)

    def is_open(self) -> bool:
        return monotonic() < self._until

    def record(self, succeeded: bool) -> None:
        self.failures = 0 if succeeded else self.failures + 1
        if self.failures >= self.threshold:
            self._until = monotonic() + self.rest_seconds


class Dispatcher:
    """Sends an engine's requests. Any number of them, in any number of processes, may run on one database."""

    def __init__(
        self, engine: Engine, adapters: AdapterRegistry | None = None, *, lease: timedelta = LEASE, first_retry: timedelta = _FIRST_RETRY,
        first_poll: timedelta = _FIRST_POLL, breaker_threshold: int = 5, breaker_rest_seconds: float = 30.0,
    ) -> None:  # fmt: skip
        self.engine = engine
        self.adapters = adapters or AdapterRegistry(engine.adapters)
        self._lease, self._first_retry, self._first_poll = lease, first_retry, first_poll
        self._breaker_options = (breaker_threshold, breaker_rest_seconds)
        self._breakers: dict[str, Breaker] = {}

    def run_due(self, limit: int = 50) -> int:
        """Send or poll what is due; gives how many requests were handled."""
        rows = self._claim(limit)
        for row in rows:
            self._handle(row)
        return len(rows)

    def _claim(self, limit: int) -> list[Any]:
        with database.translated(), self.engine.database.begin() as connection:
            now = self.engine.now(connection)
            due = (
                select(outbox)
                .where(outbox.c.send_at.is_not(None), outbox.c.send_at <= now)
                .where((outbox.c.leased_until.is_(None)) | (outbox.c.leased_until <= now))
                .order_by(outbox.c.send_at)
                .limit(limit)
            )
            rows = list(connection.execute(due.with_for_update(skip_locked=True)).mappings())
            if rows:
                ids = [row["id"] for row in rows]
                connection.execute(update(outbox).where(outbox.c.id.in_(ids)).values(leased_until=now + self._lease))
        return rows

    def _handle(self, row: Any) -> None:
        polling = row["status"] == "sent"
        try:
            adapter = self.adapters.adapter(row["operation"])
            breaker = self._breakers.setdefault(adapter.name, Breaker(*self._breaker_options))
            if breaker.is_open():
                self._later(row, row["attempts"], "circuit open", row["status"])
                return
            answers, pending = (adapter.poll(row["id"]), True) if polling else self._send(adapter, row)
            breaker.record(True)
        except TemporaryFailure as failure:
            breaker.record(False)
            self._failed(row, failure, polling)
            return
        except PermanentFailure as failure:
            self._give_up(row, failure)
            return
        except ZhixingError as failure:
            self._give_up(row, failure)
            return
        self._sent(row, adapter, list(answers), pending)

    def _send(self, adapter: Adapter, row: Any) -> tuple[Any, bool]:
        payload = self.adapters.request(row["operation"], row["payload"])
        reply = adapter.send(Call(row["operation"].partition(".")[2], row["id"], payload))
        return reply.answers, reply.pending

    def _sent(self, row: Any, adapter: Adapter, answers: list[Answer], pending: bool) -> None:
        polls = row["attempts"] + 1 if row["status"] == "sent" else 0
        with database.translated(), self.engine.database.begin() as connection:
            now = self.engine.now(connection)
            wait = min(self._first_poll * 2 ** min(polls, 20), _LONGEST_POLL)
            values: dict[str, Any] = {"status": "sent", "attempts": polls, "send_at": now + wait, "leased_until": None, "last_error": ""}
            if row["sent_at"] is None:
                values["sent_at"] = now
            if not pending:
                values |= {"status": "answered", "send_at": None, "answered_at": now}
            connection.execute(update(outbox).where(outbox.c.id == row["id"]).values(**values))
        for answer in answers:
            self.engine.receive(answer, adapter.name)

    def _failed(self, row: Any, failure: ZhixingError, polling: bool) -> None:
        attempts = row["attempts"] + 1
        if attempts >= MAX_ATTEMPTS and not polling:
            self._give_up(row, failure)
        else:
            self._later(row, attempts, failure.text("zh"), "sent" if polling else "waiting")

    def _later(self, row: Any, attempts: int, why: str, status: str) -> None:
        with database.translated(), self.engine.database.begin() as connection:
            now: datetime = self.engine.now(connection)
            wait = min(self._first_retry * 2 ** min(attempts, 20), _LONGEST_RETRY)
            values = {"status": status, "attempts": attempts, "send_at": now + wait, "leased_until": None, "last_error": why}
            connection.execute(update(outbox).where(outbox.c.id == row["id"]).values(**values))

    def _give_up(self, row: Any, failure: ZhixingError) -> None:
        """No more attempts: an incident for a person, and the answer `failed` for the definition if it listens."""
        with database.translated(), self.engine.database.begin() as connection:
            now = self.engine.now(connection)
            values = {"status": "failed", "send_at": None, "leased_until": None, "last_error": failure.text("zh")}
            connection.execute(update(outbox).where(outbox.c.id == row["id"]).values(**values))
            record_incident(connection, now, "request", failure.text("zh"), case_id=row["case_id"], outbox_id=row["id"])
            failed = Answer(row["id"], f"{row['id']}/failed", "failed", final=False)
            take_answer(self.engine.operations, connection, now, "dispatcher", failed)
