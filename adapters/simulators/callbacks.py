"""Answers that come by themselves: each is posted to an address, signed, until it is taken."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
from pydantic import SecretStr

from ..transports.webhooks import sign_callback

_SECONDS = 5.0
_NAMES = {"id": "message_id"}
"""What callbacks call otherwise than the answers that are asked for."""


class Callbacks:
    """Where answers are posted to, and with which secret they are signed."""

    def __init__(self, url: str, secret: str) -> None:
        self._url, self._secret = url, secret
        self._client = httpx.Client(timeout=_SECONDS, trust_env=False)

    def post(self, answer: Mapping[str, Any], is_forged: bool = False) -> bool:
        """Whether an answer was taken; a forged one is signed with another secret."""
        sender = str(answer["adapter"])
        told = {_NAMES.get(name, name): value for name, value in answer.items()}
        del told["adapter"]
        body = json.dumps(told).encode()
        secret = SecretStr(f"not {self._secret}" if is_forged else self._secret)
        signed = sign_callback(sender, secret, body, now=datetime.now(UTC))
        headers = {"Content-Type": "application/json", **signed}
        try:
            return self._client.post(self._url, content=body, headers=headers).is_success
        except httpx.HTTPError:
            return False

    def close(self) -> None:
        self._client.close()
