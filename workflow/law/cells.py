"""The cells of one row of a table, taken out as what they must be; what does not fit is told."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from ..formulas.money import is_number
from ..language import did_you_mean
from ..source.findings import Finding
from ..source.mappings import as_list, entries, has_places, place_of_key, place_of_value
from ..source.positions import Position
from ..source.yaml_reader import SOURCE, not_a_mapping
from .rows import Validity, citation

VERIFIED = ("db", "pages", "memory")


class Cells:
    """One row's cells by their keys; whatever is wrong with them goes to `found`.

    A cell that is wrong or missing is read as if it were empty, so that all is told at once.
    """

    def __init__(self, row: Mapping[str, Any], at: Position, found: list[Finding]) -> None:
        self._row, self.at, self.found = row, at, found

    def __contains__(self, key: str) -> bool:
        return self._row.get(key) not in (None, "")

    def place(self, key: str) -> Position:
        """Where the value of a key stands, or the row."""
        return place_of_value(self._row, key) if has_places(self._row) else self.at

    def tell(self, key: str, zh: str, en: str, code: str = "shape") -> None:
        """Something is wrong with the value of a key."""
        self.found.append(Finding(self.place(key), code, zh, en))

    def text(self, key: str) -> str:
        """A text that must be there."""
        if key not in self:
            self.tell(key, f"缺少必填的键 {key}", f"missing key {key}", "missing-key")
            return ""
        return self.optional(key) or ""

    def optional(self, key: str) -> str | None:
        """A text, where there is one."""
        value = self._row.get(key)
        if isinstance(value, dict | list):
            self.tell(key, f"{key} 应为文字", f"{key} must be text")
            return None
        return None if value in (None, "") else str(value)

    def one_of(self, key: str, known: Collection[str]) -> str:
        """A word of a closed set."""
        word = self.text(key)
        if word and word not in known:
            hint, listed = did_you_mean(word, known), ", ".join(known)
            zh = f"{key} 不可为 {word}；可用：{listed}{hint.zh}"
            self.tell(key, zh, f"{key} may not be {word}; known: {listed}{hint.en}")
        return word

    def texts(self, key: str) -> tuple[str, ...]:
        """Texts in a list, or one alone; none where the key is not there."""
        return tuple(map(str, as_list(self._row[key]))) if key in self else ()

    def flag(self, key: str) -> bool:
        """Whether something is so; where nothing is said it is not."""
        value = self._row.get(key, False)
        if not isinstance(value, bool):
            self.tell(key, f"{key} 应为 true 或 false", f"{key} must be true or false")
        return value is True

    def amount(self, key: str) -> Decimal | None:
        """A number that is not below zero, where there is one."""
        value = self._row.get(key)
        if value is None:
            return None
        if not is_number(value, int | Decimal) or value < 0:
            self.tell(key, f"{key} 应为数字", f"{key} must be a number")
            return None
        return Decimal(value)

    def day(self, key: str) -> date | None:
        """A date in ISO form, where there is one."""
        text = self.optional(key)
        if text is None:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            zh = f"{key} 不是日期：{text}（应为 YYYY-MM-DD）"
            self.tell(key, zh, f"{key} is not a date: {text} (expected YYYY-MM-DD)")
            return None

    def validity(self) -> Validity:
        """The days on which the row holds: `from`, `until`."""
        first, last = self.day("from"), self.day("until")
        if first is not None and last is not None and last < first:
            zh, en = (
                f"until（{last}）早于 from（{first}）",
                f"until ({last}) is before from ({first})",
            )
            self.tell("until", zh, en)
            return Validity(first, first)
        return Validity(first, None if last == date.max else last)

    def cite(self, article: str) -> str:
        """The citation of an article of the instrument that the row names."""
        return citation(self.text("instrument"), self.text("number"), article)

    def verified(self) -> str:
        """How sure the row is."""
        return self.one_of("verified", VERIFIED)

    def only(self, known: Collection[str]) -> None:
        """No keys but these."""
        for key in dict(entries(self._row)):
            if key not in known:
                hint = did_you_mean(key, known)
                at = place_of_key(self._row, key) if has_places(self._row) else self.at
                zh, en = f"未知的键 {key}{hint.zh}", f"unknown key {key}{hint.en}"
                self.found.append(Finding(at, "unknown-key", zh, en))

    def table(self, key: str) -> Iterator[tuple[str, Cells]]:
        """The rows under a key, by their ids."""
        yield from rows_of(self._row.get(key), self.place(key), self.found)

    def rows(self, key: str) -> Iterator[Cells]:
        """The rows in a list under a key."""
        for row in as_list(self._row.get(key) or []):
            yield from _cells(row, self.place(key), self.found)


def rows_of(table: Any, at: Position, found: list[Finding]) -> Iterator[tuple[str, Cells]]:
    """The rows of a table by their ids: one under each id, or several in a list."""
    if table is None:
        return
    if not isinstance(table, dict):
        found.append(not_a_mapping(at))
        return
    for id, written in entries(table):
        for row in as_list(written):
            for cells in _cells(row, place_of_key(table, id), found):
                yield id, cells


def _cells(row: Any, at: Position, found: list[Finding]) -> Iterator[Cells]:
    """A row's cells, where it is a row."""
    if has_places(row):
        yield Cells(row, row[SOURCE].at, found)
    else:
        found.append(not_a_mapping(at))
