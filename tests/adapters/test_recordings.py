"""Schemas that are kept, and recordings that are played again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from zhixing.adapters import (
    NO_FAULTS,
    Answer,
    Call,
    NetworkInquiry,
    NetworkSimulator,
    Operation,
    PermanentFailure,
    Reply,
    TemporaryFailure,
)
from zhixing.adapters.network_inquiry import InquiryRequest
from zhixing.adapters.testing import (
    BadRecording,
    NotRecorded,
    Recorder,
    Replayed,
    incompatible,
    keep_schemas,
    schemas_of,
)
from zhixing.testing import AnyData, FakeAdapter

# -- schemas


class Person(BaseModel):
    id: str


class Then(BaseModel):
    person: Person
    amount: Decimal
    kind: Literal["a", "b"] = "a"
    note: str | None = None
    tags: list[str] = []


class Unknown(Person):
    born: date


class WithoutNote(BaseModel):
    person: Person
    amount: Decimal
    kind: Literal["a", "b"] = "a"
    tags: list[str] = []


class NoteNeeded(Then):
    note: str | None = Field()


class More(Then):
    more: str


class MoreAtWill(Then):
    more: str = ""


class FewerKinds(Then):
    kind: Literal["a"] = "a"  # type: ignore[assignment]


class MoreKinds(Then):
    kind: Literal["a", "b", "c"] = "a"  # type: ignore[assignment]


class NoNull(Then):
    note: str = ""  # type: ignore[assignment]


class NumbersOnly(Then):
    tags: list[int] = []  # type: ignore[assignment]


class Inner(Then):
    person: Unknown


class Bounded(Then):
    note: str | None = None
    tags: list[str] = Field(default=[], max_length=2)


class PersonAtWill(Then):
    person: Person = Person(id="-")


@pytest.mark.parametrize(
    ("request_shape", "answer_shape", "told"),
    [
        (Then, Then, []),
        (MoreAtWill, More, []),
        (WithoutNote, Then, ["ask request.note: the field is gone"]),
        (Then, WithoutNote, ["ask answer.note: the field is gone"]),
        (NoteNeeded, Then, ["ask request.note: the field is required now"]),
        (More, Then, ["ask request.more: the field is required now"]),
        (Then, PersonAtWill, ["ask answer.person: the field may be left out now"]),
        (FewerKinds, Then, ['ask request.kind: the type is narrower, no longer "b"']),
        (Then, FewerKinds, []),
        (MoreKinds, Then, []),
        (Then, MoreKinds, ['ask answer.kind: the type is wider, also "c"']),
        (NoNull, Then, ["ask request.note: the type is narrower, no longer null"]),
        (NumbersOnly, Then, ["ask request.tags[]: the type is narrower, no longer string"]),
        (Inner, Then, ["ask request.person.born: the field is required now"]),
        (Bounded, Then, ["ask request.tags: maxItems is 2 now"]),
    ],
)
def test_a_change_that_breaks_somebody_is_told_at_its_field(
    request_shape: type[BaseModel], answer_shape: type[BaseModel], told: list[str]
) -> None:
    kept = json.loads(json.dumps(schemas_of({"ask": Operation("ask", Then, Then)})))
    now = {"ask": Operation("ask", request_shape, answer_shape)}
    assert incompatible(kept, now) == told


def test_an_operation_that_is_gone_is_told_and_a_new_one_is_not(tmp_path: Path) -> None:
    file = tmp_path / "kept.json"
    keep_schemas({"ask": Operation("ask", Then, Then)}, file)
    kept = json.loads(file.read_text())
    assert incompatible(kept, {"tell": Operation("tell", Then, Then)}) == [
        "ask: the operation is gone"
    ]


# -- recordings

SECRET = "s3cret"


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Path]:
    """A recording of the network: one inquiry, with its answers."""
    file = tmp_path / "network.jsonl"
    with NetworkSimulator(1, NO_FAULTS) as network:
        real = NetworkInquiry(network.url, SECRET)
        recorder = Recorder(real, file, secrets=[SECRET, "d1"], personal=["person"])
        recorder.send(inquiry("key-of-then"))
        assert recorder.poll("key-of-then")
    yield file


def inquiry(key: str, person: str = "d1") -> Call[InquiryRequest]:
    return Call("inquire", key, InquiryRequest(person=person))


def test_a_recording_answers_as_the_far_side_did_under_the_keys_of_now(recorded: Path) -> None:
    network = Replayed(recorded, NetworkInquiry.operations)
    assert network.name == "network" and network.unasked() == ["inquire"]
    assert network.send(inquiry("key-of-now")) == Reply([], pending=True)
    [answer] = network.poll("key-of-now")
    assert (answer.key, answer.message_id, answer.kind) == (
        "key-of-now",
        "key-of-now/0",
        "answered",
    )
    assert [answer] == network.poll("key-of-now") and network.unasked() == []
    assert network.poll("never-sent") == ()


def test_what_is_personal_and_what_is_secret_is_not_recorded(recorded: Path) -> None:
    text = recorded.read_text()
    assert "d1" not in text and SECRET not in text and '"person": "***"' in text


def test_what_was_not_recorded_is_refused_unless_it_may_be_silent(recorded: Path) -> None:
    network = Replayed(recorded)
    freeze = Call("freeze", "k", AnyData.model_validate({"person": "d1", "amount": "1"}))
    with pytest.raises(NotRecorded, match="freeze") as refused:
        network.send(freeze)
    assert "d1" not in str(refused.value)
    network.send(inquiry("one"))
    with pytest.raises(NotRecorded):
        network.send(inquiry("two"))
    assert Replayed(recorded, strict=False).send(freeze) == Reply()


def test_failures_and_moments_are_played_again_in_their_order(tmp_path: Path) -> None:
    file = tmp_path / "bank.jsonl"
    bank = FakeAdapter("bank", "ask")
    recorder = Recorder(bank, file, secrets=[SECRET])
    call = Call("ask", "k", AnyData.model_validate({"a": 1}))
    bank.will_fail("ask", f"busy {SECRET}")
    bank.will_fail("ask", "no", for_good=True)
    for failure in (TemporaryFailure, PermanentFailure):
        with pytest.raises(failure):
            recorder.send(call)
    bank.send = lambda call: Reply([given])  # type: ignore[method-assign]
    given = Answer("k", "m", "answered", {"x": "1"}, happened_at=date(2025, 3, 3))
    recorder.send(call)
    replayed = Replayed(file)
    with pytest.raises(TemporaryFailure, match=r"busy \*\*\*"):
        replayed.send(call)
    with pytest.raises(PermanentFailure):
        replayed.send(call)
    assert replayed.send(call) == Reply([given], pending=True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "x.jsonl:1"),
        ("[1]\n", "x.jsonl:1"),
        ('{"adapter": "a", "operations": {}}\n{"did": "send"}\n', "x.jsonl:2"),
        ('{"adapter": "a", "operations": {}}\nnonsense\n', "x.jsonl:2"),
        (None, "FileNotFoundError"),
    ],
)
def test_a_file_that_is_no_recording_is_told(tmp_path: Path, text: Any, told: str) -> None:
    file = tmp_path / "x.jsonl"
    if text is not None:
        file.write_text(text)
    with pytest.raises(BadRecording, match=told):
        Replayed(file)
