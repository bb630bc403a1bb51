"""The same random lives twice: entered as they happened, and entered late, wrong and corrected.

Figures are of what is true. So those of the second court are to be those of the first, whose
histories tell each case in the order in which it happened, and are counted here by plain loops.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from tests.conftest import at
from tests.courts import CHARTER_TEXT
from zhixing.engine import Actor, BadEvent, Engine, Refused, Replacement, VirtualClock
from zhixing.engine.charter.files import charter_from_text
from zhixing.workflow import Definition, Law, definition_from_text, shipped_law

START, END = at("2025-01-06 09:00"), at("2025-06-30 18:00")
PRESIDENT = Actor.of("president", "president@supreme")
BOSS = Actor.of("boss", "chief@supreme")
OFFICERS = {"supreme": "sun", "high": "hao", "middle": "min", "lower": "lu", "other": "ou"}
_UNITS = """
  supreme: {level: province, title: {zh: 最高人民法院, en: supreme court}}
  high: {level: province, under: supreme, title: {zh: 高级人民法院, en: high court}}
  middle: {level: court, under: high, title: {zh: 中级人民法院, en: intermediate court}}
  lower: {level: court, under: middle, title: {zh: 基层人民法院, en: basic court}}
  other: {level: court, under: high, title: {zh: 另一中级人民法院, en: another intermediate court}}
"""
FOUR_LEVELS = charter_from_text(
    CHARTER_TEXT.partition("organisation:\n")[0]
    + "organisation:"
    + _UNITS
    + "roles:\n"
    + CHARTER_TEXT.partition("roles:\n")[2],
    "four-levels.yaml",
)

LISTED = """
id: listed
title: {zh: 名单, en: the list}
version: 1
effective: 2024-01-01
roles: {officer: {title: {zh: 承办人, en: officer}}, chief: {title: {zh: 局长, en: chief}}}
data: {name: {type: text, title: {zh: 姓名, en: name}}}
forms: {passed: {title: {zh: 移交, en: passed on}, fields: {name: }}}
approvals: {chief: {title: {zh: 局长审批, en: by the chief}, steps: [{by: chief}]}}
documents: {proof: {title: {zh: 材料, en: a paper}}}
powers:
  open: {by: procedure, form: passed}
  late: {by: officer, within: 999d, approval: chief, documents: proof}
  correct: {by: officer, approval: chief, documents: proof}
modes: {ended: {zh: 终结, en: ended}}
phases: {listing: {title: {zh: 名单, en: listing}}}
initial: review
states:
  review: {title: {zh: 审查, en: review}, phase: listing}
  listed: {title: {zh: 已列入, en: listed}, phase: listing}
  ended: {title: {zh: 终结, en: ended}, closes: ended}
transitions:
  - {trigger: put, title: {zh: 列入, en: put}, from: review, to: listed, by: officer}
  - {trigger: take_off, title: {zh: 移出, en: take off}, from: listed, to: ended, by: officer}
"""
LIVED = """
id: lived
title: {zh: 案件, en: a case}
version: 1
effective: 2024-01-01
roles: {officer: {title: {zh: 承办人, en: officer}}, chief: {title: {zh: 局长, en: chief}}}
data: {debtor: {type: party, title: {zh: 被执行人, en: debtor}}}
forms: {opening: {title: {zh: 立案, en: opening}, fields: {debtor: }}}
documents: {proof: {title: {zh: 材料, en: a paper}}}
approvals: {chief: {title: {zh: 局长审批, en: by the chief}, steps: [{by: chief}]}}
powers:
  open: {by: officer, form: opening}
  link: {by: officer}
  late: {by: officer, within: 999d, approval: chief, documents: proof}
  correct: {by: officer, approval: chief, documents: proof}
grounds: {rest: {zh: 中止, en: suspension}}
modes: {for_now: {zh: 终本, en: for now}, done: {zh: 办结, en: done}, lost: {zh: 失效, en: lost}}
phases: {work: {title: {zh: 办理, en: work}}, sale: {title: {zh: 变价, en: sale}}}
initial: fresh
sub_procedures:
  listing: {title: {zh: 名单, en: listing}, procedure: listed, passes: {name: debtor}}
links:
  resumed_from: {title: {zh: 恢复自, en: resumed from}, procedure: lived}
states:
  fresh: {title: {zh: 新收, en: fresh}, phase: work}
  working: {title: {zh: 办理中, en: working}, phase: work}
  resting: {title: {zh: 中止, en: resting}, phase: work}
  selling: {title: {zh: 变价中, en: selling}, phase: sale}
  for_now: {title: {zh: 终本, en: for now}, closes: for_now, leaves: [listing]}
  done: {title: {zh: 办结, en: done}, closes: done, leaves: [listing]}
  lost: {title: {zh: 失效, en: lost}, closes: lost, leaves: [listing]}
