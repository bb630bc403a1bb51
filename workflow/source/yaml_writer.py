"""A merged definition written out again as YAML: plain, as the text of its version; or with the place each value comes from."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import yaml

from .positions import Position
from .yaml_reader import SOURCE


class _Dumper(yaml.SafeDumper):
    pass


_Dumper.add_representer(
    Decimal, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:float", str(value))
)


def to_yaml(value: Any) -> str:
    """Values that were read, written so that reading them gives the same again (without their places)."""
    return yaml.dump(plain(value), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**6)


def plain(value: Any) -> Any:
    """A value without the places of its parts."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items() if k != SOURCE}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return str(value) if isinstance(value, str) else value


def with_places(value: dict[str, Any]) -> str:
    """The merged view: YAML in which every value that another file gave says which file and line."""
    home = value[SOURCE].at.file
    return "\n".join(_lines(value, "", home)) + "\n"


def places(value: Any, path: str = "") -> Iterator[tuple[str, Any, Position]]:
    """Every single value of a merged definition: its path, itself, and where it stands."""
    for key, item in value.items():
        if key == SOURCE:
            continue
        at = value[SOURCE].values.get(key, value[SOURCE].at)
        here = f"{path}.{key}" if path else str(key)
        if isinstance(item, dict):
            yield from places(item, here)
        elif isinstance(item, list) and any(isinstance(i, dict) for i in item):
            for index, entry in enumerate(item):
                if isinstance(entry, dict):
                    name = entry.get("trigger", index)
                    yield from places(entry, f"{here}[{name}]")
        else:
            yield here, plain(item), at


def _lines(value: dict[str, Any], indent: str, home: str) -> Iterator[str]:
    for key, item in value.items():
        if key == SOURCE:
            continue
        at = value[SOURCE].keys.get(key, value[SOURCE].at)
        if isinstance(item, dict) and len(item) > 1:
            yield f"{indent}{key}:{_mark(at, home)}"
            yield from _lines(item, indent + "  ", at.file)
        elif isinstance(item, list) and any(isinstance(i, dict) for i in item):
            yield f"{indent}{key}:"
            for entry in item:
                if isinstance(entry, dict):
                    first, *rest = list(_lines(entry, "", entry[SOURCE].at.file)) or ["{}"]
                    yield f"{indent}- {first}{_mark(entry[SOURCE].at, home)}"
                    yield from (f"{indent}  {line}" for line in rest)
                else:
                    yield f"{indent}- {_inline(entry)}"
        else:
            yield f"{indent}{key}: {_inline(item)}{_mark(at, home)}"


def _inline(item: Any) -> str:
    text = yaml.dump(
        plain(item), Dumper=_Dumper, allow_unicode=True, default_flow_style=True, width=10**6
    )
    return text.removesuffix("\n").removesuffix("\n...")


def _mark(at: Position, home: str) -> str:
    return f"  # ← {at.file}:{at.line}" if at.file != home else ""
