"""The procedure as courts know it, as data: its nodes, acts, approvals, ways of closing and outside
systems, with the parts of definitions that have each (`definitions/law/reference.yaml`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..language import NO_WORDS, Words
from ..source.findings import Finding
from ..source.positions import Position
from ..source.yaml_reader import ReadingFailed, not_a_mapping, raw_bytes, read_bytes, start_of
from .cells import Cells
from .law import LawRefused

REFERENCE = "reference.yaml"
SECTIONS = {
    "nodes": Words("节点", "nodes"),
    "states": Words("阶段和状态", "states"),
    "transitions": Words("流转", "transitions"),
    "approvals": Words("审批权限", "approvals"),
    "modes": Words("结案方式", "closing modes"),
    "systems": Words("外部系统", "outside systems"),
}
"""The tables of the reference; `rows` beside them says why a row of the law is no deadline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One entry: what it is, which parts of definitions have it (`PROCEDURE.TABLE.NAME`), or why
    none does."""

    id: str
    words: Words
    found_in: tuple[str, ...]
    why_not: Words
    at: Position


@dataclass(frozen=True, slots=True)
class Reference:
    """The entries of each section, and why rows of the law are carried out by nothing."""

    sections: Mapping[str, tuple[Part, ...]]
    rows: Mapping[str, Words]

    @classmethod
    def from_folder(cls, folder: Path) -> Reference:
        """Read `reference.yaml` of a folder. Raises `LawRefused`."""
        path = folder / REFERENCE
        found: list[Finding] = []
        try:
            value, _ = read_bytes(raw_bytes(path), str(path))
        except ReadingFailed as failed:
            raise LawRefused(failed.findings) from None
        if not isinstance(value, dict):
            raise LawRefused([not_a_mapping(start_of(str(path)))])
        cells = Cells(value, start_of(str(path)), found)
        cells.only(("rows", *SECTIONS))
        sections = {name: tuple(_parts(cells, name)) for name in SECTIONS}
        rows = {id: _why_not(row) for id, row in cells.table("rows")}
        if found:
            raise LawRefused(found)
        return cls(sections, rows)


def _parts(cells: Cells, section: str) -> Iterator[Part]:
    for id, row in cells.table(section):
        row.only(("zh", "en", "in", "not"))
        words = Words(row.text("zh"), row.text("en"))
        why_not = next(map(_why_not, row.rows("not")), NO_WORDS)
        yield Part(id=id, words=words, found_in=row.texts("in"), why_not=why_not, at=row.at)


def _why_not(row: Cells) -> Words:
    row.only(("zh", "en"))
    return Words(row.text("zh"), row.text("en"))
