"""`zhixing test`: the scenarios beside a definition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter
from pathlib import Path

import click

from ...analysis import ScenarioReport, generate, load_scenarios, run_scenarios
from ...workflow import ZhixingError
from .._options import AnyPath, NewFile
from ..definitions import family_of
from ..output import Output, print_text, with_output, write_file


class ForOneFile(ZhixingError):
    """An option that is about one definition, with several."""

    code = "one-file"
    zh = "--scenarios 和 --generate 只用于一个定义文件"
    en = "--scenarios and --generate are for one definition"


@click.command("test")
@click.argument("files", type=AnyPath, nargs=-1, required=True)
@click.option(
    "--scenarios",
    type=AnyPath,
    help="情景文件（默认同名 .scenarios.yaml） / default: beside FILE",
)
@click.option(
    "--generate",
    "generated",
    type=NewFile,
    metavar="FILE",
    help="生成走遍各事项的情景 / write scenarios that reach every transition",
)
@click.option("--untouched", is_flag=True, help="列出未覆盖的 / list what is not covered")
@with_output
def test_(
    output: Output,
    files: tuple[Path, ...],
    scenarios: Path | None,
    generated: Path | None,
    untouched: bool,
) -> None:
    """运行流程定义旁的情景。 Run the scenarios beside definitions; exit code 1 when one fails."""
    if len(files) > 1:
        if scenarios or generated:
            raise ForOneFile()
        _test_several(output, files, untouched)
        return
    if generated is not None:
        _generate(output, files[0], generated)
        scenarios = generated
    report = _run(files[0], scenarios)
    output.answer(report, lambda: _print_report(output, report, untouched))
    raise SystemExit(bool(report.failures))


def _run(file: Path, scenarios: Path | None = None) -> ScenarioReport:
    """How the scenarios of a definition went."""
    family = family_of(file)
    stories = load_scenarios(scenarios or file.with_suffix(".scenarios.yaml"))
    return run_scenarios(family[0], stories, family)


def _test_several(output: Output, files: tuple[Path, ...], untouched: bool) -> None:
    """Several definitions, by their files."""
    reports = {str(file): _run(file) for file in files}
    output.answer(reports, lambda: _print_several(output, reports, untouched))
    raise SystemExit(any(map(attrgetter("failures"), reports.values())))


def _print_several(output: Output, reports: Mapping[str, ScenarioReport], untouched: bool) -> None:
    for file, report in reports.items():
        print_text(file)
        _print_report(output, report, untouched)


def _generate(output: Output, file: Path, into: Path) -> None:
    family = family_of(file)
    made = generate(family[0], family)
    write_file(into, made.text(family[0]))
    if output.as_json:
        return
    number, missed = len(made.scenarios), len(made.unreached)
    output.echo(
        f"已写出 {number} 个情景到 {into}，未能到达 {missed} 处",
        f"{number} scenario(s) written to {into}, {missed} not reached",
    )
    _print_names(made.unreached)


def _print_report(output: Output, report: ScenarioReport, untouched: bool) -> None:
    for failure in report.failures:
        print_text(f"{failure.at}: {failure.scenario}: {output.words(failure)}")
    number, failed = report.scenarios, len(report.failures)
    output.echo(f"{number} 个情景，{failed} 处不符", f"{number} scenario(s), {failed} failure(s)")
    coverage = report.coverage
    parts = (coverage.transitions, coverage.deadlines, coverage.refusals)
    t, d, r = (f"{touched}/{of}" for touched, of in parts)
    output.echo(
        f"覆盖：事项 {t}，期限 {d}，拒绝 {r}",
        f"covered: transitions {t}, deadlines {d}, refusals {r}",
    )

    if untouched:
        _print_names(
            (
                *coverage.untouched_transitions,
                *coverage.untouched_deadlines,
                *coverage.untouched_refusals,
            )
        )


def _print_names(names: Iterable[str]) -> None:
    for name in names:
        print_text(f"  - {name}")
