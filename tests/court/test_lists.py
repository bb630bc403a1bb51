"""Lists are what a look at every single case gives: whole, in order, apart by court and person."""

from __future__ import annotations

import base64
import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import ROOT, SHANGHAI
from tests.court.lived import CHIEF, COURTS, PRESIDENT, all_cases, all_limits, live, officer, opened
from zhixing.court import (
    BadCursor,
    BadFilter,
    BadLimit,
    CourtLists,
    Row,
    UnknownFilter,
    officer_calendar,
)
from zhixing.engine import Actor, Engine, NotAllowed, VirtualClock
from zhixing.engine.errors import UnknownCourt
from zhixing.engine.storage.incidents import record_incident
from zhixing.workflow import Definition, load_definition

AUDIT = Actor.of("audit", "audit_admin@beijing")
PAGED = (
    *("cases", "closed", "sub_procedures", "due", "overdue", "lapsed", "tasks", "proposals"),
    *("alerts", "late", "requests", "incidents"),
)


@pytest.fixture
def court(database: str, clock: VirtualClock) -> Iterator[Engine]:
    with opened(database, clock) as engine:
        yield engine


@pytest.fixture
def lived(court: Engine, clock: VirtualClock) -> Engine:
    live(court, clock, 60, 1)
    return court


def whole(
    lists: CourtLists, name: str, limit: int = 7, hurt: bool = False, **asked: Any
) -> list[Row]:
    """Every page of a list."""
    asked = {"actor": PRESIDENT, "limit": limit, **asked}
    page = getattr(lists, name)(**asked)
    rows = list(page.rows)
    while page.cursor:
        assert len(page.rows) == limit
        page = getattr(lists, name)(cursor=page.cursor, **asked)
        rows += page.rows
    assert hurt or not any(row.damaged for row in rows)
    return rows


def ids(rows: list[Row], name: str = "case_id") -> list[str]:
    return [str(getattr(row, name)) for row in rows]


def test_every_list_is_what_a_look_at_each_case_gives(lived: Engine) -> None:
    lists, cases = CourtLists(lived), all_cases(lived)
    own = [case for case in cases if case.parent_id is None]
    expected = {
        "cases": [c.id for c in own if c.closed_at is None],
        "closed": [c.id for c in own if c.closed_at is not None],
        "sub_procedures": [c.id for c in cases if c.parent_id and c.closed_at is None],
    }
    for name, wanted in expected.items():
        found = ids(whole(lists, name))
        assert Counter(found) == Counter(wanted) and wanted, name
    limits = [limit for _, limit in all_limits(lived)]
    by_status = {
        "due": [d.id for d in limits if d.status == "running"],
        "overdue": [d.id for d in limits if d.status == "expired" and d.rule != "right"],
        "lapsed": [d.id for d in limits if d.status == "expired" and d.rule == "right"],
    }
    for name, wanted in by_status.items():
        found = ids(whole(lists, name), "id")
        assert Counter(found) == Counter(wanted) and wanted, name
    everything = {
        "tasks": [task.id for task in lived.tasks(limit=10_000)],
        "alerts": [a.id for a in lived.alerts(unseen=True, limit=10_000) if a.closed_at is None],
        "requests": [request.id for request in lived.requests(limit=10_000)],
    }
    for name, wanted in everything.items():
        found = ids(whole(lists, name), "id")
        assert Counter(found) == Counter(wanted) and wanted, name
    late = [(c.id, e.seq) for c in cases for e in lived.history(c.id) if e.late]
    assert Counter((row.case_id, row.seq) for row in whole(lists, "late")) == Counter(late)  # type: ignore[attr-defined]
    assert late and whole(lists, "proposals")


@pytest.mark.parametrize("limit", [1, 3, 500])
def test_pages_are_the_list_in_its_order_however_long_they_are(lived: Engine, limit: int) -> None:
    lists = CourtLists(lived)
    moments = {"cases": "opened_at", "closed": "closed_at", "due": "due_at", "alerts": "at"}
    for name, moment in moments.items():
        rows = whole(lists, name, limit)
        assert rows == whole(lists, name, 11)
        places = [getattr(row, moment) for row in rows]
        assert places == sorted(places)


