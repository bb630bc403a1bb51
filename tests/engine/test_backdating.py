"""Doors to backdating (倒签), each tried: what is entered late, or corrected, binds by more than
one word, and by the day that it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import DATA, ROOT, at
from zhixing.engine import (
    Actor,
    Answer,
    BadEvent,
    Case,
    Deduction,
    Engine,
    Extension,
    LateAct,
    Refused,
    Replacement,
    RequestReused,
    StaleVersion,
    TimeUnit,
    UnknownDeadline,
    VirtualClock,
    ZhixingError,
)
from zhixing.engine.charter.files import charter_from_text
from zhixing.workflow import Definition, definition_from_text, inspect, load_definition

TEXT = (DATA / "late.yaml").read_text(encoding="utf-8")
LATE = definition_from_text(TEXT)
LI, WANG = Actor.of("li", "officer"), Actor.of("wang", "chief")
ZHAO, WU = Actor.of("zhao", "supervisor"), Actor.of("wu", "president")
BEGUN = at("2025-01-10 10:00")
PROOF = {"proof": "p-1"}


def changed(*pairs: tuple[str, str]) -> Definition:
    """The sample with some words in the place of others."""
    text = TEXT
    for before, after in pairs:
        assert before in text, before
        text = text.replace(before, after, 1)
    return definition_from_text(text)


def charter() -> Any:
    text = (ROOT / "definitions" / "charter.yaml").read_text(encoding="utf-8")
    return charter_from_text(text.replace("roles: [officer, clerk, filing_judge", "roles: [chief, "
        "supervisor, officer, clerk, filing_judge"))  # fmt: skip


def opened(definition: Definition = LATE) -> Engine:
    court = Engine("sqlite://", definition, clock=VirtualClock(BEGUN), drafts=True)
    court.set_first_charter(charter())
    court.open_case("late", id="c", actor=LI, officer="li", data={"amount": "40000"})
    return court


@pytest.fixture
def court() -> Iterator[Engine]:
    with opened() as court:
        yield court


def to(court: Engine, moment: str) -> None:
    assert isinstance(court.clock, VirtualClock)
    court.clock.set(at(moment))
    court.run_due()


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {obstacle.sentence or obstacle.code for obstacle in refused.value.obstacles}


def refusal(act: Callable[[], Any]) -> set[str]:
    """Why something is refused."""
    with pytest.raises(Refused) as refused:
        act()
    return codes(refused)


def error(act: Callable[[], Any]) -> str:
    """The code of the error that something raises."""
    with pytest.raises(ZhixingError) as raised:
        act()
    return raised.value.code


def status(court: Engine, rule: str, case: str = "c") -> list[str]:
    return [d.status for d in court.deadlines(case, live=False) if d.rule == rule]


def seq_of(court: Engine, trigger: str, case: str = "c") -> int:
    return next(h.seq for h in court.history(case) if h.trigger == trigger)


def stands_in(court: Engine, person: str, deputy: str, *roles: str) -> None:
    days = {"since": date(2025, 1, 1), "until": date(2026, 12, 31)}
    court.appoint_deputy(person, deputy, roles=roles, actor=WU, **days)  # type: ignore[arg-type]


def correct(court: Engine, **given: Any) -> Case:
    """A correction by the officer, with what it rests on."""
    usual: dict[str, Any] = {"actor": LI, "note": "register", "documents": PROOF}
    return court.correct("c", **usual | given)


def expired(court: Engine) -> None:
    """The first report was due on the 20th, and that it is missed was told."""
    to(court, "2025-01-22 09:00")
    assert status(court, "first_report") == ["expired"]


def report(court: Engine, day: int = 20, actor: Actor = LI, **given: Any) -> Case:
    usual: dict[str, Any] = {"documents": PROOF, "happened_at": date(2025, 1, day)}
    return court.fire("c", "report", actor=actor, **usual | given)


# -- one pair of eyes


def test_who_enters_late_as_a_deputy_does_not_confirm_for_his_person(court: Engine) -> None:
    stands_in(court, "zhao", "li", "supervisor")
    expired(court)
    report(court)
    for actor in (LI, ZHAO, Actor.of("li", "supervisor")):
        assert refusal(lambda actor=actor: court.approve("c", "late:report", actor=actor))
    assert status(court, "first_report") == ["expired"]


def test_a_deputy_of_the_one_who_entered_it_does_not_confirm(court: Engine) -> None:
    expired(court)
    report(court)
    stands_in(court, "li", "zhao", "officer")
    assert refusal(lambda: court.approve("c", "late:report", actor=ZHAO)) == {"same-person/vote"}


def test_whose_deputy_entered_it_does_not_confirm(court: Engine) -> None:
    stands_in(court, "li", "zhao", "officer")
    expired(court)
    report(court, actor=Actor.of("zhao"))
    for actor in (ZHAO, Actor.of("li", "supervisor")):
        act = lambda actor=actor: court.approve("c", "late:report", actor=actor)  # noqa: E731
        assert refusal(act) == {"same-person/vote"}
    court.approve("c", "late:report", actor=Actor.of("qian", "supervisor"))
    assert status(court, "first_report") == ["met"]


def test_nobody_confirms_who_was_chosen_to_watch_by_the_one_who_enters() -> None:
    """A friend named as watcher is no other pair of eyes: those whom the law names are asked."""
    watching = changed(
        ("  arm: {by: officer}", "  arm: {by: officer}\n  watch: {by: officer}"),
        ("    watcher: supervisor\n", ""),
    )
    with opened(watching) as court:
        court.watch("c", "first_report", "friend", actor=LI)
        expired(court)
        assert [w.awaits for w in report(court).waiting] == [("chief",)]


def test_whom_another_has_named_to_watch_confirms() -> None:
    watching = changed(("  arm: {by: officer}", "  arm: {by: officer}\n  watch: {by: chief}"))
    with opened(watching) as court:
        court.watch("c", "first_report", "sun", actor=WANG)
        expired(court)
        report(court)
        assert refusal(lambda: court.approve("c", "late:report", actor=ZHAO)) == {"role/vote"}
        court.approve("c", "late:report", actor=Actor.of("sun"))
        assert status(court, "first_report") == ["met"]


# -- bounds


def test_what_is_entered_in_two_steps_is_bounded_in_each(court: Engine) -> None:
    """Entered near by, it is not moved further back by a correction on one person's word."""
    alone = changed(
        ("  correct: {by: officer, approval: chief,", "  correct: {by: officer,"),
    )
    with opened(alone) as court:
        to(court, "2025-01-17 09:00")
        court.fire("c", "report", actor=LI, happened_at=date(2025, 1, 16))
        seq = seq_of(court, "report")
        earlier = {seq: Replacement(happened_at=at("2025-01-11 10:00"))}
        assert refusal(lambda: correct(court, replace=earlier)) == {"correction-approval"}
        act = LateAct("pay", at("2025-01-11 10:00"))
        assert refusal(lambda: correct(court, enter=act)) == {"correction-approval"}


