"""`zhixing figures …`: how limits were kept, how cases were closed, what each officer has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import Any

import click

from ...court import CourtFigures
from ...engine import Actor, Engine
from .._options import acting, with_engine
from ..output import Output, Pair, with_output
from ..when import day_option

_HEADS: Mapping[str, Pair] = {
    "rule": ("期限", "limit"),
    "court": ("法院", "court"),
    "team": ("团队", "team"),
    "officer": ("承办人", "officer"),
    "procedure": ("流程", "procedure"),
    "mode": ("结案方式", "closing mode"),
    "met": ("按期", "in time"),
    "met_late": ("逾期履行", "late"),
    "expired": ("逾期未履行", "not performed"),
    "waived": ("免除", "waived"),
    "cancelled": ("终止", "ended"),
    "kept": ("按期率", "kept"),
    "count": ("件数", "count"),
    "median_days": ("半数在（天）内", "half within (days)"),
    "ninth_decile_days": ("九成在（天）内", "nine in ten within"),
    "longest_days": ("最长（天）", "longest (days)"),
    "open_cases": ("未结", "open"),
    "weight": ("权重", "weight"),
    "overdue": ("逾期", "overdue"),
    "due_soon": ("七日内届满", "due in a week"),
    "closed": ("已结", "closed"),
}
Command = Callable[..., Any]


@click.group()
def figures() -> None:
    """统计 / figures."""


def _narrowed(command: Command) -> Command:
    """Give a command what narrows figures, as one `wanted`."""

    @click.option("--court", default="", help="单位及其下级 / a unit and what lies below it")
    @click.option("--officer", default=None)
    @click.option("--procedure", default=None)
    @click.option("--kind", default=None, help="案件种类 / the kind of case")
    @day_option("--since", "首日 / the first day")
    @day_option("--until", "末日 / the last day")
    @wraps(command)
    def wrapped(*args: Any, **options: Any) -> Any:
        names = ("court", "officer", "procedure", "kind", "since", "until")
        given = {name: options.pop(name) for name in names}
        wanted = {name: value for name, value in given.items() if value is not None}
        return command(*args, wanted=wanted, **options)

    return wrapped


@figures.command()
@click.option("--by", multiple=True, default=("rule",), show_default=True)
@_narrowed
@acting(default=None)
@with_output
@with_engine
def limits(output: Output, engine: Engine, by: tuple[str, ...], wanted: Any, actor: Actor) -> None:
    """各期限遵守情况；已丧失的权利不计。 How limits were kept; rights that lapsed do not count."""
    found = CourtFigures(engine).limits(actor=actor, by=by, **wanted)
    columns = ("met", "met_late", "expired", "waived", "cancelled", "kept")
    _print(output, "limits", by, columns, found)


@figures.command()
@click.option("--by", multiple=True, default=("mode",), show_default=True)
@_narrowed
@acting(default=None)
@with_output
@with_engine
def closings(
    output: Output, engine: Engine, by: tuple[str, ...], wanted: Any, actor: Actor
) -> None:
    """结案件数及用时。 Cases closed, and within how many days."""
    found = CourtFigures(engine).closings(actor=actor, by=by, **wanted)
    columns = ("count", "median_days", "ninth_decile_days", "longest_days")
    _print(output, "closings", by, columns, found)


@figures.command()
@_narrowed
@acting(default=None)
@with_output
@with_engine
def work(output: Output, engine: Engine, wanted: Any, actor: Actor) -> None:
    """每名承办人手上的案件和期限。 What each officer has in hand."""
    found = CourtFigures(engine).work(actor=actor, **wanted)
    columns = ("officer", "open_cases", "weight", "overdue", "due_soon", "closed")
    _print(output, "work", (), columns, found)


def _print(
    output: Output, name: str, by: Sequence[str], columns: Sequence[str], found: Iterable[Any]
) -> None:
    rows = list(found)
    heads = [_HEADS[column] for column in (*by, *columns)]
    cells = (
        [*(row.by[one] or "-" for one in by), *(_cell(c, getattr(row, c)) for c in columns)]
        for row in rows
    )
    output.answer({name: rows}, lambda: output.print_table(heads, cells))


def _cell(column: str, value: Any) -> object:
    if column == "kept":
        return "-" if value is None else f"{value:.1%}"
    return f"{value:g}" if isinstance(value, float) else value
