"""Values that were read, written out again as YAML.

Plain, as the text of a merged version; or with the place that each value comes from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import singledispatch
from typing import Any

import yaml

from .mappings import entries, lists_mappings, place_of_key, place_of_value, plain
from .positions import Position
from .yaml_reader import SOURCE

__all__ = ["in_a_line", "places", "plain", "to_yaml", "with_places"]

_LONGEST_KEY = 100
"""In bytes. A longer key is written in a form of its own, and the writers differ on when."""
_WRITTEN_ALIKE = re.compile(r"[^\x85\U00010000-\U0010ffff]*")
"""Texts that both writers write in the same way: others are escaped by one of them only."""


class _Dumper(yaml.SafeDumper):
    """The writer in Python: what it writes is the text whose hash names a version."""


class _FastDumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """The writer in C, where it is installed: many times as fast."""


def _represent_decimal(dumper: Any, value: Decimal) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:float", str(value))


for _kind in (_Dumper, _FastDumper):
    _kind.add_representer(Decimal, _represent_decimal)


def to_yaml(value: Any) -> str:
    """Values written so that reading them gives the same again, without their places."""
    return _dumped(plain(value), in_lines=True, is_sorted=False)


def _dumped(value: Any, in_lines: bool, is_sorted: bool) -> str:
    """The text of a value: a line for each entry, or all on one line."""
    text: str = yaml.dump(
        value,
        Dumper=_FastDumper if _is_written_alike(value) else _Dumper,
        allow_unicode=True,
        default_flow_style=not in_lines,
        sort_keys=is_sorted,
        width=10**6,
    )
    return text


@singledispatch
def _is_written_alike(value: Any) -> bool:
    """Whether both writers give the same text for a value."""
    return True


@_is_written_alike.register
def _(value: str) -> bool:
    return _WRITTEN_ALIKE.fullmatch(value) is not None


@_is_written_alike.register
def _(value: Decimal) -> bool:
    return "E" not in str(value)


@_is_written_alike.register
def _(value: list) -> bool:  # type: ignore[type-arg]
    return all(map(_is_written_alike, value))


@_is_written_alike.register
def _(value: dict) -> bool:  # type: ignore[type-arg]
    texts = (*value, *value.values())
    return all(map(_is_plain_key, value)) and all(map(_is_written_alike, texts))


def _is_plain_key(key: str) -> bool:
    """Whether both writers write a key in front of its colon."""
    return 0 < len(key.encode()) <= _LONGEST_KEY


def with_places(value: dict[str, Any]) -> str:
    """The merged view: every value that another file gave says which file and line."""
    home = value[SOURCE].at.file
    return "\n".join(_lines(value, "", home)) + "\n"


def places(value: Any, path: str = "") -> Iterator[tuple[str, Any, Position]]:
    """Every single value of a merged definition: its path, itself, and where it stands."""
    for key, item in entries(value):
        here = f"{path}.{key}" if path else str(key)
        if isinstance(item, dict):
            yield from places(item, here)
        elif lists_mappings(item):
            yield from _places_in(item, here)
        else:
            yield here, plain(item), place_of_value(value, key)


def _places_in(items: list[Any], path: str) -> Iterator[tuple[str, Any, Position]]:
    """Of a list, by the triggers of its entries or their numbers."""
    for index, entry in enumerate(items):
        if isinstance(entry, dict):
            yield from places(entry, f"{path}[{entry.get('trigger', index)}]")


def _lines(value: dict[str, Any], indent: str, home: str) -> Iterator[str]:
    """A mapping line by line; `home` is the file that needs no mention."""
    for key, item in entries(value):
        at = place_of_key(value, key)
        if isinstance(item, dict) and len(item) > 1:
            yield f"{indent}{key}:{_mark(at, home)}"
            yield from _lines(item, indent + "  ", at.file)
        elif lists_mappings(item):
            yield f"{indent}{key}:"
            for entry in item:
                yield from _entry_lines(entry, indent, home)
        else:
            yield f"{indent}{key}: {in_a_line(item)}{_mark(at, home)}"


def _entry_lines(entry: Any, indent: str, home: str) -> Iterator[str]:
    """One entry of a list; a mapping begins on the line of its dash."""
    if not isinstance(entry, dict):
        yield f"{indent}- {in_a_line(entry)}"
        return
    at = entry[SOURCE].at
    first, *rest = list(_lines(entry, "", at.file)) or ["{}"]
    yield f"{indent}- {first}{_mark(at, home)}"
    for line in rest:
        yield f"{indent}  {line}"


def in_a_line(item: Any, *, is_sorted: bool = True) -> str:
    """A value as YAML in one line, its keys sorted or in the order given."""
    text = _dumped(plain(item), in_lines=False, is_sorted=is_sorted)
    return text.removesuffix("\n").removesuffix("\n...")


def _mark(at: Position, home: str) -> str:
    """Which file and line a value comes from, where that is another file."""
    return f"  # ← {at.file}:{at.line}" if at.file != home else ""
