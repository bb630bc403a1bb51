"""Words for people in the two languages of the library."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Literal, NamedTuple, Protocol

Language = Literal["zh", "en"]


class InBothLanguages(Protocol):
    """Whatever has words in Chinese and English."""

    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


class Words(NamedTuple):
    """The same words in Chinese and English."""

    zh: str
    en: str

    def text(self, lang: Language = "zh") -> str:
        return self.zh if lang == "zh" else self.en


NO_WORDS = Words("", "")
NONE = Words("无", "none")


def joined(words: Iterable[InBothLanguages]) -> Words:
    """Several names as one, as each language lists them."""
    listed = tuple(words)
    return Words("、".join(w.zh for w in listed), ", ".join(w.en for w in listed))


def listed_in(lang: Language, texts: Iterable[str]) -> str:
    """Texts of one language, as it lists them."""
    sign = Words("、", ", ").text(lang)
    return sign.join(texts)


def did_you_mean(word: str, known: Iterable[str]) -> Words:
    """A hint at the known word that is nearest to a mistaken one; no words where none is near."""
    close = get_close_matches(word, list(known), 1)
    return is_it(close[0]) if close else NO_WORDS


def is_it(meant: str) -> Words:
    """A hint at the word that was probably meant."""
    return Words(f"；是否指 {meant}？", f"; did you mean {meant}?")
