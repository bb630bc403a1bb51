"""Whether the tables are still of this program's version, asked now and then in a long life."""

from __future__ import annotations

import sqlalchemy as sa

from ..storage.database import check_version
from ..storage.schema import VERSION_TABLE
from .database_time import running

_EVERY_SECONDS = 60.0
_ASK = f"SELECT version_num FROM {VERSION_TABLE}"


class SchemaCheck:
    """The version of a database's schema, which an upgrade by a newer program may change.

    It is asked at most once a minute, before something is written. So two versions of the program
    never write one database for longer: the older one is refused.
    """

    def __init__(self) -> None:
        self._checked = running()

    def check(self, connection: sa.Connection) -> None:
        """Raises `ProgramOutdated` or `SchemaOutdated`."""
        if running() - self._checked < _EVERY_SECONDS:
            return
        check_version(connection.execute(sa.text(_ASK)).scalar())
        self._checked = running()
