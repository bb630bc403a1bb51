"""Calendars by name, and the closures and make-up days of a court, read from YAML."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ..errors import UnknownCalendar
from ..source.findings import Finding
from ..source.positions import Position, SourceMap
from ..source.yaml_reader import SOURCE, ReadingFailed, read_file
from .calendars import FIRST_YEAR, LAST_YEAR, Calendar, national_calendar, plain_calendar


def calendar_named(name: str) -> Calendar:
    """`cn`, `none`, or the path of a YAML overlay. Raises `UnknownCalendar`, or `ReadingFailed` for a bad file."""
    if name == "cn":
        return national_calendar()
    if name == "none":
        return plain_calendar()
    if name.endswith((".yaml", ".yml")):
        return load_overlay(name)
    raise UnknownCalendar(calendar=name, known="cn, none, FILE.yaml")


def load_overlay(path: str | Path, base: Calendar | None = None) -> Calendar:
    """A calendar of closures and make-up days laid over another one.

    Keys: `id`, `base` (cn or none), `announced` (years made official by this file), `rest` and `work` (lists of a
    date, or of a mapping `date` or `from`/`to` with `reason`), `day_ends` (HH:MM), `zone`. Raises `ReadingFailed`.
    """
    data, _ = read_file(path)
    reader = _OverlayReader(str(path))
    calendar = reader.calendar(data, base)
    if reader.findings:
        raise ReadingFailed(reader.findings)
    return calendar


class _OverlayReader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.findings: list[Finding] = []

    def calendar(self, data: Any, base: Calendar | None) -> Calendar:
        if not isinstance(data, dict):
            self._find(
                Position(self.name, 1, 1), "日历文件应为键值表", "a calendar file is a mapping"
            )
            return plain_calendar()
        source: SourceMap = data.pop(SOURCE)
        known = {"id", "base", "announced", "rest", "work", "day_ends", "zone", "title", "notice"}
        for key in data.keys() - known:
            self._find(source.keys[key], f"未知的键 {key}", f"unknown key {key}")
        if base is None:
            base_name = str(data.get("base", "cn"))
            if base_name not in ("cn", "none"):
                self._find(
                    source.values["base"],
                    f"未知的基础日历 {base_name}",
                    f"unknown base calendar {base_name}",
                )
                base_name = "cn"
            base = calendar_named(base_name)
        rest = self._days(data.get("rest"), source, "rest")
        work = self._days(data.get("work"), source, "work")
        for day in rest.keys() & work.keys():
            self._find(
                source.values["work"],
                f"{day} 既休息又工作",
                f"{day} is both a rest day and a working day",
            )
        years = self._years(data.get("announced"), source)
        ends = self._time(data.get("day_ends"), source)
        zone = self._zone(data.get("zone"), source) or base.zone
        merged_rest = {d: r for d, r in base.rest.items() if d not in work} | rest
        merged_work = {d: r for d, r in base.work.items() if d not in rest} | work
        name = str(data.get("id", Path(self.name).stem))
        return Calendar(
            name,
            zone,
            merged_rest,
            merged_work,
            base.announced | years,
            ends or base.day_ends,
            True if rest else base.rests,
        )

    def _find(self, at: Position, zh: str, en: str) -> None:
        self.findings.append(Finding(at, "calendar", zh, en))

    def _days(self, entries: Any, source: SourceMap, key: str) -> dict[date, str]:
        days: dict[date, str] = {}
        if entries is None:
            return days
        if not isinstance(entries, list):
            self._find(source.values[key], f"{key} 应为列表", f"{key} must be a list")
            return days
        for entry in entries:
            for day, reason in self._entry(entry, source.values[key]):
                if not FIRST_YEAR <= day.year <= LAST_YEAR:
                    self._find(
                        source.values[key],
                        f"{day} 超出日历范围",
                        f"{day} lies outside every calendar",
                    )
                days[day] = reason
        return days

    def _entry(self, entry: Any, near: Position) -> Iterable[tuple[date, str]]:
        if not isinstance(entry, dict):
            day = self._date(entry, getattr(entry, "at", near))
            return [(day, "")] if day else []
        at: SourceMap = entry[SOURCE]
        reason = str(entry.get("reason", ""))
        first = self._date(entry.get("date", entry.get("from")), at.at)
        last = self._date(entry.get("to", entry.get("date", entry.get("from"))), at.at)
        if first is None or last is None:
            return []
        if last < first or (last - first).days > 366:
            self._find(
                at.at,
                f"期间 {first} 至 {last} 不合理",
                f"the range {first} to {last} makes no sense",
            )
            return []
        return [(first + timedelta(days=i), reason) for i in range((last - first).days + 1)]

    def _date(self, value: Any, at: Position) -> date | None:
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self._find(at, f"不是日期：{value}", f"not a date: {value}")
            return None

    def _years(self, value: Any, source: SourceMap) -> frozenset[int]:
        years = value if isinstance(value, list) else [] if value is None else [value]
        if not all(isinstance(year, int) for year in years):
            self._find(
                source.values["announced"],
                "announced 应为年份列表",
                "announced must be a list of years",
            )
            return frozenset()
        return frozenset(years)

    def _time(self, value: Any, source: SourceMap) -> time | None:
        if value is None or str(value) == "24:00":
            return None
        try:
            return time.fromisoformat(str(value))
        except ValueError:
            self._find(
                source.values["day_ends"], f"不是时间：{value}", f"not a time of day: {value}"
            )
            return None

    def _zone(self, value: Any, source: SourceMap) -> ZoneInfo | None:
        if value is None:
            return None
        try:
            return ZoneInfo(str(value))
        except (KeyError, ValueError, OSError):
            self._find(source.values["zone"], f"未知的时区 {value}", f"unknown time zone {value}")
            return None
