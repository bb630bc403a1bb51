"""Running cases and a new version of their procedure: told before, moved in pages, with a history
entry each."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.conftest import LOAN, at
from tests.courts import migrate, publish
from tests.engine.test_cases import CHIEF, OFFICER, opened
from zhixing.engine import Engine, VirtualClock
from zhixing.workflow import definition_from_text

NEW = (
    LOAN.replace("version: 1", "version: 2\ntransitional: {running_cases: move}")
    .replace("    length: 7\n", "    length: 3\n")
    .replace(
        "  not_yet:",
        "  report:\n    title: {zh: 报告, en: report}\n    starts: {entering: noticed}\n"
        "    length: 15\n    unit: day\n    on_expiry: {alert: officer}\n  not_yet:",
    )
    .replace("  overdue: {title: {zh: 逾期, en: overdue}, phase: work}\n", "")
    .replace("from: noticed, to: overdue", "from: noticed, to: lost")
    .replace("[noticed, overdue]", "[noticed]")
    .replace("[fresh, noticed, overdue]", "[fresh, noticed]")
)


@pytest.fixture
def court(engine: Engine, clock: VirtualClock) -> Engine:
    for name in ("fresh", "noticed", "overdue", "closed"):
        engine.open_case("loan", actor=OFFICER, id=name, data={"amount": "10"})
    for name in ("noticed", "overdue", "closed"):
        engine.fire(name, "notify", actor=OFFICER, documents={"notice": "n"})
    engine.fire("closed", "pay", actor=OFFICER, data={"paid": "10"})
    engine.fire("closed", "finish", actor=CHIEF)
    clock.set(at("2025-03-04 09:00"))
    return engine


def test_what_a_new_version_means_is_told_case_by_case_and_changes_nothing(
    court: Engine, clock: VirtualClock
) -> None:
    clock.set(at("2025-03-14 09:00"))
    court.run_due()
    plans = {p.case_id: p for p in court.plan_migration(definition_from_text(NEW))}
    assert set(plans) == {"fresh", "noticed", "overdue"}
    assert plans["noticed"].outcome == "cannot-move" and "overdue" in plans["noticed"].why_en
    assert {court.case(id).definition_hash for id in plans} == {court.registry.current("loan").hash}


def test_those_that_can_are_moved_with_new_due_dates_and_a_history_entry(
    court: Engine, clock: VirtualClock
) -> None:
    new = definition_from_text(NEW)
    plans = {p.case_id: p for p in court.plan_migration(new)}
    assert {id: p.outcome for id, p in plans.items()} == {
        "fresh": "can-move",
        "noticed": "can-move",
        "overdue": "can-move",
    }
    assert [(s.rule, s.before, s.after) for s in plans["fresh"].shifts] == [
        ("answer", date(2025, 3, 10), date(2025, 3, 6))
    ]
    assert [(s.rule, s.before, s.after) for s in plans["noticed"].shifts] == [
        ("report", None, date(2025, 3, 18))
    ]
    publish(court, new)
    moved, staying = migrate(court, new, note="新规施行")
    assert (moved, staying) == (3, [])
    for id in ("fresh", "noticed"):
        entry = court.history(id)[-1]
        assert (entry.kind, entry.actor, entry.note) == ("moved", "chief.zhou", "新规施行")
        assert court.case(id).definition_hash == new.hash
    assert court.case("closed").definition_hash != new.hash
    assert migrate(court, new) == (0, [])
    clock.set(at("2025-03-14 09:00"))
    court.run_due()
    assert court.case("noticed").state == "lost"


def test_cases_that_cannot_move_stay_and_finish_on_their_version(
    court: Engine, clock: VirtualClock
) -> None:
    clock.set(at("2025-03-14 09:00"))
    court.run_due()
    publish(court, definition_from_text(NEW))
    moved, staying = migrate(court, definition_from_text(NEW))
    assert moved == 1 and {p.case_id for p in staying} == {"noticed", "overdue"}
    court.fire("overdue", "pay", actor=OFFICER, data={"paid": "10"})
    assert court.fire("overdue", "finish", actor=CHIEF).state == "done"
    assert opened(court).definition_hash == definition_from_text(NEW).hash


def test_the_command_tells_and_moves(tmp_path: Path) -> None:
    import json

    from tests.console.test_command import zhixing

    def run(*arguments: str) -> str:
        done = zhixing(*arguments)
        assert done.returncode == 0, done.stderr
        return str(done.stdout)

    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(LOAN)
    new.write_text(NEW)
    database = f"sqlite:///{tmp_path}/c.db"
    on = ("--db", database)
    editor, publisher = ("--role", "procedure_editor"), ("--role", "procedure_publisher")
    run("version", "propose", str(old), *on, "--as", "li", *editor)
    run("version", "approve", "1", *on, "--as", "wang", *publisher)
    run("case", "open", "loan", "--id", "a", *on, "--role", "officer")
    told = json.loads(run("diff", str(old), str(new), "--cases", database, "--json"))
    assert told["cases"][0]["case_id"] == "a" and told["changes"]
    assert "can move 1" in run("diff", str(old), str(new), "--cases", database)
    refused = zhixing("migrate", "propose", str(new), *on, "--as", "a", "--role", "chief")
    assert refused.returncode == 1 and "not in force" in refused.stderr
    run("version", "propose", str(new), *on, "--as", "li", *editor)
    run("version", "approve", "2", *on, "--as", "wang", *publisher)
    run("migrate", "propose", str(new), *on, "--as", "a", "--role", "chief")
    refused = zhixing("migrate", "run", "1", *on)
    assert refused.returncode == 1 and "proposed" in refused.stderr
    run("migrate", "approve", "1", *on, "--as", "b", "--role", "chief")
    answered = json.loads(run("migrate", "run", "1", *on, "--json"))
    assert (answered["moved"], answered["staying"]) == (1, [])
    assert "1 moved" in run("migrate", "run", "1", *on)


def test_work_that_the_new_version_knows_goes_on_and_other_work_ends(
    database: str, clock: VirtualClock
) -> None:
    starts = "starts: {entering: noticed}, offered_to: officer, done_by: pay"
    call = f"call: {{title: {{zh: 电话, en: call}}, {starts}}}"
    visit = f"visit: {{title: {{zh: 走访, en: visit}}, {starts}}}"
    old = LOAN.replace("initial:", f"tasks:\n  {call}\n  {visit}\ninitial:", 1)
    new = LOAN.replace("initial:", f"tasks:\n  {call}\ninitial:", 1)
    new = new.replace("version: 1", "version: 2\ntransitional: {running_cases: move}")
    definition = definition_from_text(old)
    with Engine(database, definition, clock=clock, drafts=True, upgrade=True) as engine:
        engine.open_case("loan", actor=OFFICER, id="a", data={"amount": "10"})
        engine.fire("a", "notify", actor=OFFICER, documents={"notice": "n"})
        publish(engine, definition_from_text(new))
        assert migrate(engine, definition_from_text(new)) == (1, [])
        assert [task.name for task in engine.tasks()] == ["call"]
        ended = {t.name: t.status for t in engine.tasks(open_only=False)}
        assert ended == {"call": "offered", "visit": "ended"}
