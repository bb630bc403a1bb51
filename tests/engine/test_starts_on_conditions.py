"""A time limit that starts on a condition: it starts where that holds, and nothing is left out in
silence where it cannot be said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import at
from tests.courts import migrate, publish
from zhixing.engine import Actor, Engine, Refused, Replacement, VirtualClock
from zhixing.workflow import Finding, definition_from_text, lint, review_page

LI, WANG = Actor.of("li", "officer"), Actor.of("wang", "chief")
FLOW = """\
id: preservation
title: {zh: 财产保全}
version: 1
effective: 2025-01-01
roles: {officer: {title: {zh: 承办人}}, chief: {title: {zh: 局长}}}
documents: {basis: {title: {zh: 依据}}}
data:
  pre_suit: {type: flag, title: {zh: 诉前}}
  urgent: {type: flag, default: false, title: {zh: 情况紧急}}
powers:
  open: {by: officer, form: opening}
  late: {by: officer, within: 9d, approval: chief}
  correct: {by: officer, approval: chief, documents: basis}
  move: {by: chief}
approvals: {chief: {title: {zh: 局长审批}, steps: [{by: chief}]}}
forms:
  opening: {title: {zh: 申请}, fields: {pre_suit: {required: true}, urgent: }}
modes: {done: {zh: 结案}}
initial: applied
states:
  applied: {title: {zh: 已申请}}
  frozen: {title: {zh: 已冻结}}
  done: {title: {zh: 已结}, closes: done}
transitions:
  - {trigger: freeze, title: {zh: 冻结}, from: applied, to: frozen, by: officer}
  - {trigger: sue, title: {zh: 起诉}, from: frozen, to: stay, by: officer}
  - {trigger: hear, title: {zh: 听取意见}, from: frozen, to: stay, by: officer}
  - {trigger: lift, title: {zh: 解除}, from: frozen, to: done, by: [officer, clock]}
  - {trigger: close, title: {zh: 结案}, from: frozen, to: done, by: officer, approval: chief}
deadlines:
  decide_at_once:
    title: {zh: 紧急情况四十八小时}
    starts: {entering: applied, when: case.urgent}
    length: 48
    unit: hour
    met_by: freeze
  decide:
    title: {zh: 五日内裁定}
    starts: {entering: applied, when: "!case.urgent"}
    length: 5
    unit: day
    met_by: freeze
  sue:
    title: {zh: 三十日内起诉}
    starts: {entering: frozen, when: case.pre_suit}
    length: 30
    unit: day
    met_by: sue
    on_expiry: {fire: lift}
  answer:
    title: {zh: 答复意见}
    starts: {on: hear, when: case.pre_suit}
    length: 3
    unit: day
  decide_closing:
    title: {zh: 审批结案}
    starts: {proposing: close, when: "!case.pre_suit"}
    length: 3
    unit: day
