"""A database in which every table has rows, and every way to damage one cell of one row of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from tests.conftest import LOAN, at
from tests.courts import ADMIN, key_of, publish
from zhixing.adapters import Answer
from zhixing.engine import Actor, Dispatcher, Engine, Refused, Replacement, VirtualClock
from zhixing.engine.charter.files import default_charter
from zhixing.engine.storage.schema import metadata
from zhixing.testing import FakeAdapter
from zhixing.workflow import definition_from_text

LI, CHIEF = Actor.of("li", "officer"), Actor.of("zhou", "chief")
BUREAU = Actor.of("wu", "bureau_chief")
AUDITOR = Actor.of("he", "audit_admin")
SPOILED = "spoiled"
CASES = ("a", SPOILED, "z")
START = at("2025-03-03 09:00")

ASKING = LOAN.replace("trigger: propose,", "trigger: propose, asks: ask,").replace(
    "powers:\n",
    """requests:
  ask:
    title: {zh: 查询, en: inquiry}
    operation: network.inquire
    sends: {amount: case.amount}
    answers: {answered: told}
approvals:
  chief: {title: {zh: 局长审批, en: by the chief}, steps: [{by: chief}]}
tasks:
  call: {title: {zh: 电话, en: call}, starts: {entering: fresh}, offered_to: officer, done_by: pay}
powers:
  late: {by: officer, within: 999d}
  correct: {by: officer, approval: chief, documents: notice}
""",
)
ASKING = ASKING.replace(
    "transitions:\n",
    """transitions:
  - {trigger: told, title: {zh: 反馈, en: told}, from: {phases: work}, to: stay, by: outside}
  - {trigger: write_off, title: {zh: 核销, en: write off}, from: fresh, to: lost, by: officer,
      approval: chief}
