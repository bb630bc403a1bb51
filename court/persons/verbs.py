"""Persons as verbs, for those whom the charter lets look up what lies in other cases too."""

from __future__ import annotations

from typing import Any

from ...engine.engine import Engine
from ...engine.model.event import Actor
from ...engine.storage.exports import record_export
from ...engine.verbs.guarded import acting
from ...workflow.model.identities import is_standing, key_in, normal_number
from .looking import person
from .views import PersonView


class CourtPersons:
    """One person over all cases: `CourtPersons(engine).look_up("11010519491231002X", actor=he)`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def look_up(self, number: str, *, actor: Actor, why: str, within: Any = None) -> PersonView:
        """A person by the number of his document (or as a case holds it), with his cases.

        For those whom the charter lets `look_up`. Who looked, and why (the case, say), is kept
        among what was taken out (`CourtLists.exports`). Raises `NotAllowed`, `BadActor`,
        `DataError`, `NoIdentityKey`, `BadText`.
        """
        identities = self._engine.registry.identities
        key = (
            key_in(number)
            if is_standing(number)
            else identities.digest(normal_number("number", number))
        )
        with acting(self._engine, "look_up_person", actor, within, writes=True) as at_work:
            at_work.check("look_up")
            transaction, unit = at_work.transaction, at_work.standing.top
            kept = {"person": key, "why": why[:200]}
            record_export(
                transaction.connection, transaction.now, actor, "person", unit, None, kept
            )
            return person(transaction, key)
