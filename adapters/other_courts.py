"""Other courts (其他法院) and the bankruptcy court (破产审判庭): another database of this
library, or whatever speaks as one.

What one court asks (事项委托, 交叉执行, 执行案件移送破产审查) the other opens a case for, and
answers by requests of its own: `report` names the request that it is an answer to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, Self

import httpx
from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, model_validator

from .gateway import GatewaySettings, by_name, replied
from .protocol import Answer, Arrival, Call, Operation, PermanentFailure, Reply
from .shapes import Asked, Done, Money, Name, Shape
from .transports.errors import BadTransport
from .transports.http_json import HttpJson
from .transports.request_app import CHECK
from .transports.webhooks import Digest, sign_callback

_SECONDS = 10.0
_CALLBACK, _ONCE = Arrival.CALLBACK, Arrival.AT_ONCE
_MONTH, _TWO_MONTHS = timedelta(days=30), timedelta(days=60)
_Text = Annotated[str, Field(max_length=10_000)]


class ToCourt(Asked):
    """What goes to another court: `court` is the one that is asked, `case_number` ours."""

    court: Name
    case_number: Name


class MatterEntrusted(ToCourt):
    """Entrust a matter (事项委托): what is to be done, about which person or asset, by which day.

    `letter` is the number of the letter of entrustment (委托函).
    """

    matter: Annotated[str, Field(min_length=1, max_length=2_000)]
    letter: Name
    person: str = ""
    asset: str = ""
    amount: Money | None = None
    reply_by: date | None = None


class MeasureHandedOver(Shape):
    """A measure in force (查封、扣押、冻结): it keeps its rank, and its term runs on to `until`.

    `register_number` is that of the body that carried it out.
    """

    asset: Name
    kind: Name
    amount: Money | None = None
    rank: Annotated[int, Field(ge=1)] = 1
    effective_on: date
    until: date
    register_number: str = ""


class CaseHandedOver(ToCourt):
    """Hand a case over for cross enforcement (交叉执行): parties, the claim, what was paid of it in
    yuan, and the measures in force. `ruling` is the number of the ruling that says so.
    """

    ruling: Name
    applicant: Name
    debtor: Name
    claim: Money
    paid: Money = Decimal(0)
    account: str = ""
    measures: Annotated[tuple[MeasureHandedOver, ...], Field(max_length=1000)] = ()


class BankruptcyReferral(ToCourt):
    """Refer a case for bankruptcy (执行案件移送破产审查): a debtor that is a legal person, who
    consented, and what is unpaid in yuan. `decision` is the number of the decision to refer.
    """

    decision: Name
    debtor: Name
    consent_of: Literal["debtor", "creditor"]
    consented_by: Name
    unpaid: Money


class TakenBack(Asked):
    """Take back what was entrusted: `case` is the other court's case, as its receipt named it."""

    court: Name
    case: Name
    reason: Annotated[str, Field(min_length=1, max_length=2_000)]


class Report(Asked):
    """Answer a request of another court (`court`, `request`), out of the case it was opened for.

    `partial` tells how far it is, the other kinds end the request: done, refused, or sent back
    undone. `happened_on` is the day of what is told.
    """

    court: Name
    request: Name
    kind: Literal["partial", "answered", "refused", "returned"]
    happened_on: date
    case: str = ""
    case_number: str = ""
    result: _Text = ""
    reason: _Text = ""
    amount: Money | None = None
    administrator: str = ""


class Received(Shape):
    """The other court's case: its `case` names it in what is asked later, and its 案号."""

    case: str = ""
    case_number: str = ""


class MatterReported(Received):
    """What was done of a matter, and an amount in yuan where money was meant."""

    result: str = ""
    amount: Money | None = None


class CaseTakenOver(Received):
    """That the other court has filed the case, which is enforced there from then on."""

    result: str = ""


class BankruptcyAccepted(Received):
    """That the bankruptcy court accepted it (裁定受理): enforcement is suspended; the
    administrator (管理人), where there is one already.
    """

    administrator: str = ""


