"""An adapter whose outside system is the test itself."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from ..adapters.protocol import (
    Answer,
    Call,
    Operation,
    PermanentFailure,
    Reply,
    TemporaryFailure,
)


class AnyData(BaseModel):
    """A request or answer of any shape."""

    model_config = ConfigDict(extra="allow")


class FakeAdapter:
    """Takes every request, and answers as it was told to.

    `calls` are the requests it was handed, in order. Without an answer to give it takes a request
    and stays silent; `answer` may then be called later, when the test wants the outside to speak.

        network = FakeAdapter("network", "inquire", "freeze")
        network.will_answer("inquire", {"found": "12.00"})
        network.will_fail("freeze", "the line is down")
    """

    def __init__(self, name: str, *operations: str | Operation) -> None:
        self.name = name
        self.operations: Mapping[str, Operation] = {
            operation.name: operation for operation in map(_operation, operations)
        }
        self.calls: list[Call] = []
        self._told: defaultdict[str, deque[Mapping[str, Any] | Exception]] = defaultdict(deque)
        self._kinds: defaultdict[str, deque[str]] = defaultdict(deque)
        self._waiting: defaultdict[str, list[Answer]] = defaultdict(list)

    def will_answer(
        self, operation: str, data: Mapping[str, Any] | None = None, kind: str = "answered"
    ) -> None:
        """The next request of this operation is answered at once."""
        self._told[operation].append(dict(data or {}))
        self._kinds[operation].append(kind)

    def will_fail(self, operation: str, why: str, for_good: bool = False) -> None:
        """The next request of this operation fails: for now, or for good."""
        failure = PermanentFailure(why=why) if for_good else TemporaryFailure(why=why)
        self._told[operation].append(failure)

    def answer(
        self,
        call: Call,
        data: Mapping[str, Any] | None = None,
        kind: str = "answered",
        final: bool = True,
    ) -> Answer:
        """Answer a request taken earlier: it is given when the request is next polled.

        It may also be given to `Engine.receive` by hand.
        """
        number = len(self._waiting[call.key]) + 1
        answer = Answer(call.key, f"{call.key}/{number}", kind, dict(data or {}), final)
        self._waiting[call.key].append(answer)
        return answer

    def send(self, call: Call) -> Reply:
        """As the dispatcher calls it. Raises `TemporaryFailure`, `PermanentFailure`."""
        self.calls.append(call)
        if not self._told[call.operation]:
            return Reply()
        told = self._told[call.operation].popleft()
        if isinstance(told, Exception):
            raise told
        return Reply((self.answer(call, told, self._kinds[call.operation].popleft()),))

    def poll(self, key: str) -> Sequence[Answer]:
        """As the dispatcher calls it: every answer so far."""
        return tuple(self._waiting[key])


def _operation(operation: str | Operation) -> Operation:
    if isinstance(operation, Operation):
        return operation
    return Operation(operation, AnyData, AnyData)
