"""The law as the tables in `definitions/law` have it: time limits, who must approve, what must be complete."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from ..periods.counting import Counting, TimeUnit
from ..source.yaml_reader import SOURCE, read_text

_COUNTINGS = {
    "LIT": Counting.LITIGATION,
    "CIV": Counting.CIVIL,
    "WD": Counting.WORKING,
    "FIXED": Counting.FIXED,
    "MIN": Counting.MINIMUM,
    "CUSTODY": Counting.CUSTODY,
    "HOUR-RAW": Counting.RAW,
    "HOUR-CPL": Counting.LITIGATION,
}

_UNITS = {unit.value: unit for unit in TimeUnit}

_DAYS = {
    TimeUnit.HOUR: 1 / 24,
    TimeUnit.DAY: 1.0,
    TimeUnit.WORKING_DAY: 1.4,
    TimeUnit.MONTH: 30.4,
    TimeUnit.YEAR: 365.0,
}


@dataclass(frozen=True, slots=True)
class Statute:
    """One statutory time limit. `length` is None where the law leaves it to a document; `counting` where no rule of ours fits."""

    id: str
    name_zh: str
    name_en: str
    length: int | None
    unit: TimeUnit | None
    counting: Counting | None
    is_minimum: bool
    instrument: str
    number: str
    article: str
    verified: str

    def cite(self) -> str:
        """The citation: instrument, number, article."""
        number = f"（{self.number}）" if self.number and self.number != "-" else ""
        return f"《{self.instrument}》{number}第{self.article}条"


def days(length: int, unit: TimeUnit) -> float:
    """A length in days, near enough to say which of two is longer."""
    return length * _DAYS[unit]


@cache
def statutes() -> dict[str, Statute]:
    """Every row of the table, by id."""
    text = files("zhixing.definitions").joinpath("law/time_limits.csv").read_text(encoding="utf-8")
    return {row["id"]: _statute(row) for row in csv.DictReader(text.splitlines())}


@dataclass(frozen=True, slots=True)
class StatutoryApproval:
    """An act that the law lets only some offices approve: each of `offices`, or one above it."""

    id: str
    zh: str
    en: str
    offices: tuple[str, ...]
    cite: str
    verified: str


@dataclass(frozen=True, slots=True)
class StatutoryItem:
    """One thing that the law asks to be complete."""

    id: str
    zh: str
    en: str
    cite: str
    verified: str


@dataclass(frozen=True, slots=True)
class Demands:
    """What the law demands of one procedure; `closing` gives (checklist, approval) by closing mode."""

    time_limits: tuple[str, ...] = ()
    approvals: tuple[str, ...] = ()
    closing: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)


@cache
def demands() -> dict[str, Demands]:
    """What the law demands of procedures, by their ids."""
    return {
        name: Demands(
            tuple(row.get("time_limits", ())),
            tuple(row.get("approvals", ())),
            {
                mode: (asked.get("checklist"), asked.get("approval"))
                for mode, asked in _plain(row.get("closing", {})).items()
            },
        )
        for name, row in _table("demands.yaml").items()
    }


@cache
def acts() -> dict[str, StatutoryApproval]:
    """Every act of the table of approvals, by id."""
    table = _plain(_table("approvals.yaml")["acts"])
    return {
        id: StatutoryApproval(
            id,
            row["zh"],
            row["en"],
            tuple(row["offices"]),
            _cite(row, row["article"]),
            row["verified"],
        )
        for id, row in table.items()
    }


@cache
def ranks() -> tuple[str, ...]:
    """The offices that stand above one another, from below."""
    return tuple(_table("approvals.yaml")["ranks"])


@cache
def checklists() -> dict[str, tuple[StatutoryItem, ...]]:
    """The items of every statutory checklist, by its id."""
    return {
        id: tuple(
            StatutoryItem(
                name, item["zh"], item["en"], _cite(row, item["article"]), item["verified"]
            )
            for name, item in _plain(row["items"]).items()
        )
        for id, row in _table("checklists.yaml").items()
    }


def _table(name: str) -> dict[str, Any]:
    text = files("zhixing.definitions").joinpath("law", name).read_text(encoding="utf-8")
    return _plain(read_text(text, name))


def _plain(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key != SOURCE}


def _cite(row: Mapping[str, Any], article: str) -> str:
    return f"《{row['instrument']}》（{row['number']}）第{article}条"


def _statute(row: dict[str, str]) -> Statute:
    length = int(row["length"]) if row["length"].isdecimal() else None
    unit = _UNITS.get(row["unit"])
    rule = row["calendar_rule"]
    return Statute(
        row["id"],
        row["name_zh"],
        row["name_en"],
        length,
        unit,
        _COUNTINGS.get(rule),
        rule == "MIN",
        row["instrument"],
        row["doc_no"],
        row["article"],
        row["verified"],
    )
