"""A difference of books that is of no case: a case of its own is opened for it, where the court has
the procedure `difference`, so that somebody has to look into it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from ...workflow.errors import ZhixingError
from ..model.event import RELATED_PROCEEDING, Event
from ..work.runtime import Transaction

log = logging.getLogger("zhixing")
PROCEDURE = "difference"
"""The procedure by which a court looks into differences (`definitions/cn/difference.yaml`)."""


def open_difference(transaction: Transaction, court: str, data: Mapping[str, Any]) -> str | None:
    """Open a case for a difference; gives its id, None where the court has no such procedure.

    What its definition has no field for is left out: the incident says all of it.
    """
    unit = transaction.unit()
    try:
        event = Event(unit.now, RELATED_PROCEEDING)
        procedure = unit.repository.current(PROCEDURE, court, event)
        known = {name: data[name] for name in procedure.definition.data if data.get(name)}
        event = Event(unit.now, RELATED_PROCEEDING, data=known)
        case = unit.open(PROCEDURE, event, court=court)
        unit.flush()
    except ZhixingError as error:
        if error.retryable:
            raise
        log.warning("no case for a difference of books: %s", error)
        return None
    return case.id
