"""What the engine refuses, and why."""

from __future__ import annotations

from typing import Any

from ..workflow.errors import ZhixingError
from .model.obstacle import Obstacle


class EngineError(ZhixingError):
    """Base of the engine's errors."""

    code = "engine"


class Refused(EngineError):
    """A trigger is not possible now; `obstacles` lists every reason, each with a code and data."""

    code = "refused"
    zh, en = (
        "不能执行“{trigger}”（当前状态 {state}）：{why_zh}",
        "{trigger} is refused in state {state}: {why_en}",
    )

    def __init__(
        self, case_id: str, trigger: str, state: str, obstacles: tuple[Obstacle, ...]
    ) -> None:
        self.case_id, self.trigger, self.state, self.obstacles = case_id, trigger, state, obstacles
        Exception.__init__(self)

    @property
    def data(self) -> dict[str, Any]:  # type: ignore[override]
        return {
            "case_id": self.case_id,
            "trigger": self.trigger,
            "state": self.state,
            "why_zh": "；".join(o.zh for o in self.obstacles),
            "why_en": "; ".join(o.en for o in self.obstacles),
        }

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.case_id, self.trigger, self.state, self.obstacles)

    def as_json(self) -> dict[str, Any]:
        return super().as_json() | {"obstacles": [o.as_json() for o in self.obstacles]}


class CaseNotFound(EngineError):
    code = "case-not-found"
    zh, en = "没有案件 {case_id}", "there is no case {case_id}"


class CaseExists(EngineError):
    code = "case-exists"
    zh, en = "案件 {case_id} 已存在", "the case {case_id} exists already"


class NumberTaken(EngineError):
    """Another case of the court has the number (as NFKC writes it); sub-procedures share theirs."""

    code = "case-number"
    zh, en = "本院已有案号为 {number} 的案件", "the court has a case of the number {number} already"


class UnknownProcedure(EngineError):
    code = "procedure-unknown"
    zh, en = (
        "没有流程定义 {procedure}；已载入：{known}",
        "there is no procedure {procedure}; loaded: {known}",
    )


class DefinitionMissing(EngineError):
    """A case runs on a definition version that is neither loaded nor stored."""

    code = "definition-missing"
    zh, en = (
        "案件所用的流程定义版本 {hash} 不在库中",
        "the definition version {hash} that the case runs on is not stored",
    )


class LostRace(EngineError):
    """Another process changed the case first.

    Nothing was written; the same call may be repeated.
    """

    code = "lost-race"
    zh, en = (
        "案件 {case_id} 刚被他人更新，请重试",
        "the case {case_id} was changed by someone else meanwhile: try again",
    )
    retryable = True


class DatabaseBusy(EngineError):
    """The database could not serve the call in time.

    Nothing was written; the same call may be repeated.
    """

    code = "database-busy"
    zh, en = (
        "数据库暂时不可用，请重试（{why}）",
        "the database cannot serve this now, try again ({why})",
    )
    retryable = True


class SchemaOutdated(EngineError):
    code = "schema"
    zh = "数据库结构版本为 {found}，需要 {expected}；请运行 zhixing db upgrade"
    en = "the database schema is at {found}, {expected} is needed: run zhixing db upgrade"


class NoSecondConnection(EngineError):
    """A database in memory is seen by one connection; what works in threads needs another."""

    code = "memory"
    zh = "内存数据库不能供后台线程使用，请改用文件：{what}"
    en = "{what} works in a thread, which does not see a database in memory: use a file"


class TooManyEvents(EngineError):
    """Events of one case set each other off without end."""

    code = "event-loop"
    zh, en = (
        "案件 {case_id} 的事件连锁超过 {limit} 次",
        "events of the case {case_id} set off more than {limit} others",
    )


class UnknownDeadline(EngineError):
    code = "deadline-unknown"
    zh, en = (
        "案件 {case_id} 没有进行中的期限 {rule}",
        "the case {case_id} has no live deadline {rule}",
    )


class ExtensionRefused(EngineError):
    code = "extension"
    zh, en = "期限 {rule} 不能延长：{why_zh}", "the deadline {rule} cannot be extended: {why_en}"


class BadEvent(EngineError):
    code = "event"
    zh, en = "事件有误：{why_zh}", "the event is wrong: {why_en}"


class BadCaseId(EngineError):
    code = "case-id"
    zh, en = (
        "案件编号须为 1 至 64 个字符且不含控制字符：{id}",
        "a case id has 1 to 64 characters and no control characters: {id}",
    )


class UnknownPublication(EngineError):
    code = "publication-unknown"
    zh, en = "没有版本发布记录 {id}", "there is no publication {id}"


class PublicationRefused(EngineError):
    """A version cannot be proposed, published or withdrawn; says why."""

    code = "publication"
    zh, en = "流程 {procedure} 版本 {version}：{why_zh}", "{procedure} version {version}: {why_en}"


class MoveRefused(EngineError):
    """A case cannot go on under another version of its procedure; says why."""

    code = "move"
    zh, en = (
        "案件 {case_id} 不能转到新版本：{why_zh}",
        "the case {case_id} cannot go on under the new version: {why_en}",
    )
    why_zh: str
    why_en: str


class TransitionalRuleStays(EngineError):
    """Running cases finish on the version they began with, unless the new one moves them."""

    code = "transitional-rule"
    zh = (
        "流程 {procedure} 版本 {version} 未规定在办案件适用新规："
        "如确应迁移，请写 transitional: {{running_cases: move}}"
    )
    en = (
        "{procedure} version {version} does not say that running cases move: "
        "if they shall, write transitional: {{running_cases: move}}"
    )
