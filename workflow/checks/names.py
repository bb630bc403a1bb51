"""Every name used is declared, every value fits its type, and nothing declared is unused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from ..errors import ZhixingError
from ..model.definition import RESERVED_ROLES, Definition
from ..model.field_types import FieldType
from ..model.flow import (
    CASE_NUMBER,
    DOCKET,
    RETURN,
    STAY,
    Request,
    SubProcedure,
    Transition,
    fields_sent,
)
from ..model.limits import DeadlineRule, Expiry, ExtensionRule, Starts, is_gate, period_of
from ..model.parts import Computed, FromTable
from ..periods.calendar_files import calendar_named
from ..periods.calendars import plain_calendar
from ..periods.counting import Counting, TimeUnit
from ..source.findings import Finding
from .parts import check as check_parts
from .references import KINDS, Problem, References, is_open_to, named
from .relations import check as check_relations
from .structure import resting

# The keys of each element whose values are names, with the kind of name each one holds.
_OF_STATE = {"phase": "phase", "closes": "mode"}
_OF_TRANSITION = {
    "each": "records",
    "adds": "records",
    "by": "role",
    "needs": "field",
    "documents": "document",
    "opens": "sub-procedure",
    "asks": "request",
    "takes_back": "request",
    "sets": "field",
}
_OF_STARTS = {
    "entering": "state",
    "on": "trigger",
    "proposing": "trigger",
    "counted_from": "field",
}
_OF_DEADLINE = {
    "met_by": "trigger",
    "ends_by": "trigger",
    "gates": "trigger",
    "gates_closing": "mode",
    "ends_leaving": "state",
    "deducts": "ground",
    "keyed_by": "field",
    "each": "records",
    "ends_on": "field",
    "watcher": "role",
}
_ABOUT = {"each": "records"}
_OF_REQUEST = {"compensate": "request", "by_hand": "role"}
_OF_EXPIRY = {"alert": "role", "escalate": "role"}
_OF_RESTORATION = {"restorable_by": "role"}
_OF_SUSPENSION = {"states": "state", "ground": "ground"}
_OF_ACTIVITY = {"trigger": "trigger", "by": "role", "carries": "field"}

_MOMENTS = {"today": FieldType.DATE, "now": FieldType.DATETIME}
"""Words that a transition sets a field of this type to, and that mean the time it is fired."""

_MUST_BE_USED = (
    "role",
    "phase",
    "document",
    "sub-procedure",
    "request",
    "mode",
    "ground",
    "group",
    "approval",
    "checklist",
    "form",
    "table",
)


def check(definition: Definition) -> Iterator[Finding]:
    """Findings for every name and value of a definition."""
    references = References(definition)
    yield from _whole(references)
    yield from references.each(definition.transitions, _transition)
    yield from references.each(definition.deadlines.values(), _deadline)
    yield from references.refer_keys(definition.suspensions, _OF_SUSPENSION)
    yield from references.each(definition.proceedings.values(), _passed)
    yield from references.each(definition.requests.values(), _request)
    yield from _gates_lost(definition)
    yield from _fired(definition)
    yield from check_parts(references)
    yield from check_relations(references)
    yield from _log(references)
    yield from _unused(references)


_NAMED_ZONES = {"cn": "Asia/Shanghai"}
"""Calendars that are of one zone; `none` is of any."""


def _whole(references: References) -> Iterator[Finding]:
    """The definition's own keys, its states, and the defaults of its fields."""
    definition = references.definition
    yield from references.refer(definition, "initial", "state", definition.initial)
    yield from _zone(definition)
    yield from _calendar(definition)
    yield from _reserved(definition)
    yield from references.refer_keys(definition.states.values(), _OF_STATE)
    yield from _defaults(references)


def _defaults(references: References) -> Iterator[Finding]:
    """The default of a field is a value of its own type."""
    for name, spec in references.definition.fields.items():
        if spec.default is not None:
            yield from references.value(spec, "default", name, spec.default)


def _zone(definition: Definition) -> Iterator[Finding]:
    """The time zone is one of the IANA database."""
    zone = definition.zone
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        at = definition.at_value("zone")
        zh = f"未知的时区 {zone}"
        en = f"unknown time zone {zone}"
        yield Finding(at, "unknown-zone", zh, en)
        return
    calendar = _NAMED_ZONES.get(definition.calendar, zone)
    if zone != calendar:
        zh = f"日历 {definition.calendar} 的时区是 {calendar}，zone 不起作用；请写 calendar: none"
        en = f"the calendar {definition.calendar} is of {calendar}: zone takes calendar: none"
        yield Finding(definition.at_value("zone"), "zone-of-calendar", zh, en)


