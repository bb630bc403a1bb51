"""A condition in words: one sentence, or several of which all or any must hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ..language import Words

_SIGNS = {"all": Words("，且", " and "), "any": Words("，或者", " or ")}


@dataclass(frozen=True, slots=True)
class Said:
    """What a condition says: of several `parts`, `all` or `any` must hold; else `words` say it.

    `is_long` words hold several sentences, which belong together.
    """

    words: Words
    parts: tuple[Said, ...] = ()
    how: Literal["", "all", "any"] = ""
    is_long: bool = False

    def text(self) -> Words:
        """In one sentence: a group within another stands in brackets."""
        if not self.parts:
            return self.words
        sign, inner = _SIGNS[self.how], [part.bracketed() for part in self.parts]
        zh, en = sign.zh.join(w.zh for w in inner), sign.en.join(w.en for w in inner)
        return Words(zh, en)

    def bracketed(self) -> Words:
        """As `text`; in brackets where it is more than one sentence: nobody reads it otherwise."""
        return in_brackets(self.text()) if self.parts or self.is_long else self.words


def sentence(zh: str, en: str) -> Said:
    """A condition that is one sentence."""
    return Said(Words(zh, en))


def group(how: Literal["all", "any"], parts: Sequence[Said]) -> Said:
    """Several conditions; those of a part that is a group of the same kind beside the others."""
    flat: list[Said] = []
    for part in parts:
        flat += part.parts if part.how == how else [part]
    return Said(Words("", ""), tuple(flat), how)


def in_brackets(words: Words) -> Words:
    """Words in brackets."""
    return Words(f"（{words.zh}）", f"({words.en})")


def filled(pattern: Words, *words: Words) -> Words:
    """A pattern of each language with words of that language in the places of its `{}`."""
    zh, en = (word.zh for word in words), (word.en for word in words)
    return Words(pattern.zh.format(*zh), pattern.en.format(*en))


def counted(number: str, unit: Words) -> Words:
    """A number of units: `1 year`, `2 years`; the English word is given for one."""
    plural = "" if number == "1" else "s"
    return Words(f"{number}{unit.zh}", f"{number} {unit.en}{plural}")
