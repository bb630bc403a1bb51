"""A sub-procedure that is about a record goes to another case together with its record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from tests.conftest import at
from tests.engine.families import FREEZE, HEAD
from zhixing.engine import Actor, BadEvent, Engine, Refused, VirtualClock
from zhixing.workflow import definition_from_text

ASSETS = """
  asset:
    type: records
    title: {zh: 财产, en: assets}
    fields:
      what: {type: text, title: {zh: 名称, en: what}}
      worth: {type: money, title: {zh: 价值, en: worth}}
      frozen_on: {type: date, title: {zh: 生效日, en: frozen on}}
      rank: {type: number, default: 1, title: {zh: 顺位, en: rank}}
"""
PRESERVATION = f"""
id: preserving
{HEAD}
data: {ASSETS}
      note: {{type: text, title: {{zh: 备注, en: note}}}}
initial: open
states:
  open: {{title: {{zh: 办, en: open}}}}
  done: {{title: {{zh: 终, en: done}}, closes: ended, leaves: freeze}}
forms:
  asset: {{title: {{zh: 财产, en: asset}}, fields: {{
    asset.what: {{}}, asset.worth: {{}}, asset.frozen_on: {{}}, asset.rank: {{}},
    asset.note: {{}}}}}}
sub_procedures:
  freeze: {{title: {{zh: 冻结, en: freeze}}, procedure: freeze, each: asset}}
  second: {{title: {{zh: 再冻, en: second}}, procedure: freeze, each: asset}}
links:
  enforced: {{title: {{zh: 执行案件, en: enforcement}}, procedure: enforcing}}
transitions:
  - {{trigger: list_asset, adds: asset, title: {{zh: 登记, en: list}}, from: open, to: stay,
      by: officer, form: asset}}
  - {{trigger: seize, each: asset, title: {{zh: 冻, en: seize}}, from: open, to: stay,
      by: officer, opens: freeze}}
  - {{trigger: seize_again, each: asset, title: {{zh: 再冻, en: again}}, from: open, to: stay,
      by: officer, opens: second}}
  - {{trigger: hear, title: {{zh: 获知, en: hear}}, from: open, to: stay, by: procedure}}
  - {{trigger: close, title: {{zh: 结, en: close}}, from: open, to: done, by: officer}}
powers: {{open: {{by: officer}}, link: {{by: chief}}, transfer: {{by: chief}},
  correct: {{by: chief, documents: proof}}}}
"""
ENFORCING = f"""
id: enforcing
{HEAD}
data: {ASSETS}
      status: {{type: text, title: {{zh: 状态, en: status}}}}
initial: open
states:
  open: {{title: {{zh: 办, en: open}}}}
  done: {{title: {{zh: 终, en: done}}, closes: ended}}
forms:
  asset: {{title: {{zh: 财产, en: asset}}, fields: {{asset.what: {{}}}}}}
sub_procedures:
  freeze: {{title: {{zh: 冻结, en: freeze}}, procedure: freeze, each: asset}}
  second: {{title: {{zh: 再冻, en: second}}, procedure: freeze, each: asset}}
  plain: {{title: {{zh: 不分财产, en: plain}}, procedure: freeze}}
links:
  preservation: {{title: {{zh: 保全案件, en: preservation}}, procedure: preserving}}
transitions:
  - {{trigger: list_asset, adds: asset, title: {{zh: 登记, en: list}}, from: open, to: stay,
      by: officer, form: asset}}
  - {{trigger: take_over, title: {{zh: 接收保全, en: take over}}, from: open, to: stay,
      by: officer, adopts: {{preservation: freeze}}}}
  - {{trigger: lift, each: asset, title: {{zh: 解, en: lift}}, from: open, to: stay, by: officer,
      when: asset.rank == 2, tells: {{freeze: lift}}, sets: {{asset.status: 已解除}}}}
  - {{trigger: hear, each: asset, title: {{zh: 获知, en: hear}}, from: open, to: stay,
      by: procedure, sets: {{asset.status: 失效}}}}
  - {{trigger: close, title: {{zh: 结, en: close}}, from: open, to: done, by: officer,
      when: freeze.open == 0}}
powers: {{open: {{by: officer}}, link: {{by: chief}}, transfer: {{by: chief}},
  correct: {{by: chief, documents: proof}}}}
