"""A call that names itself takes effect once: the same name gives back what came of it first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from operator import itemgetter
from typing import Any, TypedDict, TypeVar

from pydantic import TypeAdapter, ValidationError

from ...workflow.model.field_types import to_json
from ..errors import BadRequestId, RequestReused
from ..storage.damage import damaged_row
from ..storage.request_rows import KeptRequest, find_request, keep_request
from .guarded import Acting

T = TypeVar("T")

LONGEST_REQUEST_ID = 90
"""What callers may give; the calls of a batch add their number to it."""


class Calling(TypedDict, total=False):
    """What may be said with every change of a case.

    - `happened_at`: when it happened, an aware instant or a day; the law counts from it. Without it
      it happens now. What happened on another day takes the power `late`.
    - `request_id`: the caller's own name of the call, of up to 90 characters, unique for the case
      (for openings: for the court). The same again gives back the first result, and changes
      nothing; with other arguments or by another person it is `RequestReused`. What was refused may
      be tried again.
    - `expected_version`: the version of the case that the caller has seen; with another it raises
      `StaleVersion`.
    """

    happened_at: datetime | date | None
    request_id: str | None
    expected_version: int | None


class Once:
    """One call by its name, of a case or (scope empty) of a court."""

    def __init__(
        self, acting: Acting, court: str, scope: str, request_id: str | None, *arguments: Any
    ) -> None:
        self.id = _checked(request_id)
        self._acting = acting
        self._place = court, scope
        self._digest = _digest(acting.verb, arguments) if self.id else ""

    def first(self) -> Any:
        """What came of it the first time; None when this is the first. Raises `RequestReused`."""
        if not self.id:
            return None
        found = find_request(self._acting.transaction.connection, *self._place, self.id)
        if found is None:
            return None
        if (found.actor, found.digest) != (self._acting.actor.id, self._digest):
            raise RequestReused(request_id=self.id, verb=found.verb, actor=found.actor)
        return found.result

    def keep(self, result: Any) -> None:
        """Keep what came of it. Raises `LostRace` when another did the same meanwhile."""
        if not self.id:
            return
        acting, (court, scope) = self._acting, self._place
        kept = KeptRequest(
            court,
            scope,
            self.id,
            acting.verb,
            acting.actor.id,
            self._digest,
            result,
            acting.transaction.now,
        )
        keep_request(acting.transaction.connection, kept)

    def do(self, kind: Any, work: Callable[[], T]) -> T:
        """The first result, of a type that pydantic knows, or what work gives now and is kept."""
        if not self.id:
            return work()
        of_kind = TypeAdapter[T](kind)
        first = self.first()
        if first is not None:
            return self.value(of_kind, first)
        value = work()
        self.keep({"value": of_kind.dump_python(value, mode="json")})
        return value

    def value(self, of_kind: TypeAdapter[T], first: Mapping[str, Any]) -> T:
        """What was kept, as it was. Raises `DamagedRow`."""
        try:
            return of_kind.validate_python(first["value"])
        except (KeyError, ValidationError) as error:
            raise damaged_row("zx_requests", self.id, error) from error


def named(acting: Acting, request_id: str | None, *arguments: Any) -> Once:
    """A call by its name, of the case that it is about, or else of the unit where it is done."""
    return Once(acting, acting.court, acting.case_id, request_id, *arguments)


def derived(request_id: str | None, index: int) -> str | None:
    """The name of one call of a batch. Raises `BadRequestId`."""
    return f"{_checked(request_id)}/{index}" if request_id else None


def _checked(request_id: str | None) -> str:
    if request_id is None:
        return ""
    name, _, index = request_id.rpartition("/")
    given = name if index.isdecimal() and name else request_id
    if not (0 < len(given) <= LONGEST_REQUEST_ID and request_id.isprintable()):
        raise BadRequestId(request_id=request_id[:LONGEST_REQUEST_ID])
    return request_id


def _digest(verb: str, arguments: tuple[Any, ...]) -> str:
    """What was asked, as one short text.

    What cannot be written down has none of its own: deciding refuses it, and keeps no name.
    """
    try:
        asked = json.dumps([verb, *map(_plain, arguments)])
    except (RecursionError, ValueError):
        asked = verb
    return hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: Any) -> Any:
    """A value in one spelling: an instant in UTC, whatever zone it was said in."""
    if isinstance(value, Mapping):
        return sorted(([str(key), _plain(v)] for key, v in value.items()), key=itemgetter(0))
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat()
    return value if isinstance(value, str | int | float | None) else _written(value)


def _written(value: Any) -> Any:
    try:
        return to_json(value)
    except TypeError:
        return repr(value)
