"""The schema brought up to date by Alembic, from the command line or a host's own migrations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from .database import SCHEMA_VERSION, VERSION_TABLE, check_schema, schema_version

MIGRATIONS = Path(__file__).with_name("migrations")


def upgrade_schema(connection: Connection, revision: str = "head") -> None:
    """Create or upgrade the `zx_` tables in the connection's transaction.

    A host with its own Alembic calls this from a revision of its own:
    `upgrade_schema(op.get_bind())`. The version is kept in a table of our own, so the two histories
    do not touch.
    """
    from alembic.migration import MigrationContext
    from alembic.operations import Operations
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(MIGRATIONS))

    def steps(current: Any, context: MigrationContext) -> Any:
        return script._upgrade_revs(revision, current)

    # not Alembic's environment, whose module-wide `op` cannot be entered again inside a host's own
    # migration: a revision here takes its operations as an argument
    context = MigrationContext.configure(
        connection, opts={"version_table": VERSION_TABLE, "fn": steps}
    )
    context.run_migrations(op=Operations(context))


def prepare_schema(connection: Connection, upgrade: bool) -> None:
    """Upgrade the tables where that is asked, and check them. Raises `SchemaOutdated`."""
    if upgrade and schema_version(connection) != SCHEMA_VERSION:
        upgrade_schema(connection)
    check_schema(connection)
