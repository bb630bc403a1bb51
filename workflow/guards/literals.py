"""Literals in a guard that no evaluation takes: a regular expression, a time, a length, a number,
a zone that cannot be read, a division by nothing. They compile, and would fail at every case."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

_TEXT = r"""(?P<text>[rR]?(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'))"""
_QUOTED = re.compile(_TEXT)
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(rf"\b(?P<name>timestamp|date|duration|int|uint|double|bool)\(\s*{_TEXT}\s*\)"),
        "{name}({text}) == {name}({text})",
    ),
    (re.compile(rf"\bmatches\(\s*(?:[^()\"',]*,\s*)?{_TEXT}\s*\)"), '"".matches({text})'),
    (
        re.compile(rf"\.(?P<name>get[A-Z][A-Za-z]*)\(\s*{_TEXT}\s*\)"),
        'timestamp("2000-01-01T00:00:00Z").{name}({text}) >= 0',
    ),
    (re.compile(r"(?P<text>[/%]\s*0)(?![.0-9xXeE])"), "1 {text} == 0"),
)
"""What a literal looks like, and a condition that takes nothing else of the guard."""


class BadLiteral(NamedTuple):
    """A literal that cannot be evaluated: its place (from 0), and what is wrong with it."""

    place: int
    why: str


def bad_literals(text: str, fails: Callable[[str], str | None]) -> Iterator[BadLiteral]:
    """Those of a guard; `fails` evaluates a condition without variables, and says why it fails."""
    quoted = [found.span() for found in _QUOTED.finditer(text)]
    for form, condition in _FORMS:
        for found in form.finditer(text):
            is_quoted = any(start < found.start() < end for start, end in quoted)
            why = None if is_quoted else fails(condition.format(**found.groupdict()))
            if why is not None:
                yield BadLiteral(found.start("text"), why)
