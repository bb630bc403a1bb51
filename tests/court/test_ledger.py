"""The ledger: double entry, every balance by its entries, the bank's day beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import ROOT, at
from tests.court.debts import CHARTER, DEFINITIONS, cashier, officer
from tests.courts import migrate, publish
from zhixing.court import (
    BadStatement,
    BankFault,
    CourtLedger,
    CourtLists,
    NoSuchAccount,
    bank_lines,
)
from zhixing.engine import Actor, Engine, NotAllowed, Refused, Replacement, VirtualClock
from zhixing.engine.storage import schema
from zhixing.workflow import Definition, definition_from_text, load_definition
from zhixing.workflow.model.books import MoneyAccount, Movement

EAST, TILL = officer("east"), cashier("east")
PRESIDENT = Actor.of("president", "president", at="all")
ADMIN = Actor.of("sun", "system_admin", at="all")


@pytest.fixture
def court(database: str, clock: VirtualClock) -> Iterator[Engine]:
    difference = load_definition(ROOT / "definitions/cn/difference.yaml")
    given: dict[str, Any] = {"clock": clock, "drafts": True, "upgrade": True}
    with Engine(database, [*DEFINITIONS, difference], **given) as engine:
        engine.set_first_charter(CHARTER)
        data = {"claim": "1000", "debtor": "D1"}
        for id, number in (("a", "（2025）执1号"), ("b", "（2025）执2号")):
            given = {"court": "east", "number": number, "officer": EAST.id, "data": data}
            engine.open_case("debt", id=id, actor=EAST, **given)
        yield engine


def receive(court: Engine, amount: str, slip: str = "", case: str = "a", **more: Any) -> None:
    data = {"receipts.amount": amount, "receipts.slip": slip, "receipts.payer": "张三"}
    data |= {f"receipts.{name}": value for name, value in more.items()}
    court.fire(case, "receive", actor=TILL, data={k: v for k, v in data.items() if v})


def pay(court: Engine, amount: str, voucher: str = "", case: str = "a") -> None:
    data = {"payouts.amount": amount, "payouts.payee": "李四"}
    data |= {"payouts.voucher": voucher} if voucher else {}
    court.fire(case, "pay", actor=TILL, data=data)


def test_money_comes_in_and_goes_out_by_double_entry(court: Engine) -> None:
    receive(court, "600.50", "S1")
    pay(court, "500", "V1")
    court.fire("a", "take_fee", actor=TILL, data={"fees.amount": "50.25"})
    found = CourtLedger(court).statement("a")
    assert (found.received, found.paid_out, found.held) == (
        Decimal("600.50"),
        Decimal("550.25"),
        Decimal("50.25"),
    )
    shown = [(e.movement, e.source, e.target, e.amount, e.reference) for e in found.entries]
    assert shown == [
        (Movement.RECEIPT, MoneyAccount.WORLD, MoneyAccount.HELD, Decimal("600.50"), "S1"),
        (Movement.PAYOUT, MoneyAccount.HELD, MoneyAccount.CREDITORS, Decimal("500.00"), "V1"),
        (Movement.FEE, MoneyAccount.HELD, MoneyAccount.TREASURY, Decimal("50.25"), ""),
    ]
    assert found.entries[0].party == "张三"


def test_no_more_goes_out_than_is_held_to_the_cent(court: Engine) -> None:
    receive(court, "100")
    with pytest.raises(Refused):
        pay(court, "100.01")
    pay(court, "100")
    assert CourtLedger(court).statement("a").held == 0


def test_a_case_with_money_left_is_not_closed(court: Engine) -> None:
    receive(court, "0.01")
    with pytest.raises(Refused):
        court.fire("a", "close", actor=EAST)
    court.fire("a", "refund", actor=TILL, data={"refunds.amount": "0.01"})
    assert court.fire("a", "close", actor=EAST).closing_mode == "done"


def test_what_was_entered_wrongly_is_taken_back_and_entered_anew(court: Engine) -> None:
    receive(court, "600")
    (seq,) = [e.seq for e in court.history("a") if e.trigger == "receive"]
    court.correct(
        "a",
        actor=EAST,
        note="录入有误",
        documents={"proof": "p.pdf"},
        replace={seq: Replacement(data={"receipts.amount": "60"})},
    )
    entries = CourtLedger(court).statement("a").entries
    assert [(e.amount, e.is_reversal, e.source) for e in entries] == [
        (Decimal("600.00"), False, MoneyAccount.WORLD),
        (Decimal("600.00"), True, MoneyAccount.HELD),
        (Decimal("60.00"), False, MoneyAccount.WORLD),
    ]
    assert CourtLedger(court).statement("a").held == 60
    report = court.verify(rules=True)
    assert (report.found, report.otherwise) == (0, ())


def test_an_annulled_receipt_is_taken_back(court: Engine) -> None:
    receive(court, "600")
    (seq,) = [e.seq for e in court.history("a") if e.trigger == "receive"]
    given: dict[str, Any] = {"note": "重复录入", "documents": {"proof": "p.pdf"}}
    court.correct("a", actor=EAST, annul=[seq], **given)
    found = CourtLedger(court).statement("a")
    assert (found.held, found.received, len(found.entries)) == (0, 0, 2)


def test_a_balance_is_as_of_any_day(court: Engine, clock: VirtualClock) -> None:
    receive(court, "100", on="2025-03-03")
    clock.advance(days=10)
    receive(court, "50", on="2025-03-10")  # it was at the bank three days before it was entered
    pay(court, "20")
    held = {
        day: CourtLedger(court).statement("a", on=date(2025, 3, day)).held
        for day in (2, 3, 9, 10, 13)
    }
    assert held == {2: 0, 3: 100, 9: 100, 10: 150, 13: 130}


def test_money_lies_there_since_the_oldest_that_was_not_paid_out(
    court: Engine, clock: VirtualClock
) -> None:
    receive(court, "100")
    clock.advance(days=10)
    receive(court, "50")
    clock.advance(days=40)
    lists = CourtLists(court)
    (row,) = lists.money(actor=PRESIDENT).rows
    assert (row.case_id, row.held, row.days, row.title_zh) == ("a", Decimal("150.00"), 50, "案款")
    pay(court, "100")
    (row,) = lists.money(actor=PRESIDENT).rows
    assert (row.held, row.days) == (Decimal("50.00"), 40)
    over_thirty = clock.now().date().replace(day=1)
    assert len(lists.money(actor=PRESIDENT, until=over_thirty).rows) == 1
    assert lists.money(actor=PRESIDENT, until=date(2025, 3, 10)).rows == ()
    (age,) = CourtLedger(court).ageing(actor=PRESIDENT)
    assert (age.by, age.held, age.to_60_days) == ({"officer": EAST.id}, 50, 50)
    pay(court, "50")
    assert lists.money(actor=PRESIDENT).rows == ()


def test_sums_counted_in_fields_are_entered_by_what_they_grew(
    database: str, clock: VirtualClock
) -> None:
    li = Actor.of("li", "officer")
    with Engine(database, _counted(), clock=clock, drafts=True, upgrade=True) as engine:
        engine.open_case("counted", id="c", actor=li, officer="li")
        for received in ("100", "250", "200"):
            engine.fire("c", "note", actor=li, data={"received": received})
        entries = CourtLedger(engine).statement("c").entries
        assert [(e.amount, e.is_reversal) for e in entries] == [
            (100, False),
            (150, False),
            (50, True),
        ]
        assert CourtLedger(engine).statement("c").held == 200


def _counted() -> Definition:
    return definition_from_text("""
