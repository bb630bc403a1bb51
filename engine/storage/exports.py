"""What somebody took out of the database as a file, written down."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from ..model.event import Actor
from .schema import exports


def record_export(
    connection: Connection,
    now: datetime,
    actor: Actor,
    what: str,
    court: str,
    case_id: str | None = None,
    filters: Mapping[str, Any] | None = None,
) -> None:
    """Keep who takes what out, before it goes: of a court (nothing: of all), or of one case."""
    connection.execute(
        insert(exports).values(
            court=court,
            id=uuid.uuid4().hex,
            case_id=case_id,
            actor=actor.id,
            roles=list(actor.ordered_roles),
            what=what,
            filters=dict(filters or {}),
            at=now,
        )
    )
