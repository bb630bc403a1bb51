"""The police and the exit-entry administration 公安、出入境: whom and what they find, who may not
leave the country, who is taken into custody.

Paper and people stand behind it: days, or weeks. A detention is fifteen days at most and is not
asked for twice (CPL 118); an exit ban has a term and is lifted at once when the debt is paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from .gateway import Gateway, by_name
from .protocol import Operation
from .shapes import Asked, ByNumber, Done, Name, Shape

_WEEKS = timedelta(days=30)


class VehicleSearch(Asked):
    """Look for a vehicle by its plate."""

    plate: Name


class PersonSearch(Asked):
    """Look for a person by his id."""

    person: Name


class Sighting(Shape):
    """Whether it was found, where, and on which day it was seen."""

    is_found: bool
    place: str = ""
    seen_on: date | None = None


class ExitBanRequest(Asked):
    """Let a person not leave the country until a day; `decision` is the decision's number."""

    person: Name
    decision: Name
    until: date


class ExitBan(Shape):
    """The number of an exit ban (限制出境) and its last day."""

    number: Name
    until: date


class DetentionRequest(Asked):
    """Take a person into custody for so many days; `decision` is the decision's number."""

    person: Name
    decision: Name
    days: Annotated[int, Field(ge=1, le=15)]


class DetentionReceipt(Shape):
    """Since which day somebody is in custody, where, and when he is let go."""

    place: Name
    since: date
    until: date


class HouseholdMember(Shape):
    """One person of a household and how he is related."""

    person: Name
    relation: Name


class Household(Shape):
    """Where a person is registered, and with whom."""

    address: str
    members: tuple[HouseholdMember, ...] = ()


class Police(Gateway):
    """The adapter `police`."""

    name = "police"
    operations: Mapping[str, Operation] = by_name(
        Operation(
            "locate_vehicle",
            VehicleSearch,
            Sighting,
            latency=timedelta(days=3),
            silence=2 * _WEEKS,
        ),
        Operation(
            "locate_person",
            PersonSearch,
            Sighting,
            latency=timedelta(days=3),
            silence=2 * _WEEKS,
        ),
        Operation("household", PersonSearch, Household, latency=timedelta(days=1)),
        Operation(
            "ban_exit",
            ExitBanRequest,
            ExitBan,
            latency=timedelta(days=2),
            silence=timedelta(days=10),
            taken_back_by="lift_exit_ban",
        ),
        Operation(
            "lift_exit_ban",
            ByNumber,
            Done,
            ordered_by="number",
            latency=timedelta(hours=6),
            silence=timedelta(days=3),
        ),
        Operation(
            "detain",
            DetentionRequest,
            DetentionReceipt,
            repeatable=False,
            latency=timedelta(days=1),
            silence=_WEEKS,
        ),
    )
