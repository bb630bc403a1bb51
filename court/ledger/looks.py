"""Which cases are looked at, and by what figures about them are told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Text, cast, func

from ...engine.storage.schema import cases
from ...engine.work.runtime import Transaction
from ..lists.errors import UnknownFilter

_BY: Mapping[str, ColumnElement[Any]] = {
    "court": cases.c.court,
    "team": cases.c.team,
    "officer": cases.c.officer,
    "procedure": cases.c.procedure,
}


class Look(NamedTuple):
    """What is looked at: cases under conditions, and the days of the period."""

    transaction: Transaction
    conditions: list[Any]
    since: date | None
    until: date | None


def columns(name: str, by: Sequence[str]) -> list[ColumnElement[Any]]:
    for one in by:
        if one not in _BY:
            raise UnknownFilter(list=name, filter=one, known=", ".join(_BY))
    return [func.coalesce(cast(_BY[one], Text), "") for one in by]


def yuan(cents: int) -> Decimal:
    """An amount as people write it."""
    return Decimal(int(cents)).scaleb(-2)
