"""The `zhixing` command: each of its commands is imported when it is typed."""

from __future__ import annotations

from importlib import import_module

import click

_COMMANDS = {
    "adapter": "adapters.adapter",
    "asset": "assets.asset",
    "audit": "audit.audit",
    "case": "cases.case",
    "charter": "charter.charter",
    "conform": "logs.conform",
    "coverage": "coverage.coverage_of_law",
    "db": "database.db",
    "deadline": "deadlines.deadline",
    "demo": "demo.demo",
    "deputy": "charter.deputy",
    "diagram": "review.diagram",
    "diff": "review.diff",
    "events": "audit.events",
    "explain": "checking.explain",
    "export": "exports.export",
    "figures": "figures.figures",
    "formula": "formula.formula",
    "import": "imports.import_",
    "law": "law.law",
    "ledger": "ledger.ledger",
    "lint": "checking.lint",
    "list": "lists.list_",
    "migrate": "migration.migrate",
    "period": "period.period",
    "person": "persons.person",
    "print": "review.print_",
    "procedure": "procedures.procedure",
    "recount": "recounting.recount",
    "refusals": "charter.refusals",
    "replay": "logs.replay",
    "request": "requests.request",
    "schema": "checking.schema",
    "simulate": "simulation.simulate",
    "simulator": "simulators.simulator",
    "task": "tasks.task",
    "test": "scenarios.test_",
    "version": "versions.version",
    "view": "versions.view",
    "worker": "database.worker",
}
"""Where each command stands, below `commands`."""

_JOINING = {"case": ("claims", "links", "orders", "past", "procedures", "takeover")}
"""The modules whose commands join those of a group."""


class _Typed(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(".")
        for joining in _JOINING.get(cmd_name, ()):
            import_module(f"{__package__}.commands.{joining}")
        command: click.Command = getattr(import_module(f"{__package__}.commands.{module}"), name)
        return command


@click.group(cls=_Typed, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="zhixing")
def main() -> None:
    """执行：把法律程序作为状态机运行，期限严格落实。
    Legal procedures as state machines, their time limits kept."""
