"""Whole or nothing, also in a host's transaction; and errors that say the truth about what was
written and what may be repeated."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from tests.engine.cut_connection import Proxy, proxied
from tests.engine.test_cases import CHIEF, OFFICER
from zhixing.engine import (
    AsyncEngine,
    CaseExists,
    DatabaseBusy,
    DatabaseUnusable,
    DefinitionMissing,
    Engine,
    Happened,
    LostRace,
    NewCase,
    NothingToJoin,
    OutcomeUnknown,
    Refused,
    SchemaOutdated,
    TransactionLost,
    VirtualClock,
    ZhixingError,
)
from zhixing.workflow import Definition

DUPLICATED = [NewCase(id="n1"), NewCase(id="n2"), NewCase(id="dup"), NewCase(id="n3")]


def ids(engine: Engine) -> list[str]:
    return [case.id for case in engine.query()]


def triggers(engine: Engine, case_id: str) -> list[str]:
    return [entry.trigger for entry in engine.history(case_id)]


@contextmanager
def as_connection(host: sa.Engine) -> Iterator[sa.Connection]:
    with host.connect() as connection:
        yield connection


@contextmanager
def as_session(host: sa.Engine) -> Iterator[Session]:
    with Session(host) as session:
        yield session


@contextmanager
def as_nested_session(host: sa.Engine) -> Iterator[Session]:
    """A session that is inside a savepoint of its own."""
    with Session(host) as session:
        session.begin_nested()
        yield session


@contextmanager
def as_nested_connection(host: sa.Engine) -> Iterator[sa.Connection]:
    with host.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
        connection.begin_nested()
        yield connection


joining = pytest.mark.parametrize(
    "joined", [as_connection, as_session, as_nested_connection, as_nested_session]
)
Joined = Callable[[sa.Engine], Any]


@pytest.fixture(params=["plain", "ours"])
def host(request: pytest.FixtureRequest, engine: Engine) -> Iterator[sa.Engine]:
    """A host's own ordinary database engine, and the one that our URL gives."""
    if request.param == "ours":
        yield engine.database
        return
    made = sa.create_engine(engine.database.url)
    with made.begin() as connection:
        connection.execute(sa.text("CREATE TABLE docket (id INTEGER)"))
    yield made
    made.dispose()


def finish(within: Any, how: str) -> None:
    """Commit or roll back the whole, whatever savepoints the host is in."""
    nested = within.get_nested_transaction()
    if nested is not None and how == "commit":
        nested.commit()
    getattr(within, how)()


@joining
def test_a_verb_that_fails_leaves_nothing_in_the_hosts_transaction(
    engine: Engine, host: sa.Engine, joined: Joined
) -> None:
    engine.open_case("loan", actor=OFFICER, id="dup")
    with joined(host) as within:
        with pytest.raises(CaseExists):
            engine.open_many("loan", DUPLICATED, actor=OFFICER, within=within)
        engine.open_case("loan", actor=OFFICER, id="after", within=within)
        finish(within, "commit")
    assert ids(engine) == ["after", "dup"]
    assert triggers(engine, "after") == [""]


@joining
def test_the_hosts_rollback_leaves_nothing(engine: Engine, host: sa.Engine, joined: Joined) -> None:
    """Also where the verb is the first statement, so that SQLite's driver has begun nothing yet."""
    with joined(host) as within:
        engine.open_case("loan", actor=OFFICER, id="gone", within=within)
        finish(within, "rollback")
    assert ids(engine) == []


def test_a_text_that_cannot_be_written_leaves_the_case_as_it_was(engine: Engine) -> None:
    case_id = engine.open_case("loan", actor=OFFICER).id
    with Session(engine.database) as session:
        with pytest.raises(ZhixingError):
            engine.fire(
                case_id,
                "clue",
                actor=OFFICER,
                data={"clue": "k"},
                note="half \ud800",
                within=session,
            )
        session.commit()
    case = engine.case(case_id)
    assert (case.version, len(engine.history(case_id))) == (1, 1)


