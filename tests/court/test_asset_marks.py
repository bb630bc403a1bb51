"""What one case says of an asset (the only home, exempt, owned with others), every measure on it
knows, in whatever court."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import DATA, ROOT
from tests.court.debts import CHARTER, officer
from tests.engine.families import HEAD
from zhixing.court import CourtAssets
from zhixing.engine import Actor, Engine, Refused, VirtualClock
from zhixing.workflow import definition_from_text, lint, load_definition

EAST, WEST = officer("east"), officer("west")
PRESIDENT = Actor.of("president", "president", at="all")
PARENT = f"""
id: enforcing
{HEAD}
data:
  asset:
    type: records
    title: {{zh: 财产, en: assets}}
    fields:
      number: {{type: text, title: {{zh: 编号, en: number}}}}
      kind: {{type: choice, title: {{zh: 种类, en: kind}}, choices: {{
        deposit: {{zh: 存款, en: deposit}}, movable: {{zh: 动产, en: movable}},
        immovable: {{zh: 不动产, en: immovable}}}}}}
initial: open
states:
  open: {{title: {{zh: 办, en: open}}}}
  done: {{title: {{zh: 终, en: done}}, closes: ended}}
forms: {{opening: {{title: {{zh: 立, en: open}}, fields: {{asset: {{}}}}}}}}
sub_procedures:
  seizure: {{title: {{zh: 查封, en: seizures}}, procedure: seizure, each: asset,
    passes: {{number: asset.number, kind: asset.kind}}}}
transitions:
  - {{trigger: seize, each: asset, title: {{zh: 查封, en: seize}}, from: open, to: stay,
      by: officer, opens: seizure}}
  - {{trigger: measure_effective, title: {{zh: 知, en: heard}}, from: open, to: stay,
      by: procedure}}
  - {{trigger: measure_waiting, title: {{zh: 知, en: heard}}, from: open, to: stay, by: procedure}}
  - {{trigger: measure_failed, title: {{zh: 知, en: heard}}, from: open, to: stay, by: procedure}}
  - {{trigger: measure_ended, title: {{zh: 知, en: heard}}, from: open, to: stay, by: procedure}}
  - {{trigger: close, title: {{zh: 结, en: close}}, from: open, to: done, by: officer,
      when: seizure.open == 0}}
powers: {{open: {{by: officer, form: opening}}}}
"""


@pytest.fixture
def court(database: str, clock: VirtualClock) -> Iterator[Engine]:
    definitions = [
        definition_from_text(PARENT),
        load_definition(ROOT / "definitions/cn/seizure.yaml"),
    ]
    given: dict[str, Any] = {"clock": clock, "drafts": True, "upgrade": True}
    with Engine(database, definitions, **given) as engine:
        engine.set_first_charter(CHARTER)
        yield engine


def ordered(court: Engine, case: str, who: Actor, number: str) -> str:
    """A seizure of an asset that is to be carried out; gives its id."""
    place = {"court": who.id.partition("@")[2], "officer": who.id}
    data = {"asset": [{"id": "a", "number": number, "kind": "immovable"}]}
    court.open_case("enforcing", id=case, actor=who, data=data, **place)
    court.fire(case, "seize", actor=who, about="a")
    return court.query(parent=case)[-1].id


def take_effect(court: Engine, measure: str, who: Actor) -> None:
    papers, day = {"assistance_notice": "N1"}, {"in_effect_on": "2025-03-03"}
    court.fire(measure, "take_effect", actor=who, documents=papers, data=day)


def told(court: Engine, number: str) -> list[str]:
    return [mark.value for mark in CourtAssets(court).queue(number, actor=PRESIDENT).marks]


def test_what_one_court_finds_exempt_no_other_seizes(court: Engine) -> None:
    here, there = ordered(court, "a", EAST, "京房1"), ordered(court, "b", WEST, "京房１")
    court.fire(here, "record_condition", actor=EAST, data={"exempt": True})
    for measure, who in ((here, EAST), (there, WEST)):
        with pytest.raises(Refused):
            take_effect(court, measure, who)
    assert told(court, "京房1") == ["exempt"]
    court.fire(here, "record_condition", actor=EAST, data={"exempt": False})
    assert told(court, "京房1") == []
    take_effect(court, there, WEST)
    assert court.case(there).state == "effective"


def test_the_only_home_is_seized_and_everybody_is_told(court: Engine) -> None:
    here = ordered(court, "a", EAST, "京房2")
    data = {"only_home": True, "co_owned": True}
    court.fire(here, "record_condition", actor=EAST, data=data)
    take_effect(court, here, EAST)
    assert told(court, "京房2") == ["only_home", "co_owned"]
    assert told(court, "京房3") == []
    assert court.verify(rules=True).otherwise == ()


def test_an_asset_that_nobody_numbered_says_nothing_of_others(court: Engine) -> None:
    here, there = ordered(court, "a", EAST, ""), ordered(court, "b", EAST, "")
    court.fire(here, "record_condition", actor=EAST, data={"exempt": True})
    take_effect(court, there, EAST)
    assert court.case(there).state == "effective"


def test_a_mark_is_a_flag_that_is_there(tmp_path: Any) -> None:
    text = (DATA / "books/measure.yaml").read_text(encoding="utf-8")
    file = tmp_path / "measure.yaml"
    for marks, code in (("{exempt: amount}", "book-field"), ("{exempt: nome}", "unknown-field")):
        file.write_text(text.replace("  next: move_up\n", f"  next: move_up\n  marks: {marks}\n"))
        assert code in {finding.code for finding in lint(file)}
    file.write_text(text.replace("  next: move_up\n", "  next: move_up\n  marks: {moon: amount}\n"))
    assert "shape" in {finding.code for finding in lint(file)}
