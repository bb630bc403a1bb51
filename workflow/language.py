"""Words for people in the two languages of the library."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Literal, NamedTuple

Language = Literal["zh", "en"]


class Words(NamedTuple):
    """The same words in Chinese and English."""

    zh: str
    en: str

    def text(self, lang: Language = "zh") -> str:
        return self.zh if lang == "zh" else self.en


NO_WORDS = Words("", "")


def joined(words: Iterable[Words]) -> Words:
    """Several names as one, as each language lists them."""
    listed = tuple(words)
    return Words("、".join(w.zh for w in listed), ", ".join(w.en for w in listed))


def did_you_mean(word: str, known: Iterable[str]) -> Words:
    """A hint at the known word that is nearest to a mistaken one; no words where none is near."""
    close = get_close_matches(word, list(known), 1)
    if not close:
        return NO_WORDS
    return Words(f"；是否指 {close[0]}？", f"; did you mean {close[0]}?")
