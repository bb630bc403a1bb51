"""Deadlines under real processes: killed, restarted, on clocks that disagree, through a restart of
the database.

Each expiry and each warning takes effect exactly once, never before its time, and none is lost.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.conftest import ROOT, stop_at_once
from tests.courts import ADMIN
from tests.engine.test_certainty_processes import LONGEST, until
from zhixing.engine import Actor, Engine, LostRace, SystemClock, VirtualClock
from zhixing.engine.storage.schema import alerts, cases, deadlines, history

pytestmark = pytest.mark.processes
SOAK = bool(os.environ.get("ZHIXING_SOAK"))
OFFICER = Actor.of("li", "officer")

TIMER = """
id: timer
title: {zh: 计时, en: timer}
version: 1
effective: 2024-01-01
roles: {officer: {title: {zh: 承办人, en: officer}}}
modes: {gone: {zh: 届满, en: gone}}
initial: waiting
states:
  waiting: {title: {zh: 等待, en: waiting}}
  late: {title: {zh: 已过, en: late}}
  gone: {title: {zh: 届满, en: gone}, closes: gone}
transitions:
  - {trigger: touch, title: {zh: 登记, en: touch}, from: [waiting, late], to: stay, by: officer}
  - {trigger: touch, title: {zh: 登记, en: touch}, from: gone, to: stay, by: officer}
  - {trigger: lapse, title: {zh: 届满, en: lapse}, from: waiting, to: late, by: clock}
  - {trigger: end, title: {zh: 终了, en: end}, from: late, to: gone, by: clock}
deadlines:
  first:
    title: {zh: 第一期限, en: first}
    starts: {entering: waiting}
    length: 2
    unit: hour
    counting: raw
    warn: 1h
    on_expiry: {alert: officer, fire: lapse}
  second:
    title: {zh: 第二期限, en: second}
    starts: {entering: late}
    length: 1
    unit: hour
    counting: raw
    on_expiry: {fire: end}
"""


@pytest.fixture
def definitions(tmp_path: Path) -> Path:
    path = tmp_path / "definitions"
    path.mkdir()
    (path / "timer.yaml").write_text(TIMER)
    return path


def fill(url: str, definitions: Path, count: int, first_due: datetime, spread: float) -> None:
    """Cases whose warning, expiry and second expiry fall one hour after the other, the last ones
    from `first_due` on."""
    clock = VirtualClock(first_due)
    with (
        Engine(
            url, definitions, clock=clock, upgrade=True, synchronous="NORMAL", drafts=True
        ) as engine,
        engine.database.begin() as connection,
    ):
        for number in range(count):
            clock.set(first_due - timedelta(hours=3) + timedelta(seconds=spread * number / count))
            engine.open_case("timer", actor=OFFICER, id=f"t{number:05}", within=connection)


def check(url: str, count: int) -> None:
    """The whole of what must hold, read from the rows."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(
            sa.select(
                history.c.case_id,
                history.c.trigger,
                history.c.happened_at,
                history.c.recorded_at,
                history.c.effects,
            )
        ).all()
        raised = Counter(
            tuple(r) for r in connection.execute(sa.select(alerts.c.case_id, alerts.c.kind))
        )
        states = Counter(connection.execute(sa.select(cases.c.state)).scalars())
        statuses = Counter(
            tuple(r) for r in connection.execute(sa.select(deadlines.c.rule, deadlines.c.status))
        )
        opened = dict(connection.execute(sa.select(cases.c.id, cases.c.opened_at)).all())
        seqs = connection.execute(
            sa.select(history.c.case_id, sa.func.count(), sa.func.max(history.c.seq)).group_by(
                history.c.case_id
            )
        ).all()
        versions = dict(connection.execute(sa.select(cases.c.id, cases.c.version)).all())
    engine.dispose()
    assert len(opened) == count
    assert states == {"gone": count}
    assert statuses == {("first", "expired"): count, ("second", "expired"): count}
    assert all(n == top == versions[case] for case, n, top in seqs)
    moments = {"lapse": 2, "end": 3}
    fired = Counter((r.case_id, r.trigger) for r in rows if r.trigger in moments)
    assert fired == {(id, trigger): 1 for id in opened for trigger in moments}
    assert raised == {(id, kind): 1 for id in opened for kind in ("warning", "expired")}
    done = Counter(
        (r.case_id, e["deadline"], e["what"]) for r in rows for e in r.effects if "deadline" in e
    )
    assert set(done.values()) == {1}
    for row in rows:
        if row.trigger in moments:
            assert row.happened_at == opened[row.case_id] + timedelta(hours=moments[row.trigger])
        assert row.recorded_at >= row.happened_at


