"""Mappings as the reader gives them: their entries apart from the places they carry."""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch
from typing import Any

from .positions import Position, SourceMap
from .yaml_reader import SOURCE


def entries(mapping: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The entries of a mapping, without its places."""
    return [(key, item) for key, item in mapping.items() if key != SOURCE]


def has_places(value: Any) -> bool:
    """Whether a value is a mapping that the reader made."""
    return isinstance(value, dict) and SOURCE in value


def are(kind: type, *values: Any) -> bool:
    """Whether all values are of a kind."""
    return all(isinstance(value, kind) for value in values)


def value_of(value: Any, key: str) -> Any:
    """What a mapping holds under a key; None for a value that is no mapping."""
    return value.get(key) if isinstance(value, dict) else None


def as_list(value: Any) -> list[Any]:
    """What may be written alone, or as a list."""
    return value if isinstance(value, list) else [value]


def lists_mappings(value: Any) -> bool:
    """Whether a value is a list with a mapping in it."""
    return isinstance(value, list) and dict in map(type, value)


def place_of_key(mapping: Mapping[str, Any], key: str) -> Position:
    """Where a key stands, or the whole mapping where that is not known."""
    source: SourceMap = mapping[SOURCE]
    return source.keys.get(key, source.at)


def place_of_value(mapping: Mapping[str, Any], key: str) -> Position:
    """Where the value of a key stands, or the whole mapping where that is not known."""
    source: SourceMap = mapping[SOURCE]
    return source.values.get(key, source.at)


def point(source: SourceMap, key: str, there: Mapping[str, Any]) -> None:
    """Let a key stand where it stands in another mapping."""
    source.keys[key] = place_of_key(there, key)
    source.values[key] = place_of_value(there, key)


@singledispatch
def plain(value: Any) -> Any:
    """A value without the places of its parts."""
    return value


@plain.register
def _(value: str) -> str:
    return str(value)


@plain.register
def _(value: dict) -> dict[str, Any]:  # type: ignore[type-arg]
    return {str(key): plain(item) for key, item in entries(value)}


@plain.register(list)
@plain.register(tuple)
def _(value: list[Any] | tuple[Any, ...]) -> list[Any]:
    return [plain(item) for item in value]


@singledispatch
def copied(value: Any) -> Any:
    """A copy that can be changed, and point to other places, without touching the value."""
    return value


@copied.register
def _(value: SourceMap) -> SourceMap:
    return SourceMap(value.at, dict(value.keys), dict(value.values))


@copied.register
def _(value: dict) -> dict[str, Any]:  # type: ignore[type-arg]
    return {key: copied(item) for key, item in value.items()}


@copied.register
def _(value: list) -> list[Any]:  # type: ignore[type-arg]
    return [copied(item) for item in value]
