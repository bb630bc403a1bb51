"""Callbacks taken in: who sent one is proven by its signature, and one that comes again is known.

A sender signs, with HMAC and a key that both sides hold, this text followed by the raw body:

    v1 NEWLINE algorithm NEWLINE sender NEWLINE timestamp NEWLINE nonce NEWLINE

(`algorithm` is `sha256` or `sm3`, `timestamp` the seconds since 1970 in digits, `nonce` 16 to 128
of `A-Z a-z 0-9 - _`.) Three headers carry it: `Zhixing-Timestamp`, `Zhixing-Nonce`, and
`Zhixing-Signature: v1=HEX`, where several signatures by different keys may stand, parted by commas.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from heapq import heappop, heappush
from typing import Any, Protocol

from pydantic import SecretStr

from ...workflow.errors import ZhixingError
from ..protocol import Answer
from .answer_json import answers_from_json
from .bounded_json import MAX_DEPTH, parsed_json
from .errors import BadTransport

VERSION = "v1"
WINDOW = timedelta(seconds=300)
"""How far a timestamp may be from the clock here, before or after."""
MAX_BYTES = 1_000_000
_SHORTEST_KEY = 16
_MOST_SIGNATURES = 5
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,128}", re.ASCII)
_LONGEST_WHY = 200


class Digest(StrEnum):
    """What a signature is made with."""

    SHA256 = "sha256"
    SM3 = "sm3"


class Taking(StrEnum):
    """What became of a callback; each has its HTTP status."""

    TAKEN = "taken"
    MALFORMED = "malformed"
    UNKNOWN_SENDER = "unknown-sender"
    FORGED = "forged"
    EXPIRED = "expired"
    MISADDRESSED = "misaddressed"
    WRONG_METHOD = "wrong-method"
    REPLAYED = "replayed"
    NO_LENGTH = "no-length"
    TOO_LARGE = "too-large"
    WRONG_TYPE = "wrong-type"
    BUSY = "busy"

    @property
    def status(self) -> int:
        """The HTTP status that a sender is answered with."""
        return _STATUS[self]


_STATUS = {
    Taking.TAKEN: 200,
    Taking.MALFORMED: 400,
    Taking.UNKNOWN_SENDER: 401,
    Taking.FORGED: 401,
    Taking.EXPIRED: 401,
    Taking.MISADDRESSED: 404,
    Taking.WRONG_METHOD: 405,
    Taking.REPLAYED: 409,
    Taking.NO_LENGTH: 411,
    Taking.TOO_LARGE: 413,
    Taking.WRONG_TYPE: 415,
    Taking.BUSY: 503,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a callback is: its answers where it is genuine, else why it is refused."""

    taking: Taking
    why: str = ""
    answers: Sequence[Answer] = ()

    @property
    def status(self) -> int:
        """The HTTP status that a sender is answered with."""
        return self.taking.status


class NoncesFull(ZhixingError):
    """More callbacks came than can be remembered: one that came again would not be known."""

    code = "webhook-nonces"
    zh, en = "回调随机数记录已满（{most}）", "no more nonces can be remembered than {most}"
    retryable = True


class Nonces(Protocol):
    """What is remembered of callbacks, against one that is sent again. Used from several threads.

    It must be one memory for all processes that take callbacks.
    """

    def is_new(self, sender: str, nonce: str, until: datetime) -> bool:
        """Whether a sender's nonce comes for the first time; it is remembered until a moment.

        `until` is aware; after it the timestamp is refused anyway. May raise a `ZhixingError`, and
        the sender is told to come again later.
        """
        ...


