"""A shorter limit of the court's own beside the one of the law: both run, both are told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import at
from zhixing.engine import Actor, Engine, VirtualClock
from zhixing.workflow import (
    Extension,
    Finding,
    TimeUnit,
    definition_from_text,
    lint,
    review_page,
)

LI = Actor.of("li", "officer")
FLOW = """\
id: notice
title: {zh: 通知}
version: 1
effective: 2025-01-01
roles: {officer: {title: {zh: 承办人}}, chief: {title: {zh: 局长}}}
powers: {open: {by: officer}, extend: {by: chief, deadlines: issue}}
modes: {done: {zh: 结案}}
grounds: {rest: {zh: 中止}}
initial: received
states:
  received: {title: {zh: 收到}}
  assigned: {title: {zh: 已分案}}
  resting: {title: {zh: 中止}}
  noticed: {title: {zh: 已通知}}
  done: {title: {zh: 已结}, closes: done}
transitions:
  - {trigger: assign, title: {zh: 分案}, from: received, to: assigned, by: officer}
  - {trigger: rest, title: {zh: 中止}, from: assigned, to: resting, by: officer}
  - {trigger: resume, title: {zh: 恢复}, from: resting, to: return, by: officer}
  - {trigger: issue, title: {zh: 通知}, from: [received, assigned], to: noticed,
     by: [officer, clock]}
  - {trigger: close, title: {zh: 结案}, from: noticed, to: done, by: officer}
suspensions: [{states: resting, ground: rest}]
deadlines:
  issue:
    title: {zh: 发出通知}
    starts: {entering: received}
    length: 10
    unit: day
    warn: 2d
    met_by: issue
    extension: {by: chief, length: 5, unit: day}
    on_expiry: {alert: officer, escalate: [chief], fire: issue}
    inner: {length: 3, unit: day}
"""
OWN = """\
    inner:
      title: {zh: 三日内通知}
      starts: {entering: assigned}
      length: 2
      unit: working-day
      warn: 1d
      on_expiry: {alert: chief}
      basis: {instrument: 本院规定, article: "3"}
