"""When something happened, as the command line takes and shows it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

import click

from ..workflow import ZhixingError


class BadWhen(ZhixingError):
    """A time on the command line is no day and no instant with its offset."""

    code = "when"
    zh = "{value} 不是日期或带时区的时间（如 2026-01-08 或 2026-01-08T10:00+08:00）"
    en = "{value} is no day, and no time with an offset (2026-01-08, 2026-01-08T10:00+08:00)"


def day_or_instant(text: str) -> date | datetime:
    """A day (its end, or now) or an aware instant. Raises `BadWhen`."""
    try:
        if len(text) == len("2026-01-08"):
            return date.fromisoformat(text)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadWhen(value=text) from None
    if found.tzinfo is None:
        raise BadWhen(value=text)
    return found


Command = TypeVar("Command", bound=Callable[..., Any])


def day_option(name: str, help: str) -> Callable[[Command], Command]:
    """An option that is a day, YYYY-MM-DD; None where it is not given."""
    written = click.DateTime(["%Y-%m-%d"])
    return click.option(name, type=written, default=None, callback=_as_day, help=help)


def _as_day(context: click.Context, parameter: click.Parameter, value: Any) -> date | None:
    return value.date() if value is not None else None
