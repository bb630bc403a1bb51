"""What becomes of cases that come in, or would."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from ...engine.queries.views import View

Outcome = Literal["taken-over", "here", "foreseen"]


class TakeoverLimit(View):
    """A time limit as it stands once the case is here: `part` is the sub-procedure (empty: the case
    itself). `next_at` is when the clock comes to it next; `is_warning` says that it is within its
    time of warning, of which nobody is told."""

    part: str
    rule: str
    key: str
    title_zh: str
    title_en: str
    status: str
    due_day: date | None
    next_at: datetime | None
    is_warning: bool


class TakeoverMoment(View):
    """What comes at once: the clock finds a limit over (`what`: `expired`, `opened`, `escalated`),
    or an act follows (`event`); `happened_at` is its own time, as far back as that lies: a day is
    over when the next begins."""

    part: str
    what: str
    name: str
    title_zh: str
    title_en: str
    happened_at: datetime
    due_day: date | None = None


class TakeoverGap(View):
    """A time limit that the definition starts where the case stands or came through, and of which
    nothing was said."""

    part: str
    rule: str
    title_zh: str
    title_en: str


class Takeover(View):
    """A case that was taken over, would be (`foreseen`), or is `here` by these very facts already.

    `state` is where it stands after what comes `at_once`.
    """

    outcome: Outcome
    number: str
    court: str
    case_id: str
    state: str = ""
    state_zh: str = ""
    state_en: str = ""
    limits: tuple[TakeoverLimit, ...] = ()
    at_once: tuple[TakeoverMoment, ...] = ()
    unmentioned: tuple[TakeoverGap, ...] = ()


class TakeoverLine(View):
    """One case of a batch: its place, and what became of it or the `error` (code, words in two
    languages, its faults)."""

    item: int
    line: int | None
    number: str
    done: Takeover | None = None
    error: dict[str, Any] | None = None

    @property
    def outcome(self) -> str:
        """What became of it in a word; one that failed is `failed`."""
        return self.done.outcome if self.done is not None else "failed"
