"""Scenarios beside a definition, as they are written: given, at this date, when, then.

A file `NAME.scenarios.yaml` beside `NAME.yaml` has a list `scenarios`, each with a `name`, `opened`
(at, data, documents, officer) and `steps`. A step has `at`; it may `fire` a trigger `as` roles with
`data` and `documents`, or `approve`, `refuse` or `withdraw` one, `claim` or `hand_back` a task, by
a `person` (by default the case's officer, or one called as the role); and then it expects:
`refused` (codes), `state`, `mode`, `waiting` (triggers that wait for approval), `tasks` (open
ones), `deadlines` (rule: status) or `due` (rule: date).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ConfigDict, Field

from ..workflow.loading import read_model
from ..workflow.model.base import Element, Id, Ids, Texts


class Opened(Element):
    """How a scenario's case is opened."""

    moment: str = Field(alias="at")
    data: dict[Id, Any] = Field(default_factory=dict)
    documents: Ids = ()
    officer: str = ""

    model_config = ConfigDict(populate_by_name=True)


class ScenarioStep(Element):
    """One step: what happens, and what must then be so."""

    moment: str = Field(alias="at")
    fire: Id | None = None
    approve: Id | None = None
    refuse: Id | None = None
    withdraw: Id | None = None
    claim: Id | None = None
    hand_back: Id | None = None
    as_: Ids = Field(default=(), alias="as")
    person: str = ""
    note: str = ""
    data: dict[Id, Any] = Field(default_factory=dict)
    documents: Ids = ()
    refused: Texts = ()
    state: Id | None = None
    mode: Id | None = None
    waiting: Ids | None = None
    tasks: Ids | None = None
    deadlines: dict[Id, str] = Field(default_factory=dict)
    due: dict[Id, str] = Field(default_factory=dict)

    model_config = ConfigDict(populate_by_name=True)


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
