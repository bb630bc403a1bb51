"""Databases: readers and writers, threads, upgrades at once, versions that do not fit, clocks that
are not believed."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from click.testing import CliRunner

from tests.conftest import ROOT
from tests.courts import ADMIN
from tests.engine.callers import BUSY
from tests.engine.test_cases import OFFICER
from zhixing.console.app import main
from zhixing.engine import (
    ClockRefused,
    DatabaseBusy,
    DatabaseUnusable,
    Engine,
    ProgramOutdated,
    SystemClock,
    VirtualClock,
    include_name,
    upgrade_schema,
)
from zhixing.engine.storage.database import is_read_only
from zhixing.engine.work import database_time, schema_check
from zhixing.workflow import Definition


@pytest.fixture
def file(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/cases.db"


# -- readers and writers


def test_a_question_is_answered_while_a_host_writes(file: str, loan: Definition) -> None:
    brief = timedelta(milliseconds=50)
    with Engine(file, loan, drafts=True, lock_timeout=brief) as engine:
        case_id = engine.open_case("loan", actor=OFFICER).id
        with engine.database.begin() as host:
            host.execute(sa.text("UPDATE zx_cases SET officer = 'zhou'"))
            assert engine.case(case_id).officer != "zhou"
            with Engine(file, loan, drafts=True, lock_timeout=brief) as another:
                assert another.case(case_id).id == case_id
            with pytest.raises(DatabaseBusy):
                engine.open_case("loan", actor=OFFICER)


def test_a_file_that_cannot_be_written_is_read(file: str, loan: Definition) -> None:
    with Engine(file, loan, drafts=True) as engine:
        case_id = engine.open_case("loan", actor=OFFICER).id
    path = sa.make_url(file).database
    with Engine(f"sqlite:///file:{path}?mode=ro&uri=true", loan, drafts=True) as reader:
        assert reader.case(case_id).state == "fresh"
        with pytest.raises(DatabaseUnusable) as refused:
            reader.open_case("loan", actor=OFFICER)
        assert "readonly" in str(refused.value)


@pytest.mark.postgresql
def test_a_lock_is_not_waited_for_without_end(
    new_postgresql: Callable[[], str], loan: Definition
) -> None:
    brief = timedelta(milliseconds=50)
    with Engine(new_postgresql(), loan, upgrade=True, drafts=True, lock_timeout=brief) as engine:
        case_id = engine.open_case("loan", actor=OFFICER).id
        with engine.database.begin() as host:
            host.execute(sa.text("SELECT * FROM zx_cases FOR UPDATE"))
            with pytest.raises(DatabaseBusy):
                engine.fire(case_id, "clue", actor=OFFICER, data={"clue": "k"})


def test_without_a_file_threads_lose_nothing(loan: Definition) -> None:
    with Engine("sqlite://", loan, drafts=True) as engine:

        def open_fifty(name: int) -> list[str]:
            return [engine.open_case("loan", actor=OFFICER).id for _ in range(50)]

        with ThreadPoolExecutor(8) as threads:
            opened = [id for ids in threads.map(open_fifty, range(8)) for id in ids]
        found = {case.id for case in engine.query(limit=1000)}
    assert (len(opened), found) == (400, set(opened))


def test_what_has_no_file_leaves_none(loan: Definition) -> None:
    engine = Engine("sqlite://", loan, drafts=True)
    path = Path(str(engine.database.url.database))
    assert path.exists()
    engine.close()
    assert not path.parent.exists()


# -- upgrades and versions

UPGRADE = """
import sys
from zhixing.engine import connect, upgrade_schema
engine = connect(sys.argv[1])
sys.stdin.readline()
with engine.begin() as connection:
    upgrade_schema(connection)
