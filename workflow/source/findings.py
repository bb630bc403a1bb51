"""What is wrong with a file: where, which rule, and in two languages what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..language import in_language
from .positions import Position

Severity = Literal["error", "warning", "note"]
"""An error keeps a version from running; a warning is advice; a note only tells what is so."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing wrong with a file: where, which rule, and what, in Chinese and English."""

    at: Position
    code: str
    zh: str
    en: str
    severity: Severity = "error"

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    def text(self, lang: str = "en") -> str:
        return in_language(self, lang)

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
