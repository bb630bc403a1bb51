"""What an enemy would try: it is refused, nothing is changed by it, and it is kept."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.conftest import LOAN
from tests.courts import CHARTER_TEXT
from tests.engine.authority import (
    COURT,
    DAY,
    DEDUCTION,
    EVERYBODY,
    GUARDED,
    OWN,
    RULING,
    SISTER,
    TEAM,
    TODAY,
    TOP,
    VERBS,
    World,
    charter_text,
    migrating,
    officer,
    redesign,
    small,
    unique,
)
from tests.engine.test_async import run
from tests.engine.test_async import url as url
from zhixing.engine import (
    Actor,
    Answer,
    Asked,
    AsyncEngine,
    BadActor,
    BadDeputy,
    CaseNotFound,
    CharterRefused,
    Deduction,
    DefinitionDamaged,
    DefinitionRefused,
    Engine,
    MigrationRefused,
    NotAllowed,
    NotPublished,
    PublicationRefused,
    Refused,
    VirtualClock,
    ZhixingError,
)
from zhixing.engine.charter.files import charter_from_text
from zhixing.workflow import definition_from_text, load_definition

DEBTOR = Actor.of("debtor.1", "debtor", at=COURT)
CHIEF = Actor.of("chief.zhou", "chief", at=COURT)
PRESIDENT = Actor.of("president.wu", "president", at=COURT)
AUDITOR = Actor.of("auditor", "audit_admin", at=TOP)
EDITOR = Actor.of("editor", "procedure_editor", at=TOP)
PUBLISHER = Actor.of("publisher", "procedure_publisher", at=TOP)
CENTURY = Deduction(date(1990, 1, 1), date(2090, 1, 1), "notice", "n")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Where the database makes no difference."""
    made = World(f"sqlite:///{tmp_path}/cases.db")
    yield made
    made.engine.close()


@pytest.fixture
def either(database: str) -> Iterator[World]:
    made = World(database)
    yield made
    made.engine.close()


# -- a party


@pytest.mark.parametrize(
    ("verb", "act"),
    [
        ("waive", lambda e, c: e.waive(c, "answer", actor=DEBTOR)),
        ("deduct", lambda e, c: e.deduct(c, CENTURY, actor=DEBTOR)),
        ("assign", lambda e, c: e.assign(c, DEBTOR.id, actor=DEBTOR)),
        ("watch", lambda e, c: e.watch(c, "answer", DEBTOR.id, actor=DEBTOR)),
        ("extend", lambda e, c: e.extend(c, "answer", DAY, actor=DEBTOR, documents=RULING)),
        ("restore", lambda e, c: e.restore(c, "missed", DAY, actor=DEBTOR)),
        ("arm", lambda e, c: e.arm(c, "review", actor=DEBTOR)),
        ("approve", lambda e, c: e.approve(c, "seize", actor=DEBTOR)),
        ("reject", lambda e, c: e.reject(c, "seize", actor=DEBTOR, note="no")),
        ("withdraw", lambda e, c: e.withdraw(c, "seize", actor=DEBTOR)),
        ("claim_task", lambda e, c: e.claim_task(c, "prepare", actor=DEBTOR)),
        (
            "open_case",
            lambda e, c: e.open_case("guarded", actor=DEBTOR, court=COURT, officer=DEBTOR.id),
        ),
    ],
)
def test_a_party_gives_no_order(
    world: World, verb: str, act: Callable[[Engine, str], object]
) -> None:
    case = world.proposed()
    world.refuses(DEBTOR, verb, Refused, lambda: act(world.engine, case))


def test_an_officer_deducts_no_century_without_the_chief(world: World) -> None:
    case = world.case()
    due = world.engine.explain_deadline(case, "answer").due_day
    world.engine.deduct(case, CENTURY, actor=officer())
    both = Actor.of(OWN, "officer", "chief", at=COURT)
    world.refuses(
        both, "approve", Refused, lambda: world.engine.approve(case, "deduct:notice", actor=both)
    )
    assert world.engine.explain_deadline(case, "answer").due_day == due


def test_an_opener_who_may_not_assign_names_no_officer(world: World) -> None:
    clerk = Actor.of("clerk.qian", "clerk", at=COURT)
    world.refuses(
        clerk,
        "open_case",
        Refused,
        lambda: world.engine.open_case("guarded", actor=clerk, court=COURT, officer="friend"),
    )


# -- who somebody is

SPELLINGS = (
    "",
    " ",
    "own ",
    " own",
    "ｏｗｎ",
    "o\u200bwn",
    "\u202enwo",
    "own\x00",
    "own\n",
    "own\ufeff",
    "\ud800",
    "o" * 101,
)


@pytest.mark.parametrize("id", SPELLINGS, ids=ascii)
def test_nobody_approves_his_own_act_under_another_spelling(either: World, id: str) -> None:
    case, twin = either.proposed(), Actor.of(id, "chief", at=COURT)
    either.refuses(
        twin, "approve", BadActor, lambda: either.engine.approve(case, "seize", actor=twin)
    )


@pytest.mark.parametrize("id", SPELLINGS, ids=ascii)
def test_nobody_is_named_under_a_spelling_out_of_form(world: World, id: str) -> None:
    case, engine = world.case(), world.engine
    appointing = Actor.of("appointing", "president", at=TOP)
    days = {"since": TODAY, "until": TODAY, "court": COURT, "roles": ["chief"]}
    for actor, verb, act in (
        (CHIEF, "watch", lambda: engine.watch(case, "answer", id, actor=CHIEF)),
        (CHIEF, "assign", lambda: engine.assign(case, id, actor=CHIEF)),
        (
            appointing,
            "appoint_deputy",
            lambda: engine.appoint_deputy("holder", id, actor=appointing, **days),
        ),
        (
            appointing,
            "appoint_deputy",
            lambda: engine.appoint_deputy(id, "deputy", actor=appointing, **days),
        ),
    ):
        world.refuses(actor, verb, BadActor, act)


