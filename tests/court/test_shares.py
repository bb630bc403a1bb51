"""How money is shared among creditors: the vectors of the law through receipts and payouts of cases
that live in the engine."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DATA
from tests.court.debts import CHARTER, officer
from tests.engine.families import HEAD
from zhixing.court import CourtLedger, NoSuchAccount, SharePlan
from zhixing.engine import Actor, Engine, Refused, VirtualClock
from zhixing.workflow import BadFormulaValue, definition_from_text, lint

EAST = officer("east")
VECTORS = list(csv.DictReader((DATA / "law/distribution_give.csv").open(encoding="utf-8")))
SHARING = f"""
id: sharing
{HEAD}
data:
  claim: {{type: money, default: 0, title: {{zh: 标的额, en: claim}}}}
  costs: {{type: money, default: 0, title: {{zh: 费用, en: costs}}}}
  is_company: {{type: flag, default: false, title: {{zh: 企业法人, en: a company}}}}
  creditor:
    type: records
    title: {{zh: 债权人, en: creditors}}
    fields:
      name: {{type: text, title: {{zh: 名称, en: name}}}}
      amount: {{type: money, title: {{zh: 债权, en: claim}}}}
      rank: {{type: number, title: {{zh: 优先顺位, en: rank}}}}
      seized_on: {{type: date, title: {{zh: 查封日, en: seized on}}}}
  receipt:
    type: records
    title: {{zh: 到账, en: receipts}}
    fields: {{amount: {{type: money, title: {{zh: 金额, en: amount}}}}}}
  payout:
    type: records
    title: {{zh: 发放, en: payouts}}
    fields:
      amount: {{type: money, title: {{zh: 金额, en: amount}}}}
      payee: {{type: text, title: {{zh: 收款人, en: payee}}}}
  cost:
    type: records
    title: {{zh: 费用, en: costs}}
    fields: {{amount: {{type: money, title: {{zh: 金额, en: amount}}}}}}
accounts:
  funds:
    title: {{zh: 案款, en: case funds}}
    claim: claim
    books:
      receipt: {{is: receipt, amount: amount}}
      payout: {{is: payout, amount: amount, party: payee}}
      cost: {{is: cost, amount: amount}}
    shares: {{creditors: creditor, party: name, amount: amount, rank: rank,
      seized_on: seized_on, costs: costs, in_order: is_company}}
forms:
  opening: {{title: {{zh: 立, en: open}}, fields: {{
    claim: {{}}, costs: {{}}, is_company: {{}}, creditor: {{}}}}}}
  receipt: {{title: {{zh: 到, en: in}}, fields: {{receipt.amount: {{required: true}}}}}}
  payout: {{title: {{zh: 发, en: out}}, fields: {{
    payout.amount: {{required: true}}, payout.payee: {{required: true}}}}}}
  cost: {{title: {{zh: 费, en: cost}}, fields: {{cost.amount: {{required: true}}}}}}
powers: {{open: {{by: officer, form: opening}}}}
initial: open
states:
  open: {{title: {{zh: 办, en: open}}}}
  done: {{title: {{zh: 终, en: done}}, closes: ended}}
transitions:
  - {{trigger: receive, adds: receipt, title: {{zh: 到账, en: receive}}, from: open, to: stay,
      by: officer, form: receipt}}
  - {{trigger: spend, adds: cost, title: {{zh: 支出, en: spend}}, from: open, to: stay,
      by: officer, form: cost}}
  - {{trigger: pay, adds: payout, title: {{zh: 发放, en: pay}}, from: open, to: stay, by: officer,
      form: payout, when: 'funds.beyond == money("0") && funds.held >= money("0")'}}
  - {{trigger: close, title: {{zh: 结, en: close}}, from: open, to: done, by: officer,
      when: funds.held == money("0")}}
