"""The verbs for a database that was restored from a backup: held, looked through, released."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

from ..errors import NotHeld
from ..model.event import Actor
from ..outside.inbox import drop_request
from ..queries.held import Held, held
from ..storage.hold import Hold, hold_of, keep_hold, let_the_feed_go_on
from ..work.clock_guard import accept_clock
from .guarded import Acting, Guarded
from .once import named
from .repeating import repeating

W = TypeVar("W")


@repeating
class Restoring(Guarded, Generic[W]):
    """After a restore the database is as it was at the backup, and the world is not.

    What was due since may have been done and told. While it is held, the clock fires nothing and
    nothing is sent; questions are answered, and verbs on cases done, save where the clock owes the
    case a moment first (`HeldAfterRestore`). Whom the charter lets resolve incidents of the whole
    organisation holds and releases.
    """

    def after_restore(self, *, actor: Actor, within: W | None = None) -> Held:
        """Hold the database, before any worker is started on it; gives what waits in it.

        It says as well that the clock is right, however old the backup is. One that is held stays
        so, with what was released. The feed of events goes on in its order
        also where the server counts its transactions anew. Raises `NotAllowed`, `BadActor`.
        """
        with self._acting("after_restore", actor, within, doubts_clock=False) as acting:
            acting.check("resolve")
            transaction = acting.transaction
            connection, now = transaction.connection, transaction.now
            accept_clock(connection, now, actor.id, "after_restore")
            let_the_feed_go_on(connection, now)
            if hold_of(connection) is None:
                keep_hold(connection, Hold(actor.id, now.isoformat(timespec="seconds")), now)
            found = held(transaction)
            if found is None:
                raise NotHeld
            return found

    def held(self, *, within: W | None = None) -> Held | None:
        """What waits while the database is held after a restore; None when it is not."""
        with self.transaction(within, writes=False) as transaction:
            return held(transaction)

    def release(
        self,
        *,
        actor: Actor,
        cases: Iterable[str] | None = None,
        requests: Iterable[str] | None = None,
        drop: Mapping[str, str] | None = None,
        within: W | None = None,
        request_id: str | None = None,
    ) -> Held | None:
        """Let cases and requests go on; with none of the three named, everything.

        `drop` has requests that shall not go out, each with the reason: they have failed, which an
        incident keeps and the definition is told. Gives what is still held. Raises `NotHeld`,
        `NoSuchRequest`, `NotAllowed`, `BadActor`.
        """
        with self._acting("release", actor, within) as acting:
            acting.check("resolve")
            is_all = cases is None and requests is None and drop is None
            chosen, dropped = (tuple(cases or ()), tuple(requests or ())), dict(drop or {})
            return named(acting, request_id, *chosen, dropped, is_all).do(
                Held | None, lambda: _released(acting, is_all, *chosen, dropped)
            )


def _released(
    acting: Acting,
    is_all: bool,
    cases: Iterable[str],
    requests: Iterable[str],
    drop: Mapping[str, str],
) -> Held | None:
    """Let something go on, or everything; gives what is still held. Raises `NotHeld`."""
    transaction = acting.transaction
    hold = hold_of(transaction.connection)
    if hold is None:
        raise NotHeld
    for request, reason in drop.items():
        drop_request(transaction, request, f"{acting.actor.id}: {reason}")
    left = None if is_all else hold.releasing(cases, requests)
    keep_hold(transaction.connection, left, transaction.now)
    transaction.wants_wake = True
    return held(transaction)
