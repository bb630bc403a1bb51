"""How a standing came about, step by step, in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain

from ..formulas.delay_interest import DelayInterest
from ..formulas.explanation import FormulaStep, convention, step
from ..formulas.fees import enforcement_fee
from ..formulas.general_interest import GeneralInterest
from ..formulas.money import ZERO, written
from ..language import NO_WORDS, Words, in_a_row
from .crediting import Crediting
from .debts import Debt
from .title import PART_NAMES, Liability, TitlePart
from .views import CreditorStanding, DebtorStanding, PaymentStanding

_WITHIN = Words("民法典第五百六十条、第五百六十一条", "Civil Code art. 560, 561")
ARTICLES: Mapping[TitlePart, Words] = {
    TitlePart.COSTS: Words("民诉法解释第五百零八条", "CPLI art. 508"),
    TitlePart.FEE: Words(
        "诉讼费用交纳办法第十四条第一项、第二十条第二款、第三十八条",
        "Order 481 art. 14(1), 20(2), 38",
    ),
    TitlePart.PRIORITY: Words("民诉法解释第五百零八条", "CPLI art. 508"),
    TitlePart.SUIT_COSTS: _WITHIN,
    TitlePart.INTEREST: Words(
        "法释〔2014〕8号第一条第二款；民法典第五百六十一条",
        "Fa Shi [2014] 8 art. 1(2); Civil Code art. 561",
    ),
    TitlePart.PRINCIPAL: _WITHIN,
    TitlePart.OTHER: _WITHIN,
    TitlePart.DOUBLE_INTEREST: Words(
        "民事诉讼法第二百六十四条；法释〔2014〕8号第一条、第四条",
        "CPL art. 264; Fa Shi [2014] 8 art. 1, 4",
    ),
}
_ORDER = Words("法释〔2014〕8号第四条", "Fa Shi [2014] 8 art. 4")
_SURPLUS = Words("执行工作规定第三十四条", "EWR art. 34")
_SEVERAL = Words("民法典第五百一十七条", "Civil Code art. 517")
_JOINT = Words("民法典第五百一十八条、第五百一十九条", "Civil Code art. 518, 519")
_BEHIND = Words("民法典第六百八十七条、第七百条", "Civil Code art. 687, 700")
_ONE_TITLE = Words("执行工作规定第五十五条第三款", "EWR art. 55(3)")


def told(
    crediting: Crediting,
    day: date,
    credited: Sequence[PaymentStanding],
    debtors: Iterable[DebtorStanding],
    creditors: Iterable[CreditorStanding],
) -> Iterator[FormulaStep]:
    """Every step: the conventions, the payments, then each part as it stands."""
    yield _WITHIN_TITLE
    yield from map(_payment, credited)
    for debt in crediting.debts:
        yield from _debt(debt, day)
    yield from _fee(crediting, day)
    yield from chain.from_iterable(map(_debtor, debtors))
    yield from map(_creditor, creditors)


_WITHIN_TITLE = convention(
    "依次清偿到期的执行费用、优先债权、诉讼费用、一般债务利息、本金、其他、加倍部分债务利息，"
    "再清偿未到期的；先到期的先清偿（民法典第五百六十条、第五百六十一条）",
    "a payment pays what is due: costs of enforcement, priority, costs of suit, general interest, "
    "principal, other, double interest; then what is not due yet; what fell due first before the "
    "rest (Civil Code art. 560, 561)",
)


def _payment(payment: PaymentStanding) -> FormulaStep:
    """What a payment paid."""
    paid = [_part(part, payment.to[part]) for part in TitlePart if part in payment.to]
    law = _ORDER
    if payment.surplus:
        paid.append(_amount(Words("余额退还", "given back"), written(payment.surplus)))
        law = _SURPLUS
    to, how = in_a_row(paid or [_NOTHING], "; "), _WAYS[payment.in_court]
    who = " ".join(filter(None, (str(payment.day), payment.by)))
    sum_ = written(payment.amount)
    return step(f"{who} {how.zh} {sum_}：{to.zh}", f"{who} {how.en} {sum_}: {to.en}", law)


_NOTHING = Words("无可清偿", "nothing to pay")
_WAYS = {True: Words("执行到账", "received"), False: Words("自行履行", "paid to the creditor")}
"""How a payment came, by whether it came through the court."""


def _part(part: TitlePart, paid: object) -> Words:
    """How much of a part was paid."""
    return _amount(PART_NAMES[part], str(paid))


def _amount(name: Words, sum_: str) -> Words:
    return Words(f"{name.zh} {sum_}", f"{name.en} {sum_}")


def _debt(debt: Debt, day: date) -> Iterator[FormulaStep]:
    """What bears interest in a debt, and how much."""
    for account in debt.accounts:
        name = _named(account.item.id, debt)
        zh, en = f"{name.zh}一般债务利息", f"general interest on {name.en}"
        yield from _counted(account.interest(day, debt.conventions), zh, en)
        if account.item.bears_double and account.period_ends is None:
            zh = f"{name.zh}履行期限届满之日不明，未计加倍部分债务利息"
            yield step(zh, f"{name.en}: no last day to pay is known, no double interest", _ORDER)
    of = _named("", debt)
    zh, en = f"加倍部分债务利息{of.zh}", f"double interest {of.en}".rstrip()
    yield from _counted(debt.double_interest(day), zh, en)


def _counted(
    interest: GeneralInterest | DelayInterest | None, zh: str, en: str
) -> Iterator[FormulaStep]:
    """How interest was counted, under a heading; nothing where there is none."""
    if interest is not None:
        yield step(zh, en)
        yield from interest.steps


def _named(item: str, debt: Debt) -> Words:
    """An item, and who owes it where that is said."""
    who = Words(f"（{'、'.join(debt.debtors)}）", f"({', '.join(debt.debtors)})")
    owed_by = who if debt.debtors else NO_WORDS
    zh = f"“{item}”{owed_by.zh}" if item else owed_by.zh
    return Words(zh, f"{item} {owed_by.en}".strip())


def _fee(crediting: Crediting, day: date) -> Iterator[FormulaStep]:
    """The fee, once what is due has been enforced as well."""
    due = sum((debt.due(day) + _priority(debt, day) for debt in crediting.debts), ZERO)
    enforced = crediting.enforced + due
    if not crediting.title.has_fee or not enforced:
        return
    figures = f"{written(crediting.enforced)} + {written(due)} = {written(enforced)}"
    zh = f"申请执行费以已执行金额加本日应付金额计算：{figures}"
    en = f"fee on what was enforced and what is due on the day: {figures}"
    yield step(zh, en, ARTICLES[TitlePart.FEE])
    yield from enforcement_fee(enforced).steps


def _priority(debt: Debt, day: date) -> Decimal:
    """What is due of priority claims: no part of the claim, and yet the fee is taken on it."""
    before = [one for one in debt.accounts if one.item.kind is TitlePart.PRIORITY]
    return sum((one.left for one in before if one.is_due(day)), ZERO)


def _debtor(debtor: DebtorStanding) -> Iterator[FormulaStep]:
    """What a debtor owes and paid, and what he may ask of the others."""
    words, law = _LIABLE[debtor.liability]
    figures = written(debtor.due), written(debtor.paid)
    zh = f"{debtor.id}{words.zh}：应付 {figures[0]}，已付 {figures[1]}"
    yield step(zh, f"{debtor.id}, {words.en}: due {figures[0]}, paid {figures[1]}", law)
    if debtor.may_recover:
        over, bears = written(debtor.may_recover), written(debtor.bears)
        zh = f"{debtor.id} 付款超出其应承担的 {bears}，可另行向其他被执行人追偿 {over}"
        en = f"{debtor.id} paid {over} beyond the {bears} he bears: to be asked from the others"
        yield step(zh, f"{en}, not in this case", law)


_LIABLE = {
    Liability.JOINT: (Words("（连带）", "jointly"), _JOINT),
    Liability.SHARE: (Words("（按份）", "by his share"), _SEVERAL),
    Liability.SUPPLEMENTARY: (
        Words("（补充，其他被执行人不能清偿的部分）", "for what the others cannot pay"),
        _BEHIND,
    ),
}


def _creditor(creditor: CreditorStanding) -> FormulaStep:
    """What a creditor gets of what is due, and got of what was paid."""
    due, paid = written(creditor.due), written(creditor.paid)
    zh, en = f"{creditor.id} 应得 {due}，已得 {paid}", f"{creditor.id} is due {due}, got {paid}"
    return step(zh, en, _ONE_TITLE)
