"""What came of a simulation, as it is reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from pydantic import BaseModel, ConfigDict

from ...engine.model.case import CaseState
from .agenda import DAY
from .people import People
from .world import World

_BIN_DAYS = 30
_OPEN = "open"


class RoleFigures(BaseModel):
    """The queue of one role: acts done, mean and longest wait in days, and the share of time its
    people were busy."""

    model_config = ConfigDict(frozen=True)

    staff: int
    acts: int
    mean_wait_days: float
    longest_wait_days: float
    busy: float

    @classmethod
    def of(cls, people: People, days: int) -> RoleFigures:
        """The figures of the people of a role over so many days."""
        return cls(
            staff=people.staff,
            acts=people.acts,
            mean_wait_days=round(people.waited / DAY / max(people.acts, 1), 3),
            longest_wait_days=round(people.longest / DAY, 3),
            busy=round(people.worked / (people.staff * days * DAY), 4),
        )


class SimulationReport(BaseModel):
    """What came of a simulation. Times are in days from opening to closing."""

    model_config = ConfigDict(frozen=True)

    procedure: str
    seed: int
    cases: int
    days: int
    closed: int
    modes: dict[str, int]
    median_days: float | None
    p90_days: float | None
    histogram: dict[str, int]
    expired: dict[str, int]
    met_late: dict[str, int]
    roles: dict[str, RoleFigures]
    bottleneck: str | None
    refusals: dict[str, int]
    events: int

    @classmethod
    def of(
        cls, world: World, *, procedure: str, seed: int, cases: int, days: int
    ) -> SimulationReport:
        """The report of a world at its end, about the cases of one procedure."""
        own = [case for case in world.repository.cases.values() if case.procedure == procedure]
        lengths = sorted(_lengths(own))
        roles = {
            role: RoleFigures.of(people, days) for role, people in sorted(world.staff.roles.items())
        }
        counts = world.counts
        return cls(
            procedure=procedure,
            seed=seed,
            cases=cases,
            days=days,
            closed=len(lengths),
            modes=_by_name(Counter(map(_mode, own))),
            median_days=_quantile(lengths, 0.5),
            p90_days=_quantile(lengths, 0.9),
            histogram=_by_name(Counter(map(_bin, lengths))),
            expired=_by_name(counts.expired),
            met_late=_by_name(counts.met_late),
            roles=roles,
            bottleneck=_bottleneck(roles),
            refusals=_by_name(counts.refusals),
            events=counts.events,
        )


def _lengths(cases: Iterable[CaseState]) -> Iterator[float]:
    """The days from opening to closing of the cases that are closed."""
    for case in cases:
        if case.closed_at is not None:
            yield (case.closed_at - case.opened_at).total_seconds() / DAY


def _mode(case: CaseState) -> str:
    return case.closing_mode or _OPEN


def _quantile(ordered: Sequence[float], share: float) -> float | None:
    """The value below which this share of the values lies; none of no values."""
    return round(ordered[int(len(ordered) * share)], 2) if ordered else None


def _bin(days: float) -> str:
    first = int(days // _BIN_DAYS) * _BIN_DAYS
    return f"{first:03}-{first + _BIN_DAYS - 1:03}"


def _bottleneck(roles: dict[str, RoleFigures]) -> str | None:
    """The role before which cases wait longest."""
    waits = [role for role in roles if roles[role].mean_wait_days > 0]
    return max(waits, key=lambda role: roles[role].mean_wait_days, default=None)


def _by_name(counted: Counter[str]) -> dict[str, int]:
    return dict(sorted(counted.items()))
