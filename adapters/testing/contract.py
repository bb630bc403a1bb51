"""What every adapter must keep to, as tests for pytest: subclass `AdapterContract`.

A test is given the operations one by one, and a far side that behaves, and misbehaves as it asks.
"""

from __future__ import annotations

import json
import math
import re
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel

from ...workflow.errors import ZhixingError
from ..protocol import (
    Adapter,
    Answer,
    Call,
    Operation,
    PermanentFailure,
    Reply,
    TemporaryFailure,
    Unclear,
)
from .errors import CannotMisbehave
from .far_side import FarAnswer, FarSide, Misbehaving, Misbehaviour
from .schemas import incompatible, keep_schemas

Failure = TemporaryFailure | PermanentFailure | Unclear
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_MALFORMED = (
    Misbehaviour.HTML,
    Misbehaviour.TRUNCATED,
    Misbehaviour.NOT_A_NUMBER,
    Misbehaviour.DEEP,
    Misbehaviour.NOT_TEXT,
    Misbehaviour.ANOTHER_KIND,
)
_SAYS_NOTHING: tuple[FarAnswer, ...] = ()
_THREADS, _ROUNDS = 8, 4


@dataclass(frozen=True)
class Sample:
    """A request that the far side takes, what it answers, and a part that it may answer before."""

    payload: Mapping[str, Any]
    answer: Mapping[str, Any]
    partial: Mapping[str, Any] | None = None


