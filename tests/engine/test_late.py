"""What happened earlier than it is entered is decided as of its day: the truth is the same whether
the clock was punctual or late, and nobody overturns a verdict alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import DATA, at
from zhixing.engine import (
    Actor,
    BadEvent,
    BadTime,
    Case,
    Engine,
    LateAct,
    NaiveDatetime,
    Refused,
    Replacement,
    VirtualClock,
)
from zhixing.workflow import definition_from_text, load_definition

LATE = load_definition(DATA / "late.yaml")
LI, WANG = Actor.of("li", "officer"), Actor.of("wang", "chief")
ZHAO = Actor.of("zhao", "supervisor")


@pytest.fixture
def court(database: str) -> Iterator[Engine]:
    clock = VirtualClock(at("2025-01-10 10:00"))
    with Engine(database, LATE, clock=clock, drafts=True, upgrade=True) as court:
        court.open_case("late", id="c", actor=LI, officer="li", data={"amount": "40000"})
        yield court


def to(court: Engine, moment: str, run: bool = True) -> None:
    clock = court.clock
    assert isinstance(clock, VirtualClock)
    clock.set(at(moment))
    if run:
        court.run_due()


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [obstacle.code for obstacle in refused.value.obstacles]


def status(court: Engine, rule: str) -> list[str]:
    found = court.deadlines("c", live=False)
    return [d.status for d in found if d.rule == rule]


def told(court: Engine) -> list[tuple[str, str]]:
    """(kind, trigger) of the whole history."""
    return [(h.kind, h.trigger) for h in court.history("c")]


def test_what_happens_now_is_not_late(court: Engine) -> None:
    court.fire("c", "report", actor=LI)
    entry = court.history("c")[-1]
    assert entry.happened_at == entry.recorded_at == at("2025-01-10 10:00") and not entry.late


@pytest.mark.parametrize("day", [date(2025, 1, 11), at("2025-01-10 10:01")])
def test_nothing_happens_after_now(court: Engine, day: Any) -> None:
    with pytest.raises(BadTime, match="not after now"):
        court.fire("c", "report", actor=LI, happened_at=day)


def test_nothing_happens_before_the_case_was_opened(court: Engine) -> None:
    with pytest.raises(Refused) as refused:
        court.fire("c", "report", actor=LI, happened_at=date(2025, 1, 9))
    assert codes(refused) == ["before-opening"]


def test_the_law_counts_from_the_day_it_happened(court: Engine) -> None:
    to(court, "2025-01-15 09:00")
    court.fire("c", "report", actor=LI, happened_at=date(2025, 1, 13))
    assert court.case("c").data["reported_on"] == date(2025, 1, 13)  # `sets: today` is that day
    entry = court.history("c")[-1]
    assert entry.late and entry.happened_at.astimezone(at("2025-01-13").tzinfo).date() == date(
        2025, 1, 13
    )
    assert status(court, "first_report") == ["met"]


def test_late_entry_is_a_power_with_a_limit(court: Engine) -> None:
    to(court, "2025-01-17 09:00")  # Friday; three working days after Monday 13 are Thursday 16
    court.fire("c", "report", actor=LI, happened_at=date(2025, 1, 13))
    (waiting,) = court.case("c").waiting
    assert (waiting.trigger, waiting.title_zh) == ("late:report", "补录（报告）")
    (task,) = court.tasks(case_id="c")
    assert (task.title_zh, task.offered_at) == ("补录（报告）", waiting.proposed_at)
    assert status(court, "first_report") == ["running"]
    court.approve("c", "late:report", actor=WANG)
    assert status(court, "first_report") == ["met"]
    assert court.case("c").data["reported_on"] == date(2025, 1, 13)


def test_nobody_enters_late_without_the_power(court: Engine) -> None:
    court.assign("c", "sun", actor=WANG)
    to(court, "2025-01-14 09:00")
    with pytest.raises(Refused) as refused:
        court.fire("c", "report", actor=LI, happened_at=date(2025, 1, 13))
    assert "role" in codes(refused)


class TestAnExpiryThatWasTold:
    """Ten days from 10 January are over with the 20th; the report of the 20th is typed later."""

    @pytest.fixture
    def expired(self, court: Engine) -> Engine:
        to(court, "2025-01-22 09:00")
        assert status(court, "first_report") == ["expired"]
        return court

    def test_it_takes_a_dated_document(self, expired: Engine) -> None:
        with pytest.raises(Refused) as refused:
            expired.fire("c", "report", actor=LI, happened_at=date(2025, 1, 20))
        assert codes(refused) == ["late-document"]

    def enter(self, court: Engine) -> Case:
        return court.fire(
            "c", "report", actor=LI, happened_at=date(2025, 1, 20), documents={"proof": "p-1"}
        )

    def test_it_waits_for_the_one_who_watches_the_limit(self, expired: Engine) -> None:
        case = self.enter(expired)
        assert [(w.trigger, w.awaits) for w in case.waiting] == [("late:report", ("supervisor",))]
        with pytest.raises(Refused) as refused:
            expired.approve("c", "late:report", actor=Actor.of("li", "supervisor"))
        assert "same-person/vote" in {o.sentence for o in refused.value.obstacles}
        with pytest.raises(Refused):
            expired.approve("c", "late:report", actor=WANG)
        assert status(expired, "first_report") == ["expired"]

    def test_it_is_met_and_the_alerts_end(self, expired: Engine) -> None:
        self.enter(expired)
        expired.approve("c", "late:report", actor=ZHAO)
        assert status(expired, "first_report") == ["met"]
        alerts = [a for a in expired.alerts(case_id="c") if a.rule == "first_report"]
        assert {a.closed_why for a in alerts if a.kind in ("expired", "escalated")} == {
            "not-expired"
        }
        assert [a.roles for a in alerts if a.kind == "right-fell"] == [("supervisor",)]
        before = len(expired.alerts(case_id="c"))
        to(expired, "2025-01-30 09:00")
        assert [a for a in expired.alerts(case_id="c")[before:] if a.rule == "first_report"] == []
        assert ("deadline", "") in told(expired)  # the expiry stays in the history

    def test_a_report_of_the_next_day_is_late_all_the_same(self, expired: Engine) -> None:
        expired.fire("c", "report", actor=LI, happened_at=date(2025, 1, 21))
        assert status(expired, "first_report") == ["met-late"]
        assert expired.case("c").waiting == ()


def test_the_officer_himself_confirms_nothing(database: str) -> None:
    """A limit that the officer watches is confirmed by those whom the power's approval names."""
    text = LATE.source_text.replace("    watcher: supervisor\n", "")
    clock = VirtualClock(at("2025-01-10 10:00"))
    own = definition_from_text(text)
    with Engine(database, own, clock=clock, drafts=True, upgrade=True) as court:
        court.open_case("late", id="c", actor=LI, officer="li", data={"amount": "1"})
        to(court, "2025-01-22 09:00")
        case = court.fire(
            "c", "report", actor=LI, happened_at=date(2025, 1, 20), documents={"proof": "p"}
        )
        assert case.waiting[0].awaits == ("chief",)
        court.approve("c", "late:report", actor=WANG)
        assert status(court, "first_report") == ["met"]


