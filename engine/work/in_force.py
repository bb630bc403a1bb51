"""Which version of a procedure governs: the most special one in force for a court, on a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from ...workflow.errors import DataError
from ...workflow.model.definition import Definition
from ...workflow.model.field_types import FieldType, parse
from ..decision.procedure import Procedure
from ..errors import NotPublished
from ..model.event import Event
from ..storage.definition_store import Published, published_versions, was_ever_published
from .registry import Registry


def begins_on(
    registry: Registry,
    connection: Connection,
    procedure: str,
    path: tuple[str, ...],
    event: Event,
) -> Procedure:
    """The version that a case begins on: in force for its court on the day it was applied for.

    A draft, where the host asked for drafts and nobody ever published a version. `path` is the
    court with all that it lies in. Raises `UnknownProcedure`, `NotPublished`.
    """
    published = published_versions(connection, procedure)
    versions = [v for v in published if v.unit in ("", *path)]
    known = {v.hash: registry.version(v.hash, connection) for v in versions}
    in_effect = [v for v in versions if _is_in_effect(v, known[v.hash].definition, event)]
    governs = governing(in_effect, path)
    if governs is not None:
        return known[governs.hash]
    draft = registry.given(procedure) if published else registry.current(procedure)
    if draft is None or not registry.drafts or was_ever_published(connection, procedure):
        raise NotPublished(procedure=procedure, court=path[0] if path else "-")
    return draft


def _is_in_effect(version: Published, definition: Definition, event: Event) -> bool:
    return version.effective <= applied_on(definition, event.at, event.data)


def applied_on(definition: Definition, at: datetime, data: Mapping[str, Any]) -> date:
    """The day of an application: what the field says that opening names for it, else the day.

    A day to come is no day of an application.
    """
    today = at.astimezone(ZoneInfo(definition.zone)).date()
    opening = definition.powers.get("open")
    name = opening.dated_by if opening is not None else None
    given = data.get(name) if name is not None else None
    if name is None or given is None:
        return today
    try:
        said: date = parse(name, FieldType.DATE, given, None)
    except DataError:  # told when the value itself is taken in
        return today
    return min(said, today)


def governing(versions: Iterable[Published], path: tuple[str, ...]) -> Published | None:
    """Of the versions in effect the one that governs a court."""
    chain = governing_chain(versions, path)
    return chain[-1] if chain else None


def governing_chain(versions: Iterable[Published], path: tuple[str, ...]) -> list[Published]:
    """The base in force for a court, and the layers over it, the one that governs last.

    The base is the most special one; then follow, each over the one before, the layers that lie
    over that very text. A layer whose base is no longer in force governs nothing.
    """
    listed = [v for v in versions if v.unit in ("", *path)]
    chain: list[Published] = []
    base: str | None = None
    while True:
        over = [v for v in listed if v.base_hash == base and v not in chain]
        found = _most_special(over, path)
        if found is None:
            return chain
        chain.append(found)
        base = found.hash


def _most_special(versions: list[Published], path: tuple[str, ...]) -> Published | None:
    """The one for the nearest unit; of these the one in effect last, or published last."""
    places = (*path, "")
    return max(
        versions,
        key=lambda v: (-places.index(v.unit), v.effective, v.id),
        default=None,
    )
