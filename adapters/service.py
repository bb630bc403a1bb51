"""Service of papers: electronic 电子送达, by SMS 12368, by post 邮政专递.

A receipt says whether it was delivered, and when: electronic service counts from the moment at
which it reached the recipient's system (CPL 90), post from the day of the receipt.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from .gateway import Gateway, by_name
from .protocol import Operation
from .shapes import Asked, Name, Shape

_Papers = Annotated[tuple[Name, ...], Field(min_length=1, max_length=100)]


class ElectronicService(Asked):
    """Serve papers on a person at an electronic address that he agreed to."""

    person: Name
    address: Name
    papers: _Papers


class Message(Asked):
    """Send a short message to a telephone, in the name of 12368."""

    person: Name
    telephone: Annotated[str, Field(pattern=r"^\+?[0-9]{5,15}$")]
    text: Annotated[str, Field(min_length=1, max_length=1000)]


class PostalService(Asked):
    """Send papers to a person at an address, by the court's express post."""

    person: Name
    address: Name
    papers: _Papers


class ServiceReceipt(Shape):
    """What became of it: delivered or returned, at which moment, why and who signed."""

    number: Name
    outcome: Literal["delivered", "returned"]
    at: AwareDatetime
    reason: str = ""
    signed_by: str = ""


class ElectronicPost(Gateway):
    """The adapter `electronic_service`: minutes."""

    name = "electronic_service"
    operations: Mapping[str, Operation] = by_name(
        Operation(
            "send",
            ElectronicService,
            ServiceReceipt,
            latency=timedelta(minutes=1),
            silence=timedelta(days=1),
        )
    )


class ShortMessages(Gateway):
    """The adapter `sms`: seconds; no more than the telephone company takes."""

    name = "sms"
    operations: Mapping[str, Operation] = by_name(
        Operation(
            "send",
            Message,
            ServiceReceipt,
            latency=timedelta(seconds=10),
            silence=timedelta(days=1),
            per_minute=600,
        )
    )


class Post(Gateway):
    """The adapter `post`: three to ten days."""

    name = "post"
    operations: Mapping[str, Operation] = by_name(
        Operation(
            "send",
            PostalService,
            ServiceReceipt,
            latency=timedelta(days=3),
            silence=timedelta(days=15),
        )
    )
