"""Every verb with an actor, and who may: read from the charter and the definition of the tests."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import DATA, at
from tests.courts import CHARTER_TEXT
from zhixing.adapters import Answer, Call, Entry, Operation, Reply
from zhixing.engine import (
    Actor,
    Deduction,
    Engine,
    Extension,
    Held,
    HistoryEntry,
    NewCase,
    NotAllowed,
    PublicationRefused,
    Refused,
    Replacement,
    TimeUnit,
    VirtualClock,
)
from zhixing.engine.charter.files import charter_from_text
from zhixing.engine.storage.incidents import record_incident
from zhixing.engine.storage.schema import metadata
from zhixing.engine.verbs.audits import Audits
from zhixing.engine.verbs.changes import Changes
from zhixing.engine.verbs.charters import Charters
from zhixing.engine.verbs.orders import Orders
from zhixing.engine.verbs.outside import Outside
from zhixing.engine.verbs.publications import Publications
from zhixing.engine.verbs.questions import Questions
from zhixing.engine.verbs.restoring import Restoring
from zhixing.workflow import Definition, definition_from_text, load_definition, shipped_law
from zhixing.workflow.law.law import Law
from zhixing.workflow.model.definition import ANY_OFFICER, OFFICER
from zhixing.workflow.periods.calendars import national_calendar

GUARDED = load_definition(DATA / "authority.yaml")
EVERYBODY = tuple(sorted({*GUARDED.roles, *charter_from_text(CHARTER_TEXT).roles}))
"""Every role of the definition and of the charter."""

OFFICES = f"    - {{by: president, roles: [{', '.join(EVERYBODY)}]}}"
TEXT = CHARTER_TEXT.replace("    - {by: chief, roles: [officer]}", OFFICES)
CHARTER = charter_from_text(TEXT, "beijing.yaml")

TOP, COURT, BUREAU, TEAM, SISTER = "beijing", "haidian", "bureau", "team", "chaoyang"
TODAY = date(2025, 3, 3)
APPLIED = {"applied_on": "2025-01-02", "person": "debtor-1"}
OWN = "own"
"""The officer of every case of the tests."""

Tables = dict[str, list[str]]
_numbers = itertools.count(1)

LAYER = """
level: case
id: once
title: {zh: 个案, en: once}
version: NUMBER
states: {settling: {title: {zh: 调解, en: settling}, phase: work}}
transitions:
  mediate: {title: {zh: 调解, en: mediate}, from: received, to: settling, by: officer}
  settle: {title: {zh: 和解, en: settle}, from: settling, to: seized, by: officer}
"""

SMALL = """
id: ID
title: {zh: 小, en: small}
version: 1
effective: 2024-01-01
roles: {clerk: {title: {zh: 书记员, en: clerk}}}
phases: {work: {title: {zh: 办理, en: work}}}
modes: {done: {zh: 完毕, en: done}}
initial: open
states:
  open: {title: {zh: 已立, en: open}, phase: work}
  done: {title: {zh: 完毕, en: done}, closes: done}
transitions:
  - {trigger: close, title: {zh: 结案, en: close}, from: open, to: done, by: clerk}
