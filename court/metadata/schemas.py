"""Fields of cases as JSON Schema: what a page may send is what the engine takes.

Each has its title in Chinese (`title`) and in English (`x-title-en`), and its unit (`x-unit`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...engine.decision.obstacles import words
from ...workflow.model.base import Text
from ...workflow.model.field_types import MAX_NUMBER, MAX_TEXT, FieldType
from ...workflow.model.flow import FieldSpec

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MOST_RECORDS = 2000
_DAY = "(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_ZONE = r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
_PLAIN: Mapping[FieldType, Schema] = {
    FieldType.TEXT: {"type": "string", "maxLength": MAX_TEXT},
    FieldType.NUMBER: {"type": "integer", "minimum": -MAX_NUMBER, "maximum": MAX_NUMBER},
    FieldType.MONEY: {"type": "string", "pattern": r"^-?[0-9]{1,16}(\.[0-9]{1,2})?$"},
    FieldType.DATE: {"type": "string", "format": "date", "pattern": rf"^[0-9]{{4}}-{_DAY}$"},
    FieldType.DATETIME: {
        "type": "string",
        "format": "date-time",
        "pattern": rf"^[0-9]{{4}}-{_DAY}T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?{_ZONE}$",
    },
    FieldType.FLAG: {"type": "boolean"},
    FieldType.LIST: {"type": "array", "items": {"type": "string", "maxLength": MAX_TEXT}},
    FieldType.PARTY: {"type": "string", "pattern": "^[A-Za-z0-9_.:-]{1,100}$"},
    FieldType.IDENTITY: {"type": "string", "minLength": 5, "maxLength": 80},
}


def schema_of(spec: FieldSpec) -> Schema:
    """One field."""
    schema = {**_titled(spec.title), **_shape(spec)}
    return {**schema, "x-unit": spec.unit} if spec.unit else schema


def _shape(spec: FieldSpec) -> Schema:
    if spec.choices is not None:
        return {"oneOf": [{"const": id, **_titled(text)} for id, text in spec.choices.items()]}
    if spec.fields is not None:
        properties = {name: schema_of(of) for name, of in spec.fields.items()}
        properties["id"] = {"type": "string", "pattern": "^[A-Za-z0-9_.-]{1,64}$"}
        record = {"type": "object", "properties": properties, "additionalProperties": False}
        return {"type": "array", "items": record, "maxItems": _MOST_RECORDS}
    return dict(_PLAIN[spec.type])


def _titled(text: Text) -> Schema:
    title = words(text)
    return {"title": title.zh, "x-title-en": title.en}


def form_schema(fields: Mapping[str, FieldSpec], required: Iterable[str]) -> Schema:
    """What is brought together: these fields and no others, those `required` among them."""
    return {
        "$schema": DIALECT,
        "type": "object",
        "properties": {name: schema_of(spec) for name, spec in fields.items()},
        "required": sorted(required),
        "additionalProperties": False,
    }
