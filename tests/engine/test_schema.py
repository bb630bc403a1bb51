"""The migrations make what the code expects, from nothing and from every earlier version, from the
command line and from a host's own Alembic."""

from __future__ import annotations

import ast
import re
import sqlite3
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from tests.conftest import DATA, LOAN, at
from tests.courts import migrate, publish
from tests.engine.test_constructs import INSTALMENT, SANCTION, ZHAO
from tests.testing.test_court import ASKING
from zhixing.engine import (
    Actor,
    Engine,
    Refused,
    SchemaOutdated,
    VirtualClock,
    include_name,
    upgrade_schema,
)
from zhixing.engine.storage.database import check_schema, connect, schema_version
from zhixing.engine.storage.schema import INDEXES, SCHEMA_VERSION, TableIndex, metadata
from zhixing.engine.storage.upgrade import MIGRATIONS
from zhixing.workflow import definition_from_text

EARLIER = ("0001", "0002", "0003")
LI, CHIEF = Actor.of("li", "officer"), Actor.of("sun", "chief")
LI_THERE = Actor.of("li", "officer", at="jiayu")
HOST_ENV = """
import sqlalchemy as sa
from alembic import context

engine = sa.create_engine(context.config.get_main_option("url"))
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
HOST_REVISION = """
import sqlalchemy as sa
from alembic import op
from zhixing.engine import upgrade_schema

revision, down_revision = "one", None


def upgrade():
    op.create_table("host_table", sa.Column("id", sa.Integer, primary_key=True))
    upgrade_schema(op.get_bind())
"""


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
            found[str(index["name"])] = TableIndex(
                table, columns, plain(str(where)), bool(index["unique"])
            )
    return found


def plain(condition: str) -> str:
    """A condition as it was written: PostgreSQL adds parentheses and casts."""
    without_casts = re.sub(r"::[a-z]+( varying)?", "", condition)
    return without_casts.replace("(", "").replace(")", "")


Columns = dict[str, dict[str, tuple[str, bool, str]]]


def columns(connection: sa.Connection) -> Columns:
    """The columns of every table of ours: types, whether they may be empty, defaults."""
    inspector = sa.inspect(connection)
    return {
        table: {
            c["name"]: (str(c["type"]), bool(c["nullable"]), str(c["default"]))
            for c in inspector.get_columns(table)
        }
        for table in metadata.tables
    }


Key = tuple[str, tuple[str, ...], str, tuple[str, ...]]
"""Its name, its columns, and the table and columns that it refers to, if it does."""


def keys(connection: sa.Connection) -> set[Key]:
    """The primary and foreign keys of every table of ours."""
    inspector, found = sa.inspect(connection), set()
    for table in metadata.tables:
        primary = inspector.get_pk_constraint(table)
        name = str(primary["name"]) if str(primary["name"]).endswith("_pk") else table
        found.add((name, tuple(primary["constrained_columns"]), "", ()))
        for key in inspector.get_foreign_keys(table):
            referred = tuple(key["referred_columns"])
            own = tuple(key["constrained_columns"])
            found.add((str(key["name"]), own, key["referred_table"], referred))
    return found


def expected_keys() -> set[Key]:
    """The same as the code lists them; a primary key without a name goes by its table's."""
    found: set[Key] = set()
    for table in metadata.tables.values():
        primary = table.primary_key
        found.add((str(primary.name or table.name), tuple(primary.columns.keys()), "", ()))
        for key in table.foreign_key_constraints:
            referred = tuple(element.column.name for element in key.elements)
            found.add((str(key.name), tuple(key.column_keys), key.referred_table.name, referred))
    return found


def check_as_the_code_expects(connection: sa.Connection) -> None:
    context = MigrationContext.configure(connection, opts={"include_name": _is_ours})
    assert compare_metadata(context, metadata) == []
    assert indexes(connection) == INDEXES
    assert keys(connection) == expected_keys()
    expected = {name: set(table.columns.keys()) for name, table in metadata.tables.items()}
    assert {name: set(found) for name, found in columns(connection).items()} == expected


def restore(database: str, version: str) -> None:
    """Fill an empty database with what an earlier version of the library left in its own."""
    url = sa.make_url(database)
    name = f"{version}.{url.get_backend_name()}.sql"
    text = (DATA / "databases" / name).read_text(encoding="utf-8")
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(str(url.database))) as file:
            file.executescript(text)
        return
    engine = connect(database)
    with engine.begin() as connection:
        for statement in filter(None, map(str.strip, text.split(";\n"))):
            connection.exec_driver_sql(statement.replace("%", "%%"))
    engine.dispose()


def test_the_migrations_make_the_tables_that_the_code_uses(database: str) -> None:
    engine = connect(database)
    with engine.begin() as connection:
        assert schema_version(connection) is None
        upgrade_schema(connection)
        assert schema_version(connection) == SCHEMA_VERSION
        upgrade_schema(connection)  # again: nothing to do
    with engine.connect() as connection:
        check_as_the_code_expects(connection)
    engine.dispose()


