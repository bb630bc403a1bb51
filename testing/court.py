"""A court in memory: an engine on SQLite without a file, on a clock moved by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from ..adapters.protocol import Adapter
from ..adapters.registry import AdapterRegistry
from ..engine.clock import VirtualClock
from ..engine.engine import Engine
from ..engine.model.happened import Happened
from ..engine.outside.dispatcher import Dispatcher
from ..engine.work.discovery import Sources
from ..workflow.periods.calendars import Calendar

_IDENTITY_KEY = b"of a court in tests"
_START = "2025-03-03 09:00"


class Court(Engine):
    """An engine for tests, with every verb of `Engine`.

    Nothing happens by itself: `advance` and `move_to` move the clock, let every moment of a time
    limit come that lies on the way, and hand requests to the adapters. `happened` lists what was
    committed. Moments without an offset are those of `zone`.

        with Court("definitions/loan.yaml", at="2025-03-03 09:00") as court:
            case = court.open_case("loan", actor=clerk, data={"amount": "100"})
            court.advance(days=8)
            assert [d.rule for d in court.overdue()] == ["answer"]
    """

    clock: VirtualClock

    def __init__(
        self,
        definitions: Sources = (),
        *,
        at: str | datetime = _START,
        zone: str = "Asia/Shanghai",
        adapters: Iterable[Adapter] = (),
        calendars: Mapping[str, Calendar] | None = None,
    ) -> None:
        self.zone = ZoneInfo(zone)
        super().__init__(
            "sqlite://",
            definitions,
            clock=VirtualClock(self._moment(at)),
            adapters=adapters,
            calendars=calendars,
            synchronous="NORMAL",  # nothing is kept
            drafts=True,
            identity_key=_IDENTITY_KEY,
        )
        self.happened: list[Happened] = []
        self.on_event(self.happened.append)
        self._dispatcher = Dispatcher(self, AdapterRegistry(self.adapters))

    def advance(self, **by: float) -> int:
        """Move the clock on by a `timedelta`'s arguments; gives how many cases were touched."""
        self.clock.advance(**by)
        return self._catch_up()

    def move_to(self, moment: str | datetime) -> int:
        """Move the clock to a moment; gives how many cases were touched."""
        self.clock.set(self._moment(moment))
        return self._catch_up()

    def deliver(self) -> int:
        """Hand what is due to be sent or polled to the adapters; gives how many requests.

        Without adapters requests lie and wait.
        """
        return self._dispatcher.run_due() if self.adapters else 0

    def _catch_up(self) -> int:
        touched = self.run_due()
        self.deliver()
        return touched

    def _moment(self, moment: str | datetime) -> datetime:
        parsed = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        return parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=self.zone)