def test_beyond_its_bounds_it_waits_for_the_approval(court: Engine) -> None:
    to(court, "2025-01-17 09:00")  # Friday; three working days after the 13th are the 16th
    assert court.fire("c", "report", actor=LI, happened_at=date(2025, 1, 14)).waiting == ()
    case = court.fire("c", "pay", actor=LI, happened_at=date(2025, 1, 13))
    assert [w.trigger for w in case.waiting] == ["late:pay"]


def test_beyond_its_bounds_it_is_refused_where_nobody_approves() -> None:
    alone = changed(("within: 3wd, approval: chief,", "within: 3wd,"))
    with opened(alone) as court:
        to(court, "2025-01-17 09:00")
        act = lambda: court.fire("c", "report", actor=LI, happened_at=date(2025, 1, 13))  # noqa: E731
        assert refusal(act) == {"too-late"}


FUTURES: list[tuple[Any, str]] = [
    (date(2025, 1, 23), "happened-at"),
    (at("2025-01-22 09:00") + timedelta(microseconds=1), "happened-at"),
    (datetime(2025, 1, 22, 15, 1, tzinfo=timezone(timedelta(hours=14))), "happened-at"),
    (datetime(2025, 1, 21, 23, 0, tzinfo=timezone(timedelta(hours=-12))), "happened-at"),
    (datetime.max.replace(tzinfo=UTC), "happened-at"),
    (date.max, "happened-at"),
    (datetime(2025, 1, 21, 9, 0), "naive-datetime"),
]
PASTS: list[tuple[Any, str]] = [
    (date.min, "happened-at"),
    (datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), "happened-at"),
    ("2025-01-21", "happened-at"),
    (20250121, "happened-at"),
]


