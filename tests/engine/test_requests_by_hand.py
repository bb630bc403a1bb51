"""A request that waits for a person is listed, sent once more, answered by hand, or given up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.courts import ADMIN
from tests.engine.test_outbox import ASKING, Outside, asked, at_once, heard, told
from zhixing.adapters import Answer, PermanentFailure, Reply
from zhixing.engine import (
    AnswerRefused,
    Dispatcher,
    Engine,
    NoSuchRequest,
    RequestInHand,
    RequestOver,
    RequestStatus,
    VirtualClock,
)


@pytest.fixture
def net() -> Outside:
    return Outside()


@pytest.fixture
def court(database: str, clock: VirtualClock, net: Outside) -> Iterator[Engine]:
    options: dict[str, Any] = {"clock": clock, "adapters": [net], "drafts": True, "upgrade": True}
    with Engine(database, ASKING, **options) as engine:
        yield engine


def fails_for_good(key: str) -> Reply:
    raise PermanentFailure(why="no such person")


def failed(court: Engine, net: Outside, id: str) -> str:
    """A request that the other side refused."""
    key = asked(court, id)
    net.does = fails_for_good
    Dispatcher(court).run_due()
    net.does = at_once
    return key


def test_open_requests_are_listed_with_whom_they_are_for_and_how_far_they_are(
    court: Engine, net: Outside, clock: VirtualClock
) -> None:
    first = asked(court, "a")
    Dispatcher(court).run_due()
    clock.advance(hours=2)
    second = asked(court, "b")
    sent, waiting = court.requests()
    assert (sent.id, sent.status, sent.counterparty) == (first, RequestStatus.SENT, "net")
    assert (waiting.id, waiting.status, waiting.counterparty) == (
        second,
        RequestStatus.WAITING,
        None,
    )
    assert [r.id for r in court.requests(case_id="b")] == [second]
    assert [r.id for r in court.requests(status=[RequestStatus.SENT])] == [first]
    assert [r.id for r in court.requests(counterparty="net")] == [first]
    assert [r.id for r in court.requests(limit=1)] == [first]
    standing = {c.counterparty: (c.waiting, c.sent) for c in court.counterparties()}
    assert standing == {"net": (0, 1), "net.ask": (1, 0)}
    assert court.counterparties()[0].oldest == sent.created_at


def test_what_is_over_is_listed_where_it_is_asked_for(court: Engine, net: Outside) -> None:
    key = asked(court, "a")
    net.does = at_once
    Dispatcher(court).run_due()
    assert court.requests() == ()
    (over,) = court.requests(open_only=False)
    assert (over.id, over.status, court.counterparties()) == (key, RequestStatus.ANSWERED, ())
    (answer,) = court.answers(key)
    assert (answer.source, answer.kind, answer.outcome) == ("net", "answered", "taken")


def test_every_answer_is_listed_and_those_apart_that_no_case_took(
    court: Engine, net: Outside, clock: VirtualClock
) -> None:
    key = asked(court, "a")
    net.does = at_once
    Dispatcher(court).run_due()
    clock.advance(hours=1)
    court.receive(Answer(key, "late", "answered", {"found": "9"}), "net")
    late, first = court.received()
    assert (first.case_id, first.operation, first.counterparty) == ("a", "net.ask", "net")
    assert (first.outcome, late.message_id, late.kind) == ("taken", "late", "answered")
    assert "contradicts" in late.outcome and late.asked_at == first.asked_at < late.received_at
    assert court.received(not_taken=True) == (late,)
    assert len(court.received(case_id="a", counterparty="net", limit=1)) == 1
    assert court.received(case_id="b") == court.received(counterparty="bank") == ()


def test_a_failed_request_goes_once_more_under_its_key(court: Engine, net: Outside) -> None:
    key = failed(court, net, "a")
    assert len(told(court)) == 1
    court.retry_request(key, actor=ADMIN, reason="the person is known now")
    assert told(court) == []
    Dispatcher(court).run_due()
    assert (net.sent, heard(court, "a")) == ([key, key], 1)
    (incident,) = court.incidents(open_only=False)
    assert (incident.resolved_by, incident.resolution) == (ADMIN.id, "the person is known now")


def test_an_answer_by_letter_is_taken_with_its_day_and_by_whom(
    court: Engine, net: Outside, clock: VirtualClock
) -> None:
    key = failed(court, net, "a")
    clock.advance(days=5)
    day = (clock.now() - timedelta(days=2)).date()
    court.answer_request(
        key, {"found": "12.50"}, actor=ADMIN, reason="letter no. 5", happened_at=day
    )
    assert (heard(court, "a"), court.case("a").data["found"]) == (1, Decimal("12.50"))
    entry = [e for e in court.history("a") if e.trigger == "told"][-1]
    assert "letter no. 5" in entry.note and abs(entry.happened_at.date() - day) <= timedelta(days=1)
    brought = court.answers(key)[-1]
    assert (brought.source, brought.outcome) == (f"hand:{ADMIN.id}", "taken")
    assert told(court) == []
    (request,) = court.requests(open_only=False)
    assert request.status == RequestStatus.ANSWERED


def test_an_answer_in_parts_leaves_the_request_open(court: Engine, net: Outside) -> None:
    key = failed(court, net, "a")
    with pytest.raises(AnswerRefused, match="partial"):
        court.answer_request(
            key, {"found": "1"}, actor=ADMIN, reason="by call", kind="partial", final=False
        )
    court.answer_request(key, {"found": "1"}, actor=ADMIN, reason="by call", final=False)
    assert len(told(court)) == 1, "it is not answered yet"
    court.answer_request(key, {"found": "2"}, actor=ADMIN, reason="by call")
    assert (heard(court, "a"), told(court)) == (2, [])


@pytest.mark.parametrize(
    ("data", "options", "why"),
    [
        ({}, {}, "found"),
        ({"found": "much"}, {}, "found"),
        ({"found": "5"}, {"kind": "lost"}, "lost"),
        ({"found": "5"}, {"kind": "x" * 40}, "kind"),
        ({"found": "5"}, {"happened_at": date(1999, 1, 1)}, "before the day"),
        ({"found": "5"}, {"happened_at": date(2999, 1, 1)}, "2999"),
        ({"found": "5", "more": float("nan")}, {}, "JSON"),
    ],
)
def test_what_is_no_answer_is_refused_and_nothing_is_written(
    court: Engine, net: Outside, data: dict[str, Any], options: dict[str, Any], why: str
) -> None:
    key = failed(court, net, "a")
    before = court.history("a"), court.answers(key), told(court)
    with pytest.raises(AnswerRefused, match=why):
        court.answer_request(key, data, actor=ADMIN, reason="by letter", **options)
    assert (court.history("a"), court.answers(key), told(court)) == before


def test_a_request_is_given_up_with_a_reason_and_the_case_is_told(
    court: Engine, net: Outside, clock: VirtualClock
) -> None:
    key = asked(court, "a")
    court.abandon_request(key, actor=ADMIN, reason="the bank is closed")
    clock.advance(days=1)
    Dispatcher(court).run_due()
    assert net.sent == []
    assert [e.trigger for e in court.history("a")].count("lost") == 1
    (request,) = court.requests(open_only=False)
    assert request.status == RequestStatus.FAILED
    assert request.last_error == f"{ADMIN.id}: the bank is closed"
    assert told(court) == []


def test_what_came_after_a_request_was_given_up_is_taken(court: Engine, net: Outside) -> None:
    key = asked(court, "a")
    court.abandon_request(key, actor=ADMIN, reason="no answer")
    assert court.receive(Answer(key, "1", "answered", {"found": "5"}), "net") == "taken"


def test_what_is_over_or_unknown_is_refused(court: Engine, net: Outside) -> None:
    key = asked(court, "a")
    net.does = at_once
    Dispatcher(court).run_due()
    acts: list[Callable[[str], object]] = [
        lambda key: court.retry_request(key, actor=ADMIN, reason="x"),
        lambda key: court.answer_request(key, {"found": "1"}, actor=ADMIN, reason="x"),
        lambda key: court.abandon_request(key, actor=ADMIN, reason="x"),
    ]
    for act in acts:
        with pytest.raises(RequestOver):
            act(key)
        with pytest.raises(NoSuchRequest):
            act("nothing")
    assert heard(court, "a") == 1


def test_the_same_call_by_name_is_done_once(court: Engine, net: Outside) -> None:
    key = failed(court, net, "a")
    for _ in range(2):
        court.answer_request(
            key, {"found": "1"}, actor=ADMIN, reason="by call", final=False, request_id="call-1"
        )
    assert heard(court, "a") == 1


def test_what_may_not_be_repeated_is_left_to_who_is_sending_it(
    database: str, clock: VirtualClock
) -> None:
    bank = Outside("bank", "pay", repeatable=False)
    options: dict[str, Any] = {"clock": clock, "drafts": True, "upgrade": True}
    with Engine(database, ASKING, adapters=[bank], **options) as court:
        key = asked(court, "c", "pay")
        refused: list[str] = []

        def is_paying(sent: str) -> Reply:
            for act in (court.retry_request, court.abandon_request):
                with pytest.raises(RequestInHand):
                    act(sent, actor=ADMIN, reason="where is it?")
                refused.append(sent)
            return at_once(sent)

        bank.does = is_paying
        Dispatcher(court).run_due()
        Dispatcher(court).run_due()
        assert (refused, bank.sent, heard(court, "c")) == ([key, key], [key], 1)