def _calendar(definition: Definition) -> Iterator[Finding]:
    """The calendar is one that everybody has: a file beside the definition does not count."""
    calendar = definition.calendar
    try:
        if calendar.endswith((".yaml", ".yml")):
            raise ValueError
        calendar_named(calendar)
    except (ZhixingError, ValueError):
        at = definition.at_value("calendar")
        zh = f"未知的日历 {calendar}；可用：cn、none"
        en = f"unknown calendar {calendar}; known: cn, none"
        yield Finding(at, "unknown-calendar", zh, en)


def _reserved(definition: Definition) -> Iterator[Finding]:
    """No role and no state takes a word that has a meaning of its own."""
    for role in definition.roles.keys() & RESERVED_ROLES.keys():
        at = definition.roles[role].at
        zh = f"{role} 是保留角色"
        en = f"{role} is a reserved role"
        yield Finding(at, "reserved-role", zh, en)
    for state in definition.states.keys() & {STAY, RETURN}:
        at = definition.states[state].at
        zh = f"{state} 是保留字"
        en = f"{state} is a reserved word"
        yield Finding(at, "reserved-state", zh, en)


def _transition(references: References, t: Transition) -> Iterator[Finding]:
    """The names of a transition, and the values that it sets."""
    source = t.from_
    yield from _target(references, t)
    yield from references.refer(t, "from", "state", (*source.states, *source.but_not))
    yield from references.refer(t, "from", "phase", source.phases)
    yield from references.refer(t, "from", "group", source.groups)
    yield from references.refer_keys([t], _OF_TRANSITION)
    for field, value in t.sets.items():
        if not _fits_later(references, field, value):
            yield from references.value(t, "sets", field, value)
    yield from _sources(references.definition, t)
    yield from _taken_back(references.definition, t)


def _taken_back(definition: Definition, t: Transition) -> Iterator[Finding]:
    """What an act takes back can be taken back, and an act about one record means its own."""
    for name in t.takes_back:
        request = definition.requests.get(name)
        if request is None:
            continue
        if request.compensate is None:
            zh = f"{name} 没有写明 compensate，发出后无法撤回"
            en = f"{name} names no request that takes it back (compensate)"
            yield Finding(t.at_value("takes_back"), "takes-back", zh, en)
        elif definition.requests.get(request.compensate, request).each != request.each:
            zh = f"{name} 与撤回它的 {request.compensate} 所针对的记录不同（each）"
            en = f"{name} and {request.compensate}, which takes it back, differ in each"
            yield Finding(t.at_value("takes_back"), "takes-back", zh, en)


def _target(references: References, t: Transition) -> Iterator[Finding]:
    """A case returns only from states in which it rests: only for them it is kept whereto."""
    definition = references.definition
    if t.to not in (STAY, RETURN):
        yield from references.refer(t, "to", "state", t.to)
    if t.to == RETURN and not resting(definition).issuperset(definition.sources_of(t)):
        at = t.at_value("to")
        zh = "return 只能用于 suspensions 中的状态"
        en = "return is for the states under suspensions"
        yield Finding(at, "return-from", zh, en)


def _fits_later(references: References, field: str, value: object) -> bool:
    """Whether what a field is set to is not for this check to compare with its type.

    Nothing (`null`) fits every type; the rows of a table are compared with the tables; `today`
    and `now` become a time of the right type when the transition is fired.
    """
    if value is None or isinstance(value, FromTable | Computed):
        return True
    moment = _MOMENTS.get(value) if isinstance(value, str) else None
    return moment is not None and moment is references.type_of(field)


def _sources(definition: Definition, t: Transition) -> Iterator[Finding]:
    """There is a state to start from, and it is no end, unless the case stays or is reopened."""
    at = t.at_value("from")
    if not definition.sources_of(t):
        zh = "没有可以出发的状态"
        en = "there is no state to start from"
        yield Finding(at, "no-source", zh, en)
    if t.reopens:
        yield from _reopens(definition, t)
        return
    left = definition.terminal.intersection(t.from_.states) if t.to != STAY else ()
    for state in sorted(left):
        zh = f"终结状态 {state} 不能再离开；依法恢复的须写 reopens: true"
        en = f"the terminal state {state} cannot be left; what lawfully reopens says reopens: true"
        yield Finding(at, "leaves-terminal", zh, en)


