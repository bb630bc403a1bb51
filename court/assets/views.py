"""Assets as rows: the measures on each, in their order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ...engine.model.books import HoldStanding
from ...engine.queries.views import View
from ...workflow.model.books import AssetMark


class QueuedMeasure(View):
    """A measure on an asset: `case_id` is the measure's own, `of_case` the case it belongs to.

    `rank` is its place in the queue, from 1; None for what is only proposed, or over. `amount` is
    in yuan, `until` the last day of its term.
    """

    court: str
    case_id: str
    of_case: str
    number: str
    officer: str
    asset: str
    kind: str
    debtor: str
    standing: HoldStanding
    rank: int | None
    amount: Decimal | None
    registered_on: date | None
    effective_on: date | None
    until: date | None


class AssetQueue(View):
    """An asset, known by its number, with the measures that stand on it in order: the one
    in effect, those that wait, those proposed; what is over only where it is asked for.

    `marks` is what any case says of it: the only home, exempt, owned with others.
    """

    asset: str
    measures: tuple[QueuedMeasure, ...]
    marks: tuple[AssetMark, ...] = ()

    @property
    def effective(self) -> QueuedMeasure | None:
        """The measure that is in effect."""
        found = (m for m in self.measures if m.standing is HoldStanding.EFFECTIVE)
        return next(found, None)

    @property
    def waiting(self) -> tuple[QueuedMeasure, ...]:
        """Those that wait, in their order."""
        return tuple(m for m in self.measures if m.standing is HoldStanding.WAITING)


class DebtorHoldings(View):
    """What measures hold of a debtor over all cases, in yuan.

    `held` is what measures that are proposed or in effect hold, `claimed` what is still to be
    enforced in the cases they belong to, without interest and fee; `is_excess` says that the one is
    more than the other. Measures that wait hold nothing yet.
    """

    debtor: str
    measures: tuple[QueuedMeasure, ...]
    held: Decimal
    claimed: Decimal
    is_excess: bool
