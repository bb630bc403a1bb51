"""Signs that a Chinese keyboard writes where YAML and conditions need the half-width ones."""

from __future__ import annotations

import re

from ..language import NO_WORDS, Words

_MEANT = {
    "：": ":",
    "，": ",",
    "、": ",",
    "；": ";",
    "。": ".",
    "｛": "{",
    "｝": "}",
    "［": "[",
    "］": "]",
    "【": "[",
    "】": "]",
    "（": "(",
    "）": ")",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "＝": "=",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "＜": "<",
    "＞": ">",
    "！": "!",
    "＆": "&",
    "｜": "|",
    "－": "-",
    "×": "*",
    "÷": "/",
    **dict(zip("０１２３４５６７８９", "0123456789", strict=True)),
}
_ANY = re.compile("[" + "".join(map(re.escape, _MEANT)) + "]")


def sign_words(sign: str) -> Words:
    """That a sign should be the half-width one that is meant."""
    meant = _MEANT.get(sign, sign)
    return Words(f"全角 {sign} 应为半角 {meant}", f"the full-width {sign} must be {meant}")


def sign_hint(text: str) -> Words:
    """A hint at the first sign of a text that should be another; none where all are right."""
    found = _ANY.search(text)
    if found is None:
        return NO_WORDS
    words = sign_words(found[0])
    return Words(f"；{words.zh}", f"; {words.en}")