"""


UNSURE = FLOW.replace("fields: {pre_suit: {required: true}", "fields: {pre_suit: ")


@pytest.fixture
def court(database: str) -> Iterator[Engine]:
    clock = VirtualClock(at("2025-03-03 09:00"))
    flow = definition_from_text(FLOW, "preservation.yaml")
    with Engine(database, flow, clock=clock, drafts=True, upgrade=True) as engine:
        yield engine


def opened(court: Engine, id: str, **data: Any) -> None:
    court.open_case("preservation", id=id, actor=LI, officer="li", data=data)


def running(court: Engine, id: str) -> set[str]:
    return {deadline.rule for deadline in court.deadlines(id)}


def test_it_starts_on_entering_where_its_condition_holds(court: Engine) -> None:
    opened(court, "a", pre_suit=True, urgent=True)
    opened(court, "b", pre_suit=False)
    assert (running(court, "a"), running(court, "b")) == ({"decide_at_once"}, {"decide"})
    for id in ("a", "b"):
        court.fire(id, "freeze", actor=LI)
    assert (running(court, "a"), running(court, "b")) == ({"sue"}, set())


def test_it_starts_on_an_act_or_a_proposal_where_its_condition_holds(court: Engine) -> None:
    for id, pre_suit in (("a", True), ("b", False)):
        opened(court, id, pre_suit=pre_suit)
        for trigger in ("freeze", "hear", "close"):
            court.fire(id, trigger, actor=LI)
    assert running(court, "a") == {"sue", "answer"}
    assert running(court, "b") == {"decide_closing"}


def test_a_correction_starts_what_should_have_started_and_takes_back_what_should_not(
    court: Engine,
) -> None:
    for id, pre_suit in (("a", True), ("b", False)):
        opened(court, id, pre_suit=pre_suit)
        court.fire(id, "freeze", actor=LI)
        other = {1: Replacement({"pre_suit": not pre_suit})}
        court.correct(id, actor=LI, note="x", documents={"basis": "b"}, replace=other)
        court.approve(id, "correct", actor=WANG)
    assert (running(court, "a"), running(court, "b")) == (set(), {"sue"})
    assert [str(d.due_day) for d in court.deadlines("b")] == ["2025-04-02"]
    assert court.verify(rules=True).otherwise == ()


def test_a_late_act_is_asked_as_the_case_stood_on_its_day(court: Engine) -> None:
    opened(court, "a", pre_suit=True)
    assert isinstance(court.clock, VirtualClock)
    court.clock.set(at("2025-03-07 09:00"))
    court.fire("a", "freeze", actor=LI, happened_at=at("2025-03-04 09:00"))
    assert [(d.rule, str(d.due_day)) for d in court.deadlines("a")] == [("sue", "2025-04-03")]
    assert court.verify(rules=True).otherwise == ()


def test_arming_by_hand_asks_no_condition() -> None:
    flow = FLOW.replace("  move:", "  arm: {by: officer}\n  move:")
    clock = VirtualClock(at("2025-03-03 09:00"))
    with Engine("sqlite://", definition_from_text(flow), clock=clock, drafts=True) as court:
        opened(court, "a", pre_suit=False)
        court.fire("a", "freeze", actor=LI)
        court.arm("a", "sue", actor=LI)
        assert running(court, "a") == {"sue"}


OLDER = UNSURE[: UNSURE.index("  sue:\n")]
NEWER = FLOW.replace("version: 1", "version: 2").replace(
    "initial: applied", "transitional: {running_cases: move}\ninitial: applied"
)


def moved(court: Engine, state: str) -> list[str]:
    """Cases of the older flow, which asked for less, moved to the newer; why some stayed."""
    publish(court, definition_from_text(OLDER))
    for id, given in (("a", {"pre_suit": True}), ("b", {"pre_suit": False}), ("c", {})):
        opened(court, id, **given)
        if state == "frozen":
            court.fire(id, "freeze", actor=LI)
    publish(court, definition_from_text(NEWER))
    _, staying = migrate(court, definition_from_text(NEWER))
    return [f"{plan.case_id}: {plan.why_en}" for plan in staying]


def test_a_case_that_is_moved_gets_the_limits_whose_conditions_hold(database: str) -> None:
    clock = VirtualClock(at("2025-03-03 09:00"))
    with Engine(database, clock=clock, upgrade=True) as court:
        (why,) = moved(court, "frozen")
        assert (running(court, "a"), running(court, "b")) == ({"sue"}, set())
        assert why.startswith("c: whether 三十日内起诉 starts cannot be said")
        assert running(court, "c") == set()


def test_where_it_cannot_be_said_the_act_is_refused(database: str) -> None:
    clock = VirtualClock(at("2025-03-03 09:00"))
    with Engine(database, clock=clock, upgrade=True) as court:
        assert moved(court, "applied") == []
        with pytest.raises(Refused) as refused:
            court.fire("c", "freeze", actor=LI)
        (obstacle,) = refused.value.obstacles
        assert (obstacle.code, obstacle.deadline) == ("start-unknown", "sue")
        assert "pre_suit" in obstacle.zh and "三十日内起诉" in obstacle.zh
        assert court.case("c").state == "applied"


# -- lint


def told(tmp_path: Path, text: str) -> list[Finding]:
    file = tmp_path / "preservation.yaml"
    file.write_text(text)
    return [finding for finding in lint(file) if finding.is_error]


def test_the_page_for_review_says_on_which_condition_a_limit_starts() -> None:
    page = review_page(definition_from_text(FLOW), "zh")
    assert "仅当</th><td>“诉前”为“是”" in page and "届满时自动办理</th><td>解除" in page


def shown(text: str, finding: Finding) -> str:
    """What stands in a line from the place of a finding on."""
    return text.splitlines()[finding.at.line - 1][finding.at.column - 1 :]


def test_a_flow_whose_conditions_are_known_is_in_order(tmp_path: Path) -> None:
    assert told(tmp_path, FLOW) == []


def test_what_a_start_asks_must_be_known_by_then(tmp_path: Path) -> None:
    found = told(tmp_path, UNSURE)
    places = [(f.code, shown(UNSURE, f)) for f in found]
    asked = ["case.pre_suit}", "case.pre_suit}", '!case.pre_suit"}']
    assert places == [("start-unset", text) for text in asked]
    first = UNSURE.replace("when: case.pre_suit}", "when: given.pre_suit && case.pre_suit}")
    assert [f.code for f in told(tmp_path, first)] == ["start-unset"]


@pytest.mark.parametrize(
    "change",
    [
        ("from: applied, to: frozen, by", "from: applied, to: frozen, needs: pre_suit, by"),
        ("pre_suit: {type: flag,", "pre_suit: {type: flag, default: true,"),
        ("to: frozen, by: officer}", "to: frozen, by: officer, sets: {pre_suit: true}}"),
    ],
)
def test_an_act_before_it_or_a_default_makes_it_known(
    tmp_path: Path, change: tuple[str, str]
) -> None:
    assert "start-unset" not in {f.code for f in told(tmp_path, UNSURE.replace(*change))}


def test_a_way_on_which_it_is_forgotten_counts(tmp_path: Path) -> None:
    again = (
        "  - {trigger: again, title: {zh: 重新申请}, from: applied, to: stay, by: officer, "
        "sets: {pre_suit: null}}\n"
    )
    text = FLOW.replace("deadlines:\n", f"{again}deadlines:\n", 1)
    assert {f.code for f in told(tmp_path, text)} == {"start-unset", "set-and-brought"}


def test_a_condition_is_one_that_compiles(tmp_path: Path) -> None:
    text = FLOW.replace("when: case.pre_suit}", "when: case.pre_sute}", 1)
    (wrong,) = told(tmp_path, text)
    assert (wrong.code, shown(text, wrong)) == (
        "guard",
        "case.pre_sute}",
    )


WAITING = """\
id: waiting
title: {zh: 等待}
version: 1
effective: 2025-01-01
roles: {officer: {title: {zh: 承办人}}}
data: {urgent: {type: flag, default: false, title: {zh: 紧急}}}
powers: {open: {by: officer, form: opening}}
forms: {opening: {title: {zh: 申请}, fields: {urgent: }}}
modes: {done: {zh: 结案}}
initial: waiting
states: {waiting: {title: {zh: 等待}}, done: {title: {zh: 已结}, closes: done}}
transitions:
  - {trigger: pass, title: {zh: 期满}, from: waiting, to: done, by: clock}
