"""How badly a simulated far side behaves, drawn by seed and request: whichever thread asks, and
however often it is run, the same request meets the same faults."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]
"""A share of all requests."""
Seconds = Annotated[float, Field(ge=0)]


class Outage(BaseModel):
    """A time in which nobody answers (503), on the simulator's own clock.

    Without `since` it began long ago; without `until` it has no end.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: AwareDatetime | None = None
    until: AwareDatetime | None = None

    def covers(self, now: datetime) -> bool:
        has_begun = self.since is None or self.since <= now
        return has_begun and (self.until is None or now < self.until)


class FaultProfile(BaseModel):
    """Shares, of all requests, of each kind of fault; without any the far side is at its best.

    Taking a request: `unavailable` is refused at first (503), `taken_but_slow` is taken, and the
    reply comes only after `slow_seconds`; `reset` is taken, and the connection cut.

    What is answered: `partial` brings a part first, `twice` the last answer two times, `reordered`
    the last one before the first, `never` nothing at all; `wrong_data` brings first an answer
    without the promised data, `contradictory` a second last answer that says otherwise, `forged`
    one that belongs to another request, or is not signed by the far side.

    The first two times that answers are asked for: `wrong_shape` is no JSON of theirs, `huge` more
    than anybody wants to read, `endless` has no end, `drip` comes byte by byte; `cut` ends in the
    midst.

    An answer comes up to `late_seconds` late (`late="uniform"`), or so late on average
    (`"exponential"`). In `outages` nothing is taken or answered.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    unavailable: Share = 0.0
    taken_but_slow: Share = 0.0
    reset: Share = 0.0
    partial: Share = 0.0
    twice: Share = 0.0
    reordered: Share = 0.0
    never: Share = 0.0
    wrong_data: Share = 0.0
    contradictory: Share = 0.0
    forged: Share = 0.0
    wrong_shape: Share = 0.0
    huge: Share = 0.0
    endless: Share = 0.0
    drip: Share = 0.0
    cut: Share = 0.0
    late_seconds: Seconds = 0.0
    late: Literal["uniform", "exponential"] = "uniform"
    slow_seconds: Seconds = 0.5
    outages: tuple[Outage, ...] = ()

    def is_out(self, now: datetime) -> bool:
        """Whether nobody answers at this moment."""
        return any(outage.covers(now) for outage in self.outages)


NO_FAULTS = FaultProfile()
ROUGH = FaultProfile(
    unavailable=0.2, taken_but_slow=0.1, partial=0.3, twice=0.2, never=0.05, late_seconds=0.2
)
WORST = FaultProfile(
    unavailable=0.2,
    taken_but_slow=0.1,
    reset=0.1,
    partial=0.3,
    twice=0.2,
    reordered=0.2,
    never=0.05,
    wrong_data=0.1,
    contradictory=0.1,
    forged=0.1,
    wrong_shape=0.1,
    huge=0.05,
    endless=0.05,
    drip=0.05,
    cut=0.1,
    late_seconds=0.5,
    late="exponential",
)
PROFILES = {"none": NO_FAULTS, "rough": ROUGH, "worst": WORST}
"""Profiles by name, as the command takes them."""


@dataclass(frozen=True, slots=True)
class Luck:
    """What chance makes of one request."""

    seed: int
    key: str

    def of(self, what: str) -> random.Random:
        """The chance of one thing, independent of all others."""
        return random.Random(f"{self.seed}:{self.key}:{what}")

    def has(self, what: str, share: float) -> bool:
        return share > 0 and self.of(what).random() < share

    def late(self, profile: FaultProfile) -> float:
        """How many seconds late the answers are."""
        if profile.late_seconds == 0:
            return 0.0
        drawn = self.of("late")
        if profile.late == "uniform":
            return drawn.random() * profile.late_seconds
        return drawn.expovariate(1 / profile.late_seconds)
