"""Document numbers in what goes out: a far side gets the number itself, if the court keeps it."""

from __future__ import annotations

from typing import Any

from ...workflow.model.identities import key_in
from ..errors import IdentityNotKept
from ..storage.person_rows import sealed_numbers
from ..work.identities import numbers_in, with_numbers
from ..work.runtime import Runtime


def revealed(runtime: Runtime, payload: dict[str, Any]) -> dict[str, Any]:
    """What a request sends, with the numbers themselves; never written anywhere.

    Raises `IdentityNotKept` where the court does not keep them, `BadIdentityKey`.
    """
    wanted = set(numbers_in(payload))
    if not wanted:
        return payload
    identities = runtime.registry.identities
    keys = {key_in(value): value for value in wanted}
    with runtime.transaction(writes=False) as transaction:
        sealed = sealed_numbers(transaction.connection, keys)
    if not identities.reversible or sealed.keys() != keys.keys():
        raise IdentityNotKept
    known = {keys[key]: identities.opened(key, one) for key, one in sealed.items()}
    found: dict[str, Any] = with_numbers(payload, known)
    return found
