"""A bank's own books held against a court's: every difference is found, told once, and no other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import ROOT
from tests.courts import ADMIN
from zhixing.adapters import CaseFunds, Simulator
from zhixing.engine import (
    Actor,
    BookDifference,
    Disagreement,
    Dispatcher,
    Engine,
    NotAllowed,
    NotReconcilable,
    Refused,
    VirtualClock,
)
from zhixing.engine.storage import schema
from zhixing.workflow import Definition, definition_from_text, load_definition

LI = Actor.of("li", "officer")
FUNDS = definition_from_text("""
id: funds
title: {zh: 案款, en: funds}
version: 1
effective: 2024-01-01
roles: {officer: {title: {zh: 承办人, en: officer}}}
data:
  account: {type: text, title: {zh: 账号, en: account}}
  received: {type: money, default: 0, title: {zh: 到账, en: received}}
  amount: {type: money, default: 0, title: {zh: 金额, en: amount}}
  number: {type: text, title: {zh: 案号, en: number}}
forms:
  case: {title: {zh: 案件, en: case}, fields: {number: {}}}
  payment: {title: {zh: 付款, en: payment}, fields: {amount: {}}}
powers: {open: {by: officer, form: case}}
requests:
  open: {title: {zh: 开户, en: open}, operation: case_funds.open_account,
    sends: {case_number: case.number}, answers: {answered: opened}, takes: {account: account}}
  watch: {title: {zh: 到账通知, en: watch}, operation: case_funds.receipts,
    sends: {account: case.account}, answers: {partial: came, answered: closed},
    takes: {received: amount}}
  pay: {title: {zh: 发放, en: pay}, operation: case_funds.release,
    sends: {account: case.account, amount: case.amount, payee: zhang, payee_account: A1,
      voucher: V1, decided_by: [li, wang]}, answers: {answered: paid}}
modes: {done: {zh: 完, en: done}}
initial: open
states:
  open: {title: {zh: 办, en: open}}
  done: {title: {zh: 完, en: done}, closes: done}
transitions:
  - {trigger: begin, title: {zh: 开, en: begin}, from: open, to: stay, by: officer, asks: open}
  - {trigger: opened, title: {zh: 已开, en: opened}, from: open, to: stay, by: outside, asks: watch}
  - {trigger: came, title: {zh: 到账, en: came}, from: open, to: stay, by: outside}
  - {trigger: closed, title: {zh: 销户, en: closed}, from: open, to: stay, by: outside}
  - {trigger: pay, title: {zh: 付, en: pay}, from: open, to: stay, by: officer, form: payment,
     asks: pay}
  - {trigger: paid, title: {zh: 已付, en: paid}, from: open, to: stay, by: outside}
  - {trigger: end, title: {zh: 结, en: end}, from: open, to: done, by: officer}
