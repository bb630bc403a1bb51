"""The `zhixing` command."""

from __future__ import annotations

import click

from .commands import claims as _claims  # noqa: F401  its command joins those of `case`
from .commands import links as _links  # noqa: F401  and this
from .commands import orders as _orders  # noqa: F401  its commands join those of `case`
from .commands import past as _past  # noqa: F401  as do these
from .commands import takeover as _takeover  # noqa: F401  and this
from .commands.adapters import adapter
from .commands.assets import asset
from .commands.audit import audit, events
from .commands.cases import case
from .commands.charter import charter, deputy, refusals
from .commands.checking import explain, lint, schema
from .commands.coverage import coverage_of_law
from .commands.database import db, worker
from .commands.deadlines import deadline
from .commands.demo import demo
from .commands.exports import export
from .commands.figures import figures
from .commands.formula import formula
from .commands.imports import import_
from .commands.law import law
from .commands.ledger import ledger
from .commands.lists import list_
from .commands.logs import conform, replay
from .commands.migration import migrate
from .commands.period import period
from .commands.persons import person
from .commands.procedures import procedure
from .commands.recounting import recount
from .commands.requests import request
from .commands.review import diagram, diff, print_
from .commands.scenarios import test_
from .commands.simulation import simulate
from .commands.simulators import simulator
from .commands.tasks import task
from .commands.versions import version, view


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="zhixing")
def main() -> None:
    """执行：把法律程序作为状态机运行，期限严格落实。
    Legal procedures as state machines, their time limits kept."""


for command in (
    lint,
    explain,
    law,
    coverage_of_law,
    schema,
    diff,
    migrate,
    recount,
    charter,
    deputy,
    refusals,
    print_,
    diagram,
    test_,
    view,
    import_,
    version,
    replay,
    request,
    conform,
    simulate,
    simulator,
    period,
    procedure,
    formula,
    adapter,
    case,
    deadline,
    task,
    list_,
    audit,
    events,
    export,
    figures,
    ledger,
    asset,
    person,
    db,
    demo,
    worker,
):
    main.add_command(command)
