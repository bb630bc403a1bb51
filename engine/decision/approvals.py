"""Acts that need approval: proposed by one person, decided step by step by others, then carried
out, rejected or withdrawn.

Nobody decides what they proposed, nor twice. What a proposal brings (data, documents) takes effect
with the act, not before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from ...workflow.model.flow import STAY, Transition
from ...workflow.model.parts import POWERS, ApprovalStep, Power
from ..errors import Refused
from ..model.case import Ballot, Proposal, TaskKind, TaskStatus
from ..model.command_json import command_as_json
from ..model.commands import (
    LATE,
    Order,
    Vote,
    Withdraw,
    is_order,
    power_of,
    proposal_name,
)
from ..model.effects import EntryKind
from ..model.event import RELATED_PROCEEDING, Actor, Event
from ..model.obstacle import Obstacle
from . import tasks
from .adoption import is_aside
from .attempt import doers
from .deadlines import settle_proposal, start_where_due
from .late import Entering, called, decided, is_one_of, keep, take
from .machine import CompiledTransition
from .obstacles import kept_from, role_titles
from .orders import ORDER_HANDLERS
from .records import let_go
from .transition import attempt, carry_out, file_documents, taken_in
from .turn import Outcome, Turn


def propose(turn: Turn, way: CompiledTransition) -> Outcome:
    """A way that needs approval was possible: it waits, and what the event brings with it."""
    event, procedure = turn.event, turn.procedure
    data = {name: procedure.parse_field(name, value) for name, value in event.data.items()}
    proposal = Proposal(
        trigger=event.trigger,
        to=way.spec.to,
        approval=way.spec.approval or "",
        person=event.actor.id,
        roles=tuple(sorted(event.actor.roles)),
        at=event.at,
        data=data,
        documents=dict(event.documents),
        note=event.note,
        acts_for=event.actor.acts_for,
        about=event.about,
    )
    for name in procedure.proposing.get(event.trigger, ()):
        start_where_due(turn, name)
    let_go(turn)
    turn.case.proposals = (*turn.case.proposals, proposal)
    _offer(turn, proposal)
    return Outcome(EntryKind.PROPOSED, {"proposed": data} if data else {})


def propose_order(turn: Turn, order: Order, power: Power) -> Outcome:
    """An order that needs approval waits for it, if it is possible now.

    Raises `Refused` where the same one waits already, and what the order itself raises.
    """
    event, name = turn.event, proposal_name(order)
    trial = turn.trial()
    ORDER_HANDLERS[type(order)](trial, order)
    if any(p.trigger == name for p in turn.case.proposals):
        waiting = Obstacle("waits", trigger=name, title=POWERS[power_of(order)])
        raise _refused(turn, name, waiting)
    proposal = Proposal(
        trigger=name,
        to=STAY,
        approval=power.approval or "",
        person=event.actor.id,
        roles=tuple(sorted(event.actor.roles)),
        at=event.at,
        documents=dict(event.documents),
        note=event.note,
        acts_for=event.actor.acts_for,
        order=order,
        confirmed_by=trial.confirmed_by,
    )
    turn.case.proposals = (*turn.case.proposals, proposal)
    turn.is_aside = proposal.is_correction
    _offer(turn, proposal)
    return Outcome(EntryKind.PROPOSED, {"proposed": command_as_json(order)})


def propose_late(turn: Turn, entering: Entering) -> Outcome:
    """What happened earlier waits until it is approved, or confirmed. Raises `Refused`."""
    event = turn.event
    name = f"{LATE}{called(event)}"[:64]
    if any((p.trigger, p.about) == (name, event.about) for p in turn.case.proposals):
        raise _refused(turn, name, Obstacle("waits", trigger=name, title=POWERS["late"]))
    proposal = Proposal(
        trigger=name,
        to=STAY,
        approval=entering.approval,
        person=event.actor.id,
        roles=tuple(sorted(event.actor.roles)),
        at=event.known_at,
        data=dict(event.data),
        documents=dict(event.documents),
        note=event.note,
        acts_for=event.actor.acts_for,
        order=event.command,
        happened_at=event.at,
        confirmed_by=entering.confirmed_by,
        about=event.about,
    )
    turn.case.proposals = (*turn.case.proposals, proposal)
    turn.is_aside = True
    _offer(turn, proposal)
    proposed = {"proposed": dict(event.data)} if event.data else {}
    return Outcome(EntryKind.PROPOSED, {"proposal": proposal.name} | proposed)


def _steps(turn: Turn, proposal: Proposal) -> tuple[ApprovalStep, ...]:
    return turn.procedure.steps_of(proposal)


def _offer(turn: Turn, proposal: Proposal) -> None:
    """What happened earlier is voted on from when it is entered."""
    step = _steps(turn, proposal)[proposal.step]
    at = turn.event.known_at if proposal.happened_at is not None else None
    tasks.offer(turn, TaskKind.APPROVAL, proposal.trigger, step.by, at, proposal.about)


def vote(turn: Turn, command: Vote) -> Outcome:
    """One vote, and what it decides: nothing yet, the next step, the act itself, or its rejection.

    Raises `Refused`.
    """
    proposal = _proposal(turn, command.trigger)
    turn.is_aside = is_aside(proposal)
    steps = _steps(turn, proposal)
    step = steps[proposal.step]
    ballot = _ballot(turn, command, proposal, step)
    proposal = replace(proposal, ballots=(*proposal.ballots, ballot))
    present = proposal.ballots[proposal.step_began :]
    if sum(not b.in_favour for b in present) > step.may_be_against:
        return _about(proposal, _reject(turn, proposal))
    if sum(b.in_favour for b in present) >= step.votes:
        if proposal.step + 1 == len(steps):
            return _about(proposal, _carry_out(turn, proposal))
        proposal = _next_step(turn, proposal)
    turn.case.proposals = tuple(
        proposal if p.name == proposal.name else p for p in turn.case.proposals
    )
    return _about(proposal, Outcome(EntryKind.VOTE, _told(ballot)))


def _about(proposal: Proposal, outcome: Outcome) -> Outcome:
    """What came of a vote or a withdrawal is told as the proposal's."""
    return outcome._replace(trigger=proposal.trigger)


