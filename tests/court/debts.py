"""Debts in two courts: a few debtors, the same assets seized by several cases, money in and out.

Run as a program it does what a clerk's system would in a day: acts drawn by a seed, beside another
process that does the same.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from tests.conftest import DATA
from tests.courts import charter_of
from zhixing.engine import Actor, Case, Engine, Refused, Replacement, VirtualClock
from zhixing.workflow import load_definition

DEFINITIONS = [load_definition(DATA / "books" / f"{name}.yaml") for name in ("debt", "measure")]
CHARTER = charter_of("east", "west")
COURTS = ("east", "west")
DEBTORS = ("D1", "D2", "D3")
ASSETS = [("京A-1", "movable"), ("6222 01", "deposit"), ("地-7", "immovable"), ("沪B-2", "movable")]
CLAIM = 1000


def officer(court: str) -> Actor:
    return Actor.of(f"wang@{court}", "officer", at=court)


def cashier(court: str) -> Actor:
    return Actor.of(f"chen@{court}", "cashier", at=court)


def court_of(url: str, now: datetime) -> Engine:
    """The engine on a database that several processes write, at a moment."""
    clock = VirtualClock(now)
    return Engine(url, DEFINITIONS, clock=clock, drafts=True, upgrade=True, retries=20)


def open_debts(engine: Engine, cases: int) -> None:
    """Cases of both courts against the same debtors, whose assets are the same."""
    engine.set_first_charter(CHARTER)
    for number in range(cases):
        court, debtor = COURTS[number % 2], DEBTORS[number % 3]
        assets = [
            {"id": f"a{n}", "number": no, "kind": kind} for n, (no, kind) in enumerate(ASSETS)
        ]
        data = {"claim": CLAIM, "debtor": debtor, "asset": assets}
        who = officer(court)
        id = f"c{number}"
        engine.open_case("debt", id=id, court=court, actor=who, officer=who.id, data=data)


class Clerk:
    """Does acts drawn by a seed, and takes a refusal for an answer."""

    def __init__(self, engine: Engine, seed: int) -> None:
        self._engine, self._random = engine, random.Random(seed)
        self._acts: list[Callable[[Case], None]] = [
            *[self._seize] * 3,
            *[self._order] * 3,
            *[self._register] * 3,
            self._renew,
            self._release,
            self._sell,
            self._receive,
            self._receive,
            self._pay,
            self._correct,
        ]

    def work(self, acts: int) -> int:
        """So many acts; gives how many were refused."""
        refused = 0
        for _ in range(acts):
            case = self._random.choice(self._engine.query(procedure="debt"))
            try:
                self._random.choice(self._acts)(case)
            except Refused:
                refused += 1
        return refused

    def _measure(self, case: Case, *states: str) -> Case | None:
        """A measure of a case that stands in one of these states."""
        found = [m for m in self._engine.query(parent=case.id) if m.state in states]
        return self._random.choice(found) if found else None

    def _at(self, case: Case, trigger: str, *states: str, **data: object) -> None:
        measure = self._measure(case, *states)
        if measure is not None:
            self._engine.fire(measure.id, trigger, actor=officer(case.court), data=data)

    def _seize(self, case: Case) -> None:
        about = f"a{self._random.randrange(len(ASSETS))}"
        self._engine.fire(case.id, "seize", actor=officer(case.court), about=about)

    def _order(self, case: Case) -> None:
        self._at(case, "order", "proposed", amount=self._random.randrange(100, 700))

    def _register(self, case: Case) -> None:
        self._at(case, "register", "ordered")

    def _renew(self, case: Case) -> None:
        self._at(case, "renew", "effective")

    def _release(self, case: Case) -> None:
        self._at(case, "release", "waiting", "effective")

    def _sell(self, case: Case) -> None:
        if self._random.random() < 0.3:
            self._at(case, "sell", "effective")

    def _amount(self) -> Decimal:
        return Decimal(self._random.randrange(1, 30_000)).scaleb(-2)

    def _receive(self, case: Case) -> None:
        data = {"receipts.amount": self._amount(), "receipts.slip": f"S{self._random.random()}"}
        self._engine.fire(case.id, "receive", actor=cashier(case.court), data=data)

    def _pay(self, case: Case) -> None:
        trigger, field = self._random.choice(
            [
                ("pay", "payouts"),
                ("take_fee", "fees"),
                ("refund", "refunds"),
                ("put_on_deposit", "deposits"),
            ]
        )
        data = {f"{field}.amount": self._amount()}
        self._engine.fire(case.id, trigger, actor=cashier(case.court), data=data)

    def _correct(self, case: Case) -> None:
        """A receipt was entered wrongly: its amount is another."""
        entries = [e for e in self._engine.history(case.id) if e.trigger == "receive"]
        if not entries:
            return
        seq = self._random.choice(entries).seq
        new = Replacement(data={"receipts.amount": self._amount()})
        self._engine.correct(
            case.id,
            actor=officer(case.court),
            replace={seq: new},
            documents={"proof": "p.pdf"},
            note="录入有误",
        )


def main() -> None:
    url, seed, now, acts = sys.argv[1:]
    with court_of(url, datetime.fromisoformat(now)) as engine:
        print(Clerk(engine, int(seed)).work(int(acts)))


if __name__ == "__main__":
    main()
