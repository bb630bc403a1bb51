"""What a history says, in words: entries, effects and statuses by the titles of the definition that
the case ran on when they were written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from typing import Any

from ...workflow.language import InBothLanguages, Language, Words, in_language, joined
from ...workflow.model.definition import RESERVED_ROLES, Definition
from .views import task_title

WORDS = {
    # what an entry is
    "opened": Words("立案", "opened"),
    "taken-over": Words("接入（存量案件）", "taken over"),
    "event": Words("办理", "act"),
    "deadline": Words("期限", "time limit"),
    "proposed": Words("提请", "proposed"),
    "vote": Words("表决", "vote"),
    "refused": Words("不予批准", "not approved"),
    "withdrawn": Words("撤回提请", "proposal withdrawn"),
    "claimed": Words("领取", "claimed"),
    "handed-back": Words("退回", "handed back"),
    "deduction": Words("扣除期间", "period deducted"),
    "extension": Words("延长期限", "limit extended"),
    "restoration": Words("顺延期限", "missed limit restored"),
    "waived": Words("已免除", "waived"),
    "armed": Words("起算", "starts"),
    "met": Words("已履行", "met"),
    "assigned": Words("指定承办人", "officer named"),
    "calendar": Words("按新的放假安排重算", "counted anew by the new calendar"),
    "rules": Words("按新的规则重算", "counted anew by the new rules"),
    "moved": Words("转到新版本", "moved to another version"),
    "finished": Words("办结任务", "task finished"),
    "not-taken": Words("所告知的事项未能办理", "told, and could not be done"),
    "by-hand": Words("须由人工办理", "to be done by hand"),
    "hand-done": Words("人工办理事项终结", "done by hand, or no more to be done"),
    "linked": Words("关联案件", "cases linked"),
    "transferred": Words("移送子程序", "sub-procedure moved"),
    "corrected": Words("更正", "corrected"),
    "sealed": Words("封存", "sealed"),
    "carried-out": Words("已办理", "carried out"),
    # what became of a time limit, or of work
    "running": Words("进行中", "running"),
    "paused": Words("中止", "paused"),
    "expired": Words("届满", "expired"),
    "met-late": Words("逾期履行", "met late"),
    "cancelled": Words("终止", "ended"),
    "opened-right": Words("已届至", "over: may be done now"),
    "armed-paused": Words("起算（中止）", "starts (paused)"),
    "recomputed": Words("重新计算", "counted anew"),
    "resumed": Words("恢复计算", "resumed"),
    "warned": Words("预警", "warning"),
    "warning": Words("预警", "warning"),
    "escalated": Words("上报", "reported to"),
    "annulled": Words("撤销", "annulled"),
    "not-expired": Words("并未超期", "did not expire"),
    "right-fell": Words("权利消灭", "right ceased"),
    "offered": Words("待领", "offered"),
    "done": Words("完成", "done"),
    "ended": Words("终止", "ended"),
    "lapsed": Words("提请失效", "proposal lapsed"),
    "reopened": Words("重新打开", "opened again"),
    "taken-back": Words("已另行收回", "taken back"),
    "happened-in": Words("发生于", "happened at"),
    "fires-refused": Words("未能自动办理", "could not be done by itself"),
    "deputy": Words("代理", "as deputy"),
    "filed": Words("在卷文书", "on file"),
    "about": Words("针对", "about"),
    # what stands beside
    "documents": Words("文书", "documents"),
    "command": Words("指令", "order"),
    "data": Words("提交内容", "brought"),
    "changes": Words("变更", "changes"),
    "effects": Words("结果", "effects"),
    "note": Words("理由", "reason"),
    "late": Words("补录", "entered late"),
    "due": Words("届满日", "due"),
    "key": Words("事由", "about"),
    "proven-from-here": Words("自此起可核验", "proven from here"),
    "entries": Words("条数", "entries"),
    "task": Words("任务", "task"),
    "proposal": Words("提请", "proposal"),
    "request": Words("对外请求", "request"),
    "officer": Words("承办人", "officer"),
    "state": Words("状态", "state"),
    "trigger": Words("事项", "act"),
    "mode": Words("结案方式", "closing mode"),
    "records": Words("记录", "list"),
    "id": Words("编号", "id"),
    "by": Words("以", "by"),
    "deputy_for": Words("代", "for"),
    "waiting": Words("待批准", "waits for approval"),
}
"""What people call the words of a history."""
_STATUS_OF_RIGHT = {"opened": "opened-right"}
"""What a limit that was waited for is called: an entry of the same name is an opening."""
_SIGNS = frozenset({"deadline", "what", "due", "key", "task", "proposal"})


def word(name: str) -> Words:
    """A word of a history; one that nobody foresaw stands for itself."""
    return WORDS.get(name) or Words(name, name)


def status(name: str) -> Words:
    """The status of a time limit, or what became of it."""
    return word(_STATUS_OF_RIGHT.get(name, name))


class Spoken:
    """The words of one version of a definition; without one everything goes by its id."""

    def __init__(self, definition: Definition | None, lang: Language) -> None:
        self._definition, self._lang = definition, lang

    def say(self, words: InBothLanguages) -> str:
        return in_language(words, self._lang)

    def word(self, name: str) -> str:
        """A word of the history."""
        return self.say(word(name))

    def title(self, table: str, name: str) -> str:
        """What something is called; one that is about a record is called by its kind and that."""
        kind, _, record = name.partition("@")
        found = getattr(self._definition, table, {}).get(kind)
        if found is None:
            return name
        title = getattr(found, "title", found)
        return f"{self.say(title)} {record}".rstrip()

    def act(self, trigger: str) -> str:
        """What an act, or an order that waits, is called."""
        if self._definition is None or not trigger:
            return trigger
        name, _, record = trigger.partition("@")
        return f"{self.say(self._definition.trigger_title(name))} {record}".rstrip()

    def roles(self, ids: Iterable[str]) -> str:
        """Offices by their titles."""
        return self.say(joined(map(self._role, ids)))

    def _role(self, id: str) -> InBothLanguages:
        try:
            return self._definition.role_title(id) if self._definition else Words(id, id)
        except KeyError:
            return Words(id, id)

    def entry(self, kind: str, trigger: str) -> str:
        """What an entry is called: an act that was done by itself, else what was done with it."""
        if kind == "event" and trigger:
            return self.act(trigger)
        if not trigger:
            return self.word(kind)
        named = f"{kind}: {trigger}" if self._definition is None else self.act(trigger)
        return self.say(Words(f"{word(kind).zh}“{named}”", f"{word(kind).en}: {named}"))

    def person(self, actor: str, roles: Iterable[str]) -> str:
        """Who did something, and in which office; what is no person by its name alone."""
        offices = self.roles(roles)
        if actor in RESERVED_ROLES or not offices:
            return offices or actor
        return self.say(Words(f"{actor}（{offices}）", f"{actor} ({offices})"))

    def move(self, source: str, target: str) -> str:
        """From which state to which."""
        to = self.title("states", target)
        if source in ("", target):
            return to
        return f"{self.title('states', source)} → {to}"

    def effect(self, line: Mapping[str, Any]) -> str:
        """What an entry did to a time limit, to work, or to the case."""
        what, _, role = str(line["what"]).partition(":")
        verb = status(what) if "deadline" in line else word(what)
        done = " ".join(filter(None, [self.say(verb), self.roles(filter(None, [role]))]))
        about, sign = self._about(line), self.say(Words("", " "))
        rest = (self._named(n, v) for n, v in line.items() if n not in _SIGNS and v)
        return " ".join(filter(None, [f"{done}{sign}{about}".rstrip(), *rest]))

    def alert(self, told: str) -> str:
        """A warning or an expiry that people are told of (`warning:RULE`)."""
        kind, _, rule = told.partition(":")
        return f"{self.word(kind)} {self.title('deadlines', rule)}"

    def value(self, value: Any, zone: tzinfo) -> str:
        """A value of a case for people; a moment on the clock of its court."""
        if isinstance(value, bool):
            return self.say(Words("是", "yes") if value else Words("否", "no"))
        is_moment = isinstance(value, datetime)
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M}" if is_moment else str(value)

    def _about(self, line: Mapping[str, Any]) -> str:
        """What became otherwise, and until when it runs."""
        work = self.work(str(line.get("task", "")))
        proposed = self.act(str(line.get("proposal", "")))
        names = [self.title("deadlines", str(line.get("deadline", ""))), work, proposed]
        name = " ".join(filter(None, [*names, str(line.get("key", ""))]))
        due = line.get("due")
        quoted = self.say(Words(f"“{name}”", name)) if name else ""
        return quoted + (self.say(Words(f"（至 {due}）", f" (until {due})")) if due else "")

    def work(self, name: str) -> str:
        """A task by its title."""
        if self._definition is None or not name:
            return name
        kind, _, record = name.partition("@")
        is_task = "task" if kind in self._definition.tasks else "approval"
        return f"{self.say(task_title(self._definition, is_task, kind))} {record}".rstrip()

    def _named(self, name: str, value: Any) -> str:
        """What else an effect says, by titles where it names something of the definition."""
        if name == "trigger":
            shown = self.act(str(value))
        else:
            shown = self._shown(_TABLES.get(name, ""), value)
        return f"{self.word(name)} {shown}"

    def _shown(self, table: str, value: Any) -> str:
        if isinstance(value, Mapping):
            value = list(value)
        values = value if isinstance(value, list | tuple) else [value]
        return "、".join(self.title(table, str(item)) if table else str(item) for item in values)


_TABLES = {
    "request": "requests",
    "state": "states",
    "mode": "modes",
    "records": "data",
    "documents": "documents",
}
"""Which table what an effect says comes from."""