def test_after_the_tables_were_emptied_cases_open_again(engine: Engine) -> None:
    engine.open_case("loan", actor=OFFICER)
    with engine.database.begin() as connection:
        for table in ("zx_history", "zx_deadlines", "zx_cases", "zx_definitions"):
            connection.execute(sa.text(f"DELETE FROM {table}"))
    with pytest.raises(DefinitionMissing):
        engine.open_case("loan", actor=OFFICER, id="first")
    assert engine.open_case("loan", actor=OFFICER, id="first").state == "fresh"


@pytest.mark.postgresql
def test_a_connection_in_autocommit_has_nothing_to_join(
    new_postgresql: Callable[[], str], loan: Definition
) -> None:
    with Engine(new_postgresql(), loan, upgrade=True, drafts=True) as engine:
        host = engine.database.execution_options(isolation_level="AUTOCOMMIT")
        with host.connect() as connection, pytest.raises(NothingToJoin):
            engine.open_case("loan", actor=OFFICER, within=connection)
        assert ids(engine) == []


def test_a_plain_sqlite_connection_in_autocommit_has_nothing_to_join(
    tmp_path: Path, loan: Definition
) -> None:
    with Engine(f"sqlite:///{tmp_path}/c.db", loan, drafts=True) as engine:
        host = sa.create_engine(engine.database.url, isolation_level="AUTOCOMMIT")
        with host.connect() as connection, pytest.raises(NothingToJoin):
            engine.open_case("loan", actor=OFFICER, within=connection)
        assert ids(engine) == []
        host.dispose()


@pytest.mark.parametrize("driver", ["sqlite+aiosqlite", "postgresql+psycopg", "postgresql+asyncpg"])
def test_an_async_host_has_all_or_nothing_too(
    driver: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    loan: Definition,
    clock: VirtualClock,
) -> None:
    if driver.startswith("sqlite"):
        url = f"{driver}:///{tmp_path}/cases.db"
    else:
        made = sa.make_url(request.getfixturevalue("new_postgresql")())
        url = made.set(drivername=driver).render_as_string(hide_password=False)

    async def story() -> list[str]:
        host = create_async_engine(url)
        async with await AsyncEngine.open(
            url, loan, clock=clock, upgrade=True, drafts=True
        ) as court:
            await court.open_case("loan", actor=OFFICER, id="dup")
            async with AsyncSession(host) as session:
                await court.open_case("loan", actor=OFFICER, id="rolled", within=session)
                await session.rollback()
                with pytest.raises(CaseExists):
                    await court.open_many("loan", DUPLICATED, actor=OFFICER, within=session)
                await court.open_case("loan", actor=OFFICER, id="kept", within=session)
                await session.commit()
            await host.dispose()
            return [case.id for case in await court.query()]

    assert asyncio.run(story()) == ["dup", "kept"]


# -- word after the commit


@joining
@pytest.mark.parametrize("refused_first", [True, False])
def test_a_refused_verb_takes_no_word_from_the_other(
    engine: Engine, host: sa.Engine, joined: Joined, refused_first: bool
) -> None:
    told: list[Happened] = []
    case_id = engine.open_case("loan", actor=OFFICER).id
    engine.on_event(told.append)

    def refused(within: Any) -> None:
        with pytest.raises(Refused):
            engine.fire(case_id, "notify", actor=CHIEF, within=within)

    with joined(host) as within:
        if refused_first:
            refused(within)
        engine.fire(case_id, "clue", actor=OFFICER, data={"clue": "k"}, within=within)
        if not refused_first:
            refused(within)
        assert told == []
        finish(within, "commit")
    assert [happened.trigger for happened in told] == ["clue"]
    assert [refusal.trigger for refusal in kept_refusals(engine)] == ["notify"]


def kept_refusals(engine: Engine) -> list[Any]:
    with engine.database.connect() as connection:
        return list(connection.execute(sa.text("SELECT trigger FROM zx_refusals")))


def test_a_session_that_is_closed_and_used_again_tells_nothing_of_before(engine: Engine) -> None:
    told: list[Happened] = []
    engine.on_event(told.append)
    session = Session(engine.database)
    engine.open_case("loan", actor=OFFICER, id="gone", within=session)
    session.close()
    engine.open_case("loan", actor=OFFICER, id="kept", within=session)
    session.commit()
    session.close()
    assert [happened.case_id for happened in told] == ["kept"]


