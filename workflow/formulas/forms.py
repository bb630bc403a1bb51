"""Formulas over the rows of a table: which columns each takes and gives, as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from ..errors import UnknownFormula
from ..language import Words
from . import cells as read
from .catalogue import FORMULAS, Formula
from .cells import Cells
from .delay_interest import Excluded, Instalment, Payment, delay_interest_by_instalments
from .distribution import Claim, DebtorKind, Share, distribution
from .explanation import Steps
from .fees import enforcement_fee, preservation_fee
from .general_interest import Per, general_interest
from .money import expect, written
from .payment_order import payment_order
from .reserves import Reserve, account_reserve, freeze_cap, living_reserve, no_surplus, only_home
from .seizure_queue import PropertyKind, QueueAct, QueueEvent, seizure_queue

PAYMENTS, EXCLUDED = "payments(day:principal)", "excluded[from/to)"
PRIORITY, ORDINARY = "priority(in rank)", "ordinary(in order of seizure)"
LEFT = "left_for_debtor_or_continue"


class Computed(NamedTuple):
    """What a row gives: the texts of its result columns, in order, and every step."""

    results: tuple[str, ...]
    steps: Steps


Compute = Callable[..., Computed]


@dataclass(frozen=True)
class Form:
    """A formula as a table asks for it: the columns that it reads, and those that it gives."""

    formula: Formula
    inputs: tuple[str, ...]
    results: tuple[str, ...]
    compute: Compute

    @property
    def name(self) -> str:
        """As the formula is called."""
        return self.formula.name

    def row(self, row: Cells, conventions: Mapping[str, StrEnum] | None = None) -> Computed:
        """What one row gives; a column that is missing is empty.

        Raises `BadFormulaValue`, `BeforeDelayRule`, `BeyondDates`.
        """
        full = {name: row.get(name, "") for name in self.inputs}
        return self.compute(full, **(conventions or {}))

    def conventions(self, said: Iterable[tuple[str, str]]) -> dict[str, StrEnum]:
        """Conventions by their names and the words for them. Raises `BadFormulaValue`."""
        known = self.formula.conventions
        return {name: _convention(name, word, known) for name, word in said}


def _convention(name: str, word: str, known: Mapping[str, type[StrEnum]]) -> StrEnum:
    listed = ", ".join(known) or "-"
    zh, en = f"没有这一约定；可用：{listed}", f"no such convention; known: {listed}"
    expect(name in known, name, word, zh, en)
    return read.choice(name, word, known[name], {})


def _money(*amounts: Decimal) -> tuple[str, ...]:
    return tuple(map(written, amounts))


# -- each formula


def _delay_interest(row: Cells, **conventions: Any) -> Computed:
    """Several instalments stand in `period_ends` and `base` in the same order, apart by `;`."""
    result = delay_interest_by_instalments(
        _instalments(row["period_ends"], row["base"]),
        read.day_or_none("account_day", row["account_day"]),
        [
            Payment(read.day(PAYMENTS, day), read.money(PAYMENTS, paid))
            for day, paid in read.pairs(PAYMENTS, row[PAYMENTS])
        ],
        [
            Excluded(read.day(EXCLUDED, since), read.day_or_none(EXCLUDED, until))
            for since, until in read.pairs(EXCLUDED, row[EXCLUDED], "/")
        ],
        **conventions,
    )
    return Computed(_money(result.double_interest, result.base_left), result.steps)


def _instalments(ends: str, bases: str) -> list[Instalment]:
    """The instalments of a title, mostly one."""
    days = [read.day("period_ends", day) for day in read.things(ends) or [""]]
    sums = [read.money("base", base) for base in read.things(bases) or [""]]
    zh, en = "与 period_ends 的个数不同", "not as many as in period_ends"
    expect(len(days) == len(sums), "base", bases, zh, en)
    return [Instalment(*each) for each in zip(days, sums, strict=True)]


def _payment_order(row: Cells, **conventions: Any) -> Computed:
    names = ("received", "costs", "title", "double_interest_due")
    result = payment_order(*(read.money(name, row[name]) for name in names), **conventions)
    paid = (result.to_costs, result.to_title, result.to_double_interest, result.surplus)
    return Computed(_money(*paid), result.steps)


def _enforcement_fee(row: Cells) -> Computed:
    is_given = row["amount_enforced"].strip() != ""
    expect(is_given, "amount_enforced", "''", *_WITHOUT_AMOUNT)
    result = enforcement_fee(read.money("amount_enforced", row["amount_enforced"]))
    return Computed(_money(result.fee), result.steps)


_WITHOUT_AMOUNT = Words(
    "没有金额的，由法院在 50 元至 500 元内确定",
    "without an amount the court sets the fee, 50 to 500",
)


def _preservation_fee(row: Cells) -> Computed:
    """What is about no sum (an empty cell) pays as the lowest one does."""
    result = preservation_fee(read.money("amount", row["amount"].strip() or "0"))
    return Computed(_money(result.fee), result.steps)


def _distribution(row: Cells, **conventions: Any) -> Computed:
    result = distribution(
        read.money("proceeds", row["proceeds"]),
        read.money("costs", row["costs"]),
        _claims(PRIORITY, row[PRIORITY]),
        _claims(ORDINARY, row[ORDINARY]),
        read.choice("debtor", row["debtor"], DebtorKind, _DEBTORS),
        **conventions,
    )
    paid = [f"costs:{written(result.costs)}", *map(_share, (*result.priority, *result.ordinary))]
    return Computed((";".join(paid), written(result.left)), result.steps)


def _claims(name: str, text: str) -> list[Claim]:
    return [Claim(who, read.money(f"{name} {who}", owed)) for who, owed in read.pairs(name, text)]


def _share(share: Share) -> str:
    return f"{share.name}:{written(share.paid)}"


_DEBTORS = {
    **dict.fromkeys(("natural person", "individual", "公民", "自然人"), DebtorKind.PERSON),
    **dict.fromkeys(
        (
            "organisation",
            "organization",
            "other organization",
            "other_organisation",
            "其他组织",
        ),
        DebtorKind.OTHER_ORGANISATION,
    ),
    **dict.fromkeys(("legal person", "公司", "企业法人"), DebtorKind.COMPANY),
    **dict.fromkeys(("one_title", "同一文书"), DebtorKind.ONE_TITLE),
    **dict.fromkeys(("刑事",), DebtorKind.CRIMINAL),
}


def _seizure_queue(row: Cells, **conventions: Any) -> Computed:
    result = seizure_queue(
        read.choice("kind", row["kind"], PropertyKind, _PROPERTY),
        [_event(thing) for thing in read.things(row["events"])],
        read.day("asked_on", row["asked_on"]),
        **conventions,
    )
    held = result.effective
    standing = (held.who, str(held.until)) if held is not None else ("", "")
    waiting = ";".join(seizure.who for seizure in result.waiting)
    return Computed((*standing, waiting), result.steps)


def _event(thing: str) -> QueueEvent:
    """`DAY:ACT:WHO`, with `:DAY` where the ruling names the last day; a sale needs no WHO."""
    day, act, who, until = (*(part.strip() for part in thing.split(":", 3)), "", "", "")[:4]
    does = read.choice("events", act, QueueAct, _ACTS)
    is_whole = who != "" or does is QueueAct.SALE
    zh, en = "应为 日期:动作:名称", "DAY:ACT:WHO is expected"
    expect(is_whole, "events", repr(thing), zh, en)
    return QueueEvent(read.day("events", day), does, who, read.day_or_none("events", until))


_PROPERTY = {
    **dict.fromkeys(("bank deposit", "account", "存款", "银行存款"), PropertyKind.DEPOSIT),
    **dict.fromkeys(("vehicle", "动产", "车辆"), PropertyKind.MOVABLE),
    **dict.fromkeys(("real estate", "house", "land", "不动产", "房屋"), PropertyKind.IMMOVABLE),
    **dict.fromkeys(
        ("other", "other_right", "right", "equity", "shares", "股权", "其他财产权"),
        PropertyKind.OTHER_RIGHT,
    ),
}
_ACTS = {
    **dict.fromkeys(("freeze", "wait", "queue", "查封", "扣押", "冻结", "轮候"), QueueAct.SEIZE),
    **dict.fromkeys(("extend", "续封", "续冻", "续行"), QueueAct.RENEW),
    **dict.fromkeys(("lift", "解除", "解封", "解冻"), QueueAct.RELEASE),
    **dict.fromkeys(
        ("sell", "sold", "auction", "set-off", "处分", "拍卖", "变卖", "抵债"), QueueAct.SALE
    ),
}


class _ReserveKind(StrEnum):
    MONTHLY_INCOME = "monthly income"
    ACCOUNT = "account"
    ONLY_HOME = "only home"
    FREEZE_CAP = "freeze cap"
    NO_SURPLUS = "no surplus"


class _Asked(NamedTuple):
    """The function of a kind of reserve, and what it is given by name."""

    function: Callable[..., Reserve]
    values: Mapping[str, read.Read]


def _living_reserve(row: Cells) -> Computed:
    kind = read.choice("kind", row["kind"], _ReserveKind, _RESERVE_WORDS)
    function, asked = _RESERVES[kind]
    result = function(**read.given("given", row["given"], asked))
    return Computed(_money(result.amount), result.steps)


_LIVING: dict[str, read.Read] = {"standard": read.money, "persons": read.whole}
_RESERVES = {
    _ReserveKind.MONTHLY_INCOME: _Asked(living_reserve, {"income": read.money, **_LIVING}),
    _ReserveKind.ACCOUNT: _Asked(
        account_reserve, {"balance": read.money, **_LIVING, "months": read.whole}
    ),
    _ReserveKind.ONLY_HOME: _Asked(
        only_home, {"price": read.money, "monthly_rent": read.money, "years": read.whole}
    ),
    _ReserveKind.FREEZE_CAP: _Asked(
        freeze_cap, {"claim": read.money, "double_interest": read.money, "fee": read.money}
    ),
    _ReserveKind.NO_SURPLUS: _Asked(
        no_surplus, {"reserve_price": read.money, "priority": read.money, "costs": read.money}
    ),
}
_RESERVE_WORDS = {
    "月收入": _ReserveKind.MONTHLY_INCOME,
    "账户": _ReserveKind.ACCOUNT,
    "唯一住房": _ReserveKind.ONLY_HOME,
    "冻结限额": _ReserveKind.FREEZE_CAP,
    "无益拍卖": _ReserveKind.NO_SURPLUS,
}


def _general_interest(row: Cells, **conventions: Any) -> Computed:
    result = general_interest(
        read.money("principal", row["principal"]),
        read.day("from", row["from"]),
        read.day("until", row["until"]),
        read.money("rate", row["rate"]),
        read.choice("per", row["per"], Per, {"年": Per.YEAR, "月": Per.MONTH, "日": Per.DAY}),
        **conventions,
    )
    return Computed(_money(result.interest), result.steps)


def _form(
    name: str, inputs: tuple[str, ...], results: tuple[str, ...], compute: Compute
) -> tuple[str, Form]:
    return name, Form(FORMULAS[name], ("id", *inputs), results, compute)


FORMS: Mapping[str, Form] = dict(
    (
        _form(
            "delay_interest",
            ("period_ends", "base", PAYMENTS, EXCLUDED, "account_day"),
            ("double_interest", "base_left"),
            _delay_interest,
        ),
        _form(
            "payment_order",
            ("received", "costs", "title", "double_interest_due"),
            ("to_costs", "to_title", "to_double_interest", "surplus"),
            _payment_order,
        ),
        _form("enforcement_fee", ("amount_enforced",), ("fee",), _enforcement_fee),
        _form("preservation_fee", ("amount",), ("fee",), _preservation_fee),
        _form(
            "distribution",
            ("debtor", "proceeds", "costs", PRIORITY, ORDINARY),
            ("result", LEFT),
            _distribution,
        ),
        _form(
            "seizure_queue",
            ("kind", "events", "asked_on"),
            ("effective", "until", "waiting"),
            _seizure_queue,
        ),
        _form("living_reserve", ("kind", "given"), ("may_be_enforced_or_result",), _living_reserve),
        _form(
            "general_interest",
            ("principal", "from", "until", "rate", "per"),
            ("interest",),
            _general_interest,
        ),
    )
)
"""The forms by the names of their formulas."""


def form_named(name: str) -> Form:
    """A form by its name. Raises `UnknownFormula`."""
    form = FORMS.get(name)
    if form is None:
        raise UnknownFormula(name=name, known=", ".join(FORMS))
    return form