class RecentNonces:
    """Nonces in the memory of this process alone, so many at most; then it raises `NoncesFull`."""

    def __init__(
        self, most: int = 100_000, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._most, self._now = most, now
        self._known: set[tuple[str, str]] = set()
        self._ends: list[tuple[datetime, tuple[str, str]]] = []
        self._lock = threading.Lock()

    def is_new(self, sender: str, nonce: str, until: datetime) -> bool:
        """As `Nonces` say. Raises `NoncesFull`."""
        with self._lock:
            self._forget()
            if (sender, nonce) in self._known:
                return False
            if len(self._known) >= self._most:
                raise NoncesFull(most=self._most)
            self._known.add((sender, nonce))
            heappush(self._ends, (until, (sender, nonce)))
            return True

    def _forget(self) -> None:
        now = self._now()
        while self._ends and self._ends[0][0] < now:
            self._known.discard(heappop(self._ends)[1])


@dataclass(frozen=True, slots=True)
class Sender:
    """One who sends callbacks: the adapter's `name`, and the keys that are valid just now.

    Several keys let a new one be brought in before the old one goes. `read` makes answers from the
    JSON value of a body; it raises `ValueError` for what has another form. A name has letters,
    digits, `-` and `_`; a key 16 bytes or more; SM3 needs an OpenSSL that has it. Raises
    `BadTransport`.
    """

    name: str
    keys: tuple[SecretStr, ...]
    digest: Digest = Digest.SHA256
    read: Callable[[Any], Sequence[Answer]] = answers_from_json

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise BadTransport(why="a sender's name has letters, digits, - and _, at most 64")
        if not self.keys or any(len(_bytes(key)) < _SHORTEST_KEY for key in self.keys):
            raise BadTransport(why=f"the keys of {self.name} must have 16 bytes or more, each")
        _check_digest(self.digest)

    def has_signed(self, signatures: Sequence[bytes], text: bytes) -> bool:
        """Whether one of the signatures is by one of the keys; every pair is compared."""
        ours = [_signature(key, self.digest, text) for key in self.keys]
        matches = [hmac.compare_digest(one, other) for one in signatures for other in ours]
        return any(matches)


class Webhooks:
    """Verifies callbacks of the senders it knows. May be used from several threads.

    `now` gives aware moments. Without `nonces` they are remembered in this process alone.
    """

    def __init__(
        self,
        senders: Sequence[Sender],
        *,
        nonces: Nonces | None = None,
        window: timedelta = WINDOW,
        max_bytes: int = MAX_BYTES,
        max_depth: int = MAX_DEPTH,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._senders = {sender.name: sender for sender in senders}
        self._nonces = nonces if nonces is not None else RecentNonces(now=now)
        self._window, self._now = window, now
        self.max_bytes = max_bytes
        self.max_depth = max_depth

    def knows(self, name: str) -> bool:
        """Whether there is such a sender."""
        return name in self._senders

    def verified(self, name: str, headers: Mapping[str, str], body: bytes) -> Verdict:
        """What a callback to the address of a sender is; headers by name in small letters.

        Signature and time come before everything in the body, and a nonce counts only where they
        are right. Never raises for what a sender did.
        """
        return self.unproven(name, headers, body) or self._read(self._senders[name], body)

    def unproven(self, name: str, headers: Mapping[str, str], body: bytes) -> Verdict | None:
        """Why a body is not proven to be a new word of a sender; None where it is.

        Whatever the body brings. A nonce counts only where signature and time are right.
        """
        sender = self._senders.get(name)
        if sender is None:
            return Verdict(Taking.UNKNOWN_SENDER, "there is no such sender")
        if len(body) > self.max_bytes:
            return Verdict(Taking.TOO_LARGE, f"longer than {self.max_bytes} bytes")
        return self._unsigned(sender, headers, body)

    def _unsigned(self, sender: Sender, headers: Mapping[str, str], body: bytes) -> Verdict | None:
        timestamp = headers.get("zhixing-timestamp", "")
        nonce = headers.get("zhixing-nonce", "")
        if not _TIMESTAMP.fullmatch(timestamp) or not _NONCE.fullmatch(nonce):
            return Verdict(Taking.FORGED, "timestamp or nonce are not there, or of no form")
        text = _signed_text(sender.name, sender.digest, timestamp, nonce, body)
        if not sender.has_signed(_signatures(headers.get("zhixing-signature", "")), text):
            return Verdict(Taking.FORGED, "no signature by a key of this sender")
        at = datetime.fromtimestamp(int(timestamp), UTC)
        if abs(self._now() - at) > self._window:
            return Verdict(Taking.EXPIRED, f"the timestamp is {timestamp}")
        return self._replayed(sender, nonce, at + self._window)

    def _replayed(self, sender: Sender, nonce: str, until: datetime) -> Verdict | None:
        try:
            is_new = self._nonces.is_new(sender.name, nonce, until)
        except Exception as error:
            return Verdict(Taking.BUSY, f"nonces cannot be kept: {type(error).__name__}")
        return None if is_new else Verdict(Taking.REPLAYED, "the nonce came before")

    def _read(self, sender: Sender, body: bytes) -> Verdict:
        try:
            answers = sender.read(parsed_json(body, self.max_depth))
        except ValueError as error:
            return Verdict(Taking.MALFORMED, str(error)[:_LONGEST_WHY])
        return Verdict(Taking.TAKEN, answers=answers)


def sign_callback(
    sender: str,
    key: SecretStr,
    body: bytes,
    *,
    now: datetime,
    digest: Digest = Digest.SHA256,
    nonce: str = "",
) -> dict[str, str]:
    """The headers that prove a callback; every attempt is signed anew (a nonce is taken once).

    `now` is aware; without a `nonce` one is drawn. Raises `BadTransport` where there is no SM3.
    """
    _check_digest(digest)
    timestamp, nonce = str(int(now.timestamp())), nonce or secrets.token_urlsafe(24)
    signed = _signature(key, digest, _signed_text(sender, digest, timestamp, nonce, body))
    return {
        "Zhixing-Timestamp": timestamp,
        "Zhixing-Nonce": nonce,
        "Zhixing-Signature": f"{VERSION}={signed.decode('ascii')}",
    }


def _bytes(key: SecretStr) -> bytes:
    return key.get_secret_value().encode("utf-8")


def _check_digest(digest: Digest) -> None:
    try:
        hashlib.new(digest)
    except ValueError:
        raise BadTransport(why=f"this Python's OpenSSL has no {digest}") from None


def _signed_text(sender: str, digest: Digest, timestamp: str, nonce: str, body: bytes) -> bytes:
    head = "\n".join((VERSION, digest, sender, timestamp, nonce, ""))
    return head.encode("utf-8") + body


def _signature(key: SecretStr, digest: Digest, text: bytes) -> bytes:
    return hmac.new(_bytes(key), text, digest).hexdigest().encode("ascii")


def _signatures(header: str) -> list[bytes]:
    """The signatures of this version in a header; bytes, since what comes may be no ASCII."""
    parts = [part.strip().partition("=") for part in header.split(",", _MOST_SIGNATURES)]
    found = [text.encode("utf-8", "replace") for version, _, text in parts if version == VERSION]
    return found[:_MOST_SIGNATURES]