@pytest.mark.parametrize(("moment", "code"), [*FUTURES, *PASTS])
def test_no_trick_of_zones_makes_a_day_of_tomorrow(court: Engine, moment: Any, code: str) -> None:
    expired(court)
    before = len(court.history("c"))
    assert error(lambda: court.fire("c", "report", actor=LI, happened_at=moment)) == code
    assert len(court.history("c")) == before


def test_today_is_the_day_of_the_court(court: Engine) -> None:
    """At nine in Shanghai on the 22nd it is the 21st in New York, and the 22nd on the islands."""
    expired(court)
    court.fire("c", "pay", actor=LI, happened_at=date(2025, 1, 22))
    assert court.history("c")[-1].happened_at == at("2025-01-22 09:00")
    same = datetime(2025, 1, 22, 14, 0, tzinfo=timezone(timedelta(hours=14)))  # 08:00 in Shanghai
    court.fire("c", "pay", actor=LI, happened_at=same)
    assert court.history("c")[-1].happened_at == at("2025-01-22 08:00")


# -- what overturns a verdict


def test_a_report_made_late_is_not_made_earlier_by_a_second_one(court: Engine) -> None:
    """The 21st was too late; an entry that says there was one on the 20th is a verdict changed."""
    to(court, "2025-01-21 09:00")
    court.fire("c", "report", actor=LI)
    assert status(court, "first_report") == ["met-late"]
    bare = lambda: report(court, documents={})  # noqa: E731
    assert refusal(bare) == {"late-document"}
    assert [w.awaits for w in report(court).waiting] == [("supervisor",)]
    assert status(court, "first_report") == ["met-late"]
    court.approve("c", "late:report", actor=ZHAO)
    assert status(court, "first_report") == ["met"]


def test_the_document_is_of_the_kind_that_says_when() -> None:
    """The ruling that an act brings anyway does not say that it was made that day."""
    own = changed(("from: [frozen, noted], to: stay, by: officer, sets: {reported_on: today}}",
                   "from: frozen, to: stay, by: officer, documents: ruling}"))  # fmt: skip
    with opened(own) as court:
        expired(court)
        assert refusal(lambda: report(court, documents={"ruling": "r"})) == {"late-document"}
        assert report(court, documents={"ruling": "r", "proof": "p"}).waiting


def test_an_expiry_is_not_put_off_by_a_late_extension() -> None:
    able = changed(
        ("  arm: {by: officer}", "  arm: {by: officer}\n  extend: {by: officer}"),
        (
            "    watcher: supervisor\n",
            "    watcher: supervisor\n"
            "    extension: {by: officer, length: 30, unit: day, times: 1}\n",
        ),
    )
    days = Extension(30, TimeUnit.DAY, "li")
    with opened(able) as court:
        expired(court)
        put_off: dict[str, Any] = {"actor": LI, "happened_at": date(2025, 1, 19)}
        act = lambda **more: court.extend("c", "first_report", days, **put_off | more)  # noqa: E731
        assert refusal(act) == {"late-document"}
        assert [w.awaits for w in act(documents=PROOF).waiting] == [("supervisor",)]
        court.approve("c", "late:extend:first_report", actor=ZHAO)
        assert status(court, "first_report") == ["running"]


