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
        return in_language(self, lang)


def with_article(words: Words, article: Words) -> Words:
    """Words with the article they rest on in brackets, as each language writes them."""
    if not article.zh:
        return words
    return Words(f"{words.zh}（{article.zh}）", f"{words.en} ({article.en})")


def in_language(words: InBothLanguages, lang: str) -> str:
    """The words of one language: Chinese where it is `zh`, else English."""
    return words.zh if lang == "zh" else words.en


NO_WORDS = Words("", "")
NONE = Words("无", "none")


def joined(words: Iterable[InBothLanguages]) -> Words:
    """Several names as one, as each language lists them."""
    zh, en = _apart(words)
    return Words("、".join(zh), ", ".join(en))


def in_a_row(words: Iterable[InBothLanguages], sign: str) -> Words:
    """Several words as one, with the same sign between them in both languages."""
    zh, en = _apart(words)
    return Words(sign.join(zh), sign.join(en))


def _apart(words: Iterable[InBothLanguages]) -> tuple[list[str], list[str]]:
    """The words of each language."""
    listed = tuple(words)
    return [word.zh for word in listed], [word.en for word in listed]


def did_you_mean(word: str, known: Iterable[str], otherwise: Words = NO_WORDS) -> Words:
    """A hint at the known word that is nearest to a mistaken one; `otherwise` where none is."""
    close = get_close_matches(word, list(known), 1)
    return is_it(close[0]) if close else otherwise


def is_it(meant: str) -> Words:
    """A hint at the word that was probably meant."""
    return Words(f"；是否指 {meant}？", f"; did you mean {meant}?")
