"""What lint proves of a definition.

Conditions solved, ways compared, ends that leave nothing open, offices and checklists of the law,
families of procedures.
"""

from __future__ import annotations

import itertools
import re
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.engine.test_constructs import INSTALMENT, SANCTION
from zhixing.console.definitions import installed_operations
from zhixing.workflow import definition_from_text, load_definition
from zhixing.workflow.errors import GuardValueMissing
from zhixing.workflow.guards.cel import GuardCompiler
from zhixing.workflow.guards.cel_tree import FunctionCall, names_in
from zhixing.workflow.guards.solver import GuardSolver, z3
from zhixing.workflow.linting import lint

CN = ROOT / "definitions" / "cn"
FIRST = (CN / "first_enforcement.yaml").read_text()
FREEZE = (CN / "freeze_deposit.yaml").read_text()


def found(tmp_path: Path, text: str, **beside: str) -> dict[str, str]:
    shutil.copy(CN / "common.yaml", tmp_path)
    for name, content in beside.items():
        (tmp_path / f"{name}.yaml").write_text(content)
    file = tmp_path / "x.yaml"
    file.write_text(text)
    return {f.code: f.en for f in lint(file)}


def changed(text: str, before: str, after: str) -> str:
    assert before in text, before
    return text.replace(before, after, 1)


def test_the_sanction_of_the_tests_is_proven_clean(tmp_path: Path) -> None:
    assert found(tmp_path, SANCTION, instalment=INSTALMENT).keys() <= {"leaves-open"}
    guarded = changed(SANCTION, "part.at.waiting == 0 &&", "part.open == 0 &&")
    assert found(tmp_path, guarded, instalment=INSTALMENT) == {}


CHOICES = """
id: choices
title: {zh: 分支, en: choices}
version: 1
effective: 2024-01-01
roles: {clerk: {title: {zh: 书记员, en: clerk}}, judge: {title: {zh: 法官, en: judge}}}
data:
  n: {type: number, title: {zh: 数, en: n}}
  owed: {type: money, default: 0, title: {zh: 应付, en: owed}}
  paid: {type: money, default: 0, title: {zh: 已付, en: paid}}
  kind:
    {type: choice, choices: {a: {zh: 甲, en: a}, b: {zh: 乙, en: b}}, title: {zh: 种类, en: kind}}
powers: {open: {by: clerk, form: opening}}
forms: {opening: {title: {zh: 立案, en: opening}, fields: {n: {required: true}, kind: }}}
accounts: {funds: {title: {zh: 款, en: funds}, received: owed, paid_out: paid}}
modes: {done: {zh: 完, en: done}}
initial: open
states:
  open: {title: {zh: 开, en: open}}
  low: {title: {zh: 低, en: low}}
  end: {title: {zh: 完, en: end}, closes: done}
transitions:
  - {trigger: take, title: {zh: 收款, en: take}, from: [open, low], to: stay,
     by: clerk, needs: [owed, paid]}
  - {trigger: go, title: {zh: 走, en: go}, from: open, to: low, by: clerk, when: 'case.n <= 3'}
  - {trigger: go, title: {zh: 走, en: go}, from: open, to: end,
     by: clerk, when: 'case.n > 3 && case.owed == case.paid'}
  - {trigger: close, title: {zh: 结, en: close}, from: low, to: end,
     by: clerk, when: 'case.owed == case.paid'}
"""


@pytest.mark.parametrize(
    ("before", "after", "code", "words"),
    [
        ("'case.n <= 3'", "'case.n <= 4'", "overlap", "case.n = 4"),
        (
            "'case.n > 3 && case.owed == case.paid'}\n",
            "'case.n > 4 && case.owed == case.paid'}\n",
            "gap",
            "case.n = 4",
        ),
        ("'case.n <= 3'", "'case.n <= 3 && case.n > 3'", "never", "case.n <= 3 && case.n > 3"),
        ("'case.n <= 3'", "'case.kind == \"c\"'", "unknown-choice", "a, b"),
        ("'case.n <= 3'", "'!given.n && case.n <= 3'", "never", "given.n"),
        ("by: clerk, when: 'case.owed == case.paid'", "by: clerk", "leaves-money", "case.owed ="),
        ("by: clerk, needs", "by: clock, needs", "nobody-fires", "take"),
    ],
)
def test_a_fault_of_conditions_is_told_with_an_example(
    tmp_path: Path, before: str, after: str, code: str, words: str
) -> None:
    assert found(tmp_path, CHOICES).keys() <= {"gap", "unused-role"}
    findings = found(tmp_path, changed(CHOICES, before, after))
    assert code in findings and words in findings[code], findings


