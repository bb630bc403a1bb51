"""What the task about a request lets its holder do, who need not be let resolve incidents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..decision.powers import at_case
from ..model.commands import ANSWER, CHECK
from ..outside.request_tasks import is_asked, settled_safely
from ..storage.incidents import (
    has_differences,
    request_of_incident,
    resolve_incident,
)
from .guarded import Acting


def check_allowed(acting: Acting, row: Mapping[Any, Any] | None, what: str) -> None:
    """Whom the charter lets resolve, or a task do this about a request. Raises `NotAllowed`."""
    if acting.may("resolve", acting.court):
        return
    if row is None or not _is_asked(acting, row, what):
        acting.check("resolve", acting.court)


def _is_asked(acting: Acting, row: Mapping[Any, Any], what: str) -> bool:
    case = acting.transaction.unit().case(row["case_id"])
    return is_asked(case, at_case(acting.at_case(case), case), what, row["id"])


def resolve(acting: Acting, incident: int, resolution: str, retry: bool) -> None:
    """Close an incident, and the task that stands for it.

    The charter lets somebody, or the task of comparing the books does. Raises `NotAllowed`,
    `DataError`.
    """
    transaction, person = acting.transaction, acting.actor.id
    connection = transaction.connection
    about = request_of_incident(connection, incident)
    check_allowed(acting, about, CHECK)
    resolve_incident(connection, transaction.now, incident, person, resolution, retry)
    if about is not None and retry:
        settled_safely(transaction, about, "", ANSWER)
    if about is not None and not has_differences(connection, about["id"]):
        settled_safely(transaction, about, person, CHECK)
