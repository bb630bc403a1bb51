"""Figures of whole lives are what the histories say, also where these were corrected.

One court lives each case as it happens; another enters the same late, at wrong times, or with acts
that never were, and corrects it. The figures of the second are counted here by plain loops over the
histories of the first.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa

from tests.conftest import SHANGHAI, at, databases_of
from tests.court.late_lives import END, PRESIDENT, Lives, lives, opened, tell
from zhixing.court import CourtFigures, Ladder, Spread, UnknownFilter
from zhixing.engine import Actor, Case, Engine

CLOSED = {"for_now", "done", "lost", "ended"}
PHASE = {"fresh": "work", "working": "work", "resting": "work", "selling": "sale"} | {
    "review": "listing",
    "listed": "listing",
}
PERIODS: list[dict[str, date]] = [
    {},
    {"since": date(2025, 2, 10), "until": date(2025, 3, 31)},
    {"since": date(2025, 4, 1)},
    {"until": date(2025, 3, 1)},
]
SANCTION = {"restrict": ("restricted", 1), "put": ("put-on-list", 2), "fine": ("fined", 3)}


class Was(NamedTuple):
    """What was so of a case, from when until when (None: still)."""

    case: Case
    what: str
    since: datetime
    until: datetime | None


@cache
def told_both_ways() -> Lives:
    return lives(36, 222)


@cache
def truth() -> tuple[tuple[Case, tuple[tuple[datetime, str, str], ...]], ...]:
    """Each case with what happened to it, as the punctual court wrote it."""
    with opened("sqlite://") as engine:
        tell(engine, told_both_ways().truth)
        return tuple((case, entries(engine, case.id)) for case in engine.query(limit=10_000))


def entries(engine: Engine, case_id: str) -> tuple[tuple[datetime, str, str], ...]:
    history = engine.history(case_id)
    acts = (e.trigger if e.kind == "event" else "" for e in history)
    return tuple((e.happened_at, act, e.target) for e, act in zip(history, acts, strict=True))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def corrected(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """The court that entered late and corrected; it is only asked."""
    with ExitStack() as stack:
        url = "sqlite://"
        if request.param == "postgresql":
            server = request.getfixturevalue("postgresql_server")
            url = stack.enter_context(databases_of(server))()
        engine = stack.enter_context(opened(url))
        tell(engine, told_both_ways().entered)
        yield engine


@pytest.fixture
def own() -> Iterator[Engine]:
    """The same, for one test alone."""
    with opened("sqlite://") as engine:
        tell(engine, told_both_ways().entered)
        yield engine


def day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def bounds(period: dict[str, date]) -> tuple[datetime, datetime]:
    since, until = period.get("since"), period.get("until")
    first = at(str(since)) if since else at("1990-01-01")
    last = at(str(until)) + timedelta(days=1) if until else END + timedelta(seconds=1)
    return first, min(last, END + timedelta(seconds=1))


def lasting(node: dict[str, str]) -> list[Was]:
    """Every stretch of a case in one node, by the node of each state; closed ones are in none."""
    found = []
    for case, happened in truth():
        open_since: tuple[str, datetime] | None = None
        for moment, _, state in happened:
            name = "" if state in CLOSED else node.get(state, state)
            if open_since is not None and open_since[0] != name:
                found.append(Was(case, *open_since, moment))
                open_since = None
            if name and open_since is None:
                open_since = (name, moment)
        if open_since is not None:
            found.append(Was(case, *open_since, None))
    return found


def rested(was: Was, end: datetime) -> int:
    """In how many days of a stretch the case rested."""
    happened = next(h for case, h in truth() if case.id == was.case.id)
    total, since = 0, None
    for moment, _, state in [*happened, (end, "", "")]:
        inside = was.since <= moment and moment <= min(was.until or end, end)
        if since is not None:
            total += (day(min(moment, end)) - day(since)).days
            since = None
        if state == "resting" and inside and moment < end:
            since = moment
    return total


def same_spread(spread: Spread, days: Sequence[int]) -> None:
    """A spread is what a list of days gives, by their very definition."""
    assert spread.count == len(days)
    if not days:
        assert spread.longest is None and spread.mean is None
        return
    ordered = sorted(days)
    assert spread.longest == max(days)
    assert spread.mean == round(sum(days) / len(days), 2)
    for name, share in (("median", 50), ("p75", 75), ("p90", 90), ("p95", 95)):
        rank = math.ceil(Fraction(share, 100) * len(days))
        assert getattr(spread, name) == ordered[rank - 1], name


def test_the_lives_are_worth_counting(corrected: Engine) -> None:
    happened = {case.id: what for case, what in truth()}
    roots = [case.id for case, _ in truth() if case.parent_id is None]
    otherwise = [
        id
        for id in roots
        if [e[1:] for e in entries(corrected, id)] != [e[1:] for e in happened[id]]
    ]
    assert len(otherwise) >= 8
    written = [corrected.history(id) for id in roots]
    assert sum("amends" in entry.given for of_one in written for entry in of_one) >= 8
    assert any(
        after.late and "amends" not in after.given and after.happened_at < before.happened_at
        for of_one in written
        for before, after in pairwise(of_one)
    )
    acts = Counter(act for what in happened.values() for _, act, _ in what)
    seldom = *SANCTION, "rest", "resume", "close", "reopen", "sell", "lapse"
    assert all(acts[act] >= 2 for act in seldom), acts


@pytest.mark.parametrize("period", PERIODS)
def test_nodes_are_counted_from_lives_as_they_are_known_now(
    corrected: Engine, period: dict[str, Any]
) -> None:
    first, end = bounds(period)
    wanted: dict[tuple[str, str, str, bool], list[int]] = defaultdict(list)
    running: dict[tuple[str, str, str, bool], list[int]] = defaultdict(list)
    for was in lasting({}):
        over = was.until is not None and was.until < end
        if was.since >= end or (over and was.until is not None and was.until < first):
            continue
        key = (was.case.procedure, was.what, was.case.court, was.what == "resting")
        until = was.until if over and was.until is not None else end
        (wanted if over else running)[key].append((day(until) - day(was.since)).days)
    by = ["procedure", "node", "court"]
    found = CourtFigures(corrected).nodes(actor=PRESIDENT, by=by, **period)
    assert found.unread.count == 0
    got = {(*(row.by[name] for name in by), row.is_suspended): row for row in found.rows}
    assert got.keys() == wanted.keys() | running.keys()
    for key, row in got.items():
        same_spread(row.ended, wanted[key])  # type: ignore[index]
        same_spread(row.running, running[key])  # type: ignore[index]
        assert row.title_zh and row.title_en


@pytest.mark.parametrize("period", PERIODS)
def test_time_in_which_a_case_rests_is_told_apart_within_a_phase(
    corrected: Engine, period: dict[str, Any]
) -> None:
    first, end = bounds(period)
    working, resting = defaultdict[str, list[int]](list), defaultdict[str, list[int]](list)
    for was in lasting(PHASE):
        if was.until is None or not first <= was.until < end:
            continue
        suspended = rested(was, was.until)
        working[was.what].append((day(was.until) - day(was.since)).days - suspended)
        happened = next(h for case, h in truth() if case.id == was.case.id)
        if any(s == "resting" and was.since <= m < was.until for m, _, s in happened):
            resting[was.what].append(suspended)
    found = CourtFigures(corrected).nodes(actor=PRESIDENT, by=["node"], place="phase", **period)
    for row in found.rows:
        same_spread(row.ended, (resting if row.is_suspended else working)[row.by["node"]])
    assert {"work", "listing"} <= {row.by["node"] for row in found.rows}


def test_what_limits_ask_for_is_timed_from_their_start(corrected: Engine) -> None:
    with opened("sqlite://") as engine:
        tell(engine, told_both_ways().truth)
        wanted = defaultdict[tuple[str, str], list[int]](list)
        for case in engine.query(limit=10_000):
            for limit in engine.deadlines(case.id, live=False):
                if limit.status in ("met", "met-late") and limit.ended_at is not None:
                    took = (day(limit.ended_at) - day(limit.start)).days
                    wanted[limit.rule, case.officer].append(took)
    found = CourtFigures(corrected).performance(actor=PRESIDENT, by=["rule", "officer"])
    assert {(one.by["rule"], one.by["officer"]) for one in found} == wanted.keys()
    for one in found:
        same_spread(one.days, wanted[one.by["rule"], one.by["officer"]])


def closings() -> list[Was]:
    """Each time that a case was closed, how, and until when."""
    found = []
    for case, happened in truth():
        since: tuple[str, datetime] | None = None
        for moment, _, state in happened if case.parent_id is None else ():
            if since is not None and state != since[0]:
                found.append(Was(case, *since, moment))
                since = None
            if state in CLOSED and since is None:
                since = (state, moment)
        found += [Was(case, *since, None)] if since is not None else []
    return found


@pytest.mark.parametrize("period", PERIODS)
def test_closings_and_resumptions_are_counted_by_mode(
    corrected: Engine, period: dict[str, Any]
) -> None:
    first, end = bounds(period)
    found = CourtFigures(corrected).resumptions(actor=PRESIDENT, **period)
    every = [was for was in closings() if was.since < end]
    in_period = [was for was in every if was.since >= first]
    assert sum(row.closed for row in found.rows) == len(in_period)
    modes = {was.what for was in every if was.since >= first or (was.until or end) >= first}
    assert {row.by["mode"] for row in found.rows} == modes
    for row in found.rows:
        of_mode = [was for was in every if was.what == row.by["mode"]]
        closed = [was for was in of_mode if was.since >= first]
        standing = [w for w in of_mode if w.since < first and (w.until or end) >= first]
        resumed = [
            (day(was.until) - day(was.since)).days
            for was in of_mode
            if was.until is not None and first <= was.until < end
        ]
        assert (row.closed, row.standing) == (len(closed), len(standing))
        assert row.share == (len(closed) / len(in_period) if in_period else None)
        assert row.rate == len(resumed) / (len(closed) + len(standing))
        same_spread(row.after, resumed)


def test_a_case_that_another_resumes_has_gone_on(own: Engine) -> None:
    """The link is made by the newer case, as the law's table of kinds names it."""
    old = next(was.case for was in closings() if was.what == "done" and was.case.court == "lower")
    figures = CourtFigures(own)

    def done() -> tuple[int, int]:
        rows = figures.resumptions(actor=PRESIDENT, court="lower").rows
        return next((r.closed, r.resumed) for r in rows if r.by["mode"] == "done")

    before = done()
    who = Actor.of("lu", "officer@lower")
    new = own.open_case("lived", actor=who, officer="lu", court="lower", data={"debtor": "d"})
    assert done() == before
    own.link(new.id, "resumed_from", old.id, actor=who)
    assert done() == (before[0], before[1] + 1)