"""


@pytest.fixture
def court(database: str, clock: VirtualClock) -> Iterator[Engine]:
    given: dict[str, Any] = {"clock": clock, "drafts": True, "upgrade": True}
    with Engine(database, definition_from_text(SHARING), **given) as engine:
        engine.set_first_charter(CHARTER)
        yield engine


def creditors(vector: dict[str, str]) -> list[dict[str, Any]]:
    """The claims of a vector, each as a record; the preferred with their ranks."""
    found = []
    for column in ("priority(in rank)", "ordinary(in order of seizure)"):
        listed = [one.rpartition(":") for one in vector[column].split(";") if one]
        for place, (name, _, amount) in enumerate(listed, 1):
            ranked = {"rank": place} if column.startswith("priority") else {}
            found.append({"id": f"c{len(found)}", "name": name, "amount": amount, **ranked})
    return found


def opened(court: Engine, vector: dict[str, str]) -> str:
    data = {
        "costs": vector["costs"],
        "is_company": vector["debtor"] == "company",
        "creditor": creditors(vector),
    }
    case = court.open_case("sharing", actor=EAST, court="east", officer=EAST.id, data=data).id
    court.fire(case, "receive", actor=EAST, data={"receipt.amount": vector["proceeds"]})
    return case


def pay(court: Engine, case: str, payee: str, amount: Decimal | str) -> None:
    court.fire(case, "pay", actor=EAST, data={"payout.payee": payee, "payout.amount": amount})


def plan(court: Engine, case: str) -> SharePlan:
    return CourtLedger(court).shares(case)


@pytest.mark.parametrize("vector", VECTORS, ids=[v["id"] for v in VECTORS])
def test_every_creditor_gets_what_the_law_gives_and_not_a_cent_more(
    court: Engine, vector: dict[str, str]
) -> None:
    case = opened(court, vector)
    law = dict(one.rsplit(":", 1) for one in vector["result"].split(";"))
    found = plan(court, case)
    assert {"costs": str(found.costs), **{c.creditor: str(c.share) for c in found.creditors}} == law
    assert str(found.left) == vector["left_for_debtor_or_continue"]
    if found.costs:
        court.fire(case, "spend", actor=EAST, data={"cost.amount": found.costs})
    for line in found.creditors:
        with pytest.raises(Refused):
            pay(court, case, line.creditor, line.share + Decimal("0.01"))
        pay(court, case, line.creditor, line.share / 2 if line.share % 2 == 0 else line.share)
    for line in plan(court, case).creditors:
        if line.open:
            pay(court, case, line.creditor, line.open)
    done = plan(court, case)
    assert [line.open for line in done.creditors] == [0] * len(law.keys() - {"costs"})
    assert (done.beyond, CourtLedger(court).statement(case).held) == (0, found.left)
    assert CourtLedger(court).balance(actor=Actor.of("p", "president", at="all")).is_balanced


def test_who_is_no_creditor_gets_nothing(court: Engine) -> None:
    case = opened(court, VECTORS[0])
    with pytest.raises(Refused):
        pay(court, case, "nobody", "1")


def test_what_was_spent_in_truth_comes_first_where_it_is_more_than_was_thought(
    court: Engine,
) -> None:
    case = opened(court, VECTORS[0])
    court.fire(case, "spend", actor=EAST, data={"cost.amount": "10000"})
    found = plan(court, case)
    assert found.costs == 10000
    assert [str(line.share) for line in found.creditors] == ["27000.00", "18000.00", "45000.00"]
    assert "508" in "".join(step.article_en for step in found.steps)


def test_a_creditor_with_two_claims_is_paid_on_the_first_one_first(court: Engine) -> None:
    two = {**VECTORS[0], "ordinary(in order of seizure)": "A:60000;A:40000;C:100000"}
    case = opened(court, two)
    pay(court, case, "A", "40000")
    assert [str(line.paid) for line in plan(court, case).creditors] == ["29400.00", "10600.00", "0"]
    with pytest.raises(Refused):
        pay(court, case, "A", "9000.01")
    pay(court, case, "A", "9000")


def test_a_claim_that_is_none_refuses_the_payout_and_is_told(court: Engine) -> None:
    case = opened(court, {**VECTORS[0], "ordinary(in order of seizure)": "A:-5;B:10"})
    with pytest.raises(Refused, match="between 0 and"):
        pay(court, case, "B", "1")
    (way,) = [p for p in court.possible(case, actor=EAST) if p.trigger == "pay"]
    assert "guard-failed" in {obstacle.code for obstacle in way.obstacles}
    with pytest.raises(BadFormulaValue, match="A"):
        plan(court, case)


def test_an_account_that_is_not_shared_has_no_plan(court: Engine) -> None:
    case = opened(court, VECTORS[0])
    with pytest.raises(NoSuchAccount, match="funds"):
        CourtLedger(court).shares(case, "other")


def linted(folder: Path, text: str) -> set[str]:
    file = folder / "sharing.yaml"
    file.write_text(text, encoding="utf-8")
    return {finding.code for finding in lint(file) if finding.severity == "error"}


def test_lint_tells_a_field_that_is_not_there_or_no_money(tmp_path: Path) -> None:
    assert linted(tmp_path, SHARING) == set()
    wrong = SHARING.replace("party: name, amount: amount,", "party: nome, amount: seized_on,")
    assert linted(tmp_path, wrong) == {"unknown-field", "book-field"}
    nobody = SHARING.replace("shares: {creditors: creditor", "shares: {creditors: creditr")
    assert linted(tmp_path, nobody) >= {"unknown-records"}


def test_only_what_is_kept_entry_by_entry_is_shared(tmp_path: Path) -> None:
    i, j = SHARING.index("    books:"), SHARING.index("    shares:")
    sums = "    received: claim\n    paid_out: costs\n"
    assert linted(tmp_path, SHARING[:i] + sums + SHARING[j:]) == {"shape"}
