"""`zhixing diff`, `print`, `diagram`: what people look at before a version is accepted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from ...engine import MigrationPlan
from ...workflow import Definition, load_definition
from ...workflow.loading import load_for_comparison, procedures_beside
from ...workflow.review.differences import Difference, differences
from ...workflow.review.page.review_page import review_page
from ...workflow.review.pictures import draw
from .._options import AnyPath, format_option, into_option, open_engine
from ..definitions import neighbours_of
from ..output import Output, print_text, with_output, write_page
from .migration import print_plans

_MARKS = {"added": "+", "removed": "-", "changed": "~"}
_RULES = {
    True: (
        "过渡规则：在办案件可迁移（zhixing migrate）",
        "transitional rule: running cases move (zhixing migrate)",
    ),
    False: (
        "过渡规则：在办案件按原版本办结",
        "transitional rule: running cases finish on their version",
    ),
}


@click.command()
@click.argument("old", type=AnyPath)
@click.argument("new", type=AnyPath)
@click.option(
    "--cases",
    "database",
    default=None,
    metavar="DB",
    help="对在办案件的影响 / what it means for the running cases",
)
@with_output
def diff(output: Output, old: Path, new: Path, database: str | None) -> None:
    """两个版本的差别（以流程的语言）。
    What changed between two versions, in the words of the procedure."""
    definition = load_definition(new)
    found = differences(load_for_comparison(old), definition)
    if database is None:
        output.answer({"changes": found}, lambda: _print_changes(output, found))
        return
    plans = _plans(database, definition)

    def print_words() -> None:
        _print_changes(output, found)
        print_plans(output, plans)
        rule = definition.transitional
        output.echo(*_RULES[rule is not None and rule.running_cases == "move"])

    output.answer({"changes": found, "cases": plans}, print_words)


def _plans(database: str, definition: Definition) -> list[MigrationPlan]:
    with open_engine(database, ()) as engine:
        return list(engine.plan_migration(definition))


def _print_changes(output: Output, found: Sequence[Difference]) -> None:
    for change in found:
        print_text(f"{_MARKS[change.kind]} {output.say(change.zh, change.en)}")
    output.echo(f"共 {len(found)} 处变化", f"{len(found)} change(s)")


@click.command("print")
@click.argument("file", type=AnyPath)
@click.option("--previous", type=AnyPath, help="上一版本 / the version to compare with")
@into_option
@with_output
def print_(output: Output, file: Path, previous: Path | None, into: Path | None) -> None:
    """供法律审查的网页（可打印）。 A self-contained HTML page for legal review."""
    definition, *related = neighbours_of(file)
    page = review_page(definition, output.lang, _older(previous), others=[definition, *related])
    write_page(output, {"file": str(file)}, "html", page, into)


@click.command()
@click.argument("file", type=AnyPath)
@format_option("mermaid")
@into_option
@click.option(
    "--against", type=AnyPath, help="与旧版本比较 / show what changed since an older version"
)
@with_output
def diagram(output: Output, file: Path, kind: str, into: Path | None, against: Path | None) -> None:
    """画出流程图，或两个版本的差别。 Draw the procedure, or what changed between two versions."""
    definition = load_definition(file)
    older, procedures = _older(against), procedures_beside(definition)
    picture = draw(definition, kind, output.lang, older, procedures)
    write_page(output, {"file": str(file), "format": kind}, "picture", picture, into)


def _older(file: Path | None) -> Definition | None:
    return load_for_comparison(file) if file is not None else None
