"""Acts that need approval: proposed by one person, decided step by step by others, then carried out, refused or withdrawn.

Nobody decides what they proposed, nor twice. What a proposal brings (data, documents) takes effect with the act, not before.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..workflow.constructs import ApprovalStep
from ..workflow.guards import Children
from . import acting, pool, timing
from .changes import Vote, Withdraw
from .errors import Refused
from .machine import Passage, Procedure
from .values import PROCEDURE, Actor, Ballot, CaseState, Decision, Event, Obstacle, Proposal, TaskKind, TaskStatus


def propose(procedure: Procedure, case: CaseState, event: Event, passage: Passage, ledger: timing.Ledger) -> Decision:
    """A step that needs approval was possible: it waits, and what the event brings waits with it."""
    assert passage.taken is not None
    spec = passage.taken.spec
    data = {name: procedure.parse_field(name, value) for name, value in event.data.items()}
    proposal = Proposal(
        event.trigger, spec.to, spec.approval or "", event.actor.id, event.actor.ordered_roles, event.at, data, dict(event.documents), event.note
    )  # fmt: skip
    case.proposals = (*case.proposals, proposal)
    _offer(procedure, case, proposal, event, ledger)
    for rule in procedure.proposing.get(event.trigger, ()):
        timing.arm(procedure, case, rule, event.at, ledger)
    return acting.concluded(case, event, "proposed", {"proposed": data} if data else {}, ledger)


def _offer(procedure: Procedure, case: CaseState, proposal: Proposal, event: Event, ledger: timing.Ledger) -> None:
    step = procedure.definition.approvals[proposal.approval].steps[proposal.step]
    pool.offer(case, TaskKind.APPROVAL, proposal.trigger, step.by, event.at, ledger)


def vote(procedure: Procedure, case: CaseState, event: Event, change: Vote, ledger: timing.Ledger, children: Children) -> Decision:
    """One vote, and what it decides: nothing yet, the next step, the act itself, or its refusal. Raises `Refused`."""
    proposal = _proposal(procedure, case, change.trigger)
    step = procedure.definition.approvals[proposal.approval].steps[proposal.step]
    ballot = _ballot(procedure, case, event, change, proposal, step)
    proposal = replace(proposal, ballots=(*proposal.ballots, ballot))
    present = proposal.ballots[proposal.step_began :]
    if sum(not b.in_favour for b in present) > step.may_be_against:
        return _refuse(procedure, case, event, proposal, ledger)
    passed = sum(b.in_favour for b in present) >= step.votes
    if passed and proposal.step + 1 == len(procedure.definition.approvals[proposal.approval].steps):
        return _carry_out(procedure, case, event, proposal, ledger, children)
    if passed:
        proposal = replace(proposal, step=proposal.step + 1, step_began=len(proposal.ballots))
        pool.end(case, _waiting(case, proposal), TaskStatus.DONE, event.actor.id, event.at, ledger)
        _offer(procedure, case, proposal, event, ledger)
    case.proposals = tuple(proposal if p.trigger == proposal.trigger else p for p in case.proposals)
    return acting.concluded(case, event, "vote", _told(ballot), ledger)


def withdraw(procedure: Procedure, case: CaseState, event: Event, change: Withdraw, ledger: timing.Ledger) -> Decision:
    """The proposer takes the proposal back. Raises `Refused`."""
    proposal = _proposal(procedure, case, change.trigger)
    if proposal.person != event.actor.id:
        zh, en = f"只有提请人 {proposal.person} 可以撤回", f"only {proposal.person}, who proposed it, may withdraw it"
        raise Refused(case.id, change.trigger, case.state, (Obstacle("not-proposer", zh, en),))
    pool.drop(case, proposal.trigger, TaskStatus.ENDED, "", event.at, ledger)
    timing.settle_proposal(procedure, case, proposal.trigger, event.at, ledger, decided=False)
    return acting.concluded(case, event, "withdrawn", {}, ledger)


def _proposal(procedure: Procedure, case: CaseState, trigger: str) -> Proposal:
    found = next((p for p in case.proposals if p.trigger == trigger), None)
    if found is not None:
        return found
    known = ", ".join(p.trigger for p in case.proposals) or "-"
    zh, en = f"没有待批准的 {trigger}；待批准：{known}", f"{trigger} does not wait for approval; waiting: {known}"
    raise Refused(case.id, trigger, case.state, (Obstacle("not-proposed", zh, en),))


def _ballot(procedure: Procedure, case: CaseState, event: Event, change: Vote, proposal: Proposal, step: ApprovalStep) -> Ballot:
    found: list[Obstacle] = []
    role = next((r for r in step.by if r in event.actor.roles), "")
    if not role:
        titles = [procedure.definition.role_title(r) for r in step.by]
        zh, en = "、".join(t.zh for t in titles), ", ".join(t.en for t in titles)
        found.append(Obstacle("role", f"须由{zh}批准", f"only {en} may approve this"))
    if event.actor.id == proposal.person:
        found.append(Obstacle("same-person", "不能批准自己提请的事项", "nobody approves what they proposed"))
    if any(b.person == event.actor.id for b in proposal.ballots):
        found.append(Obstacle("voted", f"{event.actor.id} 已表决", f"{event.actor.id} has voted already"))
    if not change.in_favour and not event.note.strip():
        found.append(Obstacle("reason", "不批准须写明理由", "a refusal needs its reason (note)"))
    if found:
        raise Refused(case.id, change.trigger, case.state, tuple(found))
    return Ballot(event.actor.id, role, event.at, change.in_favour, event.note)


def _told(*ballots: Ballot) -> dict[str, Any]:
    return {"ballots": [[b.person, b.role, b.at, "for" if b.in_favour else "against", b.reason] for b in ballots]}


def _waiting(case: CaseState, proposal: Proposal) -> list[Any]:
    return [t for t in case.tasks if t.kind is TaskKind.APPROVAL and t.name == proposal.trigger]


def _refuse(procedure: Procedure, case: CaseState, event: Event, proposal: Proposal, ledger: timing.Ledger) -> Decision:
    pool.drop(case, proposal.trigger, TaskStatus.DONE, event.actor.id, event.at, ledger)
    timing.settle_proposal(procedure, case, proposal.trigger, event.at, ledger, decided=True)
    decision = acting.concluded(case, event, "refused", {"proposed_by": proposal.person} | _told(*proposal.ballots), ledger)
    steps = procedure.steps(proposal.trigger, case.state)
    follows = next((s.spec.if_refused for s in steps if s.spec.approval == proposal.approval and s.spec.if_refused), None)
    if follows is not None:
        decision.fires = Event(event.at, PROCEDURE, follows, note=event.note)
    return decision


def _carry_out(
    procedure: Procedure, case: CaseState, event: Event, proposal: Proposal, ledger: timing.Ledger, children: Children
) -> Decision:
    """The last step has passed: the act takes effect now, if nothing stands in its way by now."""
    act = replace(event, trigger=proposal.trigger, data=proposal.data, documents=proposal.documents, change=None)
    with_ = acting.brought(procedure, case, proposal.data, proposal.documents)
    proposer = Actor(proposal.person, frozenset(proposal.roles))
    passage = acting.attempt(procedure, case, act, with_, children, proposer, proposal)
    pool.drop(case, proposal.trigger, TaskStatus.DONE, event.actor.id, event.at, ledger)
    with_.changes["approved"] = {"proposed_by": proposal.person, "proposed_at": proposal.at} | _told(*proposal.ballots)
    return acting.carry_out(procedure, case, act, passage, with_, ledger, proposal.person)