def _next_step(turn: Turn, proposal: Proposal) -> Proposal:
    voters = tasks.voting(turn.case, proposal)
    tasks.end(turn, voters, TaskStatus.DONE, turn.event.actor.id)
    following = replace(proposal, step=proposal.step + 1, step_began=len(proposal.ballots))
    _offer(turn, following)
    return following


def withdraw(turn: Turn, command: Withdraw) -> Outcome:
    """The proposer takes the proposal back. Raises `Refused`."""
    proposal = _proposal(turn, command.trigger)
    turn.is_aside = is_aside(proposal)
    if proposal.person != turn.event.actor.id:
        raise _refused(turn, command.trigger, Obstacle("not-proposer", person=proposal.person))
    tasks.drop(turn, proposal, TaskStatus.ENDED)
    settle_proposal(turn, proposal, decided=False)
    return _about(proposal, Outcome(EntryKind.WITHDRAWN))


def _proposal(turn: Turn, name: str) -> Proposal:
    """What waits under a name; the trigger alone will do where one waits. Raises `Refused`."""
    by_name = {proposal.name: proposal for proposal in turn.case.proposals}
    found = [proposal for proposal in by_name.values() if name in (proposal.name, proposal.trigger)]
    if name in by_name or len(found) == 1:
        return by_name.get(name, found[0])
    sentence = "not-proposed/which" if found else ""
    known = tuple(by_name)
    raise _refused(
        turn, name, Obstacle("not-proposed", trigger=name, known=known, sentence=sentence)
    )


def _ballot(turn: Turn, command: Vote, proposal: Proposal, step: ApprovalStep) -> Ballot:
    event, person = turn.event, turn.event.actor.id
    role = is_one_of(event.actor, step.by)
    found: list[Obstacle] = []
    if not role:
        title = role_titles(turn.procedure.definition, step.by)
        found.append(Obstacle("role", roles=step.by, title=title, sentence="role/vote"))
    if not event.actor.persons.isdisjoint(_proposers(proposal)):
        found.append(Obstacle("same-person", person=person, sentence="same-person/vote"))
    found += _kept_from(turn, proposal)
    if any(not b.persons.isdisjoint(event.actor.persons) for b in proposal.ballots):
        found.append(Obstacle("voted", person=person))
    if not command.in_favour and not event.note.strip():
        found.append(Obstacle("reason"))
    if found:
        raise _refused(turn, command.trigger, *found)
    favours, acts_for = command.in_favour, event.actor.acts_for
    return Ballot(person, role, event.at, favours, event.note, acts_for)


def _kept_from(turn: Turn, proposal: Proposal) -> Iterator[Obstacle]:
    """Whoever may not do what is proposed (`not_by_who`) does not decide on it either."""
    definition, actor = turn.procedure.definition, turn.event.actor
    doers_of = partial(doers, turn.case, turn.children)
    for act in _acts(turn, proposal):
        yield from kept_from(act, definition, actor, doers_of)


