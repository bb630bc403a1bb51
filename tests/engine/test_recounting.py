"""After an upgrade that changes a computation, running limits change by a person's act alone, which
shows each before and after; what was decided by other rules is no tampering."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from tests.conftest import LOAN, at
from tests.courts import PUBLISHER
from zhixing.console.app import main
from zhixing.engine import Actor, Deduction, DueDateChange, Engine, NotAllowed, VirtualClock
from zhixing.engine.audit import repetition
from zhixing.engine.decision import RULES
from zhixing.engine.decision import turn as turn_module
from zhixing.engine.storage import schema
from zhixing.engine.versions import recalculation
from zhixing.workflow import Definition, Extension, TimeUnit, definition_from_text
from zhixing.workflow.periods.period import Period

LI = Actor.of("li", "officer")


@pytest.fixture
def resting(loan: Definition, database: str, clock: VirtualClock) -> Iterator[Engine]:
    """Three cases with a running answer, one of them paused, one long expired."""
    with Engine(database, loan, clock=clock, drafts=True, upgrade=True) as engine:
        for id in ("a", "b", "paused"):
            engine.open_case("loan", actor=LI, id=id, data={"amount": "100"})
        engine.fire("paused", "rest", actor=LI)
        yield engine


@pytest.fixture
def upgrade(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The library after an upgrade by which periods of seven days end a day later."""

    def install() -> None:
        real = Period.due

        def later(self: Period, *given: Any) -> Any:
            due = real(self, *given)
            if self.length != 7:
                return due
            return replace(due, day=due.day + timedelta(days=1), at=due.at + timedelta(days=1))

        monkeypatch.setattr(Period, "due", later)
        for module in (turn_module, repetition, recalculation):
            monkeypatch.setattr(module, "RULES", 99)

    return install


def due(engine: Engine, case: str) -> dict[str, date | None]:
    return {d.rule: d.due_day for d in engine.deadlines(case)}


def shown(changes: list[DueDateChange]) -> list[tuple[str, str, date | None, date | None]]:
    return sorted((c.case_id, c.rule, c.before, c.after) for c in changes)


MONDAY, TUESDAY = date(2025, 3, 10), date(2025, 3, 11)
EXPECTED = [("a", "answer", MONDAY, TUESDAY), ("b", "answer", MONDAY, TUESDAY)]


def test_by_the_same_rules_nothing_changes(resting: Engine) -> None:
    assert resting.rule_changes() == []
    assert resting.apply_rules(actor=PUBLISHER, note="upgrade") == []
    assert [h.kind for h in resting.history("a")] == ["opened"]


def test_each_change_is_shown_with_why_before_a_person_applies_it(
    resting: Engine, upgrade: Callable[[], None]
) -> None:
    upgrade()
    changes = resting.rule_changes()
    assert shown(changes) == EXPECTED
    assert all(c.why_zh and c.why_en and not c.is_refused for c in changes)
    assert due(resting, "a")["answer"] == MONDAY
    told: list[tuple[int, int]] = []
    applied = resting.apply_rules(
        actor=PUBLISHER, note="release 2", progress=lambda n, of: told.append((n, of))
    )
    assert shown(applied) == EXPECTED
    assert told == [(1, 2), (2, 2)]
    assert due(resting, "a")["answer"] == TUESDAY
    entry = resting.history("a")[-1]
    assert (entry.kind, entry.actor, entry.note) == ("rules", PUBLISHER.id, "release 2")
    assert entry.changes == {"rules": 99, "due": [["answer", "2025-03-10", "2025-03-11"]]}
    assert resting.rule_changes() == []
    assert resting.history("paused")[-1].trigger == "rest"
    assert resting.verify().found == 0


def test_nobody_applies_new_rules_whom_the_charter_does_not_let(
    resting: Engine, upgrade: Callable[[], None]
) -> None:
    upgrade()
    with pytest.raises(NotAllowed):
        resting.apply_rules(actor=LI, note="x")
    assert due(resting, "a")["answer"] == MONDAY


def test_no_other_act_brings_the_new_rules_in(
    resting: Engine, clock: VirtualClock, upgrade: Callable[[], None]
) -> None:
    """A limit that a deduction does not touch stays as it was counted; as does one that is warned
    of, or whose case is entered something late."""
    upgrade()
    clock.set(at("2025-03-07 09:00"))
    resting.run_due()
    off = Deduction(date(2025, 3, 4), date(2025, 3, 5), "notice", "n")
    resting.deduct("a", off, actor=LI)
    resting.fire("a", "clue", actor=LI, data={"clue": "car"})
    assert due(resting, "a")["answer"] == MONDAY
    assert shown(resting.rule_changes()) == EXPECTED


