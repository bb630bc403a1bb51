"""Service of papers: each recipient has a sub-procedure of its own, and the terms of the case count
from the day on which each was served, or is deemed to be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DATA, ROOT, at
from zhixing.engine import Actor, Engine, Refused, VirtualClock
from zhixing.workflow import lint, load_definition

LI, WANG = Actor.of("li", "clerk"), Actor.of("wang", "officer")
SERVICE, PARENT = ROOT / "definitions" / "cn" / "service.yaml", DATA / "served.yaml"
DEBTORS = [{"id": "zhang", "name": "张三"}, {"id": "si", "name": "李四", "address": "某路"}]


@pytest.fixture
def court(database: str, clock: VirtualClock) -> Iterator[Engine]:
    definitions = [load_definition(PARENT), load_definition(SERVICE)]
    with Engine(database, definitions, clock=clock, drafts=True, upgrade=True) as engine:
        data = {"order": "报告财产令", "debtor": DEBTORS}
        engine.open_case("served", id="x", actor=LI, officer="wang", data=data)
        for debtor in ("zhang", "si"):
            engine.fire("x", "serve", actor=WANG, about=debtor)
        yield engine


def service_of(court: Engine, debtor: str) -> str:
    return next(c.id for c in court.query(parent="x") if c.about == debtor)


def served_on(court: Engine) -> dict[str, date | None]:
    return {d["id"]: d.get("served_on") for d in court.case("x").data["debtor"]}


def reports(court: Engine) -> dict[str, tuple[str, str]]:
    limits = court.deadlines("x", live=False)
    return {d.key: (str(d.due_day), str(d.status)) for d in limits if d.rule == "report"}


def publish(court: Engine, case: str, day: str) -> None:
    court.fire(case, "record_whereabouts", actor=LI, data={"whereabouts_unknown": True})
    court.fire(case, "go_to_notice", actor=WANG)
    papers = {"public_notice": "n", "account": "a"}
    court.fire(case, "publish", actor=WANG, documents=papers, data={"published_on": day})


def sign(court: Engine, case: str, day: str, **more: Any) -> None:
    court.fire(case, "go_direct", actor=LI)
    signed = {"attempt.on": day}
    court.fire(case, "sign", actor=LI, data=signed, documents={"receipt": "r"}, **more)


def sound(court: Engine) -> None:
    report = court.verify(rules=True)
    assert (report.found, report.not_repeatable, report.otherwise) == (0, 0, ())


@pytest.mark.parametrize("worked_at", ["2025-04-08 00:00", "2025-04-20 10:00"])
def test_terms_count_from_the_day_on_which_each_was_served(
    court: Engine, clock: VirtualClock, worked_at: str
) -> None:
    zhang, si = service_of(court, "zhang"), service_of(court, "si")
    assert court.case(si).data["recipient"] == "李四"
    assert court.case(si).data["paper"] == "报告财产令"
    clock.set(at("2025-03-05 10:00"))
    sign(court, zhang, "2025-03-04")
    publish(court, si, "2025-03-05")
    assert served_on(court) == {"zhang": date(2025, 3, 4), "si": None}
    assert reports(court) == {"zhang": ("2025-03-14", "running")}
    clock.set(at("2025-04-07 23:59"))
    court.run_due()
    assert served_on(court)["si"] is None, "the thirtieth day is Qingming, and a weekend follows"
    clock.set(at(worked_at))
    court.run_due()
    assert served_on(court)["si"] == date(2025, 4, 7), "however late the worker comes"
    assert court.case(si).data["served_on"] == date(2025, 4, 7)
    assert reports(court)["si"][0] == "2025-04-17"
    assert reports(court)["zhang"] == ("2025-03-14", "expired")
    sound(court)


def test_a_case_may_serve_again_and_the_last_service_counts(
    court: Engine, clock: VirtualClock
) -> None:
    clock.set(at("2025-03-05 10:00"))
    first = service_of(court, "zhang")
    with pytest.raises(Refused):
        court.fire("x", "serve", actor=WANG, about="zhang")
    court.fire(first, "drop", actor=WANG, data={"reason": "地址有误"})
    assert served_on(court)["zhang"] is None
    court.fire("x", "serve", actor=WANG, about="zhang")
    again = next(c.id for c in court.query(parent="x", open_only=True) if c.about == "zhang")
    sign(court, again, "2025-03-05")
    assert served_on(court)["zhang"] == date(2025, 3, 5)
    sound(court)


def test_a_case_ends_when_everybody_is_served(court: Engine, clock: VirtualClock) -> None:
    clock.set(at("2025-03-05 10:00"))
    sign(court, service_of(court, "zhang"), "2025-03-05")
    with pytest.raises(Refused):
        court.fire("x", "end", actor=WANG)
    sign(court, service_of(court, "si"), "2025-03-05")
    court.fire("x", "end", actor=WANG)
    assert court.case("x").closing_mode == "ended"


def test_what_no_sub_procedure_says_is_not_taken_and_somebody_gets_a_task(
    database: str, clock: VirtualClock, tmp_path: Path
) -> None:
    silent = SERVICE.read_text().replace(", served_on: {is: attempt.on}}", "}")
    child = _written(tmp_path, silent, SERVICE.name)
    _written(tmp_path, (SERVICE.parent / "common.yaml").read_text(), "common.yaml")
    definitions = [load_definition(PARENT), load_definition(child)]
    with Engine(database, definitions, clock=clock, drafts=True, upgrade=True) as engine:
        data = {"order": "报告财产令", "debtor": DEBTORS}
        engine.open_case("served", id="x", actor=LI, officer="wang", data=data)
        engine.fire("x", "serve", actor=WANG, about="zhang")
        sign(engine, service_of(engine, "zhang"), "2025-03-03")
        assert served_on(engine)["zhang"] is None
        assert [t.name for t in engine.tasks()] == ["tell:parent:served"]


def test_a_computed_field_asks_nothing_of_sub_procedures(tmp_path: Path) -> None:
    """An act sets what one says, once; a field computed at every look would follow it."""
    text = PARENT.read_text()
    field = "  latest: {type: number, is: service.count, title: {zh: 次数, en: how often}}\n"
    wrong = text.replace("  debtor:\n", f"{field}  debtor:\n", 1)
    found = [f for f in lint(_written(tmp_path, wrong)) if f.is_error]
    line = wrong[: wrong.index("  latest:")].count("\n") + 1
    assert [(f.code, f.at.line) for f in found] == [("computed-field", line)]
    mixed = text.replace("fields: {served_on: date}", "fields: {served_on: text}")
    found = [f for f in lint(_written(tmp_path, mixed)) if f.is_error]
    assert [f.code for f in found] == ["guard"]


def _written(folder: Path, text: str, name: str = "served.yaml") -> Path:
    path = folder / name
    path.write_text(text)
    return path
