"""The statutory time limits, as the table in `definitions/law` has them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from .periods import Counting, Unit
from .reading import SOURCE, read_text

_COUNTINGS = {
    "LIT": Counting.LITIGATION, "CIV": Counting.CIVIL, "WD": Counting.WORKING, "FIXED": Counting.FIXED, "MIN": Counting.MINIMUM,
    "CUSTODY": Counting.CUSTODY, "HOUR-RAW": Counting.RAW, "HOUR-CPL": Counting.LITIGATION,
}  # fmt: skip
_UNITS = {unit.value: unit for unit in Unit}
_DAYS = {Unit.HOUR: 1 / 24, Unit.DAY: 1.0, Unit.WORKING_DAY: 1.4, Unit.MONTH: 30.4, Unit.YEAR: 365.0}


@dataclass(frozen=True, slots=True)
class Statute:
    """One statutory time limit. `length` is None where the law leaves it to a document; `counting` where no rule of ours fits."""

    id: str
    name_zh: str
    name_en: str
    length: int | None
    unit: Unit | None
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


def days(length: int, unit: Unit) -> float:
    """A length in days, near enough to say which of two is longer."""
    return length * _DAYS[unit]


@cache
def statutes() -> dict[str, Statute]:
    """Every row of the table, by id."""
    text = files("zhixing.definitions").joinpath("law/time_limits.csv").read_text(encoding="utf-8")
    return {row["id"]: _statute(row) for row in csv.DictReader(text.splitlines())}


@cache
def demands() -> dict[str, tuple[str, ...]]:
    """Which statutory time limits a procedure must have, by its id."""
    text = files("zhixing.definitions").joinpath("law/demands.yaml").read_text(encoding="utf-8")
    table = read_text(text, "demands.yaml")
    return {name: tuple(ids) for name, ids in table.items() if name != SOURCE}


def _statute(row: dict[str, str]) -> Statute:
    length = int(row["length"]) if row["length"].isdecimal() else None
    unit = _UNITS.get(row["unit"])
    rule = row["calendar_rule"]
    return Statute(
        row["id"], row["name_zh"], row["name_en"], length, unit, _COUNTINGS.get(rule), rule == "MIN", row["instrument"], row["doc_no"],
        row["article"], row["verified"],
    )  # fmt: skip
