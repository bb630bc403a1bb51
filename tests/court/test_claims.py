"""What is due by the title of a case: read off its facts, who may read it, how it is printed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, at
from tests.courts import ACCEPTED, CHARTER
from zhixing.court import CaseClaim, CourtClaims, NoSuchClaim
from zhixing.engine import Actor, CaseNotFound, Engine, NotAllowed, Replacement, VirtualClock
from zhixing.workflow import BadFormulaValue, Definition, definition_from_text, load_definition
from zhixing.workflow.claims import TitlePart

CN = ROOT / "definitions" / "cn"
FILING, CHIEF = Actor.of("he", "filing_judge"), Actor.of("zhou", "bureau_chief")
LI = Actor.of("li", "officer")
GIVEN = {"applicant": "a1", "debtor": "d1", "claim": "100000", "account": "6222"}
TITLE = {
    "title_item": [
        {
            "id": "loan",
            "amount": "100000",
            "period_ends": "2025-01-10",
            "interest_from": "2024-01-10",
            "rates": "6%",
        },
        {"id": "fee", "amount": "2300", "kind": "suit_costs", "period_ends": "2025-01-10"},
    ],
    "title_debtor": [
        {"id": "zhang", "name": "张三"},
        {"id": "bank", "name": "担保公司", "liability": "supplementary", "cap": "50000"},
    ],
}


def opened(database: str, clock: VirtualClock, **more: Any) -> Engine:
    definitions = [load_definition(file) for file in CN.glob("*.yaml") if is_procedure(file)]
    return Engine(database, definitions, clock=clock, drafts=True, upgrade=True, **more)


def is_procedure(file: Path) -> bool:
    return file.name.count(".") == 1 and file.name != "common.yaml"


@pytest.fixture
def court(database: str) -> Iterator[Engine]:
    clock = VirtualClock(at("2025-01-15 09:00"))
    with opened(database, clock) as engine:
        engine.open_case(
            "first_enforcement", id="c", number="(2025)京执1号", actor=FILING, data=GIVEN | TITLE
        )
        review = ACCEPTED
        engine.fire("c", "accept", actor=FILING, data=review, documents={"application": "a"})
        engine.assign("c", "li", actor=CHIEF)
        engine.fire("c", "assign", actor=CHIEF, data={"assigned_officer": "li"})
        clock.set(at("2025-01-20 09:00"))
        yield engine


def standing(engine: Engine, on: str | None = None, actor: Actor = LI) -> CaseClaim:
    day = date.fromisoformat(on) if on is not None else None
    return CourtClaims(engine).standing("c", day, actor=actor)


def due(found: CaseClaim) -> dict[str, str]:
    return {str(part.part): str(part.due) for part in found.standing.parts if part.due}


def receive(engine: Engine, day: str, amount: str, **more: Any) -> None:
    """What came to the court's account."""
    data = {"paid_on": day, "amount": amount} | more
    data = {f"receipt.{name}": value for name, value in data.items()}
    engine.fire("c", "receive_funds", actor=LI, about=f"p{day}", data=data)


def pay(engine: Engine, day: str, amount: str, **more: Any) -> None:
    """What was paid past the court."""
    data = {"paid_on": day, "amount": amount} | more
    data = {f"payment.{name}": value for name, value in data.items()}
    papers = {"receipt_of_applicant": "p"}
    engine.fire("c", "record_payment", actor=LI, about=f"p{day}", data=data, documents=papers)


def test_what_is_due_today_on_a_day_gone_by_and_on_one_to_come(court: Engine) -> None:
    today = standing(court)
    assert today.standing.day == date(2025, 1, 20)
    # 376 days at 6 % a year on 100000; 10 days at 0.0175 % on 102300; the fee on all of it
    assert due(today) == {
        "fee": "1529.90",
        "suit_costs": "2300.00",
        "interest": "6180.82",
        "principal": "100000.00",
        "double_interest": "179.03",
    }
    assert today.basis.startswith("《关于执行程序中计算迟延履行期间的债务利息")
    assert standing(court, "2025-01-10").standing.due == 0
    assert standing(court, "2025-02-20").standing.due > today.standing.due


