"""`zhixing lint`, `explain`, `schema`, `diff`: what administrators do with definitions."""

from __future__ import annotations

import json
import os
import unicodedata
from pathlib import Path

import click

from ..adapters.registry import known_operations
from ..engine import Actor
from ..engine.versions.migration import MigrationPlan, migrate_cases, plan_migration
from ..workflow.checks.adapters import OperationSchema
from ..workflow.code_catalogue import Code, codes
from ..workflow.errors import ZhixingError
from ..workflow.linting import lint as lint_file
from ..workflow.loading import load_definition, load_for_comparison
from ..workflow.model.definition import Definition
from ..workflow.review.differences import differences
from ..workflow.review.json_schema import definition_schema, fragment_schema, layer_schema
from ..workflow.review.review_page import review_page
from ..workflow.sarif import sarif
from ..workflow.source.findings import Finding
from ..workflow.source.positions import Position
from .cases import open_engine
from .output import Output, cli_errors, progress, write_file, write_output


class UnknownCode(ZhixingError):
    code = "code-unknown"
    zh, en = "没有代码 {wanted}；已知：{known}", "there is no code {wanted}; known: {known}"


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    show_default=True,
)
@cli_errors
def lint(voice: Output, files: tuple[Path, ...], form: str) -> None:
    """检查流程定义。 Check definitions; exit code 1 when there are errors."""
    operations = installed_operations()
    findings = [finding for file in files for finding in lint_file(file, operations)]
    errors = sum(f.severity == "error" for f in findings)
    if form == "sarif":
        voice.print_json(sarif(findings))
    elif voice.as_json or form == "json":
        voice.print_json(
            {"files": len(files), "errors": errors, "findings": [f.as_json() for f in findings]}
        )
    else:
        _print(voice, findings)
        click.echo(
            voice.say(
                f"{len(files)} 个文件，{errors} 处错误", f"{len(files)} file(s), {errors} error(s)"
            )
        )
    raise SystemExit(1 if errors else 0)


def installed_operations() -> dict[str, OperationSchema]:
    """What the installed adapters can be asked, as lint compares it."""
    return {
        name: OperationSchema(
            frozenset(o.request.model_fields),
            frozenset(n for n, f in o.request.model_fields.items() if f.is_required()),
            frozenset(o.answer.model_fields),
        )
        for name, o in known_operations().items()
    }


def _print(voice: Output, findings: list[Finding]) -> None:
    words = {"error": voice.say("错误", "error"), "warning": voice.say("提示", "warning")}
    for finding in findings:
        click.echo(
            f"{finding.at}: {words[finding.severity]}: {finding.text(voice.lang)} [{finding.code}]"
        )
        _show_line(finding.at)


def _show_line(at: Position) -> None:
    try:
        lines = Path(at.file).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    if at.line <= len(lines) and len(lines[at.line - 1]) < 300:
        line = lines[at.line - 1]
        wide = "".join(
            "\u3000" if unicodedata.east_asian_width(c) in "WF" else " "
            for c in line[: at.column - 1]
        )
        click.echo(f"  {line}\n  {wide}^")


@click.command()
@click.argument("code", required=False)
@click.option(
    "--markdown", is_flag=True, help="全部代码，Markdown 表格 / every code as a table in Markdown"
)
@cli_errors
def explain(voice: Output, code: str | None, markdown: bool) -> None:
    """解释检查代码（不写代码则全部列出）。 What a code of lint means, with a wrong and a right example; all of them without CODE."""
    if code is None:
        if voice.as_json:
            voice.print_json({"codes": [_code_json(found) for found in codes().values()]})
        elif markdown:
            click.echo(codes_page(), nl=False)
        else:
            for found in codes().values():
                click.echo(f"{found.id:<24} {voice.say(found.zh, found.en)}")
        return
    wanted = codes().get(code)
    if wanted is None:
        raise UnknownCode(wanted=code, known=", ".join(sorted(codes())))
    if voice.as_json:
        voice.print_json(_code_json(wanted))
        return
    click.echo(f"{wanted.id}: {voice.say(wanted.zh, wanted.en)}")
    for label, text in (
        (voice.say("错误写法", "wrong"), wanted.wrong),
        (voice.say("正确写法", "right"), wanted.right),
    ):
        click.echo(f"\n{label}:")
        for line in text.splitlines() or [""]:
            click.echo(f"    {line}")


def _code_json(found: Code) -> dict[str, str]:
    return {
        "code": found.id,
        "zh": found.zh,
        "en": found.en,
        "wrong": found.wrong,
        "right": found.right,
    }