transitions:
  - {trigger: begin, title: {zh: 开始, en: begin}, from: fresh, to: working, by: officer}
  - {trigger: lapse, title: {zh: 失效, en: lapse}, from: fresh, to: lost, by: clock}
  - {trigger: rest, title: {zh: 中止, en: rest}, from: working, to: resting, by: officer}
  - {trigger: resume, title: {zh: 恢复, en: resume}, from: resting, to: return, by: officer}
  - {trigger: sell, title: {zh: 变价, en: sell}, from: working, to: selling, by: officer}
  - {trigger: back, title: {zh: 退回, en: back}, from: selling, to: working, by: officer}
  - {trigger: report, title: {zh: 报告, en: report}, from: working, to: stay, by: officer}
  - {trigger: restrict, title: {zh: 限制, en: restrict}, from: [working, selling], to: stay,
      by: officer}
  - {trigger: fine, title: {zh: 罚款, en: fine}, from: [working, selling], to: stay, by: officer}
  - {trigger: list, title: {zh: 提请列入, en: list}, from: working, to: stay, by: officer,
      opens: listing}
  - {trigger: close, title: {zh: 终本, en: close}, from: [working, selling], to: for_now,
      by: officer}
  - {trigger: finish, title: {zh: 办结, en: finish}, from: [working, selling], to: done,
      by: officer}
  - {trigger: reopen, title: {zh: 恢复执行, en: reopen}, from: for_now, to: working, by: officer,
      reopens: true, approval: chief}
suspensions: [{states: resting, ground: rest}]
deadlines:
  start: {title: {zh: 开始, en: begin}, starts: {entering: fresh}, length: 20, unit: day,
    met_by: begin, on_expiry: {alert: officer, fire: lapse}}
  duty: {title: {zh: 报告, en: report}, starts: {entering: working}, length: 15, unit: day,
    met_by: report, on_expiry: {alert: officer}}
