"""What lies at a share of sorted values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def at_share(ordered: Sequence[T], share: float) -> T:
    """The least value that so large a share does not exceed (nearest rank): 0.5 is the median.

    `ordered` is sorted and not empty.
    """
    rank = -int(-share * len(ordered) // 1)
    return ordered[max(rank, 1) - 1]
