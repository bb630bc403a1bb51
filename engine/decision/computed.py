"""Values that expressions compute from what is known of a case: computed fields, and what an act
sets."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ...workflow.errors import GuardFailed
from ...workflow.guards.cel import Children
from ...workflow.guards.variables import midnight
from ..model.case import CaseState
from .procedure import Procedure


@dataclass(slots=True)
class Scope:
    """What an expression may ask where there is no attempt: the case's data, and the time."""

    data: Mapping[str, Any]
    now: datetime
    today: datetime
    children: Children = field(default_factory=dict)
    case: CaseState | None = None
    done: Collection[str] = ()

    def limits(self, name: str, asked: str) -> int:
        """How many limits of a rule run, or were missed; computed fields ask of none."""
        return self.case.limits(name, asked) if self.case is not None else 0


def scope_at(procedure: Procedure, data: Mapping[str, Any], at: datetime) -> Scope:
    """What the data of a case say at a time."""
    return Scope(data, at, midnight(procedure.calendar.local_day(at)))


def with_computed(procedure: Procedure, data: Mapping[str, Any], at: datetime) -> Mapping[str, Any]:
    """The data of a case, and with it the fields that can be computed from it at a time.

    What cannot be, by what is not known or by values that no computation takes, is not in it.
    """
    if not procedure.computed:
        return data
    scope = scope_at(procedure, data, at)
    # another version of the definition may have written what this one computes
    found = {name: value for name, value in data.items() if name not in procedure.computed}
    for name, expression in procedure.computed.items():
        try:
            value = expression.known(scope)
        except GuardFailed:
            continue
        if value is not None:
            found[name] = value
    return found
