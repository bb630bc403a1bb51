"""Days, persons and texts in the facts of a case that comes in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, StringConstraints, WrapValidator
from pydantic_core import PydanticCustomError

from ...engine.charter.persons import fault_of
from ...engine.decision.texts import LONGEST_REFERENCE
from ...workflow.language import Words
from ...workflow.source.characters import is_clean

_DAY = Words("应为日期 YYYY-MM-DD", "must be a day, YYYY-MM-DD")
_MOMENT = Words(
    "应为日期 YYYY-MM-DD，或带时区的时刻，如 2026-01-08T10:20:00+08:00",
    "must be a day, YYYY-MM-DD, or a moment with its zone, such as 2026-01-08T10:20:00+08:00",
)
_UNCLEAN = Words("不得含控制字符", "must not hold control characters")
_FIRST_YEAR = 1900


def wrong(words: Words) -> PydanticCustomError:
    """An error of a value in both languages."""
    return PydanticCustomError("takeover-value", "{en}", {"zh": words.zh, "en": words.en})


def expect(fits: bool, words: Words) -> None:
    """A value fits; one that does not is refused in these words."""
    if not fits:
        raise wrong(words)


def _read(value: Any, words: Words) -> date:
    """A day or a moment, of a file's text or of YAML's own."""
    if isinstance(value, date):
        return value
    try:
        is_day = len(value) == len("2026-01-08")
        return date.fromisoformat(value) if is_day else datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise wrong(words) from None


def _day(value: Any, _: Any) -> date:
    """A day, and no moment of it."""
    found = _read(value, _DAY)
    expect(not isinstance(found, datetime) and found.year >= _FIRST_YEAR, _DAY)
    return found


def _moment(value: Any, _: Any) -> date:
    """A day, or a moment that says its zone."""
    found = _read(value, _MOMENT)
    is_naive = isinstance(found, datetime) and found.tzinfo is None
    expect(not is_naive and found.year >= _FIRST_YEAR, _MOMENT)
    return found


def _clean(text: str) -> str:
    expect(is_clean(text), _UNCLEAN)
    return text


def _person(id: str) -> str:
    """The id of a person, where one is named."""
    fault = fault_of(id) if id else None
    if fault is not None:
        raise wrong(fault)
    return id


Day = Annotated[date, WrapValidator(_day)]
Moment = Annotated[datetime | date, WrapValidator(_moment)]
"""A day, or a moment with its zone."""
Said = Annotated[
    str,
    StringConstraints(strict=True, max_length=LONGEST_REFERENCE),
    AfterValidator(_clean),
]
Person = Annotated[str, StringConstraints(strict=True), AfterValidator(_person)]
