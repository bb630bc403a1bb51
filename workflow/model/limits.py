"""Time limits of a procedure: what starts, meets, extends and ends them, and their periods."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from ..language import Words
from ..periods.calendars import Calendar
from ..periods.counting import UNITS, USUAL, Counting, TimeUnit
from ..periods.leads import Lead, parse_lead
from ..periods.period import Period
from ..periods.written import WrittenEnd
from .base import Basis, Described, Element, FieldName, Id, Ids, Rows, Text, listed, require

ClockTime = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""A time of the day on the clock of the procedure: `09:00`."""

LeadText = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,3}(d|wd|h)$")]
"""So many days (`3d`), working days (`2wd`) or hours (`12h`)."""


class Starts(Element):
    """What arms a deadline: entering states, a trigger, or both.

    Or that a trigger is proposed for approval. Counted from now or from the date in a field. It
    starts only where the condition `when` holds.
    """

    entering: Ids = ()
    on: Ids = ()
    proposing: Ids = ()
    counted_from: FieldName | None = None
    when: str | None = None

    @model_validator(mode="after")
    def _something(self) -> Starts:
        """A deadline that nothing starts would never run."""
        words = "a deadline starts by entering a state, on a trigger or on its proposal"
        require((*self.entering, *self.on, *self.proposing) != (), "starts", words)
        return self


class Alerts(Element):
    """Who is told when a deadline passes.

    `alert` roles at once; `escalate` along a chain of roles, a step `every` so long.
    """

    alert: Ids = ()
    escalate: Ids = ()
    every: LeadText = "7d"


class Expiry(Alerts):
    """What happens when a deadline passes: who is told, and what follows.

    `fire` a trigger; `opens_right` that someone gains; `lapses` what is lost (a lapsed right is
    nobody's overdue work).
    """

    fire: Id | None = None
    opens_right: Text | None = None
    lapses: Text | None = None


class Recurring(Element):
    """A deadline that comes again, `times` periods in all.

    Each period starts where the one before was due.
    """

    times: int = Field(ge=2, le=1000)


class ExtensionRule(Element):
    """Whether a period may be extended: by whom, at most so much, and how often.

    `law` names the statutory limits (rows of definitions/law) that it carries out.
    """

    by: Ids
    length: int | None = Field(default=None, ge=1)
    unit: TimeUnit = TimeUnit.DAY
    times: int = Field(default=1, ge=1)
    law: Rows = ()


def _steps(value: Any) -> Any:
    """One step may be written alone; none is no list of nothing."""
    return () if value is None else listed(value)


Extensions = Annotated[
    tuple[ExtensionRule, ...],
    BeforeValidator(
        _steps, json_schema_input_type=ExtensionRule | tuple[ExtensionRule, ...] | None
    ),
]
"""The steps of extending a limit, in their order: each once the one before is used up."""


def extension_step(steps: Extensions, granted: int) -> ExtensionRule | None:
    """The step that grants the next extension after so many; None where all are used up."""
    for step in steps:
        if granted < step.times:
            return step
        granted -= step.times
    return None


Leads = Annotated[
    tuple[LeadText, ...],
    BeforeValidator(listed, json_schema_input_type=LeadText | tuple[LeadText, ...]),
]
"""How long before a limit is over: `3d`, `2wd`, `12h`; one or several."""


class InnerLimit(Element):
    """A shorter limit of the court's own beside the one of the law (内部期限).

    It starts, is met and ends as that one does, unless it has a start of its own. It warns by
    itself, tells the same people unless it names others, and nothing follows when it passes.
    """

    title: Text | None = None
    law: str | None = None
    starts: Starts | None = None
    length: int | Id
    unit: TimeUnit
    counting: Counting | None = None
    warn: Leads = ()
    on_expiry: Alerts | None = None
    basis: Basis | None = None


Within = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,2}(d|wd)$")]
"""How long something may take: so many days (`5d`) or working days (`3wd`)."""


