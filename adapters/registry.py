"""Adapters by name: given in code, or found under the entry point group `zhixing.adapters`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from ..workflow.errors import ZhixingError
from .installed import Place, SetUp, installed, set_up_here
from .protocol import Adapter, Operation

T = TypeVar("T")


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
    it can be asked.
    """
    found: dict[str, Operation] = {}
    for name, kind in installed().items():
        found |= {f"{name}.{verb}": operation for verb, operation in kind.operations.items()}
    return found


class NotSetUp(UnknownOperation):
    """An adapter is installed, and what is set up of it here for this court is wrong."""

    code = "adapter-not-set-up"
    zh, en = (
        "适配器未能设置，操作 {operation} 无法使用：{why_zh}",
        "the adapter is not set up, {operation} cannot be asked: {why_en}",
    )


class AdapterRegistry:
    """The adapters of one engine, for all courts and for some. Those given in code come before
    entry points of the same name.

    `adapters` serve every court that has none of its own of that name; `courts` has those of each
    court, by its code. With `discover` come those that are installed and set up by the environment
    (`AdapterSettings`): where settings are wrong that adapter is left out for that court, told in
    the log and by `problems`, and the others serve.
    """

    def __init__(
        self,
        adapters: Iterable[Adapter] = (),
        discover: bool = False,
        *,
        courts: Mapping[str, Iterable[Adapter]] | None = None,
    ) -> None:
        given = {("", one.name): one for one in adapters}
        for court, own in (courts or {}).items():
            given |= {(court, one.name): one for one in own}
        found = set_up_here() if discover else SetUp({}, {}, ())
        in_code = {name for _, name in given}
        self._made = _without(found.made, in_code) | given
        self._wrong = _without(found.wrong, in_code)
        self.problems: tuple[ZhixingError, ...] = found.problems
        """What is wrong with what the environment sets up; each says its place."""

    def __bool__(self) -> bool:
        return bool(self._made)

    def adapter(self, operation: str, court: str = "") -> Adapter:
        """The adapter of `adapter.operation`: the court's own, else the one for all courts.

        Raises `UnknownOperation`, `NotSetUp`.
        """
        name, _, verb = operation.partition(".")
        place = (court, name) if (court, name) in {*self._made, *self._wrong} else ("", name)
        if place in self._wrong:
            why = self._wrong[place]
            said = {"why_zh": why.text("zh"), "why_en": why.text("en")}
            raise NotSetUp(operation=operation, known=self._known(), **said)
        adapter = self._made.get(place)
        if adapter is None or verb not in adapter.operations:
            raise UnknownOperation(operation=operation, known=self._known())
        return adapter

    def _known(self) -> str:
        return ", ".join(self.operations()) or "-"

    def names(self) -> list[str]:
        """The names of the adapters, each once."""
        return list(dict.fromkeys(name for _, name in self._made))

    def each(self) -> list[tuple[str, str, Adapter]]:
        """Every adapter as court (empty: for all), name and adapter."""
        return [(court, name, one) for (court, name), one in self._made.items()]

    def operations(self) -> dict[str, Operation]:
        """What these adapters can be asked, by name: `adapter.operation`."""
        each = self._made.items()
        return {f"{name}.{verb}": o for (_, name), a in each for verb, o in a.operations.items()}

    def request(self, operation: str, payload: object, court: str = "") -> BaseModel:
        """A payload in the operation's shape.

        Raises `UnknownOperation`, `NotSetUp`, `BadRequest`.
        """
        _, _, verb = operation.partition(".")
        adapter = self.adapter(operation, court)
        shape: type[BaseModel] = adapter.operations[verb].request
        try:
            return shape.model_validate(payload)
        except ValidationError as error:
            why = "; ".join(f"{where}: {what}" for where, what in faults(error))
            raise BadRequest(operation=operation, why=why) from None


def _without(found: Mapping[Place, T], names: set[str]) -> dict[Place, T]:
    return {place: one for place, one in found.items() if place[1] not in names}


def faults(error: ValidationError) -> list[tuple[str, str]]:
    """Where a value has not its shape, and what is wrong there; never the value itself."""
    found = error.errors(include_url=False, include_input=False)
    return [(".".join(map(str, one["loc"])) or "-", one["msg"]) for one in found]