def test_money_left_is_lawful_where_the_end_says_so(tmp_path: Path) -> None:
    text = changed(CHOICES, "by: clerk, when: 'case.owed == case.paid'", "by: clerk")
    assert "leaves-money" not in found(
        tmp_path, changed(text, "closes: done}", "closes: done, leaves: funds}")
    )


TWO_WAYS_OUT = (
    CHOICES.replace("paid_out: paid", "paid_out: [paid, refunded]")
    .replace("  kind:\n", "  refunded: {type: money, default: 0, title: {zh: 已退}}\n  kind:\n")
    .replace("needs: [owed, paid]", "needs: [owed, paid, refunded]")
)


def test_money_may_go_out_in_several_lawful_ways(tmp_path: Path) -> None:
    """Paid to the creditor and given back to the debtor; the end asks for both together."""
    findings = found(tmp_path, TWO_WAYS_OUT)
    assert "ask case.paid + case.refunded == case.owed" in findings["leaves-money"]
    both = "case.owed == case.paid + case.refunded"
    assert "leaves-money" not in found(
        tmp_path, TWO_WAYS_OUT.replace("case.owed == case.paid", both)
    )


def test_a_deadline_that_starts_at_an_end_must_be_met_there(tmp_path: Path) -> None:
    assert "never-met" in found(
        tmp_path,
        changed(
            FIRST,
            "from: [performed, closed_for_now, terminated, cancelled, dismissed, not_enforced]",
            "from: [performed, terminated, cancelled, dismissed, not_enforced]",
        ),
    )


@pytest.mark.parametrize(
    ("before", "after", "code", "words"),
    [
        (
            "      - {by: president}",
            "      - {by: vice_president}",
            "approval-below-law",
            "president",
        ),
        (
            "      - {by: panel, votes: 2, of: 3}\n      - {by: president",
            "      - {by: president",
            "approval-below-law",
            "panel",
        ),
        ("    approval: for_now\n", "", "approval-missing", "close-for-now"),
        ("    checklist: for_now\n", "", "checklist-missing", "close-for-now"),
        (
            "      searched: {law: debtor-searched-for, ",
            "      searched: {",
            "checklist-omits",
            "missing debtor",
        ),
        (
            "seizure.open == 0 && listing.open == 0 && disposal.open == 0 && ",
            "seizure.open == 0 && disposal.open == 0 && ",
            "leaves-open",
            "listing.open = 1",
        ),
        (
            "closes: for_now, leaves: [freeze, seizure, income, equity, third_party_debt, listing,",
            "closes: for_now, leaves: [freeze, seizure, income, equity, third_party_debt,",
            "leaves-open",
            "closed_for_now",
        ),
    ],
)
def test_less_than_the_law_asks_is_an_error(
    tmp_path: Path, before: str, after: str, code: str, words: str
) -> None:
    findings = found(tmp_path, changed(FIRST, before, after))
    assert code in findings and words in findings[code], findings


_AT_CLOSING = (
    "  - trigger: record_partial\n",
    "  - {trigger: give_up, title: {zh: 撤, en: give up}, from: any, to: stay, by: officer,\n"
    "      tells: {freeze: lift}}\n  - trigger: record_partial\n",
)
_LIFT_ON_WORD = (
    "    to: lifted\n    by: officer\n",
    "    to: lifted\n    by: [officer, procedure]\n",
)


