"""An answer from outside becomes an event of its case, once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, insert, select

from ...adapters.protocol import Adapter, Answer, Operation
from ...adapters.registry import AdapterRegistry, known_operations
from ...workflow.errors import ZhixingError
from ...workflow.model.flow import Request
from ...workflow.source.characters import shown
from ..decision.times import when
from ..errors import BadTime, NoSuchRequest
from ..model.effects import RequestStatus
from ..model.event import EXTERNAL_SYSTEM, Event
from ..storage.compiled_sql import CompiledStatement
from ..storage.damage import first_row
from ..storage.incidents import record_incident
from ..storage.schema import inbox, outbox
from ..work.runtime import Transaction
from ..work.unit import UnitOfWork
from .answers import LONGEST_DATA, has_key, is_same, misshapen, unfit
from .claims import ENDED, take_over
from .request_tasks import give_where_declared, settle, settled

UNKNOWN = "unknown"
"""What came of an answer to nothing that its sender was asked."""
HAND = "hand:"
"""Before the person who brought an answer, as its source."""
_LONGEST_ERROR = 500
_KNOWN = CompiledStatement(
    select(inbox.c.message_id).where(
        inbox.c.court == bindparam("of_court"),
        inbox.c.outbox_id == bindparam("of_request"),
        inbox.c.message_id == bindparam("of_message"),
    )
)
_KEEP = CompiledStatement(insert(inbox))
_CONTRADICTS = "与已接收的答复不一致 / it contradicts the answer that was taken"


def take_answer(
    transaction: Transaction,
    source: str,
    answer: Answer,
    operation: Operation | None,
    request: Mapping[Any, Any] | None = None,
    *,
    is_ours: bool = False,
    said: str = "",
) -> str:
    """Write the answer to the inbox and bring its event to the case.

    It comes from the adapter that was asked, or from us (`is_ours`): a person gave it by hand, and
    `said` why, or none could be got. Gives `taken`, `duplicate`, `unknown` or why not. An answer
    that the case refuses, that nobody listens for though it is the last, or that has not the shape
    of its `operation` (None where that is not known here), is kept with the reason and becomes an
    incident; one of another shape does not end its request. Who has written the `request` in this
    transaction, and knows it as it stood before, gives it; else it is read.
    """
    connection = transaction.connection
    request = request or _locked(connection, answer.key)
    if request is None:
        return UNKNOWN
    court = request["court"]
    if not _was_asked(request["operation"], source, is_ours):
        _record(transaction, request, "forged-answer", f"{request['operation']}: {source!a}")
        return UNKNOWN
    if _is_known(connection, court, answer):
        return "duplicate"
    earlier = _earlier(connection, request, answer)
    if earlier is not None and is_same(earlier, answer.data):
        _keep(transaction, court, source, answer, "repeated")
        return "duplicate"
    malformed = _wrong(answer, operation, earlier)
    given = _Given(answer, source, said)
    outcome = _told(transaction, request, malformed) or _bring(transaction, request, given)
    _keep(transaction, court, source, answer, outcome)
    if answer.final and not malformed:
        _end(transaction, request, outcome, source)
    return outcome


def _wrong(answer: Answer, operation: Operation | None, earlier: Mapping[str, Any] | None) -> str:
    """What is wrong with an answer as such, beside what was answered before."""
    return misshapen(answer, operation) or ("" if earlier is None else _CONTRADICTS)


def _end(transaction: Transaction, request: Mapping[Any, Any], outcome: str, source: str) -> None:
    """A request has its last answer, as far as that is still to be written."""
    if outcome != "taken":  # else its task was ended with its event
        settled(transaction, request, _by_hand(source))
    if not request.get(ENDED):
        done = {"status": RequestStatus.ANSWERED.value, "answered_at": transaction.now}
        take_over(transaction.connection, request, done)


def _locked(connection: Connection, key: str) -> Mapping[Any, Any] | None:
    """A request by its key. Its row is locked, so that two answers come one after the other."""
    asked = select(outbox).where(outbox.c.id == key).with_for_update()
    return first_row(connection, asked, key, _as_asked)


def _told(transaction: Transaction, request: Mapping[Any, Any], why: str) -> str:
    """An incident about an answer, where there is something to tell; gives it again."""
    if why:
        _record(transaction, request, "answer", shown(f"{request['operation']}: {why}"))
    return why


def _record(transaction: Transaction, request: Mapping[Any, Any], kind: str, why: str) -> None:
    """An incident about a request, for a person."""
    about = {"court": request["court"], "case_id": request["case_id"], "outbox_id": request["id"]}
    record_incident(transaction.connection, transaction.now, kind, why, **about)


def receive(
    transaction: Transaction, adapters: Iterable[Adapter], source: str, answer: Answer
) -> str:
    """Take an answer that came by itself, from whomever.

    As `take_answer`. The shapes are known of adapters that are given here, or installed. What is no
    answer that can be kept is told where its request is known, and changes nothing.
    """
    if not has_key(answer):
        return UNKNOWN
    asked = select(outbox).where(outbox.c.id == answer.key)
    request = first_row(transaction.connection, asked, answer.key, _as_asked)
    if request is None:
        return UNKNOWN
    operation = operation_of(adapters, request["operation"])
    why = unfit(answer, operation.longest_answer if operation else LONGEST_DATA)
    if why:
        return _told(transaction, request, f"答复不能收存 / no answer that can be kept: {why}")
    return take_answer(transaction, source, answer, operation)


def operation_of(adapters: Iterable[Adapter], name: str) -> Operation | None:
    """An operation of adapters that are given, or installed; None where it is not known here."""
    return AdapterRegistry(adapters).operations().get(name) or _installed().get(name)


@cache
def _installed() -> Mapping[str, Operation]:
    return known_operations()


def _as_asked(row: RowMapping) -> dict[str, Any]:
    return {**row, "operation": str(row["operation"])}


def fail_request(transaction: Transaction, request: Mapping[Any, Any], why: str) -> None:
    """A request that is sent no more: an incident for a person.

    The definition is given the answer `failed` if it listens for it.
    """
    _record(transaction, request, "request", why)
    give_up(transaction, request, why)
    give_where_declared(transaction, request, why)


def give_up(transaction: Transaction, request: Mapping[Any, Any], why: str) -> None:
    """A request that is sent no more; the definition is given the answer `failed`."""
    send_no_more(transaction, request, RequestStatus.FAILED, why)


def send_no_more(
    transaction: Transaction, request: Mapping[Any, Any], status: RequestStatus, why: str = ""
) -> None:
    """A request is sent no more, for good; the definition is given its status as an answer."""
    key = request["id"]
    over = {"status": status.value, "last_error": why[:_LONGEST_ERROR]}
    take_over(transaction.connection, request, over)
    told = Answer(key, f"{key}/{status.value}", status.value, final=False)
    take_answer(transaction, "dispatcher", told, None, is_ours=True)


def drop_request(transaction: Transaction, id: str, why: str) -> None:
    """Send a request no more, because a person says so. Raises `NoSuchRequest`, `DamagedRow`."""
    waiting = outbox.c.id == id, outbox.c.send_at.is_not(None)
    asked = select(outbox).where(*waiting).with_for_update()
    request = first_row(transaction.connection, asked, id, dict)
    if request is None:
        raise NoSuchRequest(request=id)
    fail_request(transaction, request, why)


def _was_asked(operation: str, source: str, is_ours: bool) -> bool:
    """Whether the request went to the adapter that an answer says it comes from."""
    return is_ours or source == operation.partition(".")[0]


def _is_known(connection: Connection, court: str, answer: Answer) -> bool:
    about = {"of_court": court, "of_request": answer.key, "of_message": answer.message_id}
    return bool(_KNOWN.rows(connection, **about))


def _earlier(
    connection: Connection, request: Mapping[Any, Any], answer: Answer
) -> Mapping[str, Any] | None:
    """What a request that has its last answer was answered before, by another of this kind."""
    if request["status"] != RequestStatus.ANSWERED.value or not answer.final:
        return None
    known = select(inbox.c.answer).where(
        inbox.c.court == request["court"],
        inbox.c.outbox_id == answer.key,
        inbox.c.kind == answer.kind,
        inbox.c.outcome == "taken",
    )
    return connection.execute(known.order_by(inbox.c.received_at.desc()).limit(1)).scalar()


def _keep(transaction: Transaction, court: str, source: str, answer: Answer, outcome: str) -> None:
    row = {
        "court": court,
        "source": source,
        "message_id": answer.message_id,
        "outbox_id": answer.key,
        "kind": answer.kind,
        "answer": dict(answer.data),
        "received_at": transaction.now,
        "outcome": outcome,
    }
    _KEEP.run_many(transaction.connection, [row])


def _by_hand(source: str) -> str:
    """Who gave an answer by hand; nobody where it came otherwise."""
    return source.removeprefix(HAND) if source.startswith(HAND) else ""


@dataclass(frozen=True, slots=True)
class _Given:
    """An answer, where it came from, and what the person who brought it `said`."""

    answer: Answer
    source: str
    said: str


def _bring(transaction: Transaction, row: Mapping[Any, Any], given: _Given) -> str:
    unit, answer = transaction.unit(lock=True), given.answer
    case_id = row["case_id"]
    request = unit.procedure(unit.case(case_id)).definition.requests[row["request"]]
    trigger = request.answers.get(answer.kind)
    if trigger is None:
        unheard = f"流程不接收此种答复：{answer.kind} / not listened for: {answer.kind}"
        is_told = answer.final and not _is_done(row, answer)
        return _told(transaction, row, unheard) if is_told else unheard
    note = " ".join(filter(None, (row["operation"], answer.message_id, given.said)))
    data = _taken(request, answer)
    try:
        at, recorded_at = _when(unit, row, answer)
        about = unit.procedure(unit.case(case_id)).definition.concerned(trigger, row["about"])
        answered = Event(
            at, EXTERNAL_SYSTEM, trigger, data, note=note, recorded_at=recorded_at, about=about
        )
        unit.fire(case_id, answered)
    except ZhixingError as error:
        if error.retryable:
            raise
        _told(transaction, row, error.text("zh"))
        return error.text("en")
    if answer.final:
        settle(unit, row, _by_hand(given.source))
    unit.flush()
    return "taken"


def _is_done(row: Mapping[Any, Any], answer: Answer) -> bool:
    """Whether something was taken back as it should be: nobody needs to hear of that."""
    return bool(row["takes_back"]) and answer.kind == "answered"


def _when(
    unit: UnitOfWork, row: Mapping[Any, Any], answer: Answer
) -> tuple[datetime, datetime | None]:
    """When what an answer tells happened: not before it was asked. Raises `BadTime`."""
    case = unit.case(row["case_id"])
    calendar = unit.procedure(case).calendar
    at, recorded_at = when(answer.happened_at, calendar, unit.now)
    if calendar.local_day(at) < calendar.local_day(row["created_at"]):
        zh, en = "早于请求发出之日", "it is before the day of the request"
        raise BadTime(value=answer.happened_at, why_zh=zh, why_en=en)
    return at, recorded_at


def _taken(request: Request, answer: Answer) -> dict[str, Any]:
    """What the definition takes of an answer, under the names of its own fields."""
    return {
        field: _exact(answer.data[name])
        for field, name in request.takes.items()
        if name in answer.data
    }


def _exact(value: Any) -> Any:
    """A number with a point as it was written: money is counted in decimals."""
    return str(value) if isinstance(value, float) else value
