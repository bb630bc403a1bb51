"""Who may be named as a person: an id in its one normal form, with roles that can be brought."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

from ...workflow.language import Words
from ...workflow.model.definition import DERIVED_ROLES, RESERVED_ROLES
from ...workflow.source.characters import is_clean
from ..errors import BadActor
from ..model.event import DEPUTY_OFFICER, Actor

_Faults = Sequence[tuple[Words, Callable[[str], bool]]]

LONGEST_ID = 100
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of Unicode that do not show, or turn the direction of what does."""
_ENGINES_OWN = RESERVED_ROLES.keys() | DERIVED_ROLES.keys()


def fault_of(id: str) -> Words | None:
    """Why a text cannot be the id of a person; None when it can.

    Ids are compared by their characters alone: two spellings of one person would be two.
    """
    return _first_fault(_OF_AN_ID, id)


def _first_fault(faults: _Faults, text: str) -> Words | None:
    """The words of the first fault that a text has; also what a host gave may be no text."""
    if not isinstance(text, str):
        return Words("不是文字", "it is no text")
    return next((words for words, has_it in faults if has_it(text)), None)


_OF_AN_ID: _Faults = (
    (Words("为空", "it is empty"), lambda id: not id.strip()),
    (
        Words(f"超过 {LONGEST_ID} 个字符", f"it has more than {LONGEST_ID} characters"),
        lambda id: len(id) > LONGEST_ID,
    ),
    (
        Words("含控制字符或不可见字符", "it holds control or invisible characters"),
        lambda id: not _INVISIBLE.isdisjoint(map(unicodedata.category, id)),
    ),
    (Words("首尾有空格", "it begins or ends with a space"), lambda id: id != id.strip()),
    (
        Words("不是规范形式（NFKC）", "it is not in normal form (NFKC)"),
        lambda id: id != unicodedata.normalize("NFKC", id),
    ),
)


def check_person(id: str) -> None:
    """Raises `BadActor` for what cannot be the id of a person."""
    fault = fault_of(id)
    if fault is not None:
        raise BadActor(actor=ascii(id)[:LONGEST_ID], why_zh=fault.zh, why_en=fault.en)


def check_actor(actor: Actor) -> None:
    """Raises `BadActor` for an id out of form, or roles out of form or the engine's own."""
    check_person(actor.id)
    for role in actor.roles:
        fault = _first_fault(_OF_A_ROLE, role)
        if fault is not None:
            shown = ascii(role)[:LONGEST_ID]
            zh, en = f"角色 {shown}：{fault.zh}", f"the role {shown}: {fault.en}"
            raise BadActor(actor=actor.id, why_zh=zh, why_en=en)


def _is_the_engines_own(role: str) -> bool:
    name = role.partition("@")[0]
    return name in _ENGINES_OWN or name.startswith(DEPUTY_OFFICER)


_OF_A_ROLE: _Faults = (
    (
        Words("过长或含控制字符", "it is too long, or holds control characters"),
        lambda role: len(role) > LONGEST_ID or not is_clean(role),
    ),
    (
        Words("由系统保留，不能自带", "it is the engine's own, and nobody brings it"),
        _is_the_engines_own,
    ),
    (
        Words("应写作 角色 或 角色@单位", "it is written ROLE or ROLE@UNIT"),
        lambda role: role.startswith("@") or role.count("@") > 1 or not role,
    ),
)
"""Why nobody can bring a role (`officer`, `officer@haidian`)."""
