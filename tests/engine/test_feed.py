"""The feed of all entries: each exactly once, those of a case in order, however they commit."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Event

import pytest
import sqlalchemy as sa

from tests.conftest import at
from zhixing.engine import Actor, BadFeedToken, Engine, FeedEvent, LostRace, NewCase, VirtualClock
from zhixing.engine.storage.schema import history, marks
from zhixing.workflow import Definition

LI = Actor.of("li", "officer")
DATA = {"amount": "1"}
Url = Callable[[], str]


@pytest.fixture
def postgresql(new_postgresql: Url, loan: Definition, clock: VirtualClock) -> Iterator[Engine]:
    with Engine(new_postgresql(), loan, clock=clock, drafts=True, upgrade=True) as engine:
        yield engine


class Consumer:
    """Somebody who keeps the last token, and asks again."""

    def __init__(self, engine: Engine, limit: int = 3) -> None:
        self.engine, self.limit, self.token = engine, limit, ""
        self.seen: list[tuple[str, int]] = []

    def read(self) -> list[tuple[str, int]]:
        """What is new."""
        before = len(self.seen)
        while found := self.engine.events(self.token, limit=self.limit):
            self.token = found[-1].token
            self.seen += [(event.case_id, event.seq) for event in found]
        return self.seen[before:]

    def check(self) -> None:
        """Everything was seen once, and each case in its order."""
        with self.engine.database.connect() as connection:
            rows = connection.execute(sa.select(history.c.case_id, history.c.seq))
            assert sorted(self.seen) == sorted((row[0], row[1]) for row in rows)
        for case in {case for case, _ in self.seen}:
            of_case = [seq for id, seq in self.seen if id == case]
            assert of_case == sorted(of_case)


def test_entries_come_in_order_and_from_where_one_was(engine: Engine) -> None:
    consumer = Consumer(engine)
    for id in "abc":
        engine.open_case("loan", actor=LI, id=id, data=DATA)
    assert consumer.read() == [("a", 1), ("b", 1), ("c", 1)]
    engine.fire("b", "notify", actor=LI, documents={"notice": "n"})
    assert consumer.read() == [("b", 2)]
    assert consumer.read() == []
    first, *_ = engine.events()
    assert isinstance(first, FeedEvent)
    assert (first.procedure, first.kind, first.given["data"]) == ("loan", "opened", DATA)
    assert engine.events(court="elsewhere") == ()
    assert len(engine.events(court=first.court)) == 4


def test_one_that_commits_late_is_not_skipped(postgresql: Engine) -> None:
    consumer = Consumer(postgresql)
    with postgresql.database.connect() as slow:
        with slow.begin():
            postgresql.open_case("loan", actor=LI, id="first", data=DATA, within=slow)
            postgresql.open_case("loan", actor=LI, id="second", data=DATA)
            assert consumer.read() == []
        assert consumer.read() == [("first", 1), ("second", 1)]
    consumer.check()


def test_a_long_transaction_of_the_host_keeps_each_case_in_order(postgresql: Engine) -> None:
    """It began before the entries that its own follow."""
    consumer = Consumer(postgresql)
    with postgresql.database.connect() as host:
        with host.begin():
            postgresql.open_case("loan", actor=LI, id="own", data=DATA, within=host)
            postgresql.open_case("loan", actor=LI, id="shared", data=DATA)
            notice = {"notice": "n"}
            postgresql.fire("shared", "notify", actor=LI, documents=notice, within=host)
            assert consumer.read() == []
        consumer.read()
    consumer.check()
    assert len(consumer.seen) == 3


@pytest.mark.parametrize("seed", range(3))
def test_whatever_commits_when_every_entry_is_seen_once(postgresql: Engine, seed: int) -> None:
    cases = [postgresql.open_case("loan", actor=LI, data=DATA).id for _ in range(4)]
    consumer, done = Consumer(postgresql), Event()

    def fire(number: int) -> None:
        dice = random.Random(f"{seed}.{number}")
        for _ in range(12):
            try:
                with postgresql.database.begin() as connection:
                    for case in sorted(dice.sample(cases, dice.randint(1, 2))):
                        data = {"clue": f"{dice.random()}"}
                        postgresql.fire(case, "clue", actor=LI, data=data, within=connection)
                    if dice.random() < 0.3:
                        connection.rollback()
            except LostRace:
                continue

    def read() -> None:
        while not done.is_set():
            consumer.read()

    with ThreadPoolExecutor(9) as pool:
        reading = pool.submit(read)
        list(pool.map(fire, range(8)))
        done.set()
        reading.result()
    consumer.read()
    consumer.check()
    assert len(consumer.seen) > len(cases)


@pytest.mark.parametrize("token", ["x", "1.2", "0.0.x", "9.0.1", "-1.0.0", f"0.{2**70}.1"])
def test_a_token_of_no_place_is_refused(embedded: Engine, token: str) -> None:
    with pytest.raises(BadFeedToken):
        embedded.events(token)


def test_after_a_restore_tokens_of_the_era_before_go_on(engine: Engine) -> None:
    for id in "abc":
        engine.open_case("loan", actor=LI, id=id, data=DATA)
    seen = [event.token for event in engine.events()]
    lost_era, tx, position = map(int, seen[-1].split("."))
    beyond = f"{lost_era}.{tx + 10**6}.{position + 10}"
    _restore(engine, at("2025-03-03"), shift=tx + 1)
    engine.open_case("loan", actor=LI, id="new", data=DATA)
    assert [e.case_id for e in engine.events(seen[0])] == ["b", "c", "new"]
    assert [e.case_id for e in engine.events(seen[-1])] == ["new"]
    assert [e.case_id for e in engine.events(beyond)] == ["new"]
    assert [e.case_id for e in engine.events()] == ["a", "b", "c", "new"]
    latest = engine.events()[-1].token
    assert (latest[:2], engine.events(latest)) == ("1.", ())


def _restore(engine: Engine, now: datetime, shift: int) -> None:
    """What is done to a database that a dump was restored to."""
    with engine.database.begin() as connection:
        connection.execute(sa.update(history).values(tx=history.c.tx - shift))
        mark = {"era": 1, "shifts": [[0, shift]]}
        connection.execute(sa.insert(marks).values(name="feed", value=mark, at=now))


def test_the_feed_is_read_by_its_index(engine: Engine) -> None:
    engine.open_many("loan", [NewCase(DATA) for _ in range(2000)], actor=LI)
    with engine.database.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    statements: list[tuple[str, object]] = []

    def hear(connection: object, cursor: object, sql: str, values: object, *_: object) -> None:
        statements.append((sql, values))

    token = engine.events(limit=1)[0].token
    sa.event.listen(engine.database, "before_cursor_execute", hear)
    engine.events(token, limit=5)
    sa.event.remove(engine.database, "before_cursor_execute", hear)
    sql, values = next(s for s in statements if "zx_history" in s[0])
    explain = "EXPLAIN " if engine.database.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
    with engine.database.connect() as connection:
        plan = "\n".join(map(str, connection.exec_driver_sql(explain + sql, values)))  # type: ignore[arg-type]
    assert "zx_history_feed" in plan
    assert "Seq Scan on zx_history" not in plan
    assert "TEMP B-TREE" not in plan
