"""JSON from a far side: exact amounts, no words that are no numbers, no depth without bound."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, NoReturn

MAX_DEPTH = 60
"""How deep lists and objects may lie in one another."""


def parsed_json(content: bytes, max_depth: int = MAX_DEPTH) -> Any:
    """The value of a JSON text; numbers with a point are `Decimal`.

    A `ValueError` says why it is none.
    """
    try:
        found = json.loads(content, parse_float=Decimal, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    _check_depth(found, max_depth)
    return found


def _no_number(written: str) -> NoReturn:
    raise ValueError(f"{written} is no number")


def _check_depth(value: Any, max_depth: int) -> None:
    """Raises `ValueError` for what lies deeper than anything that is sent for a reason."""
    level, depth = [value], 0
    while level:
        if depth > max_depth:
            raise ValueError("it is nested too deeply")
        level = [part for one in level for part in _parts(one)]
        depth += 1


def _parts(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
