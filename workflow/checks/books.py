"""What a definition enters in the books of the court: the lists and fields are there, and fit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from ..model.base import Element
from ..model.books import Booking, Holding, Shares
from ..model.definition import Definition
from ..model.field_types import FieldType
from ..model.parts import Account
from ..model.persons import Person
from ..source.findings import Finding
from .references import Problem, References, is_open_to

_TEXTS = (FieldType.TEXT, FieldType.PARTY, FieldType.CHOICE, FieldType.IDENTITY)
_OF_A_BOOKING = {
    "amount": (FieldType.MONEY,),
    "on": (FieldType.DATE,),
    "party": _TEXTS,
    "reference": _TEXTS,
}
_OF_A_CREDITOR = {
    "party": _TEXTS,
    "amount": (FieldType.MONEY,),
    "rank": (FieldType.NUMBER,),
    "seized_on": (FieldType.DATE,),
}
_OF_SHARES = {"costs": (FieldType.MONEY,), "in_order": (FieldType.FLAG,)}
_OF_A_PERSON = {
    "number": (FieldType.IDENTITY,),
    "name": _TEXTS,
    "may_receive": (FieldType.FLAG,),
}
_OF_A_HOLDING = {
    "asset": _TEXTS,
    "kind": _TEXTS,
    "debtor": _TEXTS,
    "amount": (FieldType.MONEY,),
    "registered_on": (FieldType.DATE,),
    "effective_on": (FieldType.DATE,),
    "until": (FieldType.DATE,),
}


def check_books(references: References, account: Account) -> Iterator[Finding]:
    """Each list that is entered in an account has the fields that are named, of their types."""
    for name, booking in account.books.items():
        yield from references.refer(account, "books", "records", name)
        if name in references.definition.records:
            yield from _fields(references, booking, f"{name}.", _OF_A_BOOKING)
    if account.shares is not None:
        yield from _check_shares(references, account.shares)


def _check_shares(references: References, shares: Shares) -> Iterator[Finding]:
    """Who shares is in a list that is there, with the fields that are named."""
    listed = shares.creditors
    yield from references.refer(shares, "creditors", "records", listed)
    if listed in references.definition.records:
        yield from _fields(references, shares, f"{listed}.", _OF_A_CREDITOR)
    yield from _fields(references, shares, "", _OF_SHARES)


def check_holds(references: References) -> Iterator[Finding]:
    """What a measure holds is in fields that are there; its states and acts are too."""
    holds = references.definition.holds
    if holds is None:
        return
    yield from _fields(references, holds, "", _OF_A_HOLDING)
    yield from _flags(references, holds, "marks", holds.marks.values())
    standing = holds.standing
    for key in ("proposed", "waiting", "effective", "sold"):
        yield from references.refer(standing, key, "state", getattr(standing, key))
    yield from _told(references, holds)


def _fields(
    references: References,
    element: Element,
    head: str,
    wanted: Mapping[str, Collection[FieldType]],
) -> Iterator[Finding]:
    """The fields that are named under some keys are there, each of one of its types."""
    for key, kinds in wanted.items():
        yield from _field(references, element, key, head, kinds)


def _field(
    references: References, element: Element, key: str, head: str, kinds: Collection[FieldType]
) -> Iterator[Finding]:
    """A field that is named under a key is there, and of one of these types."""
    named = getattr(element, key)
    if named is None:
        return
    field = f"{head}{named}"
    yield from references.refer(element, key, "field", field)
    listed = "/".join(kinds)
    problem = Problem("book-field", f"{field} 应为 {listed}", f"{field} must be {listed}")
    yield from references.typed(element, key, field, kinds, problem)


def check_persons(references: References) -> Iterator[Finding]:
    """The fields of persons are there, of their types; the number is that of a document."""
    for person in references.definition.persons.values():
        if person.each is not None:
            yield from references.refer(person, "each", "records", person.each)
        head = f"{person.each}." if person.each is not None else ""
        yield from _fields(references, person, head, _OF_A_PERSON)
        named = [f"{head}{name}" for name in person.conditions.values()]
        yield from _flags(references, person, "conditions", named)


def _flags(
    references: References, element: Element, key: str, fields: Iterable[str]
) -> Iterator[Finding]:
    """The fields that stand under a key are there, and are flags."""
    for field in fields:
        yield from references.refer(element, key, "field", field)
        problem = Problem("book-field", f"{field} 应为 flag", f"{field} must be flag")
        yield from references.typed(element, key, field, [FieldType.FLAG], problem)


def _told(references: References, holds: Holding) -> Iterator[Finding]:
    """What other measures on the asset are told is open to related proceedings."""
    definition = references.definition
    told = {"next": holds.next, "falls": holds.falls}
    for key, trigger in told.items():
        yield from references.refer(holds, key, "trigger", filter(None, [trigger]))
        is_there = trigger in definition.triggers
        if trigger and is_there and not is_open_to(definition, trigger, "procedure"):
            zh = f"{key} 由关联程序触发，{trigger} 须对 procedure 开放"
            en = f"{key} is told by another measure: {trigger} must be open to procedure"
            yield Finding(holds.at_value(key), "holds-trigger", zh, en)


def fields_entered(definition: Definition) -> Iterator[str]:
    """The fields that stand in the books."""
    for account in definition.accounts.values():
        yield from filter(None, (account.claim, *account.received, *account.paid_out))
        for name, booking in account.books.items():
            yield name
            yield from (f"{name}.{field}" for field in _named(booking, _OF_A_BOOKING))
        yield from _shared(account.shares)
    if definition.holds is not None:
        yield from (*_named(definition.holds, _OF_A_HOLDING), *definition.holds.marks.values())
    for person in definition.persons.values():
        named = (*_named(person, _OF_A_PERSON), *person.conditions.values())
        yield from map(person.field, named)


def _shared(shares: Shares | None) -> Iterator[str]:
    """The fields by which money is shared."""
    if shares is not None:
        listed = shares.creditors
        yield listed
        yield from (f"{listed}.{field}" for field in _named(shares, _OF_A_CREDITOR))
        yield from _named(shares, _OF_SHARES)


def _named(element: Booking | Holding | Person | Shares, keys: Collection[str]) -> Iterator[str]:
    """The fields that stand under some keys."""
    yield from filter(None, (getattr(element, key) for key in keys))