FORGED = (
    "clock",
    "outside",
    "procedure",
    "any_officer",
    "clock@haidian",
    "clock@x@haidian",
    "@clock",
    "@officer",
    "@",
    "",
    f"officer:{OWN}",
    f"officer:{OWN}@haidian",
)


@pytest.mark.parametrize("verb", VERBS, ids=str)
def test_nobody_brings_a_role_of_the_engine(world: World, verb: Any) -> None:
    subject = verb.prepare(world)
    before = world.tables()
    for role in FORGED:
        enemy = Actor.of(unique("enemy."), role, *(f"{r}@{verb.place}" for r in verb.roles))
        with pytest.raises(BadActor):
            verb.act(world, subject, enemy)
        [told] = world.refusals_of(enemy.id)
        assert (told.verb, told.code) == (verb.name, "actor")
    assert world.tables() == before


def test_a_forged_role_does_nothing_in_a_database_of_one_court(engine: Engine) -> None:
    """Where there is one court, a role without a place is held there."""
    li, auditor = Actor.of("li", "officer"), Actor.of("auditor", "audit_admin")
    case = engine.open_case("loan", actor=li, data={"amount": "1"}).id
    engine.fire(case, "notify", actor=li, documents={"notice": "n"})
    version = engine.case(case).version
    for number, role in enumerate((*FORGED, "officer:li")):
        for trigger in ("lapse", "rest"):
            with pytest.raises(BadActor):
                engine.fire(case, trigger, actor=Actor.of(f"enemy.{number}", role))
    assert engine.case(case).version == version
    assert len(engine.refusals(actor=auditor)) == 2 * (len(FORGED) + 1)


COMMANDS = (
    ["case", "open", "guarded"],
    ["case", "fire", "CASE", "lapse"],
    ["case", "approve", "CASE", "seize"],
    ["case", "reject", "CASE", "seize", "--note", "no"],
    ["task", "claim", "CASE", "prepare"],
    ["version", "propose", "FILE"],
    ["version", "approve", "1"],
    ["version", "withdraw", "1"],
    ["migrate", "propose", "FILE"],
    ["charter", "propose", "CHARTER"],
    ["deputy", "end", "x"],
    ["refusals"],
)


def command(database: str, definitions: Path, *arguments: str) -> tuple[int, str]:
    """The command as it is typed, in this process."""
    from click.testing import CliRunner

    from zhixing.console.app import main

    env = {
        "ZHIXING_DATABASE": database,
        "ZHIXING_DEFINITIONS": str(definitions),
        "ZHIXING_LANG": "en",
    }
    done = CliRunner().invoke(main, list(arguments), env=env)
    return done.exit_code, done.output


@pytest.mark.parametrize("typed", COMMANDS, ids=lambda typed: "-".join(typed[:2]))
def test_the_command_line_brings_no_role_of_the_engine(
    tmp_path: Path, world: World, typed: list[str]
) -> None:
    (tmp_path / "small.yaml").write_text(small().source_text)
    (tmp_path / "charter.yaml").write_text(charter_text())
    named = {
        "CASE": world.proposed(),
        "FILE": str(tmp_path / "small.yaml"),
        "CHARTER": str(tmp_path / "charter.yaml"),
    }
    before = world.tables()
    arguments = [named.get(word, word) for word in typed]
    database = f"sqlite:///{tmp_path}/cases.db"
    code, told = command(database, tmp_path, *arguments, "--as", "enemy", "--role", "clock")
    assert code != 0 and "nobody brings it" in told, told
    after = world.tables()
    del before["zx_definitions"], after["zx_definitions"]
    assert after == before
    assert [r.code for r in world.refusals_of("enemy")] == ["actor"]


# -- answers from outside


def asked(world: World) -> tuple[str, str]:
    """A case that asked the network, and the key of its request."""
    case = world.case()
    world.engine.fire(case, "ask", actor=officer())
    with world.engine.transaction() as t:
        query = sa.text("SELECT id FROM zx_outbox WHERE case_id = :case")
        return case, t.connection.execute(query, {"case": case}).scalar_one()


@pytest.mark.parametrize("source", ["dispatcher", "bank", "", "Network", "network.", "x" * 5000])
def test_an_answer_of_another_source_is_no_answer(either: World, source: str) -> None:
    case, key = asked(either)
    before = either.engine.case(case)
    answer = Answer(key, "m-1", "answered", {"found": "99999999"})
    assert either.engine.receive(answer, source) == "unknown"
    assert either.engine.case(case) == before
    [incident] = [i for i in either.engine.incidents() if i.kind == "forged-answer"]
    assert incident.case_id == case
    assert either.engine.receive(answer, "network") == "taken", "the true one is not shut out"


def test_a_guessed_key_answers_nothing(either: World) -> None:
    case, key = asked(either)
    before = either.tables()
    for guess in (f"{case}-1-0", key + "0", key[:-1], "", "%", "' OR 1=1 --"):
        assert either.engine.receive(Answer(guess, "m-1", "answered"), "network") == "unknown"
    for guess in ("x\x00", "\ud800"):
        with contextlib.suppress(ZhixingError):
            assert either.engine.receive(Answer(guess, "m-1", "answered"), "network") == "unknown"
    assert either.tables() == before


