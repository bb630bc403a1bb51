"""A request that no machine answers, or about which the books disagree, becomes a task of its case,
until somebody or something ends that."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from ...workflow.errors import ZhixingError
from ...workflow.source.characters import shown
from ..decision.request_tasks import tasks_for
from ..model.case import CaseState
from ..model.commands import ANSWER, ByHand, HandDone
from ..model.event import EXTERNAL_SYSTEM, Actor, Event
from ..work.runtime import Transaction
from ..work.unit import UnitOfWork

log = logging.getLogger("zhixing")

NO_INTERFACE = "本院与对方没有接口 / this court has no interface to the other side"
_LONGEST_WHY = 300


def give(transaction: Transaction, row: Mapping[Any, Any], what: str, why: str) -> None:
    """Give a request to those who do such things by hand; once, while the task is open."""
    unit = transaction.unit(lock=True)
    if tasks_for(unit.case(row["case_id"]), what, row["id"]):
        return
    command = ByHand(what, row["request"], row["id"], shown(why)[:_LONGEST_WHY])
    unit.fire(row["case_id"], Event(unit.now, EXTERNAL_SYSTEM, command=command))
    unit.flush()


def give_safely(transaction: Transaction, row: Mapping[Any, Any], what: str, why: str) -> None:
    """As `give`, where an incident tells of it too: that stands where the case cannot be read."""
    try:
        give(transaction, row, what, why)
    except ZhixingError as error:
        if error.retryable:
            raise
        log.warning("no task for the request %a: %s", row["id"], error)


def give_where_declared(transaction: Transaction, row: Mapping[Any, Any], why: str) -> None:
    """Let it be answered by hand, where the definition says who does that."""
    try:
        is_declared = _is_declared(transaction, row)
    except ZhixingError as error:
        if error.retryable:
            raise
        return
    if is_declared:
        give_safely(transaction, row, ANSWER, why)


def _is_declared(transaction: Transaction, row: Mapping[Any, Any]) -> bool:
    unit = transaction.unit()
    definition = unit.procedure(unit.case(row["case_id"])).definition
    request = definition.requests.get(row["request"])
    return request is not None and bool(request.by_hand)


def settle(unit: UnitOfWork, row: Mapping[Any, Any], person: str = "", what: str = ANSWER) -> None:
    """It is over: its task is done by a `person`, or ends. The unit is not flushed."""
    case_id, key = row["case_id"], row["id"]
    if tasks_for(unit.case(case_id), what, key):
        command = HandDone(what, key, person)
        unit.fire(case_id, Event(unit.now, EXTERNAL_SYSTEM, command=command))


def settled(
    transaction: Transaction, row: Mapping[Any, Any], person: str = "", what: str = ANSWER
) -> None:
    """As `settle`, and written."""
    unit = transaction.unit(lock=True)
    settle(unit, row, person, what)
    unit.flush()


def settled_safely(
    transaction: Transaction, row: Mapping[Any, Any], person: str, what: str
) -> None:
    """As `settled`, also of a case that cannot be read: its task cannot either."""
    try:
        settled(transaction, row, person, what)
    except ZhixingError as error:
        if error.retryable:
            raise
        log.warning("no task of the request %a ends: %s", row["id"], error)


def is_asked(case: CaseState, actor: Actor, what: str, key: str) -> bool:
    """Whether a task lets somebody, with the roles that he has at the case, do this."""
    return any(
        not actor.roles.isdisjoint(task.offered_to) and task.claimed_by in ("", actor.id)
        for task in tasks_for(case, what, key)
    )
