"""`zhixing lint`, `explain`, `schema`: whether a definition is right, and what may stand in one."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import click

from ...workflow import Law, ZhixingError
from ...workflow.code_catalogue import Code, codes
from ...workflow.sarif import sarif
from .._options import AnyPath, with_law
from ..checked_files import findings_of, to_be_checked
from ..definitions import (
    SCHEMA_FILES,
    SCHEMAS,
    codes_page,
    errors_among,
    installed_operations,
    schema_text,
)
from ..findings import print_errors_first
from ..output import Output, print_text, with_output, write_file


class UnknownCode(ZhixingError):
    """`explain` was asked about a code that lint does not have."""

    code = "code-unknown"
    zh, en = "没有代码 {wanted}；已知：{known}", "there is no code {wanted}; known: {known}"


class NothingToCheck(ZhixingError):
    """`lint` was given folders in which there is nothing of ours."""

    code = "nothing-to-check"
    zh, en = "{given} 中没有可检查的文件", "there is nothing to check in {given}"


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
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="有错误时也逐条列出提示 / list warnings one by one, errors or not",
)
@with_output
@with_law
def lint(output: Output, law: Law, files: tuple[Path, ...], form: str, everything: bool) -> None:
    """检查流程定义；目录则检查其中各文件。
    Check definitions, or what is in a folder; exit code 1 when there are errors."""
    operations = installed_operations()
    checked = list(to_be_checked(files))
    if not checked:
        raise NothingToCheck(given=", ".join(map(str, files)))
    found = (findings_of(file, operations, law) for file in checked)
    findings = list(dict.fromkeys(chain.from_iterable(found)))  # a layer has its base's too
    errors = len(errors_among(findings))
    if form == "sarif":
        output.print_json(sarif(findings, law))
    elif form == "json" or output.as_json:
        counts = {"files": len(checked), "errors": errors}
        output.print_json(counts | {"law": law.as_json(), "findings": findings})
    else:
        print_errors_first(output, findings, everything)
        count = len(checked)
        output.echo(f"{count} 个文件，{errors} 处错误", f"{count} file(s), {errors} error(s)")
        _print_law(output, law)
    raise SystemExit(bool(errors))


def _print_law(output: Output, law: Law) -> None:
    """By which tables the definitions were checked."""
    words = law.words()
    output.echo(
        f"依据 {words.zh}，按各定义施行日适用",
        f"by {words.en}, each definition by the law of the day it takes effect",
    )


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
    print_text(f"{wanted.id}: {output.say(wanted.zh, wanted.en)}")
    _print_example(output.say("错误写法", "wrong"), wanted.wrong)
    _print_example(output.say("正确写法", "right"), wanted.right)


def _explain_all(output: Output, markdown: bool) -> None:
    if output.as_json:
        output.print_json({"codes": list(map(_code_json, codes().values()))})
    elif markdown:
        print_text(codes_page(), nl=False)
    else:
        for found in codes().values():
            print_text(f"{found.id:<24} {output.say(found.zh, found.en)}")


def _print_example(label: str, text: str) -> None:
    print_text(f"\n{label}:")
    for line in text.splitlines() or [""]:
        print_text(f"    {line}")


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
        print_text(schema_text(kind), nl=False)
        return
    for name, file_name in SCHEMA_FILES.items():
        write_file(write / file_name, schema_text(name))
        if not output.as_json:
            print_text(str(write / file_name))
