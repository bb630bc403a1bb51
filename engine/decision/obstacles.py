"""What can stand in the way of a transition, each kind a function: who, when, what is missing,
what is not so."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime
from functools import wraps
from itertools import chain
from typing import NamedTuple

from ...workflow.errors import GuardFailed, GuardValueMissing
from ...workflow.guards.cel import Guard
from ...workflow.language import NO_WORDS, Words, joined
from ...workflow.model.base import Text
from ...workflow.model.definition import ANY_OFFICER, OFFICER, Definition
from ...workflow.model.facts import Asked
from ...workflow.model.flow import Transition
from ...workflow.model.parts import ChecklistItem, Computed
from ...workflow.model.records import ID
from ..model.case import DeadlineState, DeadlineStatus, TaskKind, TaskStatus
from ..model.event import Actor
from ..model.obstacle import Obstacle
from .at_hand import concerns, id_at_hand, records_in
from .attempt import Attempt
from .machine import Check, CompiledTransition


def _evaluating(check: Check) -> Check:
    """A check that evaluates conditions: one that cannot be is an obstacle too."""

    @wraps(check)
    def checked(way: CompiledTransition, attempt: Attempt) -> Iterable[Obstacle]:
        try:
            return list(check(way, attempt))
        except GuardFailed as failed:
            reason = Words(failed.text("zh"), failed.text("en"))
            return (Obstacle("guard-failed", reason=reason),)

    return checked


class _Needed(NamedTuple):
    """A check, whether a transition needs it, and the codes of its obstacles."""

    is_needed: bool
    check: Check
    codes: tuple[str, ...]


def _checks(way: CompiledTransition, definition: Definition) -> list[_Needed]:
    """In the order people ask: who, when, what is missing, what is not so."""
    spec = way.spec
    has_task = any(spec.trigger in task.done_by for task in definition.tasks.values())
    return [
        _Needed(True, _wrong_role, ("role",)),
        _Needed(bool(spec.not_by_who), _same_person, ("same-person",)),
        _Needed(has_task, _claimed, ("claimed",)),
        _Needed(spec.approval is not None, _awaiting, ("awaiting-approval",)),
        _Needed(bool(way.gates), _closed_gates, ("gate",)),
        _Needed(True, _not_asked, ()),
        _Needed(bool(spec.needs), _missing_fields, ("missing-field",)),
        _Needed(_requires(definition, spec.form), _unfilled, ("missing-field",)),
        _Needed(bool(spec.documents), _missing_documents, ("missing-document",)),
        _Needed(way.guard is not None, _guarded, ("guard",)),
        _Needed(spec.checklist is not None, _unchecked, ("checklist",)),
        _Needed(_computes(spec), _uncomputed, ("missing-field",)),
    ]


def _requires(definition: Definition, form: str | None) -> bool:
    """Whether there is a form, and it requires something."""
    asked = definition.forms[form].fields.values() if form is not None else ()
    return any(field.required or field.required_when for field in asked)


def _computes(spec: Transition) -> bool:
    """Whether the act sets a value that is computed."""
    return any(isinstance(value, Computed) for value in spec.sets.values())


def checks_of(way: CompiledTransition, definition: Definition) -> tuple[Check, ...]:
    """The checks that a transition needs."""
    return tuple(needed.check for needed in _checks(way, definition) if needed.is_needed)


def codes_of(way: CompiledTransition, definition: Definition) -> frozenset[str]:
    """The codes that a refusal of it can have, each by something its definition asks.

    What it does not ask can always be brought, and is no reason of the definition.
    """
    needed = [n for n in _checks(way, definition) if n.is_needed]
    return frozenset(code for n in needed for code in n.codes)


def standing(way: CompiledTransition, attempt: Attempt) -> list[Obstacle]:
    """Everything that stands in the way of a transition."""
    found: list[Obstacle] = []
    for check in way.checks:
        found.extend(check(way, attempt))
    return found


def role_titles(definition: Definition, roles: Iterable[str]) -> Words:
    """What the roles are called, as one."""
    return joined(_role_title(definition, role) for role in roles)


def _role_title(definition: Definition, role: str) -> Words:
    """What a role is called; a person (`person:ID`) goes by his id."""
    kind, _, person = role.partition(":")
    return Words(person, person) if kind == "person" else words(definition.role_title(role))


def words(text: Text) -> Words:
    """A definition's words as plain ones."""
    return Words(text.zh, text.en)


