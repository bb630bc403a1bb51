"""A law: a whole set of tables, read once, asked by day; its text names it by its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..errors import ZhixingError
from ..language import Words
from ..source.findings import Finding
from ..source.yaml_reader import MAX_BYTES, ReadingFailed, raw_bytes, start_of
from .rows import (
    CoerciveMeasure,
    Demands,
    Fee,
    Row,
    Statute,
    StatutoryApproval,
    StatutoryChecklist,
    StatutoryPower,
)
from .tables import ABOUT, FILES, Table, Tables, read_tables

_SHIPPED = "definitions/law"
_SHOWN_OF_HASH = 12


class LawRefused(ZhixingError):
    """The tables of a law have errors; `findings` lists them all."""

    code = "law-tables"
    zh = "法律表有 {count} 处错误：\n{lines_zh}"
    en = "the tables of law have {count} error(s):\n{lines_en}"

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__(
            count=len(findings),
            lines_zh="\n".join(finding.line("zh") for finding in findings),
            lines_en="\n".join(finding.line("en") for finding in findings),
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.findings,)


class Law:
    """A set of tables of law. Two with the same content are the same law.

    Each question is asked by day: `law.statutes(day)` gives the rows in force on it, by id.
    """

    def __init__(self, texts: Mapping[str, str], tables: Tables, place: str) -> None:
        self._texts, self._tables, self.place = dict(texts), tables, place
        self.hash = hashlib.sha256(self.to_text().encode()).hexdigest()

    @classmethod
    def from_folder(cls, path: str | Path) -> Law:
        """Read a folder such as `definitions/law`. Raises `LawRefused`."""
        return cls._read(Path(path), str(path))

    @classmethod
    def _read(cls, folder: Traversable, place: str) -> Law:
        texts, found = _texts_in(folder, place)
        return cls._accepted(texts, found, place)

    @classmethod
    def from_text(cls, text: str, name: str = "<law>") -> Law:
        """Read what `to_text` gave; whoever kept it compares the `hash`. Raises `LawRefused`."""
        texts, found = _texts_of(text, name)
        return cls._accepted(texts, found, name)

    @classmethod
    def _accepted(cls, texts: Mapping[str, str], found: list[Finding], place: str) -> Law:
        tables, findings = _tables(texts, found, place)
        if findings:
            raise LawRefused(findings)
        return cls(texts, tables, place)

    def to_text(self) -> str:
        """Every table in one text, the same for the same tables."""
        return json.dumps(self._texts, ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Law) and other.hash == self.hash

    def __hash__(self) -> int:
        return hash(self.hash)

    @property
    def name(self) -> str:
        """Whose law it is: `cn`."""
        return self._tables.name

    @property
    def version(self) -> str:
        """The version of the tables."""
        return self._tables.version

    @property
    def title(self) -> Words:
        """What it is called."""
        return self._tables.title

    @property
    def ranks(self) -> tuple[str, ...]:
        """The offices that stand above one another, from below."""
        return self._tables.ranks

    def words(self) -> Words:
        """Where the tables are, which law they are, which version, and how its hash begins."""
        short = f"{self.hash[:_SHOWN_OF_HASH]}…"
        zh = f"{self.place} {self.name} 版本 {self.version}（{short}）"
        return Words(zh, f"{self.place} {self.name} version {self.version} ({short})")

    def as_json(self) -> dict[str, str]:
        """Name, version and hash as plain data."""
        return {"name": self.name, "version": self.version, "hash": self.hash}

    # -- the rows in force on a day

    def statutes(self, day: date) -> Mapping[str, Statute]:
        """The time limits in force on a day."""
        return _rows_on(self, "statutes", day)

    def acts(self, day: date) -> Mapping[str, StatutoryApproval]:
        """The acts that only some offices may approve on a day."""
        return _rows_on(self, "acts", day)

    def checklists(self, day: date) -> Mapping[str, StatutoryChecklist]:
        """What must be complete on a day; `.on(day)` gives the items."""
        return _rows_on(self, "checklists", day)

    def demands(self, day: date) -> Mapping[str, Demands]:
        """What the law demands of procedures on a day, by their ids."""
        return _rows_on(self, "demands", day)

    def fees(self, day: date) -> Mapping[str, Fee]:
        """The tariffs in force on a day."""
        return _rows_on(self, "fees", day)

    def powers(self, day: date) -> Mapping[str, tuple[StatutoryPower, ...]]:
        """What the law asks on a day of each power, by the power's name."""
        found: dict[str, tuple[StatutoryPower, ...]] = {}
        for row in _rows_on(self, "powers", day).values():
            found[row.power] = (*found.get(row.power, ()), row)
        return found

    def sanctions(self, day: date) -> Mapping[str, CoerciveMeasure]:
        """The coercive measures against debtors on a day."""
        return _rows_on(self, "sanctions", day)

    # -- the rows of every day

    def all_statutes(self) -> Table[Statute]:
        """Every row of each time limit, in the order of their days."""
        return self._tables.statutes

    def all_acts(self) -> Table[StatutoryApproval]:
        """Every row of each act, in the order of their days."""
        return self._tables.acts

    def all_checklists(self) -> Table[StatutoryChecklist]:
        """Every row of each checklist, in the order of their days."""
        return self._tables.checklists

    def all_sanctions(self) -> Table[CoerciveMeasure]:
        """Every row of each coercive measure, in the order of their days."""
        return self._tables.sanctions

    def rows(self) -> Iterator[tuple[str, Row]]:
        """Every row of every table, with the name of its table."""
        for name in ("statutes", "acts", "checklists", "demands", "fees", "powers", "sanctions"):
            for rows in getattr(self._tables, name).values():
                yield from ((name, row) for row in rows)


