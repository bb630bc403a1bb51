"""Whoever only asks waits for no writer: on SQLite one writer at a time holds the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from zhixing.engine import Actor, Engine, VirtualClock
from zhixing.workflow import Definition

OFFICER = Actor.of("li", "officer")
ASKING: dict[str, Callable[[Engine, str], Any]] = {
    "alerts": lambda e, case: e.alerts(),
    "case": lambda e, case: e.case(case),
    "charter": lambda e, case: e.charter(),
    "charters": lambda e, case: e.charters(),
    "deadlines": lambda e, case: e.deadlines(case),
    "deputies": lambda e, case: e.deputies(),
    "events": lambda e, case: e.events(),
    "explain_deadline": lambda e, case: e.explain_deadline(case, "answer"),
    "history": lambda e, case: e.history(case),
    "incidents": lambda e, case: e.incidents(),
    "law": lambda e, case: e.law(),
    "laws": lambda e, case: e.laws(),
    "migrations": lambda e, case: e.migrations(),
    "overdue": lambda e, case: e.overdue(),
    "possible": lambda e, case: e.possible(case, actor=OFFICER),
    "query": lambda e, case: e.query(),
    "tasks": lambda e, case: e.tasks(),
    "versions": lambda e, case: e.versions(),
    "workload": lambda e, case: e.workload(),
}


@pytest.mark.parametrize("verb", ASKING)
def test_who_only_asks_is_answered_while_somebody_writes(
    tmp_path: Path, loan: Definition, clock: VirtualClock, verb: str
) -> None:
    file = tmp_path / "court.db"
    with Engine(f"sqlite:///{file}", loan, clock=clock, drafts=True, upgrade=True) as engine:
        case = engine.open_case("loan", actor=OFFICER, data={"amount": "100.00"})
        writer = sqlite3.connect(file, isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        try:
            ASKING[verb](engine, case.id)
        finally:
            writer.execute("ROLLBACK")
            writer.close()
