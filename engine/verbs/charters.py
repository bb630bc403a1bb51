"""The verbs about the court itself: its charter, its deputies, and what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Generic, TypeVar

from ..charter import deputies, refusals
from ..charter.deputies import Deputyship
from ..charter.files import given_charter
from ..charter.model import Charter
from ..charter.refusals import RefusalView
from ..model.event import Actor
from ..versions import charter_changes, publications
from ..versions.publications import Publication
from ..work.clock_guard import ClockAccepted, accept_clock
from .guarded import Guarded
from .once import named
from .repeating import repeating

W = TypeVar("W")


@repeating
class Charters(Guarded, Generic[W]):
    """The charter in force says who may do what beside the cases; two persons change it."""

    def charter(self, *, within: W | None = None) -> Charter:
        """The charter in force."""
        with self.transaction(within, writes=False) as transaction:
            return self._standing_of(transaction).charter

    def set_first_charter(self, charter: Charter, *, within: W | None = None) -> Publication:
        """Set the charter that this database begins with, once.

        Raises `CharterExists`, `PublicationRefused` where cases are of courts that it lacks.

        Whoever calls it has the database in hand, before anybody has a say in it; afterwards the
        charter in force says which two persons change it.
        """
        with self.transaction(within) as transaction:
            day = self._standing_of(transaction).day(transaction.now)
            found = charter_changes.set_first(transaction, charter, day)
            self._changed_standing(transaction)
            return found

    def propose_charter(
        self,
        text: str,
        *,
        actor: Actor,
        note: str = "",
        within: W | None = None,
        request_id: str | None = None,
    ) -> Publication:
        """Propose another charter, by its text. Raises `CharterRefused`, `NotAllowed`."""
        with self._acting("propose_charter", actor, within, note=note) as acting:
            acting.check("change_charter")
            day = acting.standing.day(acting.transaction.now)
            charter, who = given_charter(text), acting.here("")
            return named(acting, request_id, text, note).do(
                Publication,
                lambda: charter_changes.propose(acting.transaction, charter, day, who, note),
            )

    def decide_charter(
        self,
        id: int,
        *,
        actor: Actor,
        in_favour: bool = True,
        note: str = "",
        within: W | None = None,
        request_id: str | None = None,
    ) -> Publication:
        """Put in force, or refuse, the charter that another person proposed.

        It holds in this process at once, in others within a second. Raises `NotAllowed`,
        `PublicationRefused`, `UnknownPublication`.
        """
        with self._acting("decide_charter", actor, within, what=str(id), note=note) as acting:
            acting.check("change_charter", deciding=True)
            given = id, acting.here(""), in_favour, note
            decided = named(acting, request_id, id, in_favour, note).do(
                Publication, lambda: charter_changes.decide(acting.transaction, *given)
            )
            self._changed_standing(acting.transaction)
            return decided

    def charters(self, *, within: W | None = None) -> tuple[Publication, ...]:
        """The charters that were proposed, put in force or refused, the newest first."""
        with self.transaction(within, writes=False) as transaction:
            return publications.listed(transaction, kind="charter")

    # -- deputies

    def appoint_deputy(
        self,
        person: str,
        deputy: str,
        *,
        roles: Sequence[str],
        since: date,
        until: date,
        actor: Actor,
        court: str = "",
        note: str = "",
        within: W | None = None,
        request_id: str | None = None,
    ) -> Deputyship:
        """Let somebody stand in for a person, in some roles, from a day until another (both too).

        At a unit of the organisation and what is below, by those whom the charter lets. The deputy
        of an officer is officer of his cases; he decides nothing that the person proposed. Raises
        `NotAllowed`, `BadDeputy`, `BadActor`.
        """
        with self._acting("appoint_deputy", actor, within, what=deputy, note=note) as acting:
            acting.court = court
            acting.ask_host(court)
            once = named(acting, request_id, person, deputy, sorted(roles), since, until, note)
            found = once.do(
                Deputyship,
                lambda: deputies.appoint(
                    acting.transaction,
                    acting.standing,
                    actor,
                    person=person,
                    deputy=deputy,
                    roles=roles,
                    unit=court,
                    since=since,
                    until=until,
                    note=note,
                ),
            )
            self._changed_standing(acting.transaction)
            return found

    def end_deputy(
        self,
        id: str,
        *,
        actor: Actor,
        within: W | None = None,
        request_id: str | None = None,
    ) -> Deputyship:
        """End a deputyship before its time. Raises `NotAllowed`, `BadDeputy`."""
        with self._acting("end_deputy", actor, within, what=id) as acting:
            acting.ask_host("")
            found = named(acting, request_id, id).do(
                Deputyship,
                lambda: deputies.end(acting.transaction, acting.standing, actor, id),
            )
            self._changed_standing(acting.transaction)
            return found

    def deputies(
        self, *, on: date | None = None, within: W | None = None
    ) -> tuple[Deputyship, ...]:
        """Deputyships, the newest first; `on` a day only those that hold then."""
        with self.transaction(within, writes=False) as transaction:
            return deputies.listed(transaction, on)

    # -- the clock of the database

    def accept_clock(
        self,
        *,
        actor: Actor,
        note: str = "",
        within: W | None = None,
        request_id: str | None = None,
    ) -> ClockAccepted:
        """Say that the clock is right, where it is refused (`ClockRefused`); kept with the person.

        Whom the charter lets resolve incidents. Raises `NotAllowed`.
        """
        with self._acting("accept_clock", actor, within, doubts_clock=False, note=note) as acting:
            acting.check("resolve")
            transaction = acting.transaction
            given = transaction.connection, transaction.now, actor.id, note
            return named(acting, request_id, note).do(ClockAccepted, lambda: accept_clock(*given))

    # -- what was refused

    def refusals(
        self,
        *,
        actor: Actor,
        case_id: str | None = None,
        person: str | None = None,
        since: datetime | None = None,
        limit: int = 1000,
        within: W | None = None,
    ) -> tuple[RefusalView, ...]:
        """What was refused to whom and why, the newest first.

        For those whom the charter lets read it. Raises `NotAllowed`.
        """
        with self._acting("refusals", actor, within, case_id or "", writes=False) as acting:
            acting.check("read_refusals")
            return refusals.listed(
                acting.transaction, case_id=case_id, person=person, since=since, limit=limit
            )