id: counted
title: {zh: 累计, en: counted}
version: 1
effective: 2024-01-01
roles: {officer: {title: {zh: 承办人, en: officer}}, chief: {title: {zh: 局长, en: chief}}}
data:
  received: {type: money, default: 0, title: {zh: 到账, en: received}}
  paid: {type: money, default: 0, title: {zh: 发放, en: paid}}
forms: {note: {title: {zh: 登记, en: note}, 
    fields: {received: {overwrites: true}, paid: {overwrites: true}}}}
accounts: {funds: {title: {zh: 案款, en: funds}, received: received, paid_out: paid}}
powers: {open: {by: officer}, move: {by: chief}}
modes: {done: {zh: 完, en: done}}
initial: open
states:
  open: {title: {zh: 办, en: open}}
  done: {title: {zh: 完, en: done}, closes: done}
transitions:
  - {trigger: note, title: {zh: 登记, en: note}, from: open, to: stay, by: officer, form: note}
  - {trigger: end, title: {zh: 完, en: end}, from: open, to: done, by: officer,
     when: funds.held == money("0")}
""")


# -- of the court


def test_what_was_realised_is_true_money_and_what_is_not_stands_apart(court: Engine) -> None:
    receive(court, "600")
    pay(court, "500")
    court.fire("a", "perform_outside", actor=EAST, data={"outside.amount": "100"})
    receive(court, "40", case="b")
    (found,) = CourtLedger(court).realised(actor=PRESIDENT)
    assert (found.by, found.cases, found.applied) == ({"court": "east"}, 2, 2000)
    assert (found.received, found.paid, found.outside) == (640, 500, 100)
    assert found.realised == 0.3
    later = CourtLedger(court).realised(actor=PRESIDENT, since=date(2025, 4, 1))
    assert (later[0].paid, later[0].applied) == (0, 2000)


def test_others_see_their_own_money(court: Engine) -> None:
    receive(court, "600")
    stranger = Actor.of("zhao", "officer", at="east")
    assert CourtLists(court).money(actor=stranger).rows == ()
    assert CourtLedger(court).day_book(date(2025, 3, 3), actor=stranger) == ()
    assert len(CourtLedger(court).day_book(date(2025, 3, 3), actor=EAST)) == 1


def test_the_trial_balance_names_a_case_whose_account_was_changed_by_hand(court: Engine) -> None:
    receive(court, "600")
    pay(court, "100")
    found = CourtLedger(court).balance(actor=PRESIDENT)
    assert found.is_balanced
    assert found.accounts == {
        MoneyAccount.CREDITORS: 100,
        MoneyAccount.HELD: 500,
        MoneyAccount.WORLD: -600,
    }
    with court.database.begin() as connection:
        connection.exec_driver_sql("UPDATE zx_funds SET held = held + 1 WHERE case_id = 'a'")
    found = CourtLedger(court).balance(actor=PRESIDENT)
    assert (found.is_balanced, found.differ) == (False, ("a",))
    assert court.verify().found > 0


def test_a_posting_that_is_changed_or_removed_is_found(court: Engine) -> None:
    receive(court, "600")
    with court.database.begin() as connection:
        connection.exec_driver_sql("UPDATE zx_postings SET cents = cents - 1")
    assert {f.table for f in court.verify().findings} == {"zx_postings"}
    with court.database.begin() as connection:
        connection.exec_driver_sql("DELETE FROM zx_postings")
    assert {f.table for f in court.verify().findings} == {"zx_postings"}


def test_an_account_that_is_not_there_is_told(court: Engine) -> None:
    with pytest.raises(NoSuchAccount):
        CourtLedger(court).statement("a", "other")


# -- the bank


BANK = """reference,amount,day,party
S1,600.00,2025-03-03,张三
V1,-500.00,2025-03-03,李四
"""


def test_a_day_that_agrees_to_the_cent(court: Engine) -> None:
    receive(court, "600", "S1")
    pay(court, "500", "V1")
    found = CourtLedger(court).reconcile(
        date(2025, 3, 3), bank_lines(BANK), actor=ADMIN, court="east"
    )
    assert (found.lines, found.agreed, found.mismatches) == (2, 2, ())
    assert court.query(procedure="difference") == ()


def test_a_missing_cent_unknown_money_and_what_the_bank_lacks_are_each_looked_into(
    court: Engine,
) -> None:
    receive(court, "600", "S1")
    pay(court, "499.99", "V1")
    receive(court, "7", "S7")
    unknown = f"{BANK}S9,33.00,2025-03-03,无名氏\n"
    ledger, day = CourtLedger(court), date(2025, 3, 3)
    found = ledger.reconcile(day, bank_lines(unknown), actor=ADMIN, court="east")
    shown = {m.reference: (m.what, m.at_bank, m.here, m.case_id) for m in found.mismatches}
    assert shown == {
        "V1": (BankFault.AMOUNT, -500, Decimal("-499.99"), "a"),
        "S9": (BankFault.NOT_HERE, 33, None, ""),
        "S7": (BankFault.NOT_AT_BANK, None, 7, "a"),
    }
    assert found.agreed == 1
    again = ledger.reconcile(day, bank_lines(unknown), actor=ADMIN, court="east")
    opened = {case.id: case for case in court.query(procedure="difference")}
    assert {m.difference for m in again.mismatches} == set(opened)
    assert len(opened) == 3
    by_reference = {case.data["reference"]: case for case in opened.values()}
    assert by_reference["S9"].data["party"] == "无名氏"
    assert by_reference["S7"].data["case_number"] == "（2025）执1号"
    assert [task.name for task in court.tasks(case_id=by_reference["S9"].id)] == ["look_into"]


def test_who_may_not_resolve_does_not_reconcile(court: Engine) -> None:
    with pytest.raises(NotAllowed):
        CourtLedger(court).reconcile(date(2025, 3, 3), (), actor=EAST, court="east")


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("", 1),
        ("reference,amount\n", 1),
        ("reference,amount,day\n,1,2025-03-03\n", 2),
        ("reference,amount,day\nS1,1.001,2025-03-03\n", 2),
        ("reference,amount,day\nS1,0,2025-03-03\n", 2),
        ("reference,amount,day\nS1,NaN,2025-03-03\n", 2),
        ("reference,amount,day\nS1,1,03/03/2025\n", 2),
        ("reference,amount,day\nS1,1,2025-03-03\nS1,1,2025-03-03\n", 3),
        (f"reference,amount,day\nS1,{'1' * 200_000},2025-03-03\n", 1),
        ("\0", 1),
    ],
)
def test_a_file_that_cannot_be_read_names_its_line(text: str, row: int) -> None:
    with pytest.raises(BadStatement) as refused:
        bank_lines(text)
    assert refused.value.data["row"] == row


def test_a_file_as_spreadsheets_write_it_is_read() -> None:
    (line,) = bank_lines('\ufeffday,reference,amount,other\n2025-03-03, S1 ,"1,234.50",x\n')
    assert line == ("S1", Decimal("1234.50"), date(2025, 3, 3), "", "", "")


def test_a_line_of_another_day_is_told_and_nothing_is_taken(court: Engine) -> None:
    receive(court, "600", "S1")
    lines = bank_lines(f"{BANK}S9,33.00,2025-03-04,x\n")
    with pytest.raises(BadStatement) as refused:
        CourtLedger(court).reconcile(date(2025, 3, 3), lines, actor=ADMIN, court="east")
    assert refused.value.data["row"] == 4
    assert court.query(procedure="difference") == ()


def test_late_money_is_entered_on_its_day(court: Engine, clock: VirtualClock) -> None:
    clock.advance(days=5)
    happened = at("2025-03-04 10:00")
    court.fire("a", "receive", actor=TILL, data={"receipts.amount": "10"}, happened_at=happened)
    (entry,) = CourtLedger(court).statement("a").entries
    assert entry.day == date(2025, 3, 4)


def test_a_case_that_is_older_than_its_books_is_entered_with_its_next_act(court: Engine) -> None:
    receive(court, "600")
    tables = ("zx_postings", "zx_funds", "zx_found", "zx_holds")
    with court.database.begin() as connection:  # as a database of before left it
        for table in tables:
            connection.exec_driver_sql(f"DELETE FROM {table}")
        of_a = sa.update(schema.cases).where(schema.cases.c.id == "a")
        kept = connection.execute(
            sa.select(schema.cases.c.particulars).where(schema.cases.c.id == "a")
        ).scalar_one()
        before = {name: part for name, part in kept.items() if name != "is_booked"}
        connection.execute(of_a.values(particulars=before))
    pay(court, "100")
    found = CourtLedger(court).statement("a")
    assert (found.held, found.received, len(found.entries)) == (500, 600, 2)
    assert CourtLedger(court).balance(actor=PRESIDENT, number="（2025）执1号").is_balanced


OTHER_BOOKS = {
    "version: 1": "version: 2\ntransitional: {running_cases: move}",
    "data:\n": "data:\n  slips: {type: records, title: {zh: 到账, en: slips},\n"
    "    fields: {amount: {type: money, title: {zh: 额, en: amount}}}}\n",
    "received: received, paid_out: paid}": "books: {slips: {is: receipt, amount: amount}}}",
    "forms: {": "forms: {slip: {title: {zh: 到账, en: slip}, fields: {slips.amount: }}, ",
    "transitions:\n": "transitions:\n"
    "  - {trigger: slip, adds: slips, title: {zh: 到账, en: slip},\n"
    "     from: open, to: stay, by: officer, form: slip}\n",
}


def test_a_case_that_moves_to_a_version_with_other_books_is_entered_by_those(
    database: str, clock: VirtualClock
) -> None:
    old, text = _counted(), _counted().source_text
    for was, is_now in OTHER_BOOKS.items():
        text = text.replace(was, is_now, 1)
    new, li = definition_from_text(text), Actor.of("li", "officer")
    with Engine(database, old, clock=clock, drafts=True, upgrade=True) as engine:
        engine.open_case("counted", id="c", actor=li, officer="li")
        engine.fire("c", "note", actor=li, data={"received": "100"})
        publish(engine, new)
        assert migrate(engine, new) == (1, [])
        found = CourtLedger(engine).statement("c")
        assert (found.held, [e.is_reversal for e in found.entries]) == (0, [False, True])
        engine.fire("c", "slip", actor=li, data={"slips.amount": "100"})
        assert CourtLedger(engine).statement("c").held == 100
        assert CourtLedger(engine).balance(actor=li).is_balanced
        assert engine.verify(rules=True).otherwise == ()
