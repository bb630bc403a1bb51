"""Answers as JSON, in the form that callbacks, files and queues bring them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from ..protocol import Answer
from ..registry import faults

_MOST = 1000
_Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class _Item(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    key: _Id
    message_id: _Id
    kind: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    data: dict[str, Any] = Field(default_factory=dict)
    final: bool = True
    happened_at: Annotated[str, StringConstraints(max_length=40)] | None = None


class _Items(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    answers: list[_Item] = Field(min_length=1, max_length=_MOST)


def answers_from_json(value: Any) -> Sequence[Answer]:
    """Answers from `{"key", "message_id", "kind", "data", "final", "happened_at"}`.

    Or from several, as `{"answers": [ … ]}`; `data`, `final` and `happened_at` (a day, or a moment
    with its offset) may be left out. A `ValueError` says where it has another form, without values.
    """
    is_several = isinstance(value, dict) and "answers" in value
    try:
        items = _Items.model_validate(value if is_several else {"answers": [value]}).answers
    except ValidationError as error:
        where, what = faults(error)[0]
        raise ValueError(f"{where}: {what}") from None
    return [_answer(item) for item in items]


def _answer(item: _Item) -> Answer:
    at = _moment(item.happened_at) if item.happened_at is not None else None
    return Answer(item.key, item.message_id, item.kind, item.data, item.final, at)


def _moment(text: str) -> datetime | date:
    """A day, or a moment that is the same everywhere. Raises `ValueError`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("happened_at: neither YYYY-MM-DD nor a moment by ISO 8601") from None
    if at.tzinfo is None:
        raise ValueError("happened_at: a moment has its offset from UTC")
    return at