class Measure(NamedTuple):
    root: Case
    name: str
    rung: int
    at: datetime


def measures() -> list[Measure]:
    """Every sanction, with the case that it is of, in the order of time."""
    cases = {case.id: case for case, _ in truth()}
    found = [
        Measure(cases[case.parent_id or case.id], *SANCTION[act], moment)
        for case, happened in truth()
        for moment, act, _ in happened
        if act in SANCTION
    ]
    return sorted(found, key=lambda measure: measure.at)


@pytest.mark.parametrize("period", PERIODS)
def test_sanctions_are_counted_by_measure(corrected: Engine, period: dict[str, Any]) -> None:
    first, end = bounds(period)
    known = [measure for measure in measures() if measure.at < end]
    in_period = [measure for measure in known if measure.at >= first]
    found = CourtFigures(corrected).sanctions(actor=PRESIDENT, **period)
    times = Counter(measure.name for measure in in_period)
    assert {row.by["measure"]: row.times for row in found.rows} == times
    for row in found.rows:
        name = row.by["measure"]
        of_case = {m.root.id: m for m in reversed(in_period) if m.name == name}
        assert row.cases == len(of_case)
        same_spread(row.after, [(day(m.at) - day(m.root.opened_at)).days for m in of_case.values()])
        firsts = [next(m for m in known if m.root.id == id) for id in {m.root.id for m in known}]
        assert row.first == sum(m.name == name and m.at >= first for m in firsts)
        assert row.after_heavier == sum(
            m.name == name
            and not any(o.root == m.root and o.name == name and o.at < m.at for o in known)
            and any(o.root == m.root and o.rung > m.rung and o.at < m.at for o in known)
            for m in in_period
        )


