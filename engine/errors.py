"""What the engine refuses, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
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


class BadActor(EngineError):
    """An actor (or somebody who is named) cannot be told from others, or brings what nobody may."""

    code = "actor"
    zh, en = "办理人 {actor} 有误：{why_zh}", "the actor {actor} is not acceptable: {why_en}"


class NotAllowed(EngineError):
    """The charter, or the host, lets the actor do no such thing here."""

    code = "not-allowed"
    zh, en = "{actor} 无权{what_zh}：{why_zh}", "{actor} may not {what_en}: {why_en}"


class BadDeputy(EngineError):
    """A deputyship that cannot be."""

    code = "deputy"
    zh, en = "代理 {deputy} 不成立：{why_zh}", "the deputyship {deputy} cannot be: {why_en}"


class UnknownCourt(EngineError):
    """A case is of one of the courts of the charter."""

    code = "court-unknown"
    zh, en = (
        "章程中没有法院“{court}”；可用：{known}",
        "the charter has no court {court}; it has: {known}",
    )


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


class LinkRefused(EngineError):
    """A case of its own that an act opens may not be opened so; nothing of the act is done."""

    code = "link-refused"
    zh, en = (
        "关联案件（{procedure}）不能立案：{why_zh}",
        "the linked case ({procedure}) cannot be opened: {why_en}",
    )


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


class TransactionLost(LostRace):
    """The database gave up the whole transaction because of others (a deadlock, a snapshot).

    Nothing of it will be written. Whose transaction it is rolls it back as a whole, and may then
    repeat it; within it nothing can be repeated.
    """

    code = "transaction-lost"
    zh = "数据库因并发放弃了本事务：请先整体回滚，再重试（{why}）"
    en = (
        "the database gave up the transaction because of others: roll back the whole transaction, "
        "then repeat it ({why})"
    )

    def __init__(self, why: str, case_id: str = "") -> None:
        super().__init__(why=why, case_id=case_id)


class DatabaseFault(EngineError):
    """Base of what a database cannot do; no refusal of anybody."""

    code = "database"


class DatabaseBusy(DatabaseFault):
    """The database could not serve the call in time.

    Nothing was written; the same call may be repeated.
    """

    code = "database-busy"
    zh, en = (
        "数据库暂时不可用，请重试（{why}）",
        "the database cannot serve this now, try again ({why})",
    )
    retryable = True


class StaleVersion(EngineError):
    """The case is not at the version that the caller has seen: somebody changed it since."""

    code = "stale-version"
    zh, en = (
        "案件 {case_id} 已是第 {version} 版，不是所见的第 {expected} 版",
        "the case {case_id} is at version {version}, not at {expected} as was seen",
    )


class RequestReused(EngineError):
    """A `request_id` names one call: the same person's, with the same arguments."""

    code = "request-reused"
    zh, en = (
        "请求号 {request_id} 已用于 {actor} 的另一次调用（{verb}）",
        "the request id {request_id} names another call: {verb} by {actor}",
    )


class BadRequestId(EngineError):
    code = "request-id"
    zh, en = (
        "请求号须为 1 至 90 个可见字符：{request_id}",
        "a request id has 1 to 90 printable characters: {request_id}",
    )


class BadText(EngineError):
    """A note, a number, a reference that nobody should store or see."""

    code = "text"
    zh, en = "{what} {value}：{why_zh}", "{what} {value}: {why_en}"


class BadTime(EngineError):
    """A time at which something cannot have happened."""

    code = "happened-at"
    zh, en = "发生时间 {value} 有误：{why_zh}", "{value} cannot be when it happened: {why_en}"


class NotWhole(EngineError):
    """A past that cannot be decided again: entries from before 0005 do not hold what was given."""

    code = "not-whole"
    zh, en = (
        "案件 {case_id} 有旧版本记录，未保存全部输入，不能补录或更正",
        "the case {case_id} has entries of an earlier version that do not hold what was given: "
        "nothing is entered late or corrected in it",
    )


