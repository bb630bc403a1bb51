"""How wide texts are, and how they are broken into lines: without a font, on the wide side."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_NARROW = frozenset("iljI.,:;'|!()[] ft")
_BROAD = frozenset("mwMWQOGDNHUCA%@&")
_BREAKS = re.compile(r"[“‘（《「『〔]*(?:[^\s\u2e80-\uffff]+\s?|\s|.)")
"""Where a line may end: after a word, or after any Chinese sign that opens nothing."""
_NOT_FIRST = frozenset("，。；：、）》」』”’！？,.;:)")
"""Signs that no line begins with."""


@dataclass(frozen=True, slots=True)
class Font:
    """A size of letters, and the height of a line."""

    size: float
    line: float
    bold: bool = False

    def width(self, text: str) -> float:
        """How wide a text is at most."""
        return _ems(text) * self.size * (1.08 if self.bold else 1)


@lru_cache(maxsize=8192)
def _ems(text: str) -> float:
    """The width of a text in times its size; a Chinese sign is one."""
    return sum(map(_em, text))


def _em(sign: str) -> float:
    if unicodedata.east_asian_width(sign) in "WFA":
        return 1.0
    if sign in _NARROW:
        return 0.38
    return 0.88 if sign in _BROAD else 0.64


def broken(text: str, font: Font, most: float) -> list[str]:
    """A text in lines no wider than so much; a word that is wider is broken anywhere."""
    lines = [""]
    for piece in _pieces(text, font, most):
        wide = font.width((lines[-1] + piece).rstrip()) > most
        if wide and lines[-1] and piece[0] not in _NOT_FIRST:
            lines.append(piece.lstrip())
        else:
            lines[-1] += piece
    return [line.rstrip() for line in lines]


def _pieces(text: str, font: Font, most: float) -> list[str]:
    """What stays together: words, as long as they fit a line, and single signs."""
    found = []
    for piece in _BREAKS.findall(text):
        found += [piece] if font.width(piece) <= most else list(piece)
    return found