@pytest.mark.parametrize(
    ("parent", "child", "code"),
    [
        (
            ("limit: outstanding, to_account: account}", "limmit: outstanding}"),
            None,
            "child-field",
        ),
        (
            ("passes: {debtor: debtor, limit:", "passes: {debtor: account, limit:"),
            None,
            "child-field",
        ),
        (
            ("fields: {frozen: money}", "fields: {frozen: money, debtor: number}"),
            None,
            "child-field",
        ),
        (
            ("fields: {frozen: money}", "fields: {frozen: money}\n    states: [efective]"),
            None,
            "child-state",
        ),
        (
            None,
            ("tells: {parent: measure_effective}", "tells: {parent: measure_works}"),
            "child-tells",
        ),
        (_AT_CLOSING, None, "tells"),
        (_AT_CLOSING, _LIFT_ON_WORD, "tells-needs"),
        (
            _AT_CLOSING,
            ("by: officer\n    form: lifting", "by: procedure\n    form: lifting"),
            "tells-needs",
        ),
    ],
)
def test_a_family_of_procedures_must_fit(
    tmp_path: Path, parent: tuple[str, str] | None, child: tuple[str, str] | None, code: str
) -> None:
    first = changed(FIRST, *parent) if parent else FIRST
    freeze = changed(FREEZE, *child) if child else FREEZE
    assert code in found(tmp_path, first, freeze_deposit=freeze)
    assert "child-missing" in found(
        tmp_path,
        FIRST.replace("procedure: dishonest_list", "procedure: nowhere"),
        freeze_deposit=FREEZE,
    )


@pytest.mark.parametrize(
    ("before", "after", "code", "words"),
    [
        ("{parent: measure_effective}", "{parnet: measure_effective}", "tells", "parent?"),
        ("{parent: measure_effective}", "{mesure: lift}", "tells", "no proceeding mesure"),
        (
            "tells: {parent: measure_effective}",
            "tells_parent: measure_effective",
            "tells-parent",
            "tells: {parent: measure_effective}",
        ),
    ],
)
def test_word_goes_to_those_that_the_definition_names_and_is_written_one_way(
    tmp_path: Path, before: str, after: str, code: str, words: str
) -> None:
    findings = found(tmp_path, FREEZE.replace(before, after, 1))
    assert words in findings[code], findings


def test_a_version_that_was_written_before_tells_its_parent_as_it_did(tmp_path: Path) -> None:
    then = re.sub(r"tells: \{parent: (\w+)\}", r"tells_parent: \1", FREEZE)
    found(tmp_path, then)
    before = load_definition(tmp_path / "x.yaml")
    told = {t.trigger: t.told for t in before.transitions if t.told}
    assert told == {
        "take_effect": (("parent", "measure_effective"),),
        "fail": (("parent", "measure_failed"),),
        "transfer": (("parent", "measure_ended"),),
        "lift": (("parent", "measure_ended"),),
        "lapse": (("parent", "measure_ended"),),
    }


def test_a_case_that_waits_for_an_open_sub_procedure_is_no_dead_end_but_one_that_never_opens_any_is(
    tmp_path: Path,
) -> None:
    text = changed(
        SANCTION,
        'when: part.at.waiting == 0 && part.count == 2 && part.latest.paid >= money("10")',
        "when: part.open == 0",
    )
    assert "no-lawful-end" not in found(tmp_path, text, instalment=INSTALMENT)
    stuck = text.replace("when: part.open == 0", "when: part.open > 0").replace(
        "to: stay, by: officer,\n      opens: part", "to: stay, by: officer"
    )
    story = found(tmp_path, stuck, instalment=INSTALMENT)["no-lawful-end"]
    assert story.startswith("from the state decided") and "fine" in story


@dataclass
class Scope:
    data: dict[str, Any]
    children: dict[str, Any] = field(default_factory=dict)
    now: datetime = datetime(2025, 3, 3, 8, tzinfo=UTC)
    today: datetime = datetime(2025, 3, 3, tzinfo=UTC)


SMALL = definition_from_text(
    CHOICES.replace(
        "  owed:",
        "  m: {type: number, title: {zh: 数, en: m}}\n"
        "  f: {type: flag, title: {zh: 是否, en: f}}\n"
        "  owed:",
    )
)

ATOMS = st.sampled_from(
    [
        "case.n < 2",
        "case.n >= 1",
        "case.n == 2",
        "case.n != case.m",
        "case.m > case.n",
        "case.m + 1 == case.n",
        "case.f",
        "!case.f",
        'case.kind == "a"',
        'case.kind != "b"',
        'case.kind in ["a"]',
        "given.n",
        "!given.m",
        "given.f && case.f",
        "case.n in [0, 2]",
    ]
)

GUARDS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: f"({p[0]} && {p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]} || {p[1]})"),
        inner.map(lambda g: f"!({g})"),
        st.tuples(inner, inner, inner).map(lambda p: f"({p[0]} ? {p[1]} : {p[2]})"),
    ),
    max_leaves=6,
)

GRID = [
    {k: v for k, v in zip(("n", "m", "f", "kind"), values, strict=True) if v is not None}
    for values in itertools.product(
        (None, 0, 1, 2, 3), (None, 0, 1, 2), (None, True, False), (None, "a", "b")
    )
]


