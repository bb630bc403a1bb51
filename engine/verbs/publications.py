"""The verbs about versions: proposed, decided, withdrawn, listed; and what they mean for cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

from ...workflow.model.definition import Definition
from ...workflow.periods.calendars import Calendar
from ..model.event import Actor
from ..storage.definition_store import running_on
from ..versions import publishing
from ..versions.migration import MigrationPlan, Progress, migrate_cases, plan_migration
from ..versions.publishing import Publication
from ..versions.recalculation import DueDateChange, apply_calendar, calendar_changes
from ..work.runtime import Runtime

W = TypeVar("W")


class Publications(Runtime, Generic[W]):
    """Versions of procedures. `within` is the host's own session or connection, as for changes."""

    def propose_version(
        self,
        definition: Definition,
        *,
        actor: Actor,
        note: str = "",
        within: W | None = None,
    ) -> Publication:
        """Propose a checked definition as the version that cases begin on.

        Raises `PublicationRefused`.
        """
        with self.transaction(within) as transaction:
            return publishing.propose(transaction, definition, actor, note)

    def propose_redesign(
        self, case_id: str, layer: str, *, actor: Actor, note: str, within: W | None = None
    ) -> Publication:
        """Propose another flow for one case: the text of a layer with `level: case`, and why.

        It is checked as a whole before anything. Raises `DefinitionRefused`, `PublicationRefused`,
        `CaseNotFound`, `MoveRefused`.
        """
        with self.transaction(within) as transaction:
            return publishing.propose_redesign(transaction, case_id, layer, actor, note)

    def decide_version(
        self,
        id: int,
        *,
        actor: Actor,
        in_favour: bool = True,
        note: str = "",
        within: W | None = None,
    ) -> Publication:
        """Publish or refuse what another person proposed; a redesign then moves its case.

        Raises `PublicationRefused`, `MoveRefused`, `UnknownPublication`.
        """
        with self.transaction(within) as transaction:
            return publishing.decide(transaction, id, actor, in_favour, note)

    def withdraw_version(
        self, id: int, *, actor: Actor, note: str = "", within: W | None = None
    ) -> Publication:
        """Withdraw a version: cases begin on the one before it again.

        Those that began on it finish on it. Raises `PublicationRefused`, `UnknownPublication`.
        """
        with self.transaction(within) as transaction:
            return publishing.withdraw(transaction, id, actor, note)

    def versions(
        self,
        *,
        procedure: str | None = None,
        case_id: str | None = None,
        within: W | None = None,
    ) -> tuple[Publication, ...]:
        """Versions that were proposed, published or withdrawn, the newest first."""
        with self.transaction(within) as transaction:
            return publishing.listed(transaction, procedure, case_id)

    def count_running_on(self, hash: str, *, within: W | None = None) -> int:
        """How many open cases run on a version, by its hash."""
        with self.transaction(within) as transaction:
            return running_on(transaction.connection, hash)

    def plan_migration(self, definition: Definition) -> Iterator[MigrationPlan]:
        """What a version would mean for every running case of its procedure; nothing is written."""
        return plan_migration(self, definition)

    def migrate_cases(
        self,
        definition: Definition,
        *,
        actor: Actor,
        note: str = "",
        progress: Progress | None = None,
    ) -> tuple[int, list[MigrationPlan]]:
        """Move the running cases that can to a version, page by page, each with a history entry.

        Gives how many moved, and the plans of those that stay. Raises `TransitionalRuleStays`.
        """
        return migrate_cases(self, definition, actor=actor, note=note, progress=progress)

    def calendar_changes(self, name: str, calendar: Calendar) -> list[DueDateChange]:
        """The running deadlines whose due dates differ on another calendar of this name.

        It is a new notice, say; each is given before and after.
        """
        return calendar_changes(self, name, calendar)

    def apply_calendar(self, name: str, calendar: Calendar, *, actor: Actor) -> list[DueDateChange]:
        """Count by another calendar from now on, and give the changes.

        Each case whose due dates change gets a history entry. Other processes take the calendar
        from their own `Engine(calendars=…)`.
        """
        return apply_calendar(self, name, calendar, actor)
