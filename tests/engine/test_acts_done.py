"""Parts done in any order: `did("act")` in conditions and `done_by` in checklists are so once the
act has happened, also late, and no more once a correction has annulled it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import at
from zhixing.analysis import replay
from zhixing.engine import Actor, Engine, Refused, VirtualClock
from zhixing.workflow import definition_from_text, inspect

LI, WANG = Actor.of("li", "officer"), Actor.of("wang", "chief")
TEXT = """
id: survey
title: {zh: 调查, en: survey}
version: 1
effective: 2024-01-01
roles:
  officer: {title: {zh: 承办人, en: officer}}
  chief: {title: {zh: 局长, en: chief}}
powers:
  open: {by: officer}
  correct: {by: officer, documents: proof, approval: chief}
  late: {by: officer, within: 5d}
documents: {proof: {title: {zh: 证明, en: proof}}}
modes: {done: {zh: 办结, en: done}}
approvals:
  chief: {title: {zh: 审批, en: approval}, steps: [{by: chief}]}
checklists:
  all:
    title: {zh: 要件, en: what it needs}
    items:
      served: {title: {zh: 已送达, en: served}, done_by: [serve, serve_by_post]}
      looked: {title: {zh: 已查看, en: looked}, done_by: look, when: today >= date("2025-03-05")}
initial: work
states:
  work: {title: {zh: 办理, en: work}}
  over: {title: {zh: 办结, en: over}, closes: done}
transitions:
  - {trigger: serve, title: {zh: 送达, en: serve}, from: work, to: stay, by: officer}
  - {trigger: serve_by_post, title: {zh: 邮寄, en: post}, from: work, to: stay, by: officer}
  - {trigger: look, title: {zh: 查看, en: look}, from: work, to: stay, by: officer}
  - trigger: remind
    title: {zh: 催告, en: remind}
    from: work
    to: stay
    by: officer
    when: did("serve") && !did("remind")
    otherwise: {zh: 未送达或已催告, en: 'not served, or reminded already'}
  - {trigger: end, title: {zh: 办结, en: end}, from: work, to: over, by: officer, checklist: all}
log:
  opens: open
  activities:
    open: {by: officer}
    serve: {trigger: serve, by: officer}
    remind: {trigger: remind, by: officer}
