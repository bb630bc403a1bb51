"""JSON Schemas of definitions, fragments and layers for editors, every key with its meaning."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel

from ..language import Words
from ..model.base import Basis, Element, elements_in, keys_of
from ..model.definition import Definition, Fragment, Layer, Tables
from ..source.mappings import entries
from ..source.yaml_reader import read_text

_LAYER_REQUIRES = ["overlay", "level", "id", "title", "version", "effective"]
_LAYER_TEXTS = ("overlay", "effective")
_LAYER_TABLES = (
    "skips",
    "transitions",
    "states",
    *(field for field in Tables.model_fields if field != "imports"),
)


@cache
def words() -> dict[str, Words]:
    """The meaning of every key, by `key` or `Model.key`."""
    text = files(__package__).joinpath("words.yaml").read_text(encoding="utf-8")
    table = read_text(text, "words.yaml")
    return {key: Words(str(entry["zh"]), str(entry["en"])) for key, entry in entries(table)}


def meaning(model: type[BaseModel], key: str) -> Words:
    """What a key of a model means: as the model has it, or one it is made from, or any."""
    table = words()
    for owner in model.__mro__:
        if f"{owner.__name__}.{key}" in table:
            return table[f"{owner.__name__}.{key}"]
    return table.get(key, Words(key, key))


def short(model: type[BaseModel], field: str) -> Words:
    """The short name of a field: what stands before the bracket or the colon."""
    whole = meaning(model, model.model_fields[field].alias or field)
    return Words(whole.zh.partition("（")[0], whole.en.partition(":")[0])


def definition_schema() -> dict[str, Any]:
    """The schema of a definition; what it may import instead is not required of it."""
    schema = _described(Definition)
    schema["required"] = [key for key in schema["required"] if key not in Tables.model_fields]
    return schema


def fragment_schema() -> dict[str, Any]:
    """The schema of a fragment."""
    return _described(Fragment)


def layer_schema() -> dict[str, Any]:
    """The schema of a layer: its head whole; of its tables only that they are mappings.

    An entry of a layer's table may be a part of an entry.
    """
    schema, whole = _described(Layer), _described(Definition)
    properties: dict[str, Any] = schema["properties"]
    for key in _LAYER_TEXTS:
        properties[key] = _of_type("string", key)
    for key in _LAYER_TABLES:
        properties[key] = _of_type("object", key)
    properties["imports"] = whole["properties"]["imports"]
    schema["$defs"] = {**schema.get("$defs", {}), **whole["$defs"]}
    schema["required"] = _LAYER_REQUIRES
    return schema


def _of_type(kind: str, key: str) -> dict[str, Any]:
    return {"type": kind, "description": " / ".join(meaning(Definition, key))}


def models_of(model: type[Element]) -> Iterator[type[Element]]:
    """A model and every model it is made of."""
    seen: set[type[Element]] = set()
    todo = [model]
    while todo:
        kind = todo.pop()
        if kind not in seen:
            seen.add(kind)
            yield kind
            for annotation in keys_of(kind).values():
                todo += elements_in(annotation)


def _described(model: type[Element]) -> dict[str, Any]:
    """The schema that pydantic makes, with the meaning of every key."""
    schema = model.model_json_schema(by_alias=True)
    _describe(schema, model)
    models: list[type[Element]] = [*models_of(model), Basis]
    by_name = {kind.__name__: kind for kind in models}
    parts = schema.get("$defs", {})
    for name in parts.keys() & by_name.keys():
        _describe(parts[name], by_name[name])
    for name, part in [(model.__name__, schema), *parts.items()]:
        if name in words():
            part["description"] = " / ".join([words()[name].zh, part.get("description", name)])
    return schema


def _describe(schema: dict[str, Any], model: type[Element]) -> None:
    for key, part in schema.get("properties", {}).items():
        part["description"] = " / ".join(meaning(model, key))
