"""One reason why something is not possible, as data; its sentence comes from one table."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from ...workflow.language import NO_WORDS, Language, Words


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a trigger, a vote or a task is not possible now.

    `code` is stable; the other fields are there where the code has them: ids of the definition
    (`field`, `document`, `deadline`, `item`, `task`, `trigger`, `roles`), the `person` concerned,
    `until` when it stands in the way (`until_day`, the same as a day), and `title`, what the thing
    is called. `reason` holds words of the definition or of an error.
    """

    code: str
    field: str = ""
    document: str = ""
    deadline: str = ""
    item: str = ""
    task: str = ""
    trigger: str = ""
    roles: tuple[str, ...] = ()
    person: str = ""
    until: datetime | None = None
    until_day: date | None = None
    known: tuple[str, ...] = ()
    title: Words = NO_WORDS
    reason: Words = NO_WORDS
    sentence: str = ""

    @property
    def zh(self) -> str:
        return self.text("zh")

    @property
    def en(self) -> str:
        return self.text("en")

    def text(self, lang: Language = "en") -> str:
        """The sentence for people."""
        sentence = SENTENCES[self.sentence or self.code]
        values: dict[str, Any] = {name: getattr(self, name) for name in _FIELDS}
        values["title"] = self.title.text(lang)
        values["reason"] = self.reason.text(lang)
        values["known"] = ", ".join(self.known) or "-"
        values["until_day"] = self.until_day or "…"
        return sentence.text(lang).format(**values)

    def as_json(self) -> dict[str, Any]:
        """The code, both sentences, and the data that the code has."""
        plain = {"code": self.code, "zh": self.zh, "en": self.en}
        return plain | {name: value for name in _DATA if (value := _plain(getattr(self, name)))}


_FIELDS = tuple(f.name for f in fields(Obstacle))
_DATA = tuple(n for n in _FIELDS if n not in ("code", "title", "reason", "sentence", "known"))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