@pytest.mark.parametrize("version", EARLIER)
def test_a_database_of_an_earlier_version_becomes_as_a_fresh_one(
    database: str, version: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if database.startswith("sqlite"):
        other = f"sqlite:///{tmp_path}/fresh.db"
    else:
        other = request.getfixturevalue("new_postgresql")()
    restore(database, version)
    old, fresh = connect(database), connect(other)
    with old.begin() as connection:
        assert schema_version(connection) == version
        upgrade_schema(connection)
        check_as_the_code_expects(connection)
        upgraded = columns(connection)
    with fresh.begin() as connection:
        upgrade_schema(connection)
        assert columns(connection) == upgraded
    old.dispose()
    fresh.dispose()


def test_the_tables_of_a_hosts_own_database_are_its_own_to_make(database: str) -> None:
    hosts = connect(database)
    with pytest.raises(SchemaOutdated):
        Engine(hosts, definition_from_text(LOAN), drafts=True)
    with hosts.connect() as connection:
        assert schema_version(connection) is None
    hosts.dispose()


@pytest.mark.parametrize("version", EARLIER)
def test_cases_of_an_earlier_version_go_on(database: str, version: str) -> None:
    restore(database, version)
    clock = VirtualClock(at("2025-04-21 09:00"))
    if not database.startswith("sqlite"):
        with pytest.raises(SchemaOutdated):
            Engine(database, clock=clock, drafts=True)
    definitions = [definition_from_text(t) for t in (LOAN, SANCTION, INSTALMENT, ASKING)]
    with Engine(database, definitions, clock=clock, upgrade=True, drafts=True) as court:
        check_what_was_kept(court)
        court.fire("fresh", "notify", actor=LI_THERE, documents={"notice": "n-2"})
        assert court.case("fresh").state == "noticed"
        give_an_officer(court, "resting")
        resumed = court.fire("resting", "resume", actor=LI)
        assert (resumed.state, court.case("closed").closing_mode) == ("fresh", "lost")
        if version != "0001":
            court.approve("sanction", "fine", actor=ZHAO)
            assert court.case("sanction").waiting[0].step == 2
            assert court.versions(procedure="instalment")[0].status == "published"
        incidents = court.incidents()
        clock.advance(days=30)
        court.run_due()
        assert court.case("fresh").state == "overdue" and court.incidents() == incidents


def give_an_officer(court: Engine, case_id: str) -> None:
    """A case that had none, on a version without powers, gets one by a version that has them."""
    with pytest.raises(Refused, match="lets nobody"):
        court.assign(case_id, "li", actor=CHIEF)
    newer = LOAN.replace("version: 1", "version: 8\ntransitional: {running_cases: move}", 1)
    publish(court, definition_from_text(newer))
    assert migrate(court, definition_from_text(newer))[0] > 0
    court.assign(case_id, "li", actor=CHIEF)


def check_what_was_kept(court: Engine) -> None:
    fresh, noticed = court.case("fresh"), court.case("noticed")
    assert fresh.data == {
        "amount": Decimal("100.50"),
        "due_days": 10,
        "paid": Decimal("0.00"),
    }
    assert (fresh.number, fresh.court, fresh.officer) == ("（2025）执1号", "jiayu", "li")
    assert (noticed.state, noticed.documents) == ("overdue", {"notice": ["n-1"]})
    limits = {d.rule: d for d in court.deadlines("noticed", live=False)}
    assert (limits["payment"].status, limits["payment"].due_day) == ("expired", date(2025, 3, 20))
    assert limits["answer"].status == "met" and limits["clue_check"].status == "expired"
    assert [e.seq for e in court.history("noticed")] == list(range(1, noticed.version + 1))
    assert {a.case_id for a in court.alerts()} >= {"fresh", "late"}


def test_a_revision_is_frozen() -> None:
    """It imports nothing of the library but the column types that were frozen with it."""
    for path in sorted((MIGRATIONS / "versions").glob("v*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        ours = {m for m in imported if m and m.startswith("zhixing")}
        assert ours <= {"zhixing.engine.storage.migrations.column_types_1"}, path.name


def test_a_host_upgrades_from_a_revision_of_its_own(database: str, tmp_path: Path) -> None:
    scripts = tmp_path / "host_migrations"
    (scripts / "versions").mkdir(parents=True)
    (scripts / "script.py.mako").write_text("")
    (scripts / "env.py").write_text(HOST_ENV)
    (scripts / "versions" / "one.py").write_text(HOST_REVISION)
    config = Config()
    config.set_main_option("script_location", str(scripts))
    config.set_main_option("path_separator", "os")
    config.set_main_option("url", database.replace("%", "%%"))
    command.upgrade(config, "head")
    engine = connect(database)
    with engine.connect() as connection:
        present = set(sa.inspect(connection).get_table_names())
        assert {"host_table", "alembic_version", "zx_cases", "zx_alembic_version"} <= present
        check_schema(connection)
    engine.dispose()


def test_the_embedded_database_is_set_up_to_be_safe(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}/x.db")
    expected = {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "busy_timeout": 10_000}
    with engine.connect() as connection:
        for name, value in expected.items():
            assert connection.exec_driver_sql(f"PRAGMA {name}").scalar() == value
    engine.dispose()


def test_of_a_hosts_database_only_the_tables_are_ours() -> None:
    ours = [("zx_cases", "table"), ("zx_cases", "index"), ("docket", "table"), (None, "schema")]
    assert [include_name(name, kind) for name, kind in ours] == [False, True, True, True]
