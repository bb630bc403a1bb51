"""`zhixing person NUMBER`: one person over all cases and courts of the database."""

from __future__ import annotations

import click

from ...court import CourtPersons, PersonView
from ...engine import Actor, Engine
from .._options import acting, with_engine
from ..output import Output, Pair, with_output

_SIDES: dict[str, Pair] = {
    "creditor": ("申请执行人", "creditor"),
    "debtor": ("被执行人", "debtor"),
    "proxy": ("代理人", "proxy"),
    "other": ("其他", "other"),
}
_CONDITIONS: dict[str, Pair] = {
    "minor": ("未成年", "minor"),
    "incapacitated": ("无民事行为能力", "without capacity"),
    "deceased": ("已死亡", "deceased"),
    "bankrupt": ("已破产", "bankrupt"),
}


@click.command()
@click.argument("number")
@click.option("--why", required=True, help="查询事由，如案号 / why, such as the number of a case")
@acting(default=None)
@with_output
@with_engine
def person(output: Output, engine: Engine, number: str, why: str, actor: Actor) -> None:
    """按证件号码查一人的全部案件；查询留痕。
    One person over all cases, by the number of a document; who looked is kept."""
    found = CourtPersons(engine).look_up(number, actor=actor, why=why)
    output.answer(found, lambda: _print(output, found))


def _print(output: Output, found: PersonView) -> None:
    if not found.cases:
        output.echo("库中没有此人的案件", "nobody of this number is part of a case here")
        return
    output.line(f"{found.number} {'、'.join(found.names)}")
    for condition, by in found.conditions.items():
        said = "、".join(by)
        zh, en = _CONDITIONS[condition]
        output.echo(f"{zh}（据 {said}）", f"{en} (by {said})")
    _print_cases(output, found)
    _print_running(output, found)
    output.echo(
        f"在办案件标的 {found.claimed}，措施控制 {found.held}",
        f"claimed in open cases {found.claimed}, held by measures {found.held}",
    )
    if found.is_excess:
        output.echo("措施控制的数额超过标的", "measures hold more than is claimed")
    for procedure in found.doubled:
        output.echo(f"重复采取：{procedure}", f"more than once: {procedure}")


def _print_cases(output: Output, found: PersonView) -> None:
    heads = [
        ("法院", "court"),
        ("案件", "case"),
        ("身份", "as"),
        ("程序", "procedure"),
        ("状态", "state"),
        ("标的", "claim"),
        ("余款", "held"),
        ("下一期限", "next due"),
    ]
    rows = (
        [
            case.court,
            case.number or case.case_id,
            output.say(*_SIDES[case.side]),
            output.pick(case, "title"),
            output.pick(case, "state"),
            case.claim,
            case.held,
            case.next_due,
        ]
        for case in found.cases
    )
    output.print_known(heads, rows)


def _print_running(output: Output, found: PersonView) -> None:
    """What runs against him."""
    if not found.running:
        return
    heads = [("法院", "court"), ("案件", "case"), ("措施", "measure"), ("状态", "state")]
    rows = (
        [
            one.court,
            one.number or one.of_case,
            output.pick(one, "title"),
            output.pick(one, "state"),
        ]
        for one in found.running
    )
    output.print_table(heads, rows)
