"""Assets as verbs, for those whom the charter lets look up what lies in other cases too."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, and_, func, select

from ...engine.decision.finding import asset_key, marked_by
from ...engine.engine import Engine
from ...engine.model.books import COUNTED, QUEUED, HoldStanding
from ...engine.model.event import Actor
from ...engine.storage.case_rows import is_of_case
from ...engine.storage.queues import IN_ORDER, said_of_asset
from ...engine.storage.schema import cases, funds, holds, postings
from ...engine.verbs.guarded import acting
from ...workflow.guards.variables import amount_of
from ...workflow.model.books import AssetMark, MoneyAccount
from .views import AssetQueue, DebtorHoldings, QueuedMeasure

_NOTHING = Decimal(0)
_SATISFIED = (MoneyAccount.CREDITORS.value, MoneyAccount.PERFORMED.value)
"""The accounts to which what satisfies a creditor comes."""
_ORDER = {
    HoldStanding.EFFECTIVE: 0,
    HoldStanding.WAITING: 1,
    HoldStanding.PROPOSED: 2,
    HoldStanding.SOLD: 3,
    HoldStanding.ENDED: 4,
}
_SHOWN = (
    *(holds.c[name] for name in ("court", "case_id", "of_case", "asset", "kind", "debtor")),
    *(holds.c[name] for name in ("standing", "cents", "registered_on", "effective_on", "until")),
    cases.c.number,
    cases.c.officer,
)


class CourtAssets:
    """The assets that measures of all courts of the database hold.

    `CourtAssets(engine).queue("京A-12345", actor=he)`. For those whom the charter lets
    `look_up`; `within` is the host's own session or connection. All raise `NotAllowed`, `BadActor`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def queue(
        self,
        number: str,
        *,
        actor: Actor,
        ended: bool = False,
        within: Any = None,
    ) -> AssetQueue:
        """The queue of an asset: by its number, however it is written.

        With `ended` also the measures that are over.
        """
        with acting(self._engine, "asset_queue", actor, within) as at_work:
            at_work.check("look_up")
            key = asset_key(number)
            connection = at_work.transaction.connection
            found = measures_where(connection, holds.c.asset == key)
            said = marked_by(said_of_asset(connection, key))
        standing = [m for m in found if ended or m.standing in QUEUED | COUNTED]
        marks = tuple(mark for mark in AssetMark if said[mark])
        return AssetQueue(asset=key, measures=tuple(standing), marks=marks)

    def of_debtor(
        self, debtor: str, *, actor: Actor, ended: bool = False, within: Any = None
    ) -> DebtorHoldings:
        """What measures hold of a debtor (as the measures name him) over all cases and courts."""
        with acting(self._engine, "debtor_holdings", actor, within) as at_work:
            at_work.check("look_up")
            connection = at_work.transaction.connection
            found = measures_where(connection, and_(holds.c.debtor == debtor, holds.c.debtor != ""))
            counted = [m for m in found if m.standing in COUNTED]
            claimed = sum(
                still_claimed(connection, {m.of_case for m in counted}).values(), _NOTHING
            )
        held = sum((m.amount or _NOTHING for m in counted), _NOTHING)
        return DebtorHoldings(
            debtor=debtor,
            measures=tuple(m for m in found if ended or m.standing in QUEUED | COUNTED),
            held=held,
            claimed=claimed,
            is_excess=held > claimed,
        )


def measures_where(connection: Connection, where: Any) -> list[QueuedMeasure]:
    """Measures in their order: in effect, waiting as they were registered, proposed, over."""
    query = select(*_SHOWN).select_from(holds.join(cases, is_of_case(holds))).where(where)
    query = query.order_by(*IN_ORDER)
    rows = connection.execute(query).mappings().all()
    ordered = sorted(rows, key=lambda row: _ORDER[HoldStanding(row["standing"])])
    return list(_ranked(ordered))


def _ranked(rows: Sequence[Mapping[Any, Any]]) -> Iterator[QueuedMeasure]:
    """Each with its place in the queue of its asset."""
    ranks: dict[str, int] = {}
    for row in rows:
        standing, asset = HoldStanding(row["standing"]), row["asset"]
        if standing in QUEUED:
            ranks[asset] = ranks.get(asset, 0) + 1
        known = {name: row[name] for name in QueuedMeasure.model_fields if name in row}
        cents = row["cents"]
        yield QueuedMeasure(
            **known,
            rank=ranks[asset] if standing in QUEUED else None,
            amount=amount_of(int(cents)) if cents is not None else None,
        )


def still_claimed(connection: Connection, ids: Collection[str]) -> dict[str, Decimal]:
    """What is still to be enforced in each of some cases that keep an account: their claims less
    what creditors got, in money, in kind, or gave up; never less than nothing."""
    of_these = funds.c.case_id.in_(sorted(ids)), funds.c.claim.is_not(None)
    claims = select(funds.c.case_id, func.sum(funds.c.claim)).where(*of_these)
    left = {id: int(claim) for id, claim in connection.execute(claims.group_by(funds.c.case_id))}
    for side, sign in ((postings.c.target, -1), (postings.c.source, 1)):
        got = select(postings.c.case_id, func.sum(postings.c.cents)).where(side.in_(_SATISFIED))
        of_case = got.where(postings.c.case_id.in_(sorted(left))).group_by(postings.c.case_id)
        for id, moved in connection.execute(of_case):
            left[id] += sign * int(moved)
    return {id: amount_of(max(cents, 0)) for id, cents in left.items()}
