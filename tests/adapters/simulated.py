"""How tests speak with a simulated far side: through its adapter, as the engine does."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from zhixing.adapters import Adapter, Answer, Call, Controls, TemporaryFailure, Unclear

START = datetime(2025, 1, 6, 1, 0, tzinfo=UTC)
"""A Monday in Shanghai, nine o'clock."""
_LONG = 60.0


def until(is_so: Callable[[], Any], told: str) -> Any:
    """Wait for progress, with a long bound."""
    end = time.monotonic() + _LONG
    while not (found := is_so()):
        assert time.monotonic() < end, told
        time.sleep(0.002)
    return found


@dataclass
class Court:
    """Asks one adapter, again and again until a request is surely taken."""

    adapter: Adapter
    far: Controls
    now: datetime = START
    keys: list[str] = field(default_factory=list)
    replies: dict[str, list[Answer]] = field(default_factory=dict)

    def send(self, operation: str, key: str = "", **payload: Any) -> str:
        """Hand a request over; gives its key."""
        key = key or f"key-{len(self.keys) + 1}"
        shape = self.adapter.operations[operation].request
        call = Call(operation, key, shape.model_validate(payload), timeout_seconds=5.0)

        def is_taken() -> bool:
            try:
                self.replies[key] = list(self.adapter.send(call).answers)
            except (TemporaryFailure, Unclear):
                return False
            return True

        until(is_taken, "it is not taken")
        self.keys.append(key)
        return key

    def days_pass(self, days: float) -> None:
        """Move the far side's clock."""
        self.now += timedelta(days=days)
        self.far.tick(self.now)

    def answers(self, key: str) -> list[Answer]:
        return list(self.adapter.poll(key))

    def last(self, key: str) -> Answer | None:
        try:
            known = self.replies[key] or self.answers(key)
            return next((a for a in known if a.final), None)
        except (TemporaryFailure, Unclear):
            return None

    def asked(self, operation: str, **payload: Any) -> dict[str, Any]:
        """What a request is answered with: its data, held to the operation's shape."""
        answer = until(lambda key=self.send(operation, **payload): self.last(key), "no answer")
        assert answer.kind == "answered", (answer.kind, answer.data)
        shape = self.adapter.operations[operation].answer
        return dict(shape.model_validate(answer.data))

    def refused(self, operation: str, **payload: Any) -> str:
        """Why a request is refused."""
        answer = until(lambda key=self.send(operation, **payload): self.last(key), "no answer")
        assert answer.kind == "refused", answer
        return str(answer.data["reason"])