def last_day_within(within: Within, day: date, calendar: Calendar) -> date:
    """The last day that lies within so many days of a day, which never counts itself."""
    if within.endswith("wd"):
        return calendar.add_working_days(day, int(within[:-2]))
    return day + timedelta(days=int(within[:-1]))


_WRITTEN = {"length": 0, "unit": TimeUnit.DAY, "counting": Counting.FIXED}
"""What is counted where a document names the day: nothing."""


class DeadlineRule(Described):
    """A time limit: a rule of law, what starts it, and what its expiry does.

    `warn` lists how long before it is over a warning goes out (`3d`, `2wd`, `12h`), those of days
    at the hour `alerts_at`. What happens from the hour `cut_off` of a day on happens on the next.
    `gates` lists triggers refused before the period is over, `gates_closing` modes in which no
    trigger closes the case before. `met_by` triggers perform it, also
    late. `ends_by` triggers end it unperformed. `pauses` says whether suspension of the case stops
    it; `deducts` which grounds of deduction lengthen it. `law` names the statutory time limit this
    one carries out (a row of definitions/law). `restorable_by` lists the roles that may restore it
    once missed (CPL art. 86); nobody may restore an invariable period. `inner` is a shorter limit
    beside it, which becomes a deadline of its own: `NAME_inner`. `ends_on` names the field with the
    day on which it ends, where a document says that; then it has no length, and is not moved off
    a rest day unless `counting` says so. With `each` there is one for every record of that list,
    counted from its own fields (`LIST.FIELD`).
    """

    starts: Starts
    length: int | FieldName
    unit: TimeUnit
    ends_on: FieldName | None = None
    counting: Counting = Counting.LITIGATION
    backward: bool = False
    cut_off: ClockTime | None = None
    warn: Leads = ()
    alerts_at: ClockTime | None = None
    expires: Literal["end-of-day", "start-of-day"] = "end-of-day"
    met_by: Ids = ()
    ends_by: Ids = ()
    ends_leaving: Ids = ()
    gates: Ids = ()
    gates_closing: Ids = ()
    on_expiry: Expiry = Expiry()
    pauses: bool = True
    deducts: Ids = ()
    survives_closing: bool = False
    keyed_by: Id | None = None
    each: Id | None = None
    recurring: Recurring | None = None
    extension: Extensions = ()
    restorable_by: Ids = ()
    watcher: Id | None = None
    inner: InnerLimit | None = None
    law: str | None = None

    model_config = ConfigDict(json_schema_extra={"required": ["title", "starts"]})

    @property
    def fields_read(self) -> tuple[str, ...]:
        """The fields that say from when it is counted, how long it is, and when it ends."""
        length = self.length if isinstance(self.length, str) else None
        return tuple(filter(None, (self.starts.counted_from, length, self.ends_on)))

    @model_validator(mode="before")
    @classmethod
    def _end_for_length(cls, value: Any) -> Any:
        """A day that is written takes the place of a length: both would be two ends."""
        if not isinstance(value, dict) or "ends_on" not in value:
            return value
        words = "a limit has a length and a unit, or the day on which it ends (ends_on)"
        require(value.keys().isdisjoint(("length", "unit")), "ends-on", words)
        return {**_WRITTEN, **value}

    @model_validator(mode="after")
    def _told_apart_one_way(self) -> DeadlineRule:
        """Two limits of a rule are told apart by their records, or by what a field says."""
        words = "a limit is about each record (each) or told apart by a field (keyed_by), not both"
        require(self.each is None or self.keyed_by is None, "each-or-keyed-by", words)
        return self


def inner_name(name: str) -> str:
    """What the inner limit of a deadline is called among the deadlines."""
    return f"{name}_inner"


def with_inner_limits(rules: dict[str, DeadlineRule]) -> dict[str, DeadlineRule]:
    """The deadlines, each inner limit as one of them after its own.

    Where the file has another of that name already, that one stays (and lint tells of it).
    """
    found: dict[str, DeadlineRule] = {}
    for name, rule in rules.items():
        found[name] = rule
        if rule.inner is not None and inner_name(name) not in rules:
            found[inner_name(name)] = _inner_rule(rule, rule.inner)
    return found


