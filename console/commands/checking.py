"""`zhixing lint`, `explain`, `schema`: whether a definition is right, and what may stand in one."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import click

from ...workflow import Finding, Position, ZhixingError
from ...workflow.code_catalogue import Code, codes
from ...workflow.linting import lint as lint_file
from ...workflow.sarif import sarif
from .._options import AnyPath
from ..definitions import (
    SCHEMA_FILES,
    SCHEMAS,
    codes_page,
    errors_among,
    installed_operations,
    schema_text,
)
from ..output import Output, with_output, write_file

_SEVERITIES = {"error": ("错误", "error"), "warning": ("提示", "warning"), "note": ("说明", "note")}
_LONGEST_LINE = 300
_WIDE_SPACE = "\u3000"


class UnknownCode(ZhixingError):
    """`explain` was asked about a code that lint does not have."""

    code = "code-unknown"
    zh, en = "没有代码 {wanted}；已知：{known}", "there is no code {wanted}; known: {known}"


# -- lint


@click.command()
@click.argument("files", nargs=-1, required=True, type=AnyPath)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    show_default=True,
)
@with_output
def lint(output: Output, files: tuple[Path, ...], form: str) -> None:
    """检查流程定义。 Check definitions; exit code 1 when there are errors."""
    operations = installed_operations()
    findings = list(chain.from_iterable(lint_file(file, operations) for file in files))
    errors = len(errors_among(findings))
    if form == "sarif":
        output.print_json(sarif(findings))
    elif form == "json" or output.as_json:
        output.print_json({"files": len(files), "errors": errors, "findings": findings})
    else:
        _print_findings(output, findings)
        output.echo(
            f"{len(files)} 个文件，{errors} 处错误", f"{len(files)} file(s), {errors} error(s)"
        )
    raise SystemExit(bool(errors))


def _print_findings(output: Output, findings: Sequence[Finding]) -> None:
    for finding in findings:
        severity = output.say(*_SEVERITIES[finding.severity])
        click.echo(f"{finding.at}: {severity}: {finding.text(output.lang)} [{finding.code}]")
        _print_line(finding.at)


def _print_line(at: Position) -> None:
    """The line of a file with a mark below the column."""
    try:
        lines = Path(at.file).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    line = "".join(lines[at.line - 1 : at.line])
    if 0 < at.line <= len(lines) and len(line) < _LONGEST_LINE:
        click.echo(f"  {line}\n  {''.join(map(_space, line[: at.column - 1]))}^")


def _space(character: str) -> str:
    """A space as wide as a character."""
    return _WIDE_SPACE if unicodedata.east_asian_width(character) in "WF" else " "


# -- explain


@click.command()
@click.argument("code", required=False)
@click.option(
    "--markdown", is_flag=True, help="全部代码，Markdown 表格 / every code as a table in Markdown"
)
@with_output
def explain(output: Output, code: str | None, markdown: bool) -> None:
    """解释检查代码（不写代码则全部列出）。
    What a code of lint means, with a wrong and a right example; all of them without CODE."""
    if code is None:
        _explain_all(output, markdown)
        return
    wanted = codes().get(code)
    if wanted is None:
        raise UnknownCode(wanted=code, known=", ".join(sorted(codes())))
    output.answer(_code_json(wanted), lambda: _print_code(output, wanted))


def _print_code(output: Output, wanted: Code) -> None:
    click.echo(f"{wanted.id}: {output.say(wanted.zh, wanted.en)}")
    _print_example(output.say("错误写法", "wrong"), wanted.wrong)
    _print_example(output.say("正确写法", "right"), wanted.right)


def _explain_all(output: Output, markdown: bool) -> None:
    if output.as_json:
        output.print_json({"codes": list(map(_code_json, codes().values()))})
    elif markdown:
        click.echo(codes_page(), nl=False)
    else:
        for found in codes().values():
            click.echo(f"{found.id:<24} {output.say(found.zh, found.en)}")


def _print_example(label: str, text: str) -> None:
    click.echo(f"\n{label}:")
    for line in text.splitlines() or [""]:
        click.echo(f"    {line}")


def _code_json(found: Code) -> dict[str, str]:
    words = {"zh": found.zh, "en": found.en}
    return {"code": found.id} | words | {"wrong": found.wrong, "right": found.right}


# -- schema


@click.command()
@click.option("--kind", type=click.Choice(list(SCHEMAS)), default="definition", show_default=True)
@click.option(
    "--write",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="写入目录 / write all of them to a folder",
)
@with_output
def schema(output: Output, kind: str, write: Path | None) -> None:
    """编辑器用的 JSON Schema（补全与中英文说明）。 JSON Schemas for editors."""
    if write is None:
        click.echo(schema_text(kind), nl=False)
        return
    for name, file_name in SCHEMA_FILES.items():
        write_file(write / file_name, schema_text(name))
        if not output.as_json:
            click.echo(str(write / file_name))