def _reopens(definition: Definition, t: Transition) -> Iterator[Finding]:
    """What reopens leads from ends only, to where work goes on, and another person agrees."""
    for state in sorted(set(definition.sources_of(t)) - definition.terminal):
        zh = f"reopens 只能从终结状态出发，{state} 尚未终结"
        en = f"what reopens leads out of ends only, and {state} is none"
        yield Finding(t.at_value("from"), "reopens", zh, en)
    if t.to not in definition.states.keys() - definition.terminal - resting(definition):
        zh = f"reopens 须到达未结且不在中止的状态，{t.to} 不是"
        en = f"what reopens leads to a state that is neither an end nor a rest, and {t.to} is not"
        yield Finding(t.at_value("to"), "reopens", zh, en)
    if t.approval is None:
        zh, en = "重新打开已结案件须经审批（approval）", "to reopen a closed case takes an approval"
        yield Finding(t.at_value("reopens"), "reopens", zh, en)


def _gates_lost(definition: Definition) -> Iterator[Finding]:
    """What holds back an act still does so after a closing that was undone."""
    if not any(t.reopens for t in definition.transitions):
        return
    for name, rule in definition.deadlines.items():
        if is_gate(rule) and not rule.survives_closing:
            zh = f"案件可重新打开，而 {name} 随结案终止后不再约束：写 survives_closing: true"
            en = f"a closed case can be opened again, and {name} would have ended: survives_closing"
            yield Finding(rule.at, "reopens", zh, en)


def _deadline(references: References, rule: DeadlineRule) -> Iterator[Finding]:
    """The names of a deadline, and the period that it is."""
    yield from references.refer_keys([rule.starts], _OF_STARTS)
    yield from _counted_from(references, rule.starts)
    yield from references.refer_keys([rule], _OF_DEADLINE)
    yield from references.refer_keys([rule.on_expiry], _OF_EXPIRY)
    yield from references.refer_keys([rule], _OF_RESTORATION)
    for step in rule.extension:
        yield from references.refer(step, "by", "role", step.by)
        yield from _extension_unit(rule, step)
    yield from _cut_off(rule)
    yield from _ends_on(references, rule)
    if rule.on_expiry.fire is not None:
        yield from references.refer(rule.on_expiry, "fire", "trigger", rule.on_expiry.fire)
    yield from _length(references, rule)


def _ends_on(references: References, rule: DeadlineRule) -> Iterator[Finding]:
    """What names the end of a deadline is a day, and there is but one end."""
    at, field = rule.at_value("ends_on"), rule.ends_on
    yield from references.typed(rule, "ends_on", field, [FieldType.DATE], _no_date(field))
    if field is not None and (rule.backward or rule.recurring is not None):
        zh = "届满日载明的期限（ends_on）不倒计，也没有周期"
        en = "a limit whose end is written (ends_on) counts neither backward nor in rounds"
        yield Finding(at, "written-end", zh, en)


def _cut_off(rule: DeadlineRule) -> Iterator[Finding]:
    """Only days close at an hour, and those of custody do not: its day counts at any hour."""
    closes = rule.unit is not TimeUnit.HOUR and rule.counting is not Counting.CUSTODY
    if rule.cut_off is not None and not closes:
        at = rule.at_value("cut_off")
        zh, en = (
            "按小时计算的期限和拘留的期限没有每日截止时刻",
            "a limit of hours, or of custody, has no hour at which its days close",
        )
        yield Finding(at, "cut-off", zh, en)


def _extension_unit(rule: DeadlineRule, extension: ExtensionRule) -> Iterator[Finding]:
    """Hours lengthen a limit of hours, and nothing else does."""
    in_hours = rule.unit is TimeUnit.HOUR
    if extension.length is not None and (extension.unit is TimeUnit.HOUR) is not in_hours:
        at = extension.at_value("unit")
        zh = "小时与日、月、年不能相加：延长的单位与期限不符"
        en = "hours and days, months or years do not add up: the unit of the extension"
        yield Finding(at, "extension-unit", zh, en)


def _counted_from(references: References, starts: Starts) -> Iterator[Finding]:
    """A deadline is counted from a date or a time."""
    field, kinds = starts.counted_from, [FieldType.DATE, FieldType.DATETIME]
    return references.typed(starts, "counted_from", field, kinds, _no_date(field))


def _no_date(field: str | None) -> Problem:
    return Problem("date-field", f"{field} 不是日期字段", f"{field} is not a date")


