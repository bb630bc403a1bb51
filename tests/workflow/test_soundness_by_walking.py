"""What the proof says of a definition is so of the real engine, over small definitions drawn by
chance: where it finds nothing every case can end, and where it says that a case waits for ever in
a state, some case does."""

from __future__ import annotations

import os

import pytest

from tests.workflow.walking import Drawn, Walk
from zhixing.workflow.checks import check
from zhixing.workflow.law.law import shipped_law
from zhixing.workflow.loading import stored_definition
from zhixing.workflow.model.definition import Definition

PROOFS = {"waits-for-ever", "no-lawful-end"}
_SEEDS = 2_000 if "ZHIXING_SOAK" in os.environ else 90
"""Definitions drawn in each of the groups; most of them have other faults, and are left out."""


def found(definition: Definition) -> tuple[set[str], set[str]]:
    """The codes of the errors of a definition, and the states in which cases cannot end."""
    errors = [f for f in check(definition, True, shipped_law()) if f.is_error]
    at = {spec.at: name for name, spec in definition.states.items()}
    return {f.code for f in errors}, {at[f.at] for f in errors if f.code in PROOFS}


@pytest.mark.parametrize("group", range(4))
def test_the_proof_and_the_engine_agree(group: int) -> None:
    compared: dict[bool, int] = {True: 0, False: 0}
    for seed in range(group * 100_000, group * 100_000 + _SEEDS):
        definition = stored_definition(Drawn(seed).text(), "drawn")
        codes, stuck = found(definition)
        walk = Walk(definition)
        if codes <= PROOFS and walk.go() and walk.nodes:
            endless = walk.without_end()
            assert stuck <= endless, f"seed {seed}: {stuck} is said to be stuck, {endless} is"
            assert stuck or not endless, f"seed {seed}: sound, they say, and {endless} has no end"
            compared[bool(stuck)] += 1
    assert min(compared.values()) > 3, compared