"""


def test_six_processes_upgrade_at_once(database: str) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", UPGRADE, database],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    ended = [(process.communicate()[1], process.returncode) for process in processes]
    assert ended == [("", 0)] * 6
    Engine(database, upgrade=False).close()


def set_version(engine: Engine, version: str) -> None:
    with engine.database.begin() as connection:
        connection.execute(
            sa.text("UPDATE zx_alembic_version SET version_num = :it"), {"it": version}
        )


@pytest.mark.parametrize("upgrade", [True, False])
def test_a_newer_database_asks_for_a_newer_program(
    engine: Engine, database: str, upgrade: bool
) -> None:
    set_version(engine, "0099")
    with pytest.raises(ProgramOutdated) as refused:
        Engine(database, upgrade=upgrade)
    assert "update the program" in str(refused.value)
    with engine.database.begin() as connection, pytest.raises(ProgramOutdated):
        upgrade_schema(connection)


def test_a_long_running_program_is_refused_when_a_newer_one_upgraded(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_version(engine, "0099")
    later = database_time.running() + 61
    monkeypatch.setattr(schema_check, "running", lambda: later)
    with pytest.raises(ProgramOutdated):
        engine.open_case("loan", actor=OFFICER)
    assert engine.query() == ()


def test_a_hosts_autogenerate_leaves_our_tables_alone(engine: Engine) -> None:
    hosts = sa.MetaData()
    sa.Table("docket", hosts, sa.Column("id", sa.Integer, primary_key=True))

    def proposed(**options: object) -> list[str]:
        with engine.database.connect() as connection:
            context = MigrationContext.configure(connection, opts=dict(options))
            return sorted(
                f"{change[0]} {change[1].name}"
                for change in compare_metadata(context, hosts)
                if str(change[0]).endswith("table")
            )

    assert "remove_table zx_cases" in proposed()
    assert proposed(include_name=include_name) == ["add_table docket"]


# -- the time


class Stepped(SystemClock):
    """A host's clock that somebody sets."""

    def __init__(self) -> None:
        self.by = timedelta()

    def now(self) -> datetime:
        return super().now() + self.by


@pytest.mark.postgresql
@pytest.mark.parametrize("hours", [2.5, -2.5])
def test_a_hosts_clock_that_is_set_changes_no_time_on_postgresql(
    new_postgresql: Callable[[], str], loan: Definition, hours: float
) -> None:
    clock = Stepped()
    with Engine(new_postgresql(), loan, upgrade=True, drafts=True, clock=clock) as engine:
        case_id = engine.open_case("loan", actor=OFFICER).id
        clock.by = timedelta(hours=hours)
        engine.fire(case_id, "clue", actor=OFFICER, data={"clue": "k"})
        first, second = engine.history(case_id)
    assert timedelta() <= second.recorded_at - first.recorded_at < timedelta(minutes=1)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(datetime.now(UTC))


@pytest.fixture
def written(file: str, loan: Definition, clock: VirtualClock) -> str:
    """A database whose last entry is of now."""
    with Engine(file, loan, drafts=True, clock=clock) as engine:
        engine.open_case("loan", actor=OFFICER, id="c")
    return file


def stepped(by: timedelta) -> Stepped:
    clock = Stepped()
    clock.by = by
    return clock


@pytest.mark.parametrize(
    ("by", "why"),
    [
        (timedelta(minutes=-10), "behind the last entry"),
        (timedelta(days=2), "ahead of the last sign of life"),
    ],
)
def test_a_clock_that_is_not_believed_writes_nothing_before_a_person_accepts_it(
    written: str, loan: Definition, by: timedelta, why: str
) -> None:
    with Engine(written, loan, drafts=True, clock=stepped(by)) as engine:
        for _ in range(2):
            with pytest.raises(ClockRefused) as refused:
                engine.open_case("loan", actor=OFFICER)
        assert why in str(refused.value)
        assert "zhixing db accept-clock --as" in str(refused.value)
        assert engine.case("c").id == "c"
        accepted = engine.accept_clock(actor=ADMIN, note="looked at the wall")
        assert accepted.last is not None
        engine.open_case("loan", actor=OFFICER)
        assert len(engine.query()) == 2


def test_minutes_and_hours_are_believed(written: str, loan: Definition) -> None:
    for by in (timedelta(minutes=-4), timedelta(hours=20)):
        with Engine(written, loan, drafts=True, clock=stepped(by)) as engine:
            engine.open_case("loan", actor=OFFICER)


@pytest.mark.parametrize("tolerance", [None, timedelta(days=30)])
def test_a_host_may_widen_it(written: str, loan: Definition, tolerance: timedelta | None) -> None:
    clock = stepped(timedelta(days=3))
    with Engine(written, loan, drafts=True, clock=clock, clock_tolerance=tolerance) as engine:
        engine.open_case("loan", actor=OFFICER)


