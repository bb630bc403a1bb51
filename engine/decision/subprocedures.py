"""What guards may ask about the sub-procedures of a case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...workflow.model.field_types import FieldType, revived
from ...workflow.model.flow import SubProcedure
from .procedure import Procedure

Known = dict[str, dict[str, Any]]
"""By name of the sub-procedure: `count`, `open`, `concluded`, `at.STATE`, `latest.FIELD`, …

Those about one record are under `NAME@RECORD` too.
"""


def counted(procedure: Procedure, counts: Iterable[tuple[str, str, str, bool, int]]) -> Known:
    """How many sub-procedures there are, from (name, about, state, is open, how many)."""
    known: Known = {}
    for name, about, state, is_open, count in counts:
        sub = procedure.definition.proceedings.get(name)
        asked = sub is not None and state in sub.states
        for told in _told(known, name, about):
            told["count"] += count
            told["open" if is_open else "concluded"] += count
            if asked:
                told[f"at.{state}"] = told.get(f"at.{state}", 0) + count
    return known


def _told(known: Known, name: str, about: str) -> list[dict[str, Any]]:
    """What is told of all of a name, and of those about one record."""
    names = [name, f"{name}@{about}"] if about else [name]
    return [known.setdefault(n, {"count": 0, "open": 0, "concluded": 0}) for n in names]


def asks_for_fields(procedure: Procedure, known: Known) -> bool:
    """Whether guards may ask about fields of the sub-procedures that there are."""
    subs = procedure.definition.proceedings
    return any(name in subs and subs[name].fields for name in known)


def add_fields(
    procedure: Procedure,
    known: Known,
    children: Iterable[tuple[str, str, bool, Mapping[str, Any]]],
) -> None:
    """Add what is asked about fields, from (name, about, is open, data) in the order of opening."""
    for name, about, is_open, data in children:
        sub = procedure.definition.proceedings.get(name)
        if sub is not None and name in known:
            for told in _told(known, name, about):
                _add_fields_of(told, sub, is_open, data)


def _add_fields_of(
    told: dict[str, Any], sub: SubProcedure, is_open: bool, data: Mapping[str, Any]
) -> None:
    for field, kind in sub.fields.items():
        value = told[f"latest.{field}"] = revived(kind, data.get(field))
        is_summed = kind in (FieldType.MONEY, FieldType.NUMBER)
        if is_summed and is_open and value is not None:
            told[f"sum.{field}"] = told.get(f"sum.{field}", 0) + value
