"""How a history proves itself: the canonical text of an entry or a row, and its digest.

The canonical text is of values as they are kept, so the same from the values that are written and
from those that are read back: JSON with sorted keys in plain ASCII, in which 1, "1", true and 1.0
differ; money and days are texts, as JSON keeps them; instants are texts in UTC with microseconds.
Numbers stand as PostgreSQL gives them back. Its first line names the format.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain
from typing import Any

from sqlalchemy import Table

from ...workflow.model.field_types import to_json
from ..errors import BadAuditSetting
from ..model.case import CaseState
from .case_rows import number_key
from .column_types import Moment, dump_moment
from .particulars import particulars_of
from .schema import alerts, cases, deadlines, funds, history, holds, outbox, postings, tasks

ENTRY_FORMAT = "zhixing-entry-1"
ROW_FORMAT = "zhixing-row-1"
ALGORITHMS = ("sha256", "sm3")
_KEYED = "hmac-"
_SHORTEST_KEY = 16
_OF_A_ROW = 32  # hexadecimal digits kept of a row's digest

NOT_COVERED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "zx_history": {"where it stands in the feed": ("tx", "position")},
    "zx_cases": {
        "the clock may put it off": ("wake_at", "updated_at"),
        "it is checked against the last entry": ("head",),
    },
    "zx_alerts": {"whoever sees it writes it": ("seen_by", "closed_at", "closed_why")},
    "zx_outbox": {
        "how far the sending is": (
            "status",
            "attempts",
            "send_at",
            "leased_until",
            "sent_at",
            "answered_at",
            "last_error",
            "fence",
        ),
        "what its adapter says of it": ("counterparty", "thing"),
        "whose trace it belongs to": ("trace",),
        "its entry tells it": ("takes_back",),
    },
    "zx_funds": {"its postings say it": ("since",)},
    "zx_holds": {"the order of registration within a day": ("place",)},
}
"""The columns of covered tables that no digest covers, and why."""

TABLES_NOT_COVERED = (
    "zx_publications",
    "zx_moves",
    "zx_inbox",
    "zx_incidents",
    "zx_refusals",
    "zx_deputies",
    "zx_requests",
    "zx_marks",
    "zx_nonces",
    "zx_exports",
    "zx_found",
    "zx_persons",
)
"""The tables that no entry answers for. (A definition's text is compared with its own hash.)"""

Column = tuple[str, Callable[[Any], Any] | None]


def _columns(table: Table, *besides: str) -> tuple[Column, ...]:
    """The covered columns of a table, each with how its value is written."""
    left_out = NOT_COVERED.get(table.name, {}).values()
    skipped = {*besides, *chain.from_iterable(left_out)}
    return tuple((c.name, _writer(c.type)) for c in table.columns if c.name not in skipped)


def _writer(kind: Any) -> Callable[[Any], Any] | None:
    return dump_moment if isinstance(kind, Moment) else None


_ENTRY = _columns(history, "hash")
OF_A_CASE: Mapping[str, Table] = {
    "deadline": deadlines,
    "task": tasks,
    "alert": alerts,
    "request": outbox,
    "posting": postings,
    "funds": funds,
    "hold": holds,
}
"""The tables of what a case has, by what a row of them is called in an entry."""
COVERED: Mapping[str, Table] = {"case": cases, **OF_A_CASE}
"""The tables whose rows entries answer for, by what a row of them is called in an entry."""
_ROW = {kind: _columns(table) for kind, table in COVERED.items()}


@dataclass(frozen=True, slots=True)
class Chain:
    """How entries are chained: `algorithm` is `sha256` or `sm3`, with a `key` as an HMAC.

    Raises `BadAuditSetting` for what this machine cannot do.
    """

    algorithm: str = "sha256"
    key: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.algorithm not in ALGORITHMS:
            known = ", ".join(ALGORITHMS)
            raise BadAuditSetting(
                why_zh=f"没有算法 {self.algorithm}；可用：{known}",
                why_en=f"no algorithm {self.algorithm}; known: {known}",
            )
        if self.key is not None and len(self.key) < _SHORTEST_KEY:
            raise BadAuditSetting(
                why_zh=f"密钥不足 {_SHORTEST_KEY} 字节",
                why_en=f"the key has less than {_SHORTEST_KEY} bytes",
            )
        if not is_known(self.algorithm):
            raise BadAuditSetting(
                why_zh=f"本机的 OpenSSL 没有 {self.algorithm}",
                why_en=f"the OpenSSL of this machine lacks {self.algorithm}",
            )

    @property
    def name(self) -> str:
        """As an entry names it."""
        return self.algorithm if self.key is None else f"{_KEYED}{self.algorithm}"

    def entry_hash(self, row: Mapping[Any, Any], before: str) -> str:
        """The hash of an entry (a row of the history) after the one with the hash `before`."""
        return entry_hash(self.name, self.key, row, before)

    def row_digest(self, kind: str, row: Mapping[Any, Any]) -> str:
        """The digest of a row of a covered table."""
        return row_digest(self.algorithm, kind, row)


def is_known(algorithm: str) -> bool:
    """Whether this machine has an algorithm."""
    try:
        hashlib.new(algorithm)
    except ValueError:
        return False
    return True


def is_keyed(name: str) -> bool:
    """Whether an algorithm, as an entry names it, needs the key."""
    return name.startswith(_KEYED)


def plain_algorithm(name: str) -> str:
    """The algorithm itself of one that an entry names."""
    return name.removeprefix(_KEYED)


def entry_hash(name: str, key: bytes | None, row: Mapping[Any, Any], before: str) -> str:
    """The hash of an entry by the algorithm that it names; `key` where that needs one."""
    text = canonical(ENTRY_FORMAT, [before, *_written(row, _ENTRY)])
    if is_keyed(name):
        return hmac.digest(key or b"", text, plain_algorithm(name)).hex()
    return hashlib.new(name, text).hexdigest()


def row_digest(algorithm: str, kind: str, row: Mapping[Any, Any]) -> str:
    """The digest of a row as entries keep it."""
    text = canonical(ROW_FORMAT, [kind, *_written(row, _ROW[kind])])
    return hashlib.new(algorithm, text).hexdigest()[:_OF_A_ROW]


def _written(row: Mapping[Any, Any], columns: Iterable[Column]) -> list[Any]:
    """The values of columns, each as it is written."""
    return [row[n] if write is None else write(row[n]) for n, write in columns]


def case_row(case: CaseState) -> dict[str, Any]:
    """The columns of a case's row that entries answer for."""
    row = {name: getattr(case, name) for name, _ in _ROW["case"] if name not in _MADE_OF_A_CASE}
    row["number_key"] = number_key(case.number)
    row["particulars"] = particulars_of(case)
    return row


_MADE_OF_A_CASE = ("number_key", "particulars")


def covered_columns(kind: str) -> tuple[str, ...]:
    """The names of the covered columns of a table."""
    return _names(_ROW[kind])


def entry_columns() -> tuple[str, ...]:
    """The names of the columns that an entry's hash covers."""
    return _names(_ENTRY)


def _names(columns: Iterable[Column]) -> tuple[str, ...]:
    return tuple(name for name, _ in columns)


def canonical(format: str, values: Sequence[Any]) -> bytes:
    """The canonical text of values, in bytes."""
    text = _encode(values)
    if "e+" in text or "-0.0" in text:  # rare, so looked for in the text and not in every value
        text = _encode(_as_given_back(json.loads(text)))
    return f"{format}\n{text}".encode("ascii")


_encode = json.JSONEncoder(
    default=to_json, ensure_ascii=True, sort_keys=True, separators=(",", ":")
).encode


def _as_given_back(value: Any) -> Any:
    """A value with its numbers as PostgreSQL gives them back: no exponents, no zero below zero."""
    if isinstance(value, float):
        if value == 0:
            return 0.0
        return int(Decimal(repr(value))) if "e+" in repr(value) else value
    if isinstance(value, dict):
        return {name: _as_given_back(part) for name, part in value.items()}
    return list(map(_as_given_back, value)) if isinstance(value, list) else value


def as_kept(value: Any) -> Any:
    """A value as the database gives it back, in the types of JSON."""
    return json.loads(_encode(value))
