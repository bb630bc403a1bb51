"""The `zhixing` command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..workflow.loading import examine, load_definition
from ..workflow.pictures import RENDERERS, draw
from .cases import case, deadline
from .operating import db, demo, worker
from .output import Voice, progress, reports
from .period import period


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="zhixing")
def main() -> None:
    """执行：把法律程序作为状态机运行，期限严格落实。 Legal procedures as state machines, their time limits kept."""


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@reports
def lint(voice: Voice, files: tuple[Path, ...]) -> None:
    """检查流程定义。 Check definitions; exit code 1 when there are errors."""
    findings = [finding for file in files for finding in examine(file)[1]]
    errors = sum(f.severity == "error" for f in findings)
    if voice.as_json:
        voice.print_json({"files": len(files), "errors": errors, "findings": [f.as_json() for f in findings]})
    else:
        for finding in findings:
            prefix = "" if finding.severity == "error" else voice.say("提示：", "warning: ")
            click.echo(f"{finding.at}: {prefix}{finding.text(voice.lang)} [{finding.code}]")
            _show_line(finding.at)
        click.echo(voice.say(f"{len(files)} 个文件，{errors} 处错误", f"{len(files)} file(s), {errors} error(s)"))
    raise SystemExit(1 if errors else 0)


def _show_line(at: Any) -> None:
    try:
        lines = Path(at.file).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    if at.line <= len(lines) and len(lines[at.line - 1]) < 300:
        line = lines[at.line - 1]
        before = line[: at.column - 1]
        pad = "".join("\u3000" if ord(c) > 0x2E80 else " " for c in before)
        click.echo(f"  {line}\n  {pad}^")


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "kind", type=click.Choice(sorted(RENDERERS)), default="mermaid", show_default=True)
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="写入文件 / write to a file")
@reports
def diagram(voice: Voice, file: Path, kind: str, output: Path | None) -> None:
    """画出流程图。 Draw the procedure."""
    picture = draw(load_definition(file), kind, voice.lang)
    if voice.as_json:
        voice.print_json({"file": str(file), "format": kind, "picture": picture})
    elif output is None:
        click.echo(picture, nl=False)
    else:
        output.write_text(picture, encoding="utf-8")


@main.command()
@click.argument("definition", type=click.Path(path_type=Path))
@click.argument("log", type=click.Path(path_type=Path))
@click.option("--db", "database", default="sqlite://", help="保留案件的数据库（默认在内存中） / keep the cases in this database")
@reports
def replay(voice: Voice, definition: Path, log: Path, database: str) -> None:
    """用真实日志重放流程。 Live through a log of real events on a simulated clock, and compare."""
    from ..engine.replay import replay as run

    with progress(voice) as bar:
        task = bar.add_task(voice.say("重放", "replaying"), total=None)
        report = run(
            load_definition(definition), log, database=database, progress=lambda n, total: bar.update(task, completed=n, total=total)
        )
    if voice.as_json:
        voice.print_json(report)
        return
    share = f"{report.refused_share:.2%}"
    click.echo(voice.say(f"案件 {report.cases}，送入事件 {report.events}，拒绝 {report.refused}（{share}）",
                         f"{report.cases} cases, {report.events} events fed, {report.refused} refused ({share})"))  # fmt: skip
    for refusal in report.refusals:
        text = refusal.zh if voice.lang == "zh" else refusal.en
        click.echo(f"  {refusal.count} × {refusal.activity} [{refusal.state}] (line {refusal.first_line}): {text}")
    for name, f in report.clock.items():
        click.echo(voice.say(f"时钟产生“{name}”：应有 {f.expected}，当日相符 {f.matched}，缺 {f.missing}，多 {f.extra}",
                             f"by the clock, {name}: expected {f.expected}, on the day {f.matched}, missing {f.missing}, extra {f.extra}"))  # fmt: skip
    for rule, count in report.violations.items():
        click.echo(voice.say(f"超期完成 {rule}：{count}", f"done late, {rule}: {count}"))


for command in (period, case, deadline, db, demo, worker):
    main.add_command(command)
