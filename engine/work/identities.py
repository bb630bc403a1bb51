"""How document numbers come into cases: never as they are written, but shortened, and hashed.

The numbers themselves are kept nowhere, or encrypted (AES-256-GCM, `zx_persons`) where the court
wants to send them to outside systems. The key is the court's own secret and lies in no database.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

from ...workflow.model.identities import (
    is_standing,
    key_in,
    normal_number,
    shortened,
    shown_of,
    standing_for,
)
from ..decision.procedure import Procedure
from ..errors import BadIdentityKey, NoIdentityKey
from ..model.commands import Correct
from ..model.event import Event

_SHORTEST = 16
_HASHED, _SEALED = b"zhixing-identity-hash", b"zhixing-identity-seal"
_NONCE = 12


class BroughtIdentity(NamedTuple):
    """A document number that a field was brought: its hash, shortened, and encrypted where that is
    so. One that was brought as cases hold it (`is_known`) is one that the court has seen before."""

    field: str
    key: str
    shown: str
    sealed: str | None = None
    is_known: bool = False


class Identities:
    """Turns document numbers into what cases hold of them.

    `key` is a secret of at least 16 bytes; without one a case takes no document number. With
    `reversible` the numbers are kept encrypted, and can be sent to outside systems. Raises
    `BadIdentityKey`.
    """

    def __init__(self, key: bytes | None = None, *, reversible: bool = False) -> None:
        if key is not None and len(key) < _SHORTEST:
            raise BadIdentityKey(least=_SHORTEST)
        self._key = key
        self.reversible = reversible

    def of(self, field: str, value: Any) -> BroughtIdentity:
        """What a case holds of a number, and the court keeps. Raises `DataError`,
        `NoIdentityKey`."""
        if is_standing(value):
            return BroughtIdentity(field, key_in(value), shown_of(value), is_known=True)
        number = normal_number(field, value)
        digest = self.digest(number)
        sealed = self._seal(number, digest) if self.reversible else None
        return BroughtIdentity(field, digest, shortened(number), sealed)

    def digest(self, number: str) -> str:
        """The keyed hash of a number. Raises `NoIdentityKey`."""
        return hmac.new(self._derived(_HASHED), number.encode(), hashlib.sha256).hexdigest()[:32]

    def _derived(self, purpose: bytes) -> bytes:
        if self._key is None:
            raise NoIdentityKey
        return hmac.digest(self._key, purpose, "sha256")

    @cached_property
    def _cipher(self) -> Any:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # an extra

        return AESGCM(self._derived(_SEALED))

    def _seal(self, number: str, digest: str) -> str:
        nonce = os.urandom(_NONCE)
        sealed = self._cipher.encrypt(nonce, number.encode(), digest.encode())
        return base64.b64encode(nonce + sealed).decode()

    def opened(self, digest: str, sealed: str) -> str:
        """The number again. Raises `BadIdentityKey` where the key is another."""
        raw = base64.b64decode(sealed)
        try:
            number: bytes = self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], digest.encode())
        except Exception as error:  # of a library that is an extra
            raise BadIdentityKey(least=_SHORTEST) from error
        return number.decode()

    def taken_in(self, procedure: Procedure, event: Event) -> tuple[Event, list[BroughtIdentity]]:
        """An event without the numbers that it brought, and what is to be kept of them.

        Raises `DataError`, `NoIdentityKey`.
        """
        if not procedure.identities:
            return event, []
        kept: list[BroughtIdentity] = []

        def sealed(data: Mapping[str, Any]) -> Mapping[str, Any]:
            return self._in_data(procedure, data, kept)

        command = event.command
        if isinstance(command, Correct):
            command = _in_correction(command, sealed)
        return replace(event, data=sealed(event.data), command=command), kept

    def _in_data(
        self, procedure: Procedure, data: Mapping[str, Any], kept: list[BroughtIdentity]
    ) -> Mapping[str, Any]:
        """Data with every document number as cases hold it."""
        found = dict(data)
        for name in procedure.identities & data.keys():
            found[name] = self._keep(name, data[name], kept)
        for name, fields in procedure.identities_of_records.items():
            if isinstance(data.get(name), list | tuple):
                found[name] = [self._in_record(name, fields, r, kept) for r in data[name]]
        return found

    def _in_record(
        self, name: str, fields: frozenset[str], record: Any, kept: list[BroughtIdentity]
    ) -> Any:
        if not isinstance(record, Mapping):
            return record  # which is told where records are typed
        known = fields & record.keys()
        return {**record} | {f: self._keep(f"{name}.{f}", record[f], kept) for f in known}

    def _keep(self, field: str, value: Any, kept: list[BroughtIdentity]) -> str | None:
        if value is None:
            return None
        brought = self.of(field, value)
        kept.append(brought)
        return standing_for(brought.shown, brought.key)


def _in_correction(
    command: Correct, sealed: Callable[[Mapping[str, Any]], Mapping[str, Any]]
) -> Correct:
    replaced = {seq: replace(one, data=sealed(one.data)) for seq, one in command.replace.items()}
    enter = command.enter
    if enter is not None:
        enter = replace(enter, data=sealed(enter.data))
    return replace(command, replace=replaced, enter=enter)


def numbers_in(value: Any) -> Iterator[str]:
    """The document numbers, as cases hold them, that lie somewhere in a value."""
    if is_standing(value):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from numbers_in(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from numbers_in(part)


def with_numbers(value: Any, known: Mapping[str, str]) -> Any:
    """A value with the numbers that are known in the place of what stands for them."""
    if isinstance(value, str):
        return known.get(value, value)
    if isinstance(value, Mapping):
        return {name: with_numbers(part, known) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [with_numbers(part, known) for part in value]
    return value