class DatabaseUnusable(DatabaseFault):
    """The database cannot serve such a call until somebody mends the cause.

    It is not there, cannot be written, is full, is no database, or lets this user do no such thing.
    Nothing was written.
    """

    code = "database-unusable"
    zh = "数据库不能执行此操作，须先排除原因（{why}）"
    en = "the database cannot do this until the cause is mended ({why})"


class IntegrityViolated(DatabaseFault):
    """The rows to be written contradict those that are there. Nothing was written."""

    code = "integrity"
    zh = "与数据库中已有的数据相矛盾，未写入（{why}）"
    en = "this contradicts what the database holds, nothing was written ({why})"


class OutcomeUnknown(DatabaseFault):
    """The connection was lost during the commit: it may or may not have been written.

    A repeat with the same `request_id` takes effect once; without one, look first.
    """

    code = "outcome-unknown"
    zh = (
        "提交时与数据库的连接中断，可能已写入，也可能未写入："
        "请用同一 request_id 重试，或先查询（{why}）"
    )
    en = (
        "the connection was lost during the commit, it may or may not have been written: "
        "repeat with the same request_id, or look first ({why})"
    )


class NothingToJoin(EngineError):
    """The host's connection commits every statement by itself: it has no transaction to join."""

    code = "autocommit"
    zh = "所给连接处于自动提交状态，没有可加入的事务：请先开始事务"
    en = "the connection is in autocommit, it has no transaction to join: begin one first"


class SchemaOutdated(DatabaseFault):
    code = "schema"
    zh = "数据库结构版本为 {found}，需要 {expected}；请运行 zhixing db upgrade"
    en = "the database schema is at {found}, {expected} is needed: run zhixing db upgrade"


class ProgramOutdated(DatabaseFault):
    """A newer version of the program upgraded the database; this one would write it wrongly."""

    code = "program"
    zh = "程序旧于数据库（数据库结构 {found}，程序 {expected}）：请更新程序"
    en = (
        "the program is older than the database (schema {found}, the program knows {expected}): "
        "update the program"
    )


class ClockRefused(DatabaseFault):
    """The clock is behind the last entry, or far ahead of the last sign of life.

    Nothing is written by such a clock before it is set right, or a person accepts it.
    """

    code = "clock"
    zh = (
        "时钟 {clock} 不可信：{why_zh}（{last}）。请校正时钟；如时钟无误，"
        "请由系统管理员运行 zhixing db accept-clock --as 本人 --role system_admin"
    )
    en = (
        "the clock {clock} is not believed: {why_en} ({last}). Set it right; if it is right, "
        "a system administrator runs: zhixing db accept-clock --as YOU --role system_admin"
    )


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


class UnknownLawRow(EngineError):
    """The law has no such time limit on the day."""

    code = "law-row-unknown"
    zh = "法律表在 {day} 没有期限 {row}"
    en = "on {day} the law has no time limit {row}"


class LawRowNotCountable(EngineError):
    """A time limit of the law cannot be armed by what the table and the caller say of it."""

    code = "law-row-not-countable"
    zh = "法定期限 {row} 不能起算：{why_zh}（{cite}）"
    en = "the time limit {row} of the law cannot start: {why_en} ({cite})"


class BadEvent(EngineError):
    code = "event"
    zh, en = "事件有误：{why_zh}", "the event is wrong: {why_en}"


@dataclass(frozen=True, slots=True)
class TakeoverFault:
    """One thing that is wrong with the facts of a case that comes in, at its place in them."""

    code: str
    place: str
    zh: str
    en: str

    def as_json(self) -> dict[str, str]:
        """The fault as plain data."""
        return asdict(self)


