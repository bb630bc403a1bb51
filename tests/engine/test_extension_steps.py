"""An extension whose next step another office grants."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import at
from zhixing.engine import Actor, Engine, ExtensionRefused, VirtualClock
from zhixing.workflow import Extension, TimeUnit, definition_from_text, lint

OFFICER = Actor.of("li", "officer")
PRESIDENT, UPPER = Actor.of("zhao", "president"), Actor.of("qian", "upper_president")
STEPS = (
    "[{by: president, length: 3, unit: month}, "
    "{by: upper_president, length: 1, unit: month, times: 2}]"
)
FLOW = f"""\
id: case
title: {{zh: 执行案件}}
version: 1
effective: 2025-01-01
roles:
  officer: {{title: {{zh: 承办人}}}}
  president: {{title: {{zh: 院长}}}}
  upper_president: {{title: {{zh: 上一级法院院长}}}}
powers: {{open: {{by: officer}}, extend: {{by: [president, upper_president]}}}}
modes: {{done: {{zh: 结案}}}}
initial: open
states: {{open: {{title: {{zh: 在办}}}}, done: {{title: {{zh: 已结}}, closes: done}}}}
transitions: [{{trigger: close, title: {{zh: 结案}}, from: open, to: done, by: officer}}]
deadlines:
  limit:
    title: {{zh: 办案期限}}
    starts: {{entering: open}}
    length: 6
    unit: month
    met_by: close
    extension: {STEPS}
"""


@pytest.fixture
def court(database: str) -> Iterator[Engine]:
    clock = VirtualClock(at("2025-01-10 09:00"))
    with Engine(database, definition_from_text(FLOW), clock=clock, drafts=True, upgrade=True) as e:
        e.open_case("case", id="a", actor=OFFICER, officer="li")
        yield e


def extend(court: Engine, months: int, actor: Actor) -> str:
    court.extend("a", "limit", Extension(months, TimeUnit.MONTH, actor.id), actor=actor)
    (limit,) = court.deadlines("a")
    return str(limit.due_day)


def test_each_step_is_granted_by_its_own_office_in_order(court: Engine) -> None:
    with pytest.raises(ExtensionRefused, match="only president may"):
        extend(court, 1, UPPER)
    assert extend(court, 3, PRESIDENT) == "2025-10-10"
    with pytest.raises(ExtensionRefused, match="upper_president"):
        extend(court, 1, PRESIDENT)
    assert extend(court, 1, UPPER) == "2025-11-10"
    assert extend(court, 1, UPPER) == "2025-12-10"
    with pytest.raises(ExtensionRefused, match="at most 3"):
        extend(court, 1, UPPER)
    assert court.verify(rules=True).otherwise == ()


def test_each_step_has_its_own_length(court: Engine) -> None:
    extend(court, 3, PRESIDENT)
    with pytest.raises(ExtensionRefused, match="at most 1 month"):
        extend(court, 2, UPPER)


def told(path: Path) -> set[str]:
    return {finding.code for finding in lint(path) if finding.is_error}


@pytest.mark.parametrize(
    ("was", "now", "code"),
    [
        ("{by: upper_president, length", "{by: upper_presidant, length", "unknown-role"),
        ("length: 1, unit: month, times", "length: 1, unit: hour, times", "extension-unit"),
        ("by: [president, upper_president]", "by: president", "power-not-usable"),
    ],
)
def test_every_step_is_checked(tmp_path: Path, was: str, now: str, code: str) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(FLOW)
    assert told(file) == set()
    file.write_text(FLOW.replace(was, now))
    assert code in told(file)


LAYER = """\
overlay: case.yaml
level: court
id: chaoyang
title: {zh: 朝阳}
version: 1
effective: 2025-01-01
deadlines: {limit: {extension: CHANGE}}
"""


@pytest.mark.parametrize(
    ("change", "looser"),
    [
        ("null", False),
        ("[{by: president, length: 2, unit: month}]", False),
        (STEPS.replace("times: 2", "times: 3"), True),
        (STEPS.replace("]", ", {by: president, length: 1, unit: month}]"), True),
        ("[{by: [president, officer], length: 3, unit: month}]", True),
    ],
)
def test_a_layer_makes_no_step_looser(tmp_path: Path, change: str, looser: bool) -> None:
    (tmp_path / "case.yaml").write_text(FLOW)
    layer = tmp_path / "layer.yaml"
    layer.write_text(LAYER.replace("CHANGE", change))
    assert ("looser" in told(layer)) is looser
