"""Every name used is declared, every value fits its type, and nothing declared is unused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from ..errors import DataError, ZhixingError
from ..model.base import Element
from ..model.definition import RESERVED_ROLES, Definition
from ..model.field_types import FieldType, parse
from ..model.flow import RETURN, STAY, Transition
from ..model.limits import period_of
from ..model.parts import FromTable
from ..periods.calendar_files import calendar_named
from ..periods.calendars import plain_calendar
from ..source.findings import Finding
from .parts import check as check_parts

_ZH = {
    "state": "状态",
    "phase": "阶段",
    "role": "角色",
    "field": "字段",
    "document": "文书",
    "trigger": "动作",
    "mode": "结案方式",
    "sub-procedure": "子程序",
    "request": "外部请求",
    "ground": "扣除事由",
    "group": "分组",
    "approval": "审批",
    "checklist": "清单",
    "form": "表单",
    "table": "决策表",
    "task": "任务",
}

_HINTS = 20_000
"""Names compared for a hint at the most: a file full of mistakes is told without hints, but soon."""


def check(definition: Definition) -> Iterator[Finding]:
    names = Names(definition)
    yield from names.whole()
    for transition in definition.transitions:
        yield from names.transition(transition)
    yield from names.deadlines()
    yield from names.parts()
    yield from check_parts(names)
    yield from names.log()
    yield from names.unused()


class Names:
    """The names of a definition: what is declared, what was referred to, and findings for what is not there."""

    def __init__(self, definition: Definition) -> None:
        self.definition = d = definition
        self.triggers = set(d.triggers)
        self.known: dict[str, set[str]] = {
            "state": set(d.states),
            "phase": set(d.phases),
            "role": set(d.roles) | set(RESERVED_ROLES),
            "field": set(d.data),
            "document": set(d.documents),
            "trigger": self.triggers,
            "mode": set(d.modes),
            "sub-procedure": set(d.sub_procedures),
            "request": set(d.requests),
            "ground": set(d.grounds),
            "group": set(d.groups),
            "approval": set(d.approvals),
            "checklist": set(d.checklists),
            "form": set(d.forms),
            "table": set(d.tables),
            "task": set(d.tasks),
        }
        self.used: set[tuple[str, str]] = {("state", d.initial)}
        self.missing = 0

    def refer(
        self, element: Element, key: str, kind: str, names: Iterable[str]
    ) -> Iterator[Finding]:
        names = tuple(names)
        for name in {name for name in names if names.count(name) > 1} if len(names) > 1 else ():
            yield Finding(
                element.at_value(key),
                "duplicate-entry",
                f"{name} 列了两次",
                f"{name} is listed twice",
                "warning",
            )
        for name in names:
            self.used.add((kind, name))
            if name in self.known[kind]:
                continue
            self.missing += 1
            close = (
                get_close_matches(name, self.known[kind], 1)
                if self.missing * len(self.known[kind]) < _HINTS
                else []
            )
            hint_zh, hint_en = (
                (f"；是否指 {close[0]}？", f"; did you mean {close[0]}?") if close else ("", "")
            )
            code = f"unknown-{kind}"
            yield Finding(
                element.at_value(key),
                code,
                f"未知的{_ZH[kind]} {name}{hint_zh}",
                f"unknown {kind} {name}{hint_en}",
            )

    def whole(self) -> Iterator[Finding]:
        d = self.definition
        yield from self.refer(d, "initial", "state", [d.initial])
        try:
            ZoneInfo(d.zone)
        except (KeyError, ValueError, OSError):
            yield Finding(
                d.at_value("zone"),
                "unknown-zone",
                f"未知的时区 {d.zone}",
                f"unknown time zone {d.zone}",
            )
        try:
            if d.calendar.endswith((".yaml", ".yml")):
                raise ValueError
            calendar_named(d.calendar)
        except (ZhixingError, ValueError):
            message = (
                f"未知的日历 {d.calendar}；可用：cn、none",
                f"unknown calendar {d.calendar}; known: cn, none",
            )
            yield Finding(d.at_value("calendar"), "unknown-calendar", *message)
        for role in d.roles.keys() & RESERVED_ROLES.keys():
            yield Finding(
                d.roles[role].at,
                "reserved-role",
                f"{role} 是保留角色",
                f"{role} is a reserved role",
            )
        for name in d.states.keys() & {STAY, RETURN}:
            yield Finding(
                d.states[name].at,
                "reserved-state",
                f"{name} 是保留字",
                f"{name} is a reserved word",
            )
        for state in d.states.values():
            yield from self.refer(state, "phase", "phase", [state.phase] if state.phase else [])
            yield from self.refer(state, "closes", "mode", [state.closes] if state.closes else [])
        for name, spec in d.data.items():
            if spec.default is not None:
                yield from self.value(spec, "default", name, spec.default)

    def value(self, element: Element, key: str, field: str, value: object) -> Iterator[Finding]:
        spec = self.definition.data.get(field)
        if spec is None:
            return
        try:
            parse(field, spec.type, value, frozenset(spec.choices) if spec.choices else None)
        except DataError as error:
            yield Finding(element.at_value(key), "value", error.text("zh"), error.text("en"))

    def transition(self, t: Transition) -> Iterator[Finding]:
        d = self.definition
        if t.to not in (STAY, RETURN):
            yield from self.refer(t, "to", "state", [t.to])
        if t.to == RETURN and any(s not in _resting(d) for s in d.sources_of(t)):
            yield Finding(
                t.at_value("to"),
                "return-from",
                "return 只能用于 suspensions 中的状态",
                "return is for the states under suspensions",
            )
        yield from self.refer(t, "from", "state", (*t.from_.states, *t.from_.but_not))
        yield from self.refer(t, "from", "phase", t.from_.phases)
        yield from self.refer(t, "from", "group", t.from_.groups)
        yield from self.refer(t, "by", "role", t.by)
        yield from self.refer(t, "needs", "field", t.needs)
        yield from self.refer(t, "documents", "document", t.documents)
        yield from self.refer(t, "opens", "sub-procedure", t.opens)
        yield from self.refer(t, "asks", "request", t.asks)
        yield from self.refer(t, "not_by_who", "trigger", t.not_by_who)
        yield from self.refer(t, "sets", "field", t.sets)
        for field, value in t.sets.items():
            if isinstance(value, FromTable):
                continue
            if value == "today" and d.data.get(field) and d.data[field].type is FieldType.DATE:
                continue
            if value == "now" and d.data.get(field) and d.data[field].type is FieldType.DATETIME:
                continue
            if value is not None:
                yield from self.value(t, "sets", field, value)
        if not d.sources_of(t):
            yield Finding(
                t.at_value("from"),
                "no-source",
                "没有可以出发的状态",
                "there is no state to start from",
            )
        for state in set(t.from_.states) & d.terminal if t.to != STAY else ():
            yield Finding(
                t.at_value("from"),
                "leaves-terminal",
                f"终结状态 {state} 不能再离开",
                f"the terminal state {state} cannot be left",
            )

    def deadlines(self) -> Iterator[Finding]:
        d = self.definition
        for name, rule in d.deadlines.items():
            yield from self.refer(rule.starts, "entering", "state", rule.starts.entering)
            yield from self.refer(rule.starts, "on", "trigger", rule.starts.on)
            yield from self.refer(rule.starts, "proposing", "trigger", rule.starts.proposing)
            if rule.starts.counted_from:
                yield from self.refer(
                    rule.starts, "counted_from", "field", [rule.starts.counted_from]
                )
                spec = d.data.get(rule.starts.counted_from)
                if spec and spec.type not in (FieldType.DATE, FieldType.DATETIME):
                    yield Finding(
                        rule.starts.at_value("counted_from"),
                        "date-field",
                        f"{rule.starts.counted_from} 不是日期字段",
                        f"{rule.starts.counted_from} is not a date",
                    )
            for key in ("met_by", "ends_by", "gates"):
                yield from self.refer(rule, key, "trigger", getattr(rule, key))
            yield from self.refer(rule, "ends_leaving", "state", rule.ends_leaving)
            yield from self.refer(rule, "deducts", "ground", rule.deducts)
            yield from self.refer(
                rule, "keyed_by", "field", [rule.keyed_by] if rule.keyed_by else []
            )
            yield from self.refer(rule, "watcher", "role", [rule.watcher] if rule.watcher else [])
            expiry = rule.on_expiry
            yield from self.refer(expiry, "alert", "role", expiry.alert)
            yield from self.refer(expiry, "escalate", "role", expiry.escalate)
            yield from self.refer(rule, "restorable_by", "role", rule.restorable_by)
            if rule.extension:
                yield from self.refer(rule.extension, "by", "role", rule.extension.by)
            if expiry.fire:
                yield from self.refer(expiry, "fire", "trigger", [expiry.fire])
                if not any(t.trigger == expiry.fire and "clock" in t.by for t in d.transitions):
                    yield Finding(
                        expiry.at_value("fire"),
                        "clock-may-not",
                        f"动作 {expiry.fire} 未允许由 clock 触发",
                        f"the trigger {expiry.fire} is not open to the role clock",
                    )
            yield from self._length(name)

    def _length(self, name: str) -> Iterator[Finding]:
        rule = self.definition.deadlines[name]
        if isinstance(rule.length, str):
            yield from self.refer(rule, "length", "field", [rule.length])
            spec = self.definition.data.get(rule.length)
            if spec and spec.type is not FieldType.NUMBER:
                yield Finding(
                    rule.at_value("length"),
                    "length-field",
                    f"{rule.length} 不是数字字段",
                    f"{rule.length} is not a number",
                )
        try:
            length = rule.length if isinstance(rule.length, int) else 1
            period_of(rule, length, plain_calendar())
        except ZhixingError as error:
            yield Finding(rule.at_value("length"), error.code, error.text("zh"), error.text("en"))

    def parts(self) -> Iterator[Finding]:
        d = self.definition
        for suspension in d.suspensions:
            yield from self.refer(suspension, "states", "state", suspension.states)
            yield from self.refer(suspension, "ground", "ground", [suspension.ground])
        for sub in d.sub_procedures.values():
            yield from self.refer(sub, "passes", "field", sub.passes.values())
        for request in d.requests.values():
            yield from self.refer(request, "answers", "trigger", request.answers.values())
            yield from self.refer(request, "takes", "field", request.takes)
            fields = [
                v.removeprefix("case.")
                for v in request.sends.values()
                if isinstance(v, str) and v.startswith("case.")
            ]
            yield from self.refer(request, "sends", "field", fields)

    def log(self) -> Iterator[Finding]:
        log = self.definition.log
        if log is None:
            return
        if log.opens not in log.activities:
            yield Finding(
                log.at_value("opens"),
                "unknown-activity",
                f"未知的活动 {log.opens}",
                f"unknown activity {log.opens}",
            )
        for activity in log.activities.values():
            yield from self.refer(
                activity, "trigger", "trigger", [activity.trigger] if activity.trigger else []
            )
            yield from self.refer(activity, "by", "role", [activity.by] if activity.by else [])
            yield from self.refer(activity, "carries", "field", activity.carries)

    def unused(self) -> Iterator[Finding]:
        d = self.definition
        tables: dict[str, Mapping[str, Element]] = {
            "role": d.roles,
            "phase": d.phases,
            "document": d.documents,
            "sub-procedure": d.sub_procedures,
            "request": d.requests,
            "mode": d.modes,
            "ground": d.grounds,
            "group": d.groups,
            "approval": d.approvals,
            "checklist": d.checklists,
            "form": d.forms,
            "table": d.tables,
        }
        for kind, table in tables.items():
            for name, element in table.items():
                if (kind, name) not in self.used and element.at.file == d.at.file:
                    yield Finding(
                        element.at,
                        f"unused-{kind}",
                        f"{_ZH[kind]} {name} 未被使用",
                        f"the {kind} {name} is not used",
                        "warning",
                    )


def _resting(definition: Definition) -> set[str]:
    return {state for suspension in definition.suspensions for state in suspension.states}