class TakeoverRefused(EngineError):
    """A running case does not come in as it is described; `faults` say everything that is wrong."""

    code = "takeover"
    zh, en = "案件 {number} 未能接入：{why_zh}", "the case {number} does not come in: {why_en}"
    faults: tuple[TakeoverFault, ...]

    def __init__(self, *, number: str, faults: Iterable[TakeoverFault], **told: Any) -> None:
        found = tuple(faults)
        told["why_zh"] = "；".join(f"{one.place}：{one.zh}（{one.code}）" for one in found)
        told["why_en"] = "; ".join(f"{one.place}: {one.en} ({one.code})" for one in found)
        super().__init__(number=number or "-", faults=found, **told)

    def as_json(self) -> dict[str, Any]:
        """The error as plain data, each fault by itself."""
        return {**super().as_json(), "faults": [one.as_json() for one in self.data["faults"]]}


class TakenOverOtherwise(EngineError):
    """A case of this number was taken over already, with other facts."""

    code = "takeover-otherwise"
    zh = "案件 {number} 已于 {at} 以另外的内容接入（{case_id}）；有误的，应予更正"
    en = (
        "the case {number} was taken over at {at} with other facts ({case_id}); what is wrong in"
        " it is corrected there"
    )


class BadCaseId(EngineError):
    code = "case-id"
    zh, en = (
        "案件编号须为 1 至 64 个字符且不含控制字符：{id}",
        "a case id has 1 to 64 characters and no control characters: {id}",
    )


class UnknownAlert(EngineError):
    code = "alert-unknown"
    zh, en = "没有提醒 {alert}", "there is no alert {alert}"


class NotPublished(EngineError):
    """Cases of a procedure begin on a published version; a file that nobody published is a draft.

    It is published, or run by a host that asks for drafts.
    """

    code = "not-published"
    zh = (
        "流程 {procedure} 没有在此法院（{court}）施行的版本："
        "请先发布（zhixing version propose），试运行用 drafts"
    )
    en = (
        "no version of {procedure} is in force at {court}: publish one "
        "(zhixing version propose), or ask for drafts to try it"
    )


class DefinitionDamaged(EngineError):
    """A stored text is not the one that was stored: its hash is another."""

    code = "definition-damaged"
    zh = "库中文本 {hash} 与其哈希不符，已被改动"
    en = "the stored text {hash} is not what its hash says: it was changed"


class UnknownPublication(EngineError):
    code = "publication-unknown"
    zh, en = "没有版本发布记录 {id}", "there is no publication {id}"


class PublicationRefused(EngineError):
    """A version cannot be proposed, published or withdrawn; says why."""

    code = "publication"
    zh, en = "流程 {procedure} 版本 {version}：{why_zh}", "{procedure} version {version}: {why_en}"


class UnknownMigration(EngineError):
    code = "migration-unknown"
    zh, en = "没有迁移 {id}", "there is no migration {id}"


class MigrationRefused(EngineError):
    """Running cases cannot be moved to a version; says why."""

    code = "migration"
    zh, en = (
        "在办案件不能迁移到流程 {procedure} 版本 {version}：{why_zh}",
        "running cases cannot move to {procedure} version {version}: {why_en}",
    )


class CharterExists(EngineError):
    """A database gets its first charter once; then the charter in force says who changes it."""

    code = "charter-exists"
    zh = "数据库已有章程：请由两人变更（zhixing charter propose、approve）"
    en = "the database has a charter: two persons change it (zhixing charter propose, approve)"


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


class BadAuditSetting(EngineError):
    """Entries cannot be chained as it was asked: an algorithm, or a key, that will not do."""

    code = "audit-setting"
    zh, en = "审计设置有误：{why_zh}", "the audit setting will not do: {why_en}"


class NoIdentityKey(EngineError):
    """A document number was brought, and the court has set no key to shorten it by."""

    code = "identity-key-missing"
    zh, en = (
        "未设置证件号码密钥，不保存证件号码：请设置 identity_key（ZHIXING_IDENTITY_KEY）",
        "document numbers are not kept without a key: set identity_key (ZHIXING_IDENTITY_KEY)",
    )


