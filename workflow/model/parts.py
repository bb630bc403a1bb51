"""What stands beside states and transitions: approvals, checklists, forms, tasks, accounts,
claims."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from ..language import Words
from .base import Basis, Described, Element, FieldName, Id, Ids, Text, require
from .books import BALANCES, BEYOND, COMING_IN, GOING_OUT, Booking, Movement, Shares
from .limits import Within


class ApprovalStep(Element):
    """One step of an approval: so many `votes` of different people who hold one of the roles.

    `of` is how many sit (a panel of three, say); the step fails once too many are against. Without
    it every vote counts.
    """

    by: Ids
    votes: int = Field(default=1, ge=1, le=50)
    of: int | None = Field(default=None, ge=1, le=50)

    @model_validator(mode="after")
    def _no_more_votes_than_seats(self) -> ApprovalStep:
        """A step that needs more votes than can be cast would never pass."""
        passes = self.of is None or self.votes <= self.of
        require(passes, "votes", "a step needs no more votes than people sit")
        return self

    @property
    def may_be_against(self) -> int:
        """How many may be against before the step can no longer pass."""
        return (self.of or self.votes) - self.votes


class Approval(Described):
    """A chain of steps that a proposed act must pass before it takes effect.

    Nobody approves what they proposed, or twice. `law` names the act in
    `definitions/law/approvals.yaml` whose least approval this one carries out.
    """

    steps: tuple[ApprovalStep, ...] = Field(min_length=1)
    law: str | None = None


class ChecklistItem(Described):
    """Something that must be so before the act: a condition, documents on file, an act done, or
    several of these.

    With `done_by` one of these triggers has happened in the case. `law` names a statutory item.
    """

    when: str | None = None
    done_by: Ids = ()
    documents: Ids = ()
    law: str | None = None

    @model_validator(mode="after")
    def _something(self) -> ChecklistItem:
        """An item that asks for nothing would always be complete."""
        asked = (*self.documents, *self.done_by)
        words = "an item has a condition (when), an act (done_by) or documents"
        require(self.when is not None or asked != (), "checklist-item", words)
        return self


class Checklist(Described):
    """Items that must all be complete; what is missing is shown item by item.

    `law` names the statutory checklist (definitions/law/checklists.yaml) whose every item must be
    among them.
    """

    law: str | None = None
    items: dict[Id, ChecklistItem] = Field(min_length=1)


class FormField(Element):
    """How a form asks for a field: it is required, required when a condition holds, or optional.

    A fact that is known already stays as it is, unless the field `overwrites`.
    """

    required: bool = False
    required_when: str | None = None
    overwrites: bool = False


class Form(Described):
    """What people fill in with a transition: nothing outside it is taken.

    In the form of an act about one record its fields are `LIST.FIELD`. `documents` may be brought
    with it, beside those that the transition itself asks for.
    """

    documents: Ids = ()

    fields: dict[
        FieldName,
        Annotated[
            FormField,
            BeforeValidator(
                lambda value: {} if value is None else value,
                json_schema_input_type=FormField | None,
            ),
        ],
    ] = Field(min_length=1)

    @property
    def required(self) -> frozenset[str]:
        """The fields that it always requires."""
        return frozenset(name for name, asked in self.fields.items() if asked.required)

    def asking(self, name: str) -> Element:
        """Where a field is asked for: one of which nothing is said has no place of its own."""
        asked = self.fields[name]
        return asked if asked.is_placed else self


NO_FORM = Form.model_construct(title=Text(zh="-"), fields={})
"""That of an act that has none: it asks for nothing."""

NO_CHECKLIST = Checklist.model_construct(title=Text(zh="-"), items={})
"""That of an act that has none: nothing must be complete."""


class TableRow(Element):
    """One row of a decision table: the condition, and the value when it is the first to hold."""

    when: str
    is_: Any = Field(alias="is")
    note: str = ""


class DecisionTable(Described):
    """Rows tried from the top: the first whose condition holds gives the value, or `otherwise`."""

    rows: tuple[TableRow, ...] = Field(min_length=1)
    otherwise: Any = None


class FromTable(Element):
    """A value taken from a decision table."""

    table: Id


class Computed(Element):
    """A value that an expression computes when it is asked for."""

    is_: str = Field(alias="is", min_length=1)


SetValue = bool | int | float | str | list[str] | FromTable | Computed | None


def set_value(value: Any) -> Any:
    """What a transition sets a field to: a value, `{table: ID}`, or `{is: EXPRESSION}`."""
    if not isinstance(value, dict):
        return value
    kind = Computed if "is" in value else FromTable
    return kind.model_validate(value)


class TaskStart(Element):
    """What offers a task: entering states, or a trigger."""

    entering: Ids = ()
    on: Ids = ()

    @model_validator(mode="after")
    def _something(self) -> TaskStart:
        """A task that nothing offers would never be done."""
        words = "a task starts by entering a state or on a trigger"
        require((*self.entering, *self.on) != (), "task-starts", words)
        return self


class TaskRule(Described):
    """Work offered to a pool: one of `offered_to` claims it, a trigger of `done_by` completes it.

    While somebody has claimed it, nobody else fires those triggers. A task ends unperformed on a
    trigger of `ends_by`, when the case leaves the states it was offered in (to rest is not to
    leave), and when the case closes. With `each` it is offered once for every record of that list.
    """

    each: Id | None = None
    starts: TaskStart
    offered_to: Ids = Field(min_length=1)
    done_by: Ids = Field(min_length=1)
    ends_by: Ids = ()


class Account(Described):
    """Money that the procedure holds for others: what came in, and what went out.

    It is counted in fields, each a sum of all so far (paid to the creditor, given back to the
    debtor), or kept entry by entry: then `books` says what the records of which lists are. A
    closed case holds none. `claim` is the field that says how much is to be enforced; `shares` says
    among whom what is kept entry by entry is shared.
    """

    claim: Id | None = None
    received: Ids = ()
    paid_out: Ids = ()
    books: dict[Id, Booking] = Field(default_factory=dict)
    shares: Shares | None = None

    @model_validator(mode="after")
    def _in_and_out(self) -> Account:
        """It has two sides, counted one way."""
        counted = bool(self.received and self.paid_out)
        is_one = counted != bool(self.books) and (counted or not self.received + self.paid_out)
        require(is_one, "account", "received and paid_out are named, or else books")
        is_shared = self.shares is not None and not self.books
        require(not is_shared, "account-shares", "shares are of an account with books")
        return self

    @property
    def asked(self) -> tuple[str, ...]:
        """What conditions may ask of it."""
        return BALANCES if self.shares is None else (*BALANCES, BEYOND)

    @property
    def coming_in(self) -> tuple[str, ...]:
        """The fields and lists by which money comes in."""
        return (*self.received, *self._lists(COMING_IN))

    @property
    def going_out(self) -> tuple[str, ...]:
        """The fields and lists by which money goes out."""
        return (*self.paid_out, *self._lists(GOING_OUT))

    def _lists(self, movements: Collection[Movement]) -> Iterator[str]:
        """The lists whose records are such movements."""
        return (name for name, booking in self.books.items() if booking.is_ in movements)


class Claim(Described):
    """Which facts of a case are the title (执行依据); what is due is computed from them.

    `items`, `debtors`, `creditors`, `payments` and `excluded` are lists of records, whose fields
    are called as the reference of the language has them. Where no item is recorded the title orders
    one sum: the field `principal`, to be paid by the day in `due_on`. `effective_on` is the day on
    which it took effect, `accelerated_on` the one on which what was not due yet was called in.
    """

    items: Id | None = None
    principal: Id | None = None
    due_on: Id | None = None
    debtors: Id | None = None
    creditors: Id | None = None
    payments: Ids = ()
    excluded: Id | None = None
    effective_on: Id | None = None
    accelerated_on: Id | None = None

    @model_validator(mode="after")
    def _something(self) -> Claim:
        """A title that orders nothing is none."""
        words = "a title has items, or a principal"
        require((self.items, self.principal) != (None, None), "claim-nothing", words)
        return self


class StateGroup(Described):
    """States named together: by themselves, or by their phases."""

    states: Ids = ()
    phases: Ids = ()


class TransitionalRule(Element):
    """What becomes of the cases that run when a new version takes effect.

    Without one they finish on the version they began with.
    """

    running_cases: Literal["stay", "move"] = "stay"
    note: Text | None = None


class Power(Element):
    """Who may give an order that no transition stands for (`open`, `assign`, `deduct`, …).

    `grounds` (of deduction) and `deadlines` bound what it may be given for; without them it may be
    given for all. `documents` come with the order. With an `approval` those in `by` propose it, and
    it takes effect when the approval has passed. `form` is what opening brings, and `dated_by` the
    field that says on which day it was applied for; both are for `open` alone. `within` says how
    late something may be entered without the approval (`3wd`); it is for `late` alone.
    """

    by: Ids = Field(min_length=1)
    grounds: Ids = ()
    deadlines: Ids = ()
    documents: Ids = ()
    approval: Id | None = None
    form: Id | None = None
    dated_by: Id | None = None
    within: Within | None = None
    basis: Basis | None = None
    note: str = ""


POWERS = {
    "open": Words("立案", "open a case"),
    "assign": Words("指定承办人", "assign the officer"),
    "watch": Words("指定监督人", "name who watches a limit"),
    "deduct": Words("扣除期间", "deduct a period"),
    "extend": Words("延长期限", "extend a limit"),
    "restore": Words("顺延已耽误的期限", "restore a missed limit"),
    "waive": Words("免除期限", "waive a limit"),
    "arm": Words("手工起算期限", "start a limit by hand"),
    "correct": Words("更正事实", "correct a fact"),
    "link": Words("关联案件", "link cases"),
    "transfer": Words("移送子程序", "move a sub-procedure to another case"),
    "late": Words("补录", "enter what happened earlier"),
    "move": Words("转到新版本", "move to another version"),
}
"""Every order beside the triggers, and what it is called."""
