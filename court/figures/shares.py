"""What lies at a share of values, and how days are spread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Self, TypeVar

from ...engine.queries.views import View

T = TypeVar("T")


def at_share(ordered: Sequence[T], share: float) -> T:
    """The least value that so large a share does not exceed (nearest rank): 0.5 is the median.

    `ordered` is sorted and not empty.
    """
    rank = -int(-share * len(ordered) // 1)
    return ordered[max(rank, 1) - 1]


def share_of(part: int, whole: int) -> float | None:
    """How large a share is; None where there is nothing of which it could be one."""
    return part / whole if whole else None


class Spread(View):
    """How whole days are spread: how many times (`count`), on average, the longest, and the days
    that a half, three quarters, nine and nineteen in ten or twenty do not exceed (nearest rank).

    Where there are none, all but `count` are None.
    """

    count: int
    mean: float | None = None
    median: int | None = None
    p75: int | None = None
    p90: int | None = None
    p95: int | None = None
    longest: int | None = None

    @classmethod
    def of(cls, days: Mapping[int, int]) -> Self:
        """From how often there were so many days."""
        count = sum(days.values())
        if not count:
            return cls(count=0)
        ordered = sorted(days)
        return cls(
            count=count,
            mean=round(sum(day * times for day, times in days.items()) / count, 2),
            longest=ordered[-1],
            **{name: _at_rank(ordered, days, count, share) for name, share in _PERCENT.items()},
        )


_PERCENT = {"median": 50, "p75": 75, "p90": 90, "p95": 95}


def _at_rank(ordered: Sequence[int], days: Mapping[int, int], count: int, percent: int) -> int:
    """The least days that so many in a hundred do not exceed."""
    rank = -(-count * percent // 100)
    for day in ordered:
        rank -= days[day]
        if rank <= 0:
            return day
    raise AssertionError(rank)


Days = Counter[int]
"""How often there were so many days: what spreads are counted in, however many cases there are."""