def test_an_answer_writes_only_what_its_request_takes(world: World) -> None:
    case, key = asked(world)
    more = {"found": "5", "said": "forged", "person": "someone", "applied_on": "1990-01-01"}
    world.engine.receive(Answer(key, "m-1", "answered", more), "network")
    data = world.engine.case(case).data
    assert (str(data["found"]), "said" in data, data["person"]) == ("5.00", False, "debtor-1")


# -- what governs


def test_a_file_edited_under_a_published_number_governs_nothing(
    database: str, clock: VirtualClock
) -> None:
    editor, publisher = (
        Actor.of(*x) for x in (("e", "procedure_editor"), ("p", "procedure_publisher"))
    )
    li, auditor = Actor.of("li", "officer"), Actor.of("a", "audit_admin")
    edited = definition_from_text(LOAN.replace("length: 7", "length: 700"))
    for drafts in (False, True):
        with Engine(database, edited, clock=clock, drafts=drafts, upgrade=True) as engine:
            if not drafts:
                proposed = engine.propose_version(definition_from_text(LOAN), actor=editor)
                engine.decide_version(proposed.id, actor=publisher)
            case = engine.open_case("loan", actor=li, data={"amount": "1"})
            assert case.definition_hash == definition_from_text(LOAN).hash
            with pytest.raises(PublicationRefused):
                engine.propose_version(edited, actor=editor)
    with Engine(database, clock=clock) as engine:
        assert [r.verb for r in engine.refusals(actor=auditor)] == ["propose_version"] * 2


def test_a_file_that_nobody_published_opens_no_case(database: str, clock: VirtualClock) -> None:
    li, auditor = Actor.of("li", "officer"), Actor.of("a", "audit_admin")
    with Engine(database, definition_from_text(LOAN), clock=clock, upgrade=True) as engine:
        with pytest.raises(NotPublished):
            engine.open_case("loan", actor=li, data={"amount": "1"})
        [told] = engine.refusals(actor=auditor)
        assert (told.code, told.verb, told.actor) == ("not-published", "open_case", "li")
        assert engine.query() == ()


def damage(world: World, procedure: str) -> None:
    """Somebody with the database in hand changes a stored text."""
    with world.engine.database.begin() as connection:
        connection.execute(
            sa.text(
                "UPDATE zx_definitions SET text = replace(text, 'chief', 'debtor')"
                " WHERE procedure = :procedure"
            ),
            {"procedure": procedure},
        )


def test_a_stored_text_that_was_changed_runs_nothing_and_others_go_on(
    database: str, either: World
) -> None:
    case = either.case()
    other = small()
    either.publish(other)
    clerk = Actor.of("clerk.qian", "clerk", at=COURT)
    well = either.engine.open_case(other.id, actor=clerk, court=COURT).id
    damage(either, "guarded")
    before = either.tables()
    with Engine(database, clock=either.clock) as fresh:
        for ask in (
            fresh.case,
            fresh.deadlines,
            lambda c: fresh.possible(c, actor=CHIEF),
        ):
            with pytest.raises(DefinitionDamaged):
                ask(case)
        with pytest.raises(DefinitionDamaged):
            fresh.fire(case, "hear", actor=CHIEF)
        with pytest.raises(DefinitionDamaged):
            fresh.open_case("guarded", actor=clerk, court=COURT)
        shown = [(entry.kind, entry.changes) for entry in fresh.history(case)]
        assert shown[0] == ("opened", {}), "what was sealed nobody can say: no value is shown"
        told = [(r.verb, r.code) for r in either.refusals()]
        assert sorted(told) == [
            ("fire", "definition-damaged"),
            ("open_case", "definition-damaged"),
        ]
        assert either.tables() == before
        assert fresh.fire(well, "close", actor=clerk).state == "done"


def test_the_clock_goes_on_beside_a_case_whose_text_was_changed(
    database: str, either: World
) -> None:
    damaged = either.case()
    loan = definition_from_text(LOAN)
    either.publish(loan)
    li = Actor.of("li", "officer", at=COURT)
    well = either.engine.open_case("loan", actor=li, court=COURT, data={"amount": "1"}).id
    damage(either, "guarded")
    either.clock.advance(days=40)
    with Engine(database, clock=either.clock) as fresh:
        fresh.run_due()
        assert "expired" in {d.status for d in fresh.deadlines(well) if d.rule == "answer"}
        assert [e.kind for e in fresh.history(well)].count("deadline") >= 2
        assert damaged in {i.case_id for i in fresh.incidents()}


def layered(folder: Path, base: str, name: str) -> Any:
    """The loan with a shorter answer, as a layer of a court over a base."""
    (folder / "base.yaml").write_text(base)
    layer = folder / f"{name}.yaml"
    layer.write_text(
        f"overlay: base.yaml\nlevel: court\nid: {name}\ntitle: {{zh: 层, en: layer}}\n"
        "version: 1\neffective: 2024-01-01\ndeadlines: {answer: {length: 5}}\n"
    )
    return load_definition(layer)


def test_a_layer_whose_base_was_replaced_governs_no_case(tmp_path: Path, world: World) -> None:
    world.publish(definition_from_text(LOAN))
    layer = layered(tmp_path, LOAN, "strict")
    id = world.propose(layer, COURT)
    world.engine.decide_version(id, actor=PUBLISHER)
    li = Actor.of("li", "officer", at=COURT)

    def begins_on() -> str:
        case = world.engine.open_case("loan", actor=li, court=COURT, data={"amount": "1"})
        return case.definition_hash

    assert begins_on() == layer.hash
    replaced = LOAN.replace("version: 1\n", "version: 2\n")
    world.publish(definition_from_text(replaced))
    assert begins_on() == definition_from_text(replaced).hash
    assert [r.layer.id for r in world.engine.renewals("loan")] == [id]
    stale = layered(tmp_path, LOAN, "stale")
    world.refuses(
        EDITOR,
        "propose_version",
        PublicationRefused,
        lambda: world.engine.propose_version(stale, actor=EDITOR, court=COURT),
    )