class CourtSettings(GatewaySettings):
    """Another court: where it is, and the key that both sign with, given or in a file."""

    key: SecretStr = SecretStr("")
    key_file: Path | None = None
    digest: Digest = Digest.SHA256

    @model_validator(mode="after")
    def _has_one_key(self) -> Self:
        if bool(self.key.get_secret_value()) == (self.key_file is not None):
            raise ValueError("a key, or the file that holds it")
        return self

    def signing_key(self) -> SecretStr:
        """The key itself. Raises `BadTransport`."""
        if self.key_file is None:
            return self.key
        try:
            return SecretStr(self.key_file.read_text(encoding="utf-8").rstrip("\r\n"))
        except (OSError, ValueError):
            raise BadTransport(why=f"the key cannot be read: {self.key_file}") from None


class OtherCourtsSettings(BaseModel):
    """`name` is ours, as the other courts know us; `courts` are they, by theirs."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    courts: dict[str, CourtSettings]


class OtherCourts:
    """The adapter `other_courts`: courts that are asked, and answer, in signed requests.

    `name` is ours, as they know us; `transport` is for tests of the wire.
    """

    Settings = OtherCourtsSettings
    name = "other_courts"
    operations: Mapping[str, Operation] = by_name(
        Operation(
            "entrust",
            MatterEntrusted,
            MatterReported,
            arrives=_CALLBACK,
            silence=_MONTH,
            counterparty="court",
            taken_back_by="take_back",
        ),
        Operation(
            "hand_over",
            CaseHandedOver,
            CaseTakenOver,
            arrives=_CALLBACK,
            silence=_MONTH,
            counterparty="court",
        ),
        Operation(
            "refer_bankruptcy",
            BankruptcyReferral,
            BankruptcyAccepted,
            arrives=_CALLBACK,
            silence=_TWO_MONTHS,
            counterparty="court",
        ),
        Operation("take_back", TakenBack, Received, arrives=_ONCE, counterparty="court"),
        Operation(
            "report", Report, Done, arrives=_ONCE, counterparty="court", ordered_by="request"
        ),
    )

    def __init__(
        self,
        us: str,
        courts: Mapping[str, CourtSettings],
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        made = {name: HttpJson(one.http(), transport=transport) for name, one in courts.items()}
        self._us, self._far = us, made
        self._sign = {
            name: partial(_signed, us, one.signing_key(), one.digest)
            for name, one in courts.items()
        }

    @classmethod
    def from_settings(cls, settings: OtherCourtsSettings) -> Self:
        """An adapter as it is set up. Raises `BadTransport`."""
        return cls(settings.name, settings.courts)

    def send(self, call: Call) -> Reply:
        """Hand a request over. Raises `TemporaryFailure`, `PermanentFailure`, `Unclear`."""
        payload = call.payload.model_dump(mode="json")
        body = {"key": call.key, "operation": call.operation, "payload": payload}
        given = self._post(payload["court"], body, call.timeout_seconds, call.trace)
        return replied(call.key, given)

    def poll(self, key: str) -> Sequence[Answer]:
        """Nothing: the other court answers by requests of its own."""
        return ()

    def check(self) -> None:
        """Whether each court is there and knows us; nothing is asked of them.

        Raises `TemporaryFailure`, `PermanentFailure`, `Unclear`.
        """
        for court in self._far:
            self._post(court, {"key": CHECK, "operation": CHECK, "payload": {}}, _SECONDS)

    def _post(self, court: str, body: object, seconds: float, trace: str = "") -> object:
        far = self._far.get(court)
        if far is None:
            raise PermanentFailure(why=f"no court of this name is set up; known: {self._known()}")
        path, sign = f"/{self._us}", self._sign[court]
        return far.ask("POST", path, seconds=seconds, body=body, trace=trace, sign=sign)

    def _known(self) -> str:
        return ", ".join(self._far) or "-"


def _signed(us: str, key: SecretStr, digest: Digest, body: bytes) -> Mapping[str, str]:
    return sign_callback(us, key, body, now=datetime.now(UTC), digest=digest)
