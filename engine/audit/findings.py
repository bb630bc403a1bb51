"""What an audit finds, in words of two languages, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from ...workflow.language import Words

MOST_KEPT = 1000

SENTENCES: dict[str, Words] = {
    "entry-changed": Words(
        "第 {seq} 条历史与其哈希不符：该条或前一条被改动",
        "entry {seq} does not match its hash: it, or the one before, was changed",
    ),
    "entry-missing": Words("第 {seq} 条历史被删除", "entry {seq} was removed"),
    "entry-inserted": Words(
        "第 {seq} 条历史不是本系统写入的", "entry {seq} was inserted: the case never came to it"
    ),
    "head-changed": Words(
        "案件行的链头与最后一条历史不符",
        "the head in the case's row is not the hash of its last entry",
    ),
    "chain-weakened": Words(
        "第 {seq} 条历史未用密钥，而此前已用",
        "entry {seq} is chained without the key, those before it with it",
    ),
    "key-missing": Words(
        "第 {seq} 条历史需要密钥才能核验", "entry {seq} cannot be proven without the key"
    ),
    "algorithm-unknown": Words(
        "第 {seq} 条历史的算法 {what} 本机没有",
        "entry {seq} names the algorithm {what}, which this machine lacks",
    ),
    "sealed-changed": Words(
        "封存的前 {what} 条历史中有改动", "one of the {what} sealed entries was changed"
    ),
    "row-changed": Words("{table} 的行 {row} 被改动", "the row {row} of {table} was changed"),
    "row-missing": Words("{table} 的行 {row} 被删除", "the row {row} of {table} was removed"),
    "row-inserted": Words(
        "{table} 的行 {row} 不是本系统写入的", "the row {row} of {table} was inserted"
    ),
    "case-missing": Words(
        "{table} 的行 {row} 属于不存在的案件",
        "the row {row} of {table} belongs to a case that is not there",
    ),
    "case-unreadable": Words(
        "案件的行或历史已不可读：{what}",
        "rows of the case cannot be read any more: {what}",
    ),
    "definition-changed": Words(
        "库中文本 {row} 与其哈希不符", "the stored text {row} is not what its hash says"
    ),
    "definition-missing": Words(
        "第 {seq} 条历史所依据的定义 {row} 不在库中",
        "the definition {row} that entry {seq} was decided by is not stored",
    ),
    "anchor-changed": Words(
        "锚定文件的根与其内容不符", "the root of the anchor is not that of its heads"
    ),
    "anchored-missing": Words(
        "锚定时的第 {seq} 条历史已不在：链尾被截或被重写",
        "entry {seq}, as it was anchored, is no longer there: the history was cut or written anew",
    ),
}
"""The sentence of each finding, by its code."""


_Shown = Annotated[str, BeforeValidator(lambda value: "" if value is None else str(value))]
"""A text, or what a damaged row holds in the place of one."""


class AuditFinding(BaseModel):
    """Something that is not as it was written: in which case, at which entry or row.

    `code` is stable; the words are in two languages.
    """

    model_config = ConfigDict(frozen=True)

    code: str
    court: _Shown = ""
    case_id: _Shown = ""
    seq: int | None = None
    table: str = ""
    row: _Shown = ""
    what: str = ""

    @property
    def zh(self) -> str:
        """In Chinese."""
        return SENTENCES[self.code].zh.format(**self._values)

    @property
    def en(self) -> str:
        """In English."""
        return SENTENCES[self.code].en.format(**self._values)

    @property
    def _values(self) -> dict[str, Any]:
        return {"seq": self.seq, "table": self.table, "row": self.row, "what": self.what}

    def as_json(self) -> dict[str, Any]:
        """With its words."""
        return self.model_dump() | {"zh": self.zh, "en": self.en}


class Otherwise(BaseModel):
    """An entry that today's rules would decide otherwise: no tampering, but worth a look.

    `what` names what differs; the numbers are those of the rules, then and now.
    """

    model_config = ConfigDict(frozen=True)

    court: str
    case_id: str
    seq: int
    what: str
    rules: int
    rules_now: int
    calendar: str
    calendar_now: str


class AuditReport(BaseModel):
    """What an audit came to.

    `cases` and `entries` were looked at; `unproven` cases are older than chains and not sealed yet.
    `findings` are the first of `found`; `last_case` is where an audit that was stopped goes on.
    With today's rules asked, `repeated` entries were decided again, `not_repeatable` could not be,
    and `otherwise` are those that would come out otherwise now.
    """

    model_config = ConfigDict(frozen=True)

    cases: int
    entries: int
    unproven: int
    found: int
    findings: tuple[AuditFinding, ...]
    last_case: str
    repeated: int = 0
    not_repeatable: int = 0
    otherwise: tuple[Otherwise, ...] = ()


class Sealing(BaseModel):
    """What came of sealing: how many old histories are sealed, and which cases could not be."""

    model_config = ConfigDict(frozen=True)

    sealed: int
    left: tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """An audit on its way; `tell` is told of each finding."""

    tell: Callable[[AuditFinding], None] | None = None
    cases: int = 0
    entries: int = 0
    unproven: int = 0
    found: int = 0
    findings: list[AuditFinding] = field(default_factory=list)
    last_case: str = ""
    repeated: int = 0
    not_repeatable: int = 0
    otherwise: list[Otherwise] = field(default_factory=list)

    def add(self, finding: AuditFinding) -> None:
        """Count a finding, tell it, and keep it among the first."""
        self.found += 1
        if self.tell is not None:
            self.tell(finding)
        if len(self.findings) < MOST_KEPT:
            self.findings.append(finding)

    def add_all(self, findings: Iterable[AuditFinding]) -> None:
        """Count findings, one after the other."""
        for finding in findings:
            self.add(finding)

    def take(self, part: Tally) -> None:
        """Take over what a part of the audit came to."""
        self.cases += part.cases
        self.entries += part.entries
        self.unproven += part.unproven
        self.last_case = part.last_case or self.last_case
        self.add_all(part.findings)

    def report(self) -> AuditReport:
        """What it came to."""
        return AuditReport(
            cases=self.cases,
            entries=self.entries,
            unproven=self.unproven,
            found=self.found,
            findings=tuple(self.findings),
            last_case=self.last_case,
            repeated=self.repeated,
            not_repeatable=self.not_repeatable,
            otherwise=tuple(self.otherwise),
        )
