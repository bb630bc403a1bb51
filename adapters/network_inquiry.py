"""The inquiry-and-control network 网络查控: property inquiries and freezes of deposits, over HTTP.

Wire: `POST /requests` with an `Idempotency-Key` header hands a request over (202);
`GET /requests/KEY/answers` lists the answers so far, each with its own id. The national and
provincial networks differ in address, not in shape.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import httpx
from pydantic import BaseModel, Field

from .protocol import Answer, Call, Operation, PermanentFailure, Reply, TemporaryFailure

_POLL_SECONDS = 10.0
_LONGEST_WHY = 200
_WITH_DATA = ("answered", "partial")


class InquiryRequest(BaseModel):
    """Ask every counterparty (banks, securities, vehicles …) for a person's property.

    `person` is the debtor's id.
    """

    person: str = Field(min_length=1)


class InquiryAnswer(BaseModel):
    """What has been found so far, in yuan, and how many counterparties are still to answer."""

    found: Decimal
    outstanding: int = 0


class FreezeRequest(BaseModel):
    """Freeze deposits of a person up to an amount in yuan."""

    person: str = Field(min_length=1)
    amount: Decimal = Field(gt=0)


class FreezeAnswer(BaseModel):
    """The amount in yuan that was frozen."""

    frozen: Decimal


class NetworkInquiry:
    """The adapter `network`.

    `base_url` is the network's address; `transport` is for tests of the wire.
    """

    name = "network"
    operations: Mapping[str, Operation] = {
        "inquire": Operation("inquire", InquiryRequest, InquiryAnswer),
        "freeze": Operation("freeze", FreezeRequest, FreezeAnswer),
    }

    def __init__(
        self, base_url: str, token: str = "", transport: httpx.BaseTransport | None = None
    ) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.Client(
            base_url=base_url, headers=headers, transport=transport, trust_env=False
        )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> NetworkInquiry | None:
        """An adapter when ZHIXING_NETWORK_URL is set."""
        url = environment.get("ZHIXING_NETWORK_URL")
        return cls(url, environment.get("ZHIXING_NETWORK_TOKEN", "")) if url else None

    def send(self, call: Call) -> Reply:
        """Hand a request over. Raises `TemporaryFailure`, `PermanentFailure`."""
        body = {"operation": call.operation, "payload": call.payload.model_dump(mode="json")}
        headers = {"Idempotency-Key": call.key}
        self._request("POST", "/requests", call.timeout_seconds, json=body, headers=headers)
        return Reply(pending=True)

    def poll(self, key: str) -> Sequence[Answer]:
        """The answers so far. Raises `TemporaryFailure`, `PermanentFailure`."""
        answers = self._request("GET", f"/requests/{key}/answers", _POLL_SECONDS)
        return [self._answer(key, item) for item in answers["answers"]]

    def _answer(self, key: str, item: Mapping[str, Any]) -> Answer:
        data: Mapping[str, Any] = {}
        if item["kind"] in _WITH_DATA:
            shape = self.operations[item["operation"]].answer
            data = shape.model_validate(item["data"]).model_dump()
        return Answer(key, item["id"], item["kind"], data, item["final"])

    def _request(self, method: str, path: str, timeout: float, **more: Any) -> Any:
        try:
            response = self._client.request(method, path, timeout=timeout, **more)
        except httpx.HTTPError as error:
            raise TemporaryFailure(why=f"{type(error).__name__}: {error}") from error
        status = response.status_code
        if response.is_server_error or status == httpx.codes.TOO_MANY_REQUESTS:
            raise TemporaryFailure(why=f"HTTP {status}")
        if response.is_client_error:
            raise PermanentFailure(why=f"HTTP {status}: {response.text[:_LONGEST_WHY]}")
        return response.json()