def test_a_filter_leaves_what_fulfils_it(lived: Engine) -> None:
    lists = CourtLists(lived)
    for name in PAGED:
        every = whole(lists, name)
        for one in every[:5]:
            for key in ("officer", "procedure", "number"):
                value = getattr(one, key)
                expected = [row for row in every if getattr(row, key) == value]
                assert whole(lists, name, **{key: value}) == expected, (name, key)
        team = [row for row in every if row.team == "team"]
        assert whole(lists, name, court="bureau") == team
        assert whole(lists, name, team="team") == team
    rules = Counter(row.rule for row in whole(lists, "due"))  # type: ignore[attr-defined]
    for rule, number in rules.items():
        assert len(whole(lists, "due", rule=rule)) == number
    assert whole(lists, "tasks", role="clerk") and not whole(lists, "tasks", role="cler")


def test_the_kind_of_a_case_is_what_its_version_says(
    database: str, clock: VirtualClock, loan: Definition
) -> None:
    names = ("first_enforcement", "freeze_deposit", "dishonest_list", "disposal", "seizure")
    shipped = [load_definition(ROOT / "definitions" / "cn" / f"{name}.yaml") for name in names]
    with Engine(database, [*shipped, loan], clock=clock, drafts=True, upgrade=True) as engine:
        engine.open_case("loan", actor=Actor.of("li", "officer"), id="l")
        given = {"applicant": "a", "debtor": "d", "claim": "5", "account": "6"}
        filing = Actor.of("he", "filing_judge")
        engine.open_case("first_enforcement", actor=filing, id="e", data=given)
        lists, chief = CourtLists(engine), Actor.of("zhou", "bureau_chief")
        assert ids(whole(lists, "cases", actor=chief)) == ["e", "l"]
        assert ids(whole(lists, "cases", actor=chief, kind="first_enforcement")) == ["e"]
        assert {row.case_id for row in whole(lists, "due", actor=chief)} == {"e", "l"}
        assert {
            row.case_id for row in whole(lists, "due", actor=chief, kind="first_enforcement")
        } == {"e"}
        assert whole(lists, "cases", actor=chief, kind="seizure") == []


def test_days_bound_a_list_at_the_courts_midnight(lived: Engine) -> None:
    lists = CourtLists(lived)
    every = whole(lists, "cases")
    days = [row.opened_at.astimezone(SHANGHAI).date() for row in every]  # type: ignore[attr-defined]
    first, last = days[5], days[-5]
    expected = [row for row, day in zip(every, days, strict=True) if first <= day <= last]
    assert whole(lists, "cases", since=first, until=last) == expected
    assert whole(lists, "cases", since=last + timedelta(days=900)) == []


def test_below_and_here(lived: Engine) -> None:
    lists = CourtLists(lived)
    every = whole(lists, "cases")
    for unit in COURTS:
        here = [row for row in every if row.court == unit]
        assert whole(lists, "cases", court=unit, below=False) == here
    assert whole(lists, "cases", court="beijing") == every
    with pytest.raises(UnknownCourt):
        lists.cases(actor=PRESIDENT, court="shanghai")


def test_who_oversees_a_unit_sees_it_and_everybody_else_his_own(lived: Engine) -> None:
    lists = CourtLists(lived)
    every = whole(lists, "cases")
    haidian = [row for row in every if row.court == "haidian"]
    assert whole(lists, "cases", actor=CHIEF, court="haidian") == haidian
    assert whole(lists, "cases", actor=CHIEF) == []  # the whole is not his to oversee
    han = Actor.of("han", "officer@haidian")
    assert whole(lists, "cases", actor=han) == [row for row in every if row.officer == "han"]
    assert whole(lists, "cases", actor=han, officer="hu") == []
    clerk = Actor.of("sun", "clerk@haidian")
    offered = [row for row in whole(lists, "tasks") if "clerk" in row.pool]  # type: ignore[attr-defined]
    assert whole(lists, "tasks", actor=clerk, court="haidian", role="clerk") == [
        row for row in offered if row.court == "haidian"
    ]
    assert whole(lists, "tasks", actor=clerk, court="haidian", role="chief") == []
    assert whole(lists, "tasks", actor=clerk, court="chaoyang", role="clerk") == []
    with pytest.raises(NotAllowed):
        lists.refusals(actor=PRESIDENT)
    refused = lists.refusals(actor=AUDIT).rows[-1]
    assert (refused.verb, refused.case_id, refused.damaged) == ("list_refusals", None, "")


