"""Whatever a file holds, lint ends in findings: no traceback, no hang.

Real definitions, mutated in structure and in text; large ones.
"""

from __future__ import annotations

import copy
import os
import random
import shutil
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import LOAN, ROOT
from tests.engine.test_constructs import SANCTION
from zhixing.workflow import load_definition
from zhixing.workflow.linting import lint
from zhixing.workflow.model.base import Element
from zhixing.workflow.sarif import sarif
from zhixing.workflow.source.yaml_reader import read_file
from zhixing.workflow.source.yaml_writer import plain, to_yaml

pytestmark = pytest.mark.fuzz
ROUNDS = 1_500 if os.environ.get("ZHIXING_SOAK") else 60

_BROKEN = (
    *("first_enforcement", "freeze_deposit", "dishonest_list", "consumption_restriction"),
    *("case_funds", "cross_enforcement", "resumption", "award_nonenforcement"),
    *("seizure", "interference_record", "detention", "reconsideration", "search"),
)
"""Shipped definitions that are broken: between them they have every key that the others have."""

FILES = {
    "loan": LOAN,
    "sanction": SANCTION,
    **{name: (ROOT / f"definitions/cn/{name}.yaml").read_text() for name in _BROKEN},
    "road_fines": (ROOT / "definitions/it/road_fines.yaml").read_text(),
    "layer": (ROOT / "definitions/cn/layers/jiayu.yaml").read_text(),
    "fragment": (ROOT / "definitions/cn/common.yaml").read_text(),
}


def _keys(value: Any) -> Iterator[tuple[str, str]]:
    """Every key that an element in a value was given, with what it is a key of."""
    if isinstance(value, Element):
        for name in value.model_fields_set:
            yield type(value).__name__, name
            yield from _keys(getattr(value, name))
    elif isinstance(value, dict):
        yield from chain.from_iterable(map(_keys, value.values()))
    elif isinstance(value, tuple | list):
        yield from chain.from_iterable(map(_keys, value))


def test_the_definitions_that_are_broken_have_every_key_that_is_shipped() -> None:
    files = [p for p in (ROOT / "definitions/cn").glob("*.yaml") if p.name.count(".") == 1]
    shipped = {p.stem: set(_keys(load_definition(p))) for p in files if p.stem != "common"}
    broken = set().union(*(shipped[name] for name in _BROKEN))
    assert set().union(*shipped.values()) == broken


JUNK: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**30,
    1.5,
    "",
    "x",
    "any",
    "stay",
    "return",
    "clock",
    "case.x",
    "case.claim > 1",
    "!",
    "((",
    "\u202e反",
    "a" * 300,
    [],
    {},
    [[]],
    [None],
    {"x": 1},
    {"zh": "甲", "en": "a"},
    {"table": "x"},
    {"states": []},
    {"any": True},
    "0001-01-01",
    "9999-12-31",
    "2024-02-30",
    "${x}",
    "*a",
)


def mutated(value: Any, chance: random.Random) -> Any:
    """A value with one thing changed somewhere in it."""
    parts = list(_parts(value))
    holder, key = chance.choice(parts)
    what = chance.randrange(6)
    if what == 0:
        del holder[key]
    elif what == 1:
        holder[key] = chance.choice(JUNK)
    elif what == 2:
        other, name = chance.choice(parts)
        holder[key] = (
            copy.deepcopy(other[name])
            if name in other or (isinstance(other, list) and name < len(other))
            else None
        )
    elif what == 3 and isinstance(holder, dict):
        holder[chance.choice([str(k) for h, k in parts if isinstance(h, dict)])] = holder.pop(key)
    elif what == 4 and isinstance(holder, dict):
        holder[f"{key}x"] = copy.deepcopy(holder[key])
    elif isinstance(holder[key], str) and holder[key]:
        at = chance.randrange(len(holder[key]))
        holder[key] = (
            holder[key][:at]
            + chance.choice("xX 0.&|()\"'\\\n\t中")
            + holder[key][at + chance.randrange(2) :]
        )
    else:
        holder[key] = [holder[key], copy.deepcopy(holder[key])]
    return value


def _parts(value: Any) -> Any:
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list) and value[key]:
            yield from _parts(value[key])


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_definition_changed_anywhere_ends_in_findings(name: str, tmp_path: Path) -> None:
    _beside(tmp_path)
    file = tmp_path / "layers" / "x.yaml" if name == "layer" else tmp_path / "x.yaml"
    chance = random.Random(name)
    file.write_text(FILES[name])
    original = plain(read_file(file)[0])
    for _ in range(ROUNDS):
        value: Any = yaml.safe_load(yaml.safe_dump(_as_yaml(original)))
        for _ in range(chance.choice((1, 1, 1, 2, 5))):
            if value:
                mutated(value, chance)
        file.write_text(to_yaml(value), encoding="utf-8")
        for finding in lint(file):
            assert finding.zh and finding.en and finding.code and finding.at.line >= 1, finding
            finding.line("zh")
            finding.as_json()


