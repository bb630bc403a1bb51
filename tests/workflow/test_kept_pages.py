"""The printed page of procedures of the tests, word by word as it was read and found right.

`python -m tests.workflow.test_kept_pages` writes them anew; what it changed is then read again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from tests.conftest import DATA, LOAN
from tests.engine.test_constructs import INSTALMENT, SANCTION
from zhixing.workflow import Definition, Language, definition_from_text
from zhixing.workflow.loading import load_for_comparison
from zhixing.workflow.review.page.review_page import review_page

KEPT = DATA / "pages"
FILES = ("authority", "debtors", "late", "limits", "other_names", "served")
TEXTS = {"loan": LOAN, "sanction": SANCTION, "instalment": INSTALMENT}
LANGUAGES: tuple[Language, ...] = ("zh", "en")
EVERY = [(name, lang) for name in (*FILES, *TEXTS) for lang in LANGUAGES]
LINES = {"h1", "h2", "h3", "h4", "p", "li", "tr", "dt", "dd", "caption", "summary"}
CELLS = {"td", "th"}


class _Words(HTMLParser):
    """The words of a page: a line for each paragraph and row, `|` between cells."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._unread += tag in ("svg", "style")
        self.parts.append("\n" if tag in LINES else "")

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in ("svg", "style")
        self.parts.append("\n" if tag in LINES else " | " if tag in CELLS else "")

    def handle_data(self, data: str) -> None:
        self.parts.append("" if self._unread else data)


def words_of(page: str) -> str:
    parser = _Words()
    parser.feed(page)
    return "\n".join(_lines("".join(parser.parts))) + "\n"


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        shown = re.sub(r"\s+", " ", line).strip(" |")
        if shown:
            yield shown


def definition(name: str) -> Definition:
    if name in TEXTS:
        return definition_from_text(TEXTS[name])
    return load_for_comparison(DATA / f"{name}.yaml")


@pytest.mark.parametrize(("name", "lang"), EVERY)
def test_a_page_says_what_was_read(name: str, lang: Language) -> None:
    kept = (KEPT / f"{name}.{lang}.txt").read_text(encoding="utf-8")
    assert words_of(review_page(definition(name), lang)) == kept


if __name__ == "__main__":
    KEPT.mkdir(exist_ok=True)
    for name, lang in EVERY:
        text = words_of(review_page(definition(name), lang))
        (KEPT / f"{name}.{lang}.txt").write_text(text, encoding="utf-8")