# -- orders before their ground


def orders(court: Engine, **late: Any) -> dict[str, Callable[[], Any]]:
    day = Extension(1, TimeUnit.DAY, "li")
    return {
        "extend": lambda: court.extend("c", "answer", day, actor=LI, **late),
        "restore": lambda: court.restore("c", "answer", day, actor=LI, **late),
        "waive": lambda: court.waive("c", "answer", actor=LI, **late),
        "watch": lambda: court.watch("c", "answer", "sun", actor=LI, **late),
    }


ORDERING = changed(
    (
        "  arm: {by: officer}",
        "  arm: {by: officer}\n  extend: {by: officer}\n  restore: {by: officer}\n"
        "  waive: {by: officer}\n  watch: {by: officer}\n  deduct: {by: officer}",
    ),
    (
        "    gates: note\n",
        "    gates: note\n    extension: {by: officer, length: 9, unit: day, times: 1}\n"
        "    restorable_by: officer\n",
    ),
    ("approvals:\n", "grounds: {notice: {zh: 公告, en: notice}}\napprovals:\n"),
)


@pytest.mark.parametrize("verb", ["extend", "restore", "waive", "watch"])
def test_no_order_is_older_than_the_limit_it_is_for(verb: str) -> None:
    with opened(ORDERING) as court:
        to(court, "2025-01-14 09:00")
        court.fire("c", "serve", actor=LI, data={"served_on": "2025-01-14"})
        with pytest.raises(UnknownDeadline):
            orders(court, happened_at=date(2025, 1, 13))[verb]()


def test_no_order_is_older_than_the_case(court: Engine) -> None:
    with opened(ORDERING) as court:
        to(court, "2025-01-14 09:00")
        off = Deduction(date(2025, 1, 11), date(2025, 1, 12), "notice", "n")
        act = lambda: court.deduct("c", off, actor=LI, happened_at=date(2025, 1, 9))  # noqa: E731
        assert refusal(act) == {"before-opening"}
        act = lambda: court.assign("c", "li", actor=WANG, happened_at=date(2025, 1, 9))  # noqa: E731
        assert refusal(act) == {"before-opening"}


def test_who_may_not_enter_late_gives_no_late_order(court: Engine) -> None:
    to(court, "2025-01-14 09:00")
    act = lambda: court.assign("c", "sun", actor=WANG, happened_at=date(2025, 1, 13))  # noqa: E731
    assert refusal(act) == {"role/late"}


def voting() -> Definition:
    return changed(
        ("to: noted, by: officer}", "to: noted, by: officer, approval: chief}"),
        ("late: {by: officer,", "late: {by: [officer, chief],"),
    )


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_no_vote_is_older_than_the_proposal(verb: str) -> None:
    with opened(voting()) as court:
        to(court, "2025-01-14 09:00")
        court.fire("c", "note", actor=LI)
        act = getattr(court, verb)
        before = {"actor": WANG, "note": "x", "happened_at": date(2025, 1, 13)}
        assert refusal(lambda: act("c", "note", **before)) == {"not-proposed"}


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_no_vote_on_what_is_entered_late_is_itself_late(verb: str) -> None:
    with opened(voting()) as court:
        expired(court)
        report(court)
        act = getattr(court, verb)
        before = {"actor": ZHAO, "note": "x", "happened_at": date(2025, 1, 21)}
        assert refusal(lambda: act("c", "late:report", **before)) == {"not-proposed"}


def test_a_correction_is_made_now(court: Engine) -> None:
    to(court, "2025-01-14 09:00")
    act = lambda: correct(  # noqa: E731
        court, replace={1: Replacement({"amount": "1"})}, happened_at=date(2025, 1, 13)
    )
    assert error(act) == "happened-at"


