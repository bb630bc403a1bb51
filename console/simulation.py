"""`zhixing simulate`: what a procedure would do with many cases and limited staff, and what if it were otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import click
from rich.table import Table

from ..analysis.behaviour import load_simulation, load_staff
from ..analysis.simulation import SimulationReport
from ..analysis.simulation import simulate as run
from ..workflow.model.definition import Definition
from ..workflow.review.pictures.bars import Chart, to_svg
from .definitions import family_of
from .output import Output, cli_errors, progress, write_file

_STAFF = "ROLE=N|FILE"


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--cases", "count", type=click.IntRange(1, 1_000_000), default=200, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--days", type=click.IntRange(1, 3650), default=365, show_default=True)
@click.option(
    "--behaviour",
    type=click.Path(path_type=Path),
    help="默认同名 .simulation.yaml / default: beside FILE",
)
@click.option(
    "--staff",
    multiple=True,
    metavar=_STAFF,
    help="人员：可多次，或一个文件 / people per role, repeatable, or a file",
)
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    help="另一版本，同样的种子 / another version on the same seed",
)
@click.option(
    "--against-staff",
    multiple=True,
    metavar=_STAFF,
    help="另一人员配置 / what if there were other staff",
)
@click.option(
    "--plot",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.svg",
    help="画成图 / draw it",
)
@cli_errors
def simulate(
    voice: Output,
    file: Path,
    count: int,
    seed: int,
    days: int,
    behaviour: Path | None,
    staff: tuple[str, ...],
    against: Path | None,
    against_staff: tuple[str, ...],
    plot: Path | None,
) -> None:
    """模拟办理：用时、超期、排队、瓶颈；并可比较另一版本或人员。 Simulate cases: time to close, overdue, queues, the bottleneck."""
    people = _people(staff)
    runs = [(file, people)]
    if against is not None or against_staff:
        runs.append((against or file, people | _people(against_staff)))
    families = [_family(path, file) for path, _ in runs]
    plan = load_simulation(behaviour or file.with_suffix(".simulation.yaml"))
    found = []
    with progress(voice) as bar:
        for (path, working), family in zip(runs, families, strict=True):
            task = bar.add_task(
                voice.say(f"模拟 {path.name}", f"simulating {path.name}"), total=days
            )
            step = lambda day, total, task=task: bar.update(task, completed=day)  # noqa: E731
            found.append(
                run(family, plan, cases=count, seed=seed, days=days, staff=working, progress=step)
            )
    names = [_name(path, working, people) for path, working in runs]
    if plot is not None:
        write_file(plot, to_svg(found[0].procedure, names, _charts(voice, found)))
    if voice.as_json:
        voice.print_json(found[0] if len(found) == 1 else {"first": found[0], "second": found[1]})
        return
    voice.console().print(_simulation_table(voice, found, names))
    for chart in _charts(voice, found):
        click.echo(chart.title)
        _print_bars(chart)


def _family(path: Path, file: Path) -> list[Definition]:
    """A definition with its sub-procedures; those missing beside it are taken from beside the first file."""
    family = family_of(path)
    return family + [d for d in family_of(file)[1:] if d.id not in {f.id for f in family}]


def _people(staff: tuple[str, ...]) -> dict[str, int]:
    people: dict[str, int] = {}
    for text in staff:
        role, sign, number = text.partition("=")
        if not sign and Path(text).exists():
            people |= load_staff(text)
        elif not number.isdecimal() or int(number) < 1:
            raise click.UsageError(f"{text!r} is not ROLE=N or a file")
        else:
            people[role] = int(number)
    return people


def _name(path: Path, working: Mapping[str, int], people: Mapping[str, int]) -> str:
    other = ", ".join(f"{role}={n}" for role, n in working.items() if people.get(role) != n)
    return f"{path.name} ({other})" if other else path.name


def _simulation_table(voice: Output, found: list[SimulationReport], names: list[str]) -> Table:
    table = Table("", *names)

    def row(zh: str, en: str, values: Iterable[object]) -> None:
        table.add_row(voice.say(zh, en), *map(str, values))

    row("案件 / 已结", "cases / closed", [f"{r.cases} / {r.closed}" for r in found])
    row("结案用时中位数（日）", "median days to close", [r.median_days for r in found])
    row("九成案件用时不超过（日）", "90 % closed within (days)", [r.p90_days for r in found])
    for mode in dict.fromkeys(m for r in found for m in r.modes):
        row(f"结案方式 {mode}", f"mode {mode}", [r.modes.get(mode, 0) for r in found])
    for role in dict.fromkeys(x for r in found for x in r.roles):
        queues = [r.roles.get(role) for r in found]
        told = [
            f"{q.staff}: {q.mean_wait_days} / {q.longest_wait_days}, {q.busy:.0%}" if q else "-"
            for q in queues
        ]
        row(
            f"{role}（人数：平均/最长等待 日，忙碌）",
            f"{role} (staff: mean/longest wait in days, busy)",
            told,
        )
    row("瓶颈", "bottleneck", [r.bottleneck for r in found])
    return table


def _charts(voice: Output, found: list[SimulationReport]) -> list[Chart]:
    return [
        Chart(
            voice.say("结案用时（日）：件数", "days to close: cases"), [r.histogram for r in found]
        ),
        Chart(
            voice.say("超期：次数", "overdue: how often"),
            [dict(sorted(r.expired.items(), key=lambda pair: -pair[1])) for r in found],
        ),
        Chart(
            voice.say("平均等待（日）", "mean wait (days)"),
            [{n: q.mean_wait_days for n, q in r.roles.items()} for r in found],
        ),
    ]


def _print_bars(chart: Chart) -> None:
    labels = list(dict.fromkeys(key for s in chart.series for key in s))
    most = max((v for s in chart.series for v in s.values()), default=0) or 1
    width = max(map(len, labels), default=0)
    for label in labels:
        for index, values in enumerate(chart.series):
            value = values.get(label, 0)
            click.echo(
                f"  {label if index == 0 else '':<{width}} {'█▒'[index % 2] * max(round(40 * value / most), value > 0)} {value:g}"
            )
