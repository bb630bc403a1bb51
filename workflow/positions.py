"""Where in a file something stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class SourceMap:
    """The place of one mapping in a file, and of each of its keys and values."""

    at: Position
    keys: dict[str, Position] = field(default_factory=dict)
    values: dict[str, Position] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing wrong with a file: where, which rule, and what, in Chinese and English."""

    at: Position
    code: str
    zh: str
    en: str
    severity: Severity = "error"

    def text(self, lang: str = "en") -> str:
        return self.zh if lang == "zh" else self.en

    def line(self, lang: str = "en") -> str:
        """`file:line:col: message [code]`."""
        return f"{self.at}: {self.text(lang)} [{self.code}]"

    def as_json(self) -> dict[str, object]:
        return {
            "file": self.at.file,
            "line": self.at.line,
            "column": self.at.column,
            "code": self.code,
            "severity": self.severity,
            "zh": self.zh,
            "en": self.en,
        }