"""


def unique(name: str) -> str:
    """Something that was not there before."""
    return f"{name}{next(_numbers)}"


def small() -> Definition:
    """A definition of a procedure of its own."""
    return definition_from_text(SMALL.replace("ID", unique("small")))


def law() -> Law:
    """The shipped tables of law under another number."""
    text, shipped = shipped_law().to_text(), f"version: {shipped_law().version}\\n"
    return Law.from_text(text.replace(shipped, f"version: {next(_numbers) + 100}\\n"))


def charter_text() -> str:
    """The charter under another number."""
    return TEXT.replace("version: 1\n", f"version: {next(_numbers) + 100}\n")


LAW_LIMIT = "law:case-fund-disbursement:30d:LIT"
"""A limit of the law as it runs on a case, armed by hand."""


class World:
    """A database with the charter and the definition in force, and cases to try things on."""

    def __init__(self, database: str, **options: Any) -> None:
        self._is_watched = False
        self.clock = VirtualClock(at(f"{TODAY} 09:00"))
        self.engine = Engine(database, clock=self.clock, upgrade=True, **options)
        self.engine.set_first_charter(CHARTER)
        self.publish(GUARDED)

    def publish(self, definition: Definition) -> int:
        """A version published for the whole province."""
        id = self.propose(definition)
        self.engine.decide_version(id, actor=Actor.of("publisher", "procedure_publisher@beijing"))
        return id

    def propose(self, definition: Definition, court: str = "") -> int:
        """A version that waits for its decision."""
        editor = Actor.of("editor", "procedure_editor", at=TOP)
        return self.engine.propose_version(definition, actor=editor, court=court).id

    def case(self) -> str:
        """A case of the team whose limit `missed` has expired."""
        opener = Actor.of("opener", "clerk", "chief", at=COURT)
        case = self.engine.open_case(
            GUARDED.id,
            actor=opener,
            id=unique("case-"),
            court=COURT,
            team=TEAM,
            officer=OWN,
            data=APPLIED,
        )
        self.engine.run_due()
        return case.id

    def two_cases(self) -> tuple[str, str]:
        """A case, and another of the same officer."""
        return self.case(), self.case()

    def branch_and_case(self) -> tuple[str, str]:
        """A sub-procedure of a case, and another case that this one is linked with."""
        first, second = self.two_cases()
        self.engine.fire(first, "branch", actor=officer())
        chief = Actor.of("linking", "chief", at=COURT)
        self.engine.link(first, "earlier", second, actor=chief)
        [branch] = self.engine.query(parent=first)
        return branch.id, second

    def proposed(self, trigger: str = "seize") -> str:
        """A case where the officer has proposed something."""
        case = self.case()
        self.engine.fire(case, trigger, actor=officer())
        return case

    def armed(self) -> str:
        """A case on which a limit of the law was armed by hand."""
        case = self.case()
        self.engine.arm_law(
            case, "case-fund-disbursement", actor=Actor.of("any.chief", "chief", at=COURT)
        )
        return case

    def tables(self) -> Tables:
        """Every row of every table."""
        with self.engine.transaction() as transaction:
            return {
                name: sorted(repr(tuple(row)) for row in transaction.connection.execute(query))
                for name, query in _QUERIES.items()
            }

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """What is refused within changes nothing: all of it is compared once, at the end."""
        before, self._is_watched = self.tables(), True
        try:
            yield
        finally:
            self._is_watched = False
        assert self.tables() == before

    def refuses(
        self, actor: Actor, verb: str, error: type[Exception], act: Callable[[], Any]
    ) -> Any:
        """Something is refused, changes nothing, and is kept once: who, which verb, which code."""
        whose = {"person": actor.id[:100]} if actor.id.isprintable() else {}
        told_before = {r.id for r in self.refusals(**whose)}
        watched = nullcontext() if self._is_watched else self.unchanged()
        with watched, pytest.raises(error) as refused:
            act()
        [told] = [r for r in self.refusals(**whose) if r.id not in told_before]
        code = refused.value.code  # type: ignore[attr-defined]
        assert (told.verb, told.code, told.why["code"], told.times) == (verb, code, code, 1)
        if actor.id.isprintable():
            assert (told.actor, told.roles) == (actor.id[:100], tuple(sorted(actor.roles)))
        return refused.value

    def refusals(self, **options: Any) -> list[Any]:
        """What was refused, as the auditor reads it."""
        auditor = Actor.of("auditor", "audit_admin", at=TOP)
        return list(self.engine.refusals(actor=auditor, limit=100_000, **options))

    def refusals_of(self, person: str) -> list[Any]:
        """What was refused to a person."""
        return self.refusals(person=person)

    def deputy(self, role: str, place: str, since: date = TODAY, until: date = TODAY) -> Actor:
        """Somebody without a role who stands in for whoever holds one."""
        deputy = unique("deputy-")
        self.engine.appoint_deputy(
            OWN if role == OFFICER else f"holder.of.{role}",
            deputy,
            roles=[role],
            since=since,
            until=until,
            court=place,
            actor=Actor.of("appointing", "president", at=TOP),
        )
        return Actor.of(deputy)

    def incident(self, case: str) -> int:
        """Something that the clock could not do, for a person."""
        with self.engine.transaction() as t:
            record_incident(t.connection, t.now, "clock", unique("fault "), COURT, case)
        return self.engine.incidents()[-1].id

    def request(self) -> str:
        """A request to the outside that a person is asked about."""
        case = self.case()
        self.engine.fire(case, "ask", actor=officer())
        [request] = self.engine.requests(case_id=case)
        with self.engine.transaction() as t:
            about = COURT, request.case_id, request.id
            record_incident(t.connection, t.now, "request", unique("fault "), *about)
        return request.id


_QUERIES = {
    name: sa.select(*table.columns)
    for name, table in metadata.tables.items()
    if name != "zx_refusals"
}


def officer() -> Actor:
    """The officer of every case."""
    return Actor.of(OWN, OFFICER, at=COURT)


@dataclass(frozen=True)
class Verb:
    """One verb (or one use of it): what it is tried on, who may, and how it is refused.

    `by` are the roles that may, at `place`; `persons` may without any role. Where `is_own`, the
    `officer` among them is the case's own. `told` says whom the records name after it was done.
    """

    name: str
    by: tuple[str, ...]
    prepare: Callable[[World], Any]
    act: Callable[[World, Any, Actor], Any]
    told: Callable[[World, Any, Any], str]
    error: type[Exception] = Refused
    obstacle: str = "role"
    place: str = COURT
    use: str = ""
    persons: tuple[str, ...] = ()
    is_own: bool = True
    case_of: Callable[[Any, Any], str | None] = field(default=lambda subject, done: None)

    def __str__(self) -> str:
        return f"{self.name} {self.use}".strip().replace(" ", "-")

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that people hold to do it."""
        return tuple(dict.fromkeys(OFFICER if role == ANY_OFFICER else role for role in self.by))

    def is_own_case(self, role: str) -> bool:
        """Whether a role is that of the officer of this very case."""
        return role == OFFICER and self.is_own and ANY_OFFICER not in self.by

    def holder(self, role: str, place: str | None = None) -> Actor:
        """Somebody who holds a role as it is asked."""
        person = OWN if self.is_own_case(role) else unique(f"{role}.")
        return Actor.of(person, role, at=place or self.place)

    def shown(self, role: str) -> set[str]:
        """A role as the history shows it: that of an officer of any case by its own name."""
        return {ANY_OFFICER} if role == OFFICER and ANY_OFFICER in self.by else {role}

    def deputies(self) -> tuple[str, ...]:
        """The roles in which a deputy may: that of an officer is for the officer's own cases."""
        return tuple(r for r in self.roles if r != OFFICER or self.is_own_case(r))


