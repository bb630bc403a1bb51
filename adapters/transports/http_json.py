"""JSON over HTTP to one far side."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ..protocol import Unclear
from .bounded_json import parsed_json
from .http import OverHttp

_LONGEST_WHY = 200


class HttpJson(OverHttp):
    """A far side that is asked and answers in JSON: at an address, or as `HttpSettings` say.

    An address with a token stands for the settings with nothing else set. The token stays in a
    header, and is never part of an error. Raises `BadTransport`.
    """

    def ask(
        self,
        method: str,
        path: str,
        *,
        seconds: float,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        trace: str = "",
        sign: Callable[[bytes], Mapping[str, str]] | None = None,
    ) -> Any:
        """What the far side answers, within so many seconds in all; None for an empty answer.

        Numbers with a point are `Decimal`. `path` is below `base_url`, or a whole address on an
        allowed host; `trace` is a W3C `traceparent` (`Call.trace`); `sign` makes headers of the
        body as it goes. Raises `TemporaryFailure` (surely not taken), `PermanentFailure`,
        `Unclear`, `RefusedHost`, `RefusedAddress`.
        """
        sent = {"Accept": "application/json", **(headers or {})}
        content = None
        if body is not None:
            content = json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
            sent = {"Content-Type": "application/json", **sent, **(sign(content) if sign else {})}
        given = self._http.exchange(
            method, path, seconds=seconds, content=content, headers=sent, trace=trace
        )
        if not given.strip():
            return None
        try:
            return parsed_json(given, self._http.settings.max_depth)
        except ValueError as error:
            raise Unclear(why=f"the answer is no JSON: {error}"[:_LONGEST_WHY]) from error
