"""Papers and messages on their way: delivered, or returned with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

from ...service import (
    ElectronicPost,
    ElectronicService,
    Message,
    Post,
    PostalService,
    ServiceReceipt,
    ShortMessages,
)
from ..world import World, number_of

_Outcome = Literal["delivered", "returned"]


@dataclass
class Sending:
    """Something that was sent to a person."""

    number: str
    person: str
    outcome: _Outcome | Literal["on the way"] = "on the way"
    reason: str = ""


class ServiceWorld(World):
    """What was sent, by number; who cannot be reached (`unreachable`), and why.

    Of the others chance returns a share.
    """

    takes: ClassVar[tuple[timedelta, timedelta]]
    """How long it takes at least and at most."""
    share_returned: ClassVar[float] = 0.0
    signs: ClassVar[bool] = False

    def __init__(self, seed: int, now: datetime, *given: Any) -> None:
        super().__init__(seed, now, *given)
        self.sendings: dict[str, Sending] = {}
        self.unreachable: dict[str, str] = {}

    def on_unreachable(self, person: str, reason: str) -> None:
        self.unreachable[person] = reason

    def on_reachable(self, person: str) -> None:
        self.unreachable.pop(person, None)

    def do_send(self, key: str, asked: ElectronicService | Message | PostalService) -> None:
        number = number_of("SD", key)
        self.sendings[number] = Sending(number, asked.person)
        least, most = self.takes
        after = least + (most - least) * self.chance("time", key).random()
        self.plan(after, "arrive", key=key, number=number)

    def then_arrive(self, key: str, number: str) -> None:
        sending = self.sendings[number]
        by_chance = self.chance("returned", key).random() < self.share_returned
        sending.reason = self.unreachable.get(sending.person, "nobody there" if by_chance else "")
        outcome: _Outcome = "returned" if sending.reason else "delivered"
        sending.outcome = outcome
        self.note(key, outcome, sending.person, number=number)
        signed_by = sending.person if self.signs and outcome == "delivered" else ""
        told = ServiceReceipt(
            number=number,
            outcome=outcome,
            at=self.now,
            reason=sending.reason,
            signed_by=signed_by,
        )
        self.say(key, told)


class ElectronicWorld(ServiceWorld):
    adapter = ElectronicPost
    takes = timedelta(seconds=5), timedelta(minutes=10)


class SmsWorld(ServiceWorld):
    adapter = ShortMessages
    takes = timedelta(seconds=1), timedelta(minutes=1)


class PostWorld(ServiceWorld):
    adapter = Post
    takes = timedelta(days=3), timedelta(days=10)
    share_returned = 0.2
    signs = True