def test_a_sign_of_life_lets_a_database_lie_idle(
    written: str, loan: Definition, clock: VirtualClock
) -> None:
    clock.advance(days=3)
    with Engine(written, loan, drafts=True, clock=clock) as served:
        served.keep_alive()
    with Engine(written, loan, drafts=True, clock=stepped(timedelta(days=3))) as engine:
        engine.open_case("loan", actor=OFFICER)
    wrong = Engine(written, loan, drafts=True, clock=stepped(timedelta(days=9)))
    with wrong, pytest.raises(ClockRefused):
        wrong.keep_alive()


def test_a_clock_that_is_set_while_it_runs_is_looked_at_at_once(
    file: str, loan: Definition
) -> None:
    clock = Stepped()
    with Engine(file, loan, drafts=True, clock=clock) as engine:
        engine.open_case("loan", actor=OFFICER)
        clock.by = timedelta(hours=-1)
        with pytest.raises(ClockRefused):
            engine.open_case("loan", actor=OFFICER)
        clock.by = timedelta()
        engine.open_case("loan", actor=OFFICER)


class SetAtReading(SystemClock):
    """A host's clock that somebody sets five days on at its n-th reading."""

    def __init__(self) -> None:
        self.readings_left = math.inf

    def now(self) -> datetime:
        self.readings_left -= 1
        return super().now() + timedelta(days=0 if self.readings_left >= 0 else 5)


@pytest.mark.parametrize("reading", range(4))
def test_what_is_enforced_is_enforced_by_the_time_that_was_checked(file: str, reading: int) -> None:
    clock = SetAtReading()
    with Engine(file, BUSY, drafts=True, clock=clock) as engine:
        case_id = engine.open_case("busy", actor=OFFICER).id
        clock.readings_left = reading
        with suppress(ClockRefused):
            engine.run_due()
        assert len(engine.history(case_id)) == 1


def test_a_clock_that_goes_on_evenly_is_not_looked_at_again(file: str, loan: Definition) -> None:
    with Engine(file, loan, drafts=True) as engine:
        engine.open_case("loan", actor=OFFICER)
        asked: list[str] = []
        sa.event.listen(
            engine.database, "before_cursor_execute", lambda *told: asked.append(told[2])
        )
        engine.open_case("loan", actor=OFFICER)
        assert asked
        assert not any("zx_marks" in statement for statement in asked)


def test_what_was_written_ahead_is_seen_also_by_one_who_just_looked(
    file: str, loan: Definition
) -> None:
    right, ahead, third = Stepped(), stepped(timedelta(hours=5)), Stepped()
    with (
        Engine(file, loan, drafts=True, clock=right) as looked,
        Engine(file, loan, drafts=True, clock=ahead) as fast,
        Engine(file, loan, drafts=True, clock=third) as engine,
    ):
        looked.open_case("loan", actor=OFFICER)
        fast.open_case("loan", actor=OFFICER)
        for one in (looked, engine, looked):
            with pytest.raises(ClockRefused):
                one.open_case("loan", actor=OFFICER)
        engine.accept_clock(actor=ADMIN, note="looked at the wall")
        looked.open_case("loan", actor=OFFICER)
        engine.open_case("loan", actor=OFFICER)


def test_the_clock_is_accepted_from_the_command_line(tmp_path: Path, loan: Definition) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    old = VirtualClock(datetime.now(UTC) - timedelta(days=40))
    with Engine(url, loan, drafts=True, clock=old) as engine:
        engine.open_case("loan", actor=OFFICER)
    accept = ["db", "accept-clock", "--as", "li", "--role", "system_admin", "--db", url]
    told = CliRunner().invoke(main, accept)
    assert told.exit_code == 0, told.output
    with Engine(url, loan, drafts=True) as engine:
        engine.open_case("loan", actor=OFFICER)
        with closing(engine.database.raw_connection()) as raw:
            marks = dict(raw.cursor().execute("SELECT name, value FROM zx_marks").fetchall())
    assert "li" in marks["clock-accepted"]


@pytest.mark.parametrize(
    ("query", "is_so"),
    [("", False), ("?mode=rwc", False), ("?mode=ro", True), ("?immutable=1", True)],
)
def test_a_file_that_is_opened_to_be_read_is_not_written(query: str, is_so: bool) -> None:
    assert is_read_only(sa.make_url(f"sqlite:///file:some.db{query}")) is is_so
