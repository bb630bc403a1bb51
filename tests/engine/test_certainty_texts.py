"""No door takes a text that steers a terminal, hides, or has no end; what is refused is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import DATA, LOAN, at
from zhixing.engine import (
    Actor,
    BadText,
    Engine,
    LateAct,
    Replacement,
    VirtualClock,
    load_charter,
)
from zhixing.engine.storage import schema
from zhixing.workflow import (
    Deduction,
    DefinitionRefused,
    Extension,
    TimeUnit,
    ZhixingError,
    definition_from_text,
)
from zhixing.workflow.source.characters import is_clean

LATE = definition_from_text(
    (DATA / "late.yaml")
    .read_text(encoding="utf-8")
    .replace(
        "  arm: {by: officer}\n",
        "  arm: {by: officer}\n  waive: {by: chief}\n  watch: {by: chief}\n"
        "  deduct: {by: officer}\n  extend: {by: chief}\n",
    )
)
LI, WANG = Actor.of("li", "officer"), Actor.of("wang", "chief", "charter_editor")
BAD = ("a\x1b[8mb", "a\0b", "\x9b", "a\u202eb", "\u2066", "\ud800", "x" * 1_000_000)
MOMENT = at("2025-01-10 10:00")
ABOUT: dict[str, Any] = {"note": "n", "documents": {"proof": "p"}}

Door = Callable[[Engine, str], object]
DOORS: dict[str, Door] = {
    "number": lambda e, t: e.open_case("late", actor=LI, data={"amount": "1"}, number=t),
    "id": lambda e, t: e.open_case("late", actor=LI, data={"amount": "1"}, id=t),
    "court": lambda e, t: e.open_case("late", actor=LI, data={"amount": "1"}, court=t),
    "team": lambda e, t: e.open_case("late", actor=LI, data={"amount": "1"}, team=t),
    "officer": lambda e, t: e.open_case("late", actor=LI, data={"amount": "1"}, officer=t),
    "note of opening": lambda e, t: e.open_case("late", actor=LI, data={"amount": "1"}, note=t),
    "actor": lambda e, t: e.fire("c", "report", actor=Actor.of(t, "officer")),
    "role": lambda e, t: e.fire("c", "report", actor=Actor.of("li", "officer", t)),
    "note": lambda e, t: e.fire("c", "report", actor=LI, note=t),
    "document": lambda e, t: e.fire("c", "renew", actor=LI, documents={"ruling": t}),
    "kind of document": lambda e, t: e.fire("c", "renew", actor=LI, documents={t: "r"}),
    "data": lambda e, t: e.fire("c", "remark", actor=LI, data={"note": t}),
    "field": lambda e, t: e.fire("c", "remark", actor=LI, data={t: "r"}),
    "trigger": lambda e, t: e.fire("c", t, actor=LI),
    "request": lambda e, t: e.fire("c", "report", actor=LI, request_id=t),
    "preview": lambda e, t: e.preview("c", "report", actor=LI, documents={"proof": t}),
    "assigned": lambda e, t: e.assign("c", t, actor=WANG),
    "team assigned": lambda e, t: e.assign("c", "zhao", actor=WANG, team=t),
    "note of assigning": lambda e, t: e.assign("c", "zhao", actor=WANG, note=t),
    "watcher": lambda e, t: e.watch("c", "term", t, actor=WANG),
    "deduction": lambda e, t: e.deduct("c", Deduction(date(2025, 1, 10), None, ground=t), actor=LI),
    "document of a deduction": lambda e, t: e.deduct(
        "c", Deduction(date(2025, 1, 10), None, document=t), actor=LI
    ),
    "extension": lambda e, t: e.extend("c", "term", Extension(1, TimeUnit.DAY, t, ""), actor=WANG),
    "document of an extension": lambda e, t: e.extend(
        "c", "term", Extension(1, TimeUnit.DAY, "x", t), actor=WANG
    ),
    "reason of a waiver": lambda e, t: e.waive("c", "first_report", actor=WANG, note=t),
    "why corrected": lambda e, t: e.correct("c", actor=LI, annul=[2], **ABOUT | {"note": t}),
    "basis of a correction": lambda e, t: e.correct(
        "c", actor=LI, annul=[2], **ABOUT | {"documents": {"proof": t}}
    ),
    "corrected document": lambda e, t: e.correct(
        "c", actor=LI, replace={1: Replacement(documents={"proof": t})}, **ABOUT
    ),
    "note of what is entered": lambda e, t: e.correct(
        "c", actor=LI, enter=LateAct("pay", MOMENT, note=t), **ABOUT
    ),
    "document of what is entered": lambda e, t: e.correct(
        "c", actor=LI, enter=LateAct("pay", MOMENT, documents={"proof": t}), **ABOUT
    ),
    "note of a version": lambda e, t: e.propose_version(LATE, actor=WANG, note=t),
    "deputy": lambda e, t: e.appoint_deputy(
        "li", t, since=date(2025, 1, 1), until=date(2025, 2, 1), roles=["officer"], actor=LI
    ),
    "note of a deputy": lambda e, t: e.appoint_deputy(
        "li",
        "zhao",
        since=date(2025, 1, 1),
        until=date(2025, 2, 1),
        roles=["officer"],
        actor=LI,
        note=t,
    ),
    "charter": lambda e, t: e.propose_charter(t, actor=WANG),
    "resolution": lambda e, t: e.resolve(1, actor=WANG, resolution=t),
}


@pytest.mark.parametrize("text", BAD, ids=lambda text: ascii(text)[:12])
def test_what_nobody_should_see_is_refused_at_every_door(database: str, text: str) -> None:
    with Engine(database, LATE, clock=VirtualClock(MOMENT), drafts=True, upgrade=True) as engine:
        engine.open_case("late", id="c", actor=LI, officer="li", data={"amount": "1"})
        before = engine.history("c")
        for name, door in DOORS.items():
            with pytest.raises(ZhixingError):
                door(engine, text)
                pytest.fail(name)
        assert engine.history("c") == before and len(engine.query()) == 1


def test_what_was_refused_is_named_in_two_languages(database: str) -> None:
    with Engine(database, LATE, clock=VirtualClock(MOMENT), drafts=True, upgrade=True) as engine:
        with pytest.raises(BadText) as refused:
            engine.open_case("late", actor=LI, data={"amount": "1"}, number="a\x1b[8m")
        assert refused.value.code == "text" and "number" in refused.value.text("zh")
        assert is_clean(refused.value.text("zh")) and is_clean(str(refused.value))
        assert [r.code for r in engine.refusals(actor=Actor.of("r", "audit_admin"))] == ["text"]


@pytest.mark.parametrize("text", ["\\e[2J", "\\u202e", "\\x9b", "x" * 30_000])
def test_a_title_that_steers_is_a_finding_at_its_place(text: str) -> None:
    with pytest.raises(DefinitionRefused) as refused:
        definition_from_text(LOAN.replace("{zh: 催款, en: dunning}", f'{{zh: "{text}", en: d}}'))
    (finding,) = refused.value.findings
    assert (finding.code, finding.at.line, finding.at.column) == ("unclean-text", 3, 14)


def test_a_charter_that_steers_is_refused(tmp_path: Any) -> None:
    file = tmp_path / "charter.yaml"
    file.write_text('charter: x\ntitle: {zh: "\\e[2J", en: x}\n', encoding="utf-8")
    with pytest.raises(DefinitionRefused, match="unclean-text"):
        load_charter(file)


def test_a_zone_beside_the_calendar_of_another_is_told() -> None:
    with pytest.raises(DefinitionRefused, match="zone-of-calendar"):
        definition_from_text(LOAN + "zone: Europe/Rome\n")
    rome = definition_from_text(LOAN + "zone: Europe/Rome\ncalendar: none\n")
    assert rome.zone == "Europe/Rome"


def test_what_was_stored_before_steers_no_page(database: str) -> None:
    """A note from before such texts were refused is written out where it is shown."""
    clock = VirtualClock(MOMENT)
    with Engine(database, LATE, clock=clock, drafts=True, upgrade=True) as engine:
        engine.open_case("late", id="c", actor=LI, officer="li", data={"amount": "1"}, note="old")
        with engine.database.begin() as connection:
            connection.execute(sa.update(schema.history).values(note="<b>\x1b[8m\u202eold"))
        reader = Actor.of("r", "audit_admin")
        page = engine.case_page("c", actor=reader)
        assert is_clean(page, has_lines=True)
        assert "&lt;b&gt;" in page and "u001b" in page