# -- what the charter and the definition say


def power(name: str) -> tuple[str, ...]:
    return GUARDED.powers[name].by


def transition(trigger: str) -> tuple[str, ...]:
    return next(t.by for t in GUARDED.transitions if t.trigger == trigger)


def step(approval: str, number: int = 0) -> tuple[str, ...]:
    return GUARDED.approvals[approval].steps[number].by


def grant(name: str, deciding: bool = False) -> tuple[str, ...]:
    found = getattr(CHARTER.powers, name)
    return found.decided_by if deciding else found.by


APPOINTING = tuple(role for one in CHARTER.powers.appoint_deputy for role in one.by)


# -- whom the records name


def last_entry(world: World, subject: Any, done: Any) -> str:
    return by_somebody(world, done.id).actor


def by_somebody(world: World, case: str) -> HistoryEntry:
    """The last entry of a case that is not the clock's."""
    return [entry for entry in world.engine.history(case) if entry.actor != "clock"][-1]


def in_row(column: str) -> Callable[[World, Any, Any], str]:
    return lambda world, subject, done: str(getattr(done, column))


def of_case(name: str, by: tuple[str, ...], act: Callable[..., Any], **options: Any) -> Verb:
    """A verb about a case, which is told in its history with the roles."""
    options.setdefault("prepare", World.case)
    return Verb(
        name,
        by,
        act=act,
        told=last_entry,
        case_of=lambda subject, done: str(done.id),
        **options,
    )


def firing(trigger: str, **data: Any) -> Verb:
    return of_case(
        "fire",
        transition(trigger),
        lambda w, case, who: w.engine.fire(case, trigger, actor=who, data=data),
        use=trigger,
    )


def opened_last(world: World, subject: Any, done: list[str]) -> str:
    return by_somebody(world, done[-1]).actor