@pytest.mark.parametrize("id", ["editor ", "ｅditor", "edi\u200btor"], ids=ascii)
def test_nobody_publishes_alone_under_two_spellings(world: World, id: str) -> None:
    proposed, twin = world.propose(small()), Actor.of(id, "procedure_publisher", at=TOP)
    world.refuses(
        twin, "decide_version", BadActor, lambda: world.engine.decide_version(proposed, actor=twin)
    )


def test_nobody_decides_alone_with_both_roles(world: World) -> None:
    """One person, whatever roles he holds, decides nothing that he proposed."""
    engine, roles = world.engine, EVERYBODY_BUT_ADMINISTRATORS
    version, migration = world.propose(small()), migrating(world)
    editor, mover = Actor.of("editor", *roles, at=TOP), Actor.of("mover", *roles, at=TOP)
    world.refuses(
        editor,
        "decide_version",
        PublicationRefused,
        lambda: engine.decide_version(version, actor=editor),
    )
    world.refuses(
        mover,
        "decide_migration",
        MigrationRefused,
        lambda: engine.decide_migration(migration, actor=mover),
    )


ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")
EVERYBODY_BUT_ADMINISTRATORS = tuple(r for r in EVERYBODY if r not in ADMINISTRATORS)


def test_two_persons_change_a_charter(world: World) -> None:
    one = Actor.of("one", "security_admin", "president", at=TOP)
    proposed = world.engine.propose_charter(charter_text(), actor=one)
    world.refuses(
        one,
        "decide_charter",
        PublicationRefused,
        lambda: world.engine.decide_charter(proposed.id, actor=one),
    )
    assert world.engine.charter().version == "1"


def put_in_force(world: World, text: str) -> None:
    security = Actor.of("security", "security_admin", at=TOP)
    proposed = world.engine.propose_charter(text, actor=security)
    president = Actor.of("president.wu", "president", at=TOP)
    world.engine.decide_charter(proposed.id, actor=president)


def without(*units: str) -> str:
    lines = charter_text().splitlines(keepends=True)
    return "".join(
        line for line in lines if not line.strip().startswith(tuple(f"{u}:" for u in units))
    )


def test_a_charter_does_not_drop_a_court_that_has_cases(world: World) -> None:
    case = world.case()
    president = Actor.of("president.wu", "president", at=TOP)
    security = Actor.of("security", "security_admin", at=TOP)
    text = without("haidian", "bureau", "team")
    proposed = world.engine.propose_charter(text, actor=security)
    world.refuses(
        president,
        "decide_charter",
        PublicationRefused,
        lambda: world.engine.decide_charter(proposed.id, actor=president),
    )
    assert world.engine.fire(case, "hear", actor=CHIEF).id == case
    put_in_force(world, without("chaoyang"))
    assert "chaoyang" not in world.engine.charter().courts


def test_the_cases_of_a_team_that_is_no_more_are_their_courts(world: World) -> None:
    case = world.case()
    put_in_force(world, without("team"))
    of_team = Actor.of("chief.sun", "chief", at=TEAM)
    world.refuses(of_team, "fire", Refused, lambda: world.engine.fire(case, "hear", actor=of_team))
    assert world.engine.fire(case, "hear", actor=CHIEF).id == case
    put_in_force(world, charter_text().replace("under: bureau", "under: chaoyang"))
    sister = Actor.of("chief.sun", "chief", at=SISTER)
    world.refuses(sister, "fire", Refused, lambda: world.engine.fire(case, "hear", actor=sister))


def test_a_charter_has_no_deputies_for_the_engines_own_roles() -> None:
    for role in ("clock", "outside", "procedure", "any_officer"):
        with pytest.raises(CharterRefused, match="reserved"):
            charter_from_text(CHARTER_TEXT.replace("roles: [officer]}", f"roles: [{role}]}}"))


# -- moving cases


def test_cases_do_not_move_to_what_is_not_in_force(world: World) -> None:
    case, mover = world.case(), Actor.of("mover", "chief", at=COURT)
    text = GUARDED.source_text.replace("version: 1\n", "version: 2\n", 1)
    unpublished = definition_from_text(text)
    later = definition_from_text(text.replace("effective: 2024-01-01", "effective: 2025-06-01"))

    def propose(definition: Any) -> None:
        world.refuses(
            mover,
            "propose_migration",
            MigrationRefused,
            lambda: world.engine.propose_migration(definition, actor=mover, court=COURT),
        )

    propose(unpublished)
    id = world.propose(unpublished)
    propose(unpublished)
    world.engine.withdraw_version(id, actor=EDITOR)
    world.publish(later)
    propose(later)
    assert world.engine.case(case).definition_hash == GUARDED.hash


def test_a_version_withdrawn_meanwhile_takes_no_case(world: World) -> None:
    case = world.case()
    text = GUARDED.source_text.replace("version: 1\n", "version: 2\n", 1)
    second = definition_from_text(text)
    published = world.publish(second)
    one, two = Actor.of("one", "chief", at=COURT), Actor.of("two", "chief", at=COURT)
    id = world.engine.propose_migration(second, actor=one, court=COURT).id
    with pytest.raises(MigrationRefused):
        world.engine.migrate_cases(id)
    world.engine.decide_migration(id, actor=two)
    world.engine.withdraw_version(published, actor=PUBLISHER)
    done, [staying] = world.engine.migrate_cases(id)
    assert (done.moved, staying.case_id) == (0, case)
    assert world.engine.case(case).definition_hash == GUARDED.hash


