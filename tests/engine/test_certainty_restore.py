"""After a restore from a backup nothing is done by itself until a person says so."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from tests.conftest import LOAN
from tests.courts import ADMIN
from zhixing.console.app import main
from zhixing.engine import (
    Actor,
    DamagedRow,
    Dispatcher,
    Engine,
    HeldAfterRestore,
    NoSuchRequest,
    NotAllowed,
    NotHeld,
    VirtualClock,
)
from zhixing.workflow import definition_from_text

LI = Actor.of("li", "officer")
ASKS = LOAN.replace(
    "powers:\n  open:",
    "requests:\n  ask: {title: {zh: 询问, en: ask}, operation: nobody.ask}\npowers:\n  open:",
).replace(
    "{trigger: notify, title: {zh: 通知, en: notify},",
    "{trigger: notify, title: {zh: 通知, en: notify}, asks: ask,",
)


@pytest.fixture
def court(database: str, clock: VirtualClock) -> Iterator[Engine]:
    definition = definition_from_text(ASKS)
    with Engine(database, definition, clock=clock, drafts=True, upgrade=True) as court:
        for id in ("a", "b"):
            court.open_case("loan", actor=LI, id=id, number=f"（2025）{id}", data={"amount": "1"})
        court.open_case("loan", actor=LI, id="asks", data={"amount": "1"})
        court.fire("asks", "notify", actor=LI, documents={"notice": "n"})
        clock.advance(days=8)
        yield court


def test_the_clock_fires_nothing_and_what_would_come_is_listed(court: Engine) -> None:
    found = court.after_restore(actor=ADMIN)
    assert {(m.case_id, m.rule, m.released) for m in found.moments} >= {
        ("a", "answer", False),
        ("b", "answer", False),
    }
    assert [(r.case_id, r.operation, r.status) for r in found.requests] == [
        ("asks", "nobody.ask", "waiting")
    ]
    before = [len(court.history(id)) for id in ("a", "b", "asks")]
    assert court.run_due() == 0
    assert Dispatcher(court).run_due() == 0
    assert [len(court.history(id)) for id in ("a", "b", "asks")] == before
    assert court.incidents() == ()


def test_verbs_go_on_save_where_the_clock_owes_a_moment_first(court: Engine) -> None:
    court.after_restore(actor=ADMIN)
    new = court.open_case("loan", actor=LI, data={"amount": "1"})
    court.fire(new.id, "clue", actor=LI, data={"clue": "x"})
    with pytest.raises(HeldAfterRestore, match="release"):
        court.fire("a", "clue", actor=LI, data={"clue": "x"})
    assert court.case("a").data.get("clue") is None
    court.release(actor=ADMIN, cases=["a"])
    court.fire("a", "clue", actor=LI, data={"clue": "x"})


def test_a_person_releases_chosen_cases_then_everything(court: Engine) -> None:
    court.after_restore(actor=ADMIN)
    left = court.release(actor=ADMIN, cases=["a"])
    assert left is not None and {m.case_id for m in left.moments if m.released} == {"a"}
    assert court.run_due() == 1
    assert {d.case_id for d in court.overdue()} == {"a"}
    again = court.after_restore(actor=ADMIN)
    assert again.by == ADMIN.id, "it is held already, and goes on so"
    assert court.release(actor=ADMIN) is None
    court.run_due()
    assert {d.case_id for d in court.overdue()} >= {"a", "b"}
    assert court.held() is None
    with pytest.raises(NotHeld):
        court.release(actor=ADMIN)


def test_a_request_is_released_or_dropped_with_a_reason(court: Engine) -> None:
    (request,) = court.after_restore(actor=ADMIN).requests
    court.release(actor=ADMIN, requests=[request.id])
    assert Dispatcher(court).run_due() == 1
    court.open_case("loan", actor=LI, id="more", data={"amount": "1"})
    court.fire("more", "notify", actor=LI, documents={"notice": "n"})
    found = court.held()
    assert found is not None
    (waiting,) = [r for r in found.requests if r.case_id == "more"]
    court.release(actor=ADMIN, drop={waiting.id: "已于恢复前发出"})
    assert any("已于恢复前发出" in i.message for i in court.incidents())
    assert Dispatcher(court).run_due() == 0
    with pytest.raises(NoSuchRequest):
        court.release(actor=ADMIN, drop={waiting.id: "again"})


def test_who_may_not_resolve_neither_holds_nor_releases(court: Engine) -> None:
    with pytest.raises(NotAllowed):
        court.after_restore(actor=LI)
    court.after_restore(actor=ADMIN)
    with pytest.raises(NotAllowed):
        court.release(actor=LI)
    assert court.held() is not None


@pytest.mark.postgresql
def test_entries_after_a_restore_follow_those_before_in_the_feed(
    new_postgresql: Callable[[], str], clock: VirtualClock
) -> None:
    definition = definition_from_text(LOAN)
    with Engine(new_postgresql(), definition, clock=clock, drafts=True, upgrade=True) as court:
        for id in ("a", "b"):
            court.open_case("loan", actor=LI, id=id, data={"amount": "1"})
        with court.database.begin() as connection:  # as a server that had counted on left it
            connection.execute(sa.text("UPDATE zx_history SET tx = tx + 1000000000"))
            last = connection.execute(
                sa.text("SELECT tx, position FROM zx_history ORDER BY tx DESC, position DESC")
            ).first()
        assert last is not None
        court.after_restore(actor=ADMIN)
        court.after_restore(actor=ADMIN)
        court.open_case("loan", actor=LI, id="c", data={"amount": "1"})
        assert [event.case_id for event in court.events()] == ["a", "b", "c"]
        given_before = f"0.{last.tx}.{last.position}"
        assert [event.case_id for event in court.events(given_before)] == ["c"]


@pytest.mark.parametrize("lost", [0, 1])
def test_what_a_restored_file_lost_hides_nothing_new(
    tmp_path: Path, clock: VirtualClock, lost: int
) -> None:
    """Entries made after the backup are gone; their places are not those of others afterwards."""
    file, backup = tmp_path / "cases.db", tmp_path / "backup.db"
    definition = definition_from_text(LOAN)
    with Engine(f"sqlite:///{file}", definition, clock=clock, drafts=True) as court:
        court.open_case("loan", actor=LI, id="a", data={"amount": "1"})
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(backup)) as copy:
            source.backup(copy)
        for number in range(lost):
            court.open_case("loan", actor=LI, id=f"lost-{number}", data={"amount": "1"})
        token = court.events()[-1].token
    with Engine(f"sqlite:///{backup}", definition, clock=clock, drafts=True) as court:
        court.after_restore(actor=ADMIN)
        court.open_case("loan", actor=LI, id="new", data={"amount": "1"})
        assert [event.case_id for event in court.events(token)] == ["new"]


def test_the_command_holds_lists_and_releases(court: Engine, database: str) -> None:
    def run(*command: str) -> str:
        result = CliRunner().invoke(main, ["db", *command, "--db", database])
        assert result.exit_code == 0, result.output
        return result.output

    who = ("--as", ADMIN.id, "--role", "system_admin")
    found = json.loads(run("after-restore", *who, "--json"))
    assert {m["case_id"] for m in found["moments"]} >= {"a", "b"}
    assert "nobody.ask" in run("held", "--lang", "en")
    run("release", *who, "--case", "a")
    request = json.loads(run("held", "--json"))["held"]["requests"][0]["id"]
    run("release", *who, "--drop", request, "--note", "sent before")
    assert "nothing is held" in run("release", *who, "--all", "--lang", "en")


@pytest.mark.parametrize("value", ["null", "[1]", "{}", "7"])
def test_a_hold_that_cannot_be_read_lets_nothing_go(court: Engine, value: str) -> None:
    court.after_restore(actor=ADMIN)
    with court.database.begin() as connection:
        spoil = "UPDATE zx_marks SET value = :value WHERE name = 'held'"
        if connection.dialect.name == "postgresql":
            spoil = spoil.replace(":value", "CAST(:value AS jsonb)")
        connection.execute(sa.text(spoil), {"value": value})
    with pytest.raises(DamagedRow, match="held"):
        court.run_due()
    with pytest.raises(DamagedRow, match="held"):
        Dispatcher(court).run_due()
