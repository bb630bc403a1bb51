"""What the fields of a title's records are called, and of which types they are.

A definition names the lists (`claims`); their records may have other fields beside these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from ..formulas.general_interest import Per
from ..language import Words
from ..model.base import listed
from ..model.field_types import FieldType
from ..model.parts import Claim
from .title import Liability, TitlePart


class Column(NamedTuple):
    """A field of a record: its meaning, the types that it may have, what a choice may say."""

    words: Words
    kinds: tuple[FieldType, ...]
    is_required: bool = False
    choices: tuple[StrEnum, ...] = ()


_MONEY, _DATE, _FLAG = (FieldType.MONEY,), (FieldType.DATE,), (FieldType.FLAG,)
_TEXT, _CHOICE = (FieldType.TEXT,), (FieldType.CHOICE,)
_IDS = (FieldType.LIST, FieldType.TEXT)
_ONE_ID = (FieldType.TEXT, FieldType.PARTY)
_SHARE = Words("份额，如 1/3、30%", "the share, as 1/3 or 30%")
_KINDS = tuple(part for part in TitlePart if part is not TitlePart.FEE)

COLUMNS: Mapping[str, Mapping[str, Column]] = {
    "items": {
        "amount": Column(Words("金额", "the amount"), _MONEY, True),
        "kind": Column(Words("种类", "what it is owed as"), _CHOICE, choices=_KINDS),
        "period_ends": Column(Words("履行期限届满之日", "the last day to pay it"), _DATE),
        "doubles": Column(Words("计加倍部分债务利息", "whether it bears double interest"), _FLAG),
        "interest_from": Column(Words("一般债务利息起算日", "general interest from"), _DATE),
        "interest_until": Column(
            Words("一般债务利息止算日（不计）", "general interest up to the day before"), _DATE
        ),
        "rates": Column(
            Words(
                "利率，如 6% 或 2024-01-22 3.45%; 2024-10-21 3.1%",
                "the rate, as 6% or 2024-01-22 3.45%; 2024-10-21 3.1%",
            ),
            _TEXT,
        ),
        "per": Column(Words("利率所指的期间", "what the rate is for"), _CHOICE, choices=tuple(Per)),
        "multiple": Column(Words("利率的倍数，如 4", "times the rate, as 4"), _TEXT),
        "owed_by": Column(Words("由谁共同承担", "the debtors who owe it together"), _IDS),
    },
    "debtors": {
        "liability": Column(Words("责任形式", "how he owes"), _CHOICE, choices=tuple(Liability)),
        "share": Column(_SHARE, _TEXT),
        "cap": Column(Words("责任限额", "the most that is taken from him"), _MONEY),
    },
    "creditors": {"share": Column(_SHARE, _TEXT)},
    "payments": {
        "paid_on": Column(Words("计息截止之日", "the day to which interest runs"), _DATE, True),
        "amount": Column(Words("金额", "the amount"), _MONEY, True),
        "by": Column(Words("付款的被执行人", "the debtor it came from"), _ONE_ID),
        "in_court": Column(Words("经法院收取", "whether it came through the court"), _FLAG),
        "first": Column(Words("约定先清偿的部分", "what it pays first, as agreed"), _IDS),
    },
    "excluded": {
        "since": Column(Words("自何日起不计", "not counted from"), _DATE, True),
        "until": Column(Words("至何日前一日", "up to the day before"), _DATE),
    },
}
"""By the key of `claims` that names the list, its fields."""
_SINGLE = ("principal", "due_on", "effective_on", "accelerated_on")


def fields_of_title(claim: Claim) -> Iterator[str]:
    """The fields of a case, and `LIST.FIELD` of its records, from which a title is read."""
    yield from filter(None, (getattr(claim, key) for key in _SINGLE))
    for key, columns in COLUMNS.items():
        for name in lists_of(claim, key):
            yield from (name, *(f"{name}.{column}" for column in columns))


def lists_of(claim: Claim, key: str) -> tuple[str, ...]:
    """The lists that a key of `claims` names: none, one or several."""
    return tuple(listed(getattr(claim, key) or ()))
