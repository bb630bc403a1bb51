"""How commands tell of cases: by the words of its version, on the clock of its court."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import NamedTuple

from ..engine import Engine, ZhixingError
from ..engine.decision.procedure import Procedure
from ..engine.queries.spoken import Spoken
from ..workflow import Language
from ..workflow.periods.calendars import plain_calendar


class Told(NamedTuple):
    """How things of one version of a procedure are told: its words, and the clock of its court."""

    words: Spoken
    zone: tzinfo


class Telling:
    """How cases are told in one language, each by the version that it runs on.

    Where no version can be found, things go by their ids and the zone is that of most courts.
    """

    def __init__(self, engine: Engine, lang: Language) -> None:
        self._engine, self._lang = engine, lang
        self._found: dict[str, Told] = {}
        self._of_cases: dict[str, Told] = {}

    def version(self, hash: str) -> Told:
        """How things of a version are told."""
        if hash not in self._found:
            self._found[hash] = self._told(_procedure(self._engine, hash))
        return self._found[hash]

    def case(self, case_id: str) -> Told:
        """How things of a case are told, by its id."""
        if case_id not in self._of_cases:
            self._of_cases[case_id] = self.version(_version_of(self._engine, case_id))
        return self._of_cases[case_id]

    def _told(self, procedure: Procedure | None) -> Told:
        if procedure is None:
            return Told(Spoken(None, self._lang), court_zone())
        return Told(Spoken(procedure.definition, self._lang), procedure.calendar.zone)


def court_zone() -> tzinfo:
    """The zone of most courts."""
    return plain_calendar().zone


def _procedure(engine: Engine, hash: str) -> Procedure | None:
    """A version of a procedure; None where it is not to be found."""
    try:
        with engine.transaction(writes=False) as transaction:
            return transaction.version(hash)
    except ZhixingError:
        return None


def _version_of(engine: Engine, case_id: str) -> str:
    """The version that a case runs on; none where it cannot be read."""
    try:
        return engine.case(case_id).definition_hash
    except ZhixingError:
        return ""


def local(moment: datetime, zone: tzinfo) -> str:
    """A moment as the court's clock shows it."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def local_day(moment: datetime, zone: tzinfo) -> str:
    """The day of a moment on the court's clock."""
    return moment.astimezone(zone).date().isoformat()