def test_no_follow_up_was_done_before_it_was_there(court: Engine) -> None:
    to(court, "2025-02-20 09:00")
    court.fire("c", "serve", actor=LI, data={"served_on": "2025-02-06"})
    [task] = court.tasks(case_id="c")
    day = date(2025, 2, 12)
    act = lambda: court.finish_task("c", task.name, actor=LI, happened_at=day)  # noqa: E731
    assert refusal(act) == {"no-task"}


# -- outside systems


def asking() -> Engine:
    """A case that has asked the bank on 20 January."""
    answering = changed(("from: frozen, to: stay, by: clock, asks: sell}",
                         "from: frozen, to: stay, by: [clock, officer], asks: sell}"))  # fmt: skip
    court = opened(answering)
    to(court, "2025-01-20 09:00")
    court.fire("c", "sell", actor=LI)
    return court


@pytest.mark.parametrize(
    ("source", "day", "came"),
    [
        ("bank", date(2025, 1, 20), "unknown"),
        ("network", date(2025, 1, 19), "before the day of the request"),
        ("network", date(2025, 1, 25), "after now"),
        ("network", at("2025-01-24 09:00").replace(tzinfo=None), "time zone"),
        ("network", date(2025, 1, 21), "taken"),
    ],
)
def test_an_answer_is_from_whom_was_asked_and_of_a_day_that_can_be(
    source: str, day: Any, came: str
) -> None:
    with asking() as court:
        to(court, "2025-01-24 09:00")
        with court.transaction(writes=False) as transaction:
            key = transaction.connection.execute(sa.text("SELECT id FROM zx_outbox")).scalar_one()
        answer = Answer(key, "m-1", "answered", {"frozen": "1"}, happened_at=day)
        before = len(court.history("c"))
        assert came in court.receive(answer, source)
        assert len(court.history("c")) == before + (came == "taken")


# -- opening late


def test_a_case_is_opened_late_within_bounds_and_by_the_power(court: Engine) -> None:
    to(court, "2025-01-17 09:00")
    given: dict[str, Any] = {"officer": "li", "data": {"amount": "1"}}
    act = lambda day, actor=LI: court.open_case(  # noqa: E731
        "late", actor=actor, happened_at=date(2025, 1, day), **given
    )
    assert refusal(lambda: act(13)) == {"too-late/open"}
    assert act(14).opened_at.astimezone(BEGUN.tzinfo).date() == date(2025, 1, 14)
    none = changed(("  late: {by: officer, within: 3wd, approval: chief, documents: proof}\n", ""))
    with opened(none) as other:
        to(other, "2025-01-17 09:00")
        late = lambda: other.open_case(  # noqa: E731
            "late", actor=LI, happened_at=date(2025, 1, 16), **given
        )
        assert refusal(late) == {"no-power"}


def test_a_case_opened_so_late_that_a_limit_is_over_has_missed_it() -> None:
    far = changed(("within: 3wd", "within: 99d"))
    with opened(far) as court:
        to(court, "2025-02-20 09:00")
        case = court.open_case(
            "late", actor=LI, officer="li", data={"amount": "1"}, happened_at=date(2025, 1, 20)
        )
        assert status(court, "first_report", case.id) == ["expired"]
        alerts = [a.kind for a in court.alerts(case_id=case.id) if a.rule == "first_report"]
        assert alerts.count("expired") == 1 and "warning" not in alerts


# -- corrections


@pytest.mark.parametrize("why", ["", " ", "\u3000\t"])
def test_a_correction_says_why(court: Engine, why: str) -> None:
    one = {1: Replacement({"amount": "1"})}
    assert refusal(lambda: correct(court, replace=one, note=why)) == {"reason/correct"}


