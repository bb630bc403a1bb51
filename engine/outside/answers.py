"""Whether what an adapter or a callback gave is an answer at all, and of its operation's shape."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import islice
from typing import Any

from pydantic import ValidationError

from ...adapters.protocol import WITH_DATA, Answer, Operation
from ...adapters.registry import faults
from ...workflow.model.field_types import to_json
from ...workflow.source.characters import is_clean, shown

MOST_ANSWERS = 1000
"""How many answers to one request are read at a time."""
LONGEST_DATA = 1_000_000
"""How many characters of JSON an answer may bring, where its operation says nothing else."""
_encode = json.JSONEncoder(
    default=to_json, ensure_ascii=False, allow_nan=False, sort_keys=True
).encode
_LONGEST_MESSAGE_ID, _LONGEST_KIND, _LONGEST_KEY = 200, 32, 100


def answers_to(key: str, given: Iterable[Answer], longest: int = LONGEST_DATA) -> list[Answer]:
    """The answers that an adapter gave to a request. What is none is a `ValueError`."""
    found = list(islice(given, MOST_ANSWERS + 1))
    if len(found) > MOST_ANSWERS:
        raise ValueError(f"more than {MOST_ANSWERS} answers")
    for answer in found:
        why = unfit(answer, longest)
        if why:
            raise ValueError(why)
        if answer.key != key:
            raise ValueError("an answer to another request")
    return found


def has_key(answer: object) -> bool:
    """Whether something is an answer to what may be a request."""
    return isinstance(answer, Answer) and _is_name(answer.key, _LONGEST_KEY)


def said(answer: object, name: str) -> str:
    """A short text of what calls itself an answer, for who looks into it; nothing else."""
    text = getattr(answer, name, "")
    return shown(text)[:_LONGEST_KEY] if isinstance(text, str) else ""


def unfit(answer: object, longest: int = LONGEST_DATA) -> str:
    """Why something is no answer that can be kept; nothing where it is one."""
    if not isinstance(answer, Answer):
        return f"{type(answer).__name__} is no Answer"
    if not _is_name(answer.message_id, _LONGEST_MESSAGE_ID):
        return f"message_id is no text of 1 to {_LONGEST_MESSAGE_ID} characters that show"
    if not _is_name(answer.kind, _LONGEST_KIND):
        return f"kind is no text of 1 to {_LONGEST_KIND} characters that show"
    if not isinstance(answer.happened_at, date | None):
        return "happened_at is neither a day nor an instant"
    return _unfit_data(answer.data, longest)


def _is_name(text: Any, longest: int) -> bool:
    return isinstance(text, str) and 0 < len(text) <= longest and is_clean(text)


def _unfit_data(data: Any, longest: int) -> str:
    """Why data cannot be kept as JSON, on every database."""
    if not isinstance(data, Mapping):
        return "data is no mapping"
    if not data:  # as most are that only say that it was done
        return ""
    try:
        text = _encode(dict(data))
        text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        return f"data is no JSON: {error}"
    if len(text) > longest:
        return f"data has more than {longest} characters"
    return "data holds the character NUL" if "\\u0000" in text else ""


def is_same(data: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two answers say the same, as it is kept."""
    return _encode(dict(data)) == _encode(dict(other))


def misshapen(answer: Answer, operation: Operation | None) -> str:
    """What is wrong with an answer that brings data; those that refuse may bring any."""
    if operation is None or answer.kind not in WITH_DATA:
        return ""
    try:
        operation.answer.model_validate(dict(answer.data))
    except ValidationError as error:
        where, what = faults(error)[0]
        return f"答复内容不合要求：{where} / malformed answer: {where}: {what}"
    return ""
