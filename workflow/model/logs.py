"""How a log of real events maps to a procedure."""

from __future__ import annotations

from pydantic import Field

from .base import Element, Id, Texts


class LogActivity(Element):
    """One activity of a log: the trigger it is, the role that does it, the fields it carries.

    Fields are carried from columns (`field: column`).
    """

    trigger: Id | None = None
    by: Id | None = None
    clock: bool = False
    carries: dict[Id, str] = Field(default_factory=dict)


class LogMap(Element):
    """How a log of events is read for replay: columns, and what each activity means.

    `date` is when it happened (the first of these columns that the log has), `recorded` when it was
    entered, where the log has that column. `cases` are columns that say one thing of a whole case:
    an activity happened once, at the time in that column. `limits` are columns in which the log
    says when a deadline of the case ends; the one computed is compared with it. `lifecycle` is the
    column that says where in the life of its activity an event stands (begun, suspended, completed
    …): those of `happens_on` are the act, and so is an event that says nothing.
    """

    case: str = "case"
    activity: str = "activity"
    date: Texts = ("date", "timestamp")
    recorded: str = "recorded"
    lifecycle: str = "lifecycle:transition"
    happens_on: Texts = ("complete",)
    opens: str
    cases: dict[str, str] = Field(default_factory=dict)
    limits: dict[Id, str] = Field(default_factory=dict)
    activities: dict[str, LogActivity]