@pytest.mark.parametrize(
    ("documents", "code"),
    [
        ({}, "missing-document"),
        ({"ruling": "r"}, "missing-document"),
        ({"proof": "p", "ruling": "r"}, "document-not-asked"),
        ({"proof": "p", "letter": "r"}, "document-not-asked"),
    ],
)
def test_a_correction_rests_on_its_document(
    court: Engine, documents: dict[str, str], code: str
) -> None:
    one = {1: Replacement({"amount": "1"})}
    assert code in refusal(lambda: correct(court, replace=one, documents=documents))


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"replace": {1: Replacement()}},
        {"replace": {99: Replacement({"amount": "1"})}},
        {"annul": [99]},
        {"annul": [1]},
    ],
)
def test_a_correction_says_what_it_corrects(court: Engine, given: dict[str, Any]) -> None:
    with pytest.raises(BadEvent):
        correct(court, **given)


def test_an_effect_is_not_annulled_while_its_cause_stands(court: Engine) -> None:
    to(court, "2026-01-12 10:00")
    lapse = seq_of(court, "lapse")
    moment = next(h.seq for h in court.history("c") if h.kind == "deadline")
    for seq in (lapse, moment):
        with pytest.raises(BadEvent, match="follows from others still"):
            correct(court, annul=[seq])
        with pytest.raises(BadEvent, match="follows from others"):
            correct(court, replace={seq: Replacement(documents=PROOF)})
    assert court.case("c").state == "lapsed"


def test_an_order_is_given_anew_and_not_rewritten(court: Engine) -> None:
    with opened(ORDERING) as court:
        court.watch("c", "term", "sun", actor=LI)
        with pytest.raises(BadEvent, match="annul it and give it anew"):
            correct(court, replace={2: Replacement({"person": "zhou"})})


def test_nobody_is_replaced_as_the_one_who_acted() -> None:
    assert {f.name for f in fields(Replacement)} == {"data", "documents", "happened_at"}
    assert {f.name for f in fields(LateAct)} == {
        "trigger", "happened_at", "data", "documents", "note", "about"
    }  # fmt: skip


def test_what_a_correction_enters_is_entered_in_the_roles_of_who_corrects() -> None:
    """The chief corrects, and does not act as the officer; the officer of another case does not
    correct at all; nor does a party."""
    able = changed(("  correct: {by: officer,", "  correct: {by: [officer, chief],"))
    with opened(able) as court:
        to(court, "2025-01-14 09:00")
        enter = {"enter": LateAct("pay", at("2025-01-11 10:00"))}
        for actor in (WANG, Actor.of("sun", "officer"), Actor.of("debtor", "debtor")):
            found = refusal(lambda actor=actor: correct(court, actor=actor, **enter))
            assert found and found <= {"role", "role/own"}
        correct(court, **enter)
        court.approve("c", "correct", actor=WANG)
        assert court.history("c")[-1].kind == "corrected"


def test_nobody_approves_his_own_correction(court: Engine) -> None:
    correct(court, replace={1: Replacement({"amount": "1"})})
    both = Actor.of("li", "chief", "officer")
    assert refusal(lambda: court.approve("c", "correct", actor=both)) == {"same-person/vote"}
    stands_in(court, "li", "wang", "officer")
    assert refusal(lambda: court.approve("c", "correct", actor=WANG)) == {"same-person/vote"}
    court.approve("c", "correct", actor=Actor.of("sun", "chief"))
    assert str(court.case("c").data["amount"]) == "1.00"


def test_a_corrected_verdict_waits_for_its_watcher_too(court: Engine) -> None:
    expired(court)
    case = correct(court, enter=LateAct("report", at("2025-01-20 10:00")))
    assert [w.awaits for w in case.waiting] == [("chief",)]
    court.approve("c", "correct", actor=WANG)
    assert status(court, "first_report") == ["expired"]
    court.approve("c", "correct", actor=ZHAO)
    assert status(court, "first_report") == ["met"]


ALONE = changed(("  correct: {by: officer, approval: chief,", "  correct: {by: officer,"))


