"""`zhixing replay`, `conform`: logs of real events beside a definition."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click

from ...analysis import (
    ClockFigures,
    Conformance,
    LimitFigures,
    LogReading,
    Refusal,
    ReplayReport,
)
from ...analysis import conform as conform_log
from ...analysis import replay as replay_log
from ...workflow import load_definition
from .._options import AnyPath
from ..output import Output, print_text, with_output

_workers_option = click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    help="进程数（多于一个需要 zhixing[scale]） / processes; more than one need zhixing[scale]",
)


_strict_option = click.option(
    "--strict",
    is_flag=True,
    help="有一行无法读取即不受理整个日志 / refuse a log that has a row which cannot be read",
)


@click.command()
@click.argument("definition", type=AnyPath)
@click.argument("log", type=AnyPath)
@_workers_option
@_strict_option
@with_output
def replay(output: Output, definition: Path, log: Path, workers: int, strict: bool) -> None:
    """用真实日志重放流程。 Live through a log of real events on a simulated clock, and compare."""
    flow = load_definition(definition)
    with _progress(output, "重放", "replaying") as progress:
        report = replay_log(flow, log, workers=workers, strict=strict, progress=progress)
    output.answer(report, lambda: _print_replay(output, report))


def _print_replay(output: Output, report: ReplayReport) -> None:
    _print_reading(output, report.reading)
    share, refused = f"{report.refused_share:.2%}", report.refused
    output.echo(
        f"案件 {report.cases}，送入事件 {report.events}，拒绝 {refused}（{share}）",
        f"{report.cases} cases, {report.events} events fed, {refused} refused ({share})",
    )
    if report.late:
        output.echo(f"其中补录 {report.late}", f"{report.late} of them entered late")
    for refusal in report.refusals:
        _print_refusal(output, refusal, f" (line {refusal.first_line})")
    for name, figures in report.clock.items():
        _print_clock(output, name, figures)
    _print_violations(output, report.violations)
    _print_limits(output, report.limits)


@click.command()
@click.argument("definition", type=AnyPath)
@click.argument("log", type=AnyPath)
@_workers_option
@_strict_option
@with_output
def conform(output: Output, definition: Path, log: Path, workers: int, strict: bool) -> None:
    """日志与流程的符合程度。 How well a log (CSV, XES) fits a procedure."""
    flow = load_definition(definition)
    with _progress(output, "比对", "comparing") as progress:
        report = conform_log(flow, log, workers=workers, strict=strict, progress=progress)
    output.answer(report, lambda: _print_conformance(output, report))


def _print_conformance(output: Output, report: Conformance) -> None:
    _print_reading(output, report.reading)
    fitness, fitting = f"{report.fitness:.4f}", report.fitting
    output.echo(
        f"案件 {report.traces}，平均符合度 {fitness}，完全符合 {fitting}",
        f"{report.traces} traces, mean fitness {fitness}, {fitting} fit wholly",
    )
    for refusal in report.deviations:
        _print_refusal(output, refusal)
    for name, counts in report.clock_deviations.items():
        print_text(f"  {name}: {counts}")
    _print_violations(output, report.time_limits)
    _print_limits(output, report.limits)


def _print_reading(output: Output, reading: LogReading) -> None:
    """What of a log was left out; nothing where all of it was read as usual."""
    if reading.encoding != "utf-8":
        output.echo(f"按 {reading.encoding} 编码读取", f"read as {reading.encoding}")
    for rows in reading.unread:
        print_text(f"  {rows.text(output.lang)}")
    if reading.unread:
        _print_left_out(output, reading)
    for place, count in reading.passed_over.items():
        output.echo(f"非办理的事件（{place}）：{count}", f"no acts ({place}): {count}")
    for activity, count in reading.unfinished.items():
        output.echo(f"已开始未完成 {activity}：{count}", f"not completed, {activity}: {count}")


def _print_left_out(output: Output, reading: LogReading) -> None:
    """That rows are missing, and of which cases."""
    count, cases, unknown = reading.unread_count, len(reading.incomplete), reading.of_no_case
    output.echo(
        f"共 {count} 行无法读取，已略去；因此不完整的 {cases} 案不计入以下数字",
        f"{count} row(s) cannot be read and are left out; {cases} case(s) lack them and count in"
        " no figure below",
    )
    if unknown:
        output.echo(
            f"其中 {unknown} 行不知属于何案：以下任何一案都可能缺行",
            f"{unknown} of them say no case: any case below may lack one",
        )


@contextmanager
def _progress(output: Output, zh: str, en: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar over the events of a log."""
    with output.progress() as bar:
        task = bar.add_task(output.say(zh, en), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _print_refusal(output: Output, refusal: Refusal, where: str = "") -> None:
    text = output.say(refusal.zh, refusal.en)
    print_text(f"  {refusal.count} × {refusal.activity} [{refusal.state}]{where}: {text}")


def _print_clock(output: Output, name: str, f: ClockFigures) -> None:
    output.echo(
        f"时钟产生“{name}”：应有 {f.expected}，当日相符 {f.matched}，缺 {f.missing}，多 {f.extra}",
        f"by the clock, {name}: expected {f.expected}, on the day {f.matched},"
        f" missing {f.missing}, extra {f.extra}",
    )


def _print_violations(output: Output, violations: Mapping[str, int]) -> None:
    for rule, count in violations.items():
        output.echo(f"超期完成 {rule}：{count}", f"done late, {rule}: {count}")


def _print_limits(output: Output, limits: Mapping[str, LimitFigures]) -> None:
    """The limits whose ends the log tells in a column of its own."""
    for rule, f in limits.items():
        output.echo(
            f"期限 {rule} 与日志所载届满日：{f.cases} 件，相同 {f.equal}（其中延长 {f.extended}）；"
            f"逾期 {f.late}，按日志 {f.late_in_log}，两者皆是 {f.late_in_both}",
            f"the limit {rule} beside the log's own last day: {f.cases} cases, equal {f.equal}"
            f" ({f.extended} extended); late {f.late}, by the log {f.late_in_log},"
            f" by both {f.late_in_both}",
        )
