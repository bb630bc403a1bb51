"""A whole definition, frozen, each element knowing its place in the file; fragments and layers."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from itertools import chain
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, PrivateAttr, model_validator

from .base import Basis, Element, Id, Ids, Text, Version, listed
from .books import Holding
from .flow import (
    Document,
    FieldSpec,
    Link,
    Phase,
    Request,
    Role,
    State,
    SubProcedure,
    Suspension,
    Transition,
)
from .limits import ClockTime, DeadlineRule, with_inner_limits
from .logs import LogMap
from .parts import (
    NO_CHECKLIST,
    NO_FORM,
    POWERS,
    Account,
    Approval,
    Checklist,
    Claim,
    DecisionTable,
    Form,
    Power,
    StateGroup,
    TaskRule,
    TransitionalRule,
)
from .persons import Person


class Import(Element):
    """Entries taken from a fragment file: by table, their names or `all`."""

    from_: str = Field(alias="from")
    roles: Ids = ()
    data: Ids = ()
    documents: Ids = ()
    phases: Ids = ()
    groups: Ids = ()
    approvals: Ids = ()
    checklists: Ids = ()
    forms: Ids = ()
    tables: Ids = ()
    tasks: Ids = ()
    accounts: Ids = ()
    claims: Ids = ()
    modes: Ids = ()
    deadlines: Ids = ()
    grounds: Ids = ()
    sub_procedures: Ids = ()
    requests: Ids = ()
    powers: Ids = ()

    model_config = ConfigDict(populate_by_name=True)


class Layer(Element):
    """A layer laid over a definition: of a province, a court, or one case.

    `over` is the hash of the text that it was laid over; it is written when that is done.
    """

    level: Literal["province", "court", "case"]
    id: Id
    title: Text
    version: Version
    over: str = ""
    basis: Basis | None = None
    note: str = ""


RESERVED_ROLES = {
    "clock": Text(zh="时钟（期限届满）", en="the clock"),
    "outside": Text(zh="外部系统", en="an outside system"),
    "procedure": Text(zh="关联程序", en="a related proceeding"),
}
"""Roles of the engine itself; nobody brings them."""

OFFICER, ANY_OFFICER = "officer", "any_officer"
DERIVED_ROLES = {ANY_OFFICER: Text(zh="任一承办人", en="any officer of the court")}
"""Roles that follow from others: `officer` is the case's own, `any_officer` every one of its
court."""


_ROLES_OF_THE_LANGUAGE = {**RESERVED_ROLES, **DERIVED_ROLES}


class Tables(Element):
    """What a definition is made of beside its flow.

    Everything that a fragment can hold and an import can take.
    """

    imports: tuple[Import, ...] = ()
    roles: dict[Id, Role] = Field(default_factory=dict)
    data: dict[Id, FieldSpec] = Field(default_factory=dict)
    documents: dict[Id, Document] = Field(default_factory=dict)
    phases: dict[Id, Phase] = Field(default_factory=dict)
    groups: dict[Id, StateGroup] = Field(default_factory=dict)
    approvals: dict[Id, Approval] = Field(default_factory=dict)
    checklists: dict[Id, Checklist] = Field(default_factory=dict)
    forms: dict[Id, Form] = Field(default_factory=dict)
    tables: dict[Id, DecisionTable] = Field(default_factory=dict)
    tasks: dict[Id, TaskRule] = Field(default_factory=dict)
    accounts: dict[Id, Account] = Field(default_factory=dict)
    claims: dict[Id, Claim] = Field(default_factory=dict)
    modes: dict[Id, Text] = Field(default_factory=dict)
    deadlines: dict[Id, DeadlineRule] = Field(default_factory=dict)
    grounds: dict[Id, Text] = Field(default_factory=dict)
    sub_procedures: dict[Id, SubProcedure] = Field(default_factory=dict)
    requests: dict[Id, Request] = Field(default_factory=dict)
    powers: dict[Id, Power] = Field(default_factory=dict)


class Fragment(Tables):
    """A file of parts that definitions import."""

    fragment: Id
    title: Text | None = None
    note: str = ""


class Definition(Tables):
    """A whole procedure. Loaded with `load_definition`, which also checks it.

    `kind` is the kind of case that it is (a row of definitions/law/demands.yaml): what the law
    demands of that kind is demanded of it.
    """

    id: Id
    title: Text
    version: Version
    effective: date
    basis: Annotated[
        tuple[Basis, ...], BeforeValidator(listed, json_schema_input_type=Basis | tuple[Basis, ...])
    ] = ()
    note: str = ""
    zone: str = "Asia/Shanghai"
    calendar: str = "cn"
    alerts_at: ClockTime | None = None
    kind: Id | None = None
    case_prefix: str = ""
    transitional: TransitionalRule | None = None
    redesign_by: Ids = ()
    layers: tuple[Layer, ...] = ()
    roles: dict[Id, Role]
    initial: Id
    states: dict[Id, State]
    transitions: tuple[Transition, ...]
    suspensions: tuple[Suspension, ...] = ()
    links: dict[Id, Link] = Field(default_factory=dict)
    holds: Holding | None = None
    persons: dict[Id, Person] = Field(default_factory=dict)
    log: LogMap | None = None

    _hash: str = PrivateAttr(default="")
    _text: str = PrivateAttr(default="")
    _compiler: Any = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _expand_inner_limits(self) -> Self:
        """The inner limits are deadlines like the others."""
        expanded = with_inner_limits(self.deadlines)
        self.deadlines.clear()
        self.deadlines.update(expanded)
        return self

    @property
    def hash(self) -> str:
        """The content hash of the text the definition was read from: its identity as a version."""
        return self._hash

    @property
    def source_text(self) -> str:
        """The YAML text."""
        return self._text

    @cached_property
    def fields(self) -> dict[str, FieldSpec]:
        """Every field by the name acts know it by: `FIELD` of the case, and `LIST.FIELD` of the
        record at hand."""
        found: dict[str, FieldSpec] = {}
        for name, spec in self.data.items():
            found[name] = spec
            found.update((f"{name}.{field}", of) for field, of in (spec.fields or {}).items())
        return found

    @cached_property
    def computed(self) -> dict[str, str]:
        """The fields that are computed whenever somebody asks: by name, the expression."""
        return {name: spec.is_ for name, spec in self.data.items() if spec.is_ is not None}

    @cached_property
    def records(self) -> dict[str, dict[str, FieldSpec]]:
        """The lists of records: by name, the fields that each record has."""
        return {name: spec.fields for name, spec in self.data.items() if spec.fields}

    @cached_property
    def about(self) -> dict[str, str]:
        """The list whose record a trigger is about, for each that is about one."""
        return {t.trigger: t.about for t in self.transitions if t.about is not None}

    def concerned(self, trigger: str, about: str) -> str:
        """The record that an act set off by something about a record is about: one that is about
        none concerns none."""
        return about if trigger in self.about else ""

    @cached_property
    def adding(self) -> frozenset[str]:
        """The triggers that make a new record."""
        return frozenset(t.trigger for t in self.transitions if t.adds is not None)

    def sent_by(self, t: Transition) -> Ids:
        """The requests that a transition sends: what it asks, and what takes others back."""
        named = (self.requests.get(name) for name in t.takes_back)
        back = [request.compensate for request in named if request is not None]
        return (*t.asks, *filter(None, back))

    def form_of(self, part: Transition | Power) -> Form:
        """The form of an act or of a power; an empty one where it has none."""
        return self.forms.get(part.form or "", NO_FORM)

    def checklist_of(self, t: Transition) -> Checklist:
        """The checklist of an act; an empty one where it has none."""
        return self.checklists.get(t.checklist or "", NO_CHECKLIST)

    @property
    def law_kind(self) -> str:
        """The kind of case whose demands hold: the one said, or else the one that the id means."""
        return self.kind or self.id

    @cached_property
    def proceedings(self) -> dict[str, SubProcedure]:
        """Those that a case opens, asks about and tells: its sub-procedures and linked cases."""
        return {**self.links, **self.sub_procedures}

    @cached_property
    def terminal(self) -> frozenset[str]:
        """The states that close the case."""
        return frozenset(self.states).difference(self._running)

    @cached_property
    def triggers(self) -> tuple[str, ...]:
        """Every trigger once, in the order of the file."""
        return tuple(dict.fromkeys(t.trigger for t in self.transitions))

    def sources_of(self, transition: Transition) -> tuple[str, ...]:
        """The states a transition may start from, in the order of the file."""
        source = transition.from_
        states, phases = set(source.states), set(source.phases)
        for group in filter(None, map(self.groups.get, source.groups)):
            states.update(group.states)
            phases.update(group.phases)
        found = states & self.states.keys()
        found.update(self._running if source.any else ())
        for phase in phases:
            found.update(self._of_phase.get(phase, ()))
        found.difference_update(source.but_not)
        return tuple(sorted(found, key=self._order.__getitem__))

    @cached_property
    def _order(self) -> dict[str, int]:
        """The place of each state in the file."""
        return {id: index for index, id in enumerate(self.states)}

    @cached_property
    def _running(self) -> tuple[str, ...]:
        """The states in which a case is not closed."""
        return tuple(id for id, state in self.states.items() if not state.closes)

    @cached_property
    def _of_phase(self) -> dict[str, list[str]]:
        """The running states of each phase."""
        found: dict[str, list[str]] = {}
        for id in self._running:
            phase = self.states[id].phase
            if phase is not None:
                found.setdefault(phase, []).append(id)
        return found

    @cached_property
    def parties(self) -> frozenset[str]:
        """The roles outside the court."""
        return frozenset(id for id, role in self.roles.items() if role.party)

    @cached_property
    def opening_roles(self) -> tuple[str, ...]:
        """Who may open a case.

        Where no power says it: the roles of the court whose acts leave the first state.
        """
        power = self.powers.get("open")
        if power is not None:
            return power.by
        leaving = (t for t in self.transitions if self.initial in self.sources_of(t))
        roles = dict.fromkeys(chain.from_iterable(t.by for t in leaving))
        outsiders = RESERVED_ROLES.keys() | self.parties
        return tuple(role for role in roles if role not in outsiders)

    def role_title(self, id: str) -> Text:
        """The title of a role, reserved ones too."""
        return self.roles[id].title if id in self.roles else _ROLES_OF_THE_LANGUAGE[id]

    @cached_property
    def trigger_titles(self) -> dict[str, Text]:
        """What each trigger is called: as the first transition that it takes."""
        return {t.trigger: t.title for t in reversed(self.transitions)}

    def trigger_title(self, trigger: str) -> Text:
        """The title of the first transition with this trigger, or of an order that waits.

        What is known by neither is called by its id: another version may have known it.
        """
        if trigger in self.trigger_titles:
            return self.trigger_titles[trigger]
        power, _, target = trigger.partition(":")
        words = POWERS.get(power)
        if words is None:
            return Text(zh=trigger or "-")
        if not target:
            return Text(zh=words.zh, en=words.en)
        about = self._about(target)
        return Text(zh=f"{words.zh}（{about.zh}）", en=f"{words.en} ({about.en})")

    def _about(self, target: str) -> Text:
        """What an order is about: a limit, an act, or another order."""
        found = self.deadlines.get(target)
        return found.title if found is not None else self.trigger_title(target)
