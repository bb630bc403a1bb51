"""The `zhixing` command."""

from __future__ import annotations

from pathlib import Path

import click

from ..workflow.loading import load_definition, load_for_comparison
from ..workflow.review.pictures import RENDERERS, draw
from .cases import case, deadline
from .definitions import diff, explain, lint, migrate, print_, schema, test_
from .operations import db, demo, worker
from .output import Output, cli_errors, progress, write_output
from .period import period
from .simulation import simulate
from .tasks import task
from .versions import version, view


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="zhixing")
def main() -> None:
    """执行：把法律程序作为状态机运行，期限严格落实。 Legal procedures as state machines, their time limits kept."""


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--format", "kind", type=click.Choice(sorted(RENDERERS)), default="mermaid", show_default=True
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    help="写入文件 / write to a file",
)
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    help="与旧版本比较 / show what changed since an older version",
)
@cli_errors
def diagram(
    voice: Output, file: Path, kind: str, output: Path | None, against: Path | None
) -> None:
    """画出流程图，或两个版本的差别。 Draw the procedure, or what changed between two versions."""
    picture = draw(
        load_definition(file), kind, voice.lang, load_for_comparison(against) if against else None
    )
    write_output(voice, {"file": str(file), "format": kind}, "picture", picture, output)


@main.command()
@click.argument("definition", type=click.Path(path_type=Path))
@click.argument("log", type=click.Path(path_type=Path))
@cli_errors
def replay(voice: Output, definition: Path, log: Path) -> None:
    """用真实日志重放流程。 Live through a log of real events on a simulated clock, and compare."""
    from ..analysis.replay import replay as run

    with progress(voice) as bar:
        task = bar.add_task(voice.say("重放", "replaying"), total=None)
        report = run(
            load_definition(definition),
            log,
            progress=lambda n, total: bar.update(task, completed=n, total=total),
        )
    if voice.as_json:
        voice.print_json(report)
        return
    share = f"{report.refused_share:.2%}"
    click.echo(
        voice.say(
            f"案件 {report.cases}，送入事件 {report.events}，拒绝 {report.refused}（{share}）",
            f"{report.cases} cases, {report.events} events fed, {report.refused} refused ({share})",
        )
    )
    for refusal in report.refusals:
        text = refusal.zh if voice.lang == "zh" else refusal.en
        click.echo(
            f"  {refusal.count} × {refusal.activity} [{refusal.state}] (line {refusal.first_line}): {text}"
        )
    for name, f in report.clock.items():
        click.echo(
            voice.say(
                f"时钟产生“{name}”：应有 {f.expected}，当日相符 {f.matched}，缺 {f.missing}，多 {f.extra}",
                f"by the clock, {name}: expected {f.expected}, on the day {f.matched}, missing {f.missing}, extra {f.extra}",
            )
        )
    for rule, count in report.violations.items():
        click.echo(voice.say(f"超期完成 {rule}：{count}", f"done late, {rule}: {count}"))


@main.command()
@click.argument("definition", type=click.Path(path_type=Path))
@click.argument("log", type=click.Path(path_type=Path))
@cli_errors
def conform(voice: Output, definition: Path, log: Path) -> None:
    """日志与流程的符合程度。 How well a log (CSV, XES) fits a procedure."""
    from ..analysis.conformance import conform as run

    with progress(voice) as bar:
        task = bar.add_task(voice.say("比对", "comparing"), total=None)
        report = run(
            load_definition(definition),
            log,
            progress=lambda n, total: bar.update(task, completed=n, total=total),
        )
    if voice.as_json:
        voice.print_json(report)
        return
    click.echo(
        voice.say(
            f"案件 {report.traces}，平均符合度 {report.fitness:.4f}，完全符合 {report.fitting}",
            f"{report.traces} traces, mean fitness {report.fitness:.4f}, {report.fitting} fit wholly",
        )
    )
    for refusal in report.deviations:
        click.echo(
            f"  {refusal.count} × {refusal.activity} [{refusal.state}]: {refusal.zh if voice.lang == 'zh' else refusal.en}"
        )
    for name, counts in report.clock_deviations.items():
        click.echo(f"  {name}: {counts}")
    for rule, count in report.time_limits.items():
        click.echo(voice.say(f"超期完成 {rule}：{count}", f"done late, {rule}: {count}"))


for command in (
    lint,
    explain,
    schema,
    diff,
    migrate,
    print_,
    test_,
    view,
    version,
    simulate,
    period,
    case,
    deadline,
    task,
    db,
    demo,
    worker,
):
    main.add_command(command)
