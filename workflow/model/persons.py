"""Whom a case is about: persons who are the same in many cases, known by a document number."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from .base import Described, Id


class Side(StrEnum):
    """On which side of a case a person stands."""

    CREDITOR = "creditor"
    DEBTOR = "debtor"
    PROXY = "proxy"
    OTHER = "other"


class Condition(StrEnum):
    """What may be so of a person and concerns every case that he is part of."""

    MINOR = "minor"
    INCAPACITATED = "incapacitated"
    DECEASED = "deceased"
    BANKRUPT = "bankrupt"


class Person(Described):
    """A person of the case, in fields of it, or of every record of a list (`each`).

    `number` is the field of type `identity` by which he is the same in every case, `name` the one
    that names him. `conditions` are the fields that say what is so of him; what one case says,
    every case of his knows. `may_receive` is the field that says that a proxy may take money.
    """

    side: Side
    number: Id
    each: Id | None = None
    name: Id | None = None
    conditions: dict[Condition, Id] = Field(default_factory=dict)
    may_receive: Id | None = None

    def field(self, named: str) -> str:
        """A field of his as the definition knows it: of the case, or `LIST.FIELD`."""
        return f"{self.each}.{named}" if self.each is not None else named


PERSONS = "persons"
"""By which conditions ask what other cases say of a person (`persons.debtor.bankrupt`)."""
ASKED_OF_A_PERSON = (*Condition, "cases")
"""What may be asked: each condition, and in how many other open cases he stands on that side."""