def test_a_migration_of_one_court_touches_no_sister(world: World) -> None:
    opener = Actor.of("opener", "clerk", at=SISTER)
    sister = world.engine.open_case("guarded", actor=opener, court=SISTER).id
    mine = world.case()
    second = definition_from_text(GUARDED.source_text.replace("version: 1\n", "version: 2\n", 1))
    world.publish(second)
    one, two = Actor.of("one", "chief", at=COURT), Actor.of("two", "chief", at=COURT)
    id = world.engine.propose_migration(second, actor=one, court=COURT).id
    world.engine.decide_migration(id, actor=two)
    world.engine.migrate_cases(id)
    hashes = [world.engine.case(c).definition_hash for c in (mine, sister)]
    assert hashes == [second.hash, GUARDED.hash]


# -- redesigns


def test_a_redesign_does_not_say_who_approves_it(world: World) -> None:
    case, own = world.case(), officer()
    wider = ("redesign_by: officer\n", "redesign_by: [president, clerk]\n")
    looser = ("powers: {assign: {by: officer}}\n", "powers: {deduct: {approval: null}}\n")
    for more in (*wider, *looser):
        world.refuses(
            own,
            "propose_redesign",
            DefinitionRefused,
            lambda more=more: world.engine.propose_redesign(
                case, redesign() + more, actor=own, note="x"
            ),
        )


def test_whom_a_redesign_does_not_name_does_not_refuse_it_either(world: World) -> None:
    proposed = world.engine.propose_redesign(world.case(), redesign(), actor=officer(), note="x")
    for role in ("clerk", "chief", "debtor", "officer"):
        actor = Actor.of(f"{role}.1", role, at=COURT)
        world.refuses(
            actor,
            "decide_version",
            PublicationRefused,
            lambda actor=actor: world.engine.decide_version(
                proposed.id, actor=actor, in_favour=False
            ),
        )


# -- deputies and persons: one pair of eyes


def stands_in(world: World, person: str, deputy: str, *roles: str) -> None:
    world.engine.appoint_deputy(
        person,
        deputy,
        roles=roles,
        since=TODAY,
        until=TODAY,
        court=COURT,
        actor=Actor.of("appointing", "president", at=TOP),
    )


def test_a_deputy_does_not_approve_what_his_person_proposed(world: World) -> None:
    case, deputy = world.proposed(), Actor.of("deputy.1", "chief", at=COURT)
    stands_in(world, OWN, deputy.id, "officer")
    world.refuses(
        deputy, "approve", Refused, lambda: world.engine.approve(case, "seize", actor=deputy)
    )


def test_neither_approves_what_the_deputy_proposed_for_the_person(world: World) -> None:
    case, deputy = world.case(), Actor.of("deputy.1", "chief", at=COURT)
    stands_in(world, OWN, deputy.id, "officer")
    world.engine.fire(case, "seize", actor=Actor.of(deputy.id))
    for actor in (deputy, Actor.of(OWN, "chief", at=COURT)):
        world.refuses(
            actor,
            "approve",
            Refused,
            lambda actor=actor: world.engine.approve(case, "seize", actor=actor),
        )
    assert world.engine.approve(case, "seize", actor=CHIEF).state == "seized"


def test_a_person_and_his_deputy_have_one_vote(world: World) -> None:
    engine, deputy = world.engine, Actor.of("deputy.1")
    for first, second in ((deputy, CHIEF), (CHIEF, deputy)):
        case = world.proposed("judge")
        stands_in(world, CHIEF.id, deputy.id, "chief")
        engine.approve(case, "judge", actor=first)
        world.refuses(
            second,
            "approve",
            Refused,
            lambda case=case, second=second: engine.approve(case, "judge", actor=second),
        )
        engine.approve(case, "judge", actor=PRESIDENT)


def test_a_person_and_his_deputy_are_the_same_person_to_a_later_act(world: World) -> None:
    engine, deputy = world.engine, Actor.of("deputy.1")
    for first, second in ((deputy, CHIEF), (CHIEF, deputy)):
        case = world.case()
        stands_in(world, CHIEF.id, deputy.id, "chief")
        engine.fire(case, "hear", actor=first)
        world.refuses(
            second,
            "fire",
            Refused,
            lambda case=case, second=second: engine.fire(case, "finish", actor=second),
        )
        assert engine.fire(case, "finish", actor=PRESIDENT).state == "done"


def test_a_deputy_does_not_publish_what_his_person_proposed(world: World) -> None:
    proposed = world.propose(small(), COURT)
    deputy = Actor.of("deputy.1", "procedure_publisher", at=COURT)
    stands_in(world, "editor", deputy.id, "procedure_editor")
    world.refuses(
        deputy,
        "decide_version",
        PublicationRefused,
        lambda: world.engine.decide_version(proposed, actor=deputy),
    )


def test_a_person_does_not_publish_what_his_deputy_proposed_for_him(world: World) -> None:
    stands_in(world, "both", "deputy.1", "procedure_editor")
    deputy = Actor.of("deputy.1")
    proposed = world.engine.propose_version(small(), actor=deputy, court=COURT)
    both = Actor.of("both", "procedure_editor", "procedure_publisher", at=COURT)
    with pytest.raises(PublicationRefused):
        world.engine.decide_version(proposed.id, actor=both)