"""
LI, SUN, WANG = Actor.of("li", "officer"), Actor.of("sun", "officer"), Actor.of("wang", "chief")
FAMILY = [definition_from_text(text) for text in (PRESERVATION, ENFORCING, FREEZE)]
HOUSE = {
    "asset.what": "房屋",
    "asset.worth": "800000.50",
    "asset.frozen_on": "2025-03-03",
    "asset.rank": 2,
    "asset.note": "只在保全案件",
}


@pytest.fixture
def court(database: str, clock: VirtualClock) -> Iterator[Engine]:
    """A preservation of a house and a car, and the enforcement that it is linked with."""
    with Engine(database, FAMILY, clock=clock, upgrade=True, drafts=True) as court:
        court.open_case("preserving", actor=LI, id="p", officer="li", number="保1")
        court.open_case("enforcing", actor=SUN, id="e", officer="sun", number="执1")
        court.fire("p", "list_asset", actor=LI, about="house", data=HOUSE)
        court.fire("p", "list_asset", actor=LI, about="car", data={"asset.what": "车"})
        court.fire("p", "seize", actor=LI, about="house")
        court.fire("p", "seize", actor=LI, about="car")
        court.link("e", "preservation", "p", actor=WANG)
        clock.set(at("2025-09-01 09:00"))
        yield court


def assets(court: Engine, case: str) -> dict[str, dict[str, object]]:
    return {record["id"]: record for record in court.case(case).data.get("asset", [])}


def about(court: Engine, case: str) -> dict[str, str]:
    return {child.about: child.id for child in court.query(parent=case)}


def test_records_come_with_their_freezes_and_the_terms_run_on(court: Engine) -> None:
    before = about(court, "p")
    court.fire("e", "take_over", actor=SUN)
    assert (about(court, "p"), about(court, "e")) == ({}, before)
    assert assets(court, "e")["house"] == {
        "id": "house",
        "what": "房屋",
        "worth": Decimal("800000.50"),
        "frozen_on": date(2025, 3, 3),
        "rank": 2,
    }
    assert assets(court, "p")["house"]["note"] == "只在保全案件"
    [term] = court.deadlines(before["house"])
    assert term.due_day == date(2026, 3, 3)
    report = court.verify(rules=True)
    assert (report.findings, report.otherwise) == ((), ())


def test_from_then_on_the_act_about_the_record_reaches_its_freeze(
    court: Engine, clock: VirtualClock
) -> None:
    court.fire("e", "take_over", actor=SUN)
    freezes = about(court, "e")
    with pytest.raises(Refused):
        court.fire("e", "lift", actor=SUN, about="car")
    court.fire("e", "lift", actor=SUN, about="house")
    assert court.case(freezes["house"]).state == "lifted"
    clock.set(at("2026-03-05 09:00"))
    court.run_due()
    assert court.case(freezes["car"]).state == "lifted"
    assert {id: a["status"] for id, a in assets(court, "e").items()} == dict.fromkeys(
        ("house", "car"), "失效"
    )
    assert court.fire("e", "close", actor=SUN).state == "done"
    assert court.verify(rules=True).otherwise == ()


def test_an_id_that_is_taken_gives_the_next_and_two_freezes_of_one_record_share_it(
    court: Engine,
) -> None:
    court.fire("e", "list_asset", actor=SUN, about="house", data={"asset.what": "另一处"})
    court.fire("p", "seize_again", actor=LI, about="house")
    first, second = (
        next(c.id for c in court.query(parent="p") if (c.sub_procedure, c.about) == (name, "house"))
        for name in ("freeze", "second")
    )
    court.transfer(first, "e", as_="freeze", actor=WANG)
    court.transfer(second, "e", as_="second", actor=WANG)
    assert {id: record["what"] for id, record in assets(court, "e").items()} == {
        "house": "另一处",
        "2": "房屋",
    }
    assert {court.case(first).about, court.case(second).about} == {"2"}
    assert court.history(first)[-1].changes["about"] == ["house", "2"]
    assert court.verify(rules=True).otherwise == ()


def test_as_of_a_day_it_was_not_there_and_then_it_was(court: Engine, clock: VirtualClock) -> None:
    court.fire("e", "take_over", actor=SUN)
    assert "asset" not in court.case_at("e", date(2025, 8, 31)).data
    known = {r["id"]: r for r in court.case_at("e", date(2025, 9, 1)).data["asset"]}
    assert known == assets(court, "e")


def test_a_correction_of_an_act_before_it_decides_the_coming_again_alike(
    court: Engine, clock: VirtualClock
) -> None:
    entry = court.fire("e", "list_asset", actor=SUN, about="hut", data={"asset.what": "棚"})
    court.fire("e", "take_over", actor=SUN)
    clock.set(at("2025-09-02 09:00"))
    court.correct("e", annul=[entry.version], actor=WANG, note="x", documents={"proof": "1"})
    assert sorted(assets(court, "e")) == ["car", "house"]
    assert court.verify(rules=True).otherwise == ()


def test_what_is_about_a_record_goes_to_no_name_that_is_about_none(court: Engine) -> None:
    with pytest.raises(BadEvent) as refused:
        court.transfer(about(court, "p")["car"], "e", as_="plain", actor=WANG)
    assert "each" in refused.value.text("zh")
    assert about(court, "e") == {}