def _fired(definition: Definition) -> Iterator[Finding]:
    """What deadlines fire is open to the clock: told once of each act, which has only one `by`."""
    firing = defaultdict[str, list[Expiry]](list)
    for rule in definition.deadlines.values():
        firing[rule.on_expiry.fire or ""].append(rule.on_expiry)
    for t in definition.transitions:
        expiries = firing.pop(t.trigger, [])
        if expiries and not is_open_to(definition, t.trigger, "clock"):
            only = expiries[0].at_value("fire")
            at = only if len(expiries) == 1 else t.at_value("by")
            zh = f"期限届满触发动作 {t.trigger}，其 by 须含 clock"
            en = f"{t.trigger} is fired by a deadline: its by must hold clock"
            yield Finding(at, "clock-may-not", zh, en)


def _length(references: References, rule: DeadlineRule) -> Iterator[Finding]:
    """The length is a number or a field with one, and goes with the unit and the counting."""
    length = rule.length
    if isinstance(length, str):
        yield from _length_field(references, rule, length)
        length = 1  # what the field will say is not known: any length shows whether the rest fits
    try:
        period_of(rule, 1 if rule.ends_on else length, plain_calendar())
    except ZhixingError as error:
        at = rule.at_value("length")
        zh, en = error.text("zh"), error.text("en")
        yield Finding(at, error.code, zh, en)


def _length_field(references: References, rule: DeadlineRule, field: str) -> Iterator[Finding]:
    """A field that gives a length holds a number."""
    yield from references.refer(rule, "length", "field", field)
    no_number = Problem("length-field", f"{field} 不是数字字段", f"{field} is not a number")
    yield from references.typed(rule, "length", field, [FieldType.NUMBER], no_number)


def _passed(references: References, sub: SubProcedure) -> Iterator[Finding]:
    """The fields that a sub-procedure is given."""
    yield from references.refer_keys([sub], _ABOUT)
    yield from references.refer(sub, "passes", "field", sub.passes.values())


def _request(references: References, request: Request) -> Iterator[Finding]:
    """The fields that a request sends and takes, and the triggers of its answers."""
    yield from references.refer(request, "answers", "trigger", {*request.answers.values()})
    yield from references.refer(request, "takes", "field", request.takes)
    yield from references.refer_keys([request], _ABOUT)
    yield from references.refer(request, "sends", "field", fields_sent(request))
    yield from _docket(request)
    yield from references.refer_keys([request], _OF_REQUEST)
    yield from _compensation(references, request)


def _docket(request: Request) -> Iterator[Finding]:
    """Of the file's cover only the number is known."""
    for value in request.sends.values():
        if isinstance(value, str) and value.startswith(DOCKET) and value != CASE_NUMBER:
            zh = f"未知的字段 {value}；案号写作 {CASE_NUMBER}"
            en = f"unknown field {value}; the number of the case is {CASE_NUMBER}"
            yield Finding(request.at_value("sends"), "unknown-field", zh, en)


def _compensation(references: References, request: Request) -> Iterator[Finding]:
    """What takes a request back is not itself taken back: there would be no end."""
    other = named(references.definition.requests, request.compensate)
    if other is not None and other.compensate is not None:
        zh = f"{request.compensate} 是补救请求，不得再有 compensate"
        en = f"{request.compensate} takes a request back, and has no compensate of its own"
        yield Finding(request.at_value("compensate"), "compensation", zh, en)


def _log(references: References) -> Iterator[Finding]:
    """What a log of events maps to is there: the activity that opens a case, and the names."""
    log = references.definition.log
    if log is None:
        return
    named_at = {log.opens: "opens"} | dict.fromkeys(log.cases.values(), "cases")
    for name in named_at.keys() - log.activities.keys():
        at = log.at_value(named_at[name])
        yield Finding(at, "unknown-activity", f"未知的活动 {name}", f"unknown activity {name}")
    yield from references.no_deadline(log, "limits", log.limits)
    yield from references.refer_keys(log.activities.values(), _OF_ACTIVITY)


def _unused(references: References) -> Iterator[Finding]:
    """What this file itself declares is referred to; what it imports need not be."""
    own_file = references.definition.at.file
    for kind in _MUST_BE_USED:
        zh_kind, table = KINDS[kind]
        elements = getattr(references.definition, table)
        for name in sorted(elements.keys() - references.used[kind]):
            at = elements[name].at
            if at.file == own_file:
                zh = f"{zh_kind} {name} 未被使用"
                en = f"the {kind} {name} is not used"
                yield Finding(at, f"unused-{kind}", zh, en, "warning")
