"""What is due by the title of a case, computed when it is asked for: nothing of it is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ...engine.decision.computed import with_computed
from ...engine.decision.procedure import Procedure
from ...engine.engine import Engine
from ...engine.model.case import CaseState
from ...engine.model.event import Actor
from ...engine.queries.sealing import names_held
from ...engine.verbs.guarded import Acting, acting
from ...workflow.claims import standing
from ...workflow.claims.columns import fields_of_title
from ...workflow.claims.reading import title_of
from ...workflow.formulas import DaysOfYear, FirstDay
from ...workflow.model.definition import Definition
from ...workflow.model.parts import Claim
from .errors import NoSuchClaim
from .payments import payments_of
from .views import CaseClaim


class CourtClaims:
    """What is due in a case on any day: `CourtClaims(engine).standing(case_id, actor=he)`.

    `within` is the host's own session or connection.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def standing(
        self,
        case_id: str,
        on: date | None = None,
        *,
        actor: Actor,
        claim: str = "",
        first_day: FirstDay = FirstDay.EXCLUDED,
        days_of_year: DaysOfYear = DaysOfYear.D365,
        within: Any = None,
    ) -> CaseClaim:
        """How the title of a case stands at the end of a day (today), one to come as well.

        It is computed from the facts as they are known now, payments after the day left out.
        `claim` names the title where the procedure has several. For those who hold a role of the
        court in the case, and whom the charter lets `oversee` the court; where facts of the title
        are sealed, for whom it lets `read_sealed`.

        Raises `CaseNotFound`, `NoSuchClaim`, `NotAllowed`, `BadActor`, `BadFormulaValue`,
        `BeforeDelayRule`.
        """
        with acting(self._engine, "claim", actor, within) as at_work:
            unit = at_work.transaction.unit()
            case = unit.case(case_id)
            procedure, now = unit.procedure(case), at_work.transaction.now
            name, found = _named(procedure.definition, claim)
            data = with_computed(procedure, case.data, now)
            _check_reader(at_work, case, procedure, found)
            return CaseClaim(
                case_id=case.id,
                number=case.number,
                court=case.court,
                claim=name,
                title_zh=found.title.zh,
                title_en=found.title.en,
                basis=found.basis.cite() if found.basis is not None else "",
                names=dict(_names(found, data)),
                standing=standing(
                    title_of(found, data),
                    payments_of(found, data),
                    on or procedure.calendar.local_day(now),
                    first_day=first_day,
                    days_of_year=days_of_year,
                ),
            )


def _named(definition: Definition, name: str) -> tuple[str, Claim]:
    """A title by its name; the only one where none is named. Raises `NoSuchClaim`."""
    claims = definition.claims
    wanted = name or (next(iter(claims)) if len(claims) == 1 else "")
    if wanted not in claims:
        known = ", ".join(claims) or "-"
        raise NoSuchClaim(procedure=definition.id, claim=wanted or "-", known=known)
    return wanted, claims[wanted]


def _check_reader(at_work: Acting, case: CaseState, procedure: Procedure, claim: Claim) -> None:
    """Raises `NotAllowed` unless an actor may see the facts of a title."""
    definition = procedure.definition
    held = at_work.at_case(case).roles
    if held.isdisjoint(definition.roles.keys() - definition.parties):
        at_work.check("oversee", case.court)
    sealed = procedure.sealed.intersection(fields_of_title(claim))
    if not sealed.isdisjoint(names_held(case.data)):
        at_work.check("read_sealed", case.court)


def _names(claim: Claim, data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What debtors and creditors are called, by their ids."""
    for listed in filter(None, (claim.debtors, claim.creditors)):
        for record in data.get(listed) or ():
            if record.get("name"):
                yield str(record["id"]), str(record["name"])
