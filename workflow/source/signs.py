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


def half_width(sign: str) -> str:
    """The sign that is meant by another; itself where it is meant."""
    return _MEANT.get(sign, sign)


def sign_hint(text: str) -> Words:
    """A hint at the first sign of a text that should be another; none where all are right."""
    found = _ANY.search(text)
    if found is None:
        return NO_WORDS
    written, meant = found[0], half_width(found[0])
    return Words(
        f"；全角“{written}”应为半角“{meant}”", f"; the full-width {written} must be {meant}"
    )
