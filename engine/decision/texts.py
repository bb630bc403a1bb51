"""Texts that come with an event, beside its data: nothing in them steers a terminal or hides, and
none is longer than a person writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...workflow.language import Words
from ...workflow.source.characters import is_clean
from ..errors import BadText
from ..model.command_json import command_as_json
from ..model.event import Event

LONGEST_NOTE = 20_000
LONGEST_REFERENCE = 500
LONGEST_NUMBER = 100
LONGEST_ID = 64
_TOO_LONG = "超过 {longest} 个字符", "longer than {longest} characters"
_UNCLEAN = Words(
    "不得含控制字符或改变文字方向的字符",
    "must not hold control characters, or such as turn a text",
)
_SHOWN = 40
_DEEPEST = 4
"""How deep the texts of a command lie; what is deeper is data, which its field types check."""


def check_text(what: str, text: Any, longest: int, *, has_lines: bool = False) -> None:
    """Raises `BadText` for what is no text, is too long, or holds what nobody sees."""
    fault = _fault(text, longest, has_lines)
    if fault is not None:
        shown = ascii(text)[:_SHOWN] if isinstance(text, str) else type(text).__name__
        raise BadText(what=what, value=shown, why_zh=fault.zh, why_en=fault.en)


def _fault(text: Any, longest: int, has_lines: bool) -> Words | None:
    if not isinstance(text, str):
        return Words("应为文字", "must be text")
    if len(text) > longest:
        return Words(*(words.format(longest=longest) for words in _TOO_LONG))
    return None if is_clean(text, has_lines=has_lines) else _UNCLEAN


def check_note(note: Any) -> None:
    """Raises `BadText` for a note that nobody should store."""
    check_text("note", note, LONGEST_NOTE, has_lines=True)


def check_event(event: Event) -> None:
    """The note of an event, its documents, and the texts of its command. Raises `BadText`."""
    if event.note:
        check_note(event.note)
    for kind, reference in event.documents.items():
        check_text(f"documents {ascii(kind)[:_SHOWN]}", reference, LONGEST_REFERENCE)
    if event.about:
        check_text("about", event.about, LONGEST_ID)
    if event.command is not None:
        for text in _texts_in(command_as_json(event.command), _DEEPEST):
            check_text("command", text, LONGEST_NOTE, has_lines=True)


def _texts_in(value: Any, depth: int) -> Iterator[str]:
    """The texts of a plain value, and of what it holds."""
    if isinstance(value, str):
        yield value
        return
    held = value.values() if isinstance(value, Mapping) else value
    if depth and isinstance(value, Mapping | list | tuple):
        for part in held:
            yield from _texts_in(part, depth - 1)
