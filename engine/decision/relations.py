"""What becomes of a case by its relations to other proceedings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ...workflow.language import did_you_mean
from ...workflow.model.definition import Definition
from ...workflow.model.flow import PARENT
from ..errors import BadEvent
from ..model.case import CaseState, TaskKind
from ..model.commands import Link, Linked, NotTaken, Transfer, Transferred
from ..model.effects import EntryKind
from . import records, tasks
from .powers import by_hand
from .procedure import Procedure
from .subprocedures import Known, add_fields, counted
from .turn import Outcome, Turn


def not_taken(turn: Turn, command: NotTaken) -> Outcome:
    """A related proceeding could not do what it was told: a person gets a task for it."""
    turn.tell(
        what="not-taken",
        trigger=command.trigger,
        to=command.to,
        case=command.case,
        why=command.why_zh,
        why_en=command.why_en,
    )
    name = f"tell:{command.to}:{command.trigger}"[:64]
    tasks.offer(turn, TaskKind.FOLLOW_UP, name, by_hand(turn.procedure.definition))
    return Outcome(EntryKind.NOT_TAKEN)


# -- links


def links_named(definition: Definition, case: CaseState, name: str) -> Iterator[Linked]:
    """The cases that a case knows by a name of its links.

    They are those linked under it from here, and those of its procedure that linked this one: under
    the same name, where both are of one procedure.
    """
    spec = definition.links.get(name)
    if spec is None:
        return
    is_alike = spec.procedure == definition.id  # whose names of links are these
    for known in case.links:
        is_named = known.name == name
        is_of_it = known.procedure == spec.procedure and (is_named or not is_alike)
        if is_of_it if known.is_of else is_named:
            yield known


def add_linked(
    procedure: Procedure,
    known: Known,
    case: CaseState,
    rows: Mapping[str, tuple[str, bool, Mapping[str, Any]]],
) -> None:
    """Add what guards may ask of linked cases, from (state, is open, data) of each by its id."""
    for name in procedure.definition.links:
        found = [
            rows[k.case] for k in links_named(procedure.definition, case, name) if k.case in rows
        ]
        counts = ((name, "", state, is_open, 1) for state, is_open, _ in found)
        known |= counted(procedure, counts)
        add_fields(procedure, known, ((name, "", is_open, data) for _, is_open, data in found))


def kept_apart(definition: Definition, case: CaseState, name: str) -> Iterator[tuple[str, str]]:
    """The cases, each by its court and id, whose acts `NAME.TRIGGER` means."""
    if name != PARENT:
        yield from ((link.court, link.case) for link in links_named(definition, case, name))
    elif case.parent_id is not None:
        yield case.court, case.parent_id


def add_doers(
    procedure: Procedure,
    known: Known,
    case: CaseState,
    did: Callable[[str, str, str], Iterable[str]],
) -> None:
    """Add who did the acts of other proceedings that somebody here must not have done.

    `did` gives the persons of an act, from the court, the case and the trigger.
    """
    for name, trigger in procedure.kept_apart:
        cases = kept_apart(procedure.definition, case, name)
        persons = {who for court, id in cases for who in did(court, id, trigger)}
        if persons:
            known.setdefault(name, {})[f"did.{trigger}"] = sorted(persons)


def link(turn: Turn, command: Link) -> Outcome:
    """A person links the case with another that there is; the other is told. Raises `BadEvent`."""
    _check_link(turn, command)
    case = turn.case
    turn.effects.links[command.case] = Linked(
        command.name, case.id, case.court, case.procedure, is_of=True
    )
    here = Linked(command.name, command.case, command.court, command.procedure, is_of=False)
    return linked(turn, here)


def _check_link(turn: Turn, command: Link) -> None:
    """The name is one of the definition, and means cases of the other's procedure."""
    links = turn.procedure.definition.links
    spec = links.get(command.name)
    if spec is None:
        hint = did_you_mean(command.name, links)
        raise _bad(f"没有关联 {command.name}{hint.zh}", f"no link {command.name}{hint.en}")
    if spec.procedure != command.procedure:
        zh = f"{command.name} 是 {spec.procedure} 的案件，不是 {command.procedure}"
        raise _bad(zh, f"{command.name} is of {spec.procedure}, not of {command.procedure}")


def linked(turn: Turn, command: Linked) -> Outcome:
    """The case knows another from now on. Raises `BadEvent`."""
    case = turn.case
    if case.parent_id is not None:
        raise _bad("子程序不单独关联，应关联其案件", "a sub-procedure has no links: its case has")
    if command.case == case.id:
        raise _bad("案件不能与自身关联", "a case is not linked with itself")
    if (command.name, command.case) in map(_key, case.links):
        raise _bad(f"已经关联 {command.case}", f"it is linked with {command.case} already")
    case.links = (*case.links, command)
    told = [command.name, command.case, command.is_of]
    return Outcome(EntryKind.LINKED, {"link": told})


# -- sub-procedures that go to another case


def transfer(turn: Turn, command: Transfer) -> Outcome:
    """A sub-procedure leaves for another case."""
    turn.effects.transfers.append(command)
    return Outcome(EntryKind.TRANSFERRED, {"transfer": [command.child, command.to, command.name]})


def transferred(turn: Turn, command: Transferred) -> Outcome:
    """A sub-procedure came from another case, or went there by that one's act."""
    told = [command.child, command.other, command.name]
    if not command.is_here:
        return Outcome(EntryKind.TRANSFERRED, {"transfer": told})
    brought = records.bring(
        turn, turn.procedure.definition.sub_procedures[command.name].each, command.other
    )
    return Outcome(EntryKind.TRANSFERRED, {"came": told, **brought})


def check_transfer(procedure: Procedure, child: CaseState, to: CaseState, name: str) -> None:
    """A sub-procedure may go to a case: one that is open, linked, and has such.

    `procedure` is that of the case. Raises `BadEvent`.
    """
    sub = procedure.definition.sub_procedures.get(name)
    is_linked = any(link.case == child.parent_id for link in to.links)
    refused = (
        (child.closed_at is not None, "子程序已终结", "the sub-procedure has concluded"),
        (to.closed_at is not None, "接收的案件已结", "the case that would take it is closed"),
        (not is_linked, "两案没有关联", "the two cases are not linked"),
        (
            sub is None or sub.procedure != child.procedure,
            f"接收的案件没有这样的子程序 {name}",
            f"the case that would take it has no such sub-procedure {name}",
        ),
        (
            sub is not None and bool(sub.each) != bool(child.about),
            f"子程序 {name} 在两案中一个针对单条记录（each），一个不是",
            f"{name} is about one record (each) in one of the two cases, and not in the other",
        ),
    )
    for is_so, zh, en in refused:
        if is_so:
            raise _bad(zh, en)


def _key(known: Linked) -> tuple[str, str]:
    return known.name, known.case


def _bad(zh: str, en: str) -> BadEvent:
    return BadEvent(why_zh=zh, why_en=en)