def claimed(world: World) -> str:
    case = world.case()
    world.engine.claim_task(case, "prepare", actor=Actor.of("claimer", "clerk", at=COURT))
    return case


def alerted(world: World) -> str:
    return world.engine.alerts(case_id=world.case())[0].id


def seen_by(world: World, alert: str, done: Any) -> str:
    [row] = [a for a in world.engine.alerts() if a.id == alert]
    return str(row.seen_by)


def resolved_by(world: World, incident: int, done: Any) -> str:
    [row] = [i for i in world.engine.incidents(open_only=False) if i.id == incident]
    return str(row.resolved_by)


def settled_by(world: World, request: str, done: Any) -> str:
    found = world.engine.incidents(open_only=False)
    return str(next(i.resolved_by for i in found if i.outbox_id == request))


def redesign() -> str:
    return LAYER.replace("NUMBER", str(next(_numbers)))


def redesigned(world: World) -> int:
    case = world.case()
    return world.engine.propose_redesign(case, redesign(), actor=officer(), note="调解").id


def migrating(world: World) -> int:
    mover = Actor.of("mover", power("move")[0], at=COURT)
    return world.engine.propose_migration(GUARDED, actor=mover, court=COURT).id


def law_proposed(world: World) -> int:
    return world.engine.propose_law(law(), actor=Actor.of("editor", "procedure_editor@beijing")).id


def charter_proposed(world: World) -> int:
    security = Actor.of("security", "security_admin", at=TOP)
    return world.engine.propose_charter(charter_text(), actor=security).id


def second_step(world: World) -> str:
    case = world.case()
    limit, ruling = Extension(1, TimeUnit.DAY, "a"), {"ruling": "r"}
    world.engine.extend(case, "answer", limit, actor=officer(), documents=ruling)
    world.engine.approve(case, "extend:answer", actor=Actor.of("first.chief", "chief", at=COURT))
    return case


def appoint(world: World, court: str, who: Actor) -> Any:
    return world.engine.appoint_deputy(
        "holder", unique("new."), roles=["clerk"], since=TODAY, until=TODAY, court=court, actor=who
    )


def held_and_released(world: World, subject: Any, who: Actor) -> Held:
    """Somebody holds the database, which is let go again: others try things on it."""
    found = world.engine.after_restore(actor=who)
    world.engine.release(actor=resolver())
    return found


def released(world: World, subject: Any, who: Actor) -> Held | None:
    """Somebody lets a database go, which is held in the same transaction only."""
    with world.engine.database.begin() as connection:
        world.engine.after_restore(actor=resolver(), within=connection)
        return world.engine.release(actor=who, within=connection)


def resolver() -> Actor:
    """Somebody whom the charter lets resolve incidents everywhere."""
    return Actor.of("resolver", grant("resolve")[0], at=TOP)


DAY = Extension(1, TimeUnit.DAY, "a")
DEDUCTION = Deduction(date(2025, 3, 1), date(2025, 3, 2), "notice", "n")
RULING = {"ruling": "r"}

