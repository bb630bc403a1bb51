"""Which version of a procedure governs: the most special one in force for a court, on a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
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


class PublishedVersions:
    """What was published of each procedure, read once in a transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._published: dict[str, list[Published]] = {}
        self._ever: dict[str, bool] = {}

    def published(self, procedure: str) -> list[Published]:
        if procedure not in self._published:
            self._published[procedure] = published_versions(self.connection, procedure)
        return self._published[procedure]

    def was_ever_published(self, procedure: str) -> bool:
        if procedure not in self._ever:
            self._ever[procedure] = was_ever_published(self.connection, procedure)
        return self._ever[procedure]


def begins_on(
    registry: Registry,
    versions: PublishedVersions,
    procedure: str,
    path: tuple[str, ...],
    event: Event,
) -> Procedure:
    """The version that a case begins on: in force for its court on the day it was applied for.

    A draft, where the host asked for drafts and nobody ever published a version. `path` is the
    court with all that it lies in. Raises `UnknownProcedure`, `NotPublished`.
    """
    published, connection = versions.published(procedure), versions.connection

    def is_in_effect(version: Published) -> bool:
        if version.effective > _latest_day(event.at):
            return False
        definition = registry.version(version.hash, connection).definition
        return version.effective <= applied_on(definition, event.at, event.data)

    chain = governing_chain(published, path, is_in_effect)
    if chain:
        return registry.version(chain[-1].hash, connection)
    draft = registry.given(procedure) if published else registry.current(procedure)
    if draft is None or not registry.drafts or versions.was_ever_published(procedure):
        raise NotPublished(procedure=procedure, court=path[0] if path else "-")
    return draft


def _latest_day(at: datetime) -> date:
    """The day that it is, at a time, in the zone where it comes first."""
    return (at.astimezone(UTC) + timedelta(hours=14)).date()


def applied_on(definition: Definition, at: datetime, data: Mapping[str, Any]) -> date:
    """The day of an application: what the field says that opening names for it, else the day.

    A day to come is no day of an application.
    """
    today = at.astimezone(ZoneInfo(definition.zone)).date()
    opening = definition.powers.get("open")
    if opening is None or opening.dated_by is None:
        return today
    given = data.get(opening.dated_by)
    if given is None:
        return today
    try:
        said: date = parse(opening.dated_by, FieldType.DATE, given, None)
    except DataError:  # told when the value itself is taken in
        return today
    return min(said, today)


IsInEffect = Callable[[Published], bool]


def on_day(day: date) -> IsInEffect:
    """Whether a version is in effect on a day."""
    return lambda version: version.effective <= day


def governing_chain(
    versions: Iterable[Published], path: tuple[str, ...], is_in_effect: IsInEffect
) -> list[Published]:
    """The base in force for a court, and the layers over it, the one that governs last.

    The base is the most special one in effect; then follow, each over the one before, the layers
    that lie over that very text. A layer whose base is no longer in force governs nothing. Of the
    versions that others have replaced nothing is asked, not even their text.
    """
    listed = [v for v in versions if v.unit in ("", *path)]
    chain: list[Published] = []
    base: str | None = None
    while True:
        over = [v for v in listed if v.base_hash == base and v not in chain]
        found = next(filter(is_in_effect, _most_special_first(over, path)), None)
        if found is None:
            return chain
        chain.append(found)
        base = found.hash


def _most_special_first(versions: list[Published], path: tuple[str, ...]) -> list[Published]:
    """Those for the nearest unit first; of these the one in effect last, or published last."""
    places = (*path, "")

    def rank(v: Published) -> tuple[int, date, int]:
        return -places.index(v.unit), v.effective, v.id

    return sorted(versions, key=rank, reverse=True)
