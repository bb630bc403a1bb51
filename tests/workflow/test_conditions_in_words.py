"""Conditions and computed values in words: what each says, and that no sign of CEL is left."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import DATA, ROOT
from zhixing.console.definitions import neighbours_of
from zhixing.workflow import load_definition
from zhixing.workflow.guards.in_words import InWords
from zhixing.workflow.guards.places import conditions, values
from zhixing.workflow.language import Words
from zhixing.workflow.model.field_types import FieldType

CASES: list[dict[str, str]] = yaml.safe_load((DATA / "conditions.yaml").read_text("utf-8"))
FILES = sorted(
    path
    for folder in ("cn", "it", "nl")
    for path in (ROOT / "definitions" / folder).glob("*.yaml")
    if path.name.count(".") == 1 and path.name != "common.yaml"
)
SIGNS = re.compile(r"[&|=<>!{}\[\]_]|\bcase\b|\bgiven\b")
"""What stands in CEL and in no sentence."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["cel"])
def test_an_expression_says_in_words_what_it_means(case: dict[str, str]) -> None:
    definition = load_definition(DATA / "debtors.yaml")
    spoken = InWords(definition, [load_definition(DATA / "listing.yaml")])
    if "value" in case:
        said = spoken.value(case["cel"], FieldType(case["value"]))
    else:
        said = spoken.condition(case["cel"]).text()
    assert (said.zh, said.en) == (case["zh"], case["en"])


def test_what_is_no_condition_stands_as_it_is_written() -> None:
    spoken = InWords(load_definition(DATA / "debtors.yaml"))
    assert spoken.condition("case.clam > ").text() == Words("case.clam > ", "case.clam > ")


def expressions(file: Path) -> dict[str, Words]:
    """Every expression of a definition in words."""
    definition, *others = neighbours_of(file)
    spoken = InWords(definition, [definition, *others])
    found = {text: spoken.condition(text).text() for _, _, text in conditions(definition)}
    return found | {p.text: spoken.value(p.text, p.gives) for p in values(definition)}


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_no_id_and_no_sign_is_left_in_what_the_shipped_definitions_say(file: Path) -> None:
    for text, said in expressions(file).items():
        assert not re.search(r"[A-Za-z]", said.zh), (text, said.zh)
        assert not SIGNS.search(said.zh + said.en), (text, said)


def test_two_expressions_that_differ_say_something_different() -> None:
    for file in FILES:
        said: dict[Any, str] = {}
        for text, words in expressions(file).items():
            assert said.setdefault(words, text) == text