deadlines:
  short: {title: {zh: 短}, starts: {entering: waiting, when: case.urgent}, length: 2, unit: day,
    on_expiry: {fire: pass}}
"""
LONG = """\
  long: {title: {zh: 长}, starts: {entering: waiting, when: "!case.urgent"}, length: 5, unit: day,
    on_expiry: {fire: pass}}
"""


def test_a_limit_that_may_not_start_is_no_way_out(tmp_path: Path) -> None:
    assert [f.code for f in told(tmp_path, WAITING)] == ["waits-for-ever"]


def test_two_limits_one_of_which_always_starts_are_a_way_out(tmp_path: Path) -> None:
    assert told(tmp_path, WAITING + LONG) == []
    both = LONG.replace('"!case.urgent"', "case.urgent")
    assert [f.code for f in told(tmp_path, WAITING + both)] == ["waits-for-ever"]


def test_a_condition_that_never_holds_is_told(tmp_path: Path) -> None:
    text = WAITING + LONG.replace('"!case.urgent"', '"case.urgent && !case.urgent"')
    assert "never" in {f.code for f in told(tmp_path, text)}


def test_a_layer_may_not_make_a_limit_start_less_often(tmp_path: Path) -> None:
    (tmp_path / "preservation.yaml").write_text(FLOW)
    layer = tmp_path / "layer.yaml"
    layer.write_text(
        "overlay: preservation.yaml\nlevel: court\nid: chaoyang\ntitle: {zh: 朝阳}\nversion: 1\n"
        "effective: 2025-01-01\n"
        "deadlines: {sue: {starts: {entering: frozen, when: case.urgent}}}\n"
    )
    assert {f.code for f in lint(layer) if f.is_error} == {"overlay-changes"}