def test_the_ladder_of_each_case_has_its_measures_in_their_order(corrected: Engine) -> None:
    wanted = defaultdict[str, list[tuple[str, date]]](list)
    for measure in measures():
        wanted[measure.root.id].append((measure.name, day(measure.at)))
    figures, found, cursor = CourtFigures(corrected), list[Ladder](), ""
    while True:
        page = figures.ladders(actor=PRESIDENT, limit=3, cursor=cursor)
        found += page.rows
        cursor = page.cursor
        if not cursor:
            break
    assert len(found) == len({row.case_id for row in found})
    assert {r.case_id: [(m.measure, m.day) for m in r.measures] for r in found} == wanted
    debtors = {case.id: case.data["debtor"] for case, _ in truth() if case.parent_id is None}
    for row in found:
        assert row.debtor == debtors[row.case_id]
        assert row.times == Counter(name for name, _ in wanted[row.case_id])
        firsts = list(dict.fromkeys(m.rung for m in row.measures))
        assert row.is_in_order == (firsts == sorted(firsts))
        assert row.highest == max(firsts) and row.measures[0].basis
    assert {row.is_in_order for row in found} == {True, False}


BELOW = {
    "supreme": {"supreme", "high", "middle", "lower", "other"},
    "high": {"high", "middle", "lower", "other"},
    "middle": {"middle", "lower"},
    "lower": {"lower"},
    "other": {"other"},
}