CASES = (
    Verb(
        "open_case",
        power("open"),
        lambda w: None,
        lambda w, s, who: w.engine.open_case(
            GUARDED.id, actor=who, court=COURT, team=TEAM, data=APPLIED
        ),
        last_entry,
        is_own=False,
        case_of=lambda subject, done: str(done.id),
    ),
    Verb(
        "open_many",
        power("open"),
        lambda w: None,
        lambda w, s, who: w.engine.open_many(
            GUARDED.id, [NewCase(APPLIED, court=COURT), NewCase(APPLIED, court=COURT)], actor=who
        ),
        opened_last,
        is_own=False,
        case_of=lambda subject, done: str(done[-1]),
    ),
    firing("tell", said="x"),
    firing("plead", said="x"),
    firing("visit"),
    firing("seize"),
    firing("hear"),
    of_case("deduct", power("deduct"), lambda w, c, who: w.engine.deduct(c, DEDUCTION, actor=who)),
    of_case(
        "extend",
        power("extend"),
        lambda w, c, who: w.engine.extend(c, "answer", DAY, actor=who, documents=RULING),
    ),
    of_case(
        "restore",
        power("restore"),
        lambda w, c, who: w.engine.restore(
            c, "missed", Extension(90, TimeUnit.DAY, "a"), actor=who
        ),
    ),
    of_case("waive", power("waive"), lambda w, c, who: w.engine.waive(c, "answer", actor=who)),
    of_case("arm", power("arm"), lambda w, c, who: w.engine.arm(c, "review", actor=who)),
    of_case(
        "arm_law",
        power("arm"),
        lambda w, c, who: w.engine.arm_law(c, "case-fund-disbursement", actor=who),
    ),
    of_case(
        "meet",
        power("arm"),
        lambda w, c, who: w.engine.meet(c, LAW_LIMIT, actor=who),
        prepare=World.armed,
    ),
    of_case("assign", power("assign"), lambda w, c, who: w.engine.assign(c, "next", actor=who)),
    of_case(
        "link",
        power("link"),
        lambda w, c, who: w.engine.link(c[0], "earlier", c[1], actor=who),
        prepare=World.two_cases,
    ),
    of_case(
        "transfer",
        power("transfer"),
        lambda w, c, who: w.engine.transfer(c[0], c[1], as_="branch", actor=who),
        prepare=World.branch_and_case,
    ),
    of_case("watch", power("watch"), lambda w, c, who: w.engine.watch(c, "answer", "w", actor=who)),
    of_case(
        "approve",
        step("chief"),
        lambda w, c, who: w.engine.approve(c, "seize", actor=who),
        prepare=World.proposed,
    ),
    of_case(
        "approve",
        step("both", 1),
        lambda w, c, who: w.engine.approve(c, "extend:answer", actor=who),
        prepare=second_step,
        use="the last step",
    ),
    of_case(
        "approve",
        step("panel"),
        lambda w, c, who: w.engine.approve(c, "judge", actor=who),
        prepare=lambda w: w.proposed("judge"),
        use="as one of a panel",
    ),
    of_case(
        "reject",
        step("chief"),
        lambda w, c, who: w.engine.reject(c, "seize", actor=who, note="why"),
        prepare=World.proposed,
    ),
    of_case(
        "withdraw",
        (),
        lambda w, c, who: w.engine.withdraw(c, "seize", actor=who),
        prepare=World.proposed,
        persons=(OWN,),
        obstacle="not-proposer",
    ),
    of_case(
        "correct",
        power("correct"),
        lambda w, c, who: w.engine.correct(
            c,
            actor=who,
            note="why",
            documents={"ruling": "r"},
            replace={1: Replacement(data={"person": "debtor-2"})},
        ),
    ),
    of_case(
        "finish_task",
        power("correct"),
        lambda w, c, who: w.engine.finish_task(c, "send:request:inquiry", actor=who),
    ),
    of_case(
        "claim_task",
        GUARDED.tasks["prepare"].offered_to,
        lambda w, c, who: w.engine.claim_task(c, "prepare", actor=who),
    ),
    of_case(
        "hand_back_task",
        (),
        lambda w, c, who: w.engine.hand_back_task(c, "prepare", actor=who),
        prepare=claimed,
        persons=("claimer",),
        obstacle="not-claimed",
    ),
    Verb(
        "acknowledge_alert",
        tuple(GUARDED.deadlines["missed"].on_expiry.alert),
        alerted,
        lambda w, alert, who: w.engine.acknowledge_alert(alert, actor=who),
        seen_by,
        NotAllowed,
        persons=(OWN,),
    ),
    Verb(
        "resolve",
        grant("resolve"),
        lambda w: w.incident(w.case()),
        lambda w, id, who: w.engine.resolve(id, actor=who, resolution="done"),
        resolved_by,
        NotAllowed,
    ),
)