def _missing_fields(way: CompiledTransition, attempt: Attempt) -> Iterator[Obstacle]:
    for name in way.spec.needs:
        if attempt.data.get(name) is None:
            yield _missing_field(name, attempt)


def _missing_field(name: str, attempt: Attempt) -> Obstacle:
    """A fact that is not known, by its title."""
    title = attempt.rules.definition.fields[name].title
    return Obstacle("missing-field", field=name, title=words(title))


@_evaluating
def _uncomputed(way: CompiledTransition, attempt: Attempt) -> Iterator[Obstacle]:
    """What the act computes needs values that are not known."""
    for field, value in way.spec.sets.items():
        if not isinstance(value, Computed):
            continue
        try:
            attempt.rules.expression(value.is_, field).value(attempt)
        except GuardValueMissing as missing:
            names = str(missing.data["names"]).split(", ")
            yield from (_missing_field(name, attempt) for name in names)


def _missing_documents(way: CompiledTransition, attempt: Attempt) -> Iterator[Obstacle]:
    """Of the documents that an act asks for, those that are not on file; of a kind that comes anew
    with every act, those that did not come with this one."""
    kinds = attempt.rules.definition.documents
    for name in way.spec.documents:
        is_there = name in attempt.handed_in if kinds[name].anew else on_file(name, attempt)
        if not is_there:
            yield missing_document(attempt.rules.definition, name)


def missing_documents(names: Iterable[str], attempt: Attempt) -> Iterator[Obstacle]:
    """Of these kinds of document, those that are not on file."""
    for name in names:
        if not on_file(name, attempt):
            yield missing_document(attempt.rules.definition, name)


def missing_document(definition: Definition, name: str, sentence: str = "") -> Obstacle:
    """A kind of document that is asked for and is not there."""
    title = words(definition.documents[name].title)
    return Obstacle("missing-document", document=name, title=title, sentence=sentence)


def on_file(name: str, attempt: Attempt) -> bool:
    """Whether there is a document of a kind; of one that each record has, of the record at hand, or
    of every record."""
    of = attempt.rules.definition.documents[name].each
    if name in attempt.documents or of is None or id_at_hand(attempt.data, of) is not None:
        return name in attempt.documents
    records = records_in(attempt.data, of)
    return all(f"{name}@{record[ID]}" in attempt.documents for record in records)


def _wrong_role(way: CompiledTransition, attempt: Attempt) -> Iterable[Obstacle]:
    """The actor holds none of the roles that do this here."""
    if not way.roles.isdisjoint(attempt.actor.roles):
        return ()
    return (wrong_role(attempt.rules.definition, way.spec.by, attempt.actor),)


def wrong_role(definition: Definition, by: tuple[str, ...], actor: Actor) -> Obstacle:
    """Why the roles that an actor holds here are not those that are asked for."""
    is_of_another = OFFICER in by and ANY_OFFICER in actor.roles
    sentence = "role/own" if is_of_another else ""
    return Obstacle("role", roles=by, title=role_titles(definition, by), sentence=sentence)


def _same_person(way: CompiledTransition, attempt: Attempt) -> Iterator[Obstacle]:
    return kept_from(way.spec, attempt.rules.definition, attempt.actor, attempt.doers_of)


