"""Who may give an order beside the triggers: what the definition's table of powers says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

from ...workflow.language import Words
from ...workflow.model.definition import ANY_OFFICER, OFFICER, Definition
from ...workflow.model.parts import POWERS, Power
from ..errors import Refused
from ..model.case import CaseState
from ..model.commands import (
    AssignWatcher,
    Extend,
    Meet,
    Order,
    Waive,
    is_order,
    power_of,
    target_of,
)
from ..model.event import DEPUTY_OFFICER, RELATED_PROCEEDING, Actor
from ..model.obstacle import Obstacle
from .obstacles import documents_not_asked, missing_document, role_titles, wrong_role
from .procedure import Procedure
from .turn import Turn


def authorise(turn: Turn, order: Order) -> Power:
    """The power that an order is given by. Raises `Refused` with everything that stands in its way.

    A power with an approval lets those in `by` propose the order.
    """
    name, definition = power_of(order), turn.procedure.definition
    power = definition.powers.get(name)
    if power is None:
        raise _refused(turn.case, name, [_not_granted(name)])
    found = list(_obstacles(turn, order, power))
    if found:
        raise _refused(turn.case, name, found)
    return power


def check_power(procedure: Procedure, case: CaseState, actor: Actor, name: str) -> None:
    """Whether an actor holds a power in a case that an order given in another is about too.

    Raises `Refused`.
    """
    definition, power = procedure.definition, procedure.definition.powers.get(name)
    if power is None:
        raise _refused(case, name, [_not_granted(name)])
    here = at_case(actor, case)
    if here.roles.isdisjoint(power.by):
        raise _refused(case, name, [wrong_role(definition, power.by, here)])


def _refused(case: CaseState, name: str, found: Iterable[Obstacle]) -> Refused:
    return Refused(case.id, name, case.state, tuple(found))


def _not_granted(name: str) -> Obstacle:
    return Obstacle("no-power", trigger=name, title=POWERS[name])


def _obstacles(turn: Turn, order: Order, power: Power) -> Iterator[Obstacle]:
    definition = turn.procedure.definition
    if turn.event.actor.roles.isdisjoint(power.by):
        yield wrong_role(definition, power.by, turn.event.actor)
    yield from _out_of_bounds(turn, power, order)
    yield from _documents(turn, power)


def _out_of_bounds(turn: Turn, power: Power, order: Order) -> Iterator[Obstacle]:
    """What an order is for lies within what its power may be used for."""
    known = (*power.grounds, *power.deadlines)
    if not known:
        return
    target = _subject(turn, order)
    if target not in known:
        name = power_of(order)
        yield Obstacle(
            "out-of-power",
            trigger=name,
            title=POWERS[name],
            reason=Words(target, target),
            known=known,
        )


def _subject(turn: Turn, order: Order) -> str:
    """What an order is for: a ground, or the rule of a deadline. Raises `UnknownDeadline`."""
    target = target_of(order)
    if isinstance(order, Extend | Waive | Meet | AssignWatcher):
        return turn.find_live(target).rule
    return target


def _documents(turn: Turn, power: Power) -> Iterator[Obstacle]:
    """The documents that a power asks for, and those that it does not."""
    brought, definition = turn.event.documents, turn.procedure.definition
    for name in power.documents:
        if name not in brought:
            yield missing_document(definition, name)
    is_late = turn.event.recorded_at is not None
    yield from documents_not_asked(definition, power.documents, brought, is_late=is_late)


def is_approved(turn: Turn) -> bool:
    """Whether those who must approve an order have done so: it is carried out by their vote.

    That the last of them are those whom the rule names is a check of the definition.
    """
    order = turn.event.command
    if order is None or not is_order(order):
        return False
    power = turn.procedure.definition.powers.get(power_of(order))
    return power is not None and power.approval is not None


def by_hand(definition: Definition) -> tuple[str, ...]:
    """Who is given what no clock does any more: those who may correct, or enter late."""
    for name in ("correct", "late"):
        if name in definition.powers:
            return definition.powers[name].by
    return (OFFICER,)


# -- opening


def may_open(procedure: Procedure, case: CaseState, actor: Actor) -> Iterator[Obstacle]:
    """What of the actor's roles stands in the way of opening, and of naming the officer."""
    definition = procedure.definition
    by = definition.opening_roles
    if _holds_none(actor, by):
        yield Obstacle("role", roles=by, title=role_titles(definition, by), sentence="role/open")
    if case.officer and not _may_name(definition, case, actor):
        yield _cannot_name(definition)


def _cannot_name(definition: Definition) -> Obstacle:
    power = definition.powers.get("assign")
    if power is None:
        return _not_granted("assign")
    title = role_titles(definition, power.by)
    return Obstacle("role", roles=power.by, title=title, sentence="role/officer")


def _holds_none(actor: Actor, by: Collection[str]) -> bool:
    """As it is nobody's case yet, every officer of the court is its officer."""
    wanted = {OFFICER if role == ANY_OFFICER else role for role in by}
    return actor.roles.isdisjoint(wanted)


def _may_name(definition: Definition, case: CaseState, actor: Actor) -> bool:
    """Whether an opener may name the officer.

    One of the power to assign may, and an officer himself; a related proceeding passes on its own.
    """
    if OFFICER in actor.roles and case.officer == actor.id:
        return True
    if not actor.roles.isdisjoint(RELATED_PROCEEDING.roles):
        return True
    power = definition.powers.get("assign")
    return power is not None and power.approval is None and not _holds_none(actor, power.by)


# -- the officer


def at_case(actor: Actor, case: CaseState) -> Actor:
    """An actor as he stands to a case: `officer` is its own officer, or the deputy of this one."""
    return _standing(actor, case.officer)


def _is_deputys(role: str) -> bool:
    return role.startswith(DEPUTY_OFFICER)


@lru_cache(maxsize=4096)  # this is asked for every decision, of few people
def _standing(actor: Actor, officer: str) -> Actor:
    stands_in = set(filter(_is_deputys, actor.roles))
    if actor.roles.isdisjoint((OFFICER, *stands_in)):
        return actor
    is_own = OFFICER in actor.roles and officer == actor.id
    is_deputy = bool(officer) and DEPUTY_OFFICER + officer in actor.roles
    roles = actor.roles.difference(stands_in, (OFFICER,)) | {ANY_OFFICER}
    return Actor(actor.id, roles | {OFFICER} if is_own or is_deputy else roles, actor.acts_for)
