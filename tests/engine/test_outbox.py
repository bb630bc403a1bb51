"""Requests and answers: whatever goes wrong with one costs that one alone, and is told."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import BaseModel

from tests.courts import ADMIN, key_of
from zhixing.adapters import (
    Answer,
    Arrival,
    Call,
    Operation,
    Reply,
    TemporaryFailure,
)
from zhixing.engine import Actor, Dispatcher, Engine, VirtualClock
from zhixing.engine.outside import outcomes as outcomes_module
from zhixing.engine.storage import schema
from zhixing.engine.work.runtime import Transaction
from zhixing.workflow import definition_from_text

LI = Actor.of("li", "officer")
ASKING = definition_from_text("""
id: asking
title: {zh: 询问, en: asking}
version: 1
effective: 2024-01-01
roles: {officer: {title: {zh: 承办人, en: officer}}}
data: {found: {type: money, default: 0, title: {zh: 查明, en: found}}}
powers: {open: {by: officer}}
requests:
  net: {title: {zh: 查询, en: inquiry}, operation: net.ask, answers: {answered: told, failed: lost},
    takes: {found: found}}
  bank: {title: {zh: 划款, en: transfer}, operation: bank.pay, answers: {answered: told},
    takes: {found: found}}
modes: {done: {zh: 完, en: done}}
initial: open
states:
  open: {title: {zh: 办, en: open}}
  done: {title: {zh: 完, en: done}, closes: done}
transitions:
  - {trigger: ask, title: {zh: 查, en: ask}, from: open, to: stay, by: officer, asks: net}
  - {trigger: pay, title: {zh: 付, en: pay}, from: open, to: stay, by: officer, asks: bank}
  - {trigger: told, title: {zh: 答, en: told}, from: open, to: stay, by: outside}
  - {trigger: lost, title: {zh: 未获, en: lost}, from: open, to: stay, by: outside}
  - {trigger: end, title: {zh: 结, en: end}, from: open, to: done, by: officer}
