"""What a decision enters in the books of the court: by what its case's data say after it, and what
they said before.

So every balance is a function of the facts: a fact that is corrected takes its entry back and makes
another, and nothing is ever changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from ...workflow.model.books import WAYS, Holding, MoneyAccount, Standing
from ...workflow.model.definition import Definition
from ...workflow.model.movements import Moved, balances, movements
from ..model.books import QUEUED, Booked, Found, Funds, Hold, HoldStanding, Posting
from ..model.case import CaseState
from ..model.effects import Decision
from .finding import asset_key, found_by
from .procedure import Procedure

_NOTHING = Decimal(0)
_LONGEST = 200


class _Known(NamedTuple):
    """A case as it says what stands in the books: its definition, and the case; None where nothing
    was entered yet."""

    definition: Definition
    case: CaseState | None

    @property
    def data(self) -> Any:
        return self.case.data if self.case is not None else {}

    def moved(self, name: str) -> dict[str, Moved]:
        """The movements of an account, by their places."""
        account = self.definition.accounts.get(name)
        return dict(movements(account, self.data)) if account is not None else {}

    def funds(self, name: str) -> Funds:
        """What an account comes to."""
        found = balances(self.moved(name).values())
        held, deposited = (found.get(of, _NOTHING) for of in _KEPT)
        account = self.definition.accounts.get(name)
        claim = self.data.get(account.claim) if account is not None else None
        return Funds(name, held, deposited, claim, self.definition.zone)

    @property
    def found(self) -> dict[tuple[str, str], Found]:
        """By what it is found; what went to another court is found there."""
        has_gone = self.case is not None and self.case.went is not None
        return {} if has_gone else found_by(self.definition, self.data)

    @property
    def hold(self) -> Hold | None:
        """What the measure holds."""
        spec = self.definition.holds
        return hold_of(spec, self.case) if spec is not None and self.case is not None else None


_KEPT = (MoneyAccount.HELD, MoneyAccount.DEPOSITED)


def enter_in_books(
    procedure: Procedure,
    before: CaseState | None,
    decision: Decision,
    was: Procedure | None = None,
) -> Decision:
    """The decision, with what it enters in the books.

    `before` is its case before it, if there was one, by the version on which it stood then (`was`;
    by default the same). Of a case that is older than its books everything is entered with its next
    decision.
    """
    before = before if before is not None and before.is_booked else None
    of_before, after = (was or procedure).definition, decision.case
    is_moved = of_before is not procedure.definition or decision.effects.rehomed
    is_same = before is not None and (before.state, before.data) == (after.state, after.data)
    has_books = procedure.has_books or (was or procedure).has_books
    if has_books and (is_moved or not is_same):
        known, now = _Known(of_before, before), _Known(procedure.definition, after)
        decision.effects.booked = _booked(procedure, known, now, decision)
        after.is_booked = True
    return decision


def _booked(procedure: Procedure, known: _Known, now: _Known, decision: Decision) -> Booked:
    """What is otherwise than before."""
    booked = Booked()
    day = procedure.calendar.local_day(decision.entry.happened_at)
    for name in dict.fromkeys((*known.definition.accounts, *now.definition.accounts)):
        _enter_money(booked, name, (known, now), day)
    if now.hold != known.hold or decision.effects.rehomed:
        _enter_hold(booked, known.hold, now.hold)
    was, is_now = known.found, now.found
    booked.found = tuple(one for key, one in is_now.items() if was.get(key) != one)
    booked.lost = tuple(one for key, one in was.items() if key not in is_now)
    return booked


# -- money


def _enter_money(booked: Booked, name: str, both: tuple[_Known, _Known], day: date) -> None:
    """What moved in an account since the case was as it was before."""
    before, after = (one.moved(name) for one in both)
    accounts = filter(None, (one.definition.accounts.get(name) for one in both))
    sums = {field for account in accounts for field in (*account.received, *account.paid_out)}
    for place in dict.fromkeys((*before, *after)):
        old, new = before.get(place), after.get(place)
        if old != new:
            postings = _sum_changed if place in sums else _changed
            booked.postings += tuple(postings(name, place, old, new, day))
    was, funds = (one.funds(name) for one in both)
    if funds != was:
        booked.funds += (funds,)


def _changed(
    name: str, place: str, old: Moved | None, new: Moved | None, day: date
) -> Iterator[Posting]:
    """A movement that is otherwise: what was entered is taken back, what is so now entered."""
    if old is not None:
        yield _posting(name, place, old, day, is_reversal=True)
    if new is not None:
        yield _posting(name, place, new, day)


def _sum_changed(
    name: str, place: str, old: Moved | None, new: Moved | None, day: date
) -> Iterator[Posting]:
    """A sum of all so far that is otherwise: what it grew by moved on this day."""
    known = new or old
    if known is not None:
        was, is_now = (one.amount if one is not None else _NOTHING for one in (old, new))
        moved = known._replace(amount=abs(is_now - was))
        yield _posting(name, place, moved, day, is_reversal=is_now < was)


def _posting(
    name: str, place: str, moved: Moved, day: date, *, is_reversal: bool = False
) -> Posting:
    """The entry of a movement, or of its taking back."""
    source, target = WAYS[moved.movement]
    if is_reversal:
        source, target = target, source
    return Posting(
        name,
        place,
        moved.movement,
        source,
        target,
        moved.amount,
        moved.on or day,
        moved.party,
        moved.reference,
        is_reversal,
    )


# -- measures


def _enter_hold(booked: Booked, was: Hold | None, hold: Hold | None) -> None:
    """What the measure holds from now on, and that it holds no longer what others wait for."""
    booked.hold = hold
    is_queued = [one is not None and one.standing in QUEUED for one in (was, hold)]
    if was is not None and is_queued == [True, False]:
        booked.freed = was.standing


def hold_of(spec: Holding, case: CaseState) -> Hold:
    """What a measure holds, as it stands."""
    data: Any = case.data  # asked for a field that nobody named it knows nothing
    days = (data.get(day) for day in (spec.registered_on, spec.effective_on, spec.until))
    return Hold(
        asset_key(_text(data, spec.asset)),
        _text(data, spec.kind),
        _text(data, spec.debtor),
        _standing(spec, case),
        data.get(spec.amount),
        *days,
    )


def _text(data: Any, field: str | None) -> str:
    """What a field says as text, as long as the books take it; nothing where it is not known."""
    return str(data.get(field) or "")[:_LONGEST]


def _standing(spec: Holding, case: CaseState) -> HoldStanding:
    """Where a measure stands among those that hold the asset; in another court it is another."""
    places = _PLACES if case.went is None else ()
    named = (place for place in places if case.state in getattr(spec.standing, place))
    return HoldStanding(next(named, HoldStanding.ENDED))


_PLACES = tuple(Standing.model_fields)


def of_case(case: CaseState) -> str:
    """The case that something of a proceeding belongs to: its parent, or itself."""
    return case.parent_id or case.id


def place_in(queue: Sequence[tuple[str, str]], case_id: str) -> dict[str, int]:
    """How many of a queue come before a measure, and how many others are in effect; before one
    that is not in it come all."""
    ids = [id for id, _ in queue]
    before = ids.index(case_id) if case_id in ids else len(ids)
    effective = sum(standing == "effective" for id, standing in queue if id != case_id)
    return {"before": before, "effective": effective}


def keys_of(case: CaseState, hold: Hold) -> set[str]:
    """By what a measure and those beside it are locked: its asset, its case, its debtor."""
    named = {
        "case": f"{case.court}/{of_case(case)}",
        "asset": hold.asset,
        "debtor": hold.debtor,
    }
    return {f"{kind}:{key}" for kind, key in named.items() if key}
