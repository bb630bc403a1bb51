"""The procedures an engine knows: the current one of each id, and every version still run on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import Connection

from ...workflow.loading import stored_definition
from ...workflow.model.definition import Definition
from ...workflow.periods.calendars import Calendar
from ..decision.procedure import Procedure
from ..errors import DefinitionMissing, UnknownProcedure
from ..storage.chain import Chain
from ..storage.definition_store import definition_text
from .identities import Identities


class Registry:
    """Definitions by id (the one given) and by hash (any version), compiled once each.

    The ones given are drafts until somebody publishes them: cases begin on a draft only with
    `drafts`, and where no version of its procedure was ever published. Those that come `later` are
    read when they are first asked for.
    """

    def __init__(
        self,
        definitions: Iterable[Definition] = (),
        calendars: Mapping[str, Calendar] | None = None,
        *,
        later: Mapping[str, Callable[[], Definition]] | None = None,
        drafts: bool = False,
        chain: Chain | None = None,
        identities: Identities | None = None,
    ) -> None:
        self._calendars = dict(calendars or {})
        self.drafts = drafts
        self.chain = chain or Chain()
        self.identities = identities or Identities()
        self._later = dict(later or {})
        self._current: dict[str, Procedure] = {}
        self._by_hash: dict[str, Procedure] = {}
        self.stored: set[str] = set()
        for definition in definitions:
            self.add(definition)

    def add(self, definition: Definition) -> Procedure:
        """Make a definition the given version of its procedure."""
        procedure = self.compiled(definition)
        self._current[definition.id] = procedure
        return procedure

    def compiled(self, definition: Definition) -> Procedure:
        """A definition made ready to run, without making it the current version."""
        found = self._by_hash.get(definition.hash)
        if found is None:
            found = Procedure(definition, self._calendars.get(definition.calendar))
            self._by_hash[definition.hash] = found
        return found

    def current(self, procedure: str) -> Procedure:
        """The version that was given. Raises `UnknownProcedure`."""
        found = self.given(procedure)
        if found is None:
            raise UnknownProcedure(procedure=procedure, known=", ".join(self.names()) or "-")
        return found

    def given(self, procedure: str) -> Procedure | None:
        """The version that was given, if one was."""
        if procedure not in self._current and procedure in self._later:
            self.add(self._later[procedure]())
        return self._current.get(procedure)

    def names(self) -> list[str]:
        """The ids of the procedures that were given."""
        return sorted({*self._current, *self._later})

    def all(self) -> list[Procedure]:
        """The current procedures, by id."""
        return list(map(self.current, self.names()))

    def version(self, hash: str, connection: Connection) -> Procedure:
        """The version with this hash, from the database when it is not loaded.

        Raises `DefinitionMissing`.
        """
        found = self._by_hash.get(hash)
        if found is None:
            text = definition_text(connection, hash)
            if text is None:
                raise DefinitionMissing(hash=hash)
            found = self.compiled(stored_definition(text, f"<stored {hash[:12]}>"))
        return found

    def use_calendar(self, name: str, calendar: Calendar) -> None:
        """Procedures that name this calendar count by `calendar` from now on.

        It is a new year's notice, say, or a closure.
        """
        self._calendars[name] = calendar
        for procedure in self._by_hash.values():
            if procedure.definition.calendar == name:
                procedure.calendar = calendar
