"""Lists of records: each record typed by the fields of its list, and known by its id."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..errors import DataError
from .field_types import parse, reviver
from .flow import FieldSpec

ID = "id"
"""What a record is known by, among its fields."""

_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_MOST = 2_000

Fields = Mapping[str, FieldSpec]
Record = dict[str, Any]


def parse_records(field: str, fields: Fields, value: Any) -> list[Record]:
    """A list of records, typed; one without an id is called by its place.

    Raises `DataError` naming the record and its field.
    """
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > _MOST:
        zh, en = f"应为记录的列表（至多 {_MOST} 条）", f"must be a list of records, at most {_MOST}"
        raise DataError(field=field, value=type(value).__name__, why_zh=zh, why_en=en)
    found = [_record(field, fields, given, str(n)) for n, given in enumerate(value, 1)]
    _check_ids(field, [record[ID] for record in found])
    return found


def _record(field: str, fields: Fields, given: Any, place: str) -> Record:
    """One record of a list."""
    where = f"{field}.{place}"
    if not isinstance(given, Mapping):
        zh, en = "应为一条记录（字段与值）", "must be a record: fields and values"
        raise DataError(field=where, value=type(given).__name__, why_zh=zh, why_en=en)
    unknown = next((name for name in given if name not in (ID, *fields)), None)
    if unknown is not None:
        zh, en = "没有这个字段", "there is no such field"
        raise DataError(field=f"{where}.{unknown}", value=given[unknown], why_zh=zh, why_en=en)
    known = {**defaults_of(fields), **{k: v for k, v in given.items() if v is not None}}
    return {ID: checked_id(field, known.get(ID, place))} | {
        name: parse_of(f"{where}.{name}", spec, known[name])
        for name, spec in fields.items()
        if name in known
    }


def _check_ids(field: str, ids: Sequence[str]) -> None:
    """Two records of a list have two ids. Raises `DataError`."""
    again = next((id for n, id in enumerate(ids) if id in ids[:n]), None)
    if again is not None:
        zh, en = "记录编号重复", "two records have this id"
        raise DataError(field=field, value=again, why_zh=zh, why_en=en)


def checked_id(field: str, id: Any) -> str:
    """The id of a record. Raises `DataError`."""
    if isinstance(id, str) and _ID.fullmatch(id):
        return id
    zh = "记录编号应为字母、数字、_ . -（至多 64 位）"
    en = "the id of a record is letters, digits, _ . and - (at most 64)"
    raise DataError(field=field, value=id, why_zh=zh, why_en=en)


def parse_of(name: str, spec: FieldSpec, value: Any) -> Any:
    """A typed value of a field. Raises `DataError`."""
    if spec.fields:
        return parse_records(name, spec.fields, value)
    return parse(name, spec.type, value, frozenset(spec.choices) if spec.choices else None)


def defaults_of(fields: Fields) -> Record:
    """What a record has before anybody wrote it."""
    return {
        name: parse(name, spec.type, spec.default)
        for name, spec in fields.items()
        if spec.default is not None
    }


def reviver_of(spec: FieldSpec) -> Callable[[Any], Any] | None:
    """What turns a stored value of a field back into a typed one; None when it is stored as it
    is."""
    if not spec.fields:
        return reviver(spec.type)
    revivers = {name: r for name, of in spec.fields.items() if (r := reviver(of.type))}
    return lambda stored: [_revived(record, revivers) for record in stored]


def _revived(record: Record, revivers: Mapping[str, Callable[[Any], Any]]) -> Record:
    """A stored record, typed; one that is typed already is as it was."""
    typed = {
        name: revive(record[name])
        for name, revive in revivers.items()
        if isinstance(record.get(name), str)
    }
    return {**record, **typed}
