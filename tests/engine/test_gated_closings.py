"""A closing that must wait waits whichever act leads to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from zhixing.engine import Actor, Engine, Refused, VirtualClock
from zhixing.workflow import definition_from_text, lint

CLERK = Actor.of("li", "clerk")
FLOW = """\
id: loan
title: {zh: 借款}
version: 1
effective: 2025-01-01
roles: {clerk: {title: {zh: 书记员}}}
powers: {open: {by: clerk}}
modes: {for_now: {zh: 终结本次}, paid: {zh: 已付}}
initial: open
states:
  open: {title: {zh: 在办}}
  shut: {title: {zh: 终结本次}, closes: for_now}
  quick: {title: {zh: 简便终结本次}, closes: for_now}
  paid: {title: {zh: 已付}, closes: paid}
transitions:
  - {trigger: shut, title: {zh: 终本}, from: open, to: shut, by: clerk}
  - {trigger: quick_close, title: {zh: 简便终本}, from: open, to: quick, by: clerk}
  - {trigger: pay, title: {zh: 付款}, from: open, to: paid, by: clerk}
deadlines:
  least:
    title: {zh: 终本最短期间}
    starts: {entering: open}
    length: 3
    unit: month
    counting: minimum
    expires: start-of-day
    gates_closing: for_now
"""


@pytest.fixture
def court(database: str) -> Iterator[Engine]:
    clock = VirtualClock(datetime(2025, 3, 3, 1, tzinfo=UTC))
    flow = definition_from_text(FLOW, "loan.yaml")
    with Engine(database, flow, clock=clock, drafts=True, upgrade=True) as engine:
        engine.open_case("loan", id="x", actor=CLERK)
        yield engine


@pytest.mark.parametrize("trigger", ["shut", "quick_close"])
def test_every_way_into_a_gated_closing_waits(court: Engine, trigger: str) -> None:
    with pytest.raises(Refused) as refused:
        court.fire("x", trigger, actor=CLERK)
    (gate,) = refused.value.obstacles
    assert (gate.code, gate.deadline, str(gate.until_day)) == ("gate", "least", "2025-06-03")
    possible = {p.trigger: p.obstacles for p in court.possible("x", actor=CLERK)}
    assert possible["pay"] == () and possible[trigger] != ()
    clock = court.clock
    assert isinstance(clock, VirtualClock)
    clock.set(datetime(2025, 6, 2, 17, tzinfo=UTC))
    assert court.fire("x", trigger, actor=CLERK).closing_mode == "for_now"


def test_another_closing_does_not_wait(court: Engine) -> None:
    assert court.fire("x", "pay", actor=CLERK).closing_mode == "paid"


def told(tmp_path: Path, text: str) -> set[str]:
    file = tmp_path / "loan.yaml"
    file.write_text(text)
    return {finding.code for finding in lint(file) if finding.is_error}


def test_the_closing_that_is_gated_is_one_there_is(tmp_path: Path) -> None:
    assert told(tmp_path, FLOW) == set()
    wrong = FLOW.replace("gates_closing: for_now", "gates_closing: for_nou")
    assert told(tmp_path, wrong) == {"unknown-mode"}


LAYER = """\
overlay: loan.yaml
level: court
id: chaoyang
title: {zh: 朝阳}
version: 1
effective: 2025-01-01
deadlines: {least: {CHANGE}}
"""


@pytest.mark.parametrize(
    ("change", "looser"),
    [("length: 2", True), ("length: 4", False), ("gates_closing: [paid]", False)],
)
def test_a_layer_holds_back_more_and_never_less(tmp_path: Path, change: str, looser: bool) -> None:
    (tmp_path / "loan.yaml").write_text(FLOW)
    layer = tmp_path / "layer.yaml"
    layer.write_text(LAYER.replace("CHANGE", change))
    found = {finding.code for finding in lint(layer) if finding.is_error}
    assert bool(found) is looser, found
