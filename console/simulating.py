"""`zhixing simulate`: what a procedure would do with many cases and limited staff."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click
from rich.table import Table

from ..engine.simulation import SimulationReport, load_simulation
from ..engine.simulation import simulate as run
from .definitions import family_of
from .output import Voice, progress, reports


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--cases", "count", type=click.IntRange(1, 1_000_000), default=200, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--days", type=click.IntRange(1, 3650), default=365, show_default=True)
@click.option("--behaviour", type=click.Path(path_type=Path), help="默认同名 .simulation.yaml / default: beside FILE")
@click.option("--staff", multiple=True, metavar="ROLE=N", help="人员 / people per role, repeatable")
@click.option("--against", type=click.Path(path_type=Path), help="另一版本，同样的种子 / another version on the same seed")
@reports
def simulate(
    voice: Voice, file: Path, count: int, seed: int, days: int, behaviour: Path | None, staff: tuple[str, ...], against: Path | None
) -> None:
    """模拟办理：用时、超期、排队、瓶颈。 Simulate cases: time to close, overdue, queues, the bottleneck."""
    plan = load_simulation(behaviour or file.with_suffix(".simulation.yaml"))
    people = _people(staff)
    found = []
    with progress(voice) as bar:
        for path in (file, *([against] if against else [])):
            task = bar.add_task(voice.say(f"模拟 {path.name}", f"simulating {path.name}"), total=days)
            family = family_of(path)
            family += [d for d in family_of(file)[1:] if d.id not in {f.id for f in family}]
            step = lambda day, total, task=task: bar.update(task, completed=day)  # noqa: E731
            found.append(run(family, plan, cases=count, seed=seed, days=days, staff=people, progress=step))
    if voice.as_json:
        voice.print_json(found[0] if against is None else {"first": found[0], "second": found[1]})
        return
    voice.console().print(_simulation_table(voice, found, [file.name, against.name if against else ""]))
    for report in found:
        most = max(report.histogram.values(), default=1)
        click.echo(voice.say("结案用时（日）", "days to close"))
        for span, number in report.histogram.items():
            click.echo(f"  {span} {'█' * max(1, round(40 * number / most))} {number}")


def _people(staff: tuple[str, ...]) -> dict[str, int]:
    people = {}
    for text in staff:
        role, _, number = text.partition("=")
        if not number.isdecimal() or int(number) < 1:
            raise click.UsageError(f"{text!r} is not ROLE=N")
        people[role] = int(number)
    return people


def _simulation_table(voice: Voice, found: list[SimulationReport], names: list[str]) -> Table:
    table = Table("", *names[: len(found)])

    def row(zh: str, en: str, values: Iterable[object]) -> None:
        table.add_row(voice.say(zh, en), *map(str, values))

    row("案件 / 已结", "cases / closed", [f"{r.cases} / {r.closed}" for r in found])
    row("结案用时中位数（日）", "median days to close", [r.median_days for r in found])
    row("九成案件用时不超过（日）", "90 % closed within (days)", [r.p90_days for r in found])
    for mode in dict.fromkeys(m for r in found for m in r.modes):
        row(f"结案方式 {mode}", f"mode {mode}", [r.modes.get(mode, 0) for r in found])
    for rule in dict.fromkeys(x for r in found for x in r.expired):
        row(f"超期 {rule}", f"overdue {rule}", [r.expired.get(rule, 0) for r in found])
    for role in dict.fromkeys(x for r in found for x in r.roles):
        queues = [r.roles.get(role) for r in found]
        told = [f"{q.mean_wait_days} / {q.longest_wait_days}, {q.busy:.0%}" if q else "-" for q in queues]
        row(f"排队 {role}（平均/最长 日，忙碌）", f"queue of {role} (mean/longest days, busy)", told)
    row("瓶颈", "bottleneck", [r.bottleneck for r in found])
    return table
