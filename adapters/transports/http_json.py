"""JSON over HTTP to one far side."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx

from ..protocol import Unclear
from .addresses import Resolver, resolved
from .bounded_json import parsed_json
from .http import Http
from .http_settings import MAX_BYTES, HttpSettings

_LONGEST_WHY = 200


class HttpJson:
    """A far side that is asked and answers in JSON: at an address, or as `HttpSettings` say.

    An address with a token stands for the settings with nothing else set. The token stays in a
    header, and is never part of an error. Raises `BadTransport`.
    """

    def __init__(
        self,
        far_side: str | HttpSettings,
        token: str = "",
        *,
        max_bytes: int = MAX_BYTES,
        resolver: Resolver = resolved,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        settings = settings_of(far_side, token, max_bytes)
        self._http = Http(settings, resolver=resolver, transport=transport)

    def close(self) -> None:
        """Close the connections that are kept."""
        self._http.close()

    def ask(
        self,
        method: str,
        path: str,
        *,
        seconds: float,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        trace: str = "",
    ) -> Any:
        """What the far side answers, within so many seconds in all; None for an empty answer.

        Numbers with a point are `Decimal`. `path` is below `base_url`, or a whole address on an
        allowed host; `trace` is a W3C `traceparent` (`Call.trace`). Raises `TemporaryFailure`
        (surely not taken), `PermanentFailure`, `Unclear`, `RefusedHost`, `RefusedAddress`.
        """
        sent = {"Accept": "application/json", **(headers or {})}
        content = None
        if body is not None:
            content = json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
            sent = {"Content-Type": "application/json", **sent}
        given = self._http.exchange(
            method, path, seconds=seconds, content=content, headers=sent, trace=trace
        )
        if not given.strip():
            return None
        try:
            return parsed_json(given, self._http.settings.max_depth)
        except ValueError as error:
            raise Unclear(why=f"the answer is no JSON: {error}"[:_LONGEST_WHY]) from error


def settings_of(far_side: str | HttpSettings, token: str, max_bytes: int) -> HttpSettings:
    """The settings, given whole or as an address with a token. Raises `BadTransport`."""
    if isinstance(far_side, HttpSettings):
        return far_side
    given = {"base_url": far_side, "token": token, "max_bytes": max_bytes}
    return HttpSettings.model_validate(given)
