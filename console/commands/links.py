"""`zhixing case family CASE`: what hangs together with a case."""

from __future__ import annotations

import click

from ...court import CourtLinks, Family, Relation
from ...engine import Engine
from .._options import with_engine
from ..output import Output, with_output
from .cases import case


@case.command()
@click.argument("case_id")
@with_output
@with_engine
def family(output: Output, engine: Engine, case_id: str) -> None:
    """一案的子程序、关联案件，及其关联案件。 What hangs together with a case, the nearest first."""
    found = CourtLinks(engine).family(case_id)
    output.answer(found, lambda: _print(output, found))


def _print(output: Output, found: Family) -> None:
    known = {relation.case_id: relation for relation in found.relations}
    heads = [
        ("距离", "steps"),
        ("法院", "court"),
        ("案件", "case"),
        ("程序", "procedure"),
        ("状态", "state"),
        ("是何案的何种案件", "is of which case"),
    ]
    rows = (
        [
            one.distance,
            one.court,
            one.number or one.case_id,
            output.pick(one, "title"),
            output.pick(one, "state"),
            _said(output, known.get(one.case_id)),
        ]
        for one in found.cases
    )
    output.print_known(heads, rows)
    if not found.is_whole:
        output.echo("还有更多", "there are more")


def _said(output: Output, relation: Relation | None) -> str:
    """What a case is of another."""
    return f"{relation.of} {output.pick(relation, 'title')}" if relation is not None else ""