class AdapterContract:
    """The contract of an adapter. A subclass gives `samples`, a fixture `far_side`, and `make`.

    It may give `secrets` that it is made with, the file of its kept `schemas`, and say what its
    wire cannot (`answers_name_their_request`); what an adapter has not is skipped, and says so.
    """

    samples: ClassVar[Mapping[str, Sample]]
    """A request and its answer for each operation."""
    secrets: ClassVar[Sequence[str]] = ()
    """What the adapter is made with and nobody may read."""
    schemas: ClassVar[Path | None] = None
    """Where the shapes of its operations are kept."""
    answers_name_their_request: ClassVar[bool] = True
    """Whether an answer on the wire says which request it is to."""
    seconds: ClassVar[float] = 0.5
    """The time that a call is given where the far side does not answer."""
    margin_seconds: ClassVar[float] = 4.0
    """How much later than that it may end, on a busy machine."""
    statuses: ClassVar[Mapping[int, tuple[type[Exception], ...]]] = {
        429: (TemporaryFailure,),
        503: (TemporaryFailure,),
        400: (PermanentFailure,),
        403: (PermanentFailure,),
        404: (PermanentFailure,),
        422: (PermanentFailure,),
        500: (Unclear,),
        502: (Unclear,),
        504: (Unclear,),
    }
    """What a status of HTTP means for a request."""
    keys: ClassVar[Sequence[str]] = (
        "a",
        "a/b",
        "a?b=c&d",
        "a#b",
        "a%2Fb",
        "a b",
        "a+b",
        'a"b',
        "a;b,c",
        "A~b.c_d-e",
        "f" * 200,
    )
    """Keys that an adapter must pass on as they are."""

    def make(self, far_side: Any) -> Adapter:
        """The adapter, set up for this far side."""
        raise NotImplementedError("give the adapter for this far side")

    def stands(self, far_side: Any, operation: str) -> bool:
        """Whether what the sample of an operation did is in force with the far side."""
        raise CannotMisbehave(what=f"say by `stands` whether {operation} is in force")

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Each operation that has a sample, and each status, in turn."""
        if "operation" in metafunc.fixturenames:
            metafunc.parametrize("operation", list(self.samples))
        if "status" in metafunc.fixturenames:
            metafunc.parametrize("status", list(self.statuses))

    # -- what it says of itself

    def test_operations_are_well_formed(self, far_side: Any) -> None:
        adapter = self.make(far_side)
        assert _NAME.fullmatch(adapter.name), f"{adapter.name!r} is no name: [a-z][a-z0-9_]*"
        assert adapter.operations, "an adapter without operations can be asked nothing"
        for name, operation in adapter.operations.items():
            told = list(_ill_formed(name, operation, adapter.operations))
            assert not told, f"{name}: {'; '.join(told)}"

    def test_samples_have_the_shape_of_their_operation(self, far_side: Any) -> None:
        operations = self.make(far_side).operations
        assert set(self.samples) == set(operations), "each operation has a sample"
        for name, sample in self.samples.items():
            operations[name].request.model_validate(sample.payload)
            operations[name].answer.model_validate(sample.answer)

    def test_schemas_are_those_that_were_kept(self, far_side: Any, request: Any) -> None:
        if self.schemas is None:
            pytest.skip("no file of kept schemas (`schemas`)")
        operations = self.make(far_side).operations
        if request.config.getoption("--update-schemas", default=False):
            keep_schemas(operations, self.schemas)
        how = "run pytest with --update-schemas (plugin zhixing.adapters.testing.plugin)"
        assert self.schemas.exists(), f"{self.schemas} is not there; to keep the schemas {how}"
        changed = incompatible(json.loads(self.schemas.read_text(encoding="utf-8")), operations)
        told = "\n  ".join(changed)
        assert not changed, (
            f"requests or answers of then fail now:\n  {told}\n"
            f"undo the change, or give the operation another name; if nobody relies on it, {how}"
        )

    # -- one request

    def test_a_request_is_answered_with_the_far_sides_answer(
        self, far_side: Any, operation: str
    ) -> None:
        adapter, call = self._ready(far_side, operation)
        answers = self._heard(adapter, call)
        assert len(answers) == 1, f"one answer was given, {len(answers)} came"
        [answer] = answers
        assert answer.kind == "answered" and answer.final
        adapter.operations[operation].answer.model_validate(answer.data)

    def test_a_key_that_comes_twice_is_acted_on_once(self, far_side: Any, operation: str) -> None:
        adapter, call = self._ready(far_side, operation)
        self._repeatable(adapter, operation)
        before = len(far_side.ledger)
        adapter.send(call)
        adapter.send(call)
        acted = len(far_side.ledger) - before
        assert acted == 1, f"the far side acted {acted} times: it must be given the call's own key"

    def test_another_key_is_another_request(self, far_side: Any, operation: str) -> None:
        adapter, call = self._ready(far_side, operation)
        adapter.send(call)
        adapter.send(replace(call, key="another-key"))
        acted = len(far_side.ledger)
        assert acted == 2, f"of two requests the far side acted on {acted}"

    def test_a_lost_reply_is_not_clear_and_may_be_repeated(
        self, far_side: Any, operation: str
    ) -> None:
        adapter, call = self._ready(far_side, operation)
        self._misbehaves(far_side, Misbehaviour.DROPS)
        failure = self._failure(lambda: adapter.send(call), "a reply that is lost")
        assert isinstance(failure, Unclear), (
            f"{type(failure).__name__} where the far side had taken it: say `Unclear`"
        )
        far_side.misbehave(None)
        if adapter.operations[operation].repeatable:
            adapter.send(call)
        assert len(far_side.ledger) == 1, "the repeated request took effect twice"

    @pytest.mark.parametrize("how", [Misbehaviour.DRIPS, Misbehaviour.SILENT])
    def test_the_time_limit_is_kept(self, far_side: Any, operation: str, how: Misbehaviour) -> None:
        adapter, call = self._ready(far_side, operation)
        self._misbehaves(far_side, how)
        began = time.monotonic()
        failure = self._failure(lambda: adapter.send(call), f"a far side that {how}")
        took = time.monotonic() - began
        assert took <= self.seconds + self.margin_seconds, (
            f"it took {took:.1f} s with a far side that {how}; timeout_seconds is {self.seconds}"
        )
        assert not isinstance(failure, PermanentFailure), "it may have been taken"

    @pytest.mark.parametrize("how", _MALFORMED)
    def test_a_malformed_answer_is_a_failure_of_the_protocol(
        self, far_side: Any, operation: str, how: Misbehaviour
    ) -> None:
        adapter, call = self._ready(far_side, operation)
        self._misbehaves(far_side, how)
        self._survives(lambda: adapter.send(call), call.key, f"an answer that is {how}")
        far_side.misbehave(None)
        other = replace(call, key="polled-key")
        adapter.send(other)
        self._misbehaves(far_side, how)
        self._survives(lambda: adapter.poll(other.key), other.key, f"an answer that is {how}")

    def test_an_answer_with_one_thing_wrong_does_no_harm(
        self, far_side: Any, operation: str
    ) -> None:
        adapter, call = self._ready(far_side, operation)
        adapter.send(call)
        self._exchange_again(adapter, call)
        for body in self._damaged(far_side):
            self._misbehaves(far_side, body)
            told = f"the answer {body!r}"
            self._survives(lambda: self._exchange_again(adapter, call), call.key, told)

    def test_an_endless_answer_is_not_read_to_its_end(self, far_side: Any, operation: str) -> None:
        adapter, call = self._ready(far_side, operation)
        adapter.send(call)
        self._misbehaves(far_side, Misbehaviour.POURS)
        self._survives(
            lambda: self._exchange_again(adapter, call), call.key, "an answer without an end"
        )
        assert not far_side.is_exhausted, "all of an answer without an end was read"

    def test_a_status_is_told_as_what_it_means(self, far_side: Any, status: int) -> None:
        adapter, call = self._ready(far_side, next(iter(self.samples)))
        self._misbehaves(far_side, status)
        failure = self._failure(lambda: adapter.send(call), f"status {status}")
        expected = self.statuses[status]
        names = " or ".join(one.__name__ for one in expected)
        got = type(failure).__name__
        assert isinstance(failure, expected), f"status {status} is {names}, not {got}"

    def test_a_refused_connection_is_temporary(self, far_side: Any) -> None:
        adapter, call = self._ready(far_side, next(iter(self.samples)))
        far_side.stop()
        failure = self._failure(lambda: adapter.send(call), "a refused connection")
        got = type(failure).__name__
        assert isinstance(failure, TemporaryFailure), f"surely not taken is temporary, not {got}"

    # -- answers over time

    def test_answers_keep_their_ids_whatever_their_order(
        self, far_side: Any, operation: str
    ) -> None:
        """Late, twice, in parts, in another order: each answer stays the one that it is."""
        adapter, call = self._ready(far_side, operation)
        self._polled(adapter, operation)
        sample = self.samples[operation]
        part = FarAnswer("m-part", "partial", sample.partial or {}, final=False)
        last = FarAnswer("m-last", "answered", sample.answer)
        all = [part, last] if sample.partial is not None else [last]
        far_side.says(lambda key, _: _SAYS_NOTHING)
        adapter.send(call)
        assert list(adapter.poll(call.key)) == [], "an answer before there was one"
        seen: set[tuple[str, str]] = set()
        for order in (all[:1], all, all[::-1], [*all, *all], all[-1:]):
            far_side.says(lambda key, _, now=order: [replace(one, key=key) for one in now])
            seen |= {(one.kind, one.message_id) for one in self._polled_well(adapter, call.key)}
        ids = [id for _, id in seen]
        assert len(seen) == len(all) == len(set(ids)), f"of {len(all)} answers: {sorted(seen)}"

    def test_what_is_polled_again_is_the_same(self, far_side: Any, operation: str) -> None:
        adapter, call = self._ready(far_side, operation)
        self._polled(adapter, operation)
        adapter.send(call)
        first, second = (self._polled_well(adapter, call.key) for _ in range(2))
        assert first == second, "answers are kept by their ids: the same one has the same id"

    def test_an_answer_to_another_request_is_not_given_as_ones_own(
        self, far_side: Any, operation: str
    ) -> None:
        adapter, call = self._ready(far_side, operation)
        self._polled(adapter, operation)
        if not self.answers_name_their_request:
            pytest.skip("answers on this wire do not say which request they are to")
        answer = FarAnswer("forged", "answered", self.samples[operation].answer, key="another-key")
        far_side.says(lambda key, _: [answer])
        adapter.send(call)
        answers: Sequence[Answer] = ()
        with suppress(TemporaryFailure, PermanentFailure, Unclear):
            answers = adapter.poll(call.key)
        ours = [one for one in answers if one.key == call.key]
        assert not ours, "an answer to another request was given as this one's"

    def test_what_was_never_sent_has_no_answers(self, far_side: Any) -> None:
        adapter = self.make(far_side)
        answers = self._survives(lambda: adapter.poll("never-sent"), "never-sent", "a first poll")
        assert not answers, "answers to what nobody asked"

    # -- keys, threads, taking back

    def test_keys_of_any_characters_arrive_as_they_are(self, far_side: Any) -> None:
        adapter, call = self._ready(far_side, next(iter(self.samples)))
        for key in self.keys:
            one = replace(call, key=key)
            answers = self._attempt(partial(self._heard, adapter, one), f"the key {key!r}")
            assert isinstance(answers, list) and answers, f"no answer to {key!r}: {answers}"
        acted = len(far_side.ledger)
        assert acted == len(self.keys), f"{len(self.keys)} keys were {acted} to the far side"

    def test_threads_do_not_mix_their_requests_up(self, far_side: Any) -> None:
        adapter, call = self._ready(far_side, next(iter(self.samples)))
        wrong: list[str] = []
        start = threading.Barrier(_THREADS)

        def work(thread: int) -> None:
            start.wait(60)
            for number in range(_ROUNDS):
                one = replace(call, key=f"thread-{thread}-{number}")
                found = self._outcome(partial(self._heard, adapter, one))
                if not isinstance(found, list) or {a.key for a in found} != {one.key}:
                    wrong.append(f"{one.key}: {found!r}")

        threads = [threading.Thread(target=work, args=(n,)) for n in range(_THREADS)]
        _run(threads)
        keys = len({key for key, _ in far_side.ledger})
        assert not wrong, f"from {_THREADS} threads: {wrong[:3]}"
        assert keys == _THREADS * _ROUNDS, f"{_THREADS * _ROUNDS} requests were {keys}"

    def test_what_takes_back_takes_back(self, far_side: Any, operation: str) -> None:
        adapter, call = self._ready(far_side, operation)
        back = adapter.operations[operation].taken_back_by
        if not back:
            pytest.skip(f"nothing takes {operation} back")
        adapter.send(call)
        try:
            assert self.stands(far_side, operation), f"{operation} did nothing"
            adapter.send(self._call(adapter, back, "key-of-taking-back"))
            assert not self.stands(far_side, operation), f"{operation} stands after {back}"
        except CannotMisbehave as cannot:
            pytest.skip(str(cannot))

    def test_a_check_tells_whether_the_far_side_is_there(self, far_side: Any) -> None:
        check: Callable[[], None] | None = getattr(self.make(far_side), "check", None)
        if check is None:
            pytest.skip("it has no `check`")
        check()
        assert not far_side.ledger, "a check asks for nothing"
        far_side.stop()
        self._failure(check, "a check with a far side that is gone")

    # -- secrets

    @pytest.mark.parametrize(
        "how", [Misbehaviour.HTML, Misbehaviour.DROPS, Misbehaviour.REFLECTS, 403, 500]
    )
    def test_secrets_are_in_no_error_and_no_log(
        self, far_side: Any, caplog: pytest.LogCaptureFixture, how: Misbehaving
    ) -> None:
        if not self.secrets:
            pytest.skip("it is made with no `secrets`")
        caplog.set_level("DEBUG")
        adapter, call = self._ready(far_side, next(iter(self.samples)))
        self._misbehaves(far_side, how)
        told = [repr(adapter), str(adapter)]
        for ask in (lambda: adapter.send(call), lambda: adapter.poll(call.key)):
            told.append(_told(self._outcome(ask)))
        text = "\n".join([*told, caplog.text])
        found = [secret for secret in self.secrets if secret in text]
        assert not found, f"{len(found)} of its secrets can be read in errors, logs or its repr"

    # -- how the tests go about it

    def _ready(self, far_side: FarSide, operation: str) -> tuple[Adapter, Call]:
        far_side.says(self._script)
        adapter = self.make(far_side)
        return adapter, self._call(adapter, operation, "a-key")

    def _script(self, key: str, operation: str) -> list[FarAnswer]:
        """The sample's answer, whatever name the wire has for the operation."""
        samples = self.samples
        sample = samples[operation] if operation in samples else next(iter(samples.values()))
        return [FarAnswer(f"m-{key}"[:100], "answered", sample.answer, key=key)]

    def _call(self, adapter: Adapter, operation: str, key: str) -> Call:
        shape: type[BaseModel] = adapter.operations[operation].request
        payload = shape.model_validate(self.samples[operation].payload)
        return Call(operation, key, payload, timeout_seconds=self.seconds)

    def _heard(self, adapter: Adapter, call: Call) -> list[Answer]:
        """Every answer to a request, each once."""
        call = replace(call, timeout_seconds=30.0)
        reply = adapter.send(call)
        answers = list(reply.answers)
        if reply.pending and adapter.operations[call.operation].is_polled:
            answers += adapter.poll(call.key)
        for answer in answers:
            _check_answer(answer, call.key)
        return list({one.message_id: one for one in answers}.values())

    def _exchange_again(self, adapter: Adapter, call: Call) -> Reply | Sequence[Answer]:
        """Ask again for what answers there are, the way that they come."""
        operation = adapter.operations[call.operation]
        if operation.is_polled or not operation.repeatable:
            return adapter.poll(call.key)
        return adapter.send(call)

    def _polled_well(self, adapter: Adapter, key: str) -> list[Answer]:
        answers = list(adapter.poll(key))
        for answer in answers:
            _check_answer(answer, key)
        return answers

    def _outcome(self, ask: Callable[[], Any]) -> Any:
        """What it gives or raises."""
        try:
            return ask()
        except Exception as error:
            return error

    def _attempt(self, ask: Callable[[], Any], told: str) -> Any:
        """What it gives, or the failure that an adapter may raise; anything else fails the test."""
        found = self._outcome(ask)
        if isinstance(found, Exception) and not isinstance(found, Failure):
            names = "TemporaryFailure, PermanentFailure or Unclear"
            kind = type(found).__name__
            pytest.fail(f"{told}: {kind} left the adapter ({found}); it may raise {names}")
        return found

    def _survives(self, ask: Callable[[], Any], key: str, told: str) -> Sequence[Answer]:
        """Ask; a failure is as good as answers that are well-formed."""
        found = self._attempt(ask, told)
        if isinstance(found, Failure):
            return ()
        answers = found.answers if isinstance(found, Reply) else found
        for answer in answers:
            _check_answer(answer, None)
        return [one for one in answers if one.key == key]

    def _failure(self, ask: Callable[[], Any], told: str) -> Failure:
        found = self._attempt(ask, told)
        assert isinstance(found, Failure), f"{told}: it went through as if all were well"
        return found

    def _misbehaves(self, far_side: FarSide, how: Misbehaving) -> None:
        try:
            far_side.misbehave(how)
        except CannotMisbehave as cannot:
            pytest.skip(str(cannot))

    def _damaged(self, far_side: FarSide) -> Sequence[Misbehaving]:
        try:
            return far_side.damaged()
        except CannotMisbehave as cannot:
            pytest.skip(str(cannot))

    def _polled(self, adapter: Adapter, operation: str) -> None:
        if not adapter.operations[operation].is_polled:
            pytest.skip(f"answers to {operation} are not asked for")

    def _repeatable(self, adapter: Adapter, operation: str) -> None:
        if not adapter.operations[operation].repeatable:
            pytest.skip(f"{operation} is never sent twice")