def test_one_person_corrects_nothing_that_binds() -> None:
    with opened(ALONE) as court:
        expired(court)
        met = {"enter": LateAct("report", at("2025-01-20 10:00"))}
        assert refusal(lambda: correct(court, **met)) == {"correction-approval"}
        court.fire("c", "close", actor=LI)
        opening = {1: Replacement({"amount": "1"})}
        assert refusal(lambda: correct(court, replace=opening)) == {"correction-approval"}
        earlier = {1: Replacement(happened_at=at("2025-01-09 10:00"))}
        assert refusal(lambda: correct(court, replace=earlier)) == {"correction-approval"}
    with opened(ALONE) as court:
        to(court, "2026-01-12 10:00")
        act = LateAct("renew", at("2026-01-08 15:00"), documents={"ruling": "r"})
        annul = {"annul": [seq_of(court, "lapse")], "enter": act}
        assert refusal(lambda: correct(court, **annul)) == {"correction-approval"}


def test_one_person_corrects_a_slip_that_binds_nobody() -> None:
    with opened(ALONE) as court:
        court.fire("c", "remark", actor=LI, data={"note": "Wnag"})
        correct(court, replace={2: Replacement({"note": "Wang"})})
        assert court.case("c").data["note"] == "Wang"


def test_an_opening_is_not_moved_past_what_came_after(court: Engine) -> None:
    to(court, "2025-01-14 09:00")
    court.fire("c", "pay", actor=LI)
    to(court, "2025-01-16 09:00")
    later = {1: Replacement(happened_at=at("2025-01-15 10:00"))}
    assert refusal(lambda: correct(court, replace=later)) == {"entry-impossible"}


def test_an_opening_that_is_corrected_moves_every_limit_that_counts_by_it(court: Engine) -> None:
    to(court, "2025-01-14 09:00")
    correct(court, replace={1: Replacement(happened_at=at("2025-01-08 10:00"))})
    court.approve("c", "correct", actor=WANG)
    due = {d.rule: d.due_day for d in court.deadlines("c")}
    assert (due["first_report"], due["term"]) == (date(2025, 1, 18), date(2026, 1, 8))


def test_a_correction_and_a_late_entry_are_corrected_again(court: Engine) -> None:
    correct(court, replace={1: Replacement({"amount": "1"})})
    court.approve("c", "correct", actor=WANG)
    assert str(court.case("c").data["amount"]) == "1.00"
    correct(court, annul=[court.history("c")[-1].seq])
    court.approve("c", "correct", actor=WANG)
    assert str(court.case("c").data["amount"]) == "40000.00"
    to(court, "2025-02-03 09:00")
    court.fire("c", "remark", actor=LI, data={"note": "x"}, happened_at=date(2025, 1, 13))
    court.approve("c", "late:remark", actor=WANG)
    entry = court.history("c")[-1]
    correct(court, replace={entry.seq: Replacement({"note": "y"})})
    court.approve("c", "correct", actor=WANG)
    assert court.case("c").data["note"] == "y"
    correct(court, annul=[entry.seq])
    court.approve("c", "correct", actor=WANG)
    assert "note" not in court.case("c").data or court.case("c").data["note"] is None


def test_what_changes_nothing_is_not_corrected(court: Engine) -> None:
    """A proposal of a correction is no event of the case."""
    correct(court, replace={1: Replacement({"amount": "1"})})
    proposal = court.history("c")[-1].seq
    court.approve("c", "correct", actor=WANG)
    with pytest.raises(BadEvent, match="changes nothing"):
        correct(court, annul=[proposal])


def test_a_correction_by_its_name_takes_effect_once(court: Engine) -> None:
    one = {1: Replacement({"amount": "1"})}
    first = correct(court, replace=one, request_id="r")
    assert correct(court, replace=one, request_id="r") == first
    with pytest.raises(RequestReused):
        correct(court, replace={1: Replacement({"amount": "2"})}, request_id="r")
    assert len(court.history("c")) == 2


def test_a_late_entry_is_of_the_version_that_was_seen(court: Engine) -> None:
    to(court, "2025-01-14 09:00")
    seen = court.case("c").version
    day = {"happened_at": date(2025, 1, 13)}
    court.fire("c", "report", actor=LI, expected_version=seen, **day)
    with pytest.raises(StaleVersion):
        court.fire("c", "pay", actor=LI, expected_version=seen, **day)


