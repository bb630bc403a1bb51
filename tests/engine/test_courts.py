"""Keys hold the court: what an upgrade makes of cases, partitions by court, ids and numbers that
are taken once, also under races."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import LOAN, at
from tests.courts import EDITOR, charter_of, publish
from tests.engine.test_schema import restore
from tests.testing.test_court import ASKING
from zhixing.engine import (
    Actor,
    CaseExists,
    CaseNotFound,
    Dispatcher,
    Engine,
    LostRace,
    NewCase,
    NumberTaken,
    PublicationRefused,
    VirtualClock,
    upgrade_schema,
)
from zhixing.engine.model.case import DEFAULT_COURT
from zhixing.engine.storage.case_rows import insert_cases, load_case, update_rarely_changing
from zhixing.engine.storage.database import connect
from zhixing.engine.storage.incidents import record_incident
from zhixing.engine.storage.schema import metadata
from zhixing.testing import FakeAdapter
from zhixing.workflow import Definition, definition_from_text

COURTS = ("court", "haidian", "jiayu", "a", "b", "c", "d")
LI = Actor.of("li", *(f"officer@{court}" for court in COURTS))
ADMIN = Actor.of("sun", *(f"system_admin@{court}" for court in COURTS))
BY_COURT = (
    "zx_cases",
    "zx_deadlines",
    "zx_history",
    "zx_tasks",
    "zx_alerts",
    "zx_outbox",
    "zx_inbox",
    "zx_incidents",
)
"""What belongs to cases, parents before children."""

OF_CASES = [name for name in BY_COURT if "case_id" in metadata.tables[name].columns]
Rows = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def courts(engine: Engine) -> Engine:
    engine.set_first_charter(charter_of(*COURTS))
    return engine


def opened(engine: Engine, id: str, court: str = "", number: str = "") -> str:
    return engine.open_case(
        "loan", id=id, actor=LI, court=court or "court", number=number, data={"amount": "1"}
    ).id


# -- the upgrade of cases


def rows_but_courts(connection: sa.Connection, columns: dict[str, list[str]]) -> Rows:
    """What lies in the columns of tables, in some order."""
    found = {}
    for table, names in columns.items():
        wanted = sa.select(*(sa.column(name) for name in names)).select_from(sa.table(table))
        found[table] = sorted((tuple(row) for row in connection.execute(wanted)), key=repr)
    return found


@pytest.fixture
def upgraded(database: str) -> Iterator[sa.Connection]:
    """A database of 0003 with its cases, brought up to date. Only the incidents are more."""
    restore(database, "0003")
    engine = connect(database)
    with engine.begin() as connection:
        inspector = sa.inspect(connection)
        known = {
            table: [c["name"] for c in inspector.get_columns(table) if c["name"] != "court"]
            for table in inspector.get_table_names()
            if table != "zx_alembic_version"
        }
        before = rows_but_courts(connection, known)
        upgrade_schema(connection)
        known["zx_history"] = ["happened_at" if n == "at" else n for n in known["zx_history"]]
        after = rows_but_courts(connection, known)
        assert before.pop("zx_incidents") == after.pop("zx_incidents")[:-1]
        assert after == before
        yield connection
    engine.dispose()


def asked(connection: sa.Connection, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(sa.text(sql))]


def test_what_belongs_to_a_case_is_of_its_court(upgraded: sa.Connection) -> None:
    for table in OF_CASES:
        lost = (
            f"SELECT t.case_id FROM {table} t LEFT JOIN zx_cases c ON c.court = t.court"
            " AND c.id = t.case_id WHERE t.case_id IS NOT NULL AND c.id IS NULL"
        )
        assert asked(upgraded, lost) == []
        courts = {court for (court,) in asked(upgraded, f"SELECT court FROM {table}")}
        assert courts <= {"haidian", "jiayu", DEFAULT_COURT, ""}
        assert "" not in courts or table == "zx_incidents"
    assert asked(upgraded, "SELECT court, outbox_id FROM zx_inbox ORDER BY outbox_id") == [
        ("jiayu", "asked-2-0"),
        ("haidian", "failed-2-0"),
        ("haidian", "refused-2-0"),
    ]
    assert asked(upgraded, "SELECT id, court, case_id FROM zx_publications ORDER BY id") == [
        (1, "", None),
        (2, "", None),
        (3, "haidian", "redesigned"),
        (4, "haidian", "redesigned"),
    ]


def test_of_cases_of_one_number_the_oldest_keeps_it(upgraded: sa.Connection) -> None:
    keys = dict(asked(upgraded, "SELECT id, number_key FROM zx_cases WHERE number <> ''"))
    assert {id: key for id, key in keys.items() if key.startswith("(2025)执1号")} == {
        "fresh": "(2025)执1号",
        "again": "(2025)执1号 #again",
        "elsewhere": "(2025)执1号",
    }
    of_split = asked(upgraded, "SELECT number_key FROM zx_cases WHERE parent_id = 'split'")
    assert of_split == [("(2025)执4号",)] * 2 and keys["split"] == "(2025)执4号"
    [told] = asked(
        upgraded,
        "SELECT court, id, case_id, message FROM zx_incidents WHERE kind = 'number-duplicate'",
    )
    assert told[:3] == ("jiayu", 4, "again") and "fresh" in told[3]


def test_a_database_that_was_upgraded_works_on(database: str) -> None:
    restore(database, "0003")
    texts = (LOAN, ASKING)
    definitions = [definition_from_text(text) for text in texts]
    clock = VirtualClock(at("2025-04-21 09:00"))
    network = FakeAdapter("network", "inquire")
    network.will_answer("inquire", {"found": "1.00"})
    with Engine(
        database, definitions, clock=clock, upgrade=True, adapters=[network], drafts=True
    ) as court:
        assert [c.id for c in court.query(number="(2025)执1号")] == ["elsewhere", "fresh"]
        assert {c.court for c in court.query(parent="split")} == {"haidian"}
        Dispatcher(court).run_due()
        assert (court.case("waiting").state, court.case("waiting").court) == ("done", "court")
        with court.transaction() as t:
            record_incident(t.connection, t.now, "clock", "x")  # the same one is open
            record_incident(t.connection, t.now, "clock", "x", "haidian", "elsewhere")
        assert [(i.id, i.kind) for i in court.incidents()] == [
            (2, "answer"),
            (3, "clock"),
            (4, "number-duplicate"),
            (5, "clock"),
        ]
        court.resolve(4, actor=ADMIN, resolution="案号已更正")
        assert [i.id for i in court.incidents()] == [2, 3, 5]
        court.decide_version(4, actor=Actor.of("sun", "chief", at="haidian"), in_favour=False)
        loan = definitions[0]
        assert court.propose_version(renamed(loan), actor=EDITOR).id == 5


def renamed(definition: Definition) -> Definition:
    text = definition.source_text.replace("version: 1", "version: 3")
    return definition_from_text(text)


# -- partitions


@contextmanager
def partitioned(url: str) -> Iterator[sa.Connection]:
    """A database of PostgreSQL whose tables of cases have twins with two partitions each."""
    restore(url, "0003")
    engine = connect(url)
    with engine.begin() as connection:
        upgrade_schema(connection)
        for table in BY_COURT:
            like = "INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES"
            made = f"CREATE TABLE twin_{table} (LIKE {table} {like}) PARTITION BY LIST (court)"
            connection.execute(sa.text(made))
            for part, courts in (
                ("of_one", "FOR VALUES IN ('haidian')"),
                ("of_all_others", "DEFAULT"),
            ):
                connection.execute(
                    sa.text(f"CREATE TABLE {table}_{part} PARTITION OF twin_{table} {courts}")
                )
            connection.execute(sa.text(f"INSERT INTO twin_{table} SELECT * FROM {table}"))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def test_every_table_of_cases_can_be_partitioned_by_court(
    new_postgresql: Callable[[], str],
) -> None:
    with partitioned(new_postgresql()) as connection:
        for table in BY_COURT:
            lies = asked(
                connection,
                f"SELECT DISTINCT tableoid::regclass::text, court = 'haidian' FROM twin_{table}",
            )
            assert sorted(lies) == [
                (f"{table}_of_all_others", False),
                (f"{table}_of_one", True),
            ]


def test_an_engine_works_on_partitions(
    new_postgresql: Callable[[], str], loan: Definition, clock: VirtualClock
) -> None:
    """The twins put in the place of the tables, with the foreign keys between them."""
    url = new_postgresql()
    with partitioned(url) as connection:
        for table in reversed(BY_COURT):
            connection.execute(sa.text(f"DROP TABLE {table} CASCADE"))
            connection.execute(sa.text(f"ALTER TABLE twin_{table} RENAME TO {table}"))
        for table in BY_COURT:
            for key in metadata.tables[table].foreign_key_constraints:
                own = ", ".join(key.column_keys)
                there = ", ".join(element.column.name for element in key.elements)
                connection.execute(
                    sa.text(
                        f"ALTER TABLE {table} ADD CONSTRAINT {key.name} FOREIGN KEY ({own})"
                        f" REFERENCES {key.referred_table.name} ({there})"
                    )
                )
    with Engine(url, loan, clock=clock, drafts=True) as engine:
        publish(engine, definition_from_text(LOAN.replace("version: 1", "version: 9", 1)))
        engine.set_first_charter(charter_of(*COURTS))
        opened(engine, "here", "haidian", "（2026）1")
        opened(engine, "there", "jiayu", "（2026）1")
        with pytest.raises(CaseExists):
            opened(engine, "here", "jiayu")
        with pytest.raises(NumberTaken):
            opened(engine, "other", "haidian", "(2026)1")
        engine.fire("here", "notify", actor=LI, documents={"notice": "n"})
        clock.advance(days=60)
        engine.run_due()
        assert {c.id: c.state for c in engine.query(number="(2026)1")} == {
            "here": "overdue",
            "there": "fresh",
        }
        assert {d.case_id for d in engine.overdue(court="jiayu")} >= {"there"}
        assert len(engine.history("here")) == engine.case("here").version


# -- ids and numbers


def test_an_id_is_one_over_all_courts(courts: Engine) -> None:
    opened(courts, "one", "haidian")
    for court in ("haidian", "jiayu"):
        with pytest.raises(CaseExists):
            opened(courts, "one", court)
    with pytest.raises(CaseExists):
        many = [NewCase({"amount": "1"}, id=f"many-{n}", court="jiayu") for n in range(1200)]
        courts.open_many(
            "loan", [*many, NewCase({"amount": "1"}, id="one", court="jiayu")], actor=LI
        )
    assert [c.id for c in courts.query()] == ["one"]


def test_a_number_is_one_in_a_court(courts: Engine) -> None:
    opened(courts, "one", "haidian", "（2025）京01执1号")
    opened(courts, "elsewhere", "jiayu", "（2025）京01执1号")
    for id in ("none", "no-number"):
        opened(courts, id, "haidian")
    with pytest.raises(NumberTaken) as refused:
        opened(courts, "two", "haidian", "(2025)京01执1号")
    assert (refused.value.code, refused.value.data["number"]) == (
        "case-number",
        "(2025)京01执1号",
    )
    with pytest.raises(CaseExists):
        opened(courts, "one", "haidian", "（2025）京01执1号")
    found = courts.query(number="(２０２５)京01执1号")
    assert [(c.id, c.number) for c in found] == [
        ("elsewhere", "（2025）京01执1号"),
        ("one", "（2025）京01执1号"),
    ]


def at_once(works: list[Callable[[], str]]) -> list[str]:
    """What came of each, all at the same time: an id, or the name of an error."""

    def tried(work: Callable[[], str]) -> str:
        for _ in range(20):
            try:
                return work()
            except LostRace:
                continue
            except (CaseExists, NumberTaken) as refused:
                return type(refused).__name__
        return "lost"

    with ThreadPoolExecutor(len(works)) as pool:
        return sorted(pool.map(tried, works))


def test_of_many_who_open_a_case_of_one_id_in_many_courts_one_does(courts: Engine) -> None:
    for n in range(10):
        works = [
            lambda court=court, n=n: opened(courts, f"one-{n}", court)  # type: ignore[misc]
            for court in ("a", "b", "c", "d")
        ]
        assert at_once(works) == ["CaseExists"] * 3 + [f"one-{n}"]


def test_of_many_who_open_a_case_of_one_number_one_does(courts: Engine) -> None:
    for n in range(10):
        works = [
            lambda id=id, n=n: opened(courts, f"{id}-{n}", "a", f"（2025）{n}") and "opened"  # type: ignore[misc]
            for id in ("p", "q", "r", "s")
        ]
        assert at_once(works) == ["NumberTaken"] * 3 + ["opened"]


def test_a_row_of_another_court_is_not_touched(courts: Engine) -> None:
    """Were there two cases of an id, each would be read and written with its own court alone."""
    opened(courts, "one", "haidian")
    with courts.transaction() as transaction:
        case = load_case(transaction.connection, transaction.version, "one")
        stranger = replace(case, court="jiayu", officer="wu", team="second bureau")
        update_rarely_changing(transaction.connection, [stranger])
    assert courts.case("one").officer == "li"


# -- what a case is known by


def test_team_and_what_is_stated_are_kept(courts: Engine) -> None:
    opened(courts, "one", "haidian")
    with courts.transaction() as transaction:
        connection, version = transaction.connection, transaction.version
        case = load_case(connection, version, "one")
        assert (case.team, case.stated) == ("", frozenset())
        new = replace(case, id="two", team="first bureau", stated=frozenset({"paid", "due_days"}))
        insert_cases(connection, [new], transaction.now)
        kept = load_case(connection, version, "two")
        assert (kept.team, kept.stated) == ("first bureau", {"due_days", "paid"})
        update_rarely_changing(connection, [replace(kept, team="second bureau")])
        assert load_case(connection, version, "two").team == "second bureau"


def test_history_of_a_case_that_is_not_there(engine: Engine) -> None:
    with pytest.raises(CaseNotFound):
        engine.history("nothing")


def test_the_first_charter_has_every_court_that_has_cases_and_says_it_is_published(
    engine: Engine,
) -> None:
    opened(engine, "x")
    with pytest.raises(PublicationRefused, match="court have cases"):
        engine.set_first_charter(charter_of("elsewhere"))
    set_first = engine.set_first_charter(charter_of("court", "elsewhere"))
    assert (set_first.kind, set_first.status) == ("charter", "published")
