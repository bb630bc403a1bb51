"""What may be the id of a person, a role and a unit: by their characters alone."""

from __future__ import annotations

import pytest

from zhixing.engine import Actor
from zhixing.engine.charter.persons import LONGEST_ID, check_actor, check_person, fault_of
from zhixing.engine.errors import BadActor


@pytest.mark.parametrize("id", ["li", "officer.li", "李伟", "x" * LONGEST_ID, "a b"])
def test_an_id_in_normal_form_is_one(id: str) -> None:
    assert fault_of(id) is None
    check_person(id)


@pytest.mark.parametrize(
    ("id", "said"),
    [
        ("", "为空"),
        ("  ", "为空"),
        ("x" * (LONGEST_ID + 1), "超过"),
        ("li\u200b", "不可见"),
        ("li\n", "控制"),
        ("ｌｉ", "规范"),
        (7, "不是文字"),
        (None, "不是文字"),
    ],
)
def test_any_other_is_refused_and_told_why(id: str, said: str) -> None:
    fault = fault_of(id)
    assert fault is not None and said in fault.zh and fault.en
    with pytest.raises(BadActor):
        check_person(id)


@pytest.mark.parametrize("role", ["clock", "procedure", "outside", ""])
def test_nobody_is_of_a_role_that_is_the_engines_or_out_of_form(role: str) -> None:
    check_actor(Actor.of("li", "officer"))
    with pytest.raises(BadActor):
        check_actor(Actor.of("li", "officer", role))