def test_extending_one_limit_counts_no_other_by_the_new_rules(
    database: str, clock: VirtualClock, upgrade: Callable[[], None]
) -> None:
    extension = "    extension: {by: chief, length: 5, unit: day, times: 1}\n"
    text = LOAN.replace("    pauses: false\n", f"    pauses: false\n{extension}")
    definition = definition_from_text(text)
    with Engine(database, definition, clock=clock, drafts=True, upgrade=True) as engine:
        engine.open_case("loan", actor=LI, id="a", data={"amount": "100"})
        engine.fire("a", "clue", actor=LI, data={"clue": "car"})
        upgrade()
        longer = Extension(2, TimeUnit.DAY, "chief.zhou")
        engine.extend("a", "clue_check", longer, actor=Actor.of("zhou", "chief"))
        assert due(engine, "a")["clue_check"] == date(2025, 3, 10)
        assert due(engine, "a")["answer"] == MONDAY


def test_a_case_that_cannot_be_counted_costs_no_other_and_is_told(
    resting: Engine, upgrade: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade()
    real = recalculation._apply_to

    def interrupted(runtime: Any, case_id: str, act: Any) -> Any:
        if case_id == "b":
            raise KeyboardInterrupt
        return real(runtime, case_id, act)

    with monkeypatch.context() as stopped:
        stopped.setattr(recalculation, "_apply_to", interrupted)
        with pytest.raises(KeyboardInterrupt):
            resting.apply_rules(actor=PUBLISHER, note="x")
    assert shown(resting.rule_changes()) == EXPECTED[1:]
    with resting.database.begin() as connection:
        lost = sa.update(schema.cases).where(schema.cases.c.id == "b")
        connection.execute(lost.values(data=sa.text("'null'")))
    [refused] = resting.apply_rules(actor=PUBLISHER, note="x")
    assert refused.is_refused and refused.case_id == "b" and refused.refused_zh


def test_what_old_rules_decided_is_told_apart_from_tampering(
    resting: Engine, clock: VirtualClock, upgrade: Callable[[], None]
) -> None:
    clock.set(at("2025-03-13 09:00"))
    resting.run_due()
    assert resting.verify(rules=True).otherwise == ()
    upgrade()
    report = resting.verify(rules=True)
    assert (report.found, report.not_repeatable) == (0, 0)
    assert report.repeated == report.entries
    told = {(o.case_id, o.seq) for o in report.otherwise}
    assert {("a", 1), ("b", 1), ("paused", 1)} <= told
    assert all((o.rules, o.rules_now) == (RULES, 99) for o in report.otherwise)


LATE_TEXT = "  late: {by: officer, within: 30d}\n"


def test_a_late_entry_changes_no_limit_that_it_does_not_touch(
    loan: Definition, clock: VirtualClock, upgrade: Callable[[], None]
) -> None:
    text = loan.source_text.replace("powers:\n", f"powers:\n{LATE_TEXT}", 1)
    with Engine("sqlite://", definition_from_text(text), clock=clock, drafts=True) as engine:
        engine.open_case("loan", actor=LI, id="a", data={"amount": "100"})
        upgrade()
        clock.set(at("2025-03-07 09:00"))
        day = date(2025, 3, 5)
        engine.fire("a", "clue", actor=LI, data={"clue": "car"}, happened_at=day)
        assert due(engine, "a")["answer"] == MONDAY


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_shows_and_applies(
    tmp_path: Any, loan: Definition, upgrade: Callable[[], None], lang: str
) -> None:
    url = f"sqlite:///{tmp_path}/cases.db"
    with Engine(url, loan, drafts=True, upgrade=True) as engine:
        engine.open_case("loan", actor=LI, id="a", data={"amount": "100"})
        before = due(engine, "a")["answer"]
    assert before is not None
    changed = f"{before} → {before + timedelta(days=1)}"
    upgrade()
    environment = {"ZHIXING_DATABASE": url, "ZHIXING_LANG": lang}

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(main, ["recount", *arguments], env=environment)

    planned = run("plan")
    assert f"a answer: {changed} (" in planned.output
    refused = run("apply", "--as", "li", "--role", "officer", "--note", "x")
    assert refused.exit_code != 0
    given = ["--as", "wang", "--role", "procedure_publisher", "--note", "release 2"]
    applied = run("apply", *given)
    assert applied.exit_code == 0 and changed in applied.output
    assert changed not in run("plan").output
