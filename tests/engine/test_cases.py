"""A case from opening to closing, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.conftest import LOAN, at
from zhixing.engine import (
    Actor,
    Case,
    CaseExists,
    CaseNotFound,
    Engine,
    LostRace,
    NewCase,
    Refused,
    SchemaOutdated,
    UnknownDeadline,
    UnknownProcedure,
    VirtualClock,
)
from zhixing.engine.model.event import Event
from zhixing.engine.work.runtime import Transaction
from zhixing.workflow import Definition, definition_from_text
from zhixing.workflow.errors import DataError, NaiveDatetime, UnknownField

OFFICER, CHIEF = Actor.of("judge.li", "officer"), Actor.of("chief.zhou", "chief")


def opened(engine: Engine, **data: object) -> Case:
    return engine.open_case(
        "loan", actor=OFFICER, data={"amount": "1000.00", **data}, officer="judge.li"
    )


def noticed(engine: Engine) -> Case:
    return engine.fire(opened(engine).id, "notify", actor=OFFICER, documents={"notice": "doc-1"})


def test_a_case_runs_from_opening_to_closing(engine: Engine, clock: VirtualClock) -> None:
    case = opened(engine)
    assert (case.state, case.state_zh, case.version, case.data["amount"]) == (
        "fresh",
        "新收",
        1,
        Decimal("1000.00"),
    )
    clock.advance(days=1)
    engine.fire(case.id, "notify", actor=OFFICER, documents={"notice": "doc-1"})
    engine.fire(case.id, "pay", actor=OFFICER, data={"paid": "1000"})
    closed = engine.fire(case.id, "finish", actor=CHIEF, note="付清")
    assert (closed.state, closed.closing_mode, closed.version) == ("done", "done", 4)
    assert closed.closed_at == clock.now()
    history = engine.history(case.id)
    assert [(h.seq, h.trigger, h.source, h.target, h.actor) for h in history] == [
        (1, "", "", "fresh", "judge.li"),
        (2, "notify", "fresh", "noticed", "judge.li"),
        (3, "pay", "noticed", "noticed", "judge.li"),
        (4, "finish", "noticed", "done", "chief.zhou"),
    ]
    assert history[2].changes == {"paid": "1000.00"} and history[3].note == "付清"
    assert engine.case(case.id) == closed


def test_a_refusal_lists_every_obstacle_and_changes_nothing(engine: Engine) -> None:
    case = opened(engine, amount=None)
    with pytest.raises(Refused) as refused:
        engine.fire(case.id, "notify", actor=CHIEF)
    assert [o.code for o in refused.value.obstacles] == [
        "role",
        "missing-field",
        "missing-document",
    ]
    assert "承办人" in refused.value.text("zh") and "officer" in refused.value.text("en")
    assert engine.case(case.id).version == 1


def test_what_is_possible_now_and_why_the_rest_is_not(engine: Engine) -> None:
    case = opened(engine)
    possible = {p.trigger: p for p in engine.possible(case.id, actor=CHIEF)}
    assert not possible["notify"].allowed
    assert {o.code for o in possible["notify"].obstacles} == {"role", "missing-document"}
    gate = possible["give_up"].obstacles[0]
    assert (gate.code, gate.until) == ("gate", at("2025-04-03"))
    assert possible["propose"].allowed
    assert "finish" not in possible


def test_a_gate_opens_at_its_date(engine: Engine, clock: VirtualClock) -> None:
    case = opened(engine)
    clock.set(at("2025-04-02 23:59"))
    with pytest.raises(Refused, match="not before 2025-04-03"):
        engine.fire(case.id, "give_up", actor=CHIEF)
    clock.set(at("2025-04-03 00:00"))
    assert engine.fire(case.id, "give_up", actor=CHIEF).closing_mode == "lost"


def test_no_one_approves_what_they_proposed(engine: Engine) -> None:
    case = noticed(engine)
    both = Actor.of("x", "officer", "chief")
    engine.fire(case.id, "pay", actor=OFFICER, data={"paid": "1000"})
    engine.fire(case.id, "propose", actor=both)
    with pytest.raises(Refused) as refused:
        engine.fire(case.id, "finish", actor=both)
    assert [o.code for o in refused.value.obstacles] == ["same-person"]
    assert engine.fire(case.id, "finish", actor=CHIEF).state == "done"


def test_a_guard_says_what_is_not_so_or_what_is_missing(engine: Engine) -> None:
    case = noticed(engine)
    with pytest.raises(Refused, match="not everything is paid"):
        engine.fire(case.id, "finish", actor=CHIEF)


def test_a_case_returns_to_where_it_was(engine: Engine) -> None:
    case = noticed(engine)
    assert engine.fire(case.id, "rest", actor=OFFICER).state == "resting"
    assert engine.fire(case.id, "resume", actor=OFFICER).state == "noticed"


def test_bad_data_is_refused_by_name_and_type(engine: Engine) -> None:
    with pytest.raises(UnknownField, match="colour"):
        opened(engine, colour="red")
    for value in ("lots", "1.234", 1.5, "NaN", True, "9" * 30):
        with pytest.raises(DataError):
            opened(engine, amount=value)
    with pytest.raises(UnknownProcedure, match="loan"):
        engine.open_case("nothing", actor=OFFICER)
    with pytest.raises(CaseNotFound):
        engine.case("nowhere")
    with pytest.raises(CaseNotFound):
        engine.history("nowhere")
    assert engine.query() == ()


def test_an_id_is_taken_once(engine: Engine) -> None:
    engine.open_case("loan", actor=OFFICER, id="a")
    with pytest.raises(CaseExists):
        engine.open_case("loan", actor=OFFICER, id="a")


def test_an_unknown_trigger_is_refused_with_the_known_ones(engine: Engine) -> None:
    with pytest.raises(Refused, match="notify"):
        engine.fire(opened(engine).id, "explode", actor=OFFICER)


def test_the_hosts_transaction_is_joined_and_its_rollback_takes_all_back(engine: Engine) -> None:
    notes = sa.Table(
        "host_notes",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.String(100)),
    )
    notes.create(engine.database)
    with Session(engine.database) as session:
        case = engine.open_case(
            "loan", actor=OFFICER, id="kept", data={"amount": "5"}, within=session
        )
        session.execute(sa.insert(notes).values(case_id=case.id))
        session.commit()
    with Session(engine.database) as session:
        engine.fire("kept", "notify", actor=OFFICER, documents={"notice": "n"}, within=session)
        engine.open_case("loan", actor=OFFICER, id="dropped", within=session)
        session.execute(sa.insert(notes).values(case_id="dropped"))
        session.rollback()
    assert [case.id for case in engine.query()] == ["kept"]
    assert engine.case("kept").state == "fresh"
    assert engine.deadlines("kept")[0].status == "running"
    with engine.database.begin() as connection:
        assert list(connection.execute(sa.select(notes.c.case_id)).scalars()) == ["kept"]
        assert engine.case("kept", within=connection).id == "kept"


def test_a_lost_race_is_a_clear_retryable_error(engine: Engine, clock: VirtualClock) -> None:
    case = opened(engine)
    with engine.database.connect() as reader:
        unit = Transaction(reader, engine.registry, clock.now()).unit()
        unit.fire(case.id, Event(clock.now(), OFFICER, "propose"))
        reader.rollback()  # it has read; now another commits first
        engine.fire(case.id, "pay", actor=OFFICER, data={"paid": "1"})
        with pytest.raises(LostRace) as lost, reader.begin():
            unit.flush()
    assert lost.value.retryable
    assert [h.trigger for h in engine.history(case.id)] == ["", "pay"]


def test_concurrent_writers_lose_nothing(engine: Engine) -> None:
    case = opened(engine)
    failures: list[Exception] = []

    def work(number: int) -> None:
        for i in range(10):
            while True:
                try:
                    engine.fire(case.id, "clue", actor=OFFICER, data={"clue": f"{number}-{i}"})
                    break
                except LostRace:
                    continue
                except Exception as error:
                    failures.append(error)
                    return

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert engine.case(case.id).version == 41
    assert [h.seq for h in engine.history(case.id)] == list(range(1, 42))
    assert len([d for d in engine.deadlines(case.id) if d.rule == "clue_check"]) == 40


def test_cases_are_found_by_what_they_are(engine: Engine) -> None:
    for number in range(5):
        engine.open_case("loan", actor=CHIEF, id=f"c{number}", officer="a" if number < 3 else "b")
    engine.fire("c0", "rest", actor=Actor.of("a", "officer"))
    assert [c.id for c in engine.query(officer="a")] == ["c0", "c1", "c2"]
    assert [c.id for c in engine.query(state="fresh", limit=2)] == ["c1", "c2"]
    assert [c.id for c in engine.query(state="fresh", limit=2, after="c2")] == ["c3", "c4"]
    engine.assign("c4", "a", actor=CHIEF)
    assert [
        c.id for c in engine.query(officer="a", open_only=True, court="court", procedure="loan")
    ] == ["c0", "c1", "c2", "c4"]
    assert {d.watcher for d in engine.deadlines("c4")} == {"a"}
    engine.watch("c4", "answer", "supervisor.wu", actor=CHIEF)
    assert {d.rule: d.watcher for d in engine.deadlines("c4")} == {
        "answer": "supervisor.wu",
        "not_yet": "a",
    }
    assert [h.kind for h in engine.history("c4")] == ["opened", "assigned", "assigned"]
    with pytest.raises(UnknownDeadline):
        engine.watch("c4", "payment", "x", actor=CHIEF)


def test_running_cases_stay_on_the_version_they_began_with(
    database: str, loan: Definition, clock: VirtualClock
) -> None:
    with Engine(database, loan, clock=clock, upgrade=True, drafts=True) as first:
        case = opened(first)
    changed = definition_from_text(
        LOAN.replace("version: 1", "version: 2").replace("length: 7", "length: 3"), "loan.yaml"
    )
    with Engine(database, changed, clock=clock, drafts=True) as second:
        newer = opened(second)
        assert second.deadlines(case.id)[0].due_day == datetime(2025, 3, 10).date()
        assert second.deadlines(newer.id)[0].due_day == datetime(2025, 3, 6).date()
        assert (
            second.fire(case.id, "notify", actor=OFFICER, documents={"notice": "n"}).definition_hash
            == loan.hash
        )


def test_a_database_without_tables_says_what_to_run(database: str, loan: Definition) -> None:
    with pytest.raises(SchemaOutdated, match="zhixing db upgrade"):
        Engine(database, loan, upgrade=False, drafts=True)


def test_a_clock_without_a_zone_is_refused(loan: Definition) -> None:
    with pytest.raises(NaiveDatetime):
        VirtualClock(datetime(2025, 3, 3))
    assert VirtualClock(datetime(2025, 3, 3, tzinfo=UTC)).now().tzinfo is UTC


def test_many_cases_are_opened_all_or_none(engine: Engine) -> None:
    ids = engine.open_many(
        "loan", [NewCase({"amount": str(n + 1)}, id=f"m{n}") for n in range(20)], actor=OFFICER
    )
    assert ids == [f"m{n}" for n in range(20)]
    assert engine.case("m7").data["amount"] == Decimal("8.00") and len(engine.deadlines("m7")) == 2
    with pytest.raises(CaseExists):
        engine.open_many("loan", [NewCase(id="m20"), NewCase(id="m3")], actor=OFFICER)
    with pytest.raises(DataError):
        engine.open_many("loan", [NewCase(id="m21"), NewCase({"amount": "x"})], actor=OFFICER)
    assert len(engine.query()) == 20