def test_a_hosts_savepoint_gone_back_to_takes_only_its_own_word(
    engine: Engine, host: sa.Engine
) -> None:
    told: list[Happened] = []
    engine.on_event(told.append)
    with host.begin() as connection:
        engine.open_case("loan", actor=OFFICER, id="a", within=connection)
        nested = connection.begin_nested()
        engine.open_case("loan", actor=OFFICER, id="b", within=connection)
        nested.rollback()
        engine.open_case("loan", actor=OFFICER, id="c", within=connection)
    assert [happened.case_id for happened in told] == ["a", "c"] == ids(engine)


@pytest.mark.postgresql
@pytest.mark.parametrize("joined", [as_connection])
def test_a_commit_that_commits_nothing_is_no_commit(
    new_postgresql: Callable[[], str], loan: Definition, joined: Joined
) -> None:
    """PostgreSQL rolls back a transaction in which a statement failed, when it is to commit it."""
    told: list[Happened] = []
    with Engine(new_postgresql(), loan, upgrade=True, drafts=True) as engine:
        engine.on_event(told.append)
        with joined(engine.database) as connection:
            engine.open_case("loan", actor=OFFICER, within=connection)
            with pytest.raises(sa.exc.ProgrammingError):
                connection.execute(sa.text("SELECT nonsense"))
            connection.commit()
        assert (ids(engine), told) == ([], [])


def test_listeners_do_not_grow_with_the_verbs(engine: Engine) -> None:
    case_id = engine.open_case("loan", actor=OFFICER).id
    counts: list[int] = []
    with Session(engine.database) as session:
        for number in range(400):
            engine.fire(case_id, "clue", actor=OFFICER, data={"clue": f"k{number}"}, within=session)
            counts.append(
                sum(
                    len(list(getattr(session.dispatch, name)))
                    for name in ("after_commit", "after_soft_rollback", "after_transaction_end")
                )
            )
        session.commit()
    assert set(counts) == {counts[0]}


def test_listeners_do_not_grow_with_connections_and_options(engine: Engine) -> None:
    def count() -> int:
        database = engine.database
        of_engine = ("begin", "commit", "rollback", "rollback_savepoint")
        return (
            sum(len(list(getattr(database.dispatch, name))) for name in of_engine)
            + sum(len(list(getattr(database.pool.dispatch, n))) for n in ("checkin", "invalidate"))
            + len(list(database.dialect.dispatch.handle_error))
        )

    def join() -> None:
        with engine.database.execution_options(hosts_own="x").begin() as connection:
            engine.open_case("loan", actor=OFFICER, within=connection)

    join()
    before = count()
    for _ in range(20):
        join()
    assert count() == before


def test_what_watches_a_session_goes_with_it(engine: Engine) -> None:
    session = Session(engine.database)
    engine.open_case("loan", actor=OFFICER, within=session)
    gone = weakref.ref(session)
    session.close()
    del session
    gc.collect()
    assert gone() is None


# -- what errors say


def failure(call: Callable[[], Any]) -> ZhixingError:
    with pytest.raises(ZhixingError) as raised:
        call()
    assert raised.value.text("zh") and raised.value.text("en")
    return raised.value


def opening(url: str) -> Callable[[], Any]:
    return lambda: Engine(url, ()).query()


def test_a_folder_that_is_missing_is_not_busy(tmp_path: Path) -> None:
    error = failure(opening(f"sqlite:///{tmp_path}/none/c.db"))
    assert (type(error), error.retryable) == (DatabaseUnusable, False)


def test_a_file_that_is_no_database_is_not_busy(tmp_path: Path) -> None:
    (tmp_path / "c.db").write_text("a letter, not a database, and longer than its header " * 40)
    error = failure(opening(f"sqlite:///{tmp_path}/c.db"))
    assert (type(error), error.retryable) == (DatabaseUnusable, False)


def test_a_full_disk_is_not_busy(tmp_path: Path, loan: Definition) -> None:
    with Engine(f"sqlite:///{tmp_path}/c.db", loan, drafts=True) as engine:

        @sa.event.listens_for(engine.database, "checkout")
        def _full(connection: Any, record: Any, proxy: Any) -> None:
            connection.execute("PRAGMA max_page_count = 1")

        def fill() -> None:
            for _ in range(500):
                engine.open_case("loan", actor=OFFICER)

        error = failure(fill)
    assert (type(error), error.retryable) == (DatabaseUnusable, False)


