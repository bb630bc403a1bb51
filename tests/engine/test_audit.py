"""A history that proves itself: what is changed, removed or inserted behind the engine is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import DATA, SHANGHAI, at
from zhixing.engine import (
    Actor,
    BadAuditSetting,
    DeadlineStatus,
    Engine,
    EntryKind,
    NotAllowed,
    NotOpenThen,
    ProposalStatus,
    TaskStatus,
    VirtualClock,
)
from zhixing.engine.audit import repetition
from zhixing.engine.decision import RULES
from zhixing.engine.queries.spoken import WORDS
from zhixing.engine.storage import chain, schema
from zhixing.engine.storage.chain import COVERED, NOT_COVERED, TABLES_NOT_COVERED, canonical
from zhixing.engine.storage.column_types import Day, Moment
from zhixing.workflow import Definition, definition_from_text, load_definition

LI = Actor.of("li", "officer")
CHIEF = Actor.of("zhou", "chief")
KEY = b"a key that nobody else has"


def live(engine: Engine, clock: VirtualClock, id: str = "x") -> None:
    """A case with deadlines met, run out and warned of, documents, money and a child of alerts."""
    engine.open_case("loan", actor=LI, id=id, number=f"（2025）{id}", data={"amount": "100.00"})
    engine.fire(id, "notify", actor=LI, documents={"notice": "n-1"})
    engine.fire(id, "clue", actor=LI, data={"clue": "车 e+ -0.0"})
    clock.advance(days=30)
    engine.run_due()
    engine.fire(id, "pay", actor=LI, data={"paid": "40"}, note="一部分")


@contextmanager
def unguarded(engine: Engine) -> Iterator[sa.Connection]:
    """Somebody who has the database in hand, and no foreign key in the way."""
    with engine.database.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys = OFF")  # type: ignore[union-attr]
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
            connection.commit()
        with connection.begin():
            yield connection
        if connection.dialect.name == "sqlite":
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys = ON")  # type: ignore[union-attr]
        else:
            connection.exec_driver_sql("SET session_replication_role = DEFAULT")
            connection.commit()


def found(engine: Engine, **asked: Any) -> list[tuple[str, str, int | None, str]]:
    """What an audit finds: code, case, entry, table."""
    return [(f.code, f.case_id, f.seq, f.table) for f in engine.verify(**asked).findings]


# -- each column of each covered table

_OTHER: dict[type, Callable[[Any], Any]] = {
    bool: lambda v: not v,
    int: lambda v: v + 50,
    str: lambda v: f"{v}x"[-60:],
    datetime: lambda v: v + timedelta(microseconds=1),
    date: lambda v: v + timedelta(days=1),
    dict: lambda v: {**v, "forged": 1},
    list: lambda v: [*v, 1],
}


def other(column: sa.Column[Any], value: Any) -> Any:
    """A value of the column that is not the one that it has."""
    if value is not None:
        return _OTHER[type(value)](value)
    if isinstance(column.type, Moment):
        return at("2025-03-04")
    return date(2025, 3, 4) if isinstance(column.type, Day) else "forged"


def covered_columns() -> list[tuple[str, str]]:
    tables = {"entry": schema.history} | dict(COVERED)
    return [
        (kind, column.name)
        for kind, table in tables.items()
        for column in table.columns
        if not any(column.name in names for names in NOT_COVERED.get(table.name, {}).values())
    ]


@pytest.fixture
def lived(database: str, loan: Definition, clock: VirtualClock) -> Iterator[Engine]:
    """Two cases, of which the second has a request, a task and an alert."""
    text = loan.source_text.replace(
        "deadlines:\n",
        "requests:\n  ask: {title: {zh: 查, en: ask}, operation: bank.query, sends: {who: li},\n"
        "    answers: {}}\n"
        "tasks:\n  call: {title: {zh: 打电话, en: call}, offered_to: officer,"
        " starts: {entering: noticed}, done_by: pay}\n"
        "deadlines:\n",
        1,
    ).replace("documents: notice, needs: amount}", "documents: notice, needs: amount, asks: ask}")
    definition = definition_from_text(text, "loan.yaml")
    with Engine(database, definition, clock=clock, drafts=True, upgrade=True) as engine:
        live(engine, clock)
        clock.advance(days=1)
        live(engine, clock, "y")
        yield engine


BOOKS = ("posting", "funds", "hold")


@pytest.fixture
def booked(database: str, clock: VirtualClock) -> Iterator[Engine]:
    """A case `x` with money, and a measure of its own kind that holds an asset."""
    definitions = [load_definition(DATA / "books" / f"{n}.yaml") for n in ("debt", "measure")]
    officer, cashier = Actor.of("li", "officer"), Actor.of("chen", "cashier")
    with Engine(database, definitions, clock=clock, drafts=True, upgrade=True) as engine:
        asset = {"id": "a", "number": "京A-1", "kind": "movable"}
        data = {"claim": "100", "debtor": "D1", "asset": [asset]}
        engine.open_case("debt", id="x", actor=officer, officer="li", data=data)
        receipt = {"receipts.amount": "5", "receipts.slip": "S1", "receipts.payer": "zhang"}
        engine.fire("x", "receive", actor=cashier, data=receipt)
        engine.fire("x", "seize", actor=officer, about="a")
        (measure,) = engine.query(parent="x")
        engine.fire(measure.id, "order", actor=officer, data={"amount": "50"})
        engine.fire(measure.id, "register", actor=officer)
        yield engine


def test_an_untouched_database_has_nothing_to_find(lived: Engine) -> None:
    report = lived.verify()
    assert (report.found, report.cases, report.unproven) == (0, 2, 0)
    assert report.entries == sum(len(lived.history(id)) for id in "xy")


def test_every_change_of_a_covered_column_is_found_and_named(lived: Engine) -> None:
    for kind, name in covered_columns():
        if kind in BOOKS:
            continue  # below
        table = schema.history if kind == "entry" else COVERED[kind]
        id = "seq" if kind == "entry" else "id"
        with unguarded(lived) as connection:
            query = sa.select(table).where(
                (table.c.id if kind == "case" else table.c.case_id) == "x"
            )
            row = connection.execute(query.order_by(table.c[id]).limit(1)).mappings().one()
            key = [column == row[column.name] for column in table.primary_key.columns]
            changed = other(table.c[name], row[name])
            connection.execute(sa.update(table).where(*key).values({name: changed}))
        codes = found(lived)
        assert any(table.name == f[3] or kind in ("entry", "case") for f in codes), (kind, name)
        assert any(f[1] in ("x", changed) for f in codes), (kind, name, codes)
        with unguarded(lived) as connection:
            now = {c.name: changed if c.name == name else row[c.name] for c in table.primary_key}
            there = [column == now[column.name] for column in table.primary_key.columns]
            connection.execute(sa.update(table).where(*there).values({name: row[name]}))
        assert found(lived) == [], (kind, name)


def test_every_change_of_a_covered_column_of_the_books_is_found(booked: Engine) -> None:
    of_books = [(kind, name) for kind, name in covered_columns() if kind in BOOKS]
    assert len(of_books) > 30
    for kind, name in of_books:
        table = COVERED[kind]
        with unguarded(booked) as connection:
            row = connection.execute(sa.select(table).limit(1)).mappings().one()
            this = table.c.court == row["court"], table.c.id == row["id"]
            changed = other(table.c[name], row[name])
            connection.execute(sa.update(table).where(*this).values({name: changed}))
        assert found(booked), (kind, name)
        with unguarded(booked) as connection:
            there = {n: changed if n == name else row[n] for n in ("court", "id")}
            back = table.c.court == there["court"], table.c.id == there["id"]
            connection.execute(sa.update(table).where(*back).values({name: row[name]}))
        assert found(booked) == [], (kind, name)


@pytest.mark.parametrize("kind", [kind for kind in COVERED if kind not in ("case", *BOOKS)])
def test_a_removed_and_an_inserted_row_are_found(lived: Engine, kind: str) -> None:
    removed_and_inserted(lived, COVERED[kind])


@pytest.mark.parametrize("kind", BOOKS)
def test_a_removed_and_an_inserted_row_of_the_books_are_found(booked: Engine, kind: str) -> None:
    removed_and_inserted(booked, COVERED[kind])


def removed_and_inserted(lived: Engine, table: sa.Table) -> None:
    with unguarded(lived) as connection:
        row = dict(connection.execute(sa.select(table).limit(1)).mappings().one())
        connection.execute(sa.delete(table).where(table.c.id == row["id"]))
    assert found(lived) == [("row-missing", row["case_id"], None, table.name)]
    with unguarded(lived) as connection:
        connection.execute(sa.insert(table).values(row))
        connection.execute(sa.insert(table).values(row | {"id": "forged"}))
    assert found(lived) == [("row-inserted", row["case_id"], None, table.name)]


def test_removed_and_inserted_entries_are_found(lived: Engine) -> None:
    h = schema.history
    last = lived.case("x").version
    with unguarded(lived) as connection:
        row = dict(connection.execute(sa.select(h).where(h.c.seq == 2).limit(1)).mappings().one())
        connection.execute(sa.delete(h).where(h.c.case_id == "x", h.c.seq == 2))
        connection.execute(sa.delete(h).where(h.c.case_id == "x", h.c.seq == last))
        connection.execute(sa.insert(h).values(row | {"case_id": "y", "seq": 99}))
    told = found(lived)
    assert sorted(f[:3] for f in told if f[2] is not None) == [
        ("entry-inserted", "y", 99),
        ("entry-missing", "x", 2),
        ("entry-missing", "x", last),
    ]
    assert {f[0] for f in told if f[2] is None} == {"row-changed", "row-inserted"}


def test_an_entry_that_was_changed_and_hashed_anew_does_not_fit_the_next(lived: Engine) -> None:
    h = schema.history
    with unguarded(lived) as connection:
        rows = connection.execute(sa.select(h).where(h.c.case_id == "x").order_by(h.c.seq))
        first, second, *_ = rows.mappings()
        forged = dict(second) | {"actor": "wang"}
        forged["hash"] = chain.entry_hash("sha256", None, forged, first["hash"])
        where = h.c.case_id == "x", h.c.seq == 2
        connection.execute(sa.update(h).where(*where).values(actor="wang", hash=forged["hash"]))
    assert [f[:3] for f in found(lived)] == [("entry-changed", "x", 3)]


def test_a_case_that_was_removed_leaves_rows_that_are_named(lived: Engine) -> None:
    with unguarded(lived) as connection:
        connection.execute(sa.delete(schema.cases).where(schema.cases.c.id == "x"))
    assert {f[0] for f in found(lived)} == {"case-missing"}
    assert "zx_history" in {f[3] for f in found(lived)}


def test_a_stored_definition_is_held_to_its_hash(lived: Engine) -> None:
    with unguarded(lived) as connection:
        text = schema.definitions.c.text
        connection.execute(sa.update(schema.definitions).values(text=text + "\n"))
    assert [f[0] for f in found(lived)] == ["definition-changed"]


def test_what_cannot_be_read_costs_its_own_case(lived: Engine) -> None:
    with unguarded(lived) as connection:
        broken = sa.update(schema.history).where(schema.history.c.case_id == "x")
        connection.execute(broken.where(schema.history.c.seq == 1).values(given=[1], rows="x"))
        nothing = sa.update(schema.cases).where(schema.cases.c.id == "x").values(data="null")
        connection.execute(nothing)
    report = lived.verify()
    assert {f.case_id for f in report.findings} == {"x"}
    assert report.cases == 2


def test_every_table_is_covered_or_said_not_to_be() -> None:
    covered = {"zx_definitions", "zx_history", *(t.name for t in COVERED.values())}
    assert covered | set(TABLES_NOT_COVERED) == set(schema.metadata.tables)
    for name, reasons in NOT_COVERED.items():
        for columns in reasons.values():
            assert set(columns) <= set(schema.metadata.tables[name].columns.keys())


# -- the canonical text


@pytest.mark.parametrize(
    ("one", "another"),
    [
        (1, "1"),
        (1, True),
        (1, 1.0),
        (None, "null"),
        ("\u00e9", "e\u0301"),
        (["a", "b"], ["a,b"]),
        ([["a"], "b"], [["a", "b"]]),
        ({"a": {"b": 1}}, {"a": {}, "b": 1}),
        ("", None),
        ([], {}),
    ],
)
def test_different_values_have_different_texts(one: Any, another: Any) -> None:
    assert canonical("f", [one]) != canonical("f", [another])


def test_numbers_read_the_same_from_both_databases(database: str, loan: Definition) -> None:
    values = [1e16, 1.5e300, 1e23, -0.0, 0.1, 1e-7, 10**30, 123456.789, {"e+": -1e22}]
    opened = Engine(database, loan, drafts=True, upgrade=True)
    with opened as engine, engine.database.begin() as connection:
        row = {"name": "n", "value": values, "at": at("2025-03-03")}
        connection.execute(sa.insert(schema.marks).values(row))
        back = connection.execute(sa.select(schema.marks.c.value)).scalar_one()
    assert canonical("f", values) == canonical("f", back)


def test_the_order_of_keys_means_nothing() -> None:
    assert canonical("f", [{"b": 1, "a": 2}]) == canonical("f", [{"a": 2, "b": 1}])


# -- algorithms and keys


def test_algorithms_follow_one_another_in_a_chain(
    database: str, loan: Definition, clock: VirtualClock
) -> None:
    options: dict[str, Any] = {"clock": clock, "drafts": True, "upgrade": True}
    with Engine(database, loan, **options) as engine:
        live(engine, clock)
    for more in ({"audit": "sm3"}, {"audit_key": KEY}, {"audit": "sm3", "audit_key": KEY}):
        with Engine(database, loan, **options, **more) as engine:
            engine.fire("x", "clue", actor=LI, data={"clue": str(more)})
            told = [e.algorithm for e in engine.history("x")]
            assert engine.verify().found == 0
    assert list(dict.fromkeys(told)) == ["sha256", "sm3", "hmac-sha256", "hmac-sm3"]
    with Engine(database, loan, **options) as engine:
        assert {f[0] for f in found(engine)} == {"key-missing"}
        engine.fire("x", "clue", actor=LI, data={"clue": "without"})
    with Engine(database, loan, **options, audit_key=KEY) as engine:
        assert [f[0] for f in found(engine)] == ["chain-weakened"]
    with Engine(database, loan, **options, audit_key=b"another key altogether") as engine:
        assert "entry-changed" in {f[0] for f in found(engine)}


def test_an_algorithm_that_nobody_knows_is_told_as_such(lived: Engine) -> None:
    with unguarded(lived) as connection:
        connection.execute(sa.update(schema.history).values(algorithm="rot13"))
    assert "algorithm-unknown" in {f[0] for f in found(lived)}


@pytest.mark.parametrize("wrong", [{"audit": "md5"}, {"audit_key": b"short"}])
def test_a_setting_that_will_not_do_is_refused_at_the_start(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadAuditSetting):
        Engine("sqlite://", **wrong)


# -- histories older than chains


def forget_chains(engine: Engine, id: str) -> None:
    """A case as it was before entries were chained."""
    h = schema.history
    old = {"hash": "", "algorithm": "", "rules": 0, "rows": {}, "given": {}, "definition_hash": ""}
    with unguarded(engine) as connection:
        connection.execute(sa.update(h).where(h.c.case_id == id).values(**old))
        connection.execute(sa.update(schema.cases).where(schema.cases.c.id == id).values(head=""))


def test_an_old_history_is_sealed_by_its_next_entry(lived: Engine) -> None:
    forget_chains(lived, "x")
    assert (lived.verify().found, lived.verify().unproven) == (0, 1)
    count = len(lived.history("x"))
    lived.fire("x", "clue", actor=LI, data={"clue": "again"})
    seal = lived.history("x")[-1]
    assert seal.given["sealed"]["entries"] == count
    assert {"what": "proven-from-here", "entries": count} in seal.effects
    assert (lived.verify().found, lived.verify().unproven) == (0, 0)
    h, d = schema.history, schema.deadlines
    with unguarded(lived) as connection:
        old = sa.update(h).where(h.c.case_id == "x", h.c.seq == 2)
        connection.execute(old.values(actor="wang"))
        answer = sa.update(d).where(d.c.case_id == "x", d.c.rule == "answer")
        connection.execute(answer.values(watcher="wang"))
    assert {f[0] for f in found(lived)} == {"sealed-changed", "row-changed"}


def test_a_chain_cannot_be_passed_off_as_old(lived: Engine) -> None:
    with unguarded(lived) as connection:
        connection.execute(sa.update(schema.history).values(hash="", algorithm=""))
    assert "entry-changed" in {f[0] for f in found(lived)}


# -- anchors


def test_a_tail_cut_off_and_hashed_anew_is_found_by_the_anchor(lived: Engine) -> None:
    anchor = lived.anchor(heads=True)
    assert lived.anchor().root == anchor.root
    lived.fire("y", "clue", actor=LI, data={"clue": "later"})
    assert lived.verify(anchor=anchor).found == 0
    assert lived.anchor().root != anchor.root
    version = lived.case("x").version
    with unguarded(lived) as connection:
        cut_off_the_last_entry(connection, "x")
    assert found(lived) == []
    assert [f[:3] for f in found(lived, anchor=anchor)] == [("anchored-missing", "x", version)]
    forged = anchor.model_copy(update={"heads": (anchor.heads or ())[1:]})
    assert "anchor-changed" in {f[0] for f in found(lived, anchor=forged)}


def test_a_case_whose_head_cannot_be_read_costs_the_anchor_that_case_alone(
    tmp_path: Path, loan: Definition, clock: VirtualClock
) -> None:
    url = f"sqlite:///{tmp_path}/cases.db"  # where a column of numbers holds texts as well
    with Engine(url, loan, clock=clock, drafts=True) as engine:
        for id in "xyz":
            engine.open_case("loan", id=id, actor=LI)
        whole = engine.anchor(heads=True)
        with unguarded(engine) as connection:
            connection.exec_driver_sql("UPDATE zx_cases SET version = 'many' WHERE id = 'y'")
        anchor = engine.anchor(heads=True)
    assert anchor.left_out == ("y",)
    assert anchor.heads == tuple(head for head in whole.heads or () if head[1] != "y")
    assert anchor.root != whole.root


def cut_off_the_last_entry(connection: sa.Connection, id: str) -> None:
    """As somebody would who can write to every table and has the program."""
    h, c = schema.history, schema.cases
    query = sa.select(h).where(h.c.case_id == id).order_by(h.c.seq.desc()).limit(3)
    last, kept, before = connection.execute(query).mappings().all()
    connection.execute(sa.delete(h).where(h.c.case_id == id, h.c.seq == last["seq"]))
    connection.execute(sa.update(c).where(c.c.id == id).values(version=kept["seq"]))
    case = connection.execute(sa.select(c).where(c.c.id == id)).mappings().one()
    rows = {**last["rows"], **kept["rows"], "case": chain.row_digest("sha256", "case", case)}
    for kind, table in COVERED.items():
        if kind != "case":
            of_case = sa.select(table).where(table.c.case_id == id)
            for row in connection.execute(of_case).mappings():
                rows[f"{kind}:{row['id']}"] = chain.row_digest("sha256", kind, row)
    hash = chain.entry_hash("sha256", None, {**kept, "rows": rows}, before["hash"])
    where = h.c.case_id == id, h.c.seq == kept["seq"]
    connection.execute(sa.update(h).where(*where).values(rows=rows, hash=hash))
    connection.execute(sa.update(c).where(c.c.id == id).values(head=hash))


# -- who may, where it goes on


def test_an_audit_is_for_those_who_may_export(lived: Engine) -> None:
    with pytest.raises(NotAllowed):
        lived.verify(actor=LI)
    with pytest.raises(NotAllowed):
        lived.anchor(actor=LI)


def test_an_audit_goes_on_where_it_was_stopped(lived: Engine) -> None:
    told: list[int] = []
    assert lived.verify(after="x", progress=told.append).cases == 1
    assert told[-1] == 1
    assert lived.verify("x").cases == 1
    assert lived.verify(since=at("2030-01-01")).cases == 0


# -- as of a date


def as_it_stands(engine: Engine, id: str) -> tuple[Any, ...]:
    case = engine.case(id)
    limits = {
        (d.rule, d.key): (d.status, d.due_day)
        for d in sorted(engine.deadlines(id, live=False), key=lambda d: d.id)
    }
    waiting = tuple(w.trigger for w in case.waiting)
    return case.state, case.data, case.documents, case.officer, case.team, limits, waiting


def as_it_was(engine: Engine, id: str, when: Any) -> tuple[Any, ...]:
    then = engine.case_at(id, when)
    limits = {(d.rule, d.key): (d.status.value, d.due_day) for d in then.deadlines}
    return then.state, then.data, then.documents, then.officer, then.team, limits, then.waiting


def test_a_case_is_shown_as_it_was_after_each_of_its_acts(
    engine: Engine, clock: VirtualClock
) -> None:
    steps: list[Callable[[], Any]] = [
        lambda: engine.open_case("loan", actor=LI, id="x", data={"amount": "100.00"}),
        lambda: engine.fire("x", "clue", actor=LI, data={"clue": "car"}),
        lambda: engine.fire("x", "rest", actor=LI),
        lambda: engine.fire("x", "resume", actor=LI),
        lambda: engine.fire("x", "notify", actor=LI, documents={"notice": "n-1"}),
        lambda: engine.assign("x", "wang", actor=CHIEF),
        lambda: engine.run_due(),
        lambda: engine.fire("x", "pay", actor=Actor.of("wang", "officer"), data={"paid": "100.00"}),
        lambda: engine.waive("x", "not_yet", actor=CHIEF),
        lambda: engine.fire("x", "finish", actor=CHIEF),
    ]
    then = []
    for step in steps:
        clock.advance(days=2)
        step()
        then.append((clock.now(), as_it_stands(engine, "x")))
        clock.advance(hours=1)
    for moment, stood in then:
        assert as_it_was(engine, "x", moment) == stood, moment
        assert as_it_was(engine, "x", moment.astimezone(SHANGHAI).date()) == stood
    with pytest.raises(NotOpenThen):
        engine.case_at("x", date(2025, 3, 3))


# -- decided again


def test_what_was_decided_comes_out_the_same_by_the_same_rules(lived: Engine) -> None:
    report = lived.verify(rules=True)
    assert report.otherwise == ()
    assert (report.repeated, report.not_repeatable) == (report.entries, 0)


def test_what_would_come_out_otherwise_now_is_no_tampering(
    database: str, loan: Definition, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Engine(database, loan, clock=clock, drafts=True, upgrade=True) as engine:
        live(engine, clock)
        monkeypatch.setattr(repetition, "RULES", 99)
        real = repetition.decide

        def otherwise(*given: Any, **named: Any) -> Any:
            decision = real(*given, **named)
            if decision.entry.trigger == "clue":
                decision.entry.target = "elsewhere"
            return decision

        monkeypatch.setattr(repetition, "decide", otherwise)
        report = engine.verify(rules=True)
        [found] = report.otherwise
        assert (found.seq, found.rules, found.rules_now) == (3, RULES, 99)
        assert (report.found, report.repeated) == (0, report.entries)
        assert report.not_repeatable == 0


def test_entries_from_before_the_upgrade_are_never_guessed(lived: Engine) -> None:
    forget_chains(lived, "x")
    report = lived.verify(rules=True)
    assert report.not_repeatable == len(lived.history("x"))
    assert report.otherwise == ()


def test_old_histories_that_nobody_touches_are_sealed_on_demand(lived: Engine) -> None:
    forget_chains(lived, "x")
    before = as_it_stands(lived, "x")
    assert lived.seal().sealed == 1
    assert lived.seal().sealed == 0
    assert lived.history("x")[-1].kind == "sealed"
    assert as_it_stands(lived, "x") == before
    report = lived.verify(rules=True)
    assert (report.found, report.unproven) == (0, 0)


# -- the file of a case


@pytest.mark.parametrize("kind", [EntryKind, DeadlineStatus, TaskStatus, ProposalStatus])
def test_the_page_of_a_case_has_words_for_all_that_happens(kind: Any) -> None:
    assert {str(word) for word in kind} <= WORDS.keys()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_of_a_case_shows_all_and_escapes_it(lived: Engine, lang: Any) -> None:
    lived.fire("x", "clue", actor=LI, data={"clue": "<script>alert('x')</script>"}, note="a<b&c")
    auditor = Actor.of("a", "audit_admin")
    page = lived.case_page("x", actor=auditor, lang=lang)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "a&lt;b&amp;c" in page
    for entry in lived.history("x"):
        assert entry.hash in page
    HTMLParser().feed(page)
    titles = ("催款", "付款期限", "通知书") if lang == "zh" else ("dunning", "payment")
    assert all(title in page for title in titles)
    with pytest.raises(NotAllowed):
        lived.case_page("x", actor=LI)
    assert lived.export_case("x", actor=auditor).history[0].given["data"] == {"amount": "100.00"}
