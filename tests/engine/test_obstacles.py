"""Obstacles carry data; their sentences come from one table, and every command has a handler."""

from __future__ import annotations

import ast
import json
import string
import typing
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from tests.conftest import ROOT, at
from zhixing.engine import Actor, Engine, Obstacle, Refused, VirtualClock
from zhixing.engine.decision.decide import HANDLERS
from zhixing.engine.model.commands import Command
from zhixing.engine.model.obstacle import SENTENCES
from zhixing.workflow import Words

LI, CHIEF = Actor.of("li", "officer"), Actor.of("sun", "chief")


def obstacles(engine: Engine, case: str, trigger: str, actor: Actor = LI) -> list[Obstacle]:
    with pytest.raises(Refused) as refused:
        engine.fire(case, trigger, actor=actor)
    return list(refused.value.obstacles)


def test_what_is_missing_is_named_by_its_id(engine: Engine) -> None:
    case = engine.open_case("loan", actor=LI).id
    found = obstacles(engine, case, "notify", CHIEF)
    assert [(o.code, o.field, o.document, o.roles) for o in found] == [
        ("role", "", "", ("officer",)),
        ("missing-field", "amount", "", ()),
        ("missing-document", "", "notice", ()),
    ]


def test_a_gate_says_until_when_and_whose(engine: Engine, clock: VirtualClock) -> None:
    case = engine.open_case("loan", actor=LI, data={"amount": "1"}).id
    (gate,) = obstacles(engine, case, "give_up", CHIEF)
    assert (gate.deadline, gate.until, gate.until_day) == (
        "not_yet",
        at("2025-04-03"),
        date(2025, 4, 3),
    )


def test_whoever_did_it_before_is_named(engine: Engine) -> None:
    both = Actor.of("sun", "officer", "chief")
    case = engine.open_case("loan", actor=both, data={"amount": "1", "due_days": 5}).id
    engine.fire(case, "notify", actor=both, documents={"notice": "n"})
    engine.fire(case, "pay", actor=both, data={"paid": "1"})
    engine.fire(case, "propose", actor=both)
    (same,) = obstacles(engine, case, "finish", both)
    assert (same.code, same.trigger, same.person) == ("same-person", "propose", "sun")


def test_an_unknown_trigger_lists_those_there_are(engine: Engine) -> None:
    case = engine.open_case("loan", actor=LI).id
    (unknown,) = obstacles(engine, case, "explode")
    assert unknown.code == "unknown-trigger" and "notify" in unknown.known


@pytest.mark.parametrize("name", SENTENCES)
def test_a_sentence_says_only_what_an_obstacle_holds(name: str) -> None:
    known = {field.name for field in fields(Obstacle)}
    for sentence in SENTENCES[name]:
        named = {part for _, part, _, _ in string.Formatter().parse(sentence) if part}
        assert named <= known
    title = Words("某", "some")
    shown = Obstacle(name.partition("/")[0], sentence=name, title=title, reason=title)
    assert shown.zh and shown.en and "{" not in shown.zh + shown.en


def test_an_obstacle_is_plain_data_for_a_page() -> None:
    gate = Obstacle("gate", deadline="not_yet", until=at("2025-04-03"), title=Words("期", "limit"))
    assert json.loads(json.dumps(gate.as_json())) == {
        "code": "gate",
        "zh": "期：… 前不得办理",
        "en": "limit: not before …",
        "deadline": "not_yet",
        "until": "2025-04-03T00:00:00+08:00",
    }


def codes_in(path: Path) -> set[str]:
    """The first argument of every `Obstacle(…)` in a file."""
    calls = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]
    made = [c for c in calls if getattr(c.func, "id", "") == "Obstacle" and c.args]
    return {str(c.args[0].value) for c in made if isinstance(c.args[0], ast.Constant)}


def test_every_obstacle_that_is_made_has_its_sentence_and_every_sentence_its_obstacle() -> None:
    used = {code for path in (ROOT / "engine").rglob("*.py") for code in codes_in(path)}
    assert used == {name.partition("/")[0] for name in SENTENCES}


def test_every_command_has_a_handler() -> None:
    assert set(typing.get_args(Command)) == set(HANDLERS)