@pytest.mark.parametrize("court", BELOW)
def test_each_of_four_levels_sees_itself_and_what_lies_below(corrected: Engine, court: str) -> None:
    figures, who = CourtFigures(corrected), Actor.of("chief", f"chief@{court}")
    asked: dict[str, Any] = {"actor": who, "court": court, "by": ["court"]}
    there = {case.court for case, _ in truth()} & BELOW[court]
    assert {row.by["court"] for row in figures.nodes(**asked).rows} == there
    assert {row.by["court"] for row in figures.performance(**asked)} <= there
    assert {row.by["court"] for row in figures.resumptions(**asked).rows} <= there
    assert {row.by["court"] for row in figures.sanctions(**asked).rows} <= there
    asked.pop("by")
    assert {row.court for row in figures.ladders(**asked).rows} <= there
    every = figures.nodes(actor=PRESIDENT, by=["court"]).rows
    assert figures.nodes(actor=who, court=court, by=["court"]).rows == tuple(
        row for row in every if row.by["court"] in there
    )


def test_who_oversees_nothing_sees_his_own(corrected: Engine) -> None:
    figures = CourtFigures(corrected)
    who = Actor.of("min", "officer@middle")
    assert {r.by["officer"] for r in figures.nodes(actor=who, by=["officer"]).rows} == {"min"}
    above = Actor.of("chief", "chief@lower")
    assert figures.nodes(actor=above, court="middle").rows == ()
    assert figures.ladders(actor=above, court="high").rows == ()


def test_a_case_that_cannot_be_read_costs_itself_alone(own: Engine) -> None:
    figures = CourtFigures(own)
    before = figures.nodes(actor=PRESIDENT, by=["court"])
    broken = next(m.root.id for m in measures())
    with own.transaction() as transaction:
        spoil = sa.text("UPDATE zx_history SET target = 'nowhere' WHERE case_id = :id AND seq = 1")
        transaction.connection.execute(spoil, {"id": broken})
        gone = sa.text("UPDATE zx_history SET given = '{\"amends\": 1}' WHERE case_id = :id")
        transaction.connection.execute(gone, {"id": broken})
    after = figures.nodes(actor=PRESIDENT, by=["court"])
    assert after.unread.count == 1 and after.unread.cases == (broken,)
    counted = [sum(r.ended.count for r in of.rows) for of in (before, after)]
    assert counted[1] < counted[0]
    assert broken in figures.sanctions(actor=PRESIDENT).unread.cases
    assert broken in figures.resumptions(actor=PRESIDENT).unread.cases
    (row,) = [r for r in figures.ladders(actor=PRESIDENT, limit=500).rows if r.damaged]
    assert row.case_id == broken and row.measures == ()


def test_what_lives_are_not_counted_by_is_said(corrected: Engine) -> None:
    figures = CourtFigures(corrected)
    asked: Any
    for asked in (figures.nodes, figures.performance, figures.resumptions, figures.sanctions):
        with pytest.raises(UnknownFilter):
            asked(actor=PRESIDENT, by=["colour"])
