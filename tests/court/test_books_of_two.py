"""The books of two courts while two processes write them: every cent is somewhere, every queue is
as the law has it, and no seizure slips through between two that look at the same time."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import at
from tests.court.debts import CLAIM, Clerk, court_of, open_debts
from zhixing.engine import Engine, HistoryEntry
from zhixing.workflow.formulas import PropertyKind, QueueAct, QueueEvent, seizure_queue

ROOT = Path(__file__).parents[2]
START = at("2024-02-26 09:00")
DAYS, ACTS = 3, 120
_ACTS = {
    "register": QueueAct.SEIZE,
    "renew": QueueAct.RENEW,
    "release": QueueAct.RELEASE,
    "sell": QueueAct.SALE,
}


@dataclass(frozen=True)
class Happened:
    """An act of a measure, among all acts of the database in the order they were committed."""

    measure: str
    trigger: str
    on: date
    target: str
    changes: dict[str, Any]
    told: dict[str, Any]


def two_at_once(url: str, seed: int, now: datetime) -> None:
    """Two processes that write the same database at the same time."""
    command = [sys.executable, "-m", "tests.court.debts", url]
    both = [
        subprocess.Popen([*command, str(seed * 2 + n), now.isoformat(), str(ACTS)], cwd=ROOT)
        for n in range(2)
    ]
    assert [process.wait(240) for process in both] == [0, 0]


@pytest.mark.processes
@pytest.mark.parametrize("seed", range(1, 13 if "ZHIXING_SOAK" in os.environ else 2))
def test_the_books_are_right_whoever_writes_them(database: str, seed: int) -> None:
    now = START
    with court_of(database, now) as engine:
        open_debts(engine, 4)
    step = random.Random(seed)
    for day in range(DAYS):
        two_at_once(database, seed * 100 + day, now)
        now += timedelta(days=step.choice([1, 30, 200, 364, 366]))
        with court_of(database, now) as engine:
            engine.run_due()
    with court_of(database, now) as engine:
        every_cent_is_somewhere(engine)
        every_queue_is_as_the_law_has_it(engine, now.date())
        nothing_was_seized_beyond_the_claim(engine)
        report = engine.verify(rules=True)
        assert (report.found, report.not_repeatable, report.otherwise) == (0, 0, ())


def rows(engine: Engine, query: str) -> list[Any]:
    with engine.database.connect() as connection:
        return list(connection.execute(sa.text(query)).mappings())


# -- money


def every_cent_is_somewhere(engine: Engine) -> None:
    entered: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows(engine, "SELECT case_id, source, target, cents FROM zx_postings"):
        assert row["cents"] > 0
        entered[row["case_id"]][row["source"]] -= row["cents"]
        entered[row["case_id"]][row["target"]] += row["cents"]
    kept = {row["case_id"]: row for row in rows(engine, "SELECT * FROM zx_funds")}
    assert entered.keys() == kept.keys()
    assert entered, "no money moved at all"
    for id, accounts in entered.items():
        assert sum(accounts.values()) == 0
        assert accounts["held"] == kept[id]["held"] == in_cents(held_by_facts(engine, id))
        assert accounts["deposited"] == kept[id]["deposited"]


def held_by_facts(engine: Engine, id: str) -> Decimal:
    """What a case holds by its own records, added up by hand."""
    data = engine.case(id).data
    came = sum((r["amount"] for r in data.get("receipts") or ()), Decimal(0))
    lists = ("payouts", "fees", "refunds", "deposits")
    went = sum((r["amount"] for name in lists for r in data.get(name) or ()), Decimal(0))
    return came - went


def in_cents(amount: Decimal) -> int:
    return int(amount * 100)


# -- queues


def happened(engine: Engine) -> Iterator[tuple[str, Happened]]:
    """The acts of all measures, in the order in which they were committed."""
    query = "SELECT case_id, seq FROM zx_history ORDER BY tx, position"
    entries: dict[tuple[str, int], HistoryEntry] = {}
    for measure in engine.query(procedure="measure", limit=1000):
        for entry in engine.history(measure.id):
            entries[measure.id, entry.seq] = entry
    for row in rows(engine, query):
        entry = entries.get((row["case_id"], row["seq"]))
        if entry is not None and entry.trigger:
            told = entry.given.get("sub_procedures", {}).get("holds", {})
            on = entry.happened_at.astimezone(START.tzinfo).date()
            yield (
                row["case_id"],
                Happened(row["case_id"], entry.trigger, on, entry.target, entry.changes, told),
            )


def every_queue_is_as_the_law_has_it(engine: Engine, today: date) -> None:
    held = {row["case_id"]: row for row in rows(engine, "SELECT * FROM zx_holds")}
    acts: defaultdict[str, list[QueueEvent]] = defaultdict(list)
    for id, act in happened(engine):
        if act.trigger in _ACTS:
            acts[held[id]["asset"]].append(QueueEvent(act.on, _ACTS[act.trigger], id))
    assert acts, "nothing was seized at all"
    for asset, events in acts.items():
        standing = {id: row for id, row in held.items() if row["asset"] == asset}
        (kind,) = {row["kind"] for row in standing.values()}
        queue = seizure_queue(PropertyKind(kind), events, today)
        effective = [id for id, row in standing.items() if row["standing"] == "effective"]
        waiting = [id for id, row in standing.items() if row["standing"] == "waiting"]
        expected = queue.effective
        assert effective == ([expected.who] if expected else [])
        assert set(waiting) == {seizure.who for seizure in queue.waiting}
        if expected is not None:
            row = standing[expected.who]
            known = day(row["effective_on"]), day(row["until"])
            assert known == (expected.effective_on, expected.until)


def day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


# -- the claim


def nothing_was_seized_beyond_the_claim(engine: Engine) -> None:
    """Going through all acts in order, what each order was told is what was so, and no order went
    beyond the claim."""
    parents = {m.id: m.parent_id for m in engine.query(procedure="measure", limit=1000)}
    counted: defaultdict[str | None, dict[str, Decimal]] = defaultdict(dict)
    ordered = 0
    for id, act in happened(engine):
        of_case = counted[parents[id]]
        if act.trigger == "order":
            others = sum(of_case.values(), Decimal(0))
            assert Decimal(str(act.told["of_case"])) == others
            assert others + Decimal(str(act.changes["amount"])) <= CLAIM
            of_case[id] = Decimal(str(act.changes["amount"]))
            ordered += 1
        elif act.target in ("waiting", "released", "lapsed", "sold", "fallen"):
            amount = of_case.pop(id, None)
            if act.target == "waiting" and amount is not None:
                counted[id][id] = amount
        elif act.trigger == "move_up":
            of_case[id] = counted[id][id]
    assert ordered, "nothing was ordered at all"


def test_one_who_works_alone_is_right_too(tmp_path: Path) -> None:
    """The same lives without a second process, on a database of their own."""
    with court_of(f"sqlite:///{tmp_path}/alone.db", START) as engine:
        open_debts(engine, 6)
        assert Clerk(engine, 7).work(200) > 0
        every_cent_is_somewhere(engine)
        every_queue_is_as_the_law_has_it(engine, START.date())
        nothing_was_seized_beyond_the_claim(engine)