def _run(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)


def _told(outcome: Any) -> str:
    """All that an outcome says to whoever prints it."""
    if not isinstance(outcome, BaseException):
        return repr(outcome)
    parts = [repr(outcome), *traceback.format_exception(outcome)]
    data = outcome.as_json() if isinstance(outcome, ZhixingError) else {}
    return "\n".join([*parts, json.dumps(data, default=str)])


def _check_answer(answer: Any, key: str | None) -> None:
    """An answer as the engine can keep it; with a key, to that request."""
    assert isinstance(answer, Answer), f"{answer!r} is no Answer"
    assert key is None or answer.key == key, f"{answer.key!r} is the key of another request"
    id, kind = answer.message_id, answer.kind
    assert isinstance(id, str) and 0 < len(id) <= 200, f"the message_id {id!r}"
    assert isinstance(kind, str) and 0 < len(kind) <= 32, f"the kind {kind!r}"
    assert isinstance(answer.final, bool), f"final is {answer.final!r}"
    try:
        json.dumps(answer.data, allow_nan=False, default=str)
    except (TypeError, ValueError, RecursionError) as error:
        pytest.fail(f"the data of an answer are no JSON: {error}")
    assert isinstance(answer.data, Mapping), f"the data {answer.data!r} are no mapping"
    _check_moment(answer.happened_at)