def _as_yaml(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _as_yaml(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_as_yaml(v) for v in value]
    return value if isinstance(value, str | int | bool | None) else str(value)


def _beside(folder: Path) -> None:
    """What the real files import, open and lie over."""
    for path in (ROOT / "definitions/cn").glob("*.yaml"):
        shutil.copy(path, folder)
    (folder / "layers").mkdir()


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_text_cut_and_pasted_anywhere_ends_in_findings(name: str, tmp_path: Path) -> None:
    _beside(tmp_path)
    file, text = tmp_path / "x.yaml", FILES[name]
    chance = random.Random(f"{name} text")
    for _ in range(ROUNDS // 2):
        a, b, c = sorted(chance.randrange(len(text) + 1) for _ in range(3))
        broken = (
            text[:a]
            + text[b:c] * chance.randrange(3)
            + chance.choice(("", "\t", ": ", "- ", "{", "'", "\x00", "&a ", "!!map ", "\u2028"))
            + text[c:]
        )
        file.write_text(broken, encoding="utf-8")
        findings = lint(file)
        sarif(findings)


HEAD = """id: big
title: {zh: 大, en: big}
version: 1
effective: 2024-01-01
roles: {clerk: {title: {zh: 员, en: clerk}}}
data: {n: {type: number, title: {zh: 数, en: n}}, m: {type: number, title: {zh: 数, en: m}}}
modes: {done: {zh: 完, en: done}}
initial: s0
"""


def _states(n: int) -> str:
    closing = lambda i: ", closes: done" if i == n - 1 else ""  # noqa: E731
    return "states:\n" + "".join(
        f"  s{i}: {{title: {{zh: 甲{i}, en: s{i}}}{closing(i)}}}\n" for i in range(n)
    )


def _way(trigger: str, source: str, target: str, when: str = "", by: str = "clerk") -> str:
    condition = f", when: '{when}'" if when else ""
    return (
        f"  - {{trigger: {trigger}, title: {{zh: 走, en: go}}, "
        f"from: {source}, to: {target}, by: {by}{condition}}}\n"
    )


def _limit(number: int, then: str) -> str:
    return (
        f"  d{number}: {{title: {{zh: 限, en: d}}, starts: {{entering: s{number}}}, "
        f"length: 7, unit: day, {then}}}\n"
    )


LARGE = {
    "a long chain": HEAD
    + _states(7000)
    + "transitions:\n"
    + "".join(_way("go", f"s{i}", f"s{i + 1}") for i in range(6999)),
    "many conditions": HEAD
    + _states(5000)
    + "transitions:\n"
    + "".join(
        _way("go", f"s{i}", f"s{i + 1}", f"case.n * case.m == {i} && case.n > {i}")
        for i in range(4999)
    ),
    "many ways of one trigger": HEAD
    + _states(5)
    + "transitions:\n"
    + "".join(_way("g", "s0", "s4", f"case.n == {i}") for i in range(5000)),
    "hard conditions": HEAD
    + _states(3)
    + "transitions:\n"
    + "".join(
        _way("g", "s0", "s2", f"case.n * case.n * case.n + case.m * case.m * case.m == {i}7")
        for i in range(300)
    ),
    "any from any": HEAD
    + _states(2000)
    + "transitions:\n"
    + "".join(_way(f"g{i}", "any", f"s{i}") for i in range(2000)),
    "all misspelt": HEAD
    + _states(3000)
    + "transitions:\n"
    + "".join(_way("go", f"s{i}", f"x{i}") for i in range(2999)),
    "many deadlines": HEAD
    + _states(3500)
    + "transitions:\n"
    + "".join(_way("go", f"s{i}", f"s{i + 1}") for i in range(3499))
    + "deadlines:\n"
    + "".join(_limit(i, "met_by: go") for i in range(3499)),
    "a web of clocks": HEAD
    + _states(40)
    + "transitions:\n"
    + "".join(_way(f"g{i}", "any", f"s{i}") for i in range(40))
    + "".join(_way(f"c{i}", "any", f"s{i}", by="clock") for i in range(39))
    + "deadlines:\n"
    + "".join(_limit(i, f"on_expiry: {{fire: c{i}}}") for i in range(39)),
    "one long condition": HEAD
    + _states(2)
    + "transitions:\n"
    + _way("g", "s0", "s1", " && ".join(["case.n > 1"] * 60_000)),
    "one deep condition": HEAD
    + _states(2)
    + "transitions:\n"
    + _way("g", "s0", "s1", "(" * 20_000 + "true" + ")" * 20_000),
    "the same keys": HEAD * 3000,
    "nested lists": HEAD + "states: [" + "[[[[]]]]," * 60_000 + "]\n",
    "one word": "x" * 1_000_000,
}


@pytest.mark.parametrize("name", LARGE)
def test_a_megabyte_of_anything_ends_soon(name: str, tmp_path: Path) -> None:
    file = tmp_path / "big.yaml"
    file.write_text(LARGE[name])
    began = time.process_time()
    findings = lint(file)
    assert time.process_time() - began < 20, (
        "a hang: far more than the five seconds it takes on an idle machine"
    )
    assert all(f.zh and f.en for f in findings)
