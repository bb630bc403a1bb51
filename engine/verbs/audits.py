"""The verbs that prove histories, and hand on what happened."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Generic, TypeVar

from ...workflow.errors import ZhixingError
from ...workflow.language import Language
from ..audit.anchor import Anchor, anchored, prove_anchor
from ..audit.findings import AuditFinding, AuditReport, Sealing, Tally
from ..audit.verification import (
    find_orphans,
    known_definitions,
    page_of_cases,
    page_of_unsealed,
    prove_definitions,
    prove_page,
    repeat_page,
)
from ..model.commands import Seal
from ..model.event import CLOCK, Actor, Event
from ..queries import as_of, events
from ..queries.as_of import CaseAt
from ..queries.case_page import case_page
from ..queries.events import FeedEvent
from ..queries.export import exported
from ..storage.case_rows import court_of
from ..storage.database import reading
from ..storage.failures import translated
from ..work.runtime import Transaction
from .guarded import Guarded
from .repeating import repeating

W = TypeVar("W")
log = logging.getLogger("zhixing")


@repeating
class Audits(Guarded, Generic[W]):
    """Histories held to what was written, and the feed of all of them.

    With an `actor` an audit needs the grant `export` of the charter; without one it is the
    operator's, who has the database in hand.
    """

    def verify(
        self,
        case_id: str | None = None,
        *,
        after: str = "",
        since: datetime | None = None,
        anchor: Anchor | None = None,
        rules: bool = False,
        actor: Actor | None = None,
        told: Callable[[AuditFinding], None] | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> AuditReport:
        """Hold every case, or one, to its entries: each change, removal and insertion is named.

        Cases are taken page by page, each page in a snapshot of its own; `after` is the last case
        of an audit that was stopped, `since` takes those written to since then, `anchor` also
        proves that the heads anchored once are still there. `told` hears of each finding at once,
        `progress` how many cases are done. With `rules` the kept inputs are decided again by
        today's rules: what would come out otherwise is told apart from what was tampered with.
        Raises `NotAllowed`, `CaseNotFound`, `AnchorRefused`.
        """
        tally = Tally(told, last_case=after)
        self._check_auditor("verify", actor, case_id)
        with self._snapshot() as transaction:
            if case_id is None:
                prove_definitions(transaction.connection, tally)
                find_orphans(transaction.connection, tally)
            if anchor is not None:
                prove_anchor(transaction.connection, anchor, tally)
        while self._verify_page(tally, case_id, since, rules):
            if progress is not None:
                progress(tally.cases)
        return tally.report()

    def _verify_page(
        self, tally: Tally, case_id: str | None, since: datetime | None, rules: bool
    ) -> bool:
        """Verify the cases after the last one; whether there may be more."""
        with self._snapshot() as transaction:
            connection = transaction.connection
            page = page_of_cases(connection, tally.last_case, case_id, since)
            if page:
                known = known_definitions(connection)
                prove_page(connection, page, self.registry.chain.key, known, tally)
            if rules:
                repeat_page(connection, page, transaction.version, tally)
        return bool(page) and case_id is None

    def seal(self, *, actor: Actor | None = None) -> Sealing:
        """Seal every history that is older than chains and that nobody has touched since.

        Each case gets an entry that the entries before it are proven from, in a transaction of its
        own; what was interrupted goes on when it is asked again. Raises `NotAllowed`.
        """
        self._check_auditor("seal", actor, None)
        sealed, left, last = 0, list[str](), ""
        while page := self._page_of_unsealed(last):
            last = page[-1]
            for case_id in page:
                try:
                    self._seal(case_id, actor or CLOCK)
                    sealed += 1
                except ZhixingError:
                    log.exception("the history of the case %s could not be sealed", case_id)
                    left.append(case_id)
        return Sealing(sealed=sealed, left=tuple(left))

    def _page_of_unsealed(self, after: str) -> list[str]:
        with self.transaction(writes=False) as transaction:
            return page_of_unsealed(transaction.connection, after)

    def _seal(self, case_id: str, actor: Actor) -> None:
        """Seal one history; what the clock owes the case seals it as well."""
        with self.transaction() as transaction:
            unit = transaction.unit(lock=True)
            if not unit.catch_up(case_id, transaction.now):
                unit.fire(case_id, Event(transaction.now, actor, command=Seal()))
            unit.flush()

    def anchor(self, *, court: str = "", heads: bool = False, actor: Actor | None = None) -> Anchor:
        """One root over the heads of all cases (or of a court's), in one snapshot.

        With `heads` they are in it, for `verify`. Raises `NotAllowed`.
        """
        self._check_auditor("anchor", actor, None, court)
        with self._snapshot() as transaction:
            return anchored(transaction.connection, transaction.now, court, heads)

    def events(
        self,
        after: str = "",
        *,
        limit: int = 1000,
        court: str | None = None,
        within: W | None = None,
    ) -> tuple[FeedEvent, ...]:
        """Everything that happened, of all cases, after a place (a token; else from the start).

        Whoever keeps the token of the last one and asks again gets every entry exactly once, those
        of a case in their order; one that commits late is not skipped. What is sealed is not in
        it. Raises `BadFeedToken`.
        """
        with self.transaction(within, writes=False) as transaction:
            return events.after(transaction, after, limit, court)

    def case_at(self, case_id: str, at: datetime | date, *, within: W | None = None) -> CaseAt:
        """A case as it was recorded by a moment, or by the end of a day in the case's own zone.

        It is folded from the entries; what is sealed is left out. Raises `CaseNotFound`,
        `NotOpenThen`, `NaiveDatetime`.
        """
        with self.transaction(within, writes=False) as transaction:
            return as_of.case_at(transaction, case_id, at)

    def case_page(
        self, case_id: str, *, actor: Actor, lang: Language = "zh", within: W | None = None
    ) -> str:
        """A case's whole file as one HTML page to print, for those whom the charter lets export.

        What is sealed is in it where they may read that too. Raises `NotAllowed`, `CaseNotFound`.
        """
        with self._acting("case_page", actor, within, case_id, writes=False) as acting:
            transaction = acting.transaction
            acting.court = court_of(transaction.connection, case_id)
            acting.check("export", acting.court)
            file = exported(transaction, case_id, acting.may("read_sealed", acting.court))
            return case_page(transaction.version(file.case.definition_hash), file, lang)

    def _check_auditor(
        self, verb: str, actor: Actor | None, case_id: str | None, court: str = ""
    ) -> None:
        if actor is None:
            return
        with self._acting(verb, actor, None, case_id or "", writes=False) as acting:
            if case_id is not None:
                court = court_of(acting.transaction.connection, case_id)
            acting.court = court
            acting.check("export", court)

    @contextmanager
    def _snapshot(self) -> Iterator[Transaction]:
        """A transaction that sees one moment of the database throughout."""
        with translated(), reading(self.database, one_moment=True) as connection:
            yield self._transaction(connection, writes=False, doubts_clock=False)