def test_a_missing_table_is_for_an_upgrade(engine: Engine) -> None:
    case_id = engine.open_case("loan", actor=OFFICER).id
    with engine.database.begin() as connection:
        connection.execute(sa.text("DROP TABLE zx_history"))
    error = failure(lambda: engine.fire(case_id, "clue", actor=OFFICER, data={"clue": "k"}))
    assert (type(error), error.retryable) == (SchemaOutdated, False)


@pytest.mark.postgresql
def test_a_database_that_is_not_there_is_not_busy(new_postgresql: Callable[[], str]) -> None:
    url = sa.make_url(new_postgresql()).set(database="nobody_made_it")
    error = failure(opening(url.render_as_string(hide_password=False)))
    assert (type(error), error.retryable) == (DatabaseUnusable, False)


@pytest.mark.postgresql
@pytest.mark.parametrize("driver", ["psycopg", "asyncpg"])
def test_for_asyncio_a_database_that_is_not_there_is_not_busy(
    new_postgresql: Callable[[], str], driver: str, loan: Definition
) -> None:
    made = sa.make_url(new_postgresql())
    host = create_async_engine(made.set(drivername=f"postgresql+{driver}"))

    async def story() -> ZhixingError:
        async with await AsyncEngine.open(host, loan, upgrade=True) as court:
            court.database = create_async_engine(host.url.set(database="nobody_made_it"))
            with pytest.raises(ZhixingError) as raised:
                await court.query()
        await host.dispose()
        return raised.value

    error = asyncio.run(story())
    assert (type(error), error.retryable) == (DatabaseUnusable, False)


def test_a_port_that_nobody_listens_at_may_be_a_restart() -> None:
    error = failure(opening("postgresql://u@127.0.0.1:1/x"))
    assert (type(error), error.retryable) == (DatabaseBusy, True)


def test_a_pool_without_a_free_connection_is_busy(tmp_path: Path, loan: Definition) -> None:
    database = sa.create_engine(
        f"sqlite:///{tmp_path}/c.db", pool_size=1, max_overflow=0, pool_timeout=0.01
    )
    engine = Engine(database, loan, upgrade=True, drafts=True)
    with database.connect():
        error = failure(engine.query)
    assert (type(error), error.retryable) == (DatabaseBusy, True)
    database.dispose()


@pytest.mark.postgresql
@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_on_a_snapshot_the_whole_transaction_is_to_be_rolled_back(
    new_postgresql: Callable[[], str], loan: Definition, level: str
) -> None:
    with Engine(new_postgresql(), loan, upgrade=True, drafts=True) as engine:
        case_id = engine.open_case("loan", actor=OFFICER).id
        host = engine.database.execution_options(isolation_level=level)
        with host.connect() as connection:
            connection.execute(sa.text("SELECT count(*) FROM zx_cases"))
            engine.fire(case_id, "clue", actor=OFFICER, data={"clue": "other"})
            error = failure(
                lambda: engine.fire(
                    case_id, "clue", actor=OFFICER, data={"clue": "k"}, within=connection
                )
            )
            connection.rollback()
            engine.fire(case_id, "clue", actor=OFFICER, data={"clue": "k"}, within=connection)
            connection.commit()
        assert isinstance(error, TransactionLost) and isinstance(error, LostRace)
        assert "roll back the whole transaction" in str(error)
        assert "整体回滚" in error.text("zh")
        assert engine.case(case_id).version == 3


# -- a connection that is cut


@pytest.fixture
def proxy(new_postgresql: Callable[[], str]) -> Iterator[Proxy]:
    with proxied(new_postgresql()) as made:
        yield made


@pytest.mark.postgresql
@pytest.mark.parametrize("carried_out", [True, False])
def test_a_commit_whose_answer_is_lost_is_an_unknown_outcome(
    proxy: Proxy, loan: Definition, carried_out: bool
) -> None:
    with Engine(proxy.url, loan, upgrade=True, drafts=True, retries=5) as engine:
        case_id = engine.open_case("loan", actor=OFFICER, data={"amount": "100"}).id
        proxy.cut("COMMIT", after_it_was_carried_out=carried_out)
        error = failure(lambda: engine.fire(case_id, "pay", actor=OFFICER, data={"paid": "50"}))
        assert proxy.has_cut
        assert (type(error), error.retryable) == (OutcomeUnknown, False)
        assert "request_id" in str(error) and "request_id" in error.text("zh")
        assert triggers(engine, case_id) == ["", "pay"][: 2 if carried_out else 1]