def _true(compiler: GuardCompiler, guard: str, data: dict[str, Any]) -> bool:
    try:
        return compiler.compile(guard).allows(Scope(data))
    except GuardValueMissing:
        return False


@settings(max_examples=80, deadline=None)
@given(GUARDS, GUARDS)
def test_the_solver_agrees_with_cel_itself_on_every_small_case(one: str, other: str) -> None:
    compiler = GuardCompiler(SMALL)
    logic = GuardSolver(SMALL, compiler)
    both = [data for data in GRID if _true(compiler, one, data) and _true(compiler, other, data)]
    example = logic.example(logic.all_hold([one, other]))
    if both:
        assert example is not None
    if example is not None:  # the example is a real one: CEL finds both guards true on it
        data: dict[str, Any] = {}
        for name, text in example.items():
            if name.startswith("case."):
                data[name[5:]] = (
                    text == "true"
                    if text in ("true", "false")
                    else text.strip('"')
                    if '"' in text
                    else int(text)
                )
        for name in {n for g in (one, other) for n in re.findall(r"given\.(\w+)", g)}:
            if f"given.{name}" not in example and name not in data:
                data[name] = {"n": 1, "m": 1, "f": False}[name]
        assert _true(compiler, one, data) and _true(compiler, other, data), (example, data)


@settings(max_examples=150, deadline=None)
@given(GUARDS)
def test_a_plain_guard_in_python_says_what_cel_says_on_every_small_case(text: str) -> None:
    guard = GuardCompiler(SMALL).compile(text)
    for data in GRID:
        try:
            said: bool | None = guard.asks_cel(Scope(data))
        except GuardValueMissing:
            said = None
        try:
            assert guard.allows(Scope(data)) is said
        except GuardValueMissing:
            assert said is None


@pytest.mark.parametrize(
    "text",
    [
        'case.owed > money("1.50")',
        "case.owed == case.paid",
        'case.owed in [money("2"), money("3")]',
    ],
)
def test_money_is_the_same_in_cents_and_in_decimals(text: str) -> None:
    guard = GuardCompiler(SMALL).compile(text)
    for owed, paid in itertools.product(("0", "1.49", "1.50", "1.51", "2", "3"), repeat=2):
        scope = Scope({"owed": Decimal(owed), "paid": Decimal(paid)})
        assert guard.allows(scope) == guard.asks_cel(scope)


def test_the_syntax_tree_of_a_guard_reads_as_it_was_written() -> None:
    tree = (
        GuardCompiler(SMALL)
        .compile('case.n > -5 && (case.kind == "a" || given.m) && case.owed < money("1.50")')
        .tree
    )
    assert isinstance(tree, FunctionCall) and tree.function == "_&&_"
    assert list(names_in(tree)) == ["case.n", "case.kind", "given.m", "case.owed"]
    assert "Constant(value=-5)" in repr(tree) and "Constant(value=150)" in repr(tree)


def test_the_solver_is_there() -> None:
    assert z3() is not None


@pytest.mark.parametrize(
    ("before", "after", "code", "words"),
    [
        (
            "operation: network.freeze",
            "operation: network.frieze",
            "unknown-operation",
            "did you mean network.freeze",
        ),
        (
            "operation: network.freeze",
            "operation: nowhere.freeze",
            "unknown-operation",
            "no installed adapter",
        ),
        (
            "sends: {person: case.debtor, amount",
            "sends: {persn: case.debtor, amount",
            "operation-field",
            "person",
        ),
        ("takes: {frozen: frozen,", "takes: {frozen: frosen,", "operation-field", "frosen"),
        (
            "operation: network.lift",
            "operation: network.status",
            "operation-compensation",
            "network.lift takes network.freeze back",
        ),
    ],
)
def test_requests_are_held_against_the_adapters_that_are_installed(
    tmp_path: Path, before: str, after: str, code: str, words: str
) -> None:
    shutil.copy(CN / "common.yaml", tmp_path)
    file = tmp_path / "x.yaml"
    file.write_text(changed(FREEZE, before, after))
    found = {f.code: f for f in lint(file, installed_operations())}
    assert words in found[code].en
    assert found[code].severity == ("warning" if "nowhere" in after else "error")
    file.write_text(FREEZE)
    assert lint(file, installed_operations()) == []