"""
WITH_START = FLOW.replace("    inner: {length: 3, unit: day}\n", OWN)


def court_of(database: str, text: str) -> Engine:
    clock = VirtualClock(at("2025-03-03 09:00"))
    flow = definition_from_text(text, "notice.yaml")
    return Engine(database, flow, clock=clock, drafts=True, upgrade=True)


@pytest.fixture
def court(database: str) -> Iterator[Engine]:
    with court_of(database, FLOW) as engine:
        engine.open_case("notice", id="a", actor=LI, officer="li")
        yield engine


def to(court: Engine, moment: str) -> None:
    assert isinstance(court.clock, VirtualClock)
    court.clock.set(at(moment))
    court.run_due()


def states(court: Engine) -> dict[str, str]:
    return {d.rule: d.status for d in court.deadlines("a", live=False)}


def test_both_are_shown_with_their_days(court: Engine) -> None:
    shown = {d.rule: (d.title_zh, str(d.due_day)) for d in court.deadlines("a")}
    assert shown == {
        "issue": ("发出通知", "2025-03-13"),
        "issue_inner": ("发出通知（内部期限）", "2025-03-06"),
    }


def test_one_act_meets_both(court: Engine) -> None:
    court.fire("a", "issue", actor=LI)
    assert states(court) == {"issue": "met", "issue_inner": "met"}


def test_a_breach_of_either_counts_by_itself_and_only_the_law_has_consequences(
    court: Engine,
) -> None:
    to(court, "2025-03-07 09:00")
    assert [d.rule for d in court.overdue()] == ["issue_inner"]
    assert court.case("a").state == "received"
    told = sorted((a.rule, a.kind, a.roles) for a in court.alerts(case_id="a"))
    assert told == [
        ("issue_inner", "escalated", ("chief",)),
        ("issue_inner", "expired", ("officer",)),
    ]
    court.fire("a", "issue", actor=LI)
    assert states(court) == {"issue": "met", "issue_inner": "met-late"}


def test_the_limit_of_the_law_still_fires(court: Engine) -> None:
    to(court, "2025-03-14 00:00")
    assert court.case("a").state == "noticed"


def test_an_extension_of_the_one_leaves_the_other(court: Engine) -> None:
    court.extend("a", "issue", Extension(5, TimeUnit.DAY, "zhou"), actor=Actor.of("zhou", "chief"))
    assert [str(d.due_day) for d in court.deadlines("a")] == ["2025-03-06", "2025-03-18"]


def test_both_stop_while_the_case_rests(court: Engine) -> None:
    court.fire("a", "assign", actor=LI)
    court.fire("a", "rest", actor=LI)
    assert states(court) == {"issue": "paused", "issue_inner": "paused"}


def test_it_may_have_a_start_a_length_and_people_of_its_own(database: str) -> None:
    with court_of(database, WITH_START) as court:
        court.open_case("notice", id="a", actor=LI, officer="li")
        assert states(court) == {"issue": "running"}
        to(court, "2025-03-07 09:00")
        court.fire("a", "assign", actor=LI)
        (inner,) = [d for d in court.deadlines("a") if d.rule == "issue_inner"]
        assert (inner.title_zh, str(inner.due_day)) == ("三日内通知", "2025-03-11")
        assert inner.basis == "《本院规定》第3条"
        to(court, "2025-03-12 00:00")
        told = [(a.kind, a.roles) for a in court.alerts(case_id="a") if a.rule == "issue_inner"]
        assert told == [("warning", ("chief",)), ("expired", ("chief",))]


def test_the_page_for_review_shows_both() -> None:
    page = review_page(definition_from_text(FLOW), "zh")
    assert "<small>issue_inner</small>" in page and "发出通知（内部期限）" in page


# -- lint


def told(tmp_path: Path, text: str) -> list[Finding]:
    file = tmp_path / "notice.yaml"
    file.write_text(text)
    return [finding for finding in lint(file) if finding.is_error]


def shown(text: str, finding: Finding) -> str:
    """What stands in a line from the place of a finding on."""
    return text.splitlines()[finding.at.line - 1][finding.at.column - 1 :]


def test_both_flows_are_in_order(tmp_path: Path) -> None:
    assert told(tmp_path, FLOW) == told(tmp_path, WITH_START) == []


@pytest.mark.parametrize(
    ("was", "now", "code", "place"),
    [
        ("{length: 3, unit: day}", "{length: 11, unit: day}", "inner-longer", "11, unit: day}"),
        ("{length: 3, unit: day}", "{length: 1, unit: month}", "inner-longer", "1, unit: month}"),
        ("{length: 3, unit: day}", "{length: 0, unit: day}", "period-length", "0, unit: day}"),
        (
            "    met_by: issue\n",
            "    gates: close\n",
            "inner-limit",
            "inner: {length: 3, unit: day}",
        ),
        (
            "inner: {",
            "recurring: {times: 3}\n    inner: {",
            "inner-limit",
            "inner: {length: 3, unit: day}",
        ),
        ("unit: day}\n", "unit: day, on_expiry: {fire: issue}}\n", "unknown-key", "fire: issue}}"),
        (
            "    inner: {length: 3, unit: day}\n",
            "    inner: {length: 3, unit: day}\n  issue_inner: {title: {zh: 另一}, "
            "starts: {entering: assigned}, length: 1, unit: day}\n",
            "inner-limit",
            "inner: {length: 3, unit: day}",
        ),
    ],
)
def test_an_inner_limit_that_is_none_is_told(
    tmp_path: Path, was: str, now: str, code: str, place: str
) -> None:
    at_end = FLOW.index("deadlines:")
    text = FLOW[:at_end] + FLOW[at_end:].replace(was, now)
    found = [(f.code, shown(text, f)) for f in told(tmp_path, text)]
    assert (code, place) in found and {found_code for found_code, _ in found} == {code}


LAYER = """\
overlay: notice.yaml
level: court
id: chaoyang
title: {zh: 朝阳}
version: 1
effective: 2025-01-01
deadlines: {issue: {inner: CHANGE}}
"""


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("{length: 2, unit: day}", None),
        ("{length: 4, unit: day}", "looser"),
        ("null", "looser"),
        ("{length: 3, unit: day, warn: 1d}", None),
        ("{length: 3, unit: day, starts: {entering: assigned}}", "overlay-changes"),
    ],
)
def test_a_layer_makes_it_shorter_and_never_longer(
    tmp_path: Path, change: str, code: str | None
) -> None:
    (tmp_path / "notice.yaml").write_text(FLOW)
    layer = tmp_path / "layer.yaml"
    layer.write_text(LAYER.replace("CHANGE", change))
    assert {f.code for f in lint(layer) if f.is_error} == ({code} if code else set())
    (tmp_path / "notice.yaml").write_text(FLOW.replace("    inner: {length: 3, unit: day}\n", ""))
    assert "looser" not in {f.code for f in lint(layer) if f.is_error}