def test_rounds_are_served_by_their_day(court: Engine) -> None:
    """Two monthly payments, both typed in March: the second served the third round."""
    to(court, "2025-03-20 09:00")
    assert status(court, "instalment") == ["expired", "expired", "running"]
    court.fire("c", "pay", actor=LI, happened_at=date(2025, 2, 9), documents={"proof": "1"})
    court.approve("c", "late:pay", actor=WANG)
    assert status(court, "instalment") == ["met", "expired", "running"]
    court.fire("c", "pay", actor=LI, happened_at=date(2025, 3, 12), documents={"proof": "2"})
    court.approve("c", "late:pay", actor=WANG)
    assert status(court, "instalment") == ["met", "expired", "met", "running"]


class TestALimitArmedLate:
    def test_a_gate_is_tested_at_the_day(self, court: Engine) -> None:
        to(court, "2025-02-05 09:00")
        court.fire("c", "serve", actor=LI, data={"served_on": "2025-02-05"})
        to(court, "2025-02-12 09:00")  # the gate fell with the 10th
        with pytest.raises(Refused) as refused:
            court.fire("c", "note", actor=LI, happened_at=date(2025, 2, 10))
        assert codes(refused) == ["gate"]
        court.fire("c", "note", actor=LI, happened_at=date(2025, 2, 11), documents={"proof": "p"})

    def test_it_expires_at_once_without_a_rain(self, court: Engine) -> None:
        to(court, "2025-02-20 09:00")
        court.fire("c", "serve", actor=LI, data={"served_on": "2025-02-06"})
        court.run_due()
        assert status(court, "answer") == ["opened"]
        own = [a for a in court.alerts(case_id="c") if a.rule in ("answer", "sale")]
        assert [a.kind for a in own if a.kind == "warning"] == []
        entries = [h for h in court.history("c") if h.trigger == "sell"]
        assert [h.happened_at for h in entries] == [at("2025-02-14")]

    def test_the_court_asks_nobody_in_the_name_of_a_past_day(self, court: Engine) -> None:
        to(court, "2025-02-20 09:00")
        court.fire("c", "serve", actor=LI, data={"served_on": "2025-02-06"})
        court.run_due()
        (task,) = court.tasks(case_id="c")
        assert (task.name, task.title_zh) == ("send:request:sell", "待补办：变价")
        court.finish_task("c", "send:request:sell", actor=LI, send=True)
        assert court.tasks(case_id="c") == ()


