"""Random lives of whole cases of the shipped procedures: money is kept to the cent, nothing is held
in excess, nobody acts out of office or before the time, every refusal says why and changes nothing,
and every case can end."""

from __future__ import annotations

import os
import random

import pytest

from tests.analysis.lives import Life, all_shipped

SOAK = "ZHIXING_SOAK" in os.environ
_LIVES = 60 if SOAK else 3
_STEPS = 120 if SOAK else 40
_TURNS = 40 if SOAK else 25
MAIN = "first_enforcement"

NO_END_FOUND = {
    "distribution": "a plan is made where the shares of all creditors add up to the cent, in order",
    "interference_record": "chance records faster than it deals with each entry, one by one",
}
"""Procedures whose end is not found by searching, each with the reason."""


def _others(count: int, seed: int) -> list[str]:
    """Procedures beside the main one: all in a soak, else some."""
    names = [name for name in all_shipped() if name != MAIN]
    return names if SOAK else random.Random(seed).sample(names, count)


def _lived(life: Life, steps: int) -> None:
    assert life.begin(), "it could not be opened"
    for _ in range(steps):
        life.step()


@pytest.mark.parametrize("seed", range(_LIVES))
def test_whatever_happens_in_an_enforcement_what_has_to_be_so_is(seed: int) -> None:
    life = Life(MAIN, seed)
    try:
        _lived(life, _STEPS)
        life.watch.at_the_end()
    except Exception as error:
        error.add_note(life.told())
        raise
    finally:
        life.close()


@pytest.mark.parametrize("name", _others(6, seed=1))
def test_whatever_happens_in_another_procedure_what_has_to_be_so_is(name: str) -> None:
    for seed in range(10 if SOAK else 1):
        life = Life(name, seed)
        try:
            _lived(life, 60 if SOAK else 25)
            life.watch.at_the_end()
        except Exception as error:
            error.add_note(life.told())
            raise
        finally:
            life.close()


@pytest.mark.parametrize("name", [MAIN, *_others(6, seed=2)])
def test_from_the_middle_of_any_life_there_is_a_way_to_an_end(name: str) -> None:
    if name in NO_END_FOUND:
        pytest.skip(NO_END_FOUND[name])
    for seed in range(100, 105 if SOAK else 101):
        life = Life(name, seed)
        try:
            _lived(life, 15)
            assert life.end(_TURNS), f"no way to an end was found:\n{life.lacks()}"
        except Exception as error:
            error.add_note(life.told())
            raise
        finally:
            life.close()
