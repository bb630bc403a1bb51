"""The shapes of operations as they are kept in a file, and what breaks those who rely on them.

Whoever sends a request relies on that what was taken before is taken still; whoever reads an
answer, that what may come was possible before.
"""

from __future__ import annotations

import json
import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from ..protocol import Operation

Schema = Mapping[str, Any]
_LOWEST = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_HIGHEST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")


def schemas_of(operations: Mapping[str, Operation]) -> dict[str, dict[str, Schema]]:
    """The JSON Schemas of requests and answers, by operation."""
    return {
        name: {
            "request": operation.request.model_json_schema(),
            "answer": operation.answer.model_json_schema(),
        }
        for name, operation in sorted(operations.items())
    }


def keep_schemas(operations: Mapping[str, Operation], path: Path) -> None:
    """Write the shapes of operations as they are now to a file, to be kept with the tests."""
    text = json.dumps(schemas_of(operations), ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


def incompatible(kept: Mapping[str, Any], operations: Mapping[str, Operation]) -> list[str]:
    """What has changed since the shapes were kept so that requests or readers of then fail now."""
    return list(_incompatible(kept, schemas_of(operations)))


def _incompatible(kept: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for name, shapes in kept.items():
        if name not in now:
            yield f"{name}: the operation is gone"
            continue
        before, after = shapes["request"], now[name]["request"]
        yield from _Compared(before, after, f"{name} request").narrower()
        before, after = shapes["answer"], now[name]["answer"]
        yield from _Compared(before, after, f"{name} answer").wider()


class _Compared:
    """Two schemas of one place, before and now."""

    def __init__(self, before: Schema, now: Schema, place: str) -> None:
        self._roots = before, now
        self._place = place

    def narrower(self) -> Iterator[str]:
        """What a sender of then may send and is refused now."""
        before, now = self._roots
        yield from self._walk(before, now, self._place, is_request=True)

    def wider(self) -> Iterator[str]:
        """What a reader of then relies on and may not come now."""
        before, now = self._roots
        yield from self._walk(before, now, self._place, is_request=False)

    def _walk(self, before: Schema, now: Schema, at: str, is_request: bool) -> Iterator[str]:
        before, now = self._resolved(before, 0), self._resolved(now, 1)
        yield from _fields(before, now, at, is_request)
        yield from _kinds(before, now, at, is_request)
        if is_request:
            yield from _bounds(before, now, at)
        after = now.get("properties", {})
        for name, shape in before.get("properties", {}).items():
            if name in after:
                yield from self._walk(shape, after[name], f"{at}.{name}", is_request)
        if "items" in before and "items" in now:
            yield from self._walk(before["items"], now["items"], f"{at}[]", is_request)

    def _resolved(self, schema: Schema, which: int) -> Schema:
        reference = schema.get("$ref", "")
        name = reference.removeprefix("#/$defs/")
        found: Schema = self._roots[which].get("$defs", {}).get(name, schema)
        return found


def _fields(before: Schema, now: Schema, at: str, is_request: bool) -> Iterator[str]:
    had, has = set(before.get("properties", {})), set(now.get("properties", {}))
    for name in sorted(had - has):
        yield f"{at}.{name}: the field is gone"
    was, must = set(before.get("required", ())), set(now.get("required", ()))
    if is_request:
        yield from (f"{at}.{name}: the field is required now" for name in sorted(must - was))
    else:
        gone = sorted((was - must) & has)
        yield from (f"{at}.{name}: the field may be left out now" for name in gone)


def _kinds(before: Schema, now: Schema, at: str, is_request: bool) -> Iterator[str]:
    """Kinds of values that were taken and are no more; of an answer: that come and did not."""
    had, has = _values(before), _values(now)
    gone, said = had - has, "narrower, no longer"
    if not is_request:
        gone, said = has - had, "wider, also"
    if had and has and gone:
        yield f"{at}: the type is {said} {', '.join(sorted(gone))}"


def _values(schema: Schema) -> set[str]:
    """The kinds of values of a schema, or the values themselves where they are listed."""
    if "const" in schema:
        return {json.dumps(schema["const"], ensure_ascii=False)}
    if "enum" in schema:
        return set(map(partial(json.dumps, ensure_ascii=False), schema["enum"]))
    parts: set[str] = set().union(*map(_values, schema.get("anyOf", ())))
    kind = schema.get("type", schema.get("$ref", ""))
    form = schema.get("format", schema.get("pattern", ""))
    return (parts | {f"{kind} {form}".strip()}) - {""}


def _bounds(before: Schema, now: Schema, at: str) -> Iterator[str]:
    """Bounds within which a value must lie now and needed not then."""
    yield from _tighter(before, now, at, _LOWEST, operator.gt, -math.inf)
    yield from _tighter(before, now, at, _HIGHEST, operator.lt, math.inf)


def _tighter(
    before: Schema,
    now: Schema,
    at: str,
    names: Sequence[str],
    is_past: Callable[[float, float], bool],
    without: float,
) -> Iterator[str]:
    for name in names:
        if is_past(now.get(name, without), before.get(name, without)):
            yield f"{at}: {name} is {now[name]} now"
