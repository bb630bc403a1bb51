"""`zhixing ledger …`: the money of cases, entry by entry; the bank's day held against it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import wraps
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any

import click

from ...analysis.reading.encodings import encoding_of
from ...court import BankFault, BankMismatch, CourtLedger, LedgerEntry, bank_lines
from ...engine import Actor, Engine
from ...workflow.model.books import MoneyAccount, Movement
from .._options import acting, with_engine
from ..csv_table import refusing
from ..output import Output, Pair, with_output
from ..telling import court_zone, local
from ..when import day_option

_MOVEMENTS: dict[Movement, Pair] = {
    Movement.RECEIPT: ("到账", "receipt"),
    Movement.MOVED_IN: ("他案转入", "moved in"),
    Movement.PAYOUT: ("发放", "paid out"),
    Movement.FEE: ("执行费", "fee"),
    Movement.COST: ("实际支出费用", "costs"),
    Movement.REFUND: ("退还被执行人", "refund"),
    Movement.DEPOSIT: ("提存", "deposited"),
    Movement.FROM_DEPOSIT: ("自提存发放", "paid from the deposit"),
    Movement.MOVED_OUT: ("转至他案", "moved out"),
    Movement.OUTSIDE: ("场外履行", "performed outside"),
    Movement.IN_KIND: ("以物抵债", "taken in kind"),
    Movement.WAIVED: ("放弃", "waived"),
}
_ACCOUNTS: dict[MoneyAccount, Pair] = {
    MoneyAccount.WORLD: ("外部来款", "from outside"),
    MoneyAccount.HELD: ("代管", "held"),
    MoneyAccount.DEPOSITED: ("提存", "deposited"),
    MoneyAccount.CREDITORS: ("已发放", "paid to creditors"),
    MoneyAccount.TREASURY: ("执行费", "fees"),
    MoneyAccount.COSTS: ("费用", "costs"),
    MoneyAccount.DEBTORS: ("已退还", "given back"),
    MoneyAccount.TRANSIT: ("案件间划转", "between cases"),
    MoneyAccount.PARTIES: ("场外履行", "outside"),
    MoneyAccount.ASSETS: ("以物抵债", "in kind"),
    MoneyAccount.WAIVED: ("放弃", "waived"),
    MoneyAccount.PERFORMED: ("账外履行", "performed beside the account"),
}
_FAULTS: dict[BankFault, Pair] = {
    BankFault.NOT_HERE: ("账上没有", "not in the ledger"),
    BankFault.NOT_AT_BANK: ("银行没有", "not at the bank"),
    BankFault.AMOUNT: ("金额不一致", "the amounts differ"),
}
_BY: dict[str, Pair] = {
    "court": ("法院", "court"),
    "team": ("团队", "team"),
    "officer": ("承办人", "officer"),
    "procedure": ("流程", "procedure"),
}
_REALISED: dict[str, Pair] = {
    "cases": ("件数", "cases"),
    "applied": ("申请标的", "applied"),
    "received": ("到账", "received"),
    "paid": ("已发放", "paid"),
    "outside": ("场外履行", "outside"),
    "in_kind": ("以物抵债", "in kind"),
    "waived": ("放弃", "waived"),
    "realised": ("到位率", "realised"),
}
_SHARES: dict[str, Pair] = {
    "creditor": ("债权人", "creditor"),
    "claimed": ("债权", "claimed"),
    "share": ("应得", "share"),
    "paid": ("已得", "paid"),
    "open": ("未付", "open"),
}
_AGES: dict[str, Pair] = {
    "cases": ("件数", "cases"),
    "held": ("代管", "held"),
    "to_30_days": ("30 日内", "to 30 days"),
    "to_60_days": ("60 日内", "to 60 days"),
    "to_180_days": ("180 日内", "to 180 days"),
    "longer": ("更久", "longer"),
}
Command = Callable[..., Any]


@click.group()
def ledger() -> None:
    """案款账 / the ledger of case funds."""


def _narrowed(command: Command) -> Command:
    """Give a command what narrows it, as one `wanted`."""

    @click.option("--court", default="", help="单位及其下级 / a unit and what lies below it")
    @click.option("--officer", default=None)
    @click.option("--procedure", default=None)
    @wraps(command)
    def wrapped(*args: Any, **options: Any) -> Any:
        given = {name: options.pop(name) for name in ("court", "officer", "procedure")}
        wanted = {name: value for name, value in given.items() if value is not None}
        return command(*args, wanted=wanted, **options)

    return wrapped


@ledger.command()
@click.argument("case_id")
@click.option("--account", default="", help="账户；只有一个的可不写 / which, if there are several")
@day_option("--on", "截至该日 / as at the end of a day")
@with_output
@with_engine
def show(output: Output, engine: Engine, case_id: str, account: str, on: date | None) -> None:
    """一案的账户：余额和每一笔。 The account of a case: what it comes to, and every entry."""
    found = CourtLedger(engine).statement(case_id, account, on)

    def words() -> None:
        output.echo(f"{found.number or case_id} {found.title_zh}", f"{case_id} {found.title_en}")
        totals = (
            f"收 {found.received}，支 {found.paid_out}，余 {found.held}；"
            f"提存 {found.deposited}，账外履行 {found.performed}",
            f"in {found.received}, out {found.paid_out}, held {found.held}; "
            f"deposited {found.deposited}, performed beside it {found.performed}",
        )
        output.echo(*totals)
        if found.since is not None:
            since = local(found.since, court_zone())
            output.echo(f"最早一笔余款自 {since}", f"the oldest of it since {since}")
        _print_entries(output, found.entries)

    output.answer(found, words)


@ledger.command()
@click.argument("case_id")
@click.option("--account", default="", help="账户；只有一个的可不写 / which, if there are several")
@with_output
@with_engine
def shares(output: Output, engine: Engine, case_id: str, account: str) -> None:
    """案款如何分配：各债权人应得、已得。 How the money is shared: what each is to get, and got."""
    found = CourtLedger(engine).shares(case_id, account)

    def words() -> None:
        output.echo(
            f"{found.number or case_id} {found.title_zh}：可分配 {found.proceeds}，"
            f"费用 {found.costs}，余 {found.left}",
            f"{case_id} {found.title_en}: to share {found.proceeds}, costs {found.costs}, "
            f"left {found.left}",
        )
        rows = ([str(getattr(line, name)) for name in _SHARES] for line in found.creditors)
        output.print_table(list(_SHARES.values()), rows)
        for step in found.steps:
            output.echo(f"· {step.text('zh')}", f"· {step.text('en')}")
        if found.beyond:
            told = f"超出应分配数额已发放 {found.beyond}", f"paid beyond the shares: {found.beyond}"
            output.echo(*told)

    output.answer(found, words)


@ledger.command()
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@_narrowed
@acting(default=None)
@with_output
@with_engine
def book(output: Output, engine: Engine, day: datetime, wanted: Any, actor: Actor) -> None:
    """某日的每一笔。 Every entry of a day."""
    found = CourtLedger(engine).day_book(day.date(), actor=actor, **wanted)
    output.answer({"entries": list(found)}, lambda: _print_entries(output, found))


@ledger.command()
@_narrowed
@acting(default=None)
@with_output
@with_engine
def balance(output: Output, engine: Engine, wanted: Any, actor: Actor) -> None:
    """试算平衡；不平的退出码为 1。 The trial balance; exit code 1 where it does not balance."""
    found = CourtLedger(engine).balance(actor=actor, **wanted)

    def words() -> None:
        heads = [("账户", "account"), ("余额", "balance")]
        rows = [[output.say(*_ACCOUNTS[name]), amount] for name, amount in found.accounts.items()]
        output.print_table(heads, rows)
        if found.is_balanced:
            output.echo("平衡", "it balances")
        else:
            cases = ", ".join(found.differ)
            output.echo(f"不平衡：{cases}", f"it does not balance: {cases}")

    output.answer(found, words)
    if not found.is_balanced:
        raise SystemExit(1)


@ledger.command()
@click.option("--by", multiple=True, default=("court",), show_default=True)
@day_option("--since", "首日 / the first day")
@day_option("--until", "末日 / the last day")
@_narrowed
@acting(default=None)
@with_output
@with_engine
def realised(
    output: Output,
    engine: Engine,
    by: tuple[str, ...],
    since: date | None,
    until: date | None,
    wanted: Any,
    actor: Actor,
) -> None:
    """到位金额：真金白银与抵债、放弃分列。 What was realised; what is no money stands apart."""
    days = {"since": since, "until": until}
    wanted |= {name: day for name, day in days.items() if day is not None}
    found = CourtLedger(engine).realised(actor=actor, by=by, **wanted)
    _print_figures(output, "realised", by, _REALISED, found)


@ledger.command()
@click.option("--by", multiple=True, default=("officer",), show_default=True)
@_narrowed
@acting(default=None)
@with_output
@with_engine
def ageing(output: Output, engine: Engine, by: tuple[str, ...], wanted: Any, actor: Actor) -> None:
    """余款账龄。 How much money is held, and how long already."""
    found = CourtLedger(engine).ageing(actor=actor, by=by, **wanted)
    _print_figures(output, "ageing", by, _AGES, found)


@ledger.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@day_option("--day", "流水所属之日 / the day of the file")
@click.option("--court", default="")
@acting(default=None)
@with_output
@with_engine
def reconcile(
    output: Output, engine: Engine, file: Path, day: date | None, court: str, actor: Actor
) -> None:
    """与银行当日流水对账；有差异的退出码为 1。
    Hold a bank's day against the ledger; exit code 1 where they differ."""
    if day is None:
        raise click.UsageError("--day: 请写明流水所属之日 / say the day of the file")
    lines = bank_lines(_text_of(file))
    found = CourtLedger(engine).reconcile(day, lines, actor=actor, court=court)

    def words() -> None:
        output.echo(
            f"{found.day}：{found.lines} 笔，相符 {found.agreed} 笔，"
            f"收 {found.received}，支 {found.paid}",
            f"{found.day}: {found.lines} lines, {found.agreed} agree, "
            f"in {found.received}, out {found.paid}",
        )
        if found.mismatches:
            _print_mismatches(output, found.mismatches)

    output.answer(found, words)
    if found.mismatches:
        raise SystemExit(1)


