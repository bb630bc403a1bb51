"""Cases lived in one database, and their facts as another court would be told them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.conftest import ROOT
from zhixing.analysis import ScenarioFile, load_scenarios
from zhixing.analysis.opening import fire, open_case
from zhixing.engine import Actor, Engine, VirtualClock
from zhixing.engine.model.case import (
    CaseState,
    DeadlineState,
    DeadlineStatus,
    TaskKind,
    TaskState,
)
from zhixing.workflow import Definition, ZhixingError, load_definition

CN = ROOT / "definitions" / "cn"
DEFINITIONS = [
    load_definition(file)
    for file in sorted(CN.glob("*.yaml"))
    if file.stem != "common" and file.suffixes == [".yaml"]
]
"""Every shipped procedure, read once."""


def state_of(engine: Engine, case_id: str) -> CaseState:
    """A case as the engine holds it."""
    with engine.transaction(writes=False) as transaction:
        return transaction.unit().case(case_id)


def children_of(engine: Engine, case_id: str) -> list[CaseState]:
    """The sub-procedures of a case in the order of their opening."""
    found = engine.query(parent=case_id)
    return sorted((state_of(engine, one.id) for one in found), key=lambda c: c.id)


def facts_of(engine: Engine, case_id: str, number: str) -> dict[str, Any]:
    """What another court is told of a case: where it stands, and since when what is so."""
    case = state_of(engine, case_id)
    told = _standing(engine, case)
    return told | {
        "procedure": case.procedure,
        "number": number,
        "officer": case.officer,
        "court": case.court,
    }


def _standing(engine: Engine, case: CaseState) -> dict[str, Any]:
    entries = engine.history(case.id)
    arrivals = [e.happened_at for e in entries if e.source != e.target]
    today = engine.clock.now()
    told: dict[str, Any] = {
        "state": case.state,
        "state_since": max(arrivals[-1], case.opened_at).isoformat(),
        "opened_on": case.opened_at.isoformat(),
        "returns_to": list(case.origins),
        "data": {name: value for name, value in case.data.items() if value is not None},
        "documents": list(_documents(case)),
        "acts": [
            {"act": act, "on": today.date().isoformat(), "by": who[0]}
            for act, who in case.done_by.items()
        ],
        "limits": [_limit(one) for one in case.live()],
        "deductions": [
            {"ground": d.ground, "since": d.since, "until": d.until, "document": d.document}
            for d in case.deductions
        ],
        "tasks": [f"{t.name}@{t.about}" if t.about else t.name for t in _work(case)],
    }
    told["sub_procedures"] = [
        _standing(engine, child) | {"name": child.sub_procedure, "about": child.about}
        for child in children_of(engine, case.id)
    ]
    return told


def _work(case: CaseState) -> list[TaskState]:
    """The work that the definition offers; an approval or an answer is asked anew."""
    return [task for task in case.tasks if task.kind is TaskKind.TASK]


def _documents(case: CaseState) -> Iterator[dict[str, Any]]:
    for kept, references in case.documents.items():
        kind, _, about = kept.partition("@")
        for reference in references:
            yield {"kind": kind, "reference": reference, "about": about}


def _limit(limit: DeadlineState) -> dict[str, Any]:
    told: dict[str, Any] = {
        "rule": limit.rule,
        "since": limit.start.isoformat(),
        "key": limit.key,
        "round": limit.round,
        "watcher": limit.watcher,
        "extensions": [
            {"length": e.length, "unit": e.unit.value, "approver": e.approver}
            for e in limit.extensions
        ],
    }
    return told | ({"over": True} if limit.status is DeadlineStatus.EXPIRED else {})


def standing(engine: Engine, case_id: str) -> Any:
    """What must be the same of a case, wherever it was lived: its state, its data, what waits."""
    case = state_of(engine, case_id)
    limits = sorted(
        (d.rule, d.key, d.round, d.status.value, d.due_day, d.due_at, d.watcher, _next(d))
        for d in case.live()
    )
    return {
        "state": case.state,
        "opened": case.opened_at,
        "closed": case.closing_mode,
        "data": case.data,
        "documents": case.documents,
        "done": case.done_by,
        "origins": case.origins,
        "limits": limits,
        "tasks": sorted((t.name, t.about, t.offered_to) for t in _work(case)),
        "children": [standing(engine, child.id) for child in children_of(engine, case_id)],
    }


def _next(limit: DeadlineState) -> Any:
    """When the clock comes to it; who is told of one that has passed was told there."""
    return None if limit.status is DeadlineStatus.EXPIRED else limit.wake_at


def scenarios_of(name: str) -> tuple[Definition, ScenarioFile]:
    """A shipped procedure with its scenarios."""
    return load_definition(CN / f"{name}.yaml"), load_scenarios(CN / f"{name}.scenarios.yaml")


def lived(name: str) -> Iterator[tuple[Engine, VirtualClock, str]]:
    """Every scenario of a shipped procedure, lived step by step; given again after each."""
    definition, file = scenarios_of(name)
    zone = ZoneInfo(definition.zone)
    for scenario in file.scenarios:
        clock = VirtualClock(_moment(scenario.opened.moment, zone))
        with Engine(
            "sqlite://", DEFINITIONS, clock=clock, synchronous="NORMAL", drafts=True
        ) as engine:
            opened = scenario.opened
            case = open_case(engine, definition, opened.data, opened.documents, opened.officer)
            for step in scenario.steps:
                clock.set(_moment(step.moment, zone))
                engine.run_due()
                _do(engine, case, step)
                yield engine, clock, case


def _moment(text: str, zone: ZoneInfo) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)


def _do(engine: Engine, case: str, step: Any) -> None:
    at = _at(engine, case, step.within)
    if at is None:
        return
    officer = engine.case(at).officer
    names = (officer if role == "officer" and officer else role for role in step.as_)
    actor = Actor(step.person or "-".join(names), frozenset(step.as_))
    documents = {name: f"{name}-1" for name in step.documents}
    try:
        if step.fire is not None and step.happened is None:
            given: Any = {"data": step.data, "documents": documents, "about": step.about}
            fire(engine, at, step.fire, actor, **given)
        elif step.approve is not None:
            engine.approve(at, step.approve, actor=actor, note=step.note)
    except ZhixingError:
        return


def _at(engine: Engine, case: str, within: str | None) -> str | None:
    if within is None:
        return case
    name, _, about = within.partition("@")
    found = [
        s.id
        for s in engine.query(parent=case)
        if s.sub_procedure == name and about in ("", s.about)
    ]
    return found[-1] if found else None
