"""Answers that come by themselves: each is posted to an address, signed, until it is taken."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from typing import Any

import httpx

_SECONDS = 5.0


def signed(secret: str, body: bytes) -> Mapping[str, str]:
    """The headers that prove a body to be the far side's own (HMAC with SHA-256)."""
    timestamp, nonce = str(int(time.time())), secrets.token_hex(16)
    said = f"{timestamp}.{nonce}.".encode() + body
    return {
        "X-Zhixing-Timestamp": timestamp,
        "X-Zhixing-Nonce": nonce,
        "X-Zhixing-Signature": hmac.new(secret.encode(), said, hashlib.sha256).hexdigest(),
    }


class Callbacks:
    """Where answers are posted to, and with which secret they are signed."""

    def __init__(self, url: str, secret: str) -> None:
        self._url, self._secret = url, secret
        self._client = httpx.Client(timeout=_SECONDS, trust_env=False)

    def post(self, answer: Mapping[str, Any], is_forged: bool = False) -> bool:
        """Whether an answer was taken; a forged one is signed with another secret."""
        body = json.dumps(answer).encode()
        secret = f"not {self._secret}" if is_forged else self._secret
        headers = {"Content-Type": "application/json", **signed(secret, body)}
        try:
            return self._client.post(self._url, content=body, headers=headers).is_success
        except httpx.HTTPError:
            return False

    def close(self) -> None:
        self._client.close()
