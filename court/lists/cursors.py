"""Where a page ends, as a text that the next one is asked for with."""

from __future__ import annotations

import base64
import json
from binascii import Error as NotBase64
from collections.abc import Sequence

from .errors import BadCursor

Place = tuple[str | int, ...]
"""A row in the order of its list: its moment as the database holds it, and what its ids are."""
_LARGEST = 2**63


def written(place: Place, digest: str) -> str:
    """The cursor of a place, in a list with filters of this digest."""
    text = json.dumps([digest, *place], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(cursor: str, digest: str, kinds: Sequence[type]) -> Place | None:
    """The place that a page begins behind; None for the first.

    `kinds` are those of the values in a place of this list. Raises `BadCursor`.
    """
    if not cursor:
        return None
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        of, *place = json.loads(base64.urlsafe_b64decode(padded))
    except (NotBase64, ValueError, TypeError, RecursionError):
        raise BadCursor from None
    if of != digest or list(map(type, place)) != list(kinds) or not all(map(_is_sound, place)):
        raise BadCursor
    return tuple(place)


def _is_sound(value: str | int) -> bool:
    """Whether a database takes it at all."""
    return value.isprintable() if isinstance(value, str) else abs(value) < _LARGEST
