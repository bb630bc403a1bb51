"""Asking by letter, by telephone or at the counter: what a court does that has no interface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..workflow.errors import ZhixingError
from .protocol import Adapter, Answer, Arrival, Call, Operation, Reply


class NotAnOperation(ZhixingError):
    """What shall be asked by hand is nothing that the adapter can be asked."""

    code = "adapter-by-hand"
    zh, en = (
        "适配器 {adapter} 没有操作 {operation}；可用：{known}",
        "the adapter {adapter} has no operation {operation}; known: {known}",
    )


class ByHand:
    """An adapter in whose place people ask: each request becomes a task, its answer a form.

    `like` is the adapter (or its class) whose name and operations it has, so that definitions stay
    as they are. The task goes to the roles that the definition's request names (`by_hand`), and
    `Engine.answer_request` takes the answer, held to the operation's shape. With `only` some
    operations are asked by hand, and the others of `like` as ever. Raises `NotAnOperation`.

        Engine(database, adapters=[ByHand(NetworkInquiry)])
        Engine(database, adapters=[ByHand(NetworkInquiry("https://net.example"), "transfer")])
    """

    def __init__(self, like: Adapter | type[Any], *only: str) -> None:
        known: Mapping[str, Operation] = like.operations
        for operation in only:
            if operation not in known:
                names = ", ".join(known)
                raise NotAnOperation(adapter=like.name, operation=operation, known=names)
        self.name: str = like.name
        self._like = None if isinstance(like, type) else like
        by_hand = only or tuple(known)
        offered = by_hand if self._like is None else known
        self.operations: Mapping[str, Operation] = {
            name: replace(known[name], arrives=Arrival.BY_HAND) if name in by_hand else known[name]
            for name in offered
        }

    def send(self, call: Call) -> Reply:
        """Nothing is sent: a person will ask. Of others as the adapter's own `send`."""
        if self._like is None or self.operations[call.operation].arrives is Arrival.BY_HAND:
            return Reply()
        return self._like.send(call)

    def poll(self, key: str) -> Sequence[Answer]:
        """The answers so far to what was not asked by hand."""
        return () if self._like is None else self._like.poll(key)
