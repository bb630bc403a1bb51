"""Who may do what: every verb with every kind of person, as the charter and the definition say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import at, databases_of
from tests.engine.authority import (
    AFTERWARDS,
    BUREAU,
    COURT,
    EVERYBODY,
    SISTER,
    TEAM,
    TODAY,
    TOMORROW,
    TOP,
    VERBS,
    YESTERDAY,
    Verb,
    World,
    by_somebody,
    unique,
    verbs_with_an_actor,
)
from zhixing.engine import Actor, Engine, Refused

WITHOUT_A_NAME = {
    # they change nothing
    *("read_sealed", "export_case", "case_page", "refusals", "verify", "anchor"),
    # done again they find nothing left to do
    *("apply_calendar", "apply_rules", "seal", "after_restore"),
}

every_verb = pytest.mark.parametrize("verb", VERBS, ids=str)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """One database for all these tests: what is refused changes nothing in it."""
    if request.param == "sqlite":
        folder: Path = tmp_path_factory.mktemp("authority")
        made = World(f"sqlite:///{folder}/cases.db")
        yield made
        made.engine.close()
        return
    with databases_of(request.getfixturevalue("postgresql_server")) as make:
        made = World(make())
        yield made
        made.engine.close()


def assert_refused(world: World, verb: Verb, subject: Any, actor: Actor) -> None:
    """The error of the verb, nothing changed, and one refusal that says who and what."""
    refused = world.refuses(actor, verb.name, verb.error, lambda: verb.act(world, subject, actor))
    if isinstance(refused, Refused):
        assert verb.obstacle in {obstacle.code for obstacle in refused.obstacles}


def assert_done(
    world: World, verb: Verb, actor: Actor, roles: set[str], deputy_for: str = ""
) -> None:
    """It is done, and the records name who did it, with the roles that counted."""
    subject = verb.prepare(world)
    done = verb.act(world, subject, actor)
    assert verb.told(world, subject, done) in (actor.id, "")
    assert world.refusals_of(actor.id) == []
    case = verb.case_of(subject, done)
    if case is not None:
        entry = by_somebody(world, case)
        assert roles <= set(entry.roles)
        told = [e for e in entry.effects if e.get("what") == "deputy"]
        assert [e["deputy_for"] for e in told] == ([[deputy_for]] if deputy_for else [])


def test_the_table_has_every_verb_of_the_engine() -> None:
    assert {verb.name for verb in VERBS} == set(verbs_with_an_actor())


class Named:
    """An engine whose calls have a name; `again` makes the last one once more."""

    def __init__(self, engine: Engine, name: str) -> None:
        self.database = engine.database
        self._engine = engine
        self._name = name
        self.again: Callable[[], Any] = lambda: None

    def __getattr__(self, name: str) -> Callable[..., Any]:
        verb = getattr(self._engine, name)

        def call(*args: Any, within: Any = None, **kwargs: Any) -> Any:
            if name not in WITHOUT_A_NAME:
                kwargs["request_id"] = self._name
            self.again = partial(verb, *args, **kwargs)
            return self.again(within=within)  # type: ignore[call-arg]

        return call


@pytest.mark.parametrize("verb", [v for v in VERBS if v.name not in WITHOUT_A_NAME], ids=str)
def test_what_has_a_name_is_done_once(world: World, verb: Verb) -> None:
    """The same call again changes nothing, and gives back what came of the first."""
    subject = verb.prepare(world)
    named_world = copy(world)
    named = Named(world.engine, unique("request-"))
    named_world.engine = named  # type: ignore[assignment]
    actor = verb.holder(verb.roles[0]) if verb.roles else Actor.of(verb.persons[0])
    first = verb.act(named_world, subject, actor)
    with world.unchanged():
        assert named.again() == first


@every_verb
def test_nobody_does_it_without_a_role(world: World, verb: Verb) -> None:
    assert_refused(world, verb, verb.prepare(world), Actor.of(unique("nobody.")))


@every_verb
def test_no_other_role_does_it(world: World, verb: Verb) -> None:
    subject = verb.prepare(world)
    others = [role for role in EVERYBODY if role not in verb.roles]
    with world.unchanged():
        for role, place in product(others, {verb.place, TOP}):
            assert_refused(world, verb, subject, Actor.of(unique("other."), role, at=place))


@every_verb
def test_no_role_does_it_that_is_held_elsewhere(world: World, verb: Verb) -> None:
    subject = verb.prepare(world)
    places = [SISTER] if verb.place == COURT else [COURT, SISTER]
    with world.unchanged():
        for role, place in product(verb.roles, places):
            actor = Actor.of(unique("stranger."), role, at=place)
            assert_refused(world, verb, subject, actor)


@every_verb
def test_no_role_does_it_that_says_no_place(world: World, verb: Verb) -> None:
    """There are several courts: a role that is held nowhere in particular is held nowhere."""
    subject = verb.prepare(world)
    with world.unchanged():
        for role in verb.roles:
            assert_refused(world, verb, subject, Actor.of(unique("nowhere."), role))


@every_verb
def test_the_officer_of_another_case_does_not(world: World, verb: Verb) -> None:
    if any(verb.is_own_case(role) for role in verb.roles):
        other = Actor.of(unique("another.officer."), "officer", at=COURT)
        assert_refused(world, verb, verb.prepare(world), other)


@every_verb
def test_those_who_may_do_it(world: World, verb: Verb) -> None:
    for role in verb.roles:
        assert_done(world, verb, verb.holder(role), verb.shown(role))
    for person in verb.persons:
        assert_done(world, verb, Actor.of(person), set())


@every_verb
def test_a_role_that_is_held_above_holds_below(world: World, verb: Verb) -> None:
    for role in verb.roles:
        assert_done(world, verb, verb.holder(role, TOP), verb.shown(role))


@every_verb
def test_a_deputy_does_it_within_his_time(world: World, verb: Verb) -> None:
    for role in verb.deputies():
        deputy = world.deputy(role, verb.place)
        person = "own" if role == "officer" else f"holder.of.{role}"
        assert_done(world, verb, deputy, {role}, person)


@every_verb
def test_a_deputy_does_not_before_his_time_or_after(world: World, verb: Verb) -> None:
    subject = verb.prepare(world)
    days = product(verb.deputies(), (YESTERDAY, TOMORROW))
    deputies = [world.deputy(role, verb.place, day, day) for role, day in days]
    with world.unchanged():
        for deputy in deputies:
            assert_refused(world, verb, subject, deputy)


@every_verb
def test_a_deputy_does_not_elsewhere(world: World, verb: Verb) -> None:
    subject = verb.prepare(world)
    deputies = [world.deputy(role, SISTER) for role in verb.deputies()]
    with world.unchanged():
        for deputy in deputies:
            assert_refused(world, verb, subject, deputy)


@pytest.mark.parametrize("unit", [BUREAU, TEAM])
def test_those_of_a_bureau_and_of_a_team_act_on_its_cases(world: World, unit: str) -> None:
    case = world.case()
    chief = Actor.of(unique("chief."), "chief", at=unit)
    assert world.engine.fire(case, "hear", actor=chief).id == case
    opener = Actor.of("opener", "clerk", at=COURT)
    of_court = world.engine.open_case("guarded", actor=opener, court=COURT)
    with pytest.raises(Refused):
        world.engine.fire(of_court.id, "hear", actor=chief)


def test_a_deputyship_begins_and_ends_at_midnight_of_the_courts(world: World) -> None:
    case, deputy = world.case(), world.deputy("chief", COURT, TOMORROW, TOMORROW)
    now = world.clock.now()
    moments = (f"{TODAY} 23:59", f"{TOMORROW} 00:00", f"{TOMORROW} 23:59", f"{AFTERWARDS} 00:00")
    try:
        could = [could_hear(world, case, deputy, moment) for moment in moments]
    finally:
        world.clock.set(now)
    assert could == [False, True, True, False]


def could_hear(world: World, case: str, actor: Actor, moment: str) -> bool:
    world.clock.set(at(moment))
    try:
        world.engine.fire(case, "hear", actor=actor)
    except Refused:
        return False
    return True