""")


class Nothing(BaseModel):
    """A request without content."""


class Found(BaseModel):
    """What was found, in yuan."""

    found: Decimal


class Outside:
    """An adapter that does with each request what a test says; it notes the keys it was handed."""

    def __init__(self, name: str = "net", verb: str = "ask", **options: Any) -> None:
        self.name = name
        self.operations = {verb: Operation(verb, Nothing, Found, **options)}
        self.sent: list[str] = []
        self.polled: list[str] = []
        self.does: Callable[[str], Any] = lambda key: Reply()
        self.gives: Callable[[str], Any] = lambda key: ()

    def send(self, call: Call) -> Reply:
        self.sent.append(call.key)
        reply: Reply = self.does(call.key)
        return reply

    def poll(self, key: str) -> Sequence[Answer]:
        self.polled.append(key)
        answers: Sequence[Answer] = self.gives(key)
        return answers


FIVE = {"found": "5"}
DEEP: dict[str, Any] = {}
DEEP["x"] = DEEP


def at_once(key: str) -> Reply:
    return Reply([Answer(key, "1", "answered", FIVE)], pending=False)


@pytest.fixture
def net() -> Outside:
    return Outside()


@pytest.fixture
def court(database: str, clock: VirtualClock, net: Outside) -> Iterator[Engine]:
    options: dict[str, Any] = {"clock": clock, "adapters": [net], "drafts": True, "upgrade": True}
    with Engine(database, ASKING, **options) as engine:
        yield engine


def asked(court: Engine, id: str, trigger: str = "ask") -> str:
    """A case that asks; gives the key of its request."""
    court.open_case("asking", actor=LI, id=id)
    court.fire(id, trigger, actor=LI)
    return key_of(court, id)


def row(court: Engine, key: str) -> dict[str, Any]:
    with court.database.connect() as connection:
        found = connection.execute(sa.select(schema.outbox).where(schema.outbox.c.id == key))
        return dict(found.mappings().one())


def heard(court: Engine, id: str) -> int:
    return [entry.trigger for entry in court.history(id)].count("told")


def told(court: Engine) -> list[tuple[str, str]]:
    return [(incident.kind, incident.message) for incident in court.incidents()]


# -- one bad answer


def _raises(error: Exception) -> Callable[[str], Any]:
    def fails(key: str) -> Any:
        raise error

    return fails


MALFORMED = {
    "KeyError": _raises(KeyError("answers")),
    "RecursionError": _raises(RecursionError("nested too deeply")),
    "ValueError": _raises(ValueError("<html>\x1b[8m not JSON")),
    "no reply": lambda key: None,
    "no answers": lambda key: Reply([{"kind": "answered"}]),  # type: ignore[list-item]
    "an error of its own database": _raises(sa.exc.OperationalError("SELECT", {}, Exception())),
    "endless answers": lambda key: Reply(Answer(key, str(n), "partial") for n in count()),  # type: ignore[arg-type]
    "an answer to another": lambda key: Reply([Answer("other", "1", "answered", FIVE)]),
    "a long name": lambda key: Reply([Answer(key, "1" * 201, "answered", FIVE)]),
    "a name with NUL": lambda key: Reply([Answer(key, "1\0", "answered", FIVE)]),
    "a long kind": lambda key: Reply([Answer(key, "1", "answered" * 9, FIVE)]),
    "a day in words": lambda key: Reply([Answer(key, "1", "answered", FIVE, happened_at="today")]),  # type: ignore[arg-type]
    **{
        f"data with {what}": lambda key, data=data: Reply([Answer(key, "1", "refused", data)])
        for what, data in {
            "an object": {"x": object()},
            "NaN": {"x": float("nan")},
            "NUL": {"x": "a\0"},
            "half a character": {"x": "\ud800"},
            "a million characters": {"x": "x" * 1_000_001},
            "itself": DEEP,
        }.items()
    },
    "a list for data": lambda key: Reply([Answer(key, "1", "answered", [FIVE])]),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("what", MALFORMED)
def test_a_fault_of_an_adapter_is_counted_put_off_and_told_and_holds_up_no_other(
    court: Engine, net: Outside, clock: VirtualClock, what: str
) -> None:
    bad = asked(court, "bad")
    good = [asked(court, f"good{n}") for n in range(5)]
    net.does = lambda key: (MALFORMED[what] if key == bad else at_once)(key)
    dispatcher = Dispatcher(court, breaker_threshold=100)
    for attempt in range(1, 6):
        assert told(court) == []
        dispatcher.run_due()
        assert row(court, bad)["attempts"] == attempt
        assert row(court, bad)["status"] == "waiting"
        clock.advance(hours=1)
    assert [row(court, key)["status"] for key in good] == ["answered"] * 5
    assert [heard(court, f"good{n}") for n in range(5)] == [1] * 5
    ((kind, message),) = told(court)
    assert kind == "request" and "Traceback" in message and "\x1b" not in message
    net.does = at_once
    dispatcher.run_due()
    assert heard(court, "bad") == 1


def test_what_never_works_is_given_up_and_the_procedure_hears_of_it(
    court: Engine, net: Outside, clock: VirtualClock
) -> None:
    key = asked(court, "c")
    net.does = _raises(KeyError("x"))
    dispatcher = Dispatcher(court, breaker_threshold=100)
    for _ in range(20):
        dispatcher.run_due()
        clock.advance(hours=2)
    assert len(net.sent) == 12
    assert row(court, key)["status"] == "failed"
    assert [entry.trigger for entry in court.history("c")][-1] == "lost"


# -- at once, in one transaction


def test_an_answer_given_at_once_is_not_lost_where_the_process_dies(
    court: Engine, net: Outside, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = asked(court, "c")
    net.does = at_once
    with monkeypatch.context() as dying:
        dying.setattr(outcomes_module, "take_answer", _raises_any(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            Dispatcher(court).run_due()
    assert row(court, key)["status"] == "waiting"
    clock.advance(minutes=2)
    Dispatcher(court).run_due()
    assert (row(court, key)["status"], heard(court, "c")) == ("answered", 1)
    assert net.sent == [key, key]


def _raises_any(error: BaseException) -> Callable[..., Any]:
    def fails(*_: object, **__: object) -> Any:
        raise error

    return fails


def test_an_answer_that_meets_another_writer_is_written_again(
    court: Engine, net: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = asked(court, "c")
    net.does = at_once
    real, calls = outcomes_module.take_answer, []

    def busy(transaction: Transaction, *given: Any, **more: Any) -> str:
        calls.append(1)
        if len(calls) < 3:
            raise TemporaryFailure(why="busy")
        return real(transaction, *given, **more)

    monkeypatch.setattr(outcomes_module, "take_answer", busy)
    Dispatcher(court).run_due()
    assert (row(court, key)["status"], heard(court, "c"), net.sent) == ("answered", 1, [key])


# -- whose it is


def test_a_slow_dispatcher_changes_nothing_that_another_did_after_its_lease(
    court: Engine, net: Outside, clock: VirtualClock
) -> None:
    key = asked(court, "c")
    net.does = at_once

    def slow(key: str) -> Reply:
        net.does = at_once
        clock.advance(minutes=2)
        Dispatcher(court).run_due()
        return Reply()

    net.does = slow
    Dispatcher(court).run_due()
    assert (row(court, key)["status"], heard(court, "c")) == ("answered", 1)
    assert row(court, key)["send_at"] is None


@pytest.mark.parametrize("fails", [False, True])
def test_a_callback_that_comes_before_the_request_is_handed_over_stands(
    court: Engine, net: Outside, fails: bool
) -> None:
    key = asked(court, "c")

    def called_back(key: str) -> Reply:
        answer = Answer(key, "1", "answered", {"found": "5"})
        assert court.receive(answer, "net") == "taken"
        if fails:
            raise TemporaryFailure(why="the line broke")
        return Reply()

    net.does = called_back
    Dispatcher(court).run_due()
    assert (row(court, key)["status"], heard(court, "c")) == ("answered", 1)
    assert (row(court, key)["send_at"], row(court, key)["attempts"]) == (None, 0)


def test_of_a_long_batch_no_request_is_sent_twice(database: str, clock: VirtualClock) -> None:
    outside = Outside()
    options: dict[str, Any] = {"clock": clock, "drafts": True, "upgrade": True}
    with Engine(database, ASKING, adapters=[outside], **options) as court:
        keys = [asked(court, f"c{n}") for n in range(10)]
        lease = timedelta(seconds=0.2)

        def slow(key: str) -> Reply:
            time.sleep(0.05)
            clock.advance(seconds=0.05)
            return Reply()

        outside.does = slow
        first = threading.Thread(target=Dispatcher(court, lease=lease).run_due)
        first.start()
        other = Dispatcher(court, lease=lease)
        while first.is_alive():
            other.run_due()
            time.sleep(0.01)
        first.join()
        assert sorted(outside.sent) == sorted(keys)


def test_what_only_others_can_send_is_left_to_them_and_told_after_a_day(
    database: str, clock: VirtualClock, net: Outside
) -> None:
    options: dict[str, Any] = {"clock": clock, "drafts": True, "upgrade": True}
    bank = Outside("bank", "pay")
    with (
        Engine(database, ASKING, adapters=[net], **options) as ours,
        Engine(database, ASKING, adapters=[bank], **options) as theirs,
    ):
        key = asked(ours, "c", "pay")
        assert Dispatcher(ours).run_due() == 0
        assert row(ours, key)["attempts"] == 0 and told(ours) == []
        clock.advance(days=1)
        Dispatcher(ours).run_due()
        ((kind, message),) = told(ours)
        assert kind == "request" and "bank.pay" in message
        bank.does = at_once
        clock.advance(hours=2)
        Dispatcher(theirs).run_due()
        assert (bank.sent, heard(ours, "c")) == ([key], 1)


def test_what_others_ask_about_for_weeks_is_left_to_them(
    database: str, clock: VirtualClock, net: Outside
) -> None:
    options: dict[str, Any] = {"clock": clock, "drafts": True, "upgrade": True}
    bank = Outside("bank", "pay")
    with (
        Engine(database, ASKING, adapters=[net], **options) as ours,
        Engine(database, ASKING, adapters=[bank], **options) as theirs,
    ):
        asked(ours, "c", "pay")
        for _ in range(20):
            Dispatcher(theirs).run_due()
            clock.advance(hours=20)
            assert Dispatcher(ours).run_due() == 0
        assert len(bank.polled) == 19 and told(ours) == []


def test_after_a_long_rest_each_adapter_gets_its_own(
    database: str, clock: VirtualClock, net: Outside
) -> None:
    bank = Outside("bank", "pay")
    bank.does = at_once
    options: dict[str, Any] = {"clock": clock, "drafts": True, "upgrade": True}
    with Engine(database, ASKING, adapters=[net, bank], **options) as court:
        asked(court, "c", "pay")
        clock.advance(days=30)
        Dispatcher(court).run_due()
        assert (heard(court, "c"), told(court)) == (1, [])


# -- what may not be repeated


def test_what_may_not_be_repeated_is_never_sent_again(
    database: str, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = Outside("bank", "pay", repeatable=False)
    options: dict[str, Any] = {"clock": clock, "drafts": True, "upgrade": True}
    with Engine(database, ASKING, adapters=[bank], **options) as court:
        key = asked(court, "c", "pay")
        bank.does = _raises_any(KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            Dispatcher(court).run_due()
        assert row(court, key)["status"] == "sending"
        bank.does = at_once
        clock.advance(minutes=2)
        Dispatcher(court).run_due()
        clock.advance(days=1)
        Dispatcher(court).run_due()
        assert bank.sent == [key]
        ((kind, message),) = told(court)
        assert kind == "request" and "不得重复" in message
        answer = Answer(key, "1", "answered", {"found": "5"})
        assert court.receive(answer, "bank") == "taken"
        assert row(court, key)["status"] == "answered"


def test_a_fault_in_the_midst_of_what_may_not_be_repeated_is_for_a_person(
    database: str, clock: VirtualClock
) -> None:
    bank = Outside("bank", "pay", repeatable=False)
    options: dict[str, Any] = {"clock": clock, "drafts": True, "upgrade": True}
    with Engine(database, ASKING, adapters=[bank], **options) as court:
        key = asked(court, "c", "pay")
        bank.does = _raises(ValueError("the answer is no JSON"))
        Dispatcher(court).run_due()
        clock.advance(days=1)
        Dispatcher(court).run_due()
        assert bank.sent == [key]
        (incident,) = court.incidents()
        assert "Traceback" in incident.message
        bank.does = at_once
        court.resolve(incident.id, actor=ADMIN, resolution="未办理，重发", retry=True)
        Dispatcher(court).run_due()
        assert (bank.sent, heard(court, "c")) == ([key, key], 1)


def test_what_was_not_taken_for_sure_goes_again(database: str, clock: VirtualClock) -> None:
    bank = Outside("bank", "pay", repeatable=False)
    options: dict[str, Any] = {"clock": clock, "drafts": True, "upgrade": True}
    with Engine(database, ASKING, adapters=[bank], **options) as court:
        key = asked(court, "c", "pay")
        bank.does = _raises(TemporaryFailure(why="closed at night"))
        Dispatcher(court).run_due()
        bank.does = at_once
        clock.advance(hours=1)
        Dispatcher(court).run_due()
        assert (bank.sent, heard(court, "c")) == ([key, key], 1)


# -- answers


def test_messages_are_told_apart_by_their_request(court: Engine) -> None:
    keys = [asked(court, id) for id in ("a", "b")]
    answers = [Answer(key, "1", "answered", {"found": "5"}) for key in (*keys, keys[0])]
    found = [court.receive(answer, "net") for answer in answers]
    assert found == ["taken", "taken", "duplicate"]


def test_a_callback_that_cannot_be_kept_is_told_and_changes_nothing(court: Engine) -> None:
    key = asked(court, "c")
    before = row(court, key)
    for unfit in (Answer(key, "", "answered", FIVE), Answer(key, "1", "refused", {"x": "\0"})):
        assert "不能收存" in court.receive(unfit, "net")
    for unknown in (Answer("\0", "1", "answered"), Answer("k" * 101, "1", "answered"), None):
        assert court.receive(unknown, "net") == "unknown"  # type: ignore[arg-type]
    assert row(court, key) == before
    assert [kind for kind, _ in told(court)] == ["answer"]
    assert court.receive(Answer(key, "1", "answered", FIVE), "net") == "taken"


def test_a_last_answer_that_nobody_listens_for_is_told(court: Engine) -> None:
    key = asked(court, "c")
    assert "not listened for" in court.receive(
        Answer(key, "0", "partial", {"found": "1"}, final=False), "net"
    )
    assert told(court) == []
    assert "not listened for" in court.receive(Answer(key, "1", "refused"), "net")
    ((kind, message),) = told(court)
    assert kind == "answer" and "refused" in message
    assert row(court, key)["status"] == "answered"


@pytest.mark.parametrize("data", [{}, {"found": "a lot"}, {"found": None}])
def test_an_answer_of_another_shape_is_no_answer(
    court: Engine, net: Outside, clock: VirtualClock, data: dict[str, Any]
) -> None:
    key = asked(court, "c")
    dispatcher = Dispatcher(court)
    dispatcher.run_due()
    net.gives = lambda key: [Answer(key, "1", "answered", data)]
    for _ in range(3):
        clock.advance(minutes=1)
        dispatcher.run_due()
    assert (row(court, key)["status"], heard(court, "c")) == ("sent", 0)
    ((kind, message),) = told(court)
    assert kind == "answer" and "malformed" in message and "found" in message
    assert "malformed" in court.receive(Answer(key, "2", "answered", data), "net")
    net.gives = lambda key: [Answer(key, "3", "answered", {"found": "5"})]
    clock.advance(hours=1)
    dispatcher.run_due()
    assert (row(court, key)["status"], heard(court, "c")) == ("answered", 1)


def test_silence_is_told_and_then_it_is_asked_about_no_more(
    database: str, clock: VirtualClock
) -> None:
    quiet = Outside(silence=timedelta(days=7))
    options: dict[str, Any] = {"clock": clock, "drafts": True, "upgrade": True}
    with Engine(database, ASKING, adapters=[quiet], **options) as court:
        key = asked(court, "c")
        dispatcher = Dispatcher(court)
        for _ in range(20):
            dispatcher.run_due()
            clock.advance(days=1)
        assert len(quiet.polled) == 7, "once a day, and at last"
        ((kind, message),) = told(court)
        assert kind == "request" and "逾期未获答复" in message
        (incident,) = court.incidents()
        court.resolve(incident.id, actor=ADMIN, resolution="对方未收到，重发", retry=True)
        for _ in range(3):
            dispatcher.run_due()
            clock.advance(days=1)
        assert (len(quiet.sent), len(quiet.polled), told(court)) == (2, 9, [])
        answer = Answer(key, "1", "answered", {"found": "5"})
        assert court.receive(answer, "net") == "taken"


def test_an_answer_that_came_while_nobody_looked_is_taken_though_it_is_overdue(
    database: str, clock: VirtualClock
) -> None:
    net = Outside(silence=timedelta(days=7))
    options: dict[str, Any] = {"clock": clock, "drafts": True, "upgrade": True}
    with Engine(database, ASKING, adapters=[net], **options) as court:
        answered, away = asked(court, "c"), asked(court, "d")
        dispatcher = Dispatcher(court)
        dispatcher.run_due()

        def gives(key: str) -> Sequence[Answer]:
            if key == away:
                raise TemporaryFailure(why="away")
            return [Answer(key, "1", "answered", FIVE)]

        net.gives = gives
        clock.advance(days=30)
        dispatcher.run_all_due()
        assert (row(court, answered)["status"], heard(court, "c")) == ("answered", 1)
        assert row(court, away)["send_at"] is None
        assert [incident.outbox_id for incident in court.incidents()] == [away]


def test_who_calls_back_is_not_asked(database: str, clock: VirtualClock) -> None:
    calling = Outside(arrives=Arrival.CALLBACK, silence=timedelta(days=7))
    options: dict[str, Any] = {"clock": clock, "drafts": True, "upgrade": True}
    with Engine(database, ASKING, adapters=[calling], **options) as court:
        asked(court, "c")
        for _ in range(9):
            Dispatcher(court).run_due()
            clock.advance(days=1)
        assert (calling.polled, len(told(court))) == ([], 1)


def test_a_key_fits_anywhere_and_says_nothing_of_its_case(court: Engine) -> None:
    keys = [asked(court, id) for id in ("(2025)示01执12号", "../../admin/delete?x=")]
    assert len(set(keys)) == 2
    assert all(re.fullmatch("[0-9a-f]{32}", key) for key in keys)
    court.fire("(2025)示01执12号", "ask", actor=LI)
    assert key_of(court, "(2025)示01执12号") > keys[0], "those of a case sort as they were asked"


# -- who serves it


def test_run_due_sends_and_asks(court: Engine, net: Outside, clock: VirtualClock) -> None:
    asked(court, "c")
    court.run_due()
    net.gives = lambda key: [Answer(key, "1", "answered", {"found": "5"})]
    clock.advance(minutes=1)
    court.run_due()
    assert (len(net.sent), heard(court, "c")) == (1, 1)


def test_one_case_that_is_held_costs_its_request_alone(
    court: Engine, net: Outside, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [asked(court, f"c{n}") for n in range(3)]
    net.does = at_once
    real = outcomes_module.take_answer

    def held(transaction: Transaction, source: str, answer: Answer, *more: Any) -> str:
        if answer.key == keys[0]:
            raise TemporaryFailure(why="another holds the case")
        return real(transaction, source, answer, *more)

    with monkeypatch.context() as busy:
        busy.setattr(outcomes_module, "take_answer", held)
        Dispatcher(court).run_due()
    assert [heard(court, f"c{n}") for n in range(3)] == [0, 1, 1]
    clock.advance(minutes=2)
    Dispatcher(court).run_due()
    assert [heard(court, f"c{n}") for n in range(3)] == [1, 1, 1]


def test_a_slow_far_side_holds_up_no_other_and_stopping_waits_for_what_is_in_hand_alone(
    database: str,
) -> None:
    net, bank = Outside(), Outside("bank", "pay")
    go_on = threading.Event()
    bank.does = lambda key: Reply() if go_on.wait(30) else Reply((), False)
    net.does = at_once
    options: dict[str, Any] = {"drafts": True, "upgrade": True}
    with Engine(database, ASKING, adapters=[net, bank], **options) as court:
        slow = [asked(court, f"slow{n}", "pay") for n in range(9)]
        court.start(sweep_seconds=0.1)
        _until(lambda: sorted(bank.sent) == sorted(slow[:4]))
        asked(court, "quick")
        _until(lambda: heard(court, "quick") == 1)
        stopping = threading.Thread(target=court.stop)
        stopping.start()
        time.sleep(0.2)
        go_on.set()
        stopping.join(20)
        assert not stopping.is_alive()
        assert len(bank.sent) == 4, "no more at a time than a counterparty takes"
        with court.database.connect() as connection:
            leased = sa.select(schema.outbox.c.id).where(schema.outbox.c.leased_until.is_not(None))
            assert connection.execute(leased).all() == []


def _until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < end, "it does not come"
        time.sleep(0.02)


# -- after the last answer


def test_what_repeats_the_last_answer_is_kept_and_what_contradicts_it_is_told_and_neither_is_taken(
    court: Engine, net: Outside
) -> None:
    key = asked(court, "c")
    for message, found in (("1", "5"), ("2", "5"), ("3", "6")):
        court.receive(Answer(key, message, "answered", {"found": found}), "net")
    assert heard(court, "c") == 1
    assert [a.outcome[:8] for a in court.answers(key)][:2] == ["taken", "repeated"]
    ((kind, message),) = told(court)
    assert kind == "answer" and "it contradicts the answer" in message


def test_what_is_answered_is_not_sent_again_by_who_resolves_an_incident_about_it(
    court: Engine, net: Outside, clock: VirtualClock
) -> None:
    key = asked(court, "c")
    net.does = at_once
    Dispatcher(court).run_due()
    court.receive(Answer(key, "2", "answered", {"found": "6"}), "net")
    (incident,) = court.incidents()
    court.resolve(incident.id, actor=ADMIN, resolution="asked them", retry=True)
    clock.advance(days=1)
    Dispatcher(court).run_due()
    assert (net.sent, row(court, key)["status"]) == ([key], "answered")


def test_another_kind_of_answer_after_the_last_one_is_taken(court: Engine, net: Outside) -> None:
    key = asked(court, "c")
    court.receive(Answer(key, "1", "answered", {"found": "5"}), "net")
    assert court.receive(Answer(key, "2", "failed"), "net") == "taken"
    assert [e.trigger for e in court.history("c")].count("lost") == 1
