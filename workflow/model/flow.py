"""The flow of a procedure: who acts, on what, from which state to which, and what runs beside."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from itertools import chain
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from .base import (
    Basis,
    Described,
    Element,
    FieldName,
    FieldNames,
    Id,
    Ids,
    Rows,
    Text,
    listed,
    require,
)
from .field_types import FieldType
from .parts import Computed, SetValue, set_value


class Role(Described):
    """Who acts. `party` roles stand outside the court and see what is made visible to them.

    `office` is the rank that the law's table of approvals knows (clerk … president, panel); by
    default the role's own id.
    """

    party: bool = False
    office: Id | None = None


class Phase(Described):
    pass


class Viewer(Element):
    """A party role that sees something, always or while a condition (`when`) holds."""

    role: Id
    when: str | None = None


def _viewers(value: Any) -> list[Any]:
    """Roles by their names, and those with a condition."""
    return [{"role": entry} if isinstance(entry, str) else entry for entry in listed(value)]


class Visible(Described):
    """What parties may see: `visible_to` lists the roles that do, each maybe with a condition."""

    visible_to: Annotated[
        tuple[Viewer, ...],
        BeforeValidator(_viewers, json_schema_input_type=Id | Viewer | tuple[Id | Viewer, ...]),
    ] = ()

    @property
    def viewers(self) -> tuple[str, ...]:
        """The roles that see it, always or at times."""
        return tuple(viewer.role for viewer in self.visible_to)


RESERVED_OF_RECORDS = frozenset({"id"})
"""What every record has beside its fields."""


class FieldSpec(Visible):
    """One typed field of the case's data, in `unit`.

    `visible_to` lists who sees it (else the court, and no party). One that is `sealed` is read only
    by those whom the charter of the court lets read sealed things. By one that is `searchable`
    cases are found in lists. One that `is` an expression is
    computed whenever it is asked for, and never written. One of type `records` is a list: each
    record has these `fields`, and an id.
    """

    type: FieldType
    unit: str = ""
    choices: dict[Id, Text] | None = None
    fields: dict[Id, FieldSpec] | None = None
    default: bool | int | Decimal | str | None = None
    is_: str | None = Field(default=None, alias="is")
    masked: bool = False
    sealed: bool = False
    searchable: bool = False

    @model_validator(mode="after")
    def _choices_only_for_choice(self) -> FieldSpec:
        """Choices and the type that has them come together."""
        words = "a field of type choice, and no other, lists its choices"
        has_choices = self.choices is not None
        require(has_choices is (self.type is FieldType.CHOICE), "choices", words)
        return self

    @model_validator(mode="after")
    def _fields_only_for_records(self) -> FieldSpec:
        """Fields and the type that has them come together; records hold no records."""
        words = "a field of type records, and no other, lists its fields"
        require(bool(self.fields) is (self.type is FieldType.RECORDS), "record-fields", words)
        return self

    @model_validator(mode="after")
    def _records_are_plain(self) -> FieldSpec:
        """Records are written one by one: their fields have types, and no name of the language."""
        fields = self.fields or {}
        words = "a field of a record is called otherwise than id, which each has"
        require(fields.keys().isdisjoint(RESERVED_OF_RECORDS), "record-field-name", words)
        is_plain = not any(spec.fields or spec.is_ for spec in fields.values())
        words = "a field of a record is written: no list of records, and not computed"
        require(is_plain, "record-field-type", words)
        begins_empty = self.default is None and self.is_ is None
        words = "a list of records begins empty, and is written record by record"
        require(begins_empty or not fields, "records-default", words)
        return self

    @model_validator(mode="after")
    def _computed_or_written(self) -> FieldSpec:
        """What is computed has no value before."""
        words = "a field that is computed (is) has no default"
        require(self.is_ is None or self.default is None, "computed-default", words)
        return self


class Document(Visible):
    """A kind of document. `visible_to` lists the parties that may see it; a `sealed` one is read as
    a sealed field is. With `each` every record of that list has its own. One that comes `anew` is
    handed in with every act that asks for it: what is on file stands for earlier acts only."""

    each: Id | None = None
    sealed: bool = False
    anew: bool = False


class State(Visible):
    """A node of the procedure. `closes` names the closing mode of a terminal state.

    A `statutory` node cannot be skipped by an overlay or a redesign. `visible_to` lists the parties
    that see the case stand here. `leaves` names the sub-procedures and accounts that closing here
    lawfully leaves open.
    """

    phase: Id | None = None
    closes: Id | None = None
    statutory: bool = False
    leaves: Ids = ()


class Source(Element):
    """Where a transition may start.

    In named states, states of phases or groups, or any state that is not terminal.
    """

    states: Ids = ()
    phases: Ids = ()
    groups: Ids = ()
    any: bool = False
    but_not: Ids = ()


def _source(value: Any) -> Any:
    """A source in its short forms: `any`, one state, or a list of states."""
    if value == "any":
        return {"any": True}
    if isinstance(value, str | list):
        return {"states": value}
    return value


class Transition(Element):
    """One way a trigger may take the case on.

    `to` is a state, `stay`, or `return` (to where it was before). `by` lists roles; the reserved
    ones are `clock` (a deadline), `outside` (an adapter's answer) and `procedure` (a related
    proceeding). `when` is a guard in CEL. With an `approval`, those in `by` propose, and it takes
    effect when the approval has passed; `if_refused` names the trigger that a refusal sets off
    (open to `procedure`). `assigns` names the field that says who is the officer from now on. One
    that `reopens` leads out of a terminal state: the case is open again. `tells` fires triggers of
    related proceedings: of the `parent`, of every open sub-procedure of a name, or of linked cases
    (`tells_parent` is how versions before wrote the first). `adopts` takes over the open
    sub-procedures of some names from linked cases. `not_by_who` names acts, also of the parent or
    of linked cases (`NAME.TRIGGER`), whose doer may not do this. With `each` it is about one record
    of that list, with `adds` it makes a new one; `LIST.FIELD` is a field of the record at hand.
    `takes_back` names requests: what was not sent yet is not, and for what was their `compensate`
    goes out, about the record at hand or every record. `law` names the statutory time limits (rows
    of definitions/law) that its conditions carry out: a least wait, a day counted back, a window, a
    duty of the same moment, which are no running deadline.
    """

    trigger: Id
    each: Id | None = None
    adds: Id | None = None
    title: Text
    note: str = ""
    from_: Annotated[
        Source, BeforeValidator(_source, json_schema_input_type=Id | tuple[Id, ...] | Source)
    ] = Field(alias="from")
    to: Id
    by: Ids
    when: str | None = None
    otherwise: Text | None = None
    needs: FieldNames = ()
    documents: Ids = ()
    form: Id | None = None
    checklist: Id | None = None
    approval: Id | None = None
    if_refused: Id | None = None
    sets: dict[
        FieldName, Annotated[Any, BeforeValidator(set_value, json_schema_input_type=SetValue)]
    ] = Field(default_factory=dict)
    opens: Ids = ()
    asks: Ids = ()
    takes_back: Ids = ()
    tells: dict[Id, Ids] = Field(default_factory=dict)
    tells_parent: Id | None = None
    adopts: dict[Id, Id | tuple[Id, ...]] = Field(default_factory=dict)
    not_by_who: FieldNames = ()
    assigns: Id | None = None
    reopens: bool = False
    law: Rows = ()
    basis: Basis | None = None
    why: str = ""

    model_config = ConfigDict(populate_by_name=True)

    @cached_property
    def told(self) -> tuple[tuple[str, str], ...]:
        """Whom it tells what: the parent or the name of related proceedings, and a trigger."""
        before = (PARENT, filter(None, [self.tells_parent]))
        told = chain([before], self.tells.items())
        return tuple(dict.fromkeys((to, trigger) for to, said in told for trigger in said))

    @cached_property
    def adopted(self) -> tuple[tuple[str, str], ...]:
        """What it takes over: the name of linked cases, and of their sub-procedures."""
        all = ((link, listed(named)) for link, named in self.adopts.items())
        return tuple((link, name) for link, names in all for name in names)

    @property
    def computed(self) -> dict[str, str]:
        """The fields that it sets to what an expression gives, once: by name, the expression."""
        values = self.sets.items()
        return {name: value.is_ for name, value in values if isinstance(value, Computed)}

    @model_validator(mode="after")
    def _one_record(self) -> Transition:
        """An act is about a record that there is, or makes one."""
        words = "an act is about each record (each) or adds one (adds), not both"
        require(self.each is None or self.adds is None, "each-or-adds", words)
        return self

    @model_validator(mode="after")
    def _asks_for_something(self) -> Transition:
        """What carries out a limit of the law has a condition that does."""
        asked = (not self.law, self.when, self.checklist, self.documents)
        words = "an act that carries out limits of the law asks for something: when, checklist"
        require(any(asked), "law-bare", words)
        return self

    @property
    def about(self) -> str | None:
        """The list of records, one of which the act is about."""
        return self.each or self.adds


def others_act(name: str) -> tuple[str, str] | None:
    """The related proceeding and its trigger that `NAME.TRIGGER` means; None for an own act."""
    head, _, trigger = name.rpartition(".")
    return (head, trigger) if head else None


PARENT = "parent"
"""Whom a transition tells, beside the names of related proceedings."""


class SubProcedure(Described):
    """Proceedings of another definition that run inside the case.

    With `each` it is about one record of that list. `passes` copies parent fields into the child's.
    `fields` (of the child, with their types) and `states` are those that guards may ask about.
    """

    procedure: Id
    each: Id | None = None
    passes: dict[Id, FieldName] = Field(default_factory=dict)
    fields: dict[Id, FieldType] = Field(default_factory=dict)
    states: Ids = ()


class Link(SubProcedure):
    """Another case that this one knows: no sub-procedure, but a case of its own.

    A transition `opens` it, or a person links one that there is (the power `link`). What was opened
    lies in the court, and has the number, that the fields `court` and `number` hold; by default it
    lies in the same court, and gets its number there.
    """

    court: Id | None = None
    number: Id | None = None


class Request(Described):
    """An operation asked of an outside system.

    `operation` is `adapter.operation`; `sends` maps the request's fields to the case's, or to its
    number (`docket.number`); the answer
    fires the trigger of its kind (`answers`: answered, partial, refused, failed …) carrying `takes`
    (case field to answer field). `compensate` is the request that takes it back: it goes out when a
    correction annuls the step that sent this one, or an act takes it back (`takes_back`). With
    `each` it is about one record of that list, and what it takes may be `LIST.FIELD`. `by_hand` are
    the roles who get a task where nobody answers, or the other side cannot be asked: they may then
    answer it.
    """

    operation: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
    sends: dict[Id, Any] = Field(default_factory=dict)
    answers: dict[Id, Id] = Field(default_factory=dict)
    takes: dict[FieldName, Id] = Field(default_factory=dict)
    each: Id | None = None
    compensate: Id | None = None
    by_hand: Ids = ()


DOCKET = "docket."
CASE_NUMBER = "docket.number"
"""What a request sends as the number of the case, 案号; a sub-procedure has that of its case."""


def fields_named(request: Request) -> list[str]:
    """What a request sends that names a field: `case.FIELD`, and `LIST.FIELD` of its record.

    Every other value is sent as it is.
    """
    heads = ("case.", f"{request.each}.") if request.each is not None else ("case.",)
    values = request.sends.values()
    return [value for value in values if isinstance(value, str) and value.startswith(heads)]


def fields_sent(request: Request) -> list[str]:
    """The fields that a request sends."""
    return [name.removeprefix("case.") for name in fields_named(request)]


class Suspension(Element):
    """States in which the case rests: the clocks that pause do, with this ground of deduction."""

    states: Ids
    ground: Id
    basis: Basis | None = None
    note: str = ""


STAY, RETURN = "stay", "return"
