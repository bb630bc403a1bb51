"""The procedures an engine knows: the current one of each id, and every version that a case still runs on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from ..workflow.calendars import Calendar
from ..workflow.loading import load_definition, stored_definition
from ..workflow.models import Definition
from .errors import DefinitionMissing, UnknownProcedure
from .machine import Procedure
from .store import definition_text, latest_hash

Sources = str | Path | Definition | Iterable[str | Path | Definition]


class Registry:
    """Definitions by id (the current version) and by hash (any version). Compiled once each."""

    def __init__(self, sources: Sources = (), calendars: Mapping[str, Calendar] | None = None) -> None:
        self._calendars = dict(calendars or {})
        self._current: dict[str, Procedure] = {}
        self._by_hash: dict[str, Procedure] = {}
        self.stored: set[str] = set()
        self.falls_back = False  # begin cases on the version kept last, where none is loaded or published
        for definition in _definitions(sources):
            self.add(definition)

    def add(self, definition: Definition) -> Procedure:
        """Make a definition the current version of its procedure."""
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
        """The version that new cases begin on. Raises `UnknownProcedure`."""
        found = self._current.get(procedure)
        if found is None:
            raise UnknownProcedure(procedure=procedure, known=", ".join(sorted(self._current)) or "-")
        return found

    def begins_on(self, procedure: str, connection: Connection, at: datetime) -> Procedure:
        """The version that cases begin on at a time: what was loaded, else what is published. Raises `UnknownProcedure`."""
        found = self._current.get(procedure)
        if found is not None:
            return found
        from .publishing import hash_in_effect

        hash = hash_in_effect(connection, procedure, at)
        if hash is None and self.falls_back:
            hash = latest_hash(connection, procedure)
        return self.version(hash, connection) if hash is not None else self.current(procedure)

    def all(self) -> list[Procedure]:
        """The current procedures, by id."""
        return [self._current[name] for name in sorted(self._current)]

    def version(self, hash: str, connection: Connection) -> Procedure:
        """The version with this hash, from the database when it is not loaded. Raises `DefinitionMissing`."""
        found = self._by_hash.get(hash)
        if found is None:
            text = definition_text(connection, hash)
            if text is None:
                raise DefinitionMissing(hash=hash)
            found = self.compiled(stored_definition(text, f"<stored {hash[:12]}>"))
        return found

    def use_calendar(self, name: str, calendar: Calendar) -> None:
        """From now on, procedures that name this calendar count by `calendar` (a new year's notice, a closure)."""
        self._calendars[name] = calendar
        for procedure in self._by_hash.values():
            if procedure.definition.calendar == name:
                procedure.calendar = calendar


_OTHER = re.compile(r"^(overlay|fragment):", re.MULTILINE)


def _is_definition(path: Path) -> bool:
    """Whether a YAML file in a folder of definitions is a whole one: no calendar, table of law, scenarios, fragment or layer.

    A court's own layer is run by naming its file.
    """
    if {"calendars", "law"} & set(path.parts) or path.name.endswith((".scenarios.yaml", ".simulation.yaml")):
        return False
    return _OTHER.search(path.read_text(encoding="utf-8", errors="replace")) is None


def _definitions(sources: Sources) -> Iterable[Definition]:
    if isinstance(sources, Definition):
        yield sources
    elif isinstance(sources, str | Path):
        path = Path(sources)
        files = sorted(p for p in path.rglob("*.yaml") if _is_definition(p)) if path.is_dir() else [path]
        for file in files:
            yield load_definition(file)
    else:
        for source in sources:
            yield from _definitions(source)