def test_what_is_of_no_case_is_listed_for_the_whole(lived: Engine) -> None:
    with lived.transaction() as transaction:
        record_incident(transaction.connection, transaction.now, "difference-money", "5 yuan")
    lists = CourtLists(lived)
    (row,) = lists.incidents(actor=PRESIDENT, code="difference-money").rows
    assert (row.message, row.case_id, row.number, row.damaged) == ("5 yuan", None, "", "")
    assert lists.incidents(actor=PRESIDENT, court="haidian", code="difference-money").rows == ()
    (count,) = lists.count("incidents", actor=PRESIDENT, by=["code"], code="difference-money")
    assert count.count == 1


def test_a_deputy_sees_where_he_stands_in_and_no_further(
    lived: Engine, clock: VirtualClock
) -> None:
    lists, today = CourtLists(lived), clock.now().astimezone(SHANGHAI).date()
    own = {row.case_id for row in whole(lists, "cases") if row.officer == "han"}
    ge = Actor.of("ge", "officer@haidian")
    assert whole(lists, "cases", actor=ge) == []
    lived.appoint_deputy(
        "han", "ge", roles=["officer"], court="haidian", since=today, until=today, actor=CHIEF
    )
    assert set(ids(whole(lists, "cases", actor=ge))) == own
    assert officer_calendar(lived, "han", actor=ge) == officer_calendar(
        lived, "han", actor=PRESIDENT
    )
    who = Actor.of("chen", "officer@chaoyang")
    lived.open_case("flow", actor=who, court="chaoyang", officer="han", id="elsewhere", data={})
    assert set(ids(whole(lists, "cases", actor=ge))) == own
    assert len(whole(lists, "due", actor=ge)) == len(
        [row for row in whole(lists, "due") if row.officer == "han" and row.court == "haidian"]
    )
    clock.advance(days=1)
    assert whole(lists, "cases", actor=ge) == []


def test_a_host_may_let_nobody_look(database: str, clock: VirtualClock) -> None:
    with opened(database, clock) as engine:
        live(engine, clock, 2, 3)
        engine._authorize = lambda asked: not asked.verb.startswith("list_")
        with pytest.raises(NotAllowed):
            CourtLists(engine).cases(actor=PRESIDENT)


def test_what_is_written_meanwhile_moves_no_page(lived: Engine, clock: VirtualClock) -> None:
    lists, chance = CourtLists(lived), random.Random(4)
    before = whole(lists, "cases")
    page = lists.cases(actor=PRESIDENT, limit=5)
    seen = list(page.rows)
    while page.cursor:
        live_id = f"new-{len(seen)}"
        who = Actor.of("han", "officer@haidian")
        lived.open_case("flow", actor=who, court="haidian", id=live_id, officer="han")
        gone = chance.choice(before)
        if gone not in seen and gone.state == "fresh":  # type: ignore[attr-defined]
            assert gone.case_id is not None
            lived.fire(gone.case_id, "finish", actor=officer(lived, gone.case_id))
        page = lists.cases(actor=PRESIDENT, limit=5, cursor=page.cursor)
        seen += page.rows
    stays = {row.case_id for row in whole(lists, "cases")} & set(ids(before))
    assert len(ids(seen)) == len(set(ids(seen)))  # type: ignore[arg-type]
    assert stays <= set(ids(seen))  # type: ignore[arg-type]


def test_counts_are_those_of_the_rows(lived: Engine) -> None:
    lists = CourtLists(lived)
    for name in PAGED:
        rows = whole(lists, name)
        found = lists.count(name.replace("_", "-"), actor=PRESIDENT, by=["court", "officer"])
        wanted = Counter((row.court, row.officer) for row in rows)
        assert {(c.by["court"], c.by["officer"] or ""): c.count for c in found} == wanted, name
    han = Actor.of("han", "officer@haidian")
    (own,) = lists.count("cases", actor=han, by=["officer"])
    assert own.count == len(whole(lists, "cases", actor=han))
    with pytest.raises(UnknownFilter) as refused:
        lists.count("cases", actor=PRESIDENT, by=["colour"])
    assert "officer" in str(refused.value)


# -- what is refused


CURSORS = ["x", "é", "====", "W10", base64.urlsafe_b64encode(b'["a","b","c","d"]').decode()]


@pytest.mark.parametrize("cursor", CURSORS)
def test_a_cursor_of_no_page_is_refused(lived: Engine, cursor: str) -> None:
    with pytest.raises(BadCursor):
        CourtLists(lived).cases(actor=PRESIDENT, cursor=cursor)


