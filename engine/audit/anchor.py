"""An anchor: the heads of all cases in one snapshot, and one root over them.

A root that somebody else keeps proves later that no history was cut short or written anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeGuard

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, collate, select, tuple_

from ..errors import AnchorRefused
from ..storage.schema import cases, history
from .findings import AuditFinding, Tally

FORMAT = "zhixing-anchor-1"
_BATCH = 500
_BYTEWISE = {"postgresql": "C", "sqlite": "BINARY"}
Head = tuple[str, str, int, str]
"""A court, a case, its version, and the hash of its last entry."""


class Anchor(BaseModel):
    """The state of all histories at a moment: `root` is the SHA-256 over the heads of its cases.

    `court` is the one it is of, or empty; `heads` are in it where that was asked. Cases whose head
    cannot be read are named in `left_out`, and are in neither.
    """

    model_config = ConfigDict(frozen=True)

    format: str = FORMAT
    at: datetime
    court: str
    cases: int
    root: str
    heads: tuple[Head, ...] | None = None
    left_out: tuple[str, ...] = ()


def anchored(connection: Connection, at: datetime, court: str, with_heads: bool) -> Anchor:
    """The anchor of what a transaction sees, which must be a snapshot."""
    kept: list[Head] = []
    left_out: list[str] = []
    root = _Root()
    for row in _heads(connection, court):
        if not _is_head(row):
            left_out.append(str(row[1]))
            continue
        root.add(row)
        if with_heads:
            kept.append(row)
    return Anchor(
        at=at,
        court=court,
        cases=root.count,
        root=root.hex,
        heads=tuple(kept) if with_heads else None,
        left_out=tuple(left_out),
    )


def _is_head(row: tuple[Any, ...]) -> TypeGuard[Head]:
    """Whether what stands in a case's row can be its head."""
    return list(map(type, row)) == [str, str, int, str]


def _heads(connection: Connection, court: str) -> Iterator[tuple[Any, ...]]:
    """What each case's row says of its head, in the order of the bytes of court and id."""
    order = _BYTEWISE[connection.dialect.name]
    c = cases.c
    query = select(c.court, c.id, c.version, c.head)
    query = query.order_by(collate(c.court, order), collate(c.id, order))
    if court:
        query = query.where(c.court == court)
    for row in connection.execution_options(yield_per=_BATCH).execute(query):
        yield tuple(row)


class _Root:
    """A digest over heads, fed one by one."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256(f"{FORMAT}\n".encode())
        self.count = 0

    def add(self, head: Sequence[object]) -> None:
        self._digest.update(f"{json.dumps(list(head), separators=(',', ':'))}\n".encode())
        self.count += 1

    @property
    def hex(self) -> str:
        return self._digest.hexdigest()


def root_of(heads: Iterable[Head]) -> tuple[int, str]:
    """How many heads there are, and their root."""
    root = _Root()
    for head in heads:
        root.add(head)
    return root.count, root.hex


def read_anchor(text: str) -> Anchor:
    """An anchor from its JSON. Raises `AnchorRefused`."""
    try:
        anchor = Anchor.model_validate_json(text)
    except ValueError as error:
        why = str(error).splitlines()[0]
        raise AnchorRefused(why_zh=f"不是锚定文件（{why}）", why_en=f"no anchor ({why})") from None
    if anchor.format != FORMAT:
        raise AnchorRefused(why_zh=f"格式 {anchor.format}", why_en=f"format {anchor.format}")
    if anchor.heads is None:
        raise AnchorRefused(
            why_zh="文件中没有各案链头（请用 --heads 生成）",
            why_en="it holds no heads (make one with --heads)",
        )
    return anchor


def prove_anchor(connection: Connection, anchor: Anchor, tally: Tally) -> None:
    """Hold histories to an anchor: each head must still be there, at its place."""
    heads = anchor.heads or ()
    if root_of(heads) != (anchor.cases, anchor.root):
        tally.add(AuditFinding(code="anchor-changed"))
    for start in range(0, len(heads), _BATCH):
        batch = heads[start : start + _BATCH]
        there = _hashes_at(connection, batch)
        for court, case_id, version, head in batch:
            if there.get((court, case_id, version)) != head:
                finding = AuditFinding(
                    code="anchored-missing", court=court, case_id=case_id, seq=version
                )
                tally.add(finding)


def _hashes_at(connection: Connection, heads: Sequence[Head]) -> dict[tuple[str, str, int], str]:
    """The hashes of entries by where they stand."""
    h = history.c
    keys = [head[:3] for head in heads]
    query = select(h.court, h.case_id, h.seq, h.hash).where(
        tuple_(h.court, h.case_id, h.seq).in_(keys)
    )
    return {(row[0], row[1], row[2]): row[3] for row in connection.execute(query)}
