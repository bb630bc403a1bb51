"""The schema brought up to date by Alembic, from the command line or a host's own migrations."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from .database import begin_to_write, check_not_newer, check_schema, schema_version
from .schema import SCHEMA_VERSION, VERSION_TABLE

MIGRATIONS = Path(__file__).with_name("migrations")
_LOCK = 20905
_OURS = "zx_"


def upgrade_schema(connection: Connection, revision: str = "head") -> None:
    """Create or upgrade the `zx_` tables in the connection's transaction.

    A host with its own Alembic calls this from a revision of its own:
    `upgrade_schema(op.get_bind())`. The version is kept in a table of our own, so the two histories
    do not touch. Several processes may call it at once: one upgrades, the others wait for it.
    Raises `ProgramOutdated` for a database of a newer version.
    """
    from alembic.migration import MigrationContext
    from alembic.operations import Operations
    from alembic.script import ScriptDirectory

    _alone(connection)
    check_not_newer(schema_version(connection))
    script = ScriptDirectory(str(MIGRATIONS))

    def steps(current: Any, context: MigrationContext) -> Any:
        return script._upgrade_revs(revision, current)

    # not Alembic's environment, whose module-wide `op` cannot be entered again inside a host's own
    # migration: a revision here takes its operations as an argument
    context = MigrationContext.configure(
        connection, opts={"version_table": VERSION_TABLE, "fn": steps}
    )
    context.run_migrations(op=Operations(context))


def _alone(connection: Connection) -> None:
    """Wait until nobody else upgrades this database, and keep others waiting until the commit."""
    if connection.dialect.name != "postgresql":
        begin_to_write(connection)
        return
    # an upgrade may take longer than a lock is waited for; what it then locks is waited for as ever
    timeout = connection.execute(text("SHOW lock_timeout")).scalar_one()
    connection.execute(text("SET LOCAL lock_timeout = 0"))
    connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK}, 0)"))
    connection.execute(text("SELECT set_config('lock_timeout', :it, true)"), {"it": timeout})


def include_name(
    name: str | None, type_: str, parent_names: Mapping[str, str | None] | None = None
) -> bool:
    """Whether a name in the database is the host's: False for the tables of the library.

    For `include_name` of a host's own Alembic (`context.configure` in its `env.py`), whose
    autogenerate would else propose to drop them. A host with a filter of its own asks both.
    """
    return not (type_ == "table" and name is not None and name.startswith(_OURS))


def prepare_schema(connection: Connection, upgrade: bool) -> None:
    """Upgrade the tables where that is asked, and check them.

    Raises `SchemaOutdated`, `ProgramOutdated`.
    """
    if upgrade and schema_version(connection) != SCHEMA_VERSION:
        upgrade_schema(connection)
    check_schema(connection)
