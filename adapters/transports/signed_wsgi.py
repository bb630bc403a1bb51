"""How a signed request comes in over WSGI and how it is answered, whatever it brings."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from .webhooks import Taking, Verdict, Webhooks

Record = Callable[[str, int, str], object]
"""Is told of each refused callback: its sender (`?` for an unknown one), status and why."""
StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

_RETRY_AFTER_SECONDS = 30
_SIGNED_BY = ("timestamp", "nonce", "signature")
_log = logging.getLogger(__name__)


def sender_of(environ: Mapping[str, Any], webhooks: Webhooks) -> str:
    """The sender that a path names; `?` for one that is not known."""
    name = str(environ.get("PATH_INFO", "")).strip("/")
    return name if webhooks.knows(name) else "?"


def body_of(environ: Mapping[str, Any], webhooks: Webhooks, sender: str) -> bytes | Verdict:
    """The body, read only when its length is known to be allowed; or why it is refused."""
    return _unreadable(environ, webhooks, sender) or _body(environ, webhooks.max_bytes)


def signed_by(environ: Mapping[str, Any]) -> dict[str, str]:
    """The headers that prove who sent it, by their names in small letters."""
    return {f"zhixing-{n}": str(environ.get(f"HTTP_ZHIXING_{n.upper()}", "")) for n in _SIGNED_BY}


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


def tell(record: Record, sender: str, verdict: Verdict) -> None:
    """Tell that it was refused; a record that fails does not keep the sender from its status."""
    try:
        record(sender, verdict.status, f"{verdict.taking}: {verdict.why}")
    except Exception:
        _log.exception("a refused callback could not be recorded")


def respond(
    start_response: StartResponse, verdict: Verdict, more: Mapping[str, Any]
) -> Iterable[bytes]:
    """Tells the status and what more is for the sender: why it is refused is for the court."""
    content = json.dumps({"status": verdict.taking.value, **more}).encode()
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