def test_payments_are_credited_as_they_are_recorded(court: Engine) -> None:
    documents = {"notice": "n", "report_order": "r"}
    court.fire("c", "issue_notice", actor=LI, documents=documents)
    receive(court, "2025-01-18", "60000", by="zhang")
    pay(court, "2025-01-16", "1000", first="principal")
    found = standing(court)
    assert [str(one.day) for one in found.standing.payments] == ["2025-01-16", "2025-01-18"]
    first, second = found.standing.payments
    assert first.to == {TitlePart.PRINCIPAL: Decimal(1000)}
    assert sum(second.to.values()) == 60000
    zhang, bank = found.standing.debtors
    assert zhang.paid == 60000 - second.to[TitlePart.FEE] and bank.due == zhang.due
    assert found.names == {"zhang": "张三", "bank": "担保公司"}


def test_stays_that_the_debtor_did_not_ask_for_bear_no_double_interest(court: Engine) -> None:
    documents = {"notice": "n", "report_order": "r"}
    court.fire("c", "issue_notice", actor=LI, documents=documents)
    stay = {"title_stay.since": "2025-01-15", "title_stay.until": "2025-01-19"}
    court.fire("c", "record_title_stay", actor=LI, data=stay, documents={"suspension_ruling": "s"})
    assert due(standing(court))["double_interest"] == "107.42"  # 6 days


def test_a_corrected_title_is_what_counts(court: Engine) -> None:
    items: list[dict[str, str]] = [{"id": "loan", "amount": "50000", "period_ends": "2025-01-10"}]
    court.correct(
        "c",
        actor=LI,
        note="typed wrongly",
        documents={"correction_basis": "b"},
        replace={1: Replacement(data=GIVEN | TITLE | {"title_item": items})},
    )
    court.approve("c", court.case("c").waiting[0].name, actor=CHIEF)
    assert due(standing(court)) == {
        "fee": "651.31",
        "principal": "50000.00",
        "double_interest": "87.50",
    }


def test_a_case_that_holds_no_items_is_due_its_claim(database: str) -> None:
    clock = VirtualClock(at("2025-01-20 09:00"))
    with opened(database, clock) as engine:
        engine.open_case("first_enforcement", id="c", actor=FILING, data=GIVEN)
        assert due(standing(engine, actor=FILING)) == {"fee": "1400.00", "principal": "100000.00"}
        given = GIVEN | {"due_on": "2025-01-10"}
        engine.open_case("first_enforcement", id="d", actor=FILING, data=given)
        found = CourtClaims(engine).standing("d", actor=FILING)
        assert due(found)["double_interest"] == "175.00"


def test_what_cannot_be_read_is_told_by_its_field(database: str) -> None:
    clock = VirtualClock(at("2025-01-20 09:00"))
    wrong = {
        "title_item.loan.rates": {"interest_from": "2024-01-10", "rates": "six"},
        "title_item.loan.interest_from": {"rates": "6%"},
        "title_item.loan.amount": {"amount": None},
        "items loan owed_by": {"owed_by": "nobody"},
    }
    with opened(database, clock) as engine:
        for number, (name, item) in enumerate(wrong.items()):
            items = [{"id": "loan", "amount": "1"} | item]
            data = GIVEN | {"title_item": items}
            engine.open_case("first_enforcement", id=f"c{number}", actor=FILING, data=data)
            with pytest.raises(BadFormulaValue) as refused:
                CourtClaims(engine).standing(f"c{number}", actor=FILING)
            assert refused.value.name == name


# -- who may read it


def test_the_court_reads_it_and_no_party(court: Engine) -> None:
    for actor in (FILING, CHIEF, LI):
        assert standing(court, actor=actor).case_id == "c"
    for actor in (Actor.of("a1", "applicant"), Actor.of("d1", "debtor"), Actor.of("x")):
        with pytest.raises(NotAllowed):
            standing(court, actor=actor)
    with pytest.raises(CaseNotFound):
        CourtClaims(court).standing("nothing", actor=LI)