def _inner_rule(rule: DeadlineRule, inner: InnerLimit) -> DeadlineRule:
    """An inner limit as a deadline: nothing is gated by it, follows from it, or comes again."""
    title = rule.title
    own = {
        "title": inner.title or Text(zh=f"{title.zh}（内部期限）", en=f"{title.en} (inner limit)"),
        "law": inner.law,
        "starts": inner.starts or rule.starts,
        "length": inner.length,
        "unit": inner.unit,
        "counting": inner.counting or rule.counting,
        "warn": inner.warn,
        "on_expiry": _told_only(inner.on_expiry or rule.on_expiry),
        "basis": inner.basis,
    }
    none_of = {"inner": None, "ends_on": None, "recurring": None, "extension": ()}
    nobody = {"gates": (), "gates_closing": (), "restorable_by": (), "note": ""}
    made = rule.model_copy(update={**own, **none_of, **nobody})
    return made.placed_at(inner, rule)


def _told_only(alerts: Alerts) -> Expiry:
    """Who is told, without what follows."""
    told = Expiry(alert=alerts.alert, escalate=alerts.escalate, every=alerts.every)
    return told.placed_at(alerts)


def is_gate(rule: DeadlineRule) -> bool:
    """Whether something may not be done before the period is over."""
    return bool(rule.gates or rule.gates_closing)


def period_of(rule: DeadlineRule, length: int, calendar: Calendar) -> Period:
    """The period a deadline's rule counts."""
    cut_off = clock_time(rule.cut_off)
    return Period(length, rule.unit, calendar, counting_of(rule), rule.backward, cut_off)


def written_end(rule: DeadlineRule, day: date, calendar: Calendar) -> WrittenEnd:
    """The end that a document names, as a rule takes it."""
    return WrittenEnd(day, calendar, rule.counting, clock_time(rule.cut_off))


def counting_of(rule: DeadlineRule) -> Counting:
    """How a rule counts; working days and hours of procedure imply their own counting."""
    if rule.counting is Counting.LITIGATION:
        return USUAL.get(rule.unit, rule.counting)
    return rule.counting


def length_words(rule: DeadlineRule, titles: Mapping[str, Text]) -> Words:
    """The length of a deadline for people: `7日`, `6 mo`; where a field gives it, the title of that
    (of `titles`, by the ids of fields)."""
    unit, field = UNITS[rule.unit], rule.ends_on or str(rule.length)
    title = titles.get(field, Words(field, field))
    if rule.ends_on is not None:
        return Words(f"至“{title.zh}”", f'until "{title.en}"')
    if isinstance(rule.length, int):
        return Words(f"{rule.length}{unit.zh}", f"{rule.length}{unit.en}")
    return Words(f"按“{title.zh}”", f'by "{title.en}"')


def warnings_of(rule: DeadlineRule, alerts_at: ClockTime | None) -> tuple[Lead, ...]:
    """How long before it is over a limit warns; `alerts_at` where the rule names no hour itself."""
    at = clock_time(rule.alerts_at or alerts_at)
    return tuple(parse_lead(text, at) for text in rule.warn)


def escalation_of(rule: DeadlineRule, alerts_at: ClockTime | None) -> Lead:
    """How long one step of an escalation waits for the next."""
    return parse_lead(rule.on_expiry.every, clock_time(rule.alerts_at or alerts_at))


def clock_time(text: ClockTime | None) -> time | None:
    """A time of the day; None where none is named."""
    return time.fromisoformat(text) if text is not None else None


def starts_with_day(rule: DeadlineRule) -> bool:
    """Whether a deadline takes effect as its last day begins, not when it is over."""
    return rule.expires == "start-of-day" and rule.unit is not TimeUnit.HOUR