class TestTheClockHasActed:
    """The freeze of 10 January 2025, renewed at the bank on 8 January 2026, typed on the 12th."""

    @pytest.fixture
    def lapsed(self, court: Engine) -> Engine:
        to(court, "2026-01-12 10:00")
        assert court.case("c").state == "lapsed"
        return court

    def test_the_late_act_is_refused_and_the_entry_named(self, lapsed: Engine) -> None:
        with pytest.raises(Refused) as refused:
            lapsed.fire(
                "c",
                "renew",
                actor=LI,
                happened_at=at("2026-01-08 15:00"),
                documents={"ruling": "r", "proof": "p"},
            )
        assert codes(refused) == ["overtaken"]
        seq = int(refused.value.obstacles[0].item)
        entry = lapsed.history("c")[seq - 1]
        assert (entry.trigger, entry.actor) == ("lapse", "clock")

    @pytest.mark.parametrize("moment", [at("2026-01-08 15:00"), date(2026, 1, 8)])
    def test_a_correction_annuls_it_and_enters_the_act(
        self, lapsed: Engine, moment: datetime | date
    ) -> None:
        seq = next(h.seq for h in lapsed.history("c") if h.trigger == "lapse")
        act = LateAct("renew", moment, documents={"ruling": "r"})
        waiting = lapsed.correct(
            "c",
            actor=LI,
            note="register",
            documents={"proof": "p"},
            annul=[seq],
            enter=act,
        )
        assert [w.trigger for w in waiting.waiting] == ["correct"] and waiting.state == "lapsed"
        case = lapsed.approve("c", "correct", actor=WANG)
        assert (case.state, case.closed_at) == ("frozen", None)
        renewed = next(d for d in lapsed.deadlines("c") if d.rule == "renewed_term")
        assert renewed.due_day == date(2027, 1, 8)
        assert status(lapsed, "term") == ["cancelled"]
        assert lapsed.history("c")[-1].kind == "corrected"
        assert len([h for h in lapsed.history("c") if h.trigger == "lapse"]) == 1
        to(lapsed, "2027-01-09 10:00")
        assert lapsed.case("c").state == "lapsed"


def run(url: str, punctual: bool) -> list[Any]:
    """One life, with a worker every day or only when something is recorded."""
    clock = VirtualClock(at("2025-01-10 10:00"))
    with Engine(url, LATE, clock=clock, drafts=True, upgrade=True) as court:
        court.open_case("late", id="c", actor=LI, officer="li", data={"amount": "1"})
        for day in range(1, 40):
            clock.set(at("2025-01-10 10:00") + timedelta(days=day))
            if punctual:
                court.run_due()
            if day == 12:
                court.fire("c", "report", actor=LI, happened_at=date(2025, 1, 21))
            if day == 31:
                court.fire("c", "serve", actor=LI, data={"served_on": "2025-02-03"})
        court.run_due()
        entries = [
            (h.seq, h.happened_at, h.kind, h.trigger, h.source, h.target, h.effects)
            for h in court.history("c")
        ]
        limits = [d.model_dump() for d in court.deadlines("c", live=False)]
        return [entries, limits]


def test_a_late_worker_and_a_punctual_one_leave_the_same_rows() -> None:
    assert run("sqlite://", True) == run("sqlite://", False)


class TestAPreview:
    def test_it_says_all_before_entry(self, court: Engine) -> None:
        to(court, "2025-02-20 09:00")
        before = len(court.history("c"))
        seen = court.preview("c", "serve", actor=LI, data={"served_on": "2025-02-06"})
        came = [(e.kind, e.trigger, e.alerts, e.tasks) for e in seen.entries]
        assert came[0] == ("event", "serve", (), ())
        assert ("event", "sell", (), ("send:request:sell",)) in came
        assert ("deadline", "", ("expired:sale",), ()) in came
        assert len(court.history("c")) == before and status(court, "sale") == []

    def test_it_is_refused_as_the_act_would_be(self, court: Engine) -> None:
        with pytest.raises(Refused):
            court.preview("c", "renew", actor=LI)
        assert len(court.history("c")) == 1