def _text_of(file: Path) -> str:
    """The text of a bank's file, in UTF-8 or GBK. Raises `TableRefused`."""
    with refusing(file), file.open("rb") as raw:
        encoding = encoding_of(raw)
        raw.seek(0)
        return raw.read().decode(encoding)


def _print_mismatches(output: Output, mismatches: Sequence[BankMismatch]) -> None:
    heads = [
        ("流水号", "reference"),
        ("差异", "difference"),
        ("银行", "at the bank"),
        ("账上", "here"),
        ("案件", "case"),
        ("核查件", "looked into by"),
    ]
    rows = (
        [m.reference, output.say(*_FAULTS[m.what]), m.at_bank, m.here, m.case_id, m.difference]
        for m in mismatches
    )
    output.print_known(heads, rows)


def _print_entries(output: Output, entries: Iterable[LedgerEntry]) -> None:
    heads = [
        ("日期", "day"),
        ("案件", "case"),
        ("事由", "movement"),
        ("自", "from"),
        ("至", "to"),
        ("金额", "amount"),
        ("对方", "party"),
        ("凭证", "reference"),
        ("经办", "by"),
    ]
    output.print_known(heads, (_cells(output, one) for one in entries))


def _cells(output: Output, one: LedgerEntry) -> list[object]:
    what = output.say(*_MOVEMENTS[one.movement])
    taken_back = output.say("（冲销）", " (taken back)") if one.is_reversal else ""
    ways = (output.say(*_ACCOUNTS[account]) for account in (one.source, one.target))
    return [
        one.day,
        one.case_id,
        f"{what}{taken_back}",
        *ways,
        one.amount,
        one.party,
        one.reference,
        one.actor,
    ]


def _print_figures(
    output: Output, name: str, by: Sequence[str], columns: dict[str, Pair], found: Iterable[Any]
) -> None:
    rows, shown = list(found), attrgetter(*columns)
    heads = [*map(_BY.__getitem__, by), *columns.values()]
    cells = ([*itemgetter(*by, by[0])(row.by)[:-1], *map(_share, shown(row))] for row in rows)
    output.answer({name: rows}, lambda: output.print_known(heads, cells))


def _share(value: object) -> object:
    """A share in hundredths, anything else as it is."""
    return f"{value:.1%}" if isinstance(value, float) else value
