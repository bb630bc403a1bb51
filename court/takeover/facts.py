"""What is said of a case that comes in: where it stands, and since when what is so."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Protocol, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, ValidationError
from pydantic import model_validator as checked

from ...engine.errors import TakeoverFault, TakeoverRefused
from ...engine.model.taking_over import TakenAct, TakenCase, TakenDocument, TakenLimit, TakeOver
from ...workflow.language import Words
from ...workflow.periods.adjustments import Deduction, Extension
from ...workflow.periods.counting import TimeUnit
from ...workflow.shape_words import value_words
from .days import Day, Moment, Person, Said, expect

Named = Annotated[Said, Field(min_length=1)]
Taken_co = TypeVar("Taken_co", covariant=True)


class Fact(BaseModel):
    """A part of what is said of a case."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class _Takes(Protocol[Taken_co]):
    """What is said of a case and has a form in which the engine takes it."""

    def taken(self) -> Taken_co: ...


def _all_taken(said: Iterable[_Takes[Taken_co]]) -> tuple[Taken_co, ...]:
    """Several things that are said, as the engine takes them."""
    return tuple(one.taken() for one in said)


class ExtensionFacts(Fact):
    """An extension that was approved: how much longer, by whom, by which document."""

    length: Annotated[StrictInt, Field(gt=0, le=1000)]
    unit: TimeUnit
    approver: Person
    document: Said = ""

    def taken(self) -> Extension:
        """As the engine takes it."""
        return Extension(self.length, self.unit, self.approver, self.document)


class LimitFacts(Fact):
    """A time limit, by its rule and the day from which it truly counts; never by a due date.

    Without `since` it counts from the day in the field of the case that its rule names. `key` is
    the record that it is about, `round` the number of a recurring one (`since` is then the start of
    the first). `met_on`: it was performed then. `over`: it has passed, and what follows from that
    was done and is among the facts. Limits of hours need moments.
    """

    rule: Named
    since: Moment | None = None
    key: Said = ""
    round: StrictInt = 1
    met_on: Moment | None = None
    over: StrictBool = False
    watcher: Person = ""
    extensions: tuple[ExtensionFacts, ...] = ()

    def taken(self) -> TakenLimit:
        """As the engine takes it."""
        return TakenLimit(
            self.rule,
            self.since,
            self.key,
            self.round,
            self.met_on,
            self.over,
            self.watcher,
            _all_taken(self.extensions),
        )


class DeductionFacts(Fact):
    """A period that does not count: its ground and days; without `until` it still runs."""

    ground: Named
    since: Day
    until: Day | None = None
    document: Said = ""

    @checked(mode="after")
    def _in_order(self) -> Self:
        is_in_order = self.until is None or self.until >= self.since
        expect(is_in_order, Words("截止日早于起始日", "it ends before it begins"))
        return self

    def taken(self) -> Deduction:
        """As the engine takes it."""
        return Deduction(self.since, self.until, self.ground, self.document)


class ActFacts(Fact):
    """An act that was done: conditions that ask for it see it, and who did it."""

    act: Named
    on: Moment
    by: Annotated[Person, Field(min_length=1)]

    def taken(self) -> TakenAct:
        """As the engine takes it."""
        return TakenAct(self.act, self.on, self.by)


class DocumentFacts(Fact):
    """A document on file, since a day; `about` is the record that it is about, if any."""

    kind: Named
    reference: Named
    on: Day | None = None
    about: Said = ""

    def taken(self) -> TakenDocument:
        """As the engine takes it."""
        return TakenDocument(self.kind, self.reference, self.on, self.about)


class StandingFacts(Fact):
    """Where a case or sub-procedure stands, since when, and all that is known of it."""

    state: Named
    state_since: Moment
    returns_to: tuple[Named, ...] = ()
    data: dict[str, Any] = Field(default_factory=dict)
    documents: tuple[DocumentFacts, ...] = ()
    acts: tuple[ActFacts, ...] = ()
    limits: tuple[LimitFacts, ...] = ()
    deductions: tuple[DeductionFacts, ...] = ()
    tasks: tuple[Named, ...] = ()
    sub_procedures: tuple[SubProcedureFacts, ...] = ()

    def command(self, opened: date, digest: str = "") -> TakeOver:
        """What the engine takes over, of a case that was opened then."""
        return TakeOver(
            self.state,
            self.state_since,
            opened,
            self.returns_to,
            _all_taken(self.documents),
            _all_taken(self.acts),
            _all_taken(self.limits),
            _all_taken(self.deductions),
            self.tasks,
            digest,
        )

    def children(self) -> tuple[TakenCase, ...]:
        """Its sub-procedures as the engine takes them."""
        return _all_taken(self.sub_procedures)


class SubProcedureFacts(StandingFacts):
    """A sub-procedure (a measure, a listing), by its name in the definition; without `opened_on` it
    began when it came into its state. What its case passes on it need not say again."""

    name: Named
    about: Said = ""
    opened_on: Moment | None = None

    def taken(self) -> TakenCase:
        """As the engine takes it."""
        command = self.command(self.opened_on or self.state_since)
        return TakenCase(command, self.data, self.children(), self.name, self.about)


class CaseFacts(StandingFacts):
    """A running case that comes in: which procedure, its number, whose it is, and how it stands."""

    procedure: Named
    number: Annotated[Said, Field(min_length=1, max_length=100)]
    court: Said = ""
    team: Said = ""
    officer: Person = ""
    opened_on: Moment
    note: Annotated[str, Field(max_length=2000)] = ""

    @classmethod
    def of(cls, value: Any) -> CaseFacts:
        """The facts in plain values (of JSON or YAML). Raises `TakeoverRefused`."""
        try:
            return cls.model_validate(value)
        except ValidationError as error:
            number = mapping_of(value).get("number", "")
            shown = ascii(number)[1:-1] if not isinstance(number, str) else number
            raise TakeoverRefused(number=shown[:100], faults=_faults(error)) from None

    def taken(self) -> TakenCase:
        """As the engine takes it."""
        return TakenCase(self.command(self.opened_on, self.digest()), self.data, self.children())

    def digest(self) -> str:
        """By which the same facts are known again, whoever brings them."""
        said = self.model_dump(mode="json", exclude={"note", "court"}, exclude_defaults=True)
        text = json.dumps(said, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def mapping_of(value: Any) -> Mapping[Any, Any]:
    """What a value of a file says by names; nothing where it is none of that kind."""
    return value if isinstance(value, Mapping) else {}


def takeover_schema() -> dict[str, Any]:
    """The JSON Schema of one case that comes in, as a host's own export is held to it."""
    return CaseFacts.model_json_schema()


def _faults(error: ValidationError) -> Iterator[TakeoverFault]:
    """Each fault of the shape, at its place, in our words."""
    for details in error.errors(include_url=False):
        words = _words(details)
        yield TakeoverFault("takeover-shape", _place(details["loc"]), words.zh, words.en)


def _words(details: Any) -> Words:
    """What is wrong with a value: in our own words, or in those for any file."""
    if details["type"] == "takeover-value":
        return Words(details["ctx"]["zh"], details["ctx"]["en"])
    return _SHAPES.get(details["type"]) or value_words(details, _place(details["loc"]))


_SHAPES = {
    "missing": Words("缺少此项", "it is missing"),
    "extra_forbidden": Words("没有这一项", "there is nothing of this name"),
}


def _place(path: tuple[int | str, ...]) -> str:
    """`limits[2].since`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".") or "-"
