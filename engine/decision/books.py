"""What a decision enters in the books of the court: by what its case's data say after it, and what
they said before.

So every balance is a function of the facts: a fact that is corrected takes its entry back and makes
another, and nothing is ever changed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from ...workflow.model.books import WAYS, Holding, MoneyAccount, Standing
from ...workflow.model.movements import Moved, balances, movements
from ...workflow.model.parts import Account
from ..model.books import QUEUED, Booked, Funds, Hold, HoldStanding, Posting
from ..model.case import CaseState
from ..model.effects import Decision
from .finding import found_by
from .procedure import Procedure

_NOTHING = Decimal(0)
_LONGEST = 200


def enter_in_books(procedure: Procedure, before: CaseState | None, decision: Decision) -> Decision:
    """The decision, with what it enters in the books; `before` is its case before it, if there
    was one.

    Of a case that is older than its books everything is entered with its next decision.
    """
    before = before if before is not None and before.is_booked else None
    if procedure.has_books and not _is_untouched(before, decision):
        known = before.data if before is not None else {}
        day = procedure.calendar.local_day(decision.entry.happened_at)
        booked = Booked()
        for name, account in procedure.definition.accounts.items():
            _enter_money(booked, name, account, (known, decision.case.data), day)
            funds = [_funds(procedure, name, account, of) for of in (known, decision.case.data)]
            booked.funds += tuple(funds[1:] if funds[0] != funds[1] else ())
        _enter_hold(booked, procedure.definition.holds, before, decision)
        _enter_found(booked, procedure, known, decision.case.data)
        decision.effects.booked, decision.case.is_booked = booked, True
    return decision


def _is_untouched(before: CaseState | None, decision: Decision) -> bool:
    """Whether nothing that stands in books is otherwise: a warning was sent, say."""
    after, is_rehomed = decision.case, decision.effects.rehomed
    is_same = before is not None and (before.state, before.data) == (after.state, after.data)
    return is_same and not is_rehomed


# -- money


def _enter_money(
    booked: Booked, name: str, account: Account, data: tuple[Any, Any], day: date
) -> None:
    """What moved since the case was as it was before."""
    before, after = (dict(movements(account, known)) for known in data)
    if before == after:
        return
    for place in dict.fromkeys((*before, *after)):
        old, new = before.get(place), after.get(place)
        if old != new:
            postings = _sum_changed if place in account.received + account.paid_out else _changed
            booked.postings += tuple(postings(name, place, old, new, day))


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


def _funds(procedure: Procedure, name: str, account: Account, data: Any) -> Funds:
    """What an account comes to."""
    found = balances(moved for _, moved in movements(account, data))
    held, deposited = (
        found.get(of, _NOTHING) for of in (MoneyAccount.HELD, MoneyAccount.DEPOSITED)
    )
    claim = data.get(account.claim)
    return Funds(name, held, deposited, claim, procedure.definition.zone)


def _enter_found(
    booked: Booked, procedure: Procedure, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """By what the case is found, where that is otherwise than before."""
    was, is_now = (found_by(procedure.definition, data) for data in (before, after))
    booked.found = tuple(one for key, one in is_now.items() if was.get(key) != one)
    booked.lost = tuple(one for key, one in was.items() if key not in is_now)


# -- measures


def _enter_hold(
    booked: Booked, spec: Holding | None, before: CaseState | None, decision: Decision
) -> None:
    """What the measure holds, where that is otherwise than before."""
    if spec is None:
        return
    was = hold_of(spec, before) if before is not None else None
    hold = hold_of(spec, decision.case)
    if hold == was and not decision.effects.rehomed:
        return
    booked.hold = hold
    if was is not None and was.standing in QUEUED and hold.standing not in QUEUED:
        booked.freed = was.standing


def hold_of(spec: Holding, case: CaseState) -> Hold:
    """What a measure holds, as it stands."""
    data: Any = case.data  # asked for a field that nobody named it knows nothing
    days = (data.get(day) for day in (spec.registered_on, spec.effective_on, spec.until))
    return Hold(
        asset_key(_text(data, spec.asset)),
        _text(data, spec.kind),
        _text(data, spec.debtor),
        _standing(spec, case.state),
        data.get(spec.amount),
        *days,
    )


def _text(data: Any, field: str | None) -> str:
    """What a field says as text, as long as the books take it; nothing where it is not known."""
    return str(data.get(field) or "")[:_LONGEST]


def _standing(spec: Holding, state: str) -> HoldStanding:
    """Where a measure stands among those that hold the asset."""
    named = (place for place in _PLACES if state in getattr(spec.standing, place))
    return HoldStanding(next(named, HoldStanding.ENDED))


_PLACES = tuple(Standing.model_fields)


def asset_key(number: str) -> str:
    """What an asset is known by: its number, however it is written; empty where it has none."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", number))).upper()[:_LONGEST]


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
    found = {f"case:{case.court}/{of_case(case)}"}
    found |= {f"asset:{hold.asset}"} if hold.asset else set()
    return found | ({f"debtor:{hold.debtor}"} if hold.debtor else set())