@pytest.mark.postgresql
@pytest.mark.parametrize("driver", ["psycopg", "asyncpg"])
def test_for_asyncio_too(proxy: Proxy, loan: Definition, driver: str) -> None:
    url = sa.make_url(proxy.url).set(drivername=f"postgresql+{driver}")

    async def story() -> None:
        async with await AsyncEngine.open(
            url.render_as_string(hide_password=False), loan, upgrade=True, drafts=True, retries=5
        ) as court:
            case_id = (await court.open_case("loan", actor=OFFICER, data={"amount": "100"})).id
            proxy.cut("COMMIT", after_it_was_carried_out=True)
            with pytest.raises(OutcomeUnknown):
                await court.fire(case_id, "pay", actor=OFFICER, data={"paid": "50"})
            assert [h.trigger for h in await court.history(case_id)] == ["", "pay"]

    asyncio.run(story())


@pytest.mark.postgresql
@pytest.mark.parametrize("retries", [0, 3])
def test_a_connection_cut_before_the_commit_wrote_nothing_and_is_repeated(
    proxy: Proxy, loan: Definition, retries: int
) -> None:
    with Engine(proxy.url, loan, upgrade=True, drafts=True, retries=retries) as engine:
        case_id = engine.open_case("loan", actor=OFFICER, data={"amount": "100"}).id
        proxy.cut("UPDATE zx_cases", after_it_was_carried_out=False)

        def pay() -> None:
            engine.fire(case_id, "pay", actor=OFFICER, data={"paid": "50"})

        if retries:
            pay()
        else:
            assert isinstance(failure(pay), DatabaseBusy)
        assert proxy.has_cut
        assert triggers(engine, case_id) == ["", "pay"][: 2 if retries else 1]


@pytest.mark.postgresql
def test_a_refusal_that_cannot_be_kept_is_told_and_kept_later(
    proxy: Proxy, loan: Definition
) -> None:
    with Engine(proxy.url, loan, upgrade=True, drafts=True) as engine:
        case_id = engine.open_case("loan", actor=OFFICER, data={"amount": "100"}).id
        proxy.cut("INSERT INTO zx_refusals", after_it_was_carried_out=False)
        with pytest.raises(Refused):
            engine.fire(case_id, "notify", actor=CHIEF)
        assert proxy.has_cut and kept_refusals(engine) == []
        with pytest.raises(Refused):
            engine.fire(case_id, "finish", actor=OFFICER)
        assert {refusal.trigger for refusal in kept_refusals(engine)} == {"notify", "finish"}


# -- retries


def test_twelve_threads_on_one_case_all_succeed(database: str, loan: Definition) -> None:
    with Engine(database, loan, upgrade=True, drafts=True, retries=60) as engine:
        case_id = engine.open_case("loan", actor=OFFICER).id

        def work(name: int) -> None:
            for number in range(25):
                clue = {"clue": f"{name}-{number}"}
                engine.fire(case_id, "clue", actor=OFFICER, data=clue)

        with ThreadPoolExecutor(12) as threads:
            list(threads.map(work, range(12)))
        seqs = [entry.seq for entry in engine.history(case_id, limit=1000)]
    assert seqs == list(range(1, 302))


def test_what_can_be_gone_through_once_is_repeated_whole(
    database: str, loan: Definition, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Engine(database, loan, upgrade=True, drafts=True, retries=1) as engine:
        fail_once(engine, monkeypatch)
        opened = engine.open_many("loan", (NewCase(id=f"c{n}") for n in range(3)), actor=OFFICER)
        assert opened == ids(engine) == ["c0", "c1", "c2"]


def fail_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next transaction loses a race when it is about to be committed."""
    real, lost = engine.transaction, []

    @contextmanager
    def transaction(*args: Any, **options: Any) -> Iterator[Any]:
        with real(*args, **options) as begun:
            yield begun
            if not lost:
                lost.append(begun)
                raise LostRace(case_id="c0")

    monkeypatch.setattr(engine, "transaction", transaction)
