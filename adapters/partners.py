"""The partners of joint discipline 联合惩戒: what is pushed to forty-four units, and withdrawn.

Each unit gives a receipt of its own (发改财金〔2016〕141号). A withdrawal goes to every unit that
got the push, and to no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from pydantic import Field, field_validator

from .gateway import Gateway, by_name
from .protocol import Operation
from .shapes import Asked, ByNumber, Name, Shape

UNITS = (
    "development_and_reform",
    "supreme_court",
    "central_bank",
    "organization_department",
    "publicity_department",
    "establishment_office",
    "civilization_office",
    "supreme_procuratorate",
    "education",
    "industry_and_information",
    "public_security",
    "state_security",
    "civil_affairs",
    "justice",
    "finance",
    "human_resources",
    "land",
    "environment",
    "housing",
    "transport",
    "agriculture",
    "commerce",
    "culture",
    "health",
    "state_assets",
    "customs",
    "tax",
    "industry_and_commerce",
    "quality_supervision",
    "work_safety",
    "food_and_drug",
    "forestry",
    "intellectual_property",
    "tourism",
    "legislative_affairs",
    "cyberspace",
    "banking_regulation",
    "securities_regulation",
    "insurance_regulation",
    "civil_service",
    "foreign_exchange",
    "youth_league",
    "industry_federation",
    "railway",
)
"""The forty-four signatories of 2016."""


class Push(Asked):
    """Tell units of a person who is on a list; all forty-four where none is named."""

    person: Name
    name: Name
    case_number: Name
    measure: Name
    units: tuple[str, ...] = UNITS

    @field_validator("units")
    @classmethod
    def _known(cls, units: tuple[str, ...]) -> tuple[str, ...]:
        unknown = sorted(set(units) - set(UNITS))
        if unknown or not units or len(set(units)) != len(units):
            raise ValueError(f"no units of ours, each once: {', '.join(unknown)[:200]}")
        return units


class UnitReceipt(Shape):
    """That a unit got it, and when."""

    unit: Name
    received_on: date


class Receipts(Shape):
    """Partly: who confirmed since; at last: everybody. `outstanding` units are to come.

    `number` is the platform's own number of the push.
    """

    number: Name
    receipts: tuple[UnitReceipt, ...]
    outstanding: int = Field(default=0, ge=0)


class Withdrawal(ByNumber):
    """Withdraw a push from everyone who got it; `ground` is why."""

    ground: Name


class Partners(Gateway):
    """The adapter `partners`: receipts come within days, unit by unit."""

    name = "partners"
    operations: Mapping[str, Operation] = by_name(
        Operation(
            "push",
            Push,
            Receipts,
            latency=timedelta(hours=6),
            silence=timedelta(days=10),
            taken_back_by="withdraw",
        ),
        Operation(
            "withdraw",
            Withdrawal,
            Receipts,
            latency=timedelta(hours=6),
            silence=timedelta(days=3),
        ),
    )