VERSIONS = (
    Verb(
        "propose_version",
        grant("publish"),
        lambda w: small(),
        lambda w, new, who: w.engine.propose_version(new, actor=who, court=COURT),
        in_row("proposed_by"),
        NotAllowed,
    ),
    Verb(
        "propose_version",
        grant("publish"),
        lambda w: small(),
        lambda w, new, who: w.engine.propose_version(new, actor=who),
        in_row("proposed_by"),
        NotAllowed,
        place=TOP,
        use="for all",
    ),
    Verb(
        "decide_version",
        grant("publish", deciding=True),
        lambda w: w.propose(small(), COURT),
        lambda w, id, who: w.engine.decide_version(id, actor=who),
        in_row("decided_by"),
        NotAllowed,
    ),
    Verb(
        "withdraw_version",
        grant("publish", deciding=True),
        lambda w: w.publish(small()),
        lambda w, id, who: w.engine.withdraw_version(id, actor=who),
        in_row("withdrawn_by"),
        NotAllowed,
        place=TOP,
    ),
    Verb(
        "withdraw_version",
        grant("publish", deciding=True),
        lambda w: w.propose(small(), COURT),
        lambda w, id, who: w.engine.withdraw_version(id, actor=who),
        in_row("withdrawn_by"),
        NotAllowed,
        persons=("editor",),
        use="that waits",
    ),
    Verb(
        "propose_redesign",
        (OFFICER, *GUARDED.redesign_by),
        World.case,
        lambda w, c, who: w.engine.propose_redesign(c, redesign(), actor=who, note="why"),
        in_row("proposed_by"),
        NotAllowed,
    ),
    Verb(
        "decide_version",
        GUARDED.redesign_by,
        redesigned,
        lambda w, id, who: w.engine.decide_version(id, actor=who),
        in_row("decided_by"),
        PublicationRefused,
        use="of one case",
        case_of=lambda subject, done: str(done.case_id),
    ),
    Verb(
        "decide_version",
        GUARDED.redesign_by,
        redesigned,
        lambda w, id, who: w.engine.decide_version(id, actor=who, in_favour=False),
        in_row("decided_by"),
        PublicationRefused,
        use="against that of one case",
    ),
    Verb(
        "propose_migration",
        power("move"),
        lambda w: None,
        lambda w, s, who: w.engine.propose_migration(GUARDED, actor=who, court=COURT),
        in_row("proposed_by"),
        NotAllowed,
    ),
    Verb(
        "decide_migration",
        power("move"),
        migrating,
        lambda w, id, who: w.engine.decide_migration(id, actor=who),
        in_row("decided_by"),
        NotAllowed,
    ),
    Verb(
        "propose_law",
        grant("load_law"),
        lambda w: law(),
        lambda w, new, who: w.engine.propose_law(new, actor=who),
        in_row("proposed_by"),
        NotAllowed,
        place=TOP,
    ),
    Verb(
        "decide_law",
        grant("load_law", deciding=True),
        law_proposed,
        lambda w, id, who: w.engine.decide_law(id, actor=who),
        in_row("decided_by"),
        NotAllowed,
        place=TOP,
    ),
    Verb(
        "apply_calendar",
        grant("load_calendar"),
        lambda w: national_calendar(),
        lambda w, new, who: w.engine.apply_calendar("cn", new, actor=who),
        lambda w, s, done: "",
        NotAllowed,
        place=TOP,
    ),
    Verb(
        "apply_rules",
        grant("apply_rules"),
        lambda w: None,
        lambda w, s, who: w.engine.apply_rules(actor=who, note="upgrade"),
        lambda w, s, done: "",
        NotAllowed,
        place=TOP,
    ),
)

CHARTERS = (
    Verb(
        "propose_charter",
        grant("change_charter"),
        lambda w: charter_text(),
        lambda w, text, who: w.engine.propose_charter(text, actor=who),
        in_row("proposed_by"),
        NotAllowed,
        place=TOP,
    ),
    Verb(
        "decide_charter",
        grant("change_charter", deciding=True),
        charter_proposed,
        lambda w, id, who: w.engine.decide_charter(id, actor=who),
        in_row("decided_by"),
        NotAllowed,
        place=TOP,
    ),
    Verb(
        "appoint_deputy",
        APPOINTING,
        lambda w: COURT,
        appoint,
        in_row("appointed_by"),
        NotAllowed,
    ),
    Verb(
        "end_deputy",
        APPOINTING,
        lambda w: appoint(w, COURT, Actor.of("appointing", APPOINTING[0], at=TOP)).id,
        lambda w, id, who: w.engine.end_deputy(id, actor=who),
        in_row("ended_by"),
        NotAllowed,
        persons=("holder",),
    ),
    Verb(
        "accept_clock",
        grant("resolve"),
        lambda w: None,
        lambda w, s, who: w.engine.accept_clock(actor=who),
        lambda w, s, accepted: str(accepted.by),
        NotAllowed,
        place=TOP,
    ),
    Verb(
        "refusals",
        grant("read_refusals"),
        lambda w: None,
        lambda w, s, who: w.engine.refusals(actor=who),
        lambda w, s, done: "",
        NotAllowed,
        place=TOP,
    ),
)

