"""Business services of DIGIT, as its workflow service takes them (`BusinessServices`)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import Annotated, Any, NamedTuple

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    model_validator,
)

from ..model.base import Element, require
from ..source.positions import Position
from ..source.yaml_reader import SOURCE

_PLACEHOLDER, _ANYBODY = "{{", "*"


def _known(name: str) -> str:
    """A name that says what it names."""
    words = "a placeholder must be filled in first"
    require(_PLACEHOLDER not in name, "digit-placeholder", words)
    require(name.strip() != "", "digit-name", "a name is not empty")
    return name


def _role(name: str) -> str:
    """A role; `*`, which everybody has in DIGIT, is none."""
    words = "an action names the roles that may do it (not *)"
    require(name != _ANYBODY, "digit-roles", words)
    return name


Name = Annotated[str, AfterValidator(_known)]
Flag = Annotated[StrictBool, BeforeValidator(lambda value: value or False)]
"""A flag; where nothing is said it is down."""
Said = Annotated[str | None, BeforeValidator(lambda value: value if value is None else str(value))]
"""What is told and not used."""
Sla = Annotated[StrictInt, Field(ge=0)] | None


class Part(Element):
    """A part of a configuration; keys that it should not have are kept, to be told."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)

    @property
    def unread(self) -> Iterator[tuple[str, Position]]:
        """The keys that nothing reads, and where."""
        return ((key, self.at_value(key)) for key in self.model_extra or {})


class DigitAction(Part):
    """What can be done in a state: by whom, and where it leads."""

    action: Name
    next_state: Name = Field(alias="nextState")
    roles: tuple[Annotated[Name, AfterValidator(_role)], ...] = Field(min_length=1)


class DigitState(Part):
    """A state; the one without a name is where an application begins."""

    state: Name | None = None
    sla: Sla = None
    status: str | None = Field(default=None, alias="applicationStatus")
    needs_upload: Flag = Field(default=False, alias="docUploadRequired")
    is_start: Flag = Field(default=False, alias="isStartState")
    is_terminal: Flag = Field(default=False, alias="isTerminateState")
    is_updatable: Said = Field(default=None, alias="isStateUpdatable")
    actions: Annotated[tuple[DigitAction, ...], BeforeValidator(lambda value: value or ())] = ()

    @model_validator(mode="after")
    def _named_or_start(self) -> DigitState:
        """Only where cases begin nothing is said."""
        words = "a state has a name; only the start may have none"
        require(self.is_start or self.state is not None, "digit-state", words)
        return self

    @model_validator(mode="after")
    def _ends_or_goes_on(self) -> DigitState:
        """A case that is closed is left by no act."""
        require(not (self.is_terminal and self.actions), "digit-terminal", _NO_ACTIONS)
        return self


_NO_ACTIONS = "a terminal state has no actions"


class Way(NamedTuple):
    """An action with the state in which it can be done."""

    state: DigitState
    action: DigitAction


class DigitService(Part):
    """One procedure: its name, the time limit of the whole, its states."""

    name: Name = Field(alias="businessService")
    business: str | None = None
    tenant: str | None = Field(default=None, alias="tenantId")
    sla: Sla = Field(default=None, alias="businessServiceSla")
    states: tuple[DigitState, ...] = Field(min_length=1)

    @cached_property
    def actions(self) -> tuple[DigitAction, ...]:
        """Every action, in the order of the file."""
        return tuple(chain.from_iterable(map(attrgetter("actions"), self.states)))

    @cached_property
    def ways(self) -> tuple[Way, ...]:
        """Every action with its state."""
        return tuple(Way(state, action) for state in self.states for action in state.actions)

    @cached_property
    def starts(self) -> tuple[DigitState, ...]:
        """Where cases may begin: the states without a name, else those that say so."""
        starts = tuple(filter(attrgetter("is_start"), self.states))
        return tuple(state for state in starts if state.state is None) or starts

    @property
    def parts(self) -> Iterator[Part]:
        """It and all that it is made of."""
        return chain([self], self.states, self.actions)


class DigitFile(Part):
    """A file of them, as it is posted to the workflow service."""

    services: tuple[DigitService, ...] = Field(alias="BusinessServices", min_length=1)


def as_file(value: Any) -> Any:
    """A file of services; one alone may be written without the list that holds it."""
    is_alone = isinstance(value, dict) and "states" in value
    return {"BusinessServices": [value], SOURCE: value[SOURCE]} if is_alone else value
