"""Scenarios beside a definition, as they are written: given, at this date, when, then.

A file `NAME.scenarios.yaml` beside `NAME.yaml` has a list `scenarios`, each with a `name`, `opened`
(at, data, documents, officer) and `steps`. A step has `at`; it may `fire` a trigger `as` roles with
`data` and `documents` (`about` a record, where the trigger is about one), or `approve`, `refuse` or
`withdraw` one, `claim` or `hand_back` a task, or `correct` what was recorded, by a `person` (by
default the case's officer, or one called as the role); with `happened` it happened then, and `at`
is when it is entered. `in` says that all of the step is about a sub-procedure or a linked case, by
its name (`freeze`, `freeze@RECORD`; the latest of several). Then the step expects: `refused`
(codes), `state`, `mode`, `waiting` (triggers that wait for approval), `tasks` (open ones),
`deadlines` (rule: status) or `due` (rule: date); of limits about records `RULE@RECORD`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from ..workflow.loading import read_model
from ..workflow.model.base import Element, FieldName, Id, Ids, Texts, listed, plain

Waiting = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}(:[a-z0-9_]{1,62})?(@[A-Za-z0-9_.-]{1,64})?$"),
]
"""What waits for approval: a trigger, an order (`extend:case_limit`), what is entered late."""

LimitName = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}(@[A-Za-z0-9_.-]{1,64})?$")
]
"""A limit by its rule or a sub-procedure by its name, or the one of it that is about a record."""

Values = Annotated[
    dict[FieldName, Any], BeforeValidator(plain, json_schema_input_type=dict[FieldName, Any])
]
"""Facts by the names of their fields; of a list, its records."""

DATED = ("fire", "approve", "refuse", "withdraw", "claim", "hand_back")
"""The acts of a step that may have happened earlier than they are entered."""


class Opened(Element):
    """How a scenario's case is opened."""

    moment: str = Field(alias="at")
    data: Values = Field(default_factory=dict)
    documents: Ids = ()
    officer: str = ""

    model_config = ConfigDict(populate_by_name=True)


class Instead(Element):
    """What is put in the place of what was recorded: the time, fields, documents."""

    happened: str | None = None
    data: Values = Field(default_factory=dict)
    documents: Ids = ()


class Entered(Element):
    """An act that is entered together with a correction, as of its day."""

    fire: Id
    happened: str
    about: str = ""
    data: Values = Field(default_factory=dict)
    documents: Ids = ()


class Correction(Element):
    """What was recorded, corrected: entries by their triggers (of several the last; `open` is the
    opening) replaced or annulled, and an act entered with it."""

    replace: dict[Id, Instead] = Field(default_factory=dict)
    annul: Ids = ()
    enter: Entered | None = None


class ScenarioStep(Element):
    """One step: what happens, and what must then be so."""

    moment: str = Field(alias="at")
    within: LimitName | None = Field(default=None, alias="in")
    fire: Id | None = None
    approve: Waiting | None = None
    refuse: Waiting | None = None
    withdraw: Waiting | None = None
    claim: Id | None = None
    hand_back: Id | None = None
    correct: Correction | None = None
    happened: str | None = None
    as_: Ids = Field(default=(), alias="as")
    person: str = ""
    note: str = ""
    about: str = ""
    data: Values = Field(default_factory=dict)
    documents: Ids = ()
    refused: Texts = ()
    state: Id | None = None
    mode: Id | None = None
    waiting: Annotated[tuple[Waiting, ...], BeforeValidator(listed)] | None = None
    tasks: Ids | None = None
    deadlines: dict[LimitName, str] = Field(default_factory=dict)
    due: dict[LimitName, str] = Field(default_factory=dict)

    model_config = ConfigDict(populate_by_name=True)

    @model_validator(mode="after")
    def _says_what_happened(self) -> ScenarioStep:
        """`happened` goes with an act; a correction says it of each entry."""
        if self.happened is not None and not any(getattr(self, act) for act in DATED):
            raise PydanticCustomError("happened", "happened goes with one of " + ", ".join(DATED))
        return self


class Scenario(Element):
    """A story of one case."""

    name: str
    opened: Opened
    steps: tuple[ScenarioStep, ...]


class ScenarioFile(Element):
    """The scenarios of one definition."""

    scenarios: tuple[Scenario, ...]


def load_scenarios(path: str | Path) -> ScenarioFile:
    """Read a scenario file. Raises `DefinitionRefused` with findings at their lines."""
    return read_model(path, ScenarioFile)
