"""Which facts are the title: the lists and fields are there, and are what a title is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..claims.columns import COLUMNS, Column, lists_of
from ..model.field_types import FieldType
from ..model.flow import FieldSpec
from ..model.parts import Claim
from ..source.findings import Finding
from .references import Problem, References

_FIELDS = {
    "principal": FieldType.MONEY,
    "due_on": FieldType.DATE,
    "effective_on": FieldType.DATE,
    "accelerated_on": FieldType.DATE,
}
"""The keys that name a field of the case, and its type."""


def check(references: References) -> Iterator[Finding]:
    """Findings for the titles of a definition."""
    claims = references.definition.claims.values()
    yield from references.refer_keys(claims, dict.fromkeys(COLUMNS, "records"))
    yield from references.refer_keys(claims, dict.fromkeys(_FIELDS, "field"))
    yield from references.each(claims, _fields)
    yield from references.each(claims, _lists)


def _fields(references: References, claim: Claim) -> Iterator[Finding]:
    """An amount is money, a day is a date."""
    for key, kind in _FIELDS.items():
        name = getattr(claim, key)
        zh, en = f"{name} 须为 {kind} 字段", f"{name} must be a field of type {kind}"
        yield from references.typed(claim, key, name, [kind], Problem("claim-field", zh, en))


def _lists(references: References, claim: Claim) -> Iterator[Finding]:
    """The records of each list have what they need, in the types that are read."""
    records = references.definition.records
    for key, columns in COLUMNS.items():
        for listed in lists_of(claim, key):
            fields = records.get(listed, {})
            yield from _missing(claim, key, listed, fields, columns) if fields else ()
            for name in fields.keys() & columns.keys():
                yield from _column(name, fields[name], columns[name])


def _missing(
    claim: Claim,
    key: str,
    listed: str,
    fields: Mapping[str, FieldSpec],
    columns: Mapping[str, Column],
) -> Iterator[Finding]:
    for name, column in columns.items():
        if column.is_required and name not in fields:
            zh = f"列表 {listed} 的记录须有字段 {name}（{column.words.zh}，{column.kinds[0]}）"
            en = f"records of {listed} need {name}: {column.words.en}, of type {column.kinds[0]}"
            yield Finding(claim.at_value(key), "claim-field", zh, en)


def _column(name: str, spec: FieldSpec, column: Column) -> Iterator[Finding]:
    """A field that is read has a type that can be; a choice says what is known."""
    if spec.type not in column.kinds:
        kinds = " / ".join(column.kinds)
        zh = f"{name} 是“{column.words.zh}”，类型须为 {kinds}"
        en = f"{name} is read as {column.words.en}: its type is {kinds}"
        yield Finding(spec.at_value("type"), "claim-field", zh, en)
    known, choices = ", ".join(column.choices), spec.choices or {}
    for choice in sorted(choices.keys() - set(map(str, column.choices))):
        zh, en = f"{name} 没有选项 {choice}；可用：{known}", f"no {name} {choice}; known: {known}"
        yield Finding(choices[choice].at, "claim-choice", zh, en)