@pytest.mark.parametrize(
    "place",
    [
        ["tomorrow", "c001"],
        ["2025-01-01", "\x00"],
        ["2025-01-01", "\ud800"],
        ["2025-01-01", 7],
        ["2025-01-01"],
        [None, None],
    ],
)
def test_a_forged_cursor_is_refused_or_is_a_place(lived: Engine, place: list[Any]) -> None:
    lists = CourtLists(lived)
    good = lists.cases(actor=PRESIDENT, limit=1).cursor
    digest = json.loads(base64.urlsafe_b64decode(good + "=" * (-len(good) % 4)))[0]
    forged = base64.urlsafe_b64encode(json.dumps([digest, *place]).encode()).decode()
    try:
        lists.cases(actor=PRESIDENT, cursor=forged)
    except BadCursor:
        return
    assert place == ["tomorrow", "c001"]  # on SQLite moments are texts


def test_a_cursor_is_of_its_list_and_its_filters(lived: Engine) -> None:
    lists = CourtLists(lived)
    cursor = lists.cases(actor=PRESIDENT, limit=1).cursor
    for asked in ({"officer": "han"}, {"court": "haidian"}):
        with pytest.raises(BadCursor):
            lists.cases(actor=PRESIDENT, cursor=cursor, **asked)  # type: ignore[arg-type]
    with pytest.raises(BadCursor):
        lists.closed(actor=PRESIDENT, cursor=cursor)


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({"rule": "duty"}, UnknownFilter, "清单 cases 不能按 rule"),
        ({"since": "2025-01-01"}, BadFilter, "since 应为日期"),
        ({"officer": 7}, BadFilter, "officer 应为文字"),
        ({"colour": "red"}, UnknownFilter, "colour"),
        ({"limit": 0}, BadLimit, "1 至 500"),
        ({"limit": 501}, BadLimit, "1 至 500"),
    ],
)
def test_what_a_list_cannot_be_asked_is_said(
    lived: Engine, asked: dict[str, Any], error: type, words: str
) -> None:
    with pytest.raises(error) as refused:
        CourtLists(lived).cases(actor=PRESIDENT, **asked)
    assert words in refused.value.text("zh")  # type: ignore[attr-defined]


# -- damage

TORN = (
    "INSERT INTO zx_definitions (hash, procedure, version, effective, text, stored_at) "
    "SELECT 'torn', procedure, 'x', effective, 'torn', stored_at FROM zx_definitions LIMIT 1"
)
"""A definition that nobody can read."""


def test_a_row_that_cannot_be_read_costs_itself_alone(lived: Engine) -> None:
    lists = CourtLists(lived)
    before = whole(lists, "due")
    (hurt_id, *_) = sorted(set(ids(before)) & set(ids(whole(lists, "cases"))))
    with lived.database.begin() as connection:
        hurt = sa.text("UPDATE zx_cases SET definition_hash = 'torn' WHERE id = :id")
        if lived.database.dialect.name == "sqlite":
            connection.execute(sa.text("UPDATE zx_deadlines SET due_day = 'soon' WHERE id = :id"),
                               {"id": before[4].id})  # type: ignore[attr-defined]  # fmt: skip
        connection.execute(sa.text(TORN))
        connection.execute(hurt, {"id": hurt_id})
    after = whole(lists, "due", hurt=True)
    assert ids(after, "id") == ids(before, "id")
    damaged = [row for row in after if row.damaged]
    assert damaged and all(row.case_id == hurt_id or row.id == before[4].id for row in damaged)  # type: ignore[attr-defined]
    assert [
        row for row in whole(lists, "cases", hurt=True) if row.damaged and row.case_id == hurt_id
    ]


# -- stuck


def reasons(lists: CourtLists, reason: Any, **asked: Any) -> list[str]:
    rows, page = [], lists.stuck(reason, actor=PRESIDENT, limit=2, **asked)
    rows += page.rows
    while page.cursor:
        page = lists.stuck(reason, actor=PRESIDENT, limit=2, cursor=page.cursor, **asked)
        rows += page.rows
    assert all(row.reason == reason for row in rows)
    return [row.case_id for row in rows if row.case_id]