def test_other_courts_do_not_and_who_oversees_the_court_does(database: str) -> None:
    clock = VirtualClock(at("2025-01-20 09:00"))
    with opened(database, clock) as engine:
        engine.set_first_charter(CHARTER)
        filing = Actor.of("he", "filing_judge@haidian")
        engine.open_case("first_enforcement", id="c", court="haidian", actor=filing, data=GIVEN)
        assert standing(engine, actor=filing).court == "haidian"
        assert standing(engine, actor=Actor.of("p", "president@beijing")).court == "haidian"
        for roles in (("filing_judge@chaoyang",), ("officer@chaoyang",), ("chief@chaoyang",)):
            with pytest.raises(NotAllowed):
                standing(engine, actor=Actor.of("x", *roles))


SMALL = """
id: small
title: {zh: 小, en: small}
version: 1
effective: 2024-01-01
roles: {officer: {title: {zh: 承办人, en: officer}}}
powers: {open: {by: officer, form: opening}}
data:
  sum: {type: money, sealed: true, title: {zh: 金额, en: sum}}
  more: {type: money, title: {zh: 另一金额, en: more}}
forms: {opening: {title: {zh: 立案, en: opening}, fields: {sum: , more: }}}
claims:
  first: {title: {zh: 甲, en: first}, principal: sum}
  second: {title: {zh: 乙, en: second}, principal: more}
modes: {done: {zh: 完毕, en: done}}
initial: fresh
states:
  fresh: {title: {zh: 新收, en: fresh}}
  done: {title: {zh: 完毕, en: done}, closes: done}
transitions:
  - {trigger: finish, title: {zh: 结案, en: finish}, from: fresh, to: done, by: officer}
"""


def small() -> Definition:
    return definition_from_text(SMALL)


def test_sealed_facts_and_titles_by_name(database: str, clock: VirtualClock) -> None:
    with Engine(database, small(), clock=clock, drafts=True, upgrade=True) as engine:
        engine.set_first_charter(CHARTER)
        han = Actor.of("han", "officer@haidian")
        data = {"sum": "5", "more": "7"}
        engine.open_case("small", id="c", court="haidian", actor=han, data=data)
        claims = CourtClaims(engine)
        second = claims.standing("c", actor=han, claim="second")
        assert second.standing.part(TitlePart.PRINCIPAL).due == 7
        with pytest.raises(NotAllowed):
            claims.standing("c", actor=han, claim="first")
        president = Actor.of("p", "president@haidian")
        first = claims.standing("c", actor=president, claim="first")
        assert first.standing.part(TitlePart.PRINCIPAL).due == 5
        for name in ("", "third"):
            with pytest.raises(NoSuchClaim, match="first, second"):
                claims.standing("c", actor=han, claim=name)


# -- as it is printed


def zhixing(database: str, *arguments: str, lang: str = "zh") -> str:
    env = {**os.environ, "ZHIXING_DATABASE": database, "ZHIXING_LANG": lang}
    command = [sys.executable, "-m", "zhixing.console", "case", "claim", *arguments]
    result = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True)
    return result.stdout + result.stderr


def test_the_command_prints_a_statement_with_its_sources(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'court.db'}"
    with opened(database, VirtualClock(at("2025-01-15 09:00"))) as engine:
        engine.open_case("first_enforcement", id="c", actor=FILING, data=GIVEN | TITLE)
    options = ("c", "--on", "2025-01-20", "--as", "he", "--role", "filing_judge")
    told = zhixing(database, *options, "--steps")
    for words in ("应付 110189.75", "179.03", "张三 (zhang)", "补充", "民事诉讼法第二百六十四条"):
        assert words in told
    english = zhixing(database, *options, lang="en")
    assert "due 110189.75" in english and "Order 481 art. 14(1)" in english
    found = json.loads(zhixing(database, *options, "--json"))["claim"]
    assert (found["case_id"], found["standing"]["due"]) == ("c", "110189.75")
    assert "not-allowed" in zhixing(database, "c", "--as", "x", "--role", "debtor")
