"""Whatever comes in as a value is typed or refused by name; whatever goes out steers nothing."""

from __future__ import annotations

import json
import xml.dom.minidom
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import LOAN, at
from zhixing.workflow import DataError
from zhixing.workflow.loading import stored_definition
from zhixing.workflow.model.field_types import FieldType, parse
from zhixing.workflow.periods.calendars import plain_calendar
from zhixing.workflow.periods.counting import Counting, TimeUnit
from zhixing.workflow.periods.period import Period
from zhixing.workflow.review.pictures import RENDERERS, draw
from zhixing.workflow.source.characters import escaped, is_clean, shown

DEEP: list[Any] = []
for _ in range(100_000):
    DEEP = [DEEP]

NO_MONEY = (
    *("1e999999999", "1e400", "1e-400", "9" * 1_000_000, "NaN", "Infinity", "-inf", ".5"),
    *(
        "1_000",
        "１００",
        "1e2",
        10**5000,
        True,
        1.5,
        Decimal("NaN"),
        Decimal("1e999999"),
        10**16,
        "10000000000000000",
        "-10000000000000000.00",
        None,
        DEEP,
    ),
)
NO_DATES = (
    *("20250101", "2025-W01-1", "2025-02-30", "１９９９-01-01"),
    *(20250101, None, DEEP),
)
NO_TEXTS = ("\ud800", "a\0", "\x1b[8m", "\x9b", "\u202eb", 7, DEEP)
NO_MOMENTS = ("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "now", DEEP)
REFUSED = [
    *((FieldType.MONEY, value) for value in NO_MONEY),
    *((FieldType.NUMBER, value) for value in ("1_0", "１０", 10**5000, True, "9" * 10**6, DEEP)),
    *((FieldType.DATE, value) for value in NO_DATES),
    *((FieldType.DATETIME, value) for value in NO_MOMENTS),
    *((FieldType.TEXT, value) for value in NO_TEXTS),
    *((FieldType.LIST, value) for value in (["\u2066"], DEEP)),
]


@pytest.mark.parametrize(("kind", "value"), REFUSED, ids=lambda v: type(v).__name__)
def test_a_value_that_does_not_fit_is_refused_by_name(kind: FieldType, value: Any) -> None:
    with pytest.raises(DataError) as refused:
        parse("amount", kind, value)
    assert refused.value.field == "amount"
    assert len(str(refused.value)) < 500
    assert is_clean(str(refused.value))


@given(st.sampled_from(FieldType), st.one_of(st.text(), st.floats(), st.integers(), st.binary()))
def test_any_value_is_typed_or_refused(kind: FieldType, value: Any) -> None:
    try:
        parse("x", kind, value)
    except DataError as refused:
        assert is_clean(str(refused))


@given(st.text(st.characters()))
def test_whatever_is_shown_steers_no_terminal_and_stays_json(text: str) -> None:
    assert is_clean(shown(text), has_lines=True)
    if is_clean(text, has_lines=True):
        assert shown(text) == text
    written = shown(json.dumps(text, ensure_ascii=False))
    assert json.loads(written) == text


@given(st.text(st.characters()))
def test_whatever_is_escaped_can_be_read_as_xml(text: str) -> None:
    xml.dom.minidom.parseString(f"<a>{escaped(text)}</a>".encode())


@pytest.mark.parametrize("kind", sorted(RENDERERS))
def test_a_title_that_steers_is_written_out_in_pictures(kind: str) -> None:
    text = LOAN.replace("{zh: 新收, en: fresh}", '{zh: "新\\e[2J\\u202e", en: fresh}')
    picture = draw(stored_definition(text, "old"), kind)
    assert is_clean(picture, has_lines=True) and "u001b" in picture
    if kind == "svg":
        xml.dom.minidom.parseString(picture.encode())


@pytest.mark.parametrize("day", [date(2025, 3, 29), date(2025, 10, 25)])
@pytest.mark.parametrize("length", [24, 48])
def test_hours_are_real_hours_over_the_change_of_summer_time(day: date, length: int) -> None:
    calendar = plain_calendar("Europe/Rome")
    start = datetime(day.year, day.month, day.day, 12, tzinfo=calendar.zone)
    due = Period(length, TimeUnit.HOUR, calendar, Counting.RAW).due(start)
    assert due.at.timestamp() - start.timestamp() == length * 3600


@pytest.mark.parametrize(
    ("kind", "value", "zh", "en"),
    [
        (FieldType.DATE, "2025-03-03T10:00:00+08:00", "写当地的日期", "write the local day"),
        (FieldType.DATE, "2025-03-03 10:00", "写当地的日期", "write the local day"),
        (FieldType.DATE, at("2025-03-03 10:00"), "写当地的日期", "write the local day"),
        (FieldType.DATE, "3 March", "YYYY-MM-DD", "YYYY-MM-DD"),
        (FieldType.DATETIME, "2025-03-03 10:00", "应带偏移", "write its offset"),
    ],
)
def test_a_day_with_a_time_or_a_time_without_a_zone_is_told_how_to_write_it(
    kind: FieldType, value: Any, zh: str, en: str
) -> None:
    with pytest.raises(DataError) as refused:
        parse("filed_on", kind, value)
    assert zh in refused.value.text("zh") and en in refused.value.text("en")