def finish(url: str, definitions: Path, count: int) -> None:
    with Engine(url, definitions, drafts=True) as engine:

        def is_over() -> bool:
            engine.run_due()
            return _count(url, "gone") == count

        until(is_over, "not every case is served")
        assert list(engine.incidents()) == []


def test_workers_killed_at_random_moments_lose_and_repeat_nothing(
    database: str, definitions: Path
) -> None:
    count, kills = (3000, 1500) if SOAK else (500, 120)
    fill(
        database, definitions, count, datetime.now(UTC) + timedelta(seconds=1), spread=kills * 0.06
    )
    command = [
        sys.executable,
        "-m",
        "tests.engine.chaos",
        database,
        str(definitions),
        str(kills),
        "5",
        "1",
    ]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900)
    assert result.returncode == 0 and result.stdout == f"{kills} kills\n", result.stderr
    finish(database, definitions, count)
    check(database, count)


def test_two_worker_processes_share_one_database_and_stop_when_asked(
    database: str, definitions: Path
) -> None:
    count = 200
    fill(database, definitions, count, datetime.now(UTC) + timedelta(seconds=2), spread=2)
    command = [
        sys.executable,
        "-m",
        "zhixing.console",
        "worker",
        "--db",
        database,
        "--definitions",
        str(definitions),
        "--sweep-seconds",
        "1",
        "--lang",
        "en",
    ]
    workers = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    try:
        for worker in workers:
            assert worker.stderr is not None
            assert any("running" in line for line in worker.stderr), "it does not start"
        _wait_for(database, "gone", count)
    finally:
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
    assert [worker.wait(LONGEST) for worker in workers] == [0, 0]
    for worker in workers:
        assert "Traceback" not in worker.communicate()[1]
    check(database, count)


def _count(url: str, *states: str) -> int:
    """How many cases have come to some states; while the database is away, none."""
    engine = sa.create_engine(url)
    query = sa.select(sa.func.count()).where(cases.c.state.in_(states))
    try:
        with engine.connect() as connection:
            return int(connection.execute(query).scalar_one())
    except sa.exc.DBAPIError:
        return 0
    finally:
        engine.dispose()


def _wait_for(url: str, state: str, count: int) -> None:
    """Wait as long as cases come to a state, until so many have."""
    reached = 0
    while reached < count:
        before = reached
        until(lambda: _count(url, state) > before, f"no case reaches {state} any more")  # noqa: B023
        reached = _count(url, state)


def test_a_backlog_is_caught_up_in_due_order_while_new_work_goes_on(
    database: str, definitions: Path
) -> None:
    fill(database, definitions, 600, datetime.now(UTC) - timedelta(hours=12), spread=3600)
    with Engine(database, definitions, drafts=True) as engine:
        engine.start(batch=20)
        for number in range(20):
            engine.open_case("timer", actor=OFFICER, id=f"new{number}")
        _wait_for(database, "gone", 600)
        engine.stop()
        with engine.database.connect() as connection:
            order = list(
                connection.execute(
                    sa.select(history.c.happened_at)
                    .where(history.c.trigger == "lapse")
                    .order_by(history.c.recorded_at, history.c.happened_at)
                ).scalars()
            )
            opened = sa.select(sa.func.min(history.c.recorded_at)).where(
                history.c.case_id.like("new%")
            )
            ended = sa.select(sa.func.max(history.c.recorded_at)).where(history.c.trigger == "end")
            first, last = (connection.execute(query).scalar() for query in (opened, ended))
    assert order == sorted(order), "batches are claimed in due order"
    assert first < last, "new work waited for the backlog"


class _Skewed(SystemClock):
    """A host whose clock is wrong by so much."""

    def __init__(self, by: timedelta) -> None:
        self.by = by

    def now(self) -> datetime:
        return super().now() + self.by


@pytest.mark.postgresql
def test_hosts_whose_clocks_differ_by_minutes_neither_hurry_nor_repeat(
    new_postgresql, definitions: Path
) -> None:  # type: ignore[no-untyped-def]
    url = new_postgresql()
    first_due = datetime.now(UTC) + timedelta(seconds=2.5)
    fill(url, definitions, 60, first_due, spread=1)
    with ExitStack() as stack:
        engines = [
            stack.enter_context(
                Engine(url, definitions, clock=_Skewed(timedelta(minutes=by)), drafts=True)
            )
            for by in (5, -3, 0)
        ]
        for engine in engines:
            engine.start(sweep_seconds=0.5)
        early = engines[0].query(state="gone")
        assert early == () or datetime.now(UTC) >= first_due
        while True:  # an event on the fast host must not hurry the clock
            try:
                touched = engines[0].fire("t00059", "touch", actor=OFFICER)
                break
            except LostRace:
                continue
        assert touched.state == "late" or datetime.now(UTC) >= first_due
        _wait_for(url, "gone", 60)
    server = sa.create_engine(url)
    with server.connect() as connection:
        rows = connection.execute(
            sa.select(history.c.happened_at, history.c.recorded_at).where(
                history.c.trigger == "end"
            )
        ).all()
    server.dispose()
    assert all(at <= recorded <= datetime.now(UTC) for at, recorded in rows)
    check(url, 60)