"""


@pytest.fixture
def court(database: str) -> Iterator[Engine]:
    clock = VirtualClock(at("2025-03-03 10:00"))
    definition = definition_from_text(TEXT)
    with Engine(database, definition, clock=clock, drafts=True, upgrade=True) as engine:
        engine.open_case("survey", id="c", actor=LI, officer="li")
        yield engine


def fire(court: Engine, trigger: str) -> None:
    court.clock.advance(days=1)
    court.fire("c", trigger, actor=LI)


def missing(court: Engine) -> set[str]:
    return {line.item for line in court.checklist("c", "end") if not line.is_complete}


def test_items_are_complete_once_one_of_their_acts_has_happened_in_any_order(
    court: Engine,
) -> None:
    assert missing(court) == {"served", "looked"}
    fire(court, "look")
    assert missing(court) == {"served", "looked"}  # it is too early for the other part of it
    fire(court, "serve_by_post")
    assert missing(court) == set()
    fire(court, "end")
    assert court.case("c").closing_mode == "done"


def test_a_condition_asks_whether_an_act_has_happened(court: Engine) -> None:
    with pytest.raises(Refused):
        fire(court, "remind")
    fire(court, "serve")
    assert {p.trigger: p.allowed for p in court.possible("c", actor=LI)}["remind"]
    fire(court, "remind")
    with pytest.raises(Refused) as refused:
        fire(court, "remind")
    assert "reminded already" in refused.value.text("en")


def test_it_holds_over_a_correction_that_annuls_the_act(court: Engine) -> None:
    fire(court, "serve")
    seq = court.history("c")[-1].seq
    fire(court, "look")
    court.correct("c", actor=LI, note="wrong case", documents={"proof": "p"}, annul=[seq])
    court.approve("c", "correct", actor=WANG)
    assert missing(court) == {"served"}
    with pytest.raises(Refused):
        fire(court, "remind")
    report = court.verify(rules=True)
    assert (report.found, report.not_repeatable, report.otherwise) == (0, 0, ())


def test_an_act_entered_late_has_happened(court: Engine) -> None:
    fire(court, "look")
    fire(court, "look")
    court.fire("c", "serve", actor=LI, happened_at=at("2025-03-04 09:00"))
    fire(court, "remind")
    assert missing(court) == set()


def test_an_act_that_others_rest_on_is_not_annulled_alone(court: Engine) -> None:
    fire(court, "serve")
    seq = court.history("c")[-1].seq
    fire(court, "remind")
    with pytest.raises(Refused) as refused:
        court.correct("c", actor=LI, note="wrong case", documents={"proof": "p"}, annul=[seq])
    assert [o.code for o in refused.value.obstacles] == ["entry-impossible"]


def test_a_replay_asks_the_same(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(
        "case,activity,date\n1,open,2025-01-06\n1,remind,2025-01-07\n"
        "1,serve,2025-01-08\n1,remind,2025-01-09\n1,remind,2025-01-10\n"
    )
    report = replay(definition_from_text(TEXT), log)
    assert [(r.activity, r.first_line, r.count) for r in report.refusals] == [("remind", 3, 2)]


@pytest.mark.parametrize(
    ("wrong", "code", "said"),
    [
        ('did("serv") && !did("remind")', "unknown-trigger", "did you mean serve"),
        ('today > date("2025-01-01") && did("x")', "unknown-trigger", "there is no act x"),
        ("did(serve)", "guard", 'write did("ACT")'),
        ("did.serve", "guard", 'write did("ACT")'),
        ('did("serve", 1)', "guard", 'write did("ACT")'),
        ('did("serve") > 1', "guard", ""),
    ],
)
def test_what_is_wrong_about_it_is_told_at_its_place(
    tmp_path: Path, wrong: str, code: str, said: str
) -> None:
    right = 'did("serve") && !did("remind")'
    broken = TEXT.replace(f"when: {right}", f"when: '{wrong}'")
    file = tmp_path / "survey.yaml"
    file.write_text(broken)
    (found,) = [f for f in inspect(file)[1] if f.is_error]
    assert (found.code, said in found.en) == (code, True), found.en
    place = broken.index(wrong)
    assert found.at.line == broken[:place].count("\n") + 1
    inside = {"unknown-trigger": wrong.find('did("') + 5, "guard": wrong.find("did")}[code]
    column = place + inside - broken.rfind("\n", 0, place)
    assert said == "" or found.at.column == column


def test_an_act_of_an_item_is_there(tmp_path: Path) -> None:
    file = tmp_path / "survey.yaml"
    file.write_text(TEXT.replace("done_by: look,", "done_by: lock,"))
    (found,) = [f for f in inspect(file)[1] if f.is_error]
    assert found.code == "unknown-trigger" and "look" in found.en


def test_what_waits_for_an_act_that_cannot_come_before_it_is_told(tmp_path: Path) -> None:
    file = tmp_path / "survey.yaml"
    later = (
        "  - {trigger: file, title: {zh: 归档, en: file}, from: over, to: stay, by: officer}\nlog:"
    )
    file.write_text(TEXT.replace("log:", later).replace("done_by: look,", "done_by: file,"))
    (found,) = [f for f in inspect(file)[1] if f.is_error]
    assert found.code == "act-too-late" and "归档" in found.zh


def test_no_computed_value_asks_of_acts(tmp_path: Path) -> None:
    file = tmp_path / "survey.yaml"
    field = "data: {x: {type: flag, title: {zh: 甲, en: x}, is: 'did(\"look\")'}}\nlog:"
    file.write_text(TEXT.replace("log:", field))
    assert "computed-field" in {f.code for f in inspect(file)[1] if f.is_error}