class TestACorrection:
    """Its times are bounded as those of any late entry; what is sealed stays so in it."""

    @pytest.mark.parametrize("moment", ["2025-01-10 10:01", "2025-01-09 10:00"])
    def test_nothing_is_moved_out_of_the_life_of_the_case(self, court: Engine, moment: str) -> None:
        court.fire("c", "report", actor=LI)
        given: Any = {"actor": LI, "note": "typo", "documents": {"proof": "p"}}
        with pytest.raises(BadTime):
            court.correct("c", replace={2: Replacement(happened_at=at(moment))}, **given)
        with pytest.raises(BadTime):
            court.correct("c", enter=LateAct("pay", at(moment)), **given)

    @pytest.mark.parametrize(
        ("day", "happened"),
        [
            (date(2025, 1, 10), "2025-01-10 23:59:59.999999"),
            (date(2025, 1, 13), "2025-01-13 10:00"),
        ],
    )
    def test_a_day_is_its_end_and_today_is_now(
        self, court: Engine, day: date, happened: str
    ) -> None:
        to(court, "2025-01-13 09:00")
        court.fire("c", "report", actor=LI)
        to(court, "2025-01-13 10:00")
        given: Any = {"actor": LI, "note": "typo", "documents": {"proof": "p"}}
        court.correct("c", replace={2: Replacement(happened_at=day)}, **given)
        court.approve("c", "correct", actor=WANG)
        assert court.history("c")[-1].given["amends"] == {
            "replace": {"2": {"happened_at": at(happened).astimezone(UTC).isoformat()}}
        }
        with pytest.raises(BadTime):
            court.correct("c", replace={2: Replacement(happened_at=date(9999, 12, 31))}, **given)

    def test_the_opening_is_not_annulled(self, court: Engine) -> None:
        with pytest.raises(BadEvent, match="replaced, not annulled"):
            court.correct("c", actor=LI, note="typo", documents={"proof": "p"}, annul=[1])
        assert len(court.history("c")) == 1

    def test_what_it_rests_on_stays_on_file_whatever_is_annulled(self, court: Engine) -> None:
        to(court, "2025-01-14 09:00")
        moment = at("2025-01-13 10:00")
        proof = {"proof": "of the entry"}
        court.fire("c", "report", actor=LI, happened_at=moment, documents=proof)
        for reference, amended in (
            ("first", {"replace": {2: Replacement(happened_at=at("2025-01-13 11:00"))}}),
            ("second", {"annul": [2]}),
        ):
            given: Any = {"note": "typo", "documents": {"proof": reference}, **amended}
            court.correct("c", actor=LI, **given)
            court.approve("c", "correct", actor=WANG)
        assert court.case("c").documents == {"proof": ["first", "second"]}
        assert court.case_at("c", court.clock.now()).documents == court.case("c").documents
        (told,) = [e for e in court.history("c")[-1].effects if e["what"] == "filed"]
        assert told["documents"] == {"proof": ["first", "second"]}

    def test_a_time_without_a_zone_is_told(self, court: Engine) -> None:
        court.fire("c", "report", actor=LI)
        naive = Replacement(happened_at=at("2025-01-10 10:00").replace(tzinfo=None))
        with pytest.raises(NaiveDatetime):
            court.correct("c", actor=LI, note="typo", documents={"proof": "p"}, replace={2: naive})


OTHERS = {
    2: Replacement(data={"note": "secret two"}),
    3: Replacement(documents={"ruling": "secret other paper"}),
}


def test_what_is_sealed_is_shown_in_no_correction(database: str) -> None:
    text = LATE.source_text.replace("note: {type: text,", "note: {type: text, sealed: true,")
    for kind in ("proof", "ruling"):
        text = text.replace(f"{kind}: {{title", f"{kind}: {{sealed: true, title")
    clock = VirtualClock(at("2025-01-10 10:00"))
    sealed = definition_from_text(text)
    with Engine(database, sealed, clock=clock, drafts=True, upgrade=True) as court:
        court.open_case("late", id="c", actor=LI, officer="li", data={"amount": "1"})
        remark = {"note": "secret one"}
        court.fire("c", "remark", actor=LI, data=remark)
        court.fire("c", "renew", actor=LI, documents={"ruling": "secret paper"})
        for seq, other in OTHERS.items():
            given: Any = {"note": "typo", "documents": {"proof": f"secret basis {seq}"}}
            court.correct("c", actor=LI, replace={seq: other}, **given)
            court.approve("c", "correct", actor=WANG)
        assert any(effect["what"] == "filed" for effect in court.history("c")[-1].effects)
        assert court.history("c")[-1].kind == "corrected"
        shown = repr([h.model_dump() for h in court.history("c")]) + repr(court.events())
        assert "secret" not in shown
