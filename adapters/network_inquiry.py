"""The inquiry-and-control network 网络查控: property inquiries and freezes of deposits, over HTTP.

Wire: `POST /requests` with an `Idempotency-Key` header hands a request over (202);
`GET /requests/KEY/answers` lists the answers so far, each with its own id. The national and
provincial networks differ in address, not in shape.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import BaseModel, Field, HttpUrl, SecretStr, ValidationError

from .protocol import WITH_DATA, Answer, Call, Operation, PermanentFailure, Reply, Unclear
from .registry import faults
from .transports.http_json import HttpJson

_SECONDS = 10.0


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


class _Item(BaseModel):
    """An answer on the wire."""

    id: str = Field(min_length=1, max_length=200)
    kind: str = Field(min_length=1, max_length=32)
    final: bool
    data: dict[str, Any] = Field(default_factory=dict)


class _Answers(BaseModel):
    answers: list[_Item]


class NetworkSettings(BaseModel):
    """Where the network is, and the token that it asks for."""

    url: HttpUrl
    token: SecretStr = SecretStr("")


class NetworkInquiry:
    """The adapter `network`.

    `base_url` is the network's address; `transport` is for tests of the wire.
    """

    Settings = NetworkSettings
    name = "network"
    operations: Mapping[str, Operation] = {
        "inquire": Operation("inquire", InquiryRequest, InquiryAnswer),
        "freeze": Operation("freeze", FreezeRequest, FreezeAnswer),
    }

    def __init__(
        self, base_url: str, token: str = "", transport: httpx.BaseTransport | None = None
    ) -> None:
        self._http = HttpJson(base_url, token, transport=transport)

    @classmethod
    def from_settings(cls, settings: NetworkSettings) -> NetworkInquiry:
        """An adapter as it is set up."""
        return cls(str(settings.url), settings.token.get_secret_value())

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> NetworkInquiry | None:
        """An adapter when ZHIXING_NETWORK_URL is set."""
        url = environment.get("ZHIXING_NETWORK_URL")
        return cls(url, environment.get("ZHIXING_NETWORK_TOKEN", "")) if url else None

    def send(self, call: Call) -> Reply:
        """Hand a request over. Raises `TemporaryFailure`, `PermanentFailure`, `Unclear`."""
        body = {"operation": call.operation, "payload": call.payload.model_dump(mode="json")}
        headers = {"Idempotency-Key": call.key}
        self._http.ask(
            "POST", "/requests", seconds=call.timeout_seconds, body=body, headers=headers
        )
        return Reply(pending=True)

    def check(self) -> None:
        """Whether the network is there and takes the token: asks for what nobody sent.

        Raises `TemporaryFailure`, `PermanentFailure`, `Unclear`.
        """
        try:
            self.poll("zhixing-check")
        except PermanentFailure as failure:
            if not str(failure.data["why"]).startswith("HTTP 404"):
                raise

    def poll(self, key: str) -> Sequence[Answer]:
        """The answers so far. Raises `TemporaryFailure`, `PermanentFailure`, `Unclear`."""
        given = self._http.ask("GET", f"/requests/{quote(key, safe='')}/answers", seconds=_SECONDS)
        try:
            return [_answer(key, item) for item in _Answers.model_validate(given).answers]
        except ValidationError as error:
            where, what = faults(error)[0]
            raise Unclear(why=f"the answers are malformed: {where}: {what}") from None


def _answer(key: str, item: _Item) -> Answer:
    """One answer as the engine takes it; its data are held to their shape there."""
    data = item.data if item.kind in WITH_DATA else {}
    return Answer(key, item.id, item.kind, data, item.final)
