"""Acts that conditions ask about: `did("served")` says whether it has happened in the case.

It is read as the variable `did.served`, padded so that columns stay true.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from ..errors import GuardError, UnknownAct
from ..language import did_you_mean

DID = "did."
"""How the variable of an act begins."""

_DID = re.compile(r"""(?<![\w.])did\(\s*(?P<quote>["'])(?P<act>[^"']*)(?P=quote)\s*\)""")
_WORD = re.compile(r"(?<![\w.])did\b")
_TEXT = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'')


def did(act: str) -> str:
    """The condition that an act has happened."""
    return f'did("{act}")'


def acts_in(text: str) -> list[str]:
    """The acts that a condition asks about."""
    return [found["act"] for found in _DID.finditer(text)]


def with_acts(text: str, known: Collection[str]) -> str:
    """A condition with the variables of the acts that it asks about. Raises `GuardError`."""
    without_texts = _TEXT.sub(lambda found: " " * len(found[0]), text)
    for word in _WORD.finditer(without_texts):
        found = _asked(text, word.start(), known)
        variable = f"{DID}{found['act']}".ljust(len(found[0]))
        text = text[: found.start()] + variable + text[found.end() :]
    return text


def _asked(text: str, start: int, known: Collection[str]) -> re.Match[str]:
    """The question that begins somewhere. Raises `GuardError` where it names no act there is."""
    found = _DID.match(text, start)
    if found is None:
        zh, en = '应写为 did("动作")', 'write did("ACT"), the act in quotes'
        raise GuardError(why_zh=zh, why_en=en, **line_and_column(text, start))
    act = found["act"]
    if act not in known:
        hint = did_you_mean(act, known)
        zh, en = f"没有动作 {act}{hint.zh}", f"there is no act {act}{hint.en}"
        raise UnknownAct(why_zh=zh, why_en=en, **line_and_column(text, found.start("act")))
    return found


def line_and_column(text: str, offset: int) -> dict[str, int]:
    """Where an error of an expression stands, by its offset."""
    before = text[:offset]
    return {"line": before.count("\n") + 1, "column": offset - before.rfind("\n")}