@pytest.mark.postgresql
def test_a_restart_of_the_database_heals_by_itself(own_server, definitions: Path) -> None:  # type: ignore[no-untyped-def]
    url = own_server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    fill(url, definitions, 200, datetime.now(UTC) + timedelta(seconds=1), spread=6)
    with Engine(url, definitions, drafts=True) as engine:
        engine.start(sweep_seconds=1)
        until(lambda: _count(url, "late", "gone") > 0, "the worker does nothing")
        stop_at_once(own_server)
        own_server.start()
        _wait_for(url, "gone", 200)
        engine.stop()
        assert list(engine.incidents()) == []
    check(url, 200)


def test_a_case_that_cannot_be_served_becomes_an_incident_and_stops_no_other(
    database: str, definitions: Path
) -> None:
    fill(database, definitions, 30, datetime.now(UTC) - timedelta(hours=5), spread=10)
    engine = Engine(database, definitions, drafts=True)
    with engine.database.begin() as connection:
        text = TIMER.replace("version: 1", "version: broken")
        broken = {
            "hash": "b" * 64,
            "procedure": "timer",
            "version": "x",
            "effective": datetime(2024, 1, 1).date(),
            "text": text[:200],
            "stored_at": datetime.now(UTC),
        }
        from zhixing.engine.storage.schema import definitions as stored

        connection.execute(sa.insert(stored), broken)
        connection.execute(
            sa.update(cases).where(cases.c.id == "t00003").values(definition_hash="b" * 64)
        )
        connection.execute(
            sa.update(cases).where(cases.c.id == "t00007").values(data={"x": 1}, state="nowhere")
        )
    assert engine.run_due() >= 30
    states = Counter(connection_states(engine))
    assert states["gone"] == 28
    found = {i.case_id: i for i in engine.incidents()}
    assert set(found) == {"t00003", "t00007"}
    assert engine.run_due() == 0, "it is tried again later, not at once"
    with engine.database.begin() as connection:
        good = next(iter(engine.registry.stored))
        connection.execute(
            sa.update(cases).where(cases.c.id == "t00003").values(definition_hash=good)
        )
    engine.resolve(found["t00003"].id, actor=ADMIN, resolution="定义已修复", retry=True)
    engine.run_due()
    assert engine.case("t00003").state == "gone"
    assert [i.case_id for i in engine.incidents()] == ["t00007"]
    engine.close()


def connection_states(engine: Engine) -> list[str]:
    with engine.database.connect() as connection:
        return list(connection.execute(sa.select(cases.c.state)).scalars())


def test_an_idle_worker_asks_at_most_once_per_second_and_by_an_index(
    database: str, definitions: Path
) -> None:
    fill(database, definitions, 2000, datetime.now(UTC) + timedelta(days=2), spread=1)
    with Engine(database, definitions, drafts=True, clock_tolerance=None) as engine:
        asked: list[str] = []
        sa.event.listen(
            engine.database,
            "before_cursor_execute",
            lambda c, cur, statement, *_: asked.append(statement),
        )

        def looks() -> int:
            return sum("LIMIT" in s and "wake_at <=" in s for s in asked)

        began = time.monotonic()
        engine.start(sweep_seconds=1)
        numbers = count()
        while (looked := looks()) < 4:  # a busy host nudges at every commit
            engine.fire(f"t{next(numbers) % 2000:05}", "touch", actor=OFFICER)
        passed = time.monotonic() - began
        engine.stop()
        assert looked <= passed + 2
    if database.startswith("postgresql"):
        server = sa.create_engine(database)
        with server.connect() as connection:
            connection.exec_driver_sql("ANALYZE zx_cases")
            for query in (
                "SELECT id FROM zx_cases WHERE wake_at IS NOT NULL AND wake_at <= now()"
                " ORDER BY wake_at LIMIT 100 FOR UPDATE SKIP LOCKED",
                "SELECT min(wake_at) FROM zx_cases WHERE wake_at IS NOT NULL",
            ):
                plan = json.dumps(
                    connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {query}").scalar()
                )
                assert "zx_cases_wake" in plan and "Seq Scan" not in plan
        server.dispose()
