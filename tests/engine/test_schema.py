"""The migrations make what the code expects, from the command line and from a host's own Alembic."""

from __future__ import annotations

import re
from contextlib import nullcontext
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from zhixing.engine import Actor, Engine, SchemaOutdated, upgrade_schema
from zhixing.engine.storage.database import SCHEMA_VERSION, check_schema, connect, schema_version
from zhixing.engine.storage.schema import INDEXES, TableIndex, metadata
from zhixing.workflow import Definition


def _is_ours(name: str | None, kind: str, _: object) -> bool:
    """Indexes are compared by what the library itself lists: SQLAlchemy's tables declare none."""
    return kind not in ("table", "index") or name in metadata.tables


def indexes(connection: sa.Connection) -> dict[str, TableIndex]:
    """The indexes of a database, as the library lists them."""
    found = {}
    for table in metadata.tables:
        for index in sa.inspect(connection).get_indexes(table):
            options = index.get("dialect_options", {})
            where = options.get("postgresql_where", options.get("sqlite_where", ""))
            columns = tuple(str(column) for column in index["column_names"])
            found[str(index["name"])] = TableIndex(table, columns, plain(str(where)))
    return found


def plain(condition: str) -> str:
    """A condition as it was written: PostgreSQL adds parentheses and casts."""
    without_casts = re.sub(r"::[a-z]+( varying)?", "", condition)
    return without_casts.replace("(", "").replace(")", "")


def test_the_migrations_make_the_tables_that_the_code_uses(database: str) -> None:
    engine = connect(database)
    with engine.begin() as connection:
        assert schema_version(connection) is None
        upgrade_schema(connection)
        assert schema_version(connection) == SCHEMA_VERSION
        upgrade_schema(connection)  # again: nothing to do
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_name": _is_ours},
        )
        assert compare_metadata(context, metadata) == []
        assert indexes(connection) == INDEXES
        columns = {
            t: {c["name"] for c in sa.inspect(connection).get_columns(t)} for t in metadata.tables
        }
        assert columns == {
            name: set(table.columns.keys()) for name, table in metadata.tables.items()
        }
    engine.dispose()


def test_a_host_upgrades_from_a_revision_of_its_own(database: str, tmp_path: Path) -> None:
    scripts = tmp_path / "host_migrations"
    (scripts / "versions").mkdir(parents=True)
    (scripts / "script.py.mako").write_text("")
    (scripts / "env.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import context\nengine = sa.create_engine(context.config.get_main_option('url'))\n"
        "with engine.connect() as connection:\n    context.configure(connection=connection)\n"
        "    with context.begin_transaction():\n        context.run_migrations()\n"
    )
    (scripts / "versions" / "one.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\nfrom zhixing.engine import upgrade_schema as zhixing_upgrade\n"
        "revision, down_revision = 'one', None\n"
        "def upgrade():\n    op.create_table('host_table', sa.Column('id', sa.Integer, primary_key=True))\n    zhixing_upgrade(op.get_bind())\n"
    )
    config = Config()
    config.set_main_option("script_location", str(scripts))
    config.set_main_option("path_separator", "os")
    config.set_main_option("url", database.replace("%", "%%"))
    command.upgrade(config, "head")
    engine = connect(database)
    with engine.connect() as connection:
        assert {"host_table", "alembic_version", "zx_cases", "zx_alembic_version"} <= set(
            sa.inspect(connection).get_table_names()
        )
        check_schema(connection)
    engine.dispose()


def test_the_embedded_database_is_set_up_to_be_safe(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}/x.db")
    with engine.connect() as connection:
        pragmas = {
            n: connection.exec_driver_sql(f"PRAGMA {n}").scalar()
            for n in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "synchronous": 2,
        "busy_timeout": 10_000,
    }
    engine.dispose()


def test_a_database_of_the_first_version_is_upgraded_with_its_cases(
    database: str, loan: Definition
) -> None:
    engine = connect(database)
    with engine.begin() as connection:
        upgrade_schema(connection, "0001")
        assert schema_version(connection) == "0001"
        connection.execute(
            sa.text(
                "INSERT INTO zx_definitions VALUES (:hash, 'loan', '1', '2024-01-01', :text, '2025-03-03T01:00:00.000000Z')"
            ),
            {"hash": loan.hash, "text": loan.source_text},
        )
        connection.execute(
            sa.text(
                "INSERT INTO zx_cases (id, procedure, definition_hash, state, version, number, court, officer, data, extra, opened_at, updated_at)"
                " VALUES ('old', 'loan', :hash, 'fresh', 1, '', '', '', '{\"amount\": \"5.00\", \"due_days\": 10}', '{}',"
                " '2025-03-03T01:00:00.000000Z', '2025-03-03T01:00:00.000000Z')"
            ),
            {"hash": loan.hash},
        )
    engine.dispose()
    with pytest.raises(SchemaOutdated) if not database.startswith("sqlite") else nullcontext():
        Engine(database, loan).close()
    with Engine(database, loan, upgrade=True) as court:
        assert (
            court.case("old").data["amount"] == Decimal("5.00") and court.case("old").waiting == ()
        )
        assert (
            court.fire(
                "old", "notify", actor=Actor.of("li", "officer"), documents={"notice": "n"}
            ).state
            == "noticed"
        )
