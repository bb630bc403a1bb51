"""Adapters by name: given in code, or found under the entry point group `zhixing.adapters`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from importlib.metadata import entry_points

from pydantic import BaseModel, ValidationError

from ..workflow.errors import ZhixingError
from .protocol import Adapter, Operation

GROUP = "zhixing.adapters"


class UnknownOperation(ZhixingError):
    """No adapter offers the operation that a definition names."""

    code = "operation-unknown"
    zh, en = (
        "没有适配器提供操作 {operation}；已知：{known}",
        "no adapter offers the operation {operation}; known: {known}",
    )


class BadRequest(ZhixingError):
    """A request does not have the shape that the operation asks for."""

    code = "operation-request"
    zh, en = (
        "操作 {operation} 的请求不完整：{why}",
        "the request of {operation} is not complete: {why}",
    )


def known_operations() -> dict[str, Operation]:
    """The operations of every adapter that is installed, set up here or not.

    They are by name, `adapter.operation`. An entry point names a class: its `operations` say what
    it can be asked, its `from_environment` makes one where it is set up.
    """
    found: dict[str, Operation] = {}
    for point in entry_points(group=GROUP):
        for name, operation in point.load().operations.items():
            found[f"{point.name}.{name}"] = operation
    return found


class AdapterRegistry:
    """The adapters of one engine. Those given in code come before entry points of the same name."""

    def __init__(self, adapters: Iterable[Adapter] = (), discover: bool = False) -> None:
        self._adapters = dict(_set_up_here()) if discover else {}
        self._adapters |= {adapter.name: adapter for adapter in adapters}

    def __bool__(self) -> bool:
        return bool(self._adapters)

    def adapter(self, operation: str) -> Adapter:
        """The adapter of `adapter.operation`. Raises `UnknownOperation`."""
        name, _, verb = operation.partition(".")
        adapter = self._adapters.get(name)
        if adapter is None or verb not in adapter.operations:
            raise UnknownOperation(operation=operation, known=", ".join(self.operations()) or "-")
        return adapter

    def names(self) -> list[str]:
        return list(self._adapters)

    def one_by_one(self) -> list[AdapterRegistry]:
        """A registry for each adapter; an empty one for none."""
        return [AdapterRegistry([a]) for a in self._adapters.values()] or [AdapterRegistry()]

    def operations(self) -> dict[str, Operation]:
        """What these adapters can be asked, by name: `adapter.operation`."""
        adapters = self._adapters.values()
        return {f"{a.name}.{verb}": one for a in adapters for verb, one in a.operations.items()}

    def request(self, operation: str, payload: object) -> BaseModel:
        """A payload in the operation's shape. Raises `UnknownOperation`, `BadRequest`."""
        _, _, verb = operation.partition(".")
        shape: type[BaseModel] = self.adapter(operation).operations[verb].request
        try:
            return shape.model_validate(payload)
        except ValidationError as error:
            why = "; ".join(f"{where}: {what}" for where, what in faults(error))
            raise BadRequest(operation=operation, why=why) from None


def _set_up_here() -> Iterator[tuple[str, Adapter]]:
    """The installed adapters that find what they need in the environment."""
    for point in entry_points(group=GROUP):
        adapter = point.load().from_environment(os.environ)
        if adapter is not None:
            yield point.name, adapter


def faults(error: ValidationError) -> list[tuple[str, str]]:
    """Where a value has not its shape, and what is wrong there; never the value itself."""
    found = error.errors(include_url=False, include_input=False)
    return [(".".join(map(str, one["loc"])) or "-", one["msg"]) for one in found]