def kept_from(
    act: Transition,
    definition: Definition,
    actor: Actor,
    doers_of: Callable[[str], Collection[str]],
) -> Iterator[Obstacle]:
    """Somebody did an act before that nobody does, or decides on, together with this one."""
    for trigger in act.not_by_who:
        if not actor.persons.isdisjoint(doers_of(trigger)):
            title = words(definition.trigger_title(trigger))
            yield Obstacle("same-person", trigger=trigger, person=actor.id, title=title)


def _claimed(way: CompiledTransition, attempt: Attempt) -> Iterator[Obstacle]:
    """The act would perform a task that is in another person's hands."""
    rules = attempt.rules.definition.tasks
    for task in attempt.case.open_tasks(TaskKind.TASK):
        rule = rules.get(task.name)
        is_another = task.status is TaskStatus.CLAIMED and task.claimed_by != attempt.actor.id
        if rule is None or not concerns(attempt.data, rule.each, task.about):
            continue
        if is_another and way.spec.trigger in rule.done_by:
            title = words(rule.title)
            yield Obstacle("claimed", task=task.name, person=task.claimed_by, title=title)


def _awaiting(way: CompiledTransition, attempt: Attempt) -> Iterator[Obstacle]:
    """It is proposed already, and waits for those who decide its next step."""
    if attempt.approved is not None:
        return
    definition, trigger = attempt.rules.definition, way.spec.trigger
    for proposal in attempt.case.proposals:
        is_about_it = concerns(attempt.data, definition.about.get(trigger), proposal.about)
        is_its = not proposal.about or is_about_it  # a record to come has no name to vote by yet
        if proposal.trigger == trigger and is_its:
            roles = attempt.rules.steps_of(proposal)[proposal.step].by
            yield Obstacle(
                "awaiting-approval",
                trigger=proposal.trigger,
                person=proposal.person,
                roles=roles,
                title=role_titles(definition, roles),
            )


def _closed_gates(way: CompiledTransition, attempt: Attempt) -> Iterator[Obstacle]:
    """It is too early: a time limit that holds it back still runs."""
    rules = attempt.rules.definition.deadlines
    for deadline in attempt.case.deadlines:
        if deadline.rule not in way.gates or not _is_closed(deadline, attempt.at):
            continue
        if concerns(attempt.data, rules[deadline.rule].each, deadline.key):
            yield Obstacle(
                "gate",
                deadline=deadline.rule,
                until=deadline.due_at,
                until_day=_first_open_day(deadline, attempt),
                title=words(attempt.rules.definition.deadlines[deadline.rule].title),
            )


def _first_open_day(gate: DeadlineState, attempt: Attempt) -> date | None:
    """The day on which a gate opens: the one after its last, where it stands till the end of it."""
    return attempt.rules.calendar.local_day(gate.due_at) if gate.due_at is not None else None


def _is_closed(gate: DeadlineState, at: datetime) -> bool:
    """Whether a gate still stands in the way: it runs to a later day, or rests with its case."""
    if gate.status not in (DeadlineStatus.RUNNING, DeadlineStatus.PAUSED):
        return False
    return gate.due_at is None or at < gate.due_at


def _not_asked(way: CompiledTransition, attempt: Attempt) -> Iterable[Obstacle]:
    """What the event brings beside what the act asks of this person."""
    if not attempt.given and not attempt.handed_in:
        return ()
    return chain(unasked(way.asked, attempt), _by_hand_alone(way, attempt))


def unasked(asked: Asked, attempt: Attempt) -> Iterable[Obstacle]:
    """What the event brings and the act does not ask, or what it would overwrite."""
    return _unasked(asked, attempt) if attempt.given or attempt.handed_in else ()


def _unasked(asked: Asked, attempt: Attempt) -> Iterator[Obstacle]:
    """Fields that are not asked or known otherwise already, and documents not asked."""
    is_answer = attempt.is_answer
    taken, overwritten = asked.takes(is_answer), asked.overwrites(is_answer)
    definition = attempt.rules.definition
    for field in attempt.given:
        title = definition.fields[field].title
        if field not in taken:
            yield Obstacle("not-asked", field=field, title=words(title))
        elif field not in overwritten and _contradicts(field, attempt):
            yield Obstacle("known-fact", field=field, title=words(title))
    yield from documents_not_asked(
        definition, asked.documents, attempt.handed_in, is_late=attempt.is_late
    )


