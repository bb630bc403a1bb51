"""What a step of a scenario expected and what came of it, in words, with a way to mend."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from ..engine.queries.spoken import status
from ..workflow.language import InBothLanguages, Words, joined
from ..workflow.model.definition import Definition
from .scenarios import ScenarioStep

Kind = Literal["opening", "in", "outcome", "state", "mode", "waiting", "tasks", "limit", "due"]
"""What an expectation is about."""

NONE = "none"
"""How it is written that there is no such time limit, or nobody to ask."""

_ACTS = {
    "fire": Words("办理“{}”", "“{}” is done"),
    "approve": Words("批准“{}”", "“{}” is approved"),
    "refuse": Words("不批准“{}”", "“{}” is not approved"),
    "withdraw": Words("撤回“{}”的提请", "the proposal of “{}” is withdrawn"),
    "claim": Words("领取任务“{}”", "the task “{}” is claimed"),
    "hand_back": Words("退回任务“{}”", "the task “{}” is handed back"),
}
_CORRECTED = Words("更正", "a correction")
_LOOKED_AT = Words("只作核对", "nothing is done")
REASONS = {
    "about-none": Words("没有写明针对哪一条记录", "it is not said which record it is about"),
    "awaiting-approval": Words("已提请，正待批准", "it was proposed and awaits approval"),
    "before-opening": Words("发生在立案之前", "it would have happened before the opening"),
    "checklist": Words("清单未齐备", "the checklist is not complete"),
    "claimed": Words("任务已由他人领取", "somebody else claimed the task"),
    "correction-approval": Words("更正须经审批", "the correction takes an approval"),
    "correction-document": Words("更正须附文书", "the correction takes a document"),
    "document-not-asked": Words(
        "提交了不收的文书", "a document is handed in that is not asked for"
    ),
    "entry-impossible": Words("其后的记录将不能成立", "a later entry could be no more"),
    "gate": Words("期限尚未届满", "a time limit is not over yet"),
    "guard": Words("条件不符合", "the condition does not hold"),
    "guard-failed": Words("条件不能计算", "the condition cannot be computed"),
    "guard-value": Words("条件所问的信息尚未填写", "the condition asks for what is not filled in"),
    "known-fact": Words("已有记载，不得覆盖", "it is known already and not overwritten"),
    "late-document": Words("补录须附载明日期的文书", "a late entry takes a dated document"),
    "late-unconfirmed": Words("补录须由另一人确认", "a late entry takes another person's word"),
    "missing-document": Words("缺少文书", "a document is missing"),
    "missing-field": Words("缺少必填信息", "something required is missing"),
    "no-power": Words("流程没有授权", "the definition lets nobody do it"),
    "no-record": Words("没有这条记录", "there is no such record"),
    "no-task": Words("没有这项待办任务", "there is no such open task"),
    "not-about-one": Words("不针对某一条记录", "it is about no single record"),
    "not-asked": Words("填写了不收的信息", "something is filled in that is not asked for"),
    "not-claimed": Words("任务不在其名下", "the task is not claimed by that person"),
    "not-proposed": Words("没有待批准的这一事项", "no such act awaits approval"),
    "not-proposer": Words("只有提请人可以撤回", "only who proposed it may withdraw it"),
    "to-answer": Words("须录入答复", "it takes the answer"),
    "to-resolve": Words("须处理其事件单", "its incident is to be resolved"),
    "nothing-to-send": Words("没有可发出的请求", "there is no request to send"),
    "out-of-power": Words("超出权限的范围", "it is beyond the power"),
    "overtaken": Words("时钟已自动办理其后的事项", "the clock acted since"),
    "elsewhere": Words("已移交其他法院", "it went to another court"),
    "parent-closed": Words("所属案件已结", "the case it belongs to is closed"),
    "reason": Words("没有写明理由", "no reason is given"),
    "record-known": Words("已有这条记录", "there is such a record already"),
    "role": Words("无权办理", "not the right office"),
    "same-person": Words("不得由同一人办理", "not by the same person"),
    "start-unknown": Words("不能判断期限是否起算", "whether a limit starts cannot be said"),
    "state": Words("在此节点不能办理", "not possible at this node"),
    "too-late": Words("补录已过期限", "too late to be entered"),
    "unknown-trigger": Words("没有这一事项", "there is no such act"),
    "voted": Words("已经表决", "that person has voted"),
    "waits": Words("已提请，待批准", "it is proposed already"),
}
"""Why something is refused, in a few words, by the codes that steps name."""

_MENDS: dict[Kind, Words] = {
    "opening": Words(
        "改正 opened 中的内容，或检查流程的立案权限和表单",
        "mend what `opened` brings, or look at the power to open and its form",
    ),
    "in": Words(
        "先写启动它的步骤，或改正 in 的名称",
        "write the step that opens it first, or mend the name after `in`",
    ),
    "state": Words("检查此前的步骤，或改写 state", "look at the steps before it, or mend `state`"),
    "mode": Words("检查由哪一事项结案，或改写 mode", "look at what closes it, or mend `mode`"),
    "waiting": Words(
        "检查谁提请、谁批准，或改写 waiting", "look at who proposes and approves, or mend `waiting`"
    ),
    "tasks": Words(
        "检查任务的产生和完成，或改写 tasks", "look at what offers and ends tasks, or mend `tasks`"
    ),
    "limit": Words(
        "检查期限的起算、履行和届满，或改写 deadlines",
        "look at what starts, meets and ends the limit, or mend `deadlines`",
    ),
    "due": Words(
        "检查起算日、长度和日历，确认无误的改写 due",
        "look at its start, length and calendar; where they are right, mend `due`",
    ),
}
_MEND_ACCEPTED = Words(
    "确应拒绝的，检查该事项的条件、角色和材料；否则去掉 refused",
    "where it should be refused, look at its condition, roles and documents; else drop `refused`",
)
_MEND_REFUSED = Words(
    "补上所缺的步骤、角色、信息或文书；确应拒绝的，写明 refused",
    "add the step, role, facts or documents that are missing; where it should be refused, say"
    " `refused`",
)


class Mismatch(NamedTuple):
    """What was expected and is not so: `wanted` and `got` in words, and how to mend it."""

    wanted: Words
    got: Words
    mend: Words


def mend(kind: Kind) -> Words:
    """How an expectation of a kind that did not come true is put right."""
    return _MENDS[kind]


def outcome(expected: Iterable[str], got: Iterable[str], why: Words) -> Mismatch:
    """A step that was accepted, or refused, otherwise than it says; `why` is what was told."""
    codes = tuple(got)
    accepted = Words("被受理", "it is accepted")
    wanted = _refused(reasons(expected)) if expected else accepted
    found = _refused(why) if codes else Words("已受理", "it was accepted")
    return Mismatch(wanted, found, _MEND_REFUSED if codes else _MEND_ACCEPTED)


def _refused(why: Words) -> Words:
    return Words(f"被拒绝（{why.zh}）", f"it is refused ({why.en})")


def reasons(codes: Iterable[str]) -> Words:
    """Why something is refused, by its codes."""
    return joined(REASONS.get(code, Words(code, code)) for code in codes)


class StepWords:
    """The words of a step at a case of a definition."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition

    def act(self, step: ScenarioStep) -> Words:
        """What a step does."""
        name = next((name for name in _ACTS if getattr(step, name) is not None), None)
        if name is None:
            return _CORRECTED if step.correct is not None else _LOOKED_AT
        named = str(getattr(step, name))
        title = self.task(named) if name in ("claim", "hand_back") else self.waiting(named)
        pattern = _ACTS[name]
        return Words(pattern.zh.format(title.zh), pattern.en.format(title.en))

    def state(self, id: str) -> Words:
        """A node by its title."""
        return _quoted(self._title("states", id))

    def mode(self, id: str | None) -> Words:
        """A way of closing by its title; that the case is open where there is none."""
        if id is None:
            return Words("尚未结案", "not closed")
        return _quoted(self._title("modes", id))

    def waiting(self, name: str) -> Words:
        """An act, or an order, that waits for approval."""
        trigger, _, record = name.partition("@")
        title = self._definition.trigger_title(trigger)
        return Words(f"{title.zh} {record}".rstrip(), f"{title.en} {record}".rstrip())

    def task(self, name: str) -> Words:
        """A task by its title, with the record that it is about."""
        return self._about("tasks", name)

    def limit(self, name: str) -> Words:
        """A time limit by its title, with the record that it is about."""
        title = self._about("deadlines", name)
        return Words(f"期限“{title.zh}”", f"the time limit “{title.en}”")

    def status(self, name: str) -> Words:
        """The status of a time limit."""
        return Words("没有这个期限", "no such limit") if name == NONE else _quoted(status(name))

    def day(self, day: str) -> Words:
        """The day on which a limit is over; that there is none while it is paused."""
        if day == NONE:
            return Words("没有这个期限", "no such limit")
        return Words("中止中", "paused") if day == str(None) else Words(day, day)

    def several(self, names: Iterable[Words]) -> Words:
        """Several names; that there are none."""
        found = joined(map(_quoted, names))
        return found if found.zh else Words("没有", "none")

    def related(self, name: str) -> Words:
        """A sub-procedure or a linked case by its title."""
        return _quoted(self._about("proceedings", name))

    def _about(self, table: str, name: str) -> Words:
        id, _, record = name.partition("@")
        title = self._title(table, id)
        return Words(f"{title.zh} {record}".rstrip(), f"{title.en} {record}".rstrip())

    def _title(self, table: str, id: str) -> InBothLanguages:
        found = getattr(self._definition, table).get(id)
        return getattr(found, "title", found) if found is not None else Words(id, id)


def _quoted(words: InBothLanguages) -> Words:
    return Words(f"“{words.zh}”", f"“{words.en}”")
