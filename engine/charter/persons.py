"""Who may be named as a person: an id in its one normal form, with roles that can be brought."""

from __future__ import annotations

import unicodedata

from ...workflow.language import Words
from ...workflow.model.definition import DERIVED_ROLES, RESERVED_ROLES
from ...workflow.source.characters import is_clean
from ..errors import BadActor
from ..model.event import DEPUTY_OFFICER, Actor

LONGEST_ID = 100
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of Unicode that do not show, or turn the direction of what does."""
_ENGINES_OWN = RESERVED_ROLES.keys() | DERIVED_ROLES.keys()


def fault_of(id: str) -> Words | None:
    """Why a text cannot be the id of a person; None when it can.

    Ids are compared by their characters alone: two spellings of one person would be two.
    """
    if not id or id.isspace():
        return Words("为空", "it is empty")
    if len(id) > LONGEST_ID:
        return Words(f"超过 {LONGEST_ID} 个字符", f"it has more than {LONGEST_ID} characters")
    if any(unicodedata.category(c) in _INVISIBLE for c in id):
        words = "it holds control or invisible characters"
        return Words("含控制字符或不可见字符", words)
    if id != id.strip():
        return Words("首尾有空格", "it begins or ends with a space")
    if id != unicodedata.normalize("NFKC", id):
        return Words("不是规范形式（NFKC）", "it is not in normal form (NFKC)")
    return None


def check_person(id: str) -> None:
    """Raises `BadActor` for what cannot be the id of a person."""
    fault = fault_of(id) if isinstance(id, str) else Words("不是文字", "it is no text")
    if fault is not None:
        raise BadActor(actor=ascii(id)[:LONGEST_ID], why_zh=fault.zh, why_en=fault.en)


def check_actor(actor: Actor) -> None:
    """Raises `BadActor` for an id out of form, or roles out of form or the engine's own."""
    check_person(actor.id)
    for role in actor.roles:
        fault = (
            _fault_of_role(role) if isinstance(role, str) else Words("不是文字", "it is no text")
        )
        if fault is not None:
            shown = ascii(role)[:LONGEST_ID]
            zh, en = f"角色 {shown}：{fault.zh}", f"the role {shown}: {fault.en}"
            raise BadActor(actor=actor.id, why_zh=zh, why_en=en)


def _fault_of_role(role: str) -> Words | None:
    """Why nobody can bring a role (`officer`, `officer@haidian`); None when somebody can."""
    if len(role) > LONGEST_ID or not is_clean(role):
        words = "it is too long, or holds control characters"
        return Words("过长或含控制字符", words)
    name, _, unit = role.partition("@")
    if name in _ENGINES_OWN or name.startswith(DEPUTY_OFFICER):
        return Words("由系统保留，不能自带", "it is the engine's own, and nobody brings it")
    if not name or "@" in unit:
        return Words("应写作 角色 或 角色@单位", "it is written ROLE or ROLE@UNIT")
    return None
