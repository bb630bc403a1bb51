"""One case held to its entries: the chain, its head, and the rows that its entries answer for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from ..storage.chain import (
    ALGORITHMS,
    COVERED,
    entry_hash,
    is_keyed,
    is_known,
    plain_algorithm,
    row_digest,
)
from .findings import AuditFinding

Row = Mapping[Any, Any]
Rows = Mapping[str, Row]
"""Rows of covered tables by what entries call them: `deadline:ID`."""


class CaseProof:
    """The entries of one case, taken in order; then its rows.

    `key` is that of the HMAC, `definitions` the hashes of the texts that are stored.
    """

    def __init__(self, case: Row, key: bytes | None, definitions: Collection[str]) -> None:
        self._case, self._key, self._definitions = case, key, definitions
        self._next = 1
        self._before: tuple[str, ...] | None = ("",)  # None: what came before is missing
        self._old: list[Row] = []
        self._was_keyed = False
        self._last_hash = ""
        self._digests: dict[str, str] = {}
        self._algorithm = ""

    @property
    def is_unproven(self) -> bool:
        """Whether no entry is chained: the case is older than chains, and nobody sealed it."""
        return not self._algorithm

    def entries(self, rows: Iterable[Row]) -> Iterator[AuditFinding]:
        """What is wrong with the entries of the case, which come in order."""
        for row in rows:
            yield from self._entry(row)
        is_whole = self._next > self._case["version"]
        yield from self._missing_until(self._case["version"] + 1)
        if is_whole and self._case["head"] != self._last_hash:
            yield self._finding("head-changed")

    def _entry(self, row: Row) -> Iterator[AuditFinding]:
        seq = row["seq"]
        if not 1 <= seq <= self._case["version"]:
            yield self._finding("entry-inserted", seq)
            return
        yield from self._missing_until(seq)
        self._next = seq + 1
        hash = row["definition_hash"]
        if hash and hash not in self._definitions:
            yield self._finding("definition-missing", seq, row=hash)
        if not any((row["algorithm"], row["rules"], self._algorithm)):
            self._old.append(row)  # from before chains: the first chained one seals it
        else:
            yield from self._chained(row)
        self._last_hash = row["hash"]

    def _missing_until(self, seq: int) -> Iterator[AuditFinding]:
        for missing in range(self._next, seq):
            self._before = None
            yield self._finding("entry-missing", missing)
        self._next = max(self._next, seq)

    def _chained(self, row: Row) -> Iterator[AuditFinding]:
        name, seq = row["algorithm"], row["seq"]
        if not name or not is_known(plain_algorithm(name)):
            yield self._finding("algorithm-unknown" if name else "entry-changed", seq, what=name)
            self._before = None
            return
        if self._lacks_key(name):
            yield self._finding("key-missing", seq)
        elif self._was_keyed and not is_keyed(name):
            yield self._finding("chain-weakened", seq)
        yield from self._sealed(row)
        self._was_keyed |= is_keyed(name)
        self._algorithm = name
        yield from self._linked(row)
        if isinstance(row["rows"], dict):
            self._digests |= row["rows"]

    def _linked(self, row: Row) -> Iterator[AuditFinding]:
        """Whether the entry follows the one before: as that says, or as that should say."""
        name, kept = row["algorithm"], row["hash"]
        if self._before is None or self._lacks_key(name):
            self._before = (kept,)
            return
        hashes = [entry_hash(name, self._key, row, before) for before in self._before]
        if kept not in hashes:
            yield self._finding("entry-changed", row["seq"])
        self._before = (kept, *hashes)

    def _lacks_key(self, name: str) -> bool:
        """Whether an algorithm needs the key, and it was not given."""
        return is_keyed(name) and self._key is None

    def _sealed(self, row: Row) -> Iterator[AuditFinding]:
        """Hold the entries before the first chained one to the digest that this one keeps."""
        if not self._old:
            return
        digest = ""
        if not self._lacks_key(row["algorithm"]):
            for old in self._old:
                digest = entry_hash(row["algorithm"], self._key, old, digest)
            sealed = row["given"].get("sealed") or {}
            if sealed != {"entries": len(self._old), "digest": digest}:
                yield self._finding("sealed-changed", what=str(len(self._old)))
                digest = sealed.get("digest", "")
        self._before, self._old = (digest,), []

    def rows(self, found: Rows) -> Iterator[AuditFinding]:
        """What is wrong with the rows that the entries answer for."""
        if self.is_unproven:
            return
        algorithm = plain_algorithm(self._algorithm)
        for name, digest in self._digests.items():
            row = found.get(name)
            if row is None:
                yield self._of_row("row-missing", name)
            elif not _is_right(algorithm, name, row, digest):
                yield self._of_row("row-changed", name)
        for name in found.keys() - self._digests.keys():
            yield self._of_row("row-inserted", name)

    def _of_row(self, code: str, name: str) -> AuditFinding:
        kind, _, id = name.partition(":")
        return self._finding(code, table=COVERED[kind].name, row=id or self._case["id"])

    def _finding(self, code: str, seq: int | None = None, **more: str) -> AuditFinding:
        return AuditFinding(
            code=code, court=self._case["court"], case_id=self._case["id"], seq=seq, **more
        )


def _is_right(algorithm: str, name: str, row: Row, digest: str) -> bool:
    """Whether a row has the digest that was kept, by any algorithm that the chain may have had."""
    kind = name.partition(":")[0]
    known = dict.fromkeys((algorithm, *filter(is_known, ALGORITHMS)))
    return digest in (row_digest(name, kind, row) for name in known)