SENTENCES = {
    # a trigger, from a state
    "unknown-trigger": Words(
        "没有动作 {trigger}；可用：{known}", "there is no trigger {trigger}; known: {known}"
    ),
    "state": Words("“{title}”状态下没有这个动作", "not from the state {title}"),
    "parent-closed": Words(
        "所属案件已结，子程序不能重新打开",
        "the case that it belongs to is closed: it cannot be opened again",
    ),
    "elsewhere": Words("已移交其他法院继续办理（{item}）", "it goes on in another court ({item})"),
    "about-none": Words(
        "须写明针对哪一条记录（{title}，about）；已有：{known}",
        "say which record it is about (about, of {title}); there are: {known}",
    ),
    "not-about-one": Words(
        "此事项不针对某一条记录，不收 about={item}", "it is about no single record: about={item}"
    ),
    "no-record": Words(
        "{title}中没有记录 {item}；已有：{known}",
        "there is no record {item} of {title}; there are: {known}",
    ),
    "record-known": Words("{title}中已有记录 {item}", "{title} has a record {item} already"),
    "role": Words("须由{title}办理", "only {title} may do this"),
    "role/own": Words("须由本案{title}办理", "only {title} of this very case may do this"),
    "role/open": Words("须由本院{title}立案", "only {title} of this court may open a case"),
    "role/officer": Words("须由{title}指定承办人", "only {title} may name the officer"),
    "no-power": Words("流程定义未授权：{title}", "the definition lets nobody {title}"),
    "out-of-power": Words(
        "{title}的权限不及于 {reason}；可用：{known}",
        "the power to {title} is not for {reason}; it is for: {known}",
    ),
    "same-person": Words("不能由“{title}”的同一人办理", "not by the person who did: {title}"),
    "claimed": Words("“{title}”已由 {person} 领取", "{title} was claimed by {person}"),
    "awaiting-approval": Words(
        "已由 {person} 提请，待{title}批准", "proposed by {person}, awaits {title}"
    ),
    "gate": Words("{title}：{until_day} 前不得办理", "{title}: not before {until_day}"),
    "missing-field": Words("缺少{title}（{field}）", "{title} ({field}) is missing"),
    "not-asked": Words("此事项不收{title}（{field}）", "{title} ({field}) is not asked for here"),
    "document-not-asked": Words(
        "此事项不收文书：{title}（{document}）",
        "the document {title} ({document}) is not asked for here",
    ),
    "known-fact": Words(
        "{title}（{field}）已有记载，应当更正，不得覆盖",
        "{title} ({field}) is known already: it is corrected, not overwritten",
    ),
    "missing-document": Words(
        "缺少文书：{title}（{document}）", "the document {title} ({document}) is missing"
    ),
    "missing-document/answer": Words(
        "手工登记外部答复须附文书：{title}（{document}）",
        "an answer entered by hand comes with its document: {title} ({document})",
    ),
    "guard": Words("{reason}", "{reason}"),
    "guard/condition": Words("条件不满足：{reason}", "not so: {reason}"),
    "guard-value": Words("{reason}", "{reason}"),
    "guard-failed": Words("{reason}", "{reason}"),
    "checklist": Words("未完成：{title}{reason}", "not complete: {title}{reason}"),
    "start-unknown": Words(
        "不能判断“{title}”是否起算：{reason}", "whether {title} starts cannot be said: {reason}"
    ),
    "waits": Words("{title}已提请，待批准", "to {title} is proposed already, and awaits approval"),
    # a proposal that waits for approval
    "not-proposed": Words(
        "没有待批准的 {trigger}；待批准：{known}",
        "{trigger} does not wait for approval; waiting: {known}",
    ),
    "not-proposed/which": Words(
        "{trigger} 有几项待批准，请写明是哪一项：{known}",
        "several of {trigger} wait for approval: say which ({known})",
    ),
    "not-proposer": Words(
        "只有提请人 {person} 可以撤回", "only {person}, who proposed it, may withdraw it"
    ),
    "role/vote": Words("须由{title}批准", "only {title} may approve this"),
    "same-person/vote": Words("不能批准自己提请的事项", "nobody approves what they proposed"),
    "voted": Words("{person} 已表决", "{person} has voted already"),
    "reason": Words("不批准须写明理由", "a rejection needs its reason (note)"),
    "reason/correct": Words("更正须写明理由", "a correction needs its reason (note)"),
    # what happened earlier, and what is corrected
    "role/late": Words("须由{title}补录", "only {title} may enter what happened earlier"),
    "before-opening": Words(
        "发生时间早于立案（{until}）", "it would have happened before the case was opened ({until})"
    ),
    "before-opening/taken-over": Words(
        "发生时间早于接入（{until}）：此前的事项应在接入时一并登记",
        "it would have happened before the case was taken over ({until}): what is older belongs to"
        " the facts that were taken over",
    ),
    "too-late": Words(
        "补录最迟至 {until_day}，逾期须经审批，而流程未规定审批",
        "it could be entered until {until_day}; later it takes an approval, and none is named",
    ),
    "too-late/open": Words(
        "补录立案最迟至 {until_day}", "it could be opened late until {until_day}"
    ),
    "late-document": Words(
        "推翻“{title}”已届满的记录须附载明日期的文书",
        "to overturn the told expiry of {title} takes a dated document",
    ),
    "late-unconfirmed": Words(
        "推翻“{title}”已届满的记录须由另一人确认，而流程未规定由谁",
        "to overturn the told expiry of {title} takes another person's word, and nobody is named",
    ),
    "overtaken": Words(
        "其后期限届满已自动执行（第 {item} 条，{trigger}）：须以更正撤销该条后补录",
        "the clock acted since (entry {item}, {trigger}): a correction annuls it and enters this",
    ),
    "entry-impossible": Words(
        "第 {item} 条记录（{trigger}）将不能成立，须指明撤销：{reason}",
        "entry {item} ({trigger}) could be no more, annul it by name: {reason}",
    ),
    "correction-document": Words("{title}须附文书", "to {title} takes a document"),
    "correction-approval": Words(
        "更正须经审批：{reason}", "the correction takes an approval: {reason}"
    ),
    # a task in a pool
    "no-task": Words(
        "没有待办任务 {task}；待办：{known}", "there is no open task {task}; open: {known}"
    ),
    "claimed/task": Words("已由 {person} 领取", "claimed by {person} already"),
    "role/task": Words("任务面向{title}", "the task is offered to {title}"),
    "to-answer": Words(
        "{task} 须录入答复方告办结", "{task} is done by giving the answer to its request"
    ),
    "to-resolve": Words(
        "{task} 须处理其事件单方告办结", "{task} is done by resolving its incident"
    ),
    "nothing-to-send": Words("{task} 没有可发出的请求", "{task} stands for no request"),
    "not-claimed": Words("任务不在 {person} 名下", "{person} has not claimed it"),
}
