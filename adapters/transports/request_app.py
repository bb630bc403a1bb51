"""A WSGI application that takes what other courts ask, to be mounted in whatever host there is.

Wire: `POST /SENDER`, signed as callbacks are, with `{"key", "operation", "payload"}`; it gives 200
and `{"answers": [{"id", "kind", "final", "data", "happened_at"}, … ]}`, the answers that there are
at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from ..protocol import Answer, IncomingRequest, Reply, RequestNotTaken
from ..registry import faults
from .bounded_json import parsed_json
from .signed_wsgi import (
    Application,
    Record,
    StartResponse,
    body_of,
    respond,
    sender_of,
    signed_by,
    tell,
)
from .webhooks import Taking, Verdict, Webhooks

CHECK = "check"
"""The operation that asks for nothing: whether we are there, and know the sender."""
Take = Callable[[IncomingRequest, str], Reply]
"""As `Intake.take`: what another court asks, and its name; raises `RequestNotTaken`."""

_LONGEST_WHY = 200
_NOT_TAKEN = {400: Taking.MALFORMED, 404: Taking.MISADDRESSED, 409: Taking.REPLAYED}
_log = logging.getLogger(__name__)
_Name = Annotated[str, StringConstraints(min_length=1, max_length=64)]
_Key = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    key: _Key
    operation: _Name
    payload: dict[str, Any]


def request_app(take: Take, webhooks: Webhooks, record: Record) -> Application:
    """A WSGI application: `POST /SENDER` with a signed JSON body, for requests of other courts.

    Every genuine request goes to `take` with the sender's name, and its answers back with 200,
    among them that what is asked is refused. Else the statuses are those of `callback_app`, and
    what is not taken is told to `record`.
    """

    def app(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        sender = sender_of(environ, webhooks)
        read = _read(environ, webhooks, sender)
        given = _taken(take, sender, read) if isinstance(read, IncomingRequest) else read
        if isinstance(given, Verdict):
            tell(record, sender, given)
            return respond(start_response, given, {})
        answers = [_as_json(answer) for answer in given.answers]
        return respond(start_response, Verdict(Taking.TAKEN), {"answers": answers})

    return app


def _read(environ: Mapping[str, Any], webhooks: Webhooks, sender: str) -> IncomingRequest | Verdict:
    body = body_of(environ, webhooks, sender)
    if isinstance(body, Verdict):
        return body
    refusal = webhooks.unproven(sender, signed_by(environ), body)
    return refusal or _request(body, webhooks.max_depth)


def _request(body: bytes, max_depth: int) -> IncomingRequest | Verdict:
    try:
        read = _Body.model_validate(parsed_json(body, max_depth))
    except ValidationError as error:
        where, what = faults(error)[0]
        return Verdict(Taking.MALFORMED, f"{where}: {what}"[:_LONGEST_WHY])
    except ValueError as error:
        return Verdict(Taking.MALFORMED, str(error)[:_LONGEST_WHY])
    return IncomingRequest(read.key, read.operation, read.payload)


def _taken(take: Take, sender: str, request: IncomingRequest) -> Reply | Verdict:
    if request.operation == CHECK:
        return Reply()
    try:
        return take(request, sender)
    except RequestNotTaken as refused:
        taking = _NOT_TAKEN.get(refused.data.get("status", 400), Taking.MALFORMED)
        return Verdict(taking, str(refused.data.get("why", ""))[:_LONGEST_WHY])
    except Exception as error:
        _log.exception("a request of %s could not be taken", sender)
        return Verdict(Taking.BUSY, f"{type(error).__name__}: to be sent again")


def _as_json(answer: Answer) -> dict[str, Any]:
    at = answer.happened_at
    return {
        "id": answer.message_id,
        "kind": answer.kind,
        "final": answer.final,
        "data": dict(answer.data),
        "happened_at": None if at is None else at.isoformat(),
    }
