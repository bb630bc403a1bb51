"""Observers are told what happened after it was committed, and never what was not."""

from __future__ import annotations

import logging

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from zhixing.engine import Actor, Engine, Happened, Refused, VirtualClock, Worker

LI = Actor.of("li", "officer")


@pytest.fixture
def told(engine: Engine) -> list[Happened]:
    told: list[Happened] = []
    engine.on_event(told.append)
    return told


def opened(engine: Engine, **options: object) -> str:
    return engine.open_case("loan", actor=LI, data={"amount": "10"}, **options).id  # type: ignore[arg-type]


def test_each_entry_is_told_as_it_stands_in_the_history(
    engine: Engine, told: list[Happened], clock: VirtualClock
) -> None:
    case = opened(engine, number="（2025）1号")
    clock.advance(days=8)
    engine.run_due()
    assert [h.seq for h in told] == [e.seq for e in engine.history(case)]
    assert [h.kind for h in told] == [e.kind for e in engine.history(case)]
    assert {(h.case_id, h.number, h.court) for h in told} == {(case, "（2025）1号", "court")}
    expiry = told[-1] if told[-1].effects else told[-2]
    assert expiry.recorded_at == clock.now() and expiry.actor == "clock"


def test_a_refusal_is_no_event(engine: Engine, told: list[Happened]) -> None:
    case = opened(engine)
    with pytest.raises(Refused):
        engine.fire(case, "finish", actor=LI)
    assert [h.kind for h in told] == ["opened"]


def test_in_a_session_of_the_host_its_commit_decides(engine: Engine, told: list[Happened]) -> None:
    with Session(engine.database) as session:
        opened(engine, within=session)
        assert told == []
        session.rollback()
        assert told == []
        opened(engine, within=session)
        session.commit()
    assert [h.kind for h in told] == ["opened"]
    with Session(engine.database) as session:
        session.commit()
    assert len(told) == 1


def test_a_savepoint_rolled_back_is_not_told_and_the_rest_is(
    engine: Engine, told: list[Happened]
) -> None:
    with Session(engine.database) as session:
        kept = opened(engine, within=session)
        with session.begin_nested() as savepoint:
            opened(engine, within=session)
            savepoint.rollback()
        with session.begin_nested():
            also = opened(engine, within=session)
        assert told == []
        session.commit()
    assert [h.case_id for h in told] == [kept, also]


def test_on_a_connection_of_the_host_its_commit_decides(
    engine: Engine, told: list[Happened]
) -> None:
    with engine.database.connect() as connection:
        opened(engine, within=connection)
        connection.rollback()
    assert told == []
    with engine.database.begin() as connection:
        kept = opened(engine, within=connection)
        assert told == []
    assert [h.case_id for h in told] == [kept]


def test_a_commit_that_fails_is_not_told(
    engine: Engine, told: list[Happened], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(connection: object) -> None:
        raise engine.database.dialect.loaded_dbapi.OperationalError("the line is cut")

    with pytest.raises(sa.exc.OperationalError), engine.database.begin() as connection:
        opened(engine, within=connection)
        monkeypatch.setattr(engine.database.dialect, "do_commit", fails)
    monkeypatch.undo()
    assert opened(engine) and len(told) == 1


def test_an_observer_that_fails_stops_nothing(
    engine: Engine, told: list[Happened], caplog: pytest.LogCaptureFixture
) -> None:
    def broken(happened: Happened) -> None:
        raise RuntimeError("no")

    engine.on_event(broken)
    with caplog.at_level(logging.ERROR, "zhixing"):
        case = opened(engine)
    assert engine.case(case).version == 1 and len(told) == 1
    assert "an observer failed" in caplog.text


def test_a_read_wakes_nobody_and_a_joined_commit_does(engine: Engine) -> None:
    rings: list[int] = []
    engine.on_commit(lambda: rings.append(1))
    case = opened(engine)
    assert len(rings) == 1
    engine.case(case), engine.overdue(), engine.history(case)
    with engine.database.connect() as connection:
        engine.case(case, within=connection)
    assert len(rings) == 1
    with engine.database.begin() as connection:
        engine.fire(case, "pay", actor=LI, data={"paid": "1"}, within=connection)
        assert len(rings) == 1
    assert len(rings) == 2


def test_a_worker_that_was_stopped_is_woken_no_more(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    rings: list[int] = []
    monkeypatch.setattr(Worker, "wake", lambda worker: rings.append(1))
    engine.start()
    opened(engine)
    assert len(rings) == 1
    engine.stop()
    opened(engine)
    assert len(rings) == 1