@pytest.mark.parametrize(
    ("deputy", "role", "court", "error"),
    [
        ("president.wu", "chief", COURT, BadDeputy),
        ("friend", "chief", "moon", BadDeputy),
        ("friend", "chief", TOP, NotAllowed),
        ("friend", "chief", SISTER, NotAllowed),
        ("friend", "clock", COURT, NotAllowed),
        ("friend", "any_officer", COURT, NotAllowed),
        ("friend", f"officer:{OWN}", COURT, NotAllowed),
        ("friend", "chief@beijing", COURT, NotAllowed),
    ],
)
def test_nobody_appoints_himself_or_beyond_what_the_charter_lets(
    world: World, deputy: str, role: str, court: str, error: type[Exception]
) -> None:
    days: dict[str, Any] = {"since": TODAY, "until": TODAY, "court": court}
    world.refuses(
        PRESIDENT,
        "appoint_deputy",
        error,
        lambda: world.engine.appoint_deputy(
            "holder", deputy, roles=[role], actor=PRESIDENT, **days
        ),
    )
    assert world.engine.deputies() == ()


# -- administrators


@pytest.mark.parametrize("other", ["security_admin", "audit_admin"])
def test_who_is_two_administrators_is_none(world: World, other: str) -> None:
    incident = world.incident(world.case())
    both = Actor.of("admin", "system_admin", other, at=COURT)
    spread = Actor.of("admin", "system_admin@haidian", f"{other}@chaoyang")
    as_deputy = Actor.of("admin.2", "system_admin@haidian")
    stands_in(world, "holder", as_deputy.id, other)
    for actor in (both, spread, as_deputy):
        world.refuses(
            actor,
            "resolve",
            NotAllowed,
            lambda actor=actor: world.engine.resolve(incident, actor=actor, resolution="x"),
        )


# -- an officer of another court


@pytest.mark.parametrize("verb", VERBS, ids=str)
def test_the_officers_own_name_at_another_court_does_nothing_here(world: World, verb: Any) -> None:
    if OWN in verb.persons or not verb.roles:
        return
    subject = verb.prepare(world)
    stranger = Actor.of(OWN, *verb.roles, at=SISTER)
    world.refuses(stranger, verb.name, verb.error, lambda: verb.act(world, subject, stranger))


def test_a_unit_that_the_charter_does_not_know_gives_no_authority(world: World) -> None:
    case = world.case()
    for place in ("moon", "", "Haidian", "haidian ", "haidian/team", "*", "beijing,haidian"):
        actor = Actor("chief.sun", frozenset({f"chief@{place}"}))
        world.refuses(
            actor, "fire", Refused, lambda actor=actor: world.engine.fire(case, "hear", actor=actor)
        )


# -- the host