# -- the clock has acted


def test_an_act_of_the_clock_that_would_have_been_on_another_day_is_overtaken(
    court: Engine,
) -> None:
    """A sale that the clock began on the 14th is not silently one of the 16th."""
    to(court, "2025-02-07 10:00")
    court.fire("c", "serve", actor=LI, data={"served_on": "2025-02-06"})
    to(court, "2025-02-20 09:00")
    serve, sell = seq_of(court, "serve"), seq_of(court, "sell")
    later = {serve: Replacement({"served_on": "2025-02-08"})}
    with pytest.raises(Refused) as refused:
        correct(court, replace=later)
    assert [(o.code, o.item) for o in refused.value.obstacles] == [("overtaken", str(sell))]
    correct(court, replace=later, annul=[sell])
    court.approve("c", "correct", actor=WANG)
    due = {d.rule: d.due_day for d in court.deadlines("c", live=False)}
    assert due["sale"] == date(2025, 2, 15)


def test_an_entry_that_could_be_no_more_is_annulled_by_name(court: Engine) -> None:
    to(court, "2025-01-14 09:00")
    court.fire("c", "note", actor=LI)
    court.fire("c", "report", actor=LI)
    to(court, "2025-01-15 09:00")
    close = {"happened_at": at("2025-01-14 08:00")}
    with pytest.raises(Refused) as refused:
        court.fire("c", "close", actor=LI, **close)
    assert {(o.code, o.trigger) for o in refused.value.obstacles} == {
        ("entry-impossible", "note"),
        ("entry-impossible", "report"),
    }


# -- layers and versions


@pytest.mark.parametrize(
    ("power", "looser"),
    [
        ("late: {within: 5wd}", True),
        ("late: {within: 2wd}", False),
        ("late: {within: null}", True),
        ("late: {approval: null}", True),
        ("late: {by: [officer, supervisor]}", True),
        ("late: {documents: [proof, ruling]}", False),
        ("correct: {approval: null}", True),
        ("correct: {by: [officer, chief]}", True),
    ],
)
def test_a_layer_loosens_no_power_over_the_past(tmp_path: Path, power: str, looser: bool) -> None:
    assert bool(errors_of(tmp_path, TEXT, power)) is looser


@pytest.mark.parametrize("power", ["late", "correct"])
@pytest.mark.parametrize("documents", ["[]", "ruling"])
def test_what_a_layer_asks_is_asked_beside_what_is_asked_already(
    tmp_path: Path, power: str, documents: str
) -> None:
    assert errors_of(tmp_path, TEXT, f"{power}: {{documents: {documents}}}") == set()
    layered = load_definition(tmp_path / "layer.yaml")
    assert "proof" in layered.powers[power].documents


def test_a_layer_gives_no_time_where_all_of_it_is_approved(tmp_path: Path) -> None:
    always = TEXT.replace("within: 3wd, approval: chief", "approval: chief")
    assert "looser" in errors_of(tmp_path, always, "late: {within: 1d}")


def test_a_layer_grants_no_power_over_the_past(tmp_path: Path) -> None:
    for power in ("late", "correct"):
        line = next(line for line in TEXT.splitlines() if line.startswith(f"  {power}: "))
        assert errors_of(tmp_path, TEXT.replace(f"{line}\n", ""), line.strip())


def errors_of(folder: Path, base: str, power: str) -> set[str]:
    """What is wrong with a court's layer that says something of a power."""
    (folder / "late.yaml").write_text(base, encoding="utf-8")
    layer = folder / "layer.yaml"
    layer.write_text(
        "overlay: late.yaml\nlevel: court\nid: x\ntitle: {zh: 层, en: layer}\nversion: 1\n"
        f"effective: 2024-01-01\npowers:\n  {power}\n",
        encoding="utf-8",
    )
    return {finding.code for finding in inspect(layer)[1] if finding.is_error}