def codes_page() -> str:
    """Every code with its meaning and examples, as the page in docs/ has them."""

    def cell(text: str) -> str:
        return (
            "<br>".join(
                f"`{line}`" for line in text.replace("|", "\\|").replace("`", "'").splitlines()
            )
            or "—"
        )

    head = (
        "# What lint can say\n\nMade by `zhixing explain --markdown`. A code stays the same between releases.\n\n"
        "| code | 含义 | meaning | wrong 错误写法 | right 正确写法 |\n| --- | --- | --- | --- | --- |\n"
    )
    return head + "".join(
        f"| `{c.id}` | {c.zh} | {c.en} | {cell(c.wrong)} | {cell(c.right)} |\n"
        for c in sorted(codes().values(), key=lambda c: c.id)
    )


SCHEMAS = {"definition": definition_schema, "fragment": fragment_schema, "layer": layer_schema}


def schema_text(kind: str = "definition") -> str:
    """A JSON Schema as it is kept beside the definitions."""
    return json.dumps(SCHEMAS[kind](), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


@click.command()
@click.option("--kind", type=click.Choice(list(SCHEMAS)), default="definition", show_default=True)
@click.option(
    "--write",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="写入目录 / write all of them to a folder",
)
@cli_errors
def schema(voice: Output, kind: str, write: Path | None) -> None:
    """编辑器用的 JSON Schema（补全与中英文说明）。 JSON Schemas for editors."""
    if write is None:
        click.echo(schema_text(kind), nl=False)
        return
    for name in SCHEMAS:
        file = write / ("schema.json" if name == "definition" else f"{name}.schema.json")
        write_file(file, schema_text(name))
        if not voice.as_json:
            click.echo(str(file))


@click.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "--cases",
    "database",
    default=None,
    metavar="DB",
    help="对在办案件的影响 / what it means for the running cases",
)
@cli_errors
def diff(voice: Output, old: Path, new: Path, database: str | None) -> None:
    """两个版本的差别（以流程的语言）。 What changed between two versions, in the words of the procedure."""
    found = differences(load_for_comparison(old), load_definition(new))
    plans = _plans(database, new) if database is not None else None
    if voice.as_json:
        told = {"cases": [p.model_dump() for p in plans]} if plans is not None else {}
        voice.print_json({"changes": [change.as_json() for change in found]} | told)
        return
    marks = {"added": "+", "removed": "-", "changed": "~"}
    for change in found:
        click.echo(f"{marks[change.kind]} {change.zh if voice.lang == 'zh' else change.en}")
    click.echo(voice.say(f"共 {len(found)} 处变化", f"{len(found)} change(s)"))
    if plans is not None:
        _print_plans(voice, plans)
        rule = load_definition(new).transitional
        moves = rule is not None and rule.running_cases == "move"
        click.echo(
            voice.say(
                "过渡规则：在办案件可迁移（zhixing migrate）"
                if moves
                else "过渡规则：在办案件按原版本办结",
                "transitional rule: running cases move (zhixing migrate)"
                if moves
                else "transitional rule: running cases finish on their version",
            )
        )


def _plans(database: str, new: Path) -> list[MigrationPlan]:
    with open_engine(database, ()) as engine:
        return list(plan_migration(engine, load_definition(new)))


def _print_plans(voice: Output, plans: list[MigrationPlan]) -> None:
    words = {
        "unaffected": voice.say("不受影响", "unaffected"),
        "can-move": voice.say("可以迁移", "can move"),
        "cannot-move": voice.say("不能迁移", "cannot move"),
    }
    for item in plans:
        why = voice.say(item.why_zh, item.why_en)
        click.echo(
            f"{item.number or item.case_id} [{item.state}] {words[item.outcome]}"
            + (f": {why}" if why else "")
        )
        for shift in item.shifts:
            click.echo(f"    {shift.rule}: {shift.before or '-'} → {shift.after or '-'}")
        for name in item.ends:
            click.echo(
                f"    {name}: {voice.say('待办或待批准，将终止', 'open work or a proposal, would end')}"
            )
    counts = {outcome: sum(p.outcome == outcome for p in plans) for outcome in words}
    click.echo(", ".join(f"{words[o]} {n}" for o, n in counts.items()))


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--db",
    "database",
    default=lambda: os.environ.get("ZHIXING_DATABASE", "sqlite:///zhixing.db"),
    help="ZHIXING_DATABASE",
)
@click.option("--as", "who", required=True, metavar="PERSON", help="办理人 / who moves them")
@click.option("--note", default="", help="理由 / reason")
@cli_errors
def migrate(voice: Output, file: Path, database: str, who: str, note: str) -> None:
    """将在办案件迁移到新版本（可中断后重来）。 Move the running cases that can to this version."""
    definition = load_definition(file)
    with open_engine(database, file) as engine, progress(voice) as bar:
        task = bar.add_task(voice.say("迁移", "moving"), total=None)
        moved, staying = migrate_cases(
            engine,
            definition,
            actor=Actor.of(who),
            note=note,
            progress=lambda n, total: bar.update(task, completed=n, total=total),
        )
    if voice.as_json:
        voice.print_json({"moved": moved, "staying": [p.model_dump() for p in staying]})
        return
    _print_plans(voice, staying)
    click.echo(
        voice.say(
            f"已迁移 {moved} 件，{len(staying)} 件留在原版本",
            f"{moved} moved, {len(staying)} stay on their version",
        )
    )