def asking(answer: bool, told: list[Asked]) -> Callable[[Asked], bool]:
    def authorize(asked: Asked) -> bool:
        told.append(asked)
        return answer

    return authorize


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A host that says no to whoever is called `unwanted`."""
    folder = tmp_path_factory.mktemp("host")
    made = World(
        f"sqlite:///{folder}/cases.db", authorize=lambda asked: asked.actor.id != "unwanted"
    )
    yield made
    made.engine.close()


@pytest.mark.parametrize("verb", VERBS, ids=str)
def test_the_host_refuses_every_verb(refusing: World, verb: Any) -> None:
    if not verb.roles or any(verb.is_own_case(role) for role in verb.roles[:1]):
        roles = [r for r in verb.roles if not verb.is_own_case(r)]
    else:
        roles = list(verb.roles)
    unwanted = Actor.of("unwanted", *roles, at=verb.place)
    subject = verb.prepare(refusing)
    refused = refusing.refuses(
        unwanted, verb.name, NotAllowed, lambda: verb.act(refusing, subject, unwanted)
    )
    assert "the host does not allow it" in refused.text("en")


def test_the_host_refuses_also_who_takes_back_his_own(refusing: World) -> None:
    unwanted = Actor.of("unwanted", "procedure_editor", at=COURT)
    again = Actor.of("wanted", "procedure_editor", at=COURT)
    proposed = refusing.engine.propose_version(small(), actor=again, court=COURT)
    with refusing.engine.transaction() as t:
        query = sa.text("UPDATE zx_publications SET proposed_by = 'unwanted' WHERE id = :id")
        t.connection.execute(query, {"id": proposed.id})
    refusing.refuses(
        unwanted,
        "withdraw_version",
        NotAllowed,
        lambda: refusing.engine.withdraw_version(proposed.id, actor=unwanted),
    )


def test_a_host_that_allows_everything_allows_nothing_more(tmp_path: Path) -> None:
    told: list[Asked] = []
    world = World(f"sqlite:///{tmp_path}/cases.db", authorize=asking(True, told))
    for verb in VERBS:
        subject = verb.prepare(world)
        for actor in (Actor.of(unique("nobody.")), Actor.of(unique("debtor."), "debtor", at=COURT)):
            if "debtor" not in verb.roles or not actor.roles:
                world.refuses(
                    actor,
                    verb.name,
                    verb.error,
                    lambda verb=verb, subject=subject, actor=actor: verb.act(world, subject, actor),
                )
    assert told and all("@" not in role for asked in told for role in asked.actor.roles)
    world.engine.close()


# -- the record of refusals


def kept(world: World) -> int:
    """How many refusals anybody else sees in the database, on a connection of his own."""
    database = sa.create_engine(world.engine.database.url)  # one that waits for no writer
    try:
        with database.connect() as connection:
            return int(connection.execute(sa.text("SELECT count(*) FROM zx_refusals")).scalar_one())
    finally:
        database.dispose()


def attempt(world: World, case: str, within: Any) -> None:
    with pytest.raises(Refused):
        world.engine.waive(case, "answer", actor=DEBTOR, within=within)


@pytest.mark.parametrize("ends", ["commit", "rollback"])
def test_a_refusal_in_a_hosts_session_is_kept_when_that_has_ended(either: World, ends: str) -> None:
    case = either.case()
    with Session(either.engine.database) as session:
        either.engine.fire(case, "hear", actor=CHIEF, within=session)
        attempt(either, case, session)
        attempt(either, case, session)
        assert kept(either) == 0
        getattr(session, ends)()
        assert kept(either) == 2
        attempt(either, case, session)
        assert kept(either) == 2
        session.rollback()
    assert kept(either) == 3
    heard = [e.trigger for e in either.engine.history(case)].count("hear")
    assert heard == (1 if ends == "commit" else 0)
    assert {r.actor for r in either.refusals()} == {DEBTOR.id}


@pytest.mark.parametrize("ends", ["commit", "rollback"])
def test_a_refusal_in_a_hosts_connection_is_kept_when_that_was_given_back(
    either: World, ends: str
) -> None:
    case = either.case()
    with either.engine.database.connect() as connection:
        either.engine.fire(case, "hear", actor=CHIEF, within=connection)
        attempt(either, case, connection)
        assert kept(either) == 0
        getattr(connection, ends)()
    assert kept(either) == 1
    heard = [e.trigger for e in either.engine.history(case)].count("hear")
    assert heard == (1 if ends == "commit" else 0)


def test_a_refusal_is_kept_although_the_host_fails_later(either: World) -> None:
    case = either.case()
    with pytest.raises(ZeroDivisionError), Session(either.engine.database) as session:
        attempt(either, case, session)
        raise ZeroDivisionError
    with pytest.raises(sa.exc.DBAPIError), either.engine.database.begin() as connection:
        attempt(either, case, connection)
        connection.execute(sa.text("SELECT nothing FROM nowhere"))
    assert kept(either) == 2


def test_a_refusal_in_a_savepoint_is_kept(either: World) -> None:
    case = either.case()
    with Session(either.engine.database) as session:
        with session.begin_nested() as savepoint:
            attempt(either, case, session)
            savepoint.rollback()
        session.commit()
    assert kept(either) == 1


@pytest.mark.parametrize("ends", ["commit", "rollback"])
def test_the_async_engine_keeps_refusals_too(url: str, ends: str) -> None:
    from sqlalchemy.ext.asyncio import AsyncSession

    from tests.conftest import at

    loan, clock = definition_from_text(LOAN), VirtualClock(at("2025-03-03 09:00"))
    enemy, auditor = Actor.of("enemy", "debtor"), Actor.of("a", "audit_admin")

    async def story() -> None:
        options = {"clock": clock, "upgrade": True, "drafts": True}
        async with await AsyncEngine.open(url, loan, **options) as court:
            li = Actor.of("li", "officer")
            case = await court.open_case("loan", actor=li, data={"amount": "1"})
            with pytest.raises(Refused):
                await court.waive(case.id, "answer", actor=enemy)
            with pytest.raises(BadActor):
                await court.fire(case.id, "lapse", actor=Actor.of("enemy", "clock"))
            assert len(await court.refusals(actor=auditor)) == 2
            async with AsyncSession(court.database) as session:
                with pytest.raises(Refused):
                    await court.waive(case.id, "answer", actor=enemy, within=session)
                await getattr(session, ends)()
            async with court.database.connect() as connection:
                with pytest.raises(Refused):
                    await court.waive(case.id, "answer", actor=enemy, within=connection)
                await getattr(connection, ends)()
            told = await court.refusals(actor=auditor)
            assert [(r.actor, r.code) for r in told].count(("enemy", "refused")) == 3

    run(story)


def test_many_refusals_of_one_person_are_counted(either: World) -> None:
    case = either.case()
    for _ in range(150):
        attempt(either, case, None)
    told = either.refusals_of(DEBTOR.id)
    assert len(told) == 101 and sum(r.times for r in told) == 150
    [counted] = [r for r in told if r.code == "counted"]
    assert counted.times == 50
    attempt(either, case, None)
    assert (len(either.refusals_of(DEBTOR.id)), kept(either)) == (101, 101)
    either.clock.advance(hours=1)
    attempt(either, case, None)
    assert len(either.refusals_of(DEBTOR.id)) == 102
    other = Actor.of("debtor.2", "debtor", at=COURT)
    with pytest.raises(Refused):
        either.engine.waive(case, "answer", actor=other)
    assert len(either.refusals_of("debtor.2")) == 1, "one does not hide another"


def test_to_ask_what_is_possible_leaves_no_refusal(either: World) -> None:
    case = either.case()
    before = either.tables()
    for actor in (DEBTOR, CHIEF, Actor.of("x"), Actor.of("x", "chief", at=SISTER)):
        either.engine.possible(case, actor=actor)
    with pytest.raises(BadActor):
        either.engine.possible(case, actor=Actor.of("x", "clock"))
    assert either.refusals() == [] and either.tables() == before


def test_what_is_possible_goes_by_the_charter(world: World) -> None:
    case = world.case()

    def could(actor: Actor) -> set[str]:
        return {p.trigger for p in world.engine.possible(case, actor=actor) if p.allowed}

    assert could(CHIEF) == {"hear", "finish"} == could(Actor.of("x", "chief", at=TOP))
    assert could(Actor.of("x", "chief", at=SISTER)) == could(Actor.of("x", "chief")) == set()
    assert "seize" in could(officer())
    assert could(Actor.of("another", "officer", at=COURT)) == {"visit", "branch"}


STRINGS = (
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff tail",
    "x" * 10_000,
    "😀" * 200,
    "\u202eltr\u2066",
    "'; DROP TABLE zx_cases; --",
    "{0}{actor}%s%(x)s",
    "\n\r\t",
)


@pytest.mark.parametrize("text", STRINGS, ids=lambda text: ascii(text)[:20])
def test_no_text_of_an_enemy_keeps_its_refusal_from_being_kept(either: World, text: str) -> None:
    case, engine = either.case(), either.engine
    roles = Actor.of("enemy", "debtor@haidian", text, f"{text}@haidian", f"chief@{text}")
    attempts: tuple[Callable[[], object], ...] = (
        lambda: engine.fire(case, text, actor=DEBTOR),
        lambda: engine.fire(case, "hear", actor=DEBTOR, note=text),
        lambda: engine.fire(case, "plead", actor=DEBTOR, data={text: text}),
        lambda: engine.fire(case, "plead", actor=DEBTOR, data={"applied_on": text}),
        lambda: engine.fire(case, "plead", actor=DEBTOR, data={"said": text, "person": text}),
        lambda: engine.fire(case, "plead", actor=DEBTOR, documents={text: text}),
        lambda: engine.fire(case, "plead", actor=DEBTOR, documents={"ruling": text}),
        lambda: engine.fire(text, "hear", actor=DEBTOR),
        lambda: engine.fire(case, "hear", actor=roles),
        lambda: engine.waive(case, text, actor=DEBTOR),
        lambda: engine.waive(text, text, actor=DEBTOR),
        lambda: engine.claim_task(case, text, actor=DEBTOR),
        lambda: engine.approve(case, text, actor=DEBTOR),
        lambda: engine.reject(case, "seize", actor=DEBTOR, note=text),
        lambda: engine.deduct(case, replace(DEDUCTION, ground=text), actor=DEBTOR),
        lambda: engine.assign(case, "x", actor=DEBTOR, team=text),
        lambda: engine.open_case(text, actor=DEBTOR, court=COURT),
        lambda: engine.open_case("guarded", actor=DEBTOR, court=text),
        lambda: engine.open_case("guarded", actor=DEBTOR, court=COURT, team=text),
        lambda: engine.open_case("guarded", actor=DEBTOR, court=COURT, id=text, number=text),
        lambda: engine.propose_version(small(), actor=DEBTOR, court=text),
        lambda: engine.propose_migration(GUARDED, actor=DEBTOR, court=text),
        lambda: engine.propose_redesign(case, text, actor=DEBTOR, note=text),
        lambda: engine.propose_charter(text, actor=DEBTOR),
        lambda: engine.acknowledge_alert(text, actor=DEBTOR),
        lambda: engine.end_deputy(text, actor=DEBTOR),
        lambda: engine.appoint_deputy(
            "x", "y", roles=[text], since=TODAY, until=TODAY, court=text, actor=DEBTOR
        ),
        lambda: engine.appoint_deputy(
            "x", "y", roles=[text], since=TODAY, until=TODAY, court=COURT, actor=DEBTOR
        ),
        lambda: engine.refusals(actor=DEBTOR, case_id=text, person=text),
    )
    before = either.tables()
    for number, act in enumerate(attempts, 1):
        with pytest.raises(ZhixingError):
            act()
        assert kept(either) == number, number
    assert either.tables() == before
    assert all(r.actor and r.verb and r.code and r.why["en"] for r in either.refusals())


def test_what_is_no_text_at_all_keeps_no_later_refusal_back(world: World) -> None:
    case, odd = world.case(), Actor(5)  # type: ignore[arg-type]
    with pytest.raises(BadActor):
        world.engine.fire(case, "hear", actor=odd)
    with pytest.raises(BadActor):
        world.engine.fire(case, "hear", actor=Actor("x", frozenset({7})))  # type: ignore[arg-type]
    attempt(world, case, None)
    assert kept(world) == 3


def test_a_refusal_about_a_case_that_is_not_there_is_kept(either: World) -> None:
    either.refuses(
        DEBTOR, "fire", CaseNotFound, lambda: either.engine.fire("nothing", "hear", actor=DEBTOR)
    )


# -- what is not committed


def test_a_deputyship_that_was_rolled_back_was_never_in_force(either: World) -> None:
    case, engine = either.case(), either.engine
    deputy = Actor.of("deputy.1")
    with engine.database.connect() as connection:
        engine.appoint_deputy(
            CHIEF.id,
            deputy.id,
            roles=["chief"],
            since=TODAY,
            until=TODAY,
            court=COURT,
            actor=Actor.of("appointing", "president", at=TOP),
            within=connection,
        )
        engine.fire(case, "hear", actor=deputy, within=connection)
        connection.rollback()
    either.refuses(deputy, "fire", Refused, lambda: engine.fire(case, "hear", actor=deputy))


def test_a_charter_that_was_rolled_back_was_never_in_force(either: World) -> None:
    case, engine = either.case(), either.engine
    text = charter_text().replace("resolve: {by: system_admin}", "resolve: {by: chief}")
    security = Actor.of("security", "security_admin", at=TOP)
    proposed = engine.propose_charter(text, actor=security)
    incident = either.incident(case)
    with Session(engine.database) as session:
        president = Actor.of("president.wu", "president", at=TOP)
        engine.decide_charter(proposed.id, actor=president, within=session)
        engine.resolve(incident, actor=CHIEF, resolution="x", within=session)
        session.rollback()
    either.refuses(
        CHIEF, "resolve", NotAllowed, lambda: engine.resolve(incident, actor=CHIEF, resolution="x")
    )
