"""Everything that is kept of a case, as one value: for a court that hands it on, or an auditor."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from ..storage.damage import of_one_case
from ..work.runtime import Transaction
from . import cases, deadlines, records, tasks
from .views import AlertView, Case, Deadline, HistoryEntry, Task


class CaseExport(BaseModel):
    """A case with its limits, work, alerts and history; `definition` is the text it runs on."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True, defer_build=True)

    case: Case
    deadlines: tuple[Deadline, ...]
    tasks: tuple[Task, ...]
    alerts: tuple[AlertView, ...]
    history: tuple[HistoryEntry, ...]
    definition: str


@of_one_case
def exported(transaction: Transaction, case_id: str, unsealed: bool) -> CaseExport:
    """Everything of a case, with what is sealed only where that is asked.

    Raises `CaseNotFound`.
    """
    found = cases.case(transaction, case_id, unsealed)
    return CaseExport(
        case=found,
        deadlines=deadlines.of_case(transaction, case_id, False, True),
        tasks=tasks.listed(transaction, case_id=case_id, open_only=False, limit=100_000),
        alerts=records.alerts(transaction, case_id, False, 100_000),
        history=records.history_of(transaction, case_id, unsealed=unsealed),
        definition=transaction.version(found.definition_hash).definition.source_text,
    )
