"""The law as the tables in `definitions/law` have it: time limits, approvals, checklists."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
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
    """One statutory time limit.

    `length` is None where the law leaves it to a document; `counting` where no rule of ours fits.
    """

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

    def in_days(self) -> float | None:
        """The length in days, near enough to say which of two is longer."""
        if self.length is None or self.unit is None:
            return None
        return days(self.length, self.unit)

    def length_text(self) -> str:
        """The length and its unit: `6 month`."""
        unit = self.unit.value if self.unit is not None else "-"
        return f"{self.length} {unit}"

    def cite(self) -> str:
        """The citation: instrument, number, article."""
        number = f"（{self.number}）" if self.number not in ("", "-") else ""
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
    """What the law demands of one procedure.

    `closing` gives the checklist and the approval by closing mode.
    """

    time_limits: tuple[str, ...] = ()
    approvals: tuple[str, ...] = ()
    closing: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)


@cache
def demands() -> dict[str, Demands]:
    """What the law demands of procedures, by their ids."""
    return {id: _demands(row) for id, row in _table("demands.yaml").items()}


def _demands(row: Mapping[str, Any]) -> Demands:
    """One row of the demands."""
    closing = {
        mode: (asked.get("checklist"), asked.get("approval"))
        for mode, asked in _plain(row.get("closing", {})).items()
    }
    time_limits = tuple(row.get("time_limits", ()))
    approvals = tuple(row.get("approvals", ()))
    return Demands(time_limits, approvals, closing)


@cache
def acts() -> dict[str, StatutoryApproval]:
    """Every act of the table of approvals, by id."""
    table = _plain(_table("approvals.yaml")["acts"])
    return {id: _act(id, row) for id, row in table.items()}


def _act(id: str, row: Mapping[str, Any]) -> StatutoryApproval:
    """One act of the table of approvals."""
    return StatutoryApproval(
        id=id,
        zh=row["zh"],
        en=row["en"],
        offices=tuple(row["offices"]),
        cite=_cite(row, row["article"]),
        verified=row["verified"],
    )


@cache
def ranks() -> tuple[str, ...]:
    """The offices that stand above one another, from below."""
    return tuple(_table("approvals.yaml")["ranks"])


@cache
def checklists() -> dict[str, tuple[StatutoryItem, ...]]:
    """The items of every statutory checklist, by its id."""
    return {id: tuple(_items(row)) for id, row in _table("checklists.yaml").items()}


def _items(row: Mapping[str, Any]) -> Iterator[StatutoryItem]:
    """The items of one checklist; all stand in its instrument, each in an article of its own."""
    for id, item in _plain(row["items"]).items():
        yield StatutoryItem(
            id=id,
            zh=item["zh"],
            en=item["en"],
            cite=_cite(row, item["article"]),
            verified=item["verified"],
        )


def _table(name: str) -> dict[str, Any]:
    """A table in YAML."""
    text = files("zhixing.definitions").joinpath("law", name).read_text(encoding="utf-8")
    return _plain(read_text(text, name))


def _plain(table: Mapping[str, Any]) -> dict[str, Any]:
    """A mapping of a YAML file without what it says of its own place."""
    return {key: value for key, value in table.items() if key != SOURCE}


def _cite(row: Mapping[str, Any], article: str) -> str:
    """The citation of an article of the instrument that a row names."""
    return f"《{row['instrument']}》（{row['number']}）第{article}条"


def _statute(row: Mapping[str, str]) -> Statute:
    """A row of the table of time limits; a length that is no number depends on the case."""
    length, rule = row["length"], row["calendar_rule"]
    return Statute(
        id=row["id"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        length=int(length) if length.isdecimal() else None,
        unit=_UNITS.get(row["unit"]),
        counting=_COUNTINGS.get(rule),
        is_minimum=rule == "MIN",
        instrument=row["instrument"],
        number=row["doc_no"],
        article=row["article"],
        verified=row["verified"],
    )
