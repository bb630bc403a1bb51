"""The variables of guards: their names, and the type of each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product

from ..claims.asking import ASKED_OF_CLAIMS
from ..model.books import HELD_BY, AssetMark
from ..model.definition import Definition
from ..model.field_types import FieldType
from ..model.flow import FieldSpec, SubProcedure
from ..model.persons import ASKED_OF_A_PERSON, PERSONS
from ..model.records import ID
from .acts import DID

COUNTS = ("open", "count", "concluded")
"""How many sub-procedures of a kind are open, were opened at all, and have concluded."""

OF_LIMITS = ("running", "missed")
"""How many limits of a rule run (or rest), and how many were missed and can still be made good."""

HOLDS = "holds"
"""By which a measure asks of the others on its asset, of its case and of its debtor."""

_SUMMED = (FieldType.MONEY, FieldType.NUMBER)


KIND_OF_HELD: dict[str, FieldType] = {
    "before": FieldType.NUMBER,
    "effective": FieldType.NUMBER,
    "of_case": FieldType.MONEY,
    "of_debtor": FieldType.MONEY,
    **dict.fromkeys(AssetMark, FieldType.FLAG),
}
"""The type of each thing that is asked of other measures."""


def kind_of_person(asked: str) -> FieldType:
    """The type of what is asked of a person."""
    return FieldType.NUMBER if asked == "cases" else FieldType.FLAG


def cents(amount: Decimal) -> int:
    """An amount of money as expressions count it."""
    return int(amount * 100)


def amount_of(cents: int) -> Decimal:
    """The amount of money that an expression counted."""
    return Decimal(cents).scaleb(-2)


def midnight(day: date) -> datetime:
    """A day as expressions see it: the one instant that stands for it, whatever the zone."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def variables_of(definition: Definition) -> dict[str, FieldType]:
    """Every variable that the guards of a definition may read, with its type."""
    found = {"now": FieldType.DATETIME, "today": FieldType.DATE}
    for name, spec in definition.data.items():
        found[f"case.{name}"] = spec.type
        found[f"given.{name}"] = FieldType.FLAG
    found.update((DID + trigger, FieldType.FLAG) for trigger in definition.triggers)
    for name, fields in definition.records.items():
        found.update(_of_record(name, fields))
    for name in definition.deadlines:
        found.update((f"deadline.{name}.{asked}", FieldType.NUMBER) for asked in OF_LIMITS)
    found.update(_of_books(definition))
    for name, sub in definition.proceedings.items():
        own = f"{sub.each}.{name}"
        for rest, kind in _of_sub_procedure(sub).items():
            found[f"{name}.{rest}"] = kind
            if sub.each is not None:
                found[f"{own}.{rest}"] = kind
    return found


def _of_books(definition: Definition) -> dict[str, FieldType]:
    """What can be asked of accounts and titles, of other measures, and of what other cases say of
    persons."""
    accounts = definition.accounts.items()
    asked_of = ((name, asked) for name, account in accounts for asked in account.asked)
    found = {f"{name}.{asked}": FieldType.MONEY for name, asked in asked_of}
    titles = product(definition.claims, ASKED_OF_CLAIMS)
    found.update((f"{name}.{asked}", FieldType.MONEY) for name, asked in titles)
    if definition.holds is not None:
        found.update((f"{HOLDS}.{asked}", KIND_OF_HELD[asked]) for asked in HELD_BY)
    alone = [name for name, person in definition.persons.items() if person.each is None]
    for name, asked in product(alone, ASKED_OF_A_PERSON):
        found[f"{PERSONS}.{name}.{asked}"] = kind_of_person(asked)
    return found


def _of_record(name: str, fields: Mapping[str, FieldSpec]) -> dict[str, FieldType]:
    """What can be asked of the record at hand."""
    own = {f"{name}.{field}": spec.type for field, spec in fields.items()}
    given = {f"given.{field}": FieldType.FLAG for field in own}
    return {f"{name}.{ID}": FieldType.TEXT, **own, **given}


def field_of(definition: Definition, name: str) -> str | None:
    """The field that a variable reads (`case.FIELD`, `LIST.FIELD`); None where it reads none."""
    head, _, rest = name.partition(".")
    field = rest if head == "case" else name
    return field if field in definition.fields else None


def variable_of(field: str) -> str:
    """The variable that reads a field."""
    return field if "." in field else f"case.{field}"


def _of_sub_procedure(sub: SubProcedure) -> dict[str, FieldType]:
    """What can be asked of the sub-procedures of a kind, after the dot."""
    places = map("at.{}".format, sub.states)
    found = dict.fromkeys([*COUNTS, *places], FieldType.NUMBER)
    for field, kind in sub.fields.items():
        found[f"latest.{field}"] = kind
        if kind in _SUMMED:
            found[f"sum.{field}"] = kind
    return found
