"""Expressions: values computed of what is known, and what must not be mixed up in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from zhixing.workflow import definition_from_text, lint, load_definition
from zhixing.workflow.errors import GuardError, GuardFailed, GuardValueMissing
from zhixing.workflow.guards.cel import GuardCompiler
from zhixing.workflow.model.definition import Definition
from zhixing.workflow.model.field_types import FieldType
from zhixing.workflow.review.page.review_page import review_page

FLOW = """\
id: loan
title: {zh: 借款, en: loan}
version: 1
effective: 2025-01-01
roles: {clerk: {title: {zh: 书记员, en: clerk}}}
powers: {open: {by: clerk, form: start}}
forms: {start: {title: {zh: 立案, en: start}, fields: {
  claim: {required: true}, paid: {}, served_on: {}, heard_at: {}, count: {}, where: {},
  note: {}}}}
data:
  claim: {type: money, title: {zh: 标的, en: claim}}
  paid: {type: money, default: 0, title: {zh: 已付, en: paid}}
  served_on: {type: date, title: {zh: 送达日, en: served on}}
  heard_at: {type: datetime, title: {zh: 开庭时间, en: heard at}}
  count: {type: number, title: {zh: 次数, en: count}}
  note: {type: text, title: {zh: 备注, en: note}}
  where: {type: choice, title: {zh: 去向, en: where}, choices: {
    here: {zh: 在本地, en: here}, gone: {zh: 下落不明, en: gone}}}
  due: {type: money, title: {zh: 尚欠, en: due}, is: case.claim - case.paid}
  interest: {type: money, title: {zh: 利息, en: interest},
    is: 'times(case.due * days(case.served_on, today), "0.000175")'}
  ends_on: {type: date, title: {zh: 届满日, en: ends on}}
modes: {done: {zh: 完毕, en: done}}
initial: open
states:
  open: {title: {zh: 在办, en: open}}
  shut: {title: {zh: 已结, en: shut}, closes: done}
transitions:
  - {trigger: serve, title: {zh: 送达, en: serve}, from: open, to: stay, by: clerk,
     sets: {ends_on: {is: 'add(case.served_on, "1y")'}}}
  - {trigger: shut, title: {zh: 结案, en: shut}, from: open, to: shut, by: clerk, when: WHEN}