""")


DIFFERENCE = load_definition(ROOT / "definitions/cn/difference.yaml")


class Books:
    """A court and its bank, on one virtual clock."""

    def __init__(
        self,
        database: str,
        clock: VirtualClock,
        bank: Simulator,
        definitions: Sequence[Definition] = (),
    ) -> None:
        self.clock, self.bank = clock, bank
        options: dict[str, Any] = {"clock": clock, "drafts": True, "upgrade": True}
        adapter = CaseFunds(bank.url, latency=timedelta(0))
        self.court = Engine(
            database, definitions or [FUNDS, DIFFERENCE], adapters=[adapter], **options
        )
        self.dispatcher = Dispatcher(self.court)

    def passes(self, hours: int = 30) -> None:
        """Time goes on, and what is due is sent and asked about."""
        for _ in range(hours):
            self.clock.advance(hours=1)
            self.bank.tick(self.clock.now())
            self.dispatcher.run_all_due()

    def opened(self, id: str) -> str:
        self.court.open_case("funds", actor=LI, id=id, data={"number": f"2025-{id}"})
        self.court.fire(id, "begin", actor=LI)
        self.passes(4)
        return str(self.court.case(id).data["account"])

    def differ(self) -> list[tuple[Disagreement, str | None]]:
        today = (self.clock.now() + timedelta(hours=8)).date()
        found = self.court.reconcile("case_funds", today - timedelta(days=9), today, actor=ADMIN)
        return [(one.what, one.case_id) for one in found]


@pytest.fixture
def books(database: str, clock: VirtualClock) -> Iterator[Books]:
    with Simulator("case_funds", 1, clock="ticks", start=clock.now()) as bank:
        made = Books(database, clock, bank)
        yield made
        made.court.close()


def paid(books: Books) -> str:
    """A case into which 500 yuan came, of which 200 were paid out; the key of the payment."""
    account = books.opened("a")
    books.bank.happens("receipt", account=account, amount="500.00", payer="debtor")
    books.passes()
    books.court.fire("a", "pay", actor=LI, data={"amount": "200"})
    books.passes()
    triggers = [e.trigger for e in books.court.history("a")]
    assert (triggers.count("came"), triggers.count("paid")) == (1, 1)
    return next(r.id for r in books.court.requests(open_only=False) if r.request == "pay")


def change(court: Engine, table: sa.Table, where: sa.ColumnElement[bool], **values: Any) -> None:
    with court.database.begin() as connection:
        assert connection.execute(sa.update(table).where(where).values(**values)).rowcount


def test_books_that_agree_have_no_difference(books: Books) -> None:
    paid(books)
    assert books.differ() == []
    assert books.court.incidents() == ()


def test_a_payment_that_the_bank_made_and_nobody_here_knows_of_is_told(books: Books) -> None:
    key = paid(books)
    this = schema.outbox.c.id == key
    change(books.court, schema.outbox, this, status="failed", answered_at=None)
    with books.court.database.begin() as connection:
        connection.execute(sa.delete(schema.inbox).where(schema.inbox.c.outbox_id == key))
    assert books.differ() == [(Disagreement.NOT_ANSWERED, "a")]
    (incident,) = books.court.incidents()
    assert (incident.kind, incident.case_id) == ("difference-not-answered", "a")
    assert "200.00" in incident.message
    books.differ()
    assert len(books.court.incidents()) == 1, "the same one is told once"


def test_a_difference_about_a_case_is_a_task_there_and_who_has_it_ends_it(books: Books) -> None:
    key = paid(books)
    court, wang = books.court, Actor.of("wang", "officer")
    change(court, schema.outbox, schema.outbox.c.id == key, status="sent")
    change(court, schema.inbox, schema.inbox.c.outbox_id == key, kind="failed")
    for _ in range(2):
        books.differ()
    (task,) = court.tasks(case_id="a")
    assert (task.name, task.about, task.offered_to) == ("check:request:pay", key, ("officer",))
    assert task.title_en == "compare with the books of the other side: pay"
    (incident,) = court.incidents()
    with pytest.raises(NotAllowed):
        court.resolve(incident.id, actor=Actor.of("sun"), resolution="it is right")
    with pytest.raises(Refused, match="resolving its incident"):
        court.finish_task("a", task.name, actor=LI)
    court.claim_task("a", task.name, actor=LI)
    with pytest.raises(NotAllowed):
        court.resolve(incident.id, actor=wang, resolution="not mine")
    court.resolve(incident.id, actor=LI, resolution="the bank was asked: paid on the 3rd")
    assert (court.tasks(case_id="a"), court.incidents()) == ((), ())
    (done,) = court.tasks(case_id="a", open_only=False)
    assert (done.status, done.claimed_by) == ("done", "li")


def test_a_payment_on_nobodys_order_is_told(books: Books) -> None:
    key = paid(books)
    stranger = CaseFunds(books.bank.url)
    account = str(books.court.case("a").data["account"])
    asked = CaseFunds.operations["release"].request
    payload = asked(
        account=account,
        amount="1",
        payee="x",
        payee_account="A2",
        voucher="V2",
        decided_by=("li", "wang"),
    )
    from zhixing.adapters import Call

    stranger.send(Call("release", "not-of-this-court", payload))
    books.passes(2)
    assert books.differ() == [(Disagreement.NOT_OURS, None)]
    assert key != "not-of-this-court"


def test_an_amount_that_differs_by_a_cent_is_told(books: Books) -> None:
    key = paid(books)
    with books.court.database.begin() as connection:
        of_it = schema.inbox.c.outbox_id == key
        answer = connection.execute(sa.select(schema.inbox.c.answer).where(of_it)).scalar_one()
    short = {name: "200.01" if name == "amount" else value for name, value in answer.items()}
    change(books.court, schema.inbox, of_it, answer=short)
    payload = {"account": "x", "amount": "200.01"}
    change(books.court, schema.outbox, schema.outbox.c.id == key, payload=payload)
    assert books.differ() == [(Disagreement.AMOUNT, "a")]


def test_money_that_came_in_and_was_not_told_is_found_once_for_each_time(books: Books) -> None:
    paid(books)
    account = str(books.court.case("a").data["account"])
    with books.court.database.begin() as connection:
        connection.execute(sa.delete(schema.inbox).where(schema.inbox.c.kind == "partial"))
    assert books.differ() == [(Disagreement.UNHEARD, None)]
    books.differ()
    (looked_into,) = books.court.query(procedure="difference")
    known = {name: looked_into.data[name] for name in ("source", "what", "subject", "amount")}
    assert known == {
        "source": "case_funds",
        "what": "unheard",
        "subject": account,
        "amount": Decimal("500.00"),
    }
    (task,) = [t for t in books.court.tasks() if t.case_id == looked_into.id]
    assert task.name == "look_into"
    assert books.court.incidents() == ()


def test_a_court_without_the_procedure_is_told_by_an_incident(
    database: str, clock: VirtualClock
) -> None:
    with Simulator("case_funds", 1, clock="ticks", start=clock.now()) as bank:
        books = Books(database, clock, bank, [FUNDS])
        account = books.opened("a")
        bank.happens("receipt", account=account, amount="500.00", payer="debtor")
        books.passes()
        with books.court.database.begin() as connection:
            connection.execute(sa.delete(schema.inbox).where(schema.inbox.c.kind == "partial"))
        assert books.differ() == [(Disagreement.UNHEARD, None)]
        books.differ()
        (incident,) = books.court.incidents()
        assert account in incident.message and "500.00" in incident.message
        books.court.close()


def test_what_is_done_here_and_not_in_their_books_is_told(books: Books) -> None:
    paid(books)
    with Simulator("case_funds", 2, clock="ticks", start=books.clock.now()) as empty:
        books.court.adapters = (CaseFunds(empty.url),)
        differ = books.differ()
    assert (Disagreement.NOT_THERE, "a") in differ


def test_who_may_not_resolve_may_not_reconcile_and_what_has_no_books_is_told(
    books: Books,
) -> None:
    day = date(2025, 1, 1)
    with pytest.raises(NotAllowed):
        books.court.reconcile("case_funds", day, day, actor=LI)
    with pytest.raises(NotReconcilable):
        books.court.reconcile("nothing", day, day, actor=ADMIN)
    assert BookDifference(Disagreement.UNHEARD, "case_funds", "", None).text()
