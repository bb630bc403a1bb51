"""`zhixing asset …`: the queue of an asset, and what measures hold of a debtor, over all cases."""

from __future__ import annotations

from collections.abc import Iterable

import click

from ...court import CourtAssets, QueuedMeasure
from ...engine import Actor, Engine
from ...engine.model.books import HoldStanding
from ...workflow.model.books import AssetMark
from .._options import acting, with_engine
from ..output import Output, Pair, with_output

_STANDINGS: dict[HoldStanding, Pair] = {
    HoldStanding.PROPOSED: ("拟采取", "proposed"),
    HoldStanding.WAITING: ("轮候", "waiting"),
    HoldStanding.EFFECTIVE: ("已生效", "in effect"),
    HoldStanding.SOLD: ("已变价", "sold"),
    HoldStanding.ENDED: ("已终结", "over"),
}


_MARKS: dict[AssetMark, Pair] = {
    AssetMark.ONLY_HOME: ("被执行人及其所扶养家属的唯一住房", "the only home"),
    AssetMark.EXEMPT: ("依法不得查封的财产", "exempt from seizure"),
    AssetMark.CO_OWNED: ("与他人共有", "owned with others"),
}


@click.group()
def asset() -> None:
    """查控的财产 / assets that measures hold."""


@asset.command()
@click.argument("number")
@click.option("--ended", is_flag=True, help="含已终结的 / also what is over")
@acting(default=None)
@with_output
@with_engine
def queue(output: Output, engine: Engine, number: str, ended: bool, actor: Actor) -> None:
    """一项财产上的查封及其顺位，含各法院。 The measures on an asset in order, of every court."""
    found = CourtAssets(engine).queue(number, actor=actor, ended=ended)

    def words() -> None:
        _print(output, found.measures)
        for mark in found.marks:
            output.echo(*_MARKS[mark])

    output.answer(found, words)


@asset.command("of-debtor")
@click.argument("debtor")
@click.option("--ended", is_flag=True, help="含已终结的 / also what is over")
@acting(default=None)
@with_output
@with_engine
def of_debtor(output: Output, engine: Engine, debtor: str, ended: bool, actor: Actor) -> None:
    """同一被执行人各案的措施，有无超标的。 What measures hold of a debtor over all cases."""
    found = CourtAssets(engine).of_debtor(debtor, actor=actor, ended=ended)

    def words() -> None:
        _print(output, found.measures)
        output.echo(
            f"控制数额 {found.held}，各案标的合计 {found.claimed}",
            f"held {found.held}, claimed {found.claimed} in all",
        )
        if found.is_excess:
            output.echo("超过各案标的合计", "that is more than is claimed")

    output.answer(found, words)


def _print(output: Output, measures: Iterable[QueuedMeasure]) -> None:
    heads = [
        ("顺位", "rank"),
        ("状态", "standing"),
        ("法院", "court"),
        ("案件", "case"),
        ("财产", "asset"),
        ("数额", "amount"),
        ("登记", "registered"),
        ("生效", "effective"),
        ("届满", "until"),
    ]
    rows = (
        [
            m.rank,
            output.say(*_STANDINGS[m.standing]),
            m.court,
            m.number or m.of_case,
            m.asset,
            m.amount,
            m.registered_on,
            m.effective_on,
            m.until,
        ]
        for m in measures
    )
    output.print_known(heads, rows)
