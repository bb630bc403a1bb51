"""The verbs that only ask."""

from __future__ import annotations

from typing import Generic, TypeVar

from ...workflow.language import Language
from ..model.event import Actor
from ..queries import cases, deadlines, records, tasks, visibility
from ..queries.export import CaseExport, exported
from ..queries.views import (
    AlertView,
    Case,
    Deadline,
    HistoryEntry,
    Incident,
    Possible,
    Task,
    Workload,
)
from ..queries.visibility import ChecklistLine, PartyView
from ..storage.exports import record_export
from .guarded import Acting, Guarded
from .repeating import repeating

W = TypeVar("W")


@repeating
class Questions(Guarded, Generic[W]):
    """Questions about cases. `within` is the host's own session or connection, as for changes.

    The host says who may ask; what is sealed is shown to nobody whom the charter does not let.
    """

    def case(self, case_id: str, *, within: W | None = None) -> Case:
        """A case as it stands. Raises `CaseNotFound`."""
        with self.transaction(within, writes=False) as transaction:
            return cases.case(transaction, case_id)

    def read_sealed(self, case_id: str, *, actor: Actor, within: W | None = None) -> Case:
        """A case with what is sealed in it, for those whom the charter lets read that.

        Raises `NotAllowed`, `CaseNotFound`.
        """
        with self._acting("read_sealed", actor, within, case_id, writes=False) as acting:
            self._check_at_case(acting, "read_sealed", case_id)
            return cases.case(acting.transaction, case_id, unsealed=True)

    def export_case(self, case_id: str, *, actor: Actor, within: W | None = None) -> CaseExport:
        """Everything that is kept of a case, for those whom the charter lets export.

        What is sealed is in it where they may read that too. That it was exported is kept. Raises
        `NotAllowed`, `CaseNotFound`.
        """
        with self._acting("export_case", actor, within, case_id) as acting:
            transaction = acting.transaction
            court = self._check_at_case(acting, "export", case_id)
            record_export(transaction.connection, transaction.now, actor, "case", court, case_id)
            unsealed = acting.may("read_sealed", court)
            return exported(transaction, case_id, unsealed)

    def _check_at_case(self, acting: Acting, grant: str, case_id: str) -> str:
        """Hold the actor to a grant at the court of a case; gives the court."""
        case = acting.transaction.unit().case(case_id)
        acting.court = case.court
        acting.check(grant, case.court)
        return case.court

    def query(
        self,
        *,
        procedure: str | None = None,
        state: str | None = None,
        officer: str | None = None,
        court: str | None = None,
        number: str | None = None,
        open_only: bool = False,
        parent: str | None = None,
        limit: int = 100,
        after: str = "",
        within: W | None = None,
    ) -> tuple[Case, ...]:
        """Cases by what they are, in the order of their ids.

        `after` is the last id of the page before.
        """
        with self.transaction(within, writes=False) as transaction:
            return cases.listed(
                transaction,
                procedure=procedure,
                state=state,
                officer=officer,
                court=court,
                number=number,
                open_only=open_only,
                parent=parent,
                limit=limit,
                after=after,
            )

    def possible(
        self, case_id: str, *, actor: Actor, within: W | None = None
    ) -> tuple[Possible, ...]:
        """What the actor could do now, and why the rest is not possible.

        As the verbs would judge it, and nothing is kept of it. Raises `CaseNotFound`, `BadActor`.
        """
        with self.transaction(within, writes=False) as transaction:
            return cases.possible(
                transaction, case_id, lambda case: self._actor_at(transaction, actor, case)
            )

    def checklist(
        self, case_id: str, trigger: str, *, within: W | None = None
    ) -> tuple[ChecklistLine, ...]:
        """The items that a trigger's checklist asks for, each done or missing.

        Empty when it has none. Raises `CaseNotFound`.
        """
        with self.transaction(within, writes=False) as transaction:
            return visibility.checklist(transaction, case_id, trigger)

    def party_view(self, case_id: str, role: str, *, within: W | None = None) -> PartyView:
        """What a party (a role marked `party`) may see, and no more.

        It is the nodes, documents and fields made visible to it. Raises `CaseNotFound`,
        `DataError`.
        """
        with self.transaction(within, writes=False) as transaction:
            return visibility.party_view(transaction, case_id, role)

    def diagram(
        self,
        case_id: str,
        kind: str = "svg",
        lang: Language = "zh",
        *,
        within: W | None = None,
    ) -> str:
        """The case's own picture (`svg`, `dot`, `mermaid`).

        It shows its way, where it stands, what is open and overdue. Raises `CaseNotFound`,
        `PictureNotDrawn` (svg).
        """
        from ..queries.case_diagram import case_diagram  # pictures are loaded by those who draw

        with self.transaction(within, writes=False) as transaction:
            return case_diagram(transaction, case_id, kind, lang)

    def tasks(
        self,
        *,
        case_id: str | None = None,
        role: str | None = None,
        person: str | None = None,
        court: str | None = None,
        open_only: bool = True,
        limit: int = 1000,
        within: W | None = None,
    ) -> tuple[Task, ...]:
        """Work in the pools, the oldest first.

        It is tasks and approvals that wait for a role, or that a person has claimed.
        """
        with self.transaction(within, writes=False) as transaction:
            return tasks.listed(
                transaction,
                case_id=case_id,
                role=role,
                person=person,
                court=court,
                open_only=open_only,
                limit=limit,
            )

    def workload(self, *, within: W | None = None) -> tuple[Workload, ...]:
        """How much open work each person has claimed, and how much waits in each pool."""
        with self.transaction(within, writes=False) as transaction:
            return tasks.workload(transaction)

    def deadlines(
        self,
        case_id: str,
        *,
        live: bool = True,
        explain: bool = False,
        within: W | None = None,
    ) -> tuple[Deadline, ...]:
        """The time limits of a case, the next one first; `live=False` lists ended ones too.

        With `explain` each has the steps that led to its due date. Raises `CaseNotFound`.
        """
        with self.transaction(within, writes=False) as transaction:
            return deadlines.of_case(transaction, case_id, live, explain)

    def explain_deadline(self, case_id: str, rule: str, *, within: W | None = None) -> Deadline:
        """One live time limit (a rule's name, or an id) with the steps that led to its due date.

        Raises `CaseNotFound`, `UnknownDeadline`.
        """
        with self.transaction(within, writes=False) as transaction:
            return deadlines.explained(transaction, case_id, rule)

    def overdue(
        self,
        *,
        officer: str | None = None,
        court: str | None = None,
        limit: int = 1000,
        within: W | None = None,
    ) -> tuple[Deadline, ...]:
        """Expired time limits that are still to be performed, the oldest first."""
        with self.transaction(within, writes=False) as transaction:
            return deadlines.overdue(transaction, officer, court, limit)

    def history(
        self,
        case_id: str,
        *,
        after: int = 0,
        limit: int | None = None,
        within: W | None = None,
    ) -> tuple[HistoryEntry, ...]:
        """Everything that happened to a case, in order. Raises `CaseNotFound`.

        For pages: `limit` entries, from the one after the number `after` on.
        """
        with self.transaction(within, writes=False) as transaction:
            return records.history_of(transaction, case_id, after, limit)

    def alerts(
        self,
        *,
        case_id: str | None = None,
        unseen: bool = False,
        limit: int = 1000,
        within: W | None = None,
    ) -> tuple[AlertView, ...]:
        """Warnings and expiries, in the order of their times."""
        with self.transaction(within, writes=False) as transaction:
            return records.alerts(transaction, case_id, unseen, limit)

    def incidents(self, *, open_only: bool = True, within: W | None = None) -> tuple[Incident, ...]:
        """What the clock or the dispatcher could not do."""
        with self.transaction(within, writes=False) as transaction:
            return records.incidents(transaction, open_only)
