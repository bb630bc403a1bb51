"""What a party sees only while a condition holds: fields, documents, nodes, fields of records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import at
from zhixing.engine import Actor, Engine, VirtualClock
from zhixing.workflow import definition_from_text, inspect, lint
from zhixing.workflow.review.differences import differences
from zhixing.workflow.review.page.review_page import review_page

LI = Actor.of("li", "officer")
TEXT = """
id: measure
title: {zh: 执行, en: enforcement}
version: 1
effective: 2024-01-01
roles:
  officer: {title: {zh: 承办人, en: officer}}
  applicant: {party: true, title: {zh: 申请人, en: applicant}}
  debtor: {party: true, title: {zh: 被执行人, en: debtor}}
powers: {open: {by: officer, form: opening}}
data:
  claim: {type: money, visible_to: [applicant, debtor], title: {zh: 标的, en: claim}}
  account:
    type: text
    title: {zh: 账户, en: account}
    visible_to: [applicant, {role: debtor, when: 'freeze.at.effective > 0'}]
  told_on: {type: date, title: {zh: 告知日, en: day of notice}}
  clue:
    type: text
    title: {zh: 线索, en: clue}
    visible_to: {role: debtor, when: 'case.told_on <= today'}
forms:
  opening: {title: {zh: 立案, en: opening}, fields: {claim: {required: true}, account: , clue: }}
  telling: {title: {zh: 告知, en: notice}, fields: {told_on: {required: true, overwrites: true}}}
documents:
  order:
    title: {zh: 冻结裁定, en: order}
    visible_to: [applicant, {role: debtor, when: did("tell")}]
modes: {done: {zh: 办结, en: done}}
initial: work
states:
  work: {visible_to: [applicant, debtor], title: {zh: 办理, en: work}}
  freezing:
    title: {zh: 冻结中, en: freezing}
    visible_to: [applicant, {role: debtor, when: 'freeze.at.effective > 0'}]
  done: {visible_to: [applicant, debtor], title: {zh: 办结, en: done}, closes: done, leaves: freeze}
sub_procedures:
  freeze:
    title: {zh: 冻结, en: freeze}
    procedure: freezing
    states: [effective]
transitions:
  - {trigger: freeze, title: {zh: 提请冻结, en: freeze}, from: work, to: freezing, by: officer,
      opens: freeze, documents: order}
  - {trigger: tell, title: {zh: 告知, en: tell}, from: freezing, to: work, by: officer,
      form: telling}
  - {trigger: end, title: {zh: 办结, en: end}, from: work, to: done, by: officer}
"""
CHILD = """
id: freezing
title: {zh: 冻结, en: freeze}
version: 1
effective: 2024-01-01
roles: {officer: {title: {zh: 承办人, en: officer}}}
powers: {open: {by: [officer, procedure]}}
modes: {lifted: {zh: 解除, en: lifted}}
initial: proposed
states:
  proposed: {title: {zh: 提请, en: proposed}}
  effective: {title: {zh: 生效, en: effective}}
  lifted: {title: {zh: 解除, en: lifted}, closes: lifted}
transitions:
  - {trigger: take_effect, title: {zh: 生效, en: take effect}, from: proposed, to: effective,
      by: officer}
  - {trigger: lift, title: {zh: 解除, en: lift}, from: effective, to: lifted, by: officer}
"""


@pytest.fixture
def court(database: str) -> Iterator[Engine]:
    clock = VirtualClock(at("2025-03-03 10:00"))
    both = [definition_from_text(TEXT), definition_from_text(CHILD)]
    with Engine(database, both, clock=clock, drafts=True, upgrade=True) as engine:
        data = {"claim": "100", "account": "6222", "clue": "a car"}
        engine.open_case("measure", id="c", actor=LI, officer="li", data=data)
        engine.fire("c", "freeze", actor=LI, documents={"order": "o-1"})
        yield engine


def child(court: Engine) -> str:
    return next(case.id for case in court.query() if case.id != "c")


def nodes(court: Engine, role: str) -> list[str]:
    return [node.state for node in court.party_view("c", role).nodes]


def test_a_measure_is_hidden_until_it_is_effective_and_again_when_it_is_lifted(
    court: Engine,
) -> None:
    hidden = court.party_view("c", "debtor")
    assert (hidden.data.keys(), nodes(court, "debtor")) == ({"claim"}, ["work"])
    assert nodes(court, "applicant") == ["work", "freezing"]
    assert court.party_view("c", "applicant").data["account"] == "6222"
    court.fire(child(court), "take_effect", actor=LI)
    assert court.party_view("c", "debtor").data.keys() == {"claim", "account"}
    assert nodes(court, "debtor") == ["work", "freezing"]
    court.fire(child(court), "lift", actor=LI)
    assert nodes(court, "debtor") == ["work"]


def test_an_act_a_day_and_a_document(court: Engine) -> None:
    assert court.party_view("c", "debtor").documents == {}
    court.fire("c", "tell", actor=LI, data={"told_on": "2025-03-05"})
    seen = court.party_view("c", "debtor")
    assert seen.documents == {"order": 1} and "clue" not in seen.data
    court.clock.advance(days=2)
    assert court.party_view("c", "debtor").data["clue"] == "a car"
    assert "clue" not in court.party_view("c", "applicant").data


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("freeze.at.effective > 0", "freeze.at.efective > 0", "guard"),
        ('did("tell")', 'did("tel")', "unknown-trigger"),
        ("role: debtor, when: 'case", "role: deptor, when: 'case", "unknown-role"),
        ("role: debtor, when: 'case", "role: officer, when: 'case", "visible-to"),
        ("case.told_on <= today", 'case.told_on <= date("2025-01-01") && false', "never"),
        ("case.told_on <= today", "case.told_on", "guard"),
    ],
)
def test_what_is_wrong_is_told_at_its_line(
    tmp_path: Path, right: str, wrong: str, code: str
) -> None:
    file = tmp_path / "measure.yaml"
    (tmp_path / "freezing.yaml").write_text(CHILD)
    broken = TEXT.replace(right, wrong, 1)
    assert broken != TEXT
    file.write_text(broken)
    found = [f for f in lint(file) if f.is_error]
    line = broken[: broken.index(wrong)].count("\n") + 1
    assert [(f.code, f.at.line) for f in found] == [(code, line)]


def test_a_layer_shows_nothing_that_is_hidden_below(tmp_path: Path) -> None:
    (tmp_path / "measure.yaml").write_text(TEXT)
    layer = tmp_path / "court.yaml"
    head = "overlay: measure.yaml\nlevel: court\nid: court\ntitle: {zh: 法院}\nversion: 1\n"
    for more, codes in (
        ("data: {account: {visible_to: debtor}}\n", ["looser"]),
        ("states: {freezing: {visible_to: {role: debtor, when: 'true'}}}\n", ["looser"]),
        ("documents: {order: {visible_to: applicant}}\n", []),
    ):
        layer.write_text(f"{head}effective: 2024-06-01\n{more}")
        errors = [f.code for f in inspect(layer)[1] if f.is_error]
        assert errors == codes, more


def test_people_read_the_condition_on_the_page_and_among_the_changes() -> None:
    old = definition_from_text(
        TEXT.replace(", {role: debtor, when: 'freeze.at.effective > 0'}", "")
    )
    new = definition_from_text(TEXT)
    assert "freeze.at.effective" in review_page(new)
    said = [change.zh for change in differences(old, new)]
    assert any("被执行人（有处于“effective”的“冻结”）" in line for line in said), said
