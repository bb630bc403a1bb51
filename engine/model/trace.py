"""The trace that what is done now belongs to, as W3C Trace Context writes it (`traceparent`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256

_WRITTEN = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}", re.ASCII)
_current: ContextVar[str] = ContextVar("zhixing_trace", default="")


@contextmanager
def traced(traceparent: str) -> Iterator[None]:
    """Let the requests that are decided within belong to a trace.

    `traceparent` is the header of that name (W3C Trace Context, version 00). What is none is passed
    over, as the standard asks: the requests then have a trace of their own.
    """
    is_one = _WRITTEN.fullmatch(traceparent) is not None
    token = _current.set(traceparent if is_one else "")
    try:
        yield
    finally:
        _current.reset(token)


def current_trace() -> str:
    """The trace that what is done now belongs to; empty for none."""
    return _current.get()


def trace_of(kept: str, key: str) -> str:
    """The `traceparent` of a request: the one it was decided in, or one by its key."""
    own = sha256(key.encode()).hexdigest()
    return kept or f"00-{own[:32]}-{own[32:48]}-01"
