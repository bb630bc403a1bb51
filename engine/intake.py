"""What other courts ask of this one, as cases of its own: opened, or moved, once for each key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select

from ..adapters.protocol import Answer, IncomingRequest, Operation, Reply, RequestNotTaken
from ..adapters.registry import faults
from ..workflow.errors import DataError
from .engine import Engine
from .errors import (
    BadEvent,
    BadIntake,
    BadText,
    CaseNotFound,
    NotAllowed,
    Refused,
    RequestReused,
)
from .model.event import Actor
from .outside.inbox import operation_of
from .queries.views import Case
from .storage.schema import outbox

ROLE = "other_court"
"""The role of another court, where nothing else is said."""
_ADAPTER = "other_courts"
_REPORT = "report"
_SENDER, _KEY = "sender", "key"
_FOR_US = ("court", "request", "kind", "happened_on")
_LONGEST_REASON = 500
_REFUSALS = (Refused, NotAllowed, DataError, BadEvent, BadText)


@dataclass(frozen=True, slots=True)
class Opens:
    """A request opens a case of a procedure.

    `takes` gives the fields of the case (case field to request field), `documents` its documents
    (name to the request field with their reference). Beside the request's own fields there are
    `sender`, the asking court, and `key`, by which it knows its request.
    """

    procedure: str
    takes: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fires:
    """A request fires a trigger of the case that the same court's request opened before.

    The field `case` of the request names it; the others as `Opens` has them.
    """

    trigger: str
    takes: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)


class Intake:
    """Takes what other courts ask: `take` is given to `zhixing.adapters.request_app`.

    `name` is ours, as other courts address us; `court` is the one of the charter whose cases these
    are (the only one, where none is named). The asking court acts as `court:ITS-NAME` in `role`:
    what the definition does not let that role do is refused, kept with the refusals, and answered
    so. `does` says what each operation of the adapter `other_courts` does here; one that it does
    not name is taken from nobody. `report`, the answer to what we asked, needs no word. Raises
    `BadIntake`.
    """

    def __init__(
        self,
        engine: Engine,
        name: str,
        does: Mapping[str, Opens | Fires],
        *,
        court: str = "",
        role: str = ROLE,
    ) -> None:
        self._engine, self._name, self._does = engine, name, dict(does)
        self._court, self._role = court, role
        for operation, act in self._does.items():
            _check(operation, act, self._operation(operation))

    def take(self, request: IncomingRequest, sender: str) -> Reply:
        """Take a request of another court; the answers that there are at once.

        The same key again gives the same, and changes nothing. Raises `RequestNotTaken` for what
        is malformed, for nobody here, or another request under a key that was used, and what the
        verbs raise that another attempt may mend.
        """
        operation = self._operation(request.operation)
        if operation is None:
            raise RequestNotTaken(status=404, why="there is no such operation")
        payload = _shaped(operation, request.payload)
        if payload.get("court") != self._name:
            raise RequestNotTaken(status=404, why="it is addressed to another court")
        if request.operation == _REPORT:
            return self._heard(request.key, payload, sender)
        return self._done(request, payload, sender)

    def _operation(self, name: str) -> Operation | None:
        return operation_of(self._engine.adapters, f"{_ADAPTER}.{name}")

    # -- what is asked of us

    def _done(self, request: IncomingRequest, payload: Mapping[str, Any], sender: str) -> Reply:
        act = self._does.get(request.operation)
        if act is None:
            raise RequestNotTaken(status=404, why=f"{request.operation} is not taken here")
        asked = {**payload, _SENDER: sender, _KEY: request.key}
        note = f"{sender} {request.operation} {request.key}"
        calling = _Call(self._actor(sender), asked, note, _once(sender, request.key))
        if isinstance(act, Opens):
            return _receipt(request.key, lambda: self._opened(act, calling), final=False)
        return _receipt(request.key, lambda: self._fired(act, calling), final=True)

    def _actor(self, sender: str) -> Actor:
        return Actor.of(f"court:{sender}", self._role, at=self._court)

    def _opened(self, act: Opens, call: _Call) -> Case:
        return self._engine.open_case(
            act.procedure,
            actor=call.actor,
            data=call.fields(act.takes),
            documents=call.fields(act.documents),
            court=self._court,
            note=call.note,
            request_id=call.request_id,
        )

    def _fired(self, act: Fires, call: _Call) -> Case:
        case = str(call.asked["case"])
        if not self._is_of(case, call.actor):
            raise RequestNotTaken(status=404, why="no case of this name is theirs")
        return self._engine.fire(
            case,
            act.trigger,
            actor=call.actor,
            data=call.fields(act.takes),
            documents=call.fields(act.documents),
            note=call.note,
            request_id=call.request_id,
        )

    def _is_of(self, case: str, actor: Actor) -> bool:
        """Whether a case was opened by a request of this court, as its history says."""
        try:
            history = self._engine.history(case)
        except CaseNotFound:
            return False
        return bool(history) and history[0].actor == actor.id

    # -- answers to what we asked

    def _heard(self, key: str, report: Mapping[str, Any], sender: str) -> Reply:
        request = str(report["request"])
        if not self._was_asked(request, sender):
            raise RequestNotTaken(status=404, why="it answers no request to this court")
        kind = str(report["kind"])
        data = {name: value for name, value in report.items() if value and name not in _FOR_US}
        day = date.fromisoformat(str(report["happened_on"]))
        answer = Answer(request, key, kind, data, kind != "partial", day)
        self._engine.receive(answer, _ADAPTER)
        return _answered(key, "answered", {}, final=True)

    def _was_asked(self, request: str, sender: str) -> bool:
        """Whether a request of ours went to this court."""
        asked = select(outbox.c.counterparty).where(outbox.c.id == request)
        with self._engine.transaction(writes=False) as transaction:
            whom = transaction.connection.execute(asked).scalar()
        return bool(whom == f"{_ADAPTER}/{sender}")


@dataclass(frozen=True, slots=True)
class _Call:
    """One request as the verbs take it."""

    actor: Actor
    asked: Mapping[str, Any]
    note: str
    request_id: str

    def fields(self, takes: Mapping[str, str]) -> dict[str, Any]:
        """What is taken of it, under our names; what was left out is left out."""
        found = {ours: self.asked.get(theirs) for ours, theirs in takes.items()}
        return {name: _said(value) for name, value in found.items() if _is_said(value)}


def _is_said(value: Any) -> bool:
    return value not in (None, "", [])


def _said(value: Any) -> Any:
    """What a request says, in its records too, without what it left open."""
    if isinstance(value, list):
        return [_said(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _said(one) for name, one in value.items() if _is_said(one)}
    return value


def _check(operation: str, act: Opens | Fires, known: Operation | None) -> None:
    """Raises `BadIntake` for what no request will ever have."""
    if known is None or operation == _REPORT:
        raise BadIntake(operation=operation, why="no such operation can be taken")
    fields = {*known.request.model_fields, _SENDER, _KEY}
    unknown = sorted({*act.takes.values(), *act.documents.values()} - fields)
    if isinstance(act, Fires) and "case" not in fields:
        unknown.append("case")
    if unknown:
        raise BadIntake(operation=operation, why=f"it has no {', '.join(unknown)}")


def _shaped(operation: Operation, payload: Mapping[str, Any]) -> dict[str, Any]:
    """A payload in its operation's shape, as plain JSON values. Raises `RequestNotTaken`."""
    try:
        read = operation.request.model_validate(payload)
    except ValidationError as error:
        where, what = faults(error)[0]
        raise RequestNotTaken(status=400, why=f"{where}: {what}") from None
    shaped: dict[str, Any] = read.model_dump(mode="json")
    return shaped


def _once(sender: str, key: str) -> str:
    """The name of the call: keys of two courts may be the same."""
    return hashlib.sha256(f"{sender}\n{key}".encode()).hexdigest()


def _receipt(key: str, work: Callable[[], Case], final: bool) -> Reply:
    """What became of a request: done, or refused by the definition with the reason.

    Raises `RequestNotTaken` where its key came before with something else.
    """
    try:
        case = work()
    except RequestReused:
        raise RequestNotTaken(status=409, why="the key came before with another request") from None
    except _REFUSALS as refused:
        reason = {"reason": refused.text("zh")[:_LONGEST_REASON]}
        return _answered(key, "refused", reason, final=True)
    data = {"case": case.id, "case_number": case.number}
    return _answered(key, "answered" if final else "partial", data, final=final)


def _answered(key: str, kind: str, data: Mapping[str, Any], final: bool) -> Reply:
    answer = Answer(key, f"{key}/{kind}", kind, data, final)
    return Reply((answer,), pending=not final)
