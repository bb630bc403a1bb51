"""A WSGI application that takes callbacks, to be mounted in whatever host there is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..protocol import Answer
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

Receive = Callable[[Answer, str], str]
"""As `Engine.receive`: `taken`, `duplicate`, `unknown`, or why it was kept and not taken."""

_PLAIN_OUTCOMES = frozenset({"taken", "duplicate", "unknown"})
_log = logging.getLogger(__name__)


def callback_app(receive: Receive, webhooks: Webhooks, record: Record) -> Application:
    """A WSGI application: `POST /SENDER` with a signed JSON body.

    Every answer of a genuine callback goes to `receive` with the sender's name. It gives 200 and
    `{"status": "taken", "outcomes": [ … ]}` (`taken`, `duplicate`, `kept`); 404 where an answer is
    to no request of that sender (the others are taken); 503 with `Retry-After` where the database
    is busy, or anything else fails here: then the sender signs anew and sends again, and what was
    taken is a duplicate. Else 400, 401, 405, 409, 411, 413, 415, as `Taking` says. The body is read
    only when its length is known to be allowed.
    """

    def app(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        sender = sender_of(environ, webhooks)
        verdict = _verdict(environ, webhooks, sender)
        outcomes: list[str] = []
        if verdict.taking is Taking.TAKEN:
            verdict, outcomes = _received(receive, sender, verdict)
        if verdict.taking is not Taking.TAKEN:
            tell(record, sender, verdict)
        return respond(start_response, verdict, {"outcomes": outcomes} if outcomes else {})

    return app


def _verdict(environ: Mapping[str, Any], webhooks: Webhooks, sender: str) -> Verdict:
    body = body_of(environ, webhooks, sender)
    if isinstance(body, Verdict):
        return body
    return webhooks.verified(sender, signed_by(environ), body)


def _received(receive: Receive, sender: str, verdict: Verdict) -> tuple[Verdict, list[str]]:
    """Bring every answer in; what came of it."""
    outcomes = []
    for answer in verdict.answers:
        try:
            outcomes.append(receive(answer, sender))
        except Exception as error:
            _log.exception("a callback of %s could not be taken", sender)
            return Verdict(Taking.BUSY, f"{type(error).__name__}: to be sent again"), []
    told = [one if one in _PLAIN_OUTCOMES else "kept" for one in outcomes]
    if "unknown" in told:
        return Verdict(Taking.MISADDRESSED, "an answer to no request of this sender"), told
    return verdict, told
