"""What is written first for the same step: ORM objects and collections, a machine per object, days
counted one by one."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from transitions import Machine

from zhixing.engine.storage.database import connect

NOW = datetime(2025, 3, 3, 1, tzinfo=UTC)


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


class _Model:
    def __init__(self, case: _Case) -> None:
        self.case, self.data = case, json.loads(case.data)
        self.machine = Machine(
            self, states=["a", "b", "c", "done"], initial=case.state, auto_transitions=False
        )
        for source, target in (("a", "b"), ("b", "c"), ("c", "a")):
            self.machine.add_transition("go", source, target, conditions="so")

    def so(self) -> bool:
        return bool(self.data["paid"] < self.data["claim"])


def steps(url: str, synchronous: str, cases: int, batch: int) -> Callable[[], int]:
    """Cases of the ring in a new database, and what does `batch` steps with them."""
    engine = connect(url, synchronous=synchronous)
    _Base.metadata.create_all(engine)
    with Session(engine) as session:
        data = json.dumps({"paid": 1, "claim": 2})
        session.add_all([_Case(state="a", data=data) for _ in range(cases)])
        session.commit()

    def work() -> int:
        for i in range(batch):
            with Session(engine) as session:
                _go(session, i % cases + 1)
        return batch

    return work


def _go(session: Session, id: int) -> None:
    case = session.get_one(_Case, id)
    model: Any = _Model(case)
    model.go()
    case.state, case.version = model.state, case.version + 1
    for limit in case.limits:
        limit.status = "met"
    if model.state in ("a", "b"):
        case.limits.append(_Limit(rule="next", status="running", due=_due(NOW.date())))
    session.add(_Step(case_id=case.id, at=NOW, trigger="go", changes="{}"))
    session.commit()


def _due(start: date) -> date:
    import chinese_calendar

    due = start + timedelta(days=7)
    while not chinese_calendar.is_workday(due):
        due += timedelta(days=1)
    return due
