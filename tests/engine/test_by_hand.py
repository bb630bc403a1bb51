"""A court without an interface: a request becomes a task in a pool, and its answer a form."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.conftest import DATA
from tests.courts import ADMIN
from tests.engine.test_outbox import Outside, at_once, key_of, told
from zhixing.adapters import Answer, ByHand, NotAnOperation, PermanentFailure, Reply
from zhixing.engine import (
    Actor,
    AnswerRefused,
    Dispatcher,
    Engine,
    NotAllowed,
    Refused,
    RequestStatus,
    VirtualClock,
)
from zhixing.workflow import definition_from_text

LI, CLERK, OTHER = (
    Actor.of("li", "officer"),
    Actor.of("zhao", "clerk"),
    Actor.of("qian", "clerk"),
)
TEXT = (DATA / "by_hand.yaml").read_text(encoding="utf-8")
ASKING = definition_from_text(TEXT)


@pytest.fixture
def net() -> Outside:
    return Outside()


def opened(database: str, clock: VirtualClock, *adapters: Any, text: str = TEXT) -> Engine:
    options: dict[str, Any] = {"clock": clock, "drafts": True, "upgrade": True}
    return Engine(database, definition_from_text(text), adapters=adapters, **options)


@pytest.fixture
def court(database: str, clock: VirtualClock, net: Outside) -> Iterator[Engine]:
    """One that has no interface to the other side."""
    with opened(database, clock, ByHand(net)) as engine:
        yield engine


def asked(court: Engine, id: str = "a") -> str:
    court.open_case("asking", actor=LI, id=id)
    court.fire(id, "ask", actor=LI)
    Dispatcher(court).run_due()
    return key_of(court, id)


def works(court: Engine, id: str = "a") -> list[tuple[str, str, tuple[str, ...]]]:
    return [(task.name, task.about, task.offered_to) for task in court.tasks(case_id=id)]


def test_a_request_without_an_interface_is_a_task_of_those_whom_the_definition_names(
    court: Engine, net: Outside
) -> None:
    key = asked(court)
    assert (net.sent, told(court)) == ([], [])
    assert works(court) == [("answer:request:net", key, ("clerk",))]
    (task,) = court.tasks(role="clerk")
    assert task.title_zh == "须人工询问并录入答复：查询"
    assert task.title_en == "ask by hand, and enter the answer: inquiry"
    (request,) = court.requests()
    assert (request.status, request.attempts) == (RequestStatus.SENT, 0)
    Dispatcher(court).run_due()
    assert len(works(court)) == 1, "it is offered once"


def test_its_form_says_what_is_asked_and_what_the_case_takes(court: Engine) -> None:
    form = court.answer_form(asked(court))
    assert (form.title_zh, form.operation, form.asked) == ("查询", "net.ask", {})
    assert [(k.kind, k.trigger, k.title_en) for k in form.kinds] == [
        ("answered", "told", "told"),
        ("failed", "lost", "lost"),
    ]
    assert form.fields["required"] == ["found"]
    assert form.taken == {"found": {"field": "found", "zh": "查明", "en": "found"}}


def test_who_has_the_task_answers_and_the_case_goes_on(court: Engine, clock: VirtualClock) -> None:
    key = asked(court)
    court.claim_task("a", "answer:request:net", actor=CLERK)
    clock.advance(days=3)
    day = (clock.now() - timedelta(days=1)).date()
    given = {"actor": CLERK, "reason": "letter no. 7", "happened_at": day}
    court.answer_request(key, {"found": "12.50"}, **given)
    assert court.case("a").data["found"] == Decimal("12.50")
    assert works(court) == []
    (task,) = court.tasks(case_id="a", open_only=False)
    assert (task.status, task.claimed_by) == ("done", "zhao")
    (answer,) = court.answers(key)
    assert (answer.source, answer.outcome) == ("hand:zhao", "taken")
    assert court.requests() == ()
    assert court.verify(rules=True).found == 0


@pytest.mark.parametrize(
    "who", [LI, Actor.of("sun", "clerk@elsewhere"), Actor.of("zhou")], ids=lambda who: who.id
)
def test_who_has_not_the_task_does_not_answer(court: Engine, who: Actor) -> None:
    key = asked(court)
    with pytest.raises(NotAllowed):
        court.answer_request(key, {"found": "1"}, actor=who, reason="by call")
    assert court.answers(key) == ()


def test_what_another_claimed_is_his(court: Engine) -> None:
    key = asked(court)
    court.claim_task("a", "answer:request:net", actor=CLERK)
    with pytest.raises(NotAllowed):
        court.answer_request(key, {"found": "1"}, actor=OTHER, reason="by call")
    court.answer_request(key, {"found": "1"}, actor=ADMIN, reason="he is ill")
    assert works(court) == []


def test_the_task_lets_nobody_send_again_or_give_up(court: Engine) -> None:
    key = asked(court)
    for act in (court.retry_request, court.abandon_request):
        with pytest.raises(NotAllowed):
            act(key, actor=CLERK, reason="why not")


def test_it_is_done_by_the_answer_and_not_by_a_word(court: Engine) -> None:
    asked(court)
    with pytest.raises(Refused, match="giving the answer"):
        court.finish_task("a", "answer:request:net", actor=CLERK)


def test_a_form_filled_in_wrongly_changes_nothing(court: Engine) -> None:
    key = asked(court)
    before = court.history("a")
    for data in ({}, {"found": "much"}):
        with pytest.raises(AnswerRefused, match="found"):
            court.answer_request(key, data, actor=CLERK, reason="by letter")
    assert (court.history("a"), len(works(court))) == (before, 1)


def test_a_part_of_an_answer_leaves_the_task(court: Engine) -> None:
    key = asked(court)
    court.answer_request(key, {"found": "1"}, actor=CLERK, reason="by call", final=False)
    assert len(works(court)) == 1
    court.answer_request(key, {"found": "2"}, actor=CLERK, reason="by call")
    assert works(court) == []


def test_two_requests_are_two_tasks(court: Engine) -> None:
    first = asked(court)
    court.fire("a", "ask", actor=LI)
    Dispatcher(court).run_due()
    second = key_of(court, "a")
    assert {about for _, about, _ in works(court)} == {first, second}
    court.answer_request(first, {"found": "1"}, actor=CLERK, reason="by call")
    assert [about for _, about, _ in works(court)] == [second]


def test_given_up_its_task_ends(court: Engine) -> None:
    key = asked(court)
    court.abandon_request(key, actor=ADMIN, reason="the bank is closed")
    (task,) = court.tasks(case_id="a", open_only=False)
    assert (task.status, task.claimed_by) == ("ended", "")


def test_without_a_name_it_goes_to_who_may_put_things_right(
    database: str, clock: VirtualClock, net: Outside
) -> None:
    text = TEXT.replace(", by_hand: clerk", "")
    with opened(database, clock, ByHand(net), text=text) as court:
        asked(court)
        assert [offered for _, _, offered in works(court)] == [("officer",)]


# -- where there is an interface, and it does not answer


def test_what_failed_for_good_goes_to_a_person_where_the_definition_says_so(
    database: str, clock: VirtualClock, net: Outside
) -> None:
    def refuses(key: str) -> Reply:
        raise PermanentFailure(why="no such person")

    net.does = refuses
    with opened(database, clock, net) as court:
        key = asked(court)
        assert works(court) == [("answer:request:net", key, ("clerk",))]
        assert len(told(court)) == 1
        court.answer_request(key, {"found": "3"}, actor=CLERK, reason="at the counter")
        assert (works(court), told(court)) == ([], [])
        assert court.case("a").data["found"] == Decimal(3)


def test_what_was_never_answered_goes_to_a_person_and_a_late_answer_ends_his_task(
    database: str, clock: VirtualClock, net: Outside
) -> None:
    with opened(database, clock, net) as court:
        key = asked(court)
        clock.advance(days=31)
        Dispatcher(court).run_all_due()
        assert works(court) == [("answer:request:net", key, ("clerk",))]
        assert court.receive(Answer(key, "1", "answered", {"found": "5"}), "net") == "taken"
        (task,) = court.tasks(case_id="a", open_only=False)
        assert (task.status, task.claimed_by) == ("ended", "")


def test_sent_once_more_nobody_needs_to_ask(
    database: str, clock: VirtualClock, net: Outside
) -> None:
    with opened(database, clock, net) as court:
        key = asked(court)
        clock.advance(days=31)
        Dispatcher(court).run_all_due()
        net.does = at_once
        court.resolve(told_id(court), actor=ADMIN, resolution="they work again", retry=True)
        assert works(court) == []
        Dispatcher(court).run_due()
        assert (net.sent, court.case("a").data["found"] > 0) == ([key, key], True)


def told_id(court: Engine) -> int:
    (incident,) = court.incidents()
    return incident.id


def test_some_operations_are_asked_by_hand_and_the_others_are_sent(
    database: str, clock: VirtualClock
) -> None:
    net = Outside("net", "ask")
    net.operations = {**net.operations, "list": net.operations["ask"]}
    both = ByHand(net, "list")
    with opened(database, clock, both) as court:
        key = asked(court)
        assert (net.sent, works(court)) == ([key], [])
    assert both.operations["list"].arrives.value == "by-hand"
    with pytest.raises(NotAnOperation, match="lists"):
        ByHand(net, "lists")


def test_the_same_answer_by_name_is_taken_once(court: Engine) -> None:
    key = asked(court)
    given: dict[str, Any] = {"actor": CLERK, "reason": "by call", "request_id": "call-1"}
    for _ in range(2):
        court.answer_request(key, {"found": "1"}, **given)
    assert [e.trigger for e in court.history("a")].count("told") == 1
    assert [answer.source for answer in court.answers(key)] == ["hand:zhao"]
