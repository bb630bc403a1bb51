"""A title as data: what it orders to be paid, by when, with which interest, by whom and to whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from operator import attrgetter

from ..formulas.delay_interest import Excluded
from ..formulas.general_interest import Rate
from ..formulas.money import amount, expect
from ..language import Words


class TitlePart(StrEnum):
    """What money is owed as, in the order in which a payment pays it.

    `costs` are what enforcement cost beside the `fee`, `priority` what others are paid before;
    `other` bears no double interest. An item of `interest` or `double_interest` is a sum that was
    counted before.
    """

    COSTS = "costs"
    FEE = "fee"
    PRIORITY = "priority"
    SUIT_COSTS = "suit_costs"
    INTEREST = "interest"
    PRINCIPAL = "principal"
    OTHER = "other"
    DOUBLE_INTEREST = "double_interest"


PART_NAMES: Mapping[TitlePart, Words] = {
    TitlePart.COSTS: Words("执行费用", "costs of enforcement"),
    TitlePart.FEE: Words("申请执行费", "fee for enforcement"),
    TitlePart.PRIORITY: Words("优先债权", "priority claims"),
    TitlePart.SUIT_COSTS: Words("诉讼费用", "costs of suit"),
    TitlePart.INTEREST: Words("一般债务利息", "general interest"),
    TitlePart.PRINCIPAL: Words("本金", "principal"),
    TitlePart.OTHER: Words("其他金钱债务", "other money"),
    TitlePart.DOUBLE_INTEREST: Words("加倍部分债务利息", "double interest"),
}
OF_THE_COURT = (TitlePart.COSTS, TitlePart.FEE)
"""What comes first whatever was agreed, and is no part of the claim."""
OF_CREDITORS = tuple(part for part in TitlePart if part not in (*OF_THE_COURT, TitlePart.PRIORITY))
"""What the creditors of the title get."""
_DOUBLED = (TitlePart.PRINCIPAL, TitlePart.SUIT_COSTS)
_MOST_RECORDS = 2_000
_SHARE = attrgetter("share")


class Liability(StrEnum):
    """How a debtor owes: with the others for all (连带), his share alone (按份), or what the others
    cannot pay (补充)."""

    JOINT = "joint"
    SHARE = "share"
    SUPPLEMENTARY = "supplementary"


@dataclass(frozen=True, slots=True)
class ItemInterest:
    """General interest on an item, on what is left of it: from `since`, which counts, up to the day
    before `until`; None: until it is paid."""

    since: date
    rates: tuple[Rate, ...]
    until: date | None = None


@dataclass(frozen=True, slots=True)
class TitleItem:
    """A sum that the title orders, and the last day to pay it.

    Without `period_ends` it is due when the title takes effect; for costs of enforcement it is the
    day on which they arose. `doubles` says whether it bears double interest where its kind does not
    say it (principal and costs of suit do). `owed_by` names the debtors who owe it together; all do
    where none is named.
    """

    id: str
    amount: Decimal
    kind: TitlePart = TitlePart.PRINCIPAL
    period_ends: date | None = None
    interest: ItemInterest | None = None
    doubles: bool | None = None
    owed_by: tuple[str, ...] = ()

    @property
    def bears_double(self) -> bool:
        """Whether it bears double interest."""
        return self.kind in _DOUBLED if self.doubles is None else self.doubles


@dataclass(frozen=True, slots=True)
class TitleDebtor:
    """Who owes. `share` is his part of the whole: what he owes by shares, or what he bears among
    those who owe together (equal parts where nothing is said). `cap` is the most that is taken from
    him for the claim."""

    id: str
    liability: Liability = Liability.JOINT
    share: Fraction | None = None
    cap: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TitleCreditor:
    """Who is owed, and how his share is to that of the others."""

    id: str
    share: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class TitlePayment:
    """What was paid, or came of a sale, and the day to which interest runs for it.

    `by` is the debtor it came from. One that was made to the creditor past the court (`in_court` is
    false) pays no costs and no fee. `first` are the parts of the claim that it pays before the
    others, as the parties agreed.
    """

    day: date
    amount: Decimal
    by: str = ""
    in_court: bool = True
    first: tuple[TitlePart, ...] = ()


@dataclass(frozen=True, slots=True)
class Title:
    """A title: its items, who owes, who is owed.

    `excluded` are the days that bear no double interest. What had not fallen due falls due on
    `accelerated_on`, where it was called in. `has_fee` is false where the court takes no fee.
    """

    items: tuple[TitleItem, ...]
    debtors: tuple[TitleDebtor, ...] = ()
    creditors: tuple[TitleCreditor, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    effective_on: date | None = None
    accelerated_on: date | None = None
    has_fee: bool = True

    def due_after(self, item: TitleItem) -> date | None:
        """The last day to pay an item; None where it is known by nothing."""
        days = filter(None, (item.period_ends, self.accelerated_on))
        own = min(days, default=None) if item.period_ends else None
        return own or self.effective_on


def owing(title: Title, liability: Liability) -> list[TitleDebtor]:
    """The debtors of a title who owe in one way."""
    return [debtor for debtor in title.debtors if debtor.liability is liability]


def check_title(title: Title, payments: Iterable[TitlePayment]) -> None:
    """Raises `BadFormulaValue` where a title says what cannot be, or a payment does not fit it."""
    debtors = {debtor.id for debtor in title.debtors}
    _check_ids("items", title.items)
    _check_ids("debtors", title.debtors)
    _check_ids("creditors", title.creditors)
    for item in title.items:
        _check_item(item, debtors)
    for payment in payments:
        _check_payment(payment, debtors)
    _check_shares(title)


def _check_ids(
    name: str, listed: Sequence[TitleItem] | Sequence[TitleDebtor] | Sequence[TitleCreditor]
) -> None:
    """Each has an id of its own, and there are not too many."""
    ids = [one.id for one in listed]
    expect(len(set(ids)) == len(ids), name, ids, "编号重复", "two have one id")
    zh, en = f"至多 {_MOST_RECORDS} 项", f"at most {_MOST_RECORDS}"
    expect(len(ids) <= _MOST_RECORDS, name, len(ids), zh, en)


def _check_item(item: TitleItem, debtors: set[str]) -> None:
    """An item is money of a kind that is ordered, owed by debtors that there are; only what is owed
    to creditors bears general interest."""
    amount(f"items {item.id} amount", item.amount)
    name, kind = f"items {item.id}", item.kind
    zh, en = "申请执行费由计算得出", "the fee for enforcement is computed"
    expect(kind is not TitlePart.FEE, name, kind, zh, en)
    _check_known(f"{name} owed_by", item.owed_by, debtors)
    if item.interest is None:
        return
    is_debt = kind in (TitlePart.PRINCIPAL, TitlePart.SUIT_COSTS, TitlePart.OTHER)
    expect(is_debt, name, kind, "不计一般债务利息", "it bears no general interest")
    since, until = item.interest.since, item.interest.until
    is_in_order = until is None or since <= until
    expect(is_in_order, f"{name} until", until, "早于起算日", "it is before the first day")


def _check_payment(payment: TitlePayment, debtors: set[str]) -> None:
    """A payment is money, from a debtor of the title, and leaves the court's own costs first."""
    amount("payments amount", payment.amount)
    _check_known("payments by", filter(None, (payment.by,)), debtors)
    is_of_claim = set(OF_THE_COURT).isdisjoint(payment.first)
    zh, en = "执行费用不在约定之内", "the costs of enforcement are not for the parties to order"
    expect(is_of_claim, "payments first", ", ".join(payment.first), zh, en)


