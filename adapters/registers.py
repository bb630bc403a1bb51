"""Registers of things: real estate 不动产, vehicles 车管, companies 市场监管, securities 证券.

A register acts in the strict order in which requests are received. The first seal (首封) counts;
the ones after it wait (轮候), and are told (`promoted`) when they come first: their term runs from
then. What the first court has disposed of is free of all seals. A renewal must arrive before the
term ends (CPLI 485). Equity is frozen when that is published, on the next day; securities are on
the next trading day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from .gateway import Gateway, by_name
from .protocol import Operation
from .shapes import Asked, ByNumber, Done, Name, Shape

_Months = Annotated[int, Field(ge=1, le=36)]


class RegisterQuery(Asked):
    """Ask what is registered for a person, by the person's id."""

    person: Name


class ThingFound(Shape):
    """One thing: its number in the register, what it is, and how many seals it has."""

    thing: Name
    description: str = ""
    seals: int = Field(default=0, ge=0)


class RegisterFound(Shape):
    """What is registered for a person."""

    things: tuple[ThingFound, ...] = ()


class SealRequest(Asked):
    """Seal (查封, 冻结) a thing of a person for so many months.

    Real estate, equity and securities for 36 at most, vehicles for 24.
    """

    person: Name
    thing: Name
    months: _Months = 24


class Sealed(Shape):
    """A seal: the register's own number of it, its rank (1 is the first), and its term.

    While it waits it has none.
    """

    number: Name
    thing: Name
    rank: int = Field(ge=1)
    effective_on: date | None = None
    until: date | None = None


class OfThing(ByNumber):
    """About a seal; `thing`, where it is given, puts it into the order of that thing."""

    thing: str = ""


class SealRenewal(OfThing):
    """Renew a seal for so many months from its end."""

    months: _Months = 24


class ThingTransfer(OfThing):
    """Register a thing that is under the first seal for its buyer."""

    to_person: Name


class SealStatus(Sealed):
    """How a seal stands now."""

    rank: int = Field(ge=0)
    state: Literal["effective", "waiting", "released", "lapsed", "disposed"]


def _operations(days: float) -> Mapping[str, Operation]:
    """The operations of a register that answers after so many days as a rule.

    What changes it goes one by one, in the order of the thing.
    """
    latency, silence = timedelta(days=days), timedelta(days=7)
    asking: Operation = Operation(
        "query", RegisterQuery, RegisterFound, latency=latency, silence=silence
    )
    changing = replace(asking, ordered_by="thing", at_a_time=1)
    seal = replace(changing, name="seal", request=SealRequest, answer=Sealed)
    return by_name(
        asking,
        replace(asking, name="status", request=ByNumber, answer=SealStatus),
        replace(seal, taken_back_by="release"),
        replace(changing, name="renew", request=SealRenewal, answer=Sealed),
        replace(changing, name="release", request=OfThing, answer=Done),
        replace(changing, name="transfer", request=ThingTransfer, answer=Done),
    )


class RealEstate(Gateway):
    """The adapter `real_estate`: answers on the same day or within days."""

    name = "real_estate"
    operations = _operations(days=0.25)


class Vehicles(Gateway):
    """The adapter `vehicles`: answers within days."""

    name = "vehicles"
    operations = _operations(days=1)


class Companies(Gateway):
    """The adapter `companies`: equity, frozen when that is published."""

    name = "companies"
    operations = _operations(days=1)


class Securities(Gateway):
    """The adapter `securities`: shares, on the next trading day (T+1)."""

    name = "securities"
    operations = _operations(days=1)
