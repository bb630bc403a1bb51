"""An adapter that keeps the contract, and others each of which breaks it in one way.

It is no test by itself: `test_contract.py` runs it and looks at what fails.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest
from pydantic import BaseModel, ConfigDict, Field

from zhixing.adapters import (
    Adapter,
    Answer,
    Call,
    HttpJson,
    Operation,
    PermanentFailure,
    Reply,
    TemporaryFailure,
    Unclear,
)
from zhixing.adapters.testing import (
    AdapterContract,
    MisbehavingServer,
    Request,
    Response,
    Sample,
)

SECRET = "s3cret-of-the-bank"


class Freeze(BaseModel):
    account: str
    amount: str


class Frozen(BaseModel):
    amount: str


class Item(BaseModel):
    model_config = ConfigDict(strict=True)
    key: str
    id: str
    kind: str
    final: bool
    data: dict[str, Any]


class Items(BaseModel):
    answers: list[Item]


def bank(far_side: MisbehavingServer, request: Request) -> Response:
    """The far side: `POST /OPERATION` with the key and the payload; `GET /answers?key=KEY`."""
    parts = urlsplit(request.path)
    if request.method == "POST":
        body = request.json()
        far_side.take(body["key"], parts.path.strip("/"), body["payload"])
        return Response(202, {"key": body["key"]})
    found = far_side.answers(parse_qs(parts.query).get("key", [""])[0])
    if found is None:
        return Response(404, {"error": "unknown"})
    items = [
        {"key": a.key, "id": a.id, "kind": a.kind, "final": a.final, "data": a.data} for a in found
    ]
    return Response(200, {"answers": items})


class Bank:
    """The adapter that keeps the contract."""

    name = "bank"
    operations: Mapping[str, Operation] = {
        "freeze": Operation("freeze", Freeze, Frozen, ordered_by="account", taken_back_by="lift"),
        "lift": Operation("lift", Freeze, Frozen, ordered_by="account"),
    }
    max_bytes = 100_000

    def __init__(self, url: str, token: str) -> None:
        self.token = token
        plain = httpx.HTTPTransport(verify=False)  # no time for certificates that nobody needs
        self.http = HttpJson(url, token, max_bytes=self.max_bytes, transport=plain)

    def send(self, call: Call) -> Reply:
        body = {"key": call.key, "payload": call.payload.model_dump()}
        self.ask("POST", f"/{call.operation}", call.timeout_seconds, body)
        return Reply()

    def poll(self, key: str) -> Sequence[Answer]:
        given = self.ask("GET", f"/answers?key={self.quoted(key)}", 10.0)
        return self.read(given, key)

    def check(self) -> None:
        try:
            self.poll("check")
        except PermanentFailure:
            return

    def quoted(self, key: str) -> str:
        return quote(key, safe="")

    def ask(self, method: str, path: str, seconds: float, body: object = None) -> Any:
        try:
            return self.http.ask(method, path, seconds=seconds, body=body)
        except (TemporaryFailure, PermanentFailure, Unclear) as failure:
            said = str(failure.data["why"]).replace(self.token, "***")
            raise self.meant(type(failure), said)(why=said) from None

    def meant(self, kind: type[Exception], said: str) -> Any:
        return kind

    def read(self, given: Any, key: str) -> list[Answer]:
        try:
            items = Items.model_validate(given).answers
        except ValueError:
            raise Unclear(why="the answers are malformed") from None
        if any(not 0 < len(one.id) <= 200 or not 0 < len(one.kind) <= 32 for one in items):
            raise Unclear(why="the answers are malformed")
        return [self.answer(one, n, key) for n, one in enumerate(items) if self.is_ours(one, key)]

    def is_ours(self, item: Item, key: str) -> bool:
        return item.key == key

    def answer(self, item: Item, number: int, key: str) -> Answer:
        return Answer(key, item.id, item.kind, item.data, item.final)


class BankContract(AdapterContract):
    """The contract of the bank, as its author writes it."""

    kind: ClassVar[type[Bank]] = Bank
    fails: ClassVar[set[str]] = set()
    seconds = 0.2
    margin_seconds = 1.8
    secrets = (SECRET,)
    schemas = Path(__file__).parent / "bank.schemas.json"
    samples = {
        "freeze": Sample({"account": "6222", "amount": "10.00"}, {"amount": "10.00"}, {}),
        "lift": Sample({"account": "6222", "amount": "10.00"}, {"amount": "10.00"}),
    }

    @pytest.fixture
    def far_side(self) -> Iterator[MisbehavingServer]:
        with MisbehavingServer(bank, longest_seconds=2.5) as far_side:
            yield far_side

    def make(self, far_side: MisbehavingServer) -> Adapter:
        return self.kind(far_side.url, SECRET)

    def stands(self, far_side: Any, operation: str) -> bool:
        return [name for _, name in far_side.ledger if name in ("freeze", "lift")][-1] == operation


class TestGood(BankContract):
    pass


def broken(*fails: str) -> Any:
    """Make a test class of an adapter that breaks the contract: these tests are to notice it."""

    def decorate(kind: type[Bank]) -> type[Bank]:
        name = f"Test{kind.__name__}"
        members = {"kind": kind, "fails": set(fails), "__module__": __name__}
        globals()[name] = type(name, (BankContract,), members)
        return kind

    return decorate


@broken(
    "test_a_key_that_comes_twice_is_acted_on_once",
    "test_a_lost_reply_is_not_clear_and_may_be_repeated",
)
class NewKeyEachTime(Bank):
    def __init__(self, url: str, token: str) -> None:
        super().__init__(url, token)
        self.wire: dict[str, str] = {}

    def send(self, call: Call) -> Reply:
        self.wire[call.key] = uuid.uuid4().hex
        return super().send(replace(call, key=self.wire[call.key]))

    def poll(self, key: str) -> Sequence[Answer]:
        asked = self.wire.get(key, key)
        return [replace(one, key=key) for one in super().poll(asked)]


@broken("test_another_key_is_another_request", "test_threads_do_not_mix_their_requests_up")
class ShortKeys(Bank):
    """Only keys that are nearly the same become one."""

    @staticmethod
    def short(key: str) -> str:
        return "one" if key.endswith(("-key", "0")) else key

    def send(self, call: Call) -> Reply:
        return super().send(replace(call, key=self.short(call.key)))

    def poll(self, key: str) -> Sequence[Answer]:
        return [replace(one, key=key) for one in super().poll(self.short(key))]

    def read(self, given: Any, key: str) -> list[Answer]:
        return super().read(given, key)


@broken("test_keys_of_any_characters_arrive_as_they_are")
class UnquotedKeys(Bank):
    def quoted(self, key: str) -> str:
        return key


@broken("test_the_time_limit_is_kept")
class NoTimeLimit(Bank):
    def ask(self, method: str, path: str, seconds: float, body: object = None) -> Any:
        return super().ask(method, path, 60.0, body)


@broken("test_an_answer_with_one_thing_wrong_does_no_harm")
class TrustsEveryPart(Bank):
    def read(self, given: Any, key: str) -> list[Answer]:
        if not isinstance(given, dict) or not isinstance(given.get("answers"), list):
            raise Unclear(why="the answers are malformed")
        items = given["answers"]
        return [
            Answer(key, i["id"], i["kind"], i["data"], i["final"]) for i in items if i["key"] == key
        ]


@broken("test_a_malformed_answer_is_a_failure_of_the_protocol")
class TrustsTheWhole(Bank):
    def ask(self, method: str, path: str, seconds: float, body: object = None) -> Any:
        try:
            return super().ask(method, path, seconds, body)
        except Unclear as failure:
            if "no JSON" in failure.data["why"]:
                raise ValueError("no JSON") from None
            raise


@broken("test_answers_keep_their_ids_whatever_their_order")
class IdsByPlace(Bank):
    def answer(self, item: Item, number: int, key: str) -> Answer:
        return Answer(key, f"n-{number}", item.kind, item.data, item.final)


@broken("test_answers_keep_their_ids_whatever_their_order", "test_what_is_polled_again_is_the_same")
class IdsByChance(Bank):
    def answer(self, item: Item, number: int, key: str) -> Answer:
        return Answer(key, uuid.uuid4().hex, item.kind, item.data, item.final)


@broken("test_an_answer_to_another_request_is_not_given_as_ones_own")
class BelievesEverything(Bank):
    def is_ours(self, item: Item, key: str) -> bool:
        return True


@broken("test_an_endless_answer_is_not_read_to_its_end")
class ReadsForEver(Bank):
    max_bytes = 10**12


@broken("test_a_status_is_told_as_what_it_means")
class BusyIsForGood(Bank):
    def meant(self, kind: type[Exception], said: str) -> Any:
        return PermanentFailure if said == "HTTP 503" else kind


@broken("test_a_refused_connection_is_temporary")
class GoneIsUnclear(Bank):
    def meant(self, kind: type[Exception], said: str) -> Any:
        return Unclear if "ConnectError" in said else kind


@broken("test_a_lost_reply_is_not_clear_and_may_be_repeated")
class LostIsNotTaken(Bank):
    def meant(self, kind: type[Exception], said: str) -> Any:
        return TemporaryFailure if "disconnected" in said else kind


@broken("test_what_takes_back_takes_back")
class LiftsNothing(Bank):
    def send(self, call: Call) -> Reply:
        return super().send(replace(call, operation=call.operation.replace("lift", "note")))


@broken("test_secrets_are_in_no_error_and_no_log")
class LogsItsToken(Bank):
    def send(self, call: Call) -> Reply:
        logging.getLogger("bank").debug("asking with %s", self.token)
        return super().send(call)


@broken("test_secrets_are_in_no_error_and_no_log")
class TellsItsToken(Bank):
    def __repr__(self) -> str:
        return f"Bank({self.token!r})"


@broken("test_secrets_are_in_no_error_and_no_log")
class PassesOnWhatItIsTold(Bank):
    """A far side that says the headers back is quoted, the token with them."""

    def meant(self, kind: type[Exception], said: str) -> Any:
        return self.quoting if "user-agent" in said else kind

    def quoting(self, why: str) -> PermanentFailure:
        return PermanentFailure(why=why.replace("***", self.token))


@broken("test_threads_do_not_mix_their_requests_up")
class SharesItsKey(Bank):
    lock = threading.Lock()
    key = ""

    def poll(self, key: str) -> Sequence[Answer]:
        self.key = key
        time.sleep(0.01)
        return super().poll(self.key)


@broken("test_what_was_never_sent_has_no_answers")
class AnswersForTheFarSide(Bank):
    def poll(self, key: str) -> Sequence[Answer]:
        try:
            return super().poll(key)
        except PermanentFailure:
            return [Answer(key, "none", "refused")]


@broken("test_operations_are_well_formed")
class OrdersByWhatIsNotThere(Bank):
    operations = {
        **Bank.operations,
        "freeze": Operation("freeze", Freeze, Frozen, ordered_by="acct", taken_back_by="lift"),
    }


class ShortFreeze(Freeze):
    account: str = Field(max_length=30)


@broken("test_schemas_are_those_that_were_kept")
class TakesLess(Bank):
    operations = {
        "freeze": Operation("freeze", ShortFreeze, Frozen, taken_back_by="lift"),
        "lift": Operation("lift", Freeze, Frozen),
    }


class FrozenAt(Frozen):
    bank: str


@broken(
    "test_samples_have_the_shape_of_their_operation",
    "test_a_request_is_answered_with_the_far_sides_answer",
)
class PromisesMore(Bank):
    operations = {
        "freeze": Operation("freeze", Freeze, FrozenAt, taken_back_by="lift"),
        "lift": Operation("lift", Freeze, Frozen),
    }


@broken("test_a_request_is_answered_with_the_far_sides_answer")
class LosesTheData(Bank):
    def answer(self, item: Item, number: int, key: str) -> Answer:
        return Answer(key, item.id, item.kind, {}, item.final)


@broken("test_a_check_tells_whether_the_far_side_is_there")
class ChecksNothing(Bank):
    def check(self) -> None:
        return