def _check_known(name: str, ids: Iterable[str], debtors: set[str]) -> None:
    """Those who are named are debtors of the title."""
    unknown = next((id for id in ids if id not in debtors), None)
    listed = ", ".join(sorted(debtors)) or "-"
    zh, en = f"不是被执行人；已有：{listed}", f"no debtor of the title; there are: {listed}"
    expect(unknown is None, name, unknown, zh, en)


def _check_shares(title: Title) -> None:
    """Shares are above nothing and no more than the whole; caps are money."""
    for debtor in title.debtors:
        _check_debtor(debtor)
    own = owing(title, Liability.SHARE)
    whole = sum(map(_SHARE, own), Fraction())
    least = 1 if own and not owing(title, Liability.JOINT) else 0
    zh, en = "各份额之和应为 1", "the shares make the whole, 1"
    expect(least <= whole <= 1, "debtors share", whole, zh, en)
    for creditor in title.creditors:
        zh, en = "份额须大于 0", "a share is above 0"
        expect(creditor.share > 0, f"creditors {creditor.id} share", creditor.share, zh, en)


def _check_debtor(debtor: TitleDebtor) -> None:
    """A cap is money, a share a part of the whole, and who owes by share has one."""
    name = f"debtors {debtor.id}"
    amount(f"{name} cap", debtor.cap or Decimal())
    fits = debtor.share is None or 0 < debtor.share <= 1
    zh, en = "份额须大于 0 且不超过 1", "a share is above 0 and at most 1"
    expect(fits, f"{name} share", debtor.share, zh, en)
    is_said = debtor.share is not None or debtor.liability is not Liability.SHARE
    expect(is_said, f"{name} share", None, "按份责任须写明份额", "who owes a share has one")
