"""The outside world: how an adapter looks to the engine, where adapters are found, and the ones that come with the library."""

from .protocol import Adapter, Answer, Call, Operation, PermanentFailure, Reply, TemporaryFailure
from .registry import AdapterRegistry

__all__ = [
    "Adapter",
    "AdapterRegistry",
    "Answer",
    "Call",
    "Operation",
    "PermanentFailure",
    "Reply",
    "TemporaryFailure",
]
