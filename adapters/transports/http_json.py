"""JSON over HTTP to one far side: bounded in time and size, no redirects, and every failure said as
what it means for the request: surely not taken, refused for good, or unclear.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NoReturn

import httpx

from ..protocol import PermanentFailure, TemporaryFailure, Unclear

MAX_BYTES = 1_000_000
"""How long an answer may be."""
MAX_DEPTH = 60
"""How deep its lists and objects may lie in one another."""
_LONGEST_WHY = 200
_NOT_TAKEN = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)
_LATER = frozenset({httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE})


class HttpJson:
    """A far side at an address; its token stays in a header, and is never part of an error."""

    def __init__(
        self,
        base_url: str,
        token: str = "",
        *,
        max_bytes: int = MAX_BYTES,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._max_bytes = max_bytes
        self._client = httpx.Client(
            base_url=base_url,
            headers=headers,
            transport=transport,
            trust_env=False,
            follow_redirects=False,
        )

    def ask(
        self,
        method: str,
        path: str,
        *,
        seconds: float,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """What the far side answers, within so many seconds in all; None for an empty answer.

        Raises `TemporaryFailure` (surely not taken), `PermanentFailure`, `Unclear`.
        """
        end = time.monotonic() + seconds
        try:
            with self._client.stream(
                method, path, json=body, headers=headers, timeout=seconds
            ) as response:
                status, content = response.status_code, self._read(response, end)
        except _NOT_TAKEN as error:
            raise TemporaryFailure(why=_named(error)) from error
        except httpx.HTTPError as error:
            raise Unclear(why=_named(error)) from error
        if not 200 <= status < 300:
            _refuse(status, content)
        return _parsed(content) if content.strip() else None

    def _read(self, response: httpx.Response, end: float) -> bytes:
        """The body, no longer than allowed, and no later. Raises `Unclear`."""
        content = bytearray()
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > self._max_bytes:
                raise Unclear(why=f"the answer is longer than {self._max_bytes} bytes")
            if time.monotonic() > end:
                raise Unclear(why="the answer takes too long")
        return bytes(content)


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _refuse(status: int, content: bytes) -> NoReturn:
    """Say what a status means for the request."""
    if status in _LATER:
        raise TemporaryFailure(why=f"HTTP {status}")
    if 400 <= status < 500 and status != httpx.codes.REQUEST_TIMEOUT:
        said = content[: 4 * _LONGEST_WHY].decode("utf-8", "replace")[:_LONGEST_WHY]
        raise PermanentFailure(why=f"HTTP {status}: {said}")
    raise Unclear(why=f"HTTP {status}")


def _parsed(content: bytes) -> Any:
    """The value of a JSON text, its amounts exact. Raises `Unclear`."""
    try:
        found = json.loads(content, parse_float=Decimal, parse_constant=_no_number)
        _check_depth(found)
    except (ValueError, RecursionError) as error:
        raise Unclear(why=f"the answer is no JSON: {error}"[:_LONGEST_WHY]) from error
    return found


def _no_number(written: str) -> NoReturn:
    raise ValueError(f"{written} is no number")


def _check_depth(value: Any) -> None:
    """Raises `ValueError` for what lies deeper than anything that is sent for a reason."""
    level, depth = [value], 0
    while level:
        if depth > MAX_DEPTH:
            raise ValueError("it is nested too deeply")
        level = [part for one in level for part in _parts(one)]
        depth += 1


def _parts(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
