"""What a procedure is: frozen models of a definition, each element knowing its place in the file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, PrivateAttr, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from .constructs import Account, Approval, Checklist, DecisionTable, Form, Group, SetValue, Task, TransitionalRule, set_value
from .data import Type
from .elements import Basis, Described, Element, Id, Ids, Text, Texts, Version, listed
from .periods import Counting, Unit


class Role(Described):
    """Who acts. `party` roles stand outside the court and see what is made visible to them.

    `office` is the rank that the law's table of approvals knows (clerk … president, panel); by default the role's own id.
    """

    party: bool = False
    office: Id | None = None


class Phase(Described):
    pass


class FieldSpec(Described):
    """One typed field of the case's data, in `unit`. `visible_to` lists who sees it (else the court, and no party)."""

    type: Type
    unit: str = ""
    choices: dict[Id, Text] | None = None
    default: bool | int | Decimal | str | None = None
    masked: bool = False
    visible_to: Ids = ()

    @model_validator(mode="after")
    def _choices_only_for_choice(self) -> FieldSpec:
        if (self.type is Type.CHOICE) != (self.choices is not None):
            raise PydanticCustomError("choices", "a field of type choice, and no other, lists its choices")
        return self


class Document(Described):
    """A kind of document. `visible_to` lists the parties that may see it."""

    visible_to: Ids = ()


class State(Described):
    """A node of the procedure. `closes` names the closing mode of a terminal state.

    A `statutory` node cannot be skipped by an overlay or a redesign. `visible_to` lists the parties that see the case
    stand here. `leaves` names the sub-procedures and accounts that closing here lawfully leaves open.
    """

    phase: Id | None = None
    closes: Id | None = None
    statutory: bool = False
    visible_to: Ids = ()
    leaves: Ids = ()


class Source(Element):
    """Where a transition may start: named states, states of phases or groups, or any state that is not terminal."""

    states: Ids = ()
    phases: Ids = ()
    groups: Ids = ()
    any: bool = False
    but_not: Ids = ()


def _source(value: Any) -> Any:
    if value == "any":
        return {"any": True}
    if isinstance(value, str | list):
        return {"states": value}
    return value


class Transition(Element):
    """One way a trigger may take the case on.

    `to` is a state, `stay`, or `return` (to where it was before). `by` lists roles; the reserved ones are `clock` (a
    deadline), `outside` (an adapter's answer) and `procedure` (a related proceeding). `when` is a guard in CEL.
    With an `approval`, those in `by` propose, and it takes effect when the approval has passed; `if_refused` names the trigger
    that a refusal sets off (open to `procedure`).
    """

    trigger: Id
    title: Text
    note: str = ""
    from_: Annotated[Source, BeforeValidator(_source, json_schema_input_type=Id | tuple[Id, ...] | Source)] = Field(alias="from")
    to: Id
    by: Ids
    when: str | None = None
    otherwise: Text | None = None
    needs: Ids = ()
    documents: Ids = ()
    form: Id | None = None
    checklist: Id | None = None
    approval: Id | None = None
    if_refused: Id | None = None
    sets: dict[Id, Annotated[Any, BeforeValidator(set_value, json_schema_input_type=SetValue)]] = Field(default_factory=dict)
    opens: Ids = ()
    asks: Ids = ()
    tells_parent: Id | None = None
    not_by_who: Ids = ()
    basis: Basis | None = None
    why: str = ""

    model_config = ConfigDict(populate_by_name=True)


class Starts(Element):
    """What arms a deadline: entering states, a trigger, or both; or that a trigger is proposed for approval.

    Counted from now or from the date in a field.
    """

    entering: Ids = ()
    on: Ids = ()
    proposing: Ids = ()
    counted_from: Id | None = None

    @model_validator(mode="after")
    def _something(self) -> Starts:
        if not self.entering and not self.on and not self.proposing:
            raise PydanticCustomError("starts", "a deadline starts by entering a state, on a trigger or on its proposal")
        return self


class Expiry(Element):
    """What happens when a deadline passes.

    `alert` roles at once; `escalate` along a chain of roles, a step `every` so long; `fire` a trigger; `opens_right` that
    someone gains; `lapses` what is lost (a lapsed right is nobody's overdue work).
    """

    alert: Ids = ()
    escalate: Ids = ()
    every: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,3}(d|h)$")] = "7d"
    fire: Id | None = None
    opens_right: Text | None = None
    lapses: Text | None = None


