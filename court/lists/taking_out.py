"""What is taken out of the court as a file is written down before it goes."""

from __future__ import annotations

from ...engine.engine import Engine
from ...engine.model.event import Actor
from ...engine.storage.exports import record_export
from ...engine.verbs.guarded import acting
from .filters import Filters

_LONGEST = 64


def note_taken_out(engine: Engine, what: str, actor: Actor, filters: Filters) -> None:
    """Keep who takes what out, of which unit, narrowed how. Raises `NotAllowed`, `BadActor`."""
    kept = filters.model_dump(mode="json", exclude_none=True)
    with acting(engine, "export_list", actor, None, writes=True) as at_work:
        unit = at_work.standing.unit(filters.court) or at_work.standing.top
        at_work.ask_host(unit)
        transaction = at_work.transaction
        now, named = transaction.now, what[:_LONGEST]
        record_export(transaction.connection, now, actor, named, unit, None, kept)