@click.command("print")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--previous", type=click.Path(path_type=Path), help="上一版本 / the version to compare with"
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    help="写入文件 / write to a file",
)
@cli_errors
def print_(voice: Output, file: Path, previous: Path | None, output: Path | None) -> None:
    """供法律审查的网页（可打印）。 A self-contained HTML page for legal review."""
    page = review_page(
        load_definition(file), voice.lang, load_for_comparison(previous) if previous else None
    )
    write_output(voice, {"file": str(file)}, "html", page, output)


def family_of(file: Path) -> list[Definition]:
    """A definition and, from beside it, those of its sub-procedures."""
    definition = load_definition(file)
    subs = dict.fromkeys(sub.procedure for sub in definition.sub_procedures.values())
    beside = (file.with_name(f"{name}.yaml") for name in subs)
    return [definition, *(load_definition(path) for path in beside if path.exists())]


@click.command("test")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--scenarios",
    type=click.Path(path_type=Path),
    help="情景文件（默认同名 .scenarios.yaml） / default: beside FILE",
)
@click.option(
    "--generate",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="生成走遍各事项的情景 / write scenarios that reach every transition",
)
@click.option("--untouched", is_flag=True, help="列出未覆盖的 / list what is not covered")
@cli_errors
def test_(
    voice: Output, file: Path, scenarios: Path | None, generate: Path | None, untouched: bool
) -> None:
    """运行流程定义旁的情景。 Run the scenarios beside a definition; exit code 1 when one fails."""
    from ..analysis.scenarios import load_scenarios, run_scenarios

    if generate is not None:
        _generate(voice, file, generate)
        scenarios = generate
    family = family_of(file)
    stories = load_scenarios(scenarios or file.with_suffix(".scenarios.yaml"))
    report = run_scenarios(family[0], stories, family)
    if voice.as_json:
        voice.print_json(report)
    else:
        for failure in report.failures:
            click.echo(
                f"{failure.at}: {failure.scenario}: {voice.say('应为', 'expected')} {failure.expected}, {voice.say('实为', 'got')} {failure.got}"
            )
        c = report.coverage
        click.echo(
            voice.say(
                f"{report.scenarios} 个情景，{len(report.failures)} 处不符",
                f"{report.scenarios} scenario(s), {len(report.failures)} failure(s)",
            )
        )
        (t, of_t), (d, of_d), (r, of_r) = c.transitions, c.deadlines, c.refusals
        click.echo(
            voice.say(
                f"覆盖：事项 {t}/{of_t}，期限 {d}/{of_d}，拒绝 {r}/{of_r}",
                f"covered: transitions {t}/{of_t}, deadlines {d}/{of_d}, refusals {r}/{of_r}",
            )
        )
        for name in (
            (*c.untouched_transitions, *c.untouched_deadlines, *c.untouched_refusals)
            if untouched
            else ()
        ):
            click.echo(f"  - {name}")
    raise SystemExit(1 if report.failures else 0)


def _generate(voice: Output, file: Path, into: Path) -> None:
    from ..analysis.scenario_generation import generate

    family = family_of(file)
    made = generate(family[0], family)
    write_file(into, made.text(family[0]))
    if not voice.as_json:
        click.echo(
            voice.say(
                f"已写出 {len(made.scenarios)} 个情景到 {into}，未能到达 {len(made.unreached)} 处",
                f"{len(made.scenarios)} scenario(s) written to {into}, {len(made.unreached)} not reached",
            )
        )
        for name in made.unreached:
            click.echo(f"  - {name}")
