"""Texts of a file that hold what nobody sees, or are longer than anybody reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .characters import is_clean
from .findings import Finding
from .mappings import entries, has_places, place_of_key
from .positions import Position
from .yaml_reader import start_of

LONGEST = 20_000


def unclean_texts(value: Any, near: Position | None = None) -> Iterator[Finding]:
    """What is wrong with the characters of the keys and texts of values that were read."""
    near = near or start_of("<text>")
    if isinstance(value, str):
        yield from _fault(value, getattr(value, "at", near))
    elif has_places(value):
        for key, held in entries(value):
            place = place_of_key(value, key)
            yield from _fault(key, place)
            yield from unclean_texts(held, place)
    elif isinstance(value, list):
        for held in value:
            yield from unclean_texts(held, near)


def _fault(text: str, at: Position) -> Iterator[Finding]:
    if len(text) > LONGEST:
        zh = f"文字超过 {LONGEST} 个字符"
        yield Finding(at, "unclean-text", zh, f"the text is longer than {LONGEST} characters")
    elif not is_clean(text, has_lines=True):
        zh = "文字含控制字符或改变文字方向的字符"
        en = "the text holds control characters, or such as turn a text"
        yield Finding(at, "unclean-text", zh, en)
