"""The formulas of the law: rows worked by hand, the edges of each rule, and what always holds."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Context, Decimal, localcontext
from inspect import signature
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import DATA
from zhixing.workflow import BadFormulaValue, BeforeDelayRule, UnknownFormula, shipped_law
from zhixing.workflow.formulas.catalogue import FORMULAS, formula_named
from zhixing.workflow.formulas.delay_interest import (
    RULE_SINCE,
    DelayInterest,
    Excluded,
    FirstDay,
    Instalment,
    Payment,
    _credited,
    delay_interest,
    delay_interest_by_instalments,
)
from zhixing.workflow.formulas.distribution import Claim, DebtorKind, Distribution, distribution
from zhixing.workflow.formulas.fees import (
    ENFORCEMENT,
    PRESERVATION,
    enforcement_fee,
    enforcement_fee_without_amount,
    preservation_fee,
)
from zhixing.workflow.formulas.forms import FORMS, Form, form_named
from zhixing.workflow.formulas.general_interest import Per
from zhixing.workflow.formulas.money import Ties, shares
from zhixing.workflow.formulas.payment_order import Owed, payment_order
from zhixing.workflow.formulas.reserves import (
    no_surplus,
    only_home,
)

LAW = DATA / "law"
CENT = Decimal("0.01")
AMOUNTS = st.integers(0, 10**13).map(lambda cents: cents * CENT)
SMALL_AMOUNTS = st.integers(1, 10**7).map(lambda cents: cents * CENT)
DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))


def rows_worked_by_hand() -> list[Any]:
    found = []
    for form in FORMS.values():
        file = LAW / f"{form.name}_give.csv"
        if file.exists():
            with open(file, encoding="utf-8", newline="") as text:
                found += [pytest.param(form, row, id=row["id"]) for row in csv.DictReader(text)]
    return found


@pytest.mark.parametrize(("form", "row"), rows_worked_by_hand())
def test_every_row_worked_by_hand_comes_out(form: Form, row: dict[str, str]) -> None:
    computed = form.row(row)
    assert computed.results == tuple(row[name] for name in form.results)
    assert computed.steps


def test_no_row_worked_by_hand_is_left_out() -> None:
    assert len(list(LAW.glob("*.csv"))) == 7
    assert len(rows_worked_by_hand()) == 35


def results(name: str, *cells: str, **conventions: str) -> tuple[str, ...]:
    """What the form of that name gives for the cells of its columns after `id`."""
    form = form_named(name)
    row = dict(zip(form.inputs[1:], cells, strict=False))
    return form.row(row, form.conventions(conventions.items())).results


def yuan(text: str) -> Decimal:
    return Decimal(text)


# -- double interest

DELAYS: list[tuple[tuple[str, ...], tuple[str, str]]] = [
    # several payments, in whatever order they are written
    (
        ("2025-01-10", "100000", "2025-03-21:60000;2025-01-30:40000"),
        ("875.00", "0.00"),  # 100000 x 20 days + 60000 x 50 days
    ),
    (("2025-01-10", "100000", "2025-01-30:40000", "", "2025-03-21"), ("875.00", "60000.00")),
    # what is left goes on to the day of reckoning; without one, to the last payment
    (("2025-01-10", "100000", "2025-01-30:40000"), ("350.00", "60000.00")),
    (("2025-01-10", "100000", "", "", "2025-01-30"), ("350.00", "100000.00")),
    (("2025-01-10", "100000", "2025-02-10:100000", "", "2025-01-30"), ("350.00", "100000.00")),
    (("2025-01-10", "100000", "2025-01-30:100000", "", "2025-03-21"), ("350.00", "0.00")),
    # two on a day; on or before the last day of the period nothing is late
    (("2025-01-10", "100000", "2025-01-30:50000;2025-01-30:50000"), ("350.00", "0.00")),
    (("2025-01-10", "100000", "2025-01-10:100000"), ("0.00", "0.00")),
    (("2025-01-10", "100000", "2025-01-05:40000;2025-01-30:60000"), ("210.00", "0.00")),
    # spans that overlap count once; what lies outside counts for nothing
    (
        (
            "2025-01-10",
            "100000",
            "2025-04-20:100000",
            "2025-02-01/2025-02-21;2025-02-11/2025-03-03",
        ),
        ("1225.00", "0.00"),  # 100 - 30 days
    ),
    (
        (
            "2025-01-10",
            "100000",
            "2025-04-20:100000",
            "2024-01-01/2025-01-11;2025-04-21/2026-01-01",
        ),
        ("1750.00", "0.00"),
    ),
    (("2025-01-10", "100000", "2025-04-20:100000", "2024-01-01/2026-01-01"), ("0.00", "0.00")),
    # a payment inside a span: the day of payment is one of the days before it
    (
        ("2025-01-10", "100000", "2025-01-20:50000;2025-01-30:50000", "2025-01-16/2025-01-26"),
        ("131.25", "0.00"),  # 100000 x (10 - 5) + 50000 x (10 - 5)
    ),
    # instalments, each from its own day
    (
        ("2025-01-10;2025-02-10", "50000;50000", "2025-03-12:100000"),
        ("796.25", "0.00"),  # 50000 x 61 + 50000 x 30
    ),
    (
        ("2025-01-10;2025-02-10", "50000;50000", "2025-03-12:50000"),
        ("796.25", "50000.00"),  # the second one is counted to that day too
    ),
    # rounded once: 3 x 0.005 + ... would be more if each piece were rounded
    (
        ("2025-01-10", "85.71", "2025-01-11:28.57;2025-01-12:28.57;2025-01-13:28.57"),
        ("0.03", "0.00"),
    ),
    (("2025-01-10", "0", "", "", "2025-03-21"), ("0.00", "0.00")),
    # the first day of the rule of 2014
    (("2014-07-31", "10000", "2014-08-01:10000"), ("1.75", "0.00")),
]


@pytest.mark.parametrize(("cells", "expected"), DELAYS)
def test_double_interest_of_a_row(cells: tuple[str, ...], expected: tuple[str, str]) -> None:
    assert results("delay_interest", *cells) == expected


def test_the_first_day_is_a_convention_and_is_named() -> None:
    row = ("2025-01-10", "100000", "2025-04-20:100000")
    assert results("delay_interest", *row, first_day="included") == ("1767.50", "0.00")
    on_the_day = ("2025-01-10", "100000", "2025-01-10:100000")
    assert results("delay_interest", *on_the_day, first_day="included") == ("0.00", "0.00")
    for way in FirstDay:
        told = delay_interest(yuan("1"), date(2025, 1, 1), date(2025, 2, 1), first_day=way)
        assert any(f"first_day={way}" in step.en and step.zh for step in told.steps)


def test_a_span_without_an_end_still_goes_on() -> None:
    row = ("2025-01-10", "100000", "", "2025-01-21/", "2025-06-01")
    assert results("delay_interest", *row)[0] == "175.00"
    whole = (yuan("1"), date(2025, 1, 10), date(2025, 6, 1))
    told = delay_interest(*whole, excluded=[Excluded(date(2025, 1, 21))]).steps
    assert "not counted: from 2025-01-21, not ended yet" in [step.en for step in told]


def test_days_before_the_rule_of_2014_are_refused() -> None:
    with pytest.raises(BeforeDelayRule) as refused:
        delay_interest(yuan("100"), date(2014, 7, 30), date(2014, 9, 1))
    assert refused.value.since == date(2014, 7, 31)
    assert "2014-08-01" in refused.value.text("zh") and "2014-08-01" in refused.value.text("en")
    stayed = [Excluded(date(2014, 7, 1), RULE_SINCE)]
    later = delay_interest(yuan("100"), date(2014, 7, 30), date(2014, 9, 1), excluded=stayed)
    assert [segment.days for segment in later.segments] == [32]


def test_foreign_money_bears_interest_in_itself_or_in_yuan_at_the_first_days_rate() -> None:
    whole = (yuan("100000"), date(2025, 1, 10), date(2025, 4, 20))
    assert delay_interest(*whole).double_interest == yuan("1750.00")
    in_yuan = delay_interest(*whole, middle_rate=yuan("7.1887"))
    assert in_yuan.double_interest == yuan("12580.23")  # 12580.225
    assert any("7.1887" in step.zh for step in in_yuan.steps)
    for wrong in (yuan("0"), yuan("NaN"), 7):
        with pytest.raises(BadFormulaValue):
            delay_interest(*whole, middle_rate=wrong)  # type: ignore[arg-type]


def test_a_payment_is_credited_to_the_instalment_due_first() -> None:
    owed = [Instalment(date(2025, 2, 10), yuan("50")), Instalment(date(2025, 1, 10), yuan("50"))]
    paid = [Payment(date(2025, 1, 20), yuan("70"))]
    result = delay_interest_by_instalments(owed, date(2025, 2, 20), paid)
    found = [(piece.since, piece.base, piece.days) for piece in result.segments]
    assert found == [(date(2025, 1, 10), 50, 10), (date(2025, 2, 10), 30, 10)]
    assert result.base_left == 30


@st.composite
def delays(draw: st.DrawFn) -> dict[str, Any]:
    """A debt paid off in parts, with spans left out."""
    due = draw(DAYS)
    late = st.integers(-30, 900).map(lambda days: due + timedelta(days=days))
    paid = draw(st.lists(st.tuples(late, SMALL_AMOUNTS), min_size=1, max_size=4))
    since = draw(st.lists(st.tuples(late, st.integers(0, 200)), max_size=3))
    base = sum((part for _, part in paid), Decimal(0)) + draw(AMOUNTS)
    return {
        "base": base,
        "period_ends": due,
        "until": due + timedelta(days=draw(st.integers(0, 1000))),
        "payments": [Payment(*each) for each in paid],
        "excluded": [Excluded(day, day + timedelta(days=length)) for day, length in since],
        "first_day": draw(st.sampled_from(FirstDay)),
    }


def exact(result: DelayInterest) -> Decimal:
    return sum((s.base * s.days for s in result.segments), Decimal(0)) * yuan("0.000175")


@given(delays())
def test_interest_is_what_each_day_bears(case: dict[str, Any]) -> None:
    """Day by day: each counts with what was still unpaid when it began."""
    result = delay_interest(**case)
    included = case["first_day"] is FirstDay.INCLUDED
    day = case["period_ends"] + timedelta(days=0 if included else 1)
    total = Decimal(0)
    if included and case["until"] == case["period_ends"]:
        day = case["until"] + timedelta(days=1)  # nothing is late yet
    while day <= case["until"]:
        stands = not any(since <= day < until for since, until in case["excluded"])
        paid = [p for p in case["payments"] if p.day < day or p.day <= case["period_ends"]]
        total += stands * (case["base"] - sum((p.principal for p in paid), Decimal(0)))
        day += timedelta(days=1)
    assert exact(result) == total * yuan("0.000175")
    assert abs(result.double_interest - exact(result)) <= CENT / 2


@given(delays(), st.integers(0, 1000))
def test_interest_over_two_stretches_adds_up_before_it_is_rounded(
    case: dict[str, Any], days: int
) -> None:
    case["first_day"] = FirstDay.EXCLUDED
    between = min(case["until"], case["period_ends"] + timedelta(days=days))
    first = delay_interest(**{**case, "until": between})
    paid = [p for p in case["payments"] if p.day > between]
    rest = {"base": first.base_left, "period_ends": between, "payments": paid}
    assert exact(first) + exact(delay_interest(**{**case, **rest})) == exact(delay_interest(**case))


# -- fees

FEES = [
    ("0", "50.00"),
    ("10000", "50.00"),
    ("10000.33", "50.00"),
    ("10000.34", "50.01"),
    ("500000", "7400.00"),
    ("500000.50", "7400.01"),
    ("5000000", "52400.00"),
    ("10000000", "77400.00"),
    ("10000005", "77400.01"),
    ("123456789.01", "190856.79"),
]


@pytest.mark.parametrize(("amount", "fee"), FEES)
def test_the_fee_for_enforcement(amount: str, fee: str) -> None:
    assert results("enforcement_fee", amount) == (fee,)
    assert str(enforcement_fee(yuan(amount)).fee) == fee


@pytest.mark.parametrize(
    ("amount", "fee"),
    [
        ("", "30.00"),
        ("1000", "30.00"),
        ("1000.49", "30.00"),
        ("1000.50", "30.01"),
        ("100000", "1020.00"),
        ("895999", "5000.00"),
        ("895998.99", "4999.99"),
        ("896001", "5000.00"),
    ],
)
def test_the_fee_for_preservation(amount: str, fee: str) -> None:
    assert results("preservation_fee", amount) == (fee,)
    assert str(preservation_fee(yuan(amount or "0")).fee) == fee


def test_without_an_amount_the_court_sets_the_fee_for_enforcement() -> None:
    assert enforcement_fee_without_amount(yuan("120")).fee == yuan("120.00")
    for beyond in ("49.99", "500.01"):
        with pytest.raises(BadFormulaValue):
            enforcement_fee_without_amount(yuan(beyond))


@given(AMOUNTS, AMOUNTS)
def test_a_larger_amount_never_pays_a_smaller_fee(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    for fee in (enforcement_fee, preservation_fee):
        assert fee(low).fee <= fee(high).fee


@pytest.mark.parametrize("tariff", [ENFORCEMENT, PRESERVATION])
def test_a_fee_does_not_jump_at_the_edges_of_its_tariff(tariff: Any) -> None:
    edges = [bracket.up_to for bracket in tariff.brackets if bracket.up_to is not None]
    assert edges
    for edge in edges:
        assert tariff.of(edge + CENT) - tariff.of(edge) <= CENT


@given(AMOUNTS)
def test_the_formulas_and_the_tables_of_law_have_the_same_tariffs(amount: Decimal) -> None:
    fees = shipped_law().fees(date(2026, 1, 1))
    assert enforcement_fee(amount).fee == fees["enforcement-application"].of(amount)
    assert preservation_fee(amount).fee == fees["preservation-application"].of(amount)


# -- the order of a payment


@pytest.mark.parametrize(
    ("cells", "paid"),
    [
        (("99399.99", "1400", "98000", "5000"), ("1400.00", "97999.99", "0.00", "0.00")),
        (("1399.99", "1400", "98000", "5000"), ("1399.99", "0.00", "0.00", "0.00")),
        (("104400", "1400", "98000", "5000"), ("1400.00", "98000.00", "5000.00", "0.00")),
        (("10", "0", "0", "0"), ("0.00", "0.00", "0.00", "10.00")),
    ],
)
def test_a_payment_pays_in_the_order_of_the_law(
    cells: tuple[str, ...], paid: tuple[str, ...]
) -> None:
    assert results("payment_order", *cells) == paid


@given(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS, st.permutations(list(Owed)))
def test_what_a_payment_pays_sums_to_it(
    received: Decimal,
    costs: Decimal,
    title: Decimal,
    interest: Decimal,
    priority: Decimal,
    order: Sequence[Owed],
) -> None:
    result = payment_order(received, costs, title, interest, priority, order=order)
    due = {"to_costs": costs, "to_title": title, "to_double_interest": interest}
    due["to_priority"] = priority
    paid = {name: getattr(result, name) for name in due}
    assert sum(paid.values()) + result.surplus == received
    assert all(paid[name] <= due[name] for name in due)
    assert not result.surplus or paid == due


def test_priority_comes_before_the_title_and_parties_may_agree_otherwise() -> None:
    usual = payment_order(yuan("100"), yuan("10"), yuan("80"), yuan("5"), yuan("30"))
    assert (usual.to_costs, usual.to_priority, usual.to_title) == (10, 30, 60)
    agreed = (Owed.COSTS, Owed.PRIORITY, Owed.DOUBLE_INTEREST, Owed.TITLE)
    other = payment_order(yuan("50"), yuan("10"), yuan("80"), yuan("5"), yuan("30"), order=agreed)
    assert (other.to_double_interest, other.to_title) == (5, 5)
    assert any("约定" in step.zh for step in other.steps)
    with pytest.raises(BadFormulaValue):
        payment_order(yuan("1"), yuan("1"), yuan("1"), yuan("1"), order=(Owed.COSTS,))


# -- distribution


@pytest.mark.parametrize(
    ("cells", "result"),
    [
        # cents: one is left, all fractions are equal, the first gets it
        (("person", "100", "0", "", "A:100;B:100;C:100"), "costs:0.00;A:33.34;B:33.33;C:33.33"),
        # the largest fraction first: 1/6, 2/6, 3/6 of 100 cents
        (("person", "1", "0", "", "A:1;B:2;C:3"), "costs:0.00;A:0.17;B:0.33;C:0.50"),
        (("person", "0.02", "0", "", "A:1;B:1;C:1"), "costs:0.00;A:0.01;B:0.01;C:0.00"),
        # not enough for priority, or for costs
        (("person", "100", "10", "M:60;N:60", "A:5"), "costs:10.00;M:60.00;N:30.00;A:0.00"),
        (("person", "5", "10", "M:60", "A:5"), "costs:5.00;M:0.00;A:0.00"),
        (("company", "0", "0", "", "A:5"), "costs:0.00;A:0.00"),
        # the same money: a company pays one after another
        (("company", "100", "0", "", "A:80;B:80"), "costs:0.00;A:80.00;B:20.00"),
        (("other organisation", "100", "0", "", "A:80;B:80"), "costs:0.00;A:50.00;B:50.00"),
        (("one title", "100", "0", "", "A:80;B:80"), "costs:0.00;A:50.00;B:50.00"),
        (
            ("criminal", "100", "0", "", "medical:50;restitution:40;civil:30;fine:20"),
            "costs:0.00;medical:50.00;restitution:40.00;civil:10.00;fine:0.00",
        ),
        (("自然人", "10", "0", "银行：4", "甲：6；乙：6"), "costs:0.00;银行:4.00;甲:3.00;乙:3.00"),
        (("person", "10", "1", "", ""), "costs:1.00"),
        (("person", "10", "0", "", "A:0;B:0"), "costs:0.00;A:0.00;B:0.00"),
        (("person", "10", "0", "", "a: b:3"), "costs:0.00;a: b:3.00"),
    ],
)
def test_proceeds_are_shared(cells: tuple[str, ...], result: str) -> None:
    assert results("distribution", *cells)[0] == result


def test_what_is_more_than_all_claims_is_left_for_the_debtor() -> None:
    assert results("distribution", "company", "100", "1", "M:9", "A:80")[1] == "10.00"
    assert results("distribution", "person", "10", "1", "", "")[1] == "9.00"


def test_who_gets_a_cent_of_equal_fractions_is_a_convention() -> None:
    # of 0.02, each of 1 and 3 has the fraction 1/2
    assert shares(yuan("0.02"), [yuan("1"), yuan("3")]) == [yuan("0.01"), yuan("0.01")]
    largest = shares(yuan("0.02"), [yuan("1"), yuan("3")], Ties.LARGEST)
    assert largest == [yuan("0"), yuan("0.02")]
    row = ("person", "0.02", "0", "", "A:1;B:3")
    assert results("distribution", *row, ties="largest")[0] == "costs:0.00;A:0.00;B:0.02"


CLAIMS = st.lists(SMALL_AMOUNTS.map(lambda owed: Claim("A", owed)), max_size=6)


@given(AMOUNTS, AMOUNTS, CLAIMS, CLAIMS, st.sampled_from(DebtorKind), st.sampled_from(Ties))
def test_what_all_get_and_what_is_left_sum_to_the_proceeds(
    proceeds: Decimal,
    costs: Decimal,
    priority: list[Claim],
    ordinary: list[Claim],
    debtor: DebtorKind,
    ties: Ties,
) -> None:
    result = distribution(proceeds, costs, priority, ordinary, debtor, ties=ties)
    shared = (*result.priority, *result.ordinary)
    assert result.costs + sum(share.paid for share in shared) + result.left == proceeds
    assert all(0 <= share.paid <= share.claimed for share in shared)
    assert not result.left or all(share.paid == share.claimed for share in shared)
    assert is_fair(result, debtor)


def is_fair(result: Distribution, debtor: DebtorKind) -> bool:
    """Whether ordinary claims got the same part of themselves to a cent, or one after another."""
    owed = sum((share.claimed for share in result.ordinary), Decimal(0))
    paid = sum((share.paid for share in result.ordinary), Decimal(0))
    if debtor in (DebtorKind.COMPANY, DebtorKind.CRIMINAL):
        short = [share for share in result.ordinary if share.paid < share.claimed]
        return all(share.paid == 0 for share in short[1:])
    return all(abs(s.paid - s.claimed * paid / owed) < CENT for s in result.ordinary)


# -- reserves


@pytest.mark.parametrize(
    ("kind", "values", "result"),
    [
        ("monthly income", "income=910;standard=910;persons=1", "0.00"),
        ("monthly income", "persons=3; standard=910.50; income=6000", "3268.50"),
        ("月收入", "income=6000；standard=910；persons=1", "5090.00"),
        ("account", "balance=100;standard=910;persons=1;months=1", "0.00"),
        ("only home", "price=900000;monthly_rent=2500;years=5", "750000.00"),
        ("only home", "price=100;monthly_rent=2500;years=5", "0.00"),
        ("freeze cap", "claim=0.01;double_interest=0;fee=0", "0.01"),
        ("no surplus", "reserve_price=100;priority=90;costs=5", "5.00"),
        ("no surplus", "reserve_price=100;priority=90;costs=10", "0.00"),
    ],
)
def test_what_is_left_for_enforcement(kind: str, values: str, result: str) -> None:
    assert results("living_reserve", kind, values) == (result,)


def test_an_auction_that_leaves_nothing_tells_what_the_creditor_may_ask() -> None:
    told = no_surplus(yuan("100"), yuan("95"), yuan("5")).steps
    assert "五日" in told[-1].zh and "five days" in told[-1].en
    assert "五日" not in no_surplus(yuan("101"), yuan("95"), yuan("5")).steps[-1].zh


@pytest.mark.parametrize("years", [4, 9])
def test_the_rent_of_the_only_home_is_for_five_to_eight_years(years: int) -> None:
    with pytest.raises(BadFormulaValue, match="years"):
        only_home(yuan("900000"), yuan("2500"), years)


# -- general interest


def test_general_interest_is_simple_by_the_rate_of_the_title() -> None:
    row = ("100000", "2025-01-01", "2026-01-01", "0.06")
    assert results("general_interest", *row, "year") == ("6000.00",)
    assert results("general_interest", *row, "year", days_of_year="360") == ("6083.33",)
    assert results("general_interest", *row[:3], "0.0005", "day") == ("18250.00",)
    assert results("general_interest", "1", "2025-01-01", "2025-01-01", "0.06", "年") == ("0.00",)


# -- what is refused

REFUSED = [
    ("delay_interest", ("2025-02-30", "1", "", "", "2025-03-01"), "period_ends"),
    ("delay_interest", ("2025-01-10", "1,000", "", "", "2025-03-01"), "base"),
    ("delay_interest", ("2025-01-10", "100", "2025-02-01:100.01"), "payments"),
    ("delay_interest", ("2025-01-10", "100", "2025-02-01"), "payments"),
    ("delay_interest", ("2025-01-10", "100"), "account_day"),
    ("delay_interest", ("2025-01-10", "100", "2025-02-01:1", "2025-02-02/2025-02-01"), "excluded"),
    ("delay_interest", ("2025-01-10;2025-02-10", "100", "2025-03-01:1"), "base"),
    ("enforcement_fee", ("",), "amount_enforced"),
    ("enforcement_fee", ("-1",), "amount_enforced"),
    ("enforcement_fee", ("1e5",), "amount_enforced"),
    ("enforcement_fee", ("1.005",), "amount_enforced"),
    ("enforcement_fee", ("１００",), "amount_enforced"),
    ("enforcement_fee", ("9" * 16,), "amount_enforced"),
    ("payment_order", ("1", "", "1", "1"), "costs"),
    ("distribution", ("ghost", "1", "0", "", "A:1"), "debtor"),
    ("distribution", ("person", "1", "0", "", "A"), "ordinary"),
    ("distribution", ("person", "1", "0", "", "A:x"), "ordinary"),
    ("distribution", ("person", "1", "0", ":5", ""), "priority"),
    ("seizure_queue", ("ghost", "", "2024-01-01"), "kind"),
    ("seizure_queue", ("deposit", "2024-01-01:steal:A", "2024-01-01"), "events"),
    ("seizure_queue", ("deposit", "2024-01-01:seize", "2024-01-01"), "events"),
    ("seizure_queue", ("deposit", "2024-01-01:release:A", "2024-01-01"), "events"),
    ("seizure_queue", ("deposit", "2024-01-01:seize:A;2024-02-01:seize:A", "2024-03-01"), "events"),
    ("seizure_queue", ("deposit", "", ""), "asked_on"),
    ("living_reserve", ("monthly income", "income=1;standard=1"), "given"),
    ("living_reserve", ("monthly income", "income=1;standard=1;persons=0"), "persons"),
    ("living_reserve", ("monthly income", "income=1;standard=1;persons=1.5"), "persons"),
    ("living_reserve", ("only home", "price=1;monthly_rent=1;years=9"), "years"),
    ("general_interest", ("1", "2025-01-02", "2025-01-01", "0.06", "year"), "until"),
    ("general_interest", ("1", "2025-01-01", "2025-01-02", "6", "year"), "rate"),
]


@pytest.mark.parametrize(("name", "cells", "column"), REFUSED)
def test_a_value_that_makes_no_sense_is_refused_by_its_column(
    name: str, cells: tuple[str, ...], column: str
) -> None:
    with pytest.raises(BadFormulaValue) as refused:
        results(name, *cells)
    assert column in refused.value.name
    assert refused.value.text("zh") != refused.value.text("en")


@pytest.mark.parametrize("value", [1.5, True, "1", Decimal("NaN"), Decimal(-1), Decimal("0.001")])
def test_money_is_a_decimal_in_cents(value: Any) -> None:
    with pytest.raises(BadFormulaValue):
        enforcement_fee(value)


def test_an_unknown_formula_convention_or_way_is_named_with_those_there_are() -> None:
    with pytest.raises(UnknownFormula, match="delay_interest"):
        form_named("fee")
    with pytest.raises(UnknownFormula, match="freeze_cap"):
        formula_named("fee")
    with pytest.raises(BadFormulaValue, match="first_day"):
        form_named("delay_interest").conventions([("last_day", "excluded")])
    with pytest.raises(BadFormulaValue, match="excluded, included"):
        form_named("delay_interest").conventions([("first_day", "maybe")])


# -- all of them

EXAMPLES: dict[str, tuple[Any, ...]] = {
    "delay_interest": (yuan("100"), date(2025, 1, 1), date(2025, 2, 1)),
    "payment_order": (yuan("100"), yuan("1"), yuan("90"), yuan("3")),
    "enforcement_fee": (yuan("100000"),),
    "preservation_fee": (yuan("100000"),),
    "distribution": (yuan("5"), yuan("1"), [], [Claim("A", yuan("9"))], DebtorKind.PERSON),
    "seizure_queue": (),
    "living_reserve": (yuan("6000"), yuan("910"), 1),
    "account_reserve": (yuan("6000"), yuan("910"), 1, 2),
    "only_home": (yuan("900000"), yuan("2500"), 8),
    "freeze_cap": (yuan("1"), yuan("2"), yuan("3")),
    "no_surplus": (yuan("100"), yuan("90"), yuan("5")),
    "general_interest": (
        yuan("100"),
        date(2025, 1, 1),
        date(2025, 2, 1),
        yuan("0.06"),
        Per.YEAR,
    ),
}


def test_the_table_of_formulas_says_what_each_takes_and_gives() -> None:
    assert EXAMPLES.keys() == FORMULAS.keys()
    assert {
        "account_reserve",
        "freeze_cap",
        "no_surplus",
        "only_home",
    } == FORMULAS.keys() - FORMS.keys()
    for name, formula in FORMULAS.items():
        known = signature(formula.function).parameters.keys()
        assert {*formula.parameters, *formula.conventions} <= known
        assert formula.figure in formula.result.__annotations__, name
        assert "steps" in formula.result.__annotations__
        for convention, kind in formula.conventions.items():
            assert formula.default(convention) in list(kind)
    assert FORMULAS["delay_interest"].parameters["base"] is Decimal
    assert FORMULAS["delay_interest"].value(*EXAMPLES["delay_interest"]) == yuan("0.54")


@pytest.mark.parametrize("name", [name for name, values in EXAMPLES.items() if values])
def test_a_result_tells_every_step_in_two_languages_and_does_not_depend_on_the_host(
    name: str,
) -> None:
    formula = FORMULAS[name]
    result = formula.function(*EXAMPLES[name])
    assert result.steps and any(step.article_zh and step.article_en for step in result.steps)
    assert all(step.zh and step.en and step.zh != step.en for step in result.steps)
    with localcontext(Context(prec=3)):
        assert formula.function(*EXAMPLES[name]) == result


def test_a_payment_goes_to_what_is_left_of_the_instalment_due_first() -> None:
    debts = [
        Instalment(date(2024, 1, 31), Decimal(1000)),
        Instalment(date(2024, 2, 29), Decimal(500)),
    ]
    paid = [Payment(date(2024, month, 10), Decimal(600)) for month in (3, 4, 5)]
    assert _credited(debts, paid) == [
        [Payment(date(2024, 3, 10), Decimal(600)), Payment(date(2024, 4, 10), Decimal(400))],
        [Payment(date(2024, 4, 10), Decimal(200)), Payment(date(2024, 5, 10), Decimal(300))],
    ]