"""
_TRIGGERS = (
    *("rest", "resume", "sell", "back", "report", "restrict", "restrict", "fine", "list"),
    *("put", "put", "put", "take_off", "close", "finish", "reopen"),
)
_IN_THE_LISTING = ("put", "take_off")
_NEVER_WRONG = ("reopen", "list")
"""What was approved is corrected otherwise; what opened a sub-procedure does not take it along."""
_KINDS = "lived: {zh: 案件, en: a case, resumes: resumed_from}\nlisted: {zh: 名单, en: the list}\n"
_SANCTIONS = "".join(
    f"{id}: {{zh: {zh}, en: {id}, rung: {rung},"
    f" taken_by: {{{kind}: {{acts: {act}, debtor: {who}}}}},"
    f" instrument: 民事诉讼法, number: '-', article: '1', verified: memory}}\n"
    for id, zh, rung, kind, act, who in (
        ("restricted", "限制", 1, "lived", "restrict", "debtor"),
        ("put-on-list", "列入", 2, "listed", "put", "name"),
        ("fined", "罚款", 3, "lived", "fine", "debtor"),
    )
)


def law() -> Law:
    """The shipped tables, with the kinds of these cases and what their sanctions are."""
    texts = json.loads(shipped_law().to_text())
    texts["demands.yaml"] += _KINDS
    texts["sanctions.yaml"] = _SANCTIONS
    texts["law.yaml"] = texts["law.yaml"].replace("version: 5", "version: 500")
    return Law.from_text(json.dumps(texts, ensure_ascii=False))


def definitions() -> list[Definition]:
    return [definition_from_text(LIVED, "lived.yaml"), definition_from_text(LISTED, "listed.yaml")]


def opened(database: str) -> Engine:
    clock = VirtualClock(START - timedelta(days=1))
    engine = Engine(database, definitions(), clock=clock, drafts=True, upgrade=True)
    engine.set_first_charter(FOUR_LEVELS)
    proposed = engine.propose_law(law(), actor=Actor.of("li", "procedure_editor@supreme"))
    engine.decide_law(proposed.id, actor=Actor.of("wang", "procedure_publisher@supreme"))
    return engine


@dataclass(frozen=True)
class Deed:
    """One thing that is done to a case when the clock says `when`: as of a day, or a correction.

    A `wrong` one is entered as of then, and put right as of `at` (never, where that is None).
    """

    case: str
    when: datetime
    trigger: str
    at: datetime | None
    wrong: datetime | None = None
    is_correction: bool = False


@dataclass(frozen=True)
class Lives:
    """Lives in two tellings: as they happened, and as they were entered."""

    truth: list[Deed]
    entered: list[Deed]


def lives(count: int, seed: int) -> Lives:
    """Random lives that can be told both ways; what cannot is left out."""
    dice = random.Random(seed)
    wanted = [deed for number in range(count) for deed in _life(f"c{number:03}", dice)]
    with opened("sqlite://") as punctual:
        truth = tell(punctual, wanted)
    entered = [deed for one in truth for deed in _entered(one, dice)]
    with opened("sqlite://") as late:
        told = tell(late, entered)
    refused = {deed.case for deed in set(entered) - set(told)}
    return Lives(
        [deed for deed in truth if deed.case not in refused],
        [deed for deed in told if deed.case not in refused],
    )


def _life(case: str, dice: random.Random) -> Iterable[Deed]:
    opened_at = START + timedelta(minutes=dice.randrange(60 * 24 * 60))
    yield Deed(case, opened_at, "open", None)
    moment = opened_at
    for trigger in ["begin", *(dice.choice(_TRIGGERS) for _ in range(dice.randrange(24)))]:
        moment += timedelta(minutes=dice.randrange(1, 23 * 24 * 60))
        if moment < END:
            yield Deed(case, moment, trigger, moment)


def _entered(true: Deed, dice: random.Random) -> Iterable[Deed]:
    """How a deed is entered: at once, late, as of a wrong time and corrected, or with another one
    that never was and is annulled."""
    later = min(true.when + timedelta(hours=dice.choice((1, 5, 30, 200))), END)
    way = dice.random()
    if true.at is None or way < 0.5 or true.trigger in _NEVER_WRONG:
        yield true
    elif way < 0.75:
        yield replace(true, when=later)
    elif way < 0.9:
        wrong = true.when - timedelta(hours=dice.choice((1, 9, 30)))
        yield replace(true, wrong=wrong)
        yield replace(true, when=later, is_correction=True)
    else:
        yield true
        never = true.when + timedelta(minutes=7)
        yield Deed(true.case, never, dice.choice(("report", "restrict", "fine")), None, never)
        yield Deed(true.case, later + timedelta(minutes=9), "", None, never, is_correction=True)


def tell(engine: Engine, deeds: Iterable[Deed]) -> list[Deed]:
    """Do what can be done, in the order of the clock; gives it. What is due comes before it."""
    clock, done = engine.clock, list[Deed]()
    assert isinstance(clock, VirtualClock)
    entries: dict[tuple[str, datetime], tuple[str, int]] = {}
    for deed in sorted(deeds, key=lambda deed: (deed.when, deed.case, deed.is_correction)):
        clock.set(deed.when)
        engine.run_due()
        try:
            _do(engine, deed, entries)
        except (Refused, BadEvent, LookupError):
            continue
        done.append(deed)
    clock.set(END)
    engine.run_due()
    return done


def _do(engine: Engine, deed: Deed, entries: dict[tuple[str, datetime], tuple[str, int]]) -> None:
    if deed.trigger == "open":
        _open(engine, deed)
        return
    if deed.is_correction:
        key = deed.at or deed.wrong
        assert key is not None
        case_id, seq = entries[deed.case, key]
        moved = {"replace": {seq: Replacement(happened_at=deed.at)}} if deed.at else {}
        engine.correct(
            case_id,
            actor=_officer(engine, case_id),
            note="x",
            documents={"proof": "p"},
            **(moved or {"annul": [seq]}),  # type: ignore[arg-type]
        )
        _approve(engine, case_id)
        return
    case_id = _acted_on(engine, deed)
    happened = deed.wrong or deed.at
    late: dict[str, Any] = {}
    if happened != deed.when:
        late = {"happened_at": happened, "documents": {"proof": "p"}}
    case = engine.fire(case_id, deed.trigger, actor=_officer(engine, case_id), **late)
    _approve(engine, case_id)
    entries[deed.case, deed.at or deed.when] = (case_id, engine.case(case_id).version)
    assert case.id == case_id


def _open(engine: Engine, deed: Deed) -> None:
    dice = random.Random(deed.case)
    court = dice.choice(list(OFFICERS))
    name = OFFICERS[court]
    engine.open_case(
        "lived",
        id=deed.case,
        actor=Actor.of(name, f"officer@{court}"),
        officer=name,
        court=court,
        data={"debtor": f"debtor-{dice.randrange(4)}"},
    )


def _acted_on(engine: Engine, deed: Deed) -> str:
    """The case, or its open sub-procedure; without one a `LookupError`."""
    if deed.trigger not in _IN_THE_LISTING:
        return deed.case
    found = engine.query(parent=deed.case, open_only=True)
    return found[0].id


def _officer(engine: Engine, case_id: str) -> Actor:
    case = engine.case(case_id)
    return Actor.of(case.officer, f"officer@{case.court}")


def _approve(engine: Engine, case_id: str) -> None:
    while waiting := engine.case(case_id).waiting:
        engine.approve(case_id, waiting[0].trigger, actor=BOSS)
