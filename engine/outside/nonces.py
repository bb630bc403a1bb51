"""What callbacks were signed with, remembered in the database: one memory for all processes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select

from ..errors import IntegrityViolated
from ..storage.schema import nonces
from ..work.runtime import Runtime


class DatabaseNonces:
    """Remembers nonces of callbacks (`zhixing.adapters.Nonces`), in a transaction for each.

    Those whose time has passed are forgotten on the way.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def is_new(self, sender: str, nonce: str, until: datetime) -> bool:
        """Whether a sender's nonce comes for the first time; it is remembered until a moment.

        Raises `DatabaseBusy`.
        """
        known = select(nonces.c.nonce).where(nonces.c.sender == sender, nonces.c.nonce == nonce)
        row = {"sender": sender, "nonce": nonce, "until": until}
        try:
            with self._runtime.transaction() as transaction:
                connection = transaction.connection
                if connection.execute(known).first() is not None:
                    return False
                connection.execute(delete(nonces).where(nonces.c.until < transaction.now))
                connection.execute(insert(nonces), row)
        except IntegrityViolated:  # another process took the same one at the same moment
            return False
        return True
