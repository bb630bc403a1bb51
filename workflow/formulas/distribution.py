"""How the proceeds of enforcement are shared among several creditors (案款分配).

Costs, then priority claims in rank, then ordinary claims: in proportion where the debtor is a
person or another organisation (CPLI art. 506-508) or one title has several creditors
(执行工作规定 art. 55(3)); in the order of seizure where it is a company that does not go bankrupt
(CPLI art. 514).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from ..language import NO_WORDS, Words
from .explanation import FormulaStep, Steps, convention, step
from .money import ZERO, Ties, amount, exactly, rounded, shares, written


class DebtorKind(StrEnum):
    """Who owes; for `criminal`, claims stand in the order of 法释〔2014〕13号 art. 13.

    `one_title`: several creditors of one title, whoever owes.
    """

    PERSON = "person"
    OTHER_ORGANISATION = "other organisation"
    COMPANY = "company"
    ONE_TITLE = "one title"
    CRIMINAL = "criminal"


class Sharing(StrEnum):
    """How ordinary claims are paid: in proportion, or one after another."""

    PRO_RATA = "pro-rata"
    IN_ORDER = "in-order"


class _Rule(NamedTuple):
    """How the ordinary creditors of a kind of debtor share, and where it stands."""

    sharing: Sharing
    law: Words


_RULES = {
    DebtorKind.PERSON: _Rule(
        Sharing.PRO_RATA, Words("民诉法解释第五百零六条、第五百零八条", "CPLI art. 506, 508")
    ),
    DebtorKind.OTHER_ORGANISATION: _Rule(
        Sharing.PRO_RATA, Words("民诉法解释第五百零六条、第五百零八条", "CPLI art. 506, 508")
    ),
    DebtorKind.COMPANY: _Rule(Sharing.IN_ORDER, Words("民诉法解释第五百一十四条", "CPLI art. 514")),
    DebtorKind.ONE_TITLE: _Rule(
        Sharing.PRO_RATA, Words("执行工作规定第五十五条第三款", "EWR art. 55(3)")
    ),
    DebtorKind.CRIMINAL: _Rule(
        Sharing.IN_ORDER, Words("法释〔2014〕13号第十三条", "Fa Shi [2014] 13 art. 13")
    ),
}
_COSTS_LAW = Words("民诉法解释第五百零八条", "CPLI art. 508")
_RANK_LAW = Words("执行工作规定第五十五条第二款", "EWR art. 55(2)")
_ENOUGH_LAW = Words("执行工作规定第五十五条第一款", "EWR art. 55(1)")
_REST_LAW = Words("执行工作规定第三十四条", "EWR art. 34")
_GOES_ON_LAW = Words("民事诉讼法第二百六十五条", "CPL art. 265")


class Claim(NamedTuple):
    """A creditor by name, and what is owed to it."""

    name: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Share:
    """What one claim is and what it gets."""

    name: str
    claimed: Decimal
    paid: Decimal


@dataclass(frozen=True, slots=True)
class Distribution:
    """What the costs and each claim get, what is left for the debtor, and every step.

    What all of them get and what is left sum to the proceeds.
    """

    costs: Decimal
    priority: tuple[Share, ...]
    ordinary: tuple[Share, ...]
    left: Decimal
    steps: Steps


@exactly
def distribution(
    proceeds: Decimal,
    costs: Decimal,
    priority: Iterable[Claim],
    ordinary: Iterable[Claim],
    debtor: DebtorKind = DebtorKind.PERSON,
    *,
    ties: Ties = Ties.ORDER,
) -> Distribution:
    """Share the proceeds: `priority` stands in rank, `ordinary` in the order of seizure.

    Raises `BadFormulaValue`.
    """
    total = amount("proceeds", proceeds)
    ranked, others = _claims("priority", priority), _claims("ordinary", ordinary)
    to_costs = min(total, amount("costs", costs))
    secured = _in_order(ranked, total - to_costs)
    for_others = total - to_costs - _paid(secured)
    rule = _RULES[debtor]
    shared = _SHARINGS[rule.sharing](others, for_others, ties)
    left = for_others - _paid(shared)
    steps = (
        _costs_told(total, to_costs),
        *_secured_told(secured),
        *_ordinary_told(shared, for_others, rule, ties),
        *_end_told((*secured, *shared), left),
    )
    return Distribution(rounded(to_costs), tuple(secured), tuple(shared), rounded(left), steps)


def _claims(name: str, claims: Iterable[Claim]) -> list[Claim]:
    """Claims with amounts that are money. Raises `BadFormulaValue`."""
    return [Claim(who, amount(f"{name} {who}", owed)) for who, owed in claims]


def _paid(given: Iterable[Share]) -> Decimal:
    return sum((share.paid for share in given), ZERO)


def _in_order(claims: Sequence[Claim], left: Decimal, ties: Ties = Ties.ORDER) -> list[Share]:
    """Each claim in full while there is money."""
    given = []
    for name, owed in claims:
        paid = min(left, owed)
        given.append(Share(name, owed, rounded(paid)))
        left -= paid
    return given


def _pro_rata(claims: Sequence[Claim], left: Decimal, ties: Ties) -> list[Share]:
    """Each claim the same part of itself, at most the whole."""
    owed = [claim.amount for claim in claims]
    parts = shares(min(left, sum(owed, ZERO)), owed, ties)
    return [Share(*claim, rounded(part)) for claim, part in zip(claims, parts, strict=True)]


_SHARINGS = {Sharing.PRO_RATA: _pro_rata, Sharing.IN_ORDER: _in_order}


# -- the steps


def _costs_told(total: Decimal, costs: Decimal) -> FormulaStep:
    zh = f"所得价款 {written(total)}，扣除执行费用 {written(costs)}"
    return step(zh, f"proceeds {written(total)}, less costs {written(costs)}", _COSTS_LAW)


def _secured_told(secured: Iterable[Share]) -> Iterator[FormulaStep]:
    """What each priority claim gets, in rank."""
    for rank, share in enumerate(secured, start=1):
        zh = f"第 {rank} 顺位优先债权 {_share(share, '，受偿')}"
        yield step(zh, f"priority of rank {rank}: {_share(share, ', paid')}", _RANK_LAW)


def _ordinary_told(
    shared: Sequence[Share], left: Decimal, rule: _Rule, ties: Ties
) -> Iterator[FormulaStep]:
    """How the ordinary claims share, and what each gets."""
    claimed = sum((share.claimed for share in shared), ZERO)
    if not shared:
        return
    if claimed <= left:
        zh = f"普通债权共 {written(claimed)}，足以全部清偿"
        yield step(zh, f"ordinary claims {written(claimed)}: enough for all", _ENOUGH_LAW)
    else:
        yield from _HOW[rule.sharing](left, claimed, rule.law, ties)
    for share in shared:
        yield step(f"普通债权 {_share(share, '，受偿')}", f"ordinary: {_share(share, ', paid')}")


def _proportion(left: Decimal, claimed: Decimal, law: Words, ties: Ties) -> list[FormulaStep]:
    zh = f"普通债权共 {written(claimed)}，按比例分配 {written(left)}"
    en = f"ordinary claims {written(claimed)} share {written(left)} in proportion"
    return [step(zh, en, law), _CENTS[ties]]


def _succession(left: Decimal, claimed: Decimal, law: Words, ties: Ties) -> list[FormulaStep]:
    zh = f"普通债权共 {written(claimed)}，按先后顺序清偿 {written(left)}"
    en = f"ordinary claims {written(claimed)} get {written(left)} in their order"
    return [step(zh, en, law)]


_HOW = {Sharing.PRO_RATA: _proportion, Sharing.IN_ORDER: _succession}
_CENTS = {
    Ties.ORDER: convention(
        "先舍去分以下，余下的分按小数部分从大到小各补一分，相同者列前的先得（ties=order）",
        "cut to cents; cents left go to the largest fractions, equal ones in order (ties=order)",
    ),
    Ties.LARGEST: convention(
        "先舍去分以下，余下的分按小数部分从大到小各补一分，相同者数额大的先得（ties=largest）",
        "cut to cents; cents left go to the largest fractions, of equal ones to the larger claim "
        "(ties=largest)",
    ),
}


def _end_told(given: Sequence[Share], left: Decimal) -> Iterator[FormulaStep]:
    """What is left for the debtor, and what is still owed."""
    owed = sum((share.claimed - share.paid for share in given), ZERO)
    if owed:
        zh = f"未受偿 {written(owed)}，被执行人应当继续清偿"
        yield step(zh, f"unpaid {written(owed)}: the debtor goes on owing it", _GOES_ON_LAW)
    zh, en = f"余额 {written(left)} 退还被执行人", f"left for the debtor: {written(left)}"
    yield step(zh, en, _REST_LAW if left else NO_WORDS)


def _share(share: Share, paid: str) -> str:
    return f"{share.name} {written(share.claimed)}{paid} {written(share.paid)}"
