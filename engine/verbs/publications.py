"""The verbs about what governs cases: versions of procedures, the charter, calendars."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Generic, TypeVar

from ...workflow.law.law import Law
from ...workflow.model.definition import Definition
from ...workflow.periods.calendars import Calendar
from ..decision.powers import at_case
from ..model.event import Actor
from ..storage.definition_store import running_on
from ..versions import law_changes, moving, publications, publishing
from ..versions.law_changes import law_in_force
from ..versions.migration import MigrationPlan, plan_migration
from ..versions.moving import Migration
from ..versions.paging import Progress
from ..versions.publications import Publication
from ..versions.recalculation import (
    DueDateChange,
    apply_calendar,
    apply_rules,
    calendar_changes,
    rule_changes,
)
from ..versions.renewal import Renewal, renewals
from .guarded import Acting, Guarded
from .once import named
from .repeating import repeating

W = TypeVar("W")


@repeating
class Publications(Guarded, Generic[W]):
    """What governs cases. `within` is the host's own session or connection, as for changes.

    A `request_id` names a call as it does with changes; it is unique in the unit of the
    organisation (of a redesign: for its case).

    Who may do what stands in the charter: no definition lets anybody publish it.
    """

    def propose_version(
        self,
        definition: Definition,
        *,
        actor: Actor,
        court: str = "",
        effective: date | None = None,
        note: str = "",
        within: W | None = None,
        request_id: str | None = None,
    ) -> Publication:
        """Propose a checked definition as the version that cases begin on.

        It is for a unit of the organisation and what is below (for all, where none is named), from
        its own day or a later one; it is held to the tables of law in force. Raises `NotAllowed`,
        `PublicationRefused`, `DefinitionRefused`.
        """
        with self._acting(
            "propose_version", actor, within, what=definition.id, note=note
        ) as acting:
            acting.court = acting.standing.unit(court)
            acting.check("publish", court)
            transaction, who = acting.transaction, acting.here(court)
            law = law_in_force(transaction.connection)
            given = definition, court, effective
            asked = definition.hash, effective, note
            return named(acting, request_id, *asked).do(
                Publication,
                lambda: publishing.propose(transaction, acting.standing, law, *given, who, note),
            )

    def propose_redesign(
        self,
        case_id: str,
        layer: str,
        *,
        actor: Actor,
        note: str,
        within: W | None = None,
        request_id: str | None = None,
    ) -> Publication:
        """Propose another flow for one case: the text of a layer with `level: case`, and why.

        By its own officer, or those who may approve it. It is checked as a whole before anything.
        Raises `DefinitionRefused`, `PublicationRefused`, `NotAllowed`, `CaseNotFound`,
        `MoveRefused`.
        """
        with self._acting("propose_redesign", actor, within, case_id, note=note) as acting:
            unit = acting.transaction.unit()
            case = unit.case(case_id)
            who = at_case(acting.at_case(case), case)
            publishing.check_redesigner(unit.procedure(case).definition, who)
            return named(acting, request_id, layer, note).do(
                Publication,
                lambda: publishing.propose_redesign(acting.transaction, case, layer, who, note),
            )

    def decide_version(
        self,
        id: int,
        *,
        actor: Actor,
        in_favour: bool = True,
        note: str = "",
        within: W | None = None,
        request_id: str | None = None,
    ) -> Publication:
        """Publish or refuse what another person proposed; a redesign then moves its case.

        Raises `NotAllowed`, `PublicationRefused`, `MoveRefused`, `UnknownPublication`.
        """
        with self._acting("decide_version", actor, within, what=str(id), note=note) as acting:
            transaction = acting.transaction
            found = publishing.locked(transaction, id)
            acting.court = found.court
            if found.case_id is None:
                acting.check("publish", found.court, deciding=True)
                who = acting.here(found.court)
            else:
                case = transaction.unit().case(found.case_id)
                who = at_case(acting.at_case(case), case)
            return named(acting, request_id, id, in_favour, note).do(
                Publication, lambda: publishing.decide(transaction, found, who, in_favour, note)
            )

    def withdraw_version(
        self,
        id: int,
        *,
        actor: Actor,
        note: str = "",
        within: W | None = None,
        request_id: str | None = None,
    ) -> Publication:
        """Withdraw a version: cases begin on the one before it again.

        Who proposed it takes back what waits; a published one is withdrawn by those who may
        publish. Cases that began on it finish on it. Raises `NotAllowed`, `PublicationRefused`,
        `UnknownPublication`.
        """
        with self._acting("withdraw_version", actor, within, what=str(id), note=note) as acting:
            found = publishing.locked(acting.transaction, id)
            acting.court = found.court
            return named(acting, request_id, id, note).do(
                Publication, lambda: self._withdraw(acting, found, note)
            )

    def _withdraw(self, acting: Acting, found: Publication, note: str) -> Publication:
        is_own = found.status == "proposed" and found.proposed_by == acting.actor.id
        if is_own:
            acting.ask_host(found.court)
        else:
            acting.check("publish", found.court, deciding=True)
        return publications.mark_withdrawn(acting.transaction, found, acting.actor, note)

    def versions(
        self,
        *,
        procedure: str | None = None,
        case_id: str | None = None,
        within: W | None = None,
    ) -> tuple[Publication, ...]:
        """Versions that were proposed, published or withdrawn, the newest first."""
        with self.transaction(within, writes=False) as transaction:
            return publications.listed(transaction, procedure, case_id, "definition")

    def renewals(
        self, procedure: str | None = None, *, within: W | None = None
    ) -> tuple[Renewal, ...]:
        """The published layers that govern no more, as another base is in force by now.

        Each with what governs its unit until it is renewed, and what that changes.
        """
        with self.transaction(within, writes=False) as transaction:
            return tuple(renewals(transaction, self._standing_of(transaction), procedure))

    def count_running_on(self, hash: str, *, within: W | None = None) -> int:
        """How many open cases run on a version, by its hash."""
        with self.transaction(within, writes=False) as transaction:
            return running_on(transaction.connection, hash)

    # -- running cases on another version

    def plan_migration(self, definition: Definition) -> Iterator[MigrationPlan]:
        """What a version would mean for every running case of its procedure; nothing is written."""
        return plan_migration(self, definition)

    def propose_migration(
        self,
        definition: Definition,
        *,
        actor: Actor,
        court: str = "",
        note: str = "",
        within: W | None = None,
        request_id: str | None = None,
    ) -> Migration:
        """Propose to move the running cases of a unit to a version that is in force there.

        By the power `move` of that version. Raises `MigrationRefused`, `NotAllowed`,
        `TransitionalRuleStays`.
        """
        with self._acting(
            "propose_migration", actor, within, what=definition.id, note=note
        ) as acting:
            acting.court = acting.standing.unit(court) or acting.standing.top
            acting.ask_host(acting.court)
            given = definition, acting.court, actor, note
            return named(acting, request_id, definition.hash, note).do(
                Migration, lambda: moving.propose(acting.transaction, acting.standing, *given)
            )

    def decide_migration(
        self,
        id: int,
        *,
        actor: Actor,
        in_favour: bool = True,
        note: str = "",
        within: W | None = None,
        request_id: str | None = None,
    ) -> Migration:
        """Approve or refuse the migration that another person proposed.

        Raises `MigrationRefused`, `NotAllowed`, `UnknownMigration`.
        """
        with self._acting("decide_migration", actor, within, what=str(id), note=note) as acting:
            acting.court = moving.get(acting.transaction, id).court
            acting.ask_host(acting.court)
            given = id, actor, in_favour, note
            return named(acting, request_id, id, in_favour, note).do(
                Migration, lambda: moving.decide(acting.transaction, acting.standing, *given)
            )

    def migrate_cases(
        self, id: int, *, progress: Progress | None = None
    ) -> tuple[Migration, list[MigrationPlan]]:
        """Carry out a migration that was approved, page by page, each case with a history entry.

        Gives it as it then is, and the plans of the cases that stayed. One that was interrupted
        goes on where it stopped. Raises `MigrationRefused`, `UnknownMigration`.
        """
        return moving.carry_out(self, id, self._standing_of, progress)

    def migrations(
        self, procedure: str | None = None, *, within: W | None = None
    ) -> tuple[Migration, ...]:
        """Migrations, the newest first."""
        with self.transaction(within, writes=False) as transaction:
            return moving.listed(transaction, procedure)

    # -- the tables of law

    def law(self, *, within: W | None = None) -> Law:
        """The tables of law that versions are held to."""
        with self.transaction(within, writes=False) as transaction:
            return law_in_force(transaction.connection)

    def propose_law(
        self,
        law: Law,
        *,
        actor: Actor,
        note: str = "",
        within: W | None = None,
        request_id: str | None = None,
    ) -> Publication:
        """Propose a whole set of tables of law. Raises `NotAllowed`, `PublicationRefused`."""
        with self._acting("propose_law", actor, within, what=law.name, note=note) as acting:
            acting.check("load_law")
            day, who = acting.standing.day(acting.transaction.now), acting.here("")
            return named(acting, request_id, law.to_text(), note).do(
                Publication,
                lambda: law_changes.propose(acting.transaction, law, day, who, note),
            )

    def decide_law(
        self,
        id: int,
        *,
        actor: Actor,
        in_favour: bool = True,
        note: str = "",
        within: W | None = None,
        request_id: str | None = None,
    ) -> Publication:
        """Put in force, or refuse, the tables of law that another person proposed.

        Versions published from now on are held to them; running cases go on as they are. Raises
        `NotAllowed`, `PublicationRefused`, `UnknownPublication`.
        """
        with self._acting("decide_law", actor, within, what=str(id), note=note) as acting:
            acting.check("load_law", deciding=True)
            given = id, acting.here(""), in_favour, note
            return named(acting, request_id, id, in_favour, note).do(
                Publication, lambda: law_changes.decide(acting.transaction, *given)
            )

    def laws(self, *, within: W | None = None) -> tuple[Publication, ...]:
        """The tables of law that were proposed, put in force or refused, the newest first."""
        with self.transaction(within, writes=False) as transaction:
            return publications.listed(transaction, kind="law")

    # -- calendars and rules

    def calendar_changes(self, name: str, calendar: Calendar) -> list[DueDateChange]:
        """The running deadlines whose due dates differ on another calendar of this name.

        It is a new notice, say; each is given before and after.
        """
        return calendar_changes(self, name, calendar)

    def apply_calendar(self, name: str, calendar: Calendar, *, actor: Actor) -> list[DueDateChange]:
        """Count by another calendar from now on, and give the changes.

        By those whom the charter lets load holiday notices. Each case whose due dates change gets a
        history entry. Other processes take the calendar from their own `Engine(calendars=…)`.
        Raises `NotAllowed`.
        """
        with self._acting("apply_calendar", actor, None, what=name) as acting:
            acting.check("load_calendar")
        return apply_calendar(self, name, calendar, actor)

    def rule_changes(self) -> list[DueDateChange]:
        """The running deadlines whose due dates differ by the rules of the library as it is now.

        After an upgrade that changes a computation; each is given before and after, and why.
        """
        return rule_changes(self)

    def apply_rules(
        self, *, actor: Actor, note: str, progress: Progress | None = None
    ) -> list[DueDateChange]:
        """Count the running deadlines by today's rules, and give the changes.

        By those whom the charter lets apply new rules, saying why. Each case is written by itself,
        with a history entry of what was due before and after; a run that was interrupted goes on
        when it is asked again. What cannot be counted anew is given with why. Raises `NotAllowed`.
        """
        with self._acting("apply_rules", actor, None) as acting:
            acting.check("apply_rules")
        return apply_rules(self, actor, note, progress)
