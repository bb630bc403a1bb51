"""Durable steps per second: load, decide, write, commit; beside the same statements in raw SQL, and
a naive ORM."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from transitions import Machine

from zhixing.engine import Actor, Engine, VirtualClock
from zhixing.engine.storage.database import connect

from .definitions import ring
from .measure import Row, side_by_side

NOW = datetime(2025, 3, 3, 1, tzinfo=UTC)
OFFICER = Actor.of("li", "officer")
BATCH = 200


def _ours(url: str, synchronous: str) -> Callable[[], int]:
    engine = Engine(url, ring(), clock=VirtualClock(NOW), upgrade=True, synchronous=synchronous)
    ids = [engine.open_case("ring", actor=OFFICER).id for _ in range(50)]

    def work() -> int:
        for i in range(BATCH):
            engine.fire(ids[i % len(ids)], "go", actor=OFFICER)
        return BATCH

    return work


def _raw(url: str, synchronous: str) -> Callable[[], int]:
    """The statements that the engine sends for the same step, with the same sizes, straight through
    the driver."""
    engine = Engine(url, ring(), clock=VirtualClock(NOW), upgrade=True, synchronous=synchronous)
    ids = [engine.open_case("ring", actor=OFFICER).id for _ in range(50)]
    seen: list[tuple[str, Any]] = []

    def record(
        conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
    ) -> None:
        seen.append((statement, parameters))

    sa.event.listen(engine.database, "before_cursor_execute", record)
    engine.fire(ids[0], "go", actor=OFFICER)  # a → b: one deadline met, one armed
    sa.event.remove(engine.database, "before_cursor_execute", record)
    statements = [s for s in seen if not s[0].startswith(("BEGIN", "SELECT clock"))]
    connection = engine.database.raw_connection()
    raw: Any = connection.driver_connection
    cursor = raw.cursor()
    postgresql = engine.database.dialect.name == "postgresql"
    number = 0

    def fresh(statement: str, parameters: Any) -> Any:
        """Rows that are inserted need a new key each time, and the deadline that is met is the one
        armed last."""
        nonlocal number
        if statement.startswith("UPDATE zx_deadlines"):
            last = f"raw-{number}"
            return (
                parameters | {"deadline_id": last}
                if isinstance(parameters, dict)
                else (*parameters[:-1], last)
            )
        if not statement.startswith("INSERT"):
            return parameters
        number += 1
        if isinstance(parameters, dict):
            return parameters | (
                {"seq": number + 10} if "seq" in parameters else {"id": f"raw-{number}"}
            )
        place = (
            statement[statement.index("(") + 1 : statement.index(")")]
            .replace('"', "")
            .replace(" ", "")
            .split(",")
        )
        values = list(parameters)
        values[place.index("seq" if "seq" in place else "id")] = (
            number + 10 if "seq" in place else f"raw-{number}"
        )
        return tuple(values)

    def work() -> int:
        for _ in range(BATCH):
            if not postgresql:
                cursor.execute("BEGIN IMMEDIATE")
            for statement, parameters in statements:
                cursor.execute(statement, fresh(statement, parameters))
                if statement.startswith("SELECT"):
                    cursor.fetchall()
            raw.commit()
        return BATCH

    return work


class _Base(DeclarativeBase):
    pass


class _Case(_Base):
    __tablename__ = "naive_cases"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    data: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    limits: Mapped[list[_Limit]] = relationship(
        cascade="all", primaryjoin="and_(_Case.id == _Limit.case_id, _Limit.status == 'running')"
    )


class _Step(_Base):
    __tablename__ = "naive_steps"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("naive_cases.id"))
    at: Mapped[datetime]
    trigger: Mapped[str]
    changes: Mapped[str]


class _Limit(_Base):
    __tablename__ = "naive_limits"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("naive_cases.id"), index=True)
    rule: Mapped[str]
    status: Mapped[str]
    due: Mapped[date]


class _NaiveModel:
    def __init__(self, case: _Case) -> None:
        self.case, self.data = case, json.loads(case.data)
        self.machine = Machine(
            self, states=["a", "b", "c", "done"], initial=case.state, auto_transitions=False
        )
        for source, target in (("a", "b"), ("b", "c"), ("c", "a")):
            self.machine.add_transition("go", source, target, conditions="so")

    def so(self) -> bool:
        return bool(self.data["paid"] < self.data["claim"])


def _naive(url: str, synchronous: str) -> Callable[[], int]:
    """What is written first for the same step: ORM objects and collections, a machine per object,
    days counted one by one."""
    engine = connect(url, synchronous=synchronous)
    _Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(
            [_Case(state="a", data=json.dumps({"paid": 1, "claim": 2})) for _ in range(50)]
        )
        session.commit()

    def work() -> int:
        for i in range(BATCH // 4):
            with Session(engine) as session:
                case = session.get_one(_Case, i % 50 + 1)
                model: Any = _NaiveModel(case)
                model.go()
                case.state, case.version = model.state, case.version + 1
                for limit in case.limits:
                    limit.status = "met"
                if model.state != "a":
                    case.limits.append(
                        _Limit(rule="next", status="running", due=_naive_due(NOW.date()))
                    )
                session.add(_Step(case_id=case.id, at=NOW, trigger="go", changes="{}"))
                session.commit()
        return BATCH // 4

    return work


def _naive_due(start: date) -> date:
    import chinese_calendar

    due = start + timedelta(days=7)
    while not chinese_calendar.is_workday(due):
        due += timedelta(days=1)
    return due


def rows(postgresql: Callable[[], str]) -> list[Row]:
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for mode, target in (("NORMAL", "≥ 0.15, goal 0.4"), ("FULL", "≥ 0.15, goal 0.4")):
            files = [f"sqlite:///{Path(folder)}/{mode}{n}.db" for n in range(3)]
            found += _compare(f"SQLite {mode}", files, mode, target)
        found += _compare(
            "PostgreSQL, one client", [postgresql() for _ in range(3)], "FULL", "≥ 0.4, goal 0.8"
        )
    return found


def _compare(name: str, urls: list[str], mode: str, target: str) -> list[Row]:
    ours = _ours(urls[0], mode)
    mine, raw = side_by_side(ours, _raw(urls[1], mode), rounds=5)
    again, naive = side_by_side(ours, _naive(urls[2], mode), rounds=3)
    return [
        Row(f"durable steps, {name}", mine, "the same statements, raw", raw, target),
        Row(f"durable steps, {name}", again, "naive ORM and transitions", naive, "≥ 4"),
    ]
