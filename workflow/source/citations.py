"""Citations of the law as people write them by hand: told where no table would know them again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .findings import Finding
from .mappings import entries, has_places, place_of_value

_INSTRUMENT, _ARTICLE = "instrument", "article"
_FULL_WIDTH = re.compile("[（）]")
_BY_HAND = re.compile("^第|[“”‘’《》]")


def odd_citations(value: Any) -> Iterator[Finding]:
    """Hints at the citations in values that were read: brackets, quotes, and `第…条` in them."""
    if has_places(value):
        if _INSTRUMENT in value:
            yield from _odd(value)
        for _, held in entries(value):
            yield from odd_citations(held)
    elif isinstance(value, list):
        for held in value:
            yield from odd_citations(held)


def _odd(basis: dict[str, Any]) -> Iterator[Finding]:
    instrument, article = str(basis[_INSTRUMENT]), str(basis.get(_ARTICLE, ""))
    if _FULL_WIDTH.search(instrument) or _BY_HAND.search(instrument):
        at = place_of_value(basis, _INSTRUMENT)
        zh = f"名称写作 民事诉讼法(2023修正)：不加书名号，括号用半角，得到 {instrument}"
        en = f"an instrument is written without quotes and with half-width brackets: {instrument}"
        yield Finding(at, "citation", zh, en, "warning")
    if _BY_HAND.search(article):
        at = place_of_value(basis, _ARTICLE)
        zh = f'条号只写数字，如 article: "253"，得到 {article}'
        en = f'an article is its number alone, such as article: "253": {article}'
        yield Finding(at, "citation", zh, en, "warning")
