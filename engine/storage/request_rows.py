"""What calls with a name came to, by the case or the court that they are of."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from ..errors import LostRace
from .column_types import load_json
from .compiled_sql import CompiledStatement
from .damage import damaged_row
from .schema import requests


class KeptRequest(NamedTuple):
    """A call and its result; `scope` is a case, or empty for what opens cases in a court."""

    court: str
    scope: str
    request_id: str
    verb: str
    actor: str
    digest: str
    result: Any
    recorded_at: datetime


_FIND = CompiledStatement(
    select(requests.c.verb, requests.c.actor, requests.c.digest, requests.c.result).where(
        requests.c.court == bindparam("of_court"),
        requests.c.scope == bindparam("of_scope"),
        requests.c.request_id == bindparam("of_id"),
    )
)
_INSERT = CompiledStatement(insert(requests))


class FoundRequest(NamedTuple):
    """What is known of a call that was made before."""

    verb: str
    actor: str
    digest: str
    result: Any


def find_request(
    connection: Connection, court: str, scope: str, request_id: str
) -> FoundRequest | None:
    """A call that was made before, if it was. Raises `DamagedRow`."""
    rows = _FIND.rows(connection, of_court=court, of_scope=scope, of_id=request_id)
    if not rows:
        return None
    verb, actor, digest, result = rows[0]
    try:
        kept = load_json(result)
        if not isinstance(kept, dict):
            raise ValueError("no result")
    except ValueError as error:
        raise damaged_row("zx_requests", request_id, error) from error
    return FoundRequest(verb, actor, digest, kept)


def keep_request(connection: Connection, kept: KeptRequest) -> None:
    """Keep a call and its result. Raises `LostRace` when another has kept it meanwhile."""
    try:
        _INSERT.run_many(connection, [kept._asdict()])
    except IntegrityError as error:
        if not _is_kept_already(error):
            raise
        raise LostRace(case_id=kept.scope or kept.request_id) from None


def _is_kept_already(error: IntegrityError) -> bool:
    """Whether it is the key that refused: a database names it, or its columns."""
    line = str(error.orig).splitlines()[0]
    return "zx_requests_pk" in line or "zx_requests.request_id" in line