def _acts(turn: Turn, proposal: Proposal) -> Iterator[Transition]:
    """What waits, as the definition has it: what happened earlier may have been in any state."""
    if proposal.happened_at is None:
        return (way.spec for way in _ways(turn, proposal))
    trigger = proposal.trigger.removeprefix(LATE)
    return (act for act in turn.procedure.definition.transitions if act.trigger == trigger)


def _ways(turn: Turn, proposal: Proposal) -> Iterator[CompiledTransition]:
    """The ways of what waits that need this approval."""
    ways = turn.procedure.ways_from(proposal.trigger, turn.case.state)
    return (way for way in ways if way.spec.approval == proposal.approval)


def _proposers(proposal: Proposal) -> frozenset[str]:
    """Who proposed, and those whose deputy he was."""
    return proposal.acts_for | {proposal.person}


def _proposer(proposal: Proposal) -> Actor:
    return Actor(proposal.person, frozenset(proposal.roles), proposal.acts_for)


def _refused(turn: Turn, trigger: str, *obstacles: Obstacle) -> Refused:
    return Refused(turn.case.id, trigger, turn.case.state, obstacles)


def _told(*ballots: Ballot) -> dict[str, Any]:
    told = [
        [b.person, b.role, b.at, "for" if b.in_favour else "against", b.reason] for b in ballots
    ]
    return {"ballots": told}


def _reject(turn: Turn, proposal: Proposal) -> Outcome:
    tasks.drop(turn, proposal, TaskStatus.DONE, turn.event.actor.id)
    settle_proposal(turn, proposal, decided=True)
    follows = _if_refused(turn, proposal)
    if follows is not None:
        note = turn.event.note
        about = turn.procedure.definition.concerned(follows, proposal.about)
        turn.effects.fires = Event(turn.at, RELATED_PROCEEDING, follows, note=note, about=about)
    return Outcome(EntryKind.REFUSED, {"proposed_by": proposal.person} | _told(*proposal.ballots))


def _if_refused(turn: Turn, proposal: Proposal) -> str | None:
    """The trigger that the definition fires when this proposal is rejected."""
    return next((way.spec.if_refused for way in _ways(turn, proposal) if way.spec.if_refused), None)


def _carry_out(turn: Turn, proposal: Proposal) -> Outcome:
    """The last step has passed: the act takes effect now, if nothing stands in its way by now.

    What it brings is asked again too: a fact that became known meanwhile is not overwritten.
    """
    if proposal.happened_at is not None:
        return _carry_out_late(turn, proposal, proposal.happened_at)
    if proposal.order is not None and is_order(proposal.order):
        return _carry_out_order(turn, proposal, proposal.order)
    act = turn.part(
        replace(
            turn.event,
            trigger=proposal.trigger,
            data=proposal.data,
            documents=proposal.documents,
            command=None,
            about=proposal.about,
        )
    )
    proposer = _proposer(proposal)
    input = taken_in(act)
    way, tried = attempt(act, input, proposer, proposal)
    tasks.drop(turn, proposal, TaskStatus.DONE, turn.event.actor.id)
    input.changes["approved"] = _approved(proposal)
    return carry_out(act, way, tried, input, proposer)


def _carry_out_late(turn: Turn, proposal: Proposal, happened_at: datetime) -> Outcome:
    """What happened earlier is decided as of its day, now that it is agreed that it did."""
    event = Event(
        happened_at,
        _proposer(proposal),
        "" if proposal.order is not None else proposal.trigger.removeprefix(LATE),
        proposal.data,
        proposal.documents,
        proposal.note,
        proposal.order,
        turn.event.known_at,
        about=proposal.about,
    )
    entering = decided(turn, event)
    tasks.drop(turn, proposal, TaskStatus.DONE, turn.event.actor.id)
    outcome = take(turn, entering)
    keep(turn, entering.amendment)
    return outcome._replace(changes={**(outcome.changes or {}), "approved": _approved(proposal)})


def _approved(proposal: Proposal) -> dict[str, Any]:
    """How an act came to be approved."""
    proposed = {"proposed_by": proposal.person, "proposed_at": proposal.at}
    return proposed | _told(*proposal.ballots)


def _carry_out_order(turn: Turn, proposal: Proposal, order: Order) -> Outcome:
    """An order that has passed its last step."""
    tasks.drop(turn, proposal, TaskStatus.DONE, turn.event.actor.id)
    event = replace(
        turn.event,
        actor=_proposer(proposal),
        documents=proposal.documents,
        note=proposal.note,
        command=order,
    )
    act = turn.part(event)
    file_documents(act)
    outcome = ORDER_HANDLERS[type(order)](act, order)
    turn.amends = act.amends
    return outcome._replace(changes={**(outcome.changes or {}), "approved": _approved(proposal)})