@lru_cache(maxsize=128)
def _rows_on(law: Law, table: str, day: date) -> Mapping[str, Any]:
    """The rows of a table that are in force on a day, to be read only."""
    rows = chain.from_iterable(getattr(law._tables, table).values())
    return MappingProxyType({row.id: row for row in rows if row.validity.holds_on(day)})


@cache
def shipped_law() -> Law:
    """The law in `definitions/law`."""
    return Law._read(files("zhixing.definitions").joinpath("law"), _SHIPPED)


def findings_of(path: str | Path) -> list[Finding]:
    """Everything that is wrong with the tables in a folder. Never raises on their content."""
    texts, found = _texts_in(Path(path), str(path))
    _, findings = _tables(texts, found, str(path))
    return findings


def _tables(
    texts: Mapping[str, str], found: list[Finding], place: str
) -> tuple[Tables, list[Finding]]:
    """The tables from their texts; what was wrong with the texts comes first."""
    tables, findings = read_tables(texts, place)
    return tables, sorted(found) or findings


# -- the texts of the tables


def _texts_in(folder: Traversable, place: str) -> tuple[dict[str, str], list[Finding]]:
    """The texts of a folder's tables, by the names of their files."""
    texts: dict[str, str] = {}
    found: list[Finding] = []
    for name in FILES:
        file, at = folder.joinpath(name), start_of(f"{place}/{name}")
        if name != ABOUT and not file.is_file():
            continue
        try:
            raw = raw_bytes(file) if isinstance(file, Path) else file.read_bytes()
            texts[name] = raw.decode("utf-8-sig").replace("\r\n", "\n")
        except ReadingFailed as failed:
            found += failed.findings
        except UnicodeDecodeError:
            zh, en = "文件不是 UTF-8 编码", "the file is not UTF-8"
            found.append(Finding(at, "encoding", zh, en))
    return texts, found + list(_too_large(texts, place))


def _too_large(texts: Mapping[str, str], place: str) -> Iterator[Finding]:
    """Tables are not larger than any other file may be."""
    for name, text in texts.items():
        if len(text.encode()) > MAX_BYTES:
            at = start_of(f"{place}/{name}")
            zh = f"文件超过 {MAX_BYTES} 字节"
            yield Finding(at, "file-size", zh, f"the file is larger than {MAX_BYTES} bytes")


def _texts_of(text: str, name: str) -> tuple[dict[str, str], list[Finding]]:
    """The texts that `Law.to_text` put together."""
    try:
        texts = json.loads(text)
        json.dumps(texts, ensure_ascii=False).encode()  # no half of a character
    except (ValueError, RecursionError):
        texts = None
    if isinstance(texts, dict) and all(isinstance(value, str) for value in texts.values()):
        return texts, []
    zh, en = "不是法律表的合并文本", "not the text of a law's tables"
    return {}, [Finding(start_of(name), "shape", zh, en)]
