"""A WSGI application that takes callbacks, to be mounted in whatever host there is."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from ..protocol import Answer
from .webhooks import Taking, Verdict, Webhooks

Receive = Callable[[Answer, str], str]
"""As `Engine.receive`: `taken`, `duplicate`, `unknown`, or why it was kept and not taken."""
Record = Callable[[str, int, str], object]
"""Is told of each refused callback: its sender (`?` for an unknown one), status and why."""
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_RETRY_AFTER_SECONDS = 30
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

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        sender = _sender(environ, webhooks)
        verdict = _verdict(environ, webhooks, sender)
        outcomes: list[str] = []
        if verdict.taking is Taking.TAKEN:
            verdict, outcomes = _received(receive, sender, verdict)
        if verdict.taking is not Taking.TAKEN:
            _tell(record, sender, verdict)
        return _respond(start_response, verdict, outcomes)

    return app


def _sender(environ: Mapping[str, Any], webhooks: Webhooks) -> str:
    """The sender that a path names; `?` for one that is not known."""
    name = str(environ.get("PATH_INFO", "")).strip("/")
    return name if webhooks.knows(name) else "?"


def _verdict(environ: Mapping[str, Any], webhooks: Webhooks, sender: str) -> Verdict:
    refusal = _unreadable(environ, webhooks, sender)
    if refusal is not None:
        return refusal
    body = _body(environ, webhooks.max_bytes)
    if isinstance(body, Verdict):
        return body
    names = ("timestamp", "nonce", "signature")
    headers = {f"zhixing-{n}": str(environ.get(f"HTTP_ZHIXING_{n.upper()}", "")) for n in names}
    return webhooks.verified(sender, headers, body)


def _unreadable(environ: Mapping[str, Any], webhooks: Webhooks, sender: str) -> Verdict | None:
    """Why its body is not even read."""
    if environ.get("REQUEST_METHOD") != "POST":
        return Verdict(Taking.WRONG_METHOD, "only POST is taken")
    if sender == "?":
        return Verdict(Taking.UNKNOWN_SENDER, "there is no such sender")
    if not _is_json(str(environ.get("CONTENT_TYPE", ""))):
        return Verdict(Taking.WRONG_TYPE, "only application/json is taken")
    return _unfit_length(environ, webhooks.max_bytes)


def _unfit_length(environ: Mapping[str, Any], max_bytes: int) -> Verdict | None:
    """Why a body of this length is not read; one without may be where the server ends it."""
    length = str(environ.get("CONTENT_LENGTH") or "")
    if not length:
        is_ended = bool(environ.get("wsgi.input_terminated"))
        return None if is_ended else Verdict(Taking.NO_LENGTH, "its length is not told")
    if re.fullmatch("[0-9]+", length) is None:
        return Verdict(Taking.MALFORMED, "its length is no number")
    if len(length) > 18 or int(length) > max_bytes:
        return Verdict(Taking.TOO_LARGE, f"longer than {max_bytes} bytes")
    return None


def _is_json(content_type: str) -> bool:
    kind, _, rest = content_type.partition(";")
    charset = rest.strip().lower().replace('"', "")
    return kind.strip().lower() == "application/json" and charset in ("", "charset=utf-8")


def _body(environ: Mapping[str, Any], max_bytes: int) -> bytes | Verdict:
    """As much as was told, or of a body in pieces (which the server puts together) one more byte
    than is allowed."""
    length = environ.get("CONTENT_LENGTH")
    wanted = int(length) if length else max_bytes + 1
    content = bytearray()
    try:
        while len(content) < wanted:
            piece = environ["wsgi.input"].read(wanted - len(content))
            if not piece:
                break
            content += piece
    except Exception as error:
        return Verdict(Taking.MALFORMED, f"it breaks off: {type(error).__name__}")
    if length and len(content) < wanted:
        return Verdict(Taking.MALFORMED, "it is shorter than told")
    return bytes(content)


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


def _tell(record: Record, sender: str, verdict: Verdict) -> None:
    """A record that fails does not keep the sender from its status."""
    try:
        record(sender, verdict.status, f"{verdict.taking}: {verdict.why}")
    except Exception:
        _log.exception("a refused callback could not be recorded")


def _respond(
    start_response: Callable[..., Any], verdict: Verdict, outcomes: list[str]
) -> Iterable[bytes]:
    """Tells the status and no more: why is for the court to read."""
    said = {"status": verdict.taking.value, **({"outcomes": outcomes} if outcomes else {})}
    content = json.dumps(said).encode()
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(content))),
        ("Cache-Control", "no-store"),
    ]
    if verdict.taking is Taking.BUSY:
        headers.append(("Retry-After", str(_RETRY_AFTER_SECONDS)))
    if verdict.taking is Taking.WRONG_METHOD:
        headers.append(("Allow", "POST"))
    start_response(f"{verdict.status} {HTTPStatus(verdict.status).phrase}", headers)
    return [content]