def documents_not_asked(
    definition: Definition, asked: Collection[str], brought: Iterable[str], *, is_late: bool
) -> Iterator[Obstacle]:
    """Documents that nobody asks for; what shows when it happened may come with what is late."""
    power = definition.powers.get("late")
    of_lateness = power.documents if is_late and power is not None else ()
    for name in brought:
        if name not in {*asked, *of_lateness}:
            kind = definition.documents.get(name)
            title = words(kind.title) if kind is not None else Words(name, name)
            yield Obstacle("document-not-asked", document=name, title=title)


def _contradicts(field: str, attempt: Attempt) -> bool:
    """Whether the event says otherwise of a fact that is known; the same again changes nothing."""
    return attempt.case.data.get(field) != attempt.data[field] and attempt.knew(field)


def _by_hand_alone(way: CompiledTransition, attempt: Attempt) -> Iterator[Obstacle]:
    """A person enters the answer of another system from a document, and hands that in."""
    entered = way.asked.by_hand.intersection(attempt.given)
    if entered and not attempt.is_answer and way.asked.documents.isdisjoint(attempt.handed_in):
        definition, name = attempt.rules.definition, min(way.asked.documents)
        yield missing_document(definition, name, "missing-document/answer")


@_evaluating
def _unfilled(way: CompiledTransition, attempt: Attempt) -> Iterator[Obstacle]:
    return unfilled(way.spec.form or "", attempt)


def unfilled(form: str, attempt: Attempt) -> Iterator[Obstacle]:
    """What a form requires, and nobody has said: what is only presumed does not fill it in."""
    conditions = attempt.rules.form_conditions[form]
    for field, asked in attempt.rules.definition.forms[form].fields.items():
        if attempt.knows(field):
            continue
        condition = conditions.get(field)
        if asked.required or (condition is not None and _holds(condition, attempt)):
            yield _missing_field(field, attempt)


def _holds(guard: Guard, attempt: Attempt) -> bool:
    try:
        return guard.allows(attempt)
    except GuardValueMissing:
        return False


@_evaluating
def _guarded(way: CompiledTransition, attempt: Attempt) -> Iterable[Obstacle]:
    """The condition does not hold, or needs what is not known."""
    guard = way.guard
    assert guard is not None
    try:
        if guard.allows(attempt):
            return ()
    except GuardValueMissing as missing:
        reason = Words(missing.text("zh"), missing.text("en"))
        return (Obstacle("guard-value", reason=reason),)
    if way.spec.otherwise is not None:
        return (Obstacle("guard", reason=words(way.spec.otherwise)),)
    reason = Words(guard.text, guard.text)
    return (Obstacle("guard", reason=reason, sentence="guard/condition"),)


@_evaluating
def _unchecked(way: CompiledTransition, attempt: Attempt) -> Iterator[Obstacle]:
    """The items of the checklist that are not done, each with its article."""
    name = way.spec.checklist or ""
    for id, item in attempt.rules.definition.checklists[name].items.items():
        if not is_complete(name, id, item, attempt):
            cited = item.basis.cite() if item.basis else ""
            reason = Words(f"（{cited}）", f" ({cited})") if cited else NO_WORDS
            yield Obstacle("checklist", item=id, title=words(item.title), reason=reason)


def is_complete(checklist: str, id: str, item: ChecklistItem, attempt: Attempt) -> bool:
    """Whether an item is so now: its condition holds and its documents are on file."""
    if not all(on_file(name, attempt) for name in item.documents):
        return False
    guard = attempt.rules.checklist_conditions[checklist].get(id)
    return guard is None or _holds(guard, attempt)
