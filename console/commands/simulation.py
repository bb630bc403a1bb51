"""`zhixing simulate`: what a procedure would do with many cases and limited staff, and what if it
were otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from ...analysis import (
    RoleFigures,
    SimulationReport,
    load_simulation,
    load_staff,
)
from ...analysis import simulate as run
from ...workflow import Definition
from ...workflow.review.pictures.bars import Chart, to_svg
from ...workflow.source.characters import shown
from .._options import AnyPath, NewFile
from ..definitions import family_of
from ..output import Output, print_text, with_output, write_file

_STAFF = "ROLE=N|FILE"
_BAR_WIDTH = 40
_BARS = "█▒"

_Row = tuple[str, str, list[Any]]


@dataclass(frozen=True, slots=True)
class _Variant:
    """A version and its staff, as it is simulated; `name` tells it from the other."""

    file: Path
    family: list[Definition]
    staff: dict[str, int]
    name: str


@click.command()
@click.argument("file", type=AnyPath)
@click.option("--cases", type=click.IntRange(1, 1_000_000), default=200, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--days", type=click.IntRange(1, 3650), default=365, show_default=True)
@click.option("--behaviour", type=AnyPath, help="默认同名 .simulation.yaml / default: beside FILE")
@click.option(
    "--staff",
    multiple=True,
    metavar=_STAFF,
    help="人员：可多次，或一个文件 / people per role, repeatable, or a file",
)
@click.option(
    "--against", type=AnyPath, help="另一版本，同样的种子 / another version on the same seed"
)
@click.option(
    "--against-staff",
    multiple=True,
    metavar=_STAFF,
    help="另一人员配置 / what if there were other staff",
)
@click.option("--plot", type=NewFile, metavar="FILE.svg", help="画成图 / draw it")
@with_output
def simulate(
    output: Output,
    file: Path,
    behaviour: Path | None,
    staff: tuple[str, ...],
    against: Path | None,
    against_staff: tuple[str, ...],
    plot: Path | None,
    **size: int,
) -> None:
    """模拟办理：用时、超期、排队、瓶颈；并可比较另一版本或人员。
    Simulate cases: time to close, overdue, queues, the bottleneck."""
    people = _people(staff)
    variants = [_variant(file, file, people, people)]
    if against is not None or against_staff:
        others = people | _people(against_staff)
        variants.append(_variant(against or file, file, others, people))
    found = _simulate(output, variants, behaviour or file.with_suffix(".simulation.yaml"), size)
    names = [variant.name for variant in variants]
    if plot is not None:
        write_file(plot, to_svg(found[0].procedure, names, _charts(output, found)))
    data = found[0] if len(found) == 1 else dict(zip(("first", "second"), found, strict=True))
    output.answer(data, lambda: _print_words(output, found, names))


def _print_words(output: Output, found: list[SimulationReport], names: list[str]) -> None:
    output.console().print(_table(output, found, names))
    for chart in _charts(output, found):
        print_text(chart.title)
        _print_bars(chart)


def _variant(path: Path, first: Path, staff: dict[str, int], usual: Mapping[str, int]) -> _Variant:
    """A version with its sub-procedures; those missing beside it are taken from beside the first
    file."""
    family = family_of(path)
    known = {definition.id for definition in family}
    family += [definition for definition in family_of(first)[1:] if definition.id not in known]
    other = ", ".join(f"{role}={n}" for role, n in staff.items() if usual.get(role) != n)
    return _Variant(path, family, staff, f"{path.name} ({other})" if other else path.name)


def _people(staff: Iterable[str]) -> dict[str, int]:
    people: dict[str, int] = {}
    for text in staff:
        people |= _read_people(text)
    return people


def _read_people(text: str) -> dict[str, int]:
    """`ROLE=N`, or what a file says."""
    role, sign, number = text.partition("=")
    if not sign and Path(text).exists():
        return load_staff(text)
    if number.isdecimal() and int(number) > 0:
        return {role: int(number)}
    raise click.UsageError(f"{text!r} is not ROLE=N or a file")


def _simulate(
    output: Output, variants: Sequence[_Variant], behaviour: Path, size: Mapping[str, int]
) -> list[SimulationReport]:
    plan = load_simulation(behaviour)
    found = []
    with output.progress() as bar:
        for variant in variants:
            words = output.say(f"模拟 {variant.file.name}", f"simulating {variant.file.name}")
            task = bar.add_task(words, total=size["days"])

            def show(day: int, days: int, task: Any = task) -> None:
                bar.update(task, completed=day)

            found.append(run(variant.family, plan, staff=variant.staff, progress=show, **size))
    return found


# -- what came of it


def _table(output: Output, found: list[SimulationReport], names: list[str]) -> Table:
    table = Table("", *map(shown, names))
    for zh, en, values in _rows(found):
        table.add_row(output.say(zh, en), *map(str, values))
    return table


def _rows(found: list[SimulationReport]) -> Iterator[_Row]:
    yield "案件 / 已结", "cases / closed", [f"{r.cases} / {r.closed}" for r in found]
    yield "结案用时中位数（日）", "median days to close", [r.median_days for r in found]
    yield "九成案件用时不超过（日）", "90 % closed within (days)", [r.p90_days for r in found]
    yield from _mode_rows(found)
    yield from _role_rows(found)
    yield "瓶颈", "bottleneck", [r.bottleneck for r in found]


def _mode_rows(found: list[SimulationReport]) -> Iterator[_Row]:
    for mode in _keys(r.modes for r in found):
        counts = [r.modes.get(mode, 0) for r in found]
        yield f"结案方式 {mode}", f"mode {mode}", counts


def _role_rows(found: list[SimulationReport]) -> Iterator[_Row]:
    for role in _keys(r.roles for r in found):
        yield (
            f"{role}（人数：平均/最长等待 日，忙碌）",
            f"{role} (staff: mean/longest wait in days, busy)",
            [_queue(r.roles.get(role)) for r in found],
        )


def _queue(q: RoleFigures | None) -> str:
    if q is None:
        return "-"
    return f"{q.staff}: {q.mean_wait_days} / {q.longest_wait_days}, {q.busy:.0%}"


def _charts(output: Output, found: list[SimulationReport]) -> list[Chart]:
    return [
        Chart(
            output.say("结案用时（日）：件数", "days to close: cases"), [r.histogram for r in found]
        ),
        Chart(output.say("超期：次数", "overdue: how often"), [_most_first(r) for r in found]),
        Chart(output.say("平均等待（日）", "mean wait (days)"), [_waits(r) for r in found]),
    ]


def _most_first(report: SimulationReport) -> dict[str, int]:
    return dict(sorted(report.expired.items(), key=lambda pair: -pair[1]))


def _waits(report: SimulationReport) -> dict[str, float]:
    return {role: queue.mean_wait_days for role, queue in report.roles.items()}


def _print_bars(chart: Chart) -> None:
    labels = _keys(chart.series)
    most = max((max(values.values(), default=0) for values in chart.series), default=0) or 1
    width = max(map(len, labels), default=0)
    for label in labels:
        shown = label
        for index, values in enumerate(chart.series):
            value = values.get(label, 0)
            length = max(round(_BAR_WIDTH * value / most), value > 0)
            print_text(f"  {shown:<{width}} {_BARS[index % 2] * length} {value:g}")
            shown = ""


def _keys(tables: Iterable[Mapping[str, object]]) -> list[str]:
    """The keys of several tables, each once, in the order they come."""
    return list(dict.fromkeys(key for table in tables for key in table))