def test_stuck_cases_are_found_and_no_others(lived: Engine, clock: VirtualClock) -> None:
    who = Actor.of("han", "officer@haidian")
    for id, end in (("o", "finish"), ("l", "lose")):
        lived.open_case("flow", actor=who, court="haidian", officer="han", id=id, data={"n": 1})
        lived.fire(id, "take", actor=who)
        lived.fire(id, end, actor=who)
    lived.approve("l", "lose", actor=CHIEF)
    lists, cases = CourtLists(lived), all_cases(lived)
    open_parts = {case.parent_id for case in cases if case.closed_at is None}
    still = {c.id for c in cases if c.state == "still" and c.data["n"] <= 100}
    asked = {request.case_id for request in lived.requests(limit=10_000)}
    working = {task.case_id for task in lived.tasks(limit=10_000)}
    assert set(reasons(lists, "idle")) == still - open_parts - asked - working != set()
    resting = {c.id for c in cases if c.state == "resting"}
    assert reasons(lists, "suspended") == [] and resting
    assert set(reasons(lists, "suspended", longest=timedelta())) == resting
    clock.advance(days=181)
    assert set(reasons(lists, "suspended")) == resting
    parents = {case.id: case for case in cases}
    orphans = {
        case.id
        for case in cases
        if case.parent_id and case.closed_at is None and parents[case.parent_id].state == "done"
    }
    left = {
        case.id
        for case in cases
        if case.parent_id and case.closed_at is None and parents[case.parent_id].state == "lost"
    }
    assert set(reasons(lists, "orphaned")) == orphans != set()
    assert left


def test_stuck_cases_are_narrowed_as_lists_are(lived: Engine) -> None:
    lists = CourtLists(lived)
    rows = {row.case_id: row for row in whole(lists, "cases")}
    asked: dict[str, Any] = {"longest": timedelta()}
    every = reasons(lists, "suspended", **asked)
    assert {rows[id].team for id in every} == {"", "team"}
    for name in ("officer", "court", "number"):
        for value in {getattr(rows[id], name) for id in every}:
            below = {"below": False} if name == "court" else {}
            wanted = [id for id in every if getattr(rows[id], name) == value]
            found = reasons(lists, "suspended", **asked, **{name: value}, **below)
            assert found == wanted, (name, value)
    of_team = [id for id in every if rows[id].team == "team"]
    assert reasons(lists, "suspended", **asked, court="bureau") == of_team
    assert reasons(lists, "suspended", **asked, team="team") == of_team
    assert reasons(lists, "suspended", **asked, state="resting", procedure="flow") == every
    assert reasons(lists, "suspended", **asked, state="fresh") == []
    assert reasons(lists, "suspended", **asked, procedure="part") == []


def test_a_case_that_cannot_be_read_costs_itself_alone_among_the_stuck(lived: Engine) -> None:
    lists = CourtLists(lived)
    every = reasons(lists, "suspended", longest=timedelta())
    with lived.database.begin() as connection:
        connection.execute(sa.text(TORN))
        hurt = sa.text("UPDATE zx_cases SET definition_hash = 'torn' WHERE id = :id")
        connection.execute(hurt, {"id": every[1]})
        if lived.database.dialect.name == "sqlite":
            hurt = sa.text("UPDATE zx_cases SET wake_at = 'soon' WHERE id = :id")
            connection.execute(hurt, {"id": every[2]})
    page = lists.stuck("suspended", actor=PRESIDENT, longest=timedelta(), limit=100)
    assert [row.case_id for row in page.rows] == every
    damaged = {row.case_id for row in page.rows if row.damaged}
    assert every[1] in damaged and damaged <= set(every[1:3])
    assert {row.reason for row in page.rows} == {"suspended"}


def test_stuck_looks_at_no_more_than_it_may(lived: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    lists = CourtLists(lived)
    every = reasons(lists, "idle")
    monkeypatch.setattr("zhixing.court.lists.stuck._LOOKED_AT", 3)
    monkeypatch.setattr("zhixing.court.lists.stuck._WINDOW", 2)
    assert reasons(lists, "idle") == every


# -- by index


INDEXES = {
    "cases": "zx_cases_court_opened",
    "closed": "zx_cases_court_closed",
    "due": "zx_deadlines_court_due",
    "overdue": "zx_deadlines_court_due",
    "tasks": "zx_tasks_court_open",
    "alerts": "zx_alerts_court",
    "late": "zx_history_late",
    "requests": "zx_outbox_court_open",
    "refusals": "zx_refusals_court",
}
