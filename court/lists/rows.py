"""The rows of the lists: what a person needs to see what waits, without reading the whole case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Self

from ...engine.decision.obstacles import words
from ...engine.decision.procedure import Procedure
from ...engine.queries.views import View, task_title
from ...workflow.errors import ZhixingError
from ...workflow.guards.variables import amount_of
from ...workflow.language import Words

Values = Mapping[str, Any]
"""A row of the database, by the names of the row's fields."""


class Row(View):
    """What every row says of its case. `damaged` says why it, or its definition, cannot be read."""

    court: str
    case_id: str | None
    number: str = ""
    officer: str = ""
    team: str = ""
    procedure: str = ""
    damaged: str = ""

    @classmethod
    def of(cls, procedure: Procedure | ZhixingError | None, row: Values, now: datetime) -> Self:
        """A row as it is read; `procedure` is its case's, or why there is none (None: no case)."""
        known = {name: row[name] for name in cls.model_fields if name in row}
        known |= {name: known.get(name) or "" for name in _OF_CASE}
        if isinstance(procedure, Procedure):
            return cls(**known, **cls._said(procedure, row, now))
        why = str(procedure) if procedure is not None else ""
        return cls(**known, **cls._unsaid(row), damaged=why)

    @classmethod
    def _said(cls, procedure: Procedure, row: Values, now: datetime) -> dict[str, Any]:
        """What the definition says of it."""
        return {}

    @classmethod
    def _unsaid(cls, row: Values) -> dict[str, Any]:
        """What stands there where no definition says anything."""
        return {}


_OF_CASE = ("number", "officer", "team", "procedure")


class TitledRow(Row):
    """A row that the definition has a title for; without one it goes by its name."""

    title_zh: str = ""
    title_en: str = ""

    named_by: ClassVar = ""

    @classmethod
    def _said(cls, procedure: Procedure, row: Values, now: datetime) -> dict[str, Any]:
        title = cls._title(procedure, row)
        return {"title_zh": title.zh, "title_en": title.en}

    @classmethod
    def _unsaid(cls, row: Values) -> dict[str, Any]:
        return {"title_zh": row[cls.named_by], "title_en": row[cls.named_by]}

    @classmethod
    def _title(cls, procedure: Procedure, row: Values) -> Words:
        raise NotImplementedError


class CaseRow(TitledRow):
    """A case, or a sub-procedure (`parent_id`); the title is that of its state."""

    state: str
    opened_at: datetime
    closed_at: datetime | None
    closing_mode: str | None
    wake_at: datetime | None
    parent_id: str | None

    named_by: ClassVar = "state"

    @classmethod
    def _title(cls, procedure: Procedure, row: Values) -> Words:
        return words(procedure.definition.states[row["state"]].title)


class StuckRow(CaseRow):
    """A case that goes on by nobody's doing, and why (`reason`)."""

    reason: str
    reason_zh: str
    reason_en: str
    since: datetime


class DeadlineRow(TitledRow):
    """A time limit; `due_day` is its last day, `overdue_days` counts from it once it has passed."""

    id: str
    rule: str
    key: str
    status: str
    due_day: date | None
    due_at: datetime
    overdue_days: int = 0
    provisional: bool
    watcher: str
    basis: str = ""

    named_by: ClassVar = "rule"

    @classmethod
    def _said(cls, procedure: Procedure, row: Values, now: datetime) -> dict[str, Any]:
        rule, due = procedure.rules[row["rule"]], row["due_day"]
        late = (procedure.calendar.local_day(now) - due).days if due is not None else 0
        return {
            **super()._said(procedure, row, now),
            "basis": rule.basis.cite() if rule.basis else "",
            "overdue_days": max(late, 0),
        }

    @classmethod
    def _title(cls, procedure: Procedure, row: Values) -> Words:
        return words(procedure.rules[row["rule"]].title)


class MoneyRow(TitledRow):
    """Money that the court holds for a case, in yuan: how much, and since when the oldest of it
    lies there (`days`)."""

    id: str
    account: str
    held: Decimal
    since: datetime
    days: int = 0

    named_by: ClassVar = "account"

    @classmethod
    def of(cls, procedure: Procedure | ZhixingError | None, row: Values, now: datetime) -> Self:
        """A row as it is read, its money in yuan."""
        known = {**row, "held": amount_of(int(row["held"]))}
        return super().of(procedure, {**known, "days": (now - row["since"]).days}, now)

    @classmethod
    def _title(cls, procedure: Procedure, row: Values) -> Words:
        return words(procedure.definition.accounts[row["account"]].title)


class TaskRow(TitledRow):
    """Work in a pool: a task, an approval that waits for votes, or what was left to be done."""

    id: str
    kind: str
    name: str
    about: str
    pool: str
    status: str
    claimed_by: str
    offered_at: datetime

    named_by: ClassVar = "name"

    @classmethod
    def _title(cls, procedure: Procedure, row: Values) -> Words:
        return task_title(procedure.definition, row["kind"], row["name"])


class AlertRow(TitledRow):
    """A warning, or the word that a limit has passed, that nobody has seen yet."""

    id: str
    deadline_id: str
    rule: str
    kind: str
    roles: tuple[str, ...]
    watcher: str
    at: datetime
    due_day: date | None

    named_by: ClassVar = "rule"

    @classmethod
    def _title(cls, procedure: Procedure, row: Values) -> Words:
        return words(procedure.rules[row["rule"]].title)


class LateRow(TitledRow):
    """Something that was entered after the day it happened, or changed what was recorded."""

    seq: int
    kind: str
    trigger: str
    actor: str
    happened_at: datetime
    recorded_at: datetime
    note: str

    named_by: ClassVar = "trigger"

    @classmethod
    def _title(cls, procedure: Procedure, row: Values) -> Words:
        return words(procedure.definition.trigger_title(row["trigger"]))


class RequestRow(Row):
    """A request to the outside without its last answer."""

    id: str
    request: str
    operation: str
    about: str
    counterparty: str | None
    status: str
    attempts: int
    created_at: datetime
    send_at: datetime | None
    sent_at: datetime | None
    last_error: str


class IncidentRow(Row):
    """What the clock or the dispatcher could not do, and nobody resolved yet."""

    id: int
    kind: str
    outbox_id: str | None
    at: datetime
    message: str


class ExportRow(Row):
    """What somebody took out as a file: a case, a log, a list (`what`), narrowed by `filters`."""

    id: str
    what: str
    actor: str
    filters: Mapping[str, Any]
    at: datetime


class RefusalRow(Row):
    """What somebody was refused; `times` counts those that were not kept one by one."""

    id: str
    verb: str
    trigger: str
    actor: str
    code: str
    why: Mapping[str, Any]
    at: datetime
    times: int