class BadIdentityKey(EngineError):
    """The key of document numbers is too short, or another than what they were kept with."""

    code = "identity-key"
    zh, en = (
        "证件号码密钥有误：至少 {least} 字节，且与保存时相同",
        "the key of document numbers will not do: at least {least} bytes, and the one of before",
    )


class IdentityNotKept(EngineError):
    """A far side is to get a document number that the court does not keep."""

    code = "identity-not-kept"
    zh, en = (
        "证件号码只存摘要，无法发往对方：请设置 reversible_identities 后重新录入，或人工办理",
        "the court keeps no document number to send: set reversible_identities, or do it by hand",
    )


class AnchorRefused(EngineError):
    """A file is no anchor that histories can be held to; says why."""

    code = "anchor"
    zh, en = "锚定文件不能使用：{why_zh}", "the anchor cannot be used: {why_en}"


class BadFeedToken(EngineError):
    """A place in the feed of events that this database did not give."""

    code = "feed-token"
    zh, en = (
        "“{token}”不是本数据库给出的位置标记",
        "{token} is no place in the feed that this database gave",
    )


class NotOpenThen(EngineError):
    """A case was asked for as of a moment before it was opened."""

    code = "not-open-then"
    zh, en = (
        "案件 {case_id} 在 {at} 尚未立案（{opened} 登记）",
        "the case {case_id} was not open at {at}: it was recorded at {opened}",
    )


class DamagedCase(EngineError):
    """What is kept of a case cannot be read, or its definition knows nothing of it."""

    code = "case-damaged"
    zh = "案件 {case_id} 的库中数据已损坏，不能办理：{why}"
    en = "what is kept of the case {case_id} is damaged: {why}"


class DamagedRow(EngineError):
    """A row of the database cannot be read."""

    code = "row-damaged"
    zh = "{table} 的行 {row} 已损坏，不能读取：{why}"
    en = "the row {row} of {table} is damaged and cannot be read: {why}"


class HeldAfterRestore(EngineError):
    """The database was restored from a backup: the clock acts on a case when a person says so."""

    code = "held-after-restore"
    zh = (
        "数据库自备份恢复后暂停计时：案件 {case_id} 有到期事项，"
        "请核对后解除（zhixing db release --case）"
    )
    en = (
        "the database is held after a restore, and time limits of the case {case_id} are due: "
        "check it and release it (zhixing db release --case)"
    )


class NotHeld(EngineError):
    """Only a database that was restored from a backup is released."""

    code = "not-held"
    zh = "数据库没有因恢复备份而暂停"
    en = "the database is not held after a restore"


class NoSuchRequest(EngineError):
    """A request to the outside that is not there, or waits no more."""

    code = "request-unknown"
    zh, en = (
        "没有请求 {request}，或者它不再发送",
        "there is no request {request}, or nothing more is sent of it",
    )


class RequestOver(EngineError):
    """A request to the outside that is answered, or was given up: nothing more is to be done."""

    code = "request-over"
    zh = "请求 {request} 已结束（{status}），不能再作处理"
    en = "the request {request} is over ({status}): nothing more can be done with it"


class RequestInHand(EngineError):
    """A request that may not be repeated is just being sent: what comes of it is known soon."""

    code = "request-in-hand"
    zh = "请求 {request} 正在发送，且不得重复，请稍后再处理"
    en = "the request {request} is being sent, and may not be repeated: wait for what comes of it"


class AnswerRefused(EngineError):
    """An answer given by hand that cannot be taken: nothing was written."""

    code = "answer-refused"
    zh, en = "对请求 {request} 的答复不能接收：{why}", "the answer to {request} is refused: {why}"


class NotReconcilable(EngineError):
    """An adapter that is not there, or whose far side shows no books."""

    code = "not-reconcilable"
    zh = "适配器 {adapter} 不存在，或不提供对账数据"
    en = "the adapter {adapter} is not there, or its far side shows no books"


class BadIntake(EngineError):
    """What is to be done with a request of another court can never be done."""

    code = "intake"
    zh, en = "收件设置有误：{operation}：{why}", "the intake of {operation} is wrong: {why}"
