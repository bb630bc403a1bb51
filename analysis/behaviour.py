"""How people and outside systems behave in a simulation.

What is tried where, how long it takes, and how many people there are.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from ..workflow.loading import read_model
from ..workflow.model.base import Element, FieldName, Id, Ids


class Delay(Element):
    """How many days something takes: `[least, most]`, evenly between, or one other distribution.

    Exponential by its mean; triangular by least, likeliest and most; lognormal by median and spread
    (sigma).
    """

    uniform: tuple[float, float] | None = None
    fixed: float | None = Field(default=None, ge=0)
    exponential: float | None = Field(default=None, gt=0)
    triangular: tuple[float, float, float] | None = None
    lognormal: tuple[float, float] | None = None

    @field_validator("uniform", "triangular")
    @classmethod
    def _in_order(cls, days: tuple[float, ...] | None) -> tuple[float, ...] | None:
        if days and [0, *days] != sorted([0, *days]):
            raise PydanticCustomError(
                "delay", "days are not negative, and stand from the least to the most"
            )
        return days

    @model_validator(mode="after")
    def _one(self) -> Delay:
        if sum(getattr(self, name) is not None for name in _DISTRIBUTIONS) != 1:
            raise PydanticCustomError(
                "delay",
                "a delay is [least, most], or one of fixed, exponential, triangular, lognormal",
            )
        return self

    def draw(self, chance: random.Random) -> float:
        """A number of days."""
        for name, drawn in _DISTRIBUTIONS.items():
            given = getattr(self, name)
            if given is not None:
                return drawn(chance, given)
        raise AssertionError("one distribution is always given")


def _triangular(chance: random.Random, given: tuple[float, float, float]) -> float:
    least, likeliest, most = given
    return chance.triangular(least, most, likeliest)


def _lognormal(chance: random.Random, given: tuple[float, float]) -> float:
    median, sigma = given
    return chance.lognormvariate(math.log(median), sigma)


_DISTRIBUTIONS: dict[str, Callable[[random.Random, Any], float]] = {
    "uniform": lambda chance, given: chance.uniform(*given),
    "fixed": lambda chance, given: float(given),
    "exponential": lambda chance, given: chance.expovariate(1 / given),
    "triangular": _triangular,
    "lognormal": _lognormal,
}


def _delay(value: Any) -> Any:
    return {"uniform": value} if isinstance(value, list | tuple) else value


Days = Annotated[Delay, BeforeValidator(_delay)]


class SimulatedAct(Element):
    """Something tried in a state: after a `delay` and `work` days of one person of the role.

    `fire` fires a trigger; `approve` gives so many `votes`, each of another person, for one that
    waits for approval (and is passed over when it does not). In `data`, a list is drawn from,
    `case.FIELD` is what the case has there, and `today` is the day.
    """

    fire: Id | None = None
    approve: Id | None = None
    votes: int = Field(default=1, ge=1)
    as_: Id = Field(alias="as")
    chance: float = Field(default=1.0, ge=0, le=1)
    delay: Days = Delay(uniform=(0.0, 1.0))
    work: float = Field(default=0.05, ge=0)
    documents: Ids = ()
    data: dict[FieldName, Any] = Field(default_factory=dict)

    model_config = ConfigDict(populate_by_name=True)

    @model_validator(mode="after")
    def _one_thing(self) -> SimulatedAct:
        if (self.fire is None) == (self.approve is None):
            raise PydanticCustomError("act", "an act fires a trigger or approves one")
        return self


class SimulatedReply(Element):
    """How an outside system answers a request: the kind, after `delay` days, with data."""

    kind: str = "answered"
    chance: float = Field(default=1.0, ge=0, le=1)
    delay: Days = Delay(uniform=(0.1, 3.0))
    data: dict[FieldName, Any] = Field(default_factory=dict)


class Behaviour(Element):
    """How people and outside systems behave towards one procedure."""

    acts: dict[Id, tuple[SimulatedAct, ...]]
    replies: dict[Id, SimulatedReply] = Field(default_factory=dict)


class SimulationFile(Element):
    """Staff per role, what cases are like, and behaviour per procedure.

    A value that is a list is drawn from.
    """

    staff: dict[Id, int] = Field(default_factory=dict)
    opened: dict[Id, Any] = Field(default_factory=dict)
    again_after_days: float = 7.0
    procedures: dict[Id, Behaviour]


class StaffFile(Element):
    """How many people there are of each role."""

    staff: dict[Id, Annotated[int, Field(ge=1, le=100_000)]]


def load_staff(path: str | Path) -> dict[str, int]:
    """Read a staff file. Raises `DefinitionRefused` with findings at their lines."""
    return dict(read_model(path, StaffFile).staff)


def load_simulation(path: str | Path) -> SimulationFile:
    """Read a simulation file. Raises `DefinitionRefused` with findings at their lines."""
    return read_model(path, SimulationFile)