class Recurring(Element):
    """A deadline that comes again: each period starts where the one before was due, `times` periods in all."""

    times: int = Field(ge=2, le=1000)


class ExtensionRule(Element):
    """Whether a period may be extended: by whom, at most so much, and how often."""

    by: Ids
    length: int | None = Field(default=None, ge=1)
    unit: Unit = Unit.DAY
    times: int = Field(default=1, ge=1)


Lead = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,3}(d|h)$")]
Leads = Annotated[tuple[Lead, ...], BeforeValidator(listed, json_schema_input_type=Lead | tuple[Lead, ...])]
"""How long before the last day: `3d`, `12h`; one or several."""


class Deadline(Described):
    """A time limit: a rule of law, what starts it, and what its expiry does.

    `warn` lists how long before the last day a warning goes out (`3d`, `12h`). `gates` lists triggers refused before
    the period is over (not before). `met_by` triggers perform it, also late. `ends_by` triggers end it unperformed.
    `pauses` says whether suspension of the case stops it; `deducts` which grounds of deduction lengthen it.
    `law` names the statutory time limit this one carries out (a row of definitions/law).
    `restorable_by` lists the roles that may restore it once missed (CPL art. 86); nobody may restore an invariable period.
    """

    starts: Starts
    length: int | Id
    unit: Unit
    counting: Counting = Counting.LITIGATION
    backward: bool = False
    warn: Leads = ()
    expires: Literal["end-of-day", "start-of-day"] = "end-of-day"
    met_by: Ids = ()
    ends_by: Ids = ()
    ends_leaving: Ids = ()
    gates: Ids = ()
    on_expiry: Expiry = Expiry()
    pauses: bool = True
    deducts: Ids = ()
    survives_closing: bool = False
    keyed_by: Id | None = None
    recurring: Recurring | None = None
    extension: ExtensionRule | None = None
    restorable_by: Ids = ()
    watcher: Id | None = None
    law: str | None = None


class SubProcedure(Described):
    """Proceedings of another definition that run inside the case; `passes` copies parent fields into the child's.

    `fields` (of the child, with their types) and `states` are those that guards may ask about.
    """

    procedure: Id
    passes: dict[Id, Id] = Field(default_factory=dict)
    fields: dict[Id, Type] = Field(default_factory=dict)
    states: Ids = ()


class Request(Described):
    """An operation asked of an outside system.

    `operation` is `adapter.operation`; `sends` maps the request's fields to the case's; the answer fires the trigger of
    its kind (`answers`: answered, partial, refused, failed …) carrying `takes` (case field to answer field).
    """

    operation: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
    sends: dict[Id, Any] = Field(default_factory=dict)
    answers: dict[Id, Id] = Field(default_factory=dict)
    takes: dict[Id, Id] = Field(default_factory=dict)


class Suspension(Element):
    """States in which the case rests: the clocks that pause do, with this ground of deduction."""

    states: Ids
    ground: Id
    basis: Basis | None = None
    note: str = ""


class LogActivity(Element):
    """One activity of a log: the trigger it is, the role that does it, the fields it carries (field: column)."""

    trigger: Id | None = None
    by: Id | None = None
    clock: bool = False
    carries: dict[Id, str] = Field(default_factory=dict)


class LogMap(Element):
    """How a log of events is read for replay: columns, and what each activity means."""

    case: str = "case"
    activity: str = "activity"
    date: Texts = ("date", "timestamp")
    opens: str
    activities: dict[str, LogActivity]


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
    modes: Ids = ()
    deadlines: Ids = ()
    grounds: Ids = ()
    sub_procedures: Ids = ()
    requests: Ids = ()

    model_config = ConfigDict(populate_by_name=True)


class Layer(Element):
    """A layer laid over a definition: of a province, a court, or one case."""

    level: Literal["province", "court", "case"]
    id: Id
    title: Text
    version: Version
    basis: Basis | None = None
    note: str = ""


RESERVED_ROLES = {
    "clock": Text(zh="时钟（期限届满）", en="the clock"),
    "outside": Text(zh="外部系统", en="an outside system"),
    "procedure": Text(zh="关联程序", en="a related proceeding"),
}
STAY, RETURN = "stay", "return"