def _check_moment(moment: Any) -> None:
    if isinstance(moment, datetime):
        assert moment.tzinfo is not None, "a moment has its zone"
    else:
        assert moment is None or isinstance(moment, date), f"happened_at is {moment!r}"


def _ill_formed(name: str, operation: Operation, beside: Mapping[str, Operation]) -> Iterator[str]:
    if operation.name != name or not _NAME.fullmatch(name):
        yield f"it is called {operation.name!r}: the same name, [a-z][a-z0-9_]*"
    if operation.taken_back_by and operation.taken_back_by not in {*beside} - {name}:
        yield f"taken_back_by {operation.taken_back_by!r} is no other operation of it"
    for option in ("counterparty", "ordered_by"):
        field = getattr(operation, option)
        if field and field not in operation.request.model_fields:
            yield f"{option} {field!r} is no field of the request"
    yield from _ill_bounded(operation)
    yield from _without_schema(operation)


def _ill_bounded(operation: Operation) -> Iterator[str]:
    """The options whose values make no sense."""
    rate = operation.per_minute
    is_wrong = {
        "seconds": not 0 < operation.seconds < math.inf,
        "latency": not timedelta(0) <= operation.latency < operation.silence,
        "at_a_time": operation.at_a_time < 1,
        "longest_answer": operation.longest_answer < 1,
        "per_minute": rate is not None and not rate > 0,
    }
    for option in filter(is_wrong.get, is_wrong):
        yield f"{option} is {getattr(operation, option)}"


def _without_schema(operation: Operation) -> Iterator[str]:
    for shape in (operation.request, operation.answer):
        try:
            shape.model_json_schema()
        except Exception as error:
            yield f"{shape.__name__} has no JSON Schema: {type(error).__name__}"