"""


def flow(when: str = "case.due <= 0") -> str:
    return FLOW.replace("WHEN", f"'{when}'")


@pytest.fixture(scope="module")
def loan() -> Definition:
    return definition_from_text(flow(), "loan.yaml")


@dataclass
class Scope:
    data: dict[str, Any]
    children: dict[str, dict[str, Any]] = field(default_factory=dict)
    now: datetime = datetime(2025, 3, 13, 1, tzinfo=UTC)
    today: datetime = datetime(2025, 3, 13, tzinfo=UTC)


KNOWN = {
    "claim": Decimal("100000.00"),
    "paid": Decimal("0.00"),
    "served_on": date(2025, 3, 3),
    "heard_at": datetime(2025, 3, 2, 17, tzinfo=UTC),
    "count": 3,
    "where": "gone",
}


@pytest.mark.parametrize(
    ("text", "gives", "value"),
    [
        ('times(case.claim, "0.000175")', FieldType.MONEY, Decimal("17.50")),
        ('times(money("0.05"), "1/2")', FieldType.MONEY, Decimal("0.03")),
        ('times(money("0.05"), "1/2", "down")', FieldType.MONEY, Decimal("0.02")),
        ('times(money("0.01"), "0.001", "up")', FieldType.MONEY, Decimal("0.01")),
        ('times(money("-0.05"), "1/2")', FieldType.MONEY, Decimal("-0.03")),
        ('times(money("9000000000000000"), "0.999999999999999999")', FieldType.MONEY,
         Decimal("8999999999999999.99")),
        ("case.claim * case.count", FieldType.MONEY, Decimal("300000.00")),
        ('least(case.claim, money("5"))', FieldType.MONEY, Decimal("5.00")),
        ("greatest(case.count, 7)", FieldType.NUMBER, 7),
        ("case.interest", FieldType.MONEY, Decimal("175.00")),
        ("days(case.served_on, today)", FieldType.NUMBER, 10),
        ('add(case.served_on, "30d")', FieldType.DATE, date(2025, 4, 2)),
        ('add(case.served_on, "-2w")', FieldType.DATE, date(2025, 2, 17)),
        ('add(date("2025-01-31"), "1mo")', FieldType.DATE, date(2025, 2, 28)),
        ('add(date("2024-02-29"), "3y")', FieldType.DATE, date(2027, 2, 28)),
        ("day(case.heard_at)", FieldType.DATE, date(2025, 3, 3)),
        ("law.enforcement_fee(case.claim)", FieldType.MONEY, Decimal("1400.00")),
        ("law.preservation_fee(case.due)", FieldType.MONEY, Decimal("1020.00")),
        (
            'law.delay_interest(case.claim, date("2025-01-10"), date("2025-04-20"))',
            FieldType.MONEY,
            Decimal("1750.00"),
        ),
        (
            'law.living_reserve(money("6000"), money("910"), 1)',
            FieldType.MONEY,
            Decimal("5090.00"),
        ),
        ('case.where == "gone" ? "x" : "y"', FieldType.TEXT, "x"),
        ("case.count > 2", FieldType.FLAG, True),
    ],
)  # fmt: skip
def test_a_value_is_computed(loan: Definition, text: str, gives: FieldType, value: Any) -> None:
    compiler = GuardCompiler(loan)
    assert list(compiler.mistakes(text, gives)) == []
    found = compiler.value(text, gives).value(Scope(KNOWN))
    assert (found, type(found)) == (value, type(value))


def test_what_needs_something_unknown_is_unknown(loan: Definition) -> None:
    compiler = GuardCompiler(loan)
    interest = compiler.value("case.interest", FieldType.MONEY)
    assert interest.fields == ("claim", "paid", "served_on")
    scope = Scope(KNOWN | {"served_on": None})
    with pytest.raises(GuardValueMissing) as missing:
        interest.value(scope)
    assert missing.value.data["names"] == "served_on"
    assert interest.known(scope) is None
    assert not compiler.compile("given.interest").allows(scope)
    assert compiler.compile("given.interest").allows(Scope(KNOWN))
    with pytest.raises(GuardFailed):
        compiler.value('add(case.served_on, "9999y")', FieldType.DATE).value(Scope(KNOWN))


def test_a_condition_on_a_computed_field_is_left_to_cel(loan: Definition) -> None:
    guard = GuardCompiler(loan).compile('case.due <= money("100000.00") && case.count == 3')
    assert guard._plain is None and guard.allows(Scope(KNOWN))


def told(tmp_path: Path, text: str) -> dict[str, tuple[int, int, str]]:
    file = tmp_path / "loan.yaml"
    file.write_text(text)
    return {f.code: (f.at.line, f.at.column, f.zh) for f in lint(file) if f.is_error}


LINE = next(n for n, line in enumerate(FLOW.splitlines(), 1) if "WHEN" in line)
COLUMN = FLOW.splitlines()[LINE - 1].index("WHEN") + 2


@pytest.mark.parametrize(
    ("when", "code", "part"),
    [
        ('case.where == "下落不明"', "unknown-choice", '"下落不明"'),
        ('case.where in ["here", "lost"]', "unknown-choice", '"lost"'),
        ("case.served_on <= now", "day-instant", "<="),
        ("today == case.heard_at", "day-instant", "=="),
        ("now - case.served_on < duration(\"24h\")", "day-instant", "-"),
        ("now.getDayOfWeek() == 0", "instant-zone", "now"),
        ("case.heard_at.getHours() < 9", "instant-zone", "getHours"),
        ("case.claim / 3 > case.paid", "money-division", "/"),
        ("case.claim % 100 == 0", "money-division", "%"),
        ('case.claim * case.paid > money("1")', "money-product", "*"),
        ("case.claim > case.count", "money-number", "case.count"),
        ("case.claim + 5 > case.paid", "money-number", "5"),
        ("(given.claim ? case.claim : 5) > case.paid", "money-number", "5"),
        ("days(case.heard_at, today) > 3", "wrong-kind", "days"),
        ("days(now, today) > 3", "wrong-kind", "days"),
        ('add(today, "soon") > today', "wrong-kind", '"soon"'),
        ('case.served_on < date("2025-02-30")', "guard", '"2025-02-30"'),
        ("add(today, case.note) > today", "wrong-kind", "case"),
        ('times(case.count, "0.5") > case.claim', "wrong-kind", "times"),
        ('times(case.claim, "0.5", "even") > case.paid', "wrong-kind", '"even"'),
        ("law.enforcement_fee(case.count) > case.paid", "wrong-kind", "law.enforcement_fee"),
        ("law.enforcement_fee() > case.paid", "guard", "law.enforcement_fee"),
        ("law.fee(case.claim) > case.paid", "guard", "law.fee"),
        ("days(today) > 3", "guard", "days"),
        ("case.claim > day(case.claim)", "guard", "day("),
    ],
)  # fmt: skip
def test_what_is_mixed_up_is_told_at_its_place(
    tmp_path: Path, when: str, code: str, part: str
) -> None:
    found = told(tmp_path, flow(when))
    assert set(found) == {code}, found
    line, column, zh = found[code]
    assert line == LINE and any("一" <= sign <= "鿿" for sign in zh)
    near = COLUMN + when.index(part)
    assert near <= column <= near + len(part) + 1, (column, near)


SETS = """sets: {ends_on: {is: 'add(case.served_on, "1y")'}}"""


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("is: case.claim - case.paid}", "is: case.claim - case.interest}", "guard"),
        ("is: case.claim - case.paid}", "is: case.count}", "wrong-kind"),
        ("is: case.claim - case.paid}", "is: case.served_on}", "guard"),
        ("is: case.claim - case.paid}", "is: case.clam}", "guard"),
        ("is: case.claim - case.paid}", "is: case.claim - case.paid, default: 0}", "shape"),
        ("paid: {}, served", "due: {}, paid: {}, served", "computed-field"),
        (SETS, "sets: {due: 5}", "computed-field"),
        (SETS, "needs: interest", "computed-field"),
        ("sets: {ends_on: {is: 'add(", "sets: {count: {is: 'add(", "guard"),
        (SETS, SETS.replace("served_on", "heard_at"), "wrong-kind"),
        ("{is: 'add(case.served_on, \"1y\")'}", "{is: ''}", "shape"),
        ("{is: 'add(case.served_on, \"1y\")'}", "{iss: 5}", "unknown-key"),
    ],
)  # fmt: skip
def test_what_computes_is_checked_as_what_decides(
    tmp_path: Path, old: str, new: str, code: str
) -> None:
    assert old in FLOW
    assert code in told(tmp_path, flow().replace(old, new))


def test_a_function_of_the_law_that_is_mistyped_is_told_with_the_nearest(tmp_path: Path) -> None:
    (_, _, zh) = told(tmp_path, flow("law.enforcment_fee(case.claim) > case.paid"))["guard"]
    assert "没有 law.enforcment_fee" in zh and "law.enforcement_fee？" in zh


def test_what_the_law_says_of_a_value_is_said_in_both_languages(loan: Definition) -> None:
    fee = GuardCompiler(loan).value("law.enforcement_fee(case.claim)", FieldType.MONEY)
    with pytest.raises(GuardFailed) as failed:
        fee.value(Scope(KNOWN | {"claim": Decimal("-5.00")}))
    zh, en = failed.value.text("zh"), failed.value.text("en")
    assert "got -5.00" in en and "得到 -5.00" in zh and "got" not in zh


@pytest.mark.parametrize(
    "when",
    [
        "today - case.served_on == now - case.heard_at",
        'now - case.heard_at < duration("72h")',
        'case.served_on + duration("24h") <= today',
    ],
)
def test_lengths_of_time_are_compared_whatever_they_lie_between(tmp_path: Path, when: str) -> None:
    known = "served_on: {required: true}, heard_at: {required: true}"
    assert told(tmp_path, flow(when).replace("served_on: {}, heard_at: {}", known)) == {}


@pytest.mark.parametrize("sealed", ["claim", "paid"])
def test_what_is_computed_of_something_sealed_is_sealed(tmp_path: Path, sealed: str) -> None:
    """By itself, or over another computed field; and so is what an act sets by it."""
    text = flow().replace(f"  {sealed}: {{type", f"  {sealed}: {{sealed: true, type")
    (line, _, zh) = told(tmp_path, text)["computed-sealed"]
    assert sealed in zh and line
    shut = text.replace("  due: {type", "  due: {sealed: true, type").replace(
        "  interest: {type", "  interest: {sealed: true, type"
    )
    assert told(tmp_path, shut) == {}
    set_by = flow().replace("  served_on: {type", "  served_on: {sealed: true, type")
    assert "computed-sealed" in told(tmp_path, set_by)


def test_the_page_for_review_says_what_computes(tmp_path: Path) -> None:
    file = tmp_path / "loan.yaml"
    file.write_text(flow())
    page = review_page(load_definition(file))
    assert "由以下算式得出</b> “标的”减“已付”" in page and "case.claim - case.paid" in page
    assert "← “送达日”之后" in page and "add(case.served_on, " in page


def test_the_flow_itself_is_in_order(tmp_path: Path) -> None:
    assert told(tmp_path, flow()) == {}


@pytest.mark.parametrize("written", ['money("1.50")', "money('1.50')", "money( '1.5' )"])
def test_an_amount_of_money_stands_in_either_quotes(loan: Definition, written: str) -> None:
    guard = GuardCompiler.of(loan).compile(f"case.claim == {written}")
    assert guard.allows(Scope({"claim": Decimal("1.50")}))
    assert not guard.allows(Scope({"claim": Decimal("1.51")}))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        *((f'money("{amount}")', "不是金额") for amount in ("", "x", "NaN", "1,000", "１００")),
        *((f'money("{amount}")', "不是金额") for amount in ("1e3", "1e90000", "1e999999999")),
        ('money("1.005")', "金额最多两位小数"),
        ('money("9999999999999999999")', "金额超出范围"),
        ("money(5)", 'money("100.00")'),
        ('money("1" + "2")', 'money("100.00")'),
        ("money(case.claim)", 'money("100.00")'),
    ],
)
def test_what_is_no_amount_is_told_where_it_stands(
    loan: Definition, written: str, said: str
) -> None:
    with pytest.raises(GuardError) as refused:
        GuardCompiler.of(loan).compile(f'case.paid > money("0") ||\n {written} < case.claim')
    told = refused.value
    assert (told.data["line"], told.data["column"]) == (2, 2)
    assert said in told.text("zh"), told.text("zh")


def test_what_a_text_says_of_money_is_no_amount(loan: Definition) -> None:
    written = """case.note == "money('1.50')" && case.claim == money("1.50")"""
    guard = GuardCompiler.of(loan).compile(written)
    assert guard.allows(Scope({"note": "money('1.50')", "claim": Decimal("1.50")}))
