"""Calendars by name, and the closures and make-up days of a court, read from YAML."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, time, timedelta
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from ..errors import UnknownCalendar
from ..language import Words
from ..source.findings import Finding
from ..source.mappings import are, as_list
from ..source.positions import Position, SourceMap
from ..source.yaml_reader import SOURCE, read_file, refuse_for, refuse_unless, start_of
from .calendars import FIRST_YEAR, LAST_YEAR, Calendar, national_calendar, plain_calendar

_NAMED = {"cn": national_calendar, "none": plain_calendar}
_KEYS = frozenset(
    {"id", "base", "announced", "rest", "work", "day_ends", "zone", "title", "notice"}
)
_LONGEST_RANGE = 366
Typed = TypeVar("Typed")


def calendar_named(name: str) -> Calendar:
    """`cn`, `none`, or the path of a YAML overlay.

    Raises `UnknownCalendar`, or `ReadingFailed` for a bad file.
    """
    if name in _NAMED:
        return _NAMED[name]()
    if name.endswith((".yaml", ".yml")):
        return load_overlay(name)
    raise UnknownCalendar(calendar=name, known="cn, none, FILE.yaml")


def load_overlay(path: str | Path, base: Calendar | None = None) -> Calendar:
    """A calendar of closures and make-up days laid over another one.

    Keys: `id`, `base` (cn or none), `announced` (years made official by this file), `rest` and
    `work` (lists of a date, or of a mapping `date` or `from`/`to` with `reason`), `day_ends`
    (HH:MM), `zone`. Raises `ReadingFailed`.
    """
    data, _ = read_file(path)
    name = str(path)
    words = Words("日历文件应为键值表", "a calendar file is a mapping")
    refuse_unless(isinstance(data, dict), start_of(name), "calendar", words)
    reader = _OverlayReader(data)
    calendar = reader.calendar(Path(path).stem, base)
    refuse_for(reader.findings)
    return calendar


class _OverlayReader:
    """Reads one file key by key, and notes what is wrong with it on the way."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.source: SourceMap = data.pop(SOURCE)
        self.data = data
        self.findings: list[Finding] = []

    def calendar(self, name: str, base: Calendar | None) -> Calendar:
        """The calendar of the file, laid over `base` or the one that the file names."""
        for key in self.data.keys() - _KEYS:
            self._find(self.source.keys[key], Words(f"未知的键 {key}", f"unknown key {key}"))
        base = base or self._base()
        rest, work = self._days("rest"), self._days("work")
        for day in rest.keys() & work.keys():
            en = f"{day} is both a rest day and a working day"
            self._find_value("work", Words(f"{day} 既休息又工作", en))
        announced = base.announced | self._years()
        day_ends = self._time() or base.day_ends
        zone = (
            self._value("zone", ZoneInfo, Words("未知的时区 ", "unknown time zone ")) or base.zone
        )
        return Calendar(
            str(self.data.get("id", name)),
            zone,
            _less(base.rest, work) | rest,
            _less(base.work, rest) | work,
            announced,
            day_ends,
            bool(rest) or base.rests,
        )

    def _find(self, at: Position, words: Words) -> None:
        self.findings.append(Finding(at, "calendar", *words))

    def _find_value(self, key: str, words: Words) -> None:
        self._find(self.source.values[key], words)

    def _base(self) -> Calendar:
        """The calendar that the file names, or the national one."""
        name = str(self.data.get("base", "cn"))
        if name not in _NAMED:
            words = Words(f"未知的基础日历 {name}", f"unknown base calendar {name}")
            self._find_value("base", words)
        return _NAMED.get(name, national_calendar)()

    def _days(self, key: str) -> dict[date, str]:
        """The days of one list, with a reason each."""
        listed = self.data.get(key)
        if listed is None:
            return {}
        if not isinstance(listed, list):
            self._find_value(key, Words(f"{key} 应为列表", f"{key} must be a list"))
            return {}
        near = self.source.values[key]
        days: dict[date, str] = {}
        for day, reason in chain.from_iterable(self._entry(entry, near) for entry in listed):
            if not FIRST_YEAR <= day.year <= LAST_YEAR:
                en = f"{day} lies outside every calendar"
                self._find(near, Words(f"{day} 超出日历范围", en))
            days[day] = reason
        return days

    def _entry(self, entry: Any, near: Position) -> Iterator[tuple[date, str]]:
        """One entry of a list: a date, or a mapping of a date or a range with its reason."""
        if isinstance(entry, dict):
            yield from self._range(entry)
            return
        day = self._date(entry, getattr(entry, "at", near))
        if day is not None:
            yield day, ""

    def _range(self, entry: dict[str, Any]) -> Iterator[tuple[date, str]]:
        """The days from the first to the last; a date alone is both."""
        at: Position = entry[SOURCE].at
        first = self._date(entry.get("date", entry.get("from")), at)
        last = self._date(entry.get("to", entry.get("date", entry.get("from"))), at)
        if first is None or last is None:
            return
        length = (last - first).days
        if not 0 <= length <= _LONGEST_RANGE:
            en = f"the range {first} to {last} makes no sense"
            self._find(at, Words(f"期间 {first} 至 {last} 不合理", en))
            return
        reason = str(entry.get("reason", ""))
        for number in range(length + 1):
            yield first + timedelta(days=number), reason

    def _date(self, value: Any, at: Position) -> date | None:
        """An ISO date, or None for what is none."""
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self._find(at, Words(f"不是日期：{value}", f"not a date: {value}"))
            return None

    def _years(self) -> frozenset[int]:
        """The years that the file makes official."""
        value = self.data.get("announced")
        years = [] if value is None else as_list(value)
        if not are(int, *years):
            en = "announced must be a list of years"
            self._find_value("announced", Words("announced 应为年份列表", en))
            return frozenset()
        return frozenset(years)

    def _time(self) -> time | None:
        """When a day closes; None where it does at midnight."""
        if str(self.data.get("day_ends")) == "24:00":
            return None
        words = Words("不是时间：", "not a time of day: ")
        return self._value("day_ends", time.fromisoformat, words)

    def _value(self, key: str, read: Callable[[str], Typed], wrong: Words) -> Typed | None:
        """A single value, typed; None where there is none, or a wrong one."""
        value = self.data.get(key)
        if value is None:
            return None
        try:
            return read(str(value))
        except (KeyError, ValueError, OSError):
            self._find_value(key, Words(f"{wrong.zh}{value}", f"{wrong.en}{value}"))
            return None


def _less(days: Mapping[date, str], others: Mapping[date, str]) -> dict[date, str]:
    """Days without those that the overlay says otherwise of."""
    return {day: reason for day, reason in days.items() if day not in others}
