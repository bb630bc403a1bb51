"""A difference of books that no request of a case is about: a case of its own is opened for it,
where the court has the procedure `difference`, so that somebody has to look into it."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from typing import Any

from ...workflow.errors import ZhixingError
from ..errors import CaseExists
from ..model.event import RELATED_PROCEEDING, Event
from ..storage.database import savepoint
from ..work.runtime import Transaction

log = logging.getLogger("zhixing")
PROCEDURE = "difference"
"""The procedure by which a court looks into differences (`definitions/cn/difference.yaml`)."""
_DIFFERENCES = uuid.UUID("0f2f6c54-8c1f-5d0a-9a36-1f1d3c7e64b2")


def open_difference(
    transaction: Transaction, court: str, data: Mapping[str, Any], key: str
) -> str | None:
    """The case that looks into a difference, opened the first time that it is found.

    `key` is by what the same difference is known again. What the form of its opening does not ask
    for is left out. None where the court has no such procedure.
    """
    id = uuid.uuid5(_DIFFERENCES, f"{court}/{key}").hex
    unit = transaction.unit()
    try:
        begun = unit.repository.current(PROCEDURE, court, Event(unit.now, RELATED_PROCEEDING))
        power = begun.definition.powers.get("open")
        asked = begun.definition.form_of(power).fields if power is not None else {}
        known = {name: data[name] for name in asked if data.get(name)}
        event = Event(unit.now, RELATED_PROCEEDING, data=known)
        with savepoint(transaction.connection):
            unit.open(PROCEDURE, event, id=id, court=court)
            unit.flush()
    except CaseExists:
        return id
    except ZhixingError as error:
        if error.retryable:
            raise
        log.warning("no case for a difference of books: %s", error)
        return None
    return id
