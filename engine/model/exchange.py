"""One exchange with a far side, as observers and logs are told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Exchange:
    """One exchange: a request was handed over, or its answers were asked for.

    `request` is its key, `counterparty` who was asked (`adapter` or `adapter/name`), `attempt`
    counts from 1, `seconds` is how long it took. `outcome` is `ok`, the code of the error
    (`adapter-temporary`, `adapter-permanent`, `adapter-unclear`, `adapter-fault` …), or `no-end`
    for one that is waited for no more. `trace` is its W3C `traceparent`.
    """

    request: str
    operation: str
    counterparty: str
    court: str
    attempt: int
    seconds: float
    outcome: str
    trace: str

    def fields(self) -> dict[str, Any]:
        """As a log keeps it."""
        return asdict(self)


ExchangeObserver = Callable[[Exchange], object]
