"""`zhixing figures …`: how limits were kept, how cases were closed and went on, how long they stood
where, what each officer has, which measures were taken; as tables, JSON, CSV and pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from ...court import CourtFigures, CourtMetadata, Unread, figures_as_csv, figures_as_svg
from ...court.figures.tables import HEADS
from ...engine import Actor, Engine
from .._options import NewFile, acting, with_engine
from ..output import Output, Pair, print_text, with_output, write_file
from ..when import day_option

_SPREAD = ("count", "mean", "median", "p75", "p90", "p95", "longest")
_SHARES = ("kept", "share", "rate")
_STDOUT = Path("-")
Command = Callable[..., Any]


@dataclass(frozen=True)
class _Asked:
    """What figures are asked of: an engine, by whom, narrowed how, and where they go."""

    output: Output
    engine: Engine
    actor: Actor
    wanted: dict[str, Any]
    csv: Path | None
    plot: Path | None

    @property
    def figures(self) -> CourtFigures:
        """The verbs."""
        return CourtFigures(self.engine)

    @property
    def given(self) -> dict[str, Any]:
        """What every verb is given."""
        return {"actor": self.actor, **self.wanted}


@click.group()
def figures() -> None:
    """统计 / figures."""


def _asked(command: Command) -> Command:
    """Give a command what narrows figures and where they go, as one value."""

    @click.option("--court", default="", help="单位及其下级 / a unit and what lies below it")
    @click.option("--officer", default=None)
    @click.option("--procedure", default=None)
    @click.option("--kind", default=None, help="案件种类 / the kind of case")
    @day_option("--since", "首日 / the first day")
    @day_option("--until", "末日 / the last day")
    @click.option(
        "--csv", type=NewFile, default=None, help="写入 CSV（- 为屏幕） / - for the screen"
    )
    @click.option("--plot", type=NewFile, default=None, help="绘图，SVG / a picture, as SVG")
    @acting(default=None)
    @with_output
    @with_engine
    @wraps(command)
    def wrapped(output: Output, engine: Engine, actor: Actor, **options: Any) -> Any:
        names = ("court", "officer", "procedure", "kind", "since", "until")
        given = {name: options.pop(name) for name in names}
        wanted = {name: value for name, value in given.items() if value is not None}
        into = options.pop("csv"), options.pop("plot")
        return command(_Asked(output, engine, actor, wanted, *into), **options)

    return wrapped


def _by(default: str, *more: str) -> Callable[[Command], Command]:
    """By what it is counted, once or several times."""
    return click.option("--by", multiple=True, default=(default, *more), show_default=True)


@figures.command()
@_by("rule")
@_asked
def limits(asked: _Asked, by: tuple[str, ...]) -> None:
    """各期限遵守情况；已丧失的权利不计。 How limits were kept; rights that lapsed do not count."""
    found = asked.figures.limits(by=by, **asked.given)
    _tell(asked, "limits", found, ("met", "met_late", "expired", "waived", "cancelled", "kept"))


@figures.command()
@_by("mode")
@_asked
def closings(asked: _Asked, by: tuple[str, ...]) -> None:
    """结案件数及用时。 Cases closed, and within how many days."""
    found = asked.figures.closings(by=by, **asked.given)
    columns = ("count", "median_days", "ninth_decile_days", "longest_days")
    _tell(asked, "closings", found, columns)


@figures.command()
@_asked
def work(asked: _Asked) -> None:
    """每名承办人手上的案件和期限。 What each officer has in hand."""
    found = asked.figures.work(**asked.given)
    _tell(
        asked, "work", found, ("officer", "open_cases", "weight", "overdue", "due_soon", "closed")
    )


@figures.command()
@_by("procedure", "node")
@click.option("--phases", is_flag=True, help="按阶段 / by phase, not by state")
@_asked
def nodes(asked: _Asked, by: tuple[str, ...], phases: bool) -> None:
    """各节点用时（整日），按更正后的经过；中止另计。
    Whole days in each node, of lives as corrected; suspended time apart."""
    place: Any = "phase" if phases else "state"
    found = asked.figures.nodes(by=by, place=place, **asked.given)
    columns = ("is_suspended", *(f"ended_{part}" for part in _SPREAD), "running_count")
    _tell(asked, "nodes", found.rows, columns, found.unread)


@figures.command()
@_by("rule")
@_asked
def performance(asked: _Asked, by: tuple[str, ...]) -> None:
    """期限自起算至履行的天数。 Days from the start of limits until they were met."""
    found = asked.figures.performance(by=by, **asked.given)
    _tell(asked, "performance", found, tuple(f"days_{part}" for part in _SPREAD))


@figures.command()
@_by("mode")
@_asked
def resumptions(asked: _Asked, by: tuple[str, ...]) -> None:
    """各结案方式占比及恢复率。 Shares of closing modes, and how many closed cases went on."""
    found = asked.figures.resumptions(by=by, **asked.given)
    columns = ("closed", "share", "standing", "resumed", "rate", "after_median")
    _tell(asked, "resumptions", found.rows, columns, found.unread)


@figures.command()
@_by("measure")
@_asked
def sanctions(asked: _Asked, by: tuple[str, ...]) -> None:
    """强制措施次数和先后。 How often coercive measures were taken, and in which order."""
    found = asked.figures.sanctions(by=by, **asked.given)
    columns = ("rung", "times", "cases", "first", "after_heavier", "after_median")
    _tell(asked, "sanctions", found.rows, columns, found.unread)


@figures.command()
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True)
@click.option("--cursor", default="", help="上一页给出的页标 / as the page before gave it")
@_asked
def ladders(asked: _Asked, limit: int, cursor: str) -> None:
    """每案对每名被执行人依次采取的强制措施。 The coercive measures of each case, in their order."""
    page = asked.figures.ladders(limit=limit, cursor=cursor, **asked.given)
    columns = ("number", "officer", "debtor", "measures", "highest", "is_in_order")
    _tell(asked, "ladders", page.rows, columns, cursor=page.cursor)


# -- where they go


def _tell(
    asked: _Asked,
    name: str,
    rows: Sequence[Any],
    columns: Sequence[str],
    unread: Unread | None = None,
    cursor: str = "",
) -> None:
    """Figures as a table or JSON; where a file was asked for it is kept, and written instead."""
    output, unread = asked.output, unread or Unread()
    if asked.csv is not None or asked.plot is not None:
        _take_out(asked, name, rows)
    else:
        answer = {name: rows, "unread": unread, "cursor": cursor}
        output.answer(answer, lambda: _print(output, rows, columns))
    if unread.count:
        _note(output, f"{unread.count} 件无法读取", "not read", ", ".join(unread.cases))
    if cursor:
        _note(output, "下一页", "next page", f"--cursor {cursor}")


def _note(output: Output, zh: str, en: str, what: str) -> None:
    """A line beside what was asked for, which may be a file for other programs."""
    print_text(output.say(f"{zh}：{what}", f"{en}: {what}"), err=True)


def _take_out(asked: _Asked, name: str, rows: Sequence[Any]) -> None:
    """Write figures to files; it is kept who took them before they go."""
    made: dict[Path, str] = {}
    if asked.plot is not None:
        titles = _titles(asked.engine, asked.output)
        made[asked.plot] = figures_as_svg(rows, asked.output.lang, titles)
    if asked.csv is not None:
        made[asked.csv] = figures_as_csv(rows)
    asked.figures.note_taken_out(name, actor=asked.actor, **asked.wanted)
    for file, text in made.items():
        _write(file, text)


def _write(file: Path, text: str) -> None:
    if file == _STDOUT:
        print_text(text, nl=False)
    else:
        write_file(file, text, newline="")


def _titles(engine: Engine, output: Output) -> Mapping[str, str]:
    """How courts, procedures, limits and modes are called, for a picture."""
    units = engine.charter().organisation
    titles = {id: output.words(unit.title) for id, unit in units.items()}
    metadata = CourtMetadata(engine)
    for court in engine.charter().courts:
        for procedure in metadata.procedures(court):
            titles[procedure.id] = output.pick(procedure, "title")
            view = metadata.procedure(procedure.id, court)
            titles |= {one.id: output.pick(one, "title") for one in (*view.limits, *view.modes)}
    return titles


def _print(output: Output, rows: Sequence[Any], columns: Sequence[str]) -> None:
    by: tuple[str, ...] = next((tuple(getattr(row, "by", ())) for row in rows), ())
    cells = ([_cell(output, row, name) for name in (*by, *columns)] for row in rows)
    output.print_table([_head(name) for name in (*by, *columns)], cells)


def _head(name: str) -> Pair:
    spread, _, part = name.rpartition("_")
    words = HEADS.get(name) or HEADS[part if spread != "running" else "running"]
    return words.zh, words.en


def _cell(output: Output, row: Any, name: str) -> object:
    by = getattr(row, "by", {})
    if name in by:
        titled = name in ("node", "measure") and output.pick(row, "title")
        return titled or by[name] or "-"
    return _shown(output, name, _value(row, name))


def _value(row: Any, name: str) -> Any:
    """A column of a row, or a part of one of its spreads."""
    if name in type(row).model_fields:
        return getattr(row, name)
    spread, _, part = name.rpartition("_")
    return getattr(getattr(row, spread), part)


def _shown(output: Output, name: str, value: Any) -> object:
    if name == "measures":
        return _measures(output, value)
    if isinstance(value, bool):
        return output.say("是", "yes") if value else ""
    if value is None:
        return "-"
    if name in _SHARES:
        return f"{value:.1%}"
    return f"{value:g}" if isinstance(value, float) else value


def _measures(output: Output, measures: Iterable[Any]) -> str:
    return ", ".join(f"{one.day} {output.pick(one, 'title')}" for one in measures)
