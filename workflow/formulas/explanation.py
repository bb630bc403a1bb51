"""The steps of a computed result, told one by one in both languages."""

from __future__ import annotations

from dataclasses import dataclass

from ..language import NO_WORDS, Words, in_language, with_article


@dataclass(frozen=True, slots=True)
class FormulaStep:
    """One step of a computation: what was done, and the article relied on."""

    zh: str
    en: str
    article_zh: str = ""
    article_en: str = ""

    def text(self, lang: str = "en") -> str:
        """The step with its article in brackets, as each language writes them."""
        article = Words(self.article_zh, self.article_en)
        return in_language(with_article(Words(self.zh, self.en), article), lang)

    def as_json(self) -> dict[str, str]:
        """The step as plain data."""
        return {
            "zh": self.zh,
            "en": self.en,
            "article_zh": self.article_zh,
            "article_en": self.article_en,
        }


Steps = tuple[FormulaStep, ...]


def step(zh: str, en: str, article: Words = NO_WORDS) -> FormulaStep:
    """A step from its words and its article."""
    return FormulaStep(zh, en, *article)


def convention(zh: str, en: str) -> FormulaStep:
    """A choice that the law leaves open, named so that nobody takes it for the law."""
    return FormulaStep(f"约定算法：{zh}", f"convention: {en}")
