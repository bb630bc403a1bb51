"""The title as data: what is due by it on a day, from whom, for whom, and what payments paid."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import DATA
from zhixing.workflow import BadFormulaValue, BeforeDelayRule
from zhixing.workflow.claims import (
    ItemInterest,
    Liability,
    Standing,
    Title,
    TitleCreditor,
    TitleDebtor,
    TitleItem,
    TitlePart,
    TitlePayment,
    standing,
)
from zhixing.workflow.formulas import (
    DaysOfYear,
    Excluded,
    FirstDay,
    Instalment,
    Payment,
    Per,
    Rate,
    delay_interest_by_instalments,
    distribution,
    enforcement_fee,
    general_interest,
)
from zhixing.workflow.formulas.distribution import Claim, DebtorKind

PRINCIPAL, INTEREST, DOUBLE = TitlePart.PRINCIPAL, TitlePart.INTEREST, TitlePart.DOUBLE_INTEREST
FEE, COSTS, PRIORITY, OTHER = TitlePart.FEE, TitlePart.COSTS, TitlePart.PRIORITY, TitlePart.OTHER
CENT = Decimal("0.01")


def yuan(text: str | int) -> Decimal:
    return Decimal(text)


def on(text: str) -> date:
    return date.fromisoformat(text)


def rows(name: str) -> list[Any]:
    with open(DATA / "law" / f"{name}_give.csv", encoding="utf-8", newline="") as text:
        return [pytest.param(row, id=row["id"]) for row in csv.DictReader(text)]


def things(text: str) -> list[tuple[str, str]]:
    found = (thing.rpartition(":") for thing in text.split(";") if thing)
    return [(left, right) for left, _, right in found]


# -- the rows worked by hand, through the title


@pytest.mark.parametrize("row", rows("delay_interest"))
def test_double_interest_of_a_title_is_that_worked_by_hand(row: dict[str, str]) -> None:
    ends, bases = row["period_ends"].split(";"), row["base"].split(";")
    items = [
        TitleItem(str(n), yuan(base), period_ends=on(day))
        for n, (day, base) in enumerate(zip(ends, bases, strict=True))
    ]
    paid = [
        TitlePayment(on(day), yuan(sum_), in_court=False)
        for day, sum_ in things(row["payments(day:principal)"])
    ]
    spans = [span.split("/") for span in row["excluded[from/to)"].split(";") if span]
    excluded = [Excluded(on(since), on(until)) for since, until in spans]
    day = on(row["account_day"]) if row["account_day"] else max(p.day for p in paid)
    found = standing(Title(tuple(items), excluded=tuple(excluded)), paid, day)
    assert found.part(DOUBLE).due == yuan(row["double_interest"])
    assert found.part(PRINCIPAL).due == yuan(row["base_left"])


@pytest.mark.parametrize("row", rows("payment_order"))
def test_a_payment_pays_in_the_order_worked_by_hand(row: dict[str, str]) -> None:
    items = (
        TitleItem("costs", yuan(row["costs"]), COSTS),
        TitleItem("title", yuan(row["title"])),
        TitleItem("double", yuan(row["double_interest_due"]), DOUBLE),
    )
    title = Title(items, has_fee=False)
    (paid,) = standing(
        title, [TitlePayment(on("2025-03-03"), yuan(row["received"]))], on("2025-03-03")
    ).payments
    to = {part: paid.to.get(part, yuan(0)) for part in TitlePart}
    assert to[COSTS] == yuan(row["to_costs"])
    assert to[PRINCIPAL] == yuan(row["to_title"])
    assert to[DOUBLE] == yuan(row["to_double_interest"])
    assert paid.surplus == yuan(row["surplus"])


@pytest.mark.parametrize("row", rows("enforcement_fee"))
def test_the_fee_of_a_title_is_that_worked_by_hand(row: dict[str, str]) -> None:
    title = Title((TitleItem("a", yuan(row["amount_enforced"])),))
    before = standing(title, [], on("2025-03-03"))
    assert before.part(FEE).due == yuan(row["fee"])
    paid = [TitlePayment(on("2025-03-03"), before.due)]
    after = standing(title, paid, on("2025-03-03"))
    assert (after.part(FEE).paid, after.due, after.surplus) == (yuan(row["fee"]), 0, 0)


# -- general interest


LOAN = TitleItem(
    "loan",
    yuan(100000),
    period_ends=on("2025-01-10"),
    interest=ItemInterest(on("2024-01-10"), (Rate(yuan("0.06")),)),
)


def test_general_interest_goes_on_until_it_is_paid_on_what_is_left_of_the_principal() -> None:
    title = Title((LOAN,), has_fee=False)
    # 366 days from 2024-01-10 up to the day before 2025-01-10: 100000 x 0.06 x 366 / 365
    found = standing(title, [], on("2025-01-10"))
    assert found.part(INTEREST).later == yuan("6016.44") and found.due == 0
    paid = [TitlePayment(on("2025-01-20"), yuan("56180.82"))]  # 6180.82 of interest first
    after = standing(title, paid, on("2025-01-20"))
    assert after.payments[0].to == {INTEREST: yuan("6180.82"), PRINCIPAL: yuan(50000)}
    # then 50000 x 0.06 x 73 / 365 = 600, and double interest on 100000 x 10 and 50000 x 73 days
    later = standing(title, paid, on("2025-04-03"))
    assert (later.part(INTEREST).due, later.part(DOUBLE).due) == (yuan(600), yuan("813.75"))


def test_rates_hold_from_their_days_on_and_interest_has_its_own_end() -> None:
    rates = (Rate(yuan("0.12"), Per.YEAR), Rate(yuan("0.0005"), Per.DAY, on("2024-02-01")))
    of_loan = ItemInterest(on("2024-01-01"), rates, until=on("2024-03-01"))
    title = Title((replace(LOAN, interest=of_loan),), has_fee=False)
    # 31 days at 12 % a year, 29 days at 0.05 % a day
    found = standing(title, [], on("2025-01-11"), days_of_year=DaysOfYear.D360)
    assert found.part(INTEREST).due == yuan("1033.33") + yuan("1450.00")
    monthly = replace(of_loan, rates=(Rate(yuan("0.01"), Per.MONTH),))
    title = Title((replace(LOAN, interest=monthly),), has_fee=False)
    assert standing(title, [], on("2025-01-11")).part(INTEREST).due == yuan("2000.00")


def test_without_payments_general_interest_is_that_of_the_formula() -> None:
    formula = general_interest(yuan(100000), on("2024-01-10"), on("2025-06-01"), yuan("0.06"))
    found = standing(Title((LOAN,)), [], on("2025-06-01"))
    assert found.part(INTEREST).due == formula.interest


def test_interest_before_any_rate_is_refused() -> None:
    late = ItemInterest(on("2024-01-10"), (Rate(yuan("0.06"), since=on("2024-02-01")),))
    with pytest.raises(BadFormulaValue, match="rates"):
        standing(Title((replace(LOAN, interest=late),)), [], on("2025-06-01"))


# -- performance days


def instalments(*days: str) -> tuple[TitleItem, ...]:
    return tuple(TitleItem(day, yuan(1000), period_ends=on(day)) for day in days)


def test_each_instalment_is_late_from_its_own_day_and_what_fell_due_first_is_paid_first() -> None:
    title = Title(instalments("2025-01-10", "2025-02-10", "2025-03-10"), has_fee=False)
    found = standing(title, [], on("2025-02-20"))
    assert (found.part(PRINCIPAL).due, found.later) == (2000, 1000)
    assert found.part(DOUBLE).due == yuan("8.93")  # 1000 x 41 + 1000 x 10 days
    paid = [TitlePayment(on("2025-02-20"), yuan(1500))]
    left = {item.id: item.left for item in standing(title, paid, on("2025-02-20")).items}
    assert left == {"2025-01-10": 0, "2025-02-10": 500, "2025-03-10": 1000}


def test_what_is_not_due_yet_is_paid_after_all_that_is() -> None:
    title = Title(instalments("2025-01-10", "2025-03-10"), has_fee=False)
    paid = [TitlePayment(on("2025-01-20"), yuan(1500))]
    found = standing(title, paid, on("2025-01-20"))
    assert found.payments[0].to == {PRINCIPAL: yuan("1498.25"), DOUBLE: yuan("1.75")}
    assert (found.due, found.later) == (0, yuan("501.75"))


def test_what_was_called_in_falls_due_on_that_day() -> None:
    items = instalments("2025-01-10", "2025-02-10", "2026-02-10")
    title = Title(items, accelerated_on=on("2025-02-01"), has_fee=False)
    found = standing(title, [], on("2025-02-11"))
    assert [str(item.period_ends) for item in found.items] == ["2025-01-10"] + ["2025-02-01"] * 2
    assert found.part(PRINCIPAL).due == 3000
    assert found.part(DOUBLE).due == yuan("9.10")  # 1000 x 32 + 2000 x 10 days


def test_without_a_term_it_is_due_from_the_day_the_title_takes_effect() -> None:
    title = Title((TitleItem("a", yuan(1000)),), effective_on=on("2025-01-10"), has_fee=False)
    assert standing(title, [], on("2025-01-20")).part(DOUBLE).due == yuan("1.75")
    unknown = standing(replace(title, effective_on=None), [], on("2025-01-20"))
    assert (unknown.part(DOUBLE).due, unknown.due) == (0, 1000)
    assert any("履行期限届满之日不明" in step.zh for step in unknown.steps)


def test_days_left_out_and_the_first_day_are_as_the_formula_has_them() -> None:
    excluded = (Excluded(on("2025-01-15"), on("2025-01-18")),)
    title = Title(instalments("2025-01-10"), excluded=excluded, has_fee=False)
    assert standing(title, [], on("2025-01-20")).part(DOUBLE).due == yuan("1.23")
    included = standing(title, [], on("2025-01-20"), first_day=FirstDay.INCLUDED)
    assert included.part(DOUBLE).due == yuan("1.40")


def test_days_before_the_rule_are_refused_and_a_sum_counted_before_stands_beside() -> None:
    with pytest.raises(BeforeDelayRule):
        standing(Title(instalments("2014-01-10")), [], on("2015-01-10"))
    before = TitleItem("before", yuan(500), DOUBLE)
    title = Title((*instalments("2014-07-31"), before), has_fee=False)
    found = standing(title, [], on("2014-08-10"))
    assert found.part(DOUBLE).due == yuan("501.75")


def test_costs_of_suit_bear_double_interest_unless_said_otherwise_and_other_money_does_not() -> (
    None
):
    day = on("2025-01-10")
    costs = TitleItem("costs", yuan(1000), TitlePart.SUIT_COSTS, day)
    other = TitleItem("other", yuan(1000), OTHER, day)
    found = standing(Title((costs, other), has_fee=False), [], on("2025-01-20"))
    assert found.part(DOUBLE).due == yuan("1.75")
    plain = replace(costs, doubles=False)
    assert standing(Title((plain, other)), [], on("2025-01-20")).part(DOUBLE).due == 0


# -- the fee, and what is paid past the court


def test_the_fee_is_taken_out_of_what_comes_in_as_it_grows() -> None:
    title = Title((TitleItem("a", yuan(100000), OTHER),))
    paid = [TitlePayment(on("2025-03-03"), yuan(20000)), TitlePayment(on("2025-03-04"), yuan(1))]
    first, _ = standing(title, paid, on("2025-03-04")).payments
    assert first.to[OTHER] + first.to[FEE] == 20000
    assert enforcement_fee(first.to[OTHER]).fee in (first.to[FEE], first.to[FEE] - CENT)
    whole = standing(title, [], on("2025-03-03")).due
    assert whole == 100000 + enforcement_fee(yuan(100000)).fee
    rest = [*paid, TitlePayment(on("2025-03-05"), whole - 20001)]
    done = standing(title, rest, on("2025-03-05"))
    assert (done.due, done.surplus) == (0, 0)


def test_a_sum_below_the_least_fee_pays_the_fee() -> None:
    title = Title((TitleItem("a", yuan(1000), OTHER),))
    found = standing(title, [TitlePayment(on("2025-03-03"), yuan(30))], on("2025-03-03"))
    assert found.payments[0].to == {FEE: yuan(30)}
    assert (found.part(FEE).due, found.due) == (20, 1020)


def test_what_is_paid_to_the_creditor_pays_no_costs_no_fee_and_nobody_else() -> None:
    items = (
        TitleItem("notice", yuan(300), COSTS),
        TitleItem("bank", yuan(500), PRIORITY),
        TitleItem("a", yuan(1000), OTHER),
    )
    paid = [TitlePayment(on("2025-03-03"), yuan(1200), in_court=False)]
    found = standing(Title(items), paid, on("2025-03-03"))
    assert found.payments[0].to == {OTHER: yuan(1000)} and found.surplus == 200
    assert found.part(FEE).due == 50 and found.due == 850  # on the 500 that are to be enforced


def test_costs_are_due_from_the_day_on_which_they_arose() -> None:
    items = (
        TitleItem("notice", yuan(300), COSTS, on("2025-03-10")),
        TitleItem("a", yuan(9), OTHER),
    )
    found = standing(Title(items, has_fee=False), [], on("2025-03-09"))
    assert (found.due, found.later) == (9, 300)
    assert standing(Title(items, has_fee=False), [], on("2025-03-10")).due == 309


def test_the_parties_may_agree_what_is_paid_first() -> None:
    paid = TitlePayment(on("2025-01-20"), yuan(1000), first=(DOUBLE, PRINCIPAL))
    title = Title((LOAN, TitleItem("notice", yuan(300), COSTS)), has_fee=False)
    found = standing(title, [paid], on("2025-01-20"))
    assert found.payments[0].to == {COSTS: yuan(300), DOUBLE: yuan(175), PRINCIPAL: yuan(525)}
    with pytest.raises(BadFormulaValue, match="first"):
        standing(title, [replace(paid, first=(COSTS,))], on("2025-01-20"))


# -- several debtors, several creditors


def debtor(id: str, liability: Liability = Liability.JOINT, **more: Any) -> TitleDebtor:
    return TitleDebtor(id, liability, **more)


ONE = (TitleItem("a", yuan(1000), OTHER),)
DAY = on("2025-03-03")


def of(found: Standing) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
    return {one.id: (one.due, one.paid, one.may_recover) for one in found.debtors}


def test_each_of_those_who_owe_together_owes_all_and_a_payment_by_one_lowers_it_for_all() -> None:
    title = Title(ONE, (debtor("zhang"), debtor("li")), has_fee=False)
    assert of(standing(title, [], DAY)) == {"zhang": (1000, 0, 0), "li": (1000, 0, 0)}
    found = standing(title, [TitlePayment(DAY, yuan(700), by="zhang")], DAY)
    assert of(found) == {"zhang": (300, 700, 200), "li": (300, 0, 0)}
    assert any("可另行向其他被执行人追偿 200.00" in step.zh for step in found.steps)
    own = (debtor("zhang", share=Fraction(7, 10)), debtor("li", share=Fraction(3, 10)))
    inner = standing(Title(ONE, own, has_fee=False), [TitlePayment(DAY, yuan(700), "zhang")], DAY)
    assert of(inner)["zhang"] == (300, 700, 0)


def test_who_owes_a_share_owes_no_more_and_pays_for_nobody_else() -> None:
    third = Fraction(1, 3)
    debtors = tuple(debtor(id, Liability.SHARE, share=third) for id in ("a", "b", "c"))
    found = standing(Title(ONE, debtors, has_fee=False), [TitlePayment(DAY, yuan(400), "b")], DAY)
    assert of(found) == {
        "a": (yuan("333.34"), 0, 0),
        "b": (0, yuan("333.33"), 0),
        "c": (yuan("333.33"), 0, 0),
    }
    assert (found.due, found.surplus) == (yuan("666.67"), yuan("66.67"))


def test_interest_of_a_share_stops_when_that_share_is_paid() -> None:
    debtors = tuple(debtor(id, Liability.SHARE, share=Fraction(1, 2)) for id in ("a", "b"))
    title = Title(instalments("2025-01-10"), debtors, has_fee=False)
    paid = [TitlePayment(on("2025-01-20"), yuan("500.88"), "a")]
    found = standing(title, paid, on("2025-01-30"))
    assert of(found) == {"a": (0, yuan("500.88"), 0), "b": (yuan("501.75"), 0, 0)}


def test_a_guarantor_pays_up_to_his_cap_and_asks_it_back() -> None:
    behind = debtor("bank", Liability.SUPPLEMENTARY, cap=yuan(600))
    title = Title(ONE, (debtor("zhang"), behind), has_fee=False)
    before = standing(title, [], DAY)
    assert of(before) == {"zhang": (1000, 0, 0), "bank": (600, 0, 0)}
    assert [one.is_after_others for one in before.debtors] == [False, True]
    found = standing(title, [TitlePayment(DAY, yuan(700), "bank")], DAY)
    assert of(found) == {"zhang": (400, 0, 0), "bank": (0, 600, 600)}
    assert (found.due, found.surplus) == (400, 100)


def test_an_item_may_be_owed_by_some_alone() -> None:
    items = (*ONE, TitleItem("b", yuan(50), OTHER, owed_by=("li",)))
    title = Title(items, (debtor("zhang"), debtor("li")), has_fee=False)
    found = standing(title, [TitlePayment(DAY, yuan(1040), "zhang")], DAY)
    assert of(found) == {"zhang": (0, 1000, 500), "li": (50, 0, 0)} and found.surplus == 40


def test_several_creditors_share_as_the_formula_shares_one_title() -> None:
    creditors = tuple(TitleCreditor(id, Fraction(n)) for id, n in (("a", 1), ("b", 1), ("c", 1)))
    found = standing(
        Title(ONE, creditors=creditors, has_fee=False), [TitlePayment(DAY, yuan(500))], DAY
    )
    claims = [Claim(id, yuan(400)) for id in "abc"]
    shared = distribution(yuan(500), yuan(0), [], claims, DebtorKind.ONE_TITLE)
    assert [one.paid for one in found.creditors] == [one.paid for one in shared.ordinary]
    assert sum(one.due for one in found.creditors) == found.due == 500


# -- what a title cannot say


@pytest.mark.parametrize(
    ("title", "name"),
    [
        (Title((*ONE, *ONE)), "items"),
        (Title((TitleItem("a", yuan("0.001")),)), "items a amount"),
        (Title((TitleItem("a", yuan(1), FEE),)), "items a"),
        (Title((TitleItem("a", yuan(1), owed_by=("x",)),)), "owed_by"),
        (Title((replace(LOAN, kind=DOUBLE),)), "items loan"),
        (Title(ONE, (debtor("a", Liability.SHARE),)), "debtors a share"),
        (Title(ONE, (debtor("a", Liability.SHARE, share=Fraction(1, 2)),)), "debtors share"),
        (Title(ONE, (debtor("a", share=Fraction(2)),)), "debtors a share"),
        (Title(ONE, creditors=(TitleCreditor("a", Fraction(0)),)), "creditors a share"),
    ],
)
def test_a_title_that_cannot_be_is_refused_by_name(title: Title, name: str) -> None:
    with pytest.raises(BadFormulaValue) as refused:
        standing(title, [], DAY)
    assert name in refused.value.name and refused.value.text("zh")


def test_a_payment_by_somebody_else_is_refused() -> None:
    with pytest.raises(BadFormulaValue, match="payments by"):
        standing(Title(ONE), [TitlePayment(DAY, yuan(1), "x")], DAY)


# -- what always holds


AMOUNTS = st.integers(0, 10**8).map(lambda cents: cents * CENT)
DAYS = st.dates(date(2020, 1, 1), date(2026, 12, 31))
RATES = st.integers(1, 3000).map(lambda parts: Rate(parts * Decimal("0.0001")))
KINDS = st.sampled_from([part for part in TitlePart if part is not FEE])
PEOPLE = (
    (),
    (debtor("a"), debtor("b")),
    (debtor("a"), debtor("b", cap=yuan(5000)), debtor("c", Liability.SUPPLEMENTARY)),
    tuple(debtor(id, Liability.SHARE, share=Fraction(1, 3)) for id in "abc"),
    (debtor("a"), debtor("b", Liability.SHARE, share=Fraction(2, 7))),
)


@st.composite
def titles(draw: st.DrawFn) -> Title:
    debtors = draw(st.sampled_from(PEOPLE))
    items = []
    for n in range(draw(st.integers(1, 4))):
        kind = draw(KINDS)
        interest = None
        if kind in (PRINCIPAL, OTHER) and draw(st.booleans()):
            interest = ItemInterest(draw(DAYS), (draw(RATES),))
        day = draw(st.none() | DAYS)
        items.append(TitleItem(str(n), draw(AMOUNTS), kind, day, interest))
    spans = draw(st.lists(st.tuples(DAYS, DAYS).map(sorted), max_size=2))
    excluded = tuple(Excluded(*span) for span in spans)
    creditors = draw(st.sampled_from([(), (TitleCreditor("x"), TitleCreditor("y", Fraction(2)))]))
    called_in, effective = draw(st.none() | DAYS), draw(st.none() | DAYS)
    return Title(
        tuple(items), debtors, creditors, excluded, effective, called_in, draw(st.booleans())
    )


@st.composite
def lives(draw: st.DrawFn) -> tuple[Title, list[TitlePayment]]:
    title = draw(titles())
    payers = st.sampled_from(["", *(one.id for one in title.debtors)])
    first = st.lists(st.sampled_from([INTEREST, PRINCIPAL, DOUBLE]), unique=True).map(tuple)
    payment = st.builds(TitlePayment, DAYS, AMOUNTS, payers, st.booleans(), first)
    return title, draw(st.lists(payment, max_size=4))


def check(title: Title, found: Standing) -> None:
    assert sum(part.paid for part in found.parts) + found.surplus == found.paid
    assert sum(part.due for part in found.parts) == found.due
    amounts = [found.due, found.later, found.surplus]
    for part in found.parts:
        amounts += [part.paid, part.due, part.later]
    for item in found.items:
        amounts += [item.left, item.interest]
    for payment in found.payments:
        amounts += [*payment.to.values(), payment.surplus]
        assert sum(payment.to.values()) + payment.surplus == payment.amount
    for one in (*found.debtors, *found.creditors):
        amounts += [one.due, one.paid]
    assert all(amount >= 0 and amount == amount.quantize(CENT) for amount in amounts)
    of_claim = set(TitlePart) - {COSTS, FEE, PRIORITY}
    due = sum(part.due for part in found.parts if part.part in of_claim)
    assert all(one.due <= due for one in found.debtors)
    if title.creditors:
        assert sum(one.due for one in found.creditors) == due
    if title.debtors and all(one.liability is Liability.SHARE for one in title.debtors):
        assert sum(one.due for one in found.debtors) == due
    for one in found.debtors:
        cap = next(each.cap for each in title.debtors if each.id == one.id)
        assert cap is None or one.paid + one.due <= cap


@settings(max_examples=150, deadline=None)
@given(lives(), DAYS)
def test_money_is_conserved_to_the_cent_and_nothing_is_below_zero(
    life: tuple[Title, list[TitlePayment]], day: date
) -> None:
    check(life[0], standing(*life, day))


@settings(max_examples=60, deadline=None)
@given(lives(), DAYS, st.integers(1, 400))
def test_what_is_owed_does_not_fall_with_time_alone(
    life: tuple[Title, list[TitlePayment]], day: date, days: int
) -> None:
    title, payments = life
    last = max([day, *(payment.day for payment in payments)])
    found = [standing(title, payments, last + timedelta(n)) for n in (0, days, 2 * days)]
    assert all(one.due <= other.due for one, other in pairwise(found))
    wholes = [one.due + one.later for one in found]
    assert sorted(wholes) == wholes


@settings(max_examples=60, deadline=None)
@given(lives(), DAYS)
def test_paying_what_is_due_leaves_nothing_due_and_nothing_over(
    life: tuple[Title, list[TitlePayment]], day: date
) -> None:
    title, payments = life
    last = max([day, *(payment.day for payment in payments)])
    due = standing(title, payments, last).due
    done = standing(title, [*payments, TitlePayment(last, due)], last)
    assert (done.due, done.payments[-1].surplus) == (0, 0)


@settings(max_examples=60, deadline=None)
@given(lives(), DAYS)
def test_a_day_is_not_changed_by_what_is_paid_after_it(
    life: tuple[Title, list[TitlePayment]], day: date
) -> None:
    title, payments = life
    before = [payment for payment in payments if payment.day <= day]
    assert standing(title, payments, day) == standing(title, before, day)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(DAYS, AMOUNTS), min_size=1, max_size=3),
    st.lists(st.tuples(DAYS, st.integers(0, 40)), max_size=3),
    DAYS,
)
def test_without_general_interest_double_interest_is_that_of_the_formula(
    debts: Sequence[tuple[date, Decimal]], paid: Sequence[tuple[date, int]], day: date
) -> None:
    whole = sum((base for _, base in debts), Decimal())
    sums = [(on_, (whole * part / 130).quantize(CENT, "ROUND_DOWN")) for on_, part in paid]
    items = tuple(TitleItem(str(n), base, period_ends=on_) for n, (on_, base) in enumerate(debts))
    first = (PRINCIPAL,)
    payments = [TitlePayment(*each, in_court=False, first=first) for each in sums]
    formula = delay_interest_by_instalments(
        [Instalment(*debt) for debt in debts], day, [Payment(*each) for each in sums]
    )
    found = standing(Title(items), payments, day)
    if not any(payment.to.get(DOUBLE) for payment in found.payments):
        assert found.part(DOUBLE).due == formula.double_interest
        assert found.part(PRINCIPAL).due + found.part(PRINCIPAL).later == formula.base_left


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), AMOUNTS), max_size=4), AMOUNTS)
def test_from_those_who_owe_together_no_more_than_the_whole_is_taken(
    paid: Sequence[tuple[str, Decimal]], owed: Decimal
) -> None:
    title = Title((TitleItem("a", owed, OTHER),), (debtor("a"), debtor("b")), has_fee=False)
    payments = [TitlePayment(DAY, sum_, by) for by, sum_ in paid]
    found = standing(title, payments, DAY)
    taken = sum((one.paid for one in found.debtors), Decimal())
    assert taken == min(owed, sum((sum_ for _, sum_ in paid), Decimal()))
    assert sum(one.may_recover for one in found.debtors) <= taken
    assert all(one.due == owed - taken for one in found.debtors)


def test_every_step_has_words_in_both_languages() -> None:
    title = Title(
        (LOAN, TitleItem("notice", yuan(300), COSTS)),
        (debtor("zhang"), debtor("li", Liability.SUPPLEMENTARY)),
        (TitleCreditor("x"), TitleCreditor("y")),
    )
    paid = [TitlePayment(on("2025-01-20"), yuan(900), "zhang")]
    found = standing(title, paid, on("2025-02-01"))
    assert all(step.zh and step.en for step in found.steps)
    told = " ".join(step.text("zh") for step in found.steps)
    for words in (
        "本金",
        "执行到账 900.00",
        "法释〔2014〕8号",
        "第五百六十一条",
        "申请执行费",
    ):
        assert words in told
    assert found.as_json()["due"] == str(found.due)
