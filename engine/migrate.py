"""The schema brought up to date by Alembic, from the command line or from a host's own migrations."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from .database import VERSION_TABLE

MIGRATIONS = Path(__file__).with_name("migrations")


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Create or upgrade the `zx_` tables in the connection's transaction.

    A host with its own Alembic calls this from a revision of its own: `upgrade(op.get_bind())`. The version is kept in
    a table of our own, so the two histories do not touch.
    """
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)

    def run(current: object, context: object) -> object:
        return script._upgrade_revs(revision, current)  # type: ignore[arg-type]

    with EnvironmentContext(config, script, fn=run, destination_rev=revision) as environment:
        environment.configure(connection=connection, version_table=VERSION_TABLE, transactional_ddl=True)
        environment.run_migrations()