""",
)
OTHER = ASKING.replace("id: loan\n", "id: other\n")
NEXT = {
    text: text.replace("version: 1\n", "version: 2\ntransitional: {running_cases: move}\n")
    for text in (ASKING, OTHER)
}


def network() -> FakeAdapter:
    """An outside that answers the first three requests, and is silent after."""
    adapter = FakeAdapter("network", "inquire")
    for number in range(3):
        adapter.will_answer("inquire", {"found": str(number)})
    return adapter


def opened(url: str, moment: Any) -> Engine:
    """An engine as a process that has just begun has it: with no definition but what is stored."""
    return Engine(url, (), clock=VirtualClock(moment), adapters=[network()], upgrade=True)


def fill(url: str) -> None:
    """Rows in every table. The case `spoiled` runs on a procedure of its own."""
    with opened(url, START) as court:
        court.set_first_charter(default_charter())
        for text in (ASKING, OTHER):
            publish(court, definition_from_text(text))
        for id in CASES:
            _open(court, id)
        _of_the_court(court)
        Dispatcher(court).run_due()
        for id in CASES:
            court.receive(Answer(key_of(court, id, 3), "x", "answered"), "somebody else")
        court.clock.advance(days=5)  # type: ignore[attr-defined]
        court.run_due()


def _open(court: Engine, id: str) -> None:
    procedure = "other" if id == SPOILED else "loan"
    given: dict[str, Any] = {"officer": "li", "court": "court", "data": {"amount": "5"}}
    court.open_case(procedure, id=id, actor=LI, number=f"no {id}", request_id=f"o-{id}", **given)
    court.fire(id, "clue", actor=LI, data={"clue": "car"}, request_id="r-1")
    court.fire(id, "propose", actor=LI)
    court.fire(id, "propose", actor=LI)  # which waits for an answer for ever
    court.fire(id, "write_off", actor=LI)
    with suppress(Refused):
        court.fire(id, "finish", actor=LI)


def _of_the_court(court: Engine) -> None:
    for deputy in ("wang", "zhao"):
        days = {"since": date(2025, 3, 3), "until": date(2025, 12, 31)}
        court.appoint_deputy(person="qin", deputy=deputy, actor=BUREAU, roles=["officer"], **days)
    for text in (ASKING, OTHER):
        publish(court, definition_from_text(NEXT[text]))
        moved = definition_from_text(NEXT[text])
        court.propose_migration(moved, actor=CHIEF)
    court.keep_alive()
    court.accept_clock(actor=ADMIN, note="looked at the wall")


class Cell(NamedTuple):
    """One cell of one row, and what is put there (SQL)."""

    table: str
    column: str
    where: str
    value: str

    def __str__(self) -> str:
        return f"{self.table}.{self.column} = {self.value} WHERE {self.where}"


_BY_CASE = (
    "zx_deadlines",
    "zx_history",
    "zx_tasks",
    "zx_alerts",
    "zx_outbox",
    "zx_refusals",
)
OF_A_CASE = {
    "zx_cases": "id = 'spoiled'",
    "zx_requests": "scope = 'spoiled'",
} | dict.fromkeys(_BY_CASE, "case_id = 'spoiled'")
OF_THE_COURT = {
    "zx_inbox": "outbox_id IN (SELECT id FROM zx_outbox WHERE case_id = 'spoiled')",
    "zx_incidents": "case_id = 'spoiled'",
    "zx_definitions": "procedure = 'other'",
    "zx_publications": "procedure = 'other'",
    "zx_moves": "procedure = 'other'",
    "zx_deputies": "deputy = 'wang'",
}
ROWS = OF_A_CASE | OF_THE_COURT
WHOLE = {"zx_marks": "name = 'alive'", "zx_publications": "kind = 'charter'"}
"""What the whole database rests on."""
ANYTHING = ("NULL", "'null'", "'{broken'", "'[1]'", "'{\"a\": [7]}'", "7", "''", "'2025-99-99'")


def cells(rows: dict[str, str]) -> Iterator[Cell]:
    """Every cell of some rows with everything that may stand there, and a truncated one."""
    for table, where in rows.items():
        for column in metadata.tables[table].columns:
            halved = f"substr({column.name}, 1, length({column.name}) / 2)"
            for value in (*ANYTHING, halved):
                yield Cell(table, column.name, where, value)


def soften(path: Path) -> None:
    """Let every column of a SQLite file hold NULL, as a damaged page may."""
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA writable_schema = ON")
        bare = "UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE type = 'table'"
        raw.execute(bare)
        raw.commit()


def damage(path: Path, cell: Cell) -> bool:
    """Put a value where it does not belong; False where there is no such row, or it stood there."""
    with closing(sqlite3.connect(path)) as raw:
        before = raw.execute(
            f"SELECT {cell.column} FROM {cell.table} WHERE {cell.where}"
        ).fetchall()
        with suppress(sqlite3.IntegrityError):
            raw.execute(f"UPDATE {cell.table} SET {cell.column} = {cell.value} WHERE {cell.where}")
        raw.commit()
        after = raw.execute(f"SELECT {cell.column} FROM {cell.table} WHERE {cell.where}").fetchall()
    return before != after


Ask = Callable[[Engine], Any]

QUESTIONS: dict[str, Ask] = {
    "query": lambda e: e.query(),
    "overdue": lambda e: e.overdue(),
    "alerts": lambda e: e.alerts(),
    "unseen": lambda e: e.alerts(unseen=True),
    "tasks": lambda e: e.tasks(),
    "all tasks": lambda e: e.tasks(open_only=False),
    "tasks of a role": lambda e: e.tasks(role="officer"),
    "workload": lambda e: e.workload(),
    "incidents": lambda e: e.incidents(),
    "events": lambda e: e.events(),
    "refusals": lambda e: e.refusals(actor=AUDITOR),
    "deputies": lambda e: e.deputies(),
    "deputies of a day": lambda e: e.deputies(on=date(2025, 3, 4)),
    "versions": lambda e: e.versions(),
    "renewals": lambda e: e.renewals(),
    "migrations": lambda e: e.migrations(),
    "charter": lambda e: e.charter(),
    "charters": lambda e: e.charters(),
    "law": lambda e: e.law(),
    "laws": lambda e: e.laws(),
    "verify": lambda e: e.verify(),
    "verify by rules": lambda e: e.verify(rules=True),
    "anchor": lambda e: e.anchor(heads=True),
    "plans": lambda e: list(e.plan_migration(definition_from_text(NEXT[ASKING]))),
}
"""What is asked of the whole court."""

OfCase = Callable[[Engine, str], Any]
AT = date(2025, 3, 8)
QUESTIONS_OF_A_CASE: dict[str, OfCase] = {
    "case": lambda e, id: e.case(id),
    "sealed": lambda e, id: e.read_sealed(id, actor=Actor.of("lu", "president")),
    "export": lambda e, id: e.export_case(id, actor=AUDITOR),
    "page": lambda e, id: e.case_page(id, actor=AUDITOR),
    "possible": lambda e, id: e.possible(id, actor=LI),
    "diagram": lambda e, id: e.diagram(id),
    "deadlines": lambda e, id: e.deadlines(id, live=False, explain=True),
    "explain": lambda e, id: e.explain_deadline(id, "answer"),
    "history": lambda e, id: e.history(id),
    "alerts of": lambda e, id: e.alerts(case_id=id),
    "tasks of": lambda e, id: e.tasks(case_id=id, open_only=False),
    "case at": lambda e, id: e.case_at(id, AT),
    "verify of": lambda e, id: e.verify(id, rules=True),
    "preview": lambda e, id: e.preview(id, "clue", actor=LI, data={"clue": "bus"}),
    "preview late": lambda e, id: e.preview(
        id, "clue", actor=LI, data={"clue": "bus"}, happened_at=AT
    ),
}


def _acknowledge(engine: Engine, id: str) -> None:
    for alert in engine.alerts(case_id=id, unseen=True):
        engine.acknowledge_alert(alert.id, actor=LI)


def _correct(engine: Engine, id: str) -> Any:
    replaced = {2: Replacement(data={"clue": "lorry"})}
    return engine.correct(id, actor=LI, note="typo", documents={"notice": "n"}, replace=replaced)


CHANGES: dict[str, OfCase] = {
    "the same request": lambda e, id: e.fire(
        id, "clue", actor=LI, data={"clue": "car"}, request_id="r-1"
    ),
    "answer": lambda e, id: e.receive(Answer(key_of(e, id, 3), "late", "answered"), "network"),
    "fire": lambda e, id: e.fire(id, "clue", actor=LI, data={"clue": "bus"}),
    "fire late": lambda e, id: e.fire(id, "clue", actor=LI, data={"clue": "bus"}, happened_at=AT),
    "claim": lambda e, id: e.claim_task(id, "call", actor=LI),
    "correct": _correct,
    "acknowledge": _acknowledge,
    "reject": lambda e, id: e.reject(id, "write_off", actor=CHIEF, note="no"),
    "assign": lambda e, id: e.assign(id, "sun", actor=CHIEF),
}
