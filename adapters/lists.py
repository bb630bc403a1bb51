"""The published lists: dishonest debtors 失信被执行人 and restriction of consumption 限制消费.

What is sent in before midnight is published with the next day's batch. An entry that must go is
deleted within three working days (法释〔2017〕7号); the platform's own list is there to be held
against ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

from .gateway import Gateway, by_name
from .protocol import Operation
from .shapes import Asked, ByNumber, Name, Shape

ListName = Literal["dishonest", "consumption"]
"""Which list: 失信 or 限制消费."""


class Listing(Asked):
    """Publish a person on a list.

    `ground` is the article's own word for why; on the list of the dishonest until `until`, if the
    ground has a term.
    """

    list: ListName
    person: Name
    name: Name
    case_number: Name
    ground: Name
    until: date | None = None


class Published(Shape):
    """The platform's number of an entry and the day on which it was published."""

    number: Name
    published_on: date


class Correction(ByNumber):
    """Correct what an entry says; what is not given stays."""

    name: Name | None = None
    ground: Name | None = None
    until: date | None = None


class Deletion(ByNumber):
    """Delete an entry; `ground` is why."""

    ground: Name


class Deleted(Shape):
    """The day from which an entry is seen no more."""

    number: Name
    deleted_on: date


class Lists(Gateway):
    """The adapter `lists`: a daily batch, so answers come on the next day."""

    name = "lists"
    operations: Mapping[str, Operation] = by_name(
        Operation(
            "publish",
            Listing,
            Published,
            latency=timedelta(hours=12),
            silence=timedelta(days=3),
            taken_back_by="delete",
        ),
        Operation(
            "correct",
            Correction,
            Published,
            ordered_by="number",
            latency=timedelta(hours=12),
            silence=timedelta(days=3),
        ),
        Operation(
            "delete",
            Deletion,
            Deleted,
            ordered_by="number",
            latency=timedelta(hours=12),
            silence=timedelta(days=2),
        ),
    )
