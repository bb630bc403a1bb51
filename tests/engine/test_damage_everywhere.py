"""Whatever stands in whatever cell of whatever row: it costs that row and its case, and nothing
else; and what is told has a code."""

from __future__ import annotations

import logging
import random
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from tests.conftest import LOAN
from tests.engine.damaging import (
    ANYTHING,
    CASES,
    CHANGES,
    OF_A_CASE,
    QUESTIONS,
    QUESTIONS_OF_A_CASE,
    ROWS,
    SPOILED,
    START,
    WHOLE,
    Cell,
    cells,
    damage,
    fill,
    opened,
    soften,
)
from tests.engine.rounds import SOAK, left, passed
from zhixing.console.app import main
from zhixing.engine import Dispatcher, Engine, ZhixingError
from zhixing.engine.storage.column_types import Json
from zhixing.engine.storage.schema import metadata

pytestmark = pytest.mark.fuzz
LATER = START + timedelta(days=9)
IN_TEST = 30


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file in which every table has rows, and every column holds anything."""
    path: Path = tmp_path_factory.mktemp("filled") / "cases.db"
    fill(f"sqlite:///{path}")
    soften(path)
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def file(filled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(filled, tmp_path / "cases.db"))


def failure(call: Callable[[], Any]) -> str:
    """What went wrong without a code, or `coded`; empty where nothing did."""
    try:
        call()
    except ZhixingError as error:
        assert error.text("zh") and error.text("en")
        return "coded"
    except Exception as error:
        return repr(error)
    return ""


def failures(court: Engine) -> dict[str, str]:
    """What fails of everything that can be done, by what it is and of which case."""
    found = {"worker": failure(court.run_due)}
    found["dispatcher"] = failure(lambda: Dispatcher(court).run_due())
    for name, ask in QUESTIONS.items():
        found[name] = failure(lambda: ask(court))  # noqa: B023
    for id in CASES:
        for name, act in (QUESTIONS_OF_A_CASE | CHANGES).items():
            found[f"{name} {id}"] = failure(lambda: act(court, id))  # noqa: B023
    return {name: why for name, why in found.items() if why}


def of_the_spoiled(name: str) -> bool:
    return name.endswith(SPOILED)


NO_END = [
    Cell(table, column, OF_A_CASE[table], "NULL")
    for table, column in (
        ("zx_cases", "court"),
        ("zx_cases", "id"),
        ("zx_deadlines", "due_at"),
        ("zx_deadlines", "id"),
        ("zx_deadlines", "start"),
        ("zx_history", "happened_at"),
    )
]
"""What the clock once came to again and again, or what failed without a code."""


@pytest.mark.parametrize(
    "cell", [*left("damaged-rows", list(cells(ROWS)), IN_TEST), *NO_END], ids=str
)
def test_one_damaged_row_costs_its_case(file: Path, cell: Cell, caplog: Any) -> None:
    if not damage(file, cell):
        return  # that stood there before
    with caplog.at_level(logging.CRITICAL), opened(f"sqlite:///{file}", LATER) as court:
        found = failures(court)
        assert {n: why for n, why in found.items() if why != "coded"} == {}
        assert {n: why for n, why in found.items() if not of_the_spoiled(n)} == {}
        if cell.table in OF_A_CASE:
            assert {"a", "z"} <= {limit.case_id for limit in court.overdue()}
    passed("damaged-rows", cell)


@pytest.mark.parametrize("cell", left("damaged-whole", list(cells(WHOLE)), 5), ids=str)
def test_what_the_whole_court_rests_on_is_told_with_a_code(file: Path, cell: Cell) -> None:
    if not damage(file, cell):
        return
    engines: list[Engine] = []
    if failure(lambda: engines.append(opened(f"sqlite:///{file}", LATER))):
        return
    with engines[0] as court:
        assert {n: why for n, why in failures(court).items() if why != "coded"} == {}
    passed("damaged-whole", cell)


OF_JSON = [
    Cell(table, column.name, where, value)
    for table, where in ROWS.items()
    for column in metadata.tables[table].columns
    if isinstance(column.type, Json)
    for value in ("'null'", "'[1]'", "'{\"a\": [7]}'", "'7'")
]


@pytest.mark.postgresql
def test_json_of_another_shape_on_postgresql(new_postgresql: Callable[[], str]) -> None:
    """Its types keep all else out. One database for all: what was damaged is mended after."""
    url = new_postgresql()
    fill(url)
    chosen = OF_JSON if SOAK else random.Random(12).sample(OF_JSON, 8)
    for cell in chosen:
        with opened(url, LATER) as court:
            kept = f"CREATE TABLE kept AS SELECT * FROM {cell.table}"
            put = f"UPDATE {cell.table} SET {cell.column} = {cell.value} WHERE {cell.where}"
            with court.database.begin() as connection:
                for sql in ("DROP TABLE IF EXISTS kept", kept, put):
                    connection.execute(sa.text(sql.replace(":", "\\:")))
            found = {name: failure(lambda: ask(court)) for name, ask in QUESTIONS.items()}  # noqa: B023
            assert {n: why for n, why in found.items() if why} == {}, cell
            with court.database.begin() as connection:
                back = f"UPDATE {cell.table} t SET {cell.column} = k.{cell.column} FROM kept k"
                same = " AND ".join(f"t.{c.name} = k.{c.name}" for c in _key(cell.table))
                connection.execute(sa.text(f"{back} WHERE {same}"))


def _key(table: str) -> list[sa.Column[Any]]:
    return list(metadata.tables[table].primary_key.columns)


COMMANDS = (
    "case list",
    "case show spoiled",
    "case show a",
    "case history spoiled",
    "case export spoiled --as he --role audit_admin",
    "case diagram spoiled",
    "deadline list",
    "deadline list --case spoiled",
    "task list",
    "task workload",
    "events",
    "audit verify",
    "audit verify --rules",
    "audit anchor",
    "refusals --as he --role audit_admin",
    "deputy list",
    "version list",
    "version renewals",
    "migrate list",
    "charter list",
    "law list",
    "db incidents",
    "db held",
    "worker --once",
)
SAID = [
    Cell("zx_alerts", "roles", OF_A_CASE["zx_alerts"], "'{broken'"),
    Cell("zx_tasks", "offered_at", OF_A_CASE["zx_tasks"], "'soon'"),
    Cell("zx_moves", "proposed_at", ROWS["zx_moves"], "NULL"),
    Cell("zx_history", "given", OF_A_CASE["zx_history"], "'null'"),
    Cell("zx_cases", "particulars", OF_A_CASE["zx_cases"], "'[1]'"),
    Cell("zx_marks", "at", WHOLE["zx_marks"], "'soon'"),
    Cell("zx_marks", "value", WHOLE["zx_marks"], "'null'"),
    Cell("zx_history", "recorded_at", OF_A_CASE["zx_history"], "'soon'"),
]


@pytest.mark.parametrize("cell", SAID, ids=str)
def test_commands_say_a_code_and_never_a_traceback(file: Path, tmp_path: Path, cell: Cell) -> None:
    assert cell.value in (*ANYTHING, "'soon'") and damage(file, cell)
    definition = tmp_path / "loan.yaml"
    definition.write_text(LOAN)
    options = ["--db", f"sqlite:///{file}", "--definitions", str(definition)]
    for command in COMMANDS:
        result = CliRunner().invoke(main, [*command.split(), *options])
        assert result.exception is None or isinstance(result.exception, SystemExit), command
        if result.exit_code == 1 and "verify" not in command:  # whose findings are an answer
            assert re.search(r"\[[a-z-]+\]", result.output), (command, result.output)
        assert result.exit_code in (0, 1), (command, result.output)
