"""JSON Schemas of definitions, fragments and layers for editors: every key with its meaning in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel

from ..model.base import Basis, Element
from ..model.definition import Definition, Fragment, Layer, Tables
from ..source.yaml_reader import SOURCE, read_text


@cache
def words() -> dict[str, tuple[str, str]]:
    """The meaning of every key: `key` or `Model.key` to its words in Chinese and English."""
    table = read_text(
        files(__package__).joinpath("words.yaml").read_text(encoding="utf-8"), "words.yaml"
    )
    return {
        key: (str(entry["zh"]), str(entry["en"])) for key, entry in table.items() if key != SOURCE
    }


def meaning(model: type[BaseModel], key: str) -> tuple[str, str]:
    """What a key of a model means, in Chinese and English."""
    table = words()
    owners = [kind.__name__ for kind in model.__mro__]
    return next(
        (table[f"{owner}.{key}"] for owner in owners if f"{owner}.{key}" in table),
        table.get(key, (key, key)),
    )


def short(model: type[BaseModel], field: str, lang: str) -> str:
    """The short name of a field in words: what stands before the bracket."""
    key = model.model_fields[field].alias or field
    zh, en = meaning(model, key)
    return zh.partition("（")[0] if lang == "zh" else en.partition(":")[0]


def definition_schema() -> dict[str, Any]:
    """The schema of a definition; what it may import instead is not required of it."""
    schema = _described(Definition)
    schema["required"] = [key for key in schema["required"] if key not in Tables.model_fields]
    return schema


def fragment_schema() -> dict[str, Any]:
    """The schema of a fragment."""
    return _described(Fragment)


def layer_schema() -> dict[str, Any]:
    """The schema of a layer: its head whole; of its tables only that they are mappings, since an entry may be a part of one."""
    schema = _described(Layer)
    properties: dict[str, Any] = schema["properties"]
    for key in (
        "overlay",
        "effective",
        "skips",
        "transitions",
        "states",
        *(n for n in Tables.model_fields if n != "imports"),
    ):
        properties[key] = {
            "type": "string" if key in ("overlay", "effective") else "object",
            "description": " / ".join(meaning(Definition, key)),
        }
    properties["imports"] = _described(Definition)["properties"]["imports"]
    schema["$defs"] = {**schema.get("$defs", {}), **_described(Definition)["$defs"]}
    schema["required"] = ["overlay", "level", "id", "title", "version", "effective"]
    return schema


def models_of(model: type[Element]) -> Iterator[type[Element]]:
    """A model and every model it is made of."""
    seen: set[type[Element]] = set()
    todo = [model]
    while todo:
        kind = todo.pop()
        if kind in seen:
            continue
        seen.add(kind)
        yield kind
        for info in kind.model_fields.values():
            todo += _elements_in(info.annotation)


def _elements_in(annotation: Any) -> list[type[Element]]:
    if isinstance(annotation, type) and issubclass(annotation, Element):
        return [annotation]
    return [found for part in getattr(annotation, "__args__", ()) for found in _elements_in(part)]


def _described(model: type[Element]) -> dict[str, Any]:
    schema = model.model_json_schema(by_alias=True)
    kinds: list[type[Element]] = [*models_of(model), Basis]
    by_name = {kind.__name__: kind for kind in kinds}
    _describe(schema, model)
    for name, part in schema.get("$defs", {}).items():
        if name in by_name:
            _describe(part, by_name[name])
    return schema


def _describe(schema: dict[str, Any], model: type[Element]) -> None:
    for key, part in schema.get("properties", {}).items():
        part["description"] = " / ".join(meaning(model, key))
