"""Three courts below a province with cases in every condition, for lists to be held against."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tests.courts import CHARTER
from zhixing.adapters import Call, Operation, Reply
from zhixing.engine import Actor, Case, Deadline, Engine, Refused, VirtualClock
from zhixing.testing.adapters import AnyData
from zhixing.workflow import Definition, definition_from_text

COURTS = ("beijing", "haidian", "chaoyang")
OFFICERS = {"beijing": ("bai",), "haidian": ("han", "hu", "hong"), "chaoyang": ("chen",)}
PRESIDENT = Actor.of("president", "president@beijing")
CHIEF = Actor.of("chief", "chief@haidian")

PART = """
id: part
title: {zh: 措施, en: a measure}
version: 1
effective: 2024-01-01
roles: {officer: {title: {zh: 承办人, en: officer}}}
powers: {open: {by: procedure}}
modes: {ended: {zh: 终结, en: ended}}
initial: taken
states:
  taken: {title: {zh: 已采取, en: taken}}
  ended: {title: {zh: 终结, en: ended}, closes: ended}
transitions:
  - {trigger: end, title: {zh: 终结, en: end}, from: taken, to: ended, by: officer}
deadlines:
  term: {title: {zh: 措施期限, en: its term}, starts: {entering: taken}, length: 30, unit: day,
    ends_by: end, on_expiry: {alert: officer}}
"""
FLOW = """
id: flow
title: {zh: 案件, en: a case}
version: 1
effective: 2024-01-01
roles:
  officer: {title: {zh: 承办人, en: officer}}
  clerk: {title: {zh: 书记员, en: clerk}}
  chief: {title: {zh: 局长, en: chief}}
data: {n: {type: number, title: {zh: 数, en: number}}}
forms: {count: {title: {zh: 数, en: count}, fields: {n: {overwrites: true}}}}
approvals: {chief: {title: {zh: 审批, en: approval}, steps: [{by: chief}]}}
powers: {open: {by: officer, form: count}, assign: {by: officer}, late: {by: officer, within: 999d}}
grounds: {rest: {zh: 中止, en: suspension}}
modes: {done: {zh: 办结, en: done}, lost: {zh: 终结, en: lost}}
initial: fresh
sub_procedures: {part: {title: {zh: 措施, en: measure}, procedure: part}}
requests: {ask: {title: {zh: 查询, en: inquiry}, operation: nobody.ask, sends: {n: 1}}}
states:
  fresh: {title: {zh: 新收, en: fresh}}
  still: {title: {zh: 停滞, en: still}}
  resting: {title: {zh: 中止, en: resting}}
  done: {title: {zh: 办结, en: done}, closes: done}
  lost: {title: {zh: 终结, en: lost}, closes: lost, leaves: [part]}
tasks:
  file: {title: {zh: 归档, en: file it}, starts: {on: touch}, offered_to: [clerk, chief],
    done_by: filed}
transitions:
  - {trigger: touch, title: {zh: 登记, en: touch}, from: fresh, to: stay, by: officer, form: count}
  - {trigger: filed, title: {zh: 归档, en: filed}, from: fresh, to: stay, by: clerk}
  - {trigger: ask, title: {zh: 查询, en: ask}, from: fresh, to: stay, by: officer, asks: ask}
  - {trigger: take, title: {zh: 采取, en: take}, from: fresh, to: stay, by: officer, opens: part}
  - {trigger: stop, title: {zh: 停滞, en: stop}, from: fresh, to: still, by: officer}
  - {trigger: never, title: {zh: 永不, en: never}, from: still, to: done, by: officer,
      when: case.n > 100}
  - {trigger: rest, title: {zh: 中止, en: rest}, from: fresh, to: resting, by: officer}
  - {trigger: resume, title: {zh: 恢复, en: resume}, from: resting, to: return, by: officer}
  - {trigger: finish, title: {zh: 办结, en: finish}, from: fresh, to: done, by: officer}
  - {trigger: lose, title: {zh: 终结, en: lose}, from: fresh, to: lost, by: officer,
      approval: chief}
suspensions: [{states: resting, ground: rest}]
deadlines:
  duty: {title: {zh: 义务, en: duty}, starts: {entering: fresh}, length: 10, unit: day, warn: 3d,
    ends_by: [finish, stop], on_expiry: {alert: officer}}
  right: {title: {zh: 权利, en: right}, starts: {entering: fresh}, length: 5, unit: day,
    ends_by: [finish, stop],
    on_expiry: {alert: officer, lapses: {zh: 丧失权利, en: the right is lost}}}
"""


class Nobody:
    """An outside system that never answers."""

    name = "nobody"
    operations = {"ask": Operation("ask", AnyData, AnyData)}

    def send(self, call: Call) -> Reply:
        return Reply((), pending=True)

    def poll(self, key: str) -> list[Any]:
        return []


def flows() -> list[Definition]:
    return [definition_from_text(FLOW), definition_from_text(PART)]


def opened(database: str, clock: VirtualClock) -> Engine:
    engine = Engine(database, flows(), clock=clock, adapters=[Nobody()], drafts=True, upgrade=True)
    engine.set_first_charter(CHARTER)
    return engine


def officer(engine: Engine, case_id: str) -> Actor:
    case = engine.case(case_id)
    return Actor.of(case.officer, f"officer@{case.court}")


def live(engine: Engine, clock: VirtualClock, count: int, seed: int) -> None:
    """Cases that are opened one after the other, and something done in each of most."""
    chance = random.Random(seed)
    for number in range(count):
        court = chance.choice(COURTS)
        name = chance.choice(OFFICERS[court])
        who = Actor.of(name, f"officer@{court}")
        team = "team" if court == "haidian" and chance.random() < 0.5 else ""
        case = engine.open_case(
            "flow",
            actor=who,
            court=court,
            team=team,
            officer=name,
            id=f"c{number:03}",
            number=f"(2025)京执{number}号",
            data={"n": number % 7},
        )
        clock.advance(minutes=61)
        for _ in range(chance.randrange(6)):
            do(engine, chance, case.id, who, clock)
        clock.advance(hours=chance.choice((0, 1, 7, 30)))
        engine.run_due()


def do(
    engine: Engine, chance: random.Random, case_id: str, who: Actor, clock: VirtualClock
) -> None:
    trigger = chance.choice(
        ("touch", "touch", "touch", "ask", "ask", "take", "take", "stop", "rest", "finish", "lose")
    )
    late: dict[str, Any] = {}
    if trigger == "touch" and chance.random() < 0.5:
        late = {"happened_at": clock.now() - timedelta(minutes=chance.randrange(0, 60))}
    given: dict[str, Any] = {"data": {"n": 5}} if trigger == "touch" else {}
    try:
        engine.fire(case_id, trigger, actor=who, **given, **late)
        if trigger == "lose" and chance.random() < 0.5:
            boss = Actor.of("boss", f"chief@{engine.case(case_id).court}")
            engine.approve(case_id, "lose", actor=boss)
    except Refused:
        return


def all_cases(engine: Engine) -> list[Case]:
    return list(engine.query(limit=100_000))


def all_limits(engine: Engine) -> Iterator[tuple[Case, Deadline]]:
    for case in all_cases(engine):
        for limit in engine.deadlines(case.id):
            yield case, limit