QUESTIONS = (
    Verb(
        "read_sealed",
        grant("read_sealed"),
        World.case,
        lambda w, c, who: w.engine.read_sealed(c, actor=who),
        lambda w, s, done: "",
        NotAllowed,
    ),
    Verb(
        "export_case",
        grant("export"),
        World.case,
        lambda w, c, who: w.engine.export_case(c, actor=who),
        lambda w, s, done: "",
        NotAllowed,
    ),
)

AUDITS = (
    Verb(
        "verify",
        grant("export"),
        World.case,
        lambda w, c, who: w.engine.verify(c, actor=who),
        lambda w, s, done: "",
        NotAllowed,
    ),
    Verb(
        "anchor",
        grant("export"),
        lambda w: None,
        lambda w, s, who: w.engine.anchor(court=COURT, actor=who),
        lambda w, s, done: "",
        NotAllowed,
    ),
    Verb(
        "seal",
        grant("export"),
        lambda w: None,
        lambda w, s, who: w.engine.seal(actor=who),
        lambda w, s, done: "",
        NotAllowed,
        place=TOP,
    ),
    Verb(
        "case_page",
        grant("export"),
        World.case,
        lambda w, c, who: w.engine.case_page(c, actor=who),
        lambda w, s, done: "",
        NotAllowed,
    ),
)


class NoBooks:
    """A far side that did nothing."""

    name = "books"
    operations: Mapping[str, Operation] = {}

    def send(self, call: Call) -> Reply:
        raise NotImplementedError

    def poll(self, key: str) -> tuple[Answer, ...]:
        raise NotImplementedError

    def entries(self, since: date, until: date) -> tuple[Entry, ...]:
        return ()


def with_books(world: World) -> None:
    world.engine.adapters = (NoBooks(),)


def reconciled(world: World, subject: Any, who: Actor) -> Any:
    return world.engine.reconcile("books", TODAY, TODAY, actor=who, court=COURT)


RECONCILING = (
    Verb("reconcile", grant("resolve"), with_books, reconciled, lambda w, s, d: "", NotAllowed),
)
OUTSIDE = RECONCILING + tuple(
    Verb(name, grant("resolve"), World.request, act, settled_by, NotAllowed)
    for name, act in (
        ("retry_request", lambda w, id, who: w.engine.retry_request(id, actor=who, reason="why")),
        (
            "answer_request",
            lambda w, id, who: w.engine.answer_request(
                id, {"found": "5"}, actor=who, reason="by letter"
            ),
        ),
        (
            "abandon_request",
            lambda w, id, who: w.engine.abandon_request(id, actor=who, reason="no such bank"),
        ),
    )
)

RESTORING = (
    Verb(
        "after_restore",
        grant("resolve"),
        lambda w: None,
        held_and_released,
        in_row("by"),
        NotAllowed,
        place=TOP,
    ),
    Verb(
        "release",
        grant("resolve"),
        lambda w: None,
        released,
        lambda w, s, done: "",
        NotAllowed,
        place=TOP,
    ),
)

VERBS = (*CASES, *VERSIONS, *CHARTERS, *QUESTIONS, *AUDITS, *OUTSIDE, *RESTORING)
YESTERDAY, TOMORROW, AFTERWARDS = (TODAY + timedelta(days=n) for n in (-1, 1, 2))


def verbs_with_an_actor() -> Iterator[str]:
    """The public verbs of the engine that somebody does; `possible` only asks, and refuses none,
    and `preview` is `fire`, taken back."""
    for face in (Changes, Orders, Outside, Questions, Publications, Charters, Audits, Restoring):
        for name, member in vars(face).items():
            is_public = inspect.isfunction(member) and not name.startswith("_")
            is_asked = name in ("possible", "preview")
            if is_public and not is_asked and "actor" in inspect.signature(member).parameters:
                yield name
