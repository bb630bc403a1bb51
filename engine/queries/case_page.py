"""A case's file as one page to print: self-contained, every value escaped, in local time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from ...workflow.language import Language
from ...workflow.model.records import ID
from ...workflow.review.html import document, listed, table
from ...workflow.source.characters import escaped
from ..decision.procedure import Procedure
from ..model.case import Elsewhere
from .export import CaseExport
from .spoken import Spoken, status
from .views import Deadline, HistoryEntry

_STYLE = """
body{font:14px/1.55 "Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei",sans-serif;
color:#1a1a1a;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin-bottom:.2rem}h2{font-size:1.1rem;margin-top:1.8rem;
border-bottom:1px solid #888}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.25rem .5rem;border-bottom:1px solid #ddd;
overflow-wrap:anywhere}th{background:#f2f2f2;font-weight:600}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:0}
dt{color:#555}dd{margin:0;overflow-wrap:anywhere}ul{margin:.2rem 0 0;padding-left:1.1rem}
.hash{font:11px monospace;color:#555;overflow-wrap:anywhere}.quiet{color:#555}
section.entry{border-left:3px solid #bbb;padding-left:.8rem;margin:.9rem 0;break-inside:avoid}
section.entry h3{font-size:1rem;margin:0}
@media print{body{margin:0;max-width:none}h2{break-after:avoid}}
"""


def case_page(procedure: Procedure, file: CaseExport, lang: Language) -> str:
    """The file of a case as HTML, in one language."""
    return _Page(procedure, file, lang).html()


class _Page:
    def __init__(self, procedure: Procedure, file: CaseExport, lang: Language) -> None:
        self._definition, self._rules = procedure.definition, procedure.rules
        self._zone = procedure.calendar.zone
        self._file, self._lang = file, lang
        self._spoken = Spoken(procedure.definition, lang)

    def html(self) -> str:
        """The whole page: the case, its facts, limits, tasks, alerts and history."""
        case = self._file.case
        heading = self._say("案件卷宗", "File of the case")
        name = case.number or case.id
        parts = (
            f"<h1>{heading} {escaped(name)}</h1>\n",
            self._head(),
            self._facts(),
            self._limits(),
            self._tasks(),
            self._alerts(),
            self._history(),
        )
        return document(self._lang, name, _STYLE, parts)

    # -- words

    def _say(self, zh: str, en: str) -> str:
        """Words of the page, in its language."""
        return zh if self._lang == "zh" else en

    def _pick(self, thing: Any, name: str) -> str:
        """Words that a view has in both languages, in that of the page."""
        return escaped(str(getattr(thing, f"{name}_{self._lang}")))

    def _title(self, table: Mapping[str, Any], name: str) -> str:
        """What something of the definition is called; by its name where that is not known.

        A document that is one record's is called by its kind, and the record.
        """
        kind, _, record = name.partition("@")
        found = table.get(kind)
        title = f"{found.title.text(self._lang)} {record}" if found is not None else name
        return escaped(title.rstrip())

    def _trigger(self, entry: HistoryEntry) -> str:
        """What an entry is called: its act, or its kind where there was none."""
        return escaped(self._spoken.entry(entry.kind, entry.trigger))

    def _word(self, name: str) -> str:
        """A word of the engine, as people say it where there is a way."""
        return escaped(self._spoken.word(name))

    def _when(self, moment: datetime | None) -> str:
        """A moment on the clock of the court."""
        if moment is None:
            return "—"
        return f"{moment.astimezone(self._zone):%Y-%m-%d %H:%M}"

    def _value(self, value: Any) -> str:
        """A value for people; what holds others as a list."""
        if isinstance(value, Mapping):
            return listed(f"{escaped(str(n))}: {self._value(v)}" for n, v in value.items())
        if isinstance(value, list | tuple):
            return "、".join(map(self._value, value)) or "—"
        if isinstance(value, bool):
            return self._say("是", "yes") if value else self._say("否", "no")
        if isinstance(value, datetime):
            return self._when(value)
        return "—" if value is None else escaped(str(value))

    # -- pieces

    def _pairs(self, pairs: Iterable[tuple[str, str]]) -> str:
        """Names with their values."""
        return f"<dl>{''.join(f'<dt>{name}</dt><dd>{value}</dd>' for name, value in pairs)}</dl>\n"

    def _table(self, title: str, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
        """A table below its heading; nothing where it has no rows."""
        found = list(rows)
        return f"<h2>{title}</h2>{table(heads, found)}\n" if found else ""

    # -- parts

    def _head(self) -> str:
        """What the case is, whose, and how it stands."""
        case, say = self._file.case, self._say
        mode = self._spoken.title("modes", case.closing_mode or "")
        closed = f"{self._when(case.closed_at)} {escaped(mode)}"
        hash, came = case.definition_hash[:12], case.taken_over_at is not None
        procedure = escaped(self._definition.title.text(self._lang))
        return self._pairs(
            (
                (say("流程", "procedure"), f"{procedure} <code>{case.procedure} {hash}</code>"),
                (say("编号", "id"), escaped(case.id)),
                (say("法院", "court"), escaped(case.court)),
                (say("承办人", "officer"), escaped(f"{case.officer} {case.team}".strip()) or "—"),
                (say("状态", "state"), self._pick(case, "state")),
                (say("开立", "opened"), self._when(case.opened_at)),
                *[(say("接入", "taken over"), self._when(case.taken_over_at))] * came,
                (say("结案", "closed"), closed if case.closed_at else "—"),
                *self._elsewhere(say("移交自", "came from"), case.came_from),
                *self._elsewhere(say("移交至", "went to"), case.went_to),
                (say("时区", "time zone"), escaped(str(self._zone))),
            )
        )

    def _elsewhere(self, name: str, other: Elsewhere | None) -> list[tuple[str, str]]:
        """Where it came from, or goes on, where that is another court."""
        return [(name, escaped(" ".join(other)))] if other is not None else []

    def _facts(self) -> str:
        """What the case knows, the documents on file, and what is sealed by name alone."""
        case, definition = self._file.case, self._definition
        data = [
            (self._title(definition.data, name), self._shown(name, value))
            for name, value in case.data.items()
        ]
        documents = [
            (self._title(definition.documents, name), self._value(references))
            for name, references in case.documents.items()
        ]
        known = {**definition.documents, **definition.fields}
        sealed = ", ".join(self._title(known, name) for name in case.sealed)
        if sealed:
            data.append((self._say("密封，未列", "sealed, not shown"), sealed))
        found = f"<h2>{self._say('案情', 'Facts')}</h2>{self._pairs(data)}"
        if documents:
            found += f"<h2>{self._say('文书', 'Documents')}</h2>{self._pairs(documents)}"
        return found

    def _limits(self) -> str:
        """The time limits with how each was counted."""
        say = self._say
        heads = (
            say("期限", "limit"),
            say("状态", "status"),
            say("届满", "due"),
            say("计算", "how"),
        )
        rows = (
            (
                f"{self._pick(limit, 'title')} {escaped(limit.key)}<br>{escaped(limit.basis)}",
                escaped(self._spoken.say(status(limit.status))),
                self._due(limit),
                listed(escaped(step.text(self._lang)) for step in limit.steps),
            )
            for limit in self._file.deadlines
        )
        return self._table(say("期限", "Time limits"), heads, rows)

    def _due(self, limit: Deadline) -> str:
        """The last day; while it is paused, the one that it would have were it resumed today."""
        if limit.due_day is None and limit.foreseeable_day is not None:
            day = limit.foreseeable_day
            return self._say(f"如今日恢复：{day}", f"if resumed today: {day}")
        return self._day(limit.due_day)

    def _day(self, day: date | None) -> str:
        """A day, or that there is none."""
        return day.isoformat() if day is not None else "—"

    def _tasks(self) -> str:
        """What was to be done, and who did it."""
        say = self._say
        heads = (
            say("事项", "task"),
            say("状态", "status"),
            say("何人", "who"),
            say("时间", "when"),
        )
        rows = (
            (
                self._pick(task, "title"),
                self._word(task.status),
                escaped(task.claimed_by or self._spoken.roles(task.offered_to)),
                f"{self._when(task.offered_at)} – {self._when(task.ended_at)}",
            )
            for task in self._file.tasks
        )
        return self._table(say("办理事项", "Tasks"), heads, rows)

    def _alerts(self) -> str:
        """Who was told of which limit, and who has seen it."""
        say, rules = self._say, self._rules
        heads = (
            say("提醒", "alert"),
            say("时间", "when"),
            say("对象", "to"),
            say("签收", "seen by"),
        )
        rows = (
            (
                f"{self._title(rules, alert.rule)} {self._word(alert.kind)}",
                self._when(alert.at),
                escaped(", ".join(filter(None, (self._spoken.roles(alert.roles), alert.watcher)))),
                escaped(alert.seen_by or "—"),
            )
            for alert in self._file.alerts
        )
        return self._table(say("提醒", "Alerts"), heads, rows)

    def _history(self) -> str:
        """Every entry in its order."""
        entries = "".join(map(self._entry, self._file.history))
        return f"<h2>{self._say('历史', 'History')}</h2>\n{entries}"

    def _entry(self, entry: HistoryEntry) -> str:
        """One entry: who did what when, what it brought and changed, and its hash."""
        spoken = self._spoken
        move = escaped(spoken.move(entry.source, entry.target))
        told = [
            (spoken.word("data"), self._named(entry.given.get("data"))),
            (spoken.word("documents"), self._named(entry.given.get("documents"))),
            (spoken.word("command"), self._value(entry.given["command"]))
            if "command" in entry.given
            else ("", ""),
            (spoken.word("changes"), self._named(entry.changes)),
            (
                spoken.word("effects"),
                listed(escaped(spoken.effect(line)) for line in entry.effects),
            ),
            (spoken.word("note"), escaped(entry.note)),
        ]
        recorded = self._say("登记于", "recorded")
        late = f" · {spoken.word('late')}" if entry.late else ""
        roles = escaped(spoken.person(entry.actor, entry.roles))
        return (
            f'<section class="entry"><h3>{entry.seq}. {self._trigger(entry)}</h3>'
            f'<div class="quiet">{self._when(entry.happened_at)} · {roles} · {move}'
            f" · {recorded} {self._when(entry.recorded_at)}{late}</div>"
            f"{self._pairs((name, value) for name, value in told if value)}"
            f'<div class="hash">{escaped(entry.algorithm)} {escaped(entry.hash)}</div></section>\n'
        )

    def _named(self, values: Mapping[str, Any] | None) -> str:
        """Values by the titles of their fields or documents."""
        known = {**self._definition.documents, **self._definition.fields}
        pairs = (values or {}).items()
        return listed(f"{self._title(known, n)}: {self._shown(n, v)}" for n, v in pairs)

    def _shown(self, name: str, value: Any) -> str:
        """The value of a field; of a list its records, each by its id or its place."""
        if name not in self._definition.records:
            return self._value(value)
        placed = enumerate(value or (), 1)
        return listed(f"{escaped(str(r.get(ID, n)))}: {self._record(name, r)}" for n, r in placed)

    def _record(self, name: str, record: Mapping[str, Any]) -> str:
        """What is known of a record of a list."""
        return self._named({f"{name}.{field}": v for field, v in record.items() if field != ID})