class Tables(Element):
    """What a definition is made of beside its flow: everything that a fragment can hold and an import can take."""

    imports: tuple[Import, ...] = ()
    roles: dict[Id, Role] = Field(default_factory=dict)
    data: dict[Id, FieldSpec] = Field(default_factory=dict)
    documents: dict[Id, Document] = Field(default_factory=dict)
    phases: dict[Id, Phase] = Field(default_factory=dict)
    groups: dict[Id, Group] = Field(default_factory=dict)
    approvals: dict[Id, Approval] = Field(default_factory=dict)
    checklists: dict[Id, Checklist] = Field(default_factory=dict)
    forms: dict[Id, Form] = Field(default_factory=dict)
    tables: dict[Id, DecisionTable] = Field(default_factory=dict)
    tasks: dict[Id, Task] = Field(default_factory=dict)
    accounts: dict[Id, Account] = Field(default_factory=dict)
    modes: dict[Id, Text] = Field(default_factory=dict)
    deadlines: dict[Id, Deadline] = Field(default_factory=dict)
    grounds: dict[Id, Text] = Field(default_factory=dict)
    sub_procedures: dict[Id, SubProcedure] = Field(default_factory=dict)
    requests: dict[Id, Request] = Field(default_factory=dict)


class Fragment(Tables):
    """A file of parts that definitions import."""

    fragment: Id
    title: Text | None = None
    note: str = ""


class Definition(Tables):
    """A whole procedure. Loaded with `load_definition`, which also checks it."""

    id: Id
    title: Text
    version: Version
    effective: date
    basis: Annotated[tuple[Basis, ...], BeforeValidator(listed, json_schema_input_type=Basis | tuple[Basis, ...])] = ()
    note: str = ""
    zone: str = "Asia/Shanghai"
    calendar: str = "cn"
    case_prefix: str = ""
    transitional: TransitionalRule | None = None
    redesign_by: Ids = ()
    layers: tuple[Layer, ...] = ()
    roles: dict[Id, Role]
    initial: Id
    states: dict[Id, State]
    transitions: tuple[Transition, ...]
    suspensions: tuple[Suspension, ...] = ()
    log: LogMap | None = None

    _hash: str = PrivateAttr(default="")
    _text: str = PrivateAttr(default="")
    _compiler: Any = PrivateAttr(default=None)

    @property
    def hash(self) -> str:
        """The content hash of the text the definition was read from: its identity as a version."""
        return self._hash

    @property
    def source_text(self) -> str:
        """The YAML text."""
        return self._text

    @cached_property
    def terminal(self) -> frozenset[str]:
        """The states that close the case."""
        return frozenset(id for id, state in self.states.items() if state.closes)

    @cached_property
    def triggers(self) -> tuple[str, ...]:
        """Every trigger once, in the order of the file."""
        return tuple(dict.fromkeys(t.trigger for t in self.transitions))

    def sources_of(self, transition: Transition) -> tuple[str, ...]:
        """The states a transition may start from, in the order of the file."""
        source = transition.from_
        groups = [self.groups[name] for name in source.groups if name in self.groups]
        named = {*source.states, *(state for group in groups for state in group.states)}
        phases = {*source.phases, *(phase for group in groups for phase in group.phases)}
        running = [*(self._running if source.any else ()), *(state for phase in phases for state in self._of_phase.get(phase, ()))]
        found = {*(named & self.states.keys()), *running}.difference(source.but_not)
        return tuple(sorted(found, key=self._order.__getitem__)) if len(found) > 1 else tuple(found)

    @cached_property
    def _order(self) -> dict[str, int]:
        return {id: index for index, id in enumerate(self.states)}

    @cached_property
    def _running(self) -> tuple[str, ...]:
        return tuple(id for id, state in self.states.items() if not state.closes)

    @cached_property
    def _of_phase(self) -> dict[str, list[str]]:
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

    def role_title(self, id: str) -> Text:
        """The title of a role, reserved ones too."""
        return self.roles[id].title if id in self.roles else RESERVED_ROLES[id]

    def trigger_title(self, trigger: str) -> Text:
        """The title of the first transition with this trigger."""
        return next(t.title for t in self.transitions if t.trigger == trigger)
