"""`zhixing case claim`: what is due by the title of a case on a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import click

from ...court import CaseClaim, CourtClaims
from ...engine import Actor, Engine
from ...workflow.claims import (
    CreditorStanding,
    DebtorStanding,
    ItemStanding,
    PartStanding,
    PaymentStanding,
)
from ...workflow.claims.title import PART_NAMES, Liability
from ...workflow.formulas import DaysOfYear, FirstDay
from ...workflow.formulas.money import written
from .._options import acting, with_engine
from ..output import Output, Pair, print_text, with_output
from ..when import day_option
from .cases import case

_PARTS: tuple[Pair, ...] = (
    ("项目", "part"),
    ("已清偿", "paid"),
    ("应付", "due"),
    ("未到期", "later"),
    ("依据", "source"),
)
_ITEMS: tuple[Pair, ...] = (
    ("债务", "item"),
    ("种类", "kind"),
    ("金额", "amount"),
    ("未清偿", "left"),
    ("利息", "interest"),
    ("履行期限", "to be paid by"),
)
_PAYMENTS: tuple[Pair, ...] = (
    ("日期", "day"),
    ("金额", "amount"),
    ("付款人", "by"),
    ("清偿", "paid"),
    ("退还", "given back"),
)
_DEBTORS: tuple[Pair, ...] = (
    ("债务人", "debtor"),
    ("责任", "liability"),
    ("应付", "due"),
    ("已付", "paid"),
    ("可追偿", "may recover"),
)
_CREDITORS: tuple[Pair, ...] = (("债权人", "creditor"), ("应得", "due"), ("已得", "paid"))
_LIABILITY: dict[Liability, Pair] = {
    Liability.JOINT: ("连带", "joint"),
    Liability.SHARE: ("按份", "by share"),
    Liability.SUPPLEMENTARY: ("补充", "supplementary"),
}


@case.command()
@click.argument("case_id")
@day_option("--on", "何日，默认今日 / the day; today where none is given")
@click.option("--claim", "name", default="", help="执行依据（有几项时）/ which title")
@click.option("--steps", is_flag=True, help="逐步列出计算过程 / tell every step")
@click.option(
    "--first-day",
    type=click.Choice(list(map(str, FirstDay))),
    default="excluded",
    show_default=True,
)
@click.option(
    "--days-of-year",
    type=click.Choice(list(map(str, DaysOfYear))),
    default="365",
    show_default=True,
)
@acting(default=None)
@with_output
@with_engine
def claim(
    output: Output,
    engine: Engine,
    case_id: str,
    on: date | None,
    name: str,
    steps: bool,
    first_day: str,
    days_of_year: str,
    actor: Actor,
) -> None:
    """某日应付的本金、利息和费用。 What is due by the title of a case on a day."""
    found = CourtClaims(engine).standing(
        case_id,
        on,
        actor=actor,
        claim=name,
        first_day=FirstDay(first_day),
        days_of_year=DaysOfYear(days_of_year),
    )
    shown = found.model_dump(exclude={"standing"}) | {"standing": found.standing.as_json()}
    output.answer({"claim": shown}, lambda: _print(output, found, steps))


def _print(output: Output, found: CaseClaim, steps: bool) -> None:
    """The statement: the whole, its parts, items, payments, debtors and creditors."""
    stands = found.standing
    print_text(f"{found.number or found.case_id} {output.pick(found, 'title')} {found.basis}")
    due, later = written(stands.due), written(stands.later)
    output.echo(
        f"{stands.day} 应付 {due}，未到期 {later}", f"{stands.day}: due {due}, later {later}"
    )
    tables: list[tuple[Sequence[Pair], _Cells, Iterable[object]]] = [
        (_PARTS, _part, [part for part in stands.parts if _has_sums(part)]),
        (_ITEMS, _item, stands.items),
        (_PAYMENTS, _payment, stands.payments),
        (_DEBTORS, _debtor, stands.debtors),
        (_CREDITORS, _creditor, stands.creditors),
    ]
    for heads, cells, things in tables:
        rows = [cells(output, found, thing) for thing in things]
        if rows:
            output.print_table(heads, rows)
    for number, step in enumerate(stands.steps if steps else (), start=1):
        print_text(f"{number:>3}. {step.text(output.lang)}")


_Cells = Callable[[Output, CaseClaim, Any], tuple[object, ...]]
"""What stands in a row of a table about one thing."""


def _has_sums(part: PartStanding) -> bool:
    """Whether something of a part is owed or was paid."""
    return any((part.paid, part.due, part.later))


def _part(output: Output, _: CaseClaim, part: PartStanding) -> tuple[object, ...]:
    sums = map(_sum, (part.paid, part.due, part.later))
    return output.pick(part, "title"), *sums, output.pick(part, "article")


def _item(output: Output, _: CaseClaim, item: ItemStanding) -> tuple[object, ...]:
    kind, ends = output.words(PART_NAMES[item.kind]), item.period_ends or "-"
    return item.id, kind, _sum(item.amount), _sum(item.left), _sum(item.interest), ends


def _payment(output: Output, found: CaseClaim, paid: PaymentStanding) -> tuple[object, ...]:
    to = (f"{output.words(PART_NAMES[part])} {_sum(sum_)}" for part, sum_ in paid.to.items())
    how = _who(found, paid.by) or "-"
    if not paid.in_court:
        how = f"{how} ({output.say('自行履行', 'to the creditor')})"
    return paid.day, _sum(paid.amount), how, "; ".join(to), _sum(paid.surplus)


def _debtor(output: Output, found: CaseClaim, one: DebtorStanding) -> tuple[object, ...]:
    liability = output.say(*_LIABILITY[one.liability])
    sums = (_sum(one.due), _sum(one.paid), _sum(one.may_recover))
    return _who(found, one.id), liability, *sums


def _creditor(_: Output, found: CaseClaim, one: CreditorStanding) -> tuple[object, ...]:
    return _who(found, one.id), _sum(one.due), _sum(one.paid)


def _who(found: CaseClaim, id: str) -> str:
    """Somebody by name and id; by the id alone where no name is recorded."""
    name = found.names.get(id)
    return f"{name} ({id})" if name else id


def _sum(amount: Decimal) -> str:
    return written(amount)
